//! Sets of branches: which ones have a header.

use super::Branch;
use super::table::BRANCHES;

/// Branches that the tables know, a bit for each of `BRANCHES`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Branches(u32);

impl Branches {
    pub(super) const ALL: Self = Self(u32::MAX >> (32 - BRANCHES.len()));

    /// Reads what `pack.rs` of the generator writes. Text that it didn't write is no branch.
    pub(super) fn read(hex: &str) -> Self {
        Self(u32::from_str_radix(hex, 16).unwrap_or(0))
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns true if it is one of these. A branch newer than all that the tables know is like the
    /// newest.
    pub(super) fn has(self, branch: Branch) -> bool {
        let known = BRANCHES.last().map_or(branch, |newest| branch.min(*newest));
        BRANCHES.iter().position(|other| *other == known).is_some_and(|at| self.0 >> at & 1 == 1)
    }

    pub(super) fn first(self) -> Option<Branch> {
        BRANCHES.get(self.0.trailing_zeros() as usize).copied()
    }

    /// The last one, unless it is the newest that the tables know.
    pub(super) fn last(self) -> Option<Branch> {
        let at = u32::BITS.checked_sub(self.0.leading_zeros() + 1)? as usize;
        BRANCHES[..BRANCHES.len() - 1].get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The set of these places in `BRANCHES`.
    fn places(places: core::ops::Range<usize>) -> Branches {
        Branches(places.map(|at| 1 << at).sum())
    }

    #[test]
    fn each_branch_is_in_the_sets_that_hold_it() {
        let set = places(2..7);
        for (at, branch) in BRANCHES.into_iter().enumerate() {
            assert_eq!(set.has(branch), (2..7).contains(&at), "{branch}");
            assert!(Branches::ALL.has(branch), "{branch}");
        }
        assert_eq!((set.first(), set.last()), (Some(BRANCHES[2]), Some(BRANCHES[6])));
        assert_eq!((Branches::ALL.first(), Branches::ALL.last()), (Some(BRANCHES[0]), None));
        let none = set.and(places(8..9));
        assert_eq!((none.first(), none.last(), none.has(BRANCHES[2])), (None, None, false));
        assert!(set.or(places(0..2)) == places(0..7));
    }

    #[test]
    fn a_branch_that_no_table_knows_is_like_the_newest_or_none() {
        let next = Branch::new(200, 0);
        assert_eq!((Branches::ALL.has(next), places(0..3).has(next)), (true, false));
        assert_eq!((Branches::ALL.has(Branch::new(1, 2)), Branches::ALL.has(Branch::new(1, 7))), (false, false));
    }

    #[test]
    fn text_that_no_generator_wrote_is_no_branch() {
        assert!(Branches::read("x") == Branches::read("0"));
        assert_eq!(Branches::read("").first(), None);
    }
}
