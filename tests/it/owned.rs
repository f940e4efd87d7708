//! Invariant: what a machine tells can be kept and sent to another thread, where it is what was
//! told in every form: as values, masked for people, as JSON with secrets and without.

use ami_proto::action::{CoreStatus, Ping};
use ami_proto::client::{ClientEvent, Config, Ending, Handle, Id, OwnedClientEvent, OwnedEnding, Reached};
use ami_proto::event::{Event, FullyBooted, OwnedEvent};
use ami_proto::freeswitch::{self, ConnectionEvent, OwnedConnectionEvent};
use ami_proto::redact::WithSecrets;
use ami_proto::response::{OwnedResponse, Response};
use ami_proto::value::Banner;
use ami_proto::{Decoder, Framing, Limits, OwnedFrame};
use serde::Serialize;
use serde_json::to_string;
use std::collections::HashMap;
use std::fmt::Debug;

use crate::peer::Peer;

fn frame(text: &str) -> OwnedFrame {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    decoder.push(text.as_bytes());
    decoder.next_frame().expect("within the limits").expect("a whole frame").to_owned()
}

/// Fails at compile time where a twin can't go to another thread.
fn on_another_thread<T: Send + Sync + Clone + 'static, R: Send + 'static>(twin: T, look: fn(&T) -> R) -> R {
    std::thread::spawn(move || look(&twin.clone())).join().expect("it only looks")
}

/// Every form of something that is told.
fn forms<T: Debug + Serialize + Copy>(told: T) -> [String; 4]
where
    WithSecrets<T>: Serialize,
{
    let json = to_string(&told).expect("JSON");
    [format!("{told:?}"), format!("{told:#?}"), json, to_string(&WithSecrets(told)).expect("JSON")]
}

/// An identifier of a request.
fn id() -> Id {
    Peer::ready(Config::new()).send(&Ping::new()).id()
}

#[test]
fn what_a_client_tells() {
    let [event, response, booted] = [
        frame("Event: UserEvent\r\nSecret: s3cret\r\nOdd\r\n\r\n"),
        frame("Response: Error\r\nMessage: no\x1b\r\nSecret: s3cret\r\n\r\n"),
        frame("Event: FullyBooted\r\nUptime: 3\r\n\r\n"),
    ];
    let (id, text) = (id(), frame("one\r\ntwo\r\n\r\n"));
    let (event, response) = (Event::from(event.view()), Response::from(response.view()));
    let booted = FullyBooted::view(booted.view()).expect("that event");
    let endings = [
        Ending::Reply(response),
        Ending::List { items: 3, end: event, cancelled: true },
        Ending::Outcome(event),
        Ending::OutcomeUnseen(Some(response)),
        Ending::OutcomeUnseen(None),
        Ending::Text { paragraphs: 2 },
        Ending::Refused(response),
        Ending::Overflowed(event),
        Ending::TimedOut(Reached::Started { items: 2 }),
        Ending::Cancelled,
        Ending::Lost(Reached::NotSent),
    ];
    for ending in endings {
        let kept: OwnedEnding = ending.to_owned();
        assert_eq!((forms(kept.view()), kept.to_string()), (forms(ending), ending.to_string()));
        assert_eq!(format!("{kept:?}"), format!("{ending:?}"));
        assert_eq!(to_string(&kept).unwrap(), to_string(&ending).unwrap());
        assert_eq!(kept.view().never_reached_server(), ending.never_reached_server());
        assert_eq!(on_another_thread(kept, OwnedEnding::to_string), ending.to_string());
    }
    let others = [
        ClientEvent::Connected(Banner::new(b"Asterisk Call Manager/11.0.0\r")),
        ClientEvent::LoggedIn(response),
        ClientEvent::LoginRefused(response),
        ClientEvent::Ready(Some(booted)),
        ClientEvent::Ready(None),
        ClientEvent::Event(event),
        ClientEvent::Started { id, response },
        ClientEvent::Item { id, event },
        ClientEvent::Text { id, frame: text.view() },
        ClientEvent::Full { id },
        ClientEvent::LateOutcome { id, event },
        ClientEvent::NotRestored(response),
        ClientEvent::Unclaimed { id: None, frame: text.view() },
        ClientEvent::Unclaimed { id: Some(id), frame: response.frame() },
        ClientEvent::Closed,
    ];
    for told in endings.map(|ending| ClientEvent::Ended { id, ending }).into_iter().chain(others) {
        let kept: OwnedClientEvent = told.to_owned();
        assert_eq!((forms(kept.view()), kept.to_string()), (forms(told), told.to_string()));
        assert_eq!((kept.view().kind(), kept.view().id()), (told.kind(), told.id()));
        assert_eq!(format!("{kept:?}{}", to_string(&kept).unwrap()), format!("{told:?}{}", to_string(&told).unwrap()));
        assert!(!format!("{kept:?}{kept}{}", to_string(&kept).unwrap()).contains("s3cret"));
        assert_eq!(on_another_thread(kept, OwnedClientEvent::to_string), told.to_string());
    }
    let kept: OwnedEvent = event.to_owned();
    assert_eq!((forms(kept.view()), format!("{kept:?}")), (forms(event), format!("{event:?}")));
    assert_eq!(to_string(&kept).unwrap(), to_string(&event).unwrap());
    assert_eq!(OwnedEvent::from(event.frame().to_owned()), kept);
    assert_eq!(on_another_thread(kept, OwnedEvent::to_string), event.to_string());
    let kept: OwnedResponse = response.to_owned();
    assert_eq!((forms(kept.view()), format!("{kept:?}")), (forms(response), format!("{response:?}")));
    assert_eq!(to_string(&kept).unwrap(), to_string(&response).unwrap());
    assert_eq!(OwnedResponse::from(response.frame().to_owned()), kept);
    assert_eq!(on_another_thread(kept, |kept| kept.view().frame().to_string()), response.frame().to_string());
}

#[test]
fn what_freeswitch_tells() {
    let mut decoder = freeswitch::Decoder::new(freeswitch::LIMITS);
    let body = "Event-Name: BACKGROUND_JOB\nJob-UUID: 1\nvariable_password: s3cret\nContent-Length: 4\n\n+OK\n";
    let head = format!("Content-Type: text/event-plain\nContent-Length: {}\n\n", body.len());
    decoder.push(format!("{head}{body}Content-Type: command/reply\nReply-Text: -ERR pin=4711\n\n").as_bytes());
    let mut next = || decoder.next_frame().expect("within the limits").expect("a whole frame").to_owned();
    let [carrier, reply] = [next(), next()];
    let (event, reply, id) = (carrier.view().event().expect("an event"), reply.view(), id());
    let endings = [
        freeswitch::Ending::Reply(reply),
        freeswitch::Ending::Refused(carrier.view()),
        freeswitch::Ending::Job(event),
        freeswitch::Ending::TimedOut(Reached::Accepted),
        freeswitch::Ending::Cancelled,
        freeswitch::Ending::Lost(Reached::Sent),
    ];
    for ending in endings {
        let kept: freeswitch::OwnedEnding = ending.to_owned();
        assert_eq!((forms(kept.view()), kept.to_string()), (forms(ending), ending.to_string()));
        assert_eq!(
            format!("{kept:?}{}", to_string(&kept).unwrap()),
            format!("{ending:?}{}", to_string(&ending).unwrap())
        );
        assert_eq!(on_another_thread(kept, freeswitch::OwnedEnding::to_string), ending.to_string());
    }
    let others = [
        ConnectionEvent::LoggedIn(reply),
        ConnectionEvent::LoginRefused(reply),
        ConnectionEvent::Started { id, frame: reply },
        ConnectionEvent::Event(event),
        ConnectionEvent::Unread { frame: carrier.view(), error: freeswitch::EventError::Malformed },
        ConnectionEvent::Log(carrier.view()),
        ConnectionEvent::Lingering(reply),
        ConnectionEvent::Disconnecting(reply),
        ConnectionEvent::NotRestored(reply),
        ConnectionEvent::Unclaimed { id: Some(id), frame: carrier.view() },
        ConnectionEvent::Unclaimed { id: None, frame: reply },
        ConnectionEvent::Closed,
    ];
    for told in endings.map(|ending| ConnectionEvent::Ended { id, ending }).into_iter().chain(others) {
        let kept: OwnedConnectionEvent = told.to_owned();
        assert_eq!((forms(kept.view()), kept.to_string()), (forms(told), told.to_string()));
        assert_eq!(format!("{kept:?}{}", to_string(&kept).unwrap()), format!("{told:?}{}", to_string(&told).unwrap()));
        assert!(!format!("{kept:?}{kept}").contains("s3cret"));
        assert_eq!(on_another_thread(kept, OwnedConnectionEvent::to_string), told.to_string());
    }
    assert_eq!(event.to_owned().to_string(), event.to_string());
}

/// The handle knows its response again, also when that comes by way of a queue.
#[test]
fn a_handle_is_a_key_and_reads_what_was_kept() {
    let mut peer = Peer::ready(Config::new());
    let mut asked: HashMap<Handle<CoreStatus<'static>>, &str> = HashMap::new();
    for who in ["Ann", "Bob"] {
        asked.insert(peer.send(&CoreStatus::new()), who);
    }
    let (answers, kept) = std::sync::mpsc::channel::<OwnedClientEvent>();
    for (id, calls) in peer.ids.iter().zip([3, 4]) {
        let answer = format!("Response: Success\r\nActionID: {id}\r\nCoreCurrentCalls: {calls}\r\n\r\n");
        assert_eq!(peer.client.handle_input(peer.now, answer.as_bytes()), answer.len());
        answers.send(peer.client.poll_event().unwrap().expect("an answer").to_owned()).unwrap();
    }
    drop(peer);
    for (who, calls) in [("Ann", 3), ("Bob", 4)] {
        let told = kept.recv().unwrap();
        let ClientEvent::Ended { id, ending: Ending::Reply(response) } = told.view() else { panic!("{told:?}") };
        let (handle, _) = asked.iter().find(|(handle, _)| **handle == id).expect("it was asked");
        assert_eq!(asked[handle], who);
        assert_eq!(handle.view(response).core_current_calls(), Ok(calls));
    }
}
