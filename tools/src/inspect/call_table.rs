//! Calls as a table, a row each, and the words for what happened in one. All times are in seconds:
//! `start` since the first call of the file, `answer` (of a person) since the call's start.

use std::time::Duration;

use ami_proto::calls::{Call, OwnedValue, Party, QueueOutcome, RecordingKind};
use ami_proto::value::HangupCause;
use comfy_table::{CellAlignment, Table, presets};

use crate::shown::Shown;

/// Returns the calls as a table.
pub(crate) fn table(calls: &[Call]) -> Table {
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
        "answer",
        "wait",
        "talk",
        "hold",
        "cause",
        "what happened",
    ]);
    table.add_rows(calls.iter().map(|call| {
        let row = [
            seconds(call.start().saturating_sub(zero)),
            shown(call.linked_id()),
            call.from().map(party).unwrap_or_default(),
            call.dialled().map(shown).unwrap_or_default(),
            call.to().map(party).unwrap_or_default(),
            call.disposition().to_string(),
            call.legs().len().to_string(),
            call.answered_by_person().map(seconds).unwrap_or_default(),
            seconds(call.wait()),
            seconds(call.talk()),
            seconds(call.hold()),
            match (call.cause(), call.end()) {
                (Some(cause), _) => words(cause),
                (None, Some(_)) => String::new(),
                (None, None) => "end not seen".to_owned(),
            },
            marks(call).join(", "),
        ];
        // What parts the columns is no part of a name.
        row.map(|cell| cell.replace('|', "\\|"))
    }));
    for column in [0, 6, 7, 8, 9, 10] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn shown(text: &OwnedValue) -> String {
    Shown(text.as_bytes()).to_string()
}

/// Returns number, name and channel of a caller or callee, as far as they are known.
fn party(party: Party<'_>) -> String {
    let known = [party.number, party.name, Some(party.channel)].into_iter().flatten();
    known.map(shown).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Returns a cause in words, or its number where there are none.
pub(crate) fn words(cause: HangupCause) -> String {
    match (cause.description(), cause.get()) {
        (Some(words), _) => words.to_owned(),
        (None, 0) => "not told (cause 0)".to_owned(),
        (None, number) => format!("cause {number}"),
    }
}

/// Returns what is remarkable about a call.
pub(crate) fn marks(call: &Call) -> Vec<String> {
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

/// Returns a length in seconds, with one digit of the fraction.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64())
}
