//! Wire names to Rust names.

/// `CallerIDNum` to `caller_id_num`, `Cause-txt` to `cause_txt`; what stands for an index or a key is left out.
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

/// The name of a type: the wire's own spelling, which is what people search for, without what can't stand in a Rust name.
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

/// Whether it is a Rust keyword, so that it can't name a method.
pub fn is_keyword(name: &str) -> bool {
    const KEYWORDS: [&str; 53] = [
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
        "where",
        "yield",
    ];
    KEYWORDS.contains(&name) || name == "virtual" || name == "while"
}
