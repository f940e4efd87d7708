//! The two threads of a connection. One writes and keeps the time; it starts the other for each
//! attempt, which connects and then reads. What is to be done when is the session's to say, under
//! its lock, which neither holds while it waits for the stream.

use std::hint::black_box;
use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use ami_session::{Driver, Protocol, Reason, Step, Turn};

use crate::connector::Dial;
use crate::reading::read;
use crate::wait::Parker;

/// Bytes written at once, at the most.
const WRITE: usize = 1 << 14;

/// The time that a read has to have waited before a time is told: what has come is read before.
const QUIET: Duration = Duration::from_millis(5);

/// A time is told at the latest so long after it was due, also where bytes come without a pause.
const LATEST: Duration = Duration::from_secs(1);

/// The pause before a write is tried again that has taken nothing and did not wait itself.
const PAUSE: Duration = Duration::from_millis(10);

/// The state that both threads share, beside the session.
pub(crate) struct Link<P: Protocol> {
    pub(crate) driver: Driver<P>,
    pub(crate) dial: Arc<Dial>,
    pub(crate) places: Arc<Places>,
    attempt: Mutex<Attempt>,
}

/// The places where the threads sleep.
#[derive(Default)]
pub(crate) struct Places {
    pub(crate) writer: Parker,
    /// Until there is room for input.
    pub(crate) reader: Parker,
}

/// An attempt to connect, or the connection that came of it.
#[derive(Default)]
pub(crate) struct Attempt {
    /// One with another number is no longer wanted.
    pub(crate) number: u64,
    /// Set while its thread connects.
    pub(crate) is_under_way: bool,
    pub(crate) writer: Option<Box<dyn Write + Send>>,
    pub(crate) shutdown: Option<Box<dyn Fn() + Send>>,
    /// Set once the session has done with it: what was written of it counts no more.
    pub(crate) is_lost: bool,
    /// The time since which a read waits. `None`: the reader is busy.
    pub(crate) quiet_since: Option<Instant>,
    /// The time at which the writer looks again in any case.
    pub(crate) looks_at: Option<Instant>,
}

impl Wake for Places {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.writer.tell();
        self.reader.tell();
    }
}

impl<P: Protocol> Link<P> {
    /// Locks the attempt. Who needs the session's lock as well takes that one first.
    pub(crate) fn attempt(&self) -> MutexGuard<'_, Attempt> {
        self.attempt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn waker(&self) -> Waker {
        Waker::from(Arc::clone(&self.places))
    }

    /// Gives up the attempt or connection there is; a read that waits ends.
    fn give_up(&self) {
        let shutdown = {
            let mut attempt = self.attempt();
            let number = attempt.number + 1;
            std::mem::replace(&mut *attempt, Attempt { number, ..Attempt::default() }).shutdown
        };
        if let Some(shutdown) = shutdown {
            shutdown();
        }
        self.places.reader.tell();
    }
}

/// Starts the thread that writes.
pub(crate) fn start<P: Protocol>(driver: Driver<P>, dial: Arc<Dial>) {
    let link = Arc::new(Link { driver, dial, places: Arc::default(), attempt: Mutex::default() });
    let writes = Arc::clone(&link);
    if let Err(error) = spawn("ami-write", move || {
        Writer { link: writes, writer: None, bytes: Vec::new(), done: 0, due_since: None, retries_at: None }.run();
    }) {
        link.driver.end(Reason::Connect(error));
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(run).map(drop)
}

/// The thread that writes.
struct Writer<P: Protocol> {
    link: Arc<Link<P>>,
    /// Of the connection that stands.
    writer: Option<Box<dyn Write + Send>>,
    /// The part of the output that is being written, and how much of it has been.
    bytes: Vec<u8>,
    done: usize,
    /// The time at which it was seen that a time is to be told, while something is still to be
    /// read.
    due_since: Option<Instant>,
    /// Set where the stream takes nothing at present: first it is looked whether something is due.
    retries_at: Option<Instant>,
}

/// The next thing for the thread to do.
enum Next {
    /// To look again at once.
    Turn,
    /// To sleep until it is told something, or until then.
    Sleep(Option<Instant>),
    End,
}

/// The thread has come to its end, or has panicked: who still waits is told, the reader ends.
impl<P: Protocol> Drop for Writer<P> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.link.driver.end(Reason::Panicked);
        }
        self.link.give_up();
    }
}

impl<P: Protocol> Writer<P> {
    /// Runs to the end of the connection for good.
    fn run(mut self) {
        let waker = self.link.waker();
        loop {
            // No lock is held while it sleeps: `turn` returns without one.
            match self.turn(&waker) {
                Next::Turn => {}
                Next::Sleep(until) => self.link.places.writer.park(until),
                Next::End => return,
            }
        }
    }

    /// Does the next thing that is to be done.
    fn turn(&mut self, waker: &Waker) -> Next {
        let now = Instant::now();
        let link = Arc::clone(&self.link);
        let mut turn = link.driver.turn();
        let step = turn.step(now, waker);
        let due = turn.due();
        match step {
            Step::Drive | Step::Again => self.drive(&link, turn, step, now),
            Step::Dial => {
                drop(turn);
                self.dial(now);
                Next::Sleep(due)
            }
            Step::Shut => {
                drop(turn);
                if let Some(mut writer) = self.writer.take() {
                    // It is over in any case.
                    let _ = writer.flush();
                }
                link.give_up();
                link.driver.turn().shut();
                Next::Turn
            }
            Step::Over => Next::End,
            // Sleep, and what this crate does not know.
            _ => {
                drop(turn);
                self.forget();
                link.give_up();
                Next::Sleep(due)
            }
        }
    }

    /// Writes what waits, or tells the time.
    fn drive(&mut self, link: &Link<P>, mut turn: Turn<'_, P>, step: Step, now: Instant) -> Next {
        let mut attempt = link.attempt();
        if let Some(writer) = attempt.writer.take() {
            self.writer = Some(writer);
        }
        if turn.is_broken() {
            self.forget_bytes();
        }
        if let (true, Some(_), Some(bytes)) = (self.bytes.is_empty(), &self.writer, turn.output()) {
            let bytes = bytes.get(..WRITE).unwrap_or(bytes);
            self.bytes.extend_from_slice(bytes);
            // Before they go out: the answer may be read before the write returns.
            let n = bytes.len();
            turn.written(n);
        }
        if !self.bytes.is_empty() && self.retries_at.is_none() {
            let number = attempt.number;
            drop((turn, attempt));
            self.write(number);
            return Next::Turn;
        }
        if step == Step::Again {
            drop((turn, attempt));
            thread::yield_now();
            return Next::Turn;
        }
        let mut due = turn.due();
        if due.is_some_and(|due| due <= now) {
            let since = *self.due_since.get_or_insert(now);
            let quiet = attempt.quiet_since.is_some_and(|quiet| now >= quiet + QUIET);
            if quiet || now >= since + LATEST {
                self.due_since = None;
                turn.tell_time(now);
                return Next::Turn;
            }
            due = Some(now + QUIET);
        } else {
            self.due_since = None;
        }
        due = due.into_iter().chain(self.retries_at.take()).min();
        attempt.looks_at = due;
        Next::Sleep(due)
    }

    /// Starts an attempt, unless one is under way.
    fn dial(&mut self, now: Instant) {
        if self.link.attempt().is_under_way {
            return;
        }
        // Of the one before nothing counts any more, also where no pause came between.
        self.forget();
        self.link.give_up();
        let number = {
            let mut attempt = self.link.attempt();
            attempt.is_under_way = true;
            attempt.number
        };
        let link = Arc::clone(&self.link);
        if let Err(error) = spawn("ami-read", move || read(&link, number)) {
            self.link.give_up();
            self.link.driver.turn().dialled(now, Err(Reason::Connect(error)));
            self.link.places.writer.tell();
        }
    }

    /// Writes what it has of the output.
    fn write(&mut self, number: u64) {
        let Some(writer) = &mut self.writer else { return };
        let begun = Instant::now();
        let mut written = Ok(());
        let rest = self.bytes.get(self.done..).unwrap_or_default();
        if !rest.is_empty() {
            written = match writer.write(rest) {
                Ok(0) => Err(ErrorKind::WriteZero.into()),
                Ok(n) => {
                    self.done += n;
                    Ok(())
                }
                Err(error) => Err(error),
            };
        }
        if written.is_ok() && self.done >= self.bytes.len() {
            written = writer.flush();
            if written.is_ok() {
                self.forget_bytes();
            }
        }
        match written {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                let now = Instant::now();
                self.retries_at = Some(if now < begun + PAUSE { now + PAUSE } else { now });
            }
            Err(error) if error.kind() != ErrorKind::Interrupted => self.broke(number, error),
            _ => {}
        }
    }

    /// Says that a write has failed. The reader goes on: what the server has said before is told.
    fn broke(&mut self, number: u64, error: io::Error) {
        self.forget_bytes();
        let mut turn = self.link.driver.turn();
        let attempt = self.link.attempt();
        if attempt.number == number && !attempt.is_lost {
            turn.broke(Instant::now(), error);
        }
    }

    /// Drops the stream, and what was to be written to it.
    fn forget(&mut self) {
        self.writer = None;
        self.forget_bytes();
    }

    fn forget_bytes(&mut self) {
        // There may be a secret in them.
        self.bytes.fill(0);
        black_box(&self.bytes);
        self.bytes.clear();
        (self.done, self.retries_at) = (0, None);
    }
}
