//! Headers whose names hold numbers or keys: `Line-000000-000001`, `UnitAmount(0)`,
//! `ChanVariable(SIP/100-00000001)`.

use super::Key;
use crate::Value;
use crate::error::FieldError;
use crate::value::FromWire;
use crate::wire::{Header, Headers};
use smallvec::SmallVec;

/// Texts in the holes of a name's pattern, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indices<'buf>(SmallVec<[Value<'buf>; 2]>);

impl<'buf> Indices<'buf> {
    /// Returns the text in the hole of this number, counted from 0.
    pub fn text(&self, hole: usize) -> Option<Value<'buf>> {
        self.0.get(hole).copied()
    }

    /// Returns the number in the hole of this number, counted from 0; `None` if its text is not a
    /// number.
    pub fn number(&self, hole: usize) -> Option<u32> {
        u32::from_wire(self.text(hole)?.as_bytes()).ok()
    }
}

/// Iterates over the values of a numbered or keyed header with the texts in its name, in the order
/// of the frame. Each value is a `Result`, so a value of the wrong kind does not hide the others.
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

    /// Returns the value whose name has these numbers.
    ///
    /// # Errors
    /// A [`FieldError`] if there is no such value, or it is not of the field's kind.
    pub fn at(self, numbers: &[u32]) -> Result<T, FieldError> {
        let missing = FieldError::missing(self.prefix, self.key.name);
        self.into_iter()
            .find(|(indices, _)| numbers.iter().enumerate().all(|(hole, number)| indices.number(hole) == Some(*number)))
            .map_or(Err(missing), |(_, value)| value)
    }

    /// Returns the values whose name has this text in its first hole: the variables of one channel.
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
/// the key in parentheses is a channel's name and may itself hold colons, blanks and parentheses.
///
/// No other header's name was ever seen with a colon in it: of 6,248 recorded names that have one,
/// Asterisk 11 to 23, each is a `ChanVariable(…)`.
///
/// The key ends at the last `)` before a `: ` that precedes the assignment's `=`; if the channel's
/// name contains a `=`, at the first. Returns `None` if the pattern has no such key, or the line is
/// not one of its headers.
pub(super) fn with_key<'buf>(line: &'buf [u8], prefix: &str, pattern: &str) -> Option<Header<'buf>> {
    const END: &[u8] = b"): ";
    let head = pattern.strip_suffix("{key})")?;
    // A key has at least one byte.
    let (_, key) = strip_prefix(strip_prefix(line, prefix)?, head)?.split_first()?;
    let before = memchr::memchr(b'=', key).and_then(|equals| key.get(..equals));
    let last = before.and_then(|before| memchr::memmem::rfind(before, END));
    let end = last.or_else(|| memchr::memmem::find(key, END))?;
    Header::split(line, line.len() - key.len() + end + 1)
}

/// Returns the texts in the holes, if the name fits the pattern.
///
/// A hole is followed by literal text, or by the end. The first occurrence of that text ends the
/// hole, except that the last hole takes everything up to the text at the end.
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
            // This is the last hole.
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

/// Returns whether a header's name fits the pattern.
pub(super) fn is_named(header: &[u8], prefix: &str, pattern: &str) -> bool {
    pattern.contains('{')
        && header.split_at_checked(prefix.len()).is_some_and(|(start, rest)| {
            start.eq_ignore_ascii_case(prefix.as_bytes()) && matches(pattern, rest).is_some()
        })
}

/// Returns whether a text can fill the hole: digits, a given number of digits, or any text.
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

    /// A hole takes digits, six or more if the pattern says so; a key is any text but an empty one.
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
