//! One connection while it stands: moves bytes between the socket and the session.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use ami_session::{Protocol, Turn};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream that carries bytes both ways.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Io for S {}

/// Bytes read at once, at the least. The buffer of an idle connection is as large.
const READ: usize = 4096;

/// See the module.
pub(crate) struct Wire {
    stream: Box<dyn Io>,
    /// Set while bytes were written and not flushed.
    unflushed: bool,
}

impl Wire {
    pub(crate) fn new(stream: Box<dyn Io>) -> Self {
        Self { stream, unflushed: false }
    }

    /// Moves what can be moved. Returns whether the session may have something to tell of it.
    pub(crate) fn poll<P: Protocol>(&mut self, cx: &mut Context<'_>, turn: &mut Turn<'_, P>, now: Instant) -> bool {
        // What has come is read before a time is told.
        self.write(cx, turn, now) || self.read(cx, turn, now) || turn.tell_time(now)
    }

    /// Of TLS: says that nothing follows. Returns whether that is done.
    pub(crate) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> bool {
        Pin::new(&mut self.stream).poll_shutdown(cx).is_ready()
    }

    fn write<P: Protocol>(&mut self, cx: &mut Context<'_>, turn: &mut Turn<'_, P>, now: Instant) -> bool {
        let mut moved = false;
        while let Some(bytes) = turn.output() {
            let written = match Pin::new(&mut self.stream).poll_write(cx, bytes) {
                Poll::Pending => break,
                Poll::Ready(Ok(0)) => Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(written) => written,
            };
            match written {
                Ok(n) => {
                    turn.written(n);
                    (moved, self.unflushed) = (true, true);
                }
                Err(error) => turn.broke(now, error),
            }
        }
        let flushes = self.unflushed && !turn.is_broken();
        if flushes && let Poll::Ready(flushed) = Pin::new(&mut self.stream).poll_flush(cx) {
            self.unflushed = false;
            if let Err(error) = flushed {
                turn.broke(now, error);
            }
        }
        moved
    }

    /// Reads once. Returns whether something came of it.
    fn read<P: Protocol>(&mut self, cx: &mut Context<'_>, turn: &mut Turn<'_, P>, now: Instant) -> bool {
        let Some(space) = turn.space(READ) else { return false };
        let mut buffer = ReadBuf::new(space);
        let read = match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
            Poll::Pending => return false,
            Poll::Ready(read) => read.map(|()| buffer.filled().len()),
        };
        match read {
            Ok(n) if n > 0 => turn.advance(now, n),
            ended => turn.end_of_input(now, ended.err()),
        }
        true
    }
}
