//! The calls of a recording: as a table, and for the timeline.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use ami_proto::calls::{Call, CallLimits, QueueOutcome, Tracker};
use ami_proto::event::Event;
use ami_proto::{Frame, FrameKind, OwnedFrame};
use comfy_table::{CellAlignment, Table, presets};

use super::clock::Clock;
use super::stream::Stream;
use super::{Name, Report, timeline};
use crate::shown::Shown;

/// Events held back at the most until one tells the time.
const HELD: usize = 1024;

pub(crate) struct Calls<W> {
    /// Where the table goes; `None`: nowhere.
    out: Option<W>,
    svg: Option<PathBuf>,
    tracker: Tracker,
    clock: Clock,
    /// Those at the beginning of the file that came before any that tells the time.
    timeless: Vec<OwnedFrame>,
    /// Of the file being read.
    calls: Vec<Call>,
    /// Of all files, for the picture.
    all: Vec<Call>,
    /// The latest that anything was heard of.
    last: Duration,
}

impl<W: Write> Calls<W> {
    pub(crate) fn new(out: Option<W>, svg: Option<PathBuf>) -> Self {
        let tracker = Tracker::new(CallLimits::new());
        Self {
            out,
            svg,
            tracker,
            clock: Clock::default(),
            timeless: Vec::new(),
            calls: Vec::new(),
            all: Vec::new(),
            last: Duration::ZERO,
        }
    }

    fn event(&mut self, event: &Event<'_>, at: Duration) {
        self.tracker.handle(event, at);
        self.last = self.last.max(at);
        while let Some(call) = self.tracker.poll_ended() {
            self.calls.push(call);
        }
    }

    /// Takes the events that waited for the time.
    fn release(&mut self, at: Duration) {
        for frame in std::mem::take(&mut self.timeless) {
            self.event(&Event::from(frame.view()), at);
        }
    }
}

impl<W: Write> Report for Calls<W> {
    fn frame(&mut self, frame: Frame<'_>) -> io::Result<()> {
        if frame.kind() == FrameKind::Event {
            let event = Event::from(frame);
            let at = self.clock.tick(&event);
            if at.is_zero() && self.timeless.len() < HELD {
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
        if let Some(out) = &mut self.out {
            let legs: usize = self.calls.iter().map(|call| call.legs().len()).sum();
            writeln!(out, "{file}\n  calls {}, channels {legs}", self.calls.len())?;
            let losses = self.tracker.losses();
            if losses.call_events + losses.leg_events + losses.legs + losses.marks + losses.ids > 0 {
                writeln!(out, "  over the limits: {losses:?}")?;
            }
            if !self.calls.is_empty() {
                writeln!(out, "{}", table(&self.calls))?;
            }
            out.flush()?;
        }
        self.all.append(&mut self.calls);
        self.tracker = Tracker::new(CallLimits::new());
        self.clock = Clock::default();
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        if let Some(path) = &self.svg {
            let named = |error| io::Error::other(format!("{}: {error}", path.display()));
            svg::save(path, &timeline::draw(&self.all, self.last)).map_err(named)?;
        }
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}

fn table(calls: &[Call]) -> Table {
    let zero = calls.first().map(Call::start).unwrap_or_default();
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    table.set_header(["start", "linked id", "from", "to", "legs", "wait", "talk", "cause", "what happened"]);
    table.add_rows(calls.iter().map(|call| {
        let mut legs = call.legs().iter().map(|leg| Shown(leg.channel.as_bytes()).to_string());
        let answered = call.answered();
        let talk = answered.zip(call.end()).map(|(from, to)| to.saturating_sub(from));
        [
            seconds(call.start().saturating_sub(zero)),
            Shown(call.linked_id().as_bytes()).to_string(),
            legs.next().unwrap_or_default(),
            legs.next_back().unwrap_or_default(),
            call.legs().len().to_string(),
            answered.map(|at| seconds(at.saturating_sub(call.start()))).unwrap_or_default(),
            talk.map(seconds).unwrap_or_default(),
            match call.cause() {
                Some(cause) => cause.description().unwrap_or("Unknown").to_owned(),
                None => "goes on".to_owned(),
            },
            marks(call).join(", "),
        ]
    }));
    for column in [0, 4, 5, 6] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
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
            Some(QueueOutcome::Abandoned) => "abandoned".to_owned(),
            _ => "left".to_owned(),
        };
        marks.push(format!("queue {}: {outcome}", Shown(wait.queue.as_bytes())));
    }
    for parking in call.parkings() {
        marks.push(format!("parked at {}", Shown(parking.space.as_bytes())));
    }
    marks.dedup();
    marks
}

pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64())
}
