//! `mxml` against `rawman`: the same requests were recorded both ways, so the frames have to be the
//! same but for what XML loses.

use std::path::Path;

use ami_proto::http::{Body, HttpError};
use ami_proto::response::{Command, GetConfig};
use ami_proto::{FrameKind, Limits};

use ami_testkit::heap::{allocations, held_by};

type Frame = (FrameKind, Vec<(String, Vec<u8>)>, Vec<Vec<u8>>);

/// What both ways have to agree on: names by their letters and digits, values without blanks around
/// them.
fn frames(mut body: Body<'_>) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let Some(frame) = body.next_frame().unwrap() {
        let headers = frame.headers().map(|header| {
            let name = String::from_utf8_lossy(header.name()).to_ascii_lowercase();
            let name = name.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '_' });
            (name.collect(), header.value().as_bytes().trim_ascii().to_vec())
        });
        let lines = frame.lines().map(|line| line.as_bytes().trim_ascii().to_vec());
        frames.push((frame.kind(), headers.collect(), lines.filter(|line| !line.is_empty()).collect()));
    }
    assert_eq!(body.finish(), None);
    frames
}

fn body_of(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    let split = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    bytes[split + 4..].to_vec()
}

fn corpus(name: &str) -> Vec<u8> {
    body_of(&ami_testkit::root().join("corpus/http").join(name))
}

/// Values that change from one request to the next.
fn without_times(mut frames: Vec<Frame>) -> Vec<Frame> {
    let changing = [
        "timestamp",
        "challenge",
        "eventtv",
        "sessiontv",
        "sessionid",
        "remoteaddress",
        "localaddress",
        "uptime",
        "lastreload",
    ];
    for (_, headers, _) in &mut frames {
        headers.retain(|(name, _)| !changing.contains(&name.as_str()));
    }
    frames
}

#[test]
fn the_frames_are_those_of_rawman() {
    let mut compared = 0;
    for entry in ami_testkit::root().join("corpus/http").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(rest) = name.strip_prefix("22_mxml_").filter(|name| name.ends_with(".response.http")) else {
            continue;
        };
        let raw = ami_testkit::root().join("corpus/http").join(format!("22_rawman_{rest}"));
        let (xml, raw) = (body_of(&path), body_of(&raw));
        let from_xml = frames(Body::mxml(&xml, Limits::new()).unwrap());
        let from_raw = frames(Body::rawman(&raw, Limits::new()));
        // Events differ: each way saw what the other had done.
        if !rest.starts_with("waitevent") {
            assert_eq!(without_times(from_xml), without_times(from_raw), "{name}");
            compared += 1;
        }
    }
    assert!(compared > 15, "{compared}");
}

#[test]
fn repeats_and_entities_come_back() {
    let xml = corpus("22_mxml_waitevent.response.http");
    let mut body = Body::mxml(&xml, Limits::new()).unwrap();
    let mut seen = false;
    while let Some(frame) = body.next_frame().unwrap() {
        if frame.get("k2").is_some() && frame.get_all("Event").count() == 2 {
            assert_eq!(frame.get("k2").unwrap(), r#"<xml & "q">"#);
            assert_eq!(frame.name().unwrap(), "UserEvent");
            assert_eq!(frame.get_all("Event").nth(1).unwrap(), "Fake");
            seen = true;
        }
    }
    assert!(seen);
}

/// The search for doubled attributes would be quadratic: they are read as headers that repeat.
#[test]
fn doubled_attributes_are_no_error() {
    let xml = b"<ajax-response><response type='object' id='unknown'><generic event='A' k='1' k='2' /></response></ajax-response>";
    let mut body = Body::mxml(xml, Limits::new()).unwrap();
    let frame = body.next_frame().unwrap().unwrap();
    let values: Vec<String> = frame.get_all("k").map(|value| value.to_string()).collect();
    assert_eq!(values, ["1", "2"]);
}

#[test]
fn known_names_get_their_dashes_back() {
    let xml = corpus("22_mxml_getconfig.response.http");
    let mut body = Body::mxml(&xml, Limits::new()).unwrap();
    let frame = body.next_frame().unwrap().unwrap();
    let config = GetConfig::from(frame);
    let categories: Vec<String> = config.categories().map(|category| category.name().to_string()).collect();
    assert_eq!(categories, ["general", "labq1", "labq2", "labq3", "stormq"]);
    assert_eq!(config.categories().nth(1).unwrap().lines().next().unwrap(), "strategy=ringall");

    let hangup = b"<ajax-response>\n<response type='object' id='unknown'><generic event='Hangup' cause='16' cause_txt='Normal Clearing' /></response>\n</ajax-response>";
    let mut body = Body::mxml(hangup, Limits::new()).unwrap();
    let event = ami_proto::event::Hangup::view(body.next_frame().unwrap().unwrap()).unwrap();
    assert_eq!(event.cause_txt().unwrap(), "Normal Clearing");
}

/// A name that gets its dash back costs a document no more allocations than one that needs none,
/// from the first on.
#[test]
fn a_name_costs_no_table() {
    let document = |name: &str| {
        format!(
            "<ajax-response>\n<response type='object' id='unknown'><generic event='Hangup' {name}='x' /></response>\n</ajax-response>"
        )
    };
    fn cost(xml: &str) -> (Body<'_>, u64, usize) {
        let before = allocations();
        let (body, held) = held_by(|| Body::mxml(xml.as_bytes(), Limits::new()).unwrap());
        (body, allocations() - before, held)
    }
    let (plain, dashed, numbered) = (document("cause99"), document("cause_txt"), document("category_000001"));
    let ((mut first, of_dashed, held_by_dashed), (_, of_plain, held_by_plain)) = (cost(&dashed), cost(&plain));
    assert_eq!(first.next_frame().unwrap().unwrap().as_bytes(), b"event: Hangup\r\nCause-txt: x\r\n\r\n");
    assert!(of_dashed <= of_plain, "{of_dashed} for {of_plain}");
    assert!(held_by_dashed <= held_by_plain + 64, "{held_by_dashed} for {held_by_plain}");
    // The name itself is made, of two or three pieces.
    let (_, of_numbered, _) = cost(&numbered);
    assert!(of_numbered <= of_plain + 3, "{of_numbered} for {of_plain}");
}

#[test]
fn command_output_up_to_13() {
    let xml = corpus("11_mxml_command_dialplan.response.http");
    let mut body = Body::mxml(&xml, Limits::new()).unwrap();
    let lines: Vec<String> =
        Command::from(body.next_frame().unwrap().unwrap()).lines().map(|line| line.to_string()).collect();
    assert_eq!(lines[0], "[ Context 'storm' created by 'pbx_config' ]");
    assert!(lines.len() > 10 && !lines.iter().any(|line| line.contains("END COMMAND")), "{lines:?}");
    assert!(body.next_frame().unwrap().is_none() && body.finish().is_none());

    let xml = corpus("11_mxml_command_version.response.http");
    let mut body = Body::mxml(&xml, Limits::new()).unwrap();
    assert_eq!(body.next_frame().unwrap().unwrap().lines().count(), 0);
}

#[test]
fn bytes_that_are_no_utf_8_stay() {
    let xml = b"<ajax-response><response type='object' id='unknown'><generic event='UserEvent' k='caf\xe9 &amp; \xff' /></response></ajax-response>";
    let mut body = Body::mxml(xml, Limits::new()).unwrap();
    assert_eq!(body.next_frame().unwrap().unwrap().get("k").unwrap().as_bytes(), b"caf\xe9 & \xff");
}

#[test]
fn what_is_no_mxml_is_refused() {
    for xml in [
        &b"<ajax-response><response><generic k='1' />"[..],
        b"<ajax-response><response><generic k='1' x></generic></response></ajax-response>",
        b"<ajax-response><response><generic k='a\r\nEvent: Fake' /></response></ajax-response>",
        b"<ajax-response><response><generic k='&#13;&#10;Event: Fake' /></response></ajax-response>",
        b"<ajax-response><response><generic k='&nosuch;' /></response></ajax-response>",
        b"Response: Success\r\n\r\n",
        b"</a>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><a/>",
    ] {
        assert!(matches!(Body::mxml(xml, Limits::new()), Err(HttpError::Xml { .. })), "{}", xml.escape_ascii());
    }
    let empty = Body::mxml(
        b"<ajax-response>\n<response type='object' id='unknown'></response>\n</ajax-response>\n",
        Limits::new(),
    );
    assert!(empty.unwrap().next_frame().unwrap().is_none());
}

/// Whatever a document is made of, what is read of it takes no more than twelve times its bytes.
#[test]
fn memory_is_bounded_by_the_document() {
    let many = |text: &str| text.repeat(16_385);
    for xml in [
        many("<a>"),
        format!("<a><r>{}</r></a>", many("<x b=''/>")),
        format!("<a><r><x {}/></r></a>", many("b='' ")),
        format!("<a><r><x b='{}'/></r></a>", many("&amp;")),
        format!("<a><r><x b='{}'/></r></a>", many("&lt;\u{e9}")),
        format!("<a><r><x {}/></r></a>", many("line_1_2='' ")),
        format!("<a><r><x opaque_data='{}'/></r></a>", many("a\n")),
    ] {
        let peak = ami_testkit::heap::peak(|| {
            let Ok(mut body) = Body::mxml(xml.as_bytes(), Limits::new()) else { return };
            while let Ok(Some(_)) = body.next_frame() {}
        });
        assert!(peak <= 12 * xml.len(), "{peak} for {} bytes: {:.40}", xml.len(), xml);
    }
}

/// An element in a frame is nothing that a server makes: what is nested is not followed into its
/// depth.
#[test]
fn nested_frames_are_refused() {
    for (xml, offset) in [
        ("<a><r><x><y/></x></r></a>", 9),
        ("<a><r><x><y></y></x></r></a>", 9),
        ("<a><r><x k='1'><y k='2'/></x></r></a>", 15),
    ] {
        assert_eq!(Body::mxml(xml.as_bytes(), Limits::new()).unwrap_err(), HttpError::Xml { offset }, "{xml}");
    }
    let deep = "<a>".repeat(100_000);
    assert_eq!(Body::mxml(deep.as_bytes(), Limits::new()).unwrap_err(), HttpError::Xml { offset: 9 });
    assert!(Body::mxml(b"<a><r><x k='1'></x></r></a>", Limits::new()).is_ok());
}

/// What a server said is of any length: the limits of a request are not its.
#[test]
fn long_values_and_many() {
    let long = "x".repeat(2000);
    let many: String = (0..300).map(|number| format!(" a{number}='{number}'")).collect();
    let xml = format!(
        "<ajax-response>\n<response type='object' id='unknown'><generic event='Hangup' cause='{long}'{many} /></response>\n</ajax-response>"
    );
    let mut body = Body::mxml(xml.as_bytes(), Limits::new()).unwrap();
    let frame = body.next_frame().unwrap().unwrap();
    assert_eq!(frame.get("Cause").unwrap(), long.as_str());
    assert_eq!((frame.headers().count(), frame.get("a299").unwrap()), (302, "299".into()));
}

/// Lines of output end as they may: the carriage return of a line end is no part of the line.
#[test]
fn lines_of_output_end_with_or_without_a_carriage_return() {
    let xml = "<ajax-response>\n<response type='object' id='unknown'><generic response='Success' \
               opaque_data='one&#13;&#10;two&#10;three&#13;&#10;' /></response>\n</ajax-response>";
    let mut body = Body::mxml(xml.as_bytes(), Limits::new()).unwrap();
    let frame = body.next_frame().unwrap().unwrap();
    let lines: Vec<_> = frame.lines().map(|line| line.to_string()).collect();
    assert_eq!(lines, ["one", "two", "three"]);
}
