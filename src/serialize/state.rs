//! The mirror and the things in it.

use alloc::vec::Vec;

use super::{as_words, objects};
use crate::state::{Bridge, Caller, Channel, Completeness, Member, Mirror, Part, Queue, Stale};

as_words! { Completeness, Part, Stale, }

struct Parts<'a>(&'a Mirror);

objects! {
    Channel as "Channel", |channel| {
        "name": channel.name,
        "unique_id": channel.unique_id,
        "linked_id": channel.linked_id,
        "state": channel.state,
        "number": channel.number,
        "bridge": channel.bridge,
    }
    Bridge as "Bridge", |bridge| {
        "unique_id": bridge.unique_id,
        "kind": bridge.kind,
        "technology": bridge.technology,
        "name": bridge.name,
    }
    Member as "Member", |member| {
        "interface": member.interface,
        "name": member.name,
        "status": member.status(),
        "paused": member.paused,
        "in_call": member.in_call,
        "penalty": member.penalty,
    }
    Caller as "Caller", |caller| {
        "unique_id": caller.unique_id,
        "channel": caller.channel,
        "position": caller.position,
    }
    Parts<'_> as "Parts", |parts| {
        "channels": parts.0.completeness(Part::Channels),
        "bridges": parts.0.completeness(Part::Bridges),
        "queues": parts.0.completeness(Part::Queues),
    }
    Queue as "Queue", |queue| {
        "name": queue.name,
        "members": queue.members().collect::<Vec<_>>(),
        "callers": queue.callers().collect::<Vec<_>>(),
    }
    Mirror as "Mirror", |mirror| {
        "channels": mirror.channels().collect::<Vec<_>>(),
        "bridges": mirror.bridges().collect::<Vec<_>>(),
        "queues": mirror.queues().collect::<Vec<_>>(),
        "completeness": Parts(mirror),
    }
}
