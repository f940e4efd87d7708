//! Frames by their types: as JSON, and how much of a stream the catalogue covers.

use std::cmp::Reverse;
use std::fmt;

use ami_proto::describe::{Described, Replies, describe};
use ami_proto::{Frame, FrameKind};

use super::count::Count;
use super::replay::Side;
use super::summary::Place;
use super::tallies::Tallies;
use crate::shown::Shown;

/// The types that frames are found by.
pub(crate) struct Types(Replies);

impl Types {
    pub(crate) fn new() -> Self {
        Self(Replies::new())
    }

    /// An event by its name, a response by its headers.
    pub(crate) fn describe<'buf>(&self, frame: Frame<'buf>) -> Option<Described<'buf>> {
        describe(frame).or_else(|| self.0.describe(frame))
    }
}

/// How much of a stream the catalogue covers.
#[derive(Default)]
pub(crate) struct Coverage {
    events: Share,
    /// Headers of events.
    event_headers: Share,
    responses: Share,
    /// Headers of responses.
    response_headers: Share,
    /// Events that the catalogue doesn't know.
    unknown: Tallies<Vec<u8>, u64>,
    /// By type and header.
    uncovered: Tallies<(&'static str, Vec<u8>), u64>,
    invalid: Tallies<(&'static str, Vec<u8>), Invalid>,
}

/// How many, and how many of them are as the catalogue says.
#[derive(Clone, Copy, Default)]
struct Share {
    known: u64,
    all: u64,
}

/// Values of one header that are not of its kind.
#[derive(Default)]
struct Invalid {
    count: u64,
    /// Where the first stands in its stream; in a total it has no meaning.
    place: Option<Place>,
    /// The first and what is wrong with it, as it is shown.
    sample: String,
}

impl Coverage {
    pub(crate) fn frame(&mut self, types: &Types, frame: Frame<'_>, side: Option<Side>) {
        let (frames, headers) = match frame.kind() {
            FrameKind::Event => (&mut self.events, &mut self.event_headers),
            FrameKind::Response => (&mut self.responses, &mut self.response_headers),
            _ => return,
        };
        let count = frame.headers().count() as u64;
        frames.all += 1;
        headers.all += count;
        let Some(described) = types.describe(frame) else {
            if frame.kind() == FrameKind::Event {
                let name = frame.name().unwrap_or_default().as_bytes();
                *self.unknown.of(name) += 1;
            }
            return;
        };
        frames.known += 1;
        headers.known += count;
        for name in described.uncovered() {
            headers.known -= 1;
            *self.uncovered.of(&(described.type_name(), name.as_bytes().to_vec())) += 1;
        }
        for found in described.invalid() {
            let known = self.invalid.of(&(described.type_name(), found.header.as_bytes().to_vec()));
            known.count += 1;
            if known.count == 1 {
                known.place = Some(Place { offset: frame.offset(), side });
                known.sample = format!("{} ({})", Shown(found.value), found.error);
            }
        }
    }

    /// Adds what another file has.
    pub(crate) fn add(&mut self, other: Self) {
        self.events.add(other.events);
        self.event_headers.add(other.event_headers);
        self.responses.add(other.responses);
        self.response_headers.add(other.response_headers);
        self.unknown.add(other.unknown, |all, count| *all += count);
        self.uncovered.add(other.uncovered, |all, count| *all += count);
        self.invalid.add(other.invalid, |all, found| {
            if all.count == 0 {
                all.sample = found.sample;
            }
            all.count += found.count;
        });
    }

    fn invalid(&self) -> u64 {
        self.invalid.values().map(|found| found.count).sum()
    }
}

impl Share {
    fn add(&mut self, other: Self) {
        self.known += other.known;
        self.all += other.all;
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", Count(self.known), Count(self.all))?;
        if self.all == 0 {
            return Ok(());
        }
        // Rounded down: what isn't all of it isn't 100 %.
        let share = u128::from(self.known) * 10_000 / u128::from(self.all);
        write!(f, " ({}.{:02} %)", share / 100, share % 100)
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  events typed {}, headers covered {}", self.events, self.event_headers)?;
        writeln!(f, "  responses typed {}, headers covered {}", self.responses, self.response_headers)?;
        writeln!(f, "  invalid values {}", Count(self.invalid()))?;
        let mut invalid: Vec<_> = self.invalid.iter().collect();
        invalid.sort_by_key(|(name, found)| (Reverse(found.count), *name));
        for ((name, header), Invalid { count, place, sample }) in invalid {
            let at = place.map_or_else(String::new, |place| format!(" at {place}"));
            writeln!(f, "  invalid value{at}, {name} {}: {sample}; {} in all", Shown(header), Count(*count))?;
        }
        others(f, "invalid values", self.invalid.others().count)?;
        for (name, count) in by_count(&self.unknown) {
            writeln!(f, "  unknown event {}: {}", Shown(name), Count(count))?;
        }
        others(f, "unknown events", *self.unknown.others())?;
        for ((name, header), count) in by_count(&self.uncovered) {
            writeln!(f, "  uncovered header {name} {}: {}", Shown(header), Count(count))?;
        }
        others(f, "uncovered headers", *self.uncovered.others())
    }
}

/// What there is of names that are not told apart.
fn others(f: &mut fmt::Formatter<'_>, what: &str, count: u64) -> fmt::Result {
    if count == 0 { Ok(()) } else { writeln!(f, "  and {what} of other names {}", Count(count)) }
}

/// The most frequent first.
fn by_count<K: Ord>(counts: &Tallies<K, u64>) -> Vec<(&K, u64)> {
    let mut counts: Vec<(&K, u64)> = counts.iter().map(|(key, count)| (key, *count)).collect();
    counts.sort_by_key(|(key, count)| (Reverse(*count), *key));
    counts
}
