//! Calls and what was left out of them.

use alloc::collections::BTreeSet;

use serde::{Serialize, Serializer};

use super::{Seq, as_words, object, objects, seconds};
use crate::calls::{
    Call, DetailRecord, Dial, DialplanPlace, Digit, Direction, Disposition, Leg, Losses, Parking, ParkingEnd, Party,
    QueueOutcome, QueueWait, Recording, RecordingKind, Room, Span, Stay, TimeSource, Transfer, TransferKind, Variable,
};

as_words! { Direction, Disposition, ParkingEnd, RecordingKind, TimeSource, TransferKind, }

/// The word alone; [`QueueWait`] has who answered.
impl Serialize for QueueOutcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A wait, a transfer or a parking as the list of calls has it.
enum Brief<'a> {
    Wait(&'a QueueWait, &'a Call),
    Transfer(&'a Transfer),
    Parking(&'a Parking, &'a Call),
    Recording(&'a Recording),
}

impl Serialize for Brief<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Wait(wait, call) => object!(serializer, "QueueWait", {
                "queue": wait.queue,
                "outcome": wait.outcome.as_ref().map_or("unknown", QueueOutcome::as_str),
                "wait": seconds(call.length(wait.span)),
                "agent": wait.outcome.as_ref().and_then(QueueOutcome::agent),
            }),
            Self::Transfer(transfer) => object!(serializer, "Transfer", {
                "kind": transfer.kind,
                "to": transfer.target,
            }),
            Self::Parking(parking, call) => object!(serializer, "Parking", {
                "lot": parking.lot,
                "s": seconds(call.length(parking.span)),
            }),
            Self::Recording(recording) => object!(serializer, "Recording", {
                "kind": recording.kind,
                "file": recording.file,
                "start": seconds(recording.span.start),
                "end": seconds(recording.span.end),
            }),
        }
    }
}

/// The call as a line of a list: what [`Call`]'s own methods say. `manual::json` has the keys and
/// their words.
impl Serialize for Call {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "Call", {
            "linked_id": self.linked_id(),
            "former": self.former_linked_ids(),
            "channels": self.channels().collect::<alloc::vec::Vec<_>>(),
            "from": self.from(),
            "dialled": self.dialled(),
            "to": self.to(),
            "disposition": self.disposition(),
            "start": seconds(self.start()),
            "answered_by_person": seconds(self.answered_by_person()),
            "end": seconds(self.end()),
            "talk": seconds(self.talk()),
            "wait": seconds(self.wait()),
            "hold": seconds(self.hold()),
            "queues": Seq(self.queues().iter().map(|wait| Brief::Wait(wait, self))),
            "transfers": Seq(self.transfers().iter().filter(|one| one.succeeded()).map(Brief::Transfer)),
            "parked": Seq(self.parkings().iter().map(|parking| Brief::Parking(parking, self))),
            "recordings": Seq(self.recordings().iter().map(Brief::Recording)),
            "rooms": self.rooms().iter().map(|room| &room.conference).collect::<BTreeSet<_>>(),
            "cause": self.cause(),
            "time_source": self.time_source(),
        })
    }
}

objects! {
    Party<'_> as "Party", |party| { "number": party.number, "name": party.name, "channel": party.channel, }
    Leg as "Leg", |leg| {
        "channel": leg.channel,
        "unique_id": leg.unique_id,
        "number": leg.number,
        "name": leg.name,
        "connected_number": leg.connected_number,
        "connected_name": leg.connected_name,
        "account": leg.account,
        "exten": leg.exten,
        "context": leg.context,
        "first_place": leg.first_place(),
        "place": leg.place(),
        "application": leg.application,
        "dial_status": leg.dial_status,
        "first_seen": seconds(leg.first_seen),
        "from_start": leg.from_start,
        "ringing": seconds(leg.ringing),
        "answered": seconds(leg.answered),
        "ended": seconds(leg.ended),
        "cause": leg.cause,
        "holds": leg.holds,
        "stays": leg.stays,
        "digits": leg.digits,
        "replaced": leg.replaced,
        "guest": leg.guest,
        "reached_voicemail": leg.reached_voicemail(),
    }
    DialplanPlace<'_> as "DialplanPlace", |place| {
        "exten": place.exten,
        "context": place.context,
        "priority": place.priority,
    }
    Digit as "Digit", |digit| {
        "at": seconds(digit.at),
        "digit": digit.digit,
        "received": digit.received,
    }
    Span as "Span", |span| { "start": seconds(span.start), "end": seconds(span.end), }
    Stay as "Stay", |stay| { "bridge": stay.bridge, "mixing": stay.mixing, "span": stay.span, }
    Dial as "Dial", |dial| {
        "from": dial.from,
        "to": dial.to,
        "string": dial.string,
        "span": dial.span,
        "status": dial.status,
        "forwarded_to": dial.forwarded_to,
    }
    Transfer as "Transfer", |transfer| {
        "kind": transfer.kind,
        "at": seconds(transfer.at),
        "by": transfer.by,
        "target": transfer.target,
        "result": transfer.result,
    }
    QueueWait as "QueueWait", |wait| {
        "queue": wait.queue,
        "caller": wait.caller,
        "position": wait.position,
        "span": wait.span,
        "outcome": wait.outcome,
        "agent": wait.outcome.as_ref().and_then(QueueOutcome::agent),
    }
    Parking as "Parking", |parking| {
        "parked": parking.parked,
        "lot": parking.lot,
        "space": parking.space,
        "span": parking.span,
        "end": parking.end,
    }
    Room as "Room", |room| { "conference": room.conference, "channel": room.channel, "span": room.span, }
    Recording as "Recording", |recording| {
        "kind": recording.kind,
        "channel": recording.channel,
        "file": recording.file,
        "span": recording.span,
    }
    Variable as "Variable", |variable| {
        "channel": variable.channel,
        "name": variable.name,
        "value": variable.value,
    }
    DetailRecord as "DetailRecord", |record| {
        "channel": record.channel,
        "destination": record.destination,
        "disposition": record.disposition,
        "duration": seconds(record.duration),
        "billable": seconds(record.billable),
    }
    Losses as "Losses", |losses| {
        "given_up": losses.given_up,
        "call_events": losses.call_events,
        "leg_events": losses.leg_events,
        "legs": losses.legs,
        "marks": losses.marks,
        "ended": losses.ended,
        "texts": losses.texts,
        "ids": losses.ids,
        "hangups": losses.hangups,
    }
}
