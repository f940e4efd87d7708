//! Where requests go, and how an action becomes the parameters of one: the checked bytes of its encoding, header by header, percent-encoded.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::RequestError;
use super::request::{Purpose, Request};
use crate::action::Action;
use crate::wire::{Decoder, FrameKind, Framing, Limits};

/// Asterisk `main/http.c`: a line of the request is read into 4,096 bytes; method, version and line end take their share.
const QUERY: usize = 4000;
/// Asterisk `main/http.c`, `MAX_CONTENT_LENGTH`.
const FORM: usize = 40_960;

/// What the body of an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// `rawman`: the bytes that a socket would carry. Nothing is lost.
    Rawman,
    /// `mxml`: XML, which loses the case of names and more (see [`Body::mxml`](super::Body::mxml)). Feature `xml`.
    #[cfg(feature = "xml")]
    Mxml,
}

/// How the parameters travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// In the query of a GET: at most 4,000 bytes with the path, and written to the logs of whatever stands between.
    Get,
    /// As the form of a POST: at most 40,960 bytes.
    Post,
}

impl Method {
    /// As it stands in the request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// Where the manager is on a web server, and how it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    prefix: String,
    format: Format,
    method: Method,
    pub(super) digest: bool,
}

impl Endpoint {
    /// `/rawman`, asked with POST.
    pub const fn rawman() -> Self {
        Self::new(Format::Rawman)
    }

    /// `/mxml`, asked with POST.
    #[cfg(feature = "xml")]
    pub const fn mxml() -> Self {
        Self::new(Format::Mxml)
    }

    const fn new(format: Format) -> Self {
        Self { prefix: String::new(), format, method: Method::Post, digest: false }
    }

    /// The `prefix` of `http.conf`, such as `asterisk` or `/asterisk`. What can't stand in a path is percent-encoded.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix.clear();
        for part in prefix.split('/').filter(|part| !part.is_empty()) {
            self.prefix.push('/');
            percent_encode(part.as_bytes(), &mut self.prefix);
        }
        self
    }

    /// How the parameters travel. Default [`Method::Post`]: it holds more, and passwords don't end up in logs.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// What the answers' bodies are.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The path.
    ///
    /// ```
    /// use ami_proto::http::Endpoint;
    ///
    /// assert_eq!(Endpoint::rawman().prefix("/asterisk/").path(), "/asterisk/rawman");
    /// ```
    pub fn path(&self) -> String {
        let mut path = self.prefix.clone();
        path.push_str(match (self.format, self.digest) {
            (Format::Rawman, false) => "/rawman",
            (Format::Rawman, true) => "/arawman",
            #[cfg(feature = "xml")]
            (Format::Mxml, false) => "/mxml",
            #[cfg(feature = "xml")]
            (Format::Mxml, true) => "/amxml",
        });
        path
    }

    /// The request for an action, without cookie or credentials: [`Session::request`](super::Session::request) adds those.
    ///
    /// ```
    /// use ami_proto::action::Getvar;
    /// use ami_proto::http::{Endpoint, Method};
    ///
    /// let request = Endpoint::rawman().method(Method::Get).request(&Getvar::new("CALLERID(num)"), Some("7"))?;
    /// assert_eq!(request.target(), "/rawman?Action=Getvar&ActionID=7&Variable=CALLERID%28num%29");
    ///
    /// let refused = Endpoint::rawman().request(&Getvar::new("a\r\nAction: Originate"), None).unwrap_err();
    /// assert!(refused.to_string().contains("would end the line"));
    /// # Ok::<(), ami_proto::http::RequestError>(())
    /// ```
    ///
    /// # Errors
    /// What [`Action::encode`] refuses, and what is longer than a server takes.
    pub fn request(&self, action: &impl Action, action_id: Option<&str>) -> Result<Request, RequestError> {
        let mut bytes = Vec::new();
        action.encode(action_id, &mut bytes)?;
        let mut parameters = String::with_capacity(bytes.len() + 16);
        let mut masked = String::new();
        let purpose = translate(&bytes, &mut parameters, &mut masked)?;
        let path = self.path();
        let (len, max) = match self.method {
            Method::Get => (path.len() + 1 + parameters.len(), QUERY),
            Method::Post => (parameters.len(), FORM),
        };
        if len > max {
            return Err(RequestError::TooLong { len, max });
        }
        Ok(Request::new(self.method, path, parameters, masked, purpose))
    }
}

/// Turns the lines of one request into parameters; the same with secrets masked into `masked`.
fn translate(bytes: &[u8], parameters: &mut String, masked: &mut String) -> Result<Purpose, RequestError> {
    // Somebody else's `Action` may write anything. It is read as a server would read it, and only what is one request goes on.
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::REQUESTS);
    decoder.push(bytes);
    let frame = decoder.next_frame().ok().flatten().ok_or(RequestError::Malformed)?;
    if frame.as_bytes().len() != bytes.len() || frame.kind() != FrameKind::Action || frame.lines().next().is_some() {
        return Err(RequestError::Malformed);
    }
    for header in frame.headers() {
        let (name, value) = (header.name(), header.value().as_bytes());
        if [name, value].into_iter().flatten().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err(RequestError::Malformed);
        }
        for out in [&mut *parameters, &mut *masked] {
            if !out.is_empty() {
                out.push('&');
            }
            percent_encode(name, out);
            out.push('=');
        }
        percent_encode(value, parameters);
        if crate::wire::is_secret(frame, header) {
            masked.push_str("***");
        } else {
            percent_encode(value, masked);
        }
    }
    Ok(Purpose::of(frame))
}

/// RFC 3986: what is unreserved stays, all else becomes `%XX`; so no parameter can end another, and a blank is no `+`, which servers of some versions don't turn back.
fn percent_encode(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(*byte)),
            // Writing to a string doesn't fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
}
