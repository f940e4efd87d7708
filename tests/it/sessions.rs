//! Invariant: in every recorded session each request that was sent ends once, with the very reply,
//! items, output and end that the recording holds; and every frame of the recording is told once,
//! in its order.
//!
//! What the recording holds is read by `tests/src/oracle.rs` and by hand from its lines, not by the
//! library. Only `ActionID`s differ: ours stand for those of the recording.
//!
//! `corpus/replay/` holds sessions with the order in which both sides spoke. `AMI_CAPTURES=FOLDER
//! cargo test --test it sessions` replays all recordings below a folder (`session*.jsonl`) as well.

use crate::recording::header;
use crate::replaying::{Given, Lent, Replay, Request, Told};
use ami_proto::client::Id;
use ami_testkit::captures;
use ami_testkit::oracle::Kind;
use ami_testkit::session::{self, Turn};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// What came of the replays.
#[derive(Debug, Default)]
struct Tally {
    endings: BTreeMap<&'static str, usize>,
    sent: usize,
    /// Requests that a client can't send: before login, or such as break the framing.
    not_sent: usize,
    frames: usize,
    /// Frames that came when the client had given the connection up: its login was refused.
    frames_after: usize,
    items: usize,
    printed: usize,
    faults: Vec<String>,
}

#[test]
fn sessions_of_the_corpus_are_replayed() {
    let mut tally = Tally::default();
    let root = ami_testkit::root().join("corpus/replay");
    let mut files: Vec<PathBuf> = root.read_dir().expect("corpus/replay").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "replay")) {
        replay(&file.display().to_string(), &session::replay(&std::fs::read(file).unwrap()), &mut tally);
    }
    finish(&tally);
    assert!(tally.sent > 300 && tally.items > 300 && tally.printed > 10, "{tally:?}");
}

/// Without `AMI_CAPTURES` there are none.
#[test]
fn sessions_of_captures_are_replayed() {
    let Some(folder) = captures::folder() else { return };
    let files = captures::files(&folder, "recorded sessions", |path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let of_freeswitch = path.iter().any(|part| part.to_string_lossy().starts_with("freeswitch-"));
        !of_freeswitch && name.starts_with("session") && name.ends_with(".jsonl")
    });
    let mut tally = Tally::default();
    for file in &files {
        let turns = session::jsonl(&std::fs::read_to_string(file).unwrap());
        replay(&file.display().to_string(), &turns, &mut tally);
    }
    finish(&tally);
}

fn finish(tally: &Tally) {
    println!(
        "{} sent, {} not; {} frames, {} after; {} items, {} outputs; {:?}",
        tally.sent, tally.not_sent, tally.frames, tally.frames_after, tally.items, tally.printed, tally.endings
    );
    for fault in tally.faults.iter().take(40) {
        println!("{fault}");
    }
    assert!(tally.faults.is_empty(), "{} faults", tally.faults.len());
}

fn replay(name: &str, turns: &[Turn], tally: &mut Tally) {
    let mut replay = Replay::of(turns);
    each_frame_is_told_once(&mut replay);
    each_answer_is_the_recorded_one(&mut replay, tally);
    tally.not_sent += replay.not_sent;
    tally.frames += replay.given.len();
    tally.frames_after += replay.after;
    tally.faults.extend(replay.faults.into_iter().map(|fault| format!("{name}: {fault}")));
}

/// What was lent is what was given, in its order, but for answers to the client's own challenges
/// and goodbyes. A frame that is several may be lent in parts.
fn each_frame_is_told_once(replay: &mut Replay) {
    let mut lent = replay.lent.iter().peekable();
    for given in &replay.given {
        let own = given.id.as_ref().is_some_and(|id| replay.stages.contains(id));
        match lent.peek() {
            Some(next)
                if next.bytes == given.bytes || next.told == Told::Stage && given.recorded.kind == Kind::Banner =>
            {
                let mut headers = next.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(b"ActionID"));
                let recorded =
                    given.recorded.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(b"ActionID"));
                if given.recorded.kind != Kind::Text && !recorded.eq(headers.by_ref()) {
                    replay.faults.push(format!("{:?}: other headers", String::from_utf8_lossy(&given.bytes)));
                }
                lent.next();
            }
            _ if own && given.recorded.kind == Kind::Response => {}
            _ => {
                let whole = full_lines(&given.bytes);
                let mut parts = Vec::new();
                while let Some(part) = lent.next_if(|part| whole[parts.len()..].starts_with(&full_lines(&part.bytes))) {
                    parts.extend(full_lines(&part.bytes));
                }
                if parts != whole {
                    let next = lent.peek().map(|next| (next.told, String::from_utf8_lossy(&next.bytes)));
                    replay
                        .faults
                        .push(format!("{:?} was not told; next {next:?}", String::from_utf8_lossy(&given.bytes)));
                    return;
                }
            }
        }
    }
    if let Some(more) = lent.next() {
        replay.faults.push(format!("{:?} was not given", String::from_utf8_lossy(&more.bytes)));
    }
}

fn each_answer_is_the_recorded_one(replay: &mut Replay, tally: &mut Tally) {
    let mut lent: HashMap<Id, Vec<&Lent>> = HashMap::new();
    for frame in replay.lent.iter().filter(|lent| !matches!(lent.told, Told::Unclaimed | Told::Event)) {
        if let Some(id) = frame.request {
            lent.entry(id).or_default().push(frame);
        }
    }
    for (number, request) in replay.requests.iter().enumerate() {
        tally.sent += 1;
        let Some(ending) = request.ending else {
            replay.faults.push(format!("{} did not end", request.name));
            continue;
        };
        *tally.endings.entry(ending).or_default() += 1;
        let lent = lent.get(&request.id).map_or(&[][..], |lent| lent);
        let expected = expected(request, &replay.given, number);
        let found: Vec<(Told, Vec<u8>)> = lent.iter().map(|lent| (lent.told, lent.bytes.clone())).collect();
        if found != expected {
            let show = |(told, bytes): &(Told, Vec<u8>)| format!("{told:?} {}", String::from_utf8_lossy(bytes));
            let (found, expected): (Vec<_>, Vec<_>) =
                (found.iter().map(show).collect(), expected.iter().map(show).collect());
            replay.faults.push(format!("{} {ending}: {found:#?} instead of {expected:#?}", request.name));
        }
        tally.items += lent.iter().filter(|lent| lent.told == Told::Item).count();
        let texts = lent.iter().filter(|lent| lent.told == Told::Text).count();
        if ending == "text" && texts as u64 != request.paragraphs {
            replay.faults.push(format!("{}: {} said, {texts} came", request.name, request.paragraphs));
        }
        if request.name.eq_ignore_ascii_case("Command") {
            for lent in lent {
                let printed = crate::recording::printed(&lent.bytes);
                tally.printed += usize::from(!printed.is_empty());
                if lent.printed.as_ref() != Some(&printed) {
                    replay.faults.push(format!("Command: {:?} instead of {printed:?}", lent.printed));
                }
            }
        }
    }
}

/// The lines that are not blank.
fn full_lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect()
}

/// Lists of which items have no `ActionID` in old versions, or lose it where a value breaks off.
const NAMELESS: [(&str, &str); 4] = [
    ("IAXpeers", "PeerEntry"),
    ("Parkinglots", "Parkinglot"),
    ("DBGet", "DBGetResponse"),
    ("DBGetTree", "DBGetTreeResponse"),
];

/// What the recorded servers say, with an error or a success, of a list that is empty.
const NONE: [(&str, &[u8]); 6] = [
    ("ConfbridgeListRooms", b"No active conferences."),
    ("MeetmeList", b"No active conferences."),
    ("MeetmeListRooms", b"No active conferences."),
    ("VoicemailUsersList", b"There are no voicemail users currently defined."),
    ("VoicemailUserStatus", b"There is no voicemail user of the given info."),
    ("VoicemailBoxSummary", b"There is no voicemail user matching the given user."),
];

const OUTCOMES: [&str; 5] = ["OriginateResponse", "WaitEventComplete", "SIPQualifyPeerDone", "FAXStats", "FAXSession"];

/// What the recording holds for a request: the first response with its `ActionID`, and what belongs
/// to that; without one the text that came before the next request.
fn expected(request: &Request, given: &[Given], number: usize) -> Vec<(Told, Vec<u8>)> {
    let is = |given: &Given, name: &str| given.recorded.name.as_deref().is_some_and(|found| found == name.as_bytes());
    let own = |given: &Given| given.id.as_ref() == Some(&request.action_id);
    let told = |told: Told, given: &Given| (told, given.bytes.clone());
    let Some(first) = given.iter().position(|given| own(given) && given.recorded.kind == Kind::Response) else {
        let tree = given.iter().find(|given| own(given) && is(given, "DataGet Tree"));
        let text = given.iter().filter(|given| given.recorded.kind == Kind::Text && given.requests == number + 1);
        // A request without a response is cut off by the end of the recording.
        let text = text.filter(|_| request.ending != Some("lost"));
        let tree = tree.map(|tree| told(Told::Outcome, tree)).into_iter();
        return tree.chain(text.map(|text| told(Told::Text, text))).collect();
    };
    let response = &given[first];
    let message = header(&response.recorded, "Message").unwrap_or_default();
    let message = message.trim_ascii_end();
    let none = NONE.iter().any(|(action, words)| request.name.eq_ignore_ascii_case(action) && *words == message);
    if none {
        return vec![told(Told::List { items: 0, cancelled: false }, response)];
    }
    if is(response, "Error") {
        return vec![told(Told::Refused, response)];
    }
    let item = NAMELESS.iter().find(|(action, _)| request.name.eq_ignore_ascii_case(action));
    let nameless = |given: &Given| {
        let is_item = item.is_some_and(|(_, item)| is(given, item));
        is_item && given.id.is_none() && header(&given.recorded, "Privilege").is_none()
    };
    let rest = given[first + 1..].iter().filter(|given| given.recorded.kind == Kind::Event);
    let parts = rest.filter(|given| own(given) || nameless(given)).flat_map(|given| parts(&given.bytes));
    let mut events: Vec<(Told, Vec<u8>)> = parts.map(|part| (Told::Item, part)).collect();
    let cancelled = |event: &[u8]| contains(event, b"EventList: cancelled\r\n");
    let end = events.iter().position(|(_, event)| {
        let name = event_name(event);
        let named = name.ends_with("Complete") && name != "WaitEventComplete";
        named || contains(event, b"EventList: Complete\r\n") || cancelled(event)
    });
    let outcome = events.iter().find(|(_, event)| OUTCOMES.contains(&event_name(event)));
    if let (None, Some((_, outcome))) = (end, outcome) {
        return vec![told(Told::Started, response), (Told::Outcome, outcome.clone())];
    }
    if end.is_some() || header(&response.recorded, "EventList").is_some() || message.ends_with(b"will follow") {
        if let Some(end) = end {
            events.truncate(end + 1);
            events[end].0 = Told::List { items: end as u64, cancelled: cancelled(&events[end].1) };
        }
        events.insert(0, told(Told::Started, response));
        return events;
    }
    // Its outcome didn't come before the recording ended.
    let name = request.name.to_ascii_lowercase();
    let awaited = matches!(name.as_str(), "originate" | "waitevent" | "sipqualifypeer");
    let awaited = awaited && request.ending == Some("lost");
    vec![told(if awaited { Told::Started } else { Told::Reply }, response)]
}

/// The events of a frame, which is several for the SKINNY lists up to 20.
fn parts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let skinny = [&b"Event: DeviceEntry\r\n"[..], b"Event: LineEntry\r\n"].iter().any(|start| bytes.starts_with(start));
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if parts.is_empty() || skinny && line.starts_with(b"Event: ") {
            parts.push(Vec::new());
        }
        parts.last_mut().unwrap().extend_from_slice(line);
    }
    let last = parts.len() - 1;
    parts[..last].iter_mut().for_each(|part| part.extend_from_slice(b"\r\n"));
    parts
}

fn event_name(event: &[u8]) -> &str {
    let line = event.split(|byte| *byte == b'\r').next().unwrap_or_default();
    line.strip_prefix(b"Event: ").and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
