//! Holds a server's answer to a command: the outcome in the words of all dialects, and the native
//! reply.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{Conference, Participant};
use crate::wire::Frame;

/// Refusal text where the server gives no reason.
pub(super) const REFUSED: &str = "the server refuses and doesn't say why";
/// Failure text of a call where the server gives no reason.
pub(super) const CALL_FAILED: &str = "the call failed and the server doesn't say why";

/// A native reply, in the form of its dialect.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Native<'a> {
    /// `ConfBridge`: the response, followed by the events of its list including the one that ends
    /// it, or by the `OriginateResponse` of a call. These are all frames that the client reports
    /// for the request, in order.
    Frames(&'a [Frame<'a>]),
    /// FreeSWITCH: the body of an `api/response` or of a `BACKGROUND_JOB`; empty if the reply has
    /// no body.
    Text(&'a [u8]),
    /// sipXecs, Kazoo: an HTTP response.
    Http {
        /// The HTTP status code.
        status: u16,
        /// The HTTP body.
        body: &'a [u8],
    },
}

/// The answer to a command.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    outcome: Outcome<'a>,
    native: Native<'a>,
}

impl<'a> Answer<'a> {
    pub(super) fn new(outcome: Outcome<'a>, native: Native<'a>) -> Self {
        Self { outcome, native }
    }

    /// Returns the meaning of the reply.
    pub const fn outcome(&self) -> &Outcome<'a> {
        &self.outcome
    }

    /// Converts the answer into its outcome, without the native reply.
    pub fn into_outcome(self) -> Outcome<'a> {
        self.outcome
    }

    /// Returns the reply from which the outcome was read.
    pub const fn native(&self) -> Native<'a> {
        self.native
    }
}

/// The meaning of an answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// The server accepts the command. This does not prove that the command takes effect:
    /// FreeSWITCH also accepts files that it can't open, and Kazoo acts later. For `DialAndWait`,
    /// and for a `ConfBridge` call whose outcome is among the frames, it means that the call was
    /// answered.
    Done,
    /// The server did nothing, without refusing: no participant was there to act on, nothing was
    /// playing or being recorded, or the state was already as requested.
    ///
    /// Kazoo answers so (304) to a request that equals an earlier one, even if the state has
    /// changed since: send it again with another parameter in its query
    /// ([`Account::act`](crate::kazoo::Account::act)). `ConfBridge` answers so for recordings only.
    Unchanged,
    /// The number of the participant who has the floor now; `None` if the floor is free.
    ///
    /// The command releases the floor if the participant already has it, and is refused while
    /// another participant has it. The next command takes the number as text,
    /// `Who::One(&number.to_string())`: it is the participant's [id](Participant::id).
    Floor(Option<u32>),
    /// The participants of the conference.
    Participants(Vec<Participant<'a>>),
    /// The conferences of the server.
    Conferences(Vec<Conference<'a>>),
    /// A conference with its participants.
    Conference(Conference<'a>, Vec<Participant<'a>>),
    /// Levels, each with its participant's number. The next command takes that number as text,
    /// `Who::One(&number.to_string())`: it is the participant's [id](Participant::id).
    Levels(Vec<(u32, i64)>),
    /// `true` if the conference is being recorded.
    Recording(bool),
    /// The server refuses the command, for all or for one of several participants: the first
    /// reason, in the server's words.
    Refused(Cow<'a, str>),
    /// Any other answer, in the server's words: for example the usage text where this version of
    /// the server has another form of the command.
    Text(Cow<'a, str>),
}
