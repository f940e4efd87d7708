//! Common view of a participant: a variant for each dialect holds the native data.

use crate::freeswitch::list;
use crate::value::{CallerIdPart, Escaped};
use crate::wire::Value;
use crate::{event, kazoo};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::ToString as _;
use core::time::Duration;

/// A participant of a conference.
///
/// A getter returns `None` if the dialect doesn't report the value, or if the value can't be read;
/// the native view has the reason. Text that isn't UTF-8 is shown with replacement characters; the
/// native view has the original bytes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Participant<'a> {
    /// A participant of `ConfBridge`.
    ConfBridge(Box<event::ConfbridgeList<'a>>),
    /// A participant of FreeSWITCH, used directly or through sipXecs.
    FreeSwitch(Box<list::Member<'a>>),
    /// A participant of Kazoo.
    Kazoo(kazoo::Participant<'a>),
}

impl Participant<'_> {
    /// Returns the id for [`Who::One`](super::Who::One): the channel's name, or the number that
    /// FreeSWITCH assigned.
    pub fn id(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::ConfBridge(item) => item.frame().get("Channel").map(Value::to_str_lossy),
            Self::FreeSwitch(member) => Some(Cow::Owned(member.id.to_string())),
            Self::Kazoo(participant) => participant.participant_id().ok().map(|id| Cow::Owned(id.to_string())),
        }
    }

    /// Returns the id of the participant's call: `Uniqueid` (from Asterisk 13.24 and 15.3 on),
    /// uuid, `call_id`.
    pub fn call(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::ConfBridge(item) => item.frame().get("Uniqueid").map(Value::to_str_lossy),
            Self::FreeSwitch(member) => Some(member.uuid.as_ref()?.value().to_str_lossy()),
            Self::Kazoo(participant) => participant.call_id().ok(),
        }
    }

    /// Returns the participant's name.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::ConfBridge(item) => caller_name(item.frame().get("CallerIDName")?.as_bytes()),
            Self::FreeSwitch(member) => Some(member.caller_name.value().to_str_lossy()),
            Self::Kazoo(participant) => participant.caller_id_name().ok(),
        }
    }

    /// Returns the participant's caller number.
    pub fn number(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::ConfBridge(item) => caller_number(item.frame().get("CallerIDNum")?.as_bytes()),
            Self::FreeSwitch(member) => Some(member.caller_number.value().to_str_lossy()),
            Self::Kazoo(participant) => participant.caller_id_number().ok(),
        }
    }

    /// Returns whether the participant is muted. `None` in FreeSWITCH while the participant is on
    /// hold: FreeSWITCH doesn't report it then.
    pub fn is_muted(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(item) => item.muted().ok(),
            Self::FreeSwitch(member) => flag(member, "speak").map(|speaks| !speaks),
            Self::Kazoo(participant) => participant.speak().ok().map(|speaks| !speaks),
        }
    }

    /// Returns whether the participant is deafened: they don't hear the conference. `None` in
    /// `ConfBridge`, which can't deafen.
    pub fn is_deaf(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(_) => None,
            Self::FreeSwitch(member) => flag(member, "hear").map(|hears| !hears),
            Self::Kazoo(participant) => participant.hear().ok().map(|hears| !hears),
        }
    }

    /// Returns whether the participant is talking.
    pub fn is_talking(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(item) => item.talking().ok(),
            Self::FreeSwitch(member) => Some(member.has("talking")),
            Self::Kazoo(participant) => participant.talking().ok(),
        }
    }

    /// Returns whether the participant has the floor; `None` in `ConfBridge`, which has no floor.
    pub fn has_floor(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(_) => None,
            Self::FreeSwitch(member) => Some(member.has("floor")),
            Self::Kazoo(participant) => participant.floor().ok(),
        }
    }

    /// Returns whether the participant is a moderator; in `ConfBridge` an admin.
    pub fn is_moderator(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(item) => item.admin().ok(),
            Self::FreeSwitch(member) => Some(member.has("moderator")),
            Self::Kazoo(participant) => {
                // Servers omit `is_moderator` for calls that don't set it; 4.0 to 4.3 send the
                // media server's `member_type`.
                let word = || Some(participant.member_type().ok()? == "moderator");
                participant.is_moderator().ok().or_else(word)
            }
        }
    }

    /// Returns how long the participant has been in the conference, in whole seconds; in
    /// `ConfBridge`, the time since their call was answered. FreeSWITCH reports it in its XML only,
    /// not in its text list.
    pub fn duration(&self) -> Option<Duration> {
        match self {
            Self::ConfBridge(item) => item.answered_time().ok(),
            Self::FreeSwitch(member) => member.join_time.map(Duration::from_secs),
            Self::Kazoo(participant) => participant.duration().ok(),
        }
    }
}
/// Returns a flag, or `None` while the member is on hold, since hold hides the flag.
fn flag(member: &list::Member<'_>, name: &str) -> Option<bool> {
    (!member.has("hold")).then(|| member.has(name))
}

/// Reads a caller's number of AMI; `None` for the words that mean "unknown".
pub(super) fn caller_number(bytes: &[u8]) -> Option<Cow<'_, str>> {
    CallerIdPart::new(bytes).known().map(|number| Value::new(number).to_str_lossy())
}

/// Reads a caller's name of AMI, without the escapes that it has from Asterisk 13 on; `None` for
/// the words that mean "unknown".
pub(super) fn caller_name(bytes: &[u8]) -> Option<Cow<'_, str>> {
    Some(match Escaped::new(bytes).known()?.decode() {
        Cow::Borrowed(bytes) => Value::new(bytes).to_str_lossy(),
        Cow::Owned(bytes) => Cow::Owned(Value::new(&bytes).to_str_lossy().into_owned()),
    })
}
