//! A PBX that does anything, and what a mirror of it has to be. It keeps its own truth, writes the
//! events that a server sends of it, and shares no code with the mirror.
//!
//! Events may lag behind lists, as those of a busy server do; a list may come as it is made, or be
//! handed in later, behind younger events; the connection breaks and comes back. Whenever all has
//! arrived and a part says `Complete`, that part is the truth.
//!
//! One thing it doesn't do: a caller who has left a queue comes back no sooner than the event that
//! tells of the leaving has arrived. Events lag for milliseconds.

use super::pbx_states::{self, States};
use ami_proto::event::Event;
use ami_proto::state::{Completeness, Mirror, MirrorLimits, Part};
use ami_proto::value::ChannelState;
use ami_proto::{Decoder, Framing, Limits};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;

const PARTS: [Part; 5] = [Part::Channels, Part::Bridges, Part::Queues, Part::Conferences, Part::Parking];
/// Kinds of steps before those of [`States`].
const STEPS: u8 = 25;

#[derive(Default)]
struct Channel {
    state: u8,
    number: u8,
    on_hold: bool,
    bridge: Option<u8>,
}

#[derive(Default)]
struct Queue {
    members: BTreeMap<u8, (bool, u8)>,
    callers: Vec<u8>,
}

#[derive(Default)]
struct Room {
    recording: bool,
    /// Channel, muted, talking.
    there: BTreeMap<u8, (bool, bool)>,
}

/// The truth, the events on their way, and the mirror.
struct Pbx {
    channels: BTreeMap<u8, Channel>,
    bridges: BTreeMap<u8, ()>,
    queues: BTreeMap<u8, Queue>,
    rooms: BTreeMap<u8, Room>,
    parked: BTreeMap<u8, u8>,
    states: States,
    /// Says whether lists tell who talks; up to 12 they don't.
    lists_talking: bool,
    connected: bool,
    lagging: VecDeque<String>,
    collected: Vec<(Part, String)>,
    /// Lists that seed nothing, which are handed in later.
    shown: String,
    mirror: Mirror,
    /// Comparisons of a complete part.
    pub compared: usize,
}

/// Does what the bytes say, four a step, and compares; says how many complete parts were compared.
pub fn mirrored(steps: &[u8]) -> usize {
    let mut pbx = Pbx {
        channels: BTreeMap::new(),
        bridges: BTreeMap::new(),
        queues: (0..2).map(|queue| (queue, Queue::default())).collect(),
        rooms: BTreeMap::new(),
        parked: BTreeMap::new(),
        states: States::new(steps.get(1).is_some_and(|second| second % 4 == 0)),
        lists_talking: steps.first().is_some_and(|first| first % 2 == 0),
        connected: true,
        lagging: VecDeque::new(),
        collected: Vec::new(),
        shown: String::new(),
        mirror: Mirror::new(MirrorLimits::new()),
        compared: 0,
    };
    for step in steps.chunks_exact(4) {
        pbx.step(step[0], step[1], step[2], step[3]);
    }
    pbx.settle();
    // With nothing on its way a list makes every part complete.
    if pbx.connected {
        for part in parts() {
            pbx.seed(part, false);
            pbx.settle();
            assert_eq!(pbx.mirror.completeness(part), Completeness::Complete, "{part:?}");
        }
    }
    pbx.compared
}

fn parts() -> impl Iterator<Item = Part> + Clone {
    PARTS.into_iter().chain(pbx_states::PARTS)
}

impl Pbx {
    fn tell(&mut self, event: String) {
        if self.connected {
            self.lagging.push_back(event);
        }
    }

    /// Hands events to the mirror, and answers what it asks because of them.
    fn deliver(&mut self, events: &str) {
        let mut events = events.to_owned();
        loop {
            let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
            decoder.push(events.replace('|', "\r\n").replace(';', "\r\n\r\n").as_bytes());
            while let Some(frame) = decoder.next_frame().expect("a frame") {
                let _ = self.mirror.handle(&Event::from(frame));
            }
            let Some(seed) = self.mirror.poll_seed() else { return };
            assert_eq!(seed.part(), Part::Conferences);
            let mut out = Vec::new();
            ami_proto::action::Action::encode(seed.action(), None, &mut out).expect("a request");
            let request = String::from_utf8(out).expect("text");
            let room = request.lines().find_map(|line| line.strip_prefix("Conference: ")).expect("a room");
            events = self.room(room.trim_start_matches('r').parse().expect("one of ours"));
        }
    }

    /// The answer to `ConfbridgeList`.
    fn room(&mut self, room: u8) -> String {
        let Some(there) = self.rooms.get(&room) else {
            self.mirror.refused(Part::Conferences, "No Conference by that name found.".into());
            return String::new();
        };
        let mut list = String::new();
        for (channel, (muted, talking)) in &there.there {
            let (muted, talking) = (yes(*muted), yes(*talking));
            write!(list, "Event: ConfbridgeList|Conference: r{room}|Channel: C{channel}|Uniqueid: {channel}|").unwrap();
            let talking = if self.lists_talking { format!("|Talking: {talking}") } else { String::new() };
            write!(list, "Muted: {muted}{talking};").unwrap();
        }
        let items = there.there.len();
        write!(list, "Event: ConfbridgeListComplete|EventList: Complete|ListItems: {items};").unwrap();
        list
    }

    fn flush(&mut self, events: usize) {
        for _ in 0..events {
            let Some(event) = self.lagging.pop_front() else { return };
            self.deliver(&event);
        }
    }

    fn hand_in(&mut self) {
        for (_, list) in std::mem::take(&mut self.collected) {
            self.deliver(&list);
        }
        let shown = std::mem::take(&mut self.shown);
        self.deliver(&shown);
    }

    fn settle(&mut self) {
        self.hand_in();
        self.flush(usize::MAX);
        self.compare();
    }

    fn seed(&mut self, part: Part, collect: bool) {
        if !self.connected || self.collected.iter().any(|(collected, _)| *collected == part) {
            return;
        }
        assert!(!self.mirror.seed(part).is_empty());
        let list = match self.list(part) {
            Ok(list) => list,
            Err(refusal) => return self.mirror.refused(part, refusal.into()),
        };
        if collect && part != Part::Conferences { self.collected.push((part, list)) } else { self.deliver(&list) }
    }

    /// The answer to `Status`.
    fn status(&self) -> String {
        let item = |(id, channel): (&u8, &Channel)| {
            let bridge = channel.bridge.map(|bridge| format!("b{bridge}")).unwrap_or_default();
            let Channel { state, number, .. } = channel;
            format!(
                "Event: Status|Privilege: Call|Channel: C{id}|Uniqueid: {id}|ChannelState: {state}|CallerIDNum: {number}|BridgeID: {bridge};"
            )
        };
        self.channels.iter().map(item).collect()
    }

    fn list(&self, part: Part) -> Result<String, &'static str> {
        let mut items = Vec::new();
        let end = match part {
            Part::Channels => {
                for (id, channel) in &self.channels {
                    let bridge = channel.bridge.map(|bridge| format!("b{bridge}")).unwrap_or_default();
                    let Channel { state, number, .. } = channel;
                    items.push(format!("CoreShowChannel|Channel: C{id}|Uniqueid: {id}|ChannelState: {state}|CallerIDNum: {number}|BridgeId: {bridge}"));
                }
                "CoreShowChannelsComplete"
            }
            Part::Bridges => {
                items.extend(
                    self.bridges
                        .keys()
                        .map(|bridge| format!("BridgeListItem|BridgeUniqueid: b{bridge}|BridgeType: basic")),
                );
                "BridgeListComplete"
            }
            Part::Queues => {
                for (name, queue) in &self.queues {
                    items.push(format!("QueueParams|Queue: q{name}|Calls: {}", queue.callers.len()));
                    for (member, (paused, status)) in &queue.members {
                        let paused = u8::from(*paused);
                        items.push(format!(
                            "QueueMember|Queue: q{name}|Location: m{member}|Name: M|Paused: {paused}|Status: {status}"
                        ));
                    }
                    for (position, caller) in (1..).zip(&queue.callers) {
                        items.push(format!(
                            "QueueEntry|Queue: q{name}|Position: {position}|Channel: C{caller}|Uniqueid: {caller}"
                        ));
                    }
                }
                "QueueStatusComplete"
            }
            Part::Conferences => {
                items.extend(
                    self.rooms.keys().map(|room| format!("ConfbridgeListRooms|Conference: r{room}|Locked: No")),
                );
                "ConfbridgeListRoomsComplete"
            }
            Part::Parking => {
                let parked = self.parked.iter();
                items.extend(parked.map(|(space, channel)| format!("ParkedCall|Parkinglot: l|ParkingSpace: {space}|ParkeeChannel: C{channel}|ParkeeUniqueid: {channel}")));
                "ParkedCallsComplete"
            }
            _ => {
                let end;
                (items, end) = self.states.list(part)?;
                end
            }
        };
        let all: String = items.iter().map(|item| format!("Event: {item};")).collect();
        Ok(format!("{all}Event: {end}|EventList: Complete|ListItems: {};", items.len()))
    }

    fn step(&mut self, what: u8, one: u8, two: u8, three: u8) {
        let id = one % 6;
        match what % (STEPS + pbx_states::STEPS) {
            0 | 1 => self.flush(usize::from(two % 8)),
            2 => self.seed(parts().cycle().nth(one.into()).unwrap_or(Part::Channels), two % 2 == 0),
            3 => self.hand_in(),
            4 => self.settle(),
            5 if three % 4 == 0 => {
                self.connected = !self.connected;
                if !self.connected {
                    self.lagging.clear();
                    self.collected.clear();
                    self.shown.clear();
                    self.mirror.lost();
                }
            }
            6 | 7 if !self.channels.contains_key(&id) => {
                self.channels.insert(id, Channel { number: two % 3, ..Channel::default() });
                self.tell(format!(
                    "Event: Newchannel|Channel: C{id}|Uniqueid: {id}|ChannelState: 0|CallerIDNum: {};",
                    two % 3
                ));
            }
            8 => {
                let Some(channel) = self.channels.get_mut(&id) else { return };
                channel.state = two % 7;
                self.tell(format!("Event: Newstate|Channel: C{id}|Uniqueid: {id}|ChannelState: {};", two % 7));
            }
            9 => {
                let Some(channel) = self.channels.get_mut(&id) else { return };
                channel.number = two % 3;
                self.tell(format!("Event: NewCallerid|Channel: C{id}|Uniqueid: {id}|CallerIDNum: {};", two % 3));
            }
            10 => self.hang_up(id, two % 3 == 0),
            11 if self.bridges.insert(two % 3, ()).is_none() => {
                self.tell(format!("Event: BridgeCreate|BridgeUniqueid: b{}|BridgeType: basic;", two % 3));
            }
            11 => {}
            12 => {
                let bridge = two % 3;
                let Some(channel) = self.channels.get_mut(&id).filter(|channel| channel.bridge.is_none()) else {
                    return;
                };
                if self.bridges.contains_key(&bridge) {
                    channel.bridge = Some(bridge);
                    self.tell(format!(
                        "Event: BridgeEnter|BridgeUniqueid: b{bridge}|BridgeType: basic|Channel: C{id}|Uniqueid: {id};"
                    ));
                }
            }
            13 => self.leave_bridge(id),
            14 => {
                let bridge = two % 3;
                if self.channels.values().all(|channel| channel.bridge != Some(bridge))
                    && self.bridges.remove(&bridge).is_some()
                {
                    self.tell(format!("Event: BridgeDestroy|BridgeUniqueid: b{bridge};"));
                }
            }
            15 | 16 => {
                let left = format!("|Uniqueid: {id};");
                let leaves = |event: &String| event.contains("QueueCallerLeave") && event.ends_with(&left);
                if self.lagging.iter().any(leaves) {
                    return;
                }
                let waits = |queue: &Queue| queue.callers.contains(&id);
                if !self.channels.contains_key(&id) || self.queues.values().any(waits) {
                    return;
                }
                let name = two % 2;
                let queue = self.queues.get_mut(&name).unwrap();
                // Now and then one with a higher priority.
                let place = if three % 5 == 0 {
                    usize::from(three / 5) % (queue.callers.len() + 1)
                } else {
                    queue.callers.len()
                };
                queue.callers.insert(place, id);
                let count = queue.callers.len();
                self.tell(format!(
                    "Event: QueueCallerJoin|Queue: q{name}|Position: {}|Count: {count}|Channel: C{id}|Uniqueid: {id};",
                    place + 1
                ));
            }
            17 => self.leave_queues(id),
            18 => {
                let (name, member) = (two % 2, three % 3);
                let queue = self.queues.get_mut(&name).unwrap();
                if queue.members.remove(&member).is_some() {
                    self.tell(format!("Event: QueueMemberRemoved|Queue: q{name}|Interface: m{member};"));
                } else {
                    queue.members.insert(member, (false, 1));
                    self.tell(format!(
                        "Event: QueueMemberAdded|Queue: q{name}|Interface: m{member}|MemberName: M|Paused: 0|Status: 1;"
                    ));
                }
            }
            19 => {
                let (name, member) = (two % 2, three % 3);
                let Some(known) = self.queues.get_mut(&name).unwrap().members.get_mut(&member) else { return };
                *known = (one % 2 == 0, one % 7);
                self.tell(format!(
                    "Event: QueueMemberStatus|Queue: q{name}|Interface: m{member}|MemberName: M|Paused: {}|Status: {};",
                    u8::from(one % 2 == 0),
                    one % 7
                ));
            }
            20 => {
                let room = two % 2;
                if !self.channels.contains_key(&id) || self.rooms.values().any(|room| room.there.contains_key(&id)) {
                    return;
                }
                if let Entry::Vacant(entry) = self.rooms.entry(room) {
                    entry.insert(Room::default());
                    self.tell(format!("Event: ConfbridgeStart|Conference: r{room};"));
                }
                self.rooms.get_mut(&room).unwrap().there.insert(id, (false, false));
                self.tell(format!(
                    "Event: ConfbridgeJoin|Conference: r{room}|Channel: C{id}|Uniqueid: {id}|Muted: No;"
                ));
            }
            21 => self.in_room(id, two),
            22 => {
                let space = two % 3;
                if let Some(channel) = self.parked.remove(&space) {
                    self.tell(format!("Event: UnParkedCall|Parkinglot: l|ParkingSpace: {space}|ParkeeChannel: C{channel}|ParkeeUniqueid: {channel};"));
                } else if self.channels.contains_key(&id) && !self.parked.values().any(|parked| *parked == id) {
                    self.parked.insert(space, id);
                    self.tell(format!("Event: ParkedCall|Privilege: call|Parkinglot: l|ParkingSpace: {space}|ParkeeChannel: C{id}|ParkeeUniqueid: {id};"));
                }
            }
            23 => {
                let Some(channel) = self.channels.get_mut(&id) else { return };
                channel.on_hold = !channel.on_hold;
                let event = if channel.on_hold { "Hold" } else { "Unhold" };
                self.tell(format!("Event: {event}|Channel: C{id}|Uniqueid: {id};"));
            }
            24 if self.connected => {
                let list = self.status();
                if two % 2 == 0 { self.shown += &list } else { self.deliver(&list) }
            }
            what if what >= STEPS => {
                for event in self.states.step(what - STEPS, one, two) {
                    self.tell(format!("Event: {event};"));
                }
            }
            _ => {}
        }
    }

    fn leave_bridge(&mut self, id: u8) {
        let bridge = self.channels.get_mut(&id).and_then(|channel| channel.bridge.take());
        if let Some(bridge) = bridge {
            self.tell(format!(
                "Event: BridgeLeave|BridgeUniqueid: b{bridge}|BridgeType: basic|Channel: C{id}|Uniqueid: {id};"
            ));
        }
    }

    fn leave_queues(&mut self, id: u8) {
        for name in 0..2 {
            let callers = &mut self.queues.get_mut(&name).unwrap().callers;
            let Some(place) = callers.iter().position(|caller| *caller == id) else { continue };
            callers.remove(place);
            let count = callers.len();
            self.tell(format!(
                "Event: QueueCallerLeave|Queue: q{name}|Position: {}|Count: {count}|Channel: C{id}|Uniqueid: {id};",
                place + 1
            ));
        }
    }

    /// Mutes, talks, records, leaves.
    fn in_room(&mut self, id: u8, what: u8) {
        let Some((name, room)) = self.rooms.iter_mut().find(|(_, room)| room.there.contains_key(&id)) else { return };
        let name = *name;
        let there = room.there.get_mut(&id).unwrap();
        let event = match what % 4 {
            0 => {
                there.0 = !there.0;
                if there.0 { "ConfbridgeMute" } else { "ConfbridgeUnmute" }
            }
            1 => {
                there.1 = !there.1;
                if there.1 { "ConfbridgeTalking|TalkingStatus: on" } else { "ConfbridgeTalking|TalkingStatus: off" }
            }
            2 => {
                room.recording = !room.recording;
                let event = if room.recording { "ConfbridgeRecord" } else { "ConfbridgeStopRecord" };
                self.tell(format!("Event: {event}|Conference: r{name};"));
                return;
            }
            _ => {
                self.leave_room(id);
                return;
            }
        };
        self.tell(format!("Event: {event}|Conference: r{name}|Channel: C{id}|Uniqueid: {id};"));
    }

    fn leave_room(&mut self, id: u8) {
        let Some((name, room)) = self.rooms.iter_mut().find(|(_, room)| room.there.contains_key(&id)) else { return };
        let name = *name;
        room.there.remove(&id);
        let empty = room.there.is_empty();
        self.tell(format!("Event: ConfbridgeLeave|Conference: r{name}|Channel: C{id}|Uniqueid: {id};"));
        if empty {
            self.rooms.remove(&name);
            self.tell(format!("Event: ConfbridgeEnd|Conference: r{name};"));
        }
    }

    fn hang_up(&mut self, id: u8, straggles: bool) {
        if !self.channels.contains_key(&id) {
            return;
        }
        self.leave_bridge(id);
        self.leave_queues(id);
        self.leave_room(id);
        let parked = self.parked.iter().find(|(_, channel)| **channel == id).map(|(space, _)| *space);
        if let Some(space) = parked {
            self.parked.remove(&space);
            self.tell(format!("Event: ParkedCallGiveUp|Parkinglot: l|ParkingSpace: {space}|ParkeeUniqueid: {id};"));
        }
        self.channels.remove(&id);
        self.tell(format!("Event: Hangup|Channel: C{id}|Uniqueid: {id}|Cause: 16;"));
        if straggles {
            self.tell(format!("Event: NewCallerid|Channel: C{id}|Uniqueid: {id}|CallerIDNum: 9;"));
        }
    }

    /// Nothing is on its way: what is complete is the truth.
    fn compare(&mut self) {
        for part in parts() {
            if self.mirror.completeness(part) != Completeness::Complete {
                continue;
            }
            self.compared += 1;
            let (found, truth) = (self.found(part), self.truth(part));
            assert_eq!(found, truth, "{part:?}");
        }
    }

    fn truth(&self, part: Part) -> Vec<String> {
        match part {
            Part::Channels => {
                let one = |(id, channel): (&u8, &Channel)| {
                    let bridge = channel.bridge.map(|bridge| format!("b{bridge}")).unwrap_or_default();
                    let known = self.mirror.channel(id.to_string().as_bytes());
                    let on_hold = untold(known.and_then(|known| known.on_hold), channel.on_hold);
                    format!("{id} C{id} {} {} {on_hold} {bridge}", channel.state, channel.number)
                };
                self.channels.iter().map(one).collect()
            }
            Part::Bridges => self.bridges.keys().map(|bridge| format!("b{bridge}")).collect(),
            Part::Queues => {
                let one = |(name, queue): (&u8, &Queue)| {
                    let members =
                        queue.members.iter().map(|(member, (paused, status))| format!("m{member} {paused} {status}"));
                    let callers =
                        (1..).zip(&queue.callers).map(|(position, caller): (usize, _)| format!("{position} {caller}"));
                    format!(
                        "q{name} {} {:?} {:?}",
                        queue.callers.len(),
                        members.collect::<Vec<_>>(),
                        callers.collect::<Vec<_>>()
                    )
                };
                self.queues.iter().map(one).collect()
            }
            Part::Conferences => {
                let one = |(name, room): (&u8, &Room)| {
                    let key = format!("r{name}");
                    let there = room.there.iter().map(|(id, (muted, talking))| {
                        let known = self.mirror.participant(key.as_bytes(), format!("C{id}").as_bytes());
                        format!("C{id} {muted} {}", untold(known.and_then(|known| known.talking), *talking))
                    });
                    let known = self.mirror.conference(key.as_bytes());
                    let recording = untold(known.and_then(|known| known.recording), room.recording);
                    format!("{key} {recording} {:?}", there.collect::<Vec<_>>())
                };
                self.rooms.iter().map(one).collect()
            }
            Part::Parking => self.parked.iter().map(|(space, channel)| format!("{space} C{channel}")).collect(),
            _ => self.states.truth(part, &self.mirror),
        }
    }

    fn found(&self, part: Part) -> Vec<String> {
        let mirror = &self.mirror;
        let text =
            |text: &Option<ami_proto::state::OwnedValue>| text.as_ref().map(ToString::to_string).unwrap_or_default();
        match part {
            Part::Channels => {
                let channels = mirror.channels();
                let state =
                    |state: Option<ChannelState>| state.map(|state| state.get().to_string()).unwrap_or_default();
                let one = |channel: &ami_proto::state::Channel| {
                    format!(
                        "{} {} {} {} {} {}",
                        channel.unique_id,
                        text(&channel.name),
                        state(channel.state),
                        text(&channel.number),
                        told(channel.on_hold),
                        text(&channel.bridge)
                    )
                };
                channels.map(one).collect()
            }
            Part::Bridges => mirror.bridges().map(|bridge| bridge.unique_id.to_string()).collect(),
            Part::Queues => {
                let one = |queue: &ami_proto::state::Queue| {
                    let name = queue.name.as_bytes();
                    let members = mirror.members(name).map(|member| {
                        format!("{} {} {}", member.interface, member.paused.expect("told"), text(&member.device_state))
                    });
                    let callers =
                        mirror.callers(name).map(|(position, caller)| format!("{position} {}", caller.unique_id));
                    format!(
                        "{} {} {:?} {:?}",
                        queue.name,
                        queue.calls.expect("told"),
                        members.collect::<Vec<_>>(),
                        callers.collect::<Vec<_>>()
                    )
                };
                mirror.queues().map(one).collect()
            }
            Part::Conferences => {
                let one = |room: &ami_proto::state::Conference| {
                    let there = mirror.participants(room.name.as_bytes()).map(|there| {
                        format!("{} {} {}", there.channel, there.muted.expect("told"), told(there.talking))
                    });
                    format!("{} {} {:?}", room.name, told(room.recording), there.collect::<Vec<_>>())
                };
                mirror.conferences().map(one).collect()
            }
            Part::Parking => {
                mirror.parked_calls().map(|parked| format!("{} {}", parked.space, text(&parked.channel))).collect()
            }
            _ => pbx_states::found(part, mirror),
        }
    }
}

/// A flag as the mirror has it.
fn told(flag: Option<bool>) -> String {
    flag.map_or_else(|| "unknown".into(), |flag| flag.to_string())
}

/// The truth of a flag that no list tells: the mirror may not know it, and is never wrong.
fn untold(known: Option<bool>, truth: bool) -> String {
    told(known.map(|_| truth))
}

fn yes(is: bool) -> &'static str {
    if is { "Yes" } else { "No" }
}
