//! Login credentials. The password is sent to the server only: `Debug` hides it, and its memory is
//! wiped before it is freed.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::Message;
use crate::error::{EncodeError, Refusal};
use crate::wiped::Wiped;
use crate::wire::Value;

/// The password, or the user with password, for the login of a connection.
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
    /// The user's name and domain.
    user: Option<[Box<[u8]>; 2]>,
    password: Wiped,
}

impl Credentials {
    /// Creates credentials with the password of the event socket itself (`auth`); on a new server
    /// it is `ClueCon`.
    pub fn password(password: impl AsRef<[u8]>) -> Self {
        Self { user: None, password: password.as_ref().into() }
    }

    /// Creates credentials with a user of the directory and its `esl-password` (`userauth`). The
    /// server's answer to the login names the user's rights in `Allowed-Events` and `Allowed-API`.
    ///
    /// The server splits `user@domain:password` at the first `@`, and each side at its first `:`.
    /// The login is refused before it is sent if the name contains one of them, or the domain a
    /// `:`, or if name or domain are empty: the server would read a part of the name as the
    /// password. The password may contain both.
    pub fn user(user: impl AsRef<[u8]>, domain: impl AsRef<[u8]>, password: impl AsRef<[u8]>) -> Self {
        Self { user: Some([user.as_ref().into(), domain.as_ref().into()]), password: password.as_ref().into() }
    }

    /// Returns the bytes of user and password together.
    pub(super) fn len(&self) -> usize {
        self.user.as_ref().map_or(0, |[user, domain]| user.len() + domain.len()) + self.password.len()
    }

    /// Writes the login command.
    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let line = match &self.user {
            None => [b"auth ", &self.password[..]].concat(),
            Some([user, domain]) => {
                check(b"user", user, b"@:")?;
                check(b"domain", domain, b":")?;
                [b"userauth ", &user[..], b"@", domain, b":", &self.password].concat()
            }
        };
        Message::owned(line).encode(out)
    }
}

/// Refuses a value that the server would split (FreeSWITCH `mod_event_socket.c`, `parse_command`).
fn check(field: &[u8], value: &[u8], separators: &[u8]) -> Result<(), EncodeError> {
    let refusal = match (0..).zip(value).find(|(_, byte)| separators.contains(byte)) {
        Some((_, byte)) => Refusal::Splits { byte: *byte },
        None if value.is_empty() => Refusal::EmptyValue,
        None => return Ok(()),
    };
    Err(EncodeError::new(field, refusal))
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user.as_ref().map(|[user, domain]| [user, &b"@"[..], domain].concat());
        f.debug_struct("Credentials")
            .field("user", &user.as_deref().map(Value::new))
            .field("password", &format_args!("***"))
            .finish()
    }
}
