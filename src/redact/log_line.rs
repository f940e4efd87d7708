//! Frames as one line of a log: without their secrets, without a byte that a terminal or a log
//! would take for its own, and never long.

use core::fmt::{self, Write as _};

use super::{mask_line, mask_uris, mask_value};
use crate::wire::{Frame, FrameKind, OwnedFrame, Value};
#[cfg(feature = "std")]
use crate::wire::{Framing, Limits, Scanner};

/// Bytes of a line at the most.
const LONGEST: usize = 1024;
/// Stands for all that there is no room for.
const MORE: char = '…';

/// Writes as much as a line may have.
pub(crate) struct LogLine<'a, 'f> {
    out: &'a mut fmt::Formatter<'f>,
    left: usize,
    is_full: bool,
}

impl fmt::Write for LogLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            self.write_char(char)?;
        }
        Ok(())
    }

    fn write_char(&mut self, char: char) -> fmt::Result {
        match self.left.checked_sub(char.len_utf8()) {
            Some(left) => self.left = left,
            None => self.is_full = true,
        }
        if self.is_full { Err(fmt::Error) } else { self.out.write_char(char) }
    }
}

impl LogLine<'_, '_> {
    /// Writes a name and its value.
    pub(crate) fn pair(&mut self, name: Value<'_>, value: &[u8]) -> fmt::Result {
        write!(self, " {}=\"{}\"", Escaped(name.as_bytes()), Escaped(value))
    }
}

/// Writes a line; what goes beyond its room ends in `…`.
pub(crate) fn log_line(
    out: &mut fmt::Formatter<'_>,
    write: impl FnOnce(&mut LogLine<'_, '_>) -> fmt::Result,
) -> fmt::Result {
    let mut line = LogLine { out, left: LONGEST - MORE.len_utf8(), is_full: false };
    match write(&mut line) {
        Err(_) if line.is_full => out.write_char(MORE),
        written => written,
    }
}

/// Bytes as text without quotation marks, control and formatting characters, and what is no UTF-8:
/// these are escaped.
pub(crate) struct Escaped<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for char in chunk.valid().chars() {
                match char {
                    '\'' => f.write_char(char)?,
                    _ => write!(f, "{}", char.escape_debug())?,
                }
            }
            chunk.invalid().iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))?;
        }
        Ok(())
    }
}

/// One line for a log: kind, name and headers, with secrets masked and what could end the line or
/// steer a terminal escaped; of lines that are no headers their number, since command output can
/// hold anything. At most 1,024 bytes: what is longer ends in `…`.
///
/// ```
/// use ami_proto::{Decoder, Limits};
///
/// let mut decoder = Decoder::new(Limits::new());
/// decoder.push(b"Asterisk Call Manager/11.0.0\r\nEvent: UserEvent\r\nName: Jos\xc3\xa9\x1b[0m\r\nSecret: s3cret\r\n\r\n");
/// assert_eq!(decoder.next_frame()?.unwrap().to_string(), "banner \"Asterisk Call Manager/11.0.0\"");
/// assert_eq!(
///     decoder.next_frame()?.unwrap().to_string(),
///     r#"event UserEvent Name="José\u{1b}[0m" Secret="***""#
/// );
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
impl fmt::Display for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log_line(f, |line| line.frame(*self))
    }
}

impl LogLine<'_, '_> {
    pub(crate) fn frame(&mut self, frame: Frame<'_>) -> fmt::Result {
        write!(self, "{}", frame.kind())?;
        // What names it stands in front, and not again.
        let mut name = frame.name();
        if let Some(name) = name {
            write!(self, " {}", Escaped(&mask_uris(name.as_bytes())))?;
        }
        let kind = frame.kind().as_str();
        for header in frame.headers() {
            if name.is_some() && header.is(kind) {
                name = None;
            } else {
                self.pair(Value::new(header.name()), &mask_value(frame, header))?;
            }
        }
        let lines = frame.lines();
        if frame.kind() == FrameKind::Banner {
            return lines.into_iter().try_for_each(|line| write!(self, " \"{}\"", Escaped(&mask_line(frame, line))));
        }
        match lines.count() {
            0 => Ok(()),
            count => write!(self, " ({count} lines)"),
        }
    }
}

/// A message as it was written, to be shown as the frame that it is read as; by its length where it
/// is none.
#[cfg(feature = "std")]
pub(crate) struct Written<'a>(pub(crate) &'a [u8]);

#[cfg(feature = "std")]
impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut scanner = Scanner::new(Limits::new()).with_framing(Framing::PLAIN);
        match scanner.scan(self.0) {
            Ok(Some(end)) => scanner.frame(self.0, end).fmt(f),
            _ => write!(f, "{} bytes that are no frame", self.0.len()),
        }
    }
}

impl fmt::Display for OwnedFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}
