//! Invariant: what one guest of `proxy` does takes nothing from another, and is over when it
//! leaves.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Result, Write};
use std::rc::Rc;

use ami_proto::{Decoder, Framing, Limits};

use super::*;

/// One end of a connection in memory.
#[derive(Clone, Default)]
struct Pipe(Rc<RefCell<Wire>>);

#[derive(Default)]
struct Wire {
    /// To be read by the proxy.
    to: VecDeque<u8>,
    /// Written by the proxy.
    from: Vec<u8>,
    broken: bool,
}

impl Read for Pipe {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize> {
        let mut wire = self.0.borrow_mut();
        match wire.to.read(buf)? {
            _ if wire.broken => Err(ErrorKind::ConnectionReset.into()),
            0 => Err(ErrorKind::WouldBlock.into()),
            n => Ok(n),
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.borrow_mut().from.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Pipe {
    fn say(&self, text: &str) {
        self.0.borrow_mut().to.extend(text.as_bytes());
    }

    fn heard(&self) -> String {
        String::from_utf8(std::mem::take(&mut self.0.borrow_mut().from)).expect("text")
    }
}

/// A proxy between guests and an upstream that are all in memory.
struct World {
    proxy: Proxy,
    upstream: Pipe,
    guests: Guests<Pipe>,
}

impl World {
    /// Logged in upstream.
    fn new() -> Self {
        let options = Options {
            upstream: ([127, 0, 0, 1], 1).into(),
            address: ([127, 0, 0, 1], 0).into(),
            login: Login { user: "u".to_owned(), secret: "s".to_owned() },
        };
        let proxy = Proxy::new(options).expect("a login");
        let mut world = Self { proxy, upstream: Pipe::default(), guests: Guests::new() };
        world.upstream.say("Asterisk Call Manager/11.0.0\r\n");
        world.turn();
        let (_, id) = world.asked().pop().expect("a login");
        world.upstream.say(&format!("Response: Success\r\nActionID: {id}\r\n\r\n"));
        world.turn();
        world
    }

    fn turn(&mut self) {
        while self.proxy.turn(Some(&mut self.upstream), &mut self.guests).expect("upstream stays") {}
    }

    /// A guest of this number, logged in.
    fn guest(&mut self, number: usize) -> Pipe {
        let pipe = Pipe::default();
        self.guests.insert(number, (guest(), pipe.clone()));
        pipe.say("Action: Login\r\nUsername: u\r\nSecret: s\r\n\r\n");
        self.turn();
        assert!(pipe.heard().contains("Authentication accepted"));
        pipe
    }

    /// The requests that have come upstream since: action and `ActionID`.
    fn asked(&mut self) -> Vec<(String, String)> {
        let mut decoder = Decoder::new(Limits::new()).with_framing(Framing::PLAIN);
        decoder.push(self.upstream.heard().as_bytes());
        let mut asked = Vec::new();
        while let Some(frame) = decoder.next_frame().expect("requests") {
            asked.push((
                frame.name().unwrap_or_default().to_string(),
                frame.get("ActionID").expect("an id").to_string(),
            ));
        }
        asked
    }
}

fn times(n: usize, action: &str) -> Vec<String> {
    vec![action.to_owned(); n]
}

fn names(asked: Vec<(String, String)>) -> Vec<String> {
    asked.into_iter().map(|(action, _)| action).collect()
}

#[test]
fn nobody_is_locked_out() {
    let mut world = World::new();
    let greedy: Vec<_> = (0..GUESTS - 1).map(|number| world.guest(number)).collect();
    for guest in &greedy {
        guest.say(&"Action: Status\r\n\r\n".repeat(300));
    }
    world.turn();
    assert_eq!(names(world.asked()), times((GUESTS - 1) * SHARE, "Status"));
    // The last that can come has all of its share left.
    let modest = world.guest(GUESTS);
    modest.say(&"Action: Ping\r\nActionID: mine\r\n\r\n".repeat(SHARE));
    world.turn();
    let asked = world.asked();
    assert_eq!(names(asked.clone()), times(SHARE, "Ping"));
    for (_, id) in asked {
        world.upstream.say(&format!("Response: Success\r\nActionID: {id}\r\nPing: Pong\r\n\r\n"));
    }
    world.turn();
    let pong = "Response: Success\r\nActionID: mine\r\nPing: Pong\r\n\r\n";
    assert_eq!(modest.heard(), pong.repeat(SHARE));
    assert!(greedy.iter().all(|guest| guest.heard().is_empty()));
}

#[test]
fn a_guest_that_leaves_gives_its_share_back() {
    let mut world = World::new();
    let (broken, gone, stays) = (world.guest(1), world.guest(2), world.guest(3));
    for guest in [&broken, &gone, &stays] {
        guest.say("Action: Status\r\nActionID: mine\r\n\r\n");
    }
    world.turn();
    assert_eq!((world.proxy.client.open(), world.proxy.asked.len()), (3, 3));
    let asked = world.asked();
    broken.0.borrow_mut().broken = true;
    gone.say("Action: Logoff\r\n\r\n");
    world.turn();
    world.turn();
    assert_eq!(world.guests.keys().collect::<Vec<_>>(), [&3]);
    assert_eq!((world.proxy.client.open(), world.proxy.asked.len()), (1, 1));
    // Events that still come for them are passed over.
    for (_, id) in asked {
        world.upstream.say(&format!("Response: Error\r\nActionID: {id}\r\nMessage: m\r\n\r\n"));
    }
    world.turn();
    assert_eq!(stays.heard(), "Response: Error\r\nActionID: mine\r\nMessage: m\r\n\r\n");
    assert_eq!((world.proxy.client.open(), world.proxy.asked.len()), (0, 0));
}

#[test]
fn the_names_of_requests_upstream_stay_there() {
    let mut world = World::new();
    let (asks, listens) = (world.guest(1), world.guest(2));
    asks.say("Action: Originate\r\nActionID: mine\r\nAsync: yes\r\n\r\n");
    world.turn();
    let (_, id) = world.asked().pop().expect("a request");
    world.upstream.say(&format!("Response: Success\r\nActionID: {id}\r\n\r\n"));
    let outcome =
        |id: &str| format!("Event: OriginateResponse\r\nPrivilege: call,all\r\n{id}Response: Failure\r\n\r\n");
    world.upstream.say(&outcome(&format!("ActionID: {id}\r\n")));
    world.turn();
    assert_eq!(asks.heard(), format!("Response: Success\r\nActionID: mine\r\n\r\n{}", outcome("ActionID: mine\r\n")));
    assert_eq!(listens.heard(), outcome(""));
}

/// Guests stay when upstream is restarted, and hear the end of what they had asked.
#[test]
fn upstream_comes_back() {
    let mut world = World::new();
    let guest = world.guest(1);
    guest.say("Action: Status\r\nActionID: mine\r\n\r\n");
    world.turn();
    assert_eq!(names(world.asked()), ["Status"]);
    world.upstream.0.borrow_mut().broken = true;
    let error = world.proxy.turn(Some(&mut world.upstream), &mut world.guests).expect_err("it is broken");
    let again = world.proxy.lost(error, &mut world.guests).expect("it comes back");
    assert!(again <= Instant::now() + Duration::from_secs(1));
    let heard = |world: &mut World| {
        while world.proxy.turn(None::<&mut Pipe>, &mut world.guests).expect("nothing to lose") {}
        guest.heard()
    };
    let lost = heard(&mut world);
    assert!(lost.starts_with("Response: Error\r\nActionID: mine\r\nMessage: connection lost"), "{lost}");
    // Meanwhile no server is connected.
    guest.say("Action: Status\r\nActionID: next\r\n\r\n");
    let refused = heard(&mut world);
    assert!(refused.starts_with("Response: Error\r\nActionID: next\r\n"), "{refused}");
    assert_eq!((world.guests.len(), world.proxy.asked.len()), (1, 0));
    world.upstream = Pipe::default();
    world.proxy.login().expect("a login");
    world.upstream.say("Asterisk Call Manager/11.0.0\r\n");
    world.turn();
    let (_, id) = world.asked().pop().expect("a login");
    world.upstream.say(&format!("Response: Success\r\nActionID: {id}\r\n\r\n"));
    world.turn();
    guest.say("Action: Ping\r\nActionID: last\r\n\r\n");
    world.turn();
    assert_eq!(names(world.asked()), ["Ping"]);
}

/// One that lets the proxy in no more is no server that is being restarted.
#[test]
fn a_refused_login_is_the_end() {
    let mut world = World::new();
    world.proxy.client.handle_eof(Instant::now());
    let error = world.proxy.turn(Some(&mut world.upstream), &mut world.guests).expect_err("the end");
    world.proxy.lost(error, &mut world.guests).expect("it comes back");
    world.proxy.login().expect("a login");
    world.upstream.say("Asterisk Call Manager/11.0.0\r\n");
    world.turn();
    let (_, id) = world.asked().pop().expect("a login");
    world.upstream.say(&format!("Response: Error\r\nActionID: {id}\r\nMessage: Authentication failed\r\n\r\n"));
    let error = loop {
        match world.proxy.turn(Some(&mut world.upstream), &mut world.guests) {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(world.proxy.lost(error, &mut world.guests).is_err());
}
