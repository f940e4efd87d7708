//! Invariant: the login of an agent stays a call of its own, and each caller's call has the agent
//! as a guest from the beginning of their conversation to its end, however the call goes on.

use ami_proto::calls::{Call, CallLimits, Tracker};
use ami_proto::event::Event;
use ami_testkit::each_frame;
use std::time::Duration;

/// Takes events, each with its second.
fn told(tracker: &mut Tracker, events: &[(u64, &str)]) {
    for (at, event) in events {
        let text = format!("Event: {event}||").replace('|', "\r\n");
        each_frame(text.as_bytes(), |frame| tracker.handle(&Event::from(frame), Duration::from_secs(*at)));
    }
}

/// An agent who is logged in, with the channel 0.
fn with_agent(limits: CallLimits) -> Tracker {
    let mut tracker = Tracker::new(limits);
    told(
        &mut tracker,
        &[(0, "Newchannel|Channel: Agent/0|Uniqueid: 0|Linkedid: 0"), (0, "AgentLogin|Agent: 700|Uniqueid: 0")],
    );
    tracker
}

fn begins(id: u32, linked_id: u32) -> String {
    format!("Newchannel|Channel: C/{id}|Uniqueid: {id}|Linkedid: {linked_id}")
}

fn enters(id: u32, bridge: &str) -> String {
    format!("BridgeEnter|BridgeUniqueid: {bridge}|BridgeType: basic|Uniqueid: {id}")
}

fn leaves(id: u32, bridge: &str) -> String {
    format!("BridgeLeave|BridgeUniqueid: {bridge}|Uniqueid: {id}")
}

/// The legs: unique id, whether it is a guest's, the second in which it ended.
fn legs(call: &Call) -> Vec<(String, bool, Option<u64>)> {
    let legs = call.legs().iter();
    legs.map(|leg| (leg.unique_id.to_string(), leg.guest, leg.ended.map(|at| at.as_secs()))).collect()
}

fn leg(id: &str, guest: bool, ended: impl Into<Option<u64>>) -> (String, bool, Option<u64>) {
    (id.into(), guest, ended.into())
}

#[test]
fn an_agent_is_a_guest_of_each_caller_in_turn() {
    let mut tracker = with_agent(CallLimits::new());
    for (at, id, bridge) in [(1, 1, "b"), (5, 2, "c")] {
        told(&mut tracker, &[(at, &begins(id, id)), (at + 1, &enters(id, bridge)), (at + 2, &enters(0, bridge))]);
        told(&mut tracker, &[(at + 3, &leaves(0, bridge))]);
    }
    let calls: Vec<_> = tracker.active().map(legs).collect();
    assert_eq!(
        calls,
        [
            vec![leg("0", false, None)],
            vec![leg("1", false, None), leg("0", true, 4)],
            vec![leg("2", false, None), leg("0", true, 8)],
        ]
    );
    let former = tracker.call_of(b"1").unwrap().former_linked_ids();
    assert_eq!(former.iter().map(ToString::to_string).collect::<Vec<_>>(), ["0"]);
    told(&mut tracker, &[(9, "Hangup|Uniqueid: 1"), (9, "Hangup|Uniqueid: 2"), (9, "Hangup|Uniqueid: 0")]);
    assert_eq!(tracker.active().len(), 0);
}

/// The one that has left keeps its time, and the one who talks yet leaves the call as it is now.
#[test]
fn a_guest_leaves_the_call_that_has_become_another() {
    for others in [1_u32, 5] {
        let mut tracker = with_agent(CallLimits::new());
        told(&mut tracker, &[(1, &begins(1, 1)), (1, &enters(1, "b")), (2, &enters(0, "b")), (3, &leaves(0, "b"))]);
        told(&mut tracker, &[(4, &enters(0, "b"))]);
        for id in 10..10 + others {
            told(&mut tracker, &[(5, &begins(id, 10))]);
        }
        told(&mut tracker, &[(6, "Newstate|Uniqueid: 1|Linkedid: 10"), (7, &leaves(0, "b"))]);
        told(&mut tracker, &[(8, &enters(0, "c"))]);
        let mut all = legs(tracker.call_of(b"1").unwrap());
        all.sort();
        let mut expected = vec![leg("0", true, 3), leg("0", true, 7), leg("1", false, None)];
        expected.extend((10..10 + others).map(|id| leg(&id.to_string(), false, None)));
        assert_eq!(all, expected);
    }
}

#[test]
fn a_guest_leaves_also_where_older_legs_have_gone() {
    let mut tracker = with_agent(CallLimits::new().legs(4));
    told(&mut tracker, &[(1, &begins(1, 1)), (1, &begins(2, 1)), (1, &enters(1, "b")), (2, "Hangup|Uniqueid: 2")]);
    told(&mut tracker, &[(3, &enters(0, "b")), (4, &begins(3, 1)), (5, &begins(4, 1)), (6, &leaves(0, "b"))]);
    let now = [leg("1", false, None), leg("0", true, 6), leg("3", false, None), leg("4", false, None)];
    assert_eq!(legs(tracker.call_of(b"1").unwrap()), now);
    assert_eq!((tracker.losses().legs, tracker.losses().leg_events), (1, 0));
    // One that has left goes as others do, and with it nothing of the agent's next conversation.
    told(&mut tracker, &[(7, &enters(0, "b")), (8, &leaves(0, "b"))]);
    assert_eq!(legs(tracker.call_of(b"1").unwrap())[3], leg("0", true, 8));
}

/// There is room for one leg: the caller's goes, and no party is left for the guest to talk to.
#[test]
fn a_call_that_made_room_for_a_guest_in_vain_has_ended() {
    let mut tracker = with_agent(CallLimits::new().legs(1));
    told(&mut tracker, &[(1, &begins(1, 1)), (1, &enters(1, "b")), (2, &enters(0, "b"))]);
    assert_eq!(tracker.active().map(legs).collect::<Vec<_>>(), [[leg("0", false, None)]]);
    assert_eq!((tracker.losses().legs, tracker.losses().leg_events), (1, 1));
    let call = tracker.poll_ended().unwrap();
    assert_eq!((call.linked_id().to_string(), call.end()), ("1".into(), Some(Duration::from_secs(2))));
}

/// Two calls become one that has too many legs, and those that live are what goes.
#[test]
fn a_call_in_which_a_guest_alone_is_left_has_ended() {
    let mut tracker = with_agent(CallLimits::new().legs(2));
    told(&mut tracker, &[(1, &begins(1, 1)), (1, &begins(2, 1)), (2, "Hangup|Uniqueid: 1")]);
    told(&mut tracker, &[(3, &begins(3, 3)), (3, &enters(3, "b")), (4, &enters(0, "b"))]);
    told(&mut tracker, &[(5, "Newstate|Uniqueid: 2|Linkedid: 3")]);
    assert_eq!(tracker.active().map(legs).collect::<Vec<_>>(), [[leg("0", false, None)]]);
    let call = tracker.poll_ended().unwrap();
    assert_eq!((call.number(), call.end()), (2, Some(Duration::from_secs(2))));
    assert_eq!(legs(&call)[0], leg("1", false, 2));
}

/// The server gives a caller the agent's linked id. Once the login has ended, it is still no id of
/// the caller's call, whichever of two calls had the agent and whichever is larger.
#[test]
fn the_id_of_a_login_that_has_ended_is_not_the_callers() {
    for (has_agent, other, larger) in [(1, 2, 1), (1, 2, 2), (2, 1, 1), (2, 1, 2)] {
        let mut tracker = with_agent(CallLimits::new());
        told(&mut tracker, &[(1, &begins(1, 1)), (1, &begins(2, 2))]);
        for id in 10..16 {
            told(&mut tracker, &[(1, &begins(id, larger))]);
        }
        told(&mut tracker, &[(2, &enters(has_agent, "b")), (3, &enters(0, "b")), (4, &leaves(0, "b"))]);
        told(&mut tracker, &[(5, &format!("Newstate|Uniqueid: {other}|Linkedid: {has_agent}"))]);
        told(&mut tracker, &[(6, "Hangup|Uniqueid: 0")]);
        told(&mut tracker, &[(7, &format!("Newstate|Uniqueid: {has_agent}|Linkedid: 0"))]);
        let ids: Vec<_> = tracker.active().map(|call| call.linked_id().to_string()).collect();
        assert_eq!(ids, [has_agent.to_string()], "{has_agent} {larger}");
    }
}
