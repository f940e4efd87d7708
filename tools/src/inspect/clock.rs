//! When an event of a recording happened. A recording of bytes has no times of its own, so the
//! events are asked, best first.

use std::time::Duration;

use ami_proto::calls::{TimeSource, time_of};
use ami_proto::event::Event;

/// A clock that never goes back.
pub(crate) struct Clock(Duration, TimeSource);

impl Default for Clock {
    fn default() -> Self {
        Self(Duration::ZERO, TimeSource::None)
    }
}

impl Clock {
    /// The time of the next event since 1970: its own, or that of the one before; 0 before the
    /// first that tells one.
    ///
    /// `Timestamp` is the event's (`timestampevents=yes`), in microseconds. A `CEL` event has the
    /// time of what it records, in the server's local time. The unique id of a new channel has the
    /// second of its making.
    pub(crate) fn tick(&mut self, event: &Event<'_>) -> Duration {
        let own = time_of(event);
        let found = own.or_else(|| match event {
            Event::Cel(cel) => {
                let time = cel.event_time().ok()?;
                let seconds = u64::try_from(time.unix_seconds(0)).ok()?;
                Some(Duration::from_secs(seconds) + Duration::from_micros(time.time().micros().into()))
            }
            Event::Newchannel(view) => view.unique_id().ok()?.epoch().map(Duration::from_secs),
            _ => None,
        });
        self.1 = match (self.1, event) {
            _ if found.is_none() => self.1,
            _ if own.is_some() => TimeSource::Timestamp,
            (TimeSource::Timestamp, _) => TimeSource::Timestamp,
            (_, Event::Cel(_)) | (TimeSource::Cel, _) => TimeSource::Cel,
            _ => TimeSource::UniqueId,
        };
        self.0 = self.0.max(found.unwrap_or_default());
        self.0
    }

    /// The best source that told a time so far.
    pub(crate) const fn source(&self) -> TimeSource {
        self.1
    }
}
