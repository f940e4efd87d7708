//! Defines the commands of a conference, common to all dialects.

use core::fmt;

pub use crate::freeswitch::command::{Level, Relation};

/// The participants that a command acts on.
///
/// | | `ConfBridge` | FreeSWITCH, sipXecs | Kazoo |
/// |---|---|---|---|
/// | `One` | the channel's whole name; a beginning would do, and hit another | the member's number | the participant's number |
/// | `All` | `all`, from 13 on | `all` | only to kick: the rest of the bulk actions spare moderators |
/// | `AllButModerators` | `participants`: all but admins, from 13 on | `non_moderator` | the bulk action, but to kick: that one spares nobody |
/// | `Last` | – | `last`: the highest number, which may be that of a recording; then nothing happens | – |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Who<'a> {
    /// The participant with this id, as returned by [`Participant::id`](super::Participant::id).
    One(&'a str),
    /// All participants.
    All,
    /// All participants except moderators.
    AllButModerators,
    /// The participant who joined last.
    Last,
}

/// A caller id, as a phone shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a program makes it")]
pub struct CallerId<'a> {
    /// The caller's number.
    pub number: &'a str,
    /// The caller's name.
    pub name: &'a str,
}

/// The direction of a participant's audio whose volume is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Side {
    /// The participant's voice, as the others hear it.
    In,
    /// The conference, as the participant hears it.
    Out,
}

impl Side {
    /// Returns the word for the direction: `in` or `out`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// A query or an instruction to a conference server.
///
/// Conferences are named as [`Conference::id`](super::Conference::id) returns them: by name, in
/// Kazoo by id. [Encoding](super::Dialect::encode) a command shows whether the dialect supports it;
/// the [table](super#who-can-do-what) lists the support of all dialects. A variant with more than
/// the conference has named fields. `Debug` shows the command's name and its conference only: PINs
/// and spoken texts stay out of logs.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<'a> {
    /// Lists the conferences.
    ListRooms,
    /// Lists the participants of a conference.
    List(&'a str),
    /// Shows a conference with all that the server reports of it. FreeSWITCH and sipXecs answer in
    /// XML, so both support this command only with the feature `xml`.
    Show(&'a str),
    /// Mutes the participants: the others no longer hear them.
    Mute {
        /// The conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// Unmutes the participants: the others hear them again.
    Unmute {
        /// The conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// Deafens the participants: they no longer hear the conference.
    Deaf {
        /// The conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// Undeafens the participants: they hear the conference again.
    Undeaf {
        /// The conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// Removes the participants, and plays the kick sound if one is configured.
    Kick {
        /// The conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// Removes the participants without a sound.
    HangUp {
        /// The conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// Locks the conference: no further participant can join.
    Lock(&'a str),
    /// Unlocks the conference: participants can join again.
    Unlock(&'a str),
    /// Sets the PIN that callers are asked for.
    SetPin {
        /// The conference.
        conference: &'a str,
        /// The PIN: digits, as they are dialled.
        pin: &'a str,
    },
    /// Removes the callers' PIN. A moderator PIN stays, and callers are still asked for it.
    RemovePin(&'a str),
    /// Starts a recording.
    StartRecord {
        /// The conference.
        conference: &'a str,
        /// The file on the server; `None` lets the server choose one.
        file: Option<&'a str>,
    },
    /// Stops recording.
    StopRecord {
        /// The conference.
        conference: &'a str,
        /// The file whose recording stops; `None` stops all recordings.
        file: Option<&'a str>,
    },
    /// Asks whether the conference is being recorded.
    RecordStatus(&'a str),
    /// Shows or sets a volume.
    Volume {
        /// The conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
        /// The direction of their audio.
        side: Side,
        /// The level, from -4 to 4; `None` shows it.
        level: Option<Level>,
    },
    /// Shows or sets the energy level: how loud the participants must be to be heard.
    Energy {
        /// The conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
        /// The level, from 0, useful up to 1800; `None` shows it.
        level: Option<Level>,
    },
    /// Plays a sound.
    Play {
        /// The conference.
        conference: &'a str,
        /// A file on the server; in Kazoo the id of a sound, or an address.
        file: &'a str,
        /// The participant who hears the sound; `None` plays it to all.
        to: Option<&'a str>,
    },
    /// Stops all sounds that are being played.
    StopPlaying {
        /// The conference.
        conference: &'a str,
        /// The participant whose sounds stop; `None` stops the sounds of all.
        to: Option<&'a str>,
    },
    /// Speaks a text.
    Say {
        /// The conference.
        conference: &'a str,
        /// The text.
        text: &'a str,
        /// The participant who hears the text; `None` speaks it to all.
        to: Option<&'a str>,
    },
    /// Plays DTMF tones to the participants, as if they came from the other end of the call.
    SendDtmf {
        /// The conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
        /// The digits.
        digits: &'a str,
    },
    /// Calls an endpoint into the conference, without waiting for the outcome.
    Dial {
        /// The conference.
        conference: &'a str,
        /// The endpoint, in the server's notation: `PJSIP/100`; `sofia/gateway/gw/100`; in Kazoo a
        /// number, device, user or `sip:` address.
        endpoint: &'a str,
        /// The caller id that the called phone shows; `None` uses the server's own.
        caller: Option<CallerId<'a>>,
    },
    /// Calls an endpoint into the conference, and waits for the outcome.
    ///
    /// FreeSWITCH lets the phone ring for 60 s, unless the endpoint says `{originate_timeout=30}`.
    /// Its connection is blocked for that time:
    /// [`Connection::api`](crate::freeswitch::Connection::api) allows for it, and an HTTP client
    /// has to. `ConfBridge` lets the phone ring for 30 s and reports the outcome as an event: the
    /// session needs events of the class [`CALL`](crate::value::Classes::CALL), and other requests
    /// don't wait.
    DialAndWait {
        /// The conference.
        conference: &'a str,
        /// The endpoint, as in [`Dial`](Self::Dial).
        endpoint: &'a str,
        /// The caller id that the called phone shows; `None` uses the server's own.
        caller: Option<CallerId<'a>>,
    },
    /// Calls a user of the server into the conference, on any of the user's devices.
    Invite {
        /// The conference.
        conference: &'a str,
        /// The user's name, in Kazoo the user's id.
        user: &'a str,
    },
    /// Moves participants to another conference.
    Transfer {
        /// The conference that the participants leave.
        conference: &'a str,
        /// The participants' ids.
        participants: &'a [&'a str],
        /// The conference that the participants join.
        to: &'a str,
    },
    /// Sets whether one participant speaks to, hears or sees another.
    Relate {
        /// The conference.
        conference: &'a str,
        /// The first participant's id.
        participant: &'a str,
        /// The second participant's id.
        other: &'a str,
        /// The relation of the first participant to the second.
        relation: Relation,
    },
    /// Gives the floor to a participant, or takes it away if the participant already has it. The
    /// answer names the new holder of the floor ([`Outcome::Floor`](super::Outcome::Floor)). The
    /// server refuses while another participant has the floor.
    Floor {
        /// The conference.
        conference: &'a str,
        /// The participant's id.
        participant: &'a str,
    },
    /// Makes a participant's video the picture that all participants see.
    VideoSource {
        /// The conference.
        conference: &'a str,
        /// The participant's id.
        participant: &'a str,
    },
}

/// Makes `name` and `ALL` from one list, so that each command is in both.
macro_rules! commands {
    ($($words:literal = $name:ident $(($value:expr))? $({ $($field:ident: $given:expr),+ })?;)+) => {
        impl Command<'_> {
            /// Returns the command's name in words: `mute`, `start record`.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $words,)+
                }
            }
        }

        impl Command<'static> {
            /// Lists one example of each command, in the order of the variants.
            ///
            /// ```
            /// use ami_proto::conference::{Command, Dialect};
            ///
            /// let can = |command: &&Command<'_>| Dialect::ConfBridge.encode(command).is_ok();
            /// let names: Vec<&str> = Command::ALL.iter().filter(can).map(Command::name).collect();
            /// assert!(names.contains(&"mute") && !names.contains(&"say"));
            /// ```
            pub const ALL: &'static [Self] = &[$(Command::$name $(($value))? $({ $($field: $given),+ })?),+];
        }
    };
}

commands! {
    "list rooms" = ListRooms;
    "list" = List("room");
    "show" = Show("room");
    "mute" = Mute { conference: "room", who: Who::One("3") };
    "unmute" = Unmute { conference: "room", who: Who::One("3") };
    "deaf" = Deaf { conference: "room", who: Who::One("3") };
    "undeaf" = Undeaf { conference: "room", who: Who::One("3") };
    "kick" = Kick { conference: "room", who: Who::One("3") };
    "hang up" = HangUp { conference: "room", who: Who::One("3") };
    "lock" = Lock("room");
    "unlock" = Unlock("room");
    "set pin" = SetPin { conference: "room", pin: "1234" };
    "remove pin" = RemovePin("room");
    "start record" = StartRecord { conference: "room", file: None };
    "stop record" = StopRecord { conference: "room", file: None };
    "record status" = RecordStatus("room");
    "volume" = Volume { conference: "room", who: Who::One("3"), side: Side::In, level: None };
    "energy" = Energy { conference: "room", who: Who::One("3"), level: None };
    "play" = Play { conference: "room", file: "a.wav", to: None };
    "stop playing" = StopPlaying { conference: "room", to: None };
    "say" = Say { conference: "room", text: "hello", to: None };
    "send dtmf" = SendDtmf { conference: "room", who: Who::One("3"), digits: "1" };
    "dial" = Dial { conference: "room", endpoint: "100", caller: None };
    "dial and wait" = DialAndWait { conference: "room", endpoint: "100", caller: None };
    "invite" = Invite { conference: "room", user: "401" };
    "transfer" = Transfer { conference: "room", participants: &["3"], to: "other" };
    "relate" = Relate { conference: "room", participant: "3", other: "4", relation: Relation::Clear };
    "floor" = Floor { conference: "room", participant: "3" };
    "video source" = VideoSource { conference: "room", participant: "3" };
}

impl<'a> Command<'a> {
    /// The conference that it is for; `None` for [`ListRooms`](Self::ListRooms).
    pub const fn conference(&self) -> Option<&'a str> {
        match *self {
            Self::ListRooms => None,
            Self::List(conference)
            | Self::Show(conference)
            | Self::Mute { conference, .. }
            | Self::Unmute { conference, .. }
            | Self::Deaf { conference, .. }
            | Self::Undeaf { conference, .. }
            | Self::Kick { conference, .. }
            | Self::HangUp { conference, .. }
            | Self::Lock(conference)
            | Self::Unlock(conference)
            | Self::SetPin { conference, .. }
            | Self::RemovePin(conference)
            | Self::StartRecord { conference, .. }
            | Self::StopRecord { conference, .. }
            | Self::RecordStatus(conference)
            | Self::Volume { conference, .. }
            | Self::Energy { conference, .. }
            | Self::Play { conference, .. }
            | Self::StopPlaying { conference, .. }
            | Self::Say { conference, .. }
            | Self::SendDtmf { conference, .. }
            | Self::Dial { conference, .. }
            | Self::DialAndWait { conference, .. }
            | Self::Invite { conference, .. }
            | Self::Transfer { conference, .. }
            | Self::Relate { conference, .. }
            | Self::Floor { conference, .. }
            | Self::VideoSource { conference, .. } => Some(conference),
        }
    }
}

impl fmt::Debug for Command<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("name", &self.name())
            .field("conference", &self.conference())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Command<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
