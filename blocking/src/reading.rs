//! The thread that connects, and then reads.

use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

use ami_session::{Protocol, Reason, Step, Turn};

use crate::threads::Link;

/// Bytes read at once, at the most.
const READ: usize = 1 << 13;

/// Makes an attempt to connect, and reads the connection that comes of it to its end.
pub(crate) fn read<P: Protocol>(link: &Arc<Link<P>>, number: u64) {
    let _ends = Ends { link, number };
    let dialled = (link.dial)(link.driver.address());
    let reader = {
        let mut turn = link.driver.turn();
        let mut attempt = link.attempt();
        if attempt.number != number {
            return;
        }
        attempt.is_under_way = false;
        let dialled = dialled.map(|halves| {
            attempt.writer = Some(halves.writer);
            attempt.shutdown = Some(halves.shutdown);
            halves.reader
        });
        match dialled {
            Ok(reader) => {
                turn.dialled(Instant::now(), Ok(()));
                Some(reader)
            }
            Err(error) => {
                turn.dialled(Instant::now(), Err(Reason::Connect(error)));
                None
            }
        }
    };
    link.places.writer.tell();
    if let Some(reader) = reader {
        Reader { link, number, waker: link.waker() }.run(reader);
    }
}

/// The thread ends: it was the last that could read. If it has panicked, by the stream or the
/// function that connects, who waits is told.
struct Ends<'a, P: Protocol> {
    link: &'a Link<P>,
    number: u64,
}

impl<P: Protocol> Drop for Ends<'_, P> {
    fn drop(&mut self) {
        let is_wanted = {
            let mut attempt = self.link.attempt();
            let is_wanted = attempt.number == self.number;
            if is_wanted {
                attempt.quiet_since = Some(Instant::now());
            }
            is_wanted
        };
        // An attempt that was given up concerns no one any more.
        if is_wanted && std::thread::panicking() {
            self.link.driver.end(Reason::Panicked);
        }
        self.link.places.writer.tell();
    }
}

struct Reader<'a, P: Protocol> {
    link: &'a Link<P>,
    number: u64,
    waker: Waker,
}

impl<P: Protocol> Reader<'_, P> {
    fn run(&self, mut reader: Box<dyn Read + Send>) {
        let mut buffer = vec![0; READ];
        loop {
            self.is_quiet(true);
            let read = reader.read(&mut buffer);
            self.is_quiet(false);
            let goes_on = match read {
                Ok(n) if n > 0 => self.give(buffer.get(..n).unwrap_or_default()),
                Err(error) if is_passing(error.kind()) => self.is_wanted(),
                ended => {
                    let mut turn = self.link.driver.turn();
                    if self.is_wanted() {
                        turn.end_of_input(Instant::now(), ended.err());
                        self.step(&mut turn);
                    }
                    false
                }
            };
            if !goes_on {
                return;
            }
        }
    }

    fn is_quiet(&self, quiet: bool) {
        let mut attempt = self.link.attempt();
        if attempt.number == self.number {
            attempt.quiet_since = quiet.then(Instant::now);
        }
    }

    fn is_wanted(&self) -> bool {
        let attempt = self.link.attempt();
        attempt.number == self.number && !attempt.is_lost
    }

    /// Gives bytes to the session, and waits where that has no room. Returns whether to read on.
    fn give(&self, mut bytes: &[u8]) -> bool {
        loop {
            let mut turn = self.link.driver.turn();
            // Before each use of the turn: the writer may have given the connection up.
            if !self.is_wanted() || !self.step(&mut turn) {
                return false;
            }
            let taken = turn.input(Instant::now(), bytes);
            bytes = bytes.get(taken..).unwrap_or_default();
            if bytes.is_empty() {
                return self.step(&mut turn);
            }
            if taken == 0 {
                drop(turn);
                self.link.places.reader.park(None);
            }
        }
    }

    /// Has the session tell what has come. Returns whether the connection goes on. The writer is
    /// woken where it has something to do.
    fn step(&self, turn: &mut Turn<'_, P>) -> bool {
        loop {
            match turn.step(Instant::now(), &self.waker) {
                Step::Again => {}
                Step::Drive => break,
                _ => {
                    // Under the session's lock: the writer counts nothing for it any more.
                    self.link.attempt().is_lost = true;
                    self.link.places.writer.tell();
                    return false;
                }
            }
        }
        let looks_at = self.link.attempt().looks_at;
        let is_earlier = turn.due().is_some_and(|due| looks_at.is_none_or(|looks_at| due < looks_at));
        if is_earlier || turn.output().is_some() {
            self.link.places.writer.tell();
        }
        true
    }
}

/// Returns whether a read may be tried again.
fn is_passing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Interrupted | ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
