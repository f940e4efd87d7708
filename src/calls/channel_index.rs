//! Where everything is: calls by linked id, channels by unique id and by name, who is in which
//! bridge. No event has to look through what is kept.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use super::OwnedValue;
use super::call::Call;
use super::history::Leg;
use super::list::Shift;
use super::story::Summary;
use crate::byte_budget::{self, BLOCK, ByteBudget, mapped, root};

/// Where a channel that lives is.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    /// Group of its call.
    pub(super) group: u64,
    /// Place of its leg in the call.
    pub(super) leg: usize,
    /// Places of the dials to it that have no status yet.
    pub(super) dials: VecDeque<usize>,
    /// Up to 11, places of the dials by it: their end names the caller alone.
    pub(super) dialled: VecDeque<usize>,
    /// Place of its parking that goes on, of its last wait, and of its time in a conference.
    pub(super) parking: Option<usize>,
    pub(super) wait: Option<usize>,
    pub(super) room: Option<usize>,
    /// Places of recordings that go on.
    pub(super) recordings: VecDeque<usize>,
    /// Places of the variables that were asked for, by the number of the name.
    pub(super) variables: Vec<(usize, usize)>,
    /// True for an agent of `app_agent_pool` who is logged in.
    pub(super) agent: bool,
    /// Group and place of the leg of an agent who is in a conversation.
    pub(super) guest: Option<(u64, usize)>,
}

/// The call that a linked id belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Linked {
    pub(super) group: u64,
    /// Place in the call's former ids. `None`: the call has this id now.
    pub(super) former: Option<usize>,
}

/// New places in the lists that the books have places of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shifts {
    pub(super) dials: Shift,
    pub(super) queues: Shift,
    pub(super) parkings: Shift,
    pub(super) rooms: Shift,
    pub(super) recordings: Shift,
    pub(super) variables: Shift,
}

#[derive(Clone, Debug)]
pub(super) struct Books {
    pub(super) budget: ByteBudget,
    /// Group of each call by its number, so by age. The larger of two calls that become one keeps
    /// its group, so that few channels change theirs; the one that began first gives its number.
    pub(super) ages: BTreeMap<u64, u64>,
    pub(super) linked: BTreeMap<OwnedValue, Linked>,
    pub(super) channels: BTreeMap<OwnedValue, Box<Channel>>,
    /// Unique id of the channel that took the name last.
    names: BTreeMap<OwnedValue, OwnedValue>,
    /// By bridge and unique id, place of the stay that goes on.
    inside: BTreeMap<(OwnedValue, OwnedValue), usize>,
}

impl Books {
    /// Bytes of what is there even with a single call.
    pub(super) const OWN: usize = 2 * root::<u64, Box<Call>>()
        + root::<u64, u64>()
        + root::<OwnedValue, Linked>()
        + root::<OwnedValue, Box<Channel>>()
        + root::<OwnedValue, OwnedValue>()
        + root::<(OwnedValue, OwnedValue), usize>();

    pub(super) const GROUP: usize = mapped::<u64, u64>();

    /// Bytes of a channel without its texts.
    const CHANNEL: usize = mapped::<OwnedValue, Box<Channel>>() + size_of::<Channel>() + BLOCK;

    pub(super) const fn new(bytes: usize) -> Self {
        Self {
            budget: ByteBudget::new(bytes.saturating_sub(Self::OWN)),
            ages: BTreeMap::new(),
            linked: BTreeMap::new(),
            channels: BTreeMap::new(),
            names: BTreeMap::new(),
            inside: BTreeMap::new(),
        }
    }

    /// Forgets all but what `used` counts.
    pub(super) fn clear(&mut self, used: usize) {
        self.budget.give_back(self.budget.used().saturating_sub(used));
        self.ages.clear();
        self.linked.clear();
        self.channels.clear();
        self.names.clear();
        self.inside.clear();
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

    /// Forgets a linked id, if it is this group's.
    pub(super) fn unlink(&mut self, id: &OwnedValue, group: u64) {
        if self.linked.get(id).is_some_and(|linked| linked.group == group) {
            self.linked.remove(id);
            self.budget.give_back(Self::linked_cost(id.as_bytes()));
        }
    }

    pub(super) const fn channel_cost(unique_id: &[u8], name: &[u8]) -> usize {
        Self::CHANNEL + byte_budget::bytes(unique_id) + named_cost(name, unique_id)
    }

    pub(super) fn add_channel(&mut self, leg: &Leg, group: u64, place: usize) {
        let channel = Channel {
            group,
            leg: place,
            dials: VecDeque::new(),
            dialled: VecDeque::new(),
            parking: None,
            wait: None,
            room: None,
            recordings: VecDeque::new(),
            variables: Vec::new(),
            agent: false,
            guest: None,
        };
        self.budget.add(Self::CHANNEL + byte_budget::text(&leg.unique_id));
        self.channels.insert(leg.unique_id.clone(), Box::new(channel));
        self.name(&leg.channel, &leg.unique_id);
    }

    /// Forgets a channel, and gives what was known.
    pub(super) fn remove_channel(&mut self, leg: &Leg) -> Option<Box<Channel>> {
        let channel = self.channels.remove(&leg.unique_id)?;
        self.budget.give_back(Self::CHANNEL + byte_budget::text(&leg.unique_id));
        self.unname(&leg.channel, &leg.unique_id);
        for stay in leg.stays.iter().filter(|stay| stay.span.end.is_none()) {
            self.leave(&stay.bridge, &leg.unique_id);
        }
        Some(channel)
    }

    /// The channel's leg now stands at this place of the call that took its own in.
    pub(super) fn move_channel(&mut self, leg: &Leg, group: u64, place: usize, shifts: &Shifts) {
        let Some(channel) = self.channels.get_mut(&leg.unique_id) else { return };
        (channel.group, channel.leg) = (group, place);
        for places in [&mut channel.dials, &mut channel.dialled] {
            *places = places.iter().filter_map(|place| shifts.dials.of(*place)).collect();
        }
        let recordings = channel.recordings.iter();
        channel.recordings = recordings.filter_map(|place| shifts.recordings.of(*place)).collect();
        let variables = channel.variables.iter();
        channel.variables = variables.filter_map(|(name, place)| Some((*name, shifts.variables.of(*place)?))).collect();
        channel.parking = channel.parking.and_then(|place| shifts.parkings.of(place));
        channel.wait = channel.wait.and_then(|place| shifts.queues.of(place));
        channel.room = channel.room.and_then(|place| shifts.rooms.of(place));
    }

    /// The channel's leg now stands at this place of its call.
    pub(super) fn move_leg(&mut self, leg: &Leg, place: usize) {
        if let Some(channel) = self.channels.get_mut(&leg.unique_id) {
            channel.leg = place;
        }
    }

    /// Forgets a call that has ended, or is given up, with its channels. `step`: number of the
    /// event.
    pub(super) fn close(&mut self, call: &mut Call, step: u64) {
        let at = call.end.unwrap_or(call.heard);
        for leg in call.legs.iter_mut().filter(|leg| leg.ended.is_none()) {
            if leg.guest {
                self.part(leg);
                leg.ended = call.end;
                leg.stays.iter_mut().for_each(|stay| stay.close(at, step));
            } else {
                self.remove_channel(leg);
            }
        }
        for id in call.former.iter().chain([&call.linked_id]) {
            self.unlink(id, call.group);
        }
        if self.ages.remove(&call.number).is_some() {
            self.budget.give_back(Self::GROUP);
        }
        call.sort();
        call.summary = Some(Summary::of(call));
    }

    /// The leg of an agent in a conversation now stands at this place.
    pub(super) fn move_guest(&mut self, leg: &Leg, group: u64, place: usize) {
        if let Some(channel) = self.channels.get_mut(&leg.unique_id) {
            channel.guest = Some((group, place));
        }
    }

    /// Forgets that an agent is in a conversation.
    pub(super) fn part(&mut self, leg: &Leg) {
        for stay in leg.stays.iter().filter(|stay| stay.span.end.is_none()) {
            self.leave(&stay.bridge, &leg.unique_id);
        }
        if let Some(channel) = self.channels.get_mut(&leg.unique_id).filter(|_| leg.ended.is_none()) {
            channel.guest = None;
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
        if self.inside.insert((bridge.clone(), unique_id.clone()), place).is_none() {
            self.budget.add(Self::pair_cost(bridge.as_bytes(), unique_id.as_bytes()));
        }
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

    /// Unique ids of a few channels in this bridge: two, or those of a pair and an agent beside it.
    pub(super) fn inside(&self, bridge: &[u8]) -> Vec<OwnedValue> {
        let all = self.inside.range((OwnedValue::new(bridge), OwnedValue::default())..);
        let all = all.take_while(|((found, _), _)| found.as_bytes() == bridge);
        all.take(4).map(|((_, unique_id), _)| unique_id.clone()).collect()
    }

    /// Bytes of all of it, counted anew.
    #[cfg(test)]
    pub(super) fn cost(&self) -> usize {
        let linked: usize = self.linked.keys().map(|id| Self::linked_cost(id.as_bytes())).sum();
        let channels = self.channels.keys().map(|id| Self::CHANNEL + byte_budget::text(id)).sum::<usize>();
        let names = self.names.iter().map(|(name, id)| named_cost(name.as_bytes(), id.as_bytes())).sum::<usize>();
        let pairs = self.inside.keys();
        let pairs = pairs.map(|(one, two)| Self::pair_cost(one.as_bytes(), two.as_bytes())).sum::<usize>();
        linked + channels + names + pairs + self.ages.len() * Self::GROUP
    }
}

const fn named_cost(name: &[u8], unique_id: &[u8]) -> usize {
    mapped::<OwnedValue, OwnedValue>() + byte_budget::bytes(name) + byte_budget::bytes(unique_id)
}
