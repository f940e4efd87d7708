//! What a line alone can't tell: names that are missing, twice, or no Rust.

use super::kinds::BRANCHES;
use super::names;
use super::table::{Error, Field, Item, Place, Row, Table};
use std::collections::HashMap;

/// The first mistake in a table whose lines are all right by themselves.
pub fn check(table: &Table) -> Result<(), Error> {
    unique(&table.blocks, "block")?;
    unique(&table.events, "event")?;
    unique(&table.actions, "action")?;
    for item in table.blocks.iter().chain(&table.events).chain(&table.actions) {
        versions(item.since.as_ref(), item.until.as_ref(), &item.place)?;
        rows(table, &item.rows, &item.name)?;
        if let Some(reply) = &item.reply {
            rows(table, &reply.rows, &item.name)?;
        }
        let list = item.list.iter().flat_map(|list| list.items.iter().chain(&list.end).map(|name| (&list.place, name)));
        for (place, name) in list.chain(item.outcome.iter().map(|(place, name)| (place, name))) {
            if table.event(name).is_none() {
                return Err(place.error(format!("`{name}` is no event of the table")));
            }
        }
    }
    Ok(())
}

fn unique(items: &[Item], what: &str) -> Result<(), Error> {
    let mut wire: HashMap<String, &Place> = HashMap::new();
    let mut rust: HashMap<&str, &Place> = HashMap::new();
    for item in items {
        for name in item.aliases.iter().chain([&item.name]) {
            if let Some(first) = wire.insert(name.to_ascii_lowercase(), &item.place) {
                return Err(item
                    .place
                    .error(format!("{what} `{name}` is there already, at {}:{}", first.file, first.line)));
            }
        }
        let clash = rust.insert(&item.rust, &item.place);
        if let Some(first) = clash.filter(|_| what != "block") {
            return Err(item
                .place
                .error(format!("two {what}s become `{}`, the other at {}:{}", item.rust, first.file, first.line)));
        }
        if what != "block" && !item.rust.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Err(item.place.error(format!("`{}` is no name for a type; give one with `as=`", item.rust)));
        }
    }
    Ok(())
}

fn rows(table: &Table, rows: &[Row], item: &str) -> Result<(), Error> {
    let mut wire: HashMap<String, Place> = HashMap::new();
    let mut rust: HashMap<String, Place> = HashMap::new();
    walk(table, rows, "", 0, &mut |prefix, field| {
        versions(field.since.as_ref(), field.until.as_ref(), &field.place)?;
        for name in field.aliases.iter().chain([&field.name]) {
            if let Some(first) = wire.insert(format!("{prefix}{name}").to_ascii_lowercase(), field.place.clone()) {
                return Err(field
                    .place
                    .error(format!("`{prefix}{name}` is in {item} already, at {}:{}", first.file, first.line)));
            }
        }
        let method = format!("{}{}", names::snake(prefix), field.rust);
        if names::is_keyword(&method) || !method.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err(field.place.error(format!("`{method}` can't name a method; give another name with `as=`")));
        }
        if matches!(method.as_str(), "frame" | "common" | "new" | "header" | "view") {
            return Err(field
                .place
                .error(format!("`{method}` is a method that every type has; give another name with `as=`")));
        }
        if let Some(first) = rust.insert(method.clone(), field.place.clone()) {
            return Err(field
                .place
                .error(format!("two fields of {item} become `{method}`, the other at {}:{}", first.file, first.line)));
        }
        if field.repeat && field.holes() > 0 && field.name.contains("{i") {
            return Err(field.place.error("a numbered field can't be repeated"));
        }
        Ok(())
    })
}

/// Visits every field with the prefix it stands under.
fn walk(
    table: &Table,
    rows: &[Row],
    prefix: &str,
    depth: usize,
    visit: &mut impl FnMut(&str, &Field) -> Result<(), Error>,
) -> Result<(), Error> {
    for row in rows {
        match row {
            Row::Field(field) => visit(prefix, field)?,
            Row::Rest(_) => {}
            Row::Use { place, block, prefix: inner } => {
                let Some(found) = table.block(block) else {
                    return Err(place.error(format!("`{block}` is no block of the table")));
                };
                if depth > 8 {
                    return Err(place.error(format!("`{block}` uses itself")));
                }
                if !prefix.is_empty() && !inner.is_empty() {
                    return Err(place.error("a block with a prefix can't be used under another prefix"));
                }
                walk(table, &found.rows, &format!("{prefix}{inner}"), depth + 1, visit)?;
            }
        }
    }
    Ok(())
}

fn versions(since: Option<&String>, until: Option<&String>, place: &Place) -> Result<(), Error> {
    let number = |branch: &String| BRANCHES.iter().position(|known| known == branch);
    match (since, until) {
        (Some(since), Some(until)) if number(since) > number(until) => {
            Err(place.error(format!("`since={since}` is after `until={until}`")))
        }
        _ => Ok(()),
    }
}
