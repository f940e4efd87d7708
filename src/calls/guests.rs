//! Agents of `app_agent_pool`. The channel of their login is the oldest wherever they talk, and it
//! lasts all day: the server gives each caller its linked id. Here the login stays a call of its
//! own, and each caller's call has the agent as a guest.

use core::time::Duration;

use super::channel_index::Books;
use super::cost::{Kept, optional};
use super::{OwnedValue, Tracker};

impl Tracker {
    /// An agent logs in or off.
    pub(super) fn agent(&mut self, unique_id: &[u8], logged_in: bool) {
        let Some((call, channel)) = self.channel_mut(unique_id) else { return };
        if channel.agent != logged_in {
            channel.agent = logged_in;
            call.agents = if logged_in { call.agents + 1 } else { call.agents.saturating_sub(1) };
        }
    }

    pub(super) fn is_agent(&self, unique_id: &[u8]) -> bool {
        self.books.channels.get(unique_id).is_some_and(|channel| channel.agent)
    }

    /// An agent talks to the caller with this channel.
    pub(super) fn enter_as_guest(&mut self, agent: &[u8], caller: &[u8], bridge: &[u8], at: Duration) {
        let (stay, order) = (self.stay(bridge, true, false, at), self.legs_begun);
        let Some((login, channel)) = self.channel_mut(agent) else { return };
        let Some(own) = login.legs.get(channel.leg).filter(|_| channel.guest.is_none()) else { return };
        let leg = own.as_guest(at, order);
        let shared = login.linked_id.clone();
        let bytes = leg.cost();
        let Some((call, _)) = self.channel_mut(caller) else { return };
        if call.agents > 0 {
            return;
        }
        let group = call.group;
        if !self.make_room_for_leg(Some(group)) || !self.make_room_in_call(caller, bytes) {
            self.losses.leg_events += 1;
            // Its last ones may have made room in vain.
            if self.calls.get(&group).is_some_and(|call| call.alive == 0) {
                self.finish(group, Some(at));
            }
            return;
        }
        self.legs_begun += 1;
        let Some((call, channel)) = self.channel_mut(caller) else { return };
        let (group, place) = (channel.group, call.legs.len());
        call.legs.push(leg);
        self.books.budget.add(bytes);
        let beside = Books::pair_cost(bridge, agent);
        let inside = self.mark_at(caller, |_| place, stay, beside);
        if let Some(inside) = inside {
            self.books.enter(&OwnedValue::new(bridge), &OwnedValue::new(agent), inside);
        }
        if let Some((_, channel)) = self.channel_mut(agent) {
            channel.guest = Some((group, place));
        }
        self.share(caller, shared);
    }

    /// A call gets the linked id of an agent's login, which stays the login's.
    fn share(&mut self, caller: &[u8], linked_id: OwnedValue) {
        let beside = optional(Some(&linked_id));
        let Some((call, _)) = self.channel_mut(caller) else { return };
        if call.shared.as_ref() == Some(&linked_id) {
            return;
        }
        let noted = self.mark(caller, linked_id.clone(), beside);
        if let Some((call, _)) = self.channel_mut(caller).filter(|_| noted.is_some()) {
            let before = optional(call.shared.replace(linked_id).as_ref());
            self.books.budget.add(beside);
            self.books.budget.give_back(before);
        }
    }

    /// An agent leaves a conversation, or this one. Returns whether it was in it.
    pub(super) fn leave_as_guest(&mut self, agent: &[u8], bridge: Option<&[u8]>, at: Duration) -> bool {
        let Some((group, place)) = self.books.channels.get(agent).and_then(|channel| channel.guest) else {
            return false;
        };
        let step = self.step;
        let leg = self.calls.get_mut(&group).and_then(|call| call.legs.get_mut(place));
        if let Some(leg) = leg {
            if bridge.is_some_and(|bridge| leg.stays.iter().all(|stay| stay.bridge.as_bytes() != bridge)) {
                return false;
            }
            self.books.part(leg);
            leg.ended = Some(at);
            leg.stays.iter_mut().for_each(|stay| stay.close(at, step));
        }
        if let Some(channel) = self.books.channels.get_mut(agent) {
            channel.guest = None;
        }
        true
    }
}
