//! What the drivers in `bin/` have in common, so that each of them shows its loop and nothing else.

use std::error::Error;
use std::time::{Duration, Instant};

use ami_proto::action::CoreStatus;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending, Handle};
use clap::Parser;

/// Logs in, asks how many calls there are, prints some events and says goodbye.
#[derive(Debug, Parser)]
#[expect(clippy::exhaustive_structs, reason = "clap makes it")]
pub struct Options {
    /// Where the server listens
    pub address: String,
    /// Whom to log in as
    #[arg(long, default_value = "admin")]
    pub user: String,
    /// With which password
    #[arg(long, env = "AMI_SECRET", hide_env_values = true, default_value = "s3cret", hide_default_value = true)]
    pub secret: String,
    /// Events to wait for before it ends
    #[arg(long, default_value = "3")]
    pub events: usize,
}

impl Options {
    /// Returns a client that is about to log in, and what it is for.
    ///
    /// # Errors
    /// Where user or secret can't be sent.
    pub fn start(&self) -> Result<(Client, Session), Box<dyn Error>> {
        let mut client = Client::new(Config::new().keep_alive(Duration::from_secs(60), Duration::from_secs(10)));
        // By challenge, which keeps the secret off the wire.
        client.login(Instant::now(), Credentials::md5(&self.user, &self.secret))?;
        Ok((client, Session { asked: None, left: self.events }))
    }
}

/// What the program wants of the server; nothing in it knows of sockets.
#[derive(Debug)]
pub struct Session {
    asked: Option<Handle<CoreStatus<'static>>>,
    left: usize,
}

impl Session {
    /// Reacts to all that has happened; says whether it was the last.
    ///
    /// # Errors
    /// Where the connection is over before its time, or the server refuses.
    pub fn react(&mut self, client: &mut Client) -> Result<bool, Box<dyn Error>> {
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
                    // A name of a peer's could steer the terminal.
                    let name = event.frame().name().unwrap_or_default().to_str_lossy();
                    println!("event: {}", name.escape_debug());
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
