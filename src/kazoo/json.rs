//! JSON kept as its text: nothing is lost, nothing is parsed until it is asked for, strings are
//! borrowed.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::error::{FieldError, JsonError};
use crate::redact::{is_secret_name, mask_uris};

/// The JSON text of one value, borrowed from the body that it came in.
///
/// Types of Kazoo's messages are loose: what passed through its message bus may have numbers and
/// truth values as strings. The getters take both.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// The text, if it is one value of JSON.
    ///
    /// ```
    /// use ami_proto::kazoo::Json;
    ///
    /// let json = Json::parse(r#" {"max": "20"} "#)?;
    /// assert_eq!(json.as_str(), r#"{"max": "20"}"#);
    /// assert_eq!(json.object().unwrap().get("max").unwrap().to_u64(), Some(20));
    /// # Ok::<(), ami_proto::kazoo::JsonError>(())
    /// ```
    ///
    /// # Errors
    /// Where it is not.
    pub fn parse(text: &'a str) -> Result<Self, JsonError> {
        let value: &RawValue = serde_json::from_str(text).map_err(|error| JsonError::new(&error))?;
        Ok(Self(value.get()))
    }

    /// The same of a body's bytes.
    ///
    /// # Errors
    /// Where they are not JSON, or not UTF-8.
    pub fn from_slice(bytes: &'a [u8]) -> Result<Self, JsonError> {
        let value: &RawValue = serde_json::from_slice(bytes).map_err(|error| JsonError::new(&error))?;
        Ok(Self(value.get()))
    }

    /// The JSON text, as it came.
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// The text that a string holds, or a number as it is written. Borrowed where nothing is
    /// escaped.
    pub fn text(self) -> Option<Cow<'a, str>> {
        match self.0.as_bytes().first()? {
            b'"' => self.string(),
            b'-' | b'0'..=b'9' => Some(Cow::Borrowed(self.0)),
            _ => None,
        }
    }

    /// The text that a string holds.
    pub(super) fn string(self) -> Option<Cow<'a, str>> {
        serde_json::from_str(self.0).ok().map(|Text(text)| text)
    }

    /// The truth value, also where it stands in a string.
    pub fn to_bool(self) -> Option<bool> {
        match &*self.string().unwrap_or(Cow::Borrowed(self.0)) {
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// The whole number, also where it stands in a string.
    pub fn to_i64(self) -> Option<i64> {
        self.text()?.parse().ok()
    }

    /// The same where it can't be negative.
    pub fn to_u64(self) -> Option<u64> {
        self.text()?.parse().ok()
    }

    /// Names and values, if it is an object.
    pub fn object(self) -> Option<Object<'a>> {
        serde_json::from_str(self.0).ok()
    }

    /// The values, in order, if it is an array.
    pub fn items(self) -> Option<Vec<Json<'a>>> {
        self.list()
    }

    /// The items of an array, if each is such a thing.
    fn list<T: FromJson<'a>>(self) -> Option<Vec<T>> {
        serde_json::from_str(self.0).ok().map(|Items(items)| items)
    }

    fn fmt_to_depth(self, f: &mut fmt::Formatter<'_>, depth: u8) -> fmt::Result {
        let deeper = |json| Shown { json, depth: depth.saturating_sub(1) };
        match self.0.as_bytes().first() {
            Some(b'{' | b'[') if depth == 0 => f.write_str("…"),
            Some(b'{') => {
                let object = self.object().unwrap_or_default();
                let shown = object.fields.iter().map(|(name, value)| (name, value, is_secret_name(name.as_bytes())));
                let mut map = f.debug_map();
                for (name, value, secret) in shown {
                    if secret {
                        map.entry(name, &format_args!("***"))
                    } else {
                        map.entry(name, &deeper(*value))
                    };
                }
                map.finish()
            }
            Some(b'[') => f.debug_list().entries(self.items().unwrap_or_default().into_iter().map(deeper)).finish(),
            _ => match self.string().as_deref().map(|text| mask_uris(text.as_bytes())) {
                Some(Cow::Owned(masked)) => write!(f, "{:?}", String::from_utf8_lossy(&masked)),
                _ => f.write_str(self.0),
            },
        }
    }
}

/// Levels that `Debug` shows. Each is read anew, so that the work is bounded by so many times the
/// text.
const SHOWN: u8 = 8;

struct Shown<'a> {
    json: Json<'a>,
    depth: u8,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.json.fmt_to_depth(f, self.depth)
    }
}

/// PINs, passwords and tokens are masked, by name, and the passwords of URIs.
impl fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_to_depth(f, SHOWN)
    }
}

/// An object: its names and the text of their values, in order, nothing left out.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Object<'a> {
    fields: Vec<(Cow<'a, str>, Json<'a>)>,
}

impl<'a> Object<'a> {
    /// The object that a body is.
    ///
    /// # Errors
    /// Where it is not JSON, not UTF-8, or no object.
    pub fn from_slice(bytes: &'a [u8]) -> Result<Self, JsonError> {
        serde_json::from_slice(bytes).map_err(|error| JsonError::new(&error))
    }

    /// The value of this name; the last, where there are more, as most readers of JSON have it.
    pub fn get(&self, name: &str) -> Option<Json<'a>> {
        self.fields.iter().rev().find(|(found, _)| found == name).map(|(_, value)| *value)
    }

    /// The same, whatever the case, and with `-` for `_`: Kazoo's message bus writes `Call-ID` for
    /// `call_id`.
    pub fn get_loose(&self, name: &str) -> Option<Json<'a>> {
        self.fields.iter().rev().find(|(found, _)| same_name(found, name)).map(|(_, value)| *value)
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Json<'a>)> {
        self.fields.iter().map(|(name, value)| (&**name, *value))
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(super) fn read<T: FromJson<'a>>(&self, name: &'static str) -> Result<T, FieldError> {
        read(self.get(name), name)
    }

    pub(super) fn read_loose<T: FromJson<'a>>(&self, name: &'static str) -> Result<T, FieldError> {
        read(self.get_loose(name), name)
    }
}

/// PINs, passwords and tokens are masked, by name.
impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in &self.fields {
            if is_secret_name(name.as_bytes()) {
                map.entry(name, &format_args!("***"))
            } else {
                map.entry(name, value)
            };
        }
        map.finish()
    }
}

fn same_name(a: &str, b: &str) -> bool {
    let fold = |byte: u8| if byte == b'-' { b'_' } else { byte.to_ascii_lowercase() };
    a.len() == b.len() && a.bytes().map(fold).eq(b.bytes().map(fold))
}

/// Reads a field: `null` is no value.
pub(super) fn read<'a, T: FromJson<'a>>(json: Option<Json<'a>>, name: &'static str) -> Result<T, FieldError> {
    let json = json.filter(|json| !json.is_null()).ok_or(FieldError::missing(name))?;
    T::from_json(json).ok_or(FieldError::invalid(name, T::EXPECTED))
}

/// What a field can be read as.
pub(super) trait FromJson<'a>: Sized {
    const EXPECTED: &'static str;

    fn from_json(json: Json<'a>) -> Option<Self>;
}

macro_rules! from_json {
    ($($type:ty, $expected:literal, $read:expr;)+) => {$(
        impl<'a> FromJson<'a> for $type {
            const EXPECTED: &'static str = $expected;

            fn from_json(json: Json<'a>) -> Option<Self> {
                let read: fn(Json<'a>) -> Option<Self> = $read;
                read(json)
            }
        }
    )+};
}

from_json! {
    Json<'a>, "a value", Some;
    Cow<'a, str>, "a text", Json::text;
    bool, "true or false", Json::to_bool;
    i64, "a whole number", Json::to_i64;
    u64, "a whole number from 0", Json::to_u64;
    u32, "a whole number from 0 to 4294967295", |json| json.to_u64()?.try_into().ok();
    Duration, "a number of seconds from 0", |json| json.to_u64().map(Duration::from_secs);
    Object<'a>, "an object", Json::object;
    Vec<Json<'a>>, "an array", Json::items;
    Vec<Cow<'a, str>>, "an array of texts", Json::list;
}

impl<'a, T: FromList<'a>> FromJson<'a> for Vec<T> {
    const EXPECTED: &'static str = "an array of objects";

    fn from_json(json: Json<'a>) -> Option<Self> {
        json.list()
    }
}

/// What stands in arrays.
pub(super) trait FromList<'a>: FromJson<'a> {}

/// Writes getters: the doc, the method, the name on the wire if it is another, the type.
macro_rules! getters {
    ($read:ident; $($(#[$meta:meta])* $method:ident = $name:literal: $type:ty;)+) => {$(
        $(#[$meta])*
        ///
        /// # Errors
        /// When it is missing, or is something else.
        pub fn $method(&self) -> Result<$type, $crate::kazoo::FieldError> {
            self.0.$read($name)
        }
    )+};
}
pub(super) use getters;

/// What every view of an object has.
macro_rules! view {
    ($name:ident) => {
        impl<'a> $name<'a> {
            /// Reads it from a body's bytes. Unknown fields are kept; see [`object`](Self::object).
            ///
            /// # Errors
            /// Where they are not JSON, not UTF-8, or no object. What is odd inside is an error of
            /// its getter alone.
            pub fn from_slice(bytes: &'a [u8]) -> Result<Self, $crate::kazoo::JsonError> {
                $crate::kazoo::Object::from_slice(bytes).map(Self)
            }

            /// All fields, known or not, in order.
            pub const fn object(&self) -> &$crate::kazoo::Object<'a> {
                &self.0
            }
        }

        impl<'a> From<$crate::kazoo::Object<'a>> for $name<'a> {
            fn from(object: $crate::kazoo::Object<'a>) -> Self {
                Self(object)
            }
        }

        impl<'a> $crate::kazoo::json::FromJson<'a> for $name<'a> {
            const EXPECTED: &'static str = "an object";

            fn from_json(json: $crate::kazoo::Json<'a>) -> Option<Self> {
                json.object().map(Self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name<'de> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::kazoo::Object::deserialize(deserializer).map(Self)
            }
        }

        impl serde::Serialize for $name<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }
    };
}
pub(super) use view;

// serde. Values are kept as text, which is a thing that serde_json alone can do.

/// With `serde_json` alone, from a slice or a string: the text is borrowed.
impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|value| Self(value.get()))
    }
}

/// With `serde_json` alone: the text goes out as it came in, with its secrets, to be sent or kept.
/// `Debug` masks them.
impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: &RawValue = serde_json::from_str(self.0).map_err(|_| S::Error::custom("not JSON"))?;
        value.serialize(serializer)
    }
}

/// With `serde_json` alone, from a slice or a string: the text is borrowed.
impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(Text(name)) = map.next_key()? {
                    fields.push((name, map.next_value()?));
                }
                // A list may have many of few fields.
                fields.shrink_to_fit();
                Ok(Object { fields })
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// With `serde_json` alone: the values' text goes out as it came in, with its secrets, to be sent or
/// kept. `Debug` masks them.
impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for (name, value) in &self.fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A string, borrowed where it can be.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;

        impl<'de> Visitor<'de> for Borrow {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.into())))
            }
        }

        deserializer.deserialize_str(Borrow)
    }
}

/// The items of an array, each read as it is met: there is never a second list of them.
struct Items<T>(Vec<T>);

impl<'de, T: FromJson<'de>> Deserialize<'de> for Items<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements<T>(PhantomData<T>);

        impl<'de, T: FromJson<'de>> Visitor<'de> for Elements<T> {
            type Value = Items<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(T::from_json(item).ok_or_else(|| A::Error::custom(T::EXPECTED))?);
                }
                Ok(Items(items))
            }
        }

        deserializer.deserialize_seq(Elements(PhantomData))
    }
}
