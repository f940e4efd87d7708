//! Tests of the cost of each event: how many elements the mirror looks at.
use alloc::format;
use alloc::string::String;

use super::{Mirror, MirrorLimits, Part};
use crate::event::Event;
use crate::steps::steps;
use crate::{Decoder, Framing, Limits};

fn feed(mirror: &mut Mirror, events: &str) {
    let mut decoder = Decoder::new(Limits::new().buffer(1 << 26)).with_framing(Framing::PLAIN);
    decoder.push(events.replace('|', "\r\n").replace(';', "\r\n\r\n").as_bytes());
    while let Some(frame) = decoder.next_frame().unwrap() {
        let _ = mirror.handle(&Event::from(frame));
    }
}

/// Returns a mirror of `n` channels, half of them in one bridge and half in bridges of their own,
/// of `n` queues, and of one queue with `n` members and callers.
fn filled(n: u32) -> Mirror {
    let mut mirror = Mirror::new(MirrorLimits::new());
    for template in [
        "Newchannel|Channel: C/@|Uniqueid: @",
        "BridgeCreate|BridgeUniqueid: b@",
        "BridgeEnter|BridgeUniqueid: b@|Uniqueid: @",
        "BridgeEnter|BridgeUniqueid: b|Uniqueid: @0",
        "QueueMemberAdded|Queue: q|Interface: @",
        "QueueCallerJoin|Queue: q|Uniqueid: @",
        "QueueMemberAdded|Queue: q@|Interface: @",
    ] {
        let event = |id| alloc::format!("Event: {};", template.replace('@', &format!("{id}")));
        let events: String = (0..n).map(event).collect();
        feed(&mut mirror, &events);
    }
    mirror
}

#[test]
fn no_event_looks_through_what_is_kept() {
    for events in [
        "Event: Newstate|Uniqueid: 7|ChannelState: 6",
        "Event: Rename|Uniqueid: 7|Newname: X",
        "Event: BridgeEnter|BridgeUniqueid: b|Uniqueid: 7",
        "Event: BridgeLeave|BridgeUniqueid: b7|Uniqueid: 7",
        "Event: BridgeDestroy|BridgeUniqueid: b7",
        "Event: BridgeInfoComplete|BridgeUniqueid: b",
        "Event: QueueMemberStatus|Queue: q|Interface: 7|Status: 1",
        "Event: QueueMemberRemoved|Queue: q|Interface: 7",
        "Event: QueueCallerLeave|Queue: q|Uniqueid: 7",
        "Event: QueueParams|Queue: q7",
        "Event: QueueCallerJoin|Queue: q|Uniqueid: x|Position: 2|Count: 33",
        "Event: AgentComplete|Queue: q|Interface: 7|TalkTime: 1",
        "Event: Bridge|Bridgestate: Link|Uniqueid1: 7|Uniqueid2: 8",
        "Event: Shutdown|Restart: True",
        "Event: Hangup|Uniqueid: 7",
    ] {
        let [few, many] = [32, 1024].map(|n| {
            let mut mirror = filled(n);
            steps(|| feed(&mut mirror, &format!("{events};"))).texts
        });
        // 32 times as many elements: five more steps in each map that is searched.
        assert!(many <= 3 * few + 20, "{events}: {few} {many}");
    }
}

#[test]
fn a_list_of_one_part_leaves_the_others_alone() {
    let mut mirror = filled(1024);
    mirror.begin(Part::Bridges);
    feed(&mut mirror, "Event: BridgeListComplete|EventList: Complete|ListItems: 0;");
    assert_eq!(mirror.bridges().len(), 0);
    mirror.begin(Part::Bridges);
    let looked = steps(|| feed(&mut mirror, "Event: BridgeListComplete|EventList: Complete|ListItems: 0;")).texts;
    assert!(looked < 100, "{looked}");
}

/// One more thing at the limit, and each item of a list of all things, costs a few steps for each
/// level of a tree of them.
#[test]
fn limits_and_lists_cost_a_few_steps_a_thing() {
    for n in [32_u32, 1024] {
        let each = |template: &str, numbers: core::ops::Range<u32>| {
            let event = |id: u32| format!("Event: {};", template.replace('@', &format!("{id}")));
            numbers.map(event).collect::<String>()
        };
        let mut mirror = Mirror::new(MirrorLimits::new().things(n as usize));
        feed(&mut mirror, "Event: BridgeCreate|BridgeUniqueid: b;");
        let channel = "Newchannel|Channel: C/@|Uniqueid: @";
        feed(&mut mirror, &each(channel, 0..n));
        let more = each(channel, n..2 * n);
        let took = steps(|| feed(&mut mirror, &more));
        assert_eq!((took.moved, mirror.left_out()), (n as usize, u64::from(n) + 1));
        assert!(took.texts <= n as usize * 20 * n.ilog2() as usize, "{n}: {took:?}");
        assert!(mirror.bridge(b"b").is_some() && mirror.len() == n as usize);
        mirror.begin(Part::Channels);
        let list = each("CoreShowChannel|Channel: C/@|Uniqueid: @|BridgeId: b", n + 1..2 * n)
            + "Event: CoreShowChannelsComplete|EventList: Complete;";
        let listed = steps(|| feed(&mut mirror, &list));
        assert_eq!(mirror.channels().len(), n as usize - 1);
        assert!(listed.texts <= n as usize * 40 * n.ilog2() as usize, "{n}: {listed:?}");
    }
}

/// Callers inserted at one inner position, before or after each other, at the front or at the end.
#[test]
fn callers_at_one_place_are_moved_a_few_times_each() {
    let join = |id: u32, position: u32, count: u32| {
        format!("Event: QueueCallerJoin|Queue: q|Position: {position}|Count: {count}|Uniqueid: {id};")
    };
    for place in [
        // Each before the last one, each after the last of as many, each at the front.
        &(|_: u32| 2_u32) as &dyn Fn(u32) -> u32,
        &|id| id / 2 + 1,
        &|_| 1,
    ] {
        let moved = [128, 512, 2048_u32].map(|n| {
            let mut mirror = Mirror::new(MirrorLimits::new());
            let mut expected = alloc::vec::Vec::new();
            let events: String = (0..n).map(|id| join(id, place(id).min(id + 1), id + 1)).collect();
            let steps = steps(|| feed(&mut mirror, &events));
            (0..n).for_each(|id| expected.insert(place(id).min(id + 1) as usize - 1, id));
            let order: alloc::vec::Vec<u32> =
                mirror.callers(b"q").map(|(_, caller)| caller.unique_id.as_str().unwrap().parse().unwrap()).collect();
            // Positions beyond the searched range have no known order.
            assert_eq!(order == expected, n < 2048 || place(n) < 512, "{n}");
            steps.moved / n as usize
        });
        assert!(moved.iter().all(|moved| *moved <= 60), "{moved:?}");
        assert!(moved[2] <= 2 * moved[0] + 10, "{moved:?}");
    }
}
