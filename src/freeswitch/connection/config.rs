//! Configuration of a connection: subscriptions, timeouts and memory limits.

use alloc::vec::Vec;
use core::time::Duration;

use super::Message;
use super::replay::Setting;
use crate::conn::keep_alive;
use crate::freeswitch::LIMITS;
use crate::wire::Limits;

/// Encoding of events in the stream. Events read alike in each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum EventFormat {
    /// Header lines: the cheapest to parse, and the default.
    #[default]
    Plain,
    /// A JSON object. The only encoding that preserves a `%` followed by two hexadecimal digits.
    Json,
    /// An XML document, which is read with the feature `xml`.
    #[cfg(feature = "xml")]
    Xml,
}

impl EventFormat {
    /// Returns the word in the `event` command.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Json => "json",
            #[cfg(feature = "xml")]
            Self::Xml => "xml",
        }
    }
}

/// Settings of a [`Connection`](super::Connection). Cheap to share behind an
/// [`Arc`](std::sync::Arc).
///
/// ```
/// use core::time::Duration;
/// use ami_proto::freeswitch::{Config, EventFormat};
///
/// let config = Config::new()
///     .events(EventFormat::Plain, "BACKGROUND_JOB CUSTOM conference::maintenance")
///     .response_timeout(Duration::from_secs(70))
///     .ceiling(1 << 20);
/// assert_eq!(config.most_held(), (1 << 20) + (1 << 25));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Config {
    pub(super) limits: Limits,
    pub(super) format: EventFormat,
    pub(super) events: Vec<u8>,
    pub(super) login: Duration,
    pub(super) response: Duration,
    pub(super) job: Duration,
    pub(super) closing: Duration,
    pub(super) silence: Duration,
    pub(super) keep_alive: Option<(Duration, Duration)>,
    pub(super) in_flight: usize,
    pub(super) open: usize,
    bytes: usize,
    /// Smallest effective ceiling.
    least: usize,
}

impl Config {
    /// Smallest ceiling in bytes, in addition to the space for the configured events.
    const LEAST_CEILING: usize = 256;

    /// Number of copies that a setting has while it is restored: to be restored, to be answered, to
    /// be transmitted.
    pub(super) const COPIES: usize = 3;

    /// Creates the default configuration; each setter documents its default.
    pub const fn new() -> Self {
        Self {
            limits: LIMITS,
            format: EventFormat::Plain,
            events: Vec::new(),
            login: Duration::from_secs(10),
            response: Duration::from_secs(30),
            job: Duration::from_secs(120),
            closing: Duration::from_secs(5),
            silence: Duration::from_secs(60),
            keep_alive: Some(keep_alive::DEFAULT),
            in_flight: 256,
            open: 16_384,
            bytes: 1 << 23,
            least: Self::LEAST_CEILING,
        }
    }

    /// Sets the limits of incoming frames, see [`Limits`]. Default: [`LIMITS`].
    ///
    /// A frame over a limit is skipped once the connection is logged in
    /// ([`Ending::Oversized`](super::Ending::Oversized),
    /// [`ConnectionEvent::Oversized`](super::ConnectionEvent::Oversized)). Before the login, and if
    /// the frame's end can't be found, the connection fails.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the events to subscribe to after each login: names separated by blanks, `ALL`, or
    /// `CUSTOM` with subclasses. `CUSTOM` goes last: all words after it are subclasses. Default: no
    /// events.
    pub fn events(mut self, format: EventFormat, types: impl AsRef<[u8]>) -> Self {
        self.format = format;
        self.events = types.as_ref().into();
        let command = Setting::of(&Message::subscribe(format, &self.events)).map_or(0, |setting| setting.len());
        self.least = Self::LEAST_CEILING + Self::COPIES * command;
        self
    }

    /// Sets the time limit for the greeting, and then for the answer to the password. Default 10 s:
    /// a server closes a connection that sends nothing for 25 s.
    pub const fn login_timeout(mut self, timeout: Duration) -> Self {
        self.login = timeout;
        self
    }

    /// Sets the time limit for an answer. Default 30 s.
    /// [`Connection::send_within`](super::Connection::send_within) sets it for one request.
    ///
    /// The server answers in order, one request after the other. `api conference … dial` waits for
    /// as long as the phone may ring, 60 s unless the dial string has an `originate_timeout`, and
    /// delays the answers to later requests as well as events: that time is added to the limits of
    /// this request and the later ones.
    pub const fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response = timeout;
        self
    }

    /// Sets the time limit for a background job after it was accepted. Default 120 s. For
    /// `conference … dial` the time that the phone may ring is added.
    pub const fn job_timeout(mut self, timeout: Duration) -> Self {
        self.job = timeout;
        self
    }

    /// Sets how long the server may owe its next answer if no caller waits for it any more: because
    /// the request was cancelled or timed out, or because the connection itself restored a setting.
    /// Default 60 s. After that the connection fails with
    /// [`ConnectionError::NotAnswered`](crate::ConnectionError::NotAnswered).
    ///
    /// The time begins anew with each answer, and with nothing else that the server sends. Answers
    /// come in order, so without this rule a server that sends events but no answers would occupy
    /// the places of [`max_in_flight`](Self::max_in_flight) for ever. Use
    /// [`Connection::send_within`](super::Connection::send_within) for an `api` that takes longer
    /// than [`response_timeout`](Self::response_timeout) and this time together.
    pub const fn silence_timeout(mut self, timeout: Duration) -> Self {
        self.silence = timeout;
        self
    }

    /// Sets the keep-alive: sends a request after `idle` without any input, and fails with
    /// [`ConnectionError::KeepAlive`](crate::ConnectionError::KeepAlive) if no input follows within
    /// `timeout`. Default: 60 s and 30 s, for the reasons given at
    /// [AMI's](crate::client::Config::keep_alive) client. An `idle` below 100 ms counts as 100 ms.
    ///
    /// The request is the command `noop`, which no server has and every server answers
    /// (`-ERR command not found`), regardless of the user's rights. No keep-alive is sent while the
    /// server owes an answer: it answers in order, and each request has its own deadline. A request
    /// without deadline, sent by [`Connection::send_within`](super::Connection::send_within),
    /// doesn't hold the keep-alive back.
    pub const fn keep_alive(mut self, idle: Duration, timeout: Duration) -> Self {
        self.keep_alive = Some((keep_alive::at_least(idle), timeout));
        self
    }

    /// Disables the [keep-alive](Self::keep_alive).
    pub const fn without_keep_alive(mut self) -> Self {
        self.keep_alive = None;
        self
    }

    /// Sets how long [`close`](super::Connection::close) waits for the server to close the
    /// connection. Default 5 s.
    pub const fn close_timeout(mut self, timeout: Duration) -> Self {
        self.closing = timeout;
        self
    }

    /// Sets the number of requests that may await their answers at a time. Default 256; with 0 no
    /// request can be sent.
    ///
    /// A job is in flight until the server has accepted it. A cancelled or timed-out request counts
    /// until the server has answered it, since answers are told apart by their order only, or until
    /// the connection [is lost](Self::silence_timeout).
    pub const fn max_in_flight(mut self, requests: usize) -> Self {
        self.in_flight = requests;
        self
    }

    /// Sets the number of requests that may be open at a time: in flight, or running jobs. Default
    /// 16,384; with 0 no request can be sent. An ended request counts until its ending has been
    /// polled.
    pub const fn max_open(mut self, requests: usize) -> Self {
        self.open = requests;
        self
    }

    /// Sets the number of bytes that requests not yet transmitted, and subscriptions and filters to
    /// be restored, may take up together. Default 8 MiB.
    ///
    /// Input that has not been polled yet has its own limit, [`Limits::buffer`]. A request over the
    /// ceiling is refused with [`SendError::Ceiling`](crate::error::SendError::Ceiling), and so is
    /// a login that takes more than two thirds of the ceiling.
    ///
    /// Space is reserved for the goodbye, and for the settings to be restored at the next login: a
    /// setting counts three times. The smallest effective ceiling is 256 bytes plus three times the
    /// command for the configured [`events`](Self::events).
    pub const fn ceiling(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Returns the number of bytes that a connection with this configuration holds at most, see
    /// [`ceiling`](Self::ceiling). It does not include indexes, a small fixed size for each request
    /// in flight, and the lines into which an event in JSON or XML is converted (at most three
    /// times its frame).
    pub const fn most_held(&self) -> usize {
        self.most().saturating_add(self.limits.max_buffer() as usize)
    }

    /// Returns the effective ceiling.
    pub(super) const fn most(&self) -> usize {
        if self.bytes < self.least { self.least } else { self.bytes }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
