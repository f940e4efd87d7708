//! Quotes words for FreeSWITCH's splitter: only where it is needed, and so that the words before a
//! `say` don't contain its name.

use alloc::vec::Vec;

use crate::wiped::reserve;

/// Returns whether the splitter would change the word, or split it.
fn needs_quotes(word: &str) -> bool {
    // Other kinds of blanks are stripped at the end of a line. `^^` has a meaning only at the start
    // of the line, but quoting it elsewhere costs nothing.
    word.starts_with("^^") || word.bytes().any(|byte| matches!(byte, b' ' | b'\t' | b'\x0b' | b'\'' | b'\\'))
}

/// Appends a word so that the splitter reads it back, and so that `hidden` doesn't occur in the
/// written text.
///
/// Each occurrence of `hidden` is broken by a `''`: it closes and opens quotes, or opens and closes
/// them, and the splitter removes it.
pub(super) fn push_word(out: &mut Vec<u8>, word: &str, hidden: Option<&str>) {
    let quoted = needs_quotes(word);
    // Each character may need a backslash before it and two quotes after it.
    let each = if hidden.is_some() { 4 } else { 2 };
    reserve(out, word.len().saturating_mul(each).saturating_add(2));
    if quoted {
        out.push(b'\'');
    }
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        if quoted && matches!(first, '\'' | '\\') {
            out.push(b'\\');
        }
        let (one, behind) = rest.split_at(first.len_utf8());
        out.extend_from_slice(one.as_bytes());
        if hidden.is_some_and(|hidden| rest.starts_with(hidden)) {
            out.extend_from_slice(b"''");
        }
        rest = behind;
    }
    if quoted {
        out.push(b'\'');
    }
}
