//! The stages of a session, and the ways from one to another, which a hook is told of.

use core::fmt;
use std::time::Instant;

use super::Server;
use crate::conn::Trace;
use crate::error::ConnectionError;
use crate::value::Classes;

/// Where the session stands. Logging in leads from `New` to `LoggedIn`, or by `Refusing` to `Over`;
/// a goodbye from anywhere to `Over`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    New {
        deadline: Option<Instant>,
    },
    /// The embedder has been asked.
    Asked {
        deadline: Option<Instant>,
        /// The classes that the login asks for.
        mask: Classes,
    },
    /// A refusal is told after a while.
    Refusing {
        at: Option<Instant>,
        message: &'static str,
    },
    LoggedIn,
    Over,
}

impl Stage {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::New { .. } => "new",
            Self::Asked { .. } => "asked",
            Self::Refusing { .. } => "refusing",
            Self::LoggedIn => "logged-in",
            Self::Over => "over",
        }
    }
}

impl Server {
    /// Tells once of the limit for which requests are held back.
    pub(super) fn tell_full(&mut self) {
        if !self.tracer.is_set() || core::mem::replace(&mut self.told_full, true) {
            return;
        }
        let (unsent, open) = (self.unsent(), self.open.len());
        if unsent > self.config.unsent / 2 {
            self.tracer
                .tell(Trace::Limit(&format_args!("{unsent} bytes wait for transmission: no request is handed out")));
        } else if self.stage == Stage::LoggedIn {
            self.tracer.tell(Trace::Limit(&format_args!("{open} requests are open: no further one is handed out")));
        }
    }

    pub(super) fn lose(&mut self, error: ConnectionError) {
        self.end(&error);
        self.lost = Some(error);
    }

    /// Ends the session.
    pub(super) fn end(&mut self, why: &dyn fmt::Display) {
        self.enter(Stage::Over, why);
        self.open.clear();
    }

    pub(super) fn enter(&mut self, stage: Stage, why: &dyn fmt::Display) {
        let from = core::mem::replace(&mut self.stage, stage);
        if from != stage {
            self.tracer.tell(Trace::Stage { from: from.as_str(), to: stage.as_str(), why });
        }
    }
}
