//! Catalogue of actions, events and their headers: the spec tables at run time.
//!
//! [`describe`](crate::describe) reads any event or response with it, as data with the names and
//! kinds of its headers. The command `ami catalogue` prints it, and `ami inspect --typed` checks
//! recordings against it.
//!
//! ```
//! use ami_proto::catalogue;
//!
//! let dial = catalogue::event("dialbegin").unwrap();
//! let names: Vec<String> = dial.fields().map(|field| field.wire_name()).collect();
//! assert!(names.contains(&"DestUniqueid".to_owned()));
//! assert_eq!(dial.since(), Some(catalogue::Branch::new(12, 0)));
//! ```
//!
//! [`EventType::exists_in`], [`ActionType::exists_in`] and [`Field::exists_in`] tell which versions
//! have an item, and [`Field::name_in`] the name of a renamed header. [`Branch::of`] returns the
//! branch of the version in a server's banner.
//!
//! ```
//! use ami_proto::catalogue::{self, Branch};
//! use ami_proto::value::{AmiVersion, FromWire};
//!
//! let server = Branch::of(AmiVersion::from_wire(b"1.3")?).unwrap();
//! let status = catalogue::event("QueueMemberStatus").unwrap();
//! let interface = status.field_of(b"Interface").unwrap();
//! assert_eq!(interface.name_in(server).unwrap().wire_name(), "Location");
//! assert!(!status.field_of(b"LoginTime").unwrap().exists_in(server));
//! # Ok::<(), ami_proto::value::ValueError>(())
//! ```
//!
//! The facts come from recordings of 11, 12, 13, 14, 16, 22 and 23 first, then from the last
//! sources of each branch, and from documentation last. A release that is older than its branch's
//! last one may lack items that were added late.

mod branch;
mod branches;
mod datum;
mod field;
mod field_name;
mod fields;
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
#[cfg(feature = "freeswitch")]
pub(crate) use field::read_value;
pub(crate) use field::{Key, indexed, read, repeated};
pub use field_name::FieldName;
pub use fields::Fields;
pub use indexed_field::{Indexed, Indices};
pub use kind::Kind;
pub(crate) use lookup::{find_action, find_event};
pub(crate) use macros::derefs;
#[cfg(feature = "std")]
pub(crate) use reply::Again;
pub use reply::{ReplySpec, ReplyStyle};
#[cfg(feature = "std")]
pub(crate) use table::{ANNOUNCEMENTS, ANSWERS, READY};
pub use table::{ActionType, EventType, Field, Role};
pub(crate) use table::{EVENT_CLASSES, Named};

/// Returns every branch that the tables name, oldest first; the last one is not released yet.
pub fn branches() -> impl Iterator<Item = Branch> {
    table::BRANCHES.into_iter()
}

/// Returns every event that the crate knows, in the order of the tables: grouped by subject.
pub fn events() -> impl Iterator<Item = EventType> {
    EventType::all()
}

/// Returns every action that the crate knows, in the order of the tables.
pub fn actions() -> impl Iterator<Item = ActionType> {
    ActionType::all()
}

/// Returns the event of this name, in any case.
pub fn event(name: &str) -> Option<EventType> {
    find_event(name.as_bytes()).map(EventType::new)
}

/// Returns the action of this name, in any case.
pub fn action(name: &str) -> Option<ActionType> {
    find_action(name.as_bytes()).map(ActionType::new)
}
