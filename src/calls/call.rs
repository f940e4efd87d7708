//! A call, and the values derived from its records. All times are those that were passed with the
//! events.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::time::Duration;

use super::OwnedValue;
use super::history::{DetailRecord, Dial, Leg, Parking, QueueWait, Recording, Room, Span, Transfer, Variable};
use super::list::{List, Order};
use super::source::TimeSource;
use super::story::Summary;
use crate::value::HangupCause;

/// A call: all channels that belong together, from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub(super) number: u64,
    /// Key under which the tracker's indexes of channels and linked ids know the call.
    pub(super) group: u64,
    pub(super) linked_id: OwnedValue,
    /// `true` if the server sent the linked id: up to Asterisk 12 only CEL does.
    pub(super) told: bool,
    /// Earlier linked ids of this call, and those of the calls that were merged into it.
    pub(super) former: List<OwnedValue>,
    pub(super) legs: Vec<Leg>,
    pub(super) dials: List<Dial>,
    pub(super) transfers: List<Transfer>,
    pub(super) queues: List<QueueWait>,
    pub(super) parkings: List<Parking>,
    pub(super) rooms: List<Room>,
    pub(super) recordings: List<Recording>,
    pub(super) variables: List<Variable>,
    pub(super) records: List<DetailRecord>,
    pub(super) start: Duration,
    pub(super) end: Option<Duration>,
    /// Time of the last event about the call.
    pub(super) heard: Duration,
    pub(super) source: TimeSource,
    /// Number of legs that have not ended.
    pub(super) alive: usize,
    /// Number of living legs that are agents of `app_agent_pool`: the call is then an agent's
    /// login.
    pub(super) agents: usize,
    /// Linked id of the agent's login with which the call last shared a channel.
    pub(super) shared: Option<OwnedValue>,
    /// Order in which marks were added: holds, stays, digits and the entries of all the lists above
    /// except legs.
    pub(super) order: Order,
    /// Set once the call has ended.
    pub(super) summary: Option<Summary>,
}

impl Call {
    /// Returns the call's number, unique within its tracker.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Returns the `Linkedid` that the channels have now or had last; up to Asterisk 11 the unique
    /// id of the first channel.
    pub const fn linked_id(&self) -> &OwnedValue {
        &self.linked_id
    }

    /// Returns earlier linked ids: not empty if calls were merged into this one.
    pub fn former_linked_ids(&self) -> &[OwnedValue] {
        &self.former
    }

    /// Returns the channels in the order in which they appeared.
    ///
    /// While a call is active, the channels of a merged call form one group, before or after the
    /// others. The same holds for the other lists. Once the call has ended, all lists are sorted by
    /// time.
    pub fn legs(&self) -> &[Leg] {
        &self.legs
    }

    /// Returns the dials: which channel called which.
    pub fn dials(&self) -> &[Dial] {
        &self.dials
    }

    /// Returns the requested transfers, including failed ones, as `BlindTransfer` and
    /// `AttendedTransfer` report them (up to Asterisk 11 `Transfer`). Pick-ups, parkings, the
    /// action `Redirect`, and transfers by digits without such an event are not included.
    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    /// Returns the waits in queues.
    pub fn queues(&self) -> &[QueueWait] {
        &self.queues
    }

    /// Returns the stays in parking lots.
    pub fn parkings(&self) -> &[Parking] {
        &self.parkings
    }

    /// Returns the stays in conferences.
    pub fn rooms(&self) -> &[Room] {
        &self.rooms
    }

    /// Returns the recordings.
    pub fn recordings(&self) -> &[Recording] {
        &self.recordings
    }

    /// Returns the requested variables: for each channel, the last value of each variable.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Returns the call detail records of the channels that arrived while the call was active.
    ///
    /// The last record often arrives after the call's end, when the tracker no longer has the call.
    /// A program that needs it keeps the ended call, and finds the channel by [`leg`](Self::leg)
    /// with the record's `UniqueID`. CEL records are not stored in calls; a CEL record belongs to
    /// the call of its `LinkedID`.
    pub fn records(&self) -> &[DetailRecord] {
        &self.records
    }

    /// Returns the time at which the first channel appeared.
    pub const fn start(&self) -> Duration {
        self.start
    }

    /// Returns the time at which the last channel was gone. `None` if the call is active or was
    /// given up.
    pub const fn end(&self) -> Option<Duration> {
        self.end
    }

    /// Returns the span from the call's start to its end.
    pub const fn span(&self) -> Span {
        Span { start: self.start, end: self.end }
    }

    /// Returns the source of the call's times.
    pub const fn time_source(&self) -> TimeSource {
        self.source
    }

    /// Yields the names of the channels in the order in which they appeared, each once; without
    /// agents who only joined for a conversation.
    pub fn channels(&self) -> impl Iterator<Item = &OwnedValue> {
        let mut seen = BTreeSet::new();
        let own = self.by_age().into_iter().filter(|leg| !leg.guest);
        own.map(|leg| &leg.channel).filter(move |name| seen.insert(name.as_bytes()))
    }

    /// Returns the channel with which the call began.
    pub(super) fn first(&self) -> Option<&Leg> {
        self.legs.iter().filter(|leg| !leg.guest).min_by_key(|leg| leg.order)
    }

    fn by_age(&self) -> Vec<&Leg> {
        let mut legs: Vec<&Leg> = self.legs.iter().collect();
        legs.sort_by_key(|leg| leg.order);
        legs
    }

    /// Returns the first extension that was run for the call, or the dialled number if the dialplan
    /// ran none.
    pub fn dialled(&self) -> Option<&OwnedValue> {
        let first = self.first()?;
        let to_first = || self.dials.iter().find(|dial| dial.to == first.unique_id);
        let from_first = || self.dials.iter().find(|dial| dial.from.as_ref() == Some(&first.unique_id));
        let string = || to_first().or_else(from_first)?.string.as_ref();
        first.exten.as_ref().or_else(string)
    }

    /// Returns the context of the first extension that was run for the call.
    pub fn context(&self) -> Option<&OwnedValue> {
        self.first()?.context.as_ref()
    }

    /// Returns the account code of the channel with which the call began.
    pub fn account(&self) -> Option<&OwnedValue> {
        self.first()?.account.as_ref()
    }

    /// Returns the hangup cause of the caller's channel, which is the reason for the call's end
    /// from the caller's view. If another channel took the place and name of the caller's channel,
    /// it is that channel's cause.
    pub fn cause(&self) -> Option<HangupCause> {
        let first = self.first()?;
        let named = |leg: &&Leg| !leg.replaced && leg.last_name() == first.last_name();
        let heir = self.legs.iter().filter(|_| first.replaced).filter(named).max_by_key(|leg| leg.order);
        if let Some(heir) = heir {
            return heir.cause;
        }
        first.cause.or_else(|| self.legs.iter().filter(|leg| leg.end() == first.end()).find_map(|leg| leg.cause))
    }

    /// Returns the leg of this channel.
    pub fn leg(&self, unique_id: &[u8]) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.unique_id.as_bytes() == unique_id)
    }

    /// Returns the number of marks, which [`CallLimits::marks`](super::CallLimits::marks) limits.
    pub fn marks(&self) -> usize {
        self.order.len()
    }

    /// Returns the number of elements that move when another call takes this one in.
    pub(super) fn weight(&self) -> usize {
        self.legs.len() + self.order.len()
    }

    /// Sorts the lists by time, since merging leaves them grouped by call.
    pub(super) fn sort(&mut self) {
        self.legs.sort_by_key(|leg| leg.order);
        self.dials.sort_by_key(|dial| dial.span.start);
        self.transfers.sort_by_key(|transfer| transfer.at);
        self.queues.sort_by_key(|wait| wait.span.start);
        self.parkings.sort_by_key(|parking| parking.span.start);
        self.rooms.sort_by_key(|room| room.span.start);
        self.recordings.sort_by_key(|recording| recording.span.start);
    }
}
