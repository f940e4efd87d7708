//! What servers' answers and events mean, value by value: each getter of the vocabulary in each
//! dialect, each answer that is a dialect's own, and what is shown of a request that holds a PIN.

use ami_proto::conference::{
    Command, Conference, Dialect, Event, Happening, Native, Outcome, Participant, Relation, ReplyError, RequestError,
    Side, Who,
};
use ami_proto::kazoo::{Account, Method, ParticipantEvent};
use ami_proto::{Decoder, Framing, Limits, OwnedFrame};
use std::time::Duration;

const KAZOO: Dialect<'_> = Dialect::Kazoo(Account::new("ACCOUNT"));
const SIPXECS: Dialect<'_> = Dialect::SipXecs(Method::Get);

fn frames(bytes: &str) -> Vec<OwnedFrame> {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    decoder.push(bytes.as_bytes());
    let mut frames = Vec::new();
    while let Some(frame) = decoder.next_frame().expect("frames") {
        frames.push(frame.to_owned());
    }
    frames
}

/// What was made of an answer, in plain words.
fn outcome(dialect: Dialect<'_>, command: &Command<'_>, reply: Native<'_>) -> String {
    match dialect.decode(command, reply).map(ami_proto::conference::Answer::into_outcome) {
        Ok(Outcome::Done) => "done".into(),
        Ok(Outcome::Unchanged) => "unchanged".into(),
        Ok(Outcome::Floor(who)) => format!("floor {who:?}"),
        Ok(Outcome::Recording(on)) => format!("recording {on}"),
        Ok(Outcome::Refused(reason)) => format!("refused {reason}"),
        Ok(Outcome::Text(text)) => format!("text {text}"),
        Ok(Outcome::Levels(levels)) => format!("levels {levels:?}"),
        Ok(Outcome::Participants(list)) => format!("participants {}", list.len()),
        Ok(Outcome::Conferences(list)) => format!("conferences {}", list.len()),
        Ok(Outcome::Conference(_, members)) => format!("conference with {}", members.len()),
        Ok(other) => panic!("{other:?}"),
        Err(error) => format!("error {error}"),
    }
}

/// Every getter of a participant: texts, then flags.
type Shown = (Vec<Option<String>>, [Option<bool>; 5], Option<u64>);

fn shown(one: &Participant<'_>) -> Shown {
    let texts = [one.id(), one.call(), one.name(), one.number()];
    let texts = texts.map(|text| text.map(std::borrow::Cow::into_owned)).to_vec();
    let flags = [one.is_muted(), one.is_deaf(), one.is_talking(), one.has_floor(), one.is_moderator()];
    (texts, flags, one.duration().map(|time| time.as_secs()))
}

fn texts(texts: [&str; 4]) -> Vec<Option<String>> {
    texts.map(|text| (!text.is_empty()).then(|| text.to_owned())).to_vec()
}

#[test]
fn a_participant_of_confbridge() {
    let frames = frames(
        "Response: Success\r\nEventList: start\r\nMessage: Confbridge user list will follow\r\n\r\n\
         Event: ConfbridgeList\r\nConference: 1111\r\nAdmin: Yes\r\nMarkedUser: No\r\nMuted: No\r\nTalking: Yes\r\n\
         AnsweredTime: 61\r\nChannel: PJSIP/a-00000001\r\nUniqueid: 1700000000.7\r\nCallerIDNum: 100\r\n\
         CallerIDName: Ann \\\"A\\\" B\r\n\r\n\
         Event: ConfbridgeList\r\nConference: 1111\r\nAdmin: No\r\nMuted: Yes\r\nTalking: No\r\nChannel: SIP/b-2\r\n\
         CallerIDNum: <unknown>\r\nCallerIDName: <no name>\r\n\r\n\
         Event: ConfbridgeListComplete\r\nEventList: Complete\r\nListItems: 2\r\n\r\n",
    );
    let views: Vec<_> = frames.iter().map(OwnedFrame::view).collect();
    let answer = Dialect::ConfBridge.decode(&Command::List("1111"), Native::Frames(&views)).unwrap();
    let Outcome::Participants(list) = answer.outcome() else { panic!("{answer:?}") };
    let [one, other] = &list[..] else { panic!("{list:?}") };
    let flags = [Some(false), None, Some(true), None, Some(true)];
    assert_eq!(shown(one), (texts(["PJSIP/a-00000001", "1700000000.7", "Ann \"A\" B", "100"]), flags, Some(61)));
    let flags = [Some(true), None, Some(false), None, Some(false)];
    assert_eq!(shown(other), (texts(["SIP/b-2", "", "", ""]), flags, None));
}

#[test]
fn a_participant_of_freeswitch() {
    let list = "7>,<sofia/a>,<c230f1d7>,<Ann>,<100>,<hear|talking|floor|moderator>,<0>,<0>,<100\n\
                9>,<sofia/b>,<d9b2f94a>,<Bo>,<tel:+49;x=1>,<speak>,<0>,<0>,<100\n";
    for dialect in [Dialect::FreeSwitch, SIPXECS] {
        let body = format!("<command-response>{list}</command-response>\n");
        let reply = match dialect {
            Dialect::FreeSwitch => Native::Text(list.as_bytes()),
            _ => Native::Http { status: 200, body: body.as_bytes() },
        };
        let answer = dialect.decode(&Command::List("b"), reply).unwrap();
        let Outcome::Participants(list) = answer.outcome() else { panic!("{answer:?}") };
        let [one, other] = &list[..] else { panic!("{list:?}") };
        let flags = [Some(true), Some(false), Some(true), Some(true), Some(true)];
        assert_eq!(shown(one), (texts(["7", "c230f1d7", "Ann", "100"]), flags, None));
        let flags = [Some(false), Some(true), Some(false), Some(false), Some(false)];
        assert_eq!(shown(other), (texts(["9", "d9b2f94a", "Bo", "tel:+49;x=1"]), flags, None));
    }
    // The delimiter is told from the first line of a member, not from what stands before it.
    let list = "+OK Conference essay (1 member rate: 8000 flags: running)\n7>,<x>,<u>,<A;B>,<1>,<hear>,<0>,<0>,<100\n";
    let answer = Dialect::FreeSwitch.decode(&Command::List("b"), Native::Text(list.as_bytes())).unwrap();
    let Outcome::Participants(list) = answer.outcome() else { panic!("{answer:?}") };
    assert_eq!(list.iter().map(|one| shown(one).0).collect::<Vec<_>>(), [texts(["7", "u", "A;B", "1"])]);
}

#[test]
fn a_participant_of_kazoo() {
    let body = br#"{"data": [
        {"participant_id": 7, "call_id": "c@1", "caller_id_name": "Ann", "caller_id_number": "100", "speak": true,
         "hear": false, "talking": true, "floor": true, "is_moderator": true, "duration": 61},
        {"Participant-ID": "9", "speak": "false", "conference_channel_vars": {"hear": true, "talking": false,
         "floor": false, "member_type": "member"}}], "status": "success"}"#;
    let answer = KAZOO.decode(&Command::List("c"), Native::Http { status: 200, body }).unwrap();
    let Outcome::Participants(list) = answer.outcome() else { panic!("{answer:?}") };
    let [one, other] = &list[..] else { panic!("{list:?}") };
    let flags = [Some(false), Some(true), Some(true), Some(true), Some(true)];
    assert_eq!(shown(one), (texts(["7", "c@1", "Ann", "100"]), flags, Some(61)));
    let flags = [Some(true), Some(false), Some(false), Some(false), Some(false)];
    assert_eq!(shown(other), (texts(["9", "", "", ""]), flags, None));
}

#[test]
fn conferences() {
    let shown = |room: &Conference<'_>| {
        let texts = [room.id(), room.name()].map(|text| text.unwrap_or_default().into_owned());
        let numbers = (room.members(), room.duration());
        (texts, numbers, room.is_locked(), room.is_recording())
    };
    let owned = |id: &str, name: &str| [id.to_owned(), name.to_owned()];
    let body = br#"{"data": [
        {"id": "c1", "name": "Board", "_read_only": {"members": 3, "moderators": 2, "duration": 61, "is_locked": true}},
        {"id": "c2", "_read_only": {"members": 4}}, {"id": "c3"}]}"#;
    let answer = KAZOO.decode(&Command::ListRooms, Native::Http { status: 200, body }).unwrap();
    let Outcome::Conferences(list) = answer.outcome() else { panic!("{answer:?}") };
    assert_eq!(
        list.iter().map(shown).collect::<Vec<_>>(),
        [
            (owned("c1", "Board"), (Some(5), Some(Duration::from_secs(61))), Some(true), None),
            (owned("c2", ""), (Some(4), None), None, None),
            (owned("c3", ""), (None, None), None, None),
        ]
    );
    let frames = frames(
        "Response: Success\r\nEventList: start\r\n\r\nEvent: ConfbridgeListRooms\r\nConference: 1111\r\nParties: 2\r\n\
         Marked: 0\r\nLocked: Yes\r\nMuted: No\r\n\r\nEvent: ConfbridgeListRoomsComplete\r\nListItems: 1\r\n\r\n",
    );
    let views: Vec<_> = frames.iter().map(OwnedFrame::view).collect();
    let answer = Dialect::ConfBridge.decode(&Command::ListRooms, Native::Frames(&views)).unwrap();
    let Outcome::Conferences(list) = answer.outcome() else { panic!("{answer:?}") };
    assert_eq!(
        list.iter().map(shown).collect::<Vec<_>>(),
        [(owned("1111", "1111"), (Some(2), None), Some(true), None)]
    );
}

/// What an event says: conference, participant, name, number.
fn told(event: &Event<'_>) -> (Happening, [Option<String>; 4]) {
    let texts = [event.conference(), event.participant(), event.name(), event.number()];
    (event.happening(), texts.map(|text| text.map(std::borrow::Cow::into_owned)))
}

fn some(texts: [&str; 4]) -> [Option<String>; 4] {
    texts.map(|text| (!text.is_empty()).then(|| text.to_owned()))
}

#[test]
fn events_of_confbridge() {
    let caller = "CallerIDNum: 100\r\nCallerIDName: Ann\r\n";
    let channel = "Conference: 1111\r\nChannel: PJSIP/a-1\r\n";
    let named = some(["1111", "PJSIP/a-1", "Ann", "100"]);
    let room = || some(["1111", "", "", ""]);
    for (name, happening, rest, expected) in [
        ("ConfbridgeJoin", Happening::Joined, caller, named.clone()),
        ("ConfbridgeLeave", Happening::Left, caller, named.clone()),
        ("ConfbridgeMute", Happening::Muted, caller, named.clone()),
        ("ConfbridgeUnmute", Happening::Unmuted, caller, named),
        ("ConfbridgeTalking", Happening::Talking, "TalkingStatus: on\r\n", some(["1111", "PJSIP/a-1", "", ""])),
        ("ConfbridgeTalking", Happening::Silent, "TalkingStatus: off\r\n", some(["1111", "PJSIP/a-1", "", ""])),
        (
            "ConfbridgeJoin",
            Happening::Joined,
            "CallerIDNum: <unknown>\r\nCallerIDName: <no name>\r\n",
            some(["1111", "PJSIP/a-1", "", ""]),
        ),
    ] {
        let frames = frames(&format!("Event: {name}\r\n{channel}{rest}\r\n"));
        let event = Event::of_ami(frames[0].view().into()).expect("ConfBridge's");
        assert_eq!(told(&event), (happening, expected), "{name}");
    }
    for (name, happening) in [
        ("ConfbridgeStart", Happening::Started),
        ("ConfbridgeEnd", Happening::Ended),
        ("ConfbridgeRecord", Happening::RecordingStarted),
        ("ConfbridgeStopRecord", Happening::RecordingStopped),
    ] {
        let frames = frames(&format!("Event: {name}\r\nConference: 1111\r\n\r\n"));
        assert_eq!(told(&Event::of_ami(frames[0].view().into()).expect("ConfBridge's")), (happening, room()));
    }
    for name in ["Hangup", "ConfbridgeList", "ConfbridgeListRooms"] {
        assert!(Event::of_ami(frames(&format!("Event: {name}\r\nConference: 1\r\n\r\n"))[0].view().into()).is_none());
    }
}

#[test]
fn events_of_freeswitch() {
    let caller = "Caller-Caller-ID-Name: Ann%20B\nCaller-Caller-ID-Number: %2B49\n";
    for (rest, happening, expected) in [
        ("Member-ID: 7\nAction: add-member\n", Happening::Joined, some(["board room", "7", "Ann B", "+49"])),
        (
            "Action: video-floor-change\nNew-ID: 9\n",
            Happening::VideoFloorChanged,
            some(["board room", "9", "Ann B", "+49"]),
        ),
        ("Action: hup-member\nMember-ID: 7\nNew-ID: 9\n", Happening::Kicked, some(["board room", "7", "Ann B", "+49"])),
    ] {
        let event = format!(
            "Event-Subclass: conference%3A%3Amaintenance\nEvent-Name: CUSTOM\nConference-Name: board%20room\n{caller}{rest}\n"
        );
        let message = format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{event}", event.len());
        let mut decoder = ami_proto::freeswitch::Decoder::new(ami_proto::freeswitch::LIMITS);
        decoder.push(message.as_bytes());
        let frame = decoder.next_frame().unwrap().expect("the whole of it");
        let event = Event::of_freeswitch(frame.event().expect("an event")).expect("a conference's");
        assert_eq!(told(&event), (happening, expected), "{rest}");
    }
}

#[test]
fn events_of_kazoo() {
    for (text, happening, expected) in [
        (
            r#"{"event": "mute-member", "participant_id": "7", "conference_id": "c1", "caller_id_name": "Ann", "caller_id_number": 100}"#,
            Happening::Muted,
            some(["c1", "7", "Ann", "100"]),
        ),
        (
            r#"{"Event": "del-member", "Participant-ID": 7, "Conference-ID": "c1", "Caller-ID-Name": "A", "Caller-ID-Number": "1"}"#,
            Happening::Left,
            some(["c1", "7", "A", "1"]),
        ),
        (r#"{"event": "tickled"}"#, Happening::Other, some([""; 4])),
    ] {
        let event = Event::from(ParticipantEvent::from_slice(text.as_bytes()).unwrap());
        assert_eq!(told(&event), (happening, expected), "{text}");
    }
}

#[test]
fn answers_of_freeswitch() {
    let conference = "room";
    let mute = Command::Mute { conference: "room", who: Who::One("7") };
    let start = Command::StartRecord { conference, file: Some("a.wav") };
    let volume = Command::Volume { conference, who: Who::All, side: Side::In, level: None };
    let dial = Command::DialAndWait { conference, endpoint: "user/100", caller: None };
    let later = Command::Dial { conference, endpoint: "user/100", caller: None };
    for (command, text, expected) in [
        (&mute, "+OK mute 7\n", "done"),
        (&mute, "-ERR Non-Existant ID 7\n", "refused Non-Existant ID 7"),
        (&mute, "Something nobody has seen\n", "text Something nobody has seen"),
        (&mute, "+OK mute 7\n-ERR Non-Existant ID 8\n", "refused Non-Existant ID 8"),
        // Only who asks is told.
        (&start, "+OK Record file a.wav\n", "done"),
        (&Command::RecordStatus("room"), "+OK Record file a.wav\n", "recording true"),
        (&Command::RecordStatus("room"), "-ERR Conference is not being recorded.\n", "recording false"),
        (&Command::RecordStatus("room"), "what is this\n", "text what is this"),
        (&volume, "+OK Volume IN 2 = 1\n", "levels [(2, 1)]"),
        (&Command::RecordStatus("room"), "-ERR no reply\n", "text -ERR no reply\n"),
        (&Command::ListRooms, "+OK No active conferences.\n", "conferences 0"),
        (&Command::ListRooms, "No active conferences.\n", "conferences 0"),
        (&Command::List("room"), "", "participants 0"),
        (&Command::List("room"), "-ERR no reply\n", "participants 0"),
        (&mute, "-USAGE: <arguments>\n", "refused <arguments>"),
        (&dial, "+OK Call Requested: result: [SUCCESS]\n", "done"),
        (&dial, "Call Requested: result: [SUCCESS]\n", "done"),
        (&dial, "+OK Call Requested: result: [USER_BUSY]\n", "refused USER_BUSY"),
        (&dial, "Call Requested: result: [NO_ANSWER]\n", "refused NO_ANSWER"),
        (&dial, "-ERR USER_BUSY\n", "refused USER_BUSY"),
        (&dial, "-ERR Bad Args\ndial <endpoint>", "refused Bad Args"),
        (&dial, "", "text "),
        (&later, "+OK Job-UUID: 0123\n", "done"),
        (&later, "-ERR NORMAL_TEMPORARY_FAILURE\n", "refused NORMAL_TEMPORARY_FAILURE"),
    ] {
        assert_eq!(outcome(Dialect::FreeSwitch, command, Native::Text(text.as_bytes())), expected, "{command}: {text}");
    }
    let http = Native::Http { status: 200, body: b"+OK" };
    assert!(matches!(Dialect::FreeSwitch.decode(&mute, http), Err(ReplyError::Dialect)));
}

/// An answer that says that there was nothing to do is told from one that did it.
#[test]
fn nothing_to_do_is_no_success() {
    let conference = "room";
    let mute = |who| Command::Mute { conference, who };
    let stop_all = Command::StopRecord { conference, file: None };
    let quiet = Command::StopPlaying { conference, to: None };
    let hang_up = Command::HangUp { conference, who: Who::All };
    let digits = Command::SendDtmf { conference, who: Who::All, digits: "1" };
    for (command, text, expected) in [
        (&mute(Who::All), "-ERR no reply\n", "unchanged"),
        (&mute(Who::Last), "", "unchanged"),
        (&mute(Who::AllButModerators), "Skipping moderator (member id 11).\n", "unchanged"),
        (&mute(Who::AllButModerators), "+OK mute 3\nSkipping moderator (member id 11).\n", "done"),
        (&mute(Who::All), "+OK mute 3\n", "done"),
        (&digits, "-ERR no reply\n", "unchanged"),
        // 1.6 says nothing of those who are hung up.
        (&hang_up, "-ERR no reply\n", "done"),
        (&hang_up, "Skipping moderator (member id 11).\n", "done"),
        (&quiet, "+OK Stopped 0 files.\n", "unchanged"),
        (&quiet, "Stopped 2 files.\n", "done"),
        (&stop_all, "+OK Stopped recording 0 files\n", "unchanged"),
        (&stop_all, "Stopped recording file a.wav\n+OK Stopped recording 0 files\n", "done"),
        (&stop_all, "Stopped recording 1 files\n", "done"),
    ] {
        assert_eq!(outcome(Dialect::FreeSwitch, command, Native::Text(text.as_bytes())), expected, "{command}: {text}");
    }
}

/// Asked of its holder, the command gives the floor back; while another has it, it is refused.
#[test]
fn the_floor_tells_which_way_it_went() {
    let floor = Command::Floor { conference: "room", participant: "7" };
    for (text, expected) in [
        ("+OK floor 7\n", "floor Some(7)"),
        ("+OK floor none\n", "floor None"),
        ("OK floor none\n", "floor None"),
        ("-ERR floor is held by 4\n", "refused floor is held by 4"),
    ] {
        assert_eq!(outcome(Dialect::FreeSwitch, &floor, Native::Text(text.as_bytes())), expected, "{text}");
        let body = format!("<command-response>{text}</command-response>\n");
        assert_eq!(outcome(SIPXECS, &floor, Native::Http { status: 200, body: body.as_bytes() }), expected, "{text}");
    }
    let source = Command::VideoSource { conference: "room", participant: "7" };
    assert_eq!(outcome(Dialect::FreeSwitch, &source, Native::Text(b"+OK floor 7\n")), "done");
}

/// What is no list is not an empty one, and a list stays one beside a line that can't be read.
#[test]
fn a_list_that_is_none() {
    let member = "7>,<sofia/a>,<u>,<Ann>,<100>,<hear>,<0>,<0>,<100\n";
    let beside = format!("{member}garbage\n");
    let login = "<html>login</html>";
    let none = "error the reply is not one to this command";
    let lost = "error the service has lost its FreeSWITCH and says nothing; ask again";
    for (text, expected) in [
        ("-ERR Command not found!\n", "refused Command not found!"),
        ("-ERR no such thing", "refused no such thing"),
        ("-ERR no such thing\nmore\n", "refused no such thing"),
        ("-ERR  Command not found!\n", "refused Command not found!"),
        ("-USAGE: <name> list\n", "refused <name> list"),
        ("Conference room not found\n", "refused Conference room not found"),
        ("first\n-ERR second\n", "refused second"),
        ("first\n-USAGE: second\n", "refused second"),
        ("garbage", none),
        ("garbage\nmore\n", none),
        ("3", none),
        (login, none),
        (&beside, "participants 1"),
    ] {
        let list = Command::List("room");
        assert_eq!(outcome(Dialect::FreeSwitch, &list, Native::Text(text.as_bytes())), expected, "{text}");
        let body = format!("<command-response>{text}</command-response>\n");
        let reply = Native::Http { status: 200, body: body.as_bytes() };
        assert_eq!(outcome(SIPXECS, &list, reply), expected, "{text}");
        if !text.contains("Ann") {
            let rooms = outcome(Dialect::FreeSwitch, &Command::ListRooms, Native::Text(text.as_bytes()));
            assert_eq!(rooms, expected, "{text}");
        }
    }
    let list = Command::List("room");
    for (body, expected) in [
        (login, none),
        ("<command-response></command-response>", lost),
        ("<command-response>\n</command-response>", lost),
        ("<command-response>null</command-response>\n", lost),
        ("<command-response>-ERR no reply\n</command-response>", "participants 0"),
        ("null", lost),
        ("", lost),
        (" \n", lost),
    ] {
        assert_eq!(outcome(SIPXECS, &list, Native::Http { status: 200, body: body.as_bytes() }), expected, "{body}");
    }
}

/// A list is empty where the server says so, and not where it says nothing of a list.
#[test]
fn a_list_that_is_empty() {
    let header = |members: u8| format!("+OK Conference b ({members} members rate: 8000 flags: running)\n");
    let (room, rooms) = (Command::List("b"), Command::ListRooms);
    for (command, text, expected) in [
        // Of `bgapi`, then of `api`.
        (&room, "", "participants 0"),
        (&room, "-ERR no reply\n", "participants 0"),
        (&room, &header(0), "participants 0"),
        (&room, &header(3), "error 0 items of the list came, its end says another number"),
        (&room, "\n", "error the reply is not one to this command"),
        (&room, "+OK \n", "error the reply is not one to this command"),
        (&room, "+OK No active conferences.\n", "refused No active conferences."),
        (&room, "No active conferences.\n", "refused No active conferences."),
        (&rooms, "+OK No active conferences.\n", "conferences 0"),
        (&rooms, &header(0), "conferences 1"),
        (&rooms, "", "error the reply is not one to this command"),
        (&rooms, "-ERR no reply\n", "error the reply is not one to this command"),
        (&rooms, "\n\n", "error the reply is not one to this command"),
    ] {
        assert_eq!(
            outcome(Dialect::FreeSwitch, command, Native::Text(text.as_bytes())),
            *expected,
            "{command}: {text}"
        );
    }
    let show = Command::Show("b");
    for (xml, expected) in [
        ("", "error the reply is not one to this command"),
        ("<conferences></conferences>", "error the reply is not one to this command"),
        ("<conferences><conference/></conferences>", "error the reply is not one to this command"),
        (
            r#"<conferences><conference name="b" member-count="2"><members></members></conference></conferences>"#,
            "error the reply is not one to this command",
        ),
        (
            r#"<conferences><conference name="b" member-count="0"><members></members></conference></conferences>"#,
            "conference with 0",
        ),
    ] {
        let shown = outcome(Dialect::FreeSwitch, &show, Native::Text(xml.as_bytes()));
        assert_eq!(shown, expected, "{xml}");
    }
}

/// The service's own answers beside those that it hands on.
#[test]
fn answers_of_sipxecs() {
    let conference = "room";
    let invite = Command::Invite { conference, user: "401" };
    let start = Command::StartRecord { conference, file: None };
    let stop = Command::StopRecord { conference, file: None };
    let stop_one = Command::StopRecord { conference, file: Some("a.wav") };
    let status = Command::RecordStatus("room");
    let mute = Command::Mute { conference: "room", who: Who::One("7") };
    let later = Command::Dial { conference, endpoint: "100", caller: None };
    for (command, text, expected) in [
        (&invite, "Invitation sent", "done"),
        (&invite, "Invitation lost", "text Invitation lost"),
        (&invite, "+OK mute 7", "text +OK mute 7"),
        (&invite, "ERROR: connection refused", "refused connection refused"),
        (&status, "IN_PROGRESS", "recording true"),
        (&status, "NO_RECORDING", "recording false"),
        (&status, "75", "text 75"),
        (&status, "perhaps", "text perhaps"),
        (&status, "ERROR: Incorect \"action\" parameter", "refused Incorect \"action\" parameter"),
        (&status, "", "error the service has lost its FreeSWITCH and says nothing; ask again"),
        (&status, "null", "error the service has lost its FreeSWITCH and says nothing; ask again"),
        (&start, "anything", "text anything"),
        (&start, "<html>login</html>", "text <html>login</html>"),
        (&start, "+OK Record file a.wav\n", "done"),
        (&start, "Record file a.wav\n", "done"),
        (&start, "IN_PROGRESS", "unchanged"),
        (&start, "NO_RECORDING", "refused NO_RECORDING"),
        (&start, "Conference room not found\n", "refused Conference room not found"),
        (&start, "-ERR no disk\nmore", "refused no disk"),
        (&start, "ERROR: no recorder", "refused no recorder"),
        (&stop, "Stopped recording file a.wav\n+OK Stopped recording 0 files\n", "done"),
        (&stop, "Stopped recording 1 file\n", "done"),
        (&later, "OK Job-UUID: 0123\n", "done"),
        (&later, "-ERR Bad Args\n", "refused Bad Args"),
        (&stop, "-ERR no", "refused no"),
        (&stop, "NO_RECORDING", "refused NO_RECORDING"),
        (&stop, "IN_PROGRESS", "refused IN_PROGRESS"),
        (&stop, "75", "text 75"),
        (&stop, "non-existant recording 'a.wav'\nStopped recording 0 files\n", "unchanged"),
        (
            &stop_one,
            "non-existant recording 'a.wav'\nStopped recording 0 files\n",
            "refused non-existant recording 'a.wav'",
        ),
        (&stop_one, "Something nobody has seen", "text Something nobody has seen"),
        (&mute, "+OK mute 7\n", "done"),
        (&mute, "-ERR no reply\n", "done"),
        (&mute, "-ERR Non-Existant ID 7\n", "refused Non-Existant ID 7"),
        (&mute, "ERROR: connection refused\n", "refused connection refused"),
        (&mute, "Invitation sent", "text Invitation sent"),
    ] {
        let body = format!("<command-response>{text}</command-response>\n");
        let reply = Native::Http { status: 200, body: body.as_bytes() };
        assert_eq!(outcome(SIPXECS, command, reply), expected, "{command}: {text}");
    }
    for (status, body, expected) in [
        (299, "<command-response>+OK mute 7\n</command-response>", "done"),
        (300, "<command-response>+OK mute 7\n</command-response>", "refused +OK mute 7\n"),
        (199, "<command-response>+OK mute 7\n</command-response>", "refused +OK mute 7\n"),
        (200, "<command-exception>User is not owner</command-exception>\n", "refused User is not owner"),
        (403, "<command-exception>User is not owner</command-exception>\n", "refused User is not owner"),
        (404, "<html>no</html>", "refused there is no such conference (status 404)"),
        (405, "", "refused the service wants another method (status 405)"),
        (403, "<command-exception></command-exception>", "refused the conference is another user's (status 403)"),
        (200, "<command-exception>null</command-exception>", "refused the service refuses (status 200)"),
        (502, "<html>", "refused the service refuses (status 502)"),
        (502, "", "refused the service refuses (status 502)"),
        (200, "ERROR: Connection refused", "refused Connection refused"),
        (200, "<html>login</html>", "error the reply is not one to this command"),
        (200, "", "error the service has lost its FreeSWITCH and says nothing; ask again"),
        (200, "null", "error the service has lost its FreeSWITCH and says nothing; ask again"),
    ] {
        assert_eq!(
            outcome(SIPXECS, &mute, Native::Http { status, body: body.as_bytes() }),
            expected,
            "{status} {body}"
        );
    }
}

#[test]
fn answers_of_kazoo() {
    let mute = Command::Mute { conference: "c", who: Who::One("7") };
    for (command, status, body, expected) in [
        (&mute, 200, r#"{"data": "ok", "status": "success"}"#, "done"),
        (&mute, 202, "", "done"),
        (&mute, 299, " \n", "done"),
        (&mute, 200, "[]", "done"),
        (&mute, 304, " \n", "unchanged"),
        (&mute, 304, r#"{"data": "ok", "status": "success"}"#, "unchanged"),
        (&mute, 399, r#"{"data": "ok"}"#, "refused status 399: it is elsewhere, or nothing is new"),
        (&mute, 400, r#"{"data": "ok", "status": "success"}"#, "refused status 400: bad request"),
        (&mute, 400, "", "refused status 400: bad request"),
        (&mute, 401, "<html>", "refused status 401: the token is missing, wrong or too old"),
        (&mute, 405, "", "refused status 405: the server wants another method"),
        (&mute, 503, "<html>", "refused status 503: the server is in trouble"),
        (&mute, 299, "<html>", "error expected JSON at line 1, column 1"),
        (&mute, 200, "nope", "error expected JSON at line 1, column 2"),
        // The server refuses and HTTP does not.
        (&mute, 200, r#"{"data": {}, "status": "error", "message": "no such"}"#, "refused no such"),
        (
            &mute,
            200,
            r#"{"data": {}, "status": "fatal"}"#,
            "refused status 200: the server refuses and doesn't say why",
        ),
        (
            &mute,
            400,
            r#"{"data": {"data.media_id": {"required": {"message": "needs a sound"}}}, "status": "error", "message": "invalid"}"#,
            "refused invalid: data.media_id: needs a sound",
        ),
        (&mute, 404, r#"{"data": {}, "status": "error", "message": "bad_identifier"}"#, "refused bad_identifier"),
        (&Command::List("c"), 200, r#"{"data": []}"#, "participants 0"),
        (
            &Command::List("c"),
            200,
            r#"{"data": {"_read_only": {"participants": [{}]}}}"#,
            "error field participant_id is missing",
        ),
        (&Command::List("c"), 200, r#"{"data": {"_read_only": {"participants": []}}}"#, "participants 0"),
        (&Command::List("c"), 200, r#"{"data": [{}, {"name": "x"}]}"#, "error field participant_id is missing"),
        (&Command::List("c"), 200, r#"{"data": [{}, {"participant_id": 3}]}"#, "participants 2"),
        (
            &Command::Show("c"),
            200,
            r#"{"data": {"id": "c", "_read_only": {"participants": [{}]}}}"#,
            "error field participant_id is missing",
        ),
        (&Command::List("c"), 200, r#"{"data": 5}"#, "error field data is not an object"),
        (&Command::List("c"), 200, r#"{"data": {}}"#, "error field participants is missing"),
        (&Command::ListRooms, 200, r#"{"data": {}}"#, "error field data is not an array of objects"),
        (&Command::ListRooms, 200, r#"{"data": []}"#, "conferences 0"),
        (&Command::ListRooms, 200, r#"{"data": [{}, {"name": "x"}]}"#, "error field id is missing"),
        (&Command::ListRooms, 200, r#"{"data": [{}, {"id": "x"}]}"#, "conferences 2"),
    ] {
        let reply = Native::Http { status, body: body.as_bytes() };
        assert_eq!(outcome(KAZOO, command, reply), expected, "{status} {body}");
    }
    for command in [mute, Command::List("c"), Command::ListRooms, Command::Show("c")] {
        for status in [0, 100, 199, 300, 301, 302, 304] {
            for body in ["", "[]", r#"{"data":{}}"#] {
                let reply = Native::Http { status, body: body.as_bytes() };
                let unchanged = status == 304 && matches!(command, Command::Mute { .. });
                let expected = if unchanged { "unchanged".into() } else { format!("refused status {status}: ") };
                assert!(outcome(KAZOO, &command, reply).starts_with(&expected), "{command} {body}");
            }
        }
    }
    for command in [Command::List("c"), Command::ListRooms, Command::Show("c")] {
        for (status, body) in [(200, ""), (202, " \n"), (204, "")] {
            let reply = Native::Http { status, body: body.as_bytes() };
            assert!(matches!(KAZOO.decode(&command, reply), Err(ReplyError::Json(_))), "{command} {status} {body:?}");
        }
    }
}

/// Kazoo accepts a call (202) whatever becomes of it.
#[test]
fn a_call_that_failed_is_refused_although_it_was_accepted() {
    let dial = Command::Dial { conference: "c", endpoint: "401", caller: None };
    let invite = Command::Invite { conference: "c", user: "401" };
    for command in [dial, invite] {
        for (data, expected) in [
            (r#""ok""#, "done"),
            (r#"{"endpoint_responses": [{"status": "success", "message": "dialing"}]}"#, "done"),
            (
                r#"{"endpoint_responses": [{"status": "success"}, {"status": "error", "message": "USER_BUSY"}]}"#,
                "refused USER_BUSY",
            ),
            (r#"{"status": "error", "message": "no endpoints"}"#, "refused no endpoints"),
            (r#"{"status": "error"}"#, "refused the call failed and the server doesn't say why"),
        ] {
            let body = format!(r#"{{"data": {data}, "status": "success"}}"#);
            let reply = Native::Http { status: 202, body: body.as_bytes() };
            assert_eq!(outcome(KAZOO, &command, reply), expected, "{command} {data}");
        }
    }
}

/// The same request again is answered with 304, which did nothing: no success, and no refusal.
#[test]
fn the_same_request_again_changes_nothing() {
    let one = Who::One("7");
    for command in
        [Command::Mute { conference: "c", who: one }, Command::Lock("c"), Command::Kick { conference: "c", who: one }]
    {
        for body in ["", r#"{"data": "ok", "status": "success"}"#] {
            let reply = Native::Http { status: 304, body: body.as_bytes() };
            assert_eq!(outcome(KAZOO, &command, reply), "unchanged", "{command} {body}");
        }
    }
}

/// The service answers with nothing, or with `null`, where it has lost its FreeSWITCH.
#[test]
fn a_service_that_lost_its_freeswitch_is_no_success() {
    let conference = "room";
    let level = None;
    for command in [
        Command::List(conference),
        Command::Kick { conference, who: Who::All },
        Command::Lock(conference),
        Command::StartRecord { conference, file: None },
        Command::RecordStatus(conference),
        Command::Energy { conference, who: Who::All, level },
        Command::Invite { conference, user: "401" },
    ] {
        for inner in ["", "null", " \n"] {
            for body in [inner.to_owned(), format!("<command-response>{inner}</command-response>\n")] {
                let reply = Native::Http { status: 200, body: body.as_bytes() };
                assert_eq!(SIPXECS.decode(&command, reply).err(), Some(ReplyError::Lost), "{command}: {body:?}");
            }
        }
        let page = Native::Http { status: 200, body: b"<html>login page</html>" };
        assert_eq!(SIPXECS.decode(&command, page).err(), Some(ReplyError::Reply), "{command}");
    }
}

/// A refusal says why, also where its body says nothing.
#[test]
fn refusals_have_words() {
    let lock = Command::Lock("room");
    for status in (300..600).filter(|status| *status != 304) {
        for body in ["", "null", "<html><body>no</body></html>"] {
            for dialect in [SIPXECS, KAZOO] {
                let said = outcome(dialect, &lock, Native::Http { status, body: body.as_bytes() });
                let words = said.strip_prefix("refused ").expect("a refusal").replace(&status.to_string(), "");
                assert!(words.matches(char::is_alphabetic).count() > 10 && !words.contains('<'), "{said}");
            }
        }
    }
}

#[test]
fn answers_of_confbridge() {
    let lock = Command::Lock("1111");
    let record = Command::StartRecord { conference: "1111", file: None };
    for (command, text, expected) in [
        (&lock, "Response: Success\r\nMessage: Conference locked\r\n\r\n", "done"),
        (
            &lock,
            "Response: Error\r\nMessage: No Conference by that name found.\r\n\r\n",
            "refused No Conference by that name found.",
        ),
        (&lock, "Response: Error\r\n\r\n", "refused the server refuses and doesn't say why"),
        (&lock, "Response: Error\r\nMessage: \r\n\r\n", "refused the server refuses and doesn't say why"),
        (&record, "Response: Error\r\nMessage: Conference is already being recorded.\r\n\r\n", "unchanged"),
        (
            &lock,
            "Response: Error\r\nMessage: Conference is already being recorded.\r\n\r\n",
            "refused Conference is already being recorded.",
        ),
        (&lock, "Event: Hangup\r\n\r\n", "error the reply is not one to this command"),
        (&Command::ListRooms, "Response: Error\r\nMessage: no active CONFERENCES.\r\n\r\n", "conferences 0"),
        (&Command::ListRooms, "Response: Error\r\nMessage: Permission denied\r\n\r\n", "refused Permission denied"),
        (
            &Command::ListRooms,
            "Response: Success\r\n\r\nEvent: ConfbridgeListRooms\r\n\r\nEvent: X\r\n\r\n\
             Event: ConfbridgeListRoomsComplete\r\nEventList: Complete\r\n\r\n",
            "conferences 1",
        ),
        (
            &Command::List("1"),
            "Response: Error\r\nMessage: No active conferences.\r\n\r\n",
            "refused No active conferences.",
        ),
    ] {
        let frames = frames(text);
        let views: Vec<_> = frames.iter().map(OwnedFrame::view).collect();
        assert_eq!(outcome(Dialect::ConfBridge, command, Native::Frames(&views)), expected, "{command}: {text}");
    }
}

/// The response says that a call is queued, and the event behind it what became of it.
#[test]
fn calls_of_confbridge() {
    let (conference, endpoint, caller) = ("1111", "PJSIP/1", None);
    let dial = Command::Dial { conference, endpoint, caller };
    let wait = Command::DialAndWait { conference, endpoint, caller };
    let missing =
        "error the outcome of the call is missing: log in with events of the class call, and wait for it".to_owned();
    let told = |response: &str, reason: &str| format!("Event: OriginateResponse\r\n{response}{reason}\r\n");
    let failed = "Response: Failure\r\n";
    for (rest, expected) in [
        (told("Response: Success\r\n", "Reason: 4\r\n"), "done"),
        (told("response: success\r\n", ""), "done"),
        (told(failed, "Reason: 5\r\n"), "refused Busy"),
        (told(failed, "Reason: 3\r\n"), "refused No answer"),
        (told(failed, "Reason: 0\r\n"), "refused Failed"),
        (told(failed, "Reason: 77\r\n"), "refused the call failed for the reason 77"),
        (told(failed, "Reason: x\r\n"), "refused the call failed and the server doesn't say why"),
        (told("", ""), "refused the call failed and the server doesn't say why"),
        (format!("Event: Hangup\r\n\r\n{}", told(failed, "Reason: 8\r\n")), "refused Congestion"),
    ] {
        let frames = frames(&format!("Response: Success\r\nMessage: Originate successfully queued\r\n\r\n{rest}"));
        let views: Vec<_> = frames.iter().map(OwnedFrame::view).collect();
        for command in [&dial, &wait] {
            assert_eq!(outcome(Dialect::ConfBridge, command, Native::Frames(&views)), expected, "{command}: {rest}");
        }
        for (command, expected) in [(&dial, "done"), (&wait, &missing)] {
            assert_eq!(outcome(Dialect::ConfBridge, command, Native::Frames(&views[..1])), expected, "{command}");
        }
    }
    let refused = frames("Response: Error\r\nMessage: Channel not specified\r\n\r\n");
    for command in [&dial, &wait] {
        let reply = Native::Frames(&[refused[0].view()]);
        assert_eq!(outcome(Dialect::ConfBridge, command, reply), "refused Channel not specified");
    }
}

/// A list that isn't whole is none, and the error says in what.
#[test]
fn a_list_of_confbridge_that_is_not_whole() {
    for (command, name) in [(Command::List("1"), "ConfbridgeList"), (Command::ListRooms, "ConfbridgeListRooms")] {
        let item = format!("Event: {name}\r\nConference: 1\r\n\r\n");
        let other = "Event: Hangup\r\n\r\n";
        let complete = |rest: &str| format!("Event: {name}Complete\r\n{rest}\r\n");
        let whole = if name == "ConfbridgeList" { "participants" } else { "conferences" };
        let items = |came: u8| format!("error {came} items of the list came, its end says another number");
        for (rest, expected) in [
            (complete("EventList: Complete\r\nListItems: 0\r\n"), format!("{whole} 0")),
            (item.clone() + other + &complete("eventlist: complete\r\nListItems: 1\r\n"), format!("{whole} 1")),
            (item.clone() + &complete(""), format!("{whole} 1")),
            (String::new(), "error the list has no end".into()),
            (item.clone(), "error the list has no end".into()),
            (item.clone() + "Event: QueueStatusComplete\r\n\r\n", "error the list has no end".into()),
            (complete("EventList: cancelled\r\n"), "error the server broke the list off".into()),
            (
                item.clone() + &complete("EventList: Cancelled\r\nListItems: 1\r\n"),
                "error the server broke the list off".into(),
            ),
            ("Event: X\r\nEventList: cancelled\r\n\r\n".into(), "error the server broke the list off".into()),
            (complete("EventList: Complete\r\n"), "error the reply is not one to this command".into()),
            (complete("EventList: Complete\r\nListItems: 5\r\n"), items(0)),
            (item.clone() + &complete("ListItems: 2\r\n"), items(1)),
            (item.clone() + &item + &complete("ListItems: 1\r\n"), items(2)),
            (complete("ListItems: many\r\n"), items(0)),
        ] {
            let frames = frames(&format!("Response: Success\r\nEventList: start\r\n\r\n{rest}"));
            let views: Vec<_> = frames.iter().map(OwnedFrame::view).collect();
            assert_eq!(outcome(Dialect::ConfBridge, &command, Native::Frames(&views)), expected, "{rest}");
        }
    }
}

/// What a dialect can't be asked is not answered by a success.
#[test]
fn what_was_not_asked_is_not_answered() {
    let frames = frames("Response: Success\r\n\r\n");
    let views = [frames[0].view()];
    let none = "error the reply is not one to this command";
    for command in [Command::Show("c"), Command::RecordStatus("c")] {
        assert_eq!(outcome(Dialect::ConfBridge, &command, Native::Frames(&views)), none, "{command}");
    }
    let status = Command::RecordStatus("c");
    for body in ["", r#"{"data": "ok", "status": "success"}"#] {
        assert_eq!(outcome(KAZOO, &status, Native::Http { status: 200, body: body.as_bytes() }), none, "{body}");
        assert_eq!(
            outcome(KAZOO, &status, Native::Http { status: 404, body: body.as_bytes() }),
            "refused status 404: not found"
        );
    }
}

/// The argument that is refused is named as the command has it.
#[test]
fn refused_arguments_by_name() {
    let conference = "room";
    let dial = |conference, endpoint| Command::Dial { conference, endpoint, caller: None };
    for (command, name) in [
        (Command::StartRecord { conference, file: Some("") }, "file"),
        (dial("room", ""), "endpoint"),
        (dial("", "PJSIP/1"), "conference"),
        (Command::Lock(""), "conference"),
        (Command::Kick { conference: "room", who: Who::One("") }, "participant"),
    ] {
        let refused = Dialect::ConfBridge.encode(&command);
        assert!(matches!(refused, Err(RequestError::Encode(error)) if error.field() == name), "{command}");
    }
    let both = Command::Relate { conference, participant: "1", other: "2", relation: Relation::NoSpeakNoHear };
    let Err(RequestError::Unsupported(error)) = KAZOO.encode(&both) else { panic!("Kazoo has no such relation") };
    assert_eq!(error.to_string(), "Kazoo has no such relate: relate them as deaf or as mute, which is what it has");
}

/// What may be shown of a request, byte for byte: the whole of it but for PINs.
#[test]
fn what_is_shown_of_requests() {
    let pin = Command::SetPin { conference: "room", pin: "98765" };
    let lock = Command::Lock("room");
    let say = Command::Say { conference: "room", text: "98765", to: None };
    for (dialect, command, expected) in [
        (Dialect::ConfBridge, &lock, "Action: ConfbridgeLock\r\nConference: room\r\n\r\n"),
        (Dialect::FreeSwitch, &lock, "api conference room lock\n\n"),
        (Dialect::FreeSwitch, &pin, "api conference room pin ***\n\n"),
        (Dialect::FreeSwitch, &say, "api conference room say 98765\n\n"),
        (SIPXECS, &lock, "GET /sipxconfig/rest/my/conference/room/lock HTTP/1.1\r\n\r\n"),
        (SIPXECS, &pin, "GET /sipxconfig/rest/my/conference/room/pin*** HTTP/1.1\r\n\r\n"),
        (
            KAZOO,
            &lock,
            "PUT /v2/accounts/ACCOUNT/conferences/room HTTP/1.1\r\nContent-Type: application/json\r\n\r\n\
             {\"data\": {\"action\": \"lock\"}}",
        ),
    ] {
        let request = dialect.encode(command).unwrap();
        assert_eq!(String::from_utf8(request.to_masked_bytes()).unwrap(), expected);
        if !expected.contains("***") {
            assert_eq!(request.to_masked_bytes(), request.to_bytes());
        }
    }
}
