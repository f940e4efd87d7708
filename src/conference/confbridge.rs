//! `ConfBridge`: turns commands into AMI actions, and responses and lists into answers.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::answer::{CALL_FAILED, Native, Outcome, REFUSED};
use super::args::given;
use super::backend::Backend;
use super::command::{CallerId, Command, Who};
use super::error::{ReplyError, RequestError};
use super::event::is_answered;
use super::request::Request;
use super::{Conference, Participant};
use crate::action::{ConfbridgeListRooms, Custom, EncodedAction, splits_arguments};
use crate::error::{EncodeError, Refusal};
use crate::event;
use crate::http_request::refuse_splits;
use crate::response::Response;
use crate::value::OriginateReason;
use crate::wire::{Frame, FrameKind};

/// Message of the error for a conference that is already being recorded, from Asterisk 11 to at
/// least 22.
const ALREADY: &str = "Conference is already being recorded.";

/// Asterisk's application `ConfBridge`.
pub(super) struct ConfBridge;

impl Backend for ConfBridge {
    const NAME: &'static str = "ConfBridge";

    fn encode(&self, command: &Command<'_>) -> Result<Request, RequestError> {
        Ok(Request::Action(EncodedAction::of(&action(command)?)?))
    }

    fn decode<'b>(&self, command: &Command<'_>, reply: Native<'b>) -> Result<Outcome<'b>, ReplyError> {
        let Native::Frames(frames) = reply else { return Err(ReplyError::Dialect) };
        outcome(command, frames)
    }
}

fn action<'a>(command: &Command<'a>) -> Result<Custom<'a>, RequestError> {
    let unsupported = |hint| Err(ConfBridge::unsupported(command, hint));
    match *command {
        Command::ListRooms => Ok(Custom::new("ConfbridgeListRooms")),
        Command::List(conference) => to_all("ConfbridgeList", conference),
        Command::Mute { conference, who } => to(who, "ConfbridgeMute", conference, command),
        Command::Unmute { conference, who } => to(who, "ConfbridgeUnmute", conference, command),
        Command::Kick { conference, who } => to(who, "ConfbridgeKick", conference, command),
        Command::Lock(conference) => to_all("ConfbridgeLock", conference),
        Command::Unlock(conference) => to_all("ConfbridgeUnlock", conference),
        Command::StartRecord { conference, file } => {
            // MixMonitor reads the text after a comma as options, and after a second comma as a
            // shell command. If the command names no file, the file's name contains the
            // conference's name.
            refuse_splits("conference", conference, splits_arguments())?;
            let action = to_all("ConfbridgeStartRecord", conference)?;
            let Some(file) = file else { return Ok(action) };
            refuse_splits("file", file, splits_arguments())?;
            Ok(action.header("RecordFile", given("file", file)?))
        }
        Command::StopRecord { conference, file: None } => to_all("ConfbridgeStopRecord", conference),
        Command::VideoSource { conference, participant } => {
            to(Who::One(participant), "ConfbridgeSetSingleVideoSrc", conference, command)
        }
        // `Async` keeps the connection free during the call: the outcome comes as an event.
        Command::Dial { conference, endpoint, caller } | Command::DialAndWait { conference, endpoint, caller } => {
            dial(conference, endpoint, caller)
        }
        Command::Show(_) => unsupported("list the conferences, and who is in this one"),
        Command::Deaf { .. } | Command::Undeaf { .. } => {
            unsupported("set the volume of what the channel hears in the dialplan")
        }
        Command::HangUp { .. } => unsupported("kick; or end the call with the action Hangup"),
        Command::SetPin { .. } | Command::RemovePin(_) => unsupported("change `pin` of the user profile"),
        Command::StopRecord { file: Some(_), .. } => unsupported("name no file: there is one recording"),
        Command::RecordStatus(_) => unsupported("follow the events ConfbridgeRecord and ConfbridgeStopRecord"),
        Command::Volume { .. } | Command::Energy { .. } => {
            unsupported("set it in the user profile, or by the caller's menu")
        }
        Command::Play { .. } | Command::Say { .. } => {
            unsupported("originate a Local channel that plays it into the conference")
        }
        Command::StopPlaying { .. } => unsupported("hang up the channel that plays it"),
        Command::SendDtmf { .. } => unsupported("play them with the action PlayDTMF on the channel"),
        Command::Invite { .. } => unsupported("dial the user's channel"),
        Command::Transfer { .. } => unsupported("send the channel elsewhere with the action Redirect"),
        Command::Relate { .. } => unsupported("mute them for all"),
        Command::Floor { .. } => unsupported("make them the video source"),
    }
}

fn to_all<'a>(action: &'static str, conference: &'a str) -> Result<Custom<'a>, RequestError> {
    Ok(Custom::new(action).header("Conference", given("conference", conference)?))
}

fn to<'a>(
    who: Who<'a>,
    action: &'static str,
    conference: &'a str,
    command: &Command<'_>,
) -> Result<Custom<'a>, RequestError> {
    let channel = match who {
        Who::One(channel) => match ["all", "participants"].into_iter().find(|all| channel.eq_ignore_ascii_case(all)) {
            Some(word) => return Err(EncodeError::new("participant", Refusal::Keyword { word }).into()),
            None => given("participant", channel)?,
        },
        Who::All => "all",
        Who::AllButModerators => "participants",
        Who::Last => return Err(ConfBridge::unsupported(command, "list who is there, and name the channel")),
    };
    Ok(to_all(action, conference)?.header("Channel", channel))
}

/// Builds `Originate` into the application `ConfBridge`, whose arguments are split at commas.
fn dial<'a>(conference: &'a str, endpoint: &'a str, caller: Option<CallerId<'_>>) -> Result<Custom<'a>, RequestError> {
    refuse_splits("conference", conference, splits_arguments())?;
    let action = Custom::new("Originate")
        .header("Channel", given("endpoint", endpoint)?)
        .header("Application", "ConfBridge")
        .header("Data", given("conference", conference)?)
        .header("Async", "yes");
    let Some(CallerId { number, name }) = caller else { return Ok(action) };
    // The server splits a caller id at quotes and angle brackets.
    for text in [number, name] {
        refuse_splits("caller", text, b"\"\\<>")?;
    }
    let mut id = String::from("\"");
    id.push_str(name);
    id.push_str("\" <");
    id.push_str(number);
    id.push('>');
    Ok(action.header("CallerID", id.into_bytes()))
}

/// Reads the response, and the frames after it if the response announces a list or is about a call.
fn outcome<'a>(command: &Command<'_>, frames: &[Frame<'a>]) -> Result<Outcome<'a>, ReplyError> {
    let (first, rest) = frames.split_first().ok_or(ReplyError::Reply)?;
    if first.kind() != FrameKind::Response {
        return Err(ReplyError::Reply);
    }
    let response = Response::from(*first);
    let message = response.message().unwrap_or_default();
    match command {
        // Asterisk reports an empty list as an error.
        Command::ListRooms if ConfbridgeListRooms::TYPE.reply().says_none(message) => {
            Ok(Outcome::Conferences(Vec::new()))
        }
        Command::StartRecord { .. } if !response.is_success() && message == ALREADY => Ok(Outcome::Unchanged),
        _ if !response.is_success() && message.as_bytes().trim_ascii().is_empty() => {
            Ok(Outcome::Refused(Cow::Borrowed(REFUSED)))
        }
        _ if !response.is_success() => Ok(Outcome::Refused(message.to_str_lossy())),
        Command::ListRooms => {
            let rooms: Vec<_> = rest.iter().filter_map(|frame| event::ConfbridgeListRooms::view(*frame)).collect();
            whole(rest, "ConfbridgeListRoomsComplete", rooms.len())?;
            Ok(Outcome::Conferences(rooms.into_iter().map(|room| Conference::ConfBridge(Box::new(room))).collect()))
        }
        Command::List(_) => {
            let list: Vec<_> = rest.iter().filter_map(|frame| event::ConfbridgeList::view(*frame)).collect();
            whole(rest, "ConfbridgeListComplete", list.len())?;
            Ok(Outcome::Participants(list.into_iter().map(|one| Participant::ConfBridge(Box::new(one))).collect()))
        }
        Command::Dial { .. } => Ok(called(rest).unwrap_or(Outcome::Done)),
        Command::DialAndWait { .. } => called(rest).ok_or(ReplyError::NoOutcome),
        // These commands have no action, so the frames answer another command.
        Command::Show(_) | Command::RecordStatus(_) => Err(ReplyError::Reply),
        _ => Ok(Outcome::Done),
    }
}

/// Returns the outcome of a call, or `None` if the frames lack it: the response only says that the
/// call is queued.
fn called<'a>(frames: &[Frame<'a>]) -> Option<Outcome<'a>> {
    let outcome = frames.iter().find_map(|frame| event::OriginateResponse::view(*frame))?;
    if is_answered(&outcome) {
        return Some(Outcome::Done);
    }
    let reason = outcome.reason().ok();
    Some(Outcome::Refused(match (reason.and_then(OriginateReason::description), reason) {
        (Some(words), _) => Cow::Borrowed(words),
        (None, Some(reason)) => Cow::Owned(format!("the call failed for the reason {}", reason.get())),
        (None, None) => Cow::Borrowed(CALL_FAILED),
    }))
}

/// Checks that the list ends with the event named `end`, and that its item count matches. A list
/// whose end gives no count must have items.
fn whole(frames: &[Frame<'_>], end: &str, items: usize) -> Result<(), ReplyError> {
    let is_cancelled = |frame: &Frame<'_>| frame.get("EventList").is_some_and(|said| said.eq_ignore_case("cancelled"));
    let is_end = |frame: &Frame<'_>| {
        frame.kind() == FrameKind::Event && frame.name().is_some_and(|name| name.eq_ignore_case(end))
    };
    let end = frames.iter().find(|frame| is_end(frame) || is_cancelled(frame)).ok_or(ReplyError::Unfinished)?;
    if is_cancelled(end) {
        return Err(ReplyError::Cancelled);
    }
    match end.get("ListItems") {
        Some(said) if said.parse::<u64>().ok().and_then(|said| said.try_into().ok()) != Some(items) => {
            Err(ReplyError::Items { came: items })
        }
        None if items == 0 => Err(ReplyError::Reply),
        _ => Ok(()),
    }
}
