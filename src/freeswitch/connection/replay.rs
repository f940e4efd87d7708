//! Settings made on the server, which are restored on the next connection.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::ops::Range;

use super::Message;
use super::filters::Filters;
use crate::range::part;
use crate::wiped::Wiped;

/// A command that makes or removes a setting.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    of: Subject,
    effect: Effect,
    line: Line,
    /// `true` if the server sends the events of background jobs after it. `None`: unchanged.
    jobs: Option<bool>,
    /// Format of events after it. `None`: unchanged.
    format: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
enum Subject {
    Events,
    Filters,
    Log,
}

/// Effect of a command on the settings of its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Adds a setting.
    Sets,
    /// Removes one filter, or all filters of one header.
    TakesBack,
    /// Removes all settings.
    Clears,
}

impl Setting {
    /// Returns the setting that a command makes; `None` if it makes none.
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

    /// Returns the bytes of the command, line ends included.
    pub(super) fn len(&self) -> usize {
        self.line.len()
    }

    /// Returns whether events come in XML after it.
    pub(super) fn asks_for_xml(&self) -> bool {
        self.format == Some(XML)
    }

    /// Returns the command's effect on filters and the filter's line; `None` if it is not about
    /// filters.
    pub(super) fn filter(&self) -> Option<(Effect, &Line)> {
        matches!(self.of, Subject::Filters).then_some((self.effect, &self.line))
    }
}

/// The line of a command. Two lines of one subject are equal if they make the same setting.
#[derive(Clone, Debug)]
pub(super) struct Line {
    text: Arc<Wiped>,
    /// Range of a filter's header; empty for other commands.
    header: Range<usize>,
    /// Start of a filter's value; for other commands the start of the line.
    value: usize,
}

impl Line {
    fn new(text: &[u8], header: Range<usize>, value: usize) -> Self {
        Self { text: Arc::new(text.into()), header, value }
    }

    /// Reads `filter [add] HEADER VALUE`, `filter delete HEADER [VALUE]` or `filter delete all` as
    /// the server does: it ignores blanks before the first word, a blank ends each word, and the
    /// text after the header's blank is the value. A header without a value removes all filters of
    /// that name.
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

    /// Returns the value of a filter. `None` if the command has none: then the server adds no
    /// filter, and removes all filters of the header.
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

/// Returns the range of the first word after `from`, delimited by blanks.
fn word(text: &[u8], from: usize) -> Range<usize> {
    let blanks = part(text, from..).iter().take_while(|byte| **byte == b' ').count();
    up_to_blank(text, from + blanks)
}

/// Returns the range from `from` up to the next blank.
fn up_to_blank(text: &[u8], from: usize) -> Range<usize> {
    let len = part(text, from..).iter().take_while(|byte| **byte != b' ').count();
    from..from + len
}

const PLAIN: &str = "plain";
const XML: &str = "xml";

/// Returns `Some(true)` if the command names the events of jobs. The words after `CUSTOM` are
/// subclasses, even if they look like event names.
fn jobs(message: &Message) -> Option<bool> {
    let mut types = message.words().skip(1).take_while(|word| !is_event(word, "CUSTOM"));
    types.any(|word| is_event(word, "BACKGROUND_JOB") || is_event(word, "ALL")).then_some(true)
}

/// Returns whether the server reads a word as the event of this name: in any case, and after any
/// prefix of thirteen bytes, which is meant to be `SWITCH_EVENT_`.
fn is_event(word: &[u8], name: &str) -> bool {
    let is = |word: &[u8]| word.eq_ignore_ascii_case(name.as_bytes());
    is(word) || word.get(13..).is_some_and(is)
}

/// Returns the format that a subscription requests: its first word after the command, where the
/// server splits at each blank.
fn format(message: &Message) -> Option<&'static str> {
    let word = message.line().trim_ascii_start().split(|byte| *byte == b' ').nth(1)?;
    [PLAIN, "json", XML].into_iter().find(|format| word.eq_ignore_ascii_case(format.as_bytes()))
}

/// The accepted commands, in order, and the resulting state: now, and once all pending commands are
/// answered.
#[derive(Debug)]
pub(super) struct Restore {
    events: Lines,
    filters: Lines,
    log: Lines,
    /// Number of accepted commands.
    accepted: u64,
    /// Bytes of the commands that await their answer.
    asked: usize,
    jobs: Told<bool>,
    format: Told<&'static str>,
    /// Filters once all pending commands are accepted.
    ahead: Filters,
}

/// Lines of one subject, with the position of each among all accepted commands.
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

    /// Removes the filter of this header and value, or without a value all filters of this header.
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

/// A setting that is in effect on the server.
#[derive(Debug)]
struct Told<T> {
    holds: T,
    /// The value requested by the last command that changes it, with that command's id, until it is
    /// answered: all earlier commands are answered by then.
    asked: Option<(u64, T)>,
}

impl<T: Copy> Told<T> {
    const fn new(holds: T) -> Self {
        Self { holds, asked: None }
    }

    /// Returns the value once all pending commands are accepted.
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

    /// Records the setting that a request makes; `own`: the connection itself sent the request.
    pub(super) fn ask(&mut self, id: u64, setting: &Setting, own: bool) {
        self.asked += setting.len();
        if let Some((effect, line)) = setting.filter() {
            self.ahead.ask(effect, line, own);
        }
        self.jobs.ask(id, setting.jobs);
        self.format.ask(id, setting.format);
    }

    /// Records that a request was answered.
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

    /// Keeps a command for the next login, or drops the settings that it removes. A repeated
    /// command moves to the end of the replay order.
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

    /// Records that the connection is over: pending commands stay unanswered, and no setting holds
    /// on the next connection.
    pub(super) fn lost(&mut self) {
        (self.asked, self.jobs, self.format) = (0, Told::new(false), Told::new(PLAIN));
        self.ahead.lost();
    }

    /// Returns the filters once all pending commands are accepted.
    pub(super) fn filters(&self) -> &Filters {
        &self.ahead
    }

    /// Returns whether the server sends the events of jobs once all pending commands are accepted.
    pub(super) fn has_jobs(&self) -> bool {
        self.jobs.last()
    }

    /// Returns the format of events once all pending commands are accepted.
    pub(super) fn format(&self) -> &'static str {
        self.format.last()
    }

    /// Returns all commands to be repeated.
    pub(super) fn messages(&self) -> Vec<Message> {
        let mut all: Vec<_> = self.lines().into_iter().flat_map(|lines| &lines.places).collect();
        all.sort_unstable_by_key(|(_, place)| **place);
        all.into_iter().map(|(line, _)| Message::new(&line.text[..])).collect()
    }

    pub(super) fn count(&self) -> usize {
        self.lines().into_iter().map(|lines| lines.places.len()).sum()
    }

    /// Returns the bytes of kept and pending commands.
    pub(super) fn bytes(&self) -> usize {
        self.lines().into_iter().map(|lines| lines.bytes).sum::<usize>() + self.asked
    }

    /// Returns the bytes of pending commands.
    pub(super) fn asked(&self) -> usize {
        self.asked
    }

    fn lines(&self) -> [&Lines; 3] {
        [&self.events, &self.filters, &self.log]
    }
}
