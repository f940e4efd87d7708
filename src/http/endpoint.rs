//! URL of the manager interface, and the translation of an action into the parameters of a request:
//! the checked bytes of its encoding, header by header, percent-encoded.

use alloc::string::String;

use super::signed_request::{Purpose, SignedRequest};
use super::{Request, RequestError};
use crate::action::Action;
use crate::error::{EncodeError, Refusal};
use crate::http_request::{Method, is_dot_segment, refuse_control};
use crate::percent::push_encoded;
use crate::wiped::{Wiped, WipedText};
use crate::wire::{Decoder, FrameKind, Framing, Limits};

/// Most bytes of a query with its path. Asterisk `main/http.c` reads the request line into 4,096
/// bytes; method, version and line end take their share.
const QUERY: usize = 4000;
/// Most bytes of a form: Asterisk `main/http.c`, `MAX_CONTENT_LENGTH`.
const FORM: usize = 40_960;

/// Format of the response bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// `rawman`: the bytes that a socket would carry. Nothing is lost.
    Rawman,
    /// `mxml`: XML, which loses the case of names and more (see [`Body::mxml`](super::Body::mxml)).
    /// Feature `xml`.
    #[cfg(feature = "xml")]
    Mxml,
}

/// URL path, body format and HTTP method of the manager interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    prefix: String,
    format: Format,
    in_query: bool,
    pub(super) digest: bool,
}

impl Endpoint {
    /// Returns the endpoint `/rawman`, with POST.
    pub const fn rawman() -> Self {
        Self::new(Format::Rawman)
    }

    /// Returns the endpoint `/mxml`, with POST.
    #[cfg(feature = "xml")]
    pub const fn mxml() -> Self {
        Self::new(Format::Mxml)
    }

    const fn new(format: Format) -> Self {
        Self { prefix: String::new(), format, in_query: false, digest: false }
    }

    /// Sets the `prefix` of `http.conf`, such as `asterisk` or `/asterisk`. Characters that cannot
    /// stand in a path are percent-encoded. [`request`](Self::request) fails if the prefix contains
    /// a control character, or a segment that is `.` or `..`.
    #[must_use]
    pub fn prefix(self, prefix: &str) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// Sends the parameters in the query of a GET: at most 4,000 bytes with the path, and visible
    /// in the logs of proxies. By default they are the form of a POST: at most 40,960 bytes, and
    /// passwords do not get into logs.
    #[must_use]
    pub fn in_query(mut self) -> Self {
        self.in_query = true;
        self
    }

    /// Returns the format of the response bodies.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Returns the path, even if [`request`](Self::request) refuses it.
    ///
    /// ```
    /// use ami_proto::http::Endpoint;
    ///
    /// assert_eq!(Endpoint::rawman().prefix("/asterisk/").path(), "/asterisk/rawman");
    /// ```
    pub fn path(&self) -> String {
        let mut path = String::new();
        for part in self.prefix.split('/').filter(|part| !part.is_empty()) {
            path.push('/');
            push_encoded(&mut path, part.as_bytes());
        }
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

    /// Returns the request for an action, without cookie or credentials:
    /// [`Session::request`](super::Session::request) adds those.
    ///
    /// ```
    /// use ami_proto::action::GetVar;
    /// use ami_proto::http::Endpoint;
    ///
    /// let request = Endpoint::rawman().in_query().request(&GetVar::new("CALLERID(num)"), Some("7"))?;
    /// assert_eq!(request.target(), "/rawman?Action=Getvar&ActionID=7&Variable=CALLERID%28num%29");
    ///
    /// let refused = Endpoint::rawman().request(&GetVar::new("a\r\nAction: Originate"), None).unwrap_err();
    /// assert!(refused.to_string().contains("would end the line"));
    /// # Ok::<(), ami_proto::http::RequestError>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`Action::encode`], parameters longer than a server takes, and a
    /// [`prefix`](Self::prefix) that cannot stand in a path.
    pub fn request(&self, action: &impl Action, action_id: Option<&str>) -> Result<Request, RequestError> {
        self.translated(action, action_id).map(|(request, _)| request)
    }

    /// Returns the request without cookie and credentials, with the facts that a session needs to
    /// sign it.
    pub(super) fn unsigned(
        &self,
        action: &impl Action,
        action_id: Option<&str>,
    ) -> Result<SignedRequest, RequestError> {
        self.translated(action, action_id).map(|(request, purpose)| SignedRequest::new(request, purpose))
    }

    fn translated(&self, action: &impl Action, action_id: Option<&str>) -> Result<(Request, Purpose), RequestError> {
        let field = "prefix";
        refuse_control(field, &self.prefix)?;
        if self.prefix.split('/').any(is_dot_segment) {
            return Err(EncodeError::new(field, Refusal::DotSegment).into());
        }
        let mut bytes = Wiped::default();
        action.encode(action_id, bytes.vec())?;
        let mut parameters = WipedText::default();
        let mut masked = String::new();
        // A byte becomes three at most.
        let purpose = translate(&bytes, parameters.within(3 * bytes.len()), &mut masked)?;
        let path = self.path();
        let (len, max) =
            if self.in_query { (path.len() + 1 + parameters.len(), QUERY) } else { (parameters.len(), FORM) };
        if len > max {
            return Err(RequestError::TooLong { len, max });
        }
        let request = if self.in_query {
            Request::new(Method::Get, path).with_query(&parameters, &masked)
        } else {
            Request::new(Method::Post, path).with_body("application/x-www-form-urlencoded", parameters)
        };
        Ok((request, purpose))
    }
}

/// Turns the lines of one request into parameters; writes them to `masked` too, with secrets
/// masked.
fn translate(bytes: &[u8], parameters: &mut String, masked: &mut String) -> Result<Purpose, RequestError> {
    // An `Action` of another crate may write anything. The bytes are read as a server would read
    // them, and only a single request is accepted.
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
    decoder.push(bytes);
    let frame = decoder.next_frame().ok().flatten().ok_or(RequestError::Malformed)?;
    if frame.as_bytes().len() != bytes.len() || frame.kind() != FrameKind::Action || frame.lines().next().is_some() {
        return Err(RequestError::Malformed);
    }
    // The server would read the first of two equal headers, and this side may read another.
    if ["Action", "ActionID"].iter().any(|name| frame.get_all(name).nth(1).is_some()) {
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
            push_encoded(out, name);
            out.push('=');
        }
        push_encoded(parameters, value);
        match crate::redact::hidden(frame, header) {
            // The mask is not encoded.
            Some(shown) => shown.split_inclusive(|byte| *byte == b'*').for_each(|part| {
                let plain = part.strip_suffix(b"*");
                push_encoded(masked, plain.unwrap_or(part));
                masked.push_str(if plain.is_some() { "*" } else { "" });
            }),
            None => push_encoded(masked, value),
        }
    }
    Ok(Purpose::of(frame))
}
