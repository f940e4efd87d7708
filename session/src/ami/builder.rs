//! The events that readers of a manager interface want.

use ami_proto::client::Client;
use ami_proto::event::{EventSet, TypedEvent};
use ami_proto::value::Classes;

use crate::events::{EventsBuilder, Item};

impl<E> EventsBuilder<Client, E> {
    /// Wants this event, and no others but those that are named so as well.
    pub fn of<T: TypedEvent>(self) -> Self {
        self.more(|set| set.with(T::TYPE))
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
    pub fn only(self, events: EventSet) -> Self {
        self.wanted(|_| events)
    }

    fn more(self, change: impl FnOnce(EventSet) -> EventSet) -> Self {
        self.wanted(|before| change(if before == EventSet::ALL { EventSet::NONE } else { before }))
    }
}

impl Item<Client> {
    /// Returns the event as this view, if it is one.
    pub fn view<E: TypedEvent>(&self) -> Option<E::View<'_>> {
        E::of(self.event()?.view().frame())
    }
}
