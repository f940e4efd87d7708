// The numbers of events and actions by name.
// Made from the tables in `codegen/spec` by `build.rs`. Change those, not this.

pub(super) static EVENTS: Names = Names {
    seeds: [
        // …
    ],
    slots: [
        // …
    ],
    names: &[
        ("All", 0),
        ("Whole", 0),
        ("2Everything", 0),
        ("Item", 1),
        ("ListEnd", 2),
        ("Empty", 3),
        ("Booted", 4),
        ("Kinds", 5),
    ],
};

pub(super) static ACTIONS: Names = Names {
    seeds: [
        // …
    ],
    slots: [
        // …
    ],
    names: &[
        ("All", 0),
        ("2Everything", 0),
        ("Command", 1),
        ("Queues", 2),
        ("Many", 3),
        ("Nothing", 4),
        ("Glued", 5),
        ("Place", 6),
        ("Guarded", 7),
        ("Wait", 8),
        ("Choose", 9),
        ("Add", 10),
        ("Sesame", 11),
        ("Farewell", 12),
    ],
};
