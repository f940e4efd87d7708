//! Seeding of the parts of a mirror: which lists are asked for, and when a part is complete.

use alloc::vec::Vec;
use core::ops::Bound;

use super::fields::{Conference, Kind};
use super::key::wanted;
use super::thing::{Entry as _, Thing as _};
use super::{Completeness, Mirror, OwnedValue, Part, Stale};
use crate::action::Custom;
use crate::wire::{Frame, Value};

/// The progress of the seeding of a part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seeding {
    pub(super) completeness: Completeness,
    /// Number of the last list, from 1.
    pub(super) list: u64,
    /// Items of the list that is coming in.
    pub(super) items: u64,
    /// Number of things that had gone when it was asked for.
    pub(super) began: u64,
    /// Lists whose end has not come.
    awaited: usize,
    /// The fault of one of them.
    wrong: Option<Stale>,
    /// Says whether events were missed since the last list was asked for.
    missed: bool,
}

impl Seeding {
    /// Says whether a list is awaited.
    pub(super) const fn is_on(&self) -> bool {
        matches!(self.completeness, Completeness::Seeding)
    }

    fn begin(&mut self, lists: usize, began: u64) {
        let list = self.list + 1;
        *self = Self { completeness: Completeness::Seeding, list, began, awaited: lists, ..Self::default() };
    }

    /// Marks what was vouched for as doubtful.
    pub(super) fn doubt(&mut self, why: Stale) {
        let vouched = self.completeness == Completeness::Complete;
        if vouched || matches!(self.completeness, Completeness::MaybeStale(_)) {
            self.missed |= !matches!(why, Stale::Full | Stale::Reloaded);
        }
        if why == Stale::Reloaded && self.is_on() {
            // The list may have been made before.
            self.wrong = Some(why);
        }
        if vouched || why == Stale::Full {
            self.completeness = Completeness::MaybeStale(why);
        }
    }

    pub(super) fn doubt_all(&mut self, why: Stale) {
        self.missed = true;
        self.completeness = Completeness::MaybeStale(why);
    }

    /// Notes that a caller was put between others, or came back, while a list was coming in.
    /// Whether that was before the list was made or after can't be told.
    pub(super) fn crossed(&mut self) {
        if self.is_on() {
            self.wrong = Some(Stale::Unexpected);
        }
    }

    /// Notes that not all of what has gone since the list was asked for could be remembered.
    pub(super) fn overflow(&mut self) {
        if self.is_on() {
            self.wrong = Some(Stale::Full);
        }
    }
}

/// An action that seeds a part of the mirror.
#[derive(Clone, Debug)]
#[must_use = "the part is not complete before its list has come"]
pub struct Seed {
    part: Part,
    action: Custom<'static>,
}

impl Seed {
    fn new(part: Part, name: &'static str) -> Self {
        Self { part, action: Custom::new(name) }
    }

    /// The part.
    pub const fn part(&self) -> Part {
        self.part
    }

    /// The action to send.
    pub const fn action(&self) -> &Custom<'static> {
        &self.action
    }
}

impl Part {
    /// Names of the actions that [`Mirror::seed`] returns for it.
    pub const fn lists(self) -> &'static [&'static str] {
        match self {
            Part::Channels => &["CoreShowChannels"],
            Part::Bridges => &["BridgeList"],
            Part::Queues => &["QueueStatus"],
            Part::Agents => &["Agents"],
            Part::Conferences => &["ConfbridgeListRooms"],
            Part::Parking => &["ParkedCalls"],
            Part::ParkingLots => &["Parkinglots"],
            Part::Endpoints => &["PJSIPShowEndpoints", "SIPpeers", "IAXpeers"],
            Part::Contacts => &["PJSIPShowContacts"],
            Part::Registrations => &["PJSIPShowRegistrationsOutbound", "SIPshowregistry", "IAXregistry"],
            Part::Devices => &["DeviceStateList"],
            Part::Extensions => &["ExtensionStateList"],
            Part::Mailboxes => &["VoicemailUsersList"],
        }
    }
}

impl Mirror {
    /// Begins to seed a part, and returns the actions to send for it. Hand in what comes of each:
    /// its items and the event that ends it to [`handle`](Self::handle), a refusal to
    /// [`refused`](Self::refused). Where one list tells what the next is asked for,
    /// [`poll_seed`](Self::poll_seed) has that.
    ///
    /// Several parts may be seeded at once, and events may come between.
    pub fn seed(&mut self, part: Part) -> Vec<Seed> {
        self.begin(part);
        part.lists().iter().map(|name| Seed::new(part, name)).collect()
    }

    /// Says that the lists of a part have been asked for by other means: those that
    /// [`seed`](Self::seed) returns, without a filter.
    pub fn begin(&mut self, part: Part) {
        if self.parts[part as usize].missed {
            self.missed(part);
        }
        self.parts[part as usize].begin(part.lists().len(), self.gone.went());
    }

    /// The next list that seeding needs because of what the last one has shown: who is in each
    /// room. Ask after each event while [`Part::Conferences`] is being seeded.
    pub fn poll_seed(&mut self) -> Option<Seed> {
        let part = Part::Conferences;
        let Seeding { list, .. } = *Some(&self.parts[part as usize]).filter(|seeding| seeding.is_on())?;
        let asked = self.room.take()?;
        let last = wanted(Kind::Conference, &[], asked.as_bytes());
        let behind = self.things.range::<[u8], _>((Bound::Excluded(last.as_slice()), Bound::Unbounded));
        let mut rooms = behind.map_while(|(_, thing)| Conference::of(thing));
        let room = rooms.find(|room| room.books().list >= list).map(|room| room.name.clone());
        let Some(room) = room else {
            self.ended(part);
            return None;
        };
        self.parts[part as usize].awaited += 1;
        let action = Custom::new("ConfbridgeList").header("Conference", room.as_bytes().to_vec());
        self.room = Some(room);
        Some(Seed { part, action })
    }

    /// Says that the server refused a list of this part, with these words. Some servers refuse a
    /// list that would be empty; and what belongs to a module that is not there, they know no
    /// action for: both count as an empty list. Any other refusal leaves the part
    /// [`Stale::Refused`].
    pub fn refused(&mut self, part: Part, message: Value<'_>) {
        let message = message.as_bytes();
        let begins =
            |word: &str| message.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
        if !self.parts[part as usize].is_on() {
            return;
        }
        if !["No ", "There are no ", "Invalid/unknown command"].into_iter().any(begins) {
            self.parts[part as usize].wrong = Some(Stale::Refused);
        }
        self.ended(part);
    }

    /// A list has ended with this event.
    pub(super) fn end(&mut self, part: Part, frame: Frame<'_>) {
        let seeding = &mut self.parts[part as usize];
        let items = core::mem::take(&mut seeding.items);
        if !seeding.is_on() {
            return;
        }
        let said = ["ListItems", "Items", "Total"].into_iter().find_map(|name| frame.get(name));
        let cancelled = frame.get("EventList").is_some_and(|list| list.eq_ignore_case("cancelled"));
        if cancelled {
            seeding.wrong = Some(Stale::Cancelled);
        } else if said.and_then(|said| said.parse::<u64>().ok()).is_some_and(|said| said != items) {
            seeding.wrong = Some(Stale::Count);
        }
        self.ended(part);
    }

    /// The rooms have been listed: who is in each is asked for next.
    pub(super) fn rooms_ended(&mut self, frame: Frame<'_>) {
        let part = Part::Conferences;
        if self.parts[part as usize].is_on() {
            // Stands for the questions that are still to be asked.
            self.parts[part as usize].awaited += 1;
            self.room = Some(OwnedValue::default());
            self.end(part, frame);
        }
    }

    /// One of the lists of a part is over. After the last one, what they have not shown goes.
    fn ended(&mut self, part: Part) {
        let seeding = &mut self.parts[part as usize];
        seeding.awaited = seeding.awaited.saturating_sub(1);
        if seeding.awaited > 0 {
            return;
        }
        seeding.completeness = seeding.wrong.map_or(Completeness::Complete, Completeness::MaybeStale);
        if seeding.wrong.is_none() {
            self.sweep(part);
        }
        if !self.parts.iter().any(Seeding::is_on) {
            self.gone.trim();
        }
    }
}
