//! Sources with switches in them, and the way back from a compiler's error to the mutant at fault.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;

use crate::Fallible;
use crate::build::CompileError;
use crate::copy::Copy;
use crate::sites::{Candidate, Edit};

/// What the copy's sources hold, by file.
#[derive(Debug, Default)]
pub(crate) struct Rendered(BTreeMap<String, Switched>);

/// Writes all sources of the library into the copy, with a switch for each of `ids`.
pub(crate) fn library(copy: &Copy, all: &[Candidate], ids: &[usize]) -> Fallible<Rendered> {
    let mut by_file: BTreeMap<&str, Vec<usize>> = all.iter().map(|one| (one.file.as_str(), Vec::new())).collect();
    for &id in ids {
        by_file.entry(&all[id].file).or_default().push(id);
    }
    let mut rendered = Rendered::default();
    // Files without candidates (tests inside of `src`) are copied as they are.
    for file in crate::sites::files(copy.root())? {
        let ids = by_file.remove(file.as_str()).unwrap_or_default();
        let mut switched = Switched::of(&copy.original(&file)?, all, &ids);
        if file == "src/lib.rs" {
            switched.text.push_str("\n#[doc(hidden)]\npub mod mutant;\n");
        }
        copy.put(&file, &switched.text)?;
        rendered.0.insert(file, switched);
    }
    copy.put("src/mutant.rs", &include_str!("switch.txt").replace("CANDIDATES", &all.len().max(1).to_string()))?;
    Ok(rendered)
}

/// Writes the library's sources into the copy as they are, without a switch.
pub(crate) fn originals(copy: &Copy) -> Fallible<()> {
    crate::sites::files(copy.root())?.iter().try_for_each(|file| copy.put(file, &copy.original(file)?))
}

impl Rendered {
    /// Which mutants an error comes from; more than one if it can't be told apart.
    pub(crate) fn blame(&self, all: &[Candidate], error: &CompileError) -> BTreeSet<usize> {
        let mut spans = error.spans.iter().filter_map(|span| Some((self.0.get(&span.file)?, span.bytes.clone())));
        spans
            .clone()
            .find_map(|(file, span)| file.mutated(&span))
            .or_else(|| spans.clone().find_map(|(file, span)| file.switched(&span)))
            .or_else(|| spans.find_map(|(file, span)| file.same_function(all, &span)))
            .unwrap_or_default()
    }
}

/// A source file with its switches.
#[derive(Debug, Default)]
struct Switched {
    text: String,
    /// Where the mutated text of each one stands.
    mutated: Vec<(Range<usize>, usize)>,
    /// Where each switch stands, with the original text, and whose it is.
    switches: Vec<(Range<usize>, Vec<usize>)>,
    /// Pieces of the original: its place there, and here.
    pieces: Vec<(usize, usize)>,
}

impl Switched {
    fn of(original: &str, all: &[Candidate], ids: &[usize]) -> Self {
        let mut ids = ids.to_vec();
        // The outer before the inner; what is put in before what follows it.
        ids.sort_by_key(|&id| {
            let range = &all[id].range;
            (range.start, !range.is_empty(), usize::MAX - range.end, id)
        });
        let mut switched = Self::default();
        switched.piece(original, 0..original.len(), all, &ids);
        switched
    }

    fn piece(&mut self, original: &str, within: Range<usize>, all: &[Candidate], ids: &[usize]) {
        let mut done = within.start;
        let mut rest = ids;
        while let Some(&first) = rest.first() {
            let range = all[first].range.clone();
            let same = rest.iter().take_while(|&&id| all[id].range == range).count();
            let (group, after) = rest.split_at(same);
            let inner = after.iter().take_while(|&&id| all[id].range.end <= range.end && !range.is_empty()).count();
            let (inner, after) = after.split_at(inner);
            rest = after;

            self.copy(original, done..range.start);
            let start = self.text.len();
            let mut open = "";
            for &id in group {
                let from = self.text.len();
                let on = format!("crate::mutant::on({id})");
                let _ = match &all[id].edit {
                    Edit::Swap(mutated) => {
                        let _ = write!(self.text, "{}if {on} {{ ", if open.is_empty() { "(" } else { " else " });
                        open = " else { ";
                        write!(self.text, "{mutated} }}")
                    }
                    Edit::Delete => {
                        open = "{ ";
                        write!(self.text, "if !{on} ")
                    }
                    Edit::Return(value) => write!(self.text, " if {on} {{ return {value}; }} "),
                    Edit::Unarm => write!(self.text, " if !{on}"),
                };
                self.mutated.push((from..self.text.len(), id));
            }
            self.text.push_str(open);
            self.piece(original, range.clone(), all, inner);
            self.text.push_str(match open {
                "" => "",
                "{ " => " }",
                _ => " })",
            });
            self.switches.push((start..self.text.len(), group.to_vec()));
            done = range.end;
        }
        self.copy(original, done..within.end);
    }

    fn copy(&mut self, original: &str, range: Range<usize>) {
        self.pieces.push((range.start, self.text.len()));
        self.text.push_str(&original[range]);
    }

    /// The one whose mutated text the error is about.
    fn mutated(&self, span: &Range<usize>) -> Option<BTreeSet<usize>> {
        let fitting = self.mutated.iter().find(|(range, _)| range.start <= span.start && span.end <= range.end)?;
        Some(BTreeSet::from([fitting.1]))
    }

    /// Those of the innermost switch around the error.
    fn switched(&self, span: &Range<usize>) -> Option<BTreeSet<usize>> {
        let around = self.switches.iter().filter(|(range, _)| range.start <= span.start && span.end <= range.end);
        let (_, ids) = around.min_by_key(|(range, _)| range.len())?;
        Some(ids.iter().copied().collect())
    }

    /// Those of the function that the error is in.
    fn same_function(&self, all: &[Candidate], span: &Range<usize>) -> Option<BTreeSet<usize>> {
        let &(original, here) = self.pieces.iter().rev().find(|(_, here)| *here <= span.start)?;
        let at = original + (span.start - here);
        let ids = self.switches.iter().flat_map(|(_, ids)| ids).copied();
        let found: BTreeSet<usize> = ids.filter(|&id| all[id].scope.contains(&at)).collect();
        Some(found).filter(|found| !found.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::of_file;

    fn switched(text: &str, changes: &[&str]) -> Switched {
        let all = of_file("src/a.rs", text).expect("a file that parses");
        let ids: Vec<usize> = (0..all.len()).filter(|&id| changes.contains(&all[id].change.as_str())).collect();
        assert_eq!(ids.len(), changes.len(), "{all:#?}");
        Switched::of(text, &all, &ids)
    }

    #[test]
    fn one_inside_of_another() {
        let text = "fn f() -> bool { a && b < c }";
        let made = switched(text, &["{body} -> true", "a && b < c -> a || b < c", "b < c -> b <= c"]);
        assert_eq!(
            made.text,
            "fn f() -> bool { if crate::mutant::on(0) { return true; }  \
             (if crate::mutant::on(2) { a || b < c } else { a && (if crate::mutant::on(3) { b <= c } else { b < c }) }) }"
        );
        assert!(syn::parse_file(&made.text).is_ok());
    }

    #[test]
    fn two_at_one_place() {
        let made = switched("fn f() -> A { if a {} }", &["a -> true", "a -> false"]);
        assert_eq!(
            made.text,
            "fn f() -> A { if (if crate::mutant::on(0) { true } else if crate::mutant::on(1) { false } else { a }) {} }"
        );
    }

    #[test]
    fn statements_and_arms() {
        let made = switched("fn f() -> A { a -= b; }", &["a -= b; -> (deleted)", "a -= b -> a += b"]);
        assert_eq!(
            made.text,
            "fn f() -> A { if !crate::mutant::on(0) { (if crate::mutant::on(1) { a += b } else { a -= b }); } }"
        );
        let made = switched("fn f() -> A { match x { 1 => a, _ => b } }", &["1 => -> (arm deleted)"]);
        assert_eq!(made.text, "fn f() -> A { match x { 1 if !crate::mutant::on(0) => a, _ => b } }");
    }

    #[test]
    fn errors_find_their_mutant() {
        let text = "fn f() -> A { a + b; c }";
        let made = switched(text, &["a + b -> a - b"]);
        let all = of_file("src/a.rs", text).expect("a file that parses");
        let at = |piece: &str| {
            let start = made.text.find(piece).expect("the piece");
            start..start + piece.len()
        };
        let id = Some(BTreeSet::from([0]));
        assert_eq!(made.mutated(&at("a - b")), id);
        assert_eq!(made.mutated(&at("a + b")), None);
        assert_eq!(made.switched(&at("a + b")), id);
        assert_eq!(made.switched(&at("; c")), None);
        assert_eq!(made.same_function(&all, &at("c }")), id);
    }
}
