//! Lines of the form `name: value`, with the positions of their colons and ends: shared by all
//! protocols that consist of header lines.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::Value;
use super::name::{fold, same_name};
use super::scan::Offset;
use crate::range::{part, part_mut};
use crate::steps::count;
use crate::wiped::wipe;

/// Header lines in the buffer they were read into, with an index of their colons and ends.
#[derive(Clone, Copy)]
pub(crate) struct HeaderIndex<'buf> {
    bytes: &'buf [u8],
    /// Two offsets for each line: of its first colon (or of its line feed if it has none), and of
    /// its line feed.
    index: &'buf [Offset],
    /// Number of leading lines that can be headers.
    head: u32,
}

impl<'buf> HeaderIndex<'buf> {
    /// Creates an index in which each line with a colon is a header.
    #[inline]
    pub(super) fn new(bytes: &'buf [u8], index: &'buf [Offset]) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "two marks a line of at most 2^30 bytes")]
        let head = (index.len() / 2) as u32;
        Self { bytes, index, head }
    }

    /// Creates an index of bytes without lines.
    #[cfg(feature = "std")]
    pub(crate) const fn bare(bytes: &'buf [u8]) -> Self {
        Self { bytes, index: &[], head: 0 }
    }

    /// Makes the lines after the first `head` text, even with a colon.
    #[inline]
    pub(super) fn with_head(self, head: u32) -> Self {
        Self { head, ..self }
    }

    pub(super) const fn bytes(self) -> &'buf [u8] {
        self.bytes
    }

    /// Returns the number of lines that can be headers.
    pub(super) const fn head(self) -> u32 {
        self.head
    }

    /// Returns the number of lines.
    pub(super) const fn lines(self) -> usize {
        self.index.len() / 2
    }

    /// Returns the first header of this name, ignoring ASCII case.
    #[cfg(feature = "freeswitch")]
    #[inline]
    pub(crate) fn get(self, name: &str) -> Option<Value<'buf>> {
        self.first("", name)
    }

    /// Returns the first header whose name is the prefix followed by this name, ignoring ASCII
    /// case. Every getter of the typed views uses it.
    #[inline]
    pub(crate) fn first(&self, prefix: &str, name: &str) -> Option<Value<'buf>> {
        // Distance from the line feed before the name to the colon after it.
        let step = u32::try_from(prefix.len() + name.len() + 1).ok()?;
        // An empty name has its colon in the place of its first letter.
        let letter = if prefix.is_empty() { name } else { prefix }.bytes().next().map_or(b':', fold);
        let lines = self.index.get(..2 * self.head as usize).unwrap_or(self.index);
        // Position of the line feed before the line; the first line has none.
        let mut before = u32::MAX;
        for line in lines.chunks_exact(2) {
            let &[colon, newline] = line else { break };
            let colon = u32::from_le_bytes(colon);
            // Length and first letter exclude nearly all lines.
            if colon.wrapping_sub(before) == step {
                let start = before.wrapping_add(1) as usize;
                if self.bytes.get(start).is_some_and(|byte| fold(*byte) == letter) {
                    let (colon, newline) = (colon as usize, u32::from_le_bytes(newline) as usize);
                    if colon != newline && is_named(self.slice(start, colon), prefix, name) {
                        return Some(self.header(start, colon, newline).value);
                    }
                }
            }
            before = u32::from_le_bytes(newline);
        }
        None
    }

    /// Returns the last header of this name, ignoring ASCII case.
    #[cfg(feature = "freeswitch")]
    pub(crate) fn last(self, name: &str) -> Option<Value<'buf>> {
        let step = u32::try_from(name.len() + 1).ok()?;
        let lines = self.index.get(..2 * self.head as usize).unwrap_or(self.index);
        let mut lines = lines.chunks_exact(2).rev().peekable();
        while let Some(&[colon, newline]) = lines.next() {
            let before = match lines.peek() {
                Some([_, before]) => u32::from_le_bytes(*before),
                _ => u32::MAX,
            };
            let colon = u32::from_le_bytes(colon);
            // The length excludes nearly all lines.
            if colon.wrapping_sub(before) == step {
                let (start, colon) = (before.wrapping_add(1) as usize, colon as usize);
                let newline = u32::from_le_bytes(newline) as usize;
                if colon != newline && is_named(self.slice(start, colon), "", name) {
                    return Some(self.header(start, colon, newline).value);
                }
            }
        }
        None
    }

    /// Yields all headers of this name in order, ignoring ASCII case.
    pub(crate) fn get_all<'name>(self, name: &'name str) -> GetAll<'buf, 'name> {
        GetAll { headers: self.headers(), name }
    }

    /// Yields the headers in order, with repetitions.
    pub(crate) fn headers(self) -> Headers<'buf> {
        Headers { lines: self.raw_lines(), head: self.head }
    }

    /// Copies lines and index: one allocation.
    pub(crate) fn to_owned(self) -> OwnedHeaderIndex {
        OwnedHeaderIndex::new(self)
    }

    /// Returns how many bytes [`to_owned`](Self::to_owned) allocates.
    #[cfg(feature = "std")]
    pub(super) fn owned_size(self) -> usize {
        size_of_val(self.index) + self.bytes.len().next_multiple_of(size_of::<Offset>())
    }

    pub(super) fn raw_lines(self) -> RawLines<'buf> {
        RawLines { headers: self, next: 0, start: 0 }
    }

    pub(super) fn mark(self, at: usize) -> Option<usize> {
        self.index.get(at).map(|mark| u32::from_le_bytes(*mark) as usize)
    }

    /// Returns the bytes of a range; empty if the scanner was asked for a frame over another
    /// buffer, see [`Scanner::frame`](super::Scanner::frame).
    pub(super) fn slice(self, start: usize, end: usize) -> &'buf [u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Returns the line's end without its line feed and one CR before it.
    pub(super) fn trim_end(self, start: usize, newline: usize) -> usize {
        let cr = newline > start && self.bytes.get(newline - 1) == Some(&b'\r');
        newline - usize::from(cr)
    }

    #[inline]
    pub(super) fn header(self, start: usize, colon: usize, newline: usize) -> Header<'buf> {
        let end = self.trim_end(start, newline);
        let blank = self.bytes.get(colon + 1) == Some(&b' ');
        Header { name: self.slice(start, colon), value: Value::new(self.slice(colon + 1 + usize::from(blank), end)) }
    }
}

impl AsRef<Self> for HeaderIndex<'_> {
    #[inline]
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Returns whether a header's name is the prefix followed by the name. Not inlined, to keep the
/// calling loop small.
#[inline(never)]
fn is_named(header: &[u8], prefix: &str, name: &str) -> bool {
    if prefix.is_empty() {
        return same_name(header, name.as_bytes());
    }
    let (before, after) = header.split_at_checked(prefix.len()).unwrap_or_default();
    same_name(after, name.as_bytes()) && same_name(before, prefix.as_bytes())
}

/// Header lines that own their bytes: one allocation for bytes and index together.
#[derive(Clone)]
pub(crate) struct OwnedHeaderIndex {
    /// The index followed by the bytes, padded to a multiple of an offset: an offset is four bytes
    /// without alignment, so both fit into one slice, and no `unsafe` is needed to read the second
    /// part as bytes.
    storage: Box<[Offset]>,
    /// Number of offsets in the index.
    marks: usize,
    /// Number of bytes in the lines.
    len: usize,
    head: u32,
}

impl OwnedHeaderIndex {
    fn new(HeaderIndex { bytes, index, head }: HeaderIndex<'_>) -> Self {
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
        Self { storage: storage.into_boxed_slice(), marks: index.len(), len: bytes.len(), head }
    }

    /// Returns the lines, borrowed from this copy.
    pub(crate) fn view(&self) -> HeaderIndex<'_> {
        let (index, bytes) = self.storage.split_at(self.marks);
        HeaderIndex { bytes: part(bytes.as_flattened(), ..self.len), index, head: self.head }
    }
}

impl Drop for OwnedHeaderIndex {
    /// Overwrites the contents: a login is a frame too.
    fn drop(&mut self) {
        wipe(self.storage.as_flattened_mut());
    }
}

/// A line with a colon.
///
/// The name is the text before the first colon, blanks included. The value is the text after it,
/// without the one blank that is syntax; further blanks at either end are part of the value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header<'buf> {
    name: &'buf [u8],
    value: Value<'buf>,
}

impl<'buf> Header<'buf> {
    /// Returns the name as sent: never normalised, possibly empty, not always UTF-8.
    pub const fn name(self) -> &'buf [u8] {
        self.name
    }

    /// Returns the value.
    pub const fn value(self) -> Value<'buf> {
        self.value
    }

    /// Returns whether the header has this name, ignoring ASCII case, as the servers compare names.
    pub fn is(self, name: &str) -> bool {
        same_name(self.name, name.as_bytes())
    }

    /// Splits a line at this colon instead of the first one, for names that contain colons.
    pub(crate) fn split(line: &'buf [u8], colon: usize) -> Option<Self> {
        let (name, value) = line.split_at_checked(colon)?;
        let value = value.strip_prefix(b": ").or_else(|| value.strip_prefix(b":"))?;
        Some(Self { name, value: Value::new(value) })
    }
}

impl fmt::Debug for Header<'_> {
    /// Shows the name only: whether the value is a secret depends on the frame.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header").field("name", &Value::new(self.name)).finish_non_exhaustive()
    }
}

/// Iterator over all lines as (start, colon or line feed, line feed).
#[derive(Clone)]
pub(super) struct RawLines<'buf> {
    pub(super) headers: HeaderIndex<'buf>,
    /// Number of the next line.
    pub(super) next: usize,
    /// Start of the next line.
    start: usize,
}

impl Iterator for RawLines<'_> {
    type Item = (usize, usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let colon = self.headers.mark(self.next * 2)?;
        let newline = self.headers.mark(self.next * 2 + 1)?;
        let start = core::mem::replace(&mut self.start, newline + 1);
        self.next += 1;
        count(|steps| steps.lines += 1);
        Some((start, colon, newline))
    }
}

/// Iterator over headers, returned by [`Frame::headers`](super::Frame::headers).
#[derive(Clone)]
pub struct Headers<'buf> {
    lines: RawLines<'buf>,
    head: u32,
}

impl<'buf> Iterator for Headers<'buf> {
    type Item = Header<'buf>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.lines.next < self.head as usize {
            let (start, colon, newline) = self.lines.next()?;
            if colon != newline {
                return Some(self.lines.headers.header(start, colon, newline));
            }
        }
        None
    }
}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'buf> Headers<'buf> {
    /// Returns the next header with its complete line.
    pub(crate) fn next_with_line(&mut self) -> Option<(Header<'buf>, &'buf [u8])> {
        while self.lines.next < self.head as usize {
            let (start, colon, newline) = self.lines.next()?;
            if colon != newline {
                let headers = self.lines.headers;
                let line = headers.slice(start, headers.trim_end(start, newline));
                return Some((headers.header(start, colon, newline), line));
            }
        }
        None
    }
}

/// Iterator over the headers of a name, returned by [`Frame::get_all`](super::Frame::get_all).
#[derive(Clone, Debug)]
pub struct GetAll<'buf, 'name> {
    headers: Headers<'buf>,
    name: &'name str,
}

impl<'buf> Iterator for GetAll<'buf, '_> {
    type Item = Value<'buf>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let lines = &mut self.headers.lines;
        while lines.next < self.headers.head as usize {
            let (start, colon, newline) = lines.next()?;
            // The length excludes nearly all lines; a line without a colon can't match, since it
            // would have to contain the name without a colon after it.
            if colon - start == self.name.len() && colon != newline {
                let header = lines.headers.header(start, colon, newline);
                if header.is(self.name) {
                    return Some(header.value);
                }
            }
        }
        None
    }
}
