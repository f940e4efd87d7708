//! Tells which names stand for secrets: one rule for the headers of Asterisk, the options of its
//! configuration files, the variables of `FreeSWITCH` and the fields of Kazoo.
//!
//! A name is read as words, split at every byte that is neither letter nor digit and where a
//! capital begins a word: `variable_sip_auth_password`, `OauthSecret`, `X-Auth-Token`,
//! `member.pins.0`. One word for a secret makes the name secret, unless the words around it say
//! that it is only talked about: `SecretExist`, `UsingPassword`, `TokenCount`.

/// Words that are secrets, also at the end of a longer word: `vmsecret`, `newpassword`.
const ENDINGS: [&[u8]; 8] =
    [b"secret", b"secrets", b"password", b"passwords", b"passwd", b"passphrase", b"token", b"tokens"];

/// Words that are secrets as they stand.
const WORDS: [&[u8]; 19] = [
    b"pin",
    b"pins",
    b"pincode",
    b"adminpin",
    b"confpin",
    b"userpin",
    b"cred",
    b"md5cred",
    b"credential",
    b"credentials",
    b"authorization",
    b"cookie",
    b"cookies",
    b"apikey",
    b"authkey",
    b"dbpass",
    b"passworddigest",
    b"expectedresponse",
    b"receivedhash",
];

/// Two words in a row that are a secret together.
const PAIRS: [[&[u8]; 2]; 9] = [
    [b"api", b"key"],
    [b"auth", b"key"],
    [b"access", b"key"],
    [b"crypto", b"key"],
    [b"auth", b"response"],
    [b"expected", b"response"],
    [b"received", b"hash"],
    [b"a1", b"hash"],
    [b"basic", b"auth"],
];

/// Last words of names that only tell something about a secret.
const ABOUT: [&[u8]; 18] = [
    b"attempts",
    b"count",
    b"exist",
    b"exists",
    b"expires",
    b"expiry",
    b"file",
    b"length",
    b"lifetime",
    b"method",
    b"path",
    b"policy",
    b"required",
    b"retries",
    b"source",
    b"timeout",
    b"tries",
    b"type",
];

/// Words before a secret where the name asks whether there is one.
const WHETHER: [&[u8]; 9] = [b"has", b"is", b"need", b"needs", b"no", b"require", b"requires", b"use", b"using"];

/// Returns whether a header, option, variable or field of this name holds a secret.
pub(crate) fn is_secret_name(name: &[u8]) -> bool {
    let mut secret = false;
    let mut last: &[u8] = b"";
    for word in words(name).filter(|word| !word.iter().all(u8::is_ascii_digit)) {
        secret |= is_word(word) && !is_in(&WHETHER, last)
            || PAIRS.iter().any(|[first, second]| is(last, first) && is(word, second));
        last = word;
    }
    // `pass_digits` lets them pass; `auth_pass` is a password.
    secret && !is_in(&ABOUT, last) || is(last, b"pass")
}

fn is_word(word: &[u8]) -> bool {
    let digits = word.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (word, _) = word.split_at(word.len() - digits);
    let ends = |ending: &&[u8]| {
        word.len().checked_sub(ending.len()).and_then(|at| word.get(at..)).is_some_and(|end| is(end, ending))
    };
    // Without capitals it can't be split.
    ENDINGS.iter().any(ends) && !is(word, b"usingpassword") || is_in(&WORDS, word)
}

fn is_in(words: &[&[u8]], word: &[u8]) -> bool {
    words.iter().any(|known| is(word, known))
}

fn is(word: &[u8], known: &[u8]) -> bool {
    word.eq_ignore_ascii_case(known)
}

/// The words of a name, none of them empty.
fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric()).flat_map(|piece| {
        let mut rest = piece;
        core::iter::from_fn(move || {
            let (word, after) = rest.split_at(first_word(rest));
            rest = after;
            (!word.is_empty()).then_some(word)
        })
    })
}

/// Length of the first word: a capital begins another one behind a small letter or digit
/// (`authToken`, `MD5Secret`), and where the capitals before it are an abbreviation (`VMSecret`).
fn first_word(piece: &[u8]) -> usize {
    let begins = |at: &usize| match piece.get(at - 1..) {
        Some([before, capital, rest @ ..]) if capital.is_ascii_uppercase() => {
            !before.is_ascii_uppercase() || rest.first().is_some_and(u8::is_ascii_lowercase)
        }
        _ => false,
    };
    (1..piece.len()).find(begins).unwrap_or(piece.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_masked() {
        let names = "Secret secret MD5Secret md5secret remotesecret vmsecret VMSecret dbsecret Password \
            NewPassword newpassword PasswordDigest passworddigest passwd PASSWORD Md5Cred md5_cred \
            MD5Cred OauthSecret oauth_secret RefreshToken refresh_token refreshtoken ExpectedResponse \
            expectedresponse ReceivedHash receivedhash dbpass pass 1-peers.peer.secret \
            2-list.agent.password 3-peers.peer.md5secret password2 password_hash sip_auth_password \
            variable_sip_auth_password variable_auth_token variable_api_key apikey \
            variable_sip_h_Authorization variable_sip_h_X-Auth-Token sip_h_Proxy-Authorization \
            sip_auth_pass variable_sip_auth_response variable_rtp_last_audio_local_crypto_key a1-hash \
            A1_hash vm-password esl-password conference_pin moderator-pin Pin AdminPin adminpin confpin pins \
            member.pins.0 pins[0] bridge_password auth_token X-Auth-Token x_auth_token authToken token \
            tokens Set-Cookie Cookie credentials http_basic_auth PJSIP_HEADER(add,Authorization) \
            __TRUNK_PASSWORD /trunks/lab/secret PasswordHash AccessKey CryptoKey BasicAuth VMPasswordOld \
            PINRow SecretA";
        for name in names.split(' ') {
            assert!(is_secret_name(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn names_that_are_not() {
        let names = "- Username Key Key1 DTMF-Key start_key next_start_key routing_key SecretExist secretexist \
            MD5SecretExist RemoteSecretExist UsingPassword usingpassword PasswordSource TokenCount \
            token_expires NoPin nopin has_password require_pin AuthType auth_type AuthMethod Auth Auths \
            OutboundAuth outbound_auth Authenticated AuthenticateQualify AuthRejectionPermanent \
            SIP-AuthInsecure NonceLifetime OauthClientid DtlsPrivateKey PrivKeyFile DtlsRekey \
            RequireClientCert AllowWildcardCerts inkeys outkey 1-users.user.authmethods.plaintext \
            variable_sip_authorized variable_sip_auth_username variable_sip_auth_realm authorizing_id \
            authorizing_type pass_digits variable_pass_rfc2833 MohPassthrough dtmf_passthrough \
            bypass_media loopin Ping spin Shipping sacred Response Hash Privilege Spinning hangup_cause \
            Tokén NeedPassword HasToken RequiresSecret UseTokens";
        for name in names.split(' ') {
            assert!(!is_secret_name(name.as_bytes()), "{name}");
        }
    }
}
