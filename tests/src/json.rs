//! Frames as `ami inspect` prints them, and as the feature `serde` serialises them.

use crate::oracle::OracleFrame;
use serde_json::{Value, json};

/// The object of a frame, secrets and all.
pub fn object(frame: &OracleFrame) -> Value {
    let text = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) => json!(text),
        Err(_) => json!({"hex": bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()}),
    };
    json!({
        "offset": frame.offset,
        "len": frame.len,
        "kind": frame.kind.word(),
        "name": frame.name.as_deref().map(text),
        "headers": frame.headers.iter().map(|(name, value)| [text(name), text(value)]).collect::<Vec<_>>(),
        "lines": frame.lines.iter().map(|line| text(line)).collect::<Vec<_>>(),
    })
}
