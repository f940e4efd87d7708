//! The crate `asterisk-rs-ami`, by its public codec: no socket is in the way.

use crate::measure::Found;
use ::asterisk_rs_ami::action::{AmiAction, OriginateAction};
use ::asterisk_rs_ami::{AmiCodec, AmiEvent};
use bytes::BytesMut;
use std::hint::black_box;
use tokio_util::codec::{Decoder, Encoder};

const BANNER: &[u8] = b"Asterisk Call Manager/11.0.0\r\n";

/// Feeds the codec as `tokio_util`'s framed reader does. Headers are pairs of strings; `typed`
/// makes its event of each frame.
///
/// A stream that it refuses ends there.
pub fn decode(bytes: &[u8], read: usize, typed: bool) -> Found {
    let mut codec = AmiCodec::new();
    let mut buffer = BytesMut::with_capacity(8192);
    buffer.extend_from_slice(BANNER);
    let mut found = Found { frames: 0, headers: Some(0) };
    for piece in bytes.chunks(read) {
        buffer.extend_from_slice(piece);
        loop {
            match codec.decode(&mut buffer) {
                Ok(Some(message)) => {
                    found.frames += 1;
                    *found.headers.get_or_insert(0) +=
                        message.headers.len() as u64 + message.channel_variables.len() as u64;
                    if typed {
                        black_box(AmiEvent::from_raw(&message));
                    }
                    black_box(message);
                }
                Ok(None) => break,
                Err(_) => return found,
            }
        }
    }
    found
}

/// Makes an Originate with five variables and writes it behind the ones before, with an ActionID of
/// the crate's choice.
pub fn originate(codec: &mut AmiCodec, out: &mut BytesMut) {
    let mut originate = OriginateAction::new(black_box("PJSIP/alice"))
        .context("default")
        .extension("200")
        .priority(1)
        .timeout_ms(30_000)
        .caller_id("Alice <100>")
        .async_originate(true);
    for (name, value) in ami_benches::VARIABLES {
        originate = originate.variable(black_box(name), black_box(value));
    }
    let (_, message) = originate.to_message();
    codec.encode(message, out).expect("a request that can be sent");
}
