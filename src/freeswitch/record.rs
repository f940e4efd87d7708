//! The record of a conference that has ended: the body of the event `conference::cdr`, in XML.

use alloc::vec::Vec;

use quick_xml::events::BytesStart;

use super::list::{List, Text};
use super::number;
use super::xml::{Elements, Fault, Parts, XmlError, entities, read};

/// The record of a conference that has ended.
///
/// The body of [`ConferenceCdr`](super::event::ConferenceCdr), where the profile says
/// `cdr-event-mode` `content`, or the file that the event names.
///
/// ```
/// use ami_proto::freeswitch::record::Record;
///
/// let text = br#"<cdr><conference><name>board</name><end_time endconference_forced="true">1795225253</end_time>
///     <members><member type="caller"><join_time type="UNIX-epoch">1795225252</join_time>
///     <flags><was_kicked>true</was_kicked></flags>
///     <caller_profile><caller_id_name>A &amp; B</caller_id_name></caller_profile></member></members>
///     </conference></cdr>"#;
/// let record = Record::from_xml(text)?;
/// assert_eq!((record.end, record.was_forced), (Some(1_795_225_253), true));
/// let member = &record.members[0];
/// assert_eq!((member.join, member.has("was_kicked")), (Some(1_795_225_252), true));
/// assert_eq!(member.caller.get("caller_id_name").unwrap(), "A & B");
/// # Ok::<(), ami_proto::freeswitch::list::XmlError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// The conference's name.
    pub name: Option<Text<'static>>,
    /// The server's host.
    pub hostname: Option<Text<'static>>,
    /// Samples a second.
    pub rate: Option<u32>,
    /// Milliseconds of a packet.
    pub interval: Option<u32>,
    /// When it began, in seconds since 1970.
    pub start: Option<u64>,
    /// When it ended, in seconds since 1970.
    pub end: Option<u64>,
    /// It ended because a member left who ends it.
    pub was_forced: bool,
    /// The members, the last to come first.
    pub members: Vec<Member>,
    /// The callers who were turned away.
    pub rejected: Vec<Attempt>,
}

/// A member in a record, or a recording.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Member {
    /// The file of a recording; `None` of a caller.
    pub file: Option<Text<'static>>,
    /// When they came, in seconds since 1970.
    pub join: Option<u64>,
    /// When they left, in seconds since 1970; 0 where they had not.
    pub leave: Option<u64>,
    /// The flags that are true: `is_moderator`, `end_conference`, `was_kicked`, `is_ghost`,
    /// `mandatory_member_end_conference`.
    pub flags: Vec<Text<'static>>,
    /// The call.
    pub caller: Caller,
}

impl Member {
    /// Returns whether the record says so of the member.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|found| found == flag)
    }
}

/// A caller in a record who was turned away.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Attempt {
    /// The reason: `conference_locked`, `max_members_reached` or `invalid_pin`.
    pub reason: Option<Text<'static>>,
    /// When, in seconds since 1970.
    pub time: Option<u64>,
    /// The call.
    pub caller: Caller,
}

/// The call of a member, or of a caller who was turned away.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Caller {
    /// The fields in the server's order: names such as `caller_id_name`,
    /// `caller_id_number`, `destination_number`, `uuid` or `chan_name`, and values.
    pub fields: Vec<(Text<'static>, Text<'static>)>,
}

impl Caller {
    /// Returns the first field of this name.
    pub fn get(&self, name: &str) -> Option<&Text<'static>> {
        self.fields.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }
}

impl Record {
    /// Reads the record. What it says besides is left out.
    ///
    /// # Errors
    /// Where the text is no XML, ends early, is no `cdr` with a `conference` in it, or has more
    /// than [`List::PARTS`] elements.
    pub fn from_xml(text: &[u8]) -> Result<Self, XmlError> {
        read(text, List::PARTS, Reading(None))
    }
}

/// A record that is being read, once its conference has begun.
struct Reading(Option<Record>);

impl Elements for Reading {
    type Whole = Record;
    const WHAT: &'static str = "record of a conference";

    fn open(&mut self, path: &[Vec<u8>], element: &BytesStart<'_>, _: &mut Parts) -> Result<(), Fault> {
        match (&mut self.0, path) {
            (_, [root, ..]) if root != b"cdr" => return Err(Fault::Other),
            (Some(record), _) => open(path, element, record),
            (None, [_, name]) if name == b"conference" => self.0 = Some(Record::default()),
            (None, _) => {}
        }
        Ok(())
    }

    fn close(&mut self, path: &[Vec<u8>], inside: &[u8]) {
        if let Some(record) = &mut self.0 {
            close(path, inside, record);
        }
    }

    fn whole(self) -> Option<Record> {
        self.0
    }
}

/// The element that a path ends in, below the conference.
fn below(path: &[Vec<u8>]) -> [&[u8]; 4] {
    let mut names: [&[u8]; 4] = [b""; 4];
    for (name, found) in names.iter_mut().zip(path.iter().skip(2)) {
        *name = found;
    }
    // What is deeper is not of the record.
    if path.len() > 6 { [b""; 4] } else { names }
}

/// Notes what an element's start tells.
fn open(path: &[Vec<u8>], element: &BytesStart<'_>, record: &mut Record) {
    match below(path) {
        [b"end_time", b"", ..] => {
            let forced = element.try_get_attribute("endconference_forced").ok().flatten();
            record.was_forced = forced.is_some_and(|forced| *forced.value == *b"true");
        }
        [b"members", b"member", b"", _] => record.members.push(Member::default()),
        [b"rejected", b"attempt", b"", _] => record.rejected.push(Attempt::default()),
        _ => {}
    }
}

/// Notes what an element held.
fn close(path: &[Vec<u8>], inside: &[u8], record: &mut Record) {
    let value = || Text::owned(entities(inside));
    let time = || number::<u64>(inside.trim_ascii());
    match (below(path), record.members.last_mut(), record.rejected.last_mut()) {
        ([b"name", b"", ..], ..) => record.name = Some(value()),
        ([b"hostname", b"", ..], ..) => record.hostname = Some(value()),
        ([b"rate", b"", ..], ..) => record.rate = number(inside.trim_ascii()),
        ([b"interval", b"", ..], ..) => record.interval = number(inside.trim_ascii()),
        ([b"start_time", b"", ..], ..) => record.start = time(),
        ([b"end_time", b"", ..], ..) => record.end = time(),
        ([b"members", b"member", name, b""], Some(member), _) => match name {
            b"join_time" => member.join = time(),
            b"leave_time" => member.leave = time(),
            b"record_path" => member.file = Some(value()),
            _ => {}
        },
        ([b"members", b"member", b"flags", name], Some(member), _) if inside.trim_ascii() == b"true" => {
            member.flags.push(Text::owned(name.to_vec()));
        }
        ([b"members", b"member", b"caller_profile", name], Some(member), _) => {
            member.caller.fields.push((Text::owned(name.to_vec()), value()));
        }
        ([b"rejected", b"attempt", name, b""], _, Some(attempt)) => match name {
            b"reason" => attempt.reason = Some(value()),
            b"reject_time" => attempt.time = time(),
            _ => {}
        },
        ([b"rejected", b"attempt", b"caller_profile", name], _, Some(attempt)) => {
            attempt.caller.fields.push((Text::owned(name.to_vec()), value()));
        }
        _ => {}
    }
}
