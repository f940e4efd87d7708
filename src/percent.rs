//! Percent-encoding: of URLs and forms, and of the values in FreeSWITCH's events.

#[cfg(any(feature = "std", feature = "kazoo", feature = "sipxecs"))]
use alloc::string::String;

/// Gives `push` the bytes of a text, those that `stays` does not name as `%` and two upper-case
/// hexadecimal digits.
#[inline]
pub(crate) fn encode(text: &[u8], stays: impl Fn(u8) -> bool, mut push: impl FnMut(u8)) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in text {
        if stays(byte) {
            push(byte);
        } else {
            push(b'%');
            push(HEX[usize::from(byte >> 4)]);
            push(HEX[usize::from(byte & 15)]);
        }
    }
}

/// Appends `bytes` with every byte but RFC 3986's unreserved ones encoded, so that it stays within
/// its segment of a path, or its parameter of a query.
#[cfg(any(feature = "std", feature = "kazoo", feature = "sipxecs"))]
pub(crate) fn push_encoded(out: &mut String, bytes: &[u8]) {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    encode(bytes, unreserved, |byte| out.push(char::from(byte)));
}

/// Returns the bytes that an encoded text stands for. A `%` that begins no two hexadecimal digits
/// stays.
#[inline]
pub(crate) fn decode(mut text: &[u8]) -> impl Iterator<Item = u8> + use<'_> {
    core::iter::from_fn(move || {
        let (first, after) = text.split_first()?;
        let digits = match after {
            [high, low, tail @ ..] if *first == b'%' => digit(*high).zip(digit(*low)).map(|pair| (pair, tail)),
            _ => None,
        };
        let (byte, tail) = digits.map_or((*first, after), |((high, low), tail)| (high << 4 | low, tail));
        text = tail;
        Some(byte)
    })
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn what_is_encoded_comes_back() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        for stays in [(|_| false) as fn(u8) -> bool, |byte| byte.is_ascii_lowercase(), |byte| byte != b'%'] {
            let mut encoded = Vec::new();
            encode(&all, stays, |byte| encoded.push(byte));
            assert!(decode(&encoded).eq(all.iter().copied()));
        }
    }

    #[test]
    fn what_is_no_escape_stays() {
        for (text, decoded) in
            [("%", "%"), ("%4", "%4"), ("%4g%41", "%4gA"), ("%%41", "%A"), ("%+1", "%+1"), ("a%2Bb%2bc+", "a+b+c+")]
        {
            assert!(decode(text.as_bytes()).eq(decoded.bytes()), "{text}");
        }
    }
}
