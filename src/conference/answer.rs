//! What a server answered: an outcome in common words, and the reply itself.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{Conference, Participant};
use crate::wire::Frame;

/// The words of a refusal for which the server gives none.
pub(super) const REFUSED: &str = "the server refuses and doesn't say why";
/// The words of a call that failed, for which the server gives none.
pub(super) const CALL_FAILED: &str = "the call failed and the server doesn't say why";

/// A reply as it came, in its dialect's form.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Native<'a> {
    /// `ConfBridge`: the response, then the events of its list with the one that ends it, or the
    /// `OriginateResponse` of a call: the frames of all that the client tells of the request, in
    /// order.
    Frames(&'a [Frame<'a>]),
    /// FreeSWITCH: the body of an `api/response` or of a `BACKGROUND_JOB`; empty where there is
    /// none.
    Text(&'a [u8]),
    /// sipXecs, Kazoo: an HTTP response.
    Http {
        /// Its status.
        status: u16,
        /// Its body.
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

    /// What it means.
    pub const fn outcome(&self) -> &Outcome<'a> {
        &self.outcome
    }

    /// The same, taken out.
    pub fn into_outcome(self) -> Outcome<'a> {
        self.outcome
    }

    /// The reply that it was read from.
    pub const fn native(&self) -> Native<'a> {
        self.native
    }
}

/// What an answer means.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// The server takes it, which is no proof that it happens: FreeSWITCH says so of files that it
    /// can't open, and Kazoo acts later. Of a call that is waited for, and of one of `ConfBridge`
    /// whose outcome is among the frames: it was answered.
    Done,
    /// The server did nothing, and is content: there was nobody to do it to, nothing that plays or is
    /// recorded, or it is so already. Kazoo says so (304) of a request that is the same as one
    /// before, whatever happened meanwhile: send it again with another parameter in its query
    /// ([`Account::act`](crate::kazoo::Account::act)). `ConfBridge` says so of recordings alone.
    Unchanged,
    /// The number of who has the floor now; `None`: nobody. Asked of its holder, the command gives the
    /// floor back; while another has it, it is refused. The next command has the number as text,
    /// `Who::One(&number.to_string())`: their [id](Participant::id).
    Floor(Option<u32>),
    /// Who is there.
    Participants(Vec<Participant<'a>>),
    /// Which conferences there are.
    Conferences(Vec<Conference<'a>>),
    /// A conference, and who is there.
    Conference(Conference<'a>, Vec<Participant<'a>>),
    /// Levels, each with the participant's number. The next command has that as text,
    /// `Who::One(&number.to_string())`: their [id](Participant::id).
    Levels(Vec<(u32, i64)>),
    /// Whether it is recorded.
    Recording(bool),
    /// The server refuses, or does for one of several participants: the first reason, in its words.
    Refused(Cow<'a, str>),
    /// Something else, in the server's words: the usage of a command that this version has
    /// otherwise.
    Text(Cow<'a, str>),
}
