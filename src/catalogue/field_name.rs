//! A name of a header on the wire, and which branches write it.

use super::Branch;
use super::branches::Branches;
use alloc::string::String;

/// A name of a header on the wire, and the branches that write it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FieldName {
    prefix: &'static str,
    name: &'static str,
    branches: Branches,
}

impl FieldName {
    pub(super) const fn new(prefix: &'static str, name: &'static str, branches: Branches) -> Self {
        Self { prefix, name, branches }
    }

    pub(super) const fn branches(self) -> Branches {
        self.branches
    }

    /// The name without the prefix of its block; matched without regard to case. `{i}` stands for a
    /// number, `{i:6}` for one of six digits, `{key}` for any text.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Prefix and name.
    pub fn wire_name(self) -> String {
        [self.prefix, self.name].concat()
    }

    /// First branch that writes it; `None`: no branch does, though the documentation has it.
    pub fn since(self) -> Option<Branch> {
        self.branches.first()
    }

    /// Last branch that writes it; `None`: it is still there, if it was there at all.
    pub fn until(self) -> Option<Branch> {
        self.branches.last()
    }

    /// Returns true if this branch writes it.
    pub fn exists_in(self, branch: Branch) -> bool {
        self.branches.has(branch)
    }
}

impl core::fmt::Debug for FieldName {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FieldName")
            .field("name", &self.wire_name())
            .field("since", &self.since())
            .field("until", &self.until())
            .finish_non_exhaustive()
    }
}
