//! Invariant: a caller's mistake is told at the call, with what to do instead, or does no harm; and
//! what was good before it goes on.

use ami_proto::ConnectionError;
use ami_proto::action::*;
use ami_proto::client::{Client, ClientEvent, Config, Credentials};
use ami_proto::error::LoginStage;
use ami_proto::server::{self, Server};
use ami_proto::testing::{Link, ServerScript};
use ami_proto::value::Classes;
use std::time::{Duration, Instant};

use crate::peer::words;

const SECOND: Duration = Duration::from_secs(1);

/// A client, and a server that answers what is asked below.
struct World {
    link: Link,
    pbx: ServerScript,
    client: Client,
}

impl World {
    fn new(config: Config) -> Self {
        let link = Link::new();
        let server = Server::new(link.now(), server::Config::new().fully_booted(false));
        let pbx = ServerScript::new(server).on("CoreShowChannels", |asked| {
            let list = asked.server.list(asked.id, "Channels will follow")?;
            list.item("CoreShowChannel", [("Channel", "x")])?.complete("CoreShowChannelsComplete")
        });
        Self { link, pbx, client: Client::new(config).seeded(7) }
    }

    fn ready(config: Config) -> Self {
        let mut world = Self::new(config);
        world.login().unwrap();
        assert_eq!(world.run(), ["connected", "logged in", "ready"]);
        world
    }

    fn login(&mut self) -> Result<(), String> {
        self.client.login(self.link.now(), Credentials::plain("u", "s")).map_err(|error| error.to_string())
    }

    fn send(&mut self, action: &impl Action) -> Result<(), String> {
        self.client.send(self.link.now(), action).map(drop).map_err(|error| error.to_string())
    }

    /// Turns until nothing happens, and gives what the client tells.
    fn run(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        while self.link.turn(&mut self.client, &mut self.pbx) {
            while let Ok(Some(event)) = self.client.poll_event() {
                told.push(words(event));
            }
        }
        told
    }

    /// The connection still works.
    fn goes_on(mut self) {
        self.send(&Ping::new()).unwrap();
        assert_eq!(self.run(), ["reply"]);
    }
}

fn refused<T>(result: Result<T, String>) -> String {
    result.err().expect("refused")
}

#[test]
fn calls_out_of_order() {
    let mut world = World::new(Config::new());
    assert_eq!(refused(world.send(&Ping::new())), "not logged in; wait until the login is accepted");
    let again = world.client.reconnect().unwrap_err().to_string();
    assert_eq!(again, "there has been no connection yet; log in on this one");
    world.login().unwrap();
    assert_eq!(refused(world.login()), "the login has been started on this connection; reconnect first");
    assert_eq!(world.run(), ["connected", "logged in", "ready"]);
    assert_eq!(refused(world.login()), "the login has been started on this connection; reconnect first");
    let open = world.client.reconnect().unwrap_err().to_string();
    assert_eq!(open, "the connection isn't over; close it first");
    world.goes_on();
}

#[test]
fn fields_that_no_server_could_read() {
    let mut world = World::ready(Config::new());
    let odd = |name: &'static str| Ping::new().header(name, "x");
    for (said, expected) in [
        (
            refused(world.send(&odd("Bad: Name"))),
            r#"field "Bad: Name" refused: byte 0x3a at 3 of its name; leave it out"#,
        ),
        (refused(world.send(&odd(""))), r#"field "" refused: the name is empty; give the name"#),
        (
            refused(world.send(&Originate::new("x").header("Channel", "y"))),
            r#"field "Channel" refused: the action has the setter `channel` for it; use that"#,
        ),
        (
            refused(world.send(&odd("Action"))),
            r#"field "Action" refused: the message has this header already, from the action's name (`Custom::new` takes any); leave it out and use that"#,
        ),
        (
            refused(world.send(&Originate::new("").application("Echo"))),
            r#"field "Channel" refused: the value is empty, and the server refuses that; give it"#,
        ),
        (refused(world.send(&Custom::new(""))), r#"field "Action" refused: the name is empty; give the name"#),
    ] {
        assert_eq!(said, expected);
    }
    // Of one's own, with the way to have it.
    let said = refused(world.send(&odd("ActionID")));
    assert!(said.contains("send_as"), "{said}");
    world.goes_on();
    // A secret is not repeated, and can't be sent encoded.
    let mut world = World::new(Config::new());
    let secret = Credentials::plain("u", "hush\nAction: Logoff");
    let said = world.client.login(world.link.now(), secret).unwrap_err().to_string();
    assert!(said.contains("Secret") && said.contains("must be changed") && !said.contains("hush"), "{said}");
    world.login().unwrap();
    world.run();
    world.goes_on();
}

#[test]
fn a_login_that_is_never_transmitted() {
    let mut client = Client::new(Config::new().await_greeting(false));
    let now = Instant::now();
    client.login(now, Credentials::plain("u", "s")).unwrap();
    client.handle_timeout(now + 60 * SECOND);
    let error = client.poll_event().unwrap_err();
    assert_eq!(error, ConnectionError::LoginTimedOut(LoginStage::Transmission));
    assert_eq!(error.to_string(), "the login was never transmitted");
}

/// A driver that never polls is made to stop reading; one that reads all the same gets no room.
#[test]
fn events_that_are_never_polled() {
    let mut world = World::ready(Config::new());
    let mut told = 0;
    while world.client.wants_input() && told < 1_000_000 {
        let (way, value) = (Classes::CALL, "x".repeat(1000));
        let _ = world.pbx.server.event(way, "UserEvent", [("Value", value.as_str())]);
        told += 1;
        // Bytes move, and no event is asked for.
        while world.link.exchange(&mut world.client, &mut world.pbx) {}
    }
    assert!(!world.client.wants_input() && world.client.space(1).is_none());
    assert_eq!(world.client.handle_input(world.link.now(), b"x"), 0);
    let mut polled = 0;
    loop {
        while let Ok(Some(event)) = world.client.poll_event() {
            assert!(matches!(event, ClientEvent::Event(_)));
            polled += 1;
        }
        if !world.link.exchange(&mut world.client, &mut world.pbx) {
            break;
        }
    }
    assert_eq!(polled, told, "none is lost");
    world.goes_on();
}

#[test]
fn more_requests_than_may_be() {
    let mut world = World::ready(Config::new().max_in_flight(3));
    for _ in 0..3 {
        world.send(&Ping::new()).unwrap();
    }
    let said = refused(world.send(&Ping::new()));
    let expected = "no more than 3 requests may await their responses; wait for one, or raise max_in_flight";
    assert_eq!(said, expected);
    assert_eq!(world.run(), ["reply"; 3]);
    world.goes_on();
}

#[test]
fn a_clock_that_goes_back() {
    let mut world = World::ready(Config::new());
    let now = world.link.now();
    world.send(&CoreShowChannels::new()).unwrap();
    world.client.handle_timeout(now.checked_sub(3600 * SECOND).unwrap_or(now));
    assert_eq!(world.run(), ["started", "item CoreShowChannel", "list 1"]);
    world.goes_on();
}

/// A handle only names its request.
#[test]
fn a_handle_that_is_dropped() {
    let mut world = World::ready(Config::new());
    let _ = world.client.send(world.link.now(), &Ping::new()).unwrap();
    assert_eq!(world.run(), ["reply"]);
    world.goes_on();
}

#[test]
fn a_header_that_is_not_there_or_is_odd_is_named() {
    let input = b"Event: QueueMemberStatus\r\nStatus: 99\r\nPaused: maybe\r\nMemberName: \r\n\r\n";
    let mut decoder = ami_proto::Decoder::new(ami_proto::Limits::new());
    decoder.push(input);
    let frame = decoder.next_frame().unwrap().unwrap();
    let ami_proto::event::Event::QueueMemberStatus(status) = ami_proto::event::Event::from(frame) else { panic!() };
    assert_eq!(status.queue().unwrap_err().to_string(), "header Queue is missing or has no value");
    let odd = status.paused().unwrap_err();
    assert!(odd.to_string().starts_with("header Paused: "), "{odd}");
}
