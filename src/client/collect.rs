//! The items of lists that are collected, until the program takes them.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Id;
use crate::wire::{Frame, OwnedFrame};

/// The items of lists that are collected, until they are taken. Takes up next to nothing where
/// there are none.
#[derive(Debug, Default)]
pub(super) struct Collected(Option<Box<Lists>>);

#[derive(Debug, Default)]
struct Lists {
    lists: BTreeMap<Id, List>,
    items: usize,
    bytes: usize,
}

#[derive(Debug, Default)]
struct List {
    limit: usize,
    bytes: usize,
    items: Vec<OwnedFrame>,
    ended: bool,
}

impl Collected {
    /// Bytes that a list takes up which holds no items.
    pub(super) const LIST: usize = size_of::<(Id, List)>();

    /// Collects the items of this list, at most so many at a time.
    pub(super) fn begin(&mut self, id: Id, limit: usize) {
        self.0.get_or_insert_default().lists.entry(id).or_default().limit = limit;
    }

    /// Bytes of an item that is the first: it brings the list with it, since an empty one is held
    /// by its request.
    pub(super) fn first_size(frame: Frame<'_>) -> usize {
        frame.owned_size() + Self::LIST
    }

    /// Keeps a copy of an item, if there is room for it.
    pub(super) fn push(&mut self, id: Id, frame: Frame<'_>, room: usize, most_items: usize) -> bool {
        let Some(all) = &mut self.0 else { return false };
        let Some(list) = all.lists.get_mut(&id) else { return false };
        let size = if list.items.is_empty() { Self::first_size(frame) } else { frame.owned_size() };
        let fits = size <= room && all.items < most_items && list.items.len() < list.limit;
        if fits {
            list.items.push(frame.to_owned());
            list.bytes += size;
            all.bytes += size;
            all.items += 1;
        }
        fits
    }

    pub(super) fn take(&mut self, id: Id) -> Vec<OwnedFrame> {
        let Some(all) = &mut self.0 else { return Vec::new() };
        let Some(list) = all.lists.get_mut(&id) else { return Vec::new() };
        all.bytes -= core::mem::take(&mut list.bytes);
        all.items -= list.items.len();
        let items = core::mem::take(&mut list.items);
        self.tidy(id);
        items
    }

    /// Nothing more will come for this list.
    pub(super) fn end(&mut self, id: Id) {
        if let Some(list) = self.0.as_mut().and_then(|all| all.lists.get_mut(&id)) {
            list.ended = true;
            self.tidy(id);
        }
    }

    /// Forgets the list if it has ended and all of it has been taken.
    fn tidy(&mut self, id: Id) {
        let Some(all) = &mut self.0 else { return };
        if all.lists.get(&id).is_some_and(|list| list.ended && list.items.is_empty()) {
            all.lists.remove(&id);
        }
        if all.lists.is_empty() {
            self.0 = None;
        }
    }

    /// Debug builds stop where the books don't agree: among them that each list is open, which the
    /// caller knows, or has items to be taken.
    #[cfg(debug_assertions)]
    pub(super) fn check(&self, mut is_open: impl FnMut(Id) -> bool) {
        let Some(all) = self.0.as_ref().filter(|all| all.lists.len() <= 64 && all.items <= 64) else { return };
        assert!(!all.lists.is_empty());
        for (id, list) in &all.lists {
            assert!(is_open(*id) != list.ended && !(list.ended && list.items.is_empty()), "{id:?}");
            let sizes: usize = list.items.iter().map(|item| item.view().owned_size()).sum();
            assert_eq!(list.bytes, sizes + if list.items.is_empty() { 0 } else { Self::LIST });
        }
        assert_eq!(all.items, all.lists.values().map(|list| list.items.len()).sum::<usize>());
        assert_eq!(all.bytes, all.lists.values().map(|list| list.bytes).sum::<usize>());
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |all| all.bytes)
    }

    pub(super) fn items(&self) -> usize {
        self.0.as_ref().map_or(0, |all| all.items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decoder, Framing, Limits};

    /// With as many bytes as an item takes it is kept, with one less it isn't; so are the counts.
    #[test]
    fn an_item_that_fits_to_the_byte_is_kept() {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        decoder.push(b"Event: CoreShowChannel\r\nUniqueid: 1\r\n\r\n");
        let frame = decoder.next_frame().unwrap().unwrap();
        let (id, first, next) = (Id(1), Collected::first_size(frame), frame.owned_size());
        let mut collected = Collected::default();
        assert!(!collected.push(id, frame, usize::MAX, 9), "no such list");
        collected.begin(id, 2);
        assert!(!collected.push(id, frame, first - 1, 9));
        assert!(!collected.push(id, frame, first, 0));
        assert!(collected.push(id, frame, first, 1));
        assert!(!collected.push(id, frame, next - 1, 9));
        assert!(!collected.push(id, frame, next, 1));
        assert!(collected.push(id, frame, next, 2));
        assert!(!collected.push(id, frame, next, 9), "the list has its two");
        assert_eq!((collected.bytes(), collected.items()), (first + next, 2));
        assert_eq!(collected.take(id).len(), 2);
        assert_eq!((collected.bytes(), collected.items()), (0, 0));
        collected.end(id);
        assert!(collected.0.is_none());
    }
}
