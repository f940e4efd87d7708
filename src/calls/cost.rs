//! Costs of all that a call keeps, in bytes, a little above the truth.

use alloc::boxed::Box;

use super::OwnedValue;
use super::call::Call;
use super::dialplan::Moved;
use super::history::{
    DetailRecord, Dial, Digit, Leg, Parking, QueueOutcome, QueueWait, Recording, Room, Span, Stay, Transfer, Variable,
};
use super::list::Place;
use crate::byte_budget::{self, listed};

/// Bytes of a mark beside its own: its place in the order in which they came.
pub(super) const MARK: usize = listed::<Place>();

/// Something that a call keeps in a list.
pub(super) trait Kept: Sized {
    /// Bytes beside its place in the list.
    fn beside(&self) -> usize;

    /// Bytes that it costs.
    fn cost(&self) -> usize {
        listed::<Self>() + self.beside()
    }
}

/// Has what is kept cost its texts, and so many places in the books.
macro_rules! kept {
    ($($type:ty, $places:literal: |$this:ident| [$($text:expr),*];)+) => {$(
        impl Kept for $type {
            fn beside(&self) -> usize {
                let $this = self;
                $places * listed::<usize>() $(+ byte_budget::text($text))*
            }
        }
    )+};
}

kept! {
    OwnedValue, 0: |text| [text];
    Span, 0: |_span| [];
    Digit, 0: |_digit| [];
    Stay, 0: |stay| [&stay.bridge];
    Parking, 0: |parking| [&parking.parked, &parking.lot, &parking.space];
    Room, 0: |room| [&room.conference, &room.channel];
    Variable, 2: |variable| [&variable.channel, &variable.name, &variable.value];
    DetailRecord, 0: |record| [&record.channel, &record.destination, &record.disposition];
}

impl Kept for Recording {
    fn beside(&self) -> usize {
        listed::<usize>() + byte_budget::text(&self.channel) + optional(self.file.as_ref())
    }
}

impl Kept for Dial {
    /// The books have its place twice.
    fn beside(&self) -> usize {
        let texts = [&self.from, &self.string, &self.status, &self.forwarded_to].map(Option::as_ref);
        2 * listed::<usize>() + byte_budget::text(&self.to) + texts.into_iter().map(optional).sum::<usize>()
    }
}

impl Kept for Transfer {
    fn beside(&self) -> usize {
        byte_budget::text(&self.by) + byte_budget::text(&self.target) + optional(self.result.as_ref())
    }
}

impl Kept for QueueWait {
    fn beside(&self) -> usize {
        byte_budget::text(&self.queue)
            + byte_budget::text(&self.caller)
            + self.outcome.as_ref().map_or(0, QueueOutcome::beside)
    }
}

impl QueueOutcome {
    /// Bytes of its text.
    pub(super) fn beside(&self) -> usize {
        optional(self.agent())
    }
}

impl Moved {
    /// Bytes that it costs.
    pub(super) fn cost(&self) -> usize {
        size_of::<Self>() + byte_budget::BLOCK + byte_budget::text(&self.exten) + byte_budget::text(&self.context)
    }
}

impl Kept for Leg {
    fn beside(&self) -> usize {
        let texts = super::marks::FACTS.map(|fact| optional(self.fact(fact)));
        byte_budget::text(&self.channel)
            + byte_budget::text(&self.unique_id)
            + texts.iter().sum::<usize>()
            + optional(self.other.as_ref())
            + self.moved.as_ref().map_or(0, |moved| moved.cost())
            + sum(&self.holds)
            + sum(&self.stays)
            + sum(&self.digits)
    }
}

impl Call {
    /// Bytes of a call without its texts and lists.
    pub(super) const OWN: usize = byte_budget::mapped::<u64, Box<Self>>() + size_of::<Self>() + byte_budget::BLOCK;

    /// Bytes that it costs.
    pub(super) fn cost(&self) -> usize {
        let Self { former, legs, dials, transfers, queues, parkings, rooms, recordings, variables, records, .. } = self;
        let happened = sum(dials) + sum(transfers) + sum(queues) + sum(parkings) + sum(rooms) + sum(recordings);
        let told = sum(former) + sum(variables) + sum(records) + optional(self.shared.as_ref());
        Self::OWN + byte_budget::text(&self.linked_id) + sum(legs) + happened + told + self.order.len() * MARK
    }
}

fn sum<T: Kept>(list: &[T]) -> usize {
    list.iter().map(Kept::cost).sum()
}

pub(super) fn optional(text: Option<&OwnedValue>) -> usize {
    text.map_or(0, byte_budget::text)
}
