//! `mio` exists to show the driver on readiness alone: one poll, and no runtime.
//!
//! ```text
//! cargo run -p ami-examples --bin mio -- 127.0.0.1:5038 --events 3
//! ```

use ami_proto::conn::Machine as _;
use std::error::Error;
use std::io::ErrorKind;
use std::thread::sleep;
use std::time::Instant;

use ami_examples::{Options, Session};
use ami_proto::client::Client;
use clap::Parser;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (mut client, mut session) = options.start();
    loop {
        let ended = run(&options.address, &mut client, &mut session);
        let Some(wait) = session.retry(&mut client, ended)? else { return Ok(()) };
        sleep(wait);
    }
}

/// Does all of one connection, and ends well where nothing is left to do.
fn run(address: &str, client: &mut Client, session: &mut Session) -> Result<(), Box<dyn Error>> {
    let socket = std::net::TcpStream::connect(address)?;
    socket.set_nonblocking(true)?;
    let mut socket = TcpStream::from_std(socket);
    let mut poll = Poll::new()?;
    poll.registry().register(&mut socket, Token(0), Interest::READABLE | Interest::WRITABLE)?;
    let mut ready = Events::with_capacity(1);
    session.log_in(client)?;
    while !session.react(client)? {
        // The socket tells once that it is ready, so both ways go on until it isn't.
        if !client.exchange(&mut socket, Instant::now)? {
            match poll.poll(&mut ready, client.read_timeout(Instant::now())) {
                Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error.into()),
                _ => {}
            }
        }
    }
    Ok(())
}
