//! JSON values kept as text: complete, parsed only on demand, with borrowed strings.

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
/// The types in Kazoo's messages vary: values from its message bus may be numbers or truth values
/// in strings. The getters accept both forms.
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
    /// If the text is not a single JSON value.
    pub fn parse(text: &'a str) -> Result<Self, JsonError> {
        let value: &RawValue = serde_json::from_str(text).map_err(|error| JsonError::new(&error))?;
        Ok(Self(value.get()))
    }

    /// Reads one JSON value from the bytes of a body.
    ///
    /// # Errors
    /// If the bytes are not JSON or not UTF-8.
    pub fn from_slice(bytes: &'a [u8]) -> Result<Self, JsonError> {
        let value: &RawValue = serde_json::from_slice(bytes).map_err(|error| JsonError::new(&error))?;
        Ok(Self(value.get()))
    }

    /// Returns the JSON text as it came.
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Returns whether the value is `null`.
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }

    /// Returns the content of a string, or a number as it is written. Borrowed if the string has no
    /// escapes.
    pub fn text(self) -> Option<Cow<'a, str>> {
        match self.0.as_bytes().first()? {
            b'"' => self.string(),
            b'-' | b'0'..=b'9' => Some(Cow::Borrowed(self.0)),
            _ => None,
        }
    }

    /// Returns the content of a string.
    pub(super) fn string(self) -> Option<Cow<'a, str>> {
        serde_json::from_str(self.0).ok().map(|Text(text)| text)
    }

    /// Returns the truth value, also from a string.
    pub fn to_bool(self) -> Option<bool> {
        match &*self.string().unwrap_or(Cow::Borrowed(self.0)) {
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// Returns the whole number, also from a string.
    pub fn to_i64(self) -> Option<i64> {
        self.text()?.parse().ok()
    }

    /// Returns the whole number if it is not negative, also from a string.
    pub fn to_u64(self) -> Option<u64> {
        self.text()?.parse().ok()
    }

    /// Returns the names and values of an object; `None` if the value is not an object.
    pub fn object(self) -> Option<Object<'a>> {
        serde_json::from_str(self.0).ok()
    }

    /// Returns the items of an array in order; `None` if the value is not an array.
    pub fn items(self) -> Option<Vec<Json<'a>>> {
        self.list()
    }

    /// Returns the items of an array, if each can be read as `T`.
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

/// Number of nested levels that `Debug` shows. Each level is parsed anew, so the work is at most
/// this many times the length of the text.
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

/// Shows the value with PINs, passwords and tokens masked by field name, and with the passwords of
/// URIs masked.
impl fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_to_depth(f, SHOWN)
    }
}

/// An object: all its names and the text of their values, in order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Object<'a> {
    fields: Vec<(Cow<'a, str>, Json<'a>)>,
}

impl<'a> Object<'a> {
    /// Reads a body that is one object.
    ///
    /// # Errors
    /// If the body is not JSON, not UTF-8, or not an object.
    pub fn from_slice(bytes: &'a [u8]) -> Result<Self, JsonError> {
        serde_json::from_slice(bytes).map_err(|error| JsonError::new(&error))
    }

    /// Returns the value of this name; the last one if the name is repeated, as most JSON parsers
    /// do.
    pub fn get(&self, name: &str) -> Option<Json<'a>> {
        self.fields.iter().rev().find(|(found, _)| found == name).map(|(_, value)| *value)
    }

    /// Returns the value of this name, ignoring case and treating `-` as `_`: Kazoo's message bus
    /// writes `Call-ID` for `call_id`.
    pub fn get_loose(&self, name: &str) -> Option<Json<'a>> {
        self.fields.iter().rev().find(|(found, _)| same_name(found, name)).map(|(_, value)| *value)
    }

    /// Yields names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Json<'a>)> {
        self.fields.iter().map(|(name, value)| (&**name, *value))
    }

    /// Returns the number of fields.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns whether the object has no fields.
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

/// Shows the object with PINs, passwords and tokens masked by field name.
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

/// Reads a field; `null` counts as missing.
pub(super) fn read<'a, T: FromJson<'a>>(json: Option<Json<'a>>, name: &'static str) -> Result<T, FieldError> {
    let json = json.filter(|json| !json.is_null()).ok_or(FieldError::missing(name))?;
    T::from_json(json).ok_or(FieldError::invalid(name, T::EXPECTED))
}

/// A type that a field can be read as.
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

/// A type that can be the item of an array.
pub(super) trait FromList<'a>: FromJson<'a> {}

/// Writes getters from rows: doc, method, name in the JSON if it differs, type.
macro_rules! getters {
    ($read:ident; $($(#[$meta:meta])* $method:ident = $name:literal: $type:ty;)+) => {$(
        $(#[$meta])*
        ///
        /// # Errors
        /// If the field is missing or has another type.
        pub fn $method(&self) -> Result<$type, $crate::kazoo::FieldError> {
            self.0.$read($name)
        }
    )+};
}
pub(super) use getters;

/// Writes the parts that every view of an object has.
macro_rules! view {
    ($name:ident) => {
        impl<'a> $name<'a> {
            /// Reads the object from the bytes of a body. Unknown fields are kept; see
            /// [`object`](Self::object).
            ///
            /// # Errors
            /// If the bytes are not JSON, not UTF-8, or not an object. An invalid field inside it
            /// is an error of that field's getter only.
            pub fn from_slice(bytes: &'a [u8]) -> Result<Self, $crate::kazoo::JsonError> {
                $crate::kazoo::Object::from_slice(bytes).map(Self)
            }

            /// Returns all fields in order, including those that the crate doesn't know.
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

// The serde part. Values are kept as raw JSON text, which only `serde_json` supports.

/// Works with `serde_json` only, from a slice or a string: the text is borrowed.
impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|value| Self(value.get()))
    }
}

/// Works with `serde_json` only: writes the text as it came in, including its secrets, to send or
/// store it. `Debug` masks them.
impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: &RawValue = serde_json::from_str(self.0).map_err(|_| S::Error::custom("not JSON"))?;
        value.serialize(serializer)
    }
}

/// Works with `serde_json` only, from a slice or a string: the text is borrowed.
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
                // Objects in a long list may be many and small.
                fields.shrink_to_fit();
                Ok(Object { fields })
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// Works with `serde_json` only: writes the values' text as it came in, including its secrets, to
/// send or store it. `Debug` masks them.
impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for (name, value) in &self.fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A string, borrowed if possible.
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

/// The items of an array, each converted while it is parsed, without an intermediate list.
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
