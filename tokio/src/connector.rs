//! Whom to connect to, and how: the builder of a connection.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use ami_session::{ConnectError, Handle, Opening, Protocol, Reason, Settings, connector_settings};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::client::{Client, Config};
use crate::driver::{Task, now};
use crate::wire::Io;
use crate::{Ami, Credentials};

/// Makes one connection to the server.
pub(crate) struct Dial(pub(crate) Box<dyn Fn() -> Dialled + Send + Sync>);

pub(crate) type Dialled = Pin<Box<dyn Future<Output = Result<Box<dyn Io>, Reason>> + Send>>;

type Stream = Pin<Box<dyn Future<Output = io::Result<Box<dyn Io>>> + Send>>;

/// The way to the server.
type Transport = dyn Fn(&str) -> Stream + Send + Sync;

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
/// The connection is made again, after the delays of [`Backoff::default`](ami_proto::conn::Backoff)
/// unless [`reconnect`](Self::reconnect) has others; the login, the event mask and the filters are
/// as they were. Requests that were in flight end, and say how far they had come; those that come
/// meanwhile [wait](Self::connection_wait). Each stream of events is told. A refused login ends it
/// for good, unless time may mend the reason.
#[must_use = "nothing is connected until it is told to"]
pub struct ConnectorOf<P: Protocol> {
    settings: Settings<P>,
    transport: Arc<Transport>,
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
pub async fn connect(address: impl Into<String>, credentials: Credentials) -> Result<Ami, ConnectError> {
    Connector::new(address, credentials).connect().await
}

impl<P: Protocol> ConnectorOf<P> {
    pub(crate) fn with(settings: Settings<P>) -> Self {
        let transport = |address: &str| -> Stream {
            let address = address.to_owned();
            Box::pin(async move {
                let socket = TcpStream::connect(address).await?;
                socket.set_nodelay(true)?;
                Ok(Box::new(socket) as Box<dyn Io>)
            })
        };
        Self { settings, transport: Arc::new(transport) }
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

    /// Connects and logs in. It makes one attempt: what is attempted again is a connection that has
    /// stood.
    ///
    /// # Errors
    /// [`ConnectError`], which has the address and the reason.
    ///
    /// # Panics
    /// Outside of a tokio runtime. What is returned can be used anywhere.
    pub async fn connect(self) -> Result<Handle<P>, ConnectError> {
        self.spawn(false).begun().await
    }

    /// Starts to connect and returns at once, for programs that may be there before their server
    /// is: also the first connection is attempted again, as one that was lost.
    /// [`Handle::connected`] waits for it, and [`Handle::down`] says why there is none so far.
    ///
    /// # Panics
    /// Outside of a tokio runtime. What is returned can be used anywhere.
    pub fn start(self) -> Handle<P> {
        self.spawn(true).handle()
    }

    /// Starts the task of the connection.
    fn spawn(self, is_patient: bool) -> Opening<P> {
        let Self { settings, transport } = self;
        let trace = crate::trace::Span::new(settings.address());
        let (opening, driver) = ami_session::open(settings, is_patient, now, trace.hook());
        let address: Box<str> = driver.address().into();
        let dial = Dial(Box::new(move || {
            let stream = transport(&address);
            Box::pin(async { stream.await.map_err(Reason::Connect) })
        }));
        tokio::spawn(trace.around(Task::new(driver, dial).run()));
        opening
    }
}

impl<P: Protocol> Clone for ConnectorOf<P> {
    fn clone(&self) -> Self {
        Self { settings: self.settings.clone(), transport: Arc::clone(&self.transport) }
    }
}

impl<P: Protocol> fmt::Debug for ConnectorOf<P> {
    /// The address and the times, without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}
