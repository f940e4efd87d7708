//! Server configuration: greeting, timeouts and memory limits.

use alloc::format;
use alloc::string::String;
use core::time::Duration;
use std::time::Instant;

use super::asterisk_rules::{LINE, LINES};
use super::open::Opened;
use crate::value::{AmiVersion, Banner};
use crate::wire::Limits;

/// Settings of a [`Server`](super::Server). Several servers can share one behind an
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
    /// Returns the default settings. Each setter names its default.
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

    /// Sets the limits on what a client may send. Lines of more than 1,022 bytes and messages of
    /// more than 128 lines are refused one by one, as in Asterisk; over these limits the connection
    /// is given up, since no request is that long.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the release of Asterisk to imitate, 1.4 to 1.8 as 1: the server greets with the
    /// protocol version of that release's last Asterisk. Default: 22. A number that is not a
    /// release changes nothing.
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

    /// Returns the release to imitate, by the banner. `None` if the banner does not tell.
    pub(super) fn release(&self) -> Option<u32> {
        Banner::new(self.banner.as_bytes()).version().and_then(AmiVersion::asterisk_major)
    }

    /// Sets the greeting; an empty one is not sent. Default: that of Asterisk 22. Characters that
    /// would break the line are left out. A version in it sets the release that the server
    /// [imitates](Self::asterisk).
    pub fn banner(mut self, line: &str) -> Self {
        self.banner = line.chars().filter(|letter| !matches!(letter, '\r' | '\n' | '\0')).collect();
        self
    }

    /// Sets how long a client may take to log in (Asterisk: `authtimeout`). Default 30 s.
    pub fn auth_timeout(mut self, timeout: Duration) -> Self {
        self.auth = timeout;
        self
    }

    /// Sets how long a refused login waits for its answer. Default 1 s, as in Asterisk.
    pub fn refusal_delay(mut self, delay: Duration) -> Self {
        self.refusal = delay;
        self
    }

    /// Sets whether `FullyBooted` follows an accepted login, if the session reads the class
    /// `system`. Default: `true`.
    ///
    /// The event has `Uptime` and `LastReload`, in seconds since the server has
    /// [started](Self::started), unless the server imitates a release before 14, which sends
    /// neither.
    pub fn fully_booted(mut self, yes: bool) -> Self {
        self.booted = yes;
        self
    }

    /// Sets when the imitated server has started. Default: when the session began.
    pub fn started(mut self, at: Instant) -> Self {
        self.started = Some(at);
        self
    }

    /// Sets how many bytes may wait for transmission. Default 8 MiB. Above half of it no request is
    /// handed out until bytes have been transmitted. Output that would go over it is not written,
    /// and the session is over, so a client that sends requests or listens without reading cannot
    /// fill the memory. Write longer lists as [`Server::unsent`](super::Server::unsent) falls.
    pub fn ceiling(mut self, bytes: usize) -> Self {
        self.unsent = bytes;
        self
    }

    /// Returns how many bytes a session with these settings holds at most: input not polled, a copy
    /// of one request, output not transmitted, and the state of open requests.
    pub fn most_held(&self) -> usize {
        let open = self.open.max(1).saturating_mul(Opened::SIZE + LINE);
        (LINES * (LINE + 2))
            .saturating_add(open)
            .saturating_add(self.unsent)
            .saturating_add(self.limits.max_buffer() as usize)
    }

    /// Sets how many requests may be open at a time; further ones wait. Default 256. With 1 they
    /// are handled one after the other, as in Asterisk.
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
