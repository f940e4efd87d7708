//! `http_poll` exists to show AMI over HTTP, where events are asked for: the session says what to
//! send, and the HTTP, here as little of it as will do, is the caller's.
//!
//! ```text
//! cargo run -p ami-examples --bin http_poll -- 127.0.0.1:8088 --events 3
//! ```
//!
//! Without an Asterisk at hand, try it on `cargo run -p ami-tools --features live -- mock --http`.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use ami_proto::FrameKind;
use ami_proto::conn::Backoff;
use ami_proto::http::{Credentials, Endpoint, Outcome, Session, SignedRequest};
use clap::Parser;

/// Logs in over HTTP and prints some events.
#[derive(Parser)]
struct Options {
    /// Where the web server listens
    address: String,
    /// The prefix in its `http.conf`
    #[arg(long, default_value = "")]
    prefix: String,
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
    let endpoint = Endpoint::rawman().prefix(&options.prefix);
    let mut session = Session::new(endpoint, Credentials::new(&options.user, &options.secret));
    let (mut left, mut backoff) = (options.events, Backoff::default());
    while left > 0 {
        if session.is_over() {
            return Err("login refused".into());
        }
        // What is due: the login, then one `WaitEvent` after the other.
        let Some(request) = session.poll_request(Instant::now())? else {
            let due = session.poll_timeout().ok_or("nothing is due")?;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            continue;
        };
        let answer = match send(&options.address, &request) {
            Ok(answer) => answer,
            // The server is gone. When it is back, the session finds out whether it is still known.
            Err(error) => {
                session.fail(Instant::now(), &request);
                let wait = backoff.lost(Instant::now());
                eprintln!("{error}; again in {wait:.1?}");
                std::thread::sleep(wait);
                continue;
            }
        };
        backoff.accepted(Instant::now());
        let outcome = session.handle(Instant::now(), &request, answer.status, answer.headers(), &answer.body)?;
        // Other outcomes show in what is due next.
        if let Outcome::Answer(mut body) = outcome {
            while let Some(frame) = body.next_frame()? {
                let name = frame.name().unwrap_or_default();
                if left > 0 && frame.kind() == FrameKind::Event && name != "WaitEventComplete" {
                    // A name of a peer's could steer the terminal.
                    println!("event: {}", name.to_str_lossy().escape_debug());
                    left -= 1;
                }
            }
        }
    }
    let goodbye = session.logoff()?;
    send(&options.address, &goodbye)?;
    Ok(())
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.head.lines().filter_map(|line| line.split_once(':')).map(|(name, value)| (name, value.trim()))
    }
}

/// Sends the request on a connection of its own, and reads the answer until that is closed.
/// Asterisk keeps a connection open for 15 seconds, even one of HTTP/1.0, unless asked not to.
/// A real program takes a library that speaks HTTP, and TLS.
fn send(address: &str, request: &SignedRequest) -> Result<Answer, Box<dyn Error>> {
    let mut socket = TcpStream::connect(address)?;
    let body = request.body();
    let mut head = format!(
        "{} {} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n",
        request.method().as_str(),
        request.target()
    );
    for (name, value) in request.headers() {
        write!(head, "{name}: {value}\r\n")?;
    }
    write!(head, "Content-Length: {}\r\n\r\n", body.len())?;
    socket.write_all(&[head.as_bytes(), body].concat())?;

    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes)?;
    let end = bytes.windows(4).position(|end| end == b"\r\n\r\n").ok_or("an answer without headers")?;
    let body = bytes.split_off(end + 4);
    let head = String::from_utf8(bytes)?;
    let status = head.split(' ').nth(1).ok_or("an answer without a status")?.parse()?;
    Ok(Answer { status, head, body })
}
