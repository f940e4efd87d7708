//! Lists of what happened in a call. At a limit the oldest go from the front, and places in them,
//! which the books have, count on.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

use super::OwnedValue;
use super::call::Call;
use super::cost::Kept;
use super::history::{DetailRecord, Dial, Digit, Parking, QueueWait, Recording, Room, Span, Stay, Transfer, Variable};
use crate::steps;

/// A list from whose front elements go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List<T> {
    kept: Vec<T>,
    /// Number of elements that have gone.
    gone: usize,
}

/// A list that was put behind another: what becomes of places in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    from: usize,
    to: usize,
}

impl Shift {
    /// Returns the new place; `None`: what was there has gone.
    pub(super) fn of(self, place: usize) -> Option<usize> {
        Some(place.checked_sub(self.from)? + self.to)
    }
}

impl<T> List<T> {
    pub(super) const fn new() -> Self {
        Self { kept: Vec::new(), gone: 0 }
    }

    /// Adds an element, and gives its place.
    pub(super) fn push(&mut self, element: T) -> usize {
        self.kept.push(element);
        self.gone + self.kept.len() - 1
    }

    /// Returns the element that has this place, unless it has gone.
    pub(super) fn at(&mut self, place: usize) -> Option<&mut T> {
        self.kept.get_mut(place.checked_sub(self.gone)?)
    }

    /// Returns the place of the last element.
    pub(super) fn last_place(&self) -> Option<usize> {
        Some(self.gone + self.kept.len().checked_sub(1)?)
    }

    /// Takes the last element to the place of this one, which goes.
    pub(super) fn swap_remove(&mut self, place: usize) -> Option<T> {
        let index = place.checked_sub(self.gone).filter(|index| *index < self.kept.len())?;
        Some(self.kept.swap_remove(index))
    }

    /// Takes the oldest out, so many, each with its place.
    pub(super) fn shed(&mut self, count: usize, mut each: impl FnMut(usize, T)) {
        let first = self.gone;
        self.gone += shed(&mut self.kept, count, |index, element| each(first + index, element));
    }

    /// Puts another list behind this one.
    pub(super) fn join(&mut self, mut other: Self) -> Shift {
        let shift = Shift { from: other.gone, to: self.gone + self.kept.len() };
        self.kept.append(&mut other.kept);
        shift
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.kept
    }
}

impl<T> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.kept
    }
}

/// Takes the first out, so many, and the room that is far more than the others need. Returns the
/// number of those that were there.
pub(super) fn shed<T>(list: &mut Vec<T>, count: usize, mut each: impl FnMut(usize, T)) -> usize {
    steps::count(|steps| steps.moved += list.len());
    let count = count.min(list.len());
    list.drain(..count).enumerate().for_each(|(index, element)| each(index, element));
    if list.capacity() > 4 * list.len() {
        list.shrink_to(2 * list.len());
    }
    count
}

/// Names a list: of the call, or of one of its legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    Former,
    Dials,
    Transfers,
    Queues,
    Parkings,
    Rooms,
    Recordings,
    Variables,
    Records,
    Holds,
    Stays,
    Digits,
}

/// Names the list whose front is the oldest of what the call has, in [`Call::order`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) of: Of,
    /// Place of the leg; of a list of the call, 0.
    pub(super) leg: u32,
}

impl Place {
    pub(super) fn new(of: Of, leg: usize) -> Self {
        let leg = if of >= Of::Holds { u32::try_from(leg).unwrap_or(u32::MAX) } else { 0 };
        Self { of, leg }
    }

    /// Says whether it is of a leg.
    pub(super) fn is_of_leg(self) -> bool {
        self.of >= Of::Holds
    }
}

/// The order in which the marks of a call came, by their lists.
pub(super) type Order = VecDeque<Place>;

/// Something that happens in a call, or to a leg of it: a mark.
pub(super) trait Mark: Kept {
    const OF: Of;

    /// Puts it into its list, and gives the place.
    fn put(self, call: &mut Call, leg: usize) -> Option<usize>;
}

macro_rules! marks {
    (call { $($type:ty => $of:ident $list:ident,)+ } leg { $($leg_type:ty => $leg_of:ident $leg_list:ident,)+ }) => {
        $(impl Mark for $type {
            const OF: Of = Of::$of;

            fn put(self, call: &mut Call, _: usize) -> Option<usize> {
                Some(call.$list.push(self))
            }
        })+
        $(impl Mark for $leg_type {
            const OF: Of = Of::$leg_of;

            fn put(self, call: &mut Call, leg: usize) -> Option<usize> {
                let leg = call.legs.get_mut(leg)?;
                leg.$leg_list.push(self);
                Some(leg.$leg_list.len() - 1)
            }
        })+
    };
}

marks! {
    call {
        OwnedValue => Former former,
        Dial => Dials dials,
        Transfer => Transfers transfers,
        QueueWait => Queues queues,
        Parking => Parkings parkings,
        Room => Rooms rooms,
        Recording => Recordings recordings,
        Variable => Variables variables,
        DetailRecord => Records records,
    }
    leg {
        Span => Holds holds,
        Stay => Stays stays,
        Digit => Digits digits,
    }
}
