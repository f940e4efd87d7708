//! Proves that one knows a manager's secret without showing it.

use alloc::vec::Vec;

/// Returns the `Key` of a login: lower-case hex of MD5 over the challenge followed by the secret (Asterisk `main/manager.c`, `authenticate`).
#[cfg(feature = "md5")]
pub(crate) fn login_key(challenge: &[u8], secret: &[u8]) -> Vec<u8> {
    use md5::Digest;
    let hash = md5::Md5::new().chain_update(challenge).chain_update(secret).finalize();
    let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble & 15)];
    let mut key = Vec::with_capacity(2 * hash.len());
    key.extend(hash.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]));
    key
}

/// Without the feature no challenge is ever asked for.
#[cfg(not(feature = "md5"))]
pub(crate) fn login_key(_: &[u8], _: &[u8]) -> Vec<u8> {
    Vec::new()
}

#[cfg(all(test, feature = "md5"))]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_what_the_recorded_session_sent() {
        // corpus/http/22_rawman_challenge.body.ami and 22_rawman_md5login.request.http: Asterisk took it.
        assert_eq!(login_key(b"208821908", b"s3cret"), b"2984f47b98d8b9089efe66d68311d362");
    }
}
