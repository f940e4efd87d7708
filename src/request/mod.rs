//! Typed requests: actions as a server reads them.
//!
//! ```
//! use ami_proto::request::Request;
//! use ami_proto::{Decoder, Framing, Limits};
//!
//! let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
//! decoder.push(b"action: originate\r\nChannel: PJSIP/100\r\nAsync: yes\r\n\r\n");
//! let Request::Originate(originate) = Request::from(decoder.next_frame()?.unwrap()) else { panic!("another action") };
//! assert_eq!(originate.channel()?, "PJSIP/100");
//! assert!(originate.asynchronous()?);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use core::fmt;
use core::time::Duration;

use crate::catalogue::{ActionType, Indexed, Key, Kind, Repeated, find_action, indexed, read, repeated};
use crate::error::FieldError;
use crate::value;
use crate::wire::{Frame, FrameKind, Value};

/// Defines the items that every view of a request has.
macro_rules! request_view {
    ($name:ident, $number:literal) => {
        impl<'buf> $name<'buf> {
            /// The catalogue's entry of this action.
            pub const TYPE: ActionType = ActionType::new($number);

            /// Returns the view, or `None` if the frame is not this action.
            #[inline]
            pub fn view(frame: Frame<'buf>) -> Option<Self> {
                (type_number(frame) == Some($number)).then_some(Self(frame))
            }

            /// Returns the frame that holds the request.
            #[inline]
            pub const fn frame(self) -> Frame<'buf> {
                self.0
            }
        }
    };
}

#[allow(clippy::all, clippy::pedantic, unused_imports)]
mod generated {
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/requests.rs"));
}

pub use generated::*;

/// Writes one line for a log, in the form of the frame's `Display`.
impl fmt::Display for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.frame().fmt(f)
    }
}

impl<'buf> From<Frame<'buf>> for Request<'buf> {
    fn from(frame: Frame<'buf>) -> Self {
        match type_number(frame) {
            Some(number) => Self::from_number(number, frame),
            None => Self::Other(frame),
        }
    }
}

impl<'buf> Request<'buf> {
    /// Returns the `ActionID`, which the answer has to carry; `None` if it is empty, as in
    /// Asterisk.
    pub fn action_id(self) -> Option<Value<'buf>> {
        self.frame().get("ActionID").filter(|id| !id.is_empty())
    }

    /// Returns the catalogue's entry of the action; `None` for `Other`.
    pub fn action_type(self) -> Option<ActionType> {
        type_number(self.frame()).map(ActionType::new)
    }
}

fn type_number(frame: Frame<'_>) -> Option<usize> {
    if frame.kind() != FrameKind::Action {
        return None;
    }
    find_action(frame.name()?.as_bytes())
}
