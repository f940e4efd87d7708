//! `mock` exists so that clients can be tried without a telephone exchange: a server that answers a
//! few actions from memory and sends an event now and then. It prints the address that it listens
//! on.
//!
//! ```text
//! cargo run -p ami-tools --features live -- mock 127.0.0.1:5038
//! ```

mod http;

use std::error::Error;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use ami_proto::conn::Machine as _;
use ami_proto::error::SendError;
use ami_proto::request::Request;
use ami_proto::server::{Config, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use clap::Args;

use crate::live::login::Login;
use crate::live::terminal::{at, complain, say};

/// Class, name and headers of an event.
type Told = (Classes, &'static str, &'static [(&'static str, &'static str)]);
const EVENTS: [Told; 3] = [
    (Classes::AGENT, "QueueMemberStatus", &[("Queue", "support"), ("Interface", "PJSIP/101"), ("Status", "2")]),
    (Classes::CALL, "Hangup", &[("Channel", "PJSIP/100-00000001"), ("Cause", "16"), ("Cause-txt", "Normal Clearing")]),
    (
        Classes::AGENT,
        "QueueCallerJoin",
        &[
            ("Channel", "PJSIP/201-00000003"),
            ("Uniqueid", "1795225162.3"),
            ("Queue", "support"),
            ("Position", "2"),
            ("Count", "2"),
        ],
    ),
];

/// A mock of a server of the Asterisk Manager Interface.
///
/// It prints the address that it listens on, sends an event now and then, and answers `Login`,
/// `Ping`, `CoreStatus`, `ConfbridgeList`, `ConfbridgeMute`, `QueueStatus` and `Originate`, whose
/// calls are answered, but for those to a channel with `busy` in its name.
#[derive(Args)]
pub(crate) struct Options {
    /// Where to listen, as IP:PORT; port 0 takes a free one
    #[arg(default_value = "127.0.0.1:0")]
    address: SocketAddr,
    #[command(flatten)]
    login: Login,
    /// Speak HTTP, as a web server whose every cookie stands for a session; `WaitEvent` brings
    /// events there
    #[arg(long, conflicts_with = "every")]
    http: bool,
    /// Milliseconds between two events
    #[arg(long, default_value = "1000")]
    every: u64,
}

pub(crate) fn run(options: Options) -> Result<(), Box<dyn Error>> {
    if options.http {
        return http::run(&options);
    }
    let options: &'static Options = Box::leak(Box::new(options));
    let listener = TcpListener::bind(options.address).map_err(|error| at(options.address, &error))?;
    say(listener.local_addr()?)?;
    for socket in listener.incoming() {
        let socket = socket?;
        std::thread::spawn(move || serve(socket, options).unwrap_or_else(|error| complain("mock", &*error)));
    }
    Ok(())
}

/// One session, to its end.
fn serve(mut socket: TcpStream, options: &Options) -> Result<(), Box<dyn Error>> {
    let every = Duration::from_millis(options.every.max(1));
    let mut server = Server::new(Instant::now(), Config::new());
    let (mut due, mut told) = (Instant::now() + every, 0);
    loop {
        while let Some(event) = server.poll_event()? {
            match event {
                ServerEvent::Login { id, attempt } => {
                    let known =
                        attempt.username().eq_ignore_case(&options.login.user) && attempt.verify(&options.login.secret);
                    if known { server.accept(id, Classes::ALL)? } else { server.refuse(Instant::now(), id)? }
                }
                ServerEvent::Request { id, request } => match request {
                    Request::Ping(_) => server.respond(id, "Success", [("Ping", "Pong")])?,
                    Request::CoreStatus(_) => server.respond(id, "Success", [("CoreCurrentCalls", "3")])?,
                    Request::ConfbridgeList(_) => confbridge_list(&mut server, id)?,
                    Request::ConfbridgeMute(_) => server.respond(id, "Success", [("Message", "User muted")])?,
                    Request::QueueStatus(_) => queue_status(&mut server, id)?,
                    Request::Originate(originate) => {
                        // Kept, for the server that lends it is about to be written to.
                        let frame = originate.frame().to_owned();
                        let repeat = |name| Some((name, frame.view().get(name)?));
                        let outcome = ["ActionID", "Channel", "Context", "Exten"].into_iter().filter_map(repeat);
                        let channel = frame.view().get("Channel").unwrap_or_default();
                        let is_busy = channel.as_bytes().windows(4).any(|part| part == b"busy");
                        let (response, reason) = if is_busy { ("Failure", "5") } else { ("Success", "4") };
                        let outcome = outcome.chain([("Response", response.into()), ("Reason", reason.into())]);
                        server.respond(id, "Success", [("Message", "Originate successfully queued")])?;
                        server.event(Classes::CALL, "OriginateResponse", outcome)?;
                    }
                    _ => server.respond(id, "Error", [("Message", "Invalid/unknown command")])?,
                },
                _ => {}
            }
        }
        if server.is_over() {
            return Ok(socket.write_all(server.poll_transmit().unwrap_or_default())?);
        }
        let now = Instant::now();
        let wait = due.saturating_duration_since(now).min(server.read_timeout(now).unwrap_or(every));
        socket.set_read_timeout(Some(wait.max(Duration::from_millis(1))))?;
        server.exchange(&mut socket, Instant::now)?;
        if due <= Instant::now() {
            due += every;
            let (class, name, headers) = EVENTS[told % EVENTS.len()];
            server.event(class, name, headers.iter().copied())?;
            told += 1;
        }
    }
}

fn confbridge_list(server: &mut Server, id: RequestId) -> Result<(), SendError> {
    let who = [("Channel", "PJSIP/100-00000001"), ("CallerIDName", "Ann"), ("CallerIDNum", "100")];
    server
        .list(id, "Confbridge user list will follow")?
        .item("ConfbridgeList", [("Conference", "room"), ("Admin", "No"), ("Muted", "No")].into_iter().chain(who))?
        .complete("ConfbridgeListComplete")
}

fn queue_status(server: &mut Server, id: RequestId) -> Result<(), SendError> {
    let member = [("Queue", "support"), ("Location", "PJSIP/101"), ("Paused", "0"), ("CallsTaken", "7")];
    let caller = [("Channel", "PJSIP/200-00000002"), ("Uniqueid", "1795225161.2"), ("Wait", "12")];
    server
        .list(id, "Queue status will follow")?
        .item("QueueParams", [("Queue", "support"), ("Strategy", "ringall"), ("Calls", "1"), ("Completed", "12")])?
        .item("QueueMember", [("Name", "Ada"), ("Status", "1")].into_iter().chain(member))?
        .item("QueueEntry", [("Queue", "support"), ("Position", "1")].into_iter().chain(caller))?
        .complete("QueueStatusComplete")
}
