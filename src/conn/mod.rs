//! The driver's contract of the state machines, and the parts that they share.
//!
//! [`Client`](crate::client::Client), [`Server`](crate::server::Server) and FreeSWITCH's
//! `Connection` do no I/O and read no clock: a driver moves bytes and tells the time. [`Machine`]
//! is all that a driver has to know of them. [`Backoff`] tells it when to connect again, and
//! [`Trace`] what they do, for a log.

pub(crate) mod backlog;
mod backoff;
pub(crate) mod deadlines;
pub(crate) mod id_prefix;
pub(crate) mod keep_alive;
mod machine;
pub(crate) mod notices;
mod owned;
mod request;
pub(crate) mod send_buffer;
pub(crate) mod service;
#[cfg(all(test, feature = "std"))]
pub(crate) mod stage_table;
mod trace;

pub use backoff::Backoff;
pub use machine::Machine;
pub(crate) use machine::{machine, sealed};
pub(crate) use owned::owned;
pub use request::{Id, Reached};
pub use trace::Trace;
pub(crate) use trace::Tracer;
