//! The fuzz target of frames that are read from JSON, with a reader of their objects of its own.

use crate::oracle::{self, OracleFrame};
use crate::plain;
use ami_proto::OwnedFrame;
use ami_proto::redact::WithSecrets;
use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, from_slice, from_str, json, to_string};

/// Any JSON is read as a frame that has just what the object says, or no stream has such a frame
/// and it is refused; a frame that was read comes back from what it is written as.
///
/// Input that does not begin as an object does is made into one.
pub fn frame_json(data: &[u8]) {
    is_read(data);
}

/// Returns whether it was read, having checked this.
pub fn is_read(data: &[u8]) -> bool {
    let made = if data.first() == Some(&b'{') { None } else { object(&mut Unstructured::new(data)).ok() };
    let made = made.map(|object| object.to_string());
    let text = made.as_ref().map_or(data, |text| text.as_bytes());
    // Longer ones may go over a limit.
    if text.len() > 1 << 14 {
        return false;
    }
    let shown = || String::from_utf8_lossy(text).into_owned();
    let read = from_slice::<OwnedFrame>(text);
    if let Ok(frame) = &read {
        comes_back(frame);
    }
    // What is passed over may be more than this reader takes, such as a number beyond all measure.
    let Ok(json) = from_slice::<Value>(text) else { return read.is_ok() };
    let told = Told::of(&json);
    match read {
        Ok(frame) => {
            let told = told.unwrap_or_else(|| panic!("no object of a frame: {}", shown()));
            let frame = frame.view();
            assert_eq!(frame.offset(), told.offset, "{}", shown());
            assert!(told.bytes.is_none_or(|bytes| bytes == frame.as_bytes()), "{}", shown());
            let offset = frame.offset();
            let found = OracleFrame { offset: 0, ..plain(frame) };
            let fits = |read: OracleFrame| told.parts.fits(&read) && read == found;
            assert!(readings(frame.as_bytes()).any(fits), "at {offset}, of {}: {found:?}", shown());
            true
        }
        Err(error) => {
            let error = error.to_string();
            // Of two keys that are the same this reader has the last.
            let twice = ["duplicate field", "an object for bytes has `hex` alone"];
            let wrongly = told.and_then(|told| told.frame());
            let wrongly = wrongly.filter(|_| !twice.iter().any(|words| error.starts_with(words)));
            assert!(wrongly.is_none(), "{error}, of {}: {wrongly:?}", shown());
            false
        }
    }
}

/// Written with its secrets and read, it is the same; without them it is a frame as well.
fn comes_back(frame: &OwnedFrame) {
    let json = to_string(&WithSecrets(frame)).expect("JSON");
    let back: OwnedFrame = from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(back, *frame, "{json}");
    let masked = to_string(frame).expect("JSON");
    let back: OwnedFrame = from_str(&masked).unwrap_or_else(|error| panic!("{error}: {masked}"));
    assert_eq!(back.view().kind(), frame.view().kind());
    assert_eq!(back.view().headers().count(), frame.view().headers().count());
}

/// The frame that an object tells of.
struct Told<'a> {
    offset: u64,
    parts: Parts<'a>,
    bytes: Option<Vec<u8>>,
}

/// The parts of a frame that do not say where it lies.
struct Parts<'a> {
    kind: &'a str,
    name: Option<Vec<u8>>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    lines: Vec<Vec<u8>>,
}

impl<'a> Told<'a> {
    /// `None`: it is no object of a frame.
    fn of(json: &'a Value) -> Option<Self> {
        let object = json.as_object()?;
        let items = |key: &str| object.get(key).map_or(Some(&[][..]), |items| items.as_array().map(Vec::as_slice));
        let header = |header: &Value| match header.as_array()?.as_slice() {
            [name, value] => Some((bytes(name)?, bytes(value)?)),
            _ => None,
        };
        Some(Self {
            offset: object.get("offset").map_or(Some(0), Value::as_u64)?,
            parts: Parts {
                kind: object.get("kind")?.as_str()?,
                name: match object.get("name") {
                    None | Some(Value::Null) => None,
                    Some(name) => Some(bytes(name)?),
                },
                headers: items("headers")?.iter().map(header).collect::<Option<_>>()?,
                lines: items("lines")?.iter().map(bytes).collect::<Option<_>>()?,
            },
            bytes: match object.get("bytes") {
                None => None,
                Some(text) => Some(bytes(text)?),
            },
        })
    }

    /// The frame that it is in some stream.
    fn frame(&self) -> Option<OracleFrame> {
        let wires = self.bytes.clone().map_or_else(|| self.parts.wires(), |bytes| vec![bytes]);
        let ends = |wire: &&Vec<u8>| self.offset.checked_add(wire.len() as u64).is_some();
        wires.iter().filter(ends).flat_map(|wire| readings(wire)).find(|read| self.parts.fits(read))
    }
}

impl Parts<'_> {
    fn fits(&self, frame: &OracleFrame) -> bool {
        frame.kind.word() == self.kind
            && (self.name.is_none() || frame.name == self.name)
            && frame.headers == self.headers
            && frame.lines == self.lines
    }

    /// The forms in which a server could send it: a frame, a banner, text with a marker.
    fn wires(&self) -> Vec<Vec<u8>> {
        let headers: Vec<u8> =
            self.headers.iter().flat_map(|(name, value)| [name, &b": "[..], value, b"\r\n"].concat()).collect();
        let form = |line_end: &[u8], end: &str| {
            let lines = self.lines.iter().flat_map(|line| [line, line_end].concat());
            headers.iter().copied().chain(lines).chain(end.bytes()).collect()
        };
        let marker = "--END COMMAND--\r\n\r\n";
        vec![form(b"\r\n", "\r\n"), form(b"\r\n", ""), form(b"\n", marker), form(b"\r\n", marker)]
    }
}

/// Reads bytes as each kind of stream: what is one frame, from the first byte to the last.
fn readings(wire: &[u8]) -> impl Iterator<Item = OracleFrame> {
    let ways = [(true, true), (true, false), (false, true), (false, false)];
    ways.into_iter().filter_map(|(banner, follows)| {
        let mut reading = oracle::read_as(wire, banner, follows);
        let whole = reading.frames.len() == 1 && reading.frames[0].len == wire.len();
        if whole { reading.frames.pop() } else { None }
    })
}

/// The bytes of a string, or of `{"hex": …}`.
fn bytes(json: &Value) -> Option<Vec<u8>> {
    if let Some(text) = json.as_str() {
        return Some(text.as_bytes().to_vec());
    }
    let object = json.as_object().filter(|object| object.len() == 1)?;
    let digits = object.get("hex")?.as_str()?;
    let pairs = (0..digits.len()).step_by(2).map(|at| digits.get(at..at + 2));
    pairs.map(|pair| u8::from_str_radix(pair.filter(|pair| !pair.starts_with('+'))?, 16).ok()).collect()
}

/// An object that is one of a frame more often than not.
fn object(from: &mut Unstructured<'_>) -> Result<Value> {
    let kinds = ["event", "response", "response", "action", "text", "banner", "reply"];
    let kind = kinds[from.int_in_range(0..=6)?];
    // Text and banners have lines alone, a banner one.
    let named = matches!(kind, "event" | "response" | "action");
    let as_usual = from.ratio(7, 8)?;
    let (headers_most, lines_most) = match (named, kind) {
        (true, _) => (3, 2),
        _ if !as_usual => (2, 3),
        (_, "banner") => (0, 1),
        _ => (0, 3),
    };
    let mut headers = Vec::new();
    if named && as_usual {
        headers.push(json!([kind.to_ascii_uppercase(), text(from)?]));
    }
    for _ in 0..from.int_in_range(0..=headers_most)? {
        headers.push(json!([text(from)?, text(from)?]));
    }
    let mut lines = Vec::new();
    for _ in 0..from.int_in_range(usize::from(!named)..=lines_most)? {
        lines.push(text(from)?);
    }
    let mut object = Map::new();
    object.insert("kind".into(), kind.into());
    if from.ratio(1, 4)? {
        let name = headers.first().map_or(Value::Null, |header| header[1].clone());
        object.insert("name".into(), if from.ratio(1, 4)? { text(from)? } else { name });
    }
    if from.ratio(1, 4)? {
        let mut wire = Vec::new();
        for header in &headers {
            wire.extend(bytes(&header[0]).into_iter().chain([b":".to_vec()]).chain(bytes(&header[1])).flatten());
            wire.extend_from_slice(if from.ratio(1, 2)? { b"\n" } else { b"\r\n" });
        }
        for line in &lines {
            wire.extend(bytes(line).unwrap_or_default());
            wire.extend_from_slice(if from.ratio(1, 2)? { b"\n" } else { b"\r\n" });
        }
        wire.extend_from_slice([&b"\n"[..], b"\r\n", b"", b"--END COMMAND--\r\n\r\n"][from.int_in_range(0..=3)?]);
        object.insert("bytes".into(), written(&wire));
    }
    if from.ratio(1, 8)? {
        object.insert("offset".into(), from.arbitrary::<u64>()?.into());
    }
    if !headers.is_empty() || from.ratio(1, 2)? {
        object.insert("headers".into(), headers.into());
    }
    if !lines.is_empty() || from.ratio(1, 2)? {
        object.insert("lines".into(), lines.into());
    }
    Ok(object.into())
}

/// A text of the protocol's words, as a string or as `{"hex": …}`.
fn text(from: &mut Unstructured<'_>) -> Result<Value> {
    const WORDS: [&str; 20] = [
        "Event",
        "Response",
        "Action",
        "ActionID",
        "Privilege",
        "Follows",
        "Hangup",
        "Secret",
        "--END COMMAND--",
        "Asterisk Call Manager/1.1",
        "a",
        // What not every text may have.
        " ",
        ":",
        "a: b",
        "sip:u:pw@h",
        "\r",
        "\n",
        "\u{e9}",
        "0",
        "follows",
    ];
    let mut text = Vec::new();
    for _ in 0..from.int_in_range(0..=2)? {
        let last = if from.ratio(1, 4)? { WORDS.len() - 1 } else { 10 };
        text.extend_from_slice(WORDS[from.int_in_range(0..=last)?].as_bytes());
    }
    if from.ratio(1, 16)? {
        text.push(from.arbitrary()?);
    }
    Ok(written(&text))
}

fn written(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => json!({"hex": bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()}),
    }
}
