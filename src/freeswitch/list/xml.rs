//! `xml_list`: conferences, their variables, members and recordings.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::{Conference, List, Member, Recording, Text, flag};

/// The text is no XML, or no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XmlError {
    offset: u64,
}

impl XmlError {
    /// Where, in bytes.
    pub const fn offset(self) -> u64 {
        self.offset
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no list of conferences in XML, at byte {}", self.offset)
    }
}

impl core::error::Error for XmlError {}

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
    /// What stands in elements is percent-decoded as the server encodes it, what stands in attributes is not encoded.
    /// The server leaves a `%` alone that two hexadecimal digits follow, so that a name with such is read as another.
    ///
    /// # Errors
    /// Where the text is no XML, ends early, or has other elements than `conferences` around it.
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
        let mut reader = Reader::from_reader(text);
        let mut list = Self::default();
        let mut conference: Option<Conference<'static>> = None;
        let mut entry: Option<Entry> = None;
        // The names of the elements around, and what was read in the innermost one.
        let mut path: Vec<Vec<u8>> = Vec::new();
        let mut inside = Vec::new();
        let mut seen = false;
        loop {
            let wrong = XmlError { offset: reader.buffer_position() };
            let event = reader.read_event().map_err(|_| XmlError { offset: reader.error_position() })?;
            match event {
                Event::Start(element) => {
                    inside.clear();
                    seen = true;
                    path.push(element.name().as_ref().to_vec());
                    open(&path, &element, &mut conference, &mut entry).ok_or(wrong)?;
                }
                Event::Empty(element) => {
                    inside.clear();
                    seen = true;
                    path.push(element.name().as_ref().to_vec());
                    open(&path, &element, &mut conference, &mut entry).ok_or(wrong)?;
                    close(&path, &inside, &mut list, &mut conference, &mut entry);
                    path.pop();
                }
                Event::Text(part) => inside.extend_from_slice(&part),
                Event::CData(part) => inside.extend_from_slice(&part),
                Event::GeneralRef(part) => {
                    inside.push(b'&');
                    inside.extend_from_slice(&part);
                    inside.push(b';');
                }
                Event::End(_) => {
                    close(&path, &inside, &mut list, &mut conference, &mut entry);
                    inside.clear();
                    path.pop();
                }
                Event::Eof if path.is_empty() && seen => return Ok(list),
                Event::Eof => return Err(wrong),
                _ => {}
            }
        }
    }
}

/// What an element's start tells. `None`: it is not part of such a list.
fn open(
    path: &[Vec<u8>],
    element: &BytesStart<'_>,
    conference: &mut Option<Conference<'static>>,
    entry: &mut Option<Entry>,
) -> Option<()> {
    match (path, &mut *conference, &mut *entry) {
        ([root], ..) => return (root == b"conferences").then_some(()),
        ([_, name], ..) if name == b"conference" => {
            let mut read = Conference::default();
            for (name, value) in attributes(element)? {
                read.field(name, value);
            }
            *conference = Some(read);
        }
        ([.., parent, name], Some(conference), None) if parent == b"variables" && name == b"variable" => {
            let mut variable = (Text::default(), Text::default());
            for (name, value) in attributes(element)? {
                match name.as_bytes() {
                    b"name" => variable.0 = value,
                    _ => variable.1 = value,
                }
            }
            conference.variables.push(variable);
        }
        ([.., parent, name], Some(_), None) if parent == b"members" && name == b"member" => {
            let mut read = Entry::default();
            for (name, value) in attributes(element)? {
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
                attributes(element)?.iter().any(|(name, value)| name == "status" && value == "paused");
        }
        _ => {}
    }
    Some(())
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

/// Reads the attributes of an element. `None`: one of them has no value, or comes twice.
///
/// The reader's own search for attributes that come twice is off: it compares each with all before it.
fn attributes(element: &BytesStart<'_>) -> Option<Vec<(Text<'static>, Text<'static>)>> {
    let mut attributes = element.attributes();
    let read = attributes.with_checks(false).map(|attribute| {
        let attribute = attribute.ok()?;
        Some((Text::owned(attribute.key.as_ref().to_vec()), Text::owned(entities(&attribute.value))))
    });
    let read: Vec<_> = read.collect::<Option<_>>()?;
    let mut names: Vec<_> = read.iter().map(|(name, _)| name.as_bytes()).collect();
    names.sort_unstable();
    let twice = names.windows(2).any(|pair| pair[0] == pair[1]);
    (!twice).then_some(read)
}

/// With entities resolved; those that are none stay, and so do bytes that are no UTF-8.
fn entities(text: &[u8]) -> Vec<u8> {
    match core::str::from_utf8(text).map(unescape) {
        Ok(Ok(text)) => String::from(text).into_bytes(),
        _ => text.to_vec(),
    }
}

/// With entities resolved, then percent-decoded.
fn decoded(text: &[u8]) -> Text<'static> {
    let text = entities(text);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = &text[..];
    while let [byte, behind @ ..] = rest {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        rest = match behind {
            [high, low, behind @ ..] if *byte == b'%' => match (digit(*high), digit(*low)) {
                // Two digits of four bits are a byte.
                (Some(high), Some(low)) => {
                    out.extend(u8::try_from(high * 16 + low));
                    rest = behind;
                    continue;
                }
                _ => &rest[1..],
            },
            _ => behind,
        };
        out.push(*byte);
    }
    Text::owned(out)
}
