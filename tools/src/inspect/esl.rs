//! Recordings of FreeSWITCH's event socket: frames as JSON, one object a line, and a summary.

use std::cmp::Reverse;
use std::io::{self, Write};

use ami_proto::freeswitch::event::ConferenceEvent;
use ami_proto::freeswitch::{ContentType, Decoder, Frame, LIMITS, mask};
use ami_proto::redact::WithSecrets;
use ami_proto::wire::Truncated;
use ami_proto::{FrameError, Value};
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use serde_json::{json, to_value};

use super::count::Count;
use super::json::{line, told};
use super::replay::Turn;
use super::stream::{Decode, Ending, Stream, decode};
use super::summary::Tally;
use super::tallies::Tallies;
use super::{Name, Report};
use crate::shown::Shown;

decode!(Decoder, Frame, LIMITS, |_decoder| 0);

pub(crate) struct Json<W> {
    out: W,
    show_secrets: bool,
    typed: bool,
}

impl<W: Write> Json<W> {
    /// With `typed`, what is typed says so.
    pub(crate) fn new(out: W, show_secrets: bool, typed: bool) -> Self {
        Self { out, show_secrets, typed }
    }

    /// What is serialised, with its secrets or without.
    fn object<T: Serialize>(&self, shown: T) -> serde_json::Result<serde_json::Value>
    where
        WithSecrets<T>: Serialize,
    {
        if self.show_secrets { to_value(WithSecrets(shown)) } else { to_value(shown) }
    }

    fn typed(&self, frame: Frame<'_>) -> serde_json::Result<Option<serde_json::Value>> {
        if let Some(event) = frame.event().filter(|_| frame.answer().is_none()) {
            let event = ConferenceEvent::from(event);
            let known = !matches!(event, ConferenceEvent::Other(_));
            return known.then(|| self.object(event)).transpose();
        }
        let Some(answer) = frame.answer() else { return Ok(None) };
        let shown = if self.show_secrets { answer } else { mask(&answer).into_owned().into() };
        let (refused, job) = (frame.is_refusal(), frame.get("Job-UUID"));
        let kind = if frame.content_type() == ContentType::ApiResponse { "ApiResponse" } else { "CommandReply" };
        let fields = json!({"answer": Value::new(&shown), "refused": refused, "job_uuid": job});
        Ok(Some(json!({"type": kind, "fields": fields})))
    }
}

impl<W: Write> Report<Decoder> for Json<W> {
    fn frame(&mut self, frame: Frame<'_>, turn: Option<Turn>) -> io::Result<()> {
        let mut object = self.object(frame)?;
        if let Some(typed) = self.typed.then(|| self.typed(frame)).transpose()?.flatten() {
            object["typed"] = typed;
        }
        told(&mut object, turn);
        line(&mut self.out, &object)
    }

    fn end_of_file(&mut self, _: Name<'_>, _: &Stream) -> io::Result<()> {
        self.out.flush()
    }
}

/// How many frames of what; of their content only what names it is shown, so no secret is.
pub(crate) struct Summary<W> {
    out: W,
    /// By content type, and event where there is one.
    kinds: Tallies<(Vec<u8>, String), Tally>,
}

impl<W: Write> Summary<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, kinds: Tallies::default() }
    }
}

impl<W: Write> Report<Decoder> for Summary<W> {
    fn frame(&mut self, frame: Frame<'_>, _: Option<Turn>) -> io::Result<()> {
        let content = frame.get("Content-Type").unwrap_or_default().as_bytes().to_vec();
        let event = frame.event().map(|event| {
            let names = [event.name(), event.subclass(), event.action()];
            names.into_iter().flatten().map(|name| name.to_string()).collect::<Vec<_>>().join(" ")
        });
        // What was meant for its body is read as frames then.
        let wrong = frame.content_length().is_err().then(|| "Content-Length is no number".to_owned());
        let tally = Tally { frames: 1, bytes: frame.as_bytes().len() as u64 };
        self.kinds.of(&(content, wrong.or(event).unwrap_or_default())).add(tally);
        Ok(())
    }

    fn end_of_file(&mut self, file: Name<'_>, stream: &Stream) -> io::Result<()> {
        let kinds = std::mem::take(&mut self.kinds);
        let frames: u64 = kinds.values().map(|tally| tally.frames).sum();
        let errors = u64::from(matches!(stream.ending, Ending::Broken(..)));
        writeln!(self.out, "{file}")?;
        writeln!(self.out, "  frames {}, bytes {}, framing errors {errors}", Count(frames), Count(stream.bytes))?;
        stream.replay.iter().try_for_each(|totals| write!(self.out, "{totals}"))?;
        if frames > 0 {
            writeln!(self.out, "{}", table(&kinds))?;
        }
        writeln!(self.out, "{}", kinds.others())?;
        self.out.flush()
    }
}

fn table(kinds: &Tallies<(Vec<u8>, String), Tally>) -> Table {
    let mut rows: Vec<_> = kinds.iter().collect();
    rows.sort_by_key(|(name, tally)| (Reverse(tally.frames), *name));
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_header(["content type", "event", "count", "bytes"]);
    table.add_rows(rows.into_iter().map(|((content, event), tally)| {
        let [content, event] = [&content[..], event.as_bytes()].map(|name| Shown(name).to_string());
        [content, event, Count(tally.frames).to_string(), Count(tally.bytes).to_string()]
    }));
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
