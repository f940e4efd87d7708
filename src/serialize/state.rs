//! The mirror and the things in it. What `ami inspect --state --json` prints is this.

use alloc::vec::Vec;
use serde::{Serialize, Serializer};

use super::{as_words, object, objects, seconds};
use crate::state::{
    Agent, Bridge, Caller, Channel, Completeness, Conference, Contact, Device, Endpoint, Extension, Mailbox, Member,
    Mirror, OwnedValue, ParkedCall, ParkingLot, Part, Participant, Queue, Registration, Stale,
};

as_words! { Completeness, Part, Stale, }

/// The trust that each part deserves.
struct Parts<'a>(&'a Mirror);

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Part::ALL.iter().map(|part| (part.as_str(), self.0.completeness(*part))))
    }
}

/// A thing together with the mirror that has what belongs to it.
struct With<'a, T>(&'a Mirror, &'a T);

/// A caller, with the position.
struct Waiting<'a>(usize, &'a Caller);

/// Names of channels.
struct Names<'a>(Vec<Option<&'a OwnedValue>>);

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

/// Has things serialised as objects, and in their mirror with what belongs to them.
macro_rules! owners {
    ($($type:ident as $name:literal, |$of:pat_param, $this:ident| { $($own:tt)+ } + { $($more:tt)+ } in $with:ty;)+) => {$(
        objects! { $type as $name, |$this| { $($own)+ } }

        impl Serialize for $with {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let ($of, $this) = (self.0, self.1);
                object!(serializer, $name, { $($own)+ $($more)+ })
            }
        }
    )+};
}

owners! {
    Bridge as "Bridge", |mirror, bridge| {
        "id": bridge.unique_id,
        "type": bridge.kind,
        "technology": bridge.technology,
        "creator": bridge.creator,
        "name": bridge.name,
    } + {
        "channels": Names(mirror.inside(bridge.unique_id.as_bytes()).map(|channel| channel.name.as_ref()).collect()),
    } in With<'_, Bridge>;
    Queue as "Queue", |mirror, queue| {
        "name": queue.name,
        "max": queue.max,
        "strategy": queue.strategy,
        "calls": queue.calls,
        "completed": queue.completed,
        "abandoned": queue.abandoned,
        "hold_time": queue.hold_time,
        "talk_time": queue.talk_time,
        "service_level": queue.service_level,
        "service_level_share": queue.service_level_share,
        "service_level_share_2": queue.service_level_share_2,
        "weight": queue.weight,
    } + {
        "members": mirror.members(queue.name.as_bytes()).collect::<Vec<_>>(),
        "callers": mirror.callers(queue.name.as_bytes()).map(|(place, caller)| Waiting(place, caller)).collect::<Vec<_>>(),
    } in With<'_, Queue>;
    Caller as "Caller", |position, caller| {
        "queue": caller.queue,
        "uniqueid": caller.unique_id,
        "channel": caller.channel,
        "number": caller.number,
        "name": caller.name,
        "priority": caller.priority,
        "since": seconds(caller.since),
    } + {
        "position": position,
    } in Waiting<'_>;
    Conference as "Conference", |mirror, room| {
        "name": room.name,
        "locked": room.locked,
        "recording": room.recording,
        "bridge": room.bridge,
    } + {
        "members": mirror.participants(room.name.as_bytes()).collect::<Vec<_>>(),
    } in With<'_, Conference>;
}

objects! {
    Channel as "Channel", |channel| {
        "name": channel.name,
        "uniqueid": channel.unique_id,
        "linked_id": channel.linked_id,
        "state": channel.state,
        "number": channel.number,
        "caller_name": channel.caller_name,
        "connected_number": channel.connected_number,
        "connected_name": channel.connected_name,
        "account": channel.account,
        "exten": channel.exten,
        "context": channel.context,
        "priority": channel.priority,
        "application": channel.application,
        "since": seconds(channel.since),
        "on_hold": channel.on_hold,
        "bridge": channel.bridge,
        "peer": channel.peer,
    }
    Member as "Member", |member| {
        "queue": member.queue,
        "interface": member.interface,
        "name": member.name,
        "state_interface": member.state_interface,
        "status": member.status(),
        "paused": member.paused,
        "paused_reason": member.paused_reason,
        "calls_taken": member.calls_taken,
        "last_call": member.last_call,
        "last_pause": member.last_pause,
        "login_time": member.login_time,
        "in_call": member.in_call,
        "penalty": member.penalty,
        "membership": member.membership,
        "ring_in_use": member.ring_in_use,
        "wrap_up": member.wrap_up,
    }
    Participant as "Participant", |participant| {
        "conference": participant.conference,
        "channel": participant.channel,
        "uniqueid": participant.unique_id,
        "name": participant.name,
        "number": participant.number,
        "muted": participant.muted,
        "talking": participant.talking,
        "admin": participant.admin,
        "marked": participant.marked,
        "waiting": participant.waiting,
        "since": seconds(participant.since),
    }
    Agent as "Agent", |agent| {
        "agent": agent.agent,
        "name": agent.name,
        "status": agent.status,
        "channel": agent.channel,
        "logged_in": agent.logged_in,
        "talking_to": agent.talking_to,
    }
    ParkingLot as "ParkingLot", |lot| {
        "name": lot.name,
        "first": lot.first,
        "last": lot.last,
        "timeout": lot.timeout,
    }
    ParkedCall as "ParkedCall", |parked| {
        "lot": parked.lot,
        "space": parked.space,
        "channel": parked.channel,
        "uniqueid": parked.unique_id,
        "number": parked.number,
        "name": parked.name,
        "parked_by": parked.parked_by,
        "since": seconds(parked.since),
    }
    Endpoint as "Endpoint", |endpoint| {
        "technology": endpoint.technology,
        "name": endpoint.name,
        "device_state": endpoint.device_state,
        "status": endpoint.status,
        "address": endpoint.address,
        "aors": endpoint.aors,
        "channels": endpoint.channels,
    }
    Contact as "Contact", |contact| {
        "aor": contact.aor,
        "uri": contact.uri,
        "status": contact.status,
        "endpoint": contact.endpoint,
        "round_trip": contact.round_trip,
        "user_agent": contact.user_agent,
    }
    Registration as "Registration", |registration| {
        "technology": registration.technology,
        "account": registration.account,
        "status": registration.status,
    }
    Device as "Device", |device| {
        "name": device.name,
        "state": device.state(),
    }
    Extension as "Extension", |extension| {
        "context": extension.context,
        "exten": extension.exten,
        "hint": extension.hint,
        "status": extension.status,
        "text": extension.text,
    }
    Mailbox as "Mailbox", |mailbox| {
        "name": mailbox.name,
        "new": mailbox.new,
        "old": mailbox.old,
    }
    Mirror as "Mirror", |mirror| {
        "channels": mirror.channels().collect::<Vec<_>>(),
        "bridges": mirror.bridges().map(|bridge| With(mirror, bridge)).collect::<Vec<_>>(),
        "queues": mirror.queues().map(|queue| With(mirror, queue)).collect::<Vec<_>>(),
        "conferences": mirror.conferences().map(|room| With(mirror, room)).collect::<Vec<_>>(),
        "agents": mirror.agents().collect::<Vec<_>>(),
        "parking": mirror.parked_calls().collect::<Vec<_>>(),
        "parking_lots": mirror.parking_lots().collect::<Vec<_>>(),
        "endpoints": mirror.endpoints().collect::<Vec<_>>(),
        "contacts": mirror.contacts().collect::<Vec<_>>(),
        "registrations": mirror.registrations().collect::<Vec<_>>(),
        "devices": mirror.devices().collect::<Vec<_>>(),
        "extensions": mirror.extensions().collect::<Vec<_>>(),
        "mailboxes": mirror.mailboxes().collect::<Vec<_>>(),
        "completeness": Parts(mirror),
    }
}
