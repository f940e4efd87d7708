//! How many instructions decoding, typed reading and encoding take, held against
//! `instructions.txt`: a slowdown that no clock on a busy machine would show.
//!
//! `cargo bench --bench instructions` runs each case under callgrind (package `valgrind`) and fails
//! where one takes more or fewer than its figure by over 3 %; with `BLESS=1` it writes the figures
//! anew. They hold for one compiler and for processors with AVX2; elsewhere nothing is compared,
//! and that is said aloud. Under `cargo test --benches` every case runs once.

use ami_benches::{STORM, originate, read_fields};
use ami_proto::action::{Action, Ping};
use ami_proto::{Decoder, Frame, FrameError, Framing, Limits};
use std::fmt::Write;
use std::hint::black_box;
use std::process::{Command, ExitCode};

const FIGURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.txt");
/// By how much a case may miss its figure, of a hundred.
const MARGIN: f64 = 3.0;
/// A client's usual read.
const READ: usize = 8192;

/// What is counted, and for how many units.
struct Case {
    name: &'static str,
    unit: &'static str,
    run: fn() -> u64,
}

const CASES: &[Case] = &[
    Case { name: "decode", unit: "frame", run: || decode(READ, Decoder::next_frame, |frame| _ = black_box(frame)) },
    Case { name: "decode, filtered", unit: "frame", run: || decode(READ, hangups, |frame| _ = black_box(frame)) },
    Case {
        name: "decode, reads of 64 bytes",
        unit: "frame",
        run: || decode(64, Decoder::next_frame, |frame| _ = black_box(frame)),
    },
    Case {
        name: "decode, byte by byte",
        unit: "frame",
        run: || decode(1, Decoder::next_frame, |frame| _ = black_box(frame)),
    },
    Case { name: "read four typed fields", unit: "frame", run: || decode(READ, Decoder::next_frame, read_fields) },
    Case { name: "encode Ping", unit: "request", run: || encode(|out| write(&Ping::new(), out)) },
    Case { name: "encode Originate, 5 variables", unit: "request", run: || encode(|out| write(&originate(FIVE), out)) },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |wanted: &str| arguments.iter().any(|argument| argument == wanted);
    if let Some(case) = arguments.iter().find_map(|argument| CASES.iter().find(|case| case.name == argument)) {
        println!("{}", (case.run)());
        return ExitCode::SUCCESS;
    }
    if !has("--bench") || has("--test") {
        for case in CASES {
            assert!((case.run)() > 0, "{}", case.name);
        }
        return ExitCode::SUCCESS;
    }
    if !avx2() {
        println!("NOT COMPARED: this processor has no AVX2, with which the figures were counted");
        return ExitCode::SUCCESS;
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("NOT COMPARED: no valgrind on this machine");
        return ExitCode::SUCCESS;
    }
    let counted: Vec<f64> = CASES.iter().map(count).collect();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(FIGURES, figures(&counted)).expect("a file that can be written");
        return ExitCode::SUCCESS;
    }
    compare(&counted)
}

/// Runs a case under callgrind: instructions a unit.
#[expect(clippy::cast_precision_loss, reason = "numbers of instructions")]
fn count(case: &Case) -> f64 {
    let this = std::env::current_exe().expect("the bench's own path");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"])
        .arg("--toggle-collect=*instructions::measured*")
        .arg(this)
        .arg(case.name)
        .output()
        .expect("valgrind runs");
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let units: Option<u64> = said.trim().parse().ok();
    let instructions = told.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse::<u64>().ok());
    match (instructions, units) {
        (Some(instructions @ 1..), Some(units @ 1..)) => instructions as f64 / units as f64,
        _ => panic!("callgrind counted nothing for {}:\n{told}", case.name),
    }
}

fn figures(counted: &[f64]) -> String {
    let mut text = format!(
        "# Instructions, counted by callgrind; renewed with BLESS=1 cargo bench --bench instructions.\n# {}\n",
        compiler()
    );
    for (case, counted) in CASES.iter().zip(counted) {
        writeln!(text, "{}\t{counted:.1}\ta {}", case.name, case.unit).expect("a string takes all");
    }
    text
}

fn compare(counted: &[f64]) -> ExitCode {
    let figures = std::fs::read_to_string(FIGURES).expect("the figures, beside the bench");
    let same_compiler = figures.lines().any(|line| line.strip_prefix("# ") == Some(&compiler()));
    let mut missed = false;
    for (case, counted) in CASES.iter().zip(counted) {
        let figure = figures.lines().find_map(|line| {
            let mut columns = line.split('\t');
            (columns.next() == Some(case.name)).then(|| columns.next()?.parse::<f64>().ok()).flatten()
        });
        let figure = figure.unwrap_or_else(|| panic!("no figure for {:?}; BLESS=1 writes it", case.name));
        let off = (counted / figure - 1.0) * 100.0;
        println!("{:32} {counted:9.1} a {:8} figure {figure:9.1} {off:+6.1} %", case.name, case.unit);
        missed |= off.abs() > MARGIN;
    }
    if !same_compiler {
        println!("NOT COMPARED: the figures are of another compiler than {}", compiler());
    } else if missed {
        println!("over {MARGIN} % off; if it is meant to be, renew the figures with BLESS=1 and say why in the commit");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output().expect("rustc runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn avx2() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// What callgrind counts: from here to the end of the call.
#[inline(never)]
fn measured<T>(run: impl FnOnce() -> T) -> T {
    black_box(run())
}

/// One kind of event alone.
fn hangups(decoder: &mut Decoder) -> Result<Option<Frame<'_>>, FrameError> {
    decoder.next_wanted(|name| name == "Hangup")
}

/// Decodes the storm, read in pieces, with a decoder that has seen it before; says how many frames
/// are in it.
fn decode(
    read: usize,
    next: impl for<'a> Fn(&'a mut Decoder) -> Result<Option<Frame<'a>>, FrameError>,
    each: impl Fn(Frame<'_>),
) -> u64 {
    let storm = std::fs::read(STORM).expect("the storm of the corpus");
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    let mut run = || {
        for piece in storm.chunks(read) {
            decoder.push(piece);
            while let Some(frame) = next(&mut decoder).expect("a stream within the limits") {
                each(frame);
            }
        }
    };
    run();
    measured(run);
    frames(&storm)
}

fn frames(storm: &[u8]) -> u64 {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    decoder.push(storm);
    let mut frames = 0;
    while decoder.next_wanted(|_| true).expect("a stream within the limits").is_some() {
        frames += 1;
    }
    frames
}

fn encode(mut write: impl FnMut(&mut Vec<u8>)) -> u64 {
    const TIMES: u64 = 1000;
    let mut out = Vec::new();
    write(&mut out);
    measured(|| {
        for _ in 0..TIMES {
            out.clear();
            write(black_box(&mut out));
        }
    });
    TIMES
}

/// The variables that each release has been counted with.
const FIVE: [(&str, &str); 5] =
    [("CAMPAIGN", "autumn"), ("__TENANT", "blue"), ("ATTEMPT", "3"), ("ID", "4711"), ("NOTE", "none")];

fn write(action: &impl Action, out: &mut Vec<u8>) {
    action.encode(Some(black_box("f3Qk9ZtW-0000004711")), out).expect("a request that can be sent");
}
