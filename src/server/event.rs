//! What a server tells its embedder: who wants in, and what is asked.

use core::fmt::{self, Write as _};

use super::Fault;
use crate::redact::log_line;
use crate::request::{Login, Request};
use crate::wire::Value;

/// Names a request of a server's session. Never used twice by one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(crate) u64);

/// What happened. What it lends is gone at the next call that takes the server mutably.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ServerEvent<'buf> {
    /// Somebody wants to log in. Answer with [`accept`](super::Server::accept) or
    /// [`refuse`](super::Server::refuse).
    Login {
        /// The request.
        id: RequestId,
        /// Who, and how that is shown.
        attempt: LoginAttempt<'buf>,
    },
    /// A request of a session that is logged in. Answer it.
    Request {
        /// The request.
        id: RequestId,
        /// What is asked.
        request: Request<'buf>,
    },
    /// A message that Asterisk refuses unseen, and that has been refused so.
    Malformed(Fault),
    /// The session is over: by goodbye, a refused login, because nobody logged in, or because the
    /// client has hung up between two requests, which needs no goodbye. Transmit what is left, then
    /// close the connection.
    Closed,
}

impl ServerEvent<'_> {
    /// The kind of event in lower case, such as `login`.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Login { .. } => "login",
            Self::Request { .. } => "request",
            Self::Malformed(_) => "malformed",
            Self::Closed => "closed",
        }
    }
}

/// One line for a log: the kind, the request by its number, and the frame as its own `Display` has
/// it, or the fault in words.
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
    /// The challenge, if it has been asked for.
    #[cfg_attr(not(feature = "md5"), expect(dead_code, reason = "only the check of a key needs it"))]
    pub(super) challenge: Option<u32>,
}

impl<'buf> LoginAttempt<'buf> {
    /// The user; servers compare it without regard to case. Empty where none was named.
    pub fn username(self) -> Value<'buf> {
        self.login.username().unwrap_or_default()
    }

    /// The request itself. It holds the secret, or the key.
    pub fn request(self) -> Login<'buf> {
        self.login
    }

    /// Whether it answers a challenge instead of showing the secret.
    pub fn is_challenged(self) -> bool {
        self.login.auth_type().is_ok_and(|kind| kind.eq_ignore_case("MD5"))
    }

    /// Returns whether its sender knows this secret. Takes the same time for all secrets of one
    /// length.
    ///
    /// This method needs the feature `md5`. Half of all clients answer a challenge, so there is no
    /// check that can't: without the feature compare what [`request`](Self::request) shows, and
    /// refuse those that are [challenged](Self::is_challenged).
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
