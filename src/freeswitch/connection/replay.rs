//! What a connection has set on its server, to be set again on the next one.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Message;
use crate::wiped::Wiped;

/// A command that sets something, or takes it back.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    of: Subject,
    /// Whether it takes all of its kind back.
    clears: bool,
    line: Arc<Wiped>,
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

impl Setting {
    /// What a command sets. `None`: nothing.
    pub(super) fn of(message: &Message) -> Option<Self> {
        let mut words = message.words().skip(1);
        let mut is = |word: &str| words.next().is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()));
        let (of, clears, jobs, format) = match &message.verb()[..] {
            b"event" | b"events" => (Subject::Events, false, jobs(message), format(message)),
            // It may take less than that: then jobs are subscribed to once more, which does no
            // harm.
            b"nixevent" | b"nixevents" => (Subject::Events, false, Some(false), None),
            b"noevents" => (Subject::Events, true, Some(false), Some(PLAIN)),
            b"filter" => (Subject::Filters, is("delete") && is("all"), None, None),
            b"log" => (Subject::Log, false, None, None),
            b"nolog" => (Subject::Log, true, None, None),
            _ => return None,
        };
        Some(Self { of, clears, line: Arc::new(message.line().into()), jobs, format })
    }

    /// Bytes of its command, line ends included.
    pub(super) fn len(&self) -> usize {
        self.line.len() + 2
    }
}

const PLAIN: &str = "plain";

/// Whether a subscription is to the events of jobs. What follows `CUSTOM` are subclasses, whatever
/// they are called.
fn jobs(message: &Message) -> Option<bool> {
    let mut types = message.words().take_while(|word| !word.eq_ignore_ascii_case(b"CUSTOM"));
    let wanted = |word: &[u8]| word.eq_ignore_ascii_case(b"BACKGROUND_JOB") || word.eq_ignore_ascii_case(b"ALL");
    types.any(wanted).then_some(true)
}

/// The format that a subscription asks for.
fn format(message: &Message) -> Option<&'static str> {
    let word = message.words().nth(1)?;
    [PLAIN, "json", "xml"].into_iter().find(|format| word.eq_ignore_ascii_case(format.as_bytes()))
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
}

/// Lines of one subject: the place of each among all that were accepted.
#[derive(Debug, Default)]
struct Lines {
    places: BTreeMap<Arc<Wiped>, u64>,
    bytes: usize,
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
        }
    }

    /// Notes what a request asks for.
    pub(super) fn ask(&mut self, id: u64, setting: &Setting) {
        self.asked += setting.len();
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
        }
    }

    /// Keeps a command for the next login. The same one again counts from then on.
    pub(super) fn keep(&mut self, setting: &Setting) {
        let lines = match setting.of {
            Subject::Events => &mut self.events,
            Subject::Filters => &mut self.filters,
            Subject::Log => &mut self.log,
        };
        if setting.clears {
            *lines = Lines::default();
            return;
        }
        self.accepted += 1;
        if lines.places.insert(Arc::clone(&setting.line), self.accepted).is_none() {
            lines.bytes += setting.len();
        }
    }

    /// The connection is over: nothing is answered any more, and nothing holds on the next one.
    pub(super) fn lost(&mut self) {
        (self.asked, self.jobs, self.format) = (0, Told::new(false), Told::new(PLAIN));
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
        all.into_iter().map(|(line, _)| Message::new(&line[..])).collect()
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
