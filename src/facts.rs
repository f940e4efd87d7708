//! Facts that events tell of channels, bridges, queues and parking lots, read once for `calls` and
//! `state`: which events and headers mean a thing differs from version to version.

use crate::event::{BridgeBlock, ChannelBlock, Event};
use crate::value::{ChannelName, ChannelState, UniqueId};
use crate::wire::{Frame, Value};

/// A channel, as an event describes it.
#[derive(Clone, Copy)]
pub(crate) struct ChannelSeen<'buf> {
    pub(crate) unique_id: &'buf [u8],
    pub(crate) linked_id: Option<&'buf [u8]>,
    pub(crate) name: Option<&'buf [u8]>,
    pub(crate) state: Option<ChannelState>,
}

impl<'buf> ChannelSeen<'buf> {
    pub(crate) fn of(block: ChannelBlock<'buf>) -> Option<Self> {
        Some(Self {
            unique_id: block.unique_id().ok()?.as_bytes(),
            linked_id: block.linked_id().ok().map(UniqueId::as_bytes),
            name: block.channel().ok().map(ChannelName::as_bytes),
            state: block.channel_state().ok(),
        })
    }
}

/// Channels that come together or part.
#[derive(Clone, Copy)]
pub(crate) enum Bridged<'buf> {
    /// A channel is in a bridge. From 12 on.
    Entered { channel: ChannelBlock<'buf>, bridge: BridgeBlock<'buf> },
    /// A channel has left a bridge. From 12 on.
    Left { channel: ChannelBlock<'buf>, bridge: BridgeBlock<'buf> },
    /// Two channels talk, or do so no longer: up to 11, where bridges have no names.
    Pair { one: &'buf [u8], two: &'buf [u8], together: bool },
}

impl<'buf> Bridged<'buf> {
    pub(crate) fn of(event: &Event<'buf>) -> Option<Self> {
        let frame = event.frame();
        let bridge = BridgeBlock::over(frame, "");
        let together = match event {
            Event::BridgeEnter(view) => return Some(Self::Entered { channel: **view, bridge }),
            Event::BridgeLeave(view) => return Some(Self::Left { channel: **view, bridge }),
            Event::Bridge(view) => !view.bridge_state().is_ok_and(|state| state.eq_ignore_case("Unlink")),
            Event::Link(_) => true,
            Event::Unlink(_) => false,
            _ => return None,
        };
        let (one, two) = both(frame, ["Uniqueid1", "Uniqueid2"])?;
        Some(Self::Pair { one, two, together })
    }
}

/// Purpose of a bridge.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BridgeKind {
    /// Those inside wait: parked callers, agents who are logged in.
    Holding,
    /// Two channels talk, or the few that a transfer joins.
    Two,
    /// Any other, such as a conference.
    Other,
}

pub(crate) fn kind(bridge: BridgeBlock<'_>) -> BridgeKind {
    // The technology of a bridge between two changes, a holding bridge keeps its own.
    if bridge.bridge_technology().is_ok_and(|technology| technology == "holding_bridge") {
        BridgeKind::Holding
    } else if bridge.bridge_type().is_ok_and(|kind| kind == "basic") {
        BridgeKind::Two
    } else {
        BridgeKind::Other
    }
}

/// Technologies of channels that the server makes for itself: what it says in a conference and
/// records of it, and what runs the dialplan for a text message.
const INTERNAL: [&[u8]; 4] = [b"CBAnn/", b"CBRec/", b"ConfBridgeRecorder/", b"Message/"];

/// Returns whether this is a channel that the server makes for itself.
pub(crate) fn is_internal(block: ChannelBlock<'_>) -> bool {
    let name = block.channel().map(ChannelName::as_bytes).unwrap_or_default();
    INTERNAL.iter().any(|technology| name.starts_with(technology))
}

/// Returns the name of the pair of Local channels that a channel of this name is a half of.
pub(crate) fn pair(name: &[u8]) -> Option<&[u8]> {
    let pair = name.strip_suffix(b";1").or_else(|| name.strip_suffix(b";2"))?;
    pair.starts_with(b"Local/").then_some(pair)
}

/// Returns the name of a conference.
pub(crate) fn conference(frame: Frame<'_>) -> Option<&[u8]> {
    first(frame, ["Conference", "Meetme"])
}

/// Returns the unique ids of the halves of a Local channel, of which `LocalBridge` tells.
pub(crate) fn halves(frame: Frame<'_>) -> Option<(&[u8], &[u8])> {
    // 12 renamed them.
    both(frame, ["LocalOneUniqueid", "LocalTwoUniqueid"]).or_else(|| both(frame, ["Uniqueid1", "Uniqueid2"]))
}

/// A caller who enters a queue, leaves it or is answered.
#[derive(Clone, Copy)]
pub(crate) struct QueueStep<'buf> {
    pub(crate) queue: &'buf [u8],
    pub(crate) caller: QueueCaller<'buf>,
    /// The description of the channel, from 12 on.
    pub(crate) channel: Option<ChannelBlock<'buf>>,
    pub(crate) kind: QueueStepKind<'buf>,
}

#[derive(Clone, Copy)]
pub(crate) enum QueueStepKind<'buf> {
    Joined,
    Left,
    Abandoned,
    /// By the member of this name; the caller leaves with an event of its own.
    Answered(&'buf [u8]),
}

impl<'buf> QueueStep<'buf> {
    pub(crate) fn of(event: &Event<'buf>) -> Option<Self> {
        let (kind, channel) = match event {
            Event::QueueCallerJoin(view) => (QueueStepKind::Joined, Some(**view)),
            Event::Join(_) => (QueueStepKind::Joined, None),
            Event::QueueCallerLeave(view) => (QueueStepKind::Left, Some(**view)),
            Event::Leave(_) => (QueueStepKind::Left, None),
            Event::QueueCallerAbandon(_) => (QueueStepKind::Abandoned, None),
            Event::AgentConnect(view) => {
                (QueueStepKind::Answered(view.member_name().map(Value::as_bytes).unwrap_or_default()), None)
            }
            _ => return None,
        };
        let frame = event.frame();
        Some(Self { queue: queue(frame)?, caller: QueueCaller::of(frame)?, channel, kind })
    }
}

/// Returns the name of the queue that an event is about, the same header in all of them.
pub(crate) fn queue(frame: Frame<'_>) -> Option<&[u8]> {
    frame.get("Queue").map(Value::as_bytes)
}

/// A caller in a queue.
#[derive(Clone, Copy)]
pub(crate) struct QueueCaller<'buf> {
    frame: Frame<'buf>,
    pub(crate) unique_id: &'buf [u8],
}

impl<'buf> QueueCaller<'buf> {
    pub(crate) fn of(frame: Frame<'buf>) -> Option<Self> {
        Some(Self { frame, unique_id: frame.get("Uniqueid")?.as_bytes() })
    }

    /// Returns the caller's place, from 1.
    pub(crate) fn position(self) -> Option<u64> {
        self.frame.get("Position").and_then(|position| position.parse().ok())
    }
}

/// A channel that is parked, or is so no longer.
#[derive(Clone, Copy)]
pub(crate) struct Parked<'buf> {
    pub(crate) unique_id: &'buf [u8],
    /// Lot and space; `None`: it is parked no longer.
    pub(crate) place: Option<(&'buf [u8], &'buf [u8])>,
}

impl<'buf> Parked<'buf> {
    pub(crate) fn of(event: &Event<'buf>) -> Option<Self> {
        let frame = event.frame();
        let parked = match event {
            Event::ParkedCall(_) => true,
            Event::UnParkedCall(_) | Event::ParkedCallTimeOut(_) | Event::ParkedCallGiveUp(_) => false,
            _ => return None,
        };
        // 12 renamed all of it.
        let unique_id = first(frame, names::PARKED_ID)?;
        let place = || {
            let lot = frame.get("Parkinglot").unwrap_or_default().as_bytes();
            (lot, first(frame, names::PARKING_SPACE).unwrap_or_default())
        };
        Some(Self { unique_id, place: parked.then(place) })
    }
}

/// Returns the first header of these names that is there.
fn first<'buf>(frame: Frame<'buf>, names: [&str; 2]) -> Option<&'buf [u8]> {
    names.into_iter().find_map(|name| frame.get(name)).map(Value::as_bytes)
}

/// Returns the headers of both names.
fn both<'buf>(frame: Frame<'buf>, names: [&str; 2]) -> Option<(&'buf [u8], &'buf [u8])> {
    let [one, two] = names.map(|name| frame.get(name).map(Value::as_bytes));
    one.zip(two)
}

/// The headers of what versions call differently, or lists and events.
pub(crate) mod names {
    /// Extension: up to 11 lists of channels have another name for it.
    pub(crate) const EXTEN: [&str; 2] = ["Exten", "Extension"];
    /// Interface of a queue's member: another name up to 11, and in lists.
    pub(crate) const INTERFACE: [&str; 2] = ["Interface", "Location"];
    /// Interface of the member that has answered: another name up to 11.
    pub(crate) const ANSWERED_BY: [&str; 2] = ["Interface", "Member"];
    /// Name of a queue's member: another in lists.
    pub(crate) const MEMBER: [&str; 2] = ["MemberName", "Name"];
    /// Flag of a member in a call: another name in lists up to 11.
    pub(crate) const IN_CALL: [&str; 2] = ["InCall", "IsInCall"];
    /// Reason for which a member is paused: another name up to 11.
    pub(crate) const PAUSED_REASON: [&str; 2] = ["PausedReason", "Reason"];
    /// Channel that an agent is logged in with: another name in lists up to 11.
    pub(crate) const AGENT_CHANNEL: [&str; 2] = ["Channel", "LoggedInChan"];
    /// First space of a parking lot: from 12 on, and before.
    pub(crate) const FIRST_SPACE: [&str; 2] = ["StartSpace", "StartExten"];
    /// Last space of a parking lot.
    pub(crate) const LAST_SPACE: [&str; 2] = ["StopSpace", "StopExten"];
    /// Space of a parked call. 12 renamed all of parking.
    pub(crate) const PARKING_SPACE: [&str; 2] = ["ParkingSpace", "Exten"];
    /// Name of a parked channel.
    pub(crate) const PARKED_CHANNEL: [&str; 2] = ["ParkeeChannel", "Channel"];
    /// Unique id of a parked channel.
    pub(crate) const PARKED_ID: [&str; 2] = ["ParkeeUniqueid", "Uniqueid"];
    /// Number of a parked caller.
    pub(crate) const PARKED_NUMBER: [&str; 2] = ["ParkeeCallerIDNum", "CallerIDNum"];
    /// Name of a parked caller.
    pub(crate) const PARKED_NAME: [&str; 2] = ["ParkeeCallerIDName", "CallerIDName"];
    /// Dial string of the one who parked a call.
    pub(crate) const PARKED_BY: [&str; 2] = ["ParkerDialString", "From"];
    /// For how long a call has been parked, in seconds.
    pub(crate) const PARKED_FOR: [&str; 2] = ["ParkingDuration", "Duration"];
}
