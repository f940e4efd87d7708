//! Splits and quotes comma lists by the server's rules.

use super::bytes::split_first;
use super::open::open_bytes;
use crate::range::part;
use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::iter::FusedIterator;

open_bytes! {
    /// A list of items separated by commas.
    ///
    /// Takes any bytes. There are two grammars, depending on the sender:
    /// - a list that a server **receives** (`Variable`, `Variables`) may be quoted:
    ///   [`items`](Self::items) reads it;
    /// - a list that a server **sends** is not quoted at all: [`plain`](Self::plain) reads it.
    ///
    /// ```
    /// use ami_proto::value::CommaList;
    ///
    /// let list = CommaList::from(r#"a,"b,c",d\,e,f(g,h)"#);
    /// let items: Vec<_> = list.items().collect();
    /// assert_eq!(items, [&b"a"[..], b"b,c", b"d,e", b"f(g,h)"]);
    ///
    /// let channels = CommaList::from("SIP/a-00000001,SIP/b-00000002");
    /// assert_eq!(channels.plain().count(), 2);
    /// ```
    CommaList
}

impl<'a> CommaList<'a> {
    /// Most items that the server takes from one list; the last one keeps the rest of the value.
    pub const MAX_ITEMS: usize = 64;

    /// Returns the items by the server's rules for lists that it receives (Asterisk `main/app.c`).
    ///
    /// Splits at each `,` outside `()`, `[]` and `"…"`. A `"` is removed; a `\` is removed and the
    /// byte after it is kept. Nothing is trimmed. An empty value has no items. The 64th item, if
    /// there is one, is the rest of the value, with its commas, quotes and backslashes.
    #[must_use]
    #[inline]
    pub const fn items(self) -> Items<'a> {
        self.items_up_to(Self::MAX_ITEMS)
    }

    /// Returns the items like [`items`](Self::items), but at most `max`: `Variables` of `Status`
    /// takes 100. A `max` of 0 counts as 1.
    #[must_use]
    #[inline]
    pub const fn items_up_to(self, cap: usize) -> Items<'a> {
        let rest = if self.0.is_empty() { None } else { Some(self.0) };
        Items { rest, left: if cap == 0 { 1 } else { cap } }
    }

    /// Returns the items of a list that is not quoted: the parts between commas. An empty value has
    /// no items.
    #[inline]
    pub fn plain(self) -> impl Iterator<Item = &'a [u8]> {
        let whole = (!self.0.is_empty()).then_some(self.0);
        whole.into_iter().flat_map(|bytes| bytes.split(|&b| b == b','))
    }

    /// Returns the items as name and value, split at the first `=`. Items without `=` or with an
    /// empty name are left out, since the server ignores them.
    ///
    /// ```
    /// use ami_proto::value::CommaList;
    ///
    /// let mut pairs = CommaList::from(r"LANG=en,junk,NOTE=a\,b").assignments();
    /// assert_eq!(pairs.next(), Some((b"LANG"[..].into(), b"en"[..].into())));
    /// assert_eq!(pairs.next(), Some((b"NOTE"[..].into(), b"a,b"[..].into())));
    /// assert_eq!(pairs.next(), None);
    /// ```
    #[inline]
    pub fn assignments(self) -> impl Iterator<Item = (Cow<'a, [u8]>, Cow<'a, [u8]>)> {
        self.items().filter_map(|item| {
            let (name, value): (Cow<'a, [u8]>, Cow<'a, [u8]>) = match item {
                Cow::Borrowed(item) => {
                    let (name, value) = split_first(item, b'=')?;
                    (name.into(), value.into())
                }
                Cow::Owned(item) => {
                    let (name, value) = split_first(&item, b'=')?;
                    (name.to_vec().into(), value.to_vec().into())
                }
            };
            (!name.is_empty()).then_some((name, value))
        })
    }
}

/// Iterates over the unquoted items of a [`CommaList`]; an item without quotes is borrowed.
///
/// ```
/// use std::borrow::Cow;
/// use ami_proto::value::CommaList;
///
/// let mut items = CommaList::from(r#"clean,"quoted""#).items();
/// assert!(matches!(items.next(), Some(Cow::Borrowed(b"clean"))));
/// assert!(matches!(items.next(), Some(Cow::Owned(_))));
/// ```
#[derive(Debug, Clone)]
pub struct Items<'a> {
    /// Rest that is not yet split; `None` after the last item.
    rest: Option<&'a [u8]>,
    /// Number of items that may still come.
    left: usize,
}

impl<'a> Iterator for Items<'a> {
    type Item = Cow<'a, [u8]>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.take()?;
        if self.left <= 1 {
            return Some(Cow::Borrowed(rest));
        }
        self.left -= 1;
        let (raw, after, clean) = split_item(rest);
        self.rest = after;
        Some(if clean { Cow::Borrowed(raw) } else { Cow::Owned(unquote(raw)) })
    }
}

impl FusedIterator for Items<'_> {}

/// Returns the first item unchanged, the rest after its comma if there is one, and whether the item
/// is free of quotes and backslashes.
fn split_item(bytes: &[u8]) -> (&[u8], Option<&[u8]>, bool) {
    let (mut parens, mut brackets, mut quoted) = (0_usize, 0_usize, false);
    let mut clean = true;
    let mut scan = bytes.iter().enumerate();
    while let Some((i, b)) = scan.next() {
        match b {
            b'(' => parens += 1,
            b')' => parens = parens.saturating_sub(1),
            b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            b'"' => {
                quoted = !quoted;
                clean = false;
            }
            b'\\' => {
                scan.next();
                clean = false;
            }
            b',' if parens == 0 && brackets == 0 && !quoted => {
                return (part(bytes, ..i), Some(part(bytes, i + 1..)), clean);
            }
            _ => {}
        }
    }
    (bytes, None, clean)
}

fn unquote(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut scan = raw.iter();
    while let Some(b) = scan.next() {
        match b {
            b'"' => {}
            b'\\' => out.extend(scan.next()),
            _ => out.push(*b),
        }
    }
    out
}

/// Appends `value` so that the server reads it as one item: puts `\` before each of
/// `, \ " ( ) [ ]`.
///
/// This works only for the first 63 items of a list: the server does not unquote the 64th. A blank
/// at the beginning of a header's value is lost on the server.
pub(crate) fn quote_into(value: &[u8], out: &mut Vec<u8>) {
    let mut rest = value;
    while let Some(at) = rest.iter().position(|byte| needs_quoting(*byte)) {
        let (plain, quoted) = rest.split_at(at);
        let (byte, behind) = quoted.split_at(1);
        out.extend_from_slice(plain);
        out.push(b'\\');
        out.extend_from_slice(byte);
        rest = behind;
    }
    out.extend_from_slice(rest);
}

fn needs_quoting(byte: u8) -> bool {
    matches!(byte, b',' | b'\\' | b'"' | b'(' | b')' | b'[' | b']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_item_is_one() {
        let mut out = Vec::new();
        quote_into(br#"a,b\c"d(e)[f] =g"#, &mut out);
        assert_eq!(out, br#"a\,b\\c\"d\(e\)\[f\] =g"#);
        let items: Vec<_> = CommaList::new(&out).items().collect();
        assert_eq!(items, [&br#"a,b\c"d(e)[f] =g"#[..]]);
    }
}
