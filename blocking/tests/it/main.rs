//! The tests of `ami-blocking`: over sockets of the loopback, against the server role of
//! `ami-proto`, which a thread drives.

mod closing;
mod events;
#[cfg(feature = "freeswitch")]
mod freeswitch;
mod pbx;
mod reconnects;
mod requests;
