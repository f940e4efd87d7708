// What a connection holds: all of it counted, bounded by its settings, and given back.

use std::time::{Duration, Instant};

use super::{drain, feed, job, login, quiet, ready, reply, response, sent};
use ami_proto::error::{ConnectionError, LoginStage, Refusal, SendError};
use ami_proto::freeswitch::{Connection, Credentials, EventFormat, LIMITS, Message};
use ami_testkit::heap::held_by;

/// Seven megabytes went to the server at once; then it only sends events.
#[test]
fn what_giant_requests_needed_is_given_back() {
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
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
    let mut connection = ready(quiet(), now);
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
    let mut connection = ready(quiet(), now);
    let ((), grown) = held_by(|| {
        connection.send(now, &Message::new("sendevent CUSTOM").body(vec![b'x'; 7 << 20])).unwrap();
        connection.handle_eof(now);
        assert_eq!(drain(&mut connection).0.len(), 1);
        connection.reconnect().unwrap();
    });
    assert!(grown <= 1 << 13, "{grown} bytes are kept");
}

/// A name that a server gives a job is kept if it is no longer than 255 bytes; else the job has its
/// own alone.
#[test]
fn a_job_keeps_no_long_name() {
    let now = Instant::now();
    for len in [255, 256] {
        let mut connection = ready(quiet(), now);
        let job_of = |connection: &mut Connection, own: &str| {
            let id = connection.send(now, &Message::bgapi("status").header("Job-UUID", own)).unwrap();
            sent(connection);
            id
        };
        let asked = ["a", "b", "c"].map(|own| job_of(&mut connection, own));
        feed(&mut connection, now, &reply("+OK event listener enabled plain"));
        let name = |own: &str| own.repeat(len);
        for own in ["a", "b", "c"] {
            feed(&mut connection, now, &reply(&format!("+OK\nJob-UUID: {}", name(own))));
        }
        assert_eq!(drain(&mut connection).0, asked.map(|id| format!("{id:?} started")));
        feed(&mut connection, now, &[job(&name("a"), "long"), job("b", "short")].concat());
        let stranger = "event BACKGROUND_JOB".to_owned();
        let expected = match len {
            255 => [format!("{:?} job long", asked[0]), stranger],
            _ => [stranger, format!("{:?} job short", asked[1])],
        };
        assert_eq!(drain(&mut connection).0, expected);
        // Where neither comes, its time ends it.
        let left = if len == 255 { asked[1] } else { asked[0] };
        connection.handle_timeout(connection.poll_timeout().unwrap());
        let expected = [left, asked[2]].map(|id| format!("{id:?} TimedOut(Accepted)"));
        assert_eq!((drain(&mut connection).0, connection.open()), (expected.to_vec(), 0));
    }
    // One's own is refused.
    let mut connection = ready(quiet(), now);
    let bgapi = |len: usize| Message::bgapi("status").header("job-uuid", "x".repeat(len));
    let Err(SendError::Encode(error)) = connection.send(now, &bgapi(256)) else { panic!("refused") };
    assert_eq!((error.field(), error.refusal()), ("Job-UUID", Refusal::ValueTooLong { len: 256, max: 255 }));
    assert_eq!((connection.poll_transmit(), connection.open()), (None, 0));
    connection.send(now, &bgapi(255)).unwrap();
}

/// Names of a megabyte each, for as many jobs as may be in flight.
#[test]
fn long_names_of_jobs_take_no_memory() {
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
    let name = "x".repeat(1_000_000);
    let ((), grown) = held_by(|| {
        for number in 0..254 {
            connection.bgapi(now, "status").unwrap();
            sent(&mut connection);
            if number == 0 {
                feed(&mut connection, now, &reply("+OK"));
            }
            feed(&mut connection, now, &reply(&format!("+OK\nJob-UUID: {name}")));
            assert_eq!(drain(&mut connection).0.len(), 1);
        }
    });
    assert_eq!((connection.open(), connection.held()), (254, "event plain BACKGROUND_JOB\n\n".len()));
    // The buffer it was received in has room for two of them.
    assert!(grown < (1 << 21) + 254 * 1024, "{grown} bytes for 254 jobs");
}

/// However low the ceiling, what is held stays below what the settings say.
#[test]
fn held_stays_below_most_held() {
    let now = Instant::now();
    let events = ["CUSTOM a::b ".repeat(3), "CUSTOM a::b ".repeat(300)];
    for types in &events {
        let config = quiet().ceiling(0).limits(LIMITS.frame(64).buffer(64)).events(EventFormat::Json, types);
        let ceiling = config.most_held() - 64;
        let command = format!("event json {types}\n\n").len();
        assert_eq!(ceiling, 256 + 3 * command);
        let mut connection = Connection::new(config).seeded(1);
        assert_eq!(connection.held(), command);
        // Two thirds are for a login, besides what is to be set again, a goodbye, and a question for a sign of life.
        let total = ceiling - "exit\n\nnoop\n\n".len();
        let room = total - total / 3;
        let password = |len: usize| Credentials::password("x".repeat(len - "auth \n\n".len()));
        let refused = connection.login(now, password(room + 1));
        assert_eq!(refused, Err(SendError::Ceiling { max: ceiling }));
        assert_eq!(connection.held(), command, "nothing is kept of it");
        connection.login(now, password(room)).unwrap();
        assert_eq!(connection.held(), command + room - "auth \n\n".len(), "it waits for the greeting");
        feed(&mut connection, now, b"Content-Type: auth/request\n\n");
        assert_eq!(drain(&mut connection), (vec![], None));
        assert_eq!(connection.held(), command + room);
        // A goodbye has room all the same.
        connection.close(now);
        assert_eq!(connection.held(), command + room + "exit\n\n".len());
        connection.handle_timeout(connection.poll_timeout().unwrap());
        assert_eq!(drain(&mut connection).0, ["Closed"]);
        assert_eq!(connection.held(), command);
        // What fitted once fits again; all that is set again waits for transmission.
        connection.reconnect().unwrap();
        login(&mut connection, now);
        assert_eq!(connection.held(), 3 * command);
    }
    // A server that has called is asked for the call.
    let mut connection = Connection::new(quiet().ceiling(0));
    connection.connect(now).unwrap();
    assert_eq!(connection.held(), "connect\n\n".len());
}

/// As many filters as there is room for are set again on the next connection, and its login fits.
#[test]
fn a_ceiling_full_of_filters() {
    let now = Instant::now();
    let ceiling = 1000;
    let config = quiet().ceiling(ceiling).limits(LIMITS.buffer(1 << 16));
    let mut connection = ready(config, now);
    let mut set = 0;
    while connection.filter(now, "Some-Header", format!("{set:02}")).is_ok() {
        sent(&mut connection);
        feed(&mut connection, now, &reply("+OK"));
        set += 1;
        assert_eq!(drain(&mut connection).0.len(), 1);
    }
    let len = "filter Some-Header 00\n\n".len();
    assert_eq!((set, connection.held()), ((ceiling - 12 - len) / 3 / len, set * len));
    connection.handle_eof(now);
    assert_eq!(drain(&mut connection).1, Some(ConnectionError::Closed { truncated: 0 }));
    assert_eq!(connection.reconnect().unwrap().restored, set);
    login(&mut connection, now);
    assert_eq!(connection.held(), 3 * set * len);
    connection.close(now);
    assert_eq!(connection.held(), 3 * set * len + 6);
    assert!(connection.held() <= ceiling);
}

/// Closed and reconnected without a poll, over and over: that is told once, and takes no memory.
#[test]
fn endings_that_nobody_polls() {
    let mut now = Instant::now();
    let mut connection = Connection::new(quiet());
    let mut round = |connection: &mut Connection| {
        connection.close(now);
        now = connection.poll_timeout().unwrap();
        connection.handle_timeout(now);
        assert!(connection.is_over());
        connection.reconnect().unwrap();
    };
    round(&mut connection);
    let ((), grown) = held_by(|| (0..10_000).for_each(|_| round(&mut connection)));
    assert_eq!(grown, 0);
    assert_eq!(drain(&mut connection), (vec!["Closed".to_owned()], None));
    // After a poll, and after another end, it is told anew.
    round(&mut connection);
    assert_eq!(drain(&mut connection), (vec!["Closed".to_owned()], None));
    connection.login(now, Credentials::password("x")).unwrap();
    connection.handle_timeout(connection.poll_timeout().unwrap());
    assert_eq!(drain(&mut connection), (vec![], Some(ConnectionError::LoginTimedOut(LoginStage::Greeting))));
}

/// A hundred thousand requests later a connection takes up what it took up after ten thousand.
#[test]
fn a_hundred_thousand_endings() {
    let mut now = Instant::now();
    let mut connection = ready(quiet(), now);
    let mut run = |rounds: usize| {
        for _ in 0..rounds {
            connection.api(now, "status").unwrap();
            connection.api(now, "nothing").unwrap();
            let asked = connection.bgapi(now, "status").unwrap();
            let slow = connection.bgapi(now, "msleep").unwrap();
            let cancelled = connection.api(now, "version").unwrap();
            assert!(connection.cancel(cancelled));
            let text = String::from_utf8(sent(&mut connection)).unwrap();
            let uuid = text.split("Job-UUID: ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
            let accepted = |uuid: &str| reply(&format!("+OK Job-UUID: {uuid}\nJob-UUID: {uuid}"));
            if text.contains("BACKGROUND_JOB") {
                feed(&mut connection, now, &reply("+OK event listener enabled plain"));
            }
            for bytes in [response("UP\n"), response("-ERR no\n"), accepted(uuid), accepted("slow"), response("1.11")] {
                feed(&mut connection, now, &bytes);
            }
            feed(&mut connection, now, &job(uuid, "UP\n"));
            let told = drain(&mut connection).0;
            assert_eq!(told.iter().filter(|words| words.contains(" job UP")).count(), 1, "{told:?}");
            now += Duration::from_secs(3600);
            connection.handle_timeout(now);
            assert_eq!(drain(&mut connection).0, [format!("{slow:?} TimedOut(Accepted)")], "{asked:?}");
            assert_eq!((connection.open(), connection.in_flight()), (0, 0));
            // The subscription to the output of jobs.
            assert!(connection.held() < 64);
        }
    };
    let ((), some) = held_by(|| run(2_000));
    let ((), more) = held_by(|| run(18_000));
    assert!(some < 4096, "{some} bytes are kept after ten thousand requests");
    assert_eq!(more, 0, "bytes are kept of ninety thousand more");
}
