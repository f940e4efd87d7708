//! The Conferences API of Kazoo: each call and action to its exact request, each sample of the
//! reference page, both shapes where page and server differ, what is refused, and hostile input.

use std::borrow::Cow;
use std::time::Duration;

use ami_proto::error::Refusal;
use ami_proto::kazoo::{
    Account, ActionBody, Binding, Conference, ConferenceAction, Dial, Draft, Envelope, Happening, Json, Method,
    Participant, ParticipantAction, ParticipantEvent, ParticipantFlag, ParticipantsAction, Ping, ProfileDraft,
    ProfileField, Relate, Relationship, Request, Response, SideDraft, SocketMessage, Subscription, Tone,
};
use proptest::prelude::*;

const BASE: &str = "/v2/accounts/ACCOUNT_ID/conferences";

fn account() -> Account<'static> {
    Account::new("ACCOUNT_ID")
}

#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn sends(request: Request, method: Method, path: &str, body: &str) {
    assert_eq!((request.method(), request.target()), (method, &*format!("{BASE}{path}")));
    assert_eq!(std::str::from_utf8(request.body()), Ok(body));
    assert_eq!(request.content_type(), (!body.is_empty()).then_some("application/json"));
}

#[test]
fn each_endpoint_has_its_method_and_path() {
    let draft = Draft::new().name("Conf");
    sends(account().list().unwrap(), Method::Get, "", "");
    sends(account().list().unwrap().query("page_size", "25"), Method::Get, "?page_size=25", "");
    sends(account().create(&draft).unwrap(), Method::Put, "", r#"{"data": {"name": "Conf"}}"#);
    sends(account().get("CONFERENCE_ID").unwrap(), Method::Get, "/CONFERENCE_ID", "");
    sends(account().replace("C", &draft).unwrap(), Method::Post, "/C", r#"{"data": {"name": "Conf"}}"#);
    sends(account().merge("C", &draft).unwrap(), Method::Patch, "/C", r#"{"data": {"name": "Conf"}}"#);
    sends(account().delete("C").unwrap(), Method::Delete, "/C", "");
    sends(account().participants("C").unwrap(), Method::Get, "/C/participants", "");
    sends(account().participant("C", 20).unwrap(), Method::Get, "/C/participants/20", "");
    sends(account().get("a/b c;d%\u{e9}").unwrap(), Method::Get, "/a%2Fb%20c%3Bd%25%C3%A9", "");
    let again = account().act_on("C", 1, &ParticipantAction::Mute).unwrap().query("random", "7f 3a").query("x", "&");
    assert_eq!(again.target(), format!("{BASE}/C/participants/1?random=7f%203a&x=%26"));
}

#[test]
fn each_action_writes_its_document() {
    use {ParticipantAction as One, ParticipantsAction as All};

    let body = |action: &str| format!(r#"{{"data": {{"action": "{action}"}}}}"#);
    let on_top = |action: &str| format!(r#"{{"action": "{action}", "data": {{}}}}"#);
    let newer = account().envelope(Envelope::OnTop);
    for (action, name) in [(ConferenceAction::Lock, "lock"), (ConferenceAction::Unlock, "unlock")] {
        sends(account().act("C", &action).unwrap(), Method::Put, "/C", &body(name));
        sends(newer.act("C", &action).unwrap(), Method::Put, "/C", &on_top(name));
    }
    let plain = [
        (All::Mute, One::Mute, "mute"),
        (All::Unmute, One::Unmute, "unmute"),
        (All::Deaf, One::Deaf, "deaf"),
        (All::Undeaf, One::Undeaf, "undeaf"),
        (All::Kick, One::Kick, "kick"),
    ];
    for (all, one, name) in plain {
        sends(account().act_on_all("C", &all).unwrap(), Method::Put, "/C/participants", &body(name));
        sends(newer.act_on_all("C", &all).unwrap(), Method::Put, "/C/participants", &on_top(name));
        sends(account().act_on("C", 20, &one).unwrap(), Method::Put, "/C/participants/20", &body(name));
        sends(newer.act_on("C", 20, &one).unwrap(), Method::Put, "/C/participants/20", &on_top(name));
    }
    let play = r#"{"data": {"action": "play", "data": {"media_id": "m1"}}}"#;
    sends(account().act("C", &ConferenceAction::Play("m1")).unwrap(), Method::Put, "/C", play);
    sends(account().act_on_all("C", &All::Play("m1")).unwrap(), Method::Put, "/C/participants", play);
    sends(account().act_on("C", 20, &One::Play("m1")).unwrap(), Method::Put, "/C/participants/20", play);
    let play = r#"{"action": "play", "data": {"media_id": "m1"}}"#;
    sends(newer.act("C", &ConferenceAction::Play("m1")).unwrap(), Method::Put, "/C", play);
    for (start, word) in [(true, "start"), (false, "stop")] {
        let body = format!(r#"{{"action": "record", "data": {{"action": "{word}"}}}}"#);
        sends(newer.act("C", &ConferenceAction::Record(start)).unwrap(), Method::Put, "/C", &body);
        let body = format!(r#"{{"data": {{"action": "record", "data": {{"action": "{word}"}}}}}}"#);
        sends(account().act("C", &ConferenceAction::Record(start)).unwrap(), Method::Put, "/C", &body);
    }
    let relate = r#"{"data": {"action": "relate", "data": {"participant_id": 23, "other_participant": 24}}}"#;
    sends(
        account().act_on_all("C", &All::Relate(Relate::new(23, 24))).unwrap(),
        Method::Put,
        "/C/participants",
        relate,
    );
    for (relationship, word) in
        [(Relationship::Deaf, "deaf"), (Relationship::Clear, "clear"), (Relationship::Mute, "mute")]
    {
        let action = All::Relate(Relate::new(23, 24).relationship(relationship));
        let body = format!(
            r#"{{"action": "relate", "data": {{"participant_id": 23, "other_participant": 24, "relationship": "{word}"}}}}"#
        );
        sends(newer.act_on_all("C", &action).unwrap(), Method::Put, "/C/participants", &body);
    }
    let json = Json::parse(r#"{"x": 1}"#).unwrap();
    let other = ConferenceAction::Other("tickle", Some(json));
    sends(
        account().act("C", &other).unwrap(),
        Method::Put,
        "/C",
        r#"{"data": {"action": "tickle", "data": {"x": 1}}}"#,
    );
}

#[test]
fn a_dial_writes_each_of_its_fields() {
    use ParticipantFlag as Flag;
    let flags = [
        Flag::Mute,
        Flag::Deaf,
        Flag::DistributeDtmf,
        Flag::IsModerator,
        Flag::DisableMoh,
        Flag::Ghost,
        Flag::JoinExisting,
        Flag::VideoMute,
    ];
    let dial = Dial::new()
        .endpoint("DEVICE_ID")
        .device(Json::parse(r#"{"sip": {"password": "s3cret"}}"#).unwrap())
        .caller_id_name("which is said again")
        .caller_id_name("Conference XYZ")
        .caller_id_number("5551212")
        .profile_name("wide")
        .target_call_id("t")
        .outbound_call_id("xyz-abc")
        .timeout(20)
        .field("play_name", Json::parse("false").unwrap());
    let dial = flags.into_iter().fold(dial, Dial::participant_flag);
    assert!(!format!("{dial:?}").contains("s3cret"));
    let expected = concat!(
        r#"{"action": "dial", "data": {"endpoints": ["DEVICE_ID", {"sip": {"password": "s3cret"}}], "#,
        r#""caller_id_name": "Conference XYZ", "caller_id_number": "5551212", "profile_name": "wide", "#,
        r#""target_call_id": "t", "outbound_call_id": "xyz-abc", "timeout": 20, "#,
        r#""participant_flags": ["mute", "deaf", "distribute_dtmf", "is_moderator", "disable_moh", "ghost", "#,
        r#""join_existing", "video_mute"], "play_name": false}}"#
    );
    let newer = account().envelope(Envelope::OnTop);
    sends(newer.act("C", &ConferenceAction::Dial(dial)).unwrap(), Method::Put, "/C", expected);
    let refused =
        |dial| account().act("C", &ConferenceAction::Dial(dial)).map_err(|e| (e.field().to_owned(), e.refusal()));
    assert_eq!(refused(Dial::new()), Err(("endpoints".into(), Refusal::EmptyValue)));
    assert_eq!(refused(Dial::new().endpoint("")), Err(("endpoints".into(), Refusal::EmptyValue)));
    let range = Refusal::Range { min: 1, max: i64::MAX };
    assert_eq!(refused(Dial::new().endpoint("1").timeout(0)), Err(("timeout".into(), range)));
    let body = include_bytes!("../../corpus/kazoo/dial_accepted.json");
    let dialed = Response::from_slice(body).unwrap().dialed().unwrap();
    assert_eq!(dialed[0].call_id().unwrap(), "522bb682");
    assert_eq!((dialed[1].status().unwrap(), dialed[1].call_id().is_err()), (Cow::Borrowed("error"), true));
}

/// Page 002's document, byte for byte.
#[test]
fn reads_the_reference_document() {
    let text = include_bytes!("../../corpus/kazoo/reference_document.json");
    let conference = Conference::from_slice(text).unwrap();
    assert!(matches!(conference.name().unwrap(), Cow::Borrowed("Conf")));
    assert_eq!((conference.id().unwrap(), conference.owner_id().unwrap()), ("".into(), "".into()));
    assert_eq!(conference.play_entry_tone(), Ok(Tone::Default));
    assert_eq!(conference.play_exit_tone(), Ok(Tone::Default));
    assert_eq!(conference.play_name(), Ok(false));
    assert_eq!(conference.conference_numbers(), Ok(vec![]));
    for side in [conference.member().unwrap(), conference.moderator().unwrap()] {
        assert_eq!((side.join_muted(), side.join_deaf()), (Ok(false), Ok(false)));
        assert_eq!((side.numbers(), side.pins()), (Ok(vec![]), Ok(vec![])));
    }
    assert_eq!(conference.ui_metadata().unwrap().get("ui").unwrap().text().unwrap(), "hostedpbx-ui");
    let realtime = conference.realtime();
    assert_eq!((realtime.members(), realtime.moderators(), realtime.is_locked()), (Ok(0), Ok(0), Ok(false)));
    assert_eq!(realtime.duration(), Ok(Duration::ZERO));
    let [participant] = &*realtime.participants().unwrap() else { panic!("one") };
    let texts = [
        participant.call_id(),
        participant.conference_name(),
        participant.conference_uuid(),
        participant.switch_hostname(),
    ];
    assert!(texts.into_iter().all(|text| text.unwrap() == ""));
    let flags = [
        participant.floor(),
        participant.hear(),
        participant.speak(),
        participant.talking(),
        participant.mute_detect(),
        participant.video(),
        participant.is_moderator(),
    ];
    assert_eq!(flags, [Ok(false), Ok(true), Ok(true), Ok(false), Ok(false), Ok(false), Ok(false)]);
    assert_eq!(
        (participant.participant_id(), participant.energy_level(), participant.current_energy()),
        (Ok(1), Ok(20), Ok(0))
    );
    assert_eq!(participant.join_time().unwrap().gregorian(), 63_635_217_275);
    assert_eq!(participant.duration(), Ok(Duration::from_secs(10)));
    same_json(&conference, text);
    // What the server alone writes isn't sent back.
    let draft = Draft::from(&conference);
    assert!(!draft.to_json().contains("_read_only") && draft.to_json().contains("hostedpbx-ui"));
    assert_eq!(draft.check().unwrap_err().field(), "owner_id");
}

/// Nothing is lost: printed as the page prints it, it is the page's sample again.
#[track_caller]
fn same_json(value: &impl serde::Serialize, text: &[u8]) {
    let kept: serde_json::Value = serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap();
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    serde::Serialize::serialize(&kept, &mut serde_json::Serializer::with_formatter(&mut out, formatter)).unwrap();
    assert_eq!(std::str::from_utf8(&out).unwrap(), std::str::from_utf8(text).unwrap().trim_end());
}

#[test]
fn lists_in_both_shapes() {
    let text = include_bytes!("../../corpus/kazoo/reference_list.json");
    let response = Response::from_slice(text).unwrap();
    let conferences = response.conferences().unwrap();
    let realtime = conferences[0].realtime();
    assert_eq!((realtime.members(), realtime.moderators(), realtime.is_locked()), (Ok(0), Ok(0), Ok(false)));
    assert!(realtime.participants().unwrap_err().is_missing());
    assert!(response.is_success() && response.envelope().object().is_empty());
    same_json(&conferences, text);
    assert!(!Draft::from(&conferences[0]).to_json().contains("admins"));

    let text = include_bytes!("../../corpus/kazoo/list_enveloped.json");
    let response = Response::from_slice(text).unwrap();
    let conferences = response.conferences().unwrap();
    assert_eq!(conferences.iter().map(|c| c.realtime().moderators().unwrap()).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(conferences[0].realtime().duration(), Ok(Duration::from_secs(61)));
    assert_eq!(conferences[1].id().unwrap(), "adhoc");
    let envelope = response.envelope();
    assert_eq!((envelope.page_size(), envelope.version().unwrap()), (Ok(2), "4.3.0".into()));
    assert!(envelope.next_start_key().unwrap_err().is_missing());
    assert_eq!(envelope.auth_token().unwrap(), "s3cret");
    let shown = format!("{response:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("1234"), "{shown}");
}

#[test]
fn realtime_in_both_places_and_spellings() {
    let cases = [
        r#"{"members": 3, "admins": 1, "duration": 5, "is_locked": true, "participants": []}"#,
        r#"{"members": "3", "moderators": "1", "duration": "5", "is_locked": "true"}"#,
        r#"{"_read_only": {"members": 3, "admins": 1, "duration": 5, "is_locked": true}}"#,
        r#"{"_read_only": {"members": 3, "moderators": 1, "duration": 5, "is_locked": true}, "members": 9, "admins": 9}"#,
        r#"{"_read_only": {"moderators": 1, "admins": 9, "duration": 5}, "members": 3, "is_locked": true}"#,
    ];
    for text in cases {
        let conference = Conference::from_slice(text.as_bytes()).unwrap();
        assert_eq!(Draft::from(&conference).to_json(), "{}", "{text}: all of it is the server's");
        let realtime = conference.realtime();
        assert_eq!((realtime.members(), realtime.moderators()), (Ok(3), Ok(1)), "{text}");
        assert_eq!((realtime.duration(), realtime.is_locked()), (Ok(Duration::from_secs(5)), Ok(true)), "{text}");
    }
}

#[test]
fn reads_a_newer_document() {
    let response = Response::from_slice(include_bytes!("../../corpus/kazoo/document_profile_object.json")).unwrap();
    let conference = response.conference().unwrap();
    let Ok(ProfileField::Settings(profile)) = conference.profile() else { panic!("an object") };
    assert_eq!((profile.energy_level(), profile.max_members(), profile.rate()), (Ok(20), Ok(10), Ok(16000)));
    assert_eq!((conference.profile_name().unwrap(), conference.flags().unwrap()), ("wide".into(), vec!["a".into()]));
    let participant = &conference.realtime().participants().unwrap()[0];
    assert_eq!((participant.participant_id(), participant.is_moderator()), (Ok(7), Ok(true)));
    assert_eq!((participant.speak(), participant.hear(), participant.talking()), (Ok(true), Ok(false), Ok(false)));
    assert!(participant.floor().unwrap_err().is_missing());
    let older =
        Conference::from_slice(br#"{"profile": "default", "play_entry_tone": "tone_stream://x", "name": 5}"#).unwrap();
    assert_eq!(older.profile(), Ok(ProfileField::Name("default".into())));
    assert_eq!(older.play_entry_tone(), Ok(Tone::Sound("tone_stream://x".into())));
    assert!(Draft::from(&Conference::from_slice(br#"{"profile": "default"}"#).unwrap()).check().is_ok());
    let odd = Conference::from_slice(br#"{"profile": 7, "play_name": "perhaps", "member": []}"#).unwrap();
    assert_eq!(odd.play_name().unwrap_err().to_string(), "field play_name is not true or false");
    assert!(odd.profile().is_err() && !odd.member().unwrap_err().is_missing());
}

#[test]
fn answers_and_errors() {
    let response = Response::from_slice(include_bytes!("../../corpus/kazoo/error_numbers_unique.json")).unwrap();
    assert!(!response.is_success());
    let [violation] = &*response.violations() else { panic!("one") };
    assert_eq!((violation.field(), violation.rule()), ("numbers", "unique"));
    assert_eq!(violation.message().unwrap(), "Numbers already in use");
    assert_eq!(violation.cause().unwrap().text().unwrap(), "2600");
    assert_eq!(response.refusal().unwrap().to_string(), "the server refuses with 400: validation error");
    let response = Response::from_slice(include_bytes!("../../corpus/kazoo/error_faulty_request.json")).unwrap();
    assert_eq!(response.refusal().unwrap().message(), "faulty_request");
    assert!(response.violations().is_empty());
    let response = Response::from_slice(include_bytes!("../../corpus/kazoo/accepted.json")).unwrap();
    assert_eq!((response.accepted().unwrap(), response.refusal()), ("relating participants".into(), None));
    let response = Response::from_slice(include_bytes!("../../corpus/kazoo/participant_unknown.json")).unwrap();
    assert!(response.participant().unwrap().is_unknown());
    let pin = br#"{"data": {"member.pins.0": {"type": {"message": "m", "cause": "9876"}}}, "status": "error"}"#;
    let response = Response::from_slice(pin).unwrap();
    assert_eq!(response.violations()[0].field(), "member.pins.0");
    assert!(!format!("{response:?}{:?}", response.violations()).contains("9876"));
    for text in ["", "{", "{\"a\": }", "\u{feff}{}", "{} {}", "{\"a\" 1}", "nope"] {
        assert!(Response::from_slice(text.as_bytes()).is_err(), "{text}");
    }
    assert!(Response::from_slice(b"\"\xff\"").is_err());
    assert_eq!(
        Conference::from_slice(b"[]").unwrap_err().to_string(),
        "expected another kind of value at line 1, column 0"
    );
}

#[test]
fn reads_the_reference_event() {
    let text = include_bytes!("../../corpus/kazoo/reference_event.json");
    let event = ParticipantEvent::from_slice(text).unwrap();
    let texts = [
        (event.channel_presence_id(), "1000@kamailio.hostedpbx"),
        (event.caller_id_number(), "sip1"),
        (event.caller_id_name(), "sip1"),
        (event.instance_id(), "d5765180-53d5-4104-860e-b352f3f8e6b1"),
        (event.conference_id(), "5edbfdd3b825314a71b0a05957392edb"),
        (event.focus(), "freeswitch@freeswitch.hostedpbx"),
        (event.call_id(), "934800819"),
        (event.event(), "add-member"),
        (event.node(), "hostedpbx_apps@jh460"),
        (event.msg_id(), "a6fbbf034b5cd3af"),
        (event.event_name(), "participant_event"),
        (event.event_category(), "conference"),
        (event.app_version(), "4.0.0"),
        (event.app_name(), "ecallmgr"),
        (event.routing_key(), "participant_event"),
    ];
    for (found, expected) in texts {
        assert_eq!(found.unwrap(), expected);
    }
    assert_eq!(event.happening(), Ok(Happening::AddMember));
    let flags = [event.mute_detect(), event.video(), event.talking(), event.speak(), event.hear(), event.floor()];
    assert_eq!(flags, [Ok(false), Ok(false), Ok(false), Ok(true), Ok(true), Ok(false)]);
    assert_eq!((event.participant_id(), event.energy_level(), event.current_energy()), (Ok(20), Ok(20), Ok(0)));
    let vars = event.custom_channel_vars().unwrap();
    let texts = [
        (vars.account_id(), "9d351ad7ffd6f846313af9eed3bb7b85"),
        (vars.authorizing_id(), "6507f40b09a61fbb8b025dbad9316eb5"),
        (vars.authorizing_type(), "device"),
        (vars.owner_id(), "32d8788da9506b4b1991d5bb86d27b0a"),
        (vars.presence_id(), "1000@kamailio.hostedpbx"),
        (vars.fetch_id(), "56507071-a216-4e0a-a28f-ff3bd9c86ac3"),
        (vars.bridge_id(), "934800819"),
        (vars.realm(), "kamailio.hostedpbx"),
        (vars.username(), "sip1"),
        (vars.call_interaction_id(), "63635497023-3e247b2e"),
    ];
    for (found, expected) in texts {
        assert_eq!(found.unwrap(), expected);
    }
    assert_eq!(vars.precedence(), Ok(5));
    same_json(&event, text);
    assert!(matches!(SocketMessage::from_slice(text), Ok(SocketMessage::Participant(found)) if found == event));
    let words = [
        "add-member",
        "del-member",
        "stop-talking",
        "start-talking",
        "mute-member",
        "unmute-member",
        "deaf-member",
        "undeaf-member",
    ];
    for word in words {
        let happening = Happening::from(Cow::Borrowed(word));
        assert!(!matches!(happening, Happening::Other(_)));
        assert_eq!(happening.to_string(), word);
    }
}

/// Servers from 4.0 on have energy and flags in `conference_channel_vars`, and more than flags.
#[test]
fn the_energy_of_a_participant_stands_in_the_channel_vars() {
    let response = Response::from_slice(include_bytes!("../../corpus/kazoo/participants_4_3.json")).unwrap();
    let [one] = &*response.participants().unwrap() else { panic!("one") };
    assert_eq!((one.energy_level(), one.member_id(), one.participant_id()), (Ok(100), Ok(7), Ok(7)));
    assert!(one.current_energy().unwrap_err().is_missing());
    let flags = [one.floor(), one.see(), one.hear(), one.talking(), one.member_ghost(), one.is_moderator()];
    assert_eq!(flags, [Ok(true), Ok(true), Ok(false), Ok(true), Ok(false), Ok(true)]);
    let texts = [one.member_type(), one.caller_id_name(), one.caller_id_number(), one.switch_hostname()];
    assert_eq!(texts.map(Result::unwrap), ["moderator", "Ann", "100", "fs1.example.com"]);
    assert_eq!(one.custom_channel_vars().unwrap().authorizing_type().unwrap(), "device");
    assert_eq!(one.custom_application_vars().unwrap().get("ticket").unwrap().text().unwrap(), "4711");
    assert_eq!(one.conference_channel_vars().unwrap().len(), 12);
}

#[test]
fn the_energy_of_an_event_stands_in_the_channel_vars() {
    let text = include_bytes!("../../corpus/kazoo/socket_event_master.json");
    let Ok(SocketMessage::Event(message)) = SocketMessage::from_slice(text) else { panic!("an event") };
    let event = message.participant().unwrap();
    assert_eq!(event.happening(), Ok(Happening::StartTalking));
    assert_eq!((event.energy_level(), event.current_energy(), event.member_id()), (Ok(100), Ok(250), Ok(7)));
    assert_eq!((event.see(), event.member_ghost(), event.talking()), (Ok(true), Ok(true), Ok(true)));
    assert!(event.member_type().unwrap_err().is_missing() && event.is_moderator().unwrap_err().is_missing());
    let texts = [event.account_id(), event.profile(), event.conference_node(), event.caller_id_name()];
    assert_eq!(texts.map(Result::unwrap), ["a1", "default", "kazoo_apps@h", "Ann"]);
    assert_eq!(event.conference_vars().unwrap().get("size").unwrap().to_u64(), Some(2));
    assert_eq!(event.dial_result().unwrap().get("result").unwrap().text().unwrap(), "SUCCESS");
    assert_eq!(event.custom_application_vars().unwrap().len(), 1);
}

/// What the media server says counts before what stands on top; nothing there is no value.
#[test]
fn channel_vars_come_before_the_top() {
    for (text, energy) in [
        (r#"{"energy_level": 1, "conference_channel_vars": {"energy_level": "2"}}"#, Ok(2)),
        (r#"{"energy_level": 1, "Conference-Channel-Vars": {"Energy-Level": 2}}"#, Ok(2)),
        (r#"{"energy_level": 1, "conference_channel_vars": {"energy_level": null}}"#, Ok(1)),
        (r#"{"energy_level": 1, "conference_channel_vars": {}}"#, Ok(1)),
        (r#"{"energy_level": 1, "conference_channel_vars": 5}"#, Ok(1)),
        (r#"{"energy_level": 1, "conference_channel_vars": {"energy_level": {}}}"#, Err(false)),
        (r#"{"conference_channel_vars": {}}"#, Err(true)),
    ] {
        let found = Participant::from_slice(text.as_bytes()).unwrap().energy_level();
        assert_eq!(found.map_err(|error| error.is_missing()), energy, "{text}");
        let found = ParticipantEvent::from_slice(text.as_bytes()).unwrap().energy_level();
        assert_eq!(found.map_err(|error| error.is_missing()), energy, "{text}");
    }
}

#[test]
fn reads_messages_of_the_socket() {
    let newer = include_bytes!("../../corpus/kazoo/socket_event_newer.json");
    let Ok(SocketMessage::Event(message)) = SocketMessage::from_slice(newer) else { panic!("an event") };
    assert_eq!(message.subscribed_key().unwrap(), "conference.event.c1.*");
    assert_eq!(message.subscription_key().unwrap(), "conference.event.*.a1.c1.*");
    let event = message.participant().unwrap();
    assert_eq!(event.happening(), Ok(Happening::Other("floor-change".into())));
    assert_eq!((event.conference_id().unwrap(), event.instance_id().unwrap()), ("c1".into(), "i1".into()));
    assert_eq!((event.call_id().unwrap(), event.event_name().unwrap()), ("x".into(), "event".into()));
    assert_eq!((event.participant_id(), event.speak(), event.is_moderator()), (Ok(20), Ok(true), Ok(false)));
    let old = br#"{"name": "participant_event", "args": {"event": "del-member"}}"#;
    let Ok(SocketMessage::Event(message)) = SocketMessage::from_slice(old) else { panic!("an event") };
    assert_eq!(message.participant().unwrap().happening(), Ok(Happening::DelMember));
    let Ok(SocketMessage::Reply(reply)) =
        SocketMessage::from_slice(include_bytes!("../../corpus/kazoo/socket_reply.json"))
    else {
        panic!("a reply")
    };
    assert!(reply.is_success() && reply.errors().is_err());
    assert_eq!(reply.request_id().unwrap(), "1");
    let error = include_bytes!("../../corpus/kazoo/socket_reply_error.json");
    let Ok(SocketMessage::Reply(reply)) = SocketMessage::from_slice(error) else { panic!("a reply") };
    assert_eq!((reply.is_success(), reply.errors().unwrap()), (false, vec!["ConferenceId required".into()]));
    assert!(matches!(SocketMessage::from_slice(b"{}"), Ok(SocketMessage::Other(_))));
    // An event without an envelope, in both spellings.
    for name in ["event_category", "Event-Category", "event", "Event"] {
        let text = format!(r#"{{"{name}": "conference"}}"#);
        assert!(matches!(SocketMessage::from_slice(text.as_bytes()), Ok(SocketMessage::Participant(_))), "{name}");
        let text = format!(r#"{{"action": "other", "{name}": "conference"}}"#);
        assert!(matches!(SocketMessage::from_slice(text.as_bytes()), Ok(SocketMessage::Other(_))), "{name}");
    }

    let one = Binding::Participants { conference: "c1", call: Some("934800819") };
    let commands = Binding::Commands { conference: "c1" };
    let message = Subscription::unsubscribe("s3cret", "a1", [one, commands, Binding::Other("doc_edited.*.user.*")]);
    assert_eq!(
        message.to_json().unwrap(),
        concat!(
            r#"{"action": "unsubscribe", "auth_token": "s3cret", "data": {"account_id": "a1", "bindings": "#,
            r#"["conference.event.c1.934800819", "conference.command.c1", "doc_edited.*.user.*"]}}"#
        )
    );
    assert!(!format!("{message:?}").contains("s3cret"));
    assert_eq!(
        Subscription::unsubscribe_all("t").to_json().unwrap(),
        r#"{"action": "unsubscribe", "auth_token": "t"}"#
    );
    assert_eq!(
        Subscription::unsubscribe_all("t").request_id("7").to_json().unwrap(),
        r#"{"action": "unsubscribe", "auth_token": "t", "request_id": "7"}"#
    );
    let none = Subscription::subscribe("t", "a", []).to_json().unwrap_err();
    assert_eq!((none.field(), none.refusal()), ("bindings", Refusal::EmptyValue));
    for conference in ["*", "", "a.b", "#", "a b", "a\n"] {
        let binding = Binding::Participants { conference, call: None };
        assert_eq!(Subscription::subscribe("t", "a", [binding]).to_json().unwrap_err().field(), "conference");
        assert_eq!(Binding::Commands { conference }.to_key().unwrap_err().field(), "conference");
    }
    let call = Binding::Participants { conference: "c1", call: Some("a@10.0.0.1") };
    let refused = call.to_key().unwrap_err();
    assert_eq!((refused.field(), refused.refusal()), ("call", Refusal::Binding));
}

#[test]
fn action_bodies_in_both_envelopes() {
    let cases = [
        (r#"{"data": {"action": "lock"}}"#, "lock", None),
        (r#"{"action": "lock", "data": {}}"#, "lock", None),
        (r#"{"action": "play", "data": {"action": "lock", "media_id": "m"}}"#, "play", Some("m")),
        (r#"{"data": {"action": "play", "data": {"media_id": "m"}}}"#, "play", Some("m")),
        (r#"{"action": "play", "data": {"data": {"media_id": "m"}}}"#, "play", Some("m")),
    ];
    for (text, action, media) in cases {
        let body = ActionBody::from_slice(text.as_bytes()).unwrap();
        assert_eq!(body.action().as_deref(), Some(action), "{text}");
        let found = body.arguments().and_then(|arguments| arguments.get("media_id")?.text());
        assert_eq!(found.as_deref(), media, "{text}");
    }
}

#[test]
fn checked_before_sending() {
    fn refused(draft: &Draft) -> (String, Refusal) {
        let error = account().create(draft).unwrap_err();
        assert_eq!(account().replace("C", draft).unwrap_err(), error);
        (error.field().to_owned(), error.refusal())
    }
    let json = |text: &'static str| Json::parse(text).unwrap();
    let kind = |expected| Refusal::Kind { expected };
    let long = "\u{e9}".repeat(129);
    let name = |len| Refusal::Length { len, min: 1, max: 128 };
    let member = |side: SideDraft| Draft::new().member(&side);
    let profile = |profile: ProfileDraft| Draft::new().profile(&profile);
    let cases = [
        (Draft::new().name(""), "name", name(0)),
        (Draft::new().name(&long), "name", name(129)),
        (Draft::new().owner_id("x"), "owner_id", Refusal::Length { len: 1, min: 32, max: 32 }),
        (
            Draft::new().conference_numbers(["12", "1 2"]),
            "conference_numbers[1]",
            Refusal::Kind { expected: "digits alone" },
        ),
        (
            Draft::new().conference_numbers(["12", ""]),
            "conference_numbers[1]",
            Refusal::Kind { expected: "digits alone" },
        ),
        (Draft::new().conference_numbers(["12", "12"]), "conference_numbers[1]", Refusal::Twice),
        (Draft::new().play_entry_tone(&Tone::Sound("".into())), "play_entry_tone", Refusal::EmptyValue),
        (Draft::new().field("play_exit_tone", json("1")), "play_exit_tone", kind("true, false or a text")),
        (Draft::new().field("play_name", json("\"true\"")), "play_name", kind("true or false")),
        (
            Draft::new().field("endconf_grace_time", json("-1")),
            "endconf_grace_time",
            Refusal::Range { min: 0, max: i64::MAX },
        ),
        (Draft::new().field("max_participants", json("1.5")), "max_participants", kind("a whole number")),
        (Draft::new().field("flags", json("[1]")), "flags[0]", kind("a text")),
        (Draft::new().field("flags", json("{}")), "flags", kind("an array of texts")),
        (Draft::new().field("controls", json("[]")), "controls", kind("an object")),
        (Draft::new().field("profile", json("1")), "profile", kind("an object or a text")),
        (Draft::new().field("member", json("null")), "member", kind("an object")),
        (Draft::new().field("domain", json("1")), "domain", kind("a text")),
        (member(SideDraft::new().numbers(["1", "1"])), "member.numbers[1]", Refusal::Twice),
        (member(SideDraft::new().field("pins", json("[1]"))), "member.pins[0]", kind("a text")),
        (member(SideDraft::new().field("join_deaf", json("0"))), "member.join_deaf", kind("true or false")),
        (profile(ProfileDraft::new().energy_level(1801)), "profile.energy-level", Refusal::Range { min: 0, max: 1800 }),
        (
            profile(ProfileDraft::new().comfort_noise(10_001)),
            "profile.comfort-noise",
            Refusal::Range { min: 0, max: 10_000 },
        ),
        (profile(ProfileDraft::new().interval(9)), "profile.interval", Refusal::Range { min: 10, max: 120 }),
        (profile(ProfileDraft::new().max_members(1)), "profile.max-members", Refusal::Range { min: 2, max: i64::MAX }),
        (
            profile(ProfileDraft::new().rate(11_025)),
            "profile.rate",
            kind("8000, 12000, 16000, 24000, 32000, 44100 or 48000"),
        ),
    ];
    for (draft, field, problem) in cases {
        assert_eq!(refused(&draft), (field.to_owned(), problem));
    }
    let all = Draft::new()
        .name(&"\u{e9}".repeat(128))
        .owner_id(&"a".repeat(32))
        .conference_numbers(["2600", "2601"])
        .max_participants(0)
        .moderator(&SideDraft::new().join_muted(false).pins(["12", "12"]).numbers(["46", "047"]))
        .profile(&ProfileDraft::new().rate(8000).energy_level(1800).announce_count(-1))
        .play_exit_tone(&Tone::Off)
        .field("unknown", json("[1, {}]"));
    assert_eq!(all.check(), Ok(()));
    // A merge takes fields away with null.
    assert!(account().merge("C", &Draft::new().field("name", json("null"))).is_ok());
    for (id, problem) in [("", Refusal::EmptyValue), (".", Refusal::DotSegment), ("..", Refusal::DotSegment)] {
        assert_eq!(account().get(id).unwrap_err().refusal(), problem);
        assert_eq!(account().act_on_all(id, &ParticipantsAction::Kick).unwrap_err().field(), "conference");
        assert_eq!(Account::new(id).list().unwrap_err().field(), "account");
    }
    assert_eq!(account().act("C", &ConferenceAction::Play("")).unwrap_err().field(), "media_id");
    assert_eq!(account().act("C", &ConferenceAction::Other("", None)).unwrap_err().field(), "action");
    let error = account().create(&Draft::new().name("")).unwrap_err();
    assert_eq!(error.to_string(), "field \"name\" refused: it has 0 characters and must have 1 to 128; change it so");
}

/// PINs and numbers are digits in the schema of every version; a merge is held to that too.
#[test]
fn pins_and_numbers_that_are_no_digits_are_refused() {
    let digits = Refusal::Kind { expected: "digits alone" };
    let sides: [fn(Draft, &SideDraft) -> Draft; 2] = [Draft::member, Draft::moderator];
    for (side, set) in ["member", "moderator"].into_iter().zip(sides) {
        for bad in ["12ab", "#99", "+4912345", "", " 1", "1\n", "\u{661}"] {
            for (field, side_draft) in
                [("pins", SideDraft::new().pins(["1", bad])), ("numbers", SideDraft::new().numbers(["1", bad]))]
            {
                let draft = set(Draft::new(), &side_draft);
                let refused = draft.check().unwrap_err();
                assert_eq!((refused.field(), refused.refusal()), (&*format!("{side}.{field}[1]"), digits), "{bad:?}");
                assert!(account().merge("C", &draft).is_err(), "{bad:?}");
            }
        }
        let good = SideDraft::new().pins(["0123", "0123"]).numbers(["0", "00"]);
        assert_eq!(set(Draft::new(), &good).check(), Ok(()));
    }
}

/// Each row of the facts: a field of a schema, the versions that have it, and values that they take
/// and refuse.
#[test]
fn drafts_are_held_to_the_schemas() {
    let facts = include_str!("../facts/kazoo-schemas.tsv");
    for row in facts.lines().filter(|row| !row.starts_with('#')) {
        let [path, _versions, takes, refuses] = *row.split('\t').collect::<Vec<_>>() else { panic!("{row}") };
        let checked = |json: &str| match path.split_once('.') {
            None => Draft::new().field(path, Json::parse(json).expect(row)).check(),
            Some((side, field)) => {
                let inner = format!("{{\"{field}\": {json}}}");
                Draft::new().field(side, Json::parse(&inner).expect(row)).check()
            }
        };
        for json in takes.split(" | ") {
            assert_eq!(checked(json), Ok(()), "{path}: {json}");
        }
        for json in refuses.split(" | ") {
            let refused = checked(json).map_err(|error| error.field().to_owned());
            assert!(refused.is_err_and(|field| field.starts_with(path)), "{path}: {json}");
        }
    }
}

#[test]
fn a_document_has_the_fields_of_kazoo_5() {
    let json = |text: &'static str| Json::parse(text).unwrap();
    let draft = Draft::new()
        .allow_shareable_link(true)
        .auto_record(true)
        .base_profile_name("wide")
        .endconf_grace_time(30)
        .controls(json("{}"))
        .ui_metadata(json(r#"{"ui": "monster"}"#));
    draft.check().unwrap();
    let text = draft.to_json();
    assert_eq!(
        text,
        concat!(
            r#"{"allow_shareable_link": true, "auto_record": true, "base_profile_name": "wide", "#,
            r#""endconf_grace_time": 30, "controls": {}, "ui_metadata": {"ui": "monster"}}"#
        )
    );
    let read = Conference::from_slice(text.as_bytes()).unwrap();
    assert_eq!(
        (read.allow_shareable_link(), read.auto_record(), read.endconf_grace_time()),
        (Ok(true), Ok(true), Ok(30))
    );
    assert_eq!(read.base_profile_name().unwrap(), "wide");
    assert_eq!(read.ui_metadata().unwrap().get("ui").unwrap().text().unwrap(), "monster");
}

/// Up to 4.1 and on page 002 `profile` is a text.
#[test]
fn the_profile_of_older_servers_is_a_text() {
    let draft = Draft::new().profile_text("default");
    assert_eq!((draft.check(), draft.to_json()), (Ok(()), r#"{"profile": "default"}"#.to_owned()));
    let text = draft.profile(&ProfileDraft::new().rate(8000)).to_json();
    assert_eq!(text, r#"{"profile": {"rate": 8000}}"#);
}

/// The server looks for them beside the action, and ignores them among the arguments.
#[test]
fn application_vars_of_a_dial_stand_where_the_server_looks() {
    let json = |text: &'static str| Json::parse(text).unwrap();
    let dial = ConferenceAction::Dial(
        Dial::new()
            .endpoint("5551212")
            .custom_application_vars(json(r#"{"foo": 1}"#))
            .field("play_name", json("true"))
            .field("custom_application_vars", json(r#"{"foo": "bar"}"#))
            .field("timeout", json("9")),
    );
    sends(
        account().act("C", &dial).unwrap(),
        Method::Put,
        "/C",
        concat!(
            r#"{"data": {"action": "dial", "custom_application_vars": {"foo": "bar"}, "play_name": true, "#,
            r#""data": {"endpoints": ["5551212"], "timeout": 9}}}"#
        ),
    );
    sends(
        account().envelope(Envelope::OnTop).act("C", &dial).unwrap(),
        Method::Put,
        "/C",
        concat!(
            r#"{"action": "dial", "data": {"endpoints": ["5551212"], "timeout": 9, "#,
            r#""custom_application_vars": {"foo": "bar"}, "play_name": true}}"#
        ),
    );
    let request = account().act("C", &dial).unwrap();
    let vars = ActionBody::from_slice(request.body()).unwrap().custom_application_vars().unwrap();
    assert_eq!(vars.get("foo").unwrap().text().unwrap(), "bar");
    for (name, value) in [
        ("play_name", "1"),
        ("member", r#"{"pins": ["x"]}"#),
        ("timeout", "0"),
        ("caller_id_name", "5"),
        ("participant_flags", r#"["loud"]"#),
        ("endpoints", "[]"),
    ] {
        let dial = ConferenceAction::Dial(Dial::new().endpoint("1").field(name, json(value)));
        let refused = account().act("C", &dial).unwrap_err();
        assert!(refused.field().starts_with(name), "{name}: {refused}");
    }
}

/// What the server writes into a line for FreeSWITCH as it came.
#[test]
fn strings_that_the_server_would_split_are_refused() {
    let act =
        |action| account().act("C", &action).map(|_| ()).map_err(|error| (error.field().to_owned(), error.refusal()));
    let dial = |dial: Dial<'static>| act(ConferenceAction::Dial(dial));
    let refused = |field: &str, refusal| Err((field.to_owned(), refusal));
    for (text, byte) in [("a' 3", b'\''), ("a\\", b'\\')] {
        let quote = Refusal::Quote { byte };
        assert_eq!(act(ConferenceAction::Play(text)), refused("media_id", quote));
        assert_eq!(account().act_on("C", 1, &ParticipantAction::Play(text)).unwrap_err().refusal(), quote);
        assert_eq!(account().act_on_all("C", &ParticipantsAction::Play(text)).unwrap_err().refusal(), quote);
        assert_eq!(dial(Dial::new().endpoint("1").caller_id_name(text)), refused("caller_id_name", quote));
        assert_eq!(dial(Dial::new().endpoint("1").caller_id_number(text)), refused("caller_id_number", quote));
        let acts = [
            account().act(text, &ConferenceAction::Lock).unwrap_err(),
            account().act_on("a b", 1, &ParticipantAction::Kick).unwrap_err(),
            account().act_on_all("a b", &ParticipantsAction::Kick).unwrap_err(),
        ];
        assert!(acts.iter().all(|error| error.field() == "conference"), "{acts:?}");
    }
    let blank = Refusal::Splits { byte: b' ' };
    assert_eq!(dial(Dial::new().endpoint("1").caller_id_number("1 2")), refused("caller_id_number", blank));
    assert_eq!(dial(Dial::new().endpoint("1").caller_id_name("A B")), Ok(()));
    for byte in b" ,|{}[]<>'\"\\" {
        let endpoint = format!("sip:a{}b@c", char::from(*byte)).leak();
        assert_eq!(dial(Dial::new().endpoint(endpoint)), refused("endpoints", Refusal::Splits { byte: *byte }));
    }
    assert!(dial(Dial::new().endpoint("sip:a:_:b")).is_err() && dial(Dial::new().endpoint("a\nb")).is_err());
    assert_eq!(dial(Dial::new().endpoint("sip:a@b;transport=tcp?X-A=1")), Ok(()));
    // Where arguments stand in `data` they would be taken for the action and its arguments.
    let newer = account().envelope(Envelope::OnTop);
    for (word, text) in [("action", r#"{"action": "kick"}"#), ("data", r#"{"data": {}}"#)] {
        let json = Json::parse(text).unwrap();
        let keyword = Refusal::Keyword { word };
        let other = ParticipantsAction::Other("play", Some(json));
        assert_eq!(newer.act_on_all("C", &other).unwrap_err().refusal(), keyword);
        assert!(account().act_on_all("C", &other).is_ok());
        let dial = ConferenceAction::Dial(Dial::new().endpoint("1").field(word, json));
        assert_eq!(newer.act("C", &dial).unwrap_err().refusal(), keyword);
        assert!(account().act("C", &dial).is_ok());
    }
}

#[test]
fn bindings_of_one_event() {
    let event = |conference, event| Binding::Event { conference, event }.to_key();
    assert_eq!(event("c1", "add-member").unwrap(), "conference.event.c1.*.add-member");
    for bad in ["*", "", "a.b", "#"] {
        assert_eq!(event("c1", bad).unwrap_err().field(), "event");
        assert_eq!(event(bad, "lock").unwrap_err().field(), "conference");
    }
}

#[test]
fn a_socket_has_a_name_and_is_kept_alive() {
    let all = Binding::Participants { conference: "c1", call: None };
    let subscription = Subscription::subscribe("t", "a1", [all, Binding::Commands { conference: "c1" }])
        .request_id("1")
        .name("My socket")
        .metadata(Json::parse(r#"{"test": "x"}"#).unwrap());
    let each: Vec<String> = subscription.one_by_one().map(|message| message.to_json().unwrap()).collect();
    let head = r#"{"action": "subscribe", "auth_token": "t", "request_id": "1", "name": "My socket", "metadata": {"test": "x"}, "data": {"account_id": "a1", "binding": "#;
    assert_eq!(
        each,
        [format!(r#"{head}"conference.event.c1.*"}}}}"#), format!(r#"{head}"conference.command.c1"}}}}"#)]
    );
    let ping = Ping::new().auth_token("s3cret").request_id("9");
    assert_eq!(ping.to_json().unwrap(), r#"{"action": "ping", "auth_token": "s3cret", "request_id": "9"}"#);
    assert_eq!(Ping::new().to_json().unwrap(), r#"{"action": "ping"}"#);
    assert!(!format!("{ping:?}").contains("s3cret"));
    assert_eq!(Ping::new().auth_token("a\n").to_json().unwrap_err().field(), "auth_token");
    let pong = |text: &str| match SocketMessage::from_slice(text.as_bytes()) {
        Ok(SocketMessage::Reply(reply)) => reply.is_pong(),
        other => panic!("{other:?}"),
    };
    assert!(pong(r#"{"action": "reply", "status": "success", "data": {"response": "pong"}}"#));
    assert!(!pong(r#"{"action": "reply", "status": "success", "data": {"subscribed": []}}"#));
}

#[test]
fn secrets_do_not_show() {
    let draft = Draft::new().bridge_password("s3cret").member(&SideDraft::new().pins(["98765"]));
    let request = account().create(&draft).unwrap();
    assert!(std::str::from_utf8(request.body()).unwrap().contains("98765"));
    let json = draft.to_json();
    let conference = Conference::from_slice(json.as_bytes()).unwrap();
    for shown in [format!("{draft:?} {draft:#?}"), format!("{request:?}"), format!("{conference:?}")] {
        assert!(!shown.contains("s3cret") && !shown.contains("98765"), "{shown}");
    }
}

/// Deep, wide and repeated: no recursion, no blow-up, and the last of two counts.
#[test]
fn odd_json_needs_no_recursion() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let text = format!(r#"{{"name": "a", "x": {deep}, "name": "b", "\u006eame2": "\ud800"}}"#);
    let conference = Conference::from_slice(text.as_bytes()).unwrap();
    assert_eq!(conference.name().unwrap(), "b");
    assert_eq!(conference.object().get("x").unwrap().as_str().len(), 200_000);
    assert_eq!(conference.object().get("name2").unwrap().text(), None);
    assert!(format!("{conference:?}").len() < 1000);
    assert_eq!(conference.object().len(), 4);
    let response = Response::from_slice(deep.as_bytes()).unwrap();
    assert!(response.conferences().is_err());
}

proptest! {
    /// What goes in as text comes out as that text, and as nothing else.
    #[test]
    fn hostile_texts_break_nothing(
        text in prop_oneof![
            any::<String>(), "[/;'\"\\\\\n\r\0%&?#.\u{1f600}\u{2028}]{0,12}", Just("\"}".repeat(5_000)), Just("..".to_owned()),
        ],
    ) {
        let json = serde_json::to_string(&text).expect("JSON");
        prop_assert_eq!(&Json::parse(&json).expect("JSON").text().expect("a text"), &text);
        let draft = Draft::new().bridge_username(&text).field(&text, Json::parse(&json).expect("JSON"));
        let kept = draft.to_json();
        let read = Conference::from_slice(kept.as_bytes()).expect("an object");
        prop_assert_eq!(&read.object().get(&text).expect("there").text().expect("a text"), &text);
        prop_assert_eq!(read.object().len(), if text == "bridge_username" { 1 } else { 2 });
        let _ = (draft.check(), format!("{draft:?}"));

        let Ok(request) = Account::new(&text).act(&text, &ConferenceAction::Other(&text, None)) else {
            let splits = |c: char| c.is_control() || matches!(c, ' ' | '\'' | '\\');
            prop_assert!(matches!(&*text, "" | "." | "..") || text.contains(splits));
            return Ok(());
        };
        prop_assert_eq!(request.path().split('/').count(), 6);
        prop_assert!(request.path().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%/".contains(&byte)));
        prop_assert_eq!(ActionBody::from_slice(request.body()).expect("a body").action().expect("one"), &*text);
        let request = request.query(&text, &text);
        prop_assert_eq!(request.target().matches(['?', '&', '=']).count(), 2);
        if let Ok(message) = Subscription::subscribe(&text, &text, [Binding::Commands { conference: &text }]).to_json() {
            let object = Json::parse(&message).expect("JSON").object().expect("an object");
            let binding = object.get("data").and_then(Json::object).and_then(|data| data.get("binding")?.text());
            prop_assert_eq!(binding.expect("one"), format!("conference.command.{text}"));
        }
    }

    #[test]
    fn any_json_breaks_no_invariant(text in "[\\[\\]{}:,\"a\\\\u0-9 truefalsn.e-]{0,60}") {
        ami_testkit::kazoo::kazoo_json(text.as_bytes());
    }
}

#[test]
fn the_corpus_cut_anywhere_breaks_no_invariant() {
    for entry in std::fs::read_dir(ami_testkit::root().join("corpus/kazoo")).expect("the corpus") {
        let bytes = std::fs::read(entry.expect("a file").path()).expect("a file");
        for end in 0..=bytes.len() {
            ami_testkit::kazoo::kazoo_json(&bytes[..end]);
        }
    }
}

#[test]
fn participants_borrow_through_serde() {
    let text = r#"[{"participant_id": 1, "call_id": "x"}]"#;
    let participants: Vec<Participant<'_>> = serde_json::from_str(text).unwrap();
    assert!(matches!(participants[0].call_id(), Ok(Cow::Borrowed("x"))));
    assert_eq!(serde_json::to_string(&participants).unwrap(), r#"[{"participant_id":1,"call_id":"x"}]"#);
}

/// Whatever a body is made of, what is read of it takes no more than twenty times its bytes.
#[test]
fn memory_is_bounded_by_the_body() {
    for unit in ["{},", r#"{"":1},"#, "1,", "\"\",", "[],", r#""":1,"#, r#""a":{"b":{}},"#, "{\"\":{\"\":1}},"] {
        // Just above a power of two, where a list has just grown.
        for items in [1025, 4097] {
            let inner = unit.repeat(items);
            let inner = inner.trim_end_matches(',');
            let list = if unit.contains("\":") && !unit.starts_with('{') {
                format!("{{{inner}}}")
            } else {
                format!("[{inner}]")
            };
            for status in ["success", "error"] {
                let body = format!(r#"{{"data":{list},"status":"{status}"}}"#);
                let held = |read: &dyn Fn(Response<'_>)| {
                    let peak = ami_testkit::heap::peak(|| read(Response::from_slice(body.as_bytes()).unwrap()));
                    assert!(peak <= 20 * body.len(), "{peak} for {} bytes of {unit}", body.len());
                };
                held(&|response| drop(response.conferences()));
                held(&|response| drop(response.participants()));
                held(&|response| drop(response.violations()));
                held(&|response| drop(response.dialed()));
                held(&|response| drop(response.conference().map(|conference| conference.conference_numbers())));
                held(&|response| drop(format!("{response:?}")));
                for command in [
                    ami_proto::conference::Command::ListRooms,
                    ami_proto::conference::Command::List("c"),
                    ami_proto::conference::Command::Show("c"),
                ] {
                    use ami_proto::conference::{Dialect, Native};
                    let reply = Native::Http { status: 200, body: body.as_bytes() };
                    held(&|_| drop(Dialect::Kazoo(account()).decode(&command, reply)));
                }
            }
        }
    }
}

/// A name is as long as the body, perhaps, and is not read anew for each of the many rules in it.
#[test]
fn the_name_of_a_field_is_held_once() {
    for (len, rules) in [(1, 4097), (1 << 16, 4097), (1 << 16, 1)] {
        let rules = vec![r#""":{}"#; rules].join(",");
        let body = format!(r#"{{"data":{{"{}":{{{rules}}}}},"status":"error"}}"#, "x".repeat(len));
        let response = Response::from_slice(body.as_bytes()).unwrap();
        let peak = ami_testkit::heap::peak(|| drop(response.violations()));
        assert!(peak <= 20 * body.len(), "{peak} for {} bytes", body.len());
    }
}

/// Each getter of a violation has its member.
#[test]
fn a_violation_has_its_members() {
    let text = br#"{"data": {"a.b": {"minLength": {"message": "m", "cause": "c", "target": 4}}}, "status": "error", "error": "400"}"#;
    let response = Response::from_slice(text).unwrap();
    let violations = response.violations();
    let [violation] = &*violations else { panic!("one") };
    assert_eq!((violation.field(), violation.rule()), ("a.b", "minLength"));
    assert_eq!(violation.message().unwrap(), "m");
    assert_eq!(violation.cause().unwrap().text().unwrap(), "c");
    assert_eq!(violation.target(), Json::parse("4").ok());
}

/// A parameter whose name is that of a secret is sent, and not shown; what stands beside it is.
#[test]
fn secrets_in_a_query() {
    for (parameters, sent, shown) in [
        (&[("auth_token", "HUNTER2")][..], "auth_token=HUNTER2", "auth_token=***"),
        (&[("auth_token", "")], "auth_token=", "auth_token=***"),
        (&[("page_size", "5")], "page_size=5", "page_size=5"),
        (&[("token_expires", "5")], "token_expires=5", "token_expires=5"),
        (
            &[("page_size", "5"), ("X-Auth-Token", "a b"), ("start_key", "c d"), ("filter[pin]", "1")],
            "page_size=5&X-Auth-Token=a%20b&start_key=c%20d&filter%5Bpin%5D=1",
            "page_size=5&X-Auth-Token=***&start_key=c%20d&filter%5Bpin%5D=***",
        ),
    ] {
        let request = account().list().expect("a list");
        let path = request.path().to_owned();
        let request = parameters.iter().fold(request, |request, (name, value)| request.query(name, value));
        assert_eq!(request.target(), format!("{path}?{sent}"));
        assert_eq!(request.masked_target(), format!("{path}?{shown}"));
        assert_eq!(format!("{request:?}"), format!("Request(GET {path}?{shown})"));
        assert_eq!(request.path(), path);
    }
}
