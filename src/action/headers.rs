//! Keeps an action's headers in the order of the wire, and finds the one that a setter replaces.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use smallvec::SmallVec;

use super::Arg;
use super::args::{Header, HeaderName};
use crate::steps::count;

/// Headers among which one is found faster by looking at all.
const FEW: usize = 16;

/// A field of the table, with the number in its name if it has one.
type Field = (&'static str, Option<u32>);

/// The headers of an action. Setting one takes O(log n).
#[derive(Clone, Default)]
pub(super) struct Headers<'a> {
    all: SmallVec<[Header<'a>; 4]>,
    /// The place of each field, of its first header where it repeats; `None` while there are few
    /// headers. In a box, since most actions are made and dropped without it.
    #[expect(clippy::box_collection, reason = "a word that is null costs less to make and to drop")]
    places: Option<Box<BTreeMap<Field, usize>>>,
}

impl<'a> Headers<'a> {
    /// Returns the headers in the order in which they are written.
    #[inline]
    pub(super) fn as_slice(&self) -> &[Header<'a>] {
        &self.all
    }

    /// Returns the value of a field, of its first header where it repeats.
    pub(super) fn get(&self, name: &HeaderName<'a>) -> Option<&Arg<'a>> {
        self.place(name).and_then(|place| self.all.get(place)).map(|header| &header.value)
    }

    /// Adds a header behind the others.
    #[inline]
    pub(super) fn push(&mut self, header: Header<'a>) {
        self.all.push(header);
        if self.all.len() > FEW {
            self.note();
        }
    }

    /// Sets the value of a field, in place of the one that it has.
    pub(super) fn set(&mut self, name: HeaderName<'a>, value: Arg<'a>, secret: bool) {
        match self.place(&name).and_then(|place| self.all.get_mut(place)) {
            Some(header) => header.value = value,
            None => self.push(Header { name, value, secret }),
        }
    }

    /// Returns the number behind the highest one that this numbered field has; 0 if it has none.
    pub(super) fn next_number(&self, pattern: &'static str) -> u32 {
        let highest = if self.all.len() > FEW {
            count(|steps| steps.looked += 1);
            let places = self.places.as_deref();
            places.and_then(|places| places.range(..=(pattern, Some(u32::MAX))).next_back()).map(|(field, _)| *field)
        } else {
            count(|steps| steps.looked += self.all.len());
            self.all.iter().filter_map(|header| field(&header.name)).filter(|(name, _)| *name == pattern).max()
        };
        match highest {
            Some((name, Some(number))) if name == pattern => number.saturating_add(1),
            _ => 0,
        }
    }

    fn place(&self, name: &HeaderName<'a>) -> Option<usize> {
        if self.all.len() > FEW {
            count(|steps| steps.looked += 1);
            return self.places.as_deref()?.get(&field(name)?).copied();
        }
        count(|steps| steps.looked += self.all.len());
        self.all.iter().position(|header| header.name == *name)
    }

    /// Notes where the last header is; at the first that is one too many for a search, where all
    /// are.
    #[cold]
    fn note(&mut self) {
        let last = self.all.len() - 1;
        let first = if last == FEW { 0 } else { last };
        let places = self.places.get_or_insert_default();
        for (place, header) in self.all.iter().enumerate().skip(first) {
            if let Some(field) = field(&header.name) {
                places.entry(field).or_insert(place);
            }
        }
    }
}

/// Returns the field that a setter may set again. Assignments and free headers only add up.
fn field(name: &HeaderName<'_>) -> Option<Field> {
    match name {
        HeaderName::Field(name) => Some((name, None)),
        HeaderName::Numbered(pattern, number) => Some((pattern, Some(*number))),
        HeaderName::Assignment(..) | HeaderName::Free(_) => None,
    }
}
