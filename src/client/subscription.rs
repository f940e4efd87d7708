//! Event mask and filters of a session, which have to be set again on the next connection.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use crate::catalogue::ActionType;
use crate::wiped::Wiped;

/// Event mask and filters to set again. Takes up next to no memory if none have been set.
#[derive(Debug, Default)]
pub(super) struct Subscription(Option<Box<Set>>);

#[derive(Debug, Default)]
struct Set {
    /// The event mask, and the number of the request that has set it.
    mask: Option<(u64, Wiped)>,
    /// Accepted requests: the action, and the bytes after `Action` and `ActionID`. The first
    /// `missing` of them are still to be sent on this connection; the others are in force.
    requests: VecDeque<(ActionType, Wiped)>,
    missing: usize,
    /// Bytes held, and bytes of the longest request.
    held: usize,
    longest: usize,
}

impl Subscription {
    pub(super) fn mask(&self) -> Option<&[u8]> {
        self.0.as_ref()?.mask.as_ref().map(|(_, mask)| &**mask)
    }

    pub(super) fn requests(&self) -> usize {
        self.0.as_ref().map_or(0, |set| set.requests.len())
    }

    /// Returns the number of bytes held.
    pub(super) fn held(&self) -> usize {
        self.0.as_ref().map_or(0, |set| set.held)
    }

    /// Returns the bytes of the longest request, if there is one.
    pub(super) fn longest(&self) -> Option<usize> {
        self.0.as_ref().filter(|set| !set.requests.is_empty()).map(|set| set.longest)
    }

    /// Records the mask that the request of this number has set, unless a later request has set
    /// another.
    pub(super) fn set_mask(&mut self, number: u64, mask: Wiped) {
        let set = self.0.get_or_insert_default();
        if set.mask.as_ref().is_some_and(|(later, _)| *later > number) {
            return;
        }
        set.held += mask.len();
        let before = set.mask.replace((number, mask));
        set.held -= before.map_or(0, |(_, before)| before.len());
    }

    /// Records a request that the server has accepted.
    pub(super) fn add_request(&mut self, action: ActionType, rest: Wiped) {
        let set = self.0.get_or_insert_default();
        set.held += rest.len();
        set.longest = set.longest.max(action.name().len() + rest.len());
        set.requests.push_back((action, rest));
    }

    /// Returns the next request of the last connection that is to be sent again.
    pub(super) fn next(&self) -> Option<(ActionType, &[u8])> {
        let set = self.0.as_ref().filter(|set| set.missing > 0)?;
        set.requests.front().map(|(action, rest)| (*action, &**rest))
    }

    pub(super) fn advance(&mut self) {
        if let Some(set) = self.0.as_mut().filter(|set| set.missing > 0) {
            set.missing -= 1;
            set.requests.rotate_left(1);
        }
    }

    /// Marks all requests as still to be sent on the next connection.
    pub(super) fn begin_again(&mut self) {
        if let Some(set) = &mut self.0 {
            set.missing = set.requests.len();
        }
    }
}
