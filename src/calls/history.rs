//! The parts of a call: its channels, and what happened to them. Times are those that the
//! events were given with; no text is longer than the limit.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use super::OwnedValue;
use super::dialplan::Moved;
use crate::facts;
use crate::value::HangupCause;
use crate::words::words;

/// One channel of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Leg {
    /// Name of the channel, its last one; of a channel whose place another has taken, its first
    /// one: see [`replaced`](Self::replaced).
    pub channel: OwnedValue,
    /// Unique id.
    pub unique_id: OwnedValue,
    /// Number of its caller id, where it has one.
    pub number: Option<OwnedValue>,
    /// Name of its caller id, where it has one.
    pub name: Option<OwnedValue>,
    /// Number of its connected line: whom it talks to, as its phone shows it.
    pub connected_number: Option<OwnedValue>,
    /// Name of its connected line.
    pub connected_name: Option<OwnedValue>,
    /// Account code.
    pub account: Option<OwnedValue>,
    /// First extension that it had in the dialplan; [`place`](Self::place) has the present one.
    pub exten: Option<OwnedValue>,
    /// Context of that extension.
    pub context: Option<OwnedValue>,
    /// Last application that it ran.
    pub application: Option<OwnedValue>,
    /// End of the last dial from the dialplan, such as `BUSY`: its `DIALSTATUS`.
    pub dial_status: Option<OwnedValue>,
    /// When it was first heard of.
    pub first_seen: Duration,
    /// True where that was its beginning.
    pub from_start: bool,
    /// When it first rang: this side or, for a channel that calls, the other.
    pub ringing: Option<Duration>,
    /// When it was up.
    pub answered: Option<Duration>,
    /// When it was hung up.
    pub ended: Option<Duration>,
    /// Reason of the hang-up.
    pub cause: Option<HangupCause>,
    /// When it had others on hold.
    pub holds: Vec<Span>,
    /// When it was in which bridge.
    pub stays: Vec<Stay>,
    /// The digits that were dialled on it while it was up.
    pub digits: Vec<Digit>,
    /// True where another channel took its place, by a masquerade: it is hung up as `<ZOMBIE>`.
    pub replaced: bool,
    /// True for an agent of `app_agent_pool`, who is there for a conversation: the channel belongs
    /// to the call of its login.
    pub guest: bool,
    /// Name that it began with, where it has another one now; once it was replaced, the last one.
    pub(super) other: Option<OwnedValue>,
    /// Extension and context of its last step in the dialplan, where they aren't the first ones.
    pub(super) moved: Option<Box<Moved>>,
    /// Priorities of the first step and of the last; 0: none was told.
    pub(super) priorities: (u32, u32),
    /// The queue that it ran `Queue` for last.
    pub(super) queue: Option<OwnedValue>,
    /// True where it ended without a step in the dialplan, and the server tells of steps.
    pub(super) idle: bool,
    /// True where it ran `VoiceMail`.
    pub(super) voicemail: bool,
    /// True where it had the state `Ring`: it called the server.
    pub(super) calls: bool,
    /// True from a request to hang it up on.
    pub(super) leaving: bool,
    /// Number of the leg in its tracker.
    pub(super) order: u64,
    /// Number of its stays that have gone: places of the others count on.
    pub(super) stays_gone: usize,
}

impl Leg {
    /// Returns the leg of a channel of which nothing has happened yet; `order` is its number in its
    /// tracker.
    pub(super) const fn new(
        channel: OwnedValue,
        unique_id: OwnedValue,
        first_seen: Duration,
        from_start: bool,
        order: u64,
    ) -> Self {
        Self {
            channel,
            unique_id,
            number: None,
            name: None,
            connected_number: None,
            connected_name: None,
            account: None,
            exten: None,
            context: None,
            application: None,
            dial_status: None,
            moved: None,
            priorities: (0, 0),
            queue: None,
            first_seen,
            from_start,
            ringing: None,
            answered: None,
            ended: None,
            cause: None,
            holds: Vec::new(),
            stays: Vec::new(),
            digits: Vec::new(),
            replaced: false,
            guest: false,
            voicemail: false,
            calls: false,
            leaving: false,
            other: None,
            idle: false,
            order,
            stays_gone: 0,
        }
    }

    /// Returns the leg that the channel gets in another call: what it is stays, what happened to it
    /// is its own call's.
    pub(super) fn as_guest(&self, at: Duration, order: u64) -> Self {
        Self {
            number: self.number.clone(),
            name: self.name.clone(),
            connected_number: self.connected_number.clone(),
            connected_name: self.connected_name.clone(),
            account: self.account.clone(),
            exten: self.exten.clone(),
            context: self.context.clone(),
            application: self.application.clone(),
            dial_status: self.dial_status.clone(),
            moved: self.moved.clone(),
            priorities: self.priorities,
            replaced: self.replaced,
            leaving: self.leaving,
            other: self.other.clone(),
            guest: true,
            ..Self::new(self.channel.clone(), self.unique_id.clone(), at, false, order)
        }
    }

    /// Returns whether it ran `VoiceMail`: its caller could leave a message.
    pub const fn reached_voicemail(&self) -> bool {
        self.voicemail
    }

    /// Returns the stay that has this place, unless it has gone.
    pub(super) fn stay(&mut self, place: usize) -> Option<&mut Stay> {
        self.stays.get_mut(place.checked_sub(self.stays_gone)?)
    }

    /// Returns the end that the channel is of: both halves of a pair of Local channels are of one,
    /// any other channel is one by itself.
    pub(super) fn end(&self) -> &[u8] {
        self.pair().unwrap_or_else(|| self.unique_id.as_bytes())
    }

    /// Returns the name of the pair of Local channels that this is a half of.
    pub(super) fn pair(&self) -> Option<&[u8]> {
        facts::pair(self.last_name().as_bytes())
    }

    /// Returns which half of a pair it is.
    pub(super) fn half(&self) -> usize {
        usize::from(self.last_name().as_bytes().ends_with(b";2"))
    }

    /// Returns the last name that it had while it was in its own place.
    pub(super) fn last_name(&self) -> &OwnedValue {
        self.other.as_ref().filter(|_| self.replaced).unwrap_or(&self.channel)
    }

    /// Returns the name that it began with.
    pub(super) fn first_name(&self) -> &OwnedValue {
        self.other.as_ref().filter(|_| !self.replaced).unwrap_or(&self.channel)
    }

    /// Returns the end that it began as.
    pub(super) fn first_end(&self) -> &[u8] {
        facts::pair(self.first_name().as_bytes()).unwrap_or_else(|| self.unique_id.as_bytes())
    }
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

    /// Returns the time from start to end, if it has ended.
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
    /// True where those inside hear each other. In a holding bridge they wait: parked callers,
    /// agents who are logged in.
    pub mixing: bool,
    /// When.
    pub span: Span,
    /// True up to 11, where two channels that talk part and meet again with each hold.
    pub(super) pair: bool,
    /// True where the conversation goes on without the channel: a pair of Local channels was
    /// optimised away.
    pub(super) carried: bool,
    /// Beginning and end in numbers of events, which tell what came first at one time.
    pub(super) steps: (u64, Option<u64>),
}

/// A digit dialled on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Digit {
    /// When it ended.
    pub at: Duration,
    /// `0` to `9`, `*`, `#`, `A` to `D`.
    pub digit: char,
    /// True where the server received it from the channel; otherwise it was sent to it.
    pub received: bool,
}

/// A channel calls another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dial {
    /// Unique id of the channel that calls; none for one that was originated.
    pub from: Option<OwnedValue>,
    /// Unique id of the channel that is called.
    pub to: OwnedValue,
    /// Dial string without the technology.
    pub string: Option<OwnedValue>,
    /// From the beginning to the answer or the failure.
    pub span: Span,
    /// Result, such as `ANSWER` or `BUSY`.
    pub status: Option<OwnedValue>,
    /// Where the one who was called sends the call on to, such as `Local/300@internal`; up to 12 no
    /// event tells.
    pub forwarded_to: Option<OwnedValue>,
}

/// Kind of a transfer.
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
    /// Kind.
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

impl Transfer {
    /// Returns whether it succeeded.
    pub fn succeeded(&self) -> bool {
        self.result.as_ref().is_none_or(|result| result.value().eq_ignore_case("Success"))
    }
}

/// End of a wait in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueueOutcome {
    /// A member answered: its name.
    Answered(OwnedValue),
    /// The caller hung up. Where the login lacks the class `dialplan`, a time-out, an empty queue
    /// or a withdrawal counts as this too: `QueueCallerAbandon`, all that is sent then, comes for
    /// each of them.
    Abandoned,
    /// The time was over that the dialplan gives the queue.
    TimedOut,
    /// The caller was taken out of the queue by an action.
    Withdrawn,
    /// The caller left by a key.
    ExitKey,
    /// No member could answer, or no more callers may wait.
    Empty,
}

impl QueueOutcome {
    /// The word for it, in lower case: `answered`, `abandoned`, `timeout`, `withdrawn`, `exit-key`,
    /// `empty`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Answered(_) => "answered",
            Self::Abandoned => "abandoned",
            Self::TimedOut => "timeout",
            Self::Withdrawn => "withdrawn",
            Self::ExitKey => "exit-key",
            Self::Empty => "empty",
        }
    }

    /// The member that answered, by name.
    pub const fn agent(&self) -> Option<&OwnedValue> {
        match self {
            Self::Answered(member) => Some(member),
            _ => None,
        }
    }
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
    /// From joining to the answer, or to leaving.
    pub span: Span,
    /// `None`: it goes on, or no event tells what became of it. The server tells the reason of most
    /// by a variable, `QUEUESTATUS`, for which the login needs the class `dialplan`; without it all
    /// waits without an answer are [`Abandoned`](QueueOutcome::Abandoned).
    pub outcome: Option<QueueOutcome>,
    /// True where `QueueCallerAbandon` came, which tells no more than that there was no answer.
    pub(super) unanswered: bool,
}

/// End of a parking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParkingEnd {
    /// The caller was retrieved.
    Retrieved,
    /// The caller was not retrieved in time.
    TimedOut,
    /// The caller hung up.
    GaveUp,
}

words! { ParkingEnd { Retrieved = "retrieved", TimedOut = "timeout", GaveUp = "abandoned", } }

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
    /// Reason of the end. `None`: it goes on.
    pub end: Option<ParkingEnd>,
}

/// A channel's time in a conference.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Room {
    /// Name or number of the conference.
    pub conference: OwnedValue,
    /// Unique id of the channel.
    pub channel: OwnedValue,
    /// When.
    pub span: Span,
}

/// Application that records a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordingKind {
    /// Both directions in one file.
    MixMonitor,
    /// Each direction in a file, up to 20.
    Monitor,
}

words! { RecordingKind { MixMonitor = "mixmonitor", Monitor = "monitor", } }

/// A recording of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recording {
    /// Application that records.
    pub kind: RecordingKind,
    /// Unique id of the channel.
    pub channel: OwnedValue,
    /// The file, which only `MixMonitor` tells.
    pub file: Option<OwnedValue>,
    /// When.
    pub span: Span,
    /// True where `MixMonitorStart` came, which 16 and later send after the file.
    pub(super) confirmed: bool,
}

/// A variable that was asked for: [`Tracker::keep_variable`](super::Tracker::keep_variable).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// Unique id of the channel that has it.
    pub channel: OwnedValue,
    /// Name.
    pub name: OwnedValue,
    /// Last value, as it came: C-escaped from 13 on.
    pub value: OwnedValue,
}

/// A call detail record, joined to the call that its channel is in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DetailRecord {
    /// Unique id of its channel.
    pub channel: OwnedValue,
    /// Extension that was called.
    pub destination: OwnedValue,
    /// Result, such as `ANSWERED`.
    pub disposition: OwnedValue,
    /// From beginning to end.
    pub duration: Duration,
    /// From answer to end.
    pub billable: Duration,
}
