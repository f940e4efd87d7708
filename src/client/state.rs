//! The rules of a connection: which stage it is in, and what moves it to the next.
//!
//! 1. [`Stage::next`] is the whole machine: a stage and an input give the stage that follows and
//!    the effect. It knows no bytes and no clock.
//! 2. The session tells it what has happened and carries the effect out (`session/step.rs`).
//!    Nothing else changes the stage.
//! 3. An effect that can't be carried out leaves the stage as it was.
//! 4. Requests are taken in Booting and Ready. All frames but the answers to the stage's own
//!    requests are routed alike in every stage (`session/route.rs`).
//! 5. Nothing is sent before the server has greeted: the login waits for that in Greeting. Where a
//!    greeting isn't waited for, the connection begins in Greeted.
//! 6. Booting lasts no time where the server's word that it is up isn't waited for: the deadline is
//!    told at once.
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
    /// Is to log in once the server has greeted.
    Greeting,
    /// Greeted, as a server of this protocol does.
    Greeted,
    /// Has asked for the challenge.
    Challenge,
    /// Has sent the login.
    Login,
    /// Logged in, not known to be up.
    Booting,
    /// Logged in and up.
    Ready,
    /// Has said goodbye.
    Closing,
    /// Closed or lost.
    Over,
}

/// What has happened to a connection.
#[derive(Clone, Copy, Debug)]
pub(super) enum Input<'a> {
    /// The program logs in with credentials that ask for a challenge.
    LogInByChallenge(&'a Arc<Credentials>),
    /// The program logs in with any other.
    LogIn(&'a Arc<Credentials>),
    /// The server has greeted as it should, or need not.
    Greeted,
    /// The peer's first words are those of another service.
    Stranger(Service),
    /// The challenge came.
    Challenged { credentials: &'a Credentials, challenge: &'a [u8] },
    /// The challenge was refused, and the secret may be sent as it is.
    Unchallenged(&'a Credentials),
    /// The stage's request was accepted.
    Accepted,
    /// The stage's request was refused, or can't be made.
    Refused(LoginRefusal),
    /// The server said goodbye to a request of the program's.
    Goodbye,
    /// The server said that it is up.
    Booted,
    /// The stage has lasted as long as it may.
    Deadline,
    /// The same, and its request was never transmitted.
    Unsent,
    /// The program closes.
    Close,
    /// The stream has ended, inside a frame of so many bytes.
    Ended { truncated: usize },
    /// The stream went over a limit.
    Breach(FrameError),
    /// No sign of life came.
    Silence,
    /// The program has a new connection.
    Reconnect,
}

impl<'a> Input<'a> {
    /// The input in words.
    pub(super) const fn why(&self) -> &'static str {
        match self {
            Self::LogInByChallenge(_) | Self::LogIn(_) => "the program logs in",
            Self::Greeted => "the server has greeted, or need not",
            Self::Stranger(_) => "the peer is another service",
            Self::Challenged { .. } => "the challenge has come",
            Self::Unchallenged(_) => "the challenge was refused",
            Self::Accepted => "the server has accepted it",
            Self::Refused(_) => "the server has refused it",
            Self::Goodbye => "the server says goodbye",
            Self::Booted => "the server says that it is up",
            Self::Deadline => "its time is up, or needs none",
            Self::Unsent => "its time is up, and its request was not transmitted",
            Self::Close => "the program closes",
            Self::Ended { .. } => "the stream has ended",
            Self::Breach(_) => "the stream went over a limit",
            Self::Silence => "no sign of life came",
            Self::Reconnect => "the program connects again",
        }
    }

    /// The program logs in.
    pub(super) fn log_in(credentials: &'a Arc<Credentials>) -> Self {
        if credentials.asks_challenge() { Self::LogInByChallenge(credentials) } else { Self::LogIn(credentials) }
    }
}

/// What is to be done on the way to the next stage.
#[derive(Clone, Copy, Debug)]
pub(super) enum Effect<'a> {
    Nothing,
    /// Refuses a login that isn't the first.
    NotNew,
    /// Refuses a new connection while the last one stands.
    NotOver,
    /// Refuses a new connection where there has been none.
    NotBegun,
    /// Keeps the credentials until the server has greeted.
    AwaitGreeting(&'a Arc<Credentials>),
    /// Sends the request for a challenge.
    AskChallenge(&'a Arc<Credentials>),
    /// The login that waits for it is begun.
    Greeted,
    /// Sends the login, which answers the challenge where there is one.
    LogIn {
        credentials: &'a Credentials,
        challenge: Option<&'a [u8]>,
    },
    /// Tells that the login was accepted.
    Welcome,
    /// Tells that the server is up, without its word.
    Ready,
    /// Tells that the server is up, in its own words.
    Booted,
    /// Sends the goodbye.
    SayGoodbye,
    /// Waits for the end of the stream.
    AwaitEnd,
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
    /// Why the connection is lost, where it is.
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
            (Self::New, Input::LogInByChallenge(credentials) | Input::LogIn(credentials)) => {
                (Self::Greeting, Effect::AwaitGreeting(credentials))
            }
            (Self::Greeted, Input::LogInByChallenge(credentials)) => {
                (Self::Challenge, Effect::AskChallenge(credentials))
            }
            (Self::Greeted, Input::LogIn(credentials)) => (Self::Login, Effect::LogIn { credentials, challenge: None }),
            (_, Input::LogInByChallenge(_) | Input::LogIn(_)) => (self, Effect::NotNew),

            (Self::Over, Input::Reconnect) => (Self::New, Effect::Begin),
            (Self::New | Self::Greeted, Input::Reconnect) => (self, Effect::NotBegun),
            (_, Input::Reconnect) => (self, Effect::NotOver),
            (Self::Over, _) | (Self::Closing, Input::Close) => (self, Effect::Nothing),

            (Self::New | Self::Greeting, Input::Greeted) => (Self::Greeted, Effect::Greeted),
            (Self::New | Self::Greeting | Self::Greeted | Self::Challenge | Self::Login, Input::Stranger(service)) => {
                lost(ConnectionError::WrongServer(service))
            }

            (Self::Challenge, Input::Challenged { credentials, challenge }) => {
                (Self::Login, Effect::LogIn { credentials, challenge: Some(challenge) })
            }
            (Self::Challenge, Input::Unchallenged(credentials)) => {
                (Self::Login, Effect::LogIn { credentials, challenge: None })
            }
            (Self::Greeted | Self::Challenge | Self::Login, Input::Refused(why)) => (Self::Over, Effect::Refuse(why)),
            (Self::Login, Input::Accepted) => (Self::Booting, Effect::Welcome),
            (Self::Booting, Input::Booted) => (Self::Ready, Effect::Booted),

            (Self::Greeting, Input::Deadline) => lost(ConnectionError::LoginTimedOut(LoginStage::Banner)),
            (Self::Challenge | Self::Login, Input::Unsent) => {
                lost(ConnectionError::LoginTimedOut(LoginStage::Transmission))
            }
            (Self::Challenge, Input::Deadline) => lost(ConnectionError::LoginTimedOut(LoginStage::Challenge)),
            (Self::Login, Input::Deadline) => lost(ConnectionError::LoginTimedOut(LoginStage::Login)),
            (Self::Booting, Input::Deadline) => (Self::Ready, Effect::Ready),

            (
                Self::Closing,
                Input::Accepted | Input::Refused(_) | Input::Deadline | Input::Unsent | Input::Ended { .. },
            ) => (Self::Over, Effect::Close),
            (_, Input::Close) => (Self::Closing, Effect::SayGoodbye),
            (Self::Booting | Self::Ready, Input::Goodbye) => (Self::Closing, Effect::AwaitEnd),
            (_, Input::Ended { truncated }) => lost(ConnectionError::Closed { truncated }),
            (_, Input::Breach(error)) => lost(ConnectionError::Frame(error)),
            (Self::Booting | Self::Ready, Input::Silence) => lost(ConnectionError::KeepAlive),

            (
                _,
                Input::Greeted
                | Input::Stranger(_)
                | Input::Challenged { .. }
                | Input::Unchallenged(_)
                | Input::Accepted
                | Input::Refused(_)
                | Input::Goodbye
                | Input::Booted
                | Input::Deadline
                | Input::Unsent
                | Input::Silence,
            ) => (self, Effect::Nothing),
        }
    }

    /// Whether events are looked at for its own sake.
    pub(super) const fn looks(self) -> bool {
        matches!(self, Self::New | Self::Greeting | Self::Booting)
    }

    /// Whether the peer's first words have not come.
    pub(super) const fn awaits_greeting(self) -> bool {
        matches!(self, Self::New | Self::Greeting)
    }

    /// Whether the only answer that can come is that to the stage's own request.
    pub(super) const fn is_logging_in(self) -> bool {
        matches!(self, Self::Challenge | Self::Login)
    }

    /// Whether requests are taken.
    pub(super) const fn is_logged_in(self) -> bool {
        matches!(self, Self::Booting | Self::Ready)
    }

    /// Whether a frame that goes over a limit is skipped.
    pub(super) const fn skips(self) -> bool {
        matches!(self, Self::Booting | Self::Ready | Self::Closing)
    }

    pub(super) const fn is_booting(self) -> bool {
        matches!(self, Self::Booting)
    }

    pub(super) const fn is_over(self) -> bool {
        matches!(self, Self::Over)
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Greeting => "greeting",
            Self::Greeted => "greeted",
            Self::Challenge => "challenge",
            Self::Login => "login",
            Self::Booting => "booting",
            Self::Ready => "ready",
            Self::Closing => "closing",
            Self::Over => "over",
        }
    }
}

const fn lost(error: ConnectionError) -> (Stage, Effect<'static>) {
    (Stage::Over, Effect::Lose(error))
}

/// What belongs to the stage, and is new with each.
#[derive(Debug)]
pub(super) enum Waiting {
    /// Nothing that the stage itself waits for.
    Nothing,
    /// The stage lasts until then.
    Until(Option<Instant>),
    /// The greeting moves it on to a login with these.
    Greeting { credentials: Arc<Credentials>, deadline: Option<Instant> },
    /// The answer to this request moves it on.
    Answer {
        request: u64,
        /// Where its bytes end in all that was ever written.
        written: u64,
        deadline: Option<Instant>,
        /// What the login that follows a challenge is made from.
        credentials: Option<Arc<Credentials>>,
    },
    /// The connection is over, and was not closed on demand.
    Lost(ConnectionError),
}

impl Waiting {
    /// Whether the answer to this request moves the stage on.
    pub(super) fn is_for(&self, number: u64) -> bool {
        matches!(self, Self::Answer { request, .. } if *request == number)
    }

    /// The time at which the stage has lasted too long.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Until(deadline) | Self::Greeting { deadline, .. } | Self::Answer { deadline, .. } => *deadline,
            Self::Nothing | Self::Lost(_) => None,
        }
    }

    /// Whether the request that it waits for the answer to has not been transmitted. `handed`: how
    /// much of all that was ever written has been handed out.
    pub(super) fn is_unsent(&self, handed: u64) -> bool {
        matches!(self, Self::Answer { written, .. } if *written > handed)
    }

    /// What the login that waits for the greeting is made from.
    pub(super) fn greeting(&self) -> Option<Arc<Credentials>> {
        if let Self::Greeting { credentials, .. } = self { Some(Arc::clone(credentials)) } else { None }
    }

    /// The request whose answer moves the stage on.
    pub(super) fn request(&self) -> Option<u64> {
        if let Self::Answer { request, .. } = self { Some(*request) } else { None }
    }

    /// What the login that follows the challenge is made from, where one is waited for.
    pub(super) fn credentials(&self) -> Option<Arc<Credentials>> {
        if let Self::Answer { credentials, .. } = self { credentials.clone() } else { None }
    }

    /// Why the connection is over.
    pub(super) fn lost(&self) -> Option<ConnectionError> {
        if let Self::Lost(error) = self { Some(*error) } else { None }
    }
}

#[cfg(test)]
mod tests;
