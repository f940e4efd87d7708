//! Invariant: an action that was encoded ahead is the action: sent by every verb, answered alike,
//! and refused before it is queued. That the bytes are the same is held for every builder by
//! `tests/src/actions.rs`.

use ami_proto::EncodeError;
use ami_proto::action::{Action, CoreStatus, Custom, EncodedAction, Login, Originate, Ping, Queues, Status};
use ami_proto::catalogue::ActionType;
use ami_proto::client::{Client, Config, Handle};
use ami_proto::error::Refusal;
use ami_proto::response::Response;
use std::sync::mpsc::channel;

use crate::peer::Peer;

#[test]
fn one_queue_takes_all_kinds_from_other_threads() {
    let (queue, requests) = channel::<EncodedAction>();
    std::thread::spawn(move || -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let channel = String::from("Local/1");
        queue.send(EncodedAction::of(&Originate::new(&channel).exten("1").asynchronous(true))?.untyped())?;
        queue.send(EncodedAction::of(&Status::new())?.untyped())?;
        queue.send(EncodedAction::of(&Queues::new())?.untyped())?;
        let list = Custom::new("Things").list(String::from("ThingsComplete"));
        queue.send(EncodedAction::of(&list)?.untyped().clone())?;
        queue.send(EncodedAction::of(&Ping::new())?.untyped())?;
        Ok(())
    })
    .join()
    .unwrap()
    .unwrap();
    let mut peer = Peer::ready(Config::new());
    for (request, answer, told) in [
        (
            "Originate",
            "Response: Success\r\nActionID: $0\r\n\r\nEvent: OriginateResponse\r\nActionID: $0\r\n\r\n",
            &["started", "outcome OriginateResponse"][..],
        ),
        (
            "Status",
            "Response: Success\r\nEventList: start\r\nActionID: $0\r\n\r\n\
             Event: StatusComplete\r\nEventList: Complete\r\nActionID: $0\r\n\r\n",
            &["started", "list 0"],
        ),
        ("Queues", "a line\r\n\r\nResponse: Success\r\nActionID: $1\r\n\r\n", &["text 1", "end of text 1"]),
        (
            "Things",
            "Response: Success\r\nActionID: $0\r\n\r\nEvent: Thing\r\nActionID: $0\r\n\r\n\
             Event: ThingsComplete\r\nActionID: $0\r\n\r\n",
            &["started", "item Thing", "list 1"],
        ),
        ("Ping", "Response: Success\r\nPing: Pong\r\nActionID: $0\r\n\r\n", &["reply"]),
    ] {
        let encoded = requests.recv().unwrap();
        assert_eq!(encoded.name(), request);
        peer.ids.clear();
        peer.client.send(peer.now, &encoded).unwrap();
        assert_eq!(peer.sent()[0], request);
        assert_eq!(peer.feed(answer), told, "{encoded:?}");
    }
    assert!(requests.recv().is_err());
}

/// The type of what was encoded is that of the handle; untyped it is a plain response.
#[test]
fn a_handle_reads_the_response() {
    let mut peer = Peer::ready(Config::new());
    let encoded = EncodedAction::of(&CoreStatus::new()).unwrap();
    let typed: Handle<CoreStatus<'static>> = peer.client.send(peer.now, &encoded).unwrap();
    let again: Handle<CoreStatus<'static>> = peer.client.send(peer.now, &EncodedAction::of(&encoded).unwrap()).unwrap();
    let untyped: Handle<Custom<'static>> = peer.client.send(peer.now, &encoded.untyped()).unwrap();
    assert_ne!(typed, again);
    let mut decoder = ami_proto::Decoder::new(ami_proto::Limits::new());
    decoder.push(b"Response: Success\r\nCoreCurrentCalls: 3\r\n\r\n");
    let response = Response::from(decoder.next_frame().unwrap().unwrap());
    assert_eq!(typed.view(response).core_current_calls(), Ok(3));
    assert_eq!(untyped.view(response).frame().as_bytes(), response.frame().as_bytes());
}

#[test]
fn under_an_action_id_of_ones_own() {
    let mut peer = Peer::ready(Config::new());
    let encoded = EncodedAction::of(&Ping::new()).unwrap();
    peer.client.send_as(peer.now, "mine-1", &encoded).unwrap();
    peer.sent();
    assert_eq!(peer.sent, "Action: Ping\r\nActionID: mine-1\r\n\r\n");
    let mut out = Vec::new();
    encoded.encode(None, &mut out).unwrap();
    assert_eq!((&out[..], encoded.as_bytes()), (&b"Action: Ping\r\n\r\n"[..], &out[..]));
    for (id, refusal) in [
        ("", Refusal::EmptyValue),
        (" x", Refusal::LeadingBlank { byte: b' ' }),
        ("a\r\nAction: Originate", Refusal::InValue { byte: b'\r', at: 1 }),
    ] {
        let refused = encoded.encode(Some(id), &mut out).unwrap_err();
        assert_eq!((refused.field(), refused.refusal()), ("ActionID", refusal));
        assert_eq!(out.len(), encoded.as_bytes().len(), "nothing was written");
    }
}

/// A request that can't be sent is refused before it is queued; and `Debug` shows no secret.
#[test]
fn an_action_that_cannot_be_sent_is_refused_ahead() {
    let refused = EncodedAction::of(&Originate::new("a\r\nAction: Originate")).unwrap_err();
    assert_eq!((refused.field(), refused.refusal()), ("Channel", Refusal::InValue { byte: b'\r', at: 1 }));
    // There would be no room for the `ActionID`.
    let full = (0..127).fold(Custom::new("Full"), |action, number| action.header(format!("H{number}"), "x"));
    assert_eq!(full.encode(None, &mut Vec::new()), Ok(()));
    let refused = EncodedAction::of(&full).unwrap_err();
    assert_eq!(refused.refusal(), Refusal::TooManyHeaders { max: 128 });
    let login = EncodedAction::of(&Login::new("u").secret("s3cret")).unwrap();
    assert_eq!(format!("{login:?}"), r#"EncodedAction(action Login Username="u" Secret="***")"#);
}

/// An action of another crate's, which writes these bytes.
struct Theirs(&'static str);

impl Action for Theirs {
    type Response<'buf> = Response<'buf>;
    type Static = Self;
    fn action_type(&self) -> Option<ActionType> {
        None
    }
    fn encode(&self, _: Option<&str>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(())
    }
}

#[test]
fn an_action_of_somebody_elses() {
    let encoded = EncodedAction::of(&Theirs("X: 1\r\nAction: Y\r\n\r\n")).unwrap_err();
    assert_eq!(encoded.field(), "Action");
    let encoded = EncodedAction::of(&Theirs("Action: Y\nX: 1\n\n")).unwrap();
    let mut out = Vec::new();
    encoded.encode(Some("7"), &mut out).unwrap();
    assert_eq!(out, b"Action: Y\r\nActionID: 7\r\nX: 1\r\n\r\n");
    let mut client = Client::new(Config::new());
    client.send(std::time::Instant::now(), &encoded).unwrap_err();
    for bytes in [
        "",
        "\r\n",
        "Action: A",
        "Action: A\r\n",
        "Action: A\r\n\r\nAction: B\r\n\r\n",
        "\r\nAction: A\r\n\r\n",
        "Action: A\r\nB\r\n\r\n",
        "Event: A\r\n\r\n",
    ] {
        let refused = EncodedAction::of(&Theirs(bytes)).unwrap_err();
        assert_eq!((refused.field(), refused.refusal()), ("Action", Refusal::EmptyValue), "{bytes:?}");
    }
}

/// As large as a server takes one.
#[test]
fn the_largest_action() {
    let value = "x".repeat(1000);
    let large = (0..126).fold(Custom::new("Full"), |action, number| action.header(format!("H{number}"), &value));
    let mut out = Vec::new();
    large.encode(Some("7"), &mut out).unwrap();
    let mut ahead = Vec::new();
    EncodedAction::of(&large).unwrap().encode(Some("7"), &mut ahead).unwrap();
    assert_eq!(ahead, out);
}

/// Odd values are written as they were.
#[test]
fn odd_values_are_written_as_they_were() {
    for value in ["", "x ", "x\t", "a: b", "é\u{7f}", "\"q\\", "x\u{b}"] {
        let action = Custom::new("A").header("B", value).header("B", value).header("c d", value);
        let (mut out, mut ahead) = (Vec::new(), Vec::new());
        let direct = action.encode(Some("7"), &mut out);
        let encoded = EncodedAction::of(&action).and_then(|encoded| encoded.encode(Some("7"), &mut ahead));
        assert_eq!((encoded, ahead.escape_ascii().to_string()), (direct, out.escape_ascii().to_string()), "{value:?}");
    }
}
