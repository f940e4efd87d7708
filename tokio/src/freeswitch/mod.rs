//! FreeSWITCH's event socket: the same connection, handle and streams as for Asterisk.
//!
//! ```no_run
//! use ami_tokio::freeswitch::{self, Connector, Credentials, Events};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let switch = Connector::new("127.0.0.1:8021", Credentials::password("ClueCon"))
//!     .events(Events::new().event("CHANNEL_HANGUP_COMPLETE")?)
//!     .connect()
//!     .await?;
//! let mut hangups = switch.events().named("CHANNEL_HANGUP_COMPLETE").start();
//!
//! print!("{}", switch.api("status").await?);
//! let call = switch.bgapi("originate user/1000 &park()").await?;
//! println!("{call}"); // +OK 7f4d…, or -ERR USER_BUSY
//!
//! while let Some(item) = hangups.next().await {
//!     match item.event() {
//!         Some(event) => println!("{:?}", event.view().get("Hangup-Cause")),
//!         None => eprintln!("{item}"), // missed, disconnected, connected again
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod answer;
mod builder;
mod protocol;

use std::time::Instant;

use ami_proto::conn::Id;
use ami_proto::error::SendError;
use ami_proto::freeswitch::command::Line;
use ami_proto::freeswitch::{Connection, Ending, OwnedEnding};

pub use ami_proto::freeswitch::{Config, Credentials, EventFormat, Events, Message, event};
pub use answer::{Answer, CommandAnswer};
pub use builder::Names;

use crate::error::{ConnectError, Ended, Failure};
use crate::handle::Handle;

/// A connection to FreeSWITCH that is yet to be made.
pub type Connector = crate::ConnectorOf<Connection>;

/// An item of a stream of FreeSWITCH's events.
pub type Item = crate::Item<Connection>;

/// A stream of FreeSWITCH's events.
pub type EventStream = crate::Events<Connection>;

/// A request that FreeSWITCH has not answered, or has refused.
pub type Error = crate::Error<Connection>;

/// A connection to FreeSWITCH's event socket: see [`Handle`] for what it is as a value, and the
/// methods here for what can be asked.
pub type Switch = Handle<Connection>;

/// Connects to an event socket and logs in: the settings are the defaults, see [`Connector`]. The
/// address is `host:port`, the port 8021 unless configured.
///
/// # Errors
/// [`ConnectError`], which has the address, where the connection can't be made or the login is
/// refused. It makes one attempt.
pub async fn connect(address: impl Into<String>, credentials: Credentials) -> Result<Switch, ConnectError> {
    Connector::new(address, credentials).connect().await
}

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
        self.ask(|connection, now| match within {
            Some(within) => connection.send_within(now, &message, within),
            None => connection.send(now, &message),
        })
        .await
    }

    /// Runs a command to a conference, and waits for its answer, which is read as that command's.
    ///
    /// # Errors
    /// As [`api`](Self::api), and where an argument would arrive as something else.
    pub async fn conference(&self, line: Line<'_>) -> Result<CommandAnswer, Error> {
        let mut asked = None;
        let answer = self.ask(|connection, now| connection.api_command(now, line).map(|sent| asked.insert(sent).id()));
        answer.await.map(|answer| CommandAnswer::new(answer, asked))
    }

    /// Runs a command to a conference in the background, and waits for its output: for `dial`,
    /// which takes as long as the phone rings.
    ///
    /// # Errors
    /// As [`conference`](Self::conference).
    pub async fn conference_in_background(&self, line: Line<'_>) -> Result<CommandAnswer, Error> {
        let mut asked = None;
        let answer =
            self.ask(|connection, now| connection.bgapi_command(now, line).map(|sent| asked.insert(sent).id()));
        answer.await.map(|answer| CommandAnswer::new(answer, asked))
    }

    /// Subscribes to events, beside those of the [connector](Connector::events): [`Events`], or
    /// names with blanks between them. They are subscribed to on the next connection as well.
    ///
    /// # Errors
    /// As [`api`](Self::api).
    pub async fn subscribe(&self, format: EventFormat, types: impl AsRef<[u8]>) -> Result<Answer, Error> {
        self.ask(|connection, now| connection.subscribe(now, format, types.as_ref())).await
    }

    /// Lets only such events through whose header has this value, or one that another filter names.
    /// They are set on the next connection as well.
    ///
    /// # Errors
    /// As [`api`](Self::api).
    pub async fn filter(&self, header: &str, value: impl AsRef<[u8]>) -> Result<Answer, Error> {
        self.ask(|connection, now| connection.filter(now, header, value.as_ref())).await
    }

    /// Begins a stream of the events that are subscribed to: of all, unless it is told which.
    pub fn events(&self) -> crate::EventsBuilder<Connection> {
        crate::EventsBuilder::new(self.hold.clone(), Names::default())
    }

    async fn ask(&self, send: impl FnMut(&mut Connection, Instant) -> Result<Id, SendError>) -> Result<Answer, Error> {
        let ending = self.hold.send(false, send).await?.end().await.ending;
        match ending.view() {
            Ending::Reply(_) | Ending::Job(_) => Ok(Answer::new(ending)),
            _ => Err(failed(ending)),
        }
    }
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
