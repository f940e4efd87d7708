//! crate docs placeholder
#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

extern crate alloc;

pub mod error;
pub mod manual;
pub mod wire;

pub use error::{EncodeError, FrameError};
pub use wire::{Decoder, Frame, FrameKind, Framing, Limits, OwnedFrame, Value};
