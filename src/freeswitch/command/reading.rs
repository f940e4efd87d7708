//! The rules that keep an argument from being more than its value to FreeSWITCH: one for each use
//! that the server makes of a text.

use alloc::string::String;

use crate::error::Refusal;

/// The blanks that the server leaves out at the ends of a text: it strips a line of them,
/// and skips the first two before what is said.
pub(super) const BLANKS: [char; 3] = [' ', '\t', '\u{b}'];

/// The use that the server makes of an argument once it has split the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// Opens it to write it, or puts it before what is opened.
    Opened,
    /// Opens it to play it; if it is for one member, variables are put in first.
    Played,
    /// Puts variables in, then opens it to play it.
    PlayedTo,
    /// Speaks it.
    Said,
    /// Puts variables in, then speaks it.
    SaidTo,
    /// Transfers to it, as an application of the dialplan `inline`.
    Room,
    /// Makes a conference of this name, by an application.
    NewRoom,
    /// Calls it.
    Dialed,
    /// Draws it, once it has been percent-decoded.
    Banner,
    /// Opens it as an image.
    Image,
    /// Keeps it as a name that can be taken away.
    Named,
    /// Looks for a layout of that name.
    Layout,
    /// Keeps a value under this name.
    Variable,
    /// Keeps it as a value.
    Value,
}

const VARIABLE: &str = "a variable to put in or a command to run";
const PARAMETERS: &str = "parameters";
const FORMAT: &str = "the format that opens it, and one of them runs commands";
const CALL: &str = "another call";
const APPLICATION: &str = "another application to run";
const QUOTE: &str = "a quote or an escape of its own";
const JOIN: &str = "the PIN or the flags of who joins";
const PROFILE: &str = "the profile of who joins";
const CHANNEL: &str = "variables of the channel";
const WORD: &str = "another request";

/// Where a syntax stands, if it means something.
#[derive(Clone, Copy)]
enum Where {
    Start,
    End,
    Anywhere,
    Whole,
}

use Where::{Anywhere, End, Start, Whole};

/// A syntax, where it means something, and what the server takes it for.
type Rule = (Where, &'static str, &'static str);

/// Of files that the server opens.
const OPENED: &[Rule] = &[(Start, "{", PARAMETERS), (Anywhere, "://", FORMAT)];

const PLAYED: &[Rule] = &[
    (Start, "{", PARAMETERS),
    (Anywhere, "://", FORMAT),
    (Start, "say:", "a text to speak"),
    (Start, "phrase:", "a phrase to speak"),
    (Start, "#", "a voice to speak with"),
    (Anywhere, "position=", "a place in the room"),
];

const SAID: &[Rule] = &[(Start, "{", PARAMETERS), (Start, "#", "a voice to speak with")];

const ROOM: &[Rule] = &[
    (Anywhere, ",", APPLICATION),
    (Anywhere, "'", QUOTE),
    (Anywhere, "\\", QUOTE),
    (Anywhere, "${", VARIABLE),
    (Anywhere, "+", JOIN),
    (Anywhere, "@", PROFILE),
    (Start, "bridge:", "a call to bridge"),
    (Start, " ", "nothing"),
    (End, " ", "nothing"),
    (Start, "%", CHANNEL),
];

/// As of a transfer, but no dialplan splits it.
const NEW_ROOM: &[Rule] = &[
    (Anywhere, "\\", QUOTE),
    (Anywhere, "${", VARIABLE),
    (Anywhere, "+", JOIN),
    (Anywhere, "@", PROFILE),
    (Start, "bridge:", "a call to bridge"),
    (Start, " ", "nothing"),
    (Start, "%", CHANNEL),
];

const DIALED: &[Rule] = &[
    (Anywhere, ",", CALL),
    (Anywhere, "|", CALL),
    (Anywhere, ":_:", CALL),
    (Anywhere, "'", QUOTE),
    (Anywhere, "\\", QUOTE),
    (Anywhere, "${", VARIABLE),
    (Anywhere, "origination_nested_vars=true", VARIABLE),
    (Start, "^^", "another delimiter"),
    (Start, "<", CHANNEL),
    (Start, "{", CHANNEL),
    (Start, "[", CHANNEL),
    (Start, " ", "nothing"),
    (End, " ", "nothing"),
    (Start, "loopback/app=", APPLICATION),
];

const BANNER: &[Rule] = &[
    (Start, "{", PARAMETERS),
    (Anywhere, "}", "the end of parameters"),
    (Whole, "reset", WORD),
    (Whole, "clear", WORD),
    (Whole, "allclear", WORD),
];

const IMAGE: &[Rule] = &[(Start, "{", PARAMETERS), (Anywhere, "}", "the end of parameters"), (Whole, "clear", WORD)];

const NAMED: &[Rule] = &[(Start, "=", WORD), (Whole, "clear", WORD)];

const LAYOUT: &[Rule] = &[(Start, "group", WORD), (Whole, "list", WORD)];

const VARIABLE_NAME: &[Rule] = &[(Anywhere, "[", "an element of an array"), (Whole, "_body", WORD)];

const VALUE: &[Rule] = &[(Start, "ARRAY::", "an array")];

impl Reads {
    const fn rules(self) -> &'static [Rule] {
        match self {
            Self::Opened => OPENED,
            Self::Played | Self::PlayedTo => PLAYED,
            Self::Said | Self::SaidTo => SAID,
            Self::Room => ROOM,
            Self::NewRoom => NEW_ROOM,
            Self::Dialed => DIALED,
            Self::Banner => BANNER,
            Self::Image => IMAGE,
            Self::Named => NAMED,
            Self::Layout => LAYOUT,
            Self::Variable => VARIABLE_NAME,
            Self::Value => VALUE,
        }
    }

    /// Returns why this value would be more than one: what stands first in the table of its use.
    pub(super) fn refuses(self, value: &str) -> Option<Refusal> {
        self.rules().iter().find_map(|(place, syntax, means)| {
            let at = place.find(value, syntax)?;
            // A single `#` begins a text as any other byte does.
            let voice = *syntax != "#" || value.bytes().skip(1).any(|byte| byte == b'#');
            let scope = *syntax != "%" || value.bytes().skip(1).take(2).any(|byte| byte == b'[');
            (voice && scope).then_some(Refusal::Interpreted { syntax, at, means })
        })
    }
}

impl Where {
    /// Returns where the syntax stands; upper and lower case are one, as for most of the server.
    fn find(self, value: &str, syntax: &str) -> Option<usize> {
        let (value, syntax) = (value.as_bytes(), syntax.as_bytes());
        let is = |part: &[u8]| part.eq_ignore_ascii_case(syntax);
        match self {
            Self::Start => value.get(..syntax.len()).is_some_and(is).then_some(0),
            Self::End => value.len().checked_sub(syntax.len()).filter(|at| value.get(*at..).is_some_and(is)),
            Self::Anywhere => value.windows(syntax.len()).position(is),
            Self::Whole => is(value).then_some(0),
        }
    }
}

/// Returns the text from which the server's expansion of variables makes this value, if that isn't
/// the value itself.
///
/// The server leaves a text alone that has neither `${` nor an escape. If it has, `\$` and `\\` are
/// the dollar and the backslash, and `$$` is one dollar.
pub(super) fn unexpanded(value: &str) -> Option<String> {
    if !value.contains('\\') && !value.contains("${") {
        return None;
    }
    let mut out = String::with_capacity(value.len().saturating_add(8));
    for letter in value.chars() {
        if matches!(letter, '\\' | '$') {
            out.push('\\');
        }
        out.push(letter);
    }
    Some(out)
}

/// Returns whether the server's splitter, which takes the byte behind a backslash with it, would
/// go past the end of a line that this text ends.
pub(super) fn overruns(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}
