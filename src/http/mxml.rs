//! The XML of `mxml` back to the bytes that it was made from.
//!
//! ```text
//! <ajax-response>
//! <response type='object' id='unknown'><generic response='Success' output='a' output-2='b' opaque_data='c
//! d' /></response>
//! </ajax-response>
//! ```
//!
//! An element inside a `response` is a frame (it is called `generic` unless the request's `ajaxobjtype` says otherwise), an attribute a header, `-2` at its end the second one of that name. `opaque_data` holds the
//! first line without a colon and all that follow it (Asterisk `main/manager.c`, `xml_translate`). Values can have any bytes, also such as are no UTF-8.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::HttpError;
use crate::catalogue::{self, Field};
use crate::wire::FrameWriter;

/// Depth of an element that is a frame: inside `ajax-response` and `response`.
const FRAME: usize = 2;

/// The frames of a body, as a socket would carry them.
pub(super) fn to_wire(xml: &[u8]) -> Result<Vec<u8>, HttpError> {
    let mut out = Vec::with_capacity(xml.len());
    let mut names = Names::default();
    let mut reader = Reader::from_reader(xml);
    let mut depth = 0;
    loop {
        let offset = reader.buffer_position();
        let wrong = HttpError::Xml { offset };
        match reader.read_event().map_err(|_| HttpError::Xml { offset: reader.error_position() })? {
            Event::Start(element) => {
                if depth == FRAME {
                    frame(&element, &mut names, &mut out).ok_or(wrong)?;
                }
                depth += 1;
            }
            Event::Empty(element) if depth == FRAME => frame(&element, &mut names, &mut out).ok_or(wrong)?,
            Event::End(_) => depth = usize::saturating_sub(depth, 1),
            // An answer without a frame: an empty `response`.
            Event::Empty(_) | Event::Decl(_) | Event::Comment(_) => {}
            Event::Text(text) if text.trim_ascii().is_empty() => {}
            Event::Eof if depth == 0 => return Ok(out),
            _ => return Err(wrong),
        }
    }
}

/// Writes one frame. `None`: the attributes are no such thing.
fn frame(element: &BytesStart<'_>, names: &mut Names, out: &mut Vec<u8>) -> Option<()> {
    let mut writer = FrameWriter::heard(out);
    let mut follows = false;
    let mut empty = true;
    let mut attributes = element.attributes();
    // Repeats are told apart by their `-n`; looking for others costs quadratic time.
    for attribute in attributes.with_checks(false) {
        let attribute = attribute.ok()?;
        let name = without_number(attribute.key.as_ref());
        let value = unescaped(&attribute.value)?;
        if name == b"opaque_data" {
            for line in value.split(|byte| *byte == b'\n') {
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let line = if follows { line.strip_suffix(b"--END COMMAND--").unwrap_or(line) } else { line };
                empty &= line.is_empty();
                writer = writer.heard_line(line);
            }
        } else {
            follows |= name == b"response" && value.eq_ignore_ascii_case(b"Follows");
            empty = false;
            writer = writer.header(names.restore(name), value);
        }
    }
    if empty {
        return Some(());
    }
    writer.finish().ok()
}

/// The name of a repeated header without `-2` and so on. A dash stands for nothing else: those of the header have become underscores.
fn without_number(name: &[u8]) -> &[u8] {
    match name.iter().rposition(|byte| *byte == b'-') {
        Some(dash) if dash + 1 < name.len() && name[dash + 1..].iter().all(u8::is_ascii_digit) => &name[..dash],
        _ => name,
    }
}

/// What the entities stand for; what is no UTF-8 is left as it is.
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

/// Names that the catalogue has and XML can't: made when the first name comes that may be one of them.
#[derive(Default)]
struct Names {
    known: Option<Known>,
}

struct Known {
    /// By what became of them.
    whole: BTreeMap<String, String>,
    /// Those with numbers in them.
    numbered: Vec<&'static str>,
}

impl Names {
    /// The name as the server had it, where that is known.
    fn restore<'a>(&mut self, name: &'a [u8]) -> Cow<'a, [u8]> {
        if !name.contains(&b'_') {
            return name.into();
        }
        let Ok(text) = core::str::from_utf8(name) else { return name.into() };
        let known = self.known.get_or_insert_with(Known::new);
        if let Some(whole) = known.whole.get(text) {
            return whole.clone().into_bytes().into();
        }
        let numbered = known.numbered.iter().find_map(|pattern| fill(pattern, text));
        numbered.map_or(name.into(), |name| name.into_bytes().into())
    }
}

impl Known {
    fn new() -> Self {
        let fields = || {
            let events = catalogue::events().flat_map(catalogue::EventType::fields);
            events.chain(catalogue::actions().flat_map(|action| action.reply().fields()))
        };
        let mut numbered: Vec<&str> =
            fields().map(Field::name).filter(|name| name.contains('{') && !name.contains("{key}")).collect();
        numbered.sort_unstable();
        numbered.dedup();
        let mut whole: BTreeMap<String, String> = BTreeMap::new();
        for name in fields().map(Field::wire_name).filter(|name| !name.contains('{')) {
            if name.bytes().any(|byte| !byte.is_ascii_alphanumeric()) {
                // Where two names have become one, the one with the underscore is as likely as the other: it is left as it came.
                let folded = fold(&name);
                let plain = !name.bytes().any(|byte| !byte.is_ascii_alphanumeric() && byte != b'_');
                if plain || !whole.contains_key(&folded) {
                    whole.insert(folded, name);
                }
            }
        }
        Self { whole, numbered }
    }
}

/// What the server makes of a name.
fn fold(name: &str) -> String {
    name.chars().map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '_' }).collect()
}

/// The pattern with the numbers of `folded` in its holes, if that is what became of such a name.
fn fill(pattern: &str, folded: &str) -> Option<String> {
    let mut name = String::with_capacity(folded.len());
    let mut rest = folded;
    let mut parts = pattern.split('{');
    let head = parts.next()?;
    rest = rest.strip_prefix(fold(head).as_str())?;
    name.push_str(head);
    for part in parts {
        let (_, literal) = part.split_once('}')?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits).filter(|(number, _)| !number.is_empty())?;
        name.push_str(number);
        name.push_str(literal);
        rest = after.strip_prefix(fold(literal).as_str())?;
    }
    rest.is_empty().then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_catalogue_get_back_what_xml_took() {
        let mut names = Names::default();
        for (folded, name) in [
            ("cause_txt", "Cause-txt"),
            ("line_000001_000009", "Line-000001-000009"),
            ("category_000000", "Category-000000"),
            ("not_known", "not_known"),
            ("line_x", "line_x"),
        ] {
            assert_eq!(names.restore(folded.as_bytes()), name.as_bytes());
        }
    }

    #[test]
    fn numbers_of_repeats_are_cut() {
        for (name, cut) in [("output-2", "output"), ("output", "output"), ("-", "-"), ("a-b", "a-b"), ("a-12", "a")] {
            assert_eq!(without_number(name.as_bytes()), cut.as_bytes());
        }
    }
}
