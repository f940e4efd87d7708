//! The system's allocator with a count, for tests and benches that say what memory something costs.
//!
//! It counts by the thread, so that tests side by side don't see one another. A program that asks
//! for counts installs it:
//!
//! ```text
//! #[global_allocator]
//! static ALLOCATOR: ami_testkit::heap::Counting = ami_testkit::heap::Counting;
//! ```

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
    static NEEDLE: Cell<Option<&'static [u8]>> = const { Cell::new(None) };
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

/// How often this thread has asked for memory.
pub fn allocations() -> u64 {
    ASKED.with(Cell::get)
}

/// What `run` makes, and the bytes that this thread holds more for it.
pub fn held_by<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = LIVE.with(Cell::get);
    let made = run();
    (made, LIVE.with(Cell::get).saturating_sub(before))
}

/// Bytes that this thread held at the most while `run` ran, above what it held before.
pub fn peak(run: impl FnOnce()) -> usize {
    let before = LIVE.with(Cell::get);
    PEAK.with(|peak| peak.set(before));
    run();
    PEAK.with(Cell::get) - before
}

/// What `run` makes, and how many blocks of memory with `needle` in them this thread gave back
/// while it ran.
///
/// Meanwhile a block that grows always moves, and no block begins with what another one has left.
pub fn left_behind<T>(needle: &'static [u8], run: impl FnOnce() -> T) -> (T, usize) {
    LEFT.with(|left| left.set(0));
    NEEDLE.with(|searched| searched.set(Some(needle)));
    let made = run();
    NEEDLE.with(|searched| searched.set(None));
    (made, LEFT.with(Cell::get))
}

/// The allocator.
pub struct Counting;

impl Counting {
    fn needle() -> Option<&'static [u8]> {
        NEEDLE.try_with(Cell::get).ok().flatten()
    }

    fn search(block: &[u8]) {
        if Self::needle().is_some_and(|needle| block.windows(needle.len()).any(|bytes| bytes == needle)) {
            let _ = LEFT.try_with(|left| left.set(left.get() + 1));
        }
    }

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
        unsafe { if Self::needle().is_some() { System.alloc_zeroed(layout) } else { System.alloc(layout) } }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        Self::shrunk(layout.size());
        // SAFETY: as above; the block is searched while it is still the caller's.
        unsafe {
            Self::search(std::slice::from_raw_parts(place, layout.size()));
            System.dealloc(place, layout);
        }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if Self::needle().is_some() {
            // SAFETY: as above; both blocks have the bytes that are copied.
            unsafe {
                let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
                if !moved.is_null() {
                    moved.copy_from_nonoverlapping(place, layout.size().min(size));
                    self.dealloc(place, layout);
                }
                return moved;
            }
        }
        Self::shrunk(layout.size());
        Self::grown(size);
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, size) }
    }
}
