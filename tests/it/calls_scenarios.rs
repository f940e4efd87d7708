//! Invariant: what happens to callers comes out as it was meant, in the events of 11 and of 13.

use ami_proto::calls::{Call, CallLimits, DialplanPlace, Direction, Leg, OwnedValue, Tracker};
use ami_proto::event::Event;
use ami_proto::{Decoder, Framing, Limits};
use std::time::Duration;

/// The only call of a stream: a line is an event, and `+N` lets N seconds pass.
fn call(stream: &str) -> Call {
    let mut tracker = Tracker::new(CallLimits::new());
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    let mut at = Duration::ZERO;
    for line in stream.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(seconds) = line.strip_prefix('+') {
            at += Duration::from_secs(seconds.parse().expect("seconds"));
            continue;
        }
        decoder.push(format!("Event: {line}||").replace('|', "\r\n").as_bytes());
        while let Some(frame) = decoder.next_frame().expect("frames") {
            tracker.handle(&Event::from(frame), at);
        }
    }
    let call = tracker.poll_ended().expect("a call that has ended");
    assert!(tracker.poll_ended().is_none() && tracker.active().len() == 0, "one call");
    call
}

/// The channel talked to last, result, cause, and seconds of talk, in words.
fn told(call: &Call) -> String {
    let to = call.to().map_or_else(|| "-".to_owned(), |to| to.channel.to_string());
    let cause = call.cause().map_or(-1, |cause| cause.get());
    format!("{to} {} {cause} {}", call.disposition(), call.talk().as_secs())
}

/// Alice, 1, talks to Bob, 2, from second 3 to 8.
const ELEVEN: &str = "
    Newchannel|Channel: SIP/alice-1|ChannelState: 4|Exten: bob|Context: lab|Uniqueid: 1
    Newchannel|Channel: SIP/bob-2|ChannelState: 0|Uniqueid: 2
    Dial|SubEvent: Begin|Channel: SIP/alice-1|Destination: SIP/bob-2|UniqueID: 1|DestUniqueID: 2|Dialstring: bob
    +3
    Newstate|Channel: SIP/bob-2|ChannelState: 6|Uniqueid: 2
    Bridge|Bridgestate: Link|Channel1: SIP/alice-1|Channel2: SIP/bob-2|Uniqueid1: 1|Uniqueid2: 2
    +5";

/// As [`ELEVEN`], in 13.
const THIRTEEN: &str = "
    Newchannel|Channel: SIP/alice-1|ChannelState: 4|Exten: bob|Context: lab|Uniqueid: 1|Linkedid: 1
    Newchannel|Channel: SIP/bob-2|ChannelState: 0|Uniqueid: 2|Linkedid: 1
    DialBegin|Uniqueid: 1|Linkedid: 1|DestUniqueid: 2|DestLinkedid: 1|DialString: bob
    +3
    DialEnd|Uniqueid: 1|Linkedid: 1|DestUniqueid: 2|DestLinkedid: 1|DialStatus: ANSWER
    BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 2|Linkedid: 1
    BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 1|Linkedid: 1
    +5";

#[test]
fn a_parked_caller_who_comes_back_to_the_parker_talks_on() {
    // Another channel takes the place of Alice's, which ends as a zombie of cause 0.
    let eleven = "
        Newchannel|Channel: Parked/SIP/alice-1|ChannelState: 0|Uniqueid: 3
        Masquerade|Clone: SIP/alice-1|CloneState: Up|Original: Parked/SIP/alice-1|OriginalState: Down
        Rename|Channel: SIP/alice-1|Newname: SIP/alice-1<MASQ>|Uniqueid: 1
        Rename|Channel: Parked/SIP/alice-1|Newname: SIP/alice-1|Uniqueid: 3
        Rename|Channel: SIP/alice-1<MASQ>|Newname: Parked/SIP/alice-1<ZOMBIE>|Uniqueid: 1
        ParkedCall|Exten: 701|Channel: SIP/alice-1|Parkinglot: default|From: SIP/bob-2|Timeout: 45|Uniqueid: 3
        Hangup|Channel: Parked/SIP/alice-1<ZOMBIE>|Uniqueid: 1|Cause: 0
        Hangup|Channel: SIP/bob-2|Uniqueid: 2|Cause: 16
        +45
        ParkedCallTimeOut|Exten: 701|Channel: SIP/alice-1|Parkinglot: default|Uniqueid: 3
        Newchannel|Channel: SIP/bob-4|ChannelState: 0|Uniqueid: 4
        Dial|SubEvent: Begin|Channel: SIP/alice-1|Destination: SIP/bob-4|UniqueID: 3|DestUniqueID: 4|Dialstring: bob
        +2
        Bridge|Bridgestate: Link|Channel1: SIP/alice-1|Channel2: SIP/bob-4|Uniqueid1: 3|Uniqueid2: 4
        +7
        Hangup|Channel: SIP/bob-4|Uniqueid: 4|Cause: 16
        Hangup|Channel: SIP/alice-1|Uniqueid: 3|Cause: 16";
    let thirteen = "
        BridgeLeave|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 1|Linkedid: 1
        BridgeEnter|BridgeUniqueid: p|BridgeType: holding|BridgeTechnology: holding_bridge|Uniqueid: 1|Linkedid: 1
        ParkedCall|ParkeeChannel: SIP/alice-1|ParkeeUniqueid: 1|ParkeeLinkedid: 1|Parkinglot: default|ParkingSpace: 701
        Hangup|Channel: SIP/bob-2|Uniqueid: 2|Linkedid: 1|Cause: 16
        +45
        ParkedCallTimeOut|ParkeeChannel: SIP/alice-1|ParkeeUniqueid: 1|ParkeeLinkedid: 1|Parkinglot: default|ParkingSpace: 701
        BridgeLeave|BridgeUniqueid: p|BridgeType: holding|Uniqueid: 1|Linkedid: 1
        Newchannel|Channel: SIP/bob-4|ChannelState: 0|Uniqueid: 4|Linkedid: 1
        DialBegin|Uniqueid: 1|Linkedid: 1|DestUniqueid: 4|DestLinkedid: 1|DialString: bob
        +2
        BridgeEnter|BridgeUniqueid: c|BridgeType: basic|Uniqueid: 4|Linkedid: 1
        BridgeEnter|BridgeUniqueid: c|BridgeType: basic|Uniqueid: 1|Linkedid: 1
        +7
        Hangup|Channel: SIP/bob-4|Uniqueid: 4|Linkedid: 1|Cause: 16
        Hangup|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1|Cause: 16";
    for stream in [[ELEVEN, eleven], [THIRTEEN, thirteen]] {
        let call = call(&stream.concat());
        assert_eq!(told(&call), "SIP/bob-4 answered 16 12");
        let parked: Vec<_> = call.parkings().iter().map(|parking| call.length(parking.span).as_secs()).collect();
        assert_eq!((parked, call.end()), (vec![45], Some(Duration::from_secs(62))));
        assert_eq!(call.from().expect("a caller").channel.to_string(), "SIP/alice-1");
    }
}

/// While the channel that took the caller's place lives, the zombie's hangup is no cause.
#[test]
fn the_zombie_of_the_caller_tells_no_cause() {
    let pair = "
        Newchannel|Channel: SIP/carol-3|ChannelState: 6|Uniqueid: 3
        Masquerade|Clone: SIP/alice-1|CloneState: Up|Original: SIP/carol-3|OriginalState: Up
        Rename|Channel: SIP/alice-1|Newname: SIP/alice-1<MASQ>|Uniqueid: 1
        Rename|Channel: SIP/carol-3|Newname: SIP/alice-1|Uniqueid: 3
        Rename|Channel: SIP/alice-1<MASQ>|Newname: SIP/carol-3<ZOMBIE>|Uniqueid: 1
        Hangup|Channel: SIP/carol-3<ZOMBIE>|Uniqueid: 1|Cause: 0
        Hangup|Channel: SIP/bob-2|Uniqueid: 2|Cause: 16";
    for (end, cause) in
        [("Hangup|Channel: SIP/alice-1|Uniqueid: 3|Cause: 17", 17), ("Hangup|Channel: SIP/alice-1|Uniqueid: 3", -1)]
    {
        let call = call(&[ELEVEN, pair, "\n", end].concat());
        assert_eq!(told(&call), format!("SIP/bob-2 answered {cause} 5"));
    }
}

/// A blind transfer into a queue, which the caller leaves.
#[test]
fn a_transfer_to_a_queue_that_is_given_up_stays_answered() {
    let stream = "
        BlindTransfer|Result: Success|TransfererUniqueid: 2|TransfererLinkedid: 1|Extension: q|Context: lab
        BridgeLeave|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 2|Linkedid: 1
        Hangup|Channel: SIP/bob-2|Uniqueid: 2|Linkedid: 1|Cause: 16
        BridgeLeave|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 1|Linkedid: 1
        VarSet|Uniqueid: 1|Linkedid: 1|Variable: A|Value: b
        QueueCallerJoin|Queue: q|Position: 1|Count: 1|Uniqueid: 1|Linkedid: 1
        +9
        QueueCallerAbandon|Queue: q|Position: 1|Uniqueid: 1|Linkedid: 1
        QueueCallerLeave|Queue: q|Position: 1|Count: 0|Uniqueid: 1|Linkedid: 1
        Hangup|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1|Cause: 16";
    let call = call(&[THIRTEEN, stream].concat());
    assert_eq!(told(&call), "SIP/bob-2 answered 16 5");
    assert_eq!(
        (call.wait().as_secs(), call.queues()[0].outcome.as_ref().map(|it| it.as_str())),
        (9, Some("abandoned"))
    );
    assert_eq!(call.transfers()[0].target.to_string(), "q@lab");
}

/// A pick-up and a transfer of which no event tells are no transfers, though they make one call.
#[test]
fn only_what_the_server_calls_a_transfer_is_one() {
    let rings = "
        Newchannel|Channel: SIP/alice-1|ChannelState: 4|Exten: bob|Uniqueid: 1|Linkedid: 1
        Newchannel|Channel: SIP/bob-2|ChannelState: 5|Uniqueid: 2|Linkedid: 1
        DialBegin|Uniqueid: 1|Linkedid: 1|DestUniqueid: 2|DestLinkedid: 1|DialString: bob
        Newchannel|Channel: SIP/carol-3|ChannelState: 6|Exten: *8|Uniqueid: 3|Linkedid: 3
        +2
        Pickup|Channel: SIP/carol-3|Uniqueid: 3|Linkedid: 3|TargetChannel: SIP/bob-2|TargetUniqueid: 2|TargetLinkedid: 1
        Hangup|Channel: SIP/bob-2|Uniqueid: 2|Linkedid: 1|Cause: 26
        BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 3|Linkedid: 1
        BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 1|Linkedid: 1
        +5
        Hangup|Channel: SIP/carol-3|Uniqueid: 3|Linkedid: 1|Cause: 16
        Hangup|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1|Cause: 16";
    let call = call(rings);
    assert_eq!((told(&call).as_str(), call.transfers().len()), ("SIP/carol-3 answered 16 5", 0));
}

/// A caller of a queue, in words: each wait with its outcome and seconds, and the result.
fn waited(stream: &str) -> String {
    let call = call(stream);
    let waits = call.queues().iter().map(|wait| {
        let outcome = wait.outcome.as_ref().map_or("unknown", |outcome| outcome.as_str());
        format!("{} {outcome} {}, ", wait.queue, call.length(wait.span).as_secs())
    });
    waits.collect::<String>() + call.disposition().as_str()
}

const CALLER: &str = "
    Newchannel|Channel: SIP/a-1|ChannelState: 6|Exten: q|Uniqueid: 1|Linkedid: 1";
const WAITS: &str = "
    QueueCallerJoin|Queue: q|Position: 1|Count: 1|Uniqueid: 1|Linkedid: 1
    +5
    QueueCallerAbandon|Queue: q|Position: 1|Uniqueid: 1|Linkedid: 1
    QueueCallerLeave|Queue: q|Position: 1|Count: 0|Uniqueid: 1|Linkedid: 1";
const ENDS: &str = "
    Hangup|Channel: SIP/a-1|Uniqueid: 1|Linkedid: 1|Cause: 16";

/// A refusal by a queue says nothing about the wait before.
#[test]
fn a_queue_that_refuses_a_caller_changes_no_wait_before() {
    let status = |value: &str| format!("\n VarSet|Uniqueid: 1|Linkedid: 1|Variable: QUEUESTATUS|Value: {value}");
    let runs =
        |data: &str| format!("\n Newexten|Uniqueid: 1|Linkedid: 1|Extension: q|Application: Queue|AppData: {data}");
    for refusal in ["FULL", "JOINEMPTY", "JOINUNAVAIL"] {
        let first = [CALLER, &runs("q,t,,,9"), WAITS, &status("TIMEOUT"), &runs("r"), &status(refusal), "\n+3", ENDS];
        assert_eq!(waited(&first.concat()), "q timeout 5, r empty 0, application", "{refusal}");
        assert_eq!(waited(&[CALLER, &runs("r,t"), &status(refusal), ENDS].concat()), "r empty 0, application");
        // Which queue it is was not told.
        assert_eq!(waited(&[CALLER, &status(refusal), ENDS].concat()), "application");
    }
    let left = [CALLER, &runs("q"), WAITS, &status("LEAVEEMPTY"), ENDS];
    assert_eq!(waited(&left.concat()), "q empty 5, application");
}

/// Hangs up the channels of these ids in this order and in the other; both give the same call.
fn either_order(stream: &str, channels: [(&str, u8); 2]) -> Call {
    let hangup = |(name, id): (&str, u8)| format!("\n Hangup|Channel: {name}|Uniqueid: {id}|Linkedid: 1|Cause: 16");
    let [one, two] = channels.map(hangup);
    let [first, second] = [[stream, &one, &two].concat(), [stream, &two, &one].concat()].map(|stream| call(&stream));
    assert_eq!(told(&first), told(&second));
    assert_eq!(first.former_linked_ids(), second.former_linked_ids());
    assert_eq!(first.legs().len(), second.legs().len());
    first
}

/// The action `Bridge` brings two calls together, and the younger channel enters first.
#[test]
fn the_action_bridge_makes_one_call_whoever_enters_first() {
    let apart = "
        Newchannel|Channel: SIP/alice-1|ChannelState: 4|Exten: wait|Context: lab|Uniqueid: 1|Linkedid: 1
        Newstate|Channel: SIP/alice-1|ChannelState: 6|Uniqueid: 1|Linkedid: 1
        +1
        Newchannel|Channel: SIP/bob-2|ChannelState: 4|Exten: wait|Context: lab|Uniqueid: 2|Linkedid: 2
        Newstate|Channel: SIP/bob-2|ChannelState: 6|Uniqueid: 2|Linkedid: 2
        +2";
    let enters = |id: u8, linked: u8| {
        format!("\n BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: {id}|Linkedid: {linked}")
    };
    for (first, second) in [(enters(2, 2), enters(1, 1)), (enters(1, 1), enters(2, 2))] {
        let stream = [apart, &first, &second, "\n+5"].concat();
        let call = either_order(&stream, [("SIP/alice-1", 1), ("SIP/bob-2", 2)]);
        assert_eq!(told(&call), "SIP/bob-2 answered 16 5");
        assert_eq!(call.former_linked_ids().iter().map(ToString::to_string).collect::<Vec<_>>(), ["2"]);
        assert_eq!((call.linked_id().to_string().as_str(), call.direction()), ("1", Direction::ToServer));
    }
}

/// Bob and Dora ring, and Carol takes the call that rings at Bob's.
#[test]
fn a_pick_up_out_of_a_group_makes_one_call() {
    let stream = "
        Newchannel|Channel: SIP/alice-1|ChannelState: 4|Exten: group|Uniqueid: 1|Linkedid: 1
        Newchannel|Channel: SIP/bob-2|ChannelState: 0|Uniqueid: 2|Linkedid: 1
        Newchannel|Channel: SIP/dora-4|ChannelState: 0|Uniqueid: 4|Linkedid: 1
        DialBegin|Uniqueid: 1|Linkedid: 1|DestUniqueid: 2|DestLinkedid: 1|DialString: bob
        DialBegin|Uniqueid: 1|Linkedid: 1|DestUniqueid: 4|DestLinkedid: 1|DialString: dora
        Newstate|Channel: SIP/bob-2|ChannelState: 5|Uniqueid: 2|Linkedid: 1
        Newstate|Channel: SIP/dora-4|ChannelState: 5|Uniqueid: 4|Linkedid: 1
        +2
        Newchannel|Channel: SIP/carol-3|ChannelState: 4|Exten: *8|Uniqueid: 3|Linkedid: 3
        Pickup|Channel: SIP/carol-3|Uniqueid: 3|Linkedid: 3|TargetChannel: SIP/bob-2|TargetUniqueid: 2|TargetLinkedid: 1
        DialEnd|Uniqueid: 1|Linkedid: 1|DestUniqueid: 4|DestLinkedid: 1|DialStatus: CANCEL
        DialEnd|Uniqueid: 1|Linkedid: 1|DestUniqueid: 2|DestLinkedid: 1|DialStatus: ANSWER";
    let gone = [
        "\n Hangup|Channel: SIP/bob-2|Uniqueid: 2|Linkedid: 1|Cause: 26",
        "\n Hangup|Channel: SIP/dora-4|Uniqueid: 4|Linkedid: 1|Cause: 26",
    ];
    let talks = "
        BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 3|Linkedid: 1
        BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 1|Linkedid: 1
        +5";
    for [one, two] in [gone, [gone[1], gone[0]]] {
        let call = either_order(&[stream, one, two, talks].concat(), [("SIP/alice-1", 1), ("SIP/carol-3", 3)]);
        assert_eq!((told(&call).as_str(), call.transfers().len()), ("SIP/carol-3 answered 16 5", 0));
    }
}

/// Bob sends Alice to this extension.
fn sent_to(extension: &str, then: &str) -> Call {
    let transfer = format!(
        "
        BlindTransfer|Result: Success|TransfererUniqueid: 2|TransfererLinkedid: 1|Extension: {extension}|Context: lab
        BridgeLeave|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 2|Linkedid: 1
        BridgeLeave|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 1|Linkedid: 1"
    );
    let call = either_order(&[THIRTEEN, &transfer, then].concat(), [("SIP/bob-2", 2), ("SIP/alice-1", 1)]);
    assert_eq!(call.transfers()[0].target.to_string(), format!("{extension}@lab"));
    call
}

#[test]
fn a_transfer_to_a_conference() {
    let call = sent_to(
        "room",
        "
        Newexten|Uniqueid: 1|Linkedid: 1|Context: lab|Extension: room|Priority: 1|Application: ConfBridge|AppData: r
        ConfbridgeJoin|Conference: r|BridgeUniqueid: c|BridgeType: base|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1
        +4
        ConfbridgeLeave|Conference: r|BridgeUniqueid: c|BridgeType: base|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1",
    );
    assert_eq!(told(&call), "SIP/bob-2 conference 16 5");
    assert_eq!(call.rooms().iter().map(|room| room.conference.to_string()).collect::<Vec<_>>(), ["r"]);
}

#[test]
fn a_transfer_to_voicemail() {
    let call = sent_to(
        "mail",
        "
        Newexten|Uniqueid: 1|Linkedid: 1|Context: lab|Extension: mail|Priority: 3|Application: VoiceMail|AppData: 200
        +4",
    );
    assert_eq!(told(&call), "SIP/bob-2 answered 16 5");
    let reached: Vec<_> = call.legs().iter().map(Leg::reached_voicemail).collect();
    assert_eq!(reached, [true, false]);
}

/// Extension, context and priority of a leg, in words.
fn place(place: DialplanPlace<'_>) -> String {
    let text = |text: Option<&OwnedValue>| text.map_or_else(|| "-".to_owned(), ToString::to_string);
    format!("{}@{} {:?}", text(place.exten), text(place.context), place.priority)
}

#[test]
fn where_a_leg_began_in_the_dialplan_and_where_it_is() {
    let begins = "
        Newchannel|Channel: SIP/alice-1|ChannelState: 4|Exten: 200|Context: lab|Uniqueid: 1|Linkedid: 1";
    let step = |exten: &str, context: &str, priority: u8| {
        format!(
            "\n Newexten|Uniqueid: 1|Linkedid: 1|Extension: {exten}|Context: {context}|Priority: {priority}|Application: NoOp"
        )
    };
    let end = "\n Hangup|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1|Cause: 16";
    let told = |steps: &[String]| {
        let call = call(&[begins, &steps.concat(), end].concat());
        (place(call.legs()[0].first_place()), place(call.legs()[0].place()))
    };
    let expected = |first: &str, last: &str| (first.to_owned(), last.to_owned());
    assert_eq!(told(&[]), expected("200@lab None", "200@lab None"));
    let (one, two) = (step("200", "lab", 1), step("200", "lab", 2));
    assert_eq!(told(&[one.clone(), two.clone()]), expected("200@lab Some(1)", "200@lab Some(2)"));
    let away = step("s", "menu", 4);
    assert_eq!(told(&[one.clone(), away.clone()]), expected("200@lab Some(1)", "s@menu Some(4)"));
    assert_eq!(told(&[one.clone(), away.clone(), two.clone()]), expected("200@lab Some(1)", "200@lab Some(2)"));
    // Its first step is elsewhere: a later one there is none that it began with.
    assert_eq!(told(&[away, two]), expected("200@lab None", "200@lab Some(2)"));
    let nowhere = step("", "", 3);
    assert_eq!(told(&[one, nowhere.clone(), nowhere]), expected("200@lab Some(1)", "-@- Some(3)"));
}

/// Extension and context are of one step, not one of where the channel was made.
#[test]
fn a_leg_that_begins_without_an_extension_begins_at_its_first_step() {
    let call = call(
        "
        Newchannel|Channel: SIP/alice-1|ChannelState: 4|Exten: s|Context: from-sip|Uniqueid: 1|Linkedid: 1
        Newexten|Uniqueid: 1|Linkedid: 1|Extension: play|Context: lab|Priority: 2|Application: NoOp
        Newexten|Uniqueid: 1|Linkedid: 1|Extension: s|Context: menu|Priority: 5|Application: NoOp
        Hangup|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1|Cause: 16",
    );
    let leg = &call.legs()[0];
    assert_eq!(place(leg.first_place()), "play@lab Some(2)");
    assert_eq!(place(leg.place()), "s@menu Some(5)");
    assert_eq!(call.context().map(ToString::to_string).as_deref(), Some("lab"));
}

#[test]
fn a_dial_that_is_forwarded_says_where_to() {
    let stream = THIRTEEN.replace("DialStatus: ANSWER", "DialStatus: CANCEL|Forward: Local/300@lab");
    let call = either_order(&stream, [("SIP/bob-2", 2), ("SIP/alice-1", 1)]);
    let dial = &call.dials()[0];
    assert_eq!(dial.forwarded_to.as_ref().map(ToString::to_string).as_deref(), Some("Local/300@lab"));
    assert_eq!(dial.status.as_ref().map(ToString::to_string).as_deref(), Some("CANCEL"));
}

/// The server called the first channel, or that one the server.
#[test]
fn the_direction_of_a_call() {
    let end = "\n Hangup|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1|Cause: 16";
    for (begins, direction) in [
        ("Newchannel|Channel: SIP/alice-1|ChannelState: 4|Uniqueid: 1|Linkedid: 1", Direction::ToServer),
        (
            "Newchannel|Channel: SIP/alice-1|ChannelState: 0|Uniqueid: 1|Linkedid: 1
            DialBegin|DestUniqueid: 1|DestLinkedid: 1|DestChannel: SIP/alice-1|DialString: alice",
            Direction::FromServer,
        ),
        ("Newchannel|Channel: SIP/alice-1|ChannelState: 0|Uniqueid: 1", Direction::Unknown),
        ("Newstate|Channel: SIP/alice-1|ChannelState: 6|Uniqueid: 1|Linkedid: 1", Direction::Unknown),
    ] {
        assert_eq!(call(&[begins, end].concat()).direction(), direction, "{begins}");
    }
    for talk in [ELEVEN, THIRTEEN] {
        let call = either_order(talk, [("SIP/bob-2", 2), ("SIP/alice-1", 1)]);
        assert_eq!(call.direction(), Direction::ToServer);
    }
}

/// `QueueCallerAbandon` comes for each caller who leaves without an answer; why, the variable tells
/// that a login without the class `dialplan` doesn't see.
#[test]
fn a_wait_without_an_answer_is_abandoned_where_no_variable_tells_why() {
    let stream = |told: &str| {
        format!(
            "
            Newchannel|Channel: SIP/alice-1|ChannelState: 6|Exten: 500|Context: lab|Uniqueid: 1|Linkedid: 1
            QueueCallerJoin|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1|Queue: q|Position: 1|Count: 1
            +20
            QueueCallerAbandon|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1|Queue: q|Position: 1|HoldTime: 20
            QueueCallerLeave|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1|Queue: q|Position: 1|Count: 0
            {told}
            Hangup|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1|Cause: 16"
        )
    };
    let timeout = "VarSet|Channel: SIP/alice-1|Uniqueid: 1|Linkedid: 1|Variable: QUEUESTATUS|Value: TIMEOUT";
    for (told, outcome) in [("", "abandoned abandoned 20"), (timeout, "timeout no-answer 20")] {
        let call = call(&stream(told));
        let wait = &call.queues()[0];
        let word = wait.outcome.as_ref().map_or("-", |outcome| outcome.as_str());
        assert_eq!(format!("{word} {} {}", call.disposition(), call.length(wait.span).as_secs()), outcome);
    }
}
