//! A world to test in: a connection in memory that delays, splits, stalls and breaks off, servers
//! that answer by a script, and a clock that goes as fast as nothing happens.
//!
//! A [`Link`] joins two sides, of any type that is a [`Machine`]. No test with it needs a socket or
//! sleeps: an hour without a word takes no time, and the same seed gives the same run on every
//! machine.
//!
//! | the other side | what it is |
//! |---|---|
//! | [`Server`](crate::server::Server) | whatever the test makes of it, event by event |
//! | [`ServerScript`] | a `Server` with rules: "asked for this action, answer so" |
//! | [`ByteScript`] | rules on bytes: FreeSWITCH, and servers that break the protocol |
//! | the test itself | [`Link::far`] reads and writes like a socket |
//!
//! [`client`](crate::client#testing) and [`server`](crate::server#testing) show a test each; one
//! with a connection that is lost and made again:
//!
//! ```
//! use std::time::Duration;
//! use ami_proto::client::{Client, Config, Credentials};
//! use ami_proto::conn::Backoff;
//! use ami_proto::server::{self, Server};
//! use ami_proto::testing::{Link, ServerScript};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut link = Link::new().latency(Duration::from_millis(20)).pieces(100).seeded(7);
//! let mut pbx = ServerScript::new(Server::new(link.now(), server::Config::new()));
//! let mut client = Client::new(Config::new());
//! let mut backoff = Backoff::default().seeded(7);
//! let mut lost = 0;
//! link.far().cut_after(30); // in the middle of the login
//! client.login(link.now(), Credentials::plain("admin", "s3cret"))?;
//! while link.turn(&mut client, &mut pbx) {
//!     while client.poll_event().is_ok_and(|event| event.is_some()) {}
//!     if client.is_over() {
//!         lost += 1;
//!         link.pass(backoff.lost(link.now()));
//!         link.connect_again();
//!         pbx.server = Server::new(link.now(), server::Config::new());
//!         client.reconnect()?;
//!         client.login(link.now(), Credentials::plain("admin", "s3cret"))?;
//!     }
//! }
//! assert!(client.is_logged_in() && lost == 1);
//! # Ok(())
//! # }
//! ```

mod byte_script;
mod link;
mod server_script;

#[cfg(doc)]
use crate::conn::Machine;

pub use byte_script::ByteScript;
pub use link::{End, Link};
pub use server_script::{Asked, ServerScript};
