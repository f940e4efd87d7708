//! The values that commands take: who, how loud, how far.

use alloc::vec::Vec;
use core::time::Duration;

use super::args::Argument;
use super::{Agc, MaxEnergy};

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
    Variable {
        /// The variable's name.
        name: &'a str,
        /// Its value.
        value: &'a str,
    },
}

impl From<u32> for Target<'_> {
    fn from(member: u32) -> Self {
        Self::Member(member)
    }
}

/// One member, for the commands that take no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemberRef<'a> {
    /// By number, from 1; 0 is nobody.
    Id(u32),
    /// The newest member whose channel has this variable with this value. Such commands know it from
    /// 1.11 on; before, there is no such member. The name begins with a letter or `_`.
    Variable {
        /// The variable's name.
        name: &'a str,
        /// Its value.
        value: &'a str,
    },
}

impl From<u32> for MemberRef<'_> {
    fn from(id: u32) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<MemberRef<'a>> for Target<'a> {
    fn from(member: MemberRef<'a>) -> Self {
        match member {
            MemberRef::Id(id) => Self::Member(id),
            MemberRef::Variable { name, value } => Self::Variable { name, value },
        }
    }
}

/// Several members, for the command that takes some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Members<'a> {
    /// By number.
    Ids(&'a [u32]),
    /// Each as is said.
    Chosen(&'a [MemberRef<'a>]),
}

impl Members<'_> {
    pub(super) const fn len(self) -> usize {
        match self {
            Self::Ids(ids) => ids.len(),
            Self::Chosen(members) => members.len(),
        }
    }
}

impl<'a> From<&'a [u32]> for Members<'a> {
    fn from(ids: &'a [u32]) -> Self {
        Self::Ids(ids)
    }
}

impl<'a, const N: usize> From<&'a [u32; N]> for Members<'a> {
    fn from(ids: &'a [u32; N]) -> Self {
        Self::Ids(ids)
    }
}

impl<'a> From<&'a Vec<u32>> for Members<'a> {
    fn from(ids: &'a Vec<u32>) -> Self {
        Self::Ids(ids)
    }
}

impl<'a> From<&'a [MemberRef<'a>]> for Members<'a> {
    fn from(members: &'a [MemberRef<'a>]) -> Self {
        Self::Chosen(members)
    }
}

impl<'a, const N: usize> From<&'a [MemberRef<'a>; N]> for Members<'a> {
    fn from(members: &'a [MemberRef<'a>; N]) -> Self {
        Self::Chosen(members)
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

/// The number of the argument that both commands have behind the member.
const LEVEL: usize = 1;

impl Agc<'_> {
    /// Sets the level, the energy below which nothing is made louder, and the factor of each change.
    /// 0 leaves one as it is. From 1.8 on.
    pub fn levels(self, level: u32, low_energy: u32, change_factor: u32) -> Self {
        Self(self.0.set(LEVEL, Argument::Numbers([level, low_energy, change_factor])))
    }
}

impl MaxEnergy<'_> {
    /// Sets the energy above which a member is muted, for how long, and how often in a row it has to
    /// be exceeded for that. An energy of 0 mutes nobody. The server counts in its packets: a time
    /// shorter than one of them, often 20 ms, is none.
    pub fn limit(self, energy: u32, mute: Duration, hits: u32) -> Self {
        let mute = u32::try_from(mute.as_millis()).unwrap_or(u32::MAX);
        Self(self.0.set(LEVEL, Argument::Numbers([energy, mute, hits])))
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
