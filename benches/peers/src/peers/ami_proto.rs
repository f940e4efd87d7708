//! This crate.

use crate::measure::Found;
use ::ami_proto::action::Action;
use ::ami_proto::describe::describe;
use ::ami_proto::event::{BridgeCreate, Event, EventSet};
use ::ami_proto::wire::Scanner;
use ::ami_proto::{Decoder, Framing, Limits};
use ami_benches::{VARIABLES, read_fields};
use std::hint::black_box;

/// What is done with a frame once it is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It is looked at as a whole: its index is there, no line has been looked at.
    Take,
    /// The name and the value of every header are made.
    Headers,
    /// Events are told apart by their names.
    Recognise,
    /// And four fields of each are read by their types.
    FourFields,
    /// And all fields that the catalogue knows.
    AllFields,
}

/// A decoder in mid-connection. Limits are as wide as they go: the long frames are to be measured,
/// not refused.
pub fn decoder() -> Decoder {
    Decoder::new(limits()).with_framing(Framing::SERVER.banner(false))
}

pub fn scanner() -> Scanner {
    Scanner::new(limits()).with_framing(Framing::SERVER.banner(false))
}

fn limits() -> Limits {
    Limits::new().frame(8 << 20).lines(1 << 20).buffer(16 << 20)
}

/// Feeds it reads of this size, as a client does that reads from a socket, and takes the frames.
pub fn decode(decoder: &mut Decoder, bytes: &[u8], read: usize, how: Use) -> Found {
    let mut found = Found { frames: 0, headers: (how == Use::Headers).then_some(0) };
    for piece in bytes.chunks(read) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame().expect("a stream within the limits") {
            found.frames += 1;
            match how {
                Use::Take => _ = black_box(frame),
                Use::Headers => *found.headers.get_or_insert(0) += frame.headers().map(black_box).count() as u64,
                Use::Recognise => _ = black_box(Event::from(frame)),
                Use::FourFields => read_fields(frame),
                Use::AllFields => _ = describe(frame).map(|event| _ = black_box(event.fields())),
            }
        }
    }
    found
}

/// Finds the frames where they lie, without a copy.
pub fn scan(scanner: &mut Scanner, bytes: &[u8]) -> Found {
    let mut frames = 0;
    while let Some(end) = scanner.scan(bytes).expect("a stream within the limits") {
        black_box(scanner.frame(bytes, end));
        frames += 1;
    }
    assert_eq!(scanner.release(), bytes.len());
    Found { frames, headers: None }
}

/// A kind of event that a storm has few of.
static RARE: EventSet = EventSet::of(&[BridgeCreate::TYPE]);

/// Feeds it reads of this size, and takes only the events of a rare kind.
pub fn filter(decoder: &mut Decoder, bytes: &[u8], read: usize) -> Found {
    let mut found = Found::default();
    for piece in bytes.chunks(read) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_wanted(|name| RARE.has_name(name)).expect("a stream within the limits") {
            black_box(frame);
            found.frames += 1;
        }
    }
    found
}

/// The same for frames that lie in place.
pub fn filter_in_place(scanner: &mut Scanner, bytes: &[u8]) -> Found {
    let mut frames = 0;
    while let Some(end) = scanner.scan_wanted(bytes, |name| RARE.has_name(name)).expect("a stream within the limits") {
        black_box(scanner.frame(bytes, end));
        frames += 1;
    }
    scanner.release();
    Found { frames, headers: None }
}

/// Makes an Originate with five variables and writes it behind the ones before.
pub fn originate(action_id: &str, out: &mut Vec<u8>) {
    ami_benches::originate(VARIABLES).encode(Some(action_id), out).expect("a request that can be sent");
}
