//! Kazoo: turns commands into calls of the Conferences API, and its responses into answers.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::answer::{CALL_FAILED, Native, Outcome, REFUSED};
use super::args::member_number;
use super::backend::Backend;
use super::command::{CallerId, Command, Relation, Who};
use super::error::{ReplyError, RequestError};
use super::request::Request;
use super::{Conference, Participant};
use crate::http_request;
use crate::kazoo::{
    self, Account, ConferenceAction, Dial, Dialed, FieldError, Json, ParticipantAction, ParticipantsAction, Relate,
    Relationship, Response,
};

/// The Conferences API of Kazoo, for this account.
pub(super) struct Kazoo<'a>(pub(super) Account<'a>);

impl Backend for Kazoo<'_> {
    const NAME: &'static str = "Kazoo";

    fn encode(&self, command: &Command<'_>) -> Result<Request, RequestError> {
        request(&self.0, command).map(Request::Http)
    }

    fn decode<'b>(&self, command: &Command<'_>, reply: Native<'b>) -> Result<Outcome<'b>, ReplyError> {
        let Native::Http { status, body } = reply else { return Err(ReplyError::Dialect) };
        outcome(command, status, body)
    }
}

fn request(account: &Account<'_>, command: &Command<'_>) -> Result<http_request::Request, RequestError> {
    let unsupported = |hint| Err(Kazoo::unsupported(command, hint));
    let act = |conference, action: ConferenceAction<'_>| Ok(account.act(conference, &action)?);
    match *command {
        Command::ListRooms => Ok(account.list()?),
        Command::List(conference) => Ok(account.participants(conference)?),
        Command::Show(conference) => Ok(account.get(conference)?),
        Command::Mute { conference, who }
        | Command::Unmute { conference, who }
        | Command::Deaf { conference, who }
        | Command::Undeaf { conference, who }
        | Command::Kick { conference, who } => {
            let (all, one) = match command {
                Command::Mute { .. } => (ParticipantsAction::Mute, ParticipantAction::Mute),
                Command::Unmute { .. } => (ParticipantsAction::Unmute, ParticipantAction::Unmute),
                Command::Deaf { .. } => (ParticipantsAction::Deaf, ParticipantAction::Deaf),
                Command::Undeaf { .. } => (ParticipantsAction::Undeaf, ParticipantAction::Undeaf),
                _ => (ParticipantsAction::Kick, ParticipantAction::Kick),
            };
            let kicks = all == ParticipantsAction::Kick;
            match who {
                Who::One(id) => Ok(account.act_on(conference, member_number(id)?, &one)?),
                Who::All if kicks => Ok(account.act_on_all(conference, &all)?),
                Who::AllButModerators if !kicks => Ok(account.act_on_all(conference, &all)?),
                Who::All => unsupported("the bulk action spares moderators: say all but moderators, then name those"),
                Who::AllButModerators => {
                    unsupported("the bulk action spares nobody: list who is there, and kick one by one")
                }
                Who::Last => unsupported("list who is there, and name them"),
            }
        }
        Command::Lock(conference) => act(conference, ConferenceAction::Lock),
        Command::Unlock(conference) => act(conference, ConferenceAction::Unlock),
        Command::StartRecord { conference, file: None } => act(conference, ConferenceAction::Record(true)),
        Command::StopRecord { conference, file: None } => act(conference, ConferenceAction::Record(false)),
        Command::Play { conference, file, to: None } => act(conference, ConferenceAction::Play(file)),
        Command::Play { conference, file, to: Some(id) } => {
            Ok(account.act_on(conference, member_number(id)?, &ParticipantAction::Play(file))?)
        }
        Command::Dial { conference, endpoint, caller } => {
            let mut dial = Dial::new().endpoint(endpoint);
            if let Some(CallerId { number, name }) = caller {
                dial = dial.caller_id_number(number).caller_id_name(name);
            }
            act(conference, ConferenceAction::Dial(dial))
        }
        Command::Invite { conference, user } => act(conference, ConferenceAction::Dial(Dial::new().endpoint(user))),
        Command::Relate { conference, participant, other, relation } => {
            let relationship = match relation {
                Relation::NoSpeak => Relationship::Mute,
                Relation::NoHear => Relationship::Deaf,
                Relation::Clear => Relationship::Clear,
                _ => return unsupported("relate them as deaf or as mute, which is what it has"),
            };
            let relate = Relate::new(member_number(participant)?, member_number(other)?).relationship(relationship);
            Ok(account.act_on_all(conference, &ParticipantsAction::Relate(relate))?)
        }
        Command::HangUp { .. } => unsupported("kick"),
        Command::SetPin { .. } | Command::RemovePin(_) => {
            unsupported("change `pins` of the conference's document: Account::merge")
        }
        Command::StartRecord { file: Some(_), .. } => unsupported("name no file: the server chooses it"),
        Command::StopRecord { file: Some(_), .. } => unsupported("name no file: there is one recording"),
        Command::RecordStatus(_) => unsupported("remember what it was told"),
        Command::Volume { .. } | Command::Energy { .. } => {
            unsupported("set `energy-level` in the conference's profile, or mute")
        }
        Command::StopPlaying { .. } => unsupported("wait for its end"),
        Command::Say { .. } => unsupported("play a sound that says it"),
        Command::SendDtmf { .. } => unsupported("none: its conferences pass tones on with the flag `distribute_dtmf`"),
        Command::DialAndWait { .. } => unsupported("dial without waiting, and follow the participants' events"),
        Command::Transfer { .. } => unsupported("kick, and dial into the other one"),
        Command::Floor { .. } | Command::VideoSource { .. } => unsupported("mute the others"),
    }
}

fn outcome<'a>(command: &Command<'_>, status: u16, body: &'a [u8]) -> Result<Outcome<'a>, ReplyError> {
    let refused = !(200..300).contains(&status);
    let asks = match command {
        Command::ListRooms | Command::List(_) | Command::Show(_) => true,
        // The API has no call for this command, so the response answers another command.
        Command::RecordStatus(_) if !refused => return Err(ReplyError::Reply),
        _ => false,
    };
    if status == 304 && !asks && !matches!(command, Command::RecordStatus(_)) {
        return Ok(Outcome::Unchanged);
    }
    let response = match Response::from_slice(body) {
        Ok(response) => response,
        // A proxy in front of the server may answer in any form; a bare acceptance may have no
        // body.
        Err(_) if refused => return Ok(Outcome::Refused(Cow::Owned(words(status)))),
        Err(_) if body.trim_ascii().is_empty() && !asks => return Ok(Outcome::Done),
        Err(error) => return Err(error.into()),
    };
    if refused || !response.is_success() {
        return Ok(Outcome::Refused(refusal(&response, status)));
    }
    match command {
        Command::Dial { .. } | Command::Invite { .. } => Ok(dialed(&response)),
        Command::ListRooms => {
            let conferences = known(response.conferences()?, |one| one.id().map(|_| ()))?;
            Ok(Outcome::Conferences(conferences.into_iter().map(Conference::Kazoo).collect()))
        }
        Command::Show(_) => {
            let conference = response.conference()?;
            let participants = with_numbers(conference.realtime().participants().unwrap_or_default())?;
            let participants = participants.into_iter().map(Participant::Kazoo).collect();
            Ok(Outcome::Conference(Conference::Kazoo(conference), participants))
        }
        Command::List(_) => {
            // A conference's document also lists its participants, in its realtime data.
            let document = |_| response.conference()?.realtime().participants();
            let participants = with_numbers(response.participants().or_else(document)?)?;
            Ok(Outcome::Participants(participants.into_iter().map(Participant::Kazoo).collect()))
        }
        _ => Ok(Outcome::Done),
    }
}

fn with_numbers(list: Vec<kazoo::Participant<'_>>) -> Result<Vec<kazoo::Participant<'_>>, FieldError> {
    known(list, |one| one.participant_id().map(|_| ()))
}

/// Returns the list, or an error if no entry has an id: then it is not the requested list.
fn known<T>(list: Vec<T>, id: impl Fn(&T) -> Result<(), FieldError>) -> Result<Vec<T>, FieldError> {
    match list.first().map(&id) {
        Some(Err(error)) if list.iter().all(|one| id(one).is_err()) => Err(error),
        _ => Ok(list),
    }
}

/// Returns the reason of a refusal: the server's message, and the field concerned if the server
/// names one.
fn refusal<'a>(response: &Response<'a>, status: u16) -> Cow<'a, str> {
    let message = response.envelope().message().ok().filter(|message| !message.is_empty());
    let message = message.unwrap_or_else(|| Cow::Owned(words(status)));
    match response.violations().first().and_then(|violation| Some((violation.field(), violation.message().ok()?))) {
        Some((field, why)) => Cow::Owned(format!("{message}: {field}: {why}")),
        None => message,
    }
}

/// Describes an HTTP status, for a refusal without a message.
fn words(status: u16) -> String {
    let words = match status {
        300..=399 => "it is elsewhere, or nothing is new",
        400 => "bad request",
        401 => "the token is missing, wrong or too old",
        402 => "the account can't pay for it",
        403 => "forbidden",
        404 => "not found",
        405 => "the server wants another method",
        409 => "it was changed meanwhile",
        429 => "too many requests",
        500..=599 => "the server is in trouble",
        _ => REFUSED,
    };
    format!("status {status}: {words}")
}

/// Returns the outcome of a call: the server also accepts a request for a call that it can't make.
fn dialed<'a>(response: &Response<'a>) -> Outcome<'a> {
    let whole = response.data().and_then(Json::object).map(Dialed::from);
    let mut each = whole.into_iter().chain(response.dialed().unwrap_or_default());
    match each.find(|one| one.status().is_ok_and(|status| status == "error")) {
        Some(failed) => {
            let message = failed.message().ok().filter(|message| !message.is_empty());
            Outcome::Refused(message.unwrap_or(Cow::Borrowed(CALL_FAILED)))
        }
        None => Outcome::Done,
    }
}
