//! Filters and jobs: the server lets an event through that one filter names, and where there is any
//! filter, no other. So the output of a job needs one of its own.

use alloc::collections::BTreeSet;

use super::Message;
use super::replay::{Effect, Line, Setting};

/// Lets the output of all jobs through.
const SETS: &str = "filter Event-Name BACKGROUND_JOB";
const TAKES_BACK: &str = "filter delete Event-Name BACKGROUND_JOB";

/// The filters of a connection.
#[derive(Debug)]
pub(super) struct Filters {
    lines: BTreeSet<Line>,
    /// The number of those that keep the output of jobs away, though another lets it through.
    hiding: usize,
    /// The program itself has set the filter for jobs.
    theirs: bool,
}

impl Filters {
    pub(super) const fn new() -> Self {
        Self { lines: BTreeSet::new(), hiding: 0, theirs: false }
    }

    /// Returns whether the output of jobs, or of some, stays away though a filter lets it through.
    pub(super) const fn hide_jobs(&self) -> bool {
        self.hiding > 0
    }

    /// Returns the command that goes before a request so that the filters that hold then don't hide
    /// the output of jobs, or, where the filter for jobs would be the only one left, all else.
    /// `jobs`: whether any runs, or is about to.
    pub(super) fn before(&self, setting: Option<&Setting>, jobs: bool) -> Option<Message> {
        let change = setting.and_then(Setting::filter);
        if self.lines.is_empty() && change.is_none() {
            return None;
        }
        let (_, ours) = Line::of_filter(SETS.as_bytes());
        let mut left = self.lines.len();
        let mut is_set = self.lines.contains(&ours);
        let takes_back = match change {
            None => false,
            Some((Effect::Clears, _)) => return None,
            Some((Effect::Sets, line)) => {
                left += usize::from(line.value().is_some() && !self.lines.contains(line));
                is_set |= *line == ours;
                false
            }
            Some((Effect::TakesBack, line)) => {
                for gone in self.taken_back(line) {
                    left -= 1;
                    is_set &= *gone != ours;
                }
                true
            }
        };
        match () {
            () if left > 0 && !is_set && jobs => Some(Message::new(SETS)),
            () if left == 1 && is_set && takes_back && !self.theirs => Some(Message::new(TAKES_BACK)),
            () => None,
        }
    }

    /// Notes a command that was sent.
    pub(super) fn ask(&mut self, effect: Effect, line: &Line, own: bool) {
        match effect {
            Effect::Sets => {
                if line.value().is_some() && self.lines.insert(line.clone()) {
                    self.hiding += usize::from(hides_jobs(line));
                }
                self.theirs |= !own && *line == Line::of_filter(SETS.as_bytes()).1;
            }
            Effect::TakesBack => {
                loop {
                    let gone = self.taken_back(line).next().cloned();
                    let Some(gone) = gone else { break };
                    self.refused(&gone);
                }
                self.theirs &= self.lines.contains(&Line::of_filter(SETS.as_bytes()).1);
            }
            Effect::Clears => *self = Self::new(),
        }
    }

    /// Notes that a filter is not set.
    pub(super) fn refused(&mut self, line: &Line) {
        if self.lines.remove(line) {
            self.hiding -= usize::from(hides_jobs(line));
        }
    }

    /// None is set on the next connection, until it is set again.
    pub(super) fn lost(&mut self) {
        *self = Self { theirs: self.theirs, ..Self::new() };
    }

    /// The filter of this header and value; without a value, all of the header.
    fn taken_back<'a>(&'a self, line: &'a Line) -> impl Iterator<Item = &'a Line> {
        let same = move |found: &&Line| match line.value() {
            Some(value) if !value.is_empty() => *found == line,
            _ => found.header().eq_ignore_ascii_case(line.header()),
        };
        self.lines.range(line..).take_while(same)
    }
}

/// Headers of the output of every job whose value differs from server to server or event to event.
/// Those of its command begin with `Job-`, and only such events have any that do.
const UNFORESEEN: [&str; 10] = [
    "Core-UUID",
    "FreeSWITCH-Hostname",
    "FreeSWITCH-Switchname",
    "FreeSWITCH-IPv4",
    "FreeSWITCH-IPv6",
    "Event-Date-Local",
    "Event-Date-GMT",
    "Event-Date-Timestamp",
    "Event-Calling-Line-Number",
    "Event-Sequence",
];

/// Those whose value is known: 1.6.20 and 1.11.2 write the same.
const FORESEEN: [(&str, &str); 3] = [
    ("Event-Name", "BACKGROUND_JOB"),
    ("Event-Calling-File", "mod_event_socket.c"),
    ("Event-Calling-Function", "api_exec"),
];

/// Returns whether a filter keeps away the output of jobs, or may keep away that of some.
///
/// It keeps away what it names by the last of the signs in front. A value with a sign is compared
/// as it stands, case apart: to the server only one that begins with `/` is an expression, and no
/// such filter keeps anything away.
fn hides_jobs(line: &Line) -> bool {
    let value = line.value().unwrap_or_default();
    let signs = value.iter().take_while(|byte| matches!(byte, b'+' | b'-' | b' ')).count();
    let (signs, hidden) = value.split_at(signs);
    let hides = signs.iter().rfind(|byte| **byte != b' ') == Some(&b'-');
    let header = line.header();
    if header == b"_body" {
        return hides;
    }
    // A number behind the name, or a list for a value, changes the filters of that name which are
    // set already, ours among them.
    let name = header.split(|byte| *byte == b'[').next().unwrap_or_default();
    let changes = name.len() < header.len() || value.starts_with(b"ARRAY::");
    let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
    if let Some((_, foreseen)) = FORESEEN.iter().find(|(known, _)| is(known)) {
        return changes || hides && hidden.eq_ignore_ascii_case(foreseen.as_bytes());
    }
    let is_of_command = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"Job-"));
    (is_of_command || UNFORESEEN.into_iter().any(is)) && (changes || hides && !hidden.is_empty())
}
