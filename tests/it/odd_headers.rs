//! Invariant: getters find what servers say under odd names: a channel's name with colons in a
//! header's name, one thing under each name that it has had, headers that only the servers' C code
//! has.

use ami_proto::catalogue::Datum;
use ami_proto::describe::{Content, describe};
use ami_proto::event::{Dial, Event, QueueMember, QueueMemberPause, QueueMemberPaused};
use ami_proto::response::SkinnyShowLine;
use ami_proto::value::{AgiResultCode, OriginateReason};
use ami_proto::{Decoder, Framing, Limits, OwnedFrame};

fn frames(input: &[u8]) -> Vec<OwnedFrame> {
    let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
    decoder.push(input);
    let next = || decoder.next_frame().expect("within the limits").map(|frame| frame.to_owned());
    std::iter::from_fn(next).collect()
}

fn file(name: &str) -> Vec<OwnedFrame> {
    let folder = name.split('/').next().expect("a folder");
    let (_, input) = ami_testkit::corpus(folder).into_iter().find(|(file, _)| file == name).expect(name);
    frames(&input)
}

fn frame(text: &str) -> OwnedFrame {
    frames(text.replace('\n', "\r\n").as_bytes()).pop().expect("a frame")
}

/// Channel and assignment of each variable that has its channel in its name.
fn keyed(frame: &OwnedFrame) -> Vec<(String, String)> {
    let variables = Event::from(frame.view()).common().keyed_chan_variable();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let pairs = variables.map(|(key, variable)| {
        let variable = variable.expect("an assignment");
        let key = key.text(0).expect("a key");
        (text(key.as_bytes()), format!("{}={}", text(variable.name()), text(variable.value())))
    });
    pairs.collect()
}

/// A real server's bytes.
#[test]
fn a_channel_with_a_colon_has_its_variable() {
    let frames = file("frames/chanvariable_colon_audiosocket_22.ami");
    let channel = "AudioSocket/127.0.0.1:49092-11111111-2222-3333-4444-555555555555";
    assert_eq!(keyed(&frames[0]), [(channel.to_owned(), "FOO=1".to_owned())]);
    let described = describe(frames[0].view()).expect("an event of the catalogue");
    assert_eq!(described.uncovered().count(), 0);
    let fields = described.fields();
    let (_, content) = fields.iter().find(|(key, _)| key == "keyed_chan_variable").expect("the variable");
    let name = format!("ChanVariable({channel})");
    assert_eq!(*content, Content::Named(vec![((&*name).into(), Datum::Text("FOO=1".into()))]));
}

#[test]
fn a_key_ends_at_its_parenthesis() {
    let keys: Vec<_> = file("handmade/chanvariable_odd_channels.ami").iter().map(keyed).collect();
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(key, variable)| ((*key).to_owned(), (*variable).to_owned())).collect()
    };
    assert_eq!(
        keys,
        [
            pairs(&[
                ("SIP/with-DASH-2-0000a194", "CDR(linkedid)=500.1"),
                ("SIP/with-DASH-2-0000a194", "CDR(dst)=5899"),
                ("Local/5842@from-queue-0000af99;1", "CDR(linkedid)=500.1"),
                ("Local/5842@from-queue-0000af99;1", "X=a: b"),
                ("Local/odd(ext):1@ctx-00000001;2", "Y=1"),
            ]),
            pairs(&[("Local/101@int-00000023;1", "CDR(dcontext)=int"), ("Local/101@int-00000023;1", "CDR(dst)="),]),
            pairs(&[
                ("IAX2/192.0.2.1:4569-1722", "NOTE=say \"a): b=c\""),
                ("IAX2/192.0.2.1:4569-1722", "EMPTY="),
                ("UnicastRTP/[2001:db8::5]:4000-0x55d0c0", "PATH=C:\\new"),
                ("Local/a=b@ctx:1-00000001;1", "A=1"),
            ]),
        ]
    );
}

/// Of the variables of several channels those of one, in the order of the frame.
#[test]
fn variables_of_one_channel() {
    let frame = frame(
        "Event: Bridge\nChanVariable(IAX2/192.0.2.1:4569-1): A=1\nChanVariable(IAX2/192.0.2.1:4569-10): A=2\n\
         ChanVariable(IAX2/192.0.2.1:4569-1): B\nChanVariable(IAX2/192.0.2.1:4569-1): B=3\n\n",
    );
    let variables = || Event::from(frame.view()).common().keyed_chan_variable();
    let own: Vec<_> = variables().of(b"IAX2/192.0.2.1:4569-1").map(|found| found.ok().map(|one| one.value())).collect();
    assert_eq!(own, [Some(&b"1"[..]), None, Some(b"3")]);
    assert_eq!(variables().of(b"IAX2/192.0.2.1").count(), 0);
}

/// Before and behind the blank that servers write there may be none; a line that has no key is no
/// variable.
#[test]
fn lines_that_are_no_keyed_variables() {
    let odd = "Event: Hangup\nChanVariable(a):B=1\nChanVariable(): C=1\nChanVariable(a: D=1\nChanVariable(a): E\n\n";
    let frame = frame(odd);
    let variables = Event::from(frame.view()).common().keyed_chan_variable();
    let told: Vec<_> = variables.map(|(key, variable)| (key.text(0).unwrap(), variable.is_ok())).collect();
    assert_eq!(told, [("a".into(), true), ("a".into(), false)]);
    let described = describe(frame.view()).unwrap();
    let uncovered: Vec<_> = described.uncovered().map(|name| name.to_str_lossy().into_owned()).collect();
    assert_eq!(uncovered, ["ChanVariable()", "ChanVariable(a"]);
    assert_eq!(described.invalid().map(|found| found.header.to_string()).collect::<Vec<_>>(), ["ChanVariable(a)"]);
}

#[test]
fn a_secret_is_masked_behind_a_colon_too() {
    let frame = frame("Event: Hangup\nChanVariable(IAX2/192.0.2.1:4569-1): SIP_PASSWORD=hush\n\n");
    assert!(!format!("{:?}", frame.view()).contains("hush"));
    let described = describe(frame.view()).unwrap();
    assert!(described.fields().iter().all(|(_, content)| !format!("{content:?}").contains("hush")));
}

/// What is escaped decodes; what is not has no way to.
#[test]
fn variables_with_and_without_escapes() {
    let frame = frame(
        "Event: Hangup\nChanVariable: FOO=C:\\\\new\nDestChanVariable: FOO=1\nChanVariable(SIP/1): FOO=C:\\new\n\n",
    );
    let Event::Hangup(hangup) = Event::from(frame.view()) else { panic!("{frame:?}") };
    let variable = hangup.chan_variable().next().unwrap().unwrap();
    assert_eq!((variable.name(), &*variable.value().decode()), (&b"FOO"[..], &br"C:\new"[..]));
    let (_, variable) = hangup.keyed_chan_variable().next().unwrap();
    assert_eq!(variable.unwrap().value(), br"C:\new");
}

#[test]
fn a_member_is_read_under_each_of_its_names() {
    let interface = |text: &str| {
        let frame = frame(text);
        let value = match Event::from(frame.view()) {
            Event::QueueMember(view) => view.interface(),
            Event::QueueMemberAdded(view) => view.interface(),
            Event::QueueMemberPaused(view) => view.interface(),
            Event::AgentConnect(view) => view.interface(),
            Event::AgentCalled(view) => view.interface(),
            other => panic!("{other:?}"),
        };
        value.expect("an interface").to_string()
    };
    for text in [
        "Event: QueueMember\nLocation: SIP/1\n\n",
        "Event: QueueMemberAdded\nLocation: SIP/1\n\n",
        "Event: QueueMemberAdded\nInterface: SIP/1\n\n",
        "Event: QueueMemberPaused\nLocation: SIP/1\n\n",
        "Event: AgentConnect\nMember: SIP/1\n\n",
        "Event: AgentConnect\nInterface: SIP/1\n\n",
        "Event: AgentCalled\nAgentCalled: SIP/1\n\n",
    ] {
        assert_eq!(interface(text), "SIP/1", "{text:?}");
    }
    for (text, reason) in [
        ("Event: QueueMemberPause\nPausedReason: lunch\nReason: lunch\n\n", "lunch"),
        ("Event: QueueMemberPause\nReason: lunch\n\n", "lunch"),
    ] {
        let frame = frame(text);
        assert_eq!(QueueMemberPause::view(frame.view()).unwrap().paused_reason().unwrap(), reason);
    }
    let paused = frame("Event: QueueMemberPaused\nReason: lunch\n\n");
    assert_eq!(QueueMemberPaused::view(paused.view()).unwrap().paused_reason().unwrap(), "lunch");
    for text in ["Event: QueueMember\nName: Ann\n\n", "Event: QueueMember\nMemberName: Ann\n\n"] {
        assert_eq!(QueueMember::view(frame(text).view()).unwrap().member_name().unwrap(), "Ann");
    }
}

#[test]
fn a_dial_of_1_4() {
    let frames = file("handmade/legacy_1_4_calls.ami");
    let dial = frames.iter().find_map(|frame| Dial::view(frame.view())).expect("a dial");
    assert_eq!(dial.channel().unwrap().as_bytes(), b"SIP/a-1");
    assert_eq!(dial.caller_id_num().unwrap().as_bytes(), b"100");
    assert_eq!(dial.unique_id().unwrap().as_bytes(), b"1700000000.1");
}

#[test]
fn agi_is_decoded_and_numbers_have_words() {
    let frames = file("handmade/asyncagi_encoded.ami");
    let texts: Vec<String> = frames
        .iter()
        .filter_map(|frame| match Event::from(frame.view()) {
            Event::AsyncAgi(view) => view.env().or(view.result()).ok().map(|text| text.to_string()),
            Event::AsyncAgiExec(view) => view.result().ok().map(|text| text.to_string()),
            Event::AgiExecEnd(view) => {
                assert_eq!(view.result_code(), Ok(AgiResultCode::SUCCESS));
                None
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let env = "agi_request: async\nagi_channel: SIP/a-00000001\nagi_callerid: unknown\n\n";
    assert_eq!(texts, ["$", env, "200 result=1 (caf\u{e9}%2)%"]);

    let frame = frame("Event: OriginateResponse\nReason: 5\n\n");
    let Event::OriginateResponse(response) = Event::from(frame.view()) else { panic!("{frame:?}") };
    assert_eq!(response.reason(), Ok(OriginateReason::BUSY));
}

/// It comes as a number, and is on or off.
#[test]
fn a_lamp_that_blinks() {
    for (number, blinks) in [("0", false), ("1", true)] {
        let frame = frame(&format!("Response: Success\nMWIblink: {number}\n\n"));
        assert_eq!(SkinnyShowLine::from(frame.view()).mwi_blink(), Ok(blinks));
    }
}
