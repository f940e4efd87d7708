//! Waits of threads: for a future of the session, and for news with a limit.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

/// A place where a thread sleeps until it is told something. What is told before it sleeps is kept.
#[derive(Debug, Default)]
pub(crate) struct Parker {
    told: Mutex<bool>,
    changed: Condvar,
}

impl Parker {
    pub(crate) fn tell(&self) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_one();
    }

    /// Sleeps until something is told, or until this time; without one for as long as it takes.
    pub(crate) fn park(&self, until: Option<Instant>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        while !*told {
            told = match until {
                None => self.changed.wait(told).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return;
                    }
                    self.changed.wait_timeout(told, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        *told = false;
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.tell();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.tell();
    }
}

/// Waits for a future, for as long as it takes.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Some(output) = wait_until(future.as_mut(), None) {
            return output;
        }
    }
}

/// Waits for a future until this time, or without one for as long as it takes. `None`: the time has
/// come, and the future is dropped.
pub(crate) fn wait_until<F: Future>(future: F, until: Option<Instant>) -> Option<F::Output> {
    let (mut future, parker) = (pin!(future), Arc::new(Parker::default()));
    let waker = Waker::from(Arc::clone(&parker));
    let mut cx = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return Some(output),
            Poll::Pending if until.is_some_and(|until| until <= Instant::now()) => return None,
            Poll::Pending => parker.park(until),
        }
    }
}
