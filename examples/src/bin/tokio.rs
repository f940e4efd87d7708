//! `tokio` exists to show the driver on `tokio`: one `select!` between the socket and the clock.
//!
//! ```text
//! cargo run -p ami-examples --bin tokio -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::time::Instant;

use ami_examples::{Options, Session};
use ami_proto::client::Client;
use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (mut client, mut session) = options.start();
    loop {
        let ended = run(&options.address, &mut client, &mut session).await;
        let Some(wait) = session.retry(&mut client, ended)? else { return Ok(()) };
        tokio::time::sleep(wait).await;
    }
}

/// Does all of one connection, and ends well where nothing is left to do.
async fn run(address: &str, client: &mut Client, session: &mut Session) -> Result<(), Box<dyn Error>> {
    let mut socket = TcpStream::connect(address).await?;
    let (mut reader, mut writer) = socket.split();
    session.log_in(client)?;
    while !session.react(client)? {
        let waiting = client.poll_transmit().map(<[u8]>::to_vec);
        let due = client.poll_timeout();
        let read = async {
            match client.space(8192) {
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
            sent = writer.write(waiting.as_deref().unwrap_or_default()), if waiting.is_some() => client.transmitted(sent?),
            read = read => match read? {
                0 => client.handle_eof(Instant::now()),
                n => client.advance(Instant::now(), n),
            },
            () = clock => client.handle_timeout(Instant::now()),
        }
    }
    Ok(())
}
