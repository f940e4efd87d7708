//! Invariant: `ami inspect`, run as a user runs it, shows what the oracle reads, whatever the size
//! of the pieces; it keeps secrets to itself and its exit code tells how it went.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ami_proto::redact::is_secret;
use ami_proto::{Decoder, Limits};
use ami_testkit::json::object;
use ami_testkit::oracle;
use ami_testkit::programs::{Run, fed};
use serde_json::{Value, json};

/// The program; names of files count from the root of the repository.
fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ami"));
    command.arg("inspect").current_dir(ami_testkit::root());
    command
}

fn inspect_from(stdin: &[u8], args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
    fed(command().args(args), stdin)
}

fn inspect(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
    inspect_from(b"", args)
}

/// The objects printed for an input; it has to be a flawless one.
fn json(stdin: &[u8]) -> Vec<Value> {
    let run = inspect_from(stdin, ["--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    objects(&run)
}

fn objects(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

/// A file of this test's own, gone when it is over.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("ami-proto-inspect-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).expect("a writable temporary folder");
        Self(path)
    }

    fn as_str(&self) -> &str {
        self.0.to_str().expect("a temporary folder of a plain name")
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_small_session() {
    let run = inspect(["--json", "corpus/frames/banner_22.ami"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let expected = concat!(
        r#"{"offset":0,"len":30,"kind":"banner","name":null,"headers":[],"lines":["Asterisk Call Manager/11.0.0"]}"#,
        "\n",
        r#"{"offset":30,"len":74,"kind":"response","name":"Success","headers":[["Response","Success"],"#,
        r#"["ActionID","Login-1"],["Message","Authentication accepted"]],"lines":[]}"#,
        "\n",
    );
    assert_eq!(run.stdout, expected);
}

#[test]
fn every_kind_of_content() {
    let cases: [(&str, &[u8], Value); 7] = [
        (
            "text",
            b"Event: A\n\nlabq has 0 calls\r\n   Members: \r\n\r\n",
            json!({"offset": 10, "len": 34, "kind": "text", "name": null, "headers": [],
                "lines": ["labq has 0 calls", "   Members: "]}),
        ),
        (
            "banner",
            b"Proxy/1.0: ready\r\n",
            json!({"offset": 0, "len": 18, "kind": "banner", "name": null, "headers": [], "lines": ["Proxy/1.0: ready"]}),
        ),
        (
            "Follows",
            b"Response: Follows\r\nPrivilege: Command\r\na: b\n\n c--END COMMAND--\r\n\r\n",
            json!({"offset": 0, "len": 66, "kind": "response", "name": "Follows",
                "headers": [["Response", "Follows"], ["Privilege", "Command"]], "lines": ["a: b", "", " c"]}),
        ),
        (
            "odd line",
            b"Response: Success\r\nNo categories found\r\nA: b\r\n\r\n",
            json!({"offset": 0, "len": 48, "kind": "response", "name": "Success",
                "headers": [["Response", "Success"], ["A", "b"]], "lines": ["No categories found"]}),
        ),
        (
            "no UTF-8",
            b"ActionID: \xe9\nEvent: \xff\nK\xfe: \nK: caf\xc3\xa9\ncaf\xe9\n\n",
            json!({"offset": 0, "len": 41, "kind": "event", "name": {"hex": "ff"},
                "headers": [["ActionID", {"hex": "e9"}], ["Event", {"hex": "ff"}], [{"hex": "4bfe"}, ""], ["K", "café"]],
                "lines": [{"hex": "636166e9"}]}),
        ),
        (
            "from a client",
            b"Action: Ping\r\n\r\n",
            json!({"offset": 0, "len": 16, "kind": "action", "name": "Ping", "headers": [["Action", "Ping"]], "lines": []}),
        ),
        (
            "blank lines before, between and behind",
            b"\r\n\nEvent: A\nA: b\nA:  b \n\n\n",
            json!({"offset": 3, "len": 22, "kind": "event", "name": "A",
                "headers": [["Event", "A"], ["A", "b"], ["A", " b "]], "lines": []}),
        ),
    ];
    for (name, input, expected) in cases {
        assert_eq!(json(input).last(), Some(&expected), "{name}");
    }
}

/// The objects are what the oracle reads, and their keys come in the same order everywhere.
#[test]
fn the_corpus_as_the_oracle_reads_it() {
    for folder in ["frames", "handmade", "sessions", "requests", "truncated"] {
        let files = ami_testkit::corpus(folder);
        let names = files.iter().map(|(name, _)| format!("corpus/{name}"));
        let run = inspect(["--json", "--show-secrets"].into_iter().map(String::from).chain(names));
        assert_eq!(run.code, Some(0), "{folder}: {}", run.stderr);
        let mut lines = run.stdout.lines();
        let mut cut_off = Vec::new();
        for (name, input) in &files {
            let reading = oracle::read(input, true);
            for frame in &reading.frames {
                let line = lines.next().unwrap_or_else(|| panic!("{name}: frames are missing"));
                let line: Value = serde_json::from_str(line).expect("an object");
                assert_eq!(line.to_string(), object(frame).to_string(), "{name}");
            }
            let left = input.len() as u64 - reading.rest;
            if left > 0 {
                cut_off.push(format!(
                    "inspect: corpus/{name}: warning: stream ended inside a frame: {left} bytes of it from stream offset {}",
                    reading.rest
                ));
            }
        }
        assert_eq!(lines.next(), None, "{folder}: frames too many");
        assert_eq!(run.stderr.lines().collect::<Vec<_>>(), cut_off);
    }
}

#[test]
fn pieces_of_any_size() {
    let names: Vec<String> = ami_testkit::corpus("frames").iter().map(|(name, _)| format!("corpus/{name}")).collect();
    let whole = inspect(["--json"].into_iter().chain(names.iter().map(String::as_str)));
    let summary = inspect(&names);
    for chunk in ["1", "7", "64", "1460", "65536"] {
        let run = inspect(["--json", "--chunk", chunk].into_iter().chain(names.iter().map(String::as_str)));
        assert_eq!(run.code, Some(0));
        assert!(run.stdout == whole.stdout && run.stderr == whole.stderr, "pieces of {chunk}");
        let run = inspect(["--chunk", chunk].into_iter().chain(names.iter().map(String::as_str)));
        assert_eq!(without_rate(&run.stdout), without_rate(&summary.stdout), "pieces of {chunk}");
    }
}

/// The figure of a summary that is another one each time.
fn without_rate(summary: &str) -> String {
    let cut = |line| str::strip_suffix(line, " MB/s").and_then(|line| line.rsplit_once(", ")).map_or(line, |cut| cut.0);
    summary.lines().map(cut).collect::<Vec<_>>().join("\n")
}

#[test]
fn secrets_are_masked() {
    let typed = inspect(["--json", "--typed", "corpus/frames/authdetail_password.ami"]);
    assert!(typed.stdout.contains(r#""password":"***""#) && !typed.stdout.contains("pw200"), "{}", typed.stdout);
    let masked = inspect(["--json", "corpus/frames/authdetail_password.ami"]);
    assert!(masked.stdout.contains(r#"["Password","***"]"#) && !masked.stdout.contains("pw200"), "{}", masked.stdout);
    // An empty one is none.
    assert!(masked.stdout.contains(r#"["PasswordDigest",""]"#), "{}", masked.stdout);
    let shown = inspect(["--json", "--show-secrets", "corpus/frames/authdetail_password.ami"]);
    assert!(shown.stdout.contains(r#"["Password","pw200"]"#), "{}", shown.stdout);

    let login = b"Action: Login\nSecret: s3cret\xff\n\n";
    assert_eq!(json(login)[0]["headers"][1], json!(["Secret", "***"]));
    let shown = inspect_from(login, ["--json", "--show-secrets"]);
    assert_eq!(objects(&shown)[0]["headers"][1], json!(["Secret", {"hex": "733363726574ff"}]));
}

#[test]
fn a_summary_has_no_secrets() {
    let mut found = 0;
    for folder in ["frames", "requests", "sessions"] {
        for (name, input) in ami_testkit::corpus(folder) {
            let summary = inspect(["--typed", "--show-secrets", &format!("corpus/{name}")]).stdout;
            let mut decoder = Decoder::new(Limits::new());
            decoder.push(&input);
            while let Some(frame) = decoder.next_frame().expect("a flawless file") {
                for header in frame.headers().filter(|header| is_secret(frame, *header)) {
                    let value = header.value().to_str_lossy();
                    assert!(!summary.contains(&*value), "{name}: {summary}");
                    found += 1;
                }
            }
        }
    }
    assert!(found > 0);

    let summary =
        inspect_from(b"Action: Login\nSecret: first half\nsecond half\nA: b\nodd\n\n", ["--show-secrets"]).stdout;
    assert!(summary.contains("odd line at 33: ***\n") && summary.contains("odd line at 50: odd\n"), "{summary}");
    assert!(!summary.contains("half"), "{summary}");
}

/// The key `typed` of the last frame of an input.
fn typed(stdin: &[u8], args: &[&str]) -> Option<Value> {
    let run = inspect_from(stdin, [&["--json", "--typed"], args].concat());
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    objects(&run).last().expect("a frame").get("typed").cloned()
}

#[test]
fn typed_frames_have_the_values_of_their_fields() {
    let cases: [(&str, &[u8], Value); 9] = [
        (
            "blocks under a prefix, repeats and values that stand for none",
            b"Event: DialBegin\r\nPrivilege: call,all\r\nDestChannel: PJSIP/100-00000001\r\nDestChannelState: 6\r\nDestPriority: \r\n\
                DestChanVariable: A=1\r\nDestChanVariable: B=caf\xe9\r\nDialString: 100\r\n\r\n",
            json!({"type": "DialBegin",
                "fields": {"event": "DialBegin", "privilege": "call,all", "dest_channel": "PJSIP/100-00000001",
                    "dest_channel_state": 6, "dest_chan_variable": ["A=1", {"hex": "423d636166e9"}], "dial_string": "100"},
                "uncovered": [], "invalid": []}),
        ),
        (
            "uncovered and invalid; of a header that comes twice the first",
            b"Event: hangup\nCause: x\nCause: 16\nX-Odd: 1\nExten: 1\nExten: 2\n\n",
            json!({"type": "Hangup", "fields": {"event": "hangup", "exten": "1"}, "uncovered": ["X-Odd"],
                "invalid": [{"header": "Cause", "value": "x"}]}),
        ),
        (
            "numbered and keyed names",
            b"Event: RTCPSent\nReport0IAJitter: 3\nReport1IAJitter: 4\nMES:  0.5\nChanVariable(SIP/1): a=b\n\n",
            json!({"type": "RtcpSent",
                "fields": {"event": "RTCPSent", "report_ia_jitter": [["Report0IAJitter", 3], ["Report1IAJitter", 4]], "mes": 0.5,
                    "keyed_chan_variable": [["ChanVariable(SIP/1)", "a=b"]]},
                "uncovered": [], "invalid": []}),
        ),
        (
            "any other header",
            b"Event: UserEvent\nUserEvent: mine\nA: 1\nA: 2\n\n",
            json!({"type": "UserEvent",
                "fields": {"event": "UserEvent", "user_event": "mine", "rest": [["A", "1"], ["A", "2"]]},
                "uncovered": [], "invalid": []}),
        ),
        (
            "a secret by its field",
            b"Event: AuthDetail\nOauthSecret: s3cret\nPassword: \n\n",
            json!({"type": "AuthDetail", "fields": {"event": "AuthDetail", "oauth_secret": "***", "password": ""},
                "uncovered": [], "invalid": []}),
        ),
        (
            "a response by its headers",
            b"Response: Success\nActionID: 1\nCoreReloadDate: 2026-11-21\nCoreCurrentCalls: 3\n\n",
            json!({"type": "CoreStatus",
                "fields": {"response": "Success", "action_id": "1", "core_reload_date": "2026-11-21", "core_current_calls": 3},
                "uncovered": [], "invalid": []}),
        ),
        (
            "a response like many",
            b"Response: Error\nMessage: no\n\n",
            json!({"type": "Response", "fields": {"response": "Error", "message": "no"}, "uncovered": [], "invalid": []}),
        ),
        (
            "the output of a command",
            b"Response: Follows\nPrivilege: Command\nup\n--END COMMAND--\n\n",
            json!({"type": "Command", "fields": {"response": "Follows", "privilege": "Command"}, "uncovered": [], "invalid": []}),
        ),
        (
            "names of actions",
            b"Response: Success\nPing: Keepalive.  (Priv: <none>)\nHangup: Ends it.  (Priv: call)\n\n",
            json!({"type": "ListCommands",
                "fields": {"response": "Success",
                    "rest": [["Ping", "Keepalive.  (Priv: <none>)"], ["Hangup", "Ends it.  (Priv: call)"]]},
                "uncovered": [], "invalid": []}),
        ),
    ];
    for (name, input, expected) in cases {
        assert_eq!(typed(input, &[]), Some(expected), "{name}");
    }
    for input in [&b"Event: Nobody\nA: b\n\n"[..], b"Response: Success\nX-Odd: 1\n\n", b"Action: Ping\n\n", b"text\n\n"]
    {
        assert_eq!(typed(input, &[]), None);
    }
    let secret =
        typed(b"Event: AuthDetail\nOauthSecret: s3cret\n\n", &["--show-secrets"]).expect("an event that is known");
    assert_eq!(secret["fields"]["oauth_secret"], "s3cret");
}

/// What servers have sent, and what their sources and users tell of them, is known to the last
/// header; only what was forged is not.
#[test]
fn typed_to_the_last_header() {
    let files = ["events", "frames", "handmade"].into_iter().flat_map(ami_testkit::corpus);
    let names: Vec<String> = files.map(|(name, _)| name).filter(|name| !name.contains("forge")).collect();
    let run = |name: &String| objects(&inspect(["--json", "--typed", &format!("corpus/{name}")]));
    let mut events = 0;
    for name in &names {
        for object in run(name).iter().filter(|object| object["kind"] == "event") {
            let typed = &object["typed"];
            assert_eq!(typed["uncovered"], json!([]), "{name}: {object}");
            assert_eq!(typed["invalid"], json!([]), "{name}: {object}");
            events += 1;
        }
    }
    assert!(events > 600, "{events}");
}

/// What `--typed` adds is a key; all else stays as it is.
#[test]
fn typed_adds_a_key() {
    let names: Vec<String> = ami_testkit::corpus("frames").iter().map(|(name, _)| format!("corpus/{name}")).collect();
    let plain = objects(&inspect(["--json"].into_iter().chain(names.iter().map(String::as_str))));
    let mut typed = objects(&inspect(["--json", "--typed"].into_iter().chain(names.iter().map(String::as_str))));
    for object in &mut typed {
        object.as_object_mut().expect("an object").remove("typed");
    }
    assert!(typed == plain);
}

#[test]
fn a_summary_of_types() {
    let input = b"Event: Hangup\nCause: 16\nA: b\n\nEvent: Fake\nA: b\n\nEvent: Hangup\nCause: x\n\n\
        Event: AuthDetail\nOauthSecret: s3cret\n\nResponse: Success\nPing: Pong\n\n\
        Event: Hangup\nCause: y\nA: c\n\nResponse: Success\nEvent: Fake\n\n";
    let run = inspect_from(input, ["--typed", "-"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let coverage: Vec<&str> = run.stdout.lines().skip(3).take_while(|line| !line.starts_with('|')).collect();
    let expected = [
        "  events typed 4 of 5 (80.00 %), headers covered 8 of 12 (66.66 %)",
        "  responses typed 1 of 2 (50.00 %), headers covered 2 of 4 (50.00 %)",
        "  invalid values 2",
        "  invalid value at 48, Hangup Cause: x (expected a signed 32-bit integer at byte 0); 2 in all",
        "  unknown event Fake: 1",
        "  uncovered header Hangup A: 2",
    ];
    assert_eq!(coverage, expected, "{}", run.stdout);

    let file = TempFile::new("typed", input);
    let run = inspect(["--typed", file.as_str(), file.as_str()]);
    let (_, total) = run.stdout.split_once("total of 2 files\n").expect("a total");
    for line in [
        "  events typed 8 of 10 (80.00 %), headers covered 16 of 24 (66.66 %)\n",
        "  invalid value, Hangup Cause: x (expected a signed 32-bit integer at byte 0); 4 in all\n",
        "  uncovered header Hangup A: 4\n",
    ] {
        assert!(total.contains(line), "{total}");
    }
}

#[test]
fn a_summary_counts_frames_and_shows_odd_lines() {
    let input = b"Proxy\r\nEvent: B\n\nEvent: A\nodd\n\n\nEvent: A\n\nsome\ntext\n\n\
        Response: Follows\nno colon\n--END COMMAND--\n\nResponse: Success\nodd \x1b\xff\r\nA: b\n\n";
    let run = inspect_from(input, ["-"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let expected = "standard input
  frames 7, bytes 129
  text frames 1, odd lines 2, blank lines skipped 1, framing errors 0
  odd line at 26: odd
  odd line at 115: odd \\u{1b}\\xff
| kind     | name    | count | bytes |
|----------|---------|-------|-------|
| event    | A       |     2 |    24 |
| banner   |         |     1 |     7 |
| event    | B       |     1 |    10 |
| response | Follows |     1 |    44 |
| response | Success |     1 |    32 |
| text     |         |     1 |    11 |
";
    assert_eq!(without_rate(&run.stdout).trim_end(), expected.trim_end());
}

#[test]
fn a_total_over_several_files() {
    let run =
        inspect(["corpus/handmade/line_without_colon_in_response.ami", "corpus/frames/getconfig_no_categories.ami"]);
    assert_eq!(run.code, Some(0));
    let (_, total) = run.stdout.split_once("total of 2 files\n").expect("a total");
    let expected = "  frames 3, bytes 214
  text frames 0, odd lines 3, blank lines skipped 0, framing errors 0
| kind     | name    | count | bytes |
|----------|---------|-------|-------|
| response | Success |     3 |   214 |
";
    assert_eq!(without_rate(total).trim_end(), expected.trim_end());
}

#[test]
fn standard_input_is_read_with_and_without_a_dash() {
    let input = b"Event: A\n\n";
    let expected =
        &[json!({"offset": 0, "len": 10, "kind": "event", "name": "A", "headers": [["Event", "A"]], "lines": []})];
    for args in [&["--json"][..], &["--json", "-"]] {
        let run = inspect_from(input, args);
        assert_eq!((run.code, objects(&run).as_slice()), (Some(0), &expected[..]));
    }
}

#[test]
fn cut_off_inside_a_frame() {
    let input = b"Event: A\n\nEvent: B\nK: v";
    let warning =
        "inspect: standard input: warning: stream ended inside a frame: 13 bytes of it from stream offset 10\n";
    let run = inspect_from(input, ["--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), warning));
    assert_eq!(objects(&run), json(b"Event: A\n\n"));
    let run = inspect_from(input, ["-"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), warning));
    assert!(run.stdout.contains("frames 1, bytes 23,"), "{}", run.stdout);
}

#[test]
fn a_framing_error() {
    let mut input = b"Event: A\n\nEvent: B\nK: ".to_vec();
    input.resize(input.len() + (1 << 20), b'v');
    input.extend(b"\n\n");
    let file = TempFile::new("long", &input);
    let error = format!(
        "inspect: {}: line longer than the limit of 1048576 bytes, at stream offset {}\n",
        file.as_str(),
        19 + (1 << 20)
    );
    for chunk in ["1460", "65536", "10000000"] {
        let run = inspect(["--json", "--chunk", chunk, file.as_str(), "corpus/frames/banner_22.ami"]);
        assert_eq!((run.code, &run.stderr), (Some(1), &error));
        let kinds: Vec<Value> = objects(&run).iter().map(|object| object["kind"].clone()).collect();
        assert_eq!(kinds, ["event", "banner", "response"]);
        let run = inspect([file.as_str(), "corpus/frames/banner_22.ami"]);
        assert_eq!((run.code, &run.stderr), (Some(1), &error));
        assert_eq!(run.stdout.matches("framing errors 1").count(), 2, "in the file and in the total: {}", run.stdout);
    }
}

#[test]
fn wrong_use_and_unreadable_files() {
    for args in [&["--no-such-flag"][..], &["--chunk", "0"], &["--chunk", "-1"], &["--chunk"]] {
        let run = inspect(args);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(run.stderr.contains("--"), "{args:?}: {}", run.stderr);
    }
    for name in ["no/such/file", "corpus"] {
        let run = inspect(["--json", name, "corpus/frames/banner_22.ami"]);
        assert_eq!((run.code, run.stdout.lines().count()), (Some(2), 2), "the other file is read");
        assert!(run.stderr.starts_with(&format!("inspect: {name}: ")), "{}", run.stderr);
    }
}

/// As in `inspect … | head -n 1`.
#[test]
fn a_reader_that_has_seen_enough() {
    let mut child = command()
        .args(["--json", "corpus/storm/22_storm.ami"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example starts");
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut line).expect("a line");
    drop(stdout);
    let mut stderr = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("its messages");
    assert_eq!((child.wait().expect("the example ends").code(), stderr.as_str()), (Some(0), ""));
    assert!(line.starts_with(r#"{"offset":0,"#), "{line}");
}

/// A JSON string says the same with escapes, and does nothing to the terminal that it is shown on.
#[test]
fn json_steers_no_terminal() {
    let name = "x\u{1b}[2J\u{9b}1m\u{202e}\u{7f}'\u{e0001}";
    let run = inspect_from(format!("Event: {name}\r\n\r\n").as_bytes(), ["--json"]);
    assert_eq!(objects(&run)[0]["name"], *name);
    let escaped = r#""name":"x\u001b[2J\u009b1m\u202e\u007f'\udb40\udc01","#;
    assert!(run.stdout.contains(escaped), "{}", run.stdout);
}

/// A recording can name as many things as it has lines: a thousand names are told apart.
#[test]
fn more_names_than_are_told_apart() {
    let events: Vec<_> = (0..60_000).map(|number| format!("Event: {number:05}\r\n\r\n")).collect();
    let events = events.concat();
    let events = TempFile::new("names", events.as_bytes());
    for args in [&["--typed", events.as_str()][..], &["--typed", events.as_str(), events.as_str()]] {
        let summary = inspect(args).stdout;
        let (_, last) = summary.split_at(summary.rfind("  frames ").expect("a count"));
        let files = args.len() - 1;
        let (all, rest, bytes) = if files == 1 { ("60", "59", "944") } else { ("120", "118", "1,888") };
        let expected = format!("  and frames of other names {rest},000, bytes {bytes},000\n");
        assert!(last.starts_with(&format!("  frames {all},000,")), "{}", &last[..100]);
        assert_eq!(last.lines().filter(|line| line.starts_with("| event ")).count(), 1000);
        assert!(last.trim_end().ends_with(expected.trim_end()), "{}", &last[last.len() - 200..]);
        assert_eq!(last.lines().filter(|line| line.starts_with("  unknown event ")).count(), 1000);
        assert!(last.contains(&format!("  and unknown events of other names {rest},000\n")));
    }
}

/// What `--state` prints for a recording that is given as lines, `|` between them and `;` behind a
/// frame.
fn state(stdin: &str, args: &[&str]) -> Value {
    let all = ["--state", "--json"].iter().chain(args);
    let run = inspect_from(stdin.replace('|', "\r\n").replace(';', "\r\n\r\n").as_bytes(), all);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    assert_eq!(run.stderr, "inspect: standard input: times: timestamp (Timestamp of the events; to the microsecond)\n");
    let objects = objects(&run);
    assert_eq!(objects.len(), 1);
    objects.into_iter().next().expect("an object")
}

#[test]
fn the_state_of_a_stream() {
    let events = "Event: Newchannel|Timestamp: 100.500000|Channel: A|Uniqueid: 1|ChannelState: 0|CallerIDNum: 7;\
        Event: QueueParams|Queue: q|Strategy: ringall|Calls: 1;\
        Event: QueueMember|Queue: q|Location: M|Status: 1|Paused: 0;\
        Event: QueueEntry|Queue: q|Position: 1|Channel: A|Uniqueid: 1|Wait: 3;\
        Event: QueueStatusComplete|EventList: Complete|ListItems: 3;\
        Event: CoreShowChannel|Channel: A|Uniqueid: 1|ChannelState: 6|Exten: 200;\
        Event: CoreShowChannelsComplete|EventList: Complete|ListItems: 1;\
        Event: QueueParams|Queue: p|Calls: 0;\
        Event: QueueStatusComplete|EventList: Complete|ListItems: 1;\
        Event: Newchannel|Timestamp: 101.500000|Channel: B|Uniqueid: 2|ChannelState: 0;\
        Event: Hangup|Timestamp: 103.000000|Channel: A|Uniqueid: 1;";
    let end = state(events, &[]);
    assert_eq!(end["channels"].as_array().map(Vec::len), Some(1));
    let channel = &end["channels"][0];
    assert_eq!((&channel["name"], &channel["since"]), (&json!("B"), &json!(101.5)));
    assert_eq!(end["completeness"]["channels"], "complete");
    // The second list of queues was of one of them.
    assert_eq!(end["queues"].as_array().map(Vec::len), Some(1), "{end}");
    assert_eq!((&end["queues"][0]["name"], &end["queues"][0]["callers"][0]["since"]), (&json!("q"), &json!(97.5)));
    let keys: Vec<_> = end.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys[..6], ["channels", "bridges", "queues", "conferences", "agents", "parking"]);
    let parts = ["parking_lots", "endpoints", "contacts", "registrations", "devices", "extensions", "mailboxes"];
    assert_eq!((&keys[6..13], &keys[13..]), (&parts[..], &["completeness"][..]));

    let early = state(events, &["--at", "0.9"]);
    let channels = early["channels"].as_array().expect("channels");
    assert_eq!((channels.len(), &channels[0]["state"], &channels[0]["exten"]), (1, &json!(6), &json!("200")));
    assert_eq!(state(events, &["--at", "1"])["channels"].as_array().map(Vec::len), Some(2));
}

#[test]
fn the_state_of_both_directions() {
    let turn = |side: &str, at: &str, text: &str| {
        let text = text.replace('|', "\r\n").replace(';', "\r\n\r\n");
        format!("{side} {} {at}\n{text}\n", text.len())
    };
    let replay = [
        turn("<", "0", "Asterisk Call Manager/5.0|"),
        turn(">", "0.1", "Action: QueueStatus|ActionID: 1|Queue: q;Action: ConfbridgeListRooms|ActionID: 2;"),
        turn("<", "0.2", "Event: QueueParams|ActionID: 1|Queue: q|Calls: 2;"),
        turn("<", "0.2", "Event: QueueStatusComplete|ActionID: 1|EventList: Complete|ListItems: 1;"),
        turn("<", "0.3", "Response: Error|ActionID: 2|Message: No active conferences.;"),
        turn("<", "2.5", "Event: ConfbridgeStart|Conference: r;Event: ConfbridgeJoin|Conference: r|Channel: A;"),
    ]
    .concat();
    let run = |args: &[&str]| {
        let run = inspect_from(replay.as_bytes(), ["--state", "--json"].iter().chain(args));
        assert_eq!(run.code, Some(0));
        assert!(run.stderr.starts_with("inspect: standard input: times: received ("), "{}", run.stderr);
        objects(&run).remove(0)
    };
    let end = run(&[]);
    // That list was asked for one queue.
    assert_eq!((&end["queues"][0]["calls"], &end["completeness"]["queues"]), (&json!(2), &json!("unseeded")));
    assert_eq!(end["completeness"]["conferences"], "complete");
    assert_eq!(end["conferences"][0]["members"][0]["channel"], "A");
    assert_eq!(run(&["--at", "2"])["conferences"], json!([]));
}
