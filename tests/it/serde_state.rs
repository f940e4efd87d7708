//! Invariant: a mirror serialises with everything in it, and each thing with all its fields.

use ami_proto::event::Event;
use ami_proto::state::{Mirror, MirrorLimits, Part};
use ami_proto::{Decoder, Framing, Limits};
use serde::Serialize;
use serde_json::{Value, json, to_value};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Events and lists of one thing of each kind.
const EVENTS: &str = "Event: Newchannel\nChannel: PJSIP/100-01\nChannelState: 6\nUniqueid: 1.1\nLinkedid: 1.1\n\n\
    Event: BridgeCreate\nBridgeUniqueid: b\nBridgeType: basic\nBridgeTechnology: simple_bridge\nBridgeName: \n\n\
    Event: QueueParams\nQueue: support\nStrategy: ringall\nCalls: 1\nHoldtime: 5\nTalkTime: 60\nCompleted: 3\n\
    Abandoned: 2\nServiceLevel: 20\nServicelevelPerf: 75.0\nMax: 0\n\n\
    Event: QueueMember\nQueue: support\nLocation: PJSIP/7\nName: Ann\nPenalty: 2\nStatus: 1\nPaused: 1\nInCall: 0\n\
    PausedReason: lunch\nCallsTaken: 3\nLastCall: 1000\nMembership: static\nRinginuse: 1\n\n\
    Event: QueueEntry\nQueue: support\nPosition: 1\nChannel: PJSIP/100-01\nUniqueid: 1.1\nCallerIDNum: 100\nWait: 10\n\n\
    Event: ConfbridgeStart\nConference: room\n\n\
    Event: ConfbridgeJoin\nConference: room\nChannel: PJSIP/100-01\nCallerIDNum: 100\nAdmin: Yes\nMuted: No\n\n\
    Event: AgentLogin\nAgent: 1001\nChannel: PJSIP/9-01\n\n\
    Event: ParkedCall\nPrivilege: call,all\nParkinglot: default\nParkingSpace: 701\nParkeeChannel: PJSIP/8-01\n\n\
    Event: Parkinglot\nName: default\nStartSpace: 701\nStopSpace: 720\nTimeout: 45\n\n\
    Event: PeerStatus\nPrivilege: system,all\nChannelType: PJSIP\nPeer: PJSIP/100\nPeerStatus: Reachable\n\n\
    Event: ContactStatus\nPrivilege: system,all\nURI: sip:100@192.0.2.1\nContactStatus: Reachable\nAOR: 100\n\
    EndpointName: 100\nRoundtripUsec: 900\n\n\
    Event: Registry\nPrivilege: system,all\nChannelType: SIP\nUsername: a\nDomain: b\nStatus: Registered\n\n\
    Event: DeviceStateChange\nPrivilege: call,all\nDevice: PJSIP/100\nState: INUSE\n\n\
    Event: ExtensionStatus\nPrivilege: call,all\nExten: 100\nContext: internal\nHint: PJSIP/100\nStatus: 1\n\
    StatusText: InUse\n\n\
    Event: MessageWaiting\nPrivilege: call,all\nMailbox: 100@default\nWaiting: 1\nNew: 2\nOld: 3\n\n\
    Event: QueueStatusComplete\nEventList: Complete\nListItems: 3\n\n";

fn value(of: impl Serialize) -> Value {
    to_value(of).expect("JSON")
}

fn mirror() -> Mirror {
    let mut mirror = Mirror::new(MirrorLimits::new());
    mirror.set_time(Duration::from_millis(1_000_500));
    mirror.begin(Part::Queues);
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    decoder.push(EVENTS.replace('\n', "\r\n").as_bytes());
    while let Some(frame) = decoder.next_frame().expect("within limits") {
        let _ = mirror.handle(&Event::from(frame));
    }
    mirror
}

#[test]
fn a_mirror_has_its_things_as_data() {
    let mut mirror = mirror();
    assert_eq!(
        value(&mirror),
        json!({
            "channels": [{
                "name": "PJSIP/100-01", "uniqueid": "1.1", "linked_id": "1.1", "state": 6, "number": null,
                "caller_name": null, "connected_number": null, "connected_name": null, "account": null, "exten": null,
                "context": null, "priority": null, "application": null, "since": 1000.5, "on_hold": null,
                "bridge": null, "peer": null,
            }],
            "bridges": [{
                "id": "b", "type": "basic", "technology": "simple_bridge", "creator": null, "name": null, "channels": [],
            }],
            "queues": [{
                "name": "support", "max": 0, "strategy": "ringall", "calls": 1, "completed": 3, "abandoned": 2, "hold_time": 5,
                "talk_time": 60, "service_level": 20, "service_level_share": "75.0",
                "service_level_share_2": null, "weight": null,
                "members": [{
                    "queue": "support", "interface": "PJSIP/7", "name": "Ann", "state_interface": null, "status": "NOT_INUSE", "paused": true,
                    "paused_reason": "lunch", "calls_taken": 3, "last_call": 1000, "last_pause": null,
                    "login_time": null, "in_call": false, "penalty": 2, "membership": "static",
                    "ring_in_use": true, "wrap_up": null,
                }],
                "callers": [{
                    "queue": "support", "uniqueid": "1.1", "channel": "PJSIP/100-01", "number": "100", "name": null,
                    "priority": null, "since": 990.5, "position": 1,
                }],
            }],
            "conferences": [{
                "name": "room", "locked": false, "recording": false, "bridge": null,
                "members": [{
                    "conference": "room", "channel": "PJSIP/100-01", "uniqueid": null, "name": null, "number": "100", "muted": false, "talking": null,
                    "admin": true, "marked": null, "waiting": null, "since": 1000.5,
                }],
            }],
            "agents": [{
                "agent": "1001", "name": null, "status": "AGENT_IDLE", "channel": "PJSIP/9-01", "logged_in": null,
                "talking_to": null,
            }],
            "parking": [{
                "lot": "default", "space": "701", "channel": "PJSIP/8-01", "uniqueid": null, "number": null,
                "name": null, "parked_by": null, "since": 1000.5,
            }],
            "parking_lots": [{"name": "default", "first": "701", "last": "720", "timeout": 45}],
            "endpoints": [{
                "technology": "PJSIP", "name": "100", "device_state": "In use", "status": "Reachable", "address": null,
                "aors": null, "channels": null,
            }],
            "contacts": [{
                "aor": "100", "uri": "sip:100@192.0.2.1", "status": "Reachable", "endpoint": "100", "round_trip": 900,
                "user_agent": null,
            }],
            "registrations": [{"technology": "SIP", "account": "a@b", "status": "Registered"}],
            "devices": [{"name": "PJSIP/100", "state": "INUSE"}],
            "extensions": [{
                "context": "internal", "exten": "100", "hint": "PJSIP/100", "status": 1, "text": "InUse",
            }],
            "mailboxes": [{"name": "100@default", "new": 2, "old": 3}],
            "completeness": {
                "channels": "unseeded", "bridges": "unseeded", "queues": "complete", "agents": "unseeded",
                "conferences": "unseeded", "parking": "unseeded", "parking_lots": "unseeded",
                "endpoints": "unseeded", "contacts": "unseeded", "registrations": "unseeded",
                "devices": "unseeded", "extensions": "unseeded", "mailboxes": "unseeded",
            },
        })
    );
    mirror.lost();
    assert_eq!(value(&mirror)["completeness"]["queues"], "disconnected");
}

/// One thing alone is as in its mirror, but for what belongs to it there.
#[test]
fn a_thing_alone_is_as_in_its_mirror() {
    let (mirror, whole) = (mirror(), value(mirror()));
    let alone = value(mirror.queue(b"support").expect("a queue"));
    let mut inside = whole["queues"][0].clone();
    for key in ["members", "callers"] {
        assert!(inside.as_object_mut().and_then(|queue| queue.remove(key)).is_some(), "{key}");
    }
    assert_eq!(alone, inside);
    let (place, caller) = mirror.callers(b"support").next().expect("a caller");
    assert_eq!((place, &value(caller)["number"]), (1, &json!("100")));
    assert_eq!(value(mirror.conference(b"room").expect("a room"))["locked"], false);
    assert_eq!(value(mirror.bridge(b"b").expect("a bridge"))["type"], "basic");
    assert_eq!(value(mirror.device(b"PJSIP/100").expect("a device"))["state"], "INUSE");
}

/// Keys that are no names of fields.
const OTHER_KEYS: [(&str, &str, &str); 5] = [
    ("Bridge", "unique_id", "id"),
    ("Bridge", "kind", "type"),
    ("Member", "device_state", "status"),
    ("Device", "device_state", "state"),
    ("", "unique_id", "uniqueid"),
];

/// Returns the public fields of each thing, as `fields.rs` of the mirror declares them.
fn fields() -> BTreeMap<String, BTreeSet<String>> {
    let source = std::fs::read_to_string(ami_testkit::root().join("src/state/fields.rs")).expect("the source");
    let declared = source.split_once("things! {").and_then(|(_, rest)| rest.split_once("\n}\n")).expect("things").0;
    let (mut things, mut thing) = (BTreeMap::<String, BTreeSet<String>>::new(), String::new());
    let mut private = false;
    for line in declared.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [name, "in", ..] => thing = name.to_owned(),
            ["+", "{"] => private = true,
            ["}"] => private = false,
            [name, how, ..] if !private && how != "in" && (name.ends_with(':') || line.ends_with(';')) => {
                things.entry(thing.clone()).or_default().insert(name.trim_end_matches(':').to_owned());
            }
            _ => {}
        }
    }
    things
}

/// Each public field of a thing has a key.
#[test]
fn each_field_has_a_key() {
    let (mirror, fields) = (mirror(), fields());
    assert_eq!(fields.len(), 16, "{fields:?}");
    let things = [
        ("Channel", value(mirror.channels().next())),
        ("Bridge", value(mirror.bridges().next())),
        ("Queue", value(mirror.queues().next())),
        ("Member", value(mirror.members(b"support").next())),
        ("Caller", value(mirror.callers(b"support").next().map(|(_, caller)| caller))),
        ("Agent", value(mirror.agents().next())),
        ("Conference", value(mirror.conferences().next())),
        ("Participant", value(mirror.participants(b"room").next())),
        ("ParkingLot", value(mirror.parking_lots().next())),
        ("ParkedCall", value(mirror.parked_calls().next())),
        ("Endpoint", value(mirror.endpoints().next())),
        ("Contact", value(mirror.contacts().next())),
        ("Registration", value(mirror.registrations().next())),
        ("Device", value(mirror.devices().next())),
        ("Extension", value(mirror.extensions().next())),
        ("Mailbox", value(mirror.mailboxes().next())),
    ];
    for (thing, shown) in things {
        let shown: BTreeSet<String> = shown.as_object().expect("an object").keys().cloned().collect();
        let key = |field: &String| {
            let other = OTHER_KEYS.iter().find(|(of, name, _)| (*of == thing || of.is_empty()) && name == field);
            other.map_or_else(|| field.clone(), |(_, _, key)| (*key).to_owned())
        };
        let expected: BTreeSet<String> = fields[thing].iter().map(key).collect();
        assert_eq!(shown, expected, "{thing}");
    }
}
