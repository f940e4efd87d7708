//! Survivors that are known to change nothing, with the reason: the file `explained.txt`.
//!
//! A line is `file | function | original -> mutated | reason`; lines with `#` and empty ones are
//! skipped. There are no line numbers, so that code may move.

use std::path::Path;

use crate::sites::Candidate;
use crate::{Fallible, read};

/// The lines of the file.
#[derive(Debug, Default)]
pub(crate) struct Explained(Vec<Line>);

#[derive(Debug, Eq, PartialEq)]
struct Line {
    /// `file | function | original -> mutated`.
    key: String,
    reason: String,
}

impl Explained {
    /// Reads the file; one that isn't there explains nothing.
    pub(crate) fn read(path: &Path) -> Fallible<Self> {
        if path.exists() { Self::parse(&read(path)?) } else { Ok(Self::default()) }
    }

    fn parse(text: &str) -> Fallible<Self> {
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            // Code may hold ` | ` as well; a reason doesn't.
            let parts =
                line.rsplit_once(" | ").filter(|(key, _)| key.matches(" | ").count() >= 2 && key.contains(" -> "));
            let Some((key, reason)) = parts else {
                return Err(format!("explained.txt:{number}: not `file | function | original -> mutated | reason`"));
            };
            lines.push(Line { key: key.trim().into(), reason: reason.trim().into() });
        }
        Ok(Self(lines))
    }

    /// Why this one changes nothing.
    pub(crate) fn reason(&self, one: &Candidate) -> Option<&str> {
        let key = key(one);
        self.0.iter().find(|line| line.key == key).map(|line| line.reason.as_str())
    }

    /// The lines that fit no candidate any more.
    pub(crate) fn stale(&self, all: &[Candidate]) -> Vec<&str> {
        let known: std::collections::HashSet<String> = all.iter().map(key).collect();
        self.0.iter().map(|line| line.key.as_str()).filter(|key| !known.contains(*key)).collect()
    }
}

fn key(one: &Candidate) -> String {
    format!("{} | {} | {}", one.file, one.function, one.change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_candidates() {
        let text = "# why\n\nsrc/a.rs | f | a | b -> a & b | the same for one bit\nsrc/a.rs | f | c -> d | gone\n";
        let explained = Explained::parse(text).expect("lines that are right");
        let all = crate::sites::of_file("src/a.rs", "fn f() -> A { a | b }").expect("a file that parses");
        assert_eq!(explained.reason(&all[0]), Some("the same for one bit"));
        assert_eq!(explained.stale(&all), ["src/a.rs | f | c -> d"]);
    }

    /// Where an explained piece of the library is changed, its line goes or is written anew.
    #[test]
    fn every_line_fits_the_library() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let explained = Explained::read(&root.join("mutants/explained.txt")).expect("lines that are right");
        let all = crate::sites::of_library(&root).expect("sources that parse");
        assert_eq!(explained.stale(&all), [""; 0]);
    }

    #[test]
    fn a_line_that_is_not_one_is_told() {
        for line in ["src/a.rs | f | a -> b", "src/a.rs | f | a | reason", "text"] {
            assert!(Explained::parse(line).is_err(), "{line}");
        }
    }
}
