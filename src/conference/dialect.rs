//! The four dialects: a command in, a request out; a reply in, an answer out.

use alloc::boxed::Box;

use super::answer::{Answer, Native};
use super::command::Command;
use super::error::{ReplyError, RequestError, Unsupported};
use super::request::{Line, Request};
use super::{confbridge, freeswitch, kazoo};
use crate::action::Action as _;
use crate::http_request::Method;
use crate::kazoo::Account;

pub(super) const CONFBRIDGE: &str = "ConfBridge";
pub(super) const FREESWITCH: &str = "FreeSWITCH";
pub(super) const SIPXECS: &str = "sipXecs";
pub(super) const KAZOO: &str = "Kazoo";

/// Who runs the conference, and so what is sent and what comes back.
///
/// ```
/// use ami_proto::conference::{Command, Dialect, RequestError, Who};
/// use ami_proto::kazoo::Account;
///
/// let mute = |who| Command::Mute { conference: "room", who: Who::One(who) };
/// let written = |dialect: Dialect<'_>, who| Ok::<_, RequestError>(dialect.encode(&mute(who))?.to_bytes());
/// assert_eq!(written(Dialect::FreeSwitch, "3")?, b"api conference room mute 3\n\n");
/// assert_eq!(
///     written(Dialect::ConfBridge, "PJSIP/100-00000003")?,
///     b"Action: ConfbridgeMute\r\nConference: room\r\nChannel: PJSIP/100-00000003\r\n\r\n"
/// );
///
/// let error = Dialect::Kazoo(Account::new("a1")).encode(&Command::Say { conference: "room", text: "hi", to: None });
/// let Err(RequestError::Unsupported(error)) = error else { unreachable!() };
/// assert_eq!((error.command(), error.dialect()), ("say", "Kazoo"));
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect<'a> {
    /// Asterisk's application, by AMI.
    ConfBridge,
    /// FreeSWITCH's `conference`, by the event socket.
    FreeSwitch,
    /// The same by the REST service of sipXecs, asked with this method. Its handler takes GET; reference 001 says PUT.
    SipXecs(Method),
    /// The Conferences API of Kazoo, for this account.
    Kazoo(Account<'a>),
}

impl Dialect<'_> {
    /// Its name: `ConfBridge`, `FreeSWITCH`, `sipXecs`, `Kazoo`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ConfBridge => CONFBRIDGE,
            Self::FreeSwitch => FREESWITCH,
            Self::SipXecs(_) => SIPXECS,
            Self::Kazoo(_) => KAZOO,
        }
    }

    /// What to send for a command.
    ///
    /// # Errors
    /// [`RequestError::Unsupported`] where the dialect has nothing for it, with what to do instead; the others where an
    /// argument is none of the dialect's, or would arrive as something else.
    pub fn encode<'c>(&self, command: &Command<'c>) -> Result<Request<'c>, RequestError> {
        match self {
            Self::ConfBridge => {
                let action = confbridge::action(command)?;
                // Its lines are checked as they are written.
                action.encode(None, crate::wiped::Wiped::default().vec())?;
                Ok(Request::Action(Box::new(action)))
            }
            Self::FreeSwitch => freeswitch::line(command).map(|line| Request::Line(Line::new(line))),
            Self::SipXecs(method) => freeswitch::request(*method, command).map(Request::Http),
            Self::Kazoo(account) => kazoo::request(account, command).map(Request::Http),
        }
    }

    /// What the server answered to a command.
    ///
    /// A refusal is an [`Outcome`](super::Outcome), not an error.
    ///
    /// # Errors
    /// Where the reply is of another kind than the dialect's, or lacks what the command asks for.
    pub fn decode<'b>(&self, command: &Command<'_>, reply: Native<'b>) -> Result<Answer<'b>, ReplyError> {
        let outcome = match (self, reply) {
            (Self::ConfBridge, Native::Frames(frames)) => confbridge::outcome(command, frames),
            (Self::FreeSwitch, Native::Text(text)) => freeswitch::outcome(command, text),
            (Self::SipXecs(_), Native::Http { status, body }) => freeswitch::service_outcome(command, status, body),
            (Self::Kazoo(_), Native::Http { status, body }) => kazoo::outcome(command, status, body),
            _ => Err(ReplyError::Dialect),
        };
        outcome.map(|outcome| Answer::new(outcome, reply))
    }
}

/// What a dialect needs of a request to be made.
pub(super) fn missing(command: &Command<'_>, dialect: &'static str, hint: &'static str) -> RequestError {
    RequestError::Unsupported(Unsupported { command: command.name(), dialect, hint })
}

/// A participant's number.
pub(super) fn number(id: &str) -> Result<u32, RequestError> {
    let digits = id.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { id.parse().ok() } else { None };
    number.filter(|number| *number > 0).ok_or(RequestError::Argument {
        argument: "participant",
        reason: "participants are numbers from 1 here; list who is there",
    })
}
