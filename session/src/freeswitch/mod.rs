//! FreeSWITCH's event socket: the same handle and streams as for Asterisk.

mod answer;
mod builder;
mod protocol;

use std::time::{Duration, Instant};

use ami_proto::conn::Id;
use ami_proto::error::{EncodeError, SendError};
use ami_proto::freeswitch::command::Line;
use ami_proto::freeswitch::{Ending, OwnedEnding};

pub use ami_proto::freeswitch::{Config, Connection, Credentials, EventFormat, Events, Message, event};
pub use answer::{Answer, CommandAnswer};
pub use builder::Names;

use crate::error::{Ended, Failure};
use crate::handle::Handle;
use crate::queue;

/// An item of a stream of FreeSWITCH's events.
pub type Item = crate::Item<Connection>;

/// A stream of FreeSWITCH's events.
pub type EventStream = crate::Events<Connection>;

/// A request that FreeSWITCH has not answered, or has refused.
pub type Error = crate::Error<Connection>;

/// A connection to FreeSWITCH's event socket: see [`Handle`] for what it is as a value, and the
/// methods here for what can be asked.
pub type Switch = Handle<Connection>;

impl Handle<Connection> {
    /// Runs an API command, such as `status`, and waits for what it prints. The server does nothing
    /// else on this connection meanwhile: for what takes long there is [`bgapi`](Self::bgapi).
    ///
    /// # Errors
    /// [`Error`]: it was refused, or not answered; how far it had come is in it. What the command
    /// itself prints is an answer, also where that is `-ERR`: see [`Answer::is_error`].
    pub async fn api(&self, command: impl AsRef<[u8]>) -> Result<Answer, Error> {
        self.send(Message::api(command)).await
    }

    /// Runs an API command in the background and waits for its output.
    ///
    /// # Errors
    /// As [`api`](Self::api).
    pub async fn bgapi(&self, command: impl AsRef<[u8]>) -> Result<Answer, Error> {
        self.send(Message::bgapi(command)).await
    }

    /// Sends any command, and waits for its end.
    ///
    /// # Errors
    /// As [`api`](Self::api).
    pub async fn send(&self, message: Message) -> Result<Answer, Error> {
        let within = self.within;
        let later = || -> Result<(queue::Send<Connection>, usize), EncodeError> {
            let mut bytes = Vec::new();
            message.encode(&mut bytes)?;
            let message = message.clone();
            Ok((Box::new(move |connection, now| send(connection, now, &message, within)), bytes.len()))
        };
        let pending = self.hold.send(false, |connection, now| send(connection, now, &message, within), later)?;
        let ending = pending.end().await?.ending;
        match ending.view() {
            Ending::Reply(_) | Ending::Job(_) => Ok(Answer::new(ending)),
            _ => Err(failed(ending)),
        }
    }

    /// Runs a command to a conference, and waits for its answer, which is read as that command's.
    ///
    /// # Errors
    /// As [`api`](Self::api), and where an argument would arrive as something else.
    pub async fn conference(&self, line: Line<'_>) -> Result<CommandAnswer, Error> {
        let name = line.name();
        Ok(CommandAnswer::new(self.send(encoded(Message::api_command(line))?).await?, name))
    }

    /// Runs a command to a conference in the background, and waits for its output: for `dial`,
    /// which takes as long as the phone rings.
    ///
    /// # Errors
    /// As [`conference`](Self::conference).
    pub async fn conference_in_background(&self, line: Line<'_>) -> Result<CommandAnswer, Error> {
        let name = line.name();
        Ok(CommandAnswer::new(self.send(encoded(Message::bgapi_command(line))?).await?, name))
    }

    /// Subscribes to events, beside those of the connector: [`Events`], or names with blanks
    /// between them. They are subscribed to on the next connection as well.
    ///
    /// # Errors
    /// As [`api`](Self::api).
    pub async fn subscribe(&self, format: EventFormat, types: impl AsRef<[u8]>) -> Result<Answer, Error> {
        self.send(Message::subscribe(format, types)).await
    }

    /// Lets only such events through whose header has this value, or one that another filter names.
    /// They are set on the next connection as well.
    ///
    /// # Errors
    /// As [`api`](Self::api).
    pub async fn filter(&self, header: &str, value: impl AsRef<[u8]>) -> Result<Answer, Error> {
        self.send(encoded(Message::filter(header, value))?).await
    }

    /// Begins a stream of the events that are subscribed to: of all, unless it is told which.
    pub fn events(&self) -> crate::EventsBuilder<Connection> {
        crate::EventsBuilder::new(self.hold.clone(), Names::default())
    }
}

fn send(
    connection: &mut Connection,
    now: Instant,
    message: &Message,
    within: Option<Duration>,
) -> Result<Id, SendError> {
    match within {
        Some(within) => connection.send_within(now, message, within),
        None => connection.send(now, message),
    }
}

/// Returns the message, or the error of a request that was not sent.
fn encoded(message: Result<Message, EncodeError>) -> Result<Message, Error> {
    message.map_err(|error| Error::NotSent(error.into()))
}

/// Returns the error of a request that ended so. Which commands change nothing is not known.
fn failed(ending: OwnedEnding) -> Error {
    let how = match ending.view() {
        Ending::Refused(_) => Failure::Refused,
        other if other.never_reached_server() => Failure::NeverReached,
        _ => Failure::Unanswered,
    };
    Error::Ended(Box::new(Ended { ending, how, reads_only: false }))
}
