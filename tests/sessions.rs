//! Invariant: in every recorded session each request that was sent ends once, with the very reply, items, output and end that the recording holds; and every frame of the recording is told once, in its order.
//!
//! What the recording holds is read by `support/oracle.rs` and by hand from its lines, not by the library. Only `ActionID`s differ: ours stand for those of the recording.
//!
//! `corpus/replay/` holds sessions with the order in which both sides spoke. `AMI_CAPTURES=folder cargo test --test sessions` replays all recordings below a folder (`session*.jsonl`) as well.
#![allow(clippy::pedantic, clippy::type_complexity)]
#![cfg(feature = "std")]
#![allow(clippy::cast_possible_truncation, clippy::case_sensitive_file_extension_comparisons)]

#[path = "support/oracle.rs"]
#[allow(unreachable_pub)]
mod oracle;
#[path = "support/recording.rs"]
#[allow(unreachable_pub)]
mod recording;

use ami_proto::action::Custom;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending, Id};
use ami_proto::response::Command;
use ami_proto::{ConnectionError, Decoder, Frame, FrameKind, Framing, Limits};
use oracle::{Kind, OracleFrame};
use recording::{Server, Turn, header};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What came of the replays.
#[derive(Debug, Default)]
struct Tally {
    endings: BTreeMap<&'static str, usize>,
    sent: usize,
    /// Requests that a client can't send: before login, or such as break the framing.
    not_sent: usize,
    frames: usize,
    /// Frames that came when the client had given the connection up: its login was refused.
    frames_after: usize,
    items: usize,
    printed: usize,
    faults: Vec<String>,
}

#[test]
fn corpus() {
    let mut tally = Tally::default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/replay");
    let mut files: Vec<PathBuf> = root.read_dir().expect("corpus/replay").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "replay")) {
        replay(&file.display().to_string(), &recording::replay_file(&std::fs::read(file).unwrap()), &mut tally);
    }
    finish(&tally);
    assert!(tally.sent > 300 && tally.items > 300 && tally.printed > 10, "{tally:?}");
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
        let turns = recording::session_jsonl(&std::fs::read_to_string(file).unwrap());
        replay(&file.display().to_string(), &turns, &mut tally);
    }
    println!("{} sessions", files.len());
    finish(&tally);
}

fn finish(tally: &Tally) {
    println!(
        "{} sent, {} not; {} frames, {} after; {} items, {} outputs; {:?}",
        tally.sent, tally.not_sent, tally.frames, tally.frames_after, tally.items, tally.printed, tally.endings
    );
    for fault in tally.faults.iter().take(40) {
        println!("{fault}");
    }
    assert!(tally.faults.is_empty(), "{} faults", tally.faults.len());
}

/// What the client has told of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// To nobody in particular.
    Event,
    /// Of the connection: banner, login, start.
    Stage,
    Started,
    Item,
    Text,
    Reply,
    Refused,
    List {
        items: u64,
        cancelled: bool,
    },
    Outcome,
    Unclaimed,
}

/// A frame that the client has lent.
#[derive(Debug)]
struct Lent {
    request: Option<Id>,
    told: Told,
    bytes: Vec<u8>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// What a command has printed.
    printed: Option<Vec<Vec<u8>>>,
}

impl Lent {
    fn new(request: Option<Id>, told: Told, frame: Frame<'_>) -> Self {
        let headers = frame.headers().map(|header| (header.name().to_vec(), header.value().as_bytes().to_vec()));
        let answers = matches!(told, Told::Reply | Told::Refused);
        let printed = answers.then(|| Command::from(frame).lines().map(|line| line.as_bytes().to_vec()).collect());
        Self { request, told, bytes: frame.as_bytes().to_vec(), headers: headers.collect(), printed }
    }
}

/// A frame that the client was given: as it was recorded, but for `ActionID`s.
struct Given {
    bytes: Vec<u8>,
    recorded: OracleFrame,
    /// One of ours.
    id: Option<Vec<u8>>,
    /// How many requests had been sent before.
    requests: usize,
}

/// A request of the recording and the one sent in its stead.
struct Request {
    name: String,
    id: Id,
    action_id: Vec<u8>,
    ending: Option<&'static str>,
    paragraphs: u64,
}

struct Replay {
    client: Client,
    start: Instant,
    step: u32,
    requests: Vec<Request>,
    given: Vec<Given>,
    lent: Vec<Lent>,
    /// `ActionID`s of the recording, and ours.
    ids: HashMap<Vec<u8>, Vec<u8>>,
    /// Ours of requests that had none.
    nameless: VecDeque<Vec<u8>>,
    /// Ours of challenges, logins and goodbyes.
    stages: Vec<Vec<u8>>,
    probes: Vec<Vec<u8>>,
    faults: Vec<String>,
    over: Option<ConnectionError>,
    /// Frames that came after that.
    after: usize,
}

fn replay(name: &str, turns: &[Turn], tally: &mut Tally) {
    let config = Config::new().max_in_flight(1 << 20).limits(Limits::new());
    let mut replay = Replay {
        client: Client::new(config).seeded(7),
        start: Instant::now(),
        step: 0,
        requests: Vec::new(),
        given: Vec::new(),
        lent: Vec::new(),
        ids: HashMap::new(),
        nameless: VecDeque::new(),
        stages: Vec::new(),
        probes: Vec::new(),
        faults: Vec::new(),
        over: None,
        after: 0,
    };
    let mut requests = Decoder::new(Limits::new()).with_framing(Framing::REQUESTS);
    let mut server = Server::of(turns);
    let mut arrived = 0;
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
                arrived += bytes.len();
                while let Some((blank, bytes, frame)) = server.next(arrived) {
                    replay.input(&blank);
                    replay.give(&bytes, frame);
                }
            }
        }
    }
    replay.answer_probes();
    let (blank, cut) = server.left();
    replay.input(blank);
    replay.input(cut);
    let truncated = cut.len();
    replay.client.handle_eof(replay.start);
    replay.poll();
    if let Some(ConnectionError::Closed { truncated: said }) = replay.over {
        if said != truncated {
            replay.faults.push(format!("{said} bytes said to be cut off, {truncated} were"));
        }
    }
    replay.each_frame_is_told_once();
    replay.each_answer_is_the_recorded_one(tally);
    tally.frames += replay.given.len();
    tally.frames_after += replay.after;
    tally.faults.extend(replay.faults.into_iter().map(|fault| format!("{name}: {fault}")));
}

impl Replay {
    fn now(&mut self) -> Instant {
        self.step += 1;
        self.start + Duration::from_micros(u64::from(self.step))
    }

    /// Sends a request of the recording.
    fn request(&mut self, frame: Frame<'_>) -> bool {
        if frame.kind() != FrameKind::Action || self.over.is_some() {
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
                sent.then_some(None)
            }
            // The client has sent it by itself once it had the challenge.
            "login" if value("AuthType").eq_ignore_ascii_case(b"MD5") => {
                self.client.poll_transmit().is_some().then_some(None)
            }
            "login" if self.client.login(now, Credentials::plain(value("Username"), value("Secret"))).is_ok() => {
                Some(None)
            }
            "logoff" => {
                self.client.close(now);
                Some(None)
            }
            _ => {
                let mut action = Custom::new(frame.name().unwrap());
                for header in frame.headers().filter(|header| !header.is("Action") && !header.is("ActionID")) {
                    action = action.header(header.name(), header.value());
                }
                self.client.send(now, &action).ok().map(|handle| Some(handle.id()))
            }
        };
        let Some(request) = sent else { return false };
        let Some(action_id) = self.transmit(recorded) else { return true };
        match request {
            Some(id) => self.requests.push(Request { name, id, action_id, ending: None, paragraphs: 0 }),
            None => self.stages.push(action_id),
        }
        true
    }

    /// Takes what the client has written: the request, perhaps a probe behind it. Gives the `ActionID`.
    fn transmit(&mut self, recorded: Option<Vec<u8>>) -> Option<Vec<u8>> {
        let bytes = self.client.poll_transmit().map(<[u8]>::to_vec)?;
        self.client.transmitted(bytes.len());
        let mut written = Decoder::new(Limits::new()).with_framing(Framing::REQUESTS);
        written.push(&bytes);
        let id = |frame: Frame<'_>| frame.get("ActionID").unwrap().as_bytes().to_vec();
        let ours = id(written.next_frame().unwrap().unwrap());
        match recorded {
            Some(recorded) => _ = self.ids.insert(recorded, ours.clone()),
            None => self.nameless.push_back(ours.clone()),
        }
        while let Some(frame) = written.next_frame().unwrap() {
            assert_eq!(frame.name().unwrap(), "Ping");
            self.probes.push(id(frame));
        }
        Some(ours)
    }

    /// The answers to the client's own pings come when the server goes on to the next request.
    fn answer_probes(&mut self) {
        for id in std::mem::take(&mut self.probes) {
            // The text may have no name either.
            self.input(&[b"Response: Success\r\nActionID: ", &id[..], b"\r\nPing: Pong\r\n\r\n"].concat());
        }
    }

    /// Gives the client a frame with our `ActionID`s for those of the recording.
    fn give(&mut self, recorded: &[u8], frame: OracleFrame) {
        if self.over.is_some() {
            self.after += 1;
            return;
        }
        let mut bytes = Vec::new();
        let nameless = frame.kind == Kind::Response && header(&frame, "ActionID").is_none_or(<[u8]>::is_empty);
        let mut insert = if nameless { self.nameless.pop_front() } else { None };
        let mut id = insert.clone();
        for line in recorded.split_inclusive(|byte| *byte == b'\n') {
            let text = line.trim_ascii_end();
            let is_id = text.len() > 10 && text[..9].eq_ignore_ascii_case(b"ActionID:");
            let ours = is_id.then(|| self.ids.get(text[9..].trim_ascii_start())).flatten();
            match ours {
                Some(ours) => {
                    bytes.extend_from_slice(b"ActionID: ");
                    bytes.extend_from_slice(ours);
                    bytes.extend_from_slice(b"\r\n");
                    id.get_or_insert_with(|| ours.clone());
                }
                None => bytes.extend_from_slice(line),
            }
            if let Some(id) = insert.take() {
                bytes.extend_from_slice(b"ActionID: ");
                bytes.extend_from_slice(&id);
                bytes.extend_from_slice(b"\r\n");
            }
        }
        self.input(&bytes);
        self.given.push(Given { bytes, recorded: frame, id, requests: self.requests.len() });
    }

    fn input(&mut self, bytes: &[u8]) {
        let now = self.now();
        let mut left = bytes;
        while !left.is_empty() && self.over.is_none() {
            let taken = self.client.handle_input(now, left);
            left = &left[taken..];
            self.poll();
        }
    }

    fn poll(&mut self) {
        loop {
            let event = match self.client.poll_event() {
                Ok(Some(event)) => event,
                Ok(None) => return,
                Err(error) => {
                    self.over = Some(error);
                    return;
                }
            };
            let lent = |request, told, frame| Some(Lent::new(request, told, frame));
            let mut ended = None;
            let lent = match event {
                ClientEvent::Event(event) => lent(None, Told::Event, event.frame()),
                ClientEvent::Connected(banner) => {
                    let bytes = [banner.as_bytes(), b"\r\n"].concat();
                    Some(Lent { request: None, told: Told::Stage, bytes, headers: Vec::new(), printed: None })
                }
                ClientEvent::LoggedIn(response) | ClientEvent::LoginRefused(response) => {
                    lent(None, Told::Stage, response.frame())
                }
                ClientEvent::Started { id, response } => lent(Some(id), Told::Started, response.frame()),
                ClientEvent::Item { id, event } => lent(Some(id), Told::Item, event.frame()),
                ClientEvent::Text { id, frame } => lent(Some(id), Told::Text, frame),
                ClientEvent::Unclaimed { id, frame } => lent(id, Told::Unclaimed, frame),
                ClientEvent::Ready(None) | ClientEvent::Closed => None,
                ClientEvent::Ended { id, ending } => {
                    let (word, paragraphs, told) = match ending {
                        Ending::Reply(response) => ("reply", 0, lent(Some(id), Told::Reply, response.frame())),
                        Ending::Refused(response) => ("refused", 0, lent(Some(id), Told::Refused, response.frame())),
                        Ending::List { items, end, cancelled } => {
                            ("list", 0, lent(Some(id), Told::List { items, cancelled }, end.frame()))
                        }
                        Ending::Outcome(event) => ("outcome", 0, lent(Some(id), Told::Outcome, event.frame())),
                        Ending::Text { paragraphs } => ("text", paragraphs, None),
                        Ending::Lost(_) => ("lost", 0, None),
                        other => panic!("{other:?}"),
                    };
                    ended = Some((id, word, paragraphs));
                    told
                }
                other => panic!("{other:?}"),
            };
            self.lent.extend(lent);
            if let Some((id, word, paragraphs)) = ended {
                let request = self.requests.iter_mut().find(|request| request.id == id).expect("of one that was sent");
                if request.ending.replace(word).is_some() {
                    self.faults.push(format!("{} ended twice", request.name));
                }
                request.paragraphs = paragraphs;
            }
        }
    }

    /// What was lent is what was given, in its order, but for answers to the client's own challenges and goodbyes. A frame that is several may be lent in parts.
    fn each_frame_is_told_once(&mut self) {
        let mut lent = self.lent.iter().peekable();
        for given in &self.given {
            let own = given.id.as_ref().is_some_and(|id| self.stages.contains(id));
            match lent.peek() {
                Some(next)
                    if next.bytes == given.bytes || next.told == Told::Stage && given.recorded.kind == Kind::Banner =>
                {
                    let mut headers = next.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(b"ActionID"));
                    let recorded =
                        given.recorded.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(b"ActionID"));
                    if given.recorded.kind != Kind::Text && !recorded.eq(headers.by_ref()) {
                        self.faults.push(format!("{:?}: other headers", String::from_utf8_lossy(&given.bytes)));
                    }
                    lent.next();
                }
                _ if own && given.recorded.kind == Kind::Response => {}
                _ => {
                    let whole = full_lines(&given.bytes);
                    let mut parts = Vec::new();
                    while let Some(part) =
                        lent.next_if(|part| whole[parts.len()..].starts_with(&full_lines(&part.bytes)))
                    {
                        parts.extend(full_lines(&part.bytes));
                    }
                    if parts != whole {
                        let next = lent.peek().map(|next| (next.told, String::from_utf8_lossy(&next.bytes)));
                        self.faults
                            .push(format!("{:?} was not told; next {next:?}", String::from_utf8_lossy(&given.bytes)));
                        return;
                    }
                }
            }
        }
        if let Some(more) = lent.next() {
            self.faults.push(format!("{:?} was not given", String::from_utf8_lossy(&more.bytes)));
        }
    }

    fn each_answer_is_the_recorded_one(&mut self, tally: &mut Tally) {
        let mut lent: HashMap<Id, Vec<&Lent>> = HashMap::new();
        for frame in self.lent.iter().filter(|lent| !matches!(lent.told, Told::Unclaimed | Told::Event)) {
            if let Some(id) = frame.request {
                lent.entry(id).or_default().push(frame);
            }
        }
        for (number, request) in self.requests.iter().enumerate() {
            tally.sent += 1;
            let Some(ending) = request.ending else {
                self.faults.push(format!("{} did not end", request.name));
                continue;
            };
            *tally.endings.entry(ending).or_default() += 1;
            let lent = lent.get(&request.id).map_or(&[][..], |lent| lent);
            let expected = expected(request, &self.given, number);
            let found: Vec<(Told, Vec<u8>)> = lent.iter().map(|lent| (lent.told, lent.bytes.clone())).collect();
            if found != expected {
                let show = |(told, bytes): &(Told, Vec<u8>)| format!("{told:?} {}", String::from_utf8_lossy(bytes));
                let (found, expected): (Vec<_>, Vec<_>) =
                    (found.iter().map(show).collect(), expected.iter().map(show).collect());
                self.faults.push(format!("{} {ending}: {found:#?} instead of {expected:#?}", request.name));
            }
            tally.items += lent.iter().filter(|lent| lent.told == Told::Item).count();
            let texts = lent.iter().filter(|lent| lent.told == Told::Text).count();
            if ending == "text" && texts as u64 != request.paragraphs {
                self.faults.push(format!("{}: {} said, {texts} came", request.name, request.paragraphs));
            }
            if request.name.eq_ignore_ascii_case("Command") {
                for lent in lent {
                    let printed = recording::printed(&lent.bytes);
                    tally.printed += usize::from(!printed.is_empty());
                    if lent.printed.as_ref() != Some(&printed) {
                        self.faults.push(format!("Command: {:?} instead of {printed:?}", lent.printed));
                    }
                }
            }
        }
    }
}

/// The lines that are not blank.
fn full_lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect()
}

/// Lists of which items have no `ActionID` in old versions, or lose it where a value breaks off.
const NAMELESS: [(&str, &str); 4] = [
    ("IAXpeers", "PeerEntry"),
    ("Parkinglots", "Parkinglot"),
    ("DBGet", "DBGetResponse"),
    ("DBGetTree", "DBGetTreeResponse"),
];

const OUTCOMES: [&str; 5] = ["OriginateResponse", "WaitEventComplete", "SIPQualifyPeerDone", "FAXStats", "FAXSession"];

/// What the recording holds for a request: the first response with its `ActionID`, and what belongs to that; without one the text that came before the next request.
fn expected(request: &Request, given: &[Given], number: usize) -> Vec<(Told, Vec<u8>)> {
    let is = |given: &Given, name: &str| given.recorded.name.as_deref().is_some_and(|found| found == name.as_bytes());
    let own = |given: &Given| given.id.as_ref() == Some(&request.action_id);
    let told = |told: Told, given: &Given| (told, given.bytes.clone());
    let Some(first) = given.iter().position(|given| own(given) && given.recorded.kind == Kind::Response) else {
        let tree = given.iter().find(|given| own(given) && is(given, "DataGet Tree"));
        let text = given.iter().filter(|given| given.recorded.kind == Kind::Text && given.requests == number + 1);
        // A request without a response is cut off by the end of the recording.
        let text = text.filter(|_| request.ending != Some("lost"));
        let tree = tree.map(|tree| told(Told::Outcome, tree)).into_iter();
        return tree.chain(text.map(|text| told(Told::Text, text))).collect();
    };
    let response = &given[first];
    if is(response, "Error") {
        return vec![told(Told::Refused, response)];
    }
    let item = NAMELESS.iter().find(|(action, _)| request.name.eq_ignore_ascii_case(action));
    let nameless = |given: &Given| {
        let is_item = item.is_some_and(|(_, item)| is(given, item));
        is_item && given.id.is_none() && header(&given.recorded, "Privilege").is_none()
    };
    let rest = given[first + 1..].iter().filter(|given| given.recorded.kind == Kind::Event);
    let parts = rest.filter(|given| own(given) || nameless(given)).flat_map(|given| parts(&given.bytes));
    let mut events: Vec<(Told, Vec<u8>)> = parts.map(|part| (Told::Item, part)).collect();
    let cancelled = |event: &[u8]| contains(event, b"EventList: cancelled\r\n");
    let end = events.iter().position(|(_, event)| {
        let name = event_name(event);
        let named = name.ends_with("Complete") && name != "WaitEventComplete";
        named || contains(event, b"EventList: Complete\r\n") || cancelled(event)
    });
    let outcome = events.iter().find(|(_, event)| OUTCOMES.contains(&event_name(event)));
    if let (None, Some((_, outcome))) = (end, outcome) {
        return vec![told(Told::Started, response), (Told::Outcome, outcome.clone())];
    }
    let message = header(&response.recorded, "Message").unwrap_or_default();
    if end.is_some() || header(&response.recorded, "EventList").is_some() || message.ends_with(b"will follow") {
        if let Some(end) = end {
            events.truncate(end + 1);
            events[end].0 = Told::List { items: end as u64, cancelled: cancelled(&events[end].1) };
        }
        events.insert(0, told(Told::Started, response));
        return events;
    }
    // Its outcome didn't come before the recording ended.
    let name = request.name.to_ascii_lowercase();
    let awaited = matches!(name.as_str(), "originate" | "waitevent" | "sipqualifypeer");
    let awaited = awaited && request.ending == Some("lost");
    vec![told(if awaited { Told::Started } else { Told::Reply }, response)]
}

/// The events of a frame, which is several for the SKINNY lists up to 20.
fn parts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let skinny = [&b"Event: DeviceEntry\r\n"[..], b"Event: LineEntry\r\n"].iter().any(|start| bytes.starts_with(start));
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if parts.is_empty() || skinny && line.starts_with(b"Event: ") {
            parts.push(Vec::new());
        }
        parts.last_mut().unwrap().extend_from_slice(line);
    }
    let last = parts.len() - 1;
    parts[..last].iter_mut().for_each(|part| part.extend_from_slice(b"\r\n"));
    parts
}

fn event_name(event: &[u8]) -> &str {
    let line = event.split(|byte| *byte == b'\r').next().unwrap_or_default();
    line.strip_prefix(b"Event: ").and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
