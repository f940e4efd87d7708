//! Eviction at the limits of a call: the oldest of its legs and of its marks go, a part of them at
//! once, so that each one more costs a few steps however many there are.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::mem;

use super::call::Call;
use super::channel_index::{Books, Channel};
use super::cost::{Kept, MARK};
use super::history::Leg;
use super::list::{Of, Place, shed};
use super::{OwnedValue, Tracker};
use crate::steps::count;

/// One of so many goes at once.
const SHARE: usize = 64;

impl Tracker {
    /// Makes room for one leg more in a call. Returns whether there may be any.
    pub(super) fn make_room_for_leg(&mut self, group: Option<u64>) -> bool {
        let most = self.limits.max_legs();
        let full = group.and_then(|group| self.calls.get(&group)).filter(|call| most > 0 && call.legs.len() >= most);
        if let Some((group, legs)) = full.map(|call| (call.group, call.legs.len())) {
            _ = self.drop_legs(group, legs + 1 - most);
        }
        most > 0
    }

    /// Gives up the oldest legs of a call, so many or a few more: those that have ended first, and
    /// the one that the call began with only where there may be no other.
    /// Returns whether there were any.
    pub(super) fn drop_legs(&mut self, group: u64, at_least: usize) -> bool {
        let most = self.limits.max_legs();
        let Some(call) = self.calls.get(&group) else { return false };
        count(|steps| steps.moved += call.legs.len());
        let kept = call.first().map(|leg| leg.order).filter(|_| most > 1);
        let age = |(place, leg): (usize, &Leg)| (leg.ended.is_none(), leg.order, place);
        let mut ages: Vec<_> =
            call.legs.iter().enumerate().map(age).filter(|(_, order, _)| Some(*order) != kept).collect();
        let ended = ages.iter().filter(|(living, ..)| !living).count();
        let more = if ended >= at_least { ended } else { usize::MAX };
        let goes = at_least.max(call.legs.len() / SHARE).min(more).min(ages.len());
        if goes == 0 {
            return false;
        }
        if goes < ages.len() {
            ages.select_nth_unstable(goes);
            ages.truncate(goes);
        }
        let living: Vec<_> = ages.iter().filter(|(living, ..)| *living).collect();
        let living = living.into_iter().filter_map(|(.., place)| call.legs.get(*place)).filter(|leg| !leg.guest);
        let living: Vec<_> = living.map(|leg| leg.unique_id.clone()).collect();
        for unique_id in living {
            self.leave_as_guest(unique_id.as_bytes(), None, self.last);
            self.agent(unique_id.as_bytes(), false);
            self.gone.insert(unique_id, None);
        }
        let Self { losses, books, calls, .. } = self;
        let Some(call) = calls.get_mut(&group) else { return false };
        // The new place of each.
        let mut places: Vec<Option<usize>> = (0..call.legs.len()).map(Some).collect();
        for (.., place) in &ages {
            places[*place] = None;
        }
        for (next, place) in places.iter_mut().flatten().enumerate() {
            *place = next;
        }
        for (leg, place) in mem::take(&mut call.legs).into_iter().zip(&places) {
            match place {
                Some(place) if leg.guest && leg.ended.is_none() => books.move_guest(&leg, group, *place),
                Some(place) if leg.ended.is_none() => books.move_leg(&leg, *place),
                Some(_) => {}
                None => {
                    losses.legs += 1;
                    books.budget.give_back(leg.cost());
                    if leg.guest {
                        books.part(&leg);
                    } else if leg.ended.is_none() {
                        call.alive -= 1;
                        books.remove_channel(&leg);
                    }
                    continue;
                }
            }
            call.legs.push(leg);
        }
        let marks = call.order.len();
        call.order.retain_mut(|mark| {
            let place = if mark.is_of_leg() { places.get(mark.leg as usize).copied().flatten() } else { Some(0) };
            *mark = Place::new(mark.of, place.unwrap_or_default());
            place.is_some()
        });
        books.budget.give_back((marks - call.order.len()) * MARK);
        true
    }

    /// Gives up something of a call for its own bytes: legs that have ended, then marks, then legs
    /// that live. Returns whether there was anything.
    pub(super) fn drop_oldest(&mut self, group: u64) -> bool {
        let Some(call) = self.calls.get(&group) else { return false };
        let ended = call.alive < call.legs.len();
        ended && self.drop_legs(group, 1) || self.drop_marks(group, 1) || self.drop_legs(group, 1)
    }

    /// Makes room for one mark more in a call. Returns whether there may be any.
    pub(super) fn make_room_for_mark(&mut self, group: u64) -> bool {
        let most = self.limits.max_marks();
        let marks = self.calls.get(&group).map_or(0, |call| call.order.len());
        if most > 0 && marks >= most {
            _ = self.drop_marks(group, marks + 1 - most);
        }
        most > 0
    }

    /// Gives up the oldest marks of a call, so many or a few more. Returns whether there were any.
    pub(super) fn drop_marks(&mut self, group: u64, at_least: usize) -> bool {
        let Self { losses, books, calls, .. } = self;
        let Some(call) = calls.get_mut(&group) else { return false };
        let goes = at_least.max(call.order.len() / SHARE).min(call.order.len());
        losses.marks += goes as u64;
        books.budget.give_back(goes * MARK);
        let mut lists = BTreeMap::<Place, usize>::new();
        call.order.drain(..goes).for_each(|place| *lists.entry(place).or_default() += 1);
        if call.order.capacity() > 4 * call.order.len() {
            call.order.shrink_to(2 * call.order.len());
        }
        for (place, goes) in lists {
            drop_from(call, books, place, goes);
        }
        goes > 0
    }
}

/// Takes the oldest out of a list, and out of the books what they have of them.
fn drop_from(call: &mut Call, books: &mut Books, Place { of, leg }: Place, goes: usize) {
    let group = call.group;
    match of {
        Of::Former => call.former.shed(goes, |place, id| {
            books.budget.give_back(id.cost());
            if books.linked.get(&id).is_some_and(|linked| linked.former == Some(place)) {
                books.unlink(&id, group);
            }
        }),
        Of::Dials => call.dials.shed(goes, |place, dial| {
            books.budget.give_back(dial.cost());
            books.with(&dial.to, group, |channel| pop(&mut channel.dials, place));
            if let Some(from) = &dial.from {
                books.with(from, group, |channel| pop(&mut channel.dialled, place));
            }
        }),
        Of::Recordings => call.recordings.shed(goes, |place, recording| {
            books.budget.give_back(recording.cost());
            books.with(&recording.channel, group, |channel| pop(&mut channel.recordings, place));
        }),
        Of::Variables => call.variables.shed(goes, |place, variable| {
            books.budget.give_back(variable.cost());
            books.with(&variable.channel, group, |channel| channel.variables.retain(|(_, known)| *known != place));
        }),
        Of::Transfers => call.transfers.shed(goes, |_, mark| books.budget.give_back(mark.cost())),
        Of::Queues => call.queues.shed(goes, |_, mark| books.budget.give_back(mark.cost())),
        Of::Parkings => call.parkings.shed(goes, |_, mark| books.budget.give_back(mark.cost())),
        Of::Rooms => call.rooms.shed(goes, |_, mark| books.budget.give_back(mark.cost())),
        Of::Records => call.records.shed(goes, |_, mark| books.budget.give_back(mark.cost())),
        Of::Holds | Of::Stays | Of::Digits => {
            let Some(leg) = call.legs.get_mut(leg as usize) else { return };
            match of {
                Of::Holds => _ = shed(&mut leg.holds, goes, |_, mark| books.budget.give_back(mark.cost())),
                Of::Digits => _ = shed(&mut leg.digits, goes, |_, mark| books.budget.give_back(mark.cost())),
                _ => {
                    let Leg { stays, stays_gone, unique_id, .. } = leg;
                    *stays_gone += shed(stays, goes, |_, stay| {
                        books.budget.give_back(stay.cost());
                        if stay.span.end.is_none() {
                            books.leave(&stay.bridge, unique_id);
                        }
                    });
                }
            }
        }
    }
}

/// Forgets the oldest place, where it is this one.
fn pop(places: &mut VecDeque<usize>, place: usize) {
    if places.front() == Some(&place) {
        places.pop_front();
    }
}

impl Books {
    /// Changes what is known of a channel that lives and is of this group.
    fn with(&mut self, unique_id: &OwnedValue, group: u64, change: impl FnOnce(&mut Channel)) {
        if let Some(channel) = self.channels.get_mut(unique_id).filter(|channel| channel.group == group) {
            change(channel);
        }
    }
}
