//! Facts that events tell of channels, bridges, queues and parking lots, read once for `calls` and
//! `state`: which events and headers mean a thing differs from version to version.
//!
//! | [`Told`] | up to 11 | 12 and later |
//! |---|---|---|
//! | `Bridged` | `Link`, `Unlink`, `Bridge` with its `Bridgestate`: a pair by unique ids | `BridgeEnter`, `BridgeLeave`: a channel and a bridge |
//! | `Dialled` | `Dial`, whose end names the caller alone, by unique ids | `DialBegin`, `DialEnd`; from 14 on `DialState`: both channels |
//! | `Held` | `Hold` with `Status` | `Hold`, `Unhold` |
//! | `Halves` | `LocalBridge`: `Uniqueid1`, `Uniqueid2` | `LocalBridge`: `LocalOneUniqueid`, `LocalTwoUniqueid` |
//! | `Replaced` | `Masquerade` of two names, then `Rename` to `<MASQ>` and `<ZOMBIE>` | a channel takes a place without a word |
//! | `Queue` | `Join`, `Leave`, by headers of their own | `QueueCallerJoin`, `QueueCallerLeave`: a channel |
//! | `Parked` | `ParkedCall` and so on with `Channel`, `Uniqueid`, `Exten` | the same with `Parkee…`, `ParkingSpace` |
//!
//! The linked id, up to 11, is told by CEL alone, in 12 by CEL and some events. Headers that only
//! have another name, or another in lists, stand in [`names`]; where a typed view has a getter for
//! both, the view's table in `codegen/spec` does.

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

/// Meaning of an event, where versions have another event or other headers for it.
#[derive(Clone, Copy)]
pub(crate) enum Told<'buf> {
    Bridged(Bridged<'buf>),
    Dialled(Dialled<'buf>),
    /// A channel has the others on hold, or no longer.
    Held {
        channel: ChannelBlock<'buf>,
        on: bool,
    },
    /// Both halves of a Local channel, by their unique ids, where both are told.
    Halves(Option<(&'buf [u8], &'buf [u8])>),
    /// One channel takes the place of another, by their names.
    Replaced {
        clone: &'buf [u8],
        original: &'buf [u8],
    },
    Queue(QueueStep<'buf>),
    Parked(Parked<'buf>),
}

impl<'buf> Told<'buf> {
    pub(crate) fn of(event: &Event<'buf>) -> Option<Self> {
        let frame = event.frame();
        match event {
            Event::Hold(view) => Some(Self::Held { channel: **view, on: view.status().unwrap_or(true) }),
            Event::Unhold(view) => Some(Self::Held { channel: **view, on: false }),
            Event::LocalBridge(_) => Some(Self::Halves(halves(frame))),
            Event::Masquerade(_) => {
                both(frame, ["Clone", "Original"]).map(|(clone, original)| Self::Replaced { clone, original })
            }
            _ => Dialled::of(event)
                .map(Self::Dialled)
                .or_else(|| Bridged::of(event).map(Self::Bridged))
                .or_else(|| QueueStep::of(event).map(Self::Queue))
                .or_else(|| Parked::of(event).map(Self::Parked)),
        }
    }
}

/// A channel that calls another.
#[derive(Clone, Copy)]
pub(crate) struct Dialled<'buf> {
    /// Unique ids; `from` is none for one that was originated, `to` none where the end of a dial
    /// names the caller alone.
    pub(crate) from: Option<&'buf [u8]>,
    pub(crate) to: Option<&'buf [u8]>,
    /// The descriptions of both, from 12 on.
    pub(crate) channels: Option<[ChannelBlock<'buf>; 2]>,
    pub(crate) kind: DialledKind<'buf>,
}

#[derive(Clone, Copy)]
pub(crate) enum DialledKind<'buf> {
    /// With the dial string.
    Begins(Option<Value<'buf>>),
    GoesOn,
    Ends(DialEnded<'buf>),
}

/// The end of a dial.
#[derive(Clone, Copy)]
pub(crate) struct DialEnded<'buf> {
    pub(crate) status: Option<Value<'buf>>,
    /// Where the one who was called sends the call on to; from 13 on.
    pub(crate) forward: Option<Value<'buf>>,
}

impl<'buf> DialEnded<'buf> {
    pub(crate) fn texts(self) -> (Option<&'buf [u8]>, Option<&'buf [u8]>) {
        (self.status.map(Value::as_bytes), self.forward.map(Value::as_bytes))
    }
}

impl<'buf> Dialled<'buf> {
    fn of(event: &Event<'buf>) -> Option<Self> {
        let id = |channel: ChannelBlock<'buf>| channel.unique_id().ok().map(UniqueId::as_bytes);
        let (channels, kind) = match event {
            Event::DialBegin(view) => ([**view, view.dest()], DialledKind::Begins(view.dial_string().ok())),
            Event::DialState(view) => ([**view, view.dest()], DialledKind::GoesOn),
            Event::DialEnd(view) => {
                let forward = view.forward().ok().filter(|forward| !forward.is_empty());
                let ended = DialEnded { status: view.dial_status().ok(), forward };
                ([**view, view.dest()], DialledKind::Ends(ended))
            }
            Event::Dial(view) => {
                let from = Some(view.unique_id().ok()?.as_bytes());
                let to = view.dest_unique_id().ok().map(UniqueId::as_bytes);
                let ends = || DialledKind::Ends(DialEnded { status: view.dial_status().ok(), forward: None });
                let kind = to.map_or_else(ends, |_| DialledKind::Begins(view.dial_string().ok()));
                return Some(Self { from, to, channels: None, kind });
            }
            _ => return None,
        };
        Some(Self { from: id(channels[0]), to: id(channels[1]), channels: Some(channels), kind })
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
    fn of(event: &Event<'buf>) -> Option<Self> {
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
fn halves(frame: Frame<'_>) -> Option<(&[u8], &[u8])> {
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
    /// By a member; the caller leaves with an event of its own.
    Answered {
        name: &'buf [u8],
        interface: &'buf [u8],
    },
}

impl<'buf> QueueStep<'buf> {
    fn of(event: &Event<'buf>) -> Option<Self> {
        let (kind, channel) = match event {
            Event::QueueCallerJoin(view) => (QueueStepKind::Joined, Some(**view)),
            Event::Join(_) => (QueueStepKind::Joined, None),
            Event::QueueCallerLeave(view) => (QueueStepKind::Left, Some(**view)),
            Event::Leave(_) => (QueueStepKind::Left, None),
            Event::QueueCallerAbandon(_) => (QueueStepKind::Abandoned, None),
            Event::AgentConnect(view) => {
                let name = view.member_name().map(Value::as_bytes).unwrap_or_default();
                (QueueStepKind::Answered { name, interface: answered_by(event.frame()).unwrap_or_default() }, None)
            }
            _ => return None,
        };
        let frame = event.frame();
        Some(Self { queue: queue(frame)?, caller: QueueCaller::of(frame), channel, kind })
    }
}

/// Returns the name of the queue that an event is about, the same header in all of them.
pub(crate) fn queue(frame: Frame<'_>) -> Option<&[u8]> {
    frame.get("Queue").map(Value::as_bytes)
}

/// Returns the interface of the member that a caller in a queue talks to, or has talked to.
pub(crate) fn answered_by(frame: Frame<'_>) -> Option<&[u8]> {
    first(frame, names::ANSWERED_BY)
}

/// A caller in a queue.
#[derive(Clone, Copy)]
pub(crate) struct QueueCaller<'buf> {
    frame: Frame<'buf>,
    pub(crate) unique_id: &'buf [u8],
}

impl<'buf> QueueCaller<'buf> {
    /// The unique id may be empty, as in any event.
    fn of(frame: Frame<'buf>) -> Self {
        Self { frame, unique_id: frame.get("Uniqueid").unwrap_or_default().as_bytes() }
    }

    /// Returns the caller's place, from 1.
    pub(crate) fn position(self) -> Option<u64> {
        self.frame.get("Position").and_then(|position| position.parse().ok())
    }
}

/// A channel that is parked, or is so no longer.
#[derive(Clone, Copy)]
pub(crate) struct Parked<'buf> {
    /// Empty where a list doesn't tell it: up to 11.
    pub(crate) unique_id: &'buf [u8],
    pub(crate) kind: ParkedKind<'buf>,
}

#[derive(Clone, Copy)]
pub(crate) enum ParkedKind<'buf> {
    /// In this lot and space.
    In(&'buf [u8], &'buf [u8]),
    Retrieved,
    TimedOut,
    GaveUp,
}

impl<'buf> Parked<'buf> {
    fn of(event: &Event<'buf>) -> Option<Self> {
        let frame = event.frame();
        let kind = match event {
            Event::ParkedCall(_) => {
                let lot = frame.get("Parkinglot").unwrap_or_default().as_bytes();
                ParkedKind::In(lot, first(frame, names::PARKING_SPACE).unwrap_or_default())
            }
            Event::UnParkedCall(_) => ParkedKind::Retrieved,
            Event::ParkedCallTimeOut(_) => ParkedKind::TimedOut,
            Event::ParkedCallGiveUp(_) => ParkedKind::GaveUp,
            _ => return None,
        };
        Some(Self { unique_id: first(frame, names::PARKED_ID).unwrap_or_default(), kind })
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

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use super::*;
    use crate::{Decoder, Framing, Limits};

    /// The meaning of an event in words.
    fn meaning(event: &str) -> String {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        decoder.push(format!("Event: {event}||").replace('|', "\r\n").as_bytes());
        let frame = decoder.next_frame().unwrap().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let some = |bytes: Option<&[u8]>| bytes.map_or_else(|| "-".into(), text);
        let value = |value: Option<Value<'_>>| some(value.map(Value::as_bytes));
        match Told::of(&Event::from(frame)) {
            Some(Told::Held { channel, on }) => format!("{} holds {on}", channel.unique_id().unwrap()),
            Some(Told::Halves(halves)) => halves.map(|(one, two)| format!("{} and {}", text(one), text(two))).unwrap(),
            Some(Told::Replaced { clone, original }) => format!("{} for {}", text(clone), text(original)),
            Some(Told::Dialled(dialled)) => {
                let (from, to) = (some(dialled.from), some(dialled.to));
                match dialled.kind {
                    DialledKind::Begins(string) => format!("{from} calls {to} by {}", value(string)),
                    DialledKind::GoesOn => format!("{to} goes on"),
                    DialledKind::Ends(ended) => format!("ends {}", value(ended.status)),
                }
            }
            Some(Told::Bridged(Bridged::Pair { one, two, together })) => {
                format!("{} with {} {together}", text(one), text(two))
            }
            Some(Told::Bridged(Bridged::Entered { channel, bridge })) => {
                format!("{} in {}", channel.unique_id().unwrap(), bridge.bridge_unique_id().unwrap())
            }
            Some(Told::Bridged(Bridged::Left { channel, .. })) => format!("{} out", channel.unique_id().unwrap()),
            Some(Told::Queue(QueueStep { queue, caller, kind, .. })) => {
                let does = match kind {
                    QueueStepKind::Joined => format!("joins at {:?}", caller.position()),
                    QueueStepKind::Left => "leaves".into(),
                    QueueStepKind::Abandoned => "gives up".into(),
                    QueueStepKind::Answered { name, interface } => format!("has {} {}", text(name), text(interface)),
                };
                format!("{} {does} {}", text(caller.unique_id), text(queue))
            }
            Some(Told::Parked(Parked { unique_id, kind })) => match kind {
                ParkedKind::In(lot, space) => format!("{} at {} {}", text(unique_id), text(lot), text(space)),
                ParkedKind::Retrieved => format!("{} retrieved", text(unique_id)),
                ParkedKind::TimedOut => format!("{} timed out", text(unique_id)),
                ParkedKind::GaveUp => format!("{} gave up", text(unique_id)),
            },
            None => String::new(),
        }
    }

    #[test]
    fn each_form_means_the_same() {
        for (before, after, same) in [
            ("Hold|Status: On|Uniqueid: 1", "Hold|Uniqueid: 1", "1 holds true"),
            ("Hold|Status: Off|Uniqueid: 1", "Unhold|Uniqueid: 1", "1 holds false"),
            ("LocalBridge|Uniqueid1: 1|Uniqueid2: 2", "LocalBridge|LocalOneUniqueid: 1|LocalTwoUniqueid: 2", "1 and 2"),
            (
                "Dial|SubEvent: Begin|UniqueID: 1|DestUniqueID: 2|Dialstring: s",
                "DialBegin|Uniqueid: 1|DestUniqueid: 2|DialString: s",
                "1 calls 2 by s",
            ),
            (
                "Dial|SubEvent: End|UniqueID: 1|DialStatus: BUSY",
                "DialEnd|DestUniqueid: 2|DialStatus: BUSY",
                "ends BUSY",
            ),
            (
                "Join|Queue: q|Uniqueid: 1|Position: 2",
                "QueueCallerJoin|Queue: q|Uniqueid: 1|Position: 2",
                "1 joins at Some(2) q",
            ),
            ("Leave|Queue: q|Uniqueid: 1", "QueueCallerLeave|Queue: q|Uniqueid: 1", "1 leaves q"),
            (
                "AgentConnect|Queue: q|Uniqueid: 1|MemberName: m|Member: i",
                "AgentConnect|Queue: q|Uniqueid: 1|MemberName: m|Interface: i",
                "1 has m i q",
            ),
            (
                "ParkedCall|Parkinglot: l|Exten: 701|Uniqueid: 1",
                "ParkedCall|Parkinglot: l|ParkingSpace: 701|ParkeeUniqueid: 1",
                "1 at l 701",
            ),
            ("UnParkedCall|Uniqueid: 1", "UnParkedCall|ParkeeUniqueid: 1", "1 retrieved"),
            ("ParkedCallTimeOut|Uniqueid: 1", "ParkedCallTimeOut|ParkeeUniqueid: 1", "1 timed out"),
            ("ParkedCallGiveUp|Uniqueid: 1", "ParkedCallGiveUp|ParkeeUniqueid: 1", "1 gave up"),
        ] {
            assert_eq!([meaning(before), meaning(after)], [same, same]);
        }
        // What has no other form.
        for (event, is) in [
            ("Link|Uniqueid1: 1|Uniqueid2: 2", "1 with 2 true"),
            ("Bridge|Bridgestate: Link|Uniqueid1: 1|Uniqueid2: 2", "1 with 2 true"),
            ("Unlink|Uniqueid1: 1|Uniqueid2: 2", "1 with 2 false"),
            ("Bridge|Bridgestate: Unlink|Uniqueid1: 1|Uniqueid2: 2", "1 with 2 false"),
            ("BridgeEnter|Uniqueid: 1|BridgeUniqueid: b", "1 in b"),
            ("BridgeLeave|Uniqueid: 1|BridgeUniqueid: b", "1 out"),
            ("Masquerade|Clone: A|Original: B", "A for B"),
            ("DialState|DestUniqueid: 2", "2 goes on"),
            ("QueueCallerAbandon|Queue: q|Uniqueid: 1", "1 gives up q"),
            ("Newstate|Uniqueid: 1", ""),
        ] {
            assert_eq!(meaning(event), is);
        }
    }
}
