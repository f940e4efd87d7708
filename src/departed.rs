//! Recently ended objects (channels, bridges, queues), so that neither a late event (`NewCallerid`
//! after `Hangup`, seen in 22) nor a list older than the end brings one back.

use alloc::collections::BTreeMap;
use core::borrow::Borrow;

use crate::byte_budget::{self, ByteBudget};

/// The most recent keys of ended objects, with the number of each end.
#[derive(Clone, Debug)]
pub(crate) struct Departed<K> {
    numbers: BTreeMap<K, u64>,
    /// The keys by the number of their end.
    order: BTreeMap<u64, K>,
    /// Number of ends so far.
    went: u64,
    /// Highest number of keys, and the part of it that is needed for late events alone.
    most: usize,
    stragglers: usize,
    budget: ByteBudget,
}

impl<K: Ord + Clone + Borrow<[u8]>> Departed<K> {
    const OWN: usize = byte_budget::root::<K, u64>() + byte_budget::root::<u64, K>();
    const ENTRY: usize = byte_budget::mapped::<K, u64>() + byte_budget::mapped::<u64, K>();

    /// Limits the number of keys, the number of them that is kept for late events, and the bytes.
    pub(crate) const fn new(most: usize, stragglers: usize, bytes: usize) -> Self {
        let budget = ByteBudget::new(bytes.saturating_sub(Self::OWN));
        Self { numbers: BTreeMap::new(), order: BTreeMap::new(), went: 0, most, stragglers, budget }
    }

    fn cost(key: &K) -> usize {
        byte_budget::bytes(key.borrow()) * 2 + Self::ENTRY
    }

    /// Returns the number of ends so far.
    pub(crate) const fn went(&self) -> u64 {
        self.went
    }

    /// Records the end of an object; the oldest keys make room for it. A list being received needs
    /// the keys of objects that ended after `since`; returns whether one of these had to be
    /// forgotten.
    pub(crate) fn insert(&mut self, key: K, since: Option<u64>) -> bool {
        self.remove(key.borrow());
        self.went += 1;
        let cost = Self::cost(&key);
        if self.most == 0 || !self.budget.allows(cost) {
            return since.is_some();
        }
        let mut lost = false;
        while let Some((number, _)) = self.order.first_key_value() {
            let needed = since.is_some_and(|since| *number > since);
            let most = if needed { self.most } else { self.most.min(self.stragglers) };
            if self.numbers.len() < most && self.budget.has(cost) {
                break;
            }
            lost |= needed;
            self.forget_oldest();
        }
        self.budget.add(cost);
        self.order.insert(self.went, key.clone());
        self.numbers.insert(key, self.went);
        lost
    }

    fn forget_oldest(&mut self) {
        if let Some((_, oldest)) = self.order.pop_first() {
            self.numbers.remove(oldest.borrow());
            self.budget.give_back(Self::cost(&oldest));
        }
    }

    /// Forgets the keys that late events do not need, once no list is being received.
    pub(crate) fn trim(&mut self) {
        while self.numbers.len() > self.most.min(self.stragglers) {
            self.forget_oldest();
        }
    }

    /// Forgets an object that has appeared again: the caller of `Originate` can choose ids.
    pub(crate) fn remove(&mut self, key: &[u8]) {
        if let Some((key, number)) = self.numbers.remove_entry(key) {
            self.order.remove(&number);
            self.budget.give_back(Self::cost(&key));
        }
    }

    /// Returns the number of the object's end, if it is remembered.
    pub(crate) fn number(&self, key: &[u8]) -> Option<u64> {
        self.numbers.get(key).copied()
    }

    /// Forgets all objects.
    pub(crate) fn clear(&mut self) {
        let bytes = self.budget.used();
        self.budget.give_back(bytes);
        (self.numbers, self.order) = Default::default();
    }

    /// Returns the number of bytes held.
    pub(crate) const fn held(&self) -> usize {
        if self.budget.used() == 0 { 0 } else { self.budget.used() + Self::OWN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::owned_value::OwnedValue;

    type Ids = Departed<OwnedValue>;

    /// The oldest keys are dropped first; a key that ended again counts as new, one that appeared
    /// again is not kept.
    #[test]
    fn the_latest_are_kept() {
        let ids: [OwnedValue; 4] = [b"a", b"b", b"c", b"d"].map(|id: &[u8; 1]| OwnedValue::new(id));
        let mut gone = Ids::new(9, 9, Ids::OWN + 3 * Ids::cost(&ids[0]));
        let has = |gone: &Ids| ids.each_ref().map(|id| gone.number(id.as_bytes()).is_some());
        ids[..3].iter().for_each(|id| assert!(!gone.insert(id.clone(), None)));
        assert_eq!((has(&gone), gone.held()), ([true, true, true, false], Ids::OWN + 3 * Ids::cost(&ids[0])));
        gone.insert(ids[0].clone(), None);
        gone.insert(ids[3].clone(), None);
        assert_eq!((has(&gone), gone.held()), ([true, false, true, true], Ids::OWN + 3 * Ids::cost(&ids[0])));
        gone.remove(b"c");
        assert_eq!((has(&gone), gone.held()), ([true, false, false, true], Ids::OWN + 2 * Ids::cost(&ids[0])));
        gone.remove(b"a");
        gone.remove(b"d");
        gone.insert(OwnedValue::new(&[b'x'; 2000]), None);
        assert_eq!((has(&gone), gone.held()), ([false; 4], 0));
    }

    #[test]
    fn no_more_than_so_many() {
        const KEPT: usize = 4096;
        let mut gone = Ids::new(KEPT, KEPT, usize::MAX);
        (0..=KEPT).for_each(|id| assert!(!gone.insert(OwnedValue::new(&id.to_be_bytes()), None)));
        assert_eq!([0, 1, KEPT].map(|id| gone.number(&id.to_be_bytes()).is_some()), [false, true, true]);
    }
}
