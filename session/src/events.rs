//! Streams of events: who reads what, how much may wait, and what happens to a reader that lags.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

use ami_proto::client::Client;

use crate::error::ConnectError;
use crate::hold::Hold;
use crate::protocol::Protocol;
use crate::readers::{Reader, Wants};

/// The rule for a reader that lags: its queue is full and the next event has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lag {
    /// Events without room are counted, and the stream yields the number in their place:
    /// [`Item::Missed`]. Nothing waits for the reader. The default.
    #[default]
    Count,
    /// The connection is read no further until there is room, so that no event is missed.
    ///
    /// Nothing else comes from the connection then: no answer, no event for other readers, and the
    /// deadlines of requests stand still. So a task that awaits a request may not be the one that
    /// has to read the events: once the queue is full, it waits for itself. Read in a task of its
    /// own that awaits no request, or take [`Count`](Self::Count). The server waits for a while,
    /// and gives up a client that doesn't read (Asterisk: `writetimeout`, 100 ms unless
    /// configured).
    ///
    /// Once the connection is closed by [`close`](crate::Handle::close), no reader is waited for:
    /// from then on events are counted.
    Wait,
}

/// An item of a stream of events.
///
/// Events come in the order of the wire. All else is told in its place among them, to every reader,
/// since after it something may be missing: a loss of the connection, or a filter that could not be
/// set again.
#[non_exhaustive]
pub enum Item<P: Protocol = Client> {
    /// An event. All readers share one copy.
    Event(Arc<P::OwnedEvent>),
    /// This number of items had no room, here: the reader has lagged, see [`Lag::Count`].
    ///
    /// The last [`Disconnected`](Self::Disconnected) and the [`Reconnected`](Self::Reconnected)
    /// behind it are not among them: they follow the number, also where some of it came later.
    Missed(u64),
    /// The connection was lost; another one is attempted. Events are missing from here on.
    ///
    /// One whose login was accepted and which is lost before it [stands](Self::Reconnected), while
    /// its server starts or shuts down, is told as well: there may have been events and requests on
    /// it.
    Disconnected(Arc<Disconnected<P>>),
    /// The next connection stands, and what had been set on the last one is being set again.
    Reconnected,
    /// Something beside events, such as the late outcome of a request that the last connection
    /// lost, an event that was larger than the limits, a filter that could not be set again.
    Notice(Arc<P::Notice>),
    /// The connection is lost for good, and why. The stream ends behind it.
    Lost(ConnectError),
}

/// A connection that was lost.
#[non_exhaustive]
pub struct Disconnected<P: Protocol = Client> {
    /// The reason.
    pub reason: ConnectError,
    /// The requests that it left unanswered: each has had its end as well.
    pub unanswered: P::Report,
    /// The time after which another one is attempted.
    pub again_in: std::time::Duration,
}

impl<P: Protocol> Item<P> {
    /// Returns the event, if it is one.
    pub fn event(&self) -> Option<&P::OwnedEvent> {
        if let Self::Event(event) = self { Some(event) } else { None }
    }
}

impl<P: Protocol> Clone for Item<P> {
    fn clone(&self) -> Self {
        match self {
            Self::Event(event) => Self::Event(Arc::clone(event)),
            Self::Missed(number) => Self::Missed(*number),
            Self::Disconnected(lost) => Self::Disconnected(Arc::clone(lost)),
            Self::Reconnected => Self::Reconnected,
            Self::Notice(notice) => Self::Notice(Arc::clone(notice)),
            Self::Lost(error) => Self::Lost(error.clone()),
        }
    }
}

/// One line for a log, secrets masked.
impl<P: Protocol<OwnedEvent: fmt::Display, Notice: fmt::Display>> fmt::Display for Item<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(event) => event.fmt(f),
            Self::Missed(number) => write!(f, "{number} events missed"),
            Self::Disconnected(lost) => write!(f, "{}; again in {:.1?}", lost.reason, lost.again_in),
            Self::Reconnected => f.write_str("connected again"),
            Self::Notice(notice) => notice.fmt(f),
            Self::Lost(error) => write!(f, "{error}; not attempted again"),
        }
    }
}

/// As `Display`.
impl<P: Protocol<OwnedEvent: fmt::Display, Notice: fmt::Display>> fmt::Debug for Item<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<P: Protocol> fmt::Debug for Disconnected<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disconnected")
            .field("reason", &self.reason)
            .field("unanswered", &self.unanswered)
            .field("again_in", &self.again_in)
            .finish()
    }
}

/// Bytes that may wait to be read of one stream, unless it says.
const BYTES: usize = 1 << 22;

/// A stream of events that is yet to begin: which events, how many may wait, and what happens
/// beyond.
///
/// `E` is the stream that comes of it: [`Events`], or what a client makes of that.
#[must_use = "it reads nothing until it is started"]
pub struct EventsBuilder<P: Protocol = Client, E = Events<P>> {
    hold: Hold<P>,
    wants: Wants<P>,
    of: PhantomData<fn() -> E>,
}

impl<P: Protocol, E> EventsBuilder<P, E> {
    pub(crate) fn new(hold: Hold<P>, all: P::Wanted) -> Self {
        let wants = Wants { events: all, capacity: 1024, bytes: BYTES, lag: Lag::default(), unclaimed: false };
        Self { hold, wants, of: PhantomData }
    }

    pub(crate) fn wanted(mut self, change: impl FnOnce(P::Wanted) -> P::Wanted) -> Self {
        self.wants.events = change(self.wants.events);
        self
    }

    /// Has it start another kind of stream, which is made of [`Events`].
    pub fn into_kind<F: From<Events<P>>>(self) -> EventsBuilder<P, F> {
        let Self { hold, wants, .. } = self;
        EventsBuilder { hold, wants, of: PhantomData }
    }

    /// Sets how many items may wait to be read. Default 1,024; none counts as one.
    pub fn capacity(mut self, items: usize) -> Self {
        self.wants.capacity = items.max(1);
        self
    }

    /// Sets how many bytes the events may take up which wait to be read. Default 4 MiB; an event
    /// takes about twice its length. One that is larger than all of it has room where nothing else
    /// waits.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.wants.bytes = bytes;
        self
    }

    /// Sets what happens when there is no room and another one comes. Default: [`Lag::Count`].
    pub fn lag(mut self, lag: Lag) -> Self {
        self.wants.lag = lag;
        self
    }

    /// Adds the frames that no request claims: answers that come late, to requests whose future was
    /// dropped, say.
    pub fn with_unclaimed(mut self) -> Self {
        self.wants.unclaimed = true;
        self
    }
}

impl<P: Protocol, E: From<Events<P>>> EventsBuilder<P, E> {
    /// Starts to listen: what comes from now on is read.
    pub fn start(self) -> E {
        let Self { hold, wants, .. } = self;
        let number = {
            let mut state = hold.lock();
            let number = state.readers.add(Reader::new(wants));
            if let Some(over) = state.over() {
                let lost = over.lost().cloned();
                state.readers.end(lost.as_ref());
            }
            number
        };
        Events { hold, number }.into()
    }
}

impl<P: Protocol, E> fmt::Debug for EventsBuilder<P, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventsBuilder")
            .field("capacity", &self.wants.capacity)
            .field("max_bytes", &self.wants.bytes)
            .field("lag", &self.wants.lag)
            .finish_non_exhaustive()
    }
}

/// A stream of events, over all connections that are made one after the other.
///
/// [`next`](Self::next) waits for its items; with the feature `stream` it is a `Stream` of
/// futures-core as well. It ends once the connection is closed or lost for good. As long as it is
/// there the connection stands, even where no handle is left. To drop it loses nothing but what
/// waits in it.
pub struct Events<P: Protocol = Client> {
    hold: Hold<P>,
    number: u64,
}

impl<P: Protocol> Events<P> {
    /// Waits for the next item. `None`: the connection is closed, or lost for good and that was
    /// told. The future can be dropped: nothing is lost then.
    pub async fn next(&mut self) -> Option<Item<P>> {
        poll_fn(|cx| self.poll_item(cx)).await
    }

    fn poll_item(&mut self, cx: &Context<'_>) -> Poll<Option<Item<P>>> {
        let mut state = self.hold.lock();
        let (item, goes_on) = state.readers.poll_next(self.number, cx);
        if goes_on {
            state.wake_driver();
        }
        item
    }
}

#[cfg(feature = "stream")]
impl<P: Protocol> futures_core::Stream for Events<P> {
    type Item = Item<P>;

    fn poll_next(mut self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item<P>>> {
        self.poll_item(cx)
    }
}

impl<P: Protocol> Drop for Events<P> {
    fn drop(&mut self) {
        let mut state = self.hold.lock();
        if state.readers.remove(self.number) {
            state.wake_driver();
        }
    }
}

impl<P: Protocol> fmt::Debug for Events<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("number", &self.number).finish_non_exhaustive()
    }
}
