//! `catalogue` says what the crate knows of actions, events and their headers: to look things up,
//! and as JSON for tools.
//!
//! All names; what is known of one of them; everything at once:
//!
//! ```text
//! cargo run -p ami-tools -- catalogue
//! cargo run -p ami-tools -- catalogue event Hangup
//! cargo run -p ami-tools -- catalogue --json
//! ```
//!
//! In JSON, an action has `params`, the headers of its response in `response`, and the events of
//! its list in `items` and `end`; an event has `headers`. Blocks are expanded, what every event or
//! response may carry comes last, and names are those on the wire; in `Line-{i:6}` the braces stand
//! for a number of six digits, `{i}` for any number, `{key}` for any text. `since` and `until` are the
//! first branch that has it and the last one: where `since` is `null` no branch has, where `until` is
//! it is still there; `without` has the branches between them that lack it. A header has them for
//! each of its `names`.
//!
//! It exits with 0, or with 2 where it was called wrongly, asked for a name that is not known, or
//! could not write.

use std::fmt::{self, Write as _};
use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

use ami_proto::catalogue::{self, ActionType, Branch, EventType, Field, FieldName, ReplySpec, ReplyStyle, Role};
use clap::{Args, Subcommand};
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

/// Shows what is known of the actions and events of the Asterisk Manager Interface.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    /// Print everything as one JSON object
    #[arg(long)]
    json: bool,

    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// Show an action: what it takes, and how it is answered
    Action { name: String },
    /// Show an event: when it comes, and its headers
    Event { name: String },
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let text = match &options.what {
        None if options.json => Ok(format!("{}\n", everything())),
        None => Ok(names()),
        Some(What::Action { name }) => catalogue::action(name).map(action).ok_or_else(|| unknown_action(name)),
        Some(What::Event { name }) => catalogue::event(name).map(event).ok_or_else(|| unknown_event(name)),
    };
    let text = match text {
        Ok(text) => text,
        Err(problem) => return complain(problem),
    };
    match io::stdout().write_all(text.as_bytes()) {
        // Whoever read the output, `head` say, has seen enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => complain(format_args!("standard output: {error}")),
        _ => ExitCode::SUCCESS,
    }
}

fn complain(problem: impl fmt::Display) -> ExitCode {
    // Nobody is left to be told where this fails.
    let _ = writeln!(io::stderr(), "catalogue: {problem}");
    ExitCode::from(2)
}

fn actions() -> Vec<ActionType> {
    let mut actions: Vec<ActionType> = catalogue::actions().collect();
    actions.sort_by_key(|action| action.name().to_lowercase());
    actions
}

fn events() -> Vec<EventType> {
    let mut events: Vec<EventType> = catalogue::events().collect();
    events.sort_by_key(|event| event.name().to_lowercase());
    events
}

/// Actions and events by name, a line each.
fn names() -> String {
    let actions = actions().into_iter().map(|action| {
        let classes = action.classes().names().collect::<Vec<_>>().join(" or ");
        [action.name().to_owned(), branches(|branch| action.exists_in(branch)), classes, first_words(action.doc())]
    });
    let events = events().into_iter().map(|event| {
        let classes = event.classes().names().collect::<Vec<_>>().join(" and ");
        [event.name().to_owned(), branches(|branch| event.exists_in(branch)), classes, first_words(event.doc())]
    });
    let mut actions = table(["action", "versions", "class", "what it does"], actions.collect());
    let mut events = table(["event", "versions", "class", "what it tells"], events.collect());
    // A line each, however long.
    actions.set_content_arrangement(ContentArrangement::Disabled);
    events.set_content_arrangement(ContentArrangement::Disabled);
    format!("{actions}\n\n{events}\n")
}

fn action(action: ActionType) -> String {
    let mut out = String::new();
    let classes = action.classes().names().collect::<Vec<_>>().join(" or ");
    let needs = if classes.is_empty() { "nothing: every session may send it".to_owned() } else { classes };
    head(&mut out, "Action", action.name(), action.aliases(), action.doc());
    fact(&mut out, "versions", &branches(|branch| action.exists_in(branch)));
    fact(&mut out, "needs the class", &needs);
    fact(&mut out, "changes", if action.is_read_only() { "nothing" } else { "something, or it may" });
    fact(&mut out, "in Rust", &format!("ami_proto::action::{}", action.rust_name()));
    fields(&mut out, "Parameters (* required)", distinct(action.fields()), action.rest());

    let reply = action.reply();
    let how = match reply.style() {
        ReplyStyle::Text => "Text without a frame around it.",
        ReplyStyle::Command => "A response with the output of a command.",
        _ => "A response.",
    };
    let _ = writeln!(out, "\nAnswer: {}", [how, reply.doc()].join(" ").trim_end());
    fields(&mut out, "Headers of the response", response(reply), reply.rest());
    let items: Vec<&str> = reply.items().collect();
    if !items.is_empty() {
        let end = reply.end().map_or_else(String::new, |end| format!(", then {end}"));
        let _ = writeln!(out, "\nThen come the events {}{end}.", items.join(", "));
        if let Some(none) = reply.none_message() {
            let _ = writeln!(out, "An empty list is a response alone: {none}");
        }
    }
    if let Some(event) = reply.outcome() {
        let _ = writeln!(out, "\nLater the event {event} tells how it went.");
    }
    out
}

fn event(event: EventType) -> String {
    let mut out = String::new();
    let classes = event.classes().names().collect::<Vec<_>>().join(" and ");
    let comes = match event.role() {
        Role::Item => "as an item of a list",
        Role::End => "at the end of a list",
        Role::Both => "unasked, and as an item of a list",
        _ => "unasked",
    };
    head(&mut out, "Event", event.name(), event.aliases(), event.doc());
    fact(&mut out, "versions", &branches(|branch| event.exists_in(branch)));
    fact(&mut out, "class", if classes.is_empty() { "none: it goes to whoever asked" } else { &classes });
    fact(&mut out, "comes", comes);
    let answers = |action: &ActionType| {
        let reply = action.reply();
        reply.items().chain(reply.end()).chain(reply.outcome()).any(|name| name.eq_ignore_ascii_case(event.name()))
    };
    let answers: Vec<&str> = actions().into_iter().filter(answers).map(ActionType::name).collect();
    fact(&mut out, "answers", &answers.join(", "));
    fact(&mut out, "in Rust", &format!("ami_proto::event::{}", event.rust_name()));
    fields(&mut out, "Headers", distinct(event.fields()), event.rest());
    out
}

fn head(out: &mut String, what: &str, name: &str, aliases: impl Iterator<Item = &'static str>, doc: &str) {
    let aliases: Vec<&str> = aliases.collect();
    let also = if aliases.is_empty() { String::new() } else { format!(", also {}", aliases.join(", ")) };
    let _ = writeln!(out, "{what} {name}{also}\n\n{doc}\n");
}

fn fact(out: &mut String, what: &str, fact: &str) {
    if !fact.is_empty() {
        let _ = writeln!(out, "{what:>16}: {fact}");
    }
}

fn fields(out: &mut String, title: &str, fields: Vec<Field>, rest: Option<&str>) {
    if fields.is_empty() && rest.is_none() {
        return;
    }
    let mut rows: Vec<[String; 4]> = fields.into_iter().map(field).collect();
    if let Some(rest) = rest {
        rows.push(["any other".to_owned(), String::new(), String::new(), rest.to_owned()]);
    }
    let _ = writeln!(out, "\n{title}\n{}", table(["name", "type", "versions", "meaning"], rows));
}

fn field(field: Field) -> [String; 4] {
    let names: Vec<FieldName> = field.names().collect();
    let mut name = names.iter().map(|name| name.wire_name()).collect::<Vec<_>>().join(" / ");
    if field.is_required() {
        name.push('*');
    }
    let mut kind = field.kind().as_str().to_owned();
    if field.repeats() {
        kind.push_str(", repeats");
    }
    if field.is_secret() {
        kind.push_str(", secret");
    }
    // One for each name where they differ, in the order of the names.
    let each: Vec<String> = names.iter().map(|name| branches(|branch| name.exists_in(branch))).collect();
    let same = each.iter().all(|other| *other == each[0]);
    let versions = if same { each[0].clone() } else { each.join(" / ") };
    [name, kind, versions, field.doc().to_owned()]
}

/// Fields without those that one of the same name hides.
fn distinct(fields: impl Iterator<Item = Field>) -> Vec<Field> {
    let mut kept: Vec<Field> = Vec::new();
    for field in fields {
        if !kept.iter().any(|other| other.wire_name().eq_ignore_ascii_case(&field.wire_name())) {
            kept.push(field);
        }
    }
    kept
}

fn response(reply: ReplySpec) -> Vec<Field> {
    match reply.style() {
        ReplyStyle::Text => Vec::new(),
        _ => distinct(reply.fields().chain(ReplySpec::common_fields())),
    }
}

/// The branches that have something, as in "1.8 to 13, 15 on".
fn branches(has: impl Fn(Branch) -> bool) -> String {
    let known: Vec<Branch> = catalogue::branches().collect();
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(start) = (at..known.len()).find(|at| has(known[*at])) {
        at = (start..known.len()).find(|at| !has(known[*at])).unwrap_or(known.len());
        let (first, last) = (known[start], known[at - 1]);
        parts.push(match () {
            () if at == known.len() => format!("{first} on"),
            () if first == last => first.to_string(),
            () => format!("{first} to {last}"),
        });
    }
    match parts.as_slice() {
        [] => "never".to_owned(),
        [one] if !one.contains(' ') => format!("{one} only"),
        _ => parts.join(", "),
    }
}

/// As much of a sentence as a line of the list has room for.
fn first_words(doc: &str) -> String {
    const ROOM: usize = 60;
    if doc.len() <= ROOM {
        return doc.to_owned();
    }
    let end = doc.match_indices(' ').map(|(at, _)| at).take_while(|at| *at <= ROOM).last().unwrap_or(0);
    format!("{} …", &doc[..end])
}

fn table<const N: usize>(header: [&str; N], rows: Vec<[String; N]>) -> Table {
    // Without a terminal to ask; wider ones are rare where this is read.
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(140);
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(header).add_rows(rows);
    table
}

fn unknown_action(name: &str) -> String {
    let known: Vec<&str> = catalogue::actions().map(ActionType::name).collect();
    let other = catalogue::event(name).map(|event| format!("event {}", event.name()));
    unknown("action", name, &known, other)
}

fn unknown_event(name: &str) -> String {
    let known: Vec<&str> = catalogue::events().map(EventType::name).collect();
    let other = catalogue::action(name).map(|action| format!("action {}", action.name()));
    unknown("event", name, &known, other)
}

/// What to say of a name that is not known: where else it is, or the names that are like it.
fn unknown(what: &str, name: &str, known: &[&str], other: Option<String>) -> String {
    let mut message = format!("no {what} is called `{name}`");
    if let Some(other) = other {
        let _ = write!(message, "; try `catalogue {other}`");
        return message;
    }
    let lower = name.to_lowercase();
    let distance = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let holds = lower.len() > 2 && (candidate.contains(&lower) || lower.contains(&candidate));
        if holds { 1 } else { edits(&lower, &candidate) }
    };
    let mut near: Vec<(usize, &str)> = known.iter().map(|candidate| (distance(candidate), *candidate)).collect();
    near.retain(|(distance, _)| *distance <= name.len() / 3 + 1);
    near.sort_by_key(|(distance, candidate)| (*distance, candidate.len().abs_diff(name.len())));
    let near: Vec<&str> = near.into_iter().take(5).map(|(_, candidate)| candidate).collect();
    match near.as_slice() {
        [] => message.push_str("; `catalogue` alone lists all names"),
        [one] => {
            let _ = write!(message, "; do you mean {one}?");
        }
        [some @ .., last] => {
            let _ = write!(message, "; do you mean {} or {last}?", some.join(", "));
        }
    }
    message
}

/// How many letters have to be put in, taken out or changed to make one word of the other.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let change = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

/// The catalogue as JSON.
fn everything() -> Value {
    let text = |branch: Option<Branch>| branch.map(|branch| branch.to_string());
    let without = |has: &dyn Fn(Branch) -> bool, since: Option<Branch>, until: Option<Branch>| {
        let inside =
            |branch: &Branch| since.is_some_and(|since| since < *branch) && until.is_none_or(|until| *branch < until);
        let lack = catalogue::branches().filter(|branch| inside(branch) && !has(*branch));
        lack.map(|branch| branch.to_string()).collect::<Vec<_>>()
    };
    let header = |field: Field| {
        let aliases: Vec<String> = field.aliases().map(|alias| [field.prefix(), alias].concat()).collect();
        let names = field.names().map(|name| {
            json!({
                "name": name.wire_name(),
                "since": text(name.since()),
                "until": text(name.until()),
                "without": without(&|branch| name.exists_in(branch), name.since(), name.until()),
            })
        });
        json!({
            "name": field.wire_name(),
            "aliases": aliases,
            "names": names.collect::<Vec<_>>(),
            "type": field.kind().as_str(),
            "repeat": field.repeats(),
            "secret": field.is_secret(),
            "since": text(field.since()),
            "until": text(field.until()),
            "doc": field.doc(),
        })
    };
    let headers = |fields: Vec<Field>| fields.into_iter().map(header).collect::<Vec<_>>();
    let actions = actions().into_iter().map(|action| {
        let reply = action.reply();
        let params = distinct(action.fields()).into_iter().map(|field| {
            let mut param = header(field);
            param["required"] = field.is_required().into();
            param
        });
        json!({
            "name": action.name(),
            "aliases": action.aliases().collect::<Vec<_>>(),
            "since": text(action.since()),
            "until": text(action.until()),
            "without": without(&|branch| action.exists_in(branch), action.since(), action.until()),
            "privileges": action.classes().names().collect::<Vec<_>>(),
            "read_only": action.is_read_only(),
            "params": params.collect::<Vec<_>>(),
            "other_params": action.rest(),
            "reply": reply.style().as_str(),
            "response": headers(response(reply)),
            "other_response": reply.rest(),
            "items": reply.items().collect::<Vec<_>>(),
            "end": reply.end(),
            "none_message": reply.none_message(),
            "outcome": reply.outcome(),
            "doc": action.doc(),
        })
    });
    let events = events().into_iter().map(|event| {
        json!({
            "name": event.name(),
            "aliases": event.aliases().collect::<Vec<_>>(),
            "class": event.classes().names().collect::<Vec<_>>(),
            "since": text(event.since()),
            "until": text(event.until()),
            "without": without(&|branch| event.exists_in(branch), event.since(), event.until()),
            "role": event.role().as_str(),
            "headers": headers(distinct(event.fields())),
            "other_headers": event.rest(),
            "doc": event.doc(),
        })
    });
    json!({ "actions": actions.collect::<Vec<_>>(), "events": events.collect::<Vec<_>>() })
}
