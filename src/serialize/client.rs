//! Events of a client, endings of requests, and the requests that a lost connection left.

use alloc::string::ToString as _;

use serde::{Serialize, Serializer};

use super::{As, Secretive, Secrets, as_lent, masked, object, objects};
use crate::catalogue::ActionType;
use crate::client::{
    ClientEvent, Ending, Handle, Id, OwnedClientEvent, OwnedEnding, Reached, ReconnectReport, Unanswered,
};

masked! { ClientEvent<'_>, Ending<'_>, }

as_lent! { OwnedClientEvent, OwnedEnding, }

/// A number that no other request of the connection has.
impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

/// As its [`Id`].
impl<A> Serialize for Handle<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Id::from(*self).serialize(serializer)
    }
}

impl Serialize for Reached {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::NotSent => object!(serializer, "Reached", { "kind": "not-sent", }),
            Self::Sent => object!(serializer, "Reached", { "kind": "sent", }),
            Self::Accepted => object!(serializer, "Reached", { "kind": "accepted", }),
            Self::Started { items } => object!(serializer, "Reached", { "kind": "started", "items": items, }),
        }
    }
}

objects! {
    Unanswered as "Unanswered", |request| {
        "id": request.id,
        "action_id": request.action_id,
        "action": request.action.map(ActionType::name),
        "reached": request.reached,
    }
    ReconnectReport as "ReconnectReport", |report| {
        "unanswered": report.unanswered,
        "restored_mask": report.restored_mask,
        "restored_filters": report.restored_filters,
    }
}

impl Secretive for Ending<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, to: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Reply(response) => object!(to, "Ending", { "kind": "reply", "response": As(response, secrets), }),
            Self::List { items, end, cancelled } => object!(to, "Ending", {
                "kind": "list",
                "items": items,
                "end": As(end, secrets),
                "cancelled": cancelled,
            }),
            Self::Outcome(event) => object!(to, "Ending", { "kind": "outcome", "event": As(event, secrets), }),
            Self::OutcomeUnseen(response) => object!(to, "Ending", {
                "kind": "outcome-unseen",
                "response": response.map(|response| As(response, secrets)),
            }),
            Self::Text { paragraphs } => object!(to, "Ending", { "kind": "text", "paragraphs": paragraphs, }),
            Self::Refused(response) => object!(to, "Ending", { "kind": "refused", "response": As(response, secrets), }),
            Self::Overflowed(event) => object!(to, "Ending", { "kind": "overflowed", "event": As(event, secrets), }),
            Self::Oversized { head, error } => object!(to, "Ending", {
                "kind": "oversized",
                "head": As(head, secrets),
                "error": error.to_string(),
            }),
            Self::TimedOut(reached) => object!(to, "Ending", { "kind": "timed-out", "reached": reached, }),
            Self::Cancelled => object!(to, "Ending", { "kind": "cancelled", }),
            Self::Lost(reached) => object!(to, "Ending", { "kind": "lost", "reached": reached, }),
        }
    }
}

impl Secretive for ClientEvent<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, to: S) -> Result<S::Ok, S::Error> {
        let kind = self.kind();
        match *self {
            Self::Connected(banner) => object!(to, "ClientEvent", { "kind": kind, "banner": banner, }),
            Self::LoggedIn(response) | Self::LoginRefused(response) | Self::NotRestored(response) => {
                object!(to, "ClientEvent", { "kind": kind, "response": As(response, secrets), })
            }
            Self::Ready(event) => {
                object!(to, "ClientEvent", { "kind": kind, "event": event.map(|event| As(event, secrets)), })
            }
            Self::Event(event) => object!(to, "ClientEvent", { "kind": kind, "event": As(event, secrets), }),
            Self::Started { id, response } => {
                object!(to, "ClientEvent", { "kind": kind, "id": id, "response": As(response, secrets), })
            }
            Self::Item { id, event } | Self::LateOutcome { id, event } => {
                object!(to, "ClientEvent", { "kind": kind, "id": id, "event": As(event, secrets), })
            }
            Self::Text { id, frame } => {
                object!(to, "ClientEvent", { "kind": kind, "id": id, "frame": As(frame, secrets), })
            }
            Self::Ended { id, ending } => {
                object!(to, "ClientEvent", { "kind": kind, "id": id, "ending": As(ending, secrets), })
            }
            Self::Full { id } => object!(to, "ClientEvent", { "kind": kind, "id": id, }),
            Self::Unclaimed { id, frame } => {
                object!(to, "ClientEvent", { "kind": kind, "id": id, "frame": As(frame, secrets), })
            }
            Self::Oversized { head, error } => object!(to, "ClientEvent", {
                "kind": kind,
                "head": As(head, secrets),
                "error": error.to_string(),
            }),
            Self::Closed => object!(to, "ClientEvent", { "kind": kind, }),
        }
    }
}
