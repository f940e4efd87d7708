//! Handles: requests that were sent, with what answers them typed.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

use super::Id;
use crate::action::{Action, ListAction};
use crate::event::Event;
use crate::response::Response;
use crate::wire::OwnedFrame;

/// A request that was sent, and what its response is.
///
/// It compares with the [`Id`] in events, and [`view`](Self::view) reads the response as the
/// action's own.
///
/// ```
/// use ami_proto::action::CoreStatus;
/// use ami_proto::client::{ClientEvent, Ending, Handle};
///
/// fn on_event(event: ClientEvent<'_>, asked: Handle<CoreStatus<'static>>) {
///     if let ClientEvent::Ended { id, ending: Ending::Reply(response) } = event {
///         if id == asked {
///             println!("{:?} calls", asked.view(response).core_current_calls());
///         }
///     }
/// }
/// ```
pub struct Handle<A> {
    id: Id,
    action: PhantomData<fn() -> A>,
}

impl<A> Handle<A> {
    pub(super) const fn new(id: Id) -> Self {
        Self { id, action: PhantomData }
    }

    /// Returns the id that names it in events.
    pub const fn id(self) -> Id {
        self.id
    }
}

impl<A: Action> Handle<A> {
    /// The response as a view with the action's own fields.
    pub fn view(self, response: Response<'_>) -> A::Response<'_> {
        response.frame().into()
    }
}

/// Items of a list as the action's own.
///
/// ```
/// use ami_proto::OwnedFrame;
/// use ami_proto::action::ConfbridgeListRooms;
/// use ami_proto::client::{ClientEvent, Handle};
///
/// // Each as it comes,
/// fn on_event(event: ClientEvent<'_>, rooms: Handle<ConfbridgeListRooms<'static>>) {
///     if let ClientEvent::Item { id, event } = event {
///         if let Some(room) = rooms.item(event).filter(|_| id == rooms) {
///             println!("{}", room.conference().unwrap_or_default());
///         }
///     }
/// }
///
/// // or all at the end, where they are collected: `frames` is what `Client::take_items` gave.
/// fn names(rooms: Handle<ConfbridgeListRooms<'static>>, frames: &[OwnedFrame]) -> Vec<String> {
///     rooms.items(frames).map(|room| room.conference().unwrap_or_default().to_string()).collect()
/// }
/// ```
impl<A: ListAction> Handle<A> {
    /// Returns the item as the action's own view. `None`: it is none of its items.
    pub fn item(self, event: Event<'_>) -> Option<A::Item<'_>> {
        A::item(event.frame())
    }

    /// Returns views of collected items, in their order. A frame that is none of its items is left
    /// out.
    pub fn items(self, frames: &[OwnedFrame]) -> impl Iterator<Item = A::Item<'_>> {
        frames.iter().filter_map(|frame| A::item(frame.view()))
    }
}

impl<A> Clone for Handle<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Handle<A> {}

impl<A> PartialEq for Handle<A> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<A> Eq for Handle<A> {}

impl<A> Hash for Handle<A> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<A> PartialEq<Handle<A>> for Id {
    fn eq(&self, handle: &Handle<A>) -> bool {
        *self == handle.id
    }
}

impl<A> PartialEq<Id> for Handle<A> {
    fn eq(&self, id: &Id) -> bool {
        self.id == *id
    }
}

impl<A> From<Handle<A>> for Id {
    fn from(handle: Handle<A>) -> Self {
        handle.id
    }
}

impl<A> fmt::Debug for Handle<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.id.0).finish()
    }
}
