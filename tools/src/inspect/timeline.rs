//! Calls drawn over time: one row a channel, bars for ringing, up and held, marks for bridges and
//! transfers.

use std::fmt::Write as _;
use std::time::Duration;

use ami_proto::calls::{Call, Leg};
use svg::Document;
use svg::node::element::{Circle, Group, Line, Path, Rectangle, Text, Title};

use super::calls::seconds;
use super::times::Times;
use crate::shown::Shown;

const ROW: f64 = 18.0;
const BAR: f64 = 11.0;
/// For the names of the channels.
const LEFT: f64 = 300.0;
const PLOT: f64 = 900.0;
const TOP: f64 = 52.0;
/// Rows drawn; a picture of more is of no use to anybody.
const ROWS: usize = 400;
/// The narrowest bar that can be seen.
const THIN: f64 = 2.0;

const RINGING: &str = "#f2b134";
const UP: &str = "#3f9c6c";
const HELD: &str = "#7c5cbf";
const DOWN: &str = "#c9ced6";
const BRIDGE: &str = "#1d4e89";
const TRANSFER: &str = "#d1495b";
const INK: &str = "#222831";
const FAINT: &str = "#e3e7ec";

/// Seconds to places.
struct Scale {
    zero: Duration,
    width: f64,
}

impl Scale {
    fn x(&self, at: Duration) -> f64 {
        LEFT + PLOT * (at.saturating_sub(self.zero).as_secs_f64() / self.width).min(1.0)
    }
}

pub(crate) fn draw(calls: &[Call], last: Duration, times: &Times) -> Document {
    let zero = calls.iter().map(Call::start).min().unwrap_or_default();
    let scale = Scale { zero, width: last.saturating_sub(zero).as_secs_f64().max(1.0) };
    let all: usize = calls.iter().map(|call| call.legs().len()).sum();
    let shown = all.min(ROWS);
    let height = TOP + ROW * rows(shown) + 30.0;
    let width = LEFT + PLOT + 30.0;
    let mut document = Document::new()
        .set("viewBox", (0.0, 0.0, width, height))
        .set("width", width)
        .set("height", height)
        .set("font-family", "DejaVu Sans, Verdana, sans-serif")
        .set("font-size", 11)
        .set("fill", INK)
        .add(Rectangle::new().set("width", width).set("height", height).set("fill", "white"))
        .add(legend())
        .add(axis(&scale, height))
        .add(Text::new(times.to_string()).set("x", LEFT).set("y", height - 10.0));
    let mut row = 0;
    for (number, call) in calls.iter().enumerate() {
        let top = TOP + ROW * rows(row);
        let legs = call.legs().len().min(ROWS - row);
        if number % 2 == 1 {
            let band = Rectangle::new().set("y", top).set("width", width).set("height", ROW * rows(legs));
            document = document.add(band.set("fill", "#f4f6f9"));
        }
        for leg in call.legs().iter().take(legs) {
            document = document.add(bar(leg, call, &scale, TOP + ROW * rows(row), last));
            row += 1;
        }
        document = document.add(marks(call, legs, &scale, top));
    }
    if shown < all {
        let text = format!("{} more channels", all - shown);
        document = document.add(Text::new(text).set("x", 8).set("y", height - 10.0));
    }
    document
}

#[expect(clippy::cast_precision_loss, reason = "at most 400 rows")]
fn rows(count: usize) -> f64 {
    count as f64
}

fn legend() -> Group {
    let mut group = Group::new();
    let mut x = LEFT;
    for (colour, word) in [(DOWN, "there"), (RINGING, "ringing"), (UP, "up"), (HELD, "held")] {
        group = group
            .add(Rectangle::new().set("x", x).set("y", 8).set("width", 14).set("height", BAR).set("fill", colour))
            .add(Text::new(word).set("x", x + 19.0).set("y", 18));
        x += 80.0;
    }
    group
        .add(circle(x + 6.0, 14.0))
        .add(Text::new("enters a bridge").set("x", x + 16.0).set("y", 18))
        .add(diamond(x + 126.0, 14.0))
        .add(Text::new("transfer").set("x", x + 137.0).set("y", 18))
}

/// A line and a number about every tenth of the width, at round numbers of seconds.
fn axis(scale: &Scale, height: f64) -> Group {
    let rough = scale.width / 10.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough);
    let step = step.unwrap_or(rough);
    let mut group = Group::new().set("fill", "#5b6573");
    let mut at = 0.0;
    while at <= scale.width {
        let x = LEFT + PLOT * at / scale.width;
        let line = Line::new().set("x1", x).set("x2", x).set("y1", TOP - 6.0).set("y2", height - 24.0);
        let label = if step < 1.0 { format!("{at:.1} s") } else { format!("{at:.0} s") };
        group = group
            .add(line.set("stroke", FAINT))
            .add(Text::new(label).set("x", x).set("y", TOP - 11.0).set("text-anchor", "middle"));
        at += step;
    }
    group
}

fn bar(leg: &Leg, call: &Call, scale: &Scale, top: f64, last: Duration) -> Group {
    let end = leg.ended.unwrap_or(last);
    let y = top + (ROW - BAR) / 2.0;
    let piece = |from: Duration, to: Duration, colour: &str| {
        let (from, to) = (scale.x(from), scale.x(to));
        let piece = Rectangle::new().set("x", from).set("y", y).set("height", BAR).set("fill", colour);
        piece.set("width", (to - from).max(THIN))
    };
    let mut group = Group::new()
        .add(Title::new(tooltip(leg, call)))
        .add(Text::new(label(leg)).set("x", LEFT - 10.0).set("y", top + 13.0).set("text-anchor", "end"))
        .add(piece(leg.first_seen, end, DOWN).set("rx", 2));
    if let Some(ringing) = leg.ringing.filter(|ringing| leg.answered.is_none_or(|answered| *ringing < answered)) {
        group = group.add(piece(ringing, leg.answered.unwrap_or(end), RINGING));
    }
    if let Some(answered) = leg.answered {
        group = group.add(piece(answered, end, UP));
    }
    for hold in &leg.holds {
        group = group.add(piece(hold.start, hold.end.unwrap_or(end), HELD));
    }
    for stay in &leg.stays {
        group = group.add(circle(scale.x(stay.span.start), y + BAR / 2.0));
    }
    group
}

/// Lines between those who entered a bridge one after the other, and the transfers.
fn marks(call: &Call, legs: usize, scale: &Scale, top: f64) -> Group {
    let middle = |row: usize| top + ROW * rows(row) + ROW / 2.0;
    let shown = call.legs().get(..legs).unwrap_or_default();
    let mut entries: Vec<(&[u8], Duration, usize)> = shown
        .iter()
        .enumerate()
        .flat_map(|(row, leg)| leg.stays.iter().map(move |stay| (stay.bridge.as_bytes(), stay.span.start, row)))
        .collect();
    entries.sort_unstable();
    let mut group = Group::new();
    for pair in entries.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let ((_, _, from), (_, at, to)) = (pair[0], pair[1]);
        let x = scale.x(at);
        let line = Line::new().set("x1", x).set("x2", x).set("y1", middle(from)).set("y2", middle(to));
        group = group.add(line.set("stroke", BRIDGE).set("stroke-width", 1.2).set("stroke-opacity", 0.7));
    }
    for transfer in call.transfers() {
        let row = shown.iter().position(|leg| leg.unique_id == transfer.by).unwrap_or_default();
        group = group.add(diamond(scale.x(transfer.at), middle(row)));
    }
    group
}

fn circle(x: f64, y: f64) -> Circle {
    Circle::new().set("cx", x).set("cy", y).set("r", 3).set("fill", BRIDGE).set("stroke", "white")
}

fn diamond(x: f64, y: f64) -> Path {
    Path::new().set("d", format!("M{x} {}l5 5l-5 5l-5 -5z", y - 5.0)).set("fill", TRANSFER).set("stroke", "white")
}

fn label(leg: &Leg) -> String {
    let mut label = Shown(leg.channel.as_bytes()).to_string();
    if let Some((cut, _)) = label.char_indices().nth(42) {
        label.truncate(cut);
        label.push('…');
    }
    label
}

/// What a browser shows under the pointer.
fn tooltip(leg: &Leg, call: &Call) -> String {
    let since = |at: Duration| seconds(at.saturating_sub(call.start()));
    let mut text = format!(
        "{} ({}), call {}: from {} s",
        Shown(leg.channel.as_bytes()),
        Shown(leg.unique_id.as_bytes()),
        Shown(call.linked_id().as_bytes()),
        since(leg.first_seen)
    );
    if let Some(answered) = leg.answered {
        let _ = write!(text, ", up at {} s", since(answered));
    }
    if let Some(ended) = leg.ended {
        let _ = write!(text, ", gone at {} s", since(ended));
    }
    if let Some(cause) = leg.cause {
        let _ = write!(text, ": {}", cause.description().unwrap_or("Unknown"));
    }
    text
}
