//! Typed responses: the server's answers to actions.
//!
//! Every response is a [`Response`]; those that carry more than a kind and a message have a view of
//! their own, named after the action. The view follows not from the bytes of a frame, but from the
//! action that was sent: [`Action::Response`](crate::action::Action::Response) names it.
//!
//! ```
//! use ami_proto::response::CoreStatus;
//! use ami_proto::{Decoder, Limits};
//!
//! let mut decoder = Decoder::new(Limits::new());
//! decoder.push(b"Response: Success\r\nCoreStartupDate: 2026-11-21\r\nCoreCurrentCalls: 3\r\n\r\n");
//! let status = CoreStatus::from(decoder.next_frame()?.unwrap());
//! assert!(status.is_success());
//! assert_eq!(status.core_current_calls()?, 3);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod command;
mod config;
mod owned;

use core::fmt;
use core::time::Duration;

use crate::catalogue::{ActionType, Indexed, Key, Kind, Repeated, indexed, read, repeated};
use crate::error::FieldError;
use crate::value;
use crate::wire::{Frame, Value};

pub use command::Output;
pub use config::{Categories, Category};
pub use owned::OwnedResponse;

/// A response, with the headers that every response may carry.
#[derive(Clone, Copy, Debug)]
pub struct Response<'buf>(Frame<'buf>);

/// Writes one line for a log, in the form of the frame's `Display`.
impl fmt::Display for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.frame().fmt(f)
    }
}

impl<'buf> From<Frame<'buf>> for Response<'buf> {
    fn from(frame: Frame<'buf>) -> Self {
        Self(frame)
    }
}

impl<'buf> Response<'buf> {
    /// Returns the frame that holds the response.
    pub const fn frame(&self) -> Frame<'buf> {
        self.0
    }

    /// Returns the kind: `Success`, `Error`, `Goodbye`; `Follows` for command output up to 13;
    /// `Pong` from 1.4.
    pub fn kind(&self) -> Option<Value<'buf>> {
        self.0.name()
    }

    /// Returns whether the kind is anything but `Error`.
    ///
    /// Some actions answer `Success` after a failure (`VoicemailMove`); their
    /// [`message`](Self::message) tells.
    pub fn is_success(&self) -> bool {
        self.kind().is_some_and(|kind| !kind.eq_ignore_case("Error"))
    }

    /// Returns whether the response is the server's goodbye (`Response: Goodbye`), after which it
    /// closes the connection.
    pub fn is_goodbye(&self) -> bool {
        self.kind().is_some_and(|kind| kind.eq_ignore_case("Goodbye"))
    }

    /// Returns the server's message, whose wording differs between branches: show it, do not
    /// compare it. Returns the first message if there are two (`PresenceState`).
    pub fn message(&self) -> Option<Value<'buf>> {
        self.0.get("Message")
    }

    /// Returns the `ActionID` of the action that the response answers.
    pub fn action_id(&self) -> Option<Value<'buf>> {
        self.0.get("ActionID").filter(|id| !id.is_empty())
    }

    /// Returns whether a list of events follows (`EventList: start`, in any case). Not all lists of
    /// Asterisk 12 and older say so.
    pub fn starts_list(&self) -> bool {
        self.0.get("EventList").is_some_and(|value| value.eq_ignore_case("start"))
    }
}

/// Defines the items that every view of a response has.
macro_rules! response_view {
    ($name:ident, $number:literal) => {
        impl $name<'_> {
            /// The catalogue's entry of the action that this response answers.
            pub const TYPE: ActionType = ActionType::new($number);
        }

        impl<'buf> From<Frame<'buf>> for $name<'buf> {
            #[inline]
            fn from(frame: Frame<'buf>) -> Self {
                Self(Response(frame))
            }
        }

        impl<'buf> core::ops::Deref for $name<'buf> {
            type Target = Response<'buf>;

            #[inline]
            fn deref(&self) -> &Response<'buf> {
                &self.0
            }
        }
    };
}

#[allow(clippy::all, clippy::pedantic, unused_imports)]
mod generated {
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/responses.rs"));
}

pub use generated::*;
