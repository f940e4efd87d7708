//! How fast streams become frames: beside httparse, `memmem` and `memcpy`, by every kernel, with a
//! filter, at reads of several sizes, and for frames of any size a byte at a time.
//!
//! `cargo bench --bench decode` prints a table of ratios first (a few seconds, all contenders in
//! turn within one process) and then criterion's own figures; `cargo bench --bench decode --
//! ratios` stops behind the table; `-- once`, `once fields` and `once filtered` do one of them
//! once, for a profiler. Under `cargo test --benches` everything runs once, over less: the storm
//! once, a sixteenth of the long frames.
//!
//! The stream is `corpus/storm/22_storm.ami`, 1 MB of events as Asterisk 22 sent them under load,
//! five times in a row. It has no banner and ends with a frame, so it can be read over and over by
//! one decoder: what is timed is a connection that has been up for a while, with its buffer grown.

use ami_benches::{STORM, read_fields};
use ami_proto::event::{BridgeCreate, EventSet};
use ami_proto::wire::{Kernel, Scanner};
use ami_proto::{Decoder, Frame, Framing, Limits};
use ami_testkit::heap::{self, Counting};
use criterion::{Criterion, Throughput};
use httparse::Status;
use memchr::memmem;
use std::hint::black_box;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const TIMES: usize = 5;
const BLANK_LINE: &[u8] = b"\r\n\r\n";
/// Headers that httparse gets room for: three times what the longest frame of the storm has.
const HEADERS: usize = 128;
/// What the filter leaves beside responses: one frame in six hundred.
static RARE: EventSet = EventSet::of(&[BridgeCreate::TYPE]);
/// Rounds of the table.
const ROUNDS: usize = 21;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

fn main() {
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    let measured = has("--bench") && !has("--test");
    let (times, share, rounds) = if measured { (TIMES, 1, ROUNDS) } else { (1, 16, 1) };
    if has("once") {
        return once(&has);
    }
    let storm = Storm::load(times);
    if !has("--list") {
        ratios(&storm, share, rounds);
    }
    let mut criterion = Criterion::default().configure_from_args();
    reads(&mut criterion, &storm);
    scale(&mut criterion, &storm);
    long_frames(&mut criterion, share);
    criterion.final_summary();
}

/// For a profiler: reads the storm three times, and does nothing else but load it.
fn once(has: &dyn Fn(&str) -> bool) {
    let bytes = std::fs::read(STORM).expect("the storm of the corpus");
    let mut decoder = warm(&bytes, 8192);
    if has("filtered") {
        black_box(filter(&mut decoder, &bytes, 8192));
    } else {
        let how = if has("fields") { Use::ReadFields } else { Use::Take };
        black_box(decode(&mut decoder, &bytes, 8192, how));
    }
}

// Contenders. Each does its work once over and tells what it found.

/// What a contender found; the same whatever the reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    frames: usize,
    headers: usize,
}

/// What is done with a frame once it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// It is looked at as a whole. The index of its lines is there, no line has been looked at.
    Take,
    /// Names and values of all headers are made, which is what httparse does at once.
    ReadHeaders,
    /// Events are told apart by their names, and four fields of each are read by their types.
    ReadFields,
}

/// Copies pieces of `read` bytes into the decoder, as a client does that reads from a socket, and
/// takes the frames.
fn decode(decoder: &mut Decoder, bytes: &[u8], read: usize, how: Use) -> Found {
    let mut found = Found { frames: 0, headers: 0 };
    for piece in bytes.chunks(read) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame().expect("a stream within the limits") {
            found.frames += 1;
            match how {
                Use::Take => _ = black_box(frame),
                Use::ReadHeaders => found.headers += frame.headers().map(black_box).count(),
                Use::ReadFields => read_fields(frame),
            }
        }
    }
    found
}

/// Finds the frames where they lie, without a copy.
fn scan(scanner: &mut Scanner, bytes: &[u8]) -> Found {
    let mut frames = 0;
    while let Some(end) = scanner.scan(bytes).expect("a stream within the limits") {
        black_box(scanner.frame(bytes, end));
        frames += 1;
    }
    // The same bytes come next time as if they were new.
    assert_eq!(scanner.release(), bytes.len());
    Found { frames, headers: 0 }
}

/// Copies as [`decode`] does, and takes the rare frames.
fn filter(decoder: &mut Decoder, bytes: &[u8], read: usize) -> Found {
    let mut frames = 0;
    for piece in bytes.chunks(read) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_wanted(|name| RARE.has_name(name)).expect("a stream within the limits") {
            black_box(frame);
            frames += 1;
        }
    }
    Found { frames, headers: 0 }
}

/// Finds the rare frames where they lie.
fn filter_in_place(scanner: &mut Scanner, bytes: &[u8]) -> Found {
    let mut frames = 0;
    while let Some(end) = scanner.scan_wanted(bytes, |name| RARE.has_name(name)).expect("a stream within the limits") {
        black_box(scanner.frame(bytes, end));
        frames += 1;
    }
    assert_eq!(scanner.release(), bytes.len());
    Found { frames, headers: 0 }
}

/// Parses frames that have been split before; a frame that is refused isn't counted.
fn httparse<'a>(frames: impl IntoIterator<Item = &'a [u8]>) -> Found {
    let mut found = Found { frames: 0, headers: 0 };
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    for frame in frames {
        if let Ok(Status::Complete((_, headers))) = black_box(httparse::parse_headers(frame, &mut headers)) {
            found.frames += 1;
            found.headers += headers.len();
        }
    }
    found
}

/// Frames by their blank lines alone. Now and then the server sends one blank line more, which
/// would be an empty frame to httparse.
fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    memmem::find_iter(bytes, BLANK_LINE).map(move |at| {
        let end = at + BLANK_LINE.len();
        let frame = &bytes[std::mem::replace(&mut start, end)..end];
        frame.strip_prefix(b"\r\n").unwrap_or(frame)
    })
}

fn copy(to: &mut [u8], bytes: &[u8]) {
    to.copy_from_slice(black_box(bytes));
    black_box(to);
}

/// A decoder in mid-connection, whose buffer has grown as far as these bytes in these reads need
/// it.
fn warm(bytes: &[u8], read: usize) -> Decoder {
    warm_with(Kernel::best(), bytes, read)
}

fn warm_with(kernel: Kernel, bytes: &[u8], read: usize) -> Decoder {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false)).with_kernel(kernel);
    for _ in 0..2 {
        decode(&mut decoder, bytes, read, Use::Take);
    }
    decoder
}

// What they work on.

struct Storm {
    bytes: Vec<u8>,
    /// Counted without any of the contenders: frames by their blank lines, headers by the lines
    /// with a colon.
    expected: Found,
    /// What httparse accepts of it.
    accepted: Found,
}

impl Storm {
    /// Loads it and lets every contender count it.
    fn load(times: usize) -> Self {
        let bytes = std::fs::read(STORM).expect("the storm of the corpus").repeat(times);
        assert!(bytes.ends_with(BLANK_LINE));
        let frames: Vec<&[u8]> = split(&bytes).collect();
        let expected = Found { frames: frames.len(), headers: colons(&bytes) };
        for read in [bytes.len(), 8192, 1460, 64] {
            let found = decode(&mut warm(&bytes, read), &bytes, read, Use::ReadHeaders);
            assert_eq!(found, expected, "reads of {read}");
        }
        assert_eq!(scan(&mut scanner(), &bytes).frames, expected.frames);
        let accepted = httparse(frames.iter().copied());
        // What it refuses it must refuse for its bytes, not for want of room.
        let refused: Vec<&[u8]> = frames.iter().copied().filter(|frame| httparse([*frame]).frames == 0).collect();
        assert!(refused.iter().all(|frame| colons(frame) < HEADERS));
        let lost: usize = refused.iter().map(|frame| colons(frame)).sum();
        assert_eq!((accepted.frames + refused.len(), accepted.headers + lost), (expected.frames, expected.headers));
        Self { bytes, expected, accepted }
    }
}

/// Lines with a colon.
fn colons(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').filter(|line| line.contains(&b':')).count()
}

fn scanner() -> Scanner {
    Scanner::new(Limits::new()).with_framing(Framing::SERVER.banner(false))
}

/// A frame of exactly so many bytes, of some hundred bytes a line.
fn long_frame(len: usize) -> Vec<u8> {
    const LINE: usize = 96;
    let mut frame = b"Event: UserEvent\r\n".to_vec();
    let mut number = 0;
    while frame.len() + 2 * LINE + 2 <= len {
        let line = format!("ChanVariable(Local/1067@storm-{number:08x};1): CDR(value)=");
        frame.extend(format!("{line:x<width$}\r\n", width = LINE - 2).into_bytes());
        number += 1;
    }
    let last = format!("{:x<width$}\r\n\r\n", "Last: ", width = len - frame.len() - 4);
    frame.extend(last.into_bytes());
    assert_eq!(frame.len(), len);
    let found = decode(&mut warm(&frame, len), &frame, len, Use::ReadHeaders);
    assert_eq!(found, Found { frames: 1, headers: number + 2 });
    frame
}

// Criterion's own.

fn reads(criterion: &mut Criterion, storm: &Storm) {
    let mut group = criterion.benchmark_group("storm");
    group.throughput(Throughput::Bytes(storm.bytes.len() as u64));
    for (how, name) in [
        (Use::Take, "decode"),
        (Use::ReadHeaders, "decode, headers read"),
        (Use::ReadFields, "decode, four fields read"),
    ] {
        for (read, size) in [(storm.bytes.len(), "whole"), (8192, "8192"), (1460, "1460"), (64, "64")] {
            let mut decoder = warm(&storm.bytes, read);
            group.bench_function(format!("{name}/{size}"), |bencher| {
                bencher.iter(|| decode(&mut decoder, &storm.bytes, read, how));
            });
        }
    }
    let mut scanner = scanner();
    group.bench_function("scan in place", |bencher| bencher.iter(|| scan(&mut scanner, &storm.bytes)));
    let frames: Vec<&[u8]> = split(&storm.bytes).collect();
    group.bench_function("httparse, split before", |bencher| bencher.iter(|| httparse(frames.iter().copied())));
    group.bench_function("httparse, split by memmem", |bencher| bencher.iter(|| httparse(split(&storm.bytes))));
    group.finish();
}

fn scale(criterion: &mut Criterion, storm: &Storm) {
    let mut group = criterion.benchmark_group("for scale");
    group.throughput(Throughput::Bytes(storm.bytes.len() as u64));
    let mut to = vec![0; storm.bytes.len()];
    group.bench_function("memcpy", |bencher| bencher.iter(|| copy(&mut to, &storm.bytes)));
    group.bench_function("memmem", |bencher| bencher.iter(|| split(&storm.bytes).map(black_box).count()));
    group.finish();
}

fn long_frames(criterion: &mut Criterion, share: usize) {
    let mut group = criterion.benchmark_group("one frame");
    group.sample_size(20);
    let of_1_mib = [MIB, 8192, 64, 1].map(|read| (MIB, read));
    for (len, read) in of_1_mib.into_iter().chain([(64 * KIB, 1), (4 * MIB, 1)]) {
        let frame = long_frame(len / share);
        let mut decoder = warm(&frame, read);
        group.throughput(Throughput::Bytes(frame.len() as u64));
        let size = if read == len { "whole".to_owned() } else { read.to_string() };
        group.bench_function(format!("{} KiB/{size}", len / KIB), |bencher| {
            bencher.iter(|| decode(&mut decoder, &frame, read, Use::Take));
        });
    }
    group.finish();
}

// The table.

/// One line of the table: its work is done once a round, in turn with all the others, so that what
/// slows the machine down slows all of them.
struct Row<'a> {
    name: String,
    bytes: usize,
    work: Box<dyn FnMut() -> Found + 'a>,
    expected: Found,
}

fn ratios(storm: &Storm, share: usize, rounds: usize) {
    let bytes = &storm.bytes[..];
    let frames: Vec<&[u8]> = split(bytes).collect();
    let Found { frames: count, headers } = storm.expected;
    let taken = Found { frames: count, headers: 0 };
    let long = [64 * KIB, MIB, 4 * MIB].map(|len| long_frame(len / share));

    let mut rows: Vec<Row> = Vec::new();
    let mut row = |name: String, bytes, expected, work| rows.push(Row { name, bytes, work, expected });
    for (read, size) in [(bytes.len(), "whole"), (8192, "8192"), (1460, "1460"), (64, "64")] {
        let mut decoder = warm(bytes, read);
        row(
            format!("storm, {size}"),
            bytes.len(),
            taken,
            Box::new(move || decode(&mut decoder, bytes, read, Use::Take)),
        );
    }
    for kernel in Kernel::available() {
        let mut decoder = warm_with(kernel, bytes, 8192);
        let work = Box::new(move || decode(&mut decoder, bytes, 8192, Use::Take));
        row(format!("storm, 8192, {kernel}"), bytes.len(), taken, work);
    }
    let mut decoder = warm(bytes, 8192);
    let work = Box::new(move || decode(&mut decoder, bytes, 8192, Use::ReadHeaders));
    row("storm, 8192, headers read".into(), bytes.len(), storm.expected, work);
    let mut decoder = warm(bytes, 8192);
    let work = Box::new(move || decode(&mut decoder, bytes, 8192, Use::ReadFields));
    row("storm, 8192, four fields read".into(), bytes.len(), taken, work);
    let mut scanner = scanner();
    row("storm, scanned in place".into(), bytes.len(), taken, Box::new(move || scan(&mut scanner, bytes)));
    // Responses are let through always.
    let is_rare = |frame: &&&[u8]| frame.starts_with(b"Event: BridgeCreate\r\n") || !frame.starts_with(b"Event: ");
    let rare = Found { frames: frames.iter().filter(is_rare).count(), headers: 0 };
    let mut decoder = warm(bytes, 8192);
    row("filtered, 8192".into(), bytes.len(), rare, Box::new(move || filter(&mut decoder, bytes, 8192)));
    let mut scanner = self::scanner();
    row("filtered, in place".into(), bytes.len(), rare, Box::new(move || filter_in_place(&mut scanner, bytes)));
    let work = Box::new(|| httparse(frames.iter().copied()));
    row("httparse, split before".into(), bytes.len(), storm.accepted, work);
    row("httparse, split by memmem".into(), bytes.len(), storm.accepted, Box::new(|| httparse(split(bytes))));
    let work = Box::new(|| Found { frames: split(bytes).map(black_box).count(), headers: 0 });
    row("memmem".into(), bytes.len(), taken, work);
    let mut to = vec![0; bytes.len()];
    let nothing = Found { frames: 0, headers: 0 };
    let work = Box::new(move || {
        copy(&mut to, bytes);
        nothing
    });
    row("memcpy".into(), bytes.len(), nothing, work);
    let [short, middle, large] = &long;
    for (frame, read) in
        [(middle, MIB), (short, 8192), (middle, 8192), (large, 8192), (middle, 64), (short, 1), (middle, 1), (large, 1)]
    {
        let size = if read == MIB { "whole".to_owned() } else { read.to_string() };
        let name = format!("frame of {} KiB, {size}", frame.len() * share / KIB);
        let mut decoder = warm(frame, read);
        let work = Box::new(move || decode(&mut decoder, frame, read, Use::Take));
        row(name, frame.len(), Found { frames: 1, headers: 0 }, work);
    }

    let per_byte = medians(&mut rows, bytes, rounds);
    let of = |name: &str| {
        let at = rows.iter().position(|row| row.name == name).expect("a row of that name");
        per_byte[at]
    };
    println!("{} bytes of storm, {count} frames, {headers} headers; medians of {rounds} rounds", bytes.len());
    println!("httparse refuses {} of the frames", count - storm.accepted.frames);
    for (row, time) in rows.iter().zip(&per_byte) {
        println!("{:32} {time:8.3} ns/B {:8.0} MB/s", row.name, 1e3 / time);
    }
    println!();
    print_ratios(&of);
    println!(
        "{:64} {:6.2}",
        "allocations a frame once warm, at reads of 8192",
        allocations(storm, |frame| _ = black_box(frame))
    );
    println!("{:64} {:6.2}", "allocations a frame once warm, four typed fields read", allocations(storm, read_fields));
    println!(
        "{:64} {:6.2}",
        "allocations a frame once warm, each frame kept by to_owned",
        allocations(storm, |frame| _ = black_box(frame.to_owned()))
    );
    println!();
}

/// One time over another; `of` gives that of a row.
fn print_ratios(of: &dyn Fn(&str) -> f64) {
    let ratio = |what: &str, one: &str, other: &str| println!("{what:64} {:6.2}", of(one) / of(other));
    ratio("time of httparse, split before / of decoding at 8192", "httparse, split before", "storm, 8192");
    ratio("time of httparse, split by memmem / of decoding at 8192", "httparse, split by memmem", "storm, 8192");
    let read = "storm, 8192, headers read";
    ratio("time of httparse, split before / of decoding and reading headers", "httparse, split before", read);
    ratio("time with four typed fields of each event / without", "storm, 8192, four fields read", "storm, 8192");
    ratio("time at reads of 64 / of 8192", "storm, 64", "storm, 8192");
    ratio("time at reads of 1460 / of 8192", "storm, 1460", "storm, 8192");
    ratio("time of memcpy / of decoding at 8192", "memcpy", "storm, 8192");
    for kernel in Kernel::available() {
        let what = format!("time of httparse, split by memmem / of decoding at 8192, {kernel}");
        ratio(&what, "httparse, split by memmem", &format!("storm, 8192, {kernel}"));
    }
    ratio("time of memmem / of filtering in place", "memmem", "filtered, in place");
    ratio("time of memmem / of filtering at 8192", "memmem", "filtered, 8192");
    for kib in [64, 1024, 4096] {
        let [single, piece] = [1, 8192].map(|read| format!("frame of {kib} KiB, {read}"));
        ratio(&format!("{kib} KiB frame: time byte by byte / at 8192"), &single, &piece);
    }
    ratio("byte by byte: time a byte of 1 MiB / of 64 KiB", "frame of 1024 KiB, 1", "frame of 64 KiB, 1");
    ratio("byte by byte: time a byte of 4 MiB / of 64 KiB", "frame of 4096 KiB, 1", "frame of 64 KiB, 1");
}

/// Nanoseconds a byte of each row.
#[expect(clippy::cast_precision_loss, reason = "numbers of bytes")]
fn medians(rows: &mut [Row<'_>], bytes: &[u8], rounds: usize) -> Vec<f64> {
    let mut times = vec![Vec::new(); rows.len()];
    for _ in 0..rounds {
        for (row, times) in rows.iter_mut().zip(&mut times) {
            // Whatever the row before has left in the caches.
            black_box(memchr::memchr_iter(b'\n', black_box(bytes)).count());
            let start = Instant::now();
            let found = (row.work)();
            times.push(start.elapsed().as_secs_f64());
            assert_eq!(found, row.expected, "{}", row.name);
        }
    }
    let median = |(times, row): (&mut Vec<f64>, &Row<'_>)| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2] * 1e9 / row.bytes as f64
    };
    times.iter_mut().zip(rows.iter()).map(median).collect()
}

// Allocations.

/// How many times the decoder asks for memory, by the frame, after it has read the storm before.
#[expect(clippy::cast_precision_loss, reason = "numbers of frames")]
fn allocations(storm: &Storm, each: fn(Frame<'_>)) -> f64 {
    let mut decoder = warm(&storm.bytes, 8192);
    let before = heap::allocations();
    for piece in storm.bytes.chunks(8192) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame().expect("a stream within the limits") {
            each(frame);
        }
    }
    (heap::allocations() - before) as f64 / storm.expected.frames as f64
}
