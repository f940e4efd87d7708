//! The commands of the service, typed: reference 001's, with the arguments that FreeSWITCH reads.

use core::fmt;

/// Who a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// The member of this number, from 1; 0 is nobody.
    Member(u32),
    /// Everybody.
    All,
    /// Whoever came last.
    Last,
    /// Everybody but moderators.
    NonModerators,
}

/// What an energy level or a volume is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// This one. Volumes go from -4 to 4 and are cut there by the server; energy starts at 0 and is useful up to 1800.
    To(i32),
    /// A step up: 1 of volume, 200 of energy.
    Up,
    /// A step down.
    Down,
}

/// What two members are to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// The first cannot be heard by the second.
    NoSpeak,
    /// The first cannot hear the second.
    NoHear,
    /// As everybody else again.
    Clear,
}

/// Which of the sounds that are being played stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stop {
    /// The one that is heard.
    Current,
    /// All that are queued; also what FreeSWITCH does when nothing is said.
    All,
    /// The one that was started asynchronously.
    Async,
}

/// What the service's recorder is asked. Its answers: [`Reply::recorder`](super::Reply::recorder).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordAction {
    /// Begin; the same as no action.
    Start,
    /// End.
    Stop,
    /// Whether it records.
    Status,
    /// For how long it has recorded.
    Duration,
}

/// A PIN; `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pin<'a>(pub(super) &'a str);

impl<'a> Pin<'a> {
    /// This PIN.
    pub const fn new(digits: &'a str) -> Self {
        Self(digits)
    }
}

impl fmt::Debug for Pin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(***)")
    }
}

/// A command to a conference.
///
/// What it may hold is checked when the request is made of it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<'a> {
    /// `bgdial`: calls somebody in, and does not wait.
    Bgdial {
        /// Whom, as a dial string of FreeSWITCH. One with `/` can't be carried, and nearly all have one.
        endpoint: &'a str,
        /// Number and name that are shown to them. Without it those of the server's configuration are.
        caller: Option<(&'a str, &'a str)>,
    },
    /// `deaf`: they hear nothing.
    Deaf(Target),
    /// `dial`: calls somebody in, and waits for up to 60 s.
    Dial {
        /// Whom, as a dial string of FreeSWITCH. One with `/` can't be carried, and nearly all have one.
        endpoint: &'a str,
        /// Number and name that are shown to them. Without it those of the server's configuration are.
        caller: Option<(&'a str, &'a str)>,
    },
    /// `dtmf`: plays tones to them.
    Dtmf(Target, &'a str),
    /// `energy`: shows or sets how loud they must be to be heard.
    Energy(Target, Option<Level>),
    /// `hup`: throws them out without the sound.
    Hup(Target),
    /// `invite`: has the service call this user in.
    Invite(&'a str),
    /// `inviteim`: has the service call in the user who has this instant-message id.
    InviteIm(&'a str),
    /// `kick`: throws them out.
    Kick(Target),
    /// `list`: who is there.
    List {
        /// What stands between the fields; `None`: `;`.
        delimiter: Option<&'a str>,
    },
    /// `lock`: nobody else gets in.
    Lock,
    /// `mute`: they are not heard.
    Mute(Target),
    /// `nopin`: takes the PIN away.
    NoPin,
    /// `norecord`: ends FreeSWITCH's recording into this file, or into all of them.
    NoRecord(Option<&'a str>),
    /// `pin`: sets the PIN. Those who are called in are not asked for it.
    Pin(Pin<'a>),
    /// `play`: plays a sound.
    Play {
        /// Its name; one with `/` can't be carried.
        file: &'a str,
        /// To this member; `None`: to everybody.
        member: Option<u32>,
        /// Beside what is played already.
        asynchronous: bool,
    },
    /// `record`: what the recorder is asked; `None` begins a recording.
    Record(Option<RecordAction>),
    /// `relate`: what a member is to another.
    Relate {
        /// The first.
        member: u32,
        /// The second.
        other: u32,
        /// What the first is to the second.
        relation: Relation,
    },
    /// `say`: speaks a text to everybody.
    Say(&'a str),
    /// `saymember`: speaks a text to one.
    SayMember(u32, &'a str),
    /// `stop`: ends what is played.
    Stop {
        /// What.
        what: Option<Stop>,
        /// To this member; to be given with what. `None`: to everybody.
        member: Option<u32>,
    },
    /// `transfer`: moves members to another conference.
    Transfer {
        /// Its name.
        conference: &'a str,
        /// Their numbers, at least one and at most 22.
        members: &'a [u32],
    },
    /// `undeaf`: they hear again.
    Undeaf(Target),
    /// `unlock`: others get in again.
    Unlock,
    /// `unmute`: they are heard again.
    Unmute(Target),
    /// `volume_in`: shows or sets how loud they are heard, from -4 to 4.
    VolumeIn(Target, Option<Level>),
    /// `volume_out`: shows or sets how loud they hear, from -4 to 4.
    VolumeOut(Target, Option<Level>),
    /// `xml_list`: who is there, as XML.
    XmlList,
    /// A command that the crate doesn't know. `Debug` hides its arguments.
    Custom {
        /// Its name.
        name: &'a str,
        /// Its arguments, each one word.
        arguments: &'a [&'a str],
    },
}

impl<'a> Command<'a> {
    /// The word on the wire.
    pub const fn name(&self) -> &'a str {
        match self {
            Self::Bgdial { .. } => "bgdial",
            Self::Deaf(_) => "deaf",
            Self::Dial { .. } => "dial",
            Self::Dtmf(..) => "dtmf",
            Self::Energy(..) => "energy",
            Self::Hup(_) => "hup",
            Self::Invite(_) => "invite",
            Self::InviteIm(_) => "inviteim",
            Self::Kick(_) => "kick",
            Self::List { .. } => "list",
            Self::Lock => "lock",
            Self::Mute(_) => "mute",
            Self::NoPin => "nopin",
            Self::NoRecord(_) => "norecord",
            Self::Pin(_) => "pin",
            Self::Play { .. } => "play",
            Self::Record(_) => "record",
            Self::Relate { .. } => "relate",
            Self::Say(_) => "say",
            Self::SayMember(..) => "saymember",
            Self::Stop { .. } => "stop",
            Self::Transfer { .. } => "transfer",
            Self::Undeaf(_) => "undeaf",
            Self::Unlock => "unlock",
            Self::Unmute(_) => "unmute",
            Self::VolumeIn(..) => "volume_in",
            Self::VolumeOut(..) => "volume_out",
            Self::XmlList => "xml_list",
            Self::Custom { name, .. } => name,
        }
    }
}

/// The name alone: PINs and what is said stay out of logs.
impl fmt::Debug for Command<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({:?})", self.name())
    }
}
