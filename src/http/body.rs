//! The frames of an answer's body, found by the scanner that every `Decoder` is made of. The body
//! is there as a whole, so it needs no buffer of its own.

use alloc::borrow::Cow;
use core::fmt;

use super::{Format, HttpError};
use crate::error::FrameError;
use crate::wire::{Frame, Framing, Limits, Scanner, Truncated};

/// The body of an answer, to be taken frame by frame.
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
    /// A body of `rawman`: what a socket would carry, without a banner.
    pub fn rawman(bytes: &'body [u8], limits: Limits) -> Self {
        Self::new(bytes.into(), Framing::SERVER.banner(false), limits)
    }

    /// A body of `mxml`, turned back into what it was made from, as far as it can be.
    ///
    /// Lost in the server, and not to be had again:
    /// - names are in lower case, and what is neither letter nor digit in them has become `_`.
    ///   Names that the catalogue knows are given back what they had (`cause_txt` is `Cause-txt`
    ///   again); others stay as they are;
    /// - blanks around values, empty lines, line ends;
    /// - for lines without a colon: which header they stood before. The first one and all that
    ///   follow it come last, as lines;
    /// - for the output of a command up to 13: lines with a colon in them have become headers, in
    ///   the order of the output; the end marker is left out, so that the frame ends where its
    ///   element does.
    ///
    /// What is no UTF-8 stays as it is. Feature `xml`.
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
    /// [`HttpError::Xml`] where the body isn't well-formed, or isn't what a server makes.
    #[cfg(feature = "xml")]
    pub fn mxml(xml: &'body [u8], limits: Limits) -> Result<Self, HttpError> {
        // The elements delimit the frames, so there is no text to be found the end of.
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

    /// Begins again at the first frame.
    pub(super) fn rewind(&mut self) {
        self.scanner = Scanner::new(self.limits).with_framing(self.framing);
    }

    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// When the body goes over a limit: sticky, as the [`Decoder`](crate::Decoder)'s.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        let Some(end) = self.scanner.scan(&self.bytes)? else { return Ok(None) };
        Ok(Some(self.scanner.frame(&self.bytes, end)))
    }

    /// What the end of the body cut off, to be asked when all frames have been taken. `None`:
    /// nothing.
    pub fn finish(&self) -> Option<Truncated> {
        let offset = self.scanner.offset();
        let len = self.bytes.len().saturating_sub(usize::try_from(offset).unwrap_or(usize::MAX));
        (len > 0).then_some(Truncated { offset, len })
    }
}

impl fmt::Debug for Body<'_> {
    /// Its length: what it holds may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("len", &self.bytes.len()).finish_non_exhaustive()
    }
}
