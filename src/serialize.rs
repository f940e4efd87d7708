//! `Serialize` for what comes off the wire: the same objects that `ami inspect` prints as JSON.
//!
//! | what | form |
//! |---|---|
//! | [`Value`] | a string; what is no UTF-8 as `{"hex": "ff"}`, since AMI promises no charset |
//! | [`Frame`], [`OwnedFrame`] | `{"offset", "len", "kind", "name", "headers": [[name, value], …], "lines": […]}` |
//! | [`Event`], [`Described`] | `{"type", "fields": {…}, "uncovered": [name, …], "invalid": [{"header", "value"}, …]}` |
//!
//! The keys of `fields` are those of [`Field::key`](crate::catalogue::Field::key): `cause`,
//! `dest_channel`. Numbers and truth values are such; all else is a [`Value`]. A field that repeats
//! is an array; a numbered or keyed one is an array of pairs, and so is `rest`. An event that the
//! crate doesn't know has the type `Other` and all of its own headers in `rest`.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use crate::catalogue::Datum;
use crate::describe::{Content, Described, describe};
use crate::event::Event;
use crate::redact::{WithSecrets, mask_line, mask_value};
use crate::wire::{Frame, OwnedFrame, Value};

/// A value that may be masked.
struct Masked<'a>(Cow<'a, [u8]>);

impl Serialize for Masked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::new(&self.0).serialize(serializer)
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Ok(text) = self.as_str() {
            return serializer.serialize_str(text);
        }
        let mut hex = serializer.serialize_map(Some(1))?;
        hex.serialize_entry("hex", &Hex(self.as_bytes()))?;
        hex.end()
    }
}

/// Bytes in hexadecimal.
struct Hex<'a>(&'a [u8]);

impl core::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A sequence that can be serialised as often as its iterator can be cloned.
struct Seq<I>(I);

impl<I: Iterator<Item: Serialize> + Clone> Serialize for Seq<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

fn frame<S: Serializer>(frame: Frame<'_>, show: bool, serializer: S) -> Result<S::Ok, S::Error> {
    let headers = frame.headers().map(|header| {
        let value = if show { Cow::Borrowed(header.value().as_bytes()) } else { mask_value(frame, header) };
        (Value::new(header.name()), Masked(value))
    });
    let lines = frame.lines();
    let lines = lines.map(|line| Masked(if show { Cow::Borrowed(line.as_bytes()) } else { mask_line(frame, line) }));
    let mut object = serializer.serialize_struct("Frame", 6)?;
    object.serialize_field("offset", &frame.offset())?;
    object.serialize_field("len", &frame.as_bytes().len())?;
    object.serialize_field("kind", frame.kind().as_str())?;
    object.serialize_field("name", &frame.name())?;
    object.serialize_field("headers", &Seq(headers))?;
    object.serialize_field("lines", &Seq(lines))?;
    object.end()
}

/// Secrets are masked as `***`.
impl Serialize for Frame<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        frame(*self, false, serializer)
    }
}

/// Secrets are masked as `***`.
impl Serialize for OwnedFrame {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        frame(self.view(), false, serializer)
    }
}

impl Serialize for WithSecrets<Frame<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        frame(self.0, true, serializer)
    }
}

impl Serialize for WithSecrets<&OwnedFrame> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        frame(self.0.view(), true, serializer)
    }
}

fn described(event: Event<'_>) -> Described<'_> {
    describe(event.frame()).unwrap_or_else(|| Described::other(event.frame()))
}

/// Secrets are masked as `***`.
impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        described(*self).serialize(serializer)
    }
}

impl Serialize for WithSecrets<Event<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        described(self.0).with_secrets().serialize(serializer)
    }
}

/// Secrets are masked as `***`, unless [`Described::with_secrets`] has been asked for.
impl Serialize for Described<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Described", 4)?;
        object.serialize_field("type", self.type_name())?;
        object.serialize_field("fields", &Fields(self))?;
        object.serialize_field("uncovered", &self.uncovered().collect::<Vec<_>>())?;
        let invalid = self.invalid().map(|found| Invalid { header: found.header, value: found.value });
        object.serialize_field("invalid", &invalid.collect::<Vec<_>>())?;
        object.end()
    }
}

struct Fields<'a, 'buf>(&'a Described<'buf>);

impl Serialize for Fields<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.fields())
    }
}

struct Invalid<'buf> {
    header: Value<'buf>,
    value: Value<'buf>,
}

impl Serialize for Invalid<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Invalid", 2)?;
        object.serialize_field("header", &self.header)?;
        object.serialize_field("value", &self.value)?;
        object.end()
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(datum) => datum.serialize(serializer),
            Self::Many(data) => serializer.collect_seq(data),
            Self::Named(data) => serializer.collect_seq(data),
        }
    }
}

impl Serialize for Datum<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(value) => value.serialize(serializer),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Uint(number) => serializer.serialize_u64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
        }
    }
}
