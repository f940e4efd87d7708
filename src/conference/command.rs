//! What a conference can be told, whoever runs it.

use core::fmt;

pub use crate::freeswitch::command::{Level, Relation};

/// Who in a conference a command is for.
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
    /// The participant of this id, as [`Participant::id`](super::Participant::id) has it.
    One(&'a str),
    /// Everybody.
    All,
    /// Everybody but moderators.
    AllButModerators,
    /// Whoever came last.
    Last,
}

/// A caller as a phone shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a program makes it")]
pub struct CallerId<'a> {
    /// The number.
    pub number: &'a str,
    /// The name.
    pub name: &'a str,
}

/// Which way a volume is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Side {
    /// How loud they are heard.
    In,
    /// How loud they hear.
    Out,
}

impl Side {
    /// Returns its word: `in` or `out`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// What a conference server is asked or told.
///
/// Conferences are named as [`Conference::id`](super::Conference::id) has it: by name, in Kazoo by
/// id. Whether a dialect has the command is seen when it is [encoded](super::Dialect::encode), and
/// in the [table](super#who-can-do-what). A variant that has more than the conference names its
/// fields. `Debug` shows name and conference alone: PINs and what is said stay out of logs.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<'a> {
    /// Which conferences there are.
    ListRooms,
    /// Who is in a conference.
    List(&'a str),
    /// A conference with all that the server says of it. That of FreeSWITCH is XML: both it and
    /// sipXecs have the command with the feature `xml` alone.
    Show(&'a str),
    /// They are not heard.
    Mute {
        /// In this conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// They are heard again.
    Unmute {
        /// In this conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// They hear nothing.
    Deaf {
        /// In this conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// They hear again.
    Undeaf {
        /// In this conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// Out with them, and with the sound for that where there is one.
    Kick {
        /// In this conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// Out with them, without a sound.
    HangUp {
        /// In this conference.
        conference: &'a str,
        /// The participants.
        who: Who<'a>,
    },
    /// Nobody else gets in.
    Lock(&'a str),
    /// Others get in again.
    Unlock(&'a str),
    /// Callers are asked for this PIN.
    SetPin {
        /// Of this conference.
        conference: &'a str,
        /// Digits, as they are dialled.
        pin: &'a str,
    },
    /// Callers are not asked any more. Moderators' PIN stays, and with it the question.
    RemovePin(&'a str),
    /// Begins to record.
    StartRecord {
        /// Of this conference.
        conference: &'a str,
        /// Into this file of the server; `None`: the server chooses one.
        file: Option<&'a str>,
    },
    /// Stops recording.
    StopRecord {
        /// Of this conference.
        conference: &'a str,
        /// Into this file; `None`: into all.
        file: Option<&'a str>,
    },
    /// Whether it is recorded.
    RecordStatus(&'a str),
    /// Shows or sets a volume.
    Volume {
        /// In this conference.
        conference: &'a str,
        /// Theirs.
        who: Who<'a>,
        /// Which of theirs.
        side: Side,
        /// From -4 to 4; `None` shows it.
        level: Option<Level>,
    },
    /// Shows or sets how loud they must be to be heard.
    Energy {
        /// In this conference.
        conference: &'a str,
        /// Theirs.
        who: Who<'a>,
        /// From 0, of use up to 1800; `None` shows it.
        level: Option<Level>,
    },
    /// Plays a sound.
    Play {
        /// In this conference.
        conference: &'a str,
        /// A file of the server; in Kazoo the id of a sound, or an address.
        file: &'a str,
        /// To one; `None`: to everybody.
        to: Option<&'a str>,
    },
    /// Ends all that is played.
    StopPlaying {
        /// In this conference.
        conference: &'a str,
        /// To one; `None`: to everybody.
        to: Option<&'a str>,
    },
    /// Speaks a text.
    Say {
        /// In this conference.
        conference: &'a str,
        /// What.
        text: &'a str,
        /// To one; `None`: to everybody.
        to: Option<&'a str>,
    },
    /// Plays tones to them, as if they were the other end.
    SendDtmf {
        /// In this conference.
        conference: &'a str,
        /// To them.
        who: Who<'a>,
        /// Which.
        digits: &'a str,
    },
    /// Calls somebody in, and does not wait for the outcome.
    Dial {
        /// Into this conference.
        conference: &'a str,
        /// Whom, as the server calls: `PJSIP/100`; `sofia/gateway/gw/100`; a number, device, user
        /// or `sip:` address.
        endpoint: &'a str,
        /// The caller that they are shown; `None`: the server's own.
        caller: Option<CallerId<'a>>,
    },
    /// Calls somebody in, and answers when that has gone well or badly. FreeSWITCH lets the phone ring
    /// for 60 s, unless the endpoint says `{originate_timeout=30}`, and the connection waits too:
    /// [`Connection::api`](crate::freeswitch::Connection::api) allows for that, an HTTP client has
    /// to. `ConfBridge` lets it ring for 30 s and tells the outcome as an event, so that the session
    /// needs events of the class [`CALL`](crate::value::Classes::CALL), and other requests don't
    /// wait.
    DialAndWait {
        /// Into this conference.
        conference: &'a str,
        /// Whom, as for [`Dial`](Self::Dial).
        endpoint: &'a str,
        /// The caller that they are shown; `None`: the server's own.
        caller: Option<CallerId<'a>>,
    },
    /// Calls a user of the server in, wherever they are.
    Invite {
        /// Into this conference.
        conference: &'a str,
        /// The user's name, in Kazoo their id.
        user: &'a str,
    },
    /// Moves participants to another conference.
    Transfer {
        /// From this conference.
        conference: &'a str,
        /// Their ids.
        participants: &'a [&'a str],
        /// The other one.
        to: &'a str,
    },
    /// What one participant is to another.
    Relate {
        /// In this conference.
        conference: &'a str,
        /// The first's id.
        participant: &'a str,
        /// The second's.
        other: &'a str,
        /// What the first is to the second.
        relation: Relation,
    },
    /// Gives somebody the floor, or takes it from them where they have it: the answer says who has it
    /// then ([`Outcome::Floor`](super::Outcome::Floor)). Refused while somebody else has it.
    Floor {
        /// In this conference.
        conference: &'a str,
        /// The participant's id.
        participant: &'a str,
    },
    /// Makes somebody the picture that all see.
    VideoSource {
        /// In this conference.
        conference: &'a str,
        /// The participant's id.
        participant: &'a str,
    },
}

/// Makes `name` and `ALL` from one list, so that no command is in one of them alone.
macro_rules! commands {
    ($($words:literal = $name:ident $(($value:expr))? $({ $($field:ident: $given:expr),+ })?;)+) => {
        impl Command<'_> {
            /// Returns what the command does, in words: `mute`, `start record`.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $words,)+
                }
            }
        }

        impl Command<'static> {
            /// One example of each command, in the order of the variants.
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
