//! What each event says of calls, from 11 to 23.

use core::time::Duration;

use super::call::{QueueOutcome, Transfer, TransferKind};
use super::{OwnedValue, Tracker};
use crate::event::{ChannelBlock, Event};
use crate::facts::{self, Bridged, ChannelSeen, Parked, QueueStep, QueueStepKind};
use crate::value::{ChannelState, UniqueId};
use crate::wire::Value;

/// What becomes of a channel that isn't known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    /// It begins here.
    Begins,
    /// It was there before.
    Joins,
    /// The event doesn't prove that it still lives.
    Stays,
}

pub(super) fn apply(tracker: &mut Tracker, event: &Event<'_>, at: Duration) {
    match event {
        Event::Newchannel(view) => see(tracker, **view, Unknown::Begins, at),
        Event::Newstate(view) => see(tracker, **view, Unknown::Joins, at),
        Event::CoreShowChannel(view) => see(tracker, **view, Unknown::Joins, at),
        Event::Status(view) => see(tracker, **view, Unknown::Joins, at),
        Event::Newexten(view) => see(tracker, **view, Unknown::Stays, at),
        Event::NewCallerId(view) => see(tracker, **view, Unknown::Stays, at),
        Event::NewConnectedLine(view) => see(tracker, **view, Unknown::Stays, at),
        Event::Rename(view) => {
            if let (Ok(unique_id), Ok(name)) = (view.unique_id(), view.new_name()) {
                tracker.rename(unique_id.as_bytes(), name.as_bytes());
            }
        }
        Event::Hangup(view) => {
            see(tracker, **view, Unknown::Stays, at);
            if let Some(unique_id) = id(tracker, **view) {
                tracker.hang_up(unique_id, view.cause().ok(), at);
            }
        }
        Event::Hold(view) => {
            see(tracker, **view, Unknown::Stays, at);
            if let Some(unique_id) = id(tracker, **view) {
                // From 12 on the end of a hold is an event of its own.
                tracker.hold(unique_id, view.status().unwrap_or(true), at);
            }
        }
        Event::Unhold(view) => {
            if let Some(unique_id) = id(tracker, **view) {
                tracker.hold(unique_id, false, at);
            }
        }
        Event::DialBegin(_) | Event::DialState(_) | Event::DialEnd(_) | Event::Dial(_) => dial(tracker, event, at),
        Event::LocalBridge(view) => {
            see(tracker, view.local_one(), Unknown::Stays, at);
            see(tracker, view.local_two(), Unknown::Stays, at);
            if let Some((one, two)) = facts::halves(event.frame()) {
                tracker.unite(one, two);
            }
        }
        Event::Masquerade(view) => {
            let (Ok(clone), Ok(original)) = ((*view).clone(), view.original()) else { return };
            let [clone, original] = [clone, original].map(|name| tracker.books.named(name.as_bytes()).cloned());
            if let (Some(clone), Some(original)) = (clone, original) {
                tracker.unite(clone.as_bytes(), original.as_bytes());
            }
        }
        Event::BlindTransfer(_) | Event::AttendedTransfer(_) | Event::Transfer(_) => transfer(tracker, event, at),
        _ => {
            if let Some(bridged) = Bridged::of(event) {
                bridge(tracker, bridged, at);
            } else if let Some(step) = QueueStep::of(event) {
                queue(tracker, step, at);
            } else if let Some(parked) = Parked::of(event) {
                park(tracker, parked, at);
            }
        }
    }
}

/// The unique id in a block, if it has one that can be a key.
fn id<'buf>(tracker: &mut Tracker, block: ChannelBlock<'buf>) -> Option<&'buf [u8]> {
    block.unique_id().ok().map(UniqueId::as_bytes).filter(|id| tracker.is_id(id))
}

/// What the description of a channel tells: that it is there, which call it is in, its state.
fn see(tracker: &mut Tracker, block: ChannelBlock<'_>, unknown: Unknown, at: Duration) {
    let Some(seen) = ChannelSeen::of(block).filter(|seen| tracker.is_id(seen.unique_id)) else { return };
    let (unique_id, linked_id) = (seen.unique_id, seen.linked_id.filter(|id| tracker.is_id(id)));
    if tracker.number_of(unique_id).is_none() && unknown != Unknown::Stays {
        let (linked_id, name) = (linked_id.unwrap_or(unique_id), seen.name.unwrap_or_default());
        tracker.appear(unique_id, linked_id, name, unknown == Unknown::Begins, at);
    } else if let Some(linked_id) = linked_id {
        tracker.relink(unique_id, linked_id);
    }
    if let Some(number) = seen.number.filter(|number| !number.is_empty()) {
        tracker.number_is(unique_id, number);
    }
    if let Some(leg) = tracker.leg(unique_id) {
        match seen.state {
            Some(ChannelState::RING | ChannelState::RINGING) => {
                leg.ringing.get_or_insert(at);
            }
            Some(ChannelState::UP) => {
                leg.answered.get_or_insert(at);
            }
            _ => {}
        }
    }
}

fn dial(tracker: &mut Tracker, event: &Event<'_>, at: Duration) {
    match event {
        Event::DialBegin(view) => {
            see(tracker, **view, Unknown::Joins, at);
            see(tracker, view.dest(), Unknown::Joins, at);
            let from = id(tracker, **view);
            if let Some(to) = id(tracker, view.dest()) {
                tracker.unite(from.unwrap_or(to), to);
                tracker.begin_dial(from, to, false, at);
            }
        }
        Event::DialState(view) => see(tracker, view.dest(), Unknown::Stays, at),
        Event::DialEnd(view) => {
            see(tracker, view.dest(), Unknown::Stays, at);
            if let Some(to) = id(tracker, view.dest()) {
                tracker.end_dial(to, false, view.dial_status().ok().map(Value::as_bytes), at);
            }
        }
        Event::Dial(view) => {
            let Ok(from) = view.unique_id() else { return };
            let from = Some(from.as_bytes()).filter(|id| tracker.is_id(id));
            match view.dest_unique_id() {
                Ok(to) if tracker.is_id(to.as_bytes()) => {
                    tracker.unite(from.unwrap_or_default(), to.as_bytes());
                    tracker.begin_dial(from, to.as_bytes(), true, at);
                }
                // The end names the caller alone.
                _ => {
                    let status = view.dial_status().ok().map(Value::as_bytes);
                    tracker.end_dial(from.unwrap_or_default(), true, status, at);
                }
            }
        }
        _ => {}
    }
}

fn bridge(tracker: &mut Tracker, bridged: Bridged<'_>, at: Duration) {
    match bridged {
        Bridged::Entered { channel, bridge } => {
            see(tracker, channel, Unknown::Joins, at);
            if let (Some(unique_id), Ok(id)) = (id(tracker, channel), bridge.bridge_unique_id()) {
                // A conference is no call.
                if channel.linked_id().is_err() && bridge.bridge_type().is_ok_and(|kind| kind == "basic") {
                    if let Some(other) = tracker.books.anyone_inside(id.as_bytes()).cloned() {
                        tracker.unite(unique_id, other.as_bytes());
                    }
                }
                tracker.enter(unique_id, id.as_bytes(), at);
            }
        }
        Bridged::Left { channel, bridge } => {
            see(tracker, channel, Unknown::Stays, at);
            if let (Some(unique_id), Ok(bridge)) = (id(tracker, channel), bridge.bridge_unique_id()) {
                tracker.leave(unique_id, bridge.as_bytes(), at);
            }
        }
        Bridged::Pair { one, two, together } => {
            let bridge = [one, b"+", two].concat();
            if together {
                tracker.unite(one, two);
                for unique_id in [one, two] {
                    tracker.enter(unique_id, &bridge, at);
                }
            } else {
                for unique_id in [one, two] {
                    tracker.leave(unique_id, &bridge, at);
                }
            }
        }
    }
}

fn transfer(tracker: &mut Tracker, event: &Event<'_>, at: Duration) {
    let exten = |exten: Option<Value<'_>>, context: Option<Value<'_>>| {
        [exten.unwrap_or_default().as_bytes(), b"@", context.unwrap_or_default().as_bytes()].concat()
    };
    let (kind, by, target, result) = match event {
        Event::BlindTransfer(view) => {
            see(tracker, view.transferer(), Unknown::Stays, at);
            let target = exten(view.extension().ok(), view.context().ok());
            (TransferKind::Blind, id(tracker, view.transferer()), target, view.result().ok())
        }
        Event::AttendedTransfer(view) => {
            see(tracker, view.orig_transferer(), Unknown::Stays, at);
            see(tracker, view.second_transferer(), Unknown::Stays, at);
            // The one who is talked to; for a target that is an application there is none.
            let target = view.transfer_target().channel().map(|name| name.as_bytes().to_vec());
            let target = target.or_else(|_| view.second_transferer().channel().map(|name| name.as_bytes().to_vec()));
            (
                TransferKind::Attended,
                id(tracker, view.orig_transferer()),
                target.unwrap_or_default(),
                view.result().ok(),
            )
        }
        Event::Transfer(view) => {
            let by = view.unique_id().ok().map(UniqueId::as_bytes);
            if view.transfer_type().is_ok_and(|kind| kind.eq_ignore_case("Attended")) {
                if let (Some(by), Ok(target)) = (by, view.target_unique_id()) {
                    tracker.unite(by, target.as_bytes());
                }
                let target = view.target_channel().map(|name| name.as_bytes().to_vec()).unwrap_or_default();
                (TransferKind::Attended, by, target, None)
            } else {
                (TransferKind::Blind, by, exten(view.transfer_exten().ok(), view.transfer_context().ok()), None)
            }
        }
        _ => return,
    };
    let Some(by) = by else { return };
    let target = tracker.text(&target);
    let result = result.map(|result| tracker.text(result.as_bytes()));
    let transfer = Transfer { kind, at, by: OwnedValue::new(by), target, result };
    tracker.mark(by, |call, _| Some(&mut call.transfers), transfer, 0);
}

fn queue(tracker: &mut Tracker, step: QueueStep<'_>, at: Duration) {
    let (caller, queue) = (step.caller.unique_id, tracker.text(step.queue));
    if !tracker.is_id(caller) {
        return;
    }
    if let Some(channel) = step.channel {
        let joins = matches!(step.kind, QueueStepKind::Joined);
        see(tracker, channel, if joins { Unknown::Joins } else { Unknown::Stays }, at);
    }
    let outcome = match step.kind {
        QueueStepKind::Joined => return tracker.join_queue(caller, &queue, step.caller.position(), at),
        QueueStepKind::Left => None,
        QueueStepKind::Abandoned => Some(QueueOutcome::Abandoned),
        QueueStepKind::Answered(member) => Some(QueueOutcome::Answered(tracker.text(member))),
    };
    tracker.leave_queue(&OwnedValue::new(caller), &queue, outcome, at);
}

fn park(tracker: &mut Tracker, parked: Parked<'_>, at: Duration) {
    if !tracker.is_id(parked.unique_id) {
        return;
    }
    if let Some((lot, space)) = parked.place {
        let (lot, space) = (tracker.text(lot), tracker.text(space));
        tracker.park(parked.unique_id, lot, space, at);
    } else {
        tracker.unpark(parked.unique_id, at);
    }
}
