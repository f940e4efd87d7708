//! The system's allocator with a count, for tests and benches that say what memory something costs.
//!
//! It counts by the thread, so that tests side by side don't see one another.

#![allow(dead_code, reason = "each user needs a part of it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often this thread has asked for memory.
pub(crate) fn allocations() -> u64 {
    ASKED.with(Cell::get)
}

/// What `run` makes, and the bytes that this thread holds more for it.
pub(crate) fn held_by<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = LIVE.with(Cell::get);
    let made = run();
    (made, LIVE.with(Cell::get).saturating_sub(before))
}

/// Bytes that this thread held at the most while `run` ran, above what it held before.
pub(crate) fn peak(run: impl FnOnce()) -> usize {
    let before = LIVE.with(Cell::get);
    PEAK.with(|peak| peak.set(before));
    run();
    PEAK.with(Cell::get) - before
}

struct Counting;

impl Counting {
    /// Nothing is counted while a thread ends.
    fn grown(bytes: usize) {
        let _ = ASKED.try_with(|asked| asked.set(asked.get() + 1));
        let _ = LIVE.try_with(|live| {
            live.set(live.get() + bytes);
            let _ = PEAK.try_with(|peak| peak.set(peak.get().max(live.get())));
        });
    }

    fn shrunk(bytes: usize) {
        let _ = LIVE.try_with(|live| live.set(live.get().saturating_sub(bytes)));
    }
}

// SAFETY: every call goes to the system's allocator as it is.
#[expect(unsafe_code, reason = "the trait is unsafe; there is no other way to count")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::grown(layout.size());
        // SAFETY: the caller's promises are those that are asked for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        Self::shrunk(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::shrunk(layout.size());
        Self::grown(size);
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, size) }
    }
}
