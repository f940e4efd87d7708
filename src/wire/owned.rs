//! A frame that owns its bytes.

use super::Frame;
use super::frame::Shape;
use super::header_index::OwnedHeaderIndex;

/// A [`Frame`] kept beyond the buffer it was read from.
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

    /// The frame again, borrowed from here.
    pub fn view(&self) -> Frame<'_> {
        Frame::new(self.headers.view(), self.shape, self.offset)
    }
}

impl PartialEq for OwnedFrame {
    /// Whether the bytes are the same; where in a stream they stood doesn't matter.
    fn eq(&self, other: &Self) -> bool {
        self.view().as_bytes() == other.view().as_bytes() && self.shape.kind == other.shape.kind
    }
}

impl Eq for OwnedFrame {}
