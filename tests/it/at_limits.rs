//! Invariant: at every limit of calls and the mirror the oldest goes and is counted, never what is
//! new; and what is held stays below the limit of bytes with the worst input.

use ami_proto::calls::{Call, CallLimits, Losses, Tracker};
use ami_proto::event::Event;
use ami_proto::state::{Completeness, Mirror, MirrorLimits, Part, Stale};
use ami_proto::{Decoder, Framing, Limits};
use ami_testkit::heap::{held_by, peak};
use std::time::Duration;

/// Hands events in: `|` ends a line, `;` an event.
fn each(events: &str, mut handle: impl FnMut(&Event<'_>)) {
    let mut decoder = Decoder::new(Limits::new().buffer(1 << 26)).with_framing(Framing::PLAIN);
    decoder.push(events.replace('|', "\r\n").replace(';', "\r\n\r\n").as_bytes());
    while let Some(frame) = decoder.next_frame().expect("events") {
        handle(&Event::from(frame));
    }
}

fn tell(tracker: &mut Tracker, events: &str) -> Losses {
    let before = tracker.losses();
    each(events, |event| tracker.handle(event, Duration::from_secs(1)));
    let losses = tracker.losses();
    assert_eq!(
        (losses.leg_events, losses.call_events),
        (before.leg_events, before.call_events),
        "{events}: new ones go"
    );
    losses
}

fn newchannel(id: u32) -> String {
    format!("Event: Newchannel|Channel: C/{id}|Uniqueid: {id}|Linkedid: 1;")
}

fn legs(call: &Call) -> Vec<u32> {
    call.legs().iter().map(|leg| leg.unique_id.value().parse().expect("a number")).collect()
}

fn of_one(tracker: &Tracker) -> &Call {
    let calls: Vec<_> = tracker.active().collect();
    assert_eq!(calls.len(), 1);
    calls[0]
}

/// A text that is told again is the one that is known, though it was cut.
#[test]
fn a_text_that_is_too_long_is_cut_once() {
    let mut tracker = Tracker::new(CallLimits::new().text(8));
    let step = |priority: u8| {
        format!(
            "Event: Newexten|Uniqueid: 1|Extension: extension-1|Context: context-1|Priority: {priority}\
            |Application: Playback-1;"
        )
    };
    tell(&mut tracker, "Event: Newchannel|Channel: C/1|Uniqueid: 1|Linkedid: 1|Exten: 200|Context: lab;");
    tell(&mut tracker, &step(1));
    let (texts, held) = (tracker.losses().texts, tracker.held());
    assert_eq!(texts, 3);
    tell(&mut tracker, &[step(2), step(3)].concat());
    assert_eq!((tracker.losses().texts, tracker.held()), (texts, held));
    let place = of_one(&tracker).legs()[0].place();
    assert_eq!(place.exten.expect("an extension"), "extensio");
    assert_eq!(place.priority, Some(3));
}

#[test]
fn legs_that_have_ended_go_first_and_the_caller_last() {
    let mut tracker = Tracker::new(CallLimits::new().legs(3));
    tell(&mut tracker, &(1..=3).map(newchannel).collect::<String>());
    tell(&mut tracker, "Event: Hangup|Uniqueid: 3;");
    assert_eq!(tell(&mut tracker, &newchannel(4)).legs, 1);
    assert_eq!(legs(of_one(&tracker)), [1, 2, 4]);
    // None has ended: the oldest but the caller.
    assert_eq!(tell(&mut tracker, &newchannel(5)).legs, 2);
    assert_eq!(legs(of_one(&tracker)), [1, 4, 5]);
    // What comes late of one that was given up makes no leg.
    tell(&mut tracker, "Event: Newstate|Uniqueid: 2|Linkedid: 1|ChannelState: 6;");
    assert_eq!(legs(of_one(&tracker)), [1, 4, 5]);
    // The others are where they were.
    tell(&mut tracker, "Event: Rename|Uniqueid: 5|Newname: five;Event: Rename|Uniqueid: 4|Newname: four;");
    let names: Vec<_> = of_one(&tracker).legs().iter().map(|leg| leg.channel.to_string()).collect();
    assert_eq!(names, ["C/1", "four", "five"]);
    let losses = tell(&mut tracker, "Event: Hangup|Uniqueid: 1;Event: Hangup|Uniqueid: 4;Event: Hangup|Uniqueid: 5;");
    assert_eq!((losses.hangups, losses.legs), (0, 2));
    let call = tracker.poll_ended().expect("all have hung up");
    assert_eq!(call.from().expect("the caller").channel, "C/1");
}

#[test]
fn one_leg_at_the_most() {
    let mut tracker = Tracker::new(CallLimits::new().legs(1));
    tell(&mut tracker, &(1..=3).map(newchannel).collect::<String>());
    assert_eq!((legs(of_one(&tracker)), tracker.losses().legs), (vec![3], 2));
    tell(&mut tracker, "Event: Hangup|Uniqueid: 3;");
    assert!(tracker.poll_ended().is_some() && tracker.active().len() == 0);
    // None at all: nothing is tracked, and that is counted.
    let mut tracker = Tracker::new(CallLimits::new().legs(0));
    each(&newchannel(1), |event| tracker.handle(event, Duration::ZERO));
    assert_eq!((tracker.active().len(), tracker.losses().leg_events), (0, 1));
}

/// Marks of legs go with them, and those of others stay theirs.
#[test]
fn marks_of_legs_that_go() {
    let mut tracker = Tracker::new(CallLimits::new().legs(2).marks(4));
    tell(&mut tracker, &(newchannel(1) + &newchannel(2)));
    tell(&mut tracker, "Event: Hold|Uniqueid: 2;Event: BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 2;");
    tell(&mut tracker, "Event: Hold|Uniqueid: 1;");
    assert_eq!(of_one(&tracker).marks(), 3);
    tell(&mut tracker, &newchannel(3));
    assert_eq!((legs(of_one(&tracker)), of_one(&tracker).marks()), (vec![1, 3], 1));
    // The bridge is empty: a new one makes no call of those that were in it.
    tell(&mut tracker, "Event: BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 9|Linkedid: 9;");
    assert_eq!(tracker.active().len(), 2);
    tell(&mut tracker, "Event: Hold|Uniqueid: 3;Event: Unhold|Uniqueid: 1;");
    let call = tracker.call_of(b"1").expect("it goes on");
    let holds = call.legs().iter().map(|leg| (leg.holds.len(), leg.holds.iter().all(|hold| hold.end.is_some())));
    assert!(holds.eq([(1, true), (1, false)]));
}

/// The oldest mark goes, whichever list it is in.
#[test]
fn marks_go_in_the_order_in_which_they_came() {
    let mut tracker = Tracker::new(CallLimits::new().marks(4));
    tell(&mut tracker, &(newchannel(1) + &newchannel(2)));
    let enter = |bridge: u32| format!("Event: BridgeEnter|BridgeUniqueid: b{bridge}|Uniqueid: 1;");
    tell(&mut tracker, &enter(1));
    tell(&mut tracker, "Event: Hold|Uniqueid: 2;Event: QueueCallerJoin|Queue: q|Uniqueid: 1|Position: 1;");
    tell(&mut tracker, "Event: DialBegin|Uniqueid: 1|DestUniqueid: 2|DestLinkedid: 1;");
    let has = |tracker: &Tracker| {
        let call = of_one(tracker);
        let [stays, holds] = [call.legs()[0].stays.len(), call.legs()[1].holds.len()];
        ([stays, holds, call.queues().len(), call.dials().len(), call.transfers().len()], tracker.losses().marks)
    };
    assert_eq!(has(&tracker), ([1, 1, 1, 1, 0], 0));
    let transfer = "Event: BlindTransfer|TransfererUniqueid: 1|Extension: 1|Result: Success;";
    let mut expected = [1, 1, 1, 1, 0];
    for (lost, list) in (0..4).enumerate() {
        tell(&mut tracker, transfer);
        (expected[list], expected[4]) = (0, lost + 1);
        assert_eq!(has(&tracker), (expected, lost as u64 + 1));
    }
    // What has gone goes on without effect, and the same may begin again.
    tell(&mut tracker, "Event: Unhold|Uniqueid: 2;Event: QueueCallerLeave|Queue: q|Uniqueid: 1;");
    tell(
        &mut tracker,
        "Event: DialEnd|DestUniqueid: 2|DialStatus: BUSY;Event: BridgeLeave|BridgeUniqueid: b1|Uniqueid: 1;",
    );
    tell(&mut tracker, &(enter(1) + &enter(2) + "Event: BridgeLeave|BridgeUniqueid: b1|Uniqueid: 1;" + &enter(3)));
    tell(&mut tracker, &(enter(1) + "Event: BridgeLeave|BridgeUniqueid: b2|Uniqueid: 1;"));
    let stays = of_one(&tracker).legs()[0].stays.iter();
    let stays: Vec<_> = stays.map(|stay| (stay.bridge.to_string(), stay.span.end.is_some())).collect();
    let open = |bridge: &str| (bridge.to_owned(), false);
    assert_eq!(stays, [("b1".to_owned(), true), ("b2".to_owned(), true), open("b3"), open("b1")]);
}

/// Events of each kind that may come without end, with `@` for a number.
const ENDLESS: [&str; 13] = [
    "Event: Hold|Uniqueid: 1;Event: Unhold|Uniqueid: 1;",
    "Event: BridgeEnter|BridgeUniqueid: b@|Uniqueid: 1;",
    "Event: BridgeEnter|BridgeUniqueid: b@|Uniqueid: 1;Event: BridgeLeave|BridgeUniqueid: b@|Uniqueid: 1;",
    "Event: DialBegin|Uniqueid: 1|DestUniqueid: 2|DestLinkedid: 1;",
    "Event: Dial|SubEvent: Begin|Uniqueid: 1|DestUniqueid: 2;",
    "Event: BlindTransfer|TransfererUniqueid: 1|Extension: @|Result: Success;",
    "Event: QueueCallerJoin|Queue: q@|Uniqueid: 1;",
    "Event: ParkedCall|ParkeeUniqueid: 1|ParkingSpace: @;Event: UnParkedCall|ParkeeUniqueid: 1;",
    "Event: ConfbridgeJoin|Conference: @|Uniqueid: 1;Event: ConfbridgeLeave|Conference: @|Uniqueid: 1;",
    "Event: MixMonitorStart|Uniqueid: 1;Event: MonitorStart|Uniqueid: 1;",
    "Event: Cdr|Uniqueid: 1|Destination: @;",
    "Event: DTMFEnd|Uniqueid: 1|Digit: 1;",
    "Event: Newstate|Uniqueid: 1|Linkedid: l@;",
];

#[test]
fn what_happens_without_end_is_bounded_and_the_last_stays() {
    for events in ENDLESS {
        let limits = CallLimits::new().marks(100);
        let mut tracker = Tracker::new(limits);
        tell(&mut tracker, &(newchannel(1) + &newchannel(2)));
        let run = |from: u32, to: u32| (from..to).map(|id| events.replace('@', &id.to_string())).collect::<String>();
        tell(&mut tracker, &run(0, 300));
        let held = tracker.held();
        let losses = tell(&mut tracker, &run(300, 2000));
        assert!(losses.marks >= 1700, "{events}: {losses:?}");
        assert!(tracker.held() <= held + held / 8, "{events}: {held} and then {}", tracker.held());
        let call = of_one(&tracker);
        assert_eq!(call.marks(), 100, "{events}");
        let last = [
            call.transfers().last().map(|transfer| transfer.target.to_string()),
            call.queues().last().map(|wait| wait.queue.to_string()),
            call.parkings().last().map(|parking| parking.space.to_string()),
            call.rooms().last().map(|room| room.conference.to_string()),
            call.records().last().map(|record| record.destination.to_string()),
            call.legs()[0].stays.last().map(|stay| stay.bridge.to_string()),
            Some(call.linked_id().to_string()).filter(|_| events.contains("l@")),
        ];
        assert!(!events.contains('@') || last.iter().flatten().any(|last| last.contains("1999")), "{events}: {last:?}");
    }
}

fn show(mirror: &mut Mirror, events: &str) {
    each(events, |event| _ = mirror.handle(event));
}

#[test]
fn the_oldest_of_a_kind_makes_room_in_the_mirror() {
    let mut mirror = Mirror::new(MirrorLimits::new().things(4));
    for part in [Part::Channels, Part::Bridges, Part::Devices] {
        mirror.begin(part);
    }
    show(&mut mirror, "Event: CoreShowChannelsComplete;Event: BridgeListComplete;Event: DeviceStateListComplete;");
    show(&mut mirror, "Event: BridgeCreate|BridgeUniqueid: a;Event: BridgeCreate|BridgeUniqueid: b;");
    show(&mut mirror, "Event: Newchannel|Uniqueid: 1;Event: Newchannel|Uniqueid: 2;");
    let has = |mirror: &Mirror| {
        let channels = mirror.channels().map(|channel| channel.unique_id.to_string());
        let bridges = mirror.bridges().map(|bridge| bridge.unique_id.to_string());
        let devices = mirror.devices().map(|device| device.name.to_string());
        (channels.chain(bridges).chain(devices).collect::<Vec<_>>().join(" "), mirror.left_out())
    };
    assert_eq!(has(&mirror), ("1 2 a b".into(), 0));
    show(&mut mirror, "Event: BridgeEnter|BridgeUniqueid: a|Uniqueid: 1;Event: Newchannel|Uniqueid: 3;");
    assert_eq!(has(&mirror), ("2 3 a b".into(), 1));
    assert_eq!(mirror.completeness(Part::Channels), Completeness::MaybeStale(Stale::Full));
    assert_eq!(mirror.completeness(Part::Bridges), Completeness::Complete);
    assert_eq!(mirror.inside(b"a").count(), 0);
    // One that lives comes back.
    show(&mut mirror, "Event: Newstate|Uniqueid: 1|ChannelState: 6;");
    assert_eq!(has(&mirror), ("1 3 a b".into(), 2));
    // Of a kind of which there is none: the oldest of all.
    show(&mut mirror, "Event: DeviceStateChange|Privilege: call|Device: d|State: INUSE;");
    assert_eq!(has(&mirror), ("1 3 b d".into(), 3));
    assert_eq!(mirror.completeness(Part::Bridges), Completeness::MaybeStale(Stale::Full));
    assert_eq!(mirror.completeness(Part::Devices), Completeness::Complete);
}

/// Events that fill the most: `@` is a number that is another each time, `~` a long text with it.
const WORST: [&str; 9] = [
    // Calls of one channel, all its texts.
    "Event: Newchannel|Channel: ~|Uniqueid: ~|Linkedid: ~|CallerIDNum: ~|CallerIDName: ~|ConnectedLineNum: ~|\
     ConnectedLineName: ~|AccountCode: ~|Exten: ~|Context: ~;",
    // The same with next to none.
    "Event: Newchannel|Channel: @|Uniqueid: @|Linkedid: @;",
    // One call of many.
    "Event: Newchannel|Channel: ~|Uniqueid: ~|Linkedid: 0|CallerIDNum: ~;",
    // Calls that end and are not taken.
    "Event: Newchannel|Channel: ~|Uniqueid: @|Linkedid: @;Event: Hangup|Uniqueid: @;",
    // Marks without end.
    "Event: Newchannel|Uniqueid: 0|Linkedid: 0;Event: BridgeEnter|BridgeUniqueid: ~|Uniqueid: 0;\
     Event: BlindTransfer|TransfererUniqueid: 0|Extension: ~|Result: ~;Event: DTMFEnd|Uniqueid: 0|Digit: 1;",
    // Linked ids, former ones and calls that become one.
    "Event: Newchannel|Uniqueid: @|Linkedid: @;Event: Newchannel|Uniqueid: 0|Linkedid: 0;\
     Event: Newstate|Uniqueid: 0|Linkedid: ~;Event: LocalBridge|LocalOneUniqueid: 0|LocalTwoUniqueid: @;",
    // Bridges, queues, members and callers.
    "Event: BridgeCreate|BridgeUniqueid: ~|BridgeName: ~;Event: Newchannel|Uniqueid: @|Linkedid: 0;\
     Event: BridgeEnter|BridgeUniqueid: ~|Uniqueid: @|Linkedid: 0;",
    "Event: QueueMemberAdded|Queue: ~|Interface: ~|MemberName: ~;Event: QueueCallerJoin|Queue: ~|Uniqueid: @|Position: 1;",
    // Things that come and go.
    "Event: Newchannel|Uniqueid: ~|Linkedid: ~;Event: BridgeCreate|BridgeUniqueid: ~;Event: Hangup|Uniqueid: ~;\
     Event: BridgeDestroy|BridgeUniqueid: ~;",
];

/// Feeds such events so often.
fn flood(events: &str, times: u32, mut handle: impl FnMut(&Event<'_>)) {
    let long = "x".repeat(240);
    for number in 1..=times {
        let number = number.to_string();
        each(&events.replace('~', &format!("{long}{number}")).replace('@', &number), &mut handle);
    }
}

#[test]
fn the_worst_input_stays_below_the_limit_of_bytes() {
    const MIB: usize = 1 << 20;
    let all = usize::MAX >> 8;
    // What an event itself needs while it is handled.
    let slack = 200_000;
    for (most, times, patterns) in [(MIB, 1000, &WORST[..]), (64 * MIB, 20_000, &WORST[..1])] {
        let limits = CallLimits::new();
        assert!(limits.max_bytes() <= 64 * MIB && MirrorLimits::new().max_bytes() <= 64 * MIB);
        for events in patterns {
            // The defaults with their default bytes, and numbers far above them.
            let raised = (most == MIB).then(|| limits.calls(all).legs(all).marks(all).ended(all));
            for limits in raised.into_iter().chain([limits]) {
                let mut tracker = Tracker::new(limits.bytes(most));
                let run = || {
                    flood(events, times, |event| {
                        tracker.handle(event, Duration::from_secs(1));
                        assert!(tracker.held() <= most, "{events}: {}", tracker.held());
                    });
                    tracker
                };
                let mut made = None;
                let high = peak(|| made = Some(held_by(run)));
                let (tracker, held) = made.expect("it ran");
                assert!(held <= tracker.held() && high <= most + slack, "{events}: {held} {high}");
            }
            let limits = MirrorLimits::new().bytes(most);
            let raised = (most == MIB).then(|| limits.things(all));
            for limits in raised.into_iter().chain([limits]) {
                let mut mirror = Mirror::new(limits);
                let run = || {
                    flood(events, times, |event| {
                        let _ = mirror.handle(event);
                        assert!(mirror.held() <= most, "{events}: {}", mirror.held());
                    });
                    mirror
                };
                let mut made = None;
                let high = peak(|| made = Some(held_by(run)));
                let (mirror, held) = made.expect("it ran");
                assert!(held <= mirror.held() && high <= most + slack, "{events}: {held} {high}");
            }
        }
    }
}
