//! The REST service of sipXecs: each command of reference 001 to its exact request, each answer, and what is refused.

use ami_proto::sipxecs::{
    Challenge, Command, Conference, Contact, Credentials, Level, Method, Pin, Reason, RecordAction, Recorder, Relation,
    Response, ServiceErrorKind, Stop, Target, click_to_call,
};
use proptest::prelude::*;

const BASE: &str = "/sipxconfig/rest/my/conference/Conf400/";

fn path(command: &Command<'_>) -> String {
    let request = Conference::new("Conf400").request(command).expect("it can be carried");
    assert_eq!((request.method(), request.body(), request.content_type()), (Method::Get, &[][..], None));
    request.path().strip_prefix(BASE).expect("the service's path").to_owned()
}

#[test]
fn each_command() {
    let someone = Target::Member(7);
    let cases = [
        (
            Command::Bgdial { endpoint: "1000", caller: Some(("1234567890", "FreeSWITCH_Conference")) },
            "bgdial&1000&1234567890&FreeSWITCH_Conference",
        ),
        (Command::Bgdial { endpoint: "1000", caller: None }, "bgdial&1000"),
        (Command::Deaf(someone), "deaf&7"),
        (Command::Deaf(Target::All), "deaf&all"),
        (
            Command::Dial { endpoint: "{originate_timeout=30}1000", caller: None },
            "dial&%7Boriginate_timeout%3D30%7D1000",
        ),
        (Command::Dtmf(Target::Last, "12#*"), "dtmf&last&12%23%2A"),
        (Command::Energy(someone, None), "energy&7"),
        (Command::Energy(Target::All, Some(Level::To(300))), "energy&all&300"),
        (Command::Energy(Target::All, Some(Level::Down)), "energy&all&down"),
        (Command::Hup(someone), "hup&7"),
        (Command::Invite("401"), "invite&401"),
        (Command::InviteIm("401im"), "inviteim&401im"),
        (Command::Kick(Target::All), "kick&all"),
        (Command::Kick(Target::NonModerators), "kick&non_moderator"),
        (Command::List { delimiter: None }, "list"),
        (Command::List { delimiter: Some(">,<") }, "list&delim&%3E%2C%3C"),
        (Command::Lock, "lock"),
        (Command::Mute(Target::Last), "mute&last"),
        (Command::NoRecord(None), "norecord&all"),
        (Command::NoRecord(Some("a.wav")), "norecord&a.wav"),
        (Command::NoPin, "nopin"),
        (Command::Pin(Pin::new("1234")), "pin&1234"),
        (Command::Play { file: "a.wav", member: None, asynchronous: false }, "play&a.wav"),
        (Command::Play { file: "a.wav", member: Some(7), asynchronous: true }, "play&a.wav&7&async"),
        (Command::Record(None), "record"),
        (Command::Record(Some(RecordAction::Start)), "record&start"),
        (Command::Record(Some(RecordAction::Stop)), "record&stop"),
        (Command::Record(Some(RecordAction::Status)), "record&status"),
        (Command::Record(Some(RecordAction::Duration)), "record&duration"),
        (Command::Relate { member: 1, other: 2, relation: Relation::NoSpeak }, "relate&1&2&nospeak"),
        (Command::Relate { member: 1, other: 2, relation: Relation::NoHear }, "relate&1&2&nohear"),
        (Command::Relate { member: 1, other: 2, relation: Relation::Clear }, "relate&1&2&clear"),
        (Command::Say("it's 5 o'clock"), "say&it%27s%205%20o%27clock"),
        (Command::SayMember(7, "hej d\u{e5}"), "saymember&7&hej%20d%C3%A5"),
        (Command::Stop { what: None, member: None }, "stop"),
        (Command::Stop { what: Some(Stop::Current), member: None }, "stop&current"),
        (Command::Stop { what: Some(Stop::Async), member: Some(7) }, "stop&async&7"),
        (Command::Stop { what: None, member: Some(7) }, "stop&all&7"),
        (Command::Transfer { conference: "other", members: &[1, 2] }, "transfer&other&1&2"),
        (Command::Undeaf(someone), "undeaf&7"),
        (Command::Unlock, "unlock"),
        (Command::Unmute(someone), "unmute&7"),
        (Command::VolumeIn(someone, Some(Level::To(-4))), "volume_in&7&-4"),
        (Command::VolumeOut(someone, Some(Level::Up)), "volume_out&7&up"),
        (Command::XmlList, "xml_list"),
        (Command::Custom { name: "vid-layout", arguments: &["2x2", "1"] }, "vid-layout&2x2&1"),
    ];
    for (command, expected) in cases {
        assert_eq!(path(&command), expected);
    }
}

/// The commands of the page, read back from its own lines.
#[test]
fn samples() {
    let lines = include_str!("../corpus/sipxecs/reference_curl.txt");
    let commands = [
        ("WeeklyTeamConf", Command::Lock),
        ("Conf400", Command::Invite("401")),
        ("Conf400", Command::InviteIm("401im")),
        ("Conf400", Command::XmlList),
        ("Conf400", Command::Kick(Target::All)),
        ("Conf400", Command::Record(None)),
        ("Conf400", Command::Record(Some(RecordAction::Stop))),
        ("Conf400", Command::Record(Some(RecordAction::Status))),
        ("Conf400", Command::Record(Some(RecordAction::Duration))),
    ];
    assert_eq!(lines.lines().count(), commands.len());
    for (line, (name, command)) in lines.lines().zip(commands) {
        let (_, url) = line.split_once("https://").expect("an address");
        let (_, host_and_path) = url.split_once('@').expect("credentials");
        let at = host_and_path.find('/').expect("a path");
        let method = if line.contains("-X PUT") { Method::Put } else { Method::Get };
        let request = Conference::new(name).method(method).request(&command).expect("it can be carried");
        assert_eq!((request.method(), request.path()), (method, &host_and_path[at..]));
    }
    let request = click_to_call("5001", "101", true).expect("a path");
    assert_eq!(
        (request.method(), request.target()),
        (Method::Post, "/callcontroller/5001/101?isForwardingAllowed=true")
    );
    let details = Conference::new("Conf400").details().expect("a path");
    assert_eq!(details.path(), "/sipxconfig/rest/my/conferencedetails/Conf400");
}

#[test]
fn contact() {
    let contact = Contact::parse(include_str!("../corpus/sipxecs/reference_contact.xml")).expect("a contact");
    let expected = [
        ("jobTitle", "Data Entry Assistant"),
        ("jobDept", "Data Management Services"),
        ("companyName", "Museum of Science"),
        ("homeAddress.city", "NY"),
        ("officeAddress.street", "1 Science Park"),
        ("officeAddress.city", "Boston"),
        ("officeAddress.country", "US"),
        ("officeAddress.state", "MA"),
        ("officeAddress.zip", "02114"),
        ("imId", "myId"),
        ("emailAddress", "john.doe@example.com"),
        ("useBranchAddress", "false"),
        ("firstName", "John"),
        ("lastName", "Doe"),
        ("avatar", "https://secure.gravatar.com/avatar/8eb1b522f60d11fa897de1dc6351b7e8?s=80&d=G"),
    ];
    for (name, value) in expected {
        assert_eq!(contact.get(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(contact.fields().count(), 11);
    assert_eq!(contact.get("street"), None);
}

#[test]
fn refused() {
    let conference = Conference::new("Conf400");
    let members = [1; 23];
    let cases = [
        (
            Command::Dial {
                endpoint: "{originate_timeout=30}sofia/default/1000@softswitch",
                caller: Some(("1234567890", "FreeSWITCH_Conference")),
            },
            "endpoint",
            Reason::Slash,
        ),
        (Command::Play { file: "/tmp/a.wav", member: None, asynchronous: false }, "file", Reason::Slash),
        (Command::Say("either/or"), "text", Reason::Slash),
        (Command::Say("you & me"), "text", Reason::Ampersand),
        (Command::Say("a\nconference other kick all"), "text", Reason::Control { byte: b'\n' }),
        (Command::Say(" "), "text", Reason::Empty),
        (Command::Pin(Pin::new("")), "pin", Reason::Empty),
        (Command::Dtmf(Target::All, "1 2"), "digits", Reason::Blank),
        (Command::Invite("o'hara"), "user", Reason::Quote { byte: b'\'' }),
        (Command::Mute(Target::Member(0)), "member", Reason::NoMember),
        (Command::Transfer { conference: "x", members: &[] }, "members", Reason::Empty),
        (Command::Transfer { conference: "x", members: &members }, "members", Reason::TooMany { max: 22 }),
        (Command::Custom { name: "a/b", arguments: &[] }, "command", Reason::Slash),
        (Command::Custom { name: "..", arguments: &[] }, "command", Reason::DotSegment),
    ];
    for (command, argument, reason) in cases {
        let error = conference.request(&command).expect_err("it can't be carried");
        assert_eq!((error.argument(), error.reason()), (argument, reason), "{command:?}");
    }
    let names = [
        ("", Reason::Empty),
        ("a/b", Reason::Slash),
        ("..", Reason::DotSegment),
        ("^^:a", Reason::OtherDelimiter),
        ("room 1", Reason::Blank),
        ("a\0", Reason::Control { byte: 0 }),
    ];
    for (name, reason) in names {
        let error = Conference::new(name).request(&Command::Lock).expect_err("no such name");
        assert_eq!((error.argument(), error.reason()), ("conference", reason));
    }
    let essay = Conference::new("essay");
    assert!(essay.request(&Command::Lock).is_ok());
    assert_eq!(essay.request(&Command::Say("hi")).map_err(|error| error.reason()), Err(Reason::HidesText));
}

#[test]
fn answers() {
    let text_of = |body| Response::new(200, body).reply().expect("a reply");
    let lock = text_of(include_bytes!("../corpus/sipxecs/response_lock.txt"));
    assert_eq!((lock.as_bytes(), lock.error()), (&b"OK WeeklyTeamConf locked\n"[..], None));
    assert!(text_of(include_bytes!("../corpus/sipxecs/response_invite.txt")).invitation_sent());
    let unknown = text_of(include_bytes!("../corpus/sipxecs/response_unknown_command.txt"));
    assert_eq!(unknown.error().expect("refused"), "Conference command 'x' not found.");
    let list = text_of(include_bytes!("../corpus/sipxecs/response_xml_list.txt"));
    assert!(list.as_bytes().starts_with(b"<?xml") && list.as_bytes().ends_with(b"</conferences>\n"));
    let recorder =
        |text: &str| text_of(format!("<command-response>{text}</command-response>\n").leak().as_bytes()).recorder();
    assert_eq!(recorder("IN_PROGRESS"), Some(Recorder::InProgress));
    assert_eq!(recorder("NO_RECORDING"), Some(Recorder::NoRecording));
    assert_eq!(recorder("75"), Some(Recorder::Duration(75)));
    assert_eq!(recorder("ERROR: Incorect \"action\" parameter"), None);
    let broken = text_of(b"<command-response>ERROR: connection refused</command-response>\n");
    assert_eq!(broken.error().expect("an error"), "connection refused");
    assert_eq!(text_of(b"").as_bytes(), b"");

    let refused: [(u16, &[u8], _, _); 4] = [
        (
            404,
            include_bytes!("../corpus/sipxecs/exception_not_found.txt"),
            ServiceErrorKind::NotFound,
            "Conference not found",
        ),
        (
            403,
            include_bytes!("../corpus/sipxecs/exception_not_owner.txt"),
            ServiceErrorKind::NotOwner,
            "User is not owner of this conference",
        ),
        (
            400,
            include_bytes!("../corpus/sipxecs/exception_invite.txt"),
            ServiceErrorKind::BadCommand,
            "Incorect invite command",
        ),
        (405, b"<html>", ServiceErrorKind::Method, "<html>"),
    ];
    for (status, body, kind, message) in refused {
        let error = Response::new(status, body).reply().expect_err("refused");
        assert_eq!((error.kind(), error.status()), (kind, status));
        assert_eq!(error.message(), message);
    }
    let exception =
        Response::new(200, b"<command-exception>x</command-exception>\n").reply().expect_err("an exception");
    assert_eq!((exception.kind(), exception.message()), (ServiceErrorKind::Other, "x".into()));
}

#[test]
fn pins_do_not_show() {
    let command = Command::Pin(Pin::new("98765"));
    let custom = Command::Custom { name: "pin", arguments: &["mod", "98765"] };
    let conference = Conference::new("c");
    for shown in [
        format!("{command:?} {custom:?} {:?}", Pin::new("98765")),
        format!("{:?} {:?}", conference.request(&command), conference.request(&custom)),
        format!("{:?}", conference.request(&command).expect("a request").query("a", "b")),
        format!("{:?}", Credentials::new("200", "98765")),
    ] {
        assert!(!shown.contains("98765"), "{shown}");
    }
}

/// Digest of RFC 2617, 3.5, whose hashes are known.
#[test]
fn digest() {
    let text = r#"Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#;
    let challenge = Challenge::parse(text).expect("a challenge");
    let request = Conference::new("Conf400").request(&Command::Lock).expect("a request");
    let credentials = Credentials::new("Mufasa", "Circle Of Life");
    assert_eq!(credentials.a1(challenge.realm()), "Mufasa:testrealm@host.com:Circle Of Life");
    assert_eq!(Credentials::a2(&request), "GET:/sipxconfig/rest/my/conference/Conf400/lock");
    // Shows what is hashed, in order; HA1 is the RFC's.
    let seen = std::cell::RefCell::new(Vec::new());
    let md5 = |bytes: &[u8]| {
        seen.borrow_mut().push(String::from_utf8(bytes.to_vec()).expect("text"));
        [u8::try_from(seen.borrow().len()).expect("few"); 16]
    };
    let header = credentials.authorization(&request, &challenge, "0a4f113b", 1, md5).expect("a header");
    let (one, two, three) = ("01".repeat(16), "02".repeat(16), "03".repeat(16));
    assert_eq!(
        *seen.borrow(),
        [
            "Mufasa:testrealm@host.com:Circle Of Life".to_owned(),
            "GET:/sipxconfig/rest/my/conference/Conf400/lock".to_owned(),
            format!("{one}:dcd98b7102dd2f0e8b11d0f600bfb0c093:00000001:0a4f113b:auth:{two}"),
        ]
    );
    assert_eq!(
        header,
        format!(
            "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", \
             uri=\"/sipxconfig/rest/my/conference/Conf400/lock\", response=\"{three}\", qop=auth, nc=00000001, \
             cnonce=\"0a4f113b\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""
        )
    );
    assert!(!header.contains("Circle"));
    for hostile in ["a\"b", "a\r\nX: y", "\\"] {
        assert_eq!(Credentials::new(hostile, "1").authorization(&request, &challenge, "c", 1, |_| [0; 16]), None);
    }
    for text in [
        "",
        "Basic realm=\"x\"",
        "Digest realm=\"x\"",
        "Digest realm=\"x, nonce=\"y",
        "Digest realm=\"\u{e9}\", nonce=\"a\r\n\"",
    ] {
        assert_eq!(Challenge::parse(text), None, "{text}");
    }
    let other = Challenge::parse("digest nonce=abc,realm=x, algorithm=SHA-256").expect("a challenge");
    assert_eq!(credentials.authorization(&request, &other, "c", 1, |_| [0; 16]), None);
}

/// Names that somebody would like to break out with.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("/".to_owned()),
        Just("&".to_owned()),
        Just("..".to_owned()),
        Just("%2F".to_owned()),
        Just("%".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\0".to_owned()),
        Just("'".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just(";".to_owned()),
        Just("?".to_owned()),
        Just("#".to_owned()),
        Just("^^".to_owned()),
        Just("\u{1f600}".to_owned()),
        Just(" ".to_owned()),
        Just("x".repeat(10_000)),
        "\\PC{0,8}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn decoded(segment: &str) -> Vec<u8> {
    let mut bytes = segment.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        let digit = |byte: Option<u8>| char::from(byte.expect("two digits")).to_digit(16).expect("a digit");
        out.push(if byte == b'%' {
            u8::try_from(digit(bytes.next()) * 16 + digit(bytes.next())).expect("a byte")
        } else {
            byte
        });
    }
    out
}

proptest! {
    /// What is sent is what the service and FreeSWITCH will see, or nothing is.
    #[test]
    fn hostile_texts_break_nothing(name in hostile(), text in hostile()) {
        let conference = Conference::new(&name);
        let arguments = [&*text];
        let commands = [
            Command::Say(&text), Command::SayMember(7, &text), Command::Invite(&text), Command::Pin(Pin::new(&text)),
            Command::Dtmf(Target::All, &text), Command::Custom { name: "x", arguments: &arguments },
            Command::Custom { name: &text, arguments: &[] }, Command::Lock,
        ];
        for command in commands {
            let Ok(request) = conference.request(&command) else { continue };
            prop_assert!(request.path().bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>?#\\".contains(&byte)));
            let segments: Vec<&str> = request.path().split('/').collect();
            prop_assert_eq!(segments.len(), 7);
            prop_assert_eq!(decoded(segments[5]), name.as_bytes());
            // As the service does it: decode, split at `&`, turn `/` into blanks, join.
            let line = String::from_utf8(decoded(segments[6])).expect("text");
            prop_assert!(!line.contains(|c: char| c == '/' || c.is_ascii_control()));
            let said = matches!(command, Command::Say(_) | Command::SayMember(..));
            prop_assert!(said || !line.contains([' ', '\'', '\\']));
            let last = line.split('&').next_back().expect("one");
            prop_assert!(last == text || command == Command::Lock);
        }
    }

    #[test]
    fn any_answer(status in 0_u16..700, body in prop::collection::vec(any::<u8>(), 0..60), wrapped: bool) {
        let body = if wrapped { [&b"<command-response>"[..], &body, b"</command-response>\n"].concat() } else { body };
        match Response::new(status, &body).reply() {
            Ok(reply) => {
                let _ = (reply.error(), reply.recorder(), reply.invitation_sent());
                prop_assert!(!wrapped || reply.as_bytes() == &body[18..body.len() - 20]);
            }
            Err(error) => prop_assert!(!error.to_string().contains('\n')),
        }
    }

    #[test]
    fn any_challenge_and_contact(text in "[a-zA-Z<>/ =\",\\\\&;\u{e9}]{0,80}") {
        let _ = Challenge::parse(&format!("Digest {text}"));
        if let Some(contact) = Contact::parse(&format!("<contact-information>{text}")) {
            for (name, _) in contact.fields() {
                let _ = contact.get(name);
            }
        }
    }
}
