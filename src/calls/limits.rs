//! What a tracker keeps at the most, and what it had to leave out.

use core::time::Duration;

/// Ceilings on what events can make a [`Tracker`](super::Tracker) keep. None is unbounded; 0 means
/// none at all.
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
    /// The defaults: 10,000 calls, 256 legs a call, 1,024 marks a call, 1,024 ended calls not taken
    /// yet, 256 bytes of text, 64 MiB in all, a week.
    pub const fn new() -> Self {
        Self { calls: 10_000, legs: 256, marks: 1024, ended: 1024, text: 256, bytes: 64 << 20, age: WEEK }
    }

    /// Calls going on at once. One more, and the oldest is given up: it comes from
    /// [`poll_ended`](super::Tracker::poll_ended) without an end. Default 10,000; the default of
    /// [`bytes`](Self::bytes) holds 7,000 to 8,000 ordinary calls and is reached first: raise both.
    #[must_use]
    pub const fn calls(mut self, calls: usize) -> Self {
        self.calls = calls;
        self
    }

    /// Legs of a call, those that have ended included. One more, and the oldest go: those that have
    /// ended first, then those that live, and the one that the call began with only where there may
    /// be no other. Of many a 64th part goes at once. Default 256: a busy conference or
    /// queue has some dozens.
    #[must_use]
    pub const fn legs(mut self, legs: usize) -> Self {
        self.legs = legs;
        self
    }

    /// Holds, stays in bridges, digits, dials, transfers, waits, parkings, rooms, recordings,
    /// variables, records and further linked ids of a call, all together. One more, and the oldest
    /// go, of many a 64th part at once; where calls become one, those of the larger are
    /// before those of the smaller. Default 1,024.
    #[must_use]
    pub const fn marks(mut self, marks: usize) -> Self {
        self.marks = marks;
        self
    }

    /// Calls that have ended and wait for [`poll_ended`](super::Tracker::poll_ended). One more
    /// pushes out the oldest. Default 1,024.
    #[must_use]
    pub const fn ended(mut self, calls: usize) -> Self {
        self.ended = calls;
        self
    }

    /// Bytes of a name or number. A longer one is cut; an event with a longer id (they are the
    /// keys, so they can't be cut) is left out. Default 256: the server's own limit for ids is 150.
    #[must_use]
    pub const fn text(mut self, bytes: usize) -> Self {
        self.text = bytes;
        self
    }

    /// Bytes of everything that the tracker holds: calls that go on, ended ones, and the books to
    /// find them by. They are counted a little above the truth. Default 64 MiB: an ordinary call of
    /// two legs, its steps in the dialplan included, counts about 8,000 bytes, so that they hold
    /// 7,000 to 8,000. For 10,000 set 96 MiB.
    ///
    /// At the limit the oldest ended calls that were not taken make room for what is new, then the
    /// oldest that go on, and where no other call is left the oldest legs and marks of the call itself.
    /// [`Losses`] counts each.
    ///
    /// The books alone take up about 9 kB as soon as there is a call. With a limit that leaves no
    /// room for a call beside them, none is tracked and nothing is held.
    #[must_use]
    pub const fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Age at which a call that goes on is given up, counted from its start: its hangup was lost.
    /// Default a week, since a conference or the login of an agent may last for days.
    #[must_use]
    pub const fn age(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }

    /// The value set with [`age`](Self::age).
    pub const fn max_age(&self) -> Duration {
        self.age
    }

    /// The value set with [`calls`](Self::calls).
    pub const fn max_calls(&self) -> usize {
        self.calls
    }

    /// The value set with [`legs`](Self::legs).
    pub const fn max_legs(&self) -> usize {
        self.legs
    }

    /// The value set with [`marks`](Self::marks).
    pub const fn max_marks(&self) -> usize {
        self.marks
    }

    /// The value set with [`ended`](Self::ended).
    pub const fn max_ended(&self) -> usize {
        self.ended
    }

    /// The value set with [`text`](Self::text).
    pub const fn max_text(&self) -> usize {
        self.text
    }

    /// The value set with [`bytes`](Self::bytes).
    pub const fn max_bytes(&self) -> usize {
        self.bytes
    }
}

impl Default for CallLimits {
    fn default() -> Self {
        Self::new()
    }
}

/// What was left out because of a limit, and what fitted nothing, since the tracker was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Losses {
    /// Calls given up before their end: the oldest at a limit, or too old, or by a server that has
    /// restarted.
    pub given_up: u64,
    /// Events that were left out since the call that they would have begun can have no room at all:
    /// most calls have several.
    pub call_events: u64,
    /// Events that were left out since the leg that they would have added can have no room at all:
    /// most legs have several.
    pub leg_events: u64,
    /// Legs given up before their call: the oldest at the limit.
    pub legs: u64,
    /// Marks given up before their call, the oldest at the limit, or left out since there is no room
    /// for any. Those of a leg that is given up count as its.
    pub marks: u64,
    /// Ended calls pushed out before they were taken.
    pub ended: u64,
    /// Texts cut, or not kept.
    pub texts: u64,
    /// Events left out for an id that is too long.
    pub ids: u64,
    /// Hangups of channels that were not tracked: such as had been there before and never showed,
    /// or fell to another limit.
    pub hangups: u64,
}
