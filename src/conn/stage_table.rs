//! Stages of a state machine as a table, for the tests of the three roles: every cell against what
//! is expected, and against the page that shows it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Debug;
use std::format;

/// An input, its word in the expected table, and the words for it on the page.
pub(crate) type Row<I> = (I, &'static str, &'static str);

/// A cell: the stage that follows, the effect's word in the expected table, and the words for it on
/// the page.
pub(crate) type Cell<S> = (S, String, &'static str);

/// A state machine: its stages with their names, its inputs, and what makes a cell of both.
pub(crate) struct StageTable<'a, S, I> {
    pub(crate) stages: &'a [(S, &'static str)],
    pub(crate) inputs: &'a [Row<I>],
    pub(crate) cell: fn(S, I) -> Cell<S>,
}

impl<S: Copy + PartialEq + Debug, I: Copy + Debug> StageTable<'_, S, I> {
    fn name(&self, stage: S) -> &'static str {
        self.stages.iter().find(|(listed, _)| *listed == stage).expect("each stage has a column").1
    }

    /// Holds every cell to the expected table: a row an input, a column a stage; in a cell the
    /// effect, and the stage that it leads to where that is another one.
    pub(crate) fn is_as_expected(&self, expected: &str) {
        let row = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().to_string()).collect() };
        let mut rows = expected.trim_matches('\n').lines().map(row);
        let mut heads = alloc::vec![String::new()];
        heads.extend(self.stages.iter().map(|(_, name)| (*name).to_string()));
        assert_eq!(rows.next(), Some(heads));
        for (input, word, _) in self.inputs {
            let mut row = alloc::vec![(*word).to_string()];
            for (stage, name) in self.stages {
                let (next, said, _) = (self.cell)(*stage, *input);
                // A stage that lets go of what it waits for leaves nothing undone.
                assert!(next == *stage || !said.is_empty(), "{name} {input:?}");
                row.push(if next == *stage { said } else { format!("{said} > {}", self.name(next)) });
            }
            assert_eq!(Some(row), rows.next());
        }
        assert_eq!(rows.next(), None, "a row of no input");
    }

    /// Holds this file below `src/` to the table as a page shows it; `BLESS=1` writes it anew.
    pub(crate) fn is_shown_in(&self, file: &str) {
        let mut page = String::from("| |");
        page.extend(self.stages.iter().map(|(stage, _)| format!(" {stage:?} |")));
        page += "\n|---|";
        page.extend(self.stages.iter().map(|_| "---|"));
        for (input, _, words) in self.inputs {
            page.extend(["\n| ", words, " |"]);
            for (stage, _) in self.stages {
                match (self.cell)(*stage, *input) {
                    (_, _, "") => page.push_str(" |"),
                    (next, _, said) if next == *stage => page.extend([" ", said, " |"]),
                    (next, _, said) => page.extend([" ", said, " → ", &format!("{next:?}"), " |"]),
                }
            }
        }
        page.push('\n');
        let path = format!("{}/src/{file}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), page, "renew it with BLESS=1");
    }
}

/// Declares the rows of a table, one for each input: its pattern, a sample, its words. An input
/// without a row is an error of the build.
macro_rules! inputs {
    (fn $name:ident($($given:ident: $type:ty)?) -> $input:ty; $($pattern:pat => $sample:expr, $word:literal, $page:literal;)+) => {
        fn $name($($given: $type)?) -> alloc::vec::Vec<crate::conn::stage_table::Row<$input>> {
            let _ = |input: $input| match input {
                $($pattern => (),)+
            };
            alloc::vec![$(($sample, $word, $page)),+]
        }
    };
}
pub(crate) use inputs;
