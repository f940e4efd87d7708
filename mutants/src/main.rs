//! A command that samples mutants of a library and tells which of them its tests catch.
//!
//! A mutant is the library with one small change: `<` becomes `<=`, a statement is left out. If
//! all tests still pass, nothing guards what the changed code does. All mutants of a run are
//! compiled at once, each behind a switch: `(if crate::mutant::on(17) { a <= b } else { a < b })`.
//!
//! 1. [`sites`] reads the sources with `syn` and lists every change that could be made.
//! 2. [`sample`] draws some of them; the same seed draws the same ones on any machine.
//! 3. [`copy`] and [`render`] write a copy of the workspace with the switches in.
//! 4. [`build`] compiles it; changes that do not compile are left out and others drawn instead.
//!    Then the copy gets the sources as they were, for the tests that read them.
//! 5. [`run`] runs each test once alone and notes which switches it passes, then for each mutant
//!    only the tests that pass its switch, the quickest first, until one fails.
//! 6. [`report`] says what was caught; [`explained`] knows the survivors that change nothing.

mod build;
mod copy;
mod explained;
mod operators;
mod render;
mod report;
mod run;
mod sample;
mod sites;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use crate::explained::Explained;
use crate::report::Report;
use crate::sites::Candidate;

/// The error is a sentence that is shown before the command ends with 2.
type Fallible<T> = Result<T, String>;

/// Samples mutants of the library and tells which of them the tests catch.
///
/// Ends with 0 if enough were caught, 1 if too few or a test fails anyway, 2 on an error.
#[derive(Debug, Parser)]
struct Args {
    /// The same seed draws the same mutants from the same sources.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many mutants that compile are wanted.
    #[arg(long, default_value_t = 200)]
    count: usize,
    /// Files or folders to draw from, relative to the root; `src/a.rs:12` is one line.
    #[arg(long, value_delimiter = ',', default_value = "src")]
    files: Vec<String>,
    /// Mutants run side by side [default: one a processor].
    #[arg(long)]
    jobs: Option<usize>,
    /// Where the report is written, beside standard output.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The share in per cent that has to be caught.
    #[arg(long, default_value_t = 90.0)]
    at_least: f64,
    /// CPU seconds that a mutant may take beyond five times what its tests take without it.
    #[arg(long, default_value_t = 10)]
    timeout: u64,
    /// Runs the documentation's examples too, for what the other tests let live (slow).
    #[arg(long)]
    doc: bool,
    /// Prints the sample and stops; nothing is compiled.
    #[arg(long)]
    list: bool,
    /// The workspace or package whose library is changed.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/.."))]
    root: PathBuf,
    /// Where the copy and its build live; kept between runs [default: target/mutants of the root].
    #[arg(long)]
    scratch: Option<PathBuf>,
    /// Survivors that change nothing, and why [default: mutants/explained.txt of the root].
    #[arg(long)]
    explained: Option<PathBuf>,
    /// The optimisation of the tests: 1 pays for its compile time from some 50 mutants on.
    #[arg(long, default_value = "1")]
    opt_level: String,
}

fn main() -> ExitCode {
    match work(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("ami-mutants: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether enough was caught.
fn work(args: &Args) -> Fallible<bool> {
    let start = Instant::now();
    let jobs = args.jobs.or(std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let root = args.root.canonicalize().map_err(|error| format!("{}: {error}", args.root.display()))?;
    let scratch = args.scratch.clone().unwrap_or_else(|| root.join("target/mutants"));
    let explained = args.explained.clone().unwrap_or_else(|| root.join("mutants/explained.txt"));
    let explained = Explained::read(&explained)?;

    let all = sites::of_library(&root)?;
    let eligible: Vec<usize> = (0..all.len()).filter(|&id| all[id].is_in(&args.files)).collect();
    if eligible.is_empty() {
        return Err(format!("nothing to change in {}", args.files.join(", ")));
    }
    let mut sample = sample::Sample::new(&all, &eligible, args.seed, args.count);
    if args.list {
        for &id in sample.ids() {
            println!("{}", all[id]);
        }
        return Ok(true);
    }

    let workspace = copy::Copy::of(&root, &scratch.join("copy"))?;
    let cargo = build::Cargo::new(workspace.path(), &scratch.join("target"), &args.opt_level);
    let unviable = until_it_compiles(&workspace, &cargo, &all, &mut sample)?;
    let programs = cargo.tests()?;
    // Some tests read the sources: they are to find those that people wrote.
    render::originals(&workspace)?;
    let runner = run::Runner::new(programs, workspace.path(), &scratch, all.len(), args.timeout)?;
    let mut outcomes = runner.run_all(&all, sample.ids(), jobs)?;
    if args.doc {
        render::library(&workspace, &all, sample.ids())?;
        run::doc_tests(&cargo, &all, &mut outcomes)?;
    }

    let took = start.elapsed();
    let report =
        Report { args, all: &all, eligible: &eligible, unviable: &unviable, outcomes, explained, runner, took };
    let text = report.text();
    println!("{text}");
    if let Some(path) = &args.out {
        write(path, &text)?;
    }
    Ok(report.is_good())
}

/// Writes the sample's switches into the copy until it compiles; the changes that had to go.
fn until_it_compiles(
    workspace: &copy::Copy,
    cargo: &build::Cargo,
    all: &[Candidate],
    sample: &mut sample::Sample,
) -> Fallible<BTreeSet<usize>> {
    let mut unviable = BTreeSet::new();
    for round in 1.. {
        let rendered = render::library(workspace, all, sample.ids())?;
        let errors = cargo.check()?;
        eprintln!("round {round}: {} mutants, {} errors", sample.ids().len(), errors.len());
        if errors.is_empty() {
            break;
        }
        let mut guilty = BTreeSet::new();
        for error in &errors {
            let blamed = rendered.blame(all, error);
            if blamed.is_empty() {
                return Err(format!("the copy does not compile, and no mutant is to blame:\n{}", error.text));
            }
            guilty.extend(blamed);
        }
        sample.replace(&guilty);
        unviable.extend(guilty);
    }
    Ok(unviable)
}

fn read(path: &Path) -> Fallible<String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Fallible<()> {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
