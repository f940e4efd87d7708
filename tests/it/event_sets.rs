//! Invariant: a set of events holds any event by its name, known to the catalogue or not, alone.

use ami_proto::event::{EventSet, Hangup, VarSet};
use ami_proto::value::Classes;
use ami_proto::{Decoder, Framing, Limits, Value};

const CALLS: EventSet = EventSet::of(&[Hangup::TYPE]).with_classes(Classes::SECURITY);

fn has(set: &EventSet, name: &str) -> bool {
    set.has_name(name.into())
}

#[test]
fn one_event_that_the_catalogue_lacks() {
    let set = CALLS.with_name("ReceivedSMS").with_name("varset");
    for (name, member) in [
        ("Hangup", true),
        ("receivedsms", true),
        ("VarSet", true),
        ("SentSMS", false),
        ("Newchannel", false),
        ("SuccessfulAuth", true),
    ] {
        assert_eq!(has(&set, name), member, "{name}");
    }
    let set = set.without_name("RECEIVEDSMS").without_name("VARSET");
    assert_eq!(set, CALLS);
    assert!(!set.has(VarSet::TYPE));
}

#[test]
fn all_events_but_one() {
    let set = EventSet::ALL.without_name("Noise").without_name("VarSet");
    assert!(!has(&set, "NOISE") && !has(&set, "VarSet") && has(&set, "SentSMS"));
    assert_eq!(set.clone().with_name("noise").with(VarSet::TYPE), EventSet::ALL);
    assert_eq!(set.with_unknown(true).with(VarSet::TYPE), EventSet::ALL);
}

/// The last names come first, so that one that moves the others to find its place takes minutes.
#[test]
fn a_hundred_thousand_names() {
    let name = |number: usize| format!("Module{number:06}");
    let even = |number: &usize| number % 2 == 0;
    let set = (0..100_000).rev().fold(EventSet::NONE, |set, number| set.with_name(&name(number)));
    let set = (0..100_000).filter(even).fold(set, |set, number| set.without_name(&name(number)));
    for number in 0..100_000 {
        assert_eq!(has(&set, &name(number).to_uppercase()), !even(&number), "{number}");
    }
    let all = (0..100_000).filter(even).fold(set, |set, number| set.with_name(&name(number)));
    assert_eq!(all, (0..100_000).fold(EventSet::NONE, |set, number| set.with_name(&name(number))));
    assert!(!all.has_name(Value::new(b"Module\xff00001")));
}

/// The name is in the union if it is in one of the two.
#[test]
fn a_name_is_in_the_union_of_two_sets() {
    let none = EventSet::NONE;
    let all = EventSet::ALL;
    let sets = [
        none.clone(),
        all.clone(),
        none.clone().with_name("A1"),
        none.clone().with_name("B1").with_name("A1"),
        none.with(Hangup::TYPE),
        all.clone().without_name("A1"),
        all.clone().without_name("A1").without_name("B1"),
        all.without_name("C1").without(Hangup::TYPE),
    ];
    for one in &sets {
        for other in &sets {
            let both = one.clone().union(other);
            for name in ["A1", "B1", "C1", "D1", "Hangup", "VarSet"] {
                assert_eq!(has(&both, name), has(one, name) || has(other, name), "{name}: {one:?} and {other:?}");
            }
            assert_eq!(both, other.clone().union(one));
        }
    }
}

#[test]
fn names_are_shown() {
    let set = EventSet::of(&[Hangup::TYPE]).with_name("ReceivedSMS");
    assert_eq!(format!("{set:?}"), r#"{"Hangup", "receivedsms"}"#);
    assert!(
        format!("{:?}", EventSet::NONE.with_unknown(true).without_name("Noise")).ends_with(r#"{unknown, not "noise"}"#)
    );
}

/// An event is given if it is wanted by the time it is whole, however much of it had gone by.
#[test]
fn an_event_that_is_wanted_since_it_began() {
    let text = format!("Event: A\r\n{}\r\nEvent: B\r\n\r\n", "Header: value\r\n".repeat(20));
    for begun in [3, 30, 70, 200, 300] {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        decoder.push(&text.as_bytes()[..begun]);
        assert!(decoder.next_wanted(|_| false).unwrap().is_none());
        decoder.push(&text.as_bytes()[begun..]);
        let frame = decoder.next_wanted(|name| name == "A").unwrap().expect("it is wanted by now");
        assert_eq!((frame.name().unwrap().as_bytes(), frame.headers().count()), (&b"A"[..], 21), "{begun}");
        assert!(decoder.next_wanted(|name| name == "A").unwrap().is_none(), "B");
    }
}
