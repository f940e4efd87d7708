//! Invariant: a frame that goes over a limit is skipped to its end in little memory, and ends the
//! request that it answers and nothing else; where that can't be told the connection is given up.

use crate::peer::{Peer, quiet};
use ami_proto::action::*;
use ami_proto::client::{ClientEvent, Config, Credentials, Ending};
use ami_proto::error::{ConnectionError, Limit};
use ami_proto::{Decoder, Framing, Limits};
use ami_testkit::heap::peak;
use std::time::Duration;

/// Lines of output in two forms: from 14 on, and up to 13, with what ends no frame there.
fn outputs(lines: usize) -> [String; 2] {
    [
        format!(
            "Response: Success\r\nActionID: $0\r\nMessage: Command output follows\r\n{}\r\n",
            "Output: x\r\n".repeat(lines)
        ),
        format!(
            "Response: Follows\r\nPrivilege: Command\r\nActionID: $0\r\n{}--END COMMAND--\r\n\r\n",
            "x\n\nEvent: y\r\n\r\n--END COMMAND--\n".repeat(lines)
        ),
    ]
}

#[test]
fn a_decoder_goes_on_behind_the_frame() {
    let limits = [Limits::new().lines(4), Limits::new().line(30), Limits::new().frame(70)];
    let long = [
        "a: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\ne: 5\r\n".to_owned(),
        format!("a: {}\n", "x".repeat(60)),
        format!("a: 1\r\nb: {}\r\n", "x".repeat(25)).repeat(3),
    ];
    for ((limits, long), name) in limits.into_iter().zip(&long).zip([Limit::Lines, Limit::Line, Limit::Frame]) {
        for (start, end) in [
            ("Event: Giant\r\n", "\r\n"),
            ("Event: Giant\n", "\n"),
            ("Response: Success\r\n", "\r\n"),
            ("Response: Follows\r\n", "\r\n\r\nz--END COMMAND--\nz\r\n\r\n--END COMMAND--\r\n\r\n"),
            ("Response: Follows\r\n", "z--END COMMAND--\r\n\r\n"),
            ("", "\r\n"),
        ] {
            let stream = format!("Event: A\r\n\r\n{start}{long}{end}\r\nEvent: B\r\n\r\n");
            for size in [1, 2, 13, 64, stream.len()] {
                let mut decoder = Decoder::new(limits).with_framing(Framing::SERVER.banner(false));
                let (mut told, mut heads) = (Vec::new(), Vec::new());
                for piece in stream.as_bytes().chunks(size) {
                    decoder.push(piece);
                    loop {
                        match decoder.next_frame() {
                            Ok(Some(frame)) => told.push(frame.name().unwrap().to_string()),
                            Ok(None) => break,
                            Err(error) => {
                                assert_eq!(
                                    (error.limit, decoder.next_frame().err()),
                                    (name, Some(error)),
                                    "it is sticky"
                                );
                                let head = decoder.skip_frame().unwrap();
                                assert_eq!(head.offset(), 12);
                                heads.push(String::from_utf8(head.as_bytes().to_vec()).unwrap());
                                assert!(head.name().is_none_or(|name| start.contains(&name.to_string())));
                                told.push("skipped".to_owned());
                            }
                        }
                    }
                    assert!(decoder.pending().len() <= 80);
                }
                assert_eq!(told, ["A", "skipped", "B"], "{name:?}, {start:?}, {end:?} in pieces of {size}");
                assert!(decoder.finish().is_none() && decoder.skip_frame().is_none());
                // Whole lines, as many as are there however it is cut.
                let expected = stream[12..].split_inclusive('\n').take(heads[0].split_inclusive('\n').count());
                assert_eq!(heads[0], expected.collect::<String>());
                assert_eq!(
                    heads[0].lines().count(),
                    match name {
                        Limit::Lines => 4,
                        Limit::Line => usize::from(!start.is_empty()),
                        _ => heads[0].lines().count(),
                    }
                );
            }
        }
    }
}

#[test]
fn what_is_skipped_takes_no_memory() {
    let piece = [b'x'; 4096];
    for start in ["Event: A\r\nb: ", "Response: Follows\r\n\r\n", "Event: A\r\nb: c\r\n"] {
        let held = peak(|| {
            let mut decoder =
                Decoder::new(Limits::new().frame(10_000).line(9000)).with_framing(Framing::SERVER.banner(false));
            decoder.push(start.as_bytes());
            for _ in 0..1000 {
                decoder.push(&piece);
                while decoder.next_frame().is_err() {
                    assert!(decoder.skip_frame().is_some());
                }
                assert!(decoder.pending().len() <= 10_000 + piece.len());
            }
            assert!(decoder.pending().len() < 20 && decoder.finish().is_some(), "a stream that ends there is cut off");
        });
        assert!(held <= 1 << 16, "{held} bytes for 4 MB");
    }
}

#[test]
fn without_room_nothing_is_skipped() {
    let mut decoder = Decoder::new(Limits::new().buffer(40));
    decoder.push(&[b'x'; 100]);
    assert_eq!(decoder.next_frame().unwrap_err().limit, Limit::Buffer);
    assert!(decoder.skip_frame().is_none());
    assert_eq!(decoder.next_frame().unwrap_err().limit, Limit::Buffer);
    assert!(Decoder::new(Limits::new()).skip_frame().is_none(), "nothing has failed");
}

fn small() -> Config {
    quiet().limits(Limits::new().lines(8))
}

/// Up to 13 a server may be told to end its output without the marker; the framing says so.
#[test]
fn output_without_its_marker_ends_at_its_blank_line() {
    let mut peer = Peer::ready(quiet().framing(Framing::SERVER.follows(false)));
    peer.send(&Command::new("core show uptime"));
    let answer = "Response: Follows\r\nPrivilege: Command\r\nActionID: $0\r\nup 2 days\r\n\r\nEvent: A\r\n\r\n";
    assert_eq!(peer.feed(answer), ["reply", "event A"]);
}

#[test]
fn output_that_is_too_long_fails_its_request_alone() {
    for output in outputs(10) {
        let mut peer = Peer::ready(small());
        peer.send(&Command::new("dialplan show"));
        peer.send(&Ping::new());
        let rest = "Event: A\r\n\r\nResponse: Success\r\nActionID: $1\r\nPing: Pong\r\n\r\n";
        let told = peer.feed(&format!("Event: B\r\n\r\n{output}{rest}"));
        let name = if output.contains("Follows") { "Follows" } else { "Success" };
        assert_eq!(told, ["event B", &format!("oversized {name}: Lines"), "event A", "reply"]);
        assert!(peer.error.is_none() && peer.client.open() == 0);
    }
    for output in outputs(1) {
        let mut peer = Peer::ready(quiet().limits(Limits::new().lines(9)));
        peer.send(&Command::new("dialplan show"));
        assert_eq!(peer.feed(&output), ["reply"], "so many lines are within the limit");
    }
}

#[test]
fn the_ending_says_which_limit_and_what_had_come() {
    for (output, first) in outputs(10).into_iter().zip(["Output", "Privilege"]) {
        let mut peer = Peer::ready(small());
        let command = peer.send(&Command::new("dialplan show"));
        let bytes = output.replace("$0", &peer.ids[0]);
        assert_eq!(peer.client.handle_input(peer.now, bytes.as_bytes()), bytes.len());
        let Ok(Some(ClientEvent::Ended { id, ending })) = peer.client.poll_event() else { panic!("it has ended") };
        let Ending::Oversized { head, error } = ending else { panic!("{ending:?}") };
        assert!(id == command && ending.frame().is_none(), "half a frame is none");
        assert_eq!((error.limit, error.max), (Limit::Lines, 8));
        assert!(
            ending.to_string().starts_with("answer too large: frame with more than the limit of 8 lines"),
            "{ending}"
        );
        assert_eq!(head.as_bytes().split(|byte| *byte == b'\n').count(), 9);
        assert!(head.get(first).is_some());
    }
}

#[test]
fn an_item_that_is_too_long_fails_its_list() {
    let start = "Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\nEvent: Status\r\nActionID: $0\r\n\r\n";
    let long = format!("{}\r\n", "a: b\r\n".repeat(10));
    let end = "Event: Status\r\nActionID: $0\r\n\r\nEvent: StatusComplete\r\nActionID: $0\r\n\r\n";
    for (name, rest) in
        [("Status", &["unclaimed own Status", "unclaimed own StatusComplete"][..]), ("StatusComplete", &[])]
    {
        let giant = format!("Event: {name}\r\nActionID: $0\r\n{long}");
        let after = if name == "Status" { end } else { "" };
        for collect in [false, true] {
            let mut peer = Peer::ready(small());
            let list = peer.send(&Status::new());
            if collect {
                peer.client.collect(list, 10).unwrap();
            }
            let told = peer.feed(&format!("{start}{giant}{after}"));
            let oversized = format!("oversized {name}: Lines");
            let items = if collect { &[][..] } else { &["item Status"] };
            assert_eq!(told, [&["started"], items, &[oversized.as_str()], rest].concat());
            assert_eq!(peer.client.take_items(list).len(), usize::from(collect), "what had come stays");
            assert_eq!((peer.client.open(), peer.client.held()), (0, 0));
        }
    }
}

#[test]
fn an_event_that_is_too_long_is_told_and_skipped() {
    let long = format!("{}\r\n", "a: b\r\n".repeat(10));
    let mut peer = Peer::ready(small());
    peer.send(&Ping::new());
    let told = peer.feed(&format!(
        "Event: VarSet\r\nPrivilege: dialplan,all\r\n{long}Event: A\r\n\r\nResponse: Success\r\nActionID: 7\r\n{long}Response: Success\r\nActionID: $0\r\n\r\n"
    ));
    assert_eq!(told, ["oversized VarSet: Lines", "event A", "oversized Success: Lines", "reply"]);
    // Of what has the ActionID of a request and isn't its answer that request knows nothing.
    let mut peer = Peer::ready(small());
    peer.send(&Originate::new("Local/1@x").asynchronous(true));
    let told = peer.feed(&format!(
        "Response: Success\r\nActionID: $0\r\n\r\nEvent: UserEvent\r\nPrivilege: user,all\r\nActionID: $0\r\n{long}\
         Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: $0\r\n{long}"
    ));
    assert_eq!(told, ["started", "oversized UserEvent: Lines", "oversized OriginateResponse: Lines"]);
    assert_eq!(peer.client.open(), 0, "its outcome has come, though it can't be read");
}

/// A list must not end as a whole one that lacks an item.
#[test]
fn where_the_owner_is_not_known_the_connection_is_given_up() {
    let giant = format!("Event: Status\r\n{}ActionID: $0\r\n\r\n", "a: b\r\n".repeat(10));
    let mut peer = Peer::ready(small());
    peer.send(&Status::new());
    let told = peer.feed(&format!("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n{giant}"));
    assert_eq!(told[..2], ["started", "lost Started { items: 0 }"]);
    assert!(matches!(peer.error, Some(ConnectionError::Frame(error)) if error.limit == Limit::Lines));
    // Some items have a privilege, as if they were for all.
    let giant = giant.replace("Status\r\n", "Status\r\nPrivilege: Call\r\n");
    let mut peer = Peer::ready(small());
    peer.send(&Status::new());
    peer.feed(&format!("Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n{giant}"));
    assert!(matches!(peer.error, Some(ConnectionError::Frame(_))));
    // Where none is open it is none's.
    let mut peer = Peer::ready(small());
    assert_eq!(peer.feed(&giant.replace("$0", "7")), ["oversized Status: Lines"]);
    // A line without an end.
    let mut peer = Peer::ready(quiet().limits(Limits::new().line(40)));
    peer.send(&Ping::new());
    let told = peer.feed(&format!("Event: A\r\n\r\n{}", "x".repeat(60)));
    assert_eq!(told[..2], ["event A", "lost Sent"]);
    assert!(matches!(peer.error, Some(ConnectionError::Frame(_))));
}

#[test]
fn text_that_is_too_long_fails_its_request() {
    let mut peer = Peer::ready(small());
    peer.client.send(peer.now, &Queues::new()).unwrap();
    peer.sent();
    let told = peer.feed(&format!(
        "support\r\n\r\n{}\r\nsales\r\n\r\nResponse: Success\r\nActionID: $1\r\n\r\n",
        "x\r\n".repeat(10)
    ));
    assert_eq!(told, ["text 1", "oversized : Lines", "unclaimed own "]);
    assert_eq!(peer.client.open(), 0);
}

#[test]
fn before_the_login_a_limit_ends_the_connection() {
    let mut peer = Peer::new(small());
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    peer.feed(&format!("Response: Success\r\nActionID: $0\r\n{}\r\n", "a: b\r\n".repeat(10)));
    assert!(matches!(peer.error, Some(ConnectionError::Frame(_))));
}

/// The client's own requests are answered all the same.
#[test]
fn an_answer_to_the_clients_own_request_that_is_too_long_is_one() {
    const SECOND: Duration = Duration::from_secs(1);
    let long = format!("{}\r\n", "a: b\r\n".repeat(10));
    let limits = Limits::new().lines(8);
    let mut peer = Peer::ready(Config::new().limits(limits).keep_alive(60 * SECOND, 30 * SECOND));
    for ping in 0..2 {
        assert!(peer.pass(60 * SECOND).is_empty());
        assert_eq!(peer.sent(), ["Ping"]);
        let told = peer.feed(&format!("Response: Success\r\nActionID: ${ping}\r\n{long}"));
        assert_eq!(told, ["oversized Success: Lines"]);
    }
    // The ping behind a text, and a filter that is set again.
    let mut peer = Peer::ready(small().max_in_flight(1));
    peer.send(&Queues::new());
    let told = peer.feed(&format!("support\r\n\r\nResponse: Success\r\nActionID: $1\r\n{long}"));
    assert_eq!(told, ["text 1", "end of text 1"]);
    for (number, filter) in ["a", "b"].into_iter().enumerate() {
        peer.send(&Filter::new(filter));
        peer.feed(&format!("Response: Success\r\nActionID: ${}\r\n\r\n", number + 2));
    }
    peer.eof();
    peer.client.reconnect().unwrap();
    (peer.error, peer.ids) = (None, Vec::new());
    peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
    peer.sent();
    peer.feed("Asterisk Call Manager/1.1\r\nResponse: Success\r\nActionID: $0\r\n\r\n");
    assert_eq!(peer.sent(), ["Filter"]);
    let told = peer.feed(&format!("Response: Success\r\nActionID: $1\r\n{long}"));
    assert_eq!((told, peer.sent()), (vec!["oversized Success: Lines".into()], vec!["Filter".into()]));
}

/// The end that was asked for comes, and what the server says before it.
#[test]
fn what_is_too_long_is_skipped_on_the_way_to_the_end() {
    let long = format!("{}\r\n", "a: b\r\n".repeat(10));
    let mut peer = Peer::ready(small());
    peer.send(&Ping::new());
    peer.client.close(peer.now);
    peer.sent();
    let told = peer.feed(&format!(
        "Event: VarSet\r\nPrivilege: dialplan,all\r\n{long}Response: Success\r\nActionID: $0\r\n\r\n\
         Response: Goodbye\r\nActionID: $1\r\n\r\n"
    ));
    assert_eq!(told, ["oversized VarSet: Lines", "reply", "closed", "not taken"][..3]);
}

/// A request that goes on for ever is given up in its time, with the connection that it fills.
#[test]
fn a_frame_without_end_holds_nothing_up() {
    let mut peer = Peer::ready(small());
    peer.send(&Command::new("dialplan show"));
    let ping = peer.send(&Ping::new());
    let [output, _] = outputs(10);
    let told = peer.feed(output.strip_suffix("\r\n").unwrap());
    assert_eq!(told, ["oversized Success: Lines"]);
    for _ in 0..29 {
        peer.now += std::time::Duration::from_secs(1);
        assert!(peer.feed(&"Output: x\r\n".repeat(100)).is_empty());
    }
    assert_eq!(peer.pass(std::time::Duration::from_secs(1)), ["timed out Sent"]);
    assert!(!peer.client.cancel(ping) && peer.client.held() < 20);
    peer.eof();
    assert!(matches!(peer.error, Some(ConnectionError::Closed { truncated: 1.. })));
}
