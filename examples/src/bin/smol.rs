//! `smol` exists to show the driver on `smol`: a race between the socket and a timer.
//!
//! ```text
//! cargo run -p ami-examples --bin smol -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::io;
use std::time::Instant;

use ami_examples::{Options, Session};
use ami_proto::client::Client;
use clap::Parser;
use smol::Timer;
use smol::future::FutureExt;
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::TcpStream;

fn main() -> Result<(), Box<dyn Error>> {
    smol::block_on(async {
        let options = Options::parse();
        let (mut client, mut session) = options.start();
        loop {
            let ended = run(&options.address, &mut client, &mut session).await;
            let Some(wait) = session.retry(&mut client, ended)? else { return Ok(()) };
            Timer::after(wait).await;
        }
    })
}

/// Does all of one connection, and ends well where nothing is left to do.
async fn run(address: &str, client: &mut Client, session: &mut Session) -> Result<(), Box<dyn Error>> {
    let mut reader = TcpStream::connect(address).await?;
    let mut writer = reader.clone();
    session.log_in(client)?;
    while !session.react(client)? {
        // Whichever comes first; the others are dropped, which loses nothing.
        let waiting = client.poll_transmit().map(<[u8]>::to_vec);
        let timer = client.poll_timeout().map_or_else(Timer::never, Timer::at);
        let write = async {
            match &waiting {
                Some(bytes) => writer.write(bytes).await.map(Moved::Out),
                None => smol::future::pending().await,
            }
        };
        let read = async {
            match client.space(8192) {
                Some(space) => reader.read(space).await.map(Moved::In),
                None => smol::future::pending().await,
            }
        };
        let clock = async {
            timer.await;
            Ok::<_, io::Error>(Moved::Nothing)
        };
        match write.or(read).or(clock).await? {
            Moved::Out(n) => client.transmitted(n),
            Moved::In(0) => client.handle_eof(Instant::now()),
            Moved::In(n) => client.advance(Instant::now(), n),
            Moved::Nothing => {}
        }
        client.handle_timeout(Instant::now());
    }
    Ok(())
}

/// What came first: so many bytes out or in, or the time.
enum Moved {
    Out(usize),
    In(usize),
    Nothing,
}
