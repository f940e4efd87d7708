//! What happens in conferences, once for all dialects that tell.

use alloc::borrow::Cow;
use alloc::string::ToString as _;
use core::fmt;

use super::participant::{caller_name, caller_number};
use crate::wire::Value;
use crate::{event, freeswitch, kazoo};

/// Something that happened in a conference. sipXecs tells nothing; its FreeSWITCH does, to who is
/// connected to that.
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
    /// `ConfBridge`'s.
    ConfBridge(event::Event<'a>),
    /// FreeSWITCH's, of the subclass `conference::maintenance`.
    FreeSwitch(freeswitch::Event<'a>),
    /// Kazoo's.
    Kazoo(kazoo::ParticipantEvent<'a>),
}

impl<'a> From<kazoo::ParticipantEvent<'a>> for Event<'a> {
    fn from(event: kazoo::ParticipantEvent<'a>) -> Self {
        Self::Kazoo(event)
    }
}

impl<'a> Event<'a> {
    /// One of AMI's, if it is `ConfBridge`'s.
    pub fn of_ami(event: event::Event<'a>) -> Option<Self> {
        confbridge(&event).map(|_| Self::ConfBridge(event))
    }

    /// One of the event socket's, if it is a conference's.
    pub fn of_freeswitch(event: freeswitch::Event<'a>) -> Option<Self> {
        let subclass = event.subclass()?;
        (*subclass.decode() == *b"conference::maintenance").then_some(Self::FreeSwitch(event))
    }

    /// What happened.
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

    /// The conference that commands go to: its name, in Kazoo its id.
    pub fn conference(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::ConfBridge(event::Event::OriginateResponse(outcome)) => dialed_into(outcome).map(Value::to_str_lossy),
            Self::ConfBridge(event) => text_of(event, "Conference"),
            Self::FreeSwitch(event) => decoded(*event, "Conference-Name"),
            Self::Kazoo(event) => event.conference_id().ok(),
        }
    }

    /// Who it is about, as commands name them; `None` where it is about the conference. Of the
    /// floor: who has it now, and `None` if nobody has. Of a call that `ConfBridge` made: the channel
    /// that has answered.
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

    /// Their name.
    pub fn name(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::ConfBridge(event) => caller_name(event.frame().get("CallerIDName")?.as_bytes()),
            Self::FreeSwitch(event) => decoded(*event, "Caller-Caller-ID-Name"),
            Self::Kazoo(event) => event.caller_id_name().ok(),
        }
    }

    /// The number that they called from.
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

/// Returns the conference that a call was made into, by whoever made it; `None` where it was made
/// into something else, or into what is not told.
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
        /// What happened.
        ///
        /// | | event of `ConfBridge` | action of FreeSWITCH, and of Kazoo where it is about a participant |
        /// |---|---|---|
        $(#[doc = concat!(
            "| `", stringify!($name), "` |", $(" `", $told, "`",)? " |", $(" `", $action, "`",)* " |"
        )])+
        ///
        /// What has no event in a dialect isn't told there: ask, as
        /// [`Command::List`](super::Command::List) does. The value that goes with it, such as the new
        /// volume, is [`Event::detail`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Happening {
            $($(#[$doc])+ $name,)+
            /// Something else: the native event knows.
            Other,
        }

        impl Happening {
            fn of_action(action: &[u8]) -> Self {
                $($(if action == $action.as_bytes() {
                    return Self::$name;
                })*)+
                Self::Other
            }

            /// In words: `muted`, `recording started`.
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
    /// The conference has begun.
    Started = "started", "ConfbridgeStart" | "conference-create";
    /// It has ended.
    Ended = "ended", "ConfbridgeEnd" | "conference-destroy";
    /// Somebody came.
    Joined = "joined", "ConfbridgeJoin" | "add-member";
    /// They left.
    Left = "left", "ConfbridgeLeave" | "del-member";
    /// They are not heard any more.
    Muted = "muted", "ConfbridgeMute" | "mute-member";
    /// They are heard again.
    Unmuted = "unmuted", "ConfbridgeUnmute" | "unmute-member";
    /// They hear nothing any more.
    Deafened = "deafened" | "deaf-member";
    /// They hear again.
    Undeafened = "undeafened" | "undeaf-member";
    /// They begin to talk.
    Talking = "talking", "ConfbridgeTalking: on" | "start-talking";
    /// They stop talking.
    Silent = "silent", "ConfbridgeTalking: off" | "stop-talking";
    /// They are put on hold.
    Held = "held" | "hold-member";
    /// They are back from it.
    Unheld = "unheld" | "unhold-member";
    /// They are thrown out; they leave next.
    Kicked = "kicked" | "kick-member" | "hup-member";
    /// They are moved to another conference.
    Transferred = "transferred" | "transfer";
    /// Somebody else has the floor, or nobody.
    FloorChanged = "floor changed" | "floor-change";
    /// Somebody else is the picture that all see, or nobody.
    VideoFloorChanged = "video floor changed" | "video-floor-change";
    /// Nobody else gets in.
    Locked = "locked" | "lock";
    /// Others get in again.
    Unlocked = "unlocked" | "unlock";
    /// It is recorded from now on; or can't be, as FreeSWITCH's `Error` says.
    RecordingStarted = "recording started", "ConfbridgeRecord" | "start-recording";
    /// The recording has ended.
    RecordingStopped = "recording stopped", "ConfbridgeStopRecord" | "stop-recording";
    /// The recording pauses.
    RecordingPaused = "recording paused" | "pause-recording";
    /// The recording goes on.
    RecordingResumed = "recording resumed" | "resume-recording";
    /// A sound begins.
    Playing = "playing" | "play-file" | "play-file-member";
    /// It has ended.
    Played = "played" | "play-file-done" | "play-file-member-done";
    /// A text is spoken.
    Spoken = "spoken" | "speak-text" | "speak-text-member";
    /// A participant's volume has changed, by a command or by their own keys, or the level that it
    /// is controlled to.
    VolumeChanged = "volume changed"
        | "volume-in-member"
        | "volume-out-member"
        | "volume-level"
        | "gain-level"
        | "agc-level-member";
    /// How loud a participant must be, or may be, has changed, by a command or by their own keys.
    EnergyChanged = "energy changed"
        | "energy-level-member"
        | "energy-level"
        | "auto-energy-level-member"
        | "max-energy-level-member";
    /// A participant has pressed a key that a control is bound to, or had one pressed to them.
    Dtmf = "dtmf" | "dtmf-member" | "dtmf";
    /// A call that was made in the background has been answered, or not: into the application
    /// `ConfBridge`, as [`Command::Dial`](super::Command::Dial) makes it.
    Dialed = "dialed", "OriginateResponse" | "bgdial-result";
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
