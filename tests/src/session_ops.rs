//! What must hold for any operations on a client: the body of the fuzz target `session_ops`.

use crate::splits::hand;
use ami_proto::action::{
    Action, CoreStatus, Custom, EncodedAction, Events, FaxStats, Filter, IaxPeers, Originate, Ping, Queues,
    SkinnyLines, Status,
};
use ami_proto::client::{AtCeiling, Client, ClientEvent, Config, Credentials, Ending, Id, Reached};
use ami_proto::error::SendError;
use ami_proto::event::{EventSet, Hangup};
use ami_proto::value::Classes;
use ami_proto::{Decoder, Frame, FrameKind, Framing, Limits};
use arbitrary::{Arbitrary, Unstructured};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// One thing that a driver, a caller or a server can do to a client.
#[derive(Arbitrary, Debug)]
enum Op<'a> {
    Login {
        challenge: bool,
    },
    Greet,
    Send(u8),
    SendAs(u8, u8),
    /// A request that reaches the server, and what that answers.
    Ask {
        kind: u8,
        collect: bool,
        answers: [u8; 5],
    },
    SendCustom(&'a [u8], &'a [u8]),
    Cancel(u8),
    Collect(u8, u8),
    Take(u8),
    /// Bytes as they are.
    Input(&'a [u8]),
    /// A line of a frame, with the `ActionID` of a request that was sent where there is one.
    Answer {
        to: u8,
        what: u8,
        glued: bool,
    },
    Transmit(u8),
    Wait(u16),
    /// To the very time that was asked for.
    Due,
    /// To just before it.
    AlmostDue,
    Close,
    Eof,
    Reconnect,
}

/// What a server says, without the `ActionID`.
const ANSWERS: [&str; 20] = [
    "Response: Success\r\n",
    "Response: Success\r\nEventList: start\r\n",
    "Response: Success\r\nMessage: Things will follow\r\n",
    "Response: Success\r\nChallenge: 123\r\n",
    "Response: Error\r\n",
    "Response: Error\r\nMessage: Login Already In Use\r\n",
    "Response: Goodbye\r\n",
    "Event: Status\r\n",
    "Event: LineEntry\r\n",
    "Event: PeerEntry\r\n",
    "Event: FAXStats\r\n",
    "Event: StatusComplete\r\nEventList: Complete\r\n",
    "Event: LinelistComplete\r\n",
    "Event: PeerlistComplete\r\nEventList: cancelled\r\n",
    "Event: OriginateResponse\r\nResponse: Failure\r\n",
    "Event: FullyBooted\r\n",
    "Event: Hangup\r\nPrivilege: call,all\r\n",
    "text\r\n",
    "\r\n",
    "Response: Follows\r\nPrivilege: Command\r\n",
];

const IN_FLIGHT: usize = 8;
const OPEN: usize = 12;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_millis(300);

/// What the harness has seen of one request.
struct Seen {
    /// Its `ActionID`, and that of the ping behind it that finds the end of its text; of this
    /// connection only.
    action_id: Option<String>,
    probe: Option<String>,
    /// When it was sent, or the last thing of it was told.
    last: Instant,
    /// Whether it may take longer than usual, by itself or for one before it.
    slow: bool,
    blocks: bool,
    collects: bool,
    started: bool,
    /// Whether an event may say how it went, and which, where that is known here.
    tells: Tells,
    /// Whether it changes the event mask.
    masks: bool,
    /// Items and paragraphs that were lent, and items that were taken.
    items: u64,
    /// What the ending says of them.
    said: Option<u64>,
    ended: bool,
}

/// Which event says how a request went.
#[derive(Clone, Debug)]
enum Tells {
    None,
    /// One that the catalogue knows, where it knows any.
    Known,
    Named(String),
}

impl Tells {
    /// Whether this event does, as far as is known.
    fn is(&self, frame: Frame<'_>) -> bool {
        matches!(self, Self::Named(event) if frame.name().is_some_and(|name| name.eq_ignore_case(event)))
    }
}

struct Driven {
    client: Client,
    policy: AtCeiling,
    most_held: usize,
    now: Instant,
    /// Received and not taken yet; then the end, if it has come.
    inbox: Vec<u8>,
    eof: bool,
    /// Whether the input comes byte by byte, by way of `space`.
    bytewise: bool,
    /// Whether only hangups are told, of what comes unasked.
    hangups: bool,
    /// `ActionID`s that were seen on the wire.
    ids: Vec<String>,
    /// All that was received on this connection.
    heard: Vec<u8>,
    sent: BTreeMap<Id, Seen>,
    /// Of this connection: requests it has cost, whether it was accepted, and whether it was to be
    /// closed.
    lost: Vec<(Id, Reached)>,
    logged_in: bool,
    ready: bool,
    closing: bool,
    /// Everything told, where two are compared.
    told: Option<Vec<String>>,
    /// Whether the session may know which events it is sent: where it has said which it wants.
    masked: bool,
    /// Requests that the last connection which was logged in has lost, with their `ActionID`s: of
    /// each the outcome may come once.
    late: BTreeMap<Id, (String, Tells)>,
}

/// Whatever is done to a client, and however its input is cut: each request ends once and not
/// before it was sent, with the items it says, a list that is collected lends none, what is held
/// stays under the ceiling, nothing appears without a cause or before its time, what is told of a
/// request came under its `ActionID`, what nobody answers ends in time, and after the end the
/// report is of what was lost. What is kept of an event is the event, and a hook changes nothing.
pub fn session_ops(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(flags) = bytes.arbitrary::<[u8; 4]>() else { return };
    let policy = if flags[0] & 1 == 0 { AtCeiling::StopReading } else { AtCeiling::FailList };
    let (hangups, small) = (flags[0] & 8 != 0, flags[0] & 32 != 0);
    let mut config = Config::new()
        .without_keep_alive()
        .limits(Limits::new().buffer(600 + u32::from(flags[1])).line(400).frame(500))
        .ceiling(if small { 0 } else { 400 } + 8 * usize::from(flags[2]))
        .max_items(usize::from(flags[3] & 15))
        .at_ceiling(policy)
        .max_in_flight(IN_FLIGHT)
        .max_open(OPEN)
        .await_greeting(flags[0] & 16 != 0)
        .response_timeout(TIMEOUT);
    if hangups {
        config = config.interest(EventSet::of(&[Hangup::TYPE]));
    }
    // A reader that stops hears later, so that cuts would show in when it asks for a sign of life.
    let keeps_alive = flags[0] & 4 == 0 || policy == AtCeiling::FailList;
    if keeps_alive {
        config = config.keep_alive(Duration::from_millis(500), Duration::from_millis(200));
    }
    if flags[0] & 2 != 0 {
        config = config.await_booted(Duration::from_millis(100)).events(Classes::SYSTEM);
    }
    let compared = flags[0] & 4 != 0;
    let now = Instant::now();
    let mut all = vec![Driven::new(config.clone(), policy, now, false, compared)];
    all.extend(compared.then(|| Driven::new(config, policy, now, true, true)));
    for driven in &mut all {
        driven.hangups = hangups;
        driven.masked = flags[0] & 2 != 0;
    }
    // Most runs begin where most sessions are.
    if flags[0] % 4 != 0 {
        for driven in &mut all {
            driven.step(&Op::Login { challenge: false });
            driven.step(&Op::Greet);
            driven.step(&Op::Transmit(255));
            driven.step(&Op::Answer { to: 0, what: 0, glued: false });
            assert!(driven.client.is_logged_in() || small, "{flags:?}: {:?}, after {:?}", driven.client, driven.ids);
        }
    }
    while let Ok(mut op) = bytes.arbitrary() {
        // A side that was told to stop with bytes in its hand would hear of the end later than one
        // that has given them all.
        if compared && matches!(op, Op::Eof) && all.iter().any(|driven| !driven.inbox.is_empty()) {
            op = Op::Transmit(0);
        }
        all.iter_mut().for_each(|driven| driven.step(&op));
        if let [whole, cut] = &mut all[..] {
            whole.same_as(cut, &op);
            assert_eq!(whole.client.poll_transmit(), cut.client.poll_transmit());
            // Where reading has gone on again, deadlines move with the time that is told next: each
            // piece of an input tells one.
            for driven in [&mut *whole, &mut *cut] {
                driven.client.handle_timeout(driven.now);
            }
            assert_eq!(whole.client.poll_timeout(), cut.client.poll_timeout(), "{op:?}");
            (whole.told, cut.told) = (Some(Vec::new()), Some(Vec::new()));
        }
        if bytes.is_empty() {
            break;
        }
    }
    if flags[0] & 128 == 0 {
        all.iter_mut().for_each(Driven::outlast);
    }
    all.into_iter().for_each(Driven::finish);
}

impl Driven {
    fn new(config: Config, policy: AtCeiling, now: Instant, bytewise: bool, compared: bool) -> Self {
        Self {
            policy,
            most_held: config.most_held(),
            client: if bytewise { traced(config) } else { Client::new(config).seeded(1) },
            now,
            inbox: Vec::new(),
            eof: false,
            bytewise,
            hangups: false,
            ids: Vec::new(),
            heard: Vec::new(),
            sent: BTreeMap::new(),
            lost: Vec::new(),
            logged_in: false,
            ready: false,
            closing: false,
            told: compared.then(Vec::new),
            masked: false,
            late: BTreeMap::new(),
        }
    }

    fn step(&mut self, op: &Op<'_>) {
        self.apply(op);
        self.pump();
        // What is due has been done.
        if matches!(op, Op::Wait(_) | Op::Due) {
            assert!(self.client.poll_timeout().is_none_or(|due| due > self.now), "{op:?} left something due");
            // Where the clock never stops, and for what is told at once, that is known from
            // outside.
            for (id, seen) in self.sent.iter().filter(|(_, seen)| !seen.ended && !seen.slow && !seen.collects) {
                let in_time = self.policy == AtCeiling::StopReading || self.now < seen.last + TIMEOUT;
                assert!(in_time, "{op:?}: the time of {id:?} was up");
            }
        }
        let open = self.sent.values().any(|seen| !seen.ended);
        assert!(!open || self.client.poll_timeout().is_some(), "{op:?}: an open request is waited for for ever");
    }

    /// Checks that both sides were told the same since the last look. A side that had been told to
    /// stop reading may still hold bytes when the connection is over: it is told a beginning.
    fn same_as(&mut self, other: &mut Driven, op: &Op<'_>) {
        let cut_short = |driven: &Driven| driven.client.is_over() && !driven.inbox.is_empty();
        let (these, those) = (self.told.take().unwrap_or_default(), other.told.take().unwrap_or_default());
        let same = these == those
            || cut_short(self) && those.starts_with(&these)
            || cut_short(other) && these.starts_with(&those);
        assert!(same, "{op:?}: another transcript for another cut\n{these:#?}\n{those:#?}");
    }

    fn pick(&self, number: u8) -> Option<Id> {
        self.sent.keys().nth(usize::from(number) % self.sent.len().max(1)).copied()
    }

    fn apply(&mut self, op: &Op<'_>) {
        match *op {
            Op::Login { challenge } => {
                let credentials =
                    if challenge { Credentials::md5("u", "s").or_plain() } else { Credentials::plain("u", "s") };
                _ = self.client.login(self.now, credentials);
            }
            Op::Greet => self.receive(b"Asterisk Call Manager/11.0.0\r\n"),
            Op::Send(kind) => _ = self.send(kind),
            Op::SendAs(name, kind) => self.send_as(&format!("own-{name}"), kind),
            Op::Ask { kind, collect, answers } => {
                let Some(id) = self.send(kind) else { return };
                if collect {
                    self.client.collect(id, usize::MAX).expect("it is in flight");
                    self.sent.get_mut(&id).expect("it was sent").collects = true;
                }
                self.transmit(usize::MAX);
                let to = self.ids.len() - 1;
                for what in answers {
                    // Where a ping has followed it, that may be meant.
                    self.receive(&self.answer(to - usize::from(what >> 7).min(to), what & 0x7f, "\r\n"));
                    self.pump();
                }
            }
            Op::SendCustom(name, value) => {
                let unsent = self.unsent();
                let custom = Custom::new(name).header("X", value);
                let custom = match value.first().map_or(0, |byte| byte % 5) {
                    0 => custom,
                    1 => custom.reply(),
                    2 => custom.list("StatusComplete"),
                    3 => custom.text(),
                    _ => custom.outcome(String::from_utf8_lossy(name)),
                };
                let tells = match value.first().map_or(0, |byte| byte % 5) {
                    0 => Tells::Known,
                    4 => Tells::Named(String::from_utf8_lossy(name).into_owned()),
                    _ => Tells::None,
                };
                if let Ok(handle) = self.client.send(self.now, &custom) {
                    self.began(handle.id(), unsent, true, true);
                    let seen = self.sent.get_mut(&handle.id()).expect("it has begun");
                    (seen.tells, seen.masks) = (tells, name.eq_ignore_ascii_case(b"Events"));
                    self.masked |= seen.masks;
                }
            }
            Op::Cancel(number) => {
                let Some(id) = self.pick(number) else { return };
                assert_eq!(self.client.cancel(id), !self.sent[&id].ended, "what hasn't ended can be cancelled");
            }
            Op::Collect(number, limit) => {
                let Some(id) = self.pick(number) else { return };
                let collects = self.client.collect(id, usize::from(limit).max(1)).is_ok();
                let seen = self.sent.get_mut(&id).expect("it was picked from there");
                assert_eq!(collects, !seen.ended);
                seen.collects |= collects;
            }
            Op::Take(number) => {
                let Some(id) = self.pick(number) else { return };
                self.take(id);
            }
            Op::Input(bytes) => self.receive(bytes),
            Op::Answer { to, what, glued } => {
                let to = usize::from(to) % self.ids.len().max(1);
                self.receive(&self.answer(to, what, if glued { "" } else { "\r\n" }));
            }
            Op::Transmit(n) => self.transmit(n.into()),
            Op::Wait(milliseconds) => {
                self.now += Duration::from_millis(milliseconds.into());
                self.client.handle_timeout(self.now);
            }
            Op::Due => {
                let Some(due) = self.client.poll_timeout() else { return };
                self.now = self.now.max(due);
                self.client.handle_timeout(self.now);
            }
            Op::AlmostDue => {
                let almost = self.client.poll_timeout().and_then(|due| due.checked_sub(Duration::from_nanos(1)));
                let Some(almost) = almost.filter(|almost| *almost >= self.now) else { return };
                self.now = almost;
                self.unchanged(|client| client.handle_timeout(almost));
            }
            Op::Close => {
                self.closing = true;
                self.client.close(self.now);
            }
            Op::Eof => self.eof = true,
            Op::Reconnect => self.reconnect(),
        }
    }

    /// Bytes that wait for transmission.
    fn unsent(&self) -> usize {
        self.client.poll_transmit().map_or(0, <[u8]>::len)
    }

    /// A request was written behind so many bytes.
    fn began(&mut self, id: Id, unsent: usize, slow: bool, blocks: bool) {
        assert!(self.sent.keys().all(|other| *other < id), "a name of its own");
        let written = &self.client.poll_transmit().expect("it was written")[unsent..];
        let written = String::from_utf8_lossy(written);
        let mut ids = written.lines().filter_map(|line| line.strip_prefix("ActionID: ").map(str::to_owned));
        let (action_id, probe) = (ids.next(), ids.next());
        assert!(action_id.is_some());
        let slow = slow || self.sent.values().any(|seen| seen.blocks && !seen.ended);
        let (collects, started, ended) = (false, false, false);
        let (tells, masks, items, said) = (Tells::None, false, 0, None);
        let last = self.now;
        let seen = Seen { action_id, probe, last, slow, blocks, collects, started, tells, masks, items, said, ended };
        self.sent.insert(id, seen);
    }

    fn send(&mut self, kind: u8) -> Option<Id> {
        let unsent = self.unsent();
        let (client, now, ahead) = (&mut self.client, self.now, kind >= 121);
        let sent = match kind % 11 {
            // The last ones as somebody else's.
            kind_of if kind >= 242 => forward(client, now, kind_of.into()),
            0 => send(client, now, ahead, &Ping::new()),
            1 => send(client, now, ahead, &CoreStatus::new()),
            2 => send(client, now, ahead, &Status::new()),
            3 => send(client, now, ahead, &SkinnyLines::new()),
            4 => send(client, now, ahead, &IaxPeers::new()),
            5 => send(client, now, ahead, &Originate::new("x").asynchronous(true)),
            6 => send(client, now, ahead, &Originate::new("x")),
            7 => send(client, now, ahead, &Queues::new()),
            8 => send(client, now, ahead, &FaxStats::new()),
            9 => send(client, now, ahead, &Events::new("call")),
            _ => send(client, now, ahead, &Filter::new("x")),
        };
        let id = sent.ok()?;
        self.masked |= kind % 11 == 9;
        self.began(id, unsent, matches!(kind % 11, 5 | 6), kind % 11 == 6);
        let seen = self.sent.get_mut(&id).expect("it has begun");
        seen.masks = kind % 11 == 9;
        seen.tells = match kind % 11 {
            5 => Tells::Named("OriginateResponse".into()),
            8 => Tells::Known,
            _ => Tells::None,
        };
        Some(id)
    }

    /// Under an `ActionID` that nobody else has at the time.
    fn send_as(&mut self, name: &str, kind: u8) {
        let unsent = self.unsent();
        let taken = |seen: &Seen| !seen.ended && seen.action_id.as_deref() == Some(name);
        let awaited = |(id, tells): &(String, Tells)| id == name && matches!(tells, Tells::Named(_));
        let taken = self.sent.values().any(taken) || self.late.values().any(awaited);
        let (client, now) = (&mut self.client, self.now);
        let sent = match kind % 3 {
            0 => client.send_as(now, name, &Status::new()).map(Id::from),
            1 => client.send_as(now, name, &Originate::new("x").asynchronous(true)).map(Id::from),
            _ => client.send_as(now, name, &Queues::new()).map(Id::from),
        };
        assert!(!taken || sent.is_err(), "two requests of one name");
        let Ok(id) = sent else { return };
        self.began(id, unsent, kind % 3 == 1, false);
        if kind % 3 == 1 {
            let seen = self.sent.get_mut(&id).expect("it has begun");
            seen.tells = Tells::Named("OriginateResponse".into());
        }
        assert_eq!(self.client.action_id(id), self.sent[&id].action_id.as_deref().map(Into::into));
    }

    /// Something that a server says, to the request that was seen so many before.
    fn answer(&self, to: usize, what: u8, end: &str) -> Vec<u8> {
        let id = self.ids.get(to).map(|id| format!("ActionID: {id}\r\n")).unwrap_or_default();
        format!("{}{id}{end}", ANSWERS[usize::from(what) % ANSWERS.len()]).into_bytes()
    }

    fn take(&mut self, id: Id) {
        let taken = self.client.take_items(id);
        let seen = self.sent.get_mut(&id).expect("it was sent");
        assert!(taken.is_empty() || seen.collects);
        for item in &taken {
            seen.answered_by(item.view(), false);
        }
        seen.items += taken.len() as u64;
    }

    fn receive(&mut self, bytes: &[u8]) {
        if !self.eof {
            self.inbox.extend_from_slice(bytes);
            self.heard.extend_from_slice(bytes);
        }
        // An answer, told or not, is a sign that the server is at work on what was sent before:
        // the time of those behind it begins anew.
        // One of which the line has gone in part answers nothing.
        let answers = |id: &String| !id.is_empty() && bytes.windows(id.len()).any(|part| part == id.as_bytes());
        if self.ids.iter().any(answers) {
            self.sent.values_mut().for_each(|seen| seen.last = self.now);
        }
    }

    /// Gives what has been received, as far as it is taken, and takes the events.
    fn pump(&mut self) {
        self.drain();
        while !self.inbox.is_empty() {
            let taken = hand(&mut self.client, self.now, &self.inbox, self.bytewise);
            self.bounded();
            // A reader that is told to stop stops.
            if taken == 0 {
                return;
            }
            self.inbox.drain(..taken);
            self.drain();
        }
        if self.eof {
            self.client.handle_eof(self.now);
            self.drain();
        }
    }

    fn transmit(&mut self, n: usize) {
        let Some(bytes) = self.client.poll_transmit() else { return };
        let n = n.min(bytes.len());
        let text = String::from_utf8_lossy(&bytes[..n]).into_owned();
        self.ids.extend(text.lines().filter_map(|line| line.strip_prefix("ActionID: ").map(str::to_owned)));
        self.client.transmitted(n);
    }

    fn drain(&mut self) {
        loop {
            let event = match self.client.poll_event() {
                Ok(Some(event)) => event,
                Ok(None) => break,
                Err(error) => {
                    assert!(self.client.is_over());
                    assert_eq!(self.client.poll_event().err(), Some(error), "the error is sticky");
                    break;
                }
            };
            if let Some(told) = &mut self.told {
                told.push(format!("{event:?}"));
                same_kept(event);
            }
            if let (Some(seen), Some(_)) = (event.id().and_then(|id| self.sent.get_mut(&id)), event.frame()) {
                seen.last = self.now;
            }
            if let ClientEvent::Event(_) | ClientEvent::Unclaimed { .. } = event {
                event.frame().into_iter().for_each(|frame| tells_nothing(&self.sent, &self.late, frame));
            }
            let masks = self.sent.values().any(|seen| seen.masks && !seen.ended);
            match event {
                ClientEvent::LoggedIn(_) => assert!(!std::mem::replace(&mut self.logged_in, true)),
                ClientEvent::Ready(_) => assert!(self.logged_in && !std::mem::replace(&mut self.ready, true)),
                ClientEvent::Closed => assert!(self.closing),
                ClientEvent::Full { id } => {
                    assert_eq!(self.policy, AtCeiling::StopReading);
                    assert!(open(&mut self.sent, id).collects);
                }
                ClientEvent::Event(event) => {
                    assert!(!self.hangups || event.frame().name().is_some_and(|name| name.eq_ignore_case("Hangup")))
                }
                ClientEvent::Unclaimed { id: Some(id), frame } => {
                    let seen = self.sent.get(&id).expect("of a request that the caller has sent");
                    seen.answered_by(frame, false);
                }
                ClientEvent::Unclaimed { id: None, frame } => {
                    // What is neither response nor event answers nothing, whatever headers it has.
                    let answers = matches!(frame.kind(), FrameKind::Response | FrameKind::Event);
                    let id = frame.get("ActionID").filter(|_| answers).map(|id| id.to_string());
                    // One of the caller's own is nobody's after the end.
                    let named = |seen: &Seen| seen.action_id == id && !(seen.ended && is_own(&id));
                    assert!(id.is_none() || !self.sent.values().any(named), "it has a name");
                }
                ClientEvent::Started { id, response } => {
                    let seen = open(&mut self.sent, id);
                    seen.answered_by(response.frame(), true);
                    assert!(!seen.started, "a list is announced once");
                    seen.started = true;
                }
                ClientEvent::Item { id, event } => {
                    let seen = open(&mut self.sent, id);
                    seen.answered_by(event.frame(), false);
                    assert!(!seen.collects, "what is collected isn't lent");
                    seen.items += 1;
                }
                ClientEvent::Text { id, .. } => open(&mut self.sent, id).items += 1,
                ClientEvent::Ended { id, ending } => {
                    let seen = open(&mut self.sent, id);
                    seen.ended = true;
                    if let Some(frame) = ending.frame() {
                        self.closing |= frame.get("Response").is_some_and(|kind| kind.eq_ignore_case("Goodbye"));
                        seen.answered_by(frame, !matches!(ending, Ending::Overflowed(_)));
                    }
                    seen.said = match ending {
                        Ending::List { items, .. } => Some(items),
                        Ending::Text { paragraphs } => {
                            let probe = seen.probe.as_ref().expect("an answer that can be text").as_bytes();
                            assert!(self.heard.windows(probe.len()).any(|part| part == probe), "the end was not heard");
                            Some(paragraphs)
                        }
                        Ending::Lost(reached) => {
                            self.lost.push((id, reached));
                            items_of(reached)
                        }
                        Ending::TimedOut(reached) => items_of(reached),
                        Ending::OutcomeUnseen(_) => {
                            assert!(self.masked, "nobody has said which events are wanted");
                            assert!(!masks, "which events are sent is not known");
                            None
                        }
                        _ => None,
                    };
                }
                ClientEvent::LateOutcome { id, event } => {
                    let (lost, tells) = self.late.remove(&id).expect("it was lost, and its outcome had not come");
                    assert!(event.action_id().is_some_and(|id| id == lost.as_str()));
                    assert!(matches!(tells, Tells::Known) || tells.is(event.frame()), "{tells:?}: {event:?}");
                }
                _ => {}
            }
            self.bounded();
        }
        self.bounded();
        self.unchanged(|_| ());
    }

    fn bounded(&self) {
        assert!(self.client.held() <= self.most_held, "{} held", self.client.held());
        assert!(self.client.in_flight() <= IN_FLIGHT, "{} in flight", self.client.in_flight());
        assert!(self.client.open() <= OPEN, "{} open", self.client.open());
    }

    /// Nothing new without a cause. What is due may only move away: the clock that has stopped with
    /// the reading goes on from the first time that is told again.
    fn unchanged(&mut self, act: impl FnOnce(&mut Client)) {
        let state = |client: &Client| (client.poll_transmit().map(<[u8]>::len), client.in_flight(), client.held());
        let (before, due) = (state(&self.client), self.client.poll_timeout());
        act(&mut self.client);
        assert_eq!(before, state(&self.client));
        let later = self.client.poll_timeout();
        assert!(later.is_some() == due.is_some() && later >= due, "{later:?} before {due:?}");
        assert!(!matches!(self.client.poll_event(), Ok(Some(_))), "something new without a cause");
        assert_eq!((before, later), (state(&self.client), self.client.poll_timeout()));
    }

    /// A new connection, if the last one is over.
    fn reconnect(&mut self) {
        let Ok(report) = self.client.reconnect() else { return };
        let unanswered: Vec<_> = report.unanswered.iter().map(|request| (request.id, request.reached)).collect();
        assert_eq!(unanswered, std::mem::take(&mut self.lost));
        assert!(self.sent.values().all(|seen| seen.ended));
        assert_eq!((self.client.in_flight(), self.client.poll_timeout()), (0, None));
        assert!(self.client.poll_transmit().is_none() && !self.client.is_logged_in());
        // A server may still tell how those went.
        if self.logged_in {
            self.late.clear();
        }
        self.ids = report.unanswered.iter().map(|request| request.action_id.to_string()).collect();
        for request in &report.unanswered {
            let seen = &self.sent[&request.id];
            assert!(seen.action_id.as_deref().is_none_or(|known| *known == *request.action_id), "{request:?}");
            if request.reached != Reached::NotSent {
                self.late.insert(request.id, (request.action_id.to_string(), seen.tells.clone()));
            }
        }
        self.inbox.clear();
        self.heard.clear();
        for seen in self.sent.values_mut() {
            (seen.action_id, seen.probe) = (None, None);
        }
        (self.eof, self.logged_in, self.ready, self.closing) = (false, false, false, false);
    }

    /// Nothing is heard any more: time alone ends what hasn't ended, and the clock is not asked for
    /// anything else than its due.
    fn outlast(&mut self) {
        self.inbox.clear();
        let start = self.now;
        for _ in 0..200 {
            let Some(due) = self.client.poll_timeout().filter(|_| self.sent.values().any(|seen| !seen.ended)) else {
                break;
            };
            self.now = self.now.max(due);
            self.client.handle_timeout(self.now);
            self.drain();
        }
        assert!(self.sent.values().all(|seen| seen.ended), "what nobody answers ends in time");
        // Each synchronous call lets those behind it wait for its half minute.
        assert!(self.now - start <= Duration::from_secs(31) * (OPEN as u32 + 1), "{:?}", self.now - start);
    }

    /// The end of the connection ends whatever hasn't ended.
    fn finish(mut self) {
        let sent: Vec<Id> = self.sent.keys().copied().collect();
        // What a stopped reader has not taken is lost with the connection.
        self.inbox.clear();
        self.eof = true;
        self.pump();
        sent.into_iter().for_each(|id| self.take(id));
        for (id, seen) in &self.sent {
            assert!(seen.ended, "{id:?} has no ending");
            assert!(
                seen.said.is_none_or(|said| said == seen.items),
                "{id:?}: {:?} said, {} came",
                seen.said,
                seen.items
            );
        }
        assert!(self.client.is_over());
        assert_eq!((self.client.in_flight(), self.client.poll_timeout(), self.client.held_items()), (0, None, 0));
    }
}

impl Seen {
    /// Whether this frame can be told of it: under its `ActionID`, or under none where that may be.
    fn answered_by(&self, frame: Frame<'_>, named: bool) {
        let id = frame.get("ActionID").map(|id| id.to_string()).filter(|id| !id.is_empty());
        assert!(if id.is_none() { !named } else { self.action_id.is_none() || id == self.action_id }, "{frame:?}");
    }
}

/// A client with a hook, which is told the same as one without.
fn traced(config: Config) -> Client {
    Client::new(config).seeded(1).traced(|trace| {
        let line = trace.to_string();
        assert!(line.len() < 1200 && !line.contains(char::is_control), "{line:?}");
    })
}

/// Sends an action, as it is or encoded ahead.
fn send(client: &mut Client, now: Instant, ahead: bool, action: &impl Action) -> Result<Id, SendError> {
    if ahead {
        let encoded = EncodedAction::of(action).expect("nothing in it can be refused").untyped();
        client.send(now, &encoded).map(Id::from)
    } else {
        client.send(now, action).map(Id::from)
    }
}

/// Holds the owned twin of an event to what it was made from.
fn same_kept(event: ClientEvent<'_>) {
    let json = |event| serde_json::to_string(&event).expect("JSON");
    let kept = event.to_owned();
    assert_eq!((kept.to_string(), format!("{kept:?}")), (event.to_string(), format!("{event:?}")));
    assert_eq!(json(kept.view()), json(event));
    assert_eq!(kept.view().frame().map(Frame::as_bytes), event.frame().map(Frame::as_bytes));
    assert_eq!((kept.view().id(), kept.view().kind()), (event.id(), event.kind()));
}

/// A request as a client of ours would send it, passed on.
fn forward(client: &mut Client, now: Instant, kind: usize) -> Result<Id, SendError> {
    const ACTIONS: [&str; 11] = [
        "Ping",
        "CoreStatus",
        "Status",
        "SKINNYlines",
        "IAXpeers",
        "Originate\r\nAsync: true",
        "Originate",
        "Queues",
        "FAXStats",
        "Events\r\nEventMask: call",
        "Filter\r\nOperation: Add\r\nFilter: x",
    ];
    let mut requests = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
    requests.push(format!("ActionID: theirs\r\nAction: {}\r\nX: y\r\n\r\n", ACTIONS[kind]).as_bytes());
    client.forward(now, requests.next_frame().expect("within the limits").expect("a frame"))
}

/// Whether the harness has chosen this `ActionID`.
fn is_own(id: &Option<String>) -> bool {
    id.as_ref().is_some_and(|id| id.starts_with("own-"))
}

/// Checks that this frame, which belongs to no request, is not the event that says how one went.
fn tells_nothing(sent: &BTreeMap<Id, Seen>, late: &BTreeMap<Id, (String, Tells)>, frame: Frame<'_>) {
    let Some(id) = frame.get("ActionID").filter(|_| frame.kind() == FrameKind::Event) else { return };
    let open =
        sent.values().filter(|seen| !seen.ended).filter_map(|seen| Some((seen.action_id.as_ref()?, &seen.tells)));
    let mut all = open.chain(late.values().map(|(id, tells)| (id, tells)));
    assert!(!all.any(|(of, tells)| id == of.as_str() && tells.is(frame)), "an outcome told as {frame:?}");
}

/// How many items or paragraphs had come.
fn items_of(reached: Reached) -> Option<u64> {
    if let Reached::Started { items } = reached { Some(items) } else { None }
}

/// A request that was sent and has not ended: only of such is anything told, and only one ending.
fn open(sent: &mut BTreeMap<Id, Seen>, id: Id) -> &mut Seen {
    let seen = sent.get_mut(&id).expect("of a request that was sent");
    assert!(!seen.ended, "nothing after the ending");
    seen
}
