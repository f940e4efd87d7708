//! The rules of a connection: which stage it is in, and what moves it to the next.
//!
//! 1. [`Stage::next`] is the whole machine: a stage and an input give the stage that follows and
//!    the effect. It knows no bytes and no clock.
//! 2. The session tells it what has happened and carries the effect out (`session/step.rs`).
//!    Nothing else changes the stage.
//! 3. An effect that can't be carried out leaves the stage as it was.
//! 4. Requests are taken in Ready. All frames but the greeting, the rejection and the answer to the
//!    login are routed alike in every stage (`session.rs`).
//! 5. The password is shown to no one but a server that has asked for it: the login waits for that
//!    in Greeting.
//! 6. A disconnect notice changes no stage: the end of the stream follows it, at once or, where it
//!    says `linger`, later. It may come in each stage and none waits for it. That it came is kept
//!    beside the stage, and makes of that end a `Disconnected` in place of an `Ended`.
//! 7. On the way to Over each request in flight is lost, which is its ending.
//!
//! A row an input, a column a stage. An empty cell: nothing happens.
//!
#![doc = include_str!("state.md")]

use alloc::sync::Arc;
use std::time::Instant;

use super::Credentials;
use crate::error::{ConnectionError, FrameError, LoginRefusal, LoginStage, Service};

/// The stage of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Connected.
    New,
    /// Is to log in once the server asks for a password.
    Greeting,
    /// The server has asked for a password, and the program has not logged in.
    Greeted,
    /// Has shown the password, or asked for the call's data.
    Login,
    /// Takes requests.
    Ready,
    /// Has said goodbye.
    Closing,
    /// Closed or lost.
    Over,
}

/// An event in the life of a connection, as its stages take it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Input<'a> {
    /// The program logs in.
    LogIn(&'a Arc<Credentials>),
    /// The program asks a server that has called for the call's data.
    Connect,
    /// The server asks for a password.
    Greeted,
    /// The server takes no connections from here.
    Rejected,
    /// The peer's first words are those of another service.
    Stranger(Service),
    /// The stage's request was accepted.
    Accepted,
    /// The stage's request was refused, or can't be made.
    Refused(LoginRefusal),
    /// The stage has lasted as long as it may.
    Deadline,
    /// The stage has lasted as long as it may, and its request was never transmitted.
    Unsent,
    /// The program closes.
    Close,
    /// The stream has ended, inside a frame of so many bytes.
    Ended { truncated: usize },
    /// The stream has ended, as the server had said that it would.
    Disconnected,
    /// The stream went over a limit.
    Breach(FrameError),
    /// No sign of life came.
    Silence,
    /// The server has owed an answer that no caller waits for too long.
    Owing,
    /// The program has a new connection.
    Reconnect,
}

impl Input<'_> {
    /// The input in words.
    pub(super) const fn why(&self) -> &'static str {
        match self {
            Self::LogIn(_) => "the program logs in",
            Self::Connect => "the program asks for the call's data",
            Self::Greeted => "the server asks for the password",
            Self::Rejected => "the server takes no connections from here",
            Self::Stranger(_) => "the peer is another service",
            Self::Accepted => "the login was accepted",
            Self::Refused(_) => "the login was refused",
            Self::Deadline => "its time is up",
            Self::Unsent => "its time is up, and its request was not transmitted",
            Self::Close => "the program closes",
            Self::Ended { .. } | Self::Disconnected => "the stream has ended",
            Self::Breach(_) => "the stream went over a limit",
            Self::Silence => "no sign of life came",
            Self::Owing => "the server owes an answer",
            Self::Reconnect => "the program connects again",
        }
    }
}

/// A task on the way to the next stage.
#[derive(Clone, Copy, Debug)]
pub(super) enum Effect<'a> {
    Nothing,
    /// Refuses a login that isn't the first.
    NotNew,
    /// Refuses a new connection while the last one stands.
    NotOver,
    /// Refuses a new connection where there has been none.
    NotBegun,
    /// Keeps the credentials until the server asks for them.
    AwaitGreeting(&'a Arc<Credentials>),
    /// Begins the login that waits for it.
    Greeted,
    /// Shows the password.
    LogIn(&'a Credentials),
    /// Asks for the call's data.
    Connect,
    /// Tells that the login was accepted, and sets again what was set before.
    Welcome,
    /// Sends the goodbye.
    SayGoodbye,
    /// Tells the server's refusal; the connection is lost.
    Refuse(LoginRefusal),
    /// The connection is lost.
    Lose(ConnectionError),
    /// The connection is closed as the program wanted.
    Close,
    /// Begins anew.
    Begin,
}

impl Effect<'_> {
    /// The reason for which the connection is lost, where it is.
    pub(super) const fn lost(&self) -> Option<ConnectionError> {
        match *self {
            Self::Refuse(why) => Some(ConnectionError::LoginRefused(why)),
            Self::Lose(error) => Some(error),
            _ => None,
        }
    }
}

impl Stage {
    /// Returns the stage that follows, and what is to be done.
    pub(super) fn next(self, input: Input<'_>) -> (Self, Effect<'_>) {
        match (self, input) {
            (Self::New, Input::LogIn(credentials)) => (Self::Greeting, Effect::AwaitGreeting(credentials)),
            (Self::Greeted, Input::LogIn(credentials)) => (Self::Login, Effect::LogIn(credentials)),
            (Self::New | Self::Greeted, Input::Connect) => (Self::Login, Effect::Connect),
            (_, Input::LogIn(_) | Input::Connect) => (self, Effect::NotNew),

            (Self::Over, Input::Reconnect) => (Self::New, Effect::Begin),
            (Self::New | Self::Greeted, Input::Reconnect) => (self, Effect::NotBegun),
            (_, Input::Reconnect) => (self, Effect::NotOver),
            (Self::Over, _) | (Self::Closing, Input::Close) => (self, Effect::Nothing),

            (Self::New | Self::Greeting, Input::Greeted) => (Self::Greeted, Effect::Greeted),
            (Self::New | Self::Greeting, Input::Stranger(service)) => lost(ConnectionError::WrongServer(service)),
            (Self::New | Self::Greeting | Self::Greeted | Self::Login, Input::Rejected) => {
                (Self::Over, Effect::Refuse(LoginRefusal::Address))
            }
            (Self::Greeted | Self::Login, Input::Refused(why)) => (Self::Over, Effect::Refuse(why)),
            (Self::Login, Input::Accepted) => (Self::Ready, Effect::Welcome),

            (Self::Greeting, Input::Deadline | Input::Unsent) => {
                lost(ConnectionError::LoginTimedOut(LoginStage::Greeting))
            }
            (Self::Login, Input::Unsent) => lost(ConnectionError::LoginTimedOut(LoginStage::Transmission)),
            (Self::Login, Input::Deadline) => lost(ConnectionError::LoginTimedOut(LoginStage::Login)),

            (Self::Closing, Input::Deadline | Input::Unsent | Input::Ended { .. } | Input::Disconnected) => {
                (Self::Over, Effect::Close)
            }
            (_, Input::Close) => (Self::Closing, Effect::SayGoodbye),
            (_, Input::Ended { truncated }) => lost(ConnectionError::Closed { truncated }),
            (_, Input::Disconnected) => lost(ConnectionError::Disconnected),
            (_, Input::Breach(error)) => lost(ConnectionError::Frame(error)),
            (Self::Ready, Input::Silence) => lost(ConnectionError::KeepAlive),
            (Self::Ready, Input::Owing) => lost(ConnectionError::NotAnswered),

            (
                _,
                Input::Greeted
                | Input::Rejected
                | Input::Stranger(_)
                | Input::Accepted
                | Input::Refused(_)
                | Input::Deadline
                | Input::Unsent
                | Input::Silence
                | Input::Owing,
            ) => (self, Effect::Nothing),
        }
    }

    /// Returns whether the server has not asked for a password.
    pub(super) const fn awaits_greeting(self) -> bool {
        matches!(self, Self::New | Self::Greeting)
    }

    pub(super) const fn is_ready(self) -> bool {
        matches!(self, Self::Ready)
    }

    /// Returns whether a frame that goes over a limit is skipped.
    pub(super) const fn skips(self) -> bool {
        matches!(self, Self::Ready | Self::Closing)
    }

    pub(super) const fn is_over(self) -> bool {
        matches!(self, Self::Over)
    }

    /// Returns whether no password has been accepted or refused.
    pub(super) const fn is_early(self) -> bool {
        matches!(self, Self::New | Self::Greeting | Self::Greeted | Self::Login)
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Greeting => "greeting",
            Self::Greeted => "greeted",
            Self::Login => "login",
            Self::Ready => "ready",
            Self::Closing => "closing",
            Self::Over => "over",
        }
    }
}

const fn lost(error: ConnectionError) -> (Stage, Effect<'static>) {
    (Stage::Over, Effect::Lose(error))
}

/// The data that belong to the stage, and are new with each.
#[derive(Debug)]
pub(super) enum Waiting {
    /// Nothing that the stage itself waits for.
    Nothing,
    /// The stage lasts until then.
    Until(Option<Instant>),
    /// The greeting moves it on to a login with these.
    Greeting { credentials: Arc<Credentials>, deadline: Option<Instant> },
    /// The connection is over, and was not closed on demand.
    Lost(ConnectionError),
}

impl Waiting {
    /// The time at which the stage has lasted too long.
    pub(super) const fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Until(deadline) | Self::Greeting { deadline, .. } => *deadline,
            Self::Nothing | Self::Lost(_) => None,
        }
    }

    /// The credentials of a login that waits for the greeting.
    pub(super) fn greeting(&self) -> Option<Arc<Credentials>> {
        if let Self::Greeting { credentials, .. } = self { Some(Arc::clone(credentials)) } else { None }
    }

    /// Bytes of a login that can't be shown yet.
    pub(super) fn held(&self) -> usize {
        if let Self::Greeting { credentials, .. } = self { credentials.len() } else { 0 }
    }

    /// The reason for which the connection is over.
    pub(super) const fn lost(&self) -> Option<ConnectionError> {
        if let Self::Lost(error) = self { Some(*error) } else { None }
    }
}

#[cfg(test)]
mod tests;
