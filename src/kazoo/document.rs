//! The conference document: as the server sends it, and as a draft to be sent.

use alloc::borrow::{Cow, ToOwned};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::error::Invalid;
use super::fields::Fields;
use super::json::{self, FromJson, FromList, Json, Object, getters, view};
use super::realtime::Realtime;
use super::validate;

/// A conference as the server has it: a document, or an entry of the list. Everything that isn't known here is kept.
///
/// No field is sure to be there: reference 002 requires a name, the server's schema does not.
///
/// ```
/// use ami_proto::kazoo::Conference;
///
/// let conference = Conference::from_slice(br#"{"id": "c1", "name": "Conf", "_read_only": {"members": 2, "moderators": 1}}"#)?;
/// assert_eq!(conference.name()?, "Conf");
/// assert_eq!(conference.realtime().members()?, 2);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conference<'a>(pub(super) Object<'a>);

view!(Conference);

impl<'a> FromList<'a> for Conference<'a> {}

impl<'a> Conference<'a> {
    /// What is going on in it. In documents it stands under `_read_only`, in lists (reference 002) on top; both are
    /// looked at.
    pub fn realtime(&self) -> Realtime<'a> {
        Realtime::of(&self.0)
    }

    getters! { read;
        /// Its id: 32 hexadecimal digits, or whatever was asked for when it is an ad-hoc one.
        id = "id": Cow<'a, str>;
        /// Its name, up to 128 characters.
        name = "name": Cow<'a, str>;
        /// The user who manages it: 32 characters.
        owner_id = "owner_id": Cow<'a, str>;
        /// The password of its bridge. A secret.
        bridge_password = "bridge_password": Cow<'a, str>;
        /// The user name of its bridge.
        bridge_username = "bridge_username": Cow<'a, str>;
        /// Which keys callers can press: the name of a set of controls.
        caller_controls = "caller_controls": Cow<'a, str>;
        /// Which keys moderators can press: the name of a set of controls.
        moderator_controls = "moderator_controls": Cow<'a, str>;
        /// Sets of controls of its own.
        controls = "controls": Object<'a>;
        /// Numbers that members and moderators can call.
        conference_numbers = "conference_numbers": Vec<Cow<'a, str>>;
        /// Its domain.
        domain = "domain": Cow<'a, str>;
        /// What other applications have marked it with.
        flags = "flags": Vec<Cow<'a, str>>;
        /// The media server that it runs on; the server alone writes it.
        focus = "focus": Cow<'a, str>;
        /// The language of its prompts.
        language = "language": Cow<'a, str>;
        /// What is played to those who find it full.
        max_members_media = "max_members_media": Cow<'a, str>;
        /// How many can be in it.
        max_participants = "max_participants": u32;
        /// How members come in.
        member = "member": Side<'a>;
        /// How moderators come in.
        moderator = "moderator": Side<'a>;
        /// Whether a tone is played when somebody comes, or which.
        play_entry_tone = "play_entry_tone": Tone<'a>;
        /// Whether a tone is played when somebody leaves, or which.
        play_exit_tone = "play_exit_tone": Tone<'a>;
        /// Whether newcomers are announced. The default is false.
        play_name = "play_name": bool;
        /// Whether newcomers are welcomed.
        play_welcome = "play_welcome": bool;
        /// How the switch runs it: settings, or the name of settings.
        profile = "profile": ProfileField<'a>;
        /// The name of the settings that the switch runs it with, from 4.1 on.
        profile_name = "profile_name": Cow<'a, str>;
        /// Whether it needs a moderator.
        require_moderator = "require_moderator": bool;
        /// Whether members wait until a moderator comes.
        wait_for_moderator = "wait_for_moderator": bool;
        /// What user interfaces have noted.
        ui_metadata = "ui_metadata": Object<'a>;
    }
}

/// How members, or moderators, come in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side<'a>(pub(super) Object<'a>);

view!(Side);

impl<'a> Side<'a> {
    getters! { read;
        /// Whether they can't hear at first. The default is false.
        join_deaf = "join_deaf": bool;
        /// Whether they can't speak at first. The default is true for members. For moderators it is false in the
        /// server's schema, and true on reference 002: say what you want.
        join_muted = "join_muted": bool;
        /// The numbers that they call.
        numbers = "numbers": Vec<Cow<'a, str>>;
        /// The PINs that they enter. Secrets.
        pins = "pins": Vec<Cow<'a, str>>;
        /// Whether the prompt is played to them when they come; members only.
        play_entry_prompt = "play_entry_prompt": bool;
    }
}

/// Whether a tone is played, or which.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tone<'a> {
    /// The default one.
    Default,
    /// None.
    Off,
    /// This tone string or address of a sound. Not empty.
    Sound(Cow<'a, str>),
}

impl Tone<'_> {
    fn to_json(&self) -> String {
        match self {
            Self::Default => "true".into(),
            Self::Off => "false".into(),
            Self::Sound(sound) => json::string(sound),
        }
    }
}

impl<'a> FromJson<'a> for Tone<'a> {
    const EXPECTED: &'static str = "true, false or a sound";

    fn from_json(json: Json<'a>) -> Option<Self> {
        match json.to_bool() {
            Some(true) => Some(Self::Default),
            Some(false) => Some(Self::Off),
            None => json.string().map(Self::Sound),
        }
    }
}

/// The field `profile`, which has two shapes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProfileField<'a> {
    /// Settings: from 4.1 on.
    Settings(Profile<'a>),
    /// The name of settings: up to 4.0, and on reference 002.
    Name(Cow<'a, str>),
}

impl<'a> FromJson<'a> for ProfileField<'a> {
    const EXPECTED: &'static str = "an object or a text";

    fn from_json(json: Json<'a>) -> Option<Self> {
        match json.object() {
            Some(settings) => Some(Self::Settings(Profile(settings))),
            None => json.string().map(Self::Name),
        }
    }
}

/// How the switch runs a conference. Its names have hyphens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile<'a>(pub(super) Object<'a>);

view!(Profile);

impl<'a> Profile<'a> {
    getters! { read_loose;
        /// What those who are alone hear.
        alone_sound = "alone-sound": Cow<'a, str>;
        /// From how many members on their number is announced.
        announce_count = "announce-count": i64;
        /// Which keys callers can press.
        caller_controls = "caller-controls": Cow<'a, str>;
        /// How loud the noise is, from 0 to 10000.
        comfort_noise = "comfort-noise": u32;
        /// How loud one must be to be heard, from 0 to 1800.
        energy_level = "energy-level": u32;
        /// What is heard when somebody comes.
        enter_sound = "enter-sound": Cow<'a, str>;
        /// What is heard when somebody leaves.
        exit_sound = "exit-sound": Cow<'a, str>;
        /// Length of a frame of audio, in milliseconds, from 10 to 120.
        interval = "interval": u32;
        /// What is heard when it is locked.
        locked_sound = "locked-sound": Cow<'a, str>;
        /// How many can be in it, at least 2.
        max_members = "max-members": u32;
        /// What those hear who find it full.
        max_members_sound = "max-members-sound": Cow<'a, str>;
        /// Which keys moderators can press.
        moderator_controls = "moderator-controls": Cow<'a, str>;
        /// What those hear who wait.
        moh_sound = "moh-sound": Cow<'a, str>;
        /// What those hear who are muted.
        muted_sound = "muted-sound": Cow<'a, str>;
        /// Samples in a second: 8000, 12000, 16000, 24000, 32000, 44100 or 48000.
        rate = "rate": u32;
        /// What those hear who can speak again.
        unmuted_sound = "unmuted-sound": Cow<'a, str>;
    }
}

/// A conference document to be sent: made from nothing, or from what the server sent.
///
/// Nothing is checked until a request is made of it, or until [`check`](Self::check).
///
/// ```
/// use ami_proto::kazoo::{Draft, SideDraft, Tone};
///
/// let draft = Draft::new()
///     .name("Conf")
///     .play_entry_tone(&Tone::Default)
///     .member(&SideDraft::new().join_muted(false).pins(["1234"]));
/// draft.check()?;
/// assert_eq!(
///     draft.to_json(),
///     r#"{"name": "Conf", "play_entry_tone": true, "member": {"join_muted": false, "pins": ["1234"]}}"#
/// );
/// assert!(!format!("{draft:?}").contains("1234"));
/// # Ok::<(), ami_proto::kazoo::Invalid>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Draft(Fields);

/// How members, or moderators, come in: the part of a [`Draft`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SideDraft(Fields);

/// How the switch runs a conference: the part of a [`Draft`]. Its ranges are checked with the draft.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProfileDraft(Fields);

macro_rules! draft {
    ($name:ident) => {
        impl $name {
            /// An empty one.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// Sets a field that the crate doesn't know, or one that it does, as JSON.
            #[must_use]
            pub fn field(mut self, name: &str, value: Json<'_>) -> Self {
                self.0.set(name, value.as_str().to_owned());
                self
            }

            /// It, as JSON.
            #[must_use]
            pub fn to_json(&self) -> String {
                self.0.to_json()
            }
        }

        /// PINs and passwords are masked.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), " "))?;
                match Json::parse(&self.to_json()) {
                    Ok(json) => fmt::Debug::fmt(&json, f),
                    Err(_) => f.write_str("…"),
                }
            }
        }
    };
}

draft!(Draft);
draft!(SideDraft);
draft!(ProfileDraft);

macro_rules! setters {
    ($($(#[$meta:meta])* $method:ident = $name:literal: $type:ty, $to_json:expr;)+) => {$(
        $(#[$meta])*
        #[must_use]
        pub fn $method(mut self, value: $type) -> Self {
            let to_json: fn($type) -> String = $to_json;
            self.0.set($name, to_json(value));
            self
        }
    )+};
}

macro_rules! texts {
    ($($(#[$meta:meta])* $method:ident = $name:literal;)+) => {$(
        $(#[$meta])*
        #[must_use]
        pub fn $method<'t>(mut self, values: impl IntoIterator<Item = &'t str>) -> Self {
            self.0.set($name, json::array(values.into_iter().map(json::string)));
            self
        }
    )+};
}

impl Draft {
    setters! {
        /// Its name: 1 to 128 characters.
        name = "name": &str, json::string;
        /// The user who manages it: 32 characters.
        owner_id = "owner_id": &str, json::string;
        /// The password of its bridge.
        bridge_password = "bridge_password": &str, json::string;
        /// The user name of its bridge.
        bridge_username = "bridge_username": &str, json::string;
        /// Which keys callers can press.
        caller_controls = "caller_controls": &str, json::string;
        /// Which keys moderators can press.
        moderator_controls = "moderator_controls": &str, json::string;
        /// Its domain.
        domain = "domain": &str, json::string;
        /// The language of its prompts.
        language = "language": &str, json::string;
        /// What is played to those who find it full.
        max_members_media = "max_members_media": &str, json::string;
        /// How many can be in it.
        max_participants = "max_participants": u32, |number| number.to_string();
        /// How members come in.
        member = "member": &SideDraft, SideDraft::to_json;
        /// How moderators come in.
        moderator = "moderator": &SideDraft, SideDraft::to_json;
        /// Whether a tone is played when somebody comes, or which.
        play_entry_tone = "play_entry_tone": &Tone<'_>, |tone| tone.to_json();
        /// Whether a tone is played when somebody leaves, or which.
        play_exit_tone = "play_exit_tone": &Tone<'_>, |tone| tone.to_json();
        /// Whether newcomers are announced.
        play_name = "play_name": bool, |flag| flag.to_string();
        /// Whether newcomers are welcomed.
        play_welcome = "play_welcome": bool, |flag| flag.to_string();
        /// How the switch runs it. Servers up to 4.0 want a name there, set with [`field`](Self::field).
        profile = "profile": &ProfileDraft, ProfileDraft::to_json;
        /// The name of the settings that the switch runs it with.
        profile_name = "profile_name": &str, json::string;
        /// Whether it needs a moderator.
        require_moderator = "require_moderator": bool, |flag| flag.to_string();
        /// Whether members wait until a moderator comes.
        wait_for_moderator = "wait_for_moderator": bool, |flag| flag.to_string();
    }

    texts! {
        /// Numbers that members and moderators can call: digits, none twice, and none that another conference of the
        /// account has (which the server alone can tell).
        conference_numbers = "conference_numbers";
        /// What other applications mark it with.
        flags = "flags";
    }

    /// Whether the server would take it, as far as can be told here: kinds, lengths, ranges and patterns of its schema.
    ///
    /// # Errors
    /// The first field that it would refuse, and why.
    pub fn check(&self) -> Result<(), Invalid> {
        validate::document(&self.to_json(), false)
    }
}

/// A copy without what the server alone writes: `_read_only` and `focus`, and the realtime data that lists have on top.
impl From<&Conference<'_>> for Draft {
    fn from(conference: &Conference<'_>) -> Self {
        // The last of a name counts.
        let last: BTreeMap<&str, usize> = conference.0.iter().enumerate().map(|(at, (name, _))| (name, at)).collect();
        let kept = conference
            .0
            .iter()
            .enumerate()
            .filter(|(at, (name, _))| last.get(name) == Some(at) && !Realtime::is_field(name) && *name != "focus");
        let mut fields = Fields::default();
        kept.for_each(|(_, (name, value))| fields.set(name, value.as_str().to_owned()));
        Self(fields)
    }
}

impl SideDraft {
    setters! {
        /// Whether they can't hear at first.
        join_deaf = "join_deaf": bool, |flag| flag.to_string();
        /// Whether they can't speak at first. Worth saying: the pages and the schema differ on the default.
        join_muted = "join_muted": bool, |flag| flag.to_string();
        /// Whether the prompt is played to them when they come; members only.
        play_entry_prompt = "play_entry_prompt": bool, |flag| flag.to_string();
    }

    texts! {
        /// The numbers that they call, none twice.
        numbers = "numbers";
        /// The PINs that they enter.
        pins = "pins";
    }
}

impl ProfileDraft {
    setters! {
        /// What those who are alone hear.
        alone_sound = "alone-sound": &str, json::string;
        /// From how many members on their number is announced.
        announce_count = "announce-count": i64, |number| number.to_string();
        /// Which keys callers can press.
        caller_controls = "caller-controls": &str, json::string;
        /// How loud the noise is, from 0 to 10000.
        comfort_noise = "comfort-noise": u32, |number| number.to_string();
        /// How loud one must be to be heard, from 0 to 1800.
        energy_level = "energy-level": u32, |number| number.to_string();
        /// What is heard when somebody comes.
        enter_sound = "enter-sound": &str, json::string;
        /// What is heard when somebody leaves.
        exit_sound = "exit-sound": &str, json::string;
        /// Length of a frame of audio, in milliseconds, from 10 to 120.
        interval = "interval": u32, |number| number.to_string();
        /// What is heard when it is locked.
        locked_sound = "locked-sound": &str, json::string;
        /// How many can be in it, at least 2.
        max_members = "max-members": u32, |number| number.to_string();
        /// What those hear who find it full.
        max_members_sound = "max-members-sound": &str, json::string;
        /// Which keys moderators can press.
        moderator_controls = "moderator-controls": &str, json::string;
        /// What those hear who wait.
        moh_sound = "moh-sound": &str, json::string;
        /// What those hear who are muted.
        muted_sound = "muted-sound": &str, json::string;
        /// Samples in a second: 8000, 12000, 16000, 24000, 32000, 44100 or 48000.
        rate = "rate": u32, |number| number.to_string();
        /// What those hear who can speak again.
        unmuted_sound = "unmuted-sound": &str, json::string;
    }
}
