//! What the benches and the comparison in `peers/` share: the stream that they read, what a program
//! that follows calls reads of each event, and the request that they write.

use ami_proto::Frame;
use ami_proto::action::Originate;
use ami_proto::event::Event;
use std::hint::black_box;
use std::time::Duration;

/// The path of 1 MB of events as Asterisk 22 sent them under load.
pub const STORM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../corpus/storm/22_storm.ami");

/// The variables of the request that encoders are measured with.
pub const VARIABLES: [(&str, &str); 5] = [
    ("CAMPAIGN", "autumn"),
    ("__TENANT", "blue"),
    ("ATTEMPT", "3"),
    ("CALLBACK", "https://host/hook?id=4711"),
    ("NOTE", "no comma here"),
];

/// Makes that request, with these variables.
#[inline]
pub fn originate(variables: [(&'static str, &'static str); 5]) -> Originate<'static> {
    let mut originate = Originate::new(black_box("PJSIP/alice"))
        .context("default")
        .exten("200")
        .priority(1_u32)
        .timeout(Duration::from_secs(30))
        .caller_id("Alice <100>")
        .asynchronous(true);
    for (name, value) in variables {
        originate = originate.variable(black_box(name), black_box(value));
    }
    originate
}

/// Reads four fields: who, where, which call, and what has happened.
#[inline]
pub fn read_fields(frame: Frame<'_>) {
    macro_rules! read {
        ($event:ident: $($field:ident)*) => {{ $(_ = black_box($event.$field());)* }};
    }
    match Event::from(frame) {
        Event::Cel(cel) => read!(cel: event_name channel unique_id linked_id),
        Event::Newexten(step) => read!(step: channel unique_id priority application),
        Event::VarSet(set) => read!(set: channel unique_id variable value),
        Event::DeviceStateChange(change) => read!(change: privilege event device state),
        Event::TestEvent(test) => read!(test: privilege event test_type state),
        Event::NewCallerId(new) => read!(new: channel unique_id caller_id_num cid_calling_pres),
        Event::Hangup(hangup) => read!(hangup: channel unique_id linked_id cause),
        Event::Cdr(cdr) => read!(cdr: channel unique_id duration disposition),
        Event::SoftHangupRequest(request) => read!(request: channel unique_id linked_id cause),
        Event::HangupRequest(request) => read!(request: channel unique_id linked_id cause),
        Event::NewConnectedLine(new) => read!(new: channel unique_id connected_line_num connected_line_name),
        Event::Newchannel(new) => read!(new: channel unique_id context exten),
        Event::Newstate(new) => read!(new: channel unique_id channel_state linked_id),
        Event::LocalBridge(bridge) => {
            let (one, two) = (bridge.local_one(), bridge.local_two());
            read!(one: channel unique_id);
            read!(two: channel unique_id);
        }
        Event::DialBegin(dial) => {
            let dest = dial.dest();
            read!(dial: channel unique_id);
            read!(dest: channel unique_id);
        }
        Event::DialEnd(dial) => {
            let dest = dial.dest();
            read!(dial: channel dial_status);
            read!(dest: channel unique_id);
        }
        Event::BridgeEnter(enter) => read!(enter: channel unique_id bridge_unique_id bridge_num_channels),
        Event::BridgeLeave(leave) => read!(leave: channel unique_id bridge_unique_id bridge_num_channels),
        other => {
            let common = other.common();
            read!(common: privilege event timestamp action_id);
        }
    }
}
