//! Holds the imports between rooms to a table of floors.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::graph::Graph;

/// Which room imports which, with the first place where it does.
type Imports = BTreeMap<(String, String), String>;

/// The rooms by floor, from the lowest: those in backquotes in each row of a table.
fn floors(table: &str) -> Vec<Vec<&str>> {
    // The second column; a third tells of the rooms.
    let cells = table.lines().filter_map(|line| line.split('|').nth(2));
    let rows = cells.map(|cell| cell.split('`').skip(1).step_by(2).collect::<Vec<_>>());
    rows.filter(|rooms| !rooms.is_empty()).collect()
}

/// What is wrong in the crate whose files `read` gives.
pub(super) fn check(read: &dyn Fn(&str) -> Option<String>, table: &str) -> Vec<String> {
    let graph = Graph::of(read);
    let floors = floors(table);
    let floor = |room: &str| match room {
        "lib" => Some(floors.len()),
        room => floors.iter().position(|rooms| rooms.contains(&room)),
    };
    let mut faults = graph.unreadable.clone();
    let rooms: BTreeSet<&str> = graph.rooms().collect();
    let missing = rooms.iter().filter(|room| floor(room).is_none());
    faults.extend(missing.map(|room| format!("`{room}` has no floor: give it a place in the table")));
    let mut named = BTreeSet::new();
    for room in floors.iter().flatten() {
        if !rooms.contains(room) {
            faults.push(format!("`{room}` is in the table, and no room"));
        } else if !named.insert(room) {
            faults.push(format!("`{room}` is in the table twice"));
        }
    }
    let imports = imports(&graph);
    for ((from, to), place) in &imports {
        match floor(from).zip(floor(to)) {
            Some((from_floor, to_floor)) if from_floor < to_floor => {
                faults.push(format!("{place}: `{from}` imports `{to}`, which stands above it"));
            }
            Some((from_floor, to_floor)) if from_floor == to_floor => {
                faults.push(format!("{place}: `{from}` imports `{to}`, which stands beside it"));
            }
            _ => {}
        }
    }
    faults.extend(circles(&imports));
    faults
}

fn imports(graph: &Graph) -> Imports {
    let mut imports = Imports::new();
    let room = |module: &[String]| module.first().cloned().unwrap_or_else(|| "lib".to_owned());
    let mut seen = HashSet::new();
    for reference in &graph.references {
        if !seen.insert((&reference.module, &reference.path))
            || reference.path.iter().all(|name| matches!(name.as_str(), "crate" | "self" | "super"))
        {
            continue;
        }
        let from = room(&reference.module);
        for module in graph.defined_in(&reference.module, &reference.path) {
            let to = room(&module);
            if to != from && from != "lib" {
                let place = || format!("{}:{}", reference.file, reference.line);
                imports.entry((from.clone(), to)).or_insert_with(place);
            }
        }
    }
    imports
}

/// A line for each group of rooms that reach one another.
fn circles(imports: &Imports) -> Vec<String> {
    let reached = |start: &str| {
        let mut reached = BTreeSet::new();
        let mut left = vec![start.to_owned()];
        while let Some(room) = left.pop() {
            for (_, to) in imports.keys().filter(|(from, _)| *from == room) {
                if reached.insert(to.clone()) {
                    left.push(to.clone());
                }
            }
        }
        reached
    };
    let mut groups = BTreeMap::new();
    for ((from, to), place) in imports {
        if reached(to).contains(from) {
            let group: Vec<String> = reached(from).into_iter().filter(|room| reached(room).contains(from)).collect();
            groups.entry(group).or_insert_with(Vec::new).push(format!("`{from}` imports `{to}` ({place})"));
        }
    }
    groups.into_values().map(|told| format!("circle: {}", told.join(", "))).collect()
}
