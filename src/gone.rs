//! Ids of channels that are gone, so that a straggler among the events (`NewCallerid` after `Hangup`, seen in 22) doesn't bring one back to life.

use alloc::collections::{BTreeSet, VecDeque};

use crate::text::Text;

/// How many are kept: the latest.
const KEPT: usize = 4096;

/// The latest ids that are gone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gone {
    ids: BTreeSet<Text>,
    /// The same in the order in which they went; also some that have come again.
    order: VecDeque<Text>,
}

impl Gone {
    pub(crate) const fn new() -> Self {
        Self { ids: BTreeSet::new(), order: VecDeque::new() }
    }

    pub(crate) fn insert(&mut self, id: Text) {
        if self.order.len() >= KEPT {
            if let Some(oldest) = self.order.pop_front() {
                self.ids.remove(&oldest);
            }
        }
        self.ids.insert(id.clone());
        self.order.push_back(id);
    }

    /// It has come again: ids can be chosen by the caller of `Originate`.
    pub(crate) fn remove(&mut self, id: &[u8]) {
        self.ids.remove(id);
    }

    pub(crate) fn contains(&self, id: &[u8]) -> bool {
        self.ids.contains(id)
    }
}
