//! Who logs in. The password is shown to the server alone: not to `Debug`, and not to those who get the memory after us.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::Message;
use crate::error::EncodeError;
use crate::wiped::Wiped;
use crate::wire::Value;

/// What a connection logs in with.
///
/// ```
/// use ami_proto::freeswitch::Credentials;
///
/// let credentials = Credentials::user("1000", "lab.invalid", "s3cret");
/// assert_eq!(format!("{credentials:?}"), r#"Credentials { user: Some("1000@lab.invalid"), password: *** }"#);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Credentials {
    user: Option<Box<[u8]>>,
    password: Wiped,
}

impl Credentials {
    /// The password of the event socket itself (`auth`); a new server's is `ClueCon`.
    pub fn password(password: impl AsRef<[u8]>) -> Self {
        Self { user: None, password: password.as_ref().into() }
    }

    /// A user of the directory and its `esl-password` (`userauth`). What it may do, the server says when it accepts, in `Allowed-Events` and `Allowed-API`.
    pub fn user(user: impl AsRef<[u8]>, domain: impl AsRef<[u8]>, password: impl AsRef<[u8]>) -> Self {
        let user = [user.as_ref(), b"@", domain.as_ref()].concat();
        Self { user: Some(user.into()), password: password.as_ref().into() }
    }

    /// Bytes of user and password.
    pub(super) fn len(&self) -> usize {
        self.user.as_ref().map_or(0, |user| user.len()) + self.password.len()
    }

    /// Writes the command that shows them.
    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let line = match &self.user {
            None => [b"auth ", &self.password[..]].concat(),
            Some(user) => [b"userauth ", &user[..], b":", &self.password].concat(),
        };
        Message::owned(line).encode(out)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.user.as_deref().map(Value::new))
            .field("password", &format_args!("***"))
            .finish()
    }
}
