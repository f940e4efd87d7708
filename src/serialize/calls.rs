//! Calls and what was left out of them.

use serde::{Serialize, Serializer};

use super::{as_words, objects, seconds};
use crate::calls::{Call, Dial, Leg, Losses, Parking, QueueOutcome, QueueWait, Span, Stay, Transfer, TransferKind};

as_words! { TransferKind, }

/// The word alone; [`QueueWait`] has who answered.
impl Serialize for QueueOutcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

objects! {
    Call as "Call", |call| {
        "number": call.number(),
        "linked_id": call.linked_id(),
        "former_linked_ids": call.former_linked_ids(),
        "start": seconds(call.start()),
        "answered": seconds(call.answered()),
        "end": seconds(call.end()),
        "cause": call.cause(),
        "legs": call.legs(),
        "dials": call.dials(),
        "transfers": call.transfers(),
        "queues": call.queues(),
        "parkings": call.parkings(),
    }
    Leg as "Leg", |leg| {
        "channel": leg.channel,
        "unique_id": leg.unique_id,
        "number": leg.number,
        "first_seen": seconds(leg.first_seen),
        "from_start": leg.from_start,
        "ringing": seconds(leg.ringing),
        "answered": seconds(leg.answered),
        "ended": seconds(leg.ended),
        "cause": leg.cause,
        "holds": leg.holds,
        "stays": leg.stays,
    }
    Span as "Span", |span| { "start": seconds(span.start), "end": seconds(span.end), }
    Stay as "Stay", |stay| { "bridge": stay.bridge, "span": stay.span, }
    Dial as "Dial", |dial| { "from": dial.from, "to": dial.to, "span": dial.span, "status": dial.status, }
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
    }
    Losses as "Losses", |losses| {
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
