//! `compio` exists to show the driver where the kernel completes what it was asked for (`io_uring`,
//! IOCP): buffers are given away until then.
//!
//! ```text
//! cargo run -p ami-examples --bin compio -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use ami_examples::{Attempt, Options, Reaction, Session};
use ami_proto::client::Client;
use ami_proto::conn::Machine;
use clap::Parser;
use compio::BufResult;
use compio::io::{AsyncRead, AsyncWriteExt};
use compio::net::TcpStream;

#[compio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (client, session) = options.start();
    let connection = async |client: &mut Client, session: &mut Session| {
        let socket = TcpStream::connect(&options.address).await?;
        session.log_in(client)?;
        drive(client, socket, |client| session.react(client)).await
    };
    session.run_async(client, connection, compio::time::sleep).await
}

/// Drives any side of a connection, of any protocol, until `react` says that all is done.
async fn drive<M: Machine>(machine: &mut M, socket: TcpStream, mut react: impl FnMut(&mut M) -> Reaction) -> Attempt {
    let (reader, mut writer) = (socket.clone(), socket);
    let mut out = Vec::new();
    let mut read = Box::pin(fill(reader, Vec::with_capacity(8192)));
    while !react(machine)? {
        // A write is waited for: requests are short, and Asterisk reads while it writes.
        if machine.transmit_into(&mut out)? > 0 {
            let BufResult(written, buffer) = writer.write_all(out).await;
            written?;
            out = buffer;
            out.clear();
        }
        // A read that was begun goes on while the clock is heeded: dropped, it could take what it
        // has read with it.
        let wait = machine.read_timeout(Instant::now()).unwrap_or(Duration::MAX);
        if let Ok((reader, BufResult(result, buffer))) = compio::time::timeout(wait, &mut read).await {
            match result? {
                0 => machine.handle_eof(Instant::now()),
                n => {
                    let taken = machine.handle_input(Instant::now(), &buffer);
                    assert_eq!(taken, n, "all is taken where all events have been polled and no list is collected");
                }
            }
            read = Box::pin(fill(reader, buffer));
        }
        machine.handle_timeout(Instant::now());
    }
    Ok(())
}

/// Gives socket and buffer to the kernel, and gets them back filled.
async fn fill(mut reader: TcpStream, mut buffer: Vec<u8>) -> (TcpStream, BufResult<usize, Vec<u8>>) {
    buffer.clear();
    let result = reader.read(buffer).await;
    (reader, result)
}
