//! Actions, typed: what a client asks.
//!
//! Each action is a builder: `new` takes what the server can't do without, a setter each of the
//! rest, [`header`](Ping::header) whatever the crate doesn't know. Nothing is checked until
//! [`encode`](Action::encode), which writes the whole request or nothing.
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

/// Characters at which the server splits the arguments of an application, outside of quotes and
/// brackets.
#[cfg(feature = "conference")]
pub(crate) fn splits_arguments() -> &'static [u8] {
    generated::ARGUMENTS.refused()
}

/// A request that can be written, and what its response is.
///
/// There is no `dyn Action`, since the response is a type that borrows. [`EncodedAction`] takes its
/// place: one type for all actions, which can be kept, and sent from another thread.
pub trait Action {
    /// The response as a view. For lists it is what announces the list; the items are events.
    type Response<'buf>: From<Frame<'buf>>;

    /// The same action without what it borrows: what a `Handle` of the client is named after, so
    /// that it outlives the request.
    type Static: Action + 'static;

    /// Returns what the catalogue says of the action; `None` where it doesn't know it. What
    /// [`encode`](Self::encode) writes has to be this action: how the server answers, and with that
    /// what ends the request, follows from it.
    fn action_type(&self) -> Option<ActionType>;

    /// Returns how the server answers, where it isn't as the catalogue says; `None`: it is. Of an
    /// action that the catalogue doesn't know, a response is expected then.
    fn answer(&self) -> Option<&Answer<'_>> {
        None
    }

    /// Writes the request at the end of `out`, with this `ActionID`: lines that are headers, of
    /// which the first is `Action`, and the blank line that ends it.
    ///
    /// # Errors
    /// [`EncodeError`], which names the field, where a value would break the framing, or would
    /// reach the server changed or as more than a value, or the request is longer than a server
    /// reads. `out` is then as it was.
    fn encode(&self, action_id: Option<&str>, out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

/// An action that is answered by a list.
pub trait ListAction: Action {
    /// An item as a view: that of its event where all items are of one kind, else
    /// [`Event`](crate::event::Event).
    type Item<'buf>;

    /// Returns the frame as such a view. `None`: it is no item of this list.
    fn item(frame: Frame<'_>) -> Option<Self::Item<'_>>;
}

/// Implements [`ListAction`] by the event that all items are, or, of several, by the catalogue.
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

/// What every builder has.
macro_rules! action {
    ($name:ident, $number:literal, $response:ident, $since:expr, $until:expr) => {
        impl<'a> $name<'a> {
            /// What the catalogue says of it.
            pub const TYPE: ActionType = ActionType::new($number);

            /// First branch of Asterisk that has it.
            pub const SINCE: Option<Branch> = $since;

            /// Last branch of Asterisk that has it; `None`: it is still there.
            pub const UNTIL: Option<Branch> = $until;

            /// Adds a header that the crate does not know. When it is encoded, `Action` and
            /// `ActionID` are refused, which the request has already, and what there is a setter
            /// for.
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

/// What a builder has where a server reads more than a value in some of its fields.
macro_rules! guarded {
    ($name:ident: $($header:literal $guard:ident),+) => {
        impl $name<'_> {
            const GUARDED: &'static Guarded = {
                const FIELDS: &[(&str, &Guard)] = &[$(($header, &$guard)),+];
                &Guarded(FIELDS)
            };

            /// Writes it even if the server reads more than a value in
            #[doc = concat!($("`", $header, "`, "),+)]
            /// which is refused otherwise. Only for texts that are the program's own: the author of
            /// such a text decides what the server does; the setters say what that can be.
            /// [`manual::injection`](crate::manual::injection) has all such parameters.
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
