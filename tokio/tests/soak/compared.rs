//! The comparison of two recordings of one server's events, by two sessions that were logged in at
//! about the same time, and what the events say of the requests that made them.
//!
//! A server keeps one queue of events, and each session reads on in it from its login to its loss.
//! So two recordings of one run are two stretches of one sequence: they are laid side by side where
//! both have the same numbered event, and from there on, both ways, they have to be equal for as
//! long as both go on. Only what a server says to one session alone differs: `FullyBooted` behind a
//! login, which is left out, and the outcomes that our client has given to our own requests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use ami_tokio::ami_proto::Frame;

use crate::requests::How;

/// Hands out numbers, each once.
#[derive(Default)]
pub(crate) struct Numbers(AtomicU32);

impl Numbers {
    pub(crate) fn next(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// An event.
struct Recorded {
    /// That of an event which we have asked for, or of the outcome of a call.
    number: Option<Number>,
    bytes: Box<[u8]>,
}

/// A number, by what it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Number {
    Event(u32),
    Call(u32),
    Outcome(u32),
}

impl Recorded {
    fn new(frame: Frame<'_>) -> Self {
        let text = |name| frame.get(name).map(|value| value.to_string()).unwrap_or_default();
        let number = match frame.name().map(|name| name.to_string()).as_deref() {
            Some("UserEvent") => match &*text("UserEvent") {
                "Soak" => text("Number").parse().ok().map(Number::Event),
                "Storm" => text("Number").parse().ok().map(Number::Call),
                _ => None,
            },
            Some("OriginateResponse") => text("Channel")
                .strip_prefix("Local/storm-")
                .and_then(|rest| rest.split_once('@')?.0.parse().ok())
                .map(Number::Outcome),
            _ => None,
        };
        Self { number, bytes: frame.as_bytes().into() }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).trim_end().replace("\r\n", " | ")
    }
}

/// The events of connections, one after the other.
pub(crate) struct Log(Vec<Vec<Recorded>>);

impl Default for Log {
    fn default() -> Self {
        Self(vec![Vec::new()])
    }
}

impl Log {
    pub(crate) fn add(&mut self, frame: Frame<'_>) {
        if frame.name().is_some_and(|name| name != "FullyBooted") {
            self.0.last_mut().expect("one is there").push(Recorded::new(frame));
        }
    }

    /// Adds what no request of ours has claimed, where all sessions get it: the outcome of a call
    /// that we no longer wait for.
    pub(crate) fn add_unclaimed(&mut self, frame: Frame<'_>) {
        if frame.name().is_some_and(|name| name == "OriginateResponse") && frame.get("Privilege").is_some() {
            self.add(frame);
        }
    }

    pub(crate) fn lost(&mut self) {
        self.0.push(Vec::new());
    }

    pub(crate) fn losses(&self) -> usize {
        self.0.len() - 1
    }

    /// Returns whether the event of this number has come on the connection that stands.
    pub(crate) fn has_last(&self, number: u32) -> bool {
        self.0.last().is_some_and(|events| events.iter().rev().any(|event| event.number == Some(Number::Event(number))))
    }

    fn counts(&self) -> BTreeMap<Number, usize> {
        let mut counts = BTreeMap::new();
        for number in self.0.iter().flatten().filter_map(|event| event.number) {
            *counts.entry(number).or_default() += 1;
        }
        counts
    }
}

/// Ends of the requests that have a number.
#[derive(Default)]
pub(crate) struct Numbered {
    ends: BTreeMap<Number, How>,
    /// Outcomes that were given to our requests.
    outcomes: BTreeMap<u32, Box<[u8]>>,
}

impl Numbered {
    pub(crate) fn event(&mut self, number: u32, how: How) {
        assert!(self.ends.insert(Number::Event(number), how).is_none(), "{number} ends twice");
    }

    pub(crate) fn call(&mut self, number: u32, how: How, outcome: Option<Box<[u8]>>) {
        assert!(self.ends.insert(Number::Call(number), how).is_none(), "{number} ends twice");
        self.outcomes.extend(outcome.map(|outcome| (number, outcome)));
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.ends.extend(other.ends);
        self.outcomes.extend(other.outcomes);
    }

    /// Checks that the server has done each of them as often as its end says: once if it was
    /// answered, at the most once if it was not, never if it hasn't had it. Of those that were
    /// answered in the moment of a loss so many may not be seen.
    pub(crate) fn check(&self, log: &Log, at_losses: usize) {
        let counts = log.counts();
        let mut unseen = 0;
        for (number, how) in &self.ends {
            let times = counts.get(number).copied().unwrap_or_default();
            assert!(times <= 1, "{number:?} was done {times} times");
            match how {
                How::NeverReached => assert_eq!(times, 0, "{number:?} never reached the server"),
                How::Answered => unseen += 1 - times,
                How::Refused | How::Lost | How::Dropped => {}
            }
        }
        println!("  {} of them are seen in the events, {unseen} answered ones are not", counts.len());
        assert!(unseen <= at_losses, "{unseen} were answered, and not done");
    }

    /// Returns whether this event was given to one of our requests, and so not to the stream. One
    /// that was dropped may have had it in the same moment.
    fn is_ours(&self, event: &Recorded) -> bool {
        let Some(Number::Outcome(number)) = event.number else { return false };
        match self.outcomes.get(&number) {
            Some(outcome) => *outcome == event.bytes,
            None => matches!(self.ends.get(&Number::Call(number)), Some(How::Dropped)),
        }
    }
}

/// The result of a comparison.
#[derive(Default)]
pub(crate) struct Compared {
    /// Connections that were laid side by side.
    pub(crate) connections: usize,
    /// Events that are equal.
    equal: usize,
    /// Events in the recording that were given to our requests.
    outcomes: usize,
    /// Outcomes of ours that are in no recording.
    pub(crate) missing_outcomes: usize,
    /// Events that one session has before the other was logged in, and after it was lost.
    heads: [usize; 2],
    tails: [usize; 2],
    /// Events of connections that stand alone.
    alone: [usize; 2],
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connections, equal, outcomes, missing_outcomes, heads, tails, alone } = self;
        write!(
            f,
            "{connections} connections side by side: {equal} events equal, {outcomes} outcomes given to \
             requests ({missing_outcomes} not recorded); ours and recorded: before the other's login \
             {heads:?}, after its loss {tails:?}, on connections alone {alone:?}"
        )
    }
}

/// Compares the recordings, and panics where they differ.
pub(crate) fn compare(ours: &Log, theirs: &Log, requests: &Numbered) -> Compared {
    let mut compared = Compared::default();
    let mut paired = BTreeSet::new();
    for mine in &ours.0 {
        let other = theirs.0.iter().enumerate().find_map(|(which, theirs)| Some((which, common(mine, theirs)?)));
        let Some((which, (here, there))) = other else {
            compared.alone[0] += mine.len();
            continue;
        };
        // A server that goes down may close ours, let us in again and close that as well.
        paired.insert(which);
        let theirs = &theirs.0[which];
        compared.connections += 1;
        let (mine_before, mine_on) = mine.split_at(here);
        let (before, on) = theirs.split_at(there);
        let heads = walk(mine_before.iter().rev(), before.iter().rev(), requests, &mut compared);
        let tails = walk(mine_on.iter(), on.iter(), requests, &mut compared);
        for side in [0, 1] {
            compared.heads[side] += heads[side];
            compared.tails[side] += tails[side];
        }
    }
    let alone = theirs.0.iter().enumerate().filter(|(which, _)| !paired.contains(which));
    compared.alone[1] = alone.map(|(_, events)| events.len()).sum();
    let recorded = theirs.counts();
    compared.missing_outcomes =
        requests.outcomes.keys().filter(|number| !recorded.contains_key(&Number::Outcome(**number))).count();
    compared
}

/// The first numbered event that both have, by its place in each.
fn common(ours: &[Recorded], theirs: &[Recorded]) -> Option<(usize, usize)> {
    let is_event = |event: &&Recorded| matches!(event.number, Some(Number::Event(_)));
    let there: BTreeMap<_, _> =
        theirs.iter().enumerate().filter(|(_, event)| is_event(event)).map(|(at, event)| (event.number, at)).collect();
    let mut here = ours.iter().enumerate().filter(|(_, event)| is_event(event));
    here.find_map(|(at, event)| Some((at, *there.get(&event.number)?)))
}

/// Walks along both as long as both go on; returns how many are left of each.
fn walk<'a>(
    ours: impl Iterator<Item = &'a Recorded>,
    theirs: impl Iterator<Item = &'a Recorded>,
    requests: &Numbered,
    compared: &mut Compared,
) -> [usize; 2] {
    let (mut ours, mut theirs) = (ours.peekable(), theirs.peekable());
    let mut last = None;
    while let (Some(mine), Some(other)) = (ours.peek(), theirs.peek()) {
        if mine.bytes == other.bytes {
            compared.equal += 1;
            last = ours.next();
        } else if requests.is_ours(other) {
            compared.outcomes += 1;
        } else {
            let last = last.map(Recorded::text).unwrap_or_default();
            panic!("they differ next to {last}:\nstream    {}\nrecording {}", mine.text(), other.text());
        }
        theirs.next();
    }
    [ours.count(), theirs.count()]
}
