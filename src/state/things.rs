//! What a mirror keeps of each thing. No text is longer than the limit.

use alloc::collections::BTreeMap;

use super::Text;
use crate::value::{ChannelState, DeviceState};

/// A channel that lives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Channel {
    /// Its name now.
    pub name: Text,
    /// Its unique id.
    pub uniqueid: Text,
    /// Its linked id; none up to 11.
    pub linkedid: Option<Text>,
    /// What it does.
    pub state: Option<ChannelState>,
    /// Number of its caller id.
    pub number: Option<Text>,
    /// Unique id of the bridge that it is in.
    pub bridge: Option<Text>,
    pub(super) seen: u64,
    /// Whether the answer to `BridgeInfo` that is coming in has it.
    pub(super) shown: bool,
}

/// A bridge. Who is in it, [`Mirror::inside`](super::Mirror::inside) says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bridge {
    /// Its unique id.
    pub uniqueid: Text,
    /// What it is for, such as `basic`.
    pub kind: Text,
    /// Technology that mixes the media.
    pub technology: Text,
    /// Its name, where it was given one.
    pub name: Text,
    pub(super) seen: u64,
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Queue {
    /// Its name.
    pub name: Text,
    pub(super) members: BTreeMap<Text, Member>,
    pub(super) callers: BTreeMap<Text, Caller>,
    pub(super) seen: u64,
}

impl Queue {
    /// Its members, by interface.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &Member> {
        self.members.values()
    }

    /// Those who wait, by unique id: their [`position`](Caller::position) is what the server last said of each, which it doesn't say again when the one before leaves.
    pub fn callers(&self) -> impl ExactSizeIterator<Item = &Caller> {
        self.callers.values()
    }
}

/// A member of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// Dial string.
    pub interface: Text,
    /// Name.
    pub name: Text,
    /// Whether calls are kept from it.
    pub paused: bool,
    /// Whether it is in a call of the queue; `None`: not told.
    pub in_call: Option<bool>,
    /// Members with a lower one are called first.
    pub penalty: Option<i64>,
    pub(super) status: Text,
    pub(super) seen: u64,
}

impl Member {
    /// State of its device, where that is told.
    pub fn status(&self) -> Option<DeviceState<'_>> {
        self.status.value().parse().ok().filter(|_| !self.status.as_bytes().is_empty())
    }
}

/// Who waits in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Caller {
    /// Unique id of the channel.
    pub uniqueid: Text,
    /// Name of the channel.
    pub channel: Text,
    /// Place in the queue when it was last told, from 1.
    pub position: Option<u64>,
    pub(super) seen: u64,
}
