//! Tells which request a frame answered that went over a limit and is skipped.

use super::Session;
use crate::error::FrameError;
use crate::freeswitch::connection::Id;
use crate::freeswitch::connection::in_flight::Purpose;
use crate::freeswitch::{ContentType, Frame};

impl Session {
    /// Takes note of a frame that is skipped, by its head. Returns the request of the caller's that
    /// it ends, which is the oldest where the frame is an answer.
    pub(in crate::freeswitch::connection) fn route_oversized(
        &mut self,
        head: Frame<'_>,
        error: FrameError,
    ) -> Option<Id> {
        self.tracer.skipped(&head, error);
        if !matches!(head.content_type(), ContentType::CommandReply | ContentType::ApiResponse) {
            return None;
        }
        let handed = self.out.transmitted();
        let entry = self.in_flight.answered(handed)?;
        self.owed = self.now;
        self.keep_alive.answered(entry.id, handed);
        if let Some(setting) = &entry.setting {
            self.restore.answered(entry.id, setting, !head.is_refusal());
        }
        (entry.purpose == Purpose::Caller && !entry.ended).then_some(Id(entry.id))
    }
}
