//! Conference events, common to all dialects that report them.

use alloc::borrow::Cow;
use alloc::string::ToString as _;
use core::fmt;

use super::participant::{caller_name, caller_number};
use crate::wire::Value;
use crate::{event, freeswitch, kazoo};

/// An event of a conference. sipXecs reports none; its FreeSWITCH does, to programs connected to
/// its event socket.
///
/// ```
/// use ami_proto::conference::{Event, Happening};
/// use ami_proto::kazoo::ParticipantEvent;
///
/// let text = br#"{"event": "mute-member", "participant_id": 20, "conference_id": "c1", "caller_id_name": "Ann"}"#;
/// let event = Event::from(ParticipantEvent::from_slice(text)?);
/// assert_eq!(event.happening(), Happening::Muted);
/// assert_eq!((event.conference().as_deref(), event.participant().as_deref()), (Some("c1"), Some("20")));
/// # Ok::<(), ami_proto::kazoo::JsonError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// An AMI event of `ConfBridge`.
    ConfBridge(event::Event<'a>),
    /// A FreeSWITCH event of the subclass `conference::maintenance`.
    FreeSwitch(freeswitch::Event<'a>),
    /// A Kazoo event about a participant.
    Kazoo(kazoo::ParticipantEvent<'a>),
}

impl<'a> From<kazoo::ParticipantEvent<'a>> for Event<'a> {
    fn from(event: kazoo::ParticipantEvent<'a>) -> Self {
        Self::Kazoo(event)
    }
}

impl<'a> Event<'a> {
    /// Wraps an AMI event; `None` if it is not about a `ConfBridge` conference.
    pub fn of_ami(event: event::Event<'a>) -> Option<Self> {
        confbridge(&event).map(|_| Self::ConfBridge(event))
    }

    /// Wraps an event of the event socket; `None` if it is not about a conference.
    pub fn of_freeswitch(event: freeswitch::Event<'a>) -> Option<Self> {
        let subclass = event.subclass()?;
        (*subclass.decode() == *b"conference::maintenance").then_some(Self::FreeSwitch(event))
    }

    /// Returns the kind of the event.
    pub fn happening(&self) -> Happening {
        match self {
            Self::ConfBridge(event) => confbridge(event).unwrap_or(Happening::Other),
            Self::FreeSwitch(event) => {
                event.action().map_or(Happening::Other, |action| Happening::of_action(&action.decode()))
            }
            Self::Kazoo(event) => {
                event.event().map_or(Happening::Other, |action| Happening::of_action(action.as_bytes()))
            }
        }
    }

    /// Returns the conference as commands name it: its name, in Kazoo its id.
    pub fn conference(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::ConfBridge(event::Event::OriginateResponse(outcome)) => dialed_into(outcome).map(Value::to_str_lossy),
            Self::ConfBridge(event) => text_of(event, "Conference"),
            Self::FreeSwitch(event) => decoded(*event, "Conference-Name"),
            Self::Kazoo(event) => event.conference_id().ok(),
        }
    }

    /// Returns the participant concerned, as commands name participants; `None` if the event is
    /// about the whole conference.
    ///
    /// For a change of the floor, it is the new holder, and `None` if the floor is free. For a
    /// `ConfBridge` call, it is the channel that answered.
    pub fn participant(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::ConfBridge(event @ event::Event::OriginateResponse(outcome)) => {
                text_of(event, "Channel").filter(|_| is_answered(outcome))
            }
            Self::ConfBridge(event) => text_of(event, "Channel"),
            Self::FreeSwitch(event) => {
                let floor = matches!(self.happening(), Happening::FloorChanged | Happening::VideoFloorChanged);
                let id = decoded(*event, if floor { "New-ID" } else { "Member-ID" })?;
                (id != "none").then_some(id)
            }
            Self::Kazoo(event) => event.participant_id().ok().map(|id| Cow::Owned(id.to_string())),
        }
    }

    /// Returns the participant's name.
    pub fn name(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::ConfBridge(event) => caller_name(event.frame().get("CallerIDName")?.as_bytes()),
            Self::FreeSwitch(event) => decoded(*event, "Caller-Caller-ID-Name"),
            Self::Kazoo(event) => event.caller_id_name().ok(),
        }
    }

    /// Returns the participant's caller number.
    pub fn number(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::ConfBridge(event) => caller_number(event.frame().get("CallerIDNum")?.as_bytes()),
            Self::FreeSwitch(event) => decoded(*event, "Caller-Caller-ID-Number"),
            Self::Kazoo(event) => event.caller_id_number().ok(),
        }
    }
}

fn text_of<'a>(event: &event::Event<'a>, name: &str) -> Option<Cow<'a, str>> {
    event.frame().get(name).map(Value::to_str_lossy)
}

/// Returns the conference that a call was made into, no matter which program made the call; `None`
/// if the call was made into another application, or if the event doesn't name a conference.
pub(super) fn dialed_into<'a>(outcome: &event::OriginateResponse<'a>) -> Option<Value<'a>> {
    let application = outcome.application().ok()?;
    let arguments = outcome.data().ok()?.as_bytes();
    let room = arguments.split(|byte| *byte == b',').next().filter(|room| !room.is_empty())?;
    application.eq_ignore_case("ConfBridge").then(|| Value::new(room))
}

/// Returns whether a call was answered.
pub(super) fn is_answered(outcome: &event::OriginateResponse<'_>) -> bool {
    outcome.response().is_ok_and(|response| response.eq_ignore_case("Success"))
}

pub(super) fn decoded<'a>(event: freeswitch::Event<'a>, name: &str) -> Option<Cow<'a, str>> {
    Some(match event.own(name)?.decode() {
        Cow::Borrowed(bytes) => Value::new(bytes).to_str_lossy(),
        Cow::Owned(bytes) => Cow::Owned(Value::new(&bytes).to_str_lossy().into_owned()),
    })
}

fn confbridge(event: &event::Event<'_>) -> Option<Happening> {
    Some(match event {
        event::Event::ConfbridgeStart(_) => Happening::Started,
        event::Event::ConfbridgeEnd(_) => Happening::Ended,
        event::Event::ConfbridgeJoin(_) => Happening::Joined,
        event::Event::ConfbridgeLeave(_) => Happening::Left,
        event::Event::ConfbridgeMute(_) => Happening::Muted,
        event::Event::ConfbridgeUnmute(_) => Happening::Unmuted,
        event::Event::ConfbridgeTalking(talking) => match talking.talking_status() {
            Ok(true) => Happening::Talking,
            Ok(false) => Happening::Silent,
            Err(_) => Happening::Other,
        },
        event::Event::ConfbridgeRecord(_) => Happening::RecordingStarted,
        event::Event::ConfbridgeStopRecord(_) => Happening::RecordingStopped,
        event::Event::OriginateResponse(outcome) => dialed_into(outcome).map(|_| Happening::Dialed)?,
        _ => return None,
    })
}

macro_rules! happenings {
    ($($(#[$doc:meta])+ $name:ident = $words:literal $(, $told:literal)? $(| $action:literal)*;)+) => {
        /// The kind of a conference event.
        ///
        /// | | event of `ConfBridge` | action of FreeSWITCH, and of Kazoo where it is about a participant |
        /// |---|---|---|
        $(#[doc = concat!(
            "| `", stringify!($name), "` |", $(" `", $told, "`",)? " |", $(" `", $action, "`",)* " |"
        )])+
        ///
        /// A dialect reports only the kinds for which it has an event or action: for the rest, poll
        /// with [`Command::List`](super::Command::List). The value that goes with an event, such as
        /// the new volume, is [`Event::detail`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Happening {
            $($(#[$doc])+ $name,)+
            /// Any other event: see the native event.
            Other,
        }

        impl Happening {
            fn of_action(action: &[u8]) -> Self {
                $($(if action == $action.as_bytes() {
                    return Self::$name;
                })*)+
                Self::Other
            }

            /// Returns the kind in words: `muted`, `recording started`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)+
                    Self::Other => "other",
                }
            }
        }
    };
}

happenings! {
    /// The conference began.
    Started = "started", "ConfbridgeStart" | "conference-create";
    /// The conference ended.
    Ended = "ended", "ConfbridgeEnd" | "conference-destroy";
    /// A participant joined.
    Joined = "joined", "ConfbridgeJoin" | "add-member";
    /// A participant left.
    Left = "left", "ConfbridgeLeave" | "del-member";
    /// A participant was muted.
    Muted = "muted", "ConfbridgeMute" | "mute-member";
    /// A participant was unmuted.
    Unmuted = "unmuted", "ConfbridgeUnmute" | "unmute-member";
    /// A participant was deafened: they no longer hear the conference.
    Deafened = "deafened" | "deaf-member";
    /// A participant was undeafened: they hear the conference again.
    Undeafened = "undeafened" | "undeaf-member";
    /// A participant began to talk.
    Talking = "talking", "ConfbridgeTalking: on" | "start-talking";
    /// A participant stopped talking.
    Silent = "silent", "ConfbridgeTalking: off" | "stop-talking";
    /// A participant was put on hold.
    Held = "held" | "hold-member";
    /// A participant was taken off hold.
    Unheld = "unheld" | "unhold-member";
    /// A participant was removed; the event that they left comes next.
    Kicked = "kicked" | "kick-member" | "hup-member";
    /// A participant was moved to another conference.
    Transferred = "transferred" | "transfer";
    /// The floor went to another participant, or became free.
    FloorChanged = "floor changed" | "floor-change";
    /// Another participant's video became the picture that all see, or no participant's is.
    VideoFloorChanged = "video floor changed" | "video-floor-change";
    /// The conference was locked: no further participant can join.
    Locked = "locked" | "lock";
    /// The conference was unlocked: participants can join again.
    Unlocked = "unlocked" | "unlock";
    /// A recording started; or failed to start, if FreeSWITCH's event has the header `Error`.
    RecordingStarted = "recording started", "ConfbridgeRecord" | "start-recording";
    /// A recording stopped.
    RecordingStopped = "recording stopped", "ConfbridgeStopRecord" | "stop-recording";
    /// A recording paused.
    RecordingPaused = "recording paused" | "pause-recording";
    /// A recording resumed.
    RecordingResumed = "recording resumed" | "resume-recording";
    /// A sound began to play.
    Playing = "playing" | "play-file" | "play-file-member";
    /// A sound ended.
    Played = "played" | "play-file-done" | "play-file-member-done";
    /// A text is spoken.
    Spoken = "spoken" | "speak-text" | "speak-text-member";
    /// A participant's volume changed, by a command or by the participant's own keys, or the target
    /// level of its automatic gain control changed.
    VolumeChanged = "volume changed"
        | "volume-in-member"
        | "volume-out-member"
        | "volume-level"
        | "gain-level"
        | "agc-level-member";
    /// A participant's minimum or maximum energy level changed, by a command or by the
    /// participant's own keys.
    EnergyChanged = "energy changed"
        | "energy-level-member"
        | "energy-level"
        | "auto-energy-level-member"
        | "max-energy-level-member";
    /// A participant pressed a key that a control is bound to, or a DTMF tone was sent to them.
    Dtmf = "dtmf" | "dtmf-member" | "dtmf";
    /// A call made in the background was answered or failed. In `ConfBridge` it is a call into the
    /// application `ConfBridge`, as [`Command::Dial`](super::Command::Dial) makes it.
    Dialed = "dialed", "OriginateResponse" | "bgdial-result";
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
