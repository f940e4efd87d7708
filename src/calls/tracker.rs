//! The calls that go on, by number, by linked id and by channel; how they begin, become one, and end.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::time::Duration;

use super::call::{Call, Leg, Span, Stay};
use super::{CallLimits, Losses, Text};
use crate::event::Event;
use crate::gone::Gone;
use crate::value::HangupCause;

/// Folds events into calls: see the [module](super).
#[derive(Clone, Debug)]
pub struct Tracker {
    pub(super) limits: CallLimits,
    pub(super) losses: Losses,
    calls: BTreeMap<u64, Call>,
    /// Number of the call by each linked id that it has or has had.
    linked: BTreeMap<Text, u64>,
    /// Number of the call by the unique id of each of its channels that live.
    channels: BTreeMap<Text, u64>,
    ended: VecDeque<Call>,
    gone: Gone,
    begun: u64,
}

/// When the server says that an event happened, since 1970: its `Timestamp`, which it has with `timestampevents=yes`.
pub fn time_of(event: &Event<'_>) -> Option<Duration> {
    event.common().timestamp().ok()?.since_1970()
}

impl Tracker {
    /// A tracker that knows of no call.
    pub fn new(limits: CallLimits) -> Self {
        Self {
            limits,
            losses: Losses::default(),
            calls: BTreeMap::new(),
            linked: BTreeMap::new(),
            channels: BTreeMap::new(),
            ended: VecDeque::new(),
            gone: Gone::new(),
            begun: 0,
        }
    }

    /// Takes the next event, and when it happened: since 1970, since the connection began, or since whatever the caller counts from. It is never wrong; events that say nothing of calls are passed over.
    pub fn handle(&mut self, event: &Event<'_>, at: Duration) {
        super::fold::fold(self, event, at);
    }

    /// The next call that has ended, in the order of their ends.
    pub fn poll_ended(&mut self) -> Option<Call> {
        self.ended.pop_front()
    }

    /// The calls that go on, in the order of their beginnings.
    pub fn active(&self) -> impl ExactSizeIterator<Item = &Call> {
        self.calls.values()
    }

    /// The call that this channel is in, while the channel lives.
    pub fn call_of(&self, uniqueid: &[u8]) -> Option<&Call> {
        self.calls.get(self.channels.get(uniqueid)?)
    }

    /// Gives up all calls that go on, such as when the connection is lost and with it their hangups. They have no [`end`](Call::end).
    pub fn abandon(&mut self) -> impl Iterator<Item = Call> + use<> {
        self.linked.clear();
        self.channels.clear();
        core::mem::take(&mut self.calls).into_values()
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
    pub(super) fn text(&mut self, bytes: &[u8]) -> Text {
        let cut = bytes.get(..self.limits.max_text());
        self.losses.texts += u64::from(cut.is_some_and(|cut| cut.len() < bytes.len()));
        Text::new(cut.unwrap_or(bytes))
    }

    /// Whether this can be an id; ids are never cut.
    pub(super) fn is_id(&mut self, bytes: &[u8]) -> bool {
        let fits = bytes.len() <= self.limits.max_text();
        self.losses.ids += u64::from(!fits);
        fits && !bytes.is_empty()
    }

    /// Number of the call of a channel that lives.
    pub(super) fn number_of(&self, uniqueid: &[u8]) -> Option<u64> {
        self.channels.get(uniqueid).copied()
    }

    pub(super) fn call(&mut self, number: u64) -> Option<&mut Call> {
        self.calls.get_mut(&number)
    }

    pub(super) fn leg(&mut self, uniqueid: &[u8]) -> Option<&mut Leg> {
        let number = self.number_of(uniqueid)?;
        self.calls.get_mut(&number)?.living(uniqueid)
    }

    /// Changes a call where it has room for one mark more, and counts that it has not.
    pub(super) fn mark(&mut self, uniqueid: &[u8], add: impl FnOnce(&mut Call)) {
        let Some(call) = self.channels.get(uniqueid).and_then(|number| self.calls.get_mut(number)) else { return };
        if call.marks < self.limits.max_marks() {
            call.marks += 1;
            add(call);
        } else {
            self.losses.marks += 1;
        }
    }

    /// The call of this linked id, which begins here if there is none.
    fn join(&mut self, linkedid: &[u8], at: Duration) -> Option<u64> {
        if let Some(number) = self.linked.get(linkedid) {
            return Some(*number);
        }
        if self.calls.len() >= self.limits.max_calls() || self.limits.max_legs() == 0 {
            self.losses.calls += 1;
            return None;
        }
        self.begun += 1;
        let linkedid = Text::new(linkedid);
        self.linked.insert(linkedid.clone(), self.begun);
        let call = Call {
            number: self.begun,
            linkedid,
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
        self.calls.insert(self.begun, call);
        Some(self.begun)
    }

    /// Adds a channel that isn't known. `from_start` is whether this is its beginning.
    pub(super) fn appear(&mut self, uniqueid: &[u8], linkedid: &[u8], channel: &[u8], from_start: bool, at: Duration) {
        if from_start {
            self.gone.remove(uniqueid);
        } else if self.gone.contains(uniqueid) {
            return;
        }
        let Some(number) = self.join(linkedid, at) else { return };
        let channel = self.text(channel);
        let Some(call) = self.calls.get_mut(&number) else { return };
        if call.legs.len() >= self.limits.max_legs() {
            self.losses.legs += 1;
            return;
        }
        call.alive += 1;
        call.legs.push(Leg {
            channel,
            uniqueid: Text::new(uniqueid),
            number: None,
            first_seen: at,
            from_start,
            ringing: None,
            answered: None,
            ended: None,
            cause: None,
            holds: Vec::new(),
            stays: Vec::new(),
        });
        self.channels.insert(Text::new(uniqueid), number);
    }

    /// A channel says that it belongs to this linked id.
    pub(super) fn relink(&mut self, uniqueid: &[u8], linkedid: &[u8]) {
        let Some(number) = self.number_of(uniqueid) else { return };
        match self.linked.get(linkedid).copied() {
            Some(other) if other == number => {}
            Some(other) => self.merge(number, other, Some(linkedid)),
            None => {
                let Some(call) = self.calls.get_mut(&number) else { return };
                if call.marks >= self.limits.max_marks() {
                    self.losses.marks += 1;
                    return;
                }
                call.marks += 1;
                let former = core::mem::replace(&mut call.linkedid, Text::new(linkedid));
                call.former.push(former);
                self.linked.insert(Text::new(linkedid), number);
            }
        }
    }

    /// Two channels turn out to belong to one call.
    pub(super) fn unite(&mut self, one: &[u8], other: &[u8]) {
        if let (Some(one), Some(other)) = (self.number_of(one), self.number_of(other)) {
            self.merge(one, other, None);
        }
    }

    /// Makes two calls one: the one that began first, under `linkedid` or its own. What doesn't fit is dropped and counted.
    fn merge(&mut self, one: u64, two: u64, linkedid: Option<&[u8]>) {
        if one == two {
            return;
        }
        let kept = one.min(two);
        let Some(taken) = self.calls.remove(&one.max(two)) else { return };
        let Some(call) = self.calls.get_mut(&kept) else { return };
        let (max_marks, max_legs) = (self.limits.max_marks(), self.limits.max_legs());
        call.start = call.start.min(taken.start);

        let mut ids = taken.former;
        ids.push(taken.linkedid);
        for id in ids {
            if call.marks < max_marks {
                call.marks += 1;
                self.linked.insert(id.clone(), kept);
                call.former.push(id);
            } else {
                self.linked.remove(id.as_bytes());
                self.losses.marks += 1;
            }
        }
        if let Some(place) = linkedid.and_then(|id| call.former.iter().position(|former| former.as_bytes() == id)) {
            core::mem::swap(&mut call.linkedid, &mut call.former[place]);
        }

        let mut free = max_marks - call.marks;
        let mut lost = 0;
        let dropped = &mut self.losses.marks;
        for mut leg in taken.legs {
            if call.legs.len() >= max_legs {
                // The id of one that has ended may be another's by now.
                if leg.ended.is_none() {
                    self.channels.remove(leg.uniqueid.as_bytes());
                }
                lost += 1;
                continue;
            }
            *dropped += fit(&mut leg.holds, &mut free) + fit(&mut leg.stays, &mut free);
            if leg.ended.is_none() {
                call.alive += 1;
                self.channels.insert(leg.uniqueid.clone(), kept);
            }
            call.legs.push(leg);
        }
        self.losses.legs += lost;
        *dropped += join_lists(&mut call.dials, taken.dials, &mut free);
        *dropped += join_lists(&mut call.transfers, taken.transfers, &mut free);
        *dropped += join_lists(&mut call.queues, taken.queues, &mut free);
        *dropped += join_lists(&mut call.parkings, taken.parkings, &mut free);
        call.marks = max_marks - free;
        // Stable: within a call the order in which they were heard of stays.
        call.legs.sort_by_key(|leg| leg.first_seen);
        // Only legs that live make two calls one, but the ones that were dropped may have been those.
        if call.alive == 0 {
            let at = call.legs.iter().filter_map(|leg| leg.ended).max().unwrap_or(call.start);
            self.finish(kept, at);
        }
    }

    /// A channel is gone, and its call with it if it was the last.
    pub(super) fn hang_up(&mut self, uniqueid: &[u8], cause: Option<HangupCause>, at: Duration) {
        let Some(number) = self.channels.remove(uniqueid) else {
            self.losses.hangups += 1;
            return;
        };
        self.gone.insert(Text::new(uniqueid));
        let Some(call) = self.calls.get_mut(&number) else { return };
        if let Some(leg) = call.living(uniqueid) {
            leg.ended = Some(at);
            leg.cause = cause;
            leg.holds.iter_mut().for_each(|span| span.close(at));
            leg.stays.iter_mut().for_each(|stay| stay.span.close(at));
            call.alive -= 1;
        }
        for dial in call.dials.iter_mut().filter(|dial| dial.to.as_bytes() == uniqueid) {
            dial.span.close(at);
        }
        for wait in call.queues.iter_mut().filter(|wait| wait.caller.as_bytes() == uniqueid) {
            wait.span.close(at);
        }
        for parking in call.parkings.iter_mut().filter(|parking| parking.parked.as_bytes() == uniqueid) {
            parking.span.close(at);
        }
        if call.alive == 0 {
            self.finish(number, at);
        }
    }

    fn finish(&mut self, number: u64, at: Duration) {
        let Some(mut call) = self.calls.remove(&number) else { return };
        call.end = Some(at);
        for id in call.former.iter().chain([&call.linkedid]) {
            self.linked.remove(id.as_bytes());
        }
        if self.limits.max_ended() == 0 {
            self.losses.ended += 1;
            return;
        }
        if self.ended.len() >= self.limits.max_ended() {
            self.ended.pop_front();
            self.losses.ended += 1;
        }
        self.ended.push_back(call);
    }

    /// Unique id of a channel that lives, by its name.
    ///
    /// Looks at every leg: only 11 and older make it do so, once for each masquerade.
    pub(super) fn named(&self, channel: &[u8]) -> Option<Text> {
        let legs = self.calls.values().flat_map(|call| &call.legs);
        legs.filter(|leg| leg.ended.is_none() && leg.channel.as_bytes() == channel)
            .map(|leg| leg.uniqueid.clone())
            .next()
    }

    /// Unique id of a channel that is in this bridge.
    ///
    /// Looks at every leg: only 12, whose events have bridges and no `Linkedid`, makes it do so, once for each channel that enters one.
    pub(super) fn inside(&self, bridge: &[u8]) -> Option<Text> {
        let legs = self.calls.values().flat_map(|call| &call.legs).filter(|leg| leg.ended.is_none());
        let mut inside =
            legs.filter(|leg| leg.stays.iter().any(|stay| stay.span.end.is_none() && stay.bridge.as_bytes() == bridge));
        inside.next().map(|leg| leg.uniqueid.clone())
    }

    pub(super) fn hold(&mut self, uniqueid: &[u8], held: bool, at: Duration) {
        let Some(leg) = self.leg(uniqueid) else { return };
        let open = leg.holds.last_mut().filter(|span| span.end.is_none());
        match open {
            Some(span) if !held => span.close(at),
            None if held => self.mark_leg(uniqueid, |leg| leg.holds.push(Span::from(at))),
            _ => {}
        }
    }

    pub(super) fn enter(&mut self, uniqueid: &[u8], bridge: &[u8], at: Duration) {
        if !self.is_id(bridge) {
            return;
        }
        let Some(leg) = self.leg(uniqueid) else { return };
        if leg.stays.iter().any(|stay| stay.span.end.is_none() && stay.bridge.as_bytes() == bridge) {
            return;
        }
        self.mark_leg(uniqueid, |leg| leg.stays.push(Stay { bridge: Text::new(bridge), span: Span::from(at) }));
    }

    pub(super) fn leave(&mut self, uniqueid: &[u8], bridge: &[u8], at: Duration) {
        let Some(leg) = self.leg(uniqueid) else { return };
        for stay in leg.stays.iter_mut().filter(|stay| stay.bridge.as_bytes() == bridge) {
            stay.span.close(at);
        }
    }

    fn mark_leg(&mut self, uniqueid: &[u8], add: impl FnOnce(&mut Leg)) {
        self.mark(uniqueid, |call| {
            if let Some(leg) = call.living(uniqueid) {
                add(leg);
            }
        });
    }
}

/// Cuts a list to what is free, and says how many were cut.
fn fit<T>(list: &mut Vec<T>, free: &mut usize) -> u64 {
    let cut = list.len().saturating_sub(*free);
    list.truncate(*free);
    *free -= list.len();
    cut as u64
}

fn join_lists<T>(list: &mut Vec<T>, mut more: Vec<T>, free: &mut usize) -> u64 {
    let cut = fit(&mut more, free);
    list.append(&mut more);
    cut
}
