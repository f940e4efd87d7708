//! Typed conference commands: each is sent as it is, and its reply read in any ending that has one.

use std::time::Instant;

use super::{Connection, Ending, Id, Message};
use crate::error::SendError;
use crate::freeswitch::command::{Line, Name};
use crate::freeswitch::reply::Reply;

impl Connection {
    /// Sends a conference command as [`api`](Self::api) does. The [`Asked`] that it returns
    /// reads the reply in the ending.
    ///
    /// ```
    /// use std::time::Instant;
    /// use ami_proto::freeswitch::command::{ConferenceCommand, Mute};
    /// use ami_proto::freeswitch::{Asked, Connection, Ending};
    ///
    /// fn mute(connection: &mut Connection, now: Instant) -> Result<Asked, Box<dyn std::error::Error>> {
    ///     Ok(connection.api_command(now, Mute::new(7).to("board"))?)
    /// }
    ///
    /// fn was_muted(asked: Asked, ending: Ending<'_>) -> bool {
    ///     asked.reply(ending).is_some_and(|reply| reply.refusal().is_none())
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send), and [`SendError::Encode`] where an argument would arrive as
    /// something else.
    pub fn api_command(&mut self, now: Instant, line: Line<'_>) -> Result<Asked, SendError> {
        let id = self.send(now, &Message::api_command(line)?)?;
        Ok(Asked::new(id, line.name()))
    }

    /// Sends a conference command to be run in the background, as [`bgapi`](Self::bgapi) does. The
    /// [`Asked`] that it returns reads the reply in the ending.
    ///
    /// # Errors
    /// As [`api_command`](Self::api_command).
    pub fn bgapi_command(&mut self, now: Instant, line: Line<'_>) -> Result<Asked, SendError> {
        let id = self.send(now, &Message::bgapi_command(line)?)?;
        Ok(Asked::new(id, line.name()))
    }
}

/// A conference command that was sent: the request, and the sub-command that its reply is read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    id: Id,
    name: Option<Name>,
}

impl Asked {
    pub(super) const fn new(id: Id, name: Option<Name>) -> Self {
        Self { id, name }
    }

    /// Returns the request, as the events of the connection name it.
    pub const fn id(self) -> Id {
        self.id
    }

    /// Returns the sub-command; `None` for one that the crate doesn't know.
    pub const fn name(self) -> Option<Name> {
        self.name
    }

    /// Reads the ending of the request: an answer, a refusal, or the output of a job. `None`: it
    /// ended without anything that the server printed, as by its time; the ending says how.
    pub fn reply(self, ending: Ending<'_>) -> Option<Reply<'_>> {
        let text = ending.output()?;
        Some(match self.name {
            Some(name) => Reply::new(name, text),
            None => Reply::unnamed(text),
        })
    }
}
