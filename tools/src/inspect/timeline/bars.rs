//! One channel as a bar, and what connects the channels of a call: bridges and transfers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use ami_proto::calls::{Call, Leg, Span, Transfer};
use svg::node::element::{Group, Line, Path, Text, Title};

use super::pen::{self, Fill};
use super::{Budget, LEFT, PLOT, Place, RIGHT, ROW};
use crate::inspect::call_table::{seconds, words};
use crate::shown::Shown;

/// Times in which two channels or more of a call were in a bridge, by its id.
pub(super) struct Talks<'a>(BTreeMap<&'a [u8], Vec<(Duration, Duration)>>);

impl<'a> Talks<'a> {
    pub(super) fn of(call: &'a Call, last: Duration) -> Self {
        let mut steps = Vec::new();
        for leg in call.legs() {
            for stay in leg.stays.iter().filter(|stay| stay.mixing) {
                let end = stay.span.end.or(leg.ended).unwrap_or(last);
                if end > stay.span.start {
                    steps.extend([(stay.bridge.as_bytes(), stay.span.start, 1), (stay.bridge.as_bytes(), end, -1)]);
                }
            }
        }
        // At one moment one leaves before another enters: they have not met.
        steps.sort_unstable();
        let mut talks = BTreeMap::<&[u8], Vec<_>>::new();
        let (mut inside, mut since) = (0, Duration::ZERO);
        for (bridge, at, step) in steps {
            let before = inside;
            inside += step;
            if before < 2 && inside == 2 {
                since = at;
            } else if before == 2 && inside < 2 && since < at {
                talks.entry(bridge).or_default().push((since, at));
            }
        }
        Self(talks)
    }

    /// Returns those during a stay.
    fn during(&self, bridge: &[u8], from: Duration, to: Duration) -> impl Iterator<Item = (Duration, Duration)> {
        let all = self.0.get(bridge).map_or(&[][..], Vec::as_slice);
        let first = all.partition_point(|(_, end)| *end <= from);
        let during = all[first..].iter().take_while(move |(start, _)| *start < to);
        during.map(move |(start, end)| ((*start).max(from), (*end).min(to)))
    }
}

/// Draws a channel: its name, its bar, and why it ended.
pub(super) fn draw(leg: &Leg, call: &Call, talks: &Talks<'_>, place: &Place, y: f64, budget: &mut Budget) -> Group {
    let end = leg.ended.unwrap_or(place.last);
    let top = y + (ROW - pen::BAR) / 2.0;
    let text = y + 13.0;
    let name = pen::fit_name(&format!("{:.256}", Shown(leg.channel.as_bytes())), LEFT - 34.0);
    let mut group = Group::new()
        .add(Title::new(tooltip(leg, call)))
        .add(Text::new(name).set("x", LEFT - 12.0).set("y", text).set("text-anchor", "end"))
        .add(Text::new(pen::fit(&ending(leg), RIGHT - 20.0)).set("x", LEFT + PLOT + 12.0).set("y", text));
    let mut add = |from: Duration, to: Duration, fill: Fill| {
        if budget.take() {
            let (from, to) = (place.x(from), place.x(to.min(end)));
            group = std::mem::take(&mut group).add(pen::bar(from, to, top, fill));
        }
    };
    add(leg.first_seen, end, Fill::Setup);
    if let Some(ringing) = leg.ringing.filter(|ringing| leg.answered.is_none_or(|answered| *ringing < answered)) {
        add(ringing, leg.answered.unwrap_or(end), Fill::Ringing);
    }
    if let Some(answered) = leg.answered {
        add(answered, end, Fill::Application);
    }
    let own = leg.unique_id.as_bytes();
    let until = |span: Span| span.end.unwrap_or(end);
    for wait in call.queues().iter().filter(|wait| wait.caller.as_bytes() == own) {
        add(wait.span.start, until(wait.span), Fill::Queue);
    }
    for parking in call.parkings().iter().filter(|parking| parking.parked.as_bytes() == own) {
        add(parking.span.start, until(parking.span), Fill::Parked);
    }
    for stay in &leg.stays {
        for (from, to) in talks.during(stay.bridge.as_bytes(), stay.span.start, until(stay.span)) {
            add(from, to, Fill::Talk);
        }
    }
    for conference in call.rooms().iter().filter(|conference| conference.channel.as_bytes() == own) {
        add(conference.span.start, until(conference.span), Fill::Conference);
    }
    for hold in &leg.holds {
        add(hold.start, until(*hold), Fill::Hold);
    }
    for recording in call.recordings().iter().filter(|recording| recording.channel.as_bytes() == own) {
        if budget.take() {
            let (from, to) = (place.x(recording.span.start), place.x(until(recording.span).min(end)));
            group = group.add(pen::recording(from, to, top + pen::BAR + 2.2));
        }
    }
    if leg.ended.is_none() {
        group = group.add(pen::unseen(place.x(end), top, 1.0));
    }
    if !leg.from_start {
        group = group.add(pen::unseen(place.x(leg.first_seen), top, -1.0));
    }
    group
}

/// Returns why a channel ended, in words.
fn ending(leg: &Leg) -> String {
    if leg.ended.is_none() {
        return "end not seen".to_owned();
    }
    let cause = leg.cause.map(words);
    let cause = cause.unwrap_or_else(|| "no cause told".to_owned());
    if leg.replaced { format!("{cause}; another took its place") } else { cause }
}

/// Draws lines between those who entered a bridge one after the other, and the transfers. `rows`
/// are the places of the first channels of the call.
pub(super) fn connections(call: &Call, rows: &[f64], place: &Place, budget: &mut Budget) -> Group {
    let shown = call.legs().get(..rows.len()).unwrap_or_default();
    let mut entries: Vec<(&[u8], Duration, f64)> = Vec::new();
    for (leg, row) in shown.iter().zip(rows) {
        entries.extend(leg.stays.iter().map(|stay| (stay.bridge.as_bytes(), stay.span.start, *row)));
    }
    entries.sort_by(|one, other| (one.0, one.1).cmp(&(other.0, other.1)));
    let (mut lines, mut dots) = (Group::new(), Group::new());
    for (number, (bridge, at, row)) in entries.iter().enumerate() {
        if !budget.take() {
            continue;
        }
        let x = place.x(*at);
        let before = number.checked_sub(1).map(|before| entries[before]);
        if let Some((_, _, above)) = before.filter(|before| before.0 == *bridge) {
            let line = Line::new().set("x1", x).set("x2", x).set("y1", above).set("y2", *row);
            lines = lines.add(line.set("stroke", pen::INK).set("stroke-width", 1.2));
        }
        dots = dots.add(pen::dot(x, *row));
    }
    let row_of = |unique_id: &[u8]| {
        shown.iter().position(|leg| leg.unique_id.as_bytes() == unique_id).and_then(|leg| rows.get(leg)).copied()
    };
    let mut transfers = Group::new();
    for transfer in call.transfers() {
        if !budget.take() {
            continue;
        }
        let Some(from) = row_of(transfer.by.as_bytes()).or(rows.first().copied()) else { continue };
        let x = place.x(transfer.at);
        if let Some(to) = target(call, transfer).and_then(|leg| row_of(leg.unique_id.as_bytes())) {
            transfers = transfers.add(arrow(x, from, to));
        }
        let succeeded = transfer.succeeded();
        let target = pen::fit_name(&format!("{:.256}", Shown(transfer.target.as_bytes())), 190.0);
        let short = format!("{} transfer{}", transfer.kind, if succeeded { "" } else { " failed" });
        transfers = transfers
            .add(pen::plate(&format!("{short} to {target}"), &short, x, from, LEFT + PLOT))
            .add(pen::diamond(x, from, succeeded).add(Title::new(told(transfer, call))));
    }
    Group::new().add(lines).add(dots).add(transfers)
}

/// Returns the channel that a transfer led to, as far as the call has it: the one of that name; the
/// one that was called next; or the one that was sent on, into the dialplan.
fn target<'a>(call: &'a Call, transfer: &Transfer) -> Option<&'a Leg> {
    let others = || call.legs().iter().filter(|leg| leg.unique_id != transfer.by);
    let named = others().find(|leg| leg.channel == transfer.target);
    if named.is_some() || !transfer.succeeded() {
        return named;
    }
    let next = others().filter(|leg| leg.first_seen > transfer.at).min_by_key(|leg| leg.first_seen);
    let within = |span: Span| span.start <= transfer.at && span.end.is_none_or(|end| end >= transfer.at);
    let talked = || {
        let own = call.leg(transfer.by.as_bytes())?.stays.iter().rev().find(|stay| within(stay.span))?;
        others().find(|leg| leg.stays.iter().any(|stay| stay.bridge == own.bridge && within(stay.span)))
    };
    next.or_else(talked)
}

/// Draws the line of a transfer, from row to row, with a head.
fn arrow(x: f64, from: f64, to: f64) -> Path {
    let side = if to > from { -1.0 } else { 1.0 };
    let tip = to + side * 3.0;
    let (left, right, back) = (x - 3.5, x + 3.5, tip + side * 6.0);
    Path::new()
        .set("d", format!("M{x} {from}V{tip}M{left} {back}L{x} {tip}L{right} {back}"))
        .set("stroke", "#c1272d")
        .set("stroke-width", 1.6)
        .set("stroke-dasharray", "5 2")
        .set("fill", "none")
}

fn told(transfer: &Transfer, call: &Call) -> String {
    let result = transfer.result.as_ref().map(|result| format!(": {}", Shown(result.as_bytes())));
    format!(
        "{} transfer to {} at {} s{}",
        transfer.kind,
        Shown(transfer.target.as_bytes()),
        seconds(transfer.at.saturating_sub(call.start())),
        result.unwrap_or_default()
    )
}

/// Returns what a browser shows under the pointer.
fn tooltip(leg: &Leg, call: &Call) -> String {
    let since = |at: Duration| seconds(at.saturating_sub(call.start()));
    let mut text = format!(
        "{} ({}), call {}: from {} s",
        Shown(leg.channel.as_bytes()),
        Shown(leg.unique_id.as_bytes()),
        Shown(call.linked_id().as_bytes()),
        since(leg.first_seen)
    );
    if let Some(application) = &leg.application {
        let _ = write!(text, ", {} last", Shown(application.as_bytes()));
    }
    if let Some(answered) = leg.answered {
        let _ = write!(text, ", up at {} s", since(answered));
    }
    if let Some(ended) = leg.ended {
        let _ = write!(text, ", gone at {} s", since(ended));
    }
    let _ = write!(text, ": {}", ending(leg));
    text
}
