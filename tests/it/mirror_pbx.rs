//! Invariant: complete means complete. A PBX does anything, lists and events cross, connections
//! break; whenever all has arrived, what the mirror vouches for is what the PBX has.

use ami_testkit::pbx::mirrored;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn complete_means_complete(steps in prop::collection::vec(any::<u8>(), 0..1200)) {
        mirrored(&steps);
    }
}

/// The property compares something.
#[test]
fn parts_are_compared() {
    let mut state = 7_u64;
    let mut steps = Vec::new();
    for _ in 0..40_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        steps.push((state >> 33) as u8);
    }
    let compared = mirrored(&steps);
    assert!(compared > 200, "{compared}");
}
