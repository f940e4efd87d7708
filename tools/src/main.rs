//! `ami`: what one does with the Asterisk Manager Interface from a shell, each as a subcommand.

mod catalogue;
mod conference;
mod inspect;
mod login;
mod mock;
mod originate;
mod proxy;
mod queues;
mod shown;
mod terminal;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use terminal::complain;

/// Tools for the Asterisk Manager Interface
#[derive(Parser)]
#[command(name = "ami", version)]
enum Command {
    Inspect(inspect::Options),
    Catalogue(catalogue::Options),
    Conference(conference::Options),
    Originate(originate::Options),
    Queues(queues::Options),
    Proxy(proxy::Options),
    Mock(mock::Options),
}

fn main() -> ExitCode {
    match Command::parse() {
        Command::Inspect(options) => inspect::run(&options),
        Command::Catalogue(options) => catalogue::run(&options),
        Command::Conference(options) => conference::run(&options),
        Command::Originate(options) => originate::run(&options),
        Command::Queues(options) => ended("queues", queues::run(&options)),
        Command::Proxy(options) => ended("proxy", proxy::run(options)),
        Command::Mock(options) => ended("mock", mock::run(options)),
    }
}

/// Tells why a tool has ended.
fn ended(tool: &str, result: Result<(), Box<dyn Error>>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(tool, &*error);
            ExitCode::FAILURE
        }
    }
}
