//! A frame that owns its bytes: one allocation for bytes and index together.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Frame;
use super::frame::Shape;
use super::scan::Offset;
use crate::range::{part, part_mut};
use crate::wiped::wipe;

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
    /// The index, then the bytes, padded to a multiple of a mark: a mark is four bytes without alignment, so both
    /// fit one slice and no `unsafe` is needed to look at the second half as bytes.
    storage: Box<[Offset]>,
    /// Marks in the index.
    marks: usize,
    /// Bytes in the frame.
    len: usize,
    shape: Shape,
    offset: u64,
}

impl OwnedFrame {
    pub(super) fn new(frame: Frame<'_>) -> Self {
        let (bytes, index, shape) = frame.parts();
        let words = bytes.chunks_exact(size_of::<Offset>());
        let mut storage = Vec::with_capacity(index.len() + bytes.len().div_ceil(size_of::<Offset>()));
        storage.extend_from_slice(index);
        let tail = words.remainder();
        storage.extend(words.filter_map(|word| word.first_chunk()));
        if !tail.is_empty() {
            let mut last = Offset::default();
            part_mut(&mut last, ..tail.len()).copy_from_slice(tail);
            storage.push(last);
        }
        Self {
            storage: storage.into_boxed_slice(),
            marks: index.len(),
            len: bytes.len(),
            shape,
            offset: frame.offset(),
        }
    }

    /// The frame again, borrowed from here.
    pub fn view(&self) -> Frame<'_> {
        let (index, bytes) = self.storage.split_at(self.marks);
        Frame::new(part(bytes.as_flattened(), ..self.len), index, self.shape, self.offset)
    }
}

impl Drop for OwnedFrame {
    /// Overwrites what it held: a login is a frame too.
    fn drop(&mut self) {
        wipe(self.storage.as_flattened_mut());
    }
}

impl PartialEq for OwnedFrame {
    /// Whether the bytes are the same; where in a stream they stood doesn't matter.
    fn eq(&self, other: &Self) -> bool {
        self.view().as_bytes() == other.view().as_bytes() && self.shape.kind == other.shape.kind
    }
}

impl Eq for OwnedFrame {}
