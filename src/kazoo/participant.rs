//! A participant of a conference, as the server's realtime data describes them.

use alloc::borrow::Cow;
use core::time::Duration;

use super::error::FieldError;
use super::event::{ChannelVars, ParticipantEvent};
use super::json::{FromJson, FromList, Json, Object, getters, read, view};

/// A participant of a conference.
///
/// Servers from 4.0 on put the media server's data about the participant into an object
/// `conference_channel_vars`; the reference page shows it at the top level. Such fields are read
/// from the object first, then from the top level. The server answers `{}` for a participant who
/// isn't in the conference: [`is_unknown`](Self::is_unknown).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Participant<'a>(pub(super) Object<'a>);

view!(Participant);

impl<'a> FromList<'a> for Participant<'a> {}

impl<'a> Participant<'a> {
    /// Returns whether the conference has no participant of this number: the server answers so with
    /// an empty object.
    pub fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    getters! { read_loose;
        /// Returns the id of the participant's call.
        call_id = "call_id": Cow<'a, str>;
        /// Returns the conference's name on the media server, which is its id.
        conference_name = "conference_name": Cow<'a, str>;
        /// Returns the media server's id for this run of the conference.
        conference_uuid = "conference_uuid": Cow<'a, str>;
        /// Returns the name of the media server; in 4.0 its node, `freeswitch@host`.
        switch_hostname = "switch_hostname": Cow<'a, str>;
        /// Returns the participant's number, from 1, as actions take it.
        participant_id = "participant_id": u32;
        /// Returns the time when the participant joined.
        join_time = "join_time": JoinTime;
        /// Returns how long the participant has been in the conference, in whole seconds.
        duration = "duration": Duration;
    }
}

/// Makes from a table the getters that participants and their events share.
macro_rules! shared {
    (
        vars { $($(#[$var_meta:meta])* $var:ident = $var_name:literal: $var_type:ty;)+ }
        top { $($(#[$meta:meta])* $method:ident = $name:literal: $type:ty;)+ }
    ) => {
        shared!(@ Participant; $($(#[$var_meta])* $var = $var_name: $var_type;)+);
        shared!(@ ParticipantEvent; $($(#[$var_meta])* $var = $var_name: $var_type;)+);

        impl<'a> Participant<'a> {
            getters! { read_loose; $($(#[$meta])* $method = $name: $type;)+ }
        }

        impl<'a> ParticipantEvent<'a> {
            getters! { read_loose; $($(#[$meta])* $method = $name: $type;)+ }
        }
    };
    (@ $view:ident; $($(#[$meta:meta])* $method:ident = $name:literal: $type:ty;)+) => {
        impl<'a> $view<'a> {$(
            $(#[$meta])*
            ///
            /// # Errors
            /// If the field is missing or has another type.
            pub fn $method(&self) -> Result<$type, FieldError> {
                read(var(&self.0, $name), $name)
            }
        )+}
    };
}

shared! {
    vars {
        /// Returns whether the participant has the floor.
        floor = "floor": bool;
        /// Returns whether the participant can hear.
        hear = "hear": bool;
        /// Returns whether the participant can speak.
        speak = "speak": bool;
        /// Returns whether the participant can see; from 4.0 on.
        see = "see": bool;
        /// Returns whether the participant is talking.
        talking = "talking": bool;
        /// Returns whether the server detects talking while the participant is muted.
        mute_detect = "mute_detect": bool;
        /// Returns whether the participant has video.
        video = "video": bool;
        /// Returns whether the participant is a moderator. Missing if the participant is not a
        /// moderator and the call doesn't set it.
        is_moderator = "is_moderator": bool;
        /// Returns how loud the participant must be to be heard, from 0 to 1800.
        energy_level = "energy_level": i64;
        /// Returns how loud the participant is now. The reference page and master have it; 4.0 to
        /// 4.3 do not send it.
        current_energy = "current_energy": i64;
        /// Returns the media server's number of the participant, which equals
        /// [`participant_id`](Self::participant_id); from 4.0 on.
        member_id = "member_id": u32;
        /// Returns the participant's role on the media server: `moderator` or `member`. 4.0 to 4.3
        /// send it, master does not.
        member_type = "member_type": Cow<'a, str>;
        /// Returns whether the participant is not counted: for example a listener who can't speak,
        /// or a recording. From 4.0 on.
        member_ghost = "member_ghost": bool;
    }
    top {
        /// Returns the participant's name.
        caller_id_name = "caller_id_name": Cow<'a, str>;
        /// Returns the participant's caller number.
        caller_id_number = "caller_id_number": Cow<'a, str>;
        /// Returns the server's variables of the participant's call.
        custom_channel_vars = "custom_channel_vars": ChannelVars<'a>;
        /// Returns the variables that the call's originator set; from 4.2 on.
        custom_application_vars = "custom_application_vars": Object<'a>;
        /// Returns all of the media server's data about the participant, including fields that the
        /// crate doesn't know. From 4.0 on.
        conference_channel_vars = "conference_channel_vars": Object<'a>;
    }
}

/// Returns a field from `conference_channel_vars`, where servers from 4.0 on have it, or from the
/// top level.
fn var<'a>(object: &Object<'a>, name: &str) -> Option<Json<'a>> {
    let vars = object.get_loose("conference_channel_vars").and_then(Json::object);
    let inside = vars.and_then(|vars| vars.get_loose(name)).filter(|value| !value.is_null());
    inside.or_else(|| object.get_loose(name))
}

/// The time when a participant joined, in seconds as Kazoo counts them: from the year 0 of the
/// Gregorian calendar, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JoinTime(u64);

/// Seconds from the year 0 to 1970.
const UNIX_EPOCH: u64 = 62_167_219_200;

impl JoinTime {
    /// Creates the time from seconds since the year 0.
    pub const fn from_gregorian(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Returns the seconds since the year 0.
    pub const fn gregorian(self) -> u64 {
        self.0
    }

    /// Returns the seconds since 1970; `None` for a time before 1970.
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
