//! Invariant: the calls that a tracker folds from each recording are those that the files of
//! `tests/expected/calls` say. The README of that folder tells what each word means.
//!
//! What agrees is counted a call: the floors below only rise. `--nocapture` shows a table of the
//! fields that differ, and each difference.

use super::calls_expected::{Body, Call as Right, Expected, Number, Span, Text, Word, captured, expected};
use ami_proto::calls::{Call, CallLimits, EventClock, Party, QueueOutcome, TimeSource, Tracker};
use ami_proto::event::Event;
use ami_proto::{Decoder, FrameKind, Limits};
use ami_testkit::{captures, root, session};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Numbers of calls that agree, at the least: of all recordings, and of the corpus alone.
const FLOORS: [usize; 2] = [801, 116];

type Bytes = Vec<u8>;

/// Returns the stream of the server in pieces, each with the second in which it came, if known.
fn pieces(path: &Path) -> Vec<(Option<f64>, Bytes)> {
    let name = path.file_name().expect("a name").to_string_lossy();
    let recorded = path.with_file_name(name.replace("server", "session").replace(".bin", ".jsonl"));
    let turns = if name.ends_with(".replay") {
        session::replay(&fs::read(path).expect("a file"))
    } else if name.ends_with(".bin") && recorded.is_file() {
        session::jsonl(&fs::read_to_string(recorded).expect("text"))
    } else {
        return vec![(None, fs::read(path).expect("a file"))];
    };
    turns.into_iter().filter(|turn| !turn.from_client).map(|turn| (turn.at, turn.bytes)).collect()
}

/// The calls of a recording, and whether their times are known to less than a second.
fn calls_of(path: &Path, zero: f64) -> (Vec<Call>, bool) {
    let mut tracker = Tracker::new(CallLimits::new());
    let mut calls = Vec::new();
    let mut decoder = Decoder::new(Limits::new());
    let pieces = pieces(path);
    let received = pieces.iter().any(|(time, _)| time.is_some());
    let mut clock = if received { EventClock::since_start() } else { EventClock::since_1970() };
    let zero = Duration::from_secs_f64(if received { 0.0 } else { zero });
    let mut timed = received;
    for (time, piece) in pieces {
        for part in piece.chunks(1 << 16) {
            decoder.push(part);
            while let Some(frame) = decoder.next_frame().expect("frames") {
                if frame.kind() != FrameKind::Event {
                    continue;
                }
                let event = Event::from(frame);
                let at = clock.tick(&event, time.map(Duration::from_secs_f64));
                timed |= clock.source() == TimeSource::Timestamp;
                tracker.set_time_source(clock.source());
                tracker.handle(&event, at.saturating_sub(zero));
                while let Some(call) = tracker.poll_ended() {
                    calls.push(call);
                }
            }
        }
    }
    calls.extend(tracker.abandon());
    (calls, timed)
}

/// A call in the words of the files.
#[derive(Debug)]
struct Told {
    ids: Vec<Bytes>,
    linked: Bytes,
    former: Vec<Bytes>,
    channels: Vec<Bytes>,
    from: [Option<Bytes>; 3],
    dialled: Option<Bytes>,
    to: Option<Bytes>,
    disposition: &'static str,
    cause: Option<f64>,
    start: f64,
    answered: Option<f64>,
    end: Option<f64>,
    talk: f64,
    hold: f64,
    queues: Vec<(Bytes, &'static str, Option<f64>, Option<Bytes>)>,
    transfers: Vec<(&'static str, Bytes)>,
    parked: Vec<(Bytes, Option<f64>)>,
    recorded: Vec<(&'static str, Option<Bytes>)>,
    rooms: Vec<Bytes>,
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

impl Told {
    fn of(call: &Call) -> Self {
        let bytes = |text: &ami_proto::calls::OwnedValue| text.as_bytes().to_vec();
        let party = |party: Party<'_>| [party.number.map(bytes), party.name.map(bytes), Some(bytes(party.channel))];
        let queues = call.queues().iter().map(|wait| {
            let outcome = wait.outcome.as_ref();
            let agent = outcome.and_then(QueueOutcome::agent).map(bytes);
            (
                bytes(&wait.queue),
                outcome.map_or("unknown", QueueOutcome::as_str),
                wait.span.length().map(seconds),
                agent,
            )
        });
        let transfers = call.transfers().iter().filter(|one| one.succeeded());
        let recorded = call.recordings().iter().map(|one| (one.kind.as_str(), one.file.as_ref().map(bytes)));
        Self {
            ids: call.legs().iter().filter(|leg| !leg.guest).map(|leg| bytes(&leg.unique_id)).collect(),
            linked: bytes(call.linked_id()),
            former: call.former_linked_ids().iter().map(bytes).collect(),
            channels: call.channels().map(bytes).collect(),
            from: call.from().map(party).unwrap_or_default(),
            dialled: call.dialled().map(bytes),
            to: call.to().map(|party| bytes(party.channel)),
            disposition: call.disposition().as_str(),
            cause: call.cause().map(|cause| f64::from(cause.get())),
            start: seconds(call.start()),
            answered: call.answered_by_person().map(seconds),
            end: call.end().map(seconds),
            talk: seconds(call.talk()),
            hold: seconds(call.hold()),
            queues: queues.collect(),
            transfers: transfers.map(|one| (one.kind.as_str(), bytes(&one.target))).collect(),
            parked: call.parkings().iter().map(|one| (bytes(&one.lot), one.span.length().map(seconds))).collect(),
            recorded: recorded.collect(),
            rooms: call
                .rooms()
                .iter()
                .map(|room| bytes(&room.conference))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
        }
    }
}

/// Returns whether this is right. A pair of halves stands for either of them.
fn is(right: &Text, value: Option<&Bytes>) -> bool {
    let pair = value.and_then(|name| name.strip_suffix(b";1").or_else(|| name.strip_suffix(b";2")));
    right.allows(value) || pair.is_some_and(|pair| right.allows(Some(&pair.to_vec())))
}

fn is_word(right: &Word, value: &'static str) -> bool {
    right.allows(Some(&value))
}

/// Returns whether a time is right within a second. Where times aren't known, whether there may be
/// one.
fn is_time(right: &Number, value: Option<f64>, timed: bool) -> bool {
    let near = |span: &Span, value: f64| !timed || (span.0 - 1.0 <= value && value <= span.1 + 1.0);
    match right {
        Number::Anything => true,
        Number::OneOf(choices) => choices.iter().any(|choice| match (choice, value) {
            (None, None) => true,
            (Some(span), Some(value)) => near(span, value),
            // A recording without times may tell less.
            (Some(_), None) => !timed,
            (None, Some(_)) => false,
        }),
    }
}

/// Returns whether two lists are the same in any order: each element finds one that fits.
fn same<T, U>(right: &[T], told: &[U], fits: impl Fn(&T, &U) -> bool, may_lack: impl Fn(&T) -> bool) -> bool {
    let mut left: Vec<&U> = told.iter().collect();
    // What can only be one comes first.
    for exact in [false, true] {
        for one in right.iter().filter(|one| may_lack(one) == exact) {
            match left.iter().position(|other| fits(one, other)) {
                Some(place) => drop(left.remove(place)),
                None if exact => {}
                None => return false,
            }
        }
    }
    left.is_empty()
}

/// The fields in which they differ, and what was told.
fn differences(right: &Right, told: &Told, timed: bool) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let text = |value: Option<&Bytes>| value.map_or("-".to_owned(), |value| value.escape_ascii().to_string());
    let texts = |values: &[Bytes]| values.iter().map(|value| text(Some(value))).collect::<Vec<_>>().join("  ");
    let mut check = |field, fits: bool, told: String| {
        if !fits {
            found.push((field, told));
        }
    };
    check("linked", is(&right.linked, Some(&told.linked)), text(Some(&told.linked)));
    // What became one before an event told its linked id isn't among the former.
    let former = same(&right.former, &told.former, |one, other| is(one, Some(other)), Text::may_lack);
    check("former", former, texts(&told.former));
    let channels: BTreeSet<&Bytes> = told.channels.iter().collect();
    let agents = right.former.len();
    let expected: BTreeSet<&Bytes> = right.channels.iter().collect();
    let more: Vec<_> = channels.difference(&expected).collect();
    let fits = expected.is_subset(&channels) && (more.is_empty() || (agents > 0 && is(&right.to, Some(more[0]))));
    check("channels", fits, texts(&told.channels));
    for (field, (right, told)) in
        ["from number", "from name", "from channel"].into_iter().zip(right.from.iter().zip(&told.from))
    {
        check(field, is(right, told.as_ref()), text(told.as_ref()));
    }
    check("dialled", is(&right.dialled, told.dialled.as_ref()), text(told.dialled.as_ref()));
    check("to", is(&right.to, told.to.as_ref()), text(told.to.as_ref()));
    check("disposition", is_word(&right.disposition, told.disposition), told.disposition.to_owned());
    let cause = match &right.cause {
        Number::Anything => true,
        Number::OneOf(choices) => choices.iter().any(|choice| choice.map(|span| span.0) == told.cause),
    };
    check("cause", cause, format!("{:?}", told.cause));
    for (field, right, told) in [
        ("start", &right.start, Some(told.start)),
        ("answered", &right.answered, told.answered),
        ("end", &right.end, told.end),
        ("talk", &right.talk, Some(told.talk)),
        ("hold", &right.hold, Some(told.hold)),
    ] {
        check(field, is_time(right, told, timed), format!("{told:.1?}"));
    }
    let queue = same(
        &right.queues,
        &told.queues,
        |one, other| {
            is(&one.queue, Some(&other.0))
                && is_word(&one.outcome, other.1)
                && is_time(&one.wait, other.2, timed)
                && is(&one.agent, other.3.as_ref())
        },
        |_| false,
    );
    check(
        "queue",
        queue,
        format!(
            "{:?}",
            told.queues.iter().map(|one| (text(Some(&one.0)), one.1, one.2, text(one.3.as_ref()))).collect::<Vec<_>>()
        ),
    );
    let exten = |target: &Bytes| target.split(|byte| *byte == b'@').next().unwrap_or_default().to_vec();
    let transfers = same(
        &right.transfers,
        &told.transfers,
        |one, other| {
            is_word(&one.kind, other.0) && (is(&one.to, Some(&other.1)) || is(&one.to, Some(&exten(&other.1))))
        },
        |one| one.maybe,
    );
    check(
        "transfer",
        transfers,
        format!("{:?}", told.transfers.iter().map(|one| (one.0, text(Some(&one.1)))).collect::<Vec<_>>()),
    );
    let parked = same(
        &right.parked,
        &told.parked,
        |one, other| is(&one.0, Some(&other.0)) && is_time(&one.1, other.1, timed),
        |_| false,
    );
    check(
        "parked",
        parked,
        format!("{:?}", told.parked.iter().map(|one| (text(Some(&one.0)), one.1)).collect::<Vec<_>>()),
    );
    let recorded = same(
        &right.recorded,
        &told.recorded,
        |one, other| is_word(&one.0, other.0) && is(&one.1, other.1.as_ref()),
        |_| false,
    );
    check(
        "recorded",
        recorded,
        format!("{:?}", told.recorded.iter().map(|one| (one.0, text(one.1.as_ref()))).collect::<Vec<_>>()),
    );
    let rooms = same(&right.rooms, &told.rooms, |one, other| is(one, Some(other)), |_| false);
    check("rooms", rooms, texts(&told.rooms));
    found
}

/// Returns, by call, the fields in which a recording differs, each with its value.
fn compare(expected: &Expected, path: &Path) -> BTreeMap<Bytes, Vec<(&'static str, String)>> {
    let (calls, timed) = calls_of(path, expected.zero);
    let mut told: Vec<Told> = calls.iter().map(Told::of).collect();
    let mut found = BTreeMap::new();
    match &expected.body {
        Body::Calls(calls) => {
            for right in calls {
                let place = told.iter().position(|told| told.ids.contains(&right.id));
                let differs = match place {
                    Some(place) => differences(right, &told.swap_remove(place), timed),
                    None if right.maybe => Vec::new(),
                    None => vec![("missing", String::new())],
                };
                if !differs.is_empty() {
                    found.insert(right.id.clone(), differs);
                }
            }
            for more in told {
                let what = more.channels.iter().map(|name| name.escape_ascii().to_string()).collect::<Vec<_>>();
                // A key of its own, or it would stand for the call that it was split from.
                let ids = more.ids.join(&b' ');
                found.insert([b"surplus ", &ids[..]].concat(), vec![("one too many", what.join("  "))]);
            }
        }
        Body::Counts(counts) => {
            let mut left = BTreeMap::<Vec<String>, usize>::new();
            for one in &told {
                *left.entry(vec!["disposition".to_owned(), one.disposition.to_owned()]).or_default() += 1;
                for (queue, outcome, ..) in &one.queues {
                    let queue = String::from_utf8_lossy(queue).into_owned();
                    *left.entry(vec!["queue".to_owned(), queue, (*outcome).to_owned()]).or_default() += 1;
                }
            }
            for (of, number) in counts {
                let count = left.remove(of).unwrap_or_default();
                if (count as f64) < number.0 || (count as f64) > number.1 {
                    found.insert(of.join(" ").into_bytes(), vec![("count", format!("{count}, not {number:?}"))]);
                }
            }
            for (of, count) in left {
                found.insert(of.join(" ").into_bytes(), vec![("count", format!("{count}, not there"))]);
            }
        }
    }
    found
}

#[test]
fn calls_are_those_that_were_made() {
    let captured = captured();
    let (mut all, mut agree) = (0, 0);
    let mut fields = BTreeMap::<&str, usize>::new();
    for (name, expected) in expected() {
        let mut differ = BTreeMap::new();
        let mut read = 0;
        for recording in &expected.recordings {
            let path = match captured.get(recording) {
                Some(path) => path.clone(),
                None if recording.starts_with("corpus/") => root().join(recording),
                None => continue,
            };
            read += 1;
            for (call, found) in compare(&expected, &path) {
                for (field, told) in &found {
                    println!("{name}: {recording}: {}: {field}: {told}", call.escape_ascii());
                }
                differ.entry(call).or_insert(found);
            }
        }
        if read == 0 {
            continue;
        }
        // A storm's numbers are right or not; a call too many counts as one that is missing.
        let calls = if let Body::Calls(calls) = &expected.body { calls.len() } else { 1 };
        all += calls;
        agree += calls.saturating_sub(differ.len());
        for found in differ.values() {
            found
                .iter()
                .map(|(field, _)| *field)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .for_each(|field| *fields.entry(field).or_default() += 1);
        }
    }
    println!("{agree} of {all} calls agree; calls by field that differs: {fields:#?}");
    let floor = FLOORS[usize::from(captures::folder().is_none())];
    assert!(agree >= floor, "{agree} of {all} calls agree, {floor} did");
}
