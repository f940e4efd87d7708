//! Invariant: a room of `src/` imports only rooms on floors below its own, so that no rooms import
//! one another in a circle. The floors are the table in `ARCHITECTURE.md`.

mod check;
mod graph;
pub(crate) mod lexer;

use check::check;

fn table(page: &str) -> &str {
    let (_, rest) = page.split_once("<!-- floors -->").expect("where the table begins");
    rest.split_once("<!-- /floors -->").expect("where the table ends").0
}

#[test]
fn rooms_import_only_what_stands_below_them() {
    let root = ami_testkit::root();
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md")).expect("the page with the floors");
    let generated = crate::generator::all();
    let read = |path: &str| match path.strip_prefix("OUT_DIR/") {
        Some(file) => generated.iter().find(|(name, _)| *name == file).map(|(_, text)| text.clone()),
        None => std::fs::read_to_string(root.join("src").join(path)).ok(),
    };
    let faults = check(&read, table(&page));
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn no_file_is_longer_than_a_reader_takes_in() {
    let source = |path: &std::path::Path| path.extension().is_some_and(|kind| kind == "rs");
    let files = ami_testkit::below(&ami_testkit::root().join("src"), source);
    for path in &files {
        let lines = std::fs::read_to_string(path).expect("a text").lines().count();
        assert!(lines <= 500, "{} has {lines} lines, at most 500: part it", path.display());
    }
    assert!(files.len() > 100, "the library is there");
}

/// The faults in these files, where `low` stands below `mid` and `side`, and those below `high`.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let table = "| Floor | Rooms |\n|---|---|\n| one | `low` |\n| two | `mid`, `side` |\n| three | `high` |\n";
    let rooms = ["low", "mid", "side", "high"];
    let root: String = rooms.iter().map(|room| format!("mod {room};\n")).collect();
    let read = |path: &str| {
        let given = files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned());
        let room = path.strip_suffix(".rs").is_some_and(|room| rooms.contains(&room));
        match path {
            "lib.rs" => Some(given.unwrap_or_default() + &root),
            _ if room && !files.iter().any(|(name, _)| name.starts_with(&path.replace(".rs", "/mod"))) => {
                Some(given.unwrap_or_default())
            }
            _ => given,
        }
    };
    check(&read, table)
}

const UP: &str = ": `low` imports `high`, which stands above it";

#[test]
fn what_imports_upwards_is_found() {
    let cases = [
        ("use crate::high::Thing;", 1),
        ("\n\npub(crate) use super::high::{self, Thing as Other};", 3),
        ("use crate::{low::A, high::{b, c}};", 1),
        ("use crate::{\n    low::A,\n    high::B,\n};", 3),
        ("fn f() {\n    let x = crate::high::f();\n}", 2),
        ("fn f() -> super::high::Thing { todo!() }", 1),
        ("mod inner {\n    use super::super::high::Thing;\n}", 2),
        ("mod inner {\n    fn f() { self::deeper::g(super::super::high::X) }\n}", 2),
        ("use crate as root;\nfn f() { root::high::f() }", 2),
        ("use super::*;\nfn f() { high::f() }", 2),
        ("macro_rules! m {\n    () => { $crate::high::f() };\n}", 2),
        ("#[cfg(feature = \"x\")]\nuse crate::high::X;", 2),
        ("#[cfg(any(test, feature = \"x\"))]\nuse crate::high::X;", 2),
        ("#[cfg(test)]\nuse crate::mid::X;\nuse crate::high::X;", 3),
        ("#[cfg(test)]\nmod tests { use crate::mid::X; }\nuse crate::high::X;", 3),
        ("struct A {\n    #[cfg(test)]\n    a: u8,\n    b: crate::high::B,\n}", 4),
        ("const A: char = '\"'; const B: &[u8] = b\"//\"; const C: &str = r#\"\"/*\"#;\nuse crate::high::X;", 2),
        ("fn f() { for i in 0..crate::high::N {} }", 1),
        ("fn f() -> A { A { a: 1, ..super::high::A::NEW } }", 1),
        ("use super::*;\nimpl A {\n    fn high(&self) {}\n}\nfn g() { high::f() }", 5),
        ("use super::*;\nconst high: u8 = 0;\nfn g() { high::f() }", 3),
        ("#[doc = crate::high::text!()]\nfn f() {}", 1),
        ("#[derive(crate::high::Derive)]\nstruct A;", 1),
        ("extern crate self as me;\nuse me::high::X;", 2),
        ("#[cfg(test)]\nconst unsafe fn f() {}\nuse crate::high::X;", 3),
        ("#[cfg(test)]\nconst extern \"C\" fn f() {}\nuse crate::high::X;", 3),
        ("fn f() { <crate::high::A as Default>::default() }", 1),
        ("use {crate::high::A};", 1),
        ("use crate::{self as root, low};\nfn f() { root::high::f() }", 2),
        ("use r#crate::r#high::A; use crate :: /* x */ r#high\n:: A;", 1),
        ("/* a /* nested */ comment */ fn f<'a>(x: &'a u8) -> char { '\\'' }\nuse crate::high::X;", 2),
    ];
    for (text, line) in cases {
        assert_eq!(faults(&[("low.rs", text)]), [format!("low.rs:{line}{UP}")], "{text}");
    }
}

#[test]
fn deeper_modules_and_included_files_belong_to_their_room() {
    let files =
        [("low/mod.rs", "mod inner;"), ("low/inner.rs", "mod leaf;"), ("low/inner/leaf.rs", "use crate::high::X;")];
    assert_eq!(faults(&files), [format!("low/inner/leaf.rs:1{UP}")]);
    let include = "mod generated {\n    use super::*;\n    include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));\n}\nuse crate::mid;";
    let files = [("mid.rs", include), ("OUT_DIR/made.rs", "\nfn f() { crate::high::f() }")];
    assert_eq!(faults(&files), ["OUT_DIR/made.rs:2: `mid` imports `high`, which stands above it"]);
}

#[test]
fn what_is_passed_on_counts_where_it_is_defined() {
    // By the crate, by a room above, by a glob, by two hands, under another name.
    let pass_on = [
        [("lib.rs", "pub use high::Thing;"), ("low.rs", "use crate::Thing;"), ("high.rs", "pub struct Thing;")],
        [("mid.rs", ""), ("lib.rs", "pub use crate::high as h;"), ("low.rs", "fn f() { crate::h::f() }")],
        [("lib.rs", "pub use high::*;"), ("low.rs", "use crate::Thing;"), ("high.rs", "pub enum Thing {}")],
        [("lib.rs", "pub use high::Thing as A; pub use A as B;"), ("low.rs", "use super::B;"), ("high.rs", "")],
    ];
    for files in pass_on {
        let found = faults(&files);
        assert!(found.contains(&format!("low.rs:1{UP}")), "{files:?}: {found:?}");
    }
    // What stands below, passed on from above, is not above; a room passes on what is its own.
    let fine = [
        ("mid.rs", "pub use crate::low::Thing;"),
        ("low.rs", "pub struct Thing;"),
        ("high.rs", "use crate::mid::Thing;"),
    ];
    assert_eq!(faults(&fine), [""; 0]);
    let own = [
        ("low/mod.rs", "mod a; mod b; pub use a::A;"),
        ("low/a.rs", "pub struct A;"),
        ("low/b.rs", "use crate::low::A;"),
    ];
    assert_eq!(faults(&own), [""; 0]);
    assert_eq!(
        faults(&[("lib.rs", "pub struct Root;"), ("low.rs", "use crate::Root;")]),
        ["low.rs:1: `low` imports `lib`, which stands above it"]
    );
}

/// A spelling that the test cannot read is a fault, since an import may hide in it.
#[test]
fn what_hides_an_import_is_found() {
    let texts = [
        "macro_rules! m {\n    ($a:ident) => { crate::$a::f() };\n}\nfn f() { m!(high) }",
        "macro_rules! m {\n    ($($a:tt)*) => { use super::super::$($a)*; };\n}",
        "macro_rules! m {\n    ($a:ident) => { use crate::{$a}; };\n}",
    ];
    for text in texts {
        let found = faults(&[("low.rs", text)]);
        assert!(found.contains(&"low.rs:2: a path that a macro is given the rest of".to_owned()), "{text}: {found:?}");
    }
    let files = [("low.rs", "core::include!(\"low/other.rs\");"), ("low/other.rs", "use crate::high::X;")];
    assert_eq!(faults(&files), [format!("low/other.rs:1{UP}")]);
    // A file elsewhere, and macros in scope by the order of the modules.
    let roots = [
        ("#[path = \"high.rs\"]\n", "a module with `path` stands in the file of another"),
        ("#[cfg_attr(a, path = \"high.rs\")]\n", "a module with `path` stands in the file of another"),
        ("#[macro_use]\n", "a macro of a module with `macro_use` is used without a path"),
        ("macro_rules! m {\n() => { crate::high::f() }\n}\n", "a macro of the root is used without a path"),
    ];
    for (root, why) in roots {
        assert_eq!(faults(&[("lib.rs", root), ("high.rs", "")]), [format!("lib.rs:1: {why}")]);
    }
}

#[test]
fn what_stands_side_by_side_is_apart() {
    let files = [("mid.rs", "use crate::side::A;"), ("side.rs", "\nfn f(x: super::mid::B) {}")];
    let [to_side, to_mid] = [
        "mid.rs:1: `mid` imports `side`, which stands beside it",
        "side.rs:2: `side` imports `mid`, which stands beside it",
    ];
    assert_eq!(faults(&files[..1]), [to_side]);
    let circle = "circle: `mid` imports `side` (mid.rs:1), `side` imports `mid` (side.rs:2)";
    assert_eq!(faults(&files), [to_side, to_mid, circle]);
}

#[test]
fn circles_are_found_through_any_floors() {
    let files =
        [("low.rs", "use crate::high::A;"), ("mid.rs", "use crate::low::B;"), ("high.rs", "use crate::mid::C;")];
    let circle =
        "circle: `high` imports `mid` (high.rs:1), `low` imports `high` (low.rs:1), `mid` imports `low` (mid.rs:1)";
    assert_eq!(faults(&files), [&format!("low.rs:1{UP}"), circle]);
}

#[test]
fn what_is_no_import_is_passed_over() {
    let texts = [
        "//! See [`crate::high::Thing`].\n/// And [x](crate::high).\n// use crate::high;\n/* use crate::high; */",
        "const A: &str = \"crate::high::X\"; const B: &[u8] = br#\"super::high::X \"#; const C: &str = \"\\\"crate::high::X\";",
        "#[cfg(test)]\nmod tests;\n#[cfg(test)]\nmod more {\n    use crate::high::X;\n}",
        "#[cfg(all(test, feature = \"x\"))]\nfn f() {\n    crate::high::f()\n}",
        "#[cfg(test)]\nuse crate::{high::X};",
        "pub(crate) fn f() {}\npub(in crate::low) fn g() {}\npub(super) fn h() {}",
        "use core::fmt;\nuse high_five::high::X;\nfn f() { fmt::high::f(); Self::high::f(); x.high::<u8>() }",
        "use crate::low::x;\nmod high { pub fn f() {} }\nfn f() { high::f() }",
    ];
    for text in texts {
        assert_eq!(faults(&[("low.rs", text), ("low/tests.rs", "use crate::high::X;")]), [""; 0], "{text}");
    }
}

#[test]
fn the_table_names_the_rooms_that_are_there() {
    let files = [("lib.rs", "mod new;"), ("new.rs", "")];
    assert_eq!(faults(&files), ["`new` has no floor: give it a place in the table"]);
    let read = |path: &str| (path == "lib.rs").then(String::new);
    assert_eq!(check(&read, "| one | `gone` |"), ["`gone` is in the table, and no room"]);
    assert_eq!(check(&read, "| one | `a` |\n| two | `a` |").len(), 2);
}
