//! The contenders, a file each: how it is fed, and what of its work is counted.

pub mod ami_proto;
pub mod asterisk_ami;
pub mod asterisk_manager;
pub mod asterisk_rs_ami;
pub mod httparse;
pub mod loopback;
pub mod nom;
pub mod scale;
pub mod split;
