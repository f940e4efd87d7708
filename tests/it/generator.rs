//! Invariant: the generator makes exactly the golden files of the golden table, laid out as
//! `rustfmt` would, and every mistake in a table is told by file, line and column.

// By its path, because it is part of the build script, which needs no crate of its own that way.
#[allow(unreachable_pub, missing_docs, missing_debug_implementations, dead_code, clippy::pedantic)]
#[path = "../../codegen/mod.rs"]
mod codegen;

use crate::floors::lexer::{Kind, Token, tokens};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn folder(path: &str) -> PathBuf {
    ami_testkit::root().join(path)
}

type Generator = fn(&codegen::Table) -> Result<Vec<codegen::File>, codegen::Error>;

/// Returns what the generator makes of the library's own tables: names of files with their text.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    let made = |(tables, generate)| generated(&folder("codegen/spec").join(tables), generate);
    GENERATORS.into_iter().flat_map(made).collect()
}

/// Returns the one of these files that has a sample of every action.
pub(crate) fn samples() -> String {
    all().into_iter().find(|(name, _)| *name == "samples.rs").expect("a file that the library's tests include").1
}

/// Returns the arguments of FreeSWITCH's commands that a text goes into, of the caller's or of a
/// variable: the builder's type and the argument's name.
pub(crate) fn text_arguments() -> Vec<(String, String)> {
    let table = codegen::read(&folder("codegen/spec/freeswitch")).unwrap_or_else(|error| panic!("{error}"));
    let arguments = table.commands.iter().flat_map(codegen::text_arguments);
    arguments.map(|(builder, argument)| (builder.to_owned(), argument.to_owned())).collect()
}

/// Returns the library's own table of actions.
pub(crate) fn table() -> codegen::Table {
    codegen::read(&folder("codegen/spec/ami")).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the parameters in which a server reads more than a value, in the order of the table.
pub(crate) fn interpreted(table: &codegen::Table) -> Vec<codegen::Interpreted<'_>> {
    table.actions.iter().flat_map(codegen::interpreted).collect()
}

fn generated(folder: &Path, generate: Generator) -> Vec<codegen::File> {
    codegen::read(folder).and_then(|table| generate(&table)).unwrap_or_else(|error| panic!("{error}"))
}

/// Each folder of tables with its generator.
const GENERATORS: [(&str, Generator); 2] = [("ami", codegen::generate), ("freeswitch", codegen::generate_freeswitch)];

/// Returns `text` without the numbers of a perfect hash: a thousand, of which no reader learns
/// anything. Tests that find every name of the catalogue hold them.
fn without_hash(text: &str) -> String {
    let mut shown = String::new();
    let mut inside = false;
    for line in text.lines() {
        if inside && line.trim() == "]," {
            inside = false;
            shown.push_str("        // …\n");
        }
        if !inside {
            let _ = writeln!(shown, "{line}");
        }
        inside |= matches!(line.trim(), "seeds: [" | "slots: [");
    }
    shown
}

#[test]
fn golden_files_are_what_the_generator_makes() {
    for (tables, generate) in GENERATORS {
        let folder = folder("codegen/golden").join(tables);
        let files = generated(&folder, generate);
        assert!(files == generated(&folder, generate), "not the same twice");
        for (name, text) in files {
            let (path, text) = (folder.join(name), without_hash(&text));
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&path, &text).expect("a writable file");
            }
            let expected = std::fs::read_to_string(&path).unwrap_or_default();
            if let Some((number, (was, is))) = first_difference(&expected, &text) {
                let path = path.display();
                panic!("{path}:{number} was\n{was}\nand is\n{is}\nBLESS=1 renews it; look at the difference");
            }
        }
    }
}

/// The first line, from 1, in which two texts differ.
fn first_difference<'a>(one: &'a str, other: &'a str) -> Option<(usize, (&'a str, &'a str))> {
    let pad = |text: &'a str| text.split('\n').chain(std::iter::repeat("(the end)"));
    let lines = one.split('\n').count().max(other.split('\n').count());
    (1..).zip(pad(one).zip(pad(other))).take(lines).find(|(_, (one, other))| one != other)
}

/// Returns the tables below a folder as one text.
fn text(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let read = |path: PathBuf| if path.is_dir() { text(&path) } else { std::fs::read_to_string(path).expect("text") };
    entries.map(read).collect()
}

/// A field that says whether something is so has that as its value.
#[test]
fn what_is_so_or_not_is_no_number() {
    let text = text(&folder("codegen/spec"));
    let whether = text.lines().filter_map(|line| line.split_once(" : Whether ")).map(|(row, _)| row);
    let kinds: Vec<_> = whether.map(|row| (row, row.split_whitespace().nth(1).unwrap_or_default())).collect();
    assert!(kinds.iter().filter(|(_, kind)| *kind == "bool").count() > 150);
    for (row, kind) in kinds {
        assert!(!matches!(kind, "int" | "uint"), "{row}");
    }
}

/// A row of the table of words that no name of the tables needs is one to delete.
#[test]
fn each_word_is_in_a_name() {
    let text = text(&folder("codegen/spec"));
    let names: Vec<&str> = text.lines().filter_map(|line| line.split(" : ").next()).collect();
    let glued = names.join("\n").to_ascii_lowercase();
    for row in codegen::names::WORDS {
        let used = match row.split_once(' ') {
            Some(_) => glued.contains(&row.replace(' ', "")),
            None => names.iter().any(|name| name.contains(row)),
        };
        assert!(used, "`{row}`");
    }
}

#[test]
fn laid_out_as_rustfmt_would() {
    if !Command::new("rustfmt").arg("--version").output().is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "rustfmt is missing");
        // Not by `eprintln`, which shows only when a test fails.
        writeln!(std::io::stderr(), "SKIPPED: laid_out_as_rustfmt_would: no rustfmt").expect("a terminal");
        return;
    }
    let places = ["codegen/golden", "codegen/spec"].into_iter();
    for (tables, generate) in
        places.flat_map(|place| GENERATORS.map(|(name, generate)| (folder(place).join(name), generate)))
    {
        for (name, text) in generated(&tables, generate) {
            if Path::new(name).extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let mut rustfmt = Command::new("rustfmt");
            rustfmt.args(["--edition", "2024", "--config-path"]).arg(folder("rustfmt.toml"));
            rustfmt.stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = rustfmt.spawn().expect("rustfmt starts");
            let mut stdin = child.stdin.take().expect("a pipe");
            let formatted = std::thread::scope(|scope| {
                scope.spawn(|| {
                    stdin.write_all(text.as_bytes()).expect("rustfmt reads all");
                    drop(stdin);
                });
                child.wait_with_output().expect("rustfmt ends")
            });
            assert!(formatted.status.success(), "{}: {name} is no Rust", tables.display());
            let formatted = String::from_utf8(formatted.stdout).expect("text");
            if let Some((number, (wanted, is))) = first_difference(&formatted, &text) {
                panic!("{}: {name}:{number} is\n{is}\nand rustfmt writes\n{wanted}", tables.display());
            }
        }
    }
}

/// What every table has.
const COMMON: &str = "block common : Of events.\n  ActionID text : An id.\nblock request-common : Of requests.\n  \
                      ActionID text : An id.\nblock reply-common : Of responses.\n";

/// What is wrong with a table of this text.
fn mistake(text: &str) -> String {
    let files = [("common.spec", COMMON), ("a.spec", text)].map(|(name, text)| (name.to_owned(), text.to_owned()));
    match codegen::parse(files).and_then(|table| codegen::generate(&table)) {
        Ok(_) => "no mistake".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Tables with a mistake, and how that is told.
const MISTAKES: &[(&str, &str)] = &[
    // The line.
    ("event A : An event.\n\tB text : A field.\n", "a.spec:2:1: a tab; blanks separate words"),
    ("event A : One\ttwo.\n", "a.spec:1:14: a tab; blanks separate words"),
    ("# One.\n\n : A sentence.\n", "a.spec:3:1: a sentence without anything that it describes"),
    ("  B text : A field.\n", "a.spec:1:3: a row before the first `block`, `event`, `action` or `command`"),
    ("event \"A : An event.\n", "a.spec:1:7: a name whose quotes don't close"),
    // The item.
    (
        "events A : An event.\n",
        "a.spec:1:1: expected `block`, `event`, `action`, `command` or `announce`, found `events`",
    ),
    ("announce : Words.\n", "a.spec:1:18: expected the name of an announcement"),
    ("announce A class=call : Words.\n", "a.spec:1:12: `class=call` is no attribute of an announcement"),
    ("announce A : Words.\n  B text : A field.\n", "a.spec:2:3: an `announce` has no rows"),
    ("event A ready=1 : An event.\n", "a.spec:1:9: `ready=1` is no attribute of an event"),
    ("event : An event.\n", "a.spec:1:18: expected the name of an event"),
    ("event A\n", "a.spec:1:8: the line wants a sentence: ` : What it is.`"),
    ("event A :\n", "a.spec:1:10: the line wants a sentence: ` : What it is.`"),
    ("event A : An event\n", "a.spec:1:19: the sentence wants a full stop"),
    ("event \"\" as=A : An event.\n", "a.spec:1:7: a name that is empty, or begins or ends with a blank"),
    ("action \"A \" : An action.\n", "a.spec:1:8: a name that is empty, or begins or ends with a blank"),
    ("announce \"\" : Words.\n", "a.spec:1:10: a name that is empty, or begins or ends with a blank"),
    ("event A,B : An event.\n", "a.spec:1:7: a comma in a name"),
    ("event A* : An event.\n", "a.spec:1:7: a `*` stands behind the name of a parameter alone"),
    ("event A since=9 : An event.\n", "a.spec:1:9: unknown branch `9`"),
    ("event A until=1.7 : An event.\n", "a.spec:1:9: unknown branch `1.7`"),
    ("event A since=11 since=12 : An event.\n", "a.spec:1:18: `since` for the second time"),
    ("event A class=call,cal : An event.\n", "a.spec:1:9: unknown class `cal`"),
    ("event A role=middle : An event.\n", "a.spec:1:9: a role of events is `item`, `end` or `both`"),
    ("event A alias=B,,C : An event.\n", "a.spec:1:9: an empty name"),
    ("event A alias=B,\"C : An event.\n", "a.spec:1:17: a value whose quotes don't close"),
    ("event A alias=\"B,C\" : An event.\n", "a.spec:1:9: a comma within quotation marks parts two names"),
    ("event A alias=B,\" C\" : An event.\n", "a.spec:1:9: a blank around a name: ` C`"),
    ("event A reads : An event.\n", "a.spec:1:9: `reads` is no attribute of an event"),
    ("event A secret : An event.\n", "a.spec:1:9: `secret` is no attribute of an event"),
    ("event A since : An event.\n", "a.spec:1:9: `since` is no attribute of an event"),
    ("action A role=item : An action.\n", "a.spec:1:10: a role of actions is `login`, `challenge`, `logoff` or `mask`"),
    ("block a role=item : A block.\n", "a.spec:1:9: `role=item` is no attribute of a block"),
    (
        "action A role=mask : One.\naction B role=mask : Two.\n",
        "a.spec:2:8: a second action of this role, the other at a.spec:1",
    ),
    ("block a class=call : A block.\n", "a.spec:1:9: `class=call` is no attribute of a block"),
    ("command a on=both : A command.\n", "a.spec:1:11: a command is for a `conference`, the `server` or `any` of them"),
    ("command a since=11 : A command.\n", "a.spec:1:11: `since=11` is no attribute of a command"),
    (
        "command a : A command.\ncommand \"a-\" : A command.\n",
        "a.spec:2:9: two commands become `A`, the other at a.spec:1",
    ),
    ("command 3 : A command.\n", "a.spec:1:9: `3` is no name for a type; give one with `as=`"),
    ("command a : A command.\n  b uuid : An argument.\n", "a.spec:2:5: unknown kind `uuid`"),
    (
        "command a : A command.\n  b word repeat : An argument.\n",
        "a.spec:2:10: `repeat` is no attribute of an argument",
    ),
    ("command a : A command.\n  b word after=c : An argument.\n", "a.spec:2:3: `c` is no argument before this one"),
    (
        "command a : A command.\n  b word : An argument.\n  c* word : Another.\n",
        "a.spec:3:3: a required argument behind one that isn't",
    ),
    // The row.
    ("event A : An event.\n  B : A field.\n", "a.spec:2:4: `B` has no kind"),
    ("event A : An event.\n  B: text : A field.\n", "a.spec:2:4: a colon in the name of a header"),
    ("event A : An event.\n  B:C({i:6}) text : A field.\n", "a.spec:2:4: a colon in the name of a header"),
    ("event A : An event.\n  \"B C:\" text : A field.\n", "a.spec:2:7: a colon in the name of a header"),
    ("event A : An event.\n  B text alias=C,D:E : A field.\n", "a.spec:2:10: a header's name has no colon: `D:E`"),
    (
        "event A : An event.\n  \" B\" text : A field.\n",
        "a.spec:2:4: the name of a header begins with a letter, a digit or a sign",
    ),
    (
        "event A : An event.\n  \"\" text : A field.\n",
        "a.spec:2:4: the name of a header begins with a letter, a digit or a sign",
    ),
    ("event A : An event.\n  \"B \" text : A field.\n", "a.spec:2:5: a blank at the end of a header's name"),
    ("action A : An action.\n  \"B C\" text : A field.\n", "a.spec:2:3: a parameter's name has no blank"),
    ("event A : An event.\n  B text example=x : A field.\n", "a.spec:2:3: an example outside of parameters"),
    (
        "action A : An action.\n  reply : Tells.\n  B text example=x : A field.\n",
        "a.spec:3:3: an example outside of parameters",
    ),
    ("action A : An action.\n  B{i} text example=x : A field.\n", "a.spec:2:3: an example of a numbered parameter"),
    ("action A : An action.\n  B uint example=x : A field.\n", "a.spec:2:3: no example of this kind can be written"),
    (
        "action A : An action.\n  B timestamp example=1 : A field.\n",
        "a.spec:2:3: no example of this kind can be written",
    ),
    ("action A : An action.\n  B text example=\"x y : A field.\n", "a.spec:2:18: a value whose quotes don't close"),
    (
        "action A : An action.\n  B text guard=comma : A field.\n",
        "a.spec:2:10: unknown guard `comma`; there are `arguments`, `options`, `shell`, `members`, `log`, `pattern`, `listing`, `category`, `new-category`, `setting`, `name`, `mailbox`",
    ),
    ("action A : An action.\n  B text guard : A field.\n", "a.spec:2:10: `guard` is no attribute of a field"),
    ("action A : An action.\n  B uint guard=name : A field.\n", "a.spec:2:3: a `guard` of what is no text"),
    ("event A : An event.\n  B text guard=name : A field.\n", "a.spec:2:3: a `guard` or `means` outside of parameters"),
    (
        "action A : An action.\n  reply : Tells.\n  B text means=\"runs it; a\" : A field.\n",
        "a.spec:3:3: a `guard` or `means` outside of parameters",
    ),
    (
        "action A : An action.\n  B text guard=name means=\"runs it; a\" : A field.\n",
        "a.spec:2:3: a `guard` beside a `means`: a value is refused, or it is the purpose",
    ),
    (
        "action A : An action.\n  B text means=runs : A field.\n",
        "a.spec:2:10: a `means` says in quotation marks what a server does, and gives an example behind `; `",
    ),
    (
        "action A : An action.\n  B text means=\"runs it\" : A field.\n",
        "a.spec:2:10: a `means` says in quotation marks what a server does, and gives an example behind `; `",
    ),
    ("event A : An event.\n  B txet : A field.\n", "a.spec:2:5: unknown kind `txet`"),
    ("event A : An event.\n  B text\n", "a.spec:2:9: the line wants a sentence: ` : What it is.`"),
    ("event A : An event.\n  B text often : A field.\n", "a.spec:2:10: `often` is no attribute of a field"),
    ("event A : An event.\n  B text repeat=2 : A field.\n", "a.spec:2:10: `repeat=2` is no attribute of a field"),
    ("event A : An event.\n  B text secret secret : A field.\n", "a.spec:2:17: `secret` for the second time"),
    ("event A : An event.\n  B text since=nine : A field.\n", "a.spec:2:10: unknown branch `nine`"),
    (
        "event A : An event.\n  B text empty : A field.\n",
        "a.spec:2:3: `empty` and `always` are for required parameters",
    ),
    (
        "action A : An action.\n  B text always=c : A field.\n",
        "a.spec:2:3: `empty` and `always` are for required parameters",
    ),
    ("action A : An action.\n  B* text empty=c : A field.\n", "a.spec:2:11: `empty=c` is no attribute of a field"),
    (
        "action A : An action.\n  B* uint always=1 : A field.\n",
        "a.spec:2:3: a parameter that is always the same is `text`",
    ),
    ("event A : An event.\n  B* text : A field.\n", "a.spec:2:3: `B` is no parameter, so it can't be required"),
    (
        "action A : An action.\n  reply : Tells.\n  B* text : A field.\n",
        "a.spec:3:3: `B` is no parameter, so it can't be required",
    ),
    ("event A : An event.\n  use common : A block.\n", "a.spec:2:24: a `use` has no sentence"),
    ("event A : An event.\n  use\n", "a.spec:2:3: a `use` names a block, and a prefix if its names have one"),
    ("event A : An event.\n  use a b c\n", "a.spec:2:11: `c` is no attribute of a `use`"),
    (
        "event A : An event.\n  B text alias=C@12 : A field.\n",
        "a.spec:2:10: expected branches such as `12..`, found `12`",
    ),
    (
        "event A : An event.\n  B text since=12 without=11 : A field.\n",
        "a.spec:2:3: `11` is not between the branches that have it",
    ),
    ("event A : An event.\n  B text since=12 never : A field.\n", "a.spec:2:3: `never` has no branches"),
    (
        "block b : A block.\n  C text : A field.\nevent A : An event.\n  use b but=D\n",
        "a.spec:4:7: `D` is no header of `b`",
    ),
    ("action A : An action.\n  use common\n", "a.spec:2:3: a `use` in an action; it is for events and blocks"),
    ("event A : An event.\n  rest\n", "a.spec:2:7: the line wants a sentence: ` : What it is.`"),
    ("event A : An event.\n  rest : More.\n  rest : All.\n", "a.spec:3:3: a second `rest`"),
    ("action A : One.\n  rest : More.\n  reply : Tells.\n  rest : All.\n", "no mistake"),
    ("block b : A block.\n  rest : More.\n", "a.spec:2:3: a `rest` in a block; it is for events, actions and replies"),
    ("event A : An event.\n  use common B:\n", "a.spec:2:15: a colon in the name of a header"),
    ("event A : An event.\n  use common \"B \"\n", "a.spec:2:16: a blank at the end of a header's name"),
    ("action A : An action.\n  B text* : A field.\n", "a.spec:2:5: a `*` stands behind the name of a parameter alone"),
    (
        "action A : An action.\n  B text example=c* : A field.\n",
        "a.spec:2:10: a `*` stands behind the name of a parameter alone",
    ),
    ("event A : An event.\n  use* common\n", "a.spec:2:8: unknown kind `common`"),
    ("action A : An action.\n  reply none : Tells.\n", "a.spec:2:9: a reply is `text`, `follows` or neither"),
    ("action A : An action.\n  reply : Tells.\n  reply : More.\n", "a.spec:3:3: a second `reply`"),
    ("action A : An action.\n  list end=A\n", "a.spec:2:3: a `list` without `items=`"),
    ("action A : An action.\n  list A\n", "a.spec:2:8: an empty name"),
    (
        "action A : An action.\n  list items=A ends=A\n",
        "a.spec:2:16: a `list` has one `items=` of events, and `end=` with one event",
    ),
    (
        "action A : An action.\n  list items=A end=A,B\n",
        "a.spec:2:16: a `list` has one `items=` of events, and `end=` with one event",
    ),
    ("action A : An action.\n  list items=A\n  list items=A\n", "a.spec:3:3: a second `list`"),
    ("action A : An action.\n  list items=A : A list.\n", "a.spec:2:25: a `list` has no sentence"),
    ("action A : An action.\n  outcome\n", "a.spec:2:3: an `outcome` names one event"),
    ("action A : An action.\n  outcome A\n  outcome A\n", "a.spec:3:3: a second `outcome`"),
    ("action A : An action.\n  outcome A B\n", "a.spec:2:13: `B` is no attribute of an outcome"),
    ("action A : An action.\n  reply text since=11 : Tells.\n", "a.spec:2:14: `since=11` is no attribute of a reply"),
    ("action A : An action.\n  reply text until=9 : Tells.\n", "a.spec:2:14: unknown branch `9`"),
    (
        "action A : An action.\n  reply follows until=11 : Tells.\n",
        "a.spec:2:9: a reply is `text`, `follows` or neither",
    ),
    ("action A : An action.\n  list items=A glued glued\n", "a.spec:2:22: a second `glued`"),
    ("action A : An action.\n  list items=A end=A none=\"No\" none=\"No\"\n", "a.spec:2:32: a second `none`"),
    (
        "action A : An action.\n  list items=A end=A none=No\n",
        "a.spec:2:22: a message stands in quotation marks, and has no semicolon",
    ),
    (
        "action A : An action.\n  list items=A end=A none=\"No; not one\"\n",
        "a.spec:2:22: a message stands in quotation marks, and has no semicolon",
    ),
    ("action A : An action.\n  list items=A none=\"No\"\n", "a.spec:2:3: a `list` with `none=` has an `end=`"),
    ("action A : An action.\n  takes B\n", "a.spec:2:3: a `takes` names a parameter and its unit, `s` or `ms`"),
    ("action A : An action.\n  takes B h\n", "a.spec:2:3: a `takes` names a parameter and its unit, `s` or `ms`"),
    ("action A : An action.\n  takes B s else=x\n", "a.spec:2:13: `x` is no number"),
    ("action A : An action.\n  takes B s often\n", "a.spec:2:13: `often` is no attribute of a `takes`"),
    ("action A : An action.\n  takes B s\n  takes B s\n", "a.spec:3:3: a second `takes`"),
    ("action A : An action.\n  takes B s : So.\n", "a.spec:2:18: a `takes` has no sentence"),
    ("action A : An action.\n  again B C\n", "a.spec:2:3: an `again` names one parameter or none"),
    ("action A : An action.\n  again\n  again\n", "a.spec:3:3: a second `again`"),
    ("action A : An action.\n  again : So.\n", "a.spec:2:14: an `again` has no sentence"),
    // Items together.
    ("event A : An event.\nevent a : An event.\n", "a.spec:2:7: event `a` is there already, at a.spec:1"),
    ("action A : An action.\naction B alias=A : An action.\n", "a.spec:2:8: action `A` is there already, at a.spec:1"),
    ("block common : A block.\n", "a.spec:1:7: block `common` is there already, at common.spec:1"),
    ("event A-b : An event.\nevent AB as=Ab : An event.\n", "a.spec:2:10: `Ab` without `as=` as well"),
    ("event A-b : An event.\nevent A/B : An event.\n", "a.spec:2:7: two events become `AB`, the other at a.spec:1"),
    ("block a-b : A block.\nblock a_b : A block.\n", "a.spec:2:7: two blocks become `AB`, the other at a.spec:1"),
    (
        "action SIPpeers : An action.\naction SIP-Peers : An action.\n",
        "a.spec:2:8: two actions become `SipPeers`, the other at a.spec:1",
    ),
    ("event AB as=C : An event.\n", "a.spec:1:7: a name by `as=` where `Ab` is free"),
    ("command a : One.\ncommand a as=B : Two.\n", "no mistake"),
    ("event 1A : An event.\n", "a.spec:1:7: `1A` is no name for a type; give one with `as=`"),
    ("event A as=a-b : An event.\n", "a.spec:1:7: `a-b` is no name for a type; give one with `as=`"),
    ("event A since=12 until=11 : An event.\n", "a.spec:1:7: `since=12` is after `until=11`"),
    ("action A : An action.\n  list items=A,B end=C\n", "a.spec:2:14: `A` is no event of the table"),
    ("event A : An event.\naction A : An action.\n  list items=A,B\n", "a.spec:3:16: `B` is no event of the table"),
    ("event A : An event.\naction A : An action.\n  list items=A end=B\n", "a.spec:3:20: `B` is no event of the table"),
    (
        "event A role=end : An event.\naction A : An action.\n  list items=A\n",
        "a.spec:3:14: `A` wants `role=item`, or `role=both` if it comes unasked too",
    ),
    (
        "event A role=item : One.\nevent \"B C\" : Two.\naction A : An action.\n  list items=A,\"B C\"\n",
        "a.spec:4:16: `B C` wants `role=item`, or `role=both` if it comes unasked too",
    ),
    (
        "event A role=item : An event.\naction A : An action.\n  list items=A end=A\n",
        "a.spec:3:20: `A` wants `role=end`, or `role=both` if it comes unasked too",
    ),
    ("event A role=both : An event.\naction A : An action.\n  list items=A end=A\n", "no mistake"),
    ("event A role=item : An event.\n", "a.spec:1:7: `role=item`, but no action has it in its `list`"),
    ("event A role=end : An event.\naction A : An action.\n  outcome A\n", "no mistake"),
    ("action A : An action.\n  list items=B glued\n", "a.spec:2:3: a `glued` list without `end=`"),
    ("action A : An action.\n  outcome B\n", "a.spec:2:11: `B` is no event of the table"),
    ("action A : An action.\n  takes B s\n", "a.spec:2:9: `B` is no parameter of A"),
    ("action A role=mask : An action.\n  again B\n", "a.spec:2:9: `B` is no parameter of A"),
    (
        "action A : An action.\n  B text : A field.\n  again B\n",
        "a.spec:3:9: an `again` with a parameter is for the action of `role=mask`",
    ),
    ("action A : An action.\n  B channel : A field.\n  takes B s\n", "a.spec:3:9: `B` is no `seconds`, `int`, `uint`"),
    ("action A : An action.\n  B ms : A field.\n  takes B s\n", "a.spec:3:9: `B` is no `seconds`, `int`, `uint`"),
    ("action A : An action.\n  B seconds : A field.\n  takes B ms\n", "a.spec:3:9: `B` is no `ms`, `int`, `uint`"),
    ("action A : An action.\n  B seconds : A field.\n  takes B s\n", "no mistake"),
    ("event A : An event.\naction A : An action.\n  outcome A if=B\n", "a.spec:3:13: `B` is no parameter of A"),
    (
        "event A : An event.\naction A : An action.\n  B text : A field.\n  outcome A if=B\n",
        "a.spec:4:13: `B` is no `bool`",
    ),
    ("event A ready : One.\nevent B ready : Two.\n", "a.spec:2:7: a second event that is `ready`"),
    // Rows together.
    ("event A : An event.\n  use b\n", "a.spec:2:7: `b` is no block of the table"),
    ("block b : A block.\n  use b\n", "a.spec:2:7: `b` uses itself"),
    (
        "block b : A block.\n  use common X\nevent A : An event.\n  use b Y\n",
        "a.spec:2:7: a block with a prefix can't be used under another prefix",
    ),
    ("event A : An event.\n  B text since=13 until=12 : A field.\n", "a.spec:2:3: `since=13` is after `until=12`"),
    ("event A since=13 : An event.\n  B text until=12 : A field.\n", "a.spec:2:3: `since=13` is after `until=12`"),
    ("event A until=12 : An event.\n  B text since=13 : A field.\n", "a.spec:2:3: `since=13` is after `until=12`"),
    (
        "action A until=12 : An action.\n  reply : Tells.\n  B text since=13 : A field.\n",
        "a.spec:3:3: `since=13` is after `until=12`",
    ),
    ("event A : An event.\n  B text : One.\n  b text : Two.\n", "a.spec:3:3: `b` is in A already, at a.spec:2"),
    ("event A : An event.\n  B text alias=B : One.\n", "a.spec:2:3: `B` is in A already, at a.spec:2"),
    (
        "action A : An action.\n  reply : Tells.\n  B text : One.\n  B text : Two.\n",
        "a.spec:4:3: `B` is in the reply to A already, at a.spec:3",
    ),
    (
        "event A : An event.\n  use common X\n  XActionID text : One.\n",
        "a.spec:3:3: `XActionID` is in A already, at common.spec:2",
    ),
    (
        "event A : An event.\n  BC text : One.\n  B-C text as=bc : Two.\n",
        "a.spec:3:3: two fields of A become `bc`, the other at a.spec:2",
    ),
    (
        "event A : An event.\n  CallerID text : One.\n  Callerid2 text as=caller_id : Two.\n",
        "a.spec:3:3: two fields of A become `caller_id`, the other at a.spec:2",
    ),
    (
        "event A : An event.\n  CallerID text : One.\n  Caller-Id text : Two.\n",
        "a.spec:3:3: two fields of A become `caller_id`, the other at a.spec:2",
    ),
    (
        "event A : An event.\n  use common X\n  XCommon text : One.\n",
        "a.spec:3:3: two fields of A become `x_common`, the other at a.spec:2",
    ),
    (
        "event A : An event.\n  Action-ID text : A field.\n",
        "a.spec:2:3: two fields of A become `action_id`, the other at common.spec:2",
    ),
    (
        "event A : An event.\n  CallerID text as=caller_id : A field.\n",
        "a.spec:2:17: `caller_id` without `as=` as well",
    ),
    ("event A : An event.\n  B text as=c : A field.\n", "a.spec:2:3: a name by `as=` where `b` is free"),
    ("event A : An event.\n  B text : One.\n  b- text as=c : Two.\n", "no mistake"),
    // A block's field may need it in one event of many.
    (
        "block b : A block.\n  C text as=d : A field.\nevent A : An event.\n  use b\n  c- text : One.\nevent E : An event.\n  use b\n",
        "no mistake",
    ),
    (
        "event A : An event.\n  Type text : A field.\n",
        "a.spec:2:3: `type` can't name a method; give another name with `as=`",
    ),
    (
        "event A : An event.\n  1st text : A field.\n",
        "a.spec:2:3: `1st` can't name a method; give another name with `as=`",
    ),
    (
        "event A : An event.\n  B text as=b-c : A field.\n",
        "a.spec:2:3: `b-c` can't name a method; give another name with `as=`",
    ),
    (
        "event A : An event.\n  Header text : A field.\n",
        "a.spec:2:3: `header` is a method that every type has; give another name with `as=`",
    ),
    (
        "event A : An event.\n  B{n:2} text : A field.\n",
        "a.spec:2:3: `{n:2}` is no part of a name that varies; `{i}`, `{i:6}` and `{key}` are",
    ),
    (
        "event A : An event.\n  B{i text : A field.\n",
        "a.spec:2:3: `{i` is no part of a name that varies; `{i}`, `{i:6}` and `{key}` are",
    ),
    (
        "event A : An event.\n  Bi} text : A field.\n",
        "a.spec:2:3: `}` is no part of a name that varies; `{i}`, `{i:6}` and `{key}` are",
    ),
    ("event A : An event.\n  B{i}{j} text : A field.\n", "a.spec:2:3: two parts that vary need text between them"),
    ("event A : An event.\n  B text alias=C{i} : A field.\n", "a.spec:2:3: an alias has nothing that varies: `C{i}`"),
    ("event A : An event.\n  B{i} text repeat : A field.\n", "a.spec:2:3: a numbered field can't be repeated"),
    // What no builder can do.
    ("action A : An action.\n  B-{i}-{j} text : A field.\n", "a.spec:2:3: a parameter's name has room for one number"),
    ("action A : An action.\n  B-{key} text : A field.\n", "a.spec:2:3: a parameter's name has room for one number"),
    ("action A : An action.\n  B{i}* text : A field.\n", "a.spec:2:3: a numbered parameter can't be required"),
    (
        "action A : An action.\n  B text repeat secret : A field.\n",
        "a.spec:2:3: a secret parameter can't be repeated or numbered",
    ),
    ("action A : An action.\n  B assignments : A field.\n", "a.spec:2:3: a parameter of this kind has to be `repeat`"),
    (
        "action A : An action.\n  B device-state-number : A field.\n",
        "a.spec:2:3: a parameter has a state by its word: `device-state`",
    ),
    // What each of two lines allows, and no server does at once.
    ("action A : An action.\n  ActionId text as=own : An id.\n", "a.spec:2:3: every request has `ActionId` already"),
    ("action A : An action.\n  B text alias=C,ActionID : An id.\n", "a.spec:2:3: every request has `ActionID` already"),
    ("action A since=14 : An action.\n  reply text until=13 : Lines.\n", "a.spec:2:3: `since=14` is after `until=13`"),
    ("action A since=13 : An action.\n  reply text until=13 : Lines.\n", "no mistake"),
    (
        "event B until=11 role=item : An item.\naction A since=12 : An action.\n  list items=B\n",
        "a.spec:3:14: `since=12` is after `until=11`",
    ),
    (
        "event B role=both : An item.\nevent C role=end since=13 : The end.\naction A until=12 : An action.\n  list items=B end=C\n",
        "a.spec:4:20: `since=13` is after `until=12`",
    ),
    (
        "event B until=11 : An outcome.\naction A since=12 : An action.\n  outcome B\n",
        "a.spec:3:11: `since=12` is after `until=11`",
    ),
    (
        "block b : A block.\n  C text : A field.\nevent A until=11 : An event.\n  use b since=12\n",
        "a.spec:4:7: `since=12` is after `until=11`",
    ),
    ("event A since=12 : An event.\n  B text alias=C@..11 : A field.\n", "a.spec:2:3: `since=12` is after `until=11`"),
    (
        "block b : A block.\n  C text : A field.\nevent A until=11 : An event.\n  use b but=C@12..\n",
        "a.spec:4:7: `since=12` is after `until=11`",
    ),
    ("event A since=12 : An event.\n  B text alias=C@never,D@13.. : A field.\n", "no mistake"),
    ("event A : An event.\n  use common B{i}\n", "a.spec:2:14: a prefix has nothing that varies"),
    (
        "action A : An action.\n  B seconds repeat : A time.\n  takes B s\n",
        "a.spec:3:9: `B` may be there more than once",
    ),
    (
        "action A role=mask : An action.\n  B{i} text : A class.\n  again B{i}\n",
        "a.spec:3:9: `B{i}` may be there more than once",
    ),
    ("event A : An event.\n  B{i} text : One.\n  b1 text : Two.\n", "a.spec:3:3: `b1` is one of `b{i}` in A"),
    (
        "event A : An event.\n  B text alias=\"C(d e)\" : One.\n  C({key}) text : Two.\n",
        "a.spec:2:3: `c(d e)` is one of `c({key})` in A",
    ),
    ("event A : An event.\n  B-{i} text : One.\n  C text : Two.\n  B-x text : Three.\n", "no mistake"),
    // The hash reads no more of a name than that.
    (
        "event ABCDEFGH----MMMMMMMM----STUVWXYZ : One.\nevent abcdefgh++++mmmmmmmm++++stuvwxyz as=B : Two.\n",
        "a.spec:2:7: no hash tells `abcdefgh++++mmmmmmmm++++stuvwxyz` from `ABCDEFGH----MMMMMMMM----STUVWXYZ`: \
             change what `hash.rs` reads of a name, or its number of slots",
    ),
];

#[test]
fn mistakes_are_told_with_their_place() {
    let mut wrong = String::new();
    for (text, expected) in MISTAKES {
        let found = mistake(text);
        if found != *expected {
            let _ = writeln!(wrong, "{text}  expected {expected}\n  found    {found}\n");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn mistakes_of_the_tables_as_a_whole() {
    let error =
        |text: &str| codegen::parse([("a.spec".to_owned(), text.to_owned())]).err().map(|error| error.to_string());
    assert_eq!(error("").as_deref(), Some("the tables: `block common` is missing"));
    let text = "block common : Of events.\n";
    assert_eq!(error(text), None, "without actions nothing is replied");
    let text = "block common : Of events.\naction A : An action.\n";
    assert_eq!(error(text).as_deref(), Some("the tables: `block request-common` is missing"));
    let text = format!("{text}block request-common : Of requests.\n");
    assert_eq!(error(&text).as_deref(), Some("the tables: `block reply-common` is missing"));
    assert_eq!(error(COMMON), None);

    let missing = folder("codegen/no such folder");
    let error = codegen::read(&missing).err().expect("no such folder").to_string();
    assert!(error.starts_with(&format!("{}: ", missing.display())), "{error}");
}

/// Whether a message is made by this literal of the generator's: its parts stand in it in order.
fn is_made_by(literal: &str, message: &str) -> bool {
    // Braces that are doubled stand for themselves.
    let literal = literal.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let mut rest = message;
    literal.split('{').enumerate().all(|(place, part)| {
        let part = if place == 0 { part } else { part.split_once('}').map_or(part, |(_, part)| part) };
        let part = part.replace('\u{1}', "{").replace('\u{2}', "}");
        let found = rest.find(&part);
        rest = found.map_or("", |at| &rest[at + part.len()..]);
        found.is_some()
    })
}

/// A sentence in the code that reads and checks tables is a refusal, or a part of one.
#[test]
fn every_refusal_has_a_mistake() {
    let whole = ["the tables: `block common` is missing"];
    let mut refusals = 0;
    for file in ["table.rs", "branches.rs", "read.rs", "check.rs"] {
        let source = std::fs::read_to_string(folder("codegen").join(file)).expect("a file of the generator");
        let tokens = tokens(&source);
        let sentence = |token: &Token| token.kind == Kind::Text && token.text.contains(' ');
        for (place, token) in tokens.iter().enumerate().filter(|(_, token)| sentence(token)) {
            if tokens[..place].iter().rev().take(3).any(|before| before.is("unreachable")) {
                continue;
            }
            let literal = token.text.trim_matches('"');
            let told = MISTAKES.iter().map(|(_, told)| *told).chain(whole).any(|told| is_made_by(literal, told));
            assert!(told || literal == " : ", "{file}:{}: no mistake of MISTAKES is told as {literal:?}", token.line);
            refusals += 1;
        }
    }
    assert!(refusals > 60, "{refusals}");
    assert!(!is_made_by("no {} in {}", "no a at b") && is_made_by("no `{{{x}}}` in {}", "1: no `{a}` in b"));
}

/// An action is one entry, however it is answered: the client reads all that it goes by from the
/// line that the entry becomes.
#[test]
fn an_answer_is_one_entry() {
    const EVENTS: &str = "event Item role=item : One.\nevent Other role=both : Another.\nevent End role=end : The end.\n\
                          action All : All of them.\n  list items=Item,Other end=End\n";
    const PARAMETERS: &str = "  Timeout int : A time.\n  Later bool : Whether.\n";
    let cases = [
        ("", "=reply||||||"),
        ("  reply : Tells.\n", "=reply||||||Tells."),
        ("  reply follows : Output.\n", "=reply|follows|||||Output."),
        ("  reply text : Lines.\n", "=reply|text|||||Lines."),
        ("  reply text until=11 : Lines.\n", "=reply|text||||until=11;|Lines."),
        ("  list items=Item\n", "=reply||Item||||"),
        ("  list items=Item end=End\n", "=reply||Item|End|||"),
        ("  list items=Item end=End glued\n", "=reply||Item|End||glued;|"),
        ("  list items=Item end=End none=\"None, = here.\"\n", "=reply||Item|End||none=None, = here.;|"),
        ("  outcome End\n", "=reply||||End||"),
        ("  outcome End if=Later\n", "=reply||||End|if=Later;|"),
        ("  takes Timeout s\n", "=reply|||||takes=Timeout,s,;|"),
        ("  takes Timeout ms else=30000 blocks\n", "=reply|||||takes=Timeout,ms,30000;blocks;|"),
        ("  again Later\n", "=reply|||||again=Later;|"),
        ("  again\n", "=reply|||||again=;|"),
        // All at once.
        (
            "  reply text until=11 : Lines.\n  list items=Item,Other end=End none=\"No.\" glued\n  outcome Other if=Later\n  \
             takes Timeout ms else=30000 blocks\n  again Later\n",
            "=reply|text|Item,Other|End|Other|glued;none=No.;until=11;if=Later;takes=Timeout,ms,30000;blocks;again=Later;|Lines.",
        ),
    ];
    for (answer, expected) in cases {
        let role = if answer.contains("again Later") { " role=mask" } else { "" };
        let text = format!("{COMMON}{EVENTS}action A{role} : An action.\n{PARAMETERS}{answer}");
        let table = codegen::parse([("a.spec".to_owned(), text)]).unwrap_or_else(|error| panic!("{error}"));
        let files = codegen::generate(&table).unwrap_or_else(|error| panic!("{error}"));
        let (_, packed) = files.iter().find(|(name, _)| *name == "catalogue.txt").expect("the packed tables");
        let line = packed.lines().filter(|line| line.starts_with("=reply")).nth(1).map(|line| line.replace('\t', "|"));
        assert_eq!(line.as_deref(), Some(expected), "{answer}");
        // What is answered so is sent by one builder and read by one view, without more code.
        for (name, part) in [("actions.rs", "pub struct A<'a>(pub(super) Args<'a>);"), ("requests.rs", "A(A<'buf>),")] {
            let (_, source) = files.iter().find(|(file, _)| *file == name).expect("a file");
            assert!(source.contains(part), "{name}: {answer}");
        }
    }
}

/// A name in quotation marks is the name without them, wherever one may stand.
#[test]
fn names_in_quotation_marks() {
    let text = format!(
        "{COMMON}event \"A B\" role=item alias=\"C D\",E : An item.\n  F text alias=\"G H\" : A field.\n\
         event \"The end\" role=end : An end.\naction I : An action.\n  list items=\"A B\" end=\"The end\"\n"
    );
    let table = codegen::parse([("a.spec".to_owned(), text)]).unwrap_or_else(|error| panic!("{error}"));
    let files = codegen::generate(&table).unwrap_or_else(|error| panic!("{error}"));
    let packed =
        files.iter().find(|(name, _)| *name == "catalogue.txt").expect("the packed tables").1.replace('\t', "|");
    for line in ["A B|C D,E|AB|", "F|G H@3ffff|text|", "=reply||A B|The end|"] {
        assert!(packed.lines().any(|packed| packed.starts_with(line)), "{line}: {packed}");
    }
}

/// What the docs of an action send is something that somebody might send.
#[test]
fn examples_make_sense() {
    let (_, actions) = all().into_iter().find(|(name, _)| *name == "actions.rs").expect("the builders");
    let shown: Vec<&str> = actions.lines().filter(|line| line.trim_start().starts_with("/// ")).collect();
    assert!(shown.iter().filter(|line| line.contains("assert_eq!(out, b\"Action: ")).count() > 150);
    for line in shown {
        assert!(!line.contains("some text"), "a parameter without `example=`: {line}");
        let twice = "PJSIP/100-00000001\", \"PJSIP/100-00000001";
        assert!(!line.contains(twice), "one channel in the place of two: {line}");
    }
}

/// The one value that a parameter has is written without the quotation marks around it.
#[test]
fn a_value_in_quotation_marks() {
    let text = format!("{COMMON}action A : An action.\n  B* text always=\"two words\" : A field.\n");
    let table = codegen::parse([("a.spec".to_owned(), text)]).unwrap_or_else(|error| panic!("{error}"));
    let files = codegen::generate(&table).unwrap_or_else(|error| panic!("{error}"));
    let (_, source) = files.iter().find(|(name, _)| *name == "actions.rs").expect("the builders");
    assert!(source.contains("\"two words\"") && !source.contains("\\\"two"), "{source}");
}

/// What a session of the server answers by itself, and what a client waits for before it is ready,
/// is one attribute each.
#[test]
fn a_role_is_one_attribute() {
    let made = |table: &str, file: &str| {
        let table =
            codegen::parse([("a.spec".to_owned(), format!("{COMMON}{table}"))]).unwrap_or_else(|e| panic!("{e}"));
        let files = codegen::generate(&table).unwrap_or_else(|error| panic!("{error}"));
        files.into_iter().find(|(name, _)| *name == file).expect("a file").1
    };
    for (role, variant) in [("login", "Login"), ("challenge", "Challenge"), ("logoff", "Logoff"), ("mask", "Mask")] {
        let with = made(&format!("action Sesame role={role} : Opens.\n  Word text : It.\n"), "requests.rs");
        assert!(with.contains(&format!("    {variant}(Sesame<'buf>),\n")), "{with}");
        assert!(with.contains(&format!("Request::Sesame(view) => Some(Self::{variant}(view)),")), "{with}");
        let bare = made(&format!("action Sesame role={role} : Opens.\n"), "requests.rs");
        assert!(bare.contains(&format!("Request::Sesame(_) => Some(Self::{variant}),")), "{bare}");
    }
    assert!(made("event Up ready : It is up.\n", "events.rs").contains("type Ready<'buf> = Up<'buf>;"));
}
