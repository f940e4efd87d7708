//! Whom to connect to, and how: the builder of a connection.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ami_proto::conn::Backoff;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::driver::Driver;
use crate::error::{ConnectError, Reason};
use crate::handle::Handle;
use crate::hold::Hold;
use crate::protocol::{HIDDEN, Protocol};
use crate::shared::{Over, Shared};
use crate::wire::Io;

/// Makes one connection to the server.
pub(crate) struct Dial(pub(crate) Box<dyn Fn() -> Dialled + Send + Sync>);

type Dialled = Pin<Box<dyn Future<Output = Result<Box<dyn Io>, ConnectError>> + Send>>;

type Stream = Pin<Box<dyn Future<Output = io::Result<Box<dyn Io>>> + Send>>;

/// The way to the server, below what makes of it an attempt with a limit.
type Transport = dyn Fn(&str) -> Stream + Send + Sync;

/// The delays between attempts after a loss.
#[derive(Clone, Debug)]
enum Delays {
    /// The default, drawn anew for each connection: clones of a connector don't come back together.
    Default,
    /// Those of the program. `None`: no more attempts.
    Set(Option<Backoff>),
}

/// A connection that is yet to be made: to whom, with which settings, and what happens when it is
/// lost. To Asterisk it is a [`Connector`](crate::Connector), to FreeSWITCH a
/// `freeswitch::Connector`.
///
/// ```no_run
/// use std::time::Duration;
/// use ami_tokio::conn::Backoff;
/// use ami_tokio::value::Classes;
/// use ami_tokio::{Connector, Credentials};
///
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// let ami = Connector::new("pbx.example:5038", Credentials::md5("admin", "s3cret"))
///     .events(Classes::CALL | Classes::AGENT)
///     .response_timeout(Duration::from_secs(5))
///     .reconnect(Backoff::new(Duration::from_secs(1), Duration::from_secs(60)))
///     .connect()
///     .await?;
/// # drop(ami);
/// # Ok(())
/// # }
/// ```
///
/// # After a loss
///
/// The connection is made again, after the delays of [`Backoff::default`] unless
/// [`reconnect`](Self::reconnect) has others; the login, the event mask and the filters are as they
/// were. Requests that were in flight end, and say how far they had come; those that come meanwhile
/// [wait](Self::connection_wait). Each stream of events is told. A refused login ends it for good,
/// unless time may mend the reason.
#[must_use = "nothing is connected until it is told to"]
pub struct ConnectorOf<P: Protocol> {
    pub(crate) address: Box<str>,
    pub(crate) credentials: P::Credentials,
    pub(crate) config: Arc<P::Config>,
    transport: Arc<Transport>,
    delays: Delays,
    connect_timeout: Duration,
    wait: Duration,
}

impl<P: Protocol> ConnectorOf<P> {
    pub(crate) fn with(address: String, credentials: P::Credentials, config: Arc<P::Config>) -> Self {
        Self {
            address: address.into(),
            credentials,
            config,
            transport: Arc::new(|address| {
                let address = address.to_owned();
                Box::pin(async move {
                    let socket = TcpStream::connect(address).await?;
                    socket.set_nodelay(true)?;
                    Ok(Box::new(socket) as Box<dyn Io>)
                })
            }),
            delays: Delays::Default,
            connect_timeout: Duration::from_secs(10),
            wait: Duration::from_secs(30),
        }
    }

    /// Sets all settings of the state machine at once. Where thousands of connections have the same
    /// ones, give each a clone of one `Arc`.
    pub fn config(mut self, config: impl Into<Arc<P::Config>>) -> Self {
        self.config = config.into();
        self
    }

    /// Connects by this function in place of a TCP socket: through a tunnel, say, or in memory. It
    /// is called with the address for each attempt.
    ///
    /// ```
    /// use ami_tokio::{Connector, Credentials};
    ///
    /// let connector = Connector::new("/run/pbx.sock", Credentials::plain("admin", "s3cret"))
    ///     .over(|path| tokio::net::UnixStream::connect(path));
    /// # drop(connector);
    /// ```
    pub fn over<S, F>(mut self, transport: impl Fn(String) -> F + Send + Sync + 'static) -> Self
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
        F: Future<Output = io::Result<S>> + Send + 'static,
    {
        self.transport = Arc::new(move |address| {
            let stream = transport(address.to_owned());
            Box::pin(async move { Ok(Box::new(stream.await?) as Box<dyn Io>) })
        });
        self
    }

    /// Speaks TLS with the server, by this configuration of rustls; the name is the one that its
    /// certificate has to be for. Below it is what was set before: the TCP socket, or
    /// [`over`](Self::over).
    #[cfg(feature = "tls")]
    pub fn tls(
        mut self,
        config: Arc<tokio_rustls::rustls::ClientConfig>,
        server_name: tokio_rustls::rustls::pki_types::ServerName<'static>,
    ) -> Self {
        let below = self.transport;
        let tls = tokio_rustls::TlsConnector::from(config);
        self.transport = Arc::new(move |address| {
            let (stream, tls, name) = (below(address), tls.clone(), server_name.clone());
            Box::pin(async move { Ok(Box::new(tls.connect(name, stream.await?).await?) as Box<dyn Io>) })
        });
        self
    }

    /// Sets how long the socket, and TLS over it, may take to be made. Default 10 s. What comes
    /// after it is for the login's own timeout.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how long a request waits for a connection while there is none. Default 30 s. Then it
    /// ends with [`Error::NotConnected`](crate::Error::NotConnected), and was not sent.
    pub fn connection_wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Sets the delays between attempts after a loss; `None`: a connection that is lost is lost for
    /// good. Default: [`Backoff::default`], drawn anew for each connection. Clones of a connector
    /// share what is set here: many of them, lost at once, come back at once unless each is given
    /// its own.
    pub fn reconnect(mut self, backoff: impl Into<Option<Backoff>>) -> Self {
        self.delays = Delays::Set(backoff.into());
        self
    }

    pub(crate) fn configured(mut self, change: impl FnOnce(P::Config) -> P::Config) -> Self {
        self.config = Arc::new(change(P::Config::clone(&self.config)));
        self
    }

    /// Connects and logs in. It makes one attempt: what is attempted again is a connection that has
    /// stood.
    ///
    /// # Errors
    /// [`ConnectError`], which has the address and the reason.
    ///
    /// # Panics
    /// Outside of a tokio runtime. What is returned can be used anywhere.
    pub async fn connect(self) -> Result<Handle<P>, ConnectError> {
        let hold = self.spawn(false);
        hold.until(|state| match state.over() {
            Some(Over::Lost(error)) => Some(Err(error.clone())),
            Some(Over::Closed) => Some(Err(hold.lost(Reason::Closed))),
            None => state.has_begun().then_some(Ok(())),
        })
        .await?;
        Ok(Handle::new(hold))
    }

    /// Starts to connect and returns at once, for programs that may be there before their server
    /// is: also the first connection is attempted again, as one that was lost.
    /// [`Handle::connected`] waits for it, and [`Handle::down`] says why there is none so far.
    ///
    /// # Panics
    /// Outside of a tokio runtime. What is returned can be used anywhere.
    pub fn start(self) -> Handle<P> {
        Handle::new(self.spawn(true))
    }

    /// Starts the task of the connection.
    fn spawn(self, is_patient: bool) -> Hold<P> {
        let Self { address, credentials, config, transport, delays, connect_timeout, wait } = self;
        let backoff = match delays {
            Delays::Default => Some(Backoff::default()),
            Delays::Set(backoff) => backoff,
        };
        let trace = crate::trace::Span::new(&address);
        let machine = P::start(config, trace.hook(), HIDDEN);
        let shared = Shared::new(machine, wait, &address, tokio::runtime::Handle::current());
        let dial = Dial(Box::new(move || {
            let (address, stream) = (address.clone(), transport(&address));
            Box::pin(async move {
                let failed = match tokio::time::timeout(connect_timeout, stream).await {
                    Ok(Ok(stream)) => return Ok(stream),
                    Ok(Err(error)) => Reason::Connect(error),
                    Err(_) => Reason::ConnectTimedOut(connect_timeout),
                };
                Err(ConnectError::new(&address, failed))
            })
        }));
        let hold = Hold::new(&shared);
        let driver = Driver { shared, dial, credentials, backoff, is_patient };
        tokio::spawn(trace.around(driver.run()));
        hold
    }
}

impl<P: Protocol> Clone for ConnectorOf<P> {
    fn clone(&self) -> Self {
        Self {
            address: self.address.clone(),
            credentials: self.credentials.clone(),
            config: Arc::clone(&self.config),
            transport: Arc::clone(&self.transport),
            delays: self.delays.clone(),
            ..*self
        }
    }
}

impl<P: Protocol> fmt::Debug for ConnectorOf<P> {
    /// The address and the times, without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("address", &self.address)
            .field("reconnect", &self.delays)
            .field("connect_timeout", &self.connect_timeout)
            .field("connection_wait", &self.wait)
            .finish_non_exhaustive()
    }
}
