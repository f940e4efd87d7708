//! The tests of `ami-tokio`: over connections in memory and on a clock that goes as fast as nothing
//! happens, against the server role of `ami-proto`.

mod closing;
mod drops;
mod events;
#[cfg(feature = "freeswitch")]
mod freeswitch;
mod lists;
mod memory;
mod pbx;
mod reconnects;
mod requests;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tracing")]
mod tracing;
