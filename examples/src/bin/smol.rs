//! `smol` exists to show the driver on `smol`: a race between the socket and a timer.
//!
//! ```text
//! cargo run -p ami-examples --bin smol -- 127.0.0.1:5038 --events 3
//! ```

use std::collections::VecDeque;
use std::error::Error;
use std::io;
use std::time::Instant;

use ami_examples::{Attempt, Options, Reaction, Session};
use ami_proto::client::Client;
use ami_proto::conn::Machine;
use clap::Parser;
use smol::Timer;
use smol::future::FutureExt;
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::TcpStream;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (client, session) = options.start();
    let connection = async |client: &mut Client, session: &mut Session| {
        let socket = TcpStream::connect(&options.address).await?;
        session.log_in(client)?;
        drive(client, socket, |client| session.react(client)).await
    };
    smol::block_on(session.run_async(client, connection, async |wait| _ = Timer::after(wait).await))
}

/// Drives any side of a connection, of any protocol, until `react` says that all is done.
async fn drive<M: Machine>(
    machine: &mut M,
    mut reader: TcpStream,
    mut react: impl FnMut(&mut M) -> Reaction,
) -> Attempt {
    let mut writer = reader.clone();
    let mut out = VecDeque::new();
    while !react(machine)? {
        // What is still on its way counts against the machine's ceiling as long as it stays there.
        if out.is_empty() {
            machine.transmit_into(&mut out)?;
        }
        // Whichever comes first; the others are dropped, which loses nothing.
        let timer = machine.poll_timeout().map_or_else(Timer::never, Timer::at);
        let write = async {
            match out.as_slices().0 {
                [] => smol::future::pending().await,
                bytes => writer.write(bytes).await.map(Moved::Out),
            }
        };
        let read = async {
            match machine.space(8192) {
                Some(space) => reader.read(space).await.map(Moved::In),
                None => smol::future::pending().await,
            }
        };
        let clock = async {
            timer.await;
            Ok::<_, io::Error>(Moved::Nothing)
        };
        match write.or(read).or(clock).await? {
            Moved::Out(n) => drop(out.drain(..n)),
            Moved::In(0) => machine.handle_eof(Instant::now()),
            Moved::In(n) => machine.advance(Instant::now(), n),
            Moved::Nothing => {}
        }
        machine.handle_timeout(Instant::now());
    }
    Ok(())
}

/// What came first: so many bytes out or in, or the time.
enum Moved {
    Out(usize),
    In(usize),
    Nothing,
}
