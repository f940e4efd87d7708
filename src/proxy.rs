//! Parts of a proxy: passes a client's request on to another server, and the answers back.

use alloc::string::ToString;
use alloc::vec::Vec;
use std::time::Instant;

use crate::action::{Answer, encode_as};
use crate::catalogue::{self, ActionType, EventType, Role};
use crate::client::{Client, ClientEvent, Ending, Id, Reached, lines_with_ends};
#[cfg(doc)]
use crate::error::EncodeError;
use crate::error::SendError;
use crate::server::{RequestId, Server};
use crate::wiped::append;
use crate::wire::Frame;

impl Client {
    /// Sends another program's request unchanged, every header in its place, under an `ActionID` of
    /// this client, as a proxy does. [`Server::relay`] takes the answer back. The catalogue says
    /// how the action is answered; for an action that it does not know, use
    /// [`forward_as`](Self::forward_as).
    ///
    /// Values that a server interprets further ([`manual::injection`]) are passed on unchanged,
    /// since they contain no parameter of the program itself: a file name with a comma may run a
    /// command of the shell. The proxy decides which actions and texts a client may send.
    ///
    /// [`manual::injection`]: crate::manual::injection
    ///
    /// `Events` and `Filter` change what this client receives, and `Logoff` ends its session: a
    /// proxy answers them itself.
    ///
    /// # Errors
    /// The errors of [`Client::send`]; [`EncodeError`] also if the frame is not an action.
    pub fn forward(&mut self, now: Instant, request: Frame<'_>) -> Result<Id, SendError> {
        self.pass_on(now, request, None)
    }

    /// Sends another program's request like [`forward`](Self::forward), with `answer` in place of
    /// the catalogue's description of its answer.
    ///
    /// # Errors
    /// The errors of [`forward`](Self::forward); [`EncodeError`] also if `answer` contains an event
    /// name that cannot exist.
    pub fn forward_as(&mut self, now: Instant, request: Frame<'_>, answer: &Answer<'_>) -> Result<Id, SendError> {
        answer.check()?;
        self.pass_on(now, request, Some(answer))
    }

    fn pass_on(&mut self, now: Instant, request: Frame<'_>, said: Option<&Answer<'_>>) -> Result<Id, SendError> {
        let write = |id: &str, out: &mut Vec<u8>| encode_as(request, Some(id), out);
        let action = request.name().and_then(|name| catalogue::find_action(name.as_bytes())).map(ActionType::new);
        self.passed_on(now, action, said, write)
    }
}

impl Server {
    /// Passes on an event that a client of another server received.
    ///
    /// For the session whose `request` the event belongs to, it writes the answer: each frame
    /// unchanged except for the `ActionID`, which is that of the request. For any other session,
    /// pass `None`: it then writes only events that all sessions receive, as [`Server::forward`]
    /// does, without any `ActionID`. The `ActionID`s of upstream requests must stay secret, see
    /// [`manual::injection`](crate::manual::injection), and events such as `UserEvent` and a late
    /// `OriginateResponse` show them. An ending without a frame, such as a timeout, is written as
    /// an error. Nothing is written for a request that is no longer open.
    ///
    /// A proxy consists of this method and [`Client::forward`].
    ///
    /// ```
    /// # use std::time::Instant;
    /// # use ami_proto::client::{self, Client, Credentials};
    /// # use ami_proto::server::{Config, Server, ServerEvent};
    /// # use ami_proto::value::Classes;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let now = Instant::now();
    /// # let mut upstream = Client::new(client::Config::new().await_greeting(false)).seeded(1);
    /// # upstream.login(now, Credentials::plain("u", "s"))?;
    /// # let sent = String::from_utf8_lossy(upstream.poll_transmit().unwrap()).into_owned();
    /// # upstream.transmitted(sent.len());
    /// # let id = sent.lines().find_map(|line| line.strip_prefix("ActionID: ")).unwrap();
    /// # let _ = upstream.handle_input(now, format!("A/11.0.0\r\nResponse: Success\r\nActionID: {id}\r\n\r\n").as_bytes());
    /// # while upstream.poll_event()?.is_some() {}
    /// # let mut server = Server::new(now, Config::new().banner("").fully_booted(false));
    /// # let _ = server.handle_input(now, b"Action: Login\r\n\r\nAction: Ping\r\nActionID: mine\r\n\r\n");
    /// # let Some(ServerEvent::Login { id, .. }) = server.poll_event()? else { panic!() };
    /// # server.accept(id, Classes::ALL)?;
    /// # let sent = server.unsent();
    /// # server.transmitted(sent);
    /// let Some(ServerEvent::Request { id: request, request: asked }) = server.poll_event()? else { panic!("a request") };
    /// let forwarded = upstream.forward(now, asked.frame())?;
    /// # let sent = String::from_utf8_lossy(upstream.poll_transmit().unwrap()).into_owned();
    /// # let id = sent.lines().find_map(|line| line.strip_prefix("ActionID: ")).unwrap();
    /// # let answer = format!("Response: Success\r\nActionID: {id}\r\nPing: Pong\r\n\r\n");
    /// let _ = upstream.handle_input(now, answer.as_bytes());
    /// let Some(event) = upstream.poll_event()? else { panic!("an answer") };
    /// server.relay((event.id() == Some(forwarded)).then_some(request), event);
    /// assert_eq!(server.poll_transmit(), Some(&b"Response: Success\r\nActionID: mine\r\nPing: Pong\r\n\r\n"[..]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn relay(&mut self, request: Option<RequestId>, event: ClientEvent<'_>) {
        let Some(id) = request else {
            if let Some(news) = news(event).filter(|news| self.receives(*news)) {
                self.write_unrefused(|out| unaddressed(news, out));
            }
            return;
        };
        let Ok(true) = self.is_open(id) else { return };
        let unsaid = match event {
            ClientEvent::Ended { ending, .. } => match ending {
                // The request has had its response.
                Ending::TimedOut(Reached::Accepted) | Ending::Lost(Reached::Accepted) => None,
                Ending::Overflowed(_)
                | Ending::Oversized { .. }
                | Ending::TimedOut(_)
                | Ending::Cancelled
                | Ending::Lost(_) => Some(ending),
                _ => None,
            },
            _ => None,
        };
        if let Some(ending) = unsaid {
            let written = self.respond(id, "Error", [("Message", ending.to_string())]);
            debug_assert!(written.is_ok(), "nothing in it could be refused");
            return;
        }
        if let Some(frame) = event.frame() {
            let written = self.write_to(id, |action_id, out| {
                readdress(frame, action_id, out);
                Ok(())
            });
            debug_assert!(written.is_ok(), "nothing in it could be refused");
        }
        if matches!(event, ClientEvent::Ended { .. }) {
            self.settle(id);
        }
    }
}

/// Returns the event if all sessions receive it. That includes the outcome of a request that was
/// given up before it came.
fn news(event: ClientEvent<'_>) -> Option<Frame<'_>> {
    match event {
        ClientEvent::Event(told)
        | ClientEvent::LateOutcome { event: told, .. }
        | ClientEvent::Ended { ending: Ending::Outcome(told), .. } => Some(told.frame()),
        ClientEvent::Unclaimed { frame, .. } => {
            let known = frame.name().and_then(|name| catalogue::find_event(name.as_bytes())).map(EventType::new);
            known.filter(|event| event.role() == Role::Unsolicited).map(|_| frame)
        }
        _ => None,
    }
}

/// Copies a frame, replacing its `ActionID`s, if it has any, by another one. Text after the headers
/// is copied unchanged.
fn readdress(frame: Frame<'_>, action_id: &[u8], out: &mut Vec<u8>) {
    let all = frame.get_all("ActionID").count();
    let mut left = all;
    for line in lines_with_ends(frame) {
        if left == 0 || !names_request(line) {
            append(out, line);
            continue;
        }
        if left == all && !action_id.is_empty() {
            for part in [b"ActionID: ", action_id, b"\r\n"] {
                append(out, part);
            }
        }
        left -= 1;
    }
}

/// Copies an event without any `ActionID`.
fn unaddressed(event: Frame<'_>, out: &mut Vec<u8>) {
    lines_with_ends(event).filter(|line| !names_request(line)).for_each(|line| append(out, line));
}

fn names_request(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    name.eq_ignore_ascii_case(b"ActionID")
}
