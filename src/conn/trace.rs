//! The hook for a log: what a machine does, told as it happens.

use alloc::boxed::Box;
use core::fmt;

use crate::error::{ConnectionError, FrameError, SendError};
use crate::redact::Written;

/// One thing that a machine did, for a log: [`Client::traced`](crate::client::Client::traced),
/// [`Server::traced`](crate::server::Server::traced) and FreeSWITCH's `Connection::traced` tell it
/// as it happens.
///
/// `Display` makes one line of it, at most 1,024 bytes of a frame, with secrets masked and what
/// could end the line or steer a terminal escaped; `Debug` is the same. Nothing is made unless it
/// is asked for, so that what a log leaves out costs a call and allocates nothing.
///
/// What becomes of requests is not among it, since
/// [`Machine::poll_event`](super::Machine::poll_event) tells that: its events have the same
/// `Display`.
///
/// ```
/// use std::sync::mpsc::channel;
/// use std::time::Instant;
/// use ami_proto::client::{Client, Config, Credentials};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (log, lines) = channel();
/// let mut client = Client::new(Config::new().await_greeting(false)).seeded(1).traced(move |trace| {
///     let _ = log.send(trace.to_string());
/// });
/// client.login(Instant::now(), Credentials::plain("admin", "s3cret"))?;
/// let id = client.poll_transmit().map(String::from_utf8_lossy).unwrap().lines().nth(1).unwrap().to_owned();
/// let id = id.trim_start_matches("ActionID: ");
/// assert_eq!(lines.recv()?, format!(r#"sent action Login ActionID="{id}" Username="admin" Secret="***""#));
/// assert_eq!(lines.recv()?, "stage greeted to login: the program logs in");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Trace<'a> {
    /// This frame was received. It is told when it is looked at, which is in `poll_event`; events
    /// that are not wanted are told too.
    Received(&'a dyn fmt::Display),
    /// This message was put behind what waits for transmission: a request of the program's, or one
    /// of the machine's own, such as the ping that asks for a sign of life.
    Sent(&'a dyn fmt::Display),
    /// The connection went from one stage to another.
    Stage {
        /// The stage before, such as `login`.
        from: &'static str,
        /// The stage now; `over` is the end.
        to: &'static str,
        /// The reason; at the end the error, if there is one.
        why: &'a dyn fmt::Display,
    },
    /// A limit was met: a request was refused for it, a frame is skipped, of which the first lines
    /// are told, or nothing is read until there is room.
    Limit(&'a dyn fmt::Display),
}

impl fmt::Display for Trace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Received(frame) => write!(f, "received {frame}"),
            Self::Sent(message) => write!(f, "sent {message}"),
            Self::Stage { from, to, why } => write!(f, "stage {from} to {to}: {why}"),
            Self::Limit(limit) => write!(f, "limit: {limit}"),
        }
    }
}

impl fmt::Debug for Trace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The hook of one machine, if it has one.
#[derive(Default)]
pub(crate) struct Tracer(Option<Box<Hook>>);

type Hook = dyn FnMut(Trace<'_>) + Send + Sync;

impl Tracer {
    pub(crate) fn new(hook: impl FnMut(Trace<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(hook)))
    }

    #[inline]
    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    #[inline]
    pub(crate) fn tell(&mut self, trace: Trace<'_>) {
        if let Some(hook) = &mut self.0 {
            hook(trace);
        }
    }

    /// Tells of messages of the Manager Interface that were written, each by itself: a blank line
    /// ends them.
    #[inline]
    pub(crate) fn sent(&mut self, written: &[u8]) {
        const END: &[u8] = b"\r\n\r\n";
        let Some(hook) = &mut self.0 else { return };
        let mut rest = written;
        while !rest.is_empty() {
            let end = memchr::memmem::find(rest, END).map_or(rest.len(), |at| at + END.len());
            let (message, after) = rest.split_at(end);
            hook(Trace::Sent(&Written(message)));
            rest = after;
        }
    }

    /// Tells that the connection went from one stage to another: why in these words, or by the
    /// error for which it is lost.
    #[cold]
    pub(crate) fn stage(&mut self, from: &'static str, to: &'static str, lost: Option<ConnectionError>, words: &str) {
        let why = lost.as_ref().map_or(&words as &dyn fmt::Display, |lost| lost);
        self.tell(Trace::Stage { from, to, why });
    }

    /// Tells that a frame which went over a limit is skipped.
    #[cold]
    pub(crate) fn skipped(&mut self, head: &dyn fmt::Display, error: FrameError) {
        self.tell(Trace::Limit(&format_args!("skipped {head}: {error}")));
    }

    /// Tells that a request was refused, where a limit is why.
    pub(crate) fn refused<T>(&mut self, sent: &Result<T, SendError>) {
        if let Err(error @ (SendError::InFlight { .. } | SendError::Open { .. } | SendError::Ceiling { .. })) = sent {
            self.tell(Trace::Limit(error));
        }
    }
}
