//! Tests with and without the feature `xml`: an event in XML is read, or the feature is named, and
//! it is never taken for something else.

use alloc::format;
use std::time::Instant;

use super::{Config, Connection, ConnectionEvent, Credentials, Message, OwnedConnectionEvent};
use crate::error::{Refusal, SendError};
use crate::freeswitch::EventError;

const NEEDS_XML: EventError = EventError::Feature { name: "xml" };

fn ready() -> (Connection, Instant) {
    let now = Instant::now();
    let mut connection = Connection::new(Config::new());
    connection.login(now, Credentials::password("x")).unwrap();
    for frame in ["Content-Type: auth/request\n\n", "Content-Type: command/reply\nReply-Text: +OK accepted\n\n"] {
        assert_eq!(connection.handle_input(now, frame.as_bytes()), frame.len());
        while connection.poll_event().unwrap().is_some() {}
        connection.transmitted(connection.poll_transmit().map_or(0, <[u8]>::len));
    }
    assert!(connection.is_logged_in());
    (connection, now)
}

/// Tells what becomes of an event of this kind: its name, or why it is not read.
fn told(kind: &str, body: &str) -> Result<&'static str, EventError> {
    let (mut connection, now) = ready();
    let frame = format!("Content-Type: text/event-{kind}\nContent-Length: {}\n\n{body}", body.len());
    let _ = connection.handle_input(now, frame.as_bytes());
    match connection.poll_event().unwrap() {
        Some(ConnectionEvent::Event(event)) => {
            assert_eq!(event.name().unwrap(), "HEARTBEAT");
            Ok("HEARTBEAT")
        }
        Some(told @ ConnectionEvent::Unread { frame, error }) => {
            assert_eq!((told.kind(), told.id(), frame.event_error()), ("unread", None, Some(error)));
            assert!(format!("{told}").ends_with(&format!("{error}")), "{told}");
            let kept: OwnedConnectionEvent = told.to_owned();
            assert_eq!(format!("{kept}"), format!("{told}"));
            Err(error)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_event_in_xml_is_read_or_needs_the_feature() {
    let xml = "<event><headers><Event-Name>HEARTBEAT</Event-Name></headers></event>";
    let feature = cfg!(feature = "xml");
    assert_eq!(told("xml", xml), if feature { Ok("HEARTBEAT") } else { Err(NEEDS_XML) });
    assert_eq!(told("xml", "<event>"), Err(if feature { EventError::Malformed } else { NEEDS_XML }));
    assert_eq!(told("json", "{\"Event-Name\":\"HEARTBEAT\"}"), Ok("HEARTBEAT"));
    assert_eq!(told("json", "{\"Event-Name\":"), Err(EventError::Malformed));
    assert_eq!(told("plain", "Event-Name: HEARTBEAT\n\n"), Ok("HEARTBEAT"));
    assert!(format!("{NEEDS_XML}").contains("feature `xml`"));
}

#[test]
fn events_in_xml_are_asked_for_with_the_feature_alone() {
    for line in ["event xml ALL", "EVENTS XML ALL", "event Xml CUSTOM conference::maintenance"] {
        let (mut connection, now) = ready();
        let sent = connection.send(now, &Message::new(line));
        if cfg!(feature = "xml") {
            assert!(sent.is_ok(), "{line}");
            continue;
        }
        let Err(SendError::Encode(refused)) = sent else { panic!("{line}: {sent:?}") };
        assert_eq!(refused.refusal(), Refusal::Feature { name: "xml" }, "{line}");
        assert_eq!(connection.open(), 0, "{line}");
    }
    // The name of a format elsewhere in a line asks for none.
    let (mut connection, now) = ready();
    assert!(connection.send(now, &Message::new("event plain xml")).is_ok());
}
