//! Marks of a channel within a call: dials, holds, stays in bridges, waits in queues, parkings.

use alloc::boxed::Box;
use core::time::Duration;

use super::call::Call;
use super::channel_index::{Books, Channel};
use super::dialplan::{DialplanPlace, Moved};
use super::history::{Dial, Leg, Parking, ParkingEnd, QueueOutcome, QueueWait, Span, Stay};
use super::{OwnedValue, Tracker};
use crate::byte_budget;

/// Number of a call's latest parkings that a late event may be about.
const LATEST: usize = 8;

/// A text property of a channel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    Number,
    Name,
    ConnectedNumber,
    ConnectedName,
    Account,
    Exten,
    Context,
    Application,
    DialStatus,
    /// The queue for which the channel runs `Queue`.
    Queue,
}

pub(super) const FACTS: [Fact; 10] = [
    Fact::Number,
    Fact::Name,
    Fact::ConnectedNumber,
    Fact::ConnectedName,
    Fact::Account,
    Fact::Exten,
    Fact::Context,
    Fact::Application,
    Fact::DialStatus,
    Fact::Queue,
];

impl Leg {
    pub(super) const fn fact(&self, fact: Fact) -> Option<&OwnedValue> {
        match fact {
            Fact::Number => &self.number,
            Fact::Name => &self.name,
            Fact::ConnectedNumber => &self.connected_number,
            Fact::ConnectedName => &self.connected_name,
            Fact::Account => &self.account,
            Fact::Exten => &self.exten,
            Fact::Context => &self.context,
            Fact::Application => &self.application,
            Fact::DialStatus => &self.dial_status,
            Fact::Queue => &self.queue,
        }
        .as_ref()
    }

    const fn fact_mut(&mut self, fact: Fact) -> &mut Option<OwnedValue> {
        match fact {
            Fact::Number => &mut self.number,
            Fact::Name => &mut self.name,
            Fact::ConnectedNumber => &mut self.connected_number,
            Fact::ConnectedName => &mut self.connected_name,
            Fact::Account => &mut self.account,
            Fact::Exten => &mut self.exten,
            Fact::Context => &mut self.context,
            Fact::Application => &mut self.application,
            Fact::DialStatus => &mut self.dial_status,
            Fact::Queue => &mut self.queue,
        }
    }
}

impl Tracker {
    /// Renames a channel. A channel whose place another takes has its first name again from then
    /// on.
    pub(super) fn rename(&mut self, unique_id: &[u8], name: &[u8]) {
        if name.ends_with(b"<MASQ>") || self.leg(unique_id).is_some_and(|leg| leg.replaced) {
            return;
        }
        if name.ends_with(b"<ZOMBIE>") {
            let Some(leg) = self.leg(unique_id).filter(|leg| !leg.replaced) else { return };
            leg.replaced = true;
            let (id, name) = (leg.unique_id.clone(), leg.channel.clone());
            if let Some(first) = &mut leg.other {
                core::mem::swap(first, &mut leg.channel);
            }
            return self.books.unname(&name, &id);
        }
        let name = self.text(name);
        if !self.make_room_for_text(unique_id, 2 * byte_budget::text(&name)) {
            return;
        }
        let Some(leg) = self.leg(unique_id) else { return };
        let id = leg.unique_id.clone();
        let before = core::mem::replace(&mut leg.channel, name.clone());
        self.books.budget.add(byte_budget::text(&name));
        self.books.unname(&before, &id);
        self.books.name(&name, &id);
        if let Some(leg) = self.leg(unique_id).filter(|leg| leg.other.is_none()) {
            leg.other = Some(before);
        } else {
            self.books.budget.give_back(byte_budget::text(&before));
        }
    }

    /// Up to Asterisk 11, one channel takes the place of another. If the replaced channel is half
    /// of the very pair to which the other is connected, the pair is optimised away, and the
    /// conversation continues.
    pub(super) fn masquerade(&mut self, clone: &[u8], original: &[u8], at: Duration) {
        self.unite(clone, original);
        let Some(pair) = self.leg(original).and_then(|leg| leg.pair()).map(OwnedValue::new) else { return };
        // A channel that is in a conversation itself stays in it.
        if self.leg(original).is_some_and(|leg| leg.stays.last().is_some_and(|stay| stay.span.end.is_none())) {
            return;
        }
        let Some(stay) = self.leg(clone).and_then(|leg| leg.stays.last()).filter(|stay| stay.span.end.is_none()) else {
            return;
        };
        let bridge = stay.bridge.clone();
        for other in self.books.inside(bridge.as_bytes()) {
            let talks = other.as_bytes() != clone && other.as_bytes() != original;
            if !talks || self.leg(other.as_bytes()).is_none_or(|leg| leg.pair() != Some(pair.as_bytes())) {
                continue;
            }
            let left = self.books.leave(&bridge, &other);
            let leg = self.leg(other.as_bytes());
            if let Some(stay) = leg.zip(left).and_then(|(leg, place)| leg.stay(place)) {
                stay.carried = true;
            }
            self.enter(original, bridge.as_bytes(), true, true, at);
        }
    }

    /// Sets a text property of a channel, unless the text is empty.
    pub(super) fn set(&mut self, unique_id: &[u8], fact: Fact, text: &[u8]) {
        let cut = self.cut(text);
        let same = |leg: &mut Leg| leg.fact(fact).is_some_and(|known| known.as_bytes() == cut);
        if text.is_empty() || self.leg(unique_id).is_none_or(same) {
            return;
        }
        let text = self.text(text);
        let bytes = byte_budget::text(&text);
        if !self.make_room_for_text(unique_id, bytes) {
            return;
        }
        let Some(leg) = self.leg(unique_id) else { return };
        let before = leg.fact_mut(fact).replace(text).map_or(0, |before| byte_budget::text(&before));
        self.books.budget.add(bytes);
        self.books.budget.give_back(before);
    }

    /// A channel runs a step of the dialplan.
    pub(super) fn step_to(&mut self, unique_id: &[u8], exten: &[u8], context: &[u8], priority: u32) {
        let (known_exten, known_context) = (self.cut(exten), self.cut(context));
        let Some(leg) = self.leg(unique_id) else { return };
        let first = leg.priorities.1 == 0 && leg.moved.is_none();
        // The channel has no extension yet: take extension and context from the same step.
        let begins = leg.exten.is_none() && (first || !exten.is_empty());
        let there = leg.exten.as_ref().is_some_and(|there| there.as_bytes() == known_exten);
        if begins {
            self.set(unique_id, Fact::Exten, exten);
            self.set(unique_id, Fact::Context, context);
        } else if first && there {
            self.set_first(unique_id, Fact::Context, context);
        }
        let Some(leg) = self.leg(unique_id) else { return };
        let is = |place: DialplanPlace<'_>| {
            let same = |known: Option<&OwnedValue>, text: &[u8]| known.map_or(&b""[..], OwnedValue::as_bytes) == text;
            same(place.exten, known_exten) && same(place.context, known_context)
        };
        let (at_first, stays) = (is(leg.first_place()), is(leg.place()));
        if at_first && !stays {
            let before = leg.moved.take().map_or(0, |moved| moved.cost());
            self.books.budget.give_back(before);
        } else if !stays {
            let moved = Moved { exten: self.text(exten), context: self.text(context) };
            let bytes = moved.cost();
            if !self.make_room_for_text(unique_id, bytes) {
                return;
            }
            let Some(leg) = self.leg(unique_id) else { return };
            let before = leg.moved.replace(Box::new(moved)).map_or(0, |moved| moved.cost());
            self.books.budget.add(bytes);
            self.books.budget.give_back(before);
        }
        let Some(leg) = self.leg(unique_id) else { return };
        if at_first && (first || begins) {
            leg.priorities.0 = priority;
        }
        leg.priorities.1 = priority;
    }

    /// Sets a text property of a channel that has none yet.
    pub(super) fn set_first(&mut self, unique_id: &[u8], fact: Fact, text: &[u8]) {
        if self.leg(unique_id).is_some_and(|leg| leg.fact(fact).is_none()) {
            self.set(unique_id, fact, text);
        }
    }

    pub(super) fn hold(&mut self, unique_id: &[u8], held: bool, at: Duration) {
        let Some(leg) = self.leg(unique_id) else { return };
        let open = leg.holds.last_mut().filter(|span| span.end.is_none());
        match open {
            Some(span) if !held => span.close(at),
            None if held => {
                self.mark(unique_id, Span::from(at), 0);
            }
            _ => {}
        }
    }

    /// Returns a stay that begins now.
    pub(super) fn stay(&self, bridge: &[u8], mixing: bool, pair: bool, at: Duration) -> Stay {
        Stay {
            bridge: OwnedValue::new(bridge),
            mixing,
            pair,
            carried: false,
            span: Span::from(at),
            steps: (self.step, None),
        }
    }

    /// A channel enters a bridge; no effect if it is in that bridge already.
    pub(super) fn enter(&mut self, unique_id: &[u8], bridge: &[u8], mixing: bool, pair: bool, at: Duration) {
        if !self.is_id(bridge) {
            return;
        }
        let stay = self.stay(bridge, mixing, pair, at);
        let (unique_id, bridge) = (OwnedValue::new(unique_id), stay.bridge.clone());
        if self.books.is_inside(&bridge, &unique_id) {
            return;
        }
        let beside = Books::pair_cost(bridge.as_bytes(), unique_id.as_bytes());
        let place = self.mark(unique_id.as_bytes(), stay, beside);
        if let Some((place, leg)) = place.zip(self.leg(unique_id.as_bytes())) {
            let place = place + leg.stays_gone;
            self.books.enter(&bridge, &unique_id, place);
        }
    }

    pub(super) fn leave(&mut self, unique_id: &[u8], bridge: &[u8], at: Duration) {
        if self.leave_as_guest(unique_id, Some(bridge), at) {
            return;
        }
        let Some(place) = self.books.leave(&OwnedValue::new(bridge), &OwnedValue::new(unique_id)) else { return };
        let step = self.step;
        if let Some(stay) = self.leg(unique_id).and_then(|leg| leg.stay(place)) {
            stay.close(at, step);
        }
    }

    /// A dial begins. `ends_by_caller`: the event that ends it will name only the caller.
    pub(super) fn begin_dial(&mut self, dial: Dial, ends_by_caller: bool) {
        let (from, to) = (dial.from.clone(), dial.to.clone());
        let Some(place) = self.mark(to.as_bytes(), dial, 0) else { return };
        if let Some((_, channel)) = self.channel_mut(to.as_bytes()) {
            channel.dials.push_back(place);
        }
        let from = from.filter(|_| ends_by_caller);
        if let Some((_, channel)) = from.and_then(|from| self.channel_mut(from.as_bytes())) {
            channel.dialled.push_back(place);
        }
    }

    /// Ends the dials to a channel or, with `by_caller`, the dials made by it.
    pub(super) fn end_dial(
        &mut self,
        unique_id: &[u8],
        by_caller: bool,
        (status, forward): (Option<&[u8]>, Option<&[u8]>),
        at: Duration,
    ) {
        let [status, forward] = [status, forward].map(|text| text.map(|text| self.text(text)));
        let Some((call, channel)) = self.channel_mut(unique_id) else { return };
        let places = core::mem::take(if by_caller { &mut channel.dialled } else { &mut channel.dials });
        let group = call.group;
        for place in places {
            let bytes = [&status, &forward].into_iter().flatten().map(byte_budget::text).sum::<usize>();
            let room = bytes == 0 || self.make_room_for_text(unique_id, bytes);
            let Some(dial) = self.calls.get_mut(&group).and_then(|call| call.dials.at(place)) else { continue };
            dial.span.close(at);
            if dial.status.is_none() && room {
                dial.status.clone_from(&status);
                dial.forwarded_to.clone_from(&forward);
                self.books.budget.add(bytes);
            }
        }
    }

    pub(super) fn join_queue(&mut self, caller: &[u8], queue: &OwnedValue, position: Option<u64>, at: Duration) {
        // A caller can't wait twice: an event about leaving was missed.
        if let Some(wait) = self.wait(caller, None) {
            wait.span.close(at);
        }
        let (queue, caller) = (queue.clone(), OwnedValue::new(caller));
        let wait = QueueWait {
            queue,
            caller: caller.clone(),
            position,
            span: Span::from(at),
            outcome: None,
            unanswered: false,
        };
        let place = self.mark(caller.as_bytes(), wait, 0);
        if let Some((_, channel)) = self.channel_mut(caller.as_bytes()) {
            channel.wait = place.or(channel.wait);
        }
    }

    /// Records that a queue refused a caller: a wait that ends when it begins.
    pub(super) fn refuse(&mut self, caller: &[u8], at: Duration) {
        let Some(queue) = self.leg(caller).and_then(|leg| leg.queue.clone()) else { return };
        self.join_queue(caller, &queue, None, at);
        if let Some(wait) = self.wait(caller, None).filter(|wait| wait.outcome.is_none()) {
            wait.span.close(at);
            self.wait_ended(caller, QueueOutcome::Empty);
        }
    }

    /// Returns the last wait of a caller, in this queue or in any queue.
    pub(super) fn wait(&mut self, caller: &[u8], queue: Option<&OwnedValue>) -> Option<&mut QueueWait> {
        let (call, channel) = self.channel_mut(caller)?;
        let wait = call.queues.at(channel.wait?)?;
        queue.is_none_or(|queue| wait.queue == *queue).then_some(wait)
    }

    /// Sets the outcome of a caller's last wait.
    pub(super) fn wait_ended(&mut self, caller: &[u8], outcome: QueueOutcome) {
        let bytes = outcome.beside();
        let room = self.make_room_for_text(caller, bytes);
        let Some(wait) = self.wait(caller, None).filter(|_| room) else { return };
        let before = wait.outcome.replace(outcome);
        self.books.budget.add(bytes);
        self.books.budget.give_back(before.as_ref().map_or(0, QueueOutcome::beside));
    }

    /// Parks a channel; no effect if it is parked already, since the event also occurs as an item
    /// of the list `ParkedCalls`.
    pub(super) fn park(&mut self, parked: &[u8], lot: OwnedValue, space: OwnedValue, at: Duration) {
        let there = |(call, channel): (&mut Call, &mut Channel)| {
            channel.parking.is_some_and(|place| call.parkings.at(place).is_some())
        };
        if self.channel_mut(parked).is_none_or(there) {
            return;
        }
        let parking = Parking { parked: OwnedValue::new(parked), lot, space, span: Span::from(at), end: None };
        let place = self.mark(parked, parking, 0);
        if let Some((_, channel)) = self.channel_mut(parked) {
            channel.parking = place;
        }
    }

    pub(super) fn unpark(&mut self, parked: &[u8], how: ParkingEnd, at: Duration) {
        let Some((call, channel)) = self.channel_mut(parked) else { return };
        if let Some(parking) = channel.parking.take().and_then(|place| call.parkings.at(place)) {
            parking.span.close(at);
            parking.end = Some(how);
        }
    }

    /// Sets the outcome of a parking after the parked channel was gone. `linked_id`: the linked id
    /// of the channel's call.
    pub(super) fn parked_late(&mut self, linked_id: &[u8], parked: &[u8], how: ParkingEnd) {
        let linked = self.books.linked.get(linked_id);
        let Some(call) = linked.and_then(|linked| self.calls.get_mut(&linked.group)) else { return };
        // Only the latest parkings are searched, so that each event has a bounded cost.
        let last = call.parkings.iter_mut().rev().take(LATEST);
        if let Some(parking) = last.into_iter().find(|parking| parking.parked.as_bytes() == parked) {
            parking.end = Some(how);
        }
    }

    /// A channel takes the place of the channel that was parked last in its call.
    pub(super) fn swap_parked(&mut self, parked: &[u8], space: &[u8]) {
        let Some((call, _)) = self.channel_mut(parked) else { return };
        let Some((place, last)) = call.parkings.last_place().zip(call.parkings.last()) else { return };
        let before = last.parked.clone();
        if last.space.as_bytes() != space || before.as_bytes() == parked {
            return;
        }
        let Some((_, channel)) = self.channel_mut(before.as_bytes()) else { return };
        if channel.parking.take() == Some(place) {
            if let Some((_, channel)) = self.channel_mut(parked) {
                channel.parking = Some(place);
            }
        }
    }
}

impl Stay {
    /// Ends the stay, unless the conversation continues without the channel.
    pub(super) fn close(&mut self, at: Duration, step: u64) {
        if self.carried {
            return;
        }
        self.span.close(at);
        self.steps.1.get_or_insert(step);
    }
}
