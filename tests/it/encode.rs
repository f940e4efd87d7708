//! Invariant: `tests/src/builders.rs` builds every action of the catalogue, as the crate's own
//! samples do.

use ami_testkit::builders::{BUILDERS, build};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The samples' builders with `text()` in place of each text; `BLESS=1` writes them anew.
#[test]
fn builders_are_those_of_the_samples() {
    let mut source = String::from(
        "//! Every action's builder, with a text of the caller's wherever it takes one. Made from the crate's\n\
         //! own samples by `BLESS=1 cargo test --test it encode::builders`; don't \
         change it by hand.\n\n\
         use super::actions::{Texts, Written, encode};\nuse ami_proto::action::*;\nuse ami_proto::value;\n\
         use core::time::Duration;\n\n/// How many there are.\npub const BUILDERS: usize = COUNT;\n\n\
         /// Writes the action of this number.\n#[rustfmt::skip]\n\
         pub fn build(number: usize, id: Option<&str>, out: &mut Vec<u8>, text: Texts<'_>) -> Written {\n    \
         match number {\n",
    );
    let mut count = 0;
    for sample in crate::generator::samples().split("let action =").skip(1) {
        let builder = sample.split_once(";\n").expect("a statement").0;
        // What stands between quotation marks, at odd places, is a text; none of the samples has
        // one in it.
        let parts = builder.split('"').enumerate();
        let builder: String = parts.map(|(place, part)| if place % 2 == 0 { part } else { "text()" }).collect();
        let builder: String = builder.trim().lines().map(str::trim).collect();
        writeln!(source, "        {count} => encode(&{builder}, id, out),").expect("a string takes all");
        count += 1;
    }
    source.push_str("        _ => unreachable!(\"no builder of this number\"),\n    }\n}\n");
    let source = source.replace("COUNT", &count.to_string());
    let path = ami_testkit::root().join("tests/src/builders.rs");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &source).expect("a writable file");
    }
    assert!(std::fs::read_to_string(&path).expect("a readable file") == source, "BLESS=1 renews the builders");
    assert_eq!(count, BUILDERS);
}

#[test]
fn each_action_has_a_builder() {
    let built: BTreeSet<_> = (0..BUILDERS)
        .map(|number| {
            let mut out = Vec::new();
            let (kind, written) = build(number, Some("1"), &mut out, &mut || b"word".to_vec());
            written.expect("plain words are not refused");
            kind.expect("an action of the catalogue").name()
        })
        .collect();
    let all: BTreeSet<_> = ami_proto::catalogue::actions().map(|action| action.name()).collect();
    assert_eq!(built.symmetric_difference(&all).collect::<Vec<_>>(), [&""; 0]);
}
