//! `conference` exists to run conferences from the command line, on each kind of server: it prints
//! what would be sent, or sends it and prints what that brought.
//!
//! ```text
//! cargo run -p ami-tools --features live -- conference --dialect freeswitch mute room 3
//! cargo run -p ami-tools --features live -- conference --dialect kazoo --account A --send http://127.0.0.1:8000 lock room
//! cargo run -p ami-tools --features live -- conference --dialect kazoo list < answer.json
//! ```
//!
//! It exits with 1 where the dialect has no such command, the server refuses, or anything else goes
//! wrong.

mod command;
mod esl;
mod http;
mod manager;
mod show;

use std::error::Error;
use std::io::Read;
use std::process::ExitCode;

use ami_proto::conference::{Command, Dialect, Native, Request};
use ami_proto::kazoo::Account;
use ami_proto::{Decoder, FrameKind, Limits};
use clap::{Args, ValueEnum};

use crate::live::terminal::{complain, write};

/// Runs conferences on each kind of server.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Options {
    /// The kind of server
    #[arg(long)]
    dialect: Name,
    /// Kazoo: whose conferences
    #[arg(long, default_value = "ACCOUNT")]
    account: String,
    /// sipXecs: asks with PUT, as its manual says, not with GET, which its service takes
    #[arg(long)]
    put: bool,
    /// Prints what would be sent, and sends nothing; the default
    #[arg(long, conflicts_with = "send")]
    dry_run: bool,
    /// Sends it to this host and port, or address
    #[arg(long, value_name = "URL")]
    send: Option<String>,
    #[arg(long, default_value = "admin")]
    user: String,
    /// Password, PIN or token
    #[arg(long, env = "CONFERENCE_SECRET", hide_env_values = true, default_value = "", hide_default_value = true)]
    secret: String,
    /// FreeSWITCH: sends arguments even if the server reads more than values in them, such as
    /// `{originate_timeout=30}` before a dial string
    #[arg(long)]
    even_if_interpreted: bool,
    /// Prints PINs too
    #[arg(long)]
    show_secrets: bool,
    #[command(subcommand)]
    told: command::Told,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    Confbridge,
    Freeswitch,
    Sipxecs,
    Kazoo,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    match text(options).and_then(write) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain("conference", &*error);
            ExitCode::FAILURE
        }
    }
}

fn text(options: &Options) -> Result<String, Box<dyn Error>> {
    let dialect = match options.dialect {
        Name::Confbridge => Dialect::ConfBridge,
        Name::Freeswitch => Dialect::FreeSwitch,
        Name::Sipxecs => Dialect::SipXecs(if options.put { http::Method::Put } else { http::Method::Get }),
        Name::Kazoo => Dialect::Kazoo(Account::new(&options.account)),
    };
    let mut ids = Vec::new();
    let command = options.told.command(&mut ids);
    if matches!(options.told, command::Told::List { conference: None }) {
        let mut answer = Vec::new();
        std::io::stdin().read_to_end(&mut answer)?;
        return read(dialect, &command, &answer);
    }
    let request = if options.even_if_interpreted {
        dialect.encode_even_if_interpreted(&command)?
    } else {
        dialect.encode(&command)?
    };
    let Some(url) = &options.send else {
        return Ok(show::request(&request, options.show_secrets));
    };
    match &request {
        Request::Action(action) => {
            let wait = matches!(command, Command::DialAndWait { .. });
            manager::send(url, &options.user, &options.secret, action, wait, |frames| {
                print(dialect, &command, Native::Frames(frames))
            })
        }
        Request::Line(line) => {
            let reply = esl::send(url, &options.secret, line)?;
            print(dialect, &command, Native::Text(&reply))
        }
        Request::Http(request) => {
            let (status, body) = match dialect {
                Dialect::Kazoo(_) => http::with_token(url, &options.secret, request)?,
                _ => http::with_digest(url, &options.user, &options.secret, request)?,
            };
            print(dialect, &command, Native::Http { status, body: &body })
        }
        _ => Err("a request that this example doesn't know".into()),
    }
}

fn print(dialect: Dialect<'_>, command: &Command<'_>, reply: Native<'_>) -> Result<String, Box<dyn Error>> {
    Ok(show::outcome(dialect.decode(command, reply)?.outcome())?)
}

/// An answer that was kept.
fn read(dialect: Dialect<'_>, command: &Command<'_>, bytes: &[u8]) -> Result<String, Box<dyn Error>> {
    match dialect {
        Dialect::FreeSwitch => print(dialect, command, Native::Text(bytes)),
        Dialect::ConfBridge => {
            let mut decoder = Decoder::new(Limits::new());
            decoder.push(bytes);
            let mut frames = Vec::new();
            while let Some(frame) = decoder.next_frame()? {
                if frame.kind() != FrameKind::Banner {
                    frames.push(frame.to_owned());
                }
            }
            let frames: Vec<_> = frames.iter().map(|frame| frame.view()).collect();
            print(dialect, command, Native::Frames(&frames))
        }
        _ => print(dialect, command, Native::Http { status: 200, body: bytes }),
    }
}
