//! The order in which callers wait: positions are counted when they are asked for, so that those
//! behind one who leaves move up at once and without work.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use super::fields::Queue;
use super::thing::Kept;
use super::{Mirror, OwnedValue};
use crate::byte_budget::{mapped, root};
use crate::steps::count;

/// Between the places of two who follow each other, so that others fit between.
const GAP: u64 = 1 << 32;
/// Steps from an end of the queue for which a place is looked for. A caller who is put further
/// inside stands at the end, and the order is doubtful until the next list.
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
    /// already.
    ///
    /// # Errors
    /// A place beside which there is no gap: see [`Mirror::spread`].
    pub(super) fn join(&mut self, id: &[u8], position: Option<u64>) -> Result<Place, u64> {
        let before = self.before(position);
        self.place(id, before)
    }

    /// Puts a caller at the position that a list tells, whose callers come in their order: it
    /// counts those with whom it was made.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub(super) fn list(&mut self, id: &[u8], position: Option<u64>) -> Result<Place, u64> {
        let position = position.map(|position| position.saturating_sub(self.skipped));
        self.place(id, known(position))
    }

    /// Returns whether a caller who comes at this position stands too far inside for a place there.
    pub(super) fn is_far(&self, position: Option<u64>) -> bool {
        let (before, len) = (self.before(position), self.order.len());
        before < len && before.min(len - before) > FAR
    }

    /// Returns the number of known callers before one who comes at this position.
    fn before(&self, position: Option<u64>) -> usize {
        let unknown = self.unknown().saturating_sub(1) as u64;
        known(position.map(|position| position.saturating_sub(unknown)))
    }

    /// Puts a caller behind so many who are known.
    fn place(&mut self, id: &[u8], before: usize) -> Result<Place, u64> {
        let place = self.free(before)?;
        self.order.insert(place, OwnedValue::new(id));
        Ok(Place(Some(place)))
    }

    /// Returns a free place behind so many.
    fn free(&self, before: usize) -> Result<u64, u64> {
        let (len, order) = (self.order.len(), &self.order);
        if before >= len || before.min(len - before) > FAR {
            return order.last_key_value().map_or(Ok(GAP), |(last, _)| last.checked_add(GAP).ok_or(*last));
        }
        let next =
            if before <= len - before { order.keys().nth(before) } else { order.keys().nth_back(len - before - 1) };
        let next = next.copied().unwrap_or(GAP);
        let previous = order.range(..next).next_back().map_or(0, |(previous, _)| *previous);
        if next - previous > 1 { Ok(previous + (next - previous) / 2) } else { Err(next) }
    }

    /// Returns the smallest range around a place in which there is room to spread those who stand
    /// in it, with their number. Ranges are of powers of two, and each may be filled by a smaller
    /// share than those inside it: so however callers come, each is moved some dozens of times in
    /// all, by the square of the logarithm of their number.
    fn crowd(&self, place: u64) -> (RangeInclusive<u64>, u64) {
        let mut below = self.order.range(..place).rev().map(|(place, _)| *place).peekable();
        let mut above = self.order.range(place..).map(|(place, _)| *place).peekable();
        let (mut standing, mut room) = (0_u64, 1_u64);
        for bits in 1..u64::BITS {
            let mask = (1 << bits) - 1;
            let range = place & !mask..=place | mask;
            while below.next_if(|place| range.contains(place)).is_some() {
                standing += 1;
            }
            while above.next_if(|place| range.contains(place)).is_some() {
                standing += 1;
            }
            // Four thirds for each power of two.
            room = room.saturating_add((room / 3).max(u64::from(bits % 2 == 0)));
            if standing < room && mask / (standing + 1) > 1 {
                return (range, standing);
            }
        }
        (0..=u64::MAX, self.order.len() as u64)
    }
}

/// Returns the number of those before a position, from 1; before the end, all.
fn known(position: Option<u64>) -> usize {
    position.and_then(|position| usize::try_from(position.saturating_sub(1)).ok()).unwrap_or(usize::MAX)
}

impl Mirror {
    /// Makes gaps again beside a place of a queue's callers.
    pub(super) fn spread(&mut self, name: &[u8], place: u64) {
        let mut moved = Vec::new();
        self.with_queue(name, |queue| {
            let (range, standing) = queue.crowd(place);
            let gap = (range.end() - range.start()) / (standing + 1);
            let places: Vec<u64> = queue.order.range(range.clone()).map(|(place, _)| *place).collect();
            let ids: Vec<_> = places.iter().filter_map(|place| queue.order.remove(place)).collect();
            moved = (1..).map(|number: u64| range.start() + number * gap).zip(ids).collect();
            queue.order.extend(moved.iter().cloned());
        });
        count(|steps| steps.moved += moved.len());
        for (place, id) in moved {
            self.with_caller(name, id.as_bytes(), |caller| caller.order = Place(Some(place)));
        }
    }
}
