//! Takes turns, and medians.

use crate::allocations;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// What a contender found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub frames: u64,
    /// Where it looks at headers.
    pub headers: Option<u64>,
}

/// One run of a contender.
pub struct Run {
    pub found: Found,
    pub time: Duration,
    pub allocations: u64,
}

/// One that is measured.
pub struct Contender<'a> {
    pub name: &'static str,
    run: Box<dyn FnMut() -> Run + 'a>,
    /// It takes part in one round out of so many: for those that take a thousand times as long as
    /// the rest.
    every: usize,
}

impl<'a> Contender<'a> {
    /// One whose whole work counts.
    pub fn new(name: &'static str, mut work: impl FnMut() -> Found + 'a) -> Self {
        Self::timed(name, move || {
            let before = allocations::count();
            let start = Instant::now();
            let found = work();
            Run { found, time: start.elapsed(), allocations: allocations::count() - before }
        })
    }

    /// One that has something to prepare, and times itself.
    pub fn timed(name: &'static str, run: impl FnMut() -> Run + 'a) -> Self {
        Self { name, run: Box::new(run), every: 1 }
    }

    /// Only in one round out of so many.
    pub fn every(self, rounds: usize) -> Self {
        Self { every: rounds, ..self }
    }
}

/// What came of a contender.
#[derive(Clone, Debug)]
pub struct Result {
    pub name: &'static str,
    /// Of the last run; all runs find the same, but where frames get lost.
    pub found: Found,
    /// The median, in seconds.
    pub seconds: f64,
    /// Of the last run, when all is warm.
    pub allocations: u64,
}

/// Has each contender work once a round, each after one pass over the bytes, so that none finds the
/// caches as another left them.
pub fn interleaved(mut contenders: Vec<Contender<'_>>, bytes: &[u8], rounds: usize) -> Vec<Result> {
    let mut runs: Vec<Vec<Run>> = contenders.iter().map(|_| Vec::new()).collect();
    for contender in &mut contenders {
        // Warm.
        (contender.run)();
    }
    for round in 0..rounds {
        for (contender, runs) in contenders.iter_mut().zip(&mut runs) {
            if round % contender.every == 0 {
                black_box(bytes.iter().fold(0, |sum, byte| sum ^ byte));
                runs.push((contender.run)());
            }
        }
    }
    let result = |(contender, runs): (Contender<'_>, Vec<Run>)| {
        let mut times: Vec<f64> = runs.iter().map(|run| run.time.as_secs_f64()).collect();
        times.sort_by(f64::total_cmp);
        let last = runs.last().expect("at least one round");
        Result {
            name: contender.name,
            found: last.found,
            seconds: times[times.len() / 2],
            allocations: last.allocations,
        }
    };
    contenders.into_iter().zip(runs).map(result).collect()
}
