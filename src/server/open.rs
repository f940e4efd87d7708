//! Requests of a session that wait for their answers.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use super::RequestId;

/// The open requests by their ascending ids. Answering one takes logarithmic time, in any order.
#[derive(Debug)]
pub(super) struct Opened {
    requests: BTreeMap<RequestId, Open>,
    next: u64,
    /// Number of bytes held.
    held: usize,
}

/// A request that waits for its answer.
#[derive(Debug)]
pub(super) struct Open {
    /// `ActionID` in the form in which it can be echoed.
    pub(super) action_id: Box<[u8]>,
    /// Number of list items that have been written.
    pub(super) items: u64,
}

impl Opened {
    /// Accounted bytes of a request without an `ActionID`, including its share of the tree.
    pub(super) const SIZE: usize = size_of::<(RequestId, Open)>() + 16;

    pub(super) const fn new() -> Self {
        Self { requests: BTreeMap::new(), next: 1, held: 0 }
    }

    pub(super) fn add(&mut self, action_id: Box<[u8]>) -> RequestId {
        let id = RequestId(self.next);
        self.next += 1;
        self.held += Self::SIZE + action_id.len();
        self.requests.insert(id, Open { action_id, items: 0 });
        id
    }

    pub(super) fn get_mut(&mut self, id: RequestId) -> Option<&mut Open> {
        self.requests.get_mut(&id)
    }

    pub(super) fn has(&self, id: RequestId) -> bool {
        self.requests.contains_key(&id)
    }

    /// Removes a request, and returns its `ActionID`.
    pub(super) fn remove(&mut self, id: RequestId) -> Option<Box<[u8]>> {
        let open = self.requests.remove(&id)?;
        self.held -= Self::SIZE + open.action_id.len();
        Some(open.action_id)
    }

    /// Returns the oldest request.
    pub(super) fn first(&self) -> Option<RequestId> {
        self.requests.first_key_value().map(|(id, _)| *id)
    }

    pub(super) fn clear(&mut self) {
        self.requests.clear();
        self.held = 0;
    }

    pub(super) fn len(&self) -> usize {
        self.requests.len()
    }

    /// Returns the number of bytes held.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// Returns whether the fields agree, as far as a constant-time check can tell.
    pub(super) fn is_sound(&self) -> bool {
        let last = self.requests.last_key_value().map_or(0, |(id, _)| id.0);
        last < self.next && self.held >= self.len() * Self::SIZE && (self.held == 0) == self.requests.is_empty()
    }
}
