//! Invariant: whatever arrives, a reader holds no more than its limits say, names the limit and the
//! place, keeps what was good before, and stays failed.

use ami_proto::error::Limit;
use ami_proto::{Decoder, FrameError, Framing, Limits, freeswitch};

use ami_testkit::heap::{allocations, held_by, peak};
use ami_testkit::invariants::{breach_at_once, read_whole};
use std::collections::HashSet;

fn fails(input: &[u8], limits: Limits) -> (usize, FrameError) {
    let (reading, error) = ami_testkit::decode(&[input], limits, true);
    let error = error.expect("an error");
    for size in [1, 3, 64] {
        let pieces: Vec<&[u8]> = input.chunks(size).collect();
        assert_eq!(ami_testkit::decode(&pieces, limits, true), (reading.clone(), Some(error)), "in pieces of {size}");
    }
    (reading.frames.len(), error)
}

#[test]
fn a_line_may_be_as_long_as_its_limit() {
    let limits = Limits::new().line(20);
    let good = b"Event: A\r\n\r\n";
    let at_limit = [&good[..], b"X: 45678901234567890\nY:\n\n"].concat();
    assert_eq!(ami_testkit::decode(&[&at_limit], limits, true).1, None, "20 bytes before the line feed");
    let over = [&good[..], b"X: 456789012345678901\nY:\n\n"].concat();
    let (frames, error) = fails(&over, limits);
    assert_eq!((frames, error.limit, error.max, error.offset), (1, Limit::Line, 20, 32));
    assert_eq!(error.to_string(), "line longer than the limit of 20 bytes, at stream offset 32");
    // The CR counts as the line's: it may be data.
    let with_cr = [&good[..], b"X: 45678901234567890\r\nY:\n\n"].concat();
    assert_eq!(fails(&with_cr, limits).1.offset, 32);
}

/// Where the line and the frame would break at the same byte, it is the line's limit.
#[test]
fn both_decoders_tell_the_same_limit_of_a_line() {
    for (line, frame, limit) in [(20, 19, Limit::Frame), (19, 20, Limit::Line), (20, 20, Limit::Line)] {
        let (_, error) = fails(&[b'x'; 100], Limits::new().line(line).frame(frame));
        let mut decoder = freeswitch::Decoder::new(freeswitch::LIMITS.line(line).frame(frame));
        decoder.push(&[b'x'; 100]);
        assert_eq!((error.limit, decoder.next_frame().expect_err("over a limit")), (limit, error));
    }
}

/// A limit that is new needs a case here, and a check in either decoder.
#[test]
fn each_limit_is_kept_by_both_decoders() {
    let cases: [fn(Limits) -> Limits; 4] =
        [|limits| limits.line(3), |limits| limits.lines(1), |limits| limits.frame(8), |limits| limits.buffer(8)];
    let input = b"A: 1\nB: 1\n\n";
    let mut kept = [HashSet::new(), HashSet::new()];
    for set in cases {
        let mut decoder = Decoder::new(set(Limits::new())).with_framing(Framing::PLAIN);
        decoder.push(input);
        kept[0].insert(decoder.next_frame().expect_err("a limit").limit);
        let mut decoder = freeswitch::Decoder::new(set(freeswitch::LIMITS));
        decoder.push(input);
        kept[1].insert(decoder.next_frame().expect_err("a limit").limit);
    }
    let all: HashSet<Limit> = Limit::ALL.iter().copied().collect();
    assert_eq!(kept, [all.clone(), all]);
}

#[test]
fn a_banner_is_a_line() {
    assert_eq!(fails(b"Asterisk Call Manager/11.0.0\r\n", Limits::new().line(10)).1.offset, 10);
    assert_eq!(fails(b"\n\nAsterisk Call Mana", Limits::new().line(10)).1.offset, 12);
}

#[test]
fn one_line_more_than_the_limit_is_refused() {
    let limits = Limits::new().lines(3);
    let (frames, error) = fails(b"Event: A\nB: 1\nno colon\n\nEvent: B\nB: 1\nC: 1\nD: 1\n\n", limits);
    assert_eq!((frames, error.limit, error.max, error.offset), (1, Limit::Lines, 3, 43));
    assert_eq!(error.to_string(), "frame with more than the limit of 3 lines, at stream offset 43");
}

#[test]
fn a_frame_over_its_limit_is_refused() {
    let limits = Limits::new().frame(12);
    let (frames, error) = fails(b"Event: A\r\n\r\nEvent: AB\r\n\r\n", limits);
    assert_eq!((frames, error.limit, error.offset), (1, Limit::Frame, 24));
    assert_eq!(error.to_string(), "frame longer than the limit of 12 bytes, at stream offset 24");
}

#[test]
fn the_earliest_breach_is_reported() {
    // The line breaks at 20, the frame at 19.
    assert_eq!(fails(&[b'x'; 100], Limits::new().line(20).frame(19)).1.limit, Limit::Frame);
    assert_eq!(fails(&[b'x'; 100], Limits::new().line(19).frame(20)).1.limit, Limit::Line);
}

#[test]
fn a_full_buffer_takes_no_more() {
    let limits = Limits::new().buffer(64);
    let mut decoder = Decoder::new(limits);
    let frame = b"Event: A\r\nX: 1\r\n\r\n";
    for _ in 0..4 {
        decoder.push(frame);
    }
    // 72 bytes came, 64 were taken: three frames, and then the place where bytes are missing.
    for _ in 0..3 {
        assert!(decoder.next_frame().expect("kept").is_some());
    }
    let error = decoder.next_frame().expect_err("bytes were not taken");
    assert_eq!((error.limit, error.max, error.offset), (Limit::Buffer, 64, 64));
    assert_eq!(error.to_string(), "more than the limit of 64 bytes buffered, at stream offset 64");
    decoder.push(frame);
    assert_eq!(decoder.next_frame().expect_err("sticky"), error);
}

#[test]
fn a_full_buffer_without_a_frame_is_an_error_and_no_deadlock() {
    let mut decoder = Decoder::new(Limits::new().buffer(64));
    let mut fed = 0;
    let error = loop {
        let n = decoder.space(16).map_or(0, |space| {
            space.fill(b'x');
            space.len()
        });
        decoder.advance(n);
        fed += n;
        if let Err(error) = decoder.next_frame() {
            break error;
        }
        assert!(n > 0, "no room and no error");
    };
    assert_eq!((fed, error.limit, error.offset), (64, Limit::Buffer, 64));
    assert!(decoder.space(1).is_none());
}

#[test]
fn memory_has_a_ceiling() {
    let limits = Limits::new().line(1000).lines(1000).frame(100_000).buffer(200_000);
    let hostile: [(&str, Vec<u8>); 5] = [
        ("no line feed", vec![b'x'; 5_000_000]),
        ("line feeds", vec![b'\n'; 5_000_000]),
        ("short lines", b"a\n".repeat(2_500_000)),
        ("colons", vec![b':'; 5_000_000]),
        ("Follows without an end", [&b"Response: Follows\r\n"[..], &b"\r\n".repeat(2_500_000)].concat()),
    ];
    for (name, input) in hostile {
        for size in [1, 1000, 1_000_000] {
            let pieces: Vec<&[u8]> = input.chunks(size).collect();
            let used = peak(|| {
                let mut decoder = Decoder::new(limits);
                for piece in &pieces {
                    decoder.push(piece);
                    while let Ok(Some(_)) = decoder.next_frame() {}
                }
            });
            // Twice the buffer; the index doubles to at most twice 8 bytes a line; while a vector
            // grows both copies are there.
            assert!(used <= 2 * (2 * 200_000 + 2 * 8 * 1100), "{name} in pieces of {size}: {used} bytes");
        }
    }
}

#[test]
fn no_allocation_a_frame_once_warm() {
    let (_, storm) = ami_testkit::corpus("storm").remove(0);
    for size in [64, 1460, 8192] {
        let mut decoder = Decoder::new(Limits::new());
        let mut read = |input: &[u8]| {
            let mut headers = 0;
            for piece in input.chunks(size) {
                decoder.push(piece);
                while let Some(frame) = decoder.next_frame().expect("within limits") {
                    headers += frame.headers().count() + usize::from(frame.get("Uniqueid").is_some());
                }
            }
            headers
        };
        let warm = read(&storm);
        let before = allocations();
        assert_eq!(read(&storm), warm);
        assert_eq!(allocations() - before, 0, "in pieces of {size}");
    }
}

#[test]
fn an_owned_frame_is_one_allocation() {
    let mut decoder = Decoder::new(Limits::new());
    decoder.push(b"Event: Hangup\r\nCause: 16\r\n\r\n");
    let frame = decoder.next_frame().expect("within limits").expect("whole");
    let before = allocations();
    let owned = frame.to_owned();
    assert_eq!(allocations() - before, 1);
    assert_eq!(owned.view().get("Cause").expect("there"), "16");
}

/// The line feed of the second line is the first byte too many of the frame, too.
#[test]
fn a_byte_that_breaks_two_limits_is_told_as_a_line_too_many() {
    for (limits, input, offset) in
        [(Limits::new().lines(1).frame(9), &b"A: 1\nB: 2\n"[..], 5), (Limits::new().lines(0).frame(1), b"t\n", 0)]
    {
        let error = ami_testkit::decode(&[input], limits, false).1.expect("a limit is broken");
        assert_eq!((error.limit, error.offset), (Limit::Lines, offset), "{input:?}");
    }
}

/// Each limit at its ends, in every framing, a byte at a time: 0 allows nothing, and no setting
/// swallows the stream.
#[test]
fn every_limit_at_its_ends() {
    const ENDS: [u32; 3] = [0, 1, u32::MAX];
    let inputs: [&[u8]; 7] = [
        b"",
        b"\r\n\n",
        b"t\n\n",
        b"\n\nAsterisk Call Manager/11.0.0\r\n\r\nEvent: A\r\n\r\n",
        b"Response: Follows\r\nPrivilege: Command\r\na\n\nb--END COMMAND--\r\n\r\nEvent: B\r\n\r\n",
        b"Action: Ping\n\nAction: Logoff\n\n",
        b":\n:\n\nno end",
    ];
    let framings =
        [true, false].map(|banner| [true, false].map(|follows| Framing::SERVER.banner(banner).follows(follows)));
    assert!(framings.as_flattened().contains(&Framing::PLAIN));
    for number in 0..81 {
        let [line, headers, frame, buffer] = [1, 3, 9, 27].map(|unit| ENDS[number / unit % 3]);
        let limits = Limits::new().line(line).lines(headers).frame(frame).buffer(buffer);
        for (framing, input) in framings.as_flattened().iter().flat_map(|framing| inputs.map(|input| (*framing, input)))
        {
            let ends = read_whole(Decoder::new(Limits::new()).with_framing(framing), input).ends;
            let expected = breach_at_once(input, &ends, limits);
            let (mut decoder, mut taken) = (Decoder::new(limits).with_framing(framing), 0);
            for seen in 0..=input.len() {
                if let Some(byte) = seen.checked_sub(1) {
                    decoder.push(&input[byte..seen]);
                }
                let found = loop {
                    match decoder.next_frame() {
                        Ok(Some(frame)) => {
                            assert_eq!(frame.offset() + frame.as_bytes().len() as u64, ends[taken] as u64)
                        }
                        Ok(None) => break None,
                        Err(error) => break Some(error),
                    }
                    taken += 1;
                };
                let same = match expected.filter(|breach| breach.seen <= seen) {
                    None => found.is_none(),
                    Some(breach) => found.is_some_and(|error| breach.is(error)),
                };
                let input = input.escape_ascii();
                assert!(same, "{found:?}, not {expected:?}: {limits:?}, {framing:?}, {seen} of {input}");
            }
            assert_eq!(taken, ends.iter().filter(|end| expected.is_none_or(|breach| **end <= breach.offset)).count());
        }
    }
}

/// A frame larger than the storage that is always kept.
fn giant(len: usize) -> Vec<u8> {
    [b"Event: Giant\r\nX: ", &vec![b'x'; len][..], b"\r\n\r\n"].concat()
}

fn take_all(decoder: &mut Decoder) -> usize {
    let mut frames = 0;
    while decoder.next_frame().expect("within the limits").is_some() {
        frames += 1;
    }
    frames
}

#[test]
fn memory_of_a_giant_frame_is_given_back() {
    let giants = [giant(900_000), [&b"Event: A\r\n"[..], &b"a\n".repeat(60_000), b"\r\n"].concat()];
    for giant in giants {
        let (mut decoder, before) = held_by(|| {
            let mut decoder = Decoder::new(Limits::new());
            decoder.push(&giant);
            assert_eq!(take_all(&mut decoder), 1);
            decoder
        });
        assert!(before > 100_000, "{before} bytes");
        let ((), more) = held_by(|| {
            for round in 0..33 {
                decoder.push(b"Event: FullyBooted\r\n\r\n");
                assert_eq!(take_all(&mut decoder), 1, "round {round}");
            }
        });
        assert_eq!(more, 0);
        let (copy, kept) = held_by(|| decoder.clone());
        assert!(kept < 4096, "{kept} bytes");
        assert_eq!(copy.offset(), giant.len() as u64 + 33 * 22);
        assert_eq!(decoder.finish(), None);
    }
}

/// Bursts that come now and then keep the storage they need: nothing is allocated for the next one.
#[test]
fn bursts_allocate_nothing_once_warm() {
    // One long line, and many short ones, of which each has its place in the index.
    for burst in [giant(200_000), [&b"Event: A\r\n"[..], &b"a\n".repeat(60_000), b"\r\n"].concat()] {
        let mut decoder = Decoder::new(Limits::new());
        let mut rounds = |count: usize| {
            for _ in 0..count {
                decoder.push(&burst);
                assert_eq!(take_all(&mut decoder), 1);
                for _ in 0..14 {
                    decoder.push(b"Event: Hangup\r\n\r\n");
                    assert_eq!(take_all(&mut decoder), 1);
                }
            }
        };
        rounds(2);
        let before = allocations();
        rounds(50);
        assert_eq!(allocations() - before, 0);
    }
}

/// Half a frame, however long it lies there, keeps its storage and its bytes.
#[test]
fn an_unfinished_giant_is_kept() {
    let giant = giant(300_000);
    let (head, tail) = giant.split_at(200_000);
    let mut decoder = Decoder::new(Limits::new());
    decoder.push(head);
    for _ in 0..100 {
        assert_eq!(take_all(&mut decoder), 0);
    }
    decoder.push(tail);
    let frame = decoder.next_frame().expect("within the limits").expect("whole");
    assert_eq!(frame.as_bytes(), giant);
}

/// A buffer is doubled as a frame grows, a byte at a time too, and never beyond twice its limit.
#[test]
fn a_buffer_is_doubled() {
    let limits = Limits::new().buffer(300_000);
    let mut decoder = Decoder::new(limits);
    let before = allocations();
    let ((), held) = held_by(|| {
        for byte in giant(290_000) {
            decoder.push(&[byte]);
        }
    });
    let asked = allocations() - before - 3;
    assert!((15..=20).contains(&asked), "{asked} times");
    assert_eq!(held, 524_288);
}

/// Each read ends inside the next frame, so that the buffer is never empty; what a giant frame
/// needed is given back.
#[test]
fn memory_is_given_back_in_mid_frame() {
    let giants = [giant(900_000), [&b"Event: A\r\n"[..], &b"a\n".repeat(60_000), b"\r\n"].concat()];
    for giant in giants {
        for in_place in [false, true] {
            let mut decoder = Decoder::new(Limits::new());
            let ((), left) = held_by(|| {
                decoder.push(&giant);
                decoder.push(b"Event: Hangup\r\nCau");
                assert_eq!(take_all(&mut decoder), 1);
                for round in 0..40 {
                    let read = b"se: 16\r\n\r\nEvent: Hangup\r\nCau";
                    if in_place {
                        decoder.space(read.len()).expect("room")[..read.len()].copy_from_slice(read);
                        decoder.advance(read.len());
                    } else {
                        decoder.push(read);
                    }
                    let frame = decoder.next_frame().expect("within the limits").expect("a frame");
                    assert_eq!(frame.get("Cause").unwrap(), "16", "round {round}");
                    assert_eq!(take_all(&mut decoder), 0);
                    assert_eq!(decoder.pending(), b"Event: Hangup\r\nCau");
                }
            });
            assert!(left < 4096, "{left} bytes are left");
        }
    }
}

/// Giant frames one after the other keep their storage, however small the reads.
#[test]
fn giants_that_follow_each_other_allocate_nothing_once_warm() {
    let stream = giant(500_000).repeat(2);
    let mut decoder = Decoder::new(Limits::new());
    let mut rounds = |count: usize| {
        for _ in 0..count {
            for read in stream.chunks(8000) {
                decoder.push(read);
                take_all(&mut decoder);
            }
        }
    };
    rounds(2);
    let before = allocations();
    rounds(4);
    assert_eq!(allocations() - before, 0);
}

/// More than was asked for is taken; more than there was is a bug of the caller.
#[test]
fn an_advance_up_to_the_space() {
    let mut decoder = Decoder::new(Limits::new().buffer(64));
    let space = decoder.space(17).expect("room");
    space.fill(b'\n');
    space[..17].copy_from_slice(b"Event: Hangup\r\n\r\n");
    let n = space.len();
    decoder.advance(n);
    assert_eq!(decoder.pending().len(), n);
    assert_eq!(take_all(&mut decoder), 1);
    assert!(decoder.pending().is_empty());
}

#[test]
#[cfg_attr(debug_assertions, should_panic = "bytes received into a space of")]
fn an_advance_beyond_the_space() {
    let mut decoder = Decoder::new(Limits::new().buffer(64));
    let space = decoder.space(17).expect("room");
    space.fill(b'\n');
    let n = space.len();
    decoder.advance(usize::MAX);
    assert_eq!(decoder.pending().len(), n);
}

/// Where bytes had no room is told from the start of the stream, behind frames taken too.
#[test]
fn a_buffer_too_small_behind_frames_taken() {
    let mut decoder = Decoder::new(Limits::new().buffer(40));
    decoder.push(b"Event: A\n\nEvent: B");
    assert_eq!(take_all(&mut decoder), 1);
    decoder.push(&[b'x'; 40]);
    let error = decoder.next_frame().expect_err("bytes were not taken");
    assert_eq!((error.limit, error.max, error.offset), (Limit::Buffer, 40, 50));
}

/// Blank lines count before the banner as they do between frames.
#[test]
fn blank_lines_before_the_banner() {
    let input = b"\r\n\n\r\nAsterisk Call Manager/11.0.0\r\n\n\r\nEvent: A\r\n\r\n\n";
    for size in [1, 2, 5, 100] {
        let mut decoder = Decoder::new(Limits::new());
        let mut frames = 0;
        for piece in input.chunks(size) {
            decoder.push(piece);
            frames += take_all(&mut decoder);
        }
        assert_eq!((frames, decoder.blank_lines()), (2, 6), "in pieces of {size}");
    }
}

/// An event that nobody wants breaks a limit where it would if it were wanted, whole in the buffer
/// or not.
#[test]
fn an_unwanted_event_over_a_limit() {
    let frame = [b"Event: VarSet\n", &b"a: some value\n".repeat(40)[..], b"\n"].concat();
    let line = [b"Event: VarSet\na: ", &[b'x'; 400][..], b"\n\n"].concat();
    for (limits, input, limit, offset) in [
        (Limits::new().frame(300), &frame, Limit::Frame, 300),
        (Limits::new().line(300), &line, Limit::Line, 314),
        (Limits::new().lines(30), &frame, Limit::Lines, 14 + 29 * 14),
    ] {
        for size in [1, 64, 1000] {
            let mut decoder = Decoder::new(limits).with_framing(Framing::PLAIN);
            let error = input.chunks(size).find_map(|piece| {
                decoder.push(piece);
                decoder.next_wanted(|_| false).err()
            });
            let error = error.expect("a limit is broken");
            assert_eq!((error.limit, error.offset), (limit, offset), "in pieces of {size}");
        }
    }
}

/// Wherever in a block its lines end, and however they do.
#[test]
fn an_unwanted_event_ends_at_its_blank_line() {
    for (line, blank) in [("\n", "\n"), ("\n", "\r\n"), ("\r\n", "\n"), ("\r\n", "\r\n")] {
        for fill in 0..200 {
            let input = format!("Event: A\nX: {}{line}{blank}Event: B\n\n", "x".repeat(fill));
            for size in [7, 64, 1000] {
                let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
                let mut wanted = 0;
                for piece in input.as_bytes().chunks(size) {
                    decoder.push(piece);
                    while decoder.next_wanted(|event| event == "B").expect("within the limits").is_some() {
                        wanted += 1;
                    }
                }
                assert_eq!(wanted, 1, "{input:?} in pieces of {size}");
            }
        }
    }
}

/// A name longer than a block is known before it is judged.
#[test]
fn a_filter_judges_whole_names() {
    let name = "N".repeat(90);
    let input = format!("Event: {name}\r\nA: 1\r\n\r\nEvent: N\r\n\r\n");
    for size in [1, 64, 70, 1000] {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        let mut names = Vec::new();
        for piece in input.as_bytes().chunks(size) {
            decoder.push(piece);
            while let Some(frame) = decoder.next_wanted(|event| event == *name).expect("within the limits") {
                names.push(frame.name().expect("an event has one").to_string());
            }
        }
        assert_eq!(names, [&*name], "in pieces of {size}");
    }
}

/// Bytes were lost behind a frame that is still to be taken: the error comes after it, and stays.
#[test]
fn an_overflow_stays_an_error() {
    let mut decoder = Decoder::new(Limits::new().buffer(20)).with_framing(Framing::PLAIN);
    decoder.push(b"Action: A\n\nAction: Ping and more");
    assert!(decoder.next_frame().expect("kept").is_some());
    let error = decoder.next_frame().expect_err("bytes were not taken");
    assert_eq!((error.limit, error.max, error.offset), (Limit::Buffer, 20, 20));
    for _ in 0..3 {
        assert_eq!(decoder.next_frame().expect_err("sticky"), error);
        decoder.push(b"x");
    }
}

/// However the line has grown, in pieces that are looked at one by one.
#[test]
fn a_line_that_fills_the_buffer_is_an_error_at_once() {
    for max in 1..=200 {
        for step in 1..=17 {
            let mut decoder = Decoder::new(Limits::new().buffer(max)).with_framing(Framing::PLAIN);
            let mut pushed = 0;
            while pushed < max {
                decoder.push(&b"xxxxxxxxxxxxxxxxx"[..step as usize]);
                pushed += step;
                assert_eq!(decoder.next_frame().is_err(), pushed >= max, "{pushed} of {max} bytes, by {step}");
            }
        }
    }
}

/// Fields that are empty are remembered once each, however often they come.
#[test]
fn describing_remembers_no_more_than_the_fields() {
    let mut input = b"Event: Hangup\r\n".to_vec();
    input.extend(b"Cause: \r\n".repeat(50_000));
    input.extend(b"\r\n");
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
    decoder.push(&input);
    let frame = decoder.next_frame().expect("within limits").expect("whole");
    let described = ami_proto::describe::describe(frame).expect("an event of the catalogue");
    let used = peak(|| assert_eq!(described.fields().len(), 1));
    assert!(used < 10_000, "{used} bytes");
}
