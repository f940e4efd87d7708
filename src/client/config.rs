//! Client configuration: subscriptions, timeouts and memory limits.

use core::time::Duration;

use crate::conn::keep_alive;
use crate::event::EventSet;
use crate::value::Classes;
use crate::wire::{Framing, Limits};

/// Settings of a [`Client`](super::Client). A client keeps them behind an [`Arc`](std::sync::Arc),
/// so ten thousand clients can share one.
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

/// Policy for a list whose next item does not fit under the ceiling. Applies to
/// collected lists, and to lists whose items come together in one frame and have to be copied apart
/// (`SKINNYdevices`, `SKINNYlines`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum AtCeiling {
    /// Stops reading. [`ClientEvent::Full`](super::ClientEvent::Full) comes once; then the client
    /// gives no event and no room for input until there is room for the item: after
    /// [`take_items`](super::Client::take_items), after bytes are transmitted, or after the list is
    /// [cancelled](super::Client::cancel). The server waits, and disconnects a reader that keeps it
    /// waiting too long (Asterisk: `writetimeout`, 100 ms unless configured).
    ///
    /// The list may wait for as long as a [response](Config::response_timeout) may take, or for the
    /// time set by [`send_within`](super::Client::send_within). If no item has been taken by then,
    /// the list fails as with [`FailList`](Self::FailList) and reading goes on. The list fails at
    /// once if the item would not fit even if nothing else were held, and after
    /// [`handle_eof`](super::Client::handle_eof).
    ///
    /// The clock of all other requests stops while reading is stopped, since their answers cannot
    /// be read: no request and no keep-alive times out, and the time from the stop to the first
    /// event after it counts for none of them. Only the wait for the server's goodbye goes on.
    #[default]
    StopReading,
    /// Ends the list with [`Ending::Overflowed`](super::Ending::Overflowed). The items collected so
    /// far can be taken; items that still arrive are [`Unclaimed`](super::ClientEvent::Unclaimed).
    FailList,
}

impl Config {
    /// Lowest ceiling in bytes.
    pub(super) const LEAST_CEILING: usize = 256;

    /// Returns the default settings. Each setter names its default.
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

    /// Sets the limits on what the server may send, see [`Limits`]. After login, a frame over a
    /// limit is skipped ([`Ending::Oversized`](super::Ending::Oversized),
    /// [`ClientEvent::Oversized`](super::ClientEvent::Oversized)). Before login, and where the end
    /// or the owner of such a frame cannot be found, the connection is given up: see
    /// [`manual::limits`](crate::manual::limits).
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the classes of events to ask for at login. By default the login names none, so the
    /// server sends every event that the user may read.
    pub const fn events(mut self, classes: Classes) -> Self {
        self.events = Some(classes);
        self
    }

    /// Sets which unsolicited events are polled. Default: all.
    ///
    /// All other events are skipped; while nothing is in flight this costs little more than the
    /// search for their ends, see [`Decoder::next_wanted`](crate::Decoder::next_wanted). Events
    /// that answer a request are always told. Classes that [`events`](Self::events) leaves out are
    /// not even sent, which is cheaper still where classes are precise enough. Events that the
    /// catalogue does not know are skipped, unless the set [has them](EventSet::with_unknown).
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

    /// Sets how the server frames what it sends. Default: [`Framing::SERVER`], which reads
    /// everything that Asterisk sends. With a framing without a [banner](Framing::banner) the login
    /// does not wait for a greeting.
    pub const fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sets whether the login waits for the server's greeting, `Asterisk Call Manager/…`. Default:
    /// `true`.
    ///
    /// Waiting keeps the secret from a peer that is not a manager interface: a web server, a shell,
    /// a port that wants TLS. [`ConnectionError::WrongServer`](crate::ConnectionError::WrongServer)
    /// names such a peer at once; a peer that sends nothing within
    /// [`login_timeout`](Self::login_timeout) ends the connection. Use `false` for proxies that
    /// send no greeting or another one: the login is then sent as soon as it is asked for.
    pub const fn await_greeting(mut self, wait: bool) -> Self {
        self.greeting = wait;
        self
    }

    /// Returns whether the login waits for a greeting and the framing can read one.
    pub(super) const fn awaits_greeting(&self) -> bool {
        self.greeting && self.framing.expects_banner()
    }

    /// Delays [`Ready`](super::ClientEvent::Ready) until the server sends `FullyBooted`, or until
    /// this time has passed. Default: no delay.
    ///
    /// The event comes right after login unless the server is still starting. It needs the class
    /// `system`: a user who may not read that class never gets it, so the wait is limited, and its
    /// end is no failure. There is no wait if [`events`](Self::events) leaves out `system`.
    pub const fn await_booted(mut self, at_most: Duration) -> Self {
        self.booted = Some(at_most);
        self
    }

    /// Sets how long each step of the login may take. Default 10 s: a server answers a wrong
    /// password after 1 s, and disconnects a client that has not logged in after 30 s.
    pub const fn login_timeout(mut self, timeout: Duration) -> Self {
        self.login = timeout;
        self
    }

    /// Sets how long a response may take, and the next item of a list. Default 30 s.
    /// [`Client::send_within`](super::Client::send_within) sets this time for one request.
    ///
    /// A server answers the requests of a session in order. So the time of a request begins anew
    /// with each sign that the server is at work on an earlier one: a response, an item, text.
    ///
    /// Actions that are known to take longer get more time: an `Originate` gets its own `Timeout`
    /// on top (and so do the requests behind it, if it is synchronous), and `WaitEvent` gets the
    /// time that it waits. Such a `Timeout` is read as the server reads it: at most `i32::MAX`, and
    /// a value below zero means no limit.
    pub const fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response = timeout;
        self
    }

    /// Sets how long [`close`](super::Client::close) waits for the server's goodbye. Default 5 s.
    pub const fn close_timeout(mut self, timeout: Duration) -> Self {
        self.closing = timeout;
        self
    }

    /// Sends a `Ping` when nothing has been received for `idle`, and gives the connection up when
    /// nothing is received within `timeout` after it. Default: after 60 s, and within 30 s. An
    /// `idle` below 100 ms counts as 100 ms; with 0 the client would send pings as fast as they are
    /// answered.
    ///
    /// It is on by default because nothing else shows that a peer is gone. A server may send
    /// nothing for hours, at night or if no event is asked for, and TCP notices a cut cable only
    /// when something is sent, or after two hours. A minute is below the time after which NATs and
    /// load balancers in wide use forget a connection without traffic (four minutes). The cost is
    /// some 40 bytes out and 90 in per minute, and nothing while events arrive. The 30 s are those
    /// of any other [answer](Self::response_timeout). So a client finds a lost peer after a minute
    /// and a half at most.
    ///
    /// No ping is sent while a request awaits its answer: that request has its own deadline, and a
    /// server that is busy with it (a synchronous `Originate`) could not answer anyway. Once that
    /// deadline has passed without any input, requests that were sent after it do not hold pings
    /// back. Neither does a request that may take an hour longer than usual, or has no time limit.
    /// A `WaitEvent` without limit ends at the ping, since a server ends it when it receives
    /// anything. A synchronous `Originate` that rings for so long leaves the ping unanswered, and
    /// the connection is given up.
    pub const fn keep_alive(mut self, idle: Duration, timeout: Duration) -> Self {
        self.keep_alive = Some((keep_alive::at_least(idle), timeout));
        self
    }

    /// Switches the [keep-alive](Self::keep_alive) off: for a program that has its own, and for
    /// tests whose clock would never come to rest.
    pub const fn without_keep_alive(mut self) -> Self {
        self.keep_alive = None;
        self
    }

    /// Sets how many requests may await their response at a time. Default 256; with 0 no request
    /// can be sent.
    ///
    /// A request is in flight until its response has come. A request that still awaits items or an
    /// outcome after its response is not: a dialer may have as many calls ringing as
    /// [`max_open`](Self::max_open) allows.
    pub const fn max_in_flight(mut self, requests: usize) -> Self {
        self.in_flight = requests;
        self
    }

    /// Sets how many requests may be open at a time: in flight, or accepted and waiting for items
    /// or an outcome. Default 16,384, which take up some 8 MiB; with 0 no request can be sent. A
    /// request that has ended counts until its ending has been polled.
    pub const fn max_open(mut self, requests: usize) -> Self {
        self.open = requests;
        self
    }

    /// Sets how many bytes the client may hold: requests not yet transmitted, the state of open
    /// requests (some 300 bytes each), collected items, event mask and filters, and events not yet
    /// polled. Default 8 MiB; for items see [`max_items`](Self::max_items).
    ///
    /// Input that has not been polled is limited separately by [`Limits::buffer`]; a client holds
    /// no more than the sum, [`most_held`](Self::most_held). A request that does not fit is refused
    /// ([`SendError`](crate::error::SendError)), filters of the last connection are set again as
    /// room permits, and [`at_ceiling`](Self::at_ceiling) decides about lists. Room for a ping and
    /// a goodbye is kept free: a ceiling of less than 256 bytes counts as 256.
    pub const fn ceiling(mut self, bytes: usize) -> Self {
        self.bytes = if bytes < Self::LEAST_CEILING { Self::LEAST_CEILING } else { bytes };
        self
    }

    /// Sets how many collected items the client may hold. Default 65,536.
    pub const fn max_items(mut self, items: usize) -> Self {
        self.items = items;
        self
    }

    /// Sets what happens to a collected list that would go over the [`ceiling`](Self::ceiling).
    /// Default: [`AtCeiling::StopReading`].
    pub const fn at_ceiling(mut self, what: AtCeiling) -> Self {
        self.at_ceiling = what;
        self
    }

    /// Returns how many bytes a client with these settings holds at most, see
    /// [`ceiling`](Self::ceiling).
    pub const fn most_held(&self) -> usize {
        self.bytes.saturating_add(self.limits.max_buffer() as usize)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
