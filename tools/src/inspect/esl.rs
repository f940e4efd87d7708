//! Recordings of FreeSWITCH's event socket: frames as JSON, one object a line, and a summary.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::io::{self, Write};

use ami_proto::catalogue::Datum;
use ami_proto::freeswitch::event::{ConferenceEvent, Event};
use ami_proto::freeswitch::{ContentType, Decoder, Frame, LIMITS, mask, mask_header};
use ami_proto::value::Encoded;
use ami_proto::wire::Truncated;
use ami_proto::{FrameError, Value};
use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Map, json};

use super::count::Count;
use super::json::{line, text};
use super::stream::{Decode, Ending, Stream};
use super::summary::Tally;
use super::tallies::Tallies;
use super::typed::datum;
use super::{Name, Report};
use crate::shown::Shown;

impl Decode for Decoder {
    type Frame<'a> = Frame<'a>;

    fn start() -> Self {
        Self::new(LIMITS)
    }

    fn space(&mut self, min: usize) -> Option<&mut [u8]> {
        self.space(min)
    }

    fn advance(&mut self, n: usize) {
        self.advance(n);
    }

    fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FrameError> {
        self.next_frame()
    }

    fn finish(&self) -> Option<Truncated> {
        self.finish()
    }

    fn blank_lines(&self) -> u64 {
        0
    }
}

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

    /// A text as it may be shown.
    fn shown<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if self.show_secrets { Cow::Borrowed(bytes) } else { mask(bytes) }
    }

    /// The same for a header's value.
    fn shown_header<'a>(&self, name: &[u8], value: &'a [u8]) -> Cow<'a, [u8]> {
        if self.show_secrets { Cow::Borrowed(value) } else { mask_header(name, value) }
    }

    fn pair(&self, name: Value<'_>, value: &[u8]) -> serde_json::Value {
        json!([text(name), bytes(&self.shown_header(name.as_bytes(), value))])
    }

    /// Whether an event holds something that is not to be shown.
    fn hides(&self, event: Event<'_>) -> bool {
        let mut headers = event.headers().map(|(name, value)| (name, value.decode()));
        *self.shown(event.body()) != *event.body()
            || headers.any(|(name, value)| self.shown_header(name.as_bytes(), &value) != value)
    }

    fn event(&self, event: Event<'_>) -> serde_json::Value {
        let headers = event.headers().map(|(name, value)| self.pair(name, &value.decode()));
        json!({
            "name": event.name().map(decoded),
            "subclass": event.subclass().map(decoded),
            "action": event.action().map(decoded),
            "headers": headers.collect::<Vec<_>>(),
            "body": bytes(&self.shown(event.body())),
        })
    }

    fn typed(&self, frame: Frame<'_>) -> Option<serde_json::Value> {
        let Some(event) = frame.event().filter(|_| frame.answer().is_none()) else {
            let answer = frame.answer()?;
            let refused = frame.is_refusal();
            let job = frame.get("Job-UUID").map(text);
            let kind = if frame.content_type() == ContentType::ApiResponse { "ApiResponse" } else { "CommandReply" };
            let fields = json!({"answer": bytes(&self.shown(&answer)), "refused": refused, "job_uuid": job});
            return Some(json!({"type": kind, "fields": fields}));
        };
        let event = ConferenceEvent::from(event);
        if let ConferenceEvent::Other(_) = event {
            return None;
        }
        let (mut fields, mut invalid) = (Map::new(), Vec::new());
        for (name, found) in event.fields() {
            match found {
                Ok(Datum::Text(value)) => {
                    let value = Encoded::new(value.as_bytes()).decode();
                    fields.insert(name.to_owned(), bytes(&self.shown_header(name.as_bytes(), &value)));
                }
                Ok(value) => {
                    fields.insert(name.to_owned(), datum(&value));
                }
                Err(error) => {
                    let value = event.event().get(error.name()).unwrap_or(Encoded::new(b""));
                    invalid.push(json!({"header": error.name(), "value": decoded(value)}));
                }
            }
        }
        let rest: Vec<_> = event.rest().map(|(name, value)| self.pair(name, &value.decode())).collect();
        Some(json!({"type": event.type_name(), "fields": fields, "rest": rest, "invalid": invalid}))
    }
}

impl<W: Write> Report<Decoder> for Json<W> {
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        // An event that hides something hides it in its raw form too, in whatever encoding.
        let hidden = frame.event().filter(|_| !self.show_secrets).is_some_and(|event| self.hides(event));
        let body = if hidden && !frame.body().is_empty() { json!("***") } else { bytes(&self.shown(frame.body())) };
        let headers = frame.headers().map(|(name, value)| {
            let plain = Encoded::new(value.as_bytes()).decode();
            let hidden = self.shown_header(name.as_bytes(), &plain) != plain;
            // Encoded, it would not be recognised.
            if hidden && plain != value.as_bytes() {
                json!([text(name), "***"])
            } else {
                self.pair(name, value.as_bytes())
            }
        });
        let content_type = frame.get("Content-Type").map(text);
        let mut object = json!({
            "offset": frame.offset(),
            "len": frame.as_bytes().len(),
            "content_type": content_type,
            "headers": headers.collect::<Vec<_>>(),
            "body": body,
            "event": frame.event().map(|event| self.event(event)),
        });
        if let Some(command) = frame.command() {
            object["command"] = bytes(&self.shown(command.as_bytes()));
        }
        if let Some(typed) = self.typed.then(|| self.typed(frame)).flatten() {
            object["typed"] = typed;
        }
        line(&mut self.out, &object)
    }

    fn end_of_file(&mut self, _: Name<'_>, _: &Stream) -> io::Result<()> {
        self.out.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn bytes(bytes: &[u8]) -> serde_json::Value {
    text(Value::new(bytes))
}

fn decoded(value: Encoded<'_>) -> serde_json::Value {
    bytes(&value.decode())
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
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        let content = frame.get("Content-Type").unwrap_or_default().as_bytes().to_vec();
        let event = frame.event().map(|event| {
            let names = [event.name(), event.subclass(), event.action()];
            names.into_iter().flatten().map(|name| name.to_string()).collect::<Vec<_>>().join(" ")
        });
        let tally = Tally { frames: 1, bytes: frame.as_bytes().len() as u64 };
        self.kinds.of(&(content, event.unwrap_or_default())).add(tally);
        Ok(())
    }

    fn end_of_file(&mut self, file: Name<'_>, stream: &Stream) -> io::Result<()> {
        let kinds = std::mem::take(&mut self.kinds);
        let frames: u64 = kinds.values().map(|tally| tally.frames).sum();
        let errors = u64::from(matches!(stream.ending, Ending::Broken(_)));
        writeln!(self.out, "{file}")?;
        writeln!(self.out, "  frames {}, bytes {}, framing errors {errors}", Count(frames), Count(stream.bytes))?;
        if frames > 0 {
            writeln!(self.out, "{}", table(&kinds))?;
        }
        writeln!(self.out, "{}", kinds.others())?;
        self.out.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
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
