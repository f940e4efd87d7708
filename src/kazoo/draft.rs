//! Keeps the fields of a document that is being written, and finds the one that is set again.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::write;
use crate::wiped::WipedText;

/// Names and JSON texts, in the order in which they were first set. Setting one takes O(log n).
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Fields {
    /// PINs may be among them.
    values: Vec<WipedText>,
    /// The place of each name's value.
    places: BTreeMap<String, usize>,
}

impl Fields {
    /// Sets a field, in place of what it was set to before.
    pub(super) fn set(&mut self, name: &str, value: impl Into<WipedText>) {
        let value = value.into();
        if let Some(before) = self.places.get(name).and_then(|place| self.values.get_mut(*place)) {
            *before = value;
        } else {
            self.places.insert(name.to_owned(), self.values.len());
            self.values.push(value);
        }
    }

    pub(super) fn to_json(&self) -> WipedText {
        let mut fields: Vec<_> = self.places.iter().map(|(name, place)| (*place, &**name)).collect();
        fields.sort_unstable();
        write::object(fields.iter().zip(&self.values).map(|((_, name), value)| (*name, &**value)))
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn a_field_is_set_in_its_place() {
        let mut fields = Fields::default();
        for round in 0..2 {
            for number in [3, 1, 2] {
                fields.set(&format!("f{number}"), format!("{}", number * 10 + round));
            }
        }
        assert_eq!(&*fields.to_json(), r#"{"f3": 31, "f1": 11, "f2": 21}"#);
    }
}
