//! The mirror's storage, its limits, and how far each part of it can be trusted.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Text;
use super::things::{Bridge, Caller, Channel, Member, Queue};
use crate::event::Event;
use crate::gone::Gone;

/// A part of the mirror that is seeded on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Channels, and which bridge each is in.
    Channels,
    /// Bridges.
    Bridges,
    /// Queues, members and callers.
    Queues,
}

/// How far a part can be trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Completeness {
    /// It has what events have shown since the mirror was made, and no list has said what was there before.
    #[default]
    Unseeded,
    /// A list is awaited or coming in.
    Seeding,
    /// It has all that the server has, as far as the events have come.
    Complete,
    /// Something may be missing, or there that is gone. [`Mirror::begin`] and a list put it right.
    MaybeStale(Stale),
}

/// Why a part may be out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stale {
    /// The connection was lost: [`Mirror::lost`].
    Disconnected,
    /// The server says that it shuts down.
    Shutdown,
    /// A limit was reached; a new list helps only once there is room.
    Full,
    /// An event was about something that should have been known: events before it are missing, by a filter or an event mask.
    Unexpected,
    /// The list ended with another number of items than it had.
    Count,
    /// The server broke the list off.
    Cancelled,
}

/// Ceilings on what a [`Mirror`] keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MirrorLimits {
    things: usize,
    text: usize,
}

impl MirrorLimits {
    /// The defaults: 100,000 things, 256 bytes of text.
    pub const fn new() -> Self {
        Self { things: 100_000, text: 256 }
    }

    /// Channels, bridges, queues, members and callers, all together. One more is left out, counted, and makes its part [`Stale::Full`]. Default 100,000.
    #[must_use]
    pub const fn things(mut self, things: usize) -> Self {
        self.things = things;
        self
    }

    /// Bytes of a text. A longer one is cut; a thing with a longer id or name by which it is found is left out as above. Default 256.
    #[must_use]
    pub const fn text(mut self, bytes: usize) -> Self {
        self.text = bytes;
        self
    }

    /// The value set with [`things`](Self::things).
    pub const fn max_things(&self) -> usize {
        self.things
    }

    /// The value set with [`text`](Self::text).
    pub const fn max_text(&self) -> usize {
        self.text
    }
}

impl Default for MirrorLimits {
    fn default() -> Self {
        Self::new()
    }
}

/// Channels, bridges and queues as the server has them: see the [module](super).
#[derive(Clone, Debug)]
pub struct Mirror {
    limits: MirrorLimits,
    pub(super) channels: BTreeMap<Text, Channel>,
    pub(super) bridges: BTreeMap<Text, Bridge>,
    pub(super) queues: BTreeMap<Text, Queue>,
    /// All of them with members and callers.
    things: usize,
    parts: [Seed; 3],
    /// Channels that were hung up, or that a list has taken out.
    pub(super) gone: Gone,
    left_out: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seed {
    completeness: Completeness,
    /// Number of the list, from 1.
    list: u64,
    items: u64,
}

impl Mirror {
    /// A mirror that knows nothing.
    pub const fn new(limits: MirrorLimits) -> Self {
        let unseeded = Seed { completeness: Completeness::Unseeded, list: 0, items: 0 };
        Self {
            limits,
            channels: BTreeMap::new(),
            bridges: BTreeMap::new(),
            queues: BTreeMap::new(),
            things: 0,
            parts: [unseeded; 3],
            gone: Gone::new(),
            left_out: 0,
        }
    }

    /// Takes the next event, those of lists included. It is never wrong; what says nothing of the mirror's things is passed over.
    pub fn handle(&mut self, event: &Event<'_>) {
        super::fold::fold(self, event);
    }

    /// Says that the list that seeds this part has been asked for. The list's items may be mixed with other events, but not with those of another such list.
    pub fn begin(&mut self, part: Part) {
        let seed = self.seed(part);
        *seed = Seed { completeness: Completeness::Seeding, list: seed.list + 1, items: 0 };
    }

    /// Says that the connection is lost. What is known stays, and is no longer vouched for.
    pub fn lost(&mut self) {
        self.channels.values_mut().for_each(|channel| channel.shown = false);
        for seed in &mut self.parts {
            seed.completeness = Completeness::MaybeStale(Stale::Disconnected);
        }
    }

    /// How far a part can be trusted.
    pub const fn completeness(&self, part: Part) -> Completeness {
        self.parts[part as usize].completeness
    }

    /// The channels, by unique id.
    pub fn channels(&self) -> impl ExactSizeIterator<Item = &Channel> {
        self.channels.values()
    }

    /// The bridges, by unique id.
    pub fn bridges(&self) -> impl ExactSizeIterator<Item = &Bridge> {
        self.bridges.values()
    }

    /// The queues, by name.
    pub fn queues(&self) -> impl ExactSizeIterator<Item = &Queue> {
        self.queues.values()
    }

    /// The channel of this unique id.
    pub fn channel(&self, uniqueid: &[u8]) -> Option<&Channel> {
        self.channels.get(uniqueid)
    }

    /// The queue of this name.
    pub fn queue(&self, name: &[u8]) -> Option<&Queue> {
        self.queues.get(name)
    }

    /// The channels in this bridge. Looks at all channels.
    pub fn inside<'a>(&'a self, bridge: &'a [u8]) -> impl Iterator<Item = &'a Channel> {
        self.channels().filter(move |channel| channel.bridge.as_ref().is_some_and(|found| found.as_bytes() == bridge))
    }

    /// Channels, bridges, queues, members and callers, which [`MirrorLimits::things`] bounds.
    pub const fn len(&self) -> usize {
        self.things
    }

    /// Whether there is nothing.
    pub const fn is_empty(&self) -> bool {
        self.things == 0
    }

    /// How often something was left out because of a limit.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    fn seed(&mut self, part: Part) -> &mut Seed {
        &mut self.parts[part as usize]
    }

    /// Number of the list that this part was last seeded from, or is being.
    pub(super) const fn list(&self, part: Part) -> u64 {
        self.parts[part as usize].list
    }

    /// An item of a list has come.
    pub(super) fn item(&mut self, part: Part) {
        self.seed(part).items += 1;
    }

    /// Marks what was vouched for as doubtful.
    pub(super) fn doubt(&mut self, part: Part, why: Stale) {
        let seed = self.seed(part);
        if why == Stale::Full || seed.completeness == Completeness::Complete {
            seed.completeness = Completeness::MaybeStale(why);
        }
    }

    /// The end of a list: what it hasn't shown is taken out. `items` is how many the server says there were.
    pub(super) fn complete(&mut self, part: Part, items: Option<u64>, cancelled: bool) {
        let Seed { completeness, list, items: seen } = *self.seed(part);
        // Full stays so: what was left out is still missing.
        if completeness != Completeness::Seeding {
            return;
        }
        let wrong =
            if cancelled { Some(Stale::Cancelled) } else { items.filter(|items| *items != seen).map(|_| Stale::Count) };
        self.seed(part).completeness = wrong.map_or(Completeness::Complete, Completeness::MaybeStale);
        if wrong.is_some() {
            return;
        }
        match part {
            Part::Channels => {
                let gone = self.channels.iter().filter(|(_, channel)| channel.seen < list);
                let gone: Vec<Text> = gone.map(|(uniqueid, _)| uniqueid.clone()).collect();
                for uniqueid in gone {
                    self.channels.remove(&uniqueid);
                    self.gone.insert(uniqueid);
                }
            }
            Part::Bridges => self.bridges.retain(|_, bridge| bridge.seen >= list),
            Part::Queues => {
                self.queues.retain(|_, queue| queue.seen >= list);
                for queue in self.queues.values_mut() {
                    queue.members.retain(|_, member| member.seen >= list);
                    queue.callers.retain(|_, caller| caller.seen >= list);
                }
            }
        }
        self.recount();
    }

    /// Something has been taken out.
    pub(super) fn forget<T>(&mut self, thing: Option<&T>) {
        self.things -= usize::from(thing.is_some());
    }

    fn recount(&mut self) {
        let queues = self.queues.values().map(|queue| 1 + queue.members.len() + queue.callers.len());
        self.things = self.channels.len() + self.bridges.len() + queues.sum::<usize>();
    }

    /// The text, cut to the limit.
    pub(super) fn text(&self, bytes: &[u8]) -> Text {
        Text::new(bytes.get(..self.limits.max_text()).unwrap_or(bytes))
    }

    /// Whether there is room for one thing more under this key; if not, that is noted.
    fn room(&mut self, part: Part, key: &[u8]) -> bool {
        let room = self.things < self.limits.max_things() && key.len() <= self.limits.max_text() && !key.is_empty();
        if room {
            self.things += 1;
        } else if !key.is_empty() {
            self.left_out += 1;
            self.doubt(part, Stale::Full);
        }
        room
    }

    /// The channel of this id, made if there is none and room for it.
    pub(super) fn channel_mut(&mut self, uniqueid: &[u8]) -> Option<&mut Channel> {
        let seen = self.list(Part::Channels);
        if !self.channels.contains_key(uniqueid) {
            if !self.room(Part::Channels, uniqueid) {
                return None;
            }
            let channel = Channel {
                name: Text::default(),
                uniqueid: Text::new(uniqueid),
                linkedid: None,
                state: None,
                number: None,
                bridge: None,
                seen,
                shown: false,
            };
            self.channels.insert(Text::new(uniqueid), channel);
        }
        let channel = self.channels.get_mut(uniqueid)?;
        channel.seen = seen;
        Some(channel)
    }

    pub(super) fn bridge_mut(&mut self, uniqueid: &[u8]) -> Option<&mut Bridge> {
        let seen = self.list(Part::Bridges);
        if !self.bridges.contains_key(uniqueid) {
            if !self.room(Part::Bridges, uniqueid) {
                return None;
            }
            let [kind, technology, name] = Default::default();
            let bridge = Bridge { uniqueid: Text::new(uniqueid), kind, technology, name, seen };
            self.bridges.insert(Text::new(uniqueid), bridge);
        }
        let bridge = self.bridges.get_mut(uniqueid)?;
        bridge.seen = seen;
        Some(bridge)
    }

    pub(super) fn queue_mut(&mut self, name: &[u8]) -> Option<&mut Queue> {
        let seen = self.list(Part::Queues);
        if !self.queues.contains_key(name) {
            if !self.room(Part::Queues, name) {
                return None;
            }
            let queue = Queue { name: Text::new(name), members: BTreeMap::new(), callers: BTreeMap::new(), seen };
            self.queues.insert(Text::new(name), queue);
        }
        let queue = self.queues.get_mut(name)?;
        queue.seen = seen;
        Some(queue)
    }

    pub(super) fn member_mut(&mut self, queue: &[u8], interface: &[u8]) -> Option<&mut Member> {
        let seen = self.list(Part::Queues);
        if !self.queue_mut(queue)?.members.contains_key(interface) {
            if !self.room(Part::Queues, interface) {
                return None;
            }
            let [name, status] = Default::default();
            let interface = Text::new(interface);
            let member = Member {
                interface: interface.clone(),
                name,
                paused: false,
                in_call: None,
                penalty: None,
                status,
                seen,
            };
            self.queue_mut(queue)?.members.insert(interface, member);
        }
        let member = self.queue_mut(queue)?.members.get_mut(interface)?;
        member.seen = seen;
        Some(member)
    }

    pub(super) fn caller_mut(&mut self, queue: &[u8], uniqueid: &[u8]) -> Option<&mut Caller> {
        let seen = self.list(Part::Queues);
        if !self.queue_mut(queue)?.callers.contains_key(uniqueid) {
            if !self.room(Part::Queues, uniqueid) {
                return None;
            }
            let uniqueid = Text::new(uniqueid);
            let caller = Caller { uniqueid: uniqueid.clone(), channel: Text::default(), position: None, seen };
            self.queue_mut(queue)?.callers.insert(uniqueid, caller);
        }
        let caller = self.queue_mut(queue)?.callers.get_mut(uniqueid)?;
        caller.seen = seen;
        Some(caller)
    }
}
