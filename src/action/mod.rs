//! Typed actions: the requests of a client.
//!
//! Each action is a builder: `new` takes the parameters that the server requires, a setter each of
//! the others, and [`header`](Ping::header) any header that the crate does not know. Nothing is
//! checked until [`encode`](Action::encode), which writes the whole request or nothing.
//!
//! ```
//! use ami_proto::action::{Action, Originate};
//!
//! let mut out = Vec::new();
//! Originate::new("PJSIP/100")
//!     .context("default")
//!     .exten("200")
//!     .priority(1)
//!     .asynchronous(true)
//!     .variable("GREETING", "hello, world")
//!     .encode(Some("a-1"), &mut out)?;
//! let expected = "Action: Originate\r\nActionID: a-1\r\nChannel: PJSIP/100\r\nContext: default\r\nExten: 200\r\nPriority: 1\r\n\
//!     Async: yes\r\nVariable: GREETING=hello\\, world\r\n\r\n";
//! assert_eq!(out, expected.as_bytes());
//! # Ok::<(), ami_proto::EncodeError>(())
//! ```

mod answer;
mod arg;
mod args;
mod custom;
mod encoded;
mod guard;
mod headers;
mod update_config;

use alloc::vec::Vec;
use core::time::Duration;

use crate::catalogue::{ActionType, Branch};
use crate::error::EncodeError;
use crate::event;
use crate::response;
use crate::value;
use crate::wire::Frame;

pub use answer::Answer;
pub use arg::Arg;
use args::Args;
pub use custom::Custom;
pub use encoded::EncodedAction;
#[cfg(feature = "std")]
pub(crate) use encoded::encode_as;
use guard::{Guard, Guarded};

/// Returns the characters at which the server splits the arguments of an application, outside of
/// quotes and brackets.
#[cfg(feature = "conference")]
pub(crate) fn splits_arguments() -> &'static [u8] {
    generated::ARGUMENTS.refused()
}

/// A request that can be written, and the type of its response.
///
/// There is no `dyn Action`, since the response is a type that borrows. [`EncodedAction`] takes its
/// place: one type for all actions, which can be kept, and sent from another thread.
pub trait Action {
    /// The response as a view. For a list it is the response that announces the list; the items are
    /// events.
    type Response<'buf>: From<Frame<'buf>>;

    /// This action with a `'static` lifetime. It is the type parameter of the client's `Handle`,
    /// which so outlives the borrowed parameters.
    type Static: Action + 'static;

    /// Returns the catalogue's entry of the action, or `None` if the catalogue does not know it.
    /// [`encode`](Self::encode) must write this action: the entry tells how the server answers, and
    /// so what ends the request.
    fn action_type(&self) -> Option<ActionType>;

    /// Returns how the server answers, if not as the catalogue says. `None` means as the catalogue
    /// says, or, for an action that it does not know, with a response.
    fn answer(&self) -> Option<&Answer<'_>> {
        None
    }

    /// Appends the request with this `ActionID` to `out`: headers, the first of which is `Action`,
    /// and the blank line that ends it.
    ///
    /// # Errors
    /// An [`EncodeError`] with the name of the field, if a value would break the framing, or would
    /// reach the server changed or as more than a value, or if the request is longer than a server
    /// reads. `out` is then unchanged.
    fn encode(&self, action_id: Option<&str>, out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

/// An action that the server answers with a list.
pub trait ListAction: Action {
    /// View of an item: the event's view if all items are of one kind, otherwise
    /// [`Event`](crate::event::Event).
    type Item<'buf>;

    /// Returns the frame as an item of this list, or `None` if it is not one.
    fn item(frame: Frame<'_>) -> Option<Self::Item<'_>>;
}

/// Implements [`ListAction`] for one type of items, or for several by the catalogue.
macro_rules! list_action {
    ($name:ident, $item:ident) => {
        impl ListAction for $name<'_> {
            type Item<'buf> = event::$item<'buf>;

            #[inline]
            fn item(frame: Frame<'_>) -> Option<Self::Item<'_>> {
                event::$item::view(frame)
            }
        }
    };
    ($name:ident) => {
        impl ListAction for $name<'_> {
            type Item<'buf> = event::Event<'buf>;

            #[inline]
            fn item(frame: Frame<'_>) -> Option<Self::Item<'_>> {
                Self::TYPE.reply().has_item(frame).then(|| frame.into())
            }
        }
    };
}

/// Defines the items that every builder has.
macro_rules! action {
    ($name:ident, $number:literal, $response:ident, $since:expr, $until:expr) => {
        impl<'a> $name<'a> {
            /// The catalogue's entry of this action.
            pub const TYPE: ActionType = ActionType::new($number);

            /// First branch of Asterisk that has the action.
            pub const SINCE: Option<Branch> = $since;

            /// Last branch of Asterisk that has the action; `None`: it is still there.
            pub const UNTIL: Option<Branch> = $until;

            /// Adds a header that the crate does not know. `encode` refuses `Action` and
            /// `ActionID`, which the request has already, and headers with a setter of their own.
            #[inline]
            pub fn header(self, name: impl Into<Arg<'a>>, value: impl Into<Arg<'a>>) -> Self {
                Self(self.0.header(name.into(), value.into()))
            }
        }

        impl Action for $name<'_> {
            type Response<'buf> = response::$response<'buf>;
            type Static = $name<'static>;

            #[inline]
            fn action_type(&self) -> Option<ActionType> {
                Some(Self::TYPE)
            }

            #[inline]
            fn encode(&self, action_id: Option<&str>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
                self.0.encode(Some(Self::TYPE), action_id, out)
            }
        }
    };
}

/// Defines a builder's method for fields whose values the server interprets.
macro_rules! guarded {
    ($name:ident: $($header:literal $guard:ident),+) => {
        impl $name<'_> {
            const GUARDED: &'static Guarded = {
                const FIELDS: &[(&str, &Guard)] = &[$(($header, &$guard)),+];
                &Guarded(FIELDS)
            };

            /// Writes the action even if the server interprets the value of
            #[doc = concat!($("`", $header, "`, "),+)]
            /// which is refused otherwise. Use it only for texts of the program itself: the author
            /// of such a text decides what the server does; the setters describe what that can be.
            /// [`manual::injection`](crate::manual::injection) lists all such parameters.
            #[inline]
            pub fn even_if_interpreted(self) -> Self {
                Self(self.0.unguarded())
            }
        }
    };
}

#[allow(clippy::all, clippy::pedantic, unused_imports)]
mod generated {
    use super::*;
    include!(concat!(env!("OUT_DIR"), "/actions.rs"));
}

pub use generated::*;

#[cfg(test)]
#[allow(clippy::too_many_lines)]
mod tests;
