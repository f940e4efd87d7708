//! The queues of events: what they hold at the most, and what happens then.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use ami_proto::action::{CoreShowChannels, CoreStatus, MailboxCount};
use ami_proto::event::Hangup;
use ami_session::{Error, Events, Item, Lag, Step};

use crate::world::{World, poll, script, settings};

/// Takes what waits: the lengths of the channels, and what else there is in words.
fn taken(events: &mut Events) -> Vec<String> {
    let mut taken = Vec::new();
    while let Poll::Ready(Some(item)) = poll(pin!(events.next())) {
        taken.push(match item.event() {
            Some(event) => event.view().frame().get("Channel").unwrap_or_default().to_string().len().to_string(),
            None => item.to_string(),
        });
    }
    taken
}

/// Some that are small have room, and few that are large.
#[test]
fn counted_in_bytes() {
    let (ami, mut world) = World::standing(settings());
    let mut events = ami.events().max_bytes(10_000).start();
    for bytes in [10, 2000, 10, 10, 3000, 10, 10] {
        world.event(bytes);
    }
    assert_eq!(taken(&mut events), ["10", "2000", "10", "10", "1 events missed", "10", "10"]);
    // One that is larger than all has room alone.
    for bytes in [6000, 10, 6000] {
        world.event(bytes);
    }
    assert_eq!(taken(&mut events), ["6000", "2 events missed"]);
    world.event(10);
    assert_eq!(taken(&mut events), ["10"]);
}

/// A reader that is waited for stops the connection; time stands still, and nothing is missed.
#[test]
fn waited_for_in_bytes() {
    let (ami, mut world) = World::standing(settings());
    let mut events = ami.events().max_bytes(10_000).lag(Lag::Wait).start();
    let mut open = pin!(ami.request(MailboxCount::new("100")));
    assert!(poll(open.as_mut()).is_pending());
    for bytes in [2000, 2001, 2002, 2003, 2004, 10] {
        world.event(bytes);
    }
    assert!(world.driver.turn().space(1).is_none() && world.driver.turn().due().is_none());
    assert_eq!(world.pass(Duration::from_secs(100)), Step::Drive);
    assert!(poll(open.as_mut()).is_pending());
    let mut all = taken(&mut events);
    while all.len() < 6 {
        world.run();
        all.extend(taken(&mut events));
    }
    assert_eq!(all, ["2000", "2001", "2002", "2003", "2004", "10"]);
    world.wait(ami.request(CoreStatus::new())).unwrap();
}

/// The last loss and the last return need no room.
#[test]
fn losses_need_no_room() {
    let (ami, mut world) = World::standing(settings());
    let mut events = ami.events().of::<Hangup>().max_bytes(0).start();
    world.event(10);
    world.event(10);
    world.cut();
    world.pass(Duration::from_secs(1));
    world.connect(script());
    let mut items = Vec::new();
    while let Poll::Ready(Some(item)) = poll(pin!(events.next())) {
        items.push(item);
    }
    assert!(
        matches!(items[..], [Item::Event(_), Item::Missed(1), Item::Disconnected(_), Item::Reconnected]),
        "{items:?}"
    );
}

/// A list is collected as far as a number of bytes; then it is cancelled.
#[test]
fn collected_up_to_a_number_of_bytes() {
    let (ami, mut world) = World::standing(settings());
    let id = Arc::new(Mutex::new(String::new()));
    let asked_as = Arc::clone(&id);
    world.cut();
    world.pass(Duration::from_secs(1));
    world.connect(script().on("CoreShowChannels", move |asked| {
        *asked_as.lock().unwrap() = asked.request.get("ActionID").unwrap_or_default().to_string();
        asked.server.list(asked.id, "Channels will follow").map(drop)
    }));
    let mut all = pin!(ami.list_all(CoreShowChannels::new()));
    assert!(poll(all.as_mut()).is_pending());
    world.run();
    // A header as long as Asterisk writes none, so that few are enough.
    let filler = "x".repeat(60_000);
    let item = format!("Event: CoreShowChannel\r\nActionID: {}\r\nChannel: {filler}\r\n\r\n", id.lock().unwrap());
    for number in 0.. {
        world.server.as_mut().unwrap().server.raw(item.as_bytes());
        world.run();
        if let Poll::Ready(error) = poll(all.as_mut()) {
            assert!(matches!(error, Err(Error::Unread)), "after {number}");
            assert!((500..600).contains(&number), "{number}");
            break;
        }
    }
    assert_eq!(ami.held().requests, 0);
}
