//! Writes JSON: strings, objects and arrays of texts that are JSON already. PINs may be among them,
//! so that all of it is wiped.

use alloc::format;

use crate::wiped::WipedText;

/// Appends a JSON string.
pub(super) fn push_string(out: &mut WipedText, text: &str) {
    out.push_str("\"");
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || matches!(c, '"' | '\\')) {
        let (plain, behind) = rest.split_at(at);
        let (escaped, after) = behind.split_at(1);
        out.push_str(plain);
        match escaped {
            "\"" => out.push_str("\\\""),
            "\\" => out.push_str("\\\\"),
            "\n" => out.push_str("\\n"),
            "\r" => out.push_str("\\r"),
            "\t" => out.push_str("\\t"),
            control => control.bytes().for_each(|byte| out.push_str(&format!("\\u{byte:04x}"))),
        }
        rest = after;
    }
    out.push_str(rest);
    out.push_str("\"");
}

/// Returns a JSON string.
pub(super) fn string(text: &str) -> WipedText {
    let mut out = WipedText::default();
    out.reserve(text.len() + 2);
    push_string(&mut out, text);
    out
}

/// Returns an object of names and JSON texts, spaced as Kazoo's own pages space it.
pub(super) fn object<'t>(fields: impl IntoIterator<Item = (&'t str, &'t str)>) -> WipedText {
    let mut out = WipedText::from("{");
    for (name, value) in fields {
        if out.len() > 1 {
            out.push_str(", ");
        }
        push_string(&mut out, name);
        out.push_str(": ");
        out.push_str(value);
    }
    out.push_str("}");
    out
}

/// Returns an array of JSON texts.
pub(super) fn array<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> WipedText {
    let mut out = WipedText::from("[");
    for item in items {
        if out.len() > 1 {
            out.push_str(", ");
        }
        out.push_str(item.as_ref());
    }
    out.push_str("]");
    out
}
