//! FreeSWITCH and sipXecs, which hands commands on to one: the same commands, but for what the service does itself.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::answer::Outcome;
use super::command::{Command, Side, Who};
use super::dialect::{FREESWITCH, SIPXECS, missing, number};
use super::error::{ReplyError, RequestError};
use super::{Conference, Participant};
use crate::freeswitch::command as native;
use crate::freeswitch::command::{Name, Target};
use crate::freeswitch::list::{Format, List};
use crate::freeswitch::reply::{self, Done, Refusal, Reply};
use crate::http_request::{Method, Request};
use crate::range::part;
use crate::sipxecs::{self, RecordAction, Recorder};
use crate::wire::Value;

/// Numbers have the server's own delimiter now and then (`tel:+49;ext=1`); sipXecs asks with this one too.
const DELIMITER: &str = ">,<";

/// A line of the event socket, without its verb.
pub(super) fn line(command: &Command<'_>) -> Result<Vec<u8>, RequestError> {
    let mut ids = Vec::new();
    let native = native(command, &mut ids)?;
    let mut line = Vec::new();
    match command.conference() {
        None => native.to_server().write(&mut line)?,
        Some(conference) => native.to(conference).write(&mut line)?,
    }
    Ok(line)
}

/// A request to the service of sipXecs.
pub(super) fn request(method: Method, command: &Command<'_>) -> Result<Request, RequestError> {
    let unsupported = |hint| Err(missing(command, SIPXECS, hint));
    let conference = sipxecs::Conference::new(command.conference().unwrap_or_default()).method(method);
    Ok(match *command {
        Command::ListRooms => return unsupported("ask for the user's own conferences, one by one"),
        Command::StartRecord { file: None, .. } => conference.record(Some(RecordAction::Start))?,
        Command::StartRecord { file: Some(_), .. } => return unsupported("name no file: its own recorder chooses it"),
        Command::StopRecord { file: None, .. } => conference.record(Some(RecordAction::Stop))?,
        Command::RecordStatus(_) => conference.record(Some(RecordAction::Status))?,
        Command::Invite { user, .. } => conference.invite(user)?,
        _ => conference.request(&*native(command, &mut Vec::new())?)?,
    })
}

/// FreeSWITCH's command; `ids` is room for participants' numbers. What it doesn't have the service has, and takes first.
fn native<'a>(command: &Command<'a>, ids: &'a mut Vec<u32>) -> Result<Box<dyn native::Command + 'a>, RequestError> {
    let unsupported = |hint| Err(missing(command, FREESWITCH, hint));
    Ok(match *command {
        Command::ListRooms | Command::List(_) => Box::new(native::List::new().delimiter(DELIMITER)),
        Command::Show(_) => Box::new(native::XmlList::new()),
        Command::Mute { who, .. } => Box::new(native::Mute::new(target(who)?)),
        Command::Unmute { who, .. } => Box::new(native::Unmute::new(target(who)?)),
        Command::Deaf { who, .. } => Box::new(native::Deaf::new(target(who)?)),
        Command::Undeaf { who, .. } => Box::new(native::Undeaf::new(target(who)?)),
        Command::Kick { who, .. } => Box::new(native::Kick::new(target(who)?)),
        Command::HangUp { who, .. } => Box::new(native::Hup::new(target(who)?)),
        Command::Lock(_) => Box::new(native::Lock::new()),
        Command::Unlock(_) => Box::new(native::Unlock::new()),
        Command::SetPin { pin, .. } => Box::new(native::Pin::new(pin)),
        Command::RemovePin(_) => Box::new(native::NoPin::new()),
        Command::StartRecord { file: Some(file), .. } => Box::new(native::Record::new(file)),
        Command::StopRecord { file: None, .. } => Box::new(native::NoRecordAll::new()),
        Command::StopRecord { file: Some(file), .. } => Box::new(native::NoRecord::new(file)),
        Command::RecordStatus(_) => Box::new(native::CheckRecord::new()),
        Command::Volume { who, side: Side::In, level, .. } => match level {
            None => Box::new(native::VolumeIn::new(target(who)?)),
            Some(level) => Box::new(native::VolumeIn::new(target(who)?).level(level)),
        },
        Command::Volume { who, side: Side::Out, level, .. } => match level {
            None => Box::new(native::VolumeOut::new(target(who)?)),
            Some(level) => Box::new(native::VolumeOut::new(target(who)?).level(level)),
        },
        Command::Energy { who, level: None, .. } => Box::new(native::Energy::new(target(who)?)),
        Command::Energy { who, level: Some(level), .. } => Box::new(native::Energy::new(target(who)?).level(level)),
        Command::Play { file, to: None, .. } => Box::new(native::Play::new(file)),
        Command::Play { file, to: Some(id), .. } => Box::new(native::Play::new(file).member(number(id)?)),
        Command::StopPlaying { to: None, .. } => Box::new(native::Stop::new()),
        Command::StopPlaying { to: Some(id), .. } => Box::new(native::Stop::new().member(number(id)?)),
        Command::Say { text, to: None, .. } => Box::new(native::Say::new(text)),
        Command::Say { text, to: Some(id), .. } => Box::new(native::SayMember::new(number(id)?, text)),
        Command::SendDtmf { who, digits, .. } => Box::new(native::Dtmf::new(target(who)?, digits)),
        Command::Dial { endpoint, caller: None, .. } => Box::new(native::Bgdial::new(endpoint)),
        Command::Dial { endpoint, caller: Some((number, name)), .. } => {
            Box::new(native::Bgdial::new(endpoint).caller_number(number).caller_name(name))
        }
        Command::DialAndWait { endpoint, caller: None, .. } => Box::new(native::Dial::new(endpoint)),
        Command::DialAndWait { endpoint, caller: Some((number, name)), .. } => {
            Box::new(native::Dial::new(endpoint).caller_number(number).caller_name(name))
        }
        Command::Transfer { participants, to, .. } => {
            for id in participants {
                ids.push(number(id)?);
            }
            Box::new(native::Transfer::new(to, ids))
        }
        Command::Relate { participant, other, relation, .. } => {
            ids.extend([number(participant)?, number(other)?]);
            let (participant, other) = ids.split_at(1);
            Box::new(native::Relate::new(participant, other, relation))
        }
        Command::Floor { participant: id, .. } => Box::new(native::Floor::new(number(id)?)),
        Command::VideoSource { participant: id, .. } => Box::new(native::VidFloor::new(number(id)?).force()),
        Command::StartRecord { file: None, .. } => return unsupported("name a file of the server"),
        Command::Invite { .. } => return unsupported("dial the user's endpoint"),
    })
}

fn target(who: Who<'_>) -> Result<Target<'_>, RequestError> {
    Ok(match who {
        Who::One(id) => Target::Member(number(id)?),
        Who::All => Target::All,
        Who::AllButModerators => Target::NonModerators,
        Who::Last => Target::Last,
    })
}

/// Reads what FreeSWITCH printed.
pub(super) fn outcome<'a>(command: &Command<'_>, text: &'a [u8]) -> Result<Outcome<'a>, ReplyError> {
    let mut ids = Vec::new();
    let native = native(command, &mut ids).map_err(|_| ReplyError::Reply)?;
    said(command, native.name().map_or(Reply::unnamed(text), |name| Reply::new(name, text)))
}

fn said<'a>(command: &Command<'_>, reply: Reply<'a>) -> Result<Outcome<'a>, ReplyError> {
    let text = reply.as_bytes();
    let mut levels = Vec::new();
    for outcome in reply.outcomes() {
        match outcome {
            reply::Outcome::Refused(Refusal::NotRecorded) => return Ok(Outcome::Recording(false)),
            reply::Outcome::Refused(_) | reply::Outcome::Usage(_) => {
                return Ok(Outcome::Refused(Value::new(refusal(text)).to_str_lossy()));
            }
            reply::Outcome::Done(Done::Recording { .. }) if matches!(command, Command::RecordStatus(_)) => {
                return Ok(Outcome::Recording(true));
            }
            reply::Outcome::Done(Done::Level { member, level }) => levels.push((member, level.into())),
            reply::Outcome::Unknown(line) => return Ok(Outcome::Text(line.to_str_lossy())),
            _ => {}
        }
    }
    match command {
        Command::Volume { .. } | Command::Energy { .. } => Ok(Outcome::Levels(levels)),
        Command::ListRooms | Command::List(_) => Ok(listed(command, reply)),
        Command::Show(_) => show(reply),
        // Neither of the two answers that it has.
        Command::RecordStatus(_) => Ok(Outcome::Text(Value::new(text).to_str_lossy())),
        _ => Ok(Outcome::Done),
    }
}

/// Reads the answer to a list: lines that are none make a list only beside some that are.
fn listed<'a>(command: &Command<'_>, reply: Reply<'a>) -> Outcome<'a> {
    let list = read(reply);
    match list.unread.first().filter(|_| list.conferences.is_empty()) {
        Some(_) if marked(reply.as_bytes()).is_some() => {
            Outcome::Refused(Value::new(refusal(reply.as_bytes())).to_str_lossy())
        }
        Some(line) => Outcome::Text(line.to_str_lossy()),
        None if matches!(command, Command::ListRooms) => {
            Outcome::Conferences(rooms(list).map(|(room, _)| room).collect())
        }
        None => Outcome::Participants(rooms(list).flat_map(|(_, members)| members).collect()),
    }
}

/// Reads a list with the delimiter that was asked for, or with the server's own, for answers that somebody else asked for. It follows the
/// number that a member's line begins with, where no name gets to.
fn read(reply: Reply<'_>) -> List<'_> {
    if reply.is_empty() {
        return List::default();
    }
    let text = reply.as_bytes();
    let digits = |line: &[u8]| line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let first = text.split(|byte| *byte == b'\n').find(|line| digits(line) > 0).unwrap_or_default();
    let ours = part(first, digits(first)..).starts_with(DELIMITER.as_bytes());
    List::parse(text, &if ours { Format::new().delimiter(DELIMITER) } else { Format::new() })
}

/// Conferences, and who is there.
fn rooms(list: List<'_>) -> impl Iterator<Item = (Conference<'_>, Vec<Participant<'_>>)> {
    list.conferences.into_iter().map(|mut room| {
        let members = core::mem::take(&mut room.members).into_iter();
        (
            Conference::FreeSwitch(Box::new(room)),
            members.map(|member| Participant::FreeSwitch(Box::new(member))).collect(),
        )
    })
}

#[cfg(feature = "xml")]
fn show(reply: Reply<'_>) -> Result<Outcome<'_>, ReplyError> {
    let list = List::from_xml(reply.as_bytes()).map_err(|_| ReplyError::Reply)?;
    let (room, members) = rooms(list).next().ok_or(ReplyError::Reply)?;
    Ok(Outcome::Conference(room, members))
}

/// It is XML.
#[cfg(not(feature = "xml"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature `xml` it can be wrong")]
fn show(reply: Reply<'_>) -> Result<Outcome<'_>, ReplyError> {
    Ok(Outcome::Text(Value::new(reply.as_bytes()).to_str_lossy()))
}

/// The line that refuses, without the mark that it has from 1.8 on. Before that there is no telling; it is the first.
fn refusal(text: &[u8]) -> &[u8] {
    marked(text).unwrap_or_else(|| text.split(|byte| *byte == b'\n').next().unwrap_or_default())
}

/// The first line that says itself that it refuses, without its mark.
fn marked(text: &[u8]) -> Option<&[u8]> {
    let mark = |line: &'_ [u8]| ["-ERR", "-USAGE:"].into_iter().find(|mark| line.starts_with(mark.as_bytes()));
    text.split(|byte| *byte == b'\n')
        .find_map(|line| mark(line).map(|mark| part(line, mark.len()..).trim_ascii_start()))
}

/// Reads what the service of sipXecs answered.
pub(super) fn service_outcome<'a>(
    command: &Command<'_>,
    status: u16,
    body: &'a [u8],
) -> Result<Outcome<'a>, ReplyError> {
    let reply = match sipxecs::Response::new(status, body).reply() {
        Ok(reply) => reply,
        Err(error) => return Ok(Outcome::Refused(error.message().to_str_lossy())),
    };
    // It wraps even an empty answer; without that it has lost FreeSWITCH.
    if body.trim_ascii().is_empty() {
        return Err(ReplyError::Reply);
    }
    // The service's own; FreeSWITCH's `-ERR no reply` is no refusal.
    let error = reply.error().filter(|_| reply.as_bytes().trim_ascii_start().starts_with(b"ERROR:"));
    let words = || reply.value().to_str_lossy();
    match (command, reply.recorder(), error) {
        (_, _, Some(error)) => Ok(Outcome::Refused(error.to_str_lossy())),
        (Command::RecordStatus(_), Some(Recorder::InProgress), _) => Ok(Outcome::Recording(true)),
        (Command::RecordStatus(_), Some(Recorder::NoRecording), _) => Ok(Outcome::Recording(false)),
        (Command::Invite { .. }, ..) if reply.invitation_sent() => Ok(Outcome::Done),
        (Command::RecordStatus(_) | Command::Invite { .. }, ..) => Ok(Outcome::Text(words())),
        // It records already.
        (Command::StartRecord { .. }, Some(Recorder::InProgress), _) => Ok(Outcome::Done),
        (
            Command::StartRecord { .. } | Command::StopRecord { .. },
            Some(Recorder::InProgress | Recorder::NoRecording),
            _,
        ) => Ok(Outcome::Refused(words())),
        // The recorder hands these two on.
        (Command::StartRecord { .. }, ..) => said(command, reply.to(Name::Record)),
        (Command::StopRecord { .. }, ..) => said(command, reply.to(Name::Norecord)),
        _ => outcome(command, reply.as_bytes()),
    }
}
