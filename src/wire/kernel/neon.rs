//! The kernel for 64-bit ARM: sixteen bytes a comparison, and sums of neighbours in place of a mask
//! instruction.

use core::arch::aarch64::{vandq_u8, vceqq_u8, vdupq_n_u8, vgetq_lane_u64, vld1q_u8, vpaddq_u8, vreinterpretq_u64_u8};

use super::{BLOCK, Job, Masks, Simd};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Neon;

impl Simd for Neon {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        Masks { newlines: places(block, b'\n'), colons: places(block, b':') }
    }

    #[inline(never)]
    fn run<W: Job>(self, work: W) -> W::Output {
        work.run(self)
    }
}

/// The bit that stands for each byte within its eight.
const BIT: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

/// Bit *n* of the result is set where byte *n* of the block equals `byte`.
///
/// Each byte that matches leaves its bit. Adding neighbours three times over adds up eights, in
/// their order.
#[inline(always)]
fn places(block: &[u8; BLOCK], byte: u8) -> u64 {
    // SAFETY: the loads read 16 bytes each: of `BIT`, which has that many, and at 0, 16, 32 and 48
    // of the 64 bytes that `block` borrows. They ask for no alignment. NEON is part of every target
    // that this file is compiled for.
    unsafe {
        let (bit, byte) = (vld1q_u8(BIT.as_ptr()), vdupq_n_u8(byte));
        let [one, two, three, four] =
            [0, 16, 32, 48].map(|at| vandq_u8(vceqq_u8(vld1q_u8(block.as_ptr().add(at)), byte), bit));
        let pairs = vpaddq_u8(vpaddq_u8(one, two), vpaddq_u8(three, four));
        vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(pairs, pairs)))
    }
}
