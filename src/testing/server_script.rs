//! The server that answers by rules.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use std::time::Instant;

use crate::conn::{Machine, sealed};
use crate::error::{ConnectionError, SendError};
use crate::server::{RequestId, Server, ServerEvent};
use crate::value::Classes;
use crate::wire::{Frame, OwnedFrame};

/// A [`Server`] with rules: how to answer which action.
///
/// What no rule names it answers as a server with no modules does: it accepts every login, says
/// `Pong` to `Ping`, and knows no other action. It is a [`Machine`], so it does the same in a
/// driver over a real socket; its events are the requests that it was asked, logins among them,
/// which it keeps until they are polled. A test that breaks the connection off once a request has
/// arrived polls it, with [`Machine`] in scope, and then [cuts](super::Link::cut).
///
/// An action whose outcome is an event has the `ActionID` of its request in it: a rule for an
/// asynchronous `Originate` answers `Success`, and tells `OriginateResponse` with
/// [`Server::event`].
///
/// ```
/// use std::time::Instant;
/// use ami_proto::server::{Config, Server};
/// use ami_proto::testing::ServerScript;
/// use ami_proto::value::Classes;
///
/// let pbx = ServerScript::new(Server::new(Instant::now(), Config::new()))
///     .on("CoreStatus", |asked| asked.server.respond(asked.id, "Success", [("CoreCurrentCalls", "3")]))
///     .on("CoreShowChannels", |asked| {
///         let list = asked.server.list(asked.id, "Channels will follow")?;
///         list.item("CoreShowChannel", [("Channel", "PJSIP/100-1")])?.complete("CoreShowChannelsComplete")
///     })
///     .on("Hangup", |asked| {
///         let channel = asked.request.get("Channel").unwrap_or_default();
///         asked.server.event(Classes::CALL, "Hangup", [("Channel", channel)])?;
///         asked.server.respond(asked.id, "Success", [("Message", "Channel Hungup")])
///     })
///     .on("MailboxCount", |_| Ok(())); // never answered
/// ```
pub struct ServerScript {
    /// The server's session, for what no request asks for: events, an end. A new connection needs a
    /// new one.
    pub server: Server,
    rules: Vec<(Box<str>, Box<Rule>)>,
    #[cfg(feature = "md5")]
    secret: Option<Box<[u8]>>,
    asked: VecDeque<OwnedFrame>,
    lost: Option<ConnectionError>,
    /// The time that was told last, for a request that waited until something was transmitted.
    now: Option<Instant>,
}

type Rule = dyn FnMut(Asked<'_>) -> Result<(), SendError> + Send;

/// A request, for a rule of a [`ServerScript`] to answer.
#[derive(Debug)]
#[non_exhaustive]
pub struct Asked<'a> {
    /// The server's session that it was sent to.
    pub server: &'a mut Server,
    /// The server's name for it.
    pub id: RequestId,
    /// The request.
    pub request: Frame<'a>,
    /// The time.
    pub now: Instant,
}

impl ServerScript {
    /// A script for this session that has no rules yet.
    pub fn new(server: Server) -> Self {
        Self {
            server,
            rules: Vec::new(),
            #[cfg(feature = "md5")]
            secret: None,
            asked: VecDeque::new(),
            lost: None,
            now: None,
        }
    }

    /// Refuses logins that don't know this secret, as [`LoginAttempt::verify`] has it. Needs the
    /// feature `md5`, as that does.
    ///
    /// [`LoginAttempt::verify`]: crate::server::LoginAttempt::verify
    #[cfg(feature = "md5")]
    #[must_use]
    pub fn secret(mut self, secret: impl AsRef<[u8]>) -> Self {
        self.secret = Some(secret.as_ref().into());
        self
    }

    /// Adds a rule: how to answer this action. The last one for an action counts. One for `Login`
    /// has to [accept](Server::accept) it or to [refuse](Server::refuse) it.
    ///
    /// A rule that returns an error is a bug of the test: debug builds panic, others leave the
    /// request open.
    #[must_use]
    pub fn on(mut self, action: &str, answer: impl FnMut(Asked<'_>) -> Result<(), SendError> + Send + 'static) -> Self {
        self.rules.push((action.into(), Box::new(answer)));
        self
    }

    /// Answers all that has arrived.
    fn answer(&mut self, now: Instant) {
        self.now = Some(now);
        loop {
            let (id, request, is_known) = match self.server.poll_event() {
                Ok(Some(ServerEvent::Login { id, attempt })) => {
                    #[cfg(feature = "md5")]
                    let is_known = self.secret.as_ref().is_none_or(|secret| attempt.verify(secret));
                    #[cfg(not(feature = "md5"))]
                    let is_known = true;
                    (id, attempt.request().frame().to_owned(), is_known)
                }
                Ok(Some(ServerEvent::Request { id, request })) => (id, request.frame().to_owned(), true),
                Ok(Some(_)) => continue,
                Ok(None) => return,
                Err(error) => {
                    self.lost = Some(error);
                    return;
                }
            };
            let frame = request.view();
            let name = frame.name().unwrap_or_default();
            let asked = Asked { server: &mut self.server, id, request: frame, now };
            let rule = self.rules.iter_mut().rfind(|(action, _)| name.eq_ignore_case(action));
            let answered = match rule {
                Some((_, answer)) => answer(asked),
                None => asked.answer_unscripted(is_known),
            };
            debug_assert!(answered.is_ok(), "the rule for {name} has failed: {answered:?}");
            self.asked.push_back(request);
        }
    }
}

impl Asked<'_> {
    fn answer_unscripted(self, is_known: bool) -> Result<(), SendError> {
        let is = |action| self.request.name().is_some_and(|name| name.eq_ignore_case(action));
        if is("Login") {
            Ok(if is_known {
                self.server.accept(self.id, Classes::ALL)
            } else {
                self.server.refuse(self.now, self.id)
            }?)
        } else if is("Ping") {
            self.server.respond(self.id, "Success", [("Ping", "Pong")])
        } else {
            self.server.respond(self.id, "Error", [("Message", "Invalid/unknown command")])
        }
    }
}

impl sealed::Sealed for ServerScript {}

impl Machine for ServerScript {
    type Event<'a> = OwnedFrame;

    fn space(&mut self, min: usize) -> Option<&mut [u8]> {
        self.server.space(min)
    }

    fn advance(&mut self, now: Instant, n: usize) {
        self.server.advance(now, n);
        self.answer(now);
    }

    fn handle_input(&mut self, now: Instant, bytes: &[u8]) -> usize {
        let taken = self.server.handle_input(now, bytes);
        self.answer(now);
        taken
    }

    fn handle_eof(&mut self, now: Instant) {
        self.server.handle_eof(now);
        self.answer(now);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.server.handle_timeout(now);
        self.answer(now);
    }

    fn wants_input(&self) -> bool {
        self.server.wants_input()
    }

    fn poll_transmit(&self) -> Option<&[u8]> {
        self.server.poll_transmit()
    }

    fn transmitted(&mut self, n: usize) {
        self.server.transmitted(n);
        if let Some(now) = self.now {
            self.answer(now);
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.server.poll_timeout()
    }

    fn poll_event(&mut self) -> Result<Option<OwnedFrame>, ConnectionError> {
        // The error is that of the session which ended; a new one has none.
        match (self.asked.pop_front(), self.lost.filter(|_| self.server.is_over())) {
            (None, Some(error)) => Err(error),
            (asked, _) => Ok(asked),
        }
    }

    fn is_over(&self) -> bool {
        self.server.is_over()
    }
}

impl fmt::Debug for ServerScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actions = self.rules.iter().map(|(action, _)| action);
        f.debug_struct("ServerScript")
            .field("server", &self.server)
            .field("rules", &actions.collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
