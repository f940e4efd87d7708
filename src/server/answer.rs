//! Output of a server: verdicts on logins, responses, lists, events.

use alloc::vec::Vec;
use std::time::Instant;

use super::state::{Effect, Input, Stage};
use super::{RequestId, Server};
use crate::catalogue::{EventType, READY};
use crate::error::{ApiMisuse, EncodeError, Refusal, SendError};
use crate::value::{ClassSet, Classes, ToWire};
use crate::wiped::append;
use crate::wire::{Frame, FrameKind, FrameWriter};

impl Server {
    /// Accepts a login. The client may read events of these classes, and receives those of them
    /// that it has asked for.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`] if no such login waits.
    pub fn accept(&mut self, id: RequestId, readable: Classes) -> Result<(), ApiMisuse> {
        let Effect::LetIn(_) = self.judged(id, Input::Accept(readable))? else { return Ok(()) };
        let action_id = self.open.remove(id).ok_or(ApiMisuse::NotOpen)?;
        self.write_response("Success", &action_id, "Authentication accepted");
        if self.config.booted {
            self.tell_booted();
        }
        Ok(())
    }

    /// Sends the event that the server has started, with the headers of its release.
    fn tell_booted(&mut self) {
        let ready = EventType::new(READY);
        let mut up = Vec::new();
        self.now.saturating_duration_since(self.started).as_secs().to_wire(&mut up);
        let (up, release) = (up.as_slice(), self.config.release());
        let headers = [("Uptime", up), ("LastReload", up), ("Status", b"Fully Booted")];
        let known = headers.into_iter().filter(|(name, _)| {
            let since = ready.fields().find(|field| field.name() == *name).and_then(crate::catalogue::Field::since);
            since.is_none_or(|since| release.is_none_or(|release| u32::from(since.major()) <= release))
        });
        let written = self.event(Classes::SYSTEM, ready.name(), known);
        debug_assert!(written.is_ok(), "{written:?}");
    }

    /// Refuses a login. The client receives the answer after
    /// [`Config::refusal_delay`](super::Config::refusal_delay), and the session is over.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`] if no such login waits.
    pub fn refuse(&mut self, now: Instant, id: RequestId) -> Result<(), ApiMisuse> {
        self.keep_out(now, id, "Authentication failed")
    }

    /// Refuses a login because the user is logged in already and may be so only once.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`] if no such login waits.
    pub fn refuse_in_use(&mut self, now: Instant, id: RequestId) -> Result<(), ApiMisuse> {
        self.keep_out(now, id, "Login Already In Use")
    }

    fn keep_out(&mut self, now: Instant, id: RequestId, message: &'static str) -> Result<(), ApiMisuse> {
        self.now = now;
        self.judged(id, Input::Refuse(message)).map(drop)
    }

    /// Answers a request with one response: its kind, then these headers after the `ActionID`.
    ///
    /// # Errors
    /// [`SendError::Misuse`] with [`ApiMisuse::NotOpen`] if the request is not open, for example
    /// since it has been answered. [`SendError::Encode`] if a header cannot be written; the request
    /// is still open then.
    pub fn respond<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        id: RequestId,
        kind: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), SendError> {
        if !self.is_open(id)? {
            return Ok(());
        }
        self.write_to(id, |action_id, out| {
            with_headers(with_id(FrameWriter::response(out, kind), action_id), &RESPONSE, headers)?.finish()
        })?;
        self.open.remove(id);
        Ok(())
    }

    /// Answers a request with text that has no frame, such as that of `Queues`. The bytes are sent
    /// unchanged.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`] if the request has been answered.
    pub fn respond_text(&mut self, id: RequestId, text: &[u8]) -> Result<(), ApiMisuse> {
        if !self.is_open(id)? {
            return Ok(());
        }
        self.open.remove(id);
        self.raw(text);
        Ok(())
    }

    /// Answers a request with a list. The items follow, now or later, and then the list's end.
    ///
    /// ```
    /// # use std::time::Instant;
    /// # use ami_proto::server::{Config, Server, ServerEvent};
    /// # use ami_proto::value::Classes;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let now = Instant::now();
    /// # let mut server = Server::new(now, Config::new().banner("").fully_booted(false));
    /// # let _ = server.handle_input(now, b"Action: Login\r\n\r\nAction: QueueSummary\r\n\r\n");
    /// # let Some(ServerEvent::Login { id, .. }) = server.poll_event()? else { panic!() };
    /// # server.accept(id, Classes::ALL)?;
    /// # let sent = server.unsent();
    /// # server.transmitted(sent);
    /// # let Some(ServerEvent::Request { id, .. }) = server.poll_event()? else { panic!() };
    /// server.list(id, "Queue summary will follow")?
    ///     .item("QueueSummary", [("Queue", "support"), ("LoggedIn", "2")])?
    ///     .complete_with("QueueSummaryComplete", [("Extra", "1")])?;
    /// let expected = "Response: Success\r\nEventList: start\r\nMessage: Queue summary will follow\r\n\r\n\
    ///     Event: QueueSummary\r\nQueue: support\r\nLoggedIn: 2\r\n\r\n\
    ///     Event: QueueSummaryComplete\r\nEventList: Complete\r\nListItems: 1\r\nExtra: 1\r\n\r\n";
    /// assert_eq!(server.poll_transmit(), Some(expected.as_bytes()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`SendError::Misuse`] with [`ApiMisuse::NotOpen`] if the request has been answered.
    /// [`SendError::Encode`] if the message cannot be written.
    pub fn list(&mut self, id: RequestId, message: &str) -> Result<List<'_>, SendError> {
        if self.is_open(id)? {
            self.write_to(id, |action_id, out| {
                let writer = with_id(FrameWriter::response(out, "Success"), action_id);
                writer.header("EventList", "start").header("Message", message).finish()
            })?;
        }
        Ok(List { server: self, id })
    }

    /// Continues a list that was begun with [`list`](Self::list).
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`] if the list is complete.
    pub fn resume(&mut self, id: RequestId) -> Result<List<'_>, ApiMisuse> {
        self.is_open(id)?;
        Ok(List { server: self, id })
    }

    /// Sends an event of these classes if the session receives **all** of them; returns whether it
    /// was sent.
    ///
    /// It has only the headers that are given: the outcome of a request needs the request's
    /// `ActionID` among them. To send an event to many sessions, encode it once, see
    /// [`EncodedEvent`](super::EncodedEvent).
    ///
    /// # Errors
    /// An [`EncodeError`] if a header contains a byte that would end its line, or has an invalid
    /// name.
    pub fn event<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        classes: Classes,
        name: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<bool, EncodeError> {
        if !self.receives_classes(classes) {
            return Ok(false);
        }
        self.write(|out| write_event(out, classes, name, headers))?;
        Ok(self.is_logged_in())
    }

    /// Passes an event of another connection on unchanged, if the session receives all classes of
    /// its `Privilege`; returns whether it was sent. An event without that header is a list item of
    /// another session, and is not sent. An incomplete event ([`ClientEvent::Oversized`]) is not
    /// sent either.
    ///
    /// [`ClientEvent::Oversized`]: crate::client::ClientEvent::Oversized
    pub fn forward(&mut self, event: Frame<'_>) -> bool {
        let sent = self.receives(event);
        if sent {
            self.raw(event.as_bytes());
        }
        sent && self.stage == Stage::Ready
    }

    /// Returns whether the session receives this event of another connection.
    pub(crate) fn receives(&self, event: Frame<'_>) -> bool {
        privilege(event).is_some_and(|classes| self.receives_classes(classes))
    }

    /// Returns whether the session receives events that have all these classes.
    pub(super) fn receives_classes(&self, classes: Classes) -> bool {
        self.is_logged_in() && self.mask().contains(classes)
    }

    /// Sends these bytes unchanged, for mocks of odd servers. Once the session is over they are
    /// dropped.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.write_unrefused(|out| append(out, bytes));
    }

    pub(crate) fn write_unrefused(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let written = self.write(|out| {
            write(out);
            Ok(())
        });
        debug_assert!(written.is_ok(), "nothing in it could be refused");
    }

    /// Ends the session without a goodbye, as a server does that shuts down.
    pub fn close(&mut self) {
        self.step(Input::Close);
    }

    /// Writes an answer of the server itself, whose names and values cannot be refused.
    pub(super) fn write_own(&mut self, kind: &str, action_id: &[u8], name: &str, value: impl AsRef<[u8]>) {
        let answer =
            |out: &mut Vec<u8>| with_id(FrameWriter::response(out, kind), action_id).header(name, value).finish();
        let written = self.write(answer);
        debug_assert!(written.is_ok(), "{written:?}");
    }

    pub(super) fn write_response(&mut self, kind: &str, action_id: &[u8], message: &str) {
        self.write_own(kind, action_id, "Message", message);
    }

    pub(super) fn write_challenge(&mut self, action_id: &[u8]) {
        let mut digits = Vec::new();
        self.challenge.to_wire(&mut digits);
        self.write_own("Success", action_id, "Challenge", digits);
    }

    pub(super) fn write_mask(&mut self, action_id: &[u8], mask: Option<Classes>) {
        let Some(mask) = mask else { return self.write_response("Error", action_id, "Invalid event mask") };
        self.mask = mask;
        let on = if self.mask().is_empty() { "Off" } else { "On" };
        self.write_own("Success", action_id, "Events", on);
    }

    /// Counts a request as answered.
    pub(crate) fn settle(&mut self, id: RequestId) {
        self.open.remove(id);
    }

    /// Returns whether a request waits for its answer. `false` if the session, and with it the
    /// request, is over.
    pub(crate) fn is_open(&self, id: RequestId) -> Result<bool, ApiMisuse> {
        match self.stage {
            Stage::Over => Ok(false),
            // A login gets a verdict instead.
            Stage::Ready if self.open.has(id) => Ok(true),
            _ => Err(ApiMisuse::NotOpen),
        }
    }
}

/// A list that is being answered. If it is dropped before [`complete`](Self::complete) it stays
/// open, and [`Server::resume`] continues it.
#[derive(Debug)]
#[must_use = "a list needs an end: `complete` it, or `resume` it later"]
pub struct List<'a> {
    server: &'a mut Server,
    id: RequestId,
}

impl List<'_> {
    /// Writes an item.
    ///
    /// # Errors
    /// [`SendError::Encode`] if a header cannot be written.
    pub fn item<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        self,
        name: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, SendError> {
        if !self.server.is_open(self.id)? {
            return Ok(self);
        }
        self.server.write_to(self.id, |action_id, out| {
            with_headers(with_id(FrameWriter::event(out, name), action_id), &ITEM, headers)?.finish()
        })?;
        if let Some(open) = self.server.open.get_mut(self.id) {
            open.items += 1;
        }
        Ok(self)
    }

    /// Writes the end of the list, with the number of its items. The request is answered.
    ///
    /// # Errors
    /// [`SendError::Encode`] if the name cannot be written; the list is still open then.
    pub fn complete(self, name: &str) -> Result<(), SendError> {
        self.end::<&str, &str>(name, "Complete", [])
    }

    /// Writes the end of the list like [`complete`](Self::complete), with more headers.
    ///
    /// # Errors
    /// The errors of [`complete`](Self::complete).
    pub fn complete_with<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        self,
        name: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), SendError> {
        self.end(name, "Complete", headers)
    }

    /// Breaks the list off (`EventList: cancelled`).
    ///
    /// # Errors
    /// [`SendError::Encode`] if the name cannot be written.
    pub fn cancel(self, name: &str) -> Result<(), SendError> {
        self.end::<&str, &str>(name, "cancelled", [])
    }

    fn end<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        self,
        name: &str,
        how: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), SendError> {
        if !self.server.is_open(self.id)? {
            return Ok(());
        }
        let mut items = Vec::new();
        self.server.open.get_mut(self.id).map_or(0, |open| open.items).to_wire(&mut items);
        self.server.write_to(self.id, |action_id, out| {
            let writer = with_id(FrameWriter::event(out, name), action_id);
            with_headers(writer.header("EventList", how).header("ListItems", items), &LIST_END, headers)?.finish()
        })?;
        self.server.open.remove(self.id);
        Ok(())
    }
}

/// Returns the classes of an event of another connection. `None` if the frame is not an event, is
/// incomplete, or has no `Privilege`.
pub(super) fn privilege(event: Frame<'_>) -> Option<Classes> {
    // An event without its end would take in the bytes written after it.
    let bytes = event.as_bytes();
    let is_whole = event.kind() == FrameKind::Event && (bytes.ends_with(b"\n\r\n") || bytes.ends_with(b"\n\n"));
    let privilege = event.get("Privilege").filter(|_| is_whole)?;
    privilege.parse::<ClassSet<'_>>().ok().map(ClassSet::classes)
}

/// Writes an event of these classes.
pub(super) fn write_event<N: AsRef<[u8]>, V: AsRef<[u8]>>(
    out: &mut Vec<u8>,
    classes: Classes,
    name: &str,
    headers: impl IntoIterator<Item = (N, V)>,
) -> Result<(), EncodeError> {
    let mut privilege: Vec<u8> = Vec::new();
    for class in classes.names() {
        privilege.extend_from_slice(class.as_bytes());
        privilege.push(b',');
    }
    privilege.extend_from_slice(if privilege.is_empty() { b"<none>" } else { b"all" });
    with_headers(FrameWriter::event(out, name).header("Privilege", privilege), &EVENT, headers)?.finish()
}

fn with_id<'out>(writer: FrameWriter<'out>, action_id: &[u8]) -> FrameWriter<'out> {
    if action_id.is_empty() { writer } else { writer.header("ActionID", action_id) }
}

type Given = (&'static str, &'static str);

const ACTION_ID: Given = ("ActionID", "the request");
const NAME: Given = ("Event", "`name`");

/// Headers that the server itself writes into a response, each with the argument that it comes
/// from: a client would read the first of two.
const RESPONSE: [Given; 2] = [("Response", "`kind`"), ACTION_ID];
const EVENT: [Given; 2] = [NAME, ("Privilege", "`classes`")];
const ITEM: [Given; 2] = [NAME, ACTION_ID];
const LIST_END: [Given; 4] =
    [NAME, ACTION_ID, ("EventList", "`complete` or `cancel`"), ("ListItems", "the count of the items")];

fn with_headers<'out, N: AsRef<[u8]>, V: AsRef<[u8]>>(
    mut writer: FrameWriter<'out>,
    given: &[Given],
    headers: impl IntoIterator<Item = (N, V)>,
) -> Result<FrameWriter<'out>, EncodeError> {
    for (name, value) in headers {
        let name = name.as_ref();
        if let Some((_, by)) = given.iter().find(|(given, _)| name.eq_ignore_ascii_case(given.as_bytes())) {
            return Err(EncodeError::new(name, Refusal::Given { by }));
        }
        writer = writer.header(name, value);
    }
    Ok(writer)
}
