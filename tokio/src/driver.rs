//! The task of a connection: connects, drives what stands, and connects again after a loss.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use ami_proto::conn::Backoff;

use crate::connector::Dial;
use crate::error::{ConnectError, Reason};
use crate::events::{Disconnected, Item};
use crate::protocol::{HIDDEN, Protocol};
use crate::shared::{Over, Shared, State, Told, now};
use crate::wire::{Io, Wire, WireEnd};

/// See the module.
pub(crate) struct Driver<P: Protocol> {
    pub(crate) shared: Arc<Shared<P>>,
    pub(crate) dial: Dial,
    pub(crate) credentials: P::Credentials,
    /// The delays between attempts. `None`: one connection is all.
    pub(crate) backoff: Option<Backoff>,
    /// Set where the first connection is attempted again as well.
    pub(crate) is_patient: bool,
}

impl<P: Protocol> Driver<P> {
    /// Runs to the end of the connection for good.
    pub(crate) async fn run(mut self) {
        let over = loop {
            let lost = match self.connect().await {
                None => break Over::Closed,
                Some(Err(error)) => error,
                Some(Ok(stream)) => match self.drive(stream).await {
                    Ok(()) => break Over::Closed,
                    Err(lost) => lost,
                },
            };
            let delay = {
                let mut state = self.shared.lock();
                if state.closing {
                    break Over::Closed;
                }
                state.down = Some(lost.clone());
                let now = now();
                let again = lost.is_temporary() && (self.is_patient || state.has_begun());
                let Some(backoff) = self.backoff.as_mut().filter(|_| again) else {
                    crate::trace::failed(&lost, None);
                    break Over::Lost(lost);
                };
                let delay = backoff.lost(now);
                crate::trace::failed(&lost, Some(delay));
                let had_begun = std::mem::take(&mut state.logged_in);
                // Of a connection that was never made there is nothing to be told.
                let report = state.machine.begin_anew(HIDDEN).ok().filter(|_| had_begun);
                if let Some(unanswered) = report {
                    let told = Arc::new(Disconnected { reason: lost, unanswered, again_in: delay });
                    state.readers.tell(|| Item::Disconnected(Arc::clone(&told)));
                }
                delay
            };
            self.shared.tell_lost();
            if self.unless_closing(tokio::time::sleep(delay)).await.is_none() {
                break Over::Closed;
            }
        };
        self.shared.lock().end(over);
        self.shared.tell_over();
    }

    /// Makes one attempt. `None`: the connection is to be closed.
    async fn connect(&self) -> Option<Result<Box<dyn Io>, ConnectError>> {
        self.unless_closing((self.dial.0)()).await
    }

    /// Drives a connection to its end: closed as was asked for, or lost.
    async fn drive(&mut self, stream: Box<dyn Io>) -> Result<(), ConnectError> {
        let shared = Arc::clone(&self.shared);
        let login = shared.lock().machine.log_in(now(), self.credentials.clone(), HIDDEN);
        login.map_err(|error| shared.lost(Reason::Login(error)))?;
        let backoff = &mut self.backoff;
        let on_ready = |state: &mut State<P>, now: Instant| {
            if let Some(backoff) = backoff {
                backoff.accepted(now);
            }
            if !state.stands() {
                state.readers.tell(|| Item::Reconnected);
            }
        };
        match Wire::new(&shared, stream).run(on_ready).await {
            WireEnd::Closed => Ok(()),
            WireEnd::Lost(error, socket) => {
                let words = shared.lock().refused.take();
                let reason = match (words, socket) {
                    (Some(words), _) => Reason::Refused(error, words),
                    (None, Some(socket)) => Reason::Socket(socket),
                    (None, None) => Reason::Lost(error),
                };
                Err(shared.lost(reason))
            }
        }
    }

    /// Waits for a future. `None`: the connection is to be closed.
    async fn unless_closing<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        poll_fn(|cx| {
            {
                let mut state = self.shared.lock();
                if state.closing {
                    return Poll::Ready(None);
                }
                state.driven_by(cx);
            }
            future.as_mut().poll(cx).map(Some)
        })
        .await
    }
}

/// The task is ended by its runtime, or has panicked: who still waits is told.
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
        state.end(Over::Lost(self.shared.lost(reason)));
        drop(state);
        self.shared.tell_over();
    }
}
