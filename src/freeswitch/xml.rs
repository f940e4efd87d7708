//! XML about conferences, read element by element within limits: lists and records have it in
//! common.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::list::Text;

/// The text is no XML, is no list or record, or has more parts than may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XmlError {
    offset: u64,
    /// The name of the text that was to be read.
    what: &'static str,
    fault: Fault,
}

impl XmlError {
    /// Where, in bytes.
    pub const fn offset(self) -> u64 {
        self.offset
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            Fault::Other => write!(f, "no {} in XML", self.what)?,
            Fault::Parts(most) => write!(f, "a {} with more than {most} elements and attributes", self.what)?,
            Fault::Attributes => write!(f, "an element with more than {ATTRIBUTES} attributes")?,
        }
        write!(f, ", at byte {}", self.offset)
    }
}

impl core::error::Error for XmlError {}

/// The reason why a text is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is something else.
    Other,
    /// It has more parts than this.
    Parts(usize),
    /// An element has too many attributes.
    Attributes,
}

/// Attributes of one element that are read: a server writes some twenty. Each is compared with
/// those before it.
const ATTRIBUTES: usize = 256;

/// Elements and attributes that may still be read.
pub(super) struct Parts {
    most: usize,
    left: usize,
}

impl Parts {
    fn take(&mut self) -> Result<(), Fault> {
        self.left = self.left.checked_sub(1).ok_or(Fault::Parts(self.most))?;
        Ok(())
    }
}

/// A reader of a text's elements. A path has the names of the elements around, from
/// the root to the element itself.
pub(super) trait Elements {
    /// The value that a whole text is.
    type Whole;
    /// The name of such a text in errors.
    const WHAT: &'static str;

    /// Notes what an element's start tells. It fails where it is not part of such a text.
    fn open(&mut self, path: &[Vec<u8>], element: &BytesStart<'_>, parts: &mut Parts) -> Result<(), Fault>;

    /// Notes what an element held.
    fn close(&mut self, path: &[Vec<u8>], inside: &[u8]);

    /// Returns what the elements make, if they make one.
    fn whole(self) -> Option<Self::Whole>;
}

/// Reads a text of at most so many elements and attributes.
pub(super) fn read<E: Elements>(text: &[u8], parts: usize, mut elements: E) -> Result<E::Whole, XmlError> {
    let mut reader = Reader::from_reader(text);
    let mut parts = Parts { most: parts, left: parts };
    // The elements around, and what was read in the innermost one.
    let mut path: Vec<Vec<u8>> = Vec::new();
    let mut inside = Vec::new();
    let wrong = |offset, fault| XmlError { offset, what: E::WHAT, fault };
    loop {
        let offset = reader.buffer_position();
        let event = reader.read_event().map_err(|_| wrong(reader.error_position(), Fault::Other))?;
        let ends = matches!(event, Event::End(_) | Event::Empty(_));
        match event {
            Event::Start(element) | Event::Empty(element) => {
                inside.clear();
                path.push(element.name().as_ref().to_vec());
                let opened = parts.take().and_then(|()| elements.open(&path, &element, &mut parts));
                opened.map_err(|fault| wrong(offset, fault))?;
            }
            Event::Eof => {
                let whole = if path.is_empty() { elements.whole() } else { None };
                return whole.ok_or(wrong(offset, Fault::Other));
            }
            part => gather(&part, &mut inside),
        }
        if ends {
            elements.close(&path, &inside);
            inside.clear();
            path.pop();
        }
    }
}

/// Reads the attributes of an element. It fails where one of them has no value, or comes twice.
pub(super) fn attributes(
    element: &BytesStart<'_>,
    parts: &mut Parts,
) -> Result<Vec<(Text<'static>, Text<'static>)>, Fault> {
    let mut read = Vec::new();
    for attribute in element.attributes() {
        if read.len() == ATTRIBUTES {
            return Err(Fault::Attributes);
        }
        parts.take()?;
        let attribute = attribute.map_err(|_| Fault::Other)?;
        let name = Text::owned(attribute.key.as_ref().to_vec());
        read.push((name, Text::owned(entities(&attribute.value))));
    }
    Ok(read)
}

/// Adds what stands in an element: texts as they are written, their references not yet resolved.
fn gather(event: &Event<'_>, inside: &mut Vec<u8>) {
    match event {
        Event::Text(part) => inside.extend_from_slice(part),
        Event::CData(part) => inside.extend_from_slice(part),
        Event::GeneralRef(part) => {
            inside.push(b'&');
            inside.extend_from_slice(part);
            inside.push(b';');
        }
        _ => {}
    }
}

/// With entities resolved; those that are none stay, and so do bytes that are no UTF-8.
pub(super) fn entities(text: &[u8]) -> Vec<u8> {
    match core::str::from_utf8(text).map(unescape) {
        Ok(Ok(text)) => String::from(text).into_bytes(),
        _ => text.to_vec(),
    }
}
