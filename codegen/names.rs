//! Wire names to Rust names.

/// `CallerIDNum` to `caller_id_num`, `Cause-txt` to `cause_txt`; what stands for an index or a key
/// is left out.
pub fn snake(wire: &str) -> String {
    let mut chars = Vec::new();
    let mut depth = 0;
    for c in wire.chars() {
        depth += i32::from(c == '{');
        if depth == 0 {
            chars.push(c);
        }
        depth -= i32::from(c == '}');
    }
    let mut out = String::new();
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            out.push('_');
            continue;
        }
        let before = i.checked_sub(1).map_or('_', |i| chars[i]);
        let lower_follows = chars.get(i + 1).is_some_and(char::is_ascii_lowercase);
        let starts_word =
            before.is_ascii_lowercase() || before.is_ascii_digit() || before.is_ascii_uppercase() && lower_follows;
        if c.is_ascii_uppercase() && starts_word {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    let words: Vec<&str> = out.split('_').filter(|word| !word.is_empty()).collect();
    words.join("_")
}

/// The name of a type: the wire's own spelling, which is what people search for, without what can't
/// stand in a Rust name.
pub fn camel(wire: &str) -> String {
    let mut out = String::new();
    let mut upper = true;
    for c in wire.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(if upper { c.to_ascii_uppercase() } else { c });
            upper = false;
        } else {
            upper = true;
        }
    }
    out
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
            ("Uniqueid", "uniqueid"),
            ("UniqueID", "unique_id"),
            ("DestUniqueid", "dest_uniqueid"),
            ("ID", "id"),
            ("BridgeCPUUsage", "bridge_cpu_usage"),
            ("QoSRTT", "qo_srtt"),
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
            ("AOC-D", "AOCD"),
            ("queue-member", "QueueMember"),
            ("DataGet Tree", "DataGetTree"),
            ("iax2peers", "Iax2peers"),
            ("", ""),
        ];
        for (wire, rust) in cases {
            assert_eq!(camel(wire), rust, "{wire}");
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
