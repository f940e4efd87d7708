// The decoder's edges: its limits to the byte, room to read into, what doesn't fit, and the end of
// the stream.

use std::time::Instant;

use super::{drain, feed, ready, reply, response, sent};
use ami_proto::error::Limit;
use ami_proto::freeswitch::{Config, Connection, Decoder, LIMITS, Message};
use ami_testkit::heap::{allocations, held_by, peak};

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
    decoder.space(5).expect("room").copy_from_slice(b"\nA: b");
    decoder.advance(5);
    assert_eq!((decoder.pending(), decoder.room()), (&b"A: b\n\nA: b"[..], 0));
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
    let limits = LIMITS.line(10).lines(2).frame(30);
    let error = |limit, max, offset| Some((limit, max, offset));
    let cases: [(&str, Option<Over>); 8] = [
        ("A: 4567890\n\n", None),
        ("A: 45678901\n\n", error(Limit::Line, 10, 10)),
        ("A: 1\nB: 2\n\n", None),
        ("A: 1\nB: 2\nC: 3\n\n", error(Limit::Lines, 2, 10)),
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

/// A frame of about so many bytes, in each way that it can be read.
fn sized(bytes: usize) -> Vec<(&'static str, Vec<u8>)> {
    let frame = |kind: &str, body: String| {
        format!("Content-Type: {kind}\nContent-Length: {}\n\n{body}", body.len()).into_bytes()
    };
    let header = "name-of-a-header";
    let many = bytes / 32;
    let event = |open: &str, close: &str, one: &dyn Fn(usize) -> String| {
        format!("{open}{}{close}", (0..many).map(one).collect::<String>())
    };
    let element = |at: usize| format!("<h{at:07}>value</h{at:07}>");
    vec![
        ("no event", frame("api/response", "x".repeat(bytes))),
        ("plain", frame("text/event-plain", event("", "\n", &|at| format!("{header}: value{at:07}\n")))),
        ("json", frame("text/event-json", event("{", "\"a\":\"b\"}", &|at| format!("\"{header}\":\"{at:07}\",")))),
        ("xml", frame("text/event-xml", event("<event><headers>", "</headers></event>", &element))),
    ]
}

/// Reads a frame through `push` or `space`.
fn take(decoder: &mut Decoder, frame: &[u8], in_place: bool) {
    for piece in frame.chunks(8192) {
        if in_place {
            decoder.space(8192).expect("room")[..piece.len()].copy_from_slice(piece);
            decoder.advance(piece.len());
        } else {
            decoder.push(piece);
        }
        while let Some(found) = decoder.next_frame().expect("within the limits") {
            assert_eq!(found.as_bytes().len(), frame.len());
        }
    }
}

/// What one giant frame made grow is given back after some frames of common size.
#[test]
fn giant_frames_are_forgotten() {
    for ((what, small), (_, giant)) in sized(500).into_iter().zip(sized(2_000_000)) {
        for in_place in [false, true] {
            let mut decoder = Decoder::new(LIMITS);
            let ((), grown) = held_by(|| take(&mut decoder, &giant, in_place));
            assert!(grown >= giant.len(), "{what}: {grown}");
            let ((), left) = held_by(|| {
                let mut decoder = Decoder::new(LIMITS);
                take(&mut decoder, &giant, in_place);
                (0..40).for_each(|_| take(&mut decoder, &small, in_place));
                std::mem::forget(decoder);
            });
            assert!(left <= (1 << 16) + 4096, "{what}: {left} bytes are left of {grown}");
        }
    }
}

/// The same where each read ends inside the next frame.
#[test]
fn giant_frames_are_forgotten_in_mid_frame() {
    let mut decoder = Decoder::new(LIMITS);
    let ((), left) = held_by(|| {
        decoder.push(&[b"Content-Length: 2000000\n\n", &vec![b'x'; 2_000_000][..], b"Content-Le"].concat());
        assert_eq!(decoder.next_frame().unwrap().unwrap().body().len(), 2_000_000);
        for _ in 0..40 {
            assert!(decoder.next_frame().unwrap().is_none());
            decoder.push(b"ngth: 2\n\n+OContent-Le");
            assert_eq!(decoder.next_frame().unwrap().unwrap().body(), b"+O");
        }
    });
    assert!(left <= 4096, "{left} bytes are left");
}

/// Traffic of whatever size asks for memory until it has what it needs, and then no more.
#[test]
fn no_memory_comes_and_goes_with_the_traffic() {
    let sizes: [&[usize]; 4] = [&[500], &[200_000], &[500, 500, 200_000], &[100_000, 500, 30_000, 500]];
    for sizes in sizes {
        // An event in JSON or XML asks for memory on its own account.
        let frames: Vec<Vec<u8>> =
            sizes.iter().flat_map(|size| sized(*size).into_iter().take(2)).map(|(_, f)| f).collect();
        for in_place in [false, true] {
            let mut decoder = Decoder::new(LIMITS);
            let mut all = |rounds: usize| {
                for _ in 0..rounds {
                    frames.iter().for_each(|frame| take(&mut decoder, frame, in_place));
                }
            };
            all(40);
            let before = allocations();
            all(40);
            assert_eq!(allocations(), before, "{sizes:?}, in place {in_place}");
        }
    }
}

/// The same for what a connection sends.
#[test]
fn giant_requests_are_forgotten() {
    let now = Instant::now();
    let rounds = |connection: &mut Connection, size: usize, rounds: usize| {
        for _ in 0..rounds {
            connection.send(now, &Message::new("sendevent CUSTOM").body(vec![b'x'; size])).unwrap();
            let message = sent(connection);
            assert!(message.len() > size);
            feed(connection, now, &reply("+OK"));
            assert_eq!(drain(connection).0.len(), 1);
        }
    };
    let ((), left) = held_by(|| {
        let mut connection = ready(Config::new(), now);
        rounds(&mut connection, 4 << 20, 1);
        rounds(&mut connection, 500, 40);
        // And for what it hears.
        let asked = connection.api(now, "a").unwrap();
        sent(&mut connection);
        feed(&mut connection, now, &response(&"x".repeat(4 << 20)));
        assert!(drain(&mut connection).0[0].starts_with(&format!("{asked:?} reply x")));
        rounds(&mut connection, 500, 40);
        std::mem::forget(connection);
    });
    assert!(left <= (1 << 17) + (1 << 14), "{left} bytes are left");
}

/// Elements within elements take little more memory than their text.
#[test]
fn deep_events_take_little_memory() {
    let depth = 100_000;
    let body = format!("<event><headers>{}{}</headers></event>", "<a>".repeat(depth), "</a>".repeat(depth));
    let frame = format!("Content-Type: text/event-xml\nContent-Length: {}\n\n{body}", body.len());
    let most = peak(|| {
        let mut decoder = Decoder::new(LIMITS);
        decoder.push(frame.as_bytes());
        let frame = decoder.next_frame().unwrap().unwrap();
        assert_eq!(frame.event().map(|event| event.headers().count()), Some(1));
    });
    assert!(most < 6 * body.len(), "{most} bytes for {}", body.len());
}
