//! Answers to MD5 challenges: HTTP digest authentication (RFC 2617), and the key of a `Login` after
//! `Challenge`.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
#[cfg(feature = "md5")]
use alloc::vec::Vec;

use crate::range;
use crate::wiped::WipedText;

/// A digest challenge, from the header `WWW-Authenticate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge<'a> {
    realm: &'a str,
    nonce: &'a str,
    opaque: Option<&'a str>,
    algorithm: Option<&'a str>,
    qop: bool,
    stale: bool,
}

/// Names of the parameters that are read, in the order of the array that holds their values.
const PARAMETERS: [&str; 6] = ["realm", "nonce", "opaque", "qop", "algorithm", "stale"];

impl<'a> Challenge<'a> {
    /// Reads the header's value. Returns `None` if it is not a digest challenge with realm and
    /// nonce, or holds control characters.
    ///
    /// If a parameter comes twice the first one counts, and so does the first of several challenges
    /// in one header.
    pub fn parse(value: &'a str) -> Option<Self> {
        let value = value.trim_ascii();
        let (scheme, mut rest) = value.split_at_checked(7)?;
        if !scheme.eq_ignore_ascii_case("Digest ") || value.contains(char::is_control) {
            return None;
        }
        let mut found = [None; PARAMETERS.len()];
        while let Some((name, tail)) = rest.split_once('=') {
            let name = name.trim_ascii();
            // Such a name is the scheme of the next challenge with its first parameter.
            if name.contains(' ') {
                break;
            }
            let (text, tail) = parameter(tail.trim_ascii_start())?;
            let known = PARAMETERS.iter().zip(&mut found).find(|(known, _)| name.eq_ignore_ascii_case(known));
            if let Some((_, place)) = known {
                place.get_or_insert(text);
            }
            rest = tail.trim_ascii_start().trim_start_matches(',').trim_ascii_start();
        }
        let [realm, nonce, opaque, qop, algorithm, stale] = found;
        Some(Self {
            realm: realm?,
            nonce: nonce?,
            opaque,
            algorithm,
            qop: qop.is_some_and(|qop| qop.split(',').any(|qop| qop.trim_ascii().eq_ignore_ascii_case("auth"))),
            stale: stale.is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }

    /// Returns the realm to show when asking for user and PIN, still escaped as in the header.
    #[cfg(feature = "sipxecs")]
    pub const fn realm(&self) -> &'a str {
        self.realm
    }

    /// Returns the nonce for the answer, still escaped as in the header.
    pub const fn nonce(&self) -> &'a str {
        self.nonce
    }

    /// Returns whether the server accepts answers with `qop=auth`.
    #[cfg(feature = "md5")]
    pub(crate) const fn has_qop(&self) -> bool {
        self.qop
    }

    /// Returns whether the challenge asks for MD5.
    pub(crate) fn is_md5(&self) -> bool {
        self.algorithm.is_none_or(|algorithm| algorithm.eq_ignore_ascii_case("MD5"))
    }

    /// Returns whether the credentials were right and only the nonce is too old.
    #[cfg(feature = "md5")]
    pub(crate) const fn is_stale(&self) -> bool {
        self.stale
    }
}

/// Returns the value of a parameter, without its quotes, and the text after it.
fn parameter(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (word, rest) = text.split_at(text.find([',', ' ']).unwrap_or(text.len()));
        // The answer repeats the word unchanged between quotes.
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

/// Returns the text of a quoted string.
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

/// Returns a text as a quoted string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Returns RFC 2617's A1, in parts.
pub(crate) const fn a1<'a>(user: &'a str, realm: &'a str, secret: &'a str) -> [&'a str; 5] {
    [user, ":", realm, ":", secret]
}

/// Returns RFC 2617's A2, in parts.
pub(crate) const fn a2<'a>(method: &'a str, target: &'a str) -> [&'a str; 3] {
    [method, ":", target]
}

/// An answer to a challenge: the credentials, and the request that it is for.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) user: &'a str,
    pub(crate) secret: &'a str,
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) cnonce: &'a str,
    /// Number of times that the challenge has been answered, including this one.
    pub(crate) count: u32,
}

impl Answer<'_> {
    /// Returns the value of the header `Authorization`; `md5` hashes the concatenation of the
    /// parts.
    ///
    /// Values of the challenge are returned unchanged. The algorithm is named if the challenge
    /// names it (RFC 2617, 3.2.2: without a name it is MD5).
    pub(crate) fn authorization(&self, challenge: &Challenge<'_>, md5: impl Fn(&[&str]) -> [u8; 16]) -> String {
        let Self { user, target, cnonce, count, .. } = *self;
        let Challenge { realm, nonce, opaque, algorithm, qop, .. } = *challenge;
        let algorithm = algorithm.map_or("", |_| ", algorithm=MD5");
        let counted =
            if qop { format!(", qop=auth, nc={count:08x}, cnonce={}", quoted(cnonce)) } else { String::new() };
        let opaque = opaque.map(|opaque| format!(", opaque=\"{opaque}\"")).unwrap_or_default();
        format!(
            "Digest username={}, realm=\"{realm}\", nonce=\"{nonce}\", uri={}{algorithm}{counted}, response=\"{}\"{opaque}",
            quoted(user),
            quoted(target),
            self.response(challenge, md5),
        )
    }

    /// Returns the `response` to a challenge; `md5` hashes the concatenation of the parts.
    ///
    /// Quoted strings of the challenge are hashed without their escapes.
    fn response(&self, challenge: &Challenge<'_>, md5: impl Fn(&[&str]) -> [u8; 16]) -> String {
        let Self { user, secret, method, target, cnonce, count } = *self;
        let ha1 = hex(md5(&a1(user, &unescaped(challenge.realm), secret)));
        let ha2 = hex(md5(&a2(method, target)));
        let nonce = unescaped(challenge.nonce);
        let response = hex(if challenge.qop {
            md5(&[&ha1, ":", &nonce, ":", &format!("{count:08x}"), ":", cnonce, ":auth:", &ha2])
        } else {
            md5(&[&ha1, ":", &nonce, ":", &ha2])
        });
        String::from(&*response)
    }
}

/// Returns a hash in lower-case hexadecimal, since servers compare the text.
fn hex(hash: [u8; 16]) -> WipedText {
    let digits = hash.into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut text = String::with_capacity(2 * hash.len());
    text.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
    text.into()
}

/// Returns the MD5 hash of the concatenated parts.
#[cfg(feature = "md5")]
pub(crate) fn md5<T: AsRef<[u8]>>(parts: &[T]) -> [u8; 16] {
    use md5::Digest as _;
    parts.iter().fold(md5::Md5::new(), md5::Digest::chain_update).finalize().into()
}

/// Returns the `Key` of a `Login`: MD5 over the challenge followed by the secret (Asterisk
/// `main/manager.c`, `authenticate`).
#[cfg(feature = "md5")]
pub(crate) fn login_key(challenge: &[u8], secret: &[u8]) -> Vec<u8> {
    hex(md5(&[challenge, secret])).as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Odd headers: the first of repeated parameters and challenges counts.
    #[test]
    fn the_first_of_each_counts() {
        let read = |text| Challenge::parse(text).map(|found| (found.realm, found.nonce, found.opaque, found.is_md5()));
        for text in [
            r#"Digest realm="a", nonce="1", nonce="2", realm=b"#,
            r#"Digest realm="a", nonce="1", Digest realm="b", opaque="x", algorithm=SHA-256"#,
            r#"Digest realm="a", nonce="1", Basic realm="b""#,
            r#"digest  nonce = 1,realm="a""#,
        ] {
            assert_eq!(read(text), Some(("a", "1", None, true)), "{text}");
        }
        assert_eq!(read(r#"Basic realm="a", Digest realm="a", nonce="1""#), None);
    }

    #[test]
    fn quoted_texts_are_kept_as_sent_and_unescaped_for_hashing() {
        for (quoted, text) in [("a", "a"), ("", ""), (r#"a\"b\\c"#, r#"a"b\c"#), ("a, b=c", "a, b=c"), (r"\o", "o")] {
            let header = format!(r#"Digest realm="{quoted}", nonce="n{quoted}", qop="auth", opaque="o{quoted}""#);
            let challenge = Challenge::parse(&header).unwrap();
            assert_eq!((challenge.realm, challenge.nonce), (quoted, &*format!("n{quoted}")));
            assert_eq!(challenge.opaque, Some(&*format!("o{quoted}")));
            assert_eq!(unescaped(challenge.realm), text);
        }
    }

    /// An answer has one order of parameters for all servers, and only those that its challenge
    /// asks for.
    #[test]
    fn an_answer_has_what_the_challenge_names() {
        let answer = Answer { user: "a\"\\b", secret: "s", method: "GET", target: "/", cnonce: "c\"", count: 26 };
        let response = "5c".repeat(16);
        for (asked, named, after) in [
            ("", "", ""),
            (", algorithm=md5", ", algorithm=MD5", ""),
            (", qop=auth", r#", qop=auth, nc=0000001a, cnonce="c\"""#, ""),
            (r#", opaque="\o""#, "", r#", opaque="\o""#),
        ] {
            let challenge = format!(r#"Digest realm="r\"", nonce="n"{asked}"#);
            let found = answer.authorization(&Challenge::parse(&challenge).unwrap(), |_| [0x5c; 16]);
            let before = r#"Digest username="a\"\\b", realm="r\"", nonce="n", uri="/""#;
            assert_eq!(found, format!("{before}{named}, response=\"{response}\"{after}"));
        }
    }

    #[cfg(feature = "md5")]
    #[test]
    fn the_key_is_what_the_recorded_session_sent() {
        // corpus/http/22_rawman_challenge.body.ami and 22_rawman_md5login.request.http: Asterisk
        // accepted this key.
        assert_eq!(login_key(b"208821908", b"s3cret"), b"2984f47b98d8b9089efe66d68311d362");
    }
}
