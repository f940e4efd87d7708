//! Who logs in, and how the secret is shown to the server. It is shown to nobody else: not to
//! `Debug`, and not to those who get the memory after us.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::action::{Action, Challenge, Login};
#[cfg(feature = "md5")]
use crate::digest::login_key;
use crate::error::EncodeError;
use crate::wiped::Wiped;

/// A user and a secret for [`Client::login`](super::Client::login).
///
/// ```
/// use ami_proto::client::Credentials;
///
/// let credentials = Credentials::plain("admin", "s3cret");
/// assert_eq!(format!("{credentials:?}"), r#"Credentials { username: "admin", secret: ***, method: Plain }"#);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Credentials {
    username: Box<[u8]>,
    secret: Wiped,
    method: Method,
}

/// What nothing is: see the stand-in for `Credentials::md5`.
#[cfg(not(feature = "md5"))]
#[diagnostic::on_unimplemented(
    message = "`Credentials::md5` needs the feature `md5` of the crate `ami-proto`",
    note = "`Credentials::plain` would send the secret to whoever listens"
)]
pub trait NeedsFeatureMd5 {
    #[doc(hidden)]
    fn never(self) -> Credentials;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Plain,
    #[cfg(feature = "md5")]
    Md5,
    #[cfg(feature = "md5")]
    Md5OrPlain,
}

impl Credentials {
    /// Sends the secret as it is: for connections that nobody can listen to.
    pub fn plain(username: impl AsRef<[u8]>, secret: impl AsRef<[u8]>) -> Self {
        Self { username: username.as_ref().into(), secret: secret.as_ref().into(), method: Method::Plain }
    }

    /// Answers a challenge with MD5 over it and the secret. That keeps the secret off the wire, but
    /// what follows isn't protected, and whoever listens can try secrets against it.
    ///
    /// A server that refuses the challenge ends the login; see [`or_plain`](Self::or_plain).
    #[cfg(feature = "md5")]
    pub fn md5(username: impl AsRef<[u8]>, secret: impl AsRef<[u8]>) -> Self {
        Self { method: Method::Md5, ..Self::plain(username, secret) }
    }

    /// Stands in for the one that answers challenges: the compiler says what is missing, and
    /// doesn't propose [`plain`](Self::plain), which sends the secret.
    #[cfg(not(feature = "md5"))]
    #[doc(hidden)]
    pub fn md5(username: impl NeedsFeatureMd5, _: impl AsRef<[u8]>) -> Self {
        username.never()
    }

    /// Sends the secret as it is where the server refuses the challenge. Whoever sits in between
    /// can refuse it in the server's stead, and then reads the secret: this undoes what
    /// [`md5`](Self::md5) is for.
    #[cfg(feature = "md5")]
    pub fn or_plain(self) -> Self {
        Self { method: Method::Md5OrPlain, ..self }
    }

    /// Whether a challenge is asked for first.
    pub(super) fn asks_challenge(&self) -> bool {
        self.method != Method::Plain
    }

    /// The same once the challenge has been refused, if that isn't the end.
    pub(super) fn fall_back(self) -> Option<Self> {
        match self.method {
            #[cfg(feature = "md5")]
            Method::Md5OrPlain => Some(Self { method: Method::Plain, ..self }),
            _ => None,
        }
    }

    /// The longest login that may come of it, to see whether it can be written.
    pub(super) fn write_trial(&self, events: Option<&[u8]>, id: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if !self.asks_challenge() || self.clone().fall_back().is_some() {
            self.write_login(None, events, id, out)?;
        }
        if self.asks_challenge() { self.write_login(Some(b"0"), events, id, out) } else { Ok(()) }
    }

    pub(super) fn write_challenge(id: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        Challenge::new().encode(Some(id), out)
    }

    /// Writes the login: with the key for this challenge, or with the secret where none was asked
    /// for.
    pub(super) fn write_login(
        &self,
        challenge: Option<&[u8]>,
        events: Option<&[u8]>,
        id: &str,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let mut login = Login::new(&self.username[..]);
        login = match challenge {
            None => login.secret(&self.secret[..]),
            Some(challenge) => login.auth_type("MD5").key(login_key(challenge, &self.secret)),
        };
        if let Some(events) = events {
            login = login.events(events);
        }
        login.encode(Some(id), out)
    }
}

/// Without the feature no challenge is ever asked for.
#[cfg(not(feature = "md5"))]
fn login_key(_: &[u8], _: &[u8]) -> Vec<u8> {
    Vec::new()
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &format_args!("\"{}\"", self.username.escape_ascii()))
            .field("secret", &format_args!("***"))
            .field("method", &self.method)
            .finish()
    }
}
