//! The REST service of sipXecs: each command of the reference page to its exact request, each
//! answer, and what is refused.

use ami_proto::error::Refusal;
use ami_proto::freeswitch::command::{
    Bgdial, ConferenceCommand, Custom, Deaf, Dial, Dtmf, Energy, Hup, Kick, Level, List, Lock, Mute, NoPin, NoRecord,
    NoRecordAll, Pin, PinMod, Play, Relate, Relation, Say, SayMember, Sounds, Stop, Target, Transfer, Undeaf, Unlock,
    Unmute, VolumeIn, VolumeOut, XmlList,
};
use ami_proto::freeswitch::{self, reply::Done};
use ami_proto::sipxecs::{
    Call, Challenge, Conference, Contact, ContactDraft, Credentials, DigestError, Method, RecordAction, Recorder,
    Request, Response, ServiceErrorKind, SipMethod, contact_information,
};
use ami_testkit::mod_conference::read;
use proptest::prelude::*;

const BASE: &str = "/sipxconfig/rest/my/conference/Conf400/";

fn conference() -> Conference<'static> {
    Conference::new("Conf400")
}

fn path(request: &Request) -> &str {
    assert_eq!((request.method(), request.body(), request.content_type()), (Method::Get, &[][..], None));
    request.path().strip_prefix(BASE).expect("the service's path")
}

#[test]
fn each_command_has_its_path() {
    let cases: [(&dyn ConferenceCommand, &str); 40] = [
        (
            &Bgdial::new("1000").caller_number("1234567890").caller_name("FreeSWITCH_Conference"),
            "bgdial&1000&1234567890&FreeSWITCH_Conference",
        ),
        (&Bgdial::new("1000"), "bgdial&1000"),
        (&Deaf::new(7), "deaf&7"),
        (&Deaf::new(Target::All), "deaf&all"),
        (&Dial::new("1000@softswitch;a=1"), "dial&1000%40softswitch%3Ba%3D1"),
        (&Dtmf::new(Target::Last, "12#*"), "dtmf&last&12%23%2A"),
        (&Energy::new(7), "energy&7"),
        (&Energy::new(Target::All).level(Level::To(300)), "energy&all&300"),
        (&Energy::new(Target::All).level(Level::Down), "energy&all&down"),
        (&Hup::new(7), "hup&7"),
        (&Kick::new(Target::All), "kick&all"),
        (&Kick::new(Target::NonModerators), "kick&non_moderator"),
        (&List::new(), "list"),
        (&List::new().delimiter(">,<"), "list&delim&%3E%2C%3C"),
        (&Lock::new(), "lock"),
        (&Mute::new(Target::Last), "mute&last"),
        (&NoRecordAll::new(), "norecord&all"),
        (&NoRecord::new("a.wav"), "norecord&a.wav"),
        (&NoPin::new(), "nopin"),
        (&Pin::new("1234"), "pin&1234"),
        (&Play::new("a.wav"), "play&a.wav"),
        (&Play::new("a.wav").member(7).nomux(), "play&a.wav&7&nomux"),
        (&Relate::new(&[1], &[2], Relation::NoSpeak), "relate&1&2&nospeak"),
        (&Relate::new(&[1], &[2], Relation::NoHear), "relate&1&2&nohear"),
        (&Relate::new(&[1], &[2], Relation::Clear), "relate&1&2&clear"),
        (&Say::new("it's 5 o'clock"), "say&it%27s%205%20o%27clock"),
        (&SayMember::new(7, "hej d\u{e5}"), "saymember&7&hej%20d%C3%A5"),
        (&Stop::new(), "stop"),
        (&Stop::new().what(Sounds::Current), "stop&current"),
        (&Stop::new().what(Sounds::Async).member(7), "stop&async&7"),
        (&Stop::new().member(7), "stop&all&7"),
        (&Transfer::new("other", &[1, 2]), "transfer&other&1&2"),
        (&Undeaf::new(7), "undeaf&7"),
        (&Unlock::new(), "unlock"),
        (&Unmute::new(7), "unmute&7"),
        (&VolumeIn::new(7).level(Level::To(-4)), "volume_in&7&-4"),
        (&VolumeOut::new(7).level(Level::Up), "volume_out&7&up"),
        (&XmlList::new(), "xml_list"),
        (&PinMod::new("1234"), "pin&mod&1234"),
        (&Custom::new("vid-layout").word("2x2").word("1"), "vid-layout&2x2&1"),
    ];
    for (command, expected) in cases {
        assert_eq!(path(&conference().request(command).expect("it can be carried")), expected);
    }
}

/// What the service doesn't hand on.
#[test]
fn its_own_commands() {
    let cases = [
        (conference().invite("401"), "invite&401"),
        (conference().invite_im("401im"), "inviteim&401im"),
        (conference().record(None), "record"),
        (conference().record(Some(RecordAction::Start)), "record&start"),
        (conference().record(Some(RecordAction::Stop)), "record&stop"),
        (conference().record(Some(RecordAction::Status)), "record&status"),
        (conference().record(Some(RecordAction::Duration)), "record&duration"),
    ];
    for (request, expected) in cases {
        assert_eq!(path(&request.expect("it can be carried")), expected);
    }
}

/// The commands of the page, read back from its own lines.
#[test]
fn the_samples_of_the_page_are_asked() {
    type Ask = fn(Conference<'static>) -> Result<Request, ami_proto::EncodeError>;
    let lines = include_str!("../../corpus/sipxecs/reference_curl.txt");
    let commands: [(&str, Ask); 9] = [
        ("WeeklyTeamConf", |conference| conference.request(&Lock::new())),
        ("Conf400", |conference| conference.invite("401")),
        ("Conf400", |conference| conference.invite_im("401im")),
        ("Conf400", |conference| conference.request(&XmlList::new())),
        ("Conf400", |conference| conference.request(&Kick::new(Target::All))),
        ("Conf400", |conference| conference.record(None)),
        ("Conf400", |conference| conference.record(Some(RecordAction::Stop))),
        ("Conf400", |conference| conference.record(Some(RecordAction::Status))),
        ("Conf400", |conference| conference.record(Some(RecordAction::Duration))),
    ];
    assert_eq!(lines.lines().count(), commands.len());
    for (line, (name, ask)) in lines.lines().zip(commands) {
        let (_, url) = line.split_once("https://").expect("an address");
        let (_, host_and_path) = url.split_once('@').expect("credentials");
        let at = host_and_path.find('/').expect("a path");
        let method = if line.contains("-X PUT") { Method::Put } else { Method::Get };
        let request = ask(Conference::new(name).method(method)).expect("it can be carried");
        assert_eq!((request.method(), request.path()), (method, &host_and_path[at..]));
    }
    let request = Call::new("5001", "101").forwarding(true).make().expect("a path");
    assert_eq!(
        (request.method(), request.target()),
        (Method::Post, "/callcontroller/5001/101?isForwardingAllowed=true")
    );
    let details = conference().details().expect("a path");
    assert_eq!(details.path(), "/sipxconfig/rest/my/conferencedetails/Conf400");
}

#[test]
fn reads_the_reference_contact() {
    let contact = Contact::parse(include_str!("../../corpus/sipxecs/reference_contact.xml")).expect("a contact");
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
    // Entities, one that is none, tags that hold nothing, and none behind one that is never closed.
    let text = "<contact-information><?x>1</?x><!y>2</!y>< >3</><z/>4</z/>\
        <a>&lt;&gt;&amp;&quot;&apos;&x;</a><b/><d> >2 </d><e>3</e><f>4</contact-information>";
    let contact = Contact::parse(text).expect("a contact");
    assert_eq!(contact.get("a").as_deref(), Some("<>&\"'&x;"));
    let fields: Vec<_> = contact.fields().map(|(name, _)| name).collect();
    assert_eq!(fields, ["z", "a", "b", "d", "e"]);
    assert_eq!((contact.get("d").as_deref(), contact.get("b").as_deref()), (Some("2"), Some("")));
}

/// Elements without content are fields of the service's own documents.
#[test]
fn empty_elements_are_fields_of_a_contact() {
    let contact =
        Contact::parse(include_str!("../../corpus/sipxecs/contact_without_addresses.xml")).expect("a contact");
    let fields: Vec<_> = contact.fields().collect();
    assert_eq!(
        fields[..4],
        [("homeAddress", ""), ("officeAddress", ""), ("branchAddress", ""), ("imDisplayName", "Ann Lee")]
    );
    assert_eq!((contact.get("branchAddress").as_deref(), contact.get("branchAddress.city")), (Some(""), None));
    assert_eq!(fields.len(), 7);
}

/// What was read is written as it was, and read again as the same; what is set stands in its place.
#[test]
fn a_contact_is_written_as_it_is_read() {
    let ask = contact_information();
    assert_eq!(
        (ask.method(), ask.target(), ask.body()),
        (Method::Get, "/sipxconfig/rest/my/contact-information", &b""[..])
    );
    let contact = Contact::parse(include_str!("../../corpus/sipxecs/reference_contact.xml")).expect("a contact");
    let draft = ContactDraft::from(contact);
    let request = draft.store().expect("XML");
    assert_eq!((request.method(), request.target()), (Method::Put, "/sipxconfig/rest/my/contact-information"));
    assert_eq!(request.content_type(), Some("text/xml"));
    let written = std::str::from_utf8(request.body()).expect("text");
    assert!(written.contains("?s=80&amp;d=G</avatar>") && written.contains("<useBranchAddress>false<"), "{written}");
    assert_eq!(ContactDraft::from(Contact::parse(written).expect("a contact")), draft);
    for (name, _) in contact.fields() {
        assert!(Contact::parse(written).expect("a contact").get(name).is_some(), "{name}");
    }
    let draft = draft
        .set("homeAddress.zip", "1 < 2")
        .set("firstName", "J")
        .set("branchAddress", "")
        .set("branchAddress.city", "B")
        .set("custom1", "\u{1f600}\n");
    let written = draft.to_xml().expect("XML");
    assert!(written.contains("<homeAddress><city>NY</city><zip>1 &lt; 2</zip></homeAddress>"), "{written}");
    assert!(written.contains("<branchAddress><city>B</city></branchAddress>"), "{written}");
    let read = Contact::parse(&written).expect("a contact");
    assert_eq!((read.get("firstName").as_deref(), read.get("homeAddress.zip").as_deref()), (Some("J"), Some("1 < 2")));
    for (name, value) in [("a b", "x"), ("", "x"), ("a.", "x"), ("a><b", "x"), ("a", "\0"), ("a.b", "\u{1b}")] {
        assert_eq!(ContactDraft::new().set(name, value).store().expect_err("no XML").field(), name);
    }
    assert_eq!(ContactDraft::new().to_xml().expect("XML"), "<contact-information></contact-information>");
}

/// Each parameter of the call controller, by the name that it reads.
#[test]
fn a_call_has_all_parameters() {
    let call = Call::new("201", "user@example.com")
        .agent("200")
        .sip_method(SipMethod::Invite)
        .forwarding(false)
        .subject("about you & me")
        .timeout(10)
        .conference_pin("1234")
        .result_cache_time(30);
    let request = call.make().expect("a path");
    assert_eq!(request.method(), Method::Post);
    assert_eq!(
        request.target(),
        "/callcontroller/201/user%40example.com?agent=200&sipMethod=invite&isForwardingAllowed=false&confpin=1234\
         &subject=about%20you%20%26%20me&timeout=10&resultCacheTime=30"
    );
    assert!(!request.masked_target().contains("1234") && !format!("{call:?}{request:?}").contains("1234"));
    let state = call.state().expect("a path");
    assert_eq!(state.method(), Method::Get);
    assert_eq!(state.target(), "/callcontroller/201/user%40example.com?agent=200&sipMethod=invite");
    let transfer = Call::new("201", "202").transfer("203").expect("a path");
    assert_eq!(transfer.target(), "/callcontroller/201/202?action=transfer&target=203");
    let refused = |request: Result<Request, ami_proto::EncodeError>| {
        let error = request.expect_err("it can't be carried");
        (error.field().to_owned(), error.refusal())
    };
    let call = Call::new("201", "202");
    let max = i64::from(i32::MAX);
    for (request, field, reason) in [
        (call.conference_pin("1&Subject=x").make(), "confpin", Refusal::Kind { expected: "digits alone" }),
        (call.conference_pin("").make(), "confpin", Refusal::Kind { expected: "digits alone" }),
        (call.timeout(1 << 31).make(), "timeout", Refusal::Range { min: 0, max }),
        (call.result_cache_time(u32::MAX).make(), "resultCacheTime", Refusal::Range { min: 0, max }),
        (call.subject("").make(), "subject", Refusal::EmptyValue),
        (call.subject("a\nb").make(), "subject", Refusal::Control { byte: b'\n' }),
        (call.agent("").make(), "agent", Refusal::EmptyValue),
        (call.transfer("1?X-A=1"), "target", Refusal::Splits { byte: b'?' }),
        (Call::new("201;maddr=x", "1").make(), "from", Refusal::Splits { byte: b';' }),
        (Call::new("1", "..").make(), "to", Refusal::DotSegment),
    ] {
        assert_eq!(refused(request), (field.to_owned(), reason));
    }
}

/// What the service writes into addresses and queries of its own as it came.
#[test]
fn what_the_service_would_split_is_refused() {
    for byte in b"?;,<>\"" {
        let error = conference().invite(&format!("401{}x", char::from(*byte))).expect_err("it can't be carried");
        assert_eq!((error.field(), error.refusal()), ("user", Refusal::Splits { byte: *byte }));
    }
    assert!(conference().invite("401@example.com").is_ok());
    for byte in b"&#?+%=;" {
        let name = format!("a{}conf", char::from(*byte));
        let error = Conference::new(&name).record(None).expect_err("it can't be carried");
        assert_eq!((error.field(), error.refusal()), ("conference", Refusal::Splits { byte: *byte }));
        assert!(Conference::new(&name).request(&Lock::new()).is_ok(), "{name}");
    }
}

#[test]
fn arguments_that_would_be_split_are_refused() {
    let dial =
        Dial::new("sofia/default/1000@softswitch").caller_number("1234567890").caller_name("FreeSWITCH_Conference");
    let cases: [(&dyn ConferenceCommand, &str, Refusal); 17] = [
        (&dial, "endpoint", Refusal::Splits { byte: b'/' }),
        (&Dial::new("1000").caller_name("x"), "caller name", Refusal::Missing { before: "caller number" }),
        (&Play::new("/tmp/a.wav"), "file", Refusal::Splits { byte: b'/' }),
        (&Say::new("either/or"), "text", Refusal::Splits { byte: b'/' }),
        (&Say::new("you & me"), "text", Refusal::Splits { byte: b'&' }),
        (&Say::new("a\nconference other kick all"), "text", Refusal::Control { byte: b'\n' }),
        (&Say::new(" "), "text", Refusal::EmptyValue),
        (&Pin::new(""), "pin", Refusal::EmptyValue),
        (&Dtmf::new(Target::All, "1 2"), "digits", Refusal::Splits { byte: b' ' }),
        (&Mute::new(0), "member", Refusal::Member),
        (&Transfer::new("x", &[0_u32; 0]), "members", Refusal::EmptyValue),
        (&Transfer::new("x", &[1; 23]), "members", Refusal::TooMany { max: 22 }),
        (&Custom::new("a/b"), "command", Refusal::CommandName),
        (&Custom::new(".."), "command", Refusal::CommandName),
        (&Custom::new("invite").word("a/b"), "argument", Refusal::Splits { byte: b'/' }),
        (&Custom::new("record").word("start"), "command", Refusal::OwnRecorder),
        (&Custom::new("file-vol"), "command", Refusal::Crashes),
    ];
    for (command, argument, reason) in cases {
        let error = conference().request(command).expect_err("it can't be carried");
        assert_eq!((error.field(), error.refusal()), (argument, reason), "{error}");
    }
    let hidden = Conference::new("say").request(&Say::new("hi")).expect_err("the name hides the text");
    assert_eq!((hidden.field(), hidden.refusal()), ("conference", Refusal::HidesText));
    let error = conference().invite("o'hara").expect_err("it can't be carried");
    assert_eq!((error.field(), error.refusal()), ("user", Refusal::Quote { byte: b'\'' }));
    let names = [
        ("", Refusal::EmptyValue),
        ("a/b", Refusal::Splits { byte: b'/' }),
        ("..", Refusal::DotSegment),
        ("^^:a", Refusal::OtherDelimiter),
        ("room 1", Refusal::Splits { byte: b' ' }),
        ("a\0", Refusal::Control { byte: 0 }),
    ];
    for (name, reason) in names {
        let error = Conference::new(name).request(&Lock::new()).expect_err("no such name");
        assert_eq!((error.field(), error.refusal()), ("conference", reason));
    }
    let essay = Conference::new("essay");
    assert!(essay.request(&Lock::new()).is_ok());
    assert_eq!(essay.request(&Say::new("hi")).map_err(|error| error.refusal()), Err(Refusal::HidesText));
}

#[test]
fn reads_answers_of_the_service() {
    let text_of = |body| Response::new(200, body).reply().expect("a reply");
    let lock = text_of(include_bytes!("../../corpus/sipxecs/response_lock.txt"));
    assert_eq!((lock.as_bytes(), lock.error()), (&b"OK WeeklyTeamConf locked\n"[..], None));
    assert!(text_of(include_bytes!("../../corpus/sipxecs/response_invite.txt")).invitation_sent());
    let unknown = text_of(include_bytes!("../../corpus/sipxecs/response_unknown_command.txt"));
    assert_eq!(unknown.error().expect("refused"), "Conference command 'x' not found.");
    let list = text_of(include_bytes!("../../corpus/sipxecs/response_xml_list.txt"));
    assert!(list.as_bytes().starts_with(b"<?xml") && list.as_bytes().ends_with(b"</conferences>\n"));
    assert_eq!(freeswitch::list::List::from_xml(list.as_bytes()).map(|list| list.conferences.len()), Ok(1));
    // As the service itself asks, and FreeSWITCH before 1.8 answers.
    let text = b"<command-response>7>,<null/m>,<1ba2e4d8-731b-496c-9471-d1a356b7406e>,<A;B>,<1>,<hear|speak>,<0>,<0>,<0>,<100\n</command-response>\n";
    let Some(Done::List(list)) = text_of(text).to(List::NAME).done() else { panic!("no list") };
    let list = freeswitch::list::List::parse(list.as_bytes(), &freeswitch::list::Format::new().delimiter(">,<"));
    assert_eq!(list.conferences[0].members[0].caller_name, "A;B");
    assert_eq!(lock.to(Lock::NAME).done(), Some(Done::Lock { conference: "WeeklyTeamConf".into(), locked: true }));
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
            include_bytes!("../../corpus/sipxecs/exception_not_found.txt"),
            ServiceErrorKind::NotFound,
            "Conference not found",
        ),
        (
            403,
            include_bytes!("../../corpus/sipxecs/exception_not_owner.txt"),
            ServiceErrorKind::NotOwner,
            "User is not owner of this conference",
        ),
        (
            400,
            include_bytes!("../../corpus/sipxecs/exception_invite.txt"),
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
    let commands: [&dyn ConferenceCommand; 3] =
        [&Pin::new("98765"), &PinMod::new("98765"), &Custom::new("pin").word("mod").word("98765")];
    for command in commands {
        let request = conference().request(command).expect("a request");
        for shown in [format!("{request:?}"), format!("{:?}", request.query("a", "b"))] {
            assert!(!shown.contains("98765") && shown.contains("/pin"), "{shown}");
        }
        assert!(!format!("{:?}", command.to("c")).contains("98765"));
    }
    let shown = format!("{:?} {:?}", Pin::new("98765"), Credentials::new("200", "98765"));
    assert!(!shown.contains("98765"), "{shown}");
}

/// Digest of RFC 2617, 3.5, whose hashes are known.
#[test]
fn a_digest_is_made_of_what_rfc_2617_hashes() {
    let text = r#"Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#;
    let challenge = Challenge::parse(text).expect("a challenge");
    let request = conference().request(&Lock::new()).expect("a request");
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
             uri=\"/sipxconfig/rest/my/conference/Conf400/lock\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", \
             response=\"{three}\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""
        )
    );
    assert!(!header.contains("Circle"));
    for (hostile, byte) in [("a\"b", b'"'), ("a\r\nX: y", b'\r'), ("\\", b'\\')] {
        let refused = Credentials::new(hostile, "1").authorization(&request, &challenge, "c", 1, |_| [0; 16]);
        let Err(DigestError::Encode(error)) = refused else { panic!("{refused:?}") };
        let refusal = if byte == b'\r' { Refusal::Control { byte } } else { Refusal::Quote { byte } };
        assert_eq!((error.field(), error.refusal()), ("user", refusal));
    }
    for text in [
        "",
        "Basic realm=\"x\"",
        "Digest realm=\"x\"",
        "Digest realm=\"x, nonce=\"y",
        "Digest realm=\"x\", nonce=y\"",
        "Digest realm=\"x\", nonce=\"y\", opaque=z\\",
        "Digest realm=\"\u{e9}\", nonce=\"a\r\n\"",
    ] {
        assert_eq!(Challenge::parse(text), None, "{text}");
    }
    // What is hashed is the text that the quoted string stands for; what is sent is the string as
    // it came.
    let quoted = Challenge::parse(r#"Digest realm="a \"b\" \\c", nonce="n\o""#).expect("a challenge");
    seen.borrow_mut().clear();
    let header = credentials.authorization(&request, &quoted, "c", 1, md5).expect("a header");
    assert_eq!(seen.borrow()[0], r#"Mufasa:a "b" \c:Circle Of Life"#);
    assert_eq!(seen.borrow()[2], format!("{one}:no:{two}"));
    assert!(header.contains(r#"realm="a \"b\" \\c", nonce="n\o","#), "{header}");
    let other = Challenge::parse("digest nonce=abc,realm=x, algorithm=SHA-256").expect("a challenge");
    assert_eq!(credentials.authorization(&request, &other, "c", 1, |_| [0; 16]), Err(DigestError::Algorithm));
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
        let commands: [(&dyn ConferenceCommand, bool); 7] = [
            (&Say::new(&text), true), (&SayMember::new(7, &text), true), (&Pin::new(&text), false),
            (&Dtmf::new(Target::All, &text), false), (&Custom::new("x").word(&text), false),
            (&Custom::new(&text), false), (&Lock::new(), false),
        ];
        let requests = commands.iter().map(|(command, said)| (conference.request(*command), *said, command.name()));
        for (request, said, sub) in requests.chain([(conference.invite(&text), false, None)]) {
            let Ok(request) = request else { continue };
            prop_assert!(request.path().bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>?#\\".contains(&byte)));
            let segments: Vec<&str> = request.path().split('/').collect();
            prop_assert_eq!(segments.len(), 7);
            prop_assert_eq!(decoded(segments[5]), name.as_bytes());
            // As the service does it: decode, split at `&`, turn `/` into blanks, join.
            let line = String::from_utf8(decoded(segments[6])).expect("text");
            prop_assert!(!line.contains(|c: char| c == '/' || c.is_ascii_control()));
            prop_assert!(said || !line.contains([' ', '\'', '\\']));
            let last = line.split('&').next_back().expect("one");
            // What FreeSWITCH puts variables in has them escaped.
            let said = sub == Some(SayMember::NAME) && {
                let reading = read(format!("conference c saymember 7 {last}").as_bytes(), true);
                reading.beyond.is_empty() && reading.values.get(1).is_some_and(|said| text.trim().as_bytes() == said.trim_ascii())
            };
            prop_assert!(last == text || said || sub == Some(Lock::NAME));
        }
    }

    #[test]
    fn any_answer_is_read_or_refused(status in 0_u16..700, body in prop::collection::vec(any::<u8>(), 0..60), wrapped: bool) {
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
