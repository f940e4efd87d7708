//! Invariant: the numbers in README.md are those of the tables.

use ami_proto::catalogue;

#[test]
fn the_numbers_of_events_and_actions_are_those_of_the_tables() {
    let readme = std::fs::read_to_string(ami_testkit::root().join("README.md")).expect("a readable file");
    let counted = format!("{} events, {} actions", catalogue::events().count(), catalogue::actions().count());
    assert!(readme.contains(&counted), "README.md has other numbers than {counted}");
}
