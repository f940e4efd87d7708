//! Carries out what the table of stages asks for, and tells a hook of the ways between stages.

use std::time::Instant;

use super::state::{Effect, Input, Stage, Waiting};
use super::{RequestId, Server};
use crate::conn::Trace;
use crate::error::ApiMisuse;

impl Server {
    /// Tells the stage what has happened: does what that leads to, and enters the stage that it
    /// leads to. The only place where the stage changes.
    pub(super) fn step(&mut self, input: Input) -> Effect {
        let (stage, effect) = self.stage.next(input);
        let waiting = self.carry_out(effect);
        // What it wrote may have had no room: then the session was lost with that.
        if self.stage == Stage::Over {
            return effect;
        }
        if let Some(waiting) = waiting {
            self.waiting = waiting;
        }
        let from = core::mem::replace(&mut self.stage, stage);
        if from != stage {
            self.tracer.stage(from.as_str(), stage.as_str(), effect.lost(), input.why());
        }
        effect
    }

    /// Does what the table asks for; returns what the stage that follows waits for, if it is a new
    /// one. What answers a request is written by `verdict.rs` and
    /// `answer.rs`.
    fn carry_out(&mut self, effect: Effect) -> Option<Waiting> {
        Some(match effect {
            Effect::Nothing | Effect::NotOpen | Effect::AlreadyIn => return None,
            Effect::Ask(mask) => Waiting::Verdict { deadline: self.waiting.deadline(), mask },
            Effect::LetIn(readable) => {
                if let Waiting::Verdict { mask, .. } = self.waiting {
                    (self.readable, self.mask) = (readable, mask);
                }
                Waiting::Nothing
            }
            Effect::KeepOut(message) => Waiting::Refusal { at: self.now.checked_add(self.config.refusal), message },
            Effect::TellRefusal => {
                if let Waiting::Refusal { message, .. } = self.waiting {
                    let action_id = self.open.first().and_then(|id| self.open.remove(id)).unwrap_or_default();
                    self.write_response("Error", &action_id, message);
                }
                self.end()
            }
            Effect::Close => self.end(),
            Effect::Lose(error) => {
                self.end();
                Waiting::Lost(error)
            }
        })
    }

    fn end(&mut self) -> Waiting {
        self.open.clear();
        Waiting::Nothing
    }

    /// Tells the stage the embedder's verdict on the login of this request.
    pub(super) fn judged(&mut self, id: RequestId, verdict: Input) -> Result<Effect, ApiMisuse> {
        if self.stage == Stage::Asked && !self.open.has(id) {
            return Err(ApiMisuse::NotOpen);
        }
        match self.step(verdict) {
            Effect::NotOpen => Err(ApiMisuse::NotOpen),
            effect => Ok(effect),
        }
    }

    pub(super) fn time_out(&mut self, now: Instant) {
        if self.waiting.deadline().is_some_and(|due| due <= now) {
            self.step(Input::Deadline);
        }
    }

    /// Tells once of the limit for which requests are held back.
    pub(super) fn tell_full(&mut self) {
        if !self.tracer.is_set() || core::mem::replace(&mut self.told_full, true) {
            return;
        }
        let (unsent, open) = (self.unsent(), self.open.len());
        if unsent > self.config.unsent / 2 {
            self.tracer
                .tell(Trace::Limit(&format_args!("{unsent} bytes wait for transmission: no request is handed out")));
        } else if self.stage == Stage::Ready {
            self.tracer.tell(Trace::Limit(&format_args!("{open} requests are open: no further one is handed out")));
        }
    }
}
