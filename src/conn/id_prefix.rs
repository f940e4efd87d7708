//! What the beginnings of names are drawn from that nobody else may guess: of a client's `ActionID`s, of a FreeSWITCH connection's jobs.

use core::hash::{BuildHasher, BuildHasherDefault};
use std::hash::{DefaultHasher, RandomState};

/// A source of numbers, of which none tells another: each is `SipHash` under a secret key, which is made so that its outputs reveal neither the key nor each other.
#[derive(Clone)]
pub(crate) enum PrefixSource {
    /// The randomness that the standard library has for its hash maps: a key of 128 bits from the operating system.
    Random(RandomState),
    /// A number that the caller has chosen, to get the same bytes each time.
    Seed(u64),
}

impl PrefixSource {
    pub(crate) fn random() -> Self {
        Self::Random(RandomState::new())
    }

    /// The bits for the connection of this number.
    pub(crate) fn bits(&self, connection: u32) -> u64 {
        match self {
            Self::Random(key) => key.hash_one(connection),
            Self::Seed(seed) => BuildHasherDefault::<DefaultHasher>::default().hash_one((seed, connection)),
        }
    }
}
