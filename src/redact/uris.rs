//! Masks the passwords of URIs, which stand in values of any name.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::MASK;
use crate::range::part;

/// Returns a text with the passwords of its URIs as `***`: `sip:user:password@host`,
/// `https://user:password@host`.
///
/// The user ends at the first colon, the password at the first `@`, and both stand in one word.
pub(crate) fn mask_uris(text: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    let (mut from, mut at) = (0, 0);
    for end in memchr::memchr_iter(b'@', text) {
        let word = part(text, at..end);
        at = end + 1;
        let is_outside = |byte: &u8| *byte <= b' ' || matches!(byte, b'<' | b'>' | b'"');
        let word = word.rsplit(is_outside).next().unwrap_or(word);
        let Some(user) = user_of_uri(word) else { continue };
        let Some(colon) = memchr::memchr(b':', user).filter(|colon| colon + 1 < user.len()) else { continue };
        // An address in brackets is a host.
        if user.starts_with(b"[") {
            continue;
        }
        out.extend_from_slice(part(text, from..end - user.len() + colon + 1));
        out.extend_from_slice(MASK);
        from = end;
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(part(text, from..));
    Cow::Owned(out)
}

/// Returns what stands between a URI's scheme and its `@`. Of several schemes in the word the first
/// counts.
fn user_of_uri(word: &[u8]) -> Option<&[u8]> {
    memchr::memchr_iter(b':', word).find_map(|colon| {
        let (scheme, rest) = word.split_at_checked(colon)?;
        let name = scheme.rsplit(|byte| !byte.is_ascii_alphanumeric()).next()?;
        if rest.starts_with(b"://") && !name.is_empty() {
            rest.get(3..)
        } else if name.eq_ignore_ascii_case(b"sip") || name.eq_ignore_ascii_case(b"sips") {
            rest.get(1..)
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn passwords_of_uris() {
        for (text, shown) in [
            ("sip:user:pw@host", "sip:user:***@host"),
            ("<SIPS:user:pw@host:5061;a=b>, \"x\" <sip:a:b:c@d>", "<SIPS:user:***@host:5061;a=b>, \"x\" <sip:a:***@d>"),
            ("PJSIP/trunk/sip:u:p@h", "PJSIP/trunk/sip:u:***@h"),
            ("https://u:p@h/x", "https://u:***@h/x"),
            ("sip:u@h sip:u:@h sip:h:5060 user:pw@host gossip:u:p@h", ""),
            ("sip:[::1]:5060;x=a@b", ""),
            ("sip:a@b,sip:c:d@e", "sip:a@b,sip:c:***@e"),
            ("@@:@sip:@", ""),
            ("", ""),
        ] {
            let shown = if shown.is_empty() { text } else { shown };
            assert_eq!(
                mask_uris(text.as_bytes()).escape_ascii().to_string(),
                shown.as_bytes().escape_ascii().to_string()
            );
        }
    }
}
