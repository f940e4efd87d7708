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

impl Unanswered {
    /// Returns whether the server has never had the request, as
    /// [`Ending::never_reached_server`](super::Ending::never_reached_server) does.
    pub const fn never_reached_server(&self) -> bool {
        matches!(self.reached, Reached::NotSent)
    }

    /// Returns whether the request can be sent again without the danger that it is carried out
    /// twice: it has [never reached the server](Self::never_reached_server), or the action changes
    /// nothing ([`ActionType::is_read_only`]).
    ///
    /// `Originate`, say, is safe only where it never left: else the phone may be ringing.
    pub fn is_safe_to_retry(&self) -> bool {
        self.never_reached_server() || self.action.is_some_and(ActionType::is_read_only)
    }
}

/// What [`Client::reconnect`](super::Client::reconnect) found: everything unanswered, in the order
/// in which it was sent.
///
/// Each of them has had, or is about to get, its [`Ending::Lost`](super::Ending::Lost); this is the
/// same in one piece. What to send again is the caller's decision:
/// [`Unanswered::is_safe_to_retry`] says what is safe. Of an `Originate` that isn't, the outcome may
/// still come ([`ClientEvent::LateOutcome`](super::ClientEvent::LateOutcome)).
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
