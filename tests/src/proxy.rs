//! What must hold for a proxy, a client and the servers whose requests it passes on, with hostile
//! bytes on both sides: the body of the fuzz target `proxy`.

use super::asked::{Asked, privilege};
use ami_proto::catalogue::{self, Role};
use ami_proto::client::{self, Client, ClientEvent, Credentials, Ending, Id};
use ami_proto::request::Request;
use ami_proto::server::{self, RequestId, Server, ServerEvent};
use ami_proto::value::Classes;
use ami_proto::{Decoder, FrameKind, Framing, Limits};
use arbitrary::{Arbitrary, Unstructured};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

#[derive(Arbitrary, Debug)]
enum Op<'a> {
    /// Bytes of a guest, as they are.
    Say(u8, &'a [u8]),
    /// A whole request of a guest.
    Ask {
        guest: u8,
        action: u8,
        id: u8,
        header: &'a [u8],
    },
    /// Bytes of the server upstream, as they are.
    Hear(&'a [u8]),
    /// A frame of it, about a request that it knows.
    Answer {
        to: u8,
        what: u8,
    },
    /// An event for all.
    Tell(u32),
    Read(u8),
    Wait(u16),
    Due,
    /// A guest is gone; what it has asked is cancelled.
    Leave(u8),
    Enter(u8),
}

const GUESTS: usize = 3;
const OPEN: usize = 3;
const UNSENT: usize = 4000;

const ACTIONS: [&str; 8] =
    ["Ping", "Status", "Originate\r\nAsync: 1", "Queues", "Command", "CoreStatus", "Filter", "ping"];

/// What is said of a request; `$` is its name upstream.
const ANSWERS: [&str; 12] = [
    "Response: Success\r\nActionID: $\r\n\r\n",
    "Response: Success\r\nActionID: $\r\nEventList: start\r\n\r\n",
    "Event: Status\r\nPrivilege: Call\r\nActionID: $\r\n\r\n",
    "Event: StatusComplete\r\nActionID: $\r\nEventList: Complete\r\n\r\n",
    "Response: Error\r\nActionID: $\r\nMessage: no\r\n\r\n",
    "Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: $\r\nResponse: Failure\r\n\r\n",
    "Response: Follows\r\nPrivilege: Command\r\nActionID: $\r\nActionID: $\n--END COMMAND--\r\n\r\n",
    "actionid:$\r\nResponse: Success\r\n\r\n",
    "text of somebody\r\n\r\n",
    "Event: UserEvent\r\nPrivilege: user,all\r\nActionID: x\r\nActionID: $\r\n\r\n",
    "Response: Success\r\nActionID: $\r\nPing: Pong\r\n\r\n",
    "Event: Hangup\r\nPrivilege: call,all\r\n\r\n",
];

struct Guest {
    server: Server,
    reader: Decoder,
    /// Bytes transmitted, and bytes of all that was written that have been read back.
    gone: usize,
    read: usize,
    /// The `ActionID`s of open requests, as they can be echoed.
    open: BTreeMap<RequestId, Vec<u8>>,
}

struct Proxy {
    client: Client,
    now: Instant,
    guests: Vec<Guest>,
    /// Who has asked what, and all that was ever asked.
    asked: BTreeMap<Id, (usize, RequestId)>,
    ended: BTreeSet<Id>,
    /// What went upstream, read naively, and the names of the requests there.
    upstream: Asked,
    /// Bytes transmitted upstream, and bytes of all that was written there that have been read.
    gone: usize,
    read: usize,
    names: Vec<Vec<u8>>,
}

/// What all sessions receive, though a request was given up that it was the outcome of.
fn is_late_outcome(event: ClientEvent<'_>) -> bool {
    let ClientEvent::Unclaimed { frame, .. } = event else { return false };
    let known = frame.name().and_then(|name| catalogue::event(&name.to_string()));
    known.is_some_and(|event| event.role() == Role::Unsolicited)
}

/// Whatever guests and the server upstream say: what goes upstream is whole requests, each of one
/// `ActionID` of its own; each request of a guest ends once; what answers it reaches that guest
/// alone, under its own `ActionID`; nobody else sees what a request is called upstream.
pub fn proxy(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let mut proxy = Proxy::new();
    while let Ok(op) = bytes.arbitrary() {
        proxy.apply(&op);
        proxy.turn();
        if bytes.is_empty() {
            break;
        }
    }
    // All ends with the connection upstream.
    proxy.client.handle_eof(proxy.now);
    proxy.turn();
    assert!(proxy.client.is_over() && proxy.asked.is_empty());
}

impl Guest {
    fn new(now: Instant) -> Self {
        let config = server::Config::new().banner("").fully_booted(false).max_open(OPEN).ceiling(UNSENT);
        let mut server = Server::new(now, config);
        let login = b"Action: Login\r\n\r\n";
        assert_eq!(server.handle_input(now, login), login.len());
        let Ok(Some(ServerEvent::Login { id, .. })) = server.poll_event() else { panic!("a login") };
        server.accept(id, Classes::ALL).expect("it waits");
        let sent = server.unsent();
        server.transmitted(sent);
        let reader = Decoder::new(Limits::new()).with_framing(Framing::SERVER.banner(false));
        Self { server, reader, gone: sent, read: sent, open: BTreeMap::new() }
    }

    /// The `ActionID`s of the frames written since the last call: first of each, empty where there
    /// is none.
    fn written(&mut self) -> Vec<(FrameKind, Vec<u8>)> {
        let unsent = self.server.poll_transmit().unwrap_or_default();
        self.reader.push(&unsent[self.read - self.gone..]);
        self.read = self.gone + unsent.len();
        let mut frames = Vec::new();
        while let Some(frame) = self.reader.next_frame().expect("what it writes can be read") {
            frames.push((frame.kind(), frame.get("ActionID").unwrap_or_default().as_bytes().to_vec()));
        }
        assert!(self.reader.pending().is_empty(), "whole frames and no more");
        frames
    }
}

impl Proxy {
    fn new() -> Self {
        let now = Instant::now();
        let config = client::Config::new()
            .without_keep_alive()
            .await_greeting(false)
            .max_in_flight(2 * GUESTS * OPEN)
            .ceiling(20_000)
            .max_items(10);
        let mut client = Client::new(config).seeded(1);
        client.login(now, Credentials::plain("u", "s")).expect("a login");
        let mut upstream = Asked::default();
        let sent = client.poll_transmit().expect("a login").to_vec();
        upstream.push(&sent);
        client.transmitted(sent.len());
        let name = upstream.next().expect("a login").get("ActionID").to_vec();
        let answer = [b"A/1\r\nResponse: Success\r\nActionID: ", &name[..], b"\r\n\r\n"].concat();
        assert_eq!(client.handle_input(now, &answer), answer.len());
        while client.poll_event().expect("it stands").is_some() {}
        let guests = (0..GUESTS).map(|_| Guest::new(now)).collect();
        let (asked, ended) = (BTreeMap::new(), BTreeSet::new());
        let (gone, read) = (sent.len(), sent.len());
        Self { client, now, guests, asked, ended, upstream, gone, read, names: vec![name] }
    }

    fn apply(&mut self, op: &Op<'_>) {
        match *op {
            Op::Say(guest, bytes) => self.say(guest, bytes),
            Op::Ask { guest, action, id, header } => {
                let action = ACTIONS[usize::from(action) % ACTIONS.len()];
                // Some guests name their requests as others are named upstream.
                let id = self.names.get(usize::from(id)).cloned().unwrap_or_else(|| id.to_string().into_bytes());
                let parts = [b"Action: ", action.as_bytes(), b"\r\n", header, b"\r\nActionID: ", &id, b"\r\n\r\n"];
                self.say(guest, &parts.concat());
            }
            Op::Hear(bytes) => self.hear(bytes),
            Op::Answer { to, what } => {
                let name = String::from_utf8_lossy(&self.names[usize::from(to) % self.names.len()]).into_owned();
                self.hear(ANSWERS[usize::from(what) % ANSWERS.len()].replace('$', &name).as_bytes());
            }
            Op::Tell(classes) => {
                self.hear(format!("Event: Any\r\nPrivilege: {}\r\n\r\n", privilege(classes).0).as_bytes());
            }
            Op::Read(guest) => {
                let guest = &mut self.guests[usize::from(guest) % GUESTS];
                let n = guest.server.unsent();
                guest.server.transmitted(n);
                guest.gone += n;
                let n = self.client.poll_transmit().unwrap_or_default().len();
                self.client.transmitted(n);
                self.gone += n;
            }
            Op::Wait(milliseconds) => self.pass(self.now + Duration::from_millis(milliseconds.into())),
            Op::Due => {
                let Some(due) = self.client.poll_timeout() else { return };
                self.pass(self.now.max(due));
            }
            Op::Leave(guest) => {
                let number = usize::from(guest) % GUESTS;
                self.guests[number].server.close();
            }
            Op::Enter(guest) => {
                let number = usize::from(guest) % GUESTS;
                if self.guests[number].server.is_over() && self.asked.values().all(|(guest, _)| *guest != number) {
                    self.guests[number] = Guest::new(self.now);
                }
            }
        }
    }

    fn say(&mut self, guest: u8, bytes: &[u8]) {
        let _ = self.guests[usize::from(guest) % GUESTS].server.handle_input(self.now, bytes);
    }

    fn hear(&mut self, bytes: &[u8]) {
        let _ = self.client.handle_input(self.now, bytes);
    }

    fn pass(&mut self, now: Instant) {
        self.now = now;
        self.client.handle_timeout(now);
    }

    /// Passes on all that there is, until nothing more is.
    fn turn(&mut self) {
        self.relay();
        for number in 0..GUESTS {
            self.serve(number);
            if self.guests[number].server.is_over() {
                let gone: Vec<Id> = self.asked.iter().filter(|(_, (by, _))| *by == number).map(|(id, _)| *id).collect();
                gone.into_iter().for_each(|id| assert!(self.client.cancel(id), "it has not ended"));
                self.guests[number].open.clear();
            }
        }
        self.relay();
        assert!(self.asked.len() <= GUESTS * OPEN);
        for (number, guest) in self.guests.iter().enumerate() {
            let asked = self.asked.values().filter(|(by, _)| *by == number).count();
            assert_eq!(
                guest.open.len(),
                if guest.server.is_over() { 0 } else { asked },
                "what is open is asked upstream"
            );
        }
    }

    fn relay(&mut self) {
        while let Ok(Some(event)) = self.client.poll_event() {
            let asked = event.id().and_then(|id| self.asked.get(&id).copied());
            for (number, guest) in self.guests.iter_mut().enumerate() {
                let request = asked.and_then(|(by, request)| (by == number).then_some(request));
                let over = guest.server.is_over();
                guest.server.relay(request, event);
                let written = guest.written();
                assert!(!over || written.is_empty(), "the session was over");
                match request {
                    Some(request) => {
                        let own = guest.open.get(&request);
                        // Behind the first they are text, such as what a command prints.
                        let named =
                            |line: &&[u8]| line.get(..9).is_some_and(|name| name.eq_ignore_ascii_case(b"ActionID:"));
                        let lines =
                            event.frame().into_iter().flat_map(|frame| frame.as_bytes().split(|byte| *byte == b'\n'));
                        let text = lines.filter(named).count() > 1;
                        let is_own =
                            |id: &Vec<u8>| id.is_empty() || Some(id) == own || (text && own.is_some_and(Vec::is_empty));
                        assert!(written.iter().all(|(_, id)| is_own(id)), "another's name: {event:?}");
                    }
                    None => {
                        let told = matches!(
                            event,
                            ClientEvent::Event(_) | ClientEvent::Ended { ending: Ending::Outcome(_), .. }
                        ) || is_late_outcome(event);
                        assert!(told || written.is_empty(), "an answer for somebody else");
                        assert!(
                            written.iter().all(|(_, id)| !self.names.contains(id)),
                            "a name of upstream: {event:?}"
                        );
                    }
                }
            }
            if let ClientEvent::Ended { id, .. } = event {
                let (by, request) = self.asked.remove(&id).expect("it was open");
                assert!(self.ended.insert(id), "it ends once");
                let guest = &mut self.guests[by];
                guest.open.remove(&request);
                let again = guest.server.respond(request, "Success", [("A", "b")]);
                assert_eq!(again.is_ok(), guest.server.is_over(), "it has been answered");
            }
        }
    }

    fn serve(&mut self, number: usize) {
        while let Ok(Some(event)) = self.guests[number].server.poll_event() {
            match event {
                ServerEvent::Request { id, request: Request::Filter(_) } => {
                    self.guests[number].server.respond(id, "Error", [("Message", "no")]).expect("it is open");
                }
                ServerEvent::Request { id, request } => {
                    let own = request.action_id().unwrap_or_default().as_bytes().to_vec();
                    let own = if own.contains(&b'\r') { Vec::new() } else { own };
                    let name = request.frame().name().expect("an action").to_string().to_ascii_lowercase();
                    let asks = self.client.forward(self.now, request.frame());
                    let guest = &mut self.guests[number];
                    match asks {
                        Ok(asks) => {
                            assert!(self.asked.insert(asks, (number, id)).is_none() && !self.ended.contains(&asks));
                            guest.open.insert(id, own);
                            self.went(&name);
                        }
                        Err(error) => {
                            let told = [("Message", error.to_string())];
                            guest.server.respond(id, "Error", told).expect("a text without line ends");
                        }
                    }
                }
                ServerEvent::Malformed(_) | ServerEvent::Closed => {}
                other => panic!("{other:?}"),
            }
        }
        self.guests[number].written();
        assert!(self.unread().is_empty(), "only requests go upstream");
    }

    fn unread(&self) -> &[u8] {
        // What a connection that is over has not transmitted is gone.
        self.client.poll_transmit().unwrap_or_default().get(self.read - self.gone..).unwrap_or_default()
    }

    /// One request of this action has gone upstream, and where it is answered by text a ping behind
    /// it.
    fn went(&mut self, action: &str) {
        let unread = self.unread().to_vec();
        self.read += unread.len();
        self.upstream.push(&unread);
        let mut actions = Vec::new();
        for message in self.upstream.by_ref() {
            let ids: Vec<_> = message.all("ActionID").collect();
            assert_eq!(ids.len(), 1, "one name");
            assert!(!self.names.iter().any(|name| name == ids[0]), "a name of its own");
            self.names.push(ids[0].to_vec());
            actions.push(message.action());
        }
        assert_eq!(actions[0], action);
        assert!(actions.len() == 1 || (actions.len() == 2 && actions[1] == "ping"), "{actions:?}");
        assert!(self.upstream.is_empty(), "whole requests");
    }
}
