//! `tokio` exists to show the driver on `tokio`: one `select!` between the socket and the clock, and a login that keeps the secret off the wire.
//!
//! ```text
//! cargo run -p ami-examples --bin tokio -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use ami_proto::action::CoreStatus;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending, Handle};
use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let mut socket = TcpStream::connect(&options.address).await?;
    let (mut reader, mut writer) = socket.split();
    let mut client = Client::new(Config::new().keep_alive(Duration::from_secs(60), Duration::from_secs(10)));
    client.login(Instant::now(), Credentials::md5(&options.user, &options.secret))?;
    let mut session = Session { asked: None, left: options.events };
    while !session.react(&mut client)? {
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
