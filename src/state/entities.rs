//! What a mirror keeps of each thing, and what that costs. No text is longer than the limit.

use alloc::collections::BTreeMap;

use super::OwnedValue;
use crate::byte_budget::{self, mapped, root};
use crate::value::{ChannelState, DeviceState};

/// A channel that lives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Channel {
    /// Its name now.
    pub name: OwnedValue,
    /// Its unique id.
    pub unique_id: OwnedValue,
    /// Its linked id; none up to 11.
    pub linked_id: Option<OwnedValue>,
    /// What it does.
    pub state: Option<ChannelState>,
    /// Number of its caller id.
    pub number: Option<OwnedValue>,
    /// Unique id of the bridge that it is in.
    pub bridge: Option<OwnedValue>,
    pub(super) seen: u64,
}

/// A bridge. Who is in it, [`Mirror::inside`](super::Mirror::inside) says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bridge {
    /// Its unique id.
    pub unique_id: OwnedValue,
    /// What it is for, such as `basic`.
    pub kind: OwnedValue,
    /// Technology that mixes the media.
    pub technology: OwnedValue,
    /// Its name, where it was given one.
    pub name: OwnedValue,
    pub(super) seen: u64,
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Queue {
    /// Its name.
    pub name: OwnedValue,
    pub(super) members: BTreeMap<OwnedValue, Member>,
    pub(super) callers: BTreeMap<OwnedValue, Caller>,
    pub(super) seen: u64,
}

impl Queue {
    /// Its members, by interface.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &Member> {
        self.members.values()
    }

    /// Those who wait, by unique id: their [`position`](Caller::position) is what the server last
    /// said of each, which it doesn't say again when the one before leaves.
    pub fn callers(&self) -> impl ExactSizeIterator<Item = &Caller> {
        self.callers.values()
    }
}

/// A member of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// Dial string.
    pub interface: OwnedValue,
    /// Name.
    pub name: OwnedValue,
    /// Whether calls are kept from it.
    pub paused: bool,
    /// Whether it is in a call of the queue; `None`: not told.
    pub in_call: Option<bool>,
    /// Members with a lower one are called first.
    pub penalty: Option<i64>,
    pub(super) status: OwnedValue,
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
    pub unique_id: OwnedValue,
    /// Name of the channel.
    pub channel: OwnedValue,
    /// Place in the queue when it was last told, from 1.
    pub position: Option<u64>,
    pub(super) seen: u64,
}

/// Something that a mirror finds by a key.
pub(super) trait Thing {
    /// A thing of which nothing but its key is known.
    fn new(key: OwnedValue) -> Self;

    /// Number of the list that its part was being seeded from when it was last shown.
    fn seen(&self) -> u64;

    fn seen_mut(&mut self) -> &mut u64;

    /// Bytes that it costs with its key, a little above the truth; a queue's without what is in it.
    fn cost(&self) -> usize;
}

fn texts<const N: usize>(texts: [&OwnedValue; N]) -> usize {
    texts.into_iter().map(byte_budget::text).sum()
}

/// The list that has last shown a thing, which each keeps in a field.
macro_rules! seen {
    () => {
        fn seen(&self) -> u64 {
            self.seen
        }

        fn seen_mut(&mut self) -> &mut u64 {
            &mut self.seen
        }
    };
}

impl Thing for Channel {
    fn new(unique_id: OwnedValue) -> Self {
        let name = OwnedValue::default();
        Self { name, unique_id, linked_id: None, state: None, number: None, bridge: None, seen: 0 }
    }

    seen!();

    /// Its id is also in the list of those that `BridgeInfo` shows, and with its bridge.
    fn cost(&self) -> usize {
        let own = mapped::<OwnedValue, Self>() + mapped::<OwnedValue, ()>() + mapped::<(OwnedValue, OwnedValue), ()>();
        let optional = [&self.linked_id, &self.number, &self.bridge, &self.bridge];
        let optional = optional.into_iter().flatten().map(byte_budget::text).sum::<usize>();
        own + 4 * byte_budget::text(&self.unique_id) + byte_budget::text(&self.name) + optional
    }
}

impl Thing for Bridge {
    fn new(unique_id: OwnedValue) -> Self {
        let [kind, technology, name] = Default::default();
        Self { unique_id, kind, technology, name, seen: 0 }
    }

    seen!();

    fn cost(&self) -> usize {
        mapped::<OwnedValue, Self>()
            + texts([&self.unique_id, &self.unique_id, &self.kind, &self.technology, &self.name])
    }
}

impl Thing for Queue {
    fn new(name: OwnedValue) -> Self {
        Self { name, members: BTreeMap::new(), callers: BTreeMap::new(), seen: 0 }
    }

    seen!();

    fn cost(&self) -> usize {
        let own = mapped::<OwnedValue, Self>() + root::<OwnedValue, Member>() + root::<OwnedValue, Caller>();
        own + texts([&self.name, &self.name])
    }
}

impl Thing for Member {
    fn new(interface: OwnedValue) -> Self {
        let [name, status] = Default::default();
        Self { interface, name, paused: false, in_call: None, penalty: None, status, seen: 0 }
    }

    seen!();

    fn cost(&self) -> usize {
        mapped::<OwnedValue, Self>() + texts([&self.interface, &self.interface, &self.name, &self.status])
    }
}

impl Thing for Caller {
    fn new(unique_id: OwnedValue) -> Self {
        Self { unique_id, channel: OwnedValue::default(), position: None, seen: 0 }
    }

    seen!();

    fn cost(&self) -> usize {
        mapped::<OwnedValue, Self>() + texts([&self.unique_id, &self.unique_id, &self.channel])
    }
}
