//! The kernel for x86-64 since 2013: 32 bytes a comparison, and the bit instructions that came with
//! them.

use core::arch::x86_64::{_mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8};
#[cfg(feature = "std")]
use std::arch::is_x86_feature_detected as has;

use super::{BLOCK, Job, Masks, Simd};

const NEWLINE: i8 = 0x0a;
const COLON: i8 = 0x3a;

/// There is a value where [`detect`](Self::detect) made one: where the machine has what
/// [`enclosed`] is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// Asks the machine, which costs something the first time only; without `std`, the compiler's
    /// target.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        #[cfg(feature = "std")]
        let found = has!("avx2") && has!("bmi1") && has!("bmi2") && has!("lzcnt") && has!("popcnt");
        #[cfg(not(feature = "std"))]
        let found = cfg!(all(
            target_feature = "avx2",
            target_feature = "bmi1",
            target_feature = "bmi2",
            target_feature = "lzcnt",
            target_feature = "popcnt"
        ));
        found.then_some(Self(()))
    }
}

impl Simd for Avx2 {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        // SAFETY: `self` proves that the machine has AVX2.
        unsafe { masks(block) }
    }

    #[inline]
    fn run<W: Job>(self, work: W) -> W::Output {
        // SAFETY: `self` proves that the machine has all that the function is compiled for.
        unsafe { enclosed(self, work) }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
#[expect(clippy::cast_sign_loss, reason = "32 bits of mask in an i32")]
unsafe fn masks(block: &[u8; BLOCK]) -> Masks {
    let mut masks = Masks::NONE;
    for (lane, bytes) in block.chunks_exact(32).enumerate() {
        // SAFETY: the load reads the 32 bytes that `bytes` borrows and asks for no alignment; the
        // caller has AVX2.
        let (newlines, colons) = unsafe {
            let bytes = _mm256_loadu_si256(bytes.as_ptr().cast());
            let newlines = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(NEWLINE));
            let colons = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(COLON));
            (_mm256_movemask_epi8(newlines), _mm256_movemask_epi8(colons))
        };
        masks.newlines |= u64::from(newlines as u32) << (32 * lane);
        masks.colons |= u64::from(colons as u32) << (32 * lane);
    }
    masks
}

/// The work, and by inlining all that it does, compiled with the instructions of the kernel.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn enclosed<W: Job>(lanes: Avx2, work: W) -> W::Output {
    work.run(lanes)
}
