//! Invariant: the mirror has what it was told, says what has changed, and says when something may be
//! missing. (Lists of real servers: `mirror_lists.rs`; a PBX that does anything: `mirror_pbx.rs`;
//! arbitrary events: `replay.rs`, `fold`.)

use ami_proto::event::Event;
use ami_proto::state::{Changes, Completeness, Kind, Mirror, MirrorLimits, OwnedValue, Part, Stale};
use ami_proto::value::{ChannelState, DeviceState};
use ami_testkit::each_frame;
use ami_testkit::heap::held_by;

fn feed(mirror: &mut Mirror, events: &[&str]) {
    let text = events.join("||") + "||";
    let text = text.replace('|', "\r\n");
    each_frame(text.as_bytes(), |frame| drop(mirror.handle(&Event::from(frame))));
}

fn text(text: &Option<OwnedValue>) -> String {
    text.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn ids(mirror: &Mirror) -> Vec<String> {
    mirror.channels().map(|channel| channel.unique_id.to_string()).collect()
}

#[test]
fn a_list_seeds_and_events_keep() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    assert_eq!(mirror.completeness(Part::Channels), Completeness::Unseeded);
    feed(&mut mirror, &["Event: Newchannel|Channel: old|Uniqueid: 0"]);
    mirror.begin(Part::Channels);
    feed(
        &mut mirror,
        &[
            "Event: Newchannel|Channel: X|Uniqueid: 9|ChannelState: 0",
            "Event: CoreShowChannel|Channel: A|Uniqueid: 1|Linkedid: 1|ChannelState: 6|CallerIDNum: 100|BridgeId: b",
            "Event: CoreShowChannel|Channel: B|Uniqueid: 2|Linkedid: 1|ChannelState: 5|BridgeId: ",
        ],
    );
    assert_eq!(mirror.completeness(Part::Channels), Completeness::Seeding);
    feed(&mut mirror, &["Event: CoreShowChannelsComplete|EventList: Complete|ListItems: 2"]);
    assert_eq!(mirror.completeness(Part::Channels), Completeness::Complete);
    // What began meanwhile stays, what the list doesn't have goes, and a straggler about it doesn't
    // bring it back.
    assert_eq!(ids(&mirror), ["1", "2", "9"]);
    feed(&mut mirror, &["Event: Newstate|Channel: old|Uniqueid: 0|ChannelState: 6", "Event: Hangup|Uniqueid: 0"]);
    assert_eq!(ids(&mirror), ["1", "2", "9"]);
    assert_eq!(mirror.completeness(Part::Channels), Completeness::Complete);
    assert_eq!(mirror.inside(b"b").count(), 1);
    assert_eq!(mirror.channel(b"1").unwrap().number.as_ref().unwrap(), "100");

    feed(
        &mut mirror,
        &[
            "Event: Newstate|Channel: B|Uniqueid: 2|ChannelState: 6",
            "Event: Rename|Channel: B|Newname: C|Uniqueid: 2",
            "Event: BridgeEnter|BridgeUniqueid: b|Channel: C|Uniqueid: 2",
            "Event: BridgeLeave|BridgeUniqueid: b|Channel: A|Uniqueid: 1",
            "Event: Hangup|Channel: X|Uniqueid: 9",
        ],
    );
    assert_eq!(ids(&mirror), ["1", "2"]);
    assert_eq!(mirror.channel(b"2").unwrap().name.as_ref().unwrap(), "C");
    assert_eq!(mirror.channel(b"2").unwrap().state, Some(ChannelState::UP));
    assert_eq!(mirror.inside(b"b").map(|channel| channel.unique_id.to_string()).collect::<Vec<_>>(), ["2"]);
}

#[test]
fn it_says_when_it_may_be_stale() {
    let seeded = || {
        let mut mirror = Mirror::new(MirrorLimits::new().things(2));
        mirror.begin(Part::Channels);
        feed(&mut mirror, &["Event: CoreShowChannelsComplete|EventList: Complete|ListItems: 0"]);
        mirror
    };
    let end = "Event: CoreShowChannelsComplete|EventList: Complete|ListItems: 3";
    let cancelled = "Event: CoreShowChannelsComplete|EventList: cancelled|ListItems: 0";
    for (again, events, why) in [
        (false, &["Event: Newstate|Channel: A|Uniqueid: 1|ChannelState: 6"][..], Stale::Unexpected),
        (false, &["Event: Shutdown|Shutdown: Cleanly|Restart: False"], Stale::Shutdown),
        (
            false,
            &["Event: Newchannel|Uniqueid: 1", "Event: Newchannel|Uniqueid: 2", "Event: Newchannel|Uniqueid: 3"],
            Stale::Full,
        ),
        (true, &[end], Stale::Count),
        (true, &[cancelled], Stale::Cancelled),
    ] {
        let mut mirror = seeded();
        if again {
            mirror.begin(Part::Channels);
        }
        feed(&mut mirror, events);
        assert_eq!(mirror.completeness(Part::Channels), Completeness::MaybeStale(why));
        assert_eq!(mirror.left_out() > 0, why == Stale::Full);
    }
    let mut mirror = seeded();
    mirror.lost();
    assert_eq!(mirror.completeness(Part::Queues), Completeness::MaybeStale(Stale::Disconnected));
    mirror.begin(Part::Queues);
    assert_eq!(mirror.completeness(Part::Queues), Completeness::Seeding);
}

/// What is doubtful already is so once more: a list leaves nothing that may have changed unheard.
#[test]
fn events_are_missed_in_a_part_that_may_be_stale_too() {
    let item = "Event: CoreShowChannel|Channel: A|Uniqueid: 1";
    let end = "Event: CoreShowChannelsComplete|EventList: Complete|ListItems: 1";
    for (missed, on_hold) in [
        ("Event: PeerStatus|Peer: SIP/a|PeerStatus: Registered", Some(true)),
        ("Event: Shutdown|Shutdown: Cleanly|Restart: False", None),
        ("Event: Newstate|Channel: B|Uniqueid: 2|ChannelState: 6", None),
    ] {
        let mut mirror = Mirror::new(MirrorLimits::new());
        mirror.begin(Part::Channels);
        feed(&mut mirror, &[item, &end.replace(": 1", ": 3")]);
        assert_eq!(mirror.completeness(Part::Channels), Completeness::MaybeStale(Stale::Count));
        feed(&mut mirror, &["Event: Hold|Channel: A|Uniqueid: 1", missed]);
        mirror.begin(Part::Channels);
        feed(&mut mirror, &[item, end]);
        assert_eq!(mirror.channel(b"1").expect("a channel").on_hold, on_hold, "{missed}");
    }
}

/// Lots and parked calls are two parts, each with a list of its own.
#[test]
fn lots_are_seeded_apart_from_parked_calls() {
    let lots = [
        "Event: Parkinglot|Name: default|StartSpace: 701|StopSpace: 720|Timeout: 45",
        "Event: ParkinglotsComplete|EventList: Complete|ListItems: 1",
    ];
    let parked = [
        "Event: ParkedCall|Parkinglot: default|ParkingSpace: 701|ParkeeChannel: A|ParkeeUniqueid: 1",
        "Event: ParkedCallsComplete|EventList: Complete|ListItems: 1",
    ];
    for lots_first in [true, false] {
        let mut mirror = Mirror::new(MirrorLimits::new());
        mirror.begin(Part::Parking);
        mirror.begin(Part::ParkingLots);
        let (first, second) = if lots_first { (&lots, &parked) } else { (&parked, &lots) };
        feed(&mut mirror, first);
        feed(&mut mirror, second);
        for part in [Part::Parking, Part::ParkingLots] {
            assert_eq!(mirror.completeness(part), Completeness::Complete, "{part:?}");
        }
        let lot = mirror.parking_lot(b"default").expect("a lot");
        assert_eq!((text(&lot.first), text(&lot.last), lot.timeout), ("701".into(), "720".into(), Some(45)));
        assert!(mirror.parked_call(b"default", b"701").is_some());
        // The next list of one takes out nothing of the other.
        mirror.begin(Part::Parking);
        feed(&mut mirror, &["Event: ParkedCallsComplete|EventList: Complete|ListItems: 0"]);
        assert_eq!((mirror.parked_calls().len(), mirror.parking_lots().len()), (0, 1));
        mirror.begin(Part::ParkingLots);
        feed(&mut mirror, &["Event: ParkinglotsComplete|EventList: Complete|ListItems: 0"]);
        assert_eq!(mirror.parking_lots().len(), 0);
    }
}

/// A field that neither the list nor an event since the connection was lost has told is unknown,
/// and the part is complete all the same.
#[test]
fn what_no_list_tells_is_unknown_after_a_lost_connection() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let list = |mirror: &mut Mirror, talking: &str| {
        mirror.begin(Part::Channels);
        mirror.begin(Part::Conferences);
        feed(
            mirror,
            &[
                "Event: CoreShowChannel|Channel: A|Uniqueid: 1|ChannelState: 6",
                "Event: CoreShowChannelsComplete|EventList: Complete|ListItems: 1",
                "Event: ConfbridgeListRooms|Conference: r|Locked: No",
                "Event: ConfbridgeListRoomsComplete|EventList: Complete|ListItems: 1",
            ],
        );
        assert!(mirror.poll_seed().is_some());
        let there = format!("Event: ConfbridgeList|Conference: r|Channel: A|Uniqueid: 1|Muted: No{talking}");
        feed(mirror, &[&there, "Event: ConfbridgeListComplete|EventList: Complete|ListItems: 1"]);
        assert!(mirror.poll_seed().is_none());
        for part in [Part::Channels, Part::Conferences] {
            assert_eq!(mirror.completeness(part), Completeness::Complete, "{part:?}");
        }
    };
    let told = |mirror: &Mirror| {
        let channel = mirror.channel(b"1").expect("a channel");
        let there = mirror.participant(b"r", b"A").expect("a participant");
        (channel.on_hold, mirror.conference(b"r").expect("a room").recording, there.talking)
    };
    let events = [
        "Event: Hold|Channel: A|Uniqueid: 1",
        "Event: ConfbridgeRecord|Conference: r",
        "Event: ConfbridgeTalking|Conference: r|Channel: A|Uniqueid: 1|TalkingStatus: on",
    ];
    list(&mut mirror, "");
    feed(&mut mirror, &events);
    // On one connection a list takes nothing away.
    list(&mut mirror, "");
    assert_eq!(told(&mirror), (Some(true), Some(true), Some(true)));
    mirror.lost();
    assert_eq!(told(&mirror), (Some(true), Some(true), Some(true)));
    list(&mut mirror, "");
    assert_eq!(told(&mirror), (None, None, None));
    assert_eq!(mirror.channel(b"1").unwrap().state, Some(ChannelState::UP));
    // What events tell from then on counts again, and so does a list that tells it.
    feed(&mut mirror, &events[..2]);
    list(&mut mirror, "|Talking: Yes");
    assert_eq!(told(&mirror), (Some(true), Some(true), Some(true)));
    // Events that came between the question and the list are of the new connection.
    mirror.lost();
    mirror.begin(Part::Channels);
    feed(
        &mut mirror,
        &[
            "Event: Hold|Channel: A|Uniqueid: 1",
            "Event: CoreShowChannel|Channel: A|Uniqueid: 1",
            "Event: CoreShowChannelsComplete|EventList: Complete|ListItems: 1",
        ],
    );
    assert_eq!((told(&mirror).0, mirror.channel(b"1").unwrap().state), (Some(true), None));
    // Events that were missed for another reason are as good as a lost connection.
    feed(&mut mirror, &["Event: Newstate|Channel: B|Uniqueid: 2|ChannelState: 6"]);
    assert_eq!(mirror.completeness(Part::Channels), Completeness::MaybeStale(Stale::Unexpected));
    list(&mut mirror, "");
    assert_eq!(told(&mirror).0, None);
}

/// What a member's headers are called up to 11, and later.
#[test]
fn members_of_all_versions() {
    for member in [
        "Event: QueueMember|Queue: q|Name: One|Location: PJSIP/1|Paused: 0|IsInCall: 1",
        "Event: QueueMember|Queue: q|Name: One|Location: PJSIP/1|Paused: 0|InCall: 1",
        "Event: QueueMemberStatus|Queue: q|MemberName: One|Location: PJSIP/1|Paused: 0|InCall: 1",
        "Event: QueueMemberStatus|Queue: q|MemberName: One|Interface: PJSIP/1|Paused: 0|InCall: 1",
    ] {
        let mut mirror = Mirror::new(MirrorLimits::new());
        feed(&mut mirror, &[member]);
        let one = mirror.members(b"q").next().unwrap();
        assert_eq!((one.interface.to_string().as_str(), text(&one.name).as_str()), ("PJSIP/1", "One"), "{member}");
        assert_eq!((one.paused, one.in_call), (Some(false), Some(true)), "{member}");
    }
}

#[test]
fn queues_with_members_and_callers() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    mirror.begin(Part::Queues);
    feed(
        &mut mirror,
        &[
            "Event: QueueParams|Queue: q|Calls: 1",
            "Event: QueueMember|Queue: q|Name: One|Location: PJSIP/1|Penalty: 2|Paused: 0|Status: 1|InCall: 0",
            "Event: QueueEntry|Queue: q|Position: 1|Channel: A|Uniqueid: 1",
            "Event: QueueStatusComplete|EventList: Complete|ListItems: 3",
            "Event: QueueMemberPause|Queue: q|MemberName: One|Interface: PJSIP/1|Paused: 1|Status: 2",
            "Event: QueueMemberAdded|Queue: q|MemberName: Two|Interface: PJSIP/2|Paused: 0|Status: 1",
            "Event: QueueCallerLeave|Queue: q|Channel: A|Uniqueid: 1",
            "Event: QueueCallerJoin|Queue: q|Position: 1|Channel: B|Uniqueid: 2",
        ],
    );
    assert_eq!(mirror.completeness(Part::Queues), Completeness::Complete);
    let one = mirror.members(b"q").next().unwrap();
    assert_eq!(
        (text(&one.name).as_str(), one.paused, one.penalty, one.in_call),
        ("One", Some(true), Some(2), Some(false))
    );
    assert_eq!(one.status(), Some(DeviceState::InUse));
    assert_eq!((mirror.members(b"q").count(), mirror.callers(b"q").count()), (2, 1));
    let (position, caller) = mirror.callers(b"q").next().unwrap();
    assert_eq!((position, text(&caller.channel).as_str()), (1, "B"));
    feed(&mut mirror, &["Event: QueueMemberRemoved|Queue: q|Interface: PJSIP/1"]);
    assert_eq!(mirror.members(b"q").count(), 1);
    feed(&mut mirror, &["Event: QueueMemberStatus|Queue: q|Interface: PJSIP/9|Status: 1"]);
    assert_eq!(mirror.completeness(Part::Queues), Completeness::MaybeStale(Stale::Unexpected));
}

#[test]
fn what_is_known_of_a_channel() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    assert!(mirror.is_empty());
    feed(
        &mut mirror,
        &[
            "Event: Newchannel|Channel: SIP/a-1|ChannelState: 0|CallerIDNum: 100|Uniqueid: 1|Linkedid: 1",
            "Event: Newchannel|Channel: SIP/b-2|ChannelState: 0|Uniqueid: 2",
        ],
    );
    let known = |mirror: &Mirror, unique_id: &str| {
        let channel = mirror.channel(unique_id.as_bytes()).unwrap();
        let [linked_id, number, bridge] = [&channel.linked_id, &channel.number, &channel.bridge]
            .map(|text| text.as_ref().map(ToString::to_string).unwrap_or_default());
        format!("{} {linked_id} {number} {} {bridge}", text(&channel.name), channel.state.unwrap().get())
    };
    assert_eq!([known(&mirror, "1"), known(&mirror, "2")], ["SIP/a-1 1 100 0 ", "SIP/b-2   0 "]);
    for (event, after) in [
        // What an event doesn't tell stays.
        ("Newstate|Uniqueid: 1|ChannelState: 4", "SIP/a-1 1 100 4 "),
        ("Newexten|Uniqueid: 1|Linkedid: 2", "SIP/a-1 2 100 4 "),
        ("NewCallerid|Uniqueid: 1|CallerIDNum: 200", "SIP/a-1 2 200 4 "),
        ("NewConnectedLine|Uniqueid: 1|CallerIDNum: <unknown>|ChannelState: 6", "SIP/a-1 2  6 "),
        ("Rename|Channel: SIP/a-1|Newname: SIP/c|Uniqueid: 1", "SIP/c 2  6 "),
        ("Hold|Uniqueid: 1|Linkedid: 3", "SIP/c 3  6 "),
        ("Unhold|Uniqueid: 1|Linkedid: 4", "SIP/c 4  6 "),
        ("DialBegin|Uniqueid: 1|Linkedid: 5|DestUniqueid: 2|DestLinkedid: 5", "SIP/c 5  6 "),
        ("BridgeEnter|BridgeUniqueid: b|Uniqueid: 1", "SIP/c 5  6 b"),
        ("BridgeLeave|BridgeUniqueid: c|Uniqueid: 1", "SIP/c 5  6 b"),
        ("BridgeEnter|BridgeUniqueid: c|Uniqueid: 1", "SIP/c 5  6 c"),
        ("BridgeLeave|BridgeUniqueid: c|Uniqueid: 1", "SIP/c 5  6 "),
    ] {
        feed(&mut mirror, &[&format!("Event: {event}")]);
        assert_eq!(known(&mirror, "1"), after, "{event}");
    }
    assert_eq!(known(&mirror, "2"), "SIP/b-2 5  0 ");
    assert!(!mirror.is_empty());
}

#[test]
fn a_queue_that_is_listed_anew_has_what_the_list_has() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    for round in 0..2 {
        mirror.begin(Part::Queues);
        let [gone, there] = if round == 0 { [true, true] } else { [false, true] };
        let mut items = vec![];
        for (queue, listed) in [("p", gone), ("q", there)] {
            let name = |kind: &str, rest: &str| format!("Event: {kind}|Queue: {queue}|{rest}");
            if listed {
                items.push(name("QueueParams", "Calls: 0"));
                items.push(name("QueueMember", "Location: PJSIP/1|Name: One"));
                items.push(name("QueueEntry", "Uniqueid: 1|Channel: A|Position: 1"));
            }
            if listed && gone {
                items.push(name("QueueMember", "Location: PJSIP/2|Name: Two"));
                items.push(name("QueueEntry", "Uniqueid: 2|Channel: B|Position: 2"));
            }
        }
        let end = format!("Event: QueueStatusComplete|EventList: Complete|ListItems: {}", items.len());
        items.push(end);
        feed(&mut mirror, &items.iter().map(String::as_str).collect::<Vec<_>>());
        let queues: Vec<_> = mirror
            .queues()
            .map(|queue| {
                let name = queue.name.as_bytes();
                let members: Vec<_> = mirror.members(name).map(|member| text(&member.name)).collect();
                let callers: Vec<_> =
                    mirror.callers(name).map(|(position, caller)| (text(&caller.channel), position)).collect();
                format!("{} {members:?} {callers:?}", queue.name)
            })
            .collect();
        let full = r#"["One", "Two"] [("A", 1), ("B", 2)]"#;
        let expected = if round == 0 {
            vec![format!("p {full}"), format!("q {full}")]
        } else {
            vec![r#"q ["One"] [("A", 1)]"#.to_owned()]
        };
        assert_eq!(queues, expected);
        assert_eq!((mirror.len(), mirror.completeness(Part::Queues)), ([10, 3][round], Completeness::Complete));
    }
}

#[test]
fn bytes_held_are_those_counted_and_bounded() {
    let filler = "x".repeat(200);
    for most in [0, 5000, 20_000, 100_000, 1_000_000, MirrorLimits::new().max_bytes()] {
        let (mut mirror, held) = held_by(|| {
            let mut mirror = Mirror::new(MirrorLimits::new().bytes(most));
            for id in 0..200 {
                let events = [
                    format!(
                        "Newchannel|Channel: {filler}|Uniqueid: {filler}{id}|Linkedid: {filler}|CallerIDNum: {filler}"
                    ),
                    format!("BridgeCreate|BridgeUniqueid: b{filler}{id}|BridgeName: {filler}"),
                    format!("BridgeEnter|BridgeUniqueid: b{filler}{id}|Uniqueid: {filler}{id}"),
                    format!(
                        "QueueMemberAdded|Queue: q{filler}{}|Interface: {id}{filler}|MemberName: {filler}",
                        id / 10
                    ),
                    format!("QueueCallerJoin|Queue: q{filler}{}|Uniqueid: {filler}{id}|Channel: {filler}", id / 10),
                    format!("Rename|Newname: {filler}{filler}|Uniqueid: {filler}{id}"),
                    format!("Hangup|Uniqueid: {filler}{}", id / 3),
                ];
                for event in events {
                    feed(&mut mirror, &[&format!("Event: {event}")]);
                    assert!(mirror.held() <= most, "{most}: {}", mirror.held());
                }
            }
            mirror
        });
        assert!(held <= mirror.held(), "{most}: {held} held, {} counted", mirror.held());
        assert!(mirror.held() < 3 * held + 30_000, "{most}: counted far above the truth, {held}");
        assert_eq!(mirror.left_out() > 0, most < MirrorLimits::new().max_bytes());
        if most == 20_000 {
            assert!(!mirror.is_empty());
            assert_eq!(mirror.completeness(Part::Channels), Completeness::MaybeStale(Stale::Full));
        }
        // Nothing is left of what lists take out.
        for (part, end) in [
            (Part::Channels, "CoreShowChannelsComplete"),
            (Part::Bridges, "BridgeListComplete"),
            (Part::Queues, "QueueStatusComplete"),
        ] {
            mirror.begin(part);
            feed(&mut mirror, &[&format!("Event: {end}|EventList: Complete|ListItems: 0")]);
        }
        assert!(mirror.is_empty());
        assert!(mirror.held() <= most / 8);
        assert_eq!(Mirror::new(MirrorLimits::new().bytes(most)).held(), 0);
    }
}

/// Each caller stands in the order of the queue besides: that is counted too.
#[test]
fn callers_of_a_long_queue_are_counted() {
    let (mirror, held) = held_by(|| {
        let mut mirror = Mirror::new(MirrorLimits::new());
        for id in 1..3000 {
            let event = format!("Event: QueueCallerJoin|Queue: q|Uniqueid: {id}|Position: {id}|Count: {id}");
            feed(&mut mirror, &[&event]);
        }
        mirror
    });
    assert!(held <= mirror.held(), "{held} held, {} counted", mirror.held());
    assert!(mirror.held() < 2 * held, "counted far above the truth: {held} held, {}", mirror.held());
}

#[test]
fn what_is_heard_of_channels_that_are_gone_is_bounded() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let mut sizes = Vec::new();
    for round in 100_000..120_000 {
        let id = format!("Channel: A|Uniqueid: {round}");
        let events = ["Newchannel", "Newstate", "Hangup"].map(|name| format!("Event: {name}|{id}"));
        feed(&mut mirror, &events.each_ref().map(String::as_str));
        if round % 10_000 == 9_999 {
            sizes.push(mirror.held());
        }
    }
    assert_eq!(sizes[0], sizes[1]);
    assert!(mirror.is_empty() && sizes[0] < 32 << 10, "{sizes:?}");
}

/// Ids can be chosen by who originates: one that has gone may come again, and is no straggler then.
#[test]
fn an_id_that_comes_again() {
    for again in ["Event: Newchannel|Channel: B|Uniqueid: 1", "Event: CoreShowChannel|Channel: B|Uniqueid: 1"] {
        let mut mirror = Mirror::new(MirrorLimits::new());
        feed(&mut mirror, &["Event: Newchannel|Channel: A|Uniqueid: 1", "Event: Hangup|Channel: A|Uniqueid: 1"]);
        feed(&mut mirror, &["Event: NewCallerid|Channel: A|Uniqueid: 1|CallerIDNum: 100"]);
        assert!(mirror.channel(b"1").is_none());
        feed(&mut mirror, &[again, "Event: NewCallerid|Channel: B|Uniqueid: 1|CallerIDNum: 100"]);
        let channel = mirror.channel(b"1").expect("it has come again");
        assert_eq!((text(&channel.name), text(&channel.number)), ("B".into(), "100".into()));
    }
}

/// A channel whose bridge there is no room for is forgotten, or its bridge is, and that is said.
#[test]
fn a_bridge_that_does_not_fit() {
    let channel = "Event: Newchannel|Channel: A|Uniqueid: 1|ChannelState: 6";
    let enter = format!("Event: BridgeEnter|BridgeUniqueid: {}|Uniqueid: 1", "b".repeat(200));
    let run = |bytes: usize, events: &[&str]| {
        let mut mirror = Mirror::new(MirrorLimits::new().bytes(bytes));
        feed(&mut mirror, events);
        mirror
    };
    let whole = run(1 << 20, &[channel, &enter]);
    let least = (0..1 << 20).step_by(8).find(|bytes| run(*bytes, &[channel]).channel(b"1").is_some()).unwrap();
    let mut forgotten = 0;
    for bytes in (least..least + 4000).step_by(8) {
        let mut mirror = run(bytes, &[channel, &enter]);
        assert!(mirror.held() <= bytes, "{} of {bytes}", mirror.held());
        match mirror.channel(b"1") {
            Some(channel) if channel.bridge.is_some() => {}
            other => {
                forgotten += 1;
                assert!(mirror.left_out() > 0);
                assert_eq!(mirror.channels().len(), usize::from(other.is_some()));
                assert_eq!(mirror.inside("b".repeat(200).as_bytes()).count(), 0);
            }
        }
        // Whatever it was, the books are in order: the channel may come again.
        feed(&mut mirror, &["Event: Hangup|Uniqueid: 1", channel]);
        assert!(mirror.channel(b"1").is_some_and(|channel| channel.bridge.is_none()));
    }
    assert!(forgotten > 10, "{forgotten}");
    assert_eq!(whole.inside("b".repeat(200).as_bytes()).count(), 1);
}

/// A driver may collect a list and hand it in when it is whole, behind events that came later.
#[test]
fn a_list_that_is_older_than_the_events() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    feed(&mut mirror, &["Event: Newchannel|Channel: A|Uniqueid: 1|ChannelState: 0"]);
    mirror.begin(Part::Channels);
    feed(
        &mut mirror,
        &[
            "Event: Hangup|Channel: B|Uniqueid: 2",
            "Event: Newstate|Channel: A|Uniqueid: 1|ChannelState: 6",
            "Event: Newchannel|Channel: C|Uniqueid: 3|ChannelState: 0",
            // And now the list, of channels 1 and 2.
            "Event: CoreShowChannel|Channel: A|Uniqueid: 1|ChannelState: 0|Exten: 100",
            "Event: CoreShowChannel|Channel: B|Uniqueid: 2|ChannelState: 6",
            "Event: CoreShowChannelsComplete|EventList: Complete|ListItems: 2",
        ],
    );
    assert_eq!(mirror.completeness(Part::Channels), Completeness::Complete);
    assert_eq!(ids(&mirror), ["1", "3"]);
    let one = mirror.channel(b"1").unwrap();
    assert_eq!((one.state, text(&one.exten).as_str()), (Some(ChannelState::UP), "100"));
}

#[test]
fn what_has_changed() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let mut changes = |event: &str| -> (Changes, u64) {
        let mut all = Changes::default();
        each_frame((event.replace('|', "\r\n") + "\r\n\r\n").as_bytes(), |frame| {
            all = mirror.handle(&Event::from(frame))
        });
        (all, mirror.revision())
    };
    let keys = |changes: &Changes| -> Vec<(Kind, String, String)> {
        changes.keys().iter().map(|key| (key.kind(), key.of().to_string(), key.id().to_string())).collect()
    };
    let key = |kind, of: &str, id: &str| (kind, of.to_owned(), id.to_owned());
    let (first, one) = changes("Event: Newchannel|Channel: A|Uniqueid: 1|ChannelState: 0");
    assert_eq!(keys(&first), [key(Kind::Channel, "", "1")]);
    let (same, still) = changes("Event: Newstate|Channel: A|Uniqueid: 1|ChannelState: 0");
    assert!(same.is_empty() && still == one, "{same:?}");
    let (entered, _) = changes("Event: BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Channel: A|Uniqueid: 1");
    assert_eq!(keys(&entered), [key(Kind::Bridge, "", "b"), key(Kind::Channel, "", "1")]);
    let (joined, _) = changes("Event: QueueCallerJoin|Queue: q|Position: 1|Count: 1|Channel: A|Uniqueid: 1");
    assert_eq!(keys(&joined), [key(Kind::Queue, "", "q"), key(Kind::Caller, "q", "1")]);
    let (gone, _) = changes("Event: Hangup|Channel: A|Uniqueid: 1");
    assert_eq!(keys(&gone), [key(Kind::Channel, "", "1")]);
    assert!(gone.is_whole());
    // More than are kept: it says so, and revisions tell.
    for id in 10..40 {
        let _ = changes(&format!("Event: Newchannel|Channel: A|Uniqueid: {id}"));
    }
    let before = mirror.revision();
    mirror.begin(Part::Channels);
    let mut last = Changes::default();
    each_frame(b"Event: CoreShowChannelsComplete\r\nEventList: Complete\r\nListItems: 0\r\n\r\n", |frame| {
        last = mirror.handle(&Event::from(frame));
    });
    assert_eq!((last.keys().len(), last.is_whole(), mirror.channels().len()), (16, false, 0));
    assert!(mirror.revision() > before);
    assert!(mirror.queue(b"q").unwrap().revision() < before);
}

#[test]
fn those_behind_move_up() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let join = |id: u32, position: u32, count: u32| {
        format!("Event: QueueCallerJoin|Queue: q|Position: {position}|Count: {count}|Channel: C{id}|Uniqueid: {id}")
    };
    let order = |mirror: &Mirror| -> Vec<(usize, String)> {
        mirror.callers(b"q").map(|(position, caller)| (position, caller.unique_id.to_string())).collect()
    };
    let place = |position: usize, id: &str| (position, id.to_owned());
    // Two that the mirror has not seen stand before.
    feed(&mut mirror, &[&join(1, 3, 3), &join(2, 4, 4), &join(3, 4, 5)]);
    assert_eq!(order(&mirror), [place(3, "1"), place(4, "3"), place(5, "2")]);
    feed(&mut mirror, &["Event: QueueCallerLeave|Queue: q|Count: 4|Uniqueid: 9"]);
    assert_eq!(order(&mirror), [place(2, "1"), place(3, "3"), place(4, "2")]);
    feed(&mut mirror, &["Event: QueueCallerLeave|Queue: q|Count: 3|Uniqueid: 1"]);
    assert_eq!(order(&mirror), [place(2, "3"), place(3, "2")]);
}

/// However many are put into one place, each stands where it was put and leaves from there.
#[test]
fn many_are_put_between_the_same_two() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let join = |id: usize, position: usize, count: usize| {
        format!("Event: QueueCallerJoin|Queue: q|Position: {position}|Count: {count}|Channel: C|Uniqueid: {id}")
    };
    let order = |mirror: &Mirror| -> Vec<usize> {
        mirror.callers(b"q").map(|(_, caller)| caller.unique_id.to_string().parse().unwrap()).collect()
    };
    feed(&mut mirror, &[&join(1000, 1, 1), &join(1001, 2, 2)]);
    let mut expected = vec![1000, 1001];
    for id in 0..100 {
        feed(&mut mirror, &[&join(id, 2, id + 3)]);
        expected.insert(1, id);
        assert_eq!(order(&mirror), expected);
    }
    for id in (0..100).step_by(3) {
        let count = expected.len() - 1;
        feed(&mut mirror, &[&format!("Event: QueueCallerLeave|Queue: q|Count: {count}|Uniqueid: {id}")]);
        expected.retain(|waiting| *waiting != id);
        assert_eq!(order(&mirror), expected);
    }
}

/// A place far inside of a long queue is not looked for: the order is doubtful then.
#[test]
fn a_caller_too_far_inside_leaves_the_queues_doubtful() {
    let join = |id: usize, position: usize, count: usize| {
        format!("Event: QueueCallerJoin|Queue: q|Position: {position}|Count: {count}|Channel: C|Uniqueid: {id}")
    };
    for (position, complete) in [(2, true), (513, true), (600, false), (1000, true), (1201, true)] {
        let mut mirror = Mirror::new(MirrorLimits::new());
        mirror.begin(Part::Queues);
        let end = "Event: QueueStatusComplete|EventList: Complete|ListItems: 1";
        feed(&mut mirror, &["Event: QueueParams|Queue: q|Calls: 0", end]);
        (0..1200).for_each(|id| feed(&mut mirror, &[&join(id, id + 1, id + 1)]));
        assert_eq!(mirror.completeness(Part::Queues), Completeness::Complete);
        feed(&mut mirror, &[&join(5000, position, 1201)]);
        let stands = mirror.callers(b"q").find(|(_, caller)| caller.unique_id == *"5000").map(|(stands, _)| stands);
        assert_eq!(stands == Some(position), complete);
        let expected = if complete { Completeness::Complete } else { Completeness::MaybeStale(Stale::Unexpected) };
        assert_eq!(mirror.completeness(Part::Queues), expected, "{position}");
    }
}

#[test]
fn queue_figures_move_with_the_calls() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    feed(
        &mut mirror,
        &[
            "Event: QueueParams|Queue: q|Calls: 0|Holdtime: 0|TalkTime: 0|Completed: 0|Abandoned: 0",
            "Event: QueueMember|Queue: q|Location: PJSIP/1|CallsTaken: 4|InCall: 0",
            "Event: AgentConnect|Queue: q|Interface: PJSIP/1|HoldTime: 8|Uniqueid: 1",
        ],
    );
    let member = mirror.member(b"q", b"PJSIP/1").unwrap();
    assert_eq!((member.in_call, member.calls_taken), (Some(true), Some(4)));
    feed(
        &mut mirror,
        &[
            "Event: AgentComplete|Queue: q|Interface: PJSIP/1|TalkTime: 20|Uniqueid: 1",
            "Event: AgentConnect|Queue: q|Interface: PJSIP/1|HoldTime: 4|Uniqueid: 2",
            "Event: AgentComplete|Queue: q|Interface: PJSIP/1|TalkTime: 40|Uniqueid: 2",
            "Event: QueueCallerAbandon|Queue: q|Uniqueid: 3",
        ],
    );
    let (queue, member) = (mirror.queue(b"q").unwrap(), mirror.member(b"q", b"PJSIP/1").unwrap());
    assert_eq!([queue.completed, queue.abandoned, queue.hold_time, queue.talk_time], [2, 1, 7, 25].map(Some));
    assert_eq!((member.in_call, member.calls_taken), (Some(false), Some(6)));
}

#[test]
fn rooms_are_listed_one_by_one() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let sent = |seed: &ami_proto::state::Seed| {
        let mut out = Vec::new();
        ami_proto::action::Action::encode(seed.action(), None, &mut out).unwrap();
        (seed.part(), String::from_utf8(out).unwrap().replace("\r\n", "|"))
    };
    let first: Vec<_> = mirror.seed(Part::Conferences).iter().map(sent).collect();
    assert_eq!(first, [(Part::Conferences, "Action: ConfbridgeListRooms||".to_owned())]);
    assert!(mirror.poll_seed().is_none());
    feed(
        &mut mirror,
        &[
            "Event: ConfbridgeListRooms|Conference: two|Locked: Yes",
            "Event: ConfbridgeListRooms|Conference: one|Locked: No",
            "Event: ConfbridgeListRoomsComplete|EventList: Complete|ListItems: 2",
        ],
    );
    let asked = mirror.poll_seed().map(|seed| sent(&seed).1).unwrap();
    assert_eq!(asked, "Action: ConfbridgeList|Conference: one||");
    feed(
        &mut mirror,
        &[
            "Event: ConfbridgeList|Conference: one|Channel: A|Uniqueid: 1|Admin: No|Muted: Yes|Talking: No",
            "Event: ConfbridgeListComplete|EventList: Complete|ListItems: 1",
        ],
    );
    assert_eq!(mirror.completeness(Part::Conferences), Completeness::Seeding);
    let asked = mirror.poll_seed().map(|seed| sent(&seed).1).unwrap();
    assert_eq!(asked, "Action: ConfbridgeList|Conference: two||");
    assert!(mirror.poll_seed().is_none());
    // The last one has left it meanwhile.
    mirror.refused(Part::Conferences, "No Conference by that name found.".into());
    assert_eq!(mirror.completeness(Part::Conferences), Completeness::Complete);
    assert_eq!(mirror.conference(b"two").unwrap().locked, Some(true));
    feed(
        &mut mirror,
        &[
            "Event: ConfbridgeUnmute|Conference: one|Channel: A|Uniqueid: 1",
            "Event: ConfbridgeTalking|Conference: one|Channel: A|Uniqueid: 1|TalkingStatus: on",
            "Event: ConfbridgeRecord|Conference: one",
        ],
    );
    let one = mirror.participants(b"one").next().unwrap();
    assert_eq!((one.muted, one.talking, one.admin), (Some(false), Some(true), Some(false)));
    assert_eq!(mirror.conference(b"one").unwrap().recording, Some(true));
    feed(&mut mirror, &["Event: ConfbridgeEnd|Conference: one"]);
    assert_eq!((mirror.conferences().len(), mirror.participants(b"one").count()), (1, 0));
    assert!(mirror.seed(Part::Bridges).len() == 1);
    mirror.refused(Part::Bridges, "Permission denied".into());
    assert_eq!(mirror.completeness(Part::Bridges), Completeness::MaybeStale(Stale::Refused));
}

#[test]
fn the_other_things() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    mirror.set_time(std::time::Duration::from_secs(1000));
    mirror.begin(Part::Parking);
    feed(
        &mut mirror,
        &[
            "Event: Agents|Agent: 7|Name: Ann|Status: AGENT_LOGGEDOFF",
            "Event: AgentLogin|Agent: 7|Channel: A|Uniqueid: 1",
            "Event: DeviceStateChange|Privilege: call|Device: Agent:7|State: INUSE",
            "Event: ParkedCall|Privilege: call|ParkeeChannel: P|ParkeeUniqueid: 2|Parkinglot: l|ParkingSpace: 701",
            "Event: ParkedCall|Parkinglot: l|Exten: 702|Channel: Q|Duration: 30",
            "Event: ParkedCallTimeOut|Parkinglot: l|ParkingSpace: 703",
            "Event: ExtensionStatus|Privilege: call|Context: c|Exten: 200|Hint: PJSIP/200|Status: 1|StatusText: InUse",
            "Event: EndpointList|ObjectName: 200|DeviceState: In use|ActiveChannels: 1",
            "Event: PeerStatus|ChannelType: PJSIP|Peer: PJSIP/200|PeerStatus: Reachable",
            "Event: ContactList|ObjectName: 200;@ab|Uri: sip:200@h|Endpoint: 200|Status: Unreachable",
            "Event: ContactStatus|AOR: 200|URI: sip:200@h|ContactStatus: Reachable|EndpointName: 200",
            "Event: RegistryEntry|Host: h:4569|Username: u|State: Registered",
            "Event: Registry|ChannelType: IAX2|Username: u|Domain: h|Status: Rejected",
            "Event: MessageWaiting|Mailbox: 1@default|Waiting: 1|New: 2|Old: 1",
            "Event: MessageWaiting|Mailbox: 1@default|Waiting: 0",
        ],
    );
    let agent = mirror.agent(b"7").unwrap();
    assert_eq!((text(&agent.status).as_str(), text(&agent.channel).as_str()), ("AGENT_ONCALL", "A"));
    let parked: Vec<_> = mirror
        .parked_calls()
        .map(|parked| (parked.space.to_string(), text(&parked.channel), parked.since.unwrap().as_secs()))
        .collect();
    assert_eq!(parked, [("701".into(), "P".into(), 1000), ("702".into(), "Q".into(), 970)]);
    let extension = mirror.extension(b"c", b"200").unwrap();
    assert_eq!((extension.status, text(&extension.text).as_str()), (Some(1), "InUse"));
    let endpoint = mirror.endpoint(b"PJSIP", b"200").unwrap();
    assert_eq!((text(&endpoint.status).as_str(), endpoint.channels), ("Reachable", Some(1)));
    assert_eq!(text(&mirror.contact(b"200", b"sip:200@h").unwrap().status), "Reachable");
    assert_eq!(text(&mirror.registration(b"IAX2", b"u@h").unwrap().status), "Rejected");
    assert_eq!((mirror.contacts().len(), mirror.registrations().len(), mirror.endpoints().len()), (1, 1, 1));
    let mailbox = mirror.mailbox(b"1@default").unwrap();
    assert_eq!((mailbox.new, mailbox.old), (Some(0), None));
    assert_eq!(mirror.device(b"Agent:7").unwrap().state(), Some(DeviceState::InUse));
    feed(&mut mirror, &["Event: UnParkedCall|ParkeeUniqueid: 2|Parkinglot: l|ParkingSpace: 701"]);
    assert_eq!(mirror.parked_calls().len(), 1);
}

/// Up to 11 bridges have no ids; channels know each other.
#[test]
fn who_talks_to_whom() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let channel = |id: u32| format!("Event: Newchannel|Channel: C{id}|Uniqueid: {id}");
    feed(&mut mirror, &[&channel(1), &channel(2), &channel(3)]);
    let with = |mirror: &Mirror, id: &[u8]| -> Vec<String> {
        mirror.bridged_with(mirror.channel(id).unwrap()).map(|other| other.unique_id.to_string()).collect()
    };
    feed(&mut mirror, &["Event: Bridge|Bridgestate: Link|Uniqueid1: 1|Uniqueid2: 2"]);
    assert_eq!([with(&mirror, b"1"), with(&mirror, b"2")], [["2"], ["1"]]);
    feed(&mut mirror, &["Event: Bridge|Bridgestate: Unlink|Uniqueid1: 1|Uniqueid2: 2"]);
    assert_eq!([with(&mirror, b"1"), with(&mirror, b"2")], [[""; 0]; 2]);
    let enter = |id: u32| format!("Event: BridgeEnter|BridgeUniqueid: b|Uniqueid: {id}");
    feed(&mut mirror, &[&enter(1), &enter(2), &enter(3)]);
    assert_eq!(with(&mirror, b"2"), ["1", "3"]);
    feed(&mut mirror, &["Event: BridgeDestroy|BridgeUniqueid: b"]);
    assert!(with(&mirror, b"2").is_empty() && mirror.channel(b"2").unwrap().bridge.is_none());
}
