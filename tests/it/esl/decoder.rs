// The decoder's edges: its limits to the byte, room to read into, what doesn't fit, and the end of the stream.

use ami_proto::error::Limit;
use ami_proto::freeswitch::{Decoder, LIMITS};

/// Which limit, its size, and where.
type Over = (Limit, u32, u64);

/// Where what the end cut off begins, and its length.
fn cut_off(decoder: &Decoder) -> Option<(u64, usize)> {
    decoder.finish().map(|cut| (cut.offset, cut.len))
}

/// The frames that are there, as text, and the error behind them.
fn frames(decoder: &mut Decoder) -> (Vec<String>, Option<Over>) {
    let mut all = Vec::new();
    loop {
        match decoder.next_frame() {
            Ok(Some(frame)) => all.push(frame.as_bytes().escape_ascii().to_string()),
            Ok(None) => return (all, None),
            Err(error) => return (all, Some((error.limit, error.max, error.offset))),
        }
    }
}

fn read(decoder: &mut Decoder, bytes: &[u8]) {
    for byte in bytes {
        decoder.space(0).expect("room")[0] = *byte;
        decoder.advance(1);
    }
}

#[test]
fn what_does_not_fit() {
    let mut decoder = Decoder::new(LIMITS.buffer(20));
    let full = Some((Limit::Buffer, 20, 20));
    decoder.push(b"A: bcd\n\nA: cde\n\nA: def\n\n");
    assert_eq!((decoder.room(), decoder.pending().len()), (0, 20));
    // Nothing is taken after bytes that were not, though there is room for it.
    assert_eq!(decoder.next_frame().unwrap().unwrap().as_bytes(), b"A: bcd\n\n");
    decoder.push(b"B: c\n\n");
    assert!(decoder.space(1).is_none());
    decoder.advance(5);
    assert_eq!((decoder.room(), decoder.pending()), (0, &b"A: cde\n\nA: d"[..]));
    assert_eq!(frames(&mut decoder), (vec!["A: cde\\n\\n".to_owned()], full));
    assert_eq!(frames(&mut decoder), (vec![], full), "sticky");
    assert_eq!(cut_off(&decoder), Some((16, 4)));

    // One frame that can't get whole; one byte less, and it might.
    let mut decoder = Decoder::new(LIMITS.buffer(20));
    decoder.push(&[b'x'; 19]);
    assert_eq!((frames(&mut decoder), decoder.room()), ((vec![], None), 1));
    assert_eq!(decoder.space(5).map(|room| room.len()), Some(1));
    read(&mut decoder, b"x");
    assert_eq!(frames(&mut decoder), (vec![], full));

    // All of it in use, and nothing wrong.
    let mut decoder = Decoder::new(LIMITS.buffer(16));
    for _ in 0..3 {
        decoder.push(b"A: bcd\n\nA: cde\n\n");
        assert_eq!((decoder.room(), decoder.space(1)), (0, None));
        assert_eq!(frames(&mut decoder), (vec!["A: bcd\\n\\n".to_owned(), "A: cde\\n\\n".to_owned()], None));
    }
    assert_eq!((decoder.offset(), cut_off(&decoder)), (48, None));
}

#[test]
fn room_to_read_into() {
    let mut decoder = Decoder::new(LIMITS);
    assert_eq!(decoder.space(1 << 30).map(|room| room.len()), Some(LIMITS.max_buffer() as usize));
    let mut decoder = Decoder::new(LIMITS.buffer(10));
    assert_eq!((decoder.room(), decoder.space(100).map(|room| room.len())), (10, Some(10)));
    decoder.advance(0);
    assert_eq!((decoder.pending(), decoder.room(), cut_off(&decoder)), (&b""[..], 10, None));
    read(&mut decoder, b"A: b\n");
    assert_eq!((decoder.pending(), decoder.room()), (&b"A: b\n"[..], 5));
    assert_eq!(cut_off(&decoder), Some((0, 5)));
    // More than there was room for counts as that.
    decoder.space(5).expect("room").copy_from_slice(b"\nA: b");
    decoder.advance(usize::MAX);
    assert_eq!((decoder.pending(), decoder.room()), (&b"A: b\n\nA: b"[..], 0));
    decoder.advance(1);
    assert_eq!(decoder.pending().len(), 10);
    assert_eq!(frames(&mut decoder), (vec!["A: b\\n\\n".to_owned()], None));
    assert_eq!(cut_off(&decoder), Some((6, 4)));
    // A frame cut off in its body.
    let mut decoder = Decoder::new(LIMITS);
    read(&mut decoder, b"\n\nContent-Length: 3\n\nab");
    assert_eq!(frames(&mut decoder), (vec![], None));
    assert_eq!(cut_off(&decoder), Some((2, 21)));
    read(&mut decoder, b"c");
    assert_eq!(frames(&mut decoder), (vec!["Content-Length: 3\\n\\nabc".to_owned()], None));
    assert_eq!((decoder.offset(), cut_off(&decoder)), (24, None));
}

#[test]
fn limits_to_the_byte() {
    let limits = LIMITS.line(10).headers(2).frame(30);
    let error = |limit, max, offset| Some((limit, max, offset));
    let cases: [(&str, Option<Over>); 8] = [
        ("A: 4567890\n\n", None),
        ("A: 45678901\n\n", error(Limit::Line, 10, 10)),
        ("A: 1\nB: 2\n\n", None),
        ("A: 1\nB: 2\nC: 3\n\n", error(Limit::Headers, 2, 10)),
        // A length longer than a line, so that the line is not what counts.
        ("content-length:9\n\n012345678", None),
        ("A:1\ncontent-length:8\n\n01234567", None),
        ("A:12\ncontent-length:8\n\n01234567", error(Limit::Frame, 30, 30)),
        ("content-length:13\n\n0123456789", error(Limit::Frame, 30, 30)),
    ];
    for (stream, expected) in cases {
        // Where a length is told, the line is longer.
        let limits = if stream.contains("length") { limits.line(20) } else { limits };
        let whole = {
            let mut decoder = Decoder::new(limits);
            decoder.push(stream.as_bytes());
            frames(&mut decoder)
        };
        let mut decoder = Decoder::new(limits);
        let mut cut = (Vec::new(), None);
        for byte in stream.as_bytes() {
            read(&mut decoder, &[*byte]);
            let (found, error) = frames(&mut decoder);
            cut.0.extend(found);
            cut.1 = error;
            if error.is_some() {
                break;
            }
        }
        assert_eq!((&whole, whole.1), (&cut, expected), "{}", stream.escape_debug());
        assert_eq!(whole.0.len(), usize::from(expected.is_none()), "{}", stream.escape_debug());
    }
}
