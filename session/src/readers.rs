//! The queues of those who read events: each bounded in items and in bytes, each with a rule for
//! what happens when it is full.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use crate::error::ConnectError;
use crate::events::{Disconnected, Item, Lag};
use crate::protocol::{HIDDEN, Protocol};

/// All readers of a connection.
pub(crate) struct Readers<P: Protocol> {
    readers: Vec<(u64, Reader<P>)>,
    next: u64,
    /// Set while one that is to be waited for has no room.
    stalled: bool,
    /// Set once the connection is to be closed: no reader is waited for any more.
    hurried: bool,
}

/// The wishes of a reader.
pub(crate) struct Wants<P: Protocol> {
    pub(crate) events: P::Wanted,
    /// Items that may wait, at least one.
    pub(crate) capacity: usize,
    /// Bytes that the events may take up which wait. One that is larger has room alone.
    pub(crate) bytes: usize,
    pub(crate) lag: Lag,
    pub(crate) unclaimed: bool,
}

/// One queue.
pub(crate) struct Reader<P: Protocol> {
    wants: Wants<P>,
    /// The items, each with about the number of bytes that it takes up.
    queue: VecDeque<(Item<P>, usize)>,
    /// The sum of those.
    bytes: usize,
    /// Items that had no room since the last one in the queue.
    missed: u64,
    /// The last loss of the connection, and whether one stands again, of those that had no room:
    /// they come behind the number of the others.
    lost: Option<Arc<Disconnected<P>>>,
    stands_again: bool,
    ended: bool,
    waker: Option<Waker>,
}

impl<P: Protocol> Reader<P> {
    pub(crate) fn new(wants: Wants<P>) -> Self {
        Self {
            wants,
            queue: VecDeque::new(),
            bytes: 0,
            missed: 0,
            lost: None,
            stands_again: false,
            ended: false,
            waker: None,
        }
    }

    /// Returns whether there is no room for so many bytes more.
    fn is_full_for(&self, size: usize) -> bool {
        let is_over = self.bytes.saturating_add(size) > self.wants.bytes;
        self.queue.len() >= self.wants.capacity || (is_over && !self.queue.is_empty())
    }

    fn is_full(&self) -> bool {
        self.queue.len() >= self.wants.capacity || self.bytes >= self.wants.bytes
    }

    /// Returns whether nothing more may be told until it has taken something.
    fn holds_up(&self) -> bool {
        self.wants.lag == Lag::Wait && self.is_full() && !self.queue.is_empty()
    }

    /// Puts it behind the others, or counts it where there is no room. One that is waited for takes
    /// the few that are told at once beyond its room: after them nothing more is told. The number
    /// of those that are missing needs no room, nor do the last loss and the last return.
    fn push(&mut self, item: Item<P>, size: usize, hurried: bool) {
        let waits = self.wants.lag == Lag::Wait && !hurried;
        if !waits && self.is_full_for(size) {
            self.put_aside(item);
        } else {
            self.queue_aside();
            self.queue.push_back((item, size));
            self.bytes += size;
        }
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Keeps a loss or a return in place of the one before it, and counts all else.
    fn put_aside(&mut self, item: Item<P>) {
        match item {
            Item::Disconnected(lost) => {
                self.missed += u64::from(self.lost.is_some()) + u64::from(self.stands_again);
                (self.lost, self.stands_again) = (Some(lost), false);
            }
            Item::Reconnected => {
                self.missed += u64::from(self.stands_again);
                self.stands_again = true;
            }
            _ => self.missed += 1,
        }
    }

    /// Takes the next of what had no room.
    fn pop_aside(&mut self) -> Option<Item<P>> {
        if self.missed > 0 {
            return Some(Item::Missed(std::mem::take(&mut self.missed)));
        }
        let lost = self.lost.take().map(Item::Disconnected);
        lost.or_else(|| std::mem::take(&mut self.stands_again).then_some(Item::Reconnected))
    }

    /// Puts what had no room behind what waits: three items at the most.
    fn queue_aside(&mut self) {
        while let Some(item) = self.pop_aside() {
            self.queue.push_back((item, 0));
        }
    }

    fn pop(&mut self) -> Option<Item<P>> {
        let next = self.queue.pop_front().map(|(item, size)| {
            self.bytes -= size;
            item
        });
        if self.queue.is_empty() && self.queue.capacity() > 64 {
            self.queue.shrink_to(64);
        }
        next.or_else(|| self.pop_aside())
    }
}

impl<P: Protocol> Readers<P> {
    pub(crate) const fn new() -> Self {
        Self { readers: Vec::new(), next: 0, stalled: false, hurried: false }
    }

    pub(crate) fn add(&mut self, reader: Reader<P>) -> u64 {
        let number = self.next;
        self.next += 1;
        self.readers.push((number, reader));
        number
    }

    /// Forgets a reader. Returns whether what was waiting for it can go on.
    pub(crate) fn remove(&mut self, number: u64) -> bool {
        // Numbers ascend, and none comes in between.
        if let Ok(at) = self.readers.binary_search_by_key(&number, |(number, _)| *number) {
            self.readers.remove(at);
        }
        self.settle()
    }

    /// Returns the next item of a reader, and whether what was waiting for it can go on.
    pub(crate) fn poll_next(&mut self, number: u64, cx: &Context<'_>) -> (Poll<Option<Item<P>>>, bool) {
        let Ok(at) = self.readers.binary_search_by_key(&number, |(number, _)| *number) else {
            return (Poll::Ready(None), false);
        };
        let Some((_, reader)) = self.readers.get_mut(at) else { return (Poll::Ready(None), false) };
        match reader.pop() {
            Some(item) => (Poll::Ready(Some(item)), self.stalled && self.settle()),
            None if reader.ended => (Poll::Ready(None), false),
            None => {
                reader.waker = Some(cx.waker().clone());
                (Poll::Pending, false)
            }
        }
    }

    /// Returns whether nothing more may be told until a reader has taken something.
    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled
    }

    /// Waits for no reader any more: who has no room is told how much was missed.
    pub(crate) fn hurry(&mut self) {
        self.hurried = true;
        self.settle();
    }

    /// Looks anew whether one has no room. Returns whether that has just changed.
    fn settle(&mut self) -> bool {
        let before = self.stalled;
        self.stalled = !self.hurried && self.readers.iter().any(|(_, reader)| reader.holds_up());
        before && !self.stalled
    }

    /// Gives an event to those who want it. It is kept once, if anybody does.
    pub(crate) fn event(&mut self, event: P::EventView<'_>) {
        let (mut kept, mut size) = (None, 0);
        for (_, reader) in &mut self.readers {
            if P::wants(&reader.wants.events, event, HIDDEN) {
                let event = kept.get_or_insert_with(|| {
                    size = P::event_size(event, HIDDEN);
                    Arc::new(P::keep_event(event, HIDDEN))
                });
                reader.push(Item::Event(Arc::clone(event)), size, self.hurried);
                self.stalled |= !self.hurried && reader.holds_up();
            }
        }
    }

    /// Tells each reader what it may not miss.
    pub(crate) fn tell(&mut self, item: impl Fn() -> Item<P>) {
        for (_, reader) in &mut self.readers {
            reader.push(item(), 0, self.hurried);
        }
        self.settle();
    }

    /// Tells each reader of something beside events. It is kept once, if there is any.
    pub(crate) fn notice(&mut self, notice: P::NoticeView<'_>) {
        self.share(notice, |_| true);
    }

    /// Tells those who have asked for what no request claims.
    pub(crate) fn unclaimed(&mut self, notice: P::NoticeView<'_>) {
        self.share(notice, |wants| wants.unclaimed);
    }

    fn share(&mut self, notice: P::NoticeView<'_>, concerns: impl Fn(&Wants<P>) -> bool) {
        let mut kept = None;
        for (_, reader) in self.readers.iter_mut().filter(|(_, reader)| concerns(&reader.wants)) {
            let notice = kept.get_or_insert_with(|| Arc::new(P::keep_notice(notice, HIDDEN)));
            reader.push(Item::Notice(Arc::clone(notice)), size_of::<P::Notice>(), self.hurried);
        }
        self.settle();
    }

    /// Ends all streams behind what is still to be read.
    pub(crate) fn end(&mut self, why: Option<&ConnectError>) {
        self.hurry();
        for (_, reader) in self.readers.iter_mut().filter(|(_, reader)| !reader.ended) {
            // For these there is room in any case: nothing comes behind them.
            reader.queue_aside();
            reader.queue.extend(why.map(|error| (Item::Lost(error.clone()), 0)));
            reader.ended = true;
            if let Some(waker) = reader.waker.take() {
                waker.wake();
            }
        }
    }

    /// Returns how many items wait to be read.
    pub(crate) fn unread(&self) -> usize {
        self.readers.iter().map(|(_, reader)| reader.queue.len()).sum()
    }

    /// Returns how many readers there are.
    pub(crate) fn len(&self) -> usize {
        self.readers.len()
    }
}
