//! Tests of the inside: the number of elements looked at and moved, and the consistency of the byte
//! count.
use alloc::format;
use alloc::string::String;
use core::time::Duration;

use super::call::Call;
use super::{CallLimits, Tracker};
use crate::event::Event;
use crate::steps::steps;
use crate::{Decoder, Framing, Limits};

impl Tracker {
    /// Counts all bytes anew and compares the sum with the tracker's count.
    fn audit(&self) {
        let calls = self.active().chain(self.ended_calls()).map(Call::cost).sum::<usize>();
        assert_eq!(self.books.budget.used(), calls + self.books.cost());
        assert!(self.held() <= self.limits().max_bytes());
    }
}

/// Feeds events: `|` ends a line, `;` an event, and `%` is a semicolon.
fn feed(tracker: &mut Tracker, events: &str) {
    let mut decoder = Decoder::new(Limits::new().buffer(1 << 26)).with_framing(Framing::PLAIN);
    decoder.push(events.replace('|', "\r\n").replace(';', "\r\n\r\n").replace('%', ";").as_bytes());
    while let Some(frame) = decoder.next_frame().unwrap() {
        tracker.handle(&Event::from(frame), Duration::from_secs(1));
    }
}

fn unlimited() -> CallLimits {
    let all = usize::MAX >> 8;
    CallLimits::new().calls(all).legs(all).marks(all).bytes(all)
}

fn each(numbers: core::ops::Range<u32>, mut event: impl FnMut(u32) -> String) -> String {
    numbers.map(|number| event(number) + ";").collect()
}

fn channels(n: u32) -> String {
    each(0..n, |id| format!("Event: Newchannel|Channel: C/{id}|Uniqueid: {id}|Linkedid: {id}"))
}

#[test]
fn merging_moves_each_element_a_few_times() {
    // A chain with the new call first; a chain with the old call first; pairs, then pairs of pairs.
    let chain = |n: u32| each(1..n, |id| format!("Event: Newstate|Uniqueid: {id}|Linkedid: {}", id - 1));
    let back = |n: u32| each(1..n, |id| format!("Event: Newstate|Uniqueid: {}|Linkedid: {}", n - id, n - id - 1));
    let pairs = |n: u32| {
        let steps = (0..12).map(|bit| 1 << bit).filter(|step| *step < n);
        steps
            .flat_map(|step| (0..n).step_by(2 * step as usize).map(move |id| (id, id + step)))
            .filter(|(_, other)| *other < n)
            .map(|(id, other)| format!("Event: LocalBridge|LocalOneUniqueid: {id}|LocalTwoUniqueid: {other};"))
            .collect::<alloc::vec::Vec<_>>()
            .concat()
    };
    for merges in [&chain as &dyn Fn(u32) -> String, &back, &pairs] {
        for n in [64, 1024] {
            let mut tracker = Tracker::new(unlimited());
            feed(&mut tracker, &channels(n));
            let steps = steps(|| feed(&mut tracker, &merges(n)));
            tracker.audit();
            let [call] = tracker.active().collect::<alloc::vec::Vec<_>>()[..] else { panic!("one call") };
            assert_eq!(
                (call.number(), call.legs().len(), call.former_linked_ids().len()),
                (1, n as usize, n as usize - 1)
            );
            let most = n as usize * n.ilog2() as usize;
            assert!(steps.moved <= 2 * most, "{n}: moved {}", steps.moved);
            assert!(steps.texts <= 60 * most, "{n}: looked at {}", steps.texts);
            feed(&mut tracker, &each(0..n, |id| format!("Event: Hangup|Uniqueid: {id}")));
            let call = tracker.poll_ended().unwrap();
            let ids = call.legs().iter().map(|leg| leg.unique_id.value().parse::<u32>().unwrap());
            assert!(ids.eq(0..n), "in the order in which they appeared");
            tracker.audit();
        }
    }
}

/// Returns the number of texts that each kind of event looks at, with `n` channels in one call, in
/// as many bridges and queues, and with as many marks of each kind in the call and on one channel.
fn looks_at(n: u32, event: &str) -> usize {
    let mut tracker = Tracker::new(unlimited());
    let one_call = |id| format!("Event: Newchannel|Channel: C/{id}|Uniqueid: {id}|Linkedid: 0");
    feed(&mut tracker, &each(0..n, one_call));
    for template in [
        "Event: DialBegin|Uniqueid: 0|DestUniqueid: @|DestLinkedid: 0",
        "Event: Dial|SubEvent: Begin|Uniqueid: @|DestUniqueid: 0",
        "Event: BridgeEnter|BridgeUniqueid: b@|BridgeType: basic|Uniqueid: 0",
        "Event: BridgeEnter|BridgeUniqueid: b|Uniqueid: @",
        "Event: QueueCallerJoin|Queue: q@|Uniqueid: 0",
        "Event: QueueCallerJoin|Queue: q|Uniqueid: @",
        "Event: ParkedCall|ParkeeUniqueid: @",
        "Event: Hold|Uniqueid: @",
    ] {
        feed(&mut tracker, &each(0..n, |id| template.replace('@', &format!("{id}"))));
    }
    tracker.audit();
    let event = event.replace('@', &format!("{}", n / 2));
    let looked = steps(|| feed(&mut tracker, &format!("{event};"))).texts;
    tracker.audit();
    looked
}

#[test]
fn no_event_looks_through_what_is_kept() {
    for event in [
        "Event: Newstate|Uniqueid: @|Linkedid: 0|ChannelState: 6|CallerIDNum: 1",
        "Event: Rename|Uniqueid: @|Newname: X",
        "Event: DialEnd|DestUniqueid: @|DialStatus: BUSY",
        "Event: Dial|SubEvent: End|Uniqueid: @|DialStatus: BUSY",
        "Event: BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: @",
        "Event: BridgeEnter|BridgeUniqueid: b@|BridgeType: basic|Uniqueid: 1",
        "Event: BridgeLeave|BridgeUniqueid: b@|Uniqueid: 0",
        "Event: Bridge|Bridgestate: Link|Uniqueid1: 0|Uniqueid2: @",
        "Event: Masquerade|Clone: C/0|Original: C/@",
        "Event: BlindTransfer|TransfererUniqueid: @|Result: Success",
        "Event: Transfer|Uniqueid: @|TransferType: Attended|TargetUniqueid: 0",
        "Event: QueueCallerLeave|Queue: q@|Uniqueid: 0",
        "Event: AgentConnect|Queue: q|Uniqueid: @|MemberName: M",
        "Event: UnParkedCall|ParkeeUniqueid: @",
        "Event: Unhold|Uniqueid: @",
        "Event: Hangup|Uniqueid: @",
    ] {
        let [few, many] = [32, 1024].map(|n| looks_at(n, event));
        // 32 times as many elements: five more steps in each map that is searched.
        assert!(many <= 3 * few + 20, "{event}: {few} {many}");
    }
}

/// In one bridge: `n` legs on one side, and a channel on the other side that enters and leaves as
/// often.
#[test]
fn the_story_of_a_call_takes_a_few_steps_a_stay() {
    for n in [16, 512] {
        let mut tracker = Tracker::new(unlimited());
        let one_call = |id| format!("Event: Newchannel|Channel: Local/x%1|Uniqueid: {id}|Linkedid: 0");
        let bridge = |id| format!("BridgeUniqueid: b|BridgeType: base|Uniqueid: {id}");
        feed(&mut tracker, &each(0..n, one_call));
        feed(&mut tracker, "Event: Newchannel|Channel: C/p|Uniqueid: p|Linkedid: 0;");
        feed(&mut tracker, &each(0..n, |id| format!("Event: BridgeEnter|{}", bridge(format!("{id}")))));
        let comes = |_| format!("Event: BridgeEnter|{0};Event: BridgeLeave|{0}", bridge("p".into()));
        feed(&mut tracker, &each(0..n, comes));
        let call = tracker.call_of(b"p").unwrap();
        let told = steps(|| assert!(call.to().is_some())).told;
        assert!(told <= 6 * n as usize, "{n}: {told}");
        // An ended call is not told of further changes.
        let hangup = |id| format!("Event: Hangup|Uniqueid: {id}");
        feed(&mut tracker, &(each(0..n, hangup) + "Event: Hangup|Uniqueid: p;"));
        let call = tracker.poll_ended().unwrap();
        let read = || _ = (call.from(), call.to(), call.talk(), call.hold(), call.wait(), call.disposition());
        assert_eq!(steps(read).told, 0);
        assert_eq!(call.answered_by_person(), Some(Duration::ZERO));
    }
}

/// Returns the additional steps of one event at a limit of `n`, on average over `2 n` events.
fn at_the_limit(n: u32, limits: CallLimits, event: &dyn Fn(u32) -> String) -> usize {
    let mut tracker = Tracker::new(limits);
    feed(&mut tracker, "Event: Newchannel|Channel: C/0|Uniqueid: 0|Linkedid: 0;");
    feed(&mut tracker, &each(1..n + 1, event));
    let events = each(n + 1..3 * n + 1, event);
    let steps = steps(|| feed(&mut tracker, &events));
    tracker.audit();
    let losses = tracker.losses();
    assert!(losses.legs + losses.marks + losses.given_up >= u64::from(2 * n - 2), "{losses:?}");
    assert_eq!((losses.leg_events, losses.call_events, losses.texts), (0, 0, 0));
    (steps.moved + steps.texts) / (2 * n as usize)
}

#[test]
fn what_goes_at_a_limit_costs_a_few_steps() {
    let all = usize::MAX >> 8;
    let leg = |id| format!("Event: Newchannel|Channel: C/{id}|Uniqueid: {id}|Linkedid: 0");
    let ended = |id| format!("{};Event: Hangup|Uniqueid: {id}", leg(id));
    let held = |_| "Event: Hold|Uniqueid: 0;Event: Unhold|Uniqueid: 0".into();
    let moved = |_| "Event: BlindTransfer|TransfererUniqueid: 0|Extension: 1".into();
    let call = |id| format!("Event: Newchannel|Channel: C/{id}|Uniqueid: {id}|Linkedid: {id}");
    let inside = |n| CallLimits::new().calls(all).legs(n).marks(n).bytes(all);
    let calls = |n| CallLimits::new().calls(n);
    let bytes = |n| CallLimits::new().bytes(2000 * n);
    for (limits, event) in [
        (&inside as &dyn Fn(usize) -> CallLimits, &leg as &dyn Fn(u32) -> String),
        (&inside, &ended),
        (&inside, &held),
        (&inside, &moved),
        (&calls, &call),
        (&bytes, &call),
    ] {
        let [few, many] = [64, 1024].map(|n| at_the_limit(n, limits(n as usize), event));
        assert!(many <= 2 * few + 20, "{}: {few} {many}", event(1));
    }
}

/// Each channel is compared with the list, in a few steps.
#[test]
fn a_list_of_what_lives_is_gone_through_once() {
    for n in [64_u32, 1024] {
        let mut tracker = Tracker::new(unlimited());
        feed(&mut tracker, &channels(n));
        let living: alloc::vec::Vec<_> = (0..n).step_by(2).map(|id| format!("{id}")).collect();
        let listed = steps(|| {
            tracker.reconcile(living.iter().map(String::as_bytes), Duration::from_secs(9), Duration::from_secs(9));
        });
        assert_eq!(tracker.active().len(), n as usize / 2);
        assert!(listed.texts <= n as usize * 20 * n.ilog2() as usize, "{n}: {listed:?}");
        let kept = steps(|| _ = tracker.retain(|call| call.number() % 4 == 0));
        assert!(kept.texts <= n as usize * 20 * n.ilog2() as usize, "{n}: {kept:?}");
        tracker.audit();
    }
}

/// Events of all kinds in one day: two merged calls, changed names, a swapped parked caller,
/// queues, rooms, records, an agent who talks to two callers, and half of a pair of Local channels.
const DAY: [&str; 50] = [
    "Newchannel|Channel: Agent/0|CallerIDNum: 700|Exten: 9|Context: in|Uniqueid: 0|Linkedid: 0",
    "AgentLogin|Agent: 700|Channel: Agent/0|Uniqueid: 0|Linkedid: 0",
    "Newchannel|Channel: A/1|CallerIDNum: 1|AccountCode: acc|Exten: 8|Context: in|Uniqueid: 1|Linkedid: 1",
    "Newchannel|Channel: A/2|CallerIDName: Anna|Uniqueid: 2|Linkedid: 1",
    "Newchannel|Channel: B/3|CallerIDNum: 3|Uniqueid: 3|Linkedid: 3",
    "Newchannel|Channel: B/4|Uniqueid: 4|Linkedid: 3",
    "Newchannel|Channel: B/5|Uniqueid: 5|Linkedid: 3",
    "Rename|Newname: A/first|Uniqueid: 1",
    "Rename|Newname: A/a second one|Uniqueid: 1",
    "Rename|Newname: A/3|Uniqueid: 1",
    "NewCallerId|CallerIDNum: 1111|CallerIDName: Another|Uniqueid: 1|Linkedid: 1",
    "NewConnectedLine|ConnectedLineNum: 3|ConnectedLineName: B|Uniqueid: 1|Linkedid: 1",
    "Newexten|Exten: 8|Context: in|Application: Queue|AppData: q|Priority: 1|Uniqueid: 1|Linkedid: 1",
    "DialBegin|Uniqueid: 1|Linkedid: 1|DestUniqueid: 2|DestLinkedid: 1|DialString: A/2",
    "DialBegin|Uniqueid: 3|Linkedid: 3|DestUniqueid: 4|DestLinkedid: 3|DialString: B/4",
    "DialEnd|Uniqueid: 3|Linkedid: 3|DestUniqueid: 4|DestLinkedid: 3|DialStatus: ANSWER",
    "QueueCallerJoin|Queue: q|Uniqueid: 1|Linkedid: 1",
    "QueueCallerJoin|Queue: q|Uniqueid: 3|Linkedid: 3",
    "AgentConnect|Queue: q|MemberName: M|Uniqueid: 3|Linkedid: 3",
    "QueueCallerLeave|Queue: q|Uniqueid: 3|Linkedid: 3",
    "VarSet|Uniqueid: 1|Variable: V|Value: one",
    "VarSet|Uniqueid: 1|Variable: V|Value: another one",
    "VarSet|Uniqueid: 3|Variable: V|Value: 3",
    "VarSet|Uniqueid: 3|Variable: MIXMONITOR_FILENAME|Value: /tmp/3.wav",
    "MixMonitorStart|Channel: B/3|Uniqueid: 3|Linkedid: 3",
    "DTMFEnd|Digit: 5|Direction: Received|Uniqueid: 3",
    "Hold|Uniqueid: 3|Linkedid: 3",
    "Cdr|Destination: 8|Disposition: ANSWERED|Duration: 7|BillableSeconds: 5|UniqueID: 3",
    "Cdr|Destination: 8|Disposition: BUSY|Duration: 7|BillableSeconds: 5|UniqueID: 1",
    "BlindTransfer|TransfererUniqueid: 3|TransfererLinkedid: 3|Extension: 1|Result: Success",
    "ConfbridgeJoin|Conference: c|Uniqueid: 5|Linkedid: 3",
    "ParkedCall|ParkeeUniqueid: 3|ParkeeLinkedid: 3|Parkinglot: lot|ParkingSpace: 701",
    "ParkedCallSwap|ParkeeUniqueid: 4|ParkeeLinkedid: 3|Parkinglot: lot|ParkingSpace: 701",
    "BridgeEnter|BridgeUniqueid: g|BridgeType: basic|Uniqueid: 3|Linkedid: 3",
    "BridgeEnter|BridgeUniqueid: g|BridgeType: basic|Uniqueid: 0|Linkedid: 0",
    "BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 1|Linkedid: 1",
    "BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 4|Linkedid: 3",
    "BridgeLeave|BridgeUniqueid: g|Uniqueid: 0|Linkedid: 0",
    "Newchannel|Channel: Local/x-1%1|Uniqueid: 6|Linkedid: 6",
    "BridgeEnter|BridgeUniqueid: h|BridgeType: basic|Uniqueid: 6|Linkedid: 6",
    "BridgeEnter|BridgeUniqueid: h|BridgeType: basic|Uniqueid: 0|Linkedid: 0",
    "Newstate|ChannelState: 6|Uniqueid: 6|Linkedid: 1",
    "Rename|Newname: A/3<ZOMBIE>|Uniqueid: 1",
    "Rename|Newname: A/2<ZOMBIE>|Uniqueid: 2",
    "UnParkedCall|ParkeeUniqueid: 4|ParkeeLinkedid: 1|RetrieverUniqueid: 1",
    "Hangup|Uniqueid: 0|Linkedid: 0|Cause: 16",
    "Hangup|Uniqueid: 2|Linkedid: 1|Cause: 16",
    "Hangup|Uniqueid: 4|Linkedid: 1|Cause: 16",
    "Hangup|Uniqueid: 3|Linkedid: 1|Cause: 16",
    "Hangup|Uniqueid: 5|Linkedid: 1|Cause: 16",
];

/// Under any limits, calls and channels that have ended leave nothing in the tracker's indexes.
#[test]
fn the_books_are_right_after_each_event_of_a_day() {
    let all = CallLimits::new();
    let marks = [0, 1, 2, 3, 5, 8].map(|marks| all.marks(marks));
    let legs = [0, 1, 2, 3, 4, 5, 6].map(|legs| all.legs(legs));
    let both = [1, 2, 3].map(|most| all.legs(most).marks(most));
    let bytes = (12..40).map(|kilobytes| all.bytes(kilobytes * 500));
    let few = [1, 2].map(|calls| all.calls(calls)).into_iter().chain([all.ended(0), all.text(3), all]);
    for limits in marks.into_iter().chain(legs).chain(both).chain(bytes).chain(few) {
        let mut tracker = Tracker::new(limits);
        tracker.keep_variable("V");
        for event in DAY {
            feed(&mut tracker, &format!("Event: {event};"));
            tracker.audit();
        }
        assert!(tracker.active().all(|call| call.alive > 0), "{limits:?}: one that nobody is in goes on");
        for id in 0..7 {
            feed(&mut tracker, &format!("Event: Hangup|Uniqueid: {id};"));
            tracker.audit();
        }
        while tracker.poll_ended().is_some() {
            tracker.audit();
        }
        assert_eq!((tracker.active().len(), tracker.books.budget.used()), (0, 0), "{limits:?}");
    }
}
