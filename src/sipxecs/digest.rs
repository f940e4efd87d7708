//! Inputs of digest authentication (RFC 2617): request, user and the server's challenge. The caller
//! supplies MD5.

use alloc::string::String;
use core::fmt;

use crate::digest::{Answer, Challenge, a1, a2};
use crate::error::{EncodeError, Refusal};
use crate::http_request::{Request, control};
use crate::wiped::WipedText;

/// The SIP user who makes the request, with their PIN (not their SIP password). `Debug` hides the
/// PIN.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Credentials<'a> {
    user: &'a str,
    pin: &'a str,
}

impl<'a> Credentials<'a> {
    /// Creates the credentials of this user.
    pub const fn new(user: &'a str, pin: &'a str) -> Self {
        Self { user, pin }
    }

    /// Returns RFC 2617's A1, whose hash can replace the PIN: `user:realm:pin`.
    pub fn a1(&self, realm: &str) -> String {
        // Allocated in one piece: a growing text would leave copies of the PIN in memory.
        a1(self.user, realm, self.pin).concat()
    }

    /// Returns RFC 2617's A2: `GET:/sipxconfig/…`.
    pub fn a2(request: &Request) -> String {
        a2(request.method().as_str(), request.target()).concat()
    }

    /// Returns the value of the header `Authorization` that answers a challenge. `md5` computes the
    /// hash; `cnonce` is a fresh random text of letters and digits; `count` is the number of
    /// answers to this challenge, this one included.
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
    /// If user or `cnonce` contain characters that a header can't carry (a quote, a backslash, a
    /// control character), or if the challenge asks for another algorithm than MD5.
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
                let refusal =
                    if byte.is_ascii_punctuation() { Refusal::Quote { byte } } else { Refusal::Control { byte } };
                return Err(EncodeError::new(field, refusal).into());
            }
        }
        if !challenge.is_md5() {
            return Err(DigestError::Algorithm);
        }
        let answer = Answer {
            user: self.user,
            secret: self.pin,
            method: request.method().as_str(),
            target: request.target(),
            cnonce,
            count,
        };
        let hash = |parts: &[&str]| md5(WipedText::from(parts.concat()).as_bytes());
        Ok(answer.authorization(challenge, hash))
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({:?}, ***)", self.user)
    }
}

/// Reports why a challenge can't be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DigestError {
    /// `user` or `cnonce` contain a character that a quoted header value can't carry: a quote, a
    /// backslash or a control character.
    Encode(EncodeError),
    /// The challenge asks for another algorithm than MD5.
    Algorithm,
}

impl fmt::Display for DigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::Algorithm => f.write_str("the challenge asks for another algorithm than MD5"),
        }
    }
}

impl core::error::Error for DigestError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            Self::Algorithm => None,
        }
    }
}

impl From<EncodeError> for DigestError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}
