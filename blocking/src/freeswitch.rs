//! FreeSWITCH's event socket: the same connection, handle and readers as for Asterisk.
//!
//! ```no_run
//! use ami_blocking::freeswitch::{Connector, Credentials, Events};
//!
//! let switch = Connector::new("127.0.0.1:8021", Credentials::password("ClueCon"))
//!     .events(Events::new().event("CHANNEL_HANGUP_COMPLETE")?)
//!     .connect()?;
//! let hangups = switch.events().named("CHANNEL_HANGUP_COMPLETE").start();
//!
//! print!("{}", switch.api("status")?);
//! println!("{}", switch.bgapi("originate user/1000 &park()")?); // +OK 7f4d…, or -ERR USER_BUSY
//!
//! for item in hangups {
//!     match item.event() {
//!         Some(event) => println!("{:?}", event.view().get("Hangup-Cause")),
//!         None => eprintln!("{item}"), // missed, disconnected, connected again
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use ami_session::freeswitch::Connection;
use ami_session::{ConnectError, Settings};

pub use ami_session::freeswitch::{
    Answer, CommandAnswer, Config, Credentials, Error, EventFormat, Events, Item, Message, Names, event,
};

use crate::handle::{EventsBuilder, Handle};
use crate::wait::wait;

/// The sub-commands of `conference`, and the line that one is sent as.
pub use ami_proto::freeswitch::command;

/// A connection to FreeSWITCH that is yet to be made.
pub type Connector = crate::ConnectorOf<Connection>;

/// A reader of FreeSWITCH's events.
pub type EventStream = crate::Events<Connection>;

/// A connection to FreeSWITCH's event socket: see [`Handle`] for what it is as a value, and the
/// methods here for what can be asked.
pub type Switch = Handle<Connection>;

/// Connects to an event socket and logs in: the settings are the defaults, see [`Connector`]. The
/// address is `host:port`, the port 8021 unless configured.
///
/// # Errors
/// [`ConnectError`], which has the address, where the connection can't be made or the login is
/// refused. It makes one attempt.
pub fn connect(address: impl Into<String>, credentials: Credentials) -> Result<Switch, ConnectError> {
    Connector::new(address, credentials).connect()
}

impl Connector {
    /// Begins with the defaults, each told at its setter. The address is `host:port`, the port 8021
    /// unless configured.
    pub fn new(address: impl Into<String>, credentials: Credentials) -> Self {
        Self::with(Settings::new(address, credentials, Config::new()))
    }
}

impl Handle<Connection> {
    /// Runs an API command, such as `status`, and waits for what it prints. The server does nothing
    /// else on this connection meanwhile: for what takes long there is [`bgapi`](Self::bgapi).
    ///
    /// # Errors
    /// [`Error`]: it was refused, or not answered; how far it had come is in it. What the command
    /// itself prints is an answer, also where that is `-ERR`: see [`Answer::is_error`].
    pub fn api(&self, command: impl AsRef<[u8]>) -> Result<Answer, Error> {
        wait(self.0.api(command))
    }

    /// Runs an API command in the background and waits for its output.
    ///
    /// # Errors
    /// As [`api`](Self::api).
    pub fn bgapi(&self, command: impl AsRef<[u8]>) -> Result<Answer, Error> {
        wait(self.0.bgapi(command))
    }

    /// Sends any command, and waits for its end.
    ///
    /// # Errors
    /// As [`api`](Self::api).
    pub fn send(&self, message: Message) -> Result<Answer, Error> {
        wait(self.0.send(message))
    }

    /// Runs a command to a conference, and waits for its answer, which is read as that command's.
    ///
    /// # Errors
    /// As [`api`](Self::api), and where an argument would arrive as something else.
    pub fn conference(&self, line: command::Line<'_>) -> Result<CommandAnswer, Error> {
        wait(self.0.conference(line))
    }

    /// Runs a command to a conference in the background, and waits for its output: for `dial`,
    /// which takes as long as the phone rings.
    ///
    /// # Errors
    /// As [`conference`](Self::conference).
    pub fn conference_in_background(&self, line: command::Line<'_>) -> Result<CommandAnswer, Error> {
        wait(self.0.conference_in_background(line))
    }

    /// Subscribes to events, beside those of the connector: [`Events`], or names with blanks
    /// between them. They are subscribed to on the next connection as well.
    ///
    /// # Errors
    /// As [`api`](Self::api).
    pub fn subscribe(&self, format: EventFormat, types: impl AsRef<[u8]>) -> Result<Answer, Error> {
        wait(self.0.subscribe(format, types))
    }

    /// Lets only such events through whose header has this value, or one that another filter names.
    /// They are set on the next connection as well.
    ///
    /// # Errors
    /// As [`api`](Self::api).
    pub fn filter(&self, header: &str, value: impl AsRef<[u8]>) -> Result<Answer, Error> {
        wait(self.0.filter(header, value))
    }

    /// Begins a reader of the events that are subscribed to: of all, unless it is told which.
    pub fn events(&self) -> EventsBuilder<Connection> {
        self.0.events().into_kind()
    }
}
