//! Invariant: what the mirror keeps by events alone is what lists of real servers say, and it says
//! when it may not be. (Arbitrary events: `tests/it/replay.rs`, `fold`.)

use std::collections::BTreeSet;
use std::path::PathBuf;

use ami_proto::event::Event;
use ami_proto::state::{Completeness, Mirror, MirrorLimits, Part, Stale};
use ami_proto::value::{ChannelState, DeviceState};
use ami_proto::{Decoder, Frame, Limits};
use ami_testkit::captures;
use ami_testkit::heap::held_by;

fn each_frame(bytes: &[u8], mut each: impl FnMut(Frame<'_>)) {
    let mut decoder = Decoder::new(Limits::new());
    for piece in bytes.chunks(1 << 16) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame().unwrap() {
            each(frame);
        }
    }
}

fn feed(mirror: &mut Mirror, events: &[&str]) {
    let text = events.join("||") + "||";
    let text = text.replace('|', "\r\n");
    each_frame(text.as_bytes(), |frame| mirror.handle(&Event::from(frame)));
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
    assert_eq!(mirror.channel(b"2").unwrap().name, "C");
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
        let one = mirror.queue(b"q").unwrap().members().next().unwrap();
        assert_eq!((one.interface.to_string().as_str(), one.name.to_string().as_str()), ("PJSIP/1", "One"), "{member}");
        assert_eq!((one.paused, one.in_call), (false, Some(true)), "{member}");
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
    let queue = mirror.queue(b"q").unwrap();
    let one = queue.members().next().unwrap();
    assert_eq!(
        (one.name.to_string().as_str(), one.paused, one.penalty, one.in_call),
        ("One", true, Some(2), Some(false))
    );
    assert_eq!(one.status(), Some(DeviceState::InUse));
    assert_eq!((queue.members().len(), queue.callers().len()), (2, 1));
    assert_eq!(queue.callers().next().unwrap().channel, "B");
    feed(&mut mirror, &["Event: QueueMemberRemoved|Queue: q|Interface: PJSIP/1"]);
    assert_eq!(mirror.queue(b"q").unwrap().members().len(), 1);
    feed(&mut mirror, &["Event: QueueMemberStatus|Queue: q|Interface: PJSIP/9|Status: 1"]);
    assert_eq!(mirror.completeness(Part::Queues), Completeness::MaybeStale(Stale::Unexpected));
}

#[test]
fn bridges_and_who_is_in_them_by_bridge_info() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    mirror.begin(Part::Bridges);
    feed(
        &mut mirror,
        &[
            "Event: BridgeListItem|BridgeUniqueid: b|BridgeType: basic|BridgeTechnology: simple_bridge",
            "Event: BridgeListComplete|EventList: Complete|ListItems: 1",
            "Event: Newchannel|Channel: A|Uniqueid: 1",
            "Event: BridgeInfoChannel|Channel: A|Uniqueid: 1",
            "Event: BridgeInfoComplete|BridgeUniqueid: b|EventList: Complete|ListItems: 1",
            "Event: BridgeCreate|BridgeUniqueid: c|BridgeType: base",
        ],
    );
    assert_eq!(mirror.completeness(Part::Bridges), Completeness::Complete);
    assert_eq!(mirror.bridges().map(|bridge| bridge.kind.to_string()).collect::<Vec<_>>(), ["basic", "base"]);
    assert_eq!(mirror.inside(b"b").count(), 1);
    feed(&mut mirror, &["Event: BridgeDestroy|BridgeUniqueid: b"]);
    assert_eq!(mirror.bridges().len(), 1);
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
        format!("{} {linked_id} {number} {} {bridge}", channel.name, channel.state.unwrap().get())
    };
    assert_eq!([known(&mirror, "1"), known(&mirror, "2")], ["SIP/a-1 1 100 0 ", "SIP/b-2   0 "]);
    for (event, after) in [
        // What an event doesn't tell stays.
        ("Newstate|Uniqueid: 1|ChannelState: 4", "SIP/a-1 1 100 4 "),
        ("Newexten|Uniqueid: 1|Linkedid: 2", "SIP/a-1 2 100 4 "),
        ("NewCallerid|Uniqueid: 1|CallerIDNum: 200", "SIP/a-1 2 200 4 "),
        ("NewConnectedLine|Uniqueid: 1|CallerIDNum: <unknown>|ChannelState: 6", "SIP/a-1 2 200 6 "),
        ("Rename|Channel: SIP/a-1|Newname: SIP/c|Uniqueid: 1", "SIP/c 2 200 6 "),
        ("Hold|Uniqueid: 1|Linkedid: 3", "SIP/c 3 200 6 "),
        ("Unhold|Uniqueid: 1|Linkedid: 4", "SIP/c 4 200 6 "),
        ("DialBegin|Uniqueid: 1|Linkedid: 5|DestUniqueid: 2|DestLinkedid: 5", "SIP/c 5 200 6 "),
        ("BridgeEnter|BridgeUniqueid: b|Uniqueid: 1", "SIP/c 5 200 6 b"),
        ("BridgeLeave|BridgeUniqueid: c|Uniqueid: 1", "SIP/c 5 200 6 b"),
        ("BridgeEnter|BridgeUniqueid: c|Uniqueid: 1", "SIP/c 5 200 6 c"),
        ("BridgeLeave|BridgeUniqueid: c|Uniqueid: 1", "SIP/c 5 200 6 "),
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
                let members: Vec<_> = queue.members().map(|member| member.name.to_string()).collect();
                let callers: Vec<_> =
                    queue.callers().map(|caller| (caller.channel.to_string(), caller.position.unwrap())).collect();
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
fn bridge_info_says_who_is_in_a_bridge_and_who_is_not() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let channels = ["1", "2", "3"].map(|id| format!("Event: Newchannel|Channel: C{id}|Uniqueid: {id}"));
    feed(&mut mirror, &channels.each_ref().map(String::as_str));
    let inside = |mirror: &Mirror| {
        ["b", "c"].map(|bridge| {
            mirror.inside(bridge.as_bytes()).map(|channel| channel.unique_id.to_string()).collect::<String>()
        })
    };
    let info = |mirror: &mut Mirror, bridge: &str, shown: &[&str]| {
        for id in shown {
            feed(mirror, &[&format!("Event: BridgeInfoChannel|Uniqueid: {id}")]);
        }
        feed(mirror, &[&format!("Event: BridgeInfoComplete|BridgeUniqueid: {bridge}")]);
    };
    info(&mut mirror, "b", &["1", "2"]);
    assert_eq!(inside(&mirror), ["12", ""]);
    info(&mut mirror, "c", &["2", "3"]);
    assert_eq!(inside(&mirror), ["1", "23"]);
    info(&mut mirror, "c", &["3"]);
    assert_eq!(inside(&mirror), ["1", "3"]);
    // What an answer without an end has shown is forgotten with the connection.
    feed(&mut mirror, &["Event: BridgeInfoChannel|Uniqueid: 1"]);
    mirror.lost();
    info(&mut mirror, "c", &[]);
    assert_eq!(inside(&mirror), ["1", ""]);
    feed(
        &mut mirror,
        &["Event: BridgeInfoChannel|Uniqueid: 2", "Event: Hangup|Uniqueid: 2", "Event: Hangup|Uniqueid: 1"],
    );
    info(&mut mirror, "b", &[]);
    assert_eq!((inside(&mirror), mirror.len()), (["".into(), "".into()], 1));
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
                    format!("BridgeInfoChannel|Uniqueid: {filler}{id}"),
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

/// Replays a recording that begins with the server idle; at each list, what events alone had kept
/// is what the list says. Gives (lists, lists that agree).
fn replay(bytes: &[u8]) -> (u32, u32) {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let mut listed = BTreeSet::new();
    let (mut lists, mut agree) = (0, 0);
    each_frame(bytes, |frame| {
        let event = Event::from(frame);
        match event {
            Event::CoreShowChannel(view) => {
                listed.extend(view.unique_id().ok().map(|unique_id| unique_id.to_string()));
            }
            Event::CoreShowChannelsComplete(_) => {
                lists += 1;
                agree += u32::from(ids(&mirror).into_iter().eq(std::mem::take(&mut listed)));
            }
            _ => mirror.handle(&event),
        }
    });
    (lists, agree)
}

#[test]
fn what_events_keep_is_what_lists_say() {
    let mut files: Vec<PathBuf> =
        ami_testkit::root().join("corpus/sessions").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "ami"));
    let (mut lists, mut agree) = (0, 0);
    for path in files.iter().filter(|path| !path.to_str().unwrap().contains("excerpt")) {
        let (more, same) = replay(&std::fs::read(path).unwrap());
        if more != same {
            println!("{}: {same} of {more}", path.display());
        }
        (lists, agree) = (lists + more, agree + same);
    }
    assert!(lists >= 2 && agree == lists, "{agree} of {lists}");
}

#[test]
fn the_large_recordings() {
    for (version, scenario, bytes) in
        captures::servers(&["transfer", "queue", "park", "originate", "channel_ops", "extra_calls", "confbridge"])
    {
        let (lists, agree) = replay(&bytes);
        println!("{version} {scenario}: {agree} of {lists}");
        // In 22's extra_calls a forged value cuts an item of a list and a hangup in two.
        assert!(lists - agree <= u32::from(version == "22") * 2, "{version} {scenario}");
    }
}

#[test]
fn what_is_heard_of_channels_that_are_gone_is_bounded() {
    let mut mirror = Mirror::new(MirrorLimits::new());
    let mut sizes = Vec::new();
    for round in 100_000..120_000 {
        let id = format!("Channel: A|Uniqueid: {round}");
        let events = ["Newchannel", "BridgeInfoChannel", "Hangup"].map(|name| format!("Event: {name}|{id}"));
        feed(&mut mirror, &events.each_ref().map(String::as_str));
        if round % 10_000 == 9_999 {
            sizes.push(mirror.held());
        }
    }
    assert_eq!(sizes[0], sizes[1]);
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
        assert_eq!(
            (channel.name.to_string(), channel.number.as_ref().map(ToString::to_string)),
            ("B".into(), Some("100".into()))
        );
    }
}

/// A channel whose bridge there is no room for is forgotten, and that is said.
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
            Some(channel) => assert!(channel.bridge.is_some()),
            None => {
                forgotten += 1;
                assert_eq!((mirror.channels().count(), mirror.inside("b".repeat(200).as_bytes()).count()), (0, 0));
            }
        }
        // Whatever it was, the books are in order: the channel may come again.
        feed(&mut mirror, &["Event: Hangup|Uniqueid: 1", channel]);
        assert!(mirror.channel(b"1").is_some_and(|channel| channel.bridge.is_none()));
    }
    assert!(forgotten > 10, "{forgotten}");
    assert_eq!(whole.inside("b".repeat(200).as_bytes()).count(), 1);
}
