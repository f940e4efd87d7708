//! Every typed conference command with texts of an outsider in it: what goes out, and what the
//! model of FreeSWITCH reads in it. The body of the fuzz target `fs_injection`.

use super::mod_conference::{Reading, read};
use ami_proto::EncodeError;
use ami_proto::freeswitch::command::*;

/// The conference that commands go to, unless it is what is tried.
pub const ROOM: &str = "3000";

/// A command with up to two texts of the caller's.
pub struct Typed {
    /// The command and its words, `$0` and `$1` for the texts; `=` joins a variable and its value.
    pub words: &'static str,
    /// The names of the texts in refusals: those of the arguments.
    pub fields: &'static [&'static str],
    /// The Rust expression that builds it.
    built: &'static str,
    build: Build,
}

type Build = fn(&str, &str, &mut dyn FnMut(&dyn ConferenceCommand));

macro_rules! typed {
    ($($words:literal, [$($field:literal),*], |$a:ident, $b:ident| $command:expr;)+) => {
        &[$(Typed {
            words: $words,
            fields: &[$($field),*],
            built: stringify!($command),
            build: |$a, $b, each| { let _ = ($a, $b); each(&$command) },
        }),+]
    };
}

/// All that take a text, each with every argument that does: `fs_injection::every_text_has_a_row`.
pub const TYPED: &[Typed] = typed! {
    "mute $0=$1", ["member"], |a, b| Mute::new(Target::Variable { name: a, value: b });
    "kick 7 $0", ["sound"], |a, _b| Kick::new(7).sound(a);
    "kick $0=$1 bye.wav", ["member"], |a, b| Kick::new(Target::Variable { name: a, value: b }).sound("bye.wav");
    "hold all $0", ["file"], |a, _b| Hold::new(Target::All).file(a);
    "transfer $0 1 2", ["other conference"], |a, _b| Transfer::new(a, &[1, 2]);
    "dial $0 $1 caller", ["endpoint", "caller number"], |a, b| Dial::new(a).caller_number(b).caller_name("caller");
    "dial user/1 $0 $1", ["caller number", "caller name"], |a, b| Dial::new("user/1").caller_number(a).caller_name(b);
    "bgdial $0 1 $1", ["endpoint", "caller name"], |a, b| Bgdial::new(a).caller_number("1").caller_name(b);
    "bgdial user/1 $0 $1", ["caller number", "caller name"], |a, b| Bgdial::new("user/1").caller_number(a).caller_name(b);
    "pin $0", ["pin"], |a, _b| Pin::new(a);
    "pin mod $0", ["pin"], |a, _b| PinMod::new(a);
    "play $0", ["file"], |a, _b| Play::new(a);
    "play $0 async", ["file"], |a, _b| Play::new(a).asynchronous();
    "play $0 7", ["file"], |a, _b| Play::new(a).member(7);
    "play $0 7 nomux", ["file"], |a, _b| Play::new(a).member(7).nomux();
    "moh $0", ["file"], |a, _b| MohFile::new(a);
    "say $0", ["text"], |a, _b| Say::new(a);
    "saymember 7 $0", ["text"], |a, _b| SayMember::new(7, a);
    "enter_sound file $0", ["file"], |a, _b| EnterSoundFile::new(a);
    "exit_sound file $0", ["file"], |a, _b| ExitSoundFile::new(a);
    "record $0", ["file"], |a, _b| Record::new(a);
    "record $0 1", ["file"], |a, _b| Record::new(a).canvas(1);
    "recording start $0", ["file"], |a, _b| RecordingStart::new(a);
    "recording stop $0", ["file"], |a, _b| RecordingStop::new().file(a);
    "recording pause $0", ["file"], |a, _b| RecordingPause::new(a);
    "recording resume $0", ["file"], |a, _b| RecordingResume::new(a);
    "norecord $0", ["file"], |a, _b| NoRecord::new(a);
    "pause $0", ["file"], |a, _b| Pause::new(a);
    "resume $0", ["file"], |a, _b| Resume::new(a);
    "get $0", ["parameter"], |a, _b| Get::new(a);
    "set $0 $1", ["parameter", "value"], |a, b| Set::new(a, b);
    "set sound_prefix $0", ["value"], |a, _b| Set::new("sound_prefix", a);
    "getvar $0", ["variable"], |a, _b| GetVar::new(a);
    "setvar $0 $1", ["variable", "value"], |a, b| SetVar::new(a).value(b);
    "list delim $0", ["delimiter"], |a, _b| List::new().delimiter(a);
    "dtmf 7 $0", ["digits"], |a, _b| Dtmf::new(7, a);
    "vid-layout $0", ["layout"], |a, _b| VidLayout::new(a);
    "vid-layout group $0 1", ["group"], |a, _b| VidLayoutGroup::new(a).canvas(1);
    "vid-bgimg $0", ["file"], |a, _b| VidBgimg::new(a);
    "vid-fgimg $0", ["file"], |a, _b| VidFgimg::new(a);
    "vid-write-png $0", ["file"], |a, _b| VidWritePng::new(a);
    "vid-banner 7 $0", ["text"], |a, _b| VidBanner::new(7, a);
    "vid-mute-img 7 $0", ["file"], |a, _b| VidMuteImg::new(7).file(a);
    "vid-logo-img 7 $0", ["file"], |a, _b| VidLogoImg::new(7).file(a);
    "vid-codec-group 7 $0", ["group"], |a, _b| VidCodecGroup::new(7).group(a);
    "vid-res-id 7 $0", ["reservation"], |a, _b| VidResId::new(7, a);
    "vid-res-id 7 $0 force", ["reservation"], |a, _b| VidResId::new(7, a).force();
    "vid-role-id 7 $0", ["role"], |a, _b| VidRoleId::new(7, a);
    "vid-filter 7 $0", ["filter"], |a, _b| VidFilter::new(7, a);
    // Who is meant, by a variable.
    "get-uuid $0=$1", ["member"], |a, b| GetUuid::new(Target::Variable { name: a, value: b });
    "unmute $0=$1", ["member"], |a, b| Unmute::new(Target::Variable { name: a, value: b });
    "tmute $0=$1", ["member"], |a, b| Tmute::new(Target::Variable { name: a, value: b });
    "deaf $0=$1", ["member"], |a, b| Deaf::new(Target::Variable { name: a, value: b });
    "undeaf $0=$1", ["member"], |a, b| Undeaf::new(Target::Variable { name: a, value: b });
    "hold $0=$1", ["member"], |a, b| Hold::new(Target::Variable { name: a, value: b });
    "unhold $0=$1", ["member"], |a, b| Unhold::new(Target::Variable { name: a, value: b });
    "floor $0=$1", ["member"], |a, b| Floor::new(Target::Variable { name: a, value: b });
    "energy $0=$1", ["member"], |a, b| Energy::new(Target::Variable { name: a, value: b });
    "auto-energy $0=$1", ["member"], |a, b| AutoEnergy::new(Target::Variable { name: a, value: b });
    "max-energy $0=$1", ["member"], |a, b| MaxEnergy::new(Target::Variable { name: a, value: b });
    "agc $0=$1", ["member"], |a, b| Agc::new(Target::Variable { name: a, value: b });
    "volume_in $0=$1", ["member"], |a, b| VolumeIn::new(Target::Variable { name: a, value: b });
    "volume_out $0=$1", ["member"], |a, b| VolumeOut::new(Target::Variable { name: a, value: b });
    "position $0=$1", ["member"], |a, b| Position::new(Target::Variable { name: a, value: b });
    "hup $0=$1", ["member"], |a, b| Hup::new(Target::Variable { name: a, value: b });
    "vmute $0=$1", ["member"], |a, b| Vmute::new(Target::Variable { name: a, value: b });
    "unvmute $0=$1", ["member"], |a, b| Unvmute::new(Target::Variable { name: a, value: b });
    "tvmute $0=$1", ["member"], |a, b| Tvmute::new(Target::Variable { name: a, value: b });
    "vblind $0=$1", ["member"], |a, b| Vblind::new(Target::Variable { name: a, value: b });
    "unvblind $0=$1", ["member"], |a, b| Unvblind::new(Target::Variable { name: a, value: b });
    "tvblind $0=$1", ["member"], |a, b| Tvblind::new(Target::Variable { name: a, value: b });
    "vmute-snap $0=$1", ["member"], |a, b| VmuteSnap::new(Target::Variable { name: a, value: b });
    "vid-floor $0=$1", ["member"], |a, b| VidFloor::new(Target::Variable { name: a, value: b });
    "vid-mute-img $0=$1", ["member"], |a, b| VidMuteImg::new(Target::Variable { name: a, value: b });
    "vid-logo-img $0=$1", ["member"], |a, b| VidLogoImg::new(Target::Variable { name: a, value: b });
    "vid-codec-group $0=$1", ["member"], |a, b| VidCodecGroup::new(Target::Variable { name: a, value: b });
    "vid-flip $0=$1", ["member"], |a, b| VidFlip::new(Target::Variable { name: a, value: b });
    "dtmf $0=$1 1", ["member"], |a, b| Dtmf::new(Target::Variable { name: a, value: b }, "1");
    "vid-canvas $0=$1 next", ["member"], |a, b| VidCanvas::new(Target::Variable { name: a, value: b }, "next");
    "vid-watching-canvas $0=$1 next", ["member"], |a, b| VidWatchingCanvas::new(Target::Variable { name: a, value: b }, "next");
    "vid-layer $0=$1 next", ["member"], |a, b| VidLayer::new(Target::Variable { name: a, value: b }, "next");
    "vid-banner $0=$1 text", ["member"], |a, b| VidBanner::new(Target::Variable { name: a, value: b }, "text");
    "vid-role-id $0=$1 role", ["member"], |a, b| VidRoleId::new(Target::Variable { name: a, value: b }, "role");
    "vid-filter $0=$1 fg-gray", ["member"], |a, b| VidFilter::new(Target::Variable { name: a, value: b }, "fg-gray");
    "vid-border $0=$1 toggle", ["member"], |a, b| VidBorder::new(Target::Variable { name: a, value: b }, "toggle");
    "play a.wav $0=$1", ["member"], |a, b| Play::new("a.wav").member(MemberRef::Variable { name: a, value: b });
    "stop all $0=$1", ["member"], |a, b| Stop::new().member(MemberRef::Variable { name: a, value: b });
    "pause_play $0=$1", ["member"], |a, b| PausePlay::new().member(MemberRef::Variable { name: a, value: b });
    "play_status $0=$1", ["member"], |a, b| PlayStatus::new().member(MemberRef::Variable { name: a, value: b });
    "file_seek +100 $0=$1", ["member"], |a, b| FileSeek::new(Seek::Forward(100)).member(MemberRef::Variable { name: a, value: b });
    "saymember $0=$1 hi", ["member"], |a, b| SayMember::new(MemberRef::Variable { name: a, value: b }, "hi");
    "vid-res-id $0=$1 left", ["member"], |a, b| VidResId::new(MemberRef::Variable { name: a, value: b }, "left");
    "transfer other 1 $0=$1", ["members"], |a, b| Transfer::new("other", &[MemberRef::Id(1), MemberRef::Variable { name: a, value: b }]);
    // Words that the server only looks at.
    "vid-canvas 7 $0", ["canvas"], |a, _b| VidCanvas::new(7, a);
    "vid-watching-canvas 7 $0", ["canvas"], |a, _b| VidWatchingCanvas::new(7, a);
    "vid-layer 7 $0", ["layer"], |a, _b| VidLayer::new(7, a);
    "vid-flip 7 $0", ["how"], |a, _b| VidFlip::new(7).how(a);
    "vid-border 7 $0", ["width"], |a, _b| VidBorder::new(7, a);
    "vid-bandwidth $0", ["bandwidth"], |a, _b| VidBandwidth::new(a);
    "vid-bandwidth 1mb $0", ["group"], |a, _b| VidBandwidth::new("1mb").group(a);
    "vid-bandwidth 1mb $0 2", ["group"], |a, _b| VidBandwidth::new("1mb").group(a).canvas(2);
    "cam 0 1 $0", ["options"], |a, _b| Cam::new(0, 1, &[a]);
};

impl Typed {
    /// Returns whether a name of a command, and words of it, stand in this one, in order.
    pub fn is_called(&self, name: &str) -> bool {
        let mut words = self.words.split(' ');
        self.command() == name.split(' ').next().unwrap_or_default()
            && name.split(' ').all(|part| words.any(|word| word == part))
    }

    /// The type that builds it.
    pub fn builder(&self) -> &'static str {
        self.built.split("::").next().unwrap_or_default().trim()
    }

    /// The word of its command.
    pub fn command(&self) -> &'static str {
        self.words.split(['$', ' ']).next().unwrap_or_default()
    }

    /// The line as the crate writes it.
    pub fn written(&self, room: &str, [a, b]: [&str; 2]) -> Result<Vec<u8>, EncodeError> {
        let (mut out, mut written) = (Vec::new(), Ok(()));
        (self.build)(a, b, &mut |command| written = command.to(room).even_if_it_crashes().write(&mut out));
        written.map(|()| out)
    }

    /// The line as a program writes it that looks at nothing.
    pub fn naive(&self, room: &str, texts: [&str; 2]) -> Vec<u8> {
        let words: Vec<String> = self.words.split(' ').map(|word| filled(word, texts)).collect();
        format!("conference {room} {}", words.join(" ")).into_bytes()
    }

    /// Returns whether a reading is what the caller said, and nothing beyond.
    pub fn is_meant(&self, reading: &Reading, room: &str, [a, b]: [&str; 2]) -> bool {
        // What is said has no blanks around it: they aren't heard.
        let blanks = [' ', '\t', '\u{b}'];
        let said = self.command().starts_with("say") && self.words.ends_with("$0");
        let texts = if said { [a.trim_matches(blanks), b] } else { [a, b] };
        let mut words = self.words.split(' ').skip(1);
        reading.beyond.is_empty()
            && reading.room == room.as_bytes()
            && reading.command == self.command().as_bytes()
            && reading.values.iter().all(|value| {
                words.next().is_some_and(|word| {
                    let word = if word.starts_with("$0=") { word.replace('=', "\0") } else { word.to_owned() };
                    filled(&word, texts).as_bytes() == value.as_slice()
                })
            })
            && words.next().is_none()
    }

    /// Checks that the server reads just the texts, or that nothing is written.
    pub fn holds(&self, room: &str, texts: [&str; 2]) -> bool {
        let Ok(line) = self.written(room, texts) else { return false };
        for exists in [false, true] {
            let reading = read(&line, exists);
            let shown = String::from_utf8_lossy(&line);
            assert!(
                self.is_meant(&reading, room, texts),
                "{}\n of {texts:?} in {room:?}\n wrote {shown:?}\n  read {}",
                self.words,
                reading.shown(),
            );
        }
        true
    }
}

fn filled(word: &str, [a, b]: [&str; 2]) -> String {
    // One after the other would look for `$1` in the first text.
    match word.split_once("$0") {
        Some((before, after)) => format!("{before}{a}{}", after.replace("$1", b)),
        None => word.replace("$1", b),
    }
}

/// The pieces of texts that are to do harm.
pub const PIECES: [&str; 64] = [
    "a",
    "x",
    "/",
    "1",
    "$",
    "{",
    "}",
    "${",
    "$${",
    "${system(id)}",
    "\\",
    "'",
    "\"",
    " ",
    "  ",
    "\t",
    "\u{b}",
    ",",
    ";",
    ":",
    "+",
    "@",
    "|",
    "!",
    "[",
    "]",
    "<",
    ">",
    "#",
    "%",
    "%[",
    "%7B",
    "=",
    "^^",
    "^^:",
    "://",
    "say:",
    "phrase:",
    ":_:",
    "all",
    "last",
    "clear",
    "list",
    "group",
    "on",
    "async",
    "bridge:",
    "+flags{",
    "loopback/app=",
    "position=",
    "ARRAY::",
    "say",
    "saymember",
    "\\n",
    "\\s",
    "\\$",
    "\\'",
    "count",
    "reset",
    "_body",
    "é",
    "/a.wav",
    "\u{c}",
    "\\\\",
];

/// A text of at most six pieces, by the bytes.
fn text(data: &mut std::slice::Iter<'_, u8>) -> String {
    let count = usize::from(data.next().copied().unwrap_or(0) % 7);
    data.by_ref().take(count).map(|byte| PIECES[usize::from(*byte) % PIECES.len()]).collect()
}

/// A command, a room and texts, by the bytes; whether it was written.
pub fn fs_injection(data: &[u8]) -> bool {
    let mut data = data.iter();
    let chosen = data.next().copied().unwrap_or(0);
    let typed = &TYPED[usize::from(chosen) % TYPED.len()];
    let odd = data.next().copied().unwrap_or(0) % 4 == 0;
    let texts = [text(&mut data), text(&mut data)];
    let room = if odd { text(&mut data) } else { ROOM.to_owned() };
    typed.holds(&room, [&texts[0], &texts[1]])
}
