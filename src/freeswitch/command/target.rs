//! The values that commands take: who, how loud, how far.

use super::args::Argument;

/// Who a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target<'a> {
    /// The member of this number, from 1; 0 is nobody. Numbers are the server's, not the
    /// conference's.
    Member(u32),
    /// Everybody. The server answers with a line for each, the newest first.
    All,
    /// Everybody but moderators.
    NonModerators,
    /// Whoever has the highest number. Nobody, while that is a recording's.
    Last,
    /// The newest member whose channel has this variable with this value. The name begins with a
    /// letter or `_`, for FreeSWITCH takes digits for a member's number.
    Variable(&'a str, &'a str),
}

impl From<u32> for Target<'_> {
    fn from(member: u32) -> Self {
        Self::Member(member)
    }
}

/// What an energy level or a volume is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// This one.
    To(i32),
    /// A step up.
    Up,
    /// A step down.
    Down,
}

impl Level {
    pub(super) fn argument<'a>(self) -> Argument<'a> {
        match self {
            Self::To(level) => Argument::Number(level.into()),
            Self::Up => Argument::Known("up"),
            Self::Down => Argument::Known("down"),
        }
    }
}

/// What two members are to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// The first cannot be heard by the second.
    NoSpeak,
    /// The first cannot hear the second.
    NoHear,
    /// Neither can the first be heard by the second, nor hear them.
    NoSpeakNoHear,
    /// The first's picture goes to the second.
    SendVideo,
    /// As everybody else again.
    Clear,
}

impl Relation {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSpeak => "nospeak",
            Self::NoHear => "nohear",
            Self::NoSpeakNoHear => "nospeak|nohear",
            Self::SendVideo => "sendvideo",
            Self::Clear => "clear",
        }
    }
}

/// Which of the sounds that are being played stop. FreeSWITCH's own syntax has `last` too, and
/// doesn't take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sounds {
    /// The one that is heard.
    Current,
    /// All that are queued.
    All,
    /// The one that was started asynchronously.
    Async,
}

impl Sounds {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::All => "all",
            Self::Async => "async",
        }
    }
}

/// Where to go on within a file, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Seek {
    /// From its start.
    To(u32),
    /// Further on.
    Forward(u32),
    /// Back.
    Back(u32),
}
