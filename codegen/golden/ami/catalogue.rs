// Where each item begins in `catalogue.txt`, and what is asked of events before that.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.
pub(super) static BLOCK_STARTS: [u32; 5] = [0, 162, 274, 426, 572];
pub(super) static EVENT_STARTS: [u32; 6] = [635, 1674, 1726, 1771, 1806, 1848];
pub(super) static ACTION_STARTS: [u32; 12] = [3530, 4203, 4306, 4416, 4762, 4831, 4916, 5219, 5361, 5466, 5573, 5716];
pub(crate) const EVENT_CLASSES: [u32; 6] = [34, 2, 0, 0, 1, 0];
pub(crate) static ANSWERS: [u64; 1] = [0x27];
pub(super) const COMMON: usize = 0;
pub(super) const REPLY_COMMON: usize = 1;
pub(crate) const READY: usize = 4;
pub(crate) static ANNOUNCEMENTS: [&str; 1] = ["will follow"];
