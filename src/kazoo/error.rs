//! What can be wrong: a body that is no JSON, a field that is no such thing, a request that the server would refuse, and
//! the server's own refusal.

use alloc::borrow::Cow;
use core::fmt;

use super::json::{Json, Object};
use crate::http_request::control;

/// A body is not the JSON that it should be. It is never quoted: it may hold secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    line: usize,
    column: usize,
    expected: &'static str,
}

impl JsonError {
    pub(super) fn new(error: &serde_json::Error) -> Self {
        let expected = match error.classify() {
            serde_json::error::Category::Data => "another kind of value",
            serde_json::error::Category::Eof => "more",
            _ => "JSON",
        };
        Self { line: error.line(), column: error.column(), expected }
    }

    /// The line where it went wrong, from 1; 0 where that isn't known.
    pub const fn line(&self) -> usize {
        self.line
    }

    /// The column where it went wrong, in bytes.
    pub const fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at line {}, column {}", self.expected, self.line, self.column)
    }
}

impl core::error::Error for JsonError {}

/// A field is missing or is no such thing. Never fatal: all others stay readable, and the object itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError {
    name: &'static str,
    expected: Option<&'static str>,
}

impl FieldError {
    pub(super) const fn missing(name: &'static str) -> Self {
        Self { name, expected: None }
    }

    pub(super) const fn invalid(name: &'static str, expected: &'static str) -> Self {
        Self { name, expected: Some(expected) }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether there is none, or `null`.
    pub const fn is_missing(&self) -> bool {
        self.expected.is_none()
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.expected {
            Some(expected) => write!(f, "field {} is not {expected}", self.name),
            None => write!(f, "field {} is missing", self.name),
        }
    }
}

impl core::error::Error for FieldError {}

/// A request was not made because the server would refuse it, or take it for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    field: Cow<'static, str>,
    problem: Problem,
}

impl Invalid {
    pub(super) fn new(field: impl Into<Cow<'static, str>>, problem: Problem) -> Self {
        Self { field: field.into(), problem }
    }

    /// Refuses a text that stands in a header or a URL if it has a control character.
    pub(super) fn control(field: &'static str, text: &str) -> Result<(), Self> {
        control(text).map_or(Ok(()), |byte| Err(Self::new(field, Problem::Control { byte })))
    }

    /// The field, such as `member.numbers[0]`.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong with it.
    pub const fn problem(&self) -> Problem {
        self.problem
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} refused: {}", self.field, self.problem)
    }
}

impl core::error::Error for Invalid {}

/// Why a field was refused. Values are never quoted here: they may be secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// There must be something.
    Empty,
    /// It has too few characters, or too many.
    Length {
        /// How many it has.
        len: usize,
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// It is another kind of value.
    Kind {
        /// What it must be.
        expected: &'static str,
    },
    /// It has something other than digits.
    Digits,
    /// It stands there twice.
    Twice,
    /// The number is too small, or too large.
    Range {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// It is `.` or `..`, which HTTP takes for a step in the path.
    DotSegment,
    /// It has a control character, which may end a header or a URL.
    Control {
        /// The character's code point.
        byte: u8,
    },
    /// It is no part of a binding: it is `*` where a conference must be named, or has a dot, a wildcard, a blank or a
    /// control character.
    Binding,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty => f.write_str("it is empty"),
            Self::Length { len, min, max } if min == max => write!(f, "it has {len} characters and must have {min}"),
            Self::Length { len, min, max } => write!(f, "it has {len} characters and must have {min} to {max}"),
            Self::Kind { expected } => write!(f, "it must be {expected}"),
            Self::Digits => f.write_str("it must have digits alone"),
            Self::Twice => f.write_str("it stands there twice"),
            Self::Range { min, max } if max == i64::MAX => write!(f, "it must be at least {min}"),
            Self::Range { min, max } => write!(f, "it must be from {min} to {max}"),
            Self::DotSegment => f.write_str("it is `.` or `..`, which HTTP takes for a step in the path"),
            Self::Control { byte } => write!(f, "it has the control character {byte:#04x}"),
            Self::Binding => f.write_str(
                "a binding is split at dots: it must not be a bare `*`, and have no dot, wildcard, blank or control character",
            ),
        }
    }
}

/// What the server's schema or its number look-up says of one field: an entry of an error's `data`.
///
/// `{"numbers": {"unique": {"message": "Numbers already in use", "cause": "2600"}}}`
#[derive(Clone, PartialEq, Eq)]
pub struct Violation<'a> {
    pub(super) field: Cow<'a, str>,
    pub(super) rule: Cow<'a, str>,
    pub(super) details: Object<'a>,
}

impl<'a> Violation<'a> {
    /// Which field, with dots where it is within another.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Which rule: `unique`, `minLength`, `required`, …
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// In words.
    ///
    /// # Errors
    /// When it is missing, or no text.
    pub fn message(&self) -> Result<Cow<'a, str>, FieldError> {
        self.details.read("message")
    }

    /// The value that it is about.
    pub fn cause(&self) -> Option<Json<'a>> {
        self.details.get("cause")
    }

    /// What the rule asks for.
    pub fn target(&self) -> Option<Json<'a>> {
        self.details.get("target")
    }
}

/// Without the value that it is about, which may be a PIN.
impl fmt::Debug for Violation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Violation({:?}: {:?})", self.field, self.rule)
    }
}
