//! Calls drawn over time: a line of words a call, and under it one row a channel, with bars for
//! what it does, marks for bridges, transfers and recordings, and why it ended.

mod bars;
mod clock;
mod pen;

use std::fmt::{self, Write as _};
use std::time::Duration;

use ami_proto::calls::{Call, OwnedValue, Party};
use svg::Document;
use svg::node::element::{Group, Line, Rectangle, Text};

use super::Name;
use super::call_table::{marks, seconds};
use super::times::Times;
use crate::shown::Shown;
use bars::Talks;
use pen::Fill;

const ROW: f64 = 18.0;
/// For the names of the channels.
const LEFT: f64 = 280.0;
const PLOT: f64 = 780.0;
/// For the reasons of the ends.
const RIGHT: f64 = 200.0;
const WIDTH: f64 = LEFT + PLOT + RIGHT;
/// For title, legend and axis.
const TOP: f64 = 130.0;
/// For what is left out and where the times come from.
const BOTTOM: f64 = 48.0;
/// Rows drawn; a picture of more is of no use to anybody.
const ROWS: usize = 400;
/// Bars and marks drawn.
const MARKS: usize = 20_000;

/// Names that the title has at the most.
const NAMES: usize = 3;

/// Title of a sheet: the files that it is of, and their servers.
#[derive(Default)]
pub(crate) struct Heading {
    /// True where its times count from 1970; `None`: there are none.
    pub(crate) since_1970: Option<bool>,
    files: Names,
    /// Banners and versions.
    servers: Names,
}

impl Heading {
    /// Adds a file, and the servers that it told of.
    pub(crate) fn add(&mut self, file: Name<'_>, servers: Vec<String>) {
        self.files.add(format!("{:.200}", Shown(file.to_string())));
        for server in servers {
            self.servers.add(server);
        }
    }
}

/// The first names of many, each once, and how many came besides.
#[derive(Default)]
struct Names {
    first: Vec<String>,
    more: usize,
}

impl Names {
    fn add(&mut self, name: String) {
        if self.first.contains(&name) {
        } else if self.first.len() < NAMES {
            self.first.push(name);
        } else {
            self.more += 1;
        }
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.first.join(", "))?;
        if self.more > 0 { write!(f, " and {} more", self.more) } else { Ok(()) }
    }
}

/// Room for bars and marks, and how many had none.
struct Budget {
    left: usize,
    refused: usize,
}

impl Budget {
    fn take(&mut self) -> bool {
        let taken = self.left > 0;
        if taken {
            self.left -= 1;
        } else {
            self.refused += 1;
        }
        taken
    }
}

/// Places of times.
struct Place {
    zero: Duration,
    last: Duration,
    /// Seconds from one side to the other.
    width: f64,
}

impl Place {
    fn x(&self, at: Duration) -> f64 {
        LEFT + PLOT * (at.saturating_sub(self.zero).as_secs_f64() / self.width).min(1.0)
    }
}

/// Draws the calls of all files. `last` is when the last event was.
pub(crate) fn draw(calls: &[Call], last: Duration, times: &Times, heading: &Heading) -> Document {
    let zero = calls.iter().map(Call::start).min().unwrap_or_default();
    let place = Place { zero, last, width: last.saturating_sub(zero).as_secs_f64().max(1.0) };
    let mut budget = Budget { left: MARKS, refused: 0 };
    let (mut bands, mut body) = (Group::new(), Group::new());
    let (mut row, mut drawn, mut channels) = (0, 0, 0);
    for (number, call) in calls.iter().enumerate() {
        // A call's line of words, and one channel at least.
        if row + 2 > ROWS {
            break;
        }
        let top = TOP + ROW * count(row);
        let legs = call.legs().len().min(ROWS - row - 1);
        if number % 2 == 1 {
            let band = Rectangle::new().set("y", top).set("width", WIDTH).set("height", ROW * count(legs + 1));
            bands = bands.add(band.set("fill", "#f3f5f8"));
        }
        let words = pen::fit(&summary(call, zero), WIDTH - 20.0);
        body = body.add(Text::new(words).set("x", 8).set("y", top + 13.0).set("fill", pen::SOFT));
        let rows: Vec<f64> = (1..=legs).map(|leg| top + ROW * count(leg)).collect();
        let talks = Talks::of(call, last);
        for (leg, y) in call.legs().iter().zip(&rows) {
            body = body.add(bars::draw(leg, call, &talks, &place, *y, &mut budget));
        }
        let middles: Vec<f64> = rows.iter().map(|y| y + ROW / 2.0).collect();
        body = body.add(bars::connections(call, &middles, &place, &mut budget));
        row += legs + 1;
        drawn += 1;
        channels += legs;
    }
    let height = TOP + ROW * count(row.max(1)) + BOTTOM;
    let mut document = Document::new()
        .set("viewBox", (0.0, 0.0, WIDTH, height))
        .set("width", WIDTH)
        .set("height", height)
        .set("font-family", "DejaVu Sans, Verdana, sans-serif")
        .set("font-size", 11)
        .set("fill", pen::INK)
        .add(pen::patterns())
        .add(Rectangle::new().set("width", WIDTH).set("height", height).set("fill", "white"))
        .add(title(calls, &place, heading))
        .add(legend())
        .add(bands);
    if calls.is_empty() {
        let words = Text::new("There are no calls to draw: no event told of a channel.");
        document = document.add(words.set("x", LEFT).set("y", TOP + 13.0));
    } else {
        document = document.add(axis(&place, heading.since_1970 == Some(true), height));
    }
    let foot = |text: String, line: f64| Text::new(text).set("x", 8).set("y", height - line).set("fill", pen::SOFT);
    document = document.add(body).add(foot(pen::fit(&times.to_string(), WIDTH - 20.0), 10.0));
    let all: usize = calls.iter().map(|call| call.legs().len()).sum();
    if let Some(words) = left_out(calls.len() - drawn, all - channels, budget.refused) {
        document = document.add(foot(words, 26.0).set("font-weight", "bold"));
    }
    document
}

/// Tells what has no room on the sheet.
fn left_out(calls: usize, channels: usize, marks: usize) -> Option<String> {
    let told = [(calls, "calls"), (channels, "channels"), (marks, "bars and marks")];
    let told: Vec<_> =
        told.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} more {what}")).collect();
    (!told.is_empty()).then(|| format!("not drawn: {}", told.join(", ")))
}

#[expect(clippy::cast_precision_loss, reason = "at most 400 rows")]
fn count(rows: usize) -> f64 {
    rows as f64
}

/// Returns a call as a line of words.
fn summary(call: &Call, zero: Duration) -> String {
    let of = |text: Option<&OwnedValue>| text.map(|text| Shown(text.as_bytes()).to_string());
    let party = |party: Option<Party<'_>>| {
        party.map(|party| {
            let known: Vec<_> = [party.number, party.name].into_iter().filter_map(of).collect();
            if known.is_empty() { Shown(party.channel.as_bytes()).to_string() } else { known.join(" ") }
        })
    };
    let mut words = format!(
        "+{} s  {}",
        seconds(call.start().saturating_sub(zero)),
        party(call.from()).unwrap_or_else(|| "unknown".to_owned())
    );
    if let Some(dialled) = of(call.dialled()) {
        let _ = write!(words, " dialled {dialled}");
    }
    if let Some(to) = party(call.to()) {
        let _ = write!(words, " → {to}");
    }
    let _ = write!(words, ": {}", call.disposition());
    for (length, what) in [(call.wait(), "wait"), (call.talk(), "talk"), (call.hold(), "hold")] {
        if !length.is_zero() {
            let _ = write!(words, ", {what} {} s", seconds(length));
        }
    }
    for mark in marks(call) {
        words += ", ";
        words += &mark;
    }
    words
}

/// Draws what the sheet is of, and when it begins.
fn title(calls: &[Call], place: &Place, heading: &Heading) -> Group {
    let files = pen::fit(&format!("Calls of {}", heading.files), (WIDTH - 20.0) / 1.5);
    let legs: usize = calls.iter().map(|call| call.legs().len()).sum();
    let zero = place.zero.as_secs_f64();
    let begin = match heading.since_1970 {
        _ if calls.is_empty() => "no calls".to_owned(),
        Some(true) => format!("0 s is {}, by the server's clock", clock::date(place.zero)),
        Some(false) => {
            format!("clock time not known; seconds since the first call, {zero:.3} s after the recording began")
        }
        None => "clock time not known, nor any length; seconds since the first event".to_owned(),
    };
    let servers = if heading.servers.first.is_empty() { String::new() } else { format!("{}; ", heading.servers) };
    let second = format!("{servers}calls {}, channels {legs}; {begin}", calls.len());
    Group::new()
        .add(Text::new(files).set("x", 8).set("y", 22).set("font-size", 15).set("font-weight", "bold"))
        .add(Text::new(pen::fit(&second, WIDTH - 20.0)).set("x", 8).set("y", 41))
}

fn legend() -> Group {
    let mut group = Group::new();
    let mut x = 8.0;
    for fill in Fill::ALL {
        group =
            group.add(pen::bar(x, x + 24.0, 54.0, fill)).add(Text::new(fill.word()).set("x", x + 30.0).set("y", 64));
        x += 154.0;
    }
    let word = |word: &str, x: f64| Text::new(word).set("x", x).set("y", 84);
    group
        .add(Line::new().set("x1", 14).set("x2", 14).set("y1", 74).set("y2", 86).set("stroke", pen::INK))
        .add(pen::dot(14.0, 80.0))
        .add(word("enters a bridge, with those on the line", 24.0))
        .add(pen::diamond(322.0, 80.0, true))
        .add(word("transfer, and to whom it led", 334.0))
        .add(pen::diamond(554.0, 80.0, false))
        .add(word("failed transfer", 566.0))
        .add(pen::recording(700.0, 724.0, 80.0))
        .add(word("recorded", 732.0))
        .add(pen::unseen(846.0, 74.5, -1.0))
        .add(pen::unseen(852.0, 74.5, 1.0))
        .add(word("beginning, end not seen", 866.0))
}

/// Draws a line and a number about every tenth of the width, at round times.
fn axis(place: &Place, wall: bool, height: f64) -> Group {
    let step = clock::step(place.width);
    let mut group = Group::new().set("fill", pen::SOFT);
    let mut number = 0.0;
    while number * step <= place.width {
        let at = number * step;
        let x = LEFT + PLOT * at / place.width;
        let line = Line::new().set("x1", x).set("x2", x).set("y1", TOP - 6.0).set("y2", height - BOTTOM + 4.0);
        let label = |text: String, y: f64| Text::new(text).set("x", x).set("y", y).set("text-anchor", "middle");
        group = group.add(line.set("stroke", "#dfe3e8")).add(label(clock::length(at, step), TOP - 10.0));
        if wall && step >= 1.0 {
            let at = place.zero + Duration::try_from_secs_f64(at).unwrap_or_default();
            group = group.add(label(clock::time(at), TOP - 23.0));
        }
        number += 1.0;
    }
    group.add(Text::new("why it ended").set("x", LEFT + PLOT + 34.0).set("y", TOP - 10.0))
}
