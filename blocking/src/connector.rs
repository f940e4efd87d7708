//! Whom to connect to, and how: the builder of a connection.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ami_session::client::{Client, Config, Credentials};
use ami_session::{ConnectError, Opening, Protocol, Settings, connector_settings};

use crate::Ami;
use crate::handle::Handle;
use crate::threads;
use crate::wait::wait;

/// The longest that a write to a socket takes when the server reads nothing: then it is looked
/// whether something is due, and written on.
const WRITE: Duration = Duration::from_millis(500);

/// Makes one connection to the server.
pub(crate) type Dial = dyn Fn(&str) -> io::Result<Halves> + Send + Sync;

/// A connection that is yet to be made: to whom, with which settings, and what happens when it is
/// lost. To Asterisk it is a [`Connector`], to FreeSWITCH a `freeswitch::Connector`.
///
/// ```no_run
/// use std::time::Duration;
/// use ami_blocking::conn::Backoff;
/// use ami_blocking::value::Classes;
/// use ami_blocking::{Connector, Credentials};
///
/// let ami = Connector::new("pbx.example:5038", Credentials::md5("admin", "s3cret"))
///     .events(Classes::CALL | Classes::AGENT)
///     .response_timeout(Duration::from_secs(5))
///     .reconnect(Backoff::new(Duration::from_secs(1), Duration::from_secs(60)))
///     .connect()?;
/// # drop(ami);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # After a loss
///
/// The connection is made again, after the delays of [`Backoff`](ami_proto::conn::Backoff) unless
/// [`reconnect`](Self::reconnect) has others; the login, the event mask and the filters are as they
/// were. Requests that were in flight end, and say how far they had come; those that come meanwhile
/// [wait](Self::connection_wait). Each reader of events is told. A refused login ends it for good,
/// unless time may mend the reason.
#[must_use = "nothing is connected until it is told to"]
pub struct ConnectorOf<P: Protocol> {
    settings: Settings<P>,
    transport: Option<Arc<Dial>>,
}

/// A connection to Asterisk that is yet to be made.
pub type Connector = ConnectorOf<Client>;

connector_settings!(ConnectorOf);
#[cfg(feature = "freeswitch")]
ami_session::switch_settings!(ConnectorOf);

impl Connector {
    /// Begins with the defaults, each told at its setter. The address is `host:port`, the port 5038
    /// unless configured.
    pub fn new(address: impl Into<String>, credentials: Credentials) -> Self {
        Self::with(Settings::new(address, credentials, Config::new()))
    }
}

/// Connects to a manager interface and logs in: the settings are the defaults, see [`Connector`].
/// The address is `host:port`, the port 5038 unless configured.
///
/// # Errors
/// [`ConnectError`], which has the address, where the connection can't be made or the login is
/// refused. It makes one attempt.
pub fn connect(address: impl Into<String>, credentials: Credentials) -> Result<Ami, ConnectError> {
    Connector::new(address, credentials).connect()
}

impl<P: Protocol> ConnectorOf<P> {
    pub(crate) fn with(settings: Settings<P>) -> Self {
        Self { settings, transport: None }
    }

    /// Connects by this function in place of a TCP socket: through a tunnel, say, or to a socket of
    /// the file system. It is called with the address for each attempt, in a thread of its own.
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// use std::net::Shutdown;
    /// use std::os::unix::net::UnixStream;
    /// use std::time::Duration;
    /// use ami_blocking::{Connector, Credentials, Halves};
    ///
    /// let connector = Connector::new("/run/pbx.sock", Credentials::plain("admin", "s3cret"))
    ///     .over(|path| {
    ///         let socket = UnixStream::connect(path)?;
    ///         socket.set_write_timeout(Some(Duration::from_millis(500)))?;
    ///         let (writer, ends) = (socket.try_clone()?, socket.try_clone()?);
    ///         Ok(Halves::new(socket, writer, move || _ = ends.shutdown(Shutdown::Both)))
    ///     });
    /// # drop(connector);
    /// # }
    /// ```
    pub fn over(mut self, transport: impl Fn(&str) -> io::Result<Halves> + Send + Sync + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Connects and logs in. It makes one attempt: what is attempted again is a connection that has
    /// stood.
    ///
    /// # Errors
    /// [`ConnectError`], which has the address and the reason.
    pub fn connect(self) -> Result<Handle<P>, ConnectError> {
        wait(self.spawn(false).begun()).map(Handle)
    }

    /// Starts to connect and returns at once, for programs that may be there before their server
    /// is: also the first connection is attempted again, as one that was lost.
    /// [`Handle::connected`] waits for it, and [`Handle::down`] says why there is none so far.
    pub fn start(self) -> Handle<P> {
        Handle(self.spawn(true).handle())
    }

    /// Starts the threads of the connection.
    fn spawn(self, is_patient: bool) -> Opening<P> {
        let Self { settings, transport } = self;
        let timeout = settings.timeout_to_connect();
        let dial = transport.unwrap_or_else(|| Arc::new(move |address| tcp(address, timeout)));
        let (opening, driver) = ami_session::open(settings, is_patient, Instant::now, None);
        threads::start(driver, dial);
        opening
    }
}

impl<P: Protocol> Clone for ConnectorOf<P> {
    fn clone(&self) -> Self {
        Self { settings: self.settings.clone(), transport: self.transport.clone() }
    }
}

impl<P: Protocol> fmt::Debug for ConnectorOf<P> {
    /// The address and the times, without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

/// Connects to the first of the addresses that takes the connection.
fn tcp(address: &str, timeout: Duration) -> io::Result<Halves> {
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in address.to_socket_addrs()? {
        // A timeout of zero is refused.
        match TcpStream::connect_timeout(&address, timeout.max(Duration::from_millis(1))) {
            Ok(socket) => return Halves::tcp(socket),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// The two halves of a stream, which two threads use at once: one that is read, one that is
/// written, and what shuts both down.
pub struct Halves {
    pub(crate) reader: Box<dyn Read + Send>,
    pub(crate) writer: Box<dyn Write + Send>,
    pub(crate) shutdown: Box<dyn Fn() + Send>,
}

impl Halves {
    /// Makes a stream of its halves.
    ///
    /// - A read waits until there is something; `Ok(0)` is the end.
    /// - A write that can take nothing for a while ends with `WouldBlock` or `TimedOut`, and is
    ///   tried again (`set_write_timeout`, half a second, say). Until it returns, no time is told:
    ///   requests end late, and so does [`close`](Handle::close).
    /// - `shutdown` ends a read that waits. It may be called more than once.
    pub fn new(
        reader: impl Read + Send + 'static,
        writer: impl Write + Send + 'static,
        shutdown: impl Fn() + Send + 'static,
    ) -> Self {
        Self { reader: Box::new(reader), writer: Box::new(writer), shutdown: Box::new(shutdown) }
    }

    /// Makes a stream of a TCP socket.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn tcp(socket: TcpStream) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(None)?;
        socket.set_write_timeout(Some(WRITE))?;
        let (writer, ends) = (socket.try_clone()?, socket.try_clone()?);
        Ok(Self::new(socket, writer, move || _ = ends.shutdown(Shutdown::Both)))
    }
}

impl fmt::Debug for Halves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Halves").finish_non_exhaustive()
    }
}
