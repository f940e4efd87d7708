//! Outcomes of FreeSWITCH's conference commands. Text of the server's is masked as in an answer.

use serde::Serializer;

use super::{As, Secretive, Secrets, masked, object};
use crate::freeswitch::reply::{Done, Outcome, Reply, ServerRefusal};

masked! { Done<'_>, Outcome<'_>, ServerRefusal<'_>, Reply<'_>, }

/// An array of its outcomes.
impl Secretive for Reply<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.outcomes().map(|outcome| As(outcome, secrets)))
    }
}

impl Secretive for Outcome<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, to: S) -> Result<S::Ok, S::Error> {
        let shown = |value| secrets.mask(value);
        match *self {
            Self::Done(done) => object!(to, "Outcome", { "kind": "done", "done": As(done, secrets), }),
            Self::Skipped { member } => object!(to, "Outcome", { "kind": "skipped", "member": member, }),
            Self::Refused(refusal) => object!(to, "Outcome", { "kind": "refused", "refusal": As(refusal, secrets), }),
            Self::Usage(usage) => object!(to, "Outcome", { "kind": "usage", "text": shown(usage), }),
            Self::Unknown(line) => object!(to, "Outcome", { "kind": "unknown", "text": shown(line), }),
        }
    }
}

impl Secretive for Done<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, to: S) -> Result<S::Ok, S::Error> {
        let shown = |value| secrets.mask(value);
        match *self {
            Self::Ok => object!(to, "Done", { "kind": "ok", }),
            Self::Member { what, member } => {
                object!(to, "Done", { "kind": "member", "what": shown(what), "member": member, })
            }
            Self::Sent { digits, member } => {
                object!(to, "Done", { "kind": "sent", "digits": shown(digits), "member": member, })
            }
            Self::Level { member, level } => {
                object!(to, "Done", { "kind": "level", "member": member, "level": level, })
            }
            Self::AutoEnergy { member, auto, energy } => {
                object!(to, "Done", { "kind": "auto-energy", "member": member, "auto": auto, "energy": energy, })
            }
            Self::AutoEnergyOff => object!(to, "Done", { "kind": "auto-energy-off", }),
            Self::MaxEnergy { member, energy, max, mute, trigger } => {
                object!(to, "Done", { "kind": "max-energy", "member": member, "energy": energy, "max": max, "mute": mute, "trigger": trigger, })
            }
            Self::Position { member, position } => {
                object!(to, "Done", { "kind": "position", "member": member, "position": shown(position), })
            }
            Self::Lock { conference, locked } => {
                object!(to, "Done", { "kind": "lock", "conference": shown(conference), "locked": locked, })
            }
            Self::Pin { conference, moderator } => {
                object!(to, "Done", { "kind": "pin", "conference": shown(conference), "moderator": moderator, })
            }
            Self::NoPin { conference } => object!(to, "Done", { "kind": "no-pin", "conference": shown(conference), }),
            Self::Playing { file, member } => {
                object!(to, "Done", { "kind": "playing", "file": shown(file), "member": member, })
            }
            Self::Stopped { files } => object!(to, "Done", { "kind": "stopped", "files": files, }),
            Self::Paused => object!(to, "Done", { "kind": "paused", }),
            Self::Resumed => object!(to, "Done", { "kind": "resumed", }),
            Self::Status { position, length, file } => {
                object!(to, "Done", { "kind": "status", "position": position, "length": length, "file": shown(file), })
            }
            Self::Sought { position } => object!(to, "Done", { "kind": "sought", "position": position, }),
            Self::Called { cause } => object!(to, "Done", { "kind": "called", "cause": shown(cause), }),
            Self::Job { uuid } => object!(to, "Done", { "kind": "job", "uuid": shown(uuid), }),
            Self::Transferred { member, conference } => {
                object!(to, "Done", { "kind": "transferred", "member": member, "conference": shown(conference), })
            }
            Self::Related { member, other, relation } => {
                object!(to, "Done", { "kind": "related", "member": member, "other": other, "relation": shown(relation), })
            }
            Self::Unrelated { member, other } => {
                object!(to, "Done", { "kind": "unrelated", "member": member, "other": other, })
            }
            Self::Relation { member, other, speak, hear, video } => {
                object!(to, "Done", { "kind": "relation", "member": member, "other": other, "speak": speak, "hear": hear, "video": video, })
            }
            Self::NoRelations => object!(to, "Done", { "kind": "no-relations", }),
            Self::Floor { member } => object!(to, "Done", { "kind": "floor", "member": member, }),
            Self::Recording { file, canvas, automatic } => {
                object!(to, "Done", { "kind": "recording", "file": shown(file), "canvas": canvas, "automatic": automatic, })
            }
            Self::RecordingPaused { file } => object!(to, "Done", { "kind": "recording-paused", "file": shown(file), }),
            Self::RecordingResumed { file } => {
                object!(to, "Done", { "kind": "recording-resumed", "file": shown(file), })
            }
            Self::RecordingStopped { file, automatic } => {
                object!(to, "Done", { "kind": "recording-stopped", "file": shown(file), "automatic": automatic, })
            }
            Self::RecordingsStopped { files } => object!(to, "Done", { "kind": "recordings-stopped", "files": files, }),
            Self::Sound { conference, on, file } => {
                object!(to, "Done", { "kind": "sound", "conference": shown(conference), "on": on, "file": shown(file), })
            }
            Self::SoundFile { conference, file } => {
                object!(to, "Done", { "kind": "sound-file", "conference": shown(conference), "file": shown(file), })
            }
            Self::OldSound { file } => object!(to, "Done", { "kind": "old-sound", "file": shown(file), }),
            Self::Count { count } => object!(to, "Done", { "kind": "count", "count": count, }),
            Self::List(text) => object!(to, "Done", { "kind": "list", "text": shown(text), }),
            Self::Value(text) => object!(to, "Done", { "kind": "value", "text": shown(text), }),
            Self::Uuid(uuid) => object!(to, "Done", { "kind": "uuid", "uuid": shown(uuid), }),
            Self::Now { what, value } => object!(to, "Done", { "kind": "now", "what": what, "value": shown(value), }),
            Self::Syntax { command, arguments } => {
                object!(to, "Done", { "kind": "syntax", "command": shown(command), "arguments": shown(arguments), })
            }
            Self::Other(text) => object!(to, "Done", { "kind": "other", "text": shown(text), }),
        }
    }
}

impl Secretive for ServerRefusal<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, to: S) -> Result<S::Ok, S::Error> {
        let shown = |value| secrets.mask(value);
        match *self {
            Self::NoConference { name } => object!(to, "Refusal", { "kind": "no-conference", "name": shown(name), }),
            Self::NoCommand { name } => object!(to, "Refusal", { "kind": "no-command", "name": shown(name), }),
            Self::NoneGiven => object!(to, "Refusal", { "kind": "none-given", }),
            Self::NoModule => object!(to, "Refusal", { "kind": "no-module", }),
            Self::Denied => object!(to, "Refusal", { "kind": "denied", }),
            Self::NoMember { member } => object!(to, "Refusal", { "kind": "no-member", "member": member.map(shown), }),
            Self::OnHold { member } => object!(to, "Refusal", { "kind": "on-hold", "member": member, }),
            Self::FloorHeld { member } => object!(to, "Refusal", { "kind": "floor-held", "member": member, }),
            Self::NoRelation { member, other } => {
                object!(to, "Refusal", { "kind": "no-relation", "member": member, "other": other, })
            }
            Self::ReceivesVideo { member } => object!(to, "Refusal", { "kind": "receives-video", "member": member, }),
            Self::NoFile { file } => object!(to, "Refusal", { "kind": "no-file", "file": shown(file), }),
            Self::NotPlaying => object!(to, "Refusal", { "kind": "not-playing", }),
            Self::NotRecorded => object!(to, "Refusal", { "kind": "not-recorded", }),
            Self::NoRecording { file } => object!(to, "Refusal", { "kind": "no-recording", "file": shown(file), }),
            Self::AlreadyRecording { file } => {
                object!(to, "Refusal", { "kind": "already-recording", "file": shown(file), })
            }
            Self::NotSpoken => object!(to, "Refusal", { "kind": "not-spoken", }),
            Self::NoLayer { channel } => object!(to, "Refusal", { "kind": "no-layer", "channel": shown(channel), }),
            Self::NotMixing => object!(to, "Refusal", { "kind": "not-mixing", }),
            Self::NotSupported => object!(to, "Refusal", { "kind": "not-supported", }),
            Self::Missing { text } => object!(to, "Refusal", { "kind": "missing", "text": shown(text), }),
            Self::Invalid { text } => object!(to, "Refusal", { "kind": "invalid", "text": shown(text), }),
            Self::Other { text } => object!(to, "Refusal", { "kind": "other", "text": shown(text), }),
        }
    }
}
