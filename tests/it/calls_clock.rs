//! Invariant: the clock of a recording takes each event's time from the best source that tells one,
//! says which, never goes back, and takes no absurd time for one.

use std::time::Duration;

use ami_proto::calls::{CallLimits, EventClock, TimeSource, Tracker};
use ami_proto::event::Event;
use ami_proto::{Decoder, Limits};

/// Hands each event of a stream to `each`: `|` between its lines, `;` between events.
fn events(text: &str, mut each: impl FnMut(&Event<'_>)) {
    let mut decoder = Decoder::new(Limits::new());
    for event in text.split(';') {
        decoder.push(format!("Event: {}\r\n\r\n", event.trim().replace('|', "\r\n")).as_bytes());
    }
    while let Some(frame) = decoder.next_frame().expect("frames") {
        each(&Event::from(frame));
    }
}

/// The seconds that the clock shows at each event, and the source.
fn ticks(text: &str) -> Vec<(f64, TimeSource)> {
    let mut clock = EventClock::since_1970();
    let mut found = Vec::new();
    events(text, |event| found.push((clock.tick(event, None).as_secs_f64(), clock.source())));
    found
}

const UTC: &str = "2023-11-14 22:13:";

/// The ids of channels that were made at 22:13:20 UTC begin so.
const ID: &str = "1700000000";

#[test]
fn each_source_tells() {
    use TimeSource::{Cel, None, Timestamp, UniqueId};
    let cases = [
        ("Hangup|Timestamp: 1700000000.250000; Hangup", vec![(1_700_000_000.25, Timestamp); 2]),
        (
            &format!("Hangup; Newchannel|Uniqueid: {ID}.7; Hangup|Uniqueid: 1700000009.8"),
            vec![(0.0, None), (1.7e9, UniqueId), (1.7e9, UniqueId)],
        ),
        (
            &format!("CEL|EventName: CHAN_START|EventTime: {UTC}20|UniqueID: {ID}.7; CEL|EventTime: {UTC}25.5; Hangup"),
            vec![(1.7e9, Cel), (1_700_000_005.5, Cel), (1_700_000_005.5, Cel)],
        ),
        ("Hangup; Newchannel|Uniqueid: mine; Status", vec![(0.0, None); 3]),
    ];
    for (text, expected) in cases {
        assert_eq!(ticks(text), expected, "{text}");
    }
}

/// Local time is put right by each source that tells UTC as well, to a quarter of an hour.
#[test]
fn the_offset_of_local_time_is_learnt() {
    let later = "CEL|EventName: HANGUP|EventTime: ";
    for (place, time) in [("Kathmandu", "2023-11-15 03:58:"), ("Denver", "2023-11-14 15:13:"), ("London", UTC)] {
        for (what, learnt) in [
            ("its channel starts", format!("CEL|EventName: CHAN_START|EventTime: {time}21|UniqueID: {ID}.7")),
            ("its own Timestamp", format!("CEL|EventName: ANSWER|EventTime: {time}21|Timestamp: 1700000000.900000")),
            ("a new channel before", format!("Newchannel|Uniqueid: {ID}.7; CEL|EventName: ANSWER|EventTime: {time}21")),
            ("the age of its channel", format!("CEL|EventName: ANSWER|EventTime: {time}21|UniqueID: pbx-{ID}.7")),
        ] {
            let (at, source) = *ticks(&format!("{learnt}; {later}{time}30")).last().expect("a time");
            assert_eq!((at, source), (1_700_000_010.0, TimeSource::Cel), "{place}: {what}");
        }
    }
    // A channel that had been up for two hours misleads until another starts.
    let text = format!(
        "CEL|EventName: ANSWER|EventTime: 2023-11-15 00:13:20|UniqueID: {ID}.7; \
         CEL|EventName: CHAN_START|EventTime: 2023-11-15 00:13:30|UniqueID: 1700007210.8; {later}2023-11-15 00:13:40"
    );
    assert_eq!(ticks(&text).last(), Some(&(1_700_007_220.0, TimeSource::Cel)));
}

#[test]
fn local_time_that_nothing_puts_right_is_kept() {
    // A chosen id has no time in it, or one that can't be.
    for id in ["mine", "1.1", "99999999999.1", "18446744073709551615.1"] {
        let text = format!(
            "CEL|EventName: CHAN_START|EventTime: 2023-11-14 23:13:20|UniqueID: {id}; \
             CEL|EventName: CHAN_START|EventTime: 2023-11-14 23:13:30|UniqueID: {ID}.7; Newchannel|Uniqueid: {ID}.8"
        );
        let expected = [1_700_003_600.0, 1_700_003_610.0, 1_700_003_610.0].map(|at| (at, TimeSource::Cel));
        assert_eq!(ticks(&text), expected, "{id}");
    }
}

#[test]
fn mixtures_go_by_the_best_of_each_event() {
    use TimeSource::{Cel, Timestamp, UniqueId};
    // CEL tells: a chosen id can't mislead any more. A Timestamp is better still.
    let text = format!(
        "Newchannel|Uniqueid: {ID}.1; CEL|EventName: CHAN_START|EventTime: {UTC}21|UniqueID: {ID}.1; \
         Newchannel|Uniqueid: 1900000000.1; Hangup|Timestamp: 1700000002.500000; \
         CEL|EventTime: {UTC}20|Timestamp: 1700000003.500000; Newchannel|Uniqueid: 1700000004.1"
    );
    let expected = [
        (1.7e9, UniqueId),
        (1_700_000_001.0, Cel),
        (1_700_000_001.0, Cel),
        (1_700_000_002.5, Timestamp),
        (1_700_000_003.5, Timestamp),
        (1_700_000_004.0, UniqueId),
    ];
    assert_eq!(ticks(&text), expected);
}

#[test]
fn a_clock_never_goes_back_nor_believes_the_absurd() {
    let told: Vec<f64> = ticks(
        "Hangup|Timestamp: 5.0; Hangup|Timestamp: 4.0; Hangup|Timestamp: -7; Hangup|Timestamp: 1e300; \
         Hangup|Timestamp: NaN; Hangup|Timestamp: 9223372036854775807.999999; Newchannel|Uniqueid: 18446744073709551615.1; \
         CEL|EventTime: 0000-01-01 00:00:00; CEL|EventTime: 9999-12-31 23:59:60.999999|UniqueID: 18446744073709551615.1; \
         Hangup|Timestamp: 6.0",
    )
    .into_iter()
    .map(|(at, _)| at)
    .collect();
    assert!(told.is_sorted(), "{told:?}");
    assert_eq!(told[..7], [5.0; 7]);
    assert!(told[9] < 253_402_300_801.0, "{told:?}");
}

/// A client or the dialplan may put any header into a `UserEvent`, behind its name.
#[test]
fn a_user_event_can_not_set_the_clock() {
    let own = "UserEvent|Privilege: user,all|Timestamp: 1700000007.5|UserEvent: a|Timestamp: 1900000000.0";
    let forged = "UserEvent|Privilege: user,all|UserEvent: a|Timestamp: 1900000000.0";
    let told = ticks(&format!("Newchannel|Uniqueid: {ID}.1; {forged}; Newchannel|Uniqueid: 1700000003.2; {own}"));
    let id = TimeSource::UniqueId;
    let zero = 1_700_000_000.0;
    assert_eq!(told, [(zero, id), (zero, id), (zero + 3.0, id), (zero + 7.5, TimeSource::Timestamp)]);
}

/// Any values in any order: the clock goes on, and stays within the years that there are.
#[test]
fn a_clock_goes_on_whatever_comes() {
    let times =
        ["0", "5.5", "1700000000.1", "253402300799.999999", "253402300800.0", "-3", "x", "9223372036854775807.9"];
    let ids = ["1.1", "1700000000.1", "a-1700003600.2", "253402300799.1", "18446744073709551615.1", "mine", ""];
    let local =
        ["1969-12-31 23:59:59", "0000-01-01 00:00:00", "2023-11-14 22:13:20", "9999-12-31 23:59:60.999999", "x"];
    let mut state = 7_u64;
    for round in 0..300 {
        let mut clock = if round % 2 == 0 { EventClock::since_1970() } else { EventClock::since_start() };
        let mut before = Duration::ZERO;
        for _ in 0..20 {
            let mut pick = |from: &[&'static str]| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                from[(state >> 33) as usize % from.len()]
            };
            let head = pick(&["Newchannel", "CEL|EventName: CHAN_START", "CEL|EventName: HANGUP", "Hangup"]);
            let stamp = pick(&["Timestamp", "X"]);
            let (stamped, id, time) = (pick(&times), pick(&ids), pick(&local));
            let received =
                pick(&["", "0", "7", "4294967295.9", "18446744073709551615"]).parse().map(Duration::from_secs);
            events(&format!("{head}|{stamp}: {stamped}|UniqueID: {id}|EventTime: {time}"), |event| {
                let at = clock.tick(event, received.clone().ok());
                assert!(at >= before, "{at:?} after {before:?}");
                before = at;
            });
        }
        assert!(round % 2 == 1 || before.as_secs() <= 253_402_300_800, "{before:?}");
    }
}

#[test]
fn a_recording_tells_best() {
    let text = format!(
        "Newchannel|Uniqueid: {ID}.1; Hangup|Timestamp: 1700000002.500000; Hangup|Timestamp: 1700000004.000000; \
         Newchannel|Uniqueid: 1700000009.1; Hangup; Hangup"
    );
    let mut received = [None, Some(2.0), None, None, Some(1.0), Some(6.0)].into_iter();
    let mut clock = EventClock::since_start();
    let mut found = Vec::new();
    events(&text, |event| {
        let at = received.next().expect("a time").map(Duration::from_secs_f64);
        found.push(clock.tick(event, at).as_secs_f64());
    });
    // What is not told stands still, but for a Timestamp of which the other end is known.
    assert_eq!(found, [0.0, 2.0, 3.5, 3.5, 3.5, 6.0]);
    assert_eq!(clock.source(), TimeSource::Received);
    let mut clock = EventClock::since_start();
    events("Hangup; Hangup|Timestamp: 1.0", |event| {
        clock.tick(event, Some(Duration::MAX));
        assert_eq!(clock.tick(event, None), Duration::MAX);
    });
}

#[test]
fn sums_of_absurd_times_overflow_nothing() {
    let mut tracker = Tracker::new(CallLimits::new().age(Duration::MAX));
    let mut times = [0, 0, 0, 0, u64::MAX, u64::MAX, 0, u64::MAX].into_iter();
    events(
        "Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1; Newchannel|Channel: B|Uniqueid: 2|Linkedid: 1; \
         QueueCallerJoin|Channel: A|Uniqueid: 1|Queue: q; QueueCallerJoin|Channel: B|Uniqueid: 2|Queue: q; \
         QueueCallerLeave|Channel: A|Uniqueid: 1|Queue: q; QueueCallerLeave|Channel: B|Uniqueid: 2|Queue: q; \
         Hangup|Channel: A|Uniqueid: 1; Hangup|Channel: B|Uniqueid: 2",
        |event| tracker.handle(event, Duration::from_secs(times.next().expect("a time"))),
    );
    let call = tracker.poll_ended().expect("a call");
    assert_eq!(call.queues().len(), 2);
    assert_eq!((call.wait(), call.talk(), call.hold()), (Duration::MAX, Duration::ZERO, Duration::ZERO));
}

#[test]
fn each_source_says_how_coarse_it_is() {
    let all = [TimeSource::Received, TimeSource::Timestamp, TimeSource::Cel, TimeSource::UniqueId, TimeSource::None];
    let words = all.map(TimeSource::as_str);
    assert_eq!(words, ["received", "timestamp", "cel", "unique-id", "none"]);
    let units = all.map(|source| source.resolution().map(|unit| unit.as_micros()));
    assert_eq!(units, [None, Some(1), Some(1_000_000), Some(1_000_000), None]);
}
