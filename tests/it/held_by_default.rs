//! Invariant: how many ordinary calls and channels the default bytes hold, and what each counts, is
//! within what the docs of `CallLimits` and `MirrorLimits` say, which are read here. A 16th of the
//! bytes holds a 16th of them.

use ami_proto::calls::{CallLimits, Tracker};
use ami_proto::event::Event;
use ami_proto::state::{Mirror, MirrorLimits};
use ami_proto::{Decoder, Framing, Limits};
use std::time::Duration;

/// Hands in the events of a line each, with `@` for the number.
fn feed(lines: &str, number: usize, mut each: impl FnMut(&Event<'_>)) {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        decoder.push(format!("Event: {line}||").replace('@', &number.to_string()).replace('|', "\r\n").as_bytes());
        while let Some(frame) = decoder.next_frame().expect("frames") {
            each(&Event::from(frame));
        }
    }
}

/// Asserts that a measure is what the docs in this file say: it `counts about A bytes, so that they
/// hold B to C.`
fn assert_stated(file: &str, held: usize, each: usize) {
    let docs = std::fs::read_to_string(ami_testkit::root().join(file)).expect("the source");
    let words: Vec<_> = docs.split_whitespace().filter(|word| *word != "///").collect();
    let docs = words.join(" ");
    let after = |mark: &str| {
        let (_, after) = docs.split_once(mark).unwrap_or_else(|| panic!("{file}: no {mark:?}"));
        let digits = after.split([' ', '.', ';']).next().unwrap_or_default().replace(',', "");
        (digits.parse::<usize>().unwrap_or_else(|_| panic!("{file}: no number behind {mark:?}")), after)
    };
    let (bytes, _) = after("counts about ");
    let (least, rest) = after("so that they hold ");
    let most = rest.split_once(" to ").and_then(|(_, most)| most.split('.').next()?.replace(',', "").parse().ok());
    let most: usize = most.unwrap_or_else(|| panic!("{file}: from {least} to how many?"));
    println!("{file}: {held} of {each} bytes; stated {least} to {most} of {bytes}");
    assert!((least..=most).contains(&held), "{file}: {held}");
    assert!(most <= least + least / 4, "{file}: {least} to {most} says little");
    assert!(each.abs_diff(bytes) <= bytes / 10, "{file}: {each} bytes each");
}

const CALL: &str = "
    Newchannel|Channel: PJSIP/100-@a|ChannelState: 4|CallerIDNum: 100|CallerIDName: Alice|AccountCode: sales|Exten: 200|Context: internal|Uniqueid: 1795224279.@1|Linkedid: 1795224279.@1
    Newexten|Channel: PJSIP/100-@a|Uniqueid: 1795224279.@1|Linkedid: 1795224279.@1|Extension: 200|Context: internal|Priority: 1|Application: Set|AppData: CHANNEL(language)=en
    Newexten|Channel: PJSIP/100-@a|Uniqueid: 1795224279.@1|Linkedid: 1795224279.@1|Extension: s|Context: macro-dial|Priority: 12|Application: Dial|AppData: PJSIP/200,30
    Newchannel|Channel: PJSIP/200-@b|ChannelState: 0|CallerIDNum: 200|CallerIDName: Bob|ConnectedLineNum: 100|ConnectedLineName: Alice|Exten: 200|Context: internal|Uniqueid: 1795224279.@2|Linkedid: 1795224279.@1
    DialBegin|Uniqueid: 1795224279.@1|Linkedid: 1795224279.@1|DestUniqueid: 1795224279.@2|DestLinkedid: 1795224279.@1|DialString: 200
    Newstate|Channel: PJSIP/200-@b|ChannelState: 6|Uniqueid: 1795224279.@2|Linkedid: 1795224279.@1
    DialEnd|Uniqueid: 1795224279.@1|Linkedid: 1795224279.@1|DestUniqueid: 1795224279.@2|DestLinkedid: 1795224279.@1|DialStatus: ANSWER
    BridgeEnter|BridgeUniqueid: 5b4ce4a2-@|BridgeType: basic|Channel: PJSIP/200-@b|Uniqueid: 1795224279.@2|Linkedid: 1795224279.@1
    BridgeEnter|BridgeUniqueid: 5b4ce4a2-@|BridgeType: basic|Channel: PJSIP/100-@a|Uniqueid: 1795224279.@1|Linkedid: 1795224279.@1";

#[test]
fn calls() {
    let bytes = CallLimits::new().max_bytes();
    assert_eq!(bytes, 64 << 20);
    let mut tracker = Tracker::new(CallLimits::new().bytes(bytes / 16));
    for number in 10_000..11_000 {
        feed(CALL, number, |event| tracker.handle(event, Duration::from_secs(1)));
        while tracker.poll_ended().is_some() {}
    }
    let held = tracker.active().len();
    assert_stated("src/calls/limits.rs", held * 16, tracker.held() / held);
    assert_eq!(tracker.losses().given_up, 1_000 - held as u64);
}

#[test]
fn channels() {
    let bytes = MirrorLimits::new().max_bytes();
    assert_eq!(bytes, 64 << 20);
    let mut mirror = Mirror::new(MirrorLimits::new().bytes(bytes / 16));
    // Two to a bridge, whose share is counted in.
    for number in 10_000..13_000 {
        feed(CALL, number, |event| drop(mirror.handle(event)));
    }
    let held = mirror.channels().len();
    assert!(mirror.left_out() >= 6_000 - held as u64);
    assert_stated("src/state/limits.rs", held * 16, mirror.held() / held);
}
