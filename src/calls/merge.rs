//! How two calls become one: the smaller moves into the larger, so that what n calls have moves
//! log n times at the most.

use alloc::vec::Vec;
use core::mem;

use super::books::{Books, Linked, Shift, Shifts};
use super::cost::{Kept, optional};
use super::{OwnedValue, Tracker};
use crate::byte_budget::ByteBudget;
use crate::steps::count;

impl Tracker {
    /// Makes the calls of two groups one: the one that began first, under `linked_id` or its own.
    /// What doesn't fit is dropped and counted.
    ///
    /// A linked id that the server didn't tell was made of a unique id: it is no former one.
    #[expect(clippy::too_many_lines, reason = "one line a field of what is united")]
    pub(super) fn merge(&mut self, one: u64, two: u64, linked_id: Option<&[u8]>) {
        let Self { limits, losses, books, calls, .. } = self;
        let (Some(one), Some(two)) = (books.groups.get(&one), books.groups.get(&two)) else { return };
        let (older, younger) = (*one.min(two), *one.max(two));
        if older == younger {
            return;
        }
        // The login of an agent takes part in no call but its own.
        let login = |number| calls.get(&number).is_some_and(|call| call.agents > 0);
        if login(older) || login(younger) {
            return;
        }
        let (Some(mut taken), Some(call)) = (calls.remove(&younger), calls.get_mut(&older)) else { return };
        let dropped = (!taken.told).then(|| taken.linked_id.clone());
        let told = call.told || taken.told || linked_id.is_some();
        let (mut shared, source) = (taken.shared.take(), call.source);
        books.budget.give_back(optional(shared.as_ref()));
        if call.shared.is_none() {
            books.budget.add(optional(shared.as_ref()));
            call.shared = shared.take();
        }
        let current = linked_id.map_or_else(|| call.linked_id.clone(), OwnedValue::new);
        let start = call.start.min(taken.start);
        if taken.weight() > call.weight() {
            mem::swap(call, &mut taken);
            call.source = source;
        }
        call.told = told;
        (call.number, call.start, call.heard) = (older, start, call.heard.max(taken.heard));
        books.groups.remove(&taken.group);
        books.groups.insert(call.group, older);
        books.budget.give_back(taken.cost() + Books::GROUP);
        count(|steps| steps.moved += taken.weight());

        let group = call.group;
        let mut free = limits.max_marks().saturating_sub(call.marks);
        for id in taken.former.into_iter().chain([taken.linked_id]) {
            if free == 0 {
                books.unlink(&id, taken.group);
                losses.marks += 1;
                continue;
            }
            free -= 1;
            // One that an agent's login has, or had, is not the call's own.
            if books.linked.get(&id).is_some_and(|linked| linked.group == taken.group) {
                books.link(&id, Linked { group, former: Some(call.former.len()) });
            }
            books.budget.add(id.cost());
            call.former.push(id);
        }
        if let Some(place) = books.linked.get(&current).and_then(|linked| linked.former) {
            if let Some(former) = call.former.get_mut(place) {
                books.link(&call.linked_id, Linked { group, former: Some(place) });
                books.link(&current, Linked { group, former: None });
                mem::swap(&mut call.linked_id, former);
            }
        }

        let of_group =
            |books: &Books, id: &OwnedValue| books.linked.get(id).filter(|linked| linked.group == group).copied();
        if let Some(place) = dropped.and_then(|id| of_group(books, &id)).and_then(|linked| linked.former) {
            let id = call.former.swap_remove(place);
            books.unlink(&id, group);
            books.budget.give_back(id.cost());
            free += 1;
            if let Some(moved) = call.former.get(place).filter(|moved| of_group(books, moved).is_some()) {
                books.link(moved, Linked { group, former: Some(place) });
            }
        }

        let dropped = &mut losses.marks;
        let budget = &mut books.budget;
        let shifts = Shifts {
            dials: join(&mut call.dials, taken.dials, &mut free, dropped, budget),
            queues: join(&mut call.queues, taken.queues, &mut free, dropped, budget),
            parkings: join(&mut call.parkings, taken.parkings, &mut free, dropped, budget),
            rooms: join(&mut call.rooms, taken.rooms, &mut free, dropped, budget),
            recordings: join(&mut call.recordings, taken.recordings, &mut free, dropped, budget),
            variables: join(&mut call.variables, taken.variables, &mut free, dropped, budget),
        };
        join(&mut call.records, taken.records, &mut free, dropped, budget);
        join(&mut call.transfers, taken.transfers, &mut free, dropped, budget);
        for mut leg in taken.legs {
            if call.legs.len() >= limits.max_legs() {
                // The id of one that has ended may be another's by now.
                if leg.guest {
                    books.part(&leg);
                } else if leg.ended.is_none() {
                    books.remove_channel(&leg);
                }
                losses.legs += 1;
                continue;
            }
            cut(&mut leg.holds, &mut free, dropped);
            cut(&mut leg.digits, &mut free, dropped);
            for stay in cut(&mut leg.stays, &mut free, dropped).iter().filter(|stay| stay.span.end.is_none()) {
                books.leave(&stay.bridge, &leg.unique_id);
            }
            if leg.guest && leg.ended.is_none() {
                books.move_guest(&leg, group, call.legs.len());
            } else if leg.ended.is_none() {
                call.alive += 1;
                books.move_channel(&leg, group, call.legs.len(), &shifts);
            }
            books.budget.add(leg.cost());
            call.legs.push(leg);
        }
        call.marks = limits.max_marks() - free;
        // Only legs that live make two calls one, but the ones that were dropped may have been
        // those.
        if call.alive == 0 {
            let at = call.legs.iter().filter_map(|leg| leg.ended).max().unwrap_or(call.start);
            self.finish(older, Some(at));
        }
    }
}

/// Cuts a list to what is free, and gives what was cut.
fn cut<T>(list: &mut Vec<T>, free: &mut usize, dropped: &mut u64) -> Vec<T> {
    let more = list.split_off(list.len().min(*free));
    list.shrink_to_fit();
    *free -= list.len();
    *dropped += more.len() as u64;
    more
}

/// Puts a list behind another, as far as there is room.
fn join<T: Kept>(
    list: &mut Vec<T>,
    mut more: Vec<T>,
    free: &mut usize,
    dropped: &mut u64,
    budget: &mut ByteBudget,
) -> Shift {
    cut(&mut more, free, dropped);
    budget.add(more.iter().map(Kept::cost).sum());
    let shift = Shift { by: list.len(), kept: more.len() };
    list.append(&mut more);
    shift
}
