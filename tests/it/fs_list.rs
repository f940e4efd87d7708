//! Invariant: a list that the server writes reads into what it was written from, whatever names
//! have in them, and every line of every recorded list is a conference or a member.

use ami_proto::freeswitch::command::Name;
use ami_proto::freeswitch::list::{Conference, Format, List, Member};
use ami_proto::freeswitch::reply::{Done, Reply};
use ami_testkit::heap::allocations;
use ami_testkit::heap::peak;
use proptest::prelude::*;

fn parse<'a>(text: &'a str, how: &Format<'_>) -> List<'a> {
    let list = List::parse(text.as_bytes(), how);
    assert!(list.unread.is_empty(), "{text}: {:?}", list.unread);
    list
}

fn flags(conference: &Conference<'_>) -> String {
    conference.flags.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")
}

fn row(member: &Member<'_>) -> String {
    let flags: Vec<String> = member.flags.iter().map(ToString::to_string).collect();
    let text = |text: &Option<_>| text.as_ref().map_or(String::new(), ToString::to_string);
    let number = |number: Option<i32>| number.map_or("-".to_owned(), |number| number.to_string());
    format!(
        "{} [{}] [{}] [{}] [{}] [{}] {} {} {} {}",
        member.id,
        text(&member.channel),
        text(&member.uuid).get(..4).unwrap_or_default(),
        member.caller_name,
        member.caller_number,
        flags.join("|"),
        number(member.volume_in),
        number(member.agc_volume_in),
        number(member.volume_out),
        number(member.energy),
    )
}

const ID: &str = "1ba2e4d8-731b-496c-9471-d1a356b7406e";

#[test]
fn reads_headers_of_conferences() {
    let cases = [
        (
            "+OK Conference essay (1 member rate: 8000 flags: running|answered)",
            "essay",
            1,
            Some(8000),
            "running|answered",
        ),
        (
            "Conference essay (6 members rate: 8000 locked flags: locked|running)",
            "essay",
            6,
            Some(8000),
            "locked|running",
        ),
        ("+OK Conference a (b) (0 members rate: 48000 flags: none)", "a (b)", 0, Some(48000), ""),
        ("Conference x (2 members)", "x", 2, None, ""),
        ("Conference x (2 members locked)", "x", 2, None, "locked"),
        ("+OK Conference  (1 member rate: 8000 flags: new_flag)", "", 1, Some(8000), "new_flag"),
    ];
    for (line, name, members, rate, expected) in cases {
        let list = parse(line, &Format::new());
        let [conference] = &list.conferences[..] else { panic!("{line}") };
        assert_eq!(conference.name.as_ref().expect("a name"), name);
        assert_eq!((conference.member_count, conference.rate), (Some(members), rate), "{line}");
        assert_eq!(flags(conference), expected);
    }
    for nothing in ["", "+OK No active conferences.\n", "No active conferences.\n", "-ERR no reply\n"] {
        assert_eq!(parse(nothing, &Format::new()), List::default());
    }
}

#[test]
fn reads_members_of_every_version() {
    let plain = Format::new();
    let cases = [
        (
            format!("7;null/m;{ID};Bob; Semi;1002;hear|speak;0;-1;100"),
            plain,
            "7 [null/m] [1ba2] [Bob; Semi] [1002] [hear|speak] 0 - -1 100",
        ),
        (format!("7;null/m;{ID};;;;0;0;100"), plain, "7 [null/m] [1ba2] [] [] [] 0 - 0 100"),
        (format!("7;null/m;{ID};A;1;hear;1;2;3;100"), plain, "7 [null/m] [1ba2] [A] [1] [hear] 1 2 3 100"),
        (format!("7;null/m;{ID};A;B;1;;1;2;3;100"), plain, "7 [null/m] [1ba2] [A;B] [1] [] 1 2 3 100"),
        (format!("7;sofia/a;b@c;{ID};A;1;hear;0;0;100"), plain, "7 [sofia/a;b@c] [1ba2] [A] [1] [hear] 0 - 0 100"),
        (
            format!("7>,<null/m>,<{ID}>,<x;y>,<tel:+49;ext=1>,<hear|speak>,<0>,<0>,<100"),
            plain.delimiter(">,<"),
            "7 [null/m] [1ba2] [x;y] [tel:+49;ext=1] [hear|speak] 0 - 0 100",
        ),
        (
            format!("7|null/m|{ID}|A|1001|hear|speak|floor|0|0|100"),
            plain.delimiter("|"),
            "7 [null/m] [1ba2] [A] [1001] [hear|speak|floor] 0 - 0 100",
        ),
        (format!("7|null/m|{ID}|A|1001||0|0|100"), plain.delimiter("|"), "7 [null/m] [1ba2] [A] [1001] [] 0 - 0 100"),
        // A number that is called like a flag, and a name with what stands between flags.
        (
            format!("7|null/m|{ID}|A|hear|speak|0|0|100"),
            plain.delimiter("|"),
            "7 [null/m] [1ba2] [A] [hear] [speak] 0 - 0 100",
        ),
        (
            format!("7|null/m|{ID}|A|B|1|hear|0|0|100"),
            plain.delimiter("|"),
            "7 [null/m] [1ba2] [A|B] [1] [hear] 0 - 0 100",
        ),
        // As long as a unique id, and its hyphens, but none: a part of the channel's name.
        (
            format!("7;a;zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz;{ID};A;1;hear;0;0;100"),
            plain,
            "7 [a;zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz] [1ba2] [A] [1] [hear] 0 - 0 100",
        ),
        ("7) a (b) (10 10)".to_owned(), plain, "7 [] [] [a (b)] [10 10] [] - - - -"),
        ("7)  ()".to_owned(), plain, "7 [] [] [] [] [] - - - -"),
    ];
    for (line, how, expected) in cases {
        let list = parse(&line, &how);
        assert_eq!(list.conferences[0].name, None);
        assert_eq!(row(&list.conferences[0].members[0]), expected, "{line}");
    }
    for lost in ["7", "bogus", "7;null/m", "x;null/m;u;n;1;;0;0;100", "Conference x", "Conference x (no members)"] {
        assert_eq!(List::parse(lost.as_bytes(), &plain).unread, [lost]);
    }
}

/// What FreeSWITCH 1.6.20 and 1.11.2 answered: each list says how many members it has, but for
/// ghosts.
#[test]
fn every_recorded_list() {
    let mut lists = [0; 3];
    for version in ["1.11.2", "1.6.20"] {
        for text in ami_testkit::captures::replies(version) {
            for line in text.lines() {
                let row: serde_json::Value = serde_json::from_str(line).expect("a row");
                let (Some(sent), Some(body)) = (row["sent"].as_str(), row["body"].as_str()) else { continue };
                let line = sent.split(['\n', '\r']).next().unwrap_or_default();
                let line = line.trim_start_matches("api ").trim_start_matches("bgapi ");
                let Some(name) = ami_testkit::freeswitch::name(line) else { continue };
                if let Some(Done::List(list)) = Reply::new(name, body.as_bytes()).done() {
                    check(name, line, list.as_str().expect("text"), &mut lists);
                }
            }
        }
    }
    assert!(lists.iter().zip([119, 12, 15]).all(|(seen, least)| *seen >= least), "{lists:?}");
    println!("{lists:?} lists as text, JSON and XML");
}

fn check(name: Name, sent: &str, body: &str, lists: &mut [usize; 3]) {
    match name {
        Name::JsonList => {
            lists[1] += 1;
            complete(&List::from_json(body).expect("a list"), sent);
        }
        Name::XmlList => {
            lists[2] += 1;
            complete(&List::from_xml(body.as_bytes()).expect("a list"), sent);
        }
        _ => {
            lists[0] += 1;
            let words = ami_testkit::freeswitch::split(sent.split_once(' ').expect("a command").1);
            let at =
                words.iter().position(|word| word == "delim").filter(|_| words.iter().all(|word| word != "pretty"));
            let delimiter = at.and_then(|at| words.get(at + 1)).map_or(";", |word| match word.as_str() {
                "\"" => ";",
                word => word.strip_prefix('"').map_or(word, |word| word.split('"').next().unwrap_or_default()),
            });
            // Columns that nothing stands between, or line ends.
            if delimiter.is_empty() || delimiter == "\n" {
                return;
            }
            let list = parse(body, &Format::new().delimiter(delimiter));
            if !sent.contains("summary") {
                complete(&list, sent);
            }
        }
    }
}

fn complete(list: &List<'_>, sent: &str) {
    for conference in &list.conferences {
        let ghosts = conference.members.iter().filter(|member| member.has("ghost")).count();
        // JSON says how many ghosts there are, but not who.
        let ghosts = conference.ghost_count.unwrap_or(u32::try_from(ghosts).expect("few"));
        let members = u32::try_from(conference.members.len()).expect("few") - ghosts;
        // For people no flags are shown.
        let shown = conference.members.iter().all(|member| member.energy.is_some());
        assert!(conference.member_count.is_none_or(|count| count == members || !shown), "{sent}: {conference:?}");
        assert!(conference.members.iter().all(|member| member.id > 0), "{sent}");
    }
}

/// The three forms say the same of the same conference.
#[test]
fn three_forms_read_as_one_shape() {
    let json = r#"[{"conference_name":"q\"q","member_count":1,"ghost_count":0,"rate":8000,"run_time":8,"conference_uuid":"u","canvas_count":0,
        "locked":false,"recording":true,"variables":{"myvar":"a <b>"},"members":[{"type":"recording_node","record_path":"/r.wav","status":"paused","join_time":1795224591},
        {},{"type":"caller","id":5,"flags":{"can_hear":true,"can_see":false,"can_speak":true,"is_moderator":true,"pass_digits":true},
        "uuid":"v","caller_id_name":"In q\"q","caller_id_number":"55","join_time":8,"last_talking":0,"energy":100,"volume_in":-1,"volume_out":0,"output-volume":2}]}]"#;
    let list = List::from_json(json).expect("a list");
    let conference = &list.conferences[0];
    assert_eq!(conference.name.as_ref().expect("a name"), "q\"q");
    assert_eq!((conference.member_count, conference.rate, conference.run_time), (Some(1), Some(8000), Some(8)));
    assert_eq!(flags(conference), "recording");
    assert_eq!(conference.variables[0].1, "a <b>");
    assert_eq!(conference.other[0].0, "canvas_count");
    assert!(conference.recordings[0].paused && conference.recordings[0].file == "/r.wav");
    assert_eq!(conference.recordings[0].since, Some(1_795_224_591));
    let member = &conference.members[0];
    assert_eq!(row(member), "5 [] [] [In q\"q] [55] [hear|speak|moderator|pass_digits] -1 - 0 100");
    assert_eq!((member.join_time, member.last_talking, conference.members.len()), (Some(8), Some(0), 1));
    assert_eq!(member.other[0].0, "output-volume");
    for none in [r#"[{}]"#, r#"[{"error":"not found"}]"#, r#"[{"conference_name":"a"},{"members":[]}]"#] {
        assert!(List::from_json(none).is_err(), "{none}");
    }
    assert_eq!(List::from_json("[]"), Ok(List::default()));
    assert!(List::from_json("{}").is_err() && List::from_json("[1]").is_err() && List::from_json("[{]").is_err());

    {
        let xml = r#"<?xml version="1.0"?>
<conferences>
  <conference name="q&quot;q" member-count="1" ghost-count="0" rate="8000" uuid="u" recording="true" canvas_count="0" run_time="8">
    <variables><variable name="myvar" value="a &lt;b&gt;"></variable></variables>
    <members>
      <member type="recording_node"><record_path status="paused">/r.wav</record_path><join_time type="UNIX-epoch">1795224591</join_time></member>
      <member type="caller"><id>5</id><flags><can_hear>true</can_hear><can_see>false</can_see><can_speak>true</can_speak>
        <is_moderator>true</is_moderator><pass_digits>true</pass_digits></flags><uuid>v</uuid><caller_id_name>In%20q%22q</caller_id_name>
        <caller_id_number>55</caller_id_number><join_time>8</join_time><last_talking>N/A</last_talking><energy>100</energy>
        <volume_in>-1</volume_in><volume_out>0</volume_out><output-volume>2</output-volume></member>
    </members>
  </conference>
</conferences>
"#;
        let mut read = List::from_xml(xml.as_bytes()).expect("a list");
        assert_eq!(read.conferences[0].members[0].last_talking, None);
        read.conferences[0].members[0].last_talking = Some(0);
        assert_eq!(read, list);
        for broken in [
            "",
            "<a/>",
            "<conferences>",
            "<conferences></b>",
            "<conferences><conference name=x/></conferences>",
            "<conferences><error>not found</error></conferences>",
            "<conferences><conference/></conferences>",
        ] {
            assert!(List::from_xml(broken.as_bytes()).is_err(), "{broken}");
        }
        // What stands in another place is not of the list.
        let odd = "<conferences><note name='n'/><conference name='a'><note><member/></note><members><note/><member/></members>\
            <variable name='x'/><variables><note name='y'/><variable name='z' value='1'/></variables></conference></conferences>";
        let read = List::from_xml(odd.as_bytes()).expect("a list");
        assert_eq!(read.conferences.len(), 1);
        assert_eq!((read.conferences[0].members.len(), read.conferences[0].variables.len()), (1, 1));
        let name = |text: &str| {
            let text = format!(
                "<conferences><conference><members><member><caller_id_name>{text}</caller_id_name>\
                 <note><caller_id_name>no</caller_id_name></note></member></members></conference></conferences>"
            );
            let read = List::from_xml(text.as_bytes()).expect("a list");
            read.conferences[0].members[0].caller_name.to_string()
        };
        assert_eq!(name("a&amp;b&#65;&lt;<![CDATA[c]]> %41%4"), "a&bA<c A%4");
        assert_eq!(name("a&x;"), "a&x;");
        assert_eq!(List::from_xml(b"<?xml version=\"1.0\"?>\n<conferences></conferences>\n"), Ok(List::default()));
    }
}

/// A line as the server writes it.
fn written(id: u32, name: &str, number: &str, flags: &str, delimiter: &str, old: bool) -> String {
    let agc = if old { format!("3{delimiter}") } else { String::new() };
    format!(
        "{id}{delimiter}sofia/x@y{delimiter}{ID}{delimiter}{name}{delimiter}{number}{delimiter}{flags}{delimiter}-4{delimiter}{agc}4{delimiter}300\n"
    )
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(";".to_owned()),
        Just("|".to_owned()),
        Just(">,<".to_owned()),
        Just("\"".to_owned()),
        Just("%20".to_owned()),
        Just(") (".to_owned()),
        Just("hear".to_owned()),
        Just(format!(";{ID};")),
        Just("0;0;100".to_owned()),
        Just("\u{1f600}".to_owned()),
        Just("x".repeat(10_000)),
        "[^\n;|,<>]{0,8}",
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// What the server writes of members reads into the same, and no name shifts a column.
    #[test]
    fn written_then_read(
        names in prop::collection::vec((1..u32::MAX, hostile(), "[0-9+ ]{0,6}"), 0..4),
        talking: bool,
        old: bool,
        delimiter in prop::sample::select(vec![";", ">,<", ",", " , ", "\t"]),
    ) {
        // What the delimiter is within is the server's to avoid; flags and numbers here have none.
        let flags = if talking { "hear|speak|talking" } else { "" };
        let rows: String = names.iter().map(|(id, name, number)| written(*id, name, number.trim(), flags, delimiter, old)).collect();
        let body = format!("+OK Conference a (b (2 members rate: 8000 flags: none)\n{rows}");
        let list = List::parse(body.as_bytes(), &Format::new().delimiter(delimiter));
        prop_assert!(list.unread.is_empty());
        let members = &list.conferences[0].members;
        prop_assert_eq!(members.len(), names.len());
        for (member, (id, name, number)) in members.iter().zip(&names) {
            prop_assert_eq!(member.id, *id);
            prop_assert_eq!(member.caller_name.as_bytes(), name.as_bytes());
            prop_assert_eq!(member.caller_number.as_bytes(), number.trim().as_bytes());
            prop_assert_eq!(member.has("talking"), talking);
            prop_assert_eq!((member.volume_in, member.volume_out, member.energy), (Some(-4), Some(4), Some(300)));
            prop_assert_eq!(member.agc_volume_in, old.then_some(3));
        }
    }

    /// Every line of any text is a conference, a member, or unread.
    #[test]
    fn nothing_is_lost(text in "[0-9a-c;|() \n]{0,80}", delimiter in prop::sample::select(vec![";", "|", "", "0"])) {
        let list = List::parse(text.as_bytes(), &Format::new().delimiter(delimiter));
        let members: usize = list.conferences.iter().map(|conference| conference.members.len()).sum();
        let named = list.conferences.iter().filter(|conference| conference.name.is_some()).count();
        prop_assert_eq!(members + named + list.unread.len(), text.split('\n').filter(|line| !line.is_empty()).count());
    }
}

/// A text of so many parts is read, one of one more is not, and neither takes much more memory than
/// is told.
#[test]
fn no_more_parts_than_the_limit() {
    let json = |members: usize| format!(r#"[{{"members":[{}{{"id":1}}]}}]"#, r#"{"id":1},"#.repeat(members - 1));
    // The outer array, its object, the array in it; two a member, with what stands between.
    let read = |members: usize, parts: usize| {
        List::from_json_within(&json(members), parts)
            .map(|list| list.conferences.iter().map(|conference| conference.members.len()).sum::<usize>())
    };
    assert_eq!(read(100, 3 + 199), Ok(100));
    let error = read(101, 3 + 199).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a list of conferences with more than 202 objects, arrays and values in them, at line 1 column 913"
    );
    // Quoted text has no parts, and lines are counted.
    assert!(List::from_json_within(r#"[{"conference_name":"\"[,,{,,"}]"#, 2).is_ok());
    let two = r#"[{"conference_name":"\\","b":[1,2]},{"conference_name":"a"}]"#;
    for (text, parts) in [("[]", 1), (r#"[{"conference_name":"a"}]"#, 2), (two, 7)] {
        assert!(
            List::from_json_within(text, parts).is_ok() && List::from_json_within(text, parts - 1).is_err(),
            "{text}"
        );
    }
    let error = List::from_json_within("[\n{\n  \"a\":1,\"b\":2}]", 2).unwrap_err().to_string();
    assert!(error.ends_with("at line 3 column 8"), "{error}");
    // The default.
    let most = (List::PARTS - 3) / 2;
    assert!(List::from_json(&json(most)).is_ok() && List::from_json(&json(most + 2)).is_err());
    // Empty members are the shortest.
    let text = format!(r#"[{{"members":[{}{{}}]}}]"#, "{},".repeat(4 << 20));
    let most = peak(|| assert!(List::from_json(&text).is_err()));
    assert!(most < 4096, "{most}");
    let text = format!("[{}1]", "1,".repeat(4 << 20));
    assert!(List::from_json(&text).is_err());
    let text = format!(r#"[{{"conference_name":"a","members":[{}1]}}]"#, "1,".repeat(List::PARTS - 4));
    let most = peak(|| assert!(List::from_json(&text).is_ok()));
    assert!(most < 300 * List::PARTS, "{most}");
}

/// The same for XML.
#[test]
fn no_more_elements_than_the_limit() {
    let whole = |inside: &str| {
        format!("<conferences><conference name='a'><members>{inside}</members></conference></conferences>")
    };
    let members = |members: usize| whole(&"<member type='caller'/>".repeat(members));
    let read = |text: &str, parts: usize| {
        List::from_xml_within(text.as_bytes(), parts).map(|list| list.conferences[0].members.len())
    };
    assert_eq!(read(&members(100), 4 + 200), Ok(100));
    let error = read(&members(101), 4 + 200).unwrap_err();
    assert_eq!(error.offset(), 43 + 100 * 23);
    assert_eq!(error.to_string(), "a list of conferences with more than 204 elements and attributes, at byte 2343");
    let most = (List::PARTS - 4) / 2;
    assert!(List::from_xml(members(most).as_bytes()).is_ok() && List::from_xml(members(most + 1).as_bytes()).is_err());
    // Those that take the most memory for their text: many members, and elements within elements.
    let shortest = [
        whole(&"<member/>".repeat(List::PARTS - 4)),
        whole(&["<a>".repeat(List::PARTS - 4), "</a>".repeat(List::PARTS - 4)].concat()),
    ];
    for text in shortest {
        let most = peak(|| assert!(List::from_xml(text.as_bytes()).is_ok()));
        assert!(most < 2 * 300 * List::PARTS, "{most}");
        let text = text.replacen("<members>", "<members><a></a>", 1);
        assert!(List::from_xml(text.as_bytes()).is_err());
    }
}

/// Each attribute is compared with those before it, so there must not be many: no path is
/// quadratic.
#[test]
fn no_more_attributes_than_an_element_has() {
    let text = |attributes: usize| {
        let attributes: String = (1..attributes).map(|at| format!(" a{at}='true'")).collect();
        format!("<conferences><conference name='a'{attributes}/></conferences>")
    };
    let list = List::from_xml(text(256).as_bytes()).unwrap();
    assert_eq!(list.conferences[0].flags.len(), 255);
    let error = List::from_xml(text(257).as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "an element with more than 256 attributes, at byte 13");
    // However many there are, no more are read.
    let [few, many] = [300, 30_000].map(|attributes| {
        let text = text(attributes);
        let before = allocations();
        assert!(List::from_xml(text.as_bytes()).is_err());
        allocations() - before
    });
    assert_eq!(few, many);
    for doubled in
        ["<conferences><conference a='1' a='2'/></conferences>", "<conferences><conference a/></conferences>"]
    {
        let error = List::from_xml(doubled.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "no list of conferences in XML, at byte 13");
    }
}

/// A `%` that two hexadecimal digits don't follow stands for itself, and nothing behind it is lost.
#[test]
fn a_percent_sign_without_digits_is_itself() {
    for (written, expected) in [("%20", " "), ("%zz1", "%zz1"), ("%2", "%2"), ("%", "%"), ("%%41%4", "%A%4")] {
        let text = format!(
            "<conferences><conference name='%41'><members><member><caller_id_name>{written}</caller_id_name></member></members></conference></conferences>"
        );
        let list = List::from_xml(text.as_bytes()).unwrap();
        assert_eq!(list.conferences[0].members[0].caller_name, expected);
        assert_eq!(list.conferences[0].name.as_ref().unwrap(), "%41", "an attribute is not encoded");
    }
}
