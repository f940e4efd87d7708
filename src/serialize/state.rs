//! The mirror and the things in it. What `ami inspect --state --json` prints is this.

use alloc::vec::Vec;
use serde::Serialize;

use super::{as_words, objects, seconds};
use crate::state::{
    Agent, Bridge, Caller, Channel, Completeness, Conference, Member, Mirror, OwnedValue, ParkedCall, Part,
    Participant, Queue, Stale,
};

as_words! { Completeness, Part, Stale, }

/// The trust that each part deserves.
struct Parts<'a>(&'a Mirror);

impl Serialize for Parts<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
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
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

objects! {
    Channel as "Channel", |channel| {
        "name": channel.name,
        "uniqueid": channel.unique_id,
        "linked_id": channel.linked_id,
        "state": channel.state,
        "number": channel.number,
        "caller_name": channel.caller_name,
        "exten": channel.exten,
        "context": channel.context,
        "application": channel.application,
        "since": seconds(channel.since),
        "on_hold": channel.on_hold,
        "bridge": channel.bridge,
    }
    With<'_, Bridge> as "Bridge", |bridge| {
        "id": bridge.1.unique_id,
        "type": bridge.1.kind,
        "channels": Names(bridge.0.inside(bridge.1.unique_id.as_bytes()).map(|channel| channel.name.as_ref()).collect()),
    }
    With<'_, Queue> as "Queue", |queue| {
        "name": queue.1.name,
        "strategy": queue.1.strategy,
        "calls": queue.1.calls,
        "completed": queue.1.completed,
        "abandoned": queue.1.abandoned,
        "hold_time": queue.1.hold_time,
        "talk_time": queue.1.talk_time,
        "service_level": queue.1.service_level,
        "members": queue.0.members(queue.1.name.as_bytes()).collect::<Vec<_>>(),
        "callers": queue.0.callers(queue.1.name.as_bytes()).map(|(place, caller)| Waiting(place, caller)).collect::<Vec<_>>(),
    }
    Member as "Member", |member| {
        "interface": member.interface,
        "name": member.name,
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
    }
    Waiting<'_> as "Caller", |caller| {
        "channel": caller.1.channel,
        "number": caller.1.number,
        "name": caller.1.name,
        "position": caller.0,
        "since": seconds(caller.1.since),
    }
    With<'_, Conference> as "Conference", |room| {
        "name": room.1.name,
        "locked": room.1.locked,
        "recording": room.1.recording,
        "members": room.0.participants(room.1.name.as_bytes()).collect::<Vec<_>>(),
    }
    Participant as "Participant", |participant| {
        "channel": participant.channel,
        "name": participant.name,
        "number": participant.number,
        "muted": participant.muted,
        "talking": participant.talking,
        "admin": participant.admin,
    }
    Agent as "Agent", |agent| {
        "agent": agent.agent,
        "name": agent.name,
        "status": agent.status,
        "channel": agent.channel,
    }
    ParkedCall as "ParkedCall", |parked| {
        "lot": parked.lot,
        "space": parked.space,
        "channel": parked.channel,
        "since": seconds(parked.since),
    }
    Mirror as "Mirror", |mirror| {
        "channels": mirror.channels().collect::<Vec<_>>(),
        "bridges": mirror.bridges().map(|bridge| With(mirror, bridge)).collect::<Vec<_>>(),
        "queues": mirror.queues().map(|queue| With(mirror, queue)).collect::<Vec<_>>(),
        "conferences": mirror.conferences().map(|room| With(mirror, room)).collect::<Vec<_>>(),
        "agents": mirror.agents().collect::<Vec<_>>(),
        "parking": mirror.parked_calls().collect::<Vec<_>>(),
        "completeness": Parts(mirror),
    }
}
