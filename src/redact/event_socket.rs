//! Masks the passwords and PINs in the texts of FreeSWITCH's event socket.
//!
//! They occur in headers and variables with secret names (`names.rs` has the rule); in commands
//! (`auth ClueCon`, `conference g pin 1234`) and their answers (`Pin for conference g set: 1234`);
//! in events that report commands (`Job-Command-Arg: g pin 1234`); in dial strings, which set
//! variables in brackets (`{sip_auth_password=s3cret}`); and in the names of rooms that a dialplan
//! calls (`g@default+1234`).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{MASK, is_secret_name, mask_uris};
use crate::range::part;
use crate::wiped::Wiped;

/// Returns the value of a header or of a variable, with its secrets as `***`; borrowed if it has
/// none.
///
/// Secrets are found by names and by the words before a PIN; a secret in other words is not masked.
///
/// ```
/// use ami_proto::freeswitch::mask_header;
///
/// assert_eq!(mask_header(b"variable_sip_auth_password", b"s3cret"), &b"***"[..]);
/// assert_eq!(mask_header(b"Job-Command-Arg", b"room pin 1234"), &b"room pin ***"[..]);
/// assert_eq!(mask_header(b"Member-ID", b"12"), &b"12"[..]);
/// ```
pub fn mask_header<'a>(name: &[u8], value: &'a [u8]) -> Cow<'a, [u8]> {
    if !value.is_empty() && is_secret_name(name) {
        return Cow::Borrowed(MASK);
    }
    // Only the dialplan's application data; a `+` in other headers is part of a number.
    let lower = name.to_ascii_lowercase();
    if !lower.ends_with(b"application-data") && !lower.ends_with(b"application_data") {
        return mask(value);
    }
    match mask(value) {
        Cow::Borrowed(value) => mask_room(value),
        Cow::Owned(value) => Cow::Owned(mask_room(&value).into_owned()),
    }
}

/// Returns a text, a command or its answer, masked as [`mask_header`] does. The password in a
/// `sip:user:password@host` is masked too.
///
/// ```
/// use ami_proto::freeswitch::mask;
///
/// assert_eq!(mask(b"auth ClueCon"), &b"auth ***"[..]);
/// assert_eq!(mask(b"+OK Pin for conference g set: 1234\n"), &b"+OK Pin for conference g set: ***\n"[..]);
/// assert_eq!(mask(b"api originate {pin=1234,a=b}user/1000 9"), &b"api originate {pin=***,a=b}user/1000 9"[..]);
/// ```
pub fn mask(text: &[u8]) -> Cow<'_, [u8]> {
    match mask_words(text) {
        Cow::Borrowed(text) => mask_uris(text),
        Cow::Owned(text) => Cow::Owned(mask_uris(&text).into_owned()),
    }
}

/// Masks the values after the names of secrets.
fn mask_words(text: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut start = 0;
    for line in text.split(|byte| *byte == b'\n') {
        // A tab separates words like a blank, even if the server reads it otherwise.
        let line = Wiped::from(line.iter().map(|byte| *byte.max(&b' ')).collect::<Vec<u8>>());
        // The secret that extends to the end of the line, then those before it.
        let rest = secret_rest(&line).unwrap_or(line.len());
        let mut hide = |at: usize, end: usize| {
            if at < end {
                out.extend_from_slice(part(text, from..start + at));
                out.extend_from_slice(MASK);
                from = start + end;
            }
        };
        secret_values(part(&line, ..rest), &mut hide);
        hide(rest, line.len());
        start += line.len() + 1;
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(part(text, from..));
    Cow::Owned(out)
}

/// Returns where a secret begins that extends to the end of the line. Words are separated by
/// blanks.
fn secret_rest(line: &[u8]) -> Option<usize> {
    const WORDS: [&[u8]; 4] = [b" pin ", b" pin mod ", b"auth ", b"userauth "];
    let lower = Wiped::from(line.to_ascii_lowercase());
    let outer = lower.iter().take_while(|byte| **byte == b' ').count();
    let first = part(&lower, outer..);
    let [pin, moderator, auth, userauth] = WORDS;
    if first.starts_with(auth) {
        Some(outer + auth.len())
    } else if first.starts_with(userauth) {
        Some(outer + userauth.len())
    } else if memchr::memmem::find(&lower, b"pin for conference ").is_some() {
        memchr::memmem::rfind(&lower, b" set: ").map(|at| at + 6)
    } else {
        // The server takes the word after the conference's name. A conference name that contains
        // the word makes too much a secret, not too little.
        let at = memchr::memmem::find(&lower, pin)?;
        Some(at + if part(&lower, at..).starts_with(moderator) { moderator.len() } else { pin.len() })
    }
}

/// Finds the values after the name of a secret: `{name=value,…}` in brackets of any kind; to the
/// end of the line `name=value`, `name: value`, and `name value` if the name has several words.
fn secret_values(line: &[u8], hide: &mut impl FnMut(usize, usize)) {
    let is_of_a_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let mut closing = None;
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        let name = line.iter().skip(at).take_while(|byte| is_of_a_name(byte)).count();
        let (name, end) = (part(line, at..at + name), at + name);
        match byte {
            b'{' => closing = Some(b'}'),
            b'[' => closing = Some(b']'),
            b'<' => closing = Some(b'>'),
            b'}' | b']' | b'>' => closing = None,
            _ => {}
        }
        at = end.max(at + 1);
        let value = match line.get(end) {
            Some(b'=' | b':') => is_secret_name(name),
            Some(b' ') => name.contains(&b'_') && is_secret_name(name),
            _ => false,
        };
        if value {
            let blank = usize::from(part(line, end..).starts_with(b": "));
            let start = end + 1 + blank;
            at = closing.map_or(line.len(), |closing| start + value_len(part(line, start..), closing));
            hide(start, at);
        }
    }
}

/// Returns the length of a value in brackets: to the comma or closing bracket that is neither
/// quoted nor escaped.
fn value_len(value: &[u8], closing: u8) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    let ends = |byte: &u8| {
        if escaped {
            escaped = false;
            return false;
        }
        escaped = *byte == b'\\';
        quoted ^= *byte == b'\'';
        !quoted && (*byte == b',' || *byte == closing)
    };
    value.iter().position(ends).unwrap_or(value.len())
}

/// Masks the PIN in `room@profile+pin+flags{…}`.
fn mask_room(value: &[u8]) -> Cow<'_, [u8]> {
    let Some(at) = memchr::memchr(b'+', value).map(|at| at + 1) else { return Cow::Borrowed(value) };
    let rest = part(value, at..);
    let len = memchr::memchr(b'+', rest).unwrap_or(rest.len());
    if len == 0 || rest.starts_with(b"flags{") {
        return Cow::Borrowed(value);
    }
    Cow::Owned([part(value, ..at), MASK, part(rest, len..)].concat())
}
