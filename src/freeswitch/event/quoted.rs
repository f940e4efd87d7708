//! Values of a JSON event that are no text, made texts of what JSON writes for them: a server
//! writes texts and lists of texts alone, but others that speak its protocol write numbers.

use alloc::vec::Vec;

use crate::range::part;

/// Returns the object with each value that is no text between quotation marks, in a list too: `5`
/// as `"5"`, `{"a":1}` as `"{\"a\":1}"`. `None`: it is no object, or one of these is no JSON.
pub(super) fn quoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    // Objects and lists around this place: of the first kind there is one.
    let mut depth = 0_usize;
    while let Some(byte) = text.get(at) {
        let len = match byte {
            b'"' => string(part(text, at..))?,
            b'{' if depth == 0 => {
                depth += 1;
                1
            }
            b'[' if depth > 0 => {
                depth += 1;
                1
            }
            b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                1
            }
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => 1,
            _ if depth > 0 => {
                let value = part(text, at..at + value(part(text, at..))?);
                serde_json::from_slice::<serde::de::IgnoredAny>(value).ok()?;
                push_quoted(value, &mut out);
                at += value.len();
                continue;
            }
            _ => return None,
        };
        out.extend_from_slice(part(text, at..at + len));
        at += len;
    }
    Some(out)
}

/// The length of the string that begins here, with its quotation marks.
fn string(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The length of the value that begins here, which is no text and no list.
fn value(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'{') {
        let end = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
        return text.iter().position(end);
    }
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match text.get(at)? {
            b'"' => {
                at += string(part(text, at..))?;
                continue;
            }
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

fn push_quoted(value: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in value {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value that is no text becomes one; a text that is no object stays none.
    #[test]
    fn what_is_no_text_is_quoted() {
        let cases: [(&str, Option<&str>); 10] = [
            ("{\"a\":5}", Some("{\"a\":\"5\"}")),
            ("{\"a\": -1.5e3 , \"b\":true,\"c\":null}", Some("{\"a\": \"-1.5e3\" , \"b\":\"true\",\"c\":\"null\"}")),
            ("{\"a\":[\"x\",2,[false]]}", Some("{\"a\":[\"x\",\"2\",[\"false\"]]}")),
            ("{\"a\":{\"b\":\"}\\\"\"}}", Some("{\"a\":\"{\\\"b\\\":\\\"}\\\\\\\"\\\"}\"}")),
            ("{\"a\":\"1\"}", Some("{\"a\":\"1\"}")),
            ("{\"a\":05}", None),
            ("{\"a\":nul}", None),
            ("{\"a\":{1}}", None),
            ("{\"a\":5", None),
            ("5", None),
        ];
        for (text, expected) in cases {
            let found = quoted(text.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{text}");
        }
    }
}
