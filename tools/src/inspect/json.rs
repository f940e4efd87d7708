//! Frames as JSON, one object a line: everything that is in a frame, for other programs to take up.

use std::io::{self, Write};

use ami_proto::Frame;
use ami_proto::calls::TimeSource;
use ami_proto::redact::WithSecrets;
use serde_json::{Value, to_value};

use super::replay::Turn;
use super::stream::Stream;
use super::typed::Types;
use super::{Name, Report};

pub(crate) struct Json<W> {
    out: W,
    show_secrets: bool,
    types: Option<Types>,
}

impl<W: Write> Json<W> {
    /// With types, what is typed gets them.
    pub(crate) fn new(out: W, show_secrets: bool, types: Option<Types>) -> Self {
        Self { out, show_secrets, types }
    }
}

impl<W: Write> Report for Json<W> {
    fn frame(&mut self, frame: Frame<'_>, turn: Option<Turn>) -> io::Result<()> {
        let mut object = if self.show_secrets { to_value(WithSecrets(frame)) } else { to_value(frame) }?;
        if let Some(described) = self.types.as_ref().and_then(|types| types.describe(frame)) {
            let described = if self.show_secrets { described.with_secrets() } else { described };
            object["typed"] = to_value(described)?;
        }
        told(&mut object, turn);
        line(&mut self.out, &object)
    }

    fn end_of_file(&mut self, _: Name<'_>, _: &Stream) -> io::Result<()> {
        self.out.flush()
    }
}

/// Adds who sent a frame and when, where the recording tells.
pub(crate) fn told(object: &mut Value, turn: Option<Turn>) {
    let Some(turn) = turn else { return };
    object["from"] = turn.side.as_str().into();
    object["at"] = turn.at.map(|at| at.as_secs_f64()).into();
    object["time_source"] = turn.at.map_or(TimeSource::None, |_| TimeSource::Received).as_str().into();
}

/// Writes an object on a line of its own. What could steer a terminal is escaped, which changes
/// nothing of what a JSON string says; `serde_json` does so only below U+0020.
pub(crate) fn line(out: &mut impl Write, object: &Value) -> io::Result<()> {
    let mut line = object.to_string();
    line.push('\n');
    if line.bytes().all(|byte| byte.is_ascii() && byte != 0x7f) {
        return out.write_all(line.as_bytes());
    }
    for char in line.chars() {
        if matches!(char, '"' | '\'' | '\\' | '\n') || char.escape_debug().len() == 1 {
            write!(out, "{char}")?;
            continue;
        }
        for unit in char.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
    }
    Ok(())
}
