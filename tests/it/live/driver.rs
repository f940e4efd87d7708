//! A driver for a client over a blocking socket: all that `client::Client` leaves to whoever embeds
//! it.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use ami_proto::ConnectionError;
use ami_proto::client::{Client, ClientEvent};

/// A client and its socket.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) client: Client,
    stream: TcpStream,
}

impl Driver {
    /// Connects. The login is for the caller to start.
    pub(crate) fn connect(client: Client, address: SocketAddr) -> std::io::Result<Self> {
        Ok(Self { client, stream: open(address)? })
    }

    /// Breaks the connection off, as a network does.
    pub(crate) fn cut(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }

    /// The next connection for a client that has been told to `reconnect`.
    pub(crate) fn connect_again(&mut self, address: SocketAddr) -> std::io::Result<()> {
        self.stream = open(address)?;
        Ok(())
    }

    /// Transmits, sleeps until something arrives or is due, at most until `until`, and tells what
    /// happened.
    pub(crate) fn turn(
        &mut self,
        until: Instant,
        mut on_event: impl FnMut(ClientEvent<'_>),
    ) -> Result<(), ConnectionError> {
        while let Some(bytes) = self.client.poll_transmit() {
            match self.stream.write(bytes) {
                Ok(n) => self.client.transmitted(n),
                // The server doesn't read: perhaps because it waits for us to do so.
                Err(error) if is_temporary(&error) => break,
                Err(_) => {
                    self.client.handle_eof(Instant::now());
                    break;
                }
            }
        }
        let until = self.client.poll_timeout().map_or(until, |due| due.min(until));
        let wait = until.saturating_duration_since(Instant::now());
        let wait = if self.client.poll_transmit().is_some() { wait.min(WRITE_PATIENCE) } else { wait };
        // Zero would mean for ever.
        let _ = self.stream.set_read_timeout(Some(wait.max(Duration::from_millis(1))));
        if let Some(space) = self.client.space(1 << 16) {
            match self.stream.read(space) {
                Ok(0) => self.client.handle_eof(Instant::now()),
                Ok(n) => self.client.advance(Instant::now(), n),
                Err(error) if is_temporary(&error) => {}
                Err(_) => self.client.handle_eof(Instant::now()),
            }
        }
        self.client.handle_timeout(Instant::now());
        while let Some(event) = self.client.poll_event()? {
            on_event(event);
        }
        Ok(())
    }
}

/// How long a write may block before it is time to read.
const WRITE_PATIENCE: Duration = Duration::from_millis(50);

fn open(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(WRITE_PATIENCE))?;
    Ok(stream)
}

fn is_temporary(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
