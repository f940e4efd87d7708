//! Rules: each event and the things that it tells of, one arm for all versions that send it.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::fields::{
    Agent, Bridge, Caller, Channel, Conference, Device, Extension, Kind, Member, ParkedCall, ParkingLot, Participant,
    Queue,
};
use super::key::{Key, parts};
use super::mirror::How;
use super::place::Place;
use super::thing::{Entry as _, Thing};
use super::{Mirror, OwnedValue, Part, Stale};
use crate::event::{Event, ExtensionStatus};
use crate::facts::{self, Bridged, Parked, ParkedKind, QueueStepKind, Told};
use crate::wire::{Frame, Value};

/// Has a thing told what an event says: `begun` it begins, `made` it is there, known or not, `told`
/// it should be known, `hinted` it is of no interest unless known, `shown`
/// nor then where a list vouches for its part, `item` an item of a list that does. Then the prefix
/// of its headers, or what it is called where they don't say so, and what is told without a header.
macro_rules! tell {
    ($mirror:ident, $frame:ident, $how:ident $thing:ident $({ $($field:ident: $value:expr),+ $(,)? })?) => {
        tell!(@ $mirror, $how $thing, $thing::names($frame, ""), Some(($frame, "")), { $($($field: $value,)+)? })
    };
    ($mirror:ident, $frame:ident, $how:ident $thing:ident prefix $prefix:literal) => {
        tell!(@ $mirror, $how $thing, $thing::names($frame, $prefix), Some(($frame, $prefix)), {})
    };
    ($mirror:ident, $frame:ident, $how:ident $thing:ident named $names:expr) => {
        tell!(@ $mirror, $how $thing, $names, Some(($frame, "")), {})
    };
    (@ $mirror:ident, $how:ident $thing:ident, $names:expr, $words:expr, { $($field:ident: $value:expr,)* }) => {
        $mirror.tell::<$thing>(how!($how), $names, $words, |_thing, _telling| {
            $(_telling.put(<$thing as Thing>::BITS.$field, &mut _thing.$field, $value);)*
        })
    };
}

/// Sets fields of a known thing of this name.
macro_rules! set {
    ($mirror:ident, $thing:ident $names:expr, { $($field:ident: $value:expr),+ $(,)? }) => {
        tell!(@ $mirror, hinted $thing, Some($names), None, { $($field: $value,)+ })
    };
}

macro_rules! how {
    (begun) => {
        How::Begun
    };
    (made) => {
        How::Made
    };
    (told) => {
        How::Told
    };
    (hinted) => {
        How::Hinted
    };
    (shown) => {
        How::Shown
    };
    (item) => {
        How::Item
    };
}
pub(super) use {how, tell};

impl Mirror {
    pub(super) fn apply(&mut self, event: &Event<'_>) {
        let frame = event.frame();
        let now = self.now;
        let mirror = self;
        // Some lists are made of events of the same name; an item has no class.
        let listed = |part: Part| frame.get("Privilege").is_none() && mirror.parts[part as usize].is_on();
        match event {
            // Channels.
            Event::Newchannel(_) => tell!(mirror, frame, begun Channel { since: now }),
            Event::Newstate(_)
            | Event::Newexten(_)
            | Event::NewCallerId(_)
            | Event::NewConnectedLine(_)
            | Event::NewAccountCode(_)
            | Event::Rename(_) => tell!(mirror, frame, told Channel),
            Event::Hangup(_) => mirror.remove::<Channel>(Channel::names(frame, "")),
            Event::Status(_) | Event::BridgeInfoChannel(_) => tell!(mirror, frame, shown Channel),
            Event::CoreShowChannel(_) => tell!(mirror, frame, item Channel),
            Event::CoreShowChannelsComplete(_) => mirror.end(Part::Channels, frame),

            // Bridges.
            Event::BridgeCreate(_) => tell!(mirror, frame, begun Bridge),
            Event::BridgeDestroy(_) => mirror.remove::<Bridge>(Bridge::names(frame, "")),
            Event::BridgeListItem(_) => tell!(mirror, frame, item Bridge),
            Event::BridgeListComplete(_) => mirror.end(Part::Bridges, frame),

            // Queues.
            Event::QueueParams(_) => mirror.queue_listed(frame),
            Event::QueueMember(_) => tell!(mirror, frame, item Member),
            Event::QueueEntry(_) => {
                let priority = frame.get("Priority").and_then(|priority| priority.parse().ok());
                tell!(mirror, frame, item Caller { priority: priority });
                mirror.place(frame);
            }
            Event::QueueStatusComplete(_) => mirror.end(Part::Queues, frame),
            Event::QueueMemberAdded(_) => tell!(mirror, frame, begun Member),
            Event::QueueMemberStatus(_)
            | Event::QueueMemberPause(_)
            | Event::QueueMemberPaused(_)
            | Event::QueueMemberPenalty(_)
            | Event::QueueMemberRingInUse(_) => tell!(mirror, frame, told Member),
            Event::QueueMemberRemoved(_) => mirror.remove::<Member>(Member::names(frame, "")),
            Event::AgentComplete(_) => {
                mirror.figure(frame, |queue, told| {
                    queue.talk_time = average(queue.talk_time, told("TalkTime"), queue.completed == Some(0));
                    queue.completed = queue.completed.map(|completed| completed.saturating_add(1));
                });
                mirror.answers(frame, facts::answered_by(frame), false);
            }

            // Agents.
            Event::AgentLogin(_) => {
                tell!(mirror, frame, told Agent { status: &b"AGENT_IDLE"[..], logged_in: None, talking_to: &[][..] });
            }
            Event::AgentLogoff(_) => {
                let (status, none) = (&b"AGENT_LOGGEDOFF"[..], &[][..]);
                tell!(mirror, frame, told Agent { status: status, channel: none, logged_in: Some(0), talking_to: none });
            }
            Event::Agents(_) => tell!(mirror, frame, item Agent),
            Event::AgentsComplete(_) => mirror.end(Part::Agents, frame),

            // Conferences.
            Event::ConfbridgeStart(_) => {
                tell!(mirror, frame, begun Conference { locked: Some(false), recording: Some(false) });
            }
            Event::ConfbridgeEnd(_) => mirror.remove::<Conference>(Conference::names(frame, "")),
            Event::ConfbridgeRecord(_) => tell!(mirror, frame, told Conference { recording: Some(true) }),
            Event::ConfbridgeStopRecord(_) => tell!(mirror, frame, told Conference { recording: Some(false) }),
            Event::ConfbridgeJoin(_) => {
                tell!(mirror, frame, told Conference);
                tell!(mirror, frame, begun Participant { since: now });
            }
            Event::ConfbridgeLeave(_) => mirror.remove::<Participant>(Participant::names(frame, "")),
            Event::ConfbridgeMute(_) => tell!(mirror, frame, told Participant { muted: Some(true) }),
            Event::ConfbridgeUnmute(_) => tell!(mirror, frame, told Participant { muted: Some(false) }),
            Event::ConfbridgeTalking(_) => tell!(mirror, frame, told Participant),
            Event::ConfbridgeListRooms(_) => tell!(mirror, frame, item Conference),
            Event::ConfbridgeListRoomsComplete(_) => mirror.rooms_ended(frame),
            Event::ConfbridgeList(_) => tell!(mirror, frame, item Participant),
            Event::ConfbridgeListComplete(_) => mirror.end(Part::Conferences, frame),

            // Parking.
            Event::ParkedCallSwap(_) => tell!(mirror, frame, told ParkedCall),
            Event::ParkedCallsComplete(_) => mirror.end(Part::Parking, frame),
            Event::ParkingLot(_) => tell!(mirror, frame, item ParkingLot),
            Event::ParkingLotsComplete(_) => mirror.end(Part::ParkingLots, frame),

            // States.
            Event::DeviceStateChange(_) => {
                let listed = listed(Part::Devices);
                if frame.get("Privilege").is_some() {
                    // An item of a list may be older than what is known of agent and endpoint.
                    mirror.agent_of_device(frame);
                    mirror.endpoint_of_device(frame);
                }
                if listed {
                    tell!(mirror, frame, item Device);
                } else {
                    tell!(mirror, frame, made Device);
                }
            }
            Event::DeviceStateListComplete(_) => mirror.end(Part::Devices, frame),
            Event::ExtensionStatus(_) if listed(Part::Extensions) => tell!(mirror, frame, item Extension),
            Event::ExtensionStatus(view) if is_gone(view) => mirror.remove::<Extension>(Extension::names(frame, "")),
            Event::ExtensionStatus(_) => tell!(mirror, frame, made Extension),
            Event::ExtensionStateListComplete(_) => mirror.end(Part::Extensions, frame),
            Event::Reload(_) | Event::Load(_) | Event::Unload(_) | Event::ChannelReload(_) => mirror.reloaded(frame),
            Event::Shutdown(_) => Part::ALL.iter().for_each(|part| mirror.doubt(*part, Stale::Shutdown)),
            _ => match Told::of(event) {
                Some(told) => {
                    // An item of a list that was not announced is no beginning either.
                    mirror.told(frame, &told, frame.get("Privilege").is_none());
                }
                None => mirror.apply_peers(event),
            },
        }
    }

    /// Applies an event whose meaning versions tell by different ones. `listed`: it may be an item
    /// of a list of parked calls.
    fn told(&mut self, frame: Frame<'_>, told: &Told<'_>, listed: bool) {
        let now = self.now;
        let mirror = self;
        match *told {
            Told::Bridged(bridged) => mirror.bridged(frame, &bridged),
            Told::Dialled(dialled) if dialled.channels.is_some() => {
                tell!(mirror, frame, told Channel);
                tell!(mirror, frame, told Channel prefix "Dest");
            }
            Told::Held { on, .. } => tell!(mirror, frame, told Channel { on_hold: Some(on) }),
            Told::Queue(step) => mirror.queue_step(frame, step.kind),
            Told::Parked(Parked { kind: ParkedKind::In(..), .. }) if listed => {
                tell!(mirror, frame, item ParkedCall);
            }
            Told::Parked(Parked { kind: ParkedKind::In(..), .. }) => {
                tell!(mirror, frame, begun ParkedCall { since: now });
            }
            Told::Parked(_) => mirror.remove::<ParkedCall>(ParkedCall::names(frame, "")),
            // Names and ids of channels come with events of their own.
            Told::Dialled(_) | Told::Halves(..) | Told::Replaced { .. } => {}
        }
    }

    /// A caller enters a queue, leaves it or is answered.
    fn queue_step(&mut self, frame: Frame<'_>, step: QueueStepKind<'_>) {
        let now = self.now;
        let mirror = self;
        match step {
            QueueStepKind::Joined => {
                tell!(mirror, frame, told Queue);
                tell!(mirror, frame, begun Caller { since: now });
                mirror.place(frame);
            }
            QueueStepKind::Left => {
                tell!(mirror, frame, told Queue);
                mirror.remove::<Caller>(Caller::names(frame, ""));
            }
            QueueStepKind::Abandoned => mirror.figure(frame, |queue, _| {
                queue.abandoned = queue.abandoned.map(|abandoned| abandoned.saturating_add(1));
            }),
            QueueStepKind::Answered { interface, .. } => {
                mirror.figure(frame, |queue, told| {
                    let first = queue.completed == Some(0) && queue.abandoned == Some(0);
                    queue.hold_time = average(queue.hold_time, told("HoldTime"), first);
                });
                mirror.answers(frame, Some(interface), true);
            }
        }
    }

    /// A channel enters a bridge or leaves it.
    fn bridged(&mut self, frame: Frame<'_>, bridged: &Bridged<'_>) {
        let mirror = self;
        match *bridged {
            Bridged::Entered { .. } => {
                tell!(mirror, frame, told Bridge);
                let bridge = frame.get("BridgeUniqueid").unwrap_or_default();
                tell!(mirror, frame, told Channel { bridge: bridge.as_bytes() });
            }
            Bridged::Left { .. } => {
                let bridge = frame.get("BridgeUniqueid").unwrap_or_default();
                let channel = Channel::names(frame, "").and_then(|(of, id)| mirror.one::<Channel>(of, id));
                // It may be in another one by now.
                let inside = channel.and_then(|channel| channel.bridge.clone()).unwrap_or_default();
                let inside = if inside.as_bytes() == bridge.as_bytes() { Value::default() } else { inside.value() };
                tell!(mirror, frame, told Channel { bridge: inside.as_bytes() });
            }
            Bridged::Pair { one, two, together } => {
                for (channel, peer) in [(one, two), (two, one)] {
                    let peer = if together { peer } else { &[] };
                    set!(mirror, Channel (&[], channel), { peer: peer });
                }
            }
        }
    }

    /// A queue's figures, which no header tells as they are, change by this much.
    fn figure(&mut self, frame: Frame<'_>, change: impl FnOnce(&mut Queue, &dyn Fn(&str) -> Option<u64>)) {
        let told = |name: &str| frame.get(name).and_then(|value| value.parse().ok());
        let names = Queue::names(frame, "");
        self.tell::<Queue>(How::Hinted, names, None, |queue, telling| {
            let mut after = queue.clone();
            change(&mut after, &told);
            telling.reckon(&mut queue.abandoned, after.abandoned);
            telling.reckon(&mut queue.completed, after.completed);
            telling.reckon(&mut queue.hold_time, after.hold_time);
            telling.reckon(&mut queue.talk_time, after.talk_time);
        });
    }

    /// A member is in a call of the queue from here on, or has had one.
    fn answers(&mut self, frame: Frame<'_>, interface: Option<&[u8]>, begins: bool) {
        let names = facts::queue(frame).zip(interface);
        self.tell::<Member>(How::Hinted, names, None, |member, telling| {
            telling.put(Member::BITS.in_call, &mut member.in_call, Some(begins));
            if !begins {
                let taken = member.calls_taken.map(|taken| taken.saturating_add(1));
                telling.reckon(&mut member.calls_taken, taken);
            }
        });
    }

    /// A caller stands at the position that the event tells.
    fn place(&mut self, frame: Frame<'_>) {
        let Some((queue, id)) = Caller::names(frame, "") else { return };
        let number = |name| frame.get(name).and_then(|number| number.parse::<u64>().ok());
        let Some(caller) = self.one::<Caller>(queue, id) else {
            // It has left since the list was made: those behind it stand one further in front.
            self.with_queue(queue, |queue| queue.skipped = queue.skipped.saturating_add(1));
            return;
        };
        if caller.order != Place::default() {
            return;
        }
        let count = number("Count");
        // The last one stands behind all, however many they are.
        let position = number("Position").filter(|position| count.is_none_or(|count| *position < count));
        if count.is_some() && position.is_some() {
            self.parts[Part::Queues as usize].crossed();
        }
        let joins = count.is_some();
        let (mut placed, mut fits, mut far) = (Err(0), true, false);
        for _ in 0..2 {
            self.with_queue(queue, |queue| {
                far |= joins && queue.is_far(position);
                placed = if joins { queue.join(id, position) } else { queue.list(id, position) };
                fits = count.is_none_or(|count| count == queue.order.len() as u64);
            });
            match placed {
                Ok(_) => break,
                Err(crowded) => self.spread(queue, crowded),
            }
        }
        fits &= !far;
        if !fits {
            // The event is older than the list was, or others have come or gone unheard, or the
            // place is too far inside.
            self.doubt(Part::Queues, Stale::Unexpected);
        }
        self.with_caller(queue, id, |caller| caller.order = placed.unwrap_or_default());
    }

    /// A list shows a queue, which it does once.
    fn queue_listed(&mut self, frame: Frame<'_>) {
        let mirror = self;
        let talk = frame.get("TalkTime").and_then(|talk| talk.parse().ok());
        let list = Queue::names(frame, "").and_then(|(of, name)| mirror.one::<Queue>(of, name));
        let list = list.map(|queue| queue.books().list);
        tell!(mirror, frame, item Queue { talk_time: talk });
        if list != Some(mirror.parts[Part::Queues as usize].list) {
            mirror.displace(frame);
        }
    }

    /// A queue is listed: those of its callers of whom no event has told since stand nowhere before
    /// they are listed.
    fn displace(&mut self, frame: Frame<'_>) {
        let seeding = self.parts[Part::Queues as usize];
        let Some(name) = frame.get("Queue").filter(|_| seeding.is_on()).map(Value::as_bytes) else { return };
        let mut order = BTreeMap::default();
        self.with_queue(name, |queue| order = core::mem::take(&mut queue.order));
        let mut kept = BTreeMap::new();
        for (place, id) in order {
            let fresh =
                self.one::<Caller>(name, id.as_bytes()).is_some_and(|caller| caller.books().list >= seeding.list);
            if fresh {
                kept.insert(place, id);
            } else {
                self.with_caller(name, id.as_bytes(), |caller| caller.order = Place::default());
            }
        }
        self.with_queue(name, |queue| (queue.order, queue.skipped) = (kept, 0));
    }

    /// Tells an agent's status by the state of its device; from 12 on, where no event does.
    fn agent_of_device(&mut self, frame: Frame<'_>) {
        let device = frame.get("Device").unwrap_or_default();
        let Some(agent) = device.as_bytes().strip_prefix(b"Agent:") else { return };
        let status: &[u8] = match frame.get("State").unwrap_or_default().as_bytes() {
            b"INUSE" => b"AGENT_ONCALL",
            b"NOT_INUSE" => b"AGENT_IDLE",
            b"UNAVAILABLE" => b"AGENT_LOGGEDOFF",
            _ => return,
        };
        let mirror = self;
        set!(mirror, Agent (&[], agent), { status: status });
        if status != b"AGENT_ONCALL" {
            set!(mirror, Agent (&[], agent), { talking_to: &[][..] });
        }
        if status == b"AGENT_LOGGEDOFF" {
            set!(mirror, Agent (&[], agent), { channel: &[][..], logged_in: Some(0) });
        }
    }

    /// A thing is about to go: so does what belongs to it.
    pub(super) fn leaving(&mut self, key: &[u8]) {
        let Some((kind, of, id)) = parts(key) else { return };
        match kind {
            Kind::Bridge => {
                let bridge = OwnedValue::new(id);
                let inside = self.inside.range((bridge.clone(), Key::first())..);
                let inside: Vec<Key> =
                    inside.take_while(|(found, _)| *found == bridge).map(|(_, key)| key.clone()).collect();
                let mirror = self;
                for channel in inside {
                    set!(mirror, Channel (&[], channel.id().as_bytes()), { bridge: &[][..] });
                }
            }
            Kind::Queue => {
                self.remove_belonging::<Member>(id);
                self.remove_belonging::<Caller>(id);
            }
            Kind::Conference => self.remove_belonging::<Participant>(id),
            Kind::Caller => {
                let place = self.one::<Caller>(of, id).and_then(|caller| caller.order.0);
                self.with_queue(of, |queue| _ = place.map(|place| queue.order.remove(&place)));
            }
            _ => {}
        }
    }
}

/// Says whether an extension or its hint was taken out of the dialplan: -2 or -1.
fn is_gone(status: &ExtensionStatus<'_>) -> bool {
    status.status().is_ok_and(|status| status.get() < 0)
}

/// The average that the server keeps: three parts of what it was, one of the new; of the first all.
/// (Asterisk's `app_queue.c`: `recalc_holdtime` and `update_queue`. Up to 13.17, 14.6 and 15.0 a
/// quarter of the first wait counts too.
/// No event tells the version.)
fn average(before: Option<u64>, new: Option<u64>, first: bool) -> Option<u64> {
    let (before, new) = (before?, new?);
    Some(if first { new } else { (before.saturating_mul(3).saturating_add(new)) / 4 })
}
