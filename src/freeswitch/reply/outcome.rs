//! What a line of a reply says.

use crate::wire::Value;

/// What became of a command, or of one part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// It was done, or this is what was asked.
    Done(Done<'a>),
    /// Nothing was done to this member, who is a moderator.
    Skipped {
        /// Their number.
        member: u32,
    },
    /// It was not done.
    Refused(ServerRefusal<'a>),
    /// The server didn't understand the arguments, and shows which it takes; sometimes those of
    /// another command.
    Usage(Value<'a>),
    /// A line that no version known here prints for the command.
    Unknown(Value<'a>),
}

/// What was done, or told.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Done<'a> {
    /// The command says no more.
    Ok,
    /// Something was done to a member: `mute`, `unmute`, `deaf`, `hold`, `kicked`, `hup`,
    /// `flipped`, … A command that toggles says which way.
    Member {
        /// What, in the server's word.
        what: Value<'a>,
        /// Their number.
        member: u32,
    },
    /// Tones were played.
    Sent {
        /// Which.
        digits: Value<'a>,
        /// To whom.
        member: u32,
    },
    /// The level of a member: of `energy`, `volume_in`, `volume_out`, `agc`.
    Level {
        /// Whose.
        member: u32,
        /// The level.
        level: i32,
    },
    /// The levels of a member whose energy level follows what they say.
    AutoEnergy {
        /// Whose.
        member: u32,
        /// Around which.
        auto: i32,
        /// The level now.
        energy: i32,
    },
    /// The energy level was set above the one that it should follow, and no longer does.
    AutoEnergyOff,
    /// The levels of a member who is muted above one of them. The server prints the two the wrong
    /// way round.
    MaxEnergy {
        /// Whose.
        member: u32,
        /// From which on they are heard.
        energy: i32,
        /// From which on they are muted; 0: never.
        max: i32,
        /// For how long, in milliseconds.
        mute: u32,
        /// How often it has to be reached.
        trigger: u32,
    },
    /// Where a member is heard from.
    Position {
        /// Who.
        member: u32,
        /// Where: `x:y:z`.
        position: Value<'a>,
    },
    /// The conference is locked, or no longer.
    Lock {
        /// Which.
        conference: Value<'a>,
        /// Whether it is.
        locked: bool,
    },
    /// A PIN was set. It stands behind the last colon of the text.
    Pin {
        /// Of which conference.
        conference: Value<'a>,
        /// Whether it is the moderators'.
        moderator: bool,
    },
    /// The PIN was taken away.
    NoPin {
        /// Of which conference.
        conference: Value<'a>,
    },
    /// A sound is played.
    Playing {
        /// Which.
        file: Value<'a>,
        /// To whom; `None`: to everybody.
        member: Option<u32>,
    },
    /// Sounds were stopped.
    Stopped {
        /// How many.
        files: u32,
    },
    /// What is played pauses.
    Paused,
    /// What is played goes on.
    Resumed,
    /// How far it has come.
    Status {
        /// In samples.
        position: i64,
        /// Of how many; 0 where that is not known.
        length: i64,
        /// Which file.
        file: Value<'a>,
    },
    /// Where it goes on, in samples.
    Sought {
        /// From its start.
        position: u64,
    },
    /// A call was tried.
    Called {
        /// How it went: `SUCCESS`, or the cause, such as `USER_BUSY`.
        cause: Value<'a>,
    },
    /// A call is being tried.
    Job {
        /// Which; the event `bgdial-result` has it too.
        uuid: Value<'a>,
    },
    /// A member goes to another conference.
    Transferred {
        /// Who.
        member: u32,
        /// Where to, with the profile that was asked for.
        conference: Value<'a>,
    },
    /// A relation was set.
    Related {
        /// The first.
        member: u32,
        /// The second.
        other: u32,
        /// What the first is to the second, as it was asked for.
        relation: Value<'a>,
    },
    /// There is no relation any longer. There need not have been one.
    Unrelated {
        /// The first.
        member: u32,
        /// The second.
        other: u32,
    },
    /// A relation.
    Relation {
        /// The first.
        member: u32,
        /// The second.
        other: u32,
        /// Whether the second hears the first.
        speak: bool,
        /// Whether the first hears the second.
        hear: bool,
        /// Whether the first's picture goes to the second.
        video: bool,
    },
    /// Nobody has relations.
    NoRelations,
    /// Who has the floor now; `None`: nobody.
    Floor {
        /// Who.
        member: Option<u32>,
    },
    /// A recording into this file was asked for, or is there.
    Recording {
        /// Which file.
        file: Value<'a>,
        /// The canvas that is recorded too.
        canvas: Option<u32>,
        /// Whether the profile asks for it.
        automatic: bool,
    },
    /// A recording is to pause; a refusal behind it says that there is none.
    RecordingPaused {
        /// Which file.
        file: Value<'a>,
    },
    /// A recording is to go on; a refusal behind it says that there is none.
    RecordingResumed {
        /// Which file.
        file: Value<'a>,
    },
    /// A recording ended.
    RecordingStopped {
        /// Which file.
        file: Value<'a>,
        /// Whether it was the profile's, which then is off.
        automatic: bool,
    },
    /// How many recordings ended. 1.11 always says 0.
    RecordingsStopped {
        /// How many.
        files: u32,
    },
    /// Whether a sound tells who comes or goes.
    Sound {
        /// Of which conference.
        conference: Value<'a>,
        /// Whether it does.
        on: bool,
        /// Which sound.
        file: Value<'a>,
    },
    /// The sound that tells who comes or goes.
    SoundFile {
        /// Of which conference.
        conference: Value<'a>,
        /// Which sound.
        file: Value<'a>,
    },
    /// The sound that did.
    OldSound {
        /// Which sound.
        file: Value<'a>,
    },
    /// How many there are.
    Count {
        /// How many.
        count: u64,
    },
    /// A list; [`list`](crate::freeswitch::list) reads it.
    List(Value<'a>),
    /// A value, as it is: of `get`, `getvar`; of `set`, which tells the old one; the name of a
    /// layout or of a picture.
    Value(Value<'a>),
    /// The unique id of a call leg; `_undef_` for a member without one.
    Uuid(Value<'a>),
    /// What something is now: `("layout group", "grid")`.
    Now {
        /// What.
        what: &'static str,
        /// Its value.
        value: Value<'a>,
    },
    /// A command that the server has.
    Syntax {
        /// Its name.
        command: Value<'a>,
        /// Its arguments.
        arguments: Value<'a>,
    },
    /// Something else that the server says was done.
    Other(Value<'a>),
}

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerRefusal<'a> {
    /// There is no such conference.
    NoConference {
        /// Its name.
        name: Value<'a>,
    },
    /// There is no such sub-command in this version.
    NoCommand {
        /// Its name.
        name: Value<'a>,
    },
    /// There was no sub-command.
    NoneGiven,
    /// The server has no conferences: the module is not loaded.
    NoModule,
    /// The user of the event socket may not.
    Denied,
    /// There is no such member.
    NoMember {
        /// Who; `None` where they were looked for by a variable.
        member: Option<Value<'a>>,
    },
    /// The member is on hold.
    OnHold {
        /// Who.
        member: u32,
    },
    /// Somebody else has the floor.
    FloorHeld {
        /// Who.
        member: u32,
    },
    /// The two have no relation, or one of them isn't there.
    NoRelation {
        /// The first.
        member: u32,
        /// The second.
        other: u32,
    },
    /// The member is shown another one's picture already.
    ReceivesVideo {
        /// Who.
        member: u32,
    },
    /// There is no such sound.
    NoFile {
        /// Which.
        file: Value<'a>,
    },
    /// Nothing is played.
    NotPlaying,
    /// Nothing is recorded.
    NotRecorded,
    /// No recording goes into this file.
    NoRecording {
        /// Which.
        file: Value<'a>,
    },
    /// A recording goes into this file already.
    AlreadyRecording {
        /// Which.
        file: Value<'a>,
    },
    /// The text was not spoken; most likely there is no engine for it.
    NotSpoken,
    /// The member's picture is on no layer.
    NoLayer {
        /// Their channel.
        channel: Value<'a>,
    },
    /// The conference doesn't mix video.
    NotMixing,
    /// The server was built without it.
    NotSupported,
    /// An argument is missing.
    Missing {
        /// In the server's words.
        text: Value<'a>,
    },
    /// An argument is none that the command takes.
    Invalid {
        /// In the server's words.
        text: Value<'a>,
    },
    /// Something else.
    Other {
        /// In the server's words.
        text: Value<'a>,
    },
}
