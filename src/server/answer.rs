//! What a server writes: verdicts on logins, responses, lists, events.

use alloc::vec::Vec;
use std::time::Instant;

use super::{Open, RequestId, Server, Stage};
use crate::error::ApiMisuse;
use crate::value::{Classes, ToWire};
use crate::wire::{Frame, FrameKind, FrameWriter};

impl Server {
    /// Lets the client in. It may read events of these classes, and receives those among them that it has asked for.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`]: no such login waits.
    pub fn accept(&mut self, id: RequestId, readable: Classes) -> Result<(), ApiMisuse> {
        if !matches!(self.stage, Stage::Asked { .. }) {
            return Err(ApiMisuse::NotOpen);
        }
        let open = self.close_request(id)?;
        self.readable = readable;
        self.mask = open.mask.unwrap_or(Classes::ALL);
        self.stage = Stage::LoggedIn;
        self.write_response("Success", Some(&open.action_id), "Authentication accepted");
        if self.config.booted {
            self.event(Classes::SYSTEM, "FullyBooted", [("Status", "Fully Booted")])?;
        }
        Ok(())
    }

    /// Keeps the client out. It is told so after [`Config::refusal_delay`](super::Config::refusal_delay), and the session is over.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`]: no such login waits.
    pub fn refuse(&mut self, now: Instant, id: RequestId) -> Result<(), ApiMisuse> {
        self.keep_out(now, id, "Authentication failed")
    }

    /// The same because the user is logged in already and may be so only once.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`]: no such login waits.
    pub fn refuse_in_use(&mut self, now: Instant, id: RequestId) -> Result<(), ApiMisuse> {
        self.keep_out(now, id, "Login Already In Use")
    }

    fn keep_out(&mut self, now: Instant, id: RequestId, message: &'static str) -> Result<(), ApiMisuse> {
        let waits = matches!(self.stage, Stage::Asked { .. }) && self.open.front().is_some_and(|open| open.id == id.0);
        if !waits {
            return Err(ApiMisuse::NotOpen);
        }
        self.stage = Stage::Refusing { at: now.checked_add(self.config.refusal), message };
        Ok(())
    }

    /// Answers a request with one response: its kind, then these headers after the `ActionID`.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`]: it has been answered. [`ApiMisuse::Encode`]: a header can't be written; it is still open then.
    pub fn respond<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        id: RequestId,
        kind: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), ApiMisuse> {
        let place = self.place(id)?;
        let open = self.open.get(place).ok_or(ApiMisuse::NotOpen)?;
        let writer = with_id(FrameWriter::response(&mut self.out, kind), &open.action_id);
        with_headers(writer, headers).finish()?;
        self.open.remove(place);
        Ok(())
    }

    /// Answers a request with text that has no frame, such as that of `Queues`: these bytes as they are.
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`]: it has been answered.
    pub fn respond_text(&mut self, id: RequestId, text: &[u8]) -> Result<(), ApiMisuse> {
        self.close_request(id)?;
        self.out.extend_from_slice(text);
        Ok(())
    }

    /// Answers a request with a list. Items follow, now or later, then its end.
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
    ///     .complete("QueueSummaryComplete", [("Extra", "1")])?;
    /// let expected = "Response: Success\r\nEventList: start\r\nMessage: Queue summary will follow\r\n\r\n\
    ///     Event: QueueSummary\r\nQueue: support\r\nLoggedIn: 2\r\n\r\n\
    ///     Event: QueueSummaryComplete\r\nEventList: Complete\r\nListItems: 1\r\nExtra: 1\r\n\r\n";
    /// assert_eq!(server.poll_transmit(), Some(expected.as_bytes()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`]: it has been answered. [`ApiMisuse::Encode`]: the message can't be written.
    pub fn list(&mut self, id: RequestId, message: &str) -> Result<List<'_>, ApiMisuse> {
        let place = self.place(id)?;
        let open = self.open.get(place).ok_or(ApiMisuse::NotOpen)?;
        let writer = with_id(FrameWriter::response(&mut self.out, "Success"), &open.action_id);
        writer.header("EventList", "start").header("Message", message).finish()?;
        Ok(List { server: self, id })
    }

    /// Goes on with a list that was begun with [`list`](Self::list).
    ///
    /// # Errors
    /// [`ApiMisuse::NotOpen`]: it is complete.
    pub fn resume(&mut self, id: RequestId) -> Result<List<'_>, ApiMisuse> {
        self.place(id)?;
        Ok(List { server: self, id })
    }

    /// Sends an event of these classes, if the session receives them **all**; says whether.
    ///
    /// # Errors
    /// [`ApiMisuse::Encode`]: a header can't be written.
    pub fn event<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        classes: Classes,
        name: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<bool, ApiMisuse> {
        if self.stage != Stage::LoggedIn || !self.mask().contains(classes) {
            return Ok(false);
        }
        let mut privilege: Vec<u8> = Vec::new();
        for class in classes.names() {
            privilege.extend_from_slice(class.as_bytes());
            privilege.push(b',');
        }
        privilege.extend_from_slice(if privilege.is_empty() { b"<none>" } else { b"all" });
        let writer = FrameWriter::event(&mut self.out, name).header("Privilege", privilege);
        with_headers(writer, headers).finish()?;
        Ok(true)
    }

    /// Sends an event of another connection on as it came, if the session receives all classes of its `Privilege`; says whether. An event without that header is somebody's list item, and is not sent.
    pub fn forward(&mut self, event: Frame<'_>) -> bool {
        let privilege = event.get("Privilege").and_then(|value| value.parse::<crate::value::ClassSet<'_>>().ok());
        let received = privilege.is_some_and(|privilege| self.mask().contains(privilege.classes()));
        let sent = event.kind() == FrameKind::Event && self.stage == Stage::LoggedIn && received;
        if sent {
            self.out.extend_from_slice(event.as_bytes());
        }
        sent
    }

    /// Sends these bytes as they are: what a mock of an odd server needs.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Ends the session without a goodbye, as a server does that shuts down.
    pub fn close(&mut self) {
        self.stage = Stage::Over;
        self.open.clear();
    }

    pub(super) fn write_response(&mut self, kind: &str, action_id: Option<&[u8]>, message: &str) {
        let writer = with_id(FrameWriter::response(&mut self.out, kind), action_id.unwrap_or_default());
        // Nothing in it can be refused.
        _ = writer.header("Message", message).finish();
    }

    pub(super) fn write_challenge(&mut self, action_id: &[u8]) {
        let mut digits = Vec::new();
        self.challenge.to_wire(&mut digits);
        let writer = with_id(FrameWriter::response(&mut self.out, "Success"), action_id);
        _ = writer.header("Challenge", digits).finish();
    }

    pub(super) fn write_mask(&mut self, action_id: &[u8], mask: Option<Classes>) {
        let Some(mask) = mask else { return self.write_response("Error", Some(action_id), "Invalid event mask") };
        self.mask = mask;
        let on = if self.mask().is_empty() { "Off" } else { "On" };
        let writer = with_id(FrameWriter::response(&mut self.out, "Success"), action_id);
        _ = writer.header("Events", on).finish();
    }

    fn place(&self, id: RequestId) -> Result<usize, ApiMisuse> {
        self.open.binary_search_by_key(&id.0, |open| open.id).map_err(|_| ApiMisuse::NotOpen)
    }

    fn close_request(&mut self, id: RequestId) -> Result<Open, ApiMisuse> {
        let place = self.place(id)?;
        self.open.remove(place).ok_or(ApiMisuse::NotOpen)
    }
}

/// A list that is being answered. Dropped before [`complete`](Self::complete) it stays open, and [`Server::resume`] goes on with it.
#[derive(Debug)]
#[must_use = "a list needs an end"]
pub struct List<'a> {
    server: &'a mut Server,
    id: RequestId,
}

impl List<'_> {
    /// Writes an item.
    ///
    /// # Errors
    /// [`ApiMisuse::Encode`]: a header can't be written.
    pub fn item<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        self,
        name: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, ApiMisuse> {
        let place = self.server.place(self.id)?;
        let open = self.server.open.get_mut(place).ok_or(ApiMisuse::NotOpen)?;
        let writer = with_id(FrameWriter::event(&mut self.server.out, name), &open.action_id);
        with_headers(writer, headers).finish()?;
        open.items += 1;
        Ok(self)
    }

    /// Writes the end of the list, with the number of its items. The request is answered.
    ///
    /// # Errors
    /// [`ApiMisuse::Encode`]: a header can't be written; the list is still open then.
    pub fn complete<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        self,
        name: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), ApiMisuse> {
        self.end(name, "Complete", headers)
    }

    /// Breaks the list off (`EventList: cancelled`).
    ///
    /// # Errors
    /// [`ApiMisuse::Encode`]: the name can't be written.
    pub fn cancel(self, name: &str) -> Result<(), ApiMisuse> {
        self.end::<&str, &str>(name, "cancelled", [])
    }

    fn end<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        self,
        name: &str,
        how: &str,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), ApiMisuse> {
        let place = self.server.place(self.id)?;
        let open = self.server.open.get(place).ok_or(ApiMisuse::NotOpen)?;
        let mut items = Vec::new();
        open.items.to_wire(&mut items);
        let writer = with_id(FrameWriter::event(&mut self.server.out, name), &open.action_id);
        let writer = writer.header("EventList", how).header("ListItems", items);
        with_headers(writer, headers).finish()?;
        self.server.open.remove(place);
        Ok(())
    }
}

fn with_id<'out>(writer: FrameWriter<'out>, action_id: &[u8]) -> FrameWriter<'out> {
    if action_id.is_empty() { writer } else { writer.header("ActionID", action_id) }
}

fn with_headers<N: AsRef<[u8]>, V: AsRef<[u8]>>(
    writer: FrameWriter<'_>,
    headers: impl IntoIterator<Item = (N, V)>,
) -> FrameWriter<'_> {
    headers.into_iter().fold(writer, |writer, (name, value)| writer.header(name, value))
}
