//! `originate` exists to show a request whose outcome comes later: it has one party called, and
//! waits until the server says how that went.
//!
//! ```text
//! cargo run -p ami-tools --features live -- originate 127.0.0.1:5038 PJSIP/100 --context default --exten 200
//! ```
//!
//! It exits with 0 where the call was answered, and with 1 where it wasn't or anything else went
//! wrong.

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ami_proto::action::Originate;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending};
use ami_proto::event::Event;
use ami_proto::value::Classes;
use clap::Args;

use crate::live::login::Login;
use crate::live::terminal::{complain, connect, say, turn};
use crate::shown::Shown;

/// Has a party called, then connected to an extension.
#[derive(Args)]
pub(crate) struct Options {
    /// Where the server listens, as HOST:PORT
    address: String,
    /// Whom to call first
    channel: String,
    /// Where the extension is looked up
    #[arg(long, default_value = "default")]
    context: String,
    /// Whom to connect that party to
    #[arg(long, default_value = "s")]
    exten: String,
    /// Seconds that it may ring
    #[arg(long, default_value = "30")]
    rings: u32,
    #[command(flatten)]
    login: Login,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    match call(options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            complain("originate", &*error);
            ExitCode::FAILURE
        }
    }
}

/// Calls, and returns whether the call was answered.
fn call(options: &Options) -> Result<bool, Box<dyn Error>> {
    let mut socket = connect(&options.address)?;
    // The outcome is an event of the class `call`; no other is of interest.
    let mut client = Client::new(Config::new().events(Classes::CALL));
    client.login(Instant::now(), Credentials::plain(&options.login.user, &options.login.secret))?;
    let action = Originate::new(&options.channel)
        .context(&options.context)
        .exten(&options.exten)
        .priority("1")
        .timeout(Duration::from_secs(options.rings.into()))
        .asynchronous(true);

    let mut answered = false;
    loop {
        while let Some(event) = client.poll_event()? {
            match event {
                ClientEvent::Ready(_) => drop(client.send(Instant::now(), &action)?),
                ClientEvent::Started { response, .. } => {
                    say(format_args!("{:.1000}", Shown(response.message().unwrap_or_default())))?;
                }
                ClientEvent::Ended { ending, .. } => {
                    match ending {
                        Ending::Outcome(Event::OriginateResponse(outcome)) => {
                            answered = outcome.response()? == "Success";
                            say(format_args!("{}: {}", Shown(outcome.channel()?), Shown(outcome.response()?)))?;
                        }
                        Ending::Refused(response) => {
                            say(format_args!("refused: {:.1000}", Shown(response.message().unwrap_or_default())))?;
                        }
                        other => return Err(format!("outcome unknown: {other}").into()),
                    }
                    client.close(Instant::now());
                }
                ClientEvent::Closed => return Ok(answered),
                _ => {}
            }
        }
        turn(&mut client, &mut socket)?;
    }
}
