//! One request that has not ended.

use alloc::boxed::Box;
use core::ops::{Deref, DerefMut};
use core::time::Duration;
use std::time::Instant;

use super::Reached;
use super::action_id::Prefix;
use super::collect::Collected;
use super::reply_plan::{Answers, Plan};
use crate::steps::count;
use crate::value::Classes;
use crate::wiped::Wiped;
use crate::wire::{Frame, FrameKind};

/// A request that has not ended.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) purpose: Purpose,
    pub(super) phase: Phase,
    pub(super) plan: Plan,
    /// Items that have come, or paragraphs of text.
    pub(super) items: u64,
    /// When its time is up, by the clock of [`InFlight`](super::in_flight::InFlight), which stops
    /// with the reading.
    pub(super) deadline: Option<Instant>,
    /// How long each step may take.
    pub(super) step: Duration,
    /// How long the present one may, with what it is known to take longer; `None`: any time.
    pub(super) allowed: Option<Duration>,
    /// Where its bytes end in all that was ever written.
    pub(super) written: u64,
    pub(super) collects: bool,
    /// Whether its list has been announced, which it is once.
    pub(super) announced: bool,
    /// What has to be said again after a reconnect, if it is accepted.
    pub(super) restores: Option<Wiped>,
    /// Its `ActionID` where the caller chose it.
    pub(super) action_id: Option<Box<str>>,
}

/// For whom a request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// For the caller.
    Caller,
    /// To find the end of the text that answers the request of the number before.
    Probe,
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

/// What a request awaits that is looked for by something else than its `ActionID`. What may come
/// without one belongs to the oldest request that awaits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Awaits {
    /// Text, up to the answer to the probe of this number.
    Text,
    /// An item of a list: the number of the event's type.
    Item(usize),
    /// That the event mask is changed.
    Mask,
    /// An outcome, which has an `ActionID`: the classes of events that a session must read to be
    /// told of it.
    Outcome(Classes),
}

impl Entry {
    /// A request that has just been written.
    pub(super) fn new(id: u64, purpose: Purpose, plan: Plan, written: u64, step: Duration) -> Self {
        Self {
            id,
            purpose,
            phase: Phase::Response,
            plan,
            items: 0,
            deadline: None,
            step,
            allowed: Some(step),
            written,
            collects: false,
            announced: false,
            restores: None,
            action_id: None,
        }
    }

    /// Returns its `ActionID`, on a connection where the others begin with this.
    pub(super) fn action_id(&self, prefix: Prefix) -> Box<str> {
        self.action_id.clone().unwrap_or_else(|| prefix.id(self.id).as_str().into())
    }

    /// Returns the ping that finds the end of what answers this request.
    pub(super) fn probe(of: &Self, written: u64) -> Self {
        let probe = Self::new(of.id + 1, Purpose::Probe, Plan::UNKNOWN, written, of.step);
        Self { allowed: of.allowed, ..probe }
    }

    /// Whether items may come: its list has begun, or may begin without its response.
    pub(super) fn awaits_items(&self) -> bool {
        match self.phase {
            Phase::Response => self.plan.end.is_some(),
            Phase::Items => true,
            Phase::Outcome => false,
        }
    }

    /// Whether a frame that has its `ActionID`, or would be taken for its own without one, is a part
    /// of its answer.
    pub(super) fn is_answered_by(&self, frame: Frame<'_>) -> bool {
        match frame.kind() {
            FrameKind::Event if self.plan.has_outcome(frame) => true,
            FrameKind::Event => self.awaits_items() && (self.plan.ends_list(frame).is_some() || self.plan.takes(frame)),
            FrameKind::Response => self.phase != Phase::Outcome,
            _ => true,
        }
    }

    /// How far it has come. `handed`: how much of all that was ever written has been handed out.
    pub(super) fn reached(&self, handed: u64) -> Reached {
        match self.phase {
            Phase::Response if self.written > handed => Reached::NotSent,
            Phase::Response if self.items == 0 => Reached::Sent,
            Phase::Response | Phase::Items => Reached::Started { items: self.items },
            Phase::Outcome => Reached::Accepted,
        }
    }

    /// Whether the server is at work on it, so that it answers nothing else, and its own deadline
    /// tells soon enough that the server is gone. One that may take an hour longer than usual has
    /// no such deadline.
    pub(super) fn is_due(&self) -> bool {
        const LONG: Duration = Duration::from_secs(3600);
        let longer = self.allowed.map(|allowed| allowed.saturating_sub(self.step));
        self.phase != Phase::Outcome && longer.is_some_and(|longer| longer < LONG)
    }

    /// How long this phase of it takes at the most.
    pub(super) fn usual(&self, phase: Phase) -> Option<Duration> {
        let longer = if phase == Phase::Outcome { self.plan.outcome_longer } else { Some(Duration::ZERO) };
        longer.and_then(|longer| self.step.checked_add(longer))
    }

    /// When the time is up that it is allowed from now; one without end is not a time that is
    /// allowed.
    pub(super) fn begin(&mut self, now: Option<Instant>) -> Option<Instant> {
        let deadline = now.zip(self.allowed).and_then(|(now, allowed)| now.checked_add(allowed));
        self.allowed = self.allowed.filter(|_| deadline.is_some());
        deadline
    }

    /// What it awaits, but for what has its `ActionID`.
    pub(super) fn awaits(&self) -> impl Iterator<Item = Awaits> + use<> {
        let text = (self.purpose == Purpose::Probe).then_some(Awaits::Text);
        let items = (self.phase == Phase::Items).then(|| self.plan.items().map(Awaits::Item));
        let outcome = if self.phase == Phase::Outcome { self.plan.outcome_classes() } else { None };
        let mask = self.plan.sets_mask().then_some(Awaits::Mask);
        text.into_iter().chain(items.into_iter().flatten()).chain(outcome.map(Awaits::Outcome)).chain(mask)
    }

    /// Whether it is the caller's.
    pub(super) fn is_callers(&self) -> bool {
        self.purpose == Purpose::Caller
    }

    /// Whether its response is awaited, by its caller or to set something again.
    pub(super) fn is_in_flight(&self) -> bool {
        self.phase == Phase::Response && self.purpose != Purpose::Probe
    }

    /// Which events may still come, or come again, once it has ended: `answered` in full, or given
    /// up.
    pub(super) fn leaves(&self, answered: bool) -> Answers {
        let (plan, begun) = (&self.plan, self.phase == Phase::Items);
        let none = answered && !begun && plan.end.is_none() && plan.outcome.is_none();
        if none { Answers::None } else { plan.events(begun) }
    }

    /// Bytes that it holds, or will hold once its list has begun.
    pub(super) fn size(&self) -> usize {
        let restores = self.restores.as_ref().map_or(0, |restores| restores.len());
        let awaits = usize::from(self.plan.outcome.is_some()) + usize::from(self.plan.sets_mask());
        let named = self.action_id.as_ref().map_or(0, |id| size_of::<(Box<str>, u64)>() + 2 * id.len());
        Self::SIZE + self.plan.size() + awaits * size_of::<(Awaits, u64)>() + restores + named
    }

    /// Bytes of one that restores nothing and has no list: the entry, its deadlines, and a
    /// collection that is empty. What is left of it once it has ended, until that has been told, is
    /// smaller.
    pub(super) const SIZE: usize = size_of::<Self>() + 2 * size_of::<(Instant, u64)>() + Collected::LIST;
}

/// An entry in its place among the others. Tests count how often one is looked at.
#[derive(Debug)]
pub(super) struct Place(Box<Entry>);

impl Place {
    pub(super) fn new(entry: Entry) -> Self {
        Self(Box::new(entry))
    }

    pub(super) fn into_inner(self) -> Entry {
        *self.0
    }
}

impl Deref for Place {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        count(|steps| steps.looked += 1);
        &self.0
    }
}

impl DerefMut for Place {
    fn deref_mut(&mut self) -> &mut Entry {
        count(|steps| steps.looked += 1);
        &mut self.0
    }
}
