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
        /// Where there is no room to read into ([`wants_input`](Self::wants_input) is `false`), it returns at once: take items, or sleep for [`wait`](Self::wait). That the peer has gone is not seen until there is room.
        ///
        /// # Errors
        /// Those of the socket, but for `WouldBlock`, `TimedOut` and `Interrupted`, which say that nothing moved. The connection has ended then, as if its end had been read: events that are
        /// still to be polled come first, with the ending of every request.
        pub fn exchange(
            &mut self,
            socket: &mut (impl std::io::Read + std::io::Write),
            clock: impl FnOnce() -> Instant,
        ) -> std::io::Result<bool> {
            let bytes = self.exchange_bytes(socket);
            let now = clock();
            let (written, read) = match bytes {
                Ok(bytes) => bytes,
                Err(error) => {
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
            Ok(written || read.is_some() || due)
        }

        /// Writes what waits and reads once. Says whether anything was written, and how many bytes were read.
        fn exchange_bytes(
            &mut self,
            socket: &mut (impl std::io::Read + std::io::Write),
        ) -> std::io::Result<(bool, Option<usize>)> {
            use $crate::exchange::unless_blocked;
            let mut written = false;
            while let Some(bytes) = self.poll_transmit() {
                let Some(n) = unless_blocked(socket.write(bytes))? else { break };
                if n == 0 {
                    return Err(std::io::ErrorKind::WriteZero.into());
                }
                self.transmitted(n);
                written = true;
            }
            let read = match self.space(8192) {
                Some(space) => unless_blocked(socket.read(space))?,
                None => None,
            };
            Ok((written, read))
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
