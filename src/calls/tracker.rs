//! The active and the ended calls: their beginning, their end, and their channels.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, btree_map};
use alloc::vec::Vec;
use core::time::Duration;

use super::call::Call;
use super::channel_index::{Books, Channel, Linked};
use super::cost::{Kept, MARK};
use super::history::{Leg, ParkingEnd, QueueOutcome};
use super::list::{List, Mark, Order, Place};
use super::source::TimeSource;
use super::{CallLimits, Losses, OwnedValue};
use crate::byte_budget;
use crate::departed::Departed;
use crate::event::Event;
use crate::value::HangupCause;

/// Divisor of the byte limit: the ids of channels that are gone may take up one byte in this many.
const GONE: usize = 8;

/// Number of ids kept of channels that are gone; the latest ones are kept.
const KEPT: usize = 4096;

/// Number of variables that can be requested.
const VARIABLES: usize = 32;

/// Folds events into calls: see the [module](super).
#[derive(Clone, Debug)]
pub struct Tracker {
    pub(super) limits: CallLimits,
    pub(super) losses: Losses,
    pub(super) books: Books,
    /// Active calls, by group.
    pub(super) calls: BTreeMap<u64, Box<Call>>,
    /// Ended calls, in the order of their ends.
    ended: BTreeMap<u64, Box<Call>>,
    pub(super) gone: Departed<OwnedValue>,
    /// Number of the current event, which also orders marks.
    pub(super) step: u64,
    pub(super) last: Duration,
    /// Time at which the server announced its shutdown.
    pub(super) down: Option<Duration>,
    source: TimeSource,
    /// Names of the requested variables.
    pub(super) asked: Vec<OwnedValue>,
    /// `true` once the server has sent an event about a variable.
    pub(super) told_variables: bool,
    /// `true` once the server has sent an event about a dialplan step.
    pub(super) told_steps: bool,
    calls_begun: u64,
    pub(super) legs_begun: u64,
    calls_ended: u64,
}

/// The active calls, in the order of their beginnings.
struct Active<'a> {
    ages: btree_map::Values<'a, u64, u64>,
    calls: &'a BTreeMap<u64, Box<Call>>,
}

impl<'a> Iterator for Active<'a> {
    type Item = &'a Call;

    fn next(&mut self) -> Option<&'a Call> {
        self.calls.get(self.ages.next()?).map(Box::as_ref)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.ages.size_hint()
    }
}

impl ExactSizeIterator for Active<'_> {}

impl Tracker {
    /// Creates a tracker without calls.
    pub fn new(limits: CallLimits) -> Self {
        Self {
            limits,
            losses: Losses::default(),
            books: Books::new(limits.max_bytes() - limits.max_bytes() / GONE),
            calls: BTreeMap::new(),
            ended: BTreeMap::new(),
            gone: Departed::new(KEPT, KEPT, limits.max_bytes() / GONE),
            step: 0,
            last: Duration::ZERO,
            down: None,
            source: TimeSource::default(),
            asked: Vec::new(),
            told_variables: false,
            told_steps: false,
            calls_begun: 0,
            legs_begun: 0,
            calls_ended: 0,
        }
    }

    /// Applies the next event, with its time: since 1970, since the connection began, or since any
    /// other origin that the caller uses throughout. Never fails; events that don't concern calls
    /// are ignored.
    pub fn handle(&mut self, event: &Event<'_>, at: Duration) {
        self.step += 1;
        self.last = self.last.max(at);
        self.give_up_old(at);
        super::apply::apply(self, event, at);
        self.check();
    }

    /// Requests a variable: each call keeps its last value, for each channel that has one, in
    /// [`Call::variables`]. Up to 32 names; further names are ignored. The login needs the class
    /// `dialplan`.
    ///
    /// ```
    /// use ami_proto::calls::{CallLimits, Tracker};
    ///
    /// let mut tracker = Tracker::new(CallLimits::new());
    /// tracker.keep_variable("CUSTOMER_ID");
    /// ```
    pub fn keep_variable(&mut self, name: &str) {
        if self.asked.len() < VARIABLES && self.asked.iter().all(|asked| *asked != *name) {
            self.asked.push(OwnedValue::new(name.as_bytes()));
        }
    }

    /// Sets the source of the times that are passed with events from now on. Each call reports the
    /// source in use at its beginning: [`Call::time_source`].
    pub const fn set_time_source(&mut self, source: TimeSource) {
        self.source = source;
    }

    /// Returns the next ended call, in the order of their ends. A call without an
    /// [`end`](Call::end) was given up: as the oldest at a limit, because of its age, or because
    /// the server restarted.
    pub fn poll_ended(&mut self) -> Option<Call> {
        let (_, call) = self.ended.pop_first()?;
        self.books.budget.give_back(call.cost());
        Some(*call)
    }

    /// Yields the active calls, in the order of their beginnings.
    pub fn active(&self) -> impl ExactSizeIterator<Item = &Call> {
        Active { ages: self.books.ages.values(), calls: &self.calls }
    }

    /// Returns the call that this channel is in, while the channel exists.
    pub fn call_of(&self, unique_id: &[u8]) -> Option<&Call> {
        self.calls.get(&self.group_of(unique_id)?).map(Box::as_ref)
    }

    /// Returns the bytes held, a count slightly higher than the real use: never more than
    /// [`CallLimits::bytes`]. It is 0 before the first call; afterwards it is about 9 kB even
    /// without calls.
    pub const fn held(&self) -> usize {
        if self.calls_begun == 0 { 0 } else { Books::OWN + self.books.budget.used() + self.gone.held() }
    }

    /// Returns the counters of the data left out so far.
    pub const fn losses(&self) -> Losses {
        self.losses
    }

    /// Returns the limits.
    pub const fn limits(&self) -> CallLimits {
        self.limits
    }

    /// Returns the part of a text that is kept.
    pub(super) fn cut<'text>(&self, bytes: &'text [u8]) -> &'text [u8] {
        bytes.get(..self.limits.max_text()).unwrap_or(bytes)
    }

    /// Returns the text, cut to the limit.
    pub(super) fn text(&mut self, bytes: &[u8]) -> OwnedValue {
        let cut = self.cut(bytes);
        self.losses.texts += u64::from(cut.len() < bytes.len());
        OwnedValue::new(cut)
    }

    /// Returns whether this can be an id; ids are never cut.
    pub(super) fn is_id(&mut self, bytes: &[u8]) -> bool {
        let fits = bytes.len() <= self.limits.max_text();
        self.losses.ids += u64::from(!fits);
        fits && !bytes.is_empty()
    }

    /// Returns the group of the call of a living channel.
    pub(super) fn group_of(&self, unique_id: &[u8]) -> Option<u64> {
        self.books.channels.get(unique_id).map(|channel| channel.group)
    }

    /// Makes room for bytes of a call, or of a new one. It drops the oldest calls other than its
    /// own, and if none is left, the oldest elements of its own.
    fn make_room_for_call(&mut self, own: Option<u64>, bytes: usize) -> bool {
        let full = |tracker: &Self| own.is_none() && tracker.calls.len() >= tracker.limits.max_calls();
        while full(self) || !self.make_room(bytes) {
            let oldest = self.books.ages.values().find(|group| Some(**group) != own).copied();
            if !self.books.budget.allows(bytes) || self.limits.max_calls() == 0 {
                return false;
            }
            if let Some(oldest) = oldest {
                self.losses.given_up += 1;
                self.give_up(oldest);
            } else if !own.is_some_and(|own| self.drop_oldest(own)) {
                return false;
            }
        }
        true
    }

    /// Returns the call of a living channel, and the channel's entry in the index.
    pub(super) fn channel_mut(&mut self, unique_id: &[u8]) -> Option<(&mut Call, &mut Channel)> {
        let channel = self.books.channels.get_mut(unique_id)?;
        let call = self.calls.get_mut(&channel.group)?;
        Some((call, channel))
    }

    pub(super) fn leg(&mut self, unique_id: &[u8]) -> Option<&mut Leg> {
        let (call, channel) = self.channel_mut(unique_id)?;
        call.legs.get_mut(channel.leg)
    }

    /// Makes room for bytes by dropping ended calls if necessary.
    pub(super) fn make_room(&mut self, bytes: usize) -> bool {
        while !self.books.budget.has(bytes) {
            if !self.books.budget.allows(bytes) || self.poll_ended().is_none() {
                return false;
            }
            self.losses.ended += 1;
        }
        true
    }

    /// Makes room for data of a living channel. It drops other calls, and if none is left, the
    /// oldest elements of the channel's own call.
    pub(super) fn make_room_in_call(&mut self, unique_id: &[u8], bytes: usize) -> bool {
        self.group_of(unique_id).is_some_and(|group| self.make_room_for_call(Some(group), bytes))
            && self.group_of(unique_id).is_some()
    }

    /// Makes room for a text of a channel, and counts a loss if there can be none.
    pub(super) fn make_room_for_text(&mut self, unique_id: &[u8], bytes: usize) -> bool {
        let room = self.make_room_in_call(unique_id, bytes);
        self.losses.texts += u64::from(!room && self.group_of(unique_id).is_some());
        room
    }

    /// Adds a mark to a list of this channel's call or leg, and returns its index. The oldest
    /// elements make room for it, and for the bytes `beside` it. If there can be no room, a loss is
    /// counted.
    pub(super) fn mark<T: Mark>(&mut self, unique_id: &[u8], mark: T, beside: usize) -> Option<usize> {
        self.mark_at(unique_id, |channel| channel.leg, mark, beside)
    }

    /// Adds a mark to the leg at this index in the channel's call.
    pub(super) fn mark_at<T: Mark>(
        &mut self,
        unique_id: &[u8],
        leg: impl FnOnce(&Channel) -> usize,
        mark: T,
        beside: usize,
    ) -> Option<usize> {
        let bytes = mark.cost() + MARK;
        let group = self.group_of(unique_id)?;
        if !self.make_room_for_mark(group) || !self.make_room_in_call(unique_id, bytes + beside) {
            self.losses.marks += 1;
            return None;
        }
        let (call, channel) = self.channel_mut(unique_id)?;
        let leg = leg(channel);
        let place = mark.put(call, leg)?;
        call.order.push_back(Place::new(T::OF, leg));
        self.books.budget.add(bytes);
        Some(place)
    }

    /// Adds an unknown channel, and a call of its linked id if there is none. Returns whether the
    /// channel was added. `from_start`: the channel begins with this event. `told`: the linked id
    /// is the server's, not made from the unique id.
    pub(super) fn appear(
        &mut self,
        unique_id: &[u8],
        (linked_id, told): (&[u8], bool),
        channel: &[u8],
        from_start: bool,
        at: Duration,
    ) -> bool {
        if from_start {
            self.gone.remove(unique_id);
        } else if self.gone.number(unique_id).is_some() {
            return false;
        }
        let known = self.books.linked.get(linked_id).map(|linked| linked.group);
        if !self.make_room_for_leg(known) {
            self.losses.leg_events += 1;
            return false;
        }
        let leg = Leg::new(self.text(channel), OwnedValue::new(unique_id), at, from_start, self.legs_begun);
        let bytes = leg.cost() + Books::channel_cost(unique_id, leg.channel.as_bytes());
        let more = if known.is_some() {
            0
        } else {
            Call::OWN + Books::GROUP + byte_budget::bytes(linked_id) + Books::linked_cost(linked_id)
        };
        if !self.make_room_for_call(known, bytes + more) {
            let Losses { call_events, leg_events, .. } = &mut self.losses;
            let lost = if known.is_some() { leg_events } else { call_events };
            *lost += 1;
            // The last legs of that call may have been dropped in vain to make room.
            if let Some(own) = known.filter(|own| self.calls.get(own).is_some_and(|call| call.alive == 0)) {
                self.finish(own, Some(at));
            }
            return false;
        }
        let group = known.unwrap_or_else(|| self.begin(linked_id, told, at));
        let Some(call) = self.calls.get_mut(&group) else { return false };
        self.legs_begun += 1;
        call.alive += 1;
        self.books.budget.add(leg.cost());
        self.books.add_channel(&leg, group, call.legs.len());
        call.legs.push(leg);
        // Up to Asterisk 12, only CEL reports that both halves of a pair belong to one call.
        if let Some(pair) = crate::facts::pair(channel).filter(|_| !told) {
            let other: &[u8] = if channel.ends_with(b"1") { b";2" } else { b";1" };
            if let Some(other) = self.books.named(&[pair, other].concat()).cloned() {
                self.unite(other.as_bytes(), unique_id);
            }
        }
        true
    }

    /// Begins a call, and returns its group.
    fn begin(&mut self, linked_id: &[u8], told: bool, at: Duration) -> u64 {
        self.calls_begun += 1;
        let number = self.calls_begun;
        let call = Call {
            number,
            group: number,
            told,
            linked_id: OwnedValue::new(linked_id),
            former: List::new(),
            // Most calls have two legs.
            legs: Vec::with_capacity(2),
            dials: List::new(),
            transfers: List::new(),
            queues: List::new(),
            parkings: List::new(),
            rooms: List::new(),
            recordings: List::new(),
            variables: List::new(),
            records: List::new(),
            start: at,
            end: None,
            heard: at,
            source: self.source,
            alive: 0,
            agents: 0,
            shared: None,
            order: Order::new(),
            summary: None,
        };
        self.books.link(&call.linked_id, Linked { group: number, former: None });
        self.books.ages.insert(number, number);
        self.books.budget.add(call.cost() + Books::GROUP);
        self.calls.insert(number, Box::new(call));
        number
    }

    /// Returns whether a beginning channel of this name differs from the known channel of its
    /// unique id, whose hangup was lost: the originator of a call can choose ids.
    pub(super) fn is_another(&self, unique_id: &[u8], name: &[u8]) -> bool {
        let Some(channel) = self.books.channels.get(unique_id) else { return false };
        let leg = self.calls.get(&channel.group).and_then(|call| call.legs.get(channel.leg));
        leg.is_some_and(|leg| leg.from_start && leg.first_name().as_bytes() != self.cut(name))
    }

    /// Removes a channel, and ends its call if it was the last channel.
    pub(super) fn hang_up(&mut self, unique_id: &[u8], cause: Option<HangupCause>, at: Duration) {
        self.leave_as_guest(unique_id, None, at);
        self.agent(unique_id, false);
        let Some(group) = self.group_of(unique_id) else {
            self.losses.hangups += 1;
            return;
        };
        // If the channel has another hangup reason, a variable brings it.
        let told = self.told_variables;
        let waits = self.wait(unique_id, None);
        if waits.is_some_and(|wait| wait.outcome.is_none() && (told || wait.unanswered)) {
            self.wait_ended(unique_id, QueueOutcome::Abandoned);
        }
        let (step, told_steps) = (self.step, self.told_steps);
        let (Some(call), Some(channel)) = (self.calls.get_mut(&group), self.books.channels.get(unique_id)) else {
            return;
        };
        let Some(leg) = call.legs.get_mut(channel.leg) else { return };
        let Some(channel) = self.books.remove_channel(leg) else { return };
        self.gone.insert(leg.unique_id.clone(), None);
        leg.ended = Some(at);
        leg.cause = cause;
        leg.idle = told_steps && leg.application.is_none() && leg.answered.is_none();
        leg.holds.iter_mut().for_each(|span| span.close(at));
        leg.stays.iter_mut().for_each(|stay| stay.close(at, step));
        call.alive -= 1;
        call.heard = at;
        for place in channel.dials {
            call.dials.at(place).into_iter().for_each(|dial| dial.span.close(at));
        }
        for place in channel.recordings {
            call.recordings.at(place).into_iter().for_each(|recording| recording.span.close(at));
        }
        let parking = channel.parking.and_then(|place| call.parkings.at(place));
        if let Some(parking) = parking {
            parking.span.close(at);
            // A later event may still say that the channel was sent back, and ended there.
            parking.end.get_or_insert(ParkingEnd::GaveUp);
        }
        channel.wait.and_then(|place| call.queues.at(place)).into_iter().for_each(|wait| wait.span.close(at));
        channel.room.and_then(|place| call.rooms.at(place)).into_iter().for_each(|room| room.span.close(at));
        if call.alive == 0 {
            self.finish(group, Some(at));
        }
    }

    /// Ends a call whose last channel is gone, or gives it up.
    pub(super) fn finish(&mut self, group: u64, end: Option<Duration>) {
        let Some(mut call) = self.calls.remove(&group) else { return };
        call.end = end;
        self.books.close(&mut call, self.step);
        self.push_ended(call);
    }

    /// Queues a call for [`poll_ended`](Self::poll_ended).
    pub(super) fn push_ended(&mut self, call: Box<Call>) {
        self.calls_ended += 1;
        self.ended.insert(self.calls_ended, call);
        if self.ended.len() > self.limits.max_ended() {
            self.losses.ended += u64::from(self.poll_ended().is_some());
        }
    }

    /// Returns the bytes of the ended calls.
    pub(super) fn ended_bytes(&self) -> usize {
        self.ended.values().map(|call| call.cost()).sum()
    }

    #[cfg(test)]
    pub(super) fn ended_calls(&self) -> impl Iterator<Item = &Call> {
        self.ended.values().map(Box::as_ref)
    }

    /// Stops a debug build if the counters are inconsistent. Cheap enough for every event.
    fn check(&self) {
        let Books { ages, linked, channels, budget, .. } = &self.books;
        debug_assert!(self.held() <= self.limits.max_bytes());
        debug_assert_eq!(ages.len(), self.calls.len(), "a number a call");
        debug_assert!(linked.len() >= ages.len() && channels.len() >= ages.len(), "each has an id and a channel");
        debug_assert!(!self.calls.is_empty() || channels.is_empty() && linked.is_empty(), "leftovers of a call");
        debug_assert!(!self.calls.is_empty() || !self.ended.is_empty() || budget.used() == 0, "bytes of nothing");
    }
}
