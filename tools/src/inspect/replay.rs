//! Recordings as they are read: the bytes of one direction, or a `.replay` of both, turn by turn,
//! each with a line before it that says who spoke, how many bytes, and perhaps when.

use std::fmt;
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};
use std::time::Duration;

use super::count::Count;
use crate::shown::Shown;

/// Bytes of a line before a turn, at the most.
const LINE: u64 = 64;

/// Bytes in which a replay says whether it has times.
const AHEAD: u64 = 1 << 20;

/// A time beyond this is none, in seconds: 136 years.
const LATEST: f64 = 4_294_967_296.0;

/// Form of a replay, for messages.
const FORM: &str = "a turn is a line `< LENGTH SECONDS` (server) or `> LENGTH SECONDS` (client), so many bytes, \
                    and a line feed; SECONDS may be left out";

/// One of the two who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Server,
    Client,
}

impl Side {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// A piece that one side sent, of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) side: Side,
    /// Since the beginning of the recording, where that is known.
    pub(crate) at: Option<Duration>,
    /// Set where the replay has times at all.
    pub(crate) timed: bool,
}

/// Counts of a replay, known when its end is reached.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) turns: u64,
    /// Bytes of the server and of the client.
    pub(crate) bytes: [u64; 2],
    /// The last time that was told.
    pub(crate) last: Option<Duration>,
    /// Turns that have an earlier time than one before them, and where the first of them stands.
    pub(crate) backwards: u64,
    pub(crate) first_backwards: Option<u64>,
    /// Turns with a time in a replay that has none in its beginning.
    pub(crate) unused: u64,
}

/// Lines of a summary.
impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [server, client] = self.bytes.map(Count);
        write!(
            f,
            "  both directions: turns {}, bytes of the server {server}, of the client {client}; ",
            Count(self.turns)
        )?;
        match self.last {
            Some(last) => writeln!(f, "times up to {:.6} s", last.as_secs_f64()),
            None => writeln!(f, "no times"),
        }
    }
}

/// Reason for which a recording can't be read further.
#[derive(Debug)]
pub(crate) enum Bad {
    /// The file could not be read.
    Unreadable(io::Error),
    /// The file is no replay from here on.
    Invalid(Invalid),
}

/// A fault in a replay, and its place.
#[derive(Debug)]
pub(crate) struct Invalid {
    /// Number of the turn, from 1.
    turn: u64,
    /// Where it begins in the file.
    offset: u64,
    what: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { turn, offset, what } = self;
        write!(f, "no replay from turn {turn} on, at offset {offset} of the file: {what}; {FORM}")
    }
}

impl From<io::Error> for Bad {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

/// A recording while it is read.
pub(crate) struct Recording {
    input: Box<dyn BufRead>,
    /// `None`: bytes of one direction.
    replay: Option<Replay>,
    turn: Option<Turn>,
    begun: bool,
}

/// Place in a replay.
#[derive(Default)]
struct Replay {
    totals: Totals,
    timed: bool,
    /// Bytes of the file that have been read.
    offset: u64,
    /// Where the turn begins, and what of it is still to come.
    start: u64,
    left: u64,
    side: usize,
}

impl Recording {
    /// Begins to read. A file that begins with `< ` or `> ` is a replay.
    pub(crate) fn new(mut input: Box<dyn Read>) -> io::Result<Self> {
        let mut ahead = Vec::new();
        input.by_ref().take(2).read_to_end(&mut ahead)?;
        let replay = matches!(&ahead[..], b"< " | b"> ").then(|| -> io::Result<Replay> {
            // Whether it has times decides what they count from: its first line says so, or, where
            // that leaves them out, one of the next.
            input.by_ref().take(LINE).read_to_end(&mut ahead)?;
            let mut timed = has_times(&ahead);
            if !timed {
                input.by_ref().take(AHEAD).read_to_end(&mut ahead)?;
                timed = has_times(&ahead);
            }
            Ok(Replay { timed, ..Replay::default() })
        });
        let replay = replay.transpose()?;
        Ok(Self { input: Box::new(BufReader::new(Cursor::new(ahead).chain(input))), replay, turn: None, begun: false })
    }

    /// Goes to the next turn, once all of this one has been read; `false`: that was the last. Bytes
    /// of one direction are one turn, of which nothing is known.
    pub(crate) fn next_turn(&mut self) -> Result<bool, Bad> {
        let begun = std::mem::replace(&mut self.begun, true);
        let Some(replay) = &mut self.replay else { return Ok(!begun) };
        self.turn = replay.next_turn(&mut self.input)?;
        Ok(self.turn.is_some())
    }

    /// Returns this turn; `None`: the recording has none.
    pub(crate) fn turn(&self) -> Option<Turn> {
        self.turn
    }

    /// Reads bytes of this turn; 0 at its end.
    pub(crate) fn read(&mut self, space: &mut [u8]) -> Result<usize, Bad> {
        let Some(replay) = &mut self.replay else { return Ok(read(&mut self.input, space)?) };
        let len = usize::try_from(replay.left).unwrap_or(usize::MAX).min(space.len());
        let found = read(&mut self.input, &mut space[..len])?;
        if found == 0 && len > 0 {
            return Err(replay.invalid(format!("the file ends {} bytes before the end of the turn", replay.left)));
        }
        replay.offset += found as u64;
        replay.left -= found as u64;
        replay.totals.bytes[replay.side] += found as u64;
        Ok(found)
    }

    /// Returns what was found of a replay; `None`: it is none.
    pub(crate) fn totals(&self) -> Option<Totals> {
        self.replay.as_ref().map(|replay| replay.totals)
    }
}

impl Replay {
    fn next_turn(&mut self, input: &mut impl BufRead) -> Result<Option<Turn>, Bad> {
        if self.totals.turns > 0 {
            let mut end = [0];
            if read(input, &mut end)? == 0 || end != *b"\n" {
                return Err(self.invalid("the line feed behind its bytes is missing: is LENGTH right?".to_owned()));
            }
            self.offset += 1;
        }
        let mut line = Vec::new();
        input.take(LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        self.start = self.offset;
        self.totals.turns += 1;
        self.offset += line.len() as u64;
        let (side, left, at) = head(&line).map_err(|what| self.invalid(what))?;
        self.side = usize::from(side == Side::Client);
        self.left = left;
        let Some(told) = at.filter(|_| self.timed) else {
            self.totals.unused += u64::from(at.is_some());
            return Ok(Some(Turn { side, at: None, timed: self.timed }));
        };
        let last = self.totals.last.unwrap_or_default();
        if told < last {
            self.totals.backwards += 1;
            self.totals.first_backwards.get_or_insert(self.start);
        }
        self.totals.last = Some(told.max(last));
        Ok(Some(Turn { side, at: self.totals.last, timed: true }))
    }

    fn invalid(&self, what: String) -> Bad {
        Bad::Invalid(Invalid { turn: self.totals.turns, offset: self.start, what })
    }
}

/// Reads a turn's line: who spoke, how many bytes, and when. The error says what isn't right.
fn head(line: &[u8]) -> Result<(Side, u64, Option<Duration>), String> {
    let shown = |word: &str| format!("\"{}\"", Shown(word));
    let Some(text) = line.strip_suffix(b"\n") else {
        return Err(format!("\"{}\" has no line feed", Shown(line)));
    };
    let text = std::str::from_utf8(text).map_err(|_| format!("\"{}\" is no text", Shown(text)))?;
    let words: Vec<&str> = text.split(' ').collect();
    let (side, length, seconds) = match words[..] {
        ["<", length] => (Side::Server, length, None),
        [">", length] => (Side::Client, length, None),
        ["<", length, seconds] => (Side::Server, length, Some(seconds)),
        [">", length, seconds] => (Side::Client, length, Some(seconds)),
        _ => return Err(format!("{} is no such line", shown(text))),
    };
    let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    let length = length.parse().ok().filter(|_| digits).ok_or_else(|| format!("{} is no LENGTH", shown(length)))?;
    let at = seconds.map(|seconds| {
        let number: Option<f64> = seconds.parse().ok();
        let at = number.filter(|number| (0.0..LATEST).contains(number)).map(Duration::from_secs_f64);
        at.ok_or_else(|| format!("{} is no SECONDS, which go from 0 to {LATEST}", shown(seconds)))
    });
    Ok((side, length, at.transpose()?))
}

/// Returns whether one of the lines in the beginning of a replay has a time.
fn has_times(mut bytes: &[u8]) -> bool {
    loop {
        let Some(end) = bytes.iter().take(64).position(|byte| *byte == b'\n') else { return false };
        let (line, rest) = bytes.split_at(end + 1);
        match head(line) {
            Ok((_, _, Some(_))) => return true,
            Ok((_, length, None)) => {
                let next = usize::try_from(length).ok().and_then(|length| rest.get(length..)?.get(1..));
                let Some(next) = next else { return false };
                bytes = next;
            }
            Err(_) => return false,
        }
    }
}

/// Reads once, again where a signal interrupts.
fn read(input: &mut impl Read, space: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(space) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}
