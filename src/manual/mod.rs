//! The design of the crate, the protocol and the threats, for maintainers and for authors of
//! similar crates.
//!
//! - [`framing`]: the framing rules of every version, and the way in which the crate finds frames.
//! - [`limits`]: attacks by a hostile or broken peer, and the limits that stop them.
//! - [`performance`]: measured speed, the steps that gained it, and the steps that were discarded.
//! - [`injection`]: values that a request must not contain, and received values not to be trusted.
//! - `reference`: the field's public reference pages, line by line: where each is in this crate.
//! - `json`: the JSON that the feature `serde` writes for each type, and which of it is read back.

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
