//! Rules of a connection: its stages, and the inputs that move it from one to the next.
//!
//! 1. [`Stage::next`] is the whole machine: a stage and an input give the next stage and the
//!    effect. It knows no bytes and no clock.
//! 2. The session passes it the inputs and carries out the effects (`session/step.rs`). Nothing
//!    else changes the stage.
//! 3. If an effect cannot be carried out, the stage does not change.
//! 4. Requests can be sent in Booting and Ready. All frames except the answers to the stage's own
//!    requests are routed alike in every stage (`session/route.rs`).
//! 5. Nothing is sent before the server has greeted: the login waits for that in Greeting. If no
//!    greeting is waited for, the connection begins in Greeted.
//! 6. Booting takes no time if the client does not wait for the server to report that it has
//!    started: the deadline is reported at once.
//! 7. On the way to Over each request in flight is lost, which is its ending.
//!
//! A row of the table is an input, a column a stage. An empty cell means no change.
//!
#![doc = include_str!("state.md")]

use alloc::sync::Arc;
use std::time::Instant;

use super::Credentials;
use crate::error::{ConnectionError, FrameError, LoginRefusal, LoginStage, Service};

/// The stage of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Connected; the server has not greeted, and no login was asked for.
    New,
    /// A login waits for the server's greeting.
    Greeting,
    /// The greeting has come or is not needed, and no login was asked for.
    Greeted,
    /// The request for a challenge has been sent.
    Challenge,
    /// The login has been sent.
    Login,
    /// Logged in; the server has not reported that it has started.
    Booting,
    /// Logged in, and the server has started.
    Ready,
    /// The goodbye has been sent.
    Closing,
    /// The connection is closed or lost.
    Over,
}

/// Input of the stage table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Input<'a> {
    /// The program logs in with credentials that ask for a challenge.
    LogInByChallenge(&'a Arc<Credentials>),
    /// The program logs in with other credentials.
    LogIn(&'a Arc<Credentials>),
    /// The server has sent the expected greeting, or no greeting is needed.
    Greeted,
    /// The peer's first bytes are those of another service.
    Stranger(Service),
    /// The challenge came.
    Challenged { credentials: &'a Credentials, challenge: &'a [u8] },
    /// The challenge was refused, and the secret may be sent in the clear.
    Unchallenged(&'a Credentials),
    /// The stage's request was accepted.
    Accepted,
    /// The stage's request was refused, or cannot be made.
    Refused(LoginRefusal),
    /// The server said goodbye to a request of the program.
    Goodbye,
    /// The server reported that it has started.
    Booted,
    /// The stage has lasted as long as it may.
    Deadline,
    /// The stage has lasted as long as it may, and its request was never transmitted.
    Unsent,
    /// The program closes.
    Close,
    /// The stream has ended, after `truncated` bytes of a frame.
    Ended { truncated: usize },
    /// The stream went over a limit.
    Breach(FrameError),
    /// The peer sent nothing after a keep-alive request.
    Silence,
    /// The program has a new connection.
    Reconnect,
}

impl<'a> Input<'a> {
    /// Returns a description of the input.
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

    /// Returns the input for a login with these credentials.
    pub(super) fn log_in(credentials: &'a Arc<Credentials>) -> Self {
        if credentials.asks_challenge() { Self::LogInByChallenge(credentials) } else { Self::LogIn(credentials) }
    }
}

/// Action to carry out on the way to the next stage.
#[derive(Clone, Copy, Debug)]
pub(super) enum Effect<'a> {
    Nothing,
    /// Refuses a login that is not the first.
    NotNew,
    /// Refuses a new connection while the last one is open.
    NotOver,
    /// Refuses a new connection before the first one.
    NotBegun,
    /// Keeps the credentials until the server has greeted.
    AwaitGreeting(&'a Arc<Credentials>),
    /// Sends the request for a challenge.
    AskChallenge(&'a Arc<Credentials>),
    /// Begins the login that waits for the greeting.
    Greeted,
    /// Sends the login, which answers the challenge if there is one.
    LogIn {
        credentials: &'a Credentials,
        challenge: Option<&'a [u8]>,
    },
    /// Gives the event that the login was accepted.
    Welcome,
    /// Gives the event that the server has started, without the server's report.
    Ready,
    /// Gives the event that the server has started, with the server's report.
    Booted,
    /// Sends the goodbye.
    SayGoodbye,
    /// Waits for the end of the stream.
    AwaitEnd,
    /// Gives the server's refusal; the connection is lost.
    Refuse(LoginRefusal),
    /// Ends the connection as lost.
    Lose(ConnectionError),
    /// Ends the connection as closed on demand.
    Close,
    /// Begins a new connection.
    Begin,
}

impl Effect<'_> {
    /// Returns why the connection is lost, if this effect loses it.
    pub(super) const fn lost(&self) -> Option<ConnectionError> {
        match *self {
            Self::Refuse(why) => Some(ConnectionError::LoginRefused(why)),
            Self::Lose(error) => Some(error),
            _ => None,
        }
    }
}

impl Stage {
    /// Returns the next stage, and the effect to carry out.
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

    /// Returns whether the stage itself has to look at events.
    pub(super) const fn looks(self) -> bool {
        matches!(self, Self::New | Self::Greeting | Self::Booting)
    }

    /// Returns whether the peer's greeting has not come yet.
    pub(super) const fn awaits_greeting(self) -> bool {
        matches!(self, Self::New | Self::Greeting)
    }

    /// Returns whether the only answer that can come is that to the stage's own request.
    pub(super) const fn is_logging_in(self) -> bool {
        matches!(self, Self::Challenge | Self::Login)
    }

    /// Returns whether requests can be sent.
    pub(super) const fn is_logged_in(self) -> bool {
        matches!(self, Self::Booting | Self::Ready)
    }

    /// Returns whether a frame over a limit is skipped.
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

/// State of the present stage, replaced with each change.
#[derive(Debug)]
pub(super) enum Waiting {
    /// The stage waits for nothing.
    Nothing,
    /// The stage ends at this time.
    Until(Option<Instant>),
    /// The greeting starts a login with these credentials.
    Greeting { credentials: Arc<Credentials>, deadline: Option<Instant> },
    /// The answer to this request ends the stage.
    Answer {
        request: u64,
        /// Offset of the request's end in all bytes ever written.
        written: u64,
        deadline: Option<Instant>,
        /// Credentials for the login that follows a challenge.
        credentials: Option<Arc<Credentials>>,
    },
    /// The connection is over, and was not closed on demand.
    Lost(ConnectionError),
}

impl Waiting {
    /// Returns whether the answer to this request ends the stage.
    pub(super) fn is_for(&self, number: u64) -> bool {
        matches!(self, Self::Answer { request, .. } if *request == number)
    }

    /// Returns the time at which the stage has lasted too long.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Until(deadline) | Self::Greeting { deadline, .. } | Self::Answer { deadline, .. } => *deadline,
            Self::Nothing | Self::Lost(_) => None,
        }
    }

    /// Returns whether the request whose answer the stage awaits has not been transmitted.
    /// `handed`: number of bytes handed out, of all ever written.
    pub(super) fn is_unsent(&self, handed: u64) -> bool {
        matches!(self, Self::Answer { written, .. } if *written > handed)
    }

    /// Returns the credentials of the login that waits for the greeting.
    pub(super) fn greeting(&self) -> Option<Arc<Credentials>> {
        if let Self::Greeting { credentials, .. } = self { Some(Arc::clone(credentials)) } else { None }
    }

    /// Returns the request whose answer ends the stage.
    pub(super) fn request(&self) -> Option<u64> {
        if let Self::Answer { request, .. } = self { Some(*request) } else { None }
    }

    /// Returns the credentials of the login that follows the challenge, if one is waited for.
    pub(super) fn credentials(&self) -> Option<Arc<Credentials>> {
        if let Self::Answer { credentials, .. } = self { credentials.clone() } else { None }
    }

    /// Returns why the connection is over.
    pub(super) fn lost(&self) -> Option<ConnectionError> {
        if let Self::Lost(error) = self { Some(*error) } else { None }
    }
}

#[cfg(test)]
mod tests;
