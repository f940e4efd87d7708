//! Invariant: what people print of frames and events is one line of a log: masked, escaped, and not
//! long; and enums without data have words.

use ami_proto::calls::{QueueOutcome, TransferKind};
use ami_proto::catalogue::{ReplyStyle, Role};
use ami_proto::client::{ClientEvent, Ending, Reached};
use ami_proto::error::{FrameError, Limit};
use ami_proto::event::Event;
use ami_proto::request::Request;
use ami_proto::response::Response;
use ami_proto::server::{self, Server, ServerEvent};
use ami_proto::state::{Completeness, Part, Stale};
use ami_proto::value::{Classes, LocalHalf, Screening, Visibility};
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
        assert_eq!(Response::from(frame.view()).to_string(), line);
        assert_eq!(Request::from(frame.view()).to_string(), line);
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

    let mut server = Server::new(std::time::Instant::now(), server::Config::new());
    let asked = b"Action: Login\r\nUsername: u\r\nSecret: s3cret\r\n\r\nAction: Ping\r\nActionID: a\x1b\r\n\r\n";
    assert_eq!(server.handle_input(std::time::Instant::now(), asked), asked.len());
    let event = server.poll_event().expect("it stands").expect("a login");
    let ServerEvent::Login { id, .. } = event else { panic!("{event}") };
    assert_eq!(event.to_string(), r#"login 1: action Login Username="u" Secret="***""#);
    server.accept(id, Classes::ALL).expect("it waits");
    let event = server.poll_event().expect("it stands").expect("a request");
    assert_eq!(event.to_string(), r#"request 2: action Ping ActionID="a\u{1b}""#);
    assert_eq!(ServerEvent::Closed.to_string(), "closed");

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

/// An error of a frame that goes over a limit.
fn too_long() -> FrameError {
    let mut decoder = Decoder::new(Limits::new().lines(1)).with_framing(Framing::SERVER.banner(false));
    decoder.push(b"Event: A\r\nB: c\r\n\r\n");
    let error = decoder.next_frame().expect_err("two lines");
    assert_eq!(error.limit, Limit::Lines);
    error
}

/// Holds endings to their words, and to whether the server has never had the request: those of one
/// role's own, and those that both roles have.
macro_rules! assert_endings {
    ($ending:ident, $head:expr, $own:expr) => {
        let oversized = $ending::Oversized { head: $head, error: too_long() };
        let both = [
            (oversized, "answer too large: frame with more than the limit of 1 lines, at stream offset 10", false),
            ($ending::TimedOut(Reached::NotSent), "timed out before it was sent", false),
            (
                $ending::TimedOut(Reached::Accepted),
                "timed out after it was accepted and before its outcome was seen",
                false,
            ),
            ($ending::Cancelled, "cancelled", false),
            ($ending::Lost(Reached::NotSent), "connection lost before it was sent", true),
            ($ending::Lost(Reached::Sent), "connection lost before it was answered", false),
            (
                $ending::Lost(Reached::Accepted),
                "connection lost after it was accepted and before its outcome was seen",
                false,
            ),
        ];
        for (ending, words, never_reached) in both.into_iter().chain($own) {
            assert_eq!((ending.to_string().as_str(), ending.never_reached_server()), (words, never_reached));
        }
    };
}

/// Each ending in words, and whether the server has never had the request.
#[test]
fn endings_in_words() {
    let outcome = |rest: &str| frames(format!("Event: OriginateResponse\r\n{rest}\r\n").as_bytes(), false).remove(0);
    let outcomes = [
        ("Response: Success\r\nReason: 4\r\n", "outcome OriginateResponse: Success; Answered"),
        ("Response: Failure\r\nReason: 5\r\n", "outcome OriginateResponse: Failure; Busy"),
        ("Response: Failure\r\nReason: 3\r\n", "outcome OriginateResponse: Failure; No answer"),
        ("Response: Failure\r\nReason: 15\r\n", "outcome OriginateResponse: Failure; Reason 15"),
        ("Response: Failure\r\nReason: \r\n", "outcome OriginateResponse: Failure"),
        ("", "outcome OriginateResponse"),
    ];
    for (rest, line) in outcomes {
        let event = outcome(rest);
        assert_eq!(Ending::Outcome(event.view().into()).to_string(), line);
    }
    let own = frames(b"Event: MyDone\r\nResponse: Failure\r\nReason: 5\r\nMessage: no line\r\n\r\n", false).remove(0);
    assert_eq!(Ending::Outcome(own.view().into()).to_string(), "outcome MyDone: Failure; no line; Reason 5");
    let [bare, refused, output, empty] = [
        &b"Response: Success\r\n\r\n"[..],
        b"Response: Error\r\nMessage: Permission denied\r\n\r\n",
        b"Response: Error\r\nMessage: Command output follows\r\nOutput: No such command\r\nOutput: x\r\n\r\n",
        b"Response: Error\r\nMessage: No active conferences.\r\n\r\n",
    ]
    .map(|bytes| frames(bytes, false).remove(0));
    let event = outcome("");
    let event = Event::from(event.view());
    let rows = [
        (Ending::Reply(bare.view().into()), "answered", false),
        (Ending::List { items: 3, end: event, cancelled: false }, "list of 3 items", false),
        (Ending::List { items: 2, end: event, cancelled: true }, "list broken off by the server after 2 items", false),
        (
            Ending::List { items: 0, end: empty.view().into(), cancelled: false },
            "list of 0 items: No active conferences.",
            false,
        ),
        (Ending::Outcome(event), "outcome OriginateResponse", false),
        (
            Ending::OutcomeUnseen(None),
            "accepted; how it went can't be seen, since the event mask leaves out the class of that event",
            false,
        ),
        (Ending::Text { paragraphs: 2 }, "2 paragraphs of text", false),
        (Ending::Refused(refused.view().into()), "refused: Permission denied", false),
        (Ending::Refused(output.view().into()), "refused: Command output follows; No such command", false),
        (Ending::Overflowed(event), "more items than may be held", false),
        (Ending::TimedOut(Reached::Started { items: 4 }), "timed out after 4 items", false),
        (Ending::Lost(Reached::Started { items: 1 }), "connection lost after 1 items", false),
    ];
    assert_endings!(Ending, bare.view(), rows);
}

/// Of an answer of FreeSWITCH that begins with a verdict that line is told, without secrets.
#[test]
fn endings_of_freeswitch_in_words() {
    use freeswitch::Ending;

    let mut decoder = freeswitch::Decoder::new(freeswitch::LIMITS);
    let mut frame = |bytes: &str| {
        decoder.push(bytes.as_bytes());
        decoder.next_frame().expect("within limits").expect("a frame").to_owned()
    };
    let mut answer =
        |text: &str| frame(&format!("Content-Type: api/response\nContent-Length: {}\n\n{text}", text.len()));
    let answers = [
        ("+OK\n", "answered: +OK"),
        ("+OK Pin for conference g set: 1234\n", "answered: +OK Pin for conference g set: ***"),
        ("-ERR no reply\n", "answered: -ERR no reply"),
        ("-USAGE: <uuid>\r\nmore\n", "answered: -USAGE: <uuid>"),
        ("UP 0 years\n-ERR\n", "answered"),
        ("-3 seconds", "answered"),
        ("", "answered"),
    ];
    let job = |frame: &freeswitch::OwnedFrame| Ending::Job(frame.view().event().expect("an event")).to_string();
    for (text, words) in answers {
        assert_eq!(Ending::Reply(answer(text).view()).to_string(), words);
        let event = format!("Event-Name: BACKGROUND_JOB\nContent-Length: {}\n\n{text}", text.len());
        let head = format!("Content-Type: text/event-plain\nContent-Length: {}\n\n", event.len());
        let mut decoder = freeswitch::Decoder::new(freeswitch::LIMITS);
        decoder.push(format!("{head}{event}").as_bytes());
        let carrier = decoder.next_frame().expect("within limits").expect("a frame").to_owned();
        assert_eq!(job(&carrier), words.replace("answered", "job done"));
    }
    let reply = answer("");
    let head = reply.view();
    let refused = {
        let mut decoder = freeswitch::Decoder::new(freeswitch::LIMITS);
        decoder.push(b"Content-Type: command/reply\nReply-Text: -ERR password=s3cret\n\n");
        decoder.next_frame().expect("within limits").expect("a frame").to_owned()
    };
    let rows = [
        (Ending::Reply(head), "answered", false),
        (Ending::Refused(refused.view()), "refused: -ERR password=***", false),
        (Ending::Refused(head), "refused", false),
    ];
    assert_endings!(Ending, head, rows);
}

#[test]
fn enums_are_shown_as_their_words() {
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
