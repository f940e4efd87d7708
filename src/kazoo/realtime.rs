//! What is going on in a conference: two places and two spellings, read as one.

use alloc::vec::Vec;
use core::time::Duration;

use super::error::FieldError;
use super::json::{FromJson, Json, Object, read};
use super::participant::Participant;

/// What is going on in a conference, at the moment when the server was asked.
///
/// Documents have it under `_read_only`. Lists have it there too, says the server's code from 4.0
/// on; on top of each entry, says the reference page. The server counts `moderators`; the page
/// calls them `admins`. Each field is looked for in both places and both spellings, `_read_only`
/// and `moderators` first. A conference in which nobody is may have none of them.
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

    /// Whether a field of this name, on top of a conference, is the server's to write.
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

    /// How many members there are.
    ///
    /// # Errors
    /// When it isn't said, or is no number.
    pub fn members(&self) -> Result<u32, FieldError> {
        self.read("members")
    }

    /// How many moderators there are.
    ///
    /// # Errors
    /// When it isn't said, or is no number.
    pub fn moderators(&self) -> Result<u32, FieldError> {
        read(self.find("moderators").or_else(|| self.find("admins")), "moderators")
    }

    /// For how long it has run; to the second.
    ///
    /// # Errors
    /// When it isn't said, or is no number.
    pub fn duration(&self) -> Result<Duration, FieldError> {
        self.read("duration")
    }

    /// Whether nobody else gets in.
    ///
    /// # Errors
    /// When it isn't said, or is neither true nor false.
    pub fn is_locked(&self) -> Result<bool, FieldError> {
        self.read("is_locked")
    }

    /// Who is in it. Lists don't say.
    ///
    /// # Errors
    /// When it isn't said, or is no array of objects.
    pub fn participants(&self) -> Result<Vec<Participant<'a>>, FieldError> {
        self.read("participants")
    }
}
