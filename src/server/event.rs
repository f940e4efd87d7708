//! Events of a server: logins to judge, and requests to answer.

use core::fmt::{self, Write as _};

use super::Fault;
use crate::redact::log_line;
use crate::request::{Login, Request};
use crate::wire::Value;

/// Identifies a request of a server's session. Never used twice by one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(crate) u64);

/// An event of a server. It borrows from the server's buffer until the next call that takes the
/// server mutably.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ServerEvent<'buf> {
    /// A client wants to log in. Answer with [`accept`](super::Server::accept) or
    /// [`refuse`](super::Server::refuse).
    Login {
        /// The request.
        id: RequestId,
        /// The user, and the proof of the secret.
        attempt: LoginAttempt<'buf>,
    },
    /// A request of a session that is logged in, to be answered.
    Request {
        /// The request.
        id: RequestId,
        /// The request's content.
        request: Request<'buf>,
    },
    /// A message that Asterisk refuses without a look at its content. The server has refused it.
    Malformed(Fault),
    /// The session is over: after a goodbye, a refused login, a login that did not come in time, or
    /// because the client has hung up between two requests, which needs no goodbye. Transmit the
    /// remaining output, then close the connection.
    Closed,
}

impl ServerEvent<'_> {
    /// Returns the kind of event in lower case, such as `login`.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Login { .. } => "login",
            Self::Request { .. } => "request",
            Self::Malformed(_) => "malformed",
            Self::Closed => "closed",
        }
    }
}

/// Writes one line for a log: the kind, the request by its number, and the frame's `Display` or the
/// fault in words.
impl fmt::Display for ServerEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log_line(f, |line| {
            line.write_str(self.kind())?;
            let (id, frame) = match self {
                Self::Login { id, attempt } => (id, attempt.login.frame()),
                Self::Request { id, request } => (id, request.frame()),
                Self::Malformed(fault) => return write!(line, ": {fault}"),
                Self::Closed => return Ok(()),
            };
            write!(line, " {}: ", id.0)?;
            line.frame(frame)
        })
    }
}

/// An attempt to log in, see [`ServerEvent::Login`].
#[derive(Clone, Copy)]
pub struct LoginAttempt<'buf> {
    pub(super) login: Login<'buf>,
    /// The challenge, if the client has asked for one.
    #[cfg_attr(not(feature = "md5"), expect(dead_code, reason = "only the check of a key needs it"))]
    pub(super) challenge: Option<u32>,
}

impl<'buf> LoginAttempt<'buf> {
    /// Returns the user; servers compare names in any case. Empty if the login names none.
    pub fn username(self) -> Value<'buf> {
        self.login.username().unwrap_or_default()
    }

    /// Returns the login request. It holds the secret, or the key.
    pub fn request(self) -> Login<'buf> {
        self.login
    }

    /// Returns whether the login answers a challenge instead of showing the secret.
    pub fn is_challenged(self) -> bool {
        self.login.auth_type().is_ok_and(|kind| kind.eq_ignore_case("MD5"))
    }

    /// Returns whether the client knows this secret. Takes equal time for all secrets of one
    /// length.
    ///
    /// Needs the feature `md5`. Half of all clients answer a challenge, so there is no check
    /// without it: without the feature compare the secret in the [`request`](Self::request), and
    /// refuse logins that are [challenged](Self::is_challenged).
    #[cfg(feature = "md5")]
    pub fn verify(self, secret: impl AsRef<[u8]>) -> bool {
        let secret = secret.as_ref();
        if !self.is_challenged() {
            return self.login.secret().is_ok_and(|shown| same(shown.as_bytes(), secret));
        }
        let (Some(challenge), Ok(key)) = (self.challenge, self.login.key()) else { return false };
        let mut digits = alloc::vec::Vec::new();
        crate::value::ToWire::to_wire(&challenge, &mut digits);
        same(key.as_bytes(), &crate::digest::login_key(&digits, secret))
    }
}

#[cfg(feature = "md5")]
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |unlike, (a, b)| unlike | (a ^ b)) == 0
}

impl fmt::Debug for LoginAttempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginAttempt")
            .field("username", &self.username())
            .field("challenged", &self.is_challenged())
            .finish_non_exhaustive()
    }
}
