//! The answer to an action as a caller describes it, where the catalogue can't.

use alloc::borrow::Cow;

use super::args::leading_blank;
use crate::error::{EncodeError, Refusal};
use crate::wire::name_refusal;

/// The way a server answers an action: the same facts that the entry of an action has, for one that
/// has none.
///
/// An *answer* is all that a server says to a request; its first frame is the *response*; a *reply*
/// is an answer that is a response alone.
///
/// In each case a response that isn't a success ends the request, and a response with `EventList:
/// start` begins a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Answer<'a> {
    /// A response, and no more. What comes later under the request's `ActionID` is an event like
    /// any other. The output of a command is one too, of all releases:
    /// [`response::Command`](crate::response::Command) reads its lines.
    Reply,
    /// A response, then items: all events of any name with the request's `ActionID`, up to
    /// the end, which is awaited after each response that is a success, also of a list without
    /// items. Where the server may send no end, say nothing of the answer.
    List {
        /// The event that ends it; one that says `EventList: Complete` does so too.
        end: Cow<'a, str>,
    },
    /// Text without a frame around it and without `ActionID`. A ping behind it finds its end.
    Text,
    /// A response, then an event with the request's `ActionID` that says how it went.
    Outcome {
        /// That event.
        event: Cow<'a, str>,
    },
}

impl Answer<'_> {
    /// Keeps what it borrows.
    pub(crate) fn into_owned(self) -> Answer<'static> {
        let owned = |name: Cow<'_, str>| Cow::Owned(name.into_owned());
        match self {
            Self::Reply => Answer::Reply,
            Self::List { end } => Answer::List { end: owned(end) },
            Self::Text => Answer::Text,
            Self::Outcome { event } => Answer::Outcome { event: owned(event) },
        }
    }

    /// Refuses a name that no event can have: the request would wait for it in vain.
    pub(crate) fn check(&self) -> Result<(), EncodeError> {
        let (field, name) = match self {
            Self::Reply | Self::Text => return Ok(()),
            Self::List { end } => ("end", end.as_bytes()),
            Self::Outcome { event } => ("event", event.as_bytes()),
        };
        let refusal: Option<Refusal> = name_refusal(name).or_else(|| leading_blank(name));
        refusal.map_or(Ok(()), |refusal| Err(EncodeError::new(field, refusal)))
    }
}
