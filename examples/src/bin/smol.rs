//! `smol` exists to show the driver on `smol`: a race between the socket and a timer.
//!
//! ```text
//! cargo run -p ami-examples --bin smol -- 127.0.0.1:5038 --events 3
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

#[path = "shown.rs"]
mod shown;
use shown::Shown;

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
    let mut reader = TcpStream::connect(&options.address).await?;
    let mut writer = reader.clone();
    let mut client = Client::new(Config::new().keep_alive(Duration::from_secs(60), Duration::from_secs(10)));
    client.login(Instant::now(), Credentials::plain(&options.user, &options.secret))?;
    let mut session = Session { asked: None, left: options.events };
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
                ClientEvent::Ended { ending, .. } => return Err(format!("no answer: {ending}").into()),
                ClientEvent::Event(event) if self.left > 0 => {
                    println!("event: {}", Shown(event.frame().name().unwrap_or_default()));
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
