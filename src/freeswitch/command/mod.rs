//! The sub-commands of FreeSWITCH's `conference`, typed: each has a builder, written as a line that
//! the server splits into exactly these words.
//!
//! `new` takes the arguments that the server requires, setters take the optional ones. [`to`]
//! addresses the command to a conference, [`to_server`] to all conferences. The resulting [`Line`]
//! is written alone, or as an `api` or `bgapi` command of the event socket. Arguments are checked
//! when the line is written; it is written completely or not at all.
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
//! - The server splits the line at blanks, into at most 25 words. `'…'` keeps blanks together and
//!   is removed; a backslash escapes `'` and itself; `"` has no meaning. The builders quote the
//!   words that need it.
//! - If a line begins with `^^` and a further byte, the server splits the line at that byte
//!   instead. The builders quote such a name too.
//! - Commands for members read one word after the member, so that word is always quoted.
//! - `say` and `saymember` take the text after the first place in the line where their name occurs,
//!   even inside the conference's name. A conference name that contains the command's name is
//!   written with a `''` inside, which the server removes when it splits.
//! - A CR, LF or NUL ends the line even inside quotes: refused.
//! - The server reads a member as C's `atoi` does, so 0 and words match no member: [`Target`] has
//!   the valid forms.
//!
//! A conference name that is a command to the whole server (`list`, `count`, `xml_list`,
//! `json_list`, `help`, `commands`, in any case) is refused: while no conference has that name,
//! `conference list kick 3` lists all conferences, and ignores member 3. If a conference has that
//! name, it takes the command's place: [`to_server`] then asks that conference.
//!
//! # Arguments that the server interprets
//!
//! Some commands expand variables in an argument and run the commands in it (`${…}`), look for
//! parameters before it (`{…}`), or split it again. Each such argument either arrives unchanged or
//! is refused; [`Line::even_if_interpreted`] permits the interpretation, for example for a dial
//! string with variables. `manual::injection` has the table. [`Custom`] checks only the text of
//! `say` and `saymember`, and leaves its other arguments to the caller.
//!
//! # Lines that crash servers
//!
//! 1.11.2 crashed on `canvas-auto-clear` with a canvas that doesn't exist, and on `vid-layer` with
//! a member without video; 1.6.20 on `file-vol` without a volume. Such lines are refused unless
//! [`Line::even_if_it_crashes`] permits them. 1.11.2 also crashed occasionally on several
//! consecutive `say` and `saymember` with a text-to-speech engine: wait for each answer.
//!
//! These facts come from FreeSWITCH's `conference_api.c` and `switch_utils.c`, and from the answers
//! of 1.6.20 and 1.11.2.
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
    /// Gives the arguments of a command. Only this crate implements it.
    pub trait Sealed {
        /// Returns the sub-command and its arguments.
        fn args(&self) -> &super::Args<'_>;
    }
}

/// A command to one conference, or to the server about all conferences. Sealed: use [`Custom`] for
/// a command that the crate doesn't know.
pub trait ConferenceCommand: Sealed {
    /// Returns the sub-command; `None` if the crate doesn't know it.
    fn name(&self) -> Option<Name>;

    /// Returns the line that sends the command to this conference.
    fn to<'a>(&'a self, conference: &'a str) -> Line<'a> {
        Line::new(Some(conference), self.args())
    }

    /// Returns the line that sends the command to the server, about all conferences. Only `list`,
    /// `count`, `xml_list`, `json_list` and `help` allow it.
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
            /// Lists all sub-commands, sorted by their words.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the word in the line.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

impl Name {
    /// Returns the sub-command that the server recognises in this word, in upper or lower case.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| name.as_str().eq_ignore_ascii_case(word))
    }

    /// Returns whether the server takes the rest of the line unchanged, as a text.
    fn has_text(self) -> bool {
        matches!(self, Self::Say | Self::SayMember)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Writes the parts that every builder has. `Debug` shows the name only: PINs and spoken texts stay
/// out of logs.
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
/// The arguments of `say`, and those of `saymember` after the member, are text: they are written
/// without quotes, with a blank between them, and a `$` that `saymember` would expand is escaped.
#[derive(Clone)]
#[must_use = "a command does nothing until it is sent"]
pub struct Custom<'a>(Args<'a>);

impl<'a> Custom<'a> {
    /// Creates the command with this name, which may be followed by fixed words.
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
