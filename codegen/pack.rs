//! The tables for run time: one text, a line an item and a line a row, and where each item begins.
//! Beside it the classes of each event, which sets are made of at compile time.
//!
//! ```text
//! item    NAME aliases rust-name class-bits branches role doc           columns are separated by tabs, items by an empty line
//!                                                                      role: of an action, `reads` where it changes nothing
//! field   name aliases kind method flags branches doc                   flags: ! required, r repeats, s secret
//! block   + number prefix prefix-in-snake-case branches but
//! others  * doc
//! reply   =reply style items end outcome more doc                      actions; the rows behind it are the response's
//! aliases, but                                                         of fields and blocks: NAME@BRANCHES, with a comma between
//! branches                                                             in hexadecimal digits a bit for each of `BRANCHES`, the lowest the oldest
//! more    glued; none=message; until=branch; if=name; takes=name,unit,else; blocks; again=name    each with a `;` behind it
//! ```

use super::branches::Alias;
use super::emit::{Source, quote, strings};
use super::kinds::{BRANCHES, CLASSES};
use super::names;
use super::table::{Again, Field, Item, Row, Table};

/// `catalogue.txt` and `catalogue.rs`.
pub fn pack(table: &Table) -> (String, String) {
    let mut text = String::new();
    let mut source = Source::new("Where each item begins in `catalogue.txt`, and what is asked of events before that.");
    for (name, items) in [("BLOCK", &table.blocks), ("EVENT", &table.events), ("ACTION", &table.actions)] {
        let mut starts = Vec::new();
        for item in items {
            starts.push(text.len());
            pack_item(table, item, name == "ACTION", &mut text);
        }
        source.list(&format!("pub(super) static {name}_STARTS: [u32; {}] = [", starts.len()), &strings(&starts), "];");
    }
    let branches = BRANCHES.map(|branch| {
        let (major, minor) = branch.split_once('.').unwrap_or((branch, "0"));
        format!("Branch::new({major}, {minor})")
    });
    source.list(&format!("pub(crate) const BRANCHES: [Branch; {}] = [", branches.len()), &branches, "];");
    let classes: Vec<u32> = table.events.iter().map(class_bits).collect();
    source.list(&format!("pub(crate) const EVENT_CLASSES: [u32; {}] = [", classes.len()), &strings(&classes), "];");
    let answers: Vec<String> = table.events.chunks(64).map(|events| answer_bits(table, events)).collect();
    source.list(&format!("pub(crate) static ANSWERS: [u64; {}] = [", answers.len()), &answers, "];");
    for (name, block) in [("COMMON", "common"), ("REQUEST_COMMON", "request-common"), ("REPLY_COMMON", "reply-common")]
    {
        let number = table.blocks.iter().position(|found| found.name == block).unwrap_or(usize::MAX);
        source.line(format!("pub(super) const {name}: usize = {number};"));
    }
    let ready = table.events.iter().position(|event| event.ready).unwrap_or(usize::MAX);
    source.line(format!("pub(crate) const READY: usize = {ready};"));
    let announcements: Vec<String> = table.announcements.iter().map(|item| quote(&item.name)).collect();
    let open = format!("pub(crate) static ANNOUNCEMENTS: [&str; {}] = [", announcements.len());
    source.list(&open, &announcements, "];");
    (text, source.finish())
}

fn pack_item(table: &Table, item: &Item, is_action: bool, text: &mut String) {
    let columns = [
        &item.name,
        &item.aliases.join(","),
        &item.rust,
        &class_bits(item).to_string(),
        &format!("{:x}", item.branches.bits()),
        item.role.as_deref().unwrap_or(if item.reads { "reads" } else { "" }),
        &item.doc,
    ];
    line(&columns, text);
    rows(table, &item.rows, text);
    if is_action {
        let reply = item.reply.as_ref();
        let list = item.list.as_ref();
        let columns = [
            "=reply",
            reply.map_or("", |reply| &reply.style),
            &list.map_or(String::new(), |list| strings(&list.items).join(",")),
            list.and_then(|list| list.end.as_ref()).map_or("", |end| &end.text),
            item.outcome.as_ref().map_or("", |event| &event.text),
            &more(item),
            reply.map_or("", |reply| &reply.doc),
        ];
        line(&columns, text);
        rows(table, reply.map_or(&[], |reply| &reply.rows), text);
    }
    text.push('\n');
}

/// Returns what few answers have.
fn more(action: &Item) -> String {
    let mut more = String::new();
    if action.list.as_ref().is_some_and(|list| list.glued) {
        more.push_str("glued;");
    }
    if let Some(message) = action.list.as_ref().and_then(|list| list.none.as_ref()) {
        more.push_str(&format!("none={message};"));
    }
    if let Some(until) = action.reply.as_ref().and_then(|reply| reply.until.as_ref()) {
        more.push_str(&format!("until={until};"));
    }
    if let Some(parameter) = &action.outcome_if {
        more.push_str(&format!("if={parameter};"));
    }
    if let Some(takes) = &action.takes {
        let blocks = if takes.blocks { "blocks;" } else { "" };
        more.push_str(&format!("takes={},{},{};{blocks}", takes.parameter, takes.unit, takes.instead));
    }
    match &action.again {
        Some(Again::Value(name)) => more.push_str(&format!("again={name};")),
        Some(Again::Request) => more.push_str("again=;"),
        None => {}
    }
    more
}

/// Returns a bit for each of these events, set where it is an item, an end or an outcome.
fn answer_bits(table: &Table, events: &[Item]) -> String {
    let names = |event: &Item, name: &str| {
        [&event.name].into_iter().chain(&event.aliases).any(|own| own.eq_ignore_ascii_case(name))
    };
    let outcomes = table.actions.iter().filter_map(|action| action.outcome.as_ref());
    let answers = |event: &Item| event.role.is_some() || outcomes.clone().any(|end| names(event, &end.text));
    let bits = (0..).zip(events).filter(|(_, event)| answers(event));
    format!("{:#x}", bits.fold(0_u64, |bits, (place, _)| bits | 1 << place))
}

fn class_bits(item: &Item) -> u32 {
    let bits = item.classes.iter().filter_map(|class| CLASSES.iter().find(|(name, _)| name == class));
    bits.map(|(_, bit)| bit).sum()
}

fn rows(table: &Table, rows: &[Row], text: &mut String) {
    for row in rows {
        match row {
            Row::Field(field) => line(&field_columns(field), text),
            Row::Use { block, prefix, branches, but, .. } => {
                let number = table.blocks.iter().position(|found| found.name == *block).unwrap_or(usize::MAX);
                let branches = format!("{:x}", branches.bits());
                line(&["+", &number.to_string(), prefix, &names::snake(prefix), &branches, &with_branches(but)], text);
            }
            Row::Rest(doc) => line(&["*", doc], text),
        }
    }
}

fn with_branches(names: &[Alias]) -> String {
    let packed = names.iter().map(|Alias { name, branches }| format!("{name}@{:x}", branches.bits()));
    packed.collect::<Vec<_>>().join(",")
}

fn field_columns(field: &Field) -> [String; 7] {
    let flags = [
        (field.required, '!'),
        (field.empty, 'e'),
        (field.always.is_some(), 'a'),
        (field.repeat, 'r'),
        (field.secret, 's'),
    ];
    [
        field.name.clone(),
        with_branches(&field.aliases),
        field.kind.word.to_owned(),
        field.rust.clone(),
        flags.iter().filter(|(set, _)| *set).map(|(_, flag)| *flag).collect(),
        format!("{:x}", field.branches.bits()),
        field.doc.clone(),
    ]
}

fn line(columns: &[impl AsRef<str>], text: &mut String) {
    for (number, column) in columns.iter().enumerate() {
        if number > 0 {
            text.push('\t');
        }
        text.push_str(column.as_ref());
    }
    text.push('\n');
}
