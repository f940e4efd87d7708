//! Time and memory of calls and the mirror with a thousand, ten thousand and a hundred thousand
//! live channels, under the mix of events that a busy server sends.
//!
//! Half of the channels call, half are called. Calls end and others take their places, so that
//! their number stays: each event concerns one of many, and what it needs is rarely in a cache.
//! Limits are raised far above the defaults, which would not hold so many.

use crate::{shuffle, timed};
use ami_proto::calls::{CallLimits, Tracker};
use ami_proto::event::Event;
use ami_proto::state::{Mirror, MirrorLimits, Part};
use ami_proto::{Decoder, Framing, Limits, OwnedFrame};
use ami_testkit::heap::held_by;
use std::fmt::Write;
use std::time::Duration;

/// Events of a round, about.
const ROUND: usize = 12_000;
/// Calls whose events come mixed with one another.
const AT_ONCE: usize = 64;
const QUEUES: usize = 40;
const MEMBERS: usize = 25;

/// A call that goes on: its number, of which all its names are made.
type Number = usize;

/// Writes events of a server with so many calls.
struct Script {
    begun: Number,
    living: Vec<Number>,
}

/// The headers with which every event about a channel begins.
fn channel(prefix: &str, call: Number, callee: bool, state: &str) -> String {
    let id = 2 * call + usize::from(callee);
    let (number, other) = (1000 + id % 9000, 1000 + (id ^ 1) % 9000);
    format!(
        "{prefix}Channel: PJSIP/{number}-{id:08x}|{prefix}ChannelState: {state}|{prefix}ChannelStateDesc: Up|\
         {prefix}CallerIDNum: {number}|{prefix}CallerIDName: Person {number}|{prefix}ConnectedLineNum: {other}|\
         {prefix}ConnectedLineName: Person {other}|{prefix}Language: en|{prefix}AccountCode: acc{}|\
         {prefix}Context: from-internal|{prefix}Exten: {other}|{prefix}Priority: 1|\
         {prefix}Uniqueid: 1795224279.{id}|{prefix}Linkedid: 1795224279.{}",
        call % 50,
        2 * call
    )
}

fn event(name: &str, rest: &str) -> String {
    format!("Event: {name}|Privilege: call,all|{rest}||")
}

/// The events of a call up to the talk. One of four waits in a queue.
fn begins(call: Number) -> Vec<String> {
    let (caller, target) = (|state| channel("", call, false, state), |state| channel("", call, true, state));
    let dest = |state| channel("Dest", call, true, state);
    let bridge = format!(
        "BridgeUniqueid: 5a-{call:08x}|BridgeType: basic|BridgeTechnology: simple_bridge|BridgeCreator: <unknown>|\
         BridgeName: <unknown>|BridgeNumChannels: 2"
    );
    let queue = format!("Queue: q{}", call % QUEUES);
    let member = format!("Local/{}@agents", call % MEMBERS);
    let steps = |application: &str| {
        event("Newexten", &format!("{}|Extension: 200|Application: {application}|AppData: x", caller("4")))
    };
    let mut events = vec![
        event("Newchannel", &caller("4")),
        event("VarSet", &format!("{}|Variable: __TENANT|Value: blue", caller("4"))),
        steps("NoOp"),
        steps("Set"),
        event("VarSet", &format!("{}|Variable: CHANNEL(language)|Value: en", caller("4"))),
        event("Newstate", &caller("6")),
    ];
    if call % 4 == 0 {
        events.push(steps("Queue"));
        events.push(event("QueueCallerJoin", &format!("{}|{queue}|Position: 1|Count: 1", caller("6"))));
        events.push(event(
            "QueueMemberStatus",
            &format!("{queue}|MemberName: {member}|Interface: {member}|Status: 6|Paused: 0|CallsTaken: 3|InCall: 0"),
        ));
    } else {
        events.push(steps("Dial"));
    }
    events.extend([
        event("Newchannel", &target("0")),
        event("DialBegin", &format!("{}|{}|DialString: 200", caller("6"), dest("0"))),
        event("Newstate", &target("5")),
        event("NewConnectedLine", &target("5")),
        event("Newstate", &target("6")),
        event("DialEnd", &format!("{}|{}|DialStatus: ANSWER", caller("6"), dest("6"))),
        event("VarSet", &format!("{}|Variable: DIALSTATUS|Value: ANSWER", caller("6"))),
        event("BridgeCreate", &bridge),
        event("BridgeEnter", &format!("{bridge}|{}", target("6"))),
        event("BridgeEnter", &format!("{bridge}|{}", caller("6"))),
    ]);
    if call % 4 == 0 {
        events.push(event("QueueCallerLeave", &format!("{}|{queue}|Position: 1|Count: 0", caller("6"))));
        let answered = format!("{}|{queue}|Interface: {member}|MemberName: {member}|HoldTime: 3", caller("6"));
        events.push(event("AgentConnect", &answered));
    }
    events
}

/// The events of a call from the talk to the end.
fn ends(call: Number) -> Vec<String> {
    let (caller, target) = (|| channel("", call, false, "6"), || channel("", call, true, "6"));
    let bridge = format!("BridgeUniqueid: 5a-{call:08x}|BridgeType: basic|BridgeTechnology: simple_bridge");
    let mut events = Vec::new();
    if call % 5 == 0 {
        events.push(event("Hold", &target()));
        events.push(event("MusicOnHoldStart", &caller()));
        events.push(event("MusicOnHoldStop", &caller()));
        events.push(event("Unhold", &target()));
    }
    if call % 10 == 0 {
        let by = channel("Transferer", call, true, "6");
        let told = format!("Result: Success|{by}|{bridge}|IsExternal: No|Context: c|Extension: 300");
        events.push(event("BlindTransfer", &told));
    }
    events.push(event("BridgeLeave", &format!("{bridge}|{}", target())));
    events.push(event("BridgeLeave", &format!("{bridge}|{}", caller())));
    events.push(event("BridgeDestroy", &bridge));
    let hung_up = |who: String| {
        [event("HangupRequest", &who), event("Hangup", &format!("{who}|Cause: 16|Cause-txt: Normal Clearing"))]
    };
    events.extend(hung_up(target()));
    events.extend(hung_up(caller()));
    events
}

/// Mixes lists of events, each in its own order.
fn mixed(lists: Vec<Vec<String>>) -> String {
    let mut text = String::new();
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    while !lists.is_empty() {
        lists.retain_mut(|list| list.next().is_some_and(|event| write!(text, "{event}").is_ok()));
    }
    text.replace('|', "\r\n")
}

impl Script {
    const fn new() -> Self {
        Self { begun: 0, living: Vec::new() }
    }

    /// Begins so many calls, and returns their events.
    fn begin(&mut self, calls: usize) -> String {
        let new: Vec<Number> = (self.begun..self.begun + calls).collect();
        self.begun += calls;
        self.living.extend(&new);
        new.chunks(AT_ONCE).map(|calls| mixed(calls.iter().map(|call| begins(*call)).collect())).collect()
    }

    /// Ends calls, in no order, begins others, and returns their events.
    fn round(&mut self) -> String {
        shuffle(&mut self.living);
        let mut text = String::new();
        let mut events = 0;
        while events < ROUND {
            let old: Vec<Number> = self.living.drain(..AT_ONCE.min(self.living.len())).collect();
            let new: Vec<Number> = (self.begun..self.begun + old.len()).collect();
            self.begun += old.len();
            self.living.extend(&new);
            let lists = old.into_iter().map(ends).chain(new.into_iter().map(begins)).collect::<Vec<_>>();
            events += lists.iter().map(Vec::len).sum::<usize>();
            text += &mixed(lists);
        }
        text
    }
}

fn frames(text: &str) -> Vec<OwnedFrame> {
    let mut decoder = Decoder::new(Limits::new().buffer(1 << 30)).with_framing(Framing::PLAIN);
    decoder.push(text.as_bytes());
    let mut frames = Vec::new();
    while let Some(frame) = decoder.next_frame().expect("events") {
        frames.push(frame.to_owned());
    }
    frames
}

/// A tracker or a mirror that is full of live channels.
struct Live<T> {
    of: T,
    script: Script,
    bytes: usize,
    fastest: f64,
}

impl<T> Live<T> {
    fn new(channels: usize, of: T, mut handle: impl FnMut(&mut T, &Event<'_>)) -> Self {
        let mut script = Script::new();
        let mut of = Some(of);
        let mut bytes = 0;
        let mut left = channels / 2;
        while left > 0 {
            let calls = left.min(2048);
            left -= calls;
            let frames = frames(&script.begin(calls));
            let mut full = of.take().expect("put back");
            let (full, held) = held_by(|| {
                for frame in &frames {
                    handle(&mut full, &Event::from(frame.view()));
                }
                full
            });
            bytes += held;
            of = Some(full);
        }
        Self { of: of.expect("put back"), script, bytes, fastest: f64::INFINITY }
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers of events")]
    fn round(&mut self, mut handle: impl FnMut(&mut T, &Event<'_>)) {
        let frames = frames(&self.script.round());
        let (events, time) = timed(frames.len(), || {
            for frame in &frames {
                handle(&mut self.of, &Event::from(frame.view()));
            }
        });
        self.fastest = self.fastest.min(time.as_secs_f64() / events as f64);
    }
}

fn tell(tracker: &mut Tracker, event: &Event<'_>) {
    tracker.handle(event, Duration::from_secs(1));
    while tracker.poll_ended().is_some() {}
}

fn show(mirror: &mut Mirror, event: &Event<'_>) {
    let _ = mirror.handle(event);
}

fn mirror() -> Mirror {
    let mut mirror = Mirror::new(MirrorLimits::new().things(1 << 30).bytes(1 << 40));
    mirror.begin(Part::Queues);
    let mut text = String::new();
    for queue in 0..QUEUES {
        write!(text, "Event: QueueParams|Queue: q{queue}|Calls: 0|Completed: 0|Abandoned: 0||").expect("a text");
        for member in 0..MEMBERS {
            let name = format!("Local/{member}@agents");
            write!(text, "Event: QueueMember|Queue: q{queue}|Name: {name}|Location: {name}||").expect("a text");
        }
    }
    text += "Event: QueueStatusComplete||";
    for frame in frames(&text.replace('|', "\r\n")) {
        show(&mut mirror, &Event::from(frame.view()));
    }
    mirror
}

/// Prints the table; where nothing is measured, runs once with few.
pub(super) fn table(measured: bool) {
    let sizes: &[usize] = if measured { &[1000, 10_000, 100_000] } else { &[400] };
    let limits = CallLimits::new().calls(1 << 30).bytes(1 << 40);
    let mut trackers: Vec<_> = sizes.iter().map(|size| Live::new(*size, Tracker::new(limits), tell)).collect();
    let mut mirrors: Vec<_> = sizes.iter().map(|size| Live::new(*size, mirror(), show)).collect();
    for _ in 0..if measured { 12 } else { 1 } {
        for live in &mut trackers {
            live.round(tell);
        }
        for live in &mut mirrors {
            live.round(show);
        }
    }
    for (live, size) in trackers.iter().zip(sizes) {
        assert_eq!(live.of.active().map(|call| call.legs().len()).sum::<usize>(), *size, "{:?}", live.of.losses());
    }
    for (live, size) in mirrors.iter().zip(sizes) {
        assert_eq!((live.of.channels().len(), live.of.left_out()), (*size, 0));
    }
    if !measured {
        return;
    }
    println!("\nLive channels, two a call, each step ten times as many: CPU time of an event, the fastest of");
    println!("12 rounds in turn; bytes a channel. Limits are raised.\n");
    println!(
        "{:24} {:>10} {:>10} {:>10} {:>8} {:>8} {:>10}",
        "", "1,000", "10,000", "100,000", "ratio", "ratio", "bytes"
    );
    print("calls::Tracker", sizes, trackers.iter().map(|live| (live.fastest, live.bytes)));
    print("state::Mirror", sizes, mirrors.iter().map(|live| (live.fastest, live.bytes)));
}

fn print(name: &str, sizes: &[usize], found: impl Iterator<Item = (f64, usize)>) {
    let found: Vec<_> = found.collect();
    let times: Vec<f64> = found.iter().map(|(time, _)| *time).collect();
    print!("{name:24}");
    for time in &times {
        print!(" {:>10}", format!("{:.0} ns", time * 1e9));
    }
    for pair in times.windows(2) {
        print!(" {:>8.2}", pair[1] / pair[0]);
    }
    let bytes = found.last().zip(sizes.last()).map_or(0, |((_, bytes), size)| bytes / size);
    println!(" {bytes:>10}");
}
