//! From a file to frames: the loop that every reader of a stream has, around the decoder.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

use ami_proto::wire::Truncated;
use ami_proto::{Decoder, Frame, FrameError, Limits};

use super::progress::Progress;
use super::replay::{Bad, Invalid, Recording, Side, Totals, Turn};

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
    /// Of a recording of both directions.
    pub(crate) replay: Option<Totals>,
    pub(crate) ending: Ending,
}

/// Why nothing more is read.
pub(crate) enum Ending {
    /// The stream ended between two frames.
    Clean,
    /// The stream ended inside a frame; of a recording of both directions, one of them or both.
    Truncated(Vec<(Option<Side>, Truncated)>),
    /// The stream went over a limit.
    Broken(Option<Side>, FrameError),
    /// The recording of both directions is none from there on.
    Invalid(Invalid),
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

/// Has a decoder read recordings, by its own methods of these names.
macro_rules! decode {
    ($decoder:ty, $frame:ident, $limits:expr, |$own:ident| $blank_lines:expr) => {
        impl Decode for $decoder {
            type Frame<'a> = $frame<'a>;

            fn start() -> Self {
                Self::new($limits)
            }

            fn space(&mut self, min: usize) -> Option<&mut [u8]> {
                self.space(min)
            }

            fn advance(&mut self, n: usize) {
                self.advance(n);
            }

            fn next_frame(&mut self) -> Result<Option<$frame<'_>>, FrameError> {
                self.next_frame()
            }

            fn finish(&self) -> Option<Truncated> {
                self.finish()
            }

            fn blank_lines(&self) -> u64 {
                let $own = self;
                $blank_lines
            }
        }
    };
}
pub(super) use decode;

decode!(Decoder, Frame, Limits::new(), |decoder| decoder.blank_lines());

/// Reads a recording to its end, at most `chunk` bytes at a time, and hands out every frame, with
/// the turn in which it ended if there are turns.
///
/// # Errors
/// Those of `each` alone; what goes wrong with the recording is its [`Ending`].
pub(crate) fn read<D: Decode>(
    input: Box<dyn Read>,
    chunk: NonZeroUsize,
    mut each: impl FnMut(D::Frame<'_>, Option<Turn>) -> io::Result<()>,
) -> io::Result<Stream> {
    let started = Instant::now();
    // Of the server, or of the only direction; and of the client.
    let mut decoders = [D::start(), D::start()];
    let mut bytes = 0;
    let mut replay = None;
    let ending = match Recording::new(input) {
        Err(error) => Ending::Unreadable(error),
        Ok(mut recording) => {
            let ending = all(&mut recording, &mut decoders, chunk, &mut bytes, &mut each)?;
            replay = recording.totals();
            ending
        }
    };
    let blank_lines = decoders.iter().map(D::blank_lines).sum();
    Ok(Stream { bytes, blank_lines, elapsed: started.elapsed(), replay, ending })
}

/// Reads turn by turn. What was whole is handed out, however it ends.
fn all<D: Decode>(
    recording: &mut Recording,
    decoders: &mut [D; 2],
    chunk: NonZeroUsize,
    bytes: &mut u64,
    each: &mut impl FnMut(D::Frame<'_>, Option<Turn>) -> io::Result<()>,
) -> io::Result<Ending> {
    loop {
        match recording.next_turn() {
            Ok(true) => {}
            Ok(false) => break,
            Err(bad) => return Ok(bad.into()),
        }
        let turn = recording.turn();
        let decoder = &mut decoders[usize::from(turn.is_some_and(|turn| turn.side == Side::Client))];
        loop {
            // A decoder that is full and has no frame to take has failed below.
            let Some(space) = decoder.space(chunk.get()) else { unreachable!("all frames have been taken") };
            let len = space.len().min(chunk.get());
            match recording.read(&mut space[..len]) {
                Ok(0) => break,
                Ok(read) => {
                    decoder.advance(read);
                    *bytes += read as u64;
                }
                Err(bad) => return Ok(bad.into()),
            }
            loop {
                match decoder.next_frame() {
                    Ok(Some(frame)) => each(frame, turn)?,
                    Ok(None) => break,
                    Err(error) => return Ok(Ending::Broken(turn.map(|turn| turn.side), error)),
                }
            }
        }
    }
    let sides = [Side::Server, Side::Client].map(|side| recording.totals().map(|_| side));
    let left = sides.into_iter().zip(decoders).filter_map(|(side, decoder)| Some((side, decoder.finish()?)));
    let left: Vec<_> = left.collect();
    Ok(if left.is_empty() { Ending::Clean } else { Ending::Truncated(left) })
}

impl From<Bad> for Ending {
    fn from(bad: Bad) -> Self {
        match bad {
            Bad::Unreadable(error) => Self::Unreadable(error),
            Bad::Invalid(invalid) => Self::Invalid(invalid),
        }
    }
}
