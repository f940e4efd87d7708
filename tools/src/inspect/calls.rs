//! The calls of a recording: as a table, as comma-separated values, as JSON, and for the timeline.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use ami_proto::calls::{Call, CallLimits, OwnedValue, Party, QueueOutcome, RecordingKind, TimeSource, Tracker};
use ami_proto::event::Event;
use ami_proto::{Frame, FrameKind, OwnedFrame};
use comfy_table::{CellAlignment, Table, presets};

use super::replay::{Side, Turn};
use super::stream::Stream;
use super::times::Times;
use super::{Name, Report, complain, json, timeline};
use crate::shown::Shown;

/// Events held back at the most until one tells the time, and their bytes.
const HELD: usize = 1024;
const HELD_BYTES: usize = 16 << 20;

/// How calls are printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Table,
    Csv,
    Json,
}

pub(crate) struct Calls<W> {
    /// Where the list goes; `None`: nowhere.
    out: Option<W>,
    form: Form,
    svg: Option<PathBuf>,
    tracker: Tracker,
    times: Times,
    /// Those at the beginning of the file that came before any that tells the time.
    timeless: Vec<OwnedFrame>,
    /// Bytes of those.
    held: usize,
    /// Of the file being read.
    calls: Vec<Call>,
    /// The latest that anything was heard of in it.
    last: Duration,
    /// Of all files, for the picture.
    sheet: Sheet,
}

/// What is drawn.
#[derive(Default)]
struct Sheet {
    calls: Vec<Call>,
    times: Times,
    last: Duration,
    /// Whether its times count from 1970.
    since_1970: Option<bool>,
}

impl Sheet {
    /// Takes the calls of a file; `false`: its times and those of the files before count from
    /// different moments, as those of two recordings do that begin with the recording.
    fn add(&mut self, calls: &mut Vec<Call>, times: &Times, last: Duration) -> bool {
        match (self.since_1970, times.since_1970()) {
            (Some(before), Some(own)) if !(before && own) => {
                calls.clear();
                return false;
            }
            (before, own) => self.since_1970 = before.or(own),
        }
        self.calls.append(calls);
        self.times.add(times);
        self.last = self.last.max(last);
        true
    }
}

impl<W: Write> Calls<W> {
    pub(crate) fn new(mut out: Option<W>, form: Form, svg: Option<PathBuf>) -> Self {
        // An error comes again with the first call.
        if let Some(out) = out.as_mut().filter(|_| form == Form::Csv) {
            let _ = writeln!(out, "{TITLES}");
        }
        let tracker = Tracker::new(CallLimits::new());
        Self {
            out,
            form,
            svg,
            tracker,
            times: Times::default(),
            timeless: Vec::new(),
            held: 0,
            calls: Vec::new(),
            last: Duration::ZERO,
            sheet: Sheet::default(),
        }
    }

    fn event(&mut self, event: &Event<'_>, at: Duration) {
        self.tracker.set_time_source(self.times.source());
        self.tracker.handle(event, at);
        self.last = self.last.max(at);
        while let Some(call) = self.tracker.poll_ended() {
            self.calls.push(call);
        }
    }

    /// Takes the events that waited for the time.
    fn release(&mut self, at: Duration) {
        self.held = 0;
        for frame in std::mem::take(&mut self.timeless) {
            self.event(&Event::from(frame.view()), at);
        }
    }
}

impl<W: Write> Report for Calls<W> {
    fn frame(&mut self, frame: Frame<'_>, turn: Option<Turn>) -> io::Result<()> {
        if frame.kind() == FrameKind::Event && turn.is_none_or(|turn| turn.side == Side::Server) {
            let event = Event::from(frame);
            let at = self.times.tick(&event, turn);
            let room = self.timeless.len() < HELD && self.held < HELD_BYTES;
            if self.times.source() == TimeSource::None && room {
                self.held += frame.as_bytes().len();
                self.timeless.push(frame.to_owned());
            } else {
                self.release(at);
                self.event(&event, at);
            }
        }
        Ok(())
    }

    fn end_of_file(&mut self, file: Name<'_>, _: &Stream) -> io::Result<()> {
        self.release(Duration::ZERO);
        self.calls.extend(self.tracker.abandon());
        self.calls.sort_by_key(|call| (call.start(), call.number()));
        if let Some(out) = self.out.as_mut().filter(|_| self.form != Form::Table) {
            for call in &self.calls {
                match self.form {
                    Form::Json => json::line(out, &serde_json::to_value(call)?)?,
                    _ => writeln!(out, "{}", csv(call))?,
                }
            }
            out.flush()?;
        } else if let Some(out) = &mut self.out {
            let legs: usize = self.calls.iter().map(|call| call.legs().len()).sum();
            writeln!(out, "{file}\n  calls {}, channels {legs}", self.calls.len())?;
            let losses = self.tracker.losses();
            if losses.given_up + losses.call_events + losses.leg_events + losses.legs + losses.marks + losses.ids > 0 {
                writeln!(out, "  over the limits: {losses:?}")?;
            }
            if !self.calls.is_empty() {
                writeln!(out, "{}", table(&self.calls))?;
            }
            out.flush()?;
        }
        if !self.calls.is_empty() {
            complain(file, &self.times);
        }
        if self.svg.is_none() {
            self.calls.clear();
        } else if !self.sheet.add(&mut self.calls, &self.times, self.last) {
            complain(file, "not drawn: its times and those of the files before it count from different moments");
        }
        self.tracker = Tracker::new(CallLimits::new());
        self.times = Times::default();
        self.last = Duration::ZERO;
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        if let Some(path) = &self.svg {
            let named = |error| io::Error::other(format!("{}: {error}", path.display()));
            svg::save(path, &timeline::draw(&self.sheet.calls, self.sheet.last, &self.sheet.times)).map_err(named)?;
        }
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}

fn table(calls: &[Call]) -> Table {
    let zero = calls.first().map(Call::start).unwrap_or_default();
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    table.set_header([
        "start",
        "linked id",
        "from",
        "dialled",
        "to",
        "result",
        "legs",
        "wait",
        "talk",
        "cause",
        "what happened",
    ]);
    let text = |text: Option<&OwnedValue>| text.map(|text| Shown(text.as_bytes()).to_string()).unwrap_or_default();
    table.add_rows(calls.iter().map(|call| {
        [
            seconds(call.start().saturating_sub(zero)),
            text(Some(call.linked_id())),
            text(call.from().map(|party| party.channel)),
            text(call.dialled()),
            text(call.to().map(|party| party.channel)),
            call.disposition().to_string(),
            call.legs().len().to_string(),
            seconds(call.wait()),
            seconds(call.talk()),
            match (call.cause(), call.end()) {
                (Some(cause), _) => cause.description().unwrap_or("Unknown").to_owned(),
                (None, Some(_)) => String::new(),
                (None, None) => "goes on".to_owned(),
            },
            marks(call).join(", "),
        ]
    }));
    for column in [0, 6, 7, 8] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Titles of the comma-separated values.
const TITLES: &str = "linked_id,from_number,from_name,from_channel,dialled,to_number,to_name,to_channel,disposition,\
                      start,answered_by_person,end,talk,wait,hold,cause,time_source";

/// Returns a call as comma-separated values; what is not known is empty.
fn csv(call: &Call) -> String {
    let text = |text: Option<&OwnedValue>| text.map(|text| Shown(text.as_bytes()).to_string()).unwrap_or_default();
    let time = |time: Option<Duration>| time.map(|time| format!("{:.3}", time.as_secs_f64())).unwrap_or_default();
    let party = |party: Option<Party<'_>>| {
        party.map(|party| [party.number, party.name, Some(party.channel)].map(text)).unwrap_or_default()
    };
    let mut fields = vec![text(Some(call.linked_id()))];
    fields.extend(party(call.from()));
    fields.push(text(call.dialled()));
    fields.extend(party(call.to()));
    fields.push(call.disposition().to_string());
    let times = [Some(call.start()), call.answered_by_person(), call.end()];
    fields.extend(times.map(time));
    fields.extend([call.talk(), call.wait(), call.hold()].map(|length| time(Some(length))));
    fields.push(call.cause().map(|cause| cause.get().to_string()).unwrap_or_default());
    fields.push(call.time_source().to_string());
    let quoted = fields.iter().map(|field| {
        if field.contains(['"', ',']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.clone() }
    });
    quoted.collect::<Vec<_>>().join(",")
}

/// What is remarkable about a call.
fn marks(call: &Call) -> Vec<String> {
    let mut marks = Vec::new();
    for dial in call.dials() {
        if let Some(status) = dial.status.as_ref().filter(|status| **status != "ANSWER") {
            marks.push(format!("dial {}", Shown(status.as_bytes())));
        }
    }
    for transfer in call.transfers() {
        marks.push(format!("{} transfer to {}", transfer.kind, Shown(transfer.target.as_bytes())));
    }
    let holds = call.legs().iter().map(|leg| leg.holds.len()).sum::<usize>();
    if holds > 0 {
        marks.push(format!("held {holds}×"));
    }
    for wait in call.queues() {
        let outcome = match &wait.outcome {
            Some(QueueOutcome::Answered(member)) => format!("answered by {}", Shown(member.as_bytes())),
            Some(outcome) => outcome.as_str().to_owned(),
            None => "left".to_owned(),
        };
        marks.push(format!("queue {}: {outcome}", Shown(wait.queue.as_bytes())));
    }
    for parking in call.parkings() {
        marks.push(format!("parked at {}", Shown(parking.space.as_bytes())));
    }
    for room in call.rooms() {
        marks.push(format!("in conference {}", Shown(room.conference.as_bytes())));
    }
    for recording in call.recordings() {
        let file = recording.file.as_ref().map(|file| format!(" in {}", Shown(file.as_bytes())));
        let how = if recording.kind == RecordingKind::Monitor { "both directions recorded" } else { "recorded" };
        marks.push(format!("{how}{}", file.unwrap_or_default()));
    }
    marks.dedup();
    marks
}

pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64())
}
