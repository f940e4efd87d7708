//! The four dialects: each turns a command into a request, and a reply into an answer.

use super::answer::{Answer, Native};
use super::backend::Backend as _;
use super::command::Command;
use super::confbridge::ConfBridge;
use super::error::{ReplyError, RequestError};
use super::freeswitch::{self, FreeSwitch};
use super::kazoo::Kazoo;
use super::request::Request;
use super::sipxecs::SipXecs;
use crate::http_request::Method;
use crate::kazoo::Account;

/// The kind of conference server, which decides the form of requests and replies.
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
    /// Asterisk's application `ConfBridge`, over AMI.
    ConfBridge,
    /// FreeSWITCH's `conference`, over the event socket.
    FreeSwitch,
    /// FreeSWITCH's `conference` through the REST service of sipXecs, with this HTTP method. The
    /// service's handler takes GET; its reference page says PUT.
    SipXecs(Method),
    /// The Conferences API of Kazoo, for this account.
    Kazoo(Account<'a>),
}

impl Dialect<'_> {
    /// Returns the dialect's name: `ConfBridge`, `FreeSWITCH`, `sipXecs`, `Kazoo`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ConfBridge => ConfBridge::NAME,
            Self::FreeSwitch => FreeSwitch::NAME,
            Self::SipXecs(_) => SipXecs::NAME,
            Self::Kazoo(_) => Kazoo::NAME,
        }
    }

    /// Makes the request for a command.
    ///
    /// # Errors
    /// [`RequestError::Unsupported`] if the dialect has no request for the command, with a hint
    /// what to do instead. [`RequestError::Encode`] if an argument is invalid in the dialect, or if
    /// the server would read it as something else.
    pub fn encode(&self, command: &Command<'_>) -> Result<Request, RequestError> {
        match *self {
            Self::ConfBridge => ConfBridge.encode(command),
            Self::FreeSwitch => FreeSwitch.encode(command),
            Self::SipXecs(method) => SipXecs(method).encode(command),
            Self::Kazoo(account) => Kazoo(account).encode(command),
        }
    }

    /// Makes the request for a command, even if the server interprets its arguments.
    ///
    /// FreeSWITCH does so: `{originate_timeout=30}` before a dial string sets variables, `${…}`
    /// runs commands; [`Line::even_if_interpreted`] lists all cases. Use it only for texts that the
    /// program itself wrote. In the other dialects the request equals that of
    /// [`encode`](Self::encode).
    ///
    /// ```
    /// use ami_proto::conference::{Command, Dialect};
    ///
    /// let endpoint = "{originate_timeout=30}sofia/default/1000@softswitch";
    /// let dial = Command::Dial { conference: "3000", endpoint, caller: None };
    /// assert!(Dialect::FreeSwitch.encode(&dial).is_err());
    /// let request = Dialect::FreeSwitch.encode_even_if_interpreted(&dial)?;
    /// let written = b"api conference 3000 bgdial {originate_timeout=30}sofia/default/1000@softswitch\n\n";
    /// assert_eq!(request.to_bytes(), written);
    /// # Ok::<(), ami_proto::conference::RequestError>(())
    /// ```
    ///
    /// # Errors
    /// The errors of [`encode`](Self::encode).
    ///
    /// [`Line::even_if_interpreted`]: crate::freeswitch::command::Line::even_if_interpreted
    pub fn encode_even_if_interpreted(&self, command: &Command<'_>) -> Result<Request, RequestError> {
        if matches!(self, Self::FreeSwitch) { freeswitch::request(command, true) } else { self.encode(command) }
    }

    /// Reads the server's reply to a command.
    ///
    /// A refusal is an [`Outcome`](super::Outcome), not an error.
    ///
    /// # Errors
    /// [`ReplyError`] if the reply is of another dialect's kind, or lacks the data that the command
    /// asks for.
    pub fn decode<'b>(&self, command: &Command<'_>, reply: Native<'b>) -> Result<Answer<'b>, ReplyError> {
        let outcome = match *self {
            Self::ConfBridge => ConfBridge.decode(command, reply),
            Self::FreeSwitch => FreeSwitch.decode(command, reply),
            Self::SipXecs(method) => SipXecs(method).decode(command, reply),
            Self::Kazoo(account) => Kazoo(account).decode(command, reply),
        };
        outcome.map(|outcome| Answer::new(outcome, reply))
    }
}
