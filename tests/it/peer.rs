// A client and a clock that tests turn by hand. Written once for all tests of a client alone.

use ami_proto::client::{Client, ClientEvent, Config, Credentials, Ending, Handle};
use ami_proto::{ConnectionError, Decoder, FrameKind, Framing, Limits};
use std::time::{Duration, Instant};

/// Settings of a client that has nothing to do by itself.
pub(crate) fn quiet() -> Config {
    Config::new().without_keep_alive()
}

/// A client, its clock, and the `ActionID`s that it has used.
pub(crate) struct Peer {
    pub(crate) client: Client,
    pub(crate) now: Instant,
    pub(crate) ids: Vec<String>,
    pub(crate) error: Option<ConnectionError>,
    /// What was transmitted last.
    pub(crate) sent: String,
}

impl Peer {
    /// Its login waits for no greeting.
    pub(crate) fn new(config: Config) -> Self {
        Self::of(Client::new(config.await_greeting(false)))
    }

    /// Of a client that was made otherwise.
    pub(crate) fn of(client: Client) -> Self {
        let client = client.seeded(7);
        Self { client, now: Instant::now(), ids: Vec::new(), error: None, sent: String::new() }
    }

    /// Logged in and up.
    pub(crate) fn ready(config: Config) -> Self {
        let mut peer = Self::new(config);
        peer.client.login(peer.now, Credentials::plain("u", "s")).unwrap();
        peer.sent();
        let told = peer.feed("Asterisk Call Manager/2.10.6\r\nResponse: Success\r\nActionID: $0\r\n\r\n");
        assert_eq!(told, ["connected", "logged in", "ready"]);
        peer.ids.clear();
        peer
    }

    /// Transmits everything; gives the names of the requests, and keeps their `ActionID`s.
    pub(crate) fn sent(&mut self) -> Vec<String> {
        let mut requests = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        self.sent.clear();
        while let Some(bytes) = self.client.poll_transmit() {
            let n = bytes.len().min(100);
            requests.push(&bytes[..n]);
            self.sent.push_str(&String::from_utf8_lossy(&bytes[..n]));
            self.client.transmitted(n);
        }
        let mut names = Vec::new();
        while let Some(frame) = requests.next_frame().unwrap() {
            assert_eq!(frame.kind(), FrameKind::Action);
            names.push(frame.name().unwrap().to_string());
            self.ids.push(frame.get("ActionID").unwrap().to_string());
        }
        names
    }

    pub(crate) fn send<A: ami_proto::action::Action>(&mut self, action: &A) -> Handle<A::Static> {
        let handle = self.client.send(self.now, action).unwrap();
        self.sent();
        handle
    }

    /// Input in which `$0` is the first `ActionID` used; byte by byte, which must make no
    /// difference.
    pub(crate) fn feed(&mut self, text: &str) -> Vec<String> {
        let mut text = text.to_owned();
        for (number, id) in self.ids.iter().enumerate().rev() {
            text = text.replace(&format!("${number}"), id);
        }
        let mut told = Vec::new();
        for byte in text.as_bytes() {
            if self.client.handle_input(self.now, &[*byte]) == 0 {
                told.push("not taken".to_owned());
                break;
            }
            told.extend(self.events());
        }
        told
    }

    pub(crate) fn pass(&mut self, time: Duration) -> Vec<String> {
        self.now += time;
        self.client.handle_timeout(self.now);
        self.events()
    }

    pub(crate) fn eof(&mut self) -> Vec<String> {
        self.client.handle_eof(self.now);
        self.events()
    }

    /// Time until the next timeout, in milliseconds.
    pub(crate) fn due(&self) -> Option<u128> {
        self.client.poll_timeout().map(|due| due.duration_since(self.now).as_millis())
    }

    pub(crate) fn events(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        loop {
            match self.client.poll_event() {
                Ok(Some(event)) => told.push(words(event)),
                Ok(None) => return told,
                Err(error) => {
                    assert!(self.error.is_none_or(|before| before == error), "the error is sticky");
                    if self.error.replace(error).is_none() {
                        told.push(format!("over: {error}"));
                    }
                    return told;
                }
            }
        }
    }
}

/// An event in a few words; requests by what is behind `Id(`.
pub(crate) fn words(event: ClientEvent<'_>) -> String {
    let name = |frame: ami_proto::Frame<'_>| frame.name().map(|name| name.to_string()).unwrap_or_default();
    match event {
        ClientEvent::Connected(_) => "connected".into(),
        ClientEvent::LoggedIn(_) => "logged in".into(),
        ClientEvent::LoginRefused(_) => "login refused".into(),
        ClientEvent::Ready(None) => "ready".into(),
        ClientEvent::Ready(Some(_)) => "booted".into(),
        ClientEvent::Event(event) => format!("event {}", name(event.frame())),
        ClientEvent::Started { .. } => "started".into(),
        ClientEvent::Item { event, .. } => format!("item {}", name(event.frame())),
        ClientEvent::Text { frame, .. } => format!("text {}", frame.lines().count()),
        ClientEvent::Full { .. } => "full".into(),
        ClientEvent::NotRestored(_) => "not restored".into(),
        ClientEvent::LateOutcome { event, .. } => format!("late outcome {}", name(event.frame())),
        ClientEvent::Unclaimed { id, frame } => {
            format!("unclaimed {}{}", if id.is_some() { "own " } else { "" }, name(frame))
        }
        ClientEvent::Oversized { head, error } => format!("oversized {}: {:?}", name(head), error.limit),
        ClientEvent::Closed => "closed".into(),
        ClientEvent::Ended { ending, .. } => match ending {
            Ending::Reply(_) => "reply".into(),
            Ending::List { items, cancelled: false, .. } => format!("list {items}"),
            Ending::List { items, .. } => format!("list {items} cancelled"),
            Ending::Outcome(event) => format!("outcome {}", name(event.frame())),
            Ending::Text { paragraphs } => format!("end of text {paragraphs}"),
            Ending::Refused(_) => "refused".into(),
            Ending::Overflowed(_) => "overflowed".into(),
            Ending::Oversized { head, error } => format!("oversized {}: {:?}", name(head), error.limit),
            Ending::TimedOut(reached) => format!("timed out {reached:?}"),
            Ending::OutcomeUnseen(Some(_)) => "unseen".into(),
            Ending::OutcomeUnseen(None) => "unseen since".into(),
            Ending::Cancelled => "cancelled".into(),
            Ending::Lost(progress) => format!("lost {progress:?}"),
            other => format!("{other:?}"),
        },
        other => format!("{other:?}"),
    }
}
