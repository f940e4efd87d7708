//! Source of unpredictable prefixes: for the `ActionID`s of a client and the jobs of a FreeSWITCH
//! connection.

use core::hash::{BuildHasher, BuildHasherDefault};
use std::hash::{DefaultHasher, RandomState};

/// Draws a number for each connection in turn. No number allows a guess at another: each is
/// `SipHash` under a secret key, a function whose outputs reveal neither the key nor each other.
#[derive(Clone)]
pub(crate) enum Prefixes {
    /// The randomness of the standard library's hash maps: a key of 128 bits from the operating
    /// system.
    Random { key: RandomState, connection: u32 },
    /// A number chosen by the caller, so that each run writes the same bytes.
    Seeded { seed: u64, connection: u32 },
}

impl Prefixes {
    pub(crate) fn random() -> Self {
        Self::Random { key: RandomState::new(), connection: 0 }
    }

    pub(crate) fn seeded(seed: u64) -> Self {
        Self::Seeded { seed, connection: 0 }
    }

    /// Moves to the next connection.
    pub(crate) fn advance(&mut self) {
        let (Self::Random { connection, .. } | Self::Seeded { connection, .. }) = self;
        *connection = connection.wrapping_add(1);
    }

    /// Returns the bits for this connection.
    pub(crate) fn bits(&self) -> u64 {
        match self {
            Self::Random { key, connection } => key.hash_one(connection),
            Self::Seeded { seed, connection } => {
                BuildHasherDefault::<DefaultHasher>::default().hash_one((seed, connection))
            }
        }
    }
}
