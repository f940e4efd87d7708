//! Calls and the mirror a second time, as their documentation says it: plain lists that are
//! searched through, no limits but that of a text. What `fold` is held to.

use ami_proto::calls::{Call, Leg, QueueOutcome, Span, Tracker};
use ami_proto::value::ChannelState;
use ami_proto::{Frame, FrameKind};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

type Bytes = Vec<u8>;

/// Bytes of a text.
const TEXT: usize = 8;

fn cut(bytes: &[u8]) -> Bytes {
    bytes[..bytes.len().min(TEXT)].to_vec()
}

fn header(frame: Frame<'_>, prefix: &str, name: &str) -> Option<Bytes> {
    frame.get(&format!("{prefix}{name}")).map(|value| value.as_bytes().to_vec())
}

/// A header that is an id: not empty, not too long.
fn id(frame: Frame<'_>, name: &str) -> Option<Bytes> {
    header(frame, "", name).filter(|id| !id.is_empty() && id.len() <= TEXT)
}

fn known_number(frame: Frame<'_>, prefix: &str) -> Option<Bytes> {
    let unknown: [&[u8]; 4] = [b"", b"<unknown>", b"unknown", b"<no name>"];
    header(frame, prefix, "CallerIDNum")
        .filter(|number| !unknown.contains(&number.as_slice()))
        .map(|number| cut(&number))
}

fn state(frame: Frame<'_>, prefix: &str) -> Option<ChannelState> {
    frame.get(&format!("{prefix}ChannelState")).and_then(|state| state.parse().ok())
}

fn is(frame: Frame<'_>, name: &str, word: &str) -> bool {
    frame.get(name).is_some_and(|value| value.eq_ignore_case(word))
}

type Time = (Duration, Option<Duration>);

fn close(time: &mut Time, at: Duration) {
    time.1.get_or_insert(at);
}

#[derive(Clone, Debug, Default)]
#[expect(dead_code, reason = "legs are compared by what `Debug` shows of them")]
struct MLeg {
    channel: Bytes,
    id: Bytes,
    number: Option<Bytes>,
    seen: Duration,
    from_start: bool,
    times: [Option<Duration>; 3],
    cause: Option<i64>,
    holds: Vec<Time>,
    stays: Vec<(Bytes, Time)>,
}

/// Something that happens to one leg, told by the leg's place in `MCalls::legs`.
#[derive(Clone, Debug)]
struct MDial {
    from: Option<Bytes>,
    to: Bytes,
    time: Time,
    status: Option<Bytes>,
    /// Whose end would end it, and who has it end by the caller's.
    callee: Option<usize>,
    caller: Option<usize>,
}

/// A wait in a queue: whose it is, the queue, since when, until when, and how it ended.
type MWait = (usize, Bytes, Option<u64>, Time, Option<Option<Bytes>>);

/// The last wait of a leg.
fn last_wait(waits: &mut [MWait], leg: usize) -> Option<&mut MWait> {
    waits.iter_mut().rfind(|wait| wait.0 == leg)
}

#[derive(Clone, Debug, Default)]
struct MCall {
    linked_id: Bytes,
    /// Whether the server told it.
    told: bool,
    /// The waits that ended without an answer, by the number of waits before them.
    unanswered: BTreeSet<(usize, Duration)>,
    former: BTreeSet<Bytes>,
    start: Duration,
    legs: Vec<usize>,
    dials: Vec<MDial>,
    transfers: Vec<String>,
    waits: Vec<MWait>,
    parkings: Vec<(usize, Bytes, Bytes, Time)>,
}

/// All calls that go on.
#[derive(Default)]
pub struct MCalls {
    calls: BTreeMap<u64, MCall>,
    begun: u64,
    /// Every leg there ever was, and the name that each began with.
    legs: Vec<MLeg>,
    first_names: Vec<Bytes>,
    /// Whether the server said that it shuts down.
    down: bool,
    gone: BTreeSet<Bytes>,
    /// The channel that took a name last, while it has it.
    names: BTreeMap<Bytes, usize>,
    /// Those that have ended and were not compared yet.
    ended: Vec<(u64, Vec<String>)>,
}

impl MCalls {
    fn find(&self, id: &[u8]) -> Option<(u64, usize)> {
        let mut all = self.calls.iter().flat_map(|(number, call)| call.legs.iter().map(|leg| (*number, *leg)));
        all.find(|(_, leg)| self.legs[*leg].id == id && self.legs[*leg].times[2].is_none())
    }

    fn take_name(&mut self, name: &[u8], leg: usize) {
        if !name.is_empty() {
            self.names.insert(name.to_vec(), leg);
        }
    }

    fn linked(&self, id: &[u8]) -> Option<u64> {
        let mut calls = self.calls.iter();
        calls.find(|(_, call)| call.linked_id == id || call.former.contains(id)).map(|(number, _)| *number)
    }

    fn unite(&mut self, one: &[u8], two: &[u8]) {
        if let (Some((one, _)), Some((two, _))) = (self.find(one), self.find(two)) {
            self.merge(one, two, None);
        }
    }

    fn merge(&mut self, one: u64, two: u64, linked_id: Option<&[u8]>) {
        if one == two {
            return;
        }
        let taken = self.calls.remove(&one.max(two)).unwrap();
        let call = self.calls.get_mut(&one.min(two)).unwrap();
        call.start = call.start.min(taken.start);
        call.former.extend(taken.former);
        call.former.insert(taken.linked_id.clone());
        if let Some(linked_id) = linked_id.filter(|id| call.former.contains(*id)) {
            call.former.remove(linked_id);
            let before = std::mem::replace(&mut call.linked_id, linked_id.to_vec());
            call.former.insert(before);
        }
        // One that was made of a unique id is none.
        if !taken.told {
            call.former.remove(&taken.linked_id);
        }
        call.told |= taken.told || linked_id.is_some();
        call.unanswered.extend(taken.unanswered);
        call.legs.extend(taken.legs);
        call.legs.sort_unstable();
        call.dials.extend(taken.dials);
        call.transfers.extend(taken.transfers);
        call.waits.extend(taken.waits);
        call.parkings.extend(taken.parkings);
    }

    /// A description of a channel. `unknown`: whether it begins here, was there before, or is
    /// passed over if it isn't known.
    fn see(&mut self, frame: Frame<'_>, prefix: &str, unknown: Option<bool>, at: Duration) {
        let Some(unique_id) = id(frame, &format!("{prefix}Uniqueid")) else { return };
        let linked_id = id(frame, &format!("{prefix}Linkedid"));
        // A beginning of another name under the id of one that lives: its hangup was lost.
        if let (Some(true), Some((_, leg)), Some(name)) =
            (unknown, self.find(&unique_id), header(frame, prefix, "Channel"))
        {
            if self.legs[leg].from_start && self.first_names[leg] != cut(&name) {
                self.hang_up(&unique_id, None, at);
            }
        }
        match (self.find(&unique_id), unknown) {
            (None, Some(begins)) => {
                if begins {
                    self.gone.remove(&unique_id);
                } else if self.gone.contains(&unique_id) {
                    return;
                }
                let told = linked_id.is_some();
                let linked_id = linked_id.unwrap_or_else(|| unique_id.clone());
                let number = self.linked(&linked_id).unwrap_or_else(|| {
                    self.begun += 1;
                    self.calls.insert(self.begun, MCall { linked_id, told, start: at, ..MCall::default() });
                    self.begun
                });
                let channel = cut(&header(frame, prefix, "Channel").unwrap_or_default());
                self.calls.get_mut(&number).unwrap().legs.push(self.legs.len());
                self.take_name(&channel, self.legs.len());
                self.first_names.push(channel.clone());
                self.legs.push(MLeg {
                    channel,
                    id: unique_id.clone(),
                    seen: at,
                    from_start: begins,
                    ..MLeg::default()
                });
            }
            (Some((number, _)), _) => {
                if let Some(linked_id) = linked_id {
                    match self.linked(&linked_id) {
                        Some(other) => self.merge(number, other, Some(&linked_id)),
                        None => {
                            let call = self.calls.get_mut(&number).unwrap();
                            let before = std::mem::replace(&mut call.linked_id, linked_id);
                            if std::mem::replace(&mut call.told, true) {
                                call.former.insert(before);
                            }
                        }
                    }
                }
            }
            (None, None) => return,
        }
        let Some((_, leg)) = self.find(&unique_id) else { return };
        let leg = &mut self.legs[leg];
        leg.from_start |= unknown == Some(true);
        leg.number = known_number(frame, prefix).or(leg.number.take());
        match state(frame, prefix).map(ChannelState::get) {
            Some(4 | 5) => _ = leg.times[0].get_or_insert(at),
            Some(6) => _ = leg.times[1].get_or_insert(at),
            _ => {}
        }
    }

    fn begin_dial(&mut self, from: Option<Bytes>, to: Bytes, by_caller: bool, at: Duration) {
        let Some((number, callee)) = self.find(&to) else { return };
        let caller = from.as_ref().filter(|_| by_caller).and_then(|from| self.find(from)).map(|(_, leg)| leg);
        let dial = MDial { from, to, time: (at, None), status: None, callee: Some(callee), caller };
        self.calls.get_mut(&number).unwrap().dials.push(dial);
    }

    fn end_dial(&mut self, channel: &[u8], by_caller: bool, status: Option<Bytes>, at: Duration) {
        let Some((number, leg)) = self.find(channel) else { return };
        for dial in &mut self.calls.get_mut(&number).unwrap().dials {
            let who = if by_caller { &mut dial.caller } else { &mut dial.callee };
            if *who == Some(leg) {
                *who = None;
                close(&mut dial.time, at);
                dial.status = dial.status.take().or_else(|| status.clone());
            }
        }
    }

    fn enter(&mut self, channel: &[u8], bridge: Bytes, at: Duration) {
        let Some((_, leg)) = self.find(channel).filter(|_| !bridge.is_empty() && bridge.len() <= TEXT) else { return };
        let stays = &mut self.legs[leg].stays;
        if !stays.iter().any(|(inside, time)| *inside == bridge && time.1.is_none()) {
            stays.push((bridge, (at, None)));
        }
    }

    /// Two are in one bridge: a wait of the one that nothing has answered yet was answered.
    fn answered(&mut self, caller: &[u8], by: &[u8]) {
        let by = self.find(by).map(|(_, leg)| self.legs[leg].channel.clone()).unwrap_or_default();
        let Some((number, leg)) = self.find(caller) else { return };
        if let Some(wait) = last_wait(&mut self.calls.get_mut(&number).unwrap().waits, leg) {
            wait.4.get_or_insert(Some(by));
        }
    }

    fn leave(&mut self, channel: &[u8], bridge: &[u8], at: Duration) {
        let Some((_, leg)) = self.find(channel) else { return };
        let stays = self.legs[leg].stays.iter_mut();
        stays.filter(|(inside, _)| inside == bridge).for_each(|(_, time)| close(time, at));
    }

    fn transfer(&mut self, by: Option<Bytes>, kind: &str, target: Bytes, result: Option<Bytes>, at: Duration) {
        let Some((number, leg)) = by.and_then(|by| self.find(&by)) else { return };
        let by = &self.legs[leg].id;
        let text = format!("{kind} {at:?} {by:?} {:?} {:?}", cut(&target), result.map(|result| cut(&result)));
        self.calls.get_mut(&number).unwrap().transfers.push(text);
    }

    fn hang_up(&mut self, channel: &[u8], cause: Option<i64>, at: Duration) {
        let Some((number, place)) = self.find(channel) else { return };
        self.gone.insert(channel.to_vec());
        self.names.retain(|_, leg| *leg != place);
        let leg = &mut self.legs[place];
        leg.times[2] = Some(at);
        leg.cause = cause;
        leg.holds.iter_mut().for_each(|time| close(time, at));
        leg.stays.iter_mut().for_each(|(_, time)| close(time, at));
        let call = self.calls.get_mut(&number).unwrap();
        call.dials.iter_mut().filter(|dial| dial.callee == Some(place)).for_each(|dial| close(&mut dial.time, at));
        if let Some(wait) = last_wait(&mut call.waits, place) {
            close(&mut wait.3, at);
            if call.unanswered.contains(&(place, wait.3.0)) {
                wait.4.get_or_insert(None);
            }
        }
        call.parkings.iter_mut().filter(|parking| parking.0 == place).for_each(|parking| close(&mut parking.3, at));
        if call.legs.iter().all(|leg| self.legs[*leg].times[2].is_some()) {
            let call = self.calls.remove(&number).unwrap();
            self.ended.push((number, self.tell(number, &call, Some(at))));
        }
    }

    /// All calls are given up.
    fn restart(&mut self) {
        for (number, call) in std::mem::take(&mut self.calls) {
            let living = call.legs.iter().filter(|leg| self.legs[**leg].times[2].is_none());
            self.gone.extend(living.map(|leg| self.legs[*leg].id.clone()));
            self.names.retain(|_, leg| !call.legs.contains(leg));
            self.ended.push((number, self.tell(number, &call, None)));
        }
    }

    pub fn handle(&mut self, frame: Frame<'_>, at: Duration) {
        if frame.kind() != FrameKind::Event {
            return;
        }
        let name = String::from_utf8_lossy(frame.name().unwrap_or_default().as_bytes()).to_ascii_lowercase();
        let status = || header(frame, "", "DialStatus").map(|status| cut(&status));
        let own = id(frame, "Uniqueid");
        match name.as_str() {
            "newchannel" => self.see(frame, "", Some(true), at),
            "shutdown" => self.down = true,
            "fullybooted" if std::mem::take(&mut self.down) => self.restart(),
            "newstate" | "coreshowchannel" | "status" => self.see(frame, "", Some(false), at),
            "newexten" | "newcallerid" | "newconnectedline" | "varset" => self.see(frame, "", None, at),
            "rename" => {
                let Some(name) = header(frame, "", "Newname").map(|name| cut(&name)) else { return };
                let Some((_, leg)) = own.and_then(|own| self.find(&own)) else { return };
                self.names.retain(|_, named| *named != leg);
                self.take_name(&name, leg);
                self.legs[leg].channel = name;
            }
            "hangup" => {
                self.see(frame, "", None, at);
                let cause = frame.get("Cause").and_then(|cause| cause.parse().ok());
                own.into_iter().for_each(|own| self.hang_up(&own, cause, at));
            }
            "hold" | "unhold" => {
                self.see(frame, "", None, at);
                let held = name == "hold" && frame.get("Status").and_then(|on| on.parse().ok()).unwrap_or(true);
                let Some((_, leg)) = own.and_then(|own| self.find(&own)) else { return };
                let holds = &mut self.legs[leg].holds;
                let open = holds.last().is_some_and(|hold| hold.1.is_none());
                match (open, held) {
                    (true, false) => close(holds.last_mut().unwrap(), at),
                    (false, true) => holds.push((at, None)),
                    _ => {}
                }
            }
            "dialbegin" => {
                self.see(frame, "", Some(false), at);
                self.see(frame, "Dest", Some(false), at);
                let Some(to) = id(frame, "DestUniqueid") else { return };
                self.unite(own.as_ref().unwrap_or(&to), &to);
                self.begin_dial(own, to, false, at);
            }
            "dialstate" => self.see(frame, "Dest", None, at),
            "dialend" => {
                self.see(frame, "Dest", None, at);
                id(frame, "DestUniqueid").into_iter().for_each(|to| self.end_dial(&to, false, status(), at));
            }
            "dial" => match (own, id(frame, "DestUniqueid")) {
                (from, Some(to)) if frame.get("Uniqueid").is_some() => {
                    self.unite(from.as_deref().unwrap_or_default(), &to);
                    self.begin_dial(from, to, true, at);
                }
                // Where somebody is dialled who can't be kept, it is a beginning all the same.
                (Some(from), None) if header(frame, "", "DestUniqueid").is_none_or(|to| to.is_empty()) => {
                    self.end_dial(&from, true, status(), at);
                }
                _ => {}
            },
            "bridgeenter" => {
                self.see(frame, "", Some(false), at);
                let (Some(own), Some(bridge)) = (own, header(frame, "", "BridgeUniqueid")) else { return };
                let basic = frame.get("BridgeType").is_some_and(|kind| kind == "basic") && bridge.len() <= TEXT;
                let inside = self.calls.values().flat_map(|call| &call.legs).map(|leg| &self.legs[*leg]);
                let inside = inside.filter(|leg| leg.stays.iter().any(|(b, time)| *b == bridge && time.1.is_none()));
                let mut inside: Vec<Bytes> = inside.map(|leg| leg.id.clone()).collect();
                inside.sort_unstable();
                inside.truncate(4);
                self.enter(&own, bridge, at);
                for other in inside.into_iter().filter(|other| basic && *other != own) {
                    self.unite(&own, &other);
                    self.answered(&own, &other);
                    self.answered(&other, &own);
                }
            }
            "bridgeleave" => {
                self.see(frame, "", None, at);
                if let (Some(own), Some(bridge)) = (own, header(frame, "", "BridgeUniqueid")) {
                    if let Some((_, leg)) = self.find(&own) {
                        self.legs[leg].holds.iter_mut().for_each(|time| close(time, at));
                    }
                    self.leave(&own, &bridge, at);
                }
            }
            "localbridge" => {
                self.see(frame, "LocalOne", None, at);
                self.see(frame, "LocalTwo", None, at);
                for [one, two] in [["LocalOneUniqueid", "LocalTwoUniqueid"], ["Uniqueid1", "Uniqueid2"]] {
                    if let (Some(one), Some(two)) = (id(frame, one), id(frame, two)) {
                        self.unite(&one, &two);
                    }
                }
            }
            "pickup" => {
                self.see(frame, "", None, at);
                self.see(frame, "Target", None, at);
                if let (Some(own), Some(target)) = (own, id(frame, "TargetUniqueid")) {
                    self.unite(&own, &target);
                }
            }
            "masquerade" => {
                let [one, two] = ["Clone", "Original"].map(|name| self.names.get(&header(frame, "", name)?).copied());
                if let (Some(one), Some(two)) = (one, two) {
                    let [one, two] = [one, two].map(|leg| self.legs[leg].id.clone());
                    self.unite(&one, &two);
                }
            }
            "bridge" | "link" | "unlink" => {
                let (Some(one), Some(two)) = (header(frame, "", "Uniqueid1"), header(frame, "", "Uniqueid2")) else {
                    return;
                };
                let bridge = [&one[..], b"+", &two].concat();
                if name == "unlink" || name == "bridge" && is(frame, "Bridgestate", "Unlink") {
                    [one, two].iter().for_each(|one| self.leave(one, &bridge, at));
                } else {
                    self.unite(&one, &two);
                    for (one, other) in [(&one, &two), (&two, &one)] {
                        self.enter(one, bridge.clone(), at);
                        self.answered(one, other);
                    }
                }
            }
            "blindtransfer" | "attendedtransfer" | "transfer" => self.told_transfer(&name, frame, at),
            "queuecallerjoin" | "join" | "queuecallerleave" | "leave" | "queuecallerabandon" | "agentconnect" => {
                let (Some(own), Some(queue)) = (own, header(frame, "", "Queue").map(|queue| cut(&queue))) else {
                    return;
                };
                match name.as_str() {
                    "queuecallerjoin" => self.see(frame, "", Some(false), at),
                    "queuecallerleave" => self.see(frame, "", None, at),
                    _ => {}
                }
                let Some((number, leg)) = self.find(&own) else { return };
                let call = self.calls.get_mut(&number).unwrap();
                let waits = &mut call.waits;
                if let Some(last) = last_wait(waits, leg).filter(|last| name.ends_with("join") || last.1 == queue) {
                    close(&mut last.3, at);
                    match name.as_str() {
                        "queuecallerabandon" => _ = call.unanswered.insert((leg, last.3.0)),
                        "agentconnect" => {
                            last.3.1 = Some(at);
                            last.4 = Some(Some(cut(&header(frame, "", "MemberName").unwrap_or_default())));
                        }
                        _ => {}
                    }
                }
                if name.ends_with("join") {
                    let position = frame.get("Position").and_then(|position| position.parse().ok());
                    waits.push((leg, queue, position, (at, None), None));
                }
            }
            "parkedcall" | "unparkedcall" | "parkedcalltimeout" | "parkedcallgiveup" => {
                let first = |names: [&str; 2]| names.into_iter().find_map(|name| header(frame, "", name));
                let parked = first(["ParkeeUniqueid", "Uniqueid"]).filter(|id| id.len() <= TEXT);
                let Some((number, leg)) = parked.and_then(|parked| self.find(&parked)) else { return };
                let parkings = &mut self.calls.get_mut(&number).unwrap().parkings;
                let open = parkings.iter_mut().find(|parking| parking.0 == leg && parking.3.1.is_none());
                match (open, name == "parkedcall") {
                    (Some(open), false) => close(&mut open.3, at),
                    (None, true) => {
                        let lot = cut(&header(frame, "", "Parkinglot").unwrap_or_default());
                        let space = cut(&first(["ParkingSpace", "Exten"]).unwrap_or_default());
                        parkings.push((leg, lot, space, (at, None)));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn told_transfer(&mut self, name: &str, frame: Frame<'_>, at: Duration) {
        let text = |name: &str| header(frame, "", name);
        let exten = |exten, context| {
            [text(exten).unwrap_or_default(), b"@".to_vec(), text(context).unwrap_or_default()].concat()
        };
        match name {
            "blindtransfer" => {
                self.see(frame, "Transferer", None, at);
                let target = exten("Extension", "Context");
                self.transfer(id(frame, "TransfererUniqueid"), "Blind", target, text("Result"), at);
            }
            "attendedtransfer" => {
                self.see(frame, "OrigTransferer", None, at);
                self.see(frame, "SecondTransferer", None, at);
                let target = text("TransferTargetChannel").or_else(|| text("SecondTransfererChannel"));
                let by = id(frame, "OrigTransfererUniqueid");
                self.transfer(by, "Attended", target.unwrap_or_default(), text("Result"), at);
            }
            _ if is(frame, "TransferType", "Attended") => {
                let by = text("Uniqueid");
                if let (Some(by), Some(target)) = (&by, text("TargetUniqueid")) {
                    self.unite(by, &target);
                }
                self.transfer(by, "Attended", text("TargetChannel").unwrap_or_default(), None, at);
            }
            _ => self.transfer(text("Uniqueid"), "Blind", exten("TransferExten", "TransferContext"), None, at),
        }
    }

    /// A call in words: its head, its legs in order, and then what it has in no order.
    fn tell(&self, number: u64, call: &MCall, end: Option<Duration>) -> Vec<String> {
        let former: Vec<_> = call.former.iter().collect();
        let mut told = vec![format!("{number} {:?} {former:?} {:?} {end:?}", call.linked_id, call.start)];
        let mut legs: Vec<_> = call.legs.iter().map(|leg| format!("leg {:?}", self.legs[*leg])).collect();
        if end.is_none() {
            legs.sort_unstable();
        }
        let mut rest: Vec<_> = call
            .dials
            .iter()
            .map(|dial| format!("dial {:?} {:?} {:?} {:?}", dial.from, dial.to, dial.time, dial.status))
            .collect();
        rest.extend(call.transfers.iter().map(|transfer| format!("transfer {transfer}")));
        rest.extend(call.waits.iter().map(|(leg, queue, position, time, outcome)| {
            format!("wait {:?} {queue:?} {position:?} {time:?} {outcome:?}", self.legs[*leg].id)
        }));
        let parkings = call.parkings.iter();
        rest.extend(
            parkings
                .map(|(leg, lot, space, time)| format!("parking {:?} {lot:?} {space:?} {time:?}", self.legs[*leg].id)),
        );
        rest.sort_unstable();
        told.extend(legs);
        told.extend(rest);
        told
    }

    /// Compares the calls that go on.
    pub fn check(&self, tracker: &Tracker) {
        let ours: Vec<_> = self.calls.iter().map(|(number, call)| self.tell(*number, call, None)).collect();
        assert_eq!(tracker.active().map(tell).collect::<Vec<_>>(), ours);
    }

    /// Compares a call that has ended: the next one.
    pub fn check_ended(&mut self, call: &Call) {
        assert!(!self.ended.is_empty(), "it goes on: {call:?}");
        assert_eq!(tell(call), self.ended.remove(0).1);
    }

    /// Compares a call that is given up.
    pub fn check_abandoned(&mut self, call: &Call) {
        let ours = self.calls.remove(&call.number()).expect("a call that goes on");
        self.names.retain(|_, leg| !ours.legs.contains(leg));
        assert_eq!(tell_as(call, None, false), self.tell(call.number(), &ours, None));
    }
}

fn tell(call: &Call) -> Vec<String> {
    tell_as(call, call.end(), call.end().is_some())
}

/// The library's call in the model's words.
fn tell_as(call: &Call, end: Option<Duration>, in_order: bool) -> Vec<String> {
    let bytes = |text: &ami_proto::calls::OwnedValue| text.as_bytes().to_vec();
    let optional = |text: &Option<ami_proto::calls::OwnedValue>| text.as_ref().map(bytes);
    let time = |span: Span| (span.start, span.end);
    let former: BTreeSet<_> = call.former_linked_ids().iter().map(bytes).collect();
    assert_eq!(former.len(), call.former_linked_ids().len());
    let former: Vec<_> = former.iter().collect();
    let mut told =
        vec![format!("{} {:?} {former:?} {:?} {end:?}", call.number(), bytes(call.linked_id()), call.start())];
    let leg = |leg: &Leg| MLeg {
        channel: bytes(&leg.channel),
        id: bytes(&leg.unique_id),
        number: optional(&leg.number),
        seen: leg.first_seen,
        from_start: leg.from_start,
        times: [leg.ringing, leg.answered, leg.ended],
        cause: leg.cause.map(|cause| i64::from(cause.get())),
        holds: leg.holds.iter().map(|span| time(*span)).collect(),
        stays: leg.stays.iter().map(|stay| (bytes(&stay.bridge), time(stay.span))).collect(),
    };
    let mut legs: Vec<_> = call.legs().iter().map(|one| format!("leg {:?}", leg(one))).collect();
    if !in_order {
        legs.sort_unstable();
    }
    let dials = call.dials().iter();
    let dials = dials.map(|dial| {
        format!(
            "dial {:?} {:?} {:?} {:?}",
            optional(&dial.from),
            bytes(&dial.to),
            time(dial.span),
            optional(&dial.status)
        )
    });
    let mut rest: Vec<_> = dials.collect();
    rest.extend(call.transfers().iter().map(|transfer| {
        let (by, target, result) = (bytes(&transfer.by), bytes(&transfer.target), optional(&transfer.result));
        format!("transfer {:?} {:?} {by:?} {target:?} {result:?}", transfer.kind, transfer.at)
    }));
    rest.extend(call.queues().iter().map(|wait| {
        let outcome = wait.outcome.as_ref().map(|outcome| match outcome {
            QueueOutcome::Answered(member) => Some(bytes(member)),
            _ => None,
        });
        let (caller, queue) = (bytes(&wait.caller), bytes(&wait.queue));
        format!("wait {caller:?} {queue:?} {:?} {:?} {outcome:?}", wait.position, time(wait.span))
    }));
    rest.extend(call.parkings().iter().map(|parking| {
        let [parked, lot, space] = [&parking.parked, &parking.lot, &parking.space].map(bytes);
        format!("parking {parked:?} {lot:?} {space:?} {:?}", time(parking.span))
    }));
    rest.sort_unstable();
    told.extend(legs);
    told.extend(rest);
    told
}
