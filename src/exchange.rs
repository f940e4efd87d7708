//! The turn of the driver's loop that is the same for all sockets of the standard library's kind, client or server.

/// Defines `exchange`, in terms of what its type has of the driver's contract.
macro_rules! exchange {
    () => {
        /// One turn of the driver's loop over anything that the standard library can write to and read from: writes what waits, reads once, and tells the time. Says whether to go on
        /// at once: bytes went either way, their end came, or something was due.
        ///
        /// Poll events before each turn. Where the socket is non-blocking, go on until it says `false`, then wait until it is ready. Where it blocks, give it a read timeout of [`wait`](Self::wait), and at least a millisecond, since zero is none;
        /// a write is waited for, which is no danger with a peer that reads while it writes, as Asterisk does. `clock`, such as `Instant::now`, is asked for the time once the read is over.
        ///
        /// # Errors
        /// Those of the socket, but for `WouldBlock`, `TimedOut` and `Interrupted`, which say that nothing moved.
        pub fn exchange(
            &mut self,
            socket: &mut (impl std::io::Read + std::io::Write),
            clock: impl FnOnce() -> Instant,
        ) -> std::io::Result<bool> {
            let mut moved = false;
            while let Some(bytes) = self.poll_transmit() {
                let Some(n) = $crate::exchange::unless_blocked(socket.write(bytes))? else { break };
                if n == 0 {
                    return Err(std::io::ErrorKind::WriteZero.into());
                }
                self.transmitted(n);
                moved = true;
            }
            let read = match self.space(8192) {
                Some(space) => $crate::exchange::unless_blocked(socket.read(space))?,
                None => None,
            };
            let now = clock();
            match read {
                Some(0) => self.handle_eof(now),
                Some(n) => self.advance(now, n),
                None => {}
            }
            let due = self.poll_timeout().is_some_and(|due| due <= now);
            self.handle_timeout(now);
            Ok(moved || read.is_some() || due)
        }
    };
}

/// `None`: nothing could be moved at present.
pub(crate) fn unless_blocked(result: std::io::Result<usize>) -> std::io::Result<Option<usize>> {
    use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    match result {
        Err(error) if matches!(error.kind(), WouldBlock | TimedOut | Interrupted) => Ok(None),
        result => result.map(Some),
    }
}

pub(crate) use exchange;
