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
//! with a connection that is lost before the answer has come:
//!
//! ```
//! use std::time::Duration;
//! use ami_proto::action::CoreStatus;
//! use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending};
//! use ami_proto::conn::Backoff;
//! use ami_proto::server::{self, Server};
//! use ami_proto::testing::{Link, ServerScript};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut link = Link::new().latency(Duration::from_millis(20)).pieces(100).seeded(7);
//! let mut pbx = ServerScript::new(Server::new(link.now(), server::Config::new()))
//!     .on("CoreStatus", |asked| asked.server.respond(asked.id, "Success", [("CoreCurrentCalls", "3")]));
//! let mut client = Client::new(Config::new());
//! let mut backoff = Backoff::default().seeded(7);
//! let (mut to_ask, mut lost, mut calls) = (true, 0, None);
//! link.near().cut_after(220); // behind the login, in the answer to `CoreStatus`
//! client.login(link.now(), Credentials::plain("admin", "s3cret"))?;
//! while link.turn(&mut client, &mut pbx) {
//!     while let Ok(Some(event)) = client.poll_event() {
//!         if let ClientEvent::Ended { ending: Ending::Reply(response), .. } = event {
//!             calls = response.frame().get("CoreCurrentCalls").map(|calls| calls.to_string());
//!         }
//!     }
//!     if client.is_over() {
//!         lost += 1;
//!         link.pass(backoff.lost(link.now()));
//!         link.connect_again();
//!         pbx.server = Server::new(link.now(), server::Config::new());
//!         to_ask |= client.reconnect()?.unanswered.iter().any(|request| request.is_safe_to_retry());
//!         client.login(link.now(), Credentials::plain("admin", "s3cret"))?;
//!     }
//!     if to_ask && client.is_logged_in() {
//!         client.send(link.now(), &CoreStatus::new())?;
//!         to_ask = false;
//!     }
//! }
//! assert_eq!((lost, calls.as_deref()), (1, Some("3")));
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
