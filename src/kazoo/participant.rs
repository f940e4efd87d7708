//! Somebody in a conference, as the server's realtime data has them.

use alloc::borrow::Cow;
use core::time::Duration;

use super::error::FieldError;
use super::event::{ChannelVars, ParticipantEvent};
use super::json::{FromJson, FromList, Json, Object, getters, read, view};

/// Somebody in a conference.
///
/// Servers from 4.0 on put what the media server knows of their part in the conference into an
/// object `conference_channel_vars`, the reference page shows it on top: such fields are looked for
/// there first, then on top. The server answers `{}` for somebody who isn't there:
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
        /// Returns the id of their call.
        call_id = "call_id": Cow<'a, str>;
        /// Returns the conference's name on the media server, which is its id.
        conference_name = "conference_name": Cow<'a, str>;
        /// Returns the media server's id for this run of the conference.
        conference_uuid = "conference_uuid": Cow<'a, str>;
        /// Returns the name of the media server; in 4.0 its node, `freeswitch@host`.
        switch_hostname = "switch_hostname": Cow<'a, str>;
        /// Returns their number, from 1: what actions are for.
        participant_id = "participant_id": u32;
        /// Returns when they came.
        join_time = "join_time": JoinTime;
        /// Returns for how long they have been there; to the second.
        duration = "duration": Duration;
    }
}

/// Makes of a table the getters that participants and their events share.
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
            /// When it is missing, or is something else.
            pub fn $method(&self) -> Result<$type, FieldError> {
                read(var(&self.0, $name), $name)
            }
        )+}
    };
}

shared! {
    vars {
        /// Returns whether they have the floor.
        floor = "floor": bool;
        /// Returns whether they can hear.
        hear = "hear": bool;
        /// Returns whether they can speak.
        speak = "speak": bool;
        /// Returns whether they can see; from 4.0 on.
        see = "see": bool;
        /// Returns whether they are speaking.
        talking = "talking": bool;
        /// Returns whether it is noticed when they speak while muted.
        mute_detect = "mute_detect": bool;
        /// Returns whether they have a picture.
        video = "video": bool;
        /// Returns whether they are a moderator. Missing of somebody who isn't and whose call
        /// doesn't say so.
        is_moderator = "is_moderator": bool;
        /// Returns how loud they must be to be heard, from 0 to 1800.
        energy_level = "energy_level": i64;
        /// Returns how loud they are. The reference page and master have it; 4.0 to 4.3 do not send it.
        current_energy = "current_energy": i64;
        /// Returns the media server's number for them, which is
        /// [`participant_id`](Self::participant_id); from 4.0 on.
        member_id = "member_id": u32;
        /// Returns what they are to the media server: `moderator` or `member`. 4.0 to 4.3 send it,
        /// master does not.
        member_type = "member_type": Cow<'a, str>;
        /// Returns whether they are not counted: somebody who only listens, or a recording. From
        /// 4.0 on.
        member_ghost = "member_ghost": bool;
    }
    top {
        /// Returns their name.
        caller_id_name = "caller_id_name": Cow<'a, str>;
        /// Returns the number that they called from.
        caller_id_number = "caller_id_number": Cow<'a, str>;
        /// Returns what the server knows of their call.
        custom_channel_vars = "custom_channel_vars": ChannelVars<'a>;
        /// Returns what whoever made their call has noted of it; from 4.2 on.
        custom_application_vars = "custom_application_vars": Object<'a>;
        /// Returns what the media server knows of their part in the conference: all of it, known
        /// here or not. From 4.0 on.
        conference_channel_vars = "conference_channel_vars": Object<'a>;
    }
}

/// Returns a field where servers from 4.0 on have it, or on top.
fn var<'a>(object: &Object<'a>, name: &str) -> Option<Json<'a>> {
    let vars = object.get_loose("conference_channel_vars").and_then(Json::object);
    let inside = vars.and_then(|vars| vars.get_loose(name)).filter(|value| !value.is_null());
    inside.or_else(|| object.get_loose(name))
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
