//! The kernel for every x86-64: sixteen bytes a comparison.

use core::arch::x86_64::{_mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8};

use super::{BLOCK, Job, Masks, Simd};

const NEWLINE: i8 = 0x0a;
const COLON: i8 = 0x3a;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sse2;

impl Simd for Sse2 {
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sixteen bits of mask in an i32")]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        let mut masks = Masks::NONE;
        for (lane, bytes) in block.chunks_exact(16).enumerate() {
            // SAFETY: the load reads the 16 bytes that `bytes` borrows and asks for no alignment;
            // SSE2 is part of x86-64.
            let [newlines, colons] = unsafe {
                let bytes = _mm_loadu_si128(bytes.as_ptr().cast());
                [NEWLINE, COLON].map(|byte| _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte))))
            };
            masks.newlines |= u64::from(newlines as u16) << (16 * lane);
            masks.colons |= u64::from(colons as u16) << (16 * lane);
        }
        masks
    }

    #[inline(never)]
    fn run<W: Job>(self, work: W) -> W::Output {
        work.run(self)
    }
}
