//! The order in which callers wait: positions are counted when they are asked for, so that those
//! behind one who leaves move up at once and without work.

use alloc::collections::BTreeMap;

use super::fields::Queue;
use super::thing::Kept;
use super::{Mirror, OwnedValue};
use crate::byte_budget::{mapped, root};

/// Between the places of two who follow each other, so that others fit between.
const GAP: u64 = 1 << 32;
/// Steps from an end of the queue for which a place is looked for. A caller who is put further
/// inside stands at the end, until the next list.
const FAR: usize = 512;

/// A caller's place among those of the queue; `None`: not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place(pub(super) Option<u64>);

/// The cost in the queue, but for the text.
impl Kept for Place {
    fn kept(&self) -> usize {
        mapped::<u64, OwnedValue>()
    }
}

impl Kept for u64 {
    fn kept(&self) -> usize {
        0
    }
}

impl Kept for BTreeMap<u64, OwnedValue> {
    fn kept(&self) -> usize {
        root::<u64, OwnedValue>()
    }
}

impl Queue {
    /// Callers of whom the mirror knows nothing but that they wait: they stand in front.
    fn unknown(&self) -> usize {
        let calls = self.calls.and_then(|calls| usize::try_from(calls).ok());
        calls.unwrap_or(0).saturating_sub(self.order.len())
    }

    /// The unique ids of those who wait, with the position of each, from 1.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (usize, &OwnedValue)> {
        (1 + self.unknown()..).zip(self.order.values())
    }

    /// Puts a caller who comes at this position, or at the end, and who counts among the `calls`
    /// already. `None`: the places have no gap there, see [`Mirror::spread`].
    pub(super) fn join(&mut self, id: &[u8], position: Option<u64>) -> Option<Place> {
        let unknown = self.unknown().saturating_sub(1) as u64;
        self.place(id, position.map(|position| position.saturating_sub(unknown)))
    }

    /// Puts a caller at the position that a list tells, whose callers come in their order: it
    /// counts those with whom it was made.
    pub(super) fn list(&mut self, id: &[u8], position: Option<u64>) -> Option<Place> {
        self.place(id, position.map(|position| position.saturating_sub(self.skipped)))
    }

    /// Puts a caller at this position among those who are known, from 1, or at the end.
    fn place(&mut self, id: &[u8], position: Option<u64>) -> Option<Place> {
        let before = position.and_then(|position| usize::try_from(position.saturating_sub(1)).ok());
        let place = self.free(before.unwrap_or(usize::MAX))?;
        self.order.insert(place, OwnedValue::new(id));
        Some(Place(Some(place)))
    }

    /// A free place behind so many; `None`: there is no gap.
    fn free(&self, before: usize) -> Option<u64> {
        let (len, order) = (self.order.len(), &self.order);
        if before >= len || before.min(len - before) > FAR {
            return order.last_key_value().map_or(Some(GAP), |(last, _)| last.checked_add(GAP));
        }
        let next =
            if before <= len - before { order.keys().nth(before) } else { order.keys().nth_back(len - before - 1) };
        let next = *next?;
        let previous = order.range(..next).next_back().map_or(0, |(previous, _)| *previous);
        (next - previous > 1).then(|| previous + (next - previous) / 2)
    }
}

impl Mirror {
    /// Makes gaps between the places of a queue's callers again.
    pub(super) fn spread(&mut self, name: &[u8]) {
        let mut order = BTreeMap::new();
        self.with_queue(name, |queue| order = core::mem::take(&mut queue.order));
        let order: BTreeMap<u64, OwnedValue> = (1..).map(|place: u64| place * GAP).zip(order.into_values()).collect();
        for (place, id) in &order {
            self.with_caller(name, id.as_bytes(), |caller| caller.order = Place(Some(*place)));
        }
        self.with_queue(name, |queue| queue.order = order);
    }
}
