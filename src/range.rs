//! Ranges that this crate has worked out itself. A wrong one is a bug of ours: debug builds stop at
//! the caller's line, release builds go on with nothing.
//!
//! The one rule for ranges: where input can make a range lie outside, ask with `get` and handle
//! `None`; where only our own arithmetic could, take it from here.

use core::slice::SliceIndex;

/// Returns the bytes, or other items, of a range that must lie inside `bytes`: empty in release
/// builds if it does not.
#[inline]
#[track_caller]
pub(crate) fn part<T, R: SliceIndex<[T], Output = [T]>>(bytes: &[T], range: R) -> &[T] {
    let len = bytes.len();
    let found = bytes.get(range);
    debug_assert!(found.is_some(), "a range outside of its {len} bytes");
    found.unwrap_or_default()
}

/// Returns the bytes of a range for writing, as [`part`] does.
#[inline]
#[track_caller]
pub(crate) fn part_mut<R: SliceIndex<[u8], Output = [u8]>>(bytes: &mut [u8], range: R) -> &mut [u8] {
    let len = bytes.len();
    let found = bytes.get_mut(range);
    debug_assert!(found.is_some(), "a range outside of its {len} bytes");
    found.unwrap_or_default()
}

/// Returns the text of a range, as [`part`] does: it must begin and end between two characters.
#[inline]
#[track_caller]
pub(crate) fn text<R: SliceIndex<str, Output = str>>(text: &str, range: R) -> &str {
    let len = text.len();
    let found = text.get(range);
    debug_assert!(found.is_some(), "a range outside of its {len} bytes, or inside a character");
    found.unwrap_or_default()
}
