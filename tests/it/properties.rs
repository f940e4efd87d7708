//! Invariants: any bytes give no panic and the same frames and errors in any pieces, by any kernel,
//! with a filter those that it lets through; what is written reads back as it was written.

use ami_proto::wire::FrameWriter;
use ami_proto::{Decoder, FrameKind, Framing, Limits};
use ami_testkit::invariants::Setup;
use ami_testkit::{covers, decode, oracle, same};
use proptest::prelude::*;

/// Bytes with the shapes of the protocol in them, or without any.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "\r\n", "\n", "\r\n\r\n", "\r", ":", ": ", "Response: Follows\r\n", "Response: Success\r\n", "Event: Hangup\r\n",
            "Event: Cdr\r\n", "Event: VarSet\nA: b\r\n\r\n", "event:Cel\r\n", "x\n",
            "ActionID: 1\r\n", "Action: Ping\r\n", "--END COMMAND--", "--END COMMAND--\r\n\r\n", "Privilege: Command\r\n", "text\n",
            "Asterisk Call Manager/5.0.1\r\n",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..100),
        1 => "[ -~]{0,90}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn cut(input: &[u8], sizes: &[usize]) -> Vec<Vec<u8>> {
    ami_testkit::splits::chunks(input, sizes).into_iter().map(<[u8]>::to_vec).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_in_any_pieces(input in stream(), sizes in prop::collection::vec(1..80_usize, 0..60), banner: bool) {
        let expected = oracle::read(&input, banner);
        let pieces = cut(&input, &sizes);
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        let (reading, error) = decode(&pieces, Limits::new(), banner);
        prop_assert_eq!(error, None);
        same(&reading, &expected, "in pieces");
        covers("any bytes", &input, &reading);
    }

    #[test]
    fn limits_hold_at_the_same_place_in_any_pieces(
        input in stream(),
        sizes in prop::collection::vec(1..80_usize, 0..60),
        (line, headers, frame) in (0..120_u32, 0..9_u32, 0..300_u32),
    ) {
        let limits = Limits::new().line(line).lines(headers).frame(frame);
        let whole = decode(&[&input], limits, true);
        let pieces = cut(&input, &sizes);
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(&decode(&pieces, limits, true), &whole);
        let bytes: Vec<&[u8]> = input.chunks(1).collect();
        prop_assert_eq!(&decode(&bytes, limits, true), &whole);
        let expected = oracle::read(&input, true);
        prop_assert!(expected.frames.starts_with(&whole.0.frames), "frames before a breach are kept, and are right");
        for frame in &whole.0.frames {
            prop_assert!(frame.len <= limits.max_frame() as usize || frame.kind == oracle::Kind::Banner);
        }
    }

    #[test]
    fn every_kernel_finds_the_same(setup: [u8; Setup::LEN], input in stream()) {
        ami_testkit::invariants::kernels(&[&setup[..], &input].concat());
    }

    #[test]
    fn a_filter_leaves_what_it_lets_through(setup: [u8; Setup::LEN], input in stream()) {
        ami_testkit::invariants::filtered(&[&setup[..], &input].concat());
    }

    #[test]
    fn written_is_read(
        kind in 0..3_usize,
        name in "[^\r\n\0]{0,20}",
        headers in prop::collection::vec(("[!-9;-~]{1}[ -9;-~]{0,10}[!-9;-~]{1}", prop::collection::vec(any::<u8>(), 0..40)), 0..20),
    ) {
        let mut out = b"before".to_vec();
        let begin = [FrameWriter::action, FrameWriter::response, FrameWriter::event][kind];
        let mut writer = begin(&mut out, name.as_bytes().to_vec());
        for (name, value) in &headers {
            writer = writer.header(name, value);
        }
        let refused = headers.iter().find(|(_, value)| value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
        match (writer.finish(), refused) {
            (Err(error), Some((name, _))) => {
                prop_assert_eq!(error.field(), name);
                prop_assert_eq!(out, b"before");
            }
            (Ok(()), None) => {
                let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
                decoder.push(&out[6..]);
                let frame = decoder.next_frame().expect("within limits").expect("whole");
                prop_assert_eq!(frame.kind(), [FrameKind::Action, FrameKind::Response, FrameKind::Event][kind]);
                prop_assert_eq!(frame.name().expect("it has one").as_bytes(), name.as_bytes());
                let read: Vec<(String, Vec<u8>)> = frame
                    .headers()
                    .skip(1)
                    .map(|header| (String::from_utf8_lossy(header.name()).into(), header.value().as_bytes().to_vec()))
                    .collect();
                prop_assert_eq!(read, headers);
                prop_assert_eq!(frame.as_bytes().len(), out.len() - 6);
            }
            (outcome, refused) => prop_assert!(false, "{outcome:?} although {refused:?}"),
        }
    }
}
