//! What conferences and participants can be told to do, in both envelopes that servers read.

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

/// Where an action stands in the body of its request.
///
/// Servers from 4.2 on look for a conference's `action` on top first, then in `data`. Older ones, and
/// all for participants, look in `data` first, then in the query, then on top. All look for the
/// arguments in `data` within `data`, then in the query, then in `data`. So
/// [`OnTop`](Self::OnTop) refuses arguments of the names `action` and `data`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Envelope {
    /// `{"data": {"action": "play", "data": {"media_id": "…"}}}`: the reference page's, and
    /// understood by all servers.
    #[default]
    InData,
    /// `{"action": "play", "data": {"media_id": "…"}}`: what Kazoo's pages show from 4.2 on.
    OnTop,
}

impl Envelope {
    /// Returns the body of a request.
    ///
    /// # Errors
    /// Where the server would take an argument for the action, or for the arguments.
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

/// What an action is told.
pub(super) enum Arguments<'a> {
    None,
    /// What the crate writes itself: an object.
    Known(WipedText),
    /// The caller's own: an object.
    Other(Json<'a>),
    Dial(&'a Dial<'a>),
}

/// Refuses what stands in the way where arguments stand in `data`: the server looks there for
/// `data` before the top, and for the `action` of participants too.
fn refuse_reserved<'n>(mut names: impl Iterator<Item = &'n str>) -> Result<(), EncodeError> {
    match names.find_map(|name| ["action", "data"].into_iter().find(|word| *word == name)) {
        Some(word) => Err(EncodeError::new("data", Refusal::Keyword { word })),
        None => Ok(()),
    }
}

/// An action as a server reads it from a body: for mocks and proxies.
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
    /// Reads it from a body's bytes.
    ///
    /// # Errors
    /// Where they are not JSON, not UTF-8, or no object.
    pub fn from_slice(bytes: &'a [u8]) -> Result<Self, JsonError> {
        let top = Object::from_slice(bytes)?;
        let data = top.get("data").and_then(Json::object);
        Ok(Self { top, data })
    }

    /// Its name, if there is one.
    pub fn action(&self) -> Option<Cow<'a, str>> {
        let inside = || self.data.as_ref()?.get("action");
        self.top.get("action").or_else(inside)?.string()
    }

    /// Its arguments: an object that may be empty.
    pub fn arguments(&self) -> Option<Object<'a>> {
        let inside = self.data.as_ref().and_then(|data| data.get("data"));
        inside.and_then(Json::object).or_else(|| self.data.clone())
    }

    /// Returns what a dial notes of the calls that it makes: it stands in `data`, beside an action
    /// there.
    pub fn custom_application_vars(&self) -> Option<Object<'a>> {
        self.data.as_ref()?.get("custom_application_vars").and_then(Json::object)
    }
}

/// What a conference can be told.
///
/// The reference page has `lock` and `unlock`; servers from 4.2 on have the others.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ConferenceAction<'a> {
    /// Nobody else gets in.
    Lock,
    /// Others get in again.
    Unlock,
    /// Plays a sound to everybody: the id of one that the server has, or an address.
    Play(&'a str),
    /// Begins recording it (`true`), or ends that.
    Record(bool),
    /// Calls somebody in.
    Dial(Dial<'a>),
    /// What the crate doesn't know, with its arguments: an object.
    Other(&'a str, Option<Json<'a>>),
}

/// What all participants can be told.
///
/// Where nobody is in the conference, nothing happens, and the server doesn't mind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParticipantsAction<'a> {
    /// All but moderators can't speak.
    Mute,
    /// All but moderators can speak again.
    Unmute,
    /// All but moderators can't hear.
    Deaf,
    /// All but moderators can hear again.
    Undeaf,
    /// Everybody out.
    Kick,
    /// Plays a sound to everybody: the id of one that the server has, or an address.
    Play(&'a str),
    /// What one is to another.
    Relate(Relate),
    /// What the crate doesn't know, with its arguments: an object.
    Other(&'a str, Option<Json<'a>>),
}

/// What a participant can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParticipantAction<'a> {
    /// They can't speak.
    Mute,
    /// They can speak again.
    Unmute,
    /// They can't hear.
    Deaf,
    /// They can hear again.
    Undeaf,
    /// Out with them.
    Kick,
    /// Plays a sound to them: the id of one that the server has, or an address.
    Play(&'a str),
    /// What the crate doesn't know, with its arguments: an object.
    Other(&'a str, Option<Json<'a>>),
}

/// A name and its arguments.
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

/// Gives what participants can be told its name and arguments: what one and all can be told alike,
/// and what is its own.
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

/// The server quotes the sound in a line for FreeSWITCH, and escapes nothing in it.
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

/// Refuses what ends the quotes that the server puts a text into.
pub(super) fn quoted(field: &'static str, text: &str) -> Result<(), EncodeError> {
    refuse_control(field, text)?;
    match text.bytes().find(|byte| matches!(byte, b'\'' | b'\\')) {
        Some(byte) => Err(EncodeError::new(field, Refusal::Quote { byte })),
        None => Ok(()),
    }
}

/// What one participant is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relate {
    participant: u32,
    other: u32,
    relationship: Option<Relationship>,
}

impl Relate {
    /// The first is as anybody to the second, the server's default.
    pub const fn new(participant: u32, other: u32) -> Self {
        Self { participant, other, relationship: None }
    }

    /// The first is this to the second.
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

/// What somebody can be to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Relationship {
    /// Doesn't hear them.
    Deaf,
    /// As anybody.
    Clear,
    /// Isn't heard by them.
    Mute,
}

impl Relationship {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deaf => "deaf",
            Self::Clear => "clear",
            Self::Mute => "mute",
        }
    }
}
