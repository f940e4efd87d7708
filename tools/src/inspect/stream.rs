//! From a file to frames: the loop that every reader of a stream has, around the decoder.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

use ami_proto::wire::Truncated;
use ami_proto::{Decoder, Frame, FrameError, Limits};

use super::progress::Progress;

/// Bytes from which on a file is worth telling how far it has been read.
const LONG: u64 = 4 << 20;

/// What is known of a stream when its end is reached.
pub(crate) struct Stream {
    /// Bytes read.
    pub(crate) bytes: u64,
    /// Blank lines that belong to no frame.
    pub(crate) blank_lines: u64,
    /// From the first read to the end, the work on the frames included.
    pub(crate) elapsed: Duration,
    pub(crate) ending: Ending,
}

/// Why nothing more is read.
pub(crate) enum Ending {
    /// The stream ended between two frames.
    Clean,
    /// The stream ended inside a frame.
    Truncated(Truncated),
    /// The stream went over a limit.
    Broken(FrameError),
    /// The file could not be read further.
    Unreadable(io::Error),
}

pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// Opens a file, or standard input. A long file shows on standard error how far it has been read,
/// if `progress` is wanted and that is a terminal.
pub(crate) fn open(path: &Path, progress: bool) -> io::Result<Box<dyn Read>> {
    if is_stdin(path) {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !progress || metadata.len() < LONG {
        // Buffered, so that small pieces are not a system call each.
        return Ok(Box::new(BufReader::new(file)));
    }
    Ok(Box::new(BufReader::new(Progress::new(file, metadata.len()))))
}

/// What turns bytes into frames: the decoder of one protocol.
pub(crate) trait Decode {
    type Frame<'a>
    where
        Self: 'a;

    fn start() -> Self;
    fn space(&mut self, min: usize) -> Option<&mut [u8]>;
    fn advance(&mut self, n: usize);
    fn next_frame(&mut self) -> Result<Option<Self::Frame<'_>>, FrameError>;
    fn finish(&self) -> Option<Truncated>;
    /// Blank lines that belong to no frame.
    fn blank_lines(&self) -> u64;
}

impl Decode for Decoder {
    type Frame<'a> = Frame<'a>;

    fn start() -> Self {
        Self::new(Limits::new())
    }

    fn space(&mut self, min: usize) -> Option<&mut [u8]> {
        self.space(min)
    }

    fn advance(&mut self, n: usize) {
        self.advance(n);
    }

    fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        self.next_frame()
    }

    fn finish(&self) -> Option<Truncated> {
        self.finish()
    }

    fn blank_lines(&self) -> u64 {
        self.blank_lines()
    }
}

/// Reads a stream to its end, at most `chunk` bytes at a time, and hands out every frame.
///
/// # Errors
/// Those of `each` alone; what goes wrong with the stream is its [`Ending`].
pub(crate) fn read<D: Decode>(
    mut input: Box<dyn Read>,
    chunk: NonZeroUsize,
    mut each: impl FnMut(D::Frame<'_>) -> io::Result<()>,
) -> io::Result<Stream> {
    let started = Instant::now();
    let mut decoder = D::start();
    let mut bytes = 0;
    let ending = 'stream: loop {
        // A decoder that is full and has no frame to take has failed below.
        let Some(space) = decoder.space(chunk.get()) else { unreachable!("all frames have been taken") };
        let len = space.len().min(chunk.get());
        match input.read(&mut space[..len]) {
            Ok(0) => break decoder.finish().map_or(Ending::Clean, Ending::Truncated),
            Ok(read) => {
                decoder.advance(read);
                bytes += read as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => break Ending::Unreadable(error),
        }
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => each(frame)?,
                Ok(None) => break,
                Err(error) => break 'stream Ending::Broken(error),
            }
        }
    };
    Ok(Stream { bytes, blank_lines: decoder.blank_lines(), elapsed: started.elapsed(), ending })
}
