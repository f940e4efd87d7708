//! What is kept of a call, and what it costs. Times are those that the events were given with; no
//! text is longer than the limit.

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use super::OwnedValue;
use crate::byte_budget::{self, listed};
use crate::value::HangupCause;
use crate::words::words;

/// A call: all channels that belong together, from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub(super) number: u64,
    /// What its channels and linked ids in the books name it by.
    pub(super) group: u64,
    pub(super) linked_id: OwnedValue,
    /// Those that it has had before, and those of calls that it took in.
    pub(super) former: Vec<OwnedValue>,
    pub(super) legs: Vec<Leg>,
    pub(super) dials: Vec<Dial>,
    pub(super) transfers: Vec<Transfer>,
    pub(super) queues: Vec<QueueWait>,
    pub(super) parkings: Vec<Parking>,
    pub(super) start: Duration,
    pub(super) end: Option<Duration>,
    /// How many of its legs have not ended.
    pub(super) alive: usize,
    /// Holds, stays and all the lists above but the legs.
    pub(super) marks: usize,
}

impl Call {
    /// Number that no other call of the same tracker has.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The `Linkedid` that its channels have now, or had last; up to 11 the unique id of its first
    /// channel.
    pub const fn linked_id(&self) -> &OwnedValue {
        &self.linked_id
    }

    /// What else it was called: not empty where calls became one.
    pub fn former_linked_ids(&self) -> &[OwnedValue] {
        &self.former
    }

    /// Its channels in the order in which they appeared.
    ///
    /// While a call goes on, those of a call that it took in stand together, before or behind its
    /// own. Its other lists are the same: in the order of time once it has ended.
    pub fn legs(&self) -> &[Leg] {
        &self.legs
    }

    /// Which channel called which.
    pub fn dials(&self) -> &[Dial] {
        &self.dials
    }

    /// Transfers that were asked for, those that failed included.
    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    /// Waits in queues.
    pub fn queues(&self) -> &[QueueWait] {
        &self.queues
    }

    /// Times in parking lots.
    pub fn parkings(&self) -> &[Parking] {
        &self.parkings
    }

    /// When its first channel appeared.
    pub const fn start(&self) -> Duration {
        self.start
    }

    /// When the last of its channels was gone. `None`: it goes on, or was
    /// [abandoned](super::Tracker::abandon).
    pub const fn end(&self) -> Option<Duration> {
        self.end
    }

    /// When two of its channels were first together in a bridge; without any bridge, when its first
    /// channel was up.
    pub fn answered(&self) -> Option<Duration> {
        let joined = self.legs.iter().filter_map(|leg| leg.stays.first()).map(|stay| stay.span.start);
        // The one who comes first waits for the second.
        let mut joined: Vec<Duration> = joined.collect();
        joined.sort_unstable();
        joined.get(1).copied().or_else(|| self.legs.iter().filter_map(|leg| leg.answered).min())
    }

    /// Why its first channel was hung up: as far as the caller is concerned, why the call ended.
    pub fn cause(&self) -> Option<HangupCause> {
        let own = self.legs.iter().find(|leg| leg.unique_id == *self.linked_id());
        own.or_else(|| self.legs.iter().min_by_key(|leg| leg.order)).and_then(|leg| leg.cause)
    }

    /// The leg of this channel.
    pub fn leg(&self, unique_id: &[u8]) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.unique_id.as_bytes() == unique_id)
    }

    /// How many marks it has, which [`CallLimits::marks`](super::CallLimits::marks) bounds.
    pub const fn marks(&self) -> usize {
        self.marks
    }

    /// How many elements move when another call takes it in.
    pub(super) fn weight(&self) -> usize {
        self.legs.len() + self.marks
    }

    /// Puts its lists in the order of time, which merging leaves call by call.
    pub(super) fn sort(&mut self) {
        self.legs.sort_by_key(|leg| leg.order);
        self.dials.sort_by_key(|dial| dial.span.start);
        self.transfers.sort_by_key(|transfer| transfer.at);
        self.queues.sort_by_key(|wait| wait.span.start);
        self.parkings.sort_by_key(|parking| parking.span.start);
    }
}

/// One channel of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leg {
    /// Name of the channel, its last one.
    pub channel: OwnedValue,
    /// Its unique id.
    pub unique_id: OwnedValue,
    /// Number of its caller id, where it has one.
    pub number: Option<OwnedValue>,
    /// When it was first heard of.
    pub first_seen: Duration,
    /// Whether that was its beginning.
    pub from_start: bool,
    /// When it first rang: this side or, for a channel that calls, the other.
    pub ringing: Option<Duration>,
    /// When it was up.
    pub answered: Option<Duration>,
    /// When it was hung up.
    pub ended: Option<Duration>,
    /// Why.
    pub cause: Option<HangupCause>,
    /// When it was on hold.
    pub holds: Vec<Span>,
    /// When it was in which bridge.
    pub stays: Vec<Stay>,
    /// Number of the leg in its tracker.
    pub(super) order: u64,
}

/// From when to when. `None`: it goes on, or the end was never told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the type's own says it")]
#[non_exhaustive]
pub struct Span {
    pub start: Duration,
    pub end: Option<Duration>,
}

impl Span {
    pub(super) const fn from(start: Duration) -> Self {
        Self { start, end: None }
    }

    pub(super) fn close(&mut self, at: Duration) {
        self.end.get_or_insert(at);
    }

    /// How long, if it has ended.
    pub fn length(self) -> Option<Duration> {
        self.end.map(|end| end.saturating_sub(self.start))
    }
}

/// A channel's time in a bridge.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stay {
    /// Unique id of the bridge; up to 11, where bridges have none, the unique ids of the two
    /// channels with a `+` between.
    pub bridge: OwnedValue,
    /// When.
    pub span: Span,
}

/// A channel calls another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dial {
    /// Unique id of the channel that calls; none for one that was originated.
    pub from: Option<OwnedValue>,
    /// Unique id of the channel that is called.
    pub to: OwnedValue,
    /// From the beginning to the answer or the failure.
    pub span: Span,
    /// How it ended, such as `ANSWER` or `BUSY`.
    pub status: Option<OwnedValue>,
}

/// How a call was transferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransferKind {
    /// Without asking the target.
    Blind,
    /// After talking to it.
    Attended,
}

words! { TransferKind { Blind = "blind", Attended = "attended", } }

/// A transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transfer {
    /// How.
    pub kind: TransferKind,
    /// When it was told.
    pub at: Duration,
    /// Unique id of the channel that asked for it.
    pub by: OwnedValue,
    /// Where to: `extension@context`, or the name of a channel.
    pub target: OwnedValue,
    /// `Success`, or why not; up to 11 only the ones that succeed are told, and nothing is said.
    pub result: Option<OwnedValue>,
}

/// What became of a wait in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueueOutcome {
    /// A member answered: its name.
    Answered(OwnedValue),
    /// The caller hung up.
    Abandoned,
}

/// The word, and who answered: `answered by Alice`.
impl fmt::Display for QueueOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        self.agent().map_or(Ok(()), |agent| write!(f, " by {agent}"))
    }
}

/// A caller's time in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueWait {
    /// Name of the queue.
    pub queue: OwnedValue,
    /// Unique id of the caller's channel.
    pub caller: OwnedValue,
    /// Place in the queue at first, from 1.
    pub position: Option<u64>,
    /// From joining to leaving, which is when a member was found, or nothing came of it.
    pub span: Span,
    /// `None`: it goes on, or the caller left for another reason, such as a time-out.
    pub outcome: Option<QueueOutcome>,
}

/// A channel's time in a parking lot.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parking {
    /// Unique id of the parked channel.
    pub parked: OwnedValue,
    /// Name of the lot.
    pub lot: OwnedValue,
    /// The space.
    pub space: OwnedValue,
    /// When.
    pub span: Span,
}

/// Something that a call keeps in a list.
pub(super) trait Kept: Sized {
    /// Bytes beside its place in the list.
    fn beside(&self) -> usize;

    /// Bytes that it costs, a little above the truth.
    fn cost(&self) -> usize {
        listed::<Self>() + self.beside()
    }
}

impl Kept for OwnedValue {
    fn beside(&self) -> usize {
        byte_budget::text(self)
    }
}

impl Kept for Span {
    fn beside(&self) -> usize {
        0
    }
}

impl Kept for Stay {
    fn beside(&self) -> usize {
        byte_budget::text(&self.bridge)
    }
}

impl Kept for Dial {
    /// The books have its place twice.
    fn beside(&self) -> usize {
        2 * listed::<usize>()
            + byte_budget::text(&self.to)
            + optional(self.from.as_ref())
            + optional(self.status.as_ref())
    }
}

impl Kept for Transfer {
    fn beside(&self) -> usize {
        byte_budget::text(&self.by) + byte_budget::text(&self.target) + optional(self.result.as_ref())
    }
}

impl Kept for QueueWait {
    fn beside(&self) -> usize {
        byte_budget::text(&self.queue)
            + byte_budget::text(&self.caller)
            + self.outcome.as_ref().map_or(0, QueueOutcome::beside)
    }
}

impl QueueOutcome {
    /// The word for it, in lower case: `answered`, `abandoned`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Answered(_) => "answered",
            Self::Abandoned => "abandoned",
        }
    }

    /// The member that answered, by name.
    pub const fn agent(&self) -> Option<&OwnedValue> {
        match self {
            Self::Answered(member) => Some(member),
            Self::Abandoned => None,
        }
    }

    /// Bytes of its text.
    pub(super) fn beside(&self) -> usize {
        match self {
            Self::Answered(member) => byte_budget::text(member),
            _ => 0,
        }
    }
}

impl Kept for Parking {
    fn beside(&self) -> usize {
        byte_budget::text(&self.parked) + byte_budget::text(&self.lot) + byte_budget::text(&self.space)
    }
}

impl Kept for Leg {
    fn beside(&self) -> usize {
        let texts =
            byte_budget::text(&self.channel) + byte_budget::text(&self.unique_id) + optional(self.number.as_ref());
        texts + sum(&self.holds) + sum(&self.stays)
    }
}

impl Call {
    /// Bytes that it costs, a little above the truth.
    pub(super) fn cost(&self) -> usize {
        let lists = sum(&self.former) + sum(&self.legs) + sum(&self.dials) + sum(&self.transfers);
        Self::OWN + byte_budget::text(&self.linked_id) + lists + sum(&self.queues) + sum(&self.parkings)
    }

    /// Bytes of a call without its texts and lists.
    pub(super) const OWN: usize = byte_budget::mapped::<u64, Self>();
}

fn sum<T: Kept>(list: &[T]) -> usize {
    list.iter().map(Kept::cost).sum()
}

fn optional(text: Option<&OwnedValue>) -> usize {
    text.map_or(0, byte_budget::text)
}
