//! Invariant: a frame that is kept comes back from its JSON byte for byte, one with masked secrets
//! in its usual form; and no JSON gives a frame that no decoder would.

use ami_proto::redact::{WithSecrets, mask_line, mask_value};
use ami_proto::{Decoder, Frame, Framing, Limits, OwnedFrame};
use ami_testkit::corpus;
use ami_testkit::frame_json::frame_json;
use proptest::prelude::*;
use serde::de::DeserializeSeed;
use serde_json::{Value, from_str, from_value, json, to_string, to_value};

type Texts = Vec<Vec<u8>>;

/// Headers as name and value, and lines, as they may be shown.
fn texts(frame: Frame<'_>, masked: bool) -> (Texts, Texts) {
    let headers = frame.headers().flat_map(|header| {
        let value = if masked { mask_value(frame, header).into_owned() } else { header.value().as_bytes().to_vec() };
        [header.name().to_vec(), value]
    });
    let line = |line: ami_proto::Value<'_>| {
        if masked { mask_line(frame, line).into_owned() } else { line.as_bytes().to_vec() }
    };
    (headers.collect(), frame.lines().map(line).collect())
}

/// Holds a frame to its round trips; returns whether something of it was masked.
fn comes_back(frame: Frame<'_>) -> bool {
    let kept = frame.to_owned();
    let json = to_string(&WithSecrets(&kept)).unwrap();
    let back: OwnedFrame = from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(back, kept);
    let view = back.view();
    assert_eq!((view.offset(), view.kind(), view.name()), (frame.offset(), frame.kind(), frame.name()));
    assert_eq!(texts(view, false), texts(frame, false));
    assert_eq!(to_string(&WithSecrets(&back)).unwrap(), json);

    let json = to_string(&kept).unwrap();
    let masked: OwnedFrame = from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    let hidden = texts(frame, true) != texts(frame, false);
    assert_eq!(texts(masked.view(), false), texts(frame, true), "{json}");
    assert!(hidden || masked == kept);
    assert!(!hidden || to_value(&kept).unwrap().get("bytes").is_none());
    hidden
}

/// Returns whether a decoder gives this frame for its bytes, and nothing else.
fn is_decoded(frame: &OwnedFrame) -> bool {
    [true, false].into_iter().flat_map(|banner| [true, false].map(|follows| (banner, follows))).any(
        |(banner, follows)| {
            let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(banner).follows(follows));
            decoder.push(frame.view().as_bytes());
            let Ok(Some(found)) = decoder.next_frame() else { return false };
            let same = found.to_owned() == *frame && texts(found, false) == texts(frame.view(), false);
            same && decoder.pending().is_empty()
        },
    )
}

#[test]
fn frames_of_the_corpus_come_back() {
    let (mut frames, mut masked, mut with_bytes) = (0, 0, 0);
    for folder in ["frames", "events", "handmade", "sessions", "requests", "segments", "probes", "truncated"] {
        for (_, input) in corpus(folder) {
            let framing = if folder == "requests" { Framing::PLAIN } else { Framing::SERVER };
            let mut decoder = Decoder::new(Limits::new()).with_framing(framing);
            decoder.push(&input);
            while let Some(frame) = decoder.next_frame().expect("within limits") {
                frames += 1;
                masked += u32::from(comes_back(frame));
                with_bytes += u32::from(to_value(frame.to_owned()).unwrap().get("bytes").is_some());
            }
        }
    }
    assert!(frames > 10_000 && masked > 50, "{frames} frames, {masked} with something masked");
    // The usual form is the usual one.
    assert!(with_bytes > 10 && with_bytes < frames / 10, "{with_bytes} of {frames} frames with their bytes");
}

/// Bytes with the shapes of the protocol in them, secrets too.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "\r\n", "\n", "\r\n\r\n", "\r", ":", ": ", "Response: Follows\r\n", "Response: Success\r\n", "Event: Hangup\r\n",
            "Event: Cdr\r\n", "x\n", "ActionID: 1\r\n", "Action: Ping\r\n", "--END COMMAND--", "--END COMMAND--\r\n\r\n",
            "Privilege: Command\r\n", "text\n", "text\r\r\n", "Secret: s3cret\r\n", "Data: sip:u:pw@h\r\n", "A:b\r\n",
            "Event: sip:u:pw@h\r\n",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..30),
        1 => "[ -~]{0,30}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn any_frame_comes_back(mut input in stream(), banner: bool, follows: bool) {
        input.extend(b"\r\n\r\n");
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(banner).follows(follows));
        decoder.push(&input);
        while let Some(frame) = decoder.next_frame().expect("within limits") {
            comes_back(frame);
        }
    }

    #[test]
    fn any_object_is_refused_or_a_frame(
        mut input in stream(),
        kind in prop::sample::select(vec!["banner", "response", "event", "action", "text", "reply"]),
        (at, text) in (0..6_usize, "[ -~\r\n:]{0,12}"),
    ) {
        input.extend(b"\r\n\r\n");
        let mut decoder = Decoder::new(Limits::new());
        decoder.push(&input);
        while let Some(frame) = decoder.next_frame().expect("within limits") {
            let mut object = to_value(WithSecrets(&frame.to_owned())).unwrap();
            match at {
                0 => object["kind"] = kind.into(),
                1 => object["name"] = text.as_str().into(),
                2 => object["bytes"] = text.as_str().into(),
                3 => object["lines"].as_array_mut().unwrap().push(text.as_str().into()),
                4 => object["headers"].as_array_mut().unwrap().push(json!(["A", text])),
                _ => object["headers"].as_array_mut().unwrap().insert(0, json!([text, "b"])),
            }
            if let Ok(read) = from_value::<OwnedFrame>(object.clone()) {
                prop_assert!(is_decoded(&read), "{object} gave {}", read.view().as_bytes().escape_ascii());
                let again = to_value(WithSecrets(&read)).unwrap();
                for key in ["offset", "kind", "name", "headers", "lines"] {
                    prop_assert_eq!(&again[key], &object[key]);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// By a reader of its own and the grammar of frames, not only what is wrong with it.
    #[test]
    fn any_object_is_read_as_the_oracle_reads_it(choices in prop::collection::vec(any::<u8>(), 8..160)) {
        frame_json(&choices);
    }
}

fn refusal(object: Value) -> String {
    from_value::<OwnedFrame>(object).expect_err("refused").to_string()
}

#[test]
fn what_no_decoder_gives_is_refused_in_words() {
    let event = json!({"kind": "event", "headers": [["Event", "Hangup"], ["Cause", "16"]], "lines": ["odd"]});
    let with = |key: &str, value: Value| {
        let mut object = event.clone();
        object[key] = value;
        object
    };
    let frame: OwnedFrame = from_value(event.clone()).unwrap();
    assert_eq!(frame.view().as_bytes(), b"Event: Hangup\r\nCause: 16\r\nodd\r\n\r\n");
    assert_eq!(from_value::<OwnedFrame>(with("typed", json!({"type": "Hangup"}))).unwrap(), frame);
    assert_eq!(from_value::<OwnedFrame>(with("len", json!(7))).unwrap(), frame);

    let together = "no frame has such kind, name, headers, lines and bytes together";
    let hex = "bytes in hexadecimal are pairs of digits";
    for (object, words) in [
        (json!({}), "a frame without `kind`"),
        (json!([]), "invalid type: sequence, expected the object of a frame"),
        (with("kind", json!("reply")), "a kind is `banner`, `response`, `event`, `action` or `text`"),
        (with("kind", json!("action")), together),
        (with("kind", json!("text")), together),
        (with("name", json!("Newchannel")), together),
        (json!({"kind": "text", "name": "a", "lines": ["a"]}), together),
        (with("offset", json!(-1)), "invalid value: integer `-1`, expected u64"),
        (with("offset", json!(u64::MAX)), "an offset behind the end of any stream"),
        (with("headers", json!([["Event", "a\r\nAction: Originate"]])), "a header has no line feed"),
        (with("headers", json!([["Event: a", "b"]])), "the name of a header has no colon"),
        (with("headers", json!([["Event"]])), "a header is an array of a name and a value"),
        (with("headers", json!([["Event", "a", "b"]])), "a header is an array of a name and a value"),
        (
            with("headers", json!([["Event", 1]])),
            "invalid type: integer `1`, expected a string, or an object with `hex` alone",
        ),
        (with("headers", json!([["Event", {"hex": "0"}]])), hex),
        (with("headers", json!([["Event", {"hex": "zz"}]])), hex),
        (with("headers", json!([["Event", {"hex": "00", "text": ""}]])), "an object for bytes has `hex` alone"),
        (with("headers", json!([["Event", {}]])), "an object for bytes has `hex` alone"),
        (with("lines", json!(["a\nb"])), "a line has no line feed"),
        (with("lines", json!(["A: header"])), together),
        (with("lines", json!([""])), together),
        (with("bytes", json!("Event: Other\r\n\r\n")), together),
        (with("bytes", json!("Event: Hangup\nCause:16\nodd\n\nmore")), together),
        (with("bytes", json!("\r\nEvent: Hangup\nCause:16\nodd\n\n")), together),
        (with("bytes", json!("Event: Hangup\nCause:16\nodd\n")), together),
    ] {
        assert_eq!(refusal(object.clone()), words, "{object}");
    }
    let twice = from_str::<OwnedFrame>(r#"{"kind": "event", "kind": "event"}"#).expect_err("refused");
    assert!(twice.to_string().starts_with("duplicate field `kind`"), "{twice}");
    let other: OwnedFrame = from_value(with("bytes", json!("Event: Hangup\nCause:16\nodd\n\n"))).unwrap();
    assert_eq!(other.view().as_bytes(), b"Event: Hangup\nCause:16\nodd\n\n");
}

/// Each limit, at it and one beyond.
#[test]
fn each_limit_holds_for_frames_read_back() {
    let object = json!({"offset": 5, "kind": "event", "headers": [["Event", "A"], ["B", "c"]], "lines": ["d"]});
    let read = |limits: Limits| limits.deserialize(object.clone()).map_err(|error| error.to_string());
    let len = 21;
    let within = Limits::new().line(9).lines(3).frame(len);
    let frame = read(within).expect("within limits");
    assert_eq!((frame.view().offset(), frame.view().as_bytes().len()), (5, len as usize));
    for (limits, words) in [
        (within.line(8), "line longer than the limit of 8 bytes, at stream offset 13"),
        (within.lines(2), "frame with more than the limit of 2 lines, at stream offset 5"),
        (within.frame(len - 1), "frame longer than the limit of 20 bytes, at stream offset 25"),
        (within.buffer(3), "more than the limit of 3 bytes buffered, at stream offset 5"),
        (within.frame(3), "frame longer than the limit of 3 bytes, at stream offset 5"),
    ] {
        assert_eq!(read(limits), Err(words.into()));
    }
    let long = json!({"kind": "event", "headers": [["Event", "A"], ["B", "c".repeat(5 << 20)]]});
    assert_eq!(refusal(long.clone()), "frame longer than the limit of 4194304 bytes, at stream offset 0");
    let limits = Limits::new().line(8 << 20).frame(8 << 20);
    assert!(limits.deserialize(long).is_ok());
}

/// Secrets go into no key of the object.
#[test]
fn no_secret_is_in_a_masked_frame() {
    for input in [
        "Action: Login\nUsername: admin\nSecret: s3cret\n\n",
        "Action: Login\r\nSecret: s3cret\r\n\r\n",
        "Event: sip:u:s3cret@h\n\n",
        "Event: VarSet\nVariable: PIN\nValue: s3cret\nx\n\n",
        "Response: Follows\r\nActionID: sip:u:s3cret@h\r\nsip:u:s3cret@h--END COMMAND--\r\n\r\n",
    ] {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
        decoder.push(input.as_bytes());
        let frame = decoder.next_frame().unwrap().expect("a frame");
        for json in [to_string(&frame).unwrap(), to_string(&frame.to_owned()).unwrap()] {
            assert!(!json.contains("s3cret") && json.contains("***"), "{json}");
        }
        assert!(to_string(&WithSecrets(frame)).unwrap().contains("s3cret"));
        comes_back(frame);
    }
}
