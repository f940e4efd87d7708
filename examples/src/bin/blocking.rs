//! `blocking` exists to show the whole driver with nothing but the standard library: one socket,
//! one thread, a read timeout for a clock. `Machine::exchange` does in one call what is spelled out
//! here.
//!
//! ```text
//! cargo run -p ami-examples --bin blocking -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use ami_examples::{Attempt, Options, Reaction};
use ami_proto::conn::Machine;
use clap::Parser;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (client, session) = options.start();
    session.run(client, |client, session| {
        let mut socket = TcpStream::connect(&options.address)?;
        session.log_in(client)?;
        drive(client, &mut socket, |client| session.react(client))
    })
}

/// Drives any side of a connection, of any protocol, until `react` says that all is done.
fn drive<M: Machine>(machine: &mut M, socket: &mut TcpStream, mut react: impl FnMut(&mut M) -> Reaction) -> Attempt {
    // What happened comes first, so that the machine can say what it waits for.
    while !react(machine)? {
        // What is to be sent. A write is waited for: requests are short, and Asterisk reads while
        // it writes.
        while let Some(bytes) = machine.poll_transmit() {
            let n = socket.write(bytes)?;
            machine.transmitted(n);
        }

        // What comes next: bytes, their end, or the time that the machine has asked for. A read
        // timeout of zero is none, which `read_timeout` knows.
        socket.set_read_timeout(machine.read_timeout(Instant::now()))?;
        // With all events polled there is room to read into, unless a collected list is over the
        // ceiling.
        let Some(space) = machine.space(8192) else { return Err("no room to read into".into()) };
        match socket.read(space) {
            Ok(0) => machine.handle_eof(Instant::now()),
            Ok(n) => machine.advance(Instant::now(), n),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        machine.handle_timeout(Instant::now());
    }
    Ok(())
}
