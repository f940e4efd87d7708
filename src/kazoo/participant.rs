//! Somebody in a conference, as the server's realtime data has them.

use alloc::borrow::Cow;
use core::time::Duration;

use super::error::FieldError;
use super::json::{FromJson, FromList, Json, Object, getters, read, view};

/// Somebody in a conference.
///
/// Newer servers put the flags into an object `conference_channel_vars`; they are looked for on top
/// first, then there. The server answers `{}` for somebody who isn't there:
/// [`is_unknown`](Self::is_unknown).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Participant<'a>(pub(super) Object<'a>);

view!(Participant);

impl<'a> FromList<'a> for Participant<'a> {}

impl<'a> Participant<'a> {
    /// Whether there is nobody of this number: the server says so with an empty object.
    pub fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    getters! { read_loose;
        /// Their call.
        call_id = "call_id": Cow<'a, str>;
        /// The conference's name on the media server, which is its id.
        conference_name = "conference_name": Cow<'a, str>;
        /// The media server's id for this run of the conference.
        conference_uuid = "conference_uuid": Cow<'a, str>;
        /// The media server.
        switch_hostname = "switch_hostname": Cow<'a, str>;
        /// Their number, from 1: what actions are for.
        participant_id = "participant_id": u32;
        /// How loud they must be to be heard.
        energy_level = "energy_level": i64;
        /// How loud they are.
        current_energy = "current_energy": i64;
        /// When they came.
        join_time = "join_time": JoinTime;
        /// For how long they have been there; to the second.
        duration = "duration": Duration;
    }
}

macro_rules! flags {
    ($($(#[$meta:meta])* $method:ident = $name:literal;)+) => {
        impl Participant<'_> {$(
            $(#[$meta])*
            ///
            /// # Errors
            /// When it is missing, or is neither true nor false.
            pub fn $method(&self) -> Result<bool, FieldError> {
                read(flag(&self.0, $name), $name)
            }
        )+}

        impl super::event::ParticipantEvent<'_> {$(
            $(#[$meta])*
            ///
            /// # Errors
            /// When it is missing, or is neither true nor false.
            pub fn $method(&self) -> Result<bool, FieldError> {
                read(flag(&self.0, $name), $name)
            }
        )+}
    };
}

flags! {
    /// Whether they have the floor.
    floor = "floor";
    /// Whether they can hear.
    hear = "hear";
    /// Whether they can speak.
    speak = "speak";
    /// Whether they are speaking.
    talking = "talking";
    /// Whether it is noticed when they speak while muted.
    mute_detect = "mute_detect";
    /// Whether they have a picture.
    video = "video";
    /// Whether they are a moderator.
    is_moderator = "is_moderator";
}

/// A flag on top, or where newer servers have it.
fn flag<'a>(object: &Object<'a>, name: &str) -> Option<Json<'a>> {
    object.get_loose(name).or_else(|| object.get_loose("conference_channel_vars")?.object()?.get_loose(name))
}

/// When somebody came, in seconds as Kazoo counts them: from the year 0 of the Gregorian calendar,
/// UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JoinTime(u64);

/// Seconds from the year 0 to 1970.
const UNIX_EPOCH: u64 = 62_167_219_200;

impl JoinTime {
    /// This many seconds.
    pub const fn from_gregorian(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since the year 0.
    pub const fn gregorian(self) -> u64 {
        self.0
    }

    /// Seconds since 1970; `None` before.
    ///
    /// ```
    /// assert_eq!(ami_proto::kazoo::JoinTime::from_gregorian(63635217275).unix(), Some(1467998075));
    /// ```
    pub const fn unix(self) -> Option<u64> {
        self.0.checked_sub(UNIX_EPOCH)
    }
}

impl FromJson<'_> for JoinTime {
    const EXPECTED: &'static str = "a number of seconds since the year 0";

    fn from_json(json: Json<'_>) -> Option<Self> {
        json.to_u64().map(Self)
    }
}
