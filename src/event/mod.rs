//! Events, typed: what the server tells, asked or not.
//!
//! [`Event::from`] finds an event's type by its name in constant time. A view reads a header when
//! it is asked for it, so that events cost nothing that nobody looks at.
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
//! An event prints as one line for a log, with secrets masked; so does the
//! [`frame`](CommonBlock::frame) of each view. What several events have in common is a block, and a
//! view dereferences to it: its page lists the block's getters under “Methods from Deref”.

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

/// An event of the catalogue, as a parameter of types and functions: each view of an event is one.
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
    /// The view of it that borrows for so long.
    type View<'buf>;

    /// What the catalogue says of it.
    const TYPE: EventType;

    /// Returns the view, if the frame is this event.
    fn of(frame: Frame<'_>) -> Option<Self::View<'_>>;
}

/// What every view of an event has. It dereferences to the view of a block, and that in the end to
/// [`CommonBlock`], so what several events share is written once.
macro_rules! event_view {
    ($name:ident, $number:literal, $base:ident, $since:expr, $until:expr) => {
        impl<'buf> $name<'buf> {
            /// What the catalogue says of it.
            pub const TYPE: EventType = EventType::new($number);

            /// First branch of Asterisk that has it.
            pub const SINCE: Option<Branch> = $since;

            /// Last branch of Asterisk that has it; `None`: it is still there.
            pub const UNTIL: Option<Branch> = $until;

            /// The view, if the frame is this event.
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

/// What the view of a block has.
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

/// What the block at the bottom has.
macro_rules! common_block {
    () => {
        impl<'buf> CommonBlock<'buf> {
            #[inline]
            pub(crate) const fn over(frame: Frame<'buf>, prefix: &'static str) -> Self {
                Self(frame, prefix)
            }

            /// The frame it came in.
            #[inline]
            pub const fn frame(&self) -> Frame<'buf> {
                self.0
            }

            /// What stands before each header's name, such as `Dest`; empty but for blocks that an
            /// event has more than once.
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
    /// Its name as it came.
    pub fn name(self) -> Option<Value<'buf>> {
        self.frame().name()
    }

    /// What the catalogue says of it; `None` for `Other`.
    pub fn event_type(self) -> Option<EventType> {
        type_number(self.frame()).map(EventType::new)
    }

    /// What any event may carry: privilege, time, `ActionID` and the like.
    pub fn common(self) -> CommonBlock<'buf> {
        CommonBlock::over(self.frame(), "")
    }

    /// The `ActionID` of the action that it answers.
    pub fn action_id(self) -> Option<Value<'buf>> {
        self.frame().get("ActionID").filter(|id| !id.is_empty())
    }

    /// Its place in lists, by the catalogue.
    pub fn role(self) -> Option<Role> {
        self.event_type().map(EventType::role)
    }

    /// Its classes, by the catalogue; [`CommonBlock::privilege`] tells what the server said.
    pub fn classes(self) -> Option<value::Classes> {
        self.event_type().map(EventType::classes)
    }
}

/// One line for a log, as the frame has it.
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
