//! What a connection is told once: what it subscribes to, how long it waits, how much it holds.

use alloc::vec::Vec;
use core::time::Duration;

use super::Message;
use super::replay::Setting;
use crate::conn::keep_alive;
use crate::freeswitch::LIMITS;
use crate::wire::Limits;

/// How events are encoded on the wire; they read alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum EventFormat {
    /// Header lines: the cheapest to read, and the default.
    #[default]
    Plain,
    /// An object. The only one that keeps a `%` which two hexadecimal digits follow.
    Json,
    /// A document; read with the feature `xml`.
    #[cfg(feature = "xml")]
    Xml,
}

impl EventFormat {
    /// As the commands name it.
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
    /// What the ceiling counts as where it is less.
    least: usize,
}

impl Config {
    /// Bytes that the ceiling has at the least, besides what the configured events take up.
    const LEAST_CEILING: usize = 256;

    /// Times that a setting is held while it is restored: to be restored, to be answered, to be
    /// transmitted.
    pub(super) const COPIES: usize = 3;

    /// The defaults, each told at its setter.
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

    /// What may arrive, see [`Limits`]. A frame over one of them is skipped once the connection is
    /// logged in ([`Ending::Oversized`](super::Ending::Oversized),
    /// [`ConnectionEvent::Oversized`](super::ConnectionEvent::Oversized)); before that, and where
    /// its end can't be told, the connection is given up. Default: [`LIMITS`].
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Events to subscribe to after each login: names with blanks between them, `ALL`, or `CUSTOM`
    /// and subclasses, which go last: all that follows `CUSTOM` is one. Default: none.
    pub fn events(mut self, format: EventFormat, types: impl AsRef<[u8]>) -> Self {
        self.format = format;
        self.events = types.as_ref().into();
        let command = Setting::of(&Message::subscribe(format, &self.events)).map_or(0, |setting| setting.len());
        self.least = Self::LEAST_CEILING + Self::COPIES * command;
        self
    }

    /// How long the greeting may take, and then the answer to the password. Default 10 s: a server
    /// gives up whoever says nothing after 25.
    pub const fn login_timeout(mut self, timeout: Duration) -> Self {
        self.login = timeout;
        self
    }

    /// How long an answer may take. Default 30 s.
    /// [`Connection::send_within`](super::Connection::send_within) sets it for one request.
    ///
    /// The server answers in order, one request after the other. `api conference … dial` waits for as
    /// long as the phone may ring, 60 s unless the dial string has an `originate_timeout`, and holds
    /// back what was asked after it, and events too: that time is added for it and for those.
    pub const fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response = timeout;
        self
    }

    /// How long a job in the background may take once it was accepted. Default 120 s. For
    /// `conference … dial` the time that the phone may ring is added.
    pub const fn job_timeout(mut self, timeout: Duration) -> Self {
        self.job = timeout;
        self
    }

    /// Sets how long the server may owe its next answer where no caller waits for that any more: to
    /// a request that was given up, or to what the connection has set again. Default 60 s. Then the
    /// connection is lost, with
    /// [`ConnectionError::NotAnswered`](crate::ConnectionError::NotAnswered).
    ///
    /// The time begins anew with each answer, and with nothing else that the server sends. Answers
    /// come in order, so that without this rule a server that sends events and answers nothing
    /// would leave the places of [`max_in_flight`](Self::max_in_flight) taken for ever. An `api`
    /// that takes longer than [`response_timeout`](Self::response_timeout) and this together is
    /// sent with [`Connection::send_within`](super::Connection::send_within).
    pub const fn silence_timeout(mut self, timeout: Duration) -> Self {
        self.silence = timeout;
        self
    }

    /// Asks for a sign of life when nothing has been heard for `idle`, and gives the connection up,
    /// with [`ConnectionError::KeepAlive`](crate::ConnectionError::KeepAlive), when none comes
    /// within `timeout`. Default: after 60 s, and within 30 s, for the reasons that
    /// [AMI's](crate::client::Config::keep_alive) client has. An `idle` below 100 ms is 100 ms.
    ///
    /// It asks with the command `noop`, which no server has and each answers (`-ERR command not
    /// found`), whatever the user may do. Nothing is asked while the server owes an answer: it
    /// answers in order, and each request has its own deadline. One without end, by
    /// [`Connection::send_within`](super::Connection::send_within), doesn't hold the question back.
    pub const fn keep_alive(mut self, idle: Duration, timeout: Duration) -> Self {
        self.keep_alive = Some((keep_alive::at_least(idle), timeout));
        self
    }

    /// Asks for no [sign of life](Self::keep_alive).
    pub const fn without_keep_alive(mut self) -> Self {
        self.keep_alive = None;
        self
    }

    /// How long [`close`](super::Connection::close) waits for the server to close. Default 5 s.
    pub const fn close_timeout(mut self, timeout: Duration) -> Self {
        self.closing = timeout;
        self
    }

    /// Requests that may await their answers at a time. Default 256; with 0 none can be sent.
    ///
    /// A job is in flight until the server has said that it runs. A request that was given up
    /// counts until the server has answered it, since answers are told apart by their order, or [is
    /// lost](Self::silence_timeout).
    pub const fn max_in_flight(mut self, requests: usize) -> Self {
        self.in_flight = requests;
        self
    }

    /// Requests that may be open at a time: in flight, or jobs that run. Default 16,384; with 0 none
    /// can be sent. One that has ended counts until that has been polled.
    pub const fn max_open(mut self, requests: usize) -> Self {
        self.open = requests;
        self
    }

    /// Bytes that requests not yet transmitted, and subscriptions and filters to be restored, may
    /// take up together. Default 8 MiB.
    ///
    /// What has arrived and not been polled has [`Limits::buffer`] of its own. A request over the
    /// ceiling is refused with [`SendError::Ceiling`](crate::error::SendError::Ceiling), and so is
    /// a login that takes more than two thirds of it.
    ///
    /// Room for a goodbye is kept free, and for what is set again at the next login: a setting
    /// counts three times. A ceiling of less than 256 bytes and three times the command for the
    /// configured [`events`](Self::events) counts as one of that.
    pub const fn ceiling(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Bytes that a connection with these settings holds at the most, see
    /// [`ceiling`](Self::ceiling). Indexes, a small fixed size for each request in flight, and the
    /// lines that an event in JSON or XML is read as, at most three times its frame, come on top.
    pub const fn most_held(&self) -> usize {
        self.most().saturating_add(self.limits.max_buffer() as usize)
    }

    /// The ceiling that counts.
    pub(super) const fn most(&self) -> usize {
        if self.bytes < self.least { self.least } else { self.bytes }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
