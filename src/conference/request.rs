//! A request of a conference command: an AMI action, a line of the event socket, or an HTTP
//! request; with a form for logs that hides secrets.

use alloc::vec::Vec;
use core::fmt;

use crate::action::EncodedAction;
use crate::freeswitch;
use crate::http_request;
use crate::wiped::Wiped;

/// The request to send for a command.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Request {
    /// `ConfBridge`: pass it to [`Client::send`](crate::client::Client::send), which adds an
    /// `ActionID`.
    Action(EncodedAction),
    /// FreeSWITCH: pass [`Line::as_bytes`] to
    /// [`Connection::api`](crate::freeswitch::Connection::api) or to `bgapi`. The body that ends
    /// that request is the [`Native::Text`](super::Native::Text) for
    /// [`Dialect::decode`](super::Dialect::decode).
    Line(Line),
    /// sipXecs, which requires digest authentication
    /// ([`sipxecs::Credentials`](crate::sipxecs::Credentials)); or Kazoo, which requires a header
    /// `X-Auth-Token`.
    Http(http_request::Request),
}

impl Request {
    /// Returns the bytes for a connection that is logged in: the action without an `ActionID`, or
    /// the line as an `api` command. For an HTTP request, they are the request line, the [content
    /// type](http_request::Request::content_type) and the body in HTTP/1.1 form, without the host
    /// and other headers that the caller adds.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Action(action) => bytes.extend_from_slice(action.as_bytes()),
            Self::Line(line) => line.api(&mut bytes),
            Self::Http(request) => push_http(&mut bytes, request, request.target()),
        }
        bytes
    }

    /// Returns the bytes of [`to_bytes`](Self::to_bytes) for display, with PINs replaced by `***`.
    pub fn to_masked_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Action(_) => return self.to_bytes(),
            Self::Line(line) => push_api(&mut bytes, &freeswitch::mask(&line.0)),
            Self::Http(request) => push_http(&mut bytes, request, request.masked_target()),
        }
        bytes
    }
}

fn push_http(bytes: &mut Vec<u8>, request: &http_request::Request, target: &str) {
    for part in [request.method().as_str(), " ", target, " HTTP/1.1\r\n"] {
        bytes.extend_from_slice(part.as_bytes());
    }
    for part in request.content_type().into_iter().flat_map(|content_type| ["Content-Type: ", content_type, "\r\n"]) {
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(request.body());
}

fn push_api(bytes: &mut Vec<u8>, line: &[u8]) {
    for part in [b"api ", line, b"\n\n"] {
        bytes.extend_from_slice(part);
    }
}

/// A line for FreeSWITCH, such as `conference room mute 3`, checked to be a single line. `Debug`
/// hides PINs.
#[derive(Clone, PartialEq, Eq)]
pub struct Line(Wiped);

impl Line {
    pub(super) fn new(line: Vec<u8>) -> Self {
        Self(line.into())
    }

    /// Returns the line, without its line end.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Appends the line as an `api` command of the event socket.
    pub fn api(&self, out: &mut Vec<u8>) {
        push_api(out, &self.0);
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line(\"{}\")", freeswitch::mask(&self.0).escape_ascii())
    }
}
