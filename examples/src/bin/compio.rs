//! `compio` exists to show the driver where the kernel completes what it was asked for (`io_uring`, IOCP): buffers are given away until then.
//!
//! ```text
//! cargo run -p ami-examples --bin compio -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use ami_proto::action::CoreStatus;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending, Handle};
use clap::Parser;
use compio::BufResult;
use compio::io::{AsyncRead, AsyncWriteExt};
use compio::net::TcpStream;

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

#[compio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let socket = TcpStream::connect(&options.address).await?;
    let (reader, mut writer) = (socket.clone(), socket);
    let mut client = Client::new(Config::new().keep_alive(Duration::from_secs(60), Duration::from_secs(10)));
    client.login(Instant::now(), Credentials::plain(&options.user, &options.secret))?;
    let mut session = Session { asked: None, left: options.events };
    let mut read = Box::pin(fill(reader, Vec::with_capacity(8192)));
    while !session.react(&mut client)? {
        // A write is waited for: requests are short, and Asterisk reads while it writes.
        if let Some(bytes) = client.poll_transmit().map(<[u8]>::to_vec) {
            let sent = bytes.len();
            writer.write_all(bytes).await.0?;
            client.transmitted(sent);
        }
        // A read that was begun goes on while the clock is heeded: dropped, it could take what it has read with it.
        let wait = client.wait(Instant::now()).unwrap_or(Duration::MAX);
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
