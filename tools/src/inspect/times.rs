//! Times of a recording's events, and in words where they come from and how coarse they are.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use ami_proto::calls::{EventClock, TimeSource};
use ami_proto::event::Event;

use super::replay::Turn;

/// The clock of one recording, or what was said by those of several.
#[derive(Default)]
pub(crate) struct Times {
    clock: Option<EventClock>,
    /// Events by what told their time.
    told: BTreeMap<TimeSource, u64>,
}

impl Times {
    /// Returns when the next event happened: since the beginning of a replay that has times, else
    /// since 1970.
    pub(crate) fn tick(&mut self, event: &Event<'_>, turn: Option<Turn>) -> Duration {
        let timed = turn.is_some_and(|turn| turn.timed);
        let clock =
            self.clock.get_or_insert_with(|| if timed { EventClock::since_start() } else { EventClock::since_1970() });
        let at = clock.tick(event, turn.and_then(|turn| turn.at));
        *self.told.entry(clock.source()).or_default() += 1;
        at
    }

    /// Returns what told the time last.
    pub(crate) fn source(&self) -> TimeSource {
        self.clock.as_ref().map_or(TimeSource::None, EventClock::source)
    }

    /// Returns whether times count from 1970; `None`: there are none.
    pub(crate) fn since_1970(&self) -> Option<bool> {
        Some(self.source()).filter(|source| *source != TimeSource::None).map(|source| source != TimeSource::Received)
    }

    /// Adds what those of another recording came from.
    pub(crate) fn add(&mut self, other: &Self) {
        for (source, count) in &other.told {
            *self.told.entry(*source).or_default() += count;
        }
    }
}

/// Where times come from, such as `times: cel (EventTime of CEL events, to the second)`.
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Events before the first that tells a time have that one.
        let told: Vec<_> = self.told.iter().filter(|(source, _)| **source != TimeSource::None).collect();
        write!(f, "times: ")?;
        match told[..] {
            [] => write!(f, "{} ({})", TimeSource::None, Coarse(TimeSource::None)),
            [(source, _)] => write!(f, "{source} ({})", Coarse(*source)),
            _ => told.iter().enumerate().try_for_each(|(number, (source, count))| {
                let comma = if number == 0 { "" } else { ", " };
                write!(f, "{comma}{source} for {count} events ({})", Coarse(**source))
            }),
        }
    }
}

/// Shows what tells a time, and its unit.
struct Coarse(TimeSource);

impl fmt::Display for Coarse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            TimeSource::Received => "when the bytes were received, since the recording's beginning",
            TimeSource::Timestamp => "Timestamp of the events",
            TimeSource::Cel => "EventTime of CEL events; between them time stands still",
            TimeSource::UniqueId => "unique ids of new channels; between them time stands still",
            _ => "no event tells one, and all lengths are 0",
        })?;
        match self.0.resolution() {
            Some(unit) if unit < Duration::from_secs(1) => f.write_str("; to the microsecond"),
            Some(_) => f.write_str("; to the second"),
            None => Ok(()),
        }
    }
}
