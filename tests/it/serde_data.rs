//! Invariant: typed views, values, and what is made of frames serialise in the documented form, and
//! without secrets unless they are asked for.

use crate::peer::Peer;
use ami_proto::action::Ping;
use ami_proto::calls::{Call, CallLimits, QueueOutcome, Tracker};
use ami_proto::catalogue;
use ami_proto::client::{ClientEvent, Config, Ending, Id, Reached};
use ami_proto::conference::{Command, Dialect, Event as ConferenceEvent, Native};
use ami_proto::describe::Replies;
use ami_proto::event::{AuthDetail, Event, Hangup, QueueMember};
use ami_proto::freeswitch::command::Name;
use ami_proto::freeswitch::list::{Format, List};
use ami_proto::freeswitch::reply::Reply;
use ami_proto::freeswitch::{self, LIMITS};
use ami_proto::kazoo::{Happening, JoinTime};
use ami_proto::redact::WithSecrets;
use ami_proto::request::Request;
use ami_proto::response::{CoreStatus, Response};
use ami_proto::server::{self, Server, ServerEvent};
use ami_proto::value::{
    AgiAnswer, AgiEnv, AmiVersion, Banner, ChannelName, ChannelState, Classes, ClockTime, DateTime, DeviceState, Epoch,
    Escaped, FromWire, HangupCause, Hex, LocalHalf, Milliseconds, Presentation, QueueRuleStep, Seconds, Timestamp,
};
use ami_proto::{Decoder, Framing, Limits, OwnedFrame};
use serde::Serialize;
use serde_json::{Value, json, to_string, to_value};
use std::time::{Duration, Instant};

fn frames(text: &str) -> Vec<OwnedFrame> {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    decoder.push(text.replace('\n', "\r\n").as_bytes());
    std::iter::from_fn(|| Some(decoder.next_frame().expect("within limits")?.to_owned())).collect()
}

fn frame(text: &str) -> OwnedFrame {
    frames(&format!("{text}\n\n")).remove(0)
}

fn value(of: impl Serialize) -> Value {
    to_value(of).expect("JSON")
}

// Typed views.

#[test]
fn a_view_is_its_event() {
    let kept = frame("Event: Hangup\nChannel: PJSIP/100-01\nCause: 16\nChannelState: up\nX-Odd: 1");
    let hangup = Hangup::view(kept.view()).expect("a hangup");
    assert_eq!(
        to_string(&hangup).unwrap(),
        r#"{"type":"Hangup","fields":{"event":"Hangup","channel":"PJSIP/100-01","cause":16},"uncovered":["X-Odd"],"invalid":[{"header":"ChannelState","value":"up"}]}"#
    );
    assert_eq!(value(hangup), value(Event::from(kept.view())));

    let kept = frame("Event: QueueMember\nQueue: q\nPaused: 0\nStatus: 2\nLastCall: 1795224493\nPenalty: 3");
    assert_eq!(
        value(QueueMember::view(kept.view()).expect("a member"))["fields"],
        json!({"event": "QueueMember", "queue": "q", "paused": false, "status": "2", "last_call": 1_795_224_493, "penalty": 3})
    );
}

#[test]
fn a_response_is_what_it_answers_or_has_all_else_under_rest() {
    let kept = frame("Response: Success\nActionID: 1\nCoreStartupDate: 2026-11-21\nCoreCurrentCalls: 3");
    let described = Replies::new().describe(kept.view()).map(value);
    assert_eq!(Some(value(CoreStatus::from(kept.view()))), described);
    assert_eq!(CoreStatus::TYPE.name(), "CoreStatus");
    assert_eq!(
        to_string(&Response::from(kept.view())).unwrap(),
        r#"{"type":"Response","fields":{"response":"Success","action_id":"1","rest":[["CoreStartupDate","2026-11-21"],["CoreCurrentCalls","3"]]},"uncovered":[],"invalid":[]}"#
    );
    let plain = frame("Response: Error\nMessage: no");
    assert_eq!(Some(value(Response::from(plain.view()))), Replies::new().describe(plain.view()).map(value));
}

#[test]
fn a_request_is_its_action() {
    let request = |text: &str| {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        decoder.push(text.replace('\n', "\r\n").as_bytes());
        decoder.next_frame().expect("within limits").expect("whole").to_owned()
    };
    let kept =
        request("action: originate\nActionID: 7\nChannel: PJSIP/1\nTimeout: soon\nAsync: yes\nVariable: A=1\nX: 2\n\n");
    let Request::Originate(originate) = Request::from(kept.view()) else { panic!("{kept}") };
    assert_eq!(
        to_string(&originate).unwrap(),
        r#"{"type":"Originate","fields":{"action":"originate","action_id":"7","channel":"PJSIP/1","asynchronous":true,"variable":["A=1"]},"uncovered":["X"],"invalid":[{"header":"Timeout","value":"soon"}]}"#
    );
    assert_eq!(value(Request::from(kept.view())), value(originate));

    let kept = request("Action: UpdateConfig\nSrcFilename: a\nAction-000000: Append\n\n");
    assert_eq!(
        value(Request::from(kept.view()))["fields"],
        json!({"action": "UpdateConfig", "src_filename": "a", "edit": [["Action-000000", "Append"]]})
    );
    let kept = request("Action: MyModule\nActionID: 7\nColour: blue\n\n");
    assert_eq!(
        value(Request::from(kept.view())),
        json!({"type": "Other", "fields": {"action": "MyModule", "action_id": "7", "rest": [["Colour", "blue"]]},
            "uncovered": [], "invalid": []})
    );
    let kept = request("Action: Login\nUsername: u\nSecret: s3cret\n\n");
    let login = Request::from(kept.view());
    assert_eq!(value(login)["fields"]["secret"], "***");
    assert_eq!(value(WithSecrets(login))["fields"]["secret"], "s3cret");
}

/// No request of the catalogue has one key for two fields.
#[test]
fn keys_of_requests_are_each_one_field() {
    for action in catalogue::actions() {
        let mut keys: Vec<String> = action.fields().map(|field| field.key()).collect();
        keys.extend(["action", "action_id", "rest"].map(String::from));
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), all, "{action:?}");
    }
}

#[test]
fn events_of_a_server() {
    let now = Instant::now();
    let mut server = Server::new(now, server::Config::new().fully_booted(false));
    let input = b"Action: Ping\r\n\r\nAction: Login\r\nUsername: u\r\nSecret: s3cret\r\n\r\n\
        Action: Getvar\r\nActionID: 7\r\nVariable: A\r\n\r\nAction: Logoff\r\n\r\n";
    assert_eq!(server.handle_input(now, input), input.len());
    let mut told = Vec::new();
    while let Some(event) = server.poll_event().expect("a connection") {
        told.push(value(event));
        let shown = to_string(&WithSecrets(event)).unwrap();
        assert_eq!(shown.contains("s3cret"), matches!(event, ServerEvent::Login { .. }));
        if let ServerEvent::Login { id, .. } = event {
            server.accept(id, Classes::ALL).expect("it waits");
        }
    }
    let login = json!({"action": "Login", "username": "u", "secret": "***"});
    let asked = json!({"action": "Getvar", "action_id": "7", "variable": "A"});
    assert_eq!(told[0], json!({"kind": "malformed", "fault": "not-logged-in"}));
    assert_eq!((&told[1]["kind"], &told[1]["attempt"]["username"]), (&json!("login"), &json!("u")));
    assert_eq!(
        (&told[1]["attempt"]["is_challenged"], &told[1]["attempt"]["request"]["fields"]),
        (&json!(false), &login)
    );
    assert_eq!((&told[2]["kind"], &told[2]["request"]["fields"]), (&json!("request"), &asked));
    assert!(told[2]["id"].as_u64() > told[1]["id"].as_u64());
    assert_eq!(told[3], json!({"kind": "closed"}));
}

#[test]
fn views_have_their_secrets_only_where_they_are_asked_for() {
    let kept = frame("Event: AuthDetail\nOauthSecret: s3cret\nUsername: u");
    let view = AuthDetail::view(kept.view()).expect("the event");
    assert_eq!(value(view)["fields"]["oauth_secret"], "***");
    assert_eq!(value(WithSecrets(view))["fields"]["oauth_secret"], "s3cret");
    let kept = frame("Response: Success\nSecret: s3cret");
    let response = Response::from(kept.view());
    assert_eq!(value(response)["fields"]["rest"], json!([["Secret", "***"]]));
    assert_eq!(value(WithSecrets(&response))["fields"]["rest"], json!([["Secret", "s3cret"]]));
    for event in [ClientEvent::Event(Event::from(kept.view())), ClientEvent::LoggedIn(response)] {
        assert!(!to_string(&event).unwrap().contains("s3cret"));
        assert!(to_string(&WithSecrets(event)).unwrap().contains("s3cret"));
        let kept = frame("Action: Login\nSecret: s3cret");
        let ending = Ending::Outcome(Event::from(kept.view()));
        assert!(!to_string(&ClientEvent::Text { id: sent_id(), frame: kept.view() }).unwrap().contains("s3cret"));
        assert!(!to_string(&ending).unwrap().contains("s3cret"));
    }
}

// Values.

#[test]
fn values_are_as_their_fields() {
    for (found, expected) in [
        (value(HangupCause::USER_BUSY), json!(17)),
        (value(ChannelState::UP), json!(6)),
        (value(DeviceState::InUse), json!("INUSE")),
        (value(DeviceState::Other(b"\xff")), json!({"hex": "ff"})),
        (value(ChannelName::new(b"SIP/caf\xe9")), json!({"hex": "5349502f636166e9"})),
        (value(Timestamp::new(1_795_224_741, 137_467)), json!("1795224741.137467")),
        (value(Epoch::new(1_795_224_741)), json!(1_795_224_741)),
        (value(Seconds(Duration::from_secs(3))), json!(3)),
        (value(Seconds(Duration::from_millis(500))), json!(0.5)),
        (value(Milliseconds(Duration::from_secs(30))), json!(30_000)),
        (value(ClockTime(Duration::from_secs(30))), json!("00:00:30")),
        (value(DateTime::from_wire(b"2026-11-21 01:40:26").unwrap()), json!("2026-11-21 01:40:26")),
        (value(Classes::SYSTEM | Classes::CALL), json!("system,call")),
        (value(Hex(31)), json!("0x0000001f")),
        (value(Escaped::new(b"O\\'Brien")), json!("O\\'Brien")),
        (value(AmiVersion::new(11, 0, Some(0))), json!("11.0.0")),
        (value(Banner::from("Asterisk Call Manager/11.0.0")), json!("Asterisk Call Manager/11.0.0")),
        (value(QueueRuleStep::from_wire(b"10,+1,5").unwrap()), json!("10,+1,5")),
        (value(Presentation::from("32").visibility()), json!("prohibited")),
        (value(Presentation::from("32").screening()), json!("not-screened")),
        (value(LocalHalf::Second), json!("second")),
        (
            value(AgiEnv::new(b"agi_request: async\nagi_callerid: 100\n\n")),
            json!([["agi_request", "async"], ["agi_callerid", "100"]]),
        ),
        (
            value(AgiAnswer::new(b"200 result=1 (timeout) endpos=960\n")),
            json!({"code": 200, "result": "1", "data": "timeout", "end_position": 960, "text": "result=1 (timeout) endpos=960"}),
        ),
        (
            value(AgiAnswer::new(b"hello")),
            json!({"code": null, "result": null, "data": null, "end_position": null, "text": "hello"}),
        ),
        (value(Happening::from(std::borrow::Cow::Borrowed("mute-member"))), json!("mute-member")),
        (value(JoinTime::from_gregorian(63_635_217_275)), json!(63_635_217_275_u64)),
    ] {
        assert_eq!(found, expected);
    }
}

// Calls and mirror.

fn call(events: &str) -> Call {
    let mut tracker = Tracker::new(CallLimits::new());
    for (second, frame) in (1..).zip(frames(events)) {
        tracker.handle(&Event::from(frame.view()), Duration::from_millis(500 * second));
    }
    tracker.poll_ended().expect("a call that has ended")
}

#[test]
fn a_call_has_its_story_as_data() {
    let call = call(
        "Event: Newchannel\nChannel: PJSIP/100-01\nChannelState: 6\nUniqueid: 1.1\nLinkedid: 1.1\nCallerIDNum: 100\n\n\
        Event: QueueCallerJoin\nQueue: support\nPosition: 1\nUniqueid: 1.1\nLinkedid: 1.1\n\n\
        Event: QueueCallerAbandon\nQueue: support\nUniqueid: 1.1\nLinkedid: 1.1\n\n\
        Event: BridgeEnter\nBridgeUniqueid: b\nBridgeType: basic\nUniqueid: 1.1\nLinkedid: 1.1\n\n\
        Event: Hangup\nChannel: PJSIP/100-01\nUniqueid: 1.1\nLinkedid: 1.1\nCause: 16\n\n",
    );
    assert_eq!(
        to_string(&call).unwrap(),
        r#"{"linked_id":"1.1","former":[],"channels":["PJSIP/100-01"],"from":{"number":"100","name":null,"channel":"PJSIP/100-01"},"dialled":null,"to":null,"disposition":"abandoned","start":0.5,"answered_by_person":null,"end":2.5,"talk":0.0,"wait":0.5,"hold":0.0,"queues":[{"queue":"support","outcome":"abandoned","wait":0.5,"agent":null}],"transfers":[],"parked":[],"recordings":[],"rooms":[],"cause":16,"time_source":"received"}"#
    );
    let span = |start: f64, end: f64| json!({"start": start, "end": end});
    assert_eq!(value(&call.legs()[0])["stays"], json!([{"bridge": "b", "mixing": true, "span": span(2.0, 2.5)}]));
    assert_eq!(value(QueueOutcome::Abandoned), "abandoned");
}

// Client and connection.

/// The number of a client's request.
fn sent_id() -> Id {
    Peer::ready(Config::new()).send(&Ping::new()).id()
}

#[test]
fn what_a_client_tells() {
    let pong = frame("Response: Success\nPing: Pong");
    let (id, response) = (sent_id(), Response::from(pong.view()));
    let typed = value(response);
    let event = Event::from(pong.view());
    for (found, expected) in [
        (ClientEvent::Connected(Banner::from("A/1")), json!({"kind": "connected", "banner": "A/1"})),
        (ClientEvent::LoginRefused(response), json!({"kind": "login-refused", "response": typed})),
        (ClientEvent::Ready(None), json!({"kind": "ready", "event": null})),
        (ClientEvent::Started { id, response }, json!({"kind": "started", "id": value(id), "response": typed})),
        (ClientEvent::Item { id, event }, json!({"kind": "item", "id": value(id), "event": value(event)})),
        (
            ClientEvent::Unclaimed { id: None, frame: pong.view() },
            json!({"kind": "unclaimed", "id": null, "frame": value(pong.view())}),
        ),
        (
            ClientEvent::Ended { id, ending: Ending::TimedOut(Reached::Accepted) },
            json!({"kind": "ended", "id": value(id), "ending": {"kind": "timed-out", "reached": {"kind": "accepted"}}}),
        ),
        (
            ClientEvent::LateOutcome { id, event },
            json!({"kind": "late-outcome", "id": value(id), "event": value(event)}),
        ),
        (ClientEvent::Closed, json!({"kind": "closed"})),
    ] {
        assert_eq!(value(found), expected);
    }
    for (ending, expected) in [
        (Ending::Reply(response), json!({"kind": "reply", "response": typed})),
        (
            Ending::List { items: 2, end: event, cancelled: false },
            json!({"kind": "list", "items": 2, "end": value(event), "cancelled": false}),
        ),
        (Ending::OutcomeUnseen(None), json!({"kind": "outcome-unseen", "response": null})),
        (Ending::Text { paragraphs: 1 }, json!({"kind": "text", "paragraphs": 1})),
        (Ending::Lost(Reached::Sent), json!({"kind": "lost", "reached": {"kind": "sent"}})),
        (
            Ending::Lost(Reached::Started { items: 4 }),
            json!({"kind": "lost", "reached": {"kind": "started", "items": 4}}),
        ),
    ] {
        assert_eq!(value(ending), expected);
    }
    assert!(value(id).is_u64());
}

// FreeSWITCH and conferences.

/// A body in which nothing is secret is shown as it came, also where an event is in it.
#[test]
fn a_body_without_a_secret_is_shown() {
    let body = "Event-Subclass: conference%3A%3Amaintenance\nEvent-Name: CUSTOM\nAction: mute-member\n\n";
    for (kind, body) in [("text/event-plain", body), ("api/response", "+OK nothing\n"), ("api/response", "")] {
        let mut decoder = freeswitch::Decoder::new(LIMITS);
        decoder.push(format!("Content-Type: {kind}\nContent-Length: {}\n\n{body}", body.len()).as_bytes());
        let frame = decoder.next_frame().expect("within limits").expect("a whole frame");
        assert_eq!(value(frame)["body"], body);
    }
}

#[test]
fn frames_of_freeswitch() {
    let mut decoder = freeswitch::Decoder::new(LIMITS);
    let event = "Event-Subclass: conference%3A%3Amaintenance\nEvent-Name: CUSTOM\nAction: mute-member\nMember-ID: 3\nPin: 4711\n\n";
    let head = format!("Content-Type: text/event-plain\nContent-Length: {}\n\n", event.len());
    decoder.push([head.as_bytes(), event.as_bytes()].concat().as_slice());
    let kept = decoder.next_frame().expect("within limits").map(freeswitch::Frame::to_owned);
    let kept = kept.expect("a whole frame");
    let event_len = event.len().to_string();
    let event = kept.view().event().expect("an event");
    let headers = json!([
        ["Event-Subclass", "conference::maintenance"],
        ["Event-Name", "CUSTOM"],
        ["Action", "mute-member"],
        ["Member-ID", "3"],
        ["Pin", "***"],
    ]);
    let object = json!({
        "name": "CUSTOM", "subclass": "conference::maintenance", "action": "mute-member", "headers": headers, "body": "",
    });
    assert_eq!(value(event), object);
    assert_eq!(
        value(&kept),
        json!({
            "offset": 0, "len": kept.view().as_bytes().len(), "content_type": "text/event-plain",
            "headers": [["Content-Type", "text/event-plain"], ["Content-Length", event_len]],
            "body": "***", "event": object,
        })
    );
    assert!(to_string(&WithSecrets(&kept)).unwrap().contains("4711"));
    let typed = freeswitch::event::ConferenceEvent::from(event);
    assert_eq!(value(typed)["fields"]["member_id"], 3);
    assert_eq!(value(typed)["rest"], json!([["Pin", "***"]]));
    let view = freeswitch::event::MuteMember::view(event).expect("the event");
    assert_eq!(value(WithSecrets(view))["rest"], json!([["Pin", "4711"]]));
    assert_eq!(value(freeswitch::ConnectionEvent::Event(event)), json!({"kind": "event", "event": value(event)}));
    assert_eq!(value(freeswitch::Ending::Cancelled), json!({"kind": "cancelled"}));
    assert_eq!(value(ConferenceEvent::of_freeswitch(event).expect("of a conference"))["happening"], "muted");
}

const MEMBERS: &[u8] = b"7>,<sofia/internal/1001>,<1ba2e4d8>,<Bob>,<1001>,<hear|speak>,<0>,<0>,<100\n";

#[test]
fn records_of_freeswitch() {
    let text = br#"<cdr><conference><name>board</name><end_time endconference_forced="true">9</end_time><members>
        <member type="caller"><join_time>6</join_time><flags><is_ghost>true</is_ghost></flags>
        <caller_profile><uuid>u</uuid><pin>4711</pin></caller_profile></member></members></conference></cdr>"#;
    let record = freeswitch::record::Record::from_xml(text).unwrap();
    let caller = json!({"fields": [["uuid", "u"], ["pin", "***"]]});
    let member = json!({"file": null, "join": 6, "leave": null, "flags": ["is_ghost"], "caller": caller});
    let expected = json!({
        "name": "board", "hostname": null, "rate": null, "interval": null, "start": null, "end": 9,
        "was_forced": true, "members": [member], "rejected": [],
    });
    assert_eq!(value(&record), expected);
}

#[test]
fn lists_and_replies_of_freeswitch() {
    let list = List::parse(MEMBERS, &Format::new().delimiter(">,<"));
    let member = value(&list)["conferences"][0]["members"][0].clone();
    assert_eq!(
        member,
        json!({
            "id": 7, "channel": "sofia/internal/1001", "uuid": "1ba2e4d8", "caller_name": "Bob", "caller_number": "1001",
            "flags": ["hear", "speak"], "volume_in": member["volume_in"], "volume_out": member["volume_out"],
            "agc_volume_in": member["agc_volume_in"], "energy": member["energy"], "join_time": null,
            "last_talking": null, "other": [],
        })
    );
    let list =
        List::from_json(r#"[{"conference_name":"3000","pin":"4711","members":[{"id":7,"token":"4711"}]}]"#).unwrap();
    assert!(!to_string(&list).unwrap().contains("4711"));
    assert!(to_string(&WithSecrets(&list)).unwrap().contains("4711"));

    assert_eq!(
        value(Reply::new(Name::Kick, b"+OK kicked 7\nSkipping moderator (member id 3).\nNon-Existant ID 9\n")),
        json!([
            {"kind": "done", "done": {"kind": "member", "what": "kicked", "member": 7}},
            {"kind": "skipped", "member": 3},
            {"kind": "refused", "refusal": {"kind": "no-member", "member": "9"}},
        ])
    );
    let reply = Reply::unnamed(b"+OK Pin for conference g set: 1234\n");
    assert!(!to_string(&reply).unwrap().contains("1234"));
}

#[test]
fn what_conferences_tell() {
    let answer = Dialect::FreeSwitch.decode(&Command::List("room"), Native::Text(MEMBERS)).expect("a list");
    let participants = value(&answer)["participants"].clone();
    assert_eq!(value(&answer)["kind"], "participants");
    assert_eq!(
        participants,
        json!([{
            "id": "7", "call": "1ba2e4d8", "name": "Bob", "number": "1001", "is_muted": false, "is_deaf": false,
            "is_talking": false, "has_floor": false, "is_moderator": false, "duration": null,
        }])
    );
}
