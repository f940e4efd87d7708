//! The peer that answers bytes with bytes.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use std::time::Instant;

use crate::conn::{Machine, sealed};
use crate::error::ConnectionError;
use crate::range::part;

/// A peer with rules on bytes: which to send once which have come. For protocols that have no
/// server here, such as FreeSWITCH's, and for servers that break theirs.
///
/// It reads no frames. Of all that has come since the last rule, the text of a rule that stands
/// first counts; what was before it is passed over. It is a [`Machine`], whose events are the bytes
/// up to and with the text of a rule.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # #[cfg(feature = "freeswitch")] {
/// use ami_proto::freeswitch::{Config, Connection, ConnectionEvent, Credentials};
/// use ami_proto::testing::{ByteScript, Link};
///
/// let mut link = Link::new().pieces(10);
/// let mut freeswitch = ByteScript::new("Content-Type: auth/request\n\n")
///     .on("auth ClueCon\n\n", "Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
///     .on("api status\n\n", "Content-Type: api/response\nContent-Length: 3\n\nUP\n")
///     .closing_on("exit\n\n", "Content-Type: command/reply\nReply-Text: +OK bye\n\n");
/// let mut connection = Connection::new(Config::new().without_keep_alive());
/// connection.login(link.now(), Credentials::password("ClueCon"))?;
/// let mut said = Vec::new();
/// while link.turn(&mut connection, &mut freeswitch) {
///     while let Some(event) = connection.poll_event()? {
///         match event {
///             ConnectionEvent::LoggedIn(_) => _ = connection.api(link.now(), "status")?,
///             ConnectionEvent::Ended { ending, .. } => {
///                 said.push(ending.to_string());
///                 connection.close(link.now());
///             }
///             ConnectionEvent::Closed => said.push("closed".into()),
///             _ => {}
///         }
///     }
/// }
/// assert_eq!(said, ["answered", "closed"]);
/// # }
/// # Ok(())
/// # }
/// ```
pub struct ByteScript {
    rules: Vec<Rule>,
    /// Bytes that have come, and room to read into behind them.
    inbox: Vec<u8>,
    come: usize,
    /// Bytes that are said and not transmitted.
    out: Vec<u8>,
    heard: VecDeque<Vec<u8>>,
    is_over: bool,
}

struct Rule {
    text: Vec<u8>,
    answer: Box<Answer>,
    closes: bool,
}

type Answer = dyn FnMut(&[u8]) -> Vec<u8> + Send;

impl ByteScript {
    /// A peer that says this at once, and has no rules yet.
    pub fn new(greeting: impl AsRef<[u8]>) -> Self {
        let out = greeting.as_ref().to_vec();
        Self { rules: Vec::new(), inbox: Vec::new(), come: 0, out, heard: VecDeque::new(), is_over: false }
    }

    /// Adds a rule: what to say each time this text has come.
    #[must_use]
    pub fn on(self, text: impl AsRef<[u8]>, answer: impl AsRef<[u8]>) -> Self {
        let answer = answer.as_ref().to_vec();
        self.answering(text, move |_| answer.clone())
    }

    /// Adds a rule whose answer is made from the bytes that have come, up to and with the text: for
    /// ids that the peer repeats.
    #[must_use]
    pub fn answering(mut self, text: impl AsRef<[u8]>, answer: impl FnMut(&[u8]) -> Vec<u8> + Send + 'static) -> Self {
        self.rules.push(Rule { text: text.as_ref().to_vec(), answer: Box::new(answer), closes: false });
        self
    }

    /// Adds a rule as [`on`](Self::on) does, and closes the connection behind its answer.
    #[must_use]
    pub fn closing_on(self, text: impl AsRef<[u8]>, answer: impl AsRef<[u8]>) -> Self {
        let mut script = self.on(text, answer);
        script.rules.iter_mut().last().into_iter().for_each(|rule| rule.closes = true);
        script
    }

    /// Says something that no rule asks for.
    pub fn say(&mut self, bytes: impl AsRef<[u8]>) {
        if !self.is_over {
            self.out.extend_from_slice(bytes.as_ref());
        }
    }

    /// Closes the connection once all has been transmitted.
    pub fn close(&mut self) {
        self.is_over = true;
    }

    /// Answers what has come.
    fn answer(&mut self) {
        while !self.is_over {
            let come = part(&self.inbox, ..self.come);
            let ends = self.rules.iter_mut().filter_map(|rule| Some((end(come, &rule.text)?, rule)));
            let Some((end, rule)) = ends.min_by_key(|(end, _)| *end) else { return };
            let heard: Vec<u8> = self.inbox.drain(..end).collect();
            self.come -= end;
            self.out.extend((rule.answer)(&heard));
            self.is_over = rule.closes;
            self.heard.push_back(heard);
        }
    }
}

/// Where the first place of a text ends; an empty one has none.
fn end(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let mut places = bytes.windows(text.len().max(1));
    places.position(|place| place == text).map(|start| start + text.len())
}

impl sealed::Sealed for ByteScript {}

impl Machine for ByteScript {
    type Event<'a> = Vec<u8>;

    fn space(&mut self, min: usize) -> Option<&mut [u8]> {
        if self.is_over {
            return None;
        }
        self.inbox.resize(self.come + min.max(1), 0);
        self.inbox.get_mut(self.come..)
    }

    fn advance(&mut self, _now: Instant, n: usize) {
        debug_assert!(self.come + n <= self.inbox.len(), "{n} bytes received where there was no room");
        self.come = self.inbox.len().min(self.come + n);
        self.answer();
    }

    fn handle_input(&mut self, now: Instant, bytes: &[u8]) -> usize {
        let Some(space) = self.space(bytes.len()) else { return 0 };
        let taken = bytes.len().min(space.len());
        space.iter_mut().zip(bytes).for_each(|(space, byte)| *space = *byte);
        self.advance(now, taken);
        taken
    }

    fn handle_eof(&mut self, _now: Instant) {
        self.is_over = true;
    }

    fn handle_timeout(&mut self, _now: Instant) {}

    fn wants_input(&self) -> bool {
        !self.is_over
    }

    fn poll_transmit(&self) -> Option<&[u8]> {
        (!self.out.is_empty()).then_some(&self.out)
    }

    fn transmitted(&mut self, n: usize) {
        debug_assert!(n <= self.out.len(), "{n} bytes transmitted of {}", self.out.len());
        self.out.drain(..n.min(self.out.len()));
    }

    fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    fn poll_event(&mut self) -> Result<Option<Vec<u8>>, ConnectionError> {
        Ok(self.heard.pop_front())
    }

    fn is_over(&self) -> bool {
        self.is_over
    }
}

impl fmt::Debug for ByteScript {
    /// The state without any bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteScript")
            .field("rules", &self.rules.len())
            .field("unsent", &self.out.len())
            .field("is_over", &self.is_over)
            .finish_non_exhaustive()
    }
}
