//! The values that commands take: members, levels, relations, sounds and positions.

use alloc::vec::Vec;
use core::time::Duration;

use super::args::Argument;
use super::{Agc, MaxEnergy};

/// The members that a command acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target<'a> {
    /// The member with this number, from 1; 0 matches no member. The server counts members across
    /// all its conferences.
    Member(u32),
    /// All members. The server answers with a line for each, the newest member first.
    All,
    /// All members except moderators.
    NonModerators,
    /// The member with the highest number. It matches no member while that number is a recording's.
    Last,
    /// The newest member whose channel has this variable with this value. The name must begin with
    /// a letter or `_`, since FreeSWITCH reads digits as a member's number.
    Variable {
        /// The variable's name.
        name: &'a str,
        /// The variable's value.
        value: &'a str,
    },
}

impl From<u32> for Target<'_> {
    fn from(member: u32) -> Self {
        Self::Member(member)
    }
}

/// One member, for commands that accept only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemberRef<'a> {
    /// The member with this number, from 1; 0 matches no member.
    Id(u32),
    /// The newest member whose channel has this variable with this value. The commands support it
    /// from 1.11 on; before that it matches no member. The name must begin with a letter or `_`.
    Variable {
        /// The variable's name.
        name: &'a str,
        /// The variable's value.
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

/// Several members, for commands that accept more than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Members<'a> {
    /// Members by number.
    Ids(&'a [u32]),
    /// Members by number or by variable.
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

/// A new energy level or volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// This level.
    To(i32),
    /// One step up.
    Up,
    /// One step down.
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

/// Number of the level argument, which follows the member in both commands.
const LEVEL: usize = 1;

impl Agc<'_> {
    /// Sets the target level, the energy below which nothing is amplified, and the factor of each
    /// change. 0 leaves a value unchanged. From 1.8 on.
    pub fn levels(self, level: u32, low_energy: u32, change_factor: u32) -> Self {
        Self(self.0.set(LEVEL, Argument::Numbers([level, low_energy, change_factor])))
    }
}

impl MaxEnergy<'_> {
    /// Limits the energy of members: sets the energy above which a member is muted, the duration of
    /// the mute, and how many times in a row the energy must be exceeded. An energy of 0 mutes no
    /// member. The server counts in its packets: a duration shorter than one packet, often 20 ms,
    /// counts as zero.
    pub fn limit(self, energy: u32, mute: Duration, hits: u32) -> Self {
        let mute = u32::try_from(mute.as_millis()).unwrap_or(u32::MAX);
        Self(self.0.set(LEVEL, Argument::Numbers([energy, mute, hits])))
    }
}

/// A relation between two members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// The second member doesn't hear the first.
    NoSpeak,
    /// The first member doesn't hear the second.
    NoHear,
    /// The two members don't hear each other.
    NoSpeakNoHear,
    /// The first member's video goes to the second.
    SendVideo,
    /// No special relation.
    Clear,
}

impl Relation {
    /// Returns the word in the line.
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

/// The playing sounds that a command stops. FreeSWITCH's usage text also names `last`, but
/// FreeSWITCH doesn't accept it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sounds {
    /// The sound that is being heard.
    Current,
    /// All queued sounds.
    All,
    /// The sound that was started asynchronously.
    Async,
}

impl Sounds {
    /// Returns the word in the line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::All => "all",
            Self::Async => "async",
        }
    }
}

/// A new position within a file, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Seek {
    /// The distance from the start.
    To(u32),
    /// The distance forward.
    Forward(u32),
    /// The distance back.
    Back(u32),
}
