//! The task of a connection: dials, moves bytes between the socket and the session, and tells that
//! the time. What is to be done when is the session's to say.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use ami_session::{Driver, Protocol, Step, Turn};
use tokio::time::{Sleep, sleep_until};

use crate::connector::{Dial, Dialled};
use crate::wire::Wire;

/// See the module.
pub(crate) struct Task<P: Protocol> {
    driver: Driver<P>,
    dial: Dial,
    /// An attempt that is under way.
    dialled: Option<Dialled>,
    wire: Option<Wire>,
    sleep: Pin<Box<Sleep>>,
    /// When `sleep` ends, until it has.
    armed: Option<Instant>,
}

impl<P: Protocol> Task<P> {
    pub(crate) fn new(driver: Driver<P>, dial: Dial) -> Self {
        let sleep = Box::pin(sleep_until(tokio::time::Instant::now()));
        Self { driver, dial, dialled: None, wire: None, sleep, armed: None }
    }

    /// Runs to the end of the connection for good.
    pub(crate) async fn run(mut self) {
        poll_fn(|cx| self.poll(cx)).await;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let mut turn = self.driver.turn();
            let step = turn.step(now(), cx.waker());
            if let Some(failure) = turn.failure() {
                crate::trace::failed(&failure);
            }
            if step != Step::Dial {
                self.dialled = None;
            }
            let moved = match step {
                Step::Dial => {
                    self.wire = None;
                    // It is the program's: it may ask for anything.
                    drop(turn);
                    let dialled = self.dialled.get_or_insert_with(|| (self.dial.0)());
                    let dialled = dialled.as_mut().poll(cx);
                    turn = self.driver.turn();
                    match dialled {
                        Poll::Pending => false,
                        Poll::Ready(stream) => {
                            self.dialled = None;
                            turn.dialled(now(), stream.map(|stream| self.wire = Some(Wire::new(stream))));
                            true
                        }
                    }
                }
                Step::Drive => self.wire.as_mut().is_some_and(|wire| wire.poll(cx, &mut turn, now())),
                Step::Again => {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Step::Shut => {
                    let shut = self.wire.as_mut().is_none_or(|wire| wire.poll_shutdown(cx));
                    if shut {
                        turn.shut();
                    }
                    shut
                }
                Step::Over => return Poll::Ready(()),
                // Sleep, and what this crate does not know.
                _ => {
                    self.wire = None;
                    false
                }
            };
            if !moved && !is_due(&mut self.sleep, &mut self.armed, &turn, cx) {
                return Poll::Pending;
            }
        }
    }
}

/// Has the task woken when the session asks for it. Returns whether that has come.
fn is_due<P: Protocol>(
    sleep: &mut Pin<Box<Sleep>>,
    armed: &mut Option<Instant>,
    turn: &Turn<'_, P>,
    cx: &mut Context<'_>,
) -> bool {
    let Some(due) = turn.due() else { return false };
    // One that is too early does no harm: what is due moves with each byte that comes.
    if armed.is_none_or(|armed| due < armed) {
        *armed = Some(due);
        sleep.as_mut().reset(due.into());
    }
    let woken = sleep.as_mut().poll(cx).is_ready();
    if woken {
        *armed = None;
    }
    woken
}

/// Returns the time by the clock of the runtime, which tests can pause.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
