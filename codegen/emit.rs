//! What all generated files share: a writer of source, docs, getters, and the hash of names.

use super::branches::Branches;
use super::table::{Error, Field, Item, Row, Table};
use std::fmt::Write;

/// Columns of a line of code, as in `rustfmt.toml`; lines of docs may be longer.
const WIDTH: usize = 120;

/// Source that is being written, laid out as `rustfmt` would: lines at a depth of indentation.
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
            if self.text.ends_with("\n\n") {
                self.text.pop();
            }
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

    /// A blank line, unless there is one already.
    pub fn gap(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Whether this many columns are left on a line.
    fn fits(&self, columns: usize) -> bool {
        self.depth * 4 + columns <= WIDTH
    }

    /// Writes this if one line has room for it, or one more behind a `=`.
    fn short(&mut self, line: &str) -> bool {
        if self.fits(line.len()) {
            self.line(line);
            return true;
        }
        match line.split_once(" = ") {
            Some((name, value)) if self.fits(value.len() + 4) => {
                self.line(format!("{name} ="));
                self.indented(value);
                true
            }
            _ => false,
        }
    }

    /// A list between brackets: on one line, or as many items a line as there is room for if they
    /// are short, or a line each.
    pub fn list(&mut self, open: &str, items: &[String], close: &str) {
        if self.short(&format!("{open}{}{close}", items.join(", "))) {
            return;
        }
        self.line(open);
        if items.iter().all(|item| item.len() <= 10) {
            let mut packed = String::new();
            for item in items {
                // Rustfmt leaves a column free.
                if !packed.is_empty() && !self.fits(packed.len() + item.len() + 3) {
                    self.line(std::mem::take(&mut packed));
                }
                let _ = write!(packed, "{}{item},", if packed.is_empty() { "" } else { " " });
            }
            self.line(packed);
        } else {
            for item in items {
                self.line(format!("{item},"));
            }
        }
        self.line(close);
    }

    /// A list of pairs between brackets: on one line, or a line each, or as many as a pair needs.
    pub fn pairs(&mut self, open: &str, pairs: &[(String, String)], close: &str) {
        let inline = |(one, other): &(String, String)| format!("({one}, {other})");
        if self.short(&format!("{open}{}{close}", pairs.iter().map(inline).collect::<Vec<_>>().join(", "))) {
            return;
        }
        self.line(open);
        for pair in pairs {
            let line = inline(pair) + ",";
            if self.fits(line.len()) {
                self.line(line);
                continue;
            }
            self.line("(");
            self.line(format!("{},", pair.0));
            self.line(format!("{},", pair.1));
            self.line("),");
        }
        self.line(close);
    }

    /// A call and what is done with its value.
    pub fn call(&mut self, open: &str, arguments: &[String], method: &str) {
        let inline = format!("{open}({})", arguments.join(", "));
        if self.fits(inline.len() + method.len()) {
            self.line(inline + method);
        } else if self.fits(inline.len()) {
            self.line(inline);
            self.indented(method);
        } else {
            self.line(format!("{open}("));
            for argument in arguments {
                self.line(format!("{argument},"));
            }
            self.line(")");
            if !method.is_empty() {
                self.line(method);
            }
        }
    }

    /// A value and the methods that are called on it, one after the other.
    pub fn chain(&mut self, value: &str, methods: &[String], end: &str) {
        let inline = format!("{value}{}{end}", methods.concat());
        if self.short(&inline) {
            return;
        }
        let Some((last, methods)) = methods.split_last() else { return self.line(inline) };
        self.line(value);
        for method in methods {
            self.indented(method);
        }
        self.indented(&format!("{last}{end}"));
    }

    fn indented(&mut self, line: &str) {
        self.depth += 1;
        self.line(line);
        self.depth -= 1;
    }

    /// Doc lines; an empty text is an empty one.
    pub fn doc(&mut self, text: &str) {
        for line in text.split('\n').map(str::trim_end) {
            let line = if line.is_empty() { "///".to_owned() } else { format!("/// {line}") };
            self.text.extend(std::iter::repeat_n("    ", self.depth));
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    /// Lets the search of rustdoc, which ignores case, find an item by its names on the wire. Rustdoc
    /// refuses one with a quote, with white space that is no blank, or with a blank at an end.
    pub fn alias(&mut self, rust: &str, name: &str, aliases: &[String]) {
        for wire in std::iter::once(name).chain(aliases.iter().map(String::as_str)) {
            let refused = |c: char| matches!(c, '"' | '\'') || c.is_whitespace() && c != ' ';
            if !wire.eq_ignore_ascii_case(rust) && !wire.contains(refused) && wire.trim() == wire {
                self.line(format!("#[doc(alias = {})]", quote(wire)));
            }
        }
    }

    pub fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text.push('\n');
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
pub fn versions(branches: &Branches) -> String {
    let Branches { since, until, without, never } = branches;
    if *never {
        return "Documented, but no server has it.".to_owned();
    }
    let bounds = match (since.as_ref().filter(|since| *since != "1.4"), until) {
        (Some(since), Some(until)) if since == until => format!("Asterisk {since} only"),
        (Some(since), Some(until)) => format!("Asterisk {since} to {until}"),
        (Some(since), None) => format!("From Asterisk {since} on"),
        (None, Some(until)) => format!("Up to Asterisk {until}"),
        (None, None) => String::new(),
    };
    match (bounds.as_str(), without.join(" and ")) {
        ("", without) if without.is_empty() => String::new(),
        (bounds, without) if without.is_empty() => format!("{bounds}."),
        ("", without) => format!("Not in Asterisk {without}."),
        (bounds, without) => format!("{bounds}, but not in {without}."),
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
    let aliases = field.aliases.iter().map(|alias| (&alias.name, &alias.branches));
    let mut names: Vec<_> = std::iter::once((&field.name, &field.branches)).chain(aliases).collect();
    // First the names that servers send.
    names.sort_by_key(|(_, branches)| branches.never);
    let mut facts = String::new();
    for (place, (name, branches)) in names.into_iter().enumerate() {
        let _ = match (place, versions(branches).strip_suffix('.')) {
            (0, None) => write!(facts, "Header `{name}`."),
            (0, Some(versions)) => write!(facts, "Header `{name}`. {versions}."),
            (_, None) => write!(facts, " Also `{name}`."),
            (_, Some(versions)) => write!(facts, " Also `{name}`: {versions}."),
        };
    }
    source.doc(&facts);
}

/// The key of a field as an expression that the compiler makes a static of.
pub fn key(field: &Field) -> String {
    format!(
        "&Key {{ name: {}, aliases: {}, kind: Kind::{} }}",
        quote(&field.name),
        quotes(&field.alias_names()),
        field.kind.variant
    )
}

const SELF: &str = "self.frame()";

/// A method that reads a field; `prefix` is an expression.
pub fn getter(field: &Field, prefix: &str, source: &mut Source) {
    field_doc(field, source);
    let (returns, map) = field.kind.getter;
    let read = field.kind.read;
    let (reads, returns, map) = match () {
        () if field.holes() > 0 => ("indexed", format!("Indexed<'buf, {read}>"), ""),
        () if field.repeat => ("repeated", format!("Repeated<'buf, {read}>"), ""),
        () => ("read", format!("Result<{returns}, FieldError>"), map),
    };
    if reads == "read" {
        source.doc("");
        source.doc("# Errors");
        source.doc("[`FieldError`] where the frame has no value for it, or one of another kind.");
    }
    source.alias(&field.rust, &field.name, &field.alias_names());
    source.line("#[inline]");
    source.line(format!("pub fn {}(&self) -> {returns} {{", field.rust));
    source.call(reads, &[SELF.to_owned(), prefix.to_owned(), key(field)], map);
    source.line("}");
    source.gap();
}

/// What views stand on, and what the generated text calls things.
pub struct Views {
    /// The enum over all of them, and what is said of it.
    pub name: &'static str,
    pub doc: &'static str,
    /// The type that a view is over, and the method of a view that gives it.
    pub over: &'static str,
    pub method: &'static str,
    /// How a variant's view gives it, and the function that makes a view; empty for the tuple
    /// itself.
    pub of: &'static str,
    pub make: &'static str,
}

/// The enum over all items of a table, and the way from what they stand on and a number into it.
pub fn variants(views: &Views, items: &[Item], source: &mut Source) {
    let Views { name, doc, over, method, of, make } = views;
    source.doc(doc);
    source.line("#[derive(Clone, Copy, Debug)]");
    source.line("#[non_exhaustive]");
    source.line(format!("pub enum {name}<'buf> {{"));
    for item in items {
        source.doc(&rustdoc(&item.doc));
        source.line(format!("{0}({0}<'buf>),", item.rust));
    }
    source.doc(&format!("{} {method} that no type of this crate stands for.", article(method)));
    source.line(format!("Other({over}<'buf>),"));
    source.line("}");
    source.gap();
    source.line(format!("impl<'buf> {name}<'buf> {{"));
    source.doc(&format!("The {method} it came in."));
    source.line("#[inline]");
    source.line(format!("pub fn {method}(self) -> {over}<'buf> {{"));
    source.line("match self {");
    for item in items {
        source.line(format!("Self::{}(view) => {of},", item.rust));
    }
    source.line(format!("Self::Other({method}) => {method},"));
    source.line("}");
    source.line("}");
    source.gap();
    source.line("#[inline]");
    source.line(format!("pub(super) fn from_number(number: usize, {method}: {over}<'buf>) -> Self {{"));
    source.line("match number {");
    let make = if make.is_empty() { String::new() } else { format!("::{make}") };
    for (number, item) in items.iter().enumerate() {
        source.line(format!("{number} => Self::{0}({0}{make}({method})),", item.rust));
    }
    source.line(format!("_ => Self::Other({method}),"));
    source.line("}");
    source.line("}");
    source.line("}");
}

/// A macro that hands the names of all views to another: what is the same for each, but stands in a
/// room above.
pub fn each(names: impl Iterator<Item = impl ToString>, source: &mut Source) {
    source.gap();
    source.doc("Hands the names of the views to a macro.");
    source.line("#[cfg(feature = \"serde\")]");
    source.line("macro_rules! each_view {");
    source.line("($macro:ident) => {");
    source.line("$macro! {");
    for name in names {
        source.line(format!("{},", name.to_string()));
    }
    source.line("}");
    source.line("};");
    source.line("}");
    source.line("#[cfg(feature = \"serde\")]");
    source.line("pub(crate) use each_view;");
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "An" } else { "A" }
}

/// The block whose view an item's view dereferences to, so that its getters need no second copy:
/// `channel` where the item has one, else its first.
pub fn base<'t>(table: &'t Table, rows: &[Row]) -> Option<&'t Item> {
    let mut plain = rows.iter().filter_map(|row| match row {
        Row::Use { block, prefix, .. } if prefix.is_empty() => Some(block.as_str()),
        _ => None,
    });
    let name = if plain.clone().any(|block| block == "channel") { Some("channel") } else { plain.next() };
    name.and_then(|name| table.block(name))
}

/// Methods for the fields of these rows that the base has not got; blocks under a prefix are views
/// of their own.
pub fn getters(table: &Table, rows: &[Row], base: Option<&Item>, prefix: &str, source: &mut Source) {
    for row in rows {
        match row {
            Row::Field(field) => getter(field, prefix, source),
            Row::Rest(_) => {}
            Row::Use { block, prefix: inner, branches, .. } => {
                let Some(found) = table.block(block) else { continue };
                if inner.is_empty() && base.is_some_and(|base| base.name == found.name) {
                    continue;
                }
                if inner.is_empty() {
                    getters(table, &found.rows, None, prefix, source);
                    continue;
                }
                let name = block_type(found);
                let doc = format!("The headers of [`{name}`] whose names begin with `{inner}`. {}", versions(branches));
                source.doc(doc.trim_end());
                let method = block_method(block, inner);
                source.alias(&method, inner, &[]);
                source.line("#[inline]");
                source.line(format!("pub fn {method}(&self) -> {name}<'buf> {{"));
                source.line(format!("{name}::over(self.frame(), {})", quote(inner)));
                source.line("}");
                source.gap();
            }
        }
    }
}

/// The name of the method that gives a block under a prefix.
pub fn block_method(block: &str, prefix: &str) -> String {
    let prefix = super::names::snake(prefix);
    if block == "channel" { prefix } else { format!("{prefix}_{}", block.replace('-', "_")) }
}

/// The name of a block's view.
pub fn block_type(block: &Item) -> String {
    format!("{}Block", super::names::camel(&block.name))
}

/// The perfect hash over the names of these items, as a static of this name.
pub fn names(name: &str, items: &[Item], source: &mut Source) -> Result<(), Error> {
    let mut names: Vec<(&str, usize)> = Vec::new();
    for (number, item) in items.iter().enumerate() {
        names.extend(item.aliases.iter().chain([&item.name]).map(|name| (name.as_str(), number)));
    }
    let (seeds, slots) = perfect(&names).map_err(|(one, other)| {
        let [one, other] = [one, other].map(|place| names[place]);
        items[other.1].place.error(format!(
            "no hash tells `{}` from `{}`: change what `hash.rs` reads of a name, or its number of slots",
            other.0, one.0
        ))
    })?;
    let pairs: Vec<String> = names.iter().map(|(name, number)| format!("({}, {number})", quote(name))).collect();
    source.line(format!("pub(super) static {name}: Names = Names {{"));
    source.list("seeds: [", &strings(&seeds), "],");
    source.list("slots: [", &strings(&slots), "],");
    source.list("names: &[", &pairs, "],");
    source.line("};");
    source.gap();
    Ok(())
}

/// Each of these as text.
pub fn strings(values: &[impl ToString]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// Seeds that put every name in a slot of its own, the fullest groups first; or the places of two
/// names that no seed keeps apart.
fn perfect(names: &[(&str, usize)]) -> Result<(Vec<u16>, Vec<u16>), (usize, usize)> {
    use super::hash::{GROUPS, SLOTS, fold, group, slot};
    let mut groups: Vec<Vec<(usize, u64)>> = vec![Vec::new(); GROUPS];
    for (place, (name, _)) in names.iter().enumerate() {
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
        let Some(seed) = (0..u16::MAX).find(free) else {
            // The two that are alike; where none are, the slots are too few, and any two say so.
            let alike = |(at, (_, folded)): (usize, &(usize, u64))| {
                members[..at].iter().find(|(_, other)| other == folded).map(|other| (other.0, members[at].0))
            };
            let some = (members[0].0, members[members.len() - 1].0);
            return Err(members.iter().enumerate().find_map(alike).unwrap_or(some));
        };
        for (place, folded) in members {
            slots[slot(*folded, seed)] = *place as u16;
        }
        seeds[group] = seed;
    }
    Ok((seeds, slots))
}
