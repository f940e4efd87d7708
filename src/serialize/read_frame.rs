//! Reads frames back from the objects that they are serialised as, and refuses what no decoder
//! could have given.

use alloc::string::{String, ToString as _};
use core::fmt;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use smallvec::SmallVec;

use super::frame::{Parts, follows_named};
use crate::error::{FrameError, Limit};
use crate::range::part;
use crate::wiped::{Wiped, append, reserve};
use crate::wire::{FrameKind, Framing, Limits, OwnedFrame, Scanner};

/// From what it is serialised as, within the defaults of [`Limits`].
///
/// # Errors
/// Where no decoder could have given such a frame.
impl<'de> Deserialize<'de> for OwnedFrame {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Limits::new().deserialize(deserializer)
    }
}

/// Reads an [`OwnedFrame`] within these limits.
impl<'de> DeserializeSeed<'de> for Limits {
    type Value = OwnedFrame;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<OwnedFrame, D::Error> {
        deserializer.deserialize_map(Object(self))
    }
}

/// The parts of a frame that an object has.
struct Found {
    limits: Limits,
    offset: u64,
    kind: Option<FrameKind>,
    name: Option<Wiped>,
    parts: Parts,
    /// Headers and lines.
    count: usize,
    bytes: Option<Wiped>,
}

impl Found {
    /// Returns the room that a frame has beside so many bytes.
    fn room(&self, held: usize) -> Room {
        let (frame, buffer) = (self.limits.max_frame(), self.limits.max_buffer());
        let (limit, max) = if buffer < frame { (Limit::Buffer, buffer) } else { (Limit::Frame, frame) };
        let over = FrameError { limit, max, offset: self.offset };
        Room { bytes: (max as usize).saturating_sub(held), over }
    }

    /// Notes one header or line more, and returns the room for it.
    fn next(&mut self) -> Result<Room, FrameError> {
        let max = self.limits.max_lines();
        self.count += 1;
        if self.count > max as usize {
            return Err(FrameError { limit: Limit::Lines, max, offset: self.offset });
        }
        Ok(self.room(self.parts.headers.len() + self.parts.lines.len()))
    }

    /// The frame that its bytes are, or headers and lines in their usual form.
    fn frame(self) -> Result<OwnedFrame, String> {
        let kind = self.kind.ok_or("a frame without `kind`")?;
        // Who has read it decides whether `Follows` runs to a marker.
        for follows in [true, false] {
            let usual = || self.parts.usual(kind, follows);
            let wire = self.bytes.clone().unwrap_or_else(usual);
            if self.offset.checked_add(wire.len() as u64).is_none() {
                return Err("an offset behind the end of any stream".into());
            }
            let framing = Framing::SERVER.banner(kind == FrameKind::Banner).follows(follows);
            if let Some(frame) = self.decoded(&wire, kind, framing).map_err(|error| error.to_string())? {
                return Ok(frame);
            }
        }
        Err("no frame has such kind, name, headers, lines and bytes together".into())
    }

    /// The frame that these bytes are, if it is the one that was told.
    fn decoded(&self, wire: &[u8], kind: FrameKind, framing: Framing) -> Result<Option<OwnedFrame>, FrameError> {
        let mut scanner = Scanner::new(self.limits).with_framing(framing);
        scanner.restart(self.offset);
        let Some(end) = scanner.scan(wire)?.filter(|end| end.range() == (0..wire.len())) else { return Ok(None) };
        let frame = scanner.frame(wire, end);
        let named = |name: &Wiped| frame.name().is_some_and(|found| *found.as_bytes() == name[..]);
        let told = frame.kind() == kind && self.name.as_ref().is_none_or(named) && Parts::of(frame) == self.parts;
        Ok(told.then(|| frame.to_owned()))
    }
}

/// Bytes that may still come, and the error if there are more.
#[derive(Clone, Copy)]
struct Room {
    bytes: usize,
    over: FrameError,
}

/// Keys that are read. `len` is not: the rest tells it.
const KEYS: [&str; 6] = ["offset", "kind", "name", "headers", "lines", "bytes"];

struct Object(Limits);

impl<'de> Visitor<'de> for Object {
    type Value = OwnedFrame;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the object of a frame")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OwnedFrame, A::Error> {
        let parts = Parts::default();
        let mut found = Found { limits: self.0, offset: 0, kind: None, name: None, parts, count: 0, bytes: None };
        let mut seen: SmallVec<[&str; KEYS.len()]> = SmallVec::new();
        let known = |key: &str| Ok::<_, &str>(KEYS.into_iter().find(|known| *known == key));
        while let Some(key) = map.next_key_seed(Text("a key", known))? {
            let Some(key) = key else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if seen.contains(&key) {
                return Err(A::Error::duplicate_field(key));
            }
            seen.push(key);
            match key {
                "offset" => found.offset = map.next_value()?,
                "kind" => found.kind = Some(map.next_value_seed(Text("the kind of a frame", kind))?),
                "name" => found.name = map.next_value_seed(Name(found.room(0)))?,
                "headers" => map.next_value_seed(Array(&mut found, Element::Header))?,
                "lines" => map.next_value_seed(Array(&mut found, Element::Line))?,
                _ => {
                    let (mut bytes, room) = (Wiped::default(), found.room(0));
                    map.next_value_seed(Bytes { into: &mut bytes, room })?;
                    found.bytes = Some(bytes);
                }
            }
        }
        found.frame().map_err(A::Error::custom)
    }
}

fn kind(word: &str) -> Result<FrameKind, &'static str> {
    use FrameKind::{Action, Banner, Event, Response, Text};
    let found = [Banner, Response, Event, Action, Text].into_iter().find(|kind| kind.as_str() == word);
    found.ok_or("a kind is `banner`, `response`, `event`, `action` or `text`")
}

/// A string, made into something by a function. The first is what is expected.
struct Text<F>(&'static str, F);

impl<'de, T, W: fmt::Display, F: FnOnce(&str) -> Result<T, W>> DeserializeSeed<'de> for Text<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, W: fmt::Display, F: FnOnce(&str) -> Result<T, W>> Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.1)(text).map_err(E::custom)
    }
}

/// Bytes as a [`Value`](crate::Value) is serialised, appended to what is there.
struct Bytes<'a> {
    into: &'a mut Wiped,
    room: Room,
}

impl Bytes<'_> {
    fn append(self, len: usize, bytes: impl Iterator<Item = Option<u8>>) -> Result<(), String> {
        if len > self.room.bytes {
            return Err(self.room.over.to_string());
        }
        reserve(self.into.vec(), len);
        for byte in bytes {
            self.into.vec().push(byte.ok_or("bytes in hexadecimal are pairs of digits")?);
        }
        Ok(())
    }

    fn hex(self, digits: &str) -> Result<(), String> {
        let digit = |digit: &u8| char::from(*digit).to_digit(16);
        let byte = |pair: &[u8]| match pair {
            [high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
            _ => None,
        };
        self.append(digits.len() / 2, digits.as_bytes().chunks(2).map(byte))
    }
}

impl<'de> DeserializeSeed<'de> for Bytes<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bytes<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, or an object with `hex` alone")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.append(text.len(), text.bytes().map(Some)).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        const EXPECTED: &str = "an object for bytes has `hex` alone";
        let hex = |key: &str| if key == "hex" { Ok(()) } else { Err(EXPECTED) };
        map.next_key_seed(Text("`hex`", hex))?.ok_or_else(|| A::Error::custom(EXPECTED))?;
        map.next_value_seed(Text("bytes in hexadecimal", |digits: &str| self.hex(digits)))?;
        map.next_key_seed(Text("the end", |_: &str| Err::<(), _>(EXPECTED))).map(|_| ())
    }
}

/// The name of a frame, or null.
struct Name(Room);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<Wiped>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Wiped>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Option<Wiped>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name or null")
    }

    fn visit_none<E: Error>(self) -> Result<Option<Wiped>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Wiped>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Wiped>, D::Error> {
        let mut name = Wiped::default();
        Bytes { into: &mut name, room: self.0 }.deserialize(deserializer)?;
        Ok(Some(name))
    }
}

/// The kind of an array's elements.
#[derive(Clone, Copy)]
enum Element {
    Line,
    Header,
}

/// An array of a frame's parts.
struct Array<'a>(&'a mut Found, Element);

impl<'de> DeserializeSeed<'de> for Array<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Array<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.1 {
            Element::Line => "an array of lines",
            Element::Header => "an array of headers",
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        loop {
            let found = &mut *self.0;
            let read = match self.1 {
                Element::Line => seq.next_element_seed(Line(found))?,
                Element::Header => seq.next_element_seed(Header(found))?,
            };
            if read.is_none() {
                return Ok(());
            }
        }
    }
}

/// A line of a frame.
struct Line<'a>(&'a mut Found);

impl<'de> DeserializeSeed<'de> for Line<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let room = self.0.next().map_err(D::Error::custom)?;
        let lines = &mut self.0.parts.lines;
        let start = lines.len();
        Bytes { into: lines, room }.deserialize(deserializer)?;
        refuse(part(lines, start..), b'\n', "a line has no line feed")?;
        append(lines.vec(), b"\n");
        Ok(())
    }
}

/// A name and its value.
struct Header<'a>(&'a mut Found);

impl<'de> DeserializeSeed<'de> for Header<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Header<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of a name and a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let room = self.0.next().map_err(A::Error::custom)?;
        let Parts { headers, follows, .. } = &mut self.0.parts;
        let missing = || A::Error::custom("a header is an array of a name and a value");
        let name = headers.len();
        seq.next_element_seed(Bytes { into: headers, room })?.ok_or_else(missing)?;
        refuse(part(headers, name..), b':', "the name of a header has no colon")?;
        let colon = headers.len();
        append(headers.vec(), b": ");
        let value = headers.len();
        let room = Room { bytes: room.bytes.saturating_sub(value - name), ..room };
        seq.next_element_seed(Bytes { into: headers, room })?.ok_or_else(missing)?;
        refuse(part(headers, name..), b'\n', "a header has no line feed")?;
        *follows |= follows_named(part(headers, name..colon), part(headers, value..));
        append(headers.vec(), b"\r\n");
        match seq.next_element::<IgnoredAny>()? {
            Some(_) => Err(missing()),
            None => Ok(()),
        }
    }
}

/// Refuses bytes that have this one.
fn refuse<E: Error>(bytes: &[u8], byte: u8, why: &str) -> Result<(), E> {
    if bytes.contains(&byte) { Err(E::custom(why)) } else { Ok(()) }
}
