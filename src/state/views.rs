//! Getters of a mirror: all things of a kind, and one by its name.

use super::Mirror;
use super::OwnedValue;
use super::fields::{
    Agent, Bridge, Caller, Channel, Conference, Contact, Device, Endpoint, Extension, Mailbox, Member, ParkedCall,
    ParkingLot, Participant, Queue, Registration,
};
use super::key::Key;
use super::thing::Thing;

/// Declares the getters of a kind: all of it, and one by its name or names.
macro_rules! views {
    ($($(#[$all_doc:meta])* $all:ident, $(#[$one_doc:meta])* $one:ident($($of:ident)?; $id:ident) -> $thing:ident;)+) => {
        impl Mirror {$(
            $(#[$all_doc])*
            pub fn $all(&self) -> impl ExactSizeIterator<Item = &$thing> {
                self.all()
            }

            $(#[$one_doc])*
            pub fn $one(&self, $($of: &[u8],)? $id: &[u8]) -> Option<&$thing> {
                let mut _of: &[u8] = &[];
                $(_of = $of;)?
                self.one(_of, $id)
            }
        )+}
    };
}

views! {
    /// The channels, by unique id.
    channels, /// The channel of this unique id.
    channel(; unique_id) -> Channel;
    /// The bridges, by unique id.
    bridges, /// The bridge of this unique id.
    bridge(; unique_id) -> Bridge;
    /// The queues, by name.
    queues, /// The queue of this name.
    queue(; name) -> Queue;
    /// The agents, by id.
    agents, /// The agent of this id.
    agent(; id) -> Agent;
    /// The rooms, by name.
    conferences, /// The room of this name.
    conference(; name) -> Conference;
    /// The parking lots, by name.
    parking_lots, /// The parking lot of this name.
    parking_lot(; name) -> ParkingLot;
    /// The parked calls, by lot and space.
    parked_calls, /// The call that is parked in this space of this lot.
    parked_call(lot; space) -> ParkedCall;
    /// The endpoints, by technology and name.
    endpoints, /// The endpoint of this technology and name.
    endpoint(technology; name) -> Endpoint;
    /// The contacts, by list of contacts and address.
    contacts, /// The contact of this address in this list.
    contact(aor; uri) -> Contact;
    /// The registrations, by technology and account.
    registrations, /// The registration of this account.
    registration(technology; account) -> Registration;
    /// The devices, by name.
    devices, /// The device of this name.
    device(; name) -> Device;
    /// The extensions with a hint, by context and number.
    extensions, /// The extension of this number.
    extension(context; exten) -> Extension;
    /// The mailboxes, by name.
    mailboxes, /// The mailbox of this name.
    mailbox(; name) -> Mailbox;
}

impl Mirror {
    /// The channels in this bridge, by unique id.
    pub fn inside<'a>(&'a self, bridge: &'a [u8]) -> impl Iterator<Item = &'a Channel> {
        let inside = self.inside.range((OwnedValue::new(bridge), Key::first())..);
        let inside = inside.take_while(move |(found, _)| found.as_bytes() == bridge);
        inside.filter_map(|(_, key)| self.things.get(key).and_then(Thing::of))
    }

    /// The channels that a channel is bridged with: all others in its bridge, or up to 11 the one
    /// that it talks to.
    pub fn bridged_with<'a>(&'a self, channel: &'a Channel) -> impl Iterator<Item = &'a Channel> {
        let bridge = channel.bridge.iter().flat_map(|bridge| self.inside(bridge.as_bytes()));
        let others = bridge.filter(|other| other.unique_id != channel.unique_id);
        others.chain(channel.peer.iter().filter_map(|peer| self.channel(peer.as_bytes())))
    }

    /// The members of this queue, by interface.
    pub fn members<'a>(&'a self, queue: &[u8]) -> impl Iterator<Item = &'a Member> {
        self.belonging(queue)
    }

    /// The member of this queue with this interface.
    pub fn member(&self, queue: &[u8], interface: &[u8]) -> Option<&Member> {
        self.one(queue, interface)
    }

    /// Those who wait in this queue, in the order in which they do, with the position of each, from
    /// 1. When one leaves, those behind move up.
    pub fn callers<'a>(&'a self, queue: &'a [u8]) -> impl Iterator<Item = (usize, &'a Caller)> {
        let waiting = self.queue(queue).into_iter().flat_map(Queue::waiting);
        waiting.filter_map(move |(position, id)| Some((position, self.one::<Caller>(queue, id.as_bytes())?)))
    }

    /// The caller in this queue whose channel has this unique id.
    pub fn caller(&self, queue: &[u8], unique_id: &[u8]) -> Option<&Caller> {
        self.one(queue, unique_id)
    }

    /// Those who are in this room, by channel.
    pub fn participants<'a>(&'a self, conference: &[u8]) -> impl Iterator<Item = &'a Participant> {
        self.belonging(conference)
    }

    /// The one in this room with this channel.
    pub fn participant(&self, conference: &[u8], channel: &[u8]) -> Option<&Participant> {
        self.one(conference, channel)
    }
}
