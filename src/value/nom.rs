//! Ties nom to this room: complete input only, and errors that say where, so that no nom type gets
//! out.

use super::ValueError;
use super::bytes::{decimal, trim};
use nom::bytes::complete::take_while_m_n;
use nom::character::complete::digit1;
use nom::combinator::map_opt;
use nom::error::Error;
use nom::{IResult, Parser};

/// Runs `parser` over the whole value; outer blanks don't count.
pub(super) fn whole<'a, P>(bytes: &'a [u8], expected: &'static str, mut parser: P) -> Result<P::Output, ValueError>
where
    P: Parser<&'a [u8], Error = Error<&'a [u8]>>,
{
    let (skipped, body) = trim(bytes);
    let at = |rest: &[u8]| ValueError::new(expected, skipped + body.len() - rest.len());
    match parser.parse(body) {
        Ok(([], value)) => Ok(value),
        Ok((rest, _)) => Err(at(rest)),
        Err(nom::Err::Error(e) | nom::Err::Failure(e)) => Err(at(e.input)),
        Err(nom::Err::Incomplete(_)) => Err(at(&[])),
    }
}

/// Exactly `N` digits whose number is at most `max`.
pub(super) fn digits<'a, const N: usize, T: TryFrom<u64>>(
    max: u64,
) -> impl Parser<&'a [u8], Output = T, Error = Error<&'a [u8]>> {
    map_opt(take_while_m_n(N, N, |b: u8| b.is_ascii_digit()), move |d: &[u8]| {
        decimal(d).filter(|&n| n <= max).and_then(|n| T::try_from(n).ok())
    })
}

/// One or more digits whose number fits `T`.
pub(super) fn number<T: TryFrom<u64>>(input: &[u8]) -> IResult<&[u8], T> {
    map_opt(digit1, |d: &[u8]| decimal(d).and_then(|n| T::try_from(n).ok())).parse(input)
}

/// One to six digits after a decimal point, as millionths.
pub(super) fn millionths(input: &[u8]) -> IResult<&[u8], u32> {
    map_opt(take_while_m_n(1, 6, |b: u8| b.is_ascii_digit()), |d: &[u8]| {
        let n = u32::try_from(decimal(d)?).ok()?;
        let missing = 6_u32.checked_sub(u32::try_from(d.len()).ok()?)?;
        n.checked_mul(10_u32.checked_pow(missing)?)
    })
    .parse(input)
}
