//! The headers of an event, an action or an answer, blocks expanded.

use super::branches::Branches;
use super::table::{Field, block_rows, column, common_reply_rows};

/// Headers, blocks expanded.
#[derive(Clone)]
pub struct Fields {
    /// Rows that are being read, and below them those that come after.
    stack: smallvec::SmallVec<[Rows; 4]>,
}

/// Rows, and the prefix that they stand under.
#[derive(Clone, Copy)]
struct Rows {
    prefix: Prefix,
    rows: &'static str,
    within: Within,
}

/// Branches that the event, action or answer says of headers, beside the headers' own rows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Within {
    pub(super) item: Branches,
    /// Those of the `use` by which the header's block came in.
    pub(super) block: Branches,
    /// Headers of the block of which that `use` says the branches by itself.
    pub(super) but: &'static str,
}

/// A block's prefix as the wire has it, and as a method's name has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) wire: &'static str,
    pub(super) snake: &'static str,
}

impl Fields {
    pub(super) fn new(rows: &'static str, after: &'static str, item: Branches) -> Self {
        let prefix = Prefix { wire: "", snake: "" };
        let within = Within { item, block: Branches::ALL, but: "" };
        Self { stack: smallvec::smallvec![Rows { prefix, rows: after, within }, Rows { prefix, rows, within }] }
    }

    /// Returns the headers that every request has.
    #[cfg(feature = "serde")]
    pub(crate) fn of_requests() -> Self {
        Self::new(super::table::common_request_rows(), "", Branches::ALL)
    }

    /// Returns the headers that every response may have.
    pub(super) fn of_responses() -> Self {
        Self::new(common_reply_rows(), "", Branches::ALL)
    }
}

impl core::fmt::Debug for Fields {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl Iterator for Fields {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        loop {
            let Rows { prefix, rows, within } = self.stack.pop()?;
            let (line, rest) = rows.split_once('\n').unwrap_or((rows, ""));
            if !rest.is_empty() {
                self.stack.push(Rows { prefix, rows: rest, within });
            }
            if line.is_empty() || line.starts_with("*\t") {
                continue;
            }
            let Some(block) = line.strip_prefix("+\t") else { return Some(Field { prefix, line, within }) };
            let rows = block_rows(column(block, 0).parse().unwrap_or(usize::MAX));
            let inner = Prefix { wire: column(block, 1), snake: column(block, 2) };
            let block_within = Within {
                block: within.block.and(Branches::read(column(block, 3))),
                but: if within.but.is_empty() { column(block, 4) } else { within.but },
                ..within
            };
            let prefix = if inner.wire.is_empty() { prefix } else { inner };
            self.stack.push(Rows { prefix, rows, within: block_within });
        }
    }
}
