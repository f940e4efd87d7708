//! `RESULTS.md`: what was measured, on what, and the ratios that matter.

use crate::stream::Stream;
use crate::tables::{self, Table, Tables};
use comfy_table::presets::ASCII_MARKDOWN;
use std::fmt::Write;
use std::process::Command;
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;

pub fn write(tables: &Tables, storm: &Stream, rounds: usize) -> String {
    let mut report = String::new();
    sections(&mut report, tables, storm, rounds).expect("a string takes all");
    report
}

fn sections(out: &mut String, tables: &Tables, storm: &Stream, rounds: usize) -> std::fmt::Result {
    writeln!(out, "# ami-proto beside its peers\n")?;
    writeln!(out, "Written by `cargo run --release --manifest-path benches/peers/Cargo.toml`; don't edit.\n")?;
    writeln!(out, "- Date: {}", date())?;
    writeln!(out, "- Machine: {}, {} cores; {}", processor(), cores(), first_line("uname", &["-sm"]))?;
    writeln!(out, "- Compiler: {}", first_line("rustc", &["--version"]))?;
    writeln!(out, "- Versions: {}", versions())?;
    writeln!(
        out,
        "- Stream: `{}`, {} bytes, {} events of {} headers in all ({} bytes and {:.1} headers an event)",
        storm.name,
        storm.bytes.len(),
        storm.frames,
        storm.headers,
        storm.bytes.len() as u64 / storm.frames,
        storm.headers as f64 / storm.frames as f64
    )?;
    writeln!(out, "- Medians of {rounds} rounds; in each all contenders of a table take their turn\n")?;
    ratios(out, tables)?;

    writeln!(out, "## Decoding the stream\n")?;
    writeln!(
        out,
        "MB/s by the size of reads, the rest at reads of 8192 (in place: whole). *Missing* are events that the contender refused or did not hand out.\n"
    )?;
    decode(out, &tables.decode)?;
    writeln!(out, "\n## Over loopback\n")?;
    writeln!(
        out,
        "`asterisk-ami` and `asterisk-manager` have no other way in. Their threads run on both sides of a socket; the first row is what the socket costs alone.\n"
    )?;
    plain(out, &tables.loopback)?;
    writeln!(out, "\n## By the length of frames\n\nMB/s at reads of 8192.\n")?;
    by_length(out, &tables.lengths)?;
    writeln!(out, "\n## One frame, byte by byte\n\nNanoseconds a byte.\n")?;
    by_length(out, &tables.drips)?;
    writeln!(out, "\n## Encoding\n")?;
    encode(out, &tables.encode)
}

/// The figures that are promised somewhere, or that one would ask for.
fn ratios(out: &mut String, tables: &Tables) -> std::fmt::Result {
    let [whole, large, segment, trickle] = &tables.decode[..] else { return Ok(()) };
    let speed = |table: &Table, name: &str| table.of(name).map(|result| 1.0 / result.seconds);
    let ours = speed(large, tables::OURS);
    let mut lines = vec![
        ("reads of 8192, against httparse split by memmem", ours, speed(large, tables::HTTPARSE)),
        (
            "in place, against httparse split before",
            speed(whole, tables::OURS_IN_PLACE),
            speed(whole, tables::HTTPARSE_SPLIT),
        ),
        ("reads of 8192, against asterisk-rs-ami raw", ours, speed(large, tables::RS_RAW)),
        ("reads of 8192, against nom split by memmem", ours, speed(large, tables::NOM)),
        ("reads of 8192, against memcpy", ours, speed(large, tables::MEMCPY)),
        ("reads of 8192, against memmem for blank lines in place", ours, speed(large, tables::MEMMEM)),
        (
            "one rare event at reads of 8192, against the same",
            speed(large, tables::FILTERED),
            speed(large, tables::MEMMEM),
        ),
        (
            "one rare event in place, against the same",
            speed(whole, tables::FILTERED_IN_PLACE),
            speed(whole, tables::MEMMEM),
        ),
        ("reads of 1460, against reads of 8192", speed(segment, tables::OURS), ours),
        ("reads of 64, against reads of 8192", speed(trickle, tables::OURS), ours),
        ("recognised and 4 typed fields, against bare decoding", speed(large, tables::OURS_FOUR), ours),
        (
            "4 typed fields, against asterisk-rs-ami typed",
            speed(large, tables::OURS_FOUR),
            speed(large, tables::RS_TYPED),
        ),
    ];
    for table in &tables.drips {
        if table.bytes == 1 << 20 {
            let drip = "a frame of 1 MiB byte by byte, against reads of 8192";
            lines.push((drip, speed(table, tables::OURS), speed(table, "ami-proto, reads of 8192")));
        }
    }
    let encode = &tables.encode;
    lines.push((
        "Originate encoded, against asterisk-rs-ami",
        speed(encode, tables::OURS),
        speed(encode, tables::RS_RAW),
    ));
    writeln!(out, "| Speed of ami-proto | |\n|---|---|")?;
    for (what, one, other) in lines {
        if let (Some(one), Some(other)) = (one, other) {
            writeln!(out, "| {what} | {:.2} × |", one / other)?;
        }
    }
    writeln!(out)
}

/// Those that take no reads.
const IN_PLACE: [&str; 6] = [
    tables::OURS_IN_PLACE,
    tables::FILTERED_IN_PLACE,
    tables::HTTPARSE_SPLIT,
    tables::MEMMEM,
    tables::MEMCHR,
    tables::MEMCPY,
];

fn decode(out: &mut String, tables: &[Table]) -> std::fmt::Result {
    let [whole, large, ..] = tables else { return Ok(()) };
    let mut rows = comfy_table::Table::new();
    rows.load_preset(ASCII_MARKDOWN);
    let mut head = vec!["contender".to_owned()];
    head.extend(tables.iter().map(|table| table.title.clone()));
    head.extend(["ns/event", "ns/header", "allocations/event", "missing"].map(str::to_owned));
    rows.set_header(head);
    for result in &whole.results {
        let mut row = vec![result.name.to_owned()];
        let in_place = IN_PLACE.contains(&result.name);
        for table in tables {
            let shown = table.of(result.name).filter(|_| !in_place || std::ptr::eq(table, whole));
            row.push(shown.map_or(String::new(), |result| format!("{:.0}", megabytes(table, result.seconds))));
        }
        let table = if in_place { whole } else { large };
        if let Some(result) = table.of(result.name) {
            row.extend(details(table, result));
        }
        rows.add_row(row);
    }
    writeln!(out, "{rows}")
}

fn plain(out: &mut String, table: &Table) -> std::fmt::Result {
    let mut rows = comfy_table::Table::new();
    rows.load_preset(ASCII_MARKDOWN);
    rows.set_header(["contender", "MB/s", "ns/event", "ns/header", "allocations/event", "missing"]);
    for result in &table.results {
        let mut row = vec![result.name.to_owned(), format!("{:.0}", megabytes(table, result.seconds))];
        row.extend(details(table, result));
        rows.add_row(row);
    }
    writeln!(out, "{rows}")
}

fn by_length(out: &mut String, tables: &[Table]) -> std::fmt::Result {
    let Some(first) = tables.first() else { return Ok(()) };
    let drips = first.title.contains("byte by byte");
    let mut rows = comfy_table::Table::new();
    rows.load_preset(ASCII_MARKDOWN);
    let names: Vec<&str> = first.results.iter().map(|result| result.name).collect();
    rows.set_header(std::iter::once("").chain(names.iter().copied()));
    for table in tables {
        let mut row = vec![table.title.clone()];
        for name in &names {
            let cell = table.of(name).map_or("not tried: its limits end it".to_owned(), |result| {
                if result.found.frames < table.expected.frames {
                    "refused".to_owned()
                } else if drips {
                    format!("{:.2}", result.seconds * 1e9 / table.bytes as f64)
                } else {
                    format!("{:.0}", megabytes(table, result.seconds))
                }
            });
            row.push(cell);
        }
        rows.add_row(row);
    }
    writeln!(out, "{rows}")
}

fn encode(out: &mut String, table: &Table) -> std::fmt::Result {
    writeln!(out, "{} ({} bytes of ami-proto's).\n", table.title, table.bytes)?;
    let mut rows = comfy_table::Table::new();
    rows.load_preset(ASCII_MARKDOWN);
    rows.set_header(["contender", "ns/request", "allocations/request"]);
    for result in &table.results {
        let requests = result.found.frames as f64;
        let time = format!("{:.0}", result.seconds * 1e9 / requests);
        rows.add_row([result.name.to_owned(), time, format!("{:.1}", result.allocations as f64 / requests)]);
    }
    writeln!(out, "{rows}")
}

fn megabytes(table: &Table, seconds: f64) -> f64 {
    table.bytes as f64 / seconds / 1e6
}

/// Nanoseconds an event and a header, allocations an event, events that are missing.
fn details(table: &Table, result: &crate::measure::Result) -> [String; 4] {
    let frames = table.expected.frames as f64;
    let headers = table.expected.headers.unwrap_or_default() as f64;
    let nanoseconds = result.seconds * 1e9;
    let missing = match result.found.frames {
        _ if [tables::FILTERED, tables::FILTERED_IN_PLACE].contains(&result.name) => "not wanted".to_owned(),
        0 => String::new(),
        found => table.expected.frames.saturating_sub(found).to_string(),
    };
    [
        format!("{:.0}", nanoseconds / frames),
        format!("{:.1}", nanoseconds / headers),
        format!("{:.2}", result.allocations as f64 / frames),
        missing,
    ]
}

fn date() -> String {
    let now = OffsetDateTime::now_utc().date();
    now.format(&Iso8601::DATE).unwrap_or_default()
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or("unknown processor", |(_, name)| name).to_owned()
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn first_line(command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("unknown").to_owned()
}

/// Of the contenders, as the lock file has them.
fn versions() -> String {
    const LOCK: &str = include_str!("../Cargo.lock");
    const CONTENDERS: [&str; 6] = ["asterisk-ami", "asterisk-manager", "asterisk-rs-ami", "httparse", "memchr", "nom"];
    let mut found = Vec::new();
    let mut lines = LOCK.lines();
    while let Some(line) = lines.next() {
        let name = line.strip_prefix("name = \"").and_then(|name| name.strip_suffix('"'));
        if let Some(name) = name.filter(|name| CONTENDERS.contains(name)) {
            let version = lines.next().and_then(|line| line.strip_prefix("version = ")).unwrap_or_default();
            found.push(format!("{name} {}", version.trim_matches('"')));
        }
    }
    found.join(", ")
}
