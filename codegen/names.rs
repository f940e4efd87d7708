//! Names by one rule: each Rust name comes of the name on the wire, which it splits into words.
//!
//! A type joins its words by capitals, a method by `_`; an acronym is one word like any other, as
//! the Rust API guidelines have it. `as=` in a table is for a name that can't be had this way: a
//! keyword, one that begins with a digit, one that every type has, or one that another entry has.
//!
//! The names on the wire stay findable: `emit.rs` gives them to the search of rustdoc.

/// What the rule below can't see in a name, one row each. A row of one word is an acronym, or a name
/// of mixed case, that lower-case letters may follow: it is a word wherever a word may begin, in
/// this spelling. A row of several is what the protocol writes as one word in some of its names: it
/// is these.
pub const WORDS: [&str; 84] = [
    "AMA",
    "AMI",
    "CDR",
    "CFwd",
    "DAHDI",
    "DND",
    "DNS",
    "DTMF",
    "FAX",
    "FreeSWITCH",
    "HTTP",
    "IAX",
    "ID",
    "IP",
    "IPv4",
    "IPv6",
    "MWI",
    "MoH",
    "SIP",
    "SKINNY",
    "T.38",
    "URL",
    "account code",
    "agent callback login",
    "agent callback logoff",
    "bridge state",
    "bridge type",
    "call group",
    "call id",
    "call waiting",
    "caller id",
    "channel type",
    "chk record",
    "client id",
    "device list",
    "device status",
    "dial string",
    "force rport",
    "full contact",
    "full name",
    "get var",
    "hold time",
    "ip address",
    "line list",
    "linked id",
    "local ooo",
    "login chan",
    "login time",
    "max datagram",
    "max forwards",
    "nat support",
    "native formats",
    "new name",
    "no pin",
    "no record",
    "parking lot",
    "parking lots",
    "peer list",
    "peer name",
    "peer status",
    "pickup group",
    "qualify peer",
    "read format",
    "read trans",
    "reg context",
    "remote ooo",
    "ring in use",
    "say member",
    "service level",
    "set var",
    "show device",
    "show line",
    "show peer",
    "show registry",
    "speed dial",
    "speed dials",
    "tenant id",
    "unique id",
    "user agent",
    "user field",
    "user num",
    "wrapup time",
    "write format",
    "write trans",
];

/// The words of a wire name, in lower case: what stands for an index or a key is none. A word ends
/// at a sign, before a capital that follows a small letter or a digit, and before the last of the
/// capitals that small letters follow; where that is wrong, [`WORDS`] has it.
fn words(wire: &str) -> Vec<String> {
    let mut name = String::new();
    let mut depth = 0;
    for c in wire.chars() {
        depth += i32::from(c == '{');
        if depth == 0 {
            name.push(c);
        }
        depth -= i32::from(c == '}');
    }
    let mut words = Vec::new();
    let mut rest = name.as_str();
    while let Some(first) = rest.chars().next() {
        if !first.is_ascii_alphanumeric() {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(known(rest).unwrap_or_else(|| cased(rest)));
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let word = word.to_ascii_lowercase();
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let apart =
            WORDS.iter().find(|row| row.contains(' ') && row.split(' ').flat_map(str::bytes).eq(letters.bytes()));
        match apart {
            Some(row) => words.extend(format!("{row}{}", &word[letters.len()..]).split(' ').map(str::to_owned)),
            None => words.push(word),
        }
        rest = after;
    }
    words
}

/// The length of the word of [`WORDS`] that this begins with, with the ending of a plural.
fn known(rest: &str) -> Option<usize> {
    let begins = |word: &&&str| rest.strip_prefix(**word).is_some_and(|after| !after.starts_with(digit));
    let length = WORDS.iter().filter(begins).map(|word| word.len()).max()?;
    let lower = rest[length..].find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len() - length);
    Some(if matches!(&rest[length..length + lower], "s" | "es") { length + lower } else { length })
}

/// The length of the word that this begins with, by the case of its letters.
fn cased(rest: &str) -> usize {
    let count = |from: usize, of: fn(char) -> bool| rest[from..].find(|c| !of(c)).unwrap_or(rest.len() - from);
    let capitals = count(0, |c| c.is_ascii_uppercase());
    if capitals > 1 && rest[capitals..].starts_with(|c: char| c.is_ascii_lowercase()) {
        return capitals - 1;
    }
    capitals + count(capitals, |c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

fn digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// The name of a method: `CallerIDNum` is `caller_id_num`, `Cause-txt` is `cause_txt`.
pub fn snake(wire: &str) -> String {
    words(wire).join("_")
}

/// The name of a type, in which an acronym counts as one word: `PJSIPShowContacts` is
/// `PjsipShowContacts`.
pub fn camel(wire: &str) -> String {
    let upper = |word: &String| word[..1].to_ascii_uppercase() + &word[1..];
    words(wire).iter().map(upper).collect()
}

/// Whether it can name a method, keywords apart.
pub fn is_snake(name: &str) -> bool {
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(rest)
}

/// Whether it can name a type.
pub fn is_camel(name: &str) -> bool {
    name != "Self"
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Whether it is a Rust keyword, so that it can't name a method.
pub fn is_keyword(name: &str) -> bool {
    const KEYWORDS: [&str; 55] = [
        "abstract",
        "as",
        "async",
        "await",
        "become",
        "box",
        "break",
        "const",
        "continue",
        "crate",
        "do",
        "dyn",
        "else",
        "enum",
        "extern",
        "false",
        "final",
        "fn",
        "for",
        "gen",
        "if",
        "impl",
        "in",
        "let",
        "loop",
        "macro",
        "macro_rules",
        "match",
        "mod",
        "move",
        "mut",
        "override",
        "priv",
        "pub",
        "raw",
        "ref",
        "return",
        "safe",
        "self",
        "static",
        "struct",
        "super",
        "trait",
        "true",
        "try",
        "type",
        "typeof",
        "union",
        "unsafe",
        "unsized",
        "use",
        "virtual",
        "where",
        "while",
        "yield",
    ];
    KEYWORDS.contains(&name)
}

/// Whether a name is one of those of a pattern such as `line-{i:6}`, which is not the name itself.
/// Both are in lower case.
pub fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('{') else { return pattern == name };
    let Some(((hole, tail), inside)) = rest.split_once('}').zip(name.strip_prefix(head)) else { return false };
    let fills = |text: &str| hole == "key" || text.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = inside.char_indices().map(|(at, char)| inside.split_at(at + char.len_utf8()));
    parts.any(|(text, after)| fills(text) && fits(tail, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods() {
        let cases = [
            ("Cause", "cause"),
            ("Cause-txt", "cause_txt"),
            ("CallerIDNum", "caller_id_num"),
            ("ActionID", "action_id"),
            ("Uniqueid", "unique_id"),
            ("UniqueID", "unique_id"),
            ("Uniqueid2", "unique_id2"),
            ("DestUniqueid", "dest_unique_id"),
            ("ID", "id"),
            ("BridgeCPUUsage", "bridge_cpu_usage"),
            ("QoSRTT", "qo_srtt"),
            ("MoHSuggest", "moh_suggest"),
            ("CallerIDnum", "caller_id_num"),
            ("AMAflags", "ama_flags"),
            ("IAX2-callno-local", "iax2_callno_local"),
            ("FreeSWITCH-IPv4", "freeswitch_ipv4"),
            ("CompletedFAXes", "completed_faxes"),
            ("ServiceURLs", "service_urls"),
            ("IPAddress", "ip_address"),
            ("SIP-T.38EC", "sip_t38_ec"),
            ("Md5Cred", "md5_cred"),
            ("Qualify2xxOnly", "qualify2xx_only"),
            ("SIP-Sess-Expires", "sip_sess_expires"),
            ("T38UDPTLMaxRate", "t38_udptl_max_rate"),
            ("ChargedItem/UnitAmount", "charged_item_unit_amount"),
            ("Line-{i:6}-{j:6}", "line"),
            ("UnitAmount({i})", "unit_amount"),
            ("Report{i}SourceSSRC", "report_source_ssrc"),
            ("ChanVariable({key})", "chan_variable"),
            ("already_snake", "already_snake"),
            ("two words", "two_words"),
            ("", ""),
        ];
        for (wire, rust) in cases {
            assert_eq!(snake(wire), rust, "{wire}");
        }
    }

    #[test]
    fn types() {
        let cases = [
            ("Hangup", "Hangup"),
            ("AOC-D", "AocD"),
            ("PJSIPShowContacts", "PjsipShowContacts"),
            ("FAXStats", "FaxStats"),
            ("DBGet", "DbGet"),
            ("MCID", "Mcid"),
            ("SIPpeers", "SipPeers"),
            ("SIPpeerstatusComplete", "SipPeerStatusComplete"),
            ("DAHDIDNDoff", "DahdiDndOff"),
            ("auto-3d-position", "Auto3dPosition"),
            ("queue-member", "QueueMember"),
            ("DataGet Tree", "DataGetTree"),
            ("iax2peers", "Iax2peers"),
            ("über", "Ber"),
            ("", ""),
        ];
        for (wire, rust) in cases {
            assert_eq!(camel(wire), rust, "{wire}");
        }
    }

    #[test]
    fn each_row_of_words_is_right() {
        for row in WORDS {
            let rust = row.replace('.', "").to_ascii_lowercase();
            assert_eq!(snake(&row.replace(' ', "")), rust.replace(' ', "_"), "{row}");
        }
        let sorted = WORDS.windows(2).all(|rows| rows[0] < rows[1]);
        assert!(sorted, "each once, in the order of bytes");
    }

    #[test]
    fn patterns_and_their_names() {
        for (pattern, name, expected) in [
            ("line-{i}", "line-12", true),
            ("line-{i}", "line-", false),
            ("line-{i}", "line-x", false),
            ("a({key})", "a(b)c)", true),
            ("a({key})", "a()", false),
            ("{i}-{j}/x", "1-22/x", true),
            ("{i}-{j}/x", "1-22", false),
            ("a", "a", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_can_be_a_name() {
        for (name, method, kind) in [
            ("state", true, false),
            ("state_2", true, false),
            ("State", false, true),
            ("AOCD", false, true),
            ("Self", false, false),
            ("2nd", false, false),
            ("a-b", false, false),
            ("A_B", false, false),
            ("über", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_snake(name), is_camel(name)), (method, kind), "{name}");
        }
        assert!(is_keyword("type") && is_keyword("yield") && !is_keyword("kind"));
    }
}
