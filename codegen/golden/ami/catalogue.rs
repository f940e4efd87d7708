// Where each item begins in `catalogue.txt`, and what is asked of events before that.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.
pub(super) static BLOCK_STARTS: [u32; 5] = [0, 162, 274, 426, 565];
pub(super) static EVENT_STARTS: [u32; 6] = [628, 1503, 1555, 1600, 1635, 1677];
pub(super) static ACTION_STARTS: [u32; 12] = [3357, 4015, 4118, 4228, 4574, 4643, 4728, 5031, 5173, 5278, 5385, 5528];
pub(crate) const EVENT_CLASSES: [u32; 6] = [34, 2, 0, 0, 1, 0];
pub(crate) static ANSWERS: [u64; 1] = [0x27];
pub(super) const COMMON: usize = 0;
pub(super) const REPLY_COMMON: usize = 1;
pub(crate) const READY: usize = 4;
pub(crate) static ANNOUNCEMENTS: [&str; 1] = ["will follow"];
