//! Invariant: what people print of frames and events is one line of a log: masked, escaped, and not
//! long; and enums without data have words.

use ami_proto::calls::{QueueOutcome, TransferKind};
use ami_proto::catalogue::{ReplyStyle, Role};
use ami_proto::client::ClientEvent;
use ami_proto::event::Event;
use ami_proto::response::Response;
use ami_proto::state::{Completeness, Part, Stale};
use ami_proto::value::{LocalHalf, Screening, Visibility};
use ami_proto::{Decoder, Framing, Limits, OwnedFrame, freeswitch};
use proptest::prelude::*;

fn frames(bytes: &[u8], banner: bool) -> Vec<OwnedFrame> {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(banner));
    decoder.push(bytes);
    std::iter::from_fn(|| Some(decoder.next_frame().expect("within limits")?.to_owned())).collect()
}

#[test]
fn frames_as_a_line() {
    for (bytes, line) in [
        (
            &b"Event: Hangup\r\nChannel: SIP/1-2\r\nCause: 16\r\n\r\n"[..],
            r#"event Hangup Channel="SIP/1-2" Cause="16""#,
        ),
        (b"ActionID: 1\nEvent: A\nEvent: B\n\n", r#"event A ActionID="1" Event="B""#),
        (b"Response: Success\nSecret: s3cret\nodd\n\n", r#"response Success Secret="***" (1 lines)"#),
        (b"Action: Login\nSecret: s3cret\n\n", r#"action Login Secret="***""#),
        (b"Event: sip:u:s3cret@h\n\n", "event sip:u:***@h"),
        (b"Event: a\x1b[2J\nN\xff: \xe2\x80\xaex\"\\'\xc3\xa9\n\n", r#"event a\u{1b}[2J N\xff="\u{202e}x\"\\'é""#),
        (b"a\nb\n\n", "text (2 lines)"),
    ] {
        let frame = frames(bytes, false).remove(0);
        assert_eq!(frame.to_string(), line);
        assert_eq!(frame.view().to_string(), line);
        assert_eq!(Event::from(frame.view()).to_string(), line);
    }
    assert_eq!(frames(b"Asterisk Call Manager/1.3\r\n", true)[0].to_string(), r#"banner "Asterisk Call Manager/1.3""#);
    let long = [&b"Event: A\nB: "[..], &b"\xc3\xa9".repeat(4000), b"\nC: d\n\n"].concat();
    let line = frames(&long, false)[0].to_string();
    assert!(line.len() > 1020 && line.len() <= 1024 && line.ends_with("é…"), "{}", line.len());
}

proptest! {
    #[test]
    fn any_frame_is_one_short_line(mut bytes in prop::collection::vec(any::<u8>(), 0..3000), kind in 0..4_usize) {
        let mut input = [&b"Event: "[..], b"Action: ", b"Response: Follows\n", b""][kind].to_vec();
        input.append(&mut bytes);
        input.extend(b"--END COMMAND--\n\n");
        for frame in frames(&input, kind == 3) {
            let event = ClientEvent::Event(Event::from(frame.view()));
            for line in [frame.to_string(), event.to_string()] {
                prop_assert!(line.len() <= 1024 && !line.contains(char::is_control), "{line:?}");
            }
        }
    }
}

#[test]
fn events_as_a_line() {
    let response = frames(b"Response: Error\nMessage: no\x1b\n\n", false).remove(0);
    let response = Response::from(response.view());
    assert_eq!(ClientEvent::LoginRefused(response).to_string(), r#"login-refused: response Error Message="no\u{1b}""#);
    assert_eq!(ClientEvent::Ready(None).to_string(), "ready");

    let mut decoder = freeswitch::Decoder::new(freeswitch::LIMITS);
    let event = "Event-Name: API\nAPI-Command: a%20b%0A\nvariable_password: s3cret\n\n";
    let head = format!("Content-Type: text/event-plain\nContent-Length: {}\n\n", event.len());
    decoder.push(
        [&head, event, "auth ClueCon\n\nContent-Type: api/response\nContent-Length: 4\n\n-ERR"].concat().as_bytes(),
    );
    let event = r#"event API API-Command="a b\n" variable_password="***""#;
    let lines = [
        format!("text/event-plain {event}"),
        "command auth ***".into(),
        r#"api/response Content-Length="4" (4 bytes)"#.into(),
    ];
    for line in lines {
        let frame = decoder.next_frame().expect("within limits").expect("a frame");
        assert_eq!(frame.to_string(), line);
        assert_eq!(frame.to_owned().to_string(), line);
        assert_eq!(freeswitch::ConnectionEvent::Log(frame).to_string(), format!("log: {line}"));
        if let Some(found) = frame.event() {
            assert_eq!(found.to_string(), event);
            assert_eq!(freeswitch::ConnectionEvent::Event(found).to_string(), format!("event: {event}"));
        }
    }
    assert_eq!(freeswitch::ConnectionEvent::Closed.to_string(), "closed");
}

#[test]
fn words() {
    for (found, word) in [
        (TransferKind::Blind.to_string(), "blind"),
        (TransferKind::Attended.as_str().into(), "attended"),
        (QueueOutcome::Abandoned.to_string(), "abandoned"),
        (Completeness::Unseeded.to_string(), "unseeded"),
        (Completeness::Seeding.to_string(), "seeding"),
        (Completeness::Complete.to_string(), "complete"),
        (Completeness::MaybeStale(Stale::Full).to_string(), "maybe stale: full"),
        (Completeness::MaybeStale(Stale::Full).as_str().into(), "full"),
        (Stale::Count.to_string(), "count"),
        (Part::Bridges.to_string(), "bridges"),
        (Role::Unsolicited.to_string(), "unsolicited"),
        (ReplyStyle::Command.to_string(), "command"),
        (LocalHalf::First.to_string(), "first"),
        (Visibility::Unavailable.to_string(), "unavailable"),
        (Screening::NotScreened.to_string(), "not-screened"),
    ] {
        assert_eq!(found, word);
    }
}
