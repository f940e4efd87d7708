//! Compares names as the servers do: the case of ASCII letters apart.

/// The letter in lower case. Changes some bytes that are no letters as well, so that what is equal here need not be the same.
#[inline]
pub(super) const fn fold(byte: u8) -> u8 {
    byte | 0x20
}

/// Whether two names are the same, the case of ASCII letters apart.
///
/// Names that are the same are so to the letter nearly always. Up to sixteen bytes two words each tell that: the first and the last bytes, which overlap.
#[inline]
pub(crate) fn same_name(one: &[u8], other: &[u8]) -> bool {
    let same = match one.len() {
        8..=16 => same_ends::<8>(one, other),
        4..8 => same_ends::<4>(one, other),
        _ => false,
    };
    one.len() == other.len() && (same || one.eq_ignore_ascii_case(other))
}

#[inline]
fn same_ends<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<N>() == other.first_chunk() && one.last_chunk::<N>() == other.last_chunk()
}
