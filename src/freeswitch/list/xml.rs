//! Reads `xml_list`: conferences, their variables, members and recordings.

use alloc::vec::Vec;

use quick_xml::events::BytesStart;

use super::{Conference, List, Member, Recording, Text, flag};
use crate::freeswitch::xml::{Elements, Fault, Parts, XmlError, attributes, entities, read};
use crate::percent;

/// The content between `<member>` and `</member>`.
#[derive(Default)]
struct Entry {
    member: Member<'static>,
    recording: Recording<'static>,
    is_recording: bool,
}

impl List<'static> {
    /// Reads `xml_list`, of one conference or of all.
    ///
    /// The text of elements is percent-decoded, as the server encodes it; attributes are not
    /// encoded. The server leaves a `%` unencoded if two hexadecimal digits follow it, so a name
    /// that contains such a sequence is decoded to another name.
    ///
    /// # Errors
    /// If the text is not XML, ends early, or is not enclosed in `conferences`; if it has elements
    /// but no conference, or a conference has neither name nor members; if an element has more than
    /// 256 attributes, or if elements and attributes together are more than [`PARTS`](Self::PARTS).
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

    /// Reads `xml_list` of at most `parts` elements and attributes, see
    /// [`from_xml`](Self::from_xml). An element takes up to some 300 bytes of memory in addition to
    /// its text.
    ///
    /// # Errors
    /// The errors of [`from_xml`](Self::from_xml), with this limit.
    pub fn from_xml_within(text: &[u8], parts: usize) -> Result<Self, XmlError> {
        read(text, parts, Reading::default())
    }
}

/// A list that is being read.
#[derive(Default)]
struct Reading {
    list: List<'static>,
    conference: Option<Conference<'static>>,
    entry: Option<Entry>,
    /// `true` once a root element with an element in it was found.
    has_root: bool,
    has_others: bool,
}

impl Elements for Reading {
    type Whole = List<'static>;
    const WHAT: &'static str = "list of conferences";

    fn open(&mut self, path: &[Vec<u8>], element: &BytesStart<'_>, parts: &mut Parts) -> Result<(), Fault> {
        self.has_root = true;
        self.has_others |= path.len() > 1;
        open(path, element, parts, &mut self.conference, &mut self.entry)
    }

    fn close(&mut self, path: &[Vec<u8>], inside: &[u8]) {
        close(path, inside, &mut self.list, &mut self.conference, &mut self.entry);
    }

    fn whole(self) -> Option<List<'static>> {
        let conferences = &self.list.conferences;
        let is_list = self.has_root && (!self.has_others || !conferences.is_empty());
        let is_told = conferences.iter().all(Conference::is_told);
        (is_list && is_told).then_some(self.list)
    }
}

/// Handles the start of an element. Fails if the element is not part of such a list.
fn open(
    path: &[Vec<u8>],
    element: &BytesStart<'_>,
    parts: &mut Parts,
    conference: &mut Option<Conference<'static>>,
    entry: &mut Option<Entry>,
) -> Result<(), Fault> {
    match (path, &mut *conference, &mut *entry) {
        ([root], ..) if root != b"conferences" => return Err(Fault::Other),
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

/// Handles the end of an element, with the element's text.
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

/// Returns the text with entities resolved, and then percent-decoded.
fn decoded(text: &[u8]) -> Text<'static> {
    Text::owned(percent::decode(&entities(text)).collect())
}
