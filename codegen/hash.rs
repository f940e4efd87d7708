// Names to numbers without regard to case: a perfect hash, shared by the generator, which looks for
// one, and the crate, which uses it.

/// How many groups the names fall into; each group has a seed that keeps its names apart.
pub(crate) const GROUPS: usize = 128;

/// How many slots the names are spread over.
pub(crate) const SLOTS: usize = 1024;

/// A number for a name, the case of its letters apart. Reads the first, the middle and the last
/// eight bytes and the length: no two names of the catalogue share these.
#[inline]
pub(crate) fn fold(name: &[u8]) -> u64 {
    // Setting the bit that tells lower case from upper; that it changes other bytes as well does no
    // harm.
    const CASE: u64 = 0x2020_2020_2020_2020;
    let middle = name.get(name.len().saturating_sub(8) / 2..).and_then(<[u8]>::first_chunk::<8>);
    let parts = match (name.first_chunk::<8>(), middle, name.last_chunk::<8>()) {
        (Some(head), Some(middle), Some(tail)) => [*head, *middle, *tail],
        _ => [short(name), [0; 8], [0; 8]],
    };
    let [head, middle, tail] = parts.map(|part| u64::from_le_bytes(part) | CASE);
    let mixed = head.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ middle.rotate_left(43)
        ^ tail.rotate_left(29)
        ^ ((name.len() as u64) << 56);
    let mixed = mixed.wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ (mixed >> 32)
}

/// All bytes of a name of less than eight: four from either end, or what there is.
#[inline]
fn short(name: &[u8]) -> [u8; 8] {
    if let (Some(head), Some(tail)) = (name.first_chunk(), name.last_chunk()) {
        return (u64::from(u32::from_le_bytes(*tail)) << 32 | u64::from(u32::from_le_bytes(*head))).to_le_bytes();
    }
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(name) {
        *to = *from;
    }
    bytes
}

/// The group of a folded name.
#[inline]
pub(crate) const fn group(folded: u64) -> usize {
    (folded >> 40) as usize % GROUPS
}

/// The slot of a folded name, given its group's seed.
#[inline]
pub(crate) const fn slot(folded: u64, seed: u16) -> usize {
    let mixed = (folded ^ seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 48) as usize % SLOTS
}
