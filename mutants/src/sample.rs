//! Which candidates are tried: drawn by a seed, spread over the modules by their size.

use std::collections::{BTreeMap, BTreeSet};

use crate::sites::Candidate;

/// The chosen candidates, and in what order others take the place of those that don't compile.
#[derive(Debug)]
pub(crate) struct Sample {
    /// By module: its candidates in the order of the draw, and how many of them are wanted.
    modules: Vec<(Vec<usize>, usize)>,
    ids: Vec<usize>,
}

impl Sample {
    /// Draws `count` of `eligible` (places in `all`), all of them if there are no more.
    pub(crate) fn new(all: &[Candidate], eligible: &[usize], seed: u64, count: usize) -> Self {
        let mut by_module: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &id in eligible {
            by_module.entry(all[id].module()).or_default().push(id);
        }
        let mut modules = Vec::new();
        for (name, mut ids) in by_module {
            let share = (ids.len() * count).div_ceil(eligible.len()).min(ids.len());
            // A module draws the same whatever the other ones have.
            let mut numbers = SplitMix(name.bytes().fold(seed, |state, byte| SplitMix(state ^ u64::from(byte)).next()));
            for end in (1..ids.len()).rev() {
                ids.swap(end, numbers.below(end + 1));
            }
            modules.push((ids, share));
        }
        let mut sample = Self { modules, ids: Vec::new() };
        sample.choose();
        sample
    }

    /// The chosen ones, in the order of files and positions.
    pub(crate) fn ids(&self) -> &[usize] {
        &self.ids
    }

    /// Takes these out; the next ones of the same module take their places.
    pub(crate) fn replace(&mut self, gone: &BTreeSet<usize>) {
        for (ids, _) in &mut self.modules {
            ids.retain(|id| !gone.contains(id));
        }
        self.choose();
    }

    fn choose(&mut self) {
        self.ids = self.modules.iter().flat_map(|(ids, share)| ids.iter().take(*share)).copied().collect();
        self.ids.sort_unstable();
    }
}

/// The generator splitmix64: the same numbers from the same seed, everywhere.
#[derive(Debug)]
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number below `end`: the upper half of a product, which 32-bit machines have as well.
    fn below(&mut self, end: usize) -> usize {
        let wide = u128::from(self.next()) * end as u128;
        usize::try_from(wide >> 64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate> {
        let text = "fn f() -> A { [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }";
        let mut all = Vec::new();
        for (file, times) in [("src/wire/a.rs", 8), ("src/wire/b.rs", 2), ("src/http/a.rs", 5)] {
            for _ in 0..times {
                all.extend(crate::sites::of_file(file, text).expect("a file that parses"));
            }
        }
        all
    }

    #[test]
    fn the_seed_makes_the_sample() {
        assert_eq!(SplitMix(1).next(), 0x910a_2dec_8902_5cc1);
        let all = candidates();
        let eligible: Vec<usize> = (0..all.len()).collect();
        let draw = |seed| Sample::new(&all, &eligible, seed, 15).ids().to_vec();
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let of_wire = draw(7).iter().filter(|&&id| all[id].module() == "wire").count();
        assert_eq!((draw(7).len(), of_wire), (15, 10));
    }

    #[test]
    fn one_that_does_not_compile_is_replaced_in_its_module() {
        let all = candidates();
        let eligible: Vec<usize> = (0..all.len()).collect();
        let mut sample = Sample::new(&all, &eligible, 1, 15);
        let before = sample.ids().to_vec();
        sample.replace(&BTreeSet::from([before[0]]));
        let after = sample.ids();
        assert!(!after.contains(&before[0]));
        assert_eq!(after.len(), 15);
        assert_eq!(after.iter().filter(|id| before.contains(id)).count(), 14);
    }

    #[test]
    fn more_than_there_is_are_all() {
        let all = candidates();
        let sample = Sample::new(&all, &[3, 5, 4], 1, 1000);
        assert_eq!(sample.ids(), [3, 4, 5]);
    }
}
