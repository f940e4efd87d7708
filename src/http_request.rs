//! An HTTP request in parts for the caller's HTTP client, used by every protocol over HTTP.

use alloc::string::String;
use core::fmt;

use crate::error::{EncodeError, Refusal};
#[cfg(any(feature = "kazoo", feature = "sipxecs"))]
use crate::percent::push_encoded;
use crate::range;
#[cfg(any(feature = "kazoo", feature = "sipxecs"))]
use crate::redact::is_secret_name;
use crate::wiped::WipedText;

/// HTTP request method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Reads a resource.
    Get,
    /// Creates a resource, or acts upon one.
    Put,
    /// Replaces a resource.
    Post,
    /// Changes a part of a resource.
    Patch,
    /// Deletes a resource.
    Delete,
}

impl Method {
    /// Returns the method's name in the request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request to send: method, target, headers and body. The caller adds scheme and host, and
/// everything that any HTTP client sends by itself.
///
/// `Debug` shows neither the body nor the secrets in target and headers; the getters do.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    method: Method,
    /// Path, and the query if there is one.
    target: WipedText,
    path_len: usize,
    /// Target with its secrets masked; `None` if it has none.
    masked: Option<String>,
    /// Content type and bytes of the body.
    body: Option<(&'static str, WipedText)>,
}

impl Request {
    /// Creates a request without a query.
    pub(crate) fn new(method: Method, path: impl Into<WipedText>) -> Self {
        let path = path.into();
        Self { method, path_len: path.len(), target: path, masked: None, body: None }
    }

    pub(crate) fn with_body(self, content_type: &'static str, body: impl Into<WipedText>) -> Self {
        Self { body: Some((content_type, body.into())), ..self }
    }

    /// Sets the query; `masked` is the query with `***` for its secrets.
    #[cfg(feature = "std")]
    pub(crate) fn with_query(mut self, query: &str, masked: &str) -> Self {
        self.masked = Some([&self.target, "?", masked].concat());
        self.target.push_str("?");
        self.target.push_str(query);
        self
    }

    /// Masks the path behind its first `shown` bytes.
    #[cfg(feature = "sipxecs")]
    pub(crate) fn secret_after(mut self, shown: usize) -> Self {
        if shown < self.target.len() {
            let mut masked = String::from(range::text(&self.target, ..shown));
            masked.push_str("***");
            self.masked = Some(masked);
        }
        self
    }

    /// Returns the HTTP method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Returns path and query, percent-encoded, as they stand in the request line and in the `uri`
    /// of a digest. The query may hold a password, the path a PIN: see
    /// [`masked_target`](Self::masked_target).
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Returns the target with `***` in place of its secrets, for display.
    pub fn masked_target(&self) -> &str {
        self.masked.as_deref().unwrap_or(&self.target)
    }

    /// Returns the path without the query, percent-encoded.
    pub fn path(&self) -> &str {
        range::text(&self.target, ..self.path_len)
    }

    /// Returns the body; empty if there is none.
    pub fn body(&self) -> &[u8] {
        self.body.as_ref().map(|(_, body)| body.as_bytes()).unwrap_or_default()
    }

    /// Returns the value of the header `Content-Type`, or `None` if there is no body.
    pub fn content_type(&self) -> Option<&'static str> {
        self.body.as_ref().map(|(content_type, _)| *content_type)
    }

    /// Returns the headers to send besides those that any HTTP client sends by itself (`Host`,
    /// `Content-Length`): `Content-Type`.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.content_type().map(|content_type| ("Content-Type", content_type)).into_iter()
    }

    /// Adds a parameter to the query, percent-encoded, so that any text arrives unchanged.
    ///
    /// The value is never shown if the name is that of a secret (`auth_token`, `pin`): see
    /// [`masked_target`](Self::masked_target).
    #[cfg(any(feature = "kazoo", feature = "sipxecs"))]
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let secret = is_secret_name(name.as_bytes());
        let mut more = String::from(if self.target.contains('?') { "&" } else { "?" });
        push_encoded(&mut more, name.as_bytes());
        more.push('=');
        if secret && self.masked.is_none() {
            self.masked = Some(String::from(&*self.target));
        }
        self.target.push_str(&more);
        let mut encoded = String::with_capacity(value.len().saturating_mul(3));
        push_encoded(&mut encoded, value.as_bytes());
        let encoded = WipedText::from(encoded);
        self.target.push_str(&encoded);
        if let Some(masked) = &mut self.masked {
            masked.push_str(&more);
            masked.push_str(if secret { "***" } else { &encoded });
        }
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {}", self.method, self.masked_target())?;
        if let Some((_, body)) = &self.body {
            write!(f, ", {} bytes of body", body.len())?;
        }
        f.write_str(")")
    }
}

/// Returns the first control character of a text for a header or a URL: C0, DEL or C1, by its code
/// point.
///
/// All protocols over HTTP use this rule: such a text is refused with the name of its field, and
/// neither encoded nor filtered, since a program behind the server may decode it.
pub(crate) fn control(text: &str) -> Option<u8> {
    text.chars().find(|c| c.is_control()).and_then(|c| u8::try_from(c).ok())
}

/// Refuses a text with a control character, by the name of its field.
#[cfg(any(feature = "std", feature = "kazoo"))]
pub(crate) fn refuse_control(field: &'static str, text: &str) -> Result<(), EncodeError> {
    control(text).map_or(Ok(()), |byte| Err(EncodeError::new(field, Refusal::Control { byte })))
}

/// Refuses a text that contains one of these characters, at which the server splits.
#[cfg(any(feature = "kazoo", feature = "sipxecs"))]
pub(crate) fn refuse_splits(field: &'static str, text: &str, splits: &[u8]) -> Result<(), EncodeError> {
    match text.bytes().find(|byte| splits.contains(byte)) {
        Some(byte) => Err(EncodeError::new(field, Refusal::Splits { byte })),
        None => Ok(()),
    }
}

/// Returns whether HTTP would resolve a path segment as `.` or `..`.
pub(crate) fn is_dot_segment(segment: &str) -> bool {
    matches!(segment, "." | "..")
}
