//! Invariant: what begins under the key of something that is there has nothing of it; what a list
//! has shown before its beginning came keeps what the list says.

use ami_proto::event::Event;
use ami_proto::state::{Completeness, Mirror, MirrorLimits, Part, Stale};
use ami_proto::{Decoder, Framing, Limits};
use std::time::Duration;

fn feed(mirror: &mut Mirror, events: &[&str]) {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    for event in events {
        decoder.push(format!("Event: {event}||").replace('|', "\r\n").as_bytes());
    }
    while let Some(frame) = decoder.next_frame().expect("frames") {
        let _ = mirror.handle(&Event::from(frame));
    }
}

/// A part and what can begin in it: a list that doesn't show it, the event of its beginning, events
/// about it, a list that shows the same, and what of that is there in words.
struct Case {
    part: Part,
    empty: &'static [&'static str],
    begins: &'static str,
    told: &'static [&'static str],
    item: &'static [&'static str],
    has: fn(&Mirror) -> String,
}

const CASES: [Case; 6] = [
    Case {
        part: Part::Channels,
        empty: &["CoreShowChannelsComplete|EventList: Complete|ListItems: 0"],
        begins: "Newchannel|Uniqueid: 1|Channel: A|ChannelState: 0",
        told: &["BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 1", "Hold|Uniqueid: 1"],
        item: &[
            "CoreShowChannel|Uniqueid: 1|Channel: A|BridgeId: b",
            "CoreShowChannelsComplete|EventList: Complete|ListItems: 1",
        ],
        has: |mirror| {
            let channel = mirror.channel(b"1").expect("a channel");
            let inside = mirror.inside(b"b").count();
            format!("{:?} {inside} {}", channel.bridge.as_ref().map(ToString::to_string), channel.on_hold.is_some())
        },
    },
    Case {
        part: Part::Bridges,
        empty: &["BridgeListComplete|EventList: Complete|ListItems: 0"],
        begins: "BridgeCreate|BridgeUniqueid: b|BridgeType: basic",
        told: &["BridgeEnter|BridgeUniqueid: b|BridgeType: basic|BridgeName: n|Uniqueid: 1"],
        item: &[
            "BridgeListItem|BridgeUniqueid: b|BridgeType: basic|BridgeName: n",
            "BridgeListComplete|EventList: Complete|ListItems: 1",
        ],
        has: |mirror| format!("{:?}", mirror.bridge(b"b").expect("a bridge").name.as_ref().map(ToString::to_string)),
    },
    Case {
        part: Part::Queues,
        empty: &["QueueStatusComplete|EventList: Complete|ListItems: 0"],
        begins: "QueueMemberAdded|Queue: q|Interface: m",
        told: &["QueueMemberPause|Queue: q|Interface: m|Paused: 1|PausedReason: lunch"],
        item: &[
            "QueueMember|Queue: q|Location: m|Paused: 1|PausedReason: lunch",
            "QueueStatusComplete|EventList: Complete|ListItems: 1",
        ],
        has: |mirror| {
            let member = mirror.member(b"q", b"m").expect("a member");
            format!("{:?} {:?}", member.paused, member.paused_reason.as_ref().map(ToString::to_string))
        },
    },
    Case {
        part: Part::Conferences,
        empty: &["ConfbridgeListRoomsComplete|EventList: Complete|ListItems: 0"],
        begins: "ConfbridgeStart|Conference: r",
        told: &["ConfbridgeRecord|Conference: r", "ConfbridgeJoin|Conference: r|Channel: A|Uniqueid: 1"],
        item: &[
            "ConfbridgeListRooms|Conference: r|Locked: Yes",
            "ConfbridgeListRoomsComplete|EventList: Complete|ListItems: 1",
            "ConfbridgeList|Conference: r|Channel: A|Uniqueid: 1",
            "ConfbridgeListComplete|EventList: Complete|ListItems: 1",
        ],
        has: |mirror| format!("{}", mirror.participants(b"r").count()),
    },
    Case {
        part: Part::Conferences,
        empty: &[
            "ConfbridgeListRooms|Conference: r|Locked: No",
            "ConfbridgeListRoomsComplete|EventList: Complete|ListItems: 1",
            "ConfbridgeListComplete|EventList: Complete|ListItems: 0",
        ],
        begins: "ConfbridgeJoin|Conference: r|Channel: A|Uniqueid: 1",
        told: &["ConfbridgeMute|Conference: r|Channel: A|Uniqueid: 1"],
        item: &[
            "ConfbridgeListRooms|Conference: r|Locked: No",
            "ConfbridgeListRoomsComplete|EventList: Complete|ListItems: 1",
            "ConfbridgeList|Conference: r|Channel: A|Uniqueid: 1|Muted: Yes",
            "ConfbridgeListComplete|EventList: Complete|ListItems: 1",
        ],
        has: |mirror| format!("{:?}", mirror.participant(b"r", b"A").expect("someone").muted),
    },
    Case {
        part: Part::Parking,
        empty: &["ParkedCallsComplete|EventList: Complete|ListItems: 0"],
        begins: "ParkedCall|Privilege: call,all|Parkinglot: l|ParkingSpace: 701|ParkeeUniqueid: 1",
        told: &["ParkedCallSwap|Parkinglot: l|ParkingSpace: 701|ParkeeUniqueid: 1|ParkeeCallerIDNum: 100"],
        item: &[
            "ParkedCall|Parkinglot: l|ParkingSpace: 701|ParkeeUniqueid: 1|ParkeeCallerIDNum: 100",
            "ParkedCallsComplete|EventList: Complete|ListItems: 1",
        ],
        has: |mirror| {
            let parked = mirror.parked_call(b"l", b"701").expect("a call");
            format!("{:?}", parked.number.as_ref().map(ToString::to_string))
        },
    },
];

/// Seeds a part by these events.
fn seed(mirror: &mut Mirror, part: Part, list: &[&str]) {
    _ = mirror.seed(part);
    for event in list {
        feed(mirror, &[event]);
        _ = mirror.poll_seed();
    }
    assert_eq!(mirror.completeness(part), Completeness::Complete, "{list:?}");
}

#[test]
fn a_beginning_has_nothing_of_what_ended_unheard() {
    for Case { part, empty, begins, told, has, .. } in CASES {
        let only = |events: &[&str]| {
            let mut mirror = Mirror::new(MirrorLimits::new());
            feed(&mut mirror, events);
            has(&mirror)
        };
        let fresh = only(&[begins]);
        assert_ne!(only(&[&[begins], told].concat()), fresh, "{begins}: the events tell something");

        // No event told the end of the first: others may be missing as well.
        let mut mirror = Mirror::new(MirrorLimits::new());
        seed(&mut mirror, part, empty);
        feed(&mut mirror, &[&[begins], told, &[begins]].concat());
        assert_eq!(has(&mirror), fresh, "{begins}");
        assert_eq!(mirror.completeness(part), Completeness::MaybeStale(Stale::Unexpected), "{begins}");

        // It ended while the connection was gone; the next begins while a list is awaited.
        let mut mirror = Mirror::new(MirrorLimits::new());
        feed(&mut mirror, &[&[begins], told].concat());
        mirror.lost();
        _ = mirror.seed(part);
        feed(&mut mirror, &[begins]);
        assert_eq!(has(&mirror), fresh, "{begins}");
        for event in empty {
            feed(&mut mirror, &[event]);
            _ = mirror.poll_seed();
        }
        assert_eq!(has(&mirror), fresh, "{begins}");
    }
}

#[test]
fn a_beginning_that_comes_behind_the_list_takes_nothing_back() {
    for Case { part, begins, told, item, has, .. } in CASES {
        let mut mirror = Mirror::new(MirrorLimits::new());
        // As on a connection before.
        feed(&mut mirror, &[&[begins], told].concat());
        mirror.lost();
        seed(&mut mirror, part, item);
        let listed = has(&mirror);
        feed(&mut mirror, &[begins]);
        assert_eq!((has(&mirror), mirror.completeness(part)), (listed, Completeness::Complete), "{begins}");
    }
}

/// Callers who left unheard and come back stand in the order in which they come.
#[test]
fn a_caller_who_comes_back_stands_where_the_event_says() {
    let join = |id: &str, position: u32| {
        format!("QueueCallerJoin|Queue: q|Position: {position}|Count: {position}|Channel: C|Uniqueid: {id}")
    };
    let mut mirror = Mirror::new(MirrorLimits::new());
    feed(&mut mirror, &[&join("1", 1), &join("2", 2)]);
    mirror.lost();
    _ = mirror.seed(Part::Queues);
    feed(&mut mirror, &[&join("2", 1), &join("1", 2)]);
    feed(&mut mirror, &["QueueParams|Queue: q|Calls: 0", "QueueStatusComplete|EventList: Complete|ListItems: 1"]);
    assert_eq!(mirror.completeness(Part::Queues), Completeness::Complete);
    let order: Vec<_> =
        mirror.callers(b"q").map(|(position, caller)| (position, caller.unique_id.to_string())).collect();
    assert_eq!(order, [(1, "2".to_owned()), (2, "1".to_owned())]);
}

/// An item of a list that was not announced is no beginning.
#[test]
fn a_list_of_parked_calls_that_was_not_announced_begins_nothing() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    seed(&mut mirror, Part::Parking, &["ParkedCallsComplete|EventList: Complete|ListItems: 0"]);
    let parked = "ParkedCall|Parkinglot: l|ParkingSpace: 701|ParkeeUniqueid: 1";
    let begins = parked.replace("ParkedCall|", "ParkedCall|Privilege: call,all|");
    feed(&mut mirror, &[&begins, parked, "ParkedCall|Parkinglot: l|ParkingSpace: 702|ParkeeUniqueid: 2"]);
    assert_eq!((mirror.parked_calls().len(), mirror.completeness(Part::Parking)), (1, Completeness::Complete));
}

/// Nor is it while nothing vouches for the part: the parked call goes on.
#[test]
fn such_a_list_makes_nothing_anew_in_a_part_that_is_not_complete() {
    let item = "ParkedCall|Parkinglot: l|ParkingSpace: 701|ParkeeUniqueid: 1";
    let begins = item.replace("ParkedCall|", "ParkedCall|Privilege: call,all|");
    for stale in [false, true] {
        let mut mirror = Mirror::new(MirrorLimits::new());
        if stale {
            mirror.begin(Part::Parking);
            feed(&mut mirror, &["ParkedCallsComplete|EventList: Complete|ListItems: 7"]);
        }
        mirror.set_time(Duration::from_secs(5));
        feed(&mut mirror, &[&begins]);
        mirror.set_time(Duration::from_secs(9));
        feed(&mut mirror, &[item]);
        assert_ne!(mirror.completeness(Part::Parking), Completeness::Complete);
        let since: Vec<_> = mirror.parked_calls().map(|parked| parked.since).collect();
        assert_eq!(since, [Some(Duration::from_secs(5))], "stale: {stale}");
    }
}
