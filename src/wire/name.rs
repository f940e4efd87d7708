//! Compares names as the servers do: ignoring ASCII case.

/// Converts a letter to lower case. It also changes some bytes that are not letters, so equal
/// results don't prove equal names.
#[inline]
pub(super) const fn fold(byte: u8) -> u8 {
    byte | 0x20
}

/// Returns whether two names are equal, ignoring ASCII case.
///
/// It compares a word at a time, without a branch per letter: the words at the ends overlap, so
/// they cover any length.
#[inline]
pub(crate) fn same_name(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && match one.len() {
            8.. => same_long(one, other),
            0 => true,
            4..8 => same_words(ends(one), ends(other)),
            _ => one.iter().zip(other).all(|(one, other)| one.eq_ignore_ascii_case(other)),
        }
}

/// Compares names of eight bytes and more.
#[inline]
fn same_long(one: &[u8], other: &[u8]) -> bool {
    let (Some(last), Some(other_last)) = (one.last_chunk(), other.last_chunk()) else { return false };
    let words =
        |name| <[u8]>::chunks_exact(name, 8).map(|word| word.first_chunk().map_or(0, |word| u64::from_le_bytes(*word)));
    same_words(u64::from_le_bytes(*last), u64::from_le_bytes(*other_last))
        && words(one).zip(words(other)).all(|(one, other)| same_words(one, other))
}

/// Returns the first and the last four bytes.
#[inline]
fn ends(name: &[u8]) -> u64 {
    let [first, last] =
        [name.first_chunk(), name.last_chunk()].map(|end| end.map_or(0, |end| u32::from_le_bytes(*end)));
    u64::from(last) << 32 | u64::from(first)
}

#[inline]
fn same_words(one: u64, other: u64) -> bool {
    // Equal names nearly always have equal case too.
    one == other || lower_case(one) == lower_case(other)
}

/// Converts eight bytes from A–Z to lower case.
#[inline]
const fn lower_case(word: u64) -> u64 {
    const EACH: u64 = u64::MAX / 255;
    // The top bit of a byte's sum tells whether its other bits reach the letter; sums don't carry
    // into the next byte.
    let low = word & (0x7f * EACH);
    let from_a = low + (0x80 - b'A' as u64) * EACH;
    let beyond_z = low + (0x7f - b'Z' as u64) * EACH;
    let upper = from_a & !beyond_z & !word & (0x80 * EACH);
    word | upper >> 2
}

#[cfg(test)]
mod tests {
    use super::same_name;
    use proptest::prelude::*;

    /// Names compare as in the standard library: ASCII case is ignored, and nothing else.
    #[test]
    fn every_byte_beside_every_other() {
        for (one, other) in (0..=255_u8).flat_map(|one| (0..=255).map(move |other| (one, other))) {
            for len in [1, 2, 3, 4, 7, 8, 9, 16, 17, 33] {
                for place in [0, len / 2, len - 1] {
                    let [mut a, mut b] = [[b'x'; 40]; 2];
                    (a[place], b[place]) = (one, other);
                    let (a, b) = (&a[..len], &b[..len]);
                    assert_eq!(
                        same_name(a, b),
                        a.eq_ignore_ascii_case(b),
                        "{one:#x} and {other:#x} at {place} of {len}"
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn names_are_the_same_in_any_case(one in "[ -~\\x00-\\xff]{0,24}", other in "[ -~]{0,24}", case: u32) {
            let flipped: std::vec::Vec<u8> = (0..).zip(one.bytes()).map(|(i, byte): (u32, u8)| {
                if case.rotate_right(i) & 1 == 0 { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() }
            }).collect();
            prop_assert!(same_name(one.as_bytes(), &flipped));
            prop_assert_eq!(same_name(one.as_bytes(), other.as_bytes()), one.eq_ignore_ascii_case(&other));
        }
    }
}
