//! The shape of one framing case: its bytes in parts, and beside each part what must come of it.

use super::oracle::{Kind, OracleFrame, Reading};

/// Bytes in, and what came out.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// What the case shows; unique in the table.
    pub name: &'static str,
    /// Whether the bytes are the start of what a server sends.
    pub banner: bool,
    /// The input from first to last byte.
    pub parts: &'static [Part],
}

/// A piece of the input and its meaning.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// Blank lines that belong to no frame.
    Skip(&'static [u8]),
    /// Exactly one frame.
    Frame(&'static [u8], Content),
    /// What is left unfinished; only as the last part.
    Rest(&'static [u8]),
}

/// What is expected in a frame.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// What the frame is.
    pub kind: Kind,
    /// The value of the line that decides the kind.
    pub name: Option<&'static [u8]>,
    /// Names and values.
    pub headers: &'static [Header],
    /// Lines that are no headers.
    pub lines: &'static [&'static [u8]],
}

/// A header's name and value.
pub type Header = (&'static [u8], &'static [u8]);

impl Part {
    /// The part's bytes.
    #[must_use]
    pub fn bytes(&self) -> &'static [u8] {
        match self {
            Self::Skip(bytes) | Self::Frame(bytes, _) | Self::Rest(bytes) => bytes,
        }
    }
}

impl Case {
    /// All bytes of the case.
    #[must_use]
    pub fn input(&self) -> Vec<u8> {
        self.parts.iter().flat_map(Part::bytes).copied().collect()
    }

    /// What reading the input must give, with the offsets that follow from the parts.
    pub fn reading(&self) -> Reading {
        let mut frames = Vec::new();
        let mut at = 0;
        let mut rest = None;
        for part in self.parts {
            match part {
                Part::Skip(_) => {}
                Part::Rest(_) => rest = Some(at),
                Part::Frame(bytes, content) => frames.push(OracleFrame {
                    offset: at,
                    len: bytes.len(),
                    kind: content.kind,
                    name: content.name.map(<[u8]>::to_vec),
                    headers: content.headers.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect(),
                    lines: content.lines.iter().map(|line| line.to_vec()).collect(),
                }),
            }
            at += part.bytes().len() as u64;
        }
        Reading { frames, rest: rest.unwrap_or(at) }
    }
}

/// A case that begins where a connection begins, so that a banner may come first.
pub(crate) const fn connect(name: &'static str, parts: &'static [Part]) -> Case {
    Case { name, banner: true, parts }
}

/// A case without a banner: the middle of a connection, or what a client sends.
pub(crate) const fn stream(name: &'static str, parts: &'static [Part]) -> Case {
    Case { name, banner: false, parts }
}

pub(crate) const fn skip(bytes: &'static [u8]) -> Part {
    Part::Skip(bytes)
}

pub(crate) const fn rest(bytes: &'static [u8]) -> Part {
    Part::Rest(bytes)
}

pub(crate) const fn banner(bytes: &'static [u8], line: &'static [&'static [u8]]) -> Part {
    Part::Frame(bytes, Content { kind: Kind::Banner, name: None, headers: &[], lines: line })
}

pub(crate) const fn text(bytes: &'static [u8], lines: &'static [&'static [u8]]) -> Part {
    Part::Frame(bytes, Content { kind: Kind::Text, name: None, headers: &[], lines })
}

pub(crate) const fn response(
    bytes: &'static [u8],
    name: &'static [u8],
    headers: &'static [Header],
    lines: &'static [&'static [u8]],
) -> Part {
    Part::Frame(bytes, Content { kind: Kind::Response, name: Some(name), headers, lines })
}

pub(crate) const fn event(
    bytes: &'static [u8],
    name: &'static [u8],
    headers: &'static [Header],
    lines: &'static [&'static [u8]],
) -> Part {
    Part::Frame(bytes, Content { kind: Kind::Event, name: Some(name), headers, lines })
}

pub(crate) const fn action(
    bytes: &'static [u8],
    name: &'static [u8],
    headers: &'static [Header],
    lines: &'static [&'static [u8]],
) -> Part {
    Part::Frame(bytes, Content { kind: Kind::Action, name: Some(name), headers, lines })
}
