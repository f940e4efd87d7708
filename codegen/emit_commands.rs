//! FreeSWITCH's conference commands: a builder each, and the names of all.

use super::emit::{Source, quote, quotes, rustdoc};
use super::table::{Field, Item, Row, Table};

/// `commands.rs`: the names, then the builders.
pub fn commands(table: &Table) -> String {
    let mut source = Source::new("Every conference command: its name and its builder.");
    names(&table.commands, &mut source);
    for command in &table.commands {
        builder(command, &mut source);
    }
    source.finish()
}

/// The sub-command, which is the first word of a command.
fn word(command: &Item) -> &str {
    command.name.split(' ').next().unwrap_or_default()
}

/// The sub-commands, each once.
fn names(commands: &[Item], source: &mut Source) {
    let mut words: Vec<&str> = commands.iter().map(word).collect();
    words.sort_unstable();
    words.dedup();
    let names: Vec<(&str, String)> = words.iter().map(|word| (*word, super::names::camel(word))).collect();
    source.gap();
    source.line("names! {");
    for (word, name) in &names {
        source.line(format!("{name} = {},", quote(word)));
    }
    source.line("}");
}

fn arguments(command: &Item) -> impl Iterator<Item = (usize, &Field)> {
    let fields = command.rows.iter().filter_map(|row| match row {
        Row::Field(field) => Some(field),
        _ => None,
    });
    fields.enumerate()
}

/// The arguments that a text goes into, each with the type that takes it: strings, and members that
/// a variable may name.
#[cfg(test)]
pub fn text_arguments(command: &Item) -> impl Iterator<Item = (&str, &str)> {
    let texts = arguments(command).filter(|(_, field)| {
        let setter = field.kind.setter.0;
        setter.contains("str") || setter.contains("<'a>")
    });
    texts.map(|(_, field)| (command.rust.as_str(), field.name.as_str()))
}

fn builder(command: &Item, source: &mut Source) {
    let name = &command.rust;
    source.gap();
    source.doc(&format!("{}\n\nSub-command `{}`.{}", rustdoc(&command.doc), command.name, on(command)));
    source.alias(name, &command.name, &[]);
    source.line("#[derive(Clone)]");
    source.line("#[must_use = \"a command does nothing until it is sent\"]");
    // One that borrows nothing has no lifetime.
    let borrows = arguments(command).any(|(_, field)| field.kind.setter.0.contains("'a"));
    let (life, elided, from) = if borrows { ("<'a>", "<'_>", "'a") } else { ("", "", "'static") };
    source.line(format!("pub struct {name}{life}(Args<{from}>);"));
    source.gap();
    source.line(format!("command!({name}{elided}, {});", super::names::camel(word(command))));
    source.gap();
    source.line(format!("impl{life} {name}{life} {{"));
    let slots: Vec<String> = arguments(command).map(|(_, field)| slot(command, field)).collect();
    let known = if slots.is_empty() { "&[]" } else { "Self::SLOTS" };
    if !slots.is_empty() {
        source.list("const SLOTS: &'static [Slot] = &[", &slots, "];");
        source.gap();
    }
    let required: Vec<(usize, &Field)> = arguments(command).filter(|(_, field)| field.required).collect();
    source.doc(if required.is_empty() { "The command, with nothing set." } else { "The command with what it needs." });
    let parameters: Vec<String> =
        required.iter().map(|(_, field)| format!("{}: {}", field.rust, field.kind.setter.0)).collect();
    source.list("pub fn new(", &parameters, ") -> Self {");
    let on = match command.on.as_deref() {
        Some("server") => "On::Server",
        Some("any") => "On::Any",
        _ => "On::Conference",
    };
    let args = format!("Args::new({}, {on}, {known})", quote(&command.name));
    if required.is_empty() {
        source.line(format!("Self({args})"));
    } else {
        source.line(format!("let args = {args};"));
        for (number, field) in required {
            let argument = field.kind.setter.1.replace("value", &field.rust);
            source.line(format!("let args = args.set({number}, {argument});"));
        }
        source.line("Self(args)");
    }
    source.line("}");
    for (number, field) in arguments(command).filter(|(_, field)| !field.required) {
        source.gap();
        source.doc(&rustdoc(&field.doc));
        let (argument, make) = match field.kind.word {
            "flag" => (String::new(), format!("Argument::Known({})", quote(&field.name))),
            _ => (format!(", value: {}", field.kind.setter.0), field.kind.setter.1.to_owned()),
        };
        source.alias(&field.rust, &field.name, &[]);
        source.line(format!("pub fn {}(self{argument}) -> Self {{", field.rust));
        source.line(format!("Self(self.0.set({number}, {make}))"));
        source.line("}");
    }
    source.line("}");
}

fn on(command: &Item) -> &'static str {
    match command.on.as_deref() {
        Some("server") => " For the whole server.",
        Some("any") => " For a conference, or for the whole server.",
        _ => "",
    }
}

/// What is known of an argument besides its value.
fn slot(command: &Item, field: &Field) -> String {
    let mut slot = format!("Slot::new({})", quote(&field.name));
    for (other, method) in [(&field.after, "after"), (&field.excluded_by, "without")] {
        let other = other.as_deref().and_then(|other| arguments(command).find(|(_, field)| field.rust == other));
        if let Some((number, _)) = other {
            slot.push_str(&format!(".{method}({number})"));
        }
    }
    if let Some(word) = &field.instead {
        slot.push_str(&format!(".instead({})", quote(word)));
    }
    if field.secret {
        slot.push_str(".secret()");
    }
    if !field.not.is_empty() {
        slot.push_str(&format!(".not({})", quotes(&field.not)));
    }
    slot
}
