//! `ConfBridge` for a day, by what Asterisk 22 said: each request is looked up among those that
//! were recorded, in their order, and has the answer and the events that it had then.

use super::{Reply, Server, Told};
use ami_proto::conference::{Dialect, Request};
use ami_proto::{Decoder, FrameKind, Framing, Limits, OwnedFrame};
use std::collections::BTreeMap;

/// The headers that a recorded request is known by.
const KNOWN_BY: [&str; 4] = ["Action", "Conference", "Channel", "RecordFile"];

/// Two recordings: a conference, and calls of which one is to a busy phone.
pub(crate) struct Recorded {
    conference: Recording,
    calls: Recording,
    /// Set once anything has been asked.
    began: bool,
    told: Vec<Told>,
}

struct Recording {
    /// The headers of each recorded request, but for those that have been answered.
    requests: Vec<Vec<(String, String)>>,
    frames: Vec<OwnedFrame>,
}

impl Recorded {
    pub(crate) fn new() -> Self {
        let read = |requests, session| Recording {
            requests: frames(requests, Framing::SERVER.banner(false)).iter().map(headers).collect(),
            frames: frames(session, Framing::SERVER),
        };
        let conference = read("requests/22_confbridge.ami", "sessions/22_confbridge.ami");
        let calls = read("requests/22_originate.ami", "sessions/22_originate_excerpt.ami");
        Self { conference, calls, began: false, told: Vec::new() }
    }
}

fn frames(file: &str, framing: Framing) -> Vec<OwnedFrame> {
    let bytes = std::fs::read(ami_testkit::root().join("corpus").join(file)).expect("a readable file");
    let mut decoder = Decoder::new(Limits::new()).with_framing(framing);
    decoder.push(&bytes);
    let mut frames = Vec::new();
    while let Some(frame) = decoder.next_frame().expect("frames") {
        if frame.kind() != FrameKind::Banner {
            frames.push(frame.to_owned());
        }
    }
    frames
}

fn headers(frame: &OwnedFrame) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    frame.view().headers().map(|header| (text(header.name()), text(header.value().as_bytes()))).collect()
}

/// Returns whether this is the outcome of a call.
fn outcome(frame: &OwnedFrame) -> bool {
    frame.view().name().is_some_and(|name| name == "OriginateResponse")
}

/// Returns the headers that a request is known by.
fn known(headers: &[(String, String)]) -> BTreeMap<&str, &str> {
    let known = headers.iter().filter(|(name, _)| KNOWN_BY.contains(&name.as_str()));
    known.map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

impl Recording {
    /// The answer of the first recorded request like this one, with the outcome of the call where
    /// it makes one, and the events behind it up to the next answer.
    fn answer(&mut self, like: impl Fn(&[(String, String)]) -> bool) -> Option<(Vec<OwnedFrame>, Vec<Told>)> {
        let at = self.requests.iter().position(|request| like(request))?;
        let request = self.requests.drain(..=at).next_back()?;
        let (_, id) = request.iter().find(|(name, _)| name == "ActionID")?;
        let is_its = |frame: &OwnedFrame| frame.view().get("ActionID").is_some_and(|found| found == id.as_str());
        let first = self.frames.iter().position(|frame| is_its(frame) && !outcome(frame))?;
        let mut rest = self.frames.split_off(first).into_iter().peekable();
        let mut answer = Vec::new();
        while let Some(frame) = rest.next_if(|frame| is_its(frame) && !outcome(frame)) {
            answer.push(frame);
        }
        let is_answer = |frame: &OwnedFrame| frame.view().kind() == FrameKind::Response;
        let mut told = Vec::new();
        while let Some(frame) = rest.next_if(|frame| !is_answer(frame)) {
            told.push(frame);
        }
        self.frames = rest.collect();
        answer.extend(told.iter().chain(&self.frames).find(|frame| is_its(frame) && outcome(frame)).cloned());
        told.retain(|frame| !outcome(frame));
        Some((answer, told.into_iter().map(Told::Ami).collect()))
    }
}

impl Server for Recorded {
    fn dialect(&self) -> Dialect<'static> {
        Dialect::ConfBridge
    }

    fn room(&self) -> &str {
        "room1"
    }

    fn file(&self) -> &str {
        "/tmp/labconf.wav"
    }

    fn busy(&self) -> &str {
        "Local/busy@lab/n"
    }

    fn answer(&mut self, request: &Request) -> Option<Reply> {
        let Request::Action(action) = request else { panic!("{request:?}") };
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
        decoder.push(action.as_bytes());
        let asked = headers(&decoder.next_frame().expect("an action").expect("the whole of it").to_owned());
        let asked = known(&asked);
        let like = |request: &[(String, String)]| {
            // A call into the conference was recorded as one into an extension.
            known(request) == asked
                && (asked["Action"] != "Originate" || request.iter().any(|(name, _)| name == "Async"))
        };
        let recording = if asked["Action"] == "Originate" { &mut self.calls } else { &mut self.conference };
        if !std::mem::replace(&mut self.began, true) {
            // All that came before the first question.
            let is_list = |frame: &OwnedFrame| frame.view().name().is_some_and(|name| name == "ConfbridgeListRooms");
            // Its response stands before the list.
            let first = recording.frames.iter().position(is_list).and_then(|at| at.checked_sub(1));
            let before = recording.frames.drain(..first.expect("it was recorded"));
            self.told.extend(before.filter(|frame| !outcome(frame)).map(Told::Ami));
        }
        let (answer, told) = recording.answer(like)?;
        self.told.extend(told);
        Some(Reply::Frames(answer))
    }

    fn somebody_comes(&mut self) {}

    fn told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }
}
