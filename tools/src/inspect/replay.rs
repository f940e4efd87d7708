//! Recordings of both directions: turns, each with a line before it that says who spoke, how many
//! bytes, and perhaps when.

use std::time::Duration;

/// A piece that one side sent.
pub(crate) struct Turn<'a> {
    pub(crate) from_client: bool,
    pub(crate) bytes: &'a [u8],
    /// Since the beginning of the recording, where that is known.
    pub(crate) at: Option<Duration>,
}

/// Reads a recording of both directions; `None`: its first line doesn't say that it is one. What
/// follows a line that isn't right is left out.
pub(crate) fn turns(bytes: &[u8]) -> Option<Vec<Turn<'_>>> {
    let mut turns = Vec::new();
    let mut rest = bytes;
    while let Some((turn, after)) = turn(rest) {
        turns.push(turn);
        rest = after;
    }
    (!turns.is_empty()).then_some(turns)
}

/// `< LENGTH SECONDS` from the server, `> LENGTH SECONDS` from the client, the bytes, a line feed.
fn turn(bytes: &[u8]) -> Option<(Turn<'_>, &[u8])> {
    let (line, rest) = bytes.split_at_checked(bytes.iter().take(64).position(|byte| *byte == b'\n')?)?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let from_client = match words.next()? {
        "<" => false,
        ">" => true,
        _ => return None,
    };
    let len: usize = words.next()?.parse().ok()?;
    let at = match words.next() {
        Some(seconds) => Some(Duration::try_from_secs_f64(seconds.trim().parse().ok()?).ok()?),
        None => None,
    };
    let rest = rest.get(1..)?;
    let (bytes, rest) = rest.split_at_checked(len.min(rest.len()))?;
    Some((Turn { from_client, bytes, at }, rest.strip_prefix(b"\n").unwrap_or(rest)))
}
