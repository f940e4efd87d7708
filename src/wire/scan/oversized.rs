//! Over a frame that went over a limit, to its end, in little memory.
//!
//! Of what is skipped only the last bytes stay in the buffer: what stands before a line feed tells
//! whether it ends the frame, however the stream is cut up.

use super::classify::{classify, follows_head};
use super::{FrameEnd, Phase, Scanner};
use crate::error::{FrameError, Limit};
use crate::range::part;
use crate::wire::follows::{END_OF_COMMAND, before_end, is_follows};
use crate::wire::frame::{Frame, FrameKind};
use crate::wire::header_index::HeaderIndex;
use crate::wire::limits::Limits;

/// Bytes before a line feed that tell whether it ends the frame: the end marker and two line ends.
const KEPT: usize = END_OF_COMMAND.len() + 4;

/// A frame that is being skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Oversized {
    /// Where it began in the stream.
    offset: u64,
    /// True if it runs to the end marker of a command's output.
    follows: bool,
}

impl Scanner {
    /// Gives up the frame that went over a limit, after [`scan`](Self::scan) has failed over the
    /// same buffer: from now on `scan` looks for its end, and for the frames behind it. Returns
    /// what had been read of it, its first lines, as far as they are whole.
    ///
    /// `None`: nothing has failed, or the frame is longer than 1 GiB, the most that
    /// [`Limits::frame`] can be. See [`Decoder::skip_frame`](crate::Decoder::skip_frame).
    pub fn skip_frame(&mut self, buf: &[u8]) -> Option<FrameEnd> {
        let Phase::Failed(error) = self.phase else { return None };
        if error.limit == Limit::Frame && error.max == Limits::LONGEST_FRAME {
            return None;
        }
        // The line that is not whole may have its colon in.
        self.index.len &= !1;
        let end = self.line_start();
        let bytes = buf.get(self.start..end)?;
        let mut shape = classify(bytes, self.index.marks());
        let name = Frame::new(HeaderIndex::new(bytes, self.index.marks()), shape, 0).name();
        let follows = shape.kind == FrameKind::Response && self.framing.expects_follows();
        let follows = follows && name.is_some_and(is_follows);
        if follows {
            shape.head = follows_head(bytes, self.index.marks());
        }
        let offset = self.base + self.start as u64;
        self.phase = Phase::Skipping(Oversized { offset, follows });
        self.searched = self.start;
        (self.follows, self.skipped_lines, self.quiet) = (None, None, 0);
        Some(FrameEnd { start: self.start, end, offset, shape })
    }

    /// Goes on to the end of a frame that is skipped. Returns whether that has been found.
    pub(super) fn skip_on(&mut self, buf: &[u8], Oversized { offset, follows }: Oversized) -> Result<bool, FrameError> {
        self.index.len = 0;
        while let Some(found) = buf.get(self.searched..).and_then(|new| memchr::memchr(b'\n', new)) {
            let newline = self.searched + found;
            self.searched = newline + 1;
            if ends(part(buf, self.start..newline), follows) {
                self.begin(newline + 1);
                self.phase = Phase::Frames;
                return Ok(true);
            }
        }
        self.searched = self.searched.max(buf.len());
        self.start = self.start.max(self.searched.saturating_sub(KEPT));
        self.masked = self.start;
        let most = offset + u64::from(Limits::LONGEST_FRAME);
        if self.base + self.searched as u64 > most {
            let error = FrameError { limit: Limit::Frame, max: Limits::LONGEST_FRAME, offset: most };
            self.phase = Phase::Failed(error);
            return Err(error);
        }
        Ok(false)
    }
}

/// Returns true if the line feed that stands behind these bytes ends the frame.
fn ends(before: &[u8], follows: bool) -> bool {
    let Some(text) = without_cr(before).strip_suffix(b"\n") else { return false };
    !follows || before_end(without_cr(text)).is_some()
}

fn without_cr(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}
