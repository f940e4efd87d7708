//! Invariant: delays lie where the docs say for all settings; they are spread, begin anew
//! after a connection that stood, and a server that is down or closes each connection is met less
//! and less often.

use ami_proto::conn::Backoff;
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

fn delays(backoff: &mut Backoff, count: usize) -> Vec<Duration> {
    let now = Instant::now();
    (0..count).map(|_| backoff.lost(now)).collect()
}

#[test]
fn each_delay_lies_between_half_of_the_longest_and_all_of_it() {
    let settings = [
        (SECOND, 60 * SECOND),
        (SECOND, SECOND),
        (60 * SECOND, SECOND),
        (Duration::from_nanos(1_000_001), Duration::MAX),
        (Duration::MAX, Duration::MAX),
        (Duration::ZERO, SECOND),
        (Duration::ZERO, Duration::ZERO),
    ];
    for (first, most) in settings {
        for seed in 0..20 {
            let most = most.max(Duration::from_millis(1));
            let mut longest = first.clamp(Duration::from_millis(1), most);
            // What is drawn has 584 years at the most.
            for delay in delays(&mut Backoff::new(first, most).seeded(seed), 80) {
                assert!(delay <= longest && delay >= longest / 2, "{first:?} {most:?}: {delay:?}, {longest:?}");
                longest = longest.saturating_mul(2).min(most);
            }
        }
    }
}

#[test]
fn delays_are_spread_and_those_of_a_seed_are_the_same() {
    let first = |seed| Backoff::new(SECOND, SECOND).seeded(seed).lost(Instant::now()).as_millis();
    let mut tenths = [0; 10];
    for seed in 0..1000 {
        assert_eq!(first(seed), first(seed));
        tenths[((first(seed) - 500) / 50).min(9) as usize] += 1;
    }
    assert!(tenths.iter().all(|count| (50..200).contains(count)), "{tenths:?}");
    // Those of one are not all alike, and two that have no seed draw for themselves.
    let [one, other] = [0, 1].map(|_| delays(&mut Backoff::new(SECOND, SECOND), 8));
    assert!(one != other && one.iter().any(|delay| *delay != one[0]));
}

#[test]
fn delays_begin_anew_after_a_connection_that_stood() {
    let mut now = Instant::now();
    let mut backoff = Backoff::new(SECOND, 64 * SECOND).seeded(1);
    let tenth = delays(&mut backoff, 10)[9];
    assert!(tenth >= 32 * SECOND);
    // Accepted, and gone before it had stood as long as that was waited for.
    backoff.accepted(now);
    now += tenth - Duration::from_nanos(1);
    let eleventh = backoff.lost(now);
    assert!(eleventh >= 32 * SECOND);
    // A connection that was never accepted says nothing, however long it took.
    assert!(backoff.lost(now + 1000 * SECOND) >= 32 * SECOND);
    let last = backoff.lost(now);
    backoff.accepted(now);
    assert!(backoff.lost(now + last) <= SECOND);
    assert!(backoff.lost(now) >= SECOND);
}

/// The attempts of an hour at a server that takes each login, and then closes after so long.
fn attempts(stands: Duration) -> usize {
    let (start, mut backoff) = (Instant::now(), Backoff::default().seeded(3));
    let (mut now, mut attempts) = (start, 0);
    while now < start + 3600 * SECOND {
        attempts += 1;
        backoff.accepted(now);
        now += stands;
        now += backoff.lost(now);
    }
    attempts
}

#[test]
fn a_server_that_closes_at_once_is_left_alone() {
    // Half a minute at the most, so a quarter at the least.
    assert!((120..=250).contains(&attempts(Duration::ZERO)), "{}", attempts(Duration::ZERO));
    // No more than a share of the time that it stands goes to attempts.
    assert!(attempts(Duration::from_millis(100)) < 3600 * 4);
    assert!((340..=360).contains(&attempts(10 * SECOND)), "{}", attempts(10 * SECOND));
}
