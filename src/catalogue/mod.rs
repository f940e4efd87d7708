//! What the crate knows of actions, events and their headers: the spec tables at run time.
//!
//! [`describe`](crate::describe) reads any event or response by it, as data with the names and
//! kinds of its headers. The command `ami catalogue` prints it, and `ami inspect --typed` measures
//! recordings by it.
//!
//! ```
//! use ami_proto::catalogue;
//!
//! let dial = catalogue::event("dialbegin").unwrap();
//! let names: Vec<String> = dial.fields().map(|field| field.wire_name()).collect();
//! assert!(names.contains(&"DestUniqueid".to_owned()));
//! assert_eq!(dial.since(), Some(catalogue::Branch::new(12, 0)));
//! ```

mod branch;
mod datum;
mod field;
mod indexed_field;
mod kind;
pub(crate) mod lookup;
mod macros;
#[cfg_attr(not(feature = "std"), allow(dead_code, reason = "the client goes by it"))]
mod reply;
mod table;

pub use branch::Branch;
pub use datum::Datum;
pub use field::Repeated;
pub(crate) use field::{Key, indexed, read, repeated};
pub use indexed_field::{Indexed, Indices};
pub use kind::Kind;
pub(crate) use lookup::{find_action, find_event};
pub(crate) use macros::derefs;
#[cfg(feature = "std")]
pub(crate) use reply::Again;
pub use reply::{ReplySpec, ReplyStyle};
#[cfg(feature = "std")]
pub(crate) use table::{ANNOUNCEMENTS, ANSWERS, READY};
pub use table::{ActionType, EventType, Field, Fields, Role};
pub(crate) use table::{EVENT_CLASSES, Named};

/// Every event that the crate knows, in the order of the tables: those of a subject together.
pub fn events() -> impl Iterator<Item = EventType> {
    EventType::all()
}

/// Every action that the crate knows, in the order of the tables.
pub fn actions() -> impl Iterator<Item = ActionType> {
    ActionType::all()
}

/// The event of this name, the case of letters apart.
pub fn event(name: &str) -> Option<EventType> {
    find_event(name.as_bytes()).map(EventType::new)
}

/// The action of this name, the case of letters apart.
pub fn action(name: &str) -> Option<ActionType> {
    find_action(name.as_bytes()).map(ActionType::new)
}
