//! Who is in which conference: `list`, `xml_list` and `json_list`, read into the same shape.
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
//! # What can't be told
//!
//! - The text has no quoting. A delimiter within a name does no harm, for the columns are counted
//!   from both ends; one within the number is taken for the name's. Ask with a delimiter that
//!   numbers don't have, such as `>,<`.
//! - A member on hold is shown without `hear`, `speak` and `talking`, whatever they had.
//! - The list of one conference has no header: its one [`Conference`] has no name. That of an empty
//!   conference is empty, as is that of a server without any.

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

/// A list.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct List<'a> {
    /// The conferences, in the server's order.
    pub conferences: Vec<Conference<'a>>,
    /// Lines that are neither a conference nor a member, each as it came.
    pub unread: Vec<Value<'a>>,
}

/// A conference.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Conference<'a> {
    /// Its name; `None` where the list is of one conference, and has no header.
    pub name: Option<Text<'a>>,
    /// How many members it says that it has; not counting ghosts.
    pub member_count: Option<u32>,
    /// How many of them don't count. Not in text.
    pub ghost_count: Option<u32>,
    /// Samples a second. Not before 1.2.
    pub rate: Option<u32>,
    /// Its unique id. Not in text.
    pub uuid: Option<Text<'a>>,
    /// For how many seconds it has been there. Not in text.
    pub run_time: Option<u64>,
    /// What is true of it: `locked`, `running`, `recording`, …
    pub flags: Vec<Text<'a>>,
    /// Its variables. Not in text, nor before 1.8.
    pub variables: Vec<(Text<'a>, Text<'a>)>,
    /// The members, in the server's order, which is the newest first.
    pub members: Vec<Member<'a>>,
    /// What is being recorded. Not in text.
    pub recordings: Vec<Recording<'a>>,
    /// What else is said of it.
    pub other: Vec<(Text<'a>, Text<'a>)>,
}

impl List<'_> {
    /// Parts of `json_list` and `xml_list` that are read where no other limit is given: 262,144, a
    /// list of some ten thousand members. More are an error: a few bytes of text can stand for a
    /// member, which takes some 300 in memory.
    pub const PARTS: usize = 1 << 18;
}

impl Conference<'_> {
    /// Whether this is true of it.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|name| name == flag)
    }

    /// Returns whether anything says that it is one: its name, or a member.
    fn is_told(&self) -> bool {
        self.name.is_some() || !self.members.is_empty()
    }
}

/// A member.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Member<'a> {
    /// Their number; the server counts all members of all conferences.
    pub id: u32,
    /// Their channel. In text alone.
    pub channel: Option<Text<'a>>,
    /// The unique id of their call leg.
    pub uuid: Option<Text<'a>>,
    /// The name that they showed.
    pub caller_name: Text<'a>,
    /// The number that they showed.
    pub caller_number: Text<'a>,
    /// What is true of them, in the text's words: `hear`, `speak`, `see`, `talking`, `hold`,
    /// `video`, `floor`, `vid-floor`, `moderator`, `ghost`, `res-id:…`, `role-id:…`; and what other
    /// lists say, in theirs.
    pub flags: Vec<Text<'a>>,
    /// How loud they are heard, from -4 to 4.
    pub volume_in: Option<i32>,
    /// How loud they hear, from -4 to 4.
    pub volume_out: Option<i32>,
    /// How loud the automatic gain control makes them. In text before 1.8 alone.
    pub agc_volume_in: Option<i32>,
    /// How loud they must be to be heard.
    pub energy: Option<i32>,
    /// For how many seconds they have been there. Not in text.
    pub join_time: Option<u64>,
    /// How many seconds ago they talked; `None` if they haven't. Not in text. JSON has 0 in place
    /// of none.
    pub last_talking: Option<u64>,
    /// What else is said of them.
    pub other: Vec<(Text<'a>, Text<'a>)>,
}

impl Member<'_> {
    /// Whether this is true of them.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|name| name == flag)
    }
}

/// A recording.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Recording<'a> {
    /// Into which file.
    pub file: Text<'a>,
    /// Whether it pauses.
    pub paused: bool,
    /// Since when, in seconds of Unix time.
    pub since: Option<u64>,
    /// What else is said of it.
    pub other: Vec<(Text<'a>, Text<'a>)>,
}

/// A name, or other text of a list: bytes, borrowed where nothing had to be decoded.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Text<'a>(Cow<'a, [u8]>);

impl<'a> Text<'a> {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The same, to be read as something else.
    pub fn value(&self) -> Value<'_> {
        Value::new(&self.0)
    }

    /// The text, as [`Value::as_str`] gives it.
    ///
    /// # Errors
    /// Where the bytes are no UTF-8.
    pub fn as_str(&self) -> Result<&str, Utf8Error> {
        self.value().as_str()
    }

    /// The text, with U+FFFD for what is no UTF-8.
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

/// One thing that `xml_list` or `json_list` says of a member: its name, and its value as text.
///
/// Both lists say the same in the same words, but for the flags, which are read here into the
/// text's words.
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
