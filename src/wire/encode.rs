//! Writes frames. Only this file writes lines, and it checks names and values, so that no value
//! from a caller can end a line or forge one.

use alloc::vec::Vec;

use crate::error::{EncodeError, Refusal};
use crate::range::part;
use crate::wiped;

/// Longest line in bytes (Asterisk `main/manager.c`, `get_input`: a buffer of 1,024 bytes,
/// terminator included).
const SERVER_LINE: usize = 1022;
/// Largest number of lines (Asterisk `include/asterisk/manager.h`, `AST_MAX_MANHEADERS`).
pub(crate) const SERVER_HEADERS: usize = 128;

/// Bytes of a line in addition to name and value, with the end of the frame.
const ENDS: usize = ": \r\n\r\n".len();

/// Writes one frame at the end of a buffer: complete and valid, or not at all.
///
/// The first refused field is remembered, later fields are ignored, and [`finish`](Self::finish)
/// returns the error. A writer that is dropped without `finish` leaves the buffer unchanged. If the
/// buffer has to grow, or if the frame is refused, the released memory is overwritten, since it may
/// contain a secret.
///
/// ```
/// use ami_proto::wire::FrameWriter;
///
/// let mut out = Vec::new();
/// FrameWriter::action(&mut out, "Ping").header("ActionID", "7").finish()?;
/// assert_eq!(out, b"Action: Ping\r\nActionID: 7\r\n\r\n");
///
/// let refused = FrameWriter::action(&mut out, "Setvar").header("Value", "a\r\nAction: Originate").finish().unwrap_err();
/// assert_eq!(refused.to_string(), r#"field "Value" refused: byte 0x0d at 1 of its value would end the line; leave it out or send it encoded; a secret that has it must be changed"#);
/// assert_eq!(out, b"Action: Ping\r\nActionID: 7\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct FrameWriter<'out> {
    out: &'out mut Vec<u8>,
    /// Length of `out` before the frame.
    start: usize,
    lines: usize,
    /// `true` if the reader is a server, which limits the length of lines and messages.
    to_server: bool,
    refused: Option<EncodeError>,
    done: bool,
}

impl<'out> FrameWriter<'out> {
    /// Starts a request to a server: at most 128 lines of at most 1,022 bytes.
    pub fn action(out: &'out mut Vec<u8>, name: impl AsRef<[u8]>) -> Self {
        Self::begin(out, true, b"Action", name.as_ref())
    }

    /// Starts a server's response of this kind, such as `Success`. No length limit.
    pub fn response(out: &'out mut Vec<u8>, kind: impl AsRef<[u8]>) -> Self {
        Self::begin(out, false, b"Response", kind.as_ref())
    }

    /// Starts a server's event. No length limit.
    pub fn event(out: &'out mut Vec<u8>, name: impl AsRef<[u8]>) -> Self {
        Self::begin(out, false, b"Event", name.as_ref())
    }

    /// Starts a frame copied line by line from another server; its kind follows from its first
    /// line. No length limit; without any line only a blank line is written, which readers skip.
    pub fn repeat(out: &'out mut Vec<u8>) -> Self {
        Self::new(out, false)
    }

    /// Writes a complete line unchanged, with or without a colon. An empty line, which would end
    /// the frame, is refused.
    #[must_use]
    pub fn repeat_line(mut self, line: impl AsRef<[u8]>) -> Self {
        let line = line.as_ref();
        wiped::reserve(self.out, line.len() + ENDS);
        let refusal = line.is_empty().then_some(Refusal::NotText);
        self.put(b"line", 0, refusal, |out| out.extend_from_slice(line));
        self
    }

    fn begin(out: &'out mut Vec<u8>, to_server: bool, name: &[u8], value: &[u8]) -> Self {
        wiped::reserve(out, name.len() + value.len() + ENDS);
        let mut writer = Self::new(out, to_server);
        writer.field(name, None, |out| out.extend_from_slice(value));
        writer
    }

    fn new(out: &'out mut Vec<u8>, to_server: bool) -> Self {
        let start = out.len();
        Self { out, start, lines: 0, to_server, refused: None, done: false }
    }

    /// Writes `name: value`.
    #[must_use]
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        wiped::reserve(self.out, name.len() + value.len() + ENDS);
        self.field(name, name_refusal(name), |out| out.extend_from_slice(value));
        self
    }

    /// Writes `name: ` and the value that `write` appends, or refuses it with this reason. The name
    /// must be valid, and the buffer must have room for the line.
    pub(crate) fn field(&mut self, name: &[u8], refusal: Option<Refusal>, write: impl FnOnce(&mut Vec<u8>)) {
        self.put(name, name.len() + 2, refusal, |out| {
            out.extend_from_slice(name);
            out.extend_from_slice(b": ");
            write(out);
        });
    }

    /// Writes a line without a colon. A few responses have such lines; a server ignores them in a
    /// request.
    #[must_use]
    pub fn line(mut self, text: impl AsRef<[u8]>) -> Self {
        let text = text.as_ref();
        wiped::reserve(self.out, text.len() + ENDS);
        let refusal = (text.is_empty() || text.contains(&b':')).then_some(Refusal::NotText);
        self.put(b"line", 0, refusal, |out| out.extend_from_slice(text));
        self
    }

    /// Appends the line that `write` writes, and checks it afterwards in the buffer; its value
    /// begins at `value`.
    fn put(&mut self, what: &[u8], value: usize, refusal: Option<Refusal>, write: impl FnOnce(&mut Vec<u8>)) {
        if self.refused.is_some() {
            return;
        }
        let start = self.out.len();
        if refusal.is_none() {
            write(self.out);
        }
        let line = part(self.out, start..);
        match refusal.or_else(|| self.refusal(line, value)) {
            None => {
                self.lines += 1;
                self.out.extend_from_slice(b"\r\n");
            }
            Some(refusal) => self.refused = Some(EncodeError::new(what, refusal)),
        }
    }

    /// Ends the frame.
    ///
    /// # Errors
    /// The first refused field, with the reason. Nothing was written.
    pub fn finish(mut self) -> Result<(), EncodeError> {
        match self.refused.take() {
            None => {
                self.out.extend_from_slice(b"\r\n");
                self.done = true;
                Ok(())
            }
            Some(error) => Err(error),
        }
    }

    /// Returns the reason to refuse a line that isn't ended yet.
    fn refusal(&self, line: &[u8], value: usize) -> Option<Refusal> {
        let len = line.len();
        if line.iter().fold(false, |ends, byte| ends | ends_line(*byte)) {
            // The name was checked before.
            let (at, byte) = (0..).zip(line).find(|(_, byte)| ends_line(**byte))?;
            Some(Refusal::InValue { byte: *byte, at: usize::saturating_sub(at, value) })
        } else if self.to_server && len > SERVER_LINE {
            Some(Refusal::LineTooLong { len, max: SERVER_LINE })
        } else if self.to_server && self.lines == SERVER_HEADERS {
            Some(Refusal::TooManyHeaders { max: SERVER_HEADERS })
        } else {
            None
        }
    }
}

impl Drop for FrameWriter<'_> {
    fn drop(&mut self) {
        if !self.done {
            wiped::truncate(self.out, self.start);
        }
    }
}

fn ends_line(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | 0)
}

/// Returns the reason to refuse the name of a header.
pub(crate) fn name_refusal(name: &[u8]) -> Option<Refusal> {
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    if name.is_empty() {
        Some(Refusal::EmptyName)
    } else if let Some((at, byte)) = (0..).zip(name).find(|(_, byte)| ends_line(**byte) || **byte == b':') {
        Some(Refusal::InName { byte: *byte, at })
    } else if blank(name.first()) || blank(name.last()) {
        Some(Refusal::OuterBlank)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A byte that ends a line is refused at any position, which the error counts from the start of
    /// the value.
    #[test]
    fn line_breaks_anywhere() {
        type Write = for<'out> fn(FrameWriter<'out>, &[u8]) -> FrameWriter<'out>;
        for (text, byte, at) in [(&b"\nx"[..], b'\n', 0), (b"\rx", b'\r', 0), (b"\0", 0, 0), (b"ab\n", b'\n', 2)] {
            let writers: &[(&str, Write)] = &[
                ("Field", |writer, text| writer.header("Field", text)),
                ("line", |writer, text| writer.line(text)),
                ("line", |writer, text| writer.repeat_line(text)),
            ];
            for (name, write) in writers {
                let mut out = b"before".to_vec();
                let error = write(FrameWriter::event(&mut out, "A"), text).finish().expect_err(name);
                assert_eq!((error.field(), error.refusal()), (*name, Refusal::InValue { byte, at }));
                assert_eq!(out, b"before");
            }
        }
        let mut out = Vec::new();
        let error = FrameWriter::action(&mut out, "A").header("a\nb", "").finish().expect_err("a name of two lines");
        assert_eq!((error.field(), error.refusal()), ("a\nb", Refusal::InName { byte: b'\n', at: 1 }));
        let error = FrameWriter::action(&mut out, "\nAction: B").finish().expect_err("a name of two lines");
        assert_eq!((error.field(), error.refusal()), ("Action", Refusal::InValue { byte: b'\n', at: 0 }));
    }

    #[test]
    fn what_is_no_line() {
        let mut out = Vec::new();
        for text in ["", "a: b", ":"] {
            let error = FrameWriter::response(&mut out, "A").line(text).finish().expect_err(text);
            assert_eq!((error.field(), error.refusal()), ("line", Refusal::NotText));
        }
        FrameWriter::response(&mut out, "A").line("x").finish().expect("a line");
        assert_eq!(out, b"Response: A\r\nx\r\n\r\n");
    }
}
