//! Recorded sessions of both directions, as `corpus/replay` and a recorder's `session.jsonl` have
//! them: who sent what, and when.

/// One piece that one side sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub from_client: bool,
    pub bytes: Vec<u8>,
    /// Seconds since the beginning, where that is known.
    pub at: Option<f64>,
}

/// Reads a `.replay`: `> 12 1.5` (client) or `< 12` (server), a line feed, that many bytes, a line
/// feed; over and over.
pub fn replay(mut file: &[u8]) -> Vec<Turn> {
    let mut turns = Vec::new();
    while !file.is_empty() {
        let end = file.iter().position(|byte| *byte == b'\n').expect("a line");
        let line = std::str::from_utf8(&file[..end]).expect("text");
        let mut words = line.split(' ');
        let from_client = match words.next() {
            Some("<") => false,
            Some(">") => true,
            _ => panic!("{line}: < or >"),
        };
        let len: usize = words.next().expect("a length").parse().expect("a length");
        let at = words.next().map(|seconds| seconds.parse().expect("seconds"));
        turns.push(Turn { from_client, bytes: file[end + 1..end + 1 + len].to_vec(), at });
        file = &file[end + 2 + len..];
    }
    turns
}

/// Reads a `session.jsonl`: an object a line, with `dir` (`c2s`, `s2c`, or a note), `t` and `b64`.
pub fn jsonl(text: &str) -> Vec<Turn> {
    let turn = |line: &str| {
        let told: serde_json::Value = serde_json::from_str(line).expect("an object");
        let from_client = match told["dir"].as_str() {
            Some("c2s") => true,
            Some("s2c") => false,
            _ => return None,
        };
        Some(Turn { from_client, bytes: base64(told["b64"].as_str().expect("bytes")), at: told["t"].as_f64() })
    };
    text.lines().filter_map(turn).collect()
}

fn base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 255) as u8);
        }
    }
    bytes
}
