//! Asterisk's rules for requests: which are refused, and how the others are read. (Asterisk
//! `main/manager.c`, `get_input`, `do_message` and `__astman_get_header`; probes of 16 and 22.)

use crate::range::part;
use crate::wiped::{Wiped, append, reserve};
use crate::wire::{Frame, FrameKind, SERVER_HEADERS};
use crate::words::words;

/// Most bytes of a line before CRLF.
pub(super) const LINE: usize = 1022;
pub(super) const LINES: usize = SERVER_HEADERS;

/// Reason why a message was refused without a look at its content. The client has received the
/// refusal; the connection stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// A blank line, or a message without an action.
    NoAction,
    /// A line of more than 1,022 bytes.
    LineTooLong,
    /// More than 128 lines.
    TooManyLines,
    /// An action before the login that needs a login.
    NotLoggedIn,
}

words! {
    Fault {
        NoAction = "no-action",
        LineTooLong = "line-too-long",
        TooManyLines = "too-many-lines",
        NotLoggedIn = "not-logged-in",
    }
}

impl Fault {
    /// Returns Asterisk's message for the fault.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::NoAction => "Missing action in request",
            Self::LineTooLong => "Failed to parse message: line too long",
            Self::TooManyLines => "Too many lines in message or allocation failure",
            Self::NotLoggedIn => "Permission denied",
        }
    }
}

/// Returns the first fault of a message, and the `ActionID` that had been read before it.
pub(super) fn fault(frame: Frame<'_>) -> Option<(Fault, Option<&[u8]>)> {
    let bytes = frame.as_bytes();
    // A line takes up at least two bytes, so there cannot be too many.
    if bytes.len() <= LINE && bytes.len() / 2 <= LINES {
        return None;
    }
    let mut id = None;
    for (number, line) in message_lines(bytes).enumerate() {
        if number == LINES {
            return Some((Fault::TooManyLines, id));
        }
        if line.len() > LINE {
            return Some((Fault::LineTooLong, id));
        }
        id = id.or_else(|| split_header(line).filter(|(name, _)| is(name, "ActionID")).map(|(_, value)| value));
    }
    None
}

/// Returns the message as Asterisk reads it, or `None` if that is how it came: the action first,
/// wherever it stood; values without the blanks and control bytes at their start; lines cut at a
/// NUL; no lines without a colon.
pub(super) fn tidy(frame: Frame<'_>) -> Option<Wiped> {
    let odd = frame.kind() != FrameKind::Action
        || frame.name().is_none_or(crate::Value::is_empty)
        || frame.lines().next().is_some()
        || frame.as_bytes().contains(&0)
        || frame.headers().any(|header| header.value().as_bytes().first().is_some_and(|byte| *byte <= b' '));
    if !odd {
        return None;
    }
    let mut tidied = Wiped::default();
    let out = tidied.vec();
    reserve(out, frame.as_bytes().len() + 16);
    let action = headers(frame).find(|(name, value)| is(name, "Action") && !value.is_empty());
    for (name, value) in action.into_iter().chain(headers(frame).filter(|(name, _)| !is(name, "Action"))) {
        // Without a blank and a CR no line becomes longer than it came, so none goes over a limit.
        // A value that ends with a CR came with a second CR, or was cut at a NUL.
        let end: &[u8] = if value.ends_with(b"\r") { b"\r\n" } else { b"\n" };
        for part in [name, b":", value, end] {
            append(out, part);
        }
    }
    append(out, b"\n");
    Some(tidied)
}

/// Returns whether the message names an action: the value may have nothing but blanks and control
/// bytes.
pub(super) fn has_action(frame: Frame<'_>) -> bool {
    headers(frame).any(|(name, value)| is(name, "Action") && !value.is_empty())
}

/// Returns the `ActionID` to echo, wherever it stands, in a frame of any kind.
pub(super) fn action_id(frame: Frame<'_>) -> Option<&[u8]> {
    headers(frame).find(|(name, _)| is(name, "ActionID")).map(|(_, value)| value)
}

fn headers(frame: Frame<'_>) -> impl Iterator<Item = (&[u8], &[u8])> {
    message_lines(frame.as_bytes()).filter_map(split_header)
}

fn message_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.is_empty())
}

fn split_header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = line.split(|byte| *byte == 0).next().unwrap_or_default();
    let colon = line.iter().position(|byte| *byte == b':')?;
    let value = part(line, colon + 1..);
    let start = value.iter().position(|byte| *byte > b' ').unwrap_or(value.len());
    Some((part(line, ..colon), part(value, start..)))
}

fn is(name: &[u8], wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted.as_bytes())
}
