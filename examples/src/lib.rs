//! What the drivers in `bin/` have in common, so that each of them shows its loop and nothing else.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use ami_proto::ConnectionError;
use ami_proto::action::CoreStatus;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending, Handle};
use ami_proto::conn::Backoff;
use clap::Parser;

/// Logs in, asks how many calls there are, prints some events and says goodbye. Where the server
/// isn't there, or goes away, it comes back once it is.
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
    /// Returns a client without a connection, and what it is for.
    pub fn start(&self) -> (Client, Session) {
        let client = Client::new(Config::new().keep_alive(Duration::from_mins(1), Duration::from_secs(10)));
        let secret = (self.user.clone(), self.secret.clone());
        (client, Session { secret, asked: None, left: self.events, backoff: Backoff::default() })
    }
}

/// How a connection ended: well where nothing is left to do.
pub type Attempt = Result<(), Box<dyn Error>>;

/// What a driver asks after each turn: whether the program has done what it came for.
pub type Reaction = Result<bool, Box<dyn Error>>;

/// What the program wants of the server; nothing in it knows of sockets.
#[expect(missing_debug_implementations, reason = "it has the password")]
pub struct Session {
    secret: (String, String),
    asked: Option<Handle<CoreStatus<'static>>>,
    left: usize,
    backoff: Backoff,
}

impl Session {
    /// Connects by `connection`, which does all of one connection, again and again until nothing is
    /// left to do.
    ///
    /// # Errors
    /// The error of a connection, where the next one would fare no better.
    pub fn run(mut self, mut client: Client, mut connection: impl FnMut(&mut Client, &mut Self) -> Attempt) -> Attempt {
        loop {
            let ended = connection(&mut client, &mut self);
            let Some(wait) = self.retry(&mut client, ended)? else { return Ok(()) };
            std::thread::sleep(wait);
        }
    }

    /// Does what [`run`](Self::run) does, on a runtime that sleeps by `sleep`.
    ///
    /// # Errors
    /// As there.
    pub async fn run_async(
        mut self,
        mut client: Client,
        mut connection: impl AsyncFnMut(&mut Client, &mut Self) -> Attempt,
        sleep: impl AsyncFn(Duration),
    ) -> Attempt {
        loop {
            let ended = connection(&mut client, &mut self).await;
            let Some(wait) = self.retry(&mut client, ended)? else { return Ok(()) };
            sleep(wait).await;
        }
    }

    /// Logs in on a connection that has just been made.
    ///
    /// # Errors
    /// Where user or secret can't be sent.
    pub fn log_in(&self, client: &mut Client) -> Attempt {
        let (user, secret) = &self.secret;
        // By challenge, which keeps the secret off the wire.
        Ok(client.login(Instant::now(), Credentials::md5(user, secret))?)
    }

    /// Makes the client ready for the next connection, where the last one could not be made or is
    /// lost; returns how long to wait for it. `None`: nothing is left to do.
    fn retry(&mut self, client: &mut Client, ended: Attempt) -> Result<Option<Duration>, Box<dyn Error>> {
        let Err(mut error) = ended else { return Ok(None) };
        let why = error.to_string();
        if error.is::<io::Error>() {
            // The socket has failed, of which the client may not know. What had come before is
            // heard first.
            client.handle_eof(Instant::now());
            match self.react(client) {
                Err(lost) => error = lost,
                Ok(_) => return Ok(None),
            }
        }
        if !error.downcast_ref::<ConnectionError>().is_some_and(|lost| lost.is_temporary()) {
            return Err(error);
        }
        client.reconnect()?;
        let wait = self.backoff.lost(Instant::now());
        eprintln!("{why}; again in {wait:.1?}");
        Ok(Some(wait))
    }

    /// Reacts to all that has happened; says whether it was the last.
    ///
    /// # Errors
    /// Where the connection is over before its time, or the server refuses.
    pub fn react(&mut self, client: &mut Client) -> Reaction {
        while let Some(event) = client.poll_event()? {
            match event {
                ClientEvent::Ready(_) => {
                    self.backoff.accepted(Instant::now());
                    self.asked = Some(client.send(Instant::now(), &CoreStatus::new())?);
                }
                ClientEvent::Ended { id, ending: Ending::Reply(response) } => {
                    if let Some(status) = self.asked.filter(|asked| *asked == id) {
                        println!("calls: {}", status.view(response).core_current_calls()?);
                    }
                }
                ClientEvent::Ended { ending: Ending::Lost(_), .. } => {}
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
