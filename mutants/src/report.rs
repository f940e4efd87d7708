//! What a run has shown, as Markdown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

use crate::Args;
use crate::explained::Explained;
use crate::run::{Outcome, Runner};
use crate::sites::Candidate;

/// A finished run.
pub(crate) struct Report<'a> {
    pub(crate) args: &'a Args,
    pub(crate) all: &'a [Candidate],
    pub(crate) eligible: &'a [usize],
    pub(crate) unviable: &'a BTreeSet<usize>,
    pub(crate) outcomes: BTreeMap<usize, Outcome>,
    pub(crate) explained: Explained,
    pub(crate) runner: Runner,
    /// How long all of it took, with the build.
    pub(crate) took: Duration,
}

/// The columns of the table.
#[derive(Default)]
struct Count {
    candidates: u32,
    run: u32,
    caught: u32,
    timed_out: u32,
    missed: u32,
    unreached: u32,
    explained: u32,
}

impl Count {
    fn add(&mut self, outcome: &Outcome, is_explained: bool) {
        self.run += 1;
        match outcome {
            Outcome::Caught(_) => self.caught += 1,
            Outcome::TimedOut => {
                self.caught += 1;
                self.timed_out += 1;
            }
            _ if is_explained => self.explained += 1,
            Outcome::Missed => self.missed += 1,
            Outcome::Unreached => self.unreached += 1,
        }
    }

    /// Per cent of those that a test could catch.
    fn share(&self) -> f64 {
        let catchable = self.run - self.explained;
        if catchable == 0 { 100.0 } else { 100.0 * f64::from(self.caught) / f64::from(catchable) }
    }
}

impl Report<'_> {
    /// The share of caught mutants in per cent; explained survivors don't count.
    fn share(&self) -> f64 {
        let mut total = Count::default();
        for (&id, outcome) in &self.outcomes {
            total.add(outcome, self.explained.reason(&self.all[id]).is_some());
        }
        total.share()
    }

    /// Whether all tests pass without a mutant, and enough mutants were caught.
    pub(crate) fn is_good(&self) -> bool {
        self.runner.red().is_empty() && self.share() >= self.args.at_least
    }

    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a `String` can't fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let mut files: BTreeMap<&str, Count> = BTreeMap::new();
        let mut total = Count::default();
        for &id in self.eligible {
            files.entry(&self.all[id].file).or_default().candidates += 1;
            total.candidates += 1;
        }
        let mut survivors = String::new();
        let mut explained = String::new();
        for (&id, outcome) in &self.outcomes {
            let one = &self.all[id];
            let reason = self.explained.reason(one);
            files.entry(&one.file).or_default().add(outcome, reason.is_some());
            total.add(outcome, reason.is_some());
            let reach = match outcome {
                Outcome::Missed => format!("reached by {}", self.runner.reaching(id)),
                Outcome::Unreached => "unreached".into(),
                Outcome::Caught(_) | Outcome::TimedOut => continue,
            };
            let row = format!("| {}:{} `{}` | {} | {reach} |", one.file, one.line, one.function, code(&one.change));
            match reason {
                Some(reason) => writeln!(explained, "{row} {reason} |")?,
                None => writeln!(survivors, "{row}")?,
            }
        }

        writeln!(out, "# Mutants: {:.1} % caught\n", total.share())?;
        writeln!(
            out,
            "Seed {}, {} of {} candidates in {}; {} more did not compile. {} tests, {:.1} s without a mutant; {:.0} s in all. {}\n",
            self.args.seed,
            total.run,
            total.candidates,
            self.args.files.join(", "),
            self.unviable.len(),
            self.runner.tests(),
            self.runner.time().as_secs_f64(),
            self.took.as_secs_f64(),
            if self.args.doc {
                "The documentation's examples were run for what the tests let live."
            } else {
                "The documentation's examples were not run (`--doc` does)."
            },
        )?;
        if !self.runner.red().is_empty() {
            writeln!(out, "Left out, as they do not pass without a mutant: {}\n", self.runner.red().join(", "))?;
        }
        writeln!(out, "| file | candidates | run | caught | by time-out | missed | unreached | explained |")?;
        writeln!(out, "|---|---|---|---|---|---|---|---|")?;
        for (file, count) in files.iter().filter(|(_, count)| count.run > 0) {
            row(out, file, count)?;
        }
        row(out, "**all**", &total)?;
        if !survivors.is_empty() {
            writeln!(out, "\n## Survivors\n\n| where | change | tests |\n|---|---|---|\n{survivors}")?;
        }
        if !explained.is_empty() {
            writeln!(
                out,
                "\n## Equivalent, as explained\n\n| where | change | tests | why |\n|---|---|---|---|\n{explained}"
            )?;
        }
        let stale = self.explained.stale(self.all);
        if !stale.is_empty() {
            writeln!(out, "\n## Explanations that fit nothing any more\n")?;
            for line in stale {
                writeln!(out, "- {}", code(line))?;
            }
        }
        Ok(())
    }
}

fn row(out: &mut String, name: &str, count: &Count) -> std::fmt::Result {
    let Count { candidates, run, caught, timed_out, missed, unreached, explained } = count;
    writeln!(out, "| {name} | {candidates} | {run} | {caught} | {timed_out} | {missed} | {unreached} | {explained} |")
}

/// As code in a table's cell.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}
