//! Events: all kinds as headers and a body, those of conferences also typed.
//!
//! A server sends them plain, as JSON or as XML, as requested; all three are read into one form.
//! [`ConferenceEvent::from`] finds an event's type by its `Action` in constant time, and a view
//! reads a header on demand.
//!
//! ```
//! use ami_proto::freeswitch::event::ConferenceEvent;
//! use ami_proto::freeswitch::{Decoder, LIMITS};
//!
//! let mut decoder = Decoder::new(LIMITS);
//! decoder.push(b"Content-Length: 150\nContent-Type: text/event-plain\n\n\
//!     Event-Subclass: conference%3A%3Amaintenance\nEvent-Name: CUSTOM\nConference-Name: board%20room\n\
//!     Member-ID: 12\nSpeak: false\nAction: mute-member\nmyvar: 1\n\n");
//! let event = decoder.next_frame()?.unwrap().event().unwrap();
//! match ConferenceEvent::from(event) {
//!     ConferenceEvent::MuteMember(muted) => {
//!         assert_eq!(muted.conference_name()?, "board room");
//!         assert_eq!(muted.member_id()?, 12);
//!         // What the table doesn't know is still there.
//!         assert_eq!(muted.event().get("myvar").unwrap(), "1");
//!     }
//!     other => println!("{:?}", other.event().name()),
//! }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod own;
mod quoted;
mod read;

use core::fmt::{self, Write as _};
use core::time::Duration;

use crate::catalogue::lookup::{Names, find_name};
use crate::catalogue::{Datum, Key, Kind, derefs};
use crate::error::FieldError;
use crate::redact::event_socket::{mask, mask_header};
use crate::redact::{Escaped, LogLine, log_line};
use crate::value::{self, Encoded};
use crate::wiped::Wiped;
use crate::wire::{HeaderIndex, OwnedHeaderIndex, Value};

use own::read;
pub(super) use read::{Encoding, Found, Reader};

/// The subclass of the events that are typed by their action.
const CONFERENCE: &str = "conference::maintenance";

/// An event: its headers and its body, in any encoding.
///
/// A header may occur more than once: `floor-change` has those of the conference twice, and each
/// variable of a conference becomes a header of that name. [`get`](Self::get) returns the first
/// one; [`action`](Self::action) and the typed views return the one that the server itself wrote.
#[derive(Clone, Copy)]
pub struct Event<'buf> {
    headers: HeaderIndex<'buf>,
    body: &'buf [u8],
}

impl<'buf> Event<'buf> {
    pub(super) fn new(headers: HeaderIndex<'buf>, body: &'buf [u8]) -> Self {
        Self { headers, body }
    }

    /// Returns the `Event-Name`, such as `CUSTOM` or `BACKGROUND_JOB`.
    pub fn name(self) -> Option<Encoded<'buf>> {
        self.get("Event-Name")
    }

    /// Returns the `Event-Subclass`: the kind of a `CUSTOM` event.
    pub fn subclass(self) -> Option<Encoded<'buf>> {
        self.get("Event-Subclass")
    }

    /// Returns the `Action`: what happened in the conference. It is the server's own header, not a
    /// variable of the conference with that name.
    pub fn action(self) -> Option<Encoded<'buf>> {
        self.own("Action")
    }

    /// Returns the header of this name that the server itself wrote.
    pub(crate) fn own(self, name: &str) -> Option<Encoded<'buf>> {
        own::value(self.headers, name).map(|value| Encoded::new(value.as_bytes()))
    }

    /// Returns the first header of this name, ignoring case.
    pub fn get(self, name: &str) -> Option<Encoded<'buf>> {
        self.headers.get(name).map(|value| Encoded::new(value.as_bytes()))
    }

    /// Yields all headers of this name, ignoring case.
    pub fn get_all<'name>(self, name: &'name str) -> impl Iterator<Item = Encoded<'buf>> + use<'buf, 'name> {
        self.headers.get_all(name).map(|value| Encoded::new(value.as_bytes()))
    }

    /// Yields names and values of the headers, in order.
    pub fn headers(self) -> impl Iterator<Item = (Value<'buf>, Encoded<'buf>)> + use<'buf> {
        self.headers.headers().map(|header| (Value::new(header.name()), Encoded::new(header.value().as_bytes())))
    }

    /// Returns the bytes after the headers, such as the output of a background job.
    pub const fn body(self) -> &'buf [u8] {
        self.body
    }

    /// Copies the event out of the buffer.
    pub fn to_owned(self) -> OwnedEvent {
        OwnedEvent { headers: self.headers.to_owned(), body: self.body.into() }
    }
}

impl fmt::Debug for Event<'_> {
    /// Shows the event without its body, with passwords and PINs masked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.headers() {
            let value = value.decode();
            let value = mask_header(name.as_bytes(), &value);
            map.entry(&name, &Value::new(&value));
        }
        map.finish()
    }
}

/// Writes one line for a log: the name, the subclass and the other headers, decoded, and the length
/// of the body. Secrets are masked, and values are escaped and cut as in AMI's
/// [`Frame`](crate::Frame).
impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log_line(f, |line| self.log(line))
    }
}

impl Event<'_> {
    pub(super) fn log(self, line: &mut LogLine<'_, '_>) -> fmt::Result {
        let named = ["Event-Name", "Event-Subclass"];
        write!(line, "event")?;
        for value in named.into_iter().filter_map(|name| self.get(name)) {
            write!(line, " {}", Escaped(&mask(&value.decode())))?;
        }
        for (name, value) in self.headers().filter(|(name, _)| !named.iter().any(|other| name.eq_ignore_case(other))) {
            line.pair(name, &mask_header(name.as_bytes(), &value.decode()))?;
        }
        match self.body.len() {
            0 => Ok(()),
            bytes => write!(line, " ({bytes} bytes)"),
        }
    }
}

/// An [`Event`] that outlives the buffer it was read from.
#[derive(Clone)]
pub struct OwnedEvent {
    headers: OwnedHeaderIndex,
    body: Wiped,
}

impl OwnedEvent {
    /// Returns the event, borrowed from this copy.
    pub fn view(&self) -> Event<'_> {
        Event { headers: self.headers.view(), body: &self.body }
    }
}

/// Writes the line of [`Event`]'s `Display`.
impl fmt::Display for OwnedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

impl fmt::Debug for OwnedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

/// Writes the parts that every view of an event has. It dereferences to the view of a block, and
/// finally to [`CommonBlock`], so that getters shared by several events are written once.
macro_rules! event_view {
    ($name:ident, $number:literal, $base:ident, None, None) => {
        impl<'buf> $name<'buf> {
            /// Returns the view if the event is of this type.
            #[inline]
            pub fn view(event: Event<'buf>) -> Option<Self> {
                (type_number(event) == Some($number)).then(|| Self::over(event))
            }

            #[inline]
            pub(super) fn over(event: Event<'buf>) -> Self {
                Self($base::over(event, ""))
            }
        }

        derefs!($name, $base);
    };
}

/// Writes the parts that the view of a block has.
macro_rules! block_view {
    ($name:ident, $base:ident) => {
        impl<'buf> $name<'buf> {
            #[inline]
            pub(super) fn over(event: Event<'buf>, prefix: &'static str) -> Self {
                Self($base::over(event, prefix))
            }
        }

        derefs!($name, $base);
    };
}

/// Writes the parts that only the bottom block has.
macro_rules! common_block {
    () => {
        impl<'buf> CommonBlock<'buf> {
            #[inline]
            pub(super) const fn over(event: Event<'buf>, prefix: &'static str) -> Self {
                Self(event, prefix)
            }

            /// Returns the event that the view reads.
            #[inline]
            pub const fn event(&self) -> Event<'buf> {
                self.0
            }

            #[inline]
            pub(super) const fn frame(&self) -> HeaderIndex<'buf> {
                self.0.headers
            }

            #[inline]
            pub(super) const fn prefix(&self) -> &'static str {
                self.1
            }
        }
    };
}

#[allow(clippy::all, clippy::pedantic, unused_imports)]
mod generated {
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/freeswitch_blocks.rs"));
    include!(concat!(env!("OUT_DIR"), "/freeswitch_events.rs"));
}

/// A field's name in Rust, and its header.
type Field = (&'static str, Key);

/// An event's name in Rust, and its fields by blocks.
type EventFields = (&'static str, &'static [&'static [Field]]);

mod names {
    use super::Names;
    include!(concat!(env!("OUT_DIR"), "/freeswitch_names.rs"));
}

#[allow(clippy::all, clippy::pedantic)]
mod fields {
    use super::{EventFields, Field, Key, Kind};
    include!(concat!(env!("OUT_DIR"), "/freeswitch_fields.rs"));
}

pub use generated::*;

impl<'buf> From<Event<'buf>> for ConferenceEvent<'buf> {
    #[inline]
    fn from(event: Event<'buf>) -> Self {
        match type_number(event) {
            Some(number) => Self::from_number(number, event),
            None => Self::Other(event),
        }
    }
}

impl<'buf> ConferenceEvent<'buf> {
    /// Returns the name of the event's type; `Other` if the table doesn't have it.
    pub fn type_name(self) -> &'static str {
        self.table().map_or("Other", |(name, _)| name)
    }

    /// Returns the view of the headers that every event of the server has: its time and its origin.
    pub fn common(self) -> CommonBlock<'buf> {
        CommonBlock::over(self.event(), "")
    }

    /// Yields the headers that the table knows, for programs that choose fields at run time: the
    /// method's name, and the value in its type, with text still encoded. Unknown headers, and
    /// repetitions of a header, are omitted.
    ///
    /// ```
    /// use ami_proto::catalogue::Datum;
    /// use ami_proto::freeswitch::{Decoder, LIMITS, event::ConferenceEvent};
    ///
    /// let mut decoder = Decoder::new(LIMITS);
    /// decoder.push(b"Content-Length: 78\nContent-Type: text/event-plain\n\n\
    ///     Event-Subclass: conference%3A%3Amaintenance\nAction: deaf-member\nMember-ID: 3\n\n");
    /// let event = ConferenceEvent::from(decoder.next_frame()?.unwrap().event().unwrap());
    /// assert_eq!(event.type_name(), "DeafMember");
    /// assert_eq!(event.fields().last().unwrap(), ("member_id", Ok(Datum::Int(3))));
    /// # Ok::<(), ami_proto::FrameError>(())
    /// ```
    pub fn fields(self) -> impl Iterator<Item = (&'static str, Result<Datum<'buf>, FieldError>)> + use<'buf> {
        let frame = self.event().headers;
        let groups = self.table().map_or(&[][..], |(_, groups)| groups);
        groups.iter().copied().flatten().filter_map(move |(name, key)| {
            let value = own::value(frame, key.name)?;
            match Datum::read(key.kind, value) {
                Ok(datum) => Some((*name, Ok(datum?))),
                Err(error) => Some((*name, Err(FieldError::invalid("", key.name, error)))),
            }
        })
    }

    /// Yields the headers that the table doesn't know: variables of the conference and the channel.
    pub fn rest(self) -> impl Iterator<Item = (Value<'buf>, Encoded<'buf>)> + use<'buf> {
        let groups = self.table().map_or(&[][..], |(_, groups)| groups);
        let is_field = move |name: &[u8]| {
            groups.iter().copied().flatten().any(|(_, key)| name.eq_ignore_ascii_case(key.name.as_bytes()))
        };
        self.event().headers().filter(move |(name, _)| !is_field(name.as_bytes()))
    }

    fn table(self) -> Option<EventFields> {
        type_number(self.event()).and_then(|number| fields::EVENTS.get(number)).copied()
    }
}

/// Returns the number of the event's type. Events with a subclass of their own are in the table
/// under that subclass.
fn type_number(event: Event<'_>) -> Option<usize> {
    let subclass = event.subclass()?;
    let is_subclass = |name: &[u8]| name.contains(&b':');
    if subclass == *CONFERENCE {
        let action = event.action()?;
        return find_name(&names::EVENTS, action.as_bytes()).filter(|_| !is_subclass(action.as_bytes()));
    }
    let subclass = subclass.decode();
    find_name(&names::EVENTS, &subclass).filter(|_| is_subclass(&subclass))
}
