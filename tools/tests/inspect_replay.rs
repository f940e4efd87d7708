//! Invariant: `ami inspect` reads recordings of both directions in every mode, with their times;
//! what is no such recording is an error that names the place, and what was whole before it is
//! shown. It says where times come from, and how coarse they are.

use std::process::Command;

use ami_testkit::programs::{Run, fed};
use ami_testkit::session;
use serde_json::{Value, json};

/// A session of a few seconds: what the recorder wrote, and what the script makes of it.
const SESSION: &str = "tools/tests/session/short.jsonl";
const REPLAY: &str = "tools/tests/session/short.replay";

/// Runs a program in the root of the repository.
fn run(program: &str, args: &[&str], stdin: &[u8]) -> Run {
    fed(Command::new(program).args(args).current_dir(ami_testkit::root()), stdin)
}

fn inspect_from(stdin: &[u8], args: &[&str]) -> Run {
    run(env!("CARGO_BIN_EXE_ami"), &[&["inspect"], args].concat(), stdin)
}

fn inspect(args: &[&str]) -> Run {
    inspect_from(b"", args)
}

fn objects(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

/// Bytes of a message: `|` ends a line, `;` a frame.
fn frames(text: &str) -> String {
    text.replace('|', "\r\n").replace(';', "\r\n\r\n")
}

/// A turn of a recording; `head` is `<` or `>`.
fn turn(head: &str, seconds: &str, text: &str) -> String {
    let text = frames(text);
    let space = if seconds.is_empty() { "" } else { " " };
    format!("{head} {}{space}{seconds}\n{text}\n", text.len())
}

#[test]
fn the_script_turns_a_session_into_a_replay() {
    let script = "tools/session_to_replay.py";
    let session = std::fs::read(ami_testkit::root().join(SESSION)).expect("a file");
    let replay = std::fs::read_to_string(ami_testkit::root().join(REPLAY)).expect("a file");
    for (source, stdin) in [(SESSION, &b""[..]), ("-", &session)] {
        let made = run("python3", &[script, source, "-"], stdin);
        assert_eq!((made.code, made.stderr.as_str()), (Some(0), ""));
        assert_eq!(made.stdout, replay, "{source}");
    }
    for (line, problem) in [
        (r#"{"t": 1, "dir": "s2c"}"#, "b64 is missing"),
        (r#"{"t": 1, "dir": "s2c", "b64": "a?=="}"#, ""),
        (r#"{"t": 1, "dir": "s2c", "b64": 7}"#, ""),
        (r#"{"t": 1, "dir": "s2c", "len": 3, "b64": "YQ=="}"#, "len is 3, b64 has 1 bytes"),
        (r#"{"t": -1, "dir": "s2c", "b64": "YQ=="}"#, "t is -1: seconds from 0 to 4294967296"),
        (r#"{"t": NaN, "dir": "s2c", "b64": "YQ=="}"#, "t is nan"),
        (r#"{"t": 1e300, "dir": "c2s", "b64": "YQ=="}"#, "t is 1e+300"),
        (r#"{"t": "1", "dir": "c2s", "b64": "YQ=="}"#, "t is '1'"),
        ("[]", "no object"),
        ("{", ""),
    ] {
        let made = run("python3", &[script, "-", "-"], format!("{{\"dir\": \"note\"}}\n\n{line}\n").as_bytes());
        assert_eq!((made.code, made.stdout.as_str()), (Some(1), ""), "{line}");
        assert!(made.stderr.starts_with(&format!("-:3: {problem}")), "{line}: {}", made.stderr);
    }
    assert_eq!(run("python3", &[script], b"").code, Some(1));
}

#[test]
fn a_summary_of_both_directions() {
    let run = inspect(&[REPLAY]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    for line in [
        "  both directions: turns 9, bytes of the server 926, of the client 41; times up to 7.000000 s\n",
        "| action   | CoreShowChannels         |     1 |    41 |\n",
        "| event    | BridgeEnter              |     2 |",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    let untimed = inspect(&["corpus/replay/11_agents.replay"]);
    assert!(untimed.stdout.contains("; no times\n"), "{}", untimed.stdout);
    // Places are those of one side's bytes.
    let odd = [turn("<", "", "Banner|"), turn(">", "", "Action: Ping|odd;"), turn("<", "", "Event: Hangup|Cause: x;")];
    let odd = inspect_from(odd.concat().as_bytes(), &["--typed"]);
    assert!(odd.stdout.contains("  odd line at 14 of the client's bytes: odd\n"), "{}", odd.stdout);
    assert!(odd.stdout.contains("  invalid value at 8 of the server's bytes, Hangup Cause: x"), "{}", odd.stdout);
}

#[test]
fn frames_say_who_sent_them_and_when() {
    let run = inspect(&["--json", "--typed", REPLAY]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let found: Vec<_> = objects(&run)
        .iter()
        .map(|object| {
            json!([object["from"], object["at"], object["time_source"], object["kind"], object["typed"]["type"]])
        })
        .collect();
    let row = |from: &str, at: Option<f64>, kind: &str, name: Option<&str>| {
        json!([from, at, if at.is_some() { "received" } else { "none" }, kind, name])
    };
    let expected = [
        row("server", Some(0.000_297), "banner", None),
        row("client", Some(0.25), "action", None),
        row("server", Some(0.375), "response", Some("Response")),
        row("server", Some(0.375), "event", Some("CoreShowChannelsComplete")),
        row("server", Some(1.0), "event", Some("Newchannel")),
        // It ends in the turn after the one in which it begins.
        row("server", Some(1.5), "event", Some("Newchannel")),
        row("server", None, "event", Some("BridgeEnter")),
        row("server", Some(2.125), "event", Some("BridgeEnter")),
        row("server", Some(6.625), "event", Some("Hangup")),
        row("server", Some(6.625), "event", Some("Hangup")),
    ];
    assert_eq!(found, expected);

    // But for those keys, each side's frames are those of its bytes alone, and secrets are masked.
    let root = ami_testkit::root();
    let replays = ami_testkit::below(&root.join("corpus/replay"), |path| !path.ends_with("22_read_idle.replay"));
    assert!(replays.len() > 10, "{replays:?}");
    for path in replays {
        let name = path.strip_prefix(root).expect("a file of ours").to_str().expect("a plain name");
        let replay = std::fs::read(&path).expect("a readable file");
        let all = objects(&inspect(&["--json", name]));
        for (from_client, from) in [(false, "server"), (true, "client")] {
            let turns = session::replay(&replay).into_iter().filter(|turn| turn.from_client == from_client);
            let alone = inspect_from(&turns.flat_map(|turn| turn.bytes).collect::<Vec<_>>(), &["--json"]);
            let mut own: Vec<_> = all.iter().filter(|object| object["from"] == from).cloned().collect();
            for object in &mut own {
                let object = object.as_object_mut().expect("an object");
                for key in ["from", "at", "time_source"] {
                    object.shift_remove(key).expect(key);
                }
            }
            assert!(own == objects(&alone), "{name}: {from}");
        }
    }
}

#[test]
fn calls_have_the_times_of_the_recording() {
    const TIMES: &str = "inspect: tools/tests/session/short.replay: times: received (when the bytes were received, since the recording's beginning)\n";
    let run = inspect(&["--calls", "--json", REPLAY]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), TIMES));
    let calls = objects(&run);
    let [call] = &calls[..] else { panic!("{}", run.stdout) };
    let number = |key: &str| call[key].as_f64();
    assert_eq!(["start", "talk", "end"].map(number), [Some(1.0), Some(4.5), Some(6.625)]);
    assert_eq!((&call["answered_by_person"], &call["time_source"]), (&json!(1.125), &json!("received")));

    let run = inspect(&["--calls", "--csv", REPLAY]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), TIMES));
    assert!(run.stdout.contains(",answered,1.000,1.125,6.625,4.500,"), "{}", run.stdout);
    assert!(run.stdout.contains(",received,"), "{}", run.stdout);

    let sheet = std::env::temp_dir().join(format!("inspect-replay-{}.svg", std::process::id()));
    let run = inspect(&["--calls", "--svg", sheet.to_str().expect("a plain name"), REPLAY]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), TIMES));
    assert!(run.stdout.contains("|  4.5 |"), "{}", run.stdout);
    let drawn = std::fs::read_to_string(&sheet).expect("a picture");
    assert!(drawn.contains("times: received (when the bytes were received"), "{drawn}");

    // What counts from different moments can't be on one sheet.
    let cel = "corpus/handmade/cel_local_time.ami";
    let other = "corpus/replay/13_agent_oncall.replay";
    let run = inspect(&["--svg", sheet.to_str().expect("a plain name"), REPLAY, cel, other]);
    assert_eq!(run.code, Some(0));
    for file in [cel, other] {
        let not_drawn = format!("inspect: {file}: not drawn: its times and those of the files before it count");
        assert!(run.stderr.contains(&not_drawn), "{}", run.stderr);
    }
    let drawn = std::fs::read_to_string(&sheet).expect("a picture");
    std::fs::remove_file(&sheet).expect("a file of our own");
    assert!(drawn.contains("PJSIP/100-00000001 (1700000000.1)") && !drawn.contains("times: cel"), "{drawn}");
}

#[test]
fn the_state_at_a_time_of_the_recording() {
    let channels = |at: &str| {
        let run = inspect(&["--state", "--json", "--at", at, REPLAY]);
        assert_eq!(run.code, Some(0));
        assert!(run.stderr.contains(": times: received ("), "{}", run.stderr);
        let mut objects = objects(&run);
        assert_eq!(objects.len(), 1);
        objects.remove(0)
    };
    for (at, expected) in [("0", 0), ("0.999", 0), ("1", 1), ("1.5", 2), ("6.624999", 2), ("6.625", 0)] {
        let state = channels(at);
        assert_eq!(state["channels"].as_array().map(Vec::len), Some(expected), "{at}: {state}");
    }
    let state = channels("2");
    assert_eq!((&state["completeness"]["channels"], &state["channels"][0]["since"]), (&json!("complete"), &json!(1.0)));
    for wrong in ["-1", "NaN", "1e300", "x"] {
        let run = inspect(&["--state", "--json", &format!("--at={wrong}"), REPLAY]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{wrong}");
        assert!(run.stderr.contains("--at"), "{wrong}: {}", run.stderr);
    }
}

#[test]
fn pieces_of_any_size() {
    let picture = std::env::temp_dir().join(format!("inspect-pieces-{}.svg", std::process::id()));
    let picture = picture.to_str().expect("a plain name");
    for args in [&["--json"][..], &["--calls", "--svg", picture], &["--state", "--json"]] {
        let whole = inspect(&[args, &[REPLAY, "corpus/replay/23_fax.replay"]].concat());
        for chunk in ["1", "7", "64", "1460"] {
            let run = inspect(&[args, &["--chunk", chunk, REPLAY, "corpus/replay/23_fax.replay"]].concat());
            assert_eq!((run.code, &run.stdout, &run.stderr), (Some(0), &whole.stdout, &whole.stderr), "{chunk}");
        }
    }
    std::fs::remove_file(picture).expect("a file of our own");
}

/// The event socket's recordings are read by the same reader.
#[test]
fn recordings_of_the_event_socket() {
    let file = "corpus/freeswitch/esl_auth_ok_1.11.2.replay";
    let run = inspect(&["--protocol", "esl", "--json", file]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.stdout);
    let objects = objects(&run);
    assert_eq!((&objects[0]["from"], &objects[0]["content_type"]), (&json!("server"), &json!("auth/request")));
    assert!(objects.iter().any(|object| object["from"] == "client"));
    assert!(run.stdout.contains(r#""command":"auth ***""#), "{}", run.stdout);
    let run = inspect(&["--protocol", "esl", file]);
    assert!(run.stdout.contains("  both directions: turns "), "{}", run.stdout);
}

#[test]
fn an_invalid_recording_is_an_error_in_words() {
    let first = turn("<", "1.5", "Event: A;");
    let place = format!("turn 2 on, at offset {} of the file: ", first.len());
    let cases = [
        ("x", "\"x\" has no line feed"),
        ("< 4 2", "\"< 4 2\" has no line feed"),
        ("<4 2\nEvent", "\"<4 2\" is no such line"),
        ("= 4 2\nEvent", "\"= 4 2\" is no such line"),
        ("< 4 2 3\nEvent", "\"< 4 2 3\" is no such line"),
        ("<  4\nEvent", "\"\" is no LENGTH"),
        ("< x 2\nEvent", "\"x\" is no LENGTH"),
        ("< -4 2\nEvent", "\"-4\" is no LENGTH"),
        ("< +4 2\nEvent", "\"+4\" is no LENGTH"),
        ("< 18446744073709551616\nEvent", "\"18446744073709551616\" is no LENGTH"),
        ("< 4 \nEvent", "\"\" is no SECONDS, which go from 0 to 4294967296"),
        ("< 4 x\nEvent", "\"x\" is no SECONDS"),
        ("< 4 NaN\nEvent", "\"NaN\" is no SECONDS"),
        ("< 4 -1\nEvent", "\"-1\" is no SECONDS"),
        ("< 4 inf\nEvent", "\"inf\" is no SECONDS"),
        ("< 4 1e300\nEvent", "\"1e300\" is no SECONDS"),
        ("< 4 4294967296\nEvent", "\"4294967296\" is no SECONDS"),
        ("< 4 2\u{9b}1m\nEvent", "\"2\\u{9b}1m\" is no SECONDS"),
        (&format!("< {:070}\nEvent", 4), "\"< 00000000"),
        ("< 4 2\r\nEvent", "\"2\\r\" is no SECONDS"),
        ("< 4 2\nEvent: B\n\n\n", "the line feed behind its bytes is missing: is LENGTH right?"),
        ("< 10 2\nEvent: B\n\n", "the line feed behind its bytes is missing"),
        ("< 100 2\nEvent: B\n\n\n", "the file ends 89 bytes before the end of the turn"),
        ("< 18446744073709551615 2\nEvent: B\n\n", "the file ends 18446744073709551605 bytes before"),
    ];
    for (more, problem) in cases {
        let whole = [first.as_bytes(), more.as_bytes()].concat();
        for args in [&["--json"][..], &["--json", "--typed"], &[], &["--calls"], &["--calls", "--json"]] {
            let run = inspect_from(&whole, args);
            assert_eq!(run.code, Some(1), "{more:?} {args:?}: {}", run.stderr);
            let expected = format!("inspect: standard input: no replay from {place}{problem}");
            assert!(run.stderr.contains(&expected), "{more:?}: {}", run.stderr);
            assert!(run.stderr.contains("; a turn is a line `< LENGTH SECONDS` (server) or"), "{}", run.stderr);
            if args.first() == Some(&"--json") {
                assert_eq!(objects(&run)[0]["name"], "A", "{more:?}: what was whole is shown");
            }
        }
        let state = inspect_from(&whole, &["--state", "--json"]);
        assert_eq!((state.code, state.stdout.lines().count()), (Some(1), 1), "{more:?}");
    }
    // It is told to be a replay by its first two bytes; the next file is read all the same.
    let run = inspect_from(b"< x\n", &["--json", "-", "corpus/frames/banner_22.ami"]);
    assert_eq!((run.code, run.stdout.lines().count()), (Some(1), 2), "{}", run.stderr);
    for stream in ["<", ">\n", "<x\n\n", ""] {
        assert_eq!(inspect_from(stream.as_bytes(), &["--json"]).code, Some(0), "{stream:?}");
    }
}

#[test]
fn frames_that_a_recording_cuts_off() {
    let whole = [turn("<", "", "Event: A;"), turn(">", "", "Action: P"), turn("<", "", "Event: B|")].concat();
    let run = inspect_from(whole.as_bytes(), &["--json"]);
    let warning = |side: &str, left: u32, at: u32| {
        format!(
            "inspect: standard input: warning: {side}: stream ended inside a frame: {left} bytes of it from stream offset {at}\n"
        )
    };
    assert_eq!((run.code, run.stderr), (Some(0), warning("server", 10, 12) + &warning("client", 9, 0)));
    let long = format!("> {}\n{}\n", 1 << 21, "x".repeat(1 << 21));
    let run = inspect_from((whole + &long).as_bytes(), &["--json"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("standard input: client: line longer than the limit"), "{}", run.stderr);
}

#[test]
fn times_that_go_back_or_come_late_are_told() {
    let replay = [turn("<", "5", "Event: A;"), turn("<", "4", "Event: B;"), turn("<", "4.5", "Event: C;")];
    let back = replay[0].len();
    let run = inspect_from(replay.concat().as_bytes(), &["--json"]);
    let at: Vec<_> = objects(&run).iter().map(|object| object["at"].as_f64()).collect();
    assert_eq!((run.code, at), (Some(0), vec![Some(5.0); 3]));
    let warning =
        format!("warning: 2 times go back, which were taken for those before them; the first is at offset {back} ");
    assert!(run.stderr.contains(&warning), "{}", run.stderr);

    // The first lines leave it out: the recording has times all the same.
    let call = |uid: u32| format!("Event: Newchannel|Channel: A|Uniqueid: 17000000{uid}.1|Linkedid: 1;");
    let replay =
        [turn("<", "", &call(10)), turn("<", "2", &call(20)), turn("<", "9", "Event: Hangup|Uniqueid: 1700000020.1;")];
    let run = inspect_from(replay.concat().as_bytes(), &["--calls", "--json"]);
    let calls = objects(&run);
    assert_eq!((&calls[0]["start"], &calls[0]["time_source"]), (&json!(0.0), &json!("received")), "{}", run.stderr);

    // So late that all before was read without them.
    let long = format!("> {}\n{}\n", 1 << 21, "\n".repeat(1 << 21));
    let replay = [turn("<", "", &call(10)), long, turn("<", "2", "Event: Hangup|Uniqueid: 1700000010.1;")].concat();
    let run = inspect_from(replay.as_bytes(), &["--calls", "--json"]);
    assert_eq!(objects(&run)[0]["time_source"], "unique-id");
    assert!(run.stderr.contains("warning: 1 times were passed over"), "{}", run.stderr);
}

/// Streams without times of their own: what tells them is said, and how coarse it is.
#[test]
fn where_times_come_from_is_said() {
    let begin = "Event: Newchannel|Channel: A|Uniqueid: 1700000000.1|Linkedid: 1700000000.1";
    let end = "Event: Hangup|Channel: A|Uniqueid: 1700000000.1";
    let cel = "Event: CEL|EventName: CHAN_START|EventTime: 2023-11-14 23:13:20|UniqueID: 1700000000.1";
    let coarse = [
        "(Timestamp of the events; to the microsecond)",
        "EventTime of CEL events; between them time stands still; to the second)",
    ];
    let cases = [
        (
            format!("{begin}|Timestamp: 1700000000.5;{end}|Timestamp: 1700000001.5;"),
            "timestamp",
            format!("timestamp {}", coarse[0]),
        ),
        (format!("{cel};{begin};{end};"), "cel", format!("cel ({}", coarse[1])),
        (
            format!("{begin};{end};"),
            "unique-id",
            "unique-id (unique ids of new channels; between them time stands still; to the second)".to_owned(),
        ),
        (
            format!("{};{end};", begin.replace("1700000000.1", "mine")).replace("1700000000.1", "mine"),
            "none",
            "none (no event tells one, and all lengths are 0)".to_owned(),
        ),
        (
            format!("{begin};{cel};{end}|Timestamp: 1700000001.5;"),
            "unique-id",
            "timestamp for 1 events (Timestamp of the events; to the microsecond), cel for 1 events (".to_owned(),
        ),
    ];
    for (events, source, told) in cases {
        let run = inspect_from(frames(&events).as_bytes(), &["--calls", "--json"]);
        assert_eq!((run.code, &objects(&run)[0]["time_source"]), (Some(0), &json!(source)), "{events}");
        let told = format!("inspect: standard input: times: {told}");
        assert!(run.stderr.contains(&told), "{told}: {}", run.stderr);
    }
}
