//! FreeSWITCH: its event socket, its conference commands and what comes back.

mod buffer;
pub mod command;
mod decoder;
pub mod event;
mod frame;
pub mod reply;
mod secret;

pub use decoder::{Decoder, LIMITS};
pub use event::Event;
pub use frame::{ContentType, Frame, OwnedFrame};
pub use secret::{mask, mask_header};
