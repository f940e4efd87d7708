//! Reads `list` as text: headers, member lines with any delimiter, and the readable (`pretty`)
//! lines.

use alloc::vec::Vec;

use super::{Conference, List, Member, Text};
use crate::freeswitch::number;
use crate::range::part;
use crate::wire::Value;

/// The format in which a list was requested.
///
/// ```
/// use ami_proto::freeswitch::list::{List, Format};
///
/// let list = List::parse(b"7>,<null/m>,<b9c03342-0000-4000-8000-000000000000>,<A>,<1>,<>,<0>,<0>,<100\n", &Format::new().delimiter(">,<"));
/// assert_eq!(list.conferences[0].members[0].caller_name, "A");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Format<'a> {
    delimiter: &'a str,
}

impl<'a> Format<'a> {
    /// Creates the default format: `;` between the columns, in the server's order.
    pub const fn new() -> Self {
        Self { delimiter: ";" }
    }

    /// Sets the delimiter between the columns.
    #[must_use]
    pub const fn delimiter(self, delimiter: &'a str) -> Self {
        Self { delimiter }
    }
}

impl Default for Format<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> List<'a> {
    /// Reads `list` in all its forms: of one conference or of the server, with or without members,
    /// or `pretty`.
    ///
    /// No line is lost: lines that are neither a conference nor a member are in
    /// [`unread`](Self::unread).
    pub fn parse(text: &'a [u8], how: &Format<'_>) -> Self {
        let mut list = Self::default();
        for line in text.split(|byte| *byte == b'\n') {
            let said = line.strip_prefix(b"+OK ").unwrap_or(line);
            // The event socket's text for an empty answer, and the server's for having no
            // conferences.
            if matches!(said, b"" | b"No active conferences." | b"-ERR no reply") {
                continue;
            }
            if let Some(conference) = conference_line(said) {
                list.conferences.push(conference);
            } else if let Some(member) = columns(line, how).or_else(|| pretty(line)) {
                if list.conferences.is_empty() {
                    list.conferences.push(Conference::default());
                }
                if let Some(conference) = list.conferences.last_mut() {
                    conference.members.push(member);
                }
            } else {
                list.unread.push(Value::new(line));
            }
        }
        list
    }
}

/// Reads `Conference NAME (3 members rate: 8000 locked flags: locked|running)`, and the older form
/// `(3 members locked)`.
fn conference_line(line: &[u8]) -> Option<Conference<'_>> {
    let inner = line.strip_prefix(b"Conference ")?.strip_suffix(b")")?;
    // A name may contain parentheses too, the text after it has none.
    let open = memchr::memmem::rfind(inner, b" (")?;
    let (name, inner) = (part(inner, ..open), part(inner, open + 2..));
    let mut words = inner.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let member_count = Some(number(words.next()?)?);
    let mut conference = Conference { name: Some(Text::borrowed(name)), member_count, ..Conference::default() };
    // The reference page shows `locked` without a blank before it.
    let locked = match words.next()? {
        b"member" | b"members" => false,
        b"memberlocked" | b"memberslocked" | b"member[locked]" | b"members[locked]" => true,
        _ => return None,
    };
    let mut locked = locked;
    while let Some(word) = words.next() {
        match word {
            b"rate:" => conference.rate = number(words.next()?),
            b"locked" | b"[locked]" => locked = true,
            b"flags:" => {
                let flags = words.next().unwrap_or_default();
                conference.flags = flag_words(flags).filter(|flag| flag != "none").collect();
            }
            other => conference.other.push((Text::borrowed(other), Text::default())),
        }
    }
    if locked && !conference.has("locked") {
        conference.flags.push(Text::borrowed(b"locked"));
    }
    Some(conference)
}

fn flag_words(flags: &[u8]) -> impl Iterator<Item = Text<'_>> {
    flags.split(|byte| *byte == b'|').filter(|flag| !flag.is_empty()).map(Text::borrowed)
}

/// Reads a member's line. Number, channel and id are counted from the left; volumes, energy and
/// flags from the right; the name between them may contain delimiters.
fn columns<'a>(line: &'a [u8], how: &Format<'_>) -> Option<Member<'a>> {
    let delimiter = how.delimiter.as_bytes();
    if delimiter.is_empty() {
        return None;
    }
    let starts = memchr::memmem::find_iter(line, delimiter);
    let mut columns = Columned { line, delimiter, starts: starts.collect(), from: 0 };
    let id = number(columns.first()?)?;
    // A channel's name contains the dialled text. The first unique id ends it.
    let (channel, uuid) = columns.up_to_uuid()?;
    let energy = number(columns.last()?)?;
    let volume_out = number(columns.last()?)?;
    // Before 1.8 there is one more number here.
    let third = number(columns.last()?)?;
    let (volume_in, agc_volume_in) = match columns.peek_last().and_then(number::<i32>) {
        Some(volume_in) => {
            columns.last();
            (volume_in, Some(third))
        }
        None => (third, None),
    };
    let mut flags: Vec<Text<'_>> = flag_words(columns.last()?).collect();
    if delimiter == b"|" {
        // Flags have this delimiter between them.
        while let Some(flag) = columns.peek_last().filter(|flag| is_flag(flag) && columns.starts.len() > 1) {
            flags.push(Text::borrowed(flag));
            columns.last();
        }
        flags.reverse();
    }
    let caller_number = columns.last()?;
    let caller_name = columns.rest();
    Some(Member {
        id,
        channel: Some(Text::borrowed(channel)),
        uuid: Some(Text::borrowed(uuid)),
        caller_name: Text::borrowed(caller_name),
        caller_number: Text::borrowed(caller_number),
        flags,
        volume_in: Some(volume_in),
        volume_out: Some(volume_out),
        agc_volume_in,
        energy: Some(energy),
        ..Member::default()
    })
}

/// A line whose columns are taken from both ends.
struct Columned<'a, 'd> {
    line: &'a [u8],
    delimiter: &'d [u8],
    /// Positions of the remaining delimiters.
    starts: alloc::collections::VecDeque<usize>,
    /// Start of the remaining text.
    from: usize,
}

impl<'a> Columned<'a, '_> {
    /// Takes the first column, if another column follows it.
    fn first(&mut self) -> Option<&'a [u8]> {
        let end = self.starts.pop_front()?;
        let column = part(self.line, self.from..end);
        self.from = end + self.delimiter.len();
        Some(column)
    }

    fn peek_last(&self) -> Option<&'a [u8]> {
        self.starts.back().map(|start| part(self.line, start + self.delimiter.len()..))
    }

    /// Takes the last column, if another column precedes it.
    fn last(&mut self) -> Option<&'a [u8]> {
        let column = self.peek_last()?;
        self.line = part(self.line, ..self.starts.pop_back()?);
        Some(column)
    }

    /// Takes the columns up to the first unique id, and that id.
    fn up_to_uuid(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let from = self.from;
        let end = self.starts.front().copied()?;
        let uuid = self
            .starts
            .iter()
            .zip(self.starts.iter().skip(1))
            .find(|(start, end)| is_uuid(part(self.line, **start + self.delimiter.len()..**end)));
        // For a member without a unique id, the column is empty or has unknown content.
        let end = uuid.map_or(end, |(start, _)| *start);
        while self.starts.front().is_some_and(|start| *start <= end) {
            self.first();
        }
        Some((part(self.line, from..end), self.first()?))
    }

    fn rest(self) -> &'a [u8] {
        part(self.line, self.from..)
    }
}

fn is_uuid(text: &[u8]) -> bool {
    let fits = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.iter().enumerate().all(fits)
}

fn is_flag(word: &[u8]) -> bool {
    matches!(
        word,
        b"hear" | b"speak" | b"talking" | b"hold" | b"video" | b"floor" | b"vid-floor" | b"moderator" | b"ghost"
    ) || word.starts_with(b"res-id:")
        || word.starts_with(b"role-id:")
}

/// Reads `7) Bob (1001)`.
fn pretty(line: &[u8]) -> Option<Member<'_>> {
    let end = memchr::memmem::find(line, b") ")?;
    let id = number(part(line, ..end))?;
    let inner = line[end + 2..].strip_suffix(b")")?;
    let open = memchr::memmem::rfind(inner, b" (")?;
    let (caller_name, caller_number) = (Text::borrowed(part(inner, ..open)), Text::borrowed(part(inner, open + 2..)));
    Some(Member { id, caller_name, caller_number, ..Member::default() })
}
