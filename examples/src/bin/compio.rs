//! `compio` exists to show the driver where the kernel completes what it was asked for (`io_uring`,
//! IOCP): buffers are given away until then.
//!
//! ```text
//! cargo run -p ami-examples --bin compio -- 127.0.0.1:5038 --events 3
//! ```

use ami_proto::conn::Machine as _;
use std::error::Error;
use std::time::{Duration, Instant};

use ami_examples::{Options, Session};
use ami_proto::client::Client;
use clap::Parser;
use compio::BufResult;
use compio::io::{AsyncRead, AsyncWriteExt};
use compio::net::TcpStream;

#[compio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (mut client, mut session) = options.start();
    loop {
        let ended = run(&options.address, &mut client, &mut session).await;
        let Some(wait) = session.retry(&mut client, ended)? else { return Ok(()) };
        compio::time::sleep(wait).await;
    }
}

/// Does all of one connection, and ends well where nothing is left to do.
async fn run(address: &str, client: &mut Client, session: &mut Session) -> Result<(), Box<dyn Error>> {
    let socket = TcpStream::connect(address).await?;
    let (reader, mut writer) = (socket.clone(), socket);
    session.log_in(client)?;
    let mut read = Box::pin(fill(reader, Vec::with_capacity(8192)));
    while !session.react(client)? {
        // A write is waited for: requests are short, and Asterisk reads while it writes.
        if let Some(bytes) = client.poll_transmit().map(<[u8]>::to_vec) {
            let sent = bytes.len();
            writer.write_all(bytes).await.0?;
            client.transmitted(sent);
        }
        // A read that was begun goes on while the clock is heeded: dropped, it could take what it
        // has read with it.
        let wait = client.read_timeout(Instant::now()).unwrap_or(Duration::MAX);
        if let Ok((reader, BufResult(result, buffer))) = compio::time::timeout(wait, &mut read).await {
            match result? {
                0 => client.handle_eof(Instant::now()),
                n => {
                    let taken = client.handle_input(Instant::now(), &buffer);
                    assert_eq!(taken, n, "all is taken where all events have been polled and no list is collected");
                }
            }
            read = Box::pin(fill(reader, buffer));
        }
        client.handle_timeout(Instant::now());
    }
    Ok(())
}

/// Gives socket and buffer to the kernel, and gets them back filled.
async fn fill(mut reader: TcpStream, mut buffer: Vec<u8>) -> (TcpStream, BufResult<usize, Vec<u8>>) {
    buffer.clear();
    let result = reader.read(buffer).await;
    (reader, result)
}
