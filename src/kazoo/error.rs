//! Errors of reading Kazoo's messages: invalid JSON, a missing or invalid field, and the server's
//! complaint about a field of a request.

use alloc::borrow::Cow;
use alloc::sync::Arc;
use core::fmt;

use super::json::{Json, Object};

/// Reports that a body is not valid JSON, or not of the expected kind. The body is never quoted: it
/// may hold secrets.
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

    /// Returns the line of the error, from 1; 0 if it is unknown.
    pub const fn line(&self) -> usize {
        self.line
    }

    /// Returns the column of the error, in bytes.
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

/// Reports that a field is missing or has another type. Never fatal: the object and all its other
/// fields stay readable.
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

    /// Returns the field's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns whether the field is missing or `null`.
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

/// A complaint of the server's schema or number look-up about one field: an entry of an error's
/// `data`.
///
/// `{"numbers": {"unique": {"message": "Numbers already in use", "cause": "2600"}}}`
#[derive(Clone, PartialEq, Eq)]
pub struct Violation<'a> {
    /// Shared by all rules of one field.
    pub(super) field: Arc<str>,
    pub(super) rule: Cow<'a, str>,
    pub(super) details: Object<'a>,
}

impl<'a> Violation<'a> {
    /// Returns the field's name, with dots if the field is inside another.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the rule's name: `unique`, `minLength`, `required`, …
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// Returns the complaint in words.
    ///
    /// # Errors
    /// If it is missing or not a string.
    pub fn message(&self) -> Result<Cow<'a, str>, FieldError> {
        self.details.read("message")
    }

    /// Returns the field's value that broke the rule.
    pub fn cause(&self) -> Option<Json<'a>> {
        self.details.get("cause")
    }

    /// Returns the value that the rule requires.
    pub fn target(&self) -> Option<Json<'a>> {
        self.details.get("target")
    }
}

/// Shows the complaint without the field's value, which may be a PIN.
impl fmt::Debug for Violation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Violation({:?}: {:?})", self.field, self.rule)
    }
}
