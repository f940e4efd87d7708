//! `proxy` exists because a server holds few sessions well: many clients log in to it, and it logs in once. Each client has a `Server` of its own; the `Client` upstream gives every request an `ActionID`
//! of its own, so those of different clients never meet.
//!
//! ```text
//! cargo run --example proxy -- 127.0.0.1:5038 127.0.0.1:5039
//! ```
//!
//! It prints the address that it listens on. Clients log in with the same user and secret, and see the events that they ask for.

mod relay;

use std::collections::HashMap;
use std::error::Error;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use ami_proto::OwnedFrame;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Id};
use ami_proto::server::{self, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use clap::Parser;

/// Many clients, one session upstream.
#[derive(Parser)]
struct Options {
    /// Where the server listens
    upstream: String,
    /// Where to listen; port 0 takes a free one
    #[arg(default_value = "127.0.0.1:0")]
    address: SocketAddr,
    #[arg(long, default_value = "admin")]
    user: String,
    #[arg(long, env = "AMI_SECRET", hide_env_values = true, default_value = "s3cret", hide_default_value = true)]
    secret: String,
}

/// What the threads that wait for sockets tell the one that does everything else. Number 0 is upstream; no bytes are the end.
enum Input {
    Accepted(TcpStream),
    Bytes(usize, Vec<u8>),
}

fn read(number: usize, mut socket: TcpStream, inputs: &Sender<Input>) {
    let mut buffer = vec![0; 8192];
    loop {
        let n = socket.read(&mut buffer).unwrap_or(0);
        if inputs.send(Input::Bytes(number, buffer[..n].to_vec())).is_err() || n == 0 {
            return;
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let mut socket = TcpStream::connect(&options.upstream)?;
    let (inputs, input) = mpsc::channel();
    std::thread::spawn({
        let (socket, inputs) = (socket.try_clone()?, inputs.clone());
        move || read(0, socket, &inputs)
    });
    let mut client = Client::new(Config::new());
    client.login(Instant::now(), Credentials::plain(&options.user, &options.secret))?;
    let mut clients: HashMap<usize, (Server, TcpStream)> = HashMap::new();
    let mut asked: HashMap<Id, (usize, RequestId, OwnedFrame)> = HashMap::new();
    let mut accepted = 0;
    loop {
        while let Some(event) = client.poll_event()? {
            match event {
                ClientEvent::Ready(_) => {
                    let (listener, inputs) = (TcpListener::bind(options.address)?, inputs.clone());
                    println!("{}", listener.local_addr()?);
                    let accept = move |socket| inputs.send(Input::Accepted(socket));
                    std::thread::spawn(move || listener.incoming().flatten().try_for_each(accept));
                }
                ClientEvent::Event(event) => {
                    for (server, _) in clients.values_mut() {
                        server.forward(event.frame());
                    }
                }
                ClientEvent::Started { id, .. } | ClientEvent::Item { id, .. } | ClientEvent::Ended { id, .. } => {
                    // Whoever asked may be gone.
                    let Some((number, request, of)) = asked.get(&id) else { continue };
                    if let Some((server, _)) = clients.get_mut(number) {
                        // One whose session has just ended takes no answer.
                        _ = relay::answer(server, *request, of.view(), event);
                    }
                    if matches!(event, ClientEvent::Ended { .. }) {
                        asked.remove(&id);
                    }
                }
                _ => {}
            }
        }
        clients.retain(|_, (server, socket)| {
            let sent = server.poll_transmit().is_none_or(|bytes| socket.write_all(bytes).is_ok());
            server.transmitted(server.unsent());
            let stays = sent && !server.is_over();
            if !stays {
                // The thread that reads from it ends with that.
                _ = socket.shutdown(Shutdown::Both);
            }
            stays
        });
        while let Some(bytes) = client.poll_transmit() {
            let n = socket.write(bytes)?;
            client.transmitted(n);
        }

        let due = clients.values().filter_map(|(server, _)| server.poll_timeout()).chain(client.poll_timeout()).min();
        let wait = due.map_or(Duration::MAX, |due| due.saturating_duration_since(Instant::now()));
        let received = input.recv_timeout(wait);
        let now = Instant::now();
        match received {
            Ok(Input::Accepted(socket)) => {
                accepted += 1;
                // As Asterisk: one that doesn't read must not keep the others waiting.
                socket.set_write_timeout(Some(Duration::from_millis(100)))?;
                let (reader, inputs) = (socket.try_clone()?, inputs.clone());
                std::thread::spawn(move || read(accepted, reader, &inputs));
                clients.insert(accepted, (Server::new(now, server::Config::new()), socket));
            }
            Ok(Input::Bytes(0, bytes)) if bytes.is_empty() => client.handle_eof(now),
            Ok(Input::Bytes(0, bytes)) => _ = client.handle_input(now, &bytes),
            Ok(Input::Bytes(number, bytes)) => {
                let Some((server, _)) = clients.get_mut(&number) else { continue };
                if bytes.is_empty() {
                    server.handle_eof(now);
                } else if server.handle_input(now, &bytes) < bytes.len() {
                    // It asks for more and more and doesn't wait for answers.
                    server.close();
                }
                while let Ok(Some(event)) = server.poll_event() {
                    match event {
                        ServerEvent::Login { id, attempt } => {
                            let known = attempt.username() == options.user.as_str() && attempt.verify(&options.secret);
                            if known { server.accept(id, Classes::ALL)? } else { server.refuse(now, id)? }
                        }
                        ServerEvent::Request { id, request } => {
                            // Kept, for the server that lends it may have to be written to.
                            let of = request.frame().to_owned();
                            match relay::ask(&mut client, now, of.view()) {
                                Ok(asks) => _ = asked.insert(asks, (number, id, of)),
                                Err(error) => server.respond(id, "Error", [("Message", error.to_string())])?,
                            }
                        }
                        _ => {}
                    }
                }
            }
            Err(_) => {}
        }
        client.handle_timeout(now);
        for (server, _) in clients.values_mut() {
            server.handle_timeout(now);
        }
    }
}
