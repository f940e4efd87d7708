//! The one rule by which the events of a recording get their times: the best source that tells.

use core::time::Duration;

use super::source::TimeSource;
use crate::event::{Cel, Event};
use crate::value::DateTime;
use crate::wire::Header;

/// The last second of the year 9999. Where something tells a later one, it is no time.
const LATEST: u64 = 253_402_300_799;

/// Local times differ from UTC by whole quarters of an hour.
const QUARTER: i64 = 900;

/// Local times are ahead of UTC or behind it by this at the most, in seconds.
const FARTHEST: i64 = 14 * 3600;

/// Returns when the server says that an event happened, since 1970: its `Timestamp`, which it has
/// with `timestampevents=yes`. The one that the sender of a `UserEvent` put into it does not
/// count: it stands behind the name.
pub fn time_of(event: &Event<'_>) -> Option<Duration> {
    if matches!(event, Event::UserEvent(_)) {
        let is = |name: &[u8], word: &str| name.eq_ignore_ascii_case(word.as_bytes());
        let mut names = event.frame().headers().map(Header::name);
        names.find(|name| is(name, "Timestamp") || is(name, "UserEvent")).filter(|name| is(name, "Timestamp"))?;
    }
    event.common().timestamp().ok()?.since_1970()
}

/// A clock that is set by the events of a recording, for
/// [`Tracker::handle`](super::Tracker::handle) and
/// [`Mirror::set_time`](crate::state::Mirror::set_time).
///
/// It takes each event's time from the best source that tells one, best first:
///
/// | source | what tells |
/// |---|---|
/// | [`Received`](TimeSource::Received) | the recording: when the bytes came |
/// | [`Timestamp`](TimeSource::Timestamp) | the event's `Timestamp` |
/// | [`Cel`](TimeSource::Cel) | `EventTime` of a CEL event, which is in the server's local time |
/// | [`UniqueId`](TimeSource::UniqueId) | the second in the unique id of a new channel |
///
/// How far local time is ahead of UTC is learnt from the first CEL event that tells both: by its
/// `Timestamp`, the unique id of a channel that starts, or what told the time before. Where none
/// does, local time is taken for UTC. Once CEL tells times, unique ids don't: an Originate may
/// choose them freely.
///
/// An event that tells no time has that of the one before; the clock never goes back. A time after
/// the year 9999 is none.
///
/// ```
/// use core::time::Duration;
/// use ami_proto::calls::{EventClock, TimeSource};
/// use ami_proto::event::Event;
/// use ami_proto::{Decoder, Limits};
///
/// let mut decoder = Decoder::new(Limits::new());
/// decoder.push(b"Event: Hangup\r\nTimestamp: 1795224741.500000\r\n\r\n");
/// let frame = decoder.next_frame()?.unwrap();
/// // A stream without times, and a recording that has them.
/// let mut clock = EventClock::since_1970();
/// assert_eq!(clock.tick(&Event::from(frame), None), Duration::from_millis(1_795_224_741_500));
/// assert_eq!(clock.source(), TimeSource::Timestamp);
/// let mut clock = EventClock::since_start();
/// assert_eq!(clock.tick(&Event::from(frame), Some(Duration::from_secs(3))), Duration::from_secs(3));
/// assert_eq!(clock.source(), TimeSource::Received);
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
#[derive(Clone, Debug)]
pub struct EventClock {
    now: Duration,
    /// Told the time last.
    source: TimeSource,
    recorded: bool,
    /// When a recording began, since 1970, where a `Timestamp` tells.
    start: Option<Duration>,
    /// Seconds by which CEL's local time is ahead of UTC, where that is known or assumed.
    ahead: Option<Ahead>,
}

#[derive(Clone, Copy, Debug)]
enum Ahead {
    Learnt(i64),
    /// Local time is taken for UTC.
    Assumed,
}

impl EventClock {
    /// A clock for a stream of which nothing tells when it came: it counts from 1970, and is at 0
    /// up to the first event that tells a time.
    #[must_use]
    pub const fn since_1970() -> Self {
        Self { now: Duration::ZERO, source: TimeSource::None, recorded: false, start: None, ahead: None }
    }

    /// A clock for a recording that tells when bytes were received: it counts from the beginning of
    /// the recording.
    #[must_use]
    pub const fn since_start() -> Self {
        let clock = Self::since_1970();
        Self { recorded: true, source: TimeSource::Received, ..clock }
    }

    /// Takes the next event, and returns when it happened.
    ///
    /// `received` is when its bytes came, since the beginning of the recording; `None` where the
    /// recording doesn't tell. Then a `Timestamp` does, if an event before had both. A clock that
    /// counts from 1970 passes it over.
    pub fn tick(&mut self, event: &Event<'_>, received: Option<Duration>) -> Duration {
        let found = if self.recorded {
            let own = time_of(event).filter(possible);
            if let (Some(own), Some(received)) = (own, received) {
                self.start = own.checked_sub(received);
            }
            received.or_else(|| own?.checked_sub(self.start?)).map(|at| (at, TimeSource::Received))
        } else {
            self.told(event)
        };
        if let Some((at, source)) = found {
            self.now = self.now.max(at);
            self.source = source;
        }
        self.now
    }

    /// Returns what told the time last: of each of its calls a tracker is to know it by
    /// [`set_time_source`](super::Tracker::set_time_source).
    #[must_use]
    pub const fn source(&self) -> TimeSource {
        self.source
    }

    /// The time since 1970 that an event tells.
    fn told(&mut self, event: &Event<'_>) -> Option<(Duration, TimeSource)> {
        let own = time_of(event).filter(possible);
        let found = match event {
            Event::Cel(view) => self.cel(view, own).map(|at| (at, TimeSource::Cel)),
            Event::Newchannel(view) if self.source != TimeSource::Cel => {
                let made = view.unique_id().ok()?.epoch().map(Duration::from_secs);
                made.map(|at| (at, TimeSource::UniqueId))
            }
            _ => None,
        };
        own.map(|at| (at, TimeSource::Timestamp)).or(found).filter(|(at, _)| possible(at))
    }

    /// The time of a CEL event in UTC. Learns how far local time is ahead of that.
    fn cel(&mut self, view: &Cel<'_>, own: Option<Duration>) -> Option<Duration> {
        let local: DateTime = view.event_time().ok()?;
        let seconds = local.unix_seconds(0);
        let ahead = |utc: Duration| {
            let ahead = seconds.checked_sub(i64::try_from(utc.as_secs()).ok()?)?;
            let ahead = (ahead + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
            (ahead.abs() <= FARTHEST).then_some(Ahead::Learnt(ahead))
        };
        let made = || view.unique_id().ok()?.epoch().map(Duration::from_secs).filter(possible);
        let starts = view.event_name().is_ok_and(|name| name.eq_ignore_case("CHAN_START"));
        let exact = own.or_else(|| made().filter(|_| starts)).and_then(ahead);
        // What was assumed stays: the clock would stand still for hours, or skip them.
        if let (None | Some(Ahead::Learnt(_)), Some(_)) = (self.ahead, exact) {
            self.ahead = exact;
        } else if self.ahead.is_none() {
            let before = (self.source != TimeSource::None).then_some(self.now);
            self.ahead = before.or_else(made).and_then(ahead).or(Some(Ahead::Assumed));
        }
        let ahead = match self.ahead? {
            Ahead::Learnt(ahead) => ahead,
            Ahead::Assumed => 0,
        };
        let seconds = u64::try_from(seconds.checked_sub(ahead)?).ok()?;
        Some(Duration::new(seconds, local.time().micros().saturating_mul(1000)))
    }
}

/// Returns whether this is a time since 1970.
fn possible(at: &Duration) -> bool {
    !at.is_zero() && at.as_secs() <= LATEST
}
