//! Lists whose items come in one frame: several events in a row without blank lines between them.

use alloc::vec::Vec;

use crate::wire::Frame;

/// Returns all lines of a frame with their line ends, headers included.
pub(crate) fn lines_with_ends(frame: Frame<'_>) -> impl Iterator<Item = &[u8]> {
    frame.as_bytes().split_inclusive(|byte| *byte == b'\n')
}

/// Returns the number of bytes that [`unglue`] makes of a frame.
pub(super) fn unglued_len(frame: Frame<'_>) -> usize {
    frame.as_bytes().len() + 2 * frame.get_all("Event").skip(1).count()
}

/// Returns the frame's bytes with a blank line inserted before every event except the first.
pub(super) fn unglue(frame: Frame<'_>) -> Vec<u8> {
    let mut parts = Vec::with_capacity(unglued_len(frame));
    let mut begun = false;
    for line in lines_with_ends(frame) {
        let begins = line.get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"Event:"));
        if begins && begun {
            parts.extend_from_slice(b"\r\n");
        }
        begun |= begins;
        parts.extend_from_slice(line);
    }
    parts
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::wire::{Decoder, Framing, Limits};

    /// Calls `look` with the first frame of a text.
    pub(in crate::client) fn frame<R>(text: &str, look: impl FnOnce(Frame<'_>) -> R) -> R {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        decoder.push(text.as_bytes());
        look(decoder.next_frame().unwrap().unwrap())
    }

    #[test]
    fn unglued_is_as_long_as_said() {
        for events in 1..5 {
            let lines = "Event: LineEntry\r\nLabel: \r\n".repeat(events);
            // Lines before the first event belong to that event.
            for before in ["", "ActionID: 1\r\n"] {
                frame(&alloc::format!("{before}{lines}\r\n"), |frame| {
                    let parts = unglue(frame);
                    assert_eq!(unglued_len(frame), parts.len());
                    assert_eq!(parts.windows(4).filter(|part| part == b"\r\n\r\n").count(), events);
                });
            }
        }
    }
}
