//! Routes of a frame: the session's decision about it, and the event that the program is given.

use super::session::Notice;
use super::{ClientEvent, Ending, Id};
use crate::error::FrameError;
use crate::event::{Event, Ready};
use crate::response::Response;
use crate::value::Banner;
use crate::wire::Frame;

/// The session's decision about a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The frame is given as an event; an unsolicited one only if the configuration asks for it.
    Told(Told),
    /// The frame is not given: it belongs to the protocol between server and client, or is
    /// collected.
    Kept,
    /// The frame holds several events, and is taken apart.
    Glued,
    /// The frame waits: there is no room for this item of the list.
    Full(Id),
}

/// Event that a frame is given as, with its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Connected,
    LoggedIn,
    LoginRefused,
    Ready,
    Event,
    Started(Id),
    Item(Id),
    Paragraph(Id),
    NotRestored,
    Unclaimed(Option<Id>),
    LateOutcome(Id),
    Oversized(FrameError),
    Ended(Id, End),
}

/// Way in which a frame ends its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Reply,
    List { items: u64, cancelled: bool },
    Outcome,
    Text { paragraphs: u64 },
    Refused,
    Unseen,
    Overflowed,
    Oversized(FrameError),
}

impl Told {
    /// Returns the event, which borrows the frame.
    #[inline]
    pub(super) fn lend(self, frame: Frame<'_>) -> ClientEvent<'_> {
        match self {
            Self::Connected => {
                let line = frame.lines().next().unwrap_or_default();
                ClientEvent::Connected(Banner::new(line.as_bytes()))
            }
            Self::LoggedIn => ClientEvent::LoggedIn(frame.into()),
            Self::LoginRefused => ClientEvent::LoginRefused(frame.into()),
            Self::Ready => ClientEvent::Ready(Ready::view(frame)),
            Self::Event => ClientEvent::Event(Event::from(frame)),
            Self::Started(id) => ClientEvent::Started { id, response: frame.into() },
            Self::Item(id) => ClientEvent::Item { id, event: frame.into() },
            Self::Paragraph(id) => ClientEvent::Text { id, frame },
            Self::NotRestored => ClientEvent::NotRestored(frame.into()),
            Self::Unclaimed(id) => ClientEvent::Unclaimed { id, frame },
            Self::LateOutcome(id) => ClientEvent::LateOutcome { id, event: frame.into() },
            Self::Oversized(error) => ClientEvent::Oversized { head: frame, error },
            Self::Ended(id, end) => ClientEvent::Ended { id, ending: end.lend(frame) },
        }
    }
}

impl End {
    fn lend(self, frame: Frame<'_>) -> Ending<'_> {
        match self {
            Self::Reply => Ending::Reply(Response::from(frame)),
            Self::List { items, cancelled } => Ending::List { items, end: frame.into(), cancelled },
            Self::Outcome => Ending::Outcome(frame.into()),
            Self::Text { paragraphs } => Ending::Text { paragraphs },
            Self::Refused => Ending::Refused(frame.into()),
            Self::Unseen => Ending::OutcomeUnseen(Some(frame.into())),
            Self::Overflowed => Ending::Overflowed(frame.into()),
            Self::Oversized(error) => Ending::Oversized { head: frame, error },
        }
    }
}

impl Notice {
    /// Returns the event, which has no frame.
    pub(super) fn tell(self) -> ClientEvent<'static> {
        let (id, ending) = match self {
            Self::Ready => return ClientEvent::Ready(None),
            Self::Closed => return ClientEvent::Closed,
            Self::TimedOut(id, reached) => (id, Ending::TimedOut(reached)),
            Self::Unseen(id) => (id, Ending::OutcomeUnseen(None)),
            Self::Cancelled(id) => (id, Ending::Cancelled),
            Self::Lost(id, reached) => (id, Ending::Lost(reached)),
        };
        ClientEvent::Ended { id, ending }
    }
}
