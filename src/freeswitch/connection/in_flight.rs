//! The requests in flight. Answers come in the order of the requests, the output of jobs in any
//! order.
//!
//! Each operation costs at most O(log n) for n requests in flight: sending, answering, cancelling,
//! timing out.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use std::time::Instant;

use super::event::Unanswered;
use super::replay::Setting;
use super::{Id, Reached};
use crate::conn::deadlines::Deadlines;
use crate::freeswitch::OwnedValue;
use crate::steps::count;

/// A request that the server has not answered.
#[derive(Debug)]
pub(super) struct Entry<T = Instant> {
    pub(super) id: u64,
    pub(super) purpose: Purpose,
    /// `true` once its ending was reported: its answer is still to come, and must not be taken for
    /// the answer to another request.
    pub(super) ended: bool,
    /// Set for the caller's requests only.
    pub(super) deadline: Option<T>,
    /// End of the request in the count of all bytes ever written.
    pub(super) written: u64,
    /// Set for a job.
    pub(super) uuid: Option<Arc<[u8]>>,
    /// The setting to restore after a reconnect, if the server accepts the request.
    pub(super) setting: Option<Setting>,
    /// Time that the server needs for it beyond the usual.
    pub(super) takes: Duration,
}

impl<T> Entry<T> {
    /// Creates the entry of a request without deadline.
    pub(super) fn own(id: u64, purpose: Purpose, written: u64) -> Self {
        Self { id, purpose, ended: false, deadline: None, written, uuid: None, setting: None, takes: Duration::ZERO }
    }

    /// Returns the state that the request has reached. `handed`: number of all bytes ever written
    /// that have been handed out.
    fn reached(&self, handed: u64) -> Reached {
        if self.written > handed { Reached::NotSent } else { Reached::Sent }
    }
}

/// The purpose for which a request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Caller,
    Login,
    /// To restore a setting, or to apply the configured one for the first time.
    Restore,
    /// To check that the server is alive.
    KeepAlive,
    Exit,
}

/// A job that the server accepted.
#[derive(Debug)]
struct Job<T> {
    uuid: Arc<[u8]>,
    deadline: Option<T>,
}

#[derive(Debug)]
pub(super) struct InFlight<T = Instant> {
    /// Sorted by id.
    entries: VecDeque<Entry<T>>,
    /// Number of the entries that are the caller's requests.
    callers: usize,
    /// Jobs by request id.
    jobs: BTreeMap<u64, Job<T>>,
    open: Open<T>,
}

/// Look-up by name and by deadline, of requests whose ending has not been reported.
#[derive(Debug)]
struct Open<T> {
    deadlines: Deadlines<T>,
    /// By the name of the job; several jobs may have one name.
    names: BTreeMap<Arc<[u8]>, BTreeSet<u64>>,
}

impl<T: Ord + Copy> Open<T> {
    fn add(&mut self, id: u64, uuid: Option<&Arc<[u8]>>, deadline: Option<T>) {
        self.deadlines.put(id, None, deadline);
        if let Some(uuid) = uuid {
            self.names.entry(Arc::clone(uuid)).or_default().insert(id);
        }
    }

    fn remove(&mut self, id: u64, uuid: Option<&Arc<[u8]>>, deadline: Option<T>) {
        self.deadlines.put(id, deadline, None);
        let Some((uuid, ids)) = uuid.and_then(|uuid| Some((uuid, self.names.get_mut(uuid)?))) else { return };
        ids.remove(&id);
        if ids.is_empty() {
            self.names.remove(uuid);
        }
    }
}

impl<T: Ord + Copy> InFlight<T> {
    pub(super) const fn new() -> Self {
        let open = Open { deadlines: Deadlines::new(), names: BTreeMap::new() };
        Self { entries: VecDeque::new(), callers: 0, jobs: BTreeMap::new(), open }
    }

    fn len(&self) -> usize {
        self.entries.len() + self.jobs.len()
    }

    /// Returns the number of the caller's requests that the server has not answered.
    pub(super) fn unanswered(&self) -> usize {
        self.callers
    }

    /// Returns the number of running jobs.
    pub(super) fn jobs(&self) -> usize {
        self.jobs.len()
    }

    /// Returns whether a job is running or may start.
    pub(super) fn has_jobs(&self) -> bool {
        !self.open.names.is_empty()
    }

    /// Adds a request that was sent; its id is higher than all earlier ones.
    pub(super) fn push(&mut self, entry: Entry<T>) {
        self.open.add(entry.id, entry.uuid.as_ref(), entry.deadline);
        self.callers += usize::from(entry.purpose == Purpose::Caller);
        self.entries.push_back(entry);
    }

    /// Takes out the request that an answer is for: the oldest one, if the server can have received
    /// it.
    pub(super) fn answered(&mut self, handed: u64) -> Option<Entry<T>> {
        if self.entries.front()?.written > handed {
            return None;
        }
        let entry = self.entries.pop_front()?;
        self.callers -= usize::from(entry.purpose == Purpose::Caller);
        if !entry.ended {
            self.open.remove(entry.id, entry.uuid.as_ref(), entry.deadline);
        }
        Some(entry)
    }

    pub(super) fn start(&mut self, id: u64, uuid: Arc<[u8]>, deadline: Option<T>) {
        self.open.add(id, Some(&uuid), deadline);
        self.jobs.insert(id, Job { uuid, deadline });
    }

    /// Ends the job of this name, the oldest one if there are several, and returns its id. The
    /// server may not have answered its request yet.
    pub(super) fn finish(&mut self, uuid: &[u8]) -> Option<u64> {
        let id = *self.open.names.get(uuid)?.first()?;
        self.end(id).then_some(id)
    }

    /// Ends a request of the caller. Returns `false` if it isn't open.
    pub(super) fn end(&mut self, id: u64) -> bool {
        if let Some(job) = self.jobs.remove(&id) {
            self.open.remove(id, Some(&job.uuid), job.deadline);
            return true;
        }
        let found = self.place(id).and_then(|place| self.entries.get_mut(place));
        let Some(entry) = found.filter(|entry| entry.purpose == Purpose::Caller && !entry.ended) else { return false };
        entry.ended = true;
        self.open.remove(id, entry.uuid.as_ref(), entry.deadline);
        true
    }

    /// Returns the position of this request, unless it has become a job.
    fn place(&self, id: u64) -> Option<usize> {
        let place = self.entries.binary_search_by(|entry| {
            count(|steps| steps.looked += 1);
            entry.id.cmp(&id)
        });
        place.ok()
    }

    /// Returns whether the server answers this request next.
    pub(super) fn is_next(&self, id: u64) -> bool {
        self.entries.front().is_some_and(|entry| entry.id == id)
    }

    /// Returns whether the server owes no answer.
    pub(super) fn owes_nothing(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns whether the server owes an answer that has a time limit. An answer for which a
    /// caller waits without limit doesn't count.
    pub(super) fn is_due(&self) -> bool {
        self.entries.front().is_some_and(|entry| self.is_abandoned() || entry.deadline.is_some())
    }

    /// Returns whether no caller waits for the server's next answer.
    pub(super) fn is_abandoned(&self) -> bool {
        self.entries.front().is_some_and(|entry| entry.ended || entry.purpose != Purpose::Caller)
    }

    /// Returns the earliest deadline.
    pub(super) fn deadline(&self) -> Option<T> {
        self.open.deadlines.first().map(|(deadline, _)| deadline)
    }

    /// Ends a request whose deadline has passed, and returns its id and state. `handed`: number of
    /// all bytes ever written that have been handed out.
    pub(super) fn expire(&mut self, now: T, handed: u64) -> Option<(u64, Reached)> {
        let (_, id) = self.open.deadlines.first().filter(|(deadline, _)| *deadline <= now)?;
        let entry = self.place(id).and_then(|place| self.entries.get(place));
        let reached = entry.map_or(Reached::Accepted, |entry| entry.reached(handed));
        self.end(id).then_some((id, reached))
    }

    /// Takes out all requests, and returns those whose ending has not been reported. `handed`:
    /// number of all bytes ever written that have been handed out.
    pub(super) fn lose(&mut self, handed: u64) -> Vec<Unanswered> {
        let Self { entries, jobs, .. } = core::mem::replace(self, Self::new());
        let lost = |id, uuid: Option<Arc<[u8]>>, reached| Unanswered {
            id: Id(id),
            job_uuid: uuid.as_deref().map(OwnedValue::new),
            reached,
        };
        let jobs = jobs.into_iter().map(|(id, job)| lost(id, Some(job.uuid), Reached::Accepted));
        let open = entries.into_iter().filter(|entry| entry.purpose == Purpose::Caller && !entry.ended);
        let entries = open.map(|entry| lost(entry.id, entry.uuid.clone(), entry.reached(handed)));
        // The requests that are jobs by now were sent before the others.
        jobs.chain(entries).collect()
    }

    /// Stops a debug build if the counters disagree. `written`: number of all bytes ever written;
    /// `asked`: bytes of the settings that await their answer. If there are many requests, only
    /// their number is checked.
    pub(super) fn check(&self, written: u64, asked: usize) {
        debug_assert!(self.callers <= self.entries.len());
        debug_assert!(self.open.deadlines.len() <= self.len() && self.open.names.len() <= self.len());
        if self.len() > 32 {
            return;
        }
        let callers = self.entries.iter().filter(|entry| entry.purpose == Purpose::Caller).count();
        debug_assert_eq!(self.callers, callers);
        let pairs = self.entries.iter().zip(self.entries.iter().skip(1));
        debug_assert!(pairs.clone().all(|(one, next)| one.id < next.id && one.written <= next.written));
        debug_assert!(self.entries.back().is_none_or(|last| last.written <= written));
        debug_assert_eq!(
            self.entries.iter().filter_map(|entry| entry.setting.as_ref()).map(Setting::len).sum::<usize>(),
            asked
        );
        let entries = self.entries.iter().filter(|entry| !entry.ended);
        let entries = entries.map(|entry| (entry.id, entry.uuid.as_ref(), entry.deadline));
        let open = entries.chain(self.jobs.iter().map(|(id, job)| (*id, Some(&job.uuid), job.deadline)));
        let (mut deadlines, mut named) = (0, 0);
        for (id, uuid, deadline) in open {
            deadlines += usize::from(deadline.is_some());
            named += usize::from(uuid.is_some());
            let found = |uuid| self.open.names.get(uuid).is_some_and(|ids| ids.contains(&id));
            debug_assert!(uuid.is_none_or(found), "a job that is not found by its name");
            debug_assert!(deadline.is_none_or(|deadline| self.deadline().is_some_and(|first| first <= deadline)));
        }
        debug_assert_eq!(self.open.deadlines.len(), deadlines, "deadlines of what is not open");
        debug_assert_eq!(self.open.names.values().map(BTreeSet::len).sum::<usize>(), named, "names of no job");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conn::deadlines::seen::Seen;
    use crate::steps::steps;

    fn name(id: u64) -> Arc<[u8]> {
        id.to_be_bytes()[..].into()
    }

    /// Returns `n` requests, each a job, with deadlines in another order than their ids.
    fn sent(n: u64) -> InFlight<Seen> {
        let mut pending = InFlight::new();
        for id in 0..n {
            let deadline = Some(Seen(shuffled(id, n)));
            let entry = Entry { deadline, uuid: Some(name(id)), ..Entry::own(id, Purpose::Caller, id) };
            pending.push(entry);
            assert_eq!(pending.deadline(), Some(Seen(0)), "that of the first is the first");
        }
        pending
    }

    /// Maps each id to a different number below `n`.
    fn shuffled(id: u64, n: u64) -> u64 {
        id * 7919 % n
    }

    /// Each operation on one of n requests in flight takes a bounded number of steps for each level
    /// of a tree of them.
    #[test]
    fn no_step_looks_at_all() {
        type Each = fn(&mut InFlight<Seen>, u64);
        let started: Each = |pending, n| {
            for _ in 0..n {
                let entry = pending.answered(n).unwrap();
                pending.start(entry.id, entry.uuid.unwrap(), Some(Seen(n + shuffled(entry.id, n))));
                pending.deadline().unwrap();
            }
        };
        let cancelled: Each = |pending, n| {
            for id in 0..n {
                assert!(pending.end(shuffled(id, n)) && !pending.end(shuffled(id, n)));
                assert_eq!(pending.deadline().is_none(), id == n - 1);
            }
        };
        let expired: Each = |pending, n| {
            let mut seen = 0;
            while let Some((id, reached)) = pending.expire(Seen(2 * n), u64::MAX) {
                assert_ne!(reached, Reached::NotSent);
                assert_eq!(shuffled(id, n), seen, "in the order of their times");
                seen += 1;
            }
            assert_eq!((seen, pending.deadline()), (n, None));
        };
        let finished: Each = |pending, n| {
            for id in 0..n {
                let id = shuffled(id, n);
                assert_eq!(pending.finish(&name(n + id)), None, "another's job");
                assert_eq!(pending.finish(&name(id)), Some(id));
                assert_eq!(pending.finish(&name(id)), None);
            }
        };
        let lost: Each = |pending, n| {
            let lost: Vec<u64> = pending.lose(u64::MAX).into_iter().map(|unanswered| unanswered.id.0).collect();
            assert_eq!(lost, (0..n).collect::<Vec<_>>());
        };
        let all: [(&str, &[Each]); 9] = [
            ("cancelled", &[cancelled]),
            ("timed out", &[expired]),
            ("output before the answer", &[finished]),
            ("started", &[started]),
            ("started and cancelled", &[started, cancelled]),
            ("started and timed out", &[started, expired]),
            ("started and finished", &[started, finished]),
            ("lost", &[lost]),
            ("started and lost", &[started, lost]),
        ];
        for (what, each) in all {
            for n in [100, 400, 1600] {
                let taken = steps(|| {
                    let mut pending = sent(n);
                    for each in each {
                        each(&mut pending, n);
                    }
                })
                .looked;
                // A search in a B-tree compares at most eleven keys on each level.
                let levels = u64::from(n.ilog(6)) + 1;
                let most = n * levels * 11 * 2 * (1 + each.len() as u64);
                assert!(taken as u64 <= most, "{what}: {taken} steps for {n}, more than {most}");
            }
        }
    }
}
