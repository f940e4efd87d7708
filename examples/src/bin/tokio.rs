//! `tokio` exists to show the driver on `tokio`: one `select!` between the socket and the clock.
//!
//! ```text
//! cargo run -p ami-examples --bin tokio -- 127.0.0.1:5038 --events 3
//! ```

use std::collections::VecDeque;
use std::error::Error;
use std::time::Instant;

use ami_examples::{Attempt, Options, Reaction, Session};
use ami_proto::client::Client;
use ami_proto::conn::Machine;
use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (client, session) = options.start();
    let connection = async |client: &mut Client, session: &mut Session| {
        let mut socket = TcpStream::connect(&options.address).await?;
        session.log_in(client)?;
        drive(client, &mut socket, |client| session.react(client)).await
    };
    session.run_async(client, connection, tokio::time::sleep).await
}

/// Drives any side of a connection, of any protocol, until `react` says that all is done.
async fn drive<M: Machine>(
    machine: &mut M,
    socket: &mut TcpStream,
    mut react: impl FnMut(&mut M) -> Reaction,
) -> Attempt {
    let (mut reader, mut writer) = socket.split();
    let mut out = VecDeque::new();
    while !react(machine)? {
        // What is still on its way counts against the machine's ceiling as long as it stays there.
        if out.is_empty() {
            machine.transmit_into(&mut out)?;
        }
        let due = machine.poll_timeout();
        let read = async {
            match machine.space(8192) {
                Some(space) => reader.read(space).await,
                // Nothing is read while there is no room.
                None => std::future::pending().await,
            }
        };
        let clock = async {
            if let Some(due) = due { tokio::time::sleep_until(due.into()).await } else { std::future::pending().await }
        };
        // All can be dropped half-way: nothing has been written or read then.
        tokio::select! {
            sent = writer.write_buf(&mut out), if !out.is_empty() => { sent?; }
            read = read => match read? {
                0 => machine.handle_eof(Instant::now()),
                n => machine.advance(Instant::now(), n),
            },
            () = clock => machine.handle_timeout(Instant::now()),
        }
    }
    Ok(())
}
