//! What the contenders work on: a stream of frames, and what is in it by a count that none of them
//! made.

use ami_benches::STORM;
use anyhow::{Context, Result, ensure};
use std::path::Path;

pub struct Stream {
    pub name: String,
    /// Whole frames, each from its first line to its blank line, and no banner.
    pub bytes: Vec<u8>,
    pub frames: u64,
    /// Lines with a colon.
    pub headers: u64,
}

impl Stream {
    /// `bytes` bytes at the most, or one frame.
    pub fn load(path: Option<&Path>, bytes: usize) -> Result<Self> {
        let path = path.unwrap_or(Path::new(STORM));
        let recorded = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        let frames = events(&recorded);
        ensure!(!frames.is_empty(), "no event in {}", path.display());
        let mut taken = Vec::with_capacity(bytes);
        for frame in frames.iter().cycle() {
            if !taken.is_empty() && taken.len() + frame.len() > bytes {
                break;
            }
            taken.extend_from_slice(frame);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self::new(name, taken))
    }

    /// One frame of this length, of lines as long as the storm's are on average; and copies of it
    /// up to `total` bytes.
    pub fn of_frames(len: usize, total: usize) -> Self {
        let mut frame = b"Event: UserEvent\r\n".to_vec();
        let mut number = 0;
        while frame.len() + 46 < len {
            frame.extend(format!("Header{number:06}: 1234567\r\n").bytes());
            number += 1;
        }
        let last = len - frame.len() - "Last: \r\n\r\n".len();
        frame.extend(format!("Last: {:x<last$}\r\n\r\n", "").bytes());
        assert_eq!(frame.len(), len);
        let name = size(len);
        Self::new(name, frame.repeat(usize::max(1, total / len)))
    }

    fn new(name: String, bytes: Vec<u8>) -> Self {
        let lines = bytes.split(|byte| *byte == b'\n');
        let frames = lines.clone().filter(|line| *line == b"\r").count() as u64;
        let headers = lines.filter(|line| line.contains(&b':')).count() as u64;
        Self { name, bytes, frames, headers }
    }
}

/// The frames of a recording that are events: responses would need the requests to be made sense
/// of.
fn events(recorded: &[u8]) -> Vec<&[u8]> {
    let mut frames = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in recorded.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if line == b"\r\n" {
            frames.push(&recorded[std::mem::replace(&mut start, at)..at]);
        }
    }
    frames.retain(|frame| frame.starts_with(b"Event: "));
    frames
}

/// A number of bytes, short.
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}
