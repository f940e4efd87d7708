//! Sets of events, to say which ones are wanted.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use core::fmt;

use smallvec::SmallVec;

use crate::catalogue::{self, EVENT_CLASSES, EventType};
use crate::value::Classes;
use crate::wire::Value;

const WORDS: usize = EVENT_CLASSES.len().div_ceil(64);

/// A set of events, by type, class or name: what
/// [`Decoder::next_wanted`](crate::Decoder::next_wanted) lets through.
///
/// An event of the catalogue is a bit, so a set of them can be a constant. An event that the
/// catalogue doesn't know, such as one of a module that Asterisk doesn't ship, belongs to the set
/// by its own name, or with all of its kind.
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
    /// Whether events that the catalogue doesn't know belong to it.
    unknown: bool,
    /// Those of them of which the contrary holds, in lower case.
    except: BTreeSet<Box<str>>,
}

impl EventSet {
    /// No event.
    pub const NONE: Self = Self { known: [0; WORDS], unknown: false, except: BTreeSet::new() };

    /// Every event, those that the catalogue doesn't know too.
    pub const ALL: Self = Self { known: [u64::MAX; WORDS], unknown: true, except: BTreeSet::new() };

    /// These events, and none that the catalogue doesn't know.
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

    /// The events that the catalogue has in at least one of these classes, and none that it doesn't
    /// know: [`with_unknown(true)`](Self::with_unknown) lets those in.
    ///
    /// The server decides by the mask that `Login` and `Events` set, which spares the network too;
    /// this is for a session whose mask others share, or a recording.
    #[must_use]
    pub const fn classes(classes: Classes) -> Self {
        Self::NONE.with_classes(classes)
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

    /// The set with the events that the catalogue has in at least one of these classes.
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

    /// The set with the event of this name, known to the catalogue or not, the case of letters
    /// apart. Takes O(log n) of n such names.
    #[must_use]
    pub fn with_name(self, name: &str) -> Self {
        self.set_name(name, true)
    }

    /// The set without the event of this name, known to the catalogue or not, the case of letters
    /// apart.
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

    /// The set with all or none of the events that the catalogue doesn't know. It forgets what
    /// [`with_name`](Self::with_name) and [`without_name`](Self::without_name) said of such events
    /// before: call it first.
    #[must_use]
    pub fn with_unknown(mut self, unknown: bool) -> Self {
        self.unknown = unknown;
        self.except.clear();
        self
    }

    /// What is in one of the two.
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

    /// Whether this event is in it.
    pub const fn has(&self, event: EventType) -> bool {
        self.known[event.number() / 64] >> (event.number() % 64) & 1 != 0
    }

    /// Whether the event of this name is in it, the case of letters apart.
    #[inline]
    pub fn has_name(&self, name: Value<'_>) -> bool {
        match catalogue::find_event(name.as_bytes()) {
            Some(number) => self.has(EventType::new(number)),
            None => self.has_unknown(name.as_bytes()),
        }
    }

    /// The same of an event that the catalogue doesn't know.
    fn has_unknown(&self, name: &[u8]) -> bool {
        if self.except.is_empty() {
            return self.unknown;
        }
        let lower: SmallVec<[u8; 64]> = name.iter().map(u8::to_ascii_lowercase).collect();
        self.unknown != core::str::from_utf8(&lower).is_ok_and(|name| self.except.contains(name))
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
        let sign = if self.unknown { "not " } else { "" };
        set.entries(self.except.iter().map(|name| Named(sign, name)));
        set.finish()
    }
}

/// A name that the catalogue doesn't know.
struct Named<'a>(&'static str, &'a str);

impl fmt::Debug for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}", self.0, self.1)
    }
}
