//! Report of the requests that were unanswered when a connection was lost.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Id, Reached};
use crate::catalogue::ActionType;

/// A request that a lost connection left unanswered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unanswered {
    /// The request.
    pub id: Id,
    /// The `ActionID` on the wire, to find in the server's logs how the request was handled.
    pub action_id: Box<str>,
    /// The action; `None` if the catalogue does not know it.
    pub action: Option<ActionType>,
    /// Progress of the request.
    pub reached: Reached,
}

impl Unanswered {
    /// Returns whether the server has never received the request, as
    /// [`Ending::never_reached_server`](super::Ending::never_reached_server) does.
    pub const fn never_reached_server(&self) -> bool {
        matches!(self.reached, Reached::NotSent)
    }

    /// Returns whether the request can be sent again without the danger that it is carried out
    /// twice: it has [never reached the server](Self::never_reached_server), or the action changes
    /// nothing ([`ActionType::is_read_only`]).
    ///
    /// An `Originate`, for example, is safe only if it was never sent: otherwise the phone may be
    /// ringing.
    pub fn is_safe_to_retry(&self) -> bool {
        self.never_reached_server() || self.action.is_some_and(ActionType::is_read_only)
    }
}

/// Report of [`Client::reconnect`](super::Client::reconnect): all unanswered requests, in the order
/// in which they were sent.
///
/// Each of them also ends, or has ended, with [`Ending::Lost`](super::Ending::Lost). The caller
/// decides which to send again; [`Unanswered::is_safe_to_retry`] tells which are safe. For an
/// `Originate` that is not safe, the outcome may still come
/// ([`ClientEvent::LateOutcome`](super::ClientEvent::LateOutcome)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReconnectReport {
    /// The requests.
    pub unanswered: Vec<Unanswered>,
    /// True if an event mask will be asked for again once the login is accepted.
    pub restored_mask: bool,
    /// Number of filters that will be set again once the login is accepted.
    pub restored_filters: usize,
}
