//! The mirror: its contents, their updates, and how far each part can be trusted.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::ops::Bound;
use core::time::Duration;

use super::fields::{AnyThing, Caller, Kind, Queue};
use super::key::{Key, Wanted, of_kind, wanted, within};
use super::seeding::Seeding;
use super::thing::{Books, Telling, Thing};
use super::{Changes, Completeness, MirrorLimits, OwnedValue, Part, Stale};
use crate::byte_budget::{ByteBudget, root};
use crate::departed::Departed;
use crate::event::Event;
use crate::steps::count;
use crate::wire::Frame;

/// Divisor of the byte limit: the ids of removed things may take up one byte in this many.
const GONE: usize = 8;

/// Number of keys remembered of removed things, so that late events about them are ignored; the
/// latest are kept.
const STRAGGLERS: usize = 128;

/// The server's state, according to lists and events: see the [module](super).
#[derive(Clone, Debug)]
pub struct Mirror {
    pub(super) limits: MirrorLimits,
    /// All things, sorted so that those of one kind are adjacent.
    pub(super) things: BTreeMap<Key, AnyThing>,
    /// Number of things of each kind.
    counts: [usize; Kind::ALL.len()],
    /// Bridge and key of each channel that is in a bridge.
    pub(super) inside: BTreeSet<(OwnedValue, Key)>,
    /// Key of each thing by its kind and the change that made it: the first of a kind is the
    /// oldest.
    ages: BTreeMap<(Kind, u64), Key>,
    budget: ByteBudget,
    pub(super) parts: [Seeding; Part::COUNT],
    pub(super) gone: Departed<Key>,
    pub(super) now: Option<Duration>,
    /// The room that was queried last while rooms are being seeded; empty before the first.
    pub(super) room: Option<OwnedValue>,
    revision: u64,
    changes: Changes,
    left_out: u64,
    /// Number of the connection, from 1.
    connection: u64,
}

/// The kind of message that reports about a thing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// The beginning of the thing.
    Begun,
    /// A state of a thing that events may report before its beginning.
    Made,
    /// An event about a thing that should be known.
    Told,
    /// A message that reports about known things only.
    Hinted,
    /// An item of a list that seeds no part. It may be older than the last event, so it updates
    /// known things only, and only while their part is neither complete nor being seeded.
    Shown,
    /// An item of the list that seeds its part.
    Item,
}

impl Mirror {
    /// Creates an empty mirror.
    pub fn new(limits: MirrorLimits) -> Self {
        let for_gone = limits.max_bytes() / GONE;
        Self {
            limits,
            things: BTreeMap::new(),
            counts: [0; Kind::ALL.len()],
            inside: BTreeSet::new(),
            ages: BTreeMap::new(),
            budget: ByteBudget::new(limits.max_bytes() - for_gone),
            parts: [Seeding::default(); Part::COUNT],
            gone: Departed::new(limits.max_things(), STRAGGLERS, for_gone),
            now: None,
            room: None,
            revision: 0,
            changes: Changes::default(),
            left_out: 0,
            connection: 1,
        }
    }

    /// Applies the next event, including those of lists, and returns the changes. Never fails;
    /// events that don't concern the mirror's things are ignored.
    pub fn handle(&mut self, event: &Event<'_>) -> Changes {
        self.apply(event);
        debug_assert!(self.held() <= self.limits.max_bytes());
        debug_assert_eq!(self.ages.is_empty(), self.budget.used() == 0, "bytes of nothing, or nothing of bytes");
        core::mem::take(&mut self.changes)
    }

    /// Sets the current time, as a duration since any fixed moment, for example 1970. Things that
    /// begin afterwards have it as `since`; for things that a list reports to have begun some
    /// seconds ago, these seconds are subtracted. Without it `since` is unknown.
    pub const fn set_time(&mut self, now: Duration) {
        self.now = Some(now);
    }

    /// Records that the connection is lost. Known things stay, but are no longer vouched for. When
    /// the next list shows a thing, its properties that neither that list nor an event since its
    /// request reports become unknown: for example whether a channel is on hold.
    pub fn lost(&mut self) {
        self.gone.clear();
        self.room = None;
        self.connection += 1;
        for part in &mut self.parts {
            part.doubt_all(Stale::Disconnected);
        }
    }

    /// Returns how far a part can be trusted.
    pub const fn completeness(&self, part: Part) -> Completeness {
        self.parts[part as usize].completeness
    }

    /// Returns the number of the last change. A thing that has changed since has a higher number: a
    /// page that remembers the number it has shown requests only those.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns the number of things of all kinds, which [`MirrorLimits::things`] limits.
    pub fn len(&self) -> usize {
        self.ages.len()
    }

    /// Returns whether the mirror has no things.
    pub fn is_empty(&self) -> bool {
        self.ages.is_empty()
    }

    /// Returns how many things were removed for a newer one because of a limit, or left out because
    /// the limits allow no room for them.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Returns the bytes held, a count slightly higher than the real use: never more than
    /// [`MirrorLimits::bytes`]. A single thing takes a few kilobytes in addition to its own; the
    /// ids of the last 128 removed things are kept for a while, about 20 kB.
    pub fn held(&self) -> usize {
        self.budget.used() + self.gone.held()
    }

    pub(super) fn all<T: Thing + 'static>(&self) -> impl ExactSizeIterator<Item = &T> {
        let things = self.beginning_with(of_kind(T::KIND)).filter_map(|(_, thing)| T::of(thing));
        Counted { things, left: self.counts[T::KIND as usize] }
    }

    pub(super) fn one<T: Thing>(&self, of: &[u8], id: &[u8]) -> Option<&T> {
        self.things.get(wanted(T::KIND, of, id).as_slice()).and_then(T::of)
    }

    /// Yields the things of a kind that belong to `of`, by id.
    pub(super) fn belonging<T: Thing + 'static>(&self, of: &[u8]) -> impl Iterator<Item = &T> {
        self.beginning_with(within(T::KIND, of)).filter_map(|(_, thing)| T::of(thing))
    }

    /// Yields the things whose keys begin with `first`.
    fn beginning_with(&self, first: Wanted) -> impl Iterator<Item = (&Key, &AnyThing)> {
        let from = self.things.range::<[u8], _>((Bound::Included(first.as_slice()), Bound::Unbounded));
        from.take_while(move |(key, _)| key.as_bytes().starts_with(&first))
    }

    /// Marks a part as possibly stale: a list is incomplete, or an event doesn't fit.
    pub(super) fn doubt(&mut self, part: Part, why: Stale) {
        self.parts[part as usize].doubt(why);
    }

    fn leave_out(&mut self, part: Part) {
        self.left_out += 1;
        self.doubt(part, Stale::Full);
    }

    /// Updates a thing from the headers with a prefix and by `more`. An unknown thing is added if
    /// there is room for it. `names`: the thing that it belongs to, and its id.
    pub(super) fn tell<T: Thing>(
        &mut self,
        how: How,
        names: Option<(&[u8], &[u8])>,
        words: Option<(Frame<'_>, &str)>,
        more: impl FnOnce(&mut T, &mut Telling<'_>),
    ) {
        let mut more = Some(more);
        self.tell_any(how, T::KIND, names, words, &mut |thing, telling| {
            if let (Some(thing), Some(more)) = (T::of_mut(thing), more.take()) {
                more(thing, telling);
            }
        });
    }

    /// Not generic, so compiled once instead of once per rule: this is most of the build cost of
    /// the mirror's rules.
    fn tell_any(
        &mut self,
        how: How,
        kind: Kind,
        names: Option<(&[u8], &[u8])>,
        words: Option<(Frame<'_>, &str)>,
        more: &mut dyn FnMut(&mut AnyThing, &mut Telling<'_>),
    ) {
        let part = kind.part();
        let seeding = self.parts[part as usize];
        let listed = how == How::Item && seeding.is_on();
        self.parts[part as usize].items += u64::from(listed);
        if how == How::Item && seeding.completeness == Completeness::Complete {
            // The list was not announced: it may be old, or incomplete.
            return;
        }
        if how == How::Shown && matches!(seeding.completeness, Completeness::Complete | Completeness::Seeding) {
            return;
        }
        let Some((of, id)) = names.filter(|(_, id)| !id.is_empty()) else { return };
        let key = wanted(kind, of, id);
        let known = self.things.get(key.as_slice()).map(|thing| *thing.entry().books());
        let known = known.is_some_and(|books| how != How::Begun || !self.replaces(part, &key, &books));
        let went = if known { None } else { self.gone.number(&key) };
        if !known {
            match how {
                How::Hinted | How::Shown => return,
                // A late event about a removed thing.
                How::Told if went.is_some() => return,
                How::Told => self.doubt(part, Stale::Unexpected),
                // The list is older than the event that removed the thing.
                How::Item if listed && went.is_some_and(|number| number > seeding.began) => return,
                How::Begun | How::Made | How::Item => self.gone.remove(key.as_slice()),
            }
            let fits = |text: &[u8]| text.len() <= self.limits.max_text();
            if self.limits.max_things() == 0 || !fits(of) || !fits(id) {
                self.leave_out(part);
                return;
            }
            while self.ages.len() >= self.limits.max_things() && self.take_oldest(kind, &key) {}
            if self.ages.is_empty() {
                self.budget.add(root::<Key, AnyThing>() + root::<(Kind, u64), Key>());
            }
            let mut thing = kind.begin(OwnedValue::new(of), OwnedValue::new(id));
            thing.entry_mut().books_mut().made = self.revision + 1;
            self.things.insert(Key::new(&key), thing);
            self.counts[kind as usize] += 1;
            self.ages.insert((kind, self.revision + 1), Key::new(&key));
        }
        let Some(any) = self.things.get_mut(key.as_slice()) else { return };
        let thing = any.entry_mut();
        let before = if known { thing.cost(key.len()) } else { 0 };
        let group = thing.group().cloned();
        let settings = (self.limits.max_text(), self.now);
        let mut telling = Telling::new(thing, words, settings, listed.then_some(seeding.list));
        thing.read(&mut telling);
        more(any, &mut telling);
        let thing = any.entry_mut();
        if matches!(how, How::Begun | How::Made) && went.is_some_and(|number| number > seeding.began) {
            // The awaited list may show the thing before this one.
            telling.owes_nothing();
            if kind == Kind::Caller {
                // It is also unknown which of the two places the list means.
                self.parts[part as usize].crossed();
            }
        }
        let since = (how != How::Item && seeding.is_on()).then_some(seeding.list);
        let changed = telling.finish(thing, since) || !known;
        if matches!(how, How::Begun | How::Made | How::Item) {
            thing.books_mut().list = seeding.list;
        }
        if how == How::Begun {
            thing.books_mut().begun = self.connection;
        }
        if changed {
            self.revision += 1;
            thing.books_mut().revision = self.revision;
            self.changes.note(&key);
        }
        let after = thing.cost(key.len());
        if group.as_ref() != thing.group() {
            if let Some(new) = thing.group() {
                self.inside.insert((new.clone(), Key::new(&key)));
            }
            if let Some(group) = group {
                self.inside.remove(&(group, Key::new(&key)));
            }
        }
        self.budget.add(after);
        self.budget.give_back(before);
        while !self.budget.has(0) {
            if !self.budget.allows(after) || !self.take_oldest(kind, &key) {
                // The thing is larger than the limits allow.
                self.leave_out(part);
                self.take_out(&key);
                break;
            }
        }
    }

    /// Handles the beginning of a thing that is already known. Returns `true` if it is a new thing,
    /// whose predecessor ended unnoticed and is removed; `false` if the last list has shown it and
    /// its beginning comes late.
    fn replaces(&mut self, part: Part, key: &[u8], books: &Books) -> bool {
        let Seeding { completeness, list, .. } = self.parts[part as usize];
        let vouched = matches!(completeness, Completeness::Seeding | Completeness::Complete);
        let heard = books.begun == self.connection;
        if vouched && books.list == list && !heard {
            return false;
        }
        if heard {
            self.doubt(part, Stale::Unexpected);
        }
        self.take_out(key)
    }

    /// Removes the oldest thing of this kind except the one with this key, or the oldest of another
    /// kind if there is none. Returns whether a thing was removed.
    fn take_oldest(&mut self, kind: Kind, but: &[u8]) -> bool {
        let first = |kind: Kind| {
            let mut all = self.ages.range((kind, 0)..=(kind, u64::MAX));
            all.find(|(_, key)| key.as_bytes() != but).map(|((_, made), key)| (*made, key))
        };
        let others = || Kind::ALL.iter().filter_map(|kind| first(*kind)).min_by_key(|(made, _)| *made);
        let Some((_, key)) = first(kind).or_else(others) else { return false };
        let key = key.clone();
        self.leave_out(key.kind().part());
        self.take_out(key.as_bytes());
        true
    }

    /// Removes a thing and all that belongs to it. Returns whether it existed.
    fn take_out(&mut self, key: &[u8]) -> bool {
        self.leaving(key);
        let Some(thing) = self.things.remove(key) else { return false };
        let kind = thing.kind();
        let thing = thing.entry();
        self.counts[kind as usize] -= 1;
        self.budget.give_back(thing.cost(key.len()));
        count(|steps| steps.moved += 1);
        if let Some(group) = thing.group() {
            self.inside.remove(&(group.clone(), Key::new(key)));
            if self.inside.is_empty() {
                self.inside = BTreeSet::new();
            }
        }
        self.ages.remove(&(kind, thing.books().made));
        if self.ages.is_empty() {
            (self.things, self.ages) = (BTreeMap::new(), BTreeMap::new());
            self.budget.give_back(root::<Key, AnyThing>() + root::<(Kind, u64), Key>());
        }
        self.revision += 1;
        self.changes.note(key);
        true
    }

    /// Removes a thing for good: later events about it are ignored.
    pub(super) fn remove<T: Thing>(&mut self, names: Option<(&[u8], &[u8])>) {
        let Some((of, id)) = names.filter(|(_, id)| !id.is_empty()) else { return };
        self.remove_key(Key::new(&wanted(T::KIND, of, id)));
    }

    fn remove_key(&mut self, key: Key) {
        let known = self.take_out(key.as_bytes());
        // A list that is being received may still show it.
        if known || self.parts[key.kind().part() as usize].is_on() {
            let since = self.parts.iter().filter(|part| part.is_on()).map(|part| part.began).min();
            if self.gone.insert(key, since) {
                self.parts.iter_mut().for_each(Seeding::overflow);
            }
        }
    }

    /// Removes the things that the list which seeded this part has not shown.
    pub(super) fn sweep(&mut self, part: Part) {
        let list = self.parts[part as usize].list;
        for kind in Kind::of_part(part) {
            let things = self.beginning_with(of_kind(kind));
            let left = things.filter(|(_, thing)| thing.entry().books().list < list);
            let left: Vec<Key> = left.map(|(key, _)| key.clone()).collect();
            for key in left {
                self.remove_key(key);
            }
        }
    }

    /// Removes the things that belong to `of`.
    pub(super) fn remove_belonging<T: Thing>(&mut self, of: &[u8]) {
        let there: Vec<Key> = self.beginning_with(within(T::KIND, of)).map(|(key, _)| key.clone()).collect();
        for key in there {
            self.remove_key(key);
        }
    }

    /// Records that events of a part were missed.
    pub(super) fn missed(&mut self, part: Part) {
        for kind in Kind::of_part(part) {
            let first = of_kind(kind);
            let from = self.things.range_mut::<[u8], _>((Bound::Included(first.as_slice()), Bound::Unbounded));
            for (_, thing) in from.take_while(|(key, _)| key.as_bytes().starts_with(&first)) {
                thing.entry_mut().books_mut().missed();
            }
        }
    }

    fn one_mut<T: Thing>(&mut self, of: &[u8], id: &[u8]) -> Option<&mut T> {
        self.things.get_mut(wanted(T::KIND, of, id).as_slice()).and_then(T::of_mut)
    }

    /// Changes the positions of callers in a queue, which no header reports.
    pub(super) fn with_queue(&mut self, name: &[u8], change: impl FnOnce(&mut Queue)) {
        if let Some(queue) = self.one_mut(&[], name) {
            change(queue);
        }
    }

    /// Changes one caller of a queue.
    pub(super) fn with_caller(&mut self, queue: &[u8], id: &[u8], change: impl FnOnce(&mut Caller)) {
        if let Some(caller) = self.one_mut(queue, id) {
            change(caller);
        }
    }
}

/// An iterator over a known number of things.
struct Counted<I> {
    things: I,
    left: usize,
}

impl<I: Iterator> Iterator for Counted<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let thing = self.things.next()?;
        self.left = self.left.saturating_sub(1);
        Some(thing)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<I: Iterator> ExactSizeIterator for Counted<I> {}
