//! The fields of a conference document, each in one row: its getter, its setter and the values that
//! the server's schema allows.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::document::{Conference, Draft, Profile, ProfileDraft, ProfileField, Side, SideDraft, Tone};
use super::json::{Json, Object, getters};
use super::validate::Rule;
use super::write;
use crate::wiped::WipedText;

/// Return type of a getter.
macro_rules! read {
    (text) => { Cow<'a, str> };
    (flag) => { bool };
    (count) => { u32 };
    (number) => { i64 };
    (texts) => { Vec<Cow<'a, str>> };
    (tone) => { Tone<'a> };
    (side) => { Side<'a> };
    (profile) => { ProfileField<'a> };
    (object) => { Object<'a> };
}

/// Argument type of a setter, and its conversion to JSON.
macro_rules! setter {
    (text, $($field:tt)+) => { setter!(@ &str, write::string, $($field)+); };
    (flag, $($field:tt)+) => { setter!(@ bool, |flag| flag.to_string().into(), $($field)+); };
    (count, $($field:tt)+) => { setter!(@ u32, |number| number.to_string().into(), $($field)+); };
    (number, $($field:tt)+) => { setter!(@ i64, |number| number.to_string().into(), $($field)+); };
    (tone, $($field:tt)+) => { setter!(@ &Tone<'_>, |tone| tone.to_json(), $($field)+); };
    (side, $($field:tt)+) => { setter!(@ &SideDraft, SideDraft::json, $($field)+); };
    (object, $($field:tt)+) => { setter!(@ Json<'_>, |json| json.as_str().into(), $($field)+); };
    (profile, $($field:tt)+) => { setter!(@ &ProfileDraft, ProfileDraft::json, $($field)+); };
    (texts, $method:ident, $name:literal, $doc:literal) => {
        #[doc = concat!("Sets ", $doc, ".")]
        #[must_use]
        pub fn $method<'t>(mut self, values: impl IntoIterator<Item = &'t str>) -> Self {
            self.0.set($name, write::array(values.into_iter().map(write::string)));
            self
        }
    };
    (@ $type:ty, $to_json:expr, $method:ident, $name:literal, $doc:literal) => {
        #[doc = concat!("Sets ", $doc, ".")]
        #[must_use]
        pub fn $method(mut self, value: $type) -> Self {
            let to_json: fn($type) -> WipedText = $to_json;
            self.0.set($name, to_json(value));
            self
        }
    };
}

/// Sample argument of a setter, for the test of all setters.
#[cfg(test)]
macro_rules! sample {
    (text) => {
        "1"
    };
    (flag) => {
        true
    };
    (count) => {
        1
    };
    (number) => {
        1
    };
    (texts) => {
        ["1"]
    };
    (tone) => {
        &Tone::Default
    };
    (side) => {
        &SideDraft::new()
    };
    (profile) => {
        &ProfileDraft::new()
    };
    (object) => {
        Json::parse("{}").unwrap()
    };
}

/// Makes from a table the getters of a view, the setters of its draft, and the rules. A row has the
/// method, the name in the document, the type, the rule, and the description for the documentation.
/// Fields under `read_only` are written by the server only.
macro_rules! fields {
    (
        $view:ident by $read:ident, $draft:ident, $rules:ident, $test:ident;
        read_only { $($own:ident = $own_name:literal: $own_kind:ident $(, $own_rule:expr)?; $own_doc:literal)* }
        $($method:ident = $name:literal: $kind:ident, $rule:expr; $doc:literal)+
    ) => {
        impl<'a> $view<'a> {
            getters! { $read;
                $(#[doc = concat!("Returns ", $own_doc, ".")] $own = $own_name: read!($own_kind);)*
                $(#[doc = concat!("Returns ", $doc, ".")] $method = $name: read!($kind);)+
            }
        }

        impl $draft {
            $(setter!($kind, $method, $name, $doc);)+
        }

        pub(super) const $rules: &[(&str, Rule)] = &[$($(($own_name, $own_rule),)?)* $(($name, $rule)),+];

        /// A field that was set is read back under its name, and a value of another type is
        /// refused.
        #[cfg(test)]
        #[test]
        fn $test() {
            use super::validate;
            $(
                let draft = $draft::new().$method(sample!($kind));
                let json = draft.to_json();
                assert!(json.starts_with(concat!("{\"", $name, "\": ")), "{json}");
                assert!($view::from_slice(json.as_bytes()).unwrap().$method().is_ok(), "{json}");
                let odd = $draft::new().field($name, Json::parse("[[]]").unwrap()).to_json();
                let refused = validate::fields("", &Object::from_slice(odd.as_bytes()).unwrap(), $rules, false);
                assert!(refused.is_err_and(|refused| refused.field().starts_with($name)), $name);
            )+
        }
    };
}

fields! {
    Conference by read, Draft, CONFERENCE, fields_of_a_conference;
    read_only {
        id = "id": text; "the id: 32 hexadecimal digits, or whatever was asked for when it is an ad-hoc one"
        focus = "focus": text, Rule::Text; "the media server that it runs on"
    }
    name = "name": text, Rule::Length(1, 128); "the name: 1 to 128 characters"
    owner_id = "owner_id": text, Rule::Length(32, 32); "the user who manages it: 32 characters"
    bridge_password = "bridge_password": text, Rule::Text; "the password of its bridge. A secret"
    bridge_username = "bridge_username": text, Rule::Text; "the user name of its bridge"
    caller_controls = "caller_controls": text, Rule::Text;
        "the keys that callers can press: the name of a set of controls"
    moderator_controls = "moderator_controls": text, Rule::Text;
        "the keys that moderators can press: the name of a set of controls"
    conference_numbers = "conference_numbers": texts, Rule::Numbers;
        "the numbers that members and moderators can call: digits, none twice, and none that another conference of the \
         account has (which the server alone can tell)"
    allow_shareable_link = "allow_shareable_link": flag, Rule::Flag;
        "whether whoever has its public link gets in; Kazoo 5. The default is false"
    auto_record = "auto_record": flag, Rule::Flag;
        "whether a recording begins by itself when enough participants are there, two unless the server's settings say \
         otherwise; Kazoo 5. The default is false"
    base_profile_name = "base_profile_name": text, Rule::Text;
        "the name of the settings that its own add to; Kazoo 5"
    controls = "controls": object, Rule::Object;
        "the sets of controls of its own, an object of JSON; from 4.2 on"
    domain = "domain": text, Rule::Text; "the domain; from 4.2 on"
    endconf_grace_time = "endconf_grace_time": count, Rule::Number(0, i64::MAX);
        "the seconds that members have left when the last leaves of those whose leaving ends it; Kazoo 5"
    flags = "flags": texts, Rule::Texts; "what other applications have marked it with; from 4.3 on"
    language = "language": text, Rule::Text; "the language of its prompts; from 4.2 on"
    max_members_media = "max_members_media": text, Rule::Text; "what is played to those who find it full"
    max_participants = "max_participants": count, Rule::Number(i64::MIN, i64::MAX); "how many can be in it"
    member = "member": side, Rule::Fields(SIDE); "how members come in"
    moderator = "moderator": side, Rule::Fields(SIDE); "how moderators come in"
    play_entry_tone = "play_entry_tone": tone, Rule::Tone;
        "whether a tone is played when somebody comes, or which"
    play_exit_tone = "play_exit_tone": tone, Rule::Tone;
        "whether a tone is played when somebody leaves, or which"
    play_name = "play_name": flag, Rule::Flag; "whether newcomers are announced. The default is false"
    play_welcome = "play_welcome": flag, Rule::Flag; "whether newcomers are welcomed"
    profile = "profile": profile, Rule::FieldsOrText(PROFILE);
        "how the switch runs it: settings, from 4.2 on. Servers up to 4.1 have the name of settings there, which \
         [`Draft::profile_text`] sets"
    profile_name = "profile_name": text, Rule::Text;
        "the name of the settings that the switch runs it with, from 4.2 on"
    require_moderator = "require_moderator": flag, Rule::Flag; "whether it needs a moderator"
    ui_metadata = "ui_metadata": object, Rule::Object; "what user interfaces have noted: an object of JSON"
    wait_for_moderator = "wait_for_moderator": flag, Rule::Flag; "whether members wait until a moderator comes"
}

fields! {
    Side by read, SideDraft, SIDE, fields_of_a_side;
    read_only {}
    join_deaf = "join_deaf": flag, Rule::Flag; "whether they can't hear at first. The default is false"
    join_muted = "join_muted": flag, Rule::Flag;
        "whether they can't speak at first. The default is true for members. For moderators it is false in the \
         server's schema, and true on the reference page: say what you want"
    numbers = "numbers": texts, Rule::Numbers; "the numbers that they call: digits, none twice"
    pins = "pins": texts, Rule::Pins; "the PINs that they enter: digits. Secrets"
    play_entry_prompt = "play_entry_prompt": flag, Rule::Flag;
        "whether the prompt is played to them when they come; members only, from 4.2 on"
}

fields! {
    Profile by read_loose, ProfileDraft, PROFILE, fields_of_a_profile;
    read_only {}
    alone_sound = "alone-sound": text, Rule::Text; "what those who are alone hear"
    announce_count = "announce-count": number, Rule::Number(i64::MIN, i64::MAX);
        "from how many members on their number is announced"
    caller_controls = "caller-controls": text, Rule::Text; "the keys that callers can press"
    comfort_noise = "comfort-noise": count, Rule::Number(0, 10_000); "how loud the noise is, from 0 to 10000"
    energy_level = "energy-level": count, Rule::Number(0, 1800);
        "how loud one must be to be heard, from 0 to 1800"
    enter_sound = "enter-sound": text, Rule::Text; "what is heard when somebody comes"
    exit_sound = "exit-sound": text, Rule::Text; "what is heard when somebody leaves"
    interval = "interval": count, Rule::Number(10, 120);
        "the length of a frame of audio, in milliseconds, from 10 to 120"
    locked_sound = "locked-sound": text, Rule::Text; "what is heard when it is locked"
    max_members = "max-members": count, Rule::Number(2, i64::MAX); "how many can be in it, at least 2"
    max_members_sound = "max-members-sound": text, Rule::Text; "what those hear who find it full"
    moderator_controls = "moderator-controls": text, Rule::Text; "the keys that moderators can press"
    moh_sound = "moh-sound": text, Rule::Text; "what those hear who wait"
    muted_sound = "muted-sound": text, Rule::Text; "what those hear who are muted"
    rate = "rate": count, Rule::Rate;
        "the samples in a second: 8000, 12000, 16000, 24000, 32000, 44100 or 48000"
    unmuted_sound = "unmuted-sound": text, Rule::Text; "what those hear who can speak again"
}
