//! Settings of a connection to FreeSWITCH, and the events that its readers want.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ami_proto::freeswitch::{Config, Connection, Credentials, Event, EventFormat};

use super::Connector;
use crate::EventsBuilder;

/// The events that a reader wants, by their names and subclasses. None: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeSet<Box<[u8]>>);

impl Names {
    pub(super) fn has(&self, event: Event<'_>) -> bool {
        let mut named = [event.name(), event.subclass()].into_iter().flatten();
        self.0.is_empty() || named.any(|name| self.0.contains(&*name.decode()))
    }
}

impl Connector {
    /// Begins with the defaults, each told at its setter. The address is `host:port`, the port 8021
    /// unless configured.
    pub fn new(address: impl Into<String>, credentials: Credentials) -> Self {
        Self::with(address.into(), credentials, Arc::new(Config::new()))
    }

    /// Sets the events to subscribe to after each login: [`Events`](super::Events), or names with
    /// blanks between them.
    pub fn events(self, types: impl AsRef<[u8]>) -> Self {
        self.configured(|config| config.events(EventFormat::Plain, types))
    }

    /// Sets how long an answer may take. Default 30 s.
    pub fn response_timeout(self, timeout: Duration) -> Self {
        self.configured(|config| config.response_timeout(timeout))
    }

    /// Sets how long a job in the background may take. Default 120 s.
    pub fn job_timeout(self, timeout: Duration) -> Self {
        self.configured(|config| config.job_timeout(timeout))
    }

    /// Sets how long the greeting may take, and then the answer to the password. Default 10 s.
    pub fn login_timeout(self, timeout: Duration) -> Self {
        self.configured(|config| config.login_timeout(timeout))
    }

    /// Sets when the server is asked for a sign of life, and how long that may take:
    /// [`Config::keep_alive`]. Default: after 60 s without a word, within 30 s.
    pub fn keep_alive(self, idle: Duration, timeout: Duration) -> Self {
        self.configured(|config| config.keep_alive(idle, timeout))
    }
}

impl EventsBuilder<Connection> {
    /// Wants the events of this name, or of this subclass (`conference::maintenance`), and no
    /// others but those that are named so as well.
    pub fn named(mut self, name: impl AsRef<[u8]>) -> Self {
        self.wanted.0.insert(name.as_ref().into());
        self
    }
}
