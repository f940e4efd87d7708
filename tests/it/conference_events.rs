//! Events of conferences, in one vocabulary over the dialects that tell, with the values that they
//! tell: levels, keys, what became of a call.

use ami_proto::conference::{Detail, Event, Happening, Side};
use ami_proto::kazoo::ParticipantEvent;
use ami_proto::{Decoder, Framing, Limits, OwnedFrame, freeswitch};
use std::borrow::Cow;

/// The frames of what a server of AMI sends behind its banner.
fn frames(bytes: &[u8], framing: Framing) -> Vec<OwnedFrame> {
    let mut decoder = Decoder::new(Limits::new()).with_framing(framing);
    decoder.push(bytes);
    std::iter::from_fn(|| decoder.next_frame().expect("frames").map(|frame| frame.to_owned())).collect()
}

/// Looks at each event of a conference that stands in what FreeSWITCH sends.
fn each_of_freeswitch(bytes: &[u8], mut look: impl FnMut(Event<'_>)) {
    let mut decoder = freeswitch::Decoder::new(freeswitch::LIMITS);
    decoder.push(bytes);
    while let Some(frame) = decoder.next_frame().expect("frames") {
        frame.event().and_then(Event::of_freeswitch).into_iter().for_each(&mut look);
    }
}

/// An event of a conference, as FreeSWITCH sends it.
fn maintenance(headers: &str) -> Vec<u8> {
    let event = format!("Event-Subclass: conference%3A%3Amaintenance\nMember-ID: 3\n{headers}\n\n");
    format!("Content-Type: text/event-plain\nContent-Length: {}\n\n{event}", event.len()).into_bytes()
}

/// Returns the value that an event of FreeSWITCH with these headers tells.
fn detail(headers: &str) -> Option<Detail<'static>> {
    let mut found = None;
    each_of_freeswitch(&maintenance(headers), |event| found = event.detail().map(owned));
    found
}

fn owned(detail: Detail<'_>) -> Detail<'static> {
    let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    match detail {
        Detail::Volume { side, level } => Detail::Volume { side, level },
        Detail::Gain { level } => Detail::Gain { level },
        Detail::Energy { level } => Detail::Energy { level },
        Detail::AutoEnergy { level } => Detail::AutoEnergy { level },
        Detail::MaxEnergy { level } => Detail::MaxEnergy { level },
        Detail::Pressed { keys } => Detail::Pressed { keys: own(keys) },
        Detail::Sent { digits } => Detail::Sent { digits: own(digits) },
        Detail::Dialed { is_answered, cause, call } => {
            Detail::Dialed { is_answered, cause: cause.map(own), call: call.map(own) }
        }
        other => panic!("{other:?}"),
    }
}

fn dialed(is_answered: bool, cause: &'static str, call: Option<&'static str>) -> Detail<'static> {
    Detail::Dialed { is_answered, cause: Some(cause.into()), call: call.map(Cow::Borrowed) }
}

/// Recorded events of `FreeSWITCH`, each with the value that the server wrote.
#[test]
fn recorded_events_of_freeswitch_have_their_values() {
    let volume = |side, level| Detail::Volume { side, level };
    let older = vec![
        ("volume-in-member", volume(Side::In, 2)),
        ("volume-out-member", volume(Side::Out, 2)),
        ("energy-level-member", Detail::Energy { level: 300 }),
        ("dtmf-member", Detail::Sent { digits: "5".into() }),
        ("bgdial-result", dialed(true, "SUCCESS", None)),
    ];
    let newer = vec![
        // As text, and as JSON and XML.
        ("volume-in-member", volume(Side::In, 0)),
        ("volume-in-member", volume(Side::In, 2)),
        ("volume-in-member", volume(Side::In, 2)),
        ("volume-out-member", volume(Side::Out, 0)),
        ("volume-out-member", volume(Side::Out, 2)),
        ("volume-out-member", volume(Side::Out, 2)),
        ("volume-level", volume(Side::Out, 1)),
        ("gain-level", volume(Side::In, 1)),
        ("agc-level-member", Detail::Gain { level: 0 }),
        ("energy-level-member", Detail::Energy { level: 0 }),
        ("energy-level-member", Detail::Energy { level: 300 }),
        ("energy-level-member", Detail::Energy { level: 300 }),
        ("energy-level", Detail::Energy { level: 300 }),
        ("auto-energy-level-member", Detail::AutoEnergy { level: 0 }),
        ("max-energy-level-member", Detail::MaxEnergy { level: 0 }),
        ("dtmf", Detail::Pressed { keys: "7".into() }),
        ("dtmf-member", Detail::Sent { digits: "5".into() }),
        ("bgdial-result", dialed(true, "SUCCESS", Some("d9b2f94a-91fa-498c-9916-951e399b284e"))),
    ];
    let recordings: [(&[u8], Vec<_>); 2] = [
        (include_bytes!("../../corpus/freeswitch/events_1.6.20.esl"), older),
        (include_bytes!("../../corpus/freeswitch/events_1.11.2.esl"), newer),
    ];
    for (bytes, mut expected) in recordings {
        let mut told = Vec::new();
        each_of_freeswitch(bytes, |event| {
            let Event::FreeSwitch(native) = &event else { panic!("{event:?}") };
            let action = String::from_utf8(native.action().expect("an action").decode().into_owned()).expect("text");
            if let Some(detail) = event.detail() {
                assert_eq!(detail.happening(), event.happening());
                told.push((action, owned(detail)));
            }
        });
        told.sort_by(|(one, _), (other, _)| one.cmp(other));
        expected.sort_by_key(|(action, _)| *action);
        assert_eq!(told, expected.into_iter().map(|(action, detail)| (action.to_owned(), detail)).collect::<Vec<_>>());
    }
}

/// Values that the recordings don't have, and those that can't be read or are not there.
#[test]
fn events_of_freeswitch_without_a_value_say_so() {
    let cases = [
        ("Action: gain-level\nNew-Level: -4", Some(Detail::Volume { side: Side::In, level: -4 })),
        // The member's threshold stands in front.
        ("Energy-Level: 100\nAction: energy-level-member\nEnergy-Level: 300", Some(Detail::Energy { level: 300 })),
        (
            "Energy-Level: 100\nAction: max-energy-level-member\nMax-Energy-Level: 900\nEnergy-Level: 900",
            Some(Detail::MaxEnergy { level: 900 }),
        ),
        ("Action: dtmf\nDTMF-Key: %2A9", Some(Detail::Pressed { keys: "*9".into() })),
        ("Action: dtmf-member\nDigits: 1%2B500", Some(Detail::Sent { digits: "1+500".into() })),
        ("Action: bgdial-result\nResult: USER_BUSY\nJob-UUID: j", Some(dialed(false, "USER_BUSY", None))),
        ("Action: bgdial-result\nJob-UUID: j", None),
        ("Action: volume-in-member", None),
        ("Action: volume-in-member\nVolume-Level: loud", None),
        ("Action: volume-in-member\nVolume-Level: 2147483648", None),
        ("Action: volume-in-member\nNew-Level: 2", None),
        ("Action: energy-level\nEnergy-Level: 100", None),
        ("Action: dtmf\nDigits: 5", None),
        ("Action: mute-member\nNew-Level: 2", None),
    ];
    for (headers, expected) in cases {
        assert_eq!(detail(headers), expected, "{headers}");
    }
}

/// Kazoo tells a threshold and, from master on, what became of a call; no volume and no key.
#[test]
fn events_of_kazoo_have_what_the_server_tells() {
    let event = |name: &str| {
        let text = include_str!("../../corpus/kazoo/socket_event_master.json").replace("start-talking", name);
        let (_, data) = text.split_once("\"data\": ").expect("its data");
        data.trim_end().strip_suffix('}').expect("the end of the envelope").to_owned()
    };
    let read =
        |text: &str| Event::from(ParticipantEvent::from_slice(text.as_bytes()).expect("an event")).detail().map(owned);
    assert_eq!(read(&event("start-talking")), None);
    assert_eq!(read(&event("bgdial-result")), Some(dialed(true, "SUCCESS", Some("p"))));
    let busy = event("bgdial-result").replace("SUCCESS", "USER_BUSY").replace(", \"peer_uuid\": \"p\"", "");
    assert_eq!(read(&busy), Some(dialed(false, "USER_BUSY", None)));
    for name in ["energy-level-member", "energy-level"] {
        assert_eq!(read(&event(name)), Some(Detail::Energy { level: 100 }));
    }
    for name in ["max-energy-level-member", "auto-energy-level-member", "volume-in-member", "gain-level", "dtmf"] {
        assert_eq!(read(&event(name)), None, "{name}");
    }
    // Before 4.0 there is no threshold, before master no result.
    for text in ["{\"event\": \"energy-level-member\"}", "{\"event\": \"bgdial-result\"}"] {
        assert_eq!(read(text), None, "{text}");
    }
}

/// A call that was originated into `ConfBridge` is told with its outcome, and no other.
#[test]
fn calls_into_confbridge_are_told() {
    let tell = |response: &str| {
        let text = format!("Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: 7\r\n{response}\r\n\r\n");
        let framing = Framing::SERVER.banner(false);
        let frames = frames(text.as_bytes(), framing);
        let event = Event::of_ami(frames[0].view().into())?;
        let texts = [event.conference(), event.participant()].map(|text| text.map(Cow::into_owned));
        Some((event.happening(), texts, event.detail().map(owned)))
    };
    let into = "Application: ConfBridge\r\nData: 3000,,admin\r\n";
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        tell(&format!("Response: Success\r\nChannel: PJSIP/100-1\r\n{into}Reason: 4\r\nUniqueid: 17.5")),
        Some((Happening::Dialed, [some("3000"), some("PJSIP/100-1")], Some(dialed(true, "Answered", Some("17.5"))))),
    );
    assert_eq!(
        tell(&format!("Response: Failure\r\nChannel: PJSIP/100\r\n{into}Reason: 5\r\nUniqueid: <null>")),
        Some((Happening::Dialed, [some("3000"), None], Some(dialed(false, "Busy", None)))),
    );
    let silent = Detail::Dialed { is_answered: false, cause: None, call: None };
    let failed = tell(&format!("Response: Failure\r\nChannel: PJSIP/100\r\n{into}Reason: 99"));
    assert_eq!(failed, Some((Happening::Dialed, [some("3000"), None], Some(silent))));
    let elsewhere = ["Application: Echo\r\nData: 3000", "Application: ConfBridge\r\nData: ", "Context: a\r\nExten: 1"];
    for place in elsewhere {
        assert_eq!(tell(&format!("Response: Success\r\nChannel: PJSIP/100-1\r\n{place}\r\nReason: 4")), None);
    }
}

/// A recorded session of `ConfBridge`, by its events.
#[test]
fn events_of_confbridge() {
    let bytes = include_bytes!("../../corpus/sessions/22_confbridge.ami");
    let mut seen = std::collections::BTreeMap::new();
    for frame in frames(bytes, Framing::SERVER) {
        if let Some(event) = Event::of_ami(frame.view().into()) {
            let somebody = event.participant();
            assert!(somebody.as_deref().is_none_or(|id| id.contains('/')), "{somebody:?}");
            assert!(event.conference().is_some());
            *seen.entry(event.happening().as_str()).or_insert(0) += 1;
        }
    }
    let kinds: Vec<_> = seen.keys().copied().collect();
    let expected =
        ["ended", "joined", "left", "muted", "recording started", "recording stopped", "started", "talking", "unmuted"];
    assert!(expected.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
}

/// Events of `FreeSWITCH`'s conferences, and of nothing else.
#[test]
fn events_of_freeswitch() {
    let event = |subclass: &str, rest: &str| {
        let event =
            format!("Event-Subclass: {subclass}\nEvent-Name: CUSTOM\nConference-Name: board%20room\n{rest}\n\n");
        format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{event}", event.len())
    };
    let maintenance = |rest: &str| event("conference%3A%3Amaintenance", rest);
    for (text, happening, participant) in [
        (maintenance("Member-ID: 7\nAction: mute-member"), Some(Happening::Muted), Some("7")),
        (
            maintenance("Member-ID: 7\nAction: floor-change\nOld-ID: 7\nNew-ID: 9"),
            Some(Happening::FloorChanged),
            Some("9"),
        ),
        (maintenance("Action: floor-change\nOld-ID: 7\nNew-ID: none"), Some(Happening::FloorChanged), None),
        (maintenance("Action: lock"), Some(Happening::Locked), None),
        (maintenance("Action: start-recording\nPath: a.wav"), Some(Happening::RecordingStarted), None),
        (maintenance("Action: something-new"), Some(Happening::Other), None),
        (event("conference%3A%3Acdr", "Action: lock"), None, None),
    ] {
        let mut decoder = freeswitch::Decoder::new(freeswitch::LIMITS);
        decoder.push(text.as_bytes());
        let frame = decoder.next_frame().expect("a frame").expect("the whole of it");
        let event = Event::of_freeswitch(frame.event().expect("an event"));
        assert_eq!(event.as_ref().map(Event::happening), happening, "{text}");
        assert_eq!(event.as_ref().and_then(Event::participant).as_deref(), participant, "{text}");
        assert!(event.is_none_or(|event| event.conference().as_deref() == Some("board room")));
    }
}

/// Keys that controls are bound to are told as commands are.
#[test]
fn happenings_by_keys_are_those_by_commands() {
    let cases = [
        ("volume-in-member", Happening::VolumeChanged),
        ("volume-out-member", Happening::VolumeChanged),
        ("volume-level", Happening::VolumeChanged),
        ("gain-level", Happening::VolumeChanged),
        ("agc-level-member", Happening::VolumeChanged),
        ("energy-level-member", Happening::EnergyChanged),
        ("energy-level", Happening::EnergyChanged),
        ("auto-energy-level-member", Happening::EnergyChanged),
        ("max-energy-level-member", Happening::EnergyChanged),
        ("dtmf-member", Happening::Dtmf),
        ("dtmf", Happening::Dtmf),
        ("execute_app", Happening::Other),
    ];
    for (action, happening) in cases {
        each_of_freeswitch(&maintenance(&format!("Action: {action}")), |event| {
            assert_eq!((event.happening(), event.participant().as_deref()), (happening, Some("3")), "{action}");
        });
    }
}

/// The table of `Happening` is true: an event of `ConfBridge` means the row it stands in, and what
/// stands in none is none.
#[test]
fn the_events_of_confbridge_stand_in_the_table() {
    let source = std::fs::read_to_string(ami_testkit::root().join("src/conference/event.rs")).expect("the source");
    let (_, rows) = source.split_once("\nhappenings! {\n").expect("the table");
    let mut told = Vec::new();
    for row in rows.lines() {
        let Some((words, rest)) = row.split_once(" = \"").and_then(|(_, row)| row.split_once("\", \"")) else {
            continue;
        };
        let cell = rest.split('"').next().expect("a cell");
        let (name, status) = cell.split_once(": ").unwrap_or((cell, ""));
        told.push((name.to_owned(), status.to_owned(), words.to_owned()));
    }
    assert_eq!(told.len(), 11, "{told:?}");
    let happens = |name: &str, status: &str| {
        let call = "Application: ConfBridge\r\nData: 1";
        let text = format!("Event: {name}\r\nConference: 1\r\nTalkingStatus: {status}\r\n{call}\r\n\r\n");
        let frames = frames(text.as_bytes(), Framing::SERVER.banner(false));
        Event::of_ami(frames[0].view().into()).map(|event| event.happening().to_string())
    };
    for (name, status, words) in &told {
        assert_eq!(happens(name, status).as_deref(), Some(&**words), "{name}");
    }
    // Those of the catalogue that are no events of a list.
    let names = ami_proto::catalogue::events().map(|kind| kind.name());
    for name in names.filter(|name| name.starts_with("Confbridge") && !name.starts_with("ConfbridgeList")) {
        assert!(told.iter().any(|(found, ..)| found == name), "{name} stands in no row");
    }
}
