//! A stream at a glance: how much there is of what, and what is odd about it. Of the headers only
//! the one that names the frame is shown, so no secret is.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use ami_proto::redact::is_secret;
use ami_proto::{Frame, FrameKind};
use comfy_table::{CellAlignment, Table, presets};

use super::count::Count;
use super::replay::{Side, Totals, Turn};
use super::stream::{Ending, Stream};
use super::tallies::Tallies;
use super::typed::{Coverage, Types};
use super::{Name, Report};
use crate::shown::Shown;

/// Odd lines shown of a file.
const SAMPLES: usize = 5;

pub(crate) struct Summary<W> {
    out: W,
    /// The file being read.
    file: Counts,
    /// The files before it.
    total: Counts,
    files: u64,
    types: Option<Types>,
}

impl<W: Write> Summary<W> {
    /// With types, it tells how much is typed.
    pub(crate) fn new(out: W, types: Option<Types>) -> Self {
        Self { out, file: Counts::default(), total: Counts::default(), files: 0, types }
    }
}

impl<W: Write> Report for Summary<W> {
    fn frame(&mut self, frame: Frame<'_>, turn: Option<Turn>) -> io::Result<()> {
        let side = turn.map(|turn| turn.side);
        self.file.frame(frame, side);
        if let Some(types) = &self.types {
            self.file.coverage.get_or_insert_default().frame(types, frame, side);
        }
        Ok(())
    }

    fn end_of_file(&mut self, file: Name<'_>, stream: &Stream) -> io::Result<()> {
        let mut counts = std::mem::take(&mut self.file);
        counts.stream(stream);
        writeln!(self.out, "{file}\n{counts}")?;
        self.total.add(counts);
        self.files += 1;
        self.out.flush()
    }

    fn end(&mut self) -> io::Result<()> {
        if self.files > 1 {
            writeln!(self.out, "total of {} files\n{}", Count(self.files), self.total)?;
        }
        self.out.flush()
    }
}

#[derive(Default)]
struct Counts {
    /// By kind and name. Two maps deep, so that a name is looked up as it lies in the decoder's
    /// buffer.
    names: HashMap<FrameKind, Tallies<Vec<u8>, Tally>>,
    bytes: u64,
    elapsed: Duration,
    blank_lines: u64,
    framing_errors: u64,
    odd_lines: u64,
    samples: Vec<OddLine>,
    /// Of a recording of both directions.
    replay: Option<Totals>,
    coverage: Option<Coverage>,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) frames: u64,
    pub(crate) bytes: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.frames += other.frames;
        self.bytes += other.bytes;
    }
}

/// What there is of names that are not told apart; nothing where there is nothing.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.frames == 0 {
            return Ok(());
        }
        writeln!(f, "  and frames of other names {}, bytes {}", Count(self.frames), Count(self.bytes))
    }
}

struct OddLine {
    place: Place,
    /// As it is shown.
    text: String,
}

impl Counts {
    fn frame(&mut self, frame: Frame<'_>, side: Option<Side>) {
        let name = frame.name().unwrap_or_default().as_bytes();
        let tally = Tally { frames: 1, bytes: frame.as_bytes().len() as u64 };
        self.names.entry(frame.kind()).or_default().of(name).add(tally);

        // All lines of a banner, of text and of a command's output are as they should be without a
        // colon.
        let plain = match frame.kind() {
            FrameKind::Banner | FrameKind::Text => true,
            FrameKind::Response => frame.name().is_some_and(|name| name.eq_ignore_case("Follows")),
            _ => false,
        };
        if plain {
            return;
        }
        let odd = frame.lines().count();
        self.odd_lines += odd as u64;
        if odd > 0 && self.samples.len() < SAMPLES {
            self.samples.extend(odd_lines(frame, side).take(SAMPLES - self.samples.len()));
        }
    }

    fn stream(&mut self, stream: &Stream) {
        self.bytes = stream.bytes;
        self.elapsed = stream.elapsed;
        self.replay = stream.replay;
        self.blank_lines = stream.blank_lines;
        self.framing_errors = matches!(stream.ending, Ending::Broken(..)).into();
    }

    /// Adds what another file has. The samples are left out: their offsets mean something in their
    /// own file only.
    fn add(&mut self, other: Self) {
        for (kind, names) in other.names {
            self.names.entry(kind).or_default().add(names, Tally::add);
        }
        self.bytes += other.bytes;
        self.elapsed += other.elapsed;
        self.blank_lines += other.blank_lines;
        self.framing_errors += other.framing_errors;
        self.odd_lines += other.odd_lines;
        if let Some(coverage) = other.coverage {
            self.coverage.get_or_insert_default().add(coverage);
        }
    }

    fn frames(&self) -> u64 {
        self.names.values().flat_map(Tallies::values).map(|tally| tally.frames).sum()
    }

    fn text_frames(&self) -> u64 {
        self.names.get(&FrameKind::Text).into_iter().flat_map(Tallies::values).map(|tally| tally.frames).sum()
    }

    /// 10^6 bytes a second.
    #[expect(clippy::cast_precision_loss, reason = "nobody reads the sixteenth digit of a rate")]
    fn rate(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.elapsed.as_secs_f64().max(1e-9)
    }
}

/// Where something stands in its stream.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// From the start of the stream.
    pub(crate) offset: u64,
    /// Which of the two streams of a recording of both directions that is.
    pub(crate) side: Option<Side>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.offset)?;
        self.side.map_or(Ok(()), |side| write!(f, " of the {}'s bytes", side.as_str()))
    }
}

/// The lines without a colon of a frame that has headers, with their offsets.
fn odd_lines(frame: Frame<'_>, side: Option<Side>) -> impl Iterator<Item = OddLine> {
    let mut headers = frame.headers();
    let mut end = frame.offset();
    // What stands behind a secret with a line feed in it is the rest of the secret.
    let mut secret = false;
    frame.as_bytes().split_inclusive(|byte| *byte == b'\n').filter_map(move |line| {
        let offset = end;
        end += line.len() as u64;
        if line.contains(&b':') {
            secret = headers.next().is_some_and(|header| is_secret(frame, header));
            return None;
        }
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = if secret { "***".to_owned() } else { Shown(line).to_string() };
        (!line.is_empty()).then_some(OddLine { place: Place { offset, side }, text })
    })
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  frames {}, bytes {}, {:.1} MB/s", Count(self.frames()), Count(self.bytes), self.rate())?;
        writeln!(
            f,
            "  text frames {}, odd lines {}, blank lines skipped {}, framing errors {}",
            Count(self.text_frames()),
            Count(self.odd_lines),
            Count(self.blank_lines),
            Count(self.framing_errors)
        )?;
        self.replay.iter().try_for_each(|totals| totals.fmt(f))?;
        for OddLine { place, text } in &self.samples {
            writeln!(f, "  odd line at {place}: {text}")?;
        }
        if let Some(coverage) = &self.coverage {
            coverage.fmt(f)?;
        }
        if !self.names.is_empty() {
            writeln!(f, "{}", self.table())?;
        }
        let mut others = Tally::default();
        self.names.values().for_each(|names| others.add(*names.others()));
        others.fmt(f)
    }
}

impl Counts {
    fn table(&self) -> Table {
        let mut rows: Vec<(FrameKind, &[u8], Tally)> = self
            .names
            .iter()
            .flat_map(|(kind, names)| names.iter().map(|(name, tally)| (*kind, name.as_slice(), *tally)))
            .collect();
        rows.sort_by_key(|(kind, name, tally)| (Reverse(tally.frames), kind.as_str(), *name));

        let mut table = Table::new();
        table.load_preset(presets::ASCII_MARKDOWN).set_header(["kind", "name", "count", "bytes"]);
        table.add_rows(rows.into_iter().map(|(kind, name, tally)| {
            [kind.to_string(), Shown(name).to_string(), Count(tally.frames).to_string(), Count(tally.bytes).to_string()]
        }));
        for column in table.column_iter_mut().skip(2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    }
}
