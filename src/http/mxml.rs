//! Turns the XML of `mxml` back into the bytes that it was made from.
//!
//! ```text
//! <ajax-response>
//! <response type='object' id='unknown'><generic response='Success' output='a' output-2='b' opaque_data='c
//! d' /></response>
//! </ajax-response>
//! ```
//!
//! An element inside a `response` is a frame (it is called `generic` unless the request's
//! `ajaxobjtype` says otherwise). An attribute is a header; `-2` at the end of its name marks the
//! second header of that name. `opaque_data` holds the first line without a colon and all lines
//! that follow it (Asterisk `main/manager.c`, `xml_translate`). Values can have any bytes, also
//! invalid UTF-8.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::HttpError;
use crate::range::part;
use crate::wire::{FrameWriter, Value, before_end, is_follows};

/// Depth of an element that is a frame: inside `ajax-response` and `response`.
const FRAME: usize = 2;

/// Returns the frames of a body, as a socket would carry them.
pub(super) fn to_wire(xml: &[u8]) -> Result<Vec<u8>, HttpError> {
    let mut out = Vec::with_capacity(xml.len());
    let mut reader = Reader::from_reader(xml);
    let mut depth = 0;
    loop {
        let offset = reader.buffer_position();
        let wrong = HttpError::Xml { offset };
        match reader.read_event().map_err(|_| HttpError::Xml { offset: reader.error_position() })? {
            // A server nests elements no deeper.
            Event::Start(_) | Event::Empty(_) if depth > FRAME => return Err(wrong),
            Event::Start(element) => {
                if depth == FRAME {
                    frame(&element, &mut out).ok_or(wrong)?;
                }
                depth += 1;
            }
            Event::Empty(element) if depth == FRAME => frame(&element, &mut out).ok_or(wrong)?,
            Event::End(_) => depth = usize::saturating_sub(depth, 1),
            // An empty `response` is an answer without a frame.
            Event::Empty(_) | Event::Decl(_) | Event::Comment(_) => {}
            Event::Text(text) if text.trim_ascii().is_empty() => {}
            Event::Eof if depth == 0 => return Ok(out),
            _ => return Err(wrong),
        }
    }
}

/// Writes one frame. Returns `None` if the attributes cannot be headers.
fn frame(element: &BytesStart<'_>, out: &mut Vec<u8>) -> Option<()> {
    let mut writer = FrameWriter::repeat(out);
    let mut follows = false;
    let mut empty = true;
    let mut attributes = element.attributes();
    // Repeated headers have distinct names `-n`; a check for equal names costs quadratic time.
    for attribute in attributes.with_checks(false) {
        let attribute = attribute.ok()?;
        let name = without_number(attribute.key.as_ref());
        let value = unescaped(&attribute.value)?;
        if name == b"opaque_data" {
            for line in value.split(|byte| *byte == b'\n') {
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let line = if follows { before_end(line).unwrap_or(line) } else { line };
                empty &= line.is_empty();
                if !line.is_empty() {
                    writer = writer.repeat_line(line);
                }
            }
        } else {
            follows |= name == b"response" && is_follows(Value::new(&value));
            empty = false;
            writer = writer.header(restore(name), value);
        }
    }
    if empty {
        return Some(());
    }
    writer.finish().ok()
}

/// Returns the name of a repeated header without `-2` and so on. A dash means nothing else: those
/// of the header have become underscores.
fn without_number(name: &[u8]) -> &[u8] {
    match name.iter().rposition(|byte| *byte == b'-') {
        Some(dash) if is_number(part(name, dash + 1..)) => part(name, ..dash),
        _ => name,
    }
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// Returns the value with its entities decoded; bytes that are not UTF-8 are left as they are.
fn unescaped(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !value.contains(&b'&') {
        return Some(value.into());
    }
    let mut plain = Vec::with_capacity(value.len());
    for chunk in value.utf8_chunks() {
        plain.extend_from_slice(unescape(chunk.valid()).ok()?.as_bytes());
        plain.extend_from_slice(chunk.invalid());
    }
    Some(plain.into())
}

// `WHOLE`: names of the catalogue that XML cannot hold, sorted by their form in XML. `NUMBERED`:
// names of the catalogue with numbers in them.
include!(concat!(env!("OUT_DIR"), "/mxml_names.rs"));

/// Returns the name as the server had it, if the catalogue knows it.
fn restore(name: &[u8]) -> Cow<'_, [u8]> {
    if !name.contains(&b'_') {
        return name.into();
    }
    if let Ok(at) = WHOLE.binary_search_by(|(folded, _)| folded.as_bytes().cmp(name)) {
        return WHOLE.get(at).map_or(name, |(_, whole)| whole.as_bytes()).into();
    }
    let numbered = NUMBERED.iter().find_map(|pattern| fill(pattern, name));
    numbered.map_or(name.into(), Cow::Owned)
}

/// Returns the pattern with the numbers of `folded` in its holes, if `folded` is the XML form of
/// such a name.
fn fill(pattern: &str, folded: &[u8]) -> Option<Vec<u8>> {
    let mut parts = pattern.split('{');
    let head = parts.next()?;
    let mut rest = behind(head, folded)?;
    let mut name = Vec::from(head);
    for part in parts {
        let (_, literal) = part.split_once('}')?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, after) = rest.split_at_checked(digits).filter(|(number, _)| !number.is_empty())?;
        name.extend_from_slice(number);
        name.extend_from_slice(literal.as_bytes());
        rest = behind(literal, after)?;
    }
    rest.is_empty().then_some(name)
}

/// Returns the rest of an XML name behind the XML form of `text`.
fn behind<'a>(text: &str, name: &'a [u8]) -> Option<&'a [u8]> {
    let fold = |byte: u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'_' };
    let (head, rest) = name.split_at_checked(text.len())?;
    text.bytes().map(fold).eq(head.iter().copied()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_catalogue_get_back_what_xml_took() {
        for (folded, name) in [
            ("cause_txt", "Cause-txt"),
            ("line_000001_000009", "Line-000001-000009"),
            ("category_000000", "Category-000000"),
            ("address_ip", "Address-IP"),
            ("units_item_3__numberof", "Units/Item(3)/NumberOf"),
            ("category_000000_", "category_000000_"),
            ("category_", "category_"),
            ("not_known", "not_known"),
            ("line_x", "line_x"),
        ] {
            assert_eq!(restore(folded.as_bytes()), name.as_bytes());
        }
        assert!(WHOLE.is_sorted() && WHOLE.len() > 40 && NUMBERED.len() > 10);
    }

    /// Every name of the catalogue is restored to a name with the same XML form.
    #[test]
    fn the_catalogue_is_covered() {
        use crate::catalogue;
        let events = catalogue::events().flat_map(catalogue::EventType::fields);
        let fields = events.chain(catalogue::actions().flat_map(|action| action.reply().fields()));
        let fold = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        for name in fields.map(catalogue::Field::wire_name).filter(|name| name.contains(['-', '/', '(', '_'])) {
            let name = ["{i:6}", "{j:6}", "{i}"].iter().fold(name, |name, hole| name.replace(hole, "000017"));
            if !name.contains('{') {
                let folded: std::string::String = name.chars().map(fold).collect();
                let restored = std::string::String::from_utf8(restore(folded.as_bytes()).into_owned()).unwrap();
                assert_ne!(restored, folded, "{name}");
                assert_eq!(restored.chars().map(fold).collect::<std::string::String>(), folded);
            }
        }
    }

    #[test]
    fn numbers_of_repeats_are_cut() {
        for (name, cut) in [
            ("output-2", "output"),
            ("output", "output"),
            ("-", "-"),
            ("a-b", "a-b"),
            ("a-12", "a"),
            ("a-1b", "a-1b"),
            ("a-b1", "a-b1"),
        ] {
            assert_eq!(without_number(name.as_bytes()), cut.as_bytes());
        }
    }
}
