//! `blocking` exists to show the whole driver with nothing but the standard library: one socket,
//! one thread, a read timeout for a clock. `Client::exchange` does in one call what is spelled out
//! here.
//!
//! ```text
//! cargo run -p ami-examples --bin blocking -- 127.0.0.1:5038 --events 3
//! ```

use ami_proto::conn::Machine as _;
use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Instant;

use ami_examples::{Options, Session};
use ami_proto::client::Client;
use clap::Parser;

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
    let mut socket = TcpStream::connect(address)?;
    session.log_in(client)?;
    // What happened comes first, so that the client can say what it waits for.
    while !session.react(client)? {
        // What is to be sent. A write is waited for: requests are short, and Asterisk reads while
        // it writes.
        while let Some(bytes) = client.poll_transmit() {
            let n = socket.write(bytes)?;
            client.transmitted(n);
        }

        // What comes next: bytes, their end, or the time that the client has asked for. A read
        // timeout of zero is none, hence the millisecond.
        let wait = client.read_timeout(Instant::now());
        socket.set_read_timeout(wait)?;
        // With all events polled there is room to read into, unless a collected list is over the
        // ceiling.
        let Some(space) = client.space(8192) else { return Err("no room to read into".into()) };
        match socket.read(space) {
            Ok(0) => client.handle_eof(Instant::now()),
            Ok(n) => client.advance(Instant::now(), n),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        client.handle_timeout(Instant::now());
    }
    Ok(())
}
