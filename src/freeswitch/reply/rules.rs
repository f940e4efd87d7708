//! The texts of `conference_api.c` and their meanings: a table of what each command prints.
#![expect(clippy::unnecessary_wraps, reason = "what makes an outcome may find that the text is another's")]

use memchr::memmem;

use super::super::command::Name;
use super::{Done, Outcome, ServerRefusal};
use crate::freeswitch::number;
use crate::range::part;
use crate::wire::Value;

/// Printed without a line end, so that the next text is on its line.
pub(super) const RECEIVES_VIDEO: &str = "member {} already receiving video";

/// The action succeeds although its text is marked as an error.
pub(super) const PERSONAL_GROUP: &str = "personal layout group";

/// The parts of a line for the `{}` of a text.
type Parts<'a> = [&'a [u8]; 5];

/// A text that commands print, without `+OK` or `-ERR`.
pub(super) struct Rule {
    /// The commands that print it; empty for any command.
    of: &'static [Name],
    text: &'static str,
    make: for<'a> fn(Parts<'a>) -> Option<Outcome<'a>>,
}

const fn rule(of: &'static [Name], text: &'static str, make: for<'a> fn(Parts<'a>) -> Option<Outcome<'a>>) -> Rule {
    Rule { of, text, make }
}

impl Rule {
    /// Returns whether the command prints it.
    pub(super) fn is_of(&self, name: Option<Name>) -> bool {
        self.of.is_empty() || name.is_some_and(|name| self.of.contains(&name))
    }

    /// Returns the meaning of a line, if it is this text.
    pub(super) fn read<'a>(&self, text: &'a [u8]) -> Option<Outcome<'a>> {
        // A name may contain the text that separates it from the next one: the first match may be
        // the wrong one.
        let first = parts(self.text, text, memmem::find).and_then(self.make);
        first.or_else(|| parts(self.text, text, memmem::rfind).and_then(self.make))
    }
}

fn parts<'a>(pattern: &str, text: &'a [u8], find: fn(&[u8], &[u8]) -> Option<usize>) -> Option<Parts<'a>> {
    let mut found: Parts<'a> = [b""; 5];
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?.as_bytes())?;
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty().then_some(found);
    }
    for place in &mut found {
        let Some(piece) = pieces.next() else { break };
        if pieces.peek().is_none() {
            *place = rest.strip_suffix(piece.as_bytes())?;
            return Some(found);
        }
        let at = find(rest, piece.as_bytes())?;
        *place = part(rest, ..at);
        rest = part(rest, at + piece.len()..);
    }
    None
}

fn done(done: Done<'_>) -> Outcome<'_> {
    Outcome::Done(done)
}

fn ok(_: Parts<'_>) -> Option<Outcome<'_>> {
    Some(done(Done::Ok))
}

fn refused(refusal: ServerRefusal<'_>) -> Option<Outcome<'_>> {
    Some(Outcome::Refused(refusal))
}

fn no_member(parts: Parts<'_>) -> Option<Outcome<'_>> {
    refused(ServerRefusal::NoMember { member: Some(Value::new(parts[0])) })
}

/// Actions on members.
fn member(parts: Parts<'_>) -> Option<Outcome<'_>> {
    let what = match parts[0] {
        b"mute"
        | b"unmute"
        | b"deaf"
        | b"undeaf"
        | b"hold"
        | b"unhold"
        | b"kicked"
        | b"hup"
        | b"vmute"
        | b"unvmute"
        | b"vblind"
        | b"unvblind"
        | b"vmute image snapped"
        | b"flipped" => Value::new(parts[0]),
        _ => return None,
    };
    Some(done(Done::Member { what, member: number(parts[1])? }))
}

fn level(parts: Parts<'_>) -> Option<Outcome<'_>> {
    Some(done(Done::Level { member: number(parts[0])?, level: number(parts[1])? }))
}

fn sound(parts: Parts<'_>, on: bool) -> Option<Outcome<'_>> {
    Some(done(Done::Sound { conference: Value::new(parts[0]), on, file: Value::new(parts[1]) }))
}

fn sound_on(parts: Parts<'_>) -> Option<Outcome<'_>> {
    sound(parts, true)
}

fn sound_off(parts: Parts<'_>) -> Option<Outcome<'_>> {
    sound(parts, false)
}

fn sound_file(parts: Parts<'_>) -> Option<Outcome<'_>> {
    Some(done(Done::SoundFile { conference: Value::new(parts[0]), file: Value::new(parts[1]) }))
}

fn pin(parts: Parts<'_>, moderator: bool) -> Option<Outcome<'_>> {
    Some(done(Done::Pin { conference: Value::new(parts[0]), moderator }))
}

fn lock(parts: Parts<'_>, locked: bool) -> Option<Outcome<'_>> {
    Some(done(Done::Lock { conference: Value::new(parts[0]), locked }))
}

fn relation(parts: Parts<'_>) -> Option<Outcome<'_>> {
    let is = |part: &[u8], yes: &[u8], no: &[u8]| if part == yes { Some(true) } else { (part == no).then_some(false) };
    Some(done(Done::Relation {
        member: number(parts[0])?,
        other: number(parts[1])?,
        speak: is(parts[2], b"SPEAK", b"NOSPEAK")?,
        hear: is(parts[3], b"HEAR", b"NOHEAR")?,
        video: is(parts[4], b"SENDVIDEO", b"NOSENDVIDEO")?,
    }))
}

fn recorded(parts: Parts<'_>, canvas: Option<u32>, automatic: bool) -> Option<Outcome<'_>> {
    Some(done(Done::Recording { file: Value::new(parts[0]), canvas, automatic }))
}

fn stopped(parts: Parts<'_>, automatic: bool) -> Option<Outcome<'_>> {
    Some(done(Done::RecordingStopped { file: Value::new(parts[0]), automatic }))
}

fn max_energy(parts: Parts<'_>) -> Option<Outcome<'_>> {
    let [member, energy, max, mute, trigger] = parts;
    Some(done(Done::MaxEnergy {
        member: number(member)?,
        energy: number(energy)?,
        max: number(max)?,
        mute: number(mute)?,
        trigger: number(trigger)?,
    }))
}

fn missing(text: &'static str) -> Option<Outcome<'static>> {
    refused(ServerRefusal::Missing { text: Value::new(text.as_bytes()) })
}

fn invalid(text: &'static str) -> Option<Outcome<'static>> {
    refused(ServerRefusal::Invalid { text: Value::new(text.as_bytes()) })
}

fn other(text: &'static str) -> Option<Outcome<'static>> {
    refused(ServerRefusal::Other { text: Value::new(text.as_bytes()) })
}

/// Makes a refusal in the words of its rule.
macro_rules! says {
    ($of:expr, $kind:ident, $text:literal) => {
        rule($of, $text, |_| $kind($text))
    };
}

/// Makes the current value of a setting.
macro_rules! now {
    ($of:expr, $text:literal, $what:literal) => {
        rule($of, $text, |parts| Some(done(Done::Now { what: $what, value: Value::new(parts[0]) })))
    };
}

use Name as N;

const RECORD: &[Name] = &[N::Record, N::Recording, N::ChkRecord];
const STOPPED: &[Name] = &[N::NoRecord, N::Recording];
const PAUSE: &[Name] = &[N::Pause, N::Resume, N::Recording];
const SOUND: &[Name] = &[N::EnterSound, N::ExitSound];
const DIAL: &[Name] = &[N::Dial, N::Bgdial];
const PLAYED: &[Name] = &[N::Play, N::PausePlay, N::PlayStatus, N::FileSeek, N::Stop];
const FLOOR: &[Name] = &[N::Floor, N::VidFloor];
/// Commands that print `verb number` for a member.
const MEMBER: &[Name] = &[
    N::Mute,
    N::Unmute,
    N::Tmute,
    N::Deaf,
    N::Undeaf,
    N::Hold,
    N::Unhold,
    N::Kick,
    N::Hup,
    N::Vmute,
    N::Unvmute,
    N::Tvmute,
    N::Vblind,
    N::Unvblind,
    N::Tvblind,
    N::VmuteSnap,
    N::VidFlip,
];
/// Commands that print a bare `+OK`.
const BARE: &[Name] =
    &[N::SetVar, N::VidBanner, N::VidFilter, N::VidBorder, N::VidWritePng, N::Cam, N::CanvasAutoClear];

/// The first rule that matches applies.
pub(super) const RULES: &[Rule] = &[
    // Texts that any command may print.
    rule(&[], "Conference {} not found", |parts| refused(ServerRefusal::NoConference { name: Value::new(parts[0]) })),
    rule(&[], "Conference command '{}' not found.", |parts| {
        refused(ServerRefusal::NoCommand { name: Value::new(parts[0]) })
    }),
    rule(&[], "conference Command not found!", |_| refused(ServerRefusal::NoModule)),
    rule(&[], "permission denied", |_| refused(ServerRefusal::Denied)),
    rule(&[], "Skipping moderator (member id {}).", |parts| Some(Outcome::Skipped { member: number(parts[0])? })),
    rule(&[], "Non-Existant ID {}", no_member),
    rule(&[], "Non-Existant member", |_| refused(ServerRefusal::NoMember { member: None })),
    rule(&[], "Conference is not in mixing mode", |_| refused(ServerRefusal::NotMixing)),
    rule(&[], "conference is not in mixing mode", |_| refused(ServerRefusal::NotMixing)),
    rule(&[], "not supported", |_| refused(ServerRefusal::NotSupported)),
    // Texts about members.
    rule(MEMBER, "{} {}", member),
    rule(MEMBER, "member {} is on hold", |parts| refused(ServerRefusal::OnHold { member: number(parts[0])? })),
    says!(&[N::Hup, N::Dtmf], invalid, "Invalid member!"),
    rule(&[N::Dtmf], "sent {} to {}", |parts| {
        Some(done(Done::Sent { digits: Value::new(parts[0]), member: number(parts[1])? }))
    }),
    says!(&[N::Dtmf], missing, "Invalid input!"),
    rule(&[N::Energy], "Energy {} = {}", level),
    rule(&[N::Energy], "Auto-Energy level exceeded, Auto-Energy mode disabled", |_| Some(done(Done::AutoEnergyOff))),
    rule(&[N::Agc], "Agc {} = {}", level),
    now!(&[N::Agc], "CURRENT AGC LEVEL IS {}", "agc"),
    now!(&[N::Agc], "AGC {}", "agc"),
    rule(&[N::VolumeIn], "Volume IN {} = {}", level),
    rule(&[N::VolumeOut], "Volume OUT {} = {}", level),
    rule(&[N::AutoEnergy], "{} = Auto-Energy: {} Energy: {}", |parts| {
        Some(done(Done::AutoEnergy { member: number(parts[0])?, auto: number(parts[1])?, energy: number(parts[2])? }))
    }),
    rule(&[N::MaxEnergy], "{} = Max-Energy: {} Energy: {} Max-Energy-Mute: {}ms Max-Energy-Hit-Trigger {}", max_energy),
    rule(&[N::MaxEnergy], "{} Max-Energy cannot exceed energy level.", |_| {
        invalid("Max-Energy cannot exceed energy level.")
    }),
    rule(&[N::Position], "{} has positional audio blocked.", |_| refused(ServerRefusal::NotSupported)),
    rule(&[N::Position], "Positional audio not avalilable {}", |_| refused(ServerRefusal::NotSupported)),
    rule(&[N::Position], "Position {} = {}", |parts| {
        Some(done(Done::Position { member: number(parts[0])?, position: Value::new(parts[1]) }))
    }),
    says!(&[N::Position], invalid, "invalid input!"),
    now!(&[N::Auto3dPosition], "positioning {}", "positioning"),
    rule(FLOOR, "floor none", |_| Some(done(Done::Floor { member: None }))),
    rule(FLOOR, "floor {}", |parts| Some(done(Done::Floor { member: Some(number(parts[0])?) }))),
    rule(FLOOR, "floor is held by {}", |parts| refused(ServerRefusal::FloorHeld { member: number(parts[0])? })),
    says!(FLOOR, other, "cannot set floor on a member in an active video role"),
    rule(&[N::ClearVidFloor], "floor Cleared", ok),
    rule(&[N::Relate], "No relationships", |_| Some(done(Done::NoRelations))),
    rule(&[N::Relate], "{} -> {} {} {} {} ", relation),
    rule(&[N::Relate], "relationship {}->{} cleared.", |parts| {
        Some(done(Done::Unrelated { member: number(parts[0])?, other: number(parts[1])? }))
    }),
    rule(&[N::Relate], "relationship {}->{} not found.", |parts| {
        refused(ServerRefusal::NoRelation { member: number(parts[0])?, other: number(parts[1])? })
    }),
    rule(&[N::Relate], RECEIVES_VIDEO, |parts| refused(ServerRefusal::ReceivesVideo { member: number(parts[0])? })),
    rule(&[N::Relate], "{}->{} {} set", |parts| {
        Some(done(Done::Related {
            member: number(parts[0])?,
            other: number(parts[1])?,
            relation: Value::new(parts[2]),
        }))
    }),
    // Texts about the conference.
    rule(&[N::Lock], "{} locked", |parts| lock(parts, true)),
    rule(&[N::Unlock], "{} unlocked", |parts| lock(parts, false)),
    rule(&[N::Pin], "Moderator Pin for conference {} set: {}", |parts| pin(parts, true)),
    rule(&[N::Pin], "Pin for conference {} set: {}", |parts| pin(parts, false)),
    rule(&[N::NoPin], "Pin for conference {} deleted", |parts| {
        Some(done(Done::NoPin { conference: Value::new(parts[0]) }))
    }),
    says!(&[N::Pin, N::NoPin, N::FileVol], missing, "Invalid parameters:"),
    rule(&[N::Count], "{}", |parts| Some(done(Done::Count { count: number(parts[0])? }))),
    rule(&[N::Transfer], "Member '{}' sent to conference {}.", |parts| {
        Some(done(Done::Transferred { member: number(parts[0])?, conference: Value::new(parts[1]) }))
    }),
    rule(&[N::Transfer], "No Member {} in conference {}.", no_member),
    rule(DIAL, "Call Requested: result: [{}]", |parts| Some(done(Done::Called { cause: Value::new(parts[0]) }))),
    rule(DIAL, "Job-UUID: {}", |parts| Some(done(Done::Job { uuid: Value::new(parts[0]) }))),
    says!(DIAL, missing, "Bad Args"),
    // Texts about sounds and speech.
    rule(&[N::Play], "(play) Playing file {} to member {}", |parts| {
        Some(done(Done::Playing { file: Value::new(parts[0]), member: Some(number(parts[1])?) }))
    }),
    rule(&[N::Play], "(play) Playing file {}", |parts| {
        Some(done(Done::Playing { file: Value::new(parts[0]), member: None }))
    }),
    rule(&[N::Play], "(play) File: {} not found.", |parts| {
        refused(ServerRefusal::NoFile { file: Value::new(parts[0]) })
    }),
    rule(PLAYED, "Member: {} not found.", no_member),
    rule(&[N::Stop], "Stopped {} files.", |parts| Some(done(Done::Stopped { files: number(parts[0])? }))),
    rule(&[N::PausePlay], "Pause", |_| Some(done(Done::Paused))),
    rule(&[N::PausePlay], "Resume", |_| Some(done(Done::Resumed))),
    rule(&[N::PlayStatus], "{}/{} {}", |parts| {
        Some(done(Done::Status { position: number(parts[0])?, length: number(parts[1])?, file: Value::new(parts[2]) }))
    }),
    rule(&[N::PlayStatus], "Nothing is playing", |_| refused(ServerRefusal::NotPlaying)),
    rule(&[N::FileSeek], "seek to position {}", |parts| Some(done(Done::Sought { position: number(parts[0])? }))),
    rule(&[N::FileVol], "volume changed", ok),
    rule(&[N::FileVol], "File not playing", |_| refused(ServerRefusal::NotPlaying)),
    says!(&[N::FileVol], missing, "missing args"),
    rule(&[N::Moh], "moh", ok),
    says!(&[N::Moh], invalid, "invalid moh param"),
    rule(&[N::Say], "(say) OK", ok),
    says!(&[N::Say], missing, "(say) Error! No text."),
    rule(&[N::Say], "(say) Error!", |_| refused(ServerRefusal::NotSpoken)),
    rule(&[N::SayMember], "(saymember) OK", ok),
    says!(&[N::SayMember], missing, "(saymember) No Text!"),
    rule(&[N::SayMember], "(saymember) Unknown Member {}!", no_member),
    rule(&[N::SayMember], "(saymember) Error!", |_| refused(ServerRefusal::NotSpoken)),
    rule(SOUND, "{} enter sounds on ({})", sound_on),
    rule(SOUND, "{} enter sounds off ({})", sound_off),
    rule(SOUND, "{} enter sound file set to {}", sound_file),
    rule(SOUND, "{} exit sounds on ({})", sound_on),
    rule(SOUND, "{} exit sounds off ({})", sound_off),
    rule(SOUND, "{} exit sound file set to {}", sound_file),
    rule(SOUND, "Old exit sound: [{}]", |parts| Some(done(Done::OldSound { file: Value::new(parts[0]) }))),
    says!(SOUND, missing, "Not enough args"),
    says!(SOUND, missing, "No filename specified"),
    says!(SOUND, invalid, "Bad args"),
    // Texts about recordings.
    rule(&[N::Record, N::Recording], "Record file {} canvas {}", |parts| {
        let canvas = number(parts[1])?;
        recorded(parts, Some(canvas), false)
    }),
    rule(&[N::ChkRecord, N::Recording], "Record file {} (Auto)", |parts| recorded(parts, None, true)),
    rule(RECORD, "Record file {}", |parts| recorded(parts, None, false)),
    rule(RECORD, "Conference is not being recorded.", |_| refused(ServerRefusal::NotRecorded)),
    rule(RECORD, "file [{}] is already being used for recording.", |parts| {
        refused(ServerRefusal::AlreadyRecording { file: Value::new(parts[0]) })
    }),
    rule(STOPPED, "Stopped recording {} file", |parts| {
        Some(done(Done::RecordingsStopped { files: number(parts[0])? }))
    }),
    rule(STOPPED, "Stopped recording {} files", |parts| {
        Some(done(Done::RecordingsStopped { files: number(parts[0])? }))
    }),
    rule(STOPPED, "Stopped recording file {}", |parts| stopped(parts, false)),
    rule(STOPPED, "Stopped AUTO recording file {} (Auto Recording Now Disabled)", |parts| stopped(parts, true)),
    rule(PAUSE, "Pause recording file {}", |parts| Some(done(Done::RecordingPaused { file: Value::new(parts[0]) }))),
    rule(PAUSE, "Resume recording file {}", |parts| Some(done(Done::RecordingResumed { file: Value::new(parts[0]) }))),
    rule(&[N::NoRecord, N::Pause, N::Resume, N::Recording], "non-existant recording '{}'", |parts| {
        refused(ServerRefusal::NoRecording { file: Value::new(parts[0]) })
    }),
    says!(&[N::Record, N::Recording, N::VidRes, N::VidBandwidth, N::VidBgimg, N::VidFgimg], invalid, "Invalid canvas"),
    // Texts about video.
    rule(BARE, "", ok),
    now!(&[N::CanvasAutoClear], "canvas {}", "canvas"),
    says!(&[N::VidBorder], missing, "No text supplied"),
    rule(&[N::VidBorder], "Channel {} is not in a video layer", |parts| {
        refused(ServerRefusal::NoLayer { channel: Value::new(parts[0]) })
    }),
    says!(&[N::VidCanvas, N::VidWatchingCanvas, N::VidLayer], invalid, "Invalid DATA"),
    says!(&[N::VidCanvas, N::VidWatchingCanvas], invalid, "Only 1 Canvas"),
    says!(&[N::VidLayer], invalid, "Invalid Canvas"),
    now!(&[N::VidCanvas], "canvas {}", "canvas"),
    now!(&[N::VidWatchingCanvas], "watching canvas {}", "watching canvas"),
    now!(&[N::VidLayer], "layer {}", "layer"),
    says!(&[N::VidLayout, N::VidBandwidth, N::VidBgimg, N::VidFgimg, N::VidWritePng], missing, "Invalid input"),
    says!(&[N::VidLayout], missing, "Group name not specified."),
    rule(&[N::VidLayout], "Invalid layout [{}]", |parts| {
        refused(ServerRefusal::Invalid { text: Value::new(parts[0]) })
    }),
    now!(&[N::VidLayout], "Change canvas {}", "canvas"),
    now!(&[N::VidLayout], "Change to layout group [{}]", "layout group"),
    now!(&[N::VidLayout], "Change personal canvas set to layout [{}]", "personal layout"),
    // From 1.8 on the text is marked as an error, although the action succeeds.
    rule(&[N::VidLayout], "Change personal canvas to layout group [{}]", |parts| {
        Some(done(Done::Now { what: PERSONAL_GROUP, value: Value::new(parts[0]) }))
    }),
    now!(&[N::VidFps], "Current FPS [{}]", "fps"),
    now!(&[N::VidFps], "FPS set to [{}]", "fps"),
    rule(&[N::VidFps], "Invalid FPS [{}]", |parts| refused(ServerRefusal::Invalid { text: Value::new(parts[0]) })),
    now!(&[N::VidRes], "Resolution set to [{}]", "resolution"),
    says!(&[N::VidRes], missing, "Invalid size"),
    rule(&[N::VidRes], "Invalid size, {}", |parts| refused(ServerRefusal::Invalid { text: Value::new(parts[0]) })),
    says!(&[N::VidRes], other, "Resolution not set"),
    says!(&[N::VidLayout], other, "no layout for personal canvas"),
    says!(&[N::VidBandwidth], other, "Bandwidth not set"),
    now!(&[N::VidBandwidth], "Set Bandwidth {}", "bandwidth"),
    rule(&[N::VidBandwidth], "Bandwidth control not available.", |_| refused(ServerRefusal::NotSupported)),
    now!(&[N::VidBgimg], "Set Bgimg {}", "bgimg"),
    rule(&[N::VidBgimg], "Error Setting Bgimg {}", |parts| {
        refused(ServerRefusal::NoFile { file: Value::new(parts[0]) })
    }),
    now!(&[N::VidFgimg], "Set FGimg {}", "fgimg"),
    rule(&[N::VidFgimg], "Error Setting FGimg {}", |parts| {
        refused(ServerRefusal::NoFile { file: Value::new(parts[0]) })
    }),
    now!(&[N::VidPersonal], "personal is {}", "personal"),
    now!(&[N::VidLogoImg], "Video logo {}", "logo"),
    now!(&[N::VidCodecGroup], "Video codec group {}", "codec group"),
    now!(&[N::VidResId], "reservation_id {}", "reservation_id"),
    now!(&[N::VidRoleId], "role_id {}", "role_id"),
    now!(&[N::Cam], "PAN {}", "pan"),
    says!(&[N::Cam], invalid, "invalid args"),
];

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn a_text_without_a_hole_says_something() {
        for rule in RULES.iter().filter(|rule| !rule.text.contains("{}")) {
            assert!(rule.read(rule.text.as_bytes()).is_some(), "{}", rule.text);
        }
    }
}
