//! The parts of an HTTP request, for the dialects that are spoken over HTTP: the HTTP itself is the caller's.

use alloc::string::String;
use core::fmt;

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

/// What to send: method, path and body. Scheme, host and credentials are the caller's.
///
/// `Debug` shows neither the body nor a PIN in the path; the getters do.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    method: Method,
    path: String,
    /// Bytes of the path that are no secret.
    shown: usize,
    body: Option<String>,
}

impl Request {
    pub(crate) fn new(method: Method, path: String) -> Self {
        Self { method, shown: path.len(), path, body: None }
    }

    #[cfg(feature = "kazoo")]
    pub(crate) fn with_body(self, body: String) -> Self {
        Self { body: Some(body), ..self }
    }

    /// Keeps the path behind its first `shown` bytes out of `Debug`.
    #[cfg(feature = "sipxecs")]
    pub(crate) fn secret_after(self, shown: usize) -> Self {
        Self { shown, ..self }
    }

    /// How it is asked.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Path and query, percent-encoded, as they stand in the request line and in the `uri` of a digest.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The body; empty where there is none.
    pub fn body(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default().as_bytes()
    }

    /// What the body is, for the header `Content-Type`; `None` where there is no body.
    pub fn content_type(&self) -> Option<&'static str> {
        self.body.as_ref().map(|_| "application/json")
    }

    /// Adds a parameter to the query, percent-encoded.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let all_shown = self.shown == self.path.len();
        self.path.push(if self.path.contains('?') { '&' } else { '?' });
        push_encoded(&mut self.path, name);
        self.path.push('=');
        push_encoded(&mut self.path, value);
        if all_shown {
            self.shown = self.path.len();
        }
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.path.get(..self.shown).unwrap_or_default();
        let masked = if self.shown < self.path.len() { "***" } else { "" };
        write!(f, "Request({} {shown}{masked}", self.method)?;
        if let Some(body) = &self.body {
            write!(f, ", {} bytes of body", body.len())?;
        }
        f.write_str(")")
    }
}

/// Appends `text` with every byte but RFC 3986's unreserved ones percent-encoded, so that it stays within its segment,
/// or its parameter of a query.
pub(crate) fn push_encoded(out: &mut String, text: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
        }
    }
}
