// Filters and jobs: beside each filter the output of a job comes, or the job is refused.

use std::time::Instant;

use super::restore::{answered, restored};
use super::{quiet, ready, sent};
use ami_proto::error::ApiMisuse;
use ami_proto::freeswitch::{Connection, EventFormat, Message};

/// Returns the first line of each command that was sent.
fn lines(connection: &mut Connection) -> Vec<String> {
    let text = String::from_utf8(sent(connection)).unwrap();
    text.split_terminator("\n\n").map(|one| one.lines().next().unwrap().to_owned()).collect()
}

/// Where there are filters, the output of jobs is let through by one more, for as long as there are
/// others; alone it would keep all else away.
#[test]
fn filters_let_the_output_of_jobs_through() {
    const SETS: &str = "filter Event-Name BACKGROUND_JOB";
    const TAKES_BACK: &str = "filter delete Event-Name BACKGROUND_JOB";
    let now = Instant::now();
    // What is said, and what goes out for it.
    let cases: &[&[(&str, &[&str])]] = &[
        &[("bgapi a", &["bgapi a"]), ("filter A b", &[SETS, "filter A b"]), ("filter A c", &["filter A c"])],
        &[("filter A b", &["filter A b"]), ("bgapi a", &[SETS, "bgapi a"]), ("bgapi b", &["bgapi b"])],
        &[
            ("filter A b", &["filter A b"]),
            ("filter A c", &["filter A c"]),
            ("bgapi a", &[SETS, "bgapi a"]),
            ("filter delete A b", &["filter delete A b"]),
            ("filter delete a c", &[TAKES_BACK, "filter delete a c"]),
            ("bgapi b", &["bgapi b"]),
            ("filter add A d", &[SETS, "filter add A d"]),
            ("filter A b", &["filter A b"]),
            ("filter delete A", &[TAKES_BACK, "filter delete A"]),
        ],
        // One of the program's own stays.
        &[
            ("filter event-name BACKGROUND_JOB", &["filter event-name BACKGROUND_JOB"]),
            ("filter A b", &["filter A b"]),
            ("bgapi a", &["bgapi a"]),
            ("filter delete A b", &["filter delete A b"]),
        ],
        &[
            ("filter A b", &["filter A b"]),
            ("bgapi a", &[SETS, "bgapi a"]),
            ("filter delete all", &["filter delete all"]),
            ("bgapi b", &["bgapi b"]),
        ],
        &[
            ("filter A b", &["filter A b"]),
            ("filter delete Event-Name", &["filter delete Event-Name"]),
            ("bgapi a", &[SETS, "bgapi a"]),
            ("filter delete Event-Name", &[SETS, "filter delete Event-Name"]),
            ("bgapi b", &[SETS, "bgapi b"]),
        ],
        // The server sets no filter without a value.
        &[("filter A", &["filter A"]), ("bgapi a", &["bgapi a"])],
        // An expression may name other events; one filter more does no harm.
        &[("filter Event-Name /JOB/", &["filter Event-Name /JOB/"]), ("bgapi a", &[SETS, "bgapi a"])],
        &[("event plain A", &["event plain A"]), ("bgapi a", &["bgapi a"])],
    ];
    for answered_each in [false, true] {
        for said in cases {
            let mut connection = ready(quiet().events(EventFormat::Plain, "BACKGROUND_JOB"), now);
            assert_eq!(lines(&mut connection), ["event plain BACKGROUND_JOB"]);
            answered(&mut connection, now, &["+OK"]);
            for (line, expected) in *said {
                connection.send(now, &Message::new(line)).unwrap();
                assert_eq!(lines(&mut connection), **expected, "{said:?}: {line}, answered: {answered_each}");
                if answered_each {
                    answered(&mut connection, now, &vec!["+OK"; expected.len()]);
                }
            }
        }
    }
}

/// The filter for jobs is set again with the others, and taken back with the last of them.
#[test]
fn the_filter_for_jobs_comes_again() {
    let now = Instant::now();
    let mut connection = ready(quiet().events(EventFormat::Plain, "BACKGROUND_JOB"), now);
    connection.filter(now, "A", "b").unwrap();
    connection.bgapi(now, "a").unwrap();
    sent(&mut connection);
    answered(&mut connection, now, &["+OK"; 4]);
    let expected = ["event plain BACKGROUND_JOB", "filter A b", "filter Event-Name BACKGROUND_JOB"].map(str::to_owned);
    assert_eq!(restored(&mut connection, now), (3, expected.to_vec()));
    connection.bgapi(now, "a").unwrap();
    assert_eq!(lines(&mut connection), ["bgapi a"]);
    connection.send(now, &Message::new("filter delete A b")).unwrap();
    assert_eq!(lines(&mut connection), ["filter delete Event-Name BACKGROUND_JOB", "filter delete A b"]);
    answered(&mut connection, now, &["+OK"; 6]);
    assert_eq!(restored(&mut connection, now), (1, vec!["event plain BACKGROUND_JOB".to_owned()]));
    // A filter that the server has refused is none.
    connection.filter(now, "C", "d").unwrap();
    sent(&mut connection);
    answered(&mut connection, now, &["+OK", "-ERR"]);
    connection.bgapi(now, "a").unwrap();
    assert_eq!(lines(&mut connection), ["bgapi a"]);
}

/// A job whose output a filter keeps away is refused, and not waited for.
#[test]
fn jobs_that_are_hidden_are_refused() {
    let now = Instant::now();
    for (header, value, hides) in [
        ("event-name", "-BACKGROUND_JOB", true),
        ("event-name", "+-background_job", true),
        ("event-name", "- BACKGROUND_JOB", true),
        ("event-name", "-+BACKGROUND_JOB", false),
        ("event-name", "-CUSTOM", false),
        ("event-name", "BACKGROUND_JOB", false),
        // Some of them.
        ("Job-Command", "-conference", true),
        ("job-command-arg", "+-/room/", true),
        ("Job-UUID", "-1", true),
        ("Job-Command", "-+conference", false),
        ("Job-Command", "conference", false),
        ("Jobs", "-conference", false),
        ("Call-Command", "-execute", false),
        // No expression keeps anything away: with a sign it is compared as it stands.
        ("Event-Name", "-/BACKGROUND_JOB/", false),
        ("Event-Name", "/^(?!BACKGROUND)/", false),
        ("Event-Name", "-", false),
        // Other headers that the output of each job has.
        ("freeswitch-hostname", "-pbx", true),
        ("Event-Sequence", "-7", true),
        ("Core-UUID", "-", false),
        ("Event-Calling-File", "-mod_event_socket.c", true),
        ("Event-Calling-File", "-switch_channel.c", false),
        ("event-calling-function", "-API_EXEC", true),
        ("Event-Subclass", "-conference::maintenance", false),
        // The output itself.
        ("_body", "-", true),
        ("_body", "+OK", false),
        ("_BODY", "-", false),
    ] {
        let mut connection = ready(quiet(), now);
        connection.send(now, &Message::new(format!("filter {header} {value}"))).unwrap();
        let refused = connection.bgapi(now, "a");
        assert_eq!(refused.is_err(), hides, "{header} {value}: {refused:?}");
        assert!(refused.is_ok_and(|_| true) || connection.bgapi(now, "a") == Err(ApiMisuse::JobsHidden.into()));
        assert!(connection.api(now, "a").is_ok());
        connection.send(now, &Message::new(format!("filter delete {header} {value}"))).unwrap();
        assert!(connection.bgapi(now, "a").is_ok(), "{header} {value}");
    }
}

/// `filter` is read word by word as the server reads it: what it sets or takes back decides whether
/// the output of a job comes.
#[test]
fn filters_are_read_as_the_server_reads_them() {
    let now = Instant::now();
    let hiding = "filter Event-Name -BACKGROUND_JOB";
    for (said, hides) in [
        (&[hiding, "filter delete event-name -BACKGROUND_JOB"][..], false),
        (&[hiding, "filter delete Event-Name"], false),
        (&[hiding, "filter   delete Event-Name "], false),
        (&[hiding, "filter delete ALL of them"], false),
        // The case of a value counts.
        (&[hiding, "filter delete Event-Name -background_job"], true),
        // A header without a name, of which the rest is the value.
        (&[hiding, "filter delete  Event-Name"], true),
        (&[hiding, "filter delete  all"], true),
        (&["filter add  Event-Name -BACKGROUND_JOB"], false),
        // Without a value all of the header are taken back; with `add` nothing is done.
        (&[hiding, "filter Event-Name "], false),
        (&[hiding, "filter add Event-Name "], false),
        (&[hiding, "filter add Event-Name"], true),
        (&[hiding, "filter Event-Name"], true),
        (&[hiding, "filter delete"], true),
        (&["FILTER Add Event-Name  -BACKGROUND_JOB"], true),
        // What changes filters of this name that are set already.
        (&["filter Event-Name[0] CUSTOM"], true),
        (&["filter Event-Name ARRAY::A|:B"], true),
        (&["filter Job-UUID ARRAY::-1"], true),
        (&["filter Unique-ID[0] a"], false),
        (&["filter Event-Name[0] CUSTOM", "filter delete all"], false),
    ] {
        let mut connection = ready(quiet(), now);
        for line in said {
            connection.send(now, &Message::new(line)).unwrap();
        }
        assert_eq!(connection.bgapi(now, "a").is_err(), hides, "{said:?}");
    }
}
