//! Settings of a connection to a manager interface, and the events that its readers want.

use std::sync::Arc;
use std::time::Duration;

use ami_proto::client::{Client, Config, Credentials};
use ami_proto::event::{EventSet, TypedEvent};
use ami_proto::value::Classes;

use super::Connector;
use crate::events::{EventsBuilder, Item};

impl Connector {
    /// Begins with the defaults, each told at its setter. The address is `host:port`, the port 5038
    /// unless configured.
    pub fn new(address: impl Into<String>, credentials: Credentials) -> Self {
        Self::with(address.into(), credentials, Arc::new(Config::new()))
    }

    /// Sets the classes of events to ask for at login:
    /// [`Config::events`](ami_proto::client::Config::events).
    pub fn events(self, classes: Classes) -> Self {
        self.configured(|config| config.events(classes))
    }

    /// Sets the events that are looked at, of those that come; others cost next to nothing and no
    /// stream has them: [`Config::interest`](ami_proto::client::Config::interest).
    pub fn interest(self, events: EventSet) -> Self {
        self.configured(|config| config.interest(events))
    }

    /// Sets how long an answer may take, and the next item of a list. Default 30 s.
    pub fn response_timeout(self, timeout: Duration) -> Self {
        self.configured(|config| config.response_timeout(timeout))
    }

    /// Sets how long each step of the login may take. Default 10 s.
    pub fn login_timeout(self, timeout: Duration) -> Self {
        self.configured(|config| config.login_timeout(timeout))
    }

    /// Sets when the server is asked for a sign of life, and how long that may take:
    /// [`Config::keep_alive`](ami_proto::client::Config::keep_alive). Default: after 60 s without a
    /// word, within 30 s.
    pub fn keep_alive(self, idle: Duration, timeout: Duration) -> Self {
        self.configured(|config| config.keep_alive(idle, timeout))
    }
}

impl EventsBuilder {
    /// Wants this event, and no others but those that are named so as well.
    pub fn of<E: TypedEvent>(self) -> Self {
        self.more(|set| set.with(E::TYPE))
    }

    /// Wants the events of these classes, and no others but those that are named so as well.
    pub fn classes(self, classes: Classes) -> Self {
        self.more(|set| set.with_classes(classes))
    }

    /// Wants the event of this name, known to the catalogue or not, and no others but those that
    /// are named so as well.
    pub fn named(self, name: &str) -> Self {
        self.more(|set| set.with_name(name))
    }

    /// Wants these events, in place of those that were named before.
    pub fn only(mut self, events: EventSet) -> Self {
        self.wanted = events;
        self
    }

    fn more(mut self, change: impl FnOnce(EventSet) -> EventSet) -> Self {
        let before = if self.wanted == EventSet::ALL { EventSet::NONE } else { self.wanted };
        self.wanted = change(before);
        self
    }
}

impl Item<Client> {
    /// Returns the event as this view, if it is one.
    pub fn view<E: TypedEvent>(&self) -> Option<E::View<'_>> {
        E::of(self.event()?.view().frame())
    }
}
