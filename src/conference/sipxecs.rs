//! sipXecs, which hands commands on to a FreeSWITCH: its commands, but for what the service does
//! itself.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::answer::{Native, Outcome};
use super::backend::Backend;
use super::command::Command;
use super::error::{ReplyError, RequestError};
use super::freeswitch::{NEEDS_XML, native, outcome, said};
use super::request::Request;
use crate::freeswitch::command::Name;
use crate::freeswitch::reply::ServerRefusal;
use crate::http_request::{self, Method};
use crate::sipxecs::{self, RecordAction, Recorder};

/// The REST service of sipXecs, asked with this method.
pub(super) struct SipXecs(pub(super) Method);

impl Backend for SipXecs {
    const NAME: &'static str = "sipXecs";

    fn encode(&self, command: &Command<'_>) -> Result<Request, RequestError> {
        request(self.0, command).map(Request::Http)
    }

    fn decode<'b>(&self, command: &Command<'_>, reply: Native<'b>) -> Result<Outcome<'b>, ReplyError> {
        let Native::Http { status, body } = reply else { return Err(ReplyError::Dialect) };
        service_outcome(command, status, body)
    }
}

/// A request to the service of sipXecs.
fn request(method: Method, command: &Command<'_>) -> Result<http_request::Request, RequestError> {
    let unsupported = |hint| Err(SipXecs::unsupported(command, hint));
    let conference = sipxecs::Conference::new(command.conference().unwrap_or_default()).method(method);
    Ok(match *command {
        Command::ListRooms => return unsupported("ask for the user's own conferences, one by one"),
        Command::Show(_) if !cfg!(feature = "xml") => return unsupported(NEEDS_XML),
        Command::StartRecord { file: None, .. } => conference.record(Some(RecordAction::Start))?,
        Command::StartRecord { file: Some(_), .. } => return unsupported("name no file: its own recorder chooses it"),
        Command::StopRecord { file: None, .. } => conference.record(Some(RecordAction::Stop))?,
        Command::RecordStatus(_) => conference.record(Some(RecordAction::Status))?,
        Command::Invite { user, .. } => conference.invite(user)?,
        _ => conference.request(&*native(command, &mut Vec::new())?)?,
    })
}

/// Reads what the service of sipXecs answered.
fn service_outcome<'a>(command: &Command<'_>, status: u16, body: &'a [u8]) -> Result<Outcome<'a>, ReplyError> {
    let reply = match sipxecs::Response::new(status, body).reply() {
        Ok(reply) => reply,
        Err(error) => return Ok(Outcome::Refused(refusal(&error))),
    };
    if reply.is_lost() {
        return Err(ReplyError::Lost);
    }
    // The service's own; FreeSWITCH's `-ERR no reply` is no refusal.
    let error = reply.error().filter(|_| reply.as_bytes().trim_ascii_start().starts_with(b"ERROR:"));
    let words = || reply.value().to_str_lossy();
    match (command, reply.recorder(), error) {
        (_, _, Some(error)) => Ok(Outcome::Refused(error.to_str_lossy())),
        // A page of something before the service.
        _ if !reply.is_wrapped() => Err(ReplyError::Reply),
        (Command::RecordStatus(_), Some(Recorder::InProgress), _) => Ok(Outcome::Recording(true)),
        (Command::RecordStatus(_), Some(Recorder::NoRecording), _) => Ok(Outcome::Recording(false)),
        (Command::Invite { .. }, ..) if reply.invitation_sent() => Ok(Outcome::Done),
        (Command::RecordStatus(_) | Command::Invite { .. }, ..) => Ok(Outcome::Text(words())),
        // It records already.
        (Command::StartRecord { .. }, Some(Recorder::InProgress), _) => Ok(Outcome::Unchanged),
        (
            Command::StartRecord { .. } | Command::StopRecord { .. },
            Some(Recorder::InProgress | Recorder::NoRecording),
            _,
        ) => Ok(Outcome::Refused(words())),
        // There is no recording to end.
        (Command::StopRecord { file: None, .. }, ..)
            if matches!(reply.to(Name::NoRecord).refusal(), Some(ServerRefusal::NoRecording { .. })) =>
        {
            Ok(Outcome::Unchanged)
        }
        // The recorder hands these two on.
        (Command::StartRecord { .. }, ..) => said(command, reply.to(Name::Record)),
        (Command::StopRecord { .. }, ..) => said(command, reply.to(Name::NoRecord)),
        _ => outcome(command, reply.as_bytes()),
    }
}

/// Returns why the service refuses: its words, or what its status means where it has none, or a
/// page.
fn refusal<'a>(error: &sipxecs::ServiceError<'a>) -> Cow<'a, str> {
    let message = error.message().to_str_lossy();
    match message.trim_ascii() {
        "" | "null" => Cow::Owned(error.to_string()),
        page if page.starts_with('<') => Cow::Owned(error.to_string()),
        _ => message,
    }
}
