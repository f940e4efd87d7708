//! AMI over HTTP (AJAM): what to ask of the web server, and what its answers mean. The HTTP itself
//! is the caller's.
//!
//! A [`Session`] turns actions into [`SignedRequest`]s: method, target, form body, and the headers
//! that must be sent with them. The caller sends them with whatever speaks HTTP, and hands back
//! status, headers and body. The session knows the cookie, when it runs out, how to log in, when to
//! ask for events again, and how to answer a digest challenge.
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
//! - Status 200 says nothing: it is also that of `Response: Error`.
//! - A session is a cookie. Each answer sets it again, with its time to live (`httptimeout`, 60 s
//!   by default) as `Max-Age`; before login it lives for 5 s whatever `Max-Age` says. A cookie that
//!   the server doesn't know is answered with `Permission denied` and a new cookie:
//!   [`Outcome::SessionLost`].
//! - `WaitEvent` holds the answer until there is an event, at most until 10 s before the session
//!   would run out. Events are kept for the session from login on, so none is missed between two of
//!   them. A newer one on the same session ends the older with an empty body:
//!   [`Outcome::Superseded`].
//! - With a digest the session is bound to the nonce, which lives for 62 s after its last use. When
//!   it has gone stale the events kept for it are gone with it.
//! - What a parameter holds is not checked by the server: `%0d%0a` in it starts a new header.
//!   Parameters are therefore made from the checked bytes of
//!   [`Action::encode`](crate::action::Action::encode), and nothing else.

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

/// Why there is no request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// A field of the action was refused, or a text for the path or a header: `prefix`, `username`
    /// or `cnonce`.
    Encode(EncodeError),
    /// The parameters are longer than a server takes. Nothing was made; as a form there is room for
    /// more than in a query.
    TooLong {
        /// Their length, encoded.
        len: usize,
        /// The most that is taken.
        max: usize,
    },
    /// An implementation of [`Action`](crate::action::Action) that isn't the crate's wrote
    /// something else than one whole request.
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

/// Why an answer is none. The session stays usable, but for [`Unauthorized`](Self::Unauthorized).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpError {
    /// A status that the manager doesn't send: 404 where it isn't enabled or the prefix is another,
    /// 413 for a form too long, 501 for a method it doesn't know, 5xx in trouble.
    Status(u16),
    /// 401 although the credentials were sent: they are wrong, or the request asks for credentials
    /// that the session has no answer to (see `Session::with_digest`, with the feature `md5`).
    Unauthorized,
    /// 403: the user's access list doesn't allow this address.
    Forbidden,
    /// 401 with a challenge that is no MD5 digest with `qop=auth`.
    Challenge,
    /// The answer to a request could not be made.
    Request(RequestError),
    /// The body went over a limit.
    Frame(FrameError),
    /// The body doesn't begin with a response, though a login, a challenge or a logoff was asked
    /// for: something else than the manager has answered, such as a page of a web server between.
    NoResponse,
    /// The body isn't what the `mxml` of a server looks like, from this byte on.
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
