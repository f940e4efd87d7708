//! FreeSWITCH: its event socket, its conference commands and what comes back.

pub mod command;
pub mod list;
pub mod reply;
