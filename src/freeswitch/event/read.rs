//! Finds the event in a frame, and converts each encoding into the form that views read: header
//! lines, a blank line, the body.
//!
//! A plain event has that form and is indexed in place. JSON and XML are rewritten, encoded so that
//! they decode to the original bytes.

use alloc::vec::Vec;
use core::fmt;

use serde_json::de::SliceRead;

use super::Event;
use super::quoted::quoted;
use crate::error::FrameError;
use crate::freeswitch::ContentType;
use crate::range::part;
use crate::recent::Recent;
use crate::value::Encoded;
use crate::wire::{FrameEnd, Framing, Limits, Scanner, Value};

/// Reads events one after the other, reusing its memory. Memory for a giant event is released.
#[derive(Clone)]
pub(in crate::freeswitch) struct Reader {
    limits: Limits,
    scanner: Scanner,
    written: Vec<u8>,
    recent: Recent,
}

/// Location of an event: in the frame, or in the rewritten text.
#[derive(Clone, Copy, Debug)]
pub(in crate::freeswitch) struct Found {
    end: FrameEnd,
    /// Position in the frame; `None` for a rewritten event.
    place: Option<usize>,
}

/// Encoding of an event in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::freeswitch) enum Encoding {
    Plain,
    Json,
    Xml,
}

impl Encoding {
    /// Returns the encoding for this `Content-Type`.
    pub(in crate::freeswitch) fn of(content_type: Value<'_>) -> Option<Self> {
        match ContentType::of(content_type) {
            ContentType::EventPlain => Some(Self::Plain),
            ContentType::EventJson => Some(Self::Json),
            ContentType::EventXml => Some(Self::Xml),
            _ => None,
        }
    }
}

impl Reader {
    /// Creates a reader. Only the limit of lines applies here: the frame, which contains the event,
    /// was checked against the others.
    pub(in crate::freeswitch) fn new(limits: Limits) -> Self {
        let limits = limits.line(u32::MAX).frame(u32::MAX);
        let scanner = Scanner::new(limits).with_framing(Framing::PLAIN);
        Self { limits, scanner, written: Vec::new(), recent: Recent::default() }
    }

    /// Reads the event in `frame` from byte `place` on, which is at this offset of the stream.
    /// `Ok(None)` means that it can't be read.
    pub(in crate::freeswitch) fn find(
        &mut self,
        frame: &[u8],
        place: usize,
        offset: u64,
        encoding: Encoding,
    ) -> Result<Option<Found>, FrameError> {
        let text = part(frame, place..);
        self.recent.need(text.len());
        if self.recent.round().is_some() {
            *self = Self::new(self.limits);
        }
        self.scanner.restart(offset);
        if encoding == Encoding::Plain {
            if let Some(end) = self.scanner.scan(text)? {
                return Ok(Some(Found { end, place: Some(place) }));
            }
        }
        self.written.clear();
        let read = match encoding {
            // The event without its blank line.
            Encoding::Plain => {
                self.written.extend_from_slice(text);
                self.written.extend_from_slice(b"\n\n");
                true
            }
            Encoding::Json => json(text, &mut self.written).is_some(),
            Encoding::Xml => xml(text, &mut self.written).is_some(),
        };
        if !read {
            return Ok(None);
        }
        self.scanner.restart(offset);
        let end = self.scanner.scan(&self.written).map_err(|error| FrameError { offset, ..error })?;
        Ok(end.map(|end| Found { end, place: None }))
    }

    /// Returns the event that was just found in this frame.
    pub(in crate::freeswitch) fn event<'a>(&'a self, frame: &'a [u8], found: Found) -> Event<'a> {
        let text = found.place.map_or(&self.written[..], |place| part(frame, place..));
        let headers = self.scanner.header_index(text, found.end);
        Event::new(headers, part(text, found.end.range().end..))
    }
}

/// Writes one header line.
fn write_header(name: &[u8], write_value: impl FnOnce(&mut Vec<u8>), out: &mut Vec<u8>) {
    for byte in name {
        match byte {
            b'\n' | b'\r' | b':' => Encoded::encode_into(&[*byte], out),
            byte => out.push(*byte),
        }
    }
    out.extend_from_slice(b": ");
    write_value(out);
    out.push(b'\n');
}

/// Converts a JSON object; `None` if the text is not an object. A value that is neither a string
/// nor a list is copied as its JSON text.
fn json(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    if texts(text, out).is_none() {
        out.truncate(start);
        texts(&quoted(text)?, out)?;
    }
    Some(())
}

/// Converts a JSON object of strings and lists of strings; `None` for any other text.
fn texts(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut body = Vec::new();
    let mut json = serde_json::Deserializer::new(SliceRead::new(text));
    serde::Deserializer::deserialize_map(&mut json, Object { out, body: &mut body }).ok()?;
    json.end().ok()?;
    out.push(b'\n');
    out.extend_from_slice(&body);
    Some(())
}

/// The members of an object, in order, with repeated names. Strings may hold bytes that are not
/// UTF-8.
struct Object<'a> {
    out: &'a mut Vec<u8>,
    body: &'a mut Vec<u8>,
}

impl<'de> serde::de::Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut name = Vec::new();
        loop {
            name.clear();
            if map.next_key_seed(Text { out: &mut name, encode: false })?.is_none() {
                return Ok(());
            }
            if name == b"_body" {
                map.next_value_seed(Text { out: self.body, encode: false })?;
                continue;
            }
            let mut value = Ok(());
            write_header(&name, |out| value = map.next_value_seed(Text { out, encode: true }), self.out);
            value?;
        }
    }
}

/// A string, or a list of strings.
struct Text<'a> {
    out: &'a mut Vec<u8>,
    encode: bool,
}

impl<'de> serde::de::DeserializeSeed<'de> for Text<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl<'de> serde::de::Visitor<'de> for Text<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, or a list of texts")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.visit_bytes(text.as_bytes())
    }

    fn visit_bytes<E>(self, text: &[u8]) -> Result<(), E> {
        if self.encode {
            Encoded::encode_into(text, self.out);
        } else {
            self.out.extend_from_slice(text);
        }
        Ok(())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut separator: &[u8] = b"ARRAY::";
        loop {
            let before = self.out.len();
            self.out.extend_from_slice(separator);
            if list.next_element_seed(Text { out: self.out, encode: self.encode })?.is_none() {
                self.out.truncate(before);
                return Ok(());
            }
            separator = b"|:";
        }
    }
}

#[cfg(not(feature = "xml"))]
fn xml(_: &[u8], _: &mut Vec<u8>) -> Option<()> {
    None
}

/// Converts `<event><headers><Name>value</Name>…</headers>` and
/// `<Content-Length>n</Content-Length><body>…</body></event>`, in one line; values are encoded. A
/// line end and blanks after the body are not part of it.
#[cfg(feature = "xml")]
fn xml(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    use quick_xml::events::Event as Xml;
    let mut reader = quick_xml::Reader::from_reader(text);
    let mut path = Path::default();
    let (mut value, mut body, mut length) = (Vec::new(), Vec::new(), None);
    loop {
        match reader.read_event().ok()? {
            Xml::Start(start) => {
                path.push(start.name().as_ref());
                value.clear();
            }
            Xml::Empty(empty) if path.is(&[b"event", b"headers"]) => write_header(empty.name().as_ref(), |_| {}, out),
            Xml::Text(text) => value.extend_from_slice(&text),
            Xml::CData(text) => value.extend_from_slice(&text),
            Xml::GeneralRef(name) => reference(&name, &mut value)?,
            Xml::End(_) => {
                let name = path.pop()?;
                if path.is(&[b"event", b"headers"]) {
                    write_header(
                        &name,
                        |out| out.extend(value.iter().filter(|byte| !matches!(byte, b'\n' | b'\r'))),
                        out,
                    );
                } else if path.is(&[b"event"]) && name == b"Content-Length" {
                    length = core::str::from_utf8(&value).ok().and_then(|text| text.trim().parse::<usize>().ok());
                } else if path.is(&[b"event"]) && name == b"body" {
                    core::mem::swap(&mut body, &mut value);
                }
                value.clear();
            }
            Xml::Eof => break,
            _ => {}
        }
    }
    out.push(b'\n');
    out.extend_from_slice(length.and_then(|length| body.get(..length)).unwrap_or(&body));
    path.is(&[]).then_some(())
}

/// The elements around a position: their depth, and the names of those that can have a meaning.
#[cfg(feature = "xml")]
#[derive(Default)]
struct Path {
    names: Vec<Vec<u8>>,
    /// Number of elements inside of those.
    deeper: usize,
}

#[cfg(feature = "xml")]
impl Path {
    /// Depth of an event's elements: the event, `headers`, a header.
    const DEPTH: usize = 3;

    fn push(&mut self, name: &[u8]) {
        if self.names.len() == Self::DEPTH { self.deeper += 1 } else { self.names.push(name.to_vec()) }
    }

    /// Returns the name of the element that ends, empty if it has no meaning; `None` if no element
    /// is open.
    fn pop(&mut self) -> Option<Vec<u8>> {
        if self.deeper == 0 {
            return self.names.pop();
        }
        self.deeper -= 1;
        Some(Vec::new())
    }

    fn is(&self, path: &[&[u8]]) -> bool {
        self.deeper == 0 && self.names == path
    }
}

/// Returns the character for `&name;`.
#[cfg(feature = "xml")]
fn reference(name: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let byte = match name {
        b"amp" => b'&',
        b"lt" => b'<',
        b"gt" => b'>',
        b"quot" => b'"',
        b"apos" => b'\'',
        [b'#', number @ ..] => {
            let (digits, radix) = number.strip_prefix(b"x").map_or((number, 10), |digits| (digits, 16));
            let code = u32::from_str_radix(core::str::from_utf8(digits).ok()?, radix).ok()?;
            let mut utf8 = [0; 4];
            out.extend_from_slice(char::from_u32(code)?.encode_utf8(&mut utf8).as_bytes());
            return Some(());
        }
        _ => return None,
    };
    out.push(byte);
    Some(())
}
