//! The only place that writes lines: names and values are checked here, so that nothing a caller passes can end a
//! line or forge one.

use alloc::vec::Vec;

use crate::error::{EncodeError, Refusal};

/// Asterisk `main/manager.c`, `get_input`: a buffer of 1,024 bytes, terminator included.
const SERVER_LINE: usize = 1022;
/// Asterisk `include/asterisk/manager.h`, `AST_MAX_MANHEADERS`.
const SERVER_HEADERS: usize = 128;

/// Writes one frame at the end of a buffer: whole and valid, or not at all.
///
/// A refused field is remembered, what follows it is ignored, and [`finish`](Self::finish) says which it was.
/// Dropped without `finish` it leaves nothing.
///
/// ```
/// use ami_proto::wire::FrameWriter;
///
/// let mut out = Vec::new();
/// FrameWriter::action(&mut out, "Ping").header("ActionID", "7").finish()?;
/// assert_eq!(out, b"Action: Ping\r\nActionID: 7\r\n\r\n");
///
/// let refused = FrameWriter::action(&mut out, "Setvar").header("Value", "a\r\nAction: Originate").finish().unwrap_err();
/// assert_eq!(refused.to_string(), r#"field "Value" refused: byte 0x0d at 1 of its value would end the line; send it encoded or leave it out"#);
/// assert_eq!(out, b"Action: Ping\r\nActionID: 7\r\n\r\n");
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct FrameWriter<'out> {
    out: &'out mut Vec<u8>,
    /// Length of `out` before the frame.
    start: usize,
    lines: usize,
    /// Whether the reader is a server, which reads lines and messages of limited length.
    to_server: bool,
    refused: Option<EncodeError>,
    done: bool,
}

impl<'out> FrameWriter<'out> {
    /// Begins a request to a server: lines of at most 1,022 bytes, at most 128 of them.
    pub fn action(out: &'out mut Vec<u8>, name: impl AsRef<[u8]>) -> Self {
        Self::new(out, true).header("Action", name)
    }

    /// Begins a server's answer of this kind, such as `Success`. Of any length.
    pub fn response(out: &'out mut Vec<u8>, kind: impl AsRef<[u8]>) -> Self {
        Self::new(out, false).header("Response", kind)
    }

    /// Begins a server's event. Of any length.
    pub fn event(out: &'out mut Vec<u8>, name: impl AsRef<[u8]>) -> Self {
        Self::new(out, false).header("Event", name)
    }

    /// Begins what a server said, with no line yet: what a frame is, its first line decides. Of any length.
    #[cfg(all(feature = "std", feature = "xml"))]
    pub(crate) fn heard(out: &'out mut Vec<u8>) -> Self {
        Self::new(out, false)
    }

    /// Writes a line as it was heard, with or without a colon.
    #[cfg(all(feature = "std", feature = "xml"))]
    pub(crate) fn heard_line(mut self, text: &[u8]) -> Self {
        match self.check_line(0, text) {
            _ if self.refused.is_some() || text.is_empty() => {}
            Ok(()) => {
                self.lines += 1;
                self.out.extend_from_slice(text);
                self.out.extend_from_slice(b"\r\n");
            }
            Err(refusal) => self.refused = Some(EncodeError::new(b"line", refusal)),
        }
        self
    }

    fn new(out: &'out mut Vec<u8>, to_server: bool) -> Self {
        let start = out.len();
        Self { out, start, lines: 0, to_server, refused: None, done: false }
    }

    /// Writes `name: value`.
    #[must_use]
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        if self.refused.is_some() {
            return self;
        }
        match check_name(name).and_then(|()| self.check_line(name.len() + 2, value)) {
            Ok(()) => {
                self.lines += 1;
                self.out.reserve(name.len() + value.len() + 6);
                self.out.extend_from_slice(name);
                self.out.extend_from_slice(b": ");
                self.out.extend_from_slice(value);
                self.out.extend_from_slice(b"\r\n");
            }
            Err(refusal) => self.refused = Some(EncodeError::new(name, refusal)),
        }
        self
    }

    /// Writes a line without a colon. A few answers have such lines; a server ignores them in a request.
    #[must_use]
    pub fn line(mut self, text: impl AsRef<[u8]>) -> Self {
        let text = text.as_ref();
        if self.refused.is_some() {
            return self;
        }
        let check =
            if text.is_empty() || text.contains(&b':') { Err(Refusal::NotText) } else { self.check_line(0, text) };
        match check {
            Ok(()) => {
                self.lines += 1;
                self.out.extend_from_slice(text);
                self.out.extend_from_slice(b"\r\n");
            }
            Err(refusal) => self.refused = Some(EncodeError::new(b"line", refusal)),
        }
        self
    }

    /// Closes the frame.
    ///
    /// # Errors
    /// When a field was refused: the first one, and why. Nothing was written.
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

    fn check_line(&self, before: usize, value: &[u8]) -> Result<(), Refusal> {
        if let Some(at) = value.iter().position(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err(Refusal::InValue { byte: value[at], at });
        }
        let len = before + value.len();
        if self.to_server && len > SERVER_LINE {
            return Err(Refusal::LineTooLong { len, max: SERVER_LINE });
        }
        if self.to_server && self.lines == SERVER_HEADERS {
            return Err(Refusal::TooManyHeaders { max: SERVER_HEADERS });
        }
        Ok(())
    }
}

impl Drop for FrameWriter<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.out.truncate(self.start);
        }
    }
}

fn check_name(name: &[u8]) -> Result<(), Refusal> {
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    if name.is_empty() {
        Err(Refusal::EmptyName)
    } else if let Some(at) = name.iter().position(|byte| matches!(byte, b'\r' | b'\n' | 0 | b':')) {
        Err(Refusal::InName { byte: name[at], at })
    } else if blank(name.first()) || blank(name.last()) {
        Err(Refusal::OuterBlank)
    } else {
        Ok(())
    }
}
