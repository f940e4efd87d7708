//! The log of a connection, for the feature `tracing`: a span, and what the machine does as events
//! in it. Without the feature it is nothing.

#[cfg(feature = "tracing")]
pub(crate) use with::{Span, failed};
#[cfg(not(feature = "tracing"))]
pub(crate) use without::{Span, failed};

#[cfg(feature = "tracing")]
mod with {
    use ami_session::conn::Trace;
    use ami_session::{Failure, Hook};
    use tracing::instrument::Instrumented;
    use tracing::{Instrument as _, Level, debug, info, info_span, trace, warn};

    /// Warns of an attempt that failed or a connection that was lost, in the span around it.
    pub(crate) fn failed(failure: &Failure) {
        let error = &failure.error;
        if let Some(delay) = failure.again_in {
            warn!(target: "ami_tokio", "{error}; again in {delay:.1?}");
        } else {
            warn!(target: "ami_tokio", "{error}; not attempted again");
        }
    }

    /// See the module.
    pub(crate) struct Span(tracing::Span);

    impl Span {
        pub(crate) fn new(address: &str) -> Self {
            Self(info_span!(target: "ami_tokio", "connection", peer = address))
        }

        /// Returns what hands the machine's deeds to the log. `None` where no one listens: with a
        /// hook each frame is looked at, also those that are passed over otherwise.
        pub(crate) fn hook(&self) -> Option<Hook> {
            if !tracing::enabled!(target: "ami_tokio", Level::INFO) {
                return None;
            }
            let span = self.0.clone();
            Some(Box::new(move |told| match told {
                Trace::Limit(_) => warn!(target: "ami_tokio", parent: &span, "{told}"),
                Trace::Stage { .. } => info!(target: "ami_tokio", parent: &span, "{told}"),
                Trace::Sent(_) => debug!(target: "ami_tokio", parent: &span, "{told}"),
                _ => trace!(target: "ami_tokio", parent: &span, "{told}"),
            }))
        }

        pub(crate) fn around<F>(self, future: F) -> Instrumented<F> {
            future.instrument(self.0)
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod without {
    use ami_session::{Failure, Hook};

    /// See the other one.
    pub(crate) fn failed(_: &Failure) {}

    /// See the module.
    pub(crate) struct Span;

    impl Span {
        pub(crate) fn new(_: &str) -> Self {
            Self
        }

        #[expect(clippy::unused_self, reason = "the other one has something")]
        pub(crate) fn hook(&self) -> Option<Hook> {
            None
        }

        #[expect(clippy::unused_self, reason = "the other one has something")]
        pub(crate) fn around<F>(self, future: F) -> F {
            future
        }
    }
}
