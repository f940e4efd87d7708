//! Finds the two bytes that structure AMI, line feed and colon, in blocks of 64 bytes.
//!
//! A kernel is the only part that differs between instruction sets: it turns a block into two bit
//! masks. The scanner does the rest (first colon of each line, blank lines, limits, the index). It
//! is written once over masks and compiled once for each kernel, so that the whole loop uses the
//! kernel's instructions, and no call separates a mask from its use.
//!
//! The files of the vector kernels are the only ones of the crate with `unsafe`. They rest on one
//! rule: a kernel's type has a value only on machines with its instructions.

#[cfg(all(feature = "simd", target_arch = "x86_64"))]
#[expect(unsafe_code, reason = "vector instructions, behind a value that stands for their presence")]
mod avx2;
#[cfg(all(feature = "simd", target_arch = "aarch64", target_endian = "little"))]
#[expect(unsafe_code, reason = "vector instructions, which every machine of this target has")]
mod neon;
mod portable;
#[cfg(all(feature = "simd", target_arch = "x86_64"))]
#[expect(unsafe_code, reason = "vector instructions, which every machine of this target has")]
mod sse2;
#[cfg(test)]
mod tests;

use core::fmt;

use portable::Portable;

/// Number of bytes in a block: one for each bit of a mask.
pub(crate) const BLOCK: usize = 64;

/// Positions of line feeds and colons in a block: bit *n* stands for byte *n*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Masks {
    pub(crate) newlines: u64,
    pub(crate) colons: u64,
}

impl Masks {
    /// The masks of no bytes.
    pub(crate) const NONE: Self = Self { newlines: 0, colons: 0 };
}

/// A way to compute [`Masks`]. A value of this type proves that the machine supports it.
pub(crate) trait Simd: Copy {
    fn masks(self, block: &[u8; BLOCK]) -> Masks;

    /// Runs a job in a function in which the compiler may use the kernel's instructions.
    fn run<W: Job>(self, work: W) -> W::Output;
}

/// A loop over masks. Its body must be `#[inline(always)]` to be compiled with the kernel's
/// instructions.
pub(crate) trait Job {
    type Output;

    fn run<L: Simd>(self, lanes: L) -> Self::Output;
}

/// The instruction set with which line feeds and colons are found.
///
/// A [`Decoder`](crate::Decoder) chooses the fastest one of the machine; all of them give equal
/// results. Choosing another is for measurements and tests.
///
/// Without the feature `simd` there is only [`PORTABLE`](Self::PORTABLE). With the feature `std`
/// the machine is queried at run time; without it AVX2 is used if the crate is compiled for it.
///
/// ```
/// use ami_proto::wire::Kernel;
/// use ami_proto::{Decoder, Limits};
///
/// for kernel in Kernel::available() {
///     let mut decoder = Decoder::new(Limits::new()).with_kernel(kernel);
///     decoder.push(b"Event: Hangup\r\n\r\n");
///     assert!(decoder.next_frame()?.is_some(), "{kernel}");
/// }
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kernel(Which);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Which {
    #[cfg(all(feature = "simd", target_arch = "x86_64"))]
    Avx2(avx2::Avx2),
    #[cfg(all(feature = "simd", target_arch = "x86_64"))]
    Sse2(sse2::Sse2),
    #[cfg(all(feature = "simd", target_arch = "aarch64", target_endian = "little"))]
    Neon(neon::Neon),
    Portable(Portable),
}

impl Kernel {
    /// Safe Rust, for every machine.
    pub const PORTABLE: Self = Self(Which::Portable(Portable));

    /// Returns the fastest kernel of this machine.
    #[inline]
    pub fn best() -> Self {
        Self::available().next().unwrap_or(Self::PORTABLE)
    }

    /// Yields the kernels that this machine supports, fastest first.
    #[inline]
    pub fn available() -> impl Iterator<Item = Self> {
        [
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            avx2::Avx2::detect().map(Which::Avx2),
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Some(Which::Sse2(sse2::Sse2)),
            #[cfg(all(feature = "simd", target_arch = "aarch64", target_endian = "little"))]
            Some(Which::Neon(neon::Neon)),
            Some(Which::Portable(Portable)),
        ]
        .into_iter()
        .flatten()
        .map(Self)
    }

    /// Returns the kernel's name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self.0 {
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Which::Avx2(_) => "avx2",
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Which::Sse2(_) => "sse2",
            #[cfg(all(feature = "simd", target_arch = "aarch64", target_endian = "little"))]
            Which::Neon(_) => "neon",
            Which::Portable(_) => "portable",
        }
    }

    #[inline]
    pub(crate) fn run<W: Job>(self, work: W) -> W::Output {
        match self.0 {
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Which::Avx2(lanes) => lanes.run(work),
            #[cfg(all(feature = "simd", target_arch = "x86_64"))]
            Which::Sse2(lanes) => lanes.run(work),
            #[cfg(all(feature = "simd", target_arch = "aarch64", target_endian = "little"))]
            Which::Neon(lanes) => lanes.run(work),
            Which::Portable(lanes) => lanes.run(work),
        }
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kernel({self})")
    }
}
