//! Keys by which things are found, and which of them have changed.

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt;

use super::{Kind, OwnedValue};
use crate::wire::Value;

/// A key while it is looked for: mostly short enough for the stack.
pub(super) type Wanted = smallvec::SmallVec<[u8; 96]>;

/// The key of a thing: its kind, where it belongs, and its id.
///
/// One text, so that a map finds it by bytes: the kind, the length of where it belongs in four
/// bytes, that, and the id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub(super) OwnedValue);

/// Writes a key.
pub(super) fn wanted(kind: Kind, of: &[u8], id: &[u8]) -> Wanted {
    let mut wanted = within(kind, of);
    wanted.extend_from_slice(id);
    wanted
}

/// Writes the beginning of the keys of all things of this kind.
pub(super) fn of_kind(kind: Kind) -> Wanted {
    let mut wanted = Wanted::new();
    wanted.push(kind as u8);
    wanted
}

/// Writes what the keys of all things of this kind begin with that belong there.
pub(super) fn within(kind: Kind, of: &[u8]) -> Wanted {
    let mut wanted = of_kind(kind);
    wanted.extend_from_slice(&u32::try_from(of.len()).unwrap_or(u32::MAX).to_be_bytes());
    wanted.extend_from_slice(of);
    wanted
}

/// Reads a key: kind, where it belongs, and its id.
pub(super) fn parts(key: &[u8]) -> Option<(Kind, &[u8], &[u8])> {
    let (kind, rest) = key.split_first()?;
    let (len, rest) = rest.split_first_chunk::<4>()?;
    let (of, id) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
    Some((*Kind::ALL.get(usize::from(*kind))?, of, id))
}

impl Key {
    pub(super) fn new(wanted: &[u8]) -> Self {
        Self(OwnedValue::new(wanted))
    }

    /// A key that stands before all others.
    pub(super) fn first() -> Self {
        Self(OwnedValue::default())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn parts(&self) -> Option<(Kind, &[u8], &[u8])> {
        parts(self.as_bytes())
    }

    /// The kind of thing.
    pub fn kind(&self) -> Kind {
        self.parts().map_or(Kind::Channel, |(kind, ..)| kind)
    }

    /// The name of that to which it belongs: the queue of a member or caller, the room of one who
    /// is in it, the lot of a parked call, the technology of an endpoint or a registration, the
    /// address of record of a contact, the context of an extension. Empty for all others.
    pub fn of(&self) -> Value<'_> {
        self.parts().map(|(_, of, _)| Value::new(of)).unwrap_or_default()
    }

    /// The id among those of its kind that belong there.
    pub fn id(&self) -> Value<'_> {
        self.parts().map(|(.., id)| Value::new(id)).unwrap_or_default()
    }
}

impl Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind())?;
        if !self.of().is_empty() {
            write!(f, " {:?}", self.of())?;
        }
        write!(f, " {:?}", self.id())
    }
}

/// Keys at the most in a [`Changes`].
const KEPT: usize = 16;

/// The changes that an event has made: the keys of things that are new, have other values, or are
/// gone.
///
/// A thing that the mirror doesn't have any more is found under its key no longer. Where more has
/// changed than the keys kept, at the end of a list say, [`is_whole`](Self::is_whole) says no: then
/// look at the [`revision`](super::Mirror::revision) of each thing, and for what has gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "it says what to show anew; `let _ =` where nothing is shown"]
pub struct Changes {
    keys: Vec<Key>,
    more: bool,
}

impl Changes {
    pub(super) fn note(&mut self, key: &[u8]) {
        if self.keys.iter().all(|noted| noted.as_bytes() != key) {
            if self.keys.len() < KEPT {
                self.keys.push(Key::new(key));
            } else {
                self.more = true;
            }
        }
    }

    /// The keys, 16 at the most, each once.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Says whether these are all. If not, a thing whose revision is above the one last shown is
    /// new or has changed. What has gone has no revision: it is what was shown and is in the mirror
    /// no longer.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use ami_proto::event::Event;
    /// use ami_proto::state::{Mirror, MirrorLimits};
    ///
    /// /// Brings a page of channels up to date, by unique id, with the revision of each.
    /// fn show(page: &mut BTreeMap<Vec<u8>, u64>, mirror: &mut Mirror, event: &Event<'_>) {
    ///     let changes = mirror.handle(event);
    ///     if changes.is_whole() {
    ///         for key in changes.keys() {
    ///             match mirror.channel(key.id().as_bytes()) {
    ///                 Some(channel) => _ = page.insert(key.id().as_bytes().to_vec(), channel.revision()),
    ///                 None => _ = page.remove(key.id().as_bytes()),
    ///             }
    ///         }
    ///         return;
    ///     }
    ///     page.retain(|unique_id, _| mirror.channel(unique_id).is_some());
    ///     for channel in mirror.channels() {
    ///         page.insert(channel.unique_id.as_bytes().to_vec(), channel.revision());
    ///     }
    /// }
    ///
    /// # let bytes = b"Event: Newchannel\r\nChannel: A\r\nUniqueid: 1\r\n\r\nEvent: Hangup\r\nUniqueid: 1\r\n\r\n";
    /// # let mut decoder = ami_proto::Decoder::new(ami_proto::Limits::new());
    /// # decoder.push(bytes);
    /// # let (mut page, mut mirror, mut shown) = (BTreeMap::new(), Mirror::new(MirrorLimits::new()), Vec::new());
    /// # while let Some(frame) = decoder.next_frame()? {
    /// #     show(&mut page, &mut mirror, &Event::from(frame));
    /// #     shown.push(page.len());
    /// # }
    /// # assert_eq!(shown, [1, 0]);
    /// # Ok::<(), ami_proto::FrameError>(())
    /// ```
    pub const fn is_whole(&self) -> bool {
        !self.more
    }

    /// Says whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}
