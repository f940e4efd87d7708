// Events as mod_conference writes them, and as others do that speak its protocol.

use ami_proto::error::FieldError;
use ami_proto::freeswitch::event::{ConferenceEvent, Event};
use ami_proto::freeswitch::record::Record;
use ami_proto::freeswitch::{ContentType, Decoder, LIMITS};
use ami_testkit::esl::{decode, streams};

const MAINTENANCE: &str = "Event-Subclass: conference%3A%3Amaintenance\nEvent-Name: CUSTOM\n";

/// The data of a conference, behind which its variables stand.
const CONFERENCE: &str = "Conference-Name: x\nConference-Size: 2\nConference-Unique-ID: u\n";

fn frame(kind: &str, body: &str) -> Vec<u8> {
    format!("Content-Length: {}\nContent-Type: {kind}\n\n{body}", body.len()).into_bytes()
}

/// Reads one event from a frame of this kind.
fn read(kind: &str, body: &str, look: impl FnOnce(Event<'_>)) {
    let mut decoder = Decoder::new(LIMITS);
    decoder.push(&frame(kind, body));
    look(decoder.next_frame().unwrap().unwrap().event().unwrap_or_else(|| panic!("no event: {body}")));
}

/// Reads one event of a conference, of these headers.
fn conference(headers: &str, look: impl FnOnce(ConferenceEvent<'_>)) {
    read("text/event-plain", &format!("{MAINTENANCE}{headers}\n"), |event| look(event.into()));
}

/// A conference's variable that is called like a header does not stand for the server's own.
#[test]
fn the_servers_own_headers_count() {
    let forged = "Action: kick-member\nMember-ID: 99\nSpeak: true\nOld-ID: 98\n";
    let member = "Member-ID: 3\nSpeak: false\n";
    let cases = [
        ("mute-member", format!("{CONFERENCE}{forged}{member}Action: mute-member\n")),
        // Two have the conference's data behind their action.
        (
            "floor-change",
            format!("{CONFERENCE}{forged}Action: floor-change\nOld-ID: 2\n{CONFERENCE}{forged}{member}New-ID: 3\n"),
        ),
        (
            "play-file-member-done",
            format!("{CONFERENCE}{forged}seconds: 1\nAction: play-file-member-done\n{CONFERENCE}{forged}{member}"),
        ),
        // The variable may be called like what ends the conference's data.
        ("mute-member", format!("{CONFERENCE}{forged}conference-unique-id: v\n{member}Action: mute-member\n")),
        ("mute-member", format!("{CONFERENCE}{member}Action: mute-member\n")),
    ];
    for (action, headers) in cases {
        conference(&headers, |event| {
            assert_eq!(event.event().action().unwrap(), *action, "{headers}");
            assert_eq!(event.common().action().unwrap(), *action, "{headers}");
            let member = match event {
                ConferenceEvent::MuteMember(event) => *event,
                ConferenceEvent::FloorChange(event) => {
                    assert_eq!((event.old_id(), event.new_id()), (Ok(2), Ok(3)));
                    *event
                }
                ConferenceEvent::PlayFileMemberDone(event) => {
                    assert_eq!(event.seconds(), Ok(1));
                    *event
                }
                other => panic!("{headers}: {}", other.type_name()),
            };
            assert_eq!((member.member_id(), member.speak()), (Ok(3), Ok(false)), "{headers}");
            assert_eq!(member.conference_unique_id().unwrap(), "u");
            let told: Vec<_> = event.fields().filter(|(name, _)| *name == "member_id").collect();
            assert_eq!(format!("{told:?}"), "[(\"member_id\", Ok(Int(3)))]", "{headers}");
        });
    }
    // A header of which only variables have the name.
    conference(&format!("{CONFERENCE}Path: /a\nAction: lock\n"), |event| {
        assert_eq!(event.event().get("path").unwrap(), "/a");
    });
}

#[test]
fn movement_is_told_in_lower_case() {
    let headers = "action: movement-detection\nmember_id: 3\nlast_x: -1\nnew_h: 20\n";
    conference(headers, |event| {
        let ConferenceEvent::MovementDetection(moved) = event else { panic!("{}", event.type_name()) };
        assert_eq!((moved.member_id(), moved.last_x(), moved.new_h()), (Ok(3), Ok(-1), Ok(20)));
        assert_eq!(event.rest().count(), 0);
    });
}

#[test]
fn a_talk_report_has_its_figures() {
    let headers = "talk-detects: 4\ntalk-detect-duration: 1200\ntalk-detect-avg: 300.000000\nAction: talk-report\n";
    conference(&format!("{CONFERENCE}{headers}"), |event| {
        let ConferenceEvent::TalkReport(talk) = event else { panic!("{}", event.type_name()) };
        assert_eq!(talk.talk_detects(), Ok(4));
        assert_eq!(talk.talk_detect_duration().unwrap().as_millis(), 1200);
        assert_eq!(talk.talk_detect_avg(), Ok(300.0));
        assert_eq!(event.rest().count(), 0);
    });
}

#[test]
fn what_was_trimmed_of_a_recording() {
    let headers = "Action: stop-recording\nPath: /a.wav\nMilliseconds-File-Trimmed: 2500\nRecord-File-Duration: 2\n\
        Record-File-Size: 44\nFile-Trimmed: true\n";
    conference(&format!("{CONFERENCE}{headers}"), |event| {
        let ConferenceEvent::StopRecording(stopped) = event else { panic!("{}", event.type_name()) };
        assert_eq!(stopped.milliseconds_file_trimmed().unwrap().as_millis(), 2500);
        assert_eq!(stopped.record_file_duration(), Ok(2));
        assert_eq!(stopped.file_trimmed().unwrap(), "true");
        assert_eq!(event.rest().count(), 0);
    });
}

#[test]
fn the_other_leg_is_typed() {
    let headers = "Session-External-ID: e\nPresence-Data-Cols: a:b\nCaller-ANI-II: 61\nOther-Type: originatee\n\
        Other-Leg-Direction: outbound\nOther-Leg-Caller-ID-Name: Ann%20B\nOther-Leg-Channel-Answered-Time: 7\n\
        Other-Leg-Screen-Bit: true\nMember-ID: 3\nAction: add-member\n";
    conference(&format!("{CONFERENCE}{headers}"), |event| {
        let ConferenceEvent::AddMember(added) = event else { panic!("{}", event.type_name()) };
        assert_eq!(added.other_type().unwrap(), "originatee");
        assert_eq!(added.other_leg_caller_id_name().unwrap(), "Ann B");
        assert_eq!(added.other_leg_channel_answered_time(), Ok(7));
        assert_eq!(added.caller_ani_ii().unwrap(), "61");
        assert_eq!(event.rest().count(), 0);
    });
}

/// The server looks up a configuration with these headers; it fires no such event.
#[test]
fn a_look_up_of_controls_is_no_event() {
    conference("Conf-Name: x\nAction: request-controls\n", |event| assert_eq!(event.type_name(), "Other"));
}

#[test]
fn the_record_of_a_conference_is_typed() {
    let head = "Event-Subclass: conference%3A%3Acdr\nEvent-Name: CUSTOM\nCDR-Source: conference%3A%3Acdr\n";
    let record = "<?xml version=\"1.0\"?>\n<cdr></cdr>\n";
    let body = format!("{head}Content-Length: {}\n\n{record}", record.len());
    read("text/event-plain", &body, |event| {
        let ConferenceEvent::ConferenceCdr(cdr) = ConferenceEvent::from(event) else { panic!("{event:?}") };
        assert_eq!(cdr.cdr_source().unwrap(), "conference::cdr");
        assert!(cdr.cdr_path().unwrap_err().is_missing());
        assert_eq!(event.body(), record.as_bytes());
    });
    read("text/event-plain", &format!("{head}CDR-Path: /cdr/a.xml\n\n"), |event| {
        let ConferenceEvent::ConferenceCdr(cdr) = ConferenceEvent::from(event) else { panic!("{event:?}") };
        assert_eq!(cdr.cdr_path().unwrap(), "/cdr/a.xml");
    });
    // An action is no subclass, and a subclass no action.
    conference("Action: conference::cdr\n", |event| assert_eq!(event.type_name(), "Other"));
    for other in ["lock", "conference%3A%3Aother"] {
        read("text/event-plain", &format!("Event-Subclass: {other}\nAction: lock\n\n"), |event| {
            assert_eq!(ConferenceEvent::from(event).type_name(), "Other", "{other}");
        });
    }
}

/// Every subclass that the module fires is a known one, in the recordings as well, and records are
/// typed.
#[test]
fn recorded_records_are_typed() {
    let (mut fired, mut records) = (0, 0);
    for (name, stream) in streams() {
        decode(&stream, &[4096], |frame| {
            let Some(event) = frame.event() else { return };
            let file = event.get("Event-Calling-File").map(|file| file.decode().into_owned()).unwrap_or_default();
            let is_its = file == b"mod_conference.c" || file.starts_with(b"conference_");
            if is_its && event.name().is_some_and(|name| name == "CUSTOM") {
                fired += 1;
                let subclass = event.subclass().map(|subclass| subclass.decode()).unwrap_or_default();
                let known: [&[u8]; 2] = [b"conference::maintenance", b"conference::cdr"];
                assert!(known.contains(&&*subclass), "{name}: {}", subclass.escape_ascii());
            }
            if event.subclass().is_some_and(|subclass| subclass == "conference::cdr") {
                records += 1;
                let typed = ConferenceEvent::from(event);
                assert_eq!(typed.type_name(), "ConferenceCdr", "{name}");
                assert!(typed.rest().all(|(header, _)| header == "Content-Length"), "{name}: {event:?}");
                let record = Record::from_xml(event.body()).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert!(record.name.is_some() && record.start <= record.end && !record.members.is_empty(), "{name}");
            }
        })
        .expect("within the limits");
    }
    assert!(fired > 100 && records > 0, "{fired} events of the module, {records} records");
}

#[test]
fn the_record_of_a_conference_is_read() {
    let caller = "<caller_profile><caller_id_name>C \"1\" &lt;x&gt;</caller_id_name><uuid>u</uuid></caller_profile>";
    let text = format!(
        "<?xml version=\"1.0\"?>\n<cdr>\n<conference>\n<name>cd&amp;</name>\n<hostname>vm</hostname>\n<rate>8000</rate>\n\
         <interval>20</interval>\n<start_time type=\"UNIX-epoch\">5</start_time>\n\
         <end_time endconference_forced=\"true\" type=\"UNIX-epoch\">9</end_time>\n<members>\n\
         <member type=\"caller\">\n<join_time type=\"UNIX-epoch\">6</join_time><leave_time>8</leave_time>\
         <flags><is_moderator>false</is_moderator><was_kicked>true</was_kicked></flags>{caller}</member>\n\
         <member type=\"recording_node\"><record_path>/a.wav</record_path></member></members>\n\
         <rejected><attempt><reason>invalid_pin</reason><reject_time>7</reject_time>{caller}</attempt></rejected>\n\
         </conference>\n</cdr>\n"
    );
    let record = Record::from_xml(text.as_bytes()).unwrap();
    assert_eq!((record.name.unwrap().to_string(), record.hostname.unwrap().to_string()), ("cd&".into(), "vm".into()));
    assert_eq!((record.rate, record.interval), (Some(8000), Some(20)));
    assert_eq!((record.start, record.end, record.was_forced), (Some(5), Some(9), true));
    let [member, recording] = &record.members[..] else { panic!("{:?}", record.members) };
    assert_eq!((member.join, member.leave, &member.file), (Some(6), Some(8), &None));
    assert!(member.has("was_kicked") && !member.has("is_moderator"));
    assert_eq!(member.caller.get("caller_id_name").unwrap(), "C \"1\" <x>");
    assert_eq!(recording.file.as_ref().unwrap(), "/a.wav");
    let [attempt] = &record.rejected[..] else { panic!("{:?}", record.rejected) };
    assert_eq!((attempt.reason.as_ref().unwrap().to_string(), attempt.time), ("invalid_pin".into(), Some(7)));
    assert_eq!(attempt.caller.get("uuid").unwrap(), "u");
    for end in 0..text.len() - 1 {
        if text.is_char_boundary(end) && !text[end..].trim().is_empty() {
            assert!(Record::from_xml(&text.as_bytes()[..end]).is_err(), "{}", &text[..end]);
        }
    }
    for wrong in ["", "<cdr/>", "<conferences><conference/></conferences>", "<cdr><members/></cdr>"] {
        assert!(Record::from_xml(wrong.as_bytes()).is_err(), "{wrong}");
    }
    let many = format!("<cdr><conference>{}</conference></cdr>", "<a/>".repeat(1 << 18));
    let error = Record::from_xml(many.as_bytes()).unwrap_err().to_string();
    assert!(
        error.starts_with("a record of a conference with more than ") && error.ends_with(" at byte 1048585"),
        "{error}"
    );
}

/// A server writes texts; one that writes numbers, too, is read.
#[test]
fn values_of_json_that_are_no_text() {
    let text = r#"{"Event-Subclass":"conference::maintenance","Action":"mute-member","Member-ID":5,"Speak":false,
        "n":null,"o":{"a":[1,"}"]},"list":["a",2,true],"_body":7}"#;
    read("text/event-json", text, |event| {
        let ConferenceEvent::MuteMember(muted) = ConferenceEvent::from(event) else { panic!("{event:?}") };
        assert_eq!((muted.member_id(), muted.speak()), (Ok(5), Ok(false)));
        assert_eq!(event.get("n").unwrap(), "null");
        assert_eq!(event.get("o").unwrap(), r#"{"a":[1,"}"]}"#);
        let items: Vec<String> = event.get("list").unwrap().items().map(|item| item.to_string()).collect();
        assert_eq!(items, ["a", "2", "true"]);
        assert_eq!(event.body(), b"7");
    });
    for broken in ["{\"a\":05}", "{\"a\":nul}", "{\"a\":{1}}", "[1]", "5"] {
        let mut decoder = Decoder::new(LIMITS);
        decoder.push(&frame("text/event-json", broken));
        assert!(decoder.next_frame().unwrap().unwrap().event().is_none(), "{broken}");
    }
}

#[test]
fn lengths_that_are_no_numbers_are_told() {
    let cases: [(&str, &[u8], Result<Option<u64>, bool>); 6] = [
        ("Content-Length: 2\n", b"ok", Ok(Some(2))),
        ("Content-Length:  2 \n", b"ok", Ok(Some(2))),
        ("", b"", Ok(None)),
        ("Content-Length: abc\n", b"", Err(false)),
        ("Content-Length: -5\n", b"", Err(false)),
        // As the server's own reader has it.
        ("Content-Length: 2x\n", b"ok", Err(false)),
    ];
    for (header, body, expected) in cases {
        let mut decoder = Decoder::new(LIMITS);
        decoder.push(&[b"Content-Type: api/response\n", header.as_bytes(), b"\n", body].concat());
        let frame = decoder.next_frame().unwrap().unwrap();
        assert_eq!(
            (frame.content_length().map_err(|error: FieldError| error.is_missing()), frame.body()),
            (expected, body)
        );
    }
}

#[test]
fn padded_types_are_what_they_are() {
    let mut decoder = Decoder::new(LIMITS);
    decoder.push(b"Content-Type:  api/response \nContent-Length: 2\n\nok");
    decoder.push(b"Content-Type: \ttext/event-plain  \nContent-Length: 17\n\nEvent-Name: API\n\n");
    decoder.push(b"Content-Type:  command/reply\nReply-Text:  -ERR no\n\n");
    decoder.push(b"Content-Type:  new/one \n\n");
    let frame = decoder.next_frame().unwrap().unwrap();
    assert_eq!((frame.content_type(), frame.answer().as_deref()), (ContentType::ApiResponse, Some(&b"ok"[..])));
    let frame = decoder.next_frame().unwrap().unwrap();
    assert_eq!(frame.event().and_then(Event::name).unwrap(), "API");
    assert!(decoder.next_frame().unwrap().unwrap().is_refusal());
    assert_eq!(decoder.next_frame().unwrap().unwrap().content_type(), ContentType::Other("new/one".into()));
}
