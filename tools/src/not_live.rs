//! The subcommands that speak with a server, in a build that has none of them: how to get them.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap::error::ErrorKind;

/// The names of `live::Command`.
const LIVE: [&str; 5] = ["conference", "originate", "queues", "proxy", "mock"];

/// Says how to build the subcommand with these words, if there is such a one.
pub(crate) fn run(words: &[OsString]) -> ExitCode {
    let name = words.first().and_then(|word| word.to_str()).unwrap_or_default();
    let words = if LIVE.contains(&name) {
        format!("this `ami` was built without '{name}': build it with `--features live`")
    } else {
        format!("unrecognized subcommand '{}'", name.escape_debug())
    };
    crate::Command::command().error(ErrorKind::InvalidSubcommand, words).exit()
}
