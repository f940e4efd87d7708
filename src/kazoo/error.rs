//! What can be wrong with what comes: a body that is no JSON, a field that is no such thing; and
//! the server's own refusal.

use alloc::borrow::Cow;
use alloc::sync::Arc;
use core::fmt;

use super::json::{Json, Object};

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

/// A field is missing or is no such thing. Never fatal: all others stay readable, and the object
/// itself.
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

/// What the server's schema or its number look-up says of one field: an entry of an error's `data`.
///
/// `{"numbers": {"unique": {"message": "Numbers already in use", "cause": "2600"}}}`
#[derive(Clone, PartialEq, Eq)]
pub struct Violation<'a> {
    /// Of all rules of a field the same.
    pub(super) field: Arc<str>,
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
