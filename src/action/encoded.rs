//! Requests that have been encoded: to be queued, to be sent from another thread, or sent again.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use super::args::check_action_id;
use super::{Action, Answer, Custom};
use crate::catalogue::ActionType;
use crate::error::{EncodeError, Refusal};
use crate::wiped::{Wiped, reserve};
use crate::wire::{Frame, FrameKind, FrameWriter, Framing, Limits, OwnedFrame, Scanner, Value};

/// An action that has been encoded and checked: its bytes, but for the `ActionID`, and how it is
/// answered.
///
/// It borrows nothing, so that it can be queued, go to the thread that has the connection, and be
/// sent again after that was lost. It is an [`Action`] itself, so that each method that sends one
/// sends it. The bytes are wiped when it is dropped, and `Debug` masks what is secret in them.
///
/// `A` is the action that it was made of, so that a `Handle` of it reads its response. Where one
/// queue takes actions of all kinds, give it those that are [`untyped`](Self::untyped).
///
/// ```
/// use std::sync::mpsc::{channel, Receiver};
/// use std::time::Instant;
/// use ami_proto::action::{EncodedAction, Originate, Ping};
/// use ami_proto::client::Client;
/// use ami_proto::error::SendError;
///
/// let (queue, _requests) = channel::<EncodedAction>();
/// queue.send(EncodedAction::of(&Ping::new())?.untyped())?;
/// let call = EncodedAction::of(&Originate::new("PJSIP/100").application("Echo").asynchronous(true))?;
/// queue.send(call.untyped())?;
///
/// /// Sends what has been queued; runs where the connection is.
/// fn send(client: &mut Client, requests: &Receiver<EncodedAction>) -> Result<(), SendError> {
///     requests.try_iter().try_for_each(|request| client.send(Instant::now(), &request).map(drop))
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "an action does nothing until it is sent"]
pub struct EncodedAction<A = Custom<'static>> {
    request: OwnedFrame,
    action: Option<ActionType>,
    answer: Option<Answer<'static>>,
    of: PhantomData<fn() -> A>,
}

impl<A: Action> EncodedAction<A> {
    /// Encodes an action.
    ///
    /// # Errors
    /// Those of [`Action::encode`], with any `ActionID` that it may be given later. Of an action of
    /// your own also, as the field `Action`, that what it writes isn't one request.
    pub fn of(action: &impl Action<Static = A>) -> Result<Self, EncodeError> {
        let mut bytes = Wiped::default();
        // Whether there is room for one more header, and then without it.
        action.encode(Some("0"), bytes.vec())?;
        bytes.truncate(0);
        action.encode(None, bytes.vec())?;
        let mut scanner = Scanner::new(Limits::new()).with_framing(Framing::PLAIN);
        let found = scanner.scan(&bytes).ok().flatten().filter(|end| end.range() == (0..bytes.len()));
        let request = found.map(|end| scanner.frame(&bytes, end));
        let request = request.filter(|frame| frame.kind() == FrameKind::Action && frame.lines().next().is_none());
        let request = request.ok_or_else(|| EncodeError::new(b"Action", Refusal::EmptyValue))?.to_owned();
        let answer = action.answer().cloned().map(Answer::into_owned);
        Ok(Self { request, action: action.action_type(), answer, of: PhantomData })
    }

    /// Forgets of which action it was made: all that are untyped are of one type.
    pub fn untyped(self) -> EncodedAction {
        let Self { request, action, answer, .. } = self;
        EncodedAction { request, action, answer, of: PhantomData }
    }
}

impl<A> EncodedAction<A> {
    /// Returns the name of the action.
    pub fn name(&self) -> Value<'_> {
        self.request.view().name().unwrap_or_default()
    }

    /// Returns the request without an `ActionID`. It may hold a secret.
    pub fn as_bytes(&self) -> &[u8] {
        self.request.view().as_bytes()
    }
}

impl<A: Action + 'static> Action for EncodedAction<A> {
    type Response<'buf> = A::Response<'buf>;
    type Static = A;

    fn action_type(&self) -> Option<ActionType> {
        self.action
    }

    fn answer(&self) -> Option<&Answer<'_>> {
        self.answer.as_ref()
    }

    fn encode(&self, action_id: Option<&str>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        action_id.map_or(Ok(()), check_action_id)?;
        encode_as(self.request.view(), action_id, out)
    }
}

/// Writes a request again, with every header in its place, under this `ActionID`.
pub(crate) fn encode_as(request: Frame<'_>, action_id: Option<&str>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if request.kind() != FrameKind::Action {
        return Err(EncodeError::new(b"Action", Refusal::EmptyValue));
    }
    let id = action_id.unwrap_or_default();
    reserve(out, request.as_bytes().len() + "ActionID: \r\n".len() + id.len());
    let mut writer = FrameWriter::action(out, request.name().unwrap_or_default());
    if action_id.is_some() {
        writer = writer.header("ActionID", id);
    }
    let others = request.headers().filter(|header| !header.is("Action") && !header.is("ActionID"));
    others.fold(writer, |writer, header| writer.header(header.name(), header.value())).finish()
}

impl<A> Clone for EncodedAction<A> {
    fn clone(&self) -> Self {
        let Self { request, action, answer, of } = self;
        Self { request: request.clone(), action: *action, answer: answer.clone(), of: *of }
    }
}

impl<A> fmt::Debug for EncodedAction<A> {
    /// The request as one line, masked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EncodedAction").field(&format_args!("{}", self.request)).finish()
    }
}
