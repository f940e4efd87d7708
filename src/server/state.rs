//! The rules of a session: which stage it is in, and what moves it to the next.
//!
//! 1. [`Stage::next`] is the whole machine: a stage and an input give the stage that follows and
//!    the effect. It knows no bytes and no clock.
//! 2. The session tells it what has happened and carries the effect out (`step.rs`). Nothing else
//!    changes the stage.
//! 3. While a login waits for its verdict, and while its refusal waits to be told, no request is
//!    taken from what has been received.
//! 4. Requests before a login are refused, but for those of the session itself (`verdict.rs`).
//! 5. On the way to Over every open request is forgotten; what waits for transmission is still
//!    transmitted, and nothing more is written.
//!
//! A row an input, a column a stage. An empty cell: nothing happens.
//!
#![doc = include_str!("state.md")]

use std::time::Instant;

use crate::error::{ConnectionError, FrameError};
use crate::value::Classes;

/// The stage of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Connected, and no login has come.
    New,
    /// The embedder has been asked whether the client may log in.
    Asked,
    /// A refusal is told after a while.
    Refusing,
    /// Takes requests.
    Ready,
    /// Closed or lost.
    Over,
}

/// An event in the life of a session, as its stages take it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Input {
    /// The client logs in, and asks for events of these classes.
    LogIn(Classes),
    /// The embedder lets it in, to read events of these classes.
    Accept(Classes),
    /// The embedder keeps it out, which is told in these words.
    Refuse(&'static str),
    /// The client has said goodbye, and was told goodbye.
    Goodbye,
    /// The stage has lasted as long as it may.
    Deadline,
    /// The embedder closes.
    Close,
    /// The stream has ended between two requests, and all are answered.
    Ended,
    /// The stream has ended inside a request, of which so many bytes had come.
    Cut { truncated: usize },
    /// The stream went over a limit.
    Breach(FrameError),
    /// The client doesn't read: more bytes wait for transmission than may.
    NotRead { max: usize },
}

impl Input {
    /// The input in words.
    pub(super) const fn why(&self) -> &'static str {
        match self {
            Self::LogIn(_) => "a login has come",
            Self::Accept(_) => "the embedder has accepted the login",
            Self::Refuse(message) => message,
            Self::Goodbye => "the client says goodbye",
            Self::Deadline => "its time is up",
            Self::Close => "the embedder closes it",
            Self::Ended | Self::Cut { .. } => "the stream has ended",
            Self::Breach(_) => "the stream went over a limit",
            Self::NotRead { .. } => "the client does not read",
        }
    }
}

/// A task on the way to the next stage.
#[derive(Clone, Copy, Debug)]
pub(super) enum Effect {
    Nothing,
    /// Refuses a verdict: no login waits for one.
    NotOpen,
    /// Asks the embedder, and keeps the classes that are asked for.
    Ask(Classes),
    /// Tells a client that it is logged in already.
    AlreadyIn,
    /// Tells the client that it is logged in. It may read events of these classes.
    LetIn(Classes),
    /// Keeps the refusal until it is told.
    KeepOut(&'static str),
    /// Tells the refusal; the session is closed.
    TellRefusal,
    /// The session is closed.
    Close,
    /// The session is lost.
    Lose(ConnectionError),
}

impl Effect {
    /// The reason for which the session is lost, where it is.
    pub(super) const fn lost(&self) -> Option<ConnectionError> {
        if let Self::Lose(error) = self { Some(*error) } else { None }
    }
}

impl Stage {
    /// Returns the stage that follows, and what is to be done.
    pub(super) const fn next(self, input: Input) -> (Self, Effect) {
        match (self, input) {
            (Self::Over, _) | (Self::Asked | Self::Refusing, Input::LogIn(_)) | (Self::Ready, Input::Deadline) => {
                (self, Effect::Nothing)
            }

            (Self::New, Input::LogIn(mask)) => (Self::Asked, Effect::Ask(mask)),
            (Self::Ready, Input::LogIn(_)) => (self, Effect::AlreadyIn),
            (Self::Asked, Input::Accept(readable)) => (Self::Ready, Effect::LetIn(readable)),
            (Self::Asked, Input::Refuse(message)) => (Self::Refusing, Effect::KeepOut(message)),
            (_, Input::Accept(_) | Input::Refuse(_)) => (self, Effect::NotOpen),

            (Self::Refusing, Input::Deadline) => (Self::Over, Effect::TellRefusal),
            (Self::New | Self::Asked, Input::Deadline) | (_, Input::Goodbye | Input::Close | Input::Ended) => {
                (Self::Over, Effect::Close)
            }

            (_, Input::Cut { truncated }) => lost(ConnectionError::Closed { truncated }),
            (_, Input::Breach(error)) => lost(ConnectionError::Frame(error)),
            (_, Input::NotRead { max }) => lost(ConnectionError::NotRead { max }),
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Asked => "asked",
            Self::Refusing => "refusing",
            Self::Ready => "ready",
            Self::Over => "over",
        }
    }
}

const fn lost(error: ConnectionError) -> (Stage, Effect) {
    (Stage::Over, Effect::Lose(error))
}

/// The data that belong to the stage, and are new with each.
#[derive(Clone, Copy, Debug)]
pub(super) enum Waiting {
    /// Nothing that the stage itself waits for.
    Nothing,
    /// The stage lasts until then.
    Until(Option<Instant>),
    /// The embedder's verdict on a login that asks for these classes.
    Verdict { deadline: Option<Instant>, mask: Classes },
    /// The time at which a refusal is told, and its words.
    Refusal { at: Option<Instant>, message: &'static str },
    /// The session is over, and was not closed.
    Lost(ConnectionError),
}

impl Waiting {
    /// The time at which the stage has lasted too long.
    pub(super) const fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Until(deadline) | Self::Verdict { deadline, .. } | Self::Refusal { at: deadline, .. } => *deadline,
            Self::Nothing | Self::Lost(_) => None,
        }
    }

    /// The reason for which the session is over.
    pub(super) const fn lost(&self) -> Option<ConnectionError> {
        if let Self::Lost(error) = self { Some(*error) } else { None }
    }
}

#[cfg(test)]
mod tests;
