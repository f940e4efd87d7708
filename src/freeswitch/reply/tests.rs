//! Every sub-command has what the tables of other files must know of it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::rules::RULES;
use crate::freeswitch::command::Name;
use crate::freeswitch::mask;

/// Those whose answers are values, lists or usages, which `read.rs` knows by the name and no rule
/// has to.
const READ_BY_NAME: &[Name] = &[
    Name::Get,
    Name::Set,
    Name::GetVar,
    Name::GetUuid,
    Name::List,
    Name::XmlList,
    Name::JsonList,
    Name::Help,
    Name::VidMuteImg,
];

#[test]
fn every_sub_command_has_a_rule_for_its_answer() {
    let has_rule = |name: &Name| RULES.iter().any(|rule| rule.is_of(Some(*name)) && !rule.is_of(None));
    let by_name = |name: &Name| READ_BY_NAME.contains(name);
    let wrong: Vec<&Name> = Name::ALL.iter().filter(|name| has_rule(name) == by_name(name)).collect();
    assert!(wrong.is_empty(), "{wrong:?}: a rule in rules.rs for what it prints, or a row of READ_BY_NAME");
}

/// Arguments of a sub-command with the secret `s3cret`; empty where it takes none. To be decided
/// for each.
const fn secret_arguments(name: Name) -> &'static str {
    use Name as N;
    match name {
        N::Pin => "s3cret",
        // Variables of the channel that is called.
        N::Dial | N::Bgdial => "{sip_auth_password=s3cret}user/1000",
        // Variables of the conference, by their names.
        N::SetVar => "auth_password s3cret",
        // What `getvar` is answered stands alone, without a name that tells whether it is a secret.
        N::Agc
        | N::Auto3dPosition
        | N::AutoEnergy
        | N::Cam
        | N::CanvasAutoClear
        | N::ChkRecord
        | N::ClearVidFloor
        | N::Count
        | N::Deaf
        | N::Dtmf
        | N::Energy
        | N::EnterSound
        | N::ExitSound
        | N::FileVol
        | N::FileSeek
        | N::Floor
        | N::Get
        | N::GetUuid
        | N::GetVar
        | N::Help
        | N::Hold
        | N::Hup
        | N::JsonList
        | N::Kick
        | N::List
        | N::Lock
        | N::MaxEnergy
        | N::Moh
        | N::Mute
        | N::NoPin
        | N::NoRecord
        | N::Pause
        | N::PausePlay
        | N::Play
        | N::PlayStatus
        | N::Position
        | N::Record
        | N::Recording
        | N::Relate
        | N::Resume
        | N::Say
        | N::SayMember
        | N::Set
        | N::Stop
        | N::Tmute
        | N::Transfer
        | N::Tvblind
        | N::Tvmute
        | N::Undeaf
        | N::Unhold
        | N::Unlock
        | N::Unmute
        | N::Unvblind
        | N::Unvmute
        | N::Vblind
        | N::VidBandwidth
        | N::VidBanner
        | N::VidBgimg
        | N::VidBorder
        | N::VidCanvas
        | N::VidCodecGroup
        | N::VidFgimg
        | N::VidFilter
        | N::VidFlip
        | N::VidFloor
        | N::VidFps
        | N::VidLayer
        | N::VidLayout
        | N::VidLogoImg
        | N::VidMuteImg
        | N::VidPersonal
        | N::VidRes
        | N::VidResId
        | N::VidRoleId
        | N::VidWatchingCanvas
        | N::VidWritePng
        | N::Vmute
        | N::VmuteSnap
        | N::VolumeIn
        | N::VolumeOut
        | N::XmlList => "",
    }
}

#[test]
fn what_is_secret_in_a_sub_command_is_masked() {
    for name in Name::ALL {
        let line = format!("conference room {name} {}", secret_arguments(*name));
        let shown = mask(line.as_bytes());
        let shown = String::from_utf8_lossy(&shown);
        assert!(!shown.contains("s3cret"), "{shown}");
        // The rest is shown.
        let plain = format!("conference room {name} 1234");
        let masked = *name == Name::Pin;
        assert_eq!(mask(plain.as_bytes()) != plain.as_bytes(), masked, "{plain}");
    }
}
