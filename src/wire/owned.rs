//! A frame that owns its bytes.

use super::Frame;
use super::frame::Shape;
use super::header_index::OwnedHeaderIndex;

/// A [`Frame`] that outlives the buffer it was read from.
///
/// ```
/// use ami_proto::{Decoder, Limits};
///
/// let mut decoder = Decoder::new(Limits::new());
/// decoder.push(b"Event: Hangup\r\nCause: 16\r\n\r\n");
/// let kept = decoder.next_frame()?.expect("a whole frame").to_owned();
/// drop(decoder);
/// assert_eq!(kept.view().get("Cause").unwrap(), "16");
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
#[derive(Clone)]
pub struct OwnedFrame {
    headers: OwnedHeaderIndex,
    shape: Shape,
    offset: u64,
}

impl OwnedFrame {
    pub(super) fn new(frame: Frame<'_>) -> Self {
        Self { headers: frame.header_index().to_owned(), shape: frame.shape(), offset: frame.offset() }
    }

    /// Returns the frame, borrowed from this copy.
    pub fn view(&self) -> Frame<'_> {
        Frame::new(self.headers.view(), self.shape, self.offset)
    }
}

impl PartialEq for OwnedFrame {
    /// Compares the bytes; the frames' offsets in their streams don't matter.
    fn eq(&self, other: &Self) -> bool {
        self.view().as_bytes() == other.view().as_bytes() && self.shape.kind == other.shape.kind
    }
}

impl Eq for OwnedFrame {}

#[cfg(test)]
mod tests {
    use crate::{Decoder, Limits};

    /// Bytes and index share one allocation, in words of four bytes: each remainder is tried.
    #[test]
    fn an_owned_frame_is_the_frame() {
        for tail in ["", "a", "ab", "abc", "abcd"] {
            let mut decoder = Decoder::new(Limits::new());
            decoder.push(std::format!("Event: Hangup\r\nCause: 16\r\nText: {tail}\r\na line\r\n\r\n").as_bytes());
            let frame = decoder.next_frame().ok().flatten().expect("a whole frame");
            let owned = frame.to_owned();
            let again = owned.clone();
            drop(owned);
            let view = again.view();
            assert_eq!((view.as_bytes(), view.kind()), (frame.as_bytes(), frame.kind()));
            assert!(view.headers().eq(frame.headers()) && view.lines().eq(frame.lines()));
            assert_eq!(view.get("Text").map(crate::Value::as_bytes), Some(tail.as_bytes()));
        }
    }
}
