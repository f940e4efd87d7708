//! Invariant: how many ordinary calls and channels the default bytes hold is what the docs of
//! `CallLimits` and `MirrorLimits` say. A 16th of the bytes holds a 16th of them.

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
    println!("{} calls, {} bytes each", held * 16, tracker.held() / held);
    assert!((7_000..8_000).contains(&(held * 16)), "{}", held * 16);
    assert_eq!(tracker.losses().given_up, 1_000 - held as u64);
}

#[test]
fn channels() {
    let bytes = MirrorLimits::new().max_bytes();
    assert_eq!(bytes, 64 << 20);
    let mut mirror = Mirror::new(MirrorLimits::new().bytes(bytes / 16));
    let channel = CALL.lines().find(|line| line.contains("ConnectedLineNum")).expect("a channel");
    for number in 10_000..16_000 {
        feed(channel, number, |event| drop(mirror.handle(event)));
    }
    let held = mirror.channels().len();
    println!("{} channels, {} bytes each", held * 16, mirror.held() / held);
    assert!((50_000..75_000).contains(&(held * 16)), "{}", held * 16);
    assert_eq!(mirror.left_out(), 6_000 - held as u64);
}
