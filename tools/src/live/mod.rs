//! The subcommands that speak with a server, or are one.

mod conference;
mod login;
mod mock;
mod originate;
mod proxy;
mod queues;
mod terminal;

use std::error::Error;
use std::process::ExitCode;

use clap::Subcommand;
use terminal::complain;

#[derive(Subcommand)]
pub(crate) enum Command {
    Conference(conference::Options),
    Originate(originate::Options),
    Queues(queues::Options),
    Proxy(proxy::Options),
    Mock(mock::Options),
}

pub(crate) fn run(command: Command) -> ExitCode {
    match command {
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
