//! The requests in flight, and the `ActionID`s that name them.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::time::Duration;
use std::time::Instant;

use super::Id;
use super::list::{Collected, Plan};
use super::report::{Progress, Unanswered};
use crate::deadlines::Deadlines;
use crate::origin::Origin;
use crate::wire::Frame;

/// A request that has not ended.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) purpose: Purpose,
    phase: Phase,
    pub(super) plan: Plan,
    /// Items that have come, or paragraphs of text.
    pub(super) items: u64,
    deadline: Option<Instant>,
    /// How long each step may take.
    pub(super) step: Option<Duration>,
    /// Where its bytes end in all that was ever written.
    written: u64,
    pub(super) collects: bool,
    /// Whether its list has been announced, which it is once.
    pub(super) announced: bool,
    /// What has to be said again after a reconnect, if it is accepted.
    pub(super) restores: Option<Box<[u8]>>,
}

/// For whom a request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// For the caller.
    Caller,
    /// To find the end of the text that answers the request of this number.
    Probe(u64),
    /// To set a filter again.
    Restore,
}

/// What a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Response,
    Items,
    Outcome,
}

impl Entry {
    /// A request that has just been written.
    pub(super) fn new(id: u64, purpose: Purpose, plan: Plan, written: u64) -> Self {
        Self {
            id,
            purpose,
            phase: Phase::Response,
            plan,
            items: 0,
            deadline: None,
            step: None,
            written,
            collects: false,
            announced: false,
            restores: None,
        }
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether the server may be at work on it, so that it answers nothing else.
    fn is_due(&self) -> bool {
        self.phase != Phase::Outcome
    }

    /// Bytes that it holds.
    fn size(&self) -> usize {
        Self::SIZE + self.restores.as_ref().map_or(0, |bytes| bytes.len())
    }

    /// Bytes of one that restores nothing, with its deadline and a list that is empty. What is left of it once it has ended, until that has been told, is smaller.
    pub(super) const SIZE: usize = size_of::<Self>() + size_of::<(Instant, u64)>() + Collected::LIST;
}

/// The requests in flight, in the order in which they were sent. Takes up next to nothing where there are none, as in most sessions most of the time.
#[derive(Debug)]
pub(super) struct InFlight(Option<Box<Requests>>);

#[derive(Debug)]
struct Requests {
    /// Never empty.
    entries: VecDeque<Entry>,
    deadlines: Deadlines<Instant>,
    /// How many await their answers.
    due: usize,
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

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter().flat_map(|requests| &requests.entries)
    }

    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |requests| requests.entries.len())
    }

    /// Bytes held.
    pub(super) fn held(&self) -> usize {
        self.0.as_ref().map_or(0, |requests| requests.held)
    }

    /// Adds one that has to be answered until then; its number is larger than all before.
    pub(super) fn push(&mut self, entry: Entry, deadline: Option<Instant>) {
        let none = || Box::new(Requests { entries: VecDeque::new(), deadlines: Deadlines::new(), due: 0, held: 0 });
        let requests = self.0.get_or_insert_with(none);
        requests.due += 1;
        requests.held += entry.size();
        requests.deadlines.put(entry.id, None, deadline);
        requests.entries.push_back(Entry { deadline, ..entry });
    }

    pub(super) fn get(&mut self, id: u64) -> Option<&mut Entry> {
        let requests = self.0.as_mut()?;
        let place = requests.place(id)?;
        requests.entries.get_mut(place)
    }

    /// It has come so far, and has until then for what comes next.
    pub(super) fn step(&mut self, id: u64, phase: Phase, deadline: Option<Instant>) {
        let Some(requests) = &mut self.0 else { return };
        let Some(place) = requests.place(id) else { return };
        let Some(entry) = requests.entries.get_mut(place) else { return };
        requests.due -= usize::from(entry.is_due());
        entry.phase = phase;
        requests.due += usize::from(entry.is_due());
        requests.deadlines.put(id, entry.deadline, deadline);
        entry.deadline = deadline;
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Entry> {
        let requests = self.0.as_mut()?;
        let place = requests.place(id)?;
        let entry = requests.entries.remove(place)?;
        requests.due -= usize::from(entry.is_due());
        requests.held -= entry.size();
        requests.deadlines.put(id, entry.deadline, None);
        if requests.entries.is_empty() {
            self.0 = None;
        }
        Some(entry)
    }

    /// The oldest that awaits text.
    pub(super) fn text(&mut self) -> Option<&mut Entry> {
        let mut entries = self.0.iter_mut().flat_map(|requests| &mut requests.entries);
        entries.find(|entry| entry.plan.probes && entry.phase == Phase::Response)
    }

    /// The oldest open list that has items of this kind.
    pub(super) fn list_of(&self, frame: Frame<'_>) -> Option<u64> {
        let mut open = self.entries().filter(|entry| entry.phase == Phase::Items);
        open.find(|entry| entry.plan.has_item(frame)).map(|entry| entry.id)
    }

    /// Whether a request awaits its answer.
    pub(super) fn is_due(&self) -> bool {
        self.0.as_ref().is_some_and(|requests| requests.due > 0)
    }

    /// Until when the server may be unable to answer, for a request that it can't put aside.
    pub(super) fn blocked_until(&self) -> Option<Instant> {
        self.entries().filter(|entry| entry.plan.blocks).filter_map(|entry| entry.deadline).max()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.0.as_ref()?.deadlines.first().map(|(deadline, _)| deadline)
    }

    /// Takes out the one whose time was up first.
    pub(super) fn take_expired(&mut self, now: Instant) -> Option<Entry> {
        let (_, id) = self.0.as_ref()?.deadlines.first().filter(|(deadline, _)| *deadline <= now)?;
        self.remove(id)
    }

    /// Gives each this much longer.
    pub(super) fn put_off(&mut self, by: Duration) {
        let Some(requests) = &mut self.0 else { return };
        for entry in &mut requests.entries {
            let later = entry.deadline.and_then(|deadline| deadline.checked_add(by));
            requests.deadlines.put(entry.id, entry.deadline, later);
            entry.deadline = later;
        }
    }

    /// Takes out all, in order. `handed`: how much of all that was ever written has been handed out.
    pub(super) fn lose(&mut self, handed: u64) -> impl Iterator<Item = Unanswered> + use<> {
        let lost = self.0.take().into_iter().flat_map(|requests| requests.entries);
        lost.filter(|entry| entry.purpose == Purpose::Caller).map(move |entry| Unanswered {
            id: Id(entry.id),
            action: entry.plan.action,
            progress: match entry.phase {
                Phase::Response if entry.written > handed => Progress::NotSent,
                Phase::Response if entry.items == 0 => Progress::Sent,
                _ => Progress::Started { items: entry.items },
            },
        })
    }
}

impl Requests {
    fn place(&self, id: u64) -> Option<usize> {
        // Answers mostly come in order.
        match self.entries.front() {
            Some(first) if first.id == id => Some(0),
            _ => self.entries.binary_search_by_key(&id, |entry| entry.id).ok(),
        }
    }
}

/// What all `ActionID`s of a session begin with: ten letters and digits that nobody else can guess, so that no other session can pass its events off as our answers.
///
/// A server shows them to others: `OriginateResponse` carries the `ActionID` to every session that reads the class `call`. So none may tell what the next one is.
#[derive(Clone, Copy)]
pub(super) struct Prefix([u8; Self::LEN]);

impl Prefix {
    const LEN: usize = 10;

    /// Fifty bits for the connection of this number.
    pub(super) fn new(origin: &Origin, session: u32) -> Self {
        let mut bits = origin.bits(session);
        let mut letters = [0; Self::LEN];
        for letter in &mut letters {
            *letter = b"0123456789abcdefghjkmnpqrstvwxyz"[(bits & 31) as usize];
            bits >>= 5;
        }
        Self(letters)
    }

    /// The `ActionID` of this number.
    pub(super) fn id(self, number: u64) -> ActionId {
        let mut id = ActionId { bytes: [0; ActionId::LEN], start: ActionId::LEN };
        let mut left = number;
        loop {
            id.put(b'0' + (left % 10) as u8);
            left /= 10;
            if left == 0 {
                break;
            }
        }
        id.put(b'-');
        self.0.iter().rev().for_each(|letter| id.put(*letter));
        id
    }

    /// The number in an `ActionID`, if it is one of ours.
    pub(super) fn number(self, id: &[u8]) -> Option<u64> {
        let digits = id.strip_prefix(&self.0)?.strip_prefix(b"-")?;
        if digits.is_empty() || digits.len() > 19 {
            return None;
        }
        digits.iter().try_fold(0, |number: u64, digit| {
            let digit = digit.wrapping_sub(b'0');
            (digit < 10).then(|| number * 10 + u64::from(digit))
        })
    }
}

impl core::fmt::Debug for Prefix {
    /// Nothing: whoever knows it can forge answers.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Prefix(***)")
    }
}

/// An `ActionID`, written from its end.
pub(super) struct ActionId {
    bytes: [u8; Self::LEN],
    start: usize,
}

impl ActionId {
    /// Prefix, hyphen, and the twenty digits of the largest number.
    const LEN: usize = Prefix::LEN + 21;

    fn put(&mut self, byte: u8) {
        self.start = self.start.saturating_sub(1);
        self.bytes[self.start] = byte;
    }

    pub(super) fn as_str(&self) -> &str {
        // All of it is ASCII.
        self.bytes.get(self.start..).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No prefix may follow from another by something simpler than the key: not by their sum, difference or bits in common.
    #[test]
    fn prefixes_tell_nothing_of_each_other() {
        let bits = |origin: &Origin, session| {
            let Prefix(letters) = Prefix::new(origin, session);
            letters.iter().fold(0_u64, |bits, letter| bits << 8 | u64::from(*letter))
        };
        let mut differences = alloc::collections::BTreeSet::new();
        let mut exclusives = alloc::collections::BTreeSet::new();
        let origins = [Origin::random(), Origin::random(), Origin::Seed(7), Origin::Seed(8)];
        for (number, origin) in origins.iter().enumerate() {
            for session in 0..200 {
                let (one, next) = (bits(origin, session), bits(origin, session + 1));
                assert!(differences.insert(next.wrapping_sub(one)), "client {number}, session {session}");
                assert!(exclusives.insert(next ^ one), "client {number}, session {session}");
            }
        }
        // Nor do two clients have the same.
        let [one, other, ..] = &origins;
        assert!((0..200).all(|session| bits(one, session) != bits(other, session)));
    }
}
