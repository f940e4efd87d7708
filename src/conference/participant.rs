//! Somebody in a conference, whoever runs it: a view over what the dialect has, which is in the
//! variant.

use crate::freeswitch::list;
use crate::value::{CallerIdPart, Escaped};
use crate::wire::Value;
use crate::{event, kazoo};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::ToString as _;
use core::time::Duration;

/// Somebody in a conference.
///
/// What a dialect doesn't tell, or tells in a way that can't be read, is `None`; the native view
/// has the reason. Text that isn't UTF-8 is shown with replacements; the native view has its bytes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Participant<'a> {
    /// Of `ConfBridge`.
    ConfBridge(Box<event::ConfbridgeList<'a>>),
    /// Of FreeSWITCH, alone or behind sipXecs.
    FreeSwitch(Box<list::Member<'a>>),
    /// Of Kazoo.
    Kazoo(kazoo::Participant<'a>),
}

impl Participant<'_> {
    /// What [`Who::One`](super::Who::One) takes: the channel's name; the number that FreeSWITCH
    /// gave.
    pub fn id(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::ConfBridge(item) => item.frame().get("Channel").map(Value::to_str_lossy),
            Self::FreeSwitch(member) => Some(Cow::Owned(member.id.to_string())),
            Self::Kazoo(participant) => participant.participant_id().ok().map(|id| Cow::Owned(id.to_string())),
        }
    }

    /// Their call: `Uniqueid` (from 13.24 and 15.3 on), uuid, `call_id`.
    pub fn call(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::ConfBridge(item) => item.frame().get("Uniqueid").map(Value::to_str_lossy),
            Self::FreeSwitch(member) => Some(member.uuid.as_ref()?.value().to_str_lossy()),
            Self::Kazoo(participant) => participant.call_id().ok(),
        }
    }

    /// Their name.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::ConfBridge(item) => caller_name(item.frame().get("CallerIDName")?.as_bytes()),
            Self::FreeSwitch(member) => Some(member.caller_name.value().to_str_lossy()),
            Self::Kazoo(participant) => participant.caller_id_name().ok(),
        }
    }

    /// The number that they called from.
    pub fn number(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::ConfBridge(item) => caller_number(item.frame().get("CallerIDNum")?.as_bytes()),
            Self::FreeSwitch(member) => Some(member.caller_number.value().to_str_lossy()),
            Self::Kazoo(participant) => participant.caller_id_number().ok(),
        }
    }

    /// Whether they are not heard. Nobody on hold is, so FreeSWITCH doesn't tell then.
    pub fn is_muted(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(item) => item.muted().ok(),
            Self::FreeSwitch(member) => flag(member, "speak").map(|speaks| !speaks),
            Self::Kazoo(participant) => participant.speak().ok().map(|speaks| !speaks),
        }
    }

    /// Whether they hear nothing. `ConfBridge` has no such thing.
    pub fn is_deaf(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(_) => None,
            Self::FreeSwitch(member) => flag(member, "hear").map(|hears| !hears),
            Self::Kazoo(participant) => participant.hear().ok().map(|hears| !hears),
        }
    }

    /// Whether they are talking.
    pub fn is_talking(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(item) => item.talking().ok(),
            Self::FreeSwitch(member) => Some(member.has("talking")),
            Self::Kazoo(participant) => participant.talking().ok(),
        }
    }

    /// Whether they have the floor; `None` in `ConfBridge`, which has no floor.
    pub fn has_floor(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(_) => None,
            Self::FreeSwitch(member) => Some(member.has("floor")),
            Self::Kazoo(participant) => participant.floor().ok(),
        }
    }

    /// Whether they are a moderator; in `ConfBridge` an admin.
    pub fn is_moderator(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(item) => item.admin().ok(),
            Self::FreeSwitch(member) => Some(member.has("moderator")),
            Self::Kazoo(participant) => {
                // Servers leave it out of calls that don't say; 4.0 to 4.3 have the media server's word.
                let word = || Some(participant.member_type().ok()? == "moderator");
                participant.is_moderator().ok().or_else(word)
            }
        }
    }

    /// For how long they have been there, to the second; in `ConfBridge` since their call was
    /// answered. FreeSWITCH's text doesn't say, its XML does.
    pub fn duration(&self) -> Option<Duration> {
        match self {
            Self::ConfBridge(item) => item.answered_time().ok(),
            Self::FreeSwitch(member) => member.join_time.map(Duration::from_secs),
            Self::Kazoo(participant) => participant.duration().ok(),
        }
    }
}
/// What hold hides.
fn flag(member: &list::Member<'_>, name: &str) -> Option<bool> {
    (!member.has("hold")).then(|| member.has(name))
}

/// A caller's number of AMI, without the words for none.
pub(super) fn caller_number(bytes: &[u8]) -> Option<Cow<'_, str>> {
    CallerIdPart::new(bytes).known().map(|number| Value::new(number).to_str_lossy())
}

/// A caller's name of AMI, without the words for none, and without the escapes that it has from 13
/// on.
pub(super) fn caller_name(bytes: &[u8]) -> Option<Cow<'_, str>> {
    Some(match Escaped::new(bytes).known()?.decode() {
        Cow::Borrowed(bytes) => Value::new(bytes).to_str_lossy(),
        Cow::Owned(bytes) => Cow::Owned(Value::new(&bytes).to_str_lossy().into_owned()),
    })
}
