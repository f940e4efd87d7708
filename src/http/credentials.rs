//! User and secret of a login to the manager on a web server.

use alloc::string::{String, ToString};
use core::fmt;

use crate::wiped::WipedText;

/// User and secret of a login over HTTP.
#[derive(Clone)]
pub struct Credentials {
    pub(super) username: String,
    pub(super) secret: WipedText,
    /// The secret is proven, and not sent.
    pub(super) hashed: bool,
}

impl Credentials {
    /// Returns the credentials of this user of `manager.conf`.
    pub fn new(username: &str, secret: &str) -> Self {
        Self { username: username.to_string(), secret: secret.to_string().into(), hashed: false }
    }

    /// Sets that the secret is proven instead of sent: by `Challenge`, and a `Login` with the
    /// answer to it. Call it before the [`Session`](super::Session) is made, which keeps a copy.
    #[cfg(feature = "md5")]
    #[must_use]
    pub fn hashed(mut self) -> Self {
        self.hashed = true;
        self
    }

    #[cfg(feature = "md5")]
    pub(super) fn username(&self) -> &str {
        &self.username
    }

    #[cfg(feature = "md5")]
    pub(super) fn secret(&self) -> &str {
        &self.secret
    }
}

impl fmt::Debug for Credentials {
    /// Shows the user alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}
