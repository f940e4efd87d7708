// What a connection holds: all of it counted, bounded by its settings, and given back.

use std::time::Instant;

use super::{drain, feed, ready, reply, sent};
use crate::heap::held_by;
use ami_proto::freeswitch::{Config, Message};

/// Seven megabytes went to the server at once; then it only sends events.
#[test]
fn what_giant_requests_needed_is_given_back() {
    let now = Instant::now();
    let mut connection = ready(Config::new(), now);
    let ((), grown) = held_by(|| {
        let giant = Message::new("sendevent CUSTOM").body(vec![b'x'; 7 << 20]);
        connection.send(now, &giant).unwrap();
        drop(giant);
        while let Some(bytes) = connection.poll_transmit() {
            let n = bytes.len().min(1 << 16);
            connection.transmitted(n);
        }
        feed(&mut connection, now, &reply("+OK"));
        assert_eq!((drain(&mut connection).0.len(), connection.held()), (1, 0));
        for _ in 0..400 {
            feed(&mut connection, now, b"Content-Length: 17\nContent-Type: text/event-plain\n\nEvent-Name: API\n\n");
            assert_eq!(drain(&mut connection).0, ["event API"]);
        }
    });
    assert!(grown <= (1 << 16) + (1 << 13), "{grown} bytes are kept");
}

/// A request that is refused for its size has been written to be measured.
#[test]
fn what_refused_requests_needed_is_given_back() {
    let now = Instant::now();
    let mut connection = ready(Config::new(), now);
    let ((), grown) = held_by(|| {
        let giant = Message::new("sendevent CUSTOM").body(vec![b'x'; 9 << 20]);
        assert!(connection.send(now, &giant).is_err());
        drop(giant);
        for _ in 0..40 {
            connection.send(now, &Message::api("status")).unwrap();
            sent(&mut connection);
            feed(&mut connection, now, &reply("+OK"));
            assert_eq!(drain(&mut connection).0.len(), 1);
        }
    });
    assert!(grown <= (1 << 16) + (1 << 13), "{grown} bytes are kept");
}

/// A lost connection keeps nothing of what will never be sent.
#[test]
fn what_is_never_sent_is_given_back() {
    let now = Instant::now();
    let mut connection = ready(Config::new(), now);
    let ((), grown) = held_by(|| {
        connection.send(now, &Message::new("sendevent CUSTOM").body(vec![b'x'; 7 << 20])).unwrap();
        connection.handle_eof(now);
        assert_eq!(drain(&mut connection).0.len(), 1);
        connection.reconnect().unwrap();
    });
    assert!(grown <= 1 << 13, "{grown} bytes are kept");
}
