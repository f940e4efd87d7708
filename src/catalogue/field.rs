//! Reads the values of catalogue fields from a frame.

use super::{Indexed, Kind};
use crate::error::FieldError;
use crate::value::FromWire;
use crate::wire::{Frame, Header, HeaderIndex, Headers, Value};

/// Names of the header that holds a field, and the kind of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// Name as the servers write it; matched in any case. `{i}` stands for a number, `{i:6}` for
    /// one of six digits, `{key}` for any text.
    pub(crate) name: &'static str,
    /// Other names of the header.
    pub(crate) aliases: &'static [&'static str],
    /// Kind of its value.
    pub(crate) kind: Kind,
}

impl Key {
    fn is(&self, header: &[u8], prefix: &str) -> bool {
        is_named(header, prefix, self.name, self.aliases.iter().copied())
    }
}

/// Returns the value of a field, for the getters of the typed views.
#[inline]
pub(crate) fn read<'buf, T: FromWire<'buf>>(
    headers: impl AsRef<HeaderIndex<'buf>>,
    prefix: &'static str,
    key: &'static Key,
) -> Result<T, FieldError> {
    read_found(find(headers.as_ref(), prefix, key), prefix, key)
}

/// Returns the value of a field whose bytes have been found already.
#[inline]
fn read_found<'buf, T: FromWire<'buf>>(
    value: Option<&'buf [u8]>,
    prefix: &'static str,
    key: &'static Key,
) -> Result<T, FieldError> {
    match value {
        Some(value) => T::from_wire(value).map_err(|error| FieldError::invalid(prefix, key.name, error)),
        None => Err(FieldError::missing(prefix, key.name)),
    }
}

/// Returns the value of a field in this header.
#[cfg(feature = "freeswitch")]
#[inline]
pub(crate) fn read_value<'buf, T: FromWire<'buf>>(
    value: Option<Value<'buf>>,
    prefix: &'static str,
    key: &'static Key,
) -> Result<T, FieldError> {
    read_found(value.map(Value::as_bytes).filter(|value| !key.kind.is_absent(value)), prefix, key)
}

/// Finds the bytes of a field. One function for all getters keeps the generated code small.
#[inline(never)]
fn find<'buf>(headers: &HeaderIndex<'buf>, prefix: &'static str, key: &'static Key) -> Option<&'buf [u8]> {
    let value = if key.aliases.is_empty() { headers.first(prefix, key.name) } else { find_any(headers, prefix, key) };
    value.map(Value::as_bytes).filter(|value| !key.kind.is_absent(value))
}

/// Finds the bytes of a field under its other names, which few headers have.
#[cold]
#[inline(never)]
fn find_any<'buf>(headers: &HeaderIndex<'buf>, prefix: &'static str, key: &'static Key) -> Option<Value<'buf>> {
    headers.headers().find(|header| key.is(header.name(), prefix)).map(Header::value)
}

/// Returns whether a header has this name or one of its aliases.
pub(super) fn is_named<'a>(header: &[u8], prefix: &str, name: &'a str, aliases: impl Iterator<Item = &'a str>) -> bool {
    let Some((start, rest)) = header.split_at_checked(prefix.len()) else { return false };
    start.eq_ignore_ascii_case(prefix.as_bytes())
        && core::iter::once(name).chain(aliases).any(|name| rest.eq_ignore_ascii_case(name.as_bytes()))
}

/// Returns the values of a header that occurs any number of times.
pub(crate) fn repeated<'buf, T: FromWire<'buf>>(
    frame: Frame<'buf>,
    prefix: &'static str,
    key: &'static Key,
) -> Repeated<'buf, T> {
    Repeated { headers: frame.headers(), prefix, key, as_type: core::marker::PhantomData }
}

/// Returns the values of a numbered or keyed header.
pub(crate) fn indexed<'buf, T: FromWire<'buf>>(
    frame: Frame<'buf>,
    prefix: &'static str,
    key: &'static Key,
) -> Indexed<'buf, T> {
    Indexed::new(frame.headers(), prefix, key)
}

/// Iterates over the values of a header that occurs any number of times, in order. Each is a
/// `Result`, so a value of the wrong kind does not hide the others.
///
/// ```
/// use ami_proto::{Decoder, Limits, event::Hangup};
///
/// let mut decoder = Decoder::new(Limits::new());
/// decoder.push(b"Event: Hangup\r\nChanVariable: A=1\r\nChanVariable: B=2\r\n\r\n");
/// let hangup = Hangup::view(decoder.next_frame()?.unwrap()).unwrap();
/// for variable in hangup.chan_variable() {
///     println!("{:?}", variable?.name());
/// }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Repeated<'buf, T> {
    headers: Headers<'buf>,
    prefix: &'static str,
    key: &'static Key,
    as_type: core::marker::PhantomData<fn() -> T>,
}

impl<'buf, T: FromWire<'buf>> Iterator for Repeated<'buf, T> {
    type Item = Result<T, FieldError>;

    fn next(&mut self) -> Option<Self::Item> {
        let header = self.headers.find(|header| self.key.is(header.name(), self.prefix))?;
        let value = T::from_wire(header.value().as_bytes());
        Some(value.map_err(|error| FieldError::invalid(self.prefix, self.key.name, error)))
    }
}
