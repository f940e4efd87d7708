//! How fast requests become bytes, and how often memory is asked for: built before, and built each
//! time.
//!
//! `cargo bench --bench encode` prints nanoseconds and allocations a request first, as medians of
//! rounds in which all take their turn, then criterion's own figures. Under `cargo test --benches`
//! everything runs once.

use ami_benches::{VARIABLES, originate};
use ami_proto::action::{Action, Hangup, Ping};
use ami_proto::value::HangupCause;
use ami_testkit::heap::{self, Counting};
use criterion::{Criterion, Throughput};
use std::hint::black_box;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const ACTION_ID: &str = "f3Qk9ZtW-0000004711";
/// Requests in a round of the table: enough for the clock.
const BATCH: u32 = 10_000;
const ROUNDS: usize = 21;

fn main() {
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    let measured = has("--bench") && !has("--test");
    if !has("--list") {
        table(if measured { ROUNDS } else { 1 }, if measured { BATCH } else { 10 });
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("encode");
    for mut row in rows() {
        let mut out = Vec::new();
        (row.write)(&mut out);
        group.throughput(Throughput::Bytes(out.len() as u64));
        group.bench_function(row.name, |bencher| {
            bencher.iter(|| {
                out.clear();
                (row.write)(black_box(&mut out));
            });
        });
    }
    group.finish();
    criterion.final_summary();
}

/// Appends a request.
type Write = Box<dyn FnMut(&mut Vec<u8>)>;

struct Row {
    name: &'static str,
    write: Write,
}

fn rows() -> Vec<Row> {
    fn row(name: &'static str, write: impl FnMut(&mut Vec<u8>) + 'static) -> Row {
        Row { name, write: Box::new(write) }
    }
    fn write(action: &impl Action, out: &mut Vec<u8>) {
        black_box(action).encode(Some(black_box(ACTION_ID)), out).expect("a request that can be sent");
    }
    let (ping, hangup, originate) = (Ping::new(), hangup(), originate(VARIABLES));
    vec![
        row("Ping", move |out| write(&ping, out)),
        row("Hangup", move |out| write(&hangup, out)),
        row("Originate, 5 variables", move |out| write(&originate, out)),
        row("Ping, built", |out| write(&Ping::new(), out)),
        row("Hangup, built", |out| write(&self::hangup(), out)),
        row("Originate, 5 variables, built", |out| write(&self::originate(VARIABLES), out)),
    ]
}

fn hangup() -> Hangup<'static> {
    Hangup::new(black_box("PJSIP/alice-0000002a")).cause(black_box(HangupCause::NORMAL_CLEARING))
}

#[expect(clippy::cast_precision_loss, reason = "numbers of bytes and of allocations")]
fn table(rounds: usize, batch: u32) {
    let mut rows = rows();
    let mut out = Vec::new();
    let mut times = vec![Vec::new(); rows.len()];
    let mut allocations = vec![0; rows.len()];
    for row in &mut rows {
        // Warm: the buffer has room.
        (row.write)(&mut out);
    }
    for _ in 0..rounds {
        for ((row, times), allocations) in rows.iter_mut().zip(&mut times).zip(&mut allocations) {
            let before = heap::allocations();
            let start = Instant::now();
            for _ in 0..batch {
                out.clear();
                (row.write)(black_box(&mut out));
            }
            times.push(start.elapsed().as_secs_f64());
            *allocations = heap::allocations() - before;
        }
    }
    println!("medians of {rounds} rounds of {batch} requests");
    for ((mut row, mut times), allocations) in rows.into_iter().zip(times).zip(allocations) {
        times.sort_by(f64::total_cmp);
        let time = times[times.len() / 2] * 1e9 / f64::from(batch);
        let allocations = allocations as f64 / f64::from(batch);
        out.clear();
        (row.write)(&mut out);
        println!("{:32} {time:8.1} ns {:5} bytes {allocations:5.2} allocations", row.name, out.len());
    }
    println!();
}
