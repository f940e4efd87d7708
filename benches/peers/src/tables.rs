//! What is compared: a function a table.

use crate::measure::{Contender, Found, Result as Measured, interleaved};
use crate::peers::ami_proto::{self as ours, Use};
use crate::peers::{asterisk_ami, asterisk_manager, asterisk_rs_ami, httparse, loopback, nom, scale};
use crate::stream::{Stream, size};
use ::asterisk_rs_ami::AmiCodec;
use ::httparse::EMPTY_HEADER;
use anyhow::{Context, Result, ensure};
use bytes::BytesMut;
use std::hint::black_box;
use tokio::runtime::Runtime;

/// A typical read of a client, a TCP segment's worth, and a trickle.
const READS: [usize; 3] = [8192, 1460, 64];
/// Bytes of frames a run, where the frames' length is what varies.
const SIZED: usize = 4 << 20;

pub const OURS: &str = "ami-proto";
pub const OURS_HEADERS: &str = "ami-proto, every header made";
pub const OURS_IN_PLACE: &str = "ami-proto, in place";
pub const OURS_RECOGNISED: &str = "ami-proto, recognised";
pub const OURS_FOUR: &str = "ami-proto, 4 typed fields";
pub const OURS_ALL: &str = "ami-proto, all fields as data";
pub const FILTERED: &str = "ami-proto, one rare event";
pub const FILTERED_IN_PLACE: &str = "ami-proto, one rare event, in place";
pub const RS_RAW: &str = "asterisk-rs-ami, raw";
pub const RS_TYPED: &str = "asterisk-rs-ami, typed";
pub const HTTPARSE: &str = "httparse, split by memmem";
pub const HTTPARSE_SPLIT: &str = "httparse, split before";
pub const NOM: &str = "nom, split by memmem";
pub const MEMMEM: &str = "memmem for blank lines, in place";
pub const MEMCHR: &str = "memchr for line feeds, in place";
pub const MEMCPY: &str = "memcpy";

/// A comparison: the same work of all contenders.
pub struct Table {
    pub title: String,
    /// Bytes that each run goes through.
    pub bytes: usize,
    /// What is in them.
    pub expected: Found,
    pub results: Vec<Measured>,
}

impl Table {
    pub fn of(&self, name: &str) -> Option<&Measured> {
        self.results.iter().find(|result| result.name == name)
    }
}

pub struct Tables {
    /// By the size of reads, whole first.
    pub decode: Vec<Table>,
    pub loopback: Table,
    /// By the length of frames.
    pub lengths: Vec<Table>,
    /// By the length of the frame.
    pub drips: Vec<Table>,
    /// Bytes are those of one request.
    pub encode: Table,
}

pub fn all(storm: &Stream, rounds: usize) -> Result<Tables> {
    let decode = std::iter::once(storm.bytes.len()).chain(READS).map(|read| decode(storm, read, rounds)).collect();
    let lengths = [100, 428, 1024, 4096, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20];
    let tables = Tables {
        decode,
        loopback: loopback_table(storm, rounds)?,
        lengths: lengths.map(|len| of_length(&Stream::of_frames(len, SIZED), rounds)).into(),
        drips: [32 << 10, 64 << 10, 1 << 20, 4 << 20].map(|len| drip(&Stream::of_frames(len, len), rounds)).into(),
        encode: encode(rounds),
    };
    for table in tables.decode.iter().chain(&tables.lengths).chain(&tables.drips) {
        let found = table.of(OURS).context("a row of ours")?.found;
        ensure!(found.frames == table.expected.frames, "{}: {OURS} found {} frames", table.title, found.frames);
    }
    Ok(tables)
}

fn decode(storm: &Stream, read: usize, rounds: usize) -> Table {
    let bytes = &storm.bytes[..];
    let whole = read == bytes.len();
    let mut contenders = Vec::new();
    for (name, how) in [
        (OURS, Use::Take),
        (OURS_HEADERS, Use::Headers),
        (OURS_RECOGNISED, Use::Recognise),
        (OURS_FOUR, Use::FourFields),
        (OURS_ALL, Use::AllFields),
    ] {
        let mut decoder = ours::decoder();
        contenders.push(Contender::new(name, move || ours::decode(&mut decoder, bytes, read, how)));
    }
    let mut decoder = ours::decoder();
    contenders.push(Contender::new(FILTERED, move || ours::filter(&mut decoder, bytes, read)));
    contenders.push(Contender::new(RS_RAW, move || asterisk_rs_ami::decode(bytes, read, false)));
    contenders.push(Contender::new(RS_TYPED, move || asterisk_rs_ami::decode(bytes, read, true)));
    let mut buffer = Vec::new();
    contenders.push(Contender::new(HTTPARSE, move || httparse::decode(&mut buffer, bytes, read, httparse::USUAL)));
    let mut buffer = Vec::new();
    contenders.push(Contender::new(NOM, move || nom::decode(&mut buffer, bytes, read)));
    if !whole {
        // What the others are held against; they take no reads.
        let mut to = vec![0; bytes.len()];
        contenders.push(Contender::new(MEMCPY, move || scale::copy(&mut to, bytes)));
        contenders.push(Contender::new(MEMMEM, move || scale::blank_lines(bytes)));
    } else {
        let mut scanner = ours::scanner();
        contenders.push(Contender::new(OURS_IN_PLACE, move || ours::scan(&mut scanner, bytes)));
        let mut scanner = ours::scanner();
        contenders.push(Contender::new(FILTERED_IN_PLACE, move || ours::filter_in_place(&mut scanner, bytes)));
        let frames = frames(bytes);
        let mut headers = vec![EMPTY_HEADER; httparse::USUAL];
        contenders.push(Contender::new(HTTPARSE_SPLIT, move || httparse::parse(frames.iter().copied(), &mut headers)));
        contenders.push(Contender::new(MEMMEM, move || scale::blank_lines(bytes)));
        contenders.push(Contender::new(MEMCHR, move || scale::lines(bytes, storm.frames)));
        let mut to = vec![0; bytes.len()];
        contenders.push(Contender::new(MEMCPY, move || scale::copy(&mut to, bytes)));
    }
    let title = if whole { "whole".to_owned() } else { format!("reads of {read}") };
    table(title, storm, contenders, rounds)
}

fn frames(bytes: &[u8]) -> Vec<&[u8]> {
    let mut start = 0;
    let ends = memchr::memmem::find_iter(bytes, b"\r\n\r\n").map(|at| at + 4);
    ends.map(|end| &bytes[std::mem::replace(&mut start, end)..end]).collect()
}

fn loopback_table(storm: &Stream, rounds: usize) -> Result<Table> {
    let runtime = Runtime::new()?;
    let bytes = &storm.bytes[..];
    let mut decoder = loopback::warm(bytes);
    // One to see that each can; an error in mid-bench would have nowhere to go.
    asterisk_ami::events(&runtime, bytes)?;
    asterisk_manager::events(&runtime, bytes, storm.frames)?;
    let contenders = vec![
        Contender::timed("read and thrown away", || loopback::read_only(bytes).expect("loopback")),
        Contender::timed(OURS, move || loopback::decoded(bytes, &mut decoder).expect("loopback")),
        Contender::timed("asterisk-ami", || asterisk_ami::events(&runtime, bytes).expect("loopback")),
        Contender::timed("asterisk-manager", || {
            asterisk_manager::events(&runtime, bytes, storm.frames).expect("loopback")
        }),
    ];
    Ok(table("over loopback".into(), storm, contenders, rounds))
}

fn of_length(stream: &Stream, rounds: usize) -> Table {
    let bytes = &stream.bytes[..];
    let most = usize::try_from(stream.headers / stream.frames).unwrap_or(usize::MAX) + 1;
    let mut decoder = ours::decoder();
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let contenders = vec![
        Contender::new(OURS, move || ours::decode(&mut decoder, bytes, 8192, Use::Take)),
        Contender::new(RS_RAW, move || asterisk_rs_ami::decode(bytes, 8192, false)),
        Contender::new(HTTPARSE, move || httparse::decode(&mut one, bytes, 8192, most.max(httparse::USUAL))),
        Contender::new(NOM, move || nom::decode(&mut other, bytes, 8192)),
    ];
    table(format!("frames of {}", stream.name), stream, contenders, rounds)
}

fn drip(stream: &Stream, rounds: usize) -> Table {
    let bytes = &stream.bytes[..];
    let most = usize::try_from(stream.headers).unwrap_or(usize::MAX) + 1;
    let (mut whole, mut dripping) = (ours::decoder(), ours::decoder());
    let mut buffer = Vec::new();
    let mut contenders = vec![
        Contender::new(OURS, move || ours::decode(&mut dripping, bytes, 1, Use::Take)),
        Contender::new("ami-proto, reads of 8192", move || ours::decode(&mut whole, bytes, 8192, Use::Take)),
        Contender::new(HTTPARSE, move || httparse::decode(&mut buffer, bytes, 1, most)),
    ];
    if bytes.len() < 64 << 10 {
        // It begins anew with each byte; its limits end the longer ones.
        contenders.push(Contender::new(RS_RAW, move || asterisk_rs_ami::decode(bytes, 1, false)).every(5));
    }
    table(format!("a frame of {}, byte by byte", size(bytes.len())), stream, contenders, rounds)
}

/// Requests a run: enough for the clock.
const BATCH: u64 = 2_000;

fn encode(rounds: usize) -> Table {
    let mut out = Vec::new();
    ours::originate("f3Qk9ZtW-0000004711", &mut out);
    let bytes = out.len();
    let mut codec = AmiCodec::new();
    let mut buffer = BytesMut::new();
    let found = Found { frames: BATCH, headers: None };
    let contenders = vec![
        Contender::new(OURS, move || {
            for _ in 0..BATCH {
                out.clear();
                ours::originate("f3Qk9ZtW-0000004711", &mut out);
                black_box(&out);
            }
            found
        }),
        Contender::new(RS_RAW, move || {
            for _ in 0..BATCH {
                buffer.clear();
                asterisk_rs_ami::originate(&mut codec, &mut buffer);
                black_box(&buffer);
            }
            found
        }),
    ];
    let title = "Originate with 5 variables, made and written".to_owned();
    Table { title, bytes, expected: found, results: interleaved(contenders, &[], rounds) }
}

fn table(title: String, stream: &Stream, contenders: Vec<Contender<'_>>, rounds: usize) -> Table {
    let expected = Found { frames: stream.frames, headers: Some(stream.headers) };
    Table { title, bytes: stream.bytes.len(), expected, results: interleaved(contenders, &stream.bytes, rounds) }
}
