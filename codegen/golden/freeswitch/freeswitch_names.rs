// The numbers of events of conferences by name.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

pub(super) static EVENTS: Names = Names {
    seeds: [
        // …
    ],
    slots: [
        // …
    ],
    names: &[("play-file", 0), ("nothing", 1), ("some::thing", 2)],
};
