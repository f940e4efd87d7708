//! Decides when to free memory that one giant frame has claimed.

/// Recent memory needs of a buffer. One round is one use of the buffer: a part of its content was
/// finished, and the next part needs room.
///
/// After sixteen rounds that needed less than a quarter of the buffer's largest size before, the
/// buffer should shrink to twice what they needed. At or below 64 KiB it keeps its size: traffic of
/// one size never makes it grow and shrink in turn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recent {
    /// Largest size of the buffer in bytes; more than 4 GiB count as 4 GiB.
    most: u32,
    /// Most bytes that any of the last rounds needed.
    needed: u32,
    rounds: u8,
}

impl Recent {
    const ROUNDS: u8 = 16;
    /// Size in bytes up to which a buffer never shrinks.
    pub(crate) const SMALL: u32 = 1 << 16;

    /// Records a need for this number of bytes.
    #[inline]
    pub(crate) fn need(&mut self, bytes: usize) {
        self.needed = self.needed.max(u32::try_from(bytes).unwrap_or(u32::MAX));
    }

    /// Ends a round. Once every sixteen rounds, returns the most bytes that any of them needed.
    #[inline]
    pub(crate) fn needed(&mut self) -> Option<usize> {
        self.rounds += 1;
        if self.rounds < Self::ROUNDS {
            return None;
        }
        self.rounds = 0;
        Some(core::mem::take(&mut self.needed) as usize)
    }

    /// Ends a round, as [`needed`](Self::needed) does. Returns the size to which the buffer should
    /// shrink, if it should.
    pub(crate) fn round(&mut self) -> Option<usize> {
        self.most = self.most.max(self.needed);
        let needed = self.needed()?;
        if self.most <= Self::SMALL || needed >= self.most as usize / 4 {
            return None;
        }
        let size = needed.saturating_mul(2).max(Self::SMALL as usize);
        self.most = u32::try_from(size).unwrap_or(u32::MAX);
        Some(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// Returns the rounds, counted from 1, at which the buffer shrinks, and its new sizes, when
    /// `once` bytes are needed first and then `then` bytes each time.
    fn shrinks(once: usize, then: usize) -> Vec<(u32, usize)> {
        let mut recent = Recent::default();
        recent.need(once);
        recent.need(1);
        let rounds = (1..=48).filter_map(|round| {
            let size = recent.round();
            recent.need(then);
            Some((round, size?))
        });
        rounds.collect()
    }

    #[test]
    fn sixteen_rounds_that_need_little() {
        const SMALL: usize = 1 << 16;
        assert_eq!(shrinks(1 << 20, 10), [(32, SMALL)]);
        assert_eq!(shrinks(1 << 20, 40_000), [(32, 80_000)]);
        assert_eq!(shrinks(1 << 20, (1 << 18) - 1), [(32, (1 << 19) - 2)]);
        assert_eq!(shrinks(1 << 20, 1 << 18), []);
        assert_eq!(shrinks(SMALL, 10), []);
        assert_eq!(shrinks(SMALL + 1, 10), [(32, SMALL)]);
    }
}
