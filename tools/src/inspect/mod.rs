//! `inspect` says what is in recorded AMI streams: a first look at a capture, and the plainest use
//! of the [`Decoder`](ami_proto::Decoder).
//!
//! A summary of a session, and a client's requests as JSON, one frame a line, the password masked:
//!
//! ```text
//! cargo run --release -p ami-tools -- inspect corpus/sessions/22_queue_excerpt.ami
//! cargo run --release -p ami-tools -- inspect --json corpus/requests/22_read_idle.ami
//! ```
//!
//! With `--typed`, what the crate knows of events and responses beyond their framing, and how much
//! of a recording that is:
//!
//! ```text
//! cargo run --release -p ami-tools -- inspect --typed corpus/sessions/22_queue_excerpt.ami
//! ```
//!
//! The calls of a session as a table, and drawn over time:
//!
//! ```text
//! cargo run --release -p ami-tools -- inspect --calls --svg calls.svg corpus/sessions/22_queue_excerpt.ami
//! ```
//!
//! What the server had at the end of a session, or two seconds after its beginning:
//!
//! ```text
//! cargo run --release -p ami-tools -- inspect --state --json --at 2 corpus/replay/12_agents.replay
//! ```
//!
//! The same calls for other programs: an object a line, or comma-separated values:
//!
//! ```text
//! cargo run --release -p ami-tools -- inspect --calls --json corpus/sessions/22_queue_excerpt.ami
//! cargo run --release -p ami-tools -- inspect --calls --csv corpus/sessions/22_queue_excerpt.ami
//! ```
//!
//! `manual::json` of the library has the keys of the objects. Lists of a call, such as its queues,
//! are one cell of comma-separated values, with `; ` between the items and blanks between their
//! parts; a cell that a spreadsheet could take for a formula has a `'` in front of it. The columns:
//!
//! | columns | meaning |
//! |---|---|
//! | `linked_id`, `former` | its linked id, and those that it had before |
//! | `from_…`, `to_…` | number, name and channel of the caller, and of the one talked to last |
//! | `dialled` | the first extension that was run for it |
//! | `disposition`, `cause`, `time_source` | the words of the JSON, and the number of Q.850 |
//! | `start`, `end` | seconds, from what `time_source` counts from |
//! | `answered_by_person`, `talk`, `wait`, `hold` | seconds; the first since the start |
//! | `channels`, `rooms` | names of channels and conferences |
//! | `queues` | queue, outcome, seconds, and the agent |
//! | `transfers`, `parked`, `recordings` | kind and target; lot and seconds; kind and file |
//!
//! The table has the same, with `start` since the first call of the file, `answer` since the call's
//! start, and in its last column what else happened. A file without calls is worth a sentence on
//! standard error that says why: it is empty, one of a client alone, without events, or of something
//! else.
//!
//! # The picture
//!
//! `--svg` draws a line of words a call and one row a channel. Bars show by pattern, not by colour
//! alone, whether the channel is set up, rings, is up in the dialplan (an IVR, an application),
//! waits in a queue, is parked, talks, holds the others, or is in a conference. Dots and lines are
//! bridges, diamonds transfers, a line under a bar is a recording, and an arrow head stands where
//! the beginning or the end was never seen. The title says what the servers are, where they told it,
//! and when 0 s is: the time of day where times count from 1970. A sheet has 400 rows and 20,000
//! bars and marks at the most; what has no room is counted at its foot.
//!
//! # Recordings of both directions
//!
//! A file that begins with `< ` or `> ` is a `.replay`: turns, each a line `< LENGTH SECONDS` (the
//! server spoke) or `> LENGTH SECONDS` (the client), so many bytes, and a line feed. SECONDS since
//! the beginning may be left out where it isn't known. Every mode reads it: the summary counts both
//! sides, `--json` says of each frame who sent it (`from`), when (`at`, of its last byte) and
//! whether the recording told (`time_source`: `received` or `none`), calls and sheet have its
//! times, and `--state` sees what was asked. `offset` counts the bytes of one side. What is no turn
//! is an error that names the place; what was whole before it is shown.
//! `tools/session_to_replay.py` makes such a file of what a recorder wrote.
//!
//! # Times
//!
//! `--calls`, `--svg` and `--state` take the time of each event from the best source that tells
//! one, and say which on standard error and on the sheet, with its unit; a call's JSON has it as
//! `time_source`, in the words of [`TimeSource`](ami_proto::calls::TimeSource): `received`,
//! `timestamp`, `cel`, `unique-id` or `none`. [`EventClock`](ami_proto::calls::EventClock) has the
//! rule. `received` counts from the beginning of the recording, all others from 1970: what
//! counts from another moment than the files before it is not drawn on their sheet.
//!
//! # The event socket
//!
//! Recordings of FreeSWITCH's event socket:
//!
//! ```text
//! cargo run --release -p ami-tools -- inspect --protocol esl --json corpus/freeswitch/mute_1.11.2.esl
//! ```
//!
//! # Exit codes
//!
//! It exits with 0, with 1 after a framing error or an invalid turn, with 2 where it was called wrongly or could not
//! read or write. An input that ends inside a frame is worth a warning and no more: recordings are
//! cut off as a rule.

mod call_csv;
mod call_table;
mod calls;
mod count;
mod esl;
mod heard;
mod json;
mod progress;
mod replay;
mod state;
mod stream;
mod summary;
mod tallies;
mod timeline;
mod times;
mod typed;

use std::fmt;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use ami_proto::Decoder;
use calls::{Calls, Form};
use clap::{Args, ValueEnum};
use json::Json;
use replay::{Side, Totals, Turn};
use state::State;
use stream::{Decode, Ending, Stream};
use summary::Summary;
use typed::Types;

/// Shows the frames of recorded streams of the Asterisk Manager Interface, or of FreeSWITCH's event
/// socket, in either direction.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Options {
    /// What the streams are
    #[arg(long, value_name = "PROTOCOL", default_value = "ami")]
    protocol: Protocol,

    /// Print each frame as a JSON object on a line of its own, instead of a summary; with --calls
    /// each call
    #[arg(long)]
    json: bool,

    /// Read frames by their types: with --json a key `typed` for what the crate knows, in a summary
    /// how much that is
    #[arg(long)]
    typed: bool,
    /// Print the calls that the events tell of, as a table, instead of a summary. Standard error
    /// says where their times come from: `received` (the recording), `timestamp`, `cel`,
    /// `unique-id` or `none`
    #[arg(long)]
    calls: bool,

    /// Print what the server had at the end of each recording, as far as its lists and events tell:
    /// one JSON object a file
    #[arg(long, requires = "json", conflicts_with_all = ["calls", "svg", "typed"])]
    state: bool,

    /// With --state, what it had so many seconds after the beginning
    #[arg(long, value_name = "SECONDS", requires = "state", value_parser = moment)]
    at: Option<Duration>,

    /// Print the calls as comma-separated values, with a line of titles; lists have `; ` between
    /// their items
    #[arg(long, requires = "calls", conflicts_with = "json")]
    csv: bool,

    /// Draw the calls over time into this file, one row a channel, instead of a summary; of 400
    /// rows at the most
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    svg: Option<PathBuf>,

    /// Print passwords, keys and challenge answers as they are, instead of `***` (with --json; a
    /// summary never has any)
    #[arg(long)]
    show_secrets: bool,

    /// Feed the decoder at most N bytes at a time
    #[arg(long, value_name = "N", default_value = "65536")]
    chunk: NonZeroUsize,

    /// Byte streams of one direction, or recordings of both, in turns: a line `< LENGTH SECONDS`
    /// (server) or `> LENGTH SECONDS` (client), so many bytes and a line feed. SECONDS since the
    /// beginning may be left out. `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    files: Vec<PathBuf>,
}

/// Reads a number of seconds.
fn moment(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_| "no number of seconds")?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "seconds from 0 on".to_owned())
}

/// What is read.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Protocol {
    /// The Asterisk Manager Interface
    Ami,
    /// FreeSWITCH's event socket
    Esl,
}

/// What is made of the frames: one implementation for each form of output. Its errors are those of
/// writing.
trait Report<D: Decode = Decoder> {
    /// Takes the next frame of a file; of a recording of both directions with the turn in which it
    /// ended.
    fn frame(&mut self, frame: D::Frame<'_>, turn: Option<Turn>) -> io::Result<()>;

    /// Takes the end of a file, after its last frame. What it wrote has left our buffers then, so
    /// that messages come in order.
    fn end_of_file(&mut self, file: Name<'_>, stream: &Stream) -> io::Result<()>;

    /// Takes the end of all files.
    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How it went; the worst decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Fine = 0,
    FramingError = 1,
    Failed = 2,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let out = BufWriter::new(io::stdout().lock());
    let verdict = match options.protocol {
        Protocol::Ami => {
            let types = options.typed.then(Types::new);
            let mut report: Box<dyn Report> = if options.state {
                Box::new(State::new(out, options.at))
            } else if options.calls || options.svg.is_some() {
                let form = match (options.json, options.csv) {
                    (true, _) => Form::Json,
                    (_, true) => Form::Csv,
                    _ => Form::Table,
                };
                Box::new(Calls::new(options.calls.then_some(out), form, options.svg.clone()))
            } else if options.json {
                Box::new(Json::new(out, options.show_secrets, types))
            } else {
                Box::new(Summary::new(out, types))
            };
            inspect(options, &mut *report)
        }
        Protocol::Esl if options.calls || options.svg.is_some() => {
            complain("--calls and --svg", "these know events of the Asterisk Manager Interface only; leave them out");
            return ExitCode::from(Verdict::Failed as u8);
        }
        Protocol::Esl if options.state => {
            complain("--state", "it knows events of the Asterisk Manager Interface only; leave it out");
            return ExitCode::from(Verdict::Failed as u8);
        }
        Protocol::Esl if options.json => {
            inspect(options, &mut esl::Json::new(out, options.show_secrets, options.typed))
        }
        Protocol::Esl => inspect(options, &mut esl::Summary::new(out)),
    };
    finish(verdict)
}

/// The exit code of what came of it.
fn finish(verdict: io::Result<Verdict>) -> ExitCode {
    let verdict = match verdict {
        Ok(verdict) => verdict,
        // Whoever read the output, `head` say, has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Verdict::Fine,
        Err(error) => {
            complain("output", error);
            Verdict::Failed
        }
    };
    ExitCode::from(verdict as u8)
}

/// Reads file by file. What is wrong with one of them doesn't keep it from the next; an error is
/// one of writing.
fn inspect<D: Decode>(options: &Options, report: &mut dyn Report<D>) -> io::Result<Verdict> {
    // Lines that scroll by on the same terminal are progress enough.
    let progress = !(options.json && io::stdout().is_terminal());
    let mut worst = Verdict::Fine;
    for path in &options.files {
        let file = Name(path);
        let input = match stream::open(path, progress) {
            Ok(input) => input,
            Err(error) => {
                complain(file, error);
                worst = Verdict::Failed;
                continue;
            }
        };
        let stream = stream::read::<D>(input, options.chunk, |frame, turn| report.frame(frame, turn))?;
        report.end_of_file(file, &stream)?;
        warn(file, stream.replay);
        let of = |side: Option<Side>| side.map(|side| format!("{}: ", side.as_str())).unwrap_or_default();
        let verdict = match stream.ending {
            Ending::Clean => Verdict::Fine,
            Ending::Truncated(all) => {
                for (side, truncated) in all {
                    complain(file, format_args!("warning: {}{truncated}", of(side)));
                }
                Verdict::Fine
            }
            Ending::Broken(side, error) => {
                complain(file, format_args!("{}{error}", of(side)));
                Verdict::FramingError
            }
            Ending::Invalid(error) => {
                complain(file, error);
                Verdict::FramingError
            }
            Ending::Unreadable(error) => {
                complain(file, error);
                Verdict::Failed
            }
        };
        worst = worst.max(verdict);
    }
    report.end()?;
    Ok(worst)
}

/// Tells which times of a recording of both directions were not taken as they are.
fn warn(file: Name<'_>, totals: Option<Totals>) {
    let Some(Totals { backwards, first_backwards, unused, .. }) = totals else { return };
    if let Some(first) = first_backwards {
        let told = "times go back, which were taken for those before them; the first is at offset";
        complain(file, format_args!("warning: {backwards} {told} {first} of the file"));
    }
    if unused > 0 {
        let told = "times were passed over: a recording has one in its first MiB, or none; write 0 into its first line";
        complain(file, format_args!("warning: {unused} {told}"));
    }
}

/// A file as messages call it.
#[derive(Clone, Copy)]
struct Name<'a>(&'a Path);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if stream::is_stdin(self.0) { f.write_str("standard input") } else { self.0.display().fmt(f) }
    }
}

fn complain(about: impl fmt::Display, problem: impl fmt::Display) {
    // Nobody is left to be told where this fails.
    let _ = writeln!(io::stderr(), "inspect: {about}: {problem}");
}
