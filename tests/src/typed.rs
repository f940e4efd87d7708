//! Typed reading of frames that nobody sent: the body of the fuzz target `typed`.

use ami_proto::catalogue::{Datum, Field, Kind, ReplySpec, actions, events};
use ami_proto::describe::{Content, Described, Replies, describe};
use ami_proto::event::Event;
use ami_proto::response::{Command, GetConfig};
use ami_proto::{Decoder, Frame, FrameKind, Framing, Limits};
use arbitrary::Unstructured;
use std::sync::LazyLock;

/// Headers of a frame at the most.
const MOST: usize = 64;

/// What the tables have, at hand: rows are read from text.
struct Tables {
    /// First line, name of the type, fields; whether any other header may stand there.
    items: Vec<(String, &'static str, Vec<Field>, bool)>,
    replies: Replies,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let events = events().map(|event| {
        let line = format!("Event: {}", event.name());
        (line, event.rust_name(), event.fields().collect(), event.rest().is_some())
    });
    let replies = actions().map(|action| {
        let fields = ReplySpec::common_fields().chain(action.reply().fields()).collect();
        ("Response: Success".into(), action.rust_name(), fields, action.reply().rest().is_some())
    });
    Tables { items: events.chain(replies).collect(), replies: Replies::new() }
});

/// A frame is described by the headers it has: each field by the first header of its name, or by
/// all where it repeats, read as its kind; what is no field is told, and what is not of its kind.
/// No bytes make a reader panic.
pub fn typed(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let number = usize::from(bytes.arbitrary::<u16>().unwrap_or_default()) % TABLES.items.len();
    let (first, type_name, fields, rest) = &TABLES.items[number];
    let headers = headers(&mut bytes, fields).unwrap_or_default();
    let mut input = format!("{first}\r\n").into_bytes();
    for (name, value) in &headers {
        input.extend([name, &b": "[..], value, b"\r\n"].concat());
    }
    input.extend(b"\r\n");
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
    decoder.push(&input);
    let frame = decoder.next_frame().expect("within the limits").expect("a whole frame");
    assert_eq!(frame.headers().count(), 1 + headers.len());
    if frame.kind() == FrameKind::Event {
        let described = describe(frame).expect("an event of the catalogue");
        assert_eq!(described.type_name(), *type_name);
        fields_are(&described, fields, *rest, &headers);
        assert!(!format!("{:?}", Event::from(frame)).is_empty());
    } else if let Some(described) = TABLES.replies.describe(frame) {
        // Which reply it is, nothing in it says but the headers.
        let item = TABLES.items.iter().find(|(line, name, ..)| line == first && *name == described.type_name());
        match item {
            Some((_, _, fields, rest)) => fields_are(&described, fields, *rest, &headers),
            None => fields_are(&described, &ReplySpec::common_fields().collect::<Vec<_>>(), false, &headers),
        }
    }
    for category in GetConfig::from(frame).categories() {
        let _ = (category.name(), category.number(), category.is_template());
        assert!(category.lines().count() <= headers.len());
    }
    assert!(Command::from(frame).lines().count() <= headers.len().max(1));
    masked(frame);
}

/// Any header and any of the type's own, with any value.
fn headers(bytes: &mut Unstructured<'_>, fields: &[Field]) -> arbitrary::Result<Vec<(Vec<u8>, Vec<u8>)>> {
    const VALUES: [&[u8]; 12] = [
        b"",
        b"(null)",
        b"N/A",
        b"none",
        b"_undef_",
        b"<unknown>",
        b"0",
        b"-1",
        b"16",
        b"yes",
        b"1795225161.570",
        b"2026-11-21 01:40:26",
    ];
    let mut headers = Vec::new();
    while !bytes.is_empty() && headers.len() < MOST {
        let form: u8 = bytes.arbitrary()?;
        let name = match form & 3 {
            0 => text(bytes)?.into_iter().filter(|byte| *byte != b':').collect(),
            _ => filled(fields[usize::from(bytes.arbitrary::<u16>()?) % fields.len()], bytes)?,
        };
        let value = match form >> 2 & 3 {
            0 => VALUES[usize::from(form >> 4) % VALUES.len()].to_vec(),
            1 => bytes.arbitrary::<u32>()?.to_string().into_bytes(),
            _ => text(bytes)?,
        };
        headers.push((name, value));
    }
    Ok(headers)
}

/// A few bytes that don't end a line.
fn text(bytes: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    let len = usize::from(bytes.arbitrary::<u8>()? & 31).min(bytes.len());
    let text = bytes.bytes(len)?;
    Ok(text.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect())
}

/// One of the field's names, its holes filled.
fn filled(field: Field, bytes: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    let names: Vec<&str> = std::iter::once(field.name()).chain(field.aliases()).collect();
    let mut name = field.prefix().as_bytes().to_vec();
    let mut left = names[usize::from(bytes.arbitrary::<u8>()?) % names.len()];
    while let Some((before, after)) = left.split_once('{') {
        let (hole, after) = after.split_once('}').expect("a hole that is closed");
        name.extend(before.bytes());
        match hole {
            "key" => name.extend(text(bytes)?.into_iter().filter(|byte| *byte != b':')),
            _ if hole.ends_with(":6") => name.extend(format!("{:06}", bytes.arbitrary::<u8>()?).bytes()),
            _ => name.extend(bytes.arbitrary::<u8>()?.to_string().bytes()),
        }
        left = after;
    }
    name.extend(left.bytes());
    Ok(name)
}

/// What is described is what the headers say, one after the other.
fn fields_are(described: &Described<'_>, fields: &[Field], rest: bool, headers: &[(Vec<u8>, Vec<u8>)]) {
    let frame = described.frame();
    let first = frame.headers().next().expect("the first line");
    let first = (first.name().to_vec(), first.value().as_bytes().to_vec());
    let headers: Vec<(Vec<u8>, Vec<u8>)> = std::iter::once(&first).chain(headers).map(with_key).collect();
    let field_of = |name: &[u8]| fields.iter().copied().find(|field| is_named(*field, name));
    let told = described.clone().with_secrets();
    let contents = told.fields();
    for (key, content) in &contents {
        let of_key = |name: &[u8]| field_of(name).map_or_else(|| "rest".into(), Field::key) == *key;
        let own: Vec<_> = headers.iter().filter(|(name, _)| of_key(name)).collect();
        let read = |(name, value): &(Vec<u8>, Vec<u8>)| datum(field_of(name), value);
        match content {
            Content::One(datum) => assert_eq!(Some(plain(*datum)), read(own[0]), "{key}"),
            Content::Many(data) => {
                let data: Vec<Plain> = data.iter().copied().map(plain).collect();
                assert_eq!(data, own.iter().filter_map(|header| read(header)).collect::<Vec<_>>(), "{key}");
            }
            Content::Named(data) => {
                let data: Vec<_> = data.iter().map(|(name, datum)| (name.as_bytes(), plain(*datum))).collect();
                let read = own.iter().filter_map(|header| Some((&*header.0, read(header)?)));
                assert_eq!(data, read.collect::<Vec<_>>(), "{key}");
            }
            other => panic!("content of another kind: {other:?}"),
        }
    }
    for (name, value) in &headers {
        let field = field_of(name);
        if datum(field, value).is_some() && (field.is_some() || rest) {
            let key = field.map_or_else(|| "rest".into(), Field::key);
            let first = headers.iter().find(|(name, _)| field_of(name) == field).expect("itself");
            let once = field.is_some_and(|field| !field.is_indexed() && !field.repeats());
            if !once || datum(field, &first.1).is_some() {
                assert!(contents.iter().any(|(found, _)| *found == key), "{key} is missing");
            }
        }
    }
    let uncovered: Vec<&[u8]> =
        headers.iter().map(|(name, _)| &**name).filter(|name| field_of(name).is_none() && !rest).collect();
    assert_eq!(described.uncovered().map(|name| name.as_bytes()).collect::<Vec<_>>(), uncovered);
    for invalid in told.invalid() {
        assert!(headers.iter().any(|(name, value)| invalid.header == **name && invalid.value == **value));
        assert_eq!(Datum::read(invalid.field.kind(), invalid.value).err(), Some(invalid.error));
        assert!(invalid.error.at() <= invalid.value.len());
    }
}

/// A variable of a channel whose name has a colon in it: `ChanVariable(IAX2/192.0.2.1:4569-1):
/// NAME=value`.
fn with_key((name, value): &(Vec<u8>, Vec<u8>)) -> (Vec<u8>, Vec<u8>) {
    const START: &[u8] = b"ChanVariable(";
    let line = [name, &b": "[..], value].concat();
    let keyed = line.get(..START.len()).is_some_and(|start| start.eq_ignore_ascii_case(START));
    let ends = (START.len() + 1..line.len()).filter(|at| line[*at..].starts_with(b"): "));
    let named = |at: &usize| line[*at..].contains(&b'=') && !line[START.len()..*at + 3].contains(&b'=');
    let end = ends.clone().rfind(named).or_else(|| ends.clone().next());
    match end.filter(|_| keyed) {
        Some(end) => (line[..=end].to_vec(), line[end + 3..].to_vec()),
        None => (name.clone(), value.clone()),
    }
}

/// A value in words that compare: numbers by their digits.
#[derive(Debug, PartialEq)]
enum Plain {
    Text(Vec<u8>),
    Int(i128),
    Float(u64),
    Bool(bool),
}

fn plain(datum: Datum<'_>) -> Plain {
    match datum {
        Datum::Text(text) => Plain::Text(text.as_bytes().to_vec()),
        Datum::Int(number) => Plain::Int(number.into()),
        Datum::Uint(number) => Plain::Int(number.into()),
        Datum::Float(number) => Plain::Float(number.to_bits()),
        Datum::Bool(word) => Plain::Bool(word),
        other => panic!("a datum of another kind: {other:?}"),
    }
}

/// The value as the standard library reads it where it can; by its grammar elsewhere.
fn datum(field: Option<Field>, value: &[u8]) -> Option<Plain> {
    let kind = field.map_or(Kind::Text, Field::kind);
    let found = Datum::read(kind, value.into()).ok().flatten().map(plain);
    // A moment has a fraction that its second is without.
    let digits = if kind == Kind::Epoch { value.split(|byte| *byte == b'.').next().unwrap_or(value) } else { value };
    let number = || std::str::from_utf8(digits.trim_ascii()).ok()?.parse::<i128>().ok();
    match (&found, kind) {
        (Some(Plain::Text(text)), _) => assert_eq!(text, value),
        (Some(Plain::Int(read)), Kind::Int | Kind::Uint | Kind::Cause | Kind::Epoch) => {
            assert_eq!(Some(*read), number())
        }
        (None, Kind::Int) => assert!(number().is_none_or(|number| i64::try_from(number).is_err())),
        (None, Kind::Text) => unreachable!("any bytes are text"),
        _ => {}
    }
    found
}

/// Whether a header of this name is the field: by its name, by another one, or by a name with
/// holes.
pub fn is_named(field: Field, header: &[u8]) -> bool {
    let names = std::iter::once(field.name()).chain(field.aliases());
    names.into_iter().any(|name| fits(&[field.prefix(), name].concat().into_bytes(), header))
}

fn fits(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'{', inner @ ..], _) => {
            let end = inner.iter().position(|byte| *byte == b'}').expect("a hole that is closed");
            let (hole, after) = (&inner[..end], &inner[end + 1..]);
            let least = if hole.ends_with(b":6") { 6 } else { 1 };
            (least..=text.len()).any(|len| {
                let (inside, rest) = text.split_at(len);
                (hole == b"key" || inside.iter().all(u8::is_ascii_digit)) && fits(after, rest)
            })
        }
        ([one, pattern @ ..], [other, text @ ..]) => one.eq_ignore_ascii_case(other) && fits(pattern, text),
        _ => false,
    }
}

/// What is shown of a frame names its headers, in order, and changes a value to a mask at the most.
fn masked(frame: Frame<'_>) {
    let shown = format!("{frame:?}");
    let mut left = &*shown;
    for header in frame.headers() {
        let name = format!("\"{}\": ", header.name().escape_ascii());
        let at = left.find(&name).expect("a header's name is shown");
        left = &left[at + name.len()..];
        let value = format!("\"{}\"", header.value().as_bytes().escape_ascii());
        assert!(left.starts_with(&value) || left.starts_with("***"));
    }
}
