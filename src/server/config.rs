//! What a server is told once: how it greets, how long it waits, how much it holds.

use alloc::string::String;
use core::time::Duration;

use super::asterisk_rules::{LINE, LINES};
use super::open::Opened;
use crate::wire::Limits;

/// Settings of a [`Server`](super::Server). Several can share one behind an
/// [`Arc`](std::sync::Arc).
#[derive(Clone, Debug)]
#[must_use]
pub struct Config {
    pub(super) limits: Limits,
    pub(super) banner: String,
    pub(super) auth: Duration,
    pub(super) refusal: Duration,
    pub(super) booted: bool,
    pub(super) unsent: usize,
    pub(super) open: usize,
}

impl Config {
    /// The defaults, each told at its setter.
    pub fn new() -> Self {
        Self {
            limits: Limits::new(),
            banner: "Asterisk Call Manager/11.0.0".into(),
            auth: Duration::from_secs(30),
            refusal: Duration::from_secs(1),
            booted: true,
            unsent: 1 << 23,
            open: 256,
        }
    }

    /// What may arrive. Lines of more than 1,022 bytes and messages of more than 128 lines are
    /// refused one by one, as Asterisk does; over these limits the connection is given up.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The line to greet with; an empty one is not sent. Default: that of Asterisk 22. What would
    /// break the line is left out.
    pub fn banner(mut self, line: &str) -> Self {
        self.banner = line.chars().filter(|letter| !matches!(letter, '\r' | '\n' | '\0')).collect();
        self
    }

    /// How long a client may take to log in (Asterisk: `authtimeout`). Default 30 s.
    pub fn auth_timeout(mut self, timeout: Duration) -> Self {
        self.auth = timeout;
        self
    }

    /// How long a refused login waits for its answer. Default 1 s, as in Asterisk.
    pub fn refusal_delay(mut self, delay: Duration) -> Self {
        self.refusal = delay;
        self
    }

    /// Whether `FullyBooted` follows an accepted login, where the session reads the class `system`.
    /// Default: yes.
    pub fn fully_booted(mut self, yes: bool) -> Self {
        self.booted = yes;
        self
    }

    /// Bytes that may wait for transmission. Default 8 MiB. Over half of it no request is handed
    /// out until some have been transmitted; what would go over it is not written, and the session
    /// is over: nobody can fill the memory by asking, or listening, and not reading. Lists longer
    /// than that are written as [`Server::unsent`](super::Server::unsent) falls.
    pub fn ceiling(mut self, bytes: usize) -> Self {
        self.unsent = bytes;
        self
    }

    /// Bytes that a session with these settings holds at the most: what was received and not
    /// polled, a copy of one request, what waits for transmission, and what is known of open
    /// requests.
    pub fn most_held(&self) -> usize {
        let open = self.open.max(1).saturating_mul(Opened::SIZE + LINE);
        (LINES * (LINE + 2))
            .saturating_add(open)
            .saturating_add(self.unsent)
            .saturating_add(self.limits.max_buffer() as usize)
    }

    /// Requests that may be open at a time; further ones wait. Default 256. With 1 they are handled
    /// one after the other, as Asterisk does.
    pub fn max_open(mut self, requests: usize) -> Self {
        self.open = requests;
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
