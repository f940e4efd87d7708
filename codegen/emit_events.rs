//! Events and the blocks that they share, of whichever protocol.

use super::emit::{Source, Views, base, block_type, branch, each, getters, key, quote, rustdoc, variants, versions};
use super::table::{Field, Item, Row, Table};

/// What differs between the events of one protocol and those of another.
pub struct Dialect {
    views: Views,
    /// The header that names an event.
    named: &'static str,
    /// The lines of an example: the event whose field is read, and a value for the field.
    example: fn(&Item, &Field, &str) -> String,
}

/// Asterisk's.
pub const AMI: Dialect = Dialect {
    views: Views {
        name: "Event",
        doc: "An event, by its name: a typed view of the frame it came in.\n\nNothing is parsed until a field is asked for, and [`frame`](Self::frame) gives back everything that was on the wire. The case of letters\nin the name doesn't matter. An event that the crate doesn't know is `Other`; so is a frame that is no event.",
        over: "Frame",
        method: "frame",
        of: "view.frame()",
        make: "over",
    },
    named: "Event",
    example: ami_example,
};

/// Of the conferences of `FreeSWITCH`.
pub const FREESWITCH: Dialect = Dialect {
    views: Views {
        name: "ConferenceEvent",
        doc: "An event of a conference, by its `Action`: a typed view of the [`Event`] it came as.\n\nNothing is parsed until a field is asked for, and [`event`](Self::event) gives back everything that was on the wire. The case of letters\nin the name doesn't matter. An action that the crate doesn't know is `Other`; so is an event of another subclass.",
        over: "Event",
        method: "event",
        of: "view.event()",
        make: "over",
    },
    named: "Action",
    example: freeswitch_example,
};

/// `blocks.rs`: a view a block.
pub fn blocks(table: &Table, dialect: &Dialect) -> String {
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
            source.line(format!("pub struct {name}<'buf>({}<'buf>, &'static str);", dialect.views.over));
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

/// `events.rs`: the enum, and a view an event.
pub fn events(table: &Table, dialect: &Dialect) -> String {
    let mut source = Source::new("Every event: its view.");
    source.gap();
    variants(&dialect.views, &table.events, &mut source);
    source.gap();
    for (number, event) in table.events.iter().enumerate() {
        view(table, dialect, number, event, &mut source);
    }
    if let Some(ready) = table.events.iter().find(|event| event.ready) {
        source.gap();
        source.doc("The event that says that the server is ready.");
        source.line("#[cfg(feature = \"std\")]");
        source.line(format!("pub(crate) type Ready<'buf> = {}<'buf>;", ready.rust));
    }
    each(table.events.iter().map(|event| &event.rust), &mut source);
    source.finish()
}

/// One event's type and its getters.
fn view(table: &Table, dialect: &Dialect, number: usize, event: &Item, source: &mut Source) {
    source.gap();
    let name = &event.rust;
    let named = if is_subclass(event) { "Subclass" } else { dialect.named };
    source.doc(&format!("{}\n\n{named} `{}`. {}", rustdoc(&event.doc), event.name, facts(event)));
    if let Some(Row::Rest(doc)) = event.rows.iter().find(|row| matches!(row, Row::Rest(_))) {
        source.doc(&format!("\nOther headers, found with [`{}::headers`]: {}", dialect.views.over, rustdoc(doc)));
    }
    example(event, dialect, source);
    source.alias(name, &event.name, &event.aliases);
    source.line("#[derive(Clone, Copy, Debug)]");
    let base_type = base_type(table, event);
    source.line(format!("pub struct {name}<'buf>({base_type}<'buf>);"));
    let (since, until) = (branch(event.branches.since.as_ref()), branch(event.branches.until.as_ref()));
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

/// Whether an event of FreeSWITCH is named by its subclass, and not by its action.
fn is_subclass(event: &Item) -> bool {
    event.name.contains("::")
}

fn facts(event: &Item) -> String {
    let mut facts = vec![versions(&event.branches)];
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
fn example(event: &Item, dialect: &Dialect, source: &mut Source) {
    let field = event.rows.iter().find_map(|row| match row {
        Row::Field(field) if field.holes() == 0 && !field.repeat && !field.secret => Some(field),
        _ => None,
    });
    let Some(field) = field else { return };
    source.doc(&(dialect.example)(event, field, &field.sample().0));
}

fn ami_example(event: &Item, field: &Field, sample: &str) -> String {
    let (name, method) = (&event.rust, &field.rust);
    format!(
        "\n```\n# use ami_proto::{{Decoder, Limits, event::{name}}};\n# let mut decoder = Decoder::new(Limits::new());\n# decoder.push(b\"Event: {}\\r\\n{}: {}\\r\\n\\r\\n\");\n# let frame = decoder.next_frame()?.unwrap();\nif let Some(event) = {name}::view(frame) {{\n    println!(\"{{:?}}\", event.{method}()?);\n}}\n# {name}::view(frame).unwrap().{method}()?;\n# Ok::<(), Box<dyn core::error::Error>>(())\n```",
        event.name,
        field.name,
        sample.escape_default(),
    )
}

fn freeswitch_example(event: &Item, field: &Field, sample: &str) -> String {
    let (name, method) = (&event.rust, &field.rust);
    let named = match is_subclass(event) {
        true => format!("Event-Subclass: {}\nEvent-Name: CUSTOM\n", event.name.replace(':', "%3A")),
        false => format!("Event-Subclass: conference%3A%3Amaintenance\nEvent-Name: CUSTOM\nAction: {}\n", event.name),
    };
    let body = format!("{named}{}: {sample}\n\n", field.name);
    format!(
        "\n```\n# use ami_proto::freeswitch::{{Decoder, LIMITS, event::{name}}};\n# let mut decoder = Decoder::new(LIMITS);\n# decoder.push(b\"Content-Length: {}\\nContent-Type: text/event-plain\\n\\n{}\");\n# let frame = decoder.next_frame()?.unwrap();\nif let Some(event) = frame.event().and_then({name}::view) {{\n    println!(\"{{:?}}\", event.{method}()?);\n}}\n# frame.event().and_then({name}::view).unwrap().{method}()?;\n# Ok::<(), Box<dyn core::error::Error>>(())\n```",
        body.len(),
        body.escape_default(),
    )
}

/// What each event has, for those who read fields by the table instead of by name: a static a
/// block, a static an event for its own fields, and who has which.
pub fn fields(table: &Table) -> String {
    let mut source = Source::new("What each event has: blocks of fields, by the event's number.");
    source.gap();
    for block in &table.blocks {
        group(&block_fields(block), &block.rows, &mut source);
    }
    let mut all = Vec::new();
    for (number, event) in table.events.iter().enumerate() {
        let own = format!("OWN_{number}");
        let mut groups = vec!["&COMMON".to_owned()];
        used(table, &event.rows, &mut groups);
        if group(&own, &event.rows, &mut source) {
            groups.push(format!("&{own}"));
        }
        all.push((quote(&event.rust), format!("&[{}]", groups.join(", "))));
    }
    source.pairs(&format!("pub(crate) static EVENTS: [EventFields; {}] = [", all.len()), &all, "];");
    source.finish()
}

fn block_fields(block: &Item) -> String {
    block.name.to_uppercase().replace('-', "_")
}

/// The fields that stand in these rows themselves; `false`: there are none.
fn group(name: &str, rows: &[Row], source: &mut Source) -> bool {
    let fields = rows.iter().filter_map(|row| match row {
        Row::Field(field) => Some((quote(&field.rust), key(field).trim_start_matches('&').to_owned())),
        _ => None,
    });
    let fields: Vec<(String, String)> = fields.collect();
    if !fields.is_empty() {
        source.pairs(&format!("static {name}: [Field; {}] = [", fields.len()), &fields, "];");
        source.gap();
    }
    !fields.is_empty()
}

/// The blocks that are in these rows.
fn used(table: &Table, rows: &[Row], groups: &mut Vec<String>) {
    for row in rows {
        let Row::Use { block, .. } = row else { continue };
        let Some(block) = table.block(block) else { continue };
        used(table, &block.rows, groups);
        if block.rows.iter().any(|row| matches!(row, Row::Field(_))) {
            groups.push(format!("&{}", block_fields(block)));
        }
    }
}
