//! `mio` exists to show the driver on readiness alone: one poll, and no runtime.
//!
//! ```text
//! cargo run -p ami-examples --bin mio -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use ami_proto::action::CoreStatus;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending, Handle};
use clap::Parser;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

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
    let options = Options::parse();
    let socket = std::net::TcpStream::connect(&options.address)?;
    socket.set_nonblocking(true)?;
    let mut socket = TcpStream::from_std(socket);
    let mut poll = Poll::new()?;
    poll.registry().register(&mut socket, Token(0), Interest::READABLE | Interest::WRITABLE)?;
    let mut ready = Events::with_capacity(1);
    let mut client = Client::new(Config::new().keep_alive(Duration::from_secs(60), Duration::from_secs(10)));
    client.login(Instant::now(), Credentials::plain(&options.user, &options.secret))?;
    let mut session = Session { asked: None, left: options.events };
    while !session.react(&mut client)? {
        // The socket tells once that it is ready, so both ways go on until it isn't.
        if !client.exchange(&mut socket, Instant::now)? {
            match poll.poll(&mut ready, client.wait(Instant::now())) {
                Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error.into()),
                _ => {}
            }
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
