//! Reads `json_list`: an array of conferences.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Conference, List, Member, Recording, Text, flag};

/// Reports that the text is not JSON, is not a list, or has more parts than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    line: usize,
    column: usize,
    /// The limit on parts, if it was exceeded.
    parts: Option<usize>,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts {
            None => f.write_str("no list of conferences in JSON")?,
            Some(most) => write!(f, "a list of conferences with more than {most} objects, arrays and values in them")?,
        }
        write!(f, ", at line {} column {}", self.line, self.column)
    }
}

impl core::error::Error for JsonError {}

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        Self { line: error.line(), column: error.column(), parts: None }
    }
}

impl<'a> List<'a> {
    /// Reads `json_list`, compact or not.
    ///
    /// The server passes on bytes that are not UTF-8, which JSON forbids: convert such a body with
    /// [`String::from_utf8_lossy`] first. Members that are an empty object, which the server writes
    /// for some non-callers, are omitted.
    ///
    /// # Errors
    /// If the text is not JSON, or not an array of conferences, each with a name or members; or if
    /// it has more objects, arrays and values in them than [`PARTS`](Self::PARTS).
    ///
    /// ```
    /// use ami_proto::freeswitch::list::List;
    ///
    /// let list = List::from_json(r#"[{"conference_name":"3000","locked":true,"members":[{"type":"caller","id":7}]}]"#)?;
    /// assert!(list.conferences[0].has("locked"));
    /// assert_eq!(list.conferences[0].members[0].id, 7);
    /// # Ok::<(), ami_proto::freeswitch::list::JsonError>(())
    /// ```
    pub fn from_json(text: &'a str) -> Result<Self, JsonError> {
        Self::from_json_within(text, Self::PARTS)
    }

    /// Reads `json_list` of at most `parts` objects, arrays and values in them, see
    /// [`from_json`](Self::from_json). Each takes up to some 300 bytes of memory in addition to its
    /// text.
    ///
    /// # Errors
    /// The errors of [`from_json`](Self::from_json), with this limit.
    pub fn from_json_within(text: &'a str, parts: usize) -> Result<Self, JsonError> {
        let (line, column) = check(text.as_bytes(), parts)?;
        let conferences: Vec<Object<'a>> = serde_json::from_str(text)?;
        let conferences = conferences.into_iter().map(conference).collect::<Result<Vec<_>, JsonError>>()?;
        if !conferences.iter().all(Conference::is_told) {
            return Err(JsonError { line, column, parts: None });
        }
        Ok(Self { conferences, unread: Vec::new() })
    }
}

/// Counts the parts of a text: the starts of objects and arrays, and the separators between values.
/// Fails at the first excess part, and returns the line and column of the end.
fn check(text: &[u8], most: usize) -> Result<(usize, usize), JsonError> {
    let (mut parts, mut line, mut line_start) = (0, 1, 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'\n' => (line, line_start) = (line + 1, at + 1),
            b'{' | b'[' | b',' if !quoted => {
                parts += 1;
                if parts > most {
                    return Err(JsonError { line, column: at + 1 - line_start, parts: Some(most) });
                }
            }
            _ => {}
        }
    }
    Ok((line, text.len() - line_start))
}

fn conference(object: Object<'_>) -> Result<Conference<'_>, JsonError> {
    let mut conference = Conference::default();
    for (name, value) in object.0 {
        match &*name {
            "variables" => {
                let variables: Object<'_> = serde_json::from_str(value.get())?;
                let variables = variables.0.into_iter().map(|(name, value)| (Text::of_text(name), text(value)));
                conference.variables = variables.collect();
            }
            "members" => {
                let members: Vec<&RawValue> = serde_json::from_str(value.get())?;
                for object in members {
                    member(&mut conference, object);
                }
            }
            _ => conference.field(Text::of_text(name), text(value)),
        }
    }
    Ok(conference)
}

/// Adds a member or a recording; the server writes `{}` for some entries that are neither.
fn member<'a>(conference: &mut Conference<'a>, object: &'a RawValue) {
    let Ok(Object(fields)) = serde_json::from_str::<Object<'a>>(object.get()) else {
        return conference.other.push((Text::borrowed(b"members"), text(object)));
    };
    let of_type = |wanted: &str| fields.iter().any(|(name, value)| name == "type" && text(value) == wanted);
    if of_type("recording_node") {
        let mut recording = Recording::default();
        for (name, value) in fields.into_iter().filter(|(name, _)| name != "type") {
            recording.field(Text::of_text(name), text(value));
        }
        conference.recordings.push(recording);
    } else if !fields.is_empty() {
        let caller = of_type("caller");
        let mut member = Member::default();
        for (name, value) in fields {
            match &*name {
                "type" if caller => {}
                "flags" => {
                    let flags = serde_json::from_str::<Object<'a>>(value.get()).map_or(Vec::new(), |flags| flags.0);
                    for (name, value) in flags {
                        flag(&mut member.flags, &mut member.other, Text::of_text(name), text(value));
                    }
                }
                _ => member.field(Text::of_text(name), text(value)),
            }
        }
        conference.members.push(member);
    }
}

/// Returns the content of a string, or the JSON text of another value.
fn text(value: &RawValue) -> Text<'_> {
    match serde_json::from_str::<Quoted<'_>>(value.get()) {
        Ok(Quoted(text)) => Text::of_text(text),
        Err(_) => Text::borrowed(value.get().as_bytes()),
    }
}

/// A string, borrowed if it has no escapes.
struct Quoted<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Quoted<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(String::from(text)))
            }
        }
        deserializer.deserialize_str(Read).map(Quoted)
    }
}

/// The pairs of an object, in order, with repeated names.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some((Quoted(name), value)) = map.next_entry()? {
                    pairs.push((name, value));
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Read).map(Object)
    }
}
