//! The mirror a second time, as its documentation says it: plain maps without limits but that of a
//! text. What `fold` is held to.

use ami_proto::state::{Completeness, Mirror, OwnedValue, Part, Stale};
use ami_proto::value::{ChannelState, DeviceState};
use ami_proto::{Frame, FrameKind};
use std::collections::{BTreeMap, BTreeSet};

type Bytes = Vec<u8>;

/// Bytes of a text.
const TEXT: usize = 8;

fn cut(bytes: &[u8]) -> Bytes {
    bytes[..bytes.len().min(TEXT)].to_vec()
}

fn text(frame: Frame<'_>, name: &str) -> Option<Bytes> {
    frame.get(name).map(|value| cut(value.as_bytes()))
}

/// A header that can be a key; one that is too long is a key as well, to be refused.
fn key(frame: Frame<'_>, name: &str) -> Option<Bytes> {
    frame.get(name).filter(|value| !value.is_empty()).map(|value| value.as_bytes().to_vec())
}

#[derive(Clone, Debug, Default, PartialEq)]
struct MChannel {
    name: Bytes,
    linked_id: Option<Bytes>,
    number: Option<Bytes>,
    state: Option<ChannelState>,
    bridge: Option<Bytes>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct MMember {
    name: Bytes,
    paused: bool,
    in_call: Option<bool>,
    penalty: Option<i64>,
    status: Bytes,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct MQueue {
    members: BTreeMap<Bytes, MMember>,
    callers: BTreeMap<Bytes, (Bytes, Option<u64>)>,
}

/// What a list has shown, or an event since it was asked for: channels, bridges, queues with
/// members and callers.
type Seen = BTreeSet<(&'static str, Bytes, Bytes)>;

#[derive(Default)]
pub struct MMirror {
    channels: BTreeMap<Bytes, MChannel>,
    bridges: BTreeMap<Bytes, [Bytes; 3]>,
    queues: BTreeMap<Bytes, MQueue>,
    gone: BTreeSet<Bytes>,
    shown: BTreeSet<Bytes>,
    seen: [Seen; 3],
    items: [u64; 3],
    completeness: [Completeness; 3],
}

impl MMirror {
    pub fn begin(&mut self, part: Part) {
        let place = part as usize;
        self.seen[place].clear();
        self.items[place] = 0;
        self.completeness[place] = Completeness::Seeding;
    }

    pub fn lost(&mut self) {
        self.shown.clear();
        self.completeness = [Completeness::MaybeStale(Stale::Disconnected); 3];
    }

    fn doubt(&mut self, part: Part, why: Stale) {
        let completeness = &mut self.completeness[part as usize];
        if why == Stale::Full || *completeness == Completeness::Complete {
            *completeness = Completeness::MaybeStale(why);
        }
    }

    /// Whether this can be a key; one that is too long is left out.
    fn admits(&mut self, part: Part, key: &[u8]) -> bool {
        if key.len() > TEXT {
            self.doubt(part, Stale::Full);
        }
        !key.is_empty() && key.len() <= TEXT
    }

    fn describe(&mut self, frame: Frame<'_>, prefix: &str) {
        let name = |name: &str| format!("{prefix}{name}");
        let Some(unique_id) = key(frame, &name("Uniqueid")).filter(|id| self.admits(Part::Channels, id)) else {
            return;
        };
        self.seen[0].insert(("channel", unique_id.clone(), vec![]));
        let channel = self.channels.entry(unique_id).or_default();
        channel.name = text(frame, &name("Channel")).unwrap_or(std::mem::take(&mut channel.name));
        channel.linked_id = text(frame, &name("Linkedid")).or(channel.linked_id.take());
        let unknown: [&[u8]; 4] = [b"", b"<unknown>", b"unknown", b"<no name>"];
        let number = frame.get(&name("CallerIDNum")).filter(|number| !unknown.contains(&number.as_bytes()));
        channel.number = number.map(|number| cut(number.as_bytes())).or(channel.number.take());
        let state = frame.get(&name("ChannelState")).and_then(|state| state.parse().ok());
        channel.state = state.or(channel.state);
    }

    fn live(&mut self, frame: Frame<'_>, prefix: &str) {
        let Some(unique_id) = key(frame, &format!("{prefix}Uniqueid")) else { return };
        if self.gone.contains(&unique_id) {
            return;
        }
        if !self.channels.contains_key(&unique_id) {
            self.doubt(Part::Channels, Stale::Unexpected);
        }
        self.describe(frame, prefix);
    }

    fn bridge(&mut self, frame: Frame<'_>) {
        let Some(unique_id) = key(frame, "BridgeUniqueid").filter(|id| self.admits(Part::Bridges, id)) else { return };
        let texts = ["BridgeType", "BridgeTechnology", "BridgeName"];
        self.seen[1].insert(("bridge", unique_id.clone(), vec![]));
        self.bridges.insert(unique_id, texts.map(|name| text(frame, name).unwrap_or_default()));
    }

    fn queue(&mut self, queue: &[u8]) -> bool {
        let fits = self.admits(Part::Queues, queue);
        if fits {
            self.queues.entry(queue.to_vec()).or_default();
            self.seen[2].insert(("queue", queue.to_vec(), vec![]));
        }
        fits
    }

    fn member(&mut self, frame: Frame<'_>, queue: &[u8], expected: bool) {
        let Some(interface) = frame.get("Interface").or(frame.get("Location")) else { return };
        let interface = interface.as_bytes();
        let known = self.queues.get(queue).is_some_and(|queue| queue.members.contains_key(interface));
        if !known && !expected {
            self.doubt(Part::Queues, Stale::Unexpected);
        }
        if !self.queue(queue) || !self.admits(Part::Queues, interface) {
            return;
        }
        self.seen[2].insert(("member", queue.to_vec(), interface.to_vec()));
        let member = self.queues.get_mut(queue).unwrap().members.entry(interface.to_vec()).or_default();
        let name = text(frame, "MemberName").or_else(|| text(frame, "Name"));
        member.name = name.unwrap_or(std::mem::take(&mut member.name));
        member.status = text(frame, "Status").unwrap_or(std::mem::take(&mut member.status));
        member.paused = frame.get("Paused").and_then(|paused| paused.parse().ok()).unwrap_or(member.paused);
        let in_call = frame.get("InCall").or_else(|| frame.get("IsInCall"));
        member.in_call = in_call.and_then(|call| call.parse().ok()).or(member.in_call);
        member.penalty = frame.get("Penalty").and_then(|penalty| penalty.parse().ok()).or(member.penalty);
    }

    fn caller(&mut self, frame: Frame<'_>, queue: &[u8]) {
        let Some(unique_id) = frame.get("Uniqueid").map(|id| id.as_bytes()) else { return };
        if !self.queue(queue) || !self.admits(Part::Queues, unique_id) {
            return;
        }
        self.seen[2].insert(("caller", queue.to_vec(), unique_id.to_vec()));
        let caller = self.queues.get_mut(queue).unwrap().callers.entry(unique_id.to_vec()).or_default();
        caller.0 = text(frame, "Channel").unwrap_or_default();
        caller.1 = frame.get("Position").and_then(|position| position.parse().ok()).or(caller.1);
    }

    fn end(&mut self, part: Part, frame: Frame<'_>) {
        let place = part as usize;
        if self.completeness[place] != Completeness::Seeding {
            return;
        }
        let said = frame.get("ListItems").and_then(|items| items.parse::<u64>().ok());
        let cancelled = frame.get("EventList").is_some_and(|list| list.eq_ignore_case("cancelled"));
        if cancelled || said.is_some_and(|said| said != self.items[place]) {
            let why = if cancelled { Stale::Cancelled } else { Stale::Count };
            self.completeness[place] = Completeness::MaybeStale(why);
            return;
        }
        self.completeness[place] = Completeness::Complete;
        let seen = &self.seen[place];
        let shown = |kind: &'static str, one: &[u8], two: &[u8]| seen.contains(&(kind, one.to_vec(), two.to_vec()));
        match part {
            Part::Channels => {
                let gone = self.channels.keys().filter(|id| !shown("channel", id, b"")).cloned();
                self.gone.extend(gone);
                self.channels.retain(|id, _| shown("channel", id, b""));
                self.shown.retain(|id| self.channels.contains_key(id));
            }
            Part::Bridges => self.bridges.retain(|id, _| shown("bridge", id, b"")),
            Part::Queues => {
                self.queues.retain(|name, _| shown("queue", name, b""));
                for (name, queue) in &mut self.queues {
                    queue.members.retain(|interface, _| shown("member", name, interface));
                    queue.callers.retain(|id, _| shown("caller", name, id));
                }
            }
            part => panic!("{part:?} has no model"),
        }
    }

    pub fn handle(&mut self, frame: Frame<'_>) {
        if frame.kind() != FrameKind::Event {
            return;
        }
        let name = String::from_utf8_lossy(frame.name().unwrap_or_default().as_bytes()).to_ascii_lowercase();
        let own = key(frame, "Uniqueid");
        let bridge = key(frame, "BridgeUniqueid");
        match name.as_str() {
            "newchannel" => {
                own.iter().for_each(|own| _ = self.gone.remove(own));
                self.describe(frame, "");
            }
            "newstate" | "newexten" | "newcallerid" | "newconnectedline" | "hold" | "unhold" => self.live(frame, ""),
            "dialbegin" => {
                self.live(frame, "");
                self.live(frame, "Dest");
            }
            "rename" => {
                if let (Some(channel), Some(name)) =
                    (own.and_then(|own| self.channels.get_mut(&own)), text(frame, "Newname"))
                {
                    channel.name = name;
                }
            }
            "hangup" => {
                let Some(own) = own.filter(|own| self.channels.remove(own).is_some()) else { return };
                self.shown.remove(&own);
                self.gone.insert(own);
            }
            "coreshowchannel" => {
                self.items[0] += 1;
                own.iter().for_each(|own| _ = self.gone.remove(own));
                self.describe(frame, "");
                if let (Some(channel), Some(bridge)) =
                    (own.and_then(|own| self.channels.get_mut(&own)), text(frame, "BridgeId"))
                {
                    channel.bridge = Some(bridge).filter(|bridge| !bridge.is_empty());
                }
            }
            "coreshowchannelscomplete" => self.end(Part::Channels, frame),
            "bridgecreate" => self.bridge(frame),
            "bridgedestroy" => _ = bridge.and_then(|bridge| self.bridges.remove(&bridge)),
            "bridgeenter" => {
                self.live(frame, "");
                let (Some(own), Some(bridge)) = (own, bridge) else { return };
                if !self.bridges.contains_key(&bridge) {
                    self.doubt(Part::Bridges, Stale::Unexpected);
                    self.bridge(frame);
                }
                self.channels.get_mut(&own).into_iter().for_each(|channel| channel.bridge = Some(cut(&bridge)));
            }
            "bridgeleave" => {
                let (Some(own), Some(bridge)) = (own, bridge) else { return };
                let left = self.channels.get_mut(&own).filter(|channel| channel.bridge == Some(cut(&bridge)));
                left.into_iter().for_each(|channel| channel.bridge = None);
            }
            "bridgelistitem" => {
                self.items[1] += 1;
                self.bridge(frame);
            }
            "bridgelistcomplete" => self.end(Part::Bridges, frame),
            "bridgeinfochannel" => {
                self.describe(frame, "");
                self.shown.extend(own.filter(|own| self.channels.contains_key(own)));
            }
            "bridgeinfocomplete" => {
                let shown = std::mem::take(&mut self.shown);
                let Some(bridge) = bridge.map(|bridge| cut(&bridge)) else { return };
                for (id, channel) in &mut self.channels {
                    if shown.contains(id) {
                        channel.bridge = Some(bridge.clone());
                    } else if channel.bridge.as_ref() == Some(&bridge) {
                        channel.bridge = None;
                    }
                }
            }
            "shutdown" => {
                [Part::Channels, Part::Bridges, Part::Queues]
                    .into_iter()
                    .for_each(|part| self.doubt(part, Stale::Shutdown));
            }
            "queuestatuscomplete" => self.end(Part::Queues, frame),
            _ => self.queues(&name, frame),
        }
    }

    fn queues(&mut self, name: &str, frame: Frame<'_>) {
        let Some(queue) = frame.get("Queue").map(|queue| queue.as_bytes()) else { return };
        let seeding = self.completeness[2] == Completeness::Seeding;
        self.items[2] += u64::from(matches!(name, "queueparams" | "queuemember" | "queueentry"));
        match name {
            "queueparams" => _ = self.queue(queue),
            "queuemember" | "queuememberadded" => self.member(frame, queue, true),
            "queuememberstatus"
            | "queuememberpause"
            | "queuememberpaused"
            | "queuememberpenalty"
            | "queuememberringinuse" => self.member(frame, queue, seeding),
            "queueentry" | "queuecallerjoin" | "join" => self.caller(frame, queue),
            "queuememberremoved" => {
                let interface = frame.get("Interface").or(frame.get("Location"));
                if let (Some(interface), Some(queue)) = (interface, self.queues.get_mut(queue)) {
                    queue.members.remove(interface.as_bytes());
                }
            }
            "queuecallerleave" | "leave" | "queuecallerabandon" => {
                if let (Some(own), Some(queue)) = (frame.get("Uniqueid"), self.queues.get_mut(queue)) {
                    queue.callers.remove(own.as_bytes());
                }
            }
            _ => {}
        }
    }

    pub fn check(&self, mirror: &Mirror) {
        let bytes = |text: &OwnedValue| text.as_bytes().to_vec();
        let optional = |text: &Option<OwnedValue>| text.as_ref().map(bytes);
        for part in [Part::Channels, Part::Bridges, Part::Queues] {
            assert_eq!(mirror.completeness(part), self.completeness[part as usize], "{part:?}");
        }
        let channels = mirror.channels().map(|channel| {
            let known = MChannel {
                name: bytes(&channel.name),
                linked_id: optional(&channel.linked_id),
                number: optional(&channel.number),
                state: channel.state,
                bridge: optional(&channel.bridge),
            };
            (bytes(&channel.unique_id), known)
        });
        assert_eq!(channels.collect::<BTreeMap<_, _>>(), self.channels);
        let bridges = mirror.bridges();
        let bridges = bridges
            .map(|bridge| (bytes(&bridge.unique_id), [&bridge.kind, &bridge.technology, &bridge.name].map(bytes)));
        assert_eq!(bridges.collect::<BTreeMap<_, _>>(), self.bridges);
        for bridge in self.channels.values().filter_map(|channel| channel.bridge.as_ref()) {
            let ours = self.channels.iter().filter(|(_, channel)| channel.bridge.as_ref() == Some(bridge));
            let theirs = mirror.inside(bridge).map(|channel| bytes(&channel.unique_id));
            assert!(theirs.eq(ours.map(|(id, _)| id.clone())), "{bridge:?}");
        }
        let queues = mirror.queues().map(|queue| {
            let members = queue.members().map(|member| {
                let known = MMember {
                    name: bytes(&member.name),
                    paused: member.paused,
                    in_call: member.in_call,
                    penalty: member.penalty,
                    status: vec![],
                };
                (bytes(&member.interface), (known, member.status()))
            });
            let callers =
                queue.callers().map(|caller| (bytes(&caller.unique_id), (bytes(&caller.channel), caller.position)));
            (bytes(&queue.name), members.collect::<BTreeMap<_, _>>(), callers.collect::<BTreeMap<_, _>>())
        });
        let ours = self.queues.iter().map(|(name, queue)| {
            let members = queue.members.iter().map(|(interface, member)| {
                let status = std::str::from_utf8(&member.status).ok().filter(|status| !status.is_empty());
                let status = status.and_then(|status| ami_proto::Value::from(status).parse::<DeviceState<'_>>().ok());
                (interface.clone(), (MMember { status: vec![], ..member.clone() }, status))
            });
            (name.clone(), members.collect::<BTreeMap<_, _>>(), queue.callers.clone())
        });
        assert!(queues.eq(ours), "{:?} {mirror:?}", self.queues);
    }
}
