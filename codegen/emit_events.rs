//! Events and the blocks that they share.

use super::emit::{Source, base, block_type, branch, getters, names, rustdoc, variants, versions};
use super::table::{Error, Item, Row, Table};

/// `blocks.rs`: a view a block.
pub fn blocks(table: &Table) -> String {
    let mut source = Source::new("Groups of headers that several events share.");
    for block in &table.blocks {
        if !is_seen(table, block) {
            continue;
        }
        source.gap();
        source.doc(&rustdoc(&block.doc));
        source.line("#[derive(Clone, Copy, Debug)]");
        let name = block_type(block);
        if block.name == "common" {
            source.line(format!("pub struct {name}<'buf>(Frame<'buf>, &'static str);"));
            source.line("common_block!();");
        } else {
            let base = base_type(table, block);
            source.line(format!("pub struct {name}<'buf>({base}<'buf>);"));
            source.line(format!("block_view!({name}, {base});"));
        }
        source.gap();
        source.line(format!("impl<'buf> {name}<'buf> {{"));
        let prefix = if block.name == "common" { "\"\"" } else { "self.prefix()" };
        getters(table, &block.rows, base(table, &block.rows), prefix, &mut source);
        source.line("}");
    }
    source.finish()
}

/// Whether a block needs a view: somebody's base, or used under a prefix.
fn is_seen(table: &Table, block: &Item) -> bool {
    let mut items = table.events.iter().chain(&table.blocks);
    block.name == "common"
        || items.any(|item| {
            let prefixed = |row: &Row| matches!(row, Row::Use { block: used, prefix, .. } if *used == block.name && !prefix.is_empty());
            base(table, &item.rows).is_some_and(|base| base.name == block.name) || item.rows.iter().any(prefixed)
        })
}

/// The view that an item's view dereferences to.
fn base_type(table: &Table, item: &Item) -> String {
    base(table, &item.rows).map_or_else(|| "CommonBlock".to_owned(), block_type)
}

/// What is said of the enum over all events.
const EVENT: &str = "An event, by its name: a typed view of the frame it came in.\n\nNothing is parsed until a field is asked for, and [`frame`](Self::frame) gives back everything that was on the wire. The case of letters\nin the name doesn't matter. An event that the crate doesn't know is `Other`; so is a frame that is no event.";

/// `events.rs`: the enum, a view an event, and the hash of their names.
pub fn events(table: &Table) -> Result<String, Error> {
    let mut source = Source::new("Every event: its view, and its name's number.");
    source.gap();
    names(&table.events, &mut source)?;
    variants("Event", EVENT, &table.events, ("view.frame()", "over"), &mut source);
    source.gap();
    for (number, event) in table.events.iter().enumerate() {
        view(table, number, event, &mut source);
    }
    Ok(source.finish())
}

/// One event's type and its getters.
fn view(table: &Table, number: usize, event: &Item, source: &mut Source) {
    source.gap();
    let name = &event.rust;
    source.doc(&format!("{}\n\nEvent `{}`. {}", rustdoc(&event.doc), event.name, facts(event)));
    if let Some(Row::Rest(doc)) = event.rows.iter().find(|row| matches!(row, Row::Rest(_))) {
        source.doc(&format!("\nOther headers, found with [`Frame::headers`]: {}", rustdoc(doc)));
    }
    example(event, source);
    source.line("#[derive(Clone, Copy, Debug)]");
    let base_type = base_type(table, event);
    source.line(format!("pub struct {name}<'buf>({base_type}<'buf>);"));
    let (since, until) = (branch(event.since.as_ref()), branch(event.until.as_ref()));
    source.line(format!("event_view!({name}, {number}, {base_type}, {since}, {until});"));
    source.gap();
    let base = base(table, &event.rows);
    let inherited = |row: &Row| match row {
        Row::Use { block, prefix, .. } => prefix.is_empty() && base.is_some_and(|base| base.name == *block),
        Row::Rest(_) => true,
        Row::Field(_) => false,
    };
    if !event.rows.iter().all(inherited) {
        source.line(format!("impl<'buf> {name}<'buf> {{"));
        getters(table, &event.rows, base, "\"\"", source);
        source.line("}");
    }
}

fn facts(event: &Item) -> String {
    let mut facts = vec![versions(event.since.as_ref(), event.until.as_ref())];
    if !event.classes.is_empty() {
        facts.push(format!("Class `{}`.", event.classes.join("`, `")));
    }
    facts.push(
        match event.role.as_deref() {
            Some("item") => "An item of a list.",
            Some("end") => "The end of a list.",
            Some("both") => "Comes unasked, and as an item of a list.",
            _ => "",
        }
        .to_owned(),
    );
    facts.retain(|fact| !fact.is_empty());
    facts.join(" ")
}

/// A few lines that read the event's first own field.
fn example(event: &Item, source: &mut Source) {
    let field = event.rows.iter().find_map(|row| match row {
        Row::Field(field) if field.holes() == 0 && !field.repeat && !field.secret => Some(field),
        _ => None,
    });
    let Some(field) = field else { return };
    let (name, method, sample) = (&event.rust, &field.rust, field.sample().0);
    source.doc(&format!(
        "\n```\n# use ami_proto::{{Decoder, Framing, Limits, event::{name}}};\n# let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::REQUESTS);\n# decoder.push(b\"Event: {}\\r\\n{}: {}\\r\\n\\r\\n\");\n# let frame = decoder.next_frame()?.unwrap();\nif let Some(event) = {name}::view(frame) {{\n    println!(\"{{:?}}\", event.{method}()?);\n}}\n# {name}::view(frame).unwrap().{method}()?;\n# Ok::<(), Box<dyn core::error::Error>>(())\n```",
        event.name,
        field.name,
        sample.escape_default(),
    ));
}
