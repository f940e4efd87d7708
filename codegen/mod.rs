//! Turns the spec tables into Rust: `spec/ami/**/*.spec` in, one file of source a floor of the
//! catalogue out; `spec/freeswitch/*.spec` in, the events of its conferences and the builders of
//! its commands out.
//!
//! Used by `build.rs` (which includes it as a module, so that it costs no crate), and by the tests
//! that hold it to its golden files. Standard library only.
//!
//! | file | what it does |
//! |---|---|
//! | `table.rs` | the grammar of the tables, and what is read from them |
//! | `read.rs` | how a line of them is read |
//! | `branches.rs` | which branches have a header |
//! | `check.rs` | what a line alone can't tell: names that are missing, twice or no Rust |
//! | `names.rs`, `kinds.rs`, `hash.rs` | wire names to Rust names; kinds to types; names to numbers |
//! | `guards.rs` | what servers read in a parameter beside its value |
//! | `emit.rs`, `emit_*.rs` | the Rust |
//! | `pack.rs`, `mxml.rs` | the tables for run time; names that XML can't hold |
//!
//! # How to add an action
//!
//! Write its entry in the file of its kind in `spec/ami/actions/`, and no other code: the builder,
//! the server's view, the view of the response, their docs and examples, the catalogue and the test
//! that writes and reads it with every field set come from there.
//!
//! ```text
//! action QueueHush class=agent since=24 : Silences a queue's announcements.
//!   Queue*      text          : Name of the queue.
//!   For         seconds as=duration : How long, in seconds; without it until the queue is reloaded.
//!   reply : Tells how many callers wait.
//!   Callers     uint          : Number of callers now.
//! ```
//!
//! ```text
//! action QueueHushed class=agent since=24 reads : Lists the queues that are silenced.
//!   list items=QueueHushedEntry end=QueueHushedComplete
//! ```
//!
//! The rows `reply`, `list`, `outcome`, `takes` and `again` say how it is answered: the client goes
//! by them and by nothing else. `role=` makes it one that a session of the server answers by
//! itself. Of a required parameter `empty` says that servers take an empty one, and `always=` what
//! the builder writes because servers know nothing else. `example=` gives its docs a call that
//! makes sense: a required text wants one, unless `TEXTS` in `kinds.rs` has one for its name.
//!
//! Where a server reads more than a value in a parameter (it splits it, expands it, runs it, or
//! matches by it), the row says so. `guard=` names one of the `GUARDS` in `guards.rs`: the
//! parameter is meant as a value, so that the builder refuses what is more, and has
//! `even_if_interpreted`.
//! `means="SERVER; EXAMPLE"` is for a parameter whose purpose it is: the setter's docs say what the
//! server does with it. The table in `src/manual/injection.rs` has each of them.
//!
//! An event is one entry in `spec/ami/events/`. `BRANCHES` and `CLASSES` in `kinds.rs` are what
//! `since`, `until` and `class` may name; a kind of value that no row had before is a line of
//! `KINDS` there, of which the getters, `catalogue::Kind` and `catalogue::Datum` come, and a type
//! in `src/value/`. Two files of the tests are made from the tables and
//! written anew by `BLESS=1`: `tests/actions.txt`, what the builders write (`action::tests` of the
//! library), and `tests/src/builders.rs`, which calls them (`encode::` of `tests/it`). The recipes
//! in `CONTRIBUTING.md` have the commands, and those for lists and events.

mod branches;
mod check;
mod emit;
mod emit_actions;
mod emit_commands;
mod emit_events;
mod emit_kinds;
mod guards;
mod hash;
mod kinds;
mod mxml;
pub mod names;
mod pack;
mod read;
mod table;

use std::path::{Path, PathBuf};

#[cfg(test)]
pub use emit_actions::{Interpreted, interpreted};
#[cfg(test)]
pub use emit_commands::text_arguments;
pub use table::{Error, Table};

/// A generated file: its name and its text.
pub type File = (&'static str, String);

/// Reads every `.spec` file below `folder`, in the order of their names.
///
/// # Errors
/// The first mistake, with file, line and column.
pub fn read(folder: &Path) -> Result<Table, Error> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| Error::new(&name, 0, 0, error.to_string()))?;
        files.push((name, text));
    }
    parse(files)
}

/// Reads files, each a name for errors and its text.
///
/// # Errors
/// The first mistake, with file, line and column.
pub fn parse(files: impl IntoIterator<Item = (String, String)>) -> Result<Table, Error> {
    let mut table = Table::default();
    for (name, text) in files {
        table.add(&name, &text)?;
    }
    check::check(&table)?;
    Ok(table)
}

/// The Rust made from a table.
///
/// # Errors
/// Names that no hash keeps apart.
pub fn generate(table: &Table) -> Result<Vec<File>, Error> {
    let (text, starts) = pack::pack(table);
    Ok(vec![
        ("catalogue.txt", text),
        ("catalogue.rs", starts),
        ("kinds.rs", emit_kinds::kinds()),
        ("names.rs", hashes("events and actions", &[("EVENTS", &table.events), ("ACTIONS", &table.actions)])?),
        ("blocks.rs", emit_events::blocks(table, &emit_events::AMI)),
        ("events.rs", emit_events::events(table, &emit_events::AMI)),
        ("actions.rs", emit_actions::actions(table)),
        ("requests.rs", emit_actions::requests(table)),
        ("responses.rs", emit_actions::responses(table)),
        ("samples.rs", emit_actions::samples(table)),
        ("mxml_names.rs", mxml::names(table)),
    ])
}

/// The Rust made from the table of `FreeSWITCH`: the events of its conferences, and its commands.
///
/// # Errors
/// Names that no hash keeps apart.
pub fn generate_freeswitch(table: &Table) -> Result<Vec<File>, Error> {
    Ok(vec![
        ("freeswitch_blocks.rs", emit_events::blocks(table, &emit_events::FREESWITCH)),
        ("freeswitch_events.rs", emit_events::events(table, &emit_events::FREESWITCH)),
        ("freeswitch_names.rs", hashes("events of conferences", &[("EVENTS", &table.events)])?),
        ("freeswitch_fields.rs", emit_events::fields(table)),
        ("commands.rs", emit_commands::commands(table)),
    ])
}

/// The numbers of names, as a perfect hash for each of these.
fn hashes(what: &str, items: &[(&str, &[table::Item])]) -> Result<String, Error> {
    let mut source = emit::Source::new(&format!("The numbers of {what} by name."));
    source.gap();
    for (name, items) in items {
        emit::names(name, items, &mut source)?;
    }
    Ok(source.finish())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::new(&folder.display().to_string(), 0, 0, error.to_string());
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "spec") {
            files.push(path);
        }
    }
    Ok(())
}
