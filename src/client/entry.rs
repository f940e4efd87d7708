//! State of one open request.

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

/// State of a request that has not ended.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) purpose: Purpose,
    pub(super) phase: Phase,
    pub(super) plan: Plan,
    /// Number of items received, or of paragraphs of text.
    pub(super) items: u64,
    /// Deadline, by the clock of [`InFlight`](super::in_flight::InFlight), which stops with the
    /// reading.
    pub(super) deadline: Option<Instant>,
    /// Time that each step may take.
    pub(super) step: Duration,
    /// Time that the present step may take, including the time that it is known to take longer;
    /// `None`: no limit.
    pub(super) allowed: Option<Duration>,
    /// Offset of the request's end in all bytes ever written.
    pub(super) written: u64,
    pub(super) collects: bool,
    /// True once the list has been announced, which happens once.
    pub(super) announced: bool,
    /// Request to repeat after a reconnect, if the server accepts this one.
    pub(super) restores: Option<Wiped>,
    /// `ActionID`, if the caller chose it.
    pub(super) action_id: Option<Box<str>>,
}

/// Purpose of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A request of the caller.
    Caller,
    /// A ping that marks the end of the text that answers the request with the number before.
    Probe,
    /// A request that sets a filter again.
    Restore,
}

/// Message that a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Response,
    Items,
    Outcome,
}

/// Message that a request awaits and that is found by other means than its `ActionID`. Where the
/// message has no `ActionID`, it belongs to the oldest request that awaits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Awaits {
    /// Text, up to the answer to the probe of this number.
    Text,
    /// An item of a list, by the number of the event's type.
    Item(usize),
    /// The change of the event mask.
    Mask,
    /// An outcome, which has an `ActionID`; holds the classes of events that a session must read to
    /// receive it.
    Outcome(Classes),
}

impl Entry {
    /// Returns the entry of a request that has just been written.
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

    /// Returns the request's `ActionID`: the caller's, or else one with this prefix.
    pub(super) fn action_id(&self, prefix: Prefix) -> Box<str> {
        self.action_id.clone().unwrap_or_else(|| prefix.id(self.id).as_str().into())
    }

    /// Returns the entry of the ping that marks the end of the answer to this request.
    pub(super) fn probe(of: &Self, written: u64) -> Self {
        let probe = Self::new(of.id + 1, Purpose::Probe, Plan::UNKNOWN, written, of.step);
        Self { allowed: of.allowed, ..probe }
    }

    /// Returns whether items may come: the list has begun, or may begin without a response.
    pub(super) fn awaits_items(&self) -> bool {
        match self.phase {
            Phase::Response => self.plan.end.is_some(),
            Phase::Items => true,
            Phase::Outcome => false,
        }
    }

    /// Returns whether a frame is part of the answer to this request, given that it has the
    /// request's `ActionID` or is attributed to the request without one.
    pub(super) fn is_answered_by(&self, frame: Frame<'_>) -> bool {
        match frame.kind() {
            FrameKind::Event if self.plan.has_outcome(frame) => true,
            FrameKind::Event => self.awaits_items() && (self.plan.ends_list(frame).is_some() || self.plan.takes(frame)),
            FrameKind::Response => self.phase != Phase::Outcome,
            _ => true,
        }
    }

    /// Returns how far the request has come. `handed`: number of bytes handed out, of all ever
    /// written.
    pub(super) fn reached(&self, handed: u64) -> Reached {
        match self.phase {
            Phase::Response if self.written > handed => Reached::NotSent,
            Phase::Response if self.items == 0 => Reached::Sent,
            Phase::Response | Phase::Items => Reached::Started { items: self.items },
            Phase::Outcome => Reached::Accepted,
        }
    }

    /// Returns whether the server is at work on this request, so that it answers nothing else, and
    /// the request's own deadline shows soon enough that the server is gone. A request that may
    /// take an hour longer than usual has no such deadline.
    pub(super) fn is_due(&self) -> bool {
        const LONG: Duration = Duration::from_secs(3600);
        let longer = self.allowed.map(|allowed| allowed.saturating_sub(self.step));
        self.phase != Phase::Outcome && longer.is_some_and(|longer| longer < LONG)
    }

    /// Returns how long this phase of the request may take; `None`: no limit.
    pub(super) fn usual(&self, phase: Phase) -> Option<Duration> {
        let longer = if phase == Phase::Outcome { self.plan.outcome_longer } else { Some(Duration::ZERO) };
        longer.and_then(|longer| self.step.checked_add(longer))
    }

    /// Begins the present step at `now`, and returns its deadline; `None` if the step has no limit.
    pub(super) fn begin(&mut self, now: Option<Instant>) -> Option<Instant> {
        let deadline = now.zip(self.allowed).and_then(|(now, allowed)| now.checked_add(allowed));
        self.allowed = self.allowed.filter(|_| deadline.is_some());
        deadline
    }

    /// Returns the messages that the request awaits and that are found by other means than its
    /// `ActionID`.
    pub(super) fn awaits(&self) -> impl Iterator<Item = Awaits> + use<> {
        let text = (self.purpose == Purpose::Probe).then_some(Awaits::Text);
        let items = (self.phase == Phase::Items).then(|| self.plan.items().map(Awaits::Item));
        let outcome = if self.phase == Phase::Outcome { self.plan.outcome_classes() } else { None };
        let mask = self.plan.sets_mask().then_some(Awaits::Mask);
        text.into_iter().chain(items.into_iter().flatten()).chain(outcome.map(Awaits::Outcome)).chain(mask)
    }

    /// Returns whether the caller sent the request.
    pub(super) fn is_callers(&self) -> bool {
        self.purpose == Purpose::Caller
    }

    /// Returns whether the request awaits its response; probes do not count.
    pub(super) fn is_in_flight(&self) -> bool {
        self.phase == Phase::Response && self.purpose != Purpose::Probe
    }

    /// Returns which events may still come, or come again, after the request has ended: `answered`
    /// in full, or given up.
    pub(super) fn leaves(&self, answered: bool) -> Answers {
        let (plan, begun) = (&self.plan, self.phase == Phase::Items);
        let none = answered && !begun && plan.end.is_none() && plan.outcome.is_none();
        if none { Answers::None } else { plan.events(begun) }
    }

    /// Returns the bytes that the entry holds, or will hold once its list has begun.
    pub(super) fn size(&self) -> usize {
        let restores = self.restores.as_ref().map_or(0, |restores| restores.len());
        let awaits = usize::from(self.plan.outcome.is_some()) + usize::from(self.plan.sets_mask());
        let named = self.action_id.as_ref().map_or(0, |id| size_of::<(Box<str>, u64)>() + 2 * id.len());
        Self::SIZE + self.plan.size() + awaits * size_of::<(Awaits, u64)>() + restores + named
    }

    /// Accounted bytes of a request that restores nothing and has no list: the entry, its
    /// deadlines, and an empty collection. After the request has ended, its notice is smaller until
    /// it is polled.
    pub(super) const SIZE: usize = size_of::<Self>() + 2 * size_of::<(Instant, u64)>() + Collected::LIST;
}

/// An entry in a collection. Tests count how often one is looked at.
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
