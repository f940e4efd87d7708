//! FreeSWITCH: its event socket, its conference commands and what comes back.
//!
//! # Conferences
//!
//! [`command`] writes the sub-commands of `conference`, [`reply`] reads what became of them, and [`list`] who is there.
//!
//! ```
//! use ami_proto::freeswitch::command::{Command, List};
//! use ami_proto::freeswitch::reply::{Done, Reply};
//! use ami_proto::freeswitch::list::{self, Format};
//!
//! let mut line = Vec::new();
//! List::new().delimiter(">,<").to("room 1").api(&mut line)?;
//! assert_eq!(line, b"api conference 'room 1' list delim >,<\n\n");
//!
//! let body = b"7>,<sofia/internal/1001>,<1ba2e4d8-731b-496c-9471-d1a356b7406e>,<Bob>,<1001>,<hear|speak>,<0>,<0>,<100\n";
//! if let Some(Done::List(text)) = Reply::new(List::NAME, body).done() {
//!     let list = list::List::parse(text.as_bytes(), &Format::new().delimiter(">,<"));
//!     assert_eq!(list.conferences[0].members[0].caller_name, "Bob");
//! }
//! # Ok::<(), ami_proto::freeswitch::command::CommandError>(())
//! ```

mod buffer;
pub mod command;
#[cfg(feature = "std")]
mod connection;
mod decoder;
pub mod event;
mod frame;
pub mod list;
pub mod reply;
mod secret;

#[cfg(feature = "std")]
pub use connection::{
    Config, Connection, ConnectionEvent, Credentials, Ending, EventFormat, Id, Message, Progress, Report, Unanswered,
};
pub use decoder::{Decoder, LIMITS};
pub use event::Event;
pub use frame::{ContentType, Frame, OwnedFrame};
pub use secret::{mask, mask_header};
