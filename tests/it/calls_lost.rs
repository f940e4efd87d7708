//! Invariant: what was lost of a stream spoils no other call: hangups, a restart of the server.

use ami_proto::calls::{Call, CallLimits, Tracker};
use ami_proto::event::Event;
use ami_proto::{Decoder, Framing, Limits};
use std::time::Duration;

const fn seconds(at: u64) -> Duration {
    Duration::from_secs(at)
}

/// Takes events, each with its second.
fn told(tracker: &mut Tracker, events: &[(u64, &str)]) {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    for (at, event) in events {
        decoder.push(format!("Event: {event}||").replace('|', "\r\n").as_bytes());
        while let Some(frame) = decoder.next_frame().expect("frames") {
            tracker.handle(&Event::from(frame), seconds(*at));
        }
    }
}

fn ended(tracker: &mut Tracker) -> Vec<Call> {
    std::iter::from_fn(|| tracker.poll_ended()).collect()
}

/// A and B of call 1, who talk from second 2 on.
const TALK: [(u64, &str); 4] = [
    (1, "Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1"),
    (1, "Newchannel|Channel: B|Uniqueid: 2|Linkedid: 1"),
    (2, "BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 1|Linkedid: 1"),
    (2, "BridgeEnter|BridgeUniqueid: b|BridgeType: basic|Uniqueid: 2|Linkedid: 1"),
];

#[test]
fn a_call_that_is_given_up_talks_until_it_was_heard_of_last() {
    let after = [(5, "Newstate|Uniqueid: 1|Linkedid: 1"), (90, "Newchannel|Channel: C|Uniqueid: 3|Linkedid: 3")];
    let limits = CallLimits::new().age(seconds(100));
    // By age, at a limit, by number, by what the program thinks of it.
    let by_age = |tracker: &mut Tracker| {
        told(tracker, &[(102, "Newstate|Uniqueid: 3|Linkedid: 3")]);
        ended(tracker).remove(0)
    };
    let by_number = |tracker: &mut Tracker| tracker.abandon_call(1).expect("it goes on");
    let by_opinion = |tracker: &mut Tracker| tracker.retain(|call| call.number() != 1).remove(0);
    let ways: [&dyn Fn(&mut Tracker) -> Call; 3] = [&by_age, &by_number, &by_opinion];
    for give_up in ways {
        let mut tracker = Tracker::new(limits);
        told(&mut tracker, &TALK);
        told(&mut tracker, &after);
        let call = give_up(&mut tracker);
        assert_eq!((call.number(), call.end(), call.talk()), (1, None, seconds(3)));
    }
    let mut tracker = Tracker::new(limits.calls(1));
    told(&mut tracker, &TALK);
    told(&mut tracker, &after);
    assert_eq!(ended(&mut tracker)[0].talk(), seconds(3), "the oldest at the limit");
}

/// The connection broke, or the recording ends: there a conversation goes on to the end.
#[test]
fn a_call_that_goes_on_at_the_end_talks_to_the_end() {
    let mut tracker = Tracker::new(CallLimits::new());
    told(&mut tracker, &TALK);
    told(&mut tracker, &[(90, "PeerStatus|Peer: SIP/a|PeerStatus: Registered")]);
    let calls: Vec<_> = tracker.abandon().collect();
    assert_eq!((calls.len(), calls[0].talk()), (1, seconds(88)));
}

#[test]
fn a_restart_gives_up_the_calls_before_it() {
    let mut tracker = Tracker::new(CallLimits::new());
    told(&mut tracker, &TALK);
    // Logged in again: nothing has gone by that.
    told(&mut tracker, &[(3, "FullyBooted|Status: Fully Booted")]);
    assert_eq!(tracker.active().len(), 1);
    told(&mut tracker, &[(10, "Shutdown|Shutdown: Cleanly|Restart: True")]);
    assert_eq!(tracker.active().len(), 1, "it may hang them up yet");
    told(&mut tracker, &[(60, "FullyBooted|Status: Fully Booted")]);
    assert_eq!((tracker.active().len(), tracker.losses().given_up), (0, 1));
    let calls = ended(&mut tracker);
    assert_eq!((calls.len(), calls[0].end(), calls[0].talk()), (1, None, seconds(8)));
    // Names and ids begin anew, and nothing is given up twice.
    told(&mut tracker, &TALK.map(|(at, event)| (at + 60, event)));
    told(&mut tracker, &[(70, "FullyBooted|Status: Fully Booted")]);
    let again: Vec<_> = tracker.active().map(|call| (call.legs().len(), call.talk())).collect();
    assert_eq!(again, [(2, seconds(0))]);
}

/// The server answers logins before it has booted, and tells of calls by then.
#[test]
fn a_call_that_began_after_a_restart_goes_on() {
    let mut tracker = Tracker::new(CallLimits::new());
    told(&mut tracker, &TALK);
    told(&mut tracker, &[(10, "Shutdown|Shutdown: Cleanly|Restart: True")]);
    told(&mut tracker, &[(58, "Newchannel|Channel: N|Uniqueid: 9|Linkedid: 9")]);
    told(&mut tracker, &[(60, "FullyBooted|Status: Fully Booted")]);
    let left: Vec<_> = tracker.active().map(|call| call.linked_id().to_string()).collect();
    assert_eq!((left, tracker.losses().given_up), (vec!["9".to_owned()], 1));
}

/// An Originate may choose an id that was there before.
#[test]
fn a_channel_that_begins_under_the_id_of_one_that_lives_is_another() {
    let mut tracker = Tracker::new(CallLimits::new());
    told(&mut tracker, &TALK);
    told(&mut tracker, &[(9, "Newchannel|Channel: C|Uniqueid: 1|Linkedid: 1")]);
    let legs: Vec<_> = tracker.call_of(b"1").expect("a call").legs().to_vec();
    let seen: Vec<_> = legs.iter().map(|leg| (leg.channel.to_string(), leg.ended, leg.stays.len())).collect();
    assert_eq!(seen, [("A".into(), Some(seconds(9)), 1), ("B".into(), None, 1), ("C".into(), None, 0)]);
    assert_eq!(tracker.call_of(b"1").map(Call::talk), Some(seconds(7)));

    // Of a call of its own, where it was the last of the one before.
    let mut tracker = Tracker::new(CallLimits::new());
    told(&mut tracker, &[(1, "Newchannel|Channel: A|Uniqueid: job|Linkedid: job")]);
    told(&mut tracker, &[(2, "Rename|Channel: A|Newname: D|Uniqueid: job")]);
    told(&mut tracker, &[(3, "Newchannel|Channel: C|Uniqueid: job|Linkedid: job")]);
    let calls = ended(&mut tracker);
    assert_eq!((calls.len(), calls[0].end(), tracker.active().len()), (1, Some(seconds(3)), 1));

    // The same event twice tells of one channel, also where it has another name by now.
    let twice = TALK.iter().chain(&TALK[..2]).chain(&[(3, "Rename|Newname: Z|Uniqueid: 1"), TALK[0]]).copied();
    let mut tracker = Tracker::new(CallLimits::new());
    told(&mut tracker, &twice.collect::<Vec<_>>());
    assert_eq!(tracker.active().map(|call| call.legs().len()).collect::<Vec<_>>(), [2]);
}
