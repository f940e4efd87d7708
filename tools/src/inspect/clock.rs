//! When an event of a recording happened. A recording of bytes has no times of its own, so the
//! events are asked, best first.

use std::time::Duration;

use ami_proto::calls::time_of;
use ami_proto::event::Event;

/// A clock that never goes back.
#[derive(Default)]
pub(crate) struct Clock(Duration);

impl Clock {
    /// The time of the next event since 1970: its own, or that of the one before; 0 before the
    /// first that tells one.
    ///
    /// `Timestamp` is the event's (`timestampevents=yes`), in microseconds. A `CEL` event has the
    /// time of what it records, in the server's local time. The unique id of a new channel has the
    /// second of its making.
    pub(crate) fn tick(&mut self, event: &Event<'_>) -> Duration {
        let found = time_of(event).or_else(|| match event {
            Event::Cel(cel) => {
                let time = cel.event_time().ok()?;
                let seconds = u64::try_from(time.unix_seconds(0)).ok()?;
                Some(Duration::from_secs(seconds) + Duration::from_micros(time.time().micros().into()))
            }
            Event::Newchannel(view) => view.unique_id().ok()?.epoch().map(Duration::from_secs),
            _ => None,
        });
        self.0 = self.0.max(found.unwrap_or_default());
        self.0
    }
}
