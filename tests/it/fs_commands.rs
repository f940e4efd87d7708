//! Invariant: the server's splitter reads from each line just the words that the builder was given,
//! or nothing is written.

use std::time::Duration;

use ami_proto::error::Refusal;
use ami_proto::freeswitch::command::*;
use ami_testkit::freeswitch::{split, text};
use proptest::prelude::*;

fn line(command: &dyn ConferenceCommand) -> String {
    let mut out = Vec::new();
    command.to("3000").even_if_it_crashes().even_if_interpreted().write(&mut out).expect("a line");
    String::from_utf8(out).expect("text")
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_command_writes_its_line() {
    let cases: &[(&dyn ConferenceCommand, &str)] = &[
        // The page's, in its order.
        (&Bgdial::new("user/100").caller_number("1").caller_name("A"), "bgdial user/100 1 A"),
        (&Deaf::new(7), "deaf 7"),
        (&Deaf::new(Target::All), "deaf all"),
        (&Deaf::new(Target::Last).quiet(), "deaf last quiet"),
        (&Dial::new("sofia/gateway/x/100"), "dial sofia/gateway/x/100"),
        (&Dtmf::new(Target::All, "12#"), "dtmf all 12#"),
        (&Energy::new(Target::All).level(Level::To(300)), "energy all 300"),
        (&Energy::new(7), "energy 7"),
        (&Hup::new(Target::Last), "hup last"),
        (&Kick::new(Target::NonModerators), "kick non_moderator"),
        (&Kick::new(7).sound("a b.wav"), "kick 7 'a b.wav'"),
        (&List::new(), "list"),
        (&List::new().delimiter(">,<"), "list delim >,<"),
        (&List::new().delimiter(" | "), "list delim ' | '"),
        (&Lock::new(), "lock"),
        (&Mute::new(Target::Variable { name: "uuid", value: "x y" }), "mute 'uuid=x y'"),
        (&Mute::new(7).quiet(), "mute 7 quiet"),
        (&NoRecord::new("/tmp/a.wav"), "norecord /tmp/a.wav"),
        (&NoRecordAll::new(), "norecord all"),
        (&NoPin::new(), "nopin"),
        (&Pin::new("1234"), "pin 1234"),
        (&Play::new("/tmp/it's.wav"), "play '/tmp/it\\'s.wav'"),
        (&Play::new("a.wav").asynchronous(), "play a.wav async"),
        (&Play::new("a.wav").member(7).nomux(), "play a.wav 7 nomux"),
        (&Play::new("a.wav").member(MemberRef::Variable { name: "uuid", value: "x y" }), "play a.wav 'uuid=x y'"),
        (&Record::new("/tmp/a.wav"), "record /tmp/a.wav"),
        (&Record::new("a b.wav").canvas(1), "record 'a b.wav' 1"),
        (&Relate::new(&[1], &[2], Relation::NoSpeak), "relate 1 2 nospeak"),
        (&Relate::new(&[1, 2], &[3], Relation::NoSpeakNoHear), "relate 1,2 3 nospeak|nohear"),
        (&Relate::new(&[1], &[2], Relation::SendVideo), "relate 1 2 sendvideo"),
        (&Relate::new(&[1], &[2], Relation::Clear), "relate 1 2 clear"),
        (&Relations::new(), "relate"),
        (&Relations::new().members(&[1, 2]), "relate 1,2"),
        (&Say::new(" it's 5 o'clock "), "say it's 5 o'clock"),
        (&SayMember::new(7, "hi there"), "saymember 7 hi there"),
        (&SayMember::new(MemberRef::Variable { name: "note", value: "it's" }, "hi"), "saymember note=it's hi"),
        (&Stop::new(), "stop"),
        (&Stop::new().what(Sounds::Current), "stop current"),
        (&Stop::new().member(7), "stop all 7"),
        (&Stop::new().what(Sounds::Async).member(7), "stop async 7"),
        (&Transfer::new("other@wide", &[1, 2]), "transfer other@wide 1 2"),
        (
            &Transfer::new("other", &[MemberRef::Id(1), MemberRef::Variable { name: "uuid", value: "x" }]),
            "transfer other 1 uuid=x",
        ),
        (&Undeaf::new(7), "undeaf 7"),
        (&Unlock::new(), "unlock"),
        (&Unmute::new(7), "unmute 7"),
        (&VolumeIn::new(7).level(Level::To(-4)), "volume_in 7 -4"),
        (&VolumeOut::new(7).level(Level::Up), "volume_out 7 up"),
        (&XmlList::new(), "xml_list"),
        // The others.
        (&ListPretty::new(), "list pretty"),
        (&ListCount::new(), "list count"),
        (&Count::new(), "count"),
        (&JsonList::new(), "json_list"),
        (&JsonList::new().compact(), "json_list compact"),
        (&Tmute::new(7), "tmute 7"),
        (&Vmute::new(7), "vmute 7"),
        (&Unvmute::new(7), "unvmute 7"),
        (&Tvmute::new(7), "tvmute 7"),
        (&Vblind::new(7), "vblind 7"),
        (&Unvblind::new(7), "unvblind 7"),
        (&Tvblind::new(7).quiet(), "tvblind 7 quiet"),
        (&VmuteSnap::new(7).clear(), "vmute-snap 7 clear"),
        (&Hold::new(7).file("a.wav"), "hold 7 a.wav"),
        (&Unhold::new(7), "unhold 7"),
        (&AutoEnergy::new(7).level(Level::To(200)), "auto-energy 7 200"),
        (&MaxEnergy::new(7), "max-energy 7"),
        (&MaxEnergy::new(7).limit(1000, Duration::from_millis(40), 2), "max-energy 7 1000:40:2"),
        (&MaxEnergy::new(7).limit(1000, Duration::from_millis(40), 2).level(Level::Up), "max-energy 7 up"),
        (&Agc::new(7).level(Level::Down), "agc 7 down"),
        (&Agc::new(7).levels(300, 0, 4), "agc 7 300:0:4"),
        (&Position::new(7).position([0.0, -1.5, 2.0]), "position 7 0:-1.5:2"),
        (&Auto3dPosition::new().on(true), "auto-3d-position on"),
        (&PinMod::new("99"), "pin mod 99"),
        (&Moh::new(false), "moh off"),
        (&MohToggle::new(), "moh toggle"),
        (&MohReset::new(), "moh reset"),
        (&MohFile::new("/moh.wav"), "moh /moh.wav"),
        (&PausePlay::new().member(7), "pause_play 7"),
        (&PlayStatus::new(), "play_status"),
        (&FileSeek::new(Seek::Forward(100)), "file_seek +100"),
        (&FileSeek::new(Seek::Back(100)).member(7), "file_seek -100 7"),
        (&FileSeek::new(Seek::To(0)), "file_seek 0"),
        (&FileVol::new(-2), "file-vol -2"),
        (&FileVol::new(2).asynchronous(), "file-vol 2 asynchronous"),
        (&ChkRecord::new(), "chkrecord"),
        (&Pause::new("a"), "pause a"),
        (&Resume::new("a"), "resume a"),
        (&RecordingStart::new("a").canvas(2), "recording start a 2"),
        (&RecordingStop::new(), "recording stop"),
        (&RecordingStop::new().file("a"), "recording stop a"),
        (&RecordingCheck::new(), "recording check"),
        (&RecordingPause::new("a"), "recording pause a"),
        (&RecordingResume::new("a"), "recording resume a"),
        (&EnterSound::new(true), "enter_sound on"),
        (&EnterSoundFile::new("tone_stream://%(200,0,500)"), "enter_sound file tone_stream://%(200,0,500)"),
        (&ExitSound::new(false), "exit_sound off"),
        (&ExitSoundFile::new("a"), "exit_sound file a"),
        (&Get::new("run_time"), "get run_time"),
        (&Set::new("caller_id_name", "New Name"), "set caller_id_name 'New Name'"),
        (&GetVar::new("foo"), "getvar foo"),
        (&SetVar::new("foo").value("bar baz"), "setvar foo 'bar baz'"),
        (&GetUuid::new(Target::Last), "get-uuid last"),
        (&Floor::new(7), "floor 7"),
        (&VidFloor::new(7).force(), "vid-floor 7 force"),
        (&ClearVidFloor::new(), "clear-vid-floor"),
        (&VidLayout::new("2x2").canvas(1), "vid-layout 2x2 1"),
        (&VidLayoutGroup::new("grid"), "vid-layout group grid"),
        (&VidLayoutList::new(), "vid-layout list"),
        (&VidFps::new(), "vid-fps"),
        (&VidFps::new().fps(29.97), "vid-fps 29.97"),
        (&VidRes::new((640, 480)), "vid-res 640x480"),
        (&VidBandwidth::new("1mb").group("a").canvas(2), "vid-bandwidth 1mb a 2"),
        (&VidBandwidth::new("1mb").canvas(2), "vid-bandwidth 1mb '' 2"),
        (&VidBgimg::new("clear"), "vid-bgimg clear"),
        (&VidFgimg::new("/a.png").canvas(1), "vid-fgimg /a.png 1"),
        (&VidWritePng::new("/a.png"), "vid-write-png /a.png"),
        (&VidPersonal::new().on(true), "vid-personal on"),
        (&VidCanvas::new(7, "next"), "vid-canvas 7 next"),
        (&VidWatchingCanvas::new(7, "1"), "vid-watching-canvas 7 1"),
        (&VidLayer::new(7, "1"), "vid-layer 7 1"),
        (&VidBanner::new(7, "100%41 sure"), "vid-banner 7 '100%2541 sure'"),
        (&VidMuteImg::new(7).file("clear"), "vid-mute-img 7 clear"),
        (&VidLogoImg::new(7), "vid-logo-img 7"),
        (&VidCodecGroup::new(7).group("a"), "vid-codec-group 7 a"),
        (&VidResId::new(7, "presenter").force(), "vid-res-id 7 presenter force"),
        (&VidResId::new(MemberRef::Variable { name: "uuid", value: "x" }, "clear"), "vid-res-id uuid=x clear"),
        (&VidResIdAllClear::new(), "vid-res-id all clear"),
        (&VidRoleId::new(7, "=a"), "vid-role-id 7 =a"),
        (&VidFilter::new(7, "fg-gray"), "vid-filter 7 fg-gray"),
        (&VidFlip::new(7).how("mirror"), "vid-flip 7 mirror"),
        (&VidBorder::new(7, "toggle"), "vid-border 7 toggle"),
        (&Cam::new(0, 1, &["autozoom=true", "reset"]), "cam 0 1 autozoom=true reset"),
        (&CanvasAutoClear::new(), "canvas-auto-clear"),
        (&SetCanvasAutoClear::new(1, true), "canvas-auto-clear 1 true"),
        (&Custom::new("vid-new").word("a b"), "vid-new 'a b'"),
        (&Custom::new("SAY").word("it's").word("5 o'clock"), "say it's 5 o'clock"),
        (&Custom::new("saymember").word("7").word("it's me"), "saymember 7 it's me"),
    ];
    for (command, expected) in cases {
        assert_eq!(line(*command), format!("conference 3000 {expected}"));
    }
    let covered = |name: &Name| cases.iter().any(|(command, _)| command.name() == Some(*name));
    let missing: Vec<&Name> = Name::ALL.iter().filter(|name| !covered(name) && **name != Name::Help).collect();
    assert_eq!(missing, [&Name::Help; 0]);
}

/// The page's own examples.
#[test]
fn the_samples_of_the_page_are_written() {
    let dial = Dial::new("{originate_timeout=30}sofia/default/1000@softswitch")
        .caller_number("1234567890")
        .caller_name("FreeSWITCH_Conference");
    let relate = |relation| line_to("my_conf", &Relate::new(&[1], &[2], relation));
    let samples = [
        (
            line_to("testconf", &dial),
            "conference testconf dial {originate_timeout=30}sofia/default/1000@softswitch 1234567890 FreeSWITCH_Conference",
        ),
        (line_to("confname", &Hup::new(Target::All)), "conference confname hup all"),
        (relate(Relation::NoSpeak), "conference my_conf relate 1 2 nospeak"),
        (relate(Relation::NoHear), "conference my_conf relate 1 2 nohear"),
        (relate(Relation::Clear), "conference my_conf relate 1 2 clear"),
        (line_to("WeeklyTeamConf", &Lock::new()), "conference WeeklyTeamConf lock"),
    ];
    for (line, expected) in samples {
        assert_eq!(line, expected);
    }
}

fn line_to(conference: &str, command: &dyn ConferenceCommand) -> String {
    let mut out = Vec::new();
    command.to(conference).even_if_interpreted().write(&mut out).expect("a line");
    String::from_utf8(out).expect("text")
}

#[test]
fn for_the_server() {
    let commands: [(&dyn ConferenceCommand, &str); 6] = [
        (&List::new().delimiter(","), "api conference list delim ,\n\n"),
        (&ListSummary::new(), "api conference list summary\n\n"),
        (&Count::new(), "api conference count\n\n"),
        (&XmlList::new(), "api conference xml_list\n\n"),
        (&JsonList::new().compact(), "api conference json_list compact\n\n"),
        (&Help::new(), "api conference help\n\n"),
    ];
    for (command, expected) in commands {
        let mut out = b"before".to_vec();
        command.to_server().api(&mut out).expect("a line");
        assert_eq!(out, [b"before", expected.as_bytes()].concat());
    }
    let mut out = Vec::new();
    Lock::new().to("a").bgapi(None, &mut out).expect("a line");
    Lock::new().to("a").bgapi(Some("j"), &mut out).expect("a line");
    assert_eq!(out, b"bgapi conference a lock\n\nbgapi conference a lock\nJob-UUID: j\n\n");
}

#[test]
fn names_that_need_care() {
    let cases = [
        ("room 1", "conference 'room 1' say hi"),
        ("it's", "conference 'it\\'s' say hi"),
        ("a\\b", "conference 'a\\\\b' say hi"),
        ("^^:a", "conference '^^:a' say hi"),
        ("q\"q", "conference q\"q say hi"),
        ("essay", "conference ess''ay say hi"),
        ("my say room", "conference 'my s''ay room' say hi"),
        ("SAY", "conference SAY say hi"),
        ("\u{5c0f}", "conference \u{5c0f} say hi"),
    ];
    for (name, expected) in cases {
        assert_eq!(line_to(name, &Say::new("hi")), expected);
        let line = expected.strip_prefix("conference ").expect("a line");
        assert_eq!((split(line)[0].as_str(), text(line, "say")), (name, "hi"));
    }
    assert_eq!(line_to("essay", &SayMember::new(7, "hi")), "conference essay saymember 7 hi");
}

/// The words that the server reads behind the conference's name.
fn words(command: &dyn ConferenceCommand) -> Vec<String> {
    split(line(command).strip_prefix("conference 3000 ").expect("a line"))
}

/// The server takes the asynchronous file for any word but `async`.
#[test]
fn the_volume_of_the_asynchronous_file() {
    assert_eq!(words(&FileVol::new(2)), ["file-vol", "2"]);
    let [.., word] = &words(&FileVol::new(2).asynchronous())[..] else { panic!("a word") };
    assert!(!word.eq_ignore_ascii_case("async"));
}

/// Commands for one member take them by a variable, and not several at a time.
#[test]
fn one_member_by_a_variable() {
    let by = MemberRef::Variable { name: "uuid", value: "a b" };
    let one = [by];
    let commands: [(&dyn ConferenceCommand, usize); 7] = [
        (&Play::new("a.wav").member(by), 2),
        (&Stop::new().member(by), 2),
        (&PausePlay::new().member(by), 1),
        (&PlayStatus::new().member(by), 1),
        (&FileSeek::new(Seek::To(1)).member(by), 2),
        (&Transfer::new("other", &one), 2),
        (&VidResId::new(by, "a"), 1),
    ];
    for (command, place) in commands {
        assert_eq!(words(command)[place], "uuid=a b");
    }
    // Here the server takes no quotes away.
    let command = SayMember::new(MemberRef::Variable { name: "uuid", value: "it's" }, "hi there");
    assert_eq!(text(line(&command).strip_prefix("conference ").expect("a line"), "saymember"), "uuid=it's hi there");
    assert_eq!(Target::from(by), Target::Variable { name: "uuid", value: "a b" });
}

/// Several numbers in one word, none of which is missing.
#[test]
fn levels_with_colons() {
    assert_eq!(words(&Agc::new(7).levels(300, 0, 4)), ["agc", "7", "300:0:4"]);
    let limit = MaxEnergy::new(7).limit(1000, Duration::from_millis(40), 2);
    assert_eq!(words(&limit), ["max-energy", "7", "1000:40:2"]);
    assert_eq!(words(&MaxEnergy::new(7).limit(1, Duration::MAX, 0)), ["max-energy", "7", "1:4294967295:0"]);
}

/// An empty group is any, so that the canvas stands in its place.
#[test]
fn a_canvas_of_any_group() {
    assert_eq!(words(&VidBandwidth::new("1mb").canvas(2)), ["vid-bandwidth", "1mb", "", "2"]);
}

/// The server would speak the quotes, and all of the line if it did not find its own name in it.
#[test]
fn custom_texts_are_not_quoted() {
    let said = |command: &Custom<'_>, name: &str| {
        let line = line(command);
        text(line.strip_prefix("conference ").expect("a line"), name).to_owned()
    };
    for name in ["say", "SAY", "Say"] {
        assert_eq!(said(&Custom::new(name).word("hi there, it's me"), "say"), "hi there, it's me");
    }
    assert_eq!(said(&Custom::new("SAY hi").word("there you"), "say"), "hi there you");
    assert_eq!(said(&Custom::new("saymember").word("7").word("a 'b'"), "saymember"), "7 a 'b'");
    let mut out = Vec::new();
    Custom::new("saymember").word("7").word("${id}").to("3000").write(&mut out).expect("a line");
    assert_eq!(out, br"conference 3000 saymember 7 \${id}");
    // The conference's name doesn't hide it.
    assert_eq!(line_to("essay", &Custom::new("say").word("hi")), "conference ess''ay say hi");
}

#[test]
fn arguments_that_the_server_misreads_are_refused() {
    let members = [7; 23];
    let many = [7; 101];
    let cases: &[(&dyn ConferenceCommand, &str, Refusal)] = &[
        (&Say::new("a\nb"), "text", Refusal::InValue { byte: b'\n', at: 1 }),
        (&Say::new(" \t"), "text", Refusal::EmptyValue),
        (&Pin::new("1\r"), "pin", Refusal::InValue { byte: b'\r', at: 1 }),
        (&Play::new("a\0b"), "file", Refusal::InValue { byte: 0, at: 1 }),
        (&Play::new(""), "file", Refusal::EmptyValue),
        (&Play::new("a").nomux(), "nomux", Refusal::Missing { before: "member" }),
        (&Dial::new("x").caller_name("A"), "caller name", Refusal::Missing { before: "caller number" }),
        (&Play::new("a").member(7).asynchronous(), "async", Refusal::NotWith { other: "member" }),
        (
            &SayMember::new(MemberRef::Variable { name: "a", value: "b c" }, "hi"),
            "member",
            Refusal::Splits { byte: b' ' },
        ),
        (
            &SayMember::new(MemberRef::Variable { name: "a", value: "b\u{b}" }, "hi"),
            "member",
            Refusal::Splits { byte: 0x0b },
        ),
        (&Custom::new("saymember").word("a b").word("hi"), "argument", Refusal::Splits { byte: b' ' }),
        (&Stop::new().member(MemberRef::Variable { name: "1a", value: "x" }), "member", Refusal::VariableName),
        (&Mute::new(0), "member", Refusal::Member),
        (&Play::new("a").member(0), "member", Refusal::Member),
        (&Relate::new(&[0], &[1], Relation::Clear), "member", Refusal::Member),
        (&Relate::new(&[1], &[], Relation::Clear), "other", Refusal::EmptyValue),
        (&Relate::new(&many, &[1], Relation::Clear), "member", Refusal::TooMany { max: 100 }),
        (&Transfer::new("x", &members), "members", Refusal::TooMany { max: 22 }),
        (&Mute::new(Target::Variable { name: "1a", value: "x" }), "member", Refusal::VariableName),
        (&Mute::new(Target::Variable { name: "", value: "x" }), "member", Refusal::VariableName),
        (&Mute::new(Target::Variable { name: "a=b", value: "x" }), "member", Refusal::VariableName),
        (&NoRecord::new("ALL"), "file", Refusal::Keyword { word: "all" }),
        (&MohFile::new("off"), "file", Refusal::Keyword { word: "off" }),
        (&List::new().delimiter("\"x\""), "delimiter", Refusal::Quote { byte: b'"' }),
        (&VidFps::new().fps(f32::NAN), "fps", Refusal::NotFinite),
        (&Position::new(7).position([0.0, f32::INFINITY, 0.0]), "position", Refusal::NotFinite),
        (&Custom::new(""), "command", Refusal::CommandName),
        (&Custom::new("a  b"), "command", Refusal::CommandName),
        (&Custom::new("list\n"), "command", Refusal::CommandName),
        (&Custom::new("'list'"), "command", Refusal::CommandName),
        (&Help::new(), "command", Refusal::ServerOnly),
        // Each has killed a server.
        (&SetCanvasAutoClear::new(9999, true), "command", Refusal::Crashes),
        (&VidLayer::new(1, "1"), "command", Refusal::Crashes),
        (&Custom::new("FILE-VOL"), "command", Refusal::Crashes),
        (&Custom::new("vid-layer 2").word("quiet"), "command", Refusal::Crashes),
    ];
    for (command, argument, reason) in cases {
        let mut out = b"before".to_vec();
        let error = command.to("3000").api(&mut out).expect_err("nothing is written");
        assert_eq!((error.field(), error.refusal()), (*argument, *reason), "{command:?}", command = command.name());
        assert_eq!(out, b"before");
        assert!(!error.to_string().contains('\n'));
    }
    let mut out = Vec::new();
    for name in ["", "a\nb", "a\0"] {
        assert_eq!(
            Lock::new().to(name).api(&mut out).map_err(|error| error.field().to_owned()),
            Err("conference".to_owned())
        );
    }
    // `conference list lock` lists all conferences, unless there is one of that name.
    for word in ["list", "count", "xml_list", "json_list", "help", "commands"] {
        for name in [word.to_owned(), word.to_uppercase()] {
            let commands: [&dyn ConferenceCommand; 4] =
                [&Lock::new(), &List::new(), &Custom::new("x"), &Say::new("hi")];
            for command in commands {
                let error = command.to(&name).api(&mut out).unwrap_err();
                assert_eq!((error.field(), error.refusal()), ("conference", Refusal::ServerCommand { word }), "{name}");
            }
        }
        assert_eq!(line_to(&format!("{word}s"), &Lock::new()), format!("conference {word}s lock"));
    }
    assert_eq!(Lock::new().to_server().api(&mut out).map_err(|error| error.refusal()), Err(Refusal::NeedsConference));
    for job in ["", "a b", "a\nb", &"j".repeat(256)] {
        let refused =
            Lock::new().to("a").bgapi(Some(job), &mut out).map_err(|error| (error.field().to_owned(), error.refusal()));
        assert_eq!(refused, Err(("job".to_owned(), Refusal::JobId)));
    }
    // With so many words they are sound.
    for words in ["vid-layer 2", "file_vol 2", "canvas-auto-clear"] {
        assert_eq!(line_to("t", &Custom::new(words)), format!("conference t {words}"));
    }
    assert_eq!(out, b"");
    VidLayer::new(1, "1").to("t").even_if_it_crashes().write(&mut out).expect("it was asked for");
    assert_eq!(out, b"conference t vid-layer 1 1");
}

/// Names that somebody would like to break out with.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("say".to_owned()),
        Just(" say ".to_owned()),
        Just("saymember".to_owned()),
        Just("list".to_owned()),
        Just("HELP".to_owned()),
        Just("'".to_owned()),
        Just("\\".to_owned()),
        Just("\\s".to_owned()),
        Just("\"".to_owned()),
        Just("^^".to_owned()),
        Just("\n".to_owned()),
        Just("\0".to_owned()),
        Just(";".to_owned()),
        Just("%20".to_owned()),
        Just("\u{1f600}".to_owned()),
        Just(" ".to_owned()),
        Just("x".repeat(10_000)),
        "\\PC{0,8}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// What a splitter as naive as the server's reads is what was given, or nothing is written.
    #[test]
    fn read_as_meant(name in hostile(), word in hostile(), other in hostile()) {
        let commands: [(&dyn ConferenceCommand, Vec<&str>); 5] = [
            (&Play::new(&word).member(7), vec!["play", &word, "7"]),
            (&Set::new(&word, &other), vec!["set", &word, &other]),
            (&Kick::new(7).sound(&word), vec!["kick", "7", &word]),
            (&Custom::new("x").word(&word).word(&other), vec!["x", &word, &other]),
            (&Transfer::new(&word, &[1; 22]), [&["transfer", &word][..], &["1"; 22]].concat()),
        ];
        for (command, words) in commands {
            let mut out = Vec::new();
            let written = command.to(&name).even_if_interpreted().api(&mut out);
            prop_assert_eq!(written.is_err(), out.is_empty());
            let bad = |text: &str| text.is_empty() || text.contains(['\r', '\n', '\0']);
            let taken = ["list", "help"].iter().any(|word| name.eq_ignore_ascii_case(word));
            prop_assert_eq!(written.is_err(), taken || bad(&name) || words.iter().any(|word| bad(word)));
            if written.is_ok() {
                let line = std::str::from_utf8(&out).expect("text");
                let line = line.strip_prefix("api conference ").and_then(|line| line.strip_suffix("\n\n")).expect("a line");
                prop_assert!(!line.contains(['\n', '\r', '\0']));
                let expected: Vec<&str> = [&[name.as_str()][..], &words].concat();
                prop_assert_eq!(split(line), expected);
            }
        }
    }

    /// What is said is all of the text and nothing else, whatever the conference is called.
    #[test]
    fn said_as_meant(name in hostile(), said in hostile()) {
        let mut out = Vec::new();
        if Say::new(&said).to(&name).even_if_interpreted().write(&mut out).is_ok() {
            let line = std::str::from_utf8(&out[b"conference ".len()..]).expect("text");
            prop_assert_eq!(text(line, "say"), said.trim_matches([' ', '\t', '\u{b}']));
            prop_assert_eq!(&split(line)[..2], &[name.as_str(), "say"]);
        }
        out.clear();
        if SayMember::new(7, &said).to(&name).even_if_interpreted().write(&mut out).is_ok() {
            let line = std::str::from_utf8(&out[b"conference ".len()..]).expect("text");
            let said = format!("7 {}", said.trim_matches([' ', '\t', '\u{b}']));
            prop_assert_eq!(text(line, "saymember"), said);
            prop_assert_eq!(&split(line)[..2], &[name.as_str(), "saymember"]);
        }
    }
}
