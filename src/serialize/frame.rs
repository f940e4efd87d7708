//! Frames as objects, and the usual form of their bytes, from which they are read back.

use alloc::borrow::Cow;
use serde::{Serialize, Serializer};

use super::{Secretive, Secrets, Seq, as_words, masked};
use crate::redact::{mask_line, mask_uris, mask_value};
use crate::wiped::{Wiped, append};
use crate::wire::{END_OF_COMMAND, Frame, FrameKind, OwnedFrame, Value, is_follows};

masked! { Frame<'_>, OwnedFrame, }

as_words! { FrameKind, }

impl Secretive for Frame<'_> {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        write(*self, secrets, None, serializer)
    }
}

impl Secretive for OwnedFrame {
    fn write<S: Serializer>(&self, secrets: Secrets, serializer: S) -> Result<S::Ok, S::Error> {
        let frame = self.view();
        let told = Parts::of(frame).usual(frame.kind(), true)[..] == *frame.as_bytes();
        let shown = secrets == Secrets::Shown || !hides(frame);
        let bytes = (!told && shown).then_some(Value::new(frame.as_bytes()));
        write(frame, secrets, bytes, serializer)
    }
}

fn write<S: Serializer>(
    frame: Frame<'_>,
    secrets: Secrets,
    bytes: Option<Value<'_>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeStruct as _;
    let shown = secrets == Secrets::Shown;
    let headers = frame.headers().map(|header| {
        let value = if shown { Cow::Borrowed(header.value().as_bytes()) } else { mask_value(frame, header) };
        (Value::new(header.name()), Text(value))
    });
    let lines = frame.lines();
    let lines = lines.map(|line| Text(if shown { Cow::Borrowed(line.as_bytes()) } else { mask_line(frame, line) }));
    let name = frame.name().map(Value::as_bytes);
    let name = name.map(|name| Text(if shown { Cow::Borrowed(name) } else { mask_uris(name) }));
    let mut object = serializer.serialize_struct("Frame", 6 + usize::from(bytes.is_some()))?;
    object.serialize_field("offset", &frame.offset())?;
    object.serialize_field("len", &frame.as_bytes().len())?;
    object.serialize_field("kind", &frame.kind())?;
    object.serialize_field("name", &name)?;
    object.serialize_field("headers", &Seq(headers))?;
    object.serialize_field("lines", &Seq(lines))?;
    if let Some(bytes) = bytes {
        object.serialize_field("bytes", &bytes)?;
    }
    object.end()
}

/// Returns whether something of the frame is masked.
fn hides(frame: Frame<'_>) -> bool {
    frame.headers().any(|header| *mask_value(frame, header) != *header.value().as_bytes())
        || frame.lines().any(|line| *mask_line(frame, line) != *line.as_bytes())
}

/// A value that may be masked.
pub(super) struct Text<'a>(pub(super) Cow<'a, [u8]>);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::new(&self.0).serialize(serializer)
    }
}

/// Headers and lines of a frame, as bytes.
#[derive(Default, PartialEq)]
pub(super) struct Parts {
    /// Each with its CR LF.
    pub(super) headers: Wiped,
    /// Each with a line feed.
    pub(super) lines: Wiped,
    /// Says that one of the headers is `Response: Follows`.
    pub(super) follows: bool,
}

impl Parts {
    pub(super) fn of(frame: Frame<'_>) -> Self {
        let mut parts = Self::default();
        for header in frame.headers() {
            append(parts.headers.vec(), header.name());
            append(parts.headers.vec(), b": ");
            append(parts.headers.vec(), header.value().as_bytes());
            append(parts.headers.vec(), b"\r\n");
            parts.follows |= follows_named(header.name(), header.value().as_bytes());
        }
        for line in frame.lines() {
            append(parts.lines.vec(), line.as_bytes());
            append(parts.lines.vec(), b"\n");
        }
        parts
    }

    /// The frame as servers send it. What follows `Response: Follows` is text that runs to its
    /// marker, if that is how it is read.
    pub(super) fn usual(&self, kind: FrameKind, follows: bool) -> Wiped {
        let mut wire = self.headers.clone();
        let text = follows && self.follows && kind == FrameKind::Response;
        for line in self.lines.split_inclusive(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            append(wire.vec(), line);
            append(wire.vec(), if text && !line.ends_with(b"\r") { b"\n" } else { b"\r\n" });
        }
        if text {
            append(wire.vec(), END_OF_COMMAND);
            append(wire.vec(), b"\r\n");
        }
        if kind != FrameKind::Banner {
            append(wire.vec(), b"\r\n");
        }
        wire
    }
}

/// Returns whether this header makes a response's text run to its marker.
pub(super) fn follows_named(name: &[u8], value: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"Response") && is_follows(Value::new(value))
}
