//! Fills, symbols and texts of a sheet. No two fills differ in colour alone: each has a pattern of
//! its own, or a brightness that grey print keeps.

use svg::node::element::{Circle, Definitions, Group, Path, Pattern, Rectangle, Text};

/// Height of a bar.
pub(super) const BAR: f64 = 11.0;
/// Narrowest bar that can be seen.
const THIN: f64 = 2.0;
/// Ink of texts and outlines.
pub(super) const INK: &str = "#222831";
/// Ink of axes and of what is said besides.
pub(super) const SOFT: &str = "#4a5462";
const WHITE: &str = "white";

/// State of a channel, as its bar shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    /// There, and neither ringing nor up.
    Setup,
    /// It rings, on this side or the other.
    Ringing,
    /// Up, and nothing but the dialplan hears it: an IVR, an announcement, an application.
    Application,
    /// It waits in a queue.
    Queue,
    /// It is parked.
    Parked,
    /// It is in a bridge with another channel of the call.
    Talk,
    /// It has the others on hold.
    Hold,
    /// It is in a conference.
    Conference,
}

impl Fill {
    pub(super) const ALL: [Self; 8] = [
        Self::Setup,
        Self::Ringing,
        Self::Application,
        Self::Queue,
        Self::Parked,
        Self::Talk,
        Self::Hold,
        Self::Conference,
    ];

    /// Returns its words in the legend.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Setup => "set up",
            Self::Ringing => "ringing",
            Self::Application => "application, IVR",
            Self::Queue => "waits in a queue",
            Self::Parked => "parked",
            Self::Talk => "talks",
            Self::Hold => "holds the others",
            Self::Conference => "conference",
        }
    }

    /// Returns its name in the file.
    const fn id(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Ringing => "ringing",
            Self::Application => "application",
            Self::Queue => "queue",
            Self::Parked => "parked",
            Self::Talk => "talk",
            Self::Hold => "hold",
            Self::Conference => "conference",
        }
    }

    /// Returns side of the pattern's square, colour of its ground, and lines over it: their path,
    /// colour and width.
    const fn look(self) -> (u8, &'static str, &'static str, &'static str, f64) {
        match self {
            Self::Setup => (4, WHITE, "", WHITE, 0.0),
            Self::Ringing => (6, "#fdf0bf", "M-1 1l2 -2M0 6l6 -6M5 7l2 -2", "#b07a00", 1.5),
            Self::Application => (5, "#e4ebf2", "M1.8 2.5h1.4", "#5f7488", 1.4),
            Self::Queue => (5, "#f9d3b4", "M2.5 0v5", "#8f420c", 1.7),
            Self::Parked => (6, "#eeeeee", "M0 0l6 6M0 6l6 -6", "#555555", 1.0),
            Self::Talk => (4, "#0b4f7d", "", WHITE, 0.0),
            Self::Hold => (4, WHITE, "M0 1h4", "#0b4f7d", 1.8),
            Self::Conference => (6, "#2a8f7c", "M2 3h2.2", WHITE, 2.2),
        }
    }

    fn pattern(self) -> Pattern {
        let (side, ground, lines, colour, width) = self.look();
        Pattern::new()
            .set("id", self.id())
            .set("width", side)
            .set("height", side)
            .set("patternUnits", "userSpaceOnUse")
            .add(Rectangle::new().set("width", side).set("height", side).set("fill", ground))
            .add(Path::new().set("d", lines).set("stroke", colour).set("stroke-width", width).set("fill", "none"))
    }
}

/// Returns the patterns, for the beginning of the file.
pub(super) fn patterns() -> Definitions {
    Fill::ALL.into_iter().fold(Definitions::new(), |all, fill| all.add(fill.pattern()))
}

/// Returns a bar between two places; one of no length can still be seen.
pub(super) fn bar(from: f64, to: f64, y: f64, fill: Fill) -> Rectangle {
    Rectangle::new()
        .set("x", from)
        .set("y", y)
        .set("width", (to - from).max(THIN))
        .set("height", BAR)
        .set("fill", format!("url(#{})", fill.id()))
        .set("stroke", SOFT)
        .set("stroke-width", 0.6)
}

/// Returns the mark of a channel that enters a bridge.
pub(super) fn dot(x: f64, y: f64) -> Circle {
    Circle::new().set("cx", x).set("cy", y).set("r", 2.8).set("fill", WHITE).set("stroke", INK).set("stroke-width", 1.2)
}

/// Returns the mark of a transfer; one that failed is empty.
pub(super) fn diamond(x: f64, y: f64, succeeded: bool) -> Path {
    Path::new()
        .set("d", format!("M{x} {}l5.5 5.5l-5.5 5.5l-5.5 -5.5z", y - 5.5))
        .set("fill", if succeeded { "#c1272d" } else { WHITE })
        .set("stroke", if succeeded { WHITE } else { "#c1272d" })
        .set("stroke-width", 1.2)
}

/// Returns the line of a recording under a bar, from its beginning, a full dot, to its end, a
/// stroke.
pub(super) fn recording(from: f64, to: f64, y: f64) -> Group {
    let to = to.max(from + THIN);
    Group::new()
        .add(
            Path::new().set("d", format!("M{from} {y}H{to}M{to} {}v4", y - 2.0)).set("stroke", INK).set("fill", "none"),
        )
        .add(Circle::new().set("cx", from).set("cy", y).set("r", 2.2).set("fill", INK))
}

/// Returns the mark of an end (`1.0`) or a beginning (`-1.0`) that was not seen: an arrow head
/// that points away from the bar.
pub(super) fn unseen(x: f64, y: f64, side: f64) -> Path {
    let (top, height, length) = (y - 1.0, BAR + 2.0, 7.0 * side);
    Path::new()
        .set("d", format!("M{x} {top}l{length} {}l{} {}z", height / 2.0, -length, height / 2.0))
        .set("fill", WHITE)
        .set("stroke", INK)
        .set("stroke-width", 1.2)
}

/// Returns a text on a ground of its own, which covers the bars below it: to the right of a place;
/// where it does not fit before `edge`, the short one, if need be to the left.
pub(super) fn plate(text: &str, short: &str, x: f64, y: f64, edge: f64) -> Group {
    // A smaller size than that of the other texts.
    let wide = |text: &str| text.chars().map(width).sum::<f64>() * 9.5 / 11.0 + 4.0;
    let text = if x + 8.0 + wide(text) <= edge { text } else { short };
    let wide = wide(text);
    let x = if x + 8.0 + wide <= edge { x + 8.0 } else { x - 8.0 - wide };
    let ground = Rectangle::new().set("x", x).set("y", y - BAR / 2.0 - 0.5).set("width", wide).set("height", BAR + 1.0);
    Group::new()
        .add(ground.set("fill", WHITE))
        .add(Text::new(text).set("x", x + 2.0).set("y", y + 3.5).set("font-size", 9.5))
}

/// Returns how wide a character is at the size of the sheet's texts, rather too wide than too
/// narrow.
fn width(char: char) -> f64 {
    match char {
        ' ' | '!' | '\'' | ',' | '-' | '.' | '/' | ':' | ';' | '\\' | '|' | 'i' | 'j' | 'l' | 'f' => 4.0,
        '(' | ')' | '[' | ']' | 'I' | 't' | 'r' => 4.8,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' | '→' => 11.2,
        'A'..='Z' | '+' | '=' | '<' | '>' | '~' | '#' => 8.6,
        '\0'..='\u{7f}' => 7.1,
        '\u{80}'..='\u{10ff}' => 8.8,
        _ => 12.0,
    }
}

/// Returns as much of the beginning of a text as has room, with a `…` for the rest.
pub(super) fn fit(text: &str, room: f64) -> String {
    let mut left = room;
    let mut cut = 0;
    for (place, char) in text.char_indices() {
        left -= width(char);
        if left < 0.0 {
            return format!("{}…", &text[..cut]);
        }
        if left >= width('…') {
            cut = place + char.len_utf8();
        }
    }
    text.to_owned()
}

/// Returns as much of a name as has room. What tells names apart stands at their end: a `…` stands
/// in the middle.
pub(super) fn fit_name(name: &str, room: f64) -> String {
    if name.chars().map(width).sum::<f64>() <= room {
        return name.to_owned();
    }
    let mut left = (room - width('…')) / 2.0;
    let mut tail = name.len();
    for (place, char) in name.char_indices().rev() {
        left -= width(char);
        if left < 0.0 {
            break;
        }
        tail = place;
    }
    let (head, tail) = name.split_at(tail);
    let mut left = (room - width('…')) / 2.0;
    let head: String = head
        .chars()
        .take_while(|char| {
            left -= width(*char);
            left >= 0.0
        })
        .collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_room() {
        for name in ["", "PJSIP/100-00000001", &"Local/long".repeat(20), &"名前".repeat(60), "m", "é@é@é@é"] {
            for room in [24.0, 60.0, 250.0] {
                for fitted in [fit(name, room), fit_name(name, room)] {
                    let wide: f64 = fitted.chars().map(width).sum();
                    assert!(wide <= room, "{fitted} in {room}");
                    assert_eq!(fitted == name, name.chars().map(width).sum::<f64>() <= room, "{fitted} in {room}");
                }
            }
        }
        assert!(fit_name("Local/an_extension_of_many_letters@a_context-00000051;2", 200.0).ends_with("00051;2"));
    }
}
