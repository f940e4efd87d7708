//! FreeSWITCH: turns commands into lines of the event socket, and printed replies into answers.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::answer::{Native, Outcome};
use super::args::member_number;
use super::backend::Backend;
use super::command::{CallerId, Command, Side, Who};
use super::error::{ReplyError, RequestError};
use super::request::{Line, Request};
use super::{Conference, Participant};
use crate::freeswitch::command as native;
use crate::freeswitch::command::{Name, Target};
use crate::freeswitch::list::{Format, List};
use crate::freeswitch::reply::{self, Done, Reply, ServerRefusal};
use crate::range::part;
use crate::wire::Value;

/// Delimiter of lists. The server's default `;` also occurs in caller numbers (`tel:+49;ext=1`);
/// sipXecs requests this delimiter too.
const DELIMITER: &str = ">,<";

/// Hint for builds without the feature `xml`: an answer must mean the same with and without it.
pub(super) const NEEDS_XML: &str = "its answer is XML: build with the feature `xml`, or list who is there";

/// FreeSWITCH's `conference`.
pub(super) struct FreeSwitch;

impl Backend for FreeSwitch {
    const NAME: &'static str = "FreeSWITCH";

    fn encode(&self, command: &Command<'_>) -> Result<Request, RequestError> {
        request(command, false)
    }

    fn decode<'b>(&self, command: &Command<'_>, reply: Native<'b>) -> Result<Outcome<'b>, ReplyError> {
        let Native::Text(text) = reply else { return Err(ReplyError::Dialect) };
        outcome(command, text)
    }
}

/// Makes the line of the event socket, without its verb. With `interpreted`, it is made even if the
/// server interprets its arguments.
pub(super) fn request(command: &Command<'_>, interpreted: bool) -> Result<Request, RequestError> {
    let mut ids = Vec::new();
    let native = native(command, &mut ids)?;
    let line = match command.conference() {
        None => native.to_server(),
        Some(conference) => native.to(conference),
    };
    let mut text = Vec::new();
    if interpreted { line.even_if_interpreted() } else { line }.write(&mut text)?;
    Ok(Request::Line(Line::new(text)))
}

/// Builds FreeSWITCH's command; `ids` stores participants' numbers. The commands refused here which
/// sipXecs supports are handled before this call by the dialect of sipXecs.
pub(super) fn native<'a>(
    command: &Command<'a>,
    ids: &'a mut Vec<u32>,
) -> Result<Box<dyn native::ConferenceCommand + 'a>, RequestError> {
    let unsupported = |hint| Err(FreeSwitch::unsupported(command, hint));
    Ok(match *command {
        Command::ListRooms | Command::List(_) => Box::new(native::List::new().delimiter(DELIMITER)),
        Command::Show(_) if cfg!(feature = "xml") => Box::new(native::XmlList::new()),
        Command::Show(_) => return unsupported(NEEDS_XML),
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
        Command::RecordStatus(_) => Box::new(native::ChkRecord::new()),
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
        Command::Play { file, to: Some(id), .. } => Box::new(native::Play::new(file).member(member_number(id)?)),
        Command::StopPlaying { to: None, .. } => Box::new(native::Stop::new()),
        Command::StopPlaying { to: Some(id), .. } => Box::new(native::Stop::new().member(member_number(id)?)),
        Command::Say { text, to: None, .. } => Box::new(native::Say::new(text)),
        Command::Say { text, to: Some(id), .. } => Box::new(native::SayMember::new(member_number(id)?, text)),
        Command::SendDtmf { who, digits, .. } => Box::new(native::Dtmf::new(target(who)?, digits)),
        Command::Dial { endpoint, caller: None, .. } => Box::new(native::Bgdial::new(endpoint)),
        Command::Dial { endpoint, caller: Some(CallerId { number, name }), .. } => {
            Box::new(native::Bgdial::new(endpoint).caller_number(number).caller_name(name))
        }
        Command::DialAndWait { endpoint, caller: None, .. } => Box::new(native::Dial::new(endpoint)),
        Command::DialAndWait { endpoint, caller: Some(CallerId { number, name }), .. } => {
            Box::new(native::Dial::new(endpoint).caller_number(number).caller_name(name))
        }
        Command::Transfer { participants, to, .. } => {
            for id in participants {
                ids.push(member_number(id)?);
            }
            Box::new(native::Transfer::new(to, &ids[..]))
        }
        Command::Relate { participant, other, relation, .. } => {
            ids.extend([member_number(participant)?, member_number(other)?]);
            let (participant, other) = ids.split_at(1);
            Box::new(native::Relate::new(participant, other, relation))
        }
        Command::Floor { participant: id, .. } => Box::new(native::Floor::new(member_number(id)?)),
        Command::VideoSource { participant: id, .. } => Box::new(native::VidFloor::new(member_number(id)?).force()),
        Command::StartRecord { file: None, .. } => return unsupported("name a file of the server"),
        Command::Invite { .. } => return unsupported("dial the user's endpoint"),
    })
}

fn target(who: Who<'_>) -> Result<Target<'_>, RequestError> {
    Ok(match who {
        Who::One(id) => Target::Member(member_number(id)?),
        Who::All => Target::All,
        Who::AllButModerators => Target::NonModerators,
        Who::Last => Target::Last,
    })
}

/// Returns the sub-command that [`native`] builds: it decides how the reply is read.
fn name(command: &Command<'_>) -> Option<Name> {
    Some(match command {
        Command::ListRooms | Command::List(_) => Name::List,
        Command::Show(_) => Name::XmlList,
        Command::Mute { .. } => Name::Mute,
        Command::Unmute { .. } => Name::Unmute,
        Command::Deaf { .. } => Name::Deaf,
        Command::Undeaf { .. } => Name::Undeaf,
        Command::Kick { .. } => Name::Kick,
        Command::HangUp { .. } => Name::Hup,
        Command::Lock(_) => Name::Lock,
        Command::Unlock(_) => Name::Unlock,
        Command::SetPin { .. } => Name::Pin,
        Command::RemovePin(_) => Name::NoPin,
        Command::StartRecord { file: Some(_), .. } => Name::Record,
        Command::StopRecord { .. } => Name::NoRecord,
        Command::RecordStatus(_) => Name::ChkRecord,
        Command::Volume { side: Side::In, .. } => Name::VolumeIn,
        Command::Volume { side: Side::Out, .. } => Name::VolumeOut,
        Command::Energy { .. } => Name::Energy,
        Command::Play { .. } => Name::Play,
        Command::StopPlaying { .. } => Name::Stop,
        Command::Say { to: None, .. } => Name::Say,
        Command::Say { to: Some(_), .. } => Name::SayMember,
        Command::SendDtmf { .. } => Name::Dtmf,
        Command::Dial { .. } => Name::Bgdial,
        Command::DialAndWait { .. } => Name::Dial,
        Command::Transfer { .. } => Name::Transfer,
        Command::Relate { .. } => Name::Relate,
        Command::Floor { .. } => Name::Floor,
        Command::VideoSource { .. } => Name::VidFloor,
        Command::StartRecord { file: None, .. } | Command::Invite { .. } => return None,
    })
}

/// Reads the text that FreeSWITCH printed.
pub(super) fn outcome<'a>(command: &Command<'_>, text: &'a [u8]) -> Result<Outcome<'a>, ReplyError> {
    said(command, Reply::new(name(command).ok_or(ReplyError::Reply)?, text))
}

/// Reads a reply line by line.
pub(super) fn said<'a>(command: &Command<'_>, reply: Reply<'a>) -> Result<Outcome<'a>, ReplyError> {
    let text = reply.as_bytes();
    let mut levels = Vec::new();
    let mut called = false;
    // `done`: an action was performed. `idle`: the server says that there was nothing to do.
    // `floor`: the holder of the floor.
    let (mut done, mut idle, mut floor) = (false, reply.is_empty() && is_of_several(command), None);
    for outcome in reply.outcomes() {
        match outcome {
            reply::Outcome::Refused(ServerRefusal::NotRecorded) => return Ok(Outcome::Recording(false)),
            reply::Outcome::Refused(_) | reply::Outcome::Usage(_) => {
                return Ok(Outcome::Refused(Value::new(refusal(text)).to_str_lossy()));
            }
            reply::Outcome::Done(Done::Recording { .. }) if matches!(command, Command::RecordStatus(_)) => {
                return Ok(Outcome::Recording(true));
            }
            // The server prints `+OK` for every call; the cause tells the outcome.
            reply::Outcome::Done(Done::Called { cause }) if cause == "SUCCESS" => called = true,
            reply::Outcome::Done(Done::Called { cause }) => return Ok(Outcome::Refused(cause.to_str_lossy())),
            reply::Outcome::Done(Done::Level { member, level }) => levels.push((member, level.into())),
            reply::Outcome::Unknown(line) => return Ok(Outcome::Text(line.to_str_lossy())),
            reply::Outcome::Done(Done::Floor { member }) => floor = Some(member),
            reply::Outcome::Done(Done::Stopped { files: 0 } | Done::RecordingsStopped { files: 0 })
            | reply::Outcome::Skipped { .. } => idle = true,
            reply::Outcome::Done(_) => done = true,
        }
    }
    match command {
        Command::Floor { .. } => Ok(floor.map_or(Outcome::Done, Outcome::Floor)),
        _ if idle && !done && tells_each(command) => Ok(Outcome::Unchanged),
        Command::Volume { .. } | Command::Energy { .. } => Ok(Outcome::Levels(levels)),
        Command::ListRooms | Command::List(_) => listed(command, reply),
        Command::Show(_) => show(reply),
        // The text is not a known answer to the query.
        Command::RecordStatus(_) => Ok(Outcome::Text(Value::new(text).to_str_lossy())),
        Command::DialAndWait { .. } if !called => Ok(Outcome::Text(Value::new(text).to_str_lossy())),
        _ => Ok(Outcome::Done),
    }
}

/// Returns whether the answer has a line for each participant concerned, or for each recording
/// stopped. `hup` of FreeSWITCH 1.6 prints none.
fn tells_each(command: &Command<'_>) -> bool {
    is_of_several(command) || matches!(command, Command::StopPlaying { .. } | Command::StopRecord { .. })
}

/// Returns whether the command may match no participant, and prints a line for each that it
/// matches.
fn is_of_several(command: &Command<'_>) -> bool {
    match command {
        Command::Mute { who, .. }
        | Command::Unmute { who, .. }
        | Command::Deaf { who, .. }
        | Command::Undeaf { who, .. }
        | Command::Kick { who, .. }
        | Command::SendDtmf { who, .. } => !matches!(who, Who::One(_)),
        _ => false,
    }
}

/// Reads the answer to a list. Lines that are not part of a list are ignored only beside list
/// lines, and a list is empty only if the server says so.
fn listed<'a>(command: &Command<'_>, reply: Reply<'a>) -> Result<Outcome<'a>, ReplyError> {
    const NO_ROOMS: &[u8] = b"No active conferences.";
    let text = reply.as_bytes();
    let list = read(reply);
    let refused = |words| Ok(Outcome::Refused(Value::new(words).to_str_lossy()));
    if !list.unread.is_empty() && list.conferences.is_empty() {
        return marked(text).map_or(Err(ReplyError::Reply), refused);
    }
    let is_headed = !list.conferences.is_empty();
    let said = text.strip_prefix(b"+OK ").unwrap_or(text).trim_ascii();
    if matches!(command, Command::ListRooms) {
        return if is_headed || said == NO_ROOMS {
            Ok(Outcome::Conferences(rooms(list).map(|(room, _)| room).collect()))
        } else {
            Err(ReplyError::Reply)
        };
    }
    if said == NO_ROOMS {
        // The command asked for one conference.
        return refused(said);
    }
    // For one conference without members the server prints nothing, since there is no header line.
    let is_empty = reply.is_empty() || is_headed && list.conferences.iter().all(|room| room.member_count == Some(0));
    let members: Vec<_> = rooms(list).flat_map(|(_, members)| members).collect();
    match members.len() {
        0 if is_empty => Ok(Outcome::Participants(members)),
        0 if is_headed => Err(ReplyError::Items { came: 0 }),
        0 => Err(ReplyError::Reply),
        _ => Ok(Outcome::Participants(members)),
    }
}

/// Reads a list with the requested delimiter, or with the server's default for answers to another
/// program's request. The delimiter is the text after the number at the start of a member's line,
/// where no user-chosen name can stand.
fn read(reply: Reply<'_>) -> List<'_> {
    let text = reply.as_bytes();
    let digits = |line: &[u8]| line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let first = text.split(|byte| *byte == b'\n').find(|line| digits(line) > 0).unwrap_or_default();
    let ours = part(first, digits(first)..).starts_with(DELIMITER.as_bytes());
    List::parse(text, &if ours { Format::new().delimiter(DELIMITER) } else { Format::new() })
}

/// Yields the conferences with their participants.
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
    let is_whole =
        |room: &crate::freeswitch::list::Conference<'_>| !room.members.is_empty() || room.member_count == Some(0);
    // The answer is about one conference. A conference whose members are missing is not an empty
    // one.
    let list = list.conferences.first().is_some_and(is_whole).then_some(list).ok_or(ReplyError::Reply)?;
    let (room, members) = rooms(list).next().ok_or(ReplyError::Reply)?;
    Ok(Outcome::Conference(room, members))
}

#[cfg(not(feature = "xml"))]
fn show(_: Reply<'_>) -> Result<Outcome<'_>, ReplyError> {
    Err(ReplyError::Feature { name: "xml" })
}

/// Returns the line of the refusal, without the mark that it has from FreeSWITCH 1.8 on. Older
/// versions have no mark: there it is the first line.
fn refusal(text: &[u8]) -> &[u8] {
    marked(text).unwrap_or_else(|| text.split(|byte| *byte == b'\n').next().unwrap_or_default())
}

/// Returns the first line that has the mark of a refusal, without that mark.
fn marked(text: &[u8]) -> Option<&[u8]> {
    let mark = |line: &'_ [u8]| ["-ERR", "-USAGE:"].into_iter().find(|mark| line.starts_with(mark.as_bytes()));
    text.split(|byte| *byte == b'\n')
        .find_map(|line| mark(line).map(|mark| part(line, mark.len()..).trim_ascii_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reply is read by the name of the sub-command that was sent.
    #[test]
    fn names_are_those_of_the_requests() {
        let (conference, to) = ("room", Some("3"));
        let forms = [
            Command::StartRecord { conference, file: Some("a.wav") },
            Command::StopRecord { conference, file: Some("a.wav") },
            Command::Volume { conference, who: Who::All, side: Side::Out, level: None },
            Command::Play { conference, file: "a.wav", to },
            Command::StopPlaying { conference, to },
            Command::Say { conference, text: "hello", to },
        ];
        for command in Command::ALL.iter().chain(&forms) {
            if !cfg!(feature = "xml") && matches!(command, Command::Show(_)) {
                continue;
            }
            let built = native(command, &mut Vec::new()).ok().and_then(|native| native.name());
            assert_eq!(name(command), built, "{command}");
        }
    }
    /// Without the feature the command is refused, and its answer is not read as something else.
    #[cfg(not(feature = "xml"))]
    #[test]
    fn show_needs_xml() {
        use super::super::{Dialect, Native};
        use crate::http_request::Method;
        let show = Command::Show("room");
        let http = Native::Http { status: 200, body: b"<command-response><x/></command-response>" };
        for (dialect, reply) in [(Dialect::FreeSwitch, Native::Text(b"<x/>")), (Dialect::SipXecs(Method::Get), http)] {
            let Err(RequestError::Unsupported(error)) = dialect.encode(&show) else { panic!("{}", dialect.name()) };
            assert_eq!((error.dialect(), error.hint()), (dialect.name(), NEEDS_XML));
            assert_eq!(dialect.decode(&show, reply).err(), Some(ReplyError::Feature { name: "xml" }));
        }
    }
}
