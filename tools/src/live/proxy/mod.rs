//! `proxy` exists because a server holds few sessions well: many clients log in to it, and it logs
//! in once.
//!
//! ```text
//! cargo run -p ami-tools --features live -- proxy 127.0.0.1:5038 127.0.0.1:5039
//! ```
//!
//! It prints the address that it listens on. Clients log in with the same user and secret, and see
//! the events that they ask for. When upstream is restarted it connects again: guests stay, what
//! they had asked ends with an error, and so does what they ask meanwhile.
//!
//! At most 64 guests are served at a time; others wait to be accepted. Each may have 16 requests
//! upstream, and further ones wait: no guest can take what another needs. The requests of a guest
//! whose session is over, or whose connection is broken, are cancelled. A guest that has only
//! closed its sending side still gets its answers, as with Asterisk.

mod link;

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Display;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use ami_proto::client::{Client, ClientEvent, Config, Credentials, Id};
use ami_proto::conn::{Backoff, Machine as _};
use ami_proto::request::Request;
use ami_proto::server::{self, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use clap::Args;
use link::{Link, Wake};

use crate::live::login::Login;
use crate::live::terminal::{at, complain, connect, retry, say};

const DENIED: [(&str, &str); 1] = [("Message", "Permission denied")];
/// Guests that are served at a time.
const GUESTS: usize = 64;
/// Requests that each may have upstream.
const SHARE: usize = 16;

/// By number, each with its connection.
type Guests<S> = HashMap<usize, (Server, S)>;

/// Many clients, one session upstream.
#[derive(Args)]
pub(crate) struct Options {
    /// Where the server listens, as IP:PORT
    upstream: SocketAddr,
    /// Where to listen, as IP:PORT; port 0 takes a free one
    #[arg(default_value = "127.0.0.1:0")]
    address: SocketAddr,
    #[command(flatten)]
    login: Login,
}

pub(crate) fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let (wake, woken) = sync_channel(1);
    // A server that can't be reached at first is none that is being restarted.
    let mut upstream = Some(Link::new(connect(&options.upstream.to_string())?, &wake)?);
    let mut again = None;
    let listener = TcpListener::bind(options.address).map_err(|error| at(options.address, &error))?;
    say(listener.local_addr()?)?;
    let (found, accepted) = sync_channel(1);
    let acceptor = wake.clone();
    thread::spawn(move || accept(&listener, &found, &acceptor));
    let (mut proxy, mut guests) = (Proxy::new(options)?, Guests::new());
    for number in 0.. {
        if again.is_some_and(|at| at <= Instant::now()) {
            again = proxy.connect_again(&wake, &mut upstream)?;
        }
        // What wakes may be one signal for many connections, so all go on until nothing moves.
        loop {
            match proxy.turn(upstream.as_mut(), &mut guests) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => (upstream, again) = (None, Some(proxy.lost(error, &mut guests)?)),
            }
        }
        // Guests wait until upstream has let the proxy in: it would refuse what they ask before.
        let room = guests.len() < GUESTS && proxy.client.is_logged_in();
        if let Some(socket) = room.then(|| accepted.try_recv().ok()).flatten() {
            // One that is gone already is no loss.
            guests.extend(Link::new(socket, &wake).ok().map(|link| (number, (guest(), link))));
            continue;
        }
        let now = Instant::now();
        let waits = guests.values().filter_map(|(server, _)| server.read_timeout(now));
        let again = again.map(|at| at.saturating_duration_since(now));
        // Woken or not, there may be something to do.
        _ = match waits.chain(proxy.client.read_timeout(now)).chain(again).min() {
            Some(wait) => woken.recv_timeout(wait).is_ok(),
            None => woken.recv().is_ok(),
        };
    }
    Ok(())
}

/// Says why it connects again after so long; returns when.
fn wait_for(wait: Duration, why: &dyn Display) -> Instant {
    complain("proxy", &*Box::<dyn Error>::from(format!("{why}; again in {wait:.1?}")));
    Instant::now() + wait
}

/// Hands on who comes, one at a time; the others wait in the system's queue.
fn accept(listener: &TcpListener, found: &SyncSender<TcpStream>, wake: &Wake) {
    loop {
        match listener.accept() {
            Ok((socket, _)) => {
                if found.send(socket).is_err() {
                    return;
                }
                _ = wake.try_send(());
            }
            // No descriptor is free, say.
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// The session of a guest that has just come.
fn guest() -> Server {
    Server::new(Instant::now(), server::Config::new().max_open(SHARE))
}

struct Proxy {
    options: Options,
    client: Client,
    backoff: Backoff,
    /// The guest of each request that is open upstream.
    asked: HashMap<Id, (usize, RequestId)>,
}

impl Proxy {
    fn new(options: Options) -> Result<Self, Box<dyn Error>> {
        let all = GUESTS * SHARE;
        let client = Client::new(Config::new().max_in_flight(all).max_open(all));
        let mut proxy = Self { options, client, backoff: Backoff::default(), asked: HashMap::new() };
        proxy.login()?;
        Ok(proxy)
    }

    fn login(&mut self) -> Result<(), Box<dyn Error>> {
        let Login { user, secret } = &self.options.login;
        Ok(self.client.login(Instant::now(), Credentials::plain(user, secret))?)
    }

    /// Connects upstream again; returns when to try the next time, where that is in vain.
    fn connect_again(&mut self, wake: &Wake, upstream: &mut Option<Link>) -> Result<Option<Instant>, Box<dyn Error>> {
        // Guests wait meanwhile.
        let connected = TcpStream::connect_timeout(&self.options.upstream, Duration::from_secs(5));
        match connected.and_then(|socket| Link::new(socket, wake)) {
            Ok(link) => {
                *upstream = Some(link);
                self.login()?;
                Ok(None)
            }
            Err(error) => {
                let wait = self.backoff.lost(Instant::now());
                Ok(Some(wait_for(wait, &at(self.options.upstream, &error))))
            }
        }
    }

    /// The connection upstream is lost, by this error: tells the guests the end of what they had
    /// asked. Returns when to connect again.
    fn lost<S>(&mut self, error: Box<dyn Error>, guests: &mut Guests<S>) -> Result<Instant, Box<dyn Error>> {
        // The socket may have failed, of which the client doesn't know.
        self.client.handle_eof(Instant::now());
        _ = self.hear(guests);
        let why = error.to_string();
        let wait = retry(&mut self.client, &mut self.backoff, error)?;
        Ok(wait_for(wait, &why))
    }

    /// Moves what can be moved; says whether anything was. An error is the end of upstream, if
    /// there is one.
    fn turn<S, U>(&mut self, upstream: Option<&mut U>, guests: &mut Guests<S>) -> Result<bool, Box<dyn Error>>
    where
        S: Read + Write,
        U: Read + Write,
    {
        let before = guests.len();
        let (end, mut moved) = (self.hear(guests), false);
        guests.retain(|number, (server, socket)| {
            // A guest that breaks the protocol, or the connection, is out; no other is concerned.
            let Ok(more) = server.exchange(socket, Instant::now) else { return false };
            moved |= more;
            self.serve(*number, server).is_ok() && !(server.is_over() && server.unsent() == 0)
        });
        if guests.len() < before {
            // Each tells of its own end, which `hear` takes.
            let gone = self.asked.iter().filter(|(_, (number, _))| !guests.contains_key(number));
            gone.for_each(|(id, _)| _ = self.client.cancel(*id));
        }
        end?;
        let Some(upstream) = upstream else { return Ok(moved) };
        Ok(self.client.exchange(upstream, Instant::now)? || moved)
    }

    /// Hands on what upstream has said: events to all who receive them, answers to whom they
    /// belong.
    fn hear<S>(&mut self, guests: &mut Guests<S>) -> Result<(), String> {
        while let Some(event) = self.client.poll_event().map_err(|error| format!("upstream: {error}"))? {
            let asked = event.id().and_then(|id| self.asked.get(&id).copied());
            for (number, (server, _)) in guests.iter_mut() {
                let request = asked.and_then(|(by, request)| (by == *number).then_some(request));
                server.relay(request, event);
            }
            match event {
                ClientEvent::Ended { id, .. } => _ = self.asked.remove(&id),
                ClientEvent::Ready(_) => self.backoff.accepted(Instant::now()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Lets a client in, or asks upstream what it asks.
    fn serve(&mut self, number: usize, server: &mut Server) -> Result<(), Box<dyn Error>> {
        while let Some(event) = server.poll_event()? {
            match event {
                ServerEvent::Login { id, attempt } => {
                    let known =
                        attempt.username() == *self.options.login.user && attempt.verify(&self.options.login.secret);
                    if known { server.accept(id, Classes::ALL)? } else { server.refuse(Instant::now(), id)? }
                }
                // It would hide events from everybody.
                ServerEvent::Request { id, request: Request::Filter(_) } => server.respond(id, "Error", DENIED)?,
                ServerEvent::Request { id, request } => match self.client.forward(Instant::now(), request.frame()) {
                    Ok(asks) => _ = self.asked.insert(asks, (number, id)),
                    Err(error) => server.respond(id, "Error", [("Message", error.to_string())])?,
                },
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
