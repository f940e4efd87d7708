// What a lost connection leaves: what each request had come to, and what is set again on the next
// one.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use super::{drain, feed, job, login, quiet, ready, reply, response, sent};
use ami_proto::ConnectionError;
use ami_proto::error::SendError;
use ami_proto::freeswitch::{Connection, ConnectionEvent, Credentials, EventFormat, Id, Message, Reached};

// A server, small: it answers line by line, and keeps what was said to it.
#[derive(Default)]
struct Mock {
    unread: Vec<u8>,
    said: Vec<String>,
}

impl Mock {
    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.unread.extend_from_slice(bytes);
        let mut out = Vec::new();
        while let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
            let message: Vec<u8> = self.unread.drain(..end + 2).collect();
            let message = String::from_utf8(message).unwrap().trim_end().to_owned();
            let uuid = message.lines().find_map(|line| line.strip_prefix("Job-UUID: ")).unwrap_or_default().to_owned();
            let line = message.lines().next().unwrap_or_default();
            match line.split(' ').next().unwrap() {
                "auth" => out.extend(reply("+OK accepted")),
                "api" => out.extend(response(&format!("answer to {line}"))),
                "bgapi" => {
                    out.extend(reply(&format!("+OK Job-UUID: {uuid}\nJob-UUID: {uuid}")));
                    out.extend(job(&uuid, line));
                }
                _ => out.extend(reply("+OK done")),
            }
            self.said.push(message);
        }
        out
    }
}

/// Login, a subscription, a filter, commands and a job, cut after so many bytes of one direction;
/// then a second connection that does the rest.
fn cut(after: usize, to_client: bool) -> bool {
    let now = Instant::now();
    let config = quiet().events(EventFormat::Plain, "CUSTOM conference::maintenance");
    let mut connection = Connection::new(config).seeded(3);
    let mut endings: HashMap<Id, Vec<String>> = HashMap::new();
    let mut whole = false;
    for attempt in 0..2 {
        let mut mock = Mock::default();
        let mut wire = b"Content-Type: auth/request\n\n".to_vec();
        let (mut up, mut down) = (0, 0);
        connection.login(now, Credentials::password("ClueCon")).unwrap();
        let mut to_send = vec![
            Message::api("status"),
            Message::new("filter Action mute-member"),
            Message::bgapi("conference board list"),
            Message::api("version"),
        ];
        to_send.reverse();
        loop {
            let mut progressed = false;
            if connection.is_logged_in() {
                if let Some(message) = to_send.pop() {
                    endings.insert(connection.send(now, &message).unwrap(), Vec::new());
                    progressed = true;
                }
            }
            let bytes = sent(&mut connection);
            let allowed = if attempt == 0 && !to_client { bytes.len().min(after - up) } else { bytes.len() };
            up += allowed;
            wire.extend(mock.answer(&bytes[..allowed]));
            let cut_up = allowed < bytes.len() || attempt == 0 && !to_client && up == after;
            let allowed = if attempt == 0 && to_client { wire.len().min(after - down) } else { wire.len() };
            let piece: Vec<u8> = wire.drain(..allowed.min(17)).collect();
            down += piece.len();
            feed(&mut connection, now, &piece);
            progressed |= !piece.is_empty() || !bytes.is_empty();
            if attempt == 0 && (cut_up && wire.is_empty() || to_client && down == after) {
                connection.handle_eof(now);
            }
            while let Ok(Some(event)) = connection.poll_event() {
                if let ConnectionEvent::Ended { id, ending } = event {
                    endings.get_mut(&id).expect("a request of ours").push(format!("{ending:?}"));
                }
            }
            if connection.is_over() || !progressed {
                break;
            }
        }
        if attempt == 0 {
            if !connection.is_over() {
                whole = true;
                connection.handle_eof(now);
                while let Ok(Some(_)) = connection.poll_event() {}
            }
            let lost: HashSet<Id> = endings
                .iter()
                .filter(|(_, all)| all.iter().any(|one| one.starts_with("Lost")))
                .map(|(id, _)| *id)
                .collect();
            let report = connection.reconnect().unwrap();
            assert_eq!(report.unanswered.iter().map(|unanswered| unanswered.id).collect::<HashSet<_>>(), lost);
            assert!(report.restored >= 1, "what was configured is kept");
        } else {
            assert!(!connection.is_over() && to_send.is_empty());
            assert_eq!(mock.said[1], "event plain CUSTOM conference::maintenance", "restored right after the login");
        }
    }
    for (id, all) in &endings {
        assert_eq!(all.len(), 1, "{id:?} after {after}, to client {to_client}: {all:?}");
    }
    whole
}

#[test]
fn cut_at_any_byte() {
    for to_client in [false, true] {
        let whole = (1..5000).find(|after| cut(*after, to_client));
        assert!(whole.is_some_and(|after| after > 100), "the session is longer than {whole:?}");
    }
}

#[test]
fn lost_requests_tell_how_far_they_had_come() {
    let now = Instant::now();
    let mut connection = ready(quiet().events(EventFormat::Plain, "ALL"), now);
    assert_eq!(sent(&mut connection), b"event plain ALL\n\n");
    let started = connection.bgapi(now, "a").unwrap();
    let asked = connection.api(now, "b").unwrap();
    sent(&mut connection);
    let unsent = connection.api(now, "c").unwrap();
    feed(&mut connection, now, &[reply("+OK"), reply("+OK Job-UUID: u\nJob-UUID: u"), b"Content-".to_vec()].concat());
    connection.handle_eof(now);
    let (_, error) = drain(&mut connection);
    assert_eq!(error, Some(ConnectionError::Closed { truncated: 8 }));
    let report = connection.reconnect().unwrap();
    let found: Vec<_> = report.unanswered.iter().map(|one| (one.id, one.reached)).collect();
    assert_eq!(found, [(started, Reached::Accepted), (asked, Reached::Sent), (unsent, Reached::NotSent)]);
    assert_eq!(report.restored, 1);
}

/// The server goes on with a job, and tells its output to the next connection as well.
#[test]
fn lost_jobs_are_found_by_their_names() {
    let now = Instant::now();
    let mut connection = ready(quiet().events(EventFormat::Plain, "ALL"), now);
    connection.bgapi(now, "a").unwrap();
    connection.send(now, &Message::bgapi("b").header("Job-UUID", "mine")).unwrap();
    connection.api(now, "c").unwrap();
    sent(&mut connection);
    connection.bgapi(now, "d").unwrap();
    feed(&mut connection, now, &[reply("+OK"), reply("+OK Job-UUID: u\nJob-UUID: u")].concat());
    connection.handle_eof(now);
    drain(&mut connection);
    let report = connection.reconnect().unwrap();
    let names: Vec<_> = report.unanswered.iter().map(|one| one.job_uuid.as_ref().map(|name| name.value())).collect();
    let [Some(first), Some(second), None, Some(third)] = names[..] else { panic!("{names:?}") };
    assert!(first == "u" && second == "mine" && third.len() > 16, "{names:?}");
    // Its output is an event like any other, by that name.
    login(&mut connection, now);
    feed(&mut connection, now, &job("mine", "+OK"));
    assert_eq!(drain(&mut connection).0, ["event BACKGROUND_JOB"]);
}

#[test]
fn a_ceiling_refuses_what_has_no_room() {
    let now = Instant::now();
    let mut connection = ready(quiet().ceiling(300).max_in_flight(4), now);
    let error = Err(SendError::Ceiling { max: 300 });
    assert_eq!(connection.api(now, "x".repeat(300 - "api \n\nexit\n\nnoop\n\n".len() + 1)), error);
    for _ in 0..4 {
        connection.api(now, "a").unwrap();
    }
    assert!(matches!(connection.api(now, "a"), Err(SendError::InFlight { max: 4 })));
    assert_eq!(connection.held(), 4 * "api a\n\n".len());
}

/// Has the server answer all that was sent with these, one each.
pub(super) fn answered(connection: &mut Connection, now: Instant, answers: &[&str]) -> Vec<String> {
    for answer in answers {
        feed(connection, now, &reply(answer));
    }
    drain(connection).0
}

/// Loses the connection and makes the next one, which says so many are restored and sends these
/// lines.
pub(super) fn restored(connection: &mut Connection, now: Instant) -> (usize, Vec<String>) {
    connection.handle_eof(now);
    while let Ok(Some(_)) = connection.poll_event() {}
    let report = connection.reconnect().unwrap();
    login(connection, now);
    let lines = String::from_utf8(sent(connection)).unwrap();
    (report.restored, lines.split_terminator("\n\n").map(str::to_owned).collect())
}

#[test]
fn what_is_set_again() {
    // What was accepted, and what of it the next connection sends.
    let cases: &[(&[&str], &[&str])] = &[
        (&["event plain ALL"], &["event plain ALL"]),
        (&["event json A", "filter B c", "log 7"], &["event json A", "filter B c", "log 7"]),
        // In the order in which they were said last, each once.
        (&["filter A b", "event plain A", "filter A b"], &["event plain A", "filter A b"]),
        (&["event plain A", "nixevent A", "event plain A"], &["nixevent A", "event plain A"]),
        (&["log 7", "log 3"], &["log 7", "log 3"]),
        // Each clears its own kind.
        (&["event plain A", "filter A b", "log 7", "noevents"], &["filter A b", "log 7"]),
        (&["event plain A", "filter A b", "log 7", "filter delete all"], &["event plain A", "log 7"]),
        (&["event plain A", "filter A b", "log 7", "nolog"], &["event plain A", "filter A b"]),
        (&["FILTER A b", "Filter DELETE All"], &[]),
        (&["events plain A", "NIXEVENTS A", " event plain B"], &["events plain A", "NIXEVENTS A", " event plain B"]),
        // One filter less, or those of a header, whose case the server does not look at.
        (&["filter A b", "filter A c", "filter AB b", "filter delete a b"], &["filter A c", "filter AB b"]),
        (&["filter A b", "filter AB b", "FILTER  add a c", "filter delete A"], &["filter AB b"]),
        (&["filter A b", "filter A B", "filter A b c", "filter delete A B"], &["filter A b", "filter A b c"]),
        (&["filter add A b", "filter a b", "filter delete A b", "filter delete A b"], &[]),
        (&["filter delete A b", "filter A b"], &["filter A b"]),
        // A header that is called `delete`.
        (&["filter A all", "filter delete", "filter x all"], &["filter A all", "filter delete", "filter x all"]),
        // These set nothing.
        (&["linger", "divert_events on", "eventual", "logger", "filters"], &[]),
    ];
    let now = Instant::now();
    for (said, again) in cases {
        let mut connection = ready(quiet(), now);
        for line in *said {
            connection.send(now, &Message::new(line)).unwrap();
        }
        sent(&mut connection);
        let ended = answered(&mut connection, now, &vec!["+OK"; said.len()]);
        assert_eq!(ended.len(), said.len());
        let bytes: usize = again.iter().map(|line| line.len() + 2).sum();
        assert_eq!(connection.held(), bytes, "{said:?}: what is held are the lines and their ends");
        let again: Vec<String> = again.iter().map(|line| (*line).to_owned()).collect();
        // And again on the connection after that, whether this one has answered or not.
        for _ in 0..2 {
            assert_eq!(restored(&mut connection, now), (again.len(), again.clone()), "{said:?}");
        }
        assert_eq!(answered(&mut connection, now, &vec!["+OK"; again.len()]), [""; 0], "{said:?}");
        assert_eq!((connection.held(), connection.open()), (bytes, 0), "{said:?}");
        assert_eq!(restored(&mut connection, now), (again.len(), again.clone()), "{said:?}");
    }
}

/// A program that watches each call while it lasts can do so for ever.
#[test]
fn filters_that_were_taken_back_are_not_held() {
    let now = Instant::now();
    let mut connection = ready(quiet().ceiling(2000), now);
    for call in 0..100 {
        connection.filter(now, "Unique-ID", format!("call-{call}")).unwrap();
        connection.send(now, &Message::new(format!("filter delete Unique-ID call-{call}"))).unwrap();
        sent(&mut connection);
        assert_eq!(answered(&mut connection, now, &["+OK added", "+OK deleted"]).len(), 2);
        assert_eq!(connection.held(), 0, "after call {call}");
    }
    assert_eq!(restored(&mut connection, now), (0, Vec::new()));
}

#[test]
fn what_is_refused_or_not_answered_is_not_set_again() {
    let now = Instant::now();
    let mut connection = ready(quiet().events(EventFormat::Json, "A"), now);
    assert_eq!(sent(&mut connection), b"event json A\n\n");
    let refused = connection.filter(now, "A", "b").unwrap();
    let accepted = connection.filter(now, "C", "d").unwrap();
    sent(&mut connection);
    let ended = answered(&mut connection, now, &["-ERR no", "-ERR invalid", "+OK"]);
    let expected = [
        "not restored -ERR no".to_owned(),
        format!("{refused:?} refused -ERR invalid"),
        format!("{accepted:?} reply +OK"),
    ];
    assert_eq!(ended, expected);
    connection.filter(now, "E", "f").unwrap();
    sent(&mut connection);
    // What was configured stays, though this server has refused it.
    assert_eq!(restored(&mut connection, now), (2, vec!["event json A".to_owned(), "filter C d".to_owned()]));
}

#[test]
fn jobs_are_subscribed_to_where_they_have_to_be() {
    const SUBSCRIBED: &str = "event plain BACKGROUND_JOB";
    // What was said before, whether it was accepted, and what goes before the first job. `""`:
    // nothing.
    let cases: &[(&[(&str, bool)], &str)] = &[
        (&[], SUBSCRIBED),
        (&[("event plain BACKGROUND_JOB", true)], ""),
        (&[("event plain background_job", true)], ""),
        (&[("EVENT plain all", true)], ""),
        (&[(" event plain ALL", true)], ""),
        (&[("event plain ALL", false)], SUBSCRIBED),
        (&[("event plain CHANNEL_CREATE", true)], SUBSCRIBED),
        (&[("event plain CUSTOM BACKGROUND_JOB", true)], SUBSCRIBED),
        (&[("event plain BACKGROUND_JOB CUSTOM a", true)], ""),
        (&[("event plain CUSTOM conference::maintenance BACKGROUND_JOB", true)], SUBSCRIBED),
        (&[("event plain custom ALL", true)], SUBSCRIBED),
        (&[("event plain SWITCH_EVENT_CUSTOM ALL", true)], SUBSCRIBED),
        (&[("event plain SWITCH_EVENT_BACKGROUND_JOB", true)], ""),
        (&[("event plain x BACKGROUND_JOB", true)], ""),
        (&[("event plain\tALL", true)], SUBSCRIBED),
        (&[("event plain ALL", true), ("nixevent HEARTBEAT", true)], ""),
        (&[("event plain ALL", true), ("nixevent CUSTOM BACKGROUND_JOB", true)], ""),
        (&[("filter ALL BACKGROUND_JOB", true)], SUBSCRIBED),
        (&[("log ALL", true)], SUBSCRIBED),
        (&[("event plain ALL", true), ("noevents", true)], SUBSCRIBED),
        (&[("event plain ALL", true), ("noevents", false)], ""),
        (&[("event plain ALL", true), ("nixevent BACKGROUND_JOB", true)], SUBSCRIBED),
        (&[("event plain ALL", true), ("nixevents ALL", true)], SUBSCRIBED),
        (&[("event plain ALL", true), ("nixevent ALL", true), ("event plain ALL", true)], ""),
        (&[("event plain ALL", true), ("filter delete all", true), ("nolog", true)], ""),
        // In the format that the others come in.
        (&[("event json A", true)], "event json BACKGROUND_JOB"),
        (&[("event XML A", true)], "event xml BACKGROUND_JOB"),
        // Behind two blanks it is no format, nor behind a name.
        (&[("event  XML A", true)], SUBSCRIBED),
        (&[("event A XML", true)], SUBSCRIBED),
        (&[("event json A", true), ("event plain B", true)], SUBSCRIBED),
        (&[("event json A", true), ("event plain B", false)], "event json BACKGROUND_JOB"),
        (&[("event json A", true), ("event B", true)], "event json BACKGROUND_JOB"),
        (&[("event json A", true), ("filter plain plain", true)], "event json BACKGROUND_JOB"),
        (&[("event json A", true), ("noevents", true)], SUBSCRIBED),
    ];
    let now = Instant::now();
    let first = |connection: &mut Connection| {
        connection.bgapi(now, "status").unwrap();
        connection.bgapi(now, "version").unwrap();
        let text = String::from_utf8(sent(connection)).unwrap();
        let lines = text.strip_suffix("\n\n").unwrap().split("\n\n").map(|one| one.lines().next().unwrap());
        // Of filters there is a test of their own.
        lines.filter(|line| !line.starts_with("filter ")).map(str::to_owned).collect::<Vec<_>>()
    };
    for (said, expected) in cases {
        let expected = [expected, "bgapi status", "bgapi version"].into_iter().filter(|line| !line.is_empty());
        let expected: Vec<&str> = expected.collect();
        // After the answers.
        let mut connection = ready(quiet(), now);
        for (line, accepted) in *said {
            connection.send(now, &Message::new(line)).unwrap();
            sent(&mut connection);
            answered(&mut connection, now, &[if *accepted { "+OK" } else { "-ERR" }]);
        }
        assert_eq!(first(&mut connection), expected, "{said:?}");
        // Before them, where they are all good.
        if said.iter().all(|(_, accepted)| *accepted) {
            let mut connection = ready(quiet(), now);
            for (line, _) in *said {
                connection.send(now, &Message::new(line)).unwrap();
            }
            sent(&mut connection);
            assert_eq!(first(&mut connection), expected, "{said:?}, not answered");
        }
        // And on the next connection, whose server has accepted them again.
        let (_, again) = restored(&mut connection, now);
        answered(&mut connection, now, &vec!["+OK"; again.len()]);
        assert_eq!(first(&mut connection), expected, "{said:?}, {again:?}");
    }
}

#[test]
fn a_server_that_refuses_what_is_set_again_is_asked_again_for_jobs() {
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
    connection.subscribe(now, EventFormat::Json, "ALL").unwrap();
    sent(&mut connection);
    answered(&mut connection, now, &["+OK"]);
    assert_eq!(restored(&mut connection, now), (1, vec!["event json ALL".to_owned()]));
    assert_eq!(answered(&mut connection, now, &["-ERR denied"]), ["not restored -ERR denied"]);
    connection.bgapi(now, "status").unwrap();
    assert!(sent(&mut connection).starts_with(b"event plain BACKGROUND_JOB\n\nbgapi status\n"));
}

#[test]
fn the_last_connection_is_forgotten() {
    let notice = b"Content-Type: text/disconnect-notice\nContent-Length: 8\n\ngoodbye\n";
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
    feed(&mut connection, now, notice);
    connection.handle_eof(now);
    assert_eq!(drain(&mut connection), (vec!["Disconnecting".into()], Some(ConnectionError::Disconnected)));
    assert_eq!(drain(&mut connection), (vec![], Some(ConnectionError::Disconnected)), "sticky");
    let report = connection.reconnect().unwrap();
    assert_eq!((report.unanswered.len(), report.restored), (0, 0));
    assert_eq!(drain(&mut connection), (vec![], None), "the error went with its connection");
    login(&mut connection, now);
    assert!(connection.is_logged_in() && !connection.is_over());
    // No goodbye this time.
    connection.handle_eof(now);
    assert_eq!(drain(&mut connection), (vec![], Some(ConnectionError::Closed { truncated: 0 })));
    // What is unanswered is reported once.
    connection.reconnect().unwrap();
    login(&mut connection, now);
    let asked = connection.api(now, "status").unwrap();
    connection.handle_eof(now);
    assert_eq!(drain(&mut connection).0, [format!("{asked:?} Lost(NotSent)")]);
    assert_eq!(connection.reconnect().unwrap().unanswered.len(), 1);
    login(&mut connection, now);
    connection.close(now);
    connection.handle_eof(now);
    assert_eq!(drain(&mut connection), (vec!["Closed".into()], None));
    assert_eq!(connection.reconnect().unwrap().unanswered.len(), 0);
}

#[test]
fn held_is_exact() {
    let now = Instant::now();
    let mut connection = ready(quiet(), now);
    assert_eq!(connection.held(), 0);
    // Not transmitted, in part and at all.
    let asked = connection.api(now, "status").unwrap();
    assert_eq!(connection.held(), b"api status\n\n".len());
    connection.transmitted(5);
    assert_eq!(connection.held(), b"api status\n\n".len() - 5);
    connection.transmitted(b"api status\n\n".len() - 5);
    assert_eq!((connection.held(), connection.open()), (0, 1));
    // Received and not polled.
    let answer = response("UP");
    feed(&mut connection, now, &answer);
    feed(&mut connection, now, b"Content-");
    assert_eq!(connection.held(), answer.len() + 8);
    assert_eq!(drain(&mut connection).0, [format!("{asked:?} reply UP")]);
    assert_eq!(connection.held(), 8);
    feed(&mut connection, now, b"Length: 0\n\n");
    drain(&mut connection);
    // To be set again: while it is asked, and then for good.
    connection.filter(now, "A", "b").unwrap();
    assert_eq!(connection.held(), 2 * b"filter A b\n\n".len());
    sent(&mut connection);
    assert_eq!(connection.held(), b"filter A b\n\n".len());
    answered(&mut connection, now, &["+OK"]);
    assert_eq!(connection.held(), b"filter A b\n\n".len());
    connection.filter(now, "A", "c").unwrap();
    sent(&mut connection);
    answered(&mut connection, now, &["-ERR"]);
    assert_eq!(connection.held(), b"filter A b\n\n".len());
    // A lost connection keeps what is to be set again, and nothing else.
    connection.api(now, "status").unwrap();
    connection.filter(now, "A", "d").unwrap();
    connection.handle_eof(now);
    drain(&mut connection);
    assert_eq!(connection.held(), b"filter A b\n\n".len());
    connection.reconnect().unwrap();
    assert_eq!(connection.held(), b"filter A b\n\n".len());
}

/// What is to be set again is counted three times: kept, asked, and on its way out. Room for a
/// goodbye, and to ask for a sign of life, stays free.
#[test]
fn settings_count_for_the_ceiling() {
    let now = Instant::now();
    let filter = |at: usize| Message::new(format!("filter Some-Header value-{at:0100}"));
    let len = "filter Some-Header value-\n\n".len() + 100;
    let exit = "exit\n\nnoop\n\n".len();
    // Of a setting that isn't transmitted: three times what is kept, and what waits.
    for (ceiling, fits) in [(4 * len, true), (4 * len - 1, false)] {
        let mut connection = ready(quiet().ceiling(ceiling + exit), now);
        assert_eq!(connection.send(now, &filter(0)).is_ok(), fits, "{ceiling}");
    }
    for (ceiling, fits) in [(7 * len, 2), (7 * len - 1, 1), (10 * len, 3), (10 * len - 1, 2)] {
        let mut connection = ready(quiet().ceiling(ceiling + exit), now);
        let mut set = 0;
        while connection.send(now, &filter(set)).is_ok() {
            set += 1;
            sent(&mut connection);
            // Whether they are answered or not.
            if set % 2 == 0 {
                answered(&mut connection, now, &["+OK", "+OK"]);
            }
        }
        assert_eq!(set, fits, "{ceiling}");
        assert!(matches!(connection.send(now, &filter(99)), Err(SendError::Ceiling { max }) if max == ceiling + exit));
        // Other requests have what is left of it.
        let left = ceiling - 3 * fits * len;
        let api = |len: usize| Message::api("x".repeat(len - b"api \n\n".len()));
        assert!(connection.send(now, &api(left + 1)).is_err(), "{ceiling}");
        assert!(connection.send(now, &api(left)).is_ok(), "{ceiling}");
    }
}
