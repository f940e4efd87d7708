//! One vocabulary over four dialects: each command of references 000, 001 and 002 as the exact
//! request of every dialect that has it, with what the others say instead; the references' samples;
//! what comes back; and that nothing hostile gets through.

use ami_proto::conference::{
    CallerId, Command, Conference, Dialect, Event, Happening, Level, Native, Outcome, Participant, Relation,
    ReplyError, Request, RequestError, Side, Who,
};
use ami_proto::kazoo::{Account, Method, ParticipantEvent};
use ami_proto::{Decoder, FrameKind, Framing, Limits, OwnedFrame};
use ami_testkit::conference::{DIALECTS, command, conference_roundtrip};
use arbitrary::Unstructured;
use proptest::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeSet;

const KAZOO: Dialect<'_> = Dialect::Kazoo(Account::new("ACCOUNT"));
const SIPXECS: Dialect<'_> = Dialect::SipXecs(Method::Get);

/// Each command of the vocabulary, in the forms that differ, with the references that have it.
/// `ids` is one id.
fn commands<'a>(ids: &'a [&'a str; 1], endpoint: &'a str) -> Vec<(&'static str, &'static str, Command<'a>)> {
    let [one] = *ids;
    let conference = "room";
    let mut all = vec![
        ("", "000, 002", Command::ListRooms),
        ("", "000, 001, 002", Command::List(conference)),
        ("", "001 (xml_list), 002", Command::Show(conference)),
    ];
    type ForSome = for<'a> fn(&'a str, Who<'a>) -> Command<'a>;
    let for_some: [(&str, ForSome); 6] = [
        ("000, 001, 002", |conference, who| Command::Mute { conference, who }),
        ("000, 001, 002", |conference, who| Command::Unmute { conference, who }),
        ("001, 002", |conference, who| Command::Deaf { conference, who }),
        ("001, 002", |conference, who| Command::Undeaf { conference, who }),
        ("000, 001, 002", |conference, who| Command::Kick { conference, who }),
        ("001 (hup)", |conference, who| Command::HangUp { conference, who }),
    ];
    for (references, command) in for_some {
        let forms = [
            (Who::One(one), "one"),
            (Who::All, "all"),
            (Who::AllButModerators, "all but moderators"),
            (Who::Last, "last"),
        ];
        all.extend(forms.map(|(who, form)| (form, references, command(conference, who))));
    }
    let caller = Some(CallerId { number: "1234567890", name: "FreeSWITCH_Conference" });
    let (who, level, to) = (Who::One(one), Some(Level::To(2)), Some(one));
    let (participant, other) = (one, one);
    all.extend([
        ("", "000, 001, 002", Command::Lock(conference)),
        ("", "000, 001, 002", Command::Unlock(conference)),
        ("", "001", Command::SetPin { conference, pin: "1234" }),
        ("", "001 (nopin)", Command::RemovePin(conference)),
        ("", "000, 001", Command::StartRecord { conference, file: None }),
        ("into a file", "000, 001", Command::StartRecord { conference, file: Some("a.wav") }),
        ("", "000, 001", Command::StopRecord { conference, file: None }),
        ("into a file", "001 (norecord)", Command::StopRecord { conference, file: Some("a.wav") }),
        ("", "001 (record&status)", Command::RecordStatus(conference)),
        ("in", "001", Command::Volume { conference, who, side: Side::In, level }),
        ("out, of all, shown", "001", Command::Volume { conference, who: Who::All, side: Side::Out, level: None }),
        ("a step up", "001", Command::Energy { conference, who, level: Some(Level::Up) }),
        ("shown", "001", Command::Energy { conference, who, level: None }),
        ("", "001", Command::Play { conference, file: "a.wav", to: None }),
        ("to one", "001", Command::Play { conference, file: "a.wav", to }),
        ("", "001 (stop)", Command::StopPlaying { conference, to: None }),
        ("to one", "001 (stop)", Command::StopPlaying { conference, to }),
        ("", "001", Command::Say { conference, text: "it's 5", to: None }),
        ("to one", "001 (saymember)", Command::Say { conference, text: "it's 5", to }),
        ("", "001 (dtmf)", Command::SendDtmf { conference, who, digits: "12#" }),
        ("", "001 (bgdial)", Command::Dial { conference, endpoint, caller: None }),
        ("with a caller id", "001 (bgdial)", Command::Dial { conference, endpoint, caller }),
        ("with a caller id", "001 (dial)", Command::DialAndWait { conference, endpoint, caller }),
        ("", "001", Command::Invite { conference, user: "401" }),
        ("", "001", Command::Transfer { conference, participants: ids, to: "other" }),
        ("nospeak", "001", Command::Relate { conference, participant, other, relation: Relation::NoSpeak }),
        ("nohear", "001", Command::Relate { conference, participant, other, relation: Relation::NoHear }),
        ("clear", "001", Command::Relate { conference, participant, other, relation: Relation::Clear }),
        ("", "", Command::Floor { conference, participant: one }),
        ("", "000", Command::VideoSource { conference, participant: one }),
    ]);
    all
}

/// Somebody's id, and an endpoint, in `ConfBridge` and elsewhere.
static SOMEBODY: [([&str; 1], &str); 2] = [(["SIP/mypeer-00000001"], "PJSIP/100"), (["3"], "100")];

/// Row by row each dialect's request, or its hint.
fn requests() -> Vec<(String, [Result<Request, &'static str>; 4])> {
    let rows = SOMEBODY.each_ref().map(|(ids, endpoint)| commands(ids, endpoint));
    let row = |at: usize| {
        let (form, references, command) = rows[0][at];
        let form = if form.is_empty() { String::new() } else { format!(", {form}") };
        let references = if references.is_empty() { String::new() } else { format!(" (reference {references})") };
        let name = format!("{command}{form}{references}");
        let request =
            |dialect: Dialect<'_>| match dialect.encode(&rows[usize::from(dialect != Dialect::ConfBridge)][at].2) {
                Ok(request) => Ok(request),
                Err(RequestError::Unsupported(error)) => {
                    assert_eq!((error.command(), error.dialect()), (command.name(), dialect.name()));
                    Err(error.hint())
                }
                Err(error) => panic!("{command} in {}: {error}", dialect.name()),
            };
        (name, DIALECTS.map(request))
    };
    (0..rows[0].len()).map(row).collect()
}

/// Holds what a file has between two texts to this; `BLESS=1` puts it there.
fn holds(file: &str, [start, end]: [&str; 2], expected: &str) {
    let path = ami_testkit::root().join(file);
    let text = std::fs::read_to_string(&path).expect("the file");
    let from = text.find(start).expect("the start") + start.len();
    let to = from + text[from..].find(end).expect("the end");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, format!("{}{expected}{}", &text[..from], &text[to..])).expect("a file to write");
    } else {
        assert_eq!(&text[from..to], expected, "{file}; BLESS=1 renews it");
    }
}

/// Each command's exact request in each dialect, or why there is none: `tests/conference.txt`, to
/// be read by people.
#[test]
fn matrix() {
    let mut matrix = String::new();
    for (name, row) in requests() {
        matrix += &(name + "\n");
        for (dialect, request) in DIALECTS.iter().zip(row) {
            let shown = match request {
                Ok(request) => {
                    let bytes = String::from_utf8(request.to_bytes()).expect("UTF-8");
                    bytes.escape_default().to_string().replace("\\\"", "\"").replace("\\'", "'")
                }
                Err(hint) => format!("unsupported: {hint}"),
            };
            let dialect = dialect.name();
            matrix.extend(["    ", dialect, &" ".repeat(12 - dialect.len()), &shown, "\n"]);
        }
        matrix += "\n";
    }
    holds("tests/conference.txt", ["newlines escaped.\n\n", "# end"], &matrix);
}

/// Table, matrix and fuzz target have each command of the vocabulary: one that is new fails here
/// until they do.
#[test]
fn tables_have_every_command() {
    let names: BTreeSet<_> = Command::ALL.iter().map(Command::name).collect();
    assert_eq!(names.len(), Command::ALL.len());
    assert_eq!(commands(&["3"], "100").iter().map(|(.., command)| command.name()).collect::<BTreeSet<_>>(), names);
    let made = (0..=u8::MAX)
        .map(|choice| command(&mut Unstructured::new(&[choice; 32]), ["3"; 4], &["3"]).expect("a command").name());
    assert_eq!(made.collect::<BTreeSet<_>>(), names);
    for command in Command::ALL {
        assert_eq!(command.conference(), (*command != Command::ListRooms).then_some("room"));
        let answer = Dialect::ConfBridge.decode(command, Native::Text(b""));
        assert_eq!(answer.err(), Some(ReplyError::Dialect), "{command}");
    }
}

/// Matrix, table and fuzz target have each dialect: one that is new fails here until they do.
#[test]
fn tables_have_every_dialect() {
    let folder = ami_testkit::root().join("src/conference");
    let files = ami_testkit::below(&folder, |path| path.extension().is_some_and(|extension| extension == "rs"));
    let texts = files.iter().map(|path| std::fs::read_to_string(path).expect("a readable file"));
    let names = texts.flat_map(|text| {
        let name = |part: &str| Some(part.split_once("const NAME: &'static str = \"")?.1.split_once('"')?.0.to_owned());
        text.split("impl Backend for ").skip(1).map(|part| name(part).expect("a name")).collect::<Vec<_>>()
    });
    let tried = DIALECTS.map(|dialect| dialect.name().to_owned());
    assert_eq!(names.collect::<BTreeSet<_>>(), BTreeSet::from(tried), "DIALECTS in tests/src/conference.rs");
}

/// The table in the docs of the room.
#[test]
fn capability_table() {
    let mut table = String::new();
    for (name, row) in requests() {
        let (name, _) = name.split_once(" (reference").unwrap_or((&name, ""));
        let cells = row.map(|request| request.map_or("–".to_string(), |request| brief(&request)));
        table.extend(["//! | ", name, " | ", &cells.join(" | "), " |\n"]);
    }
    // The head with it, since the page has other tables: a dialect without a column is missed.
    let head = format!(
        "//! | command | `ConfBridge` | FreeSWITCH | sipXecs | Kazoo |\n//! {}|\n",
        "|---".repeat(1 + DIALECTS.len())
    );
    holds("src/conference/mod.rs", [&head, "//! <!-- end -->"], &table);
}

fn brief(request: &Request) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    match request {
        Request::Action(_) => {
            let bytes = text(&request.to_bytes());
            let action = bytes.lines().next().and_then(|line| line.strip_prefix("Action: ")).expect("an action");
            format!("`{action}`")
        }
        Request::Line(line) => {
            let line = text(line.as_bytes());
            let words = line.strip_prefix("conference ").expect("a conference command");
            format!("`{}`", words.strip_prefix("room ").unwrap_or(words).replace('|', "\\|"))
        }
        Request::Http(request) => {
            if let Some((_, segment)) = request.target().rsplit_once("/conference/room/") {
                return format!("`{segment}`");
            }
            let (_, path) = request.target().split_once("/ACCOUNT/conferences").expect("the account");
            let path = path.strip_prefix("/room").unwrap_or("/..");
            let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap_or_default();
            let action = body["data"]["action"].as_str().map(|action| format!(" {action}")).unwrap_or_default();
            format!("`{} {}`{action}", request.method(), if path.is_empty() { "/" } else { path })
        }
        other => panic!("{other:?}"),
    }
}

fn frames(bytes: &[u8], framing: Framing) -> Vec<OwnedFrame> {
    let mut decoder = Decoder::new(Limits::new()).with_framing(framing);
    decoder.push(bytes);
    let mut frames = Vec::new();
    while let Some(frame) = decoder.next_frame().expect("frames") {
        if frame.kind() != FrameKind::Banner {
            frames.push(frame.to_owned());
        }
    }
    frames
}

/// Reference 000: each sample's request is made byte for byte, and its answer read.
#[test]
fn samples_of_confbridge() {
    let mut seen = 0;
    let (conference, who) = ("1111", Who::One("SIP/mypeer-00000001"));
    for command in [
        Command::ListRooms,
        Command::List(conference),
        Command::Mute { conference, who },
        Command::Unmute { conference, who },
        Command::Kick { conference, who },
        Command::Lock(conference),
        Command::Unlock(conference),
        Command::StartRecord { conference, file: None },
        Command::StopRecord { conference, file: None },
        Command::VideoSource { conference, participant: "SIP/mypeer-00000001" },
    ] {
        let bytes = Dialect::ConfBridge.encode(&command).expect("ConfBridge has it").to_bytes();
        let (_, rest) = std::str::from_utf8(&bytes).expect("UTF-8").split_once("Action: ").expect("an action");
        let (name, _) = rest.split_once("\r\n").expect("a line");
        let sample = |part| {
            let path = format!("corpus/reference/000_{name}.{part}.ami");
            std::fs::read(ami_testkit::root().join(path)).expect("the sample")
        };
        assert_eq!(bytes, sample("request"), "{name}");
        let frames = frames(&sample("answer"), Framing::SERVER.banner(false));
        let views: Vec<_> = frames.iter().map(OwnedFrame::view).collect();
        let answer = Dialect::ConfBridge.decode(&command, Native::Frames(&views)).expect("an answer");
        match (&command, answer.outcome()) {
            (Command::ListRooms, Outcome::Conferences(list)) => {
                assert_eq!(list.len(), 1);
                assert_eq!(
                    (list[0].id(), list[0].members(), list[0].is_locked()),
                    (Some("1111".into()), Some(1), Some(false))
                );
            }
            (Command::List(_), Outcome::Participants(list)) => {
                let [one] = &list[..] else { panic!("{list:?}") };
                assert_eq!((one.id(), one.name()), (Some("SIP/malcolm-00000000".into()), Some("malcolm".into())));
                assert_eq!((one.is_moderator(), one.is_muted(), one.is_deaf()), (Some(false), None, None));
                let Participant::ConfBridge(native) = one else { panic!("{one:?}") };
                assert!(!native.marked_user().expect("it says so"));
            }
            (_, Outcome::Done) => {}
            (command, outcome) => panic!("{command}: {outcome:?}"),
        }
        seen += 1;
    }
    assert_eq!(seen, 10);
}

/// Reference 001: the samples that the vocabulary has words for.
#[test]
fn samples_of_sipxecs_and_freeswitch() {
    let lines = include_str!("../../corpus/sipxecs/reference_curl.txt");
    let conference = "Conf400";
    for command in [
        Command::Lock("WeeklyTeamConf"),
        Command::Invite { conference, user: "401" },
        Command::Show(conference),
        Command::Kick { conference, who: Who::All },
        Command::StopRecord { conference, file: None },
        Command::RecordStatus(conference),
    ] {
        let method = if matches!(command, Command::Lock(_)) { Method::Put } else { Method::Get };
        let Ok(Request::Http(request)) = Dialect::SipXecs(method).encode(&command) else { panic!("{command}") };
        let sample = lines.lines().find(|line| line.ends_with(request.target()));
        let sample = sample.unwrap_or_else(|| panic!("no sample of {}", request.target()));
        assert_eq!(sample.contains("-X PUT"), request.method() == Method::Put);
    }
    let conference = "testconf";
    let dial = Command::DialAndWait {
        conference,
        endpoint: "{originate_timeout=30}sofia/default/1000@softswitch",
        caller: Some(CallerId { number: "1234567890", name: "FreeSWITCH_Conference" }),
    };
    let relate = |relation| Command::Relate { conference: "my_conf", participant: "1", other: "2", relation };
    for (command, line) in [
        (
            dial,
            "conference testconf dial {originate_timeout=30}sofia/default/1000@softswitch 1234567890 FreeSWITCH_Conference",
        ),
        (relate(Relation::NoSpeak), "conference my_conf relate 1 2 nospeak"),
        (relate(Relation::NoHear), "conference my_conf relate 1 2 nohear"),
        (relate(Relation::Clear), "conference my_conf relate 1 2 clear"),
    ] {
        let Ok(Request::Line(sent)) = Dialect::FreeSwitch.encode_even_if_interpreted(&command) else {
            panic!("{command}")
        };
        assert_eq!(std::str::from_utf8(sent.as_bytes()), Ok(line));
    }
    // Variables before a dial string go out only if the program asks for it.
    let refused = Dialect::FreeSwitch.encode(&dial).unwrap_err().to_string();
    assert!(refused.contains("`{` at 0"), "{refused}");
    // The service makes blanks of slashes, so it can't have the dial string.
    assert!(matches!(SIPXECS.encode(&dial), Err(RequestError::Encode(_))));
}

/// Reference 002: the document, the list and the event.
#[test]
fn samples_of_kazoo() {
    let http = |body| Native::Http { status: 200, body };
    let list = include_bytes!("../../corpus/kazoo/reference_list.json");
    let answer = KAZOO.decode(&Command::ListRooms, http(list)).expect("a list");
    let Outcome::Conferences(conferences) = answer.outcome() else { panic!("{answer:?}") };
    assert_eq!((conferences[0].members(), conferences[0].is_locked()), (Some(0), Some(false)));
    let document = include_bytes!("../../corpus/kazoo/reference_document.json");
    let answer = KAZOO.decode(&Command::Show("c"), http(document)).expect("a document");
    let Outcome::Conference(conference, shown) = answer.outcome() else { panic!("{answer:?}") };
    assert_eq!(conference.name().as_deref(), Some("Conf"));
    assert!(matches!(conference, Conference::Kazoo(native) if native.play_entry_tone().is_ok()));
    let answer = KAZOO.decode(&Command::List("c"), http(document)).expect("a document");
    let Outcome::Participants(listed) = answer.outcome() else { panic!("{answer:?}") };
    for one in [&shown[0], &listed[0]] {
        assert_eq!((one.id().as_deref(), one.is_muted(), one.is_deaf()), (Some("1"), Some(false), Some(false)));
        assert_eq!(one.duration().map(|duration| duration.as_secs()), Some(10));
    }
    let event =
        ParticipantEvent::from_slice(include_bytes!("../../corpus/kazoo/reference_event.json")).expect("an event");
    let event = Event::from(event);
    assert_eq!((event.happening(), event.participant().as_deref()), (Happening::Joined, Some("20")));
    assert_eq!(event.conference().as_deref(), Some("5edbfdd3b825314a71b0a05957392edb"));
}

fn outcome<'a>(dialect: Dialect<'_>, command: &Command<'_>, reply: Native<'a>) -> Outcome<'a> {
    dialect.decode(command, reply).expect("an answer").into_outcome()
}

/// What servers refuse, in their words, and what looks like a refusal and is none.
#[test]
fn refusals() {
    let mute = Command::Mute { conference: "room", who: Who::One("9") };
    let refused = |outcome| match outcome {
        Outcome::Refused(reason) => reason,
        other => panic!("{other:?}"),
    };
    let text = |text: &'static [u8]| Native::Text(text);
    let http = |status, body: &'static [u8]| Native::Http { status, body };
    for (dialect, reply, reason) in [
        (Dialect::FreeSwitch, text(b"-ERR Non-Existant ID 9\n"), "Non-Existant ID 9"),
        (Dialect::FreeSwitch, text(b"Non-Existant ID 9\n"), "Non-Existant ID 9"),
        (Dialect::FreeSwitch, text(b"Conference room not found\n"), "Conference room not found"),
        (SIPXECS, http(404, b"<command-exception>Conference not found</command-exception>\n"), "Conference not found"),
        (SIPXECS, http(200, b"<command-response>-ERR Non-Existant ID 9\n</command-response>\n"), "Non-Existant ID 9"),
        (KAZOO, http(400, include_bytes!("../../corpus/kazoo/error_faulty_request.json")), "faulty_request"),
        (KAZOO, http(502, b"<html>Bad gateway</html>"), "status 502: the server is in trouble"),
    ] {
        assert_eq!(refused(outcome(dialect, &mute, reply)), reason);
    }
    for (dialect, reply) in [
        (Dialect::FreeSwitch, text(b"+OK mute 9\n")),
        (Dialect::FreeSwitch, text(b"OK mute 9\n")),
        (Dialect::FreeSwitch, text(b"-ERR no reply\n")),
        (Dialect::FreeSwitch, text(b"")),
        (SIPXECS, http(200, b"<command-response>OK mute 9\n</command-response>\n")),
        (KAZOO, http(202, br#"{"data": "ok", "status": "success"}"#)),
        (KAZOO, http(202, b"")),
    ] {
        assert!(matches!(outcome(dialect, &mute, reply), Outcome::Done), "{reply:?}");
    }
    let none = frames(b"Response: Error\r\nMessage: No active conferences.\r\n\r\n", Framing::SERVER.banner(false));
    let none = [none[0].view()];
    let empty = outcome(Dialect::ConfBridge, &Command::ListRooms, Native::Frames(&none));
    assert!(matches!(empty, Outcome::Conferences(list) if list.is_empty()));
    let reason = refused(outcome(Dialect::ConfBridge, &Command::List("room"), Native::Frames(&none)));
    assert_eq!(reason, "No active conferences.");
    assert_eq!(Dialect::ConfBridge.decode(&mute, Native::Frames(&[])).err(), Some(ReplyError::Reply));
    assert_eq!(KAZOO.decode(&mute, text(b"+OK")).err(), Some(ReplyError::Dialect));
}

#[test]
fn what_is_asked() {
    let status = Command::RecordStatus("room");
    let service = |body: &'static str| Native::Http { status: 200, body: body.as_bytes() };
    for (dialect, reply, recording) in [
        (Dialect::FreeSwitch, Native::Text(b"+OK Record file /tmp/a.wav (Auto)\n"), true),
        (Dialect::FreeSwitch, Native::Text(b"-ERR Conference is not being recorded.\n"), false),
        (Dialect::FreeSwitch, Native::Text(b"Conference is not being recorded.\n"), false),
        (SIPXECS, service("<command-response>IN_PROGRESS</command-response>"), true),
        (SIPXECS, service("<command-response>NO_RECORDING</command-response>"), false),
    ] {
        assert!(
            matches!(outcome(dialect, &status, reply), Outcome::Recording(found) if found == recording),
            "{reply:?}"
        );
    }
    let volume = Command::Volume { conference: "room", who: Who::All, side: Side::In, level: None };
    let levels = outcome(Dialect::FreeSwitch, &volume, Native::Text(b"+OK Volume IN 2 = 1\n+OK Volume IN 1 = -4\n"));
    assert!(matches!(levels, Outcome::Levels(levels) if levels == [(2, 1), (1, -4)]));
    let energy = Command::Energy { conference: "room", who: Who::One("1"), level: None };
    let levels = outcome(Dialect::FreeSwitch, &energy, Native::Text(b"Energy 1 = 300\n"));
    assert!(matches!(levels, Outcome::Levels(levels) if levels == [(1, 300)]));
}

/// Names that the servers would take for something else, and ids that are another dialect's.
#[test]
fn arguments_that_are_refused() {
    let argument = |dialect: Dialect<'_>, command: Command<'_>| match dialect.encode(&command) {
        Err(RequestError::Encode(error)) => error.field().to_owned(),
        other => panic!("{other:?}"),
    };
    for word in ["all", "ALL", "participants", ""] {
        assert_eq!(
            argument(Dialect::ConfBridge, Command::Mute { conference: "room", who: Who::One(word) }),
            "participant"
        );
    }
    for word in ["all", "0", "-1", "+1", "1x", "var=1", "", "4294967296", "SIP/a-1"] {
        for dialect in [Dialect::FreeSwitch, SIPXECS, KAZOO] {
            assert_eq!(argument(dialect, Command::Mute { conference: "room", who: Who::One(word) }), "participant");
        }
    }
    let dial = |conference, caller| Command::Dial { conference, endpoint: "PJSIP/100", caller };
    assert_eq!(argument(Dialect::ConfBridge, dial("room,,admin", None)), "conference");
    assert_eq!(argument(Dialect::ConfBridge, dial("room", Some(CallerId { number: "1", name: "a\" <2>" }))), "caller");
    assert_eq!(argument(Dialect::ConfBridge, Command::Lock("")), "conference");
}

/// PINs stay out of what is shown, and are in what is sent.
#[test]
fn pins_do_not_show() {
    let command = Command::SetPin { conference: "room", pin: "98765" };
    for dialect in [Dialect::FreeSwitch, SIPXECS] {
        let request = dialect.encode(&command).expect("they have PINs");
        let shown = format!("{command:?} {request:?} {}", String::from_utf8_lossy(&request.to_masked_bytes()));
        assert!(shown.contains("***") && !shown.contains("98765"), "{shown}");
        assert!(String::from_utf8_lossy(&request.to_bytes()).contains("98765"));
    }
}

/// Lists of `FreeSWITCH` of both dialects, asked for by us and by others.
#[test]
fn lists_of_freeswitch() {
    let list = Command::List("b");
    let new = "3>,<null/x>,<c230f1d7>,<Bob; >,< Semi>,<tel:+49;ext=1>,<hear|speak|floor>,<0>,<0>,<100\n";
    let others =
        "2;loopback/a;d9b2f94a;Bob; Semi;1001;hear|moderator;0;0;100\n1;loopback/b;d860edf9;B;1;hold;0;0;100\n";
    let old = "2;loopback/silent-a;736db4fc;Outbound Call;confs;hear|speak;0;0;0;100\n";
    for (text, expected) in [
        (new, vec![("3", "Bob; >,< Semi", "tel:+49;ext=1", Some(false), Some(false))]),
        (others, vec![("2", "Bob; Semi", "1001", Some(true), Some(true)), ("1", "B", "1", None, Some(false))]),
        (old, vec![("2", "Outbound Call", "confs", Some(false), Some(false))]),
        ("-ERR no reply\n", vec![]),
    ] {
        for dialect in [Dialect::FreeSwitch, SIPXECS] {
            let body = format!("<command-response>{text}</command-response>\n");
            let http = Native::Http { status: 200, body: body.as_bytes() };
            let reply = if dialect == SIPXECS { http } else { Native::Text(text.as_bytes()) };
            let Outcome::Participants(found) = outcome(dialect, &list, reply) else { panic!("{text}") };
            let found: Vec<_> = found
                .iter()
                .map(|one| {
                    (one.id().unwrap(), one.name().unwrap(), one.number().unwrap(), one.is_muted(), one.is_moderator())
                })
                .collect();
            let found: Vec<_> = found
                .iter()
                .map(|(id, name, number, muted, moderator)| (&**id, &**name, &**number, *muted, *moderator))
                .collect();
            assert_eq!(found, expected);
        }
    }
    let rooms = b"+OK Conference essay (10 members rate: 8000 locked flags: locked|running|recording|json_status)\n";
    let Outcome::Conferences(rooms) = outcome(Dialect::FreeSwitch, &Command::ListRooms, Native::Text(rooms)) else {
        panic!("a list");
    };
    let room = &rooms[0];
    assert_eq!((room.id().as_deref(), room.members()), (Some("essay"), Some(10)));
    assert_eq!((room.is_locked(), room.is_recording()), (Some(true), Some(true)));
    let none = outcome(Dialect::FreeSwitch, &Command::ListRooms, Native::Text(b"+OK No active conferences.\n"));
    assert!(matches!(none, Outcome::Conferences(rooms) if rooms.is_empty()));
    {
        let xml = b"<?xml version=\"1.0\"?>\n<conferences>\n  <conference name=\"room\" member-count=\"1\" rate=\"8000\" locked=\"true\" run_time=\"61\">\n\
            <members><member type=\"caller\"><id>7</id><caller_id_name>In%20it</caller_id_name><join_time>5</join_time>\
            <flags><can_hear>true</can_hear><can_speak>false</can_speak></flags></member></members></conference></conferences>\n";
        let shown = outcome(Dialect::FreeSwitch, &Command::Show("room"), Native::Text(xml));
        let Outcome::Conference(room, members) = shown else { panic!("{shown:?}") };
        assert_eq!((room.is_locked(), room.duration().map(|time| time.as_secs())), (Some(true), Some(61)));
        let [one] = &members[..] else { panic!("{members:?}") };
        assert_eq!((one.name().as_deref(), one.is_muted(), one.is_deaf()), (Some("In it"), Some(true), Some(false)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever a command is made of, its request says just that to its server, or there is none.
    #[test]
    fn requests_say_what_commands_do(data in proptest::collection::vec(any::<u8>(), 0..200)) {
        conference_roundtrip(&data);
    }

    /// The same for names such as people and attackers choose.
    #[test]
    fn hostile_names(name in "(kick|all|say|[ ;|,'\"%&/\\\\\r\n\t\\^:=?#\u{e5}\u{1f600}]|[a-z0-9]){0,12}", long in any::<bool>()) {
        let name = if long { Cow::Owned(name.repeat(800)) } else { Cow::Borrowed(&*name) };
        for (ids, endpoint) in &SOMEBODY {
            for (_, _, command) in commands(ids, endpoint) {
                for command in ami_testkit::conference::renamed(&command, &name) {
                    for dialect in DIALECTS {
                        ami_testkit::conference::carries(dialect, &command);
                    }
                }
            }
        }
    }
}
