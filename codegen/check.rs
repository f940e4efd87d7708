//! What a line alone can't tell: names that are missing, twice, or no Rust.

use super::emit::block_method;
use super::names;
use super::table::{Again, Error, Field, Item, Name, Place, Row, Table};
use std::collections::{HashMap, HashSet};

/// The first mistake in a table whose lines are all right by themselves.
pub fn check(table: &Table) -> Result<(), Error> {
    let acts = !table.actions.is_empty();
    for (block, needed) in [("common", true), ("request-common", acts), ("reply-common", acts)] {
        if needed && table.block(block).is_none() {
            let place = Place { file: "the tables".to_owned(), line: 0, column: 0 };
            return Err(place.error(format!("`block {block}` is missing")));
        }
    }
    let mut given = Given::default();
    for (items, what) in
        [(&table.blocks, "block"), (&table.events, "event"), (&table.actions, "action"), (&table.commands, "command")]
    {
        unique(items, what, &mut given)?;
        let inherited = match what {
            "event" => table.block("common"),
            "action" => table.block("request-common"),
            _ => None,
        };
        let inherited = inherited.map_or(&[][..], |block| &block.rows);
        for item in items {
            let rows_of_its_own = item.rows.iter().chain(item.reply.iter().flat_map(|reply| &reply.rows));
            rows_of_its_own.into_iter().try_for_each(|row| together(item, row))?;
            rows(table, &item.rows, inherited, &item.name, &mut given)?;
            if let Some(reply) = &item.reply {
                rows(table, &reply.rows, &[], &format!("the reply to {}", item.name), &mut given)?;
            }
            for name in item.outcome.iter().chain(item.list.iter().flat_map(|list| list.items.iter().chain(&list.end)))
            {
                let Name { place, text } = name;
                match table.event(text) {
                    Some(event) => event.branches.meet(&item.branches, place)?,
                    None => return Err(place.error(format!("`{text}` is no event of the table"))),
                }
            }
        }
    }
    given.check()?;
    let mut roles: HashMap<&str, &Place> = HashMap::new();
    for action in &table.actions {
        if let Some(first) = action.role.as_ref().and_then(|role| roles.insert(role, &action.place)) {
            let problem = format!("a second action of this role, the other at {}:{}", first.file, first.line);
            return Err(action.place.error(problem));
        }
        let given = table.block("request-common").map_or(&[][..], |block| &block.rows);
        action.rows.iter().try_for_each(|row| parameter(row, given))?;
        answer(action)?;
        list(table, action)?;
    }
    table.events.iter().try_for_each(|event| listed(table, event))?;
    if let Some(second) = table.events.iter().filter(|event| event.ready).nth(1) {
        return Err(second.place.error("a second event that is `ready`"));
    }
    table.commands.iter().try_for_each(|command| arguments(&command.rows))
}

/// What can't stand in a line: required ones come first, and `after` names one that comes before.
fn arguments(rows: &[Row]) -> Result<(), Error> {
    let mut before: Vec<&Field> = Vec::new();
    for row in rows {
        let Row::Field(field) = row else { continue };
        if field.required && before.iter().any(|before| !before.required) {
            return Err(field.place.error("a required argument behind one that isn't"));
        }
        let missing = |name: &&str| before.iter().all(|before| before.rust != **name);
        if let Some(name) = field.after.as_deref().into_iter().chain(field.excluded_by.as_deref()).find(missing) {
            return Err(field.place.error(format!("`{name}` is no argument before this one")));
        }
        before.push(field);
    }
    Ok(())
}

/// What a builder has no method for. `given` is what every request has already.
fn parameter(row: &Row, given: &[Row]) -> Result<(), Error> {
    let Row::Field(field) = row else { return Ok(()) };
    let same = |row: &Row, name: &str| matches!(row, Row::Field(field) if field.name.eq_ignore_ascii_case(name));
    let names = field.alias_names();
    if let Some(name) = names.iter().chain([&field.name]).find(|name| given.iter().any(|row| same(row, name))) {
        return Err(field.place.error(format!("every request has `{name}` already")));
    }
    let many = field.repeat || field.holes() > 0;
    let problem = match () {
        () if field.holes() > 1 || field.name.contains("{key}") => "a parameter's name has room for one number",
        () if field.name.contains(' ') => "a parameter's name has no blank",
        () if field.holes() > 0 && field.required => "a numbered parameter can't be required",
        () if field.secret && many => "a secret parameter can't be repeated or numbered",
        () if field.kind.word == "device-state-number" => "a parameter has a state by its word: `device-state`",
        () if field.always.is_some() && field.kind.word != "text" => "a parameter that is always the same is `text`",
        () if field.kind.word == "assignments" && !field.repeat => "a parameter of this kind has to be `repeat`",
        () => return Ok(()),
    };
    Err(field.place.error(problem))
}

/// What the entries of a list's events say of lists.
fn list(table: &Table, action: &Item) -> Result<(), Error> {
    let Some(list) = &action.list else { return Ok(()) };
    let items = list.items.iter().map(|name| (name, "item"));
    for (Name { place, text }, role) in items.chain(list.end.iter().map(|name| (name, "end"))) {
        let found = table.event(text).and_then(|event| event.role.as_deref());
        if found != Some(role) && found != Some("both") {
            return Err(place.error(format!("`{text}` wants `role={role}`, or `role=both` if it comes unasked too")));
        }
    }
    Ok(())
}

/// What has a part in lists without being in one.
fn listed(table: &Table, event: &Item) -> Result<(), Error> {
    let names = table.actions.iter().flat_map(|action| {
        let list = action.list.iter().flat_map(|list| list.items.iter().chain(&list.end));
        list.chain(&action.outcome)
    });
    let mut answers = names.filter(|name| event.name.eq_ignore_ascii_case(&name.text));
    match &event.role {
        Some(role) if answers.next().is_none() => {
            Err(event.place.error(format!("`role={role}`, but no action has it in its `list`")))
        }
        _ => Ok(()),
    }
}

/// A row, or one name of it, that no branch has together with its item.
fn together(item: &Item, row: &Row) -> Result<(), Error> {
    let (branches, place, names) = match row {
        Row::Field(Field { branches, place, aliases, .. }) => (branches, place, aliases),
        Row::Use { branches, place, but, .. } => (branches, place, but),
        Row::Rest(_) => return Ok(()),
    };
    let all = [branches].into_iter().chain(names.iter().map(|name| &name.branches));
    all.into_iter().try_for_each(|branches| branches.meet(&item.branches, place))
}

/// What an answer says of parameters.
fn answer(action: &Item) -> Result<(), Error> {
    // The next login asks for it as for its own.
    match &action.again {
        Some(Again::Value(name)) if action.role.as_deref() != Some("mask") => {
            return Err(name.place.error("an `again` with a parameter is for the action of `role=mask`"));
        }
        _ => {}
    }
    let again = action.again.iter().filter_map(|again| match again {
        Again::Value(name) => Some((name, &[][..])),
        Again::Request => None,
    });
    let asks = action.outcome_if.iter().map(|name| (name, &["bool"][..]));
    let takes = action.takes.iter().map(|takes| {
        let kinds: &[&str] = if takes.unit == "ms" { &["ms", "int", "uint"] } else { &["seconds", "int", "uint"] };
        (&takes.parameter, kinds)
    });
    for (Name { place, text }, kinds) in again.chain(asks).chain(takes) {
        let mut fields = action.rows.iter().filter_map(|row| match row {
            Row::Field(field) => Some(field),
            _ => None,
        });
        let Some(field) = fields.find(|field| field.name == *text) else {
            return Err(place.error(format!("`{text}` is no parameter of {}", action.name)));
        };
        if field.repeat || field.holes() > 0 {
            return Err(place.error(format!("`{text}` may be there more than once")));
        }
        if !kinds.is_empty() && !kinds.contains(&field.kind.word) {
            return Err(place.error(format!("`{text}` is no `{}`", kinds.join("`, `"))));
        }
    }
    Ok(())
}

/// The names that tables give by `as=`, and where the rule's own could not stand.
#[derive(Default)]
struct Given {
    /// Where the rule's own could stand: the given name, and the rule's.
    free: Vec<(Place, String, String)>,
    needed: HashSet<(String, usize)>,
    /// Methods that the rule makes of some header. What is one notion with it has its method under
    /// another name on the wire, too.
    methods: HashSet<String>,
}

impl Given {
    /// Notes a given name: what the rule makes of the wire name, and whether that is free here.
    fn note(&mut self, place: &Place, given: &str, rule: String, free: bool) {
        if free {
            self.free.push((place.clone(), given.to_owned(), rule));
        } else {
            self.needed.insert((place.file.clone(), place.line));
        }
    }

    /// Refuses one that no item needs: a block's field may need it in one of many.
    fn check(self) -> Result<(), Error> {
        let Self { free, needed, methods } = self;
        let idle = |(place, given, _): &(Place, String, String)| {
            !needed.contains(&(place.file.clone(), place.line)) && !methods.contains(given)
        };
        match free.into_iter().find(idle) {
            Some((place, _, rule)) => Err(place.error(format!("a name by `as=` where `{rule}` is free"))),
            None => Ok(()),
        }
    }
}

fn unique(items: &[Item], what: &str, given: &mut Given) -> Result<(), Error> {
    let mut wire: HashMap<String, &Place> = HashMap::new();
    let mut rust: HashMap<&str, &Place> = HashMap::new();
    for item in items {
        // A command's forms share its name.
        for name in item.aliases.iter().chain([&item.name]).filter(|_| what != "command") {
            if let Some(first) = wire.insert(name.to_ascii_lowercase(), &item.place) {
                return Err(item
                    .place
                    .error(format!("{what} `{name}` is there already, at {}:{}", first.file, first.line)));
            }
        }
        if let Some(first) = rust.insert(&item.rust, &item.place) {
            return Err(item
                .place
                .error(format!("two {what}s become `{}`, the other at {}:{}", item.rust, first.file, first.line)));
        }
        if !names::is_camel(&item.rust) {
            return Err(item.place.error(format!("`{}` is no name for a type; give one with `as=`", item.rust)));
        }
    }
    for item in items {
        let rule = names::camel(&item.name);
        if item.rust != rule {
            let free = names::is_camel(&rule) && !rust.contains_key(rule.as_str());
            given.note(&item.place, &item.rust, rule, free);
        }
    }
    Ok(())
}

/// `inherited`: rows whose methods the item has as well, and whose headers it may have anew.
fn rows(table: &Table, rows: &[Row], inherited: &[Row], item: &str, given: &mut Given) -> Result<(), Error> {
    let mut wire: HashMap<String, Place> = HashMap::new();
    let mut rust: HashMap<String, Place> = HashMap::new();
    let mut named = Vec::new();
    let mut method = |method: String, place: &Place| {
        if names::is_keyword(&method) || !names::is_snake(&method) {
            return Err(place.error(format!("`{method}` can't name a method; give another name with `as=`")));
        }
        if RESERVED.contains(&method.as_str()) {
            return Err(
                place.error(format!("`{method}` is a method that every type has; give another name with `as=`"))
            );
        }
        match rust.insert(method.clone(), place.clone()) {
            Some(first) => Err(place
                .error(format!("two fields of {item} become `{method}`, the other at {}:{}", first.file, first.line))),
            None => Ok(()),
        }
    };
    for (rows, own) in [(inherited, false), (rows, true)] {
        walk(table, rows, "", 0, &mut |prefix, row| {
            let field = match row {
                Row::Field(field) => field,
                Row::Use { place, block, prefix, .. } => return method(block_method(block, prefix), place),
                Row::Rest(_) => return Ok(()),
            };
            for name in field.alias_names().iter().chain([&field.name]).filter(|_| own) {
                if let Some(first) = wire.insert(format!("{prefix}{name}").to_ascii_lowercase(), field.place.clone()) {
                    return Err(field
                        .place
                        .error(format!("`{prefix}{name}` is in {item} already, at {}:{}", first.file, first.line)));
                }
            }
            let below =
                |name: &str| if prefix.is_empty() { name.to_owned() } else { names::snake(prefix) + "_" + name };
            method(below(&field.rust), &field.place)?;
            let rule = names::snake(&field.name);
            if field.rust == rule {
                given.methods.insert(rule);
            } else {
                named.push((field.place.clone(), field.rust.clone(), below(&rule), rule));
            }
            holes(field)
        })?;
    }
    let mut wire: Vec<_> = wire.iter().collect();
    wire.sort_unstable_by_key(|(name, _)| *name);
    for (pattern, _) in wire.iter().filter(|(name, _)| name.contains('{')) {
        if let Some((name, place)) = wire.iter().find(|(name, _)| name != pattern && names::fits(pattern, name)) {
            return Err(place.error(format!("`{name}` is one of `{pattern}` in {item}")));
        }
    }
    for (place, name, method, rule) in named {
        let free = names::is_snake(&rule)
            && !names::is_keyword(&rule)
            && !RESERVED.contains(&rule.as_str())
            && !rust.contains_key(&method);
        given.note(&place, &name, rule, free);
    }
    Ok(())
}

/// Methods that views or builders have already.
const RESERVED: [&str; 10] =
    ["action_type", "common", "encode", "even_if_interpreted", "frame", "header", "new", "over", "prefix", "view"];

/// What varies in a field's name.
fn holes(field: &Field) -> Result<(), Error> {
    let mut rest = field.name.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let hole = rest[at..].split_inclusive('}').next().unwrap_or_default();
        let inner = hole.strip_prefix('{').and_then(|hole| hole.strip_suffix('}')).unwrap_or_default();
        let letter = inner.strip_suffix(":6").unwrap_or(inner);
        if inner != "key" && !(letter.len() == 1 && letter.starts_with(|c: char| c.is_ascii_lowercase())) {
            return Err(field
                .place
                .error(format!("`{hole}` is no part of a name that varies; `{{i}}`, `{{i:6}}` and `{{key}}` are")));
        }
        rest = &rest[at + hole.len()..];
        if rest.starts_with('{') {
            return Err(field.place.error("two parts that vary need text between them"));
        }
    }
    if let Some(alias) = field.alias_names().iter().find(|alias| alias.contains(['{', '}'])) {
        return Err(field.place.error(format!("an alias has nothing that varies: `{alias}`")));
    }
    if field.repeat && field.holes() > 0 && !field.name.contains("{key}") {
        return Err(field.place.error("a numbered field can't be repeated"));
    }
    Ok(())
}

/// Visits every field with the prefix it stands under, and every block that is used under one.
fn walk(
    table: &Table,
    rows: &[Row],
    prefix: &str,
    depth: usize,
    visit: &mut impl FnMut(&str, &Row) -> Result<(), Error>,
) -> Result<(), Error> {
    for row in rows {
        match row {
            Row::Field(_) | Row::Rest(_) => visit(prefix, row)?,
            Row::Use { place, block, prefix: inner, but, .. } => {
                let Some(found) = table.block(block) else {
                    return Err(place.error(format!("`{block}` is no block of the table")));
                };
                if depth > 8 {
                    return Err(place.error(format!("`{block}` uses itself")));
                }
                if !prefix.is_empty() && !inner.is_empty() {
                    return Err(place.error("a block with a prefix can't be used under another prefix"));
                }
                if !inner.is_empty() {
                    visit(prefix, row)?;
                }
                walk(table, &found.rows, &format!("{prefix}{inner}"), depth + 1, visit)?;
                if let Some(name) = but.iter().find(|name| !has(table, &found.rows, &name.name)) {
                    return Err(place.error(format!("`{}` is no header of `{block}`", name.name)));
                }
            }
        }
    }
    Ok(())
}

/// Whether a header of these rows has this name. Blocks that use themselves were refused before.
fn has(table: &Table, rows: &[Row], name: &str) -> bool {
    rows.iter().any(|row| match row {
        Row::Field(field) => field.name == name || field.aliases.iter().any(|alias| alias.name == name),
        Row::Use { block, prefix, .. } => {
            prefix.is_empty() && table.block(block).is_some_and(|block| has(table, &block.rows, name))
        }
        Row::Rest(_) => false,
    })
}
