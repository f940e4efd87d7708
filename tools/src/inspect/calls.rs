//! The calls of a recording: as a table, as comma-separated values, as JSON, and for the timeline.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use ami_proto::calls::{Call, CallLimits, TimeSource, Tracker};
use ami_proto::event::Event;
use ami_proto::{Frame, FrameKind, OwnedFrame};

use super::call_csv;
use super::call_table::table;
use super::heard::Heard;
use super::replay::{Side, Turn};
use super::stream::Stream;
use super::timeline::Heading;
use super::times::Times;
use super::{Name, Report, complain, json, timeline};

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
    /// What else was in the file.
    heard: Heard,
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
    heading: Heading,
}

impl Sheet {
    /// Takes the calls of a file; `false`: its times and those of the files before count from
    /// different moments, as those of two recordings do that begin with the recording.
    fn add(&mut self, calls: &mut Vec<Call>, times: &Times, last: Duration) -> bool {
        if calls.is_empty() {
            return true;
        }
        match (self.heading.since_1970, times.since_1970()) {
            (Some(before), Some(own)) if !(before && own) => {
                calls.clear();
                return false;
            }
            (before, own) => self.heading.since_1970 = before.or(own),
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
            let _ = writeln!(out, "{}", call_csv::TITLES);
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
            heard: Heard::default(),
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
        self.heard.frame(frame, turn);
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

    fn end_of_file(&mut self, file: Name<'_>, stream: &Stream) -> io::Result<()> {
        self.release(Duration::ZERO);
        self.calls.extend(self.tracker.abandon());
        self.calls.sort_by_key(|call| (call.start(), call.number()));
        if let Some(out) = self.out.as_mut().filter(|_| self.form != Form::Table) {
            for call in &self.calls {
                match self.form {
                    Form::Json => json::line(out, &serde_json::to_value(call)?)?,
                    _ => writeln!(out, "{}", call_csv::line(call))?,
                }
            }
            out.flush()?;
        } else if let Some(out) = &mut self.out {
            let legs: usize = self.calls.iter().map(|call| call.legs().len()).sum();
            writeln!(out, "{file}\n  calls {}, channels {legs}", self.calls.len())?;
            if !self.calls.is_empty() {
                writeln!(out, "{}", table(&self.calls))?;
            }
            out.flush()?;
        }
        let heard = std::mem::take(&mut self.heard);
        if self.calls.is_empty() {
            complain(file, heard.why_no_calls(stream));
        } else {
            complain(file, &self.times);
        }
        let losses = self.tracker.losses();
        let events = losses.call_events + losses.leg_events + losses.ids;
        if events + losses.given_up + losses.legs + losses.marks + losses.ended + losses.texts > 0 {
            complain(file, format_args!("warning: not all is shown, over the limits: {losses:?}"));
        }
        if self.svg.is_none() {
            self.calls.clear();
        } else if self.sheet.add(&mut self.calls, &self.times, self.last) {
            self.sheet.heading.add(file, heard.servers());
        } else {
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
            let Sheet { calls, times, last, heading } = &self.sheet;
            svg::save(path, &timeline::draw(calls, *last, times, heading)).map_err(named)?;
        }
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}
