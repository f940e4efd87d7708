// Logins, answers, jobs and endings of a connection.

use std::time::{Duration, Instant};

use ami_testkit::esl_session::session;

use super::{drain, feed, job, quiet, ready, reply, response, sent, words};
use ami_proto::ConnectionError;
use ami_proto::error::{ApiMisuse, LoginRefusal, LoginStage, Refusal, SendError};
use ami_proto::freeswitch::{Connection, Credentials, Decoder, EventFormat, Id, LIMITS, Message};

#[test]
fn logins_that_fail() {
    let rejection = b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n";
    let request = b"Content-Type: auth/request\n\n";
    let cases = [
        (rejection.to_vec(), LoginRefusal::Address),
        ([&request[..], &reply("-ERR invalid")].concat(), LoginRefusal::Credentials),
        ([&request[..], &reply("-ERR command not found")].concat(), LoginRefusal::Other),
    ];
    for (stream, why) in cases {
        let now = Instant::now();
        let mut connection = Connection::new(quiet());
        connection.login(now, Credentials::user("1000", "lab.invalid", "s3cret")).unwrap();
        assert_eq!(connection.login(now, Credentials::password("x")), Err(ApiMisuse::NotNew.into()));
        assert!(matches!(connection.api(now, "status"), Err(SendError::NotLoggedIn)));
        let mut all = Vec::new();
        for byte in &stream {
            feed(&mut connection, now, &[*byte]);
            let (events, error) = drain(&mut connection);
            all.extend(events);
            if error.is_none() {
                let sent = sent(&mut connection);
                assert!(sent.is_empty() || sent == b"userauth 1000@lab.invalid:s3cret\n\n");
            }
            assert!(!format!("{connection:?}").contains("s3cret"));
        }
        assert_eq!(all, ["LoginRefused"]);
        assert_eq!(connection.poll_event().err(), Some(ConnectionError::LoginRefused(why)));
        assert!(connection.reconnect().is_ok());
    }
    for (greeted, stage) in [(false, LoginStage::Greeting), (true, LoginStage::Login)] {
        let mut now = Instant::now();
        let mut connection = Connection::new(quiet());
        connection.login(now, Credentials::password("x")).unwrap();
        if greeted {
            feed(&mut connection, now, request);
            assert_eq!(drain(&mut connection), (vec![], None));
            sent(&mut connection);
        }
        let deadline = connection.poll_timeout().unwrap();
        now = deadline - Duration::from_nanos(1);
        connection.handle_timeout(now);
        assert_eq!(drain(&mut connection), (vec![], None));
        connection.handle_timeout(deadline);
        assert_eq!(drain(&mut connection), (vec![], Some(ConnectionError::LoginTimedOut(stage))));
    }
}

#[test]
fn answers_keep_their_order_whatever_was_given_up() {
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
    assert_eq!(connection.reconnect().err(), Some(ApiMisuse::NotOver));
    let slow = connection.send_within(now, &Message::api("msleep 5000"), Duration::from_secs(1)).unwrap();
    let cancelled = connection.api(now, "version").unwrap();
    let last = connection.api(now, "conference board list").unwrap();
    assert!(connection.cancel(cancelled) && !connection.cancel(cancelled));
    sent(&mut connection);
    connection.handle_timeout(now + Duration::from_secs(1));
    assert_eq!(drain(&mut connection).0, [format!("{cancelled:?} Cancelled"), format!("{slow:?} TimedOut(Sent)")]);
    for text in ["+OK", "1.11", "-ERR no reply\n"] {
        feed(&mut connection, now, &response(text));
    }
    let expected = [
        format!("Some({slow:?}) unclaimed +OK"),
        format!("Some({cancelled:?}) unclaimed 1.11"),
        format!("{last:?} reply -ERR no reply\n"),
    ];
    assert_eq!(drain(&mut connection).0, expected);
    assert_eq!(connection.open(), 0);
    // An answer to nothing.
    feed(&mut connection, now, &response("?"));
    assert_eq!(drain(&mut connection).0, ["None unclaimed ?"]);
}

#[test]
fn jobs_end_by_their_own_events() {
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
    let first = connection.bgapi(now, "status").unwrap();
    let second = connection.send(now, &Message::bgapi("version").header("Job-UUID", "mine")).unwrap();
    let third = connection.bgapi(now, "conference").unwrap();
    let text = String::from_utf8(sent(&mut connection)).unwrap();
    assert!(text.starts_with("event plain BACKGROUND_JOB\n\nbgapi status\nJob-UUID: "), "{text}");
    assert_eq!(text.matches("event plain").count(), 1);
    let ours = text.lines().find_map(|line| line.strip_prefix("Job-UUID: ")).unwrap().to_owned();
    feed(&mut connection, now, &reply("+OK event listener enabled plain"));
    // The output may come before the answer; another's is an event.
    feed(&mut connection, now, &job(&ours, "UP\n"));
    feed(&mut connection, now, &job("another", "x"));
    feed(&mut connection, now, &reply(&format!("+OK Job-UUID: {ours}\nJob-UUID: {ours}")));
    feed(&mut connection, now, &reply("+OK Job-UUID: mine\nJob-UUID: mine"));
    feed(&mut connection, now, &reply("-ERR permission denied"));
    feed(&mut connection, now, &job("mine", ""));
    let expected = [
        format!("{first:?} job UP\\n"),
        "event BACKGROUND_JOB".to_owned(),
        format!("Some({first:?}) unclaimed +OK Job-UUID: {ours}"),
        format!("{second:?} started"),
        format!("{third:?} refused -ERR permission denied"),
        format!("{second:?} job "),
    ];
    assert_eq!(drain(&mut connection).0, expected);
    // A job that never ends.
    let lost = connection.bgapi(now, "msleep").unwrap();
    assert!(sent(&mut connection).starts_with(b"bgapi "), "subscribed already");
    feed(&mut connection, now, &reply("+OK Job-UUID: u\nJob-UUID: u"));
    assert_eq!(drain(&mut connection).0, [format!("{lost:?} started")]);
    connection.handle_timeout(connection.poll_timeout().unwrap());
    assert_eq!(drain(&mut connection).0, [format!("{lost:?} TimedOut(Accepted)")]);
}

#[test]
fn each_bound_is_met_to_the_number() {
    let now = Instant::now();
    for most in [0, 1, 2, 10, 256] {
        let mut connection = ready(quiet().max_in_flight(most), now);
        for _ in 0..most {
            connection.api(now, "status").unwrap();
        }
        assert_eq!(connection.api(now, "status").unwrap_err(), SendError::InFlight { max: most });
        let mut connection = ready(quiet().max_open(most), now);
        for job in 0..most {
            connection.bgapi(now, "status").unwrap();
            sent(&mut connection);
            if job == 0 {
                feed(&mut connection, now, &reply("+OK event listener enabled plain"));
            }
            feed(&mut connection, now, &reply(&format!("+OK Job-UUID: {job}\nJob-UUID: {job}")));
            assert_eq!(drain(&mut connection).0.len(), 1);
        }
        assert_eq!(connection.bgapi(now, "status").unwrap_err(), SendError::Open { max: most });
        assert_eq!((connection.in_flight(), connection.open()), (0, most));
    }
}

/// Many at once, however they end: each ends in its own way, once, and nothing is left.
#[test]
fn many_in_flight() {
    const MANY: usize = 1600;
    let shuffled = |at: usize| at * 7919 % MANY;
    let now = Instant::now();
    let config = quiet().max_in_flight(2 * MANY).silence_timeout(Duration::from_secs(3600));
    let mut connection = ready(config, now);
    let ids: Vec<Id> = (0..MANY)
        .map(|at| {
            let message = Message::bgapi("status").header("Job-UUID", format!("job-{at}"));
            let within = Duration::from_secs(1 + shuffled(at) as u64);
            connection.send_within(now, &message, within).unwrap()
        })
        .collect();
    assert_eq!(connection.poll_timeout(), Some(now + Duration::from_secs(1)));
    assert_eq!(connection.open(), MANY);
    sent(&mut connection);
    feed(&mut connection, now, &reply("+OK event listener enabled plain"));
    // A quarter is cancelled, a quarter times out, the others are accepted.
    let (cancelled, rest) = ids.split_at(MANY / 4);
    assert!(cancelled.iter().rev().all(|id| connection.cancel(*id)));
    let expected: Vec<String> = cancelled.iter().rev().map(|id| format!("{id:?} Cancelled")).collect();
    assert_eq!(drain(&mut connection), (expected, None));
    let later = now + Duration::from_secs(MANY as u64 / 4);
    connection.handle_timeout(later);
    let mut late: Vec<(usize, Id)> =
        (MANY / 4..).zip(rest.iter().copied()).map(|(at, id)| (shuffled(at), id)).collect();
    late.sort();
    late.retain(|(within, _)| *within < MANY / 4);
    let expected: Vec<String> = late.iter().map(|(_, id)| format!("{id:?} TimedOut(Sent)")).collect();
    assert!(expected.len() > MANY / 8, "{} time out", expected.len());
    assert_eq!(drain(&mut connection), (expected, None));
    for (at, id) in ids.iter().enumerate() {
        let text = format!("+OK Job-UUID: job-{at}\nJob-UUID: job-{at}");
        feed(&mut connection, later, &reply(&text));
        let ended = at < MANY / 4 || late.iter().any(|(_, ended)| ended == id);
        let expected =
            if ended { format!("Some({id:?}) unclaimed +OK Job-UUID: job-{at}") } else { format!("{id:?} started") };
        assert_eq!(drain(&mut connection), (vec![expected], None));
    }
    let open = MANY - MANY / 4 - late.len();
    assert_eq!(connection.open(), open);
    // Their outputs, in any order, among those of another's.
    let mut ended = 0;
    for at in (0..MANY).map(shuffled) {
        feed(&mut connection, later, &[job(&format!("other-{at}"), "x"), job(&format!("job-{at}"), "y")].concat());
        let (events, error) = drain(&mut connection);
        let ours = format!("{:?} job y", ids[at]);
        ended += usize::from(events[1] == ours);
        assert!(events[0] == "event BACKGROUND_JOB" && (events[1] == ours || events[1] == events[0]), "{events:?}");
        assert_eq!((events.len(), error), (2, None));
    }
    assert_eq!((ended, connection.open(), connection.poll_timeout()), (open, 0, None));
}

/// Jobs that time out keep their places until the server answers; one that never does is given up.
#[test]
fn a_silent_server_is_given_up() {
    const SECOND: Duration = Duration::from_secs(1);
    let now = Instant::now();
    let silent = |connection: &mut Connection, due: Instant| {
        assert_eq!(connection.poll_timeout(), Some(due));
        connection.handle_timeout(due - Duration::from_nanos(1));
        assert_eq!(drain(connection), (vec![], None));
        connection.handle_timeout(due);
        let (events, error) = drain(connection);
        assert_eq!((error, connection.is_over()), (Some(ConnectionError::NotAnswered), true));
        events
    };
    let mut connection = ready(quiet().max_in_flight(2), now);
    let jobs = [(); 2].map(|()| connection.bgapi(now, "status").unwrap());
    sent(&mut connection);
    connection.handle_timeout(now + 30 * SECOND);
    assert_eq!(drain(&mut connection).0, jobs.map(|id| format!("{id:?} TimedOut(Sent)")));
    let refused = connection.bgapi(now + 30 * SECOND, "status");
    assert_eq!((refused, connection.in_flight()), (Err(SendError::InFlight { max: 2 }), 2));
    // The subscription that was sent before them is nobody's: the silence began with it.
    assert_eq!(silent(&mut connection, now + 60 * SECOND), [""; 0]);

    // The time begins when the request is given up. What else is heard doesn't change it.
    let mut connection = ready(quiet().silence_timeout(10 * SECOND), now);
    let first = connection.api(now, "status").unwrap();
    let second = connection.send_within(now, &Message::api("version"), 3600 * SECOND).unwrap();
    sent(&mut connection);
    assert!(connection.poll_timeout() == Some(now + 30 * SECOND) && connection.cancel(first));
    assert_eq!((drain(&mut connection).0.len(), connection.poll_timeout()), (1, Some(now + 10 * SECOND)));
    feed(&mut connection, now + 9 * SECOND, b"Content-Length: 17\nContent-Type: text/event-plain\n\nEvent-Na");
    assert_eq!((drain(&mut connection).0.len(), connection.poll_timeout()), (0, Some(now + 10 * SECOND)));
    feed(&mut connection, now + 9 * SECOND, b"me: API\n\n");
    assert_eq!(drain(&mut connection).0.len(), 1);
    let lost = silent(&mut connection, now + 10 * SECOND);
    assert_eq!(lost, [format!("{second:?} Lost(Sent)")]);

    // It begins anew with each answer.
    let mut connection = ready(quiet().silence_timeout(10 * SECOND), now);
    let asked = [(); 2].map(|()| connection.api(now, "status").unwrap());
    sent(&mut connection);
    assert!(asked.iter().all(|id| connection.cancel(*id)));
    feed(&mut connection, now + 9 * SECOND, &response("+OK"));
    assert_eq!(drain(&mut connection).0.len(), 3);
    assert_eq!(silent(&mut connection, now + 19 * SECOND), [""; 0]);

    // A request that a caller waits for has its own time.
    let mut connection = ready(quiet().silence_timeout(10 * SECOND), now);
    connection.send_within(now, &Message::api("msleep 3600000"), 3600 * SECOND).unwrap();
    let second = connection.api(now, "version").unwrap();
    sent(&mut connection);
    assert!(connection.cancel(second));
    assert_eq!((drain(&mut connection).0.len(), connection.poll_timeout()), (1, Some(now + 3600 * SECOND)));
    // Once all is answered there is nothing to wait for.
    feed(&mut connection, now + SECOND, &[response("+OK"), response("1.11")].concat());
    assert_eq!((drain(&mut connection).0.len(), connection.poll_timeout()), (2, None));
}

/// Events all the time, and no answer: the places come back with the next connection.
#[test]
fn a_server_that_answers_nothing_is_given_up() {
    let now = Instant::now();
    let mut connection = ready(quiet().max_in_flight(4), now);
    let mut asked: Vec<Id> = (0..3).map(|_| connection.api(now, "status").unwrap()).collect();
    sent(&mut connection);
    for seconds in 1..=90 {
        let now = now + Duration::from_secs(seconds);
        feed(&mut connection, now, b"Content-Length: 17\nContent-Type: text/event-plain\n\nEvent-Name: API\n\n");
        connection.handle_timeout(now);
        let (events, error) = drain(&mut connection);
        asked.retain(|id| !events.contains(&format!("{id:?} TimedOut(Sent)")));
        assert_eq!((asked.is_empty(), error.is_some()), (seconds >= 30, seconds >= 90), "after {seconds} s");
    }
    connection.reconnect().unwrap();
    assert_eq!((connection.open(), connection.poll_timeout()), (0, None));
}

#[test]
fn nothing_can_be_injected() {
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
    for bad in ["conference a list\n\napi shutdown", "a\rb", "a\0b"] {
        assert!(matches!(connection.api(now, bad), Err(SendError::Encode(_))));
        assert!(matches!(connection.bgapi(now, bad), Err(SendError::Encode(_))));
        assert!(matches!(connection.subscribe(now, EventFormat::Plain, bad), Err(SendError::Encode(_))));
        assert!(matches!(connection.filter(now, "Action", bad), Err(SendError::Encode(_))));
        assert!(matches!(
            connection.send(now, &Message::new("sendevent X").header("A", bad)),
            Err(SendError::Encode(_))
        ));
        assert!(matches!(
            connection.send(now, &Message::new("sendevent X").header(bad, "a")),
            Err(SendError::Encode(_))
        ));
        let mut other = Connection::new(quiet());
        assert!(matches!(other.login(now, Credentials::password(bad)), Err(SendError::Encode(_))));
        let mut other = Connection::new(quiet().events(EventFormat::Json, bad));
        assert!(matches!(other.login(now, Credentials::password("x")), Err(SendError::Encode(_))));
    }
    assert_eq!(connection.poll_transmit(), None);
    assert_eq!(connection.open(), 0);
    assert!(!format!("{:?}", Message::api("conference board pin 1234")).contains("1234"));
}

#[test]
fn goodbyes_say_whether_they_were_asked_for() {
    let notice = "Content-Type: text/disconnect-notice\nContent-Length: 8\n\ngoodbye\n";
    let linger =
        "Content-Type: text/disconnect-notice\nContent-Disposition: linger\nLinger-Time: 2\nContent-Length: 0\n\n";
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
    feed(&mut connection, now, linger.as_bytes());
    let asked = connection.api(now, "status").unwrap();
    sent(&mut connection);
    feed(&mut connection, now, &response("UP"));
    feed(&mut connection, now, notice.as_bytes());
    connection.handle_eof(now);
    let expected = vec!["Lingering".to_owned(), format!("{asked:?} reply UP"), "Disconnecting".to_owned()];
    assert_eq!(drain(&mut connection), (expected, Some(ConnectionError::Disconnected)));

    // Asked for: what was asked before is answered.
    let mut connection = ready(quiet(), now);
    let asked = connection.api(now, "status").unwrap();
    connection.close(now);
    assert_eq!(sent(&mut connection), b"api status\n\nexit\n\n");
    feed(&mut connection, now, &[response("UP"), reply("+OK bye"), notice.into()].concat());
    connection.handle_eof(now);
    assert_eq!(
        drain(&mut connection),
        (vec![format!("{asked:?} reply UP"), "Disconnecting".into(), "Closed".into()], None)
    );

    // Without an answer it is closed all the same.
    let mut connection = ready(quiet(), now);
    connection.close(now);
    connection.handle_timeout(connection.poll_timeout().unwrap());
    assert_eq!(drain(&mut connection), (vec!["Closed".into()], None));
}

/// A time is as good whoever tells it: here it is told with what has arrived.
#[test]
fn times_told_with_what_arrives() {
    let config = || quiet().login_timeout(Duration::from_secs(10)).job_timeout(Duration::from_secs(100));
    let start = Instant::now();
    let at = |seconds: u64| start + Duration::from_secs(seconds);
    for in_place in [false, true] {
        let take = |connection: &mut Connection, now: Instant, bytes: &[u8]| match in_place {
            true => read_into(connection, now, bytes),
            false => feed(connection, now, bytes),
        };
        let mut connection = Connection::new(config());
        connection.login(at(0), Credentials::password("x")).unwrap();
        assert_eq!(connection.poll_timeout(), Some(at(10)));
        take(&mut connection, at(3), b"Content-Type: auth/request\n\n");
        assert_eq!(drain(&mut connection), (vec![], None));
        assert_eq!(connection.poll_timeout(), Some(at(13)), "the answer's time begins with the greeting");
        sent(&mut connection);
        take(&mut connection, at(5), &reply("+OK accepted"));
        assert_eq!(drain(&mut connection), (vec!["LoggedIn".into()], None));
        let job = connection.send(at(6), &Message::bgapi("status").header("Job-UUID", "u")).unwrap();
        assert_eq!(connection.poll_timeout(), Some(at(36)));
        sent(&mut connection);
        take(&mut connection, at(20), &[reply("+OK"), reply("+OK Job-UUID: u")].concat());
        assert_eq!(drain(&mut connection), (vec![format!("{job:?} started")], None));
        assert_eq!(connection.poll_timeout(), Some(at(120)), "the job's time begins with its answer");
        let last = connection.send(at(21), &Message::bgapi("status").header("Job-UUID", "v")).unwrap();
        assert!(connection.cancel(job));
        sent(&mut connection);
        take(&mut connection, at(22), &reply("+OK Job-UUID: v"));
        connection.handle_eof(at(25));
        assert_eq!(words(connection.poll_event().unwrap().unwrap()), format!("{job:?} Cancelled"));
        assert_eq!(words(connection.poll_event().unwrap().unwrap()), format!("{last:?} started"));
        assert_eq!(connection.poll_timeout(), Some(at(125)));
    }
}

/// Has the connection read these bytes into its own room, a few at a time.
fn read_into(connection: &mut Connection, now: Instant, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let room = connection.space(1).expect("room");
        let n = room.len().min(bytes.len()).min(7);
        room[..n].copy_from_slice(&bytes[..n]);
        bytes = &bytes[n..];
        connection.advance(now, n);
    }
}

#[test]
fn room_to_read_into() {
    let now = Instant::now();
    let mut connection = ready(quiet().limits(LIMITS.frame(64).buffer(100)), now);
    let answer = response("0123456789");
    assert_eq!(answer.len(), 57);
    let asked = [connection.api(now, "a").unwrap(), connection.api(now, "b").unwrap()];
    sent(&mut connection);
    read_into(&mut connection, now, &answer);
    assert_eq!((connection.held(), drain(&mut connection).0), (57, vec![format!("{:?} reply 0123456789", asked[0])]));
    // Nothing read is nothing.
    connection.advance(now, 0);
    assert_eq!(connection.held(), 0);
    let first = answer.len() - 1;
    read_into(&mut connection, now, &answer[..first]);
    let room = connection.space(1000).expect("room");
    assert_eq!(room.len(), 100 - first, "as much as the limit allows");
    room.fill(b'\n');
    room[0] = b'9';
    let n = room.len();
    connection.advance(now, n);
    assert_eq!(connection.held(), 100);
    // No room and no place to read into, until something is polled.
    assert_eq!((connection.handle_input(now, b"x"), connection.space(1)), (0, None));
    assert_eq!(drain(&mut connection).0, [format!("{:?} reply 0123456789", asked[1])]);
    assert_eq!(connection.held(), 0);
    assert_eq!(connection.handle_input(now, b"Content-"), 8);
    // After the end of the stream there is nothing to read.
    connection.handle_eof(now);
    assert_eq!((connection.handle_input(now, b"more"), connection.space(1)), (0, None));
    assert_eq!(connection.held(), 8);
    assert_eq!(drain(&mut connection), (vec![], Some(ConnectionError::Closed { truncated: 8 })));
}

/// An answer is taken only for what the server can have seen: here a subscription, but not yet the
/// job behind it.
#[test]
fn half_of_two_requests() {
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
    let status = connection.api(now, "status").unwrap();
    let job = connection.bgapi(now, "version").unwrap();
    let text = connection.poll_transmit().unwrap();
    let end = b"api status\n\nevent plain BACKGROUND_JOB\n\n".len();
    assert_eq!(&text[..end], b"api status\n\nevent plain BACKGROUND_JOB\n\n");
    connection.transmitted(end - 1);
    feed(&mut connection, now, &[response("UP"), reply("+OK early")].concat());
    assert_eq!(drain(&mut connection).0, [format!("{status:?} reply UP"), "None unclaimed +OK early".to_owned()]);
    connection.transmitted(1);
    feed(&mut connection, now, &[reply("+OK"), reply("+OK early")].concat());
    assert_eq!(drain(&mut connection).0, ["None unclaimed +OK early"]);
    connection.handle_eof(now);
    assert_eq!(drain(&mut connection).0, [format!("{job:?} Lost(NotSent)")]);
    assert_eq!(connection.reconnect().unwrap().restored, 1, "the subscription was accepted");
}

/// Sessions of random steps, the same ones each time, against the model.
#[test]
fn sessions_of_any_steps() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as u8
    };
    let mut seen = Vec::new();
    for length in (0..60).map(|run| 100 + 10 * run) {
        let data: Vec<u8> = (0..length).map(|_| byte()).collect();
        seen.extend(session(&data));
        // The same with a login first, so that it comes to something.
        let login = [1, 0, 0, 0, 6, 0, 9, 1, 6, 0, 9, 2];
        seen.extend(session(&[&login[..], &data].concat()));
    }
    let kinds = [
        "logged in",
        "refused login",
        "started +OK",
        "job out",
        "reply +OK",
        "refused -ERR",
        "TimedOut",
        "Cancelled",
        "Lost(Accepted)",
        "Lost(Sent)",
        "Lost(NotSent)",
        "not restored",
        "unclaimed Some",
        "unclaimed None stray",
        "event BACKGROUND_JOB",
        "event API",
        "log",
        "lingering",
        "disconnecting",
        "closed",
    ];
    for kind in kinds {
        let found = seen.iter().filter(|event| event.contains(kind)).count();
        assert!(found >= 5, "{kind}: {found} times");
    }
}

/// Two jobs of one name end one after the other, the older one first.
#[test]
fn two_jobs_of_one_name() {
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
    let [first, second] = ["status", "version"]
        .map(|command| connection.send(now, &Message::bgapi(command).header("Job-UUID", "mine")).unwrap());
    sent(&mut connection);
    feed(&mut connection, now, &reply("+OK event listener enabled plain"));
    for _ in 0..2 {
        feed(&mut connection, now, &reply("+OK Job-UUID: mine\nJob-UUID: mine"));
    }
    assert_eq!(drain(&mut connection).0, [format!("{first:?} started"), format!("{second:?} started")]);
    for output in ["1", "2", "3"] {
        feed(&mut connection, now, &job("mine", output));
    }
    let expected = [format!("{first:?} job 1"), format!("{second:?} job 2"), "event BACKGROUND_JOB".to_owned()];
    assert_eq!(drain(&mut connection).0, expected);
    assert_eq!(connection.open(), 0);
}

#[test]
fn most_held_is_the_ceiling_and_the_buffer() {
    let config = quiet().limits(ami_proto::Limits::new().buffer(1 << 16));
    assert_eq!(config.most_held(), (1 << 23) + (1 << 16));
    assert_eq!(config.clone().ceiling(1000).most_held(), 1000 + (1 << 16));
    assert_eq!(config.clone().ceiling(255).most_held(), 256 + (1 << 16));
    // Three times the command for the events, in whichever order they are configured.
    let least = 256 + 3 * "event json ALL\n\n".len() + (1 << 16);
    assert_eq!(config.clone().ceiling(0).events(EventFormat::Json, "ALL").most_held(), least);
    assert_eq!(config.clone().events(EventFormat::Json, "ALL").ceiling(0).most_held(), least);
    assert_eq!(config.ceiling(usize::MAX).most_held(), usize::MAX);
}

/// What is written, and what is refused under which name and why.
#[test]
fn a_message_to_the_byte() {
    const MOST: usize = 10_485_760;
    let encode = |message: &Message| {
        let mut out = b"before ".to_vec();
        let error = message.encode(&mut out).map_err(|error| (error.field().to_owned(), error.refusal()));
        error.map(|()| String::from_utf8(out).unwrap())
    };
    let message = Message::new("sendmsg u").header("A", "b").header("C", "").body("x:y\n");
    assert_eq!(encode(&message).unwrap(), "before sendmsg u\nA: b\nC: \nContent-Length: 4\n\nx:y\n");
    assert_eq!(encode(&Message::new("exit").body("")).unwrap(), "before exit\nContent-Length: 0\n\n");
    assert_eq!(encode(&Message::new("exit")).unwrap(), "before exit\n\n");
    let line = || Message::new("a");
    for (message, field, refusal) in [
        (Message::new(""), "command", Refusal::EmptyValue),
        (Message::new("ab\n"), "command", Refusal::InValue { byte: b'\n', at: 2 }),
        (Message::new("\0"), "command", Refusal::InValue { byte: 0, at: 0 }),
        (line().header("A", "b\rc"), "A", Refusal::InValue { byte: b'\r', at: 1 }),
        (line().header("A:", "b"), "A:", Refusal::InName { byte: b':', at: 1 }),
        (line().header("", "b"), "", Refusal::EmptyName),
        (line().header("content-length", "1"), "content-length", Refusal::OwnHeader),
    ] {
        assert_eq!(encode(&message), Err((field.to_owned(), refusal)));
    }
    // `a`, two line ends, and what a header and a body have beside their values.
    let whole = |message: Message, len: usize| {
        let refused = (len > MOST).then(|| ("command".to_owned(), Refusal::LineTooLong { len, max: MOST }));
        assert_eq!(encode(&message).map(|text| text.len() - 7), refused.map_or(Ok(len), Err));
    };
    for more in 0..2 {
        whole(Message::new("a".repeat(MOST - 2 + more)), MOST + more);
        whole(line().header("n", "v".repeat(MOST - 7 + more)), MOST + more);
        whole(line().body("b".repeat(MOST - 3 - 25 + more)), MOST + more);
    }
}

/// What would be read as a command to take filters back, or as another filter, is refused.
#[test]
fn filters_that_say_something_else() {
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
    for (header, refusal) in [
        ("", Refusal::EmptyName),
        ("delete", Refusal::Command),
        ("Delete", Refusal::Command),
        ("add", Refusal::Command),
        ("A[0]", Refusal::InName { byte: b'[', at: 1 }),
        (" delete", Refusal::InName { byte: b' ', at: 0 }),
        ("delete all", Refusal::InName { byte: b' ', at: 6 }),
    ] {
        for value in ["all", "x", ""] {
            let Err(SendError::Encode(error)) = connection.filter(now, header, value) else { panic!("{header:?}") };
            assert_eq!((error.field(), error.refusal()), (header, refusal), "{value}");
        }
    }
    // Without a value it takes back the filters of its header.
    let error = connection.filter(now, "A", "").unwrap_err();
    assert!(matches!(error, SendError::Encode(ref error) if error.refusal() == Refusal::EmptyValue), "{error:?}");
    assert_eq!((connection.poll_transmit(), connection.open()), (None, 0));
    connection.filter(now, "deleted", "all").unwrap();
    connection.send(now, &Message::new("filter delete all")).unwrap();
    assert_eq!(sent(&mut connection), b"filter deleted all\n\nfilter delete all\n\n");
    let error = connection.filter(now, "delete", "all").unwrap_err();
    let text = "field \"delete\" refused: the server takes this name for a command; send it as a message of its own";
    assert_eq!(error.to_string(), text);
}

/// Headers that are an event are encoded, and masked as what they stand for.
#[test]
fn secrets_in_the_data_of_a_call() {
    let shown = |headers: &str| {
        let mut decoder = Decoder::new(LIMITS);
        decoder.push(format!("Content-Type: command/reply\nReply-Text: %2BOK\n{headers}\n").as_bytes());
        let frame = decoder.next_frame().unwrap().unwrap();
        let owned = format!("{:?}", frame.to_owned());
        assert_eq!(format!("{frame:?}"), owned);
        owned
    };
    for (headers, expected) in [
        ("variable_current_application_data: g%40default%2B12345\n", "g@default+***"),
        ("Application-Data: %7Bsip_auth_password%3Ds3cret%7Duser/1\n", "{sip_auth_password=***}user/1"),
        ("variable_a: conference%20g%20pin%2012345\n", "conference g pin ***"),
        ("variable_sip_auth_password: s3cret\n", "***"),
        ("variable_a: 100%25\n", "100%"),
    ] {
        for event in ["Event-Name: CHANNEL_DATA\n".to_owned() + headers, headers.to_owned() + "event-name: X\n"] {
            let shown = shown(&event);
            let (name, _) = headers.split_once(": ").unwrap();
            assert_eq!(shown.matches(&format!("{name:?}: {expected:?}")).count(), 2, "as frame and as event: {shown}");
            assert!(!shown.contains("12345") && !shown.contains("s3cret"), "{shown}");
            assert!(shown.contains(r#""Reply-Text": "+OK""#), "{shown}");
        }
    }
    // Others are no event, and are shown as they came.
    assert!(shown("A: 100%25\n").contains(r#""Reply-Text": "%2BOK", "A": "100%25"}"#));
}

/// The server splits `user@domain:password` at the first `@`, and each side at its first `:`.
#[test]
fn names_that_would_shift_the_password() {
    let separator = |byte| Refusal::Splits { byte };
    let now = Instant::now();
    for (user, domain, field, refusal) in [
        ("a:b", "lab", "user", separator(b':')),
        ("ab@c", "lab", "user", separator(b'@')),
        ("a", ":lab", "domain", separator(b':')),
        ("", "lab", "user", Refusal::EmptyValue),
        ("a", "", "domain", Refusal::EmptyValue),
    ] {
        let mut connection = Connection::new(quiet());
        let Err(SendError::Encode(error)) = connection.login(now, Credentials::user(user, domain, "s3cret")) else {
            panic!("{user}@{domain}")
        };
        assert_eq!((error.field(), error.refusal()), (field, refusal));
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
    // A domain may have an `@`, the password anything.
    let mut connection = Connection::new(quiet());
    connection.login(now, Credentials::user("a", "b@c", "s:3@cret")).unwrap();
    feed(&mut connection, now, b"Content-Type: auth/request\n\n");
    drain(&mut connection);
    assert_eq!(sent(&mut connection), b"userauth a@b@c:s:3@cret\n\n");
}

/// Blanks of any kind, and as many as there are, stand between words.
#[test]
fn secrets_behind_any_blank() {
    for line in [
        "auth s3cret",
        "auth\ts3cret",
        " auth s3cret",
        "\t auth \t s3cret",
        "AUTH\x0bs3cret",
        "\r\0auth\0s3cret",
        "userauth\tu@d:s3cret",
        "  userauth u@d:s3cret",
        "api conference g\tpin s3cret",
        "api conference g pin\ts3cret",
        "api conference g pin\tmod\ts3cret",
        "api global_setvar default_password\ts3cret",
    ] {
        let shown = format!("{:?}", Message::new(line));
        assert!(!shown.contains("s3cret") && shown.contains("***"), "{line:?}: {shown}");
    }
    assert!(format!("{:?}", Message::new("\tapi status")).contains("api status"));
}

/// Until when each request waits for its answer, in seconds.
fn due(connection: &mut Connection, sent_at: Instant) -> Vec<u64> {
    let mut all = Vec::new();
    while let Some(deadline) = connection.poll_timeout() {
        connection.handle_timeout(deadline);
        let (ended, error) = drain(connection);
        if error.is_some() {
            break;
        }
        all.extend(vec![deadline.duration_since(sent_at).as_secs(); ended.len()]);
    }
    all
}

/// The server answers `dial` when the call is answered, and nothing else meanwhile.
#[test]
fn a_dial_is_waited_for_as_long_as_it_rings() {
    let now = Instant::now();
    for (line, seconds) in [
        ("conference board list", 30),
        ("conference board dial user/100", 90),
        ("CONFERENCE 'my \\' board' DIAL user/100 1 A", 90),
        ("conference board dial {originate_timeout=30}sofia/default/1000@softswitch 1 A", 60),
        ("conference board dial '{originate_timeout=200,x=a b}user/100'", 230),
        ("conference board dial {originate_timeout=0}user/100", 90),
        ("conference board dial {originate_timeout=99999999999}user/100", 90),
        ("conference board dial", 90),
        ("conference board bgdial user/100", 30),
        ("conference board say please dial 100", 30),
        ("conference 'dial dial' list", 30),
        ("conference dial", 30),
        ("conference", 30),
        ("originate dial dial dial", 30),
    ] {
        let mut connection = ready(quiet().silence_timeout(Duration::from_secs(9999)), now);
        connection.api(now, line).unwrap();
        sent(&mut connection);
        let first = connection.poll_timeout().unwrap().duration_since(now).as_secs();
        assert_eq!(first, seconds, "{line}");
    }
    let mut connection = ready(quiet().silence_timeout(Duration::from_secs(9999)), now);
    let dial = "conference board dial user/100";
    connection.api(now, "status").unwrap();
    connection.api(now, dial).unwrap();
    // Behind it, another, and one with its own time.
    connection.api(now, "status").unwrap();
    connection.api(now, dial).unwrap();
    connection.send_within(now, &Message::api("status"), Duration::from_secs(5)).unwrap();
    sent(&mut connection);
    assert_eq!(due(&mut connection, now), [5, 30, 90, 90, 150]);
    // A job keeps nobody waiting, and has the time itself.
    let mut connection = ready(quiet().events(EventFormat::Plain, "BACKGROUND_JOB"), now);
    connection.bgapi(now, dial).unwrap();
    connection.api(now, "status").unwrap();
    sent(&mut connection);
    for _ in 0..2 {
        feed(&mut connection, now, &reply("+OK Job-UUID: u"));
    }
    assert_eq!(drain(&mut connection).0.len(), 1);
    feed(&mut connection, now, &response("UP"));
    drain(&mut connection);
    assert_eq!(due(&mut connection, now), [180]);
}

/// A typed command goes out as it is, and its reply is read in whatever it ends with.
#[test]
fn typed_commands_are_sent_and_read() {
    use ami_proto::freeswitch::command::{ConferenceCommand, Custom, Kick, Mute, Name};
    use ami_proto::freeswitch::reply::{Done, ServerRefusal};
    use ami_proto::freeswitch::{Asked, ConnectionEvent};

    fn ended<T>(connection: &mut Connection, asked: Asked, read: impl FnOnce(Option<Reply<'_>>) -> T) -> T {
        loop {
            match connection.poll_event().unwrap().expect("an ending") {
                ConnectionEvent::Ended { id, ending } if id == asked.id() => return read(asked.reply(ending)),
                _ => {}
            }
        }
    }
    use ami_proto::freeswitch::reply::Reply;

    let now = Instant::now();
    let mut connection = ready(quiet().events(EventFormat::Plain, "BACKGROUND_JOB"), now);
    sent(&mut connection);
    feed(&mut connection, now, &reply("+OK"));
    let muted = connection.api_command(now, Mute::new(7).quiet().to("my board")).unwrap();
    assert_eq!(sent(&mut connection), b"api conference 'my board' mute 7 quiet\n\n");
    assert_eq!(muted.name(), Some(Name::Mute));
    feed(&mut connection, now, &response("+OK mute 7\n"));
    let done =
        ended(&mut connection, muted, |reply| matches!(reply.unwrap().done(), Some(Done::Member { member: 7, .. })));
    assert!(done);

    let kicked = connection.bgapi_command(now, Kick::new(9).to("board")).unwrap();
    let line = String::from_utf8(sent(&mut connection)).unwrap();
    assert!(line.starts_with("bgapi conference board kick 9\nJob-UUID: "), "{line}");
    let uuid = line.trim().rsplit(' ').next().unwrap().to_owned();
    feed(&mut connection, now, &reply(&format!("+OK Job-UUID: {uuid}\nJob-UUID: {uuid}")));
    feed(&mut connection, now, &job(&uuid, "-ERR Non-Existant ID 9\n"));
    let refused = ended(&mut connection, kicked, |reply| {
        matches!(reply.unwrap().refusal(), Some(ServerRefusal::NoMember { .. }))
    });
    assert!(refused);

    let denied = connection.api_command(now, Custom::new("list").to("board")).unwrap();
    sent(&mut connection);
    feed(&mut connection, now, &reply("-ERR permission denied"));
    assert!(ended(&mut connection, denied, |reply| reply.unwrap().refusal() == Some(ServerRefusal::Denied)));

    let cancelled = connection.api_command(now, Mute::new(7).to("board")).unwrap();
    connection.cancel(cancelled.id());
    assert!(ended(&mut connection, cancelled, |reply| reply.is_none()));
    let held = connection.held();
    let error = connection.api_command(now, Mute::new(0).to("board")).unwrap_err();
    assert!(matches!(&error, SendError::Encode(error) if error.field() == "member"), "{error}");
    assert_eq!(connection.held(), held);
}

/// Names of events stand before `CUSTOM`, in whatever order they are given.
#[test]
fn subscriptions_are_in_the_servers_order() {
    use ami_proto::freeswitch::Events;
    let text = |events: Events| String::from_utf8(events.as_ref().to_vec()).unwrap();
    assert_eq!(text(Events::conferences()), "CUSTOM conference::maintenance");
    assert_eq!(text(Events::conferences().jobs()), "BACKGROUND_JOB CUSTOM conference::maintenance");
    let all = Events::new().jobs().conference_records().event("HEARTBEAT").unwrap().subclass("a::b").unwrap().all();
    assert_eq!(text(all), "BACKGROUND_JOB HEARTBEAT ALL CUSTOM conference::cdr a::b");
    assert_eq!(text(Events::new()), "");
    let refused = |events: Result<Events, ami_proto::EncodeError>| events.unwrap_err().refusal();
    assert_eq!(refused(Events::new().event("custom")), Refusal::Keyword { word: "CUSTOM" });
    assert_eq!(refused(Events::new().event("A CUSTOM b")), Refusal::Splits { byte: b' ' });
    assert_eq!(refused(Events::new().subclass("a\nb")), Refusal::InValue { byte: b'\n', at: 1 });
    assert_eq!(refused(Events::new().event("")), Refusal::EmptyValue);
    // A connection that has subscribed to jobs so does not do it again.
    let now = Instant::now();
    let mut connection = ready(quiet().events(EventFormat::Json, Events::conferences().jobs()), now);
    connection.bgapi(now, "a").unwrap();
    let sent = String::from_utf8(sent(&mut connection)).unwrap();
    assert!(sent.starts_with("event json BACKGROUND_JOB CUSTOM conference::maintenance\n\nbgapi a\n"), "{sent}");
}
