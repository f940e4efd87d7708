//! The requests in flight: answers come in the order of the requests, the output of jobs in any.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use std::time::Instant;

use super::Id;
use super::event::{Progress, Unanswered};
use super::restore::Setting;

/// A request that the server has not answered.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) purpose: Purpose,
    /// Whether it has had its ending: its answer is still to come, and must not pass for another's.
    pub(super) ended: bool,
    pub(super) deadline: Option<Instant>,
    /// Where its bytes end in all that was ever written.
    pub(super) written: u64,
    /// Of a job.
    pub(super) uuid: Option<Box<[u8]>>,
    /// What has to be said again after a reconnect, if it is accepted.
    pub(super) setting: Option<Setting>,
}

impl Entry {
    /// One without a time of its own.
    pub(super) fn own(id: u64, purpose: Purpose, written: u64) -> Self {
        Self { id, purpose, ended: false, deadline: None, written, uuid: None, setting: None }
    }
}

/// For whom a request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Caller,
    Login,
    /// To set something again, or for the first time as configured.
    Restore,
    Exit,
}

/// A job that was accepted.
#[derive(Debug)]
struct Job {
    id: u64,
    uuid: Box<[u8]>,
    deadline: Option<Instant>,
}

#[derive(Debug, Default)]
pub(super) struct Pending {
    entries: VecDeque<Entry>,
    jobs: Vec<Job>,
}

impl Pending {
    pub(super) fn len(&self) -> usize {
        self.entries.len() + self.jobs.len()
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.entries.push_back(entry);
    }

    /// Takes out the request that an answer is for: the oldest, if the server can have seen it.
    pub(super) fn answered(&mut self, handed: u64) -> Option<Entry> {
        if self.entries.front()?.written > handed { None } else { self.entries.pop_front() }
    }

    /// What is to be set and has not been answered.
    pub(super) fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.entries.iter().filter_map(|entry| entry.setting.as_ref())
    }

    pub(super) fn start(&mut self, id: u64, uuid: Box<[u8]>, deadline: Option<Instant>) {
        self.jobs.push(Job { id, uuid, deadline });
    }

    /// Ends the job of this name, and says which it was. It may not have been answered yet.
    pub(super) fn finish(&mut self, uuid: &[u8]) -> Option<u64> {
        if let Some(place) = self.jobs.iter().position(|job| *job.uuid == *uuid) {
            return Some(self.jobs.remove(place).id);
        }
        let entry = self.entries.iter_mut().find(|entry| !entry.ended && entry.uuid.as_deref() == Some(uuid))?;
        entry.ended = true;
        Some(entry.id)
    }

    /// Ends a request of the caller's. `false`: it isn't open.
    pub(super) fn cancel(&mut self, id: u64) -> bool {
        if let Some(place) = self.jobs.iter().position(|job| job.id == id) {
            self.jobs.remove(place);
            return true;
        }
        let mut open = self.entries.iter_mut().filter(|entry| entry.purpose == Purpose::Caller && !entry.ended);
        open.find(|entry| entry.id == id).is_some_and(|entry| {
            entry.ended = true;
            true
        })
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let entries = self.entries.iter().filter(|entry| !entry.ended).filter_map(|entry| entry.deadline);
        entries.chain(self.jobs.iter().filter_map(|job| job.deadline)).min()
    }

    /// Ends one whose time is up, and says which it was.
    pub(super) fn expire(&mut self, now: Instant) -> Option<u64> {
        let is_up = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now);
        if let Some(entry) = self.entries.iter_mut().find(|entry| !entry.ended && is_up(entry.deadline)) {
            entry.ended = true;
            return Some(entry.id);
        }
        let place = self.jobs.iter().position(|job| is_up(job.deadline))?;
        Some(self.jobs.remove(place).id)
    }

    /// Takes out all, and says what the caller has not been told the end of. `handed`: how much of all that was ever written has been handed out.
    pub(super) fn lose(&mut self, handed: u64) -> Vec<Unanswered> {
        let jobs = self.jobs.drain(..).map(|job| Unanswered { id: Id(job.id), progress: Progress::Started });
        let open = self.entries.drain(..).filter(|entry| entry.purpose == Purpose::Caller && !entry.ended);
        let entries = open.map(|entry| {
            let progress = if entry.written > handed { Progress::NotSent } else { Progress::Sent };
            Unanswered { id: Id(entry.id), progress }
        });
        let mut all: Vec<Unanswered> = jobs.chain(entries).collect();
        all.sort_by_key(|unanswered| unanswered.id);
        all
    }
}
