//! The kinds of values at run time: `catalogue::Kind`, and the datum that each is read as.

use super::emit::Source;
use super::kinds::{KINDS, Kind, OPEN};

/// `kinds.rs`: the enum with its words, and how a value of each is read.
pub fn kinds() -> String {
    let mut source = Source::new("What a header's value is.");
    source.gap();
    source.doc("The kind of a header's value.");
    source.line("#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]");
    source.line("#[non_exhaustive]");
    source.line("#[expect(missing_docs, reason = \"each is the type in `value` of that name, or the primitive\")]");
    source.line("pub enum Kind {");
    variants().for_each(|kind| source.line(format!("{},", kind.variant)));
    source.line("}");
    source.gap();
    source.line("impl Kind {");
    source.doc("Returns the kind of this word in the packed tables.");
    source.line("pub(super) fn of(word: &str) -> Option<Self> {");
    source.line("Some(match word {");
    for kind in variants() {
        let words = KINDS.iter().filter(|other| other.variant == kind.variant);
        let words: Vec<String> = words.map(|kind| format!("{:?}", kind.word)).collect();
        source.line(format!("{} => Self::{},", words.join(" | "), kind.variant));
    }
    source.line("_ => return None,");
    source.line("})");
    source.line("}");
    source.gap();
    source.doc("Returns the kind in lower case, as the tables write it.");
    source.line("pub const fn as_str(self) -> &'static str {");
    source.line("match self {");
    variants().for_each(|kind| source.line(format!("Self::{} => {:?},", kind.variant, kind.word)));
    source.line("}");
    source.line("}");
    source.gap();
    source.doc("Whether any bytes are a value of it.");
    source.line("const fn is_open(self) -> bool {");
    source.line("matches!(");
    source.line("self,");
    for (number, kind) in variants().filter(|kind| kind.datum == OPEN).enumerate() {
        let before = if number == 0 { "" } else { "    | " };
        source.line(format!("{before}Self::{}", kind.variant));
    }
    source.line(")");
    source.line("}");
    source.gap();
    source.doc("Reads a value of it that stands for something.");
    source.line("pub(super) fn read(self, value: Value<'_>) -> Result<Datum<'_>, ValueError> {");
    source.line("let bytes = value.as_bytes();");
    source.line("let text = Datum::Text(value);");
    source.line("Ok(match self {");
    for kind in variants().filter(|kind| kind.datum != OPEN) {
        let read = kind.datum.replace("{}", kind.read.trim_end_matches("<'buf>"));
        source.line(format!("Self::{} => {read},", kind.variant));
    }
    source.line("_ => text,");
    source.line("})");
    source.line("}");
    source.line("}");
    source.finish()
}

/// The kinds without those that read as another does.
fn variants() -> impl Iterator<Item = &'static Kind> {
    let first = |kind: &Kind| KINDS.iter().find(|other| other.variant == kind.variant);
    KINDS.iter().filter(move |kind| first(kind).is_some_and(|first| first.word == kind.word))
}
