//! Answers to MD5 challenges: HTTP's digest with `qop=auth` (RFC 2617), and the key of a `Login` after `Challenge`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use md5::{Digest as _, Md5};
use nom::branch::alt;
use nom::bytes::complete::{escaped_transform, is_not, tag, tag_no_case, take_while1};
use nom::character::complete::{char, multispace0, multispace1};
use nom::combinator::{map, value};
use nom::multi::separated_list1;
use nom::sequence::{delimited, preceded, separated_pair};
use nom::{IResult, Parser};

use super::Credentials;

/// What a server asks for in `WWW-Authenticate`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    /// Whether the credentials were right and only the nonce is too old.
    pub(super) stale: bool,
}

impl Challenge {
    /// The challenge, if it is an MD5 digest with `qop=auth`.
    pub(super) fn parse(header: &[u8]) -> Option<Self> {
        let header = core::str::from_utf8(header).ok().filter(|text| !text.contains(char::is_control))?;
        let (_, parameters) = parameters(header).ok()?;
        let find = |name: &str| {
            parameters.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        let md5 = find("algorithm").is_none_or(|algorithm| algorithm.eq_ignore_ascii_case("MD5"));
        let auth = find("qop")?.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth"));
        (md5 && auth).then_some(Self {
            realm: find("realm")?,
            nonce: find("nonce")?,
            opaque: find("opaque"),
            stale: find("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }
}

/// `Digest name=value, name="value"`.
fn parameters(text: &str) -> IResult<&str, Vec<(&str, String)>> {
    fn word(text: &str) -> IResult<&str, &str> {
        take_while1(|char: char| char.is_ascii_graphic() && !matches!(char, '=' | ',' | '"')).parse(text)
    }
    let text_inside = escaped_transform(is_not("\\\""), '\\', alt((value("\\", tag("\\")), value("\"", tag("\"")))));
    let empty = map(tag("\"\""), |_| String::new());
    let quoted = alt((empty, delimited(char('"'), text_inside, char('"'))));
    let pair = separated_pair(word, char('='), alt((quoted, map(word, String::from))));
    let comma = delimited(multispace0, char(','), multispace0);
    preceded((multispace0, tag_no_case("Digest"), multispace1), separated_list1(comma, pair)).parse(text)
}

/// Nonces whose answers are counted: a server that comes back to one behind so many others hears its count begin anew.
const NONCES: usize = 8;

/// The client's side of the digest: its share of the answers, and the challenges that it answers.
#[derive(Clone)]
pub(super) struct Digest {
    pub(super) cnonce: String,
    /// Each with the number of its answers. The last is answered; those before it may come again.
    challenges: Vec<(Challenge, u32)>,
}

impl Digest {
    pub(super) fn new(cnonce: &str) -> Self {
        Self { cnonce: cnonce.into(), challenges: Vec::new() }
    }

    /// Takes up a challenge. The answers to a nonce go on being counted where they were: a server takes a count that
    /// it has had for a replay (RFC 7616, 3.4).
    pub(super) fn challenged(&mut self, challenge: Challenge) {
        let known = self.challenges.iter().position(|(known, _)| known.nonce == challenge.nonce);
        let count = known.map_or(0, |at| self.challenges.remove(at).1);
        if self.challenges.len() == NONCES {
            self.challenges.remove(0);
        }
        self.challenges.push((challenge, count));
    }

    /// The `Authorization` of the next request; `None` before the first challenge.
    pub(super) fn authorize(&mut self, credentials: &Credentials, method: &str, target: &str) -> Option<String> {
        let (challenge, count) = self.challenges.last_mut()?;
        // 2^32 answers don't happen in the life of a nonce.
        *count = count.wrapping_add(1);
        let Challenge { realm, nonce, opaque, .. } = challenge;
        let (nc, cnonce) = (format!("{count:08x}"), &self.cnonce);
        let (user, secret) = (credentials.username(), credentials.secret());
        let ha1 = md5(&[user, ":", realm, ":", secret]);
        let ha2 = md5(&[method, ":", target]);
        let response = md5(&[&ha1, ":", nonce, ":", &nc, ":", cnonce, ":auth:", &ha2]);
        let opaque = opaque.as_deref().map_or(String::new(), |opaque| format!(", opaque={}", quote(opaque)));
        Some(format!(
            "Digest username={}, realm={}, nonce={}, uri={}, algorithm=MD5, qop=auth, nc={nc}, cnonce={}, response=\"{response}\"{opaque}",
            quote(user),
            quote(realm),
            quote(nonce),
            quote(target),
            quote(cnonce),
        ))
    }
}

/// In lower-case hexadecimal: the server compares text.
fn md5(parts: &[&str]) -> String {
    let mut hash = Md5::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    let digits = hash.finalize().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &[u8] = br#"Digest algorithm=MD5, realm="asterisk", nonce="15159486", qop="auth", opaque="15159486""#;

    #[test]
    fn the_example_of_rfc_2617() {
        let challenge = Challenge::parse(
            br#"Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
        );
        let mut digest = Digest::new("0a4f113b");
        let credentials = Credentials::new("Mufasa", "Circle Of Life");
        assert_eq!(digest.authorize(&credentials, "GET", "/dir/index.html"), None);
        digest.challenged(challenge.unwrap());
        let answer = digest.authorize(&credentials, "GET", "/dir/index.html").unwrap();
        assert!(answer.contains(r#"response="6629fae49393a05397450978507c4ef1""#), "{answer}");
        assert!(answer.contains("nc=00000001,") && answer.ends_with(r#", opaque="5ccc069c403ebaf9f0171e9517f40e41""#));
        assert!(digest.authorize(&credentials, "GET", "/dir/index.html").unwrap().contains("nc=00000002,"));
    }

    #[test]
    fn quoted_texts() {
        for (quoted, text) in [(r"a", "a"), (r"", ""), (r#"a\"b\\c"#, r#"a"b\c"#), ("a, b=c", "a, b=c")] {
            let header = format!(r#"Digest realm="{quoted}", nonce="n{quoted}", qop="auth", opaque="o{quoted}""#);
            let challenge = Challenge::parse(header.as_bytes()).unwrap();
            assert_eq!((challenge.realm.as_str(), challenge.nonce), (text, format!("n{text}")));
            assert_eq!(challenge.opaque, Some(format!("o{text}")));
        }
    }

    #[test]
    fn each_nonce_has_its_own_count() {
        let challenge = |nonce: u32| {
            Challenge::parse(format!(r#"Digest realm="r", nonce="{nonce}", qop="auth""#).as_bytes()).unwrap()
        };
        let credentials = Credentials::new("u", "s");
        let mut digest = Digest::new("c");
        let mut next = |nonce| {
            digest.challenged(challenge(nonce));
            let answer = digest.authorize(&credentials, "GET", "/").unwrap();
            let counted = |text: &str| answer.contains(text);
            assert!(counted(&format!("nonce=\"{nonce}\",")), "{answer}");
            (1..20).find(|count| counted(&format!("nc={count:08x},")))
        };
        assert_eq!([1, 1, 2, 1, 2, 3, 1].map(&mut next), [1, 2, 1, 3, 2, 1, 4].map(Some));
        // Seven others keep it, eight do not.
        let others = [4, 5, 6, 7, 8].map(&mut next);
        assert_eq!((others, next(1)), ([Some(1); 5], Some(5)));
        let others = [11, 12, 13, 14, 15, 16, 17].map(&mut next);
        assert_eq!((others, next(1)), ([Some(1); 7], Some(6)));
        let others = [21, 22, 23, 24, 25, 26, 27, 28].map(&mut next);
        assert_eq!((others, next(1)), ([Some(1); 8], Some(1)));
    }

    #[test]
    fn reads_challenges() {
        let challenge = Challenge::parse(REAL).unwrap();
        assert_eq!(
            (challenge.realm.as_str(), challenge.nonce.as_str(), challenge.stale),
            ("asterisk", "15159486", false)
        );
        let stale = Challenge::parse(br#"Digest realm="a \"b\"", nonce="", qop=auth, stale=true"#).unwrap();
        assert_eq!((stale.realm.as_str(), stale.nonce.as_str(), stale.stale), ("a \"b\"", "", true));
        for other in [&b"Basic realm=\"x\""[..], b"Digest realm=\"x\", nonce=\"1\"", b"Digest", b"", b"\xff"] {
            assert!(Challenge::parse(other).is_none());
        }
    }
}
