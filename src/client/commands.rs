//! What a program tells a client to do, and asks of it. What its driver does is in `mod.rs`.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;
use std::time::Instant;

use super::reading::Reading;
use super::reply_plan::Plan;
use super::{Client, Credentials, Handle, How, Id, ReconnectReport};
use crate::action::{Action, Answer};
use crate::catalogue::ActionType;
use crate::error::{ApiMisuse, EncodeError, SendError};
use crate::wire::{Decoder, OwnedFrame};

#[cfg(doc)]
use super::{AtCeiling, ClientEvent, Config, Ending};

impl Client {
    /// Logs in, once the server has greeted: nothing is sent before that, unless the configuration
    /// [says otherwise](Config::await_greeting). Other requests have to wait for
    /// [`ClientEvent::LoggedIn`].
    ///
    /// Event mask and filters that were set on the connection before this one are set again.
    ///
    /// # Errors
    /// [`SendError::Misuse`] with [`ApiMisuse::NotNew`] where the login has been started before, or
    /// the connection is over;
    /// [`SendError::Encode`] where user or secret can't be sent as they are; [`SendError::Ceiling`]
    /// where the ceiling leaves no room for it. Nothing is sent then.
    pub fn login(&mut self, now: Instant, credentials: Credentials) -> Result<(), SendError> {
        let started = self.session.login(now, credentials);
        self.session.tracer.refused(&started);
        self.session.check();
        started
    }

    /// Sends a request. It ends with [`ClientEvent::Ended`], in whichever way, exactly once.
    ///
    /// Any number can be sent before the first is answered, up to [`Config::max_in_flight`], and be
    /// open at a time, up to [`Config::max_open`]; no order of answers is assumed. What ends it
    /// follows from the action's [type](Action::action_type), or from what is [said](Action::answer)
    /// of its answer.
    ///
    /// # Errors
    /// [`SendError`]; nothing was sent.
    pub fn send<A: Action>(&mut self, now: Instant, action: &A) -> Result<Handle<A::Static>, SendError> {
        self.send_how(now, How::default(), action)
    }

    /// The same under an `ActionID` of the caller's, for logs and for other programs that look for
    /// it in events.
    ///
    /// The `ActionID`s that a client makes begin with letters that nobody can guess. One that
    /// somebody can guess is no longer proof: whoever may send events in the same server
    /// (`UserEvent`) can pass one off as the answer to this request. So choose one that is as hard
    /// to guess, or use this only where all who can log in are trusted. What comes for it after its
    /// end is [`ClientEvent::Event`], or `Unclaimed` without a request.
    ///
    /// It has 1 to 67 bytes, which is as much as every module of a server gives back whole, begins
    /// with no blank and has no CR, LF or NUL.
    ///
    /// # Errors
    /// As [`send`](Self::send), and [`SendError::Misuse`] with [`ApiMisuse::ActionIdInUse`] where
    /// an open request has it, or one that was lost with the last connection and whose outcome may
    /// [still come](ClientEvent::LateOutcome), or it is one that the client makes itself.
    pub fn send_as<A: Action>(
        &mut self,
        now: Instant,
        action_id: &str,
        action: &A,
    ) -> Result<Handle<A::Static>, SendError> {
        self.send_how(now, How { action_id: Some(action_id), ..How::default() }, action)
    }

    /// The same with its own time for each step: the response, each item of a list, the outcome.
    /// Nothing is added to it for what is known to take longer.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_within<A: Action>(
        &mut self,
        now: Instant,
        action: &A,
        within: Duration,
    ) -> Result<Handle<A::Static>, SendError> {
        self.send_how(now, How { within: Some(within), ..How::default() }, action)
    }

    fn send_how<A: Action>(&mut self, now: Instant, how: How<'_>, action: &A) -> Result<Handle<A::Static>, SendError> {
        let plan = self.session.plan(action.action_type(), action.answer());
        self.written(now, how, plan, |id, out| action.encode(Some(id), out)).map(Handle::new)
    }

    /// Returns the `ActionID` that an open request has on the wire: for logs, and to find what the
    /// server did with it. `None`: it has ended.
    pub fn action_id(&self, handle: impl Into<Id>) -> Option<Box<str>> {
        self.session.action_id(handle.into())
    }

    /// Sends somebody else's request for this action, in the words of `write`.
    pub(crate) fn passed_on(
        &mut self,
        now: Instant,
        action: Option<ActionType>,
        said: Option<&Answer<'_>>,
        write: impl FnOnce(&str, &mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<Id, SendError> {
        let plan = self.session.plan(action, said);
        self.written(now, How::default(), plan, write)
    }

    /// Sends the request that `write` writes.
    fn written(
        &mut self,
        now: Instant,
        how: How<'_>,
        plan: Plan,
        write: impl FnOnce(&str, &mut Vec<u8>) -> Result<(), EncodeError>,
    ) -> Result<Id, SendError> {
        let id = self.session.send(now, how, plan, write);
        self.session.tracer.refused(&id);
        self.session.check();
        id
    }

    /// Keeps the items of a list instead of giving each as an event: at most `limit` at a time, and
    /// under the [ceiling](Config::ceiling). [`take_items`](Self::take_items) fetches them, at the
    /// end or before, in the order of the wire; [`Handle::items`] reads them as the action's own.
    /// An empty list brings none, whatever words the server has for that.
    ///
    /// What happens when an item has no room, over the limit or the ceiling, is for
    /// [`Config::at_ceiling`] to say.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`]: the request has ended. [`ApiMisuse::NoItems`]: a limit of
    /// 0, which no item would ever fit under.
    pub fn collect(&mut self, handle: impl Into<Id>, limit: usize) -> Result<(), ApiMisuse> {
        let id = handle.into();
        if limit == 0 {
            return Err(ApiMisuse::NoItems);
        }
        let entry = self.session.in_flight.get(id.0).ok_or(ApiMisuse::NotOpen)?;
        entry.collects = true;
        self.session.collected.begin(id, limit);
        self.session.check();
        Ok(())
    }

    /// The items collected so far; they are no longer held. None for what was not collected.
    pub fn take_items(&mut self, handle: impl Into<Id>) -> Vec<OwnedFrame> {
        let items = self.session.take_items(handle.into());
        self.session.check();
        // What makes no room is no reason to tell again that there is none.
        if !items.is_empty() {
            self.reading.made_room();
        }
        items
    }

    /// Ends a request with [`Ending::Cancelled`]. The server knows nothing of that: what it still
    /// answers is [`ClientEvent::Unclaimed`]. `false`: it had ended already.
    pub fn cancel(&mut self, handle: impl Into<Id>) -> bool {
        let cancelled = self.session.cancel(handle.into());
        self.session.check();
        cancelled
    }

    /// Says goodbye to the server, which then closes the connection. [`ClientEvent::Closed`] comes
    /// when it has, or after [`Config::close_timeout`]; requests that have not ended then are lost.
    pub fn close(&mut self, now: Instant) {
        self.session.close(now);
        self.session.check();
    }

    /// Makes it ready for a new connection, and tells what the last one left unanswered. Log in
    /// next.
    ///
    /// Kept: the configuration, the event mask and the filters that were set with `Events` and
    /// `Filter`, events not polled that have no frame, items not taken. Bytes received and not
    /// polled are gone, so poll first.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOver`] while the connection stands, [`ApiMisuse::NotBegun`] where there has
    /// been none.
    pub fn reconnect(&mut self) -> Result<ReconnectReport, ApiMisuse> {
        let report = self.session.reconnect()?;
        let config = &self.session.config;
        self.decoder = Decoder::new(config.limits).with_framing(config.framing);
        self.reading = Reading::default();
        self.parts = None;
        self.session.check();
        Ok(report)
    }

    /// Bytes held, whatever for: received and not polled, not transmitted, collected, to be
    /// restored, known of requests in flight, to be told. At most [`Config::most_held`]; the
    /// allocations behind it can be up to twice as large.
    pub fn held(&self) -> usize {
        self.decoder.pending().len() + self.session.held()
    }

    /// Items collected and not taken.
    pub fn held_items(&self) -> usize {
        self.session.collected.items()
    }

    /// Requests whose response is awaited, and filters that are being set again: at most
    /// [`Config::max_in_flight`].
    pub fn in_flight(&self) -> usize {
        self.session.in_flight.in_flight()
    }

    /// Requests that have not ended: those in flight, and those whose items or outcome are awaited.
    /// At most [`Config::max_open`].
    pub fn open(&self) -> usize {
        self.session.in_flight.callers()
    }

    /// Whether requests can be sent.
    pub fn is_logged_in(&self) -> bool {
        self.session.stage.is_logged_in()
    }

    /// Whether the connection is closed or lost.
    pub fn is_over(&self) -> bool {
        self.session.stage.is_over()
    }
}
