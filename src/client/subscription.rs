//! What a session has subscribed to by `Events` and `Filter`, and has to set again on the next
//! connection.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use crate::wiped::Wiped;

/// See the module. Takes up next to nothing where nothing has been set.
#[derive(Debug, Default)]
pub(super) struct Subscription(Option<Box<Set>>);

#[derive(Debug, Default)]
struct Set {
    mask: Option<Wiped>,
    /// The requests without `Action` and `ActionID`. The first `missing` of them are to be set
    /// again on this connection, the others are set.
    filters: VecDeque<Wiped>,
    missing: usize,
    /// Bytes held, and those of the longest filter.
    held: usize,
    longest: usize,
}

impl Subscription {
    pub(super) fn mask(&self) -> Option<&[u8]> {
        self.0.as_ref()?.mask.as_deref()
    }

    pub(super) fn filters(&self) -> usize {
        self.0.as_ref().map_or(0, |set| set.filters.len())
    }

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.0.as_ref().map_or(0, |set| set.held)
    }

    /// Bytes of the longest filter, if there is one.
    pub(super) fn longest(&self) -> Option<usize> {
        self.0.as_ref().filter(|set| !set.filters.is_empty()).map(|set| set.longest)
    }

    /// The server has this mask now.
    pub(super) fn set_mask(&mut self, mask: Wiped) {
        let set = self.0.get_or_insert_default();
        set.held += mask.len();
        let before = set.mask.replace(mask);
        set.held -= before.map_or(0, |before| before.len());
    }

    /// The server has this filter now.
    pub(super) fn add_filter(&mut self, filter: Wiped) {
        let set = self.0.get_or_insert_default();
        set.held += filter.len();
        set.longest = set.longest.max(filter.len());
        set.filters.push_back(filter);
    }

    /// A filter of the last connection that is to be set again, and that it has been.
    pub(super) fn next(&self) -> Option<&[u8]> {
        let set = self.0.as_ref().filter(|set| set.missing > 0)?;
        set.filters.front().map(|filter| &**filter)
    }

    pub(super) fn advance(&mut self) {
        if let Some(set) = self.0.as_mut().filter(|set| set.missing > 0) {
            set.missing -= 1;
            set.filters.rotate_left(1);
        }
    }

    /// None is set on the connection that comes next.
    pub(super) fn begin_again(&mut self) {
        if let Some(set) = &mut self.0 {
            set.missing = set.filters.len();
        }
    }
}
