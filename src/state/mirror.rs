//! The mirror's storage, and how far each part of it can be trusted.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::completeness::{Completeness, Part, Stale};
use super::entities::{Bridge, Caller, Channel, Member, Queue, Thing};
use super::{MirrorLimits, OwnedValue};
use crate::byte_budget::{ByteBudget, root};
use crate::departed::Departed;
use crate::event::Event;

/// Ids of channels that are gone may have one byte of so many.
const GONE: usize = 8;
/// Bytes of what is there even with a single thing.
const OWN: usize = root::<OwnedValue, Channel>()
    + root::<OwnedValue, Bridge>()
    + root::<OwnedValue, Queue>()
    + root::<(OwnedValue, OwnedValue), ()>()
    + root::<OwnedValue, ()>();

/// Channels, bridges and queues as the server has them: see the [module](super).
#[derive(Clone, Debug)]
pub struct Mirror {
    limits: MirrorLimits,
    channels: BTreeMap<OwnedValue, Channel>,
    bridges: BTreeMap<OwnedValue, Bridge>,
    queues: BTreeMap<OwnedValue, Queue>,
    /// Bridge and unique id of each channel that is in one.
    inside: BTreeSet<(OwnedValue, OwnedValue)>,
    /// Unique ids of the channels that the answer to `BridgeInfo` that is coming in has.
    shown: BTreeSet<OwnedValue>,
    /// All of them with members and callers.
    things: usize,
    budget: ByteBudget,
    parts: [Seed; 3],
    /// Channels that were hung up, or that a list has taken out.
    pub(super) gone: Departed,
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
            inside: BTreeSet::new(),
            shown: BTreeSet::new(),
            things: 0,
            budget: ByteBudget::new((limits.max_bytes() - limits.max_bytes() / GONE).saturating_sub(OWN)),
            parts: [unseeded; 3],
            gone: Departed::new(limits.max_bytes() / GONE),
            left_out: 0,
        }
    }

    /// Takes the next event, those of lists included. It is never wrong; what says nothing of the
    /// mirror's things is passed over.
    pub fn handle(&mut self, event: &Event<'_>) {
        super::apply::apply(self, event);
        if self.things == 0 {
            self.free();
        }
        debug_assert!(self.inside.len() <= self.channels.len() && self.shown.len() <= self.channels.len());
        debug_assert_eq!(self.things == 0, self.budget.used() == 0, "bytes of nothing, or nothing of bytes");
        debug_assert!(self.held() <= self.limits.max_bytes());
    }

    /// Says that the list that seeds this part has been asked for. The list's items may be mixed
    /// with other events, but not with those of another such list.
    pub fn begin(&mut self, part: Part) {
        let seed = self.seed(part);
        *seed = Seed { completeness: Completeness::Seeding, list: seed.list + 1, items: 0 };
    }

    /// Says that the connection is lost. What is known stays, and is no longer vouched for.
    pub fn lost(&mut self) {
        self.shown.clear();
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
    pub fn channel(&self, unique_id: &[u8]) -> Option<&Channel> {
        self.channels.get(unique_id)
    }

    /// The queue of this name.
    pub fn queue(&self, name: &[u8]) -> Option<&Queue> {
        self.queues.get(name)
    }

    /// The channels in this bridge, by unique id.
    pub fn inside<'a>(&'a self, bridge: &'a [u8]) -> impl Iterator<Item = &'a Channel> {
        let inside = self.inside.range((OwnedValue::new(bridge), OwnedValue::default())..);
        let inside = inside.take_while(move |(found, _)| found.as_bytes() == bridge);
        inside.filter_map(|(_, unique_id)| self.channels.get(unique_id))
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

    /// Returns the bytes held, counted a little above the truth: never more than
    /// [`MirrorLimits::bytes`]. A single thing takes a few kilobytes beside its own.
    pub const fn held(&self) -> usize {
        let things = self.budget.used();
        if things == 0 { self.gone.held() } else { OWN + things + self.gone.held() }
    }

    /// Gives back the memory that maps keep when the last thing has been taken out.
    fn free(&mut self) {
        self.channels = BTreeMap::new();
        self.bridges = BTreeMap::new();
        self.queues = BTreeMap::new();
        self.inside = BTreeSet::new();
        self.shown = BTreeSet::new();
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

    /// The end of a list: what it hasn't shown is taken out. `items` is how many the server says
    /// there were.
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
                for unique_id in not_seen(&self.channels, list) {
                    self.hang_up(unique_id.as_bytes());
                }
            }
            Part::Bridges => {
                for unique_id in not_seen(&self.bridges, list) {
                    self.remove_bridge(unique_id.as_bytes());
                }
            }
            Part::Queues => self.keep_queues(list),
        }
    }

    /// Takes out the queues, members and callers that the list hasn't shown.
    fn keep_queues(&mut self, list: u64) {
        let Self { queues, budget, things, .. } = self;
        queues.retain(|_, queue| {
            queue.members.retain(|_, member| seen(member, list, budget, things));
            queue.callers.retain(|_, caller| seen(caller, list, budget, things));
            seen(queue, list, budget, things)
        });
    }

    /// The text, cut to the limit.
    pub(super) fn text(&self, bytes: &[u8]) -> OwnedValue {
        OwnedValue::new(bytes.get(..self.limits.max_text()).unwrap_or(bytes))
    }

    /// Something of this part doesn't fit.
    fn leave_out(&mut self, part: Part) {
        self.left_out += 1;
        self.doubt(part, Stale::Full);
    }

    /// A thing's cost is another now. Says whether it still fits.
    fn settle(&mut self, part: Part, before: usize, after: usize) -> bool {
        self.budget.add(after);
        self.budget.give_back(before);
        let fits = self.budget.has(0);
        if !fits {
            self.leave_out(part);
        }
        fits
    }

    /// Changes a thing, made if there is none. Where it doesn't fit, that is noted, and `false`
    /// says that it must go.
    fn change<T: Thing>(
        &mut self,
        part: Part,
        key: &[u8],
        things: impl Fn(&mut Self) -> Option<&mut BTreeMap<OwnedValue, T>>,
        change: impl FnOnce(&mut T),
    ) -> bool {
        let list = self.list(part);
        let Some(known) = things(self).map(|things| things.contains_key(key)) else { return false };
        let fits = self.things < self.limits.max_things() && key.len() <= self.limits.max_text();
        if key.is_empty() || !known && !fits {
            if !key.is_empty() {
                self.leave_out(part);
            }
            return false;
        }
        let Some(things) = things(self) else { return false };
        if !known {
            things.insert(OwnedValue::new(key), T::new(OwnedValue::new(key)));
        }
        let Some(thing) = things.get_mut(key) else { return false };
        let before = if known { thing.cost() } else { 0 };
        *thing.seen_mut() = list;
        change(thing);
        let after = thing.cost();
        self.things += usize::from(!known);
        self.settle(part, before, after)
    }

    /// A thing has been taken out, if there was one.
    fn forget<T: Thing>(&mut self, thing: Option<&T>) {
        self.things -= usize::from(thing.is_some());
        self.budget.give_back(thing.map_or(0, Thing::cost));
    }

    /// Changes a channel, made if there is none and room for it.
    pub(super) fn change_channel(&mut self, unique_id: &[u8], change: impl FnOnce(&mut Channel)) {
        if !self.change(Part::Channels, unique_id, |mirror| Some(&mut mirror.channels), change) {
            self.remove_channel(unique_id);
        }
    }

    /// A known channel has another name.
    pub(super) fn rename(&mut self, unique_id: &[u8], name: &[u8]) {
        let name = self.text(name);
        let Some(channel) = self.channels.get_mut(unique_id) else { return };
        let before = channel.cost();
        channel.name = name;
        let after = channel.cost();
        if !self.settle(Part::Channels, before, after) {
            self.remove_channel(unique_id);
        }
    }

    /// A known channel is in this bridge, or in none.
    pub(super) fn place(&mut self, unique_id: &[u8], bridge: Option<&[u8]>) {
        let bridge = bridge.filter(|bridge| !bridge.is_empty()).map(|bridge| self.text(bridge));
        let Some(channel) = self.channels.get_mut(unique_id).filter(|channel| channel.bridge != bridge) else { return };
        let before = channel.cost();
        if let Some(left) = channel.bridge.take() {
            self.inside.remove(&(left, channel.unique_id.clone()));
        }
        if let Some(bridge) = bridge.clone() {
            self.inside.insert((bridge, channel.unique_id.clone()));
        }
        channel.bridge = bridge;
        let after = channel.cost();
        if !self.settle(Part::Channels, before, after) {
            self.remove_channel(unique_id);
        }
    }

    /// The answer to `BridgeInfo` has this known channel.
    pub(super) fn show(&mut self, unique_id: &[u8]) {
        if self.channels.contains_key(unique_id) {
            self.shown.insert(OwnedValue::new(unique_id));
        }
    }

    /// The answer to `BridgeInfo` is over: in this bridge are the channels that it has shown.
    pub(super) fn show_all(&mut self, bridge: Option<&[u8]>) {
        let shown = core::mem::take(&mut self.shown);
        let Some(bridge) = bridge.map(|bridge| self.text(bridge)) else { return };
        let left = self.inside(bridge.as_bytes()).map(|channel| &channel.unique_id);
        let left: Vec<OwnedValue> = left.filter(|unique_id| !shown.contains(*unique_id)).cloned().collect();
        for unique_id in left {
            self.place(unique_id.as_bytes(), None);
        }
        for unique_id in shown {
            self.place(unique_id.as_bytes(), Some(bridge.as_bytes()));
        }
    }

    /// Takes a channel out. Says whether there was one.
    fn remove_channel(&mut self, unique_id: &[u8]) -> bool {
        let channel = self.channels.remove(unique_id);
        self.shown.remove(unique_id);
        if let Some(bridge) = channel.as_ref().and_then(|channel| channel.bridge.clone()) {
            self.inside.remove(&(bridge, OwnedValue::new(unique_id)));
        }
        self.forget(channel.as_ref());
        channel.is_some()
    }

    /// A channel is gone, and stragglers about it are passed over.
    pub(super) fn hang_up(&mut self, unique_id: &[u8]) {
        if self.remove_channel(unique_id) {
            self.gone.insert(OwnedValue::new(unique_id));
        }
    }

    pub(super) fn change_bridge(&mut self, unique_id: &[u8], change: impl FnOnce(&mut Bridge)) {
        if !self.change(Part::Bridges, unique_id, |mirror| Some(&mut mirror.bridges), change) {
            self.remove_bridge(unique_id);
        }
    }

    pub(super) fn remove_bridge(&mut self, unique_id: &[u8]) {
        let bridge = self.bridges.remove(unique_id);
        self.forget(bridge.as_ref());
    }

    /// Notes that there is such a queue. One that is known can't go: it costs what it did.
    pub(super) fn add_queue(&mut self, name: &[u8]) {
        if !self.change(Part::Queues, name, |mirror| Some(&mut mirror.queues), |_| {}) {
            let queue = self.queues.remove(name);
            self.forget(queue.as_ref());
        }
    }

    pub(super) fn change_member(&mut self, queue: &[u8], interface: &[u8], change: impl FnOnce(&mut Member)) {
        self.add_queue(queue);
        if !self.change(Part::Queues, interface, |mirror| Some(&mut mirror.queues.get_mut(queue)?.members), change) {
            self.remove_member(queue, interface);
        }
    }

    pub(super) fn remove_member(&mut self, queue: &[u8], interface: &[u8]) {
        let member = self.queues.get_mut(queue).and_then(|queue| queue.members.remove(interface));
        self.forget(member.as_ref());
    }

    pub(super) fn change_caller(&mut self, queue: &[u8], unique_id: &[u8], change: impl FnOnce(&mut Caller)) {
        self.add_queue(queue);
        if !self.change(Part::Queues, unique_id, |mirror| Some(&mut mirror.queues.get_mut(queue)?.callers), change) {
            self.remove_caller(queue, unique_id);
        }
    }

    pub(super) fn remove_caller(&mut self, queue: &[u8], unique_id: &[u8]) {
        let caller = self.queues.get_mut(queue).and_then(|queue| queue.callers.remove(unique_id));
        self.forget(caller.as_ref());
    }

    pub(super) fn has_bridge(&self, unique_id: &[u8]) -> bool {
        self.bridges.contains_key(unique_id)
    }
}

/// Keys of the things that a list hasn't shown.
fn not_seen<T: Thing>(things: &BTreeMap<OwnedValue, T>, list: u64) -> Vec<OwnedValue> {
    things.iter().filter(|(_, thing)| thing.seen() < list).map(|(key, _)| key.clone()).collect()
}

/// Whether the list has shown a thing; if not, it is counted no longer.
fn seen<T: Thing>(thing: &T, list: u64, budget: &mut ByteBudget, things: &mut usize) -> bool {
    let seen = thing.seen() >= list;
    if !seen {
        *things -= 1;
        budget.give_back(thing.cost());
    }
    seen
}
