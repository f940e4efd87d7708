//! Tells which headers of a frame carry passwords, keys and challenge answers.
//!
//! Most are known by their own name; the rule is in `names.rs`. Others depend on what else the
//! message says:
//!
//! | header | is secret where |
//! |---|---|
//! | `Key` | the action is `Login` |
//! | `Response` | the event is `ChallengeResponseFailed` |
//! | `Value` (`Setvar`, `Getvar`, `VarSet`) | `Variable` is the name of a secret |
//! | `Val` (`DBPut`, `DBGet`) | `Key` or `Family` is |
//! | `Value-N`, `Match-N` (`UpdateConfig`) | `Var-N` is, or is another option that holds one |
//! | `Variable`, `ChanVariable` | it assigns to such a name: `NAME=value` |
//! | `Line-N-N` (`GetConfig`) | its option holds a secret |
//! | `JSON` (`GetConfigJSON`) | one of its options does |

use super::is_secret_name;
use crate::wire::{Frame, FrameKind, Header, SERVER_HEADERS, Value};

/// Whether this header of this frame holds a password, a key or the answer to a challenge.
///
/// Decided by names, in any case: the header's own (`Secret`, `OauthSecret`), or that of the
/// variable or option whose value it is. A header that has no known name is taken to be no secret.
/// The output of commands and the arguments of dialplan applications are free text, which no rule
/// by name can judge: don't pass them on where they can hold secrets (`sip show users`,
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
    if header.value().is_empty() {
        return false;
    }
    is_secret_field(header.name(), header.value().as_bytes(), |test| {
        // A message longer than any server reads is not searched, which would take long.
        frame.headers().nth(SERVER_HEADERS).is_some()
            || frame.headers().any(|other| test(other.name(), other.value().as_bytes()))
    }) || match frame.kind() {
        FrameKind::Event => {
            header.is("Response") && frame.name().is_some_and(|name| name.eq_ignore_case("ChallengeResponseFailed"))
        }
        FrameKind::Response => is_secret_config(header),
        _ => false,
    }
}

/// Whether this line of a text or banner frame does: a recording that begins in the middle of a
/// request has such.
pub fn is_secret_line(frame: Frame<'_>, line: Value<'_>) -> bool {
    let name = line.as_bytes().split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii();
    matches!(frame.kind(), FrameKind::Text | FrameKind::Banner) && !name.contains(&b' ') && is_secret_name(name)
}

/// Returns whether a field of a message holds a secret: by its own name, or by what another field
/// says.
///
/// `any` says whether one of the message's fields, among them `Action` with its name, passes a test
/// of name and value.
pub(crate) fn is_secret_field(name: &[u8], value: &[u8], any: impl Fn(&dyn Fn(&[u8], &[u8]) -> bool) -> bool) -> bool {
    // A blank too many makes a header unknown to the server, but no less secret.
    let name = name.trim_ascii();
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    let says = |other: &str, test: &dyn Fn(&[u8]) -> bool| {
        any(&|name, value| name.eq_ignore_ascii_case(other.as_bytes()) && test(value.trim_ascii()))
    };
    if value.is_empty() {
        false
    } else if is_secret_name(name) {
        true
    } else if is("Key") {
        // Elsewhere it is a key of the database.
        says("Action", &|action| action.eq_ignore_ascii_case(b"Login"))
    } else if is("Value") {
        says("Variable", &is_secret_name)
    } else if is("Val") {
        says("Key", &is_secret_name) || says("Family", &is_secret_name)
    } else if let Some(number) = numbered(name, "Value-").or_else(|| numbered(name, "Match-")) {
        any(&|name, option| numbered(name, "Var-") == Some(number) && is_secret_option(option, value))
    } else {
        is_variable(name) && assigns_secret(value)
    }
}

/// Whether a header of this name holds assignments: `Variable`, `ChanVariable`,
/// `ChanVariable(PJSIP/100-1)`.
fn is_variable(name: &[u8]) -> bool {
    const VARIABLE: &[u8] = b"variable";
    let name = name.split(|byte| *byte == b'(').next().unwrap_or(name);
    name.len()
        .checked_sub(VARIABLE.len())
        .and_then(|at| name.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(VARIABLE))
}

/// Whether one of `A=1,B=2` assigns to the name of a secret.
fn assigns_secret(value: &[u8]) -> bool {
    value.split(|byte| matches!(byte, b',' | b'|')).any(|part| {
        let name = memchr::memchr(b'=', part).and_then(|at| part.get(..at));
        name.is_some_and(is_secret_name)
    })
}

/// What a file of Asterisk's configuration says, in an answer.
fn is_secret_config(header: Header<'_>) -> bool {
    let value = header.value().as_bytes();
    if header.is("JSON") {
        return options(value).any(|(option, value)| is_secret_option(option, value));
    }
    numbered(header.name(), "Line-").is_some()
        && memchr::memchr(b'=', value)
            .and_then(|at| value.split_at_checked(at))
            .is_some_and(|(option, value)| is_secret_option(option, value))
}

/// Whether an option of a configuration file has a value with a secret in it.
fn is_secret_option(option: &[u8], value: &[u8]) -> bool {
    let option = option.trim_ascii();
    let value = value.trim_ascii_start();
    let value = value.strip_prefix(b"=").unwrap_or(value);
    let value = value.strip_prefix(b">").unwrap_or(value).trim_ascii();
    let is = |word: &str| option.eq_ignore_ascii_case(word.as_bytes());
    let has = |byte: u8| value.contains(&byte);
    if is("register") {
        // `user:secret@host`, of sip.conf and iax.conf.
        has(b':')
    } else if is("auth") {
        // `user:secret@realm` of sip.conf; one word is the name of a section, or of a method.
        !value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    } else if is("conf") || is("agent") {
        // `room,pin,adminpin` of meetme.conf, `number,password,name` of agents.conf.
        has(b',')
    } else {
        is_secret_name(option) || is_mailbox(option, value)
    }
}

/// Whether this is the number of a mailbox and its `password,name,…`, of voicemail.conf. A password
/// has digits, since it is dialled; what a key does in a menu of confbridge.conf looks alike but
/// for that (`1=toggle_mute`).
fn is_mailbox(option: &[u8], value: &[u8]) -> bool {
    let password = value.split(|byte| *byte == b',').next().unwrap_or_default();
    !option.is_empty() && option.iter().all(u8::is_ascii_digit) && password.iter().any(u8::is_ascii_digit)
}

/// Names of the text's members whose values are strings, and these. Text that is no JSON gives what
/// looks like such.
fn options(json: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = json;
    let mut name: Option<&[u8]> = None;
    core::iter::from_fn(move || {
        loop {
            let (_, text) = rest.split_at_checked(memchr::memchr(b'"', rest)? + 1)?;
            let (string, after) = text.split_at(string_end(text));
            rest = after.strip_prefix(b"\"").unwrap_or(after);
            // The colon is all that can stand between a name and its value, if that is a string.
            let is_name = rest
                .trim_ascii_start()
                .strip_prefix(b":")
                .is_some_and(|after| after.trim_ascii_start().first() == Some(&b'"'));
            if let Some(name) = name.take() {
                return Some((name, string));
            }
            name = is_name.then_some(string);
        }
    })
}

/// Where a string ends that begins here: at its quotation mark, or with the text.
fn string_end(text: &[u8]) -> usize {
    let mut escaped = false;
    let ends = |byte: &u8| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    };
    text.iter().position(ends).unwrap_or(text.len())
}

/// What follows `prefix` in the header's name.
fn numbered<'n>(name: &'n [u8], prefix: &str) -> Option<&'n [u8]> {
    let (start, number) = name.trim_ascii().split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix.as_bytes()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::steps;
    use crate::wire::{Decoder, Framing, Limits};

    /// Each value's name is looked up in the whole frame, but in no frame longer than a server
    /// reads.
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
                // No server reads a request of so many lines, so all its values count as secrets,
                // unsearched.
                assert!(frame.headers().skip(1).all(|header| is_secret(frame, header)));
            });
            assert!(steps.lines <= 300 * values, "{} lines gone over", steps.lines);
        }
    }
}
