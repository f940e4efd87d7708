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

/// Which way a volume is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Side {
    /// How loud they are heard.
    In,
    /// How loud they hear.
    Out,
}

/// What a conference server is asked or told.
///
/// Conferences are named as [`Conference::id`](super::Conference::id) has it: by name, in Kazoo by id. Whether a
/// dialect has the command is seen when it is [encoded](super::Dialect::encode), and in the
/// [table](super#who-can-do-what). `Debug` shows name and conference alone: PINs and what is said stay out of logs.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<'a> {
    /// Which conferences there are.
    ListRooms,
    /// Who is in a conference.
    List(&'a str),
    /// A conference with all that the server says of it. That of FreeSWITCH is XML, which is read with the feature `xml`.
    Show(&'a str),
    /// They are not heard.
    Mute(&'a str, Who<'a>),
    /// They are heard again.
    Unmute(&'a str, Who<'a>),
    /// They hear nothing.
    Deaf(&'a str, Who<'a>),
    /// They hear again.
    Undeaf(&'a str, Who<'a>),
    /// Out with them, and with the sound for that where there is one.
    Kick(&'a str, Who<'a>),
    /// Out with them, without a sound.
    HangUp(&'a str, Who<'a>),
    /// Nobody else gets in.
    Lock(&'a str),
    /// Others get in again.
    Unlock(&'a str),
    /// Callers are asked for this PIN.
    SetPin(&'a str, &'a str),
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
        /// Whom, as the server calls: `PJSIP/100`; `sofia/gateway/gw/100`; a number, device, user or `sip:` address.
        endpoint: &'a str,
        /// Number and name that they are shown; `None`: the server's own.
        caller: Option<(&'a str, &'a str)>,
    },
    /// Calls somebody in, and answers when that has gone well or badly. The connection waits too.
    DialAndWait {
        /// Into this conference.
        conference: &'a str,
        /// Whom, as for [`Dial`](Self::Dial).
        endpoint: &'a str,
        /// Number and name that they are shown; `None`: the server's own.
        caller: Option<(&'a str, &'a str)>,
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
    /// Gives somebody the floor; takes it from whoever has it already.
    Floor(&'a str, &'a str),
    /// Makes somebody the picture that all see.
    VideoSource(&'a str, &'a str),
}

impl<'a> Command<'a> {
    /// What it does, in words: `mute`, `start record`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ListRooms => "list rooms",
            Self::List(_) => "list",
            Self::Show(_) => "show",
            Self::Mute(..) => "mute",
            Self::Unmute(..) => "unmute",
            Self::Deaf(..) => "deaf",
            Self::Undeaf(..) => "undeaf",
            Self::Kick(..) => "kick",
            Self::HangUp(..) => "hang up",
            Self::Lock(_) => "lock",
            Self::Unlock(_) => "unlock",
            Self::SetPin(..) => "set pin",
            Self::RemovePin(_) => "remove pin",
            Self::StartRecord { .. } => "start record",
            Self::StopRecord { .. } => "stop record",
            Self::RecordStatus(_) => "record status",
            Self::Volume { .. } => "volume",
            Self::Energy { .. } => "energy",
            Self::Play { .. } => "play",
            Self::StopPlaying { .. } => "stop playing",
            Self::Say { .. } => "say",
            Self::SendDtmf { .. } => "send dtmf",
            Self::Dial { .. } => "dial",
            Self::DialAndWait { .. } => "dial and wait",
            Self::Invite { .. } => "invite",
            Self::Transfer { .. } => "transfer",
            Self::Relate { .. } => "relate",
            Self::Floor(..) => "floor",
            Self::VideoSource(..) => "video source",
        }
    }

    /// The conference that it is for; `None` for [`ListRooms`](Self::ListRooms).
    pub const fn conference(&self) -> Option<&'a str> {
        match *self {
            Self::ListRooms => None,
            Self::List(conference)
            | Self::Show(conference)
            | Self::Mute(conference, _)
            | Self::Unmute(conference, _)
            | Self::Deaf(conference, _)
            | Self::Undeaf(conference, _)
            | Self::Kick(conference, _)
            | Self::HangUp(conference, _)
            | Self::Lock(conference)
            | Self::Unlock(conference)
            | Self::SetPin(conference, _)
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
            | Self::Floor(conference, _)
            | Self::VideoSource(conference, _) => Some(conference),
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
