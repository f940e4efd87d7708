// A recorded session played to a client: what it was given and what it told, frame by frame.

use crate::recording::{Server, header};
use ami_proto::action::Custom;
use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending, Id};
use ami_proto::response::Command;
use ami_proto::{ConnectionError, Decoder, Frame, FrameKind, Framing, Limits};
use ami_testkit::oracle::{Kind, OracleFrame};
use ami_testkit::session::Turn;
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// What the client has told of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
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
pub(crate) struct Lent {
    pub(crate) request: Option<Id>,
    pub(crate) told: Told,
    pub(crate) bytes: Vec<u8>,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// What a command has printed.
    pub(crate) printed: Option<Vec<Vec<u8>>>,
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
pub(crate) struct Given {
    pub(crate) bytes: Vec<u8>,
    pub(crate) recorded: OracleFrame,
    /// One of ours.
    pub(crate) id: Option<Vec<u8>>,
    /// How many requests had been sent before.
    pub(crate) requests: usize,
}

/// A request of the recording and the one sent in its stead.
pub(crate) struct Request {
    pub(crate) name: String,
    pub(crate) id: Id,
    pub(crate) action_id: Vec<u8>,
    pub(crate) ending: Option<&'static str>,
    pub(crate) paragraphs: u64,
}

pub(crate) struct Replay {
    pub(crate) client: Client,
    pub(crate) start: Instant,
    pub(crate) step: u32,
    pub(crate) requests: Vec<Request>,
    pub(crate) given: Vec<Given>,
    pub(crate) lent: Vec<Lent>,
    /// `ActionID`s of the recording, and ours.
    pub(crate) ids: HashMap<Vec<u8>, Vec<u8>>,
    /// Ours of requests that had none.
    pub(crate) nameless: VecDeque<Vec<u8>>,
    /// Ours of challenges, logins and goodbyes.
    pub(crate) stages: Vec<Vec<u8>>,
    pub(crate) probes: Vec<Vec<u8>>,
    pub(crate) faults: Vec<String>,
    pub(crate) over: Option<ConnectionError>,
    /// Frames that came after that.
    pub(crate) after: usize,
    /// Requests that a client can't send: before login, or such as break the framing.
    pub(crate) not_sent: usize,
}

impl Replay {
    /// Replays all turns of a recording.
    pub(crate) fn of(turns: &[Turn]) -> Self {
        let config = Config::new().max_in_flight(1 << 20).limits(Limits::new());
        let mut replay = Self {
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
            not_sent: 0,
        };
        let mut requests = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        let mut server = Server::of(turns);
        let mut arrived = 0;
        for turn in turns {
            if turn.from_client {
                requests.push(&turn.bytes);
                while let Some(frame) = requests.next_frame().unwrap() {
                    replay.answer_probes();
                    if !replay.request(frame) {
                        replay.not_sent += 1;
                    }
                }
            } else {
                arrived += turn.bytes.len();
                while let Some((blank, bytes, frame)) = server.next(arrived) {
                    replay.input(&blank);
                    replay.give(&bytes, frame);
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
        replay
    }

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
                let sent = self.client.login(now, Credentials::md5("u", "s")).is_ok();
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

    /// Takes what the client has written: the request, perhaps a probe behind it. Gives the
    /// `ActionID`.
    fn transmit(&mut self, recorded: Option<Vec<u8>>) -> Option<Vec<u8>> {
        let bytes = self.client.poll_transmit().map(<[u8]>::to_vec)?;
        self.client.transmitted(bytes.len());
        let mut written = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
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
}
