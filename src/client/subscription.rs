//! What a session has subscribed to, and has to set again on the next connection.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use crate::catalogue::ActionType;
use crate::wiped::Wiped;

/// See the module. Takes up next to nothing where nothing has been set.
#[derive(Debug, Default)]
pub(super) struct Subscription(Option<Box<Set>>);

#[derive(Debug, Default)]
struct Set {
    /// The event mask, and the number of the request that has set it.
    mask: Option<(u64, Wiped)>,
    /// The requests, each its action and what follows `Action` and `ActionID`. The first `missing`
    /// of them are to be sent again on this connection, the others hold.
    requests: VecDeque<(ActionType, Wiped)>,
    missing: usize,
    /// Bytes held, and those of the longest request.
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

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.0.as_ref().map_or(0, |set| set.held)
    }

    /// Bytes of the longest request, if there is one.
    pub(super) fn longest(&self) -> Option<usize> {
        self.0.as_ref().filter(|set| !set.requests.is_empty()).map(|set| set.longest)
    }

    /// The server has this mask, as the request of this number asks for, unless a later one has set
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

    /// The server has accepted this request.
    pub(super) fn add_request(&mut self, action: ActionType, rest: Wiped) {
        let set = self.0.get_or_insert_default();
        set.held += rest.len();
        set.longest = set.longest.max(action.name().len() + rest.len());
        set.requests.push_back((action, rest));
    }

    /// A request of the last connection that is to be sent again, and that it has been.
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

    /// None is set on the connection that comes next.
    pub(super) fn begin_again(&mut self) {
        if let Some(set) = &mut self.0 {
            set.missing = set.requests.len();
        }
    }
}
