//! One connection while it stands: moves bytes between the socket and the state machine, and tells
//! that the time.

use std::future::{Future as _, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use ami_proto::ConnectionError;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep_until};

use crate::protocol::{HIDDEN, Protocol};
use crate::shared::{Shared, State, Told, now};

/// A stream that carries bytes both ways.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Io for S {}

/// Things told in one go; then it is the turn of other tasks.
const TOLD_AT_ONCE: usize = 256;

/// Bytes read at once, at the least. The buffer of an idle connection is as large.
const READ: usize = 4096;

/// The longest that a closed connection waits until the stream is shut down.
const SHUTDOWN: Duration = Duration::from_secs(1);

/// The longest that a connection to which nothing can be written any more is read from.
const DRAIN: Duration = Duration::from_secs(1);

/// See the module.
pub(crate) struct Wire<'a, P: Protocol> {
    shared: &'a Shared<P>,
    stream: Box<dyn Io>,
    sleep: Pin<Box<Sleep>>,
    /// When `sleep` ends, until it has.
    armed: Option<Instant>,
    /// Set while bytes were written and not flushed.
    unflushed: bool,
    /// The error of the socket, after which nothing is written any more.
    failed: Option<io::Error>,
    /// Set with it: the end of the stream has come by then, or nothing more is read.
    drains_until: Option<Instant>,
    ended: bool,
    said_goodbye: bool,
}

/// The end of a connection.
pub(crate) enum WireEnd {
    /// As the program had asked for.
    Closed,
    Lost(ConnectionError, Option<io::Error>),
}

impl<'a, P: Protocol> Wire<'a, P> {
    pub(crate) fn new(shared: &'a Shared<P>, stream: Box<dyn Io>) -> Self {
        Self {
            shared,
            stream,
            sleep: Box::pin(sleep_until(tokio::time::Instant::now())),
            armed: None,
            unflushed: false,
            failed: None,
            drains_until: None,
            ended: false,
            said_goodbye: false,
        }
    }

    /// Drives the connection to its end. `on_ready` hears of the login that was accepted.
    pub(crate) async fn run(mut self, mut on_ready: impl FnMut(&mut State<P>, Instant)) -> WireEnd {
        let end = poll_fn(|cx| self.poll(cx, &mut on_ready)).await;
        if matches!(end, WireEnd::Closed) {
            // Of TLS: that nothing follows. The peer may be gone, or read nothing.
            let shutdown = poll_fn(|cx| Pin::new(&mut self.stream).poll_shutdown(cx));
            let _ = tokio::time::timeout(SHUTDOWN, shutdown).await;
        }
        end
    }

    fn poll(&mut self, cx: &mut Context<'_>, on_ready: &mut impl FnMut(&mut State<P>, Instant)) -> Poll<WireEnd> {
        let shared = self.shared;
        let mut guard = shared.lock();
        let state = &mut *guard;
        state.driven_by(cx);
        let mut told = 0;
        loop {
            let now = now();
            if state.closing && !std::mem::replace(&mut self.said_goodbye, true) {
                state.readers.hurry();
                state.machine.say_goodbye(now, HIDDEN);
            }
            while !state.readers.is_stalled() {
                match state.poll() {
                    Ok(Told::Nothing) => break,
                    Ok(Told::More) => {}
                    Ok(Told::Ready) => {
                        on_ready(state, now);
                        shared.tell_ready();
                    }
                    Ok(Told::Closed) => return Poll::Ready(WireEnd::Closed),
                    Err(lost) => return Poll::Ready(WireEnd::Lost(lost, self.failed.take())),
                }
                told += 1;
                if told >= TOLD_AT_ONCE {
                    shared.tell_room();
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
            let moved = self.write(cx, &mut state.machine, now)
                || (!state.readers.is_stalled()
                    && (self.read(cx, &mut state.machine, now) || self.tell_time(cx, &mut state.machine, now)));
            if !moved {
                shared.tell_room();
                return Poll::Pending;
            }
        }
    }

    /// Writes what waits. Returns whether the machine has something to tell of it, perhaps.
    fn write(&mut self, cx: &mut Context<'_>, machine: &mut P, now: Instant) -> bool {
        let mut moved = false;
        while let Some(bytes) = machine.poll_transmit().filter(|_| self.failed.is_none()) {
            let written = match Pin::new(&mut self.stream).poll_write(cx, bytes) {
                Poll::Pending => break,
                Poll::Ready(Ok(0)) => Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(written) => written,
            };
            match written {
                Ok(n) => {
                    machine.transmitted(n);
                    (moved, self.unflushed) = (true, true);
                }
                Err(error) => self.failed = Some(error),
            }
        }
        let flushes = self.unflushed && self.failed.is_none();
        if flushes && let Poll::Ready(flushed) = Pin::new(&mut self.stream).poll_flush(cx) {
            self.unflushed = false;
            self.failed = flushed.err();
        }
        if self.failed.is_some() && self.drains_until.is_none() {
            self.drains_until = Some(now + DRAIN);
        }
        moved
    }

    /// Reads once. Returns whether something came of it.
    fn read(&mut self, cx: &mut Context<'_>, machine: &mut P, now: Instant) -> bool {
        if self.ended {
            return false;
        }
        let Some(space) = machine.space(READ) else { return false };
        let mut buffer = ReadBuf::new(space);
        let read = match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
            // What the peer had said before it took nothing more has been read. Sooner than that,
            // the runtime may not have heard of it yet.
            Poll::Pending if self.drains_until.is_some_and(|until| until <= now) => Ok(0),
            Poll::Pending => return false,
            Poll::Ready(read) => read.map(|()| buffer.filled().len()),
        };
        match read {
            Ok(n) if n > 0 => machine.advance(now, n),
            ended => {
                self.failed = ended.err().or(self.failed.take());
                self.ended = true;
                machine.handle_eof(now);
            }
        }
        true
    }

    /// Tells the time, once something is due. Returns whether something was.
    fn tell_time(&mut self, cx: &mut Context<'_>, machine: &mut P, now: Instant) -> bool {
        let due = machine.poll_timeout();
        if due.is_some_and(|due| due <= now) {
            machine.handle_timeout(now);
            return true;
        }
        let drained = self.drains_until.filter(|until| *until > now);
        let Some(due) = due.into_iter().chain(drained).min() else { return false };
        // One that is too early does no harm: what is due moves with each byte that comes.
        if self.armed.is_none_or(|armed| due < armed) {
            self.armed = Some(due);
            self.sleep.as_mut().reset(due.into());
        }
        let woken = self.sleep.as_mut().poll(cx).is_ready();
        if woken {
            self.armed = None;
        }
        woken
    }
}
