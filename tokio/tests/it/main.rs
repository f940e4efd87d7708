//! The tests of `ami-tokio`: over connections in memory and on a clock that goes as fast as nothing
//! happens, against the server role of `ami-proto`.

mod closing;
mod drops;
mod events;
mod lists;
mod pbx;
mod reconnects;
mod requests;
