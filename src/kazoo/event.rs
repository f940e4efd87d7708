//! What participants do, as the server tells it over a WebSocket.

use alloc::borrow::Cow;
use core::fmt;

use super::error::FieldError;
use super::json::{FromJson, Json, Object, getters, view};

/// Something that a participant did, or that happened to them.
///
/// Names are matched whatever their case, and with `-` for `_`: some servers send them as their
/// message bus has them (`Call-ID`, `Conference-ID`). Servers from 4.0 on call all of them `event`
/// ([`event_name`](Self::event_name)), and put what the media server knows of the participant into
/// an object `conference_channel_vars`: such fields are looked for there first, then on top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParticipantEvent<'a>(pub(super) Object<'a>);

view!(ParticipantEvent);

impl<'a> ParticipantEvent<'a> {
    /// What happened.
    ///
    /// # Errors
    /// When it is missing, or no text.
    pub fn happening(&self) -> Result<Happening<'a>, FieldError> {
        self.0.read_loose("event")
    }

    getters! { read_loose;
        /// What happened, as the server writes it; see [`happening`](Self::happening).
        event = "event": Cow<'a, str>;
        /// The participant's call.
        call_id = "call_id": Cow<'a, str>;
        /// The media server.
        focus = "focus": Cow<'a, str>;
        /// The conference.
        conference_id = "conference_id": Cow<'a, str>;
        /// The media server's id for this run of the conference.
        instance_id = "instance_id": Cow<'a, str>;
        /// The participant's number, from 1.
        participant_id = "participant_id": u32;
        /// Returns the account whose conference it is; from 4.0 on.
        account_id = "account_id": Cow<'a, str>;
        /// Whose presence their call shows.
        channel_presence_id = "channel_presence_id": Cow<'a, str>;
        /// Returns what the media server knows of the conference, without the `conference_` of its
        /// names; from master on.
        conference_vars = "conference_vars": Object<'a>;
        /// Returns the settings that the conference runs with; from master on.
        profile = "profile": Cow<'a, str>;
        /// Returns which of Kazoo's servers runs the conference; from master on.
        conference_node = "conference_node": Cow<'a, str>;
        /// Returns what became of a call that was made into the conference (event
        /// `bgdial-result`), from master on: `result`, `job_uuid`, `peer_uuid`.
        dial_result = "dial_result": Object<'a>;
        /// `conference`.
        event_category = "event_category": Cow<'a, str>;
        /// `participant_event`; `event` from newer servers.
        event_name = "event_name": Cow<'a, str>;
        /// Who sent it.
        node = "node": Cow<'a, str>;
        /// Its number.
        msg_id = "msg_id": Cow<'a, str>;
        /// Which application sent it.
        app_name = "app_name": Cow<'a, str>;
        /// Of which version.
        app_version = "app_version": Cow<'a, str>;
        /// How it came here.
        routing_key = "routing_key": Cow<'a, str>;
    }
}

/// What the server knows of a participant's call. Its own fields, and those of whoever made the
/// call, are kept all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelVars<'a>(pub(super) Object<'a>);

view!(ChannelVars);

impl<'a> ChannelVars<'a> {
    getters! { read_loose;
        /// The account.
        account_id = "account_id": Cow<'a, str>;
        /// Who was authorised to call, such as a device.
        authorizing_id = "authorizing_id": Cow<'a, str>;
        /// What they are, such as `device`.
        authorizing_type = "authorizing_type": Cow<'a, str>;
        /// The user whose it is.
        owner_id = "owner_id": Cow<'a, str>;
        /// Whose presence the call shows.
        presence_id = "presence_id": Cow<'a, str>;
        /// The look-up that the call came by.
        fetch_id = "fetch_id": Cow<'a, str>;
        /// The call that this one belongs to.
        bridge_id = "bridge_id": Cow<'a, str>;
        /// How this call ranks with others.
        precedence = "precedence": i64;
        /// The SIP realm.
        realm = "realm": Cow<'a, str>;
        /// The SIP user.
        username = "username": Cow<'a, str>;
        /// What the calls of one conversation have in common.
        call_interaction_id = "call_interaction_id": Cow<'a, str>;
    }
}

/// What happens to participants: the reference page's eight, or any other action of FreeSWITCH's
/// conferences.
///
/// Which of them are published is the server's setting (`publish_participant_event`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Happening<'a> {
    /// They came.
    AddMember,
    /// They left.
    DelMember,
    /// They stopped speaking.
    StopTalking,
    /// They began to speak.
    StartTalking,
    /// They can't speak any more.
    MuteMember,
    /// They can speak again.
    UnmuteMember,
    /// They can't hear any more.
    DeafMember,
    /// They can hear again.
    UndeafMember,
    /// Something else, such as `floor-change`.
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

    /// The word on the wire.
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
