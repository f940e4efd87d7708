//! Counts by name, of which a recording can have as many as it has lines.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Names that are told apart. Recordings of real servers have some two hundred.
const MOST: usize = 1000;

/// Something counted for each key. The first thousand keys have a count each, all others one
/// together.
pub(crate) struct Tallies<K, V> {
    known: HashMap<K, V>,
    others: V,
}

impl<K, V: Default> Default for Tallies<K, V> {
    fn default() -> Self {
        Self { known: HashMap::new(), others: V::default() }
    }
}

impl<K: Eq + Hash, V: Default> Tallies<K, V> {
    /// The count of this key. The key is copied only where it is new.
    pub(crate) fn of<Q>(&mut self, key: &Q) -> &mut V
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        if !self.known.contains_key(key) {
            if self.known.len() >= MOST {
                return &mut self.others;
            }
            self.known.insert(key.to_owned(), V::default());
        }
        self.known.get_mut(key).expect("it has just been put there")
    }

    /// Adds another file's, each count by `add`.
    pub(crate) fn add(&mut self, other: Self, add: impl Fn(&mut V, V))
    where
        K: Clone,
    {
        for (key, count) in other.known {
            add(self.of(&key), count);
        }
        add(&mut self.others, other.others);
    }
}

impl<K, V> Tallies<K, V> {
    /// Each key that is told apart, with its count, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.known.iter()
    }

    /// All other keys.
    pub(crate) fn others(&self) -> &V {
        &self.others
    }

    /// All counts.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.known.values().chain([&self.others])
    }
}
