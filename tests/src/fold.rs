//! What must hold for any events that calls and the mirror are folded from: the body of the fuzz
//! target `fold`, and what its checks are for the tests of both. With room for everything, calls
//! are exactly what the model in `fold_calls` has; what a mirror has to be is in `pbx`.

use super::fold_calls::MCalls;
use ami_proto::calls::{Call, CallLimits, EventClock, Leg, Tracker};
use ami_proto::event::Event;
use ami_proto::state::{Completeness, Mirror, MirrorLimits, Part, Stale};
use ami_proto::{Decoder, Framing, Limits};
use arbitrary::{Arbitrary, Unstructured};
use std::collections::BTreeSet;
use std::time::Duration;

/// One thing that happens.
#[derive(Arbitrary, Debug)]
enum Op<'a> {
    /// An event of a channel and its call, with more headers.
    Event {
        name: u8,
        id: u8,
        linked: u8,
        headers: [(u8, u8); 3],
        more: bool,
    },
    /// An event with the headers that servers send, of few channels.
    Real(u8, [u8; 4]),
    /// Any headers.
    Raw(u8, &'a [u8]),
    /// The end of a list, with the number of items that came or with another.
    End {
        part: u8,
        wrong: bool,
        how: u8,
    },
    Begin(u8),
    Lost,
    Poll(u8),
    Abandon,
    Time(u16),
}

const NAMES: [&str; 50] = [
    "Newchannel",
    "Newstate",
    "Hangup",
    "Rename",
    "Hold",
    "Unhold",
    "DialBegin",
    "DialState",
    "DialEnd",
    "Dial",
    "Bridge",
    "Link",
    "Unlink",
    "BridgeCreate",
    "BridgeDestroy",
    "BridgeEnter",
    "BridgeLeave",
    "BridgeListItem",
    "BridgeInfoChannel",
    "BridgeInfoComplete",
    "LocalBridge",
    "Masquerade",
    "Transfer",
    "BlindTransfer",
    "AttendedTransfer",
    "QueueCallerJoin",
    "Join",
    "QueueCallerLeave",
    "Leave",
    "QueueCallerAbandon",
    "QueueParams",
    "QueueMember",
    "QueueEntry",
    "QueueMemberAdded",
    "QueueMemberRemoved",
    "QueueMemberPause",
    "QueueMemberStatus",
    "AgentConnect",
    "ParkedCall",
    "UnParkedCall",
    "ParkedCallTimeOut",
    "ParkedCallGiveUp",
    "CoreShowChannel",
    "Status",
    "Newexten",
    "NewCallerid",
    "NewConnectedLine",
    "Shutdown",
    "VarSet",
    "FullyBooted",
];

const HEADERS: [&str; 48] = [
    "Uniqueid",
    "Linkedid",
    "DestUniqueid",
    "DestLinkedid",
    "Uniqueid1",
    "Uniqueid2",
    "BridgeUniqueid",
    "BridgeId",
    "BridgeType",
    "Channel",
    "DestChannel",
    "Channel1",
    "Channel2",
    "Clone",
    "Original",
    "Newname",
    "ChannelState",
    "Status",
    "Queue",
    "Interface",
    "TransfererUniqueid",
    "OrigTransfererUniqueid",
    "ParkeeUniqueid",
    "LocalOneUniqueid",
    "LocalTwoUniqueid",
    "LocalOneLinkedid",
    "TransferType",
    "TargetUniqueid",
    "CallerIDNum",
    "Bridgestate",
    "DialStatus",
    "MemberName",
    "Uniqueid",
    "Linkedid",
    "DestUniqueid",
    "BridgeUniqueid",
    "Queue",
    "Interface",
    "Channel",
    "LocalTwoLinkedid",
    "SecondTransfererUniqueid",
    "SecondTransfererLinkedid",
    "TransferTargetChannel",
    "Result",
    "Extension",
    "Position",
    "Paused",
    "Parkinglot",
];

/// Few enough for events to meet.
const VALUES: [&str; 18] = [
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "Attended",
    "Unlink",
    "off",
    "",
    "1+2",
    "a b",
    "longer than",
    "much too long",
    "basic",
    "<unknown>",
];

/// Each `#` is an id.
const REAL: [&str; 38] = [
    "Newchannel|Channel: C#|Uniqueid: #|Linkedid: #|CallerIDNum: #",
    "Newchannel|Channel: C#|Uniqueid: #",
    "Newstate|Uniqueid: #|Linkedid: #|ChannelState: #",
    "Rename|Uniqueid: #|Newname: C#",
    "NewCallerid|Uniqueid: #|CallerIDNum: #",
    "Hangup|Uniqueid: #|Cause: 1#",
    "Hold|Uniqueid: #",
    "Unhold|Uniqueid: #",
    "DialBegin|Uniqueid: #|DestUniqueid: #|DestLinkedid: #",
    "DialBegin|Uniqueid: #|DestUniqueid: #",
    "DialEnd|DestUniqueid: #|DialStatus: S#",
    "Dial|Uniqueid: #|DestUniqueid: #",
    "Dial|Uniqueid: #|DialStatus: S#",
    "BridgeCreate|BridgeUniqueid: b#|BridgeType: t#",
    "BridgeEnter|BridgeUniqueid: b#|Uniqueid: #|BridgeType: basic",
    "BridgeEnter|BridgeUniqueid: b#|Uniqueid: #|Linkedid: #",
    "BridgeEnter|BridgeUniqueid: b#|Uniqueid: #|Linkedid: #|BridgeType: basic",
    "Pickup|Uniqueid: #|TargetUniqueid: #",
    "BridgeLeave|BridgeUniqueid: b#|Uniqueid: #",
    "BridgeInfoChannel|Uniqueid: #",
    "BridgeInfoComplete|BridgeUniqueid: b#",
    "Bridge|Bridgestate: Link|Uniqueid1: #|Uniqueid2: #",
    "Unlink|Uniqueid1: #|Uniqueid2: #",
    "LocalBridge|LocalOneUniqueid: #|LocalTwoUniqueid: #",
    "Masquerade|Clone: C#|Original: C#",
    "BlindTransfer|TransfererUniqueid: #|Extension: #|Context: #|Result: R#",
    "AttendedTransfer|OrigTransfererUniqueid: #|TransferTargetChannel: C#|Result: R#",
    "Transfer|Uniqueid: #|TransferType: Attended|TargetUniqueid: #|TargetChannel: C#",
    "QueueCallerJoin|Queue: q#|Uniqueid: #|Position: #",
    "QueueCallerLeave|Queue: q#|Uniqueid: #",
    "QueueCallerAbandon|Queue: q#|Uniqueid: #",
    "AgentConnect|Queue: q#|Uniqueid: #|MemberName: M#",
    "QueueMember|Queue: q#|Location: #|Name: M#|Status: #",
    "QueueMemberPause|Queue: q#|Interface: #|Paused: 1",
    "QueueMemberRemoved|Queue: q#|Interface: #",
    "ParkedCall|ParkeeUniqueid: #|Parkinglot: l#|ParkingSpace: #",
    "UnParkedCall|ParkeeUniqueid: #",
    "CoreShowChannel|Uniqueid: #|Linkedid: #|Channel: C#|BridgeId: b#",
];

const ENDS: [(Part, &str); 3] = [
    (Part::Channels, "CoreShowChannelsComplete"),
    (Part::Bridges, "BridgeListComplete"),
    (Part::Queues, "QueueStatusComplete"),
];

struct Folded {
    tracker: Tracker,
    mirror: Mirror,
    /// What the events tell of the time.
    clock: EventClock,
    told: Duration,
    things: usize,
    at: Duration,
    /// Whether time only goes on.
    steady: bool,
    /// Items of each list since it began.
    items: [u64; 3],
    /// Numbers of the calls that have ended, and of all that were seen going on.
    ended: BTreeSet<u64>,
    /// What there has to be; none where not everything has room.
    models: Option<MCalls>,
}

/// Whatever events come: a call begins once and ends once, a channel that lives is in one call, and
/// a call that goes on has one; calls and mirror stay within their limits; a part of the mirror is
/// complete only by a list that was asked for and came whole; and of a PBX that does what the bytes
/// say such a part is the truth.
pub fn fold(data: &[u8]) {
    super::pbx::mirrored(data);
    let mut bytes = Unstructured::new(data);
    let Ok(flags) = bytes.arbitrary::<[u8; 2]>() else { return };
    let mut folded = Folded::new(flags);
    while let Ok(op) = bytes.arbitrary() {
        folded.apply(&op);
        folded.check();
        if bytes.is_empty() {
            break;
        }
    }
    folded.end();
}

/// Events with the headers that servers send, drawn from a number, with time going on.
pub fn fold_real(seed: u64) {
    let mut folded = Folded::new([0, 0]);
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    for _ in 0..60 {
        let op = match draw() % 32 {
            0 => Op::Poll(1),
            1 => Op::Begin(draw()),
            2 => Op::End { part: draw(), wrong: false, how: 1 },
            _ => Op::Real(draw(), [draw(), draw(), draw(), draw()]),
        };
        folded.apply(&Op::Time(1));
        folded.apply(&op);
        folded.check();
    }
    folded.end();
}

impl Folded {
    fn new(flags: [u8; 2]) -> Self {
        let calls = CallLimits::new().text(8);
        let small = CallLimits::new().text(8).calls((flags[1] & 3).into()).legs((flags[1] >> 2 & 3).into());
        let small = small.marks((flags[1] >> 4 & 7).into()).ended((flags[1] >> 7).into());
        let things = if flags[0] & 1 == 0 { 1000 } else { usize::from(flags[0] >> 2 & 15) };
        Self {
            tracker: Tracker::new(if flags[0] & 1 == 0 { calls } else { small }),
            mirror: Mirror::new(MirrorLimits::new().things(things).text(8)),
            clock: EventClock::since_1970(),
            told: Duration::ZERO,
            things,
            at: Duration::from_secs(1000),
            steady: flags[0] & 2 == 0,
            items: [0; 3],
            ended: BTreeSet::new(),
            models: (flags[0] & 1 == 0).then(Default::default),
        }
    }

    fn end(mut self) {
        self.poll(usize::MAX);
        self.abandon();
        assert!(self.tracker.active().len() == 0 && self.tracker.poll_ended().is_none());
    }

    fn apply(&mut self, op: &Op<'_>) {
        match *op {
            Op::Event { name, id, linked, headers, more } => {
                let pick = |from: &[&'static str], number: u8| from[usize::from(number) % from.len()];
                let mut text = format!("Event: {}\r\n", pick(&NAMES, name));
                if more {
                    text += &format!("Uniqueid: {}\r\nLinkedid: {}\r\n", id % 8, linked % 8);
                }
                for (name, value) in headers {
                    text += &format!("{}: {}\r\n", pick(&HEADERS, name), pick(&VALUES, value));
                }
                self.event(text.as_bytes());
            }
            Op::Real(which, ids) => {
                let mut ids = ids.iter().map(|id| (1 + id % 6).to_string());
                let parts = REAL[usize::from(which) % REAL.len()].split('#');
                let text = parts
                    .map(str::to_owned)
                    .reduce(|text, part| text + &ids.next().unwrap_or_default() + &part)
                    .unwrap();
                self.event(format!("Event: {}\r\n", text.replace('|', "\r\n")).as_bytes());
            }
            Op::Raw(name, headers) => {
                let name = NAMES[usize::from(name) % NAMES.len()];
                self.event(&[b"Event: ", name.as_bytes(), b"\r\n", headers].concat());
            }
            Op::End { part, wrong, how } => {
                let part = usize::from(part) % ENDS.len();
                let how = ["Complete", "cancelled"][usize::from(how == 0)];
                let items = self.items[part] + u64::from(wrong);
                self.event(format!("Event: {}\r\nEventList: {how}\r\nListItems: {items}\r\n", ENDS[part].1).as_bytes());
            }
            Op::Begin(part) => {
                let part = usize::from(part) % ENDS.len();
                self.items[part] = 0;
                self.mirror.begin(ENDS[part].0);
                assert_eq!(self.mirror.completeness(ENDS[part].0), Completeness::Seeding);
            }
            Op::Lost => {
                self.mirror.lost();
                let lost = Completeness::MaybeStale(Stale::Disconnected);
                assert!(ENDS.iter().all(|(part, _)| self.mirror.completeness(*part) == lost));
            }
            Op::Poll(n) => self.poll(n.into()),
            Op::Abandon => self.abandon(),
            Op::Time(n) if self.steady => self.at += Duration::from_millis(n.into()),
            Op::Time(n) => self.at = Duration::from_millis(n.into()),
        }
    }

    fn event(&mut self, text: &[u8]) {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
        decoder.push(text);
        decoder.push(b"\r\n");
        while let Ok(Some(frame)) = decoder.next_frame() {
            let event = Event::from(frame);
            let before = ENDS.map(|(part, _)| self.mirror.completeness(part));
            let left_out = self.mirror.left_out();
            let told = self.clock.tick(&event, None);
            assert!(told >= self.told, "time goes back");
            self.told = told;
            self.tracker.handle(&event, self.at);
            let _ = self.mirror.handle(&event);
            if let Some(calls) = &mut self.models {
                calls.handle(frame, self.at);
            }
            match event {
                Event::CoreShowChannel(_) => self.items[0] += 1,
                Event::BridgeListItem(_) => self.items[1] += 1,
                Event::QueueParams(_) | Event::QueueMember(_) | Event::QueueEntry(_) => self.items[2] += 1,
                _ => {}
            }
            let said = ["ListItems", "Items", "Total"].into_iter().find_map(|name| frame.get(name));
            let said = said.and_then(|items| items.parse::<u64>().ok());
            let broken = frame.get("EventList").is_some_and(|list| list.eq_ignore_case("cancelled"));
            for (place, (part, end)) in ENDS.into_iter().enumerate() {
                let after = self.mirror.completeness(part);
                let ends = frame.name().is_some_and(|name| name.eq_ignore_case(end));
                let whole = ends && !broken && said.is_none_or(|said| said == self.items[place]);
                // Only the end of a list that came whole makes a part complete, and it always does.
                let completes = before[place] == Completeness::Seeding && whole;
                match after {
                    Completeness::Complete => assert!(before[place] == after || completes, "{part:?}: {before:?}"),
                    Completeness::Seeding | Completeness::Unseeded => {
                        assert!(before[place] == after && !(ends && after == Completeness::Seeding));
                    }
                    // What went meanwhile could not all be remembered.
                    Completeness::MaybeStale(Stale::Full) => {}
                    _ => assert!(!completes, "{part:?}: {before:?} {after:?}"),
                }
            }
            if self.mirror.left_out() > left_out {
                let full = Completeness::MaybeStale(Stale::Full);
                assert!(Part::ALL.iter().any(|part| self.mirror.completeness(*part) == full), "left out and not told");
            }
        }
    }

    fn poll(&mut self, most: usize) {
        let mut polled = 0;
        while let Some(call) = (polled < most).then(|| self.tracker.poll_ended()).flatten() {
            check_call(&call, self.tracker.limits(), self.steady);
            self.models.iter_mut().for_each(|calls| calls.check_ended(&call));
            let ended = call.end().is_some() && call.legs().iter().all(|leg| leg.ended.is_some());
            assert!(ended || self.tracker.losses().given_up > 0, "{call:?}");
            assert!(self.ended.insert(call.number()), "ended twice");
            polled += 1;
        }
        assert!(polled <= self.tracker.limits().max_ended());
    }

    fn abandon(&mut self) {
        let going_on = self.tracker.active().len();
        let abandoned: Vec<Call> = self.tracker.abandon().collect();
        assert_eq!((abandoned.len(), self.tracker.active().len()), (going_on, 0));
        for call in abandoned {
            check_call(&call, self.tracker.limits(), self.steady);
            self.models.iter_mut().for_each(|calls| calls.check_abandoned(&call));
            assert!(call.end().is_none() && self.ended.insert(call.number()), "ended twice");
        }
    }

    fn check(&mut self) {
        check_tracker(&self.tracker, &self.ended, self.steady);
        check_mirror(&self.mirror, self.things);
        let losses = self.tracker.losses();
        if losses.leg_events + losses.legs + losses.marks + losses.ended > 0 {
            // Noise is too short for that; a longer input is held to the rest alone.
            self.models = None;
        }
        if let Some(calls) = &self.models {
            calls.check(&self.tracker);
        }
    }
}

/// What a tracker has at any time. `ended`: numbers of the calls that have been polled.
pub fn check_tracker(tracker: &Tracker, ended: &BTreeSet<u64>, steady: bool) {
    assert!(tracker.active().len() <= tracker.limits().max_calls());
    let mut channels = BTreeSet::new();
    let mut latest = 0;
    for call in tracker.active() {
        check_call(call, tracker.limits(), steady);
        assert!(call.end().is_none() && !ended.contains(&call.number()), "it ended and goes on");
        assert!(std::mem::replace(&mut latest, call.number()) < call.number(), "in the order of their beginnings");
        let mut alive = call.legs().iter().filter(|leg| leg.ended.is_none() && !leg.guest).peekable();
        assert!(alive.peek().is_some(), "a call without a channel: {call:?}");
        for leg in alive {
            assert!(channels.insert(&leg.unique_id), "a channel in two calls");
            assert_eq!(tracker.call_of(leg.unique_id.as_bytes()).map(Call::number), Some(call.number()));
        }
    }
}

/// What a call has at any time. `steady`: time has only gone on.
pub fn check_call(call: &Call, limits: CallLimits, steady: bool) {
    assert!(call.legs().len() <= limits.max_legs());
    assert!(call.marks() <= limits.max_marks());
    let marks = call.dials().len() + call.transfers().len() + call.queues().len() + call.parkings().len();
    let marks = marks + call.rooms().len() + call.recordings().len() + call.variables().len() + call.records().len();
    let marks = marks + call.former_linked_ids().len();
    let of_leg = |leg: &Leg| leg.holds.len() + leg.stays.len() + leg.digits.len();
    let marks = marks + call.legs().iter().map(of_leg).sum::<usize>();
    assert_eq!(marks, call.marks());
    let texts = call.legs().iter().flat_map(|leg| [&leg.channel, &leg.unique_id]).chain([call.linked_id()]);
    texts.for_each(|text| assert!(text.as_bytes().len() <= limits.max_text()));
    _ = (call.to(), call.dialled(), call.disposition(), call.cause(), call.hold());
    assert_eq!(call.from().is_some(), call.legs().iter().any(|leg| !leg.guest));
    assert_eq!(call.answered_by_person().is_some(), call.to().is_some(), "{call:?}");
    if steady {
        assert!(call.talk() <= call.length(call.span()), "{call:?}");
        assert!(call.hold() <= call.length(call.span()), "{call:?}");
    }
    if steady {
        assert!(call.legs().iter().all(|leg| call.start() <= leg.first_seen), "{call:?}");
        assert!(call.legs().iter().all(|leg| leg.ended.is_none_or(|ended| leg.first_seen <= ended)), "{call:?}");
    }
    if let (Some(end), true) = (call.end(), steady) {
        assert!(call.legs().iter().all(|leg| leg.ended.is_some_and(|ended| ended <= end)), "{call:?}");
        assert!(call.start() <= end);
    }
}

/// What a mirror has at any time, when it was told to keep so many things.
pub fn check_mirror(mirror: &Mirror, things: usize) {
    let all = [
        mirror.channels().len(),
        mirror.bridges().len(),
        mirror.queues().len(),
        mirror.queues().map(|queue| mirror.members(queue.name.as_bytes()).count()).sum(),
        mirror.queues().map(|queue| mirror.callers(queue.name.as_bytes()).count()).sum(),
        mirror.agents().len(),
        mirror.conferences().len(),
        mirror.conferences().map(|room| mirror.participants(room.name.as_bytes()).count()).sum(),
        mirror.parking_lots().len(),
        mirror.parked_calls().len(),
        mirror.endpoints().len(),
        mirror.contacts().len(),
        mirror.registrations().len(),
        mirror.devices().len(),
        mirror.extensions().len(),
        mirror.mailboxes().len(),
    ];
    // A member, a caller or a participant may come before the queue or the room.
    assert!(mirror.len() >= all.iter().sum() && mirror.len() <= things);
    assert!(mirror.channels().all(|channel| mirror.channel(channel.unique_id.as_bytes()) == Some(channel)));
    for channel in mirror.channels().filter(|channel| channel.bridge.is_some()) {
        let bridge = channel.bridge.as_ref().unwrap().as_bytes();
        assert_eq!(mirror.inside(bridge).filter(|inside| *inside == channel).count(), 1);
    }
    assert!(mirror.channels().all(|channel| channel.revision() <= mirror.revision()));
}
