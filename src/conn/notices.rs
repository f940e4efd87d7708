//! Events that have no frame: they wait here, in the order in which they happened.

use alloc::collections::VecDeque;

#[derive(Debug)]
pub(crate) struct Notices<N>(VecDeque<N>);

impl<N> Notices<N> {
    pub(crate) const fn new() -> Self {
        Self(VecDeque::new())
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the one that was pushed last, if it has not been taken.
    pub(crate) fn last(&self) -> Option<&N> {
        self.0.back()
    }

    pub(crate) fn push(&mut self, notice: N) {
        self.0.push_back(notice);
    }

    /// Takes the oldest.
    pub(crate) fn pop(&mut self) -> Option<N> {
        let notice = self.0.pop_front()?;
        if self.0.is_empty() {
            // They are rare; idle connections are many.
            self.0 = VecDeque::new();
        }
        Some(notice)
    }
}
