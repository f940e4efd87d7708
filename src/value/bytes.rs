//! The few things that every grammar does with byte slices, without a chance to panic.

use crate::range::part;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

/// The parts before and after the first `separator`.
pub(super) fn split_first(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|&b| b == separator)?;
    Some((part(bytes, ..at), part(bytes, at + 1..)))
}

/// The parts before and after the last `separator`.
pub(super) fn split_last(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().rposition(|&b| b == separator)?;
    Some((part(bytes, ..at), part(bytes, at + 1..)))
}

/// The value without outer blanks, and how many bytes went from the front.
pub(super) fn trim(bytes: &[u8]) -> (usize, &[u8]) {
    let rest = bytes.trim_ascii_start();
    (bytes.len() - rest.len(), rest.trim_ascii_end())
}

/// Digits and nothing else, as a number; `None` when empty or too big.
pub(super) fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |n, &b| {
        let digit = char::from(b).to_digit(10)?;
        n.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// Writes bytes as text, with U+FFFD for what isn't UTF-8.
pub(super) fn fmt_lossy(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        f.write_str(chunk.valid())?;
        if !chunk.invalid().is_empty() {
            f.write_char(char::REPLACEMENT_CHARACTER)?;
        }
    }
    Ok(())
}

/// Appends what `Display` prints; used where that is the wire form.
pub(super) fn push_display(out: &mut Vec<u8>, value: impl fmt::Display) {
    struct Sink<'v>(&'v mut Vec<u8>);
    impl fmt::Write for Sink<'_> {
        fn write_str(&mut self, s: &str) -> fmt::Result {
            self.0.extend_from_slice(s.as_bytes());
            Ok(())
        }
    }
    // A sink of memory never refuses.
    let _ = write!(Sink(out), "{value}");
}
