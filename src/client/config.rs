//! What a client is told once: what it subscribes to, how long it waits, how much it holds.

use core::time::Duration;

use crate::conn::keep_alive;
use crate::event::EventSet;
use crate::value::Classes;
use crate::wire::{Framing, Limits};

/// Settings of a [`Client`](super::Client). Cheap to share: a client keeps it behind an
/// [`Arc`](std::sync::Arc), so ten thousand of them can have one.
///
/// ```
/// use core::time::Duration;
/// use ami_proto::client::{AtCeiling, Config};
/// use ami_proto::value::Classes;
///
/// let config = Config::new()
///     .events(Classes::SYSTEM | Classes::CALL)
///     .keep_alive(Duration::from_secs(60), Duration::from_secs(10))
///     .ceiling(1 << 20).max_items(10_000)
///     .at_ceiling(AtCeiling::FailList);
/// assert_eq!(config.most_held(), (1 << 20) + (1 << 23));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Config {
    pub(super) limits: Limits,
    pub(super) events: Option<Classes>,
    pub(super) interest: Option<EventSet>,
    pub(super) framing: Framing,
    greeting: bool,
    pub(super) booted: Option<Duration>,
    pub(super) login: Duration,
    pub(super) response: Duration,
    pub(super) closing: Duration,
    pub(super) keep_alive: Option<(Duration, Duration)>,
    pub(super) in_flight: usize,
    pub(super) open: usize,
    pub(super) bytes: usize,
    pub(super) items: usize,
    pub(super) at_ceiling: AtCeiling,
}

/// What happens to a list of which the next item doesn't fit under the ceiling: a collected one, or
/// one whose items come glued in one frame and have to be copied apart (`SKINNYdevices`,
/// `SKINNYlines`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum AtCeiling {
    /// Reading stops: [`ClientEvent::Full`](super::ClientEvent::Full) comes once, then no event and
    /// no room for input, until there is some: by [`take_items`](super::Client::take_items), by
    /// transmission, or because the list is [cancelled](super::Client::cancel). The server waits,
    /// and gives up a reader that keeps it waiting (Asterisk: `writetimeout`, 100 ms unless
    /// configured).
    ///
    /// The list has its time for that, which is that of a [response](Config::response_timeout) or
    /// was set by [`send_within`](super::Client::send_within). When it is up, and still no item has
    /// been taken, the list fails as with [`FailList`](Self::FailList) and reading goes on. It
    /// fails at once where the item would not fit if nothing else were held, and after
    /// [`handle_eof`](super::Client::handle_eof).
    ///
    /// For all other requests the clock stops with the reading, since nobody can answer who isn't
    /// read: none times out and no sign of life is missed, and the time from then until the first
    /// that is told after it counts for none of them. The wait for a goodbye alone goes on.
    #[default]
    StopReading,
    /// The list ends there, with [`Ending::Overflowed`](super::Ending::Overflowed). Its items so
    /// far can be taken; those that still arrive are [`Unclaimed`](super::ClientEvent::Unclaimed).
    FailList,
}

impl Config {
    /// Bytes that the ceiling has at the least.
    pub(super) const LEAST_CEILING: usize = 256;

    /// The defaults, each told at its setter.
    pub const fn new() -> Self {
        Self {
            limits: Limits::new(),
            events: None,
            interest: None,
            framing: Framing::SERVER,
            greeting: true,
            booted: None,
            login: Duration::from_secs(10),
            response: Duration::from_secs(30),
            closing: Duration::from_secs(5),
            keep_alive: Some(keep_alive::DEFAULT),
            in_flight: 256,
            open: 16_384,
            bytes: 1 << 23,
            items: 1 << 16,
            at_ceiling: AtCeiling::StopReading,
        }
    }

    /// What may arrive, see [`Limits`]. A frame over one of them is skipped once the client is logged
    /// in ([`Ending::Oversized`](super::Ending::Oversized),
    /// [`ClientEvent::Oversized`](super::ClientEvent::Oversized)); before that, and where its end or
    /// its owner can't be told, the connection is given up: see
    /// [`manual::limits`](crate::manual::limits).
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Classes of events to ask for at login. Default: none named, so the server sends all that the
    /// user may read.
    pub const fn events(mut self, classes: Classes) -> Self {
        self.events = Some(classes);
        self
    }

    /// Events to be told of, among those that come unasked. Default: all.
    ///
    /// The others go by unseen; while nothing is in flight that costs little more than to search
    /// for their ends, see [`Decoder::next_wanted`](crate::Decoder::next_wanted). What answers a
    /// request is told always. The classes that [`events`](Self::events) leaves out are not even
    /// sent, which is better still where it is fine enough.
    /// Events that the catalogue doesn't know are left out, unless the set
    /// [has them](EventSet::with_unknown).
    ///
    /// ```
    /// use ami_proto::client::Config;
    /// use ami_proto::event::{EventSet, Hangup, Newchannel};
    ///
    /// const CALLS: EventSet = EventSet::of(&[Newchannel::TYPE, Hangup::TYPE]);
    /// let config = Config::new().interest(CALLS);
    /// ```
    pub fn interest(mut self, events: EventSet) -> Self {
        self.interest = Some(events);
        self
    }

    /// How the server frames what it sends. Default: [`Framing::SERVER`], which reads all that
    /// Asterisk sends. Without a [banner](Framing::banner) no greeting is waited for.
    pub const fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Whether the login waits for the server's greeting, `Asterisk Call Manager/…`. Default: it
    /// does.
    ///
    /// Nothing secret goes then to a peer that is something else: a web server, a shell, a port
    /// that wants TLS. Such a peer is named at once by
    /// [`ConnectionError::WrongServer`](crate::ConnectionError::WrongServer); one that says nothing
    /// within [`login_timeout`](Self::login_timeout) ends the connection. `false` is for proxies
    /// that don't greet, or do so in other words: the login is sent as soon as it is asked for.
    pub const fn await_greeting(mut self, wait: bool) -> Self {
        self.greeting = wait;
        self
    }

    /// Whether a greeting is waited for, and can be read.
    pub(super) const fn awaits_greeting(&self) -> bool {
        self.greeting && self.framing.expects_banner()
    }

    /// Holds [`Ready`](super::ClientEvent::Ready) back until the server says `FullyBooted`, or for
    /// this long. Default: not held back.
    ///
    /// The event comes right after login unless the server is still starting; it needs the class
    /// `system`. A user who may not read that class never gets it, so the wait has an end and that
    /// end is no failure. Where [`events`](Self::events) leaves `system` out there is no wait.
    pub const fn await_booted(mut self, at_most: Duration) -> Self {
        self.booted = Some(at_most);
        self
    }

    /// How long each step of the login may take. Default 10 s: a server answers a wrong password
    /// after 1 s, and gives up whoever hasn't logged in after 30.
    pub const fn login_timeout(mut self, timeout: Duration) -> Self {
        self.login = timeout;
        self
    }

    /// How long an answer may take, and the next item of a list. Default 30 s.
    /// [`Client::send_within`](super::Client::send_within) sets it for one request.
    ///
    /// A server answers the requests of a session in their order, so that the time of one begins
    /// anew with each sign that the server is at work on one sent before it: a response, an item,
    /// text.
    ///
    /// What is known to take longer gets more by itself: an `Originate` its own `Timeout` on top
    /// (and so does whatever waits behind it, if it is synchronous), `WaitEvent` the time that it
    /// waits. Such a `Timeout` is read as the server does: at most `i32::MAX`, and below zero one
    /// without limit.
    pub const fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response = timeout;
        self
    }

    /// How long [`close`](super::Client::close) waits for the server's goodbye. Default 5 s.
    pub const fn close_timeout(mut self, timeout: Duration) -> Self {
        self.closing = timeout;
        self
    }

    /// Asks for a sign of life, with a `Ping`, when nothing has been heard for `idle`, and gives the
    /// connection up when none comes within `timeout`. Default: after 60 s, and within 30 s. An
    /// `idle` below 100 ms is 100 ms: with none the client would ask as fast as it is answered.
    ///
    /// It is on by default because nothing else tells of a peer that is gone: a server of which no
    /// event is asked for, or at night, says nothing for hours, and TCP notices a cable that was cut
    /// when something is sent, or after two hours of its own. A minute is below the time after which
    /// NATs and load balancers forget a connection without traffic (four minutes, of those in wide
    /// use). It costs some 40 bytes out and 90 in a minute, and where events come nothing. The
    /// 30 s are those that any other [answer](Self::response_timeout) may take. So a client knows
    /// after a minute and a half at the most.
    ///
    /// Nothing is asked while a request awaits its answer: that one has its own deadline, and a
    /// server that is busy with it (a synchronous `Originate`) could not answer anyway. Once that
    /// has passed without a word, requests that were sent after it hold nothing back. A request
    /// that may take an hour longer than usual, or any time, doesn't hold the question back: a
    /// `WaitEvent` without limit ends there, since a server ends it when it is sent anything; a
    /// synchronous `Originate` that rings as long leaves the question unanswered, and the
    /// connection is given up.
    pub const fn keep_alive(mut self, idle: Duration, timeout: Duration) -> Self {
        self.keep_alive = Some((keep_alive::at_least(idle), timeout));
        self
    }

    /// Asks for no [sign of life](Self::keep_alive): for a program that has one of its own, and for
    /// tests whose clock would never come to rest.
    pub const fn without_keep_alive(mut self) -> Self {
        self.keep_alive = None;
        self
    }

    /// Requests whose response may be awaited at a time. Default 256; with 0 none can be sent.
    ///
    /// A request is in flight until its response has come. One whose items or outcome come after
    /// that is no longer: a dialer may have as many calls ringing as [`max_open`](Self::max_open)
    /// allows.
    pub const fn max_in_flight(mut self, requests: usize) -> Self {
        self.in_flight = requests;
        self
    }

    /// Requests that may be open at a time: in flight, or accepted and waiting for items or an
    /// outcome. Default 16,384, which take up some 8 MiB; with 0 none can be sent. One that has
    /// ended counts until that has been polled.
    pub const fn max_open(mut self, requests: usize) -> Self {
        self.open = requests;
        self
    }

    /// Bytes that the client may hold for whatever reason: requests not yet transmitted, what is
    /// known of those in flight (some 300 bytes each), collected items, event mask and filters,
    /// what is still to be told. Default 8 MiB; for items see [`max_items`](Self::max_items).
    ///
    /// What has arrived and not been polled has [`Limits::buffer`] of its own; a client holds no
    /// more than the sum, [`most_held`](Self::most_held). A request that doesn't fit is refused
    /// ([`SendError`](crate::error::SendError)), filters of the last connection are set again as
    /// room permits, and what happens to a list is for [`at_ceiling`](Self::at_ceiling) to say.
    /// Room for a ping and a goodbye is kept free: a ceiling of less than 256 bytes counts as one
    /// of 256.
    pub const fn ceiling(mut self, bytes: usize) -> Self {
        self.bytes = if bytes < Self::LEAST_CEILING { Self::LEAST_CEILING } else { bytes };
        self
    }

    /// Collected items that the client may hold. Default 65,536.
    pub const fn max_items(mut self, items: usize) -> Self {
        self.items = items;
        self
    }

    /// What happens to a collected list that would go over the [`ceiling`](Self::ceiling). Default:
    /// [`AtCeiling::StopReading`].
    pub const fn at_ceiling(mut self, what: AtCeiling) -> Self {
        self.at_ceiling = what;
        self
    }

    /// Bytes that a client with these settings holds at the most, see [`ceiling`](Self::ceiling).
    pub const fn most_held(&self) -> usize {
        self.bytes.saturating_add(self.limits.max_buffer() as usize)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
