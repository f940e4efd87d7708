//! The requests in flight, and the `ActionID`s that name them.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::time::Duration;
use std::time::Instant;

use super::Id;
use super::list::Plan;
use super::report::{Progress, Unanswered};
use crate::wire::Frame;

/// A request that has not ended.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) purpose: Purpose,
    pub(super) phase: Phase,
    pub(super) plan: Plan,
    /// Items that have come, or paragraphs of text.
    pub(super) items: u64,
    pub(super) deadline: Option<Instant>,
    /// How long each step may take.
    pub(super) step: Option<Duration>,
    /// Where its bytes end in all that was ever written.
    pub(super) written: u64,
    pub(super) collects: bool,
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
    /// Whether the server may be at work on it, so that it answers nothing else.
    fn is_due(&self) -> bool {
        self.phase != Phase::Outcome
    }
}

/// The requests in flight, in the order in which they were sent.
#[derive(Debug, Default)]
pub(super) struct InFlight(VecDeque<Entry>);

impl InFlight {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds one; its number is larger than all before.
    pub(super) fn push(&mut self, entry: Entry) {
        self.0.push_back(entry);
    }

    fn place(&self, id: u64) -> Option<usize> {
        // Answers mostly come in order.
        match self.0.front() {
            Some(first) if first.id == id => Some(0),
            _ => self.0.binary_search_by_key(&id, |entry| entry.id).ok(),
        }
    }

    pub(super) fn get(&mut self, id: u64) -> Option<&mut Entry> {
        let place = self.place(id)?;
        self.0.get_mut(place)
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Entry> {
        let place = self.place(id)?;
        self.0.remove(place)
    }

    /// The oldest that awaits text.
    pub(super) fn text(&mut self) -> Option<&mut Entry> {
        self.0.iter_mut().find(|entry| entry.plan.probes && entry.phase == Phase::Response)
    }

    /// The oldest open list that has items of this kind.
    pub(super) fn list_of(&self, frame: Frame<'_>) -> Option<u64> {
        let mut open = self.0.iter().filter(|entry| entry.phase == Phase::Items);
        open.find(|entry| entry.plan.has_item(frame)).map(|entry| entry.id)
    }

    /// Whether a request awaits its answer.
    pub(super) fn is_due(&self) -> bool {
        self.0.iter().any(Entry::is_due)
    }

    /// Until when the server may be unable to answer, for a request that it can't put aside.
    pub(super) fn blocked_until(&self) -> Option<Instant> {
        self.0.iter().filter(|entry| entry.plan.blocks).filter_map(|entry| entry.deadline).max()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.0.iter().filter_map(|entry| entry.deadline).min()
    }

    /// Takes out the oldest whose time is up.
    pub(super) fn take_expired(&mut self, now: Instant) -> Option<Entry> {
        let place = self.0.iter().position(|entry| entry.deadline.is_some_and(|deadline| deadline <= now))?;
        self.0.remove(place)
    }

    /// Takes out all, in order. `handed`: how much of all that was ever written has been handed out.
    pub(super) fn lose(&mut self, handed: u64) -> impl Iterator<Item = Unanswered> + '_ {
        self.0.drain(..).filter(|entry| entry.purpose == Purpose::Caller).map(move |entry| Unanswered {
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

/// What all `ActionID`s of a session begin with: ten letters and digits that nobody else can guess, so that no other session can pass its events off as our answers.
#[derive(Clone, Copy)]
pub(super) struct Prefix([u8; Self::LEN]);

impl Prefix {
    const LEN: usize = 10;

    /// Fifty bits of the seed, spread by the number of the session.
    pub(super) fn new(seed: u64, session: u32) -> Self {
        // SplitMix64: neighbouring inputs give unlike outputs.
        let mut bits = seed.wrapping_add(u64::from(session).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
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
