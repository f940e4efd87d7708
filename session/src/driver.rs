//! The side of a connection that its driver holds: what is to be done next, and when. The driver
//! moves bytes and tells the time, in a task or in threads; all decisions are made here.

use std::fmt;
use std::io;
use std::sync::{Arc, MutexGuard};
use std::task::Waker;
use std::time::{Duration, Instant};

use ami_proto::ConnectionError;
use ami_proto::conn::Backoff;

use crate::error::{ConnectError, Reason};
use crate::events::{Disconnected, Item};
use crate::handle::Handle;
use crate::hold::{Hold, Shared};
use crate::protocol::{HIDDEN, Hook, Protocol};
use crate::settings::{Settings, SettingsParts};
use crate::state::{Over, State, Told};

/// Things told in one go; then it is the turn of others.
const TOLD_AT_ONCE: usize = 256;

/// The longest that a closed connection waits until the stream is shut down.
const SHUTDOWN: Duration = Duration::from_secs(1);

/// The longest that a connection to which nothing can be written any more is read from.
const DRAIN: Duration = Duration::from_secs(1);

/// The next thing to be done with the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Connect, and say with [`Turn::dialled`] how that went. An attempt that is under way goes on;
    /// where this is returned no more, it is to be given up.
    Dial,
    /// Write the [`output`](Turn::output), read [input](Turn::input), and
    /// [tell the time](Turn::tell_time) once that is due and nothing is left to be read.
    Drive,
    /// As `Drive`, and at once: there is more to be told to readers, and others had no turn.
    Again,
    /// Shut the stream down, and say with [`Turn::shut`] that it is.
    Shut,
    /// Drop the stream, or the attempt, and do nothing until something is due.
    Sleep,
    /// Drop all: it is over for good.
    Over,
}

/// The place of the connection between attempts, and what the next ones take.
pub(crate) struct Course<P: Protocol> {
    phase: Phase,
    credentials: P::Credentials,
    /// The delays between attempts. `None`: one connection is all.
    backoff: Option<Backoff>,
    /// Set where the first connection is attempted again as well.
    is_patient: bool,
    connect_timeout: Duration,
    /// The time that a request waits for a connection.
    wait: Duration,
    failure: Option<Failure>,
}

enum Phase {
    /// An attempt is to be made or under way. Each of these ends then; `None`: beyond all clocks.
    Dialling(Option<Instant>),
    Up(Up),
    /// It was closed, and the stream is being shut down.
    Shutting(Option<Instant>),
    /// Between two attempts.
    Resting(Option<Instant>),
}

/// A connection while it stands.
#[derive(Default)]
struct Up {
    said_goodbye: bool,
    /// The error of the socket, after which nothing is written any more.
    failed: Option<io::Error>,
    /// Set with it: the end of the stream has come by then, or nothing more is read.
    drains_until: Option<Instant>,
    /// Set once nothing more is to be read.
    ended: bool,
}

/// An attempt that failed or a connection that was lost, for a log.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The reason.
    pub error: ConnectError,
    /// The time after which another one is attempted. `None`: no more is.
    pub again_in: Option<Duration>,
}

/// Begins a connection, which is yet to be driven. With `is_patient` also the first one is
/// attempted again. `clock` is the one that the driver tells the time by; `hook` is for a log.
pub fn open<P: Protocol>(
    settings: Settings<P>,
    is_patient: bool,
    clock: fn() -> Instant,
    hook: Option<Hook>,
) -> (Opening<P>, Driver<P>) {
    let SettingsParts { address, credentials, config, backoff, connect_timeout, wait } = settings.into_parts();
    // The first step begins it.
    let phase = Phase::Resting(Some(clock()));
    let course = Course { phase, credentials, backoff, is_patient, connect_timeout, wait, failure: None };
    let state = State::new(P::start(config, hook, HIDDEN), course);
    let shared = Shared::new(state, address, clock);
    (Opening(Hold::new(&shared)), Driver { shared })
}

/// A connection that was begun. Dropped, it is given up.
pub struct Opening<P: Protocol>(Hold<P>);

impl<P: Protocol> Opening<P> {
    /// Returns the handle, whether the connection stands or not.
    pub fn handle(self) -> Handle<P> {
        Handle::new(self.0)
    }

    /// Waits until the connection has stood once.
    ///
    /// # Errors
    /// [`ConnectError`]: it is over for good.
    pub async fn begun(self) -> Result<Handle<P>, ConnectError> {
        self.0.begins().await?;
        Ok(self.handle())
    }
}

impl<P: Protocol> fmt::Debug for Opening<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").finish_non_exhaustive()
    }
}

/// The side of a connection that moves its bytes: a task holds it, or threads do.
///
/// ```text
/// loop {
///     match turn.step(now, waker) {        // under the lock of a `Turn`
///         Dial => connect, then turn.dialled(now, …)
///         Drive => write turn.output(), then turn.written(n); read, then turn.input(now, …);
///                  if that has nothing more: turn.tell_time(now)
///         Shut => shut the stream down, then turn.shut()
///         Sleep => drop the stream
///         Over => break
///     }
///     sleep until the waker is woken, the stream can be read or written, or turn.due()
/// }
/// ```
///
/// Dropped before it is over, it ends the connection for good: all who wait are told.
pub struct Driver<P: Protocol> {
    shared: Arc<Shared<P>>,
}

impl<P: Protocol> Driver<P> {
    /// Takes the lock of the connection. No call of a `Turn` blocks; nothing that does may be
    /// called while there is one.
    pub fn turn(&self) -> Turn<'_, P> {
        Turn { shared: &self.shared, state: self.shared.lock() }
    }

    /// Returns the address, as it was given.
    pub fn address(&self) -> &str {
        self.shared.address()
    }

    /// Ends the connection for good, for this reason.
    pub fn end(&self, reason: Reason) {
        let mut state = self.shared.lock();
        let lost = self.shared.lost(reason);
        state.end(Over::Lost(lost));
    }
}

impl<P: Protocol> fmt::Debug for Driver<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("address", &self.address()).finish_non_exhaustive()
    }
}

/// The task or thread has ended, or has panicked: who still waits is told.
impl<P: Protocol> Drop for Driver<P> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if state.over().is_some() {
            return;
        }
        let reason = if std::thread::panicking() {
            // The panic may be the machine's, which is not to be asked for more then.
            Reason::Panicked
        } else {
            state.readers.hurry();
            state.machine.handle_eof(Instant::now());
            while !matches!(state.poll(), Err(_) | Ok(Told::Nothing | Told::Closed)) {}
            Reason::Abandoned
        };
        let lost = self.shared.lost(reason);
        state.end(Over::Lost(lost));
    }
}

/// A driver's turn: the connection, locked.
pub struct Turn<'a, P: Protocol> {
    shared: &'a Shared<P>,
    state: MutexGuard<'a, State<P>>,
}

impl<P: Protocol> Turn<'_, P> {
    /// Does what is due but for [`tell_time`](Self::tell_time), and returns what is to be done. The
    /// waker is told, once, when there is something to do that the driver has not caused.
    pub fn step(&mut self, now: Instant, waker: &Waker) -> Step {
        if self.state.over().is_some() {
            return Step::Over;
        }
        if self.state.driver.as_ref().is_none_or(|known| !known.will_wake(waker)) {
            self.state.driver = Some(waker.clone());
        }
        let is_ahead = |until: Option<Instant>| until.is_none_or(|until| now < until);
        let step = match self.state.course.phase {
            Phase::Dialling(_) | Phase::Resting(_) if self.state.closing => self.over(Over::Closed),
            Phase::Dialling(until) if is_ahead(until) => Step::Dial,
            Phase::Dialling(_) => {
                let timeout = self.state.course.connect_timeout;
                self.lost(now, Reason::ConnectTimedOut(timeout))
            }
            Phase::Resting(until) if is_ahead(until) => Step::Sleep,
            Phase::Resting(_) => {
                let until = now.checked_add(self.state.course.connect_timeout);
                self.state.course.phase = Phase::Dialling(until);
                Step::Dial
            }
            Phase::Up(_) => self.tell(now),
            Phase::Shutting(until) if is_ahead(until) => Step::Shut,
            Phase::Shutting(_) => self.over(Over::Closed),
        };
        self.serve(now);
        step
    }

    /// Says how an attempt went. One that was given up meanwhile changes nothing.
    pub fn dialled(&mut self, now: Instant, result: Result<(), Reason>) {
        if !matches!(self.state.course.phase, Phase::Dialling(_)) {
            return;
        }
        let logged_in = result.and_then(|()| {
            let credentials = self.state.course.credentials.clone();
            self.state.machine.log_in(now, credentials, HIDDEN).map_err(Reason::Login)
        });
        match logged_in {
            Ok(()) => self.state.course.phase = Phase::Up(Up::default()),
            Err(reason) => _ = self.lost(now, reason),
        }
    }

    /// Returns the bytes to write, which may hold a password. `None`: there are none at present.
    pub fn output(&self) -> Option<&[u8]> {
        self.state.machine.poll_transmit().filter(|_| self.up().is_some_and(|up| up.failed.is_none()))
    }

    /// Says that so many bytes of the output were written, or that the driver has taken them to
    /// write them. Where another thread reads, say it before they go out: an answer to bytes that
    /// were not written is no answer.
    pub fn written(&mut self, n: usize) {
        self.state.machine.transmitted(n);
    }

    /// Says that a write has failed. Nothing more is written then. What the peer has said before is
    /// still to be read, to the end of the stream or for a second: the driver may not have heard of
    /// it yet.
    pub fn broke(&mut self, now: Instant, error: io::Error) {
        if let Phase::Up(up) = &mut self.state.course.phase {
            up.failed.get_or_insert(error);
            up.drains_until = up.drains_until.or_else(|| now.checked_add(DRAIN));
        }
    }

    /// Returns whether a write has failed.
    pub fn is_broken(&self) -> bool {
        self.up().is_some_and(|up| up.failed.is_some())
    }

    /// Returns room for input, of so many bytes at least or what is left, to be followed by
    /// [`advance`](Self::advance). `None`: don't read; a reader that is waited for has no room.
    pub fn space(&mut self, min: usize) -> Option<&mut [u8]> {
        if !self.reads() {
            return None;
        }
        self.state.machine.space(min)
    }

    /// Says that so many bytes of the space hold input.
    pub fn advance(&mut self, now: Instant, n: usize) {
        self.state.machine.advance(now, n);
    }

    /// Takes input, and returns how much of it: the rest has to be given again, after the next
    /// [`step`](Self::step).
    #[must_use = "bytes that were not taken have to be given again"]
    pub fn input(&mut self, now: Instant, bytes: &[u8]) -> usize {
        if self.reads() { self.state.machine.handle_input(now, bytes) } else { 0 }
    }

    /// Says that nothing more can be read: the stream has ended, or failed so.
    pub fn end_of_input(&mut self, now: Instant, error: Option<io::Error>) {
        if let Phase::Up(up) = &mut self.state.course.phase {
            up.failed = error.or(up.failed.take());
            up.ended = true;
            self.state.machine.handle_eof(now);
        }
    }

    /// Tells the time, if something of the connection is due. Returns whether something was.
    pub fn tell_time(&mut self, now: Instant) -> bool {
        let is_due = self.timeout().is_some_and(|due| due <= now);
        if is_due && self.drains_until().is_some_and(|until| until <= now) {
            self.end_of_input(now, None);
        } else if is_due {
            self.state.machine.handle_timeout(now);
        }
        is_due
    }

    /// Says that the stream is shut down.
    pub fn shut(&mut self) {
        if matches!(self.state.course.phase, Phase::Shutting(_)) {
            self.over(Over::Closed);
        }
    }

    /// Returns when there is something to do in any case.
    pub fn due(&self) -> Option<Instant> {
        if self.state.over().is_some() {
            return None;
        }
        let of_phase = match self.state.course.phase {
            Phase::Dialling(until) | Phase::Resting(until) | Phase::Shutting(until) => until,
            Phase::Up(_) => self.timeout(),
        };
        let of_queue = self.state.queue.due().filter(|_| !self.state.machine.accepts_requests(HIDDEN));
        of_phase.into_iter().chain(of_queue).min()
    }

    /// Takes out the last failure, for a log.
    pub fn failure(&mut self) -> Option<Failure> {
        self.state.course.failure.take()
    }

    fn up(&self) -> Option<&Up> {
        if let Phase::Up(up) = &self.state.course.phase { Some(up) } else { None }
    }

    fn reads(&self) -> bool {
        self.up().is_some_and(|up| !up.ended) && !self.state.readers.is_stalled()
    }

    /// Returns when there is a time to tell. While a reader is waited for, time stands still.
    fn timeout(&self) -> Option<Instant> {
        self.up()?;
        let due = self.state.machine.poll_timeout().into_iter().chain(self.drains_until()).min();
        due.filter(|_| !self.state.readers.is_stalled())
    }

    /// Returns when nothing more is read from a stream that takes nothing.
    fn drains_until(&self) -> Option<Instant> {
        self.up().filter(|up| !up.ended)?.drains_until
    }

    /// Has the machine tell what has happened.
    fn tell(&mut self, now: Instant) -> Step {
        let state = &mut *self.state;
        let Phase::Up(up) = &mut state.course.phase else { return Step::Sleep };
        if state.closing && !std::mem::replace(&mut up.said_goodbye, true) {
            state.readers.hurry();
            state.machine.say_goodbye(now, HIDDEN);
        }
        for _ in 0..TOLD_AT_ONCE {
            if self.state.readers.is_stalled() {
                return Step::Drive;
            }
            match self.state.poll() {
                Ok(Told::Nothing) => return Step::Drive,
                Ok(Told::More) => {}
                Ok(Told::Ready) => self.ready(now),
                Ok(Told::Closed) => {
                    self.state.course.phase = Phase::Shutting(now.checked_add(SHUTDOWN));
                    return Step::Shut;
                }
                Err(lost) => return self.broke_off(now, lost),
            }
        }
        Step::Again
    }

    fn ready(&mut self, now: Instant) {
        let state = &mut *self.state;
        if let Some(backoff) = &mut state.course.backoff {
            backoff.accepted(now);
        }
        if !state.stands() {
            state.readers.tell(|| Item::Reconnected);
        }
    }

    fn broke_off(&mut self, now: Instant, error: ConnectionError) -> Step {
        let words = self.state.refused.take();
        let up = match std::mem::replace(&mut self.state.course.phase, Phase::Resting(Some(now))) {
            Phase::Up(up) => up,
            _ => Up::default(),
        };
        let reason = match (words, up.failed) {
            (Some(words), _) => Reason::Refused(error, words),
            (None, Some(socket)) => Reason::Socket(socket),
            (None, None) => Reason::Lost(error),
        };
        self.lost(now, reason)
    }

    /// Plans the next attempt, if there is to be one.
    fn lost(&mut self, now: Instant, reason: Reason) -> Step {
        let lost = self.shared.lost(reason);
        let state = &mut *self.state;
        if state.closing {
            return self.over(Over::Closed);
        }
        state.down = Some(lost.clone());
        let again = lost.is_temporary() && (state.course.is_patient || state.has_begun());
        let delay = state.course.backoff.as_mut().filter(|_| again).map(|backoff| backoff.lost(now));
        state.course.failure = Some(Failure { error: lost.clone(), again_in: delay });
        let Some(delay) = delay else { return self.over(Over::Lost(lost)) };
        let had_begun = std::mem::take(&mut state.logged_in);
        // Of a connection that was never made there is nothing to be told.
        let report = state.machine.begin_anew(HIDDEN).ok().filter(|_| had_begun);
        if let Some(unanswered) = report {
            let told = Arc::new(Disconnected { reason: lost, unanswered, again_in: delay });
            state.readers.tell(|| Item::Disconnected(Arc::clone(&told)));
        }
        state.course.phase = Phase::Resting(now.checked_add(delay));
        Step::Sleep
    }

    fn over(&mut self, over: Over) -> Step {
        self.state.end(over);
        Step::Over
    }

    /// Sends the requests that wait, or lets them wait no longer.
    fn serve(&mut self, now: Instant) {
        let state = &mut *self.state;
        if state.queue.is_empty() || state.over().is_some() {
            return;
        }
        if state.machine.accepts_requests(HIDDEN) {
            state.serve(now);
            return;
        }
        let (wait, down) = (state.course.wait, &state.down);
        let why = || down.clone().unwrap_or_else(|| self.shared.lost(Reason::ConnectTimedOut(wait)));
        state.queue.expire(now, now.checked_add(wait), why);
    }
}

impl<P: Protocol> fmt::Debug for Turn<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("held", &self.state.held()).finish_non_exhaustive()
    }
}
