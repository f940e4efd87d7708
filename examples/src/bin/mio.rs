//! `mio` exists to show the driver on readiness alone: one poll, and no runtime.
//!
//! ```text
//! cargo run -p ami-examples --bin mio -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::io::ErrorKind;
use std::time::Instant;

use ami_examples::{Attempt, Options, Reaction};
use ami_proto::conn::Machine;
use clap::Parser;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (client, session) = options.start();
    session.run(client, |client, session| {
        let socket = std::net::TcpStream::connect(&options.address)?;
        socket.set_nonblocking(true)?;
        session.log_in(client)?;
        drive(client, TcpStream::from_std(socket), |client| session.react(client))
    })
}

/// Drives any side of a connection, of any protocol, until `react` says that all is done.
fn drive<M: Machine>(machine: &mut M, mut socket: TcpStream, mut react: impl FnMut(&mut M) -> Reaction) -> Attempt {
    let mut poll = Poll::new()?;
    poll.registry().register(&mut socket, Token(0), Interest::READABLE | Interest::WRITABLE)?;
    let mut ready = Events::with_capacity(1);
    while !react(machine)? {
        // The socket tells once that it is ready, so both ways go on until it isn't.
        if !machine.exchange(&mut socket, Instant::now)? {
            match poll.poll(&mut ready, machine.read_timeout(Instant::now())) {
                Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error.into()),
                _ => {}
            }
        }
    }
    Ok(())
}
