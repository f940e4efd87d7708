//! What each event changes in the mirror.

use super::mirror::{Completeness, Mirror, Part, Stale};
use crate::event::{BridgeBlock, ChannelBlock, Event, ListEndBlock};
use crate::value::{CallerIdPart, UniqueId};
use crate::wire::{Frame, Value};

pub(super) fn apply(mirror: &mut Mirror, event: &Event<'_>) {
    let frame = event.frame();
    match event {
        Event::Newchannel(view) => {
            if let Ok(uniqueid) = view.uniqueid() {
                mirror.gone.remove(uniqueid.as_bytes());
            }
            describe(mirror, **view);
        }
        Event::Newstate(view) => live(mirror, **view),
        Event::Newexten(view) => live(mirror, **view),
        Event::NewCallerid(view) => live(mirror, **view),
        Event::NewConnectedLine(view) => live(mirror, **view),
        Event::Hold(view) => live(mirror, **view),
        Event::Unhold(view) => live(mirror, **view),
        Event::DialBegin(view) => {
            live(mirror, **view);
            live(mirror, view.dest());
        }
        Event::Rename(view) => {
            if let (Ok(uniqueid), Ok(name)) = (view.uniqueid(), view.new_name()) {
                mirror.rename(uniqueid.as_bytes(), name.as_bytes());
            }
        }
        Event::Hangup(view) => {
            if let Ok(uniqueid) = view.uniqueid() {
                mirror.hang_up(uniqueid.as_bytes());
            }
        }
        Event::CoreShowChannel(view) => {
            mirror.item(Part::Channels);
            mirror.gone.remove(view.uniqueid().map(UniqueId::as_bytes).unwrap_or_default());
            describe(mirror, **view);
            if let (Ok(uniqueid), Ok(bridge)) = (view.uniqueid(), view.bridge_id()) {
                mirror.place(uniqueid.as_bytes(), Some(bridge.as_bytes()));
            }
        }
        Event::CoreShowChannelsComplete(view) => end(mirror, Part::Channels, **view),
        Event::BridgeCreate(view) => bridge(mirror, **view),
        Event::BridgeDestroy(view) => {
            if let Ok(uniqueid) = view.bridge_uniqueid() {
                mirror.remove_bridge(uniqueid.as_bytes());
            }
        }
        Event::BridgeEnter(view) => {
            live(mirror, **view);
            enter(mirror, **view, frame.get("BridgeUniqueid"));
        }
        Event::BridgeLeave(view) => {
            if let (Ok(uniqueid), Ok(bridge)) = (view.uniqueid(), view.bridge_uniqueid()) {
                let inside = mirror.channel(uniqueid.as_bytes()).and_then(|channel| channel.bridge.as_ref());
                if inside.is_some_and(|inside| *inside == mirror.text(bridge.as_bytes())) {
                    mirror.place(uniqueid.as_bytes(), None);
                }
            }
        }
        Event::BridgeListItem(view) => {
            mirror.item(Part::Bridges);
            bridge(mirror, **view);
        }
        Event::BridgeListComplete(view) => end(mirror, Part::Bridges, **view),
        Event::BridgeInfoChannel(view) => {
            describe(mirror, **view);
            if let Ok(uniqueid) = view.uniqueid() {
                mirror.show(uniqueid.as_bytes());
            }
        }
        Event::BridgeInfoComplete(view) => mirror.show_all(view.bridge_uniqueid().ok().map(Value::as_bytes)),
        Event::Shutdown(_) => {
            for part in [Part::Channels, Part::Bridges, Part::Queues] {
                mirror.doubt(part, Stale::Shutdown);
            }
        }
        _ => queue(mirror, event, frame),
    }
}

/// What the description of a channel tells.
fn describe(mirror: &mut Mirror, block: ChannelBlock<'_>) {
    let Ok(uniqueid) = block.uniqueid() else { return };
    let name = block.channel().ok().map(|name| mirror.text(name.as_bytes()));
    let linkedid = block.linkedid().ok().map(|id| mirror.text(id.as_bytes()));
    let number = block.caller_id_num().ok().and_then(CallerIdPart::known).map(|number| mirror.text(number));
    mirror.change_channel(uniqueid.as_bytes(), |channel| {
        channel.name = name.unwrap_or_else(|| core::mem::take(&mut channel.name));
        channel.linkedid = linkedid.or(channel.linkedid.take());
        channel.number = number.or(channel.number.take());
        channel.state = block.channel_state().ok().or(channel.state);
    });
}

/// The same for a channel that should be known.
fn live(mirror: &mut Mirror, block: ChannelBlock<'_>) {
    let Some(uniqueid) = block.uniqueid().ok().filter(|uniqueid| !uniqueid.as_bytes().is_empty()) else { return };
    if mirror.gone.contains(uniqueid.as_bytes()) {
        return;
    }
    if mirror.channel(uniqueid.as_bytes()).is_none() {
        mirror.doubt(Part::Channels, Stale::Unexpected);
    }
    describe(mirror, block);
}

fn bridge(mirror: &mut Mirror, block: BridgeBlock<'_>) {
    let Ok(uniqueid) = block.bridge_uniqueid() else { return };
    let [kind, technology, name] = [block.bridge_type(), block.bridge_technology(), block.bridge_name()]
        .map(|value| mirror.text(value.unwrap_or_default().as_bytes()));
    mirror.change_bridge(uniqueid.as_bytes(), |bridge| {
        (bridge.kind, bridge.technology, bridge.name) = (kind, technology, name);
    });
}

fn enter(mirror: &mut Mirror, block: ChannelBlock<'_>, bridge: Option<Value<'_>>) {
    let uniqueid = block.uniqueid().ok().filter(|uniqueid| !uniqueid.as_bytes().is_empty());
    let (Some(uniqueid), Some(id)) = (uniqueid, bridge.filter(|id| !id.is_empty())) else { return };
    if !mirror.has_bridge(id.as_bytes()) {
        mirror.doubt(Part::Bridges, Stale::Unexpected);
        self::bridge(mirror, BridgeBlock::over(block.frame(), ""));
    }
    mirror.place(uniqueid.as_bytes(), Some(id.as_bytes()));
}

fn end(mirror: &mut Mirror, part: Part, view: ListEndBlock<'_>) {
    let cancelled = view.event_list().is_ok_and(|list| list.eq_ignore_case("cancelled"));
    mirror.complete(part, view.list_items().ok(), cancelled);
}

/// Queues. The names of headers are the same in an event and in an item of the list but for `Interface`, which was and still is `Location` in some.
fn queue(mirror: &mut Mirror, event: &Event<'_>, frame: Frame<'_>) {
    if let Event::QueueStatusComplete(view) = event {
        end(mirror, Part::Queues, **view);
        return;
    }
    let (Some(queue), seeding) = (frame.get("Queue"), mirror.completeness(Part::Queues) == Completeness::Seeding)
    else {
        return;
    };
    let queue = queue.as_bytes();
    match event {
        Event::QueueParams(_) => {
            mirror.item(Part::Queues);
            mirror.add_queue(queue);
        }
        Event::QueueMember(_) => {
            mirror.item(Part::Queues);
            member(mirror, queue, frame, true);
        }
        Event::QueueEntry(_) => {
            mirror.item(Part::Queues);
            caller(mirror, queue, frame);
        }
        Event::QueueMemberAdded(_) => member(mirror, queue, frame, true),
        Event::QueueMemberStatus(_)
        | Event::QueueMemberPause(_)
        | Event::QueueMemberPaused(_)
        | Event::QueueMemberPenalty(_)
        | Event::QueueMemberRinginuse(_) => member(mirror, queue, frame, seeding),
        Event::QueueMemberRemoved(_) => {
            if let Some(interface) = interface(frame) {
                mirror.remove_member(queue, interface);
            }
        }
        Event::QueueCallerJoin(_) | Event::Join(_) => caller(mirror, queue, frame),
        Event::QueueCallerLeave(_) | Event::Leave(_) | Event::QueueCallerAbandon(_) => {
            if let Some(uniqueid) = frame.get("Uniqueid") {
                mirror.remove_caller(queue, uniqueid.as_bytes());
            }
        }
        _ => {}
    }
}

fn interface(frame: Frame<'_>) -> Option<&[u8]> {
    frame.get("Interface").or_else(|| frame.get("Location")).map(Value::as_bytes)
}

/// `expected` is whether it may be one that isn't known.
fn member(mirror: &mut Mirror, queue: &[u8], frame: Frame<'_>, expected: bool) {
    let Some(interface) = interface(frame) else { return };
    let known = mirror.queue(queue).is_some_and(|queue| queue.members.contains_key(interface));
    if !known && !expected {
        mirror.doubt(Part::Queues, Stale::Unexpected);
    }
    let name = frame.get("MemberName").or_else(|| frame.get("Name")).map(|name| mirror.text(name.as_bytes()));
    let status = frame.get("Status").map(|status| mirror.text(status.as_bytes()));
    mirror.change_member(queue, interface, |member| {
        member.name = name.unwrap_or_else(|| core::mem::take(&mut member.name));
        member.status = status.unwrap_or_else(|| core::mem::take(&mut member.status));
        member.paused = frame.get("Paused").and_then(|paused| paused.parse().ok()).unwrap_or(member.paused);
        member.in_call = frame.get("InCall").and_then(|call| call.parse().ok()).or(member.in_call);
        member.penalty = frame.get("Penalty").and_then(|penalty| penalty.parse().ok()).or(member.penalty);
    });
}

fn caller(mirror: &mut Mirror, queue: &[u8], frame: Frame<'_>) {
    let Some(uniqueid) = frame.get("Uniqueid") else { return };
    let channel = mirror.text(frame.get("Channel").unwrap_or_default().as_bytes());
    mirror.change_caller(queue, uniqueid.as_bytes(), |caller| {
        caller.channel = channel;
        caller.position = frame.get("Position").and_then(|position| position.parse().ok()).or(caller.position);
    });
}
