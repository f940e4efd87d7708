//! What the state machines of `client`, `server` and `freeswitch` have in common.

pub(crate) mod deadlines;
pub(crate) mod id_prefix;
pub(crate) mod notices;
mod request;
pub(crate) mod send_buffer;

pub use request::{Id, Progress};
