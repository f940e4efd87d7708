//! Who logs in. The password is shown to the server alone: not to `Debug`, and not to those who get
//! the memory after us.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::Message;
use crate::error::{EncodeError, Refusal};
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
    /// Name and domain.
    user: Option<[Box<[u8]>; 2]>,
    password: Wiped,
}

impl Credentials {
    /// The password of the event socket itself (`auth`); a new server's is `ClueCon`.
    pub fn password(password: impl AsRef<[u8]>) -> Self {
        Self { user: None, password: password.as_ref().into() }
    }

    /// A user of the directory and its `esl-password` (`userauth`). What it may do, the server says
    /// when it accepts, in `Allowed-Events` and `Allowed-API`.
    ///
    /// The server splits `user@domain:password` at the first `@`, and each side at its first `:`. A
    /// login is refused before it is sent where the name has one of them, or the domain a `:`, or
    /// one of the two is empty: the server would take a part of the name for the password. The
    /// password may have any of them.
    pub fn user(user: impl AsRef<[u8]>, domain: impl AsRef<[u8]>, password: impl AsRef<[u8]>) -> Self {
        Self { user: Some([user.as_ref().into(), domain.as_ref().into()]), password: password.as_ref().into() }
    }

    /// Bytes of user and password.
    pub(super) fn len(&self) -> usize {
        self.user.as_ref().map_or(0, |[user, domain]| user.len() + domain.len()) + self.password.len()
    }

    /// Writes the command that shows them.
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

/// Refuses what the server would split (FreeSWITCH `mod_event_socket.c`, `parse_command`).
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
