//! Limits of a tracker's memory, and counters of the data that it left out.

use core::time::Duration;

/// Limits of the data that events can make a [`Tracker`](super::Tracker) keep. None is unbounded; 0
/// means that nothing is kept.
///
/// ```
/// use ami_proto::calls::CallLimits;
///
/// let limits = CallLimits::new().calls(500);
/// assert_eq!(limits.max_calls(), 500);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    calls: usize,
    legs: usize,
    marks: usize,
    ended: usize,
    text: usize,
    bytes: usize,
    age: Duration,
}

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

impl CallLimits {
    /// Creates the default limits: 10,000 calls, 256 legs per call, 1,024 marks per call, 1,024
    /// ended calls not yet taken, 256 bytes of text, 64 MiB in all, an age of one week.
    pub const fn new() -> Self {
        Self { calls: 10_000, legs: 256, marks: 1024, ended: 1024, text: 256, bytes: 64 << 20, age: WEEK }
    }

    /// Sets the number of active calls. When it is exceeded, the oldest call is given up:
    /// [`poll_ended`](super::Tracker::poll_ended) returns it without an end. Default 10,000. The
    /// default of [`bytes`](Self::bytes) holds 7,000 to 8,000 ordinary calls and is reached first:
    /// raise both.
    #[must_use]
    pub const fn calls(mut self, calls: usize) -> Self {
        self.calls = calls;
        self
    }

    /// Sets the number of legs of a call, ended ones included. When it is exceeded, the oldest legs
    /// are dropped: ended ones first, then living ones, and the leg that began the call only if no
    /// other may be kept. Of many legs, 1/64 is dropped at once. Default 256: a busy conference or
    /// queue has some dozens.
    #[must_use]
    pub const fn legs(mut self, legs: usize) -> Self {
        self.legs = legs;
        self
    }

    /// Sets the number of marks of a call: holds, stays in bridges, digits, dials, transfers,
    /// waits, parkings, rooms, recordings, variables, records and further linked ids, all together.
    /// When it is exceeded, the oldest marks are dropped, of many 1/64 at once; after a merge,
    /// marks of the larger call count as older than those of the smaller one. Default 1,024.
    #[must_use]
    pub const fn marks(mut self, marks: usize) -> Self {
        self.marks = marks;
        self
    }

    /// Sets the number of ended calls that wait for [`poll_ended`](super::Tracker::poll_ended).
    /// When it is exceeded, the oldest is dropped. Default 1,024.
    #[must_use]
    pub const fn ended(mut self, calls: usize) -> Self {
        self.ended = calls;
        self
    }

    /// Sets the length of a name or number, in bytes. A longer one is cut. An event with a longer
    /// id is left out, since ids are keys and can't be cut. Default 256: the server's own limit for
    /// ids is 150.
    #[must_use]
    pub const fn text(mut self, bytes: usize) -> Self {
        self.text = bytes;
        self
    }

    /// Sets the bytes that the tracker holds in all: active calls, ended calls, and the indexes to
    /// find them by. The count is slightly higher than the real use. Default 64 MiB: an ordinary
    /// call of two legs, its dialplan steps included, counts about 8,000 bytes, so that they hold
    /// 7,000 to 8,000. For 10,000 calls set 96 MiB.
    ///
    /// At the limit, the oldest ended calls that were not taken are dropped first, then the oldest
    /// active calls, and if no other call is left, the oldest legs and marks of the call itself.
    /// [`Losses`] counts each.
    ///
    /// The indexes alone take up about 9 kB as soon as there is a call. If a limit leaves no room
    /// for a call beside them, no call is tracked and nothing is held.
    #[must_use]
    pub const fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Sets the age, counted from its start, at which an active call is given up because its hangup
    /// must have been lost. Default one week, since a conference or an agent's login may last for
    /// days.
    #[must_use]
    pub const fn age(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }

    /// Returns the value set with [`age`](Self::age).
    pub const fn max_age(&self) -> Duration {
        self.age
    }

    /// Returns the value set with [`calls`](Self::calls).
    pub const fn max_calls(&self) -> usize {
        self.calls
    }

    /// Returns the value set with [`legs`](Self::legs).
    pub const fn max_legs(&self) -> usize {
        self.legs
    }

    /// Returns the value set with [`marks`](Self::marks).
    pub const fn max_marks(&self) -> usize {
        self.marks
    }

    /// Returns the value set with [`ended`](Self::ended).
    pub const fn max_ended(&self) -> usize {
        self.ended
    }

    /// Returns the value set with [`text`](Self::text).
    pub const fn max_text(&self) -> usize {
        self.text
    }

    /// Returns the value set with [`bytes`](Self::bytes).
    pub const fn max_bytes(&self) -> usize {
        self.bytes
    }
}

impl Default for CallLimits {
    fn default() -> Self {
        Self::new()
    }
}

/// Counters since the tracker was created: data left out because of a limit, and events without a
/// matching channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Losses {
    /// Calls given up before their end: as the oldest at a limit, because of their age, or because
    /// the server restarted.
    pub given_up: u64,
    /// Events left out because the limits allow no room for the call that they would begin: most
    /// calls have several such events.
    pub call_events: u64,
    /// Events left out because the limits allow no room for the leg that they would add: most legs
    /// have several such events.
    pub leg_events: u64,
    /// Legs dropped while their call was active, as the oldest at the limit.
    pub legs: u64,
    /// Marks dropped while their call was active, as the oldest at the limit, or left out because
    /// the limits allow no marks. The marks of a dropped leg count too.
    pub marks: u64,
    /// Ended calls dropped before they were taken.
    pub ended: u64,
    /// Texts that were cut or not kept.
    pub texts: u64,
    /// Events left out because of an id that is too long.
    pub ids: u64,
    /// Hangups of channels that were not tracked: channels that existed before and never appeared
    /// in an event, or that were dropped at another limit.
    pub hangups: u64,
}
