//! Calls that a tracker lets go of before their end is told: a hangup that was lost would keep
//! them for ever.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::time::Duration;

use super::Tracker;
use super::call::Call;

impl Tracker {
    /// Gives up all calls that go on, such as when the connection is lost and with it their
    /// hangups. They have no [`end`](Call::end).
    pub fn abandon(&mut self) -> impl Iterator<Item = Call> + use<> {
        self.books.clear(self.ended_bytes());
        let mut calls: Vec<Call> = core::mem::take(&mut self.calls).into_values().map(|call| *call).collect();
        calls.sort_unstable_by_key(Call::number);
        for call in &mut calls {
            call.heard = self.last.max(call.heard);
            self.books.close(call, self.step);
        }
        calls.into_iter()
    }

    /// Gives up one call that goes on, by its [`number`](Call::number). It has no
    /// [`end`](Call::end), and what still comes of its channels is passed over.
    pub fn abandon_call(&mut self, number: u64) -> Option<Call> {
        let group = *self.books.ages.get(&number)?;
        let call = self.take(group)?;
        self.books.budget.give_back(call.cost());
        Some(*call)
    }

    /// Gives up the calls that go on of which `keep` says no.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ami_proto::calls::{CallLimits, Tracker};
    ///
    /// let mut tracker = Tracker::new(CallLimits::new());
    /// let now = Duration::from_secs(100_000);
    /// let old = tracker.retain(|call| now.saturating_sub(call.start()) < Duration::from_secs(6 * 3600));
    /// assert!(old.is_empty());
    /// ```
    pub fn retain(&mut self, mut keep: impl FnMut(&Call) -> bool) -> Vec<Call> {
        let gone: Vec<u64> = self.active().filter(|call| !keep(call)).map(Call::number).collect();
        gone.into_iter().filter_map(|number| self.abandon_call(number)).collect()
    }

    /// Hangs up the channels that are not among those that live: by their unique ids, as a list
    /// such as `CoreShowChannels` or a mirror has them. Calls without channels end, and
    /// [`poll_ended`](Self::poll_ended) gives them.
    ///
    /// Channels that were first heard of at `asked` or later stay, where `asked` is when the list
    /// was asked for: it may have been made before they began. `at` is the time of their end.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ami_proto::calls::{CallLimits, Tracker};
    /// use ami_proto::event::Event;
    /// use ami_proto::state::{Completeness, Mirror, MirrorLimits, Part};
    /// # let bytes = b"Event: Newchannel\r\nChannel: A\r\nUniqueid: 1\r\n\r\n\
    /// #     Event: Newchannel\r\nChannel: B\r\nUniqueid: 2\r\n\r\n\
    /// #     Event: CoreShowChannel\r\nChannel: B\r\nUniqueid: 2\r\n\r\n\
    /// #     Event: CoreShowChannelsComplete\r\nEventList: Complete\r\nListItems: 1\r\n\r\n";
    /// # let mut decoder = ami_proto::Decoder::new(ami_proto::Limits::new());
    /// # decoder.push(bytes);
    /// # let mut frames = Vec::new();
    /// # while let Some(frame) = decoder.next_frame()? {
    /// #     frames.push(frame.to_owned());
    /// # }
    /// # let (before, after) = frames.split_at(2);
    ///
    /// let mut tracker = Tracker::new(CallLimits::new());
    /// let mut mirror = Mirror::new(MirrorLimits::new());
    /// # for frame in before {
    /// #     tracker.handle(&Event::from(frame.view()), Duration::from_secs(1));
    /// # }
    /// // The connection broke and is back: seed the mirror, and remember when.
    /// mirror.lost();
    /// let asked = Duration::from_secs(60);
    /// let seeds = mirror.seed(Part::Channels); // to send
    /// # assert_eq!(seeds.len(), 1);
    /// // Every event goes to both.
    /// # for frame in after {
    /// #     tracker.handle(&Event::from(frame.view()), Duration::from_secs(61));
    /// #     let _ = mirror.handle(&Event::from(frame.view()));
    /// # }
    /// // A mirror that lacks a channel would end its call: only a complete one says what lives.
    /// if mirror.completeness(Part::Channels) == Completeness::Complete {
    ///     let living = mirror.channels().map(|channel| channel.unique_id.as_bytes());
    ///     tracker.reconcile(living, asked, Duration::from_secs(61));
    /// }
    /// let lost = tracker.poll_ended().expect("the call whose hangup was lost");
    /// # assert_eq!(lost.legs()[0].unique_id, "1");
    /// # assert!(tracker.poll_ended().is_none() && tracker.active().len() == 1);
    /// # Ok::<(), ami_proto::FrameError>(())
    /// ```
    pub fn reconcile<'a>(&mut self, living: impl IntoIterator<Item = &'a [u8]>, asked: Duration, at: Duration) {
        let living: BTreeSet<&[u8]> = living.into_iter().collect();
        let legs = self.active().flat_map(Call::legs);
        let lost = legs.filter(|leg| leg.ended.is_none() && !leg.guest && leg.first_seen < asked);
        let lost = lost.filter(|leg| !living.contains(leg.unique_id.as_bytes()));
        let lost: Vec<_> = lost.map(|leg| leg.unique_id.clone()).collect();
        self.step += 1;
        self.last = self.last.max(at);
        for unique_id in lost {
            self.hang_up(unique_id.as_bytes(), None, at);
        }
    }

    /// Takes a call that goes on out of the books. Its channels are gone from then on.
    fn take(&mut self, group: u64) -> Option<Box<Call>> {
        let mut call = self.calls.remove(&group)?;
        for leg in call.legs.iter().filter(|leg| leg.ended.is_none() && !leg.guest) {
            let guest = self.books.channels.get(leg.unique_id.as_bytes()).and_then(|channel| channel.guest);
            if guest.is_some() {
                self.leave_as_guest(leg.unique_id.as_bytes(), None, self.last);
            }
            self.gone.insert(leg.unique_id.clone(), None);
        }
        self.books.close(&mut call, self.step);
        Some(call)
    }

    /// Gives up a call for the sake of others: it is among the ended ones, without an end.
    pub(super) fn give_up(&mut self, group: u64) {
        if let Some(call) = self.take(group) {
            self.push_ended(call);
        }
    }

    /// Gives up the calls from before a restart of the server, which went down at this time. It may
    /// tell of new ones before it says that it has booted.
    pub(super) fn give_up_before(&mut self, down: Duration) {
        let groups: Vec<u64> = self.books.ages.values().copied().collect();
        for group in groups {
            if let Some(call) = self.calls.get_mut(&group).filter(|call| call.start <= down) {
                call.heard = call.heard.max(down);
                self.losses.given_up += 1;
                self.give_up(group);
            }
        }
    }

    /// Gives up the calls that began too long ago.
    pub(super) fn give_up_old(&mut self, at: Duration) {
        while let Some(group) = self.books.ages.values().next().copied() {
            let start = self.calls.get(&group).map_or(at, |call| call.start);
            if at.saturating_sub(start) <= self.limits.max_age() {
                return;
            }
            self.losses.given_up += 1;
            self.give_up(group);
        }
    }
}
