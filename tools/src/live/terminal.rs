//! Where the tools meet the outside: connections, standard output, and why one has ended.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ami_proto::ConnectionError;
use ami_proto::client::Client;
use ami_proto::conn::{Backoff, Machine};

use crate::shown::Shown;

/// Connects to a server. The error names its address.
pub(crate) fn connect(address: &str) -> Result<TcpStream, Box<dyn Error>> {
    TcpStream::connect(address).map_err(|error| at(address, &error))
}

/// Does one turn of a driver over a blocking socket: writes what waits, and reads until bytes come
/// or something is due. Poll events before it.
pub(crate) fn turn(machine: &mut impl Machine, socket: &mut TcpStream) -> io::Result<()> {
    socket.set_read_timeout(machine.read_timeout(Instant::now()))?;
    machine.exchange(socket, Instant::now).map(drop)
}

/// Makes a client ready for the next connection, where the last one is lost, by this error or in a
/// way that the client knows; returns how long to wait before that is made. Poll events before it.
///
/// # Errors
/// The error, where the next connection would fare no better.
pub(crate) fn retry(
    client: &mut Client,
    backoff: &mut Backoff,
    error: Box<dyn Error>,
) -> Result<Duration, Box<dyn Error>> {
    let now = Instant::now();
    // The socket may have failed, of which the client doesn't know.
    client.handle_eof(now);
    while client.poll_event().is_ok_and(|event| event.is_some()) {}
    if !client.poll_event().is_err_and(ConnectionError::is_temporary) {
        return Err(error);
    }
    client.reconnect()?;
    Ok(backoff.lost(now))
}

/// Returns an error with the place where it happened.
pub(crate) fn at(place: impl Display, error: &dyn Display) -> Box<dyn Error> {
    format!("{place}: {error}").into()
}

/// Prints a line, see [`write`].
pub(crate) fn say(line: impl Display) -> Result<(), Box<dyn Error>> {
    write(format_args!("{line}\n"))
}

/// Prints a text. That it can't be printed is an error, which names standard output.
pub(crate) fn write(text: impl Display) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    write!(out, "{text}").and_then(|()| out.flush()).map_err(|error| at("standard output", &error))
}

/// Tells on standard error why a tool has failed.
pub(crate) fn complain(tool: &str, error: &dyn Error) {
    // If this fails there is no place left to say so.
    let _ = writeln!(io::stderr(), "{tool}: {:.1000}", Shown(error.to_string()));
}
