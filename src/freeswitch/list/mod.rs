//! Lists of conferences and members: `list`, `xml_list` and `json_list`, read into one form.
//!
//! ```
//! use ami_proto::freeswitch::list::{Conference, List, Format};
//!
//! let text = b"+OK Conference 3000 (1 member rate: 8000 flags: running|answered)\n\
//!     7;sofia/internal/1001;1ba2e4d8-731b-496c-9471-d1a356b7406e;Bob; Semi;1001;hear|speak|floor;0;0;100\n";
//! let list = List::parse(text, &Format::new());
//! let conference = &list.conferences[0];
//! assert_eq!(conference.name.as_ref().unwrap(), "3000");
//! let member = &conference.members[0];
//! assert_eq!((member.id, member.has("floor")), (7, true));
//! assert_eq!(member.caller_name, "Bob; Semi");
//! ```
//!
//! # Limits of the text list
//!
//! - The text has no quoting. A delimiter within a name does no harm, because columns are counted
//!   from both ends; a delimiter within the number is read as the name's. Request the list with a
//!   delimiter that numbers don't contain, such as `>,<`.
//! - A member on hold is shown without `hear`, `speak` and `talking`, regardless of its state.
//! - The list of one conference has no header: its only [`Conference`] has no name. The list of an
//!   empty conference is empty, like that of a server without conferences.

mod json;
mod text;
#[cfg(feature = "xml")]
mod xml;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::Utf8Error;

#[cfg(feature = "xml")]
pub use super::xml::XmlError;
use crate::wire::Value;
pub use json::JsonError;
pub use text::Format;

/// A list of conferences.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct List<'a> {
    /// The conferences, in the server's order.
    pub conferences: Vec<Conference<'a>>,
    /// Lines that are neither a conference nor a member, each as it came.
    pub unread: Vec<Value<'a>>,
}

/// A conference of a list.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Conference<'a> {
    /// The conference's name; `None` in the text list of one conference, which has no header.
    pub name: Option<Text<'a>>,
    /// Number of members that the server reports, without ghosts.
    pub member_count: Option<u32>,
    /// Number of ghosts, which are not counted as members. Not in the text list.
    pub ghost_count: Option<u32>,
    /// Samples per second. From 1.2 on.
    pub rate: Option<u32>,
    /// The conference's unique id. Not in the text list.
    pub uuid: Option<Text<'a>>,
    /// Seconds since the conference began. Not in the text list.
    pub run_time: Option<u64>,
    /// The flags that are set: `locked`, `running`, `recording`, …
    pub flags: Vec<Text<'a>>,
    /// The conference's variables. From 1.8 on; not in the text list.
    pub variables: Vec<(Text<'a>, Text<'a>)>,
    /// The members, in the server's order: the newest first.
    pub members: Vec<Member<'a>>,
    /// The recordings. Not in the text list.
    pub recordings: Vec<Recording<'a>>,
    /// All other properties of the conference.
    pub other: Vec<(Text<'a>, Text<'a>)>,
}

impl List<'_> {
    /// Default limit on the parts of `json_list` and `xml_list`: 262,144, a list of some ten
    /// thousand members. More parts are an error: a few bytes of text can describe a member, which
    /// takes some 300 bytes of memory.
    pub const PARTS: usize = 1 << 18;
}

impl Conference<'_> {
    /// Returns whether this flag is set.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|name| name == flag)
    }

    /// Returns whether the list shows that this is a conference: by its name, or by a member.
    fn is_told(&self) -> bool {
        self.name.is_some() || !self.members.is_empty()
    }
}

/// A member of a conference.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Member<'a> {
    /// The member's number; the server counts members across all its conferences.
    pub id: u32,
    /// The member's channel. In the text list only.
    pub channel: Option<Text<'a>>,
    /// The unique id of the member's call leg.
    pub uuid: Option<Text<'a>>,
    /// The member's caller name.
    pub caller_name: Text<'a>,
    /// The member's caller number.
    pub caller_number: Text<'a>,
    /// The flags that are set, in the words of the text list: `hear`, `speak`, `see`, `talking`,
    /// `hold`, `video`, `floor`, `vid-floor`, `moderator`, `ghost`, `res-id:…`, `role-id:…`;
    /// further flags of the other lists keep their own words.
    pub flags: Vec<Text<'a>>,
    /// Volume of the member's voice for the others, from -4 to 4.
    pub volume_in: Option<i32>,
    /// Volume of the conference for the member, from -4 to 4.
    pub volume_out: Option<i32>,
    /// Volume set by the automatic gain control. In the text list before 1.8 only.
    pub agc_volume_in: Option<i32>,
    /// Energy level: how loud the member must be to be heard.
    pub energy: Option<i32>,
    /// Seconds since the member joined. Not in the text list.
    pub join_time: Option<u64>,
    /// Seconds since the member last talked; `None` if they haven't talked. Not in the text list.
    /// JSON has 0 for a member who hasn't talked.
    pub last_talking: Option<u64>,
    /// All other properties of the member.
    pub other: Vec<(Text<'a>, Text<'a>)>,
}

impl Member<'_> {
    /// Returns whether this flag is set.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|name| name == flag)
    }
}

/// A recording of a conference.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Recording<'a> {
    /// The file.
    pub file: Text<'a>,
    /// `true` if the recording is paused.
    pub paused: bool,
    /// Start of the recording, in seconds of Unix time.
    pub since: Option<u64>,
    /// All other properties of the recording.
    pub other: Vec<(Text<'a>, Text<'a>)>,
}

/// A name or other text of a list: bytes, borrowed if nothing had to be decoded.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Text<'a>(Cow<'a, [u8]>);

impl<'a> Text<'a> {
    /// Returns the decoded bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the text as a [`Value`], which can be parsed.
    pub fn value(&self) -> Value<'_> {
        Value::new(&self.0)
    }

    /// Returns the text as UTF-8, like [`Value::as_str`].
    ///
    /// # Errors
    /// If the bytes are not UTF-8.
    pub fn as_str(&self) -> Result<&str, Utf8Error> {
        self.value().as_str()
    }

    /// Returns the text, with U+FFFD for bytes that are not UTF-8.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        self.value().to_str_lossy()
    }

    pub(super) const fn borrowed(bytes: &'a [u8]) -> Self {
        Self(Cow::Borrowed(bytes))
    }

    pub(super) fn of_text(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self(Cow::Borrowed(text.as_bytes())),
            Cow::Owned(text) => Self(Cow::Owned(text.into_bytes())),
        }
    }

    #[cfg(feature = "xml")]
    pub(super) const fn owned(bytes: Vec<u8>) -> Self {
        Self(Cow::Owned(bytes))
    }

    fn parse<T: core::str::FromStr>(&self) -> Option<T> {
        crate::freeswitch::number(&self.0)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other.as_bytes()
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == *other.as_bytes()
    }
}

/// Adds a property of a member from `xml_list` or `json_list`: its name, and its value as text.
///
/// Both lists use the same words, except for the flags, which are converted into the words of the
/// text list.
fn flag<'a>(flags: &mut Vec<Text<'a>>, other: &mut Vec<(Text<'a>, Text<'a>)>, name: Text<'a>, value: Text<'a>) {
    const WORDS: [(&str, &str); 7] = [
        ("can_hear", "hear"),
        ("can_see", "see"),
        ("can_speak", "speak"),
        ("has_video", "video"),
        ("has_floor", "floor"),
        ("is_moderator", "moderator"),
        ("is_ghost", "ghost"),
    ];
    let word = WORDS.iter().find(|(long, _)| name == *long);
    match value.as_bytes() {
        b"true" => flags.push(word.map_or(name, |(_, word)| Text::borrowed(word.as_bytes()))),
        b"false" => {}
        _ => other.push((name, value)),
    }
}

impl<'a> Member<'a> {
    fn field(&mut self, name: Text<'a>, value: Text<'a>) {
        match name.as_bytes() {
            b"id" => self.id = value.parse().unwrap_or_default(),
            b"uuid" => self.uuid = Some(value),
            b"caller_id_name" => self.caller_name = value,
            b"caller_id_number" => self.caller_number = value,
            b"join_time" => self.join_time = value.parse(),
            b"last_talking" => self.last_talking = value.parse(),
            b"energy" => self.energy = value.parse(),
            b"volume_in" => self.volume_in = value.parse(),
            b"volume_out" => self.volume_out = value.parse(),
            _ => self.other.push((name, value)),
        }
    }
}

impl<'a> Recording<'a> {
    fn field(&mut self, name: Text<'a>, value: Text<'a>) {
        match name.as_bytes() {
            b"record_path" => self.file = value,
            b"status" => self.paused = value == "paused",
            b"join_time" => self.since = value.parse(),
            _ => self.other.push((name, value)),
        }
    }
}

impl<'a> Conference<'a> {
    fn field(&mut self, name: Text<'a>, value: Text<'a>) {
        match name.as_bytes() {
            b"name" | b"conference_name" => self.name = Some(value),
            b"member-count" | b"member_count" => self.member_count = value.parse(),
            b"ghost-count" | b"ghost_count" => self.ghost_count = value.parse(),
            b"rate" => self.rate = value.parse(),
            b"uuid" | b"conference_uuid" => self.uuid = Some(value),
            b"run_time" => self.run_time = value.parse(),
            _ => flag(&mut self.flags, &mut self.other, name, value),
        }
    }
}
