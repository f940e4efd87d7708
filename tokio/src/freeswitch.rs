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

pub use ami_session::freeswitch::{
    Answer, CommandAnswer, Config, Credentials, Error, EventFormat, EventStream, Events, Item, Message, Names, Switch,
    event,
};

use ami_session::freeswitch::Connection;
use ami_session::{ConnectError, Settings};

/// A connection to FreeSWITCH that is yet to be made.
pub type Connector = crate::ConnectorOf<Connection>;

/// Connects to an event socket and logs in: the settings are the defaults, see [`Connector`]. The
/// address is `host:port`, the port 8021 unless configured.
///
/// # Errors
/// [`ConnectError`], which has the address, where the connection can't be made or the login is
/// refused. It makes one attempt.
pub async fn connect(address: impl Into<String>, credentials: Credentials) -> Result<Switch, ConnectError> {
    Connector::new(address, credentials).connect().await
}

impl Connector {
    /// Begins with the defaults, each told at its setter. The address is `host:port`, the port 8021
    /// unless configured.
    pub fn new(address: impl Into<String>, credentials: Credentials) -> Self {
        Self::with(Settings::new(address, credentials, Config::new()))
    }
}
