//! Events that own their bytes.

use core::fmt;

use super::Event;
use crate::wire::OwnedFrame;

/// An [`Event`] kept beyond the buffer it was read from, to be sent to another thread, say.
///
/// ```
/// use ami_proto::event::{Event, OwnedEvent};
/// use ami_proto::{Decoder, Limits};
///
/// let mut decoder = Decoder::new(Limits::new());
/// decoder.push(b"Event: Hangup\r\nCause: 16\r\n\r\n");
/// let kept: OwnedEvent = Event::from(decoder.next_frame()?.unwrap()).to_owned();
/// let thread = std::thread::spawn(move || match kept.view() {
///     Event::Hangup(hangup) => hangup.cause().ok().and_then(|cause| cause.description()),
///     _ => None,
/// });
/// assert_eq!(thread.join().unwrap(), Some("Normal Clearing"));
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedEvent(OwnedFrame);

impl OwnedEvent {
    /// Lends the event again.
    pub fn view(&self) -> Event<'_> {
        self.0.view().into()
    }
}

impl Event<'_> {
    /// Copies it into storage of its own: one allocation.
    pub fn to_owned(self) -> OwnedEvent {
        OwnedEvent(self.frame().to_owned())
    }
}

/// Without a copy: what [`Client::take_items`](crate::client::Client::take_items) returns, say.
impl From<OwnedFrame> for OwnedEvent {
    fn from(frame: OwnedFrame) -> Self {
        Self(frame)
    }
}

/// As [`Event`]'s.
impl fmt::Display for OwnedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

impl fmt::Debug for OwnedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
