//! What a server is told once: how it greets, how long it waits, how much it holds.

use alloc::format;
use alloc::string::String;
use core::time::Duration;
use std::time::Instant;

use super::asterisk_rules::{LINE, LINES};
use super::open::Opened;
use crate::value::{AmiVersion, Banner};
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
    pub(super) started: Option<Instant>,
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
            started: None,
            unsent: 1 << 23,
            open: 256,
        }
    }

    /// What may arrive. Lines of more than 1,022 bytes and messages of more than 128 lines are
    /// refused one by one, as Asterisk does; over these limits the connection is given up: no
    /// request is that long.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Plays this release of Asterisk, 1.4 to 1.8 as 1: greets with the version that its last one
    /// speaks. Default: 22. A number that no release has changes nothing.
    ///
    /// ```
    /// use std::time::Instant;
    /// use ami_proto::server::{Config, Server};
    ///
    /// let server = Server::new(Instant::now(), Config::new().asterisk(13));
    /// assert_eq!(server.poll_transmit(), Some(&b"Asterisk Call Manager/2.10.6\r\n"[..]));
    /// ```
    pub fn asterisk(self, release: u32) -> Self {
        match AmiVersion::of_asterisk(release) {
            Some(version) => self.banner(&format!("Asterisk Call Manager/{version}")),
            None => self,
        }
    }

    /// The release that it plays, by its banner. `None`: that doesn't say.
    pub(super) fn release(&self) -> Option<u32> {
        Banner::new(self.banner.as_bytes()).version().and_then(AmiVersion::asterisk_major)
    }

    /// The line to greet with; an empty one is not sent. Default: that of Asterisk 22. What would
    /// break the line is left out. A version in it says which release the server
    /// [plays](Self::asterisk).
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
    ///
    /// It has `Uptime` and `LastReload`, in seconds since the server has [started](Self::started),
    /// unless it plays a release before 14, which sends neither.
    pub fn fully_booted(mut self, yes: bool) -> Self {
        self.booted = yes;
        self
    }

    /// When the server that it plays has started. Default: when the session began.
    pub fn started(mut self, at: Instant) -> Self {
        self.started = Some(at);
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
