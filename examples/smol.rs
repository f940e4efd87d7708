//! `smol` exists to show the driver on `smol`: a race between the socket and a timer.
//!
//! ```text
//! cargo run --example smol -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use ami_proto::action::CoreStatus;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending, Handle};
use clap::Parser;
use smol::Timer;
use smol::future::FutureExt;
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::TcpStream;

/// Logs in, asks how many calls there are, prints some events and says goodbye.
#[derive(Parser)]
struct Options {
    /// Where the server listens
    address: String,
    #[arg(long, default_value = "admin")]
    user: String,
    #[arg(long, env = "AMI_SECRET", hide_env_values = true, default_value = "s3cret", hide_default_value = true)]
    secret: String,
    /// Events to wait for before it ends
    #[arg(long, default_value = "3")]
    events: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    smol::block_on(run(&Options::parse()))
}

async fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let mut socket = TcpStream::connect(&options.address).await?;
    let mut client = Client::new(Config::new().keep_alive(Duration::from_secs(60), Duration::from_secs(10)));
    client.login(Instant::now(), Credentials::plain(&options.user, &options.secret))?;
    let mut session = Session { asked: None, left: options.events };
    while !session.react(&mut client)? {
        while let Some(bytes) = client.poll_transmit() {
            let n = socket.write(bytes).await?;
            client.transmitted(n);
        }
        // Whichever comes first; the other is dropped, which loses nothing.
        let mut timer = client.poll_timeout().map_or_else(Timer::never, Timer::at);
        let clock = async {
            (&mut timer).await;
            Ok::<_, io::Error>(None)
        };
        let read = async { socket.read(client.space(8192)).await.map(Some) }.or(clock).await?;
        match read {
            Some(0) => client.handle_eof(Instant::now()),
            Some(n) => client.advance(Instant::now(), n),
            None => {}
        }
        client.handle_timeout(Instant::now());
    }
    Ok(())
}

/// What the program wants of the server; nothing in it knows of sockets.
struct Session {
    asked: Option<Handle<CoreStatus<'static>>>,
    left: usize,
}

impl Session {
    /// Reacts to all that has happened; says whether it was the last.
    fn react(&mut self, client: &mut Client) -> Result<bool, Box<dyn Error>> {
        while let Some(event) = client.poll_event()? {
            match event {
                ClientEvent::Ready(_) => self.asked = Some(client.send(Instant::now(), &CoreStatus::new())?),
                ClientEvent::Ended { id, ending: Ending::Reply(response) } => {
                    if let Some(status) = self.asked.filter(|asked| *asked == id) {
                        println!("calls: {}", status.view(response).core_current_calls()?);
                    }
                }
                ClientEvent::Ended { ending, .. } => return Err(format!("no answer: {ending:?}").into()),
                ClientEvent::Event(event) if self.left > 0 => {
                    println!("event: {}", event.frame().name().unwrap_or_default());
                    self.left -= 1;
                    if self.left == 0 {
                        client.close(Instant::now());
                    }
                }
                ClientEvent::Closed => return Ok(true),
                _ => {}
            }
        }
        Ok(false)
    }
}
