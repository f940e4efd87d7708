//! Events beyond channels, dials and bridges, and what they say of calls: transfers, queues,
//! parking lots, conferences, recordings, variables, digits, detail records.

use core::time::Duration;

use super::apply::{Unknown, id, see};
use super::call::Call;
use super::channel_index::Channel;
use super::history::{
    DetailRecord, Digit, ParkingEnd, QueueOutcome, Recording, RecordingKind, Room, Span, Transfer, TransferKind,
    Variable,
};
use super::marks::Fact;
use super::{OwnedValue, Tracker};
use crate::event::{Event, Newexten};
use crate::facts::{self, Parked, ParkedKind, QueueStep, QueueStepKind};
use crate::value::UniqueId;
use crate::wire::{Frame, Value};

pub(super) fn apply(tracker: &mut Tracker, event: &Event<'_>, at: Duration) {
    let frame = event.frame();
    match event {
        Event::BlindTransfer(_) | Event::AttendedTransfer(_) | Event::Transfer(_) => transfer(tracker, event, at),
        Event::AgentLogin(_) => agent(tracker, frame, true),
        Event::AgentLogoff(_) => agent(tracker, frame, false),
        Event::VarSet(view) => {
            see(tracker, **view, Unknown::Stays, at);
            if let (Some(unique_id), Ok(name)) = (id(tracker, **view), view.variable()) {
                let value = frame.get("Value").unwrap_or_default().as_bytes();
                variable(tracker, unique_id, name.as_bytes(), value, at);
            }
        }
        Event::Dtmf(_) | Event::DtmfEnd(_) => digit(tracker, frame, at),
        Event::ConfbridgeJoin(_) | Event::MeetmeJoin(_) => joins(tracker, frame, at),
        Event::ConfbridgeLeave(_) | Event::MeetmeLeave(_) => leaves(tracker, frame, at),
        Event::MixMonitorStart(_) => records(tracker, frame, RecordingKind::MixMonitor, None, at),
        Event::MonitorStart(_) => records(tracker, frame, RecordingKind::Monitor, None, at),
        Event::MixMonitorStop(_) => recorded(tracker, frame, RecordingKind::MixMonitor, at),
        Event::MonitorStop(_) => recorded(tracker, frame, RecordingKind::Monitor, at),
        Event::Cdr(view) => {
            let text = |value: Option<Value<'_>>| value.unwrap_or_default().as_bytes().to_vec();
            let (destination, disposition) = (text(view.destination().ok()), text(view.disposition().ok()));
            let seconds = |name| Duration::from_secs(frame.get(name).and_then(|it| it.parse().ok()).unwrap_or(0));
            let Some(channel) = unique_id(tracker, frame) else { return };
            let record = DetailRecord {
                channel: OwnedValue::new(channel),
                destination: tracker.text(&destination),
                disposition: tracker.text(&disposition),
                duration: seconds("Duration"),
                billable: seconds("BillableSeconds"),
            };
            tracker.mark(channel, record, 0);
        }
        // It comes late, with a linked id that was true before; up to 11 nothing else tells any.
        Event::Cel(view) => {
            if let (Ok(channel), Ok(linked_id)) = (view.unique_id(), view.linked_id()) {
                tracker.link_late(channel.as_bytes(), linked_id.as_bytes());
            }
        }
        Event::ParkedCallSwap(_) => {
            let space = frame.get("ParkingSpace").unwrap_or_default().as_bytes();
            if let Some(channel) = frame.get("ParkeeUniqueid") {
                tracker.swap_parked(channel.as_bytes(), space);
            }
        }
        _ => {}
    }
}

/// The unique id of an event, if it can be a key.
fn unique_id<'buf>(tracker: &mut Tracker, frame: Frame<'buf>) -> Option<&'buf [u8]> {
    frame.get("Uniqueid").map(Value::as_bytes).filter(|id| tracker.is_id(id))
}

fn agent(tracker: &mut Tracker, frame: Frame<'_>, logged_in: bool) {
    if let Some(unique_id) = unique_id(tracker, frame) {
        tracker.agent(unique_id, logged_in);
    }
}

/// A channel goes on in the dialplan.
pub(super) fn runs(tracker: &mut Tracker, unique_id: &[u8], view: &Newexten<'_>) {
    tracker.told_steps = true;
    let exten = view.extension().unwrap_or_default();
    let application = view.application().unwrap_or_default();
    // What a dialled channel says that it runs is the one who dials.
    if application.as_bytes().starts_with(b"App") && view.app_data().is_ok_and(|data| data == "(Outgoing Line)") {
        return;
    }
    tracker.set(unique_id, Fact::Application, application.as_bytes());
    let context = view.context().unwrap_or_default();
    let priority = view.priority().ok().and_then(|priority| u32::try_from(priority).ok()).unwrap_or(0);
    tracker.step_to(unique_id, exten.as_bytes(), context.as_bytes(), priority);
    if application.eq_ignore_case("Queue") {
        let data = view.app_data().unwrap_or_default().as_bytes();
        let queue = data.split(|byte| matches!(byte, b',' | b'|')).next().unwrap_or_default();
        tracker.set(unique_id, Fact::Queue, queue);
    }
    let told = tracker.told_variables;
    let Some(leg) = tracker.leg(unique_id) else { return };
    leg.voicemail |= application.eq_ignore_case("VoiceMail");
    let gone = leg.leaving || exten == "h";
    // It has left the queue, and no variable says why: by a key.
    let left = tracker.wait(unique_id, None).is_some_and(|wait| wait.span.end.is_some() && wait.outcome.is_none());
    if left && told {
        tracker.wait_ended(unique_id, if gone { QueueOutcome::Abandoned } else { QueueOutcome::ExitKey });
    }
    if application.eq_ignore_case("StopMixMonitor") {
        stop(tracker, unique_id, RecordingKind::MixMonitor, None);
    }
}

/// A channel and another are in one bridge: who waited in a queue without word of an agent has one.
pub(super) fn answered(tracker: &mut Tracker, caller: &[u8], by: &[u8]) {
    if tracker.wait(caller, None).is_some_and(|wait| wait.outcome.is_none()) {
        let agent = tracker.leg(by).map(|leg| leg.channel.clone()).unwrap_or_default();
        tracker.wait_ended(caller, QueueOutcome::Answered(agent));
    }
}

fn variable(tracker: &mut Tracker, channel: &[u8], name: &[u8], value: &[u8], at: Duration) {
    tracker.told_variables = true;
    match name {
        b"DIALSTATUS" => tracker.set(channel, Fact::DialStatus, value),
        b"QUEUESTATUS" => {
            let outcome = match value {
                b"TIMEOUT" => QueueOutcome::TimedOut,
                b"FULL" | b"JOINEMPTY" | b"LEAVEEMPTY" | b"JOINUNAVAIL" | b"LEAVEUNAVAIL" => QueueOutcome::Empty,
                b"WITHDRAW" => QueueOutcome::Withdrawn,
                _ => return,
            };
            // What became of the last wait may be known: then it is about one that did not begin.
            if tracker.wait(channel, None).is_some_and(|wait| wait.outcome.is_none()) {
                tracker.wait_ended(channel, outcome);
            } else if matches!(value, b"FULL" | b"JOINEMPTY" | b"JOINUNAVAIL") {
                tracker.refuse(channel, at);
            }
        }
        b"MIXMONITOR_FILENAME" if !value.is_empty() => {
            let file = tracker.text(value);
            record(tracker, channel, RecordingKind::MixMonitor, Some(file), at);
        }
        _ => {}
    }
    let Some(place) = tracker.asked.iter().position(|asked| asked.as_bytes() == name) else { return };
    let value = tracker.text(value);
    tracker.variable(channel, place, value);
}

fn digit(tracker: &mut Tracker, frame: Frame<'_>, at: Duration) {
    let Some(channel) = unique_id(tracker, frame) else { return };
    let text = |name| frame.get(name).unwrap_or_default();
    // Up to 11 one event tells the beginning and the end.
    if text("End").eq_ignore_case("No") {
        return;
    }
    let Some(digit) = text("Digit").as_bytes().first() else { return };
    let digit = Digit { at, digit: char::from(*digit), received: text("Direction").eq_ignore_case("Received") };
    tracker.mark(channel, digit, 0);
}

fn joins(tracker: &mut Tracker, frame: Frame<'_>, at: Duration) {
    let Some(channel) = unique_id(tracker, frame) else { return };
    let conference = facts::conference(frame).unwrap_or_default();
    let room = Room { conference: tracker.text(conference), channel: OwnedValue::new(channel), span: Span::from(at) };
    let there =
        |(call, channel): (&mut Call, &mut Channel)| channel.room.is_some_and(|place| call.rooms.at(place).is_some());
    if tracker.channel_mut(channel).is_none_or(there) {
        return;
    }
    let place = tracker.mark(channel, room, 0);
    if let Some((_, channel)) = tracker.channel_mut(channel) {
        channel.room = place;
    }
}

fn leaves(tracker: &mut Tracker, frame: Frame<'_>, at: Duration) {
    let Some(channel) = unique_id(tracker, frame) else { return };
    let Some((call, channel)) = tracker.channel_mut(channel) else { return };
    if let Some(room) = channel.room.take().and_then(|place| call.rooms.at(place)) {
        room.span.close(at);
    }
}

fn records(tracker: &mut Tracker, frame: Frame<'_>, kind: RecordingKind, file: Option<OwnedValue>, at: Duration) {
    if let Some(channel) = unique_id(tracker, frame) {
        record(tracker, channel, kind, file, at);
    }
}

/// A recording begins. The one of which the file was told may be told again.
fn record(tracker: &mut Tracker, channel: &[u8], kind: RecordingKind, file: Option<OwnedValue>, at: Duration) {
    let Some((call, books)) = tracker.channel_mut(channel) else { return };
    if file.is_none() && kind == RecordingKind::MixMonitor {
        let open = books.recordings.back().and_then(|place| call.recordings.at(*place));
        if let Some(open) = open.filter(|open| open.kind == kind && !open.confirmed) {
            open.confirmed = true;
            return;
        }
    }
    let confirmed = file.is_none();
    let recording = Recording { kind, channel: OwnedValue::new(channel), file, span: Span::from(at), confirmed };
    let place = tracker.mark(channel, recording, 0);
    if let (Some(place), Some((_, books))) = (place, tracker.channel_mut(channel)) {
        books.recordings.push_back(place);
    }
}

fn recorded(tracker: &mut Tracker, frame: Frame<'_>, kind: RecordingKind, at: Duration) {
    if let Some(channel) = unique_id(tracker, frame) {
        stop(tracker, channel, kind, Some(at));
    }
}

/// The recording of this kind that began last stops.
fn stop(tracker: &mut Tracker, channel: &[u8], kind: RecordingKind, at: Option<Duration>) {
    let Some((call, books)) = tracker.channel_mut(channel) else { return };
    let at = at.unwrap_or(call.heard);
    let of_kind = |place: &usize| call.recordings.at(*place).is_some_and(|one| one.kind == kind);
    // Both kinds at once are all there can be between the last one and the one that is meant.
    let Some(index) = books.recordings.iter().rev().take(2).position(of_kind) else { return };
    let place = books.recordings.remove(books.recordings.len() - 1 - index);
    if let Some(recording) = place.and_then(|place| call.recordings.at(place)) {
        recording.span.close(at);
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
            if view.result().is_ok_and(|result| result == "Success") {
                for other in [view.second_transferer(), view.transferee(), view.transfer_target()] {
                    if let (Some(one), Some(other)) = (id(tracker, view.orig_transferer()), id(tracker, other)) {
                        tracker.unite(one, other);
                    }
                }
            }
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
    tracker.mark(by, transfer, 0);
}

pub(super) fn queue(tracker: &mut Tracker, step: QueueStep<'_>, at: Duration) {
    let (caller, queue) = (step.caller.unique_id, tracker.text(step.queue));
    if !tracker.is_id(caller) {
        return;
    }
    if let Some(channel) = step.channel {
        let joins = matches!(step.kind, QueueStepKind::Joined);
        see(tracker, channel, if joins { Unknown::Joins } else { Unknown::Stays }, at);
    }
    if matches!(step.kind, QueueStepKind::Joined) {
        return tracker.join_queue(caller, &queue, step.caller.position(), at);
    }
    let Some(wait) = tracker.wait(caller, Some(&queue)) else { return };
    match step.kind {
        QueueStepKind::Answered { name, .. } => {
            wait.span.end = Some(at);
            let member = tracker.text(name);
            tracker.wait_ended(caller, QueueOutcome::Answered(member));
        }
        QueueStepKind::Abandoned => {
            wait.span.close(at);
            wait.unanswered = true;
        }
        _ => wait.span.close(at),
    }
}

pub(super) fn park(tracker: &mut Tracker, parked: Parked<'_>, event: &Event<'_>, at: Duration) {
    if !tracker.is_id(parked.unique_id) {
        return;
    }
    let how = match parked.kind {
        ParkedKind::In(lot, space) => {
            let (lot, space) = (tracker.text(lot), tracker.text(space));
            return tracker.park(parked.unique_id, lot, space, at);
        }
        ParkedKind::Retrieved => ParkingEnd::Retrieved,
        ParkedKind::TimedOut => ParkingEnd::TimedOut,
        ParkedKind::GaveUp => ParkingEnd::GaveUp,
    };
    if tracker.group_of(parked.unique_id).is_some() {
        tracker.unpark(parked.unique_id, how, at);
    } else if let Some(linked_id) = event.frame().get("ParkeeLinkedid") {
        tracker.parked_late(linked_id.as_bytes(), parked.unique_id, how);
    }
}

impl Tracker {
    /// Keeps the last value of a variable that was asked for.
    fn variable(&mut self, unique_id: &[u8], name: usize, value: OwnedValue) {
        let Some((call, channel)) = self.channel_mut(unique_id) else { return };
        let group = call.group;
        let known = channel.variables.iter().find(|(known, _)| *known == name).map(|(_, place)| *place);
        if let Some(place) = known {
            let bytes = crate::byte_budget::text(&value);
            let room = self.make_room_for_text(unique_id, bytes);
            let call = self.calls.get_mut(&group).filter(|_| room);
            if let Some(variable) = call.and_then(|call| call.variables.at(place)) {
                let before = core::mem::replace(&mut variable.value, value);
                self.books.budget.add(bytes);
                self.books.budget.give_back(crate::byte_budget::text(&before));
            }
            return;
        }
        let text = self.asked[name].clone();
        let variable = Variable { channel: OwnedValue::new(unique_id), name: text, value };
        let place = self.mark(unique_id, variable, 0);
        if let (Some(place), Some((_, channel))) = (place, self.channel_mut(unique_id)) {
            channel.variables.push((name, place));
        }
    }
}
