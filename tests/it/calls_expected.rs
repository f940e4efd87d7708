//! Invariant: the files that say what the calls of the recordings are, `tests/expected/calls`, are
//! well formed, fit the recordings they name, and leave none of them out.
//!
//! The README of that folder defines the form. `Expected::read` is strict: an unknown word, a field
//! too many or a line in the wrong place is an error with file and line.

use ami_testkit::{captures, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

const DISPOSITIONS: [&str; 9] =
    ["answered", "busy", "no-answer", "failed", "abandoned", "voicemail", "conference", "application", "unknown"];
const OUTCOMES: [&str; 7] = ["answered", "abandoned", "timeout", "withdrawn", "exit-key", "empty", "unknown"];

/// The values that are right for a field. `None` among the choices: there is no such thing.
#[derive(Debug, PartialEq)]
pub(super) enum Right<T> {
    Anything,
    OneOf(Vec<Option<T>>),
}

impl<T: PartialEq> Right<T> {
    pub(super) fn allows(&self, value: Option<&T>) -> bool {
        match self {
            Self::Anything => true,
            Self::OneOf(choices) => choices.iter().any(|choice| choice.as_ref() == value),
        }
    }

    /// Returns whether "none" is one of the choices.
    pub(super) fn may_lack(&self) -> bool {
        matches!(self, Self::OneOf(choices) if choices.contains(&None))
    }

    pub(super) fn only(&self, value: Option<&T>) -> bool {
        matches!(self, Self::OneOf(choices) if choices.iter().all(|choice| choice.as_ref() == value))
    }
}

/// Any number from the first to the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span(pub(super) f64, pub(super) f64);

pub(super) type Text = Right<Vec<u8>>;
pub(super) type Word = Right<&'static str>;
pub(super) type Number = Right<Span>;

#[derive(Debug)]
pub(super) struct Wait {
    pub(super) queue: Text,
    pub(super) outcome: Word,
    pub(super) wait: Number,
    pub(super) agent: Text,
}

#[derive(Debug)]
pub(super) struct Transfer {
    pub(super) kind: Word,
    pub(super) to: Text,
    pub(super) maybe: bool,
}

#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: Vec<u8>,
    pub(super) maybe: bool,
    pub(super) linked: Text,
    pub(super) former: Vec<Text>,
    pub(super) channels: Vec<Vec<u8>>,
    pub(super) from: [Text; 3],
    pub(super) dialled: Text,
    pub(super) to: Text,
    pub(super) disposition: Word,
    pub(super) cause: Number,
    pub(super) start: Number,
    pub(super) answered: Number,
    pub(super) end: Number,
    pub(super) talk: Number,
    pub(super) hold: Number,
    pub(super) queues: Vec<Wait>,
    pub(super) transfers: Vec<Transfer>,
    pub(super) parked: Vec<(Text, Number)>,
    pub(super) recorded: Vec<(Word, Text)>,
    pub(super) rooms: Vec<Text>,
}

#[derive(Debug)]
pub(super) enum Body {
    Calls(Vec<Call>),
    /// Numbers of calls or waits, by the fields before the number.
    Counts(BTreeMap<Vec<String>, Span>),
}

#[derive(Debug)]
pub(super) struct Expected {
    pub(super) recordings: Vec<String>,
    pub(super) zero: f64,
    pub(super) calls: Span,
    pub(super) body: Body,
}

/// The lines of a file that say something, and where the reader is.
struct Lines<'a> {
    name: &'a str,
    lines: Vec<(usize, Vec<&'a str>)>,
    at: usize,
}

impl<'a> Lines<'a> {
    fn new(name: &'a str, text: &'a str) -> Self {
        assert!(text.starts_with("# "), "{name}: the first line says what the scenario did");
        assert!(text.ends_with('\n') && !text.contains('\r'), "{name}: lines end in LF");
        let said = |line: &&str| !line.is_empty() && !line.starts_with('#');
        let split = |(number, line): (usize, &'a str)| (number + 1, line.split('\t').collect());
        let lines = text.lines().enumerate().filter(|(_, line)| said(line)).map(split).collect();
        Self { name, lines, at: 0 }
    }

    fn word(&self) -> Option<&'a str> {
        self.lines.get(self.at).map(|(_, fields)| fields[0])
    }

    /// Fails, with the place.
    fn fail(&self, what: impl Debug) -> ! {
        let line = self.lines.get(self.at).or(self.lines.last()).map_or(0, |(line, _)| *line);
        panic!("{}:{line}: {what:?}", self.name);
    }

    /// Returns the fields of the next line, which begins with `word`.
    fn next(&mut self, word: &str, fields: std::ops::RangeInclusive<usize>) -> Vec<&'a str> {
        if self.word() != Some(word) {
            self.fail(format!("{word} is missing here"));
        }
        let found = self.lines[self.at].1[1..].to_vec();
        if !fields.contains(&found.len()) || found.iter().any(|field| field.is_empty()) {
            self.fail(format!("{word} has {fields:?} fields, none of them empty"));
        }
        self.at += 1;
        found
    }

    fn one(&mut self, word: &str) -> &'a str {
        self.next(word, 1..=1)[0]
    }

    /// Returns what `read` makes of each of the lines with this word that follow.
    fn each<T>(
        &mut self,
        word: &str,
        fields: std::ops::RangeInclusive<usize>,
        read: impl Fn(&Self, &[&str]) -> T,
    ) -> Vec<T> {
        let mut found = Vec::new();
        while self.word() == Some(word) {
            let fields = self.next(word, fields.clone());
            found.push(read(self, &fields));
        }
        found
    }

    /// The alternatives of a field, each read by `read`.
    fn right<T>(&self, field: &str, read: impl Fn(&str) -> Option<T>) -> Right<T> {
        if field == "?" {
            return Right::Anything;
        }
        let choice = |text: &str| match text {
            "-" => None,
            text => Some(read(text).unwrap_or_else(|| self.fail(format!("{text} is no value here")))),
        };
        Right::OneOf(field.split(" | ").map(choice).collect())
    }

    fn text(&self, field: &str) -> Text {
        self.right(field, unescaped)
    }

    fn words(&self, field: &str, words: &'static [&'static str]) -> Word {
        self.right(field, |text| words.iter().find(|word| **word == text).copied())
    }

    fn number(&self, field: &str) -> Number {
        self.right(field, span)
    }

    /// Takes `maybe` off the end of the fields.
    fn maybe<'f>(&self, fields: &'f [&'f str], without: usize) -> (&'f [&'f str], bool) {
        match fields.get(without) {
            None => (fields, false),
            Some(&"maybe") => (&fields[..without], true),
            Some(other) => self.fail(format!("{other}: only maybe stands here")),
        }
    }
}

fn span(text: &str) -> Option<Span> {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let both = (digits(low) && digits(high)).then(|| Some(Span(low.parse().ok()?, high.parse().ok()?)))??;
    (both.0 <= both.1).then_some(both)
}

fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let plain = (byte == b' ' || byte.is_ascii_graphic()) && byte != b'|';
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                b'\\' => b'\\',
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                _ => return None,
            },
            _ => plain.then_some(byte)?,
        });
    }
    (!bytes.is_empty() && bytes != b"?").then_some(bytes)
}

impl Call {
    fn read(lines: &mut Lines<'_>) -> Self {
        let head = lines.next("call", 1..=2);
        let (id, maybe) = lines.maybe(&head, 1);
        let id = unescaped(id[0]).unwrap_or_else(|| lines.fail("an id"));
        let linked = lines.one("linked");
        let linked = lines.text(linked);
        let former = lines.each("former", 1..=1, |lines, fields| lines.text(fields[0]));
        let channels = lines.next("channels", 1..=64);
        let channels = channels.iter().map(|name| unescaped(name).unwrap_or_else(|| lines.fail("a channel"))).collect();
        let from = lines.next("from", 3..=3);
        let from = [lines.text(from[0]), lines.text(from[1]), lines.text(from[2])];
        let mut text = |word| {
            let field = lines.one(word);
            lines.text(field)
        };
        let (dialled, to) = (text("dialled"), text("to"));
        let disposition = lines.one("disposition");
        let disposition = lines.words(disposition, &DISPOSITIONS);
        let mut number = |word| {
            let field = lines.one(word);
            lines.number(field)
        };
        let [cause, start, answered, end, talk, hold] =
            ["cause", "start", "answered", "end", "talk", "hold"].map(&mut number);
        let queues = lines.each("queue", 4..=4, |lines, fields| {
            let outcome = lines.words(fields[1], &OUTCOMES);
            Wait { queue: lines.text(fields[0]), outcome, wait: lines.number(fields[2]), agent: lines.text(fields[3]) }
        });
        let transfers = lines.each("transfer", 2..=3, |lines, fields| {
            let (fields, maybe) = lines.maybe(fields, 2);
            Transfer { kind: lines.words(fields[0], &["blind", "attended"]), to: lines.text(fields[1]), maybe }
        });
        let parked = lines.each("parked", 2..=2, |lines, fields| (lines.text(fields[0]), lines.number(fields[1])));
        let recorded = lines.each("recorded", 2..=2, |lines, fields| {
            (lines.words(fields[0], &["monitor", "mixmonitor"]), lines.text(fields[1]))
        });
        let rooms = lines.each("room", 1..=1, |lines, fields| lines.text(fields[0]));
        Self {
            id,
            maybe,
            linked,
            former,
            channels,
            from,
            dialled,
            to,
            disposition,
            cause,
            start,
            answered,
            end,
            talk,
            hold,
            queues,
            transfers,
            parked,
            recorded,
            rooms,
        }
    }

    /// Fails where two fields can't both be right.
    fn check(&self, name: &str) {
        let place = format!("{name}: call {}", String::from_utf8_lossy(&self.id));
        let may = |word| self.disposition.allows(Some(&word));
        assert!(!self.disposition.allows(None), "{place}: a call has a disposition");
        assert!(!self.linked.may_lack() && self.former.iter().all(|id| !id.may_lack()), "{place}: ids");
        assert!(!self.former.contains(&self.linked), "{place}: a former id is another one");
        assert!(self.channels.iter().collect::<BTreeSet<_>>().len() == self.channels.len(), "{place}: twice a channel");
        assert!(!self.from[2].may_lack(), "{place}: a call has a caller");
        let room = !self.rooms.is_empty();
        assert!(may("conference") == room || (may("conference") && self.maybe), "{place}: a conference has a room");
        let conference = self.disposition.only(Some(&"conference"));
        let talked = may("answered") || conference;
        for (what, has) in [
            ("to", !self.to.only(None)),
            ("answered", !self.answered.only(None)),
            ("talk", !self.talk.only(Some(&Span(0.0, 0.0)))),
        ] {
            assert_eq!(has, talked, "{place}: {what} and disposition say different things");
        }
        if self.disposition.only(Some(&"answered")) {
            assert!(!self.to.allows(None) && !self.answered.allows(None), "{place}: who answered, and when");
        }
        for number in [&self.talk, &self.hold, &self.start] {
            assert!(!number.may_lack(), "{place}: a sum or a start that is none");
        }
        if let Right::OneOf(causes) = &self.cause {
            let q850 = |cause: &Span| cause.0 == cause.1 && cause.0.fract() == 0.0 && cause.0 <= 127.0;
            assert!(causes.iter().flatten().all(q850), "{place}: a cause");
        }
        if let (Right::OneOf(starts), Right::OneOf(ends)) = (&self.start, &self.end) {
            for (start, end) in starts.iter().flatten().zip(ends.iter().flatten()) {
                assert!(start.0 <= end.1, "{place}: ends before it starts");
                let longest = |number: &Number| match number {
                    Right::OneOf(choices) => choices.iter().flatten().map(|span| span.1).fold(0.0, f64::max),
                    Right::Anything => 0.0,
                };
                // Each of them is written to a tenth of a second.
                assert!(longest(&self.talk) <= end.1 - start.0 + 0.2, "{place}: talks longer than it lasts");
                assert!(longest(&self.answered) <= end.1 - start.0 + 0.2, "{place}: answered after its end");
            }
        }
        for wait in &self.queues {
            assert_eq!(wait.outcome.only(Some(&"answered")), !wait.agent.only(None), "{place}: an agent answers");
            assert!(!wait.wait.may_lack(), "{place}: how long the caller waited");
        }
        let pair = matches!(&self.from[2], Right::OneOf(names) if names.iter().flatten().all(|name| name.starts_with(b"Local/")));
        assert!(self.maybe || !pair || !self.dialled.may_lack(), "{place}: a pair runs an extension");
    }
}

impl Expected {
    fn read(name: &str, text: &str) -> Self {
        let mut lines = Lines::new(name, text);
        let recordings = lines.each("recording", 1..=1, |_, fields| fields[0].to_owned());
        assert!(!recordings.is_empty(), "{name}: no recording");
        let zero = lines.each("zero", 1..=1, |lines, fields| span(fields[0]).unwrap_or_else(|| lines.fail("a time")).0);
        let zero = zero.first().copied().unwrap_or_default();
        let calls = lines.one("calls");
        let calls = span(calls).unwrap_or_else(|| lines.fail("a number of calls"));
        let body = match lines.word() {
            Some("count") => Body::Counts(Self::counts(&mut lines)),
            _ => {
                let mut found = Vec::new();
                while lines.word() == Some("call") {
                    found.push(Call::read(&mut lines));
                }
                Body::Calls(found)
            }
        };
        if let Some(word) = lines.word() {
            lines.fail(format!("{word} has no place here"));
        }
        Self { recordings, zero, calls, body }
    }

    fn counts(lines: &mut Lines<'_>) -> BTreeMap<Vec<String>, Span> {
        let found = lines.each("count", 3..=4, |lines, fields| {
            let (number, of) = fields.split_last().unwrap_or_else(|| lines.fail("a number"));
            match of {
                ["disposition", word] if DISPOSITIONS.contains(word) => {}
                ["queue", _, word] if OUTCOMES.contains(word) => {}
                _ => lines.fail("a disposition, or a queue and its outcome"),
            }
            let number = span(number).unwrap_or_else(|| lines.fail("how many"));
            (of.iter().map(|&field| field.to_owned()).collect::<Vec<_>>(), number)
        });
        let len = found.len();
        let counts: BTreeMap<_, _> = found.into_iter().collect();
        assert_eq!(counts.len(), len, "{}: a count that stands twice", lines.name);
        counts
    }

    fn check(&self, name: &str) {
        match &self.body {
            Body::Calls(calls) => {
                assert_eq!(Span(calls.len() as f64, calls.len() as f64), self.calls, "{name}: calls");
                let ids: BTreeSet<_> = calls.iter().map(|call| &call.id).collect();
                assert_eq!(ids.len(), calls.len(), "{name}: two calls with one id");
                calls.iter().for_each(|call| call.check(name));
            }
            Body::Counts(counts) => {
                let of = counts.iter().filter(|(of, _)| of[0] == "disposition");
                let sum = of.fold(Span(0.0, 0.0), |sum, (_, number)| Span(sum.0 + number.0, sum.1 + number.1));
                assert!(sum.0 <= self.calls.0 && self.calls.1 <= sum.1, "{name}: {sum:?} are not {:?}", self.calls);
            }
        }
    }

    /// Fails where a recording has nothing of a call that it is said to hold.
    fn fits(&self, name: &str, stream: &[u8]) {
        let Body::Calls(calls) = &self.body else { return };
        for call in calls {
            let mut all: Vec<&[u8]> = vec![&call.id];
            all.extend(call.channels.iter().map(Vec::as_slice));
            for bytes in all {
                let found = memchr::memmem::find(stream, bytes).is_some();
                assert!(found, "{name}: {} is not in the recording", String::from_utf8_lossy(bytes));
            }
        }
    }
}

/// Returns the expectations with the names of their files.
pub(super) fn expected() -> Vec<(String, Expected)> {
    let folder = root().join("tests/expected/calls");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|kind| kind == "txt"));
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).expect("text");
        (name.clone(), Expected::read(&name, &text))
    };
    files.iter().map(read).collect()
}

/// Returns the streams of servers below the folder that `AMI_CAPTURES` names, by their names from
/// the folder of the version on; none without it.
pub(super) fn captured() -> BTreeMap<String, PathBuf> {
    let Some(folder) = captures::folder() else { return BTreeMap::new() };
    let name = |path: &Path| {
        let path = path.strip_prefix(&folder).ok()?.to_str()?;
        let version = |at: &usize| path[..*at].rsplit('/').next().is_some_and(|part| part.parse::<u8>().is_ok());
        let at = path.match_indices('/').map(|(at, _)| at).find(version)?;
        let start = path[..at].rfind('/').map_or(0, |slash| slash + 1);
        let file = path.rsplit('/').next()?;
        (file.starts_with("server") && file.ends_with(".bin")).then(|| path[start..].to_owned())
    };
    let files = captures::files(&folder, "streams of servers", |path| name(path).is_some());
    files.into_iter().filter_map(|path| Some((name(&path)?, path))).collect()
}

/// Returns whether the stream has an event that begins a channel, outside of the text of an answer.
fn begins_channels(stream: &[u8]) -> bool {
    memchr::memmem::find(stream, b"\r\n\r\nEvent: Newchannel\r\n").is_some()
}

#[test]
fn each_file_is_well_formed() {
    let files = expected();
    assert!(files.len() > 100, "{} files", files.len());
    for (name, expected) in &files {
        expected.check(name);
    }
    let all: Vec<_> = files.iter().flat_map(|(_, expected)| &expected.recordings).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "a recording that two files name");
}

#[test]
fn each_recording_fits() {
    let captured = captured();
    for (name, expected) in expected() {
        for recording in &expected.recordings {
            let path = match captured.get(recording) {
                Some(path) => path.clone(),
                None if recording.starts_with("corpus/") => root().join(recording),
                None if captured.is_empty() => continue,
                None => panic!("{name}: {recording} is not below AMI_CAPTURES"),
            };
            let stream = fs::read(&path).unwrap_or_else(|error| panic!("{name}: {}: {error}", path.display()));
            expected.fits(&name, &stream);
        }
    }
}

/// Frames that tell no call: single ones, or several of different recordings.
const NO_CALLS: [&str; 4] = [
    "corpus/events/",
    "corpus/frames/",
    "corpus/handmade/legacy_1_4_calls.ami",
    "corpus/handmade/values_at_the_edge.ami",
];

#[test]
fn no_recording_is_left_out() {
    let named: BTreeSet<String> = expected().into_iter().flat_map(|(_, expected)| expected.recordings).collect();
    let mut streams = captured();
    for path in ami_testkit::below(&root().join("corpus"), |path| path.is_file()) {
        let name = path.strip_prefix(root()).expect("below it").to_string_lossy().into_owned();
        let stream = name.ends_with(".ami") || name.ends_with(".replay");
        if stream && !NO_CALLS.iter().any(|start| name.starts_with(start)) {
            streams.insert(name, path);
        }
    }
    streams.retain(|name, path| !named.contains(name) && begins_channels(&fs::read(path).expect("a file")));
    assert!(streams.is_empty(), "no file says what the calls of these are: {:?}", streams.keys());
}

/// A reader that takes everything would find every file well formed.
#[test]
fn a_fault_is_an_error() {
    let good = fs::read_to_string(root().join("tests/expected/calls/corpus-pickup.txt")).expect("a file");
    let read = |text: &str| {
        let text = text.to_owned();
        std::panic::catch_unwind(move || Expected::read("a", &text).check("a")).is_ok()
    };
    assert!(read(&good));
    for (what, by) in [
        ("disposition\tanswered", "disposition\tanswerd"),
        ("disposition\tanswered", "disposition\tbusy"),
        ("disposition\tanswered", "disposition\tconference"),
        ("disposition\tanswered", "disposition"),
        ("to\tPJSIP/carol-00000003", "to\t-"),
        ("talk\t20.0", "talk\t2O.0"),
        ("talk\t20.0", "talk\t40.0"),
        ("talk\t20.0", "talk\t20.0\t1"),
        ("talk\t20.0", "talk\t21.0..20.0"),
        ("hold\t0.0\n", ""),
        ("hold\t0.0\n", "hold\t0.0\nhold\t0.0\n"),
        ("hold\t0.0\n", "hold\t0.0\nqueue\tq\tleft\t1.0\t-\n"),
        ("hold\t0.0\n", "hold\t0.0\nqueue\tq\tanswered\t1.0\t-\n"),
        ("hold\t0.0\n", "hold\t0.0\ntransfer\tdeaf\tmoh\n"),
        ("hold\t0.0\n", "hold\t0.0\nroom\tone\n"),
        ("hold\t0.0\n", "hold\t0.0\nnonsense\tone\n"),
        ("cause\t16", "cause\t500"),
        ("calls\t1", "calls\t2"),
        ("call\t1.1", "call\t1.1\tperhaps"),
        ("former\t1.3", "former\t1.1"),
        ("from\t-\t-\t", "from\t-\t"),
        ("from\t-\t-\t", "from\t\\y\t-\t"),
        ("# ", ""),
    ] {
        let bad = good.replacen(what, by, 1);
        assert_ne!(bad, good, "{what} is in the file");
        assert!(!read(&bad), "{by}: taken");
    }
}
