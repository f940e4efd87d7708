//! Invariant: whatever real servers answered to a conference command reads into that command's
//! outcomes, with nothing unknown and nothing left over.

use ami_proto::Value;
use ami_proto::freeswitch::command::Name;
use ami_proto::freeswitch::reply::{Done, Outcome, Reply, ServerRefusal};
use ami_testkit::freeswitch::name;
use proptest::prelude::*;
use serde_json::Value as Json;

fn reply(name: Option<Name>, body: &[u8]) -> Reply<'_> {
    name.map_or(Reply::unnamed(body), |name| Reply::new(name, body))
}

/// Command and answer of each row of a file.
fn rows(text: &str) -> Vec<(String, String)> {
    let rows = text.lines().map(|line| serde_json::from_str::<Json>(line).expect("a row"));
    // Where the server died, or the row is another frame's, there is no answer.
    let answered =
        rows.filter(|row| row["head"].as_str().is_none_or(|head| head.starts_with("Content-Type: api/response")));
    let rows = answered.filter_map(|row| {
        let sent = row["sent"].as_str()?.split(['\n', '\r']).next()?.to_owned();
        let line = sent.strip_prefix("api ").or(sent.strip_prefix("bgapi ")).unwrap_or(&sent).trim_start().to_owned();
        let conference = line.get(..10).is_some_and(|word| word.eq_ignore_ascii_case("conference"));
        conference.then_some((line, row["body"].as_str()?.to_owned()))
    });
    rows.collect()
}

#[test]
fn every_recorded_answer() {
    for (version, least) in [("1.11.2", 300), ("1.10.12", 90), ("1.6.20", 300)] {
        let all: Vec<_> = ami_testkit::captures::replies(version).iter().flat_map(|text| rows(text)).collect();
        assert!(all.len() > least, "{version}: {}", all.len());
        let mut unknown = Vec::new();
        for (line, body) in &all {
            let reply = reply(name(line), body.as_bytes());
            for outcome in reply.outcomes() {
                if matches!(outcome, Outcome::Unknown(_) | Outcome::Done(Done::Other(_))) {
                    unknown.push(format!("{line}: {outcome:?}"));
                }
            }
            assert_eq!(reply.outcomes().next().is_none(), body.is_empty() || body == "-ERR no reply\n", "{line}");
        }
        assert_eq!(unknown, [""; 0], "{version}");
        println!("{version}: {} answers", all.len());
    }
}

/// Command, answer, and what it says; the answers are of both dialects.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_they_say() {
    use Outcome::{Refused, Skipped, Usage};
    type Case = (Name, &'static str, &'static [Outcome<'static>]);
    fn text(text: &'static str) -> Value<'static> {
        Value::new(text.as_bytes())
    }
    fn member(what: &'static str, member: u32) -> Outcome<'static> {
        Outcome::Done(Done::Member { what: text(what), member })
    }
    fn check(name: Name, body: &str, expected: &[Outcome<'_>]) {
        let outcomes: Vec<Outcome<'_>> = Reply::new(name, body.as_bytes()).outcomes().collect();
        assert_eq!(outcomes, expected, "{name}: {body:?}");
    }
    let empty: [Case; 3] =
        [(Name::Hup, "-ERR no reply\n", &[]), (Name::Get, "-ERR no reply\n", &[]), (Name::List, "", &[])];
    for (name, body, expected) in empty {
        check(name, body, expected);
    }
    check(
        Name::Mute,
        "+OK mute 4\nSkipping moderator (member id 1).\n-ERR Non-Existant member\n",
        &[member("mute", 4), Skipped { member: 1 }, Refused(ServerRefusal::NoMember { member: None })],
    );
    check(Name::Tmute, "OK unmute 2\nOK mute 1\n", &[member("unmute", 2), member("mute", 1)]);
    check(Name::VmuteSnap, "+OK vmute image snapped 1\n", &[member("vmute image snapped", 1)]);
    check(Name::Vmute, "-ERR member 1 is on hold\n", &[Refused(ServerRefusal::OnHold { member: 1 })]);
    check(Name::Mute, "mute <[member_id|all]>", &[Usage(text("mute <[member_id|all]>"))]);
    check(
        Name::Bgdial,
        "Bad Args\nkick <[member_id|all|last]> [<sound>]",
        &[
            Refused(ServerRefusal::Missing { text: text("Bad Args") }),
            Usage(text("kick <[member_id|all|last]> [<sound>]")),
        ],
    );
    check(
        Name::Mute,
        "Conference nosuch not found\n",
        &[Refused(ServerRefusal::NoConference { name: text("nosuch") })],
    );
    check(
        Name::SetVar,
        "Conference command 'setvar' not found.\n",
        &[Refused(ServerRefusal::NoCommand { name: text("setvar") })],
    );
    check(Name::Lock, "Conference command, not specified.\nTry 'help'\n", &[Refused(ServerRefusal::NoneGiven)]);
    check(Name::Mute, "-ERR conference Command not found!\n", &[Refused(ServerRefusal::NoModule)]);
    let level = |member, level| Outcome::Done(Done::Level { member, level });
    check(Name::Energy, "Energy 1 = -5\n", &[level(1, -5)]);
    check(
        Name::Energy,
        "Energy 1 = 300\nAuto-Energy level exceeded, Auto-Energy mode disabled\n",
        &[level(1, 300), Outcome::Done(Done::AutoEnergyOff)],
    );
    check(Name::VolumeIn, "Volume IN 2 = -4\n+OK Volume IN 1 = 4\n", &[level(2, -4), level(1, 4)]);
    check(
        Name::MaxEnergy,
        "1 = Max-Energy: 50 Energy: 1000 Max-Energy-Mute: 40ms Max-Energy-Hit-Trigger 2\n",
        &[Outcome::Done(Done::MaxEnergy { member: 1, energy: 50, max: 1000, mute: 40, trigger: 2 })],
    );
    check(
        Name::Position,
        "+OK Position 1 = 0.00:-1.00:0.50\n",
        &[Outcome::Done(Done::Position { member: 1, position: text("0.00:-1.00:0.50") })],
    );
    check(Name::Dtmf, "OK sent 1 to 2 to 3\n", &[Outcome::Done(Done::Sent { digits: text("1 to 2"), member: 3 })]);
    check(
        Name::Play,
        "(play) Playing file a to member b to member 1\n",
        &[Outcome::Done(Done::Playing { file: text("a to member b"), member: Some(1) })],
    );
    check(Name::Play, "-ERR (play) File: x not found.\n", &[Refused(ServerRefusal::NoFile { file: text("x") })]);
    check(
        Name::PlayStatus,
        "+OK 0/-1 %(3000,0,300)\n",
        &[Outcome::Done(Done::Status { position: 0, length: -1, file: text("%(3000,0,300)") })],
    );
    check(
        Name::Dial,
        "Call Requested: result: [USER_BUSY]\n",
        &[Outcome::Done(Done::Called { cause: text("USER_BUSY") })],
    );
    check(
        Name::Transfer,
        "OK Member '2' sent to conference y@wide.\nNo Member 99 in conference x.\n",
        &[
            Outcome::Done(Done::Transferred { member: 2, conference: text("y@wide") }),
            Refused(ServerRefusal::NoMember { member: Some(text("99")) }),
        ],
    );
    check(
        Name::Relate,
        "ok 1->2 nospeak|nohear set\n1 -> 2 NOSPEAK HEAR SENDVIDEO \nrelationship 9->1 not found.\n+OK relationship 1->2 cleared.\n",
        &[
            Outcome::Done(Done::Related { member: 1, other: 2, relation: text("nospeak|nohear") }),
            Outcome::Done(Done::Relation { member: 1, other: 2, speak: false, hear: true, video: true }),
            Refused(ServerRefusal::NoRelation { member: 9, other: 1 }),
            Outcome::Done(Done::Unrelated { member: 1, other: 2 }),
        ],
    );
    check(
        Name::VidFloor,
        "-ERR cannot set floor on a member in an active video role\n",
        &[Refused(ServerRefusal::Other { text: text("cannot set floor on a member in an active video role") })],
    );
    // The same without a mark.
    for (name, words) in [
        (Name::VidFloor, "cannot set floor on a member in an active video role"),
        (Name::VidRes, "Resolution not set"),
        (Name::VidLayout, "no layout for personal canvas"),
        (Name::VidBandwidth, "Bandwidth not set"),
    ] {
        check(name, &format!("{words}\n"), &[Refused(ServerRefusal::Other { text: text(words) })]);
    }
    check(
        Name::Floor,
        "ERR floor is held by 2\n+OK floor none\n",
        &[Refused(ServerRefusal::FloorHeld { member: 2 }), Outcome::Done(Done::Floor { member: None })],
    );
    check(
        Name::Record,
        "-ERR Invalid canvas\n+OK Record file a b canvas 1\n",
        &[
            Refused(ServerRefusal::Invalid { text: text("Invalid canvas") }),
            Outcome::Done(Done::Recording { file: text("a b"), canvas: Some(1), automatic: false }),
        ],
    );
    check(
        Name::NoRecord,
        "Stopped AUTO recording file f (Auto Recording Now Disabled)\nStopped recording 1 file\n",
        &[
            Outcome::Done(Done::RecordingStopped { file: text("f"), automatic: true }),
            Outcome::Done(Done::RecordingsStopped { files: 1 }),
        ],
    );
    check(
        Name::ExitSound,
        "Old exit sound: []\nOK g exit sound file set to f\n",
        &[
            Outcome::Done(Done::OldSound { file: text("") }),
            Outcome::Done(Done::SoundFile { conference: text("g"), file: text("f") }),
        ],
    );
    check(
        Name::Pin,
        "Pin for conference g set: 98765\n",
        &[Outcome::Done(Done::Pin { conference: text("g"), moderator: false })],
    );
    let id = "6d7ce9a5-5caf-4289-81f3-27e65f6dc7b1";
    let uuid = Outcome::Done(Done::Uuid(text(id)));
    check(
        Name::GetUuid,
        &format!("{id}_undef_{id}Skipping moderator (member id 1).\n"),
        &[uuid, Outcome::Done(Done::Uuid(text("_undef_"))), uuid, Skipped { member: 1 }],
    );
    // One byte that belongs to no id.
    for at in 0..id.len() {
        let odd = [&id[..at], "_", &id[at + 1..]].concat();
        check(Name::GetUuid, &odd, &[Outcome::Unknown(Value::new(odd.as_bytes()))]);
    }
    check(Name::GetUuid, &id[..35], &[Outcome::Unknown(text(&id[..35]))]);
    // A refusal has one line end, and nothing behind it.
    let refusal = "-ERR Conference x not found";
    check(Name::List, "-ERR Conference x not found\n", &[Refused(ServerRefusal::NoConference { name: text("x") })]);
    let more = "-ERR Conference x not found\n1";
    check(Name::List, more, &[Refused(ServerRefusal::NoConference { name: text("x") })]);
    let more = &more[5..];
    check(Name::List, more, &[Outcome::Done(Done::List(text(more)))]);
    // What says itself that it is one, known or not, is neither a list nor a value.
    for name in [Name::List, Name::XmlList, Name::JsonList, Name::Get, Name::Set, Name::GetVar, Name::Mute] {
        let other = ServerRefusal::Other { text: text("Command not found!") };
        check(name, "-ERR Command not found!\n", &[Refused(other)]);
        check(name, "-USAGE: <arguments>\n", &[Usage(text("<arguments>"))]);
    }
    check(Name::List, "-USAGE: <arguments>", &[Usage(text("<arguments>"))]);
    check(Name::GetVar, "-USAGE: a", &[Outcome::Done(Done::Value(text("-USAGE: a")))]);
    check(Name::GetVar, "-ERR a\nb\n", &[Outcome::Done(Done::Value(text("-ERR a\nb\n")))]);
    check(Name::List, refusal, &[Refused(ServerRefusal::NoConference { name: text("x") })]);
    let sound = |on| Outcome::Done(Done::Sound { conference: text("g"), on, file: text("a.wav") });
    for (word, on) in [("on", true), ("off", false)] {
        for name in [Name::EnterSound, Name::ExitSound] {
            let what = if name == Name::EnterSound { "enter" } else { "exit" };
            check(name, &format!("g {what} sounds {word} (a.wav)\n"), &[sound(on)]);
        }
    }
    // Values may be any text.
    for value in ["locked", "OK", "-ERR", "get", "a\nb\n", "Conference x not found"] {
        check(Name::GetVar, value, &[Outcome::Done(Done::Value(Value::new(value.as_bytes())))]);
    }
    check(Name::Get, "get <parameter-name>", &[Usage(text("get <parameter-name>"))]);
    check(Name::Count, "3", &[Outcome::Done(Done::Count { count: 3 })]);
    // Only by the command.
    check(Name::Mute, "Energy 1 = 3\n", &[Outcome::Unknown(text("Energy 1 = 3"))]);
    check(Name::Lock, "+OK mute 1\n", &[Outcome::Done(Done::Other(text("mute 1")))]);
}

/// The server prints a refusal of `relate` without a line end; what follows is another pair.
#[test]
fn a_refusal_without_a_line_end() {
    use Outcome::Refused;
    let video = |member| Refused(ServerRefusal::ReceivesVideo { member });
    let set = Outcome::Done(Done::Related { member: 1, other: 3, relation: "sendvideo".into() });
    for (text, expected) in [
        ("-ERR member 2 already receiving video+OK 1->3 sendvideo set\n", [video(2), set]),
        ("member 2 already receiving videook 1->3 sendvideo set\n", [video(2), set]),
        ("-ERR member 2 already receiving video-ERR member 3 already receiving video", [video(2), video(3)]),
        ("-ERR member 2 already receiving video\n+OK 1->3 sendvideo set\n", [video(2), set]),
    ] {
        let outcomes: Vec<_> = Reply::new(Name::Relate, text.as_bytes()).outcomes().collect();
        assert_eq!(outcomes, expected, "{text}");
    }
}

/// From 1.8 on the server marks what it has done as an error.
#[test]
fn a_group_of_personal_layouts_is_set() {
    for mark in ["", "-ERR "] {
        let text = format!("{mark}Change personal canvas to layout group [grid]\n");
        let reply = Reply::new(Name::VidLayout, text.as_bytes());
        let done = Done::Now { what: "personal layout group", value: "grid".into() };
        assert_eq!((reply.done(), reply.refusal()), (Some(done), None), "{text}");
    }
}

#[test]
fn pins_do_not_show() {
    let reply = Reply::new(Name::Pin, b"+OK Pin for conference g set: 98765\n");
    let shown = format!("{reply:?} {:?} {:?}", reply.outcomes(), reply.outcomes().collect::<Vec<_>>());
    assert!(!shown.contains("98765"), "{shown}");
}

proptest! {
    /// What the fuzz target holds, on answers that were cut, joined or changed a little.
    #[test]
    fn lists_in_pieces_break_no_invariant(name: u8, how: u8, pieces in prop::collection::vec(prop_oneof![
        Just(&b"+OK Conference a (1 member rate: 8000 flags: none)\n"[..]),
        Just(&b"1;null/m;1ba2e4d8-731b-496c-9471-d1a356b7406e;A;1;hear|speak;0;0;100\n"[..]),
        Just(&b"1ba2e4d8-731b-496c-9471-d1a356b7406e"[..]), Just(&b"7;a;b;"[..]), Just(&b";A;1;hear;0;0;100\n"[..]),
        Just(&b"7|a|b|c|d|hear|talking|1|2|3|4\n"[..]), Just(&b"hear"[..]), Just(&b";"[..]), Just(&b"100"[..]),
        Just(&b">,<"[..]), Just(&b"-1"[..]),
        Just(&b"1) A (1)\n"[..]), Just(&b"-ERR no reply"[..]), Just(&b"+OK "[..]), Just(&b"\n"[..]), Just(&b"|"[..]),
        Just(&b"[{\"members\":[{}]}]"[..]), Just(&b"<conferences><conference name='a'/></conferences>"[..]),
    ], 0..12)) {
        ami_testkit::freeswitch::fs_list(&[&[name, how][..], &pieces.concat()].concat());
    }

    /// Any bytes read to an end, line by line, and names don't change what a line says.
    #[test]
    fn any_text_is_read_to_its_end(number in 0..Name::ALL.len(), text in prop::collection::vec(any::<u8>(), 0..200), file in "[^\n]{1,40}") {
        let outcomes = Reply::new(Name::ALL[number], &text).outcomes().count();
        prop_assert!(outcomes <= text.len());
        let body = format!("+OK (play) Playing file {file} to member 7\n");
        let outcome = Reply::new(Name::Play, body.as_bytes()).done();
        prop_assert_eq!(outcome, Some(Done::Playing { file: Value::new(file.as_bytes()), member: Some(7) }));
    }
}
