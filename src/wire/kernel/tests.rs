//! Every kernel of this machine gives the masks of a byte-by-byte search, for any bytes at any
//! alignment.

use proptest::prelude::*;
use std::vec::Vec;

use super::{BLOCK, Job, Kernel, Masks, Simd};

/// Computes one block's masks with the kernel that runs it.
struct One<'a>(&'a [u8; BLOCK]);

impl Job for One<'_> {
    type Output = Masks;

    #[inline(always)]
    fn run<L: Simd>(self, lanes: L) -> Masks {
        lanes.masks(self.0)
    }
}

/// Bytes that a wrong comparison would confuse with line feed or colon: their neighbours, and both
/// with one bit changed.
const NEAR: [u8; 12] = [b'\n', b':', 9, 11, b'9', b';', b'\n' | 0x80, b':' | 0x80, b'\r', 0, 0x7f, 255];

fn naive(block: &[u8; BLOCK]) -> Masks {
    let at = |byte| (0..BLOCK).fold(0, |mask, i| mask | u64::from(block[i] == byte) << i);
    Masks { newlines: at(b'\n'), colons: at(b':') }
}

/// Miri takes a thousand times as long, and its checks do not depend on the bytes: under Miri only
/// each `STEP`th byte is tested.
const STEP: usize = if cfg!(miri) { 51 } else { 1 };

#[test]
fn every_byte_in_every_place() {
    for kernel in Kernel::available() {
        for place in 0..BLOCK {
            for byte in (0..=255).step_by(STEP) {
                for fill in NEAR.into_iter().step_by(STEP) {
                    let mut block = [fill; BLOCK];
                    block[place] = byte;
                    assert_eq!(kernel.run(One(&block)), naive(&block), "{kernel}: {byte:#x} at {place} in {fill:#x}");
                }
            }
        }
    }
}

#[test]
fn portable_is_always_there_and_the_best_is_first() {
    let all: Vec<Kernel> = Kernel::available().collect();
    assert_eq!(all.first(), Some(&Kernel::best()));
    assert_eq!(all.last(), Some(&Kernel::PORTABLE));
}

proptest! {
    #![proptest_config({
        let cases = ProptestConfig::default().cases;
        ProptestConfig { cases: if cfg!(miri) { 2 } else { cases }, ..ProptestConfig::default() }
    })]

    #[test]
    fn all_agree_at_every_alignment(bytes in prop::collection::vec(prop_oneof![prop::sample::select(&NEAR[..]), any::<u8>()], 3 * BLOCK)) {
        for block in bytes.windows(BLOCK) {
            let Some(block) = block.first_chunk() else { continue };
            for kernel in Kernel::available() {
                prop_assert_eq!(kernel.run(One(block)), naive(block), "{}", kernel);
            }
        }
    }
}
