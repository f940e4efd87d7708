//! Invariant: calls folded from recordings are those that counts made without the tracker say. (Arbitrary events: `tests/it/replay.rs`, `fold`.)

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use crate::support::captures;
use crate::support::fold::check_call;
use ami_proto::calls::{Call, CallLimits, QueueOutcome, Tracker, TransferKind};
use ami_proto::event::Event;
use ami_proto::{Decoder, Frame, FrameKind, Limits};

fn each_frame(bytes: &[u8], mut each: impl FnMut(Frame<'_>)) {
    let mut decoder = Decoder::new(Limits::new());
    for piece in bytes.chunks(1 << 16) {
        decoder.push(piece);
        while let Some(frame) = decoder.next_frame().unwrap() {
            each(frame);
        }
    }
}

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
            let Some(uniqueid) = frame.get("Uniqueid").map(|id| id.as_bytes().to_vec()) else { return };
            match frame.name().unwrap().as_bytes() {
                b"Newchannel" => *counts.begun.entry(uniqueid.clone()).or_default() += 1,
                b"Hangup" => *counts.hung.entry(uniqueid.clone()).or_default() += 1,
                // Detail records come late, with what was true before.
                b"CEL" | b"Cdr" => return,
                _ => {}
            }
            if let Some(linkedid) = frame.get("Linkedid").filter(|id| !id.is_empty()) {
                counts.linked.entry(uniqueid).or_default().insert(linkedid.as_bytes().to_vec());
            }
        });
        counts
    }

    /// Linked ids of channels that begin, those counted once that some channel has had one after the other.
    fn groups(&self) -> usize {
        let mut groups: Vec<BTreeSet<&Vec<u8>>> = Vec::new();
        for (_, ids) in self.linked.iter().filter(|(uniqueid, _)| self.begun.contains_key(*uniqueid)) {
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
    let files = ["corpus/sessions", "corpus/storm"].map(|dir| std::fs::read_dir(dir).unwrap());
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
        assert_eq!((losses.calls, losses.legs, losses.marks, losses.ended), (0, 0, 0, 0), "{}", path.display());

        let legs: Vec<_> = calls.iter().flat_map(Call::legs).collect();
        let mut ids: Vec<&[u8]> = legs.iter().map(|leg| leg.uniqueid.as_bytes()).collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(all, ids.len(), "{}: a channel is in one call", path.display());
        for uniqueid in counts.begun.keys() {
            assert!(ids.binary_search(&uniqueid.as_slice()).is_ok(), "{}: {uniqueid:?}", path.display());
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
        // Excerpts have holes, and a channel may tell of a change only after the call it came from has ended (16_agents).
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
            merged += usize::from(!call.former_linkedids().is_empty());
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
    assert_eq!(call.linkedid(), "2");
    assert_eq!(call.former_linkedids(), ["1"]);
    assert_eq!(call.legs().len(), 2);
    assert_eq!(call.answered(), Some(Duration::from_millis(4)));
    assert_eq!(call.end(), Some(Duration::from_millis(6)));
    assert_eq!(call.cause().unwrap().get(), 16);
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

#[test]
fn what_does_not_fit_is_counted() {
    let limits = CallLimits::new().calls(1).legs(1).marks(1).ended(1).text(3);
    let text = "Event: Newchannel|Channel: A|Uniqueid: 1|Linkedid: 1
Event: Newchannel|Channel: Long|Uniqueid: 2|Linkedid: 1
Event: Newchannel|Channel: B|Uniqueid: 3|Linkedid: 3
Event: Newchannel|Channel: B|Uniqueid: 4444|Linkedid: 3
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
    assert_eq!((losses.calls, losses.legs, losses.marks, losses.ended), (1, 1, 1, 1), "{losses:?}");
    assert_eq!((losses.texts, losses.ids, losses.hangups), (1, 1, 1), "{losses:?}");
    assert_eq!(tracker.poll_ended().unwrap().linkedid(), "5");
    assert!(tracker.poll_ended().is_none());
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
