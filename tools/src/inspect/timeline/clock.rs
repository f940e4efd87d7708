//! Times in words: a date, a time of day, and lengths with the steps of an axis.

use std::time::Duration;

const DAY: u64 = 86_400;

/// Returns date and time of a moment since 1970, such as `2023-11-14 22:13:20 UTC`.
pub(super) fn date(at: Duration) -> String {
    let (mut days, mut year) = (at.as_secs() / DAY, 1970);
    // In 400 years there are as many days wherever they begin.
    year += 400 * (days / 146_097);
    days %= 146_097;
    let leap = |year: u64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = |year| if leap(year) { 366 } else { 365 };
    while days >= length(year) {
        days -= length(year);
        year += 1;
    }
    let mut month = 0;
    for length in [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        month += 1;
        if days < length {
            break;
        }
        days -= length;
    }
    format!("{year}-{month:02}-{:02} {} UTC", days + 1, time(at))
}

/// Returns the time of day of a moment since 1970, in UTC.
pub(super) fn time(at: Duration) -> String {
    let second = at.as_secs() % DAY;
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// Steps of an axis, in seconds.
const STEPS: [f64; 21] = [
    0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0,
    21_600.0, 43_200.0, 86_400.0,
];

/// Returns the step with which an axis of so many seconds has ten steps or fewer.
pub(super) fn step(width: f64) -> f64 {
    let rough = width / 10.0;
    STEPS.into_iter().find(|step| *step >= rough).unwrap_or_else(|| (rough / 86_400.0).ceil() * 86_400.0)
}

/// Returns a length as an axis of this step shows it.
pub(super) fn length(seconds: f64, step: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 on, and no longer than a file")]
    let whole = seconds.round() as u64;
    match step {
        _ if step < 1.0 => format!("{seconds:.1} s"),
        _ if step < 30.0 => format!("{whole} s"),
        _ if step < 1800.0 => format!("{}:{:02} min", whole / 60, whole % 60),
        _ if step < 86_400.0 => format!("{}:{:02} h", whole / 3600, whole / 60 % 60),
        _ => format!("{} days", whole / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_of_the_gregorian_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_700_000_000, "2023-11-14 22:13:20 UTC"),
            (4_107_542_399, "2100-02-28 23:59:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (1_735_689_599, "2024-12-31 23:59:59 UTC"),
        ] {
            assert_eq!(date(Duration::from_secs(seconds)), expected);
        }
        assert!(date(Duration::MAX).ends_with(" UTC"));
    }

    #[test]
    fn axes_have_few_steps() {
        for width in [1.0, 3.7, 59.0, 600.0, 4000.0, 90_000.0, 1e7, 4.3e9, 1e19] {
            let steps = width / step(width);
            assert!((0.9..=10.0).contains(&steps), "{steps} steps of {width}");
        }
        assert_eq!([length(0.5, 0.5), length(90.0, 30.0), length(5400.0, 1800.0)], ["0.5 s", "1:30 min", "1:30 h"]);
        assert_eq!([length(90.0, 15.0), length(172_800.0, 86_400.0)], ["90 s", "2 days"]);
    }
}
