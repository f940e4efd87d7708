//! FreeSWITCH: its event socket, its conference commands and what comes back.

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
