//! The values that events of conferences tell: the new level, the key, what became of a call.

use alloc::borrow::Cow;

use super::Side;
use super::event::{Event, Happening, decoded, dialed_into, is_answered};
use crate::kazoo::Json;
use crate::value::OriginateReason;
use crate::wire::Value;
use crate::{event, freeswitch, kazoo};

/// The value that an event tells, beside whom it is about.
///
/// | | `ConfBridge` | FreeSWITCH | Kazoo |
/// |---|---|---|---|
/// | [`Volume`](Self::Volume) | no such event | `Volume-Level`, `New-Level` | not told |
/// | [`Gain`](Self::Gain) | no such event | `Agc-Level` | not told |
/// | [`Energy`](Self::Energy) | no such event | `Energy-Level`, `New-Level` | `energy_level` of the participant, from 4.0 on |
/// | [`AutoEnergy`](Self::AutoEnergy), [`MaxEnergy`](Self::MaxEnergy) | no such event | `Auto-Energy-Level`, `Max-Energy-Level` | not told |
/// | [`Pressed`](Self::Pressed), [`Sent`](Self::Sent) | no such event | `DTMF-Key`, `Digits` | not told |
/// | [`Dialed`](Self::Dialed) | `Response`, `Reason` and `Uniqueid` of `OriginateResponse` | `Result` and, from 1.8 on, `Peer-UUID` | `dial_result`, from master on |
///
/// [`Event::detail`] is `None` where a server doesn't tell it: ask, as
/// [`Command::Volume`](super::Command::Volume) without a level does. FreeSWITCH sends the events of
/// levels and keys where the conference's profile does not leave them out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail<'a> {
    /// The volume of a participant from then on, of [`Happening::VolumeChanged`].
    Volume {
        /// The side: how loud they are heard, or how loud they hear.
        side: Side,
        /// The volume in steps of the server, from -4 to 4; 0 leaves it as it is.
        level: i32,
    },
    /// The level that a participant's gain is controlled to from then on, of
    /// [`Happening::VolumeChanged`]; 0 where it is not controlled.
    Gain {
        /// The level, as an energy.
        level: i32,
    },
    /// The least loudness at which a participant is heard, of [`Happening::EnergyChanged`]; 0 where
    /// all is heard.
    Energy {
        /// The threshold, mostly up to 1800.
        level: i32,
    },
    /// Up to where the threshold of a participant rises by itself, of [`Happening::EnergyChanged`];
    /// 0 where it does not.
    AutoEnergy {
        /// The threshold.
        level: i32,
    },
    /// The loudness beyond which a participant is muted for a while, of
    /// [`Happening::EnergyChanged`]; 0 where there is none.
    MaxEnergy {
        /// The threshold.
        level: i32,
    },
    /// The keys that a participant has pressed, of [`Happening::Dtmf`].
    Pressed {
        /// The keys: one, or as many as a control is bound to.
        keys: Cow<'a, str>,
    },
    /// The digits that a command has sent to a participant, of [`Happening::Dtmf`].
    Sent {
        /// The digits in the server's own form, with pauses and a duration where it was given them.
        digits: Cow<'a, str>,
    },
    /// The result of a call, of [`Happening::Dialed`].
    Dialed {
        /// Set where it was answered.
        is_answered: bool,
        /// The server's word: `SUCCESS` or a cause such as `USER_BUSY`; of `ConfBridge` the words
        /// for the number, such as `Busy`. `None` where it gives none, or a number without words.
        cause: Option<Cow<'a, str>>,
        /// The channel that was called, by its unique id; `None` where there is none, or it isn't
        /// told.
        call: Option<Cow<'a, str>>,
    },
}

impl<'a> Event<'a> {
    /// Returns the value that goes with [`happening`](Self::happening): a volume, a threshold,
    /// keys, the result of a call. `None` where there is none, the server doesn't tell it, or it
    /// can't be read; the native event knows.
    ///
    /// ```
    /// use ami_proto::conference::{Detail, Event};
    /// use ami_proto::kazoo::ParticipantEvent;
    ///
    /// let text = br#"{"event": "energy-level-member", "conference_channel_vars": {"energy_level": 300}}"#;
    /// let event = Event::from(ParticipantEvent::from_slice(text)?);
    /// assert_eq!(event.detail(), Some(Detail::Energy { level: 300 }));
    /// # Ok::<(), ami_proto::kazoo::JsonError>(())
    /// ```
    pub fn detail(&self) -> Option<Detail<'a>> {
        match self {
            Self::ConfBridge(event) => of_ami(event),
            Self::FreeSwitch(event) => of_freeswitch(*event),
            Self::Kazoo(event) => of_kazoo(event),
        }
    }
}

fn of_ami<'a>(event: &event::Event<'a>) -> Option<Detail<'a>> {
    let event::Event::OriginateResponse(outcome) = event else { return None };
    dialed_into(outcome)?;
    let call = event.frame().get("Uniqueid").filter(|id| !matches!(id.as_bytes(), b"<null>" | b"<unknown>" | b""));
    Some(Detail::Dialed {
        is_answered: is_answered(outcome),
        cause: outcome.reason().ok().and_then(OriginateReason::description).map(Cow::Borrowed),
        call: call.map(Value::to_str_lossy),
    })
}

fn of_freeswitch(event: freeswitch::Event<'_>) -> Option<Detail<'_>> {
    let level = |name| Value::new(&event.own(name)?.decode()).parse::<i32>().ok();
    let text = |name| decoded(event, name);
    Some(match &*event.action()?.decode() {
        b"volume-in-member" => Detail::Volume { side: Side::In, level: level("Volume-Level")? },
        b"volume-out-member" => Detail::Volume { side: Side::Out, level: level("Volume-Level")? },
        b"gain-level" => Detail::Volume { side: Side::In, level: level("New-Level")? },
        b"volume-level" => Detail::Volume { side: Side::Out, level: level("New-Level")? },
        b"agc-level-member" => Detail::Gain { level: level("Agc-Level")? },
        b"energy-level-member" => Detail::Energy { level: level("Energy-Level")? },
        b"energy-level" => Detail::Energy { level: level("New-Level")? },
        b"auto-energy-level-member" => Detail::AutoEnergy { level: level("Auto-Energy-Level")? },
        b"max-energy-level-member" => Detail::MaxEnergy { level: level("Max-Energy-Level")? },
        b"dtmf" => Detail::Pressed { keys: text("DTMF-Key")? },
        b"dtmf-member" => Detail::Sent { digits: text("Digits")? },
        b"bgdial-result" => dialed(text("Result")?, text("Peer-UUID")),
        _ => return None,
    })
}

fn of_kazoo<'a>(event: &kazoo::ParticipantEvent<'a>) -> Option<Detail<'a>> {
    Some(match &*event.event().ok()? {
        // Of the others it has the threshold that was not changed.
        "energy-level-member" | "energy-level" => Detail::Energy { level: event.energy_level().ok()?.try_into().ok()? },
        "bgdial-result" => {
            let result = event.dial_result().ok()?;
            let text = |name| result.get_loose(name).and_then(Json::text);
            dialed(text("result")?, text("peer_uuid"))
        }
        _ => return None,
    })
}

/// Reads what the media server writes of a call.
fn dialed<'a>(cause: Cow<'a, str>, call: Option<Cow<'a, str>>) -> Detail<'a> {
    Detail::Dialed { is_answered: cause == "SUCCESS", cause: Some(cause), call: call.filter(|call| !call.is_empty()) }
}

impl Detail<'_> {
    /// Returns the happening that this value goes with.
    #[must_use]
    pub const fn happening(&self) -> Happening {
        match self {
            Self::Volume { .. } | Self::Gain { .. } => Happening::VolumeChanged,
            Self::Energy { .. } | Self::AutoEnergy { .. } | Self::MaxEnergy { .. } => Happening::EnergyChanged,
            Self::Pressed { .. } | Self::Sent { .. } => Happening::Dtmf,
            Self::Dialed { .. } => Happening::Dialed,
        }
    }
}
