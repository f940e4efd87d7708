//! The framing grammar once more, written for reading and not for speed: what the real scanner is
//! tested against.
//!
//! It takes a whole input at once, knows no limits and keeps no state. The rules, in the order of
//! the functions below:
//!
//!  1. A line ends with LF; exactly one CR directly before it is dropped. What is empty then is a
//!     blank line. A CR
//!     anywhere else is data.
//!  2. Blank lines before a frame belong to no frame. A frame goes from its first line through the
//!     blank line that
//!     closes it.
//!  3. The first line of a stream may be a banner: a frame of its own that no blank line closes.
//!  4. A header line is `name: value`, cut at the first colon; one space after the colon is
//!     dropped, nothing else.
//!  5. The first line that isn't an ActionID header decides the kind.
//!  6. A frame of `Response: Follows` goes on through blank lines until one follows a line that
//!     ends in the marker.

use nom::bytes::complete::{tag, take_till};
use nom::combinator::{consumed, opt, peek, rest, verify};
use nom::multi::{many_till, many0, many0_count, many1};
use nom::sequence::{preceded, separated_pair, terminated};
use nom::{IResult, Parser};

/// What ends the text of `Response: Follows`.
const MARKER: &[u8] = b"--END COMMAND--";

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The line that a server sends before everything else.
    Banner,
    /// A frame that `Response` opens.
    Response,
    /// A frame that `Event` opens.
    Event,
    /// A frame that `Action` opens.
    Action,
    /// Anything else.
    Text,
}

impl Kind {
    /// The word that JSON has for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::Response => "response",
            Self::Event => "event",
            Self::Action => "action",
            Self::Text => "text",
        }
    }
}

/// One frame and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OracleFrame {
    /// Where the frame's first line begins, in bytes from the start of the input.
    pub offset: u64,
    /// How long the frame is in bytes, with the blank line that closes it.
    pub len: usize,
    /// What the frame is.
    pub kind: Kind,
    /// The value of the line that decides the kind; none for a banner and for text.
    pub name: Option<Vec<u8>>,
    /// Names and values in the order of the wire.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The lines that are no headers, without their ends, in the order of the wire.
    pub lines: Vec<Vec<u8>>,
}

/// Everything that can be read of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The finished frames.
    pub frames: Vec<OracleFrame>,
    /// Where the unfinished frame or line begins that ends the input; the input's length if there
    /// is none.
    pub rest: u64,
}

/// Reads a whole input; `banner` says that it is the start of what a server sends.
pub fn read(input: &[u8], banner: bool) -> Reading {
    read_as(input, banner, true)
}

/// The same; `follows` says that `Response: Follows` goes on to its marker.
pub fn read_as(input: &[u8], banner: bool, follows: bool) -> Reading {
    let frame = |input| if follows { frame(input) } else { plain_frame(input) };
    let mut frames = Vec::new();
    let mut left = skip_blank_lines(input);
    let first = if banner { consumed(banner_line).parse(left).ok() } else { None };
    if let Some((after, (whole, line))) = first {
        let body = Body { kind: Kind::Banner, name: None, headers: Vec::new(), lines: vec![line] };
        frames.push(body.at(input.len() - left.len(), whole.len()));
        left = skip_blank_lines(after);
    }
    while let Ok((after, (whole, body))) = consumed(frame).parse(left) {
        frames.push(body.at(input.len() - left.len(), whole.len()));
        left = skip_blank_lines(after);
    }
    Reading { frames, rest: (input.len() - left.len()) as u64 }
}

/// What is in a frame, still borrowed, before it is known where the frame lies.
struct Body<'a> {
    kind: Kind,
    name: Option<&'a [u8]>,
    headers: Vec<(&'a [u8], &'a [u8])>,
    lines: Vec<&'a [u8]>,
}

impl Body<'_> {
    fn at(self, offset: usize, len: usize) -> OracleFrame {
        OracleFrame {
            offset: offset as u64,
            len,
            kind: self.kind,
            name: self.name.map(<[u8]>::to_vec),
            headers: self.headers.into_iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect(),
            lines: self.lines.into_iter().map(<[u8]>::to_vec).collect(),
        }
    }
}

// Rule 1.

/// Any finished line, without its end.
fn line(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (input, line) = terminated(take_till(|byte| byte == b'\n'), tag("\n")).parse(input)?;
    Ok((input, line.strip_suffix(b"\r").unwrap_or(line)))
}

fn blank_line(input: &[u8]) -> IResult<&[u8], &[u8]> {
    verify(line, |line: &[u8]| line.is_empty()).parse(input)
}

fn full_line(input: &[u8]) -> IResult<&[u8], &[u8]> {
    verify(line, |line: &[u8]| !line.is_empty()).parse(input)
}

// Rule 2.

fn skip_blank_lines(input: &[u8]) -> &[u8] {
    many0_count(blank_line).parse(input).map_or(input, |(left, _)| left)
}

fn frame(input: &[u8]) -> IResult<&[u8], Body<'_>> {
    // No `alt` here: a text without its marker is unfinished, it doesn't fall back to the ordinary
    // frame.
    if peek(follows_start).parse(input).is_ok() { follows_frame(input) } else { plain_frame(input) }
}

/// A frame that its first blank line closes.
fn plain_frame(input: &[u8]) -> IResult<&[u8], Body<'_>> {
    let (input, lines) = terminated(many1(full_line), blank_line).parse(input)?;
    Ok((input, ordinary(lines)))
}

// Rule 3.

fn banner_line(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let opens_a_frame =
        |line: &[u8]| ["Response", "Event", "Action", "ActionID"].iter().any(|name| is_named(line, name));
    verify(full_line, |line: &[u8]| !opens_a_frame(line)).parse(input)
}

// Rule 4.

/// Name and value of a line that has a colon.
fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let name = take_till::<_, &[u8], nom::error::Error<&[u8]>>(|byte| byte == b':');
    let value = preceded(opt(tag(" ")), rest);
    separated_pair(name, tag(":"), value).parse(line).ok().map(|(_, pair)| pair)
}

fn is_named(line: &[u8], wanted: &str) -> bool {
    header(line).is_some_and(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes()))
}

// Rule 5.

/// Kind and name by the first line that isn't an `ActionID` header.
fn kind_of<'a>(lines: &[&'a [u8]]) -> (Kind, Option<&'a [u8]>) {
    let decisive = lines.iter().find(|line| !is_named(line, "ActionID"));
    let Some((name, value)) = decisive.and_then(|line| header(line)) else {
        return (Kind::Text, None);
    };
    match name.to_ascii_lowercase().as_slice() {
        b"response" => (Kind::Response, Some(value)),
        b"event" => (Kind::Event, Some(value)),
        b"action" => (Kind::Action, Some(value)),
        _ => (Kind::Text, None),
    }
}

/// A frame that its first blank line has closed, from its lines.
fn ordinary(lines: Vec<&[u8]>) -> Body<'_> {
    let (kind, name) = kind_of(&lines);
    if kind == Kind::Text {
        return Body { kind, name, headers: Vec::new(), lines };
    }
    let headers = lines.iter().filter_map(|line| header(line)).collect();
    let lines = lines.into_iter().filter(|line| header(line).is_none()).collect();
    Body { kind, name, headers, lines }
}

// Rule 6.

/// The lines up to and with `Response: Follows`.
fn follows_start(input: &[u8]) -> IResult<&[u8], ()> {
    let action_id = verify(line, |line: &[u8]| is_named(line, "ActionID"));
    let follows = verify(line, |line: &[u8]| {
        is_named(line, "Response") && header(line).is_some_and(|(_, value)| value.eq_ignore_ascii_case(b"Follows"))
    });
    (many0(action_id), follows).map(|_| ()).parse(input)
}

fn follows_frame(input: &[u8]) -> IResult<&[u8], Body<'_>> {
    let last = terminated(verify(line, |line: &[u8]| line.ends_with(MARKER)), blank_line);
    let (input, (mut lines, last)) = many_till(line, last).parse(input)?;
    lines.push(last);
    Ok((input, follows(&lines)))
}

/// A `Follows` frame from its lines, the last of which ends in the marker.
fn follows<'a>(lines: &[&'a [u8]]) -> Body<'a> {
    let (kind, name) = kind_of(lines);
    let mut headers = Vec::new();
    let mut allowed = vec!["Response", "Privilege", "ActionID"];
    let mut lines = lines.iter().copied().peekable();
    while let Some(line) = lines.peek() {
        let Some(place) = allowed.iter().position(|name| is_named(line, name)) else {
            break;
        };
        allowed.remove(place);
        headers.extend(header(line));
        lines.next();
    }
    let mut lines: Vec<&[u8]> = lines.collect();
    // No line is left if the last one is itself a header.
    let text = lines.pop().and_then(|last| last.strip_suffix(MARKER));
    lines.extend(text.filter(|text| !text.is_empty()));
    Body { kind, name, headers, lines }
}
