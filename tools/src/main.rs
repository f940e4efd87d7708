//! `ami`: what one does with the Asterisk Manager Interface from a shell, each as a subcommand.

mod catalogue;
mod inspect;
#[cfg(feature = "live")]
mod live;
#[cfg(not(feature = "live"))]
mod not_live;
mod shown;

#[cfg(not(feature = "live"))]
use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

/// Tools for the Asterisk Manager Interface
#[derive(Parser)]
#[command(name = "ami", version)]
#[cfg_attr(not(feature = "live"), command(after_help = "Those that speak with a server come with `--features live`"))]
enum Command {
    Inspect(inspect::Options),
    Catalogue(catalogue::Options),
    #[cfg(feature = "live")]
    #[command(flatten)]
    Live(live::Command),
    #[cfg(not(feature = "live"))]
    #[command(external_subcommand)]
    Live(Vec<OsString>),
}

fn main() -> ExitCode {
    match Command::parse() {
        Command::Inspect(options) => inspect::run(&options),
        Command::Catalogue(options) => catalogue::run(&options),
        #[cfg(feature = "live")]
        Command::Live(command) => live::run(command),
        #[cfg(not(feature = "live"))]
        Command::Live(words) => not_live::run(&words),
    }
}
