//! Invariant: a text in a parameter of an action that is meant as a value is that value to the
//! server, or refused; the tables name each parameter in which a server reads more, and so does
//! `manual::injection`.

use crate::generator::{interpreted, table};
use ami_proto::EncodeError;
use ami_proto::action::{self, Action};
use ami_proto::error::Refusal;
use ami_testkit::asterisk_reading::{Line, arguments, config_line, like, mailboxes, members, queue_log, shell};
use ami_testkit::builders::{BUILDERS, build};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::OnceLock;

/// A place of a builder that takes a text: the builder's number, the place among its texts, and
/// the names of action and parameter.
#[derive(Clone)]
struct Place {
    builder: usize,
    text: usize,
    action: String,
    parameter: String,
}

/// Writes an action with this text in one place and words in the others.
fn written(builder: usize, place: Option<usize>, text: &str) -> (usize, String, Result<(), EncodeError>) {
    let (mut out, mut count) = (Vec::new(), 0);
    let (_, result) = build(builder, None, &mut out, &mut || {
        count += 1;
        if place.is_none_or(|place| place + 1 == count) { text.into() } else { format!("w{count}w").into() }
    });
    (count, String::from_utf8(out).expect("text"), result)
}

/// Returns a header's name as the tables have it: `{i:6}` and `({i})` for the number 0.
fn in_table(header: &str) -> String {
    header.replace("000000", "{i:6}").replace("(0)", "({i})")
}

/// Every place of every builder.
fn places() -> Vec<Place> {
    let of = |builder| {
        let (texts, _, _) = written(builder, Some(usize::MAX - 1), "");
        (0..texts).map(move |text| {
            let (_, out, result) = written(builder, Some(text), "mark");
            result.expect("a word");
            let headers: Vec<_> = out.lines().filter_map(|line| line.split_once(": ")).collect();
            let (parameter, _) = headers.iter().find(|(_, value)| value.contains("mark")).expect("its header");
            Place { builder, text, action: headers[0].1.to_owned(), parameter: in_table(parameter) }
        })
    };
    (0..BUILDERS).flat_map(of).collect()
}

/// Returns a text as code in a table of the page.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text == " " {
        return "blank".to_owned();
    }
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// The page has a row for each reading of a server, with each parameter that it reads so; `BLESS=1`
/// writes them.
#[test]
fn the_page_has_each_parameter() {
    let table = table();
    let mut readings: Vec<([String; 3], Vec<(&str, Vec<&str>)>)> = Vec::new();
    for more in interpreted(&table) {
        let here = more.guard.map_or("written".to_owned(), |guard| {
            let refused: Vec<String> = guard.refused.chars().map(|c| code(&c.to_string())).collect();
            let paired = if guard.paired { ", and `(` `)` that don't close" } else { "" };
            let only =
                guard.only.map_or(String::new(), |(parameter, value)| format!(", where `{parameter}` is `{value}`"));
            format!("refused: {}{paired}{only}", refused.join(" "))
        });
        let reading = [more.server.to_owned(), code(more.example), here];
        let place = readings.iter().position(|(found, _)| *found == reading).unwrap_or_else(|| {
            readings.push((reading, Vec::new()));
            readings.len() - 1
        });
        let actions = &mut readings[place].1;
        match actions.last_mut().filter(|(action, _)| *action == more.action) {
            Some((_, parameters)) => parameters.push(more.parameter),
            None => actions.push((more.action, vec![more.parameter])),
        }
    }
    // What is refused first.
    readings.sort_by_key(|([_, _, here], _)| here == "written");
    let mut rows = String::from("//! | Parameter | The server | Such as | Here |\n//! |---|---|---|---|\n");
    for ([server, example, here], actions) in readings {
        let actions: Vec<String> = actions
            .into_iter()
            .map(|(action, parameters)| format!("`{}` of `{action}`", parameters.join("`, `")))
            .collect();
        writeln!(rows, "//! | {} | {server} | {example} | {here} |", actions.join(", ")).expect("a string");
    }
    let path = ami_testkit::root().join("src/manual/injection.rs");
    let page = std::fs::read_to_string(&path).expect("the page");
    let begin = page.find("//! # Parameters of actions\n").expect("the section");
    let begin = begin + page[begin..].find("//! | ").expect("the table");
    let end = begin + page[begin..].find("\n//!\n").expect("its end") + 1;
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, format!("{}{rows}{}", &page[..begin], &page[end..])).expect("a writable file");
    }
    let page = std::fs::read_to_string(&path).expect("the page");
    assert!(page.contains(&rows), "BLESS=1 renews the table; it is to be\n{rows}");
}

/// Each character of ASCII, in each place of each builder: refused are those of the guard that the
/// tables name, by the name of the header, and no others anywhere.
#[test]
fn refused_is_what_the_tables_say() {
    let table = table();
    let all = interpreted(&table);
    let mut found = BTreeSet::new();
    for place in places() {
        let more = all.iter().find(|more| (more.action, more.parameter) == (&place.action, &place.parameter));
        // Of an edit, which is a word here, see below.
        let guard = more.and_then(|more| more.guard).filter(|guard| guard.only.is_none());
        found.extend(more.map(|more| (more.action, more.parameter)));
        let paired = |c| guard.is_some_and(|guard| guard.paired && "()".contains(c));
        for c in ' '..='~' {
            let (_, out, result) = written(place.builder, Some(place.text), &format!("a{c}b"));
            let refused = guard.filter(|guard| guard.refused.contains(c) || paired(c));
            let Place { action, parameter, .. } = &place;
            match (result, refused) {
                (Ok(()), None) => assert!(out.starts_with("Action: ")),
                (Err(error), Some(guard)) => {
                    assert_eq!(in_table(error.field()), *parameter);
                    let Refusal::Interpreted { syntax, at: 1, means } = error.refusal() else { panic!("{error}") };
                    assert_eq!((syntax, means), (&*c.to_string(), guard.means));
                    assert!(error.refusal().advice().contains("even_if_interpreted") && out.is_empty());
                }
                // A variable's name has no `=`.
                (Err(error), None) if error.refusal() == Refusal::VariableName => assert_eq!(c, '='),
                (result, _) => panic!("{action}, {parameter}, {c:?}: {result:?}"),
            }
        }
        // The example is what its column says.
        if let Some(more) = more {
            let (_, out, result) = written(place.builder, Some(place.text), more.example);
            assert_eq!(result.is_err(), guard.is_some(), "{}", more.example);
            let list = more.parameter == "Codecs" || more.parameter == "Variables";
            assert!(result.is_err() || list || out.contains(&format!(": {}\r\n", more.example)), "{out}");
        }
    }
    let missing: Vec<_> = all.iter().filter(|more| !found.contains(&(more.action, more.parameter))).collect();
    assert!(missing.is_empty(), "no builder takes a text for {}", missing[0].parameter);
}

/// Options have brackets, which have to close.
#[test]
fn options_have_brackets() {
    let refused = |options: &str| {
        let error = action::MixMonitor::new("x").options(options).encode(None, &mut Vec::new()).err()?;
        let Refusal::Interpreted { syntax, at, .. } = error.refusal() else { panic!("{error}") };
        Some((syntax, at))
    };
    assert_eq!(refused("bv(4)r(a.wav)"), None);
    assert_eq!(refused("b(i(x))"), None);
    assert_eq!(refused("b(i(x)"), Some(("(", 1)));
    assert_eq!(refused("b()i(x"), Some(("(", 4)));
    assert_eq!(refused("b)i("), Some((")", 1)));
    assert_eq!(refused("i(a,b)"), Some((",", 3)));
}

/// The new name of a category is none of more than a category; the value of a line may have it all.
#[test]
fn a_new_name_is_a_category() {
    fn start<'a>() -> action::UpdateConfig<'a> {
        action::UpdateConfig::new("a.conf", "a.conf")
    }
    for c in ' '..='~' {
        let name = format!("a{c}b");
        for (edit, guarded) in [("RenameCat", true), ("renamecat", true), ("Append", false)] {
            let update = start().edit(3, "Append").value(3, &name).edit(7, edit).cat(7, "old").value(7, &name);
            let refused = update.encode(None, &mut Vec::new()).err();
            assert_eq!(refused.is_some(), guarded && "];".contains(c), "{edit} {c:?}");
            assert!(refused.is_none_or(|error| error.field() == "Value-000007"));
        }
        let renamed = start().rename_category("old", &name);
        assert_eq!(renamed.encode(None, &mut Vec::new()).is_err(), "];".contains(c));
        assert!(renamed.even_if_interpreted().encode(None, &mut Vec::new()).is_ok());
    }
    // More than are searched one by one.
    let many = (0..40).fold(start(), |update, _| update.rename_category("old", "a]"));
    assert_eq!(
        many.encode(None, &mut Vec::new()).map_err(|error| error.field().to_owned()),
        Err("Value-000000".into())
    );
}

/// Returns the requests that builders write with a hostile text in each guarded parameter.
fn even_if_interpreted() -> BTreeMap<&'static str, String> {
    let mut all = BTreeMap::new();
    macro_rules! written {
        ($($name:ident: $action:expr;)+) => {$(
            let bytes = |action: action::$name<'_>| {
                let mut out = Vec::new();
                action.encode(None, &mut out).map(|()| String::from_utf8(out).expect("text"))
            };
            assert!(bytes($action).is_err(), "{}", stringify!($name));
            // Before or after the others.
            let out = bytes($action.even_if_interpreted()).expect("it is written");
            all.insert(action::$name::TYPE.name(), out);
        )+};
    }
    let x = ",\"\\()[]$`;|%_#=/& x";
    written! {
        ConfbridgeStartRecord: action::ConfbridgeStartRecord::new(x).record_file(x);
        MixMonitor: action::MixMonitor::new("1").file(x).options(x);
        Monitor: action::Monitor::new("1").file(x);
        ChangeMonitor: action::ChangeMonitor::new("1", x);
        QueueAdd: action::QueueAdd::new("1", x).member_name(x).state_interface(x).reason(x);
        QueuePause: action::QueuePause::new("1", true).reason(x);
        QueueLog: action::QueueLog::new(x, x).unique_id(x).interface(x);
        DbGetTree: action::DbGetTree::new().family(x).key(x);
        DbDelTree: action::DbDelTree::new(x).key(x);
        UpdateConfig: action::UpdateConfig::new(x, x).append(x, x, x);
        GetConfig: action::GetConfig::new(x);
        GetConfigJson: action::GetConfigJson::new(x);
        ListCategories: action::ListCategories::new(x);
        CreateConfig: action::CreateConfig::new(x);
        ModuleLoad: action::ModuleLoad::new("load").module(x);
        ModuleCheck: action::ModuleCheck::new(x);
        MailboxCount: action::MailboxCount::new(x);
        MailboxStatus: action::MailboxStatus::new(x);
    }
    let mut out = Vec::new();
    action::MixMonitor::new("1").even_if_interpreted().file(x).encode(None, &mut out).expect("written");
    assert!(out.ends_with(format!("File: {x}\r\n\r\n").as_bytes()));
    all.into_iter().map(|(name, out)| (name, out.replace(x, "X"))).collect()
}

/// Each builder with a guard writes all the same what is the program's own.
#[test]
fn every_guard_can_be_lifted() {
    let all = even_if_interpreted();
    let table = table();
    let mut guarded: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for more in interpreted(&table).into_iter().filter(|more| more.guard.is_some()) {
        guarded.entry(more.action).or_default().push(more.parameter);
    }
    let lifted: BTreeMap<&str, Vec<String>> = all
        .iter()
        .map(|(name, out)| {
            let lines = out.lines().filter_map(|line| line.strip_suffix(": X"));
            (*name, lines.map(in_table).collect())
        })
        .collect();
    let sorted = |parameters: Vec<String>| parameters.into_iter().collect::<BTreeSet<_>>();
    let lifted: Vec<_> = lifted.into_iter().map(|(name, parameters)| (name, sorted(parameters))).collect();
    let guarded: Vec<_> = guarded
        .into_iter()
        .map(|(name, parameters)| (name, sorted(parameters.into_iter().map(str::to_owned).collect())))
        .collect();
    assert_eq!(lifted, guarded);
}

/// Returns whether the server reads the text as one value, in a parameter of this guard.
fn is_one(guard: &str, text: &str) -> bool {
    match guard {
        "arguments" => arguments(&format!("{text},b,id"), 3) == [text, "b", "id"],
        "options" => arguments(&format!("a.wav,{text},id"), 3) == ["a.wav", text, "id"],
        "shell" => shell(text).is_ok_and(|words| words == [text]),
        "members" => (0..4).all(|place| {
            let mut fields = ["a", "b", "c", "d"];
            fields[place] = text;
            let [interface, name, state, reason] = fields;
            members(fields) == [[interface, "0", "0", name, state, reason, "0"]]
        }),
        "log" => (0..4).all(|place| {
            let mut fields = ["a", "b", "c", "d"];
            fields[place] = text;
            let [queue, call, agent, event] = fields;
            queue_log(queue, call, agent, event) == [call, queue, agent, event, ""]
        }),
        // No longer key is found by it; one with another character for a `_` is told with its key.
        "listing" => like(text, text) && [format!("{text}~"), format!("~{text}")].iter().all(|key| !like(key, text)),
        "pattern" => {
            // Each character is itself: no other is found in its place, nor more or fewer.
            let other = |at: usize| {
                let mut chars: Vec<char> = text.chars().collect();
                chars[at] = '~';
                chars.into_iter().collect::<String>()
            };
            let others = (0..text.chars().count()).map(other).filter(|other| other != text);
            like(text, text) && others.chain([format!("{text}~"), format!("~{text}")]).all(|key| !like(&key, text))
        }
        "category" | "new-category" => {
            config_line(&format!("[{text}]")) == Line::Category(text.to_owned(), String::new())
        }
        "setting" => config_line(&format!("{text} = a")) == Line::Setting(text.trim().to_owned(), "a".to_owned()),
        "name" => text.split('/').count() == 1,
        "mailbox" => mailboxes(text) == [text],
        other => panic!("a guard without a reading: {other}"),
    }
}

/// The readings see an attack.
#[test]
fn the_readings_see_more() {
    let table = table();
    for more in interpreted(&table) {
        let Some(guard) = more.guard else { continue };
        assert!(is_one(guard.word, "word"), "{}", guard.word);
        assert!(!is_one(guard.word, guard.example), "{}", guard.word);
        // No character is refused for nothing; what closes a bracket goes with what opens it.
        let opens =
            |c| [(')', '('), (']', '[')].iter().any(|(close, open)| *close == c && guard.refused.contains(*open));
        for c in guard.refused.chars().filter(|c| !opens(*c)) {
            let texts = [format!("a{c}b"), format!("{c}b"), format!("a{c}"), format!("a{c}{c}b")];
            assert!(texts.iter().any(|text| !is_one(guard.word, text)), "{}: {c:?}", guard.word);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A text that is written in a guarded parameter is one value to the server.
    #[test]
    fn no_text_is_more(text in "([a-c.,;|&\"'\\\\()\\[\\]<>$`{}/=#%_!~ -]|,,|\\$\\{|\\$\\(|#exec ){1,8}") {
        let rename = action::UpdateConfig::new("a.conf", "a.conf").rename_category("old", &text);
        prop_assert!(rename.encode(None, &mut Vec::new()).is_err() || is_one("new-category", &text), "{}", text);
        for (place, guard) in guarded_places() {
            if written(place.builder, Some(place.text), &text).2.is_ok() {
                prop_assert!(is_one(guard, &text), "{}, {}: {}", place.action, place.parameter, text);
            }
        }
    }
}

/// The places that have a guard, with its word.
fn guarded_places() -> &'static [(Place, &'static str)] {
    static PLACES: OnceLock<Vec<(Place, &str)>> = OnceLock::new();
    PLACES.get_or_init(|| {
        let table = table();
        let all = interpreted(&table);
        let guard = |place: &Place| {
            let more = all.iter().find(|more| (more.action, more.parameter) == (&place.action, &place.parameter));
            more?.guard.filter(|guard| guard.only.is_none()).map(|guard| guard.word)
        };
        places().into_iter().filter_map(|place| Some((place.clone(), guard(&place)?))).collect()
    })
}
