//! Ids of channels that are gone, so that a straggler among the events (`NewCallerid` after
//! `Hangup`, seen in 22) doesn't bring one back to life.

use alloc::collections::BTreeMap;

use crate::byte_budget::{self, ByteBudget};
use crate::owned_value::OwnedValue;

/// How many are kept at the most: the latest.
const KEPT: usize = 4096;

/// The latest ids that are gone.
#[derive(Clone, Debug)]
pub(crate) struct Departed {
    ids: BTreeMap<OwnedValue, u64>,
    /// The same in the order in which they went.
    order: BTreeMap<u64, OwnedValue>,
    went: u64,
    budget: ByteBudget,
}

impl Departed {
    /// Keeps no more than so many bytes.
    pub(crate) const fn new(bytes: usize) -> Self {
        let budget = ByteBudget::new(bytes.saturating_sub(OWN));
        Self { ids: BTreeMap::new(), order: BTreeMap::new(), went: 0, budget }
    }

    /// Adds an id. The oldest ones make room for it.
    pub(crate) fn insert(&mut self, id: OwnedValue) {
        self.remove(id.as_bytes());
        if !self.budget.allows(cost(&id)) {
            return;
        }
        while self.ids.len() >= KEPT || !self.budget.has(cost(&id)) {
            let Some((_, oldest)) = self.order.pop_first() else { return };
            self.ids.remove(&oldest);
            self.budget.give_back(cost(&oldest));
        }
        self.budget.add(cost(&id));
        self.went += 1;
        self.ids.insert(id.clone(), self.went);
        self.order.insert(self.went, id);
    }

    /// Forgets an id that has come again: ids can be chosen by the caller of `Originate`.
    pub(crate) fn remove(&mut self, id: &[u8]) {
        if let Some(place) = self.ids.remove(id) {
            self.order.remove(&place);
            self.budget.give_back(byte_budget::bytes(id) * 2 + ENTRY);
        }
    }

    pub(crate) fn contains(&self, id: &[u8]) -> bool {
        self.ids.contains_key(id)
    }

    /// Bytes held.
    pub(crate) const fn held(&self) -> usize {
        if self.budget.used() == 0 { 0 } else { self.budget.used() + OWN }
    }
}

const OWN: usize = byte_budget::root::<OwnedValue, u64>() + byte_budget::root::<u64, OwnedValue>();
const ENTRY: usize = byte_budget::mapped::<OwnedValue, u64>() + byte_budget::mapped::<u64, OwnedValue>();

const fn cost(id: &OwnedValue) -> usize {
    byte_budget::text(id) * 2 + ENTRY
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The oldest go first; one that went again counts as new, one that came again is not kept.
    #[test]
    fn the_latest_are_kept() {
        let ids: [OwnedValue; 4] = [b"a", b"b", b"c", b"d"].map(|id: &[u8; 1]| OwnedValue::new(id));
        let mut gone = Departed::new(OWN + 3 * cost(&ids[0]));
        let has = |gone: &Departed| ids.each_ref().map(|id| gone.contains(id.as_bytes()));
        ids[..3].iter().for_each(|id| gone.insert(id.clone()));
        assert_eq!((has(&gone), gone.held()), ([true, true, true, false], OWN + 3 * cost(&ids[0])));
        gone.insert(ids[0].clone());
        gone.insert(ids[3].clone());
        assert_eq!((has(&gone), gone.held()), ([true, false, true, true], OWN + 3 * cost(&ids[0])));
        gone.remove(b"c");
        assert_eq!((has(&gone), gone.held()), ([true, false, false, true], OWN + 2 * cost(&ids[0])));
        gone.remove(b"a");
        gone.remove(b"d");
        gone.insert(OwnedValue::new(&[b'x'; 2000]));
        assert_eq!((has(&gone), gone.held()), ([false; 4], 0));
    }

    #[test]
    fn no_more_than_so_many() {
        let mut gone = Departed::new(usize::MAX);
        (0..=KEPT).for_each(|id| gone.insert(OwnedValue::new(&id.to_be_bytes())));
        assert_eq!([0, 1, KEPT].map(|id| gone.contains(&id.to_be_bytes())), [false, true, true]);
    }
}
