//! Invariant: the table of cases comes out as written, in whatever pieces it goes in, and the
//! decoder agrees with the oracle.

use ami_proto::{Decoder, FrameKind, Framing, Limits};
use ami_testkit::cases::CASES;
use ami_testkit::{check, same};

#[test]
fn every_case_reads_as_it_says() {
    for case in CASES {
        let reading = check(case.name, &case.input(), case.banner);
        same(&reading, &case.reading(), case.name);
    }
}

/// Whatever a case ends in, the next one is read as if it stood alone.
#[test]
fn any_two_cases_in_a_row() {
    for first in CASES.iter().filter(|case| !case.banner) {
        for second in CASES.iter().filter(|case| !case.banner) {
            let input = [first.input(), second.input()].concat();
            let (reading, error) = ami_testkit::decode(&[&input], ami_proto::Limits::new(), false);
            assert_eq!(error, None);
            same(&reading, &ami_testkit::oracle::read(&input, false), &format!("{} / {}", first.name, second.name));
        }
    }
}

/// A word that names a kind does so before a colon only.
#[test]
fn a_word_without_its_colon_is_text() {
    for words in ["Event", "Response", "Action", "ActionID\nEvent: x", "ActionID: 1\nEvent"] {
        for end in ["\n", "\r\n"] {
            let input = format!("{words}\nA: b\n\n").replace('\n', end);
            let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
            decoder.push(input.as_bytes());
            let frame = decoder.next_frame().expect("within the limits").expect("the whole of it");
            assert_eq!((frame.kind(), frame.name()), (FrameKind::Text, None), "{input:?}");
        }
    }
}

/// Every short string over the pieces that matter.
#[test]
fn short_strings_read_as_the_oracle_reads_them() {
    const PIECES: [&[u8]; 8] =
        [b"\r", b"\n", b":", b" ", b"x", b"Event:", b"ActionID:", b"Response:Follows\n--END COMMAND--"];
    for number in 0..8_usize.pow(5) {
        let input: Vec<u8> = (0..5).flat_map(|place| PIECES[(number >> (3 * place)) & 7]).copied().collect();
        for banner in [false, true] {
            let expected = ami_testkit::oracle::read(&input, banner);
            let pieces: Vec<&[u8]> = input.chunks(1).collect();
            for pieces in [&[&input[..]][..], &pieces] {
                let (reading, error) = ami_testkit::decode(pieces, ami_proto::Limits::new(), banner);
                assert_eq!(error, None);
                same(&reading, &expected, &input.escape_ascii().to_string());
            }
        }
    }
}

/// A caller may ask for every frame now and for some events then, with a frame half read.
#[test]
fn all_frames_and_wanted_ones_in_turn() {
    let stream = b"Event: Newchannel\r\nA: 1\r\nB: 2\r\nC: a value that makes it longer than a block of 64\r\n\r\n\
        Event: Hangup\r\nCause: 16\r\n\r\n";
    for first in 1..stream.len() {
        for second in first..stream.len() {
            for all in 0..8 {
                let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
                let mut seen = Vec::new();
                for (turn, piece) in
                    [&stream[..first], &stream[first..second], &stream[second..]].into_iter().enumerate()
                {
                    decoder.push(piece);
                    loop {
                        let frame = if all >> turn & 1 == 1 {
                            decoder.next_frame()
                        } else {
                            decoder.next_wanted(|name| name == "Hangup")
                        };
                        let Some(frame) = frame.expect("within the limits") else { break };
                        seen.push(
                            String::from_utf8_lossy(frame.as_bytes()).into_owned()
                                + &format!("{:?}", frame.get("Cause")),
                        );
                    }
                }
                assert_eq!(
                    seen.last().map(String::as_str),
                    Some("Event: Hangup\r\nCause: 16\r\n\r\nSome(\"16\")"),
                    "{first} {second} {all:03b}"
                );
                assert!(seen.len() <= 2 && (all != 7 || seen.len() == 2) && (all != 0 || seen.len() == 1));
            }
        }
    }
}
