//! The time to wait before the next connection, so that a server that comes up again is not met by
//! all its clients at once.

use core::fmt;
use core::time::Duration;
use std::time::Instant;

use super::id_prefix::Prefixes;

/// The delays between attempts to connect: the limit doubles with each, and the delay is drawn
/// between half of the limit and all of it. [`Backoff::default`] begins with half a second at the
/// most and never goes over 30 seconds.
///
/// It sleeps nowhere and reads no clock. Tell it of each connection that could not be made or has
/// been lost, and wait for what it returns; and tell it when a login was accepted:
///
/// ```
/// use std::time::{Duration, Instant};
/// use ami_proto::conn::Backoff;
///
/// let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60)).seeded(1);
/// let now = Instant::now();
/// let [first, second] = [backoff.lost(now), backoff.lost(now)];
/// assert!((Duration::from_millis(500)..=Duration::from_secs(1)).contains(&first));
/// assert!((Duration::from_secs(1)..=Duration::from_secs(2)).contains(&second));
/// ```
///
/// # The delays
///
/// The n-th delay in a row lies between half of `first` · 2ⁿ⁻¹ and all of it, `most` in place of
/// what is longer. Where in it is drawn from the randomness that the standard library has for its
/// hash maps: many clients that have lost one server come back one by one.
///
/// They begin anew once a connection that was [accepted](Self::accepted) has stood for as long as
/// the last delay. A server that accepts logins and closes each connection at once is thus left
/// alone for longer and longer, as one that accepts none.
#[derive(Clone)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    /// The longest that the next delay may be.
    next: Duration,
    /// The delay before the connection that was made last, and when that was accepted.
    last: Duration,
    accepted: Option<Instant>,
    draws: Prefixes,
}

impl Backoff {
    /// A millisecond: nothing would stay nothing, however often it is doubled.
    const LEAST: Duration = Duration::from_millis(1);

    /// Delays that begin with `first` at the most, and never go over `most`. Less than a
    /// millisecond counts as one.
    pub fn new(first: Duration, most: Duration) -> Self {
        let most = most.max(Self::LEAST);
        let first = first.clamp(Self::LEAST, most);
        Self { first, most, next: first, last: Duration::ZERO, accepted: None, draws: Prefixes::random() }
    }

    /// Draws from this number instead, to get the same delays each time: for tests.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.draws = Prefixes::seeded(seed);
        self
    }

    /// Says that the server has accepted the login, at this time.
    pub fn accepted(&mut self, now: Instant) {
        self.accepted = Some(now);
    }

    /// Says that the connection could not be made or has been lost, at this time; returns how long
    /// to wait before the next attempt.
    pub fn lost(&mut self, now: Instant) -> Duration {
        let stood = self.accepted.take().map(|accepted| now.saturating_duration_since(accepted));
        if stood.is_some_and(|stood| stood >= self.last) {
            self.next = self.first;
        }
        self.last = self.draw(self.next);
        self.next = self.next.saturating_mul(2).min(self.most);
        self.last
    }

    /// Draws a delay between half of the longest and all of it.
    fn draw(&mut self, longest: Duration) -> Duration {
        self.draws.advance();
        let half = longest / 2;
        let nanoseconds = u64::try_from(longest.saturating_sub(half).as_nanos()).unwrap_or(u64::MAX - 1);
        half + Duration::from_nanos(self.draws.bits() % (nanoseconds + 1))
    }
}

impl Default for Backoff {
    /// Half a second at first, half a minute at the most.
    fn default() -> Self {
        Self::new(Duration::from_millis(500), Duration::from_secs(30))
    }
}

impl fmt::Debug for Backoff {
    /// The delays, without what they are drawn from.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backoff").field("last", &self.last).field("next", &self.next).finish_non_exhaustive()
    }
}
