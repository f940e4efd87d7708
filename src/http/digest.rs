//! Digests of a session (`qop=auth`): the challenges that it answers, and how often it has answered
//! each.

use alloc::string::String;
use alloc::vec::Vec;

use super::Credentials;
use crate::digest::{Answer, Challenge, md5};

/// A challenge that can be answered: the header that it came in.
#[derive(Clone)]
pub(super) struct Asked(String);

impl Asked {
    /// Takes up a header, if it is an MD5 digest with `qop=auth`.
    pub(super) fn parse(header: &[u8]) -> Option<Self> {
        let header = core::str::from_utf8(header).ok()?;
        let challenge = Challenge::parse(header)?;
        (challenge.is_md5() && challenge.has_qop()).then(|| Self(header.into()))
    }

    /// Returns whether the credentials were right and only the nonce is too old.
    pub(super) fn is_stale(&self) -> bool {
        self.read().is_some_and(|challenge| challenge.is_stale())
    }

    fn read(&self) -> Option<Challenge<'_>> {
        Challenge::parse(&self.0)
    }

    fn nonce(&self) -> Option<&str> {
        self.read().map(|challenge| challenge.nonce())
    }
}

/// Nonces whose answers are counted: a server that comes back to one behind so many others hears
/// its count begin anew.
const NONCES: usize = 8;

/// The client's side of the digest: its share of the answers, and the challenges that it answers.
#[derive(Clone)]
pub(super) struct Digest {
    pub(super) cnonce: String,
    /// Each with the number of its answers. The last is answered; those before it may come again.
    challenges: Vec<(Asked, u32)>,
}

impl Digest {
    pub(super) fn new(cnonce: &str) -> Self {
        Self { cnonce: cnonce.into(), challenges: Vec::new() }
    }

    /// Takes up a challenge. The answers to a nonce go on being counted where they were: a server
    /// takes a count that it has had for a replay (RFC 7616, 3.4).
    pub(super) fn challenged(&mut self, challenge: Asked) {
        let known = self.challenges.iter().position(|(known, _)| known.nonce() == challenge.nonce());
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
        let (challenge, cnonce, count) = (challenge.read()?, &*self.cnonce, *count);
        let (user, secret) = (credentials.username(), credentials.secret());
        let answer = Answer { user, secret, method, target, cnonce, count };
        Some(answer.authorization(&challenge, |parts| md5(parts)))
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn the_example_of_rfc_2617() {
        let challenge = Asked::parse(
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
    fn each_nonce_has_its_own_count() {
        let challenge =
            |nonce: u32| Asked::parse(format!(r#"Digest realm="r", nonce="{nonce}", qop="auth""#).as_bytes()).unwrap();
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
    fn which_challenges_are_answered() {
        let real = br#"Digest algorithm=MD5, realm="asterisk", nonce="15159486", qop="auth", opaque="15159486""#;
        let stale = br#"Digest realm="a \"b\"", nonce="", qop=auth, stale=true"#;
        let found = |header| Asked::parse(header).map(|asked| asked.is_stale());
        assert_eq!((found(real), found(stale)), (Some(false), Some(true)));
        for other in [&b"Basic realm=\"x\""[..], b"Digest realm=\"x\", nonce=\"1\"", b"Digest", b"", b"\xff"] {
            assert!(Asked::parse(other).is_none());
        }
    }
}
