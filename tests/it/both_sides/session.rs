// A client and a server on a link that splits and cuts what it carries: what the one asks, what the
// other says of it and in which order, and what the client then tells.

use crate::peer;
use ami_proto::action::*;
use ami_proto::client::{AtCeiling, Client, ClientEvent, Config, Credentials, Ending, Id, Reached};
use ami_proto::request::Request;
use ami_proto::server::{self, RequestId, Server, ServerEvent};
use ami_proto::testing::Link;
use ami_proto::value::Classes;
use ami_testkit::splits::Random;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A way in which a request will be answered, which the server tells by its action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Reply,
    Refused,
    List,
    Collected,
    /// A list that the server breaks off.
    BrokenOff,
    /// A list with an error in its middle.
    Failing,
    Outcome,
    Text,
    /// Never.
    Silent,
    /// The caller gives it up at once.
    GivenUp,
}

pub(crate) const KINDS: [Kind; 10] = [
    Kind::Reply,
    Kind::Refused,
    Kind::List,
    Kind::Collected,
    Kind::BrokenOff,
    Kind::Failing,
    Kind::Outcome,
    Kind::Text,
    Kind::Silent,
    Kind::GivenUp,
];

/// Items of a list that comes whole, and of one that doesn't.
pub(crate) const ITEMS: u64 = 4;
const SOME: u64 = 2;

impl Kind {
    /// Returns how it ends if the line holds, and how many items or paragraphs are lent before.
    pub(crate) fn end(self) -> (String, u64) {
        let (end, items) = match self {
            Self::Reply => ("reply", 0),
            Self::Refused => ("refused", 0),
            Self::List => ("list 4", ITEMS),
            Self::Collected => ("list 4", 0),
            Self::BrokenOff => ("list 2 cancelled", SOME),
            Self::Failing => ("refused", SOME),
            Self::Outcome => ("outcome OriginateResponse", 0),
            Self::Text => ("end of text 2", 2),
            Self::Silent => ("timed out Sent", 0),
            Self::GivenUp => ("cancelled", 0),
        };
        (end.to_owned(), items)
    }
}

/// A request of the client's, and what came of it.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) id: Id,
    pub(crate) kind: Kind,
    /// Where it ends in all that was ever written on this connection.
    pub(crate) written: usize,
    pub(crate) endings: Vec<String>,
    pub(crate) reached: Option<Reached>,
    /// Items lent, and items taken.
    pub(crate) items: u64,
    pub(crate) taken: Vec<String>,
}

/// One thing that the server says of a request.
#[derive(Clone, Copy)]
enum Say {
    Reply(&'static str),
    Start,
    Item(u64),
    Complete,
    BreakOff,
    Outcome,
}

pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) server: Server,
    most_held: usize,
    pub(crate) link: Link,
    /// All that the server will say of each request, one after the other; which request's turn it
    /// is, that one draws.
    later: Vec<(RequestId, String, VecDeque<Say>)>,
    order: Random,
    pub(crate) sent: Vec<Sent>,
    /// Requests that the server was asked: names of actions, and what a login and a filter ask for.
    pub(crate) asked: Vec<String>,
    /// Everything that the client has told, and everything it has told of no request.
    pub(crate) transcript: Vec<String>,
    pub(crate) told: Vec<String>,
    pub(crate) events: usize,
    pub(crate) over: bool,
    /// Set while the server answers anything.
    pub(crate) answers: bool,
}

impl Session {
    pub(crate) fn new(config: Config, order: u64, link: Link) -> Self {
        let mut session = Self {
            most_held: config.most_held(),
            client: Client::new(config).seeded(7),
            server: Server::new(link.now(), server::Config::new()),
            link,
            later: Vec::new(),
            order: Random::new(order),
            sent: Vec::new(),
            asked: Vec::new(),
            transcript: Vec::new(),
            told: Vec::new(),
            events: 0,
            over: false,
            answers: true,
        };
        session.log_in();
        session
    }

    pub(crate) fn now(&self) -> Instant {
        self.link.now()
    }

    /// Bytes that have arrived: at the server, at the client.
    pub(crate) fn arrived(&mut self) -> [usize; 2] {
        [self.link.far().received().len(), self.link.near().received().len()]
    }

    fn log_in(&mut self) {
        self.client.login(self.link.now(), Credentials::plain("u", "s3cret")).unwrap();
        self.run();
    }

    /// A new server on a new connection.
    pub(crate) fn connect_again(&mut self) {
        self.server = Server::new(self.link.now(), server::Config::new());
        self.link.connect_again();
        self.over = false;
        (self.asked, self.told) = (Vec::new(), Vec::new());
        self.later.clear();
        self.log_in();
    }

    pub(crate) fn send(&mut self, kind: Kind) -> Id {
        let (client, now) = (&mut self.client, self.link.now());
        let id: Id = match kind {
            Kind::Reply => client.send(now, &CoreStatus::new()).unwrap().into(),
            Kind::Refused => client.send(now, &Custom::new("Nonsense")).unwrap().into(),
            Kind::List | Kind::Collected => client.send(now, &Status::new()).unwrap().into(),
            Kind::BrokenOff => client.send(now, &QueueStatus::new()).unwrap().into(),
            Kind::Failing => client.send(now, &QueueSummary::new()).unwrap().into(),
            Kind::Outcome => client.send(now, &Originate::new("x").asynchronous(true)).unwrap().into(),
            Kind::Text => client.send(now, &Queues::new()).unwrap().into(),
            Kind::Silent => client.send(now, &MailboxCount::new("x")).unwrap().into(),
            Kind::GivenUp => client.send(now, &CoreSettings::new()).unwrap().into(),
        };
        self.keep(id, kind)
    }

    /// Notes a request that was sent.
    pub(crate) fn keep(&mut self, id: Id, kind: Kind) -> Id {
        let unsent = self.client.poll_transmit().unwrap_or_default();
        // What follows a request for text finds its end.
        let probe = unsent.windows(12).rposition(|part| part == b"Action: Ping").filter(|_| kind == Kind::Text);
        let written = self.link.near().written() + probe.unwrap_or(unsent.len());
        let (endings, taken) = (Vec::new(), Vec::new());
        self.sent.push(Sent { id, kind, written, endings, reached: None, items: 0, taken });
        match kind {
            Kind::Collected => self.client.collect(id, ITEMS as usize + 1).unwrap(),
            Kind::GivenUp => assert!(self.client.cancel(id)),
            _ => {}
        }
        id
    }

    /// Until nothing moves and nothing is left to be said; each thing is said when all before has
    /// arrived.
    pub(crate) fn run(&mut self) {
        self.listen();
        while self.carry() || self.say() {}
    }

    /// Runs in the same way, while the server says things at any time.
    pub(crate) fn run_eagerly(&mut self) {
        self.listen();
        loop {
            let moved = self.carry();
            let said = self.order.below(3) == 0 && self.say();
            if !moved && !said && !self.say() {
                return;
            }
        }
    }

    /// Moves some bytes each way; says whether anything happened.
    fn carry(&mut self) -> bool {
        self.link.pass(Duration::from_micros(1));
        let moved = self.link.exchange(&mut self.client, &mut self.server);
        self.serve();
        self.listen();
        moved
    }

    fn serve(&mut self) {
        while let Ok(Some(event)) = self.server.poll_event() {
            match event {
                ServerEvent::Login { id, attempt } => {
                    assert!(attempt.verify("s3cret") && !attempt.verify("other"));
                    let events = attempt.request().events().map(|events| events.to_string()).unwrap_or_default();
                    self.asked.push(format!("Login {events}"));
                    self.server.accept(id, Classes::ALL).unwrap();
                }
                ServerEvent::Request { id, request } => {
                    let frame = request.frame();
                    let name = frame.name().unwrap().to_string();
                    let action_id = frame.get("ActionID").unwrap().to_string();
                    let filter = frame.get("Filter").map(|filter| format!(" {filter}")).unwrap_or_default();
                    self.asked.push(name + &filter);
                    let list = |items: u64, end| {
                        let items = (1..=items).map(Say::Item);
                        [Say::Start].into_iter().chain(items).chain([end]).collect()
                    };
                    let says: VecDeque<Say> = match request {
                        _ if !self.answers => continue,
                        Request::Ping(_) => {
                            self.server.respond(id, "Success", [("Ping", "Pong")]).unwrap();
                            continue;
                        }
                        // Text goes out in turn: its end is found by that.
                        Request::Queues(_) => {
                            let text = b"support has 0 calls\r\n\r\nsales has 1\r\n\r\n\r\n\r\n";
                            self.server.respond_text(id, text).unwrap();
                            continue;
                        }
                        Request::MailboxCount(_) => continue,
                        Request::CoreStatus(_) | Request::CoreSettings(_) | Request::Filter(_) => {
                            [Say::Reply("Success")].into()
                        }
                        Request::Status(_) => list(ITEMS, Say::Complete),
                        Request::QueueStatus(_) => list(SOME, Say::BreakOff),
                        Request::QueueSummary(_) => list(SOME, Say::Reply("Error")),
                        Request::Originate(_) => {
                            self.server.respond(id, "Success", [("Message", "queued")]).unwrap();
                            [Say::Outcome].into()
                        }
                        _ => [Say::Reply("Error")].into(),
                    };
                    self.later.push((id, action_id, says));
                }
                ServerEvent::Closed => return,
                other => panic!("{other:?}"),
            }
        }
    }

    /// Says one of the things that are to be said.
    fn say(&mut self) -> bool {
        if self.later.is_empty() || self.link.is_cut() {
            return false;
        }
        let place = self.order.below(self.later.len());
        let (id, action_id, says) = &mut self.later[place];
        let (id, server) = (*id, &mut self.server);
        match says.pop_front().unwrap() {
            Say::Reply(kind) => server.respond(id, kind, [("Message", "x")]).unwrap(),
            Say::Start => drop(server.list(id, "Things will follow").unwrap()),
            Say::Item(number) => {
                let item = [("Channel", number.to_string())];
                drop(server.resume(id).unwrap().item("Status", item).unwrap());
                // Something else between.
                assert!(server.event(Classes::CALL, "Hangup", [("Cause", "16")]).unwrap());
            }
            Say::Complete => server.resume(id).unwrap().complete_with("StatusComplete", [("Items", "4")]).unwrap(),
            Say::BreakOff => server.resume(id).unwrap().cancel("QueueStatusComplete").unwrap(),
            Say::Outcome => {
                let headers = [("ActionID", action_id.as_str()), ("Response", "Failure")];
                assert!(server.event(Classes::CALL, "OriginateResponse", headers).unwrap());
            }
        }
        if says.is_empty() {
            self.later.swap_remove(place);
        }
        true
    }

    /// Takes all events of the client; after that nothing is new.
    pub(crate) fn listen(&mut self) {
        while self.take_event() {
            assert!(self.client.held() <= self.most_held, "{} held", self.client.held());
        }
        let state = |client: &Client| {
            (client.poll_timeout(), client.poll_transmit().map(<[u8]>::len), client.open(), client.held())
        };
        let before = state(&self.client);
        assert!(!matches!(self.client.poll_event(), Ok(Some(_))), "something new without a cause");
        assert_eq!(before, state(&self.client));
        assert!(self.client.held() <= self.most_held, "{} held", self.client.held());
    }

    fn take_event(&mut self) -> bool {
        let event = match self.client.poll_event() {
            Ok(Some(event)) => event,
            Ok(None) => return false,
            Err(_) => {
                self.over = true;
                return false;
            }
        };
        self.transcript.push(format!("{event:?}"));
        let words = peer::words(event);
        let mut full = false;
        match event {
            ClientEvent::Item { id, .. } | ClientEvent::Text { id, .. } => find(&mut self.sent, id).items += 1,
            ClientEvent::Ended { id, ending } => {
                let sent = find(&mut self.sent, id);
                if let Ending::Lost(reached) = ending {
                    sent.reached = Some(reached);
                }
                sent.endings.push(words);
            }
            ClientEvent::Event(_) => self.events += 1,
            ClientEvent::Started { .. } => {}
            ClientEvent::Full { .. } => full = true,
            _ => self.told.push(words),
        }
        if full {
            // It may be another list that takes up the room.
            self.take_all();
        }
        true
    }

    /// Takes what has been collected of any list.
    pub(crate) fn take_all(&mut self) {
        let channel = |item: &ami_proto::OwnedFrame| item.view().get("Channel").unwrap().to_string();
        for sent in self.sent.iter_mut().filter(|sent| sent.kind == Kind::Collected) {
            sent.taken.extend(self.client.take_items(sent.id).iter().map(channel));
        }
    }

    /// Lets time pass until the client says that it has something to do; not a moment before is
    /// there anything.
    pub(crate) fn wait(&mut self) -> bool {
        let Some(due) = self.client.poll_timeout() else { return false };
        let (told, in_flight) = (self.transcript.len(), self.client.open());
        let unsent = self.client.poll_transmit().map(<[u8]>::len);
        self.client.handle_timeout(due - Duration::from_nanos(1));
        self.listen();
        let after = (self.transcript.len(), self.client.open(), self.client.poll_transmit().map(<[u8]>::len));
        assert_eq!((told, in_flight, unsent), after, "before its time");
        assert_eq!(self.client.poll_timeout(), Some(due));
        self.link.pass(due - self.link.now());
        self.client.handle_timeout(due);
        assert!(self.client.poll_timeout().is_none_or(|next| next > due));
        self.listen();
        true
    }
}

fn find(sent: &mut [Sent], id: Id) -> &mut Sent {
    let sent = sent.iter_mut().find(|sent| sent.id == id).expect("of a request that was sent");
    assert!(sent.endings.is_empty(), "nothing after the ending: {sent:?}");
    sent
}

/// Small enough for lists to reach it.
pub(crate) fn config(policy: AtCeiling) -> Config {
    Config::new()
        .await_booted(Duration::from_secs(5))
        .ceiling(1 << 16)
        .max_items(3)
        .at_ceiling(policy)
        .keep_alive(Duration::from_secs(60), Duration::from_secs(10))
}
