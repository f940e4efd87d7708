//! Events of a server: who wants in, what is asked, and what was refused unseen.

use serde::{Serialize, Serializer};

use super::{As, Secretive, Secrets, as_words, masked, object};
use crate::server::{Fault, LoginAttempt, RequestId, ServerEvent};

masked! { LoginAttempt<'_>, ServerEvent<'_>, }

as_words! { Fault, }

/// A number that no other request of the server has.
impl Serialize for RequestId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl Secretive for LoginAttempt<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, to: S) -> Result<S::Ok, S::Error> {
        object!(to, "LoginAttempt", {
            "username": self.username(),
            "is_challenged": self.is_challenged(),
            "request": As(self.request(), secrets),
        })
    }
}

impl Secretive for ServerEvent<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, to: S) -> Result<S::Ok, S::Error> {
        let kind = self.kind();
        match *self {
            Self::Login { id, attempt } => {
                object!(to, "ServerEvent", { "kind": kind, "id": id, "attempt": As(attempt, secrets), })
            }
            Self::Request { id, request } => {
                object!(to, "ServerEvent", { "kind": kind, "id": id, "request": As(request, secrets), })
            }
            Self::Malformed(fault) => object!(to, "ServerEvent", { "kind": kind, "fault": fault, }),
            Self::Closed => object!(to, "ServerEvent", { "kind": kind, }),
        }
    }
}
