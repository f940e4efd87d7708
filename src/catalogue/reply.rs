//! The answers to actions, as the tables have them.

use core::fmt;
use core::time::Duration;

use super::Branch;
use super::branches::Branches;
use super::fields::Fields;
use super::table::{column, rest, words};
use crate::wire::{Frame, FrameKind, Value};

fn optional(text: &'static str) -> Option<&'static str> {
    (!text.is_empty()).then_some(text)
}

/// The answer to an action, as its entry says it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ReplySpec {
    line: &'static str,
    rows: &'static str,
    /// Those of its action.
    branches: Branches,
}

/// The form of the answer to an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplyStyle {
    /// A response.
    Response,
    /// A response with the output of a command: `Response: Follows` up to 13, `Output` headers from
    /// 14 on.
    Command,
    /// Text without a frame around it, and without `ActionID`.
    Text,
}

crate::words::words! { ReplyStyle { Response = "response", Command = "command", Text = "text", } }

impl ReplySpec {
    pub(super) const fn new(line: &'static str, rows: &'static str, branches: Branches) -> Self {
        Self { line, rows, branches }
    }

    /// Returns the form of the answer.
    pub fn style(self) -> ReplyStyle {
        match column(self.line, 1) {
            "text" if self.more("until").is_none() => ReplyStyle::Text,
            "follows" => ReplyStyle::Command,
            _ => ReplyStyle::Response,
        }
    }

    /// The events that follow the response: a list's items. A list without an end is one event.
    pub fn items(self) -> impl Iterator<Item = &'static str> + Clone {
        words(column(self.line, 2))
    }

    /// Returns true if the frame is one of these events.
    pub(crate) fn has_item(self, frame: Frame<'_>) -> bool {
        let name = frame.name().filter(|_| frame.kind() == FrameKind::Event);
        name.is_some_and(|name| self.items().any(|item| name.eq_ignore_case(item)))
    }

    /// The event that ends the list.
    pub fn end(self) -> Option<&'static str> {
        optional(column(self.line, 3))
    }

    /// Returns the message of a response, an error perhaps, that says that the list is empty.
    pub fn none_message(self) -> Option<&'static str> {
        self.more("none")
    }

    /// Returns true if a response with this message says that the list is empty.
    pub(crate) fn says_none(self, message: Value<'_>) -> bool {
        // Some of them end with a line feed (all of PJSIP).
        let message = message.as_bytes().trim_ascii_end();
        self.none_message().is_some_and(|none| message.eq_ignore_ascii_case(none.as_bytes()))
    }

    /// A later event with the same `ActionID` that says how it went.
    pub fn outcome(self) -> Option<&'static str> {
        optional(column(self.line, 4))
    }

    /// Returns true if more is known of the answer than response, list and outcome.
    pub(crate) fn has_more(self) -> bool {
        !column(self.line, 5).is_empty()
    }

    fn more(self, key: &str) -> Option<&'static str> {
        let mut words = column(self.line, 5).split(';');
        words.find_map(|word| {
            let (found, value) = word.split_once('=').unwrap_or((word, ""));
            (found == key).then_some(value)
        })
    }

    /// Returns the last branch that answers with text without a frame, where later ones send a
    /// response.
    pub fn text_until(self) -> Option<Branch> {
        self.more("until").and_then(Branch::read)
    }

    /// Returns true if items and end of the list come in one frame.
    pub fn is_glued(self) -> bool {
        self.more("glued").is_some()
    }

    /// Returns the parameter that asks for the outcome; `None`: it comes unasked, if there is one.
    pub fn outcome_if(self) -> Option<&'static str> {
        self.more("if")
    }

    /// Returns how long the answer may take.
    pub(crate) fn takes(self) -> Option<Takes> {
        let mut columns = self.more("takes")?.split(',');
        let (parameter, unit) = (columns.next()?, columns.next()?);
        let unit = if unit == "ms" { Duration::from_millis } else { Duration::from_secs };
        let otherwise = columns.next().and_then(|number| number.parse().ok()).map(unit);
        Some(Takes { parameter, unit, otherwise, blocks: self.more("blocks").is_some() })
    }

    /// Returns what has to be said again on the next connection.
    pub(crate) fn again(self) -> Option<Again> {
        self.more("again").map(|name| optional(name).map_or(Again::Request, Again::Value))
    }

    /// Returns what it carries, in a sentence; empty where there is nothing to say.
    pub fn doc(self) -> &'static str {
        column(self.line, 6)
    }

    /// Headers of a successful response beyond those that every response may have.
    pub fn fields(self) -> Fields {
        Fields::new(self.rows, "", self.branches)
    }

    /// Headers that every response may have.
    pub fn common_fields() -> Fields {
        Fields::of_responses()
    }

    /// Returns what other headers it may carry, if it may carry any.
    pub fn rest(self) -> Option<&'static str> {
        rest(self.rows)
    }
}

impl fmt::Debug for ReplySpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplySpec")
            .field("style", &self.style())
            .field("items", &self.items().collect::<alloc::vec::Vec<_>>())
            .field("end", &self.end())
            .field("outcome", &self.outcome())
            .field("fields", &self.fields().map(super::Field::wire_name).collect::<alloc::vec::Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// The time that an answer may take beyond the usual.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Takes {
    /// The parameter that says it, below zero where it is without limit.
    pub(crate) parameter: &'static str,
    pub(crate) unit: fn(u64) -> Duration,
    /// Without the parameter; `None`: any time.
    pub(crate) otherwise: Option<Duration>,
    /// True if the server answers nothing else of the session meanwhile.
    pub(crate) blocks: bool,
}

/// The part of a request that holds for one connection, and has to be said again on the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// The value of this parameter.
    Value(&'static str),
    /// All of it.
    Request,
}
