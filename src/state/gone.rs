//! Things that are gone, so that neither a straggler among the events (`NewCallerid` after
//! `Hangup`, seen in 22) nor a list that is older than the event brings one back to life.

use alloc::collections::BTreeMap;

use super::Key;
use crate::byte_budget::{ByteBudget, mapped, root, text};

/// Keys that are remembered for the stragglers, the latest.
const STRAGGLERS: usize = 128;

const OWN: usize = root::<Key, u64>() + root::<u64, Key>();

fn cost(key: &Key) -> usize {
    2 * text(&key.0) + mapped::<Key, u64>() + mapped::<u64, Key>()
}

/// Keys of what is gone, with the number of each going.
#[derive(Clone, Debug)]
pub(super) struct Gone {
    numbers: BTreeMap<Key, u64>,
    order: BTreeMap<u64, Key>,
    /// Number of goings since the mirror was made.
    went: u64,
    /// Keys at the most.
    most: usize,
    budget: ByteBudget,
}

impl Gone {
    pub(super) const fn new(most: usize, bytes: usize) -> Self {
        let budget = ByteBudget::new(bytes.saturating_sub(OWN));
        Self { numbers: BTreeMap::new(), order: BTreeMap::new(), went: 0, most, budget }
    }

    /// Number of goings so far.
    pub(super) const fn went(&self) -> u64 {
        self.went
    }

    /// Remembers a thing that goes. Those that went after `since` are needed by a list that is
    /// coming in; says whether one of them had to be forgotten.
    pub(super) fn insert(&mut self, key: Key, since: Option<u64>) -> bool {
        self.remove(&key);
        self.went += 1;
        let mut lost = false;
        if self.most == 0 || !self.budget.allows(cost(&key)) {
            return since.is_some();
        }
        while let Some((number, oldest)) = self.order.first_key_value() {
            let needed = since.is_some_and(|since| *number > since);
            let most = if needed { self.most } else { self.most.min(STRAGGLERS) };
            if self.numbers.len() < most && self.budget.has(cost(&key)) {
                break;
            }
            lost |= needed;
            let oldest = oldest.clone();
            self.remove(&oldest);
        }
        self.budget.add(cost(&key));
        self.order.insert(self.went, key.clone());
        self.numbers.insert(key, self.went);
        lost
    }

    /// Forgets what the stragglers alone don't need, when no list is coming in any more.
    pub(super) fn trim(&mut self) {
        while self.numbers.len() > self.most.min(STRAGGLERS) {
            let Some((_, oldest)) = self.order.pop_first() else { return };
            self.numbers.remove(&oldest);
            self.budget.give_back(cost(&oldest));
        }
    }

    /// Forgets a thing that has come again: ids can be chosen by the caller of `Originate`.
    pub(super) fn remove(&mut self, key: &(impl core::borrow::Borrow<[u8]> + ?Sized)) {
        if let Some((key, number)) = self.numbers.remove_entry(key.borrow()) {
            self.order.remove(&number);
            self.budget.give_back(cost(&key));
        }
    }

    /// The number of its going, if it is remembered.
    pub(super) fn number(&self, key: &[u8]) -> Option<u64> {
        self.numbers.get(key).copied()
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        let bytes = self.budget.used();
        self.budget.give_back(bytes);
        (self.numbers, self.order) = Default::default();
    }

    /// Bytes held.
    pub(super) const fn held(&self) -> usize {
        if self.budget.used() == 0 { 0 } else { self.budget.used() + OWN }
    }
}
