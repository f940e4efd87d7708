//! Writes the `ActionID`s of a client and recognises them in what the server sends.

use crate::conn::id_prefix::Prefixes;
use crate::range::part;

/// The first ten letters and digits of every `ActionID` of a connection. No other session can guess
/// them, so no other session can pass its events off as answers to this client.
///
/// A server shows `ActionID`s to other sessions: `OriginateResponse` carries them to every session
/// that reads the class `call`. So no prefix may allow a guess at the next one.
#[derive(Clone, Copy)]
pub(super) struct Prefix([u8; Self::LEN]);

impl Prefix {
    const LEN: usize = 10;

    /// Draws the prefix of a new connection: fifty random bits.
    pub(super) fn new(prefixes: &Prefixes) -> Self {
        let bits = prefixes.bits();
        Self(core::array::from_fn(|place| b"0123456789abcdefghjkmnpqrstvwxyz"[(bits >> (5 * place) & 31) as usize]))
    }

    /// Returns the `ActionID` for the request of this number.
    pub(super) fn id(self, number: u64) -> ActionId {
        let mut id = ActionId { bytes: [0; ActionId::LEN], start: ActionId::LEN };
        let mut left = number;
        loop {
            id.put(b'0' + (left % 10) as u8);
            left /= 10;
            if left == 0 {
                break;
            }
        }
        id.put(b'-');
        self.0.iter().rev().for_each(|letter| id.put(*letter));
        id
    }

    /// Returns the number in an `ActionID` that has this prefix, or `None` for any other
    /// `ActionID`.
    pub(super) fn number(self, id: &[u8]) -> Option<u64> {
        let digits = id.strip_prefix(&self.0)?.strip_prefix(b"-")?;
        if digits.is_empty() || digits.len() > 19 {
            return None;
        }
        digits.iter().try_fold(0, |number: u64, digit| {
            let digit = digit.wrapping_sub(b'0');
            (digit < 10).then(|| number * 10 + u64::from(digit))
        })
    }
}

impl core::fmt::Debug for Prefix {
    /// Hides the prefix: a reader who knows it can forge answers.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Prefix(***)")
    }
}

/// An `ActionID` in a fixed buffer, filled from its end.
pub(super) struct ActionId {
    bytes: [u8; Self::LEN],
    start: usize,
}

impl ActionId {
    /// Longest `ActionID` in bytes: prefix, hyphen, and the twenty digits of the largest number.
    pub(super) const LEN: usize = Prefix::LEN + 21;

    fn put(&mut self, byte: u8) {
        self.start = self.start.saturating_sub(1);
        self.bytes[self.start] = byte;
    }

    pub(super) fn as_str(&self) -> &str {
        // All bytes are ASCII.
        core::str::from_utf8(part(&self.bytes, self.start..)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No prefix may follow from another by anything simpler than the key: not by their sum, their
    /// difference or common bits.
    #[test]
    fn prefixes_tell_nothing_of_each_other() {
        let bits = |prefixes: &mut Prefixes| {
            let Prefix(letters) = Prefix::new(prefixes);
            prefixes.advance();
            letters.iter().fold(0_u64, |bits, letter| bits << 8 | u64::from(*letter))
        };
        let mut differences = alloc::collections::BTreeSet::new();
        let mut exclusives = alloc::collections::BTreeSet::new();
        let sources = [Prefixes::random(), Prefixes::random(), Prefixes::seeded(7), Prefixes::seeded(8)];
        for (number, mut prefixes) in sources.clone().into_iter().enumerate() {
            let mut one = bits(&mut prefixes);
            for session in 0..200 {
                let next = bits(&mut prefixes);
                assert!(differences.insert(next.wrapping_sub(one)), "client {number}, session {session}");
                assert!(exclusives.insert(next ^ one), "client {number}, session {session}");
                one = next;
            }
        }
        // Two clients draw different bits.
        let [mut one, mut other, ..] = sources;
        assert!((0..200).all(|_| bits(&mut one) != bits(&mut other)));
    }
}
