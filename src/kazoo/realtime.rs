//! Realtime data of a conference, read from two places and in two spellings.

use alloc::vec::Vec;
use core::time::Duration;

use super::error::FieldError;
use super::json::{FromJson, Json, Object, read};
use super::participant::Participant;

/// The state of a conference at the moment of the request.
///
/// Documents have it under `_read_only`. Lists have it there too in the server's code from 4.0 on,
/// but at the top level of each entry on the reference page. The server names the count
/// `moderators`; the page names it `admins`. Each field is looked for in both places and both
/// spellings, `_read_only` and `moderators` first. An empty conference may lack all of these
/// fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realtime<'a> {
    read_only: Option<Object<'a>>,
    top: Object<'a>,
}

const READ_ONLY: &str = "_read_only";

impl<'a> Realtime<'a> {
    pub(super) fn of(conference: &Object<'a>) -> Self {
        Self { read_only: conference.get(READ_ONLY).and_then(Json::object), top: conference.clone() }
    }

    /// Returns whether a top-level field of this name is written by the server only.
    pub(super) fn is_field(name: &str) -> bool {
        name == READ_ONLY
            || ["members", "moderators", "admins", "duration", "is_locked", "participants"].contains(&name)
    }

    fn read<T: FromJson<'a>>(&self, name: &'static str) -> Result<T, FieldError> {
        read(self.find(name), name)
    }

    fn find(&self, name: &str) -> Option<Json<'a>> {
        self.read_only.iter().chain([&self.top]).find_map(|place| place.get_loose(name))
    }

    /// Returns the number of members.
    ///
    /// # Errors
    /// If the field is missing or not a number.
    pub fn members(&self) -> Result<u32, FieldError> {
        self.read("members")
    }

    /// Returns the number of moderators.
    ///
    /// # Errors
    /// If the field is missing or not a number.
    pub fn moderators(&self) -> Result<u32, FieldError> {
        read(self.find("moderators").or_else(|| self.find("admins")), "moderators")
    }

    /// Returns how long the conference has been running, in whole seconds.
    ///
    /// # Errors
    /// If the field is missing or not a number.
    pub fn duration(&self) -> Result<Duration, FieldError> {
        self.read("duration")
    }

    /// Returns whether the conference is locked: no further participant can join.
    ///
    /// # Errors
    /// If the field is missing, or neither true nor false.
    pub fn is_locked(&self) -> Result<bool, FieldError> {
        self.read("is_locked")
    }

    /// Returns the participants. Lists of conferences don't have them.
    ///
    /// # Errors
    /// If the field is missing or not an array of objects.
    pub fn participants(&self) -> Result<Vec<Participant<'a>>, FieldError> {
        self.read("participants")
    }
}
