// Where each item begins in `catalogue.txt`, and what is asked of events before that.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.
pub(super) static BLOCK_STARTS: [u32; 6] = [0, 174, 294, 456, 615, 788];
pub(super) static EVENT_STARTS: [u32; 6] = [859, 2155, 2218, 2267, 2306, 2352];
pub(super) static ACTION_STARTS: [u32; 13] =
    [4178, 4896, 5003, 5117, 5483, 5556, 5668, 5995, 6209, 6359, 6476, 6591, 6746];
pub(crate) const BRANCHES: [Branch; 18] = [
    Branch::new(1, 4),
    Branch::new(1, 6),
    Branch::new(1, 8),
    Branch::new(10, 0),
    Branch::new(11, 0),
    Branch::new(12, 0),
    Branch::new(13, 0),
    Branch::new(14, 0),
    Branch::new(15, 0),
    Branch::new(16, 0),
    Branch::new(17, 0),
    Branch::new(18, 0),
    Branch::new(19, 0),
    Branch::new(20, 0),
    Branch::new(21, 0),
    Branch::new(22, 0),
    Branch::new(23, 0),
    Branch::new(24, 0),
];
pub(crate) const EVENT_CLASSES: [u32; 6] = [34, 2, 0, 0, 1, 0];
pub(crate) static ANSWERS: [u64; 1] = [0x27];
pub(super) const COMMON: usize = 0;
pub(super) const REQUEST_COMMON: usize = 2;
pub(super) const REPLY_COMMON: usize = 1;
pub(crate) const READY: usize = 4;
pub(crate) static ANNOUNCEMENTS: [&str; 1] = ["will follow"];
