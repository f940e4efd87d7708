//! Events of a connection to FreeSWITCH, and endings of its requests.

use alloc::string::ToString as _;

use serde::Serializer;

use super::{As, Secretive, Secrets, as_lent, masked, object, objects};
use crate::freeswitch::{ConnectionEvent, Ending, OwnedConnectionEvent, OwnedEnding, ReconnectReport, Unanswered};

masked! { ConnectionEvent<'_>, Ending<'_>, }

as_lent! { OwnedConnectionEvent, OwnedEnding, }

objects! {
    Unanswered as "Unanswered", |request| {
        "id": request.id,
        "job_uuid": request.job_uuid,
        "reached": request.reached,
    }
    ReconnectReport as "ReconnectReport", |report| {
        "unanswered": report.unanswered,
        "restored": report.restored,
    }
}

impl Secretive for Ending<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, to: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Reply(frame) => object!(to, "Ending", { "kind": "reply", "frame": As(frame, secrets), }),
            Self::Refused(frame) => object!(to, "Ending", { "kind": "refused", "frame": As(frame, secrets), }),
            Self::Job(event) => object!(to, "Ending", { "kind": "job", "event": As(event, secrets), }),
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

impl Secretive for ConnectionEvent<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, to: S) -> Result<S::Ok, S::Error> {
        let kind = self.kind();
        match *self {
            Self::LoggedIn(frame)
            | Self::LoginRefused(frame)
            | Self::Log(frame)
            | Self::Lingering(frame)
            | Self::Disconnecting(frame)
            | Self::NotRestored(frame) => {
                object!(to, "ConnectionEvent", { "kind": kind, "frame": As(frame, secrets), })
            }
            Self::Started { id, frame } => {
                object!(to, "ConnectionEvent", { "kind": kind, "id": id, "frame": As(frame, secrets), })
            }
            Self::Event(event) => object!(to, "ConnectionEvent", { "kind": kind, "event": As(event, secrets), }),
            Self::Unread { frame, error } => object!(to, "ConnectionEvent", {
                "kind": kind,
                "frame": As(frame, secrets),
                "error": error.to_string(),
            }),
            Self::Ended { id, ending } => {
                object!(to, "ConnectionEvent", { "kind": kind, "id": id, "ending": As(ending, secrets), })
            }
            Self::Unclaimed { id, frame } => {
                object!(to, "ConnectionEvent", { "kind": kind, "id": id, "frame": As(frame, secrets), })
            }
            Self::Oversized { head, error } => object!(to, "ConnectionEvent", {
                "kind": kind,
                "head": As(head, secrets),
                "error": error.to_string(),
            }),
            Self::Closed => object!(to, "ConnectionEvent", { "kind": kind, }),
        }
    }
}
