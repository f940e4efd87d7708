//! What each event says of calls, from 11 to 23.

use core::time::Duration;

use super::call::{QueueOutcome, Transfer, TransferKind};
use super::{Text, Tracker};
use crate::event::{ChannelBlock, Event};
use crate::value::{CallerIdPart, ChannelName, ChannelState, UniqueId};
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
        Event::NewCallerid(view) => see(tracker, **view, Unknown::Stays, at),
        Event::NewConnectedLine(view) => see(tracker, **view, Unknown::Stays, at),
        Event::Rename(view) => {
            if let (Ok(uniqueid), Ok(name)) = (view.uniqueid(), view.new_name()) {
                tracker.rename(uniqueid.as_bytes(), name.as_bytes());
            }
        }
        Event::Hangup(view) => {
            see(tracker, **view, Unknown::Stays, at);
            if let Some(uniqueid) = id(tracker, **view) {
                tracker.hang_up(uniqueid, view.cause().ok(), at);
            }
        }
        Event::Hold(view) => {
            see(tracker, **view, Unknown::Stays, at);
            if let Some(uniqueid) = id(tracker, **view) {
                // From 12 on the end of a hold is an event of its own.
                tracker.hold(uniqueid, view.status().unwrap_or(true), at);
            }
        }
        Event::Unhold(view) => {
            if let Some(uniqueid) = id(tracker, **view) {
                tracker.hold(uniqueid, false, at);
            }
        }
        Event::DialBegin(_) | Event::DialState(_) | Event::DialEnd(_) | Event::Dial(_) => dial(tracker, event, at),
        Event::BridgeEnter(_)
        | Event::BridgeLeave(_)
        | Event::Bridge(_)
        | Event::Link(_)
        | Event::Unlink(_)
        | Event::LocalBridge(_)
        | Event::Masquerade(_) => bridge(tracker, event, at),
        Event::BlindTransfer(_) | Event::AttendedTransfer(_) | Event::Transfer(_) => transfer(tracker, event, at),
        Event::QueueCallerJoin(_)
        | Event::Join(_)
        | Event::QueueCallerLeave(_)
        | Event::Leave(_)
        | Event::QueueCallerAbandon(_)
        | Event::AgentConnect(_) => queue(tracker, event, at),
        Event::ParkedCall(_) | Event::UnParkedCall(_) | Event::ParkedCallTimeOut(_) | Event::ParkedCallGiveUp(_) => {
            park(tracker, event, at);
        }
        _ => {}
    }
}

/// The unique id in a block, if it has one that can be a key.
fn id<'buf>(tracker: &mut Tracker, block: ChannelBlock<'buf>) -> Option<&'buf [u8]> {
    block.uniqueid().ok().map(UniqueId::as_bytes).filter(|id| tracker.is_id(id))
}

/// What the description of a channel tells: that it is there, which call it is in, its state.
fn see(tracker: &mut Tracker, block: ChannelBlock<'_>, unknown: Unknown, at: Duration) {
    let Some(uniqueid) = id(tracker, block) else { return };
    let linkedid = block.linkedid().ok().map(UniqueId::as_bytes).filter(|id| tracker.is_id(id));
    let channel = block.channel().map(ChannelName::as_bytes).unwrap_or_default();
    if tracker.number_of(uniqueid).is_none() && unknown != Unknown::Stays {
        tracker.appear(uniqueid, linkedid.unwrap_or(uniqueid), channel, unknown == Unknown::Begins, at);
    } else if let Some(linkedid) = linkedid {
        tracker.relink(uniqueid, linkedid);
    }
    let number = block.caller_id_num().ok().and_then(CallerIdPart::known).filter(|number| !number.is_empty());
    if let Some(number) = number {
        tracker.number_is(uniqueid, number);
    }
    if let Some(leg) = tracker.leg(uniqueid) {
        match block.channel_state() {
            Ok(ChannelState::RING | ChannelState::RINGING) => {
                leg.ringing.get_or_insert(at);
            }
            Ok(ChannelState::UP) => {
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
            let Ok(from) = view.uniqueid() else { return };
            let from = Some(from.as_bytes()).filter(|id| tracker.is_id(id));
            match view.dest_uniqueid() {
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

fn bridge(tracker: &mut Tracker, event: &Event<'_>, at: Duration) {
    let pair = |one: Option<&[u8]>, two: Option<&[u8]>| one.zip(two).map(|(one, two)| [one, b"+", two].concat());
    match event {
        Event::BridgeEnter(view) => {
            see(tracker, **view, Unknown::Joins, at);
            if let (Some(uniqueid), Ok(bridge)) = (id(tracker, **view), view.bridge_uniqueid()) {
                // A conference is no call.
                if view.linkedid().is_err() && view.bridge_type().is_ok_and(|kind| kind == "basic") {
                    if let Some(other) = tracker.books.anyone_inside(bridge.as_bytes()).cloned() {
                        tracker.unite(uniqueid, other.as_bytes());
                    }
                }
                tracker.enter(uniqueid, bridge.as_bytes(), at);
            }
        }
        Event::BridgeLeave(view) => {
            see(tracker, **view, Unknown::Stays, at);
            if let (Some(uniqueid), Ok(bridge)) = (id(tracker, **view), view.bridge_uniqueid()) {
                tracker.leave(uniqueid, bridge.as_bytes(), at);
            }
        }
        Event::LocalBridge(view) => {
            see(tracker, view.local_one(), Unknown::Stays, at);
            see(tracker, view.local_two(), Unknown::Stays, at);
            let frame = event.frame();
            for [one, two] in [["LocalOneUniqueid", "LocalTwoUniqueid"], ["Uniqueid1", "Uniqueid2"]] {
                if let (Some(one), Some(two)) = (frame.get(one), frame.get(two)) {
                    tracker.unite(one.as_bytes(), two.as_bytes());
                }
            }
        }
        Event::Masquerade(view) => {
            let (Ok(clone), Ok(original)) = ((*view).clone(), view.original()) else { return };
            let [clone, original] = [clone, original].map(|name| tracker.books.named(name.as_bytes()).cloned());
            if let (Some(clone), Some(original)) = (clone, original) {
                tracker.unite(clone.as_bytes(), original.as_bytes());
            }
        }
        Event::Bridge(_) | Event::Link(_) | Event::Unlink(_) => {
            let frame = event.frame();
            let [one, two] = ["Uniqueid1", "Uniqueid2"].map(|name| frame.get(name).map(Value::as_bytes));
            let Some(bridge) = pair(one, two) else { return };
            let parted = match event {
                Event::Bridge(view) => view.bridge_state().is_ok_and(|state| state.eq_ignore_case("Unlink")),
                _ => matches!(event, Event::Unlink(_)),
            };
            let ids = [one, two].into_iter().flatten();
            if parted {
                ids.for_each(|uniqueid| tracker.leave(uniqueid, &bridge, at));
            } else {
                tracker.unite(one.unwrap_or_default(), two.unwrap_or_default());
                ids.for_each(|uniqueid| tracker.enter(uniqueid, &bridge, at));
            }
        }
        _ => {}
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
            let by = view.uniqueid().ok().map(UniqueId::as_bytes);
            if view.transfer_type().is_ok_and(|kind| kind.eq_ignore_case("Attended")) {
                if let (Some(by), Ok(target)) = (by, view.target_uniqueid()) {
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
    let transfer = Transfer { kind, at, by: Text::new(by), target, result };
    tracker.mark(by, |call, _| Some(&mut call.transfers), transfer, 0);
}

fn queue(tracker: &mut Tracker, event: &Event<'_>, at: Duration) {
    let frame = event.frame();
    // The same two names in all of them, and in all versions.
    let (Some(caller), Some(queue)) = (frame.get("Uniqueid"), frame.get("Queue")) else { return };
    let (caller, queue) = (caller.as_bytes(), tracker.text(queue.as_bytes()));
    if !tracker.is_id(caller) {
        return;
    }
    match event {
        Event::QueueCallerJoin(view) => see(tracker, **view, Unknown::Joins, at),
        Event::QueueCallerLeave(view) => see(tracker, **view, Unknown::Stays, at),
        _ => {}
    }
    if matches!(event, Event::QueueCallerJoin(_) | Event::Join(_)) {
        let position = frame.get("Position").and_then(|position| position.parse().ok());
        tracker.join_queue(caller, &queue, position, at);
        return;
    }
    let outcome = match event {
        Event::QueueCallerAbandon(_) => Some(QueueOutcome::Abandoned),
        Event::AgentConnect(view) => {
            let member = view.member_name().map(Value::as_bytes).unwrap_or_default();
            Some(QueueOutcome::Answered(tracker.text(member)))
        }
        _ => None,
    };
    tracker.leave_queue(&Text::new(caller), &queue, outcome, at);
}

fn park(tracker: &mut Tracker, event: &Event<'_>, at: Duration) {
    let frame = event.frame();
    // 12 renamed all of it.
    let first = |names: [&str; 2]| names.into_iter().find_map(|name| frame.get(name)).map(Value::as_bytes);
    let Some(parked) = first(["ParkeeUniqueid", "Uniqueid"]).filter(|id| tracker.is_id(id)) else { return };
    if matches!(event, Event::ParkedCall(_)) {
        let lot = tracker.text(frame.get("Parkinglot").unwrap_or_default().as_bytes());
        let space = tracker.text(first(["ParkingSpace", "Exten"]).unwrap_or_default());
        tracker.park(parked, lot, space, at);
    } else {
        tracker.unpark(parked, at);
    }
}
