//! AMI over HTTP (AJAM): the requests for the web server, and the meaning of its responses. The
//! caller supplies the HTTP client.
//!
//! A [`Session`] turns actions into [`SignedRequest`]s: method, target, form body, and the headers
//! that must be sent with them. The caller sends them with any HTTP client, and hands back status,
//! headers and body. The session keeps the cookie and its expiry, logs in, asks for events again,
//! and answers digest challenges.
//!
//! ```
//! use std::time::Instant;
//! use ami_proto::http::{Credentials, Endpoint, Outcome, Session};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let send = |request: &ami_proto::http::SignedRequest| -> (u16, Vec<(&str, &str)>, &[u8]) {
//! #     let cookie = ("Set-Cookie", r#"mansession_id="a5458122"; Version=1; Max-Age=120"#);
//! #     let login = request.parameters().contains("action=Login");
//! #     let body: &[u8] = if login { b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n" } else {
//! #         b"Response: Success\r\nMessage: Waiting for Event completed.\r\n\r\nEvent: Hangup\r\nCause: 16\r\n\r\nEvent: WaitEventComplete\r\n\r\n" };
//! #     (200, vec![cookie], body)
//! # };
//! let mut session = Session::new(Endpoint::rawman(), Credentials::new("admin", "s3cret"));
//! let mut events = 0;
//! // What is due now: the login first, then one WaitEvent after the other. Any action can be sent meanwhile: `session.request`.
//! while let Some(mut request) = session.poll_request(Instant::now())? {
//!     loop {
//!         let (status, headers, body) = send(&request);
//!         match session.handle(Instant::now(), &request, status, headers, body)? {
//!             Outcome::Send(next) => request = next,
//!             Outcome::Answer(mut body) => {
//!                 while let Some(frame) = body.next_frame()? {
//!                     println!("{frame:?}");
//!                     events += 1;
//!                 }
//!                 break;
//!             }
//!             // Superseded, or the session is lost: whatever is due then comes with the next poll.
//!             _ => break,
//!         }
//!     }
//! #   if events > 2 { break }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What the server does
//!
//! - Paths are `/rawman`, `/mxml` (and `/manager`, which is for people), behind the `prefix` of
//!   `http.conf`; `/arawman` and `/amxml` want a digest instead of a login. `enabled` in
//!   `http.conf` and `webenabled` in `manager.conf` are off by default: the path is not found then.
//! - Status 200 does not mean success: `Response: Error` has it too.
//! - A cookie identifies a session. Each response sets it again, with its time to live
//!   (`httptimeout`, 60 s by default) as `Max-Age`; before login it lives for 5 s with any
//!   `Max-Age`. A cookie that the server does not know is answered with `Permission denied` and a
//!   new cookie: [`Outcome::SessionLost`].
//! - `WaitEvent` delays the response until there is an event, at most until 10 s before the session
//!   would expire. Events are kept for the session from login on, so none is missed between two
//!   `WaitEvent`s. A second `WaitEvent` in a session ends the first one with an empty body:
//!   [`Outcome::Superseded`].
//! - With a digest the session is bound to the nonce, which lives for 62 s after its last use. When
//!   the nonce expires, the events kept for it are lost.
//! - The server does not check parameter values: `%0d%0a` in one starts a new header. Parameters
//!   are therefore made only from the checked bytes of
//!   [`Action::encode`](crate::action::Action::encode).

mod body;
mod cookie;
mod credentials;
#[cfg(feature = "md5")]
mod digest;
mod endpoint;
#[cfg(feature = "xml")]
mod mxml;
mod session;
mod signed_request;

use core::fmt;

use crate::error::{EncodeError, FrameError};

pub use crate::http_request::{Method, Request};
pub use body::Body;
pub use credentials::Credentials;
pub use endpoint::{Endpoint, Format};
pub use session::{Outcome, Session};
pub use signed_request::SignedRequest;

/// Reason why a request could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// A field of the action was refused, or a text for the path or a header: `prefix`, `username`
    /// or `cnonce`.
    Encode(EncodeError),
    /// The parameters are longer than a server takes. No request was made; a form has room for more
    /// than a query.
    TooLong {
        /// Length of the encoded parameters in bytes.
        len: usize,
        /// Most bytes that the server takes.
        max: usize,
    },
    /// An [`Action`](crate::action::Action) of another crate wrote bytes that are not exactly one
    /// request.
    Malformed,
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::TooLong { len, max } => {
                write!(
                    f,
                    "the parameters are {len} bytes long and a server takes {max}; shorten a value or send a form"
                )
            }
            Self::Malformed => f.write_str("the action encoded itself as something else than one request"),
        }
    }
}

impl core::error::Error for RequestError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            _ => None,
        }
    }
}

impl From<EncodeError> for RequestError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

/// Reason why a response is not a usable answer. The session stays usable, except after
/// [`Unauthorized`](Self::Unauthorized).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpError {
    /// A status that the manager does not send: 404 if it is not enabled or has another prefix, 413
    /// for a form that is too long, 501 for an unknown method, 5xx for a server error.
    Status(u16),
    /// 401 although the credentials were sent: they are wrong, or the request asks for credentials
    /// that the session cannot supply (see `Session::with_digest`, with the feature `md5`).
    Unauthorized,
    /// 403: the user's access list does not allow this address.
    Forbidden,
    /// 401 with a challenge that is not an MD5 digest with `qop=auth`.
    Challenge,
    /// The next request, which answers the challenge, could not be made.
    Request(RequestError),
    /// The body went over a limit.
    Frame(FrameError),
    /// The body of a login, challenge or logoff does not begin with a response: it is not from the
    /// manager, but from a web server in between, for example.
    NoResponse,
    /// The body is not the `mxml` of a server, from this byte on.
    Xml {
        /// Offset in the body.
        offset: u64,
    },
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(404) => {
                f.write_str("status 404: check the prefix, and that the manager is enabled on the web server")
            }
            Self::Status(status) => write!(f, "unexpected status {status}"),
            Self::Unauthorized => f.write_str("status 401: the credentials were not accepted"),
            Self::Forbidden => f.write_str("status 403: the user may not log in from this address"),
            Self::Challenge => f.write_str("status 401 with a challenge that is no MD5 digest"),
            Self::Request(error) => error.fmt(f),
            Self::Frame(error) => error.fmt(f),
            Self::NoResponse => {
                f.write_str("the body is no answer of the manager: check the prefix, and what stands between")
            }
            Self::Xml { offset } => write!(f, "the body is no mxml at byte {offset}"),
        }
    }
}

impl core::error::Error for HttpError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Request(error) => Some(error),
            Self::Frame(error) => Some(error),
            _ => None,
        }
    }
}

impl From<FrameError> for HttpError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl From<RequestError> for HttpError {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}
