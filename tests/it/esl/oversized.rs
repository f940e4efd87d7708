// A frame over a limit is skipped where its end is known, and what stands behind it is read.

use std::time::{Duration, Instant};

use super::{drain, feed, job, quiet, ready, reply, response, sent};
use ami_proto::ConnectionError;
use ami_proto::error::Limit;
use ami_proto::freeswitch::{Config, Connection, ConnectionEvent, ContentType, Decoder, Ending, LIMITS};

#[test]
fn a_body_that_is_too_long_is_skipped() {
    let limits = LIMITS.frame(100).line(60).lines(3);
    let long = response(&"x".repeat(1000));
    // Not longer than a frame may be, but with more lines than an event may have.
    let event = b"Content-Type: text/event-plain\nContent-Length: 22\n\nA: 1\nA: 2\nA: 3\nA: 4\n\n\n".to_vec();
    for (oversized, limit) in [(long, Limit::Frame), (event, Limit::Lines)] {
        let stream = [&reply("1")[..], &oversized, &reply("2")].concat();
        for size in [1, 7, 64, stream.len()] {
            let mut decoder = Decoder::new(limits);
            let mut told = Vec::new();
            for piece in stream.chunks(size) {
                decoder.push(piece);
                loop {
                    match decoder.next_frame() {
                        Ok(Some(frame)) => told.push(frame.answer().unwrap_or_default().into_owned()),
                        Ok(None) => break,
                        Err(error) => {
                            assert_eq!((error.limit, decoder.next_frame().err()), (limit, Some(error)), "it is sticky");
                            let head = decoder.skip_frame().unwrap();
                            assert!(head.body().is_empty() && head.get("Content-Length").is_some());
                            told.push(b"skipped".to_vec());
                        }
                    }
                }
                assert!(decoder.pending().len() <= 100, "{limit:?}: {} held", decoder.pending().len());
            }
            assert_eq!(told, [&b"1"[..], b"skipped", b"2"], "{limit:?} in pieces of {size}");
            assert!(decoder.finish().is_none() && decoder.skip_frame().is_none());
        }
    }
}

#[test]
fn where_the_end_is_not_known_nothing_is_skipped() {
    let giant = b"Content-Type: api/response\nContent-Length: 99999999999\n\n";
    for stream in [&giant[..], b"A: 1\nA: 1\nA: 1\nA: 1\n\n", &[b'x'; 200]] {
        let mut decoder = Decoder::new(LIMITS.frame(100).line(60).lines(3));
        decoder.push(stream);
        let error = decoder.next_frame().unwrap_err();
        assert!(decoder.skip_frame().is_none(), "{}", stream.escape_ascii());
        assert_eq!(decoder.next_frame().unwrap_err(), error);
    }
    let mut decoder = Decoder::new(LIMITS.buffer(80));
    decoder.push(&response(&"x".repeat(100)));
    assert_eq!(decoder.next_frame().unwrap_err().limit, Limit::Buffer);
    assert!(decoder.skip_frame().is_none());
}

fn small() -> Config {
    quiet().limits(LIMITS.frame(200))
}

#[test]
fn an_answer_that_is_too_long_fails_its_request_alone() {
    let now = Instant::now();
    let mut connection = ready(small(), now);
    let ids = [(); 3].map(|()| connection.api(now, "show dialplan").unwrap());
    sent(&mut connection);
    feed(&mut connection, now, &response("first"));
    assert_eq!(drain(&mut connection), (vec![format!("{:?} reply first", ids[0])], None));
    feed(&mut connection, now, &response(&"x".repeat(500)));
    match connection.poll_event() {
        Ok(Some(ConnectionEvent::Ended { id, ending: Ending::Oversized { head, error } })) => {
            assert_eq!((id, error.limit, error.max), (ids[1], Limit::Frame, 200));
            assert_eq!(head.content_type(), ContentType::ApiResponse);
        }
        other => panic!("{other:?}"),
    }
    feed(&mut connection, now, &response("third"));
    assert_eq!(drain(&mut connection), (vec![format!("{:?} reply third", ids[2])], None));
    assert_eq!(connection.open(), 0);
}

#[test]
fn an_event_that_is_too_long_is_told_and_skipped() {
    let now = Instant::now();
    let mut connection = ready(small(), now);
    let id = connection.bgapi(now, "show dialplan").unwrap();
    sent(&mut connection);
    feed(&mut connection, now, &[reply("+OK"), reply("+OK Job-UUID: j\nJob-UUID: j")].concat());
    assert_eq!(drain(&mut connection).0, [format!("{id:?} started")]);
    feed(&mut connection, now, &job("j", &"x".repeat(500)));
    match connection.poll_event() {
        Ok(Some(event @ ConnectionEvent::Oversized { head, .. })) => {
            assert_eq!((head.content_type(), event.kind()), (ContentType::EventPlain, "oversized"));
            assert!(event.to_string().starts_with("oversized: frame longer than the limit of 200 bytes"), "{event}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(connection.open(), 1, "which job it was stands in what was skipped");
}

#[test]
fn before_the_login_and_in_a_head_a_limit_ends_the_connection() {
    let now = Instant::now();
    let mut connection = Connection::new(small());
    feed(&mut connection, now, &response(&"x".repeat(500)));
    assert!(matches!(drain(&mut connection).1, Some(ConnectionError::Frame(_))));
    let mut connection = ready(small(), now);
    feed(&mut connection, now, &[b'x'; 300]);
    assert!(matches!(drain(&mut connection).1, Some(ConnectionError::Frame(_))));
}

#[test]
fn on_the_way_to_the_end_it_is_skipped_too() {
    let now = Instant::now();
    let mut connection = ready(small(), now);
    let id = connection.api(now, "status").unwrap();
    connection.close(now);
    sent(&mut connection);
    feed(&mut connection, now, &[job("j", &"x".repeat(500)), response("UP")].concat());
    assert!(matches!(connection.poll_event(), Ok(Some(ConnectionEvent::Oversized { .. }))));
    assert_eq!(drain(&mut connection), (vec![format!("{id:?} reply UP")], None));
}

#[test]
fn an_answer_to_a_sign_of_life_that_is_too_long_is_one() {
    let mut now = Instant::now();
    let mut connection = ready(small().keep_alive(Duration::from_secs(60), Duration::from_secs(30)), now);
    drain(&mut connection);
    for _ in 0..2 {
        now += Duration::from_secs(60);
        connection.handle_timeout(now);
        assert_eq!(sent(&mut connection), b"noop\n\n");
        feed(&mut connection, now, &response(&"x".repeat(500)));
        assert!(matches!(connection.poll_event(), Ok(Some(ConnectionEvent::Oversized { .. }))));
        assert_eq!(drain(&mut connection), (vec![], None));
    }
}

/// One without a time of its own doesn't hide that the link is dead.
#[test]
fn a_request_without_end_holds_no_sign_of_life_back() {
    let mut now = Instant::now();
    let mut connection = ready(Config::new(), now);
    drain(&mut connection);
    connection.send_within(now, &ami_proto::freeswitch::Message::api("status"), Duration::MAX).unwrap();
    sent(&mut connection);
    now += Duration::from_secs(60);
    assert_eq!(connection.poll_timeout(), Some(now));
    connection.handle_timeout(now);
    assert_eq!(sent(&mut connection), b"noop\n\n");
    now += Duration::from_secs(30);
    connection.handle_timeout(now);
    assert_eq!(drain(&mut connection).1, Some(ConnectionError::KeepAlive));
}

/// A link that is dead is noticed after a minute and a half, and one that is alive never.
#[test]
fn signs_of_life() {
    const SECOND: Duration = Duration::from_secs(1);
    let mut now = Instant::now();
    let mut connection = ready(Config::new(), now);
    assert_eq!(drain(&mut connection), (vec![], None));
    for answer in ["-ERR command not found", "+OK"] {
        assert_eq!(connection.poll_timeout(), Some(now + 60 * SECOND));
        now += 60 * SECOND;
        connection.handle_timeout(now);
        assert_eq!((sent(&mut connection), connection.in_flight()), (b"noop\n\n".to_vec(), 0));
        assert_eq!(connection.poll_timeout(), Some(now + 30 * SECOND));
        feed(&mut connection, now, &reply(answer));
        assert_eq!(drain(&mut connection), (vec![], None));
    }
    // While a request awaits its answer, that has its own time.
    let id = connection.api(now, "status").unwrap();
    sent(&mut connection);
    now += 30 * SECOND;
    connection.handle_timeout(now);
    assert_eq!((drain(&mut connection).0.len(), sent(&mut connection)), (1, vec![]));
    feed(&mut connection, now, &response("late"));
    assert_eq!(drain(&mut connection).0, [format!("Some({id:?}) unclaimed late")]);
    // Events are signs of life, too; asked again, it is silent.
    now += 60 * SECOND;
    connection.handle_timeout(now);
    assert_eq!(sent(&mut connection), b"noop\n\n");
    now += 30 * SECOND;
    connection.handle_timeout(now);
    assert_eq!(drain(&mut connection), (vec![], Some(ConnectionError::KeepAlive)));
    connection.reconnect().unwrap();
    assert_eq!(connection.poll_timeout(), None);
}
