//! The header parser of `httparse`, on frames that were split before, or behind a split by
//! `memmem`.

use super::split::split;
use crate::measure::Found;
use httparse::{EMPTY_HEADER, Header, Status};
use std::hint::black_box;

/// Headers that no event of a real server exceeds by far.
pub const USUAL: usize = 128;

/// On frames that lie in slices already. One that is refused isn't counted.
pub fn parse<'a>(frames: impl IntoIterator<Item = &'a [u8]>, headers: &mut [Header<'a>]) -> Found {
    let mut found = Found { frames: 0, headers: Some(0) };
    for frame in frames {
        if let Ok(Status::Complete((_, headers))) = black_box(httparse::parse_headers(frame, headers)) {
            found.frames += 1;
            *found.headers.get_or_insert(0) += headers.len() as u64;
        }
    }
    found
}

/// On frames that come in reads of this size, with room for so many headers.
pub fn decode(buffer: &mut Vec<u8>, bytes: &[u8], read: usize, most: usize) -> Found {
    let mut found = Found { frames: 0, headers: Some(0) };
    let mut add = |one: Found| {
        found.frames += one.frames;
        found.headers = found.headers.zip(one.headers).map(|(sum, headers)| sum + headers);
    };
    split(buffer, bytes, read, |frames| {
        // What it fills borrows from the buffer, so it lives as long as a read does.
        if most <= USUAL {
            add(parse(frames, &mut [EMPTY_HEADER; USUAL]));
        } else {
            add(parse(frames, &mut vec![EMPTY_HEADER; most]));
        }
    });
    found
}
