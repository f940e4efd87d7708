//! Invariant: in every recorded session each request that was sent ends once, with the reply and the number of items that the recording holds.
//!
//! `corpus/replay/` holds sessions with the order in which both sides spoke. `AMI_CAPTURES=folder cargo test --test sessions` replays all recordings below a folder (`session*.jsonl`) as well.
#![allow(clippy::pedantic, clippy::type_complexity)]
#![cfg(feature = "std")]
#![allow(clippy::cast_possible_truncation, clippy::case_sensitive_file_extension_comparisons)]

use ami_proto::action::Custom;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending, Id};
use ami_proto::{Decoder, Frame, FrameKind, Framing, Limits};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One side's bytes, in the order of both.
#[derive(Debug, Clone)]
enum Turn {
    Client(Vec<u8>),
    Server(Vec<u8>),
}

/// What came of a replay, by request.
#[derive(Debug, Default)]
struct Tally {
    endings: BTreeMap<&'static str, usize>,
    sent: usize,
    /// Requests that a client can't send: before login, or such as break the framing.
    not_sent: usize,
    items: u64,
    faults: Vec<String>,
}

#[test]
fn corpus() {
    let mut tally = Tally::default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/replay");
    let mut files: Vec<PathBuf> = root.read_dir().expect("corpus/replay").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "replay")) {
        replay(&file.display().to_string(), &turns(&std::fs::read(file).unwrap()), &mut tally);
    }
    finish(&tally);
    assert!(tally.sent > 300, "{tally:?}");
}

#[test]
fn captures() {
    let Some(root) = std::env::var_os("AMI_CAPTURES") else { return };
    let mut folders = vec![PathBuf::from(root)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with("freeswitch") {
                folders.push(path);
            } else if name.starts_with("session") && name.ends_with(".jsonl") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut tally = Tally::default();
    for file in &files {
        replay(&file.display().to_string(), &recorded(&std::fs::read_to_string(file).unwrap()), &mut tally);
    }
    println!("{} sessions", files.len());
    finish(&tally);
}

fn finish(tally: &Tally) {
    println!("{} sent, {} not, {} items, {:?}", tally.sent, tally.not_sent, tally.items, tally.endings);
    for fault in tally.faults.iter().take(40) {
        println!("{fault}");
    }
    assert!(tally.faults.is_empty(), "{} faults", tally.faults.len());
}

/// Reads `> 12\n` (client) or `< 12\n` (server), that many bytes, a line feed; over and over.
fn turns(mut file: &[u8]) -> Vec<Turn> {
    let mut turns = Vec::new();
    while let Some(end) = file.iter().position(|byte| *byte == b'\n') {
        let head = std::str::from_utf8(&file[..end]).unwrap();
        let len: usize = head[2..].parse().unwrap();
        let bytes = file[end + 1..][..len].to_vec();
        turns.push(if head.starts_with('>') { Turn::Client(bytes) } else { Turn::Server(bytes) });
        file = &file[end + 2 + len..];
    }
    turns
}

fn recorded(jsonl: &str) -> Vec<Turn> {
    let turn = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let bytes = || base64(value["b64"].as_str().unwrap());
        match value["dir"].as_str() {
            Some("c2s") => Some(Turn::Client(bytes())),
            Some("s2c") => Some(Turn::Server(bytes())),
            _ => None,
        }
    };
    jsonl.lines().filter_map(turn).collect()
}

fn base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 255) as u8);
        }
    }
    bytes
}

// What the recording holds, found without the client.

/// What the server sent with a request's `ActionID`, in its order.
#[derive(Debug, Default)]
struct Answer {
    responses: Vec<String>,
    messages: Vec<String>,
    /// Names of events, one for each `Event` line of a frame of a SKINNY list.
    events: Vec<String>,
    event_list: Vec<bool>,
}

fn answers(server: &[u8]) -> HashMap<Vec<u8>, Answer> {
    let mut decoder = Decoder::new(Limits::new());
    decoder.push(server);
    let mut answers: HashMap<Vec<u8>, Answer> = HashMap::new();
    while let Some(frame) = decoder.next_frame().unwrap() {
        let Some(id) = frame.get("ActionID") else { continue };
        let answer = answers.entry(id.as_bytes().to_vec()).or_default();
        let name = frame.name().unwrap_or_default().to_string();
        match frame.kind() {
            FrameKind::Response => {
                answer.responses.push(name);
                answer.messages.push(frame.get("Message").unwrap_or_default().to_string());
                answer.event_list.push(frame.get("EventList").is_some());
            }
            FrameKind::Event if matches!(name.as_str(), "DeviceEntry" | "LineEntry") => {
                answer.events.extend(frame.get_all("Event").map(|name| name.to_string()));
            }
            FrameKind::Event => answer.events.push(name),
            _ => {}
        }
    }
    answers
}

// The replay.

/// A request of the recording and the one sent in its stead.
struct Request {
    name: String,
    recorded: Option<Vec<u8>>,
    id: Id,
    ending: Option<(&'static str, u64)>,
    items: u64,
}

struct Replay {
    client: Client,
    start: Instant,
    step: u32,
    requests: Vec<Request>,
    /// `ActionID`s of the recording, and ours.
    ids: HashMap<Vec<u8>, Vec<u8>>,
    /// Ours of requests that had none.
    nameless: VecDeque<Vec<u8>>,
    probes: Vec<Vec<u8>>,
    faults: Vec<String>,
    events: usize,
    unclaimed: usize,
    over: bool,
}

fn replay(name: &str, turns: &[Turn], tally: &mut Tally) {
    let server: Vec<u8> = turns
        .iter()
        .filter_map(|turn| match turn {
            Turn::Server(bytes) => Some(&bytes[..]),
            Turn::Client(_) => None,
        })
        .collect::<Vec<_>>()
        .concat();
    let expected = answers(&server);
    let config = Config::new().max_in_flight(1 << 20).limits(Limits::new());
    let mut replay = Replay {
        client: Client::new(config).seeded(7),
        start: Instant::now(),
        step: 0,
        requests: Vec::new(),
        ids: HashMap::new(),
        nameless: VecDeque::new(),
        probes: Vec::new(),
        faults: Vec::new(),
        events: 0,
        unclaimed: 0,
        over: false,
    };
    let mut requests = Decoder::new(Limits::new()).with_framing(Framing::REQUESTS);
    let mut server = Decoder::new(Limits::new());
    let mut fed = 0;
    for turn in turns {
        match turn {
            Turn::Client(bytes) => {
                requests.push(bytes);
                while let Some(frame) = requests.next_frame().unwrap() {
                    replay.answer_probes();
                    if !replay.request(frame) {
                        tally.not_sent += 1;
                    }
                }
            }
            Turn::Server(bytes) => {
                server.push(bytes);
                loop {
                    let before = server.offset();
                    let Some(frame) = server.next_frame().unwrap() else { break };
                    // Blank lines that were skipped.
                    let skipped = (frame.offset() - before) as usize / 2;
                    fed += frame.as_bytes().len();
                    replay.input(&b"\r\n".repeat(skipped));
                    let bytes = replay.translate(frame);
                    replay.input(&bytes);
                }
            }
        }
    }
    replay.answer_probes();
    let rest = server.pending().to_vec();
    let _ = fed;
    replay.input(&rest);
    replay.client.handle_eof(replay.start);
    replay.poll();
    replay.check(name, &expected, tally);
}

impl Replay {
    fn now(&mut self) -> Instant {
        self.step += 1;
        self.start + Duration::from_micros(u64::from(self.step))
    }

    /// Sends a request of the recording.
    fn request(&mut self, frame: Frame<'_>) -> bool {
        if frame.kind() != FrameKind::Action || self.over {
            return false;
        }
        let name = frame.name().unwrap().to_string();
        let recorded = frame.get("ActionID").filter(|id| !id.is_empty()).map(|id| id.as_bytes().to_vec());
        let now = self.now();
        let value = |name: &str| frame.get(name).unwrap_or_default().as_bytes().to_vec();
        let sent = match name.to_ascii_lowercase().as_str() {
            "challenge" => {
                #[cfg(feature = "md5")]
                let sent = self.client.login(now, Credentials::md5("u", "s")).is_ok();
                #[cfg(not(feature = "md5"))]
                let sent = false;
                sent
            }
            // The client has sent it by itself once it had the challenge.
            "login" if value("AuthType").eq_ignore_ascii_case(b"MD5") => self.client.poll_transmit().is_some(),
            "login" if self.client.login(now, Credentials::plain(value("Username"), value("Secret"))).is_ok() => true,
            "logoff" => {
                self.client.close(now);
                true
            }
            _ => {
                let mut action = Custom::new(frame.name().unwrap());
                for header in frame.headers().filter(|header| !header.is("Action") && !header.is("ActionID")) {
                    action = action.header(header.name(), header.value());
                }
                match self.client.send(now, &action) {
                    Ok(handle) => {
                        let recorded = recorded.clone();
                        self.requests.push(Request { name, recorded, id: handle.id(), ending: None, items: 0 });
                        true
                    }
                    Err(_) => false,
                }
            }
        };
        if sent {
            self.transmit(recorded);
        }
        sent
    }

    /// Takes what the client has written: the request, perhaps a probe behind it.
    fn transmit(&mut self, recorded: Option<Vec<u8>>) {
        let Some(bytes) = self.client.poll_transmit().map(<[u8]>::to_vec) else { return };
        self.client.transmitted(bytes.len());
        let mut written = Decoder::new(Limits::new()).with_framing(Framing::REQUESTS);
        written.push(&bytes);
        let id = |frame: Frame<'_>| frame.get("ActionID").unwrap().as_bytes().to_vec();
        let ours = id(written.next_frame().unwrap().unwrap());
        match recorded {
            Some(recorded) => _ = self.ids.insert(recorded, ours),
            None => self.nameless.push_back(ours),
        }
        while let Some(frame) = written.next_frame().unwrap() {
            assert_eq!(frame.name().unwrap(), "Ping");
            self.probes.push(id(frame));
        }
    }

    /// The answers to the client's own pings come when the server goes on to the next request.
    fn answer_probes(&mut self) {
        for id in std::mem::take(&mut self.probes) {
            // The text may have no name either.
            self.input(&[b"Response: Success\r\nActionID: ", &id[..], b"\r\nPing: Pong\r\n\r\n"].concat());
        }
    }

    /// The frame with our `ActionID`s for those of the recording.
    fn translate(&mut self, frame: Frame<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        let nameless =
            frame.kind() == FrameKind::Response && frame.get("ActionID").is_none_or(ami_proto::Value::is_empty);
        let mut insert = if nameless { self.nameless.pop_front() } else { None };
        for line in frame.as_bytes().split_inclusive(|byte| *byte == b'\n') {
            let text = line.trim_ascii_end();
            let is_id = text.len() > 10 && text[..9].eq_ignore_ascii_case(b"ActionID:");
            let ours = is_id.then(|| self.ids.get(text[9..].trim_ascii_start())).flatten();
            match ours {
                Some(ours) => {
                    out.extend_from_slice(b"ActionID: ");
                    out.extend_from_slice(ours);
                    out.extend_from_slice(b"\r\n");
                }
                None => out.extend_from_slice(line),
            }
            if let Some(id) = insert.take() {
                out.extend_from_slice(b"ActionID: ");
                out.extend_from_slice(&id);
                out.extend_from_slice(b"\r\n");
            }
        }
        out
    }

    fn input(&mut self, bytes: &[u8]) {
        let now = self.now();
        let mut left = bytes;
        while !left.is_empty() && !self.over {
            let taken = self.client.handle_input(now, left);
            left = &left[taken..];
            self.poll();
        }
    }

    fn poll(&mut self) {
        loop {
            let (id, what) = match self.client.poll_event() {
                Ok(Some(ClientEvent::Item { id, .. } | ClientEvent::Text { id, .. })) => (id, None),
                Ok(Some(ClientEvent::Ended { id, ending })) => (id, Some(summary(ending))),
                Ok(Some(ClientEvent::Event(_))) => {
                    self.events += 1;
                    continue;
                }
                Ok(Some(ClientEvent::Unclaimed { .. })) => {
                    self.unclaimed += 1;
                    continue;
                }
                Ok(Some(_)) => continue,
                Ok(None) => break,
                Err(_) => {
                    self.over = true;
                    break;
                }
            };
            let Some(request) = self.requests.iter_mut().find(|request| request.id == id) else {
                self.faults.push(format!("{id:?} was never sent"));
                continue;
            };
            match what {
                None => request.items += 1,
                Some(_) if request.ending.is_some() => self.faults.push(format!("{} ended twice", request.name)),
                Some(ending) => request.ending = Some(ending),
            }
        }
    }

    fn check(self, name: &str, expected: &HashMap<Vec<u8>, Answer>, tally: &mut Tally) {
        let mut faults = self.faults;
        for request in &self.requests {
            tally.sent += 1;
            tally.items += request.items;
            let Some((ending, items)) = request.ending else {
                faults.push(format!("{} did not end", request.name));
                continue;
            };
            *tally.endings.entry(ending).or_default() += 1;
            if ending == "list" && items != request.items {
                faults.push(format!("{}: {items} said, {} came", request.name, request.items));
            }
            let default = Answer::default();
            let answer = request.recorded.as_ref().and_then(|id| expected.get(id)).unwrap_or(&default);
            if let Some(wrong) = disagrees(request, answer, ending) {
                faults.push(format!("{}: {wrong}; {ending}, {} items; {answer:?}", request.name, request.items));
            }
        }
        tally.faults.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
    }
}

fn summary(ending: Ending<'_>) -> (&'static str, u64) {
    match ending {
        Ending::Reply(_) => ("reply", 0),
        Ending::List { items, .. } => ("list", items),
        Ending::Outcome(_) => ("outcome", 0),
        Ending::Text { paragraphs } => ("text", paragraphs),
        Ending::Refused(_) => ("refused", 0),
        Ending::Lost(_) => ("lost", 0),
        Ending::TimedOut => ("timed out", 0),
        Ending::Cancelled => ("cancelled", 0),
        Ending::Overflowed(_) => ("overflowed", 0),
        other => panic!("{other:?}"),
    }
}

/// What is wrong with how a request ended, by what the recording holds.
fn disagrees(request: &Request, answer: &Answer, ending: &str) -> Option<&'static str> {
    let name = request.name.to_ascii_lowercase();
    let Some(first) = answer.responses.first() else {
        // Without ActionID there is no telling.
        let fine = request.recorded.is_none()
            || matches!(ending, "lost" | "text")
            || (name == "dataget" && ending == "outcome");
        return (!fine).then_some("no response");
    };
    if first == "Error" {
        return (ending != "refused").then_some("an error");
    }
    // An item that was cut in two by a value keeps its ActionID in neither half.
    let cut = name == "dbgettree" || name == "dbget";
    let complete = answer.events.iter().position(|event| event.ends_with("Complete") && event != "WaitEventComplete");
    if let Some(items) = complete {
        // The items of these have no ActionID.
        let nameless = cut || matches!(name.as_str(), "iaxpeers" | "parkinglots");
        let items = items as u64;
        let fine = ending == "list" && (items == request.items || (nameless && items < request.items));
        return (!fine).then_some("a list");
    }
    if answer.responses.iter().any(|kind| kind == "Error") {
        return None;
    }
    let announced = answer.event_list[0] || answer.messages[0].ends_with("will follow");
    let outcome = answer.events.iter().any(|event| {
        matches!(
            event.as_str(),
            "OriginateResponse" | "WaitEventComplete" | "SIPQualifyPeerDone" | "FAXStats" | "FAXSession"
        )
    });
    let expected = match (announced, outcome) {
        (_, true) => "outcome",
        (true, false) => "lost",
        (false, false) => "reply",
    };
    // Not all outcomes came before the recording ended.
    let awaited = matches!(name.as_str(), "originate" | "waitevent" | "sipqualifypeer") && ending == "lost";
    (ending != expected && !awaited).then_some("something else")
}
