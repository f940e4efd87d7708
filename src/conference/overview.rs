//! Common view of a conference: a variant for each dialect holds the native data.

use crate::freeswitch::list;
use crate::wire::Value;
use crate::{event, kazoo};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::time::Duration;

/// A conference. A getter returns `None` if the dialect doesn't report the value, or if the value
/// can't be read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Conference<'a> {
    /// A conference of `ConfBridge`.
    ConfBridge(Box<event::ConfbridgeListRooms<'a>>),
    /// A conference of FreeSWITCH, used directly or through sipXecs.
    FreeSwitch(Box<list::Conference<'a>>),
    /// A conference of Kazoo.
    Kazoo(kazoo::Conference<'a>),
}

impl Conference<'_> {
    /// Returns the conference as commands name it: its name, in Kazoo its id.
    pub fn id(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Kazoo(conference) => conference.id().ok(),
            other => other.name(),
        }
    }

    /// Returns the conference's name.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::ConfBridge(item) => item.conference().ok().map(Value::to_str_lossy),
            Self::FreeSwitch(conference) => Some(conference.name.as_ref()?.value().to_str_lossy()),
            Self::Kazoo(conference) => conference.name().ok(),
        }
    }

    /// Returns the number of participants, including moderators; FreeSWITCH does not count hidden
    /// members.
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

    /// Returns whether the conference is locked: no further participant can join.
    pub fn is_locked(&self) -> Option<bool> {
        match self {
            Self::ConfBridge(item) => item.locked().ok(),
            Self::FreeSwitch(conference) => Some(conference.has("locked")),
            Self::Kazoo(conference) => conference.realtime().is_locked().ok(),
        }
    }

    /// Returns whether the conference is being recorded. Only FreeSWITCH reports it, from 1.8 on.
    pub fn is_recording(&self) -> Option<bool> {
        match self {
            Self::FreeSwitch(conference) => (!conference.flags.is_empty()).then(|| conference.has("recording")),
            _ => None,
        }
    }

    /// Returns how long the conference has been running, in whole seconds. `None` in `ConfBridge`,
    /// which doesn't report it: measure the time since
    /// [`Happening::Started`](super::Happening::Started).
    pub fn duration(&self) -> Option<Duration> {
        match self {
            Self::ConfBridge(_) => None,
            Self::FreeSwitch(conference) => conference.run_time.map(Duration::from_secs),
            Self::Kazoo(conference) => conference.realtime().duration().ok(),
        }
    }
}
