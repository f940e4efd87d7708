//! `queues` exists to show lists and events together: what `QueueStatus` lists is kept up to date
//! by the events that follow, as a live table. It comes back after a restart of the server.
//!
//! ```text
//! cargo run -p ami-tools -- queues 127.0.0.1:5038
//! cargo run -p ami-tools -- queues 127.0.0.1:5038 --once
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::net::TcpStream;
use std::time::Instant;

use ami_proto::action::QueueStatus;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending};
use ami_proto::conn::Backoff;
use ami_proto::event::Event;
use ami_proto::value::{Classes, DeviceState};
use clap::Args;
use comfy_table::{Table, presets};

use crate::login::Login;
use crate::shown::Shown;
use crate::terminal::{complain, connect, retry, say, turn};

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
#[derive(Default)]
struct Queues(BTreeMap<String, (u64, BTreeMap<String, String>)>);

impl Queues {
    /// What is told, by a list or as it happens. A header that is missing or odd leaves that one
    /// thing as it was.
    fn learn(&mut self, event: Event<'_>) {
        let frame = event.frame();
        let Some(queue) = frame.get("Queue") else { return };
        let (callers, members) = self.0.entry(queue.to_str_lossy().into_owned()).or_default();
        match event {
            Event::QueueParams(queue) => *callers = queue.calls().unwrap_or(*callers),
            Event::QueueCallerJoin(join) => *callers = join.count().unwrap_or(*callers),
            Event::QueueCallerLeave(leave) => *callers = leave.count().unwrap_or(*callers),
            _ => {
                // A member is called `Location` in lists and `Interface` in events.
                let member = frame.get("Location").or(frame.get("Interface"));
                let Some(member) = member.map(|member| member.to_string()) else { return };
                if let Event::QueueMemberRemoved(_) = event {
                    members.remove(&member);
                } else if let Some(status) = frame.get("Status") {
                    let state = status.parse().ok().and_then(DeviceState::description);
                    members.insert(member, state.map_or_else(|| status.to_string(), str::to_owned));
                }
            }
        }
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_preset(presets::ASCII_MARKDOWN).set_header(["queue", "waiting", "members: state"]);
        for (queue, (callers, members)) in &self.0 {
            let members: Vec<_> =
                members.iter().map(|(member, state)| format!("{}: {}", Shown(member), Shown(state))).collect();
            table.add_row([Shown(queue).to_string(), callers.to_string(), members.join(", ")]);
        }
        table
    }
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
    let mut queues = Queues::default();
    let mut listed = false;
    loop {
        while let Some(event) = client.poll_event()? {
            match event {
                ClientEvent::Ready(_) => {
                    backoff.accepted(Instant::now());
                    client.send(Instant::now(), &QueueStatus::new())?;
                }
                ClientEvent::Item { event, .. } | ClientEvent::Event(event) => queues.learn(event),
                ClientEvent::Ended { ending: Ending::List { .. }, .. } => {
                    listed = true;
                    if options.once {
                        say(queues.table())?;
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
            say(format_args!("\x1b[H{}\x1b[J", queues.table()))?;
        }
        turn(client, &mut socket)?;
    }
}
