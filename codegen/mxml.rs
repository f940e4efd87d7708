//! Names of headers that XML can't hold: what became of them, and what they were.

use super::emit::{Source, quote};
use super::table::{Row, Table};
use std::collections::{BTreeMap, BTreeSet};

/// `mxml_names.rs`.
pub fn names(table: &Table) -> String {
    let replies = table.actions.iter().filter_map(|action| action.reply.as_ref()).map(|reply| &reply.rows);
    let mut names = Vec::new();
    for rows in table.events.iter().map(|event| &event.rows).chain(replies) {
        walk(table, rows, "", &mut names);
    }
    let mut whole: BTreeMap<String, String> = BTreeMap::new();
    let mut numbered = BTreeSet::new();
    for (prefix, name) in names {
        if name.contains('{') {
            if !name.contains("{key") {
                numbered.insert(quote(name));
            }
            continue;
        }
        let name = [prefix, name].concat();
        if name.bytes().any(|byte| !byte.is_ascii_alphanumeric()) {
            // Where two names have become one, the one with the underscore is as likely as the
            // other: it is left as it came.
            let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let folded = fold(&name);
            if plain || !whole.contains_key(&folded) {
                whole.insert(folded, name);
            }
        }
    }
    let mut source =
        Source::new("Names of headers that `mxml` changes: by what became of them, and those with numbers in them.");
    let pairs: Vec<_> = whole.iter().map(|(folded, name)| (quote(folded), quote(name))).collect();
    source.pairs(&format!("static WHOLE: [(&str, &str); {}] = [", pairs.len()), &pairs, "];");
    let numbered: Vec<_> = numbered.into_iter().collect();
    source.list(&format!("static NUMBERED: [&str; {}] = [", numbered.len()), &numbered, "];");
    source.finish()
}

/// Prefix and name of each field, those of blocks too: a block's own prefix stands in place of that
/// around it.
fn walk<'t>(table: &'t Table, rows: &'t [Row], prefix: &'t str, names: &mut Vec<(&'t str, &'t str)>) {
    for row in rows {
        match row {
            Row::Field(field) => names.push((prefix, &field.name)),
            Row::Use { block, prefix: inner, .. } => {
                let prefix = if inner.is_empty() { prefix } else { inner };
                walk(table, table.block(block).map_or(&[], |block| &block.rows), prefix, names);
            }
            Row::Rest(_) => {}
        }
    }
}

/// What the server makes of a name (Asterisk `main/manager.c`, `xml_translate`).
fn fold(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}
