//! `chart.svg`: how fast each decodes the stream at reads of 8192, as bars.

use crate::tables::{self, Tables};
use svg::Document;
use svg::node::element::{Rectangle, Text};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 230.0;
const ROW: f64 = 28.0;
const BAR: f64 = 18.0;

pub fn draw(tables: &Tables) -> String {
    let Some(large) = tables.decode.get(1) else { return String::new() };
    let mut bars = Vec::new();
    for name in [
        tables::MEMCPY,
        tables::OURS,
        tables::OURS_FOUR,
        tables::HTTPARSE,
        tables::NOM,
        tables::RS_RAW,
        tables::RS_TYPED,
    ] {
        bars.extend(large.of(name).map(|result| (name, large.bytes as f64 / result.seconds / 1e6)));
    }
    for name in ["asterisk-ami", "asterisk-manager"] {
        let over = &tables.loopback;
        bars.extend(over.of(name).map(|result| (name, over.bytes as f64 / result.seconds / 1e6)));
    }
    let most = bars.iter().map(|(_, speed)| *speed).fold(1.0, f64::max);
    let height = ROW * (bars.len() as f64 + 1.5);
    let mut document = Document::new()
        .set("viewBox", (0, 0, WIDTH, height))
        .set("font-family", "sans-serif")
        .set("font-size", 13)
        .add(Rectangle::new().set("width", WIDTH).set("height", height).set("fill", "white"))
        .add(text("MB/s of Asterisk 22 events, reads of 8192 bytes (longer is faster)", 12.0, ROW * 0.7, "start"));
    for (row, (name, speed)) in bars.iter().enumerate() {
        let y = ROW * (row as f64 + 1.2);
        let width = (WIDTH - LEFT - 80.0) * speed / most;
        let colour = if name.starts_with(tables::OURS) { "#1b6ca8" } else { "#b8c4ce" };
        document = document
            .add(text(name, LEFT - 8.0, y + 13.0, "end"))
            .add(Rectangle::new().set("x", LEFT).set("y", y).set("width", width).set("height", BAR).set("fill", colour))
            .add(text(&format!("{speed:.0}"), LEFT + width + 6.0, y + 13.0, "start"));
    }
    document.to_string()
}

fn text(content: &str, x: f64, y: f64, anchor: &str) -> Text {
    Text::new(content).set("x", x).set("y", y).set("text-anchor", anchor).set("fill", "#222")
}
