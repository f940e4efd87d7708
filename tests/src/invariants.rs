//! What must hold for any bytes: the bodies of the fuzz targets, here so that `tests/it/replay.rs`
//! runs them on stable.
//!
//! Each takes raw bytes and panics where its invariant is broken; so a crash file of a target is
//! replayed by passing its bytes.

use super::framing;
use super::message::{Begin, Field, Fields, Message, Text};
use super::oracle::{self, Kind, OracleFrame};
use ami_proto::error::Limit;
use ami_proto::wire::{FrameEnd, FrameWriter, Header, Kernel, Scanner};
use ami_proto::{Decoder, Frame, FrameError, FrameKind, Framing, Limits, OwnedFrame, Value};
use arbitrary::{Arbitrary, Unstructured};

/// Bytes of an input that are looked at where they are read often. So many hold no more lines than
/// the default limits allow.
const LONGEST: usize = 64 * 1024;

/// Bytes of an input up to which it is also read one by one, whatever the sizes asked for.
const SINGLE_BYTES: usize = 512;

/// Places within a block that an input is put at.
const ALIGNMENTS: usize = 64;

/// The first 18 bytes of an input of [`decode`], [`chunking`], [`kernels`], [`filtered`] and
/// [`differential`]; what is missing counts as zeros. Zeros are the default framing and limits.
#[derive(Arbitrary, Clone, Debug)]
pub struct Setup {
    /// 1: no banner; 2: no `Follows`, with 1 it is a stream of requests; 4: the limits below
    /// instead of the default ones; 8: the buffer's limit too; 16: a filter, where there is a
    /// choice.
    flags: u8,
    line: u16,
    headers: u8,
    frame: u16,
    /// Of the pieces, in turn: up to 191 one byte less than the piece, above that its blocks of 64.
    sizes: [u8; 6],
    /// What is done between pieces, a bit at a time.
    choices: u32,
    buffer: u16,
}

impl Setup {
    /// Bytes that it takes of the input.
    pub const LEN: usize = 18;

    fn split(data: &[u8]) -> (Self, &[u8]) {
        let mut bytes = Unstructured::new(data);
        let setup = Self::arbitrary(&mut bytes).expect("integers are made of any bytes, or of none");
        assert_eq!(bytes.len(), data.len().saturating_sub(Self::LEN));
        (setup, bytes.take_rest())
    }

    fn framing(&self) -> Framing {
        Framing::SERVER.banner(self.flags & 1 == 0).follows(self.flags & 2 == 0)
    }

    /// Those that don't depend on when frames are taken.
    fn limits(&self) -> Limits {
        match self.flags & 4 {
            0 => Limits::new(),
            _ => Limits::new().line(self.line.into()).lines(self.headers.into()).frame(self.frame.into()),
        }
    }

    fn max_buffer(&self) -> u32 {
        if self.flags & 8 == 0 { Limits::new().max_buffer() } else { self.buffer.into() }
    }

    /// A decoder with the buffer's limit as well.
    fn bounded(&self) -> Decoder {
        Decoder::new(self.limits().buffer(self.max_buffer())).with_framing(self.framing())
    }

    /// Whether events of this name are asked for.
    fn wants(&self, name: Value<'_>) -> bool {
        self.flags & 16 == 0 || is_wanted(name)
    }

    fn decoder(&self) -> Decoder {
        Decoder::new(self.limits()).with_framing(self.framing())
    }

    fn pieces<'a>(&self, mut input: &'a [u8]) -> Vec<&'a [u8]> {
        let mut pieces = Vec::new();
        for &size in self.sizes.iter().cycle() {
            let size = if size < 192 { usize::from(size) + 1 } else { usize::from(size - 191) * 64 };
            let (piece, rest) = input.split_at(size.min(input.len()));
            if piece.is_empty() {
                break;
            }
            pieces.push(piece);
            input = rest;
        }
        pieces
    }

    /// Ways to cut the input: in the pieces asked for; in single bytes where it is short.
    fn plans<'a>(&self, input: &'a [u8]) -> Vec<Vec<&'a [u8]>> {
        let mut plans = vec![self.pieces(input)];
        if input.len() <= SINGLE_BYTES {
            plans.push(input.chunks(1).collect());
        }
        plans
    }

    fn choices(&self) -> Choices {
        Choices(self.choices)
    }
}

/// Decisions, taken from the input's bits over and over.
struct Choices(u32);

impl Choices {
    fn next(&mut self) -> bool {
        self.0 = self.0.rotate_right(1);
        self.0 >> 31 == 1
    }
}

// Any bytes, fed whole.

/// No bytes make the decoder panic or lose one of them; getters agree with one another; limits cut
/// the stream where they say, and change nothing before.
pub fn decode(data: &[u8]) {
    let (setup, input) = Setup::split(data);
    let unlimited = read_whole(Decoder::new(Limits::new()).with_framing(setup.framing()), input);
    if setup.limits() == Limits::new() {
        return;
    }
    let limited = read_whole(setup.decoder(), input);
    let Some(expected) = breach(input, &unlimited.ends, setup.limits()) else {
        return assert_eq!(limited, unlimited, "no limit is broken");
    };
    assert!(limited.error.is_some_and(|error| expected.is(error)), "{:?}, not {expected:?}", limited.error);
    let before = unlimited.ends.iter().take_while(|end| **end <= expected.offset).count();
    assert_eq!(limited.ends, unlimited.ends[..before], "all frames before the breach");
}

/// Where the frames of an input end, and how reading them ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Outline {
    pub ends: Vec<usize>,
    pub error: Option<FrameError>,
}

/// Reads a whole input and checks on the way all that can be checked without knowing what a frame
/// is.
pub fn read_whole(mut decoder: Decoder, input: &[u8]) -> Outline {
    let mut ends = Vec::new();
    let mut at = 0;
    let mut blank_lines = 0;
    let mut skip = |from: usize, to: u64| {
        let to = usize::try_from(to).expect("an offset in the input");
        let blank = input[from..to].split(|byte| *byte == b'\n').count() - 1;
        assert!(is_blank_lines(&input[from..to]), "only blank lines lie between frames");
        blank_lines += blank as u64;
        to
    };
    decoder.push(input);
    let error = loop {
        match decoder.next_frame() {
            Ok(None) => break None,
            Err(error) => break Some(error),
            Ok(Some(frame)) => {
                let start = skip(at, frame.offset());
                at = start + frame.as_bytes().len();
                assert_eq!(frame.as_bytes(), &input[start..at]);
                getters(frame);
                ends.push(at);
            }
        }
    };
    let rest = skip(at, decoder.offset());
    assert_eq!(decoder.blank_lines(), blank_lines);
    assert_eq!(decoder.pending(), &input[rest..]);
    assert_eq!(
        decoder.finish().map(|cut| (cut.offset, cut.len)),
        (rest < input.len()).then(|| (rest as u64, input.len() - rest))
    );
    assert!(!format!("{decoder:?}").is_empty());
    if error.is_some() {
        decoder.push(b"\r\n\r\nEvent: A\r\n\r\n");
        assert_eq!(decoder.next_frame().err(), error, "the error is sticky");
    }
    Outline { ends, error }
}

fn is_blank_lines(bytes: &[u8]) -> bool {
    let ends_in_lf = bytes.last().is_none_or(|byte| *byte == b'\n');
    ends_in_lf && bytes.split(|byte| *byte == b'\n').all(|line| matches!(line, b"" | b"\r"))
}

/// Every getter of a frame works, and no two tell different stories.
fn getters(frame: Frame<'_>) {
    let (kind, bytes) = (frame.kind(), frame.as_bytes());
    let framed = !matches!(kind, FrameKind::Banner | FrameKind::Text);
    let telling = frame.headers().find(|header| !header.is("ActionID")).map(Header::value);
    assert_eq!(frame.name(), telling.filter(|_| framed));
    assert!(framed || frame.headers().next().is_none());
    assert!(frame.lines().all(|line| !line.as_bytes().contains(&b'\n')));

    // Names from the wire, as many as keep this linear; lines, which are none; and one that is
    // hardly there.
    let names = frame.headers().take(8).map(Header::name).chain(frame.lines().take(8).map(Value::as_bytes));
    let names: Vec<&str> = names.filter_map(|name| std::str::from_utf8(name).ok()).collect();
    for name in names.into_iter().chain(["Variable"]) {
        let all = frame.headers().filter(|header| header.is(name)).map(Header::value);
        assert!(frame.get_all(name).eq(all));
        assert_eq!(frame.get(name), frame.get_all(name).next());
        assert_eq!(frame.get(&name.to_ascii_uppercase()), frame.get(name));
    }
    for value in frame.headers().map(Header::value).chain(frame.lines()) {
        assert_eq!(value.to_string(), value.to_str_lossy());
        assert!(value.as_str().is_ok_and(|text| value == text) || value.as_str().is_err());
    }

    let owned = frame.to_owned();
    same_frame(owned.view(), frame);
    assert_eq!(owned, owned.view().to_owned());
    // Quadratic in the headers of some requests, see `is_secret`.
    if bytes.len() <= LONGEST {
        assert_eq!(format!("{owned:?}"), format!("{frame:?}"));
        let parts = format!("{:?} {:?} {:?}", frame.headers(), frame.lines(), frame.get_all("Variable"));
        assert!(!parts.is_empty());
    }
}

/// What breaks a limit: what is reported, and how many bytes have arrived by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breach {
    pub limit: Limit,
    pub max: u32,
    pub offset: usize,
    pub seen: usize,
}

impl Breach {
    /// Whether this is what is reported.
    pub fn is(self, error: FrameError) -> bool {
        (error.limit, error.max, error.offset) == (self.limit, self.max, self.offset as u64)
    }
}

/// The first breach of the limits of line, headers and frame, one line after the other; `ends` are
/// those of the frames without limits.
pub fn breach(input: &[u8], ends: &[usize], limits: Limits) -> Option<Breach> {
    let [max_line, max_lines, max_frame] = [limits.max_line(), limits.max_lines(), limits.max_frame()];
    let found = |limit, max, offset, seen| Some(Breach { limit, max, offset, seen });
    let mut ends = ends.iter();
    let mut end = ends.next();
    let (mut start, mut line, mut lines) = (0_usize, 0_usize, 0);
    loop {
        let newline = input[line..].iter().position(|byte| *byte == b'\n').map(|at| line + at);
        let stop = newline.unwrap_or(input.len());
        let line_end = line.saturating_add(max_line as usize);
        let frame_end = start.saturating_add(max_frame as usize);
        if stop > line_end && line_end <= frame_end {
            return found(Limit::Line, max_line, line_end, line_end + 1);
        }
        if stop > frame_end {
            return found(Limit::Frame, max_frame, frame_end, frame_end + 1);
        }
        let next = newline? + 1;
        let blank = matches!(&input[line..next - 1], b"" | b"\r");
        let skipped = blank && line == start;
        if !skipped && end != Some(&next) && lines == max_lines {
            return found(Limit::Lines, max_lines, line, next);
        }
        if !skipped && next > frame_end {
            return found(Limit::Frame, max_frame, frame_end, next);
        }
        if skipped {
            start = next;
        } else if end == Some(&next) {
            (start, lines, end) = (next, 0, ends.next());
        } else {
            lines += 1;
        }
        line = next;
    }
}

/// The same with the limit of the buffer, for a reader that takes each frame as soon as it is
/// whole: what can't be taken before it fills the buffer breaks it.
pub fn breach_at_once(input: &[u8], ends: &[usize], limits: Limits) -> Option<Breach> {
    let max = limits.max_buffer();
    let (mut left, mut start) = (ends.iter(), 0);
    let full = loop {
        let len = match &input[start..] {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            rest => match left.next() {
                Some(end) => end - start,
                None => break rest.len() >= max as usize,
            },
        };
        if len > max as usize {
            break true;
        }
        start += len;
    };
    let offset = start.saturating_add(max as usize);
    let full = full.then_some(Breach { limit: Limit::Buffer, max, offset, seen: offset });
    breach(input, ends, limits).into_iter().chain(full).min_by_key(|breach| breach.seen)
}

// Any bytes, in any pieces.

/// However the input is cut, whoever holds the buffer, and whenever frames are taken, the same
/// frames and the same error come out as for the whole; with a buffer too small the bytes that fit.
pub fn chunking(data: &[u8]) {
    let (setup, input) = Setup::split(data);
    let input = &input[..input.len().min(LONGEST)];
    let whole = Whole::read(&setup, Kernel::PORTABLE, input);
    for pieces in setup.plans(input) {
        pushed(setup.bounded(), Decoder::next_frame, &setup, &pieces, &whole);
        read_into_space(setup.bounded(), &setup, &pieces, &whole);
        scanned(Scanner::scan, &setup, &pieces, &whole);
    }
}

/// What came of an input in one piece, and where it breaks the limits.
struct Whole<'a> {
    input: &'a [u8],
    frames: Vec<Expected>,
    breach: Option<Breach>,
}

/// A frame that must come out, unless it is an event that nobody wants.
struct Expected {
    frame: Known,
    start: usize,
    end: usize,
    wanted: bool,
}

enum Known {
    Read(OwnedFrame),
    Told(OracleFrame),
}

impl Expected {
    fn is(&self, found: Frame<'_>) {
        match &self.frame {
            Known::Read(frame) => same_frame(found, frame.view()),
            Known::Told(frame) => assert_eq!(super::plain(found), *frame),
        }
    }
}

impl<'a> Whole<'a> {
    /// By a decoder without limits; where the limits are broken is worked out independently.
    fn read(setup: &Setup, kernel: Kernel, input: &'a [u8]) -> Self {
        let mut decoder = Decoder::new(Limits::new()).with_framing(setup.framing()).with_kernel(kernel);
        decoder.push(input);
        let mut frames = Vec::new();
        while let Some(frame) = decoder.next_frame().expect("an input within the default limits") {
            let start = usize::try_from(frame.offset()).expect("an offset in the input");
            let end = start + frame.as_bytes().len();
            frames.push(Expected { frame: Known::Read(frame.to_owned()), start, end, wanted: true });
        }
        Self::new(setup, input, frames)
    }

    /// By the oracle.
    fn told(setup: &Setup, input: &'a [u8]) -> Self {
        let framing = setup.framing();
        let reading = oracle::read_as(input, framing.expects_banner(), framing.expects_follows());
        let expected = |frame: OracleFrame| {
            let start = usize::try_from(frame.offset).expect("an offset in the input");
            let (end, name) = (start + frame.len, frame.name.as_deref().unwrap_or_default());
            let wanted = frame.kind != Kind::Event || setup.wants(name.into());
            Expected { frame: Known::Told(frame), start, end, wanted }
        };
        Self::new(setup, input, reading.frames.into_iter().map(expected).collect())
    }

    fn new(setup: &Setup, input: &'a [u8], mut frames: Vec<Expected>) -> Self {
        let ends: Vec<usize> = frames.iter().map(|frame| frame.end).collect();
        let breach = breach(input, &ends, setup.limits());
        frames.retain(|frame| breach.is_none_or(|breach| frame.end <= breach.offset));
        Self { input, frames, breach }
    }

    /// Leaves out the events that a filter leaves out.
    fn filter(mut self) -> Self {
        for expected in &mut self.frames {
            if let Known::Read(frame) = &expected.frame {
                let frame = frame.view();
                expected.wanted = frame.kind() != FrameKind::Event || frame.name().is_some_and(is_wanted);
            }
        }
        self
    }
}

/// What a reader must have told and taken, worked out from the whole as it goes on.
struct Model<'a> {
    whole: &'a Whole<'a>,
    max_buffer: usize,
    /// Bytes that it has been given and had room for.
    arrived: usize,
    /// Where the first frame not taken begins.
    start: usize,
    /// The frames taken, or passed over.
    taken: usize,
    blank_lines: u64,
    /// Where bytes had no room.
    overflow: Option<usize>,
    failed: bool,
}

impl<'a> Model<'a> {
    fn new(setup: &Setup, whole: &'a Whole<'a>) -> Self {
        let max_buffer = setup.max_buffer() as usize;
        Self { whole, max_buffer, arrived: 0, start: 0, taken: 0, blank_lines: 0, overflow: None, failed: false }
    }

    fn room(&self) -> usize {
        if self.overflow.is_some() { 0 } else { self.max_buffer - (self.arrived - self.start) }
    }

    fn push(&mut self, len: usize) {
        let fits = len.min(self.room());
        self.arrived += fits;
        if fits < len {
            self.overflow.get_or_insert(self.arrived);
        }
    }

    /// Holds what a look for a frame has found against what it must find; whether there was a
    /// frame.
    fn take(&mut self, found: Result<Option<Frame<'_>>, FrameError>) -> bool {
        let expected = self.next();
        match (found, expected) {
            (Ok(Some(found)), Ok(Some(expected))) => expected.is(found),
            (Ok(None), Ok(None)) => return false,
            (Err(found), Err(expected)) => {
                assert!(expected.is(found), "{found:?}, not {expected:?}");
                return false;
            }
            (found, expected) => {
                let expected = expected.map(|frame| frame.map(|frame| frame.start..frame.end));
                panic!("{found:?}, not {expected:?}");
            }
        }
        true
    }

    fn next(&mut self) -> Result<Option<&'a Expected>, Breach> {
        let broken = self.whole.breach.filter(|breach| breach.seen <= self.arrived);
        loop {
            if let Some(breach) = broken.filter(|_| self.failed) {
                return Err(breach);
            }
            let blank = match &self.whole.input[self.start..self.arrived] {
                [b'\n', ..] => 1,
                [b'\r', b'\n', ..] => 2,
                _ => 0,
            };
            if blank > 0 && broken.is_none_or(|breach| self.start + blank <= breach.offset) {
                self.start += blank;
                self.blank_lines += 1;
                continue;
            }
            match self.whole.frames.get(self.taken).filter(|frame| frame.end <= self.arrived) {
                Some(expected) => {
                    self.taken += 1;
                    self.start = expected.end;
                    if expected.wanted {
                        return Ok(Some(expected));
                    }
                }
                None if broken.is_some() => self.failed = true,
                None => break,
            }
        }
        if self.room() == 0 {
            self.overflow.get_or_insert(self.start + self.max_buffer);
        }
        match self.overflow {
            None => Ok(None),
            Some(offset) => {
                let max = u32::try_from(self.max_buffer).expect("it was one");
                Err(Breach { limit: Limit::Buffer, max, offset, seen: self.arrived })
            }
        }
    }

    fn end(&self, decoder: &Decoder) {
        assert_eq!((decoder.offset(), decoder.blank_lines()), (self.start as u64, self.blank_lines));
        assert_eq!(decoder.pending(), &self.whole.input[self.start..self.arrived]);
        assert_eq!(decoder.room(), self.room());
    }
}

/// A scanner's reading in pieces, held against the whole as it goes on.
struct Progress<'a> {
    whole: &'a Whole<'a>,
    taken: usize,
    error: Option<FrameError>,
}

impl<'a> Progress<'a> {
    fn new(whole: &'a Whole<'a>) -> Self {
        Self { whole, taken: 0, error: None }
    }

    /// Whether there was a frame.
    fn take(&mut self, found: Result<Option<Frame<'_>>, FrameError>) -> bool {
        match found {
            Ok(frame) => {
                assert_eq!(self.error, None, "the error is sticky");
                if let Some(frame) = frame {
                    let mut left = self.whole.frames.iter().skip(self.taken);
                    let passed = left.by_ref().take_while(|expected| !expected.wanted).count();
                    let expected = self.whole.frames.get(self.taken + passed);
                    expected.expect("no more frames than in the whole").is(frame);
                    self.taken += passed + 1;
                }
                frame.is_some()
            }
            Err(error) => {
                assert!(self.error.is_none_or(|before| before == error), "the error is sticky");
                self.error = Some(error);
                false
            }
        }
    }

    fn end(&self, scanner: &Scanner) {
        assert!(self.whole.frames.iter().skip(self.taken).all(|expected| !expected.wanted), "number of frames");
        match (self.error, self.whole.breach) {
            (None, None) => {}
            (Some(error), Some(breach)) => assert!(breach.is(error), "{error:?}, not {breach:?}"),
            (error, breach) => panic!("{error:?}, not {breach:?}"),
        }
        let end = self.whole.frames.last().map_or(0, |last| last.end);
        let blank = &self.whole.input[end..usize::try_from(scanner.offset()).expect("an offset in the input")];
        assert!(is_blank_lines(blank), "the last frame and blank lines, and no more, are done with");
    }
}

/// How frames are taken from a decoder, and looked for by a scanner.
type Next = for<'a> fn(&'a mut Decoder) -> Result<Option<Frame<'a>>, FrameError>;
type Scan = fn(&mut Scanner, &[u8]) -> Result<Option<FrameEnd>, FrameError>;

/// The decoder's own copies; between pieces all frames are taken, or some, or none.
fn pushed(mut decoder: Decoder, next: Next, setup: &Setup, pieces: &[&[u8]], whole: &Whole<'_>) {
    let (mut model, mut choices) = (Model::new(setup, whole), setup.choices());
    for piece in pieces {
        decoder.push(piece);
        model.push(piece.len());
        while !choices.next() && model.take(next(&mut decoder)) {}
    }
    while model.take(next(&mut decoder)) {}
    model.take(next(&mut decoder));
    model.end(&decoder);
}

/// Reads right into the decoder's buffer, less than there is room for, with rubbish in what is
/// left.
fn read_into_space(mut decoder: Decoder, setup: &Setup, pieces: &[&[u8]], whole: &Whole<'_>) {
    let (mut model, mut choices) = (Model::new(setup, whole), setup.choices());
    for piece in pieces {
        let mut left = *piece;
        while !left.is_empty() {
            let min = if choices.next() { left.len() } else { 1 };
            let Some(space) = decoder.space(min) else {
                // Nothing more is read until frames are taken; once all are it is an error.
                assert_eq!(model.room(), 0);
                if !model.take(decoder.next_frame()) {
                    return model.end(&decoder);
                }
                continue;
            };
            assert!(!space.is_empty(), "a read into nothing looks like the end");
            assert!(space.len() >= min.min(model.room()) && space.len() <= model.room());
            let len = left.len().min(space.len());
            let (read, rest) = left.split_at(len);
            space[..len].copy_from_slice(read);
            let scratch = space.len().min(len + 64);
            space[len..scratch].fill(b'\n');
            decoder.advance(len);
            model.push(len);
            left = rest;
        }
        while !choices.next() && model.take(decoder.next_frame()) {}
    }
    while model.take(decoder.next_frame()) {}
    model.end(&decoder);
}

/// A scanner over a buffer that is ours: released now and then, scanned for nothing, shortened.
fn scanned(how: Scan, setup: &Setup, pieces: &[&[u8]], whole: &Whole<'_>) {
    let mut scanner = Scanner::new(setup.limits()).with_framing(setup.framing());
    let (mut buf, mut progress, mut choices) = (Vec::new(), Progress::new(whole), setup.choices());
    for piece in pieces {
        buf.extend_from_slice(piece);
        while !choices.next() {
            // Shorter than last time it holds nothing new, which may still be a frame that hasn't
            // been taken.
            let len = if choices.next() { buf.len() / 2 } else { buf.len() };
            let more = scan(how, &mut scanner, &buf[..len], &mut progress);
            if choices.next() {
                buf.drain(..scanner.release());
            }
            if !more {
                break;
            }
        }
    }
    while scan(how, &mut scanner, &buf, &mut progress) {}
    progress.end(&scanner);
}

/// Whether there was a frame.
fn scan(how: Scan, scanner: &mut Scanner, buf: &[u8], progress: &mut Progress<'_>) -> bool {
    let found = how(scanner, buf);
    progress.take(found.map(|end| end.map(|end| scanner.frame(buf, end))))
}

fn same_frame(found: Frame<'_>, expected: Frame<'_>) {
    assert_eq!((found.kind(), found.offset()), (expected.kind(), expected.offset()));
    assert_eq!(found.as_bytes(), expected.as_bytes());
    assert_eq!(found.name(), expected.name());
    assert!(found.headers().eq(expected.headers()), "headers");
    assert!(found.lines().eq(expected.lines()), "lines");
}

// With any instructions.

/// Every kernel that the machine has finds what the portable one finds, however the input is cut
/// and wherever it lies.
pub fn kernels(data: &[u8]) {
    let (setup, input) = Setup::split(data);
    let input = &input[..input.len().min(LONGEST)];
    let whole = Whole::read(&setup, Kernel::PORTABLE, input);
    for kernel in Kernel::available() {
        pushed(setup.bounded().with_kernel(kernel), Decoder::next_frame, &setup, &setup.pieces(input), &whole);
        everywhere(Scanner::scan, &setup, kernel, input, &whole);
    }
}

/// A scanner over the input, put at every place within a block.
fn everywhere(how: Scan, setup: &Setup, kernel: Kernel, input: &[u8], whole: &Whole<'_>) {
    // What lies before and behind would end a frame if it were read.
    let mut buf = vec![b'\n'; ALIGNMENTS + input.len() + ALIGNMENTS];
    for start in 0..if input.len() <= SINGLE_BYTES { ALIGNMENTS } else { 2 } {
        let place = start..start + input.len();
        buf.fill(b'\n');
        buf[place.clone()].copy_from_slice(input);
        let mut scanner = Scanner::new(setup.limits()).with_framing(setup.framing()).with_kernel(kernel);
        let mut progress = Progress::new(whole);
        while scan(how, &mut scanner, &buf[place.clone()], &mut progress) {}
        progress.end(&scanner);
    }
}

// Some of the events.

/// With a filter come out the frames that it lets through of those without, and the same error;
/// however the input is cut, whoever holds the buffer, whenever frames are taken and whichever
/// kernel looks for them.
pub fn filtered(data: &[u8]) {
    let (setup, input) = Setup::split(data);
    let input = &input[..input.len().min(LONGEST)];
    let whole = Whole::read(&setup, Kernel::best(), input).filter();
    let scan: Scan = |scanner, buf| scanner.scan_wanted(buf, is_wanted);
    for pieces in setup.plans(input).into_iter().chain([vec![input]]) {
        pushed(setup.bounded(), |decoder| decoder.next_wanted(is_wanted), &setup, &pieces, &whole);
        scanned(scan, &setup, &pieces, &whole);
    }
    for kernel in Kernel::available() {
        everywhere(scan, &setup, kernel, input, &whole);
    }
}

/// Half of the names.
fn is_wanted(name: Value<'_>) -> bool {
    name.len() % 2 == 1
}

// Against the oracle.

/// The decoder reads what the oracle reads, in every framing, cut in any way, up to where the
/// limits are broken; with a filter what that lets through.
pub fn differential(data: &[u8]) {
    let (setup, input) = Setup::split(data);
    let input = &input[..input.len().min(LONGEST)];
    let whole = Whole::told(&setup, input);
    let next: Next = match setup.flags & 16 {
        0 => Decoder::next_frame,
        _ => |decoder| decoder.next_wanted(is_wanted),
    };
    for pieces in setup.plans(input).into_iter().chain([vec![input]]) {
        pushed(setup.bounded(), next, &setup, &pieces, &whole);
    }
}

// Written and read back.

/// A name as errors show it: of a longer one the first 64 bytes, without a character cut in two.
fn shown(name: &[u8]) -> String {
    let whole = |end: &usize| name[*end] & 0xc0 != 0x80;
    match name.len() {
        0..=64 => String::from_utf8_lossy(name).into_owned(),
        _ => String::from_utf8_lossy(&name[..(0..=64).rev().find(whole).unwrap_or(64)]).into_owned() + "…",
    }
}

/// A frame is written whole, exactly as asked, and reads back as written; or it is refused for the
/// first field that breaks a rule, and nothing is written.
pub fn write_read(data: &[u8]) {
    let Ok(Message { kind, name, before, finish, fields: Fields(mut fields) }) =
        Message::arbitrary_take_rest(Unstructured::new(data))
    else {
        return;
    };
    let mut out = before.0.clone();
    let writer = match kind {
        Begin::Action => FrameWriter::action(&mut out, &name.0),
        Begin::Response => FrameWriter::response(&mut out, &name.0),
        Begin::Event => FrameWriter::event(&mut out, &name.0),
    };
    let writer = fields.iter().fold(writer, |writer, field| match field {
        Field::Header(name, value) => writer.header(&name.0, &value.0),
        Field::Line(text) => writer.line(&text.0),
    });
    if !finish {
        drop(writer);
        assert_eq!(out, before.0, "a frame that isn't finished leaves nothing");
        return;
    }
    let result = writer.finish();

    let first = match kind {
        Begin::Action => "Action",
        Begin::Response => "Response",
        Begin::Event => "Event",
    };
    fields.insert(0, Field::Header(Text(first.into()), name));
    let to_server = matches!(kind, Begin::Action);
    let refused = (0..).zip(&fields).find_map(|(at, field)| Some((field, field.refusal(to_server, at)?)));
    if let Some((field, refusal)) = refused {
        let error = result.expect_err("a rule is broken");
        assert_eq!((error.field(), error.refusal()), (&*shown(field.name()), refusal));
        assert_eq!(out, before.0, "nothing is written");
        return;
    }
    assert_eq!(result, Ok(()));
    let mut expected = before.0.clone();
    for field in &fields {
        field.write(&mut expected);
    }
    expected.extend(b"\r\n");
    assert_eq!(out, expected);
    read_back(&out[before.0.len()..], kind, &fields);
}

fn read_back(written: &[u8], kind: Begin, fields: &[Field]) {
    let Some(Field::Header(_, name)) = fields.first() else { unreachable!("the first field is put there") };
    let (kind, framing) = match kind {
        Begin::Action => (FrameKind::Action, Framing::PLAIN),
        // Another framing by nature: its end has to be written too.
        Begin::Response => (FrameKind::Response, framing(true).follows(!name.0.eq_ignore_ascii_case(b"Follows"))),
        Begin::Event => (FrameKind::Event, framing(true)),
    };
    let mut decoder = Decoder::new(Limits::new()).with_framing(framing);
    decoder.push(written);
    decoder.push(b"Event: Next\r\n\r\n");
    let frame = decoder.next_frame().expect("within the limits").expect("a whole frame");
    assert_eq!((frame.kind(), frame.name()), (kind, Some(name.0.as_slice().into())));
    assert_eq!(frame.as_bytes(), written);
    let headers = fields.iter().filter_map(|field| match field {
        Field::Header(name, value) => Some((&*name.0, &*value.0)),
        Field::Line(_) => None,
    });
    assert!(frame.headers().map(|header| (header.name(), header.value().as_bytes())).eq(headers), "headers");
    let lines = fields.iter().filter_map(|field| match field {
        Field::Line(text) => Some(&*text.0),
        Field::Header(..) => None,
    });
    assert!(frame.lines().map(Value::as_bytes).eq(lines), "lines");
    let next = decoder.next_frame().expect("within the limits").expect("the frame behind it");
    assert_eq!(next.name(), Some("Next".into()));
    assert_eq!(decoder.finish(), None);
}
