//! Words as FreeSWITCH's splitter reads them: quoted where that changes what it reads, and broken
//! where they would hide the text of a `say`.

use alloc::vec::Vec;

use crate::wiped::reserve;

/// Whether the splitter would read something else, or more than one word.
fn needs_quotes(word: &str) -> bool {
    // Blanks of other kinds go at the end of a line. `^^` means something at the start of the line alone, but costs nothing elsewhere.
    word.starts_with("^^") || word.bytes().any(|byte| matches!(byte, b' ' | b'\t' | b'\x0b' | b'\'' | b'\\'))
}

/// Appends a word so that the splitter reads it back, and so that `hidden` doesn't occur in what is
/// written.
///
/// Where it would, a `''` stands within: it closes and opens quotes, or opens and closes them, and
/// goes.
pub(super) fn push_word(out: &mut Vec<u8>, word: &str, hidden: Option<&str>) {
    let quoted = needs_quotes(word);
    // Each character may need a backslash, and two quotes behind it.
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
