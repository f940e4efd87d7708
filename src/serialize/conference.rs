//! The common vocabulary: what all dialects tell.

use alloc::vec::Vec;
use serde::{Serialize, Serializer};

use super::{as_words, object, objects, seconds};
use crate::conference::{Answer, Conference, Detail, Event, Happening, Outcome, Participant, Side};

as_words! { Happening, Side, }

objects! {
    Participant<'_> as "Participant", |participant| {
        "id": participant.id(),
        "call": participant.call(),
        "name": participant.name(),
        "number": participant.number(),
        "is_muted": participant.is_muted(),
        "is_deaf": participant.is_deaf(),
        "is_talking": participant.is_talking(),
        "has_floor": participant.has_floor(),
        "is_moderator": participant.is_moderator(),
        "duration": seconds(participant.duration()),
    }
    Conference<'_> as "Conference", |conference| {
        "id": conference.id(),
        "name": conference.name(),
        "members": conference.members(),
        "is_locked": conference.is_locked(),
        "is_recording": conference.is_recording(),
        "duration": seconds(conference.duration()),
    }
    Event<'_> as "Event", |event| {
        "happening": event.happening(),
        "conference": event.conference(),
        "participant": event.participant(),
        "name": event.name(),
        "number": event.number(),
        "detail": event.detail(),
    }
}

impl Serialize for Detail<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Volume { side, level } => {
                object!(to, "Detail", { "kind": "volume", "side": side, "level": level, })
            }
            Self::Gain { level } => object!(to, "Detail", { "kind": "gain", "level": level, }),
            Self::Energy { level } => object!(to, "Detail", { "kind": "energy", "level": level, }),
            Self::AutoEnergy { level } => object!(to, "Detail", { "kind": "auto-energy", "level": level, }),
            Self::MaxEnergy { level } => object!(to, "Detail", { "kind": "max-energy", "level": level, }),
            Self::Pressed { keys } => object!(to, "Detail", { "kind": "pressed", "keys": keys, }),
            Self::Sent { digits } => object!(to, "Detail", { "kind": "sent", "digits": digits, }),
            Self::Dialed { is_answered, cause, call } => object!(to, "Detail", {
                "kind": "dialed",
                "is_answered": is_answered,
                "cause": cause,
                "call": call,
            }),
        }
    }
}

/// As its outcome.
impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.outcome().serialize(serializer)
    }
}

impl Serialize for Outcome<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Done => object!(to, "Outcome", { "kind": "done", }),
            Self::Unchanged => object!(to, "Outcome", { "kind": "unchanged", }),
            Self::Floor(participant) => object!(to, "Outcome", { "kind": "floor", "participant": participant, }),
            Self::Participants(participants) => {
                object!(to, "Outcome", { "kind": "participants", "participants": participants, })
            }
            Self::Conferences(conferences) => {
                object!(to, "Outcome", { "kind": "conferences", "conferences": conferences, })
            }
            Self::Conference(conference, participants) => object!(to, "Outcome", {
                "kind": "conference",
                "conference": conference,
                "participants": participants,
            }),
            Self::Levels(levels) => {
                let levels: Vec<Level> = levels.iter().map(|(id, level)| Level(*id, *level)).collect();
                object!(to, "Outcome", { "kind": "levels", "levels": levels, })
            }
            Self::Recording(recording) => object!(to, "Outcome", { "kind": "recording", "recording": recording, }),
            Self::Refused(reason) => object!(to, "Outcome", { "kind": "refused", "reason": reason, }),
            Self::Text(text) => object!(to, "Outcome", { "kind": "text", "text": text, }),
        }
    }
}

struct Level(u32, i64);

objects! {
    Level as "Level", |level| { "id": level.0, "level": level.1, }
}
