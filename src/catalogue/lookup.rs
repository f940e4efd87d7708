//! Names to their place in the catalogue: constant time, without regard to case.

// The same source makes the tables in the build script.
include!("../../codegen/hash.rs");

/// A generated perfect hash: seeds by group, places by slot.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) seeds: [u16; GROUPS],
    /// Place in the names, or `u16::MAX`.
    pub(crate) slots: [u16; SLOTS],
    /// Names and aliases with the number of what they name.
    pub(crate) names: &'static [(&'static str, u16)],
}

mod names {
    use super::Names;
    include!(concat!(env!("OUT_DIR"), "/names.rs"));
}

/// Returns the number of the event of this name.
pub(crate) fn find_event(name: &[u8]) -> Option<usize> {
    find_name(&names::EVENTS, name)
}

/// Returns the number of the action of this name.
pub(crate) fn find_action(name: &[u8]) -> Option<usize> {
    find_name(&names::ACTIONS, name)
}

/// The number of what has this name.
#[inline]
pub(crate) fn find_name(names: &'static Names, name: &[u8]) -> Option<usize> {
    let folded = fold(name);
    let seed = names.seeds.get(group(folded))?;
    let place = names.slots.get(slot(folded, *seed))?;
    let (found, number) = names.names.get(usize::from(*place))?;
    crate::wire::same_name(name, found.as_bytes()).then_some(usize::from(*number))
}
