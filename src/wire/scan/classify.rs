//! Classifies a frame by the names of its first lines.

use super::index::Offset;
use crate::range::part;
use crate::wire::frame::{FrameKind, Shape};
use crate::wire::same_name;

pub(super) fn is_action_id(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"ActionID")
}

/// Returns the kind of a frame that begins with a header of this name.
pub(super) fn kind_named(name: &[u8]) -> Option<FrameKind> {
    match name.len() {
        5 if same_name(name, b"Event") => Some(FrameKind::Event),
        6 if same_name(name, b"Action") => Some(FrameKind::Action),
        8 if same_name(name, b"Response") => Some(FrameKind::Response),
        _ => None,
    }
}

/// Yields the names of a frame's lines: `None` for a line without a colon.
fn names<'a>(bytes: &'a [u8], index: &'a [Offset]) -> impl Iterator<Item = Option<&'a [u8]>> {
    let mut start = 0;
    index.chunks_exact(2).map(move |pair| {
        let &[colon, newline] = pair else { return None };
        let [colon, newline] = [colon, newline].map(|mark| u32::from_le_bytes(mark) as usize);
        let start = core::mem::replace(&mut start, newline + 1);
        if colon == newline { None } else { Some(part(bytes, start..colon)) }
    })
}

/// Returns the shape of a frame: its first line that isn't an `ActionID` header decides (the list
/// items of `VoicemailUsersList` begin with an `ActionID` on Asterisk 11 and 12).
pub(super) fn classify(bytes: &[u8], index: &[Offset]) -> Shape {
    let telling = (0..).zip(names(bytes, index)).find(|(_, name)| !name.is_some_and(is_action_id));
    let Some((kind_line, Some(kind))) = telling.map(|(line, name)| (line, name.and_then(kind_named))) else {
        return Shape { kind: FrameKind::Text, kind_line: 0, head: 0 };
    };
    #[expect(clippy::cast_possible_truncation, reason = "two marks a line of at most 2^30 bytes")]
    let head = (index.len() / 2) as u32;
    Shape { kind, kind_line, head }
}

/// Returns the number of header lines in a `Follows` frame: `Response`, `Privilege` and `ActionID`,
/// each once, in any order; the text starts after them.
pub(super) fn follows_head(bytes: &[u8], index: &[Offset]) -> u32 {
    let mut left: [Option<&[u8]>; 3] = [Some(b"Response"), Some(b"Privilege"), Some(b"ActionID")];
    let expected = |name: &&[u8]| {
        left.iter_mut().find(|one| one.is_some_and(|one| one.eq_ignore_ascii_case(name))).map(Option::take).is_some()
    };
    names(bytes, index).map_while(|name| name).take_while(expected).map(|_| 1).sum()
}
