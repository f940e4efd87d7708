//! What conferences and participants can be told to do, in both envelopes that servers read.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use super::error::JsonError;
use super::json::{Json, Object};
use super::write::{array, object, string};
use crate::error::{EncodeError, Refusal};
use crate::wiped::WipedText;

/// Where an action stands in the body of its request.
///
/// Servers look for `action` on top first, then in `data`; for its arguments in `data` within
/// `data`, then in `data`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Envelope {
    /// `{"data": {"action": "play", "data": {"media_id": "…"}}}`: reference 002's, and understood
    /// by all servers.
    #[default]
    InData,
    /// `{"action": "play", "data": {"media_id": "…"}}`: what Kazoo's pages show from 4.2 on.
    OnTop,
}

impl Envelope {
    /// The body of a request.
    pub(super) fn wrap(self, action: &str, arguments: Option<&str>) -> WipedText {
        let name = string(action);
        match self {
            Self::OnTop => object([("action", &*name), ("data", arguments.unwrap_or("{}"))]),
            Self::InData => {
                let inner = [("action", &*name)].into_iter().chain(arguments.map(|json| ("data", json)));
                object([("data", &*object(inner))])
            }
        }
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
}

/// What a conference can be told.
///
/// Reference 002 has `lock` and `unlock`; servers from 4.2 on have the others.
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

/// A name, and the JSON of the arguments.
type Parts<'a> = (&'a str, Option<WipedText>);

impl<'a> ConferenceAction<'a> {
    pub(super) fn parts(&self) -> Result<Parts<'a>, EncodeError> {
        Ok(match self {
            Self::Lock => ("lock", None),
            Self::Unlock => ("unlock", None),
            Self::Play(media) => ("play", Some(play(media)?)),
            Self::Record(start) => {
                let action = string(if *start { "start" } else { "stop" });
                ("record", Some(object([("action", &*action)])))
            }
            Self::Dial(dial) => ("dial", Some(dial.to_json()?)),
            Self::Other(name, arguments) => other(name, *arguments)?,
        })
    }
}

impl<'a> ParticipantsAction<'a> {
    pub(super) fn parts(&self) -> Result<Parts<'a>, EncodeError> {
        Ok(match self {
            Self::Mute => ("mute", None),
            Self::Unmute => ("unmute", None),
            Self::Deaf => ("deaf", None),
            Self::Undeaf => ("undeaf", None),
            Self::Kick => ("kick", None),
            Self::Play(media) => ("play", Some(play(media)?)),
            Self::Relate(relate) => ("relate", Some(relate.to_json())),
            Self::Other(name, arguments) => other(name, *arguments)?,
        })
    }
}

impl<'a> ParticipantAction<'a> {
    pub(super) fn parts(&self) -> Result<Parts<'a>, EncodeError> {
        Ok(match self {
            Self::Mute => ("mute", None),
            Self::Unmute => ("unmute", None),
            Self::Deaf => ("deaf", None),
            Self::Undeaf => ("undeaf", None),
            Self::Kick => ("kick", None),
            Self::Play(media) => ("play", Some(play(media)?)),
            Self::Other(name, arguments) => other(name, *arguments)?,
        })
    }
}

fn play(media: &str) -> Result<WipedText, EncodeError> {
    not_empty("media_id", media)?;
    Ok(object([("media_id", &*string(media))]))
}

fn other<'a>(name: &'a str, arguments: Option<Json<'_>>) -> Result<Parts<'a>, EncodeError> {
    not_empty("action", name)?;
    match arguments {
        Some(json) if json.object().is_none() => Err(EncodeError::new("data", Refusal::Kind { expected: "an object" })),
        arguments => Ok((name, arguments.map(|json| WipedText::from(json.as_str())))),
    }
}

fn not_empty(field: &'static str, text: &str) -> Result<(), EncodeError> {
    if text.is_empty() { Err(EncodeError::new(field, Refusal::EmptyValue)) } else { Ok(()) }
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

    fn to_json(self) -> WipedText {
        let (participant, other) = (self.participant.to_string(), self.other.to_string());
        let relationship = self.relationship.map(|relationship| string(relationship.as_str()));
        let ids = [("participant_id", &*participant), ("other_participant", &*other)];
        object(ids.into_iter().chain(relationship.as_deref().map(|word| ("relationship", word))))
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

/// How somebody who is called in comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParticipantFlag {
    /// They can't speak.
    Mute,
    /// They can't hear.
    Deaf,
    /// The keys that they press are heard.
    DistributeDtmf,
    /// As a moderator.
    IsModerator,
    /// Without music while they are alone.
    DisableMoh,
    /// Without being counted.
    Ghost,
    /// Only if there is somebody.
    JoinExisting,
    /// Without their picture.
    VideoMute,
}

impl ParticipantFlag {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mute => "mute",
            Self::Deaf => "deaf",
            Self::DistributeDtmf => "distribute_dtmf",
            Self::IsModerator => "is_moderator",
            Self::DisableMoh => "disable_moh",
            Self::Ghost => "ghost",
            Self::JoinExisting => "join_existing",
            Self::VideoMute => "video_mute",
        }
    }
}

/// Calls somebody into a conference. The conference need not exist: one of the id is made up then,
/// and fields of a document ([`field`](Self::field)) are taken into it.
///
/// ```
/// use ami_proto::kazoo::{Account, ConferenceAction, Dial, ParticipantFlag};
///
/// let dial = Dial::new().endpoint("5551212").endpoint("sip:user@realm").participant_flag(ParticipantFlag::Mute).timeout(20);
/// let request = Account::new("A").act("C", &ConferenceAction::Dial(dial))?;
/// assert_eq!(
///     request.body(),
///     br#"{"data": {"action": "dial", "data": {"endpoints": ["5551212", "sip:user@realm"], "timeout": 20, "participant_flags": ["mute"]}}}"#
/// );
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Dial<'a> {
    endpoints: Vec<Endpoint<'a>>,
    texts: Vec<(&'static str, &'a str)>,
    timeout: Option<u32>,
    flags: Vec<ParticipantFlag>,
    fields: Vec<(&'a str, Json<'a>)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Endpoint<'a> {
    Text(&'a str),
    Device(Json<'a>),
}

impl<'a> Dial<'a> {
    /// Calls nobody yet; at least one [`endpoint`](Self::endpoint) is needed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls the device or user of this id, this number, or this `sip:` address.
    #[must_use]
    pub fn endpoint(mut self, endpoint: &'a str) -> Self {
        self.endpoints.push(Endpoint::Text(endpoint));
        self
    }

    /// Calls a device that is described by its document.
    #[must_use]
    pub fn device(mut self, document: Json<'a>) -> Self {
        self.endpoints.push(Endpoint::Device(document));
        self
    }

    /// Shows them this name.
    #[must_use]
    pub fn caller_id_name(self, name: &'a str) -> Self {
        self.text("caller_id_name", name)
    }

    /// Shows them this number.
    #[must_use]
    pub fn caller_id_number(self, number: &'a str) -> Self {
        self.text("caller_id_number", number)
    }

    /// Runs the conference with the settings of this name.
    #[must_use]
    pub fn profile_name(self, name: &'a str) -> Self {
        self.text("profile_name", name)
    }

    /// Begins the conference on the media server that this call is on.
    #[must_use]
    pub fn target_call_id(self, id: &'a str) -> Self {
        self.text("target_call_id", id)
    }

    /// Gives the new call this id.
    #[must_use]
    pub fn outbound_call_id(self, id: &'a str) -> Self {
        self.text("outbound_call_id", id)
    }

    /// Gives up after so many seconds, at least 1.
    #[must_use]
    pub fn timeout(mut self, seconds: u32) -> Self {
        self.timeout = Some(seconds);
        self
    }

    /// Has them come in like this; can be said again for more.
    #[must_use]
    pub fn participant_flag(mut self, flag: ParticipantFlag) -> Self {
        self.flags.push(flag);
        self
    }

    /// Adds a field that the crate doesn't know, or one of a conference document.
    #[must_use]
    pub fn field(mut self, name: &'a str, value: Json<'a>) -> Self {
        self.fields.push((name, value));
        self
    }

    fn text(mut self, name: &'static str, text: &'a str) -> Self {
        self.texts.retain(|(found, _)| *found != name);
        self.texts.push((name, text));
        self
    }

    fn to_json(&self) -> Result<WipedText, EncodeError> {
        if self.endpoints.is_empty() {
            return Err(EncodeError::new("endpoints", Refusal::EmptyValue));
        }
        let mut endpoints = Vec::with_capacity(self.endpoints.len());
        for endpoint in &self.endpoints {
            endpoints.push(match endpoint {
                Endpoint::Text("") => return Err(EncodeError::new("endpoints", Refusal::EmptyValue)),
                Endpoint::Text(text) => string(text),
                Endpoint::Device(json) if json.object().is_some() => json.as_str().into(),
                Endpoint::Device(_) => {
                    return Err(EncodeError::new("endpoints", Refusal::Kind { expected: "an object" }));
                }
            });
        }
        let mut fields = Vec::from([("endpoints", array(endpoints))]);
        fields.extend(self.texts.iter().map(|(name, text)| (*name, string(text))));
        match self.timeout {
            Some(0) => return Err(EncodeError::new("timeout", Refusal::Range { min: 1, max: i64::MAX })),
            timeout => fields.extend(timeout.map(|seconds| ("timeout", seconds.to_string().into()))),
        }
        if !self.flags.is_empty() {
            fields.push(("participant_flags", array(self.flags.iter().map(|flag| string(flag.as_str())))));
        }
        fields.extend(self.fields.iter().map(|(name, json)| (*name, json.as_str().into())));
        Ok(object(fields.iter().map(|(name, json)| (*name, &**json))))
    }
}

/// PINs and passwords are masked.
impl fmt::Debug for Dial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = self.to_json().unwrap_or_default();
        match Json::parse(&json) {
            Ok(json) => write!(f, "Dial {json:?}"),
            Err(_) => f.write_str("Dial (incomplete)"),
        }
    }
}
