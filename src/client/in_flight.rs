//! The requests in flight. Every call looks at a few requests only, however many are open.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use core::ops::Bound;
use core::time::Duration;
use std::time::Instant;

use super::entry::{Awaits, Entry, Phase, Place};
use crate::conn::deadlines::Deadlines;
use crate::value::Classes;

/// The requests in flight. Takes up next to no memory while there are none, as in most sessions
/// most of the time.
#[derive(Debug)]
pub(super) struct InFlight(Option<Box<Requests>>);

#[derive(Debug, Default)]
struct Requests {
    /// Entries by number, which is the order in which they were sent. Never empty.
    entries: BTreeMap<u64, Place>,
    deadlines: Deadlines<Instant>,
    /// Deadlines of requests during which the server answers nothing else.
    blocking: Deadlines<Instant>,
    /// Messages that are found by other means than their `ActionID`, and the requests that await
    /// them.
    awaits: BTreeSet<(Awaits, u64)>,
    /// Requests by the `ActionID` that their caller chose.
    named: BTreeMap<Box<str>, u64>,
    /// Total time for which reading has been stopped. The clock of the deadlines is this much
    /// behind.
    stopped: Duration,
    /// When the server last answered a request in turn, by the clock of the deadlines, and the
    /// number of that request. The server cannot have been at work on requests sent after it.
    worked: Option<(Instant, u64)>,
    /// Number of requests for which [`Entry::is_due`] is true.
    due: usize,
    /// Number of requests of the caller.
    callers: usize,
    /// Number of requests for which [`Entry::is_in_flight`] is true.
    in_flight: usize,
    /// Bytes held.
    held: usize,
}

impl InFlight {
    pub(super) const fn new() -> Self {
        Self(None)
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the number of requests of the caller.
    pub(super) fn callers(&self) -> usize {
        self.0.as_ref().map_or(0, |requests| requests.callers)
    }

    /// Returns the number of requests that await their response.
    pub(super) fn in_flight(&self) -> usize {
        self.0.as_ref().map_or(0, |requests| requests.in_flight)
    }

    /// Returns the number of bytes held.
    pub(super) fn held(&self) -> usize {
        self.0.as_ref().map_or(0, |requests| requests.held)
    }

    /// Adds a request, whose allowed time begins now. Its number is larger than all earlier ones.
    pub(super) fn push(&mut self, mut entry: Entry, now: Option<Instant>) {
        let requests = self.0.get_or_insert_default();
        let deadline = entry.begin(now);
        let id = entry.id;
        requests.due += usize::from(entry.is_due());
        requests.callers += usize::from(entry.is_callers());
        requests.in_flight += usize::from(entry.is_in_flight());
        requests.held += entry.size();
        requests.awaits.extend(entry.awaits().map(|awaits| (awaits, id)));
        requests.named.extend(entry.action_id.clone().map(|name| (name, id)));
        requests.entries.insert(id, Place::new(entry));
        requests.set_deadline(id, deadline);
    }

    pub(super) fn look(&self, id: u64) -> Option<&Entry> {
        Some(self.0.as_ref()?.entries.get(&id)?)
    }

    pub(super) fn get(&mut self, id: u64) -> Option<&mut Entry> {
        Some(self.0.as_mut()?.entries.get_mut(&id)?)
    }

    /// Moves a request to `phase`, and sets its deadline to the usual time of that phase from now.
    pub(super) fn step(&mut self, id: u64, phase: Phase, now: Option<Instant>) {
        self.worked(id, now);
        let Some(requests) = &mut self.0 else { return };
        let Some(entry) = requests.entries.get_mut(&id) else { return };
        let entry: &mut Entry = entry;
        requests.due -= usize::from(entry.is_due());
        requests.in_flight -= usize::from(entry.is_in_flight());
        entry.allowed = entry.usual(phase);
        let deadline = entry.begin(now);
        if core::mem::replace(&mut entry.phase, phase) != phase {
            requests.awaits.extend(entry.awaits().map(|awaits| (awaits, id)));
        }
        requests.due += usize::from(entry.is_due());
        requests.in_flight += usize::from(entry.is_in_flight());
        requests.set_deadline(id, deadline);
    }

    /// Records that an answer to this request has come. The time of requests sent later begins
    /// anew, unless the answer is an outcome, which comes out of turn. Their deadlines are moved
    /// only when they would expire.
    pub(super) fn worked(&mut self, id: u64, now: Option<Instant>) {
        let Some(requests) = &mut self.0 else { return };
        let in_turn = requests.entries.get(&id).is_some_and(|entry| entry.phase != Phase::Outcome);
        if let Some(now) = now.filter(|_| in_turn) {
            requests.worked = Some((now.checked_sub(requests.stopped).unwrap_or(now), id));
        }
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Entry> {
        let requests = self.0.as_mut()?;
        requests.set_deadline(id, None);
        let entry = requests.entries.remove(&id)?.into_inner();
        requests.due -= usize::from(entry.is_due());
        requests.callers -= usize::from(entry.is_callers());
        requests.in_flight -= usize::from(entry.is_in_flight());
        requests.held -= entry.size();
        for awaits in entry.awaits() {
            requests.awaits.remove(&(awaits, id));
        }
        if let Some(name) = &entry.action_id {
            requests.named.remove(name);
        }
        if requests.entries.is_empty() {
            self.0 = None;
        }
        Some(entry)
    }

    /// Returns the request for which the caller chose this `ActionID`.
    pub(super) fn named(&self, action_id: &[u8]) -> Option<u64> {
        let named = &self.0.as_ref().filter(|requests| !requests.named.is_empty())?.named;
        named.get(core::str::from_utf8(action_id).ok()?).copied()
    }

    /// Returns the oldest request that awaits this message.
    pub(super) fn oldest(&self, awaits: Awaits) -> Option<u64> {
        let mut those = self.0.as_ref()?.awaits.range((awaits, 0)..=(awaits, u64::MAX));
        those.next().map(|(_, id)| *id)
    }

    /// Returns a request whose outcome is not sent to a session that reads only these classes of
    /// events.
    pub(super) fn unseen(&self, mask: Classes) -> Option<u64> {
        let awaits = &self.0.as_ref()?.awaits;
        let mut from = Bound::Included((Awaits::Outcome(Classes::NONE), 0));
        // One step for each set of classes that an outcome in the catalogue needs.
        while let Some((Awaits::Outcome(classes), id)) = awaits.range((from, Bound::Unbounded)).next() {
            if !mask.contains(*classes) {
                return Some(*id);
            }
            from = Bound::Excluded((Awaits::Outcome(*classes), u64::MAX));
        }
        None
    }

    /// Returns whether a request awaits its answer.
    pub(super) fn is_due(&self) -> bool {
        self.0.as_ref().is_some_and(|requests| requests.due > 0)
    }

    /// Returns until when the server may be unable to answer because of a request during which it
    /// answers nothing else.
    pub(super) fn blocked_until(&self) -> Option<Instant> {
        let requests = self.0.as_ref()?;
        let (end, id) = requests.blocking.last()?;
        requests.later(id).map_or(end, |later| later.max(end)).checked_add(requests.stopped)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let requests = self.0.as_ref()?;
        requests.deadlines.first()?.0.checked_add(requests.stopped)
    }

    /// Removes the request with the earliest expired deadline, and moves the deadlines that begin
    /// anew.
    pub(super) fn take_expired(&mut self, now: Instant) -> Option<Entry> {
        loop {
            self.deadline().filter(|deadline| *deadline <= now)?;
            let requests = self.0.as_mut()?;
            let (due, id) = requests.deadlines.first()?;
            let Some(later) = requests.later(id).filter(|later| *later > due) else { return self.remove(id) };
            requests.put_deadline(id, Some(later));
        }
    }

    /// Extends all deadlines by this time.
    pub(super) fn put_off(&mut self, by: Duration) {
        if let Some(requests) = &mut self.0 {
            requests.stopped = requests.stopped.saturating_add(by);
        }
    }

    /// Removes all requests; returns those of the caller, in order.
    pub(super) fn lose(&mut self) -> impl Iterator<Item = Entry> + use<> {
        let lost = self.0.take().into_iter().flat_map(|requests| requests.entries.into_values());
        lost.map(Place::into_inner).filter(Entry::is_callers)
    }
}

#[cfg(debug_assertions)]
impl InFlight {
    const CHECKED: usize = 64;

    /// Checks the sums and indices in debug builds. Skips the check if there are many requests,
    /// since it would take too long.
    pub(super) fn check(&self) {
        if let Some(requests) = self.0.as_ref().filter(|requests| requests.entries.len() <= Self::CHECKED) {
            requests.check();
        }
    }
}

impl Requests {
    /// Returns the deadline that a request has because the server was at work on an earlier one.
    fn later(&self, id: u64) -> Option<Instant> {
        let (at, _) = self.worked.filter(|(_, worked)| *worked < id)?;
        let entry: &Entry = self.entries.get(&id)?;
        entry.allowed.filter(|_| entry.phase != Phase::Outcome).and_then(|allowed| at.checked_add(allowed))
    }

    /// Sets the deadline of a request, by the caller's clock.
    fn set_deadline(&mut self, id: u64, deadline: Option<Instant>) {
        let deadline = deadline.map(|deadline| deadline.checked_sub(self.stopped).unwrap_or(deadline));
        self.put_deadline(id, deadline);
    }

    /// Sets the deadline of a request, by the clock of the deadlines.
    fn put_deadline(&mut self, id: u64, deadline: Option<Instant>) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let entry: &mut Entry = entry;
        let before = core::mem::replace(&mut entry.deadline, deadline);
        self.deadlines.put(id, before, deadline);
        if entry.plan.blocks {
            self.blocking.put(id, before, deadline);
        }
    }

    /// Checks the sums and the indices against the entries.
    #[cfg(debug_assertions)]
    fn check(&self) {
        let (mut due, mut held, mut timed, mut blocking, mut awaits) = (0, 0, 0, 0, 0);
        let (mut callers, mut in_flight, mut named) = (0, 0, 0);
        for (id, entry) in &self.entries {
            let entry: &Entry = entry;
            assert_eq!(*id, entry.id);
            due += usize::from(entry.is_due());
            callers += usize::from(entry.is_callers());
            in_flight += usize::from(entry.is_in_flight());
            held += entry.size();
            if let Some(deadline) = entry.deadline {
                assert!(self.deadlines.has(*id, deadline));
                assert_eq!(self.blocking.has(*id, deadline), entry.plan.blocks);
                timed += 1;
                blocking += usize::from(entry.plan.blocks);
            }
            if let Some(name) = &entry.action_id {
                assert_eq!(self.named.get(name), Some(id));
                named += 1;
            }
            for what in entry.awaits() {
                assert!(self.awaits.contains(&(what, *id)));
                awaits += 1;
            }
        }
        assert!(!self.entries.is_empty() && named == self.named.len());
        assert_eq!((due, held, callers, in_flight), (self.due, self.held, self.callers, self.in_flight));
        assert_eq!((timed, blocking, awaits), (self.deadlines.len(), self.blocking.len(), self.awaits.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::Purpose;
    use super::super::reply_plan::Plan;
    use super::*;
    use crate::steps::steps;
    use crate::wire::{Decoder, Framing, Limits};
    use alloc::vec::Vec;

    const LISTS: [&[u8]; 4] = [b"IAXpeers", b"SIPpeers", b"QueueStatus", b"PJSIPShowEndpoint"];

    fn plan(action: &[u8]) -> Plan {
        Plan::of(crate::catalogue::find_action(action).map(crate::catalogue::ActionType::new), None, None)
    }

    fn item(name: &str) -> Awaits {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        decoder.push(alloc::format!("Event: {name}\r\n\r\n").as_bytes());
        Awaits::Item(super::super::reply_plan::item(decoder.next_frame().unwrap().unwrap()).unwrap())
    }

    /// Every second request is an open list; every fourth one blocks, and every eighth has a probe.
    fn filled(requests: u64, now: Instant) -> InFlight {
        let mut all = InFlight::new();
        for id in 0..requests {
            let later = Duration::from_millis(id * 7919 % requests);
            let purpose = if id % 8 == 7 { Purpose::Probe } else { Purpose::Caller };
            let mut plan = plan(LISTS[usize::try_from(id).unwrap() / 2 % LISTS.len()]);
            plan.blocks = id % 4 == 1;
            all.push(Entry::new(id, purpose, plan, 0, later), Some(now));
            if id % 2 == 0 {
                all.step(id, Phase::Items, Some(now));
            }
        }
        all
    }

    /// Each call looks at no more entries for sixteen times as many requests.
    #[test]
    fn few_are_looked_at() {
        let now = Instant::now();
        for requests in [1000, 4000, 16_000] {
            let mut all = filled(requests, now);
            let few = |what: &str, most: usize, run: &mut dyn FnMut()| {
                let steps = steps(run).looked;
                assert!(steps <= most, "{what} among {requests}: {steps}");
            };
            few("questions", 0, &mut || {
                let latest = (0..requests).filter(|id| id % 4 == 1).map(|id| id * 7919 % requests).max();
                assert_eq!(all.blocked_until(), latest.map(|at| now + Duration::from_millis(at)));
                assert_eq!(
                    (all.deadline(), all.callers() + all.0.as_ref().unwrap().entries.len() / 8),
                    (Some(now), usize::try_from(requests).unwrap())
                );
                assert_eq!(all.oldest(Awaits::Text), Some(7));
                let oldest = ["PeerEntry", "QueueMember", "QueueEntry", "AorDetail"].map(|name| all.oldest(item(name)));
                assert_eq!(oldest, [Some(0), Some(4), Some(4), Some(6)]);
                assert_eq!(all.oldest(item("BridgeListItem")), None);
            });
            few("a new one", 1, &mut || {
                all.push(Entry::new(requests, Purpose::Caller, plan(b"Ping"), 0, Duration::ZERO), None);
            });
            few("a step", 3, &mut || all.step(requests, Phase::Outcome, Some(now)));
            few("more time", 0, &mut || all.put_off(Duration::from_secs(1)));
            assert_eq!(all.deadline(), Some(now + Duration::from_secs(1)));
            few("an expiry", 1, &mut || assert_eq!(all.take_expired(now + Duration::from_secs(1)).unwrap().id, 0));
            assert_eq!(all.oldest(item("PeerEntry")), Some(2), "that one has ended");
            few("an end in the middle", 1, &mut || assert_eq!(all.remove(requests / 2).unwrap().id, requests / 2));
            assert!(all.remove(requests / 2).is_none() && all.get(requests / 2).is_none());
        }
    }

    /// The sums return to zero, in any order of endings.
    #[test]
    fn the_sums_come_out() {
        let now = Instant::now();
        for stride in [1, 7, 511] {
            let mut all = filled(512, now);
            let sizes =
                |all: &InFlight| all.0.as_ref().unwrap().entries.values().map(|entry| entry.size()).sum::<usize>();
            let order: Vec<u64> = (0..512).map(|place| place * stride % 512).collect();
            for id in &order {
                assert_eq!(all.held(), sizes(&all));
                assert!(all.is_due() && all.remove(*id).is_some());
            }
            assert!(all.is_empty() && !all.is_due() && all.deadline().is_none());
            assert_eq!((all.held(), all.callers(), all.in_flight()), (0, 0, 0));
        }
    }
}
