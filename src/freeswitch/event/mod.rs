//! Events: any as headers and a body, those of conferences typed.
//!
//! A server sends them plain, as JSON or as XML, as was asked for; all three read alike here.
//! [`ConferenceEvent::from`] finds an event's type by its `Action` in constant time, and a view
//! reads a header when it is asked for it.
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

/// An event: its headers and its body, however it was encoded.
///
/// A header may come more than once: `floor-change` has those of the conference twice, and a
/// variable of a conference comes as a header of its name, whatever that is. [`get`](Self::get)
/// gives the first; [`action`](Self::action) and the typed views give the one that the server wrote
/// itself.
#[derive(Clone, Copy)]
pub struct Event<'buf> {
    headers: HeaderIndex<'buf>,
    body: &'buf [u8],
}

impl<'buf> Event<'buf> {
    pub(super) fn new(headers: HeaderIndex<'buf>, body: &'buf [u8]) -> Self {
        Self { headers, body }
    }

    /// Its `Event-Name`, such as `CUSTOM` or `BACKGROUND_JOB`.
    pub fn name(self) -> Option<Encoded<'buf>> {
        self.get("Event-Name")
    }

    /// Its `Event-Subclass`: what kind of `CUSTOM` event it is.
    pub fn subclass(self) -> Option<Encoded<'buf>> {
        self.get("Event-Subclass")
    }

    /// Returns its `Action`: what happened in the conference. Of several it is the server's, not a
    /// variable of the conference that is called so.
    pub fn action(self) -> Option<Encoded<'buf>> {
        self.own("Action")
    }

    /// Returns the header of this name that the server wrote itself.
    pub(crate) fn own(self, name: &str) -> Option<Encoded<'buf>> {
        own::value(self.headers, name).map(|value| Encoded::new(value.as_bytes()))
    }

    /// The first header of this name, the case of letters apart.
    pub fn get(self, name: &str) -> Option<Encoded<'buf>> {
        self.headers.get(name).map(|value| Encoded::new(value.as_bytes()))
    }

    /// All headers of this name, the case of letters apart.
    pub fn get_all<'name>(self, name: &'name str) -> impl Iterator<Item = Encoded<'buf>> + use<'buf, 'name> {
        self.headers.get_all(name).map(|value| Encoded::new(value.as_bytes()))
    }

    /// Its headers in order, names and values.
    pub fn headers(self) -> impl Iterator<Item = (Value<'buf>, Encoded<'buf>)> + use<'buf> {
        self.headers.headers().map(|header| (Value::new(header.name()), Encoded::new(header.value().as_bytes())))
    }

    /// What follows its headers, such as the output of a background job.
    pub const fn body(self) -> &'buf [u8] {
        self.body
    }

    /// Keeps it beyond the buffer.
    pub fn to_owned(self) -> OwnedEvent {
        OwnedEvent { headers: self.headers.to_owned(), body: self.body.into() }
    }
}

impl fmt::Debug for Event<'_> {
    /// Without the body, and with passwords and PINs masked.
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

/// One line for a log: its name, its subclass and its other headers, decoded, and the length of its
/// body. Masked, escaped and cut as AMI's [`Frame`](crate::Frame) is.
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

/// An [`Event`] kept beyond the buffer it was read from.
#[derive(Clone)]
pub struct OwnedEvent {
    headers: OwnedHeaderIndex,
    body: Wiped,
}

impl OwnedEvent {
    /// The event again, borrowed from here.
    pub fn view(&self) -> Event<'_> {
        Event { headers: self.headers.view(), body: &self.body }
    }
}

/// As [`Event`]'s.
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

/// What every view of an event has. It dereferences to the view of a block, and that in the end to
/// [`CommonBlock`], so what several events share is written once.
macro_rules! event_view {
    ($name:ident, $number:literal, $base:ident, None, None) => {
        impl<'buf> $name<'buf> {
            /// The view, if the event is this one.
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

/// What the view of a block has.
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

/// What the block at the bottom has.
macro_rules! common_block {
    () => {
        impl<'buf> CommonBlock<'buf> {
            #[inline]
            pub(super) const fn over(event: Event<'buf>, prefix: &'static str) -> Self {
                Self(event, prefix)
            }

            /// The event it came as.
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
    /// Name of its type; `Other` for one that the table doesn't have.
    pub fn type_name(self) -> &'static str {
        self.table().map_or("Other", |(name, _)| name)
    }

    /// What any event of the server carries: when it happened, and where.
    pub fn common(self) -> CommonBlock<'buf> {
        CommonBlock::over(self.event(), "")
    }

    /// Its headers by the table, for those who don't know in code which fields they want: the
    /// method's name, and the value as its kind, text still encoded. What the table doesn't know,
    /// and what comes for the second time, is left out.
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

    /// The headers that the table doesn't have: variables of the conference and the channel.
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

/// The number of its type. Those of a subclass of their own are in the table under its name.
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
