//! `xml_list`: conferences, their variables, members and recordings.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::{Conference, List, Member, Recording, Text, flag};
use crate::percent;

/// The text is no XML, is no list or record, or has more parts than may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XmlError {
    offset: u64,
    fault: Fault,
}

impl XmlError {
    /// The text is no record of a conference.
    pub(in crate::freeswitch) const fn no_record(offset: u64) -> Self {
        Self { offset, fault: Fault::NoRecord }
    }

    /// Where, in bytes.
    pub const fn offset(self) -> u64 {
        self.offset
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            Fault::NoList => f.write_str("no list of conferences in XML")?,
            Fault::NoRecord => f.write_str("no record of a conference in XML")?,
            Fault::Parts(most) => write!(f, "a list of conferences with more than {most} elements and attributes")?,
            Fault::Attributes => write!(f, "an element with more than {ATTRIBUTES} attributes")?,
        }
        write!(f, ", at byte {}", self.offset)
    }
}

impl core::error::Error for XmlError {}

/// Why a text is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    NoList,
    NoRecord,
    Parts(usize),
    Attributes,
}

/// Attributes of one element that are read: a server writes some twenty. Each is compared with
/// those before it.
const ATTRIBUTES: usize = 256;

/// Elements and attributes that may still be read.
struct Parts {
    most: usize,
    left: usize,
}

impl Parts {
    fn take(&mut self) -> Result<(), Fault> {
        self.left = self.left.checked_sub(1).ok_or(Fault::Parts(self.most))?;
        Ok(())
    }
}

/// What stands between `<member>` and `</member>`.
#[derive(Default)]
struct Entry {
    member: Member<'static>,
    recording: Recording<'static>,
    is_recording: bool,
}

impl List<'static> {
    /// Reads `xml_list`, of one conference or of all.
    ///
    /// What stands in elements is percent-decoded as the server encodes it, what stands in
    /// attributes is not encoded. The server leaves a `%` alone that two hexadecimal digits follow,
    /// so that a name with such is read as another.
    ///
    /// # Errors
    /// Where the text is no XML, ends early, or has other elements than `conferences` around it;
    /// where it has elements but no conference, or a conference has neither name nor members;
    /// where an element has more than 256 attributes, or all together have more than
    /// [`PARTS`](Self::PARTS).
    ///
    /// ```
    /// use ami_proto::freeswitch::list::List;
    ///
    /// let text = br#"<conferences><conference name="a&amp;b" locked="true"><members><member type="caller"><id>7</id>
    ///     <caller_id_name>In%20it's</caller_id_name></member></members></conference></conferences>"#;
    /// let list = List::from_xml(text)?;
    /// assert_eq!(list.conferences[0].name.as_ref().unwrap(), "a&b");
    /// assert_eq!(list.conferences[0].members[0].caller_name, "In it's");
    /// # Ok::<(), ami_proto::freeswitch::list::XmlError>(())
    /// ```
    pub fn from_xml(text: &[u8]) -> Result<Self, XmlError> {
        Self::from_xml_within(text, Self::PARTS)
    }

    /// Reads `xml_list` of at most so many elements and attributes, see
    /// [`from_xml`](Self::from_xml). An element takes up to some 300 bytes of memory beyond its
    /// text.
    ///
    /// # Errors
    /// As [`from_xml`](Self::from_xml), with this limit.
    pub fn from_xml_within(text: &[u8], parts: usize) -> Result<Self, XmlError> {
        let mut reader = Reader::from_reader(text);
        let mut parts = Parts { most: parts, left: parts };
        let mut list = Self::default();
        let mut conference: Option<Conference<'static>> = None;
        let mut entry: Option<Entry> = None;
        // The names of the elements around, and what was read in the innermost one.
        let mut path: Vec<Vec<u8>> = Vec::new();
        let mut inside = Vec::new();
        let mut seen = false;
        // Whether an element stands in the root.
        let mut others = false;
        loop {
            let offset = reader.buffer_position();
            let wrong = |fault| XmlError { offset, fault };
            let event =
                reader.read_event().map_err(|_| XmlError { offset: reader.error_position(), fault: Fault::NoList })?;
            let ends = matches!(event, Event::End(_) | Event::Empty(_));
            match event {
                Event::Start(element) | Event::Empty(element) => {
                    inside.clear();
                    seen = true;
                    parts.take().map_err(wrong)?;
                    path.push(element.name().as_ref().to_vec());
                    others |= path.len() > 1;
                    open(&path, &element, &mut parts, &mut conference, &mut entry).map_err(wrong)?;
                }
                Event::Eof if path.is_empty() && seen => {
                    let is_list = !others || !list.conferences.is_empty();
                    let told = list.conferences.iter().all(Conference::is_told);
                    return if is_list && told { Ok(list) } else { Err(wrong(Fault::NoList)) };
                }
                Event::Eof => return Err(wrong(Fault::NoList)),
                part => gather(&part, &mut inside),
            }
            if ends {
                close(&path, &inside, &mut list, &mut conference, &mut entry);
                inside.clear();
                path.pop();
            }
        }
    }
}

/// What an element's start tells. It fails where it is not part of such a list.
fn open(
    path: &[Vec<u8>],
    element: &BytesStart<'_>,
    parts: &mut Parts,
    conference: &mut Option<Conference<'static>>,
    entry: &mut Option<Entry>,
) -> Result<(), Fault> {
    match (path, &mut *conference, &mut *entry) {
        ([root], ..) if root != b"conferences" => return Err(Fault::NoList),
        ([_, name], ..) if name == b"conference" => {
            let mut read = Conference::default();
            for (name, value) in attributes(element, parts)? {
                read.field(name, value);
            }
            *conference = Some(read);
        }
        ([.., parent, name], Some(conference), None) if parent == b"variables" && name == b"variable" => {
            let mut variable = (Text::default(), Text::default());
            for (name, value) in attributes(element, parts)? {
                match name.as_bytes() {
                    b"name" => variable.0 = value,
                    _ => variable.1 = value,
                }
            }
            conference.variables.push(variable);
        }
        ([.., parent, name], Some(_), None) if parent == b"members" && name == b"member" => {
            let mut read = Entry::default();
            for (name, value) in attributes(element, parts)? {
                match (name.as_bytes(), value.as_bytes()) {
                    (b"type", b"recording_node") => read.is_recording = true,
                    (b"type", b"caller") => {}
                    _ => read.member.other.push((name, value)),
                }
            }
            *entry = Some(read);
        }
        ([.., name], Some(_), Some(entry)) if name == b"record_path" => {
            entry.recording.paused =
                attributes(element, parts)?.iter().any(|(name, value)| name == "status" && value == "paused");
        }
        _ => {}
    }
    Ok(())
}

/// What an element held.
fn close(
    path: &[Vec<u8>],
    inside: &[u8],
    list: &mut List<'static>,
    conference: &mut Option<Conference<'static>>,
    entry: &mut Option<Entry>,
) {
    match (path, &mut *conference, &mut *entry) {
        ([_, _], ..) => list.conferences.extend(conference.take()),
        ([_, _, _, name], Some(conference), read) if name == b"member" => match read.take() {
            Some(Entry { is_recording: true, recording, .. }) => conference.recordings.push(recording),
            Some(Entry { member, .. }) => conference.members.push(member),
            None => {}
        },
        ([_, _, _, _, name], _, Some(entry)) if name != b"flags" => {
            let (name, value) = (Text::owned(name.clone()), decoded(inside));
            if entry.is_recording {
                entry.recording.field(name, value);
            } else {
                entry.member.field(name, value);
            }
        }
        ([_, _, _, _, _, name], _, Some(entry)) => {
            let Member { flags, other, .. } = &mut entry.member;
            flag(flags, other, Text::owned(name.clone()), decoded(inside));
        }
        _ => {}
    }
}

/// Reads the attributes of an element. It fails where one of them has no value, or comes twice.
fn attributes(element: &BytesStart<'_>, parts: &mut Parts) -> Result<Vec<(Text<'static>, Text<'static>)>, Fault> {
    let mut read = Vec::new();
    for attribute in element.attributes() {
        if read.len() == ATTRIBUTES {
            return Err(Fault::Attributes);
        }
        parts.take()?;
        let attribute = attribute.map_err(|_| Fault::NoList)?;
        let name = Text::owned(attribute.key.as_ref().to_vec());
        read.push((name, Text::owned(entities(&attribute.value))));
    }
    Ok(read)
}

/// Adds what stands in an element: texts as they are written, their references not yet resolved.
pub(in crate::freeswitch) fn gather(event: &Event<'_>, inside: &mut Vec<u8>) {
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
pub(in crate::freeswitch) fn entities(text: &[u8]) -> Vec<u8> {
    match core::str::from_utf8(text).map(unescape) {
        Ok(Ok(text)) => String::from(text).into_bytes(),
        _ => text.to_vec(),
    }
}

/// With entities resolved, then percent-decoded.
fn decoded(text: &[u8]) -> Text<'static> {
    Text::owned(percent::decode(&entities(text)).collect())
}
