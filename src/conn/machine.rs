//! The contract between a state machine and the driver that moves its bytes: one trait for all of
//! them, and what every driver would otherwise write again.

use core::time::Duration;
use std::io::{self, ErrorKind, Read, Write};
use std::time::Instant;

use crate::error::ConnectionError;

/// One side of a connection, as its driver sees it: bytes and times go in, bytes and events come
/// out.
///
/// Implemented by [`Client`](crate::client::Client), [`Server`](crate::server::Server) and, with
/// the feature `freeswitch`, `freeswitch::Connection`; with `testing` by its scripts. It cannot be
/// implemented outside of this crate. The three sides of a connection have the required methods of
/// their own as well, so that a program imports the trait for the provided ones alone:
/// [`exchange`](Self::exchange), [`read_timeout`](Self::read_timeout),
/// [`transmit_into`](Self::transmit_into). For the scripts it is always imported.
///
/// ```
/// use std::io::{Read, Write};
/// use std::time::Instant;
/// use ami_proto::conn::Machine;
///
/// /// Runs any side of a connection over a non-blocking socket until nothing moves.
/// fn run<M: Machine>(
///     machine: &mut M,
///     socket: &mut (impl Read + Write),
///     mut on_event: impl FnMut(M::Event<'_>),
/// ) -> Result<(), Box<dyn std::error::Error>> {
///     loop {
///         while let Some(event) = machine.poll_event()? {
///             on_event(event);
///         }
///         if !machine.exchange(socket, Instant::now)? {
///             return Ok(());
///         }
///     }
/// }
/// ```
///
/// # How to drive it
///
/// 1. Connect, and start the login. A server has nothing to start.
/// 2. Write what [`poll_transmit`](Self::poll_transmit) returns to the socket, and say with
///    [`transmitted`](Self::transmitted) how much of it was written; until there is nothing or the
///    socket is full.
/// 3. Sleep until the socket can be read (while [`wants_input`](Self::wants_input)), or written if
///    step 2 left something, or the time of [`poll_timeout`](Self::poll_timeout) has come, or the
///    program has a request.
/// 4. Tell what happened: [`handle_input`](Self::handle_input) (or [`space`](Self::space) and
///    [`advance`](Self::advance)), [`handle_eof`](Self::handle_eof),
///    [`handle_timeout`](Self::handle_timeout).
/// 5. Take events with [`poll_event`](Self::poll_event) until it returns `None`. Go to 2.
///
/// [`exchange`](Self::exchange) is steps 2 and 4 for whatever implements [`Read`] and [`Write`].
/// In memory, give what one machine's `poll_transmit` returns to the other's `handle_input`, and
/// tell the first how many bytes that took with `transmitted`; `testing::Link` does so for tests.
///
/// | call | again after | may change |
/// |---|---|---|
/// | `poll_event` | any other call but the polls | what is to be transmitted, the next timeout, whether there is room for input |
/// | `poll_transmit` | whatever else was called | nothing |
/// | `poll_timeout` | whatever else was called | nothing |
/// | `wants_input` | whatever else was called | nothing |
///
/// Once `poll_event` has returned `None`, nothing new appears until there is input, a command,
/// bytes transmitted, or a time that `poll_timeout` had announced. An error of `poll_event` is the
/// end of the connection, and is returned by each call after it; before it everything that had
/// arrived, and the ending of each request, has been polled.
///
/// What has been received comes before what time does: while there is something to poll, a time
/// that is told waits, and nothing is given up.
///
/// # At the ceiling
///
/// A machine holds no more than its `Config::most_held` says. Nothing is dropped to keep to that:
///
/// | what is full | `Client` | `Server` | `freeswitch::Connection` |
/// |---|---|---|---|
/// | the bytes received and not polled: `Limits::buffer` | no room for input until events are polled | the same; and no event while a login waits for its verdict, `Config::max_open` requests are open, or more than half of `Config::ceiling` waits for transmission | as the client |
/// | the same, by one frame | `ConnectionError::Frame` | the same | the same |
/// | another of the `Limits`, by one frame | the frame is skipped, and the request that it answers ends with `Ending::Oversized` | `ConnectionError::Frame` | as the client |
/// | what waits for transmission, and what is kept: the ceiling | a request is refused with `SendError::Ceiling` | the session ends with `ConnectionError::NotRead` | as the client |
/// | requests without a response: `Config::max_in_flight` | a request is refused with `SendError::InFlight` until one has come | `Config::max_open`: further ones wait | as the client, until the server has answered: it answers in order. One that answers no more is given up, `Config::silence_timeout` |
/// | requests without an ending: `Config::max_open` | a request is refused with `SendError::Open` until one has ended and that was polled | see the row above | as the client |
/// | the items of a collected list | no room for input, and the clock of requests stands still; or the list fails: `Config::at_ceiling` | | |
///
/// The other calls of this trait work as ever at each of these ceilings.
pub trait Machine: sealed::Sealed {
    /// What [`poll_event`](Self::poll_event) returns, which borrows the frame that it came in.
    type Event<'a>
    where
        Self: 'a;

    /// Returns room to read into, which saves a copy: at least `min` bytes, or what is left. Follow
    /// it with [`advance`](Self::advance).
    ///
    /// `None` where [`handle_input`](Self::handle_input) would take nothing: don't read. It is
    /// never an empty slice, since a read into one returns 0, as the end of a stream does. The
    /// bytes in it are old ones, of no meaning.
    fn space(&mut self, min: usize) -> Option<&mut [u8]>;

    /// Says that `n` bytes of [`space`](Self::space) hold received bytes since.
    ///
    /// More than `space` returned is a bug of the caller: debug builds panic, others count what it
    /// returned.
    fn advance(&mut self, now: Instant, n: usize);

    /// Takes received bytes, and returns how many: those for which there is room. The others have
    /// to be given again once events have been polled.
    ///
    /// After [`poll_event`](Self::poll_event) has returned `None` there is room in a client and in
    /// FreeSWITCH's connection, unless a collected list is at the ceiling; a server may have none
    /// for longer, see the table. After [`handle_eof`](Self::handle_eof) none are taken, and none
    /// once a client, or a connection to FreeSWITCH, is over.
    #[must_use = "bytes that were not taken have to be given again"]
    fn handle_input(&mut self, now: Instant, bytes: &[u8]) -> usize;

    /// Says that the stream has ended, or has failed. Events that are still to be polled come
    /// first, and the end of the connection after them: nothing waits for room or an answer from
    /// then on.
    ///
    /// A server still answers the requests that had arrived, as what waits is transmitted, and is
    /// over once they are answered.
    fn handle_eof(&mut self, now: Instant);

    /// Says that the time of [`poll_timeout`](Self::poll_timeout) has come, or any other: what
    /// isn't due is left alone.
    fn handle_timeout(&mut self, now: Instant);

    /// Returns whether there is room to read into, see [`space`](Self::space).
    fn wants_input(&self) -> bool;

    /// Returns bytes to transmit, which may hold a password. `None`: there are none at present.
    fn poll_transmit(&self) -> Option<&[u8]>;

    /// Says that `n` bytes of [`poll_transmit`](Self::poll_transmit) have been transmitted.
    ///
    /// More than it returned is a bug of the caller: debug builds panic, others count what it
    /// returned. Once a client, or a connection to FreeSWITCH, is over nothing is to be transmitted
    /// any more, and nothing is counted.
    fn transmitted(&mut self, n: usize);

    /// Returns when [`handle_timeout`](Self::handle_timeout) has something to do; exactly then, and
    /// never before the last one. `None`: not unless something else happens.
    fn poll_timeout(&self) -> Option<Instant>;

    /// Returns what happened next. `Ok(None)`: nothing more until one of the other calls.
    ///
    /// # Errors
    /// When the connection is over, and not as it was asked for: why. It is returned by every later
    /// call, too.
    fn poll_event(&mut self) -> Result<Option<Self::Event<'_>>, ConnectionError>;

    /// Returns whether the connection is closed or lost. Once nothing waits for transmission either,
    /// drop the socket: a server's peer waits for that.
    fn is_over(&self) -> bool;

    /// Returns how long a blocking read may take: until [`poll_timeout`](Self::poll_timeout), and
    /// at least a millisecond, since sockets refuse a timeout of zero. `None`: for ever.
    fn read_timeout(&self, now: Instant) -> Option<Duration> {
        self.poll_timeout().map(|due| due.saturating_duration_since(now).max(Duration::from_millis(1)))
    }

    /// Writes what waits for transmission until nothing does, or the writer takes no more at
    /// present; returns how many bytes were written.
    ///
    /// A driver that needs bytes of its own gives a `Vec` to append to: all of them move at once,
    /// however slowly they are written from there. They count as transmitted, and may hold a
    /// password.
    ///
    /// # Errors
    /// Those of the writer, but for `WouldBlock` and `TimedOut`, and `Interrupted`, after which it
    /// is tried again; `WriteZero` where it takes nothing.
    fn transmit_into(&mut self, out: &mut (impl Write + ?Sized)) -> io::Result<usize> {
        let mut moved = 0;
        while let Some(bytes) = self.poll_transmit() {
            let written = out.write(bytes);
            if is_interrupted(&written) {
                continue;
            }
            let Some(n) = unless_blocked(written)? else { break };
            if n == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
            self.transmitted(n);
            moved += n;
        }
        Ok(moved)
    }

    /// Does one turn of the driver's loop over anything that the standard library can write to and
    /// read from: writes what waits, reads once, and tells the time. Returns whether to go on at
    /// once: bytes went either way, their end came, something was due, or a signal came between.
    ///
    /// Poll events before each turn. Where the socket is non-blocking, go on until it returns
    /// `false`, then wait until it is ready. Where it blocks, give it a read timeout of
    /// [`read_timeout`](Self::read_timeout); a write is waited for, which is no danger with a peer
    /// that reads while it writes, as Asterisk does. `clock`, such as `Instant::now`, is asked for
    /// the time once the read is over.
    ///
    /// Where there is no room to read into ([`wants_input`](Self::wants_input) is `false`), it
    /// returns without a read: make room, or sleep until `poll_timeout`. That the peer has gone is
    /// not seen until there is room.
    ///
    /// # Errors
    /// Those of the socket, but for `WouldBlock` and `TimedOut`, which say that nothing moved, and
    /// `Interrupted`, which says nothing of whether something could. Any other is the end of the
    /// connection, and the machine has been told so, as by [`handle_eof`](Self::handle_eof). Where
    /// the peer has broken it off, what it said before that is read, as far as there is room.
    ///
    /// So poll events as ever: they are what had come, the ending of every request, and then the
    /// error of the connection. Drop the socket. A client goes on with `reconnect`, and with another
    /// socket at the time that a [`Backoff`](super::Backoff) gives.
    ///
    /// A server that holds back requests until its answers have been transmitted, see the table,
    /// goes on doing so; what is left of it is only to be dropped.
    fn exchange(
        &mut self,
        socket: &mut (impl Read + Write + ?Sized),
        clock: impl FnOnce() -> Instant,
    ) -> io::Result<bool> {
        let moved = move_bytes(self, socket);
        let now = clock();
        let (goes_on, read) = match moved {
            Ok(moved) => moved,
            Err(error) => {
                if is_broken(&error) {
                    read_last(self, socket, now);
                }
                self.handle_eof(now);
                return Err(error);
            }
        };
        match read {
            Some(0) => self.handle_eof(now),
            Some(n) => self.advance(now, n),
            None => {}
        }
        let due = self.poll_timeout().is_some_and(|due| due <= now);
        self.handle_timeout(now);
        Ok(goes_on || read.is_some() || due)
    }
}

/// Writes what waits and reads once. Returns whether to go on even if nothing was read, since bytes
/// were written or the read was interrupted, and how many bytes were read.
fn move_bytes(
    machine: &mut (impl Machine + ?Sized),
    socket: &mut (impl Read + Write + ?Sized),
) -> io::Result<(bool, Option<usize>)> {
    let written = machine.transmit_into(socket)? > 0;
    let Some(space) = machine.space(8192) else { return Ok((written, None)) };
    let read = socket.read(space);
    if is_interrupted(&read) {
        return Ok((true, None));
    }
    Ok((written, unless_blocked(read)?))
}

/// Returns whether the peer takes nothing more.
fn is_broken(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted)
}

/// Reads what the peer said last: a server that refuses a login, or shuts down, says so, and what
/// is written to it after that fails.
fn read_last(machine: &mut (impl Machine + ?Sized), socket: &mut (impl Read + ?Sized), now: Instant) {
    while let Some(space) = machine.space(8192) {
        let read = socket.read(space);
        if is_interrupted(&read) {
            continue;
        }
        match read {
            Ok(n) if n > 0 => machine.advance(now, n),
            _ => return,
        }
    }
}

fn is_interrupted(result: &io::Result<usize>) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Interrupted)
}

/// `None`: nothing could be moved at present.
fn unless_blocked(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(None),
        result => result.map(Some),
    }
}

pub(crate) mod sealed {
    /// Implemented by the state machines of this crate alone.
    pub trait Sealed {}
}

/// Implements [`Machine`] for a type by its own methods of the same names.
macro_rules! machine {
    ($machine:ty, $event:ident) => {
        impl $crate::conn::sealed::Sealed for $machine {}

        impl $crate::conn::Machine for $machine {
            type Event<'a> = $event<'a>;

            fn space(&mut self, min: usize) -> Option<&mut [u8]> {
                Self::space(self, min)
            }
            fn advance(&mut self, now: Instant, n: usize) {
                Self::advance(self, now, n);
            }
            fn handle_input(&mut self, now: Instant, bytes: &[u8]) -> usize {
                Self::handle_input(self, now, bytes)
            }
            fn handle_eof(&mut self, now: Instant) {
                Self::handle_eof(self, now);
            }
            fn handle_timeout(&mut self, now: Instant) {
                Self::handle_timeout(self, now);
            }
            fn wants_input(&self) -> bool {
                Self::wants_input(self)
            }
            fn poll_transmit(&self) -> Option<&[u8]> {
                Self::poll_transmit(self)
            }
            fn transmitted(&mut self, n: usize) {
                Self::transmitted(self, n);
            }
            fn poll_timeout(&self) -> Option<Instant> {
                Self::poll_timeout(self)
            }
            fn is_over(&self) -> bool {
                Self::is_over(self)
            }
            #[inline]
            fn poll_event(&mut self) -> Result<Option<$event<'_>>, ConnectionError> {
                Self::poll_event(self)
            }
        }
    };
}

pub(crate) use machine;
