//! Invariant: no text of a `ConfBridge` command is more than its value to Asterisk, where the
//! server splits a header into several: the arguments of an application, and a caller id.
//!
//! The server's reading is written from its sources (`main/app.c`, `apps/app_confbridge.c`,
//! `apps/app_mixmonitor.c`, `main/callerid.c`) and shares no code with the library.

use ami_proto::action::{Action, EncodedAction, Originate};
use ami_proto::conference::{CallerId, Command, Dialect, RequestError, Who};
use ami_proto::error::Refusal;
use ami_proto::value::{Assignments, ToWire};
use ami_proto::{Decoder, Framing, Limits};
use ami_testkit::asterisk_reading::arguments;
use proptest::prelude::*;

/// Returns the name of a recording, and what `MixMonitor` reads: file, options, shell command.
/// The time is put before the ending; options and command of the profile follow.
fn recorded(conference: &str, file: Option<&str>) -> Vec<String> {
    let now = 1_700_000_000;
    let name = match file {
        None => format!("confbridge-{conference}-{now}.wav"),
        Some(file) => match file.rsplit_once('.') {
            Some((stem, ending)) => format!("{stem}-{now}.{ending}"),
            None => format!("{file}-{now}"),
        },
    };
    let mut all = arguments(&format!("{name},a,"), 3);
    all.insert(0, name);
    all
}

/// Returns number and name, as the server reads a caller id.
fn caller(text: &str) -> Option<(String, String)> {
    let open = text.rfind('<')?;
    let close = open + text[open..].rfind('>')?;
    let before = &text[..open];
    let name = match before.split_once('"') {
        Some((_, quoted)) => quoted.split_once('"')?.0.to_owned(),
        None => before.trim().to_owned(),
    };
    Some((text[open + 1..close].to_owned(), name))
}

/// The headers of the request, or why there is none.
fn headers(command: &Command<'_>) -> Result<Vec<(String, String)>, RequestError> {
    let bytes = Dialect::ConfBridge.encode(command)?.to_bytes();
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    decoder.push(&bytes);
    let frame = decoder.next_frame().expect("an action").expect("the whole of it");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    Ok(frame.headers().map(|header| (text(header.name()), text(header.value().as_bytes()))).collect())
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// The model sees an attack: a comma ends the file, the second one begins a command.
/// Asterisk 22 was seen to run both.
#[test]
fn a_comma_runs_a_command_at_the_end() {
    for (conference, file) in [("room", Some("a.wav,,touch /tmp/x")), ("a,,touch /tmp/x;", None)] {
        let [_, _, options, command] = &recorded(conference, file)[..] else { panic!("three arguments") };
        assert_eq!(options, "");
        assert!(command.starts_with("touch /tmp/x"), "{command}");
    }
    assert_eq!(recorded("room", Some("a.wav"))[1..], ["a-1700000000.wav", "a"]);
    assert_eq!(caller("\"Ann\" <1>"), Some(("1".into(), "Ann".into())));
    assert_eq!(caller("\"Ann\" <2>\" <1>"), Some(("1".into(), "Ann".into())));
}

/// A file, and a conference that names one, is a single file: each character that would make more
/// of it is refused, by its name.
#[test]
fn a_recording_is_one_file() {
    for split in [',', '"', '\\', '(', ')', '[', ']'] {
        let text = format!("a{split}b");
        let refused = [
            ("file", Command::StartRecord { conference: "room", file: Some(&text) }),
            ("conference", Command::StartRecord { conference: &text, file: None }),
            ("conference", Command::Dial { conference: &text, endpoint: "PJSIP/1", caller: None }),
        ];
        for (field, command) in refused {
            let Err(RequestError::Encode(error)) = headers(&command) else { panic!("{field}: {text:?}") };
            let byte = u8::try_from(split).expect("ASCII");
            assert_eq!((error.field(), error.refusal()), (field, Refusal::Splits { byte }));
        }
    }
    // What others split at is no more than itself here.
    for text in ["a|b", "a&b", "${SHELL(id)}", "a;b", "$(id)", "it's", "a b"] {
        let made = headers(&Command::StartRecord { conference: "room", file: Some(text) });
        assert_eq!(made.is_err(), text.contains('('), "{text}");
    }
}

/// A row of the page: its header, and what makes requests of a text, by name.
type Row = (&'static str, fn(&str) -> Result<Vec<u8>, RequestError>);

fn sent(command: &Command<'_>) -> Result<Vec<u8>, RequestError> {
    Ok(Dialect::ConfBridge.encode(command)?.to_bytes())
}

fn built(action: &impl Action) -> Result<Vec<u8>, RequestError> {
    Ok(EncodedAction::of(action)?.as_bytes().to_vec())
}

const ROWS: [Row; 4] = [
    ("`Data` of `Originate`", |text| sent(&Command::Dial { conference: text, endpoint: "PJSIP/1", caller: None })),
    ("`CallerID` of `Originate`", |text| {
        let dial = |number, name| {
            let caller = Some(CallerId { number, name });
            sent(&Command::Dial { conference: "room", endpoint: "PJSIP/1", caller })
        };
        assert_eq!(dial(text, "a").is_err(), dial("1", text).is_err());
        dial("1", text)
    }),
    ("`Channel` of `ConfbridgeMute`, `ConfbridgeKick`", |text| {
        let who = Who::One(text);
        sent(&Command::Kick { conference: "room", who })?;
        sent(&Command::Mute { conference: "room", who })
    }),
    ("`Variable` of `Originate`, `MessageSend`, `PJSIPNotify`, `SIPnotify`", |text| {
        built(&Originate::new("PJSIP/1").application("Wait").variable("A", text))
    }),
];

/// The page says of each header what is refused, and what is written as it is.
#[test]
fn the_page_is_true() {
    let page = std::fs::read_to_string(ami_testkit::root().join("src/manual/injection.rs")).expect("the page");
    let (_, rest) = page.split_once("//! # Parameters of AMI in `conference`").expect("the table");
    let (table, _) = rest.split_once("//!\n//! Variables (").expect("its end");
    let rows: Vec<_> = table.lines().filter_map(|line| line.strip_prefix("//! | `")).collect();
    assert_eq!(rows.len(), ROWS.len());
    for ((header, make), row) in ROWS.iter().zip(rows) {
        let row = format!("`{}", row.trim_end_matches(" |"));
        let cells: Vec<_> = row.split(" | ").collect();
        let [said, _, example, here] = cells[..] else { panic!("four cells: {row}") };
        assert_eq!(said, *header);
        let example = example.trim_matches('`');
        match here.strip_prefix("`conference` refuses ") {
            Some(refused) => {
                let refused: Vec<&str> = refused.split(['`', ' ', ',']).filter(|word| !word.is_empty()).collect();
                let refused = if here.contains("`,`") { [&refused[..], &[","]].concat() } else { refused };
                assert!(make(example).is_err(), "{header}: {example}");
                let chars = (' '..='~').map(|c| (c.to_string(), format!("a{c}b")));
                for (what, text) in chars.chain(["all", "participants"].map(|word| (word.into(), word.into()))) {
                    assert_eq!(make(&text).is_err(), refused.contains(&&*what), "{header}: {text:?}");
                }
            }
            None if here == "written" => {
                let made = make(example).expect("it is written");
                assert!(String::from_utf8_lossy(&made).contains(example), "{header}");
            }
            None => {
                assert!(here.starts_with("escaped"), "{here}");
                let made = make(example).expect("it is escaped");
                let made = String::from_utf8_lossy(&made);
                let value = made.lines().find_map(|line| line.strip_prefix("Variable: ")).expect("the header");
                assert_eq!(arguments(value, 64), [format!("A={example}")]);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Names of recordings, conferences and callers are read as just that, or not sent.
    #[test]
    fn no_text_is_a_command(
        name in "([a-c.,;|&\"'\\\\()\\[\\]<>$ {}/=-]|,,|\\$\\{|touch ){1,8}",
        caller_name in "[a-c,\"\\\\<>() ]{0,6}",
    ) {
        for (conference, file) in [("room", Some(&*name)), (&*name, None), (&*name, Some("a.wav"))] {
            if let Ok(headers) = headers(&Command::StartRecord { conference, file }) {
                let sent = header(&headers, "Conference").expect("a conference");
                prop_assert_eq!(sent, conference);
                let read = recorded(sent, header(&headers, "RecordFile"));
                prop_assert_eq!(&read[1..], [&read[0], "a"]);
            }
        }
        let caller_id = Some(CallerId { number: "100", name: &caller_name });
        let dialed = Command::Dial { conference: &name, endpoint: "PJSIP/1", caller: caller_id };
        if let Ok(headers) = headers(&dialed) {
            prop_assert_eq!(arguments(header(&headers, "Data").expect("it is dialed into"), 64), [&*name]);
            let read = caller(header(&headers, "CallerID").expect("a caller"));
            prop_assert_eq!(read, Some(("100".to_owned(), caller_name.clone())));
        }
    }

    /// Variables of the typed action are one each: their list is split as an application's
    /// arguments are.
    #[test]
    fn a_variable_is_one(values in prop::collection::vec("[a-c,\"\\\\()\\[\\]= ]{0,6}", 1..5)) {
        let mut list = Assignments::new();
        let set: Vec<String> = values.iter().filter(|value| list.set("NAME", value.as_str()).is_ok()).cloned().collect();
        let mut wire = Vec::new();
        list.to_wire(&mut wire);
        let read = arguments(std::str::from_utf8(&wire).expect("UTF-8"), 64);
        let read: Vec<&str> = read.iter().map(|one| one.split_once('=').expect("a value").1).collect();
        prop_assert_eq!(read, set);
    }
}
