//! What `FrameWriter` is asked to write, made of a fuzzer's bytes, and the rules by which it
//! refuses, written down a second time.

use ami_proto::error::Refusal;
use arbitrary::{Arbitrary, Unstructured};
use std::iter::repeat_n;

/// Fields of a message at the most: more than a server reads.
const MOST: usize = 160;

/// What `FrameWriter` is asked to write.
#[derive(Arbitrary, Debug)]
pub struct Message {
    /// How it begins, and the value of that line.
    pub kind: Begin,
    pub name: Text,
    /// What is in the output before.
    pub before: Text,
    /// Whether it is closed; else it is dropped.
    pub finish: bool,
    pub fields: Fields,
}

/// The methods that begin a message.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Begin {
    Action,
    Response,
    Event,
}

/// One line of a message.
#[derive(Clone, Debug)]
pub enum Field {
    Header(Text, Text),
    Line(Text),
}

/// A length byte and so many bytes; from 240 on a number of filler bytes, to come near the longest
/// line.
#[derive(Clone, Debug)]
pub struct Text(pub Vec<u8>);

impl<'a> Arbitrary<'a> for Text {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let len = u8::arbitrary(bytes)?;
        if len < 240 {
            let len = usize::from(len).min(bytes.len());
            return Ok(Self(bytes.bytes(len)?.to_vec()));
        }
        let len = u16::arbitrary(bytes)? % 1200;
        Ok(Self(vec![b'x'; len.into()]))
    }
}

/// Fields to the end of the input, each behind a byte: odd for a line; from 192 on the field is
/// repeated, to come near the most headers.
#[derive(Debug)]
pub struct Fields(pub Vec<Field>);

impl<'a> Arbitrary<'a> for Fields {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let mut fields = Vec::new();
        while !bytes.is_empty() && fields.len() < MOST {
            let form = u8::arbitrary(bytes)?;
            let times = 1 + form.saturating_sub(192);
            let field = match form & 1 {
                0 => Field::Header(Text::arbitrary(bytes)?, Text::arbitrary(bytes)?),
                _ => Field::Line(Text::arbitrary(bytes)?),
            };
            let times = usize::from(times).min(MOST - fields.len());
            fields.extend(repeat_n(field, times));
        }
        Ok(Self(fields))
    }
}

impl Field {
    /// What an error calls it.
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Header(name, _) => &name.0,
            Self::Line(_) => b"line",
        }
    }

    /// Its bytes on the wire.
    pub fn write(&self, out: &mut Vec<u8>) {
        let parts: &[&[u8]] = match self {
            Self::Header(name, value) => &[&name.0, b": ", &value.0, b"\r\n"],
            Self::Line(text) => &[&text.0, b"\r\n"],
        };
        out.extend(parts.concat());
    }

    /// Why it can't be the line number `lines` of a message.
    pub fn refusal(&self, to_server: bool, lines: usize) -> Option<Refusal> {
        let bad =
            |text: &[u8], bytes: &[u8]| text.iter().position(|byte| bytes.contains(byte)).map(|at| (text[at], at));
        let (len, value) = match self {
            Self::Header(Text(name), value) => {
                if name.is_empty() {
                    return Some(Refusal::EmptyName);
                }
                if let Some((byte, at)) = bad(name, b"\r\n\0:") {
                    return Some(Refusal::InName { byte, at });
                }
                if [name[0], name[name.len() - 1]].iter().any(|byte| b" \t".contains(byte)) {
                    return Some(Refusal::OuterBlank);
                }
                (name.len() + 2 + value.0.len(), value)
            }
            Self::Line(text) if text.0.is_empty() || text.0.contains(&b':') => return Some(Refusal::NotText),
            Self::Line(text) => (text.0.len(), text),
        };
        if let Some((byte, at)) = bad(&value.0, b"\r\n\0") {
            return Some(Refusal::InValue { byte, at });
        }
        match to_server {
            true if len > 1022 => Some(Refusal::LineTooLong { len, max: 1022 }),
            true if lines == 128 => Some(Refusal::TooManyHeaders { max: 128 }),
            _ => None,
        }
    }
}
