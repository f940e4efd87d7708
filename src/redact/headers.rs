//! Tells which headers of a frame carry passwords, keys and challenge answers.
//!
//! Most have a secret name; the rule is in `names.rs`. Others depend on the rest of the message. In
//! a value that contains a name, the part that the name is set to is masked:
//!
//! | header | is secret where |
//! |---|---|
//! | `Key` | the action is `Login` |
//! | `Response` | the event is `ChallengeResponseFailed` |
//! | `Value` (`Setvar`, `Getvar`, `VarSet`) | `Variable` is the name of a secret |
//! | `Val` (`DBPut`, `DBGet`) | `Key` or `Family` is |
//! | `Value-N`, `Match-N` (`UpdateConfig`) | `Var-N` is, or is another option that holds one |
//! | `Variable`, `ChanVariable` | it assigns to such a name: from the value in `NAME=value` on |
//! | `Line-N-N` (`GetConfig`) | its option holds a secret: from the option's value on |
//! | `JSON` (`GetConfigJSON`) | one of its options does |
//! | any | a URI has a password: `sip:user:password@host` |

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::uris::mask_uris;
use super::{MASK, is_secret_name};
use crate::range::part;
use crate::wire::{Frame, FrameKind, Header, SERVER_HEADERS, Value};

/// Returns whether this header of this frame holds a password, a key or the answer to a challenge.
///
/// Decided by names, in any case: the header's own (`Secret`, `OauthSecret`), or that of the
/// variable or option whose value it is. A header without such a name counts as no secret. The
/// output of commands and the arguments of dialplan applications are free text, which no rule by
/// name can judge: do not pass them on if they may hold secrets (`sip show users`,
/// `Authenticate(1234)`).
///
/// ```
/// use ami_proto::{Decoder, Limits};
/// use ami_proto::redact::is_secret;
///
/// let mut decoder = Decoder::new(Limits::new());
/// decoder.push(b"Action: Login\r\nUsername: u\r\nSecret: s3cret\r\n\r\n");
/// let frame = decoder.next_frame()?.expect("a whole frame");
/// let masked: Vec<bool> = frame.headers().map(|header| is_secret(frame, header)).collect();
/// assert_eq!(masked, [false, false, true]);
/// assert!(!format!("{frame:?}").contains("s3cret"));
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
pub fn is_secret(frame: Frame<'_>, header: Header<'_>) -> bool {
    hidden(frame, header).is_some()
}

/// Returns the value of a header for display: with `***` in place of its secrets.
///
/// The name of an option or variable is kept. Its value is masked to the end of the header, since
/// quotes and the separators of older servers leave no other end certain.
///
/// ```
/// use ami_proto::redact::mask_value;
/// use ami_proto::{Decoder, Framing, Limits};
///
/// let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
/// decoder.push(b"Action: Originate\r\nChannel: SIP/a\r\nVariable: PIN=1234\r\nData: sip:u:pw@host\r\n\r\n");
/// let frame = decoder.next_frame()?.expect("a whole frame");
/// let shown: Vec<_> = frame.headers().map(|header| mask_value(frame, header)).collect();
/// assert_eq!(shown, [&b"Originate"[..], b"SIP/a", b"PIN=***", b"sip:u:***@host"]);
/// # Ok::<(), ami_proto::FrameError>(())
/// ```
pub fn mask_value<'buf>(frame: Frame<'_>, header: Header<'buf>) -> Cow<'buf, [u8]> {
    hidden(frame, header).unwrap_or(Cow::Borrowed(header.value().as_bytes()))
}

/// Returns a line of a text or banner frame for display, as [`mask_value`] does for headers.
pub fn mask_line<'buf>(frame: Frame<'_>, line: Value<'buf>) -> Cow<'buf, [u8]> {
    if is_secret_line(frame, line) { Cow::Borrowed(MASK) } else { mask_uris(line.as_bytes()) }
}

/// Returns the masked value of a header with a secret; `None` if it has no secret.
pub(crate) fn hidden(frame: Frame<'_>, header: Header<'_>) -> Option<Cow<'static, [u8]>> {
    if header.value().is_empty() {
        return None;
    }
    let of_kind = match frame.kind() {
        FrameKind::Event => {
            let failed = |name: Value<'_>| name.eq_ignore_case("ChallengeResponseFailed");
            (header.is("Response") && frame.name().is_some_and(failed)).then_some(Cow::Borrowed(MASK))
        }
        FrameKind::Response => hidden_config(header),
        _ => None,
    };
    of_kind.or_else(|| {
        hidden_field(header.name(), header.value().as_bytes(), |test| {
            // A message longer than any server reads is not searched, since that would take long.
            frame.headers().nth(SERVER_HEADERS).is_some()
                || frame.headers().any(|other| test(other.name(), other.value().as_bytes()))
        })
    })
}

/// Returns whether this line of a text or banner frame holds a secret: a recording that begins in
/// the middle of a request has such lines.
pub fn is_secret_line(frame: Frame<'_>, line: Value<'_>) -> bool {
    let name = line.as_bytes().split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii();
    matches!(frame.kind(), FrameKind::Text | FrameKind::Banner) && !name.contains(&b' ') && is_secret_name(name)
}

/// Returns the masked value of a message's field that holds a secret: by its own name, or by
/// another field.
///
/// `any` returns whether one of the message's fields, among them `Action` with its name, passes a
/// test of name and value.
pub(crate) fn hidden_field(
    name: &[u8],
    value: &[u8],
    any: impl Fn(&dyn Fn(&[u8], &[u8]) -> bool) -> bool,
) -> Option<Cow<'static, [u8]>> {
    // An extra blank makes a header unknown to the server, but its value is still secret.
    let name = name.trim_ascii();
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    let says = |other: &str, test: &dyn Fn(&[u8]) -> bool| {
        any(&|name, value| name.eq_ignore_ascii_case(other.as_bytes()) && test(value.trim_ascii()))
    };
    let whole = if value.is_empty() {
        return None;
    } else if is_secret_name(name) {
        true
    } else if is("Key") {
        // In other actions it is a key of the database.
        says("Action", &|action| action.eq_ignore_ascii_case(b"Login"))
    } else if is("Value") {
        says("Variable", &is_secret_name)
    } else if is("Val") {
        says("Key", &is_secret_name) || says("Family", &is_secret_name)
    } else if let Some(number) = numbered(name, "Value-").or_else(|| numbered(name, "Match-")) {
        any(&|name, option| numbered(name, "Var-") == Some(number) && secret_of_option(option, value).is_some())
    } else {
        false
    };
    if whole {
        return Some(Cow::Borrowed(MASK));
    }
    if let Some(at) = secret_assignment(value).filter(|_| is_variable(name)) {
        return Some(Cow::Owned(masked_from(value, at)));
    }
    match mask_uris(value) {
        Cow::Borrowed(_) => None,
        Cow::Owned(masked) => Some(Cow::Owned(masked)),
    }
}

fn masked_from(value: &[u8], at: usize) -> Vec<u8> {
    [part(value, ..at), MASK].concat()
}

/// Returns whether a header of this name holds assignments: `Variable`, `ChanVariable`,
/// `ChanVariable(PJSIP/100-1)`.
fn is_variable(name: &[u8]) -> bool {
    const VARIABLE: &[u8] = b"variable";
    let name = name.split(|byte| *byte == b'(').next().unwrap_or(name);
    name.len()
        .checked_sub(VARIABLE.len())
        .and_then(|at| name.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(VARIABLE))
}

/// Returns the offset of the first value in `A=1,B=2` that is assigned to the name of a secret.
fn secret_assignment(value: &[u8]) -> Option<usize> {
    let mut start = 0;
    value.split(|byte| matches!(byte, b',' | b'|')).find_map(|part| {
        let at = memchr::memchr(b'=', part);
        let secret = at.and_then(|at| part.get(..at)).is_some_and(is_secret_name);
        let found = at.map(|at| start + at + 1).filter(|at| secret && *at < value.len());
        start += part.len() + 1;
        found
    })
}

/// Returns the masked value of a header that shows an Asterisk configuration file, if it holds a
/// secret.
fn hidden_config(header: Header<'_>) -> Option<Cow<'static, [u8]>> {
    let value = header.value().as_bytes();
    if header.is("JSON") {
        let secret = options(value).any(|(option, value)| secret_of_option(&option, value).is_some());
        return secret.then_some(Cow::Borrowed(MASK));
    }
    numbered(header.name(), "Line-")?;
    let (option, rest) = value.split_at_checked(memchr::memchr(b'=', value)?)?;
    let at = secret_of_option(option, rest)?;
    Some(Cow::Owned(masked_from(value, option.len() + at)))
}

/// Returns the offset of the secret in the value of a configuration file's option, if there is one.
/// The value may begin with `=` or `=>`.
fn secret_of_option(option: &[u8], value: &[u8]) -> Option<usize> {
    let option = option.trim_ascii();
    let len = value.len();
    let value = value.trim_ascii_start();
    let value = value.strip_prefix(b"=").unwrap_or(value);
    let value = value.strip_prefix(b">").unwrap_or(value).trim_ascii_start();
    let start = len - value.len();
    let value = value.trim_ascii_end();
    let is = |word: &str| option.eq_ignore_ascii_case(word.as_bytes());
    let has = |byte: u8| value.contains(&byte);
    let secret = if is("register") {
        // `user:secret@host`, of sip.conf and iax.conf.
        has(b':')
    } else if is("auth") {
        // `user:secret@realm` of sip.conf; a single word is the name of a section, or of a method.
        !value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    } else if is("conf") || is("agent") {
        // `room,pin,adminpin` of meetme.conf, `number,password,name` of agents.conf.
        has(b',')
    } else if is("setvar") || is("set_var") {
        // `NAME=value` for each call of a device.
        return secret_assignment(value).map(|at| start + at);
    } else {
        is_secret_name(option) || is_mailbox(option, value)
    };
    secret.then_some(start)
}

/// Returns whether an option is the number of a mailbox with its `password,name,…`, of
/// voicemail.conf. A password has digits, since it is dialled; that tells it from a key in a menu
/// of confbridge.conf (`1=toggle_mute`).
fn is_mailbox(option: &[u8], value: &[u8]) -> bool {
    let password = value.split(|byte| *byte == b',').next().unwrap_or_default();
    !option.is_empty() && option.iter().all(u8::is_ascii_digit) && password.iter().any(u8::is_ascii_digit)
}

/// Returns the names of the JSON text's members whose values are strings, without escapes, and
/// these values. Invalid JSON gives the parts that look like such members.
fn options(json: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, &[u8])> {
    let mut rest = json;
    let mut name: Option<&[u8]> = None;
    core::iter::from_fn(move || {
        loop {
            let (_, text) = rest.split_at_checked(memchr::memchr(b'"', rest)? + 1)?;
            let (string, after) = text.split_at(string_end(text));
            rest = after.strip_prefix(b"\"").unwrap_or(after);
            // If the value is a string, only the colon can stand between name and value.
            let is_name = rest
                .trim_ascii_start()
                .strip_prefix(b":")
                .is_some_and(|after| after.trim_ascii_start().first() == Some(&b'"'));
            if let Some(name) = name.take() {
                return Some((unescaped(name), string));
            }
            name = is_name.then_some(string);
        }
    })
}

/// Returns the text of a JSON string. Of numeric escapes only ASCII matters here; the others become
/// U+FFFD, which counts as a letter of a word like the original.
fn unescaped(string: &[u8]) -> Cow<'_, [u8]> {
    if !string.contains(&b'\\') {
        return Cow::Borrowed(string);
    }
    let mut out = Vec::with_capacity(string.len());
    let mut rest = string;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        let number = rest.strip_prefix(b"u").and_then(|digits| digits.split_at_checked(4));
        if let Some((digits, after)) = number {
            let code = core::str::from_utf8(digits).ok().and_then(|digits| u32::from_str_radix(digits, 16).ok());
            match code.and_then(|code| u8::try_from(code).ok()).filter(u8::is_ascii) {
                Some(byte) => out.push(byte),
                None => out.extend_from_slice("\u{fffd}".as_bytes()),
            }
            rest = after;
        } else if let Some((byte, after)) = rest.split_first() {
            out.push(*byte);
            rest = after;
        }
    }
    Cow::Owned(out)
}

/// Returns the end of a string that begins here: its quotation mark, or the end of the text.
fn string_end(text: &[u8]) -> usize {
    let mut escaped = false;
    let ends = |byte: &u8| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    };
    text.iter().position(ends).unwrap_or(text.len())
}

/// Returns the part of the header's name after `prefix`.
fn numbered<'n>(name: &'n [u8], prefix: &str) -> Option<&'n [u8]> {
    let (start, number) = name.trim_ascii().split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix.as_bytes()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::steps;
    use crate::wire::{Decoder, Framing, Limits};

    /// Each value's name is looked up in the whole frame, but only in frames that a server would
    /// read.
    #[test]
    fn masking_secrets_is_not_quadratic() {
        for values in [1000, 60_000] {
            let mut request = b"Action: UpdateConfig\r\n".to_vec();
            request.extend(b"Value-1: a\r\n".repeat(values));
            request.extend(b"\r\n");
            let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
            decoder.push(&request);
            let frame = decoder.next_frame().expect("within limits").expect("whole");
            let steps = steps(|| {
                // No server reads a request of so many lines, so all its values count as secrets
                // without a search.
                assert!(frame.headers().skip(1).all(|header| is_secret(frame, header)));
            });
            assert!(steps.lines <= 300 * values, "{} lines gone over", steps.lines);
        }
    }
}
