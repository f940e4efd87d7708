//! The contract between a state machine and the driver that moves its bytes: one trait for all
//! machines, with the parts of a driver that are the same for all sockets.

use core::time::Duration;
use std::io::{self, ErrorKind, Read, Write};
use std::time::Instant;

use crate::error::ConnectionError;

/// One side of a connection, as its driver sees it: bytes and times go in, bytes and events come
/// out.
///
/// Implemented by [`Client`](crate::client::Client), [`Server`](crate::server::Server) and, with
/// the feature `freeswitch`, `freeswitch::Connection`; with `testing` also by its scripts. It
/// cannot be implemented outside of this crate. Client, server and connection have the required
/// methods as inherent methods too, so a program imports the trait only for the provided ones:
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
/// 2. Write the bytes that [`poll_transmit`](Self::poll_transmit) returns to the socket, and report
///    with [`transmitted`](Self::transmitted) how many were written. Repeat until there are none or
///    the socket is full.
/// 3. Sleep until the socket can be read (while [`wants_input`](Self::wants_input)), or can be
///    written if step 2 left bytes, or the time of [`poll_timeout`](Self::poll_timeout) has come,
///    or the program has a request.
/// 4. Report what happened: [`handle_input`](Self::handle_input) (or [`space`](Self::space) and
///    [`advance`](Self::advance)), [`handle_eof`](Self::handle_eof),
///    [`handle_timeout`](Self::handle_timeout).
/// 5. Take events with [`poll_event`](Self::poll_event) until it returns `None`. Go to step 2.
///
/// [`exchange`](Self::exchange) is steps 2 and 4 for any type that implements [`Read`] and
/// [`Write`]. To connect two machines in memory, pass the bytes of one machine's `poll_transmit` to
/// the other's `handle_input`, and report the number of bytes taken with `transmitted`;
/// `testing::Link` does so for tests.
///
/// | call | again after | may change |
/// |---|---|---|
/// | `poll_event` | any other call but the polls | what is to be transmitted, the next timeout, whether there is room for input |
/// | `poll_transmit` | whatever else was called | nothing |
/// | `poll_timeout` | whatever else was called | nothing |
/// | `wants_input` | whatever else was called | nothing |
///
/// Once `poll_event` has returned `None`, no new event or output appears until there is input, a
/// command, bytes transmitted, or a time that `poll_timeout` had announced. An error of
/// `poll_event` ends the connection, and each later call returns it again; before it, all received
/// events and the ending of each request have been polled.
///
/// Received input is handled before timeouts: while there is something to poll, a reported time
/// waits, and nothing is given up.
///
/// # At the ceiling
///
/// A machine holds no more bytes than its `Config::most_held` returns. It drops nothing to stay
/// below that limit:
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
/// The other calls of this trait work as usual at each of these limits.
pub trait Machine: sealed::Sealed {
    /// Event that [`poll_event`](Self::poll_event) returns; borrows the frame that it came in.
    type Event<'a>
    where
        Self: 'a;

    /// Returns room to read into, which saves a copy: at least `min` bytes, or all that is left if
    /// that is less. Call [`advance`](Self::advance) after the read.
    ///
    /// Returns `None` where [`handle_input`](Self::handle_input) would take no byte: do not read
    /// then. The slice is never empty, since a read into an empty slice returns 0 like the end of a
    /// stream. It holds old bytes without meaning.
    fn space(&mut self, min: usize) -> Option<&mut [u8]>;

    /// Reports that `n` bytes were read into [`space`](Self::space).
    ///
    /// An `n` above the length of `space` is a bug of the caller: debug builds panic, release
    /// builds count that length.
    fn advance(&mut self, now: Instant, n: usize);

    /// Takes received bytes and returns how many: as many as there is room for. Pass the others
    /// again once events have been polled.
    ///
    /// After [`poll_event`](Self::poll_event) has returned `None` there is room in a client and in
    /// a FreeSWITCH connection, unless a collected list is at the ceiling; a server may have none
    /// for longer, see the table. No bytes are taken after [`handle_eof`](Self::handle_eof), nor
    /// once a client or a FreeSWITCH connection is over.
    #[must_use = "bytes that were not taken have to be given again"]
    fn handle_input(&mut self, now: Instant, bytes: &[u8]) -> usize;

    /// Reports that the stream has ended or failed. Events that are still to be polled come first,
    /// then the end of the connection: from now on nothing waits for room or an answer.
    ///
    /// A server still answers the requests that had arrived, as its output is transmitted, and is
    /// over once they are answered.
    fn handle_eof(&mut self, now: Instant);

    /// Reports the current time, at the time of [`poll_timeout`](Self::poll_timeout) or any other.
    /// Deadlines in the future are not affected.
    fn handle_timeout(&mut self, now: Instant);

    /// Returns whether there is room to read into, see [`space`](Self::space).
    fn wants_input(&self) -> bool;

    /// Returns bytes to transmit, which may hold a password. Returns `None` if there are none at
    /// present.
    fn poll_transmit(&self) -> Option<&[u8]>;

    /// Reports that `n` bytes of [`poll_transmit`](Self::poll_transmit) have been transmitted.
    ///
    /// Report the bytes of a request before its answer is handed in, also where reading and writing
    /// are two threads: an answer to bytes that were not reported belongs to no request.
    ///
    /// An `n` above the length of `poll_transmit` is a bug of the caller: debug builds panic,
    /// release builds count that length. Once a client or a FreeSWITCH connection is over, it has
    /// nothing to transmit, and nothing is counted.
    fn transmitted(&mut self, n: usize);

    /// Returns exactly when [`handle_timeout`](Self::handle_timeout) has something to do; never
    /// earlier than the time last reported. Returns `None` if no deadline is set.
    fn poll_timeout(&self) -> Option<Instant>;

    /// Returns the next event, or `Ok(None)` if there is none until one of the other calls.
    ///
    /// # Errors
    /// Returns the reason once the connection has ended in any way that was not asked for. Every
    /// later call returns it again.
    fn poll_event(&mut self) -> Result<Option<Self::Event<'_>>, ConnectionError>;

    /// Returns whether the connection is closed or lost. Drop the socket once there is nothing left
    /// to transmit either: a server's peer waits for that.
    fn is_over(&self) -> bool;

    /// Returns how long a blocking read may take: until [`poll_timeout`](Self::poll_timeout), and
    /// at least a millisecond, since sockets refuse a timeout of zero. `None` means without limit.
    fn read_timeout(&self, now: Instant) -> Option<Duration> {
        self.poll_timeout().map(|due| due.saturating_duration_since(now).max(Duration::from_millis(1)))
    }

    /// Writes the pending output until all is written or the writer takes no more at present;
    /// returns how many bytes were written.
    ///
    /// A driver that needs the bytes in its own buffer passes a `Vec` to append to: all of them
    /// move at once, however slowly they are written from there. They count as transmitted, and may
    /// hold a password.
    ///
    /// # Errors
    /// The writer's errors, except `WouldBlock`, `TimedOut` and `Interrupted`, after which the
    /// write is tried again; `WriteZero` if the writer takes nothing.
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

    /// Runs one turn of the driver's loop over any reader and writer of the standard library:
    /// writes pending output, reads once, and reports the time. Returns whether to call it again at
    /// once: bytes were written or read, the stream ended, a deadline was due, or a signal
    /// interrupted the call.
    ///
    /// Poll events before each turn. With a non-blocking socket, call it until it returns `false`,
    /// then wait until the socket is ready. With a blocking socket, set its read timeout to
    /// [`read_timeout`](Self::read_timeout); writes block too, which is safe with a peer that reads
    /// while it writes, as Asterisk does. `clock`, such as `Instant::now`, is called once the read
    /// is over.
    ///
    /// If there is no room to read into ([`wants_input`](Self::wants_input) is `false`), it returns
    /// without a read: make room, or sleep until `poll_timeout`. A disconnect of the peer is not
    /// noticed until there is room.
    ///
    /// # Errors
    /// The socket's errors, except `WouldBlock` and `TimedOut`, which mean that nothing moved, and
    /// `Interrupted`, which does not show whether something could. Any other error ends the
    /// connection, and has been reported to the machine as by [`handle_eof`](Self::handle_eof). If
    /// the peer has broken the connection off, the bytes that it sent before are read, as far as
    /// there is room.
    ///
    /// So poll events as usual after an error: the events received, the ending of every request,
    /// and then the error of the connection. Drop the socket. A client goes on with `reconnect`,
    /// and with another socket at the time that a [`Backoff`](super::Backoff) gives.
    ///
    /// A server that holds requests back until its answers have been transmitted, see the table,
    /// continues to do so; there is nothing left to do but drop it.
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

/// Writes pending output and reads once. Returns whether to continue even if nothing was read,
/// because bytes were written or the read was interrupted, and how many bytes were read.
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

/// Returns whether the error means that the peer takes no more bytes.
fn is_broken(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted)
}

/// Reads the last bytes of the peer: a server that refuses a login or shuts down says so first, and
/// writes to it after that fail.
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

/// Returns `None` if the call could move nothing at present.
fn unless_blocked(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(None),
        result => result.map(Some),
    }
}

pub(crate) mod sealed {
    /// Implemented only by the state machines of this crate.
    pub trait Sealed {}
}

/// Implements [`Machine`] for a type by its inherent methods of equal names.
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
