//! Typed events: messages that the server sends, in answer to an action or unsolicited.
//!
//! [`Event::from`] finds an event's type by its name in constant time. A view reads a header only
//! when its getter is called, so headers that are not read cost nothing.
//!
//! ```
//! use ami_proto::event::Event;
//! use ami_proto::{Decoder, Limits};
//!
//! let mut decoder = Decoder::new(Limits::new());
//! decoder.push(b"Event: Hangup\r\nPrivilege: call,all\r\nChannel: PJSIP/100-00000001\r\nCause: 16\r\nX-Odd: 1\r\n\r\n");
//! let frame = decoder.next_frame()?.unwrap();
//! match Event::from(frame) {
//!     Event::Hangup(hangup) => {
//!         assert_eq!(hangup.channel()?.technology(), Some(&b"PJSIP"[..]));
//!         assert_eq!(hangup.cause()?.description(), Some("Normal Clearing"));
//!         // What the table doesn't know is still there.
//!         assert_eq!(hangup.frame().get("X-Odd").unwrap(), "1");
//!     }
//!     other => println!("{:?}", other.name()),
//! }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! `Display` of an event is one line for a log, with secrets masked; so is that of the
//! [`frame`](CommonBlock::frame) of each view. Headers that several events share form a block, and
//! a view dereferences to it: its page lists the block's getters under “Methods from Deref”.

mod owned;
mod set;

use core::fmt;
use core::time::Duration;

use crate::catalogue::{
    Branch, EventType, Indexed, Key, Kind, Repeated, Role, derefs, find_event, indexed, read, repeated,
};
use crate::error::FieldError;
use crate::value;
use crate::wire::{Frame, FrameKind, Value};

/// An event of the catalogue as a type parameter: each view of an event implements it.
///
/// ```
/// use ami_proto::OwnedFrame;
/// use ami_proto::event::{Hangup, TypedEvent};
///
/// /// Returns those of the frames that are this event.
/// fn only<E: TypedEvent>(frames: &[OwnedFrame]) -> impl Iterator<Item = E::View<'_>> {
///     frames.iter().filter_map(|frame| E::of(frame.view()))
/// }
///
/// assert_eq!(only::<Hangup>(&[]).count(), 0);
/// ```
pub trait TypedEvent {
    /// The event's view with the lifetime of its buffer.
    type View<'buf>;

    /// The catalogue's entry of the event.
    const TYPE: EventType;

    /// Returns the view, if the frame is this event.
    fn of(frame: Frame<'_>) -> Option<Self::View<'_>>;
}

/// Defines the items that every view of an event has. A view dereferences to the view of a block,
/// and finally to [`CommonBlock`], so the headers that several events share are written once.
macro_rules! event_view {
    ($name:ident, $number:literal, $base:ident, $since:expr, $until:expr) => {
        impl<'buf> $name<'buf> {
            /// The catalogue's entry of this event.
            pub const TYPE: EventType = EventType::new($number);

            /// First branch of Asterisk that has the event.
            pub const SINCE: Option<Branch> = $since;

            /// Last branch of Asterisk that has the event; `None`: it is still there.
            pub const UNTIL: Option<Branch> = $until;

            /// Returns the view, or `None` if the frame is not this event.
            #[inline]
            pub fn view(frame: Frame<'buf>) -> Option<Self> {
                is(frame, $number).then_some(Self::over(frame))
            }

            #[inline]
            pub(crate) fn over(frame: Frame<'buf>) -> Self {
                Self($base::over(frame, ""))
            }
        }

        impl TypedEvent for $name<'_> {
            type View<'buf> = $name<'buf>;

            const TYPE: EventType = EventType::new($number);

            #[inline]
            fn of(frame: Frame<'_>) -> Option<Self::View<'_>> {
                $name::view(frame)
            }
        }

        derefs!($name, $base);
    };
}

/// Defines the items that the view of a block has.
macro_rules! block_view {
    ($name:ident, $base:ident) => {
        impl<'buf> $name<'buf> {
            #[inline]
            pub(crate) fn over(frame: Frame<'buf>, prefix: &'static str) -> Self {
                Self($base::over(frame, prefix))
            }
        }

        derefs!($name, $base);
    };
}

/// Defines the items that the lowest block has.
macro_rules! common_block {
    () => {
        impl<'buf> CommonBlock<'buf> {
            #[inline]
            pub(crate) const fn over(frame: Frame<'buf>, prefix: &'static str) -> Self {
                Self(frame, prefix)
            }

            /// Returns the frame that holds the event.
            #[inline]
            pub const fn frame(&self) -> Frame<'buf> {
                self.0
            }

            /// Returns the prefix of each header's name, such as `Dest`; empty except for blocks
            /// that an event has more than once.
            #[inline]
            pub const fn prefix(&self) -> &'static str {
                self.1
            }
        }
    };
}

#[allow(clippy::all, clippy::pedantic, unused_imports)]
mod generated {
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/blocks.rs"));
    include!(concat!(env!("OUT_DIR"), "/events.rs"));
}

pub use generated::*;
pub use owned::OwnedEvent;
pub use set::EventSet;

impl<'buf> From<Frame<'buf>> for Event<'buf> {
    #[inline]
    fn from(frame: Frame<'buf>) -> Self {
        match type_number(frame) {
            Some(number) => Self::from_number(number, frame),
            None => Self::Other(frame),
        }
    }
}

impl<'buf> Event<'buf> {
    /// Returns the event's name as the server wrote it.
    pub fn name(self) -> Option<Value<'buf>> {
        self.frame().name()
    }

    /// Returns the catalogue's entry of the event; `None` for `Other`.
    pub fn event_type(self) -> Option<EventType> {
        type_number(self.frame()).map(EventType::new)
    }

    /// Returns the headers that any event may carry: privilege, time, `ActionID` and the like.
    pub fn common(self) -> CommonBlock<'buf> {
        CommonBlock::over(self.frame(), "")
    }

    /// Returns the `ActionID` of the action that the event answers.
    pub fn action_id(self) -> Option<Value<'buf>> {
        self.frame().get("ActionID").filter(|id| !id.is_empty())
    }

    /// Returns the event's role in lists, by the catalogue.
    pub fn role(self) -> Option<Role> {
        self.event_type().map(EventType::role)
    }

    /// Returns the event's classes, by the catalogue; [`CommonBlock::privilege`] returns those that
    /// the server sent.
    pub fn classes(self) -> Option<value::Classes> {
        self.event_type().map(EventType::classes)
    }
}

/// Writes one line for a log, in the form of the frame's `Display`.
impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.frame().fmt(f)
    }
}

#[inline]
fn type_number(frame: Frame<'_>) -> Option<usize> {
    if frame.kind() != FrameKind::Event {
        return None;
    }
    find_event(frame.name()?.as_bytes())
}

fn is(frame: Frame<'_>, wanted: usize) -> bool {
    type_number(frame) == Some(wanted)
}
