//! Merges two calls: the smaller one moves into the larger one, so that each element of n calls
//! moves at most log n times.

use core::mem;

use super::call::Call;
use super::channel_index::{Books, Linked, Shifts};
use super::cost::{Kept, MARK, optional};
use super::list::{Of, Place};
use super::{OwnedValue, Tracker};
use crate::byte_budget;
use crate::steps::count;

impl Tracker {
    /// Merges the calls of two groups into the one that began first, under `linked_id` or under
    /// that call's own id. If this exceeds a limit, the oldest elements are dropped and counted.
    ///
    /// A linked id that was made from a unique id, because the server sent none, does not become a
    /// former linked id.
    pub(super) fn merge(&mut self, one: u64, two: u64, linked_id: Option<&[u8]>) {
        let Self { limits, books, calls, .. } = self;
        let (Some(first), Some(second)) = (calls.get(&one), calls.get(&two)) else { return };
        // An agent's login is never merged with another call.
        if one == two || first.agents > 0 || second.agents > 0 {
            return;
        }
        let (older, younger) = if first.number < second.number { (one, two) } else { (two, one) };
        let (Some(mut taken), Some(mut call)) = (calls.remove(&younger), calls.remove(&older)) else { return };
        let dropped = (!taken.told).then(|| taken.linked_id.clone());
        let told = call.told || taken.told || linked_id.is_some();
        let (shared, other, source) = (call.shared.take(), taken.shared.take(), call.source);
        let other = if shared.is_some() {
            books.budget.give_back(optional(other.as_ref()));
            None
        } else {
            other
        };
        let current = linked_id.map_or_else(|| call.linked_id.clone(), OwnedValue::new);
        let start = call.start.min(taken.start);
        let number = call.number;
        books.ages.remove(&taken.number);
        if taken.weight() > call.weight() {
            mem::swap(&mut call, &mut taken);
            call.source = source;
        }
        (call.told, call.shared) = (told, shared.or(other));
        (call.number, call.start, call.heard) = (number, start, call.heard.max(taken.heard));
        books.ages.insert(number, call.group);
        // The marks and legs cost as much in the other call as here.
        books.budget.give_back(Call::OWN + byte_budget::text(&taken.linked_id) + Books::GROUP);
        count(|steps| steps.moved += taken.weight());

        let (group, legs) = (call.group, call.legs.len());
        call.order.extend(taken.order.iter().map(|place| Place::new(place.of, place.leg as usize + legs)));
        call.order.extend([Place::new(Of::Former, 0)]);
        let mut former = taken.former;
        books.budget.add(taken.linked_id.cost() + MARK);
        former.push(taken.linked_id);
        former.shed(usize::MAX, |_, id| {
            // An id that an agent's login has, or had, is not the call's own.
            let own = books.linked.get(&id).is_some_and(|linked| linked.group == taken.group);
            let link = own.then(|| id.clone());
            let place = call.former.push(id);
            if let Some(id) = link {
                books.link(&id, Linked { group, former: Some(place) });
            }
        });
        if let Some(place) = books.linked.get(&current).and_then(|linked| linked.former) {
            if let Some(former) = call.former.at(place) {
                books.link(&call.linked_id, Linked { group, former: Some(place) });
                books.link(&current, Linked { group, former: None });
                mem::swap(&mut call.linked_id, former);
            }
        }

        let of_group =
            |books: &Books, id: &OwnedValue| books.linked.get(id).filter(|linked| linked.group == group).copied();
        let dropped = dropped.and_then(|id| of_group(books, &id)).and_then(|linked| linked.former);
        if let Some((place, id)) = dropped.and_then(|place| Some((place, call.former.swap_remove(place)?))) {
            books.unlink(&id, group);
            books.budget.give_back(id.cost() + MARK);
            call.order.pop_back();
            if let Some(moved) = call.former.at(place).filter(|moved| of_group(books, moved).is_some()) {
                books.link(moved, Linked { group, former: Some(place) });
            }
        }

        let shifts = Shifts {
            dials: call.dials.join(taken.dials),
            queues: call.queues.join(taken.queues),
            parkings: call.parkings.join(taken.parkings),
            rooms: call.rooms.join(taken.rooms),
            recordings: call.recordings.join(taken.recordings),
            variables: call.variables.join(taken.variables),
        };
        call.records.join(taken.records);
        call.transfers.join(taken.transfers);
        call.alive += taken.alive;
        for leg in taken.legs {
            if leg.ended.is_none() && leg.guest {
                books.move_guest(&leg, group, call.legs.len());
            } else if leg.ended.is_none() {
                books.move_channel(&leg, group, call.legs.len(), &shifts);
            }
            call.legs.push(leg);
        }
        let legs = call.legs.len().saturating_sub(limits.max_legs());
        let marks = call.order.len().saturating_sub(limits.max_marks());
        calls.insert(group, call);
        if legs > 0 {
            self.drop_legs(group, legs);
        }
        if marks > 0 {
            self.drop_marks(group, marks);
        }
        // Only living legs cause a merge, but they may have been among the dropped ones.
        if let Some(call) = self.calls.get(&group).filter(|call| call.alive == 0) {
            let at = call.legs.iter().filter_map(|leg| leg.ended).max().unwrap_or(call.start);
            self.finish(group, Some(at));
        }
    }
}
