//! Outcomes: the meanings of a reply's lines.

use crate::wire::Value;

/// The outcome of a command, or of one part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// The command succeeded, or this is the requested data.
    Done(Done<'a>),
    /// The command skipped this member, who is a moderator.
    Skipped {
        /// The member's number.
        member: u32,
    },
    /// The server refused the command.
    Refused(ServerRefusal<'a>),
    /// The server didn't understand the arguments, and shows the valid ones; sometimes those of
    /// another command.
    Usage(Value<'a>),
    /// A line that no known version prints for the command.
    Unknown(Value<'a>),
}

/// A performed action, or requested data.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Done<'a> {
    /// The command reports success without details.
    Ok,
    /// An action on a member: `mute`, `unmute`, `deaf`, `hold`, `kicked`, `hup`, `flipped`, … A
    /// command that toggles reports the new state.
    Member {
        /// The action, in the server's word.
        what: Value<'a>,
        /// The member's number.
        member: u32,
    },
    /// Tones were played to a member.
    Sent {
        /// The digits.
        digits: Value<'a>,
        /// The member's number.
        member: u32,
    },
    /// The level of a member: for `energy`, `volume_in`, `volume_out`, `agc`.
    Level {
        /// The member's number.
        member: u32,
        /// The level.
        level: i32,
    },
    /// The levels of a member whose energy level is adapted automatically.
    AutoEnergy {
        /// The member's number.
        member: u32,
        /// The level around which it is adapted.
        auto: i32,
        /// The current level.
        energy: i32,
    },
    /// The energy level was set above the automatic one, which turned the adaptation off.
    AutoEnergyOff,
    /// The levels of a member who is muted above a maximum level. The server prints the two levels
    /// in the wrong order; they are corrected here.
    MaxEnergy {
        /// The member's number.
        member: u32,
        /// Level from which on the member is heard.
        energy: i32,
        /// Level from which on the member is muted; 0 for never.
        max: i32,
        /// Duration of the mute, in milliseconds.
        mute: u32,
        /// Number of times that the maximum must be reached.
        trigger: u32,
    },
    /// The position in space from which a member is heard.
    Position {
        /// The member's number.
        member: u32,
        /// The position: `x:y:z`.
        position: Value<'a>,
    },
    /// The conference was locked or unlocked.
    Lock {
        /// The conference's name.
        conference: Value<'a>,
        /// `true` if the conference is locked now.
        locked: bool,
    },
    /// A PIN was set. The reply's text has it after the last colon.
    Pin {
        /// The conference's name.
        conference: Value<'a>,
        /// `true` for the moderators' PIN.
        moderator: bool,
    },
    /// The PIN was removed.
    NoPin {
        /// The conference's name.
        conference: Value<'a>,
    },
    /// A sound is played.
    Playing {
        /// The file.
        file: Value<'a>,
        /// The number of the member who hears it; `None` for all.
        member: Option<u32>,
    },
    /// Sounds were stopped.
    Stopped {
        /// Number of sounds.
        files: u32,
    },
    /// The sound that is played is paused.
    Paused,
    /// The sound that is played continues.
    Resumed,
    /// The position in the sound that is played.
    Status {
        /// The position, in samples.
        position: i64,
        /// The length, in samples; 0 if it is unknown.
        length: i64,
        /// The file.
        file: Value<'a>,
    },
    /// The new position in the sound that is played, in samples.
    Sought {
        /// The distance from the start.
        position: u64,
    },
    /// A call was attempted.
    Called {
        /// The outcome: `SUCCESS`, or the cause, such as `USER_BUSY`.
        cause: Value<'a>,
    },
    /// A call is being attempted.
    Job {
        /// The job's unique id, which the event `bgdial-result` repeats.
        uuid: Value<'a>,
    },
    /// A member is being moved to another conference.
    Transferred {
        /// The member's number.
        member: u32,
        /// The new conference, with the requested profile.
        conference: Value<'a>,
    },
    /// A relation was set.
    Related {
        /// The first member's number.
        member: u32,
        /// The second member's number.
        other: u32,
        /// The requested relation of the first member to the second.
        relation: Value<'a>,
    },
    /// A relation was removed, or didn't exist.
    Unrelated {
        /// The first member's number.
        member: u32,
        /// The second member's number.
        other: u32,
    },
    /// A relation between two members.
    Relation {
        /// The first member's number.
        member: u32,
        /// The second member's number.
        other: u32,
        /// `true` if the second member hears the first.
        speak: bool,
        /// `true` if the first member hears the second.
        hear: bool,
        /// `true` if the first member's video goes to the second.
        video: bool,
    },
    /// No member has relations.
    NoRelations,
    /// The holder of the floor.
    Floor {
        /// The number of the member who has the floor; `None` if it is free.
        member: Option<u32>,
    },
    /// A recording into this file was requested, or exists.
    Recording {
        /// The file.
        file: Value<'a>,
        /// The canvas that is recorded as well.
        canvas: Option<u32>,
        /// `true` if the profile requests the recording.
        automatic: bool,
    },
    /// A recording is to be paused; a refusal after it says that it doesn't exist.
    RecordingPaused {
        /// The file.
        file: Value<'a>,
    },
    /// A recording is to be resumed; a refusal after it says that it doesn't exist.
    RecordingResumed {
        /// The file.
        file: Value<'a>,
    },
    /// A recording ended.
    RecordingStopped {
        /// The file.
        file: Value<'a>,
        /// `true` for the profile's automatic recording, which is disabled now.
        automatic: bool,
    },
    /// The number of recordings that ended. 1.11 always reports 0.
    RecordingsStopped {
        /// Number of recordings.
        files: u32,
    },
    /// The setting of the sound for joining or leaving members.
    Sound {
        /// The conference's name.
        conference: Value<'a>,
        /// `true` if the sound is on.
        on: bool,
        /// The sound's file.
        file: Value<'a>,
    },
    /// The file of the sound for joining or leaving members.
    SoundFile {
        /// The conference's name.
        conference: Value<'a>,
        /// The sound's file.
        file: Value<'a>,
    },
    /// The previous file of the sound for joining or leaving members.
    OldSound {
        /// The sound's file.
        file: Value<'a>,
    },
    /// A requested count.
    Count {
        /// The count.
        count: u64,
    },
    /// A list, which [`list`](crate::freeswitch::list) reads.
    List(Value<'a>),
    /// A value as the server prints it: for `get` and `getvar`; the old one for `set`; the name of
    /// a layout or of an image.
    Value(Value<'a>),
    /// The unique id of a call leg; `_undef_` for a member without one.
    Uuid(Value<'a>),
    /// The current value of a setting: `("layout group", "grid")`.
    Now {
        /// The setting.
        what: &'static str,
        /// The setting's value.
        value: Value<'a>,
    },
    /// A command that the server has.
    Syntax {
        /// The command's name.
        command: Value<'a>,
        /// The command's arguments.
        arguments: Value<'a>,
    },
    /// Another action that the server reports as performed.
    Other(Value<'a>),
}

/// The reason of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerRefusal<'a> {
    /// The conference doesn't exist.
    NoConference {
        /// The conference's name.
        name: Value<'a>,
    },
    /// This version has no such sub-command.
    NoCommand {
        /// The sub-command's name.
        name: Value<'a>,
    },
    /// The command had no sub-command.
    NoneGiven,
    /// The server has no conferences: the module is not loaded.
    NoModule,
    /// The user of the event socket lacks the right.
    Denied,
    /// The member doesn't exist.
    NoMember {
        /// The member; `None` if the search was by a variable.
        member: Option<Value<'a>>,
    },
    /// The member is on hold.
    OnHold {
        /// The member's number.
        member: u32,
    },
    /// Another member has the floor.
    FloorHeld {
        /// The number of the member who has it.
        member: u32,
    },
    /// The two members have no relation, or one of them isn't in the conference.
    NoRelation {
        /// The first member's number.
        member: u32,
        /// The second member's number.
        other: u32,
    },
    /// The member is shown another member's video already.
    ReceivesVideo {
        /// The member's number.
        member: u32,
    },
    /// The sound doesn't exist.
    NoFile {
        /// The sound's file.
        file: Value<'a>,
    },
    /// No sound is playing.
    NotPlaying,
    /// The conference is not being recorded.
    NotRecorded,
    /// No recording goes into this file.
    NoRecording {
        /// The file.
        file: Value<'a>,
    },
    /// A recording goes into this file already.
    AlreadyRecording {
        /// The file.
        file: Value<'a>,
    },
    /// The text was not spoken; most likely there is no text-to-speech engine.
    NotSpoken,
    /// The member's video is on no layer.
    NoLayer {
        /// The member's channel.
        channel: Value<'a>,
    },
    /// The conference doesn't mix video.
    NotMixing,
    /// The server was built without this function.
    NotSupported,
    /// An argument is missing.
    Missing {
        /// The server's words.
        text: Value<'a>,
    },
    /// An argument is not one that the command accepts.
    Invalid {
        /// The server's words.
        text: Value<'a>,
    },
    /// Any other reason.
    Other {
        /// The server's words.
        text: Value<'a>,
    },
}
