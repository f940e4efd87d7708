//! `smol` exists to show the driver on `smol`: a race between the socket and a timer.
//!
//! ```text
//! cargo run -p ami-examples --bin smol -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::io;
use std::time::Instant;

use ami_examples::Options;
use clap::Parser;
use smol::Timer;
use smol::future::FutureExt;
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::TcpStream;

fn main() -> Result<(), Box<dyn Error>> {
    smol::block_on(run(&Options::parse()))
}

async fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let mut reader = TcpStream::connect(&options.address).await?;
    let mut writer = reader.clone();
    let (mut client, mut session) = options.start()?;
    while !session.react(&mut client)? {
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
