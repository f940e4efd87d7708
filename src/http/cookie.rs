//! The session cookie of the manager.

use core::time::Duration;

use crate::wiped::WipedText;

/// Name of the cookie in all versions (Asterisk `main/manager.c`).
const NAME: &str = "mansession_id";

/// Content of a `Set-Cookie` header.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Cookie<'a> {
    /// Hexadecimal digits. Other values are refused, since the id is sent back in a header.
    pub(super) id: &'a str,
    pub(super) max_age: Option<Duration>,
}

impl<'a> Cookie<'a> {
    /// Reads a `Set-Cookie` header. Returns `None` unless it sets the session cookie. Its value
    /// comes quoted.
    pub(super) fn parse(header: &'a [u8]) -> Option<Self> {
        let mut parts = core::str::from_utf8(header).ok()?.split(';').map(str::trim);
        let (name, id) = parts.next()?.split_once('=')?;
        let id = id.trim().trim_matches('"');
        let hex = (1..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !name.trim().eq_ignore_ascii_case(NAME) || !hex {
            return None;
        }
        let max_age = parts.find_map(|part| {
            let (name, seconds) = part.split_once('=')?;
            let seconds = name.trim().eq_ignore_ascii_case("Max-Age").then(|| seconds.trim().trim_matches('"'))?;
            seconds.parse().ok().map(Duration::from_secs)
        });
        Some(Self { id, max_age })
    }

    /// Returns the value of the header `Cookie`.
    pub(super) fn header(id: &str) -> WipedText {
        [NAME, "=\"", id, "\""].concat().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_servers_set_and_nothing_else() {
        let cookie = Cookie::parse(br#"mansession_id="a5458122"; Version=1; Max-Age=120"#).unwrap();
        assert_eq!((cookie.id, cookie.max_age), ("a5458122", Some(Duration::from_secs(120))));
        assert_eq!(Cookie::parse(b"mansession_id=0123456789abcdef").map(|cookie| cookie.id), Some("0123456789abcdef"));
        let bare = Cookie::parse(b"mansession_id=1f").unwrap();
        assert_eq!((bare.id, bare.max_age), ("1f", None));
        for other in [
            &b"session=\"a5458122\""[..],
            b"mansession_id=\"\"",
            b"mansession_id=0123456789abcdef0",
            b"mansession_id=\"x\"",
            b"mansession_id=\"1\r\nX: 2\"",
            b"\xff",
            b"",
        ] {
            assert!(Cookie::parse(other).is_none());
        }
    }
}
