//! Output of `conference`: requests before they are sent, answers as tables.

use std::fmt::Display;

use ami_proto::conference::{Conference, Outcome, Participant, Request};
use comfy_table::Table;

use crate::shown::Shown;

/// The request as it would be sent, its PINs masked unless they are to be shown.
pub(crate) fn request(request: &Request, secrets: bool) -> String {
    let bytes = if secrets { request.to_bytes() } else { request.to_masked_bytes() };
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the text of an answer; the error where the server refuses.
pub(crate) fn outcome(outcome: &Outcome<'_>) -> Result<String, String> {
    Ok(match outcome {
        Outcome::Done => "done\n".to_string(),
        Outcome::Unchanged => "nothing to do\n".to_string(),
        Outcome::Floor(None) => "nobody has the floor\n".to_string(),
        Outcome::Floor(Some(participant)) => format!("{participant} has the floor\n"),
        Outcome::Participants(list) => participants(list),
        Outcome::Conferences(list) => conferences(list),
        Outcome::Conference(conference, list) => conferences(std::slice::from_ref(conference)) + &participants(list),
        Outcome::Levels(levels) => {
            lines(levels.iter().map(|(id, level)| format!("{}: {level}", Shown(id.to_string()))))
        }
        Outcome::Recording(recording) => format!("{}\n", if *recording { "recording" } else { "not recording" }),
        Outcome::Text(text) => lines(text.to_string().lines().map(|line| format!("{:.1000}", Shown(line)))),
        Outcome::Refused(reason) => return Err(format!("refused: {reason}")),
        other => return Err(format!("{other:?}")),
    })
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.flat_map(|line| [line, "\n".to_owned()]).collect()
}

fn participants(list: &[Participant<'_>]) -> String {
    let mut table = table(["id", "name", "number", "muted", "deaf", "talking", "floor", "moderator", "seconds"]);
    for one in list {
        table.add_row([
            cell(one.id()),
            cell(one.name()),
            cell(one.number()),
            truth(one.is_muted()),
            truth(one.is_deaf()),
            truth(one.is_talking()),
            truth(one.has_floor()),
            truth(one.is_moderator()),
            cell(one.duration().map(|duration| duration.as_secs())),
        ]);
    }
    format!("{table}\n")
}

fn conferences(list: &[Conference<'_>]) -> String {
    let mut table = table(["id", "name", "members", "locked", "recording", "seconds"]);
    for one in list {
        table.add_row([
            cell(one.id()),
            cell(one.name()),
            cell(one.members()),
            truth(one.is_locked()),
            truth(one.is_recording()),
            cell(one.duration().map(|duration| duration.as_secs())),
        ]);
    }
    format!("{table}\n")
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(comfy_table::presets::ASCII_MARKDOWN).set_header(header);
    table
}

fn cell(value: Option<impl Display>) -> String {
    value.map(|value| Shown(value.to_string()).to_string()).unwrap_or_default()
}

fn truth(value: Option<bool>) -> String {
    value.map_or("", |value| if value { "yes" } else { "no" }).to_string()
}
