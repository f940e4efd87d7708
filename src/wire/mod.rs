//! Bytes to frames and frames to bytes: framing, and no telephony.
//!
//! | you have | take |
//! |---|---|
//! | a stream, read piece by piece | [`Decoder`]: it owns the buffer |
//! | your own buffer (`io_uring`, a ring, `mmap`) | [`Scanner`]: it keeps the index, you keep the bytes |
//! | a message to send | [`FrameWriter`] |
//!
//! What a frame is, and why the rules are as lenient as they are, is told in
//! [`manual::framing`](crate::manual::framing).

mod decoder;
mod encode;
mod follows;
mod frame;
mod header_index;
mod kernel;
mod limits;
mod name;
mod owned;
mod recv_buffer;
mod scan;
mod value;

pub use decoder::{Decoder, Truncated};
pub use encode::FrameWriter;
pub(crate) use encode::{SERVER_HEADERS, name_refusal};
#[cfg(feature = "serde")]
pub(crate) use follows::END_OF_COMMAND;
#[cfg(feature = "xml")]
pub(crate) use follows::before_end;
pub(crate) use follows::is_follows;
pub use frame::{Frame, FrameKind, Lines};
pub(crate) use header_index::HeaderIndex;
#[cfg(feature = "freeswitch")]
pub(crate) use header_index::OwnedHeaderIndex;
pub use header_index::{GetAll, Header, Headers};
pub use kernel::Kernel;
pub use limits::{Framing, Limits};
pub(crate) use name::same_name;
pub use owned::OwnedFrame;
#[cfg(feature = "freeswitch")]
pub(crate) use recv_buffer::{RecvBuffer, Room};
pub use scan::{FrameEnd, Scanner};
pub use value::Value;
