//! Frames of an HTTP response body, found by the scanner of the `Decoder`. The body is complete, so
//! it needs no buffer of its own.

use alloc::borrow::Cow;
use core::fmt;

use super::{Format, HttpError};
use crate::error::FrameError;
use crate::wire::{Frame, Framing, Limits, Scanner, Truncated};

/// The body of an HTTP response, read frame by frame.
///
/// ```
/// use ami_proto::http::Body;
/// use ami_proto::Limits;
///
/// let mut body = Body::rawman(b"Response: Success\r\nPing: Pong\r\n\r\n", Limits::new());
/// assert_eq!(body.next_frame()?.unwrap().get("Ping").unwrap(), "Pong");
/// assert!(body.next_frame()?.is_none());
/// assert_eq!(body.finish(), None);
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
pub struct Body<'body> {
    bytes: Cow<'body, [u8]>,
    scanner: Scanner,
    framing: Framing,
    limits: Limits,
}

impl<'body> Body<'body> {
    /// Creates the body of a `rawman` response: the bytes that a socket would carry, without a
    /// banner.
    pub fn rawman(bytes: &'body [u8], limits: Limits) -> Self {
        Self::new(bytes.into(), Framing::SERVER.banner(false), limits)
    }

    /// Creates the body of an `mxml` response. Turns the XML back into the bytes that it was made
    /// from, as far as possible.
    ///
    /// The server's XML has lost:
    /// - the case of names, and characters in them that are neither letter nor digit, which have
    ///   become `_`. Names that the catalogue knows are restored (`cause_txt` is `Cause-txt`
    ///   again); others stay as they are;
    /// - blanks around values, empty lines, line ends;
    /// - the place of lines without a colon among the headers. The first such line and all that
    ///   follow it come last, as lines;
    /// - for the output of a command up to 13: lines with a colon in them have become headers, in
    ///   the order of the output; the end marker is left out, so the frame ends where its element
    ///   does.
    ///
    /// Bytes that are not UTF-8 stay as they are. Needs the feature `xml`.
    ///
    /// ```
    /// use ami_proto::Limits;
    /// use ami_proto::http::Body;
    ///
    /// let xml = b"<ajax-response>\n<response type='object' id='unknown'><generic response='Success' output='a &amp; b' output-2='c' /></response>\n</ajax-response>\n";
    /// let mut body = Body::mxml(xml, Limits::new())?;
    /// assert_eq!(body.next_frame()?.unwrap().as_bytes(), b"response: Success\r\noutput: a & b\r\noutput: c\r\n\r\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`HttpError::Xml`] if the body is not well-formed, or is not the XML of a server.
    #[cfg(feature = "xml")]
    pub fn mxml(xml: &'body [u8], limits: Limits) -> Result<Self, HttpError> {
        // The elements delimit the frames, so no end of a text has to be found.
        let framing = Framing::SERVER.banner(false).follows(false);
        Ok(Self::new(super::mxml::to_wire(xml)?.into(), framing, limits))
    }

    #[cfg_attr(not(feature = "xml"), expect(clippy::unnecessary_wraps, reason = "only mxml can be malformed"))]
    pub(super) fn of(format: Format, bytes: &'body [u8], limits: Limits) -> Result<Self, HttpError> {
        match format {
            Format::Rawman => Ok(Self::rawman(bytes, limits)),
            #[cfg(feature = "xml")]
            Format::Mxml => Self::mxml(bytes, limits),
        }
    }

    fn new(bytes: Cow<'body, [u8]>, framing: Framing, limits: Limits) -> Self {
        Self { bytes, scanner: Scanner::new(limits).with_framing(framing), framing, limits }
    }

    /// Goes back to the first frame.
    pub(super) fn rewind(&mut self) {
        self.scanner = Scanner::new(self.limits).with_framing(self.framing);
    }

    /// Returns the next frame, or `None` at the end.
    ///
    /// # Errors
    /// The limit that the body exceeds; later calls return the error again, as with the
    /// [`Decoder`](crate::Decoder).
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let Some(end) = self.scanner.scan(&self.bytes)? else { return Ok(None) };
        Ok(Some(self.scanner.frame(&self.bytes, end)))
    }

    /// Returns the incomplete frame that the end of the body cut off, or `None` if there is none.
    /// Call it when all frames have been taken.
    pub fn finish(&self) -> Option<Truncated> {
        let offset = self.scanner.offset();
        let len = self.bytes.len().saturating_sub(usize::try_from(offset).unwrap_or(usize::MAX));
        (len > 0).then_some(Truncated { offset, len })
    }
}

impl fmt::Debug for Body<'_> {
    /// Shows only the length, since the content may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("len", &self.bytes.len()).finish_non_exhaustive()
    }
}
