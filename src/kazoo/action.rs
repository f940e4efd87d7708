//! Actions of conferences and participants, in both request bodies that servers read.

use alloc::borrow::Cow;
use alloc::string::ToString;

use super::dial::Dial;
use super::draft::Fields;
use super::error::JsonError;
use super::json::{Json, Object};
use super::write::{object, string};
use crate::error::{EncodeError, Refusal};
use crate::http_request::refuse_control;
use crate::wiped::WipedText;

/// Place of an action in the body of its request.
///
/// Servers from 4.2 on look for a conference's `action` at the top level first, then in `data`.
/// Older servers, and all servers for participants, look in `data` first, then in the query, then
/// at the top level. All of them look for the arguments in `data` within `data`, then in the query,
/// then in `data`. Therefore [`OnTop`](Self::OnTop) refuses arguments named `action` or `data`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Envelope {
    /// `{"data": {"action": "play", "data": {"media_id": "…"}}}`: the form on the reference page,
    /// which all servers understand.
    #[default]
    InData,
    /// `{"action": "play", "data": {"media_id": "…"}}`: the form on Kazoo's pages from 4.2 on.
    OnTop,
}

impl Envelope {
    /// Returns the body of a request.
    ///
    /// # Errors
    /// If the server would read an argument as the action, or as the arguments.
    pub(super) fn wrap(self, (action, arguments): Parts<'_>) -> Result<WipedText, EncodeError> {
        let name = string(action);
        Ok(match self {
            Self::OnTop => {
                let data = match arguments {
                    Arguments::None => "{}".into(),
                    Arguments::Known(json) => json,
                    Arguments::Other(json) => {
                        refuse_reserved(json.object().iter().flat_map(Object::iter).map(|(name, _)| name))?;
                        json.as_str().into()
                    }
                    Arguments::Dial(dial) => {
                        refuse_reserved(dial.names())?;
                        let mut fields = Fields::default();
                        dial.arguments(&mut fields);
                        dial.beside(&mut fields);
                        fields.to_json()
                    }
                };
                object([("action", &*name), ("data", &*data)])
            }
            Self::InData => {
                let mut data = Fields::default();
                data.set("action", name);
                match arguments {
                    Arguments::None => {}
                    Arguments::Known(json) => data.set("data", json),
                    Arguments::Other(json) => data.set("data", json.as_str()),
                    Arguments::Dial(dial) => {
                        let mut inner = Fields::default();
                        dial.arguments(&mut inner);
                        dial.beside(&mut data);
                        data.set("data", inner.to_json());
                    }
                }
                object([("data", &*data.to_json())])
            }
        })
    }
}

/// Arguments of an action.
pub(super) enum Arguments<'a> {
    None,
    /// An object that the crate writes itself.
    Known(WipedText),
    /// The caller's object.
    Other(Json<'a>),
    Dial(&'a Dial<'a>),
}

/// Refuses argument names that conflict with arguments placed in `data`: the server looks there for
/// `data` before it looks at the top level, and also for the `action` of participants.
fn refuse_reserved<'n>(mut names: impl Iterator<Item = &'n str>) -> Result<(), EncodeError> {
    match names.find_map(|name| ["action", "data"].into_iter().find(|word| *word == name)) {
        Some(word) => Err(EncodeError::new("data", Refusal::Keyword { word })),
        None => Ok(()),
    }
}

/// An action as a server reads it from a body: for mock servers and proxies.
///
/// ```
/// use ami_proto::kazoo::ActionBody;
///
/// for body in [r#"{"data": {"action": "lock"}}"#, r#"{"action": "lock", "data": {}}"#] {
///     assert_eq!(ActionBody::from_slice(body.as_bytes())?.action().unwrap(), "lock");
/// }
/// # Ok::<(), ami_proto::kazoo::JsonError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionBody<'a> {
    top: Object<'a>,
    data: Option<Object<'a>>,
}

impl<'a> ActionBody<'a> {
    /// Reads an action from a request body.
    ///
    /// # Errors
    /// If the bytes are not JSON, not UTF-8, or not an object.
    pub fn from_slice(bytes: &'a [u8]) -> Result<Self, JsonError> {
        let top = Object::from_slice(bytes)?;
        let data = top.get("data").and_then(Json::object);
        Ok(Self { top, data })
    }

    /// Returns the action's name, or `None` if the body has none.
    pub fn action(&self) -> Option<Cow<'a, str>> {
        let inside = || self.data.as_ref()?.get("action");
        self.top.get("action").or_else(inside)?.string()
    }

    /// Returns the action's arguments: an object, which may be empty.
    pub fn arguments(&self) -> Option<Object<'a>> {
        let inside = self.data.as_ref().and_then(|data| data.get("data"));
        inside.and_then(Json::object).or_else(|| self.data.clone())
    }

    /// Returns the variables that a dial sets on the calls that it makes: in the body they are in
    /// `data`, beside an action placed there.
    pub fn custom_application_vars(&self) -> Option<Object<'a>> {
        self.data.as_ref()?.get("custom_application_vars").and_then(Json::object)
    }
}

/// An action on a conference.
///
/// The reference page has `lock` and `unlock`; servers from 4.2 on have the others.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ConferenceAction<'a> {
    /// Locks the conference: no further participant can join.
    Lock,
    /// Unlocks the conference: participants can join again.
    Unlock,
    /// Plays a sound to all participants: the id of a sound on the server, or an address.
    Play(&'a str),
    /// Starts (`true`) or stops (`false`) recording.
    Record(bool),
    /// Calls endpoints into the conference.
    Dial(Dial<'a>),
    /// An action that the crate doesn't know, with its arguments: an object.
    Other(&'a str, Option<Json<'a>>),
}

/// An action on all participants.
///
/// In an empty conference it has no effect, and the server reports no error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParticipantsAction<'a> {
    /// Mutes all participants except moderators.
    Mute,
    /// Unmutes all participants except moderators.
    Unmute,
    /// Deafens all participants except moderators: they no longer hear the conference.
    Deaf,
    /// Undeafens all participants except moderators.
    Undeaf,
    /// Removes all participants, moderators included.
    Kick,
    /// Plays a sound to all participants: the id of a sound on the server, or an address.
    Play(&'a str),
    /// Sets whether one participant hears another, or is heard by them.
    Relate(Relate),
    /// An action that the crate doesn't know, with its arguments: an object.
    Other(&'a str, Option<Json<'a>>),
}

/// An action on one participant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParticipantAction<'a> {
    /// Mutes the participant: the others no longer hear them.
    Mute,
    /// Unmutes the participant.
    Unmute,
    /// Deafens the participant: they no longer hear the conference.
    Deaf,
    /// Undeafens the participant.
    Undeaf,
    /// Removes the participant.
    Kick,
    /// Plays a sound to the participant: the id of a sound on the server, or an address.
    Play(&'a str),
    /// An action that the crate doesn't know, with its arguments: an object.
    Other(&'a str, Option<Json<'a>>),
}

/// An action's name with its arguments.
pub(super) type Parts<'a> = (&'a str, Arguments<'a>);

impl ConferenceAction<'_> {
    pub(super) fn parts(&self) -> Result<Parts<'_>, EncodeError> {
        Ok(match self {
            Self::Lock => ("lock", Arguments::None),
            Self::Unlock => ("unlock", Arguments::None),
            Self::Play(media) => ("play", play(media)?),
            Self::Record(start) => ("record", record(*start)),
            Self::Dial(dial) => {
                dial.check()?;
                ("dial", Arguments::Dial(dial))
            }
            Self::Other(name, arguments) => other(name, *arguments)?,
        })
    }
}

/// Writes the name and arguments of participants' actions: the ones that [`ParticipantAction`] and
/// [`ParticipantsAction`] share, and the extra ones of the given type.
macro_rules! participant_parts {
    ($action:ident { $($own:pat => $parts:expr,)* }) => {
        impl<'a> $action<'a> {
            pub(super) fn parts(&self) -> Result<Parts<'a>, EncodeError> {
                Ok(match self {
                    Self::Mute => ("mute", Arguments::None),
                    Self::Unmute => ("unmute", Arguments::None),
                    Self::Deaf => ("deaf", Arguments::None),
                    Self::Undeaf => ("undeaf", Arguments::None),
                    Self::Kick => ("kick", Arguments::None),
                    Self::Play(media) => ("play", play(media)?),
                    $($own => $parts,)*
                    Self::Other(name, arguments) => other(name, *arguments)?,
                })
            }
        }
    };
}

participant_parts! { ParticipantAction {} }
participant_parts! { ParticipantsAction { Self::Relate(relate) => ("relate", relate.arguments()), } }

/// Returns the arguments of `play`. The server writes the sound in quotes into a line for
/// FreeSWITCH, without escaping.
fn play<'a>(media: &str) -> Result<Arguments<'a>, EncodeError> {
    not_empty("media_id", media)?;
    quoted("media_id", media)?;
    Ok(Arguments::Known(object([("media_id", &*string(media))])))
}

fn record<'a>(start: bool) -> Arguments<'a> {
    let action = string(if start { "start" } else { "stop" });
    Arguments::Known(object([("action", &*action)]))
}

fn other<'a>(name: &'a str, arguments: Option<Json<'a>>) -> Result<Parts<'a>, EncodeError> {
    not_empty("action", name)?;
    match arguments {
        Some(json) if json.object().is_none() => Err(EncodeError::new("data", Refusal::Kind { expected: "an object" })),
        arguments => Ok((name, arguments.map_or(Arguments::None, Arguments::Other))),
    }
}

pub(super) fn not_empty(field: &'static str, text: &str) -> Result<(), EncodeError> {
    if text.is_empty() { Err(EncodeError::new(field, Refusal::EmptyValue)) } else { Ok(()) }
}

/// Refuses characters that would end the quotes in which the server writes a text.
pub(super) fn quoted(field: &'static str, text: &str) -> Result<(), EncodeError> {
    refuse_control(field, text)?;
    match text.bytes().find(|byte| matches!(byte, b'\'' | b'\\')) {
        Some(byte) => Err(EncodeError::new(field, Refusal::Quote { byte })),
        None => Ok(()),
    }
}

/// The relation of one participant to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relate {
    participant: u32,
    other: u32,
    relationship: Option<Relationship>,
}

impl Relate {
    /// Relates two participants by numbers, with the server's default relation
    /// [`Clear`](Relationship::Clear).
    pub const fn new(participant: u32, other: u32) -> Self {
        Self { participant, other, relationship: None }
    }

    /// Sets the relation of the first participant to the second.
    #[must_use]
    pub const fn relationship(mut self, relationship: Relationship) -> Self {
        self.relationship = Some(relationship);
        self
    }

    fn arguments<'a>(self) -> Arguments<'a> {
        let mut fields = Fields::default();
        fields.set("participant_id", self.participant.to_string());
        fields.set("other_participant", self.other.to_string());
        if let Some(relationship) = self.relationship {
            fields.set("relationship", string(relationship.as_str()));
        }
        Arguments::Known(fields.to_json())
    }
}

/// A relation between two participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Relationship {
    /// The first participant doesn't hear the second.
    Deaf,
    /// The first participant has no special relation to the second.
    Clear,
    /// The second participant doesn't hear the first.
    Mute,
}

impl Relationship {
    /// Returns the word in the request's JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deaf => "deaf",
            Self::Clear => "clear",
            Self::Mute => "mute",
        }
    }
}
