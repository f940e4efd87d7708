//! Headers whose names hold numbers or keys: `Line-000000-000001`, `UnitAmount(0)`,
//! `ChanVariable(SIP/100-00000001)`.

use super::Key;
use crate::Value;
use crate::error::FieldError;
use crate::value::FromWire;
use crate::wire::{Header, Headers};
use smallvec::SmallVec;

/// What stands in a name where the pattern has a hole, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indices<'buf>(SmallVec<[Value<'buf>; 2]>);

impl<'buf> Indices<'buf> {
    /// The text in the hole of this number, from 0.
    pub fn text(&self, hole: usize) -> Option<Value<'buf>> {
        self.0.get(hole).copied()
    }

    /// The same as a number.
    pub fn number(&self, hole: usize) -> Option<u32> {
        u32::from_wire(self.text(hole)?.as_bytes()).ok()
    }
}

/// The values of a numbered or keyed header with what stands in its name, in the order of the frame.
/// Each value is a `Result`: one that is not of its kind doesn't hide the others.
///
/// ```
/// use ami_proto::{Decoder, Limits, event::OriginateResponse};
///
/// let mut decoder = Decoder::new(Limits::new());
/// decoder.push(b"Event: OriginateResponse\r\nChanVariable(PJSIP/100-00000001): ROOM=12\r\n\r\n");
/// let response = OriginateResponse::view(decoder.next_frame()?.unwrap()).unwrap();
/// for (key, variable) in response.keyed_chan_variable() {
///     assert_eq!(key.text(0).unwrap(), "PJSIP/100-00000001");
///     assert_eq!(variable?.value(), b"12");
/// }
/// let mut own = response.keyed_chan_variable().of(b"PJSIP/100-00000001");
/// assert_eq!(own.next().unwrap()?.name(), b"ROOM");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Indexed<'buf, T> {
    headers: Headers<'buf>,
    prefix: &'static str,
    key: &'static Key,
    as_type: core::marker::PhantomData<fn() -> T>,
}

impl<'buf, T: FromWire<'buf>> Indexed<'buf, T> {
    pub(super) fn new(headers: Headers<'buf>, prefix: &'static str, key: &'static Key) -> Self {
        Self { headers, prefix, key, as_type: core::marker::PhantomData }
    }

    /// The value whose numbers are these.
    ///
    /// # Errors
    /// [`FieldError`]: there is none, or it is not what the table says.
    pub fn at(self, numbers: &[u32]) -> Result<T, FieldError> {
        let missing = FieldError::missing(self.prefix, self.key.name);
        self.into_iter()
            .find(|(indices, _)| numbers.iter().enumerate().all(|(hole, number)| indices.number(hole) == Some(*number)))
            .map_or(Err(missing), |(_, value)| value)
    }

    /// Returns the values in whose name this stands first: the variables of one channel.
    pub fn of(self, key: &[u8]) -> impl Iterator<Item = Result<T, FieldError>> {
        self.filter(move |(indices, _)| indices.text(0).is_some_and(|text| text.as_bytes() == key))
            .map(|(_, value)| value)
    }
}

impl<'buf, T: FromWire<'buf>> Iterator for Indexed<'buf, T> {
    type Item = (Indices<'buf>, Result<T, FieldError>);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((header, line)) = self.headers.next_with_line() {
            let header = with_key(line, self.prefix, self.key.name).unwrap_or(header);
            let Some((start, rest)) = header.name().split_at_checked(self.prefix.len()) else { continue };
            if !start.eq_ignore_ascii_case(self.prefix.as_bytes()) {
                continue;
            }
            if let Some(indices) = matches(self.key.name, rest) {
                let value = T::from_wire(header.value().as_bytes());
                return Some((indices, value.map_err(|error| FieldError::invalid(self.prefix, self.key.name, error))));
            }
        }
        None
    }
}

/// Returns the header of a line such as `ChanVariable(IAX2/192.0.2.1:4569-1): NAME=value`, where
/// the key in parentheses is a channel's name and may hold colons, blanks and parentheses of its
/// own.
///
/// No other header's name was ever seen with a colon in it: of 6,248 recorded names that have one,
/// Asterisk 11 to 23, each is a `ChanVariable(…)`.
///
/// The key ends at the last `)` before a `: ` that stands before the assignment's `=`; of a channel
/// whose name holds a `=`, at the first. `None`: the pattern has no such key, or the line is none
/// of its headers.
pub(super) fn with_key<'buf>(line: &'buf [u8], prefix: &str, pattern: &str) -> Option<Header<'buf>> {
    const END: &[u8] = b"): ";
    let head = pattern.strip_suffix("{key})")?;
    // A key has a byte at least.
    let (_, key) = strip_prefix(strip_prefix(line, prefix)?, head)?.split_first()?;
    let before = memchr::memchr(b'=', key).and_then(|equals| key.get(..equals));
    let last = before.and_then(|before| memchr::memmem::rfind(before, END));
    let end = last.or_else(|| memchr::memmem::find(key, END))?;
    Header::split(line, line.len() - key.len() + end + 1)
}

/// What stands in the name's holes, if it fits the pattern.
///
/// A hole is followed by literal text, or by the end: the first place where that text stands closes
/// it, but for the last hole, which takes all up to the text at the end.
fn matches<'buf>(pattern: &str, name: &'buf [u8]) -> Option<Indices<'buf>> {
    let mut indices = SmallVec::new();
    let (head, mut pattern) = pattern.split_once('{')?;
    let mut name = strip_prefix(name, head)?;
    loop {
        let (hole, rest) = pattern.split_once('}')?;
        let (literal, next) = match rest.split_once('{') {
            Some((literal, next)) => (literal, Some(next)),
            None => (rest, None),
        };
        let len = match next {
            // The last one.
            None => name.len().checked_sub(literal.len())?,
            Some(_) => {
                name.windows(literal.len().max(1)).position(|part| part.eq_ignore_ascii_case(literal.as_bytes()))?
            }
        };
        let (inside, after) = name.split_at_checked(len)?;
        if !fills(hole, inside) {
            return None;
        }
        name = strip_prefix(after, literal)?;
        indices.push(Value::new(inside));
        match next {
            Some(next) => pattern = next,
            None => return name.is_empty().then_some(Indices(indices)),
        }
    }
}

/// Whether a header of this name is one of the pattern's.
pub(super) fn is_named(header: &[u8], prefix: &str, pattern: &str) -> bool {
    pattern.contains('{')
        && header.split_at_checked(prefix.len()).is_some_and(|(start, rest)| {
            start.eq_ignore_ascii_case(prefix.as_bytes()) && matches(pattern, rest).is_some()
        })
}

/// Whether this can stand in the hole: digits, a given number of digits, or any text.
fn fills(hole: &str, inside: &[u8]) -> bool {
    if inside.is_empty() {
        return false;
    }
    let digits = inside.iter().all(u8::is_ascii_digit);
    match hole {
        "key" => true,
        _ if hole.contains(":6") => digits && inside.len() >= 6,
        _ => digits,
    }
}

fn strip_prefix<'buf>(name: &'buf [u8], prefix: &str) -> Option<&'buf [u8]> {
    let (start, rest) = name.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix.as_bytes()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digits, six of them or more where the pattern says so; a key is any text but none.
    #[test]
    fn what_may_stand_in_a_hole() {
        let fit = |pattern: &str, names: [&str; 5]| names.map(|name| is_named(name.as_bytes(), "", pattern));
        let six = ["Line-000001", "line-1000000", "Line-00001", "Line-00000x", "Line-000001-000002"];
        assert_eq!(fit("Line-{i:6}", six), [true, true, false, false, false]);
        let any = ["Amount(0)", "AMOUNT(12)", "Amount()", "Amount(x)", "Amount(1)x"];
        assert_eq!(fit("Amount({i})", any), [true, true, false, false, false]);
        let key = ["Variable(0)", "variable(a) b)", "Variable()", "Variable(x", "Variable"];
        assert_eq!(fit("Variable({key})", key), [true, true, false, false, false]);
    }
}
