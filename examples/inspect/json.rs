//! Frames as JSON, one object a line: everything that is in a frame, for other programs to take up.

use std::io::{self, Write};

use ami_proto::wire::{is_secret, is_secret_line};
use ami_proto::{Frame, Value};
use serde_json::json;

use crate::stream::Stream;
use crate::typed::{self, Types};
use crate::{Name, Report};

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
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        let headers = frame.headers().map(|header| {
            let masked = !self.show_secrets && is_secret(frame, header);
            let value = if masked { json!("***") } else { text(header.value()) };
            json!([text(header.name().into()), value])
        });
        let lines = frame.lines().map(|line| {
            let masked = !self.show_secrets && is_secret_line(frame, line);
            if masked { json!("***") } else { text(line) }
        });
        let mut object = json!({
            "offset": frame.offset(),
            "len": frame.as_bytes().len(),
            "kind": frame.kind().as_str(),
            "name": frame.name().map(text),
            "headers": headers.collect::<Vec<_>>(),
            "lines": lines.collect::<Vec<_>>(),
        });
        if let Some(described) = self.types.as_ref().and_then(|types| types.describe(frame)) {
            let described = if self.show_secrets { described.with_secrets() } else { described };
            object["typed"] = typed::object(&described);
        }
        serde_json::to_writer(&mut self.out, &object)?;
        self.out.write_all(b"\n")
    }

    fn end_of_file(&mut self, _: Name<'_>, _: &Stream) -> io::Result<()> {
        self.out.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Text as a string. AMI promises no charset, so what is no UTF-8 is given in hexadecimal rather than changed.
pub(crate) fn text(bytes: Value<'_>) -> serde_json::Value {
    bytes.as_str().map_or_else(|_| json!({ "hex": hex(bytes.as_bytes()) }), serde_json::Value::from)
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
