//! The story of a call, told from the times of its channels in bridges: who talked with whom, and
//! how it ended.
//!
//! An end is a channel, or a pair of Local channels, which is one. Two ends in a mixing bridge are
//! a conversation. A pair that is in two conversations at once hands on what it hears, and is
//! neither caller nor callee where there are others.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::time::Duration;

use super::OwnedValue;
use super::call::Call;
use super::history::{Dial, Leg, ParkingEnd, QueueOutcome, Span, Stay};
use crate::steps::count;
use crate::words::words;

/// Caller or callee of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Party<'a> {
    /// Number of the channel's caller id.
    pub number: Option<&'a OwnedValue>,
    /// Name of the channel's caller id.
    pub name: Option<&'a OwnedValue>,
    /// Name of the channel.
    pub channel: &'a OwnedValue,
}

impl<'a> Party<'a> {
    fn of(leg: &'a Leg) -> Self {
        Self { number: leg.number.as_ref(), name: leg.name.as_ref(), channel: leg.last_name() }
    }
}

/// Result of a call, as its caller means it. The first in this order that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Disposition {
    /// It entered a conference.
    Conference,
    /// A person answered: another end than the caller's was connected with it.
    Answered,
    /// It reached a mailbox.
    Voicemail,
    /// The caller left while it waited in a queue, was parked, or rang. Where the login lacks the
    /// class `dialplan`, also one who waited in a queue for too long: [`QueueOutcome::Abandoned`].
    Abandoned,
    /// The one who was called is busy.
    Busy,
    /// There was no answer in time.
    NoAnswer,
    /// It could not be put through.
    Failed,
    /// The dialplan answered, and no person did.
    Application,
    /// It goes on, or no event tells.
    Unknown,
}

words! { Disposition {
    Conference = "conference",
    Answered = "answered",
    Voicemail = "voicemail",
    Abandoned = "abandoned",
    Busy = "busy",
    NoAnswer = "no-answer",
    Failed = "failed",
    Application = "application",
    Unknown = "unknown",
} }

/// Direction of a call, as the server sees the channel that the call began with. Whether that
/// channel is a trunk or a phone of the house, no event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Direction {
    /// The channel called the server: it had the state `Ring`.
    ToServer,
    /// The server called the channel, as for `Originate`: a dial leads to it.
    FromServer,
    /// No event tells: its beginning was not heard, or a server up to 12 originated it, which tells
    /// of no dial to it.
    Unknown,
}

words! { Direction {
    ToServer = "to-server",
    FromServer = "from-server",
    Unknown = "unknown",
} }

/// Findings of the pass over the stays of a call.
#[derive(Default)]
struct Story<'a> {
    /// Times in which two ends were connected, one after the other.
    talks: Vec<(Duration, Duration)>,
    /// Times in which two ends were connected, by bridge.
    talks_in: BTreeMap<&'a OwnedValue, Vec<(Duration, Duration)>>,
    /// By end: number of the first event of its first conversation and of the last of its last, and
    /// the leg in that one.
    ends: BTreeMap<&'a [u8], (u64, u64, usize)>,
    /// Numbers of both halves of an end that talk.
    halves: BTreeMap<&'a [u8], [usize; 2]>,
    /// Pairs in two conversations at once.
    plumbing: BTreeSet<&'a [u8]>,
}

/// The legs of an end in a bridge, at a moment.
#[derive(Clone, Default)]
struct Inside {
    halves: [usize; 2],
    legs: BTreeSet<usize>,
}

/// A channel that enters or leaves.
struct Step<'a> {
    number: u64,
    enters: bool,
    leg: usize,
    stay: &'a Stay,
    at: Duration,
}

impl<'a> Story<'a> {
    fn of(call: &'a Call) -> Self {
        let mut steps = Vec::new();
        for (leg, stays) in call.legs.iter().map(|leg| &leg.stays).enumerate() {
            for stay in stays.iter().filter(|stay| stay.mixing) {
                steps.push(Step { number: stay.steps.0, enters: true, leg, stay, at: stay.span.start });
                let (number, at) = (stay.steps.1.unwrap_or(u64::MAX), stay.span.end.unwrap_or(call.heard));
                steps.push(Step { number, enters: false, leg, stay, at });
            }
        }
        steps.sort_by_key(|step| (step.number, step.enters));
        let mut story = Self::default();
        let mut bridges = BTreeMap::<&OwnedValue, BTreeMap<&'a [u8], Inside>>::new();
        // In how many bridges there is talk, and since when in any.
        let (mut talking, mut since) = (0_usize, Duration::ZERO);
        for Step { number, enters, leg, stay, at } in steps {
            let (end, half) = (call.legs[leg].end(), call.legs[leg].half());
            let mut own = [0; 2];
            own[half] = 1;
            let bridge = bridges.entry(&stay.bridge).or_default();
            let talked = bridge.len() > 1;
            if enters {
                let inside = bridge.entry(end).or_default();
                inside.halves[half] += 1;
                inside.legs.insert(leg);
            } else if let Some(inside) = bridge.get_mut(end) {
                inside.halves[half] = inside.halves[half].saturating_sub(1);
                inside.legs.remove(&leg);
                if inside.halves == [0; 2] {
                    bridge.remove(end);
                }
            }
            match (talked, bridge.len() > 1) {
                (false, false) => {}
                (true, true) if enters => story.begins(end, own, leg, number),
                (true, true) => story.stops(end, own, leg, number),
                // Of two ends, however many legs they have.
                (false, true) => {
                    for (end, inside) in bridge {
                        story.begins(end, inside.halves, inside.legs.first().copied().unwrap_or(leg), number);
                    }
                    story.talks_in.entry(&stay.bridge).or_default().push((at, at));
                    if talking == 0 {
                        since = at;
                    }
                    talking += 1;
                }
                (true, false) => {
                    story.stops(end, own, leg, number);
                    for (end, inside) in bridge {
                        story.stops(end, inside.halves, inside.legs.last().copied().unwrap_or(leg), number);
                    }
                    if let Some(talk) = story.talks_in.get_mut(&stay.bridge).and_then(|talks| talks.last_mut()) {
                        talk.1 = at;
                    }
                    talking -= 1;
                    if talking == 0 {
                        story.talks.push((since, at));
                    }
                }
            }
        }
        story
    }

    /// Notes that so many legs of an end talk from here on, `leg` among them.
    fn begins(&mut self, end: &'a [u8], more: [usize; 2], leg: usize, number: u64) {
        count(|steps| steps.told += 1);
        let halves = self.halves.entry(end).or_default();
        *halves = [halves[0] + more[0], halves[1] + more[1]];
        if halves.iter().all(|legs| *legs > 0) {
            self.plumbing.insert(end);
        }
        self.ends.entry(end).or_insert((number, number, leg));
    }

    /// Notes that so many legs of an end talk no longer, `leg` among them.
    fn stops(&mut self, end: &'a [u8], less: [usize; 2], leg: usize, number: u64) {
        count(|steps| steps.told += 1);
        if let Some(halves) = self.halves.get_mut(end) {
            *halves = [halves[0].saturating_sub(less[0]), halves[1].saturating_sub(less[1])];
        }
        if let Some(known) = self.ends.get_mut(end) {
            (known.1, known.2) = (number, leg);
        }
    }

    /// Returns the end of the talk in which a leg was at this time, if it was in one. Up to 11,
    /// where two channels part with each hold, a hold ends none.
    fn talk_at(&self, leg: &Leg, at: Duration) -> Option<Duration> {
        let begun = leg.stays.partition_point(|stay| stay.span.start <= at);
        // It may be in a second bridge, and talk in the first.
        leg.stays[..begun].iter().rev().take(2).filter(|stay| stay.mixing && !stay.pair).find_map(|stay| {
            let talks = self.talks_in.get(&stay.bridge)?;
            let (_, until) = talks[..talks.partition_point(|(from, _)| *from <= at)].last()?;
            let until = stay.span.end.map_or(*until, |end| end.min(*until));
            (at <= until).then_some(until)
        })
    }

    /// The ends that talked, without those that hand on where there are others, nor `without`.
    fn parties(&self, without: &[u8]) -> Vec<(u64, u64, usize)> {
        let of = |plumbing: bool| {
            let ends = self.ends.iter().filter(|(end, _)| **end != without);
            ends.filter(|(end, _)| plumbing || !self.plumbing.contains(*end)).map(|(_, found)| *found).collect()
        };
        let found: Vec<_> = of(false);
        if found.is_empty() { of(true) } else { found }
    }

    /// Caller and callee, by place.
    fn parties_of(&self, call: &Call) -> (Option<usize>, Option<usize>) {
        let Some(first) = call.first() else { return (None, None) };
        let mut caller = call.legs.iter().position(|leg| leg.order == first.order);
        let mut without = first.first_end();
        if self.plumbing.contains(without) {
            let real = self.ends.iter().filter(|(end, _)| !self.plumbing.contains(*end));
            caller = real.map(|(_, found)| *found).min().map(|(.., leg)| leg).or(caller);
        }
        if let Some(real) = caller.filter(|leg| call.legs[*leg].order != first.order) {
            without = call.legs[real].end();
        }
        // Of two that talked to the end, the one that came later.
        let last = self.parties(without).into_iter().max_by_key(|(first, last, _)| (*last, *first));
        (caller, last.map(|(.., leg)| leg))
    }
}

/// The story in short, kept once the call has ended: nothing changes it then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Summary {
    /// Caller and callee, by place of the leg.
    parties: (Option<usize>, Option<usize>),
    answered: Option<Duration>,
    talk: Duration,
    hold: Duration,
}

impl Summary {
    pub(super) fn of(call: &Call) -> Self {
        let story = Story::of(call);
        let parties = story.parties_of(call);
        let mut holds = Vec::new();
        for (leg, hold) in call.legs.iter().flat_map(|leg| leg.holds.iter().map(move |hold| (leg, hold))) {
            let end = hold.end.unwrap_or(call.heard);
            holds.push((hold.start, story.talk_at(leg, hold.start).map_or(end, |until| end.min(until))));
        }
        let answered = story.talks.first().map(|(from, _)| from.saturating_sub(call.start));
        Self { parties, answered, talk: total(story.talks), hold: total(holds) }
    }
}

impl Call {
    fn summary(&self) -> Summary {
        self.summary.unwrap_or_else(|| Summary::of(self))
    }

    /// The caller: the channel that it began with. Where that is a pair of Local channels which
    /// only connects two others, the one of those that was connected first.
    pub fn from(&self) -> Option<Party<'_>> {
        self.summary()
            .parties
            .0
            .map(|leg| &self.legs[leg])
            .map(|leg| Party { channel: leg.first_name(), ..Party::of(leg) })
    }

    /// The one whom the caller talked to last. `None`: there was no talk, whether it rang or not.
    pub fn to(&self) -> Option<Party<'_>> {
        self.summary().parties.1.map(|leg| Party::of(&self.legs[leg]))
    }

    /// Direction of the call: whether a dial leads to the channel that it began with, or to the
    /// other half of that channel's pair, or that channel had the state in which one calls.
    pub fn direction(&self) -> Direction {
        let Some(first) = self.first() else { return Direction::Unknown };
        let ours = || self.legs.iter().filter(|leg| leg.first_end() == first.first_end());
        if self.dials.iter().any(|dial| ours().any(|leg| leg.unique_id == dial.to)) {
            Direction::FromServer
        } else if first.calls {
            Direction::ToServer
        } else {
            Direction::Unknown
        }
    }

    /// Time from its start to the moment in which a person answered: another end than the caller's
    /// was first connected with it. The dialplan, a queue or an announcement is no person.
    pub fn answered_by_person(&self) -> Option<Duration> {
        self.summary().answered
    }

    /// Time in which two ends were connected, time on hold included. While it goes on, up to the
    /// last event that was about it.
    pub fn talk(&self) -> Duration {
        self.summary().talk
    }

    /// Time in queues.
    pub fn wait(&self) -> Duration {
        self.queues.iter().map(|wait| self.length(wait.span)).fold(Duration::ZERO, Duration::saturating_add)
    }

    /// Returns the length of one of its spans; of one that goes on, up to the last event that was
    /// about the call.
    pub fn length(&self, span: Span) -> Duration {
        span.end.unwrap_or(self.heard).saturating_sub(span.start)
    }

    /// Time in which one end had the others on hold: up to the end of that conversation at most.
    pub fn hold(&self) -> Duration {
        self.summary().hold
    }

    /// Result of the call, as its caller means it.
    pub fn disposition(&self) -> Disposition {
        let is_cause = |causes: &[i32]| self.cause().is_some_and(|cause| causes.contains(&cause.get()));
        let status = self.status();
        let waited = self.queues.iter().max_by_key(|wait| wait.span.start).and_then(|wait| wait.outcome.as_ref());
        let parked = self.parkings.iter().max_by_key(|parking| parking.span.start).and_then(|parking| parking.end);
        if !self.rooms.is_empty() {
            Disposition::Conference
        } else if self.answered_by_person().is_some() {
            Disposition::Answered
        } else if self.legs.iter().any(|leg| leg.voicemail) {
            Disposition::Voicemail
        } else if status == b"CANCEL" || waited == Some(&QueueOutcome::Abandoned) || parked == Some(ParkingEnd::GaveUp)
        {
            Disposition::Abandoned
        } else if status == b"BUSY" || is_cause(&[17]) {
            Disposition::Busy
        } else if status == b"NOANSWER" || waited == Some(&QueueOutcome::TimedOut) || is_cause(&[18, 19]) {
            Disposition::NoAnswer
        } else if matches!(status, b"CONGESTION" | b"CHANUNAVAIL") || is_cause(&UNREACHABLE) {
            Disposition::Failed
        } else if self.legs.iter().any(|leg| leg.answered.is_some()) {
            Disposition::Application
        } else {
            Disposition::Unknown
        }
    }

    /// Result of the last dial. Up to 11 the dial of an Originate tells none: there the dialplan of
    /// the other half does, by what it runs or that there is nothing to run, or a detail record.
    fn status(&self) -> &[u8] {
        let told = || self.told_status().map(OwnedValue::as_bytes);
        let ran = |application: &str, status: &'static [u8]| {
            let mut ran = self.legs.iter().filter_map(|leg| leg.application.as_ref());
            ran.any(|ran| ran.value().eq_ignore_case(application)).then_some(status)
        };
        let recorded = || self.records.last().map(|record| record.disposition.as_bytes());
        let idle = || {
            let far = |leg: &Leg| leg.idle && leg.first_name().as_bytes().ends_with(b";2");
            self.legs.iter().any(far).then_some(&b"CHANUNAVAIL"[..])
        };
        let found = told().or_else(|| ran("Busy", b"BUSY")).or_else(|| ran("Congestion", b"CONGESTION"));
        found.or_else(idle).or_else(recorded).unwrap_or_default()
    }

    /// Result of the dial that decides: the caller's own from the dialplan, else any from the
    /// dialplan, else that of the Originate around it.
    fn told_status(&self) -> Option<&OwnedValue> {
        let end = self.first()?.first_end();
        let told = |own: bool| {
            let legs = self.legs.iter().filter(|leg| !own || leg.first_end() == end);
            legs.filter(|leg| leg.dial_status.is_some()).max_by_key(|leg| leg.order)?.dial_status.as_ref()
        };
        let ended = |planned: bool| {
            let dials = self.dials.iter().filter(|dial| dial.from.is_some() == planned && dial.status.is_some());
            // One that was answered ends the others, which are cancelled then.
            let answered = |dial: &&Dial| dial.status.as_ref().is_some_and(|word| *word == "ANSWER");
            dials.clone().find(answered).or_else(|| dials.max_by_key(|dial| dial.span.end))?.status.as_ref()
        };
        told(true).or_else(|| told(false)).or_else(|| ended(true)).or_else(|| ended(false))
    }
}

/// Causes for which a call can't be put through: no such number, no way to it, out of order,
/// congestion, rejected.
const UNREACHABLE: [i32; 15] = [1, 2, 3, 20, 21, 22, 27, 28, 34, 38, 41, 42, 44, 58, 88];

/// Returns the time that these cover, what they share counted once.
fn total(mut times: Vec<(Duration, Duration)>) -> Duration {
    times.sort_unstable();
    let (mut sum, mut until) = (Duration::ZERO, Duration::ZERO);
    for (from, to) in times {
        sum += to.saturating_sub(from.max(until));
        until = until.max(to);
    }
    sum
}
