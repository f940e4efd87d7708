//! Invariant: an action that the tables don't know is answered as its caller says, by the same
//! rules as one that they know; what can't be is refused with words before anything is written.

use crate::peer::{Peer, quiet, words};
use ami_proto::action::{
    Action, Answer, BlindTransfer, Challenge, Custom, ExtensionState, Filter, GetConfig, JabberSend, Originate, Ping,
    SetVar, Status, UpdateConfig, UserEvent,
};
use ami_proto::catalogue::{ActionType, actions};
use ami_proto::error::{Refusal, SendError};
use ami_proto::event::EventSet;
use ami_proto::{Decoder, EncodeError, Framing, Limits, OwnedFrame};
use std::time::Duration;

const SUCCESS: &str = "Response: Success\r\nActionID: $0\r\n\r\n";
const ITEM: &str = "Event: Thing\r\nActionID: $0\r\n\r\n";
const END: &str = "Event: ThingsComplete\r\nActionID: $0\r\n\r\n";

/// A request as a guest of a proxy sends it.
fn request(name: &str) -> OwnedFrame {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
    decoder.push(format!("Action: {name}\r\nActionID: theirs\r\n\r\n").as_bytes());
    decoder.next_frame().unwrap().expect("whole").to_owned()
}

/// Returns what is told of a request that a builder has made, which is told as well of one that a
/// proxy passes on.
fn told(name: &str, answer: Option<Answer<'static>>, input: &str) -> Vec<String> {
    let send: [&dyn Fn(&mut Peer); 2] = [
        &|peer| {
            let custom = Custom::new(name);
            peer.send(&answer.iter().cloned().fold(custom, Custom::answered));
        },
        &|peer| {
            let request = request(name);
            let id = match &answer {
                Some(answer) => peer.client.forward_as(peer.now, request.view(), answer),
                None => peer.client.forward(peer.now, request.view()),
            };
            id.expect("it is sent");
            peer.sent();
        },
    ];
    let [told, forwarded] = send.map(|send| {
        let mut peer = Peer::ready(quiet().interest(EventSet::NONE));
        send(&mut peer);
        let told = peer.feed(input);
        assert_eq!(peer.client.in_flight(), 0, "{name}: {told:?}");
        told
    });
    assert_eq!(told, forwarded, "{name}");
    told
}

fn list(end: &'static str) -> Option<Answer<'static>> {
    Some(Answer::List { end: end.into() })
}

fn outcome(event: &'static str) -> Option<Answer<'static>> {
    Some(Answer::Outcome { event: event.into() })
}

#[test]
fn each_kind_of_answer() {
    let items = format!("{SUCCESS}{ITEM}Event: UserEvent\r\nActionID: $0\r\n\r\n{ITEM}");
    let whole = &["started", "item Thing", "item UserEvent", "item Thing", "list 3"][..];
    for (name, answer, input, expected) in [
        // A list needs no announcement, and its end no `EventList`; the case of its name is free.
        ("Things", list("ThingsComplete"), format!("{items}{END}"), whole),
        ("Things", list("thingscomplete"), format!("{items}{END}"), whole),
        // What other modules list, too.
        (
            "Things",
            list("StatusComplete"),
            format!(
                "{SUCCESS}Event: Status\r\nActionID: $0\r\n\r\n{ITEM}Event: StatusComplete\r\nActionID: $0\r\n\r\n"
            ),
            &["started", "item Status", "item Thing", "list 2"],
        ),
        (
            "Things",
            list("ThingsComplete"),
            format!("{SUCCESS}Event: Other\r\nActionID: $0\r\nEventList: cancelled\r\n\r\n"),
            &["started", "list 0 cancelled"],
        ),
        ("Things", list("ThingsComplete"), format!("{ITEM}{END}"), &["item Thing", "list 1"]),
        ("Things", list("ThingsComplete"), SUCCESS.replace("Success", "Error"), &["refused"]),
        (
            "Things",
            outcome("ThingDone"),
            format!("{SUCCESS}{}", ITEM.replace("Thing", "ThingDone")),
            &["started", "outcome ThingDone"],
        ),
        ("Things", outcome("ThingDone"), ITEM.replace("Thing", "ThingDone"), &["outcome ThingDone"]),
        ("Things", outcome("ThingDone"), SUCCESS.replace("Success", "Error"), &["refused"]),
        (
            "Things",
            Some(Answer::Text),
            "a thing\r\n\r\nand another\r\nof two\r\n\r\nResponse: Success\r\nActionID: $1\r\n\r\n".into(),
            &["text 1", "text 2", "end of text 2"],
        ),
        (
            "Things",
            Some(Answer::Text),
            SUCCESS.replace("Success", "Error") + &SUCCESS.replace("$0", "$1"),
            &["refused"],
        ),
        ("Things", Some(Answer::Reply), SUCCESS.into(), &["reply"]),
        // The server's own word counts.
        (
            "Things",
            Some(Answer::Reply),
            format!(
                "Response: Success\r\nActionID: $0\r\nEventList: start\r\n\r\n{ITEM}{}",
                "Event: E\r\nActionID: $0\r\nEventList: Complete\r\n\r\n"
            ),
            &["started", "item Thing", "list 1"],
        ),
        // Without a word: what the tables know, else a reply.
        ("Things", None, SUCCESS.into(), &["reply"]),
        (
            "status",
            None,
            "Response: Success\r\nActionID: $0\r\nMessage: Channel status will follow\r\n\r\n\
             Event: Status\r\nActionID: $0\r\n\r\nEvent: StatusComplete\r\nActionID: $0\r\n\r\n"
                .into(),
            &["started", "item Status", "list 1"],
        ),
        // The caller's word goes before the tables'.
        ("Status", list("ThingsComplete"), format!("{items}{END}"), whole),
        ("Status", Some(Answer::Reply), SUCCESS.into(), &["reply"]),
        ("Queues", Some(Answer::Reply), SUCCESS.into(), &["reply"]),
        ("DataGet", Some(Answer::Reply), SUCCESS.into(), &["reply"]),
        (
            "SIPqualifypeer",
            list("ThingsComplete"),
            format!("{SUCCESS}{ITEM}{END}"),
            &["started", "item Thing", "list 1"],
        ),
        (
            "Originate",
            outcome("ThingDone"),
            format!("{SUCCESS}{}", ITEM.replace("Thing", "ThingDone")),
            &["started", "outcome ThingDone"],
        ),
    ] {
        let told = told(name, answer.clone(), &input);
        assert_eq!(told, expected, "{name}, {answer:?}: {input}");
    }
}

/// The short ways to say it, and that the last one counts.
#[test]
fn the_last_word_counts() {
    let custom = || Custom::new("X");
    assert_eq!(custom().answer(), None);
    assert_eq!(custom().reply().answer(), Some(&Answer::Reply));
    assert_eq!(custom().text().answer(), Some(&Answer::Text));
    assert_eq!(custom().list("E").answer(), list("E").as_ref());
    assert_eq!(custom().outcome(String::from("E")).answer(), outcome("E").as_ref());
    assert_eq!(custom().text().list("E").outcome("O").reply().header("A", "b").answer(), Some(&Answer::Reply));
    assert_eq!(format!("{:?}", custom().list("E")), r#"Custom({"Action": "X"}, List { end: "E" })"#);
    assert_eq!(Ping::new().answer(), None);
}

/// A list's end that the tables don't know is an event where it comes again, and told as such.
#[test]
fn an_unknown_end_that_comes_twice() {
    for (interest, again) in [(EventSet::NONE, &[][..]), (EventSet::ALL, &["event ThingsComplete"])] {
        let mut peer = Peer::ready(quiet().interest(interest));
        peer.send(&Custom::new("Things").list("ThingsComplete"));
        assert_eq!(peer.feed(&format!("{SUCCESS}{END}")), ["started", "list 0"]);
        assert_eq!(peer.feed(END), again);
    }
}

/// Items are collected, and the time for each begins anew, as of any list.
#[test]
fn a_list_is_collected_and_timed() {
    let mut peer = Peer::ready(quiet().response_timeout(Duration::from_secs(10)));
    let handle = peer.send(&Custom::new("Things").list("ThingsComplete"));
    peer.client.collect(handle, 10).unwrap();
    assert_eq!(peer.feed(SUCCESS), ["started"]);
    assert!(peer.pass(Duration::from_secs(9)).is_empty() && peer.feed(ITEM).is_empty());
    assert!(peer.pass(Duration::from_secs(9)).is_empty() && peer.feed(ITEM).is_empty());
    assert_eq!(peer.feed(END), ["list 2"]);
    assert_eq!(peer.client.take_items(handle).len(), 2);
    peer.send(&Custom::new("Things").outcome("ThingDone"));
    assert_eq!(peer.pass(Duration::from_secs(10)), ["timed out Sent"]);
}

/// The name of an end is held as long as the request, and counts.
#[test]
fn a_name_takes_room() {
    let mut peer = Peer::ready(quiet().ceiling(20_000));
    let end = "E".repeat(30_000);
    let error = peer.client.send(peer.now, &Custom::new("Things").list(end)).unwrap_err();
    assert!(matches!(error, SendError::Ceiling { .. }), "{error}");
    let before = peer.client.held();
    let handle = peer.send(&Custom::new("Things").list("E".repeat(1000)));
    assert!(peer.client.held() > before + 1000);
    assert!(peer.client.cancel(handle));
    let told: Vec<_> = std::iter::from_fn(|| peer.client.poll_event().unwrap().map(words)).collect();
    assert_eq!(told, ["cancelled"]);
    assert_eq!(peer.client.held(), before);
}

fn refused(action: &impl Action) -> (String, Refusal) {
    let mut out = b"before".to_vec();
    let error: EncodeError = action.encode(Some("1"), &mut out).expect_err("a refusal");
    assert_eq!(out, b"before");
    (error.field().to_owned(), error.refusal())
}

#[test]
fn names_that_a_server_would_read_otherwise() {
    for (name, refusal) in [
        ("", Refusal::EmptyName),
        (" Ping", Refusal::OuterBlank),
        ("Ping ", Refusal::OuterBlank),
        ("\tPing", Refusal::OuterBlank),
        ("\u{1}Ping", Refusal::LeadingBlank { byte: 1 }),
        ("Pi:ng", Refusal::InName { byte: b':', at: 2 }),
        ("Ping\r", Refusal::InName { byte: b'\r', at: 4 }),
        ("Pi\nng", Refusal::InName { byte: b'\n', at: 2 }),
        ("Ping\0", Refusal::InName { byte: 0, at: 4 }),
    ] {
        assert_eq!(refused(&Custom::new(name)), ("Action".into(), refusal), "{name:?}");
        assert_eq!(refused(&Custom::new("X").list(name)), ("end".into(), refusal), "{name:?}");
        assert_eq!(refused(&Custom::new("X").outcome(name)), ("event".into(), refusal), "{name:?}");
        let mut peer = Peer::ready(quiet());
        let answer = Answer::List { end: name.into() };
        let error = peer.client.forward_as(peer.now, request("X").view(), &answer).unwrap_err();
        assert!(matches!(&error, SendError::Encode(error) if error.refusal() == refusal), "{error}");
        assert!(peer.sent().is_empty());
    }
    assert!(Custom::new("DataGet Tree").encode(None, &mut Vec::new()).is_ok(), "a blank inside");
}

/// Headers are refused that the request has already, and those that the action has a setter for.
#[test]
fn headers_that_a_type_has_itself() {
    let own = |action: &dyn Fn(&str) -> EncodeError, name: &str| {
        let error = action(name);
        assert_eq!(error.field(), name);
        error.refusal()
    };
    let encoded = |action: &dyn Fn(&mut Vec<u8>) -> Result<(), EncodeError>| action(&mut Vec::new()).unwrap_err();
    let originate = |name: &str| encoded(&|out| Originate::new("x").header(name, "y").encode(None, out));
    let custom = |name: &str| encoded(&|out| Custom::new("Originate").header(name, "y").encode(None, out));
    let filter = |name: &str| encoded(&|out| Filter::new("x").header(name, "y").encode(None, out));
    let edit = |name: &str| encoded(&|out| UpdateConfig::new("a", "b").header(name, "y").encode(None, out));
    let event = |name: &str| encoded(&|out| UserEvent::new("x").header(name, "y").encode(None, out));
    for (action, name, by) in [
        (&originate as &dyn Fn(&str) -> EncodeError, "actionid", "`send` (`send_as` takes an id of your own)"),
        (&originate, "Action", "the action's name (`Custom::new` takes any)"),
        (&custom, "ActionID", "`send` (`send_as` takes an id of your own)"),
        (&custom, "ACTION", "the action's name (`Custom::new` takes any)"),
        (&event, "ActionID", "`send` (`send_as` takes an id of your own)"),
        (&filter, "Operation", "`new`"),
    ] {
        assert_eq!(own(action, name), Refusal::Given { by }, "{name}");
    }
    for (action, name, setter) in [
        (&originate as &dyn Fn(&str) -> EncodeError, "channel", "channel"),
        (&originate, "Variable", "variable"),
        (&originate, "Async", "asynchronous"),
        (&edit, "Action-000001", "edit"),
        (&edit, "dstfilename", "dst_filename"),
        (&event, "UserEvent", "user_event"),
        (&filter, "MatchCriteria", "match_criteria"),
    ] {
        assert_eq!(own(action, name), Refusal::OwnSetter { setter }, "{name}");
    }
    let words = originate("Channel").to_string();
    assert_eq!(words, r#"field "Channel" refused: the action has the setter `channel` for it; use that"#);
    // A name that servers once had for it is free, and so is every name of a custom action.
    let mut out = Vec::new();
    JabberSend::new("a", "b", "c").header("ScreenName", "b").encode(None, &mut out).unwrap();
    Custom::new("Originate").header("Channel", "x").encode(None, &mut out).unwrap();
    Status::new().header("Chann", "x").encode(None, &mut out).unwrap();
}

#[test]
fn what_a_server_refuses_empty() {
    let needed = |field: &str| (field.to_owned(), Refusal::Needed);
    assert_eq!(refused(&Originate::new("")), needed("Channel"));
    assert_eq!(refused(&Originate::new("x").channel("")), needed("Channel"));
    assert_eq!(refused(&GetConfig::new(String::new())), needed("Filename"));
    assert_eq!(refused(&BlindTransfer::new("x", "")), needed("Exten"));
    assert_eq!(refused(&SetVar::new("", "")), needed("Variable"));
    let error = Originate::new("").encode(None, &mut Vec::new()).unwrap_err().to_string();
    assert_eq!(error, r#"field "Channel" refused: the value is empty, and the server refuses that; give it"#);
    // What servers take, and what needs not be there.
    let mut out = Vec::new();
    SetVar::new("A", "").encode(None, &mut out).unwrap();
    UserEvent::new("").encode(None, &mut out).unwrap();
    ExtensionState::new("100", "").encode(None, &mut out).unwrap();
    Filter::new("").match_criteria("name(Hangup)").encode(None, &mut out).unwrap();
    Originate::new("x").context("").encode(None, &mut out).unwrap();
    Custom::new("Originate").header("Channel", "").encode(None, &mut out).unwrap();
}

/// A parameter that may be empty says so in its entry, and few do.
#[test]
fn few_required_parameters_may_be_empty() {
    let empty = |action: ActionType| {
        let fields = action.fields().filter(|field| field.is_required() && !field.refuses_empty());
        fields.map(|field| format!("{} {}", action.name(), field.name())).collect::<Vec<_>>()
    };
    let found: Vec<String> = actions().flat_map(empty).collect();
    assert_eq!(found, ["Setvar Value", "ExtensionState Context", "Filter Filter", "UserEvent UserEvent"]);
}

/// The one value that servers know is no argument.
#[test]
fn what_never_varies_is_written() {
    let written = |action: &dyn Fn(&mut Vec<u8>) -> Result<(), EncodeError>| {
        let mut out = Vec::new();
        action(&mut out).expect("nothing to refuse");
        String::from_utf8(out).expect("text")
    };
    assert_eq!(
        written(&|out| Filter::new("!Event: VarSet").encode(None, out)),
        "Action: Filter\r\nOperation: Add\r\nFilter: !Event: VarSet\r\n\r\n"
    );
    assert_eq!(written(&|out| Challenge::new().encode(None, out)), "Action: Challenge\r\nAuthType: MD5\r\n\r\n");
    let fixed = |action: ActionType| action.fields().filter(|field| field.is_fixed()).count();
    assert_eq!(actions().map(fixed).sum::<usize>(), 2);
}
