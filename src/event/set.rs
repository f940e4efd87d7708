//! Sets of events, to say which ones are wanted.

use core::fmt;

use crate::catalogue::{self, EVENT_CLASSES, EventType};
use crate::value::Classes;
use crate::wire::Value;

const WORDS: usize = EVENT_CLASSES.len().div_ceil(64);

/// A set of events of the catalogue, and whether those that it doesn't know belong to it: a bit each, made at compile
/// time where it is a constant.
///
/// What it is for is [`Decoder::next_wanted`](crate::Decoder::next_wanted).
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
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventSet {
    known: [u64; WORDS],
    unknown: bool,
}

impl EventSet {
    /// No event.
    pub const NONE: Self = Self { known: [0; WORDS], unknown: false };

    /// Every event, those that the catalogue doesn't know too.
    pub const ALL: Self = Self { known: [u64::MAX; WORDS], unknown: true };

    /// These events.
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

    /// The events that the catalogue has in at least one of these classes.
    ///
    /// The server decides by the mask that `Login` and `Events` set, which spares the network too; this is for a
    /// session whose mask others share, or a recording.
    #[must_use]
    pub const fn classes(classes: Classes) -> Self {
        let mut set = Self::NONE;
        let mut number = 0;
        while number < EVENT_CLASSES.len() {
            if EVENT_CLASSES[number] & classes.bits() != 0 {
                set = set.with(EventType::new(number));
            }
            number += 1;
        }
        set
    }

    /// The events of the catalogue whose name, as it has it, fulfils the condition.
    #[must_use]
    pub fn named(condition: impl Fn(&str) -> bool) -> Self {
        catalogue::events().filter(|event| condition(event.name())).fold(Self::NONE, Self::with)
    }

    /// The set with this event.
    #[must_use]
    pub const fn with(mut self, event: EventType) -> Self {
        self.known[event.number() / 64] |= 1 << (event.number() % 64);
        self
    }

    /// The set without this event.
    #[must_use]
    pub const fn without(mut self, event: EventType) -> Self {
        self.known[event.number() / 64] &= !(1 << (event.number() % 64));
        self
    }

    /// The set with or without the events that the catalogue doesn't know.
    #[must_use]
    pub const fn with_unknown(mut self, unknown: bool) -> Self {
        self.unknown = unknown;
        self
    }

    /// What is in one of the two.
    #[must_use]
    pub const fn union(mut self, other: Self) -> Self {
        let mut word = 0;
        while word < WORDS {
            self.known[word] |= other.known[word];
            word += 1;
        }
        self.unknown |= other.unknown;
        self
    }

    /// Whether this event is in it.
    pub const fn has(&self, event: EventType) -> bool {
        self.known[event.number() / 64] >> (event.number() % 64) & 1 != 0
    }

    /// Whether the event of this name is in it, the case of letters apart.
    #[inline]
    pub fn has_name(&self, name: Value<'_>) -> bool {
        catalogue::find_event(name.as_bytes()).map_or(self.unknown, |number| self.has(EventType::new(number)))
    }
}

/// The names.
impl fmt::Debug for EventSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut set = f.debug_set();
        set.entries(catalogue::events().filter(|event| self.has(*event)).map(EventType::name));
        if self.unknown {
            set.entry(&format_args!("unknown"));
        }
        set.finish()
    }
}
