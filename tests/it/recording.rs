// The server's side of a recorded session, as the tests' own grammar reads it.

use ami_testkit::oracle::{self, OracleFrame};
use ami_testkit::session::Turn;

/// All that the server sent.
pub(crate) struct Server {
    bytes: Vec<u8>,
    frames: std::vec::IntoIter<OracleFrame>,
    /// Bytes that have been handed out.
    gone: usize,
    /// Where the frame begins that the end of the recording cut off.
    rest: usize,
}

impl Server {
    pub(crate) fn of(turns: &[Turn]) -> Self {
        let bytes = turns.iter().filter(|turn| !turn.from_client).map(|turn| &turn.bytes[..]);
        let bytes = bytes.collect::<Vec<_>>().concat();
        let reading = oracle::read(&bytes, true);
        Self { bytes, frames: reading.frames.into_iter(), gone: 0, rest: reading.rest as usize }
    }

    /// The next frame, if it has arrived: the blank lines before it, its bytes, and what is in it.
    pub(crate) fn next(&mut self, arrived: usize) -> Option<(Vec<u8>, Vec<u8>, OracleFrame)> {
        let frame = self.frames.as_slice().first()?;
        let start = frame.offset as usize;
        let end = start + frame.len;
        if end > arrived {
            return None;
        }
        let blank = self.bytes[self.gone..start].to_vec();
        self.gone = end;
        Some((blank, self.bytes[start..end].to_vec(), self.frames.next()?))
    }

    /// What is left when all frames have been taken: blank lines, and the frame that was cut off.
    pub(crate) fn left(&self) -> (&[u8], &[u8]) {
        self.bytes[self.gone..].split_at(self.rest - self.gone)
    }
}

/// The value of the first header of this name.
pub(crate) fn header<'a>(frame: &'a OracleFrame, wanted: &str) -> Option<&'a [u8]> {
    let mut found = frame.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes()));
    found.next().map(|(_, value)| &value[..])
}

/// What a command printed, straight from the bytes of its answer.
pub(crate) fn printed(answer: &[u8]) -> Vec<Vec<u8>> {
    let lines = |text: &[u8]| -> Vec<Vec<u8>> {
        let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec());
        lines.collect()
    };
    let all = lines(answer);
    if !all.iter().any(|line| line == b"Response: Follows") {
        return all.iter().filter_map(|line| line.strip_prefix(b"Output: ")).map(<[u8]>::to_vec).collect();
    }
    // Three lines in front, the marker behind.
    let is_head =
        |line: &&Vec<u8>| [&b"Response: "[..], b"Privilege: ", b"ActionID: "].iter().any(|head| line.starts_with(head));
    let head = all.iter().take_while(is_head).map(|line| line.len() + 2).sum::<usize>();
    let marker = answer.windows(15).rposition(|window| window == b"--END COMMAND--").unwrap();
    let mut text = lines(&answer[head..marker]);
    if text.last().is_some_and(Vec::is_empty) {
        text.pop();
    }
    text
}
