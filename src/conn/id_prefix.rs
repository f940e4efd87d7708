//! What the beginnings of names are drawn from that nobody else may guess: of a client's
//! `ActionID`s, of a FreeSWITCH connection's jobs.

use core::hash::{BuildHasher, BuildHasherDefault};
use std::hash::{DefaultHasher, RandomState};

/// Draws the numbers of one connection after the other, of which none tells another: each is
/// `SipHash` under a secret key, which is made so that its outputs reveal neither the key nor each
/// other.
#[derive(Clone)]
pub(crate) enum Prefixes {
    /// The randomness that the standard library has for its hash maps: a key of 128 bits from the
    /// operating system.
    Random { key: RandomState, connection: u32 },
    /// A number that the caller has chosen, to get the same bytes each time.
    Seeded { seed: u64, connection: u32 },
}

impl Prefixes {
    pub(crate) fn random() -> Self {
        Self::Random { key: RandomState::new(), connection: 0 }
    }

    pub(crate) fn seeded(seed: u64) -> Self {
        Self::Seeded { seed, connection: 0 }
    }

    /// The next connection begins.
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
