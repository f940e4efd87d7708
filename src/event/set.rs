//! Sets of events, to select the events that a program reads.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use core::fmt;

use smallvec::SmallVec;

use crate::catalogue::{self, EVENT_CLASSES, EventType};
use crate::value::Classes;
use crate::wire::Value;

const WORDS: usize = EVENT_CLASSES.len().div_ceil(64);

/// A set of events, by type, class or name: the events that
/// [`Decoder::next_wanted`](crate::Decoder::next_wanted) returns.
///
/// An event of the catalogue is a bit, so a set of them can be a constant. An event that the
/// catalogue does not know, such as one of a third-party Asterisk module, is in the set by its own
/// name, or together with all unknown events.
///
/// ```
/// use ami_proto::event::{EventSet, Hangup, VarSet};
/// use ami_proto::value::Classes;
///
/// const CALLS: EventSet = EventSet::classes(Classes::CALL);
/// const QUIET: EventSet = EventSet::ALL.without(VarSet::TYPE);
///
/// assert!(CALLS.has(Hangup::TYPE) && !CALLS.has(VarSet::TYPE));
/// assert!(QUIET.has_name("hangup".into()) && QUIET.has_name("NewInTheNextVersion".into()));
/// let queues = EventSet::named(|name| name.starts_with("Queue"));
/// assert!(queues.has_name("QueueCallerJoin".into()) && !queues.has_name("QueueNewInTheNextVersion".into()));
/// let messages = CALLS.with_name("ReceivedSMS");
/// assert!(messages.has_name("ReceivedSMS".into()) && !messages.has_name("SentSMS".into()));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EventSet {
    known: [u64; WORDS],
    /// True if events that the catalogue does not know are in the set.
    unknown: bool,
    /// Names, in lower case, of unknown events that are exceptions from `unknown`.
    except: BTreeSet<Box<str>>,
}

impl EventSet {
    /// The empty set.
    pub const NONE: Self = Self { known: [0; WORDS], unknown: false, except: BTreeSet::new() };

    /// The set of all events, including those that the catalogue does not know.
    pub const ALL: Self = Self { known: [u64::MAX; WORDS], unknown: true, except: BTreeSet::new() };

    /// Creates a set of these events, without events that the catalogue does not know.
    #[must_use]
    pub const fn of(types: &[EventType]) -> Self {
        let mut set = Self::NONE;
        let mut i = 0;
        while i < types.len() {
            set = set.with(types[i]);
            i += 1;
        }
        set
    }

    /// Creates a set of the catalogue's events with at least one of these classes, without events
    /// that it does not know: [`with_unknown(true)`](Self::with_unknown) adds those.
    ///
    /// The mask that `Login` and `Events` set selects by class on the server, which also saves
    /// network traffic. Use this set for a recording, or for a session whose mask is shared.
    #[must_use]
    pub const fn classes(classes: Classes) -> Self {
        Self::NONE.with_classes(classes)
    }

    /// Creates a set of the catalogue's events whose name, in the catalogue's spelling, fulfils the
    /// condition.
    #[must_use]
    pub fn named(condition: impl Fn(&str) -> bool) -> Self {
        catalogue::events().filter(|event| condition(event.name())).fold(Self::NONE, Self::with)
    }

    /// Adds this event to the set.
    #[must_use]
    pub const fn with(mut self, event: EventType) -> Self {
        self.known[event.number() / 64] |= 1 << (event.number() % 64);
        self
    }

    /// Removes this event from the set.
    #[must_use]
    pub const fn without(mut self, event: EventType) -> Self {
        self.known[event.number() / 64] &= !(1 << (event.number() % 64));
        self
    }

    /// Adds the catalogue's events with at least one of these classes.
    #[must_use]
    pub const fn with_classes(mut self, classes: Classes) -> Self {
        let mut number = 0;
        while number < EVENT_CLASSES.len() {
            if EVENT_CLASSES[number] & classes.bits() != 0 {
                self.known[number / 64] |= 1 << (number % 64);
            }
            number += 1;
        }
        self
    }

    /// Adds the event of this name in any case, known to the catalogue or not. Takes O(log n) for n
    /// unknown names.
    #[must_use]
    pub fn with_name(self, name: &str) -> Self {
        self.set_name(name, true)
    }

    /// Removes the event of this name in any case, known to the catalogue or not.
    #[must_use]
    pub fn without_name(self, name: &str) -> Self {
        self.set_name(name, false)
    }

    fn set_name(mut self, name: &str, member: bool) -> Self {
        if let Some(event) = catalogue::event(name) {
            return if member { self.with(event) } else { self.without(event) };
        }
        let name = name.to_ascii_lowercase();
        if self.unknown == member {
            self.except.remove(name.as_str());
        } else {
            self.except.insert(name.into());
        }
        self
    }

    /// Adds or removes all events that the catalogue does not know. This overrides earlier calls of
    /// [`with_name`](Self::with_name) and [`without_name`](Self::without_name) for such events:
    /// call it first.
    #[must_use]
    pub fn with_unknown(mut self, unknown: bool) -> Self {
        self.unknown = unknown;
        self.except.clear();
        self
    }

    /// Returns the union of two sets.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        for (word, more) in self.known.iter_mut().zip(other.known) {
            *word |= more;
        }
        match (self.unknown, other.unknown) {
            (true, _) => self.except.retain(|name| !other.has_unknown(name.as_bytes())),
            (false, true) => {
                let except = other.except.iter().filter(|name| !self.has_unknown(name.as_bytes())).cloned().collect();
                self.unknown = true;
                self.except = except;
            }
            (false, false) => return other.except.iter().fold(self, |set, name| set.with_name(name)),
        }
        self
    }

    /// Returns whether this event is in the set.
    pub const fn has(&self, event: EventType) -> bool {
        self.known[event.number() / 64] >> (event.number() % 64) & 1 != 0
    }

    /// Returns whether the event of this name, in any case, is in the set.
    #[inline]
    pub fn has_name(&self, name: Value<'_>) -> bool {
        match catalogue::find_event(name.as_bytes()) {
            Some(number) => self.has(EventType::new(number)),
            None => self.has_unknown(name.as_bytes()),
        }
    }

    /// Returns whether an event that the catalogue does not know is in the set.
    fn has_unknown(&self, name: &[u8]) -> bool {
        if self.except.is_empty() {
            return self.unknown;
        }
        let lower: SmallVec<[u8; 64]> = name.iter().map(u8::to_ascii_lowercase).collect();
        self.unknown != core::str::from_utf8(&lower).is_ok_and(|name| self.except.contains(name))
    }
}

/// Lists the names.
impl fmt::Debug for EventSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut set = f.debug_set();
        set.entries(catalogue::events().filter(|event| self.has(*event)).map(EventType::name));
        if self.unknown {
            set.entry(&format_args!("unknown"));
        }
        let sign = if self.unknown { "not " } else { "" };
        set.entries(self.except.iter().map(|name| Named(sign, name)));
        set.finish()
    }
}

/// A name that the catalogue does not know.
struct Named<'a>(&'static str, &'a str);

impl fmt::Debug for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}", self.0, self.1)
    }
}
