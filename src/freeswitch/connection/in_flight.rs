//! The requests in flight: answers come in the order of the requests, the output of jobs in any.
//!
//! Each step costs at most O(log n) of n requests in flight, whatever is asked, answered, given up
//! or due.

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
    /// Whether it has had its ending: its answer is still to come, and must not pass for another's.
    pub(super) ended: bool,
    /// Of the caller's requests alone.
    pub(super) deadline: Option<T>,
    /// Where its bytes end in all that was ever written.
    pub(super) written: u64,
    /// Of a job.
    pub(super) uuid: Option<Arc<[u8]>>,
    /// What has to be said again after a reconnect, if it is accepted.
    pub(super) setting: Option<Setting>,
    /// How long the server is busy with it beyond the usual.
    pub(super) takes: Duration,
}

impl<T> Entry<T> {
    /// One without a time of its own.
    pub(super) fn own(id: u64, purpose: Purpose, written: u64) -> Self {
        Self { id, purpose, ended: false, deadline: None, written, uuid: None, setting: None, takes: Duration::ZERO }
    }

    /// How far it has come. `handed`: how much of all that was ever written has been handed out.
    fn reached(&self, handed: u64) -> Reached {
        if self.written > handed { Reached::NotSent } else { Reached::Sent }
    }
}

/// For whom a request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Caller,
    Login,
    /// To set something again, or for the first time as configured.
    Restore,
    /// To hear a sign of life.
    KeepAlive,
    Exit,
}

/// A job that was accepted.
#[derive(Debug)]
struct Job<T> {
    uuid: Arc<[u8]>,
    deadline: Option<T>,
}

#[derive(Debug)]
pub(super) struct InFlight<T = Instant> {
    /// In the order of their ids.
    entries: VecDeque<Entry<T>>,
    /// How many of them are the caller's.
    callers: usize,
    /// By their ids.
    jobs: BTreeMap<u64, Job<T>>,
    open: Open<T>,
}

/// How those that have had no ending are found otherwise than by their ids.
#[derive(Debug)]
struct Open<T> {
    deadlines: Deadlines<T>,
    /// By the name of their job; several may have one.
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

    /// How many of the caller's the server has not answered.
    pub(super) fn unanswered(&self) -> usize {
        self.callers
    }

    /// How many jobs run.
    pub(super) fn jobs(&self) -> usize {
        self.jobs.len()
    }

    /// Whether any job runs, or may begin to.
    pub(super) fn has_jobs(&self) -> bool {
        !self.open.names.is_empty()
    }

    /// Notes a request that was sent; its id is higher than all before.
    pub(super) fn push(&mut self, entry: Entry<T>) {
        self.open.add(entry.id, entry.uuid.as_ref(), entry.deadline);
        self.callers += usize::from(entry.purpose == Purpose::Caller);
        self.entries.push_back(entry);
    }

    /// Takes out the request that an answer is for: the oldest, if the server can have seen it.
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

    /// Ends the job of this name, the oldest of several, and says which it was. It may not have
    /// been answered yet.
    pub(super) fn finish(&mut self, uuid: &[u8]) -> Option<u64> {
        let id = *self.open.names.get(uuid)?.first()?;
        self.end(id).then_some(id)
    }

    /// Ends a request of the caller's. `false`: it isn't open.
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

    /// Where this request is, as long as it is no job.
    fn place(&self, id: u64) -> Option<usize> {
        let place = self.entries.binary_search_by(|entry| {
            count(|steps| steps.looked += 1);
            entry.id.cmp(&id)
        });
        place.ok()
    }

    /// Whether this is the request that the server answers next.
    pub(super) fn is_next(&self, id: u64) -> bool {
        self.entries.front().is_some_and(|entry| entry.id == id)
    }

    /// Whether the server owes no answer.
    pub(super) fn owes_nothing(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the server owes an answer that is given up in time. One that a caller waits for
    /// without end is not.
    pub(super) fn is_due(&self) -> bool {
        self.entries.front().is_some_and(|entry| self.is_abandoned() || entry.deadline.is_some())
    }

    /// Whether nobody waits for the answer that the server gives next.
    pub(super) fn is_abandoned(&self) -> bool {
        self.entries.front().is_some_and(|entry| entry.ended || entry.purpose != Purpose::Caller)
    }

    /// The earliest time at which one is up.
    pub(super) fn deadline(&self) -> Option<T> {
        self.open.deadlines.first().map(|(deadline, _)| deadline)
    }

    /// Ends one whose time is up, and says which it was and how far it had come. `handed`: how much
    /// of all that was ever written has been handed out.
    pub(super) fn expire(&mut self, now: T, handed: u64) -> Option<(u64, Reached)> {
        let (_, id) = self.open.deadlines.first().filter(|(deadline, _)| *deadline <= now)?;
        let entry = self.place(id).and_then(|place| self.entries.get(place));
        let reached = entry.map_or(Reached::Accepted, |entry| entry.reached(handed));
        self.end(id).then_some((id, reached))
    }

    /// Takes out all, and says what the caller has not been told the end of. `handed`: how much of
    /// all that was ever written has been handed out.
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
        // Those that are jobs by now were sent before the others.
        jobs.chain(entries).collect()
    }

    /// Stops a debug build where the books don't agree. `written`: all that was ever written;
    /// `asked`: bytes of the settings that are to be answered. Of many requests only their number
    /// is looked at.
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

    /// So many requests, each a job, due in another order than they were sent.
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

    /// Another number below `n` for each.
    fn shuffled(id: u64, n: u64) -> u64 {
        id * 7919 % n
    }

    /// Whatever is done to each of n requests in flight, it takes some steps for each level of a
    /// tree of them.
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
                // A search of a B-tree looks at eleven a level at the most.
                let levels = u64::from(n.ilog(6)) + 1;
                let most = n * levels * 11 * 2 * (1 + each.len() as u64);
                assert!(taken as u64 <= most, "{what}: {taken} steps for {n}, more than {most}");
            }
        }
    }
}
