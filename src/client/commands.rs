//! Methods of [`Client`] for the program: requests, collected lists, and counts. The methods for
//! the driver are in `mod.rs`.

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
    /// Logs in as soon as the server has greeted. Nothing is sent before the greeting, unless the
    /// configuration [says otherwise](Config::await_greeting). Other requests can be sent after
    /// [`ClientEvent::LoggedIn`].
    ///
    /// After a reconnect, the event mask and the filters that were set on earlier connections are
    /// set again.
    ///
    /// # Errors
    /// [`SendError::Misuse`] with [`ApiMisuse::NotNew`] if the login has been started before or the
    /// connection is over; [`SendError::Encode`] if the user or the secret contains bytes that
    /// cannot be sent; [`SendError::Ceiling`] if the login does not fit under the ceiling. Nothing
    /// is sent then.
    pub fn login(&mut self, now: Instant, credentials: Credentials) -> Result<(), SendError> {
        let started = self.session.login(now, credentials);
        self.session.tracer.refused(&started);
        self.session.check();
        started
    }

    /// Sends a request. It ends with exactly one [`ClientEvent::Ended`].
    ///
    /// Several requests can await their responses, up to [`Config::max_in_flight`], and be open, up
    /// to [`Config::max_open`]. The order of the responses does not matter. Which message ends the
    /// request follows from the action's [type](Action::action_type), or from the
    /// [answer](Action::answer) that the action declares.
    ///
    /// # Errors
    /// A [`SendError`] gives the reason; nothing was sent.
    pub fn send<A: Action>(&mut self, now: Instant, action: &A) -> Result<Handle<A::Static>, SendError> {
        self.send_how(now, How::default(), action)
    }

    /// Sends a request under an `ActionID` that the caller chooses, for logs and for other programs
    /// that look for it in events. Otherwise works as [`send`](Self::send).
    ///
    /// The `ActionID`s that a client makes begin with letters that other sessions cannot guess. An
    /// `ActionID` that can be guessed proves nothing: any user who may send events on that server
    /// (`UserEvent`) can forge the answer to this request. So choose one that is as hard to guess,
    /// or use this method only where every user who can log in is trusted. Messages for it that
    /// arrive after the request has ended are [`ClientEvent::Event`], or `Unclaimed` without a
    /// request.
    ///
    /// The `ActionID` has 1 to 67 bytes, does not begin with a blank, and contains no CR, LF or
    /// NUL. 67 bytes is the length that every module of a server returns in full.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send), and [`SendError::Misuse`] with
    /// [`ApiMisuse::ActionIdInUse`] if the `ActionID` belongs to an open request, or to one that
    /// was lost with the last connection and whose outcome may [still
    /// come](ClientEvent::LateOutcome), or if the client makes it itself.
    pub fn send_as<A: Action>(
        &mut self,
        now: Instant,
        action_id: &str,
        action: &A,
    ) -> Result<Handle<A::Static>, SendError> {
        self.send_how(now, How { action_id: Some(action_id), ..How::default() }, action)
    }

    /// Sends a request with its own timeout for each step: the response, each item of a list, the
    /// outcome. Nothing is added to this timeout for actions that are known to take longer.
    /// Otherwise works as [`send`](Self::send).
    ///
    /// # Errors
    /// The errors of [`send`](Self::send).
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

    /// Returns the `ActionID` that an open request has on the wire, for logs and to find in the
    /// server's logs how the request was handled. Returns `None` if the request has ended.
    pub fn action_id(&self, handle: impl Into<Id>) -> Option<Box<str>> {
        self.session.action_id(handle.into())
    }

    /// Sends a request for this action that another program has made; `write` writes its bytes.
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

    /// Sends the request whose bytes `write` writes.
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
    /// under the [ceiling](Config::ceiling). [`take_items`](Self::take_items) returns them in the
    /// order of the wire, before or after the list's end; [`Handle::items`] reads them as the types
    /// of the action. An empty list gives no item, however the server words it.
    ///
    /// [`Config::at_ceiling`] decides what happens when an item does not fit under the limit or the
    /// ceiling.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`] if the request has ended; [`ApiMisuse::NoItems`] for a limit of 0,
    /// under which no item would ever fit.
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

    /// Returns the items collected so far, which the client then no longer holds. Returns no items
    /// for a request whose list is not collected.
    pub fn take_items(&mut self, handle: impl Into<Id>) -> Vec<OwnedFrame> {
        let items = self.session.take_items(handle.into());
        self.session.check();
        // Taking no items makes no room, so `Full` is not told again.
        if !items.is_empty() {
            self.reading.made_room();
        }
        items
    }

    /// Ends a request with [`Ending::Cancelled`], and returns `false` if it had ended already. The
    /// server does not learn of it: later answers to the request are [`ClientEvent::Unclaimed`].
    pub fn cancel(&mut self, handle: impl Into<Id>) -> bool {
        let cancelled = self.session.cancel(handle.into());
        self.session.check();
        cancelled
    }

    /// Sends a `Logoff`, after which the server closes the connection. [`ClientEvent::Closed`]
    /// comes when it has closed, or after [`Config::close_timeout`]. Requests that have not ended
    /// by then are lost.
    pub fn close(&mut self, now: Instant) {
        self.session.close(now);
        self.session.check();
    }

    /// Prepares the client for a new connection, and reports which requests the last connection
    /// left unanswered. Call [`login`](Self::login) next.
    ///
    /// The client keeps its configuration, the event mask and the filters that were set with
    /// `Events` and `Filter`, items not taken, and events not polled that hold no frame. Bytes
    /// received and not polled are dropped, so poll first.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOver`] while the connection is open, [`ApiMisuse::NotBegun`] if there has
    /// been no connection.
    pub fn reconnect(&mut self) -> Result<ReconnectReport, ApiMisuse> {
        let report = self.session.reconnect()?;
        let config = &self.session.config;
        self.decoder = Decoder::new(config.limits).with_framing(config.framing);
        self.reading = Reading::default();
        self.parts = None;
        self.session.check();
        Ok(report)
    }

    /// Returns the number of bytes held: input not polled, output not transmitted, collected items,
    /// settings to restore, open requests, and events not polled. At most [`Config::most_held`];
    /// the allocations behind them can be up to twice as large.
    pub fn held(&self) -> usize {
        self.decoder.pending().len() + self.session.held()
    }

    /// Returns the number of items collected and not taken.
    pub fn held_items(&self) -> usize {
        self.session.collected.items()
    }

    /// Returns the number of requests that await their response, including filters that are being
    /// set again. At most [`Config::max_in_flight`].
    pub fn in_flight(&self) -> usize {
        self.session.in_flight.in_flight()
    }

    /// Returns the number of requests that have not ended: those in flight, and those that await
    /// items or an outcome. At most [`Config::max_open`].
    pub fn open(&self) -> usize {
        self.session.in_flight.callers()
    }

    /// Returns whether requests can be sent.
    pub fn is_logged_in(&self) -> bool {
        self.session.stage.is_logged_in()
    }

    /// Returns whether the connection is closed or lost.
    pub fn is_over(&self) -> bool {
        self.session.stage.is_over()
    }
}
