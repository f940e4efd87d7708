//! Calls as comma-separated values, a line each, with what [`Call`]'s JSON has.
//!
//! A cell of what is not known is empty. Items of one cell have `; ` between them, parts of an item
//! a blank. The docs of [`inspect`](super) have the columns.

use std::collections::BTreeSet;
use std::time::Duration;

use ami_proto::calls::{Call, OwnedValue, Party, QueueOutcome};

use crate::shown::Shown;

/// Titles of the columns.
pub(crate) const TITLES: &str = "linked_id,from_number,from_name,from_channel,dialled,to_number,to_name,to_channel,\
                                 disposition,start,answered_by_person,end,talk,wait,hold,cause,time_source,former,\
                                 channels,queues,transfers,parked,recordings,rooms";

/// Returns a call as comma-separated values, without the end of the line.
pub(crate) fn line(call: &Call) -> String {
    let time = |time: Option<Duration>| time.map(length).unwrap_or_default();
    let party = |party: Option<Party<'_>>| {
        party.map(|party| [party.number, party.name, Some(party.channel)].map(optional)).unwrap_or_default()
    };
    let mut fields = vec![text(call.linked_id())];
    fields.extend(party(call.from()));
    fields.push(optional(call.dialled()));
    fields.extend(party(call.to()));
    fields.push(call.disposition().to_string());
    fields.extend([Some(call.start()), call.answered_by_person(), call.end()].map(time));
    fields.extend([call.talk(), call.wait(), call.hold()].map(length));
    fields.push(call.cause().map(|cause| cause.get().to_string()).unwrap_or_default());
    fields.push(call.time_source().to_string());
    fields.push(list(call.former_linked_ids().iter().map(text)));
    fields.push(list(call.channels().map(text)));
    fields.push(list(call.queues().iter().map(|wait| {
        let outcome = wait.outcome.as_ref().map_or("unknown", QueueOutcome::as_str);
        let agent = optional(wait.outcome.as_ref().and_then(QueueOutcome::agent));
        item(&[text(&wait.queue), outcome.to_owned(), length(call.length(wait.span)), agent])
    })));
    let transfers = call.transfers().iter().filter(|transfer| transfer.succeeded());
    fields.push(list(transfers.map(|transfer| item(&[transfer.kind.to_string(), text(&transfer.target)]))));
    let parked = call.parkings().iter();
    fields.push(list(parked.map(|parking| item(&[text(&parking.lot), length(call.length(parking.span))]))));
    let recordings = call.recordings().iter();
    fields.push(list(recordings.map(|one| item(&[one.kind.to_string(), optional(one.file.as_ref())]))));
    fields.push(list(call.rooms().iter().map(|room| &room.conference).collect::<BTreeSet<_>>().into_iter().map(text)));
    fields.iter().map(|field| cell(field)).collect::<Vec<_>>().join(",")
}

/// Returns all of a text, escaped; no text of a call is longer than its tracker's limit.
fn text(text: &OwnedValue) -> String {
    format!("{:.4096}", Shown(text.as_bytes()))
}

fn optional(value: Option<&OwnedValue>) -> String {
    value.map(text).unwrap_or_default()
}

fn length(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

fn item(parts: &[String]) -> String {
    parts.join(" ").trim_end().to_owned()
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join("; ")
}

/// Returns a field as a cell. What a peer wrote must not run where the file is opened as a sheet:
/// formulas begin with `=`, `+`, `-` or `@`. A telephone number, `+` and digits, is none.
fn cell(field: &str) -> String {
    let first = field.trim_start().chars().next();
    let number = field.strip_prefix('+').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let formula = matches!(first, Some('=' | '+' | '-' | '@' | '\'' | '＝' | '＋' | '－' | '＠')) && !number;
    let guard = if formula { "'" } else { "" };
    // A semicolon parts cells where the comma is the decimal sign.
    if formula || field.contains(['"', ',', ';']) || field.trim() != field {
        format!("\"{guard}{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_are_no_formulas() {
        for (field, expected) in [
            ("", ""),
            ("Alice", "Alice"),
            ("+4930123", "+4930123"),
            ("=1+2", "\"'=1+2\""),
            ("+1+cmd|' /C calc'!A0", "\"'+1+cmd|' /C calc'!A0\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            (" =1", "\"' =1\""),
            ("＝1", "\"'＝1\""),
            ("'=1", "\"''=1\""),
            ("a;=1", "\"a;=1\""),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
            ("a ", "\"a \""),
        ] {
            assert_eq!(cell(field), expected);
        }
    }
}
