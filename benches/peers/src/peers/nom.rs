//! A frame as `nom` 8 would parse it: complete parsers of a line, into a vector, behind a split by
//! `memmem`.

use super::split::split;
use crate::measure::Found;
use nom::bytes::complete::{tag, take_until, take_while1};
use nom::combinator::opt;
use nom::sequence::{separated_pair, terminated};
use nom::{IResult, Parser};
use std::hint::black_box;

type Header<'a> = (&'a [u8], &'a [u8]);

pub fn decode(buffer: &mut Vec<u8>, bytes: &[u8], read: usize) -> Found {
    let mut found = Found { frames: 0, headers: Some(0) };
    split(buffer, bytes, read, |frames| {
        for frame in frames {
            let mut headers: Vec<Header<'_>> = Vec::with_capacity(32);
            let mut rest = frame;
            while let Ok((left, one)) = header(rest) {
                headers.push(one);
                rest = left;
            }
            if rest == b"\r\n" {
                found.frames += 1;
                *found.headers.get_or_insert(0) += headers.len() as u64;
            }
            black_box(headers);
        }
    });
    found
}

fn header(input: &[u8]) -> IResult<&[u8], Header<'_>> {
    let name = take_while1(|byte| byte != b':' && byte != b'\r');
    let value = take_until(&b"\r\n"[..]);
    let colon = (tag(&b":"[..]), opt(tag(&b" "[..])));
    terminated(separated_pair(name, colon, value), tag(&b"\r\n"[..])).parse(input)
}
