//! What had been asked and not answered when a connection was lost.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Id, Reached};
use crate::catalogue::ActionType;

/// A request that a lost connection left without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unanswered {
    /// The request.
    pub id: Id,
    /// The `ActionID` that it had on the wire, to find what the server did with it.
    pub action_id: Box<str>,
    /// The action; `None` where the catalogue doesn't know it.
    pub action: Option<ActionType>,
    /// How far it had come.
    pub reached: Reached,
}

/// What [`Client::reconnect`](super::Client::reconnect) found: everything unanswered, in the order
/// in which it was sent.
///
/// Each of them has had, or is about to get, its [`Ending::Lost`](super::Ending::Lost); this is the
/// same in one piece. What to send again is the caller's decision: whether an `Originate` was acted
/// on can't be known, unless its outcome still comes
/// ([`ClientEvent::LateOutcome`](super::ClientEvent::LateOutcome)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReconnectReport {
    /// The requests.
    pub unanswered: Vec<Unanswered>,
    /// Whether an event mask will be asked for again, and how many filters, once the login is
    /// accepted.
    pub restored_mask: bool,
    /// Filters that will be set again.
    pub restored_filters: usize,
}
