//! Linked ids: which call a channel belongs to, as the server tells it.

use super::channel_index::{Books, Linked};
use super::{OwnedValue, Tracker};
use crate::byte_budget;

impl Tracker {
    /// A channel says that it belongs to this linked id.
    pub(super) fn relink(&mut self, unique_id: &[u8], linked_id: &[u8]) {
        let Some(group) = self.group_of(unique_id) else { return };
        match self.books.linked.get(linked_id).map(|linked| linked.group) {
            Some(other) if other == group => {}
            Some(other) => self.merge(group, other, Some(linked_id)),
            None => {
                // The login of an agent had it, and has ended.
                let shared = self.channel_mut(unique_id).and_then(|(call, _)| call.shared.as_ref());
                if shared.is_some_and(|shared| shared.as_bytes() == linked_id) {
                    return;
                }
                if self.channel_mut(unique_id).is_some_and(|(call, _)| !call.told) {
                    return self.take_linked(unique_id, linked_id);
                }
                let linked_id = OwnedValue::new(linked_id);
                let beside = byte_budget::text(&linked_id) + Books::linked_cost(linked_id.as_bytes());
                let Some((call, _)) = self.channel_mut(unique_id) else { return };
                let before = call.linked_id.clone();
                let former = self.mark(unique_id, before.clone(), beside);
                let (Some(former), Some((call, _))) = (former, self.channel_mut(unique_id)) else { return };
                call.linked_id = linked_id.clone();
                call.told = true;
                self.books.budget.add(byte_budget::text(&linked_id));
                self.books.budget.give_back(byte_budget::text(&before));
                self.books.link(&before, Linked { group, former: Some(former) });
                self.books.link(&linked_id, Linked { group, former: None });
            }
        }
    }

    /// A channel belonged to the call of this linked id at some time.
    pub(super) fn link_late(&mut self, unique_id: &[u8], linked_id: &[u8]) {
        let Some((call, channel)) = self.channel_mut(unique_id) else { return };
        let (own, told) = (channel.group, call.told);
        if call.linked_id.as_bytes() == linked_id {
            call.told = true;
        } else if let Some(other) = self.books.linked.get(linked_id) {
            let other = other.group;
            self.merge(own, other, (!told).then_some(linked_id));
        } else if !told && self.is_id(linked_id) {
            self.take_linked(unique_id, linked_id);
        }
    }

    /// The call of a channel is told its first linked id: it had one that was made up.
    fn take_linked(&mut self, unique_id: &[u8], linked_id: &[u8]) {
        let linked_id = OwnedValue::new(linked_id);
        let bytes = byte_budget::text(&linked_id) + Books::linked_cost(linked_id.as_bytes());
        let room = self.make_room_for_text(unique_id, bytes);
        let Some((call, channel)) = self.channel_mut(unique_id).filter(|_| room) else { return };
        let group = channel.group;
        call.told = true;
        let before = core::mem::replace(&mut call.linked_id, linked_id.clone());
        self.books.budget.add(byte_budget::text(&linked_id));
        self.books.budget.give_back(byte_budget::text(&before));
        self.books.unlink(&before, group);
        self.books.link(&linked_id, Linked { group, former: None });
    }

    /// Two channels turn out to belong to one call.
    pub(super) fn unite(&mut self, one: &[u8], other: &[u8]) {
        let group = |unique_id| self.books.channels.get(unique_id).map(|channel| channel.group);
        if let (Some(one), Some(other)) = (group(one), group(other)) {
            self.merge(one, other, None);
        }
    }
}
