//! Frames by their blank lines alone: what has to stand around a parser that isn't resumable.

use memchr::memmem;

const BLANK_LINE: &[u8] = b"\r\n\r\n";

/// Finds frames in a buffer that reads of this size go to; no byte is searched twice. `each` gets
/// all that a read has completed.
pub fn split(buffer: &mut Vec<u8>, bytes: &[u8], read: usize, mut each: impl FnMut(Frames<'_>)) {
    let finder = memmem::Finder::new(BLANK_LINE);
    let mut ends = Vec::new();
    let mut searched = 0;
    buffer.clear();
    for piece in bytes.chunks(read) {
        buffer.extend_from_slice(piece);
        ends.clear();
        while let Some(found) = finder.find(&buffer[searched..]) {
            searched += found + BLANK_LINE.len();
            ends.push(searched);
        }
        if let Some(last) = ends.last().copied() {
            each(Frames { bytes: buffer, start: 0, ends: &ends });
            buffer.drain(..last);
        }
        searched = buffer.len().saturating_sub(BLANK_LINE.len() - 1);
    }
}

/// Frames that lie one behind the other.
pub struct Frames<'a> {
    bytes: &'a [u8],
    start: usize,
    ends: &'a [usize],
}

impl<'a> Iterator for Frames<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (end, rest) = self.ends.split_first()?;
        self.ends = rest;
        Some(&self.bytes[std::mem::replace(&mut self.start, *end)..*end])
    }
}
