//! Answers to requests: responses, outcomes, texts.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;

use ami_proto::action::{Action, Command};
use ami_proto::client::{Client, Ending, OwnedEnding};
use ami_proto::event::{Event, OriginateResponse};
use ami_proto::value::OriginateReason;
use ami_proto::wire::Value;
use ami_proto::{Frame, OwnedFrame};

use super::failed_as;
use crate::error::Error;
use crate::hold::{Part, Pending};

/// The answer to a request; [`view`](Self::view) reads it as the action's own.
pub struct Reply<A> {
    /// The response, where it isn't in the ending.
    first: Option<OwnedFrame>,
    ending: OwnedEnding,
    of: PhantomData<fn() -> A>,
}

impl<A> Reply<A> {
    /// One of the two has to have the response, see [`is_one`](Self::is_one).
    pub(super) fn new(first: Option<OwnedFrame>, ending: OwnedEnding) -> Self {
        Self { first, ending, of: PhantomData }
    }

    /// Returns whether these make a reply: there is a response, and the server has not refused.
    pub(super) fn is_one(first: Option<&OwnedFrame>, ending: Ending<'_>) -> bool {
        let answers =
            matches!(ending, Ending::Reply(_) | Ending::Outcome(_) | Ending::OutcomeUnseen(_) | Ending::List { .. });
        answers && (first.is_some() || ending.frame().is_some())
    }

    /// Returns the response as it came.
    ///
    /// # Panics
    /// Never: without a response there is no reply.
    pub fn frame(&self) -> Frame<'_> {
        let ended = || self.ending.view().frame();
        let first = self.first.as_ref().map(OwnedFrame::view);
        first.or_else(ended).expect("one of them is there, or it would not have been made")
    }

    /// Returns how the request ended: with this response, or with what came after it.
    pub fn ending(&self) -> Ending<'_> {
        self.ending.view()
    }
}

impl<A: Action> Reply<A> {
    /// Returns the response as a view with the action's own fields.
    pub fn view(&self) -> A::Response<'_> {
        self.frame().into()
    }
}

impl<A> Clone for Reply<A> {
    fn clone(&self) -> Self {
        Self { first: self.first.clone(), ending: self.ending.clone(), of: PhantomData }
    }
}

/// One line for a log, secrets masked.
impl<A> fmt::Display for Reply<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.frame().fmt(f)
    }
}

impl<A> fmt::Debug for Reply<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reply").field(&format_args!("{self}")).finish()
    }
}

/// The outcome of something that the server was asked for: a call, as a rule.
///
/// `Display` says it in words: `outcome OriginateResponse: Failure; Busy`.
#[derive(Clone)]
pub struct Outcome(OwnedEnding);

impl Outcome {
    pub(super) fn new(ending: OwnedEnding) -> Self {
        Self(ending)
    }

    /// Returns the event that says how it went. `None`: the server does what was asked, and this
    /// user may not see the outcome, or has not asked for its class (`call`).
    pub fn event(&self) -> Option<Event<'_>> {
        if let Ending::Outcome(event) = self.0.view() { Some(event) } else { None }
    }

    /// Returns the event as that of an `Originate`.
    pub fn response(&self) -> Option<OriginateResponse<'_>> {
        OriginateResponse::view(self.event()?.frame())
    }

    /// Returns why a call was answered or not.
    pub fn reason(&self) -> Option<OriginateReason> {
        self.response()?.reason().ok()
    }

    /// Returns whether the server says `Success`: of a call, that it was answered. Not of one whose
    /// outcome can't be seen.
    pub fn is_success(&self) -> bool {
        let said = self.event().and_then(|event| event.frame().get("Response"));
        said.is_some_and(|said| said.eq_ignore_case("Success"))
    }

    /// Returns how the request ended.
    pub fn ending(&self) -> Ending<'_> {
        self.0.view()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Outcome").field(&format_args!("{self}")).finish()
    }
}

/// The text that a command has printed. `Display` is the text, with a line feed behind each line.
#[derive(Clone)]
pub struct Output(Reply<Command<'static>>);

impl Output {
    pub(super) fn new(reply: Reply<Command<'static>>) -> Self {
        Self(reply)
    }

    /// Returns the lines.
    pub fn lines(&self) -> impl Iterator<Item = Value<'_>> {
        self.0.view().lines()
    }

    /// Returns the response itself.
    pub fn reply(&self) -> &Reply<Command<'static>> {
        &self.0
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().try_for_each(|line| writeln!(f, "{}", line.to_str_lossy()))
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Output").field(&format_args!("{} lines", self.lines().count())).finish()
    }
}

/// Bytes that a text may have, and the items of a list that are waited for.
pub(super) const MOST_BYTES: usize = 1 << 26;

/// Text that came without frames. `Display` is the text, with a line feed behind each line.
#[derive(Clone)]
pub struct Text(Vec<OwnedFrame>);

impl Text {
    /// Reads it to its end.
    pub(super) async fn read(pending: &mut Pending<Client>, reads_only: bool) -> Result<Self, Error> {
        let (mut paragraphs, mut bytes) = (Vec::new(), 0);
        loop {
            match poll_fn(|cx| pending.poll_part(cx)).await? {
                Part::Frame(frame, size) => {
                    bytes += size;
                    if bytes > MOST_BYTES {
                        return Err(Error::Unread);
                    }
                    paragraphs.push(frame);
                }
                Part::Unread => return Err(Error::Unread),
                Part::End(end) if matches!(end.ending.view(), Ending::Text { .. }) => return Ok(Self(paragraphs)),
                Part::End(end) => return Err(failed_as(reads_only, end.ending)),
            }
        }
    }

    /// Returns the lines.
    pub fn lines(&self) -> impl Iterator<Item = Value<'_>> {
        self.0.iter().flat_map(|paragraph| paragraph.view().lines())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().try_for_each(|line| writeln!(f, "{}", line.to_str_lossy()))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Text").field(&format_args!("{} paragraphs", self.0.len())).finish()
    }
}
