//! `ami-proto` beside its peers: what each makes of the same bytes, how fast, and how often it asks
//! for memory.
//!
//! ```sh
//! cargo run --release --manifest-path benches/peers/Cargo.toml
//! ```
//!
//! prints the tables and writes them to `RESULTS.md` beside this folder, with the machine, the
//! versions, the command and the date, and a bar chart to `chart.svg`. All contenders take turns
//! within one process, round after round, and medians are compared: what slows the machine down
//! slows all of them. What each of them found is held against a count that none of them made; a
//! frame that a contender refuses or loses is reported beside its speed.

mod allocations;
mod chart;
mod measure;
mod peers;
mod report;
mod stream;
mod tables;

use anyhow::Result;
use clap::Parser;
use std::path::PathBuf;

/// Measures ami-proto beside its peers.
#[derive(Parser)]
struct Options {
    /// A recording of events to measure with, in place of the corpus's storm
    #[arg(long)]
    stream: Option<PathBuf>,
    /// Bytes of the recording that are used, read over again where it is shorter
    #[arg(long, default_value_t = 5_000_000)]
    bytes: usize,
    /// Rounds in which all contenders take their turn
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Only print; leave RESULTS.md and chart.svg alone
    #[arg(long)]
    print: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let storm = stream::Stream::load(options.stream.as_deref(), options.bytes)?;
    let tables = tables::all(&storm, options.rounds)?;
    let report = report::write(&tables, &storm, options.rounds);
    print!("{report}");
    if !options.print {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        std::fs::write(folder.join("RESULTS.md"), &report)?;
        std::fs::write(folder.join("chart.svg"), chart::draw(&tables))?;
    }
    Ok(())
}
