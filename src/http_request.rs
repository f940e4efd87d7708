//! A request in parts, as the caller's HTTP client wants it: one for all that is spoken over HTTP.

use alloc::string::String;
use core::fmt;

use crate::error::{EncodeError, Refusal};
#[cfg(any(feature = "kazoo", feature = "sipxecs"))]
use crate::percent::push_encoded;
use crate::range;
#[cfg(any(feature = "kazoo", feature = "sipxecs"))]
use crate::redact::is_secret_name;
use crate::wiped::WipedText;

/// How a resource is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or acts upon.
    Put,
    /// Replaces.
    Post,
    /// Changes in part.
    Patch,
    /// Deletes.
    Delete,
}

impl Method {
    /// The word of the request line.
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

/// What to send: method, target, headers and body, and nothing sent. Scheme, host and whatever else
/// any HTTP client sends by itself are the caller's.
///
/// `Debug` shows neither the body nor what is secret in target and headers; the getters do.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    method: Method,
    /// Path, and the query where there is one.
    target: WipedText,
    path_len: usize,
    /// The target as it may be shown; `None`: as it is.
    masked: Option<String>,
    /// With what it is, for `Content-Type`.
    body: Option<(&'static str, WipedText)>,
}

impl Request {
    /// Without a query.
    pub(crate) fn new(method: Method, path: impl Into<WipedText>) -> Self {
        let path = path.into();
        Self { method, path_len: path.len(), target: path, masked: None, body: None }
    }

    pub(crate) fn with_body(self, content_type: &'static str, body: impl Into<WipedText>) -> Self {
        Self { body: Some((content_type, body.into())), ..self }
    }

    /// With a query, and the same with `***` for its secrets.
    #[cfg(feature = "std")]
    pub(crate) fn with_query(mut self, query: &str, masked: &str) -> Self {
        self.masked = Some([&self.target, "?", masked].concat());
        self.target.push_str("?");
        self.target.push_str(query);
        self
    }

    /// Keeps the path behind its first `shown` bytes from being shown.
    #[cfg(feature = "sipxecs")]
    pub(crate) fn secret_after(mut self, shown: usize) -> Self {
        if shown < self.target.len() {
            let mut masked = String::from(range::text(&self.target, ..shown));
            masked.push_str("***");
            self.masked = Some(masked);
        }
        self
    }

    /// How it is asked.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Path and query, percent-encoded, as they stand in the request line and in the `uri` of a
    /// digest. The query may hold a password, the path a PIN: see
    /// [`masked_target`](Self::masked_target).
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The target with `***` for what is secret in it, to be shown.
    pub fn masked_target(&self) -> &str {
        self.masked.as_deref().unwrap_or(&self.target)
    }

    /// The path alone, percent-encoded.
    pub fn path(&self) -> &str {
        range::text(&self.target, ..self.path_len)
    }

    /// The body; empty where there is none.
    pub fn body(&self) -> &[u8] {
        self.body.as_ref().map(|(_, body)| body.as_bytes()).unwrap_or_default()
    }

    /// What the body is, for the header `Content-Type`; `None` where there is no body.
    pub fn content_type(&self) -> Option<&'static str> {
        self.body.as_ref().map(|(content_type, _)| *content_type)
    }

    /// The headers that have to be sent beside those that any HTTP client sends by itself (`Host`,
    /// `Content-Length`): `Content-Type`.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.content_type().map(|content_type| ("Content-Type", content_type)).into_iter()
    }

    /// Adds a parameter to the query, percent-encoded: any text arrives as it is.
    ///
    /// Where the name is one of a secret (`auth_token`, `pin`), the value is never shown: see
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

/// Returns the first control character of a text that is to go into a header or a URL: C0, DEL or
/// C1, by its code point.
///
/// The one rule for all that is spoken over HTTP: such a text is refused, by the name of its field,
/// and neither encoded nor filtered, for whatever stands behind the server may decode it.
pub(crate) fn control(text: &str) -> Option<u8> {
    text.chars().find(|c| c.is_control()).and_then(|c| u8::try_from(c).ok())
}

/// Refuses a text with a control character, by the name of its field.
#[cfg(any(feature = "std", feature = "kazoo"))]
pub(crate) fn refuse_control(field: &'static str, text: &str) -> Result<(), EncodeError> {
    control(text).map_or(Ok(()), |byte| Err(EncodeError::new(field, Refusal::Control { byte })))
}

/// Refuses a text with one of these characters, at which the server splits.
#[cfg(any(feature = "kazoo", feature = "sipxecs"))]
pub(crate) fn refuse_splits(field: &'static str, text: &str, splits: &[u8]) -> Result<(), EncodeError> {
    match text.bytes().find(|byte| splits.contains(byte)) {
        Some(byte) => Err(EncodeError::new(field, Refusal::Splits { byte })),
        None => Ok(()),
    }
}

/// Returns whether HTTP would take a segment for a step in the path.
pub(crate) fn is_dot_segment(segment: &str) -> bool {
    matches!(segment, "." | "..")
}
