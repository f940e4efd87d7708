//! Invariants: every byte is masked about once, for any sizes of the reads; a filtered-out event
//! costs no index; a few new bytes of a line cost no scan. The tests bound counted steps.

use super::Scanner;
use crate::steps::{Steps, steps};
use crate::wire::kernel::BLOCK;
use crate::wire::{Framing, Limits, Value};
use alloc::vec::Vec;

/// Reads an input in pieces; returns the number of frames and the counted steps.
fn read(limits: Limits, input: &[u8], size: usize, wanted: Option<&dyn Fn(Value<'_>) -> bool>) -> (usize, Steps) {
    let mut scanner = Scanner::new(limits).with_framing(Framing::PLAIN);
    let mut frames = 0;
    let steps = steps(|| {
        let mut end = 0;
        while end < input.len() {
            end = input.len().min(end + size);
            let buf = &input[..end];
            loop {
                let found = match wanted {
                    Some(wanted) => scanner.scan_wanted(buf, wanted),
                    None => scanner.scan(buf),
                };
                if found.expect("within the limits").is_none() {
                    break;
                }
                frames += 1;
            }
        }
    });
    (frames, steps)
}

fn frame(lines: usize) -> Vec<u8> {
    [b"Event: VarSet\r\n", &b"Variable: some value of it\r\n".repeat(lines)[..], b"\r\n"].concat()
}

fn newlines(input: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', input).count()
}

const SIZES: [usize; 6] = [1, 3, 15, 64, 1460, usize::MAX >> 1];
const NOBODY: Option<&dyn Fn(Value<'_>) -> bool> = Some(&|_| false);

#[test]
fn a_stream_is_masked_once() {
    let input = frame(20).repeat(200);
    for size in SIZES {
        let (frames, steps) = read(Limits::new(), &input, size, None);
        assert_eq!((frames, steps.marks), (200, 2 * 21 * 200), "in pieces of {size}");
        // One short block for each piece with a line feed, and one new block for each frame.
        let pieces = input.len().div_ceil(size).min(newlines(&input));
        let most = input.len() / BLOCK + pieces + 3 * frames;
        assert!(steps.blocks <= most, "{} blocks, not {most}, in pieces of {size}", steps.blocks);
        assert!(steps.scans <= most, "{} scans, not {most}, in pieces of {size}", steps.scans);
    }
}

/// A frame of one long line, which has no line feed to wait for.
#[test]
fn a_long_line_is_looked_at_by_the_block() {
    let input = [b"Event: ", &b"x".repeat(100_000)[..], b"\r\n\r\n"].concat();
    for (size, wanted) in SIZES.into_iter().flat_map(|size| [(size, None), (size, NOBODY)]) {
        let (frames, steps) = read(Limits::new(), &input, size, wanted);
        assert_eq!(frames, usize::from(wanted.is_none()));
        // Until the name is known, the first line is examined twice.
        let most = 2 * (input.len() / BLOCK) + 8;
        assert!(steps.blocks <= most, "{} blocks, not {most}, in pieces of {size}", steps.blocks);
        assert!(steps.scans <= most, "{} scans, not {most}, in pieces of {size}", steps.scans);
    }
}

#[test]
fn what_nobody_wants_has_no_index() {
    let input = frame(20).repeat(200);
    for size in SIZES {
        let (frames, steps) = read(Limits::new(), &input, size, NOBODY);
        assert_eq!((frames, steps.marks), (0, 0), "in pieces of {size}");
        let pieces = input.len().div_ceil(size).min(newlines(&input));
        // A piece's own blocks, its first block again after the piece before, and the name once
        // more.
        let most = input.len() / BLOCK + 3 * pieces + 4 * 200;
        assert!(steps.blocks <= most, "{} blocks, not {most}, in pieces of {size}", steps.blocks);
        assert!(steps.scans <= most, "{} scans, not {most}, in pieces of {size}", steps.scans);
    }
}

/// One frame of many lines: starting again with each read would take quadratic time.
#[test]
fn a_long_frame_that_nobody_wants() {
    let input = frame(4000);
    for size in SIZES {
        let (frames, steps) = read(Limits::new(), &input, size, NOBODY);
        assert_eq!((frames, steps.marks), (0, 0), "in pieces of {size}");
        let pieces = input.len().div_ceil(size).min(newlines(&input));
        let most = input.len() / BLOCK + 3 * pieces + 8;
        assert!(steps.blocks <= most, "{} blocks, not {most}, in pieces of {size}", steps.blocks);
    }
}

/// Near a limit the frame is read again from its start, with an index, at most once.
#[test]
fn near_a_limit_it_is_read_once_again() {
    let input = frame(400);
    for limits in [Limits::new().lines(410), Limits::new().line(200)] {
        for size in SIZES {
            let (frames, steps) = read(limits, &input, size, NOBODY);
            assert_eq!((frames, steps.marks), (0, 2 * 401), "in pieces of {size}");
            let pieces = input.len().div_ceil(size).min(newlines(&input));
            let most = 2 * (input.len() / BLOCK) + 2 * pieces + 8;
            assert!(steps.blocks <= most, "{} blocks, not {most}, in pieces of {size}", steps.blocks);
        }
    }
}

/// Half of the stream's first line, and blank lines before it, are searched once.
#[test]
fn the_first_line_is_searched_once() {
    let input = [&b"\r\n".repeat(500)[..], b"Asterisk ", &[b'x'; 2000], b"\r\n"].concat();
    for size in SIZES {
        let mut scanner = Scanner::new(Limits::new());
        let steps = steps(|| {
            for end in (0..input.len()).step_by(size.min(input.len())).skip(1) {
                assert_eq!(scanner.scan(&input[..end]), Ok(None));
            }
            assert!(scanner.scan(&input).expect("within the limits").is_some());
        });
        assert_eq!(scanner.blank_lines(), 500);
        // The rest of a piece is searched again after each blank line in it.
        let most = input.len() + 2 * 500 * size.min(input.len());
        assert!(steps.searched <= most, "{} bytes, not {most}, in pieces of {size}", steps.searched);
    }
}

/// A frame that never ends is skipped up to the greatest length of a frame, and no further.
#[test]
fn a_frame_without_end_is_given_up() {
    let mut scanner = Scanner::new(Limits::new().line(4)).with_framing(Framing::PLAIN);
    assert!(scanner.scan(b"Event: A").is_err());
    assert!(scanner.skip_frame(b"Event: A").is_some());
    assert_eq!(scanner.scan(b"Event: A"), Ok(None));
    scanner.base += u64::from(Limits::LONGEST_FRAME) - 8;
    assert_eq!(scanner.scan(b"Event: A"), Ok(None), "so many bytes a frame may have");
    let error = scanner.scan(b"Event: AB").unwrap_err();
    assert_eq!((error.max, error.offset), (1 << 30, 1 << 30));
    assert_eq!(scanner.skip_frame(b"Event: AB"), None);
    assert_eq!(scanner.scan(b"Event: AB\r\n\r\n"), Err(error));
}
