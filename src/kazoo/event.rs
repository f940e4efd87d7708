//! Events about participants, which the server sends over a WebSocket.

use alloc::borrow::Cow;
use core::fmt;

use super::error::FieldError;
use super::json::{FromJson, Json, Object, getters, view};

/// An event about a participant.
///
/// Field names are matched without regard to case, and with `-` for `_`: some servers send the
/// names of their message bus (`Call-ID`, `Conference-ID`). Servers from 4.0 on give every event
/// the name `event` ([`event_name`](Self::event_name)), and put the media server's data about the
/// participant into an object `conference_channel_vars`: such fields are read from there first,
/// then from the top level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParticipantEvent<'a>(pub(super) Object<'a>);

view!(ParticipantEvent);

impl<'a> ParticipantEvent<'a> {
    /// Returns the kind of the event.
    ///
    /// # Errors
    /// If it is missing or not a string.
    pub fn happening(&self) -> Result<Happening<'a>, FieldError> {
        self.0.read_loose("event")
    }

    getters! { read_loose;
        /// Returns the kind of the event as the server writes it; see
        /// [`happening`](Self::happening).
        event = "event": Cow<'a, str>;
        /// Returns the id of the participant's call.
        call_id = "call_id": Cow<'a, str>;
        /// Returns the name of the media server.
        focus = "focus": Cow<'a, str>;
        /// Returns the conference's id.
        conference_id = "conference_id": Cow<'a, str>;
        /// Returns the media server's id for this run of the conference.
        instance_id = "instance_id": Cow<'a, str>;
        /// Returns the participant's number, from 1.
        participant_id = "participant_id": u32;
        /// Returns the id of the conference's account; from 4.0 on.
        account_id = "account_id": Cow<'a, str>;
        /// Returns the presence id that the participant's call shows.
        channel_presence_id = "channel_presence_id": Cow<'a, str>;
        /// Returns the media server's variables of the conference, without the prefix `conference_`
        /// in their names; from master on.
        conference_vars = "conference_vars": Object<'a>;
        /// Returns the name of the settings that the conference runs with; from master on.
        profile = "profile": Cow<'a, str>;
        /// Returns the Kazoo server that runs the conference; from master on.
        conference_node = "conference_node": Cow<'a, str>;
        /// Returns the outcome of a call made into the conference (event `bgdial-result`):
        /// `result`, `job_uuid`, `peer_uuid`; from master on.
        dial_result = "dial_result": Object<'a>;
        /// Returns the event's category: `conference`.
        event_category = "event_category": Cow<'a, str>;
        /// Returns the event's name: `participant_event`; `event` from newer servers.
        event_name = "event_name": Cow<'a, str>;
        /// Returns the server that sent the message.
        node = "node": Cow<'a, str>;
        /// Returns the message's id.
        msg_id = "msg_id": Cow<'a, str>;
        /// Returns the name of the application that sent the message.
        app_name = "app_name": Cow<'a, str>;
        /// Returns the version of the application that sent the message.
        app_version = "app_version": Cow<'a, str>;
        /// Returns the message bus key that the message was routed by.
        routing_key = "routing_key": Cow<'a, str>;
    }
}

/// The server's variables of a participant's call. Fields that the server or the call's originator
/// added are kept as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelVars<'a>(pub(super) Object<'a>);

view!(ChannelVars);

impl<'a> ChannelVars<'a> {
    getters! { read_loose;
        /// Returns the account's id.
        account_id = "account_id": Cow<'a, str>;
        /// Returns the id of the device, or another thing, that was authorised to call.
        authorizing_id = "authorizing_id": Cow<'a, str>;
        /// Returns the type of the authorised thing, such as `device`.
        authorizing_type = "authorizing_type": Cow<'a, str>;
        /// Returns the id of the user who owns it.
        owner_id = "owner_id": Cow<'a, str>;
        /// Returns the presence id that the call shows.
        presence_id = "presence_id": Cow<'a, str>;
        /// Returns the id of the look-up by which the call was routed.
        fetch_id = "fetch_id": Cow<'a, str>;
        /// Returns the id of the call to which this call belongs.
        bridge_id = "bridge_id": Cow<'a, str>;
        /// Returns the call's rank among other calls.
        precedence = "precedence": i64;
        /// Returns the SIP realm.
        realm = "realm": Cow<'a, str>;
        /// Returns the SIP user name.
        username = "username": Cow<'a, str>;
        /// Returns the id that all calls of one conversation share.
        call_interaction_id = "call_interaction_id": Cow<'a, str>;
    }
}

/// The kind of a participant's event: one of the eight on the reference page, or any other action
/// of FreeSWITCH's conferences.
///
/// The server's setting `publish_participant_event` decides which of them it publishes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Happening<'a> {
    /// The participant joined.
    AddMember,
    /// The participant left.
    DelMember,
    /// The participant stopped talking.
    StopTalking,
    /// The participant began to talk.
    StartTalking,
    /// The participant was muted.
    MuteMember,
    /// The participant was unmuted.
    UnmuteMember,
    /// The participant was deafened: they no longer hear the conference.
    DeafMember,
    /// The participant was undeafened.
    UndeafMember,
    /// Another action, such as `floor-change`.
    Other(Cow<'a, str>),
}

impl Happening<'_> {
    const KNOWN: [(&'static str, Self); 8] = [
        ("add-member", Self::AddMember),
        ("del-member", Self::DelMember),
        ("stop-talking", Self::StopTalking),
        ("start-talking", Self::StartTalking),
        ("mute-member", Self::MuteMember),
        ("unmute-member", Self::UnmuteMember),
        ("deaf-member", Self::DeafMember),
        ("undeaf-member", Self::UndeafMember),
    ];

    /// Returns the word that the server sends.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AddMember => "add-member",
            Self::DelMember => "del-member",
            Self::StopTalking => "stop-talking",
            Self::StartTalking => "start-talking",
            Self::MuteMember => "mute-member",
            Self::UnmuteMember => "unmute-member",
            Self::DeafMember => "deaf-member",
            Self::UndeafMember => "undeaf-member",
            Self::Other(word) => word,
        }
    }
}

impl<'a> From<Cow<'a, str>> for Happening<'a> {
    fn from(word: Cow<'a, str>) -> Self {
        let known = Self::KNOWN.into_iter().find(|(known, _)| *known == word);
        known.map_or(Self::Other(word), |(_, happening)| happening)
    }
}

impl fmt::Display for Happening<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'a> FromJson<'a> for Happening<'a> {
    const EXPECTED: &'static str = "a text";

    fn from_json(json: Json<'a>) -> Option<Self> {
        json.text().map(Self::from)
    }
}
