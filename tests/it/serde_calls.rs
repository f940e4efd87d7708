//! Invariant: the JSON of each kind of call is that of its file in `tests/expected/calls_json`, and
//! `manual::json` has its keys and words. `BLESS=1` writes the files anew.

use ami_proto::calls::{Call, CallLimits, EventClock, Tracker};
use ami_proto::event::Event;
use ami_proto::{Decoder, Framing, Limits};
use ami_testkit::root;
use serde_json::{Value, from_str, to_string};
use std::fs;
use std::time::Duration;

/// Folds events: `|` ends a line, `;` an event, and a number before one is its second. `#a` stands
/// for what tells of a channel: its name `PJSIP/a-1`, its unique id `a.1`, and the linked id `1.1`.
fn call(text: &str) -> Call {
    let mut tracker = Tracker::new(CallLimits::new());
    for event in text.split(';').map(str::trim).filter(|event| !event.is_empty()) {
        let (second, event) = event.split_once(' ').expect("a second");
        let lines: Vec<_> = event
            .split('|')
            .map(|line| match line.strip_prefix('#') {
                Some(name) => format!("Channel: PJSIP/{name}-1\r\nUniqueid: {name}.1\r\nLinkedid: 1.1\r\n"),
                None => format!("{line}\r\n"),
            })
            .collect();
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
        decoder.push(format!("Event: {}\r\n", lines.concat()).as_bytes());
        let frame = decoder.next_frame().expect("within limits").expect("whole");
        tracker.handle(
            &Event::from(frame),
            Duration::from_millis((second.parse::<f64>().expect("a second") * 1000.0) as u64),
        );
    }
    let call = tracker.poll_ended().or_else(|| tracker.abandon().next());
    call.expect("one call")
}

/// Folds a recording whose events tell their times.
fn recorded(file: &str) -> Call {
    let mut decoder = Decoder::new(Limits::new());
    decoder.push(&fs::read(root().join(file)).expect("a file of the corpus"));
    let (mut tracker, mut clock) = (Tracker::new(CallLimits::new()), EventClock::since_1970());
    while let Some(frame) = decoder.next_frame().expect("within limits") {
        let event = Event::from(frame);
        let at = clock.tick(&event, None);
        tracker.set_time_source(clock.source());
        tracker.handle(&event, at);
    }
    tracker.poll_ended().expect("one call")
}

/// A caller `a`, at second 0, whose channel is up at once.
const CALLER: &str = "0 Newchannel|#a|ChannelState: 4|CallerIDNum: 100|CallerIDName: Ann|Exten: 800|Context: in;
    0 Newstate|#a|ChannelState: 6;";
/// A channel `b` that rings at 2, is up at 4, and is in a bridge with `a` from then on.
const TALK: &str = "2 Newchannel|#b|ChannelState: 0|CallerIDNum: 200|CallerIDName: Bob;
    2 DialBegin|#a|DestChannel: PJSIP/b-1|DestUniqueid: b.1|DestLinkedid: 1.1|DialString: 200;
    2 Newstate|#b|ChannelState: 5;
    4 Newstate|#b|ChannelState: 6;
    4 DialEnd|#a|DestChannel: PJSIP/b-1|DestUniqueid: b.1|DestLinkedid: 1.1|DialStatus: ANSWER;
    4 BridgeEnter|BridgeUniqueid: x|BridgeType: basic|#a;
    4 BridgeEnter|BridgeUniqueid: x|BridgeType: basic|#b;";
/// The end of both.
const END: &str = "9 BridgeLeave|BridgeUniqueid: x|BridgeType: basic|#b;
    9 Hangup|#b|Cause: 16;
    9 BridgeLeave|BridgeUniqueid: x|BridgeType: basic|#a;
    9 Hangup|#a|Cause: 16;";

/// Kinds of calls, and the events of one.
fn kinds() -> Vec<(&'static str, Call)> {
    let join = "1 QueueCallerJoin|#a|Queue: support|Position: 1;";
    let kinds = [
        ("answered", format!("{CALLER}{TALK} 5 Hold|#b; 6.5 Unhold|#b;{END}")),
        (
            "queue_answered",
            format!(
                "{CALLER}{join}{TALK} 4 QueueCallerLeave|#a|Queue: support;
                4 AgentConnect|#a|Queue: support|MemberName: Bob|DestUniqueid: b.1;{END}"
            ),
        ),
        (
            "queue_abandoned",
            format!(
                "{CALLER}{join} 7 QueueCallerLeave|#a|Queue: support; 7 QueueCallerAbandon|#a|Queue: support;
                7 Hangup|#a|Cause: 127;"
            ),
        ),
        (
            "transfer_blind",
            format!(
                "{CALLER}{TALK} 6 BlindTransfer|Result: Success|TransfererChannel: PJSIP/b-1|TransfererUniqueid: b.1|\
                TransfererLinkedid: 1.1|Extension: 300|Context: in;
                6 BridgeLeave|BridgeUniqueid: x|BridgeType: basic|#b; 6 Hangup|#b|Cause: 16;
                6 BridgeLeave|BridgeUniqueid: x|BridgeType: basic|#a; 8 Hangup|#a|Cause: 16;"
            ),
        ),
        (
            "parked",
            format!(
                "{CALLER} 2 ParkedCall|ParkeeChannel: PJSIP/a-1|ParkeeUniqueid: a.1|ParkeeLinkedid: 1.1|\
                ParkingLot: default|ParkingSpace: 701;
                6 ParkedCallGiveUp|ParkeeChannel: PJSIP/a-1|ParkeeUniqueid: a.1|ParkeeLinkedid: 1.1|\
                ParkingLot: default|ParkingSpace: 701;
                6 Hangup|#a|Cause: 16;"
            ),
        ),
        (
            "recording",
            format!(
                "{CALLER}{TALK} 5 VarSet|#a|Variable: MIXMONITOR_FILENAME|Value: /var/spool/a.wav;
                5 MixMonitorStart|#a; 8 MixMonitorStop|#a; 8 MonitorStart|#a;{END}"
            ),
        ),
        (
            "room",
            format!(
                "{CALLER} 1 ConfbridgeJoin|#a|Conference: team; 5 ConfbridgeLeave|#a|Conference: team;
                5 Hangup|#a|Cause: 16;"
            ),
        ),
        (
            "voicemail",
            format!("{CALLER} 1 Newexten|#a|Extension: 800|Context: in|Application: VoiceMail; 8 Hangup|#a|Cause: 16;"),
        ),
        ("busy", "0 Newchannel|#a|ChannelState: 4|Exten: 800; 3 Hangup|#a|Cause: 17;".to_owned()),
        ("never_ended", format!("{CALLER}{TALK} 6 Hangup|#a|Cause: 16;")),
    ];
    let mut kinds: Vec<_> = kinds.into_iter().map(|(kind, events)| (kind, call(&events))).collect();
    kinds.push(("transfer_attended", recorded("corpus/handmade/attended_transfer_caller_first.ami")));
    kinds
}

#[test]
fn each_kind_of_call() {
    let folder = root().join("tests/expected/calls_json");
    let bless = std::env::var_os("BLESS").is_some();
    for (kind, call) in kinds() {
        let found = to_string(&call).expect("JSON");
        let path = folder.join(format!("{kind}.json"));
        if bless {
            let pretty = serde_json::to_string_pretty(&from_str::<Value>(&found).expect("JSON")).expect("JSON");
            fs::write(&path, pretty + "\n").expect("a file of the tests");
        }
        let expected = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // In this order, as a reader sees them.
        let expected: Value = from_str(&expected).expect("JSON");
        assert_eq!(found, expected.to_string(), "{kind}");
    }
}

/// Each key of a call, and of what is in it, has its place in the table of `manual::json`, and so
/// has each word.
#[test]
fn the_manual_has_each_key_and_word() {
    let manual = fs::read_to_string(root().join("src/manual/json.rs")).expect("the manual");
    let table = manual
        .split_once("//! # A call\n")
        .expect("its section")
        .1
        .split_once("//! # Typed views")
        .expect("the next")
        .0;
    let told =
        |text: &str| assert!(table.contains(&format!("`{text}`")) || table.contains(&format!("\"{text}\"")), "{text}");
    for (_, call) in kinds() {
        let Value::Object(call) = serde_json::to_value(&call).expect("JSON") else { panic!("no object") };
        for (key, value) in &call {
            told(key);
            let items = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            items.iter().filter_map(Value::as_object).flatten().for_each(|(key, _)| told(key));
            for word in ["disposition", "outcome", "kind", "time_source"] {
                let within = items.iter().filter_map(|item| item.get(word)).filter_map(Value::as_str);
                within.chain(value.as_str().filter(|_| key == word)).for_each(told);
            }
        }
    }
}

/// JSON of what a call's own object leaves out.
#[test]
fn a_leg_and_the_direction_of_a_call() {
    let step = "1 Newexten|#a|Extension: 900|Context: in|Priority: 2|Application: VoiceMail;";
    let call = call(&[CALLER, step].concat());
    assert_eq!(to_string(&call.direction()).expect("JSON"), "\"to-server\"");
    let leg = serde_json::to_value(&call.legs()[0]).expect("JSON");
    let first = serde_json::json!({"exten": "800", "context": "in", "priority": null});
    let last = serde_json::json!({"exten": "900", "context": "in", "priority": 2});
    assert_eq!((&leg["first_place"], &leg["place"]), (&first, &last));
    assert_eq!(leg["reached_voicemail"], true);
}
