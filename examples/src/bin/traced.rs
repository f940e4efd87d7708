//! `traced` exists to show the log of a connection: each frame, each change of the stage and each
//! limit as a line, with secrets masked. The hook of the client hands them to `tracing`, whose
//! filter decides by their kinds; a line that is left out is never made.
//!
//! ```text
//! cargo run -p ami-examples --bin traced -- 127.0.0.1:5038 --events 3
//! ```

use std::error::Error;
use std::net::TcpStream;
use std::time::Instant;

use ami_examples::Options;
use ami_proto::conn::{Machine as _, Trace};
use clap::Parser;
use tracing::{Level, debug, info, warn};

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(Level::DEBUG).init();
    let (client, session) = options.start();
    let peer = options.address.clone();
    let client = client.traced(move |trace| match trace {
        Trace::Limit(_) => warn!(%peer, "{trace}"),
        Trace::Stage { .. } => info!(%peer, "{trace}"),
        _ => debug!(%peer, "{trace}"),
    });
    session.run(client, |client, session| {
        let mut socket = TcpStream::connect(&options.address)?;
        session.log_in(client)?;
        while !session.react(client)? {
            socket.set_read_timeout(client.read_timeout(Instant::now()))?;
            client.exchange(&mut socket, Instant::now)?;
        }
        Ok(())
    })
}
