// Where each item begins in `catalogue.txt`.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.
pub(super) static BLOCK_STARTS: [u32; 5] = [0, 162, 274, 426, 564];
pub(super) static EVENT_STARTS: [u32; 5] = [627, 1489, 1540, 1585, 1620];
pub(super) static ACTION_STARTS: [u32; 5] = [3300, 3958, 4060, 4169, 4514];
pub(super) const COMMON: usize = 0;
pub(super) const REPLY_COMMON: usize = 1;
