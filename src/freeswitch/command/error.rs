//! Why a command was not written.

use core::fmt;

/// A command was not written, because one of its arguments would have arrived as something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandError {
    argument: &'static str,
    reason: Reason,
}

impl CommandError {
    pub(crate) const fn new(argument: &'static str, reason: Reason) -> Self {
        Self { argument, reason }
    }

    /// Which argument; `conference` is the conference's own name, `command` the command as a whole.
    pub const fn argument(&self) -> &'static str {
        self.argument
    }

    /// Why.
    pub const fn reason(&self) -> Reason {
        self.reason
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} refused: {}", self.argument, self.reason)
    }
}

impl core::error::Error for CommandError {}

/// Why an argument was refused. Values are never quoted here: they may be PINs.
///
/// Those from [`OwnRecorder`](Self::OwnRecorder) on are for the REST service of sipXecs alone, which puts a command into
/// the path of an address and can't quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// There is nothing in it.
    Empty,
    /// It has a CR, LF or NUL, at which FreeSWITCH ends the line.
    LineEnd {
        /// Which.
        byte: u8,
    },
    /// 0 is no member's number.
    NoMember,
    /// There are more than FreeSWITCH reads.
    TooMany {
        /// The most that it reads.
        max: usize,
    },
    /// It is a word that means something else to FreeSWITCH.
    Keyword {
        /// Which.
        word: &'static str,
    },
    /// It is no name of a variable that FreeSWITCH looks for.
    VariableName,
    /// It is no number, or has no end.
    NotFinite,
    /// It begins with a `"`, which FreeSWITCH takes for a quote there.
    DoubleQuote,
    /// An argument before it is missing.
    Missing {
        /// Which.
        before: &'static str,
    },
    /// It has what no name of a sub-command has.
    NoName,
    /// The command is for a conference.
    NeedsConference,
    /// The command is for the server.
    ServerOnly,
    /// It has killed a server.
    Crashes,
    /// It is longer than a header of the event socket should be, or has what would end it.
    JobId,
    /// The service takes this command itself.
    OwnRecorder,
    /// It has a `/`, which the service replaces with a blank; FreeSWITCH then reads two arguments.
    Slash,
    /// It has a `&`, at which the service splits.
    Ampersand,
    /// It has a control character, which the service's line may not survive.
    Control {
        /// The character.
        byte: u8,
    },
    /// It has a blank, at which FreeSWITCH splits.
    Blank,
    /// It has a quote or backslash, with which FreeSWITCH joins words.
    Quote {
        /// Which.
        byte: u8,
    },
    /// It begins with `^^`, which tells FreeSWITCH to split elsewhere.
    OtherDelimiter,
    /// It is `.` or `..`, which HTTP takes for a step in the path.
    DotSegment,
    /// The conference's name holds the name of the command; FreeSWITCH would take what follows there for the text.
    HidesText,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty => f.write_str("it is empty; give it, or leave out what needs it"),
            Self::LineEnd { byte } => write!(f, "it has the byte {byte:#04x}, which ends the line; leave it out"),
            Self::NoMember => f.write_str("0 is no member's number; take one from a list or an event"),
            Self::TooMany { max } => write!(f, "FreeSWITCH reads {max} of them; split the command"),
            Self::Keyword { word } => {
                write!(f, "`{word}` means something else there; if that is what you want, there is a command for it")
            }
            Self::VariableName => f.write_str(
                "a variable's name begins with a letter or `_` and has no `=`; FreeSWITCH would look for another",
            ),
            Self::NotFinite => f.write_str("it is no number that can be written; give a finite one"),
            Self::DoubleQuote => {
                f.write_str("it begins with a double quote, which FreeSWITCH takes off; choose another")
            }
            Self::Missing { before } => write!(f, "FreeSWITCH counts its arguments, and needs the {before} before it"),
            Self::NoName => f.write_str("a sub-command's name has letters, digits, `-` and `_`"),
            Self::NeedsConference => f.write_str("it is for one conference; use `to`"),
            Self::ServerOnly => f.write_str("it is for the server, not for a conference; use `to_server`"),
            Self::Crashes => f.write_str("this line has killed servers; `even_if_it_crashes` sends it all the same"),
            Self::JobId => f.write_str("a job's id is 1 to 255 visible ASCII characters"),
            Self::OwnRecorder => f.write_str("the service has its own recorder; use `Conference::record`"),
            Self::Slash => {
                f.write_str("it has a `/`, which the service turns into a blank; this service can't carry it")
            }
            Self::Ampersand => f.write_str("it has a `&`, at which the service splits; this service can't carry it"),
            Self::Control { byte } => {
                write!(f, "it has the control character {byte:#04x}, which could end the line; leave it out")
            }
            Self::Blank => f.write_str("it has a blank, at which FreeSWITCH splits; leave it out"),
            Self::Quote { byte } => {
                write!(f, "it has a {:?}, with which FreeSWITCH joins words; leave it out", char::from(byte))
            }
            Self::OtherDelimiter => f.write_str("it begins with `^^`, which FreeSWITCH takes for another delimiter"),
            Self::DotSegment => f.write_str("it is `.` or `..`, which HTTP takes for a step in the path"),
            Self::HidesText => f.write_str(
                "it holds the name of the command, where FreeSWITCH would look for the text; it can't be said there",
            ),
        }
    }
}
