//! What the tests, the fuzz targets and the benches share: the oracle, the table of cases, ways to
//! cut input up, the bodies of the fuzz targets, and a count of the memory that is asked for.

pub mod actions;
pub mod answers;
pub mod asked;
pub mod asterisk_reading;
pub mod builders;
pub mod captures;
pub mod case;
pub mod cases;
pub mod conference;
pub mod esl;
pub mod esl_session;
pub mod fold;
pub mod fold_calls;
pub mod frame_json;
pub mod freeswitch;
pub mod fs_injection;
pub mod heap;
pub mod http_ops;
pub mod invariants;
pub mod json;
pub mod kazoo;
pub mod message;
pub mod mock;
pub mod mod_conference;
pub mod oracle;
pub mod pbx;
mod pbx_states;
pub mod programs;
pub mod proxy;
pub mod requests;
pub mod server_ops;
pub mod session;
pub mod session_ops;
pub mod sipxecs;
pub mod splits;
pub mod typed;
pub mod values;

use ami_proto::{Decoder, Frame, FrameError, FrameKind, Framing, Limits};
use oracle::{Kind, OracleFrame, Reading};
use std::path::{Path, PathBuf};

/// Framing of a stream from a server, with or without its start.
pub fn framing(banner: bool) -> Framing {
    Framing::SERVER.banner(banner)
}

/// A frame in the oracle's words.
pub fn plain(frame: Frame<'_>) -> OracleFrame {
    OracleFrame {
        offset: frame.offset(),
        len: frame.as_bytes().len(),
        kind: match frame.kind() {
            FrameKind::Banner => Kind::Banner,
            FrameKind::Response => Kind::Response,
            FrameKind::Event => Kind::Event,
            FrameKind::Action => Kind::Action,
            FrameKind::Text => Kind::Text,
            other => unreachable!("a kind that the oracle doesn't know: {other}"),
        },
        name: frame.name().map(|name| name.as_bytes().to_vec()),
        headers: frame.headers().map(|header| (header.name().to_vec(), header.value().as_bytes().to_vec())).collect(),
        lines: frame.lines().map(|line| line.as_bytes().to_vec()).collect(),
    }
}

/// What a decoder makes of the pieces, frame by frame, and how it ended.
pub fn decode(pieces: &[&[u8]], limits: Limits, banner: bool) -> (Reading, Option<FrameError>) {
    let mut decoder = Decoder::new(limits).with_framing(framing(banner));
    let mut frames = Vec::new();
    let mut error = None;
    for piece in pieces {
        decoder.push(piece);
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => {
                    assert_eq!(frame.to_owned().view().as_bytes(), frame.as_bytes());
                    frames.push(plain(frame));
                }
                Ok(None) => break,
                Err(found) => {
                    assert!(error.is_none_or(|before| before == found), "the error is sticky");
                    error = Some(found);
                    break;
                }
            }
        }
    }
    (Reading { frames, rest: decoder.offset() }, error)
}

/// Gives each frame of a stream to `each`, in order.
pub fn each_frame(bytes: &[u8], mut each: impl FnMut(Frame<'_>)) {
    let mut decoder = Decoder::new(Limits::new());
    for piece in bytes.chunks(1 << 16) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame().expect("frames within the limits") {
            each(frame);
        }
    }
}

/// Runs one input whole, byte by byte, at random splits and with trailing bytes; holds it against
/// the oracle each time.
pub fn check(name: &str, input: &[u8], banner: bool) -> Reading {
    let expected = oracle::read(input, banner);
    let mut plans = splits::splits(input.len(), input.len() as u64);
    plans.push(splits::at_line_ends(input));
    if input.len() < 512 {
        plans.extend(splits::halves(input.len()));
    }
    for plan in plans {
        let (reading, error) = decode(&splits::chunks(input, &plan), Limits::new(), banner);
        let sizes = &plan[..plan.len().min(8)];
        assert_eq!(error, None, "{name}, pieces {sizes:?}");
        same(&reading, &expected, &format!("{name}, pieces {sizes:?}"));
    }
    for tail in splits::TAILS.iter().take(if input.len() < 65536 { 99 } else { 3 }) {
        let (longer, _) = decode(&[input, tail], Limits::new(), banner);
        assert!(longer.frames.starts_with(&expected.frames), "{name}, with the tail {tail:?}");
    }
    covers(name, input, &expected);
    expected
}

/// Compares frame by frame, so that a failure shows the first one that differs.
pub fn same(found: &Reading, expected: &Reading, context: &str) {
    for (found, expected) in found.frames.iter().zip(&expected.frames) {
        assert_eq!(found, expected, "{context}");
    }
    assert_eq!(found.frames.len(), expected.frames.len(), "{context}: number of frames");
    assert_eq!(found.rest, expected.rest, "{context}: offset of what is unfinished");
}

/// Frames and the blank lines between them are the input.
pub fn covers(name: &str, input: &[u8], reading: &Reading) {
    let mut at = 0;
    for frame in &reading.frames {
        let start = usize::try_from(frame.offset).expect("an offset in the input");
        assert!(input[at..start].iter().all(|byte| matches!(byte, b'\r' | b'\n')), "{name}: bytes lost at {at}");
        at = start + frame.len;
    }
    let rest = usize::try_from(reading.rest).expect("an offset in the input");
    assert!(input[at..rest].iter().all(|byte| matches!(byte, b'\r' | b'\n')), "{name}: bytes lost at {at}");
}

/// Returns the root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in the repository")
}

/// Every file below a folder of the corpus, in order, with the name it has there.
pub fn corpus(folder: &str) -> Vec<(String, Vec<u8>)> {
    let root = root().join("corpus");
    let files = below(&root.join(folder), |path| path.extension().is_some_and(|extension| extension == "ami"));
    assert!(!files.is_empty(), "corpus/{folder} has no files");
    let name = |path: &Path| path.strip_prefix(&root).unwrap_or(path).display().to_string();
    files.iter().map(|path| (name(path), std::fs::read(path).expect("a readable file"))).collect()
}

/// Returns every file below a folder of which `fits` says yes, in order. A folder that can't be
/// read is a failure.
pub fn below(folder: &Path, fits: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![folder.to_path_buf()], Vec::new());
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if fits(&path) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
