//! The mirror: what is kept, how it is told, and how far each part can be trusted.

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

/// Ids of what is gone may have one byte of so many.
const GONE: usize = 8;

/// Keys of what is gone that are remembered for the stragglers, the latest.
const STRAGGLERS: usize = 128;

/// What the server has, as lists and events tell: see the [module](super).
#[derive(Clone, Debug)]
pub struct Mirror {
    pub(super) limits: MirrorLimits,
    /// All things; those of one kind stand together.
    pub(super) things: BTreeMap<Key, AnyThing>,
    /// Things of each kind.
    counts: [usize; Kind::ALL.len()],
    /// Bridge and key of each channel that is in one.
    pub(super) inside: BTreeSet<(OwnedValue, Key)>,
    /// Key of each thing by its kind and the change that made it: the first of a kind is the oldest.
    ages: BTreeMap<(Kind, u64), Key>,
    budget: ByteBudget,
    pub(super) parts: [Seeding; Part::COUNT],
    pub(super) gone: Departed<Key>,
    pub(super) now: Option<Duration>,
    /// The room that was asked about last while rooms are being seeded; empty: none yet.
    pub(super) room: Option<OwnedValue>,
    revision: u64,
    changes: Changes,
    left_out: u64,
    /// Number of the connection, from 1.
    connection: u64,
}

/// What tells of a thing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Its beginning.
    Begun,
    /// A state of something that events may show first.
    Made,
    /// An event about what should be known.
    Told,
    /// Something that says what it says of known things alone.
    Hinted,
    /// An item of a list that seeds nothing, which may be older than the last event: it says
    /// something of known things where no list vouches for them, or is about to.
    Shown,
    /// An item of the list that seeds its part.
    Item,
}

impl Mirror {
    /// A mirror that knows nothing.
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

    /// Takes the next event, those of lists included, and says what it has changed. It is never
    /// wrong; what says nothing of the mirror's things is passed over.
    pub fn handle(&mut self, event: &Event<'_>) -> Changes {
        self.apply(event);
        debug_assert!(self.held() <= self.limits.max_bytes());
        debug_assert_eq!(self.ages.is_empty(), self.budget.used() == 0, "bytes of nothing, or nothing of bytes");
        core::mem::take(&mut self.changes)
    }

    /// Tells what time it is, as a duration since a moment of your own, 1970 say. What begins from
    /// then on has it as `since`, and what a list says to have begun some seconds ago that much
    /// before. Without it `since` is unknown.
    pub const fn set_time(&mut self, now: Duration) {
        self.now = Some(now);
    }

    /// Says that the connection is lost. What is known stays, and is no longer vouched for. Of a
    /// thing that the next list shows, what neither that list nor an event since it was asked for
    /// tells becomes unknown: whether a channel is on hold, say.
    pub fn lost(&mut self) {
        self.gone.clear();
        self.room = None;
        self.connection += 1;
        for part in &mut self.parts {
            part.doubt_all(Stale::Disconnected);
        }
    }

    /// How far a part can be trusted.
    pub const fn completeness(&self, part: Part) -> Completeness {
        self.parts[part as usize].completeness
    }

    /// Number of the last change. A thing that has changed since has a higher one: a page that
    /// remembers the number it has shown asks for those alone.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Things of all kinds, which [`MirrorLimits::things`] bounds.
    pub fn len(&self) -> usize {
        self.ages.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.ages.is_empty()
    }

    /// How often a thing was taken out for a newer one because of a limit, or was left out since
    /// there can be no room for it.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Returns the bytes held, counted a little above the truth: never more than
    /// [`MirrorLimits::bytes`]. A single thing takes a few kilobytes beside its own; ids of the last
    /// 128 things that have gone are kept for a while after them, about 20 kB.
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

    /// The things of a kind that belong there, by id.
    pub(super) fn belonging<T: Thing + 'static>(&self, of: &[u8]) -> impl Iterator<Item = &T> {
        self.beginning_with(within(T::KIND, of)).filter_map(|(_, thing)| T::of(thing))
    }

    /// The things whose keys begin so.
    fn beginning_with(&self, first: Wanted) -> impl Iterator<Item = (&Key, &AnyThing)> {
        let from = self.things.range::<[u8], _>((Bound::Included(first.as_slice()), Bound::Unbounded));
        from.take_while(move |(key, _)| key.as_bytes().starts_with(&first))
    }

    /// A list has not said what it should, or something does not fit.
    pub(super) fn doubt(&mut self, part: Part, why: Stale) {
        self.parts[part as usize].doubt(why);
    }

    fn leave_out(&mut self, part: Part) {
        self.left_out += 1;
        self.doubt(part, Stale::Full);
    }

    /// Has a thing told something, by headers with a prefix and by `more`. One that is not known is made,
    /// where there is room for it. `names`: where it belongs, and its id.
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

    /// Compiled once, and not for each rule: that is most of what the mirror's rules cost to build.
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
            // Of a list that nobody has announced: it may be old, or show a part.
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
                // A straggler.
                How::Told if went.is_some() => return,
                How::Told => self.doubt(part, Stale::Unexpected),
                // The list is older than the event that took it out.
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
            // The list that is awaited may show the one before it.
            telling.owes_nothing();
            if kind == Kind::Caller {
                // Nor can be told which of both places the list means.
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
                // It is more than there can be room for.
                self.leave_out(part);
                self.take_out(&key);
                break;
            }
        }
    }

    /// A thing begins that is known. Says whether it is another one, whose forerunner has ended
    /// unheard and is taken out: unless the last list has shown it, and its beginning comes late.
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

    /// Takes out the oldest of this kind but for the one with this key, or the oldest of another
    /// kind where there is none. Says whether there was one.
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

    /// Takes a thing out, and what belongs to it. Says whether there was one.
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

    /// A thing has gone for good: stragglers about it are passed over.
    pub(super) fn remove<T: Thing>(&mut self, names: Option<(&[u8], &[u8])>) {
        let Some((of, id)) = names.filter(|(_, id)| !id.is_empty()) else { return };
        self.remove_key(Key::new(&wanted(T::KIND, of, id)));
    }

    fn remove_key(&mut self, key: Key) {
        let known = self.take_out(key.as_bytes());
        // A list that is coming in may show it yet.
        if known || self.parts[key.kind().part() as usize].is_on() {
            let since = self.parts.iter().filter(|part| part.is_on()).map(|part| part.began).min();
            if self.gone.insert(key, since) {
                self.parts.iter_mut().for_each(Seeding::overflow);
            }
        }
    }

    /// Takes out what the list that seeded this part has not shown.
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

    /// Takes out the things that belong there.
    pub(super) fn remove_belonging<T: Thing>(&mut self, of: &[u8]) {
        let there: Vec<Key> = self.beginning_with(within(T::KIND, of)).map(|(key, _)| key.clone()).collect();
        for key in there {
            self.remove_key(key);
        }
    }

    /// Notes that events of a part were missed.
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

    /// Changes the places of callers in a queue, which no header tells.
    pub(super) fn with_queue(&mut self, name: &[u8], change: impl FnOnce(&mut Queue)) {
        if let Some(queue) = self.one_mut(&[], name) {
            change(queue);
        }
    }

    /// The same for one caller.
    pub(super) fn with_caller(&mut self, queue: &[u8], id: &[u8], change: impl FnOnce(&mut Caller)) {
        if let Some(caller) = self.one_mut(queue, id) {
            change(caller);
        }
    }
}

/// An iterator over so many things.
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
