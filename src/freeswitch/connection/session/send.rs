//! Sends the program's requests, each behind what the connection has to set for it first.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use std::time::Instant;

use super::Session;
use crate::conn::Trace;
use crate::error::{ApiMisuse, EncodeError, Refusal, SendError};
use crate::freeswitch::connection::Id;
use crate::freeswitch::connection::config::Config;
use crate::freeswitch::connection::in_flight::{Entry, Purpose};
use crate::freeswitch::connection::message::{Message, Written};
use crate::freeswitch::connection::replay::Setting;
use crate::range::part;

impl Session {
    pub(in crate::freeswitch::connection) fn send(
        &mut self,
        now: Instant,
        message: &Message,
        within: Option<Duration>,
    ) -> Result<Id, SendError> {
        self.now = Some(now);
        if !self.stage.is_ready() {
            return Err(SendError::NotLoggedIn);
        }
        let max = self.config.in_flight;
        if self.in_flight.unanswered() >= max {
            return Err(SendError::InFlight { max });
        }
        // What has ended counts until that has been told.
        let max = self.config.open;
        if self.open() + self.notices.len() >= max {
            return Err(SendError::Open { max });
        }
        let setting = Setting::of(message);
        if !cfg!(feature = "xml") && setting.as_ref().is_some_and(Setting::asks_for_xml) {
            return Err(EncodeError::new(b"command", Refusal::Feature { name: "xml" }).into());
        }
        let mut message = Message::clone(message);
        let is_job = message.verb() == b"bgapi";
        let mut own = Vec::new();
        let mut uuid: Option<Arc<[u8]>> = None;
        if is_job {
            if self.restore.filters().hide_jobs() {
                return Err(ApiMisuse::JobsHidden.into());
            }
            if !self.restore.has_jobs() {
                own.push(Message::new(alloc::format!("event {} BACKGROUND_JOB", self.restore.format())));
            }
            if message.get(b"Job-UUID").is_none() {
                message = message.header("Job-UUID", self.job_id(self.next));
            }
            let name = message.get(b"Job-UUID").unwrap_or_default();
            if name.len() > Self::JOB_NAME {
                let refusal = Refusal::ValueTooLong { len: name.len(), max: Self::JOB_NAME };
                return Err(EncodeError::new(b"Job-UUID", refusal).into());
            }
            uuid = Some(name.into());
        }
        own.extend(self.restore.filters().before(setting.as_ref(), is_job || self.in_flight.has_jobs()));
        let settings: Vec<_> = own.iter().map(Setting::of).collect();
        let more: usize = settings.iter().chain([&setting]).flatten().map(Setting::len).sum();
        let room = self.config.most().saturating_sub(self.reserved() + Config::COPIES * more);
        let start = self.out.written();
        let mut ends = Vec::new();
        let written = self.out.write(room, |out| {
            let from = out.len();
            for message in own.iter().chain([&message]) {
                message.encode(out)?;
                ends.push(out.len() - from);
            }
            Ok::<_, EncodeError>(())
        });
        let Some(written) = written? else { return Err(SendError::Ceiling { max: self.config.most() }) };
        let mut from = 0;
        for end in &ends {
            self.tracer.tell(Trace::Sent(&Written(part(written, from..*end))));
            from = *end;
        }
        for (setting, end) in settings.into_iter().zip(ends) {
            let id = self.number();
            self.ask(Entry { setting, ..Entry::own(id, Purpose::Restore, start + end as u64) });
        }
        let takes = message.takes();
        let deadline = self.answer_due(now, if is_job { Duration::ZERO } else { takes }, within);
        let id = self.number();
        self.ask(Entry { deadline, uuid, setting, takes, ..Entry::own(id, Purpose::Caller, self.out.written()) });
        Ok(Id(id))
    }

    /// Returns when an answer is due, if the caller says nothing else: behind all that the server
    /// is busy with, for it answers in order.
    fn answer_due(&mut self, now: Instant, takes: Duration, within: Option<Duration>) -> Option<Instant> {
        let busy = self.busy.filter(|busy| *busy > now && !self.in_flight.owes_nothing());
        let done = busy.unwrap_or(now).checked_add(takes);
        self.busy = done;
        match within {
            Some(within) => now.checked_add(within),
            None => done?.checked_add(self.config.response),
        }
    }
}
