//! The events that readers of FreeSWITCH's want.

use std::collections::BTreeSet;

use ami_proto::freeswitch::{Connection, Event};

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

impl<E> EventsBuilder<Connection, E> {
    /// Wants the events of this name, or of this subclass (`conference::maintenance`), and no
    /// others but those that are named so as well.
    pub fn named(self, name: impl AsRef<[u8]>) -> Self {
        self.wanted(|mut names| {
            names.0.insert(name.as_ref().into());
            names
        })
    }
}
