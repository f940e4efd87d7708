//! Where everything is: calls by linked id, channels by unique id and by name, who is in which
//! bridge and queue. No event has to look through what is kept.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::OwnedValue;
use super::call::{Call, Leg};
use crate::byte_budget::{self, ByteBudget, mapped, root};

/// Where a channel that lives is.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    /// Group of its call.
    pub(super) group: u64,
    /// Place of its leg in the call.
    pub(super) leg: usize,
    /// Places of the dials to it that have no status yet.
    pub(super) dials: Vec<usize>,
    /// Up to 11, places of the dials by it: their end names the caller alone.
    pub(super) dialled: Vec<usize>,
    /// Place of the parking that goes on.
    pub(super) parking: Option<usize>,
}

/// What a linked id belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Linked {
    pub(super) group: u64,
    /// Place in the call's former ids. `None`: the call has this id now.
    pub(super) former: Option<usize>,
}

/// A list that was put behind another: what becomes of places in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    pub(super) by: usize,
    /// How many of its elements were kept.
    pub(super) kept: usize,
}

/// The same for the lists that the books have places of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shifts {
    pub(super) dials: Shift,
    pub(super) queues: Shift,
    pub(super) parkings: Shift,
}

impl Shift {
    fn of(self, place: usize) -> Option<usize> {
        (place < self.kept).then(|| place + self.by)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Books {
    pub(super) budget: ByteBudget,
    /// Number of the call of each group. The larger of two calls that become one keeps its group,
    /// so that few channels change theirs; the one that began first gives its number.
    pub(super) groups: BTreeMap<u64, u64>,
    pub(super) linked: BTreeMap<OwnedValue, Linked>,
    pub(super) channels: BTreeMap<OwnedValue, Channel>,
    /// Unique id of the channel that took the name last.
    names: BTreeMap<OwnedValue, OwnedValue>,
    /// By bridge and unique id, place of the stay that goes on.
    inside: BTreeMap<(OwnedValue, OwnedValue), usize>,
    /// By unique id and queue, place of the last wait.
    waits: BTreeMap<(OwnedValue, OwnedValue), usize>,
}

impl Books {
    /// Bytes of what is there even with a single call.
    pub(super) const OWN: usize = 2 * root::<u64, Call>()
        + root::<u64, u64>()
        + root::<OwnedValue, Linked>()
        + root::<OwnedValue, Channel>()
        + root::<OwnedValue, OwnedValue>()
        + 2 * root::<(OwnedValue, OwnedValue), usize>();

    pub(super) const GROUP: usize = mapped::<u64, u64>();

    pub(super) const fn new(bytes: usize) -> Self {
        Self {
            budget: ByteBudget::new(bytes.saturating_sub(Self::OWN)),
            groups: BTreeMap::new(),
            linked: BTreeMap::new(),
            channels: BTreeMap::new(),
            names: BTreeMap::new(),
            inside: BTreeMap::new(),
            waits: BTreeMap::new(),
        }
    }

    /// Forgets all but what `used` counts.
    pub(super) fn clear(&mut self, used: usize) {
        self.budget.give_back(self.budget.used().saturating_sub(used));
        self.groups.clear();
        self.linked.clear();
        self.channels.clear();
        self.names.clear();
        self.inside.clear();
        self.waits.clear();
    }

    pub(super) const fn linked_cost(id: &[u8]) -> usize {
        mapped::<OwnedValue, Linked>() + byte_budget::bytes(id)
    }

    /// Says which call a linked id belongs to.
    pub(super) fn link(&mut self, id: &OwnedValue, linked: Linked) {
        if let Some(known) = self.linked.get_mut(id) {
            *known = linked;
        } else {
            self.budget.add(Self::linked_cost(id.as_bytes()));
            self.linked.insert(id.clone(), linked);
        }
    }

    pub(super) fn unlink(&mut self, id: &OwnedValue) {
        if self.linked.remove(id).is_some() {
            self.budget.give_back(Self::linked_cost(id.as_bytes()));
        }
    }

    pub(super) const fn channel_cost(unique_id: &[u8], name: &[u8]) -> usize {
        mapped::<OwnedValue, Channel>() + byte_budget::bytes(unique_id) + named_cost(name, unique_id)
    }

    pub(super) fn add_channel(&mut self, leg: &Leg, group: u64, place: usize) {
        let channel = Channel { group, leg: place, dials: Vec::new(), dialled: Vec::new(), parking: None };
        self.budget.add(mapped::<OwnedValue, Channel>() + byte_budget::text(&leg.unique_id));
        self.channels.insert(leg.unique_id.clone(), channel);
        self.name(&leg.channel, &leg.unique_id);
    }

    /// Forgets a channel. Gives what was known, and the places of its waits.
    pub(super) fn remove_channel(&mut self, leg: &Leg) -> Option<(Channel, Vec<usize>)> {
        let channel = self.channels.remove(&leg.unique_id)?;
        self.budget.give_back(mapped::<OwnedValue, Channel>() + byte_budget::text(&leg.unique_id));
        self.unname(&leg.channel, &leg.unique_id);
        for stay in leg.stays.iter().filter(|stay| stay.span.end.is_none()) {
            self.leave(&stay.bridge, &leg.unique_id);
        }
        Some((channel, self.take_waits(&leg.unique_id).into_iter().map(|(_, place)| place).collect()))
    }

    /// The channel's leg now stands at this place of the call that took its own in.
    pub(super) fn move_channel(&mut self, leg: &Leg, group: u64, place: usize, shifts: &Shifts) {
        let Some(channel) = self.channels.get_mut(&leg.unique_id) else { return };
        (channel.group, channel.leg) = (group, place);
        for places in [&mut channel.dials, &mut channel.dialled] {
            *places = places.iter().filter_map(|place| shifts.dials.of(*place)).collect();
        }
        channel.parking = channel.parking.and_then(|place| shifts.parkings.of(place));
        for (queue, place) in self.take_waits(&leg.unique_id) {
            if let Some(place) = shifts.queues.of(place) {
                self.wait(&leg.unique_id, &queue, place);
            }
        }
    }

    pub(super) fn name(&mut self, name: &OwnedValue, unique_id: &OwnedValue) {
        if name.len() == 0 {
            return;
        }
        self.budget.add(named_cost(name.as_bytes(), unique_id.as_bytes()));
        if let Some(before) = self.names.insert(name.clone(), unique_id.clone()) {
            self.budget.give_back(named_cost(name.as_bytes(), before.as_bytes()));
        }
    }

    pub(super) fn unname(&mut self, name: &OwnedValue, unique_id: &OwnedValue) {
        if self.names.get(name) == Some(unique_id) {
            self.names.remove(name);
            self.budget.give_back(named_cost(name.as_bytes(), unique_id.as_bytes()));
        }
    }

    /// Unique id of the living channel that took this name last.
    pub(super) fn named(&self, name: &[u8]) -> Option<&OwnedValue> {
        self.names.get(name)
    }

    pub(super) const fn pair_cost(one: &[u8], two: &[u8]) -> usize {
        mapped::<(OwnedValue, OwnedValue), usize>() + byte_budget::bytes(one) + byte_budget::bytes(two)
    }

    /// Notes a stay that goes on.
    pub(super) fn enter(&mut self, bridge: &OwnedValue, unique_id: &OwnedValue, place: usize) {
        insert(&mut self.inside, &mut self.budget, bridge, unique_id, place);
    }

    /// Ends a stay that goes on, and gives its place.
    pub(super) fn leave(&mut self, bridge: &OwnedValue, unique_id: &OwnedValue) -> Option<usize> {
        let place = self.inside.remove(&(bridge.clone(), unique_id.clone()))?;
        self.budget.give_back(Self::pair_cost(bridge.as_bytes(), unique_id.as_bytes()));
        Some(place)
    }

    pub(super) fn is_inside(&self, bridge: &OwnedValue, unique_id: &OwnedValue) -> bool {
        self.inside.contains_key(&(bridge.clone(), unique_id.clone()))
    }

    /// Unique id of a channel in this bridge.
    pub(super) fn anyone_inside(&self, bridge: &[u8]) -> Option<&OwnedValue> {
        let ((found, unique_id), _) = self.inside.range((OwnedValue::new(bridge), OwnedValue::default())..).next()?;
        (found.as_bytes() == bridge).then_some(unique_id)
    }

    /// Notes the last wait of a caller in a queue. Gives the place of the one before.
    pub(super) fn wait(&mut self, caller: &OwnedValue, queue: &OwnedValue, place: usize) -> Option<usize> {
        insert(&mut self.waits, &mut self.budget, caller, queue, place)
    }

    pub(super) fn waiting(&self, caller: &OwnedValue, queue: &OwnedValue) -> Option<usize> {
        self.waits.get(&(caller.clone(), queue.clone())).copied()
    }

    /// Forgets the waits of a caller, and gives them by queue.
    fn take_waits(&mut self, caller: &OwnedValue) -> Vec<(OwnedValue, usize)> {
        let of_caller = self.waits.range((caller.clone(), OwnedValue::default())..);
        let of_caller = of_caller.take_while(|((found, _), _)| found == caller);
        let waits: Vec<(OwnedValue, usize)> = of_caller.map(|((_, queue), place)| (queue.clone(), *place)).collect();
        for (queue, _) in &waits {
            self.waits.remove(&(caller.clone(), queue.clone()));
            self.budget.give_back(Self::pair_cost(caller.as_bytes(), queue.as_bytes()));
        }
        waits
    }

    /// Bytes of all of it, counted anew.
    #[cfg(test)]
    pub(super) fn cost(&self) -> usize {
        let linked: usize = self.linked.keys().map(|id| Self::linked_cost(id.as_bytes())).sum();
        let channels =
            self.channels.keys().map(|id| mapped::<OwnedValue, Channel>() + byte_budget::text(id)).sum::<usize>();
        let names = self.names.iter().map(|(name, id)| named_cost(name.as_bytes(), id.as_bytes())).sum::<usize>();
        let pairs = self.inside.keys().chain(self.waits.keys());
        let pairs = pairs.map(|(one, two)| Self::pair_cost(one.as_bytes(), two.as_bytes())).sum::<usize>();
        linked + channels + names + pairs + self.groups.len() * Self::GROUP
    }
}

const fn named_cost(name: &[u8], unique_id: &[u8]) -> usize {
    mapped::<OwnedValue, OwnedValue>() + byte_budget::bytes(name) + byte_budget::bytes(unique_id)
}

fn insert(
    map: &mut BTreeMap<(OwnedValue, OwnedValue), usize>,
    budget: &mut ByteBudget,
    one: &OwnedValue,
    two: &OwnedValue,
    place: usize,
) -> Option<usize> {
    let before = map.insert((one.clone(), two.clone()), place);
    if before.is_none() {
        budget.add(Books::pair_cost(one.as_bytes(), two.as_bytes()));
    }
    before
}
