//! The sub-commands of FreeSWITCH's `conference`, typed: one builder each, written as a line that
//! the server splits into just these words.
//!
//! Each command is a builder: `new` takes what the server can't do without, a setter each of the
//! rest. [`to`] says to which conference, [`to_server`] asks for all of them, and the [`Line`] is
//! written as an `api` or `bgapi` command of the event socket, or by itself. Nothing is checked
//! until then, and then all of it is written, or nothing.
//!
//! ```
//! use ami_proto::error::Refusal;
//! use ami_proto::freeswitch::command::{ConferenceCommand, Kick, List, Mute, Say, Target};
//!
//! let mut out = Vec::new();
//! Mute::new(7).quiet().to("3000").api(&mut out)?;
//! Kick::new(Target::NonModerators).to("Bob's room").api(&mut out)?;
//! List::new().to_server().bgapi(Some("job-1"), &mut out)?;
//! let expected = b"api conference 3000 mute 7 quiet\n\n\
//!     api conference 'Bob\\'s room' kick non_moderator\n\n\
//!     bgapi conference list\nJob-UUID: job-1\n\n";
//! assert_eq!(out, expected);
//!
//! let refused = Say::new("hi\nconference 3000 kick all").to("3000").api(&mut out).unwrap_err();
//! assert_eq!((refused.field(), refused.refusal()), ("text", Refusal::InValue { byte: b'\n', at: 2 }));
//! # Ok::<(), ami_proto::EncodeError>(())
//! ```
//!
//! # How the server reads a line
//!
//! - It splits at blanks, into 25 words at most. `'…'` keeps blanks together and goes, a backslash
//!   takes the meaning from `'` and itself; `"` means nothing. Words that need it are quoted here.
//! - A line whose first bytes are `^^` and another one is split at that one instead. Such a name is
//!   quoted too.
//! - Commands for members read one word behind the member, so that word is quoted whatever it is.
//! - `say` and `saymember` take what follows the first place in the line where their name stands,
//!   even within the conference's name. A name that has it is written with a `''` inside, which
//!   goes when the server splits.
//! - A CR, LF or NUL ends the line, whatever stands around it: refused.
//! - A member is read as C's `atoi` does, so 0 and words are nobody: [`Target`] has what there is.
//!
//! A name that is a command to the whole server (`list`, `count`, `xml_list`, `json_list`, `help`,
//! `commands`, in any case) is refused: while there is no conference of that name, `conference list
//! kick 3` lists all conferences, and says nothing of member 3. Where there is one, it takes the
//! command's place: [`to_server`] then asks that conference.
//!
//! # What the server makes of an argument
//!
//! Some commands put variables into an argument and run the commands in it (`${…}`), look for
//! parameters before it (`{…}`), or split it again. Each such argument arrives as itself, or is
//! refused; [`Line::even_if_interpreted`] is for those that are meant so, such as a dial string with
//! variables. `manual::injection` has the table. [`Custom`] knows no arguments but the text of `say`
//! and `saymember`, and leaves the others to the caller.
//!
//! # What kills servers
//!
//! 1.11.2 died of `canvas-auto-clear` with a canvas that there is none of, and of `vid-layer` with
//! a member without video; 1.6.20 of `file-vol` without a volume. Such lines are refused unless
//! [`Line::even_if_it_crashes`] is said. 1.11.2 also died now and then of several `say` and
//! `saymember` in a row with a text-to-speech engine: wait for each answer.
//!
//! The facts are from FreeSWITCH's `conference_api.c` and `switch_utils.c`, and from what 1.6.20
//! and 1.11.2 answered.
//!
//! [`to`]: ConferenceCommand::to
//! [`to_server`]: ConferenceCommand::to_server

#![expect(clippy::new_without_default, reason = "a command is made by `new`, whether or not it needs anything")]

mod args;
mod line;
mod quote;
mod reading;
mod target;

use core::fmt;

pub(crate) use args::Args;
#[cfg(feature = "sipxecs")]
pub(crate) use args::Words;
use args::{Argument, On, Slot};
pub use line::Line;
use reading::Reads;
use sealed::Sealed;
pub use target::{Level, MemberRef, Members, Relation, Seek, Sounds, Target};

pub(crate) mod sealed {
    /// What a command collects. Commands are made here alone.
    pub trait Sealed {
        /// Returns the sub-command and its arguments.
        fn args(&self) -> &super::Args<'_>;
    }
}

/// A command to a conference, or to the server about all of them. Sealed: [`Custom`] is for those
/// that the crate doesn't know.
pub trait ConferenceCommand: Sealed {
    /// The sub-command; `None` for one that the crate doesn't know.
    fn name(&self) -> Option<Name>;

    /// The line that has this conference do it.
    fn to<'a>(&'a self, conference: &'a str) -> Line<'a> {
        Line::new(Some(conference), self.args())
    }

    /// The line that asks for all conferences; for the commands that can be: `list`, `count`,
    /// `xml_list`, `json_list`, `help`.
    fn to_server(&self) -> Line<'_> {
        Line::new(None, self.args())
    }
}

macro_rules! names {
    ($($name:ident = $word:literal,)+) => {
        /// A sub-command of `conference`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Name {
            $(#[doc = concat!("`", $word, "`")] $name,)+
        }

        impl Name {
            /// All of them, sorted by their words.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

impl Name {
    /// The one that the server takes this word for, in upper or lower case.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| name.as_str().eq_ignore_ascii_case(word))
    }

    /// Whether the server takes the rest of the line as it stands, for a text.
    fn has_text(self) -> bool {
        matches!(self, Self::Say | Self::SayMember)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What every builder has. `Debug` shows the name alone: PINs and what is said stay out of logs.
macro_rules! command {
    ($builder:ty, $name:ident) => {
        impl $builder {
            /// The sub-command.
            pub const NAME: Name = Name::$name;
        }

        impl ConferenceCommand for $builder {
            fn name(&self) -> Option<Name> {
                Some(Self::NAME)
            }
        }

        impl Sealed for $builder {
            fn args(&self) -> &Args<'_> {
                &self.0
            }
        }

        impl fmt::Debug for $builder {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

/// A command that the crate doesn't know. `Debug` hides its arguments.
///
/// ```
/// use ami_proto::freeswitch::command::{ConferenceCommand, Custom};
///
/// let mut out = Vec::new();
/// Custom::new("vid-layout").word("2x2").word("1").to("3000").write(&mut out)?;
/// assert_eq!(out, b"conference 3000 vid-layout 2x2 1");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
///
/// The words of `say`, and of `saymember` those behind the member, are text: they are written
/// without quotes, with a blank between them, and a `$` that `saymember` would expand is escaped.
#[derive(Clone)]
#[must_use = "a command does nothing until it is sent"]
pub struct Custom<'a>(Args<'a>);

impl<'a> Custom<'a> {
    /// The sub-command of this name; words that always follow may stand behind it.
    pub fn new(name: &'a str) -> Self {
        Self(Args::custom(name))
    }

    /// Adds an argument.
    pub fn word(self, word: &'a str) -> Self {
        Self(self.0.push(word))
    }
}

impl ConferenceCommand for Custom<'_> {
    fn name(&self) -> Option<Name> {
        self.0.name()
    }
}

impl Sealed for Custom<'_> {
    fn args(&self) -> &Args<'_> {
        &self.0
    }
}

impl fmt::Debug for Custom<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

include!(concat!(env!("OUT_DIR"), "/commands.rs"));
