// Where each item begins in `catalogue.txt`, and what is asked of events before that.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.
pub(super) static BLOCK_STARTS: [u32; 5] = [0, 162, 274, 426, 565];
pub(super) static EVENT_STARTS: [u32; 5] = [628, 1503, 1555, 1600, 1635];
pub(super) static ACTION_STARTS: [u32; 5] = [3315, 3973, 4075, 4184, 4529];
pub(crate) const EVENT_CLASSES: [u32; 5] = [34, 2, 0, 0, 0];
pub(super) const COMMON: usize = 0;
pub(super) const REPLY_COMMON: usize = 1;
