//! A conference, whoever runs it: a view over what the dialect has, which is in the variant.

use crate::freeswitch::list;
use crate::wire::Value;
use crate::{event, kazoo};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::time::Duration;

/// A conference. What a dialect doesn't tell, or tells in a way that can't be read, is `None`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Conference<'a> {
    /// Of `ConfBridge`.
    ConfBridge(Box<event::ConfbridgeListRooms<'a>>),
    /// Of FreeSWITCH, alone or behind sipXecs.
    FreeSwitch(Box<list::Conference<'a>>),
    /// Of Kazoo.
    Kazoo(kazoo::Conference<'a>),
}

impl Conference<'_> {
    /// What commands name it by: its name, in Kazoo its id.
    pub fn id(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Kazoo(conference) => conference.id().ok(),
            other => other.name(),
        }
    }

    /// Its name.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::ConfBridge(item) => item.conference().ok().map(Value::to_str_lossy),
            Self::FreeSwitch(conference) => Some(conference.name.as_ref()?.value().to_str_lossy()),
            Self::Kazoo(conference) => conference.name().ok(),
        }
    }

    /// How many are there, moderators included; those that FreeSWITCH hides are not counted.
    pub fn members(&self) -> Option<u32> {
        match self {
            Self::ConfBridge(item) => item.parties().ok().and_then(|parties| parties.try_into().ok()),
            Self::FreeSwitch(conference) => conference.member_count,
            Self::Kazoo(conference) => {
                let realtime = conference.realtime();
                Some(realtime.members().ok()?.saturating_add(realtime.moderators().unwrap_or(0)))
            }
        }
    }

    /// Whether nobody else gets in.
    pub fn is_locked(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(item) => item.locked().ok(),
            Self::FreeSwitch(conference) => Some(conference.has("locked")),
            Self::Kazoo(conference) => conference.realtime().is_locked().ok(),
        }
    }

    /// Whether it is recorded. Only FreeSWITCH tells, from 1.8 on.
    pub fn is_recording(&self) -> Option<bool> {
        match self {
            Self::FreeSwitch(conference) => (!conference.flags.is_empty()).then(|| conference.has("recording")),
            _ => None,
        }
    }

    /// For how long it has run, to the second; `None` in `ConfBridge`, which doesn't tell: it is the
    /// time since [`Happening::Started`](super::Happening::Started).
    pub fn duration(&self) -> Option<Duration> {
        match self {
            Self::ConfBridge(_) => None,
            Self::FreeSwitch(conference) => conference.run_time.map(Duration::from_secs),
            Self::Kazoo(conference) => conference.realtime().duration().ok(),
        }
    }
}
