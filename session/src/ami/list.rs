//! Lists: the stream of their items.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::task::{Context, Poll};

use ami_proto::action::ListAction;
use ami_proto::client::{Client, Ending};
use ami_proto::{Frame, OwnedFrame};

use super::answers::MOST_BYTES;
use super::failed_as;
use crate::error::Error;
use crate::hold::{Part, Pending};

/// Items that [`List::all`] takes.
const MOST: usize = 1 << 16;

/// The items of a list as they come. It ends behind the last one, or with an error.
///
/// Of those that come faster than they are read, 65,536 wait, or 8 MiB; then the list ends with
/// [`Error::Unread`]. Nothing else of the connection waits for its reader. Dropped before its end,
/// the request is cancelled.
pub struct List<A> {
    /// `None`: it has ended.
    pending: Option<Pending<Client>>,
    reads_only: bool,
    of: PhantomData<fn() -> A>,
}

/// An item of a list; [`view`](Self::view) reads it as the action's own.
pub struct ListItem<A> {
    frame: OwnedFrame,
    /// About the number of bytes that it takes up.
    size: usize,
    of: PhantomData<fn() -> A>,
}

impl<A: ListAction> List<A> {
    pub(super) fn new(pending: Pending<Client>, reads_only: bool) -> Self {
        Self { pending: Some(pending), reads_only, of: PhantomData }
    }

    /// Waits for the next item. The future can be dropped: nothing is lost then.
    pub async fn next(&mut self) -> Option<Result<ListItem<A>, Error>> {
        poll_fn(|cx| self.poll_item(cx)).await
    }

    /// Waits for all items that are still to come.
    ///
    /// # Errors
    /// [`Error`], where the list is refused, or not answered to its end; [`Error::Unread`] where it
    /// has more than 65,536 items, or they take up more than 64 MiB: an item takes about twice its
    /// length.
    pub async fn all(mut self) -> Result<Vec<ListItem<A>>, Error> {
        let (mut items, mut bytes) = (Vec::new(), 0);
        while let Some(item) = self.next().await {
            let item = item?;
            bytes += item.size;
            if items.len() >= MOST || bytes > MOST_BYTES {
                return Err(Error::Unread);
            }
            items.push(item);
        }
        Ok(items)
    }

    fn poll_item(&mut self, cx: &Context<'_>) -> Poll<Option<Result<ListItem<A>, Error>>> {
        while let Some(pending) = &mut self.pending {
            let error = match std::task::ready!(pending.poll_part(cx)) {
                // One that is none of its items is left out, as everywhere.
                Ok(Part::Frame(frame, _)) if A::item(frame.view()).is_none() => continue,
                Ok(Part::Frame(frame, size)) => {
                    return Poll::Ready(Some(Ok(ListItem { frame, size, of: PhantomData })));
                }
                Ok(Part::Unread) => Some(Error::Unread),
                Ok(Part::End(end)) => match end.ending.view() {
                    Ending::List { cancelled: false, .. } => None,
                    _ => Some(failed_as(self.reads_only, end.ending)),
                },
                Err(error) => Some(error),
            };
            self.pending = None;
            return Poll::Ready(error.map(Err));
        }
        Poll::Ready(None)
    }
}

#[cfg(feature = "stream")]
impl<A: ListAction> futures_core::Stream for List<A> {
    type Item = Result<ListItem<A>, Error>;

    fn poll_next(mut self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(cx)
    }
}

impl<A> fmt::Debug for List<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("ended", &self.pending.is_none()).finish_non_exhaustive()
    }
}

impl<A: ListAction> ListItem<A> {
    /// Returns the item as a view with its own fields.
    ///
    /// # Panics
    /// Never: what is no such item is left out of the list.
    pub fn view(&self) -> A::Item<'_> {
        A::item(self.frame.view()).expect("it was one when it came, and its bytes are the same")
    }

    /// Returns the event as it came.
    pub fn frame(&self) -> Frame<'_> {
        self.frame.view()
    }
}

impl<A> Clone for ListItem<A> {
    fn clone(&self) -> Self {
        Self { frame: self.frame.clone(), ..*self }
    }
}

/// One line for a log, secrets masked.
impl<A> fmt::Display for ListItem<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.frame.view().fmt(f)
    }
}

impl<A> fmt::Debug for ListItem<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ListItem").field(&format_args!("{self}")).finish()
    }
}
