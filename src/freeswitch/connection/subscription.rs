//! A subscription in the order in which the server reads it: behind `CUSTOM` all words are
//! subclasses, so names of events stand before it.

use alloc::vec::Vec;

use crate::error::{EncodeError, Refusal};
use crate::range::part;

/// Events to subscribe to, for [`Config::events`](super::Config::events),
/// [`Connection::subscribe`](super::Connection::subscribe) and, taken back, a
/// [`Message`](super::Message) of `nixevent`.
///
/// ```
/// use ami_proto::freeswitch::{Config, EventFormat, Events};
///
/// let events = Events::conferences().jobs().event("HEARTBEAT")?;
/// assert_eq!(events.as_ref(), b"BACKGROUND_JOB HEARTBEAT CUSTOM conference::maintenance");
/// let config = Config::new().events(EventFormat::Plain, events);
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Events {
    text: Vec<u8>,
    /// Bytes of names, before `CUSTOM`.
    names: usize,
}

impl Events {
    /// Nothing yet. A server refuses to subscribe to it.
    pub const fn new() -> Self {
        Self { text: Vec::new(), names: 0 }
    }

    /// The events of conferences: the subclass `conference::maintenance`.
    pub fn conferences() -> Self {
        Self::new().with_subclass("conference::maintenance")
    }

    /// Adds the records of conferences that have ended: the subclass `conference::cdr`.
    pub fn conference_records(self) -> Self {
        self.with_subclass("conference::cdr")
    }

    /// Adds the output of jobs, those of others as well: `BACKGROUND_JOB`. A connection subscribes
    /// to it by itself where it needs it.
    pub fn jobs(self) -> Self {
        self.with_event("BACKGROUND_JOB")
    }

    /// Adds all events: `ALL`, with all subclasses that modules have registered by then.
    pub fn all(self) -> Self {
        self.with_event("ALL")
    }

    /// Adds an event by its name, such as `CHANNEL_HANGUP`. The server ignores names that it does
    /// not know, and looks at no case.
    ///
    /// # Errors
    /// Where the name is empty, has a blank, at which the server would split it, or is `CUSTOM`,
    /// which makes all that follows it subclasses: [`subclass`](Self::subclass) writes it.
    pub fn event(self, name: &str) -> Result<Self, EncodeError> {
        if name.eq_ignore_ascii_case("CUSTOM") {
            return Err(EncodeError::new("event", Refusal::Keyword { word: "CUSTOM" }));
        }
        check("event", name).map(|()| self.with_event(name))
    }

    /// Adds an event of this subclass, such as `sofia::register`, whose case counts.
    ///
    /// # Errors
    /// Where the name is empty, or has a blank, at which the server would split it.
    pub fn subclass(self, name: &str) -> Result<Self, EncodeError> {
        check("subclass", name).map(|()| self.with_subclass(name))
    }

    fn with_event(mut self, name: &str) -> Self {
        let behind = self.text.split_off(self.names);
        if self.names > 0 {
            self.text.push(b' ');
        }
        self.text.extend_from_slice(name.as_bytes());
        self.names = self.text.len();
        if !behind.is_empty() {
            self.text.push(b' ');
            self.text.extend_from_slice(behind.trim_ascii_start());
        }
        self
    }

    fn with_subclass(mut self, name: &str) -> Self {
        if part(&self.text, self.names..).is_empty() {
            self.text.extend_from_slice(if self.names > 0 { b" CUSTOM" } else { b"CUSTOM" });
        }
        self.text.push(b' ');
        self.text.extend_from_slice(name.as_bytes());
        self
    }
}

/// As the commands have it.
impl AsRef<[u8]> for Events {
    fn as_ref(&self) -> &[u8] {
        &self.text
    }
}

fn check(what: &'static str, name: &str) -> Result<(), EncodeError> {
    let refusal = match name.bytes().zip(0..).find(|(byte, _)| matches!(byte, b' ' | b'\r' | b'\n' | 0)) {
        _ if name.is_empty() => Refusal::EmptyValue,
        Some((b' ', _)) => Refusal::Splits { byte: b' ' },
        Some((byte, at)) => Refusal::InValue { byte, at },
        None => return Ok(()),
    };
    Err(EncodeError::new(what, refusal))
}
