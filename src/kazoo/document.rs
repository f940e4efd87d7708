//! The conference document: as the server sends it, and as a draft to be sent. Its fields are in
//! `fields.rs`.

use alloc::borrow::{Cow, ToOwned};
use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;

use super::draft::Fields;
use super::json::{FromJson, FromList, Json, Object, view};
use super::realtime::Realtime;
use super::{validate, write};
use crate::error::EncodeError;
use crate::wiped::WipedText;

/// A conference as the server sends it: a document, or an entry of the list. Fields that the crate
/// doesn't know are kept.
///
/// Any field may be missing: the reference page requires a name, the server's schema does not.
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
    /// Returns the realtime data of the conference. Documents have it under `_read_only`, lists (on
    /// the reference page) at the top level; both places are read.
    pub fn realtime(&self) -> Realtime<'a> {
        Realtime::of(&self.0)
    }
}

/// Settings for participants who join as members, or as moderators.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side<'a>(pub(super) Object<'a>);

view!(Side);

/// A tone setting: the default tone, none, or a sound.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tone<'a> {
    /// The default tone.
    Default,
    /// No tone.
    Off,
    /// This tone string or address of a sound. Not empty.
    Sound(Cow<'a, str>),
}

impl Tone<'_> {
    pub(super) fn to_json(&self) -> WipedText {
        match self {
            Self::Default => "true".into(),
            Self::Off => "false".into(),
            Self::Sound(sound) => write::string(sound),
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

/// The field `profile`, which has two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProfileField<'a> {
    /// The settings themselves, from 4.2 on.
    Settings(Profile<'a>),
    /// The name of the settings, up to 4.1 and on the reference page.
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

/// Settings with which the media server runs a conference. The names of its fields have hyphens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile<'a>(pub(super) Object<'a>);

view!(Profile);

/// A conference document to be sent: new, or made from the server's document.
///
/// It is checked when a request is made of it, or by [`check`](Self::check).
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
/// # Ok::<(), ami_proto::EncodeError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Draft(pub(super) Fields);

/// Settings for participants who join as members, or as moderators: a part of a [`Draft`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SideDraft(pub(super) Fields);

/// Settings with which the media server runs a conference: a part of a [`Draft`]. Their ranges are
/// checked with the draft.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProfileDraft(pub(super) Fields);

macro_rules! draft {
    ($name:ident) => {
        impl $name {
            /// Creates an empty draft.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// Sets a field as JSON, whether the crate knows the field or not.
            #[must_use]
            pub fn field(mut self, name: &str, value: Json<'_>) -> Self {
                self.0.set(name, value.as_str());
                self
            }

            /// Returns the draft as JSON.
            #[must_use]
            pub fn to_json(&self) -> String {
                self.json().as_ref().to_owned()
            }

            pub(super) fn json(&self) -> WipedText {
                self.0.to_json()
            }
        }

        /// Shows the draft with PINs and passwords masked.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), " "))?;
                match Json::parse(&self.json()) {
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

impl Draft {
    /// Sets `profile` to the name of settings, as servers up to 4.1 and the reference page have it.
    /// From 4.2 on the name belongs in [`profile_name`](Self::profile_name).
    #[must_use]
    pub fn profile_text(mut self, name: &str) -> Self {
        self.0.set("profile", write::string(name));
        self
    }

    /// Checks the draft against the server's schema, as far as possible without the server: types,
    /// lengths, ranges and patterns.
    ///
    /// # Errors
    /// The first field that the server would refuse, and the reason.
    pub fn check(&self) -> Result<(), EncodeError> {
        validate::document(&self.json(), false)
    }
}

/// Copies the document without the fields that only the server writes: `_read_only` and `focus`,
/// and the realtime data that lists have at the top level.
impl From<&Conference<'_>> for Draft {
    fn from(conference: &Conference<'_>) -> Self {
        // If a name is repeated, its last value counts.
        let last: BTreeMap<&str, usize> = conference.0.iter().enumerate().map(|(at, (name, _))| (name, at)).collect();
        let kept = conference
            .0
            .iter()
            .enumerate()
            .filter(|(at, (name, _))| last.get(name) == Some(at) && !Realtime::is_field(name) && *name != "focus");
        let mut fields = Fields::default();
        kept.for_each(|(_, (name, value))| fields.set(name, value.as_str()));
        Self(fields)
    }
}
