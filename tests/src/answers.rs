//! What must hold for any answer of a conference server, and any event: the body of the fuzz target
//! `answers`.

use super::conference::{DIALECTS, command};
use ami_proto::conference::{
    Command, Dialect, Event, Happening, Native, Outcome, Participant, ReplyError, Request, Who,
};
use ami_proto::kazoo::ParticipantEvent;
use ami_proto::{Decoder, Frame, FrameKind, Framing, Limits, OwnedFrame};
use arbitrary::{Arbitrary, Unstructured};

/// Any bytes as the answer to any command, in each dialect's form: one of another form is refused
/// as such, and no other; a refusal by the status of HTTP is a refusal; lists, levels and states
/// come where they were asked for and nowhere else; they hold no more than the bytes have room for;
/// whoever is listed can be named to the server again; and of events each getter has the value of
/// its field.
pub fn answers(data: &[u8]) {
    let mut source = Unstructured::new(data);
    let Some((status, command)) = head(&mut source) else { return };
    // Half of the answers have a status that servers use.
    let usual = [200, 200, 202, 304, 399, 400, 404, 500];
    let status = if status % 2 == 0 { usual[usize::from(status / 2) % usual.len()] } else { status };
    let body = source.take_rest();

    let frames = frames(body);
    let views: Vec<_> = frames.iter().map(OwnedFrame::view).collect();
    let forms = [Native::Frames(&views), Native::Text(body), Native::Http { status, body }];
    for dialect in DIALECTS {
        for (number, form) in forms.into_iter().enumerate() {
            let fits = number
                == match dialect {
                    Dialect::ConfBridge => 0,
                    Dialect::FreeSwitch => 1,
                    _ => 2,
                };
            match dialect.decode(&command, form) {
                Err(error) => {
                    assert_eq!(error == ReplyError::Dialect, !fits, "{error}");
                    assert!(!error.to_string().is_empty());
                }
                Ok(answer) => {
                    assert!(fits, "an answer of another form");
                    assert_eq!(format!("{:?}", answer.native()), format!("{form:?}"));
                    fits_command(dialect, &command, answer.outcome(), body);
                    if number == 2 && refuses(dialect, status) {
                        let same = status == 304 && matches!(answer.outcome(), Outcome::Unchanged);
                        assert!(same || matches!(answer.outcome(), Outcome::Refused(_)), "{status} is a refusal");
                    }
                }
            }
        }
    }
    events(&views, body);
}

/// Returns the command that such an input is an answer to.
pub fn asked(data: &[u8]) -> Option<Command<'_>> {
    head(&mut Unstructured::new(data)).map(|(_, command)| command)
}

/// Takes two bytes of a status, and 24 of choices for the command.
fn head<'a>(source: &mut Unstructured<'a>) -> Option<(u16, Command<'a>)> {
    let status = u16::arbitrary(source).ok()?;
    let choices = source.bytes(source.len().min(24)).ok()?;
    let command = command(&mut Unstructured::new(choices), ["3", "room", "a.wav", "9"], &["3"]).ok()?;
    Some((status, command))
}

/// The most that is said of a refusal that says nothing itself.
const WORDS: usize = 80;

fn refuses(dialect: Dialect<'_>, status: u16) -> bool {
    match dialect {
        Dialect::SipXecs(_) | Dialect::Kazoo(_) => !(200..300).contains(&status),
        _ => false,
    }
}

/// As a client has them: what can't be framed ends the answer.
fn frames(body: &[u8]) -> Vec<OwnedFrame> {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    decoder.push(body);
    let mut frames = Vec::new();
    while let Ok(Some(frame)) = decoder.next_frame() {
        frames.push(frame.to_owned());
    }
    frames
}

/// Whether such an outcome may come of such a command, and what it holds.
fn fits_command(dialect: Dialect<'_>, command: &Command<'_>, outcome: &Outcome<'_>, body: &[u8]) {
    assert!(!format!("{outcome:?}").is_empty());
    match outcome {
        Outcome::Participants(list) => {
            assert!(matches!(command, Command::List(_)));
            assert!(list.len() <= body.len());
            list.iter().for_each(|one| participant(dialect, one));
        }
        Outcome::Conferences(list) => {
            assert!(matches!(command, Command::ListRooms) && list.len() <= body.len());
            for room in list {
                let _ = (room.name(), room.members(), room.is_locked(), room.is_recording(), room.duration());
                // Whatever it is called, it can be asked for, or the request is refused.
                if let Some(id) = room.id() {
                    let _ = dialect.encode(&Command::List(&id));
                }
            }
        }
        Outcome::Conference(_, list) => {
            assert!(matches!(command, Command::Show(_)) && list.len() <= body.len());
            list.iter().for_each(|one| participant(dialect, one));
        }
        Outcome::Levels(levels) => {
            assert!(matches!(command, Command::Volume { .. } | Command::Energy { .. }) && levels.len() <= body.len());
        }
        Outcome::Recording(_) => {
            assert!(!matches!(dialect, Dialect::ConfBridge | Dialect::Kazoo(_)), "they don't tell");
        }
        Outcome::Unchanged => {
            let records = matches!(command, Command::StartRecord { .. });
            assert!(records || !matches!(dialect, Dialect::ConfBridge), "it can't tell");
            assert!(!matches!(
                command,
                Command::ListRooms | Command::List(_) | Command::Show(_) | Command::RecordStatus(_)
            ));
        }
        Outcome::Floor(_) => assert!(matches!(command, Command::Floor { .. })),
        Outcome::Done => assert!(!matches!(
            command,
            Command::ListRooms | Command::List(_) | Command::Show(_) | Command::RecordStatus(_)
        )),
        Outcome::Refused(text) | Outcome::Text(text) => assert!(text.len() <= 3 * body.len() + WORDS),
        other => panic!("{other:?}"),
    }
}

/// Who is listed can be named again, and is who the server takes them for.
fn participant(dialect: Dialect<'_>, one: &Participant<'_>) {
    let _ = (one.call(), one.name(), one.number(), one.is_muted(), one.is_deaf(), one.is_talking());
    let _ = (one.has_floor(), one.is_moderator(), one.duration());
    let Some(id) = one.id() else { return };
    let request = dialect.encode(&Command::Kick { conference: "room", who: Who::One(&id) });
    match (one, request) {
        // A channel's name may be one that means all of them.
        (Participant::ConfBridge(_), _) => {}
        (_, Ok(Request::Line(line))) => assert_eq!(line.as_bytes(), format!("conference room kick {id}").as_bytes()),
        (_, Ok(Request::Http(request))) => {
            assert!(request.target().rsplit(['/', '&']).next() == Some(&id), "{}", request.target());
        }
        (_, other) => assert!(id == "0" && other.is_err(), "{id}: {other:?}"),
    }
}

fn events(frames: &[Frame<'_>], body: &[u8]) {
    for frame in frames {
        let Some(event) = Event::of_ami((*frame).into()) else { continue };
        assert_eq!(frame.kind(), FrameKind::Event);
        let lossy = |name: &str| frame.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let conference = event.conference().map(|text| text.into_owned());
        let participant = event.participant().map(|text| text.into_owned());
        // Of a call the conference is the first of the arguments, and who has not answered is nobody.
        if event.happening() == Happening::Dialed {
            let room = conference.expect("a conference");
            assert!(lossy("Data").is_some_and(|data| data.split(',').next() == Some(&room)));
            assert!(participant.is_none() || participant == lossy("Channel"));
        } else {
            assert_eq!((conference, participant), (lossy("Conference"), lossy("Channel")));
        }
        // A name that is none, or escaped, is another text; one that isn't there is none.
        assert!(event.name().is_none() || lossy("CallerIDName").is_some());
        assert!(event.number().is_none() || lossy("CallerIDNum").is_some());
        assert!(event.detail().is_none_or(|detail| detail.happening() == event.happening()));
    }
    let message =
        [format!("Content-Length: {}\nContent-Type: text/event-plain\n\n", body.len()).as_bytes(), body].concat();
    let mut decoder = ami_proto::freeswitch::Decoder::new(ami_proto::freeswitch::LIMITS);
    decoder.push(&message);
    while let Ok(Some(frame)) = decoder.next_frame() {
        let Some(native) = frame.event() else { continue };
        let Some(event) = Event::of_freeswitch(native) else { continue };
        let decoded = |name: &str| native.get(name).map(|value| percent(value.as_bytes()));
        assert_eq!(event.conference().map(|text| text.into_owned()), decoded("Conference-Name"));
        // Of headers that stand more than once the server's own counts, which is not the first.
        let stand_once = |names: &[&str]| names.iter().all(|name| native.get_all(name).count() < 2);
        if stand_once(&["Caller-Caller-ID-Name"]) {
            assert_eq!(event.name().map(|text| text.into_owned()), decoded("Caller-Caller-ID-Name"));
        }
        if stand_once(&["Caller-Caller-ID-Number"]) {
            assert_eq!(event.number().map(|text| text.into_owned()), decoded("Caller-Caller-ID-Number"));
        }
        assert!(event.detail().is_none_or(|detail| detail.happening() == event.happening()));
        let action = decoded("Action").unwrap_or_default();
        let floor = ["floor-change", "video-floor-change"].contains(&&*action);
        let who = if floor { "New-ID" } else { "Member-ID" };
        if stand_once(&["Action", who]) {
            assert_eq!(event.participant().map(|text| text.into_owned()), decoded(who).filter(|id| id != "none"));
        }
    }
    if let Ok(native) = ParticipantEvent::from_slice(body) {
        let event = Event::from(native.clone());
        assert_eq!(event.conference(), native.conference_id().ok());
        assert_eq!(
            event.participant().map(|id| id.into_owned()),
            native.participant_id().ok().map(|id| id.to_string())
        );
        assert_eq!((event.name(), event.number()), (native.caller_id_name().ok(), native.caller_id_number().ok()));
        assert!(event.detail().is_none_or(|detail| detail.happening() == event.happening()));
    }
}

/// A value with its `%XX` undone, as FreeSWITCH's own clients do it: what is none stays.
fn percent(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    // The server writes this for nothing.
    let mut rest = if bytes == b"_undef_" { &[] } else { bytes };
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        match hex.filter(|_| *first == b'%') {
            Some(hex) => {
                out.push(u8::from_str_radix(std::str::from_utf8(hex).expect("ASCII"), 16).expect("two digits"));
                rest = &tail[2..];
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
