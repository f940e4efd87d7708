//! Invariant: calls folded from recordings are those that counts made without the tracker say.
//! (Arbitrary events: `tests/it/replay.rs`, `fold`.)

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use ami_proto::FrameKind;
use ami_proto::calls::{Call, CallLimits, Parking, ParkingEnd, QueueOutcome, Span, Tracker, Transfer, TransferKind};
use ami_proto::event::Event;
use ami_testkit::captures;
use ami_testkit::each_frame;
use ami_testkit::fold::check_call;
use ami_testkit::heap::held_by;

/// All calls of a stream, those that go on at its end last; one event a millisecond.
fn calls_of(bytes: &[u8], limits: CallLimits) -> (Vec<Call>, Tracker) {
    let mut tracker = Tracker::new(limits);
    let mut calls = Vec::new();
    let mut at = Duration::ZERO;
    each_frame(bytes, |frame| {
        at += Duration::from_millis(1);
        tracker.handle(&Event::from(frame), at);
        while let Some(call) = tracker.poll_ended() {
            calls.push(call);
        }
    });
    calls.extend(tracker.abandon());
    (calls, tracker)
}

/// What the events say, counted by hand.
#[derive(Default, Debug)]
struct Counts {
    /// By unique id, the channels that begin.
    begun: BTreeMap<Vec<u8>, u32>,
    /// By unique id, the hangups.
    hung: BTreeMap<Vec<u8>, u32>,
    /// Linked ids by the unique id of the channel that had them.
    linked: BTreeMap<Vec<u8>, BTreeSet<Vec<u8>>>,
}

impl Counts {
    fn of(bytes: &[u8]) -> Self {
        let mut counts = Self::default();
        each_frame(bytes, |frame| {
            if frame.kind() != FrameKind::Event {
                return;
            }
            let Some(unique_id) = frame.get("Uniqueid").map(|id| id.as_bytes().to_vec()) else { return };
            // Those that the server makes for itself.
            let own = [&b"CBAnn/"[..], b"CBRec/", b"ConfBridgeRecorder/", b"Message/"];
            let channel = frame.get("Channel").unwrap_or_default();
            if own.iter().any(|own| channel.as_bytes().starts_with(own)) {
                return;
            }
            match frame.name().unwrap().as_bytes() {
                b"Newchannel" => *counts.begun.entry(unique_id.clone()).or_default() += 1,
                b"Hangup" => *counts.hung.entry(unique_id.clone()).or_default() += 1,
                // Detail records come late, with what was true before.
                b"CEL" | b"Cdr" => return,
                _ => {}
            }
            if let Some(linked_id) = frame.get("Linkedid").filter(|id| !id.is_empty()) {
                counts.linked.entry(unique_id).or_default().insert(linked_id.as_bytes().to_vec());
            }
        });
        counts
    }

    /// Linked ids of channels that begin, those counted once that some channel has had one after
    /// the other.
    fn groups(&self) -> usize {
        let mut groups: Vec<BTreeSet<&Vec<u8>>> = Vec::new();
        for (_, ids) in self.linked.iter().filter(|(unique_id, _)| self.begun.contains_key(*unique_id)) {
            let mut joined: BTreeSet<&Vec<u8>> = ids.iter().collect();
            groups.retain(|group| {
                let apart = group.is_disjoint(&joined);
                if !apart {
                    joined.extend(group);
                }
                apart
            });
            groups.push(joined);
        }
        groups.len()
    }
}

fn recordings() -> Vec<PathBuf> {
    let files = ["corpus/sessions", "corpus/storm"].map(|dir| ami_testkit::root().join(dir).read_dir().unwrap());
    let mut files: Vec<PathBuf> = files.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "ami"));
    files.sort();
    files
}

#[test]
fn every_recording_gives_each_channel_and_each_hangup_to_one_call() {
    let mut with_calls = 0;
    for path in recordings() {
        let bytes = std::fs::read(&path).unwrap();
        let counts = Counts::of(&bytes);
        let (calls, tracker) = calls_of(&bytes, CallLimits::new());
        for call in &calls {
            check_call(call, CallLimits::new(), true);
        }
        let losses = tracker.losses();
        let lost = [losses.call_events, losses.leg_events, losses.legs, losses.marks, losses.ended];
        assert_eq!(lost, [0; 5], "{}", path.display());

        let legs: Vec<_> = calls.iter().flat_map(Call::legs).filter(|leg| !leg.guest).collect();
        let mut ids: Vec<&[u8]> = legs.iter().map(|leg| leg.unique_id.as_bytes()).collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(all, ids.len(), "{}: a channel is in one call", path.display());
        for unique_id in counts.begun.keys() {
            assert!(ids.binary_search(&unique_id.as_slice()).is_ok(), "{}: {unique_id:?}", path.display());
        }
        let hung: u32 = counts.hung.values().sum();
        let ended = legs.iter().filter(|leg| leg.ended.is_some()).count();
        assert_eq!(ended as u64 + losses.hangups, u64::from(hung), "{}", path.display());
        let ended_calls = calls.iter().filter(|call| call.end().is_some()).count();
        assert!(ended_calls <= ended);
        with_calls += usize::from(!calls.is_empty());
    }
    assert!(with_calls > 20, "{with_calls}");
}

#[test]
fn there_are_as_many_calls_as_linked_ids() {
    for path in recordings() {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        let counts = Counts::of(&bytes);
        // Most events of 11 and 12 have none.
        if name.starts_with("11") || name.starts_with("12") || counts.linked.is_empty() {
            continue;
        }
        let (calls, _) = calls_of(&bytes, CallLimits::new());
        // Excerpts have holes, and a channel may tell of a change only after the call it came from
        // has ended (16_agents).
        let calls = calls.iter().filter(|call| call.legs().iter().any(|leg| leg.from_start)).count();
        let (least, most) = (calls.min(counts.groups()), calls.max(counts.groups()));
        assert!(most - least <= most / 10 + 1, "{name}: {least} {most}");
    }
}

#[test]
fn a_blind_transfer_a_hold_and_a_queue() {
    let mut transfers = BTreeMap::new();
    let (mut holds, mut answered, mut abandoned, mut parked, mut merged) = (0, 0, 0, 0, 0);
    for path in recordings() {
        let (calls, _) = calls_of(&std::fs::read(&path).unwrap(), CallLimits::new());
        for call in &calls {
            for transfer in call.transfers() {
                *transfers.entry(transfer.kind == TransferKind::Blind).or_insert(0) += 1;
                assert!(call.leg(transfer.by.as_bytes()).is_some());
            }
            holds += call.legs().iter().map(|leg| leg.holds.len()).sum::<usize>();
            for wait in call.queues() {
                match &wait.outcome {
                    Some(QueueOutcome::Answered(member)) => {
                        assert!(!member.as_bytes().is_empty());
                        answered += 1;
                    }
                    Some(QueueOutcome::Abandoned) => abandoned += 1,
                    _ => {}
                }
            }
            parked += call.parkings().len();
            merged += usize::from(!call.former_linked_ids().is_empty());
        }
    }
    println!("{transfers:?} holds {holds} answered {answered} abandoned {abandoned} parked {parked} merged {merged}");
    assert!(!transfers.is_empty() && holds > 0 && answered > 0 && abandoned > 0 && parked > 0 && merged > 0);
}

fn play(events: &[&str]) -> (Vec<Call>, Tracker) {
    let text = events.join("||") + "||";
    let text = text.replace('|', "\r\n");
    calls_of(text.as_bytes(), CallLimits::new())
}

#[test]
fn calls_become_one_when_a_linked_id_changes() {
    let (calls, _) = play(&[
        "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1",
        "Event: Newchannel|Channel: B|Uniqueid: 2|Linkedid: 2",
        "Event: BridgeEnter|BridgeUniqueid: b|Channel: B|Uniqueid: 2|Linkedid: 2",
        "Event: BridgeEnter|BridgeUniqueid: b|Channel: A|Uniqueid: 1|Linkedid: 2",
        "Event: Hangup|Channel: A|Uniqueid: 1|Linkedid: 2|Cause: 17",
        "Event: Hangup|Channel: B|Uniqueid: 2|Linkedid: 2|Cause: 16",
        "Event: DialEnd|DestChannel: B|DestUniqueid: 2|DestLinkedid: 2|DialStatus: ANSWER",
    ]);
    let [call] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(call.linked_id(), "2");
    assert_eq!(call.former_linked_ids(), ["1"]);
    assert_eq!(call.legs().len(), 2);
    assert_eq!(call.answered_by_person(), Some(Duration::from_millis(3)));
    assert_eq!(call.end(), Some(Duration::from_millis(6)));
    assert_eq!(call.cause().unwrap().get(), 17, "the caller's");
}

#[test]
fn eleven_joins_by_dial_and_bridge() {
    let (calls, _) = play(&[
        "Event: Newchannel|Channel: SIP/a|ChannelState: 4|Uniqueid: 1.1",
        "Event: Newchannel|Channel: SIP/b|ChannelState: 0|Uniqueid: 1.2",
        "Event: Dial|SubEvent: Begin|Channel: SIP/a|Destination: SIP/b|UniqueID: 1.1|DestUniqueID: 1.2",
        "Event: Newstate|Channel: SIP/b|ChannelState: 6|Uniqueid: 1.2",
        "Event: Bridge|Bridgestate: Link|Channel1: SIP/a|Channel2: SIP/b|Uniqueid1: 1.1|Uniqueid2: 1.2",
        "Event: Hold|Status: On|Channel: SIP/b|Uniqueid: 1.2",
        "Event: Hold|Status: Off|Channel: SIP/b|Uniqueid: 1.2",
        "Event: Hangup|Channel: SIP/b|Uniqueid: 1.2|Cause: 16",
        "Event: Dial|SubEvent: End|Channel: SIP/a|UniqueID: 1.1|DialStatus: ANSWER",
        "Event: Hangup|Channel: SIP/a|Uniqueid: 1.1|Cause: 16",
    ]);
    let [call] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(call.dials()[0].status.as_ref().unwrap(), "ANSWER");
    assert_eq!(call.legs()[1].stays[0].bridge, "1.1+1.2");
    assert_eq!(call.legs()[1].stays[0].span.length(), Some(Duration::from_millis(3)));
    assert_eq!(call.legs()[1].holds[0].length(), Some(Duration::from_millis(1)));
    assert_eq!(call.legs()[0].ringing, Some(Duration::from_millis(1)));
}

/// Those who meet in a bridge are of one call, unless it is a conference.
#[test]
fn a_bridge_of_two_makes_one_call() {
    for (kind, linked, expected) in [("basic", false, 1), ("base", false, 2), ("basic", true, 1), ("base", true, 2)] {
        let linkedid = |id: u32| if linked { format!("|Linkedid: {id}") } else { String::new() };
        let each = |event: &str, more: &str| {
            [1, 2].map(|id| format!("Event: {event}|Channel: {id}|Uniqueid: {id}{}{more}", linkedid(id)))
        };
        let enters = format!("|BridgeUniqueid: b|BridgeType: {kind}");
        let events = [each("Newchannel", ""), each("BridgeEnter", &enters), each("Hangup", "|Cause: 16")].concat();
        let (calls, _) = play(&events.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(calls.len(), expected, "{kind}, with linked ids: {linked}");
    }
}

#[test]
fn what_does_not_fit_is_counted() {
    let limits = CallLimits::new().calls(1).legs(1).marks(1).ended(1).text(3);
    let text = "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1
Event: Newchannel|Channel: Long|Uniqueid: 2|Linkedid: 1
Event: Newchannel|Channel: B|Uniqueid: 3|Linkedid: 3
Event: Newchannel|Channel: B|Uniqueid: 4444|Linkedid: 3
Event: Newstate|Channel: B|Uniqueid: 3|Linkedid: 3
Event: BridgeEnter|BridgeUniqueid: b|Channel: A|Uniqueid: 1|Linkedid: 1
Event: BridgeEnter|BridgeUniqueid: c|Channel: A|Uniqueid: 1|Linkedid: 1
Event: Hangup|Channel: A|Uniqueid: 1|Linkedid: 1
Event: Hangup|Channel: A|Uniqueid: 2|Linkedid: 1
Event: Newchannel|Channel: A|Uniqueid: 5|Linkedid: 5
Event: Hangup|Channel: A|Uniqueid: 5|Linkedid: 5
";
    let text = text.replace('\n', "\r\n\r\n").replace('|', "\r\n");
    let mut tracker = Tracker::new(limits);
    each_frame(text.as_bytes(), |frame| tracker.handle(&Event::from(frame), Duration::ZERO));
    let losses = tracker.losses();
    // Channel 1 makes room for 2, the call with 2 for that with 3, and that one for the last.
    assert_eq!((losses.given_up, losses.call_events, losses.leg_events), (2, 0, 0), "{losses:?}");
    assert_eq!((losses.legs, losses.marks, losses.ended), (1, 0, 2), "{losses:?}");
    assert_eq!((losses.texts, losses.ids, losses.hangups), (1, 1, 2), "{losses:?}");
    assert_eq!(tracker.poll_ended().unwrap().linked_id(), "5");
    assert!(tracker.poll_ended().is_none());
}

/// One event a millisecond, the first at 1 ms.
const fn ms(at: u64) -> Duration {
    Duration::from_millis(at)
}

fn only(calls: Vec<Call>) -> Call {
    let [call] = <[Call; 1]>::try_from(calls).expect("one call");
    call
}

/// A caller (1) who dials two phones (2, 3), as 12 to 23 tell it.
const RING_TWO: [&str; 5] = [
    "Event: Newchannel|Channel: PJSIP/a-1|ChannelState: 4|CallerIDNum: 100|Uniqueid: 1|Linkedid: 1",
    "Event: Newchannel|Channel: PJSIP/b-2|ChannelState: 0|CallerIDNum: <unknown>|Uniqueid: 2|Linkedid: 1",
    "Event: Newchannel|Channel: PJSIP/c-3|ChannelState: 0|CallerIDNum: |Uniqueid: 3|Linkedid: 1",
    "Event: DialBegin|Channel: PJSIP/a-1|Uniqueid: 1|Linkedid: 1|DestChannel: PJSIP/b-2|DestUniqueid: 2|DestLinkedid: 1",
    "Event: DialBegin|Channel: PJSIP/a-1|Uniqueid: 1|Linkedid: 1|DestChannel: PJSIP/c-3|DestUniqueid: 3|DestLinkedid: 1",
];

#[test]
fn dials_of_12_and_later() {
    let events = [
        &RING_TWO[..],
        &[
            "Event: DialState|DestChannel: PJSIP/b-2|DestChannelState: 5|DestUniqueid: 2|DestLinkedid: 1|DialStatus: RINGING",
            "Event: DialEnd|Uniqueid: 1|DestUniqueid: 3|DestLinkedid: 1|DialStatus: BUSY",
            "Event: Hangup|Channel: PJSIP/c-3|Uniqueid: 3|Linkedid: 1|Cause: 17",
            "Event: DialEnd|Uniqueid: 1|DestChannelState: 6|DestUniqueid: 2|DestLinkedid: 1|DialStatus: ANSWER",
            // A second one for the same dial is none.
            "Event: DialEnd|Uniqueid: 1|DestUniqueid: 2|DestLinkedid: 1|DialStatus: CANCEL",
            "Event: Hangup|Channel: PJSIP/b-2|Uniqueid: 2|Linkedid: 1|Cause: 16",
            "Event: Hangup|Channel: PJSIP/a-1|Uniqueid: 1|Linkedid: 1|Cause: 16",
        ],
    ];
    let call = only(play(&events.concat()).0);
    let dials = call.dials().iter().map(|dial| {
        let [from, status] = [&dial.from, &dial.status].map(|text| text.as_ref().unwrap().to_string());
        (from, dial.to.to_string(), dial.span.start, dial.span.end.unwrap(), status)
    });
    let dial =
        |to: &str, start, end, status: &str| ("1".to_owned(), to.to_owned(), ms(start), ms(end), status.to_owned());
    assert_eq!(dials.collect::<Vec<_>>(), [dial("2", 4, 9, "ANSWER"), dial("3", 5, 7, "BUSY")]);
    let [a, b, c] = call.legs() else { panic!("{call:?}") };
    assert_eq!((a.ringing, b.ringing, c.ringing), (Some(ms(1)), Some(ms(6)), None));
    assert_eq!((a.answered, b.answered, c.answered), (None, Some(ms(9)), None));
    assert_eq!((c.ended, c.cause.unwrap().get()), (Some(ms(8)), 17));
    assert_eq!(a.number.as_ref().unwrap(), "100");
    assert_eq!((&b.number, &c.number), (&None, &None), "unknown and empty are no numbers");
}

#[test]
fn a_dial_shows_channels_that_were_there_before() {
    let (calls, tracker) = play(&[
        "Event: DialBegin|Channel: A|ChannelState: 6|Uniqueid: 1|Linkedid: 1|DestChannel: B|DestUniqueid: 2|DestLinkedid: 1",
        // An originated channel is dialled by nobody.
        "Event: DialBegin|DestChannel: C|DestUniqueid: 3|DestLinkedid: 3",
        "Event: Hangup|Uniqueid: 3|Linkedid: 3|Cause: 19",
    ]);
    let [three, one] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!((one.legs()[0].unique_id.to_string(), one.legs()[0].answered), ("1".to_owned(), Some(ms(1))));
    assert!(one.legs().iter().all(|leg| !leg.from_start && leg.first_seen == ms(1)));
    assert_eq!((&three.dials()[0].from, three.dials()[0].span.end), (&None, Some(ms(3))), "it ends with the channel");
    assert_eq!((&three.dials()[0].status, three.number(), one.number()), (&None, 2, 1));
    assert_eq!(tracker.losses().hangups, 0);
}

#[test]
fn names_and_numbers_that_change() {
    let (calls, tracker) = play(&[
        "Event: Newchannel|Channel: SIP/a-1|CallerIDNum: 100|Uniqueid: 1|Linkedid: 1",
        "Event: NewCallerid|Channel: SIP/a-1|CallerIDNum: 200|Uniqueid: 1|Linkedid: 1",
        "Event: NewConnectedLine|Channel: SIP/a-1|CallerIDNum: <unknown>|Uniqueid: 1|Linkedid: 1",
        "Event: Rename|Channel: SIP/a-1|Newname: SIP/a-1<ZOMBIE>|Uniqueid: 1",
        "Event: Rename|Channel: X|Newname: Y|Uniqueid: 9",
        "Event: NewCallerid|Channel: X|CallerIDNum: 300|Uniqueid: 9|Linkedid: 9",
    ]);
    let call = only(calls);
    let [leg] = call.legs() else { panic!("{call:?}") };
    assert_eq!((leg.channel.to_string(), leg.number.clone().unwrap().to_string()), ("SIP/a-1".into(), "200".into()));
    assert_eq!(tracker.losses(), Default::default());
}

#[test]
fn what_an_event_says_of_its_channel_is_taken_too() {
    // Each names a channel (2) of call 1 as one of call 8 now.
    for event in [
        "Hangup|Uniqueid: 2|Linkedid: 8",
        "Hold|Uniqueid: 2|Linkedid: 8",
        "BridgeEnter|BridgeUniqueid: b|Uniqueid: 2|Linkedid: 8",
        "BridgeLeave|BridgeUniqueid: b|Uniqueid: 2|Linkedid: 8",
        "DialBegin|Uniqueid: 2|Linkedid: 8|DestUniqueid: 3|DestLinkedid: 8",
        "DialEnd|DestUniqueid: 2|DestLinkedid: 8",
        "BlindTransfer|TransfererUniqueid: 2|TransfererLinkedid: 8|Extension: x|Context: y|Result: Success",
        "AttendedTransfer|OrigTransfererUniqueid: 2|OrigTransfererLinkedid: 8|Result: Success",
        "AttendedTransfer|SecondTransfererUniqueid: 2|SecondTransfererLinkedid: 8|Result: Success",
        "QueueCallerJoin|Queue: q|Uniqueid: 2|Linkedid: 8",
        "QueueCallerLeave|Queue: q|Uniqueid: 2|Linkedid: 8",
        "LocalBridge|LocalOneUniqueid: 2|LocalOneLinkedid: 8",
    ] {
        let (calls, _) = play(&[
            "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1",
            "Event: Newchannel|Channel: B|Uniqueid: 2|Linkedid: 1",
            &format!("Event: {event}"),
        ]);
        assert_eq!(
            (calls[0].linked_id().to_string(), calls[0].former_linked_ids()[0].to_string()),
            ("8".into(), "1".into()),
            "{event}"
        );
    }
    // The same with a channel that isn't known, where the event proves that it lives.
    for (event, known) in [
        ("BridgeEnter|BridgeUniqueid: b|Uniqueid: 2", 1),
        ("QueueCallerJoin|Queue: q|Uniqueid: 2", 1),
        ("BridgeLeave|BridgeUniqueid: b|Uniqueid: 2", 0),
        ("NewCallerid|CallerIDNum: 1|Uniqueid: 2", 0),
    ] {
        let (calls, _) = play(&[&format!("Event: {event}|Linkedid: 2")]);
        assert_eq!(calls.len(), known, "{event}");
    }
}

#[test]
fn transfers_as_each_version_tells_them() {
    let two = [
        "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1",
        "Event: Newchannel|Channel: B|Uniqueid: 2|Linkedid: 2",
    ];
    let told = |event: &str| {
        let (calls, _) = play(&[&two[..], &[event]].concat());
        let found: Vec<_> = calls.iter().flat_map(Call::transfers).cloned().collect();
        let [transfer] = &found[..] else { panic!("{event}: {found:?}") };
        assert_eq!((transfer.at, transfer.by.to_string()), (ms(3), "1".to_owned()));
        let result = transfer.result.as_ref().map(ToString::to_string);
        (calls.len(), transfer.kind, transfer.target.to_string(), result)
    };
    assert_eq!(
        told(
            "Event: BlindTransfer|Result: Success|TransfererUniqueid: 1|TransfererLinkedid: 1|Context: lab|Extension: 7"
        ),
        (2, TransferKind::Blind, "7@lab".to_owned(), Some("Success".to_owned()))
    );
    let attended = "Event: AttendedTransfer|Result: Fail|OrigTransfererUniqueid: 1|SecondTransfererChannel: A2";
    assert_eq!(told(attended), (2, TransferKind::Attended, "A2".to_owned(), Some("Fail".to_owned())));
    assert_eq!(
        told(&format!("{attended}|TransferTargetChannel: C")),
        (2, TransferKind::Attended, "C".to_owned(), Some("Fail".to_owned()))
    );
    // Up to 11.
    assert_eq!(
        told(
            "Event: Transfer|TransferMethod: SIP|TransferType: Blind|Channel: A|Uniqueid: 1|TransferExten: moh|TransferContext: sip"
        ),
        (2, TransferKind::Blind, "moh@sip".to_owned(), None)
    );
    assert_eq!(
        told(
            "Event: Transfer|TransferMethod: SIP|TransferType: Attended|Channel: A|Uniqueid: 1|TargetChannel: B|TargetUniqueid: 2"
        ),
        (1, TransferKind::Attended, "B".to_owned(), None),
        "the two calls are one"
    );
}

#[test]
fn a_masquerade_makes_two_calls_one() {
    // As 11 parks a call: the new channel takes the place and the name of the old one.
    let (calls, _) = play(&[
        "Event: Newchannel|Channel: Local/park-86;2|ChannelState: 6|Uniqueid: 1",
        "Event: Newchannel|Channel: Parked/Local/park-86;2|ChannelState: 0|Uniqueid: 2",
        "Event: Masquerade|Clone: Local/park-86;2|CloneState: Up|Original: Parked/Local/park-86;2|OriginalState: Down",
        "Event: Rename|Channel: Local/park-86;2|Newname: Local/park-86;2<MASQ>|Uniqueid: 1",
        "Event: Rename|Channel: Parked/Local/park-86;2|Newname: Local/park-86;2|Uniqueid: 2",
        "Event: Rename|Channel: Local/park-86;2<MASQ>|Newname: Parked/Local/park-86;2<ZOMBIE>|Uniqueid: 1",
        "Event: Hangup|Channel: Parked/Local/park-86;2<ZOMBIE>|Uniqueid: 1|Cause: 0",
        "Event: ParkedCall|Exten: 701|Channel: Local/park-86;2|Parkinglot: default|Uniqueid: 2",
        "Event: Newchannel|Channel: SIP/x|ChannelState: 4|Uniqueid: 3",
        // By the name that the channel has now.
        "Event: Masquerade|Clone: Local/park-86;2|Original: SIP/x",
    ]);
    let call = only(calls);
    assert_eq!((call.linked_id().to_string(), call.number(), call.start()), ("1".to_owned(), 1, ms(1)));
    assert!(call.former_linked_ids().is_empty(), "nobody told any");
    let names: Vec<_> = call.legs().iter().map(|leg| leg.channel.to_string()).collect();
    assert_eq!(names, ["Local/park-86;2", "Local/park-86;2", "SIP/x"]);
    assert_eq!(
        (call.parkings()[0].lot.to_string(), call.parkings()[0].space.to_string()),
        ("default".into(), "701".into())
    );
}

#[test]
fn a_parking_ends() {
    for (event, end) in [
        ("UnParkedCall|ParkeeUniqueid: 1|RetrieverUniqueid: 2", Some(ms(5))),
        ("ParkedCallTimeOut|ParkeeUniqueid: 1", Some(ms(5))),
        ("ParkedCallGiveUp|ParkeeUniqueid: 1", Some(ms(5))),
        ("UnParkedCall|Uniqueid: 1", Some(ms(5))),
        ("Hangup|Uniqueid: 1", Some(ms(5))),
        ("UnParkedCall|ParkeeUniqueid: 2", None),
    ] {
        let call = only(
            play(&[
                "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1",
                "Event: Newchannel|Channel: B|Uniqueid: 2|Linkedid: 1",
                "Event: ParkedCall|ParkeeUniqueid: 1|ParkeeLinkedid: 1|Parkinglot: default|ParkingSpace: 701",
                // An item of a list.
                "Event: ParkedCall|ParkeeUniqueid: 1|ParkeeLinkedid: 1|Parkinglot: default|ParkingSpace: 701",
                &format!("Event: {event}"),
            ])
            .0,
        );
        let [parking] = call.parkings() else { panic!("{event}: {call:?}") };
        let [parked, lot, space] = [&parking.parked, &parking.lot, &parking.space].map(ToString::to_string);
        assert_eq!((parked.as_str(), lot.as_str(), space.as_str()), ("1", "default", "701"));
        assert_eq!((parking.span.start, parking.span.end), (ms(3), end), "{event}");
    }
}

#[test]
fn stays_and_holds() {
    let call = only(
        play(&[
            "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1",
            "Event: BridgeEnter|BridgeUniqueid: b|Uniqueid: 1|Linkedid: 1",
            "Event: BridgeEnter|BridgeUniqueid: b|Uniqueid: 1|Linkedid: 1",
            "Event: BridgeEnter|BridgeUniqueid: c|Uniqueid: 1|Linkedid: 1",
            "Event: BridgeLeave|BridgeUniqueid: b|Uniqueid: 1|Linkedid: 1",
            "Event: Hold|Uniqueid: 1|Linkedid: 1|MusicClass: default",
            "Event: Hold|Uniqueid: 1|Linkedid: 1",
            "Event: Unhold|Uniqueid: 1|Linkedid: 1",
            "Event: Unhold|Uniqueid: 1|Linkedid: 1",
            "Event: BridgeEnter|BridgeUniqueid: b|Uniqueid: 1|Linkedid: 1",
            "Event: Hold|Uniqueid: 1|Linkedid: 1",
            "Event: Hangup|Uniqueid: 1|Linkedid: 1",
        ])
        .0,
    );
    let [leg] = call.legs() else { panic!("{call:?}") };
    let stays: Vec<_> =
        leg.stays.iter().map(|stay| (stay.bridge.to_string(), stay.span.start, stay.span.end)).collect();
    let stay = |bridge: &str, start, end| (bridge.to_owned(), ms(start), Some(ms(end)));
    assert_eq!(stays, [stay("b", 2, 5), stay("c", 4, 12), stay("b", 10, 12)]);
    let holds: Vec<_> = leg.holds.iter().map(|hold| (hold.start, hold.end)).collect();
    assert_eq!(holds, [(ms(6), Some(ms(8))), (ms(11), Some(ms(12)))]);
}

#[test]
fn waits_in_queues() {
    let call = only(
        play(&[
            "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1",
            "Event: QueueCallerJoin|Queue: q|Position: 2|Count: 2|Uniqueid: 1|Linkedid: 1",
            "Event: QueueCallerAbandon|Queue: q|Position: 1|Uniqueid: 1|Linkedid: 1",
            "Event: QueueCallerLeave|Queue: q|Position: 1|Uniqueid: 1|Linkedid: 1",
            "Event: QueueCallerJoin|Queue: r|Position: 1|Uniqueid: 1|Linkedid: 1",
            "Event: QueueCallerLeave|Queue: r|Position: 1|Uniqueid: 1|Linkedid: 1",
            "Event: AgentConnect|Queue: r|MemberName: Anna|Uniqueid: 1|Linkedid: 1",
            "Event: QueueCallerJoin|Queue: s|Uniqueid: 1|Linkedid: 1",
            "Event: QueueCallerJoin|Queue: s|Uniqueid: 1|Linkedid: 1",
            "Event: Hangup|Uniqueid: 1|Linkedid: 1",
        ])
        .0,
    );
    let waits: Vec<_> = call
        .queues()
        .iter()
        .map(|wait| {
            let outcome = match &wait.outcome {
                Some(QueueOutcome::Answered(member)) => member.to_string(),
                other => format!("{other:?}"),
            };
            assert_eq!(wait.caller, "1");
            (wait.queue.to_string(), wait.position, wait.span.start, wait.span.end.unwrap(), outcome)
        })
        .collect();
    let wait = |queue: &str, position, start, end, outcome: &str| {
        (queue.to_owned(), position, ms(start), ms(end), outcome.to_owned())
    };
    assert_eq!(
        waits,
        [
            wait("q", Some(2), 2, 3, "None"),
            wait("r", Some(1), 5, 7, "Anna"),
            wait("s", None, 8, 9, "None"),
            wait("s", None, 9, 10, "None"),
        ]
    );
}

/// Two calls with something of everything; a third channel makes them one.
#[test]
fn a_call_that_is_merged_keeps_all_it_had() {
    let full = |id: &str| {
        [
            "Newchannel|Channel: A@|Uniqueid: @|Linkedid: @",
            "Newchannel|Channel: B@|Uniqueid: @b|Linkedid: @",
            "DialBegin|Uniqueid: @|Linkedid: @|DestUniqueid: @b|DestLinkedid: @",
            "BlindTransfer|Result: Success|TransfererUniqueid: @|Extension: @|Context: c",
            "QueueCallerJoin|Queue: q|Uniqueid: @|Linkedid: @",
            "ParkedCall|ParkeeUniqueid: @|Parkinglot: l|ParkingSpace: @",
            "Hold|Uniqueid: @|Linkedid: @",
            "BridgeEnter|BridgeUniqueid: b|Uniqueid: @|Linkedid: @",
            "MixMonitorStart|Channel: A@|Uniqueid: @|Linkedid: @",
            "ConfbridgeJoin|Conference: c@|Uniqueid: @|Linkedid: @",
            "Cdr|Destination: d@|Disposition: ANSWERED|Duration: 7|BillableSeconds: 5|UniqueID: @",
        ]
        .map(|event| format!("Event: {}", event.replace('@', id)))
    };
    // The younger has one leg more: the larger takes the smaller in.
    for more in ["1", "2"] {
        let third = format!("Event: Newchannel|Channel: C|Uniqueid: 3|Linkedid: {more}");
        let merge = [&third, "Event: Newstate|Uniqueid: 3|Linkedid: 1", "Event: Newstate|Uniqueid: 3|Linkedid: 2"];
        // Then everything goes on where it was.
        let after = |id: &str| {
            [
                "DialEnd|DestUniqueid: @b|DestLinkedid: 2|DialStatus: BUSY@",
                "AgentConnect|Queue: q|MemberName: M@|Uniqueid: @|Linkedid: 2",
                "UnParkedCall|ParkeeUniqueid: @",
                "Unhold|Uniqueid: @|Linkedid: 2",
                "BridgeLeave|BridgeUniqueid: b|Uniqueid: @|Linkedid: 2",
                "Hangup|Uniqueid: @b|Linkedid: 2",
                "Hangup|Uniqueid: @|Linkedid: 2",
            ]
            .map(|event| format!("Event: {}", event.replace('@', id)))
        };
        let before = [full("1"), full("2")].concat();
        let after = [after("1"), after("2")].concat();
        let [before, after] = [&before, &after].map(|texts| texts.iter().map(String::as_str).collect::<Vec<_>>());
        let call = only(play(&[&before[..], &merge, &after, &["Event: Hangup|Uniqueid: 3|Linkedid: 2"]].concat()).0);
        assert_eq!((call.number(), call.start(), call.end()), (1, ms(1), Some(ms(40))));
        // The id by which the two became one.
        let (id, former) = if more == "1" { ("2", "1") } else { ("1", "2") };
        assert_eq!(
            (call.linked_id().to_string().as_str(), call.former_linked_ids()[0].to_string().as_str()),
            (id, former)
        );
        assert_eq!(call.marks(), 19);
        let ids: Vec<_> = call.legs().iter().map(|leg| leg.unique_id.to_string()).collect();
        assert_eq!(ids, ["1", "1b", "2", "2b", "3"], "in the order in which they appeared");
        for (place, (id, begun, ended)) in [("1", 0, 25), ("2", 11, 32)].into_iter().enumerate() {
            let leg = call.leg(id.as_bytes()).unwrap();
            let dial = &call.dials()[place];
            assert_eq!(
                (dial.to.to_string(), dial.status.clone().unwrap().to_string()),
                (format!("{id}b"), format!("BUSY{id}"))
            );
            assert_eq!((dial.span.start, dial.span.end), (ms(begun + 3), Some(ms(ended + 1))));
            let transfer = &call.transfers()[place];
            assert_eq!((transfer.target.to_string(), transfer.at), (format!("{id}@c"), ms(begun + 4)));
            let wait = &call.queues()[place];
            assert_eq!((wait.caller.to_string(), wait.span.end), (id.to_owned(), Some(ms(ended + 2))));
            assert!(matches!(&wait.outcome, Some(QueueOutcome::Answered(member)) if *member == *format!("M{id}")));
            let parking = &call.parkings()[place];
            assert_eq!((parking.space.to_string(), parking.span.end), (id.to_owned(), Some(ms(ended + 3))));
            assert_eq!((leg.holds[0].start, leg.holds[0].end), (ms(begun + 7), Some(ms(ended + 4))));
            assert_eq!((leg.stays[0].span.start, leg.stays[0].span.end), (ms(begun + 8), Some(ms(ended + 5))));
            assert_eq!(call.recordings()[place].channel.to_string(), id);
            assert_eq!(call.rooms()[place].span.start, ms(begun + 10));
            assert!(call.records().iter().any(|record| record.destination == *format!("d{id}")));
        }
    }
}

#[test]
fn losses_when_calls_become_one_or_end() {
    let losses = |limits: CallLimits, events: &[&str]| {
        let text = (events.join("||") + "||").replace('|', "\r\n");
        let mut tracker = Tracker::new(limits);
        each_frame(text.as_bytes(), |frame| tracker.handle(&Event::from(frame), Duration::ZERO));
        let lists = |call: &Call| {
            check_call(call, limits, true);
            (call.legs().len(), call.former_linked_ids().len(), call.transfers().len())
        };
        let losses = tracker.losses();
        (tracker.active().map(lists).collect::<Vec<_>>(), [losses.legs, losses.marks, losses.ended])
    };
    let two = [
        "Event: Newchannel|Uniqueid: 1|Linkedid: 1",
        "Event: Newchannel|Uniqueid: 2|Linkedid: 2",
        "Event: BlindTransfer|TransfererUniqueid: 2|Extension: 1",
        "Event: BlindTransfer|TransfererUniqueid: 2|Extension: 2",
    ];
    let merge = [&two[..], &["Event: Newstate|Uniqueid: 1|Linkedid: 2"]].concat();
    let limits = CallLimits::new();
    assert_eq!(losses(limits, &merge), (vec![(2, 1, 2)], [0, 0, 0]));
    // The first transfer makes room for the id that one of them had.
    assert_eq!(losses(limits.marks(2), &merge), (vec![(2, 1, 1)], [0, 1, 0]));
    assert_eq!(losses(limits.legs(1), &merge), (vec![(1, 1, 2)], [1, 0, 0]));
    // Of two of the same size the older one's goes first.
    let even = [
        &two[..3],
        &["Event: BlindTransfer|TransfererUniqueid: 1|Extension: 3", "Event: Newstate|Uniqueid: 2|Linkedid: 1"],
    ]
    .concat();
    assert_eq!(losses(limits.marks(2), &even), (vec![(2, 1, 1)], [0, 1, 0]));
    assert_eq!(losses(limits.marks(1), &even), (vec![(2, 1, 0)], [0, 2, 0]));
    // A linked id that nobody has had is a mark.
    let other = ["Event: Newchannel|Uniqueid: 1|Linkedid: 1", "Event: Newstate|Uniqueid: 1|Linkedid: 2"];
    assert_eq!(losses(limits.marks(0), &other), (vec![(1, 0, 0)], [0, 1, 0]));
    let end = ["Event: Newchannel|Uniqueid: 1|Linkedid: 1", "Event: Hangup|Uniqueid: 1|Linkedid: 1"];
    assert_eq!(losses(limits.ended(0), &end), (vec![], [0, 0, 1]));
}

#[test]
fn events_as_servers_send_them_give_what_the_models_give() {
    (0..200).for_each(ami_testkit::fold::fold_real);
}

/// Fills a tracker with calls full of everything, of which some end and some become one.
fn flood(tracker: &mut Tracker, calls: u32) {
    let filler = "x".repeat(200);
    for call in 0..calls {
        let mut events = String::new();
        for leg in 0..6 {
            for event in [
                "Newchannel",
                "DialBegin|DestUniqueid: d@|DestLinkedid: @",
                "Dial|DestUniqueid: d@",
                "DialEnd|DestUniqueid: d@|DialStatus: @",
                "Hold",
                "BridgeEnter|BridgeUniqueid: b@",
                "QueueCallerJoin|Queue: q@",
                "AgentConnect|Queue: q@|MemberName: @",
                "BlindTransfer|TransfererUniqueid: @.#|Extension: @|Context: c|Result: @",
                "ParkedCall|ParkeeUniqueid: @.#|Parkinglot: @|ParkingSpace: @",
                "Rename|Newname: n@",
            ] {
                let ids = "Channel: @.#|Uniqueid: @.#|Linkedid: @|CallerIDNum: @";
                events += &format!("Event: {event}|{ids}||").replace('#', &leg.to_string());
            }
            if call % 3 == 0 {
                events += &format!("Event: Hangup|Uniqueid: @.{leg}||Event: Hangup|Uniqueid: d@||");
            }
        }
        if call % 5 == 1 {
            events += &format!("Event: Newstate|Uniqueid: @.1|Linkedid: {filler}1||");
        }
        let events = events.replace('@', &format!("{filler}{call}")).replace('|', "\r\n");
        each_frame(events.as_bytes(), |frame| tracker.handle(&Event::from(frame), Duration::ZERO));
    }
}

#[test]
fn bytes_held_are_those_counted_and_bounded() {
    for most in [0, 5_000, 20_000, 100_000, 1_000_000, CallLimits::new().max_bytes()] {
        let limits = CallLimits::new().bytes(most);
        let (mut tracker, held) = held_by(|| {
            let mut tracker = Tracker::new(limits);
            flood(&mut tracker, 60);
            tracker
        });
        assert!(held <= tracker.held(), "{most}: {held} held, {} counted", tracker.held());
        assert!(tracker.held() <= most, "{most}: {}", tracker.held());
        assert!(most < 20_000 || tracker.held() < 3 * held + 30_000, "{most}: counted far above the truth, {held}");
        let losses = tracker.losses();
        let told = losses.call_events + losses.leg_events + losses.marks + losses.ended + losses.texts;
        assert_eq!(told > 0, most < CallLimits::new().max_bytes(), "{most}: {losses:?}");
        // Nothing is left of what has been taken.
        let empty = tracker.held().min(20_000);
        tracker.abandon().for_each(drop);
        while tracker.poll_ended().is_some() {}
        assert!(tracker.held() <= empty + most / 8);
    }
}

#[test]
fn at_the_limit_ended_calls_go_first_and_then_the_oldest() {
    let limits = CallLimits::new().bytes(40_000);
    let mut tracker = Tracker::new(limits);
    let mut send = |event: String| {
        each_frame(event.replace('|', "\r\n").as_bytes(), |frame| tracker.handle(&Event::from(frame), Duration::ZERO));
        (tracker.losses(), tracker.active().len(), tracker.held())
    };
    // They end and nobody takes them: the oldest are dropped, and all are tracked.
    for id in 0..100 {
        let (losses, active, _) = send(format!("Event: Newchannel|Channel: {id}|Uniqueid: {id}|Linkedid: {id}||"));
        assert_eq!((losses.call_events, active), (0, 1));
        send(format!("Event: Hangup|Uniqueid: {id}|Linkedid: {id}||"));
    }
    let (losses, ..) = send(String::new());
    assert!(losses.ended > 80 && losses.call_events == 0, "{losses:?}");
    // They go on: the oldest are given up, and the new ones are tracked.
    for id in 100..200 {
        let (losses, active, held) = send(format!("Event: Newchannel|Channel: {id}|Uniqueid: {id}|Linkedid: {id}||"));
        assert_eq!((active as u64 + losses.given_up, losses.call_events), (id - 99, 0));
        assert!(held <= 40_000);
    }
    let (losses, active, _) = send(String::new());
    assert!((2..50).contains(&active) && losses.given_up > 50, "{active}");
    // What comes late of one that was given up begins none.
    let (_, still, _) = send("Event: Newstate|Uniqueid: 100|Linkedid: 100||".into());
    assert_eq!(still, active);
    // So it is with marks and texts; a call that is left alone gives up its own oldest marks.
    for number in 0..200 {
        send(format!("Event: BlindTransfer|TransfererUniqueid: 199|Extension: {number}||"));
    }
    let (losses, active, _) = send(format!("Event: Rename|Uniqueid: 199|Newname: {}||", "n".repeat(256)));
    assert!(losses.marks > 0 && losses.texts == 0 && active == 1, "{losses:?}");
    let call = tracker.call_of(b"199").unwrap();
    assert_eq!(call.legs()[0].channel, *"n".repeat(256));
    let targets = call.transfers().iter().map(|transfer| transfer.target.to_string());
    assert!(targets.eq((losses.marks..200).map(|number| format!("{number}@"))));
}

/// The recordings that are too many for the corpus. Without `AMI_CAPTURES` there are none.
#[test]
fn the_large_recordings() {
    for (version, scenario, bytes) in
        captures::servers(&["transfer", "queue", "park", "originate", "storm", "confbridge", "extra_calls"])
    {
        let counts = Counts::of(&bytes);
        let (calls, tracker) = calls_of(&bytes, CallLimits::new());
        for call in &calls {
            check_call(call, CallLimits::new(), true);
        }
        let open = calls.iter().filter(|call| call.end().is_none()).count();
        let legs = calls.iter().map(|call| call.legs().len()).sum::<usize>();
        println!(
            "{version} {scenario}: channels {} hangups {} linked ids {} calls {} open {open} legs {legs} losses {:?}",
            counts.begun.len(),
            counts.hung.len(),
            counts.groups(),
            calls.len(),
            tracker.losses()
        );
        assert!(legs >= counts.begun.len());
        assert_eq!(tracker.losses().legs, 0);
        let living = counts.begun.keys().filter(|id| !counts.hung.contains_key(*id)).count();
        let alive = calls.iter().flat_map(Call::legs).filter(|leg| leg.ended.is_none()).count();
        assert_eq!(living, alive, "{version} {scenario}");
    }
}

/// What a call has of everything; `@` is the id of its first channel.
const FULL: [&str; 9] = [
    "Newchannel|Channel: A@|Uniqueid: @|Linkedid: @",
    "Newchannel|Channel: B@|Uniqueid: @b|Linkedid: @",
    "Newstate|CallerIDNum: 100|Uniqueid: @|Linkedid: @",
    "DialBegin|Uniqueid: @|Linkedid: @|DestUniqueid: @b|DestLinkedid: @",
    "Hold|Uniqueid: @|Linkedid: @",
    "BridgeEnter|BridgeUniqueid: b|Uniqueid: @|Linkedid: @",
    "QueueCallerJoin|Queue: q|Uniqueid: @|Linkedid: @",
    "ParkedCall|ParkeeUniqueid: @|Parkinglot: l|ParkingSpace: @",
    "BlindTransfer|Result: Success|TransfererUniqueid: @|Extension: @|Context: c",
];

fn tell(tracker: &mut Tracker, event: &str) {
    let text = format!("Event: {}\r\n\r\n", event.replace('|', "\r\n"));
    each_frame(text.as_bytes(), |frame| tracker.handle(&Event::from(frame), Duration::ZERO));
}

/// Each event needs the bytes that it adds: with as many nothing is lost, with one less it is.
#[test]
fn room_to_the_byte() {
    let events = [FULL.map(|event| event.replace('@', "1")), FULL.map(|event| event.replace('@', "2"))].concat();
    // The share of the ids that are gone is not the calls'.
    let run = |most: usize, events: &[String]| {
        let mut tracker = Tracker::new(CallLimits::new().bytes(most));
        let empty = tracker.held();
        events.iter().for_each(|event| tell(&mut tracker, event));
        (tracker.losses(), tracker.held() - empty)
    };
    let fits = |most: usize, events: &[String]| {
        let (losses, _) = run(most, events);
        let whole = losses.call_events + losses.leg_events + losses.legs + losses.given_up;
        whole + losses.marks + losses.texts == 0
    };
    let (mut before, mut own) = (0, None);
    for count in 1..=events.len() {
        let events = &events[..count];
        let (mut low, mut high) = (0, 1 << 20);
        while low < high {
            let middle = usize::midpoint(low, high);
            if fits(middle, events) { high = middle } else { low = middle + 1 }
        }
        let (_, held) = run(1 << 20, events);
        assert!(fits(low, events) && !fits(low - 1, events), "{}", events[count - 1]);
        let (_, held_there) = run(low, events);
        assert_eq!(held_there, held, "{}", events[count - 1]);
        assert!(before < held, "{}", events[count - 1]);
        // An eighth of the limit is not the calls', and the books themselves are.
        assert_eq!(low - low / 8 - held, *own.get_or_insert(low - low / 8 - held), "{}", events[count - 1]);
        // Four elements and their block, and each text with its own; a mark has its place in the order.
        let cost =
            |size: usize, texts: &[&str]| 4 * size + 16 + texts.iter().map(|text| text.len() + 16).sum::<usize>();
        let mark = |size: usize, texts: &[&str]| cost(size, texts) + cost(8, &[]);
        let expected = match events[count - 1].split_once('|').expect("an event").0 {
            "Newstate" => "100".len() + 16,
            "Hold" => mark(size_of::<Span>(), &[]),
            "ParkedCall" => mark(size_of::<Parking>(), &["1", "l", "1"]),
            "BlindTransfer" => mark(size_of::<Transfer>(), &["1", "1@c", "Success"]),
            _ => held - before,
        };
        assert_eq!(held - before, expected, "{}", events[count - 1]);
        before = held;
    }
}

/// Calls that have been taken leave nothing behind but the ids of their channels, whatever they
/// had, became and lost.
#[test]
fn nothing_is_left_of_what_was_taken() {
    let limits = CallLimits::new();
    let few = (0..20).map(|marks| limits.marks(marks)).chain((1..5).map(|legs| limits.legs(legs)));
    for limits in few.chain([limits]) {
        let mut tracker = Tracker::new(limits);
        for id in ["1", "2"] {
            FULL.iter().for_each(|event| tell(&mut tracker, &event.replace('@', id)));
        }
        tell(&mut tracker, "Newstate|Uniqueid: 2|Linkedid: 3");
        tell(&mut tracker, "Newstate|Uniqueid: 1|Linkedid: 3");
        for event in [
            "DialEnd|DestUniqueid: @b|DialStatus: BUSY",
            "AgentConnect|Queue: q|MemberName: M@|Uniqueid: @",
            "BridgeLeave|BridgeUniqueid: b|Uniqueid: @",
            "Rename|Uniqueid: @|Newname: longer@",
            "Hangup|Uniqueid: @b",
            "Hangup|Uniqueid: @",
        ] {
            ["1", "2"].iter().for_each(|id| tell(&mut tracker, &event.replace('@', id)));
        }
        let mut calls: Vec<Call> = core::iter::from_fn(|| tracker.poll_ended()).collect();
        calls.extend(tracker.abandon());
        let mut plain = Tracker::new(limits);
        for id in ["1", "1b", "2", "2b"] {
            tell(&mut plain, &format!("Newchannel|Uniqueid: {id}|Linkedid: 1"));
            tell(&mut plain, &format!("Hangup|Uniqueid: {id}"));
        }
        while plain.poll_ended().is_some() {}
        plain.abandon().for_each(drop);
        assert_eq!(tracker.held(), plain.held(), "{limits:?}: {calls:?}");
    }
}

/// What comes late of a channel that is gone makes none; its beginning does, under the same id.
#[test]
fn a_straggler_is_no_channel() {
    let mut tracker = Tracker::new(CallLimits::new());
    tell(&mut tracker, "Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1");
    tell(&mut tracker, "Hangup|Channel: A|Uniqueid: 1|Linkedid: 1");
    tell(&mut tracker, "Newstate|Channel: A|Uniqueid: 1|Linkedid: 1");
    assert!(tracker.call_of(b"1").is_none());
    tell(&mut tracker, "Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1");
    assert_eq!(tracker.call_of(b"1").map(Call::number), Some(2));
    // What is seen first in the middle was there before.
    tell(&mut tracker, "Newstate|Channel: B|Uniqueid: 2|Linkedid: 2");
    assert_eq!([b"1", b"2"].map(|id| tracker.call_of(id).unwrap().legs()[0].from_start), [true, false]);
}

#[test]
fn when_an_event_happened() {
    for (header, time) in [
        ("Timestamp: 1795224741.137467|", Some(Duration::new(1_795_224_741, 137_467_000))),
        ("Timestamp: x|", None),
        ("", None),
    ] {
        let mut seen = None;
        let text = format!("Event: Hangup|{header}|").replace('|', "\r\n");
        each_frame(text.as_bytes(), |frame| seen = Some(ami_proto::calls::time_of(&Event::from(frame))));
        assert_eq!(seen, Some(time), "{header}");
    }
}

/// Hangups that were lost: a list of the channels that live tells, or the age of the call.
#[test]
fn a_lost_hangup_keeps_no_call_for_ever() {
    let two = ["Newchannel|Uniqueid: 1|Linkedid: 1", "Newchannel|Uniqueid: 2|Linkedid: 1"];
    let handle = |tracker: &mut Tracker, event: &str, at: u64| {
        let text = format!("Event: {}\r\n\r\n", event.replace('|', "\r\n"));
        each_frame(text.as_bytes(), |frame| tracker.handle(&Event::from(frame), Duration::from_secs(at)));
    };
    let full = || {
        let mut tracker = Tracker::new(CallLimits::new().age(Duration::from_secs(100)));
        two.iter().for_each(|event| handle(&mut tracker, event, 1));
        handle(&mut tracker, "Newchannel|Uniqueid: 3|Linkedid: 3", 10);
        tracker
    };
    let secs = Duration::from_secs;
    // Channel 1 lives; 2 is lost; 3 may have begun after the list was made.
    let mut tracker = full();
    tracker.reconcile([&b"1"[..]], secs(10), secs(11));
    let legs = tracker.call_of(b"1").unwrap().legs();
    assert_eq!(legs.iter().map(|leg| leg.ended).collect::<Vec<_>>(), [None, Some(secs(11))]);
    assert!(tracker.call_of(b"3").is_some() && tracker.poll_ended().is_none());
    tracker.reconcile([], secs(11), secs(12));
    let ended: Vec<_> = std::iter::from_fn(|| tracker.poll_ended()).map(|call| (call.number(), call.end())).collect();
    assert_eq!((ended, tracker.active().len()), (vec![(1, Some(secs(12))), (2, Some(secs(12)))], 0));
    // By number, and by what the caller thinks of it.
    let mut tracker = full();
    assert_eq!(tracker.abandon_call(1).map(|call| (call.number(), call.end())), Some((1, None)));
    assert!(tracker.abandon_call(1).is_none() && tracker.call_of(b"1").is_none());
    handle(&mut tracker, "Newstate|Uniqueid: 1|Linkedid: 1", 12);
    assert!(tracker.call_of(b"1").is_none(), "what comes late begins none");
    assert_eq!(tracker.retain(|call| call.number() != 2).len(), 1);
    assert_eq!((tracker.active().len(), tracker.losses().given_up), (0, 0));
    // By age.
    let mut tracker = full();
    handle(&mut tracker, "Newchannel|Uniqueid: 4|Linkedid: 4", 101);
    assert_eq!(tracker.active().len(), 3);
    handle(&mut tracker, "Newstate|Uniqueid: 4|Linkedid: 4", 102);
    assert_eq!((tracker.active().len(), tracker.losses().given_up), (2, 1));
    let old = tracker.poll_ended().unwrap();
    assert_eq!((old.number(), old.end(), old.legs().len()), (1, None, 2));
}

/// What a caller's wait came to: by the variable that Queue leaves, or that there is none.
#[test]
fn the_end_of_a_wait() {
    let status = |status: &str| format!("Event: VarSet|Uniqueid: 1|Variable: QUEUESTATUS|Value: {status}");
    let step = |exten: &str| format!("Event: Newexten|Uniqueid: 1|Extension: {exten}|Application: NoOp");
    let asked = "Event: HangupRequest|Uniqueid: 1".to_owned();
    for (word, events) in [
        ("timeout", vec![status("TIMEOUT"), step("q")]),
        ("empty", vec![status("LEAVEEMPTY"), step("q")]),
        ("empty", vec![status("FULL")]),
        ("withdrawn", vec![status("WITHDRAW"), step("q")]),
        ("exit-key", vec![step("q")]),
        ("abandoned", vec![]),
        ("abandoned", vec![step("h")]),
        ("abandoned", vec![asked, step("handler")]),
    ] {
        let mut all = vec![
            "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1".to_owned(),
            status(""),
            "Event: QueueCallerJoin|Queue: q|Uniqueid: 1|Linkedid: 1".to_owned(),
            "Event: QueueCallerAbandon|Queue: q|Uniqueid: 1|Linkedid: 1".to_owned(),
            "Event: QueueCallerLeave|Queue: q|Uniqueid: 1|Linkedid: 1".to_owned(),
        ];
        all.extend(events);
        all.push("Event: Hangup|Uniqueid: 1|Linkedid: 1".to_owned());
        let call = only(play(&all.iter().map(String::as_str).collect::<Vec<_>>()).0);
        assert_eq!(call.queues()[0].outcome.as_ref().map(QueueOutcome::as_str), Some(word), "{all:?}");
        assert_eq!(call.wait(), ms(1));
    }
}

/// Variables that were asked for, digits, and a record that comes in time.
#[test]
fn what_else_a_call_keeps() {
    let mut tracker = Tracker::new(CallLimits::new());
    tracker.keep_variable("CUSTOMER");
    tracker.keep_variable("CUSTOMER");
    for event in [
        "Newchannel|Channel: A|AccountCode: acc|Context: from-pstn|Exten: 0800|Uniqueid: 1|Linkedid: 1",
        "VarSet|Uniqueid: 1|Variable: CUSTOMER|Value: 7",
        "VarSet|Uniqueid: 1|Variable: OTHER|Value: x",
        "VarSet|Uniqueid: 1|Variable: CUSTOMER|Value: 42",
        "VarSet|Uniqueid: 1|Variable: MIXMONITOR_FILENAME|Value: /tmp/a.wav",
        "MixMonitorStart|Channel: A|Uniqueid: 1|Linkedid: 1",
        "DTMFEnd|Digit: 5|Direction: Received|Uniqueid: 1",
        "DTMF|Digit: 6|Direction: Sent|Begin: Yes|End: No|Uniqueid: 1",
        "DTMF|Digit: 6|Direction: Sent|Begin: No|End: Yes|Uniqueid: 1",
        "MixMonitorStop|Channel: A|Uniqueid: 1|Linkedid: 1",
        "Cdr|Destination: 0800|Disposition: ANSWERED|Duration: 7|BillableSeconds: 5|UniqueID: 1",
        "Hangup|Uniqueid: 1|Linkedid: 1|Cause: 16",
    ] {
        tell(&mut tracker, event);
    }
    let call = tracker.poll_ended().unwrap();
    check_call(&call, CallLimits::new(), true);
    let [customer] = call.variables() else { panic!("{call:?}") };
    assert_eq!((customer.name.to_string(), customer.value.to_string()), ("CUSTOMER".into(), "42".into()));
    let digits: Vec<_> = call.legs()[0].digits.iter().map(|digit| (digit.digit, digit.received)).collect();
    assert_eq!(digits, [('5', true), ('6', false)]);
    let [recording] = call.recordings() else { panic!("{call:?}") };
    assert_eq!((recording.file.as_ref().unwrap().to_string(), recording.span.end), ("/tmp/a.wav".into(), Some(ms(0))));
    let [record] = call.records() else { panic!("{call:?}") };
    assert_eq!((record.duration, record.billable), (Duration::from_secs(7), Duration::from_secs(5)));
    let told = [call.dialled(), call.context(), call.account()].map(|text| text.unwrap().to_string());
    assert_eq!(told, ["0800", "from-pstn", "acc"]);
}

#[test]
fn each_variable_is_asked_for_once_however_often() {
    let mut tracker = Tracker::new(CallLimits::new());
    for _ in 0..40 {
        tracker.keep_variable("ONE");
        tracker.keep_variable("TWO");
    }
    for name in 3..40 {
        tracker.keep_variable(&name.to_string());
    }
    tell(&mut tracker, "Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1");
    for name in ["ONE", "TWO", "32", "33"] {
        tell(&mut tracker, &format!("VarSet|Uniqueid: 1|Variable: {name}|Value: {name}"));
    }
    let kept = tracker.call_of(b"1").unwrap().variables().iter().map(|variable| variable.name.to_string());
    assert_eq!(kept.collect::<Vec<_>>(), ["ONE", "TWO", "32"]);
}

/// A request that has the channel go on elsewhere, as a transfer does, is none that it goes.
#[test]
fn a_caller_who_is_asked_to_go_on_elsewhere_has_not_given_up() {
    for (cause, word) in [("Cause: 2|", "exit-key"), ("Cause: 32|", "abandoned"), ("", "abandoned")] {
        let call = only(
            play(&[
                "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1",
                "Event: VarSet|Variable: QUEUESTATUS|Value: |Uniqueid: 1",
                "Event: QueueCallerJoin|Queue: q|Uniqueid: 1|Linkedid: 1",
                &format!("Event: SoftHangupRequest|{cause}Channel: A|Uniqueid: 1|Linkedid: 1"),
                "Event: QueueCallerLeave|Queue: q|Uniqueid: 1|Linkedid: 1",
                "Event: Newexten|Exten: 1|Context: c|Application: NoOp|Priority: 1|Uniqueid: 1|Linkedid: 1",
                "Event: Hangup|Uniqueid: 1|Linkedid: 1",
            ])
            .0,
        );
        assert_eq!(call.queues()[0].outcome.as_ref().map(QueueOutcome::as_str), Some(word), "{cause}");
    }
}

/// A transfer puts another channel into the place of one that is parked: the time there is one.
#[test]
fn a_channel_takes_the_place_of_one_that_is_parked() {
    let parked = |id: &str, space: &str| format!("ParkeeUniqueid: {id}|ParkeeLinkedid: 1|ParkingSpace: {space}");
    for (swapped, space, ends, ended) in [
        ("2", "701", "2", true),
        // It is the other's no longer.
        ("2", "701", "1", false),
        // Another space, the very one that is there, and a channel that nobody knows.
        ("2", "702", "1", true),
        ("2", "702", "2", false),
        ("1", "701", "1", true),
        ("9", "701", "1", true),
    ] {
        let (calls, _) = play(&[
            "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1",
            "Event: Newchannel|Channel: B|Uniqueid: 2|Linkedid: 1",
            &format!("Event: ParkedCall|{}", parked("1", "701")),
            &format!("Event: ParkedCallSwap|{}", parked(swapped, space)),
            &format!("Event: ParkedCallTimeOut|{}", parked(ends, space)),
        ]);
        let call = only(calls);
        let [parking] = call.parkings() else { panic!("{call:?}") };
        assert_eq!(parking.span.end.is_some(), ended, "{swapped} {space} {ends}");
        assert_eq!(parking.end.is_some(), ended, "{swapped} {space} {ends}");
    }
    // One that has left it is no longer there to be swapped.
    let (calls, _) = play(&[
        "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1",
        "Event: Newchannel|Channel: B|Uniqueid: 2|Linkedid: 1",
        &format!("Event: ParkedCall|{}", parked("1", "701")),
        &format!("Event: UnParkedCall|{}", parked("1", "701")),
        &format!("Event: ParkedCallSwap|{}", parked("2", "701")),
        &format!("Event: ParkedCallGiveUp|{}", parked("2", "701")),
    ]);
    let call = only(calls);
    assert_eq!((call.parkings()[0].span.end, call.parkings()[0].end), (Some(ms(4)), Some(ParkingEnd::Retrieved)));
}
