//! `queues` exists to show lists and events together: what `QueueStatus` lists is kept up to date
//! by the events that follow, as a live table. It comes back after a restart of the server.
//!
//! ```text
//! cargo run -p ami-tools --features live -- queues 127.0.0.1:5038
//! cargo run -p ami-tools --features live -- queues 127.0.0.1:5038 --once
//! ```

use std::error::Error;
use std::net::TcpStream;
use std::time::Instant;

use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending};
use ami_proto::conn::Backoff;
use ami_proto::state::{Member, Mirror, MirrorLimits, OwnedValue, Part};
use ami_proto::value::{Classes, DeviceState};
use clap::Args;
use comfy_table::{Table, presets};

use crate::live::login::Login;
use crate::live::terminal::{complain, connect, retry, say, turn};
use crate::shown::Shown;

/// Shows queues and their members.
#[derive(Args)]
pub(crate) struct Options {
    /// Where the server listens, as HOST:PORT
    address: String,
    /// Print the table once instead of keeping it on the screen
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    login: Login,
}

/// Callers waiting, and the state of each member, by queue.
fn table(mirror: &Mirror) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_header(["queue", "waiting", "members: state"]);
    for queue in mirror.queues() {
        let members: Vec<_> = mirror.members(queue.name.as_bytes()).map(state).collect();
        let waiting = queue.calls.unwrap_or_default();
        table.add_row([Shown(queue.name.as_bytes()).to_string(), waiting.to_string(), members.join(", ")]);
    }
    table
}

/// A member and its state, in words where they are known.
fn state(member: &Member) -> String {
    let told = member.device_state.as_ref().map(OwnedValue::as_bytes).unwrap_or_default();
    let words = member.status().and_then(DeviceState::description);
    let state = words.map_or_else(|| Shown(told).to_string(), str::to_owned);
    let paused = match &member.paused_reason {
        _ if member.paused != Some(true) => String::new(),
        Some(reason) => format!(", paused: {}", Shown(reason.as_bytes())),
        None => ", paused".to_owned(),
    };
    format!("{}: {state}{paused}", Shown(member.interface.as_bytes()))
}

pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    // Events of queues are of the class `agent`.
    let mut client = Client::new(Config::new().events(Classes::AGENT));
    let mut backoff = Backoff::default();
    // A server that can't be reached at first is none that is being restarted.
    let mut connected: Result<TcpStream, Box<dyn Error>> = Ok(connect(&options.address)?);
    loop {
        let (why, wait) = match connected.map(|socket| follow(options, &mut client, socket, &mut backoff)) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) if options.once => return Err(error),
            Ok(Err(error)) => (error.to_string(), retry(&mut client, &mut backoff, error)?),
            Err(error) => (error.to_string(), backoff.lost(Instant::now())),
        };
        complain("queues", &*Box::<dyn Error>::from(format!("{why}; again in {wait:.1?}")));
        std::thread::sleep(wait);
        connected = connect(&options.address);
    }
}

/// Shows the queues for as long as the connection stands.
fn follow(
    options: &Options,
    client: &mut Client,
    mut socket: TcpStream,
    backoff: &mut Backoff,
) -> Result<(), Box<dyn Error>> {
    client.login(Instant::now(), Credentials::plain(&options.login.user, &options.login.secret))?;
    let mut mirror = Mirror::new(MirrorLimits::new());
    let mut listed = false;
    loop {
        while let Some(event) = client.poll_event()? {
            match event {
                ClientEvent::Ready(_) => {
                    backoff.accepted(Instant::now());
                    for seed in mirror.seed(Part::Queues) {
                        client.send(Instant::now(), seed.action())?;
                    }
                }
                ClientEvent::Item { event, .. } | ClientEvent::Event(event) => _ = mirror.handle(&event),
                ClientEvent::Ended { ending: Ending::List { end, .. }, .. } => {
                    _ = mirror.handle(&end);
                    listed = true;
                    if options.once {
                        say(table(&mirror))?;
                        client.close(Instant::now());
                    }
                }
                // The connection's own error says more.
                ClientEvent::Ended { ending: Ending::Lost(_), .. } => {}
                ClientEvent::Ended { ending, .. } => return Err(format!("no list: {ending}").into()),
                ClientEvent::Closed => return Ok(()),
                _ => {}
            }
        }
        if listed && !options.once {
            // Home, the table, and away with what was below it.
            say(format_args!("\x1b[H{}\x1b[J", table(&mirror)))?;
        }
        turn(client, &mut socket)?;
    }
}
