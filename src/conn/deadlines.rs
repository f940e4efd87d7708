//! Sorted deadlines of many requests, for clients and FreeSWITCH connections: a look at the next
//! one touches one entry, and a change touches few.

use alloc::collections::BTreeSet;

/// Deadlines by request number; at most one per request.
#[derive(Debug)]
pub(crate) struct Deadlines<T>(BTreeSet<(T, u64)>);

impl<T: Ord + Copy> Default for Deadlines<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Ord + Copy> Deadlines<T> {
    pub(crate) const fn new() -> Self {
        Self(BTreeSet::new())
    }

    /// Returns the earliest deadline and its request.
    pub(crate) fn first(&self) -> Option<(T, u64)> {
        self.0.first().copied()
    }

    /// Returns whether this request has this deadline.
    #[cfg(debug_assertions)]
    pub(crate) fn has(&self, id: u64, due: T) -> bool {
        self.0.contains(&(due, id))
    }

    /// Returns the number of deadlines.
    #[allow(dead_code, reason = "asked by the checks of debug builds alone")]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the latest deadline and its request.
    pub(crate) fn last(&self) -> Option<(T, u64)> {
        self.0.last().copied()
    }

    /// Moves the deadline of a request.
    pub(crate) fn put(&mut self, id: u64, from: Option<T>, to: Option<T>) {
        if from == to {
            return;
        }
        if let Some(from) = from {
            self.0.remove(&(from, id));
        }
        if let Some(to) = to {
            self.0.insert((to, id));
        }
    }
}

#[cfg(test)]
pub(crate) mod seen {
    use core::cmp::Ordering;

    use crate::steps::count;

    /// A time that counts how often it is compared with another.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Seen(pub(crate) u64);

    impl Ord for Seen {
        fn cmp(&self, other: &Self) -> Ordering {
            count(|steps| steps.looked += 1);
            self.0.cmp(&other.0)
        }
    }

    impl PartialOrd for Seen {
        fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Deadlines;
    use super::seen::Seen;
    use crate::steps::steps;

    #[test]
    fn few_are_looked_at() {
        for requests in [10, 1000, 100_000] {
            let mut deadlines = Deadlines::new();
            for id in 0..requests {
                deadlines.put(id, None, Some(Seen(id * 7919 % requests)));
            }
            assert_eq!(steps(|| assert_eq!(deadlines.first(), Some((Seen(0), 0)))).looked, 0, "{requests}: the first");
            let moved = steps(|| deadlines.put(0, Some(Seen(0)), Some(Seen(requests)))).looked;
            // A search of a B-tree looks at eleven entries per level at most, and there are two
            // searches.
            let levels = requests.ilog(6) as usize + 1;
            assert!(moved <= 2 * 11 * levels, "{requests}: {moved} for a move");
            assert_ne!(deadlines.first(), Some((Seen(0), 0)));
            deadlines.put(0, Some(Seen(requests)), None);
            assert_eq!(deadlines.0.len() as u64, requests - 1);
        }
    }
}
