//! The calls that go on and those that have ended; how they begin and end, and who is in them.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

use super::books::{Books, Channel, Linked};
use super::call::{Call, Kept, Leg};
use super::{CallLimits, Losses, OwnedValue};
use crate::byte_budget;
use crate::departed::Departed;
use crate::event::Event;
use crate::value::HangupCause;

/// Ids of channels that are gone may have one byte of so many.
const GONE: usize = 8;

/// Folds events into calls: see the [module](super).
#[derive(Clone, Debug)]
pub struct Tracker {
    pub(super) limits: CallLimits,
    pub(super) losses: Losses,
    pub(super) books: Books,
    /// Those that go on, by number.
    pub(super) calls: BTreeMap<u64, Call>,
    /// Those that have ended, in the order of their ends.
    ended: BTreeMap<u64, Call>,
    gone: Departed,
    calls_begun: u64,
    legs_begun: u64,
    calls_ended: u64,
}

/// When the server says that an event happened, since 1970: its `Timestamp`, which it has with
/// `timestampevents=yes`.
pub fn time_of(event: &Event<'_>) -> Option<Duration> {
    event.common().timestamp().ok()?.since_1970()
}

impl Tracker {
    /// A tracker that knows of no call.
    pub fn new(limits: CallLimits) -> Self {
        Self {
            limits,
            losses: Losses::default(),
            books: Books::new(limits.max_bytes() - limits.max_bytes() / GONE),
            calls: BTreeMap::new(),
            ended: BTreeMap::new(),
            gone: Departed::new(limits.max_bytes() / GONE),
            calls_begun: 0,
            legs_begun: 0,
            calls_ended: 0,
        }
    }

    /// Takes the next event, and when it happened: since 1970, since the connection began, or since
    /// whatever the caller counts from. It is never wrong; events that say nothing of calls are
    /// passed over.
    pub fn handle(&mut self, event: &Event<'_>, at: Duration) {
        super::apply::apply(self, event, at);
        self.check();
    }

    /// The next call that has ended, in the order of their ends.
    pub fn poll_ended(&mut self) -> Option<Call> {
        let (_, call) = self.ended.pop_first()?;
        self.books.budget.give_back(call.cost());
        Some(call)
    }

    /// The calls that go on, in the order of their beginnings.
    pub fn active(&self) -> impl ExactSizeIterator<Item = &Call> {
        self.calls.values()
    }

    /// The call that this channel is in, while the channel lives.
    pub fn call_of(&self, unique_id: &[u8]) -> Option<&Call> {
        self.calls.get(&self.number_of(unique_id)?)
    }

    /// Gives up all calls that go on, such as when the connection is lost and with it their
    /// hangups. They have no [`end`](Call::end).
    pub fn abandon(&mut self) -> impl Iterator<Item = Call> + use<> {
        self.books.clear(self.ended.values().map(Call::cost).sum());
        core::mem::take(&mut self.calls).into_values().map(|mut call| {
            call.sort();
            call
        })
    }

    /// Bytes held, counted a little above the truth: never more than [`CallLimits::bytes`]. 0
    /// before the first call; then about 9 kB also while there is none.
    pub const fn held(&self) -> usize {
        if self.calls_begun == 0 { 0 } else { Books::OWN + self.books.budget.used() + self.gone.held() }
    }

    /// What was left out so far.
    pub const fn losses(&self) -> Losses {
        self.losses
    }

    /// The limits.
    pub const fn limits(&self) -> CallLimits {
        self.limits
    }

    /// The text, cut to the limit.
    pub(super) fn text(&mut self, bytes: &[u8]) -> OwnedValue {
        let cut = bytes.get(..self.limits.max_text());
        self.losses.texts += u64::from(cut.is_some_and(|cut| cut.len() < bytes.len()));
        OwnedValue::new(cut.unwrap_or(bytes))
    }

    /// Whether this can be an id; ids are never cut.
    pub(super) fn is_id(&mut self, bytes: &[u8]) -> bool {
        let fits = bytes.len() <= self.limits.max_text();
        self.losses.ids += u64::from(!fits);
        fits && !bytes.is_empty()
    }

    /// Number of the call of a channel that lives.
    pub(super) fn number_of(&self, unique_id: &[u8]) -> Option<u64> {
        self.number(self.books.channels.get(unique_id)?.group)
    }

    fn number(&self, group: u64) -> Option<u64> {
        self.books.groups.get(&group).copied()
    }

    /// The call of a channel that lives, and what the books have of the channel.
    pub(super) fn channel_mut(&mut self, unique_id: &[u8]) -> Option<(&mut Call, &mut Channel)> {
        let channel = self.books.channels.get_mut(unique_id)?;
        let call = self.calls.get_mut(self.books.groups.get(&channel.group)?)?;
        Some((call, channel))
    }

    pub(super) fn leg(&mut self, unique_id: &[u8]) -> Option<&mut Leg> {
        let (call, channel) = self.channel_mut(unique_id)?;
        call.legs.get_mut(channel.leg)
    }

    /// Makes room for so many bytes, if need be at the cost of calls that have ended.
    pub(super) fn make_room(&mut self, bytes: usize) -> bool {
        while !self.books.budget.has(bytes) {
            if !self.books.budget.allows(bytes) || self.poll_ended().is_none() {
                return false;
            }
            self.losses.ended += 1;
        }
        true
    }

    /// Makes room for a text that takes the place of another, and counts it if there is none.
    pub(super) fn make_room_for_text(&mut self, bytes: usize) -> bool {
        let room = self.make_room(bytes);
        self.losses.texts += u64::from(!room);
        room
    }

    /// Adds to a list of this channel's call, and gives the place. Where there is no room for one
    /// mark more, or for its bytes and those `beside` it, that is counted.
    pub(super) fn mark<T: Kept>(
        &mut self,
        unique_id: &[u8],
        list: impl FnOnce(&mut Call, usize) -> Option<&mut Vec<T>>,
        mark: T,
        beside: usize,
    ) -> Option<usize> {
        let bytes = mark.cost();
        let full = self.channel_mut(unique_id)?.0.marks >= self.limits.max_marks();
        if full || !self.make_room(bytes + beside) {
            self.losses.marks += 1;
            return None;
        }
        let (call, channel) = self.channel_mut(unique_id)?;
        let list = list(call, channel.leg)?;
        list.push(mark);
        let place = list.len() - 1;
        call.marks += 1;
        self.books.budget.add(bytes);
        Some(place)
    }

    /// Adds a channel that isn't known, and the call of its linked id if there is none.
    /// `from_start` is whether this is its beginning.
    pub(super) fn appear(
        &mut self,
        unique_id: &[u8],
        linked_id: &[u8],
        channel: &[u8],
        from_start: bool,
        at: Duration,
    ) {
        if from_start {
            self.gone.remove(unique_id);
        } else if self.gone.contains(unique_id) {
            return;
        }
        let known = self.books.linked.get(linked_id).map(|linked| linked.group);
        let legs = known.and_then(|group| self.number(group)).and_then(|number| self.calls.get(&number));
        let legs = legs.map_or(0, |call| call.legs.len());
        let full = known.is_none() && self.calls.len() >= self.limits.max_calls() || legs >= self.limits.max_legs();
        let leg = Leg {
            channel: self.text(channel),
            unique_id: OwnedValue::new(unique_id),
            number: None,
            first_seen: at,
            from_start,
            ringing: None,
            answered: None,
            ended: None,
            cause: None,
            holds: Vec::new(),
            stays: Vec::new(),
            order: self.legs_begun,
        };
        let bytes = leg.cost() + Books::channel_cost(unique_id, leg.channel.as_bytes());
        let more = if known.is_some() {
            0
        } else {
            Call::OWN + Books::GROUP + byte_budget::bytes(linked_id) + Books::linked_cost(linked_id)
        };
        if full || !self.make_room(bytes + more) {
            let Losses { call_events, leg_events, .. } = &mut self.losses;
            let lost = if known.is_some() { leg_events } else { call_events };
            *lost += 1;
            return;
        }
        let group = known.unwrap_or_else(|| self.begin(linked_id, at));
        let Some(call) = self.number(group).and_then(|number| self.calls.get_mut(&number)) else { return };
        self.legs_begun += 1;
        call.alive += 1;
        self.books.budget.add(leg.cost());
        self.books.add_channel(&leg, group, call.legs.len());
        call.legs.push(leg);
    }

    /// Begins a call, and gives its group.
    fn begin(&mut self, linked_id: &[u8], at: Duration) -> u64 {
        self.calls_begun += 1;
        let number = self.calls_begun;
        let call = Call {
            number,
            group: number,
            linked_id: OwnedValue::new(linked_id),
            former: Vec::new(),
            legs: Vec::new(),
            dials: Vec::new(),
            transfers: Vec::new(),
            queues: Vec::new(),
            parkings: Vec::new(),
            start: at,
            end: None,
            alive: 0,
            marks: 0,
        };
        self.books.link(&call.linked_id, Linked { group: number, former: None });
        self.books.groups.insert(number, number);
        self.books.budget.add(call.cost() + Books::GROUP);
        self.calls.insert(number, call);
        number
    }

    /// A channel says that it belongs to this linked id.
    pub(super) fn relink(&mut self, unique_id: &[u8], linked_id: &[u8]) {
        let Some(group) = self.books.channels.get(unique_id).map(|channel| channel.group) else { return };
        match self.books.linked.get(linked_id).map(|linked| linked.group) {
            Some(other) if other == group => {}
            Some(other) => self.merge(group, other, Some(linked_id)),
            None => {
                let linked_id = OwnedValue::new(linked_id);
                let beside = byte_budget::text(&linked_id) + Books::linked_cost(linked_id.as_bytes());
                let Some((call, _)) = self.channel_mut(unique_id) else { return };
                let before = call.linked_id.clone();
                let former = self.mark(unique_id, |call, _| Some(&mut call.former), before.clone(), beside);
                let (Some(former), Some((call, _))) = (former, self.channel_mut(unique_id)) else { return };
                call.linked_id = linked_id.clone();
                self.books.budget.add(byte_budget::text(&linked_id));
                self.books.budget.give_back(byte_budget::text(&before));
                self.books.link(&before, Linked { group, former: Some(former) });
                self.books.link(&linked_id, Linked { group, former: None });
            }
        }
    }

    /// Two channels turn out to belong to one call.
    pub(super) fn unite(&mut self, one: &[u8], other: &[u8]) {
        let group = |unique_id| self.books.channels.get(unique_id).map(|channel| channel.group);
        if let (Some(one), Some(other)) = (group(one), group(other)) {
            self.merge(one, other, None);
        }
    }

    /// A channel is gone, and its call with it if it was the last.
    pub(super) fn hang_up(&mut self, unique_id: &[u8], cause: Option<HangupCause>, at: Duration) {
        let Some(number) = self.number_of(unique_id) else {
            self.losses.hangups += 1;
            return;
        };
        let (Some(call), Some(channel)) = (self.calls.get_mut(&number), self.books.channels.get(unique_id)) else {
            return;
        };
        let Some(leg) = call.legs.get_mut(channel.leg) else { return };
        let Some((channel, waits)) = self.books.remove_channel(leg) else { return };
        self.gone.insert(leg.unique_id.clone());
        leg.ended = Some(at);
        leg.cause = cause;
        leg.holds.iter_mut().for_each(|span| span.close(at));
        leg.stays.iter_mut().for_each(|stay| stay.span.close(at));
        call.alive -= 1;
        for place in channel.dials {
            call.dials.get_mut(place).into_iter().for_each(|dial| dial.span.close(at));
        }
        for place in waits {
            call.queues.get_mut(place).into_iter().for_each(|wait| wait.span.close(at));
        }
        if let Some(parking) = channel.parking.and_then(|place| call.parkings.get_mut(place)) {
            parking.span.close(at);
        }
        if call.alive == 0 {
            self.finish(number, at);
        }
    }

    /// Ends a call whose last channel is gone.
    pub(super) fn finish(&mut self, number: u64, at: Duration) {
        let Some(mut call) = self.calls.remove(&number) else { return };
        call.end = Some(at);
        call.sort();
        self.books.groups.remove(&call.group);
        self.books.budget.give_back(Books::GROUP);
        for id in call.former.iter().chain([&call.linked_id]) {
            self.books.unlink(id);
        }
        self.calls_ended += 1;
        self.ended.insert(self.calls_ended, call);
        if self.ended.len() > self.limits.max_ended() {
            self.losses.ended += u64::from(self.poll_ended().is_some());
        }
    }

    #[cfg(test)]
    pub(super) fn ended_calls(&self) -> impl Iterator<Item = &Call> {
        self.ended.values()
    }

    /// In debug builds, stops where the books can't be right. Cheap enough for every event.
    fn check(&self) {
        let Books { groups, linked, channels, budget, .. } = &self.books;
        debug_assert!(self.held() <= self.limits.max_bytes());
        debug_assert_eq!(groups.len(), self.calls.len(), "a group a call");
        debug_assert!(linked.len() >= groups.len() && channels.len() >= groups.len(), "each has an id and a channel");
        debug_assert!(!self.calls.is_empty() || channels.is_empty() && linked.is_empty(), "leftovers of a call");
        debug_assert!(!self.calls.is_empty() || !self.ended.is_empty() || budget.used() == 0, "bytes of nothing");
    }
}
