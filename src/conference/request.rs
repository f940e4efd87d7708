//! What is sent: an action of AMI, a line of the event socket, or an HTTP request; and how it is
//! shown without secrets.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::action::{Action, Answer, Custom};
use crate::catalogue::ActionType;
use crate::error::EncodeError;
use crate::freeswitch;
use crate::http_request;
use crate::response::Response;
use crate::wiped::Wiped;

/// What to send for a command.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Request<'a> {
    /// `ConfBridge`: for [`Client::send`](crate::client::Client::send), which gives it an
    /// `ActionID`.
    Action(CheckedAction<'a>),
    /// FreeSWITCH: [`Line::as_bytes`] is for
    /// [`Connection::api`](crate::freeswitch::Connection::api), or `bgapi`. The body of what ends
    /// that request is the [`Native::Text`](super::Native::Text) for
    /// [`Dialect::decode`](super::Dialect::decode).
    Line(Line),
    /// sipXecs, which wants a digest ([`sipxecs::Credentials`](crate::sipxecs::Credentials));
    /// Kazoo, which wants a header `X-Auth-Token`.
    Http(http_request::Request),
}

impl Request<'_> {
    /// What goes over a connection that is logged in: the action without an `ActionID`, the line as
    /// an `api` command. Of an HTTP request what HTTP/1.1 has of it: the request line,
    /// [headers](http_request::Request::content_type) and body, without the host and whatever else
    /// is the caller's.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Action(action) => bytes.extend_from_slice(action.as_bytes()),
            Self::Line(line) => line.api(&mut bytes),
            Self::Http(request) => push_http(&mut bytes, request, request.target()),
        }
        bytes
    }

    /// The same to be shown: PINs as `***`.
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

/// An action for Asterisk, checked to be written as it is:
/// [`Client::send`](crate::client::Client::send) takes it.
#[derive(Clone)]
pub struct CheckedAction<'a> {
    action: Box<Custom<'a>>,
    bytes: Wiped,
}

impl<'a> CheckedAction<'a> {
    pub(super) fn new(action: Custom<'a>) -> Result<Self, EncodeError> {
        let mut bytes = Wiped::default();
        action.encode(None, bytes.vec())?;
        Ok(Self { action: Box::new(action), bytes })
    }

    /// Returns the action as it is written without an `ActionID`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Action for CheckedAction<'_> {
    type Response<'buf> = Response<'buf>;
    type Static = Custom<'static>;

    fn action_type(&self) -> Option<ActionType> {
        self.action.action_type()
    }

    fn answer(&self) -> Option<&Answer<'_>> {
        self.action.answer()
    }

    fn encode(&self, action_id: Option<&str>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.action.encode(action_id, out)
    }
}

impl fmt::Debug for CheckedAction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.action.fmt(f)
    }
}

/// A line for FreeSWITCH, `conference room mute 3`, checked to be just one. `Debug` hides PINs.
#[derive(Clone, PartialEq, Eq)]
pub struct Line(Wiped);

impl Line {
    pub(super) fn new(line: Vec<u8>) -> Self {
        Self(line.into())
    }

    /// The line, without its end.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Appends it as a command of the event socket.
    pub fn api(&self, out: &mut Vec<u8>) {
        push_api(out, &self.0);
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line(\"{}\")", freeswitch::mask(&self.0).escape_ascii())
    }
}
