// Where each item begins in `catalogue.txt`, and what is asked of events before that.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.
pub(super) static BLOCK_STARTS: [u32; 6] = [0, 162, 274, 424, 576, 722];
pub(super) static EVENT_STARTS: [u32; 6] = [785, 1824, 1876, 1921, 1956, 1998];
pub(super) static ACTION_STARTS: [u32; 12] = [3680, 4353, 4456, 4566, 4912, 4981, 5089, 5392, 5534, 5643, 5750, 5893];
pub(crate) const EVENT_CLASSES: [u32; 6] = [34, 2, 0, 0, 1, 0];
pub(crate) static ANSWERS: [u64; 1] = [0x27];
pub(super) const COMMON: usize = 0;
pub(super) const REQUEST_COMMON: usize = 2;
pub(super) const REPLY_COMMON: usize = 1;
pub(crate) const READY: usize = 4;
pub(crate) static ANNOUNCEMENTS: [&str; 1] = ["will follow"];
