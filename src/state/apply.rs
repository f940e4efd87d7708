//! What each event changes in the mirror.

use super::{Completeness, Mirror, Part, Stale};
use crate::event::{BridgeBlock, ChannelBlock, Event, ListEndBlock};
use crate::facts::{self, Bridged, ChannelSeen, QueueCaller, QueueMember, QueueStep, QueueStepKind};
use crate::value::UniqueId;
use crate::wire::Value;

pub(super) fn apply(mirror: &mut Mirror, event: &Event<'_>) {
    match event {
        Event::Newchannel(view) => {
            if let Ok(unique_id) = view.unique_id() {
                mirror.gone.remove(unique_id.as_bytes());
            }
            describe(mirror, **view);
        }
        Event::Newstate(view) => live(mirror, **view),
        Event::Newexten(view) => live(mirror, **view),
        Event::NewCallerId(view) => live(mirror, **view),
        Event::NewConnectedLine(view) => live(mirror, **view),
        Event::Hold(view) => live(mirror, **view),
        Event::Unhold(view) => live(mirror, **view),
        Event::DialBegin(view) => {
            live(mirror, **view);
            live(mirror, view.dest());
        }
        Event::Rename(view) => {
            if let (Ok(unique_id), Ok(name)) = (view.unique_id(), view.new_name()) {
                mirror.rename(unique_id.as_bytes(), name.as_bytes());
            }
        }
        Event::Hangup(view) => {
            if let Ok(unique_id) = view.unique_id() {
                mirror.hang_up(unique_id.as_bytes());
            }
        }
        Event::CoreShowChannel(view) => {
            mirror.item(Part::Channels);
            mirror.gone.remove(view.unique_id().map(UniqueId::as_bytes).unwrap_or_default());
            describe(mirror, **view);
            if let (Ok(unique_id), Ok(bridge)) = (view.unique_id(), view.bridge_id()) {
                mirror.place(unique_id.as_bytes(), Some(bridge.as_bytes()));
            }
        }
        Event::CoreShowChannelsComplete(view) => end(mirror, Part::Channels, **view),
        Event::BridgeCreate(view) => bridge(mirror, **view),
        Event::BridgeDestroy(view) => {
            if let Ok(unique_id) = view.bridge_unique_id() {
                mirror.remove_bridge(unique_id.as_bytes());
            }
        }
        Event::BridgeListItem(view) => {
            mirror.item(Part::Bridges);
            bridge(mirror, **view);
        }
        Event::BridgeListComplete(view) => end(mirror, Part::Bridges, **view),
        Event::BridgeInfoChannel(view) => {
            describe(mirror, **view);
            if let Ok(unique_id) = view.unique_id() {
                mirror.show(unique_id.as_bytes());
            }
        }
        Event::BridgeInfoComplete(view) => mirror.show_all(view.bridge_unique_id().ok().map(Value::as_bytes)),
        Event::Shutdown(_) => {
            for part in [Part::Channels, Part::Bridges, Part::Queues] {
                mirror.doubt(part, Stale::Shutdown);
            }
        }
        _ => match Bridged::of(event) {
            Some(Bridged::Entered { channel, bridge }) => enter(mirror, channel, bridge),
            Some(Bridged::Left { channel, bridge }) => leave(mirror, channel, bridge),
            Some(Bridged::Pair { .. }) => {}
            None => queue(mirror, event),
        },
    }
}

/// What the description of a channel tells.
fn describe(mirror: &mut Mirror, block: ChannelBlock<'_>) {
    let Some(seen) = ChannelSeen::of(block) else { return };
    let [name, linked_id, number] = [seen.name, seen.linked_id, seen.number].map(|text| Some(mirror.text(text?)));
    mirror.change_channel(seen.unique_id, |channel| {
        channel.name = name.unwrap_or_else(|| core::mem::take(&mut channel.name));
        channel.linked_id = linked_id.or(channel.linked_id.take());
        channel.number = number.or(channel.number.take());
        channel.state = seen.state.or(channel.state);
    });
}

/// The same for a channel that should be known.
fn live(mirror: &mut Mirror, block: ChannelBlock<'_>) {
    let Some(unique_id) = block.unique_id().ok().filter(|unique_id| !unique_id.as_bytes().is_empty()) else { return };
    if mirror.gone.contains(unique_id.as_bytes()) {
        return;
    }
    if mirror.channel(unique_id.as_bytes()).is_none() {
        mirror.doubt(Part::Channels, Stale::Unexpected);
    }
    describe(mirror, block);
}

fn bridge(mirror: &mut Mirror, block: BridgeBlock<'_>) {
    let Ok(unique_id) = block.bridge_unique_id() else { return };
    let [kind, technology, name] = [block.bridge_type(), block.bridge_technology(), block.bridge_name()]
        .map(|value| mirror.text(value.unwrap_or_default().as_bytes()));
    mirror.change_bridge(unique_id.as_bytes(), |bridge| {
        (bridge.kind, bridge.technology, bridge.name) = (kind, technology, name);
    });
}

fn enter(mirror: &mut Mirror, channel: ChannelBlock<'_>, bridge: BridgeBlock<'_>) {
    live(mirror, channel);
    let unique_id = channel.unique_id().ok().filter(|unique_id| !unique_id.as_bytes().is_empty());
    let id = bridge.bridge_unique_id().ok().filter(|id| !id.is_empty());
    let (Some(unique_id), Some(id)) = (unique_id, id) else { return };
    if !mirror.has_bridge(id.as_bytes()) {
        mirror.doubt(Part::Bridges, Stale::Unexpected);
        self::bridge(mirror, bridge);
    }
    mirror.place(unique_id.as_bytes(), Some(id.as_bytes()));
}

fn leave(mirror: &mut Mirror, channel: ChannelBlock<'_>, bridge: BridgeBlock<'_>) {
    let (Ok(unique_id), Ok(bridge)) = (channel.unique_id(), bridge.bridge_unique_id()) else { return };
    let inside = mirror.channel(unique_id.as_bytes()).and_then(|channel| channel.bridge.as_ref());
    if inside.is_some_and(|inside| *inside == mirror.text(bridge.as_bytes())) {
        mirror.place(unique_id.as_bytes(), None);
    }
}

fn end(mirror: &mut Mirror, part: Part, view: ListEndBlock<'_>) {
    let cancelled = view.event_list().is_ok_and(|list| list.eq_ignore_case("cancelled"));
    mirror.complete(part, view.list_items().ok(), cancelled);
}

fn queue(mirror: &mut Mirror, event: &Event<'_>) {
    if let Event::QueueStatusComplete(view) = event {
        end(mirror, Part::Queues, **view);
        return;
    }
    if let Some(step) = QueueStep::of(event) {
        match step.kind {
            QueueStepKind::Joined => caller(mirror, step.queue, Some(step.caller)),
            QueueStepKind::Left | QueueStepKind::Abandoned => mirror.remove_caller(step.queue, step.caller.unique_id),
            QueueStepKind::Answered(_) => {}
        }
        return;
    }
    let frame = event.frame();
    let Some(queue) = facts::queue(frame) else { return };
    match event {
        Event::QueueParams(_) => {
            mirror.item(Part::Queues);
            mirror.add_queue(queue);
        }
        Event::QueueMember(_) => {
            mirror.item(Part::Queues);
            member(mirror, queue, QueueMember::of(frame), true);
        }
        Event::QueueEntry(_) => {
            mirror.item(Part::Queues);
            caller(mirror, queue, QueueCaller::of(frame));
        }
        Event::QueueMemberAdded(_) => member(mirror, queue, QueueMember::of(frame), true),
        Event::QueueMemberStatus(_)
        | Event::QueueMemberPause(_)
        | Event::QueueMemberPaused(_)
        | Event::QueueMemberPenalty(_)
        | Event::QueueMemberRingInUse(_) => {
            let seeding = mirror.completeness(Part::Queues) == Completeness::Seeding;
            member(mirror, queue, QueueMember::of(frame), seeding);
        }
        Event::QueueMemberRemoved(_) => {
            if let Some(member) = QueueMember::of(frame) {
                mirror.remove_member(queue, member.interface);
            }
        }
        _ => {}
    }
}

/// `expected` is whether it may be one that isn't known.
fn member(mirror: &mut Mirror, queue: &[u8], found: Option<QueueMember<'_>>, expected: bool) {
    let Some(found) = found else { return };
    let known = mirror.queue(queue).is_some_and(|queue| queue.members.contains_key(found.interface));
    if !known && !expected {
        mirror.doubt(Part::Queues, Stale::Unexpected);
    }
    let name = found.name().map(|name| mirror.text(name));
    let status = found.status().map(|status| mirror.text(status.as_bytes()));
    mirror.change_member(queue, found.interface, |member| {
        member.name = name.unwrap_or_else(|| core::mem::take(&mut member.name));
        member.status = status.unwrap_or_else(|| core::mem::take(&mut member.status));
        member.paused = found.paused().unwrap_or(member.paused);
        member.in_call = found.in_call().or(member.in_call);
        member.penalty = found.penalty().or(member.penalty);
    });
}

fn caller(mirror: &mut Mirror, queue: &[u8], found: Option<QueueCaller<'_>>) {
    let Some(found) = found else { return };
    let channel = mirror.text(found.channel().as_bytes());
    mirror.change_caller(queue, found.unique_id, |caller| {
        caller.channel = channel;
        caller.position = found.position().or(caller.position);
    });
}
