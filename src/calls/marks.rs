//! What happens to a channel of a call: dials, holds, stays in bridges, waits in queues, parkings.

use core::time::Duration;

use super::books::Books;
use super::call::{Dial, Leg, Parking, QueueOutcome, QueueWait, Span, Stay};
use super::{OwnedValue, Tracker};
use crate::byte_budget;

impl Tracker {
    pub(super) fn rename(&mut self, unique_id: &[u8], name: &[u8]) {
        let name = self.text(name);
        if !self.make_room_for_text(2 * byte_budget::text(&name)) {
            return;
        }
        let Some(leg) = self.leg(unique_id) else { return };
        let id = leg.unique_id.clone();
        let before = core::mem::replace(&mut leg.channel, name.clone());
        self.books.budget.add(byte_budget::text(&name));
        self.books.budget.give_back(byte_budget::text(&before));
        self.books.unname(&before, &id);
        self.books.name(&name, &id);
    }

    /// Sets the number of a channel's caller id.
    pub(super) fn number_is(&mut self, unique_id: &[u8], number: &[u8]) {
        let same = |leg: &mut Leg| leg.number.as_ref().is_some_and(|known| known.as_bytes() == number);
        if self.leg(unique_id).is_none_or(same) {
            return;
        }
        let number = self.text(number);
        let bytes = byte_budget::text(&number);
        if !self.make_room_for_text(bytes) {
            return;
        }
        let Some(leg) = self.leg(unique_id) else { return };
        let before = leg.number.replace(number).map_or(0, |before| byte_budget::text(&before));
        self.books.budget.add(bytes);
        self.books.budget.give_back(before);
    }

    pub(super) fn hold(&mut self, unique_id: &[u8], held: bool, at: Duration) {
        let Some(leg) = self.leg(unique_id) else { return };
        let open = leg.holds.last_mut().filter(|span| span.end.is_none());
        match open {
            Some(span) if !held => span.close(at),
            None if held => {
                self.mark(unique_id, |call, leg| Some(&mut call.legs.get_mut(leg)?.holds), Span::from(at), 0);
            }
            _ => {}
        }
    }

    /// A channel enters a bridge; where it is in that one already, nothing happens.
    pub(super) fn enter(&mut self, unique_id: &[u8], bridge: &[u8], at: Duration) {
        if !self.is_id(bridge) {
            return;
        }
        let (unique_id, bridge) = (OwnedValue::new(unique_id), OwnedValue::new(bridge));
        if self.books.is_inside(&bridge, &unique_id) {
            return;
        }
        let beside = Books::pair_cost(bridge.as_bytes(), unique_id.as_bytes());
        let stay = Stay { bridge: bridge.clone(), span: Span::from(at) };
        let place = self.mark(unique_id.as_bytes(), |call, leg| Some(&mut call.legs.get_mut(leg)?.stays), stay, beside);
        if let Some(place) = place {
            self.books.enter(&bridge, &unique_id, place);
        }
    }

    pub(super) fn leave(&mut self, unique_id: &[u8], bridge: &[u8], at: Duration) {
        let Some(place) = self.books.leave(&OwnedValue::new(bridge), &OwnedValue::new(unique_id)) else { return };
        if let Some(stay) = self.leg(unique_id).and_then(|leg| leg.stays.get_mut(place)) {
            stay.span.close(at);
        }
    }

    /// A dial begins. `ends_by_caller`: its end will name the caller alone.
    pub(super) fn begin_dial(&mut self, from: Option<&[u8]>, to: &[u8], ends_by_caller: bool, at: Duration) {
        let dial =
            Dial { from: from.map(OwnedValue::new), to: OwnedValue::new(to), span: Span::from(at), status: None };
        let Some(place) = self.mark(to, |call, _| Some(&mut call.dials), dial, 0) else { return };
        if let Some((_, channel)) = self.channel_mut(to) {
            channel.dials.push(place);
        }
        if let Some((_, channel)) = from.filter(|_| ends_by_caller).and_then(|from| self.channel_mut(from)) {
            channel.dialled.push(place);
        }
    }

    /// Ends the dials to a channel or, `by_caller`, those by it.
    pub(super) fn end_dial(&mut self, unique_id: &[u8], by_caller: bool, status: Option<&[u8]>, at: Duration) {
        let status = status.map(|status| self.text(status));
        let Some((call, channel)) = self.channel_mut(unique_id) else { return };
        let places = core::mem::take(if by_caller { &mut channel.dialled } else { &mut channel.dials });
        let number = call.number;
        for place in places {
            let bytes = status.as_ref().map_or(0, byte_budget::text);
            let room = self.make_room_for_text(bytes);
            let Some(dial) = self.calls.get_mut(&number).and_then(|call| call.dials.get_mut(place)) else { continue };
            dial.span.close(at);
            if dial.status.is_none() && room {
                dial.status.clone_from(&status);
                self.books.budget.add(bytes);
            }
        }
    }

    pub(super) fn join_queue(&mut self, caller: &[u8], queue: &OwnedValue, position: Option<u64>, at: Duration) {
        let caller = OwnedValue::new(caller);
        // It can't wait there twice: a leave wasn't heard.
        self.leave_queue(&caller, queue, None, at);
        let wait =
            QueueWait { queue: queue.clone(), caller: caller.clone(), position, span: Span::from(at), outcome: None };
        let beside = Books::pair_cost(caller.as_bytes(), queue.as_bytes());
        if let Some(place) = self.mark(caller.as_bytes(), |call, _| Some(&mut call.queues), wait, beside) {
            self.books.wait(&caller, queue, place);
        }
    }

    /// Ends a caller's last wait in a queue, or tells what became of it.
    pub(super) fn leave_queue(
        &mut self,
        caller: &OwnedValue,
        queue: &OwnedValue,
        outcome: Option<QueueOutcome>,
        at: Duration,
    ) {
        let Some(place) = self.books.waiting(caller, queue) else { return };
        let bytes = outcome.as_ref().map_or(0, QueueOutcome::beside);
        let room = self.make_room_for_text(bytes);
        let Some((call, _)) = self.channel_mut(caller.as_bytes()) else { return };
        let Some(wait) = call.queues.get_mut(place) else { return };
        wait.span.close(at);
        if outcome.is_some() && room {
            let before = core::mem::replace(&mut wait.outcome, outcome);
            self.books.budget.add(bytes);
            self.books.budget.give_back(before.as_ref().map_or(0, QueueOutcome::beside));
        }
    }

    /// A channel is parked; where it is already, nothing happens: the same event is an item of
    /// the list `ParkedCalls`.
    pub(super) fn park(&mut self, parked: &[u8], lot: OwnedValue, space: OwnedValue, at: Duration) {
        if self.channel_mut(parked).is_none_or(|(_, channel)| channel.parking.is_some()) {
            return;
        }
        let parking = Parking { parked: OwnedValue::new(parked), lot, space, span: Span::from(at) };
        let place = self.mark(parked, |call, _| Some(&mut call.parkings), parking, 0);
        if let Some((_, channel)) = self.channel_mut(parked) {
            channel.parking = place;
        }
    }

    pub(super) fn unpark(&mut self, parked: &[u8], at: Duration) {
        let Some((call, channel)) = self.channel_mut(parked) else { return };
        if let Some(parking) = channel.parking.take().and_then(|place| call.parkings.get_mut(place)) {
            parking.span.close(at);
        }
    }
}
