//! A call, and what is read off what it keeps. Times are those that the events were given with.

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
    /// What its channels and linked ids in the books name it by.
    pub(super) group: u64,
    pub(super) linked_id: OwnedValue,
    /// Whether the server told that linked id: up to 12 only CEL does.
    pub(super) told: bool,
    /// Those that it has had before, and those of calls that it took in.
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
    /// When an event was last about it.
    pub(super) heard: Duration,
    pub(super) source: TimeSource,
    /// How many of its legs have not ended.
    pub(super) alive: usize,
    /// How many of those are agents of `app_agent_pool`: it is their login.
    pub(super) agents: usize,
    /// Linked id of the login of an agent that it shared last.
    pub(super) shared: Option<OwnedValue>,
    /// In which order its marks came: holds, stays, digits and all the lists above but the legs.
    pub(super) order: Order,
    /// Once it has ended.
    pub(super) summary: Option<Summary>,
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

    /// Transfers that were asked for, those that failed included: as `BlindTransfer` and
    /// `AttendedTransfer` tell, up to 11 `Transfer`. A pick-up, a parking, the action `Redirect`, and
    /// a transfer by digits of which no such event tells are none.
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

    /// Times in conferences.
    pub fn rooms(&self) -> &[Room] {
        &self.rooms
    }

    /// Recordings.
    pub fn recordings(&self) -> &[Recording] {
        &self.recordings
    }

    /// Variables that were asked for, of each channel the last value of each.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Call detail records of its channels that came while it went on. The last one often comes
    /// after its end, when the tracker has no say any more: a program that wants it keeps the ended
    /// call and finds it by [`leg`](Self::leg) with the record's `UniqueID`. Records of CEL are in no
    /// call; theirs is the one of their `LinkedID`.
    pub fn records(&self) -> &[DetailRecord] {
        &self.records
    }

    /// When its first channel appeared.
    pub const fn start(&self) -> Duration {
        self.start
    }

    /// When the last of its channels was gone. `None`: it goes on, or was
    /// given up.
    pub const fn end(&self) -> Option<Duration> {
        self.end
    }

    /// When it was: from its start to its end.
    pub const fn span(&self) -> Span {
        Span { start: self.start, end: self.end }
    }

    /// Where its times come from.
    pub const fn time_source(&self) -> TimeSource {
        self.source
    }

    /// Names of its channels in the order in which they appeared, each once; without agents who
    /// were there for a conversation.
    pub fn channels(&self) -> impl Iterator<Item = &OwnedValue> {
        let mut seen = BTreeSet::new();
        let own = self.by_age().into_iter().filter(|leg| !leg.guest);
        own.map(|leg| &leg.channel).filter(move |name| seen.insert(name.as_bytes()))
    }

    /// The channel that it began with.
    pub(super) fn first(&self) -> Option<&Leg> {
        self.legs.iter().filter(|leg| !leg.guest).min_by_key(|leg| leg.order)
    }

    fn by_age(&self) -> Vec<&Leg> {
        let mut legs: Vec<&Leg> = self.legs.iter().collect();
        legs.sort_by_key(|leg| leg.order);
        legs
    }

    /// The first extension that was run for it, or what was dialled where the dialplan ran none.
    pub fn dialled(&self) -> Option<&OwnedValue> {
        let first = self.first()?;
        let to_first = || self.dials.iter().find(|dial| dial.to == first.unique_id);
        let from_first = || self.dials.iter().find(|dial| dial.from.as_ref() == Some(&first.unique_id));
        let string = || to_first().or_else(from_first)?.string.as_ref();
        first.exten.as_ref().or_else(string)
    }

    /// Context of the first extension that was run for it.
    pub fn context(&self) -> Option<&OwnedValue> {
        self.first()?.context.as_ref()
    }

    /// Account code of the channel that it began with.
    pub fn account(&self) -> Option<&OwnedValue> {
        self.first()?.account.as_ref()
    }

    /// Why the caller's channel was hung up: as far as the caller is concerned, why the call ended.
    /// Where another channel took the caller's place and name, that one's cause.
    pub fn cause(&self) -> Option<HangupCause> {
        let first = self.first()?;
        let named = |leg: &&Leg| !leg.replaced && leg.last_name() == first.last_name();
        let heir = self.legs.iter().filter(|_| first.replaced).filter(named).max_by_key(|leg| leg.order);
        if let Some(heir) = heir {
            return heir.cause;
        }
        first.cause.or_else(|| self.legs.iter().filter(|leg| leg.end() == first.end()).find_map(|leg| leg.cause))
    }

    /// The leg of this channel.
    pub fn leg(&self, unique_id: &[u8]) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.unique_id.as_bytes() == unique_id)
    }

    /// How many marks it has, which [`CallLimits::marks`](super::CallLimits::marks) bounds.
    pub fn marks(&self) -> usize {
        self.order.len()
    }

    /// How many elements move when another call takes it in.
    pub(super) fn weight(&self) -> usize {
        self.legs.len() + self.order.len()
    }

    /// Puts its lists in the order of time, which merging leaves call by call.
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
