//! Declarations of the mirror's things: key, fields, and the headers that tell them.

use core::mem::size_of_val;
use core::time::Duration;

use super::fields::AnyThing;
use super::{Key, Kind, OwnedValue};
use crate::byte_budget;
use crate::value::{CallerIdPart, ChannelState, FromWire};
use crate::wire::{Frame, HeaderIndex, Value};

/// The books that are kept of every thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Books {
    /// Number of the change that it last had.
    pub(super) revision: u64,
    /// Number of the change that made it, by which the oldest is found.
    pub(super) made: u64,
    /// Number of the list that its part was being seeded from when it was last shown or made.
    pub(super) list: u64,
    /// Number of the connection on which its beginning was heard; 0: on none.
    pub(super) begun: u64,
    /// Bits of the fields that events have told since the list of this number was asked for: what
    /// it says of them is older.
    told: u32,
    /// Bits of the fields that have been told since events of its part were last missed: the others
    /// may have changed unheard.
    heard: u32,
    told_since: u64,
}

impl Books {
    /// Notes that events were missed, which may have been about any field.
    pub(super) const fn missed(&mut self) {
        self.heard = 0;
    }
}

/// A thing of one kind.
pub(super) trait Thing: Entry + Sized {
    /// The byte that begins its key.
    const KIND: Kind;
    /// The bit of each field, under the field's name.
    type Bits;
    const BITS: Self::Bits;

    /// Returns what an event calls it: where it belongs, if anywhere, and its own id.
    fn names<'buf>(frame: Frame<'buf>, prefix: &str) -> Option<(&'buf [u8], &'buf [u8])>;

    /// Returns it, where it is of this kind.
    fn of(any: &AnyThing) -> Option<&Self>;

    fn of_mut(any: &mut AnyThing) -> Option<&mut Self>;
}

/// Something that a mirror keeps, by a key of its own, of any kind.
pub(super) trait Entry {
    /// Takes what headers tell.
    fn read(&mut self, telling: &mut Telling<'_>);

    /// Makes the fields unknown that are not among these. Says whether one was known.
    fn keep(&mut self, fields: u32) -> bool;

    fn books(&self) -> &Books;

    fn books_mut(&mut self) -> &mut Books;

    /// The group that it is in with others of its kind.
    fn group(&self) -> Option<&OwnedValue> {
        None
    }

    /// Bytes of what it holds elsewhere, a little above the truth.
    fn texts(&self) -> usize;

    /// Bytes that it costs with a key of so many.
    fn cost(&self, key: usize) -> usize {
        let key = key + byte_budget::bytes(&[]);
        let group = |group| byte_budget::mapped::<(OwnedValue, Key), ()>() + byte_budget::text(group) + key;
        let entry = size_of_val(self) + byte_budget::BLOCK + byte_budget::mapped::<Key, AnyThing>() + key;
        let age = byte_budget::mapped::<(Kind, u64), Key>() + key;
        entry + age + self.group().map_or(0, group) + self.texts()
    }
}

/// The telling of a thing: by a frame, or by an event without words.
pub(super) struct Telling<'a> {
    /// The event and the prefix of its headers, if any tell.
    words: Option<(Frame<'a>, &'a str)>,
    /// Bytes of a text.
    text: usize,
    /// The time, where the mirror was told.
    now: Option<Duration>,
    /// Fields that stay as they are.
    locked: u32,
    /// Fields that are known to be right, if this is an item of a list.
    heard: Option<u32>,
    told: u32,
    changed: bool,
}

impl<'a> Telling<'a> {
    /// `list` is the number of the list that is coming in, if this is an item of it.
    pub(super) fn new(
        thing: &dyn Entry,
        words: Option<(Frame<'a>, &'a str)>,
        (text, now): (usize, Option<Duration>),
        list: Option<u64>,
    ) -> Self {
        let books = thing.books();
        let locked = if list == Some(books.told_since) { books.told } else { 0 };
        Self { words, text, now, locked, heard: list.map(|_| books.heard), told: 0, changed: false }
    }

    /// Says whether anything has changed. `since`: the number of the list that is awaited, if this
    /// was no item. After an item of that list, what nothing has told since events were missed is
    /// unknown.
    pub(super) fn finish(self, thing: &mut dyn Entry, since: Option<u64>) -> bool {
        let books = thing.books_mut();
        books.heard |= self.told;
        if self.heard.is_some() {
            let heard = books.heard;
            return thing.keep(heard) | self.changed;
        }
        if let Some(since) = since {
            books.told = if books.told_since == since { books.told | self.told } else { self.told };
            books.told_since = since;
        }
        self.changed
    }

    /// Sets a field, unless it stays as it is.
    pub(super) fn put<V>(&mut self, bit: u32, slot: &mut impl Slot<V>, value: V) {
        if self.locked & bit == 0 {
            self.told |= bit;
            self.changed |= slot.put(value, self.text);
        }
    }

    /// Sets a field to what was reckoned from what it was: a list knows better.
    pub(super) fn reckon<V>(&mut self, slot: &mut impl Slot<V>, value: V) {
        self.changed |= slot.put(value, self.text);
    }

    /// No list that is awaited has anything to say of it.
    pub(super) const fn owes_nothing(&mut self) {
        self.told = u32::MAX;
    }

    /// The first of these headers that is there, unless the field stays as it is.
    fn header(&self, bit: u32, names: &[&str]) -> Option<Value<'a>> {
        let (frame, prefix) = self.words.as_ref().filter(|_| self.locked & bit == 0)?;
        let index: &HeaderIndex<'a> = frame.as_ref();
        names.iter().find_map(|name| index.first(prefix, name))
    }

    /// A text; an empty one is none.
    pub(super) fn text(&mut self, bit: u32, slot: &mut Option<OwnedValue>, names: &[&str]) {
        if let Some(value) = self.header(bit, names) {
            self.put(bit, slot, value.as_bytes());
        }
    }

    /// A text that servers have words for the want of.
    pub(super) fn known(&mut self, bit: u32, slot: &mut Option<OwnedValue>, names: &[&str]) {
        if let Some(value) = self.header(bit, names) {
            let known = CallerIdPart::new(value.as_bytes()).known();
            let known = known.filter(|text| !matches!(*text, b"n/a" | b"(null)"));
            self.put(bit, slot, known.unwrap_or_default());
        }
    }

    /// Reads a value of this type; what is none stays what it was.
    fn parsed<T>(&mut self, bit: u32, slot: &mut Option<T>, names: &[&str])
    where
        T: FromWire<'a>,
        Option<T>: Slot<Option<T>>,
    {
        if let Some(value) = self.header(bit, names).and_then(|value| value.parse().ok()) {
            self.put(bit, slot, Some(value));
        }
    }

    pub(super) fn number(&mut self, bit: u32, slot: &mut Option<u64>, names: &[&str]) {
        self.parsed(bit, slot, names);
    }

    /// A number that may be below zero.
    pub(super) fn signed(&mut self, bit: u32, slot: &mut Option<i64>, names: &[&str]) {
        self.parsed(bit, slot, names);
    }

    pub(super) fn flag(&mut self, bit: u32, slot: &mut Option<bool>, names: &[&str]) {
        self.parsed(bit, slot, names);
    }

    pub(super) fn state(&mut self, bit: u32, slot: &mut Option<ChannelState>, names: &[&str]) {
        self.parsed(bit, slot, names);
    }

    /// The time at which something began, from how long ago that is: in seconds, or as a clock
    /// shows them. What was heard when it began is finer, and stays, unless it may have ended and
    /// begun again unheard.
    pub(super) fn ago(&mut self, bit: u32, slot: &mut Option<Duration>, names: &[&str]) {
        let stays = slot.is_some() && self.heard.is_none_or(|heard| heard & bit != 0);
        let Some(now) = self.now.filter(|_| !stays) else { return };
        let Some(value) = self.header(bit, names) else { return };
        let seconds = value
            .as_bytes()
            .split(|byte| *byte == b':')
            .try_fold(0_u64, |sum, part| sum.checked_mul(60)?.checked_add(Value::new(part).parse().ok()?));
        if let Some(seconds) = seconds {
            self.put(bit, slot, Some(now.saturating_sub(Duration::from_secs(seconds))));
        }
    }
}

/// A field, as it is set.
pub(super) trait Slot<V> {
    /// Says whether it has changed. `text`: bytes of a text.
    fn put(&mut self, value: V, text: usize) -> bool;
}

/// A text that is empty is none.
impl Slot<&[u8]> for Option<OwnedValue> {
    fn put(&mut self, value: &[u8], text: usize) -> bool {
        let value = value.get(..text).unwrap_or(value);
        let changed = self.as_ref().map_or(&[][..], OwnedValue::as_bytes) != value;
        if changed {
            *self = (!value.is_empty()).then(|| OwnedValue::new(value));
        }
        changed
    }
}

/// Bytes of a field's value that stand elsewhere.
pub(super) trait Kept {
    fn kept(&self) -> usize;
}

impl Kept for Option<OwnedValue> {
    fn kept(&self) -> usize {
        self.as_ref().map_or(0, byte_budget::text)
    }
}

macro_rules! in_place {
    ($($type:ty),+) => {$(
        impl Slot<Option<$type>> for Option<$type> {
            fn put(&mut self, value: Option<$type>, _: usize) -> bool {
                let changed = *self != value;
                *self = value;
                changed
            }
        }

        impl Kept for Option<$type> {
            fn kept(&self) -> usize {
                0
            }
        }
    )+};
}
in_place!(u64, i64, bool, ChannelState, Duration);

/// The type of a field that is read by the method of this name.
macro_rules! kept_as {
    (text) => {
        OwnedValue
    };
    (known) => {
        OwnedValue
    };
    (number) => {
        u64
    };
    (signed) => {
        i64
    };
    (flag) => {
        bool
    };
    (state) => {
        ChannelState
    };
    (ago) => {
        Duration
    };
}
pub(super) use kept_as;

/// Declares the things of the mirror. After a thing's name stand its part, then what it is found
/// by, as fields and their headers: where it belongs, if anywhere, and its own id. Each field has
/// the method of [`Telling`] that reads it, and its headers in all versions, the first of which
/// counts.
macro_rules! things {
    ($(
        $(#[$doc:meta])*
        $thing:ident in $part:ident
            $(grouped by $group:ident,)?
            $(of $(#[$of_doc:meta])* $of:ident $of_headers:expr;)?
            by $(#[$id_doc:meta])* $id:ident $id_headers:expr;
        {
            $($(#[$field_doc:meta])* $field:ident: $how:ident $headers:expr,)*
        }
        $(+ { $($(#[$more_doc:meta])* $more:ident: $more_type:ty,)* })?
    )+) => {
        /// A kind of thing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $thing,)+
        }

        impl Kind {
            pub(super) const ALL: &'static [Self] = &[$(Self::$thing),+];

            /// Returns a thing of which nothing but its name is known.
            pub(super) fn begin(self, of: OwnedValue, id: OwnedValue) -> AnyThing {
                match self {
                    $(Self::$thing => AnyThing::$thing(Box::new($thing::new(of, id))),)+
                }
            }

            /// The kinds of things of a part.
            pub(super) fn of_part(part: Part) -> impl Iterator<Item = Self> {
                Self::ALL.iter().copied().filter(move |kind| kind.part() == part)
            }

            /// The part that a thing of this kind is of.
            pub(super) const fn part(self) -> Part {
                match self {
                    $(Self::$thing => Part::$part,)+
                }
            }
        }

        /// A thing of any kind.
        #[derive(Clone, Debug)]
        pub(super) enum AnyThing {
            $($thing(Box<$thing>),)+
        }

        impl AnyThing {
            pub(super) fn kind(&self) -> Kind {
                match self {
                    $(Self::$thing(_) => Kind::$thing,)+
                }
            }

            pub(super) fn entry(&self) -> &dyn Entry {
                match self {
                    $(Self::$thing(thing) => &**thing,)+
                }
            }

            pub(super) fn entry_mut(&mut self) -> &mut dyn Entry {
                match self {
                    $(Self::$thing(thing) => &mut **thing,)+
                }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            #[non_exhaustive]
            pub struct $thing {
                $($(#[$of_doc])* pub $of: OwnedValue,)?
                $(#[$id_doc])*
                pub $id: OwnedValue,
                $($(#[$field_doc])* pub $field: Option<kept_as!($how)>,)*
                $($($(#[$more_doc])* pub(super) $more: $more_type,)*)?
                books: Books,
            }

            impl $thing {
                /// Number of the change that it last had: see
                /// [`Mirror::revision`](super::Mirror::revision).
                pub const fn revision(&self) -> u64 {
                    self.books.revision
                }

                fn new(_of: OwnedValue, $id: OwnedValue) -> Self {
                    Self {
                        $($of: _of,)?
                        $id,
                        $($field: None,)*
                        $($($more: Default::default(),)*)?
                        books: Books::default(),
                    }
                }
            }

            const _: () = {
                pub(in crate::state) struct Bits {
                    $(#[allow(dead_code, reason = "most fields are set by headers alone")] pub(in crate::state) $field: u32,)*
                }

                impl Thing for $thing {
                    const KIND: Kind = Kind::$thing;
                    type Bits = Bits;
                    const BITS: Bits = {
                        #[allow(non_camel_case_types, dead_code, reason = "they are the names of the fields")]
                        enum Place { $($field,)* Fields }
                        assert!(Place::Fields as u32 <= 32, "no more bits than a word has");
                        Bits { $($field: 1 << Place::$field as u32,)* }
                    };

                    fn names<'buf>(frame: Frame<'buf>, prefix: &str) -> Option<(&'buf [u8], &'buf [u8])> {
                        let index: &HeaderIndex<'buf> = frame.as_ref();
                        let find = |names: &[&str]| names.iter().find_map(|name| index.first(prefix, name));
                        #[allow(unused_mut, unused_assignments, reason = "not all belong to something")]
                        let mut of: &[u8] = &[];
                        $(of = find(&$of_headers)?.as_bytes();)?
                        Some((of, find(&$id_headers)?.as_bytes()))
                    }

                    fn of(any: &AnyThing) -> Option<&Self> {
                        if let AnyThing::$thing(thing) = any { Some(thing) } else { None }
                    }

                    fn of_mut(any: &mut AnyThing) -> Option<&mut Self> {
                        if let AnyThing::$thing(thing) = any { Some(thing) } else { None }
                    }
                }

                impl Entry for $thing {
                    fn read(&mut self, telling: &mut Telling<'_>) {
                        $(telling.$how(Self::BITS.$field, &mut self.$field, &$headers);)*
                    }

                    fn keep(&mut self, fields: u32) -> bool {
                        let mut changed = false;
                        $(if fields & Self::BITS.$field == 0 {
                            changed |= self.$field.take().is_some();
                        })*
                        changed
                    }

                    fn books(&self) -> &Books {
                        &self.books
                    }

                    fn books_mut(&mut self) -> &mut Books {
                        &mut self.books
                    }

                    $(fn group(&self) -> Option<&OwnedValue> {
                        self.$group.as_ref()
                    })?

                    fn texts(&self) -> usize {
                        let names = byte_budget::text(&self.$id) $(+ byte_budget::text(&self.$of))?;
                        names $(+ self.$field.kept())* $($(+ self.$more.kept())*)?
                    }
                }
            };
        )+
    };
}
pub(super) use things;
