//! User, secret and login method. The secret is sent to the server only: `Debug` does not show it,
//! and its memory is wiped.

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

/// Trait without implementations, for the compiler's message of the stand-in for
/// `Credentials::md5`.
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
    /// Sends the secret in the clear: for connections that cannot be overheard.
    pub fn plain(username: impl AsRef<[u8]>, secret: impl AsRef<[u8]>) -> Self {
        Self { username: username.as_ref().into(), secret: secret.as_ref().into(), method: Method::Plain }
    }

    /// Answers a challenge with an MD5 digest of the challenge and the secret. That keeps the
    /// secret off the wire, but does not protect the rest of the connection, and an eavesdropper
    /// can try secrets against the digest.
    ///
    /// A server that refuses the challenge ends the login; see [`or_plain`](Self::or_plain).
    #[cfg(feature = "md5")]
    pub fn md5(username: impl AsRef<[u8]>, secret: impl AsRef<[u8]>) -> Self {
        Self { method: Method::Md5, ..Self::plain(username, secret) }
    }

    /// Stands in for the method of the feature `md5`: the compiler says which feature is missing,
    /// and does not propose [`plain`](Self::plain), which sends the secret.
    #[cfg(not(feature = "md5"))]
    #[doc(hidden)]
    pub fn md5(username: impl NeedsFeatureMd5, _: impl AsRef<[u8]>) -> Self {
        username.never()
    }

    /// Sends the secret in the clear if the server refuses the challenge. An attacker between
    /// client and server can refuse it in the server's place and then read the secret, so this
    /// undoes the protection of [`md5`](Self::md5).
    #[cfg(feature = "md5")]
    pub fn or_plain(self) -> Self {
        Self { method: Method::Md5OrPlain, ..self }
    }

    /// Returns whether a challenge is asked for first.
    pub(super) fn asks_challenge(&self) -> bool {
        self.method != Method::Plain
    }

    /// Returns the credentials to use after a refused challenge, or `None` if the refusal ends the
    /// login.
    pub(super) fn fall_back(self) -> Option<Self> {
        match self.method {
            #[cfg(feature = "md5")]
            Method::Md5OrPlain => Some(Self { method: Method::Plain, ..self }),
            _ => None,
        }
    }

    /// Writes the longest login that these credentials can lead to, to find out whether it can be
    /// written.
    pub(super) fn write_trial(&self, events: Option<&[u8]>, id: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if !self.asks_challenge() || self.clone().fall_back().is_some() {
            self.write_login(None, events, id, out)?;
        }
        if self.asks_challenge() { self.write_login(Some(b"0"), events, id, out) } else { Ok(()) }
    }

    pub(super) fn write_challenge(id: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        Challenge::new().encode(Some(id), out)
    }

    /// Writes the login: with the key for this challenge, or with the secret if no challenge was
    /// asked for.
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

/// Returns no key: without the feature no challenge is ever asked for.
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
