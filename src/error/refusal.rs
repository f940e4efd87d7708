//! Refusals of fields that the caller has set: the field, its fault, and what to do instead.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

/// A message was not made, because one of its fields would have broken it, or would have been read
/// as something else.
///
/// Every builder of the crate returns this error: actions and responses of AMI, commands of
/// FreeSWITCH, requests over HTTP. Nothing was written: the output is as it was before the call.
///
/// ```
/// use ami_proto::action::{Action, SetVar};
/// use ami_proto::error::Refusal;
///
/// let error = SetVar::new("A", "1\r\nAction: Originate").encode(None, &mut Vec::new()).unwrap_err();
/// assert_eq!((error.field(), error.refusal()), ("Value", Refusal::InValue { byte: b'\r', at: 1 }));
/// assert!(error.refusal().advice().starts_with("leave it out"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError {
    field: Box<str>,
    refusal: Refusal,
}

impl EncodeError {
    /// Most bytes of a name that are kept.
    const SHOWN: usize = 64;

    pub(crate) fn new(field: impl AsRef<[u8]>, refusal: Refusal) -> Self {
        let field = field.as_ref();
        let shown = (0..=Self::SHOWN).rev().find(|at| field.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80));
        let (shown, rest) = field.split_at(shown.unwrap_or(Self::SHOWN).min(field.len()));
        let mut field = String::from_utf8_lossy(shown).into_owned();
        if !rest.is_empty() {
            field.push('…');
        }
        Self { field: field.into(), refusal }
    }

    /// Returns the name of the field that was refused, such as `Channel` or `member.numbers[0]`. In
    /// FreeSWITCH commands `conference` is the conference's own name, and `command` the command as
    /// a whole.
    ///
    /// In a name that the caller gave, invalid UTF-8 is replaced; the name is cut after 64 bytes,
    /// with `…` at its end.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the reason of the refusal.
    pub const fn refusal(&self) -> Refusal {
        self.refusal
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "field {:?} refused: {}", self.field, self.refusal)
    }
}

impl core::error::Error for EncodeError {}

/// Reason why a field was refused. Values are never quoted: they may be secrets.
///
/// `Display` writes the reason, and then the [`advice`](Self::advice).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The name is empty.
    EmptyName,
    /// The name contains a byte that a name must not have: a colon, CR, LF or NUL.
    InName {
        /// The byte.
        byte: u8,
        /// Offset of the byte in the name.
        at: usize,
    },
    /// The name begins or ends with a blank; the server would not recognise it.
    OuterBlank,
    /// The value contains a CR, LF or NUL, which would end the line.
    InValue {
        /// The byte.
        byte: u8,
        /// Offset of the byte in the value.
        at: usize,
    },
    /// The line would be longer than a server reads (Asterisk `main/manager.c`: 1,022 bytes before
    /// CRLF, in every version).
    LineTooLong {
        /// Length of the line without its CRLF.
        len: usize,
        /// Longest line that the server reads, without its CRLF.
        max: usize,
    },
    /// The message would have more header lines than a server reads (Asterisk `main/manager.c`:
    /// 128, in every version).
    TooManyHeaders {
        /// Most header lines that the server reads.
        max: usize,
    },
    /// The value begins with a blank or a control byte. The server skips those, so the value would
    /// arrive changed.
    LeadingBlank {
        /// The byte.
        byte: u8,
    },
    /// The crate was built without the feature that reads the answers or events.
    Feature {
        /// The feature's name.
        name: &'static str,
    },
    /// The value is empty where an empty value means that there is none.
    EmptyValue,
    /// The value is empty, and the server refuses the message then.
    Needed,
    /// The action has a setter for this header, so that the message could have it twice.
    OwnSetter {
        /// Name of the setter.
        setter: &'static str,
    },
    /// The `ActionID` is longer than the buffers that some modules of the server copy it into.
    ActionIdTooLong {
        /// Length of the `ActionID` in bytes.
        len: usize,
        /// Longest `ActionID` that no module cuts, in bytes.
        max: usize,
    },
    /// The name of a variable is empty, contains `=`, at which the server splits, or begins with a
    /// byte with which FreeSWITCH's names cannot begin.
    VariableName,
    /// A line of text contains a colon or is empty; it would be read back as another kind of line.
    NotText,
    /// The crate itself writes this header where it is needed: `Content-Length`.
    OwnHeader,
    /// The message has this header already: its builder writes it.
    Given {
        /// Argument or method from which the header is written.
        by: &'static str,
    },
    /// The value is longer than the part of such a value that is kept.
    ValueTooLong {
        /// Length of the value in bytes.
        len: usize,
        /// Most bytes that the value may have.
        max: usize,
    },
    /// The server would read the name as a command: `filter delete` removes filters.
    Command,
    /// The value contains a control character, which may end a header, an address or a line on its
    /// way.
    Control {
        /// The character's code point.
        byte: u8,
    },
    /// The value contains a quote or backslash, with which the server, or an HTTP header, joins
    /// words.
    Quote {
        /// The byte.
        byte: u8,
    },
    /// The value contains a character at which it would be split on its way: a blank, `/`, `&`, a
    /// comma, a bracket.
    Splits {
        /// The byte.
        byte: u8,
    },
    /// The value or a segment of it is `.` or `..`, which HTTP resolves as a step in the path.
    DotSegment,
    /// The value begins with `^^`, which changes the delimiter at which FreeSWITCH splits.
    OtherDelimiter,
    /// The value is a word with a special meaning in this place.
    Keyword {
        /// The word.
        word: &'static str,
    },
    /// The server would interpret the value: as a variable or command to insert, parameters, a PIN,
    /// another call, or one more argument. [`manual::injection`] has the table of such fields.
    ///
    /// [`manual::injection`]: crate::manual::injection
    Interpreted {
        /// The text in the value that the server would interpret.
        syntax: &'static str,
        /// Offset of that text in the value, in bytes.
        at: usize,
        /// Meaning that the server gives to that text.
        means: &'static str,
    },
    /// The text ends in a backslash, and FreeSWITCH would continue to read after the line's end.
    Overrun,
    /// The conference's name is a command to the whole server where FreeSWITCH expects a name:
    /// `list`.
    ServerCommand {
        /// The word.
        word: &'static str,
    },
    /// The conference's name contains the name of the command; FreeSWITCH would take the rest of
    /// the name for the text.
    HidesText,
    /// The value is not a participant's number; these are counted from 1.
    Member,
    /// There are more values than FreeSWITCH reads.
    TooMany {
        /// Most values that FreeSWITCH reads.
        max: usize,
    },
    /// The list has as many items as a server unquotes in one header.
    ListFull {
        /// Most items that the server unquotes.
        max: usize,
    },
    /// The number is infinite or NaN.
    NotFinite,
    /// An argument before this one is missing.
    Missing {
        /// The argument that is missing.
        before: &'static str,
    },
    /// The argument has no meaning together with another one, and FreeSWITCH would ignore it.
    NotWith {
        /// The other argument.
        other: &'static str,
    },
    /// The name of a sub-command is empty, or contains a character other than letters, digits, `-`
    /// and `_`.
    CommandName,
    /// The command needs a conference.
    NeedsConference,
    /// The command is for the server, not for a conference.
    ServerOnly,
    /// The command is known to crash servers.
    Crashes,
    /// A job's id is longer than a header of the event socket should be, or contains a byte that
    /// would end it.
    JobId,
    /// The command is for recording, for which the service of sipXecs has its own recorder.
    OwnRecorder,
    /// The value has too few characters, or too many.
    Length {
        /// Length of the value in characters.
        len: usize,
        /// Fewest characters allowed.
        min: u32,
        /// Most characters allowed.
        max: u32,
    },
    /// The number is too small, or too large.
    Range {
        /// Smallest number allowed.
        min: i64,
        /// Largest number allowed.
        max: i64,
    },
    /// The value is of another kind.
    Kind {
        /// Kind that the value must have, with its article: `an object`.
        expected: &'static str,
    },
    /// The value occurs twice.
    Twice,
    /// The value cannot be part of a binding: it is `*` where a conference must be named, or
    /// contains a dot, a wildcard, a blank or a control character.
    Binding,
}

impl Refusal {
    /// Returns what to do instead, in lower case and without a full stop.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::EmptyName => "give the name",
            Self::InName { .. } | Self::LeadingBlank { .. } | Self::OwnHeader => "leave it out",
            Self::OuterBlank => "trim it",
            Self::InValue { .. } => "leave it out or send it encoded; a secret that has it must be changed",
            Self::LineTooLong { .. } => "shorten the value",
            Self::TooManyHeaders { .. } => "split the message",
            Self::Feature { .. } => "build with it, or ask in another form",
            Self::EmptyValue => "give it, or leave the field out",
            Self::Needed => "give it",
            Self::OwnSetter { .. } => "use that",
            Self::ActionIdTooLong { .. } | Self::ValueTooLong { .. } => "shorten it",
            Self::VariableName => "choose another name for the variable",
            Self::NotText => "write a header instead",
            Self::Given { .. } => "leave it out and use that",
            Self::Command => "send it as a message of its own",
            Self::Control { .. } | Self::Quote { .. } | Self::Splits { .. } => "leave it out or choose another",
            Self::DotSegment | Self::OtherDelimiter => "choose another",
            Self::Keyword { .. } => "if that is what you want, there is a command for it",
            Self::Interpreted { .. } => "leave it out, or write it with `even_if_interpreted` if it is your own",
            Self::Overrun => "leave that backslash out",
            Self::ServerCommand { .. } => "ask the whole server with `to_server`, and give the conference another name",
            Self::HidesText => "give the conference another name, or play a file that says it",
            Self::Member => "take it from a list or an event",
            Self::TooMany { .. } => "split the command",
            Self::ListFull { .. } => "put it into another header",
            Self::NotFinite => "give a finite number",
            Self::Missing { .. } => "give that too",
            Self::NotWith { .. } => "leave one of them out",
            Self::CommandName => "give the command's name as the server's help has it",
            Self::NeedsConference => "use `to`",
            Self::ServerOnly => "use `to_server`",
            Self::Crashes => "`even_if_it_crashes` sends it all the same",
            Self::JobId => "use 1 to 255 visible ASCII characters",
            Self::OwnRecorder => "use `Conference::record`",
            Self::Length { .. } | Self::Range { .. } | Self::Kind { .. } => "change it so",
            Self::Twice => "name it once",
            Self::Binding => "name one conference, account or call by its id",
        }
    }

    fn problem(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyName => f.write_str("the name is empty"),
            Self::InName { byte, at } => write!(f, "byte {byte:#04x} at {at} of its name"),
            Self::OuterBlank => f.write_str("the name begins or ends with a blank"),
            Self::InValue { byte, at } => write!(f, "byte {byte:#04x} at {at} of its value would end the line"),
            Self::LineTooLong { len, max } => write!(f, "its line is {len} bytes long and a server reads {max}"),
            Self::TooManyHeaders { max } => write!(f, "it is header {} and a server reads {max}", max + 1),
            Self::LeadingBlank { byte } => {
                write!(f, "the value begins with byte {byte:#04x}, which the server skips")
            }
            Self::Feature { name } => write!(f, "what comes of it is read with the feature `{name}`"),
            Self::EmptyValue => f.write_str("the value is empty"),
            Self::Needed => f.write_str("the value is empty, and the server refuses that"),
            Self::OwnSetter { setter } => write!(f, "the action has the setter `{setter}` for it"),
            Self::ActionIdTooLong { len, max } => {
                write!(f, "it is {len} bytes long and modules of the server cut it at {max}")
            }
            Self::VariableName => f.write_str("the variable's name is empty, has a `=`, or doesn't begin as one"),
            Self::NotText => f.write_str("a line of text needs text, and no colon"),
            Self::OwnHeader => f.write_str("this header is written with the body"),
            Self::Given { by } => write!(f, "the message has this header already, from {by}"),
            Self::ValueTooLong { len, max } => write!(f, "it is {len} bytes long and may have {max}"),
            Self::Command => f.write_str("the server takes this name for a command"),
            Self::Control { byte } => {
                write!(f, "it has the control character {byte:#04x}, which may end a header, a line or an address")
            }
            Self::Quote { byte } => write!(f, "it has a {:?}, which joins words or goes", char::from(byte)),
            Self::Splits { byte } => write!(f, "it has a {:?}, at which it would be split", char::from(byte)),
            Self::DotSegment => f.write_str("it is `.` or `..`, which HTTP takes for a step in the path"),
            Self::OtherDelimiter => f.write_str("it begins with `^^`, which FreeSWITCH takes for another delimiter"),
            Self::Keyword { word } => write!(f, "`{word}` means something else there"),
            Self::Interpreted { syntax, at, means } => {
                write!(f, "the server takes the `{syntax}` at {at} for {means}")
            }
            Self::Overrun => f.write_str("it ends in a backslash, and FreeSWITCH reads on behind the line's end"),
            Self::ServerCommand { word } => write!(f, "FreeSWITCH takes `{word}` there for a command to the server"),
            Self::HidesText => {
                f.write_str("it holds the name of the command, where FreeSWITCH would look for the text")
            }
            Self::Member => f.write_str("participants are numbers from 1"),
            Self::TooMany { max } => write!(f, "FreeSWITCH reads {max} of them"),
            Self::ListFull { max } => write!(f, "the list has {max} items, and a server unquotes no more"),
            Self::NotFinite => f.write_str("it is no number that can be written"),
            Self::Missing { before } => write!(f, "FreeSWITCH counts its arguments, and needs the {before} before it"),
            Self::NotWith { other } => write!(f, "FreeSWITCH ignores it beside the {other}"),
            Self::CommandName => f.write_str("a command's name has letters, digits, `-` and `_`"),
            Self::NeedsConference => f.write_str("it is for one conference"),
            Self::ServerOnly => f.write_str("it is for the server, not for a conference"),
            Self::Crashes => f.write_str("this line has killed servers"),
            Self::JobId => f.write_str("it can't stand in a header of the event socket"),
            Self::OwnRecorder => f.write_str("the service has its own recorder"),
            Self::Length { len, min, max } if min == max => write!(f, "it has {len} characters and must have {min}"),
            Self::Length { len, min, max } => write!(f, "it has {len} characters and must have {min} to {max}"),
            Self::Range { min, max: i64::MAX } => write!(f, "it must be at least {min}"),
            Self::Range { min, max } => write!(f, "it must be from {min} to {max}"),
            Self::Kind { expected } => write!(f, "it must be {expected}"),
            Self::Twice => f.write_str("it stands there twice"),
            Self::Binding => f.write_str(
                "a binding is split at dots: it has a dot, wildcard, blank or control character, or is a bare `*`",
            ),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem(f)?;
        write!(f, "; {}", self.advice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of a field is cut between letters, even with letters of several bytes.
    #[test]
    fn names_are_cut_between_letters() {
        for letter in ('\u{80}'..='\u{bf}').chain(['x', '…', '𝄞']) {
            for before in 0..4 {
                for letters in 0..70 {
                    let name = "x".repeat(before) + &String::from(letter).repeat(letters);
                    let error = EncodeError::new(&name, Refusal::EmptyName);
                    let kept = if name.len() > 64 { error.field().strip_suffix('…').unwrap() } else { error.field() };
                    assert!(name.starts_with(kept) && kept.len() + letter.len_utf8() > name.len().min(64), "{error}");
                }
            }
        }
        let error = EncodeError::new([0x80; 100], Refusal::EmptyName);
        assert_eq!(error.field().chars().filter(|letter| *letter == '\u{fffd}').count(), 64);
    }
}
