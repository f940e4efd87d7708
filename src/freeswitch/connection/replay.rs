//! What a connection has set on its server, to be set again on the next one.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::ops::Range;

use super::Message;
use super::filters::Filters;
use crate::range::part;
use crate::wiped::Wiped;

/// A command that sets something, or takes it back.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    of: Subject,
    effect: Effect,
    line: Line,
    /// Whether the events of jobs in the background come after it. `None`: as before.
    jobs: Option<bool>,
    /// In which format events come after it. `None`: as before.
    format: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
enum Subject {
    Events,
    Filters,
    Log,
}

/// The effect of a command on the others of its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Sets one more.
    Sets,
    /// Takes one filter back, or all of one header.
    TakesBack,
    /// Takes all back.
    Clears,
}

impl Setting {
    /// What a command sets. `None`: nothing.
    pub(super) fn of(message: &Message) -> Option<Self> {
        let (of, effect, jobs, format) = match &message.verb()[..] {
            b"event" | b"events" => (Subject::Events, Effect::Sets, jobs(message), format(message)),
            b"nixevent" | b"nixevents" => (Subject::Events, Effect::Sets, jobs(message).map(|_| false), None),
            b"noevents" => (Subject::Events, Effect::Clears, Some(false), Some(PLAIN)),
            b"filter" => {
                let (effect, line) = Line::of_filter(message.line());
                return Some(Self { of: Subject::Filters, effect, line, jobs: None, format: None });
            }
            b"log" => (Subject::Log, Effect::Sets, None, None),
            b"nolog" => (Subject::Log, Effect::Clears, None, None),
            _ => return None,
        };
        Some(Self { of, effect, line: Line::new(message.line(), 0..0, 0), jobs, format })
    }

    /// Bytes of its command, line ends included.
    pub(super) fn len(&self) -> usize {
        self.line.len()
    }

    /// Returns whether events come in XML from then on.
    pub(super) fn asks_for_xml(&self) -> bool {
        self.format == Some(XML)
    }

    /// What it does to which filters, where it is about filters.
    pub(super) fn filter(&self) -> Option<(Effect, &Line)> {
        matches!(self.of, Subject::Filters).then_some((self.effect, &self.line))
    }
}

/// The line of a command. Two of one subject are the same where they set the same.
#[derive(Clone, Debug)]
pub(super) struct Line {
    text: Arc<Wiped>,
    /// The place of a filter's header; empty in other commands.
    header: Range<usize>,
    /// The place where a filter's value begins; in other commands that of all of it.
    value: usize,
}

impl Line {
    fn new(text: &[u8], header: Range<usize>, value: usize) -> Self {
        Self { text: Arc::new(text.into()), header, value }
    }

    /// Reads `filter [add] HEADER VALUE`, `filter delete HEADER [VALUE]` or `filter delete all` as
    /// the server does: blanks before the first word count for nothing, a blank ends each word, and
    /// behind the header's all is the value. A header of no value takes back those of its name.
    pub(super) fn of_filter(text: &[u8]) -> (Effect, Self) {
        let verb = word(text, 0);
        let first = word(text, verb.end);
        let is = |word: &Range<usize>, known: &str| part(text, word.clone()).eq_ignore_ascii_case(known.as_bytes());
        let value = |header: &Range<usize>| text.len().min(header.end + 1);
        let has_more = first.end < text.len();
        let (is_delete, is_add) = (has_more && is(&first, "delete"), has_more && is(&first, "add"));
        let header = if is_delete || is_add { up_to_blank(text, value(&first)) } else { first };
        let effect = match () {
            () if is_delete && is(&header, "all") => Effect::Clears,
            () if is_delete || header.end + 1 == text.len() => Effect::TakesBack,
            () => Effect::Sets,
        };
        let value = value(&header);
        (effect, Self::new(text, header, value))
    }

    pub(super) fn header(&self) -> &[u8] {
        part(&self.text, self.header.clone())
    }

    /// The value of a filter. `None`: the command has none, so that the server sets none, and takes all
    /// of the header back.
    pub(super) fn value(&self) -> Option<&[u8]> {
        (self.text.len() > self.header.end).then(|| part(&self.text, self.value..))
    }

    /// Returns the header as the server compares it, and the value.
    fn key(&self) -> (impl Iterator<Item = u8>, &[u8]) {
        (self.header().iter().map(u8::to_ascii_lowercase), part(&self.text, self.value..))
    }

    /// Returns the bytes of the command, line ends included.
    fn len(&self) -> usize {
        self.text.len() + 2
    }
}

impl Ord for Line {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((header, value), (others_header, others_value)) = (self.key(), other.key());
        header.cmp(others_header).then_with(|| value.cmp(others_value))
    }
}

impl PartialOrd for Line {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Line {}

/// Returns the place of the first word from there on, between blanks.
fn word(text: &[u8], from: usize) -> Range<usize> {
    let blanks = part(text, from..).iter().take_while(|byte| **byte == b' ').count();
    up_to_blank(text, from + blanks)
}

/// Returns the place of what stands from there on up to a blank.
fn up_to_blank(text: &[u8], from: usize) -> Range<usize> {
    let len = part(text, from..).iter().take_while(|byte| **byte != b' ').count();
    from..from + len
}

const PLAIN: &str = "plain";
const XML: &str = "xml";

/// `Some(true)`: the events that a command names are those of jobs, too. What follows `CUSTOM` are
/// subclasses, whatever they are called.
fn jobs(message: &Message) -> Option<bool> {
    let mut types = message.words().skip(1).take_while(|word| !is_event(word, "CUSTOM"));
    types.any(|word| is_event(word, "BACKGROUND_JOB") || is_event(word, "ALL")).then_some(true)
}

/// Whether the server takes a word for the event of this name: in any case, and behind any thirteen
/// bytes, which are meant to be `SWITCH_EVENT_`.
fn is_event(word: &[u8], name: &str) -> bool {
    let is = |word: &[u8]| word.eq_ignore_ascii_case(name.as_bytes());
    is(word) || word.get(13..).is_some_and(is)
}

/// The format that a subscription asks for: by the first of the words behind it, which the server
/// parts at each blank.
fn format(message: &Message) -> Option<&'static str> {
    let word = message.line().trim_ascii_start().split(|byte| *byte == b' ').nth(1)?;
    [PLAIN, "json", XML].into_iter().find(|format| word.eq_ignore_ascii_case(format.as_bytes()))
}

/// The commands that were accepted, in order, and what they and those that are to be answered come
/// to.
#[derive(Debug)]
pub(super) struct Restore {
    events: Lines,
    filters: Lines,
    log: Lines,
    /// How many have been accepted.
    accepted: u64,
    /// Bytes of those that are to be answered.
    asked: usize,
    jobs: Told<bool>,
    format: Told<&'static str>,
    /// Filters once all that was asked is accepted.
    ahead: Filters,
}

/// Lines of one subject: the place of each among all that were accepted.
#[derive(Debug, Default)]
struct Lines {
    places: BTreeMap<Line, u64>,
    bytes: usize,
}

impl Lines {
    fn put(&mut self, line: &Line, place: u64) {
        if self.places.insert(line.clone(), place).is_none() {
            self.bytes += line.len();
        }
    }

    /// Takes out the filter of this header and value; without a value, all of this header.
    fn take_back(&mut self, line: &Line) {
        let all = line.key().1.is_empty();
        while let Some((found, _)) = self.places.range(line..).next() {
            let same = if all { found.header().eq_ignore_ascii_case(line.header()) } else { found == line };
            if !same {
                break;
            }
            let found = found.clone();
            self.places.remove(&found);
            self.bytes -= found.len();
        }
    }
}

/// What holds on the server.
#[derive(Debug)]
struct Told<T> {
    holds: T,
    /// What the last request that changes it asks for, by its id, until that is answered: all
    /// before it are by then.
    asked: Option<(u64, T)>,
}

impl<T: Copy> Told<T> {
    const fn new(holds: T) -> Self {
        Self { holds, asked: None }
    }

    /// What will hold if all that was asked is accepted.
    fn last(&self) -> T {
        self.asked.map_or(self.holds, |(_, asked)| asked)
    }

    fn ask(&mut self, id: u64, change: Option<T>) {
        self.asked = change.map(|to| (id, to)).or(self.asked);
    }

    fn answered(&mut self, id: u64, accepted: Option<T>) {
        self.holds = accepted.unwrap_or(self.holds);
        self.asked = self.asked.filter(|(asked, _)| *asked != id);
    }
}

impl Restore {
    pub(super) const fn new() -> Self {
        const NONE: Lines = Lines { places: BTreeMap::new(), bytes: 0 };
        Self {
            events: NONE,
            filters: NONE,
            log: NONE,
            accepted: 0,
            asked: 0,
            jobs: Told::new(false),
            format: Told::new(PLAIN),
            ahead: Filters::new(),
        }
    }

    /// Notes what a request asks for; `own`: one of the connection itself.
    pub(super) fn ask(&mut self, id: u64, setting: &Setting, own: bool) {
        self.asked += setting.len();
        if let Some((effect, line)) = setting.filter() {
            self.ahead.ask(effect, line, own);
        }
        self.jobs.ask(id, setting.jobs);
        self.format.ask(id, setting.format);
    }

    /// Notes that a request was answered.
    pub(super) fn answered(&mut self, id: u64, setting: &Setting, accepted: bool) {
        self.asked -= setting.len();
        self.jobs.answered(id, setting.jobs.filter(|_| accepted));
        self.format.answered(id, setting.format.filter(|_| accepted));
        if accepted {
            self.keep(setting);
        } else if let Some((Effect::Sets, line)) = setting.filter() {
            if !self.filters.places.contains_key(line) {
                self.ahead.refused(line);
            }
        }
    }

    /// Keeps a command for the next login, or forgets what it takes back. The same one again counts
    /// from then on.
    pub(super) fn keep(&mut self, setting: &Setting) {
        let lines = match setting.of {
            Subject::Events => &mut self.events,
            Subject::Filters => &mut self.filters,
            Subject::Log => &mut self.log,
        };
        match setting.effect {
            Effect::Clears => *lines = Lines::default(),
            Effect::TakesBack => lines.take_back(&setting.line),
            Effect::Sets => {
                self.accepted += 1;
                lines.put(&setting.line, self.accepted);
            }
        }
    }

    /// The connection is over: nothing is answered any more, and nothing holds on the next one.
    pub(super) fn lost(&mut self) {
        (self.asked, self.jobs, self.format) = (0, Told::new(false), Told::new(PLAIN));
        self.ahead.lost();
    }

    /// The filters that will hold if all that was asked is accepted.
    pub(super) fn filters(&self) -> &Filters {
        &self.ahead
    }

    /// Whether the events of jobs come after all that was asked.
    pub(super) fn has_jobs(&self) -> bool {
        self.jobs.last()
    }

    /// The format that events come in after all that was asked.
    pub(super) fn format(&self) -> &'static str {
        self.format.last()
    }

    /// All of them, to be said again.
    pub(super) fn messages(&self) -> Vec<Message> {
        let mut all: Vec<_> = self.lines().into_iter().flat_map(|lines| &lines.places).collect();
        all.sort_unstable_by_key(|(_, place)| **place);
        all.into_iter().map(|(line, _)| Message::new(&line.text[..])).collect()
    }

    pub(super) fn count(&self) -> usize {
        self.lines().into_iter().map(|lines| lines.places.len()).sum()
    }

    /// Bytes of what is kept, and of what is asked.
    pub(super) fn bytes(&self) -> usize {
        self.lines().into_iter().map(|lines| lines.bytes).sum::<usize>() + self.asked
    }

    /// Bytes of what is asked.
    pub(super) fn asked(&self) -> usize {
        self.asked
    }

    fn lines(&self) -> [&Lines; 3] {
        [&self.events, &self.filters, &self.log]
    }
}
