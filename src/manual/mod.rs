//! Why the crate is the way it is: design, protocol and threats, for those who maintain it or build
//! something like it.
//!
//! - [`framing`]: what a frame is on the wire of every version, and how it is found.
//! - [`limits`]: what a hostile or broken peer can do, and what stops it.
//! - [`performance`]: how fast it is, what made it so, and what was thrown away.
//! - [`injection`]: what may not be written, and what can't be trusted in what is read.
//! - `reference`: the field's public reference pages, line by line: where each is in this crate.
//! - `json`: what the feature `serde` makes of everything, and what it reads back.

pub mod framing;
pub mod injection;
#[cfg(feature = "serde")]
pub mod json;
pub mod limits;
#[doc = include_str!("performance.md")]
pub mod performance {}
#[cfg(feature = "conference")]
#[doc = include_str!("reference.md")]
pub mod reference {}
