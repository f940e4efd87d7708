//! Which headers carry passwords, keys and challenge answers: they are masked in every `Debug`, and by `inspect`.
//!
//! The frames they are known from: requests to log in; `AuthDetail` and `AuthList` of PJSIP;
//! `ChallengeResponseFailed` and `InvalidPassword` of the security log; `VoicemailPasswordChange`; `DataGet`; the
//! configuration files that `GetConfig`, `GetConfigJSON` and `UpdateConfig` carry.

use super::{Frame, FrameKind, Header, Value};

/// Names of headers, and of options in configuration files, whose value is a secret wherever they stand.
const WORDS: [&str; 17] = [
    "secret",
    "md5secret",
    "remotesecret",
    "vmsecret",
    "password",
    "newpassword",
    "passworddigest",
    "passwd",
    "md5cred",
    "md5_cred",
    "oauthsecret",
    "oauth_secret",
    "refreshtoken",
    "refresh_token",
    "expectedresponse",
    "receivedhash",
    "dbpass",
];

/// What it wraps is serialised with its secrets, which are masked otherwise. `Debug` masks them still.
///
/// ```
/// use ami_proto::wire::WithSecrets;
/// use ami_proto::{Decoder, Framing, Limits};
///
/// let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::REQUESTS);
/// decoder.push(b"Action: Login\r\nSecret: s3cret\r\n\r\n");
/// let frame = decoder.next_frame()?.expect("a whole frame");
/// assert!(serde_json::to_string(&frame)?.contains(r#"["Secret","***"]"#));
/// assert!(serde_json::to_string(&WithSecrets(frame))?.contains(r#"["Secret","s3cret"]"#));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[cfg(feature = "serde")]
#[derive(Clone, Copy, Debug)]
pub struct WithSecrets<T>(pub T);

/// Whether this header of this frame holds a password, a key or the answer to a challenge.
///
/// Decided by names, in any case; a header that has none of the known ones is taken to be no secret. The output of
/// commands is free text, which no rule by name can judge: don't pass it on where such commands (`sip show users`)
/// can have been sent.
///
/// ```
/// use ami_proto::{Decoder, Framing, Limits};
/// use ami_proto::wire::is_secret;
///
/// let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::REQUESTS);
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
    // A blank too many makes a header unknown to the server, but no less secret.
    let name = header.name().trim_ascii();
    // `DataGet` puts the path of what it shows before the name: `2-peers.peer.secret`.
    let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
    is_word(last) || depends(frame, header)
}

/// Whether this line of a text or banner frame does: a recording that begins in the middle of a request has such.
pub fn is_secret_line(frame: Frame<'_>, line: Value<'_>) -> bool {
    let name = line.as_bytes().split(|byte| *byte == b':').next().unwrap_or_default();
    matches!(frame.kind(), FrameKind::Text | FrameKind::Banner) && is_word(name.trim_ascii())
}

/// Whether a header of this name holds a secret, whatever the frame.
pub(crate) fn is_secret_name(name: &[u8]) -> bool {
    is_word(name.trim_ascii())
}

fn is_word(name: &[u8]) -> bool {
    WORDS.iter().any(|word| name.eq_ignore_ascii_case(word.as_bytes()))
}

/// Names that are secret in some frames only.
fn depends(frame: Frame<'_>, header: Header<'_>) -> bool {
    let value = header.value().as_bytes();
    let named = |name: &str| frame.name().is_some_and(|found| found.eq_ignore_case(name));
    match frame.kind() {
        FrameKind::Event => header.is("Response") && named("ChallengeResponseFailed"),
        FrameKind::Action => {
            // Elsewhere `Key` is a key of the database.
            header.is("Key") && named("Login")
                || numbered(header, "Value-").is_some_and(|number| assigns_secret(frame, number))
        }
        FrameKind::Response if header.is("JSON") => holds_word(value),
        // A line of a configuration file, `secret=…`; in voicemail.conf the mailbox number stands before its password.
        FrameKind::Response if numbered(header, "Line-").is_some() => {
            value.split(|byte| *byte == b'=').next().is_some_and(|option| {
                let option = option.trim_ascii();
                is_word(option) || (!option.is_empty() && option.iter().all(u8::is_ascii_digit))
            })
        }
        _ => false,
    }
}

/// What follows `prefix` in the header's name.
fn numbered<'buf>(header: Header<'buf>, prefix: &str) -> Option<&'buf [u8]> {
    let (start, number) = header.name().split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix.as_bytes()).then_some(number)
}

/// Whether `Var-number` of an `UpdateConfig` names a secret.
///
/// A request that no server would read is not searched, which would take long; all its values count as secrets.
fn assigns_secret(frame: Frame<'_>, number: &[u8]) -> bool {
    const SERVER_HEADERS: usize = 128;
    frame.headers().nth(SERVER_HEADERS).is_some()
        || frame
            .headers()
            .filter(|header| numbered(*header, "Var-") == Some(number))
            .any(|header| is_word(header.value().as_bytes().trim_ascii()))
}

/// Whether a quoted word of the text is one of ours.
fn holds_word(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'"').any(is_word)
}
