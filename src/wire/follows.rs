//! `Response: Follows`, the answer to a command up to 13: text that runs to an end marker instead
//! of a blank line.

use super::Value;

/// Ends the text; a blank line stands behind it.
pub(crate) const END_OF_COMMAND: &[u8] = b"--END COMMAND--";

/// Returns whether a response of this kind goes on to the end marker.
#[inline]
pub(crate) fn is_follows(kind: Value<'_>) -> bool {
    kind.eq_ignore_case("Follows")
}

/// Returns what stands before the end marker in the line that has it. The marker may be glued to
/// the last line of the text; alone it is no line of the text.
#[inline]
pub(crate) fn before_end(line: &[u8]) -> Option<&[u8]> {
    line.strip_suffix(END_OF_COMMAND)
}
