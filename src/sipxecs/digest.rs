//! What digest authentication (RFC 2617) takes from a request, a user and the server's challenge; MD5 itself is the
//! caller's.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::http_request::{Request, control};
use crate::range;
use crate::wiped::WipedText;

/// The SIP user that asks, and their PIN (not their SIP password). `Debug` hides the PIN.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Credentials<'a> {
    user: &'a str,
    pin: &'a str,
}

impl<'a> Credentials<'a> {
    /// This user.
    pub const fn new(user: &'a str, pin: &'a str) -> Self {
        Self { user, pin }
    }

    /// RFC 2617's A1, whose hash stands for the PIN: `user:realm:pin`.
    pub fn a1(&self, realm: &str) -> String {
        // In one piece: a text that grows leaves the PIN behind.
        [self.user, ":", realm, ":", self.pin].concat()
    }

    /// RFC 2617's A2: `GET:/sipxconfig/…`.
    pub fn a2(request: &Request) -> String {
        format!("{}:{}", request.method(), request.target())
    }

    /// The value of the header `Authorization` that answers a challenge. `md5` hashes, `cnonce` is a fresh random
    /// text of letters and digits, `count` is how often this challenge has been answered, this time included.
    ///
    /// ```
    /// # fn md5(_: &[u8]) -> [u8; 16] { [0x5c; 16] }
    /// use ami_proto::freeswitch::command::Lock;
    /// use ami_proto::sipxecs::{Challenge, Conference, Credentials};
    ///
    /// let request = Conference::new("Conf400").request(&Lock::new())?;
    /// let challenge = Challenge::parse(r#"Digest realm="sipXecs", qop="auth", nonce="abc""#).unwrap();
    /// let header = Credentials::new("400", "123").authorization(&request, &challenge, "f00", 1, md5)?;
    /// assert!(header.starts_with(r#"Digest username="400", realm="sipXecs", nonce="abc", uri="/sipxconfig/"#));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where user or `cnonce` hold what can't stand in a header (a quote, a backslash, a control character), or the
    /// challenge asks for another algorithm than MD5.
    pub fn authorization(
        &self,
        request: &Request,
        challenge: &Challenge<'_>,
        cnonce: &str,
        count: u32,
        md5: impl Fn(&[u8]) -> [u8; 16],
    ) -> Result<String, DigestError> {
        for (field, text) in [("user", self.user), ("cnonce", cnonce)] {
            let quote = || text.bytes().find(|byte| matches!(byte, b'"' | b'\\'));
            if let Some(byte) = control(text).or_else(quote) {
                return Err(DigestError::Byte { field, byte });
            }
        }
        if !challenge.md5 {
            return Err(DigestError::Algorithm);
        }
        let hash = |text: String| {
            let text = WipedText::from(text);
            let mut hex = WipedText::default();
            for byte in md5(text.as_bytes()) {
                hex.push_str(&format!("{byte:02x}"));
            }
            hex
        };
        let Challenge { realm, nonce, opaque, qop, .. } = challenge;
        let (a1, a2) = (hash(self.a1(&unescaped(realm))), hash(Self::a2(request)));
        let plain_nonce = unescaped(nonce);
        let response = hash(if *qop {
            [&*a1, ":", &*plain_nonce, &*format!(":{count:08x}:"), cnonce, ":auth:", &*a2].concat()
        } else {
            [&*a1, ":", &*plain_nonce, ":", &*a2].concat()
        });
        let response = &*response;
        let counted = if *qop { format!(", qop=auth, nc={count:08x}, cnonce=\"{cnonce}\"") } else { String::new() };
        let opaque = opaque.map(|opaque| format!(", opaque=\"{opaque}\"")).unwrap_or_default();
        Ok(format!(
            "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{}\", response=\"{response}\"{counted}{opaque}",
            self.user,
            request.target()
        ))
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({:?}, ***)", self.user)
    }
}

/// There is no answer to a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DigestError {
    /// A text has what can't stand in a header's quotes: a quote, a backslash or a control character.
    Byte {
        /// Which text: `user` or `cnonce`.
        field: &'static str,
        /// The character's code point.
        byte: u8,
    },
    /// The challenge asks for another algorithm than MD5.
    Algorithm,
}

impl fmt::Display for DigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Byte { field, byte } => {
                write!(f, "{field} refused: it has the byte {byte:#04x}, which can't stand in a header's quotes")
            }
            Self::Algorithm => f.write_str("the challenge asks for another algorithm than MD5"),
        }
    }
}

impl core::error::Error for DigestError {}

/// What the server asks in the header `WWW-Authenticate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge<'a> {
    realm: &'a str,
    nonce: &'a str,
    opaque: Option<&'a str>,
    qop: bool,
    md5: bool,
}

impl<'a> Challenge<'a> {
    /// Reads the header's value; `None` where it is no digest challenge with realm and nonce, or holds control
    /// characters.
    pub fn parse(value: &'a str) -> Option<Self> {
        let value = value.trim_ascii();
        let (scheme, mut rest) = value.split_at_checked(7)?;
        if !scheme.eq_ignore_ascii_case("Digest ") || value.contains(char::is_control) {
            return None;
        }
        let (mut realm, mut nonce) = (None, None);
        let mut challenge = Self { realm: "", nonce: "", opaque: None, qop: false, md5: true };
        while let Some((name, tail)) = rest.split_once('=') {
            let (text, tail) = parameter(tail.trim_ascii_start())?;
            match name.trim_ascii() {
                name if name.eq_ignore_ascii_case("realm") => realm = Some(text),
                name if name.eq_ignore_ascii_case("nonce") => nonce = Some(text),
                name if name.eq_ignore_ascii_case("opaque") => challenge.opaque = Some(text),
                name if name.eq_ignore_ascii_case("qop") => {
                    challenge.qop = text.split(',').any(|qop| qop.trim_ascii().eq_ignore_ascii_case("auth"));
                }
                name if name.eq_ignore_ascii_case("algorithm") => challenge.md5 = text.eq_ignore_ascii_case("MD5"),
                _ => {}
            }
            rest = tail.trim_ascii_start().trim_start_matches(',').trim_ascii_start();
        }
        Some(Self { realm: realm?, nonce: nonce?, ..challenge })
    }

    /// Whose user and PIN are asked for, as it stands in the header.
    pub const fn realm(&self) -> &'a str {
        self.realm
    }

    /// What the answer is made with, as it stands in the header.
    pub const fn nonce(&self) -> &'a str {
        self.nonce
    }
}

/// The value of a parameter, without its quotes, and what follows it.
fn parameter(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (word, rest) = text.split_at(text.find([',', ' ']).unwrap_or(text.len()));
        // It goes back between quotes, as it stands.
        return (!word.contains(['"', '\\'])).then_some((word, rest));
    };
    let mut escaped = false;
    let end = quoted.bytes().position(|byte| {
        let end = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        end
    })?;
    Some((range::text(quoted, ..end), range::text(quoted, end + 1..)))
}

/// The text of a quoted string.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut escaped = false;
    let plain = text.chars().filter(|c| {
        escaped = *c == '\\' && !escaped;
        !escaped
    });
    Cow::Owned(plain.collect())
}
