//! The private trait behind [`Dialect`](super::Dialect): a dialect is one implementation in one
//! file.

use super::answer::{Native, Outcome};
use super::command::Command;
use super::error::{ReplyError, RequestError, Unsupported};
use super::request::Request;

/// A server's way of being told commands and of answering them.
pub(super) trait Backend {
    /// The dialect's name, as [`Dialect::name`](super::Dialect::name) has it.
    const NAME: &'static str;

    /// Makes the request for a command.
    fn encode(&self, command: &Command<'_>) -> Result<Request, RequestError>;

    /// Reads the reply to a command. An empty or refused answer is never read as an empty
    /// conference where the server has another word for that.
    fn decode<'b>(&self, command: &Command<'_>, reply: Native<'b>) -> Result<Outcome<'b>, ReplyError>;

    /// Returns the error of a command that the dialect has no request for, with what to do instead.
    fn unsupported(command: &Command<'_>, hint: &'static str) -> RequestError {
        RequestError::Unsupported(Unsupported { command: command.name(), dialect: Self::NAME, hint })
    }
}
