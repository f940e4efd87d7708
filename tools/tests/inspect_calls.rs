//! Invariant: `ami inspect --calls` and `--svg` tell the facts of a call in each form; a name that
//! a peer chose does harm in none; where there are no calls they say so, and why.

use std::collections::BTreeMap;
use std::process::Command;

use ami_testkit::programs::{Run, fed};
use serde_json::{Value, json};

/// Runs the program; names of files count from the root of the repository.
fn inspect_from(stdin: &str, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ami"));
    fed(command.arg("inspect").args(args).current_dir(ami_testkit::root()), stdin.as_bytes())
}

fn inspect(args: &[&str]) -> Run {
    inspect_from("", args)
}

fn objects(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

/// Events of one call or more: `|` ends a line, `;` an event, and `N ` before one is its second.
/// Each channel `A` has the unique id `A.1`, and the call the linked id `call`.
fn events(text: &str) -> String {
    let one = |event: &str| {
        let (second, rest) = event.trim().split_once(' ').expect("a second");
        format!(
            "Event: {}\r\nTimestamp: {}\r\n\r\n",
            rest.replace('|', "\r\n"),
            1_700_000_000 + second.parse::<u64>().expect("a second")
        )
    };
    text.split(';').filter(|event| !event.trim().is_empty()).map(one).collect()
}

/// The picture of an input.
fn picture(name: &str, stdin: &str, files: &[&str]) -> (String, Run) {
    let path = std::env::temp_dir().join(format!("ami-proto-picture-{}-{name}.svg", std::process::id()));
    let run = inspect_from(stdin, &[&["--svg", path.to_str().expect("a plain name")], files].concat());
    let svg = std::fs::read_to_string(&path).expect("a picture");
    std::fs::remove_file(&path).expect("its own file");
    well_formed(&svg);
    (svg, run)
}

/// Fails where tags don't match, a character is none of XML, or an entity is none that it has.
fn well_formed(xml: &str) {
    let mut open = Vec::new();
    let mut pieces = xml.split('<');
    assert_eq!(pieces.next(), Some(""));
    for piece in pieces {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("a tag without an end: {piece}"));
        assert!(!text.contains('>'), "{text}");
        for entity in text.split('&').skip(1).chain(tag.split('&').skip(1)) {
            assert!(["amp;", "lt;", "gt;", "quot;"].iter().any(|known| entity.starts_with(known)), "{entity}");
        }
        assert!(piece.chars().all(|char| matches!(char, '\n' | ' '..='\u{fffd}' | '\u{10000}'..)), "{piece:?}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{piece}"),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().expect("a name")),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

/// The lines of text of a picture, as a reader sees them.
fn texts(svg: &str) -> Vec<String> {
    let of = |piece: &str| piece.split_once('>')?.1.split_once("</text>").map(|(text, _)| text.trim().to_owned());
    let plain = |text: String| text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    svg.split("<text").skip(1).filter_map(of).map(plain).collect()
}

/// Returns the number of bars of each fill, without those of the legend.
fn fills(svg: &str) -> BTreeMap<&str, usize> {
    let mut fills = BTreeMap::new();
    for piece in svg.split("url(#").skip(1) {
        *fills.entry(piece.split_once(')').expect("an end").0).or_default() += 1;
    }
    fills.retain(|_, count| {
        *count -= 1;
        *count > 0
    });
    fills
}

#[test]
fn calls_as_a_table_and_a_picture() {
    let picture = std::env::temp_dir().join(format!("inspect-{}.svg", std::process::id()));
    let run = inspect(&["--calls", "--svg", picture.to_str().unwrap(), "corpus/sessions/22_queue_excerpt.ami"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("| linked id"), "{}", run.stdout);
    let svg = std::fs::read_to_string(&picture).unwrap();
    std::fs::remove_file(&picture).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
    assert!(svg.contains("Local/"), "{svg}");

    let run = inspect(&["--svg", "/no/such/directory/x.svg", "corpus/sessions/22_queue_excerpt.ami"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("/no/such/directory/x.svg"), "{}", run.stderr);
}

/// Calls for programs: an object a line, or comma-separated values.
#[test]
fn calls_as_json_and_csv() {
    let run = inspect(&["--calls", "--json", "corpus/handmade/attended_transfer_caller_first.ami"]);
    let calls = objects(&run);
    let [call] = &calls[..] else { panic!("{}", run.stdout) };
    assert_eq!((&call["linked_id"], &call["former"][0]), (&json!("1.1"), &json!("1.3")));
    assert_eq!((&call["disposition"], &call["to"]["channel"]), (&json!("answered"), &json!("PJSIP/boss-00000004")));
    assert_eq!((&call["start"], &call["talk"], &call["hold"]), (&json!(1_700_000_000.0), &json!(43.0), &json!(8.0)));
    assert_eq!(call["transfers"], json!([{"kind": "attended", "to": "PJSIP/boss-00000004"}]));
    assert_eq!((&call["cause"], &call["time_source"]), (&json!(16), &json!("timestamp")));

    let run = inspect(&["--calls", "--csv", "corpus/handmade/attended_transfer_caller_first.ami"]);
    let lines: Vec<Vec<&str>> = run.stdout.lines().map(|line| line.split(',').collect()).collect();
    let [titles, values] = &lines[..] else { panic!("{}", run.stdout) };
    assert_eq!(titles.len(), values.len());
    let value = |title: &str| values[titles.iter().position(|one| *one == title).expect(title)];
    assert_eq!(["linked_id", "disposition", "talk", "cause"].map(value), ["1.1", "answered", "43.000", "16"]);
}

/// A call that waits in a queue, talks, is held, and whose agent's end is never seen.
const QUEUE: &str = "
    0 Newchannel|Channel: PJSIP/a-1|ChannelState: 4|CallerIDNum: 100|CallerIDName: Ann|Exten: 800|Uniqueid: a.1|Linkedid: a.1;
    1 Newstate|Channel: PJSIP/a-1|ChannelState: 6|Uniqueid: a.1|Linkedid: a.1;
    2 QueueCallerJoin|Queue: support|Position: 1|Channel: PJSIP/a-1|Uniqueid: a.1|Linkedid: a.1;
    3 Newchannel|Channel: PJSIP/b-1|ChannelState: 5|Uniqueid: b.1|Linkedid: a.1;
    3 Newstate|Channel: PJSIP/b-1|ChannelState: 5|Uniqueid: b.1|Linkedid: a.1;
    7 Newstate|Channel: PJSIP/b-1|ChannelState: 6|Uniqueid: b.1|Linkedid: a.1;
    7 QueueCallerLeave|Queue: support|Channel: PJSIP/a-1|Uniqueid: a.1|Linkedid: a.1;
    7 AgentConnect|Queue: support|MemberName: Bob|Channel: PJSIP/a-1|Uniqueid: a.1|Linkedid: a.1|DestUniqueid: b.1;
    7 BridgeEnter|BridgeUniqueid: x|BridgeType: basic|Channel: PJSIP/a-1|Uniqueid: a.1|Linkedid: a.1;
    7 BridgeEnter|BridgeUniqueid: x|BridgeType: basic|Channel: PJSIP/b-1|Uniqueid: b.1|Linkedid: a.1;
    8 MixMonitorStart|Channel: PJSIP/a-1|Uniqueid: a.1|Linkedid: a.1;
    9 Hold|Channel: PJSIP/b-1|Uniqueid: b.1|Linkedid: a.1;
    11 Unhold|Channel: PJSIP/b-1|Uniqueid: b.1|Linkedid: a.1;
    12 MixMonitorStop|Channel: PJSIP/a-1|Uniqueid: a.1|Linkedid: a.1;
    13 Hangup|Channel: PJSIP/a-1|Cause: 16|Uniqueid: a.1|Linkedid: a.1;
";

#[test]
fn a_picture_tells_what_a_channel_does() {
    let (svg, run) = picture("queue", &events(QUEUE), &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let texts = texts(&svg);
    let has = |text: &str| assert!(texts.iter().any(|one| one == text), "{text}: {texts:#?}");
    has("Calls of standard input");
    has("calls 1, channels 2; 0 s is 2023-11-14 22:13:20 UTC, by the server's clock");
    has("Normal Clearing");
    has("end not seen");
    has("times: timestamp (Timestamp of the events; to the microsecond)");
    let summary = "+0.0 s  100 Ann dialled 800 → PJSIP/b-1: answered, wait 5.0 s, talk 6.0 s, hold 2.0 s, held 1×, queue support: \
                   answered by Bob, recorded";
    has(summary);
    for word in ["waits in a queue", "talks", "holds the others", "application, IVR", "ringing", "recorded"] {
        has(word);
    }
    let expected = [("application", 2), ("hold", 1), ("queue", 1), ("ringing", 2), ("setup", 2), ("talk", 2)];
    assert_eq!(fills(&svg), BTreeMap::from(expected));
}

/// Kinds of bars that the call above has not, each from a recording.
#[test]
fn a_picture_of_rooms_parking_and_recordings() {
    for (file, fill) in
        [("corpus/sessions/22_confbridge.ami", "conference"), ("corpus/sessions/16_park_excerpt.ami", "parked")]
    {
        let (svg, _) = picture(fill, "", &[file]);
        assert!(fills(&svg).contains_key(fill), "{file}: {:?}", fills(&svg));
    }
    // The legend has one full dot of a recording, the call one more.
    let (svg, _) = picture("recorded", &events(QUEUE), &[]);
    assert_eq!(svg.matches(r#"r="2.2""#).count(), 2);
}

/// A file without calls keeps no other off the sheet.
#[test]
fn a_picture_of_several_files() {
    let (svg, run) =
        picture("several", "", &["corpus/replay/22_read_idle.replay", "corpus/handmade/pickup_caller_first.ami"]);
    assert!(!run.stderr.contains("not drawn"), "{}", run.stderr);
    let title = "Calls of corpus/replay/22_read_idle.replay, corpus/handmade/pickup_caller_first.ami";
    assert_eq!(texts(&svg)[0], title);
    assert!(svg.contains("by the server's clock"), "{svg}");
}

/// Of two recordings of transfers: what is drawn, and that it is said which kind it was.
#[test]
fn a_picture_tells_of_transfers() {
    let (svg, _) = picture("attended", "", &["corpus/handmade/attended_transfer_caller_first.ami"]);
    assert!(texts(&svg).contains(&"attended transfer to PJSIP/boss-00000004".to_owned()), "{svg}");
    assert_eq!(svg.matches("stroke-dasharray").count(), 1, "the line to the target");

    let blind = "8 BlindTransfer|TransfererChannel: PJSIP/b-1|TransfererUniqueid: b.1|TransfererLinkedid: a.1|\
                 Extension: 9<b>&|Context: out|Result: Fail; 9 Hold";
    let (svg, _) = picture("blind", &events(&QUEUE.replace("9 Hold", blind)), &[]);
    assert!(texts(&svg).contains(&"blind transfer failed to 9<b>&@out".to_owned()), "{svg}");
    assert!(!svg.contains("stroke-dasharray"), "it led to nobody");
}

#[test]
fn a_picture_without_wall_clock_says_so() {
    let (svg, _) = picture("received", "", &["corpus/replay/12_agents.replay"]);
    let second = texts(&svg).swap_remove(1);
    assert!(second.starts_with("Asterisk Call Manager/2.5.0; calls "), "{second}");
    assert!(second.contains("; clock time not known; seconds since the first call, "), "{second}");
    let ids = events(QUEUE).replace("Timestamp", "X-Timestamp");
    let (svg, _) = picture("none", &ids.replace("Uniqueid: a.1", "Uniqueid: mine"), &[]);
    assert!(texts(&svg)[1].contains("clock time not known, nor any length"), "{svg}");
}

#[test]
fn a_picture_stays_bounded() {
    let call = |number: u32| {
        format!(
            "0 Newchannel|Channel: Local/a_name_that_is_long_{number:050}|Uniqueid: {number}.1|Linkedid: {number}.1;"
        )
    };
    let many: String = (0..1500).map(call).collect();
    let (svg, _) = picture("many", &events(&many), &[]);
    let texts = texts(&svg);
    assert!(texts.contains(&"not drawn: 1300 more calls, 1300 more channels".to_owned()), "{texts:?}");
    assert!(texts.iter().any(|text| text.starts_with("Local/") && text.contains('…') && text.ends_with("000199")));
    assert!(svg.len() < 400_000, "{}", svg.len());

    // Channels that are on hold over and over, one a call: what their call keeps is bounded, too.
    let held = |channel: u32, second: u32| {
        let event = |name: &str, second: u32| {
            format!("{second} {name}|Channel: PJSIP/{channel}-1|Uniqueid: {channel}.1|Linkedid: {channel}.1;")
        };
        event("Hold", 2 * second) + &event("Unhold", 2 * second + 1)
    };
    let begun: String = (0..25).map(call).collect();
    let holds: String = (0..1100).flat_map(|second| (0..25).map(move |channel| held(channel, second))).collect();
    let (svg, run) = picture("holds", &events(&(begun + &holds)), &[]);
    assert!(run.stderr.contains("warning: not all is shown, over the limits: "), "{}", run.stderr);
    let texts = self::texts(&svg);
    let foot = |text: &String| text.starts_with("not drawn: ") && text.ends_with(" more bars and marks");
    assert!(texts.iter().any(foot), "{texts:?}");
    assert!(svg.len() < 4_000_000, "{}", svg.len());
}

/// Names that a caller may give itself.
const NAMES: [&str; 8] = [
    "</text><script>alert(1)</script>",
    "a & b \"c\" 'd' <e>",
    "\u{1b}]0;x\u{7}\u{0}\u{202e}",
    "=HYPERLINK(\"http://x\",\"y\")",
    "+1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2+3",
    "名前のとても長い人名前のとても長い人",
];

#[test]
fn names_do_no_harm() {
    for name in NAMES {
        let stdin = events(QUEUE).replace("Ann", name);
        let (svg, run) = picture("names", &stdin, &[]);
        assert!(!svg.contains("<script") && run.stderr.chars().all(|char| char == '\n' || !char.is_control()));

        let run = inspect_from(&stdin, &["--calls", "--csv"]);
        let lines: Vec<_> = run.stdout.lines().map(cells).collect();
        let [titles, values] = &lines[..] else { panic!("{}", run.stdout) };
        assert_eq!(titles.len(), values.len(), "{values:?}");
        assert!(values.iter().all(|value| !value.starts_with(['=', '+', '-', '@'])), "{values:?}");
        assert!(run.stdout.chars().all(|char| char == '\n' || !char.is_control()), "{:?}", run.stdout);

        let run = inspect_from(&stdin, &["--calls"]);
        assert!(run.stdout.chars().all(|char| char == '\n' || !char.is_control()), "{:?}", run.stdout);
        let table: Vec<_> = run.stdout.lines().filter(|line| line.starts_with('|')).map(places).collect();
        assert_eq!(table.len(), 3, "{}", run.stdout);
        assert!(table.iter().all(|places| *places == table[0]), "{}", run.stdout);
    }
}

/// The columns in which a terminal shows the bars of a table, which a `\` before it makes a letter.
fn places(line: &str) -> Vec<usize> {
    let (mut column, mut places, mut before) = (0, Vec::new(), ' ');
    for char in line.chars() {
        if char == '|' && before != '\\' {
            places.push(column);
        }
        column += if char >= '\u{1100}' { 2 } else { 1 };
        before = char;
    }
    places
}

/// Reads a line of comma-separated values.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => cells.last_mut().expect("one").extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            char => cells.last_mut().expect("one").push(char),
        }
    }
    cells
}

/// All that JSON has of a call is in its line of comma-separated values as well.
#[test]
fn json_and_csv_have_the_same_facts() {
    for input in [
        "corpus/sessions/22_queue_excerpt.ami",
        "corpus/sessions/16_park_excerpt.ami",
        "corpus/replay/12_agents.replay",
    ] {
        let (json, csv) = (inspect(&["--calls", "--json", input]), inspect(&["--calls", "--csv", input]));
        let lines: Vec<_> = csv.stdout.lines().map(cells).collect();
        let (titles, calls) = lines.split_first().expect("titles");
        assert_eq!(calls.len(), objects(&json).len());
        for (cells, call) in calls.iter().zip(objects(&json)) {
            let cell = |title: &str| cells[titles.iter().position(|one| one == title).expect(title)].clone();
            for (key, value) in call.as_object().expect("an object") {
                match value {
                    Value::Object(party) => {
                        for (part, value) in party {
                            assert_eq!(cell(&format!("{key}_{part}")), value.as_str().unwrap_or_default());
                        }
                    }
                    Value::Array(items) => {
                        let count = if cell(key).is_empty() { 0 } else { cell(key).split("; ").count() };
                        assert_eq!(count, items.len(), "{key}: {value}");
                    }
                    Value::Null if ["from", "to"].contains(&key.as_str()) => {
                        assert_eq!(cell(&format!("{key}_channel")), "");
                    }
                    Value::Null => assert_eq!(cell(key), "", "{key}"),
                    Value::String(text) => assert_eq!(cell(key), *text),
                    other => {
                        let cell: f64 = cell(key).parse().expect("a number");
                        assert!((cell - other.as_f64().expect("a number")).abs() < 0.001, "{key}: {cell}, {other}");
                    }
                }
            }
        }
    }
}

/// No page is taken for one of no calls without a word.
#[test]
fn why_there_are_no_calls() {
    let turn = |head: &str, text: &str| format!("{head} {}\n{text}\n", text.len());
    let request = "Action: Ping\r\n\r\n";
    let login = "Asterisk Call Manager/5.0.1\r\nResponse: Success\r\nMessage: Authentication accepted\r\n\r\n";
    let cases = [
        (String::new(), "no calls: there is nothing in it"),
        (request.to_owned(), "no calls: it has 1 requests of a client alone; calls are in what the server sent"),
        (turn(">", request), "no calls: it has 1 requests of a client alone; calls are in what the server sent"),
        (
            turn("<", login) + &turn(">", request),
            "no calls: it has no event, and 1 responses; a login sees events by its classes (read = \
             call,dialplan,cdr,agent) and by EventMask",
        ),
        ("Event: Reload\r\n\r\n".to_owned(), "no calls: none of its 1 events begins or shows a channel"),
        (
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "no calls: no event, response or request is in it; is it of the Asterisk Manager Interface?",
        ),
    ];
    for (stdin, why) in cases {
        for form in [&["--calls"][..], &["--calls", "--json"], &["--calls", "--csv"]] {
            let run = inspect_from(&stdin, form);
            assert_eq!((run.code, run.stderr), (Some(0), format!("inspect: standard input: {why}\n")), "{stdin}");
        }
        let (svg, run) = picture("nothing", &stdin, &[]);
        assert_eq!((run.code, run.stderr), (Some(0), format!("inspect: standard input: {why}\n")), "{stdin}");
        let texts = texts(&svg);
        assert!(texts.contains(&"There are no calls to draw: no event told of a channel.".to_owned()), "{texts:?}");
    }
}
