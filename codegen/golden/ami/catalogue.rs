// Where each item begins in `catalogue.txt`, and what is asked of events before that.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.
pub(super) static BLOCK_STARTS: [u32; 5] = [0, 162, 274, 426, 572];
pub(super) static EVENT_STARTS: [u32; 6] = [635, 1519, 1571, 1616, 1651, 1693];
pub(super) static ACTION_STARTS: [u32; 10] = [3375, 4043, 4146, 4256, 4602, 4671, 4756, 5059, 5201, 5306];
pub(crate) const EVENT_CLASSES: [u32; 6] = [34, 2, 0, 0, 1, 0];
pub(crate) static ANSWERS: [u64; 1] = [0x27];
pub(super) const COMMON: usize = 0;
pub(super) const REPLY_COMMON: usize = 1;
pub(crate) const READY: usize = 4;
pub(crate) static ANNOUNCEMENTS: [&str; 1] = ["will follow"];
