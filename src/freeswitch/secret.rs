//! Which words of the event socket are passwords and PINs: they are masked in every `Debug`, and by `inspect`.
//!
//! They stand in commands (`auth ClueCon`, `conference g pin 1234`), in what answers them (`Pin for conference g set: 1234`), in events that tell of them (`Job-Command-Arg: g pin 1234`), in
//! the names of rooms that a dialplan calls (`g@default+1234`), and in headers and variables named for them.

use alloc::borrow::Cow;
use alloc::vec::Vec;

const MASK: &[u8] = b"***";

/// The value of a header or of a variable, with what is secret in it as `***`; borrowed where nothing is.
///
/// Decided by names and by the words before a PIN; text that tells one in other words passes.
///
/// ```
/// use ami_proto::freeswitch::mask_header;
///
/// assert_eq!(mask_header(b"variable_sip_auth_password", b"s3cret"), &b"***"[..]);
/// assert_eq!(mask_header(b"Job-Command-Arg", b"room pin 1234"), &b"room pin ***"[..]);
/// assert_eq!(mask_header(b"Member-ID", b"12"), &b"12"[..]);
/// ```
pub fn mask_header<'a>(name: &[u8], value: &'a [u8]) -> Cow<'a, [u8]> {
    let name = name.to_ascii_lowercase();
    if !value.is_empty() && is_secret(&name) {
        return Cow::Borrowed(MASK);
    }
    // What the dialplan calls; a `+` elsewhere is in a number.
    if name.ends_with(b"application-data") || name.ends_with(b"application_data") {
        return mask_room(value);
    }
    mask(value)
}

/// The same for text: a command, or what answers one.
///
/// ```
/// use ami_proto::freeswitch::mask;
///
/// assert_eq!(mask(b"auth ClueCon"), &b"auth ***"[..]);
/// assert_eq!(mask(b"+OK Pin for conference g set: 1234\n"), &b"+OK Pin for conference g set: ***\n"[..]);
/// ```
pub fn mask(text: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    let mut from = 0;
    for (start, line) in lines(text) {
        if let Some((at, end)) = secret_in(line) {
            out.extend_from_slice(text.get(from..start + at).unwrap_or_default());
            out.extend_from_slice(MASK);
            from = start + end;
        }
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

fn is_secret(name: &[u8]) -> bool {
    const WORDS: [&[u8]; 6] = [b"password", b"passwd", b"secret", b"auth_pass", b"a1-hash", b"a1_hash"];
    WORDS.iter().any(|word| memchr::memmem::find(name, word).is_some())
        || name.split(|byte| matches!(byte, b'_' | b'-')).any(|word| word == b"pin")
}

fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = 0;
    text.split(|byte| *byte == b'\n').map(move |line| {
        let at = start;
        start += line.len() + 1;
        (at, line)
    })
}

/// Where the secret of a line is.
fn secret_in(line: &[u8]) -> Option<(usize, usize)> {
    const WORDS: [&[u8]; 4] = [b" pin ", b" pin mod ", b"auth ", b"userauth "];
    let lower = line.to_ascii_lowercase();
    let [pin, moderator, auth, userauth] = WORDS;
    let after = if lower.starts_with(auth) {
        auth.len()
    } else if lower.starts_with(userauth) {
        userauth.len()
    } else if memchr::memmem::find(&lower, b"pin for conference ").is_some() {
        memchr::memmem::rfind(&lower, b" set: ")? + 6
    } else {
        // As the server reads it, the word behind the conference; a name that has it in makes too much a secret, not too little.
        let at = memchr::memmem::find(&lower, pin)?;
        at + if lower.get(at..)?.starts_with(moderator) { moderator.len() } else { pin.len() }
    };
    (after < line.len()).then_some((after, line.len()))
}

/// `room@profile+pin+flags{…}`.
fn mask_room(value: &[u8]) -> Cow<'_, [u8]> {
    let Some(at) = memchr::memchr(b'+', value).map(|at| at + 1) else { return Cow::Borrowed(value) };
    let rest = value.get(at..).unwrap_or_default();
    let len = memchr::memchr(b'+', rest).unwrap_or(rest.len());
    if len == 0 || rest.starts_with(b"flags{") {
        return Cow::Borrowed(value);
    }
    let (before, after) = (value.get(..at).unwrap_or_default(), rest.get(len..).unwrap_or_default());
    Cow::Owned([before, MASK, after].concat())
}
