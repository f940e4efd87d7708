//! `blocking` exists to show the whole driver with nothing but the standard library: one socket, one thread, a read timeout for a clock. `Client::exchange` does in one call what is spelled out here.
//!
//! ```text
//! cargo run -p ami-examples --bin blocking -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ami_proto::action::CoreStatus;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending};
use clap::Parser;

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
    let mut socket = TcpStream::connect(&options.address)?;
    let keep_alive = (Duration::from_secs(60), Duration::from_secs(10));
    let mut client = Client::new(Config::new().keep_alive(keep_alive.0, keep_alive.1));
    client.login(Instant::now(), Credentials::plain(&options.user, &options.secret))?;

    let mut asked = None;
    let mut left = options.events;
    loop {
        // What happened. Until there is nothing more, so that the client can say what it waits for.
        while let Some(event) = client.poll_event()? {
            match event {
                ClientEvent::Ready(_) => asked = Some(client.send(Instant::now(), &CoreStatus::new())?),
                ClientEvent::Ended { id, ending: Ending::Reply(response) } => {
                    if let Some(status) = asked.filter(|asked| *asked == id) {
                        println!("calls: {}", status.view(response).core_current_calls()?);
                    }
                }
                ClientEvent::Ended { ending, .. } => return Err(format!("no answer: {ending}").into()),
                ClientEvent::Event(event) if left > 0 => {
                    println!("event: {}", Shown(event.frame().name().unwrap_or_default()));
                    left -= 1;
                    if left == 0 {
                        client.close(Instant::now());
                    }
                }
                ClientEvent::Closed => return Ok(()),
                _ => {}
            }
        }

        // What is to be sent. A write is waited for: requests are short, and Asterisk reads while it writes.
        while let Some(bytes) = client.poll_transmit() {
            let n = socket.write(bytes)?;
            client.transmitted(n);
        }

        // What comes next: bytes, their end, or the time that the client has asked for. A read timeout of zero is none, hence the millisecond.
        let wait = client.wait(Instant::now()).map(|wait| wait.max(Duration::from_millis(1)));
        socket.set_read_timeout(wait)?;
        // With all events polled there is room to read into, unless a collected list is over the ceiling.
        let Some(space) = client.space(8192) else { return Err("no room to read into".into()) };
        match socket.read(space) {
            Ok(0) => client.handle_eof(Instant::now()),
            Ok(n) => client.advance(Instant::now(), n),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        client.handle_timeout(Instant::now());
    }
}
