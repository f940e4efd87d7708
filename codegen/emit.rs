//! What all generated files share: a writer of source, docs, getters, and the hash of names.

use super::table::{Field, Item, Row, Table};
use std::fmt::Write;

/// Source that is being written: lines at a depth of indentation.
#[derive(Default)]
pub struct Source {
    text: String,
    depth: usize,
}

impl Source {
    /// Begins a file: the banner says how it was made.
    pub fn new(about: &str) -> Self {
        let mut source = Self::default();
        source.line(format!("// {about}"));
        source.line("// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.");
        source
    }

    pub fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if line.starts_with('}') || line.starts_with(']') || line.starts_with(')') {
            self.depth -= 1;
        }
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n("    ", self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
        if line.ends_with('{') || line.ends_with('[') || line.ends_with('(') {
            self.depth += 1;
        }
    }

    /// A blank line.
    pub fn gap(&mut self) {
        self.text.push('\n');
    }

    /// Doc lines.
    pub fn doc(&mut self, text: &str) {
        for line in text.lines() {
            let line = if line.is_empty() { "///".to_owned() } else { format!("/// {line}") };
            self.text.extend(std::iter::repeat_n("    ", self.depth));
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    pub fn finish(self) -> String {
        self.text
    }
}

/// A string literal.
pub fn quote(text: &str) -> String {
    format!("{text:?}")
}

/// An array of string literals.
pub fn quotes(texts: &[String]) -> String {
    let inner: Vec<String> = texts.iter().map(|text| quote(text)).collect();
    format!("&[{}]", inner.join(", "))
}

/// A branch as an expression.
pub fn branch(branch: Option<&String>) -> String {
    match branch.map(|branch| branch.split_once('.').unwrap_or((branch, "0"))) {
        Some((major, minor)) => format!("Some(Branch::new({major}, {minor}))"),
        None => "None".to_owned(),
    }
}

/// A sentence on the branches that have something; nothing if there is nothing to say.
pub fn versions(since: Option<&String>, until: Option<&String>) -> String {
    match (since.filter(|since| *since != "1.4"), until) {
        (Some(since), Some(until)) if since == until => format!("Asterisk {since} only."),
        (Some(since), Some(until)) => format!("Asterisk {since} to {until}."),
        (Some(since), None) => format!("From Asterisk {since} on."),
        (None, Some(until)) => format!("Up to Asterisk {until}."),
        (None, None) => String::new(),
    }
}

/// Text as it may stand in rustdoc: what looks like markup or a link, but is none, escaped.
pub fn rustdoc(text: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    for c in text.chars() {
        code ^= c == '`';
        if !code && matches!(c, '<' | '>' | '[' | ']' | '*' | '_') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The docs of a field's getter or setter.
pub fn field_doc(field: &Field, source: &mut Source) {
    source.doc(&rustdoc(&field.doc));
    source.doc("");
    let mut facts = format!("Header `{}`.", field.name);
    if !field.aliases.is_empty() {
        let _ = write!(facts, " Also `{}`.", field.aliases.join("`, `"));
    }
    let versions = versions(field.since.as_ref(), field.until.as_ref());
    if !versions.is_empty() {
        let _ = write!(facts, " {versions}");
    }
    source.doc(&facts);
}

/// The key of a field as an expression that the compiler makes a static of.
pub fn key(field: &Field) -> String {
    format!(
        "&Key {{ name: {}, aliases: {}, kind: Kind::{} }}",
        quote(&field.name),
        quotes(&field.aliases),
        field.kind.variant
    )
}

/// A method that reads a field; `prefix` is an expression.
pub fn getter(field: &Field, prefix: &str, source: &mut Source) {
    field_doc(field, source);
    let (returns, map) = field.kind.getter;
    let key = key(field);
    let read = field.kind.read;
    let name = &field.rust;
    if field.holes() > 0 {
        source.line("#[inline]");
        source.line(format!("pub fn {name}(self) -> Indexed<'buf, {read}> {{"));
        source.line(format!("indexed(self.frame(), {prefix}, {key})"));
    } else if field.repeat {
        source.line("#[inline]");
        source.line(format!("pub fn {name}(self) -> Repeated<'buf, {read}> {{"));
        source.line(format!("repeated(self.frame(), {prefix}, {key})"));
    } else {
        source.doc("");
        source.doc("# Errors");
        source.doc("[`FieldError`] where the frame has no value for it, or one of another kind.");
        source.line("#[inline]");
        source.line(format!("pub fn {name}(self) -> Result<{returns}, FieldError> {{"));
        let turbofish = if map.is_empty() { String::new() } else { format!("::<{read}>") };
        source.line(format!("read{turbofish}(self.frame(), {prefix}, {key}){map}"));
    }
    source.line("}");
    source.gap();
}

/// The block whose view an item's view dereferences to, so that its getters need no second copy: `channel` where the item has one, else its first.
pub fn base<'t>(table: &'t Table, rows: &[Row]) -> Option<&'t Item> {
    let mut plain = rows.iter().filter_map(|row| match row {
        Row::Use { block, prefix, .. } if prefix.is_empty() => Some(block.as_str()),
        _ => None,
    });
    let name = if plain.clone().any(|block| block == "channel") { Some("channel") } else { plain.next() };
    name.and_then(|name| table.block(name))
}

/// Methods for the fields of these rows that the base has not got; blocks under a prefix are views of their own.
pub fn getters(table: &Table, rows: &[Row], base: Option<&Item>, prefix: &str, source: &mut Source) {
    for row in rows {
        match row {
            Row::Field(field) => getter(field, prefix, source),
            Row::Rest(_) => {}
            Row::Use { block, prefix: inner, .. } => {
                let Some(found) = table.block(block) else { continue };
                if inner.is_empty() && base.is_some_and(|base| base.name == found.name) {
                    continue;
                }
                if inner.is_empty() {
                    getters(table, &found.rows, None, prefix, source);
                    continue;
                }
                let name = block_type(found);
                source.doc(&format!("The headers of [`{name}`] whose names begin with `{inner}`."));
                source.line("#[inline]");
                source.line(format!("pub fn {}(self) -> {name}<'buf> {{", block_method(block, inner)));
                source.line(format!("{name}::over(self.frame(), {})", quote(inner)));
                source.line("}");
                source.gap();
            }
        }
    }
}

/// The name of the method that gives a block under a prefix.
fn block_method(block: &str, prefix: &str) -> String {
    let prefix = super::names::snake(prefix);
    if block == "channel" { prefix } else { format!("{prefix}_{}", block.replace('-', "_")) }
}

/// The name of a block's view.
pub fn block_type(block: &Item) -> String {
    format!("{}Block", super::names::camel(&block.name))
}

/// The perfect hash over the names of these items, as statics.
pub fn names(items: &[Item], source: &mut Source) {
    let mut names: Vec<(&str, usize)> = Vec::new();
    for (number, item) in items.iter().enumerate() {
        names.extend(item.aliases.iter().chain([&item.name]).map(|name| (name.as_str(), number)));
    }
    let (seeds, slots) = perfect(&names);
    source.line("pub(crate) static NAMES: Names = Names {");
    source.line(format!("seeds: {seeds:?},"));
    source.line(format!("slots: {slots:?},"));
    let pairs: Vec<String> = names.iter().map(|(name, number)| format!("({}, {number})", quote(name))).collect();
    source.line(format!("names: &[{}],", pairs.join(", ")));
    source.line("};");
    source.gap();
}

/// Seeds that put every name in a slot of its own, the fullest groups first.
fn perfect(names: &[(&str, usize)]) -> (Vec<u16>, Vec<u16>) {
    use super::hash::{GROUPS, SLOTS, fold, group, slot};
    let mut groups: Vec<Vec<(u16, u64)>> = vec![Vec::new(); GROUPS];
    for (place, (name, _)) in (0..).zip(names) {
        let folded = fold(name.as_bytes());
        groups[group(folded)].push((place, folded));
    }
    let mut order: Vec<usize> = (0..GROUPS).collect();
    order.sort_by_key(|group| std::cmp::Reverse(groups[*group].len()));
    let mut seeds = vec![0; GROUPS];
    let mut slots = vec![u16::MAX; SLOTS];
    for group in order {
        let members = &groups[group];
        let free = |seed: &u16| {
            let mut taken: Vec<usize> = members.iter().map(|(_, folded)| slot(*folded, *seed)).collect();
            let fits = taken.iter().all(|slot| slots[*slot] == u16::MAX);
            taken.sort_unstable();
            taken.dedup();
            fits && taken.len() == members.len()
        };
        let seed = (0..u16::MAX)
            .find(free)
            .unwrap_or_else(|| panic!("two names share first and last bytes and length: {members:?}"));
        for (place, folded) in members {
            slots[slot(*folded, seed)] = *place;
        }
        seeds[group] = seed;
    }
    (seeds, slots)
}
