//! Settings of a connection: to whom, with which times, and what happens when it is lost.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ami_proto::conn::Backoff;

use crate::protocol::Protocol;

/// Settings of a connection, without the way to the server, which is for the client that makes it.
///
/// A client's connector has its setters by [`connector_settings`](crate::connector_settings).
pub struct Settings<P: Protocol> {
    address: Box<str>,
    credentials: P::Credentials,
    config: Arc<P::Config>,
    delays: Delays,
    connect_timeout: Duration,
    wait: Duration,
}

/// The delays between attempts after a loss.
#[derive(Clone, Debug)]
enum Delays {
    /// The default, drawn anew for each connection: clones of a connector don't come back together.
    Default,
    /// Those of the program. `None`: no more attempts.
    Set(Option<Backoff>),
}

pub(crate) struct SettingsParts<P: Protocol> {
    pub(crate) address: Box<str>,
    pub(crate) credentials: P::Credentials,
    pub(crate) config: Arc<P::Config>,
    pub(crate) backoff: Option<Backoff>,
    pub(crate) connect_timeout: Duration,
    pub(crate) wait: Duration,
}

impl<P: Protocol> Settings<P> {
    /// Begins with the defaults, each told at its setter.
    pub fn new(address: impl Into<String>, credentials: P::Credentials, config: P::Config) -> Self {
        Self {
            address: address.into().into(),
            credentials,
            config: Arc::new(config),
            delays: Delays::Default,
            connect_timeout: Duration::from_secs(10),
            wait: Duration::from_secs(30),
        }
    }

    /// Returns the address, as it was given.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns how long an attempt may take, until the login begins.
    pub fn timeout_to_connect(&self) -> Duration {
        self.connect_timeout
    }

    /// Sets all settings of the state machine at once.
    pub fn config(&mut self, config: impl Into<Arc<P::Config>>) {
        self.config = config.into();
    }

    /// Changes some settings of the state machine.
    pub fn configure(&mut self, change: impl FnOnce(P::Config) -> P::Config) {
        self.config = Arc::new(change(P::Config::clone(&self.config)));
    }

    /// Sets how long an attempt may take, until the login begins.
    pub fn connect_timeout(&mut self, timeout: Duration) {
        self.connect_timeout = timeout;
    }

    /// Sets how long a request waits for a connection.
    pub fn connection_wait(&mut self, wait: Duration) {
        self.wait = wait;
    }

    /// Sets the delays between attempts; `None`: no more attempts.
    pub fn reconnect(&mut self, backoff: Option<Backoff>) {
        self.delays = Delays::Set(backoff);
    }

    pub(crate) fn into_parts(self) -> SettingsParts<P> {
        let Self { address, credentials, config, delays, connect_timeout, wait } = self;
        let backoff = match delays {
            Delays::Default => Some(Backoff::default()),
            Delays::Set(backoff) => backoff,
        };
        SettingsParts { address, credentials, config, backoff, connect_timeout, wait }
    }
}

impl<P: Protocol> Clone for Settings<P> {
    fn clone(&self) -> Self {
        Self {
            address: self.address.clone(),
            credentials: self.credentials.clone(),
            config: Arc::clone(&self.config),
            delays: self.delays.clone(),
            ..*self
        }
    }
}

impl<P: Protocol> fmt::Debug for Settings<P> {
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

/// Gives a connector, which has a field `settings`, the setters of [`Settings`](crate::Settings)
/// as methods of its own: `connector_settings!(ConnectorOf)` inside of the client's crate.
#[doc(hidden)]
#[macro_export]
macro_rules! connector_settings {
    ($connector:ident) => {
        impl<P: $crate::Protocol> $connector<P> {
            /// Sets all settings of the state machine at once. Where thousands of connections have
            /// the same ones, give each a clone of one `Arc`.
            pub fn config(mut self, config: impl ::core::convert::Into<::std::sync::Arc<P::Config>>) -> Self {
                self.settings.config(config);
                self
            }

            /// Sets how long the socket, and TLS over it, may take to be made. Default 10 s. What
            /// comes after it is for the login's own timeout.
            pub fn connect_timeout(mut self, timeout: ::core::time::Duration) -> Self {
                self.settings.connect_timeout(timeout);
                self
            }

            /// Sets how long a request waits for a connection while there is none. Default 30 s.
            /// Then it ends with [`Error::NotConnected`](crate::Error::NotConnected), and was not
            /// sent.
            pub fn connection_wait(mut self, wait: ::core::time::Duration) -> Self {
                self.settings.connection_wait(wait);
                self
            }

            /// Sets the delays between attempts after a loss; `None`: a connection that is lost is
            /// lost for good. Default: [`Backoff::default`], drawn anew for each connection. Clones
            /// of a connector share what is set here: many of them, lost at once, come back at once
            /// unless each is given its own.
            ///
            /// [`Backoff::default`]: ami_proto::conn::Backoff
            pub fn reconnect(
                mut self,
                backoff: impl ::core::convert::Into<::core::option::Option<$crate::conn::Backoff>>,
            ) -> Self {
                self.settings.reconnect(backoff.into());
                self
            }
        }

        impl $connector<$crate::client::Client> {
            /// Sets the classes of events to ask for at login:
            /// [`Config::events`](ami_proto::client::Config::events).
            pub fn events(mut self, classes: $crate::value::Classes) -> Self {
                self.settings.configure(|config| config.events(classes));
                self
            }

            /// Sets the events that are looked at, of those that come; others cost next to nothing
            /// and no stream has them:
            /// [`Config::interest`](ami_proto::client::Config::interest).
            pub fn interest(mut self, events: $crate::event::EventSet) -> Self {
                self.settings.configure(|config| config.interest(events));
                self
            }

            /// Sets how long an answer may take, and the next item of a list. Default 30 s.
            pub fn response_timeout(mut self, timeout: ::core::time::Duration) -> Self {
                self.settings.configure(|config| config.response_timeout(timeout));
                self
            }

            /// Sets how long each step of the login may take. Default 10 s.
            pub fn login_timeout(mut self, timeout: ::core::time::Duration) -> Self {
                self.settings.configure(|config| config.login_timeout(timeout));
                self
            }

            /// Sets when the server is asked for a sign of life, and how long that may take:
            /// [`Config::keep_alive`](ami_proto::client::Config::keep_alive). Default: after 60 s
            /// without a word, within 30 s.
            pub fn keep_alive(mut self, idle: ::core::time::Duration, timeout: ::core::time::Duration) -> Self {
                self.settings.configure(|config| config.keep_alive(idle, timeout));
                self
            }
        }
    };
}

/// As [`connector_settings`](crate::connector_settings), for a connector to FreeSWITCH.
#[cfg(feature = "freeswitch")]
#[doc(hidden)]
#[macro_export]
macro_rules! switch_settings {
    ($connector:ident) => {
        impl $connector<$crate::freeswitch::Connection> {
            /// Sets the events to subscribe to after each login:
            /// [`Events`](ami_proto::freeswitch::Events), or names with blanks between them.
            pub fn events(mut self, types: impl ::core::convert::AsRef<[u8]>) -> Self {
                let format = $crate::freeswitch::EventFormat::Plain;
                self.settings.configure(|config| config.events(format, types));
                self
            }

            /// Sets how long an answer may take. Default 30 s.
            pub fn response_timeout(mut self, timeout: ::core::time::Duration) -> Self {
                self.settings.configure(|config| config.response_timeout(timeout));
                self
            }

            /// Sets how long a job in the background may take. Default 120 s.
            pub fn job_timeout(mut self, timeout: ::core::time::Duration) -> Self {
                self.settings.configure(|config| config.job_timeout(timeout));
                self
            }

            /// Sets how long the greeting may take, and then the answer to the password. Default
            /// 10 s.
            pub fn login_timeout(mut self, timeout: ::core::time::Duration) -> Self {
                self.settings.configure(|config| config.login_timeout(timeout));
                self
            }

            /// Sets when the server is asked for a sign of life, and how long that may take:
            /// [`Config::keep_alive`](ami_proto::freeswitch::Config::keep_alive). Default: after
            /// 60 s without a word, within 30 s.
            pub fn keep_alive(mut self, idle: ::core::time::Duration, timeout: ::core::time::Duration) -> Self {
                self.settings.configure(|config| config.keep_alive(idle, timeout));
                self
            }
        }
    };
}
